//! Several files in one zip archive, stored as they are; several messages in one `mbox`; and both read again (`unzip`,
//! `mbox_reader`).
//!
//! Attachments are mostly packed already, so nothing is compressed; then a zip is a few fixed headers around the bytes
//! (APPNOTE 4.3), and a crate for it would bring compressors, ciphers and clocks. To know before
//! changing it: sizes and checksums are known only at the end of a file and are put into its header then, so the archive is
//! written to something that can seek, and a reader that streams can unpack it too.

mod mbox;
mod mbox_reader;
mod unzip;

use std::collections::BTreeMap;
use std::io::{self, Seek, SeekFrom, Write};

pub use mbox::Mbox;
pub use mbox_reader::{Begun, MboxReader, is_mbox};
pub use unzip::{Unzip, is_zip};

/// An archive being written.
pub struct Zip<W> {
    out: W,
    files: Vec<Packed>,
    /// The names that are taken, in lower case, and up to which number each of them is.
    taken: BTreeMap<String, u32>,
    open: Option<(Packed, crc32fast::Hasher)>,
}

/// A file as the directory at the end names it.
struct Packed {
    name: String,
    at: u64,
    size: u32,
    checksum: u32,
}

impl<W: Write + Seek> Zip<W> {
    /// An empty archive, from where `out` stands.
    pub fn new(out: W) -> Zip<W> {
        Zip {
            out,
            files: Vec::new(),
            taken: BTreeMap::new(),
            open: None,
        }
    }

    /// Begins a file. A name that is taken gets a number.
    ///
    /// # Errors
    /// As writing.
    pub fn begin(&mut self, name: &str) -> io::Result<()> {
        let file = Packed {
            name: self.free_name(name),
            at: self.out.stream_position()?,
            size: 0,
            checksum: 0,
        };
        let header = file.header();
        self.out.write_all(&header)?;
        self.open = Some((file, crc32fast::Hasher::new()));
        Ok(())
    }

    /// Adds bytes to the file that was begun last.
    ///
    /// # Errors
    /// As writing; or where the file grows beyond 4 GB.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some((file, checksum)) = &mut self.open {
            let more = u32::try_from(bytes.len()).map_err(|_| too_large())?;
            file.size = file.size.checked_add(more).ok_or_else(too_large)?;
            checksum.update(bytes);
        }
        self.out.write_all(bytes)
    }

    /// Ends the file that was begun last.
    ///
    /// # Errors
    /// As writing.
    pub fn end(&mut self) -> io::Result<()> {
        let Some((mut file, checksum)) = self.open.take() else {
            return Ok(());
        };
        file.checksum = checksum.finalize();
        let end = self.out.stream_position()?;
        self.out.seek(SeekFrom::Start(file.at))?;
        self.out.write_all(&file.header())?;
        self.out.seek(SeekFrom::Start(end))?;
        self.files.push(file);
        Ok(())
    }

    /// Writes the directory, with the extensions for large archives where they are needed (4.5.3, 4.3.14).
    ///
    /// # Errors
    /// As writing.
    pub fn finish(&mut self) -> io::Result<()> {
        let at = self.out.stream_position()?;
        let mut directory = Vec::new();
        for file in &self.files {
            // 4.3.12: made by Unix, so that the mode below is read; then the same as in the file's header.
            directory.extend([b'P', b'K', 1, 2, 20, 3]);
            let (at, further) = match u32::try_from(file.at) {
                Ok(at) if at < u32::MAX => (at, Vec::new()),
                Ok(_) | Err(_) => {
                    let place = file.at.to_le_bytes();
                    (u32::MAX, [&[1, 0, 8, 0][..], &place].concat())
                }
            };
            let mut facts = file.facts();
            // The last of the facts is how much stands behind the name.
            facts.truncate(facts.len().saturating_sub(2));
            directory.extend(facts);
            directory.extend(u16::try_from(further.len()).unwrap_or(0).to_le_bytes());
            // No comment, on the first disk, nothing about what is in it.
            directory.extend([0; 6]);
            directory.extend((0o100_644_u32 << 16).to_le_bytes());
            directory.extend(at.to_le_bytes());
            directory.extend(file.name.as_bytes());
            directory.extend(further);
        }
        let (size, count) = (directory.len() as u64, self.files.len() as u64);
        let numbers = (
            u16::try_from(count).ok().filter(|count| *count < u16::MAX),
            u32::try_from(size).ok().filter(|size| *size < u32::MAX),
            u32::try_from(at).ok().filter(|at| *at < u32::MAX),
        );
        if !matches!(numbers, (Some(_), Some(_), Some(_))) {
            let end = at.saturating_add(size);
            directory.extend(large_end(count, size, at, end));
        }
        let (small_count, small_size, small_at) = numbers;
        // 4.3.16
        directory.extend([b'P', b'K', 5, 6, 0, 0, 0, 0]);
        directory.extend(small_count.unwrap_or(u16::MAX).to_le_bytes());
        directory.extend(small_count.unwrap_or(u16::MAX).to_le_bytes());
        directory.extend(small_size.unwrap_or(u32::MAX).to_le_bytes());
        directory.extend(small_at.unwrap_or(u32::MAX).to_le_bytes());
        directory.extend([0, 0]);
        self.out.write_all(&directory)
    }

    fn free_name(&mut self, name: &str) -> String {
        let name: String = name.chars().take(200).collect();
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
            _ => (name.as_str(), String::new()),
        };
        let wanted = name.to_ascii_lowercase();
        let mut number = self.taken.get(&wanted).copied().unwrap_or(1);
        let mut free = name.clone();
        while self.taken.contains_key(&free.to_ascii_lowercase()) {
            number = number.saturating_add(1);
            free = format!("{stem} ({number}){extension}");
        }
        self.taken.insert(free.to_ascii_lowercase(), 1);
        self.taken.insert(wanted, number);
        free
    }
}

impl Packed {
    /// 4.3.7: the header before a file.
    fn header(&self) -> Vec<u8> {
        let mut header = vec![b'P', b'K', 3, 4];
        header.extend(self.facts());
        header.extend(self.name.as_bytes());
        header
    }

    /// What both headers say: version, names in UTF-8, stored, no date, checksum, sizes, length of the name.
    fn facts(&self) -> Vec<u8> {
        let mut facts = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        facts.extend(self.checksum.to_le_bytes());
        facts.extend(self.size.to_le_bytes());
        facts.extend(self.size.to_le_bytes());
        // A name has at most 200 characters of four bytes.
        let length = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        facts.extend(length.to_le_bytes());
        facts.extend([0, 0]);
        facts
    }
}

/// 4.3.14 and 4.3.15: what a large archive has in front of its end: how many files, how long the directory is and where it
/// begins; and where this stands.
fn large_end(count: u64, size: u64, at: u64, end: u64) -> Vec<u8> {
    let mut record = vec![b'P', b'K', 6, 6, 44, 0, 0, 0, 0, 0, 0, 0, 45, 3, 45, 0];
    record.extend([0; 8]);
    for number in [count, count, size, at] {
        record.extend(number.to_le_bytes());
    }
    record.extend([b'P', b'K', 6, 7, 0, 0, 0, 0]);
    record.extend(end.to_le_bytes());
    record.extend([1, 0, 0, 0]);
    record
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "the archive is too large")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_names_each_file_once() {
        let mut zip = Zip::new(io::Cursor::new(Vec::new()));
        for (name, bytes) in [("a.txt", &b"one"[..]), ("A.TXT", b""), ("\u{e9}", b"three")] {
            zip.begin(name).unwrap();
            zip.write(bytes).unwrap();
            zip.end().unwrap();
        }
        zip.finish().unwrap();
        let bytes = zip.out.into_inner();
        let names: Vec<&str> = zip.files.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["a.txt", "A (2).TXT", "\u{e9}"]);
        // The checksum of "one", in front of its size.
        let facts = [&crc32fast::hash(b"one").to_le_bytes()[..], &[3, 0, 0, 0]].concat();
        assert_eq!(bytes.get(14..22), Some(&facts[..]));
        // 4.3.12: a name stands 46 bytes behind the beginning of its entry, an offset 4 before it.
        let at = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        let entry = bytes.get(at..).unwrap();
        assert_eq!(entry.get(46..48), Some("\u{e9}".as_bytes()));
        let start = u32::from_le_bytes(*entry.get(42..46).unwrap().first_chunk().unwrap());
        let file = bytes.get(start as usize..).unwrap();
        assert!(file.starts_with(b"PK\x03\x04") && file.get(32..37) == Some(b"three"));
        // The end of the directory follows.
        assert_eq!(entry.get(48..52), Some(&b"PK\x05\x06"[..]));
        assert!(bytes.ends_with(&[0, 0]) && bytes.starts_with(b"PK\x03\x04"));
    }
}
