//! Long transfers: a part of a message, several in one archive, or the message as it travelled, fetched whole into a spool
//! file and sent from there.
//!
//! Not for what is small enough to be fetched under the gate (`actions::part` decides). To know before changing it: a
//! failure of the mail server has to be a page, not a short file.

use std::io;

use super::{Answer, Ended, Job, Outside, progressed};
use crate::error::{Error, GoneKind, Result};
use crate::gate::{self, LaneKind};
use crate::mail::{Encoding, PartPath, UidValidity};
use crate::mailbox::WHOLE_BYTES;
use crate::mime::codec::Decoder;
use crate::mime::structure;
use crate::pack::Zip;
use crate::remote::{Access, Announced, Plan, SectionKind};
use crate::response::Response;
use crate::route::MessageRef;
use crate::spool::Spool;
use crate::state;
use crate::work::Work;

/// A part of a message, or all of it, that is too long to be fetched while others wait.
pub struct Transfer {
    /// Of which message.
    pub message: MessageRef,
    /// What of it.
    pub what: Pieces,
    /// The answer without its body.
    pub head: Response,
}

/// What a transfer brings.
pub enum Pieces {
    /// One thing, as it is.
    One(Piece),
    /// Several, packed into a zip.
    Zip(Vec<(String, Packed)>),
}

/// One file of a zip.
pub enum Packed {
    /// A part of the message.
    Part(Piece),
    /// What was taken out of one, and is at hand.
    Bytes(Vec<u8>),
}

/// A section of a message, decoded on the way.
pub struct Piece {
    /// Which.
    pub section: SectionKind,
    /// How it is encoded on its way.
    pub encoding: Encoding,
    /// Its size on its way, in bytes; 0 where nothing is missed if nothing comes.
    pub size: u32,
}

impl Job for Transfer {
    fn lane(&self) -> &'static LaneKind {
        &gate::BULK
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let mut file = Spool::new(outside.state)?;
        let mut source = Source::new(&self.message, outside);
        source.open()?;
        match &self.what {
            Pieces::One(piece) => {
                source.bring(piece, &mut |bytes| io::Write::write_all(&mut file, bytes))?
            }
            Pieces::Zip(files) => source.zip(files, &mut file)?,
        }
        Ok(Ended {
            answer: Answer::File(self.head, file),
            record: None,
        })
    }
}

/// Where decoded bytes go.
pub(super) type Keep<'k> = &'k mut dyn FnMut(&[u8]) -> io::Result<()>;

/// The message that a transfer brings something of.
pub(super) struct Source<'s, 'o> {
    message: &'s MessageRef,
    outside: &'s mut Outside<'o>,
    /// All of it, once it had to be fetched; empty where it is too large for that.
    whole: Option<Vec<u8>>,
}

impl<'s, 'o> Source<'s, 'o> {
    /// A message whose folder is to be opened first.
    pub(super) fn new(message: &'s MessageRef, outside: &'s mut Outside<'o>) -> Source<'s, 'o> {
        Source {
            message,
            outside,
            whole: None,
        }
    }

    /// Opens the folder, in the numbering that the link means.
    pub(super) fn open(&mut self) -> Result<()> {
        let remote = &mut self.outside.remote;
        remote.ready()?;
        let mut plan = Plan::new();
        let open = plan.open(&self.message.folder, Access::Read, None);
        let flight = remote.fly(plan)?;
        let opened = remote.require_open(&flight, open)?;
        if opened.validity.unwrap_or(UidValidity(0)) == self.message.validity {
            return Ok(());
        }
        Err(Error::Gone(GoneKind::Numbering))
    }

    /// Brings one section, decoded: where the server has none under its path, out of the whole message. Where a structure
    /// was read here, the paths are ours.
    pub(super) fn bring(&mut self, piece: &Piece, keep: Keep) -> Result<()> {
        let path = match (self.fetch(piece, keep), &piece.section) {
            (Err(Error::Gone(GoneKind::Part)), SectionKind::Part(path)) if piece.size > 0 => path,
            (outcome, _) => return outcome,
        };
        let bytes = structure::part_of(self.whole()?, path, &Work::default())
            .ok_or(Error::Gone(GoneKind::Part))?;
        keep(&bytes).map_err(|e| self.failed(&e))
    }

    /// Brings one section, decoded.
    fn fetch(&mut self, piece: &Piece, keep: Keep) -> Result<()> {
        let dir = self.outside.state.dir();
        let failed = |e: io::Error| state::failed(dir, &e);
        let mut decoder = Decoder::new(piece.encoding);
        let mut decoded = Vec::new();
        let mut each = |bytes: &[u8]| {
            progressed();
            decoded.clear();
            decoder.push(bytes, &mut decoded);
            keep(&decoded).map_err(failed)
        };
        let remote = &mut self.outside.remote;
        let announced = Announced {
            what: &piece.section,
            size: piece.size,
        };
        let fetched = remote.fetch_pieces(self.message.uid, announced, &mut each)?;
        if fetched == 0 {
            return Err(Error::Gone(GoneKind::Part));
        }
        decoded.clear();
        decoder.finish(&mut decoded);
        keep(&decoded).map_err(failed)
    }

    /// The whole message, where it is not too large to be read here. It is fetched once.
    fn whole(&mut self) -> Result<&[u8]> {
        let raw = match self.whole.take() {
            Some(raw) => raw,
            None => match self.fetch_whole() {
                // Too large once, too large for all that follow.
                Err(Error::Gone(GoneKind::Part)) => Vec::new(),
                raw => raw?,
            },
        };
        Ok(self.whole.insert(raw))
    }

    fn fetch_whole(&mut self) -> Result<Vec<u8>> {
        let most = usize::try_from(WHOLE_BYTES).unwrap_or(usize::MAX);
        let mut raw = Vec::new();
        let all = SectionKind::Part(PartPath::default());
        let announced = Announced {
            what: &all,
            size: 0,
        };
        let remote = &mut self.outside.remote;
        remote.fetch_pieces(self.message.uid, announced, &mut |bytes| {
            progressed();
            if raw.len().saturating_add(bytes.len()) > most {
                return Err(Error::Gone(GoneKind::Part));
            }
            raw.extend_from_slice(bytes);
            Ok(())
        })?;
        Ok(raw)
    }

    /// Brings all files into one archive.
    fn zip(&mut self, files: &[(String, Packed)], archive: &mut Spool) -> Result<()> {
        let mut zip = Zip::new(archive);
        for (name, packed) in files {
            zip.begin(name).map_err(|e| self.failed(&e))?;
            match packed {
                Packed::Bytes(bytes) => zip.write(bytes).map_err(|e| self.failed(&e))?,
                Packed::Part(piece) => {
                    match self.bring(piece, &mut |bytes| zip.write(bytes)) {
                        // An empty file is one too.
                        Err(Error::Gone(GoneKind::Part)) if piece.size == 0 => {}
                        brought => brought?,
                    }
                }
            }
            zip.end().map_err(|e| self.failed(&e))?;
        }
        zip.finish().map_err(|e| self.failed(&e))
    }

    /// The meaning of a spool that cannot be written.
    fn failed(&self, e: &io::Error) -> Error {
        state::failed(self.outside.state.dir(), e)
    }
}
