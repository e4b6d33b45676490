//! What of other messages goes with one that is sent: fetched beside its own files, before anything is claimed.
//!
//! Not for what that is (`actions::carrying`). To know before changing it: what cannot be had keeps the message from being
//! sent, and is named; nothing is ever left out without a word. What has been fetched stays until the message is forgotten,
//! for its copy is made of it, too.

use std::cell::Cell;
use std::io::{self, Seek as _, Write as _};

use super::Outside;
use super::transfer::{Piece, Source};
use crate::draft::WithoutBcc;
use crate::error::{Cause, Error, Result};
use crate::mail::{Carried, FolderRef, PartPath, Refusal};
use crate::outbox::Drafts;
use crate::remote::SectionKind;
use crate::seal::Key;
use crate::spool::Spool;
use crate::state;

/// A message that things are fetched for.
pub(super) struct Fetching<'f> {
    /// Where it lies.
    pub drafts: &'f Drafts,
    /// Which.
    pub id: &'f [u8; 16],
    /// What it is sealed with.
    pub key: &'f Key,
    /// How many bytes all that it carries may have.
    pub most: u64,
}

impl Fetching<'_> {
    /// Fetches all that is not here yet.
    ///
    /// # Errors
    /// What keeps the message from being sent.
    pub(super) fn all(
        &self,
        carried: &[Carried],
        outside: &mut Outside,
    ) -> std::result::Result<(), Refusal> {
        let limit = self.most;
        let mut room = limit;
        let mut open: Option<FolderRef> = None;
        for one in carried {
            let there = self.drafts.read_file(self.id, one.slot(), self.key);
            let size = match there.map_err(|_| Refusal::FileLost)? {
                Some(bytes) => bytes.length(),
                None => {
                    let folder = one.message.within();
                    let is_open = open.as_ref() == Some(&folder);
                    open = Some(folder);
                    let is_full = Cell::new(false);
                    let mut keep = Keep {
                        spool: Spool::new(outside.state).map_err(|_| Refusal::DiskFull)?,
                        room,
                        is_full: &is_full,
                    };
                    let fetched = self.fetch(one, is_open, &mut keep, outside);
                    fetched.map_err(|error| match is_full.get() {
                        true => Refusal::TooLarge { limit },
                        false => why(error, one, outside),
                    })?
                }
            };
            room = room.checked_sub(size).ok_or(Refusal::TooLarge { limit })?;
        }
        Ok(())
    }

    /// Fetches one.
    fn fetch(
        &self,
        one: &Carried,
        is_open: bool,
        keep: &mut Keep,
        outside: &mut Outside,
    ) -> Result<u64> {
        let section = match one.part.split() {
            None => PartPath::default(),
            Some((path, [])) => path.clone(),
            // What lies inside of a part is taken out before the message leaves the gate.
            Some(_) => return Err(Error::Internal(Cause::new("a part that lies inside"))),
        };
        let dir = outside.state.dir();
        outside.remote.go_on();
        let mut source = Source::new(&one.message, outside);
        if !is_open {
            source.open()?;
        }
        let piece = Piece {
            section: SectionKind::Part(section),
            encoding: one.encoding,
            size: one.size,
        };
        let mut filter = one.is_whole().then(WithoutBcc::default);
        let mut kept = Vec::new();
        source.bring(&piece, &mut |bytes| match &mut filter {
            Some(filter) => {
                kept.clear();
                filter.pass(bytes, &mut kept);
                keep.write(&kept)
            }
            None => keep.write(bytes),
        })?;
        let failed = |e: io::Error| state::failed(dir, &e);
        if let Some(mut filter) = filter {
            kept.clear();
            filter.finish(&mut kept);
            keep.write(&kept).map_err(failed)?;
        }
        keep.spool.rewind().map_err(failed)?;
        self.drafts
            .attach(self.id, one.slot(), &mut keep.spool, self.key)
    }
}

/// Where the bytes of one go, on their way.
struct Keep<'k> {
    spool: Spool,
    room: u64,
    /// Set where there was no room.
    is_full: &'k Cell<bool>,
}

impl Keep<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.spool.length().saturating_add(bytes.len() as u64) > self.room {
            self.is_full.set(true);
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.spool.write_all(bytes)
    }
}

/// What keeps one from being had.
fn why(error: Error, one: &Carried, outside: &Outside) -> Refusal {
    if matches!(error, Error::DiskFull(_)) {
        return Refusal::DiskFull;
    }
    if matches!(error, Error::Gone(_)) {
        return Refusal::NotThere(one.name.clone());
    }
    let (kind, cause) = error.log_kind();
    outside.state.log(&format!("not-fetched {kind} {cause}"));
    Refusal::NotFetched(one.name.clone())
}
