//! What is to be taken in, out of the files that were chosen: messages as they are, mailbox files, archives of both.
//!
//! What a file is, its first bytes say, never its name. Not for sending them (`import`). To know before changing it: files
//! are walked through in one order, so that the n-th of what is in them is the same in each request; what an archive
//! unpacks to is bounded.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use super::mail::{Item, Keeper};
use crate::error::{Cause, Error, Result};
use crate::jobs::progressed;
use crate::mail::Unfit;
use crate::pack::{MboxReader, Unzip, is_mbox, is_zip};
use crate::request::form::Form;
use crate::spool::Spool;
use crate::state::{self, State};

/// Most bytes that one archive is unpacked to.
const UNPACKED: u64 = 2 * 1024 * 1024 * 1024;
/// Most files of one archive that are looked at.
const MEMBERS: u32 = 100_000;

/// Says whether to go on.
pub(super) type Each<'e> = &'e mut dyn FnMut(Item) -> Result<ControlFlow<()>>;

/// The files of a form, being walked through.
pub(super) struct Walk<'w> {
    /// The state directory, for what is unpacked.
    pub state: &'w State,
    /// The files.
    pub form: &'w Form,
}

impl Walk<'_> {
    /// How many things there are in the files, an mbox in an archive counted as one.
    pub fn count(&self) -> Result<u32> {
        let mut count = 0_u32;
        for file in self.form.files() {
            let mut reader = self.form.open(file);
            let first = first_bytes(&mut reader).map_err(unreadable)?;
            let here = match &first {
                first if is_zip(first) => Unzip::new(reader).map_or(1, |mut zip| {
                    let mut files = 0_u32;
                    while matches!(zip.next_file(), Ok(Some(_))) && files < MEMBERS {
                        files = files.saturating_add(1);
                    }
                    files
                }),
                first if is_mbox(first) => MboxReader::new(reader).map_err(unreadable)?.1,
                _ => 1,
            };
            progressed();
            count = count.saturating_add(here);
        }
        Ok(count)
    }

    /// Hands each thing to `each`, until it says that it is enough; true where all were handed over.
    pub fn all(&self, each: Each) -> Result<bool> {
        for file in self.form.files() {
            let flow = match file.refused {
                Some(_) => each(Item::Unfit(file.name.clone(), Unfit::Damaged))?,
                None => self.file(&file.name, self.form.open(file), each)?,
            };
            if flow.is_break() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn file(
        &self,
        name: &str,
        mut reader: impl Read + Seek,
        each: Each,
    ) -> Result<ControlFlow<()>> {
        let first = first_bytes(&mut reader).map_err(unreadable)?;
        match is_zip(&first) {
            true => self.zip(name, reader, each),
            false => self.plain(name, reader, each),
        }
    }

    /// An archive.
    fn zip(&self, name: &str, reader: impl Read + Seek, each: Each) -> Result<ControlFlow<()>> {
        let damaged = |name: &str| Item::Unfit(name.to_owned(), Unfit::Damaged);
        let Ok(mut zip) = Unzip::new(reader) else {
            return each(damaged(name));
        };
        let mut room = UNPACKED;
        for nth in 0.. {
            let member = match zip.next_file() {
                Ok(Some(member)) => member,
                Ok(None) => break,
                Err(_) => return each(damaged(name)),
            };
            if nth >= MEMBERS {
                return each(Item::Unfit(name.to_owned(), Unfit::TooMuch));
            }
            if member.is_closed {
                if each(Item::Unfit(member.name, Unfit::Closed))?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                continue;
            }
            let mut spool = Spool::new(self.state)?;
            let mut fault = None;
            let unpacked = zip.unpack(&member, &mut |bytes| {
                let Some(left) = room.checked_sub(bytes.len() as u64) else {
                    fault = Some(Unfit::TooMuch);
                    return Err(io::ErrorKind::FileTooLarge.into());
                };
                room = left;
                progressed();
                io::Write::write_all(&mut spool, bytes)
            });
            let flow = match (unpacked, fault) {
                (Ok(()), _) => self.member(&member.name, spool, each)?,
                // What follows would be unpacked as far again.
                (Err(_), Some(why)) => {
                    return each(Item::Unfit(name.to_owned(), why));
                }
                (Err(e), None) if is_of_data(&e) => each(damaged(&member.name))?,
                (Err(e), None) => return Err(state::failed(self.state.dir(), &e)),
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// A file out of an archive.
    fn member(&self, name: &str, mut spool: Spool, each: Each) -> Result<ControlFlow<()>> {
        let first = first_bytes(&mut spool).map_err(unreadable)?;
        match is_zip(&first) {
            true => each(Item::Unfit(name.to_owned(), Unfit::Nested)),
            false => self.plain(name, spool, each),
        }
    }

    /// A file that is a message, or several.
    fn plain(
        &self,
        name: &str,
        mut reader: impl Read + Seek,
        each: Each,
    ) -> Result<ControlFlow<()>> {
        let first = first_bytes(&mut reader).map_err(unreadable)?;
        if !is_mbox(&first) {
            let mut keeper = Keeper::new(self.state);
            let mut piece = vec![0; 64 * 1024];
            loop {
                match reader.read(&mut piece).map_err(unreadable)? {
                    0 => break,
                    n => keeper.push(piece.get(..n).unwrap_or_default()),
                }
            }
            return each(keeper.item(name, None)?);
        }
        let (mut mbox, _) = MboxReader::new(reader).map_err(unreadable)?;
        for nth in 1_u32.. {
            let mut keeper = Keeper::new(self.state);
            let begun = mbox.next_message(&mut |bytes| {
                keeper.push(bytes);
                Ok(())
            });
            let Some(begun) = begun.map_err(unreadable)? else {
                break;
            };
            progressed();
            let flow = each(keeper.item(&format!("{name}, {nth}"), Some(begun))?)?;
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// What a file begins with; it is read from its beginning again.
fn first_bytes(reader: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    reader.seek(SeekFrom::Start(0))?;
    reader.by_ref().take(16).read_to_end(&mut first)?;
    reader.seek(SeekFrom::Start(0))?;
    Ok(first)
}

/// True for what is wrong with the archive, not with our disk.
fn is_of_data(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

fn unreadable(e: io::Error) -> Error {
    Error::Internal(Cause::at("reading what is imported", e))
}
