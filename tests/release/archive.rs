//! Archives in the two forms that every hosting account can unpack. They are a few fixed headers around the bytes (POSIX ustar;
//! APPNOTE 4.3): a crate for either would bring what is not wanted here, such as clocks and owners of this machine.

use std::io::{self, Write};

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc, GzBuilder};
use jiff::{Timestamp, civil, tz::TimeZone};

use crate::Entry;

const BLOCK: usize = 512;

/// A tar archive, compressed. All lies below the directory `top`; times are `time`, in seconds since 1970.
///
/// # Errors
/// Where a name or a file is too long for the format.
pub fn tar_gz(top: &str, entries: &[Entry], time: u32) -> io::Result<Vec<u8>> {
    // No name and no time in its own header.
    let mut out: GzEncoder<Vec<u8>> = GzBuilder::new().write(Vec::new(), Compression::best());
    for entry in entries {
        out.write_all(&tar_header(&format!("{top}/{}", entry.name), entry, time)?)?;
        out.write_all(&entry.bytes)?;
        out.write_all(&vec![
            0;
            entry.bytes.len().next_multiple_of(BLOCK)
                - entry.bytes.len()
        ])?;
    }
    out.write_all(&[0; 2 * BLOCK])?;
    out.finish()
}

fn tar_header(path: &str, entry: &Entry, time: u32) -> io::Result<[u8; BLOCK]> {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, length: usize, text: &str| match text.len() <= length {
        true => {
            header[at..at + text.len()].copy_from_slice(text.as_bytes());
            Ok(())
        }
        false => Err(too_long(path)),
    };
    // A longer name is cut at one of its `/`.
    let (prefix, name) = match path.len() <= 100 {
        true => ("", path),
        false => path
            .match_indices('/')
            .map(|(at, _)| (&path[..at], &path[at + 1..]))
            .find(|(_, name)| name.len() <= 100)
            .ok_or_else(|| too_long(path))?,
    };
    put(0, 100, name)?;
    put(100, 7, &format!("{:07o}", mode(entry)))?;
    put(108, 7, "0000000")?;
    put(116, 7, "0000000")?;
    put(124, 11, &format!("{:011o}", entry.bytes.len()))?;
    put(136, 11, &format!("{time:011o}"))?;
    // The checksum is made with spaces in its place.
    put(148, 8, "        ")?;
    put(156, 1, "0")?;
    put(257, 8, "ustar\x0000")?;
    put(345, 155, prefix)?;
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(header)
}

/// A zip archive with the same files; an unpacker on Unix gives them the same modes.
///
/// # Errors
/// Where a name or a file is too long for the format.
pub fn zip(top: &str, entries: &[Entry], time: u32) -> io::Result<Vec<u8>> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let name = format!("{top}/{}", entry.name);
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&entry.bytes)?;
        let packed = packed.finish()?;
        let mut crc = Crc::new();
        crc.update(&entry.bytes);
        let size = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| too_long(&name));
        // Needs version 2.0 (directories, deflate); names are UTF-8; deflated.
        let mut about = vec![20, 0, 0, 8, 8, 0];
        about.extend(dos(time));
        about.extend(crc.sum().to_le_bytes());
        about.extend(size(&packed)?.to_le_bytes());
        about.extend(size(&entry.bytes)?.to_le_bytes());
        let length = u16::try_from(name.len()).map_err(|_| too_long(&name))?;
        about.extend(length.to_le_bytes());
        about.extend([0, 0]);
        let at = size(&out)?;
        out.extend(b"PK\x03\x04");
        out.extend(&about);
        out.extend(name.as_bytes());
        out.extend(packed);
        // Made on Unix, so the mode stands in the upper half of the outer attributes.
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&about);
        directory.extend([0; 6]);
        directory.extend((u32::from(0o100_000 | mode(entry)) << 16).to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let too_many = |_| io::Error::other("the archive is too large");
    let count = u16::try_from(entries.len()).map_err(too_many)?;
    let at = u32::try_from(out.len()).map_err(too_many)?;
    let length = u32::try_from(directory.len()).map_err(too_many)?;
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    Ok(out)
}

fn mode(entry: &Entry) -> u16 {
    if entry.is_program { 0o755 } else { 0o644 }
}

/// Time and date as zip has them, in UTC: since 1980, in steps of two seconds.
fn dos(time: u32) -> [u8; 4] {
    let time = Timestamp::from_second(time.into()).unwrap_or_default();
    let time = time.to_zoned(TimeZone::UTC).datetime();
    // The first day that it knows.
    let first = civil::date(1980, 1, 1).at(0, 0, 0, 0);
    let time = time.max(first);
    let bits = |part: i8, at: u32| u32::from(part.unsigned_abs()) << at;
    let year = u32::from((time.year() - 1980).unsigned_abs()) << 25;
    let date = year | bits(time.month(), 21) | bits(time.day(), 16);
    let clock = bits(time.hour(), 11) | bits(time.minute(), 5) | bits(time.second() / 2, 0);
    (date | clock).to_le_bytes()
}

fn too_long(name: &str) -> io::Error {
    io::Error::other(format!("{name} is too long for an archive"))
}
