//! A section of a message that is too long to be held: piece by piece, until all that was announced has come.
//!
//! To know before changing it: servers give less than a piece though there is more, leave out where a piece begins, and
//! announce sizes that are wrong. A piece counts where it says that it begins where the one before has ended; and a file
//! that ends too early is never taken for a whole one: where less comes than was announced, the server has to say that
//! nothing follows, and it may not be far less.

use std::time::Duration;

use super::criteria::{Section, SectionKind};
use super::fetch::{Fetched, Message};
use super::plan::Plan;
use super::{REQUEST_BYTES, Remote};
use crate::error::{Cause, Error, GoneKind, Imap, Result};
use crate::mail::Uid;

/// How much of a section is fetched at once by `fetch_pieces`, in bytes; two such pieces are in flight.
pub const PIECE_BYTES: u32 = 256 * 1024;
/// How long `fetch_pieces` and a file that is sent wait for progress.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How much of what was announced has to come even where the server says that nothing follows, in quarters. Exchange
/// estimates the size of a message; a quarter that is missing is no estimate.
const QUARTERS: u64 = 3;

/// What is to be brought.
#[derive(Clone, Copy, Debug)]
pub struct Announced<'a> {
    /// Which section.
    pub what: &'a SectionKind,
    /// How many bytes the server says that it has; 0 where it has not said so.
    pub size: u32,
}

/// How far a section has come.
struct Progress {
    /// Bytes that have come.
    offset: u32,
    /// True while a second piece is asked for together with the first: not of a server that does not say where one begins.
    ahead: bool,
    /// True once the server has said that nothing begins where the last piece has ended.
    ends_here: bool,
}

impl Remote<'_> {
    /// Hands a section of a message of the open folder to `each`, piece by piece, and tells its size. The deadline is
    /// 20 s without progress meanwhile, and the budget counts each pair of pieces; the request's deadline holds after.
    ///
    /// # Errors
    /// As `flight`; `Gone(Message)` or `Gone(Part)` where there is nothing; `Garbled` where it ends too early; whatever `each`
    /// says.
    pub fn fetch_pieces(
        &mut self,
        uid: Uid,
        announced: Announced,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<u64> {
        self.ready()?;
        let request = self.limits.deadline();
        let outcome = self.pieces(uid, announced, each);
        self.limits.set_deadline(request);
        outcome
    }

    fn pieces(
        &mut self,
        uid: Uid,
        announced: Announced,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<u64> {
        let mut progress = Progress {
            offset: 0,
            ahead: true,
            ends_here: false,
        };
        loop {
            self.limits.set_patience(PATIENCE);
            self.limits.set_bytes(REQUEST_BYTES);
            let offset = progress.offset;
            let message = self.next_pieces(uid, announced.what, &progress)?;
            let is_over = match progress.take(&message, announced, each)? {
                Some(is_over) => is_over,
                None if offset == 0 => return Err(Error::Gone(GoneKind::Part)),
                None => true,
            };
            if !is_over && progress.offset > offset {
                continue;
            }
            // Nothing at all is no file that was cut: it may be found in another way.
            return match progress.offset == 0 || progress.is_whole(announced.size) {
                true => Ok(u64::from(progress.offset)),
                false => Err(cut_short()),
            };
        }
    }

    /// Asks for the next piece, or two.
    fn next_pieces(
        &mut self,
        uid: Uid,
        what: &SectionKind,
        progress: &Progress,
    ) -> Result<Message> {
        let mut plan = Plan::new();
        let mut ask = |section| plan.fetch_sections(uid, vec![section]);
        let asked = ask(piece(what, progress.offset));
        if progress.ahead {
            ask(piece(what, progress.offset.saturating_add(PIECE_BYTES)));
        }
        let mut flight = self.fly(plan)?;
        flight.require(asked)?;
        let messages = flight.take(asked).unwrap_or_default();
        let mut found = messages.into_iter().filter(|(found, _)| *found == uid);
        let (_, message) = found.next().ok_or(Error::Gone(GoneKind::Message))?;
        Ok(message)
    }
}

impl Progress {
    /// Takes what came of the next piece and the one after. True where it was the last, None where nothing came.
    fn take(
        &mut self,
        message: &Message,
        announced: Announced,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<Option<bool>> {
        let mut is_over = None;
        // The second one only where it follows upon the first.
        for _ in 0..if self.ahead { 2 } else { 1 } {
            let Some(fetched) = message.fetched(&piece(announced.what, self.offset)) else {
                break;
            };
            let said_where = fetched.origin.is_some();
            self.ends_here = said_where && fetched.bytes.is_empty();
            each(&fetched.bytes)?;
            let length = u32::try_from(fetched.bytes.len()).unwrap_or(u32::MAX);
            self.offset = self.offset.saturating_add(length);
            is_over = Some(self.is_over(fetched, announced.size));
            if is_over == Some(true) {
                break;
            }
            if !said_where {
                // The next one could be the same again.
                self.ahead = false;
                break;
            }
        }
        Ok(is_over)
    }

    /// True where all has come that was announced, or what there is.
    fn is_whole(&self, announced: u32) -> bool {
        let (came, announced) = (u64::from(self.offset), u64::from(announced));
        let nearly = came.saturating_mul(4) >= announced.saturating_mul(QUARTERS);
        came >= announced || (self.ends_here && nearly)
    }

    /// True where nothing comes behind this piece.
    fn is_over(&self, fetched: &Fetched, announced: u32) -> bool {
        let piece = usize::try_from(PIECE_BYTES).unwrap_or(usize::MAX);
        let length = fetched.bytes.len();
        if length == 0 || self.offset == u32::MAX {
            return true;
        }
        match (fetched.origin, announced) {
            // A server that knows no ranges has sent all of it at once.
            (None, 0) => true,
            (None, _) if length > piece => true,
            _ => length < piece && self.offset >= announced,
        }
    }
}

fn piece(what: &SectionKind, offset: u32) -> Section {
    Section {
        what: what.clone(),
        range: Some((offset, PIECE_BYTES)),
    }
}

fn cut_short() -> Error {
    Error::Imap(
        Imap::Garbled,
        Cause::new("a section ended before all that was announced had come"),
    )
}
