//! Rows and flags: fetched, kept, and remembered where the server cannot tell them.
//!
//! Not for making a row of an answer (that is `row`). To know before changing it: one message must never cost the others
//! their rows. What a flight brought is kept whatever became of the rest; what the server leaves out, or refuses even when
//! it is asked for alone, or breaks the connection at, is kept as a row of which nothing is known, so that the next request
//! avoids it. A row that did not come whole is kept and marked, and asked for again.

use std::collections::BTreeMap;

use super::{Sync, row};
use crate::error::{Error, Imap, Result};
use crate::mail::{Asked, Flags, FolderRef, MessageRef, ModSeq, Row, Told, Uid};
use crate::remote::{Access, Message, Messages, Plan, UidSet};

/// Flights in which rows that the server refused together are asked for in halves: down to one of a thousand.
const HALVINGS: u32 = 10;
/// After so many without any row no message of its own is the cause.
const HOPELESS: u32 = 2;

/// What is to be fetched of a folder.
#[derive(Default)]
pub(in crate::mailbox) struct Wanted {
    /// Messages whose rows are missing.
    pub rows: UidSet,
    /// Messages whose flags may have changed.
    pub flags: UidSet,
}

impl Sync<'_, '_, '_> {
    /// Fetches rows, and flags of others; None where the folder has another UIDVALIDITY now.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn fetch_rows(
        &mut self,
        folder: &FolderRef,
        wanted: Wanted,
    ) -> Result<Option<BTreeMap<Uid, Row>>> {
        let verdict = !self.server.authserv_id().is_empty();
        let mut brought = BTreeMap::new();
        let all = wanted.rows.clone();
        let mut rows = wanted.rows;
        let (mut flight, opening, asked_rows, flags) = loop {
            let mut plan = Plan::new();
            let opening = self.server.ask_for(&mut plan, folder, Access::Read);
            // Of an empty set nothing is asked.
            let asked = plan.fetch_rows(rows.clone(), verdict);
            let flags = plan.fetch_flags(wanted.flags.clone(), None);
            match self.fly_with_counts(plan) {
                Ok(flight) => break (flight, opening, asked, flags),
                Err(error) => {
                    // What came is kept; the first message that did not come is gone round from now on. Only where the server
                    // said goodbye: a line that was cut, or a server that hangs, tells nothing of a message.
                    let goodbye = matches!(error, Error::Imap(Imap::Goodbye(_), _));
                    let broken = goodbye.then(|| self.server.take_broken(&opening)).flatten();
                    let suspect = broken.as_ref().and_then(|b| b.suspect(asked, &rows));
                    let (Some(broken), Some(suspect)) = (broken, suspect) else {
                        return Err(error);
                    };
                    if let Some(messages) = broken.get(asked) {
                        brought.extend(self.note_messages(folder, messages, &all));
                    }
                    brought.extend(self.note_untold(folder, &[suspect]));
                    let rest = rows.iter().filter(|uid| !brought.contains_key(uid));
                    rows = rest.collect();
                }
            }
        };
        if !self.server.has_opened(&flight, &opening)? {
            return Ok(None);
        }
        self.keep_facts();
        let mut asked = vec![asked_rows];
        let mut missing = vec![rows];
        // All handles of one flight lead to the same messages, those of the folder: they are noted once.
        let mut here = flags;
        let mut refused_alone = Vec::new();
        for halving in 0..=HALVINGS {
            let mut halves: Vec<UidSet> = Vec::new();
            let mut refusal = Ok(());
            if let Some(messages) = flight.get(here) {
                brought.extend(self.note_messages(folder, messages, &all));
            }
            for (handle, set) in asked.iter().zip(&missing) {
                let rest = set.iter().filter(|uid| !brought.contains_key(uid));
                let rest: Vec<Uid> = rest.collect();
                match (flight.require(*handle), rest.as_slice()) {
                    (Ok(()), _) => brought.extend(self.note_untold(folder, &rest)),
                    (Err(_), []) => {}
                    (Err(_), [uid]) => refused_alone.push(*uid),
                    (Err(error), _) => {
                        refusal = Err(error);
                        let middle = rest.len().div_ceil(2);
                        halves.extend(rest.chunks(middle).map(|h| h.iter().copied().collect()));
                    }
                }
            }
            if brought.is_empty() && halving == HOPELESS {
                // Not one message but all of them: the server has another trouble.
                refusal?;
            }
            missing = halves;
            if missing.is_empty() {
                break;
            }
            let mut plan = Plan::new();
            let ask = |set: &UidSet| plan.fetch_rows(set.clone(), verdict);
            asked = missing.iter().map(ask).collect();
            here = asked.first().copied().unwrap_or(here);
            flight = self.fly_with_counts(plan)?;
        }
        brought.extend(self.note_untold(folder, &refused_alone));
        Ok(Some(brought))
    }

    /// Takes flags, and the rows that were asked for, into the cache; what they are now, by their UID. Of what was not asked
    /// for the number may be wrong.
    pub fn note_messages(
        &mut self,
        folder: &FolderRef,
        messages: &Messages,
        asked: &UidSet,
    ) -> BTreeMap<Uid, Row> {
        let pending = self.cache.pending(folder);
        let mut sent = self.cache.sent(folder);
        let mut rows = BTreeMap::new();
        for (uid, message) in messages {
            let at = folder.message(*uid);
            if sent
                .get(uid)
                .is_some_and(|before| is_known(message, *before))
            {
                sent.remove(uid);
                self.cache.forget_pending(folder, &[*uid]);
            }
            // A mark that the server may not have yet is never undone.
            let is_read = pending.contains(uid) || sent.contains_key(uid);
            let with_pending = |flags: Flags| match is_read {
                true => flags.with(&Flags::SEEN),
                false => flags,
            };
            let made = match asked.contains(*uid) {
                true => row::of(*uid, message, self.server.authserv_id()),
                false => None,
            };
            if let Some(mut row) = made {
                row.flags = with_pending(row.flags);
                if !row::is_whole(message) {
                    row.told = Told::Partly(self.asked_for(&at));
                }
                self.cache.put_row(&at, &row);
                rows.insert(*uid, row);
            } else if let Some(flags) = message.flags.clone().map(with_pending)
                && let Some(mut row) = self.cache.row(&at)
            {
                if row.flags != flags {
                    row.flags = flags;
                    self.cache.put_row(&at, &row);
                }
                rows.insert(*uid, row);
            }
        }
        rows
    }

    /// Remembers messages of which the server told nothing, now or ever.
    fn note_untold(&mut self, folder: &FolderRef, uids: &[Uid]) -> BTreeMap<Uid, Row> {
        let mut rows = BTreeMap::new();
        for uid in uids {
            let at = folder.message(*uid);
            let row = match self.cache.row(&at) {
                Some(known) if !known.told.is_nothing() => known,
                _ => Row {
                    told: Told::Nothing(self.asked_for(&at)),
                    ..Row::empty(*uid)
                },
            };
            self.cache.put_row(&at, &row);
            rows.insert(*uid, row);
        }
        rows
    }

    /// When a message was asked for of which not all was told: now, and perhaps before.
    fn asked_for(&mut self, at: &MessageRef) -> Asked {
        let before = self.cache.row(at).and_then(|row| row.told.asked());
        before.unwrap_or_else(|| Asked::first(self.fresh.now))
    }
}

/// True where the server tells the mark that it was sent, or that somebody has changed the message since.
fn is_known(message: &Message, before: ModSeq) -> bool {
    let is_read = |flags: &Flags| flags.has(&Flags::SEEN);
    message.flags.as_ref().is_some_and(is_read) || message.modseq.is_some_and(|now| now > before)
}
