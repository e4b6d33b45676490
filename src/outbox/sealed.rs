//! How a kept form lies in its file: bytes kept free for its key, then pieces, each sealed for its place.
//!
//! Not for what is in it, nor for how long it is kept (`outbox`). To know before changing it: a piece is bound to its user,
//! its form, its number and whether it is the last, so that nothing can be cut off, moved or put in.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::error::Result;
use crate::request::body::Source;
use crate::seal::{Key, SEALED_BYTES};
use crate::state::{self, UserId};

/// How a file begins: what it is, and the version of its format.
const MAGIC: &[u8; 8] = b"pstform1";
/// Bytes of the form's key under the data key of a session; zeroes before signing in.
pub const LID: usize = 32 + SEALED_BYTES;
/// Where they stand.
pub const LID_AT: u64 = MAGIC.len() as u64;
/// Where the sealed pieces begin.
const HEAD: u64 = (MAGIC.len() + LID) as u64;
/// Bytes of a piece before it is sealed.
pub const PIECE: usize = 64 * 1024;

/// Whose form, and which: what a piece is bound to, beside its number.
#[derive(Clone, Copy)]
pub struct Place {
    /// Whose form.
    pub user: UserId,
    /// Which.
    pub id: [u8; 16],
}

impl Place {
    /// The associated data of a piece. The last one says so, or a form that lost its end would look whole.
    fn piece(&self, number: u64, is_last: bool) -> Vec<u8> {
        let number = number.to_be_bytes();
        let place = [b"outbox", &self.user.0[..], &self.id, &number];
        [&place.concat()[..], &[u8::from(is_last)]].concat()
    }
}

/// A form being written, piece by piece.
pub struct Pieces<'w> {
    file: File,
    path: &'w Path,
    place: Place,
    key: &'w Key,
    plain: Vec<u8>,
    written: u64,
}

impl<'w> Pieces<'w> {
    /// Begins the file of a form.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn begin(path: &'w Path, key: &'w Key, place: Place) -> Result<Pieces<'w>> {
        let begun = state::private().truncate(true).open(path);
        let begun = begun.and_then(|mut file| {
            file.write_all(MAGIC)?;
            file.write_all(&[0; LID])?;
            Ok(file)
        });
        Ok(Pieces {
            file: begun.map_err(|e| state::failed(path, &e))?,
            path,
            place,
            key,
            plain: Vec::with_capacity(PIECE),
            written: 0,
        })
    }

    /// # Errors
    /// `DiskFull`, `Setup`, `Internal`.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            // A full piece waits for a byte behind it: only then it is not the last.
            if self.plain.len() == PIECE {
                self.write(false)?;
            }
            let room = PIECE.saturating_sub(self.plain.len()).min(bytes.len());
            let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.plain.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    fn write(&mut self, is_last: bool) -> Result<()> {
        let place = self.place.piece(self.written, is_last);
        let sealed = self.key.seal(&place, &self.plain)?;
        let written = self.file.write_all(&sealed);
        written.map_err(|e| state::failed(self.path, &e))?;
        self.plain.clear();
        self.written = self.written.saturating_add(1);
        Ok(())
    }

    /// Writes the last piece, and has all of it on the disk.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`, `Internal`.
    pub fn finish(mut self) -> Result<()> {
        self.write(true)?;
        let synced = self.file.sync_all();
        synced.map_err(|e| state::failed(self.path, &e))
    }
}

/// A form as it lies, opened piece by piece.
pub struct Sealed {
    file: File,
    key: Key,
    place: Place,
    pieces: u64,
    plain_length: u64,
    /// Where the bytes begin that `Source` counts from.
    start: u64,
    /// The piece that was opened last.
    opened: RefCell<Option<(u64, Vec<u8>)>>,
}

impl Sealed {
    /// None where the file is no form, does not belong here, was cut, or has another key.
    pub fn new(file: File, key: &Key, place: Place) -> Option<Sealed> {
        let mut magic = [0; MAGIC.len()];
        file.read_exact_at(&mut magic, 0).ok()?;
        let sealed = file.metadata().ok()?.len().checked_sub(HEAD)?;
        let pieces = sealed.div_ceil(sealed_piece());
        let seals = pieces.checked_mul(SEALED_BYTES as u64)?;
        let form = Sealed {
            file,
            key: key.clone(),
            place,
            pieces,
            plain_length: sealed.checked_sub(seals)?,
            start: 0,
            opened: RefCell::default(),
        };
        let last = form.piece(pieces.checked_sub(1)?).ok()?;
        // Only what holds nothing at all ends with nothing: an empty file.
        let is_whole = !last.is_empty() || pieces == 1;
        (magic == *MAGIC && is_whole).then_some(form)
    }

    /// Counts from here on from this byte.
    pub fn start_at(&mut self, byte: u64) {
        self.start = byte;
    }

    /// Writes the form's key, sealed, into the bytes that were kept free for it.
    ///
    /// # Errors
    /// Whatever the file system reports; not that it is full.
    pub fn put_lid(&self, lid: &[u8]) -> io::Result<()> {
        self.file.write_all_at(lid, LID_AT)?;
        self.file.sync_all()
    }

    fn piece(&self, number: u64) -> io::Result<Vec<u8>> {
        let damaged = || io::Error::from(io::ErrorKind::InvalidData);
        let at = number
            .checked_mul(sealed_piece())
            .and_then(|at| at.checked_add(HEAD))
            .ok_or_else(damaged)?;
        let is_last = number.saturating_add(1) == self.pieces;
        let length = match is_last {
            true => self.file.metadata()?.len().saturating_sub(at),
            false => sealed_piece(),
        };
        if length > sealed_piece() {
            return Err(damaged());
        }
        let mut sealed = vec![0; usize::try_from(length).map_err(|_| damaged())?];
        self.file.read_exact_at(&mut sealed, at)?;
        let place = self.place.piece(number, is_last);
        self.key.open(&place, &sealed).ok_or_else(damaged)
    }
}

/// Bytes of a piece as it lies.
const fn sealed_piece() -> u64 {
    (PIECE + SEALED_BYTES) as u64
}

impl Source for Sealed {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let at = self.start.saturating_add(offset);
        if at >= self.plain_length || into.is_empty() {
            return Ok(0);
        }
        let (number, within) = (at / PIECE as u64, at % PIECE as u64);
        let mut opened = self.opened.borrow_mut();
        let plain = match opened.take() {
            Some((of, plain)) if of == number => plain,
            _ => self.piece(number)?,
        };
        let within = usize::try_from(within).unwrap_or(usize::MAX);
        let rest = plain.get(within..).unwrap_or_default();
        let count = rest.len().min(into.len());
        for (to, from) in into.iter_mut().zip(rest) {
            *to = *from;
        }
        *opened = Some((number, plain));
        Ok(count)
    }

    fn length(&self) -> u64 {
        self.plain_length.saturating_sub(self.start)
    }
}
