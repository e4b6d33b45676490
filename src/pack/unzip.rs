//! The files of a zip archive (APPNOTE 4.3), one after the other: stored, or packed with deflate, with the extensions for
//! large ones.
//!
//! Not for writing one (`Zip`). Crates for it read the whole directory into memory, and an archive of some megabytes can
//! name millions of files: here one entry is held at a time, and what is unpacked is read a little at a time. To know before
//! changing it: all numbers are the sender's. Names are told, and never used as paths.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

/// What the end of the directory takes at most, its comment included (4.3.16), in bytes.
const END: u64 = 22 + 65_535;
/// The longest name of a file, in bytes; what is longer is no name that anybody gave.
const NAME: usize = 4096;
/// How much is unpacked at a time, in bytes.
const PIECE: usize = 32 * 1024;

/// An archive being read.
pub struct Unzip<R> {
    from: R,
    /// Where the next entry of the directory begins, and how many are left.
    at: u64,
    left: u64,
    /// How many bytes stand before the archive itself.
    before: u64,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zipped {
    /// Its name, as the archive has it.
    pub name: String,
    /// True where it cannot be unpacked here: it needs a password, or is packed in another way.
    pub is_closed: bool,
    at: u64,
    packed: u64,
    is_deflated: bool,
    checksum: u32,
}

/// True for the first bytes of an archive.
pub fn is_zip(first: &[u8]) -> bool {
    first.starts_with(b"PK\x03\x04") || first.starts_with(b"PK\x05\x06")
}

impl<R: Read + Seek> Unzip<R> {
    /// Finds the directory.
    ///
    /// # Errors
    /// As reading; `InvalidData` where this is no whole archive.
    pub fn new(mut from: R) -> io::Result<Unzip<R>> {
        let length = from.seek(SeekFrom::End(0))?;
        let tail_at = length.saturating_sub(END);
        let tail = stretch(&mut from, tail_at, length.saturating_sub(tail_at))?;
        // An archive inside the archive has such an end too, and nothing of our own is behind it.
        let ends = |at: &usize| {
            let record = tail.get(*at..).unwrap_or_default();
            let comment = short(record, 20).map(usize::from);
            let is_last =
                comment.is_ok_and(|comment| record.len().checked_sub(22) == Some(comment));
            record.starts_with(b"PK\x05\x06") && is_last
        };
        let end = (0..tail.len()).rev().find(ends).ok_or_else(damaged)?;
        let record = tail.get(end..).unwrap_or_default();
        let end = tail_at.saturating_add(end as u64);
        let (mut left, mut size, mut at) = (
            u64::from(short(record, 10)?),
            u64::from(long(record, 12)?),
            u64::from(long(record, 16)?),
        );
        let mut directory_end = end;
        if (left == 0xffff || size == 0xffff_ffff || at == 0xffff_ffff)
            && let Some(locator_at) = end.checked_sub(20)
        {
            // 4.3.15: where the record for large archives is; 4.3.14: that record.
            let locator = stretch(&mut from, locator_at, 20)?;
            if locator.starts_with(b"PK\x06\x07") {
                directory_end = longest(&locator, 8)?;
                let record = stretch(&mut from, directory_end, 56)?;
                if !record.starts_with(b"PK\x06\x06") {
                    return Err(damaged());
                }
                left = longest(&record, 32)?;
                size = longest(&record, 40)?;
                at = longest(&record, 48)?;
            }
        }
        // An archive may stand behind a program that unpacks it.
        let begin = directory_end.checked_sub(size).ok_or_else(damaged)?;
        Ok(Unzip {
            before: begin.checked_sub(at).ok_or_else(damaged)?,
            from,
            at: begin,
            left,
        })
    }

    /// The next file; folders are passed over.
    ///
    /// # Errors
    /// As reading; `InvalidData` where the directory is damaged.
    pub fn next_file(&mut self) -> io::Result<Option<Zipped>> {
        loop {
            let Some(left) = self.left.checked_sub(1) else {
                return Ok(None);
            };
            self.left = left;
            let file = self.entry()?;
            if !file.name.ends_with('/') {
                return Ok(Some(file));
            }
        }
    }

    /// 4.3.12: an entry of the directory.
    fn entry(&mut self) -> io::Result<Zipped> {
        let fixed = stretch(&mut self.from, self.at, 46)?;
        if !fixed.starts_with(b"PK\x01\x02") {
            return Err(damaged());
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| short(&fixed, at));
        let (name, extra, comment) = (name?, extra?, comment?);
        let behind = self.at.saturating_add(46);
        let bytes = stretch(
            &mut self.from,
            behind,
            u64::from(name).saturating_add(extra.into()),
        )?;
        let (name, extra) = bytes.split_at_checked(name.into()).ok_or_else(damaged)?;
        self.at = behind
            .saturating_add(bytes.len() as u64)
            .saturating_add(comment.into());
        let (flags, method) = (short(&fixed, 8)?, short(&fixed, 10)?);
        let [packed, size, at] = [20, 24, 42].map(|at| long(&fixed, at));
        let (mut packed, size, mut at) = (u64::from(packed?), size?, u64::from(at?));
        if let Some(mut large) = large_numbers(extra) {
            // 4.5.3: only those that do not fit, in this order.
            if size == u32::MAX {
                take(&mut large)?;
            }
            if packed == u64::from(u32::MAX) {
                packed = take(&mut large)?;
            }
            if at == u64::from(u32::MAX) {
                at = take(&mut large)?;
            }
        }
        Ok(Zipped {
            name: String::from_utf8_lossy(name.get(..name.len().min(NAME)).unwrap_or_default())
                .into_owned(),
            is_closed: flags & 1 != 0 || !matches!(method, 0 | 8),
            at: at.checked_add(self.before).ok_or_else(damaged)?,
            packed,
            is_deflated: method == 8,
            checksum: long(&fixed, 16)?,
        })
    }

    /// Unpacks a file into `keep`, piece by piece.
    ///
    /// # Errors
    /// As reading, and whatever `keep` says; `InvalidData` where the file is damaged.
    pub fn unpack(
        &mut self,
        file: &Zipped,
        keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let header = stretch(&mut self.from, file.at, 30)?;
        if !header.starts_with(b"PK\x03\x04") || file.is_closed {
            return Err(damaged());
        }
        let skipped = u64::from(short(&header, 26)?).saturating_add(short(&header, 28)?.into());
        let at = file.at.saturating_add(30).saturating_add(skipped);
        self.from.seek(SeekFrom::Start(at))?;
        let packed = BufReader::with_capacity(PIECE, (&mut self.from).take(file.packed));
        let mut checksum = crc32fast::Hasher::new();
        let mut kept = |bytes: &[u8]| {
            checksum.update(bytes);
            keep(bytes)
        };
        match file.is_deflated {
            true => inflated(packed, &mut kept)?,
            false => stored(packed, file.packed, &mut kept)?,
        }
        match checksum.finalize() == file.checksum {
            true => Ok(()),
            false => Err(damaged()),
        }
    }
}

fn stored(
    mut from: impl Read,
    length: u64,
    keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut piece = [0; PIECE];
    let mut came = 0_u64;
    loop {
        match from.read(&mut piece)? {
            0 if came == length => return Ok(()),
            0 => return Err(damaged()),
            n => {
                came = came.saturating_add(n as u64);
                keep(piece.get(..n).unwrap_or_default())?;
            }
        }
    }
}

fn inflated(
    mut from: impl io::BufRead,
    keep: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let mut piece = [0; PIECE];
    loop {
        let packed = from.fill_buf()?;
        let is_all = packed.is_empty();
        let step = inflate(&mut state, packed, &mut piece, MZFlush::None);
        from.consume(step.bytes_consumed);
        keep(piece.get(..step.bytes_written).unwrap_or_default())?;
        let stands = step.bytes_consumed == 0 && step.bytes_written == 0;
        match step.status {
            Ok(MZStatus::StreamEnd) => return Ok(()),
            Ok(_) if !(is_all && stands) => {}
            Err(miniz_oxide::MZError::Buf) if !stands => {}
            Ok(_) | Err(_) => return Err(damaged()),
        }
    }
}

/// So many bytes from a place on; all of them.
fn stretch(from: &mut (impl Read + Seek), at: u64, length: u64) -> io::Result<Vec<u8>> {
    from.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    from.by_ref().take(length).read_to_end(&mut bytes)?;
    match bytes.len() as u64 == length {
        true => Ok(bytes),
        false => Err(damaged()),
    }
}

/// The numbers of a file that do not fit into its entry (4.5.3).
fn large_numbers(mut extra: &[u8]) -> Option<&[u8]> {
    loop {
        let (id, length) = (short(extra, 0).ok()?, short(extra, 2).ok()?);
        let (_, rest) = extra.split_at_checked(4)?;
        let (field, rest) = rest.split_at_checked(length.into())?;
        if id == 1 {
            return Some(field);
        }
        extra = rest;
    }
}

fn take(numbers: &mut &[u8]) -> io::Result<u64> {
    let number = longest(numbers, 0)?;
    *numbers = numbers.get(8..).unwrap_or_default();
    Ok(number)
}

fn short(bytes: &[u8], at: usize) -> io::Result<u16> {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().map(u16::from_le_bytes).ok_or_else(damaged)
}

fn long(bytes: &[u8], at: usize) -> io::Result<u32> {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().map(u32::from_le_bytes).ok_or_else(damaged)
}

fn longest(bytes: &[u8], at: usize) -> io::Result<u64> {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().map(u64::from_le_bytes).ok_or_else(damaged)
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not a whole zip archive")
}

#[cfg(test)]
mod tests {
    use super::super::Zip;
    use super::*;
    use std::io::Cursor;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = Zip::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.begin(name).unwrap();
            zip.write(bytes).unwrap();
            zip.end().unwrap();
        }
        zip.finish().unwrap();
        zip.out.into_inner()
    }

    /// An archive of one file that is packed with deflate, with its sizes behind it.
    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let packed = miniz_oxide::deflate::compress_to_vec(bytes, 6);
        let numbers = [
            crc32fast::hash(bytes),
            packed.len() as u32,
            bytes.len() as u32,
        ];
        let facts: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let mut file = b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0".to_vec();
        file.extend([0; 12]);
        file.extend([1, 0, 0, 0, b'a']);
        file.extend(packed);
        file.extend([&b"PK\x07\x08"[..], &facts].concat());
        let at = file.len() as u32;
        file.extend(b"PK\x01\x02\x14\0\x14\0\x08\0\x08\0\0\0\0\0");
        file.extend(facts);
        file.extend([1, 0]);
        file.extend([0; 16]);
        file.push(b'a');
        let size = file.len() as u32 - at;
        file.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        file.extend([size.to_le_bytes(), at.to_le_bytes()].concat());
        file.extend([0, 0]);
        file
    }

    fn unpacked(bytes: &[u8]) -> io::Result<Vec<(String, Vec<u8>)>> {
        let mut archive = Unzip::new(Cursor::new(bytes))?;
        let mut all = Vec::new();
        while let Some(file) = archive.next_file()? {
            let mut content = Vec::new();
            archive.unpack(&file, &mut |bytes| {
                content.extend_from_slice(bytes);
                Ok(())
            })?;
            all.push((file.name, content));
        }
        Ok(all)
    }

    #[test]
    fn what_was_packed_is_unpacked_as_it_was() {
        let long: Vec<u8> = (0..300_000_u32).map(|n| (n / 7 % 251) as u8).collect();
        let files: [(&str, &[u8]); 3] = [("a.eml", b"one"), ("b/\u{e9}.eml", b""), ("c", &long)];
        let wanted = files.map(|(name, bytes)| (name.to_owned(), bytes.to_vec()));
        let plain = archive(&files);
        assert!(is_zip(&plain));
        assert_eq!(unpacked(&plain).unwrap(), wanted);
        // Behind a program that unpacks it, and in front of a comment.
        let mut with_comment = [b"#!/bin/sh\n".as_slice(), &plain].concat();
        let end = with_comment.len() - 2;
        with_comment[end] = 5;
        with_comment.extend(b"hello");
        assert_eq!(unpacked(&with_comment).unwrap(), wanted);
        assert_eq!(
            unpacked(&deflated(&long)).unwrap(),
            [("a".to_owned(), long)]
        );
        assert_eq!(unpacked(&archive(&[])).unwrap(), []);
    }

    /// A file of which the first gigabytes are not there.
    struct Far(Cursor<Vec<u8>>);

    const FAR: u64 = 5 << 30;

    impl Seek for Far {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            let near = match to {
                SeekFrom::Start(at) => SeekFrom::Start(at.checked_sub(FAR).ok_or_else(damaged)?),
                other => other,
            };
            Ok(self.0.seek(near)? + FAR)
        }
    }

    impl Read for Far {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0.read(into)
        }
    }

    impl io::Write for Far {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_archive_beyond_four_gigabytes_and_one_of_very_many_files_can_be_read() {
        let mut zip = Zip::new(Far(Cursor::new(Vec::new())));
        for nth in 0..70_000 {
            zip.begin(&format!("{nth}.eml")).unwrap();
            zip.write(b"mail").unwrap();
            zip.end().unwrap();
        }
        zip.finish().unwrap();
        let mut archive = Unzip::new(zip.out).unwrap();
        let mut count = 0;
        while let Some(file) = archive.next_file().unwrap() {
            assert_eq!(file.name, format!("{count}.eml"));
            let mut content = Vec::new();
            let mut keep = |bytes: &[u8]| {
                content.extend_from_slice(bytes);
                Ok(())
            };
            archive.unpack(&file, &mut keep).unwrap();
            assert_eq!(content, b"mail");
            count += 1;
        }
        assert_eq!(count, 70_000);
    }

    #[test]
    fn what_is_damaged_is_said_to_be_and_never_a_panic() {
        for whole in [
            archive(&[("a", b"some words"), ("b", b"others")]),
            deflated(b"words words words"),
        ] {
            for cut in 0..whole.len() {
                let head = &whole[..cut];
                assert!(unpacked(head).is_err(), "{cut}");
                let mut changed = whole.clone();
                for bits in [0xff, 0x01, 0x80] {
                    changed[cut] = whole[cut] ^ bits;
                    drop(unpacked(&changed));
                }
            }
            let at = whole.windows(4).position(|w| w == b"some");
            if let Some(at) = at {
                let mut changed = whole.clone();
                changed[at] = b'S';
                assert!(unpacked(&changed).is_err());
            }
        }
    }
}
