//! The body of a request: read before any lock, bounded in bytes and in time, held in memory while it is short and in a
//! spool file when it is long.
//!
//! Not for what it means: that is `form`. To know before changing it: a body that is cut (too large, too slow, no room)
//! keeps what came before the cut, because a page with a text field has to show that text again.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::time::Duration;

use crate::error::{Cause, Error, Result};
use crate::process;
use crate::seal::Wiped;
use crate::time::{Deadline, Watch};

/// The longest body that is taken without one of the user's places for long ones, in bytes.
pub const SHORT: u64 = 64 * 1024;
/// What is held in memory, in bytes: a longer body is spooled.
const IN_MEMORY: u64 = 256 * 1024;
/// A body that brings no more than `SLOW_BYTES` in `SLOW` is given up.
const SLOW: Duration = Duration::from_secs(20);
const SLOW_BYTES: u64 = 8 * 1024;
/// For how long, and for how much, what nobody wants to read is read: a web server loses the answer to a client whose
/// body was left lying.
const DRAIN: Duration = Duration::from_secs(5);
const DRAIN_BYTES: u64 = 64 * 1024 * 1024;
const PIECE: usize = 16 * 1024;

/// How much a body may bring, and how long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimit {
    /// In bytes.
    pub bytes: u64,
    /// In all.
    pub time: Duration,
    /// True where a page shows again what came of a body that was cut; otherwise a cut body is an error, and nothing of it
    /// is looked at.
    pub is_shown_again: bool,
}

impl BodyLimit {
    /// For what takes no body.
    pub const NONE: BodyLimit = BodyLimit::form(0);
    /// For the small forms: clicks, choices, a few words.
    pub const FORM: BodyLimit = BodyLimit::form(SHORT);
    /// For everybody who shows no valid cookie.
    pub const STRANGER: BodyLimit = BodyLimit {
        time: Duration::from_secs(10),
        ..BodyLimit::FORM
    };

    /// For a form of at most so many bytes. It may come over a slow line; what stops coming is given up much earlier.
    pub const fn form(bytes: u64) -> BodyLimit {
        BodyLimit {
            bytes,
            time: Duration::from_secs(600),
            is_shown_again: false,
        }
    }

    /// The smaller of the two, in each way.
    pub fn within(self, other: BodyLimit) -> BodyLimit {
        BodyLimit {
            bytes: self.bytes.min(other.bytes),
            time: self.time.min(other.time),
            ..self
        }
    }
}

/// Bytes that can be read at any offset.
pub trait Source {
    /// Reads at `offset` into `into`, as many bytes as are easily had: none only at the end.
    ///
    /// # Errors
    /// Whatever the file system reports.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize>;

    /// How many bytes there are.
    fn length(&self) -> u64;
}

/// What came of a body.
pub struct Body {
    /// Its bytes.
    pub bytes: Bytes,
    /// Why there are no more, if that is not all of it.
    pub cut: Option<Error>,
}

/// The bytes of a body.
pub enum Bytes {
    /// A short one; it may hold a password.
    Memory(Wiped),
    /// A long one, in a spool; and its length.
    Spooled(RefCell<Box<dyn Spooled>>, u64),
}

impl Default for Bytes {
    fn default() -> Bytes {
        Bytes::Memory(Wiped::default())
    }
}

/// What a long body is written to and read back from.
pub trait Spooled: Read + Write + Seek {}

impl<S: Read + Write + Seek> Spooled for S {}

impl Source for Bytes {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::Memory(bytes) => {
                let rest = usize::try_from(offset)
                    .ok()
                    .and_then(|at| bytes.bytes().get(at..));
                let rest = rest.unwrap_or_default();
                let count = rest.len().min(into.len());
                for (to, from) in into.iter_mut().zip(rest) {
                    *to = *from;
                }
                Ok(count)
            }
            Bytes::Spooled(spool, length) => {
                let left = usize::try_from(length.saturating_sub(offset)).unwrap_or(usize::MAX);
                let count = left.min(into.len());
                let into = into.get_mut(..count).unwrap_or_default();
                let mut spool = spool.borrow_mut();
                spool.seek(SeekFrom::Start(offset))?;
                spool.read_exact(into)?;
                Ok(count)
            }
        }
    }

    fn length(&self) -> u64 {
        match self {
            Bytes::Memory(bytes) => bytes.bytes().len() as u64,
            Bytes::Spooled(_, length) => *length,
        }
    }
}

/// Where a body comes from.
pub trait Incoming {
    /// Waits until something can be read, or the end has come; false when the time is over.
    ///
    /// # Errors
    /// Whatever the system reports.
    fn wait(&mut self, limit: Duration) -> io::Result<bool>;

    /// Reads what is there; 0 at the end.
    ///
    /// # Errors
    /// Whatever the system reports.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize>;
}

/// Standard input, from which a CGI program reads its body (RFC 3875 4.2).
pub struct Stdin;

impl Incoming for Stdin {
    fn wait(&mut self, limit: Duration) -> io::Result<bool> {
        process::wait_for_stdin(limit)
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        process::read_stdin(into)
    }
}

/// Reads a body of this length to its end.
///
/// `refused` says why not all of it is taken (too large, no place for a long one): then only its first bytes are read.
/// `spool` opens the file for a long one.
pub fn receive(
    from: &mut impl Incoming,
    length: u64,
    time: Duration,
    refused: Option<Error>,
    spool: impl FnOnce() -> Result<Box<dyn Spooled>>,
) -> Body {
    let wanted = match refused {
        Some(_) => length.min(SHORT),
        None => length,
    };
    let mut keep = Keep {
        bytes: Bytes::default(),
        spool: Some(spool),
    };
    let cut = read(from, wanted, time, &mut keep).and_then(|()| keep.finish());
    let cut = cut.err().or(refused);
    Body {
        bytes: keep.bytes,
        cut,
    }
}

/// Reads and forgets what is left of a body that nobody takes, within limits.
pub fn drain(from: &mut impl Incoming, left: u64) {
    let deadline = Deadline::after(DRAIN);
    let mut left = left.min(DRAIN_BYTES);
    let mut piece = [0; PIECE];
    while left > 0 && !deadline.has_passed() && matches!(from.wait(deadline.left()), Ok(true)) {
        match from.read(&mut piece) {
            Ok(n) if n > 0 => left = left.saturating_sub(n as u64),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            _ => return,
        }
    }
}

fn read(
    from: &mut impl Incoming,
    wanted: u64,
    time: Duration,
    keep: &mut Keep<impl FnOnce() -> Result<Box<dyn Spooled>>>,
) -> Result<()> {
    let internal = |e: io::Error| Error::Internal(Cause::at("body", e));
    let deadline = Deadline::after(time);
    let mut pace = (Watch::start(), 0_u64);
    let mut piece = Wiped::new(vec![0; PIECE]);
    loop {
        let left = wanted.saturating_sub(keep.bytes.length());
        if left == 0 {
            return Ok(());
        }
        let limit = deadline.left().min(SLOW.saturating_sub(pace.0.passed()));
        if !from.wait(limit).map_err(internal)? || deadline.has_passed() {
            return Err(Error::BodyTimeout);
        }
        let want = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        match from.read(piece.bytes_mut().get_mut(..want).unwrap_or_default()) {
            // A client that went away in the middle of a POST looks like this.
            Ok(0) => return Err(Error::BadRequest("the body ended early")),
            Ok(n) => keep.push(piece.bytes().get(..n).unwrap_or_default())?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(internal(e)),
        }
        if keep.bytes.length().saturating_sub(pace.1) >= SLOW_BYTES {
            pace = (Watch::start(), keep.bytes.length());
        }
    }
}

/// What has come, on its way from memory to a file.
struct Keep<S> {
    bytes: Bytes,
    spool: Option<S>,
}

impl<S: FnOnce() -> Result<Box<dyn Spooled>>> Keep<S> {
    fn push(&mut self, new: &[u8]) -> Result<()> {
        if let Bytes::Memory(bytes) = &mut self.bytes {
            let longer = bytes.bytes().len().saturating_add(new.len());
            if longer as u64 <= IN_MEMORY {
                bytes.push(new);
                return Ok(());
            }
            let internal = || Error::Internal(Cause::new("a second spool"));
            let mut spool = self.spool.take().ok_or_else(internal)?()?;
            let held = bytes.bytes();
            spool.write_all(held).map_err(|e| unwritten(&e))?;
            let length = held.len() as u64;
            self.bytes = Bytes::Spooled(RefCell::new(spool), length);
        }
        self.spooling(|spool| spool.write_all(new))
    }

    /// All that has come has found room.
    fn finish(&mut self) -> Result<()> {
        self.spooling(|spool| spool.flush())
    }

    /// Where there is no room any more, what came before is what there is.
    fn spooling(&mut self, act: impl FnOnce(&mut dyn Spooled) -> io::Result<()>) -> Result<()> {
        let Bytes::Spooled(spool, length) = &mut self.bytes else {
            return Ok(());
        };
        let spool = spool.get_mut();
        let done = act(spool.as_mut());
        *length = spool.seek(SeekFrom::End(0)).map_err(|e| unwritten(&e))?;
        done.map_err(|e| unwritten(&e))
    }
}

/// The meaning of a spool that cannot be written.
fn unwritten(e: &io::Error) -> Error {
    crate::state::failed(std::path::Path::new("spool"), e)
}

/// Reads a stretch of a source into memory: so much as the caller has bounded. Shorter where the source ends.
///
/// # Errors
/// Whatever the source reports.
pub fn read_stretch(source: &dyn Source, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let mut text = Vec::new();
    text.try_reserve_exact(length)?;
    text.resize(length, 0);
    let mut filled = 0;
    while let Some(rest) = text.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read_at(at.saturating_add(filled as u64), rest)? {
            0 => break,
            n => filled = filled.saturating_add(n),
        }
    }
    text.truncate(filled);
    Ok(text)
}

/// The meaning of a spool that cannot be read back.
pub fn unreadable(e: io::Error) -> Error {
    Error::Internal(Cause::at("reading the body", e))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line that brings these pieces, and then is silent, or ends.
    struct Line {
        pieces: Vec<Vec<u8>>,
        ends: bool,
    }

    impl Incoming for Line {
        fn wait(&mut self, _: Duration) -> io::Result<bool> {
            Ok(!self.pieces.is_empty() || self.ends)
        }

        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let Some(piece) = self.pieces.first_mut() else {
                return Ok(0);
            };
            let count = piece.len().min(into.len());
            into[..count].copy_from_slice(&piece[..count]);
            piece.drain(..count);
            if piece.is_empty() {
                self.pieces.remove(0);
            }
            Ok(count)
        }
    }

    fn line(pieces: &[usize], ends: bool) -> Line {
        let bytes = |n: &usize| (0..*n).map(|i| (i % 251) as u8).collect();
        Line {
            pieces: pieces.iter().map(bytes).collect(),
            ends,
        }
    }

    fn file() -> Result<Box<dyn Spooled>> {
        Ok(Box::new(tempfile::tempfile().unwrap()))
    }

    fn took(line: &mut Line, length: u64) -> Body {
        receive(line, length, Duration::from_secs(10), None, file)
    }

    #[test]
    fn a_short_body_stays_in_memory_and_a_long_one_is_spooled() {
        for (length, spooled) in [(1, false), (256 * 1024, false), (256 * 1024 + 1, true)] {
            let body = took(&mut line(&[length], false), length as u64);
            assert_eq!(body.cut, None);
            assert_eq!(
                matches!(body.bytes, Bytes::Spooled(..)),
                spooled,
                "{length}"
            );
            let mut all = vec![0; length];
            assert_eq!(body.bytes.read_at(0, &mut all).unwrap(), length);
            let sent: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            assert_eq!(all, sent);
            assert_eq!(body.bytes.read_at(length as u64, &mut all).unwrap(), 0);
            assert_eq!(body.bytes.read_at(length as u64 + 9, &mut all).unwrap(), 0);
        }
    }

    #[test]
    fn what_follows_the_announced_length_is_not_read() {
        let mut line = line(&[10, 10], false);
        assert_eq!(took(&mut line, 15).bytes.length(), 15);
        assert_eq!(line.pieces[0].len(), 5);
    }

    #[test]
    fn a_body_that_ends_or_stops_early_keeps_what_came() {
        let ended = took(&mut line(&[400_000], true), 500_000);
        assert_eq!(ended.cut, Some(Error::BadRequest("the body ended early")));
        assert_eq!(ended.bytes.length(), 400_000);
        let stopped = took(&mut line(&[100], false), 500_000);
        assert_eq!(stopped.cut, Some(Error::BodyTimeout));
        assert_eq!(stopped.bytes.length(), 100);
    }

    #[test]
    fn of_a_refused_body_the_first_bytes_are_kept() {
        let mut line = line(&[300_000, 300_000], false);
        let refused = Some(Error::TooMany { retry: 4 });
        let body = receive(&mut line, 600_000, Duration::from_secs(10), refused, file);
        assert_eq!(body.cut, Some(Error::TooMany { retry: 4 }));
        assert_eq!(body.bytes.length(), SHORT);
        drain(&mut line, 600_000 - SHORT);
        assert!(line.pieces.is_empty(), "{} left", line.pieces.len());
    }

    #[test]
    fn without_room_for_a_spool_the_beginning_is_kept() {
        let full = || Err(Error::DiskFull(Cause::new("full")));
        let mut line = line(&[400_000], false);
        let body = receive(&mut line, 400_000, Duration::from_secs(10), None, full);
        assert_eq!(body.cut, Some(Error::DiskFull(Cause::new("full"))));
        assert!(body.bytes.length() > 200_000);
    }
}
