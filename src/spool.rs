//! A file without a name, for what is too large to be held in memory: a long body, a transfer. It is gone with the process,
//! whatever ends it.
//!
//! Not for what has to outlive the process: that has a name, and lies sealed (`outbox`, `profile`). To know before changing
//! it: where the file system knows no unnamed files, the file has a name for a moment, and `State::sweep` removes it after a
//! kill in that moment. What lay in it may stay on the disk for long, so a `Spool` is sealed under a key that this process
//! alone has. Only what another program is to read lies there as it is (`plain`).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::seal::{self, Key, SEALED_BYTES};
use crate::state::{self, State};

/// How much is sealed as one, in bytes.
const PIECE: u64 = 64 * 1024;
/// How many of the first pieces stay in memory: 2 MB. Most of what is spooled is no longer, and never reaches the disk.
const IN_MEMORY: usize = 32;

/// A spool whose beginning is held in memory, and whose rest is sealed in a file, piece by piece. It can be written and read
/// again from any place.
pub struct Spool {
    file: File,
    /// The directory that it lies in.
    dir: PathBuf,
    key: Key,
    /// The first pieces but the one at hand, as far as they are held in memory, and how many may be.
    memory: Vec<Vec<u8>>,
    in_memory: usize,
    /// The piece at hand, and whether it has been put away like this.
    piece: Vec<u8>,
    number: u64,
    is_written: bool,
    /// Where the next byte is written or read.
    at: u64,
    length: u64,
}

impl Spool {
    /// An empty one, in the state directory.
    ///
    /// # Errors
    /// As `file`.
    pub fn new(state: &State) -> Result<Spool> {
        Spool::in_file(unnamed(state.dir())?, state.dir(), IN_MEMORY)
    }

    fn in_file(file: File, dir: &Path, in_memory: usize) -> Result<Spool> {
        Ok(Spool {
            file,
            dir: dir.to_owned(),
            key: Key::random()?,
            memory: Vec::new(),
            in_memory,
            piece: Vec::new(),
            number: 0,
            is_written: true,
            at: 0,
            length: 0,
        })
    }

    /// How many bytes were written.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// A copy of the bytes that are kept, for another program to read from its beginning. It is not sealed; it goes when nobody
    /// has it open any more.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`; `Internal` where the system has no random numbers.
    pub fn plain(&mut self, is_kept: fn(u8) -> bool) -> Result<File> {
        let mut copy = unnamed(&self.dir)?;
        let dir = self.dir.clone();
        let copied = (|| {
            self.rewind()?;
            let mut piece = vec![0; PIECE as usize];
            loop {
                let n = self.read(&mut piece)?;
                if n == 0 {
                    return copy.rewind();
                }
                let read = piece.iter().take(n).copied();
                let kept: Vec<u8> = read.filter(|byte| is_kept(*byte)).collect();
                copy.write_all(&kept)?;
            }
        })();
        copied.map_err(|e| state::failed(&dir, &e))?;
        Ok(copy)
    }

    /// Takes the piece at hand that the next byte lies in.
    fn turn(&mut self) -> io::Result<()> {
        let number = self.at / PIECE;
        if number == self.number {
            return Ok(());
        }
        self.put_away()?;
        let begin = number.saturating_mul(PIECE);
        let size = self.length.saturating_sub(begin).min(PIECE);
        self.number = number;
        if let Some(held) = self.held() {
            self.piece = std::mem::take(held);
            self.is_written = false;
            return Ok(());
        }
        self.piece.clear();
        if size > 0 {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let mut sealed = vec![0; size.saturating_add(SEALED_BYTES)];
            self.file.read_exact_at(&mut sealed, place(number))?;
            let opened = self.key.open(&number.to_be_bytes(), &sealed);
            self.piece = opened.ok_or(io::ErrorKind::InvalidData)?;
        }
        Ok(())
    }

    /// Where the piece at hand is held in memory; None where it lies in the file.
    fn held(&mut self) -> Option<&mut Vec<u8>> {
        let number = usize::try_from(self.number).ok()?;
        if number < self.in_memory && number >= self.memory.len() {
            self.memory.resize(number.saturating_add(1), Vec::new());
        }
        self.memory.get_mut(number)
    }

    /// Puts the piece at hand into memory or the file.
    fn put_away(&mut self) -> io::Result<()> {
        if self.is_written {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.piece);
        if let Some(held) = self.held() {
            *held = piece;
            self.is_written = true;
            return Ok(());
        }
        self.piece = piece;
        let sealed = self.key.seal(&self.number.to_be_bytes(), &self.piece);
        let sealed = sealed.map_err(|_| io::Error::other("sealing"))?;
        let written = self.file.write_all_at(&sealed, place(self.number));
        self.is_written = true;
        if written.is_err() {
            // What has no room is given up, and what came before it can be read.
            self.piece.clear();
            self.length = self.number.saturating_mul(PIECE);
            self.at = self.length;
        }
        written
    }

    /// Where the next byte lies in the piece at hand, and how many fit from there.
    fn inside(&self) -> (usize, usize) {
        let offset = self.at % PIECE;
        let left = PIECE.saturating_sub(offset);
        let small = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        (small(offset), small(left))
    }

    fn step(&mut self, by: usize) {
        self.at = self.at.saturating_add(by as u64);
        self.length = self.length.max(self.at);
    }
}

/// Where a piece lies in the file.
fn place(number: u64) -> u64 {
    number.saturating_mul(PIECE.saturating_add(SEALED_BYTES as u64))
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.turn()?;
        let (from, room) = self.inside();
        let new = bytes.get(..bytes.len().min(room)).unwrap_or_default();
        let (over, behind) = new.split_at(new.len().min(self.piece.len().saturating_sub(from)));
        let end = from.saturating_add(over.len());
        if let Some(old) = self.piece.get_mut(from..end) {
            old.copy_from_slice(over);
        }
        self.piece.extend_from_slice(behind);
        self.is_written = false;
        self.step(new.len());
        Ok(new.len())
    }

    /// Tells whether there is room for all of it. Down to the disk it need not be: only this process reads it.
    fn flush(&mut self) -> io::Result<()> {
        match usize::try_from(self.number) {
            Ok(number) if number < self.in_memory => Ok(()),
            Ok(_) | Err(_) => self.put_away(),
        }
    }
}

impl Read for Spool {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.turn()?;
        let (from, _) = self.inside();
        let mut rest = self.piece.get(from..).unwrap_or_default();
        let n = rest.read(into)?;
        self.step(n);
        Ok(n)
    }
}

impl Seek for Spool {
    /// To any place that has been written, or just behind the last.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let at = at.filter(|at| *at <= self.length);
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Opens an empty file without a name, for reading and writing.
///
/// # Errors
/// `DiskFull`, `Setup`; `Internal` where the system has no random numbers.
fn unnamed(dir: &Path) -> Result<File> {
    let mut unnamed = OpenOptions::new();
    unnamed
        .read(true)
        .write(true)
        .mode(0o600)
        .custom_flags(libc::O_TMPFILE);
    match unnamed.open(dir) {
        Ok(file) => Ok(file),
        Err(e) if state::is_full(&e) => Err(state::failed(dir, &e)),
        Err(_) => {
            let suffix = seal::to_text(&seal::random::<9>()?);
            let name = dir.join(format!("spool.{suffix}"));
            let failed = |e: io::Error| state::failed(&name, &e);
            let mut named = state::private();
            let file = named.create_new(true).open(&name).map_err(failed)?;
            fs::remove_file(&name).map_err(failed)?;
            Ok(file)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spool_is_read_as_it_was_written_and_lies_sealed_on_the_disk() {
        for in_memory in [0, 1, IN_MEMORY] {
            is_kept(in_memory);
        }
    }

    #[test]
    fn what_has_no_room_leaves_what_came_before() {
        let full = OpenOptions::new().read(true).write(true).open("/dev/full");
        let mut spool = Spool::in_file(full.unwrap(), &std::env::temp_dir(), 1).unwrap();
        let piece = vec![7; PIECE as usize];
        spool.write_all(&piece).unwrap();
        spool.write_all(b"and more").unwrap();
        let error = spool.flush().unwrap_err();
        assert!(state::is_full(&error), "{error}");
        assert_eq!(spool.length(), PIECE);
        spool.rewind().unwrap();
        let mut read = Vec::new();
        spool.read_to_end(&mut read).unwrap();
        assert!(read == piece);
    }

    fn is_kept(in_memory: usize) {
        let file = tempfile::tempfile().unwrap();
        let on_disk = file.try_clone().unwrap();
        let mut spool = Spool::in_file(file, &std::env::temp_dir(), in_memory).unwrap();
        let mut expected: Vec<u8> = Vec::new();
        // Pieces of odd lengths, across the borders of what is sealed as one.
        for n in 0..600_usize {
            let bytes = format!("word {n} ").repeat(n % 97);
            spool.write_all(bytes.as_bytes()).unwrap();
            expected.extend(bytes.bytes());
            spool.flush().unwrap();
        }
        assert!(expected.len() as u64 > 2 * PIECE, "{}", expected.len());
        // Written over, as an archive does with the headers of its files: within a piece, and across a border.
        for at in [3, PIECE - 2, 2 * PIECE] {
            spool.seek(SeekFrom::Start(at)).unwrap();
            spool.write_all(b"header").unwrap();
            let at = at as usize;
            expected.splice(at..at + 6, *b"header");
        }
        assert_eq!(spool.length(), expected.len() as u64);
        assert!(spool.seek(SeekFrom::End(1)).is_err());
        spool.rewind().unwrap();
        let mut read = Vec::new();
        spool.read_to_end(&mut read).unwrap();
        assert!(read == expected);
        let mut plain = spool.plain(|byte| byte != b' ').unwrap();
        read.clear();
        plain.read_to_end(&mut read).unwrap();
        let kept = expected.iter().copied().filter(|byte| *byte != b' ');
        assert!(read.iter().copied().eq(kept));
        spool.seek(SeekFrom::End(0)).unwrap();
        spool.write_all(b" and more").unwrap();
        spool.seek(SeekFrom::End(-4)).unwrap();
        read.clear();
        spool.read_to_end(&mut read).unwrap();
        assert_eq!(read, b"more");

        let mut disk = vec![0; on_disk.metadata().unwrap().len() as usize];
        on_disk.read_exact_at(&mut disk, 0).unwrap();
        assert_eq!(disk.is_empty(), in_memory == IN_MEMORY);
        for plain in [&b"word "[..], b"header"] {
            assert!(!disk.windows(plain.len()).any(|bytes| bytes == plain));
        }
    }
}
