//! Muted conversations: which ones are, and muting them.
//!
//! On the server a conversation is muted by `$Muted` on its messages. Its ids stand in the profile too, for two cases: the
//! server keeps no keywords, or the messages that have it were archived before the next one came. Not for how that is shown
//! (`panes`, `conversation`). To know before changing it: where a message that was muted here is still in its folder and
//! its keyword is gone, another mail program took it off, and that counts. Counts of unread messages are the server's, what
//! was muted among them: other mail programs show the same number, and `is:unread` finds as many.

use std::collections::BTreeSet;

use super::Visit;
use crate::error::{Act, Result};
use crate::mail::{
    Flags, FolderRef, IdHash, MOST_REFERENCES, MUTED, MessageAct, Permits, Row, Tally, Uid,
};

/// Most ids that one act notes; of a long conversation those of its newest messages are enough.
const MOST: usize = 400;

/// What tells of a row whether its conversation is muted.
pub struct MutedIds {
    known: BTreeSet<IdHash>,
    is_kept: bool,
}

impl MutedIds {
    /// For messages of a folder in which this can be changed.
    pub fn of(visit: &Visit, permits: &Permits) -> MutedIds {
        let is_told = matches!(permits, Permits::Change { .. });
        MutedIds {
            known: visit.profile.muted(),
            is_kept: is_told && Flags::keyword(MUTED).is_some_and(|muted| permits.keeps(&muted)),
        }
    }

    /// True for a conversation of which these messages are known.
    pub fn have<'r>(&self, rows: impl Iterator<Item = &'r Row> + Clone) -> bool {
        let has_keyword = |row: &Row| row.flags.has_keyword(MUTED);
        if rows.clone().any(has_keyword) {
            return true;
        }
        let is_own = |row: &Row| row.thread.id.is_some_and(|id| self.known.contains(&id));
        let refers = |row: &Row| {
            let mut references = row.thread.references.iter();
            references.any(|id| self.known.contains(id))
        };
        // One that had it, and has it no longer.
        let is_taken_off = self.is_kept && rows.clone().any(is_own);
        !is_taken_off && rows.clone().any(|row| is_own(row) || refers(row))
    }
}

/// What an act says of the conversations of its messages, where it is about that.
pub struct Muting {
    act: MessageAct,
    ids: Vec<IdHash>,
    /// True where the server keeps it on the messages, as far as is known.
    pub is_kept: bool,
}

impl Muting {
    /// None for any other act than muting.
    pub fn of(
        visit: &mut Visit,
        act: MessageAct,
        folder: &FolderRef,
        uids: &[Uid],
    ) -> Option<Muting> {
        if !matches!(act, MessageAct::Mute | MessageAct::Unmute) {
            return None;
        }
        let permits = visit.mailbox.permits(&folder.name);
        Some(Muting {
            act,
            ids: ids(visit, folder, uids, act == MessageAct::Unmute),
            is_kept: act.flags().is_some_and(|(muted, _)| permits.keeps(&muted)),
        })
    }

    /// Notes that it was done with so many messages.
    ///
    /// # Errors
    /// `Profile`, `DiskFull`, `Setup`.
    pub fn note(&self, visit: &Visit, tally: Tally) -> Result<()> {
        let done = Act::Messages {
            act: self.act,
            into: String::new(),
            tally,
        };
        let on = self.act == MessageAct::Mute;
        visit.profile.mute(&self.ids, on, done, visit.progress)
    }
}

/// The ids by which the conversations of these messages are known, as far as their rows are: their own, and those of the
/// messages that they begin with; or `all` that they refer to.
fn ids(visit: &mut Visit, folder: &FolderRef, uids: &[Uid], all: bool) -> Vec<IdHash> {
    let rows = visit.mailbox.cached_rows(folder, uids);
    let of = |row: &Row| {
        let references = row.thread.references.clone().into_iter();
        let most = if all { MOST_REFERENCES } else { 1 };
        row.thread.id.into_iter().chain(references.take(most))
    };
    let mut ids: Vec<IdHash> = Vec::new();
    for id in rows.values().rev().flat_map(of) {
        if ids.len() < MOST && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> IdHash {
        IdHash([n; 8])
    }

    fn row(own: u8, references: &[u8], flags: &str) -> Row {
        let mut row = Row::empty(Uid::new(own.into()).unwrap());
        row.thread.id = Some(id(own));
        row.thread.references = references.iter().copied().map(id).collect();
        row.flags = Flags::read([flags.as_bytes()]);
        row
    }

    #[test]
    fn a_conversation_is_muted_by_its_keyword_or_by_what_is_known_of_its_ids() {
        let muted = |known: &[u8], is_kept, rows: &[Row]| {
            let known = known.iter().copied().map(id).collect();
            MutedIds { known, is_kept }.have(rows.iter())
        };
        for is_kept in [false, true] {
            assert!(!muted(&[], is_kept, &[row(1, &[], "")]));
            assert!(muted(
                &[],
                is_kept,
                &[row(1, &[], "$muted"), row(2, &[1], "")]
            ));
            // What was muted has left the folder.
            assert!(muted(&[1], is_kept, &[row(2, &[1], ""), row(3, &[], "")]));
            assert!(!muted(&[1], is_kept, &[row(2, &[7], "")]));
        }
        // It is there, without the keyword.
        let taken_off = [row(1, &[], ""), row(2, &[1], "")];
        assert!(muted(&[1], false, &taken_off) && !muted(&[1], true, &taken_off));
    }
}
