//! What follows from an act for the lists in the cache: what is gone leaves them, what has come is put where it belongs.
//!
//! So the list that comes next costs no connection, and the next comparison finds nothing new. To know before changing it:
//! where a place cannot be told for certain, the list is marked to be compared, never guessed.

use super::messages::{Behind, Rows, Work};
use super::outcome::Moved;
use super::{Change, Changes};
use crate::error::Result;
use crate::mail::{Counts, Flags, FolderRef, ListId, ModSeq, PartPath, Row, Told, Uid};
use crate::mailbox::stretches;
use crate::mailbox::sync::Purpose;
use crate::remote::UidSet;
use crate::store::keys::{FlagsAsOf, List};

/// Most messages whose texts follow them: what was read is read again soon.
const TEXTS: usize = 200;
/// How many of the newest messages of a list are looked through for the place of one that has come.
const NEWEST: usize = 1_000;

impl Changes<'_, '_, '_> {
    /// Keeps what is known of a list whose flags were changed.
    pub(super) fn keep_flags(&mut self, work: &Work, unread: u32, modseq: Option<ModSeq>) {
        let counts = Counts {
            unread: unread.min(work.head.counts.messages),
            ..work.head.counts
        };
        let head = List {
            counts,
            modseq,
            ..work.head.clone()
        };
        self.sync.cache.put_head(&work.list, &head);
    }

    /// Takes out of the list what is gone; which of the act's messages that are. Where the server names no numbers, `named`
    /// are those that it has said to be gone otherwise; where not as many have gone, or it has not said that any have, the list
    /// is compared again.
    pub(super) fn take_out(
        &mut self,
        work: &Work,
        behind: &Behind,
        named: Option<&Moved>,
    ) -> Result<UidSet> {
        let named = named.map(Moved::named);
        let left_out = match behind.expunged {
            0 => {
                let is_silent = behind.vanished.is_empty() && named.is_some_and(|n| !n.is_empty());
                (!is_silent).then(|| behind.vanished.clone())
            }
            n => named.filter(|named| n == named.len() && behind.vanished.is_empty()),
        };
        let Some(left_out) = left_out.filter(|gone| is_likely(work, gone)) else {
            return self.gone_now(work);
        };
        let stays = |uid: &&Uid| !left_out.contains(**uid);
        let now: Vec<Uid> = work.uids.iter().filter(stays).copied().collect();
        let messages = u32::try_from(now.len()).unwrap_or(u32::MAX);
        let unread = behind.unread_without(&left_out).unwrap_or_else(|| {
            let unread = self.unread_of(&work.head.folder, &left_out);
            work.head.counts.unread.saturating_sub(unread)
        });
        let ranks: Vec<usize> = ranks_of(&work.uids, &left_out);
        let before = |rank: u32| {
            let rank = usize::try_from(rank).unwrap_or(usize::MAX);
            let gone = ranks.partition_point(|gone| *gone < rank);
            u32::try_from(gone).unwrap_or(u32::MAX)
        };
        let shifted = |at: &FlagsAsOf| FlagsAsOf {
            from: at.from.saturating_sub(before(at.from)),
            to: at.to.saturating_sub(before(at.to)),
            ..*at
        };
        let mut flags: Vec<FlagsAsOf> = work.head.flags.iter().map(shifted).collect();
        if work.head.modseq.is_none()
            && let Some(stretch) = self.stretch(work, &now)
        {
            stretches::note(&mut flags, stretch);
        }
        let head = List {
            modseq: behind.modseq,
            counts: Counts {
                messages,
                unread: unread.min(messages),
            },
            flags,
            ..work.head.clone()
        };
        self.sync.cache.put_list(&work.list, &head, &now);
        let others = left_out.iter().take(work.uids.len());
        let others: Vec<Uid> = others.filter(|uid| !work.there.contains(*uid)).collect();
        self.sync.cache.forget_gone(&work.head.folder, &others, &[]);
        Ok(work
            .there
            .iter()
            .filter(|uid| left_out.contains(*uid))
            .collect())
    }

    /// Compares the list again; which of the act's messages are gone.
    pub(super) fn gone_now(&mut self, work: &Work) -> Result<UidSet> {
        self.sync.compare(&work.list, Purpose::Act(None))?;
        let head = self.sync.cache.list(&work.list);
        let all = 0..head.map_or(0, |head| head.counts.messages);
        let now = self.sync.cache.uids(&work.list, all);
        let now: UidSet = now.into_iter().flatten().collect();
        let there = work.there.iter();
        Ok(there.filter(|uid| !now.contains(*uid)).collect())
    }

    /// Forgets what is cached of messages that are gone.
    pub(super) fn forget(&mut self, work: &Work, gone: &UidSet) {
        let gone: Vec<Uid> = gone.iter().collect();
        self.sync.cache.forget_gone(&work.head.folder, &gone, &[]);
    }

    /// The stretch of ranks whose flags have just come, where the server does not tell what changes.
    fn stretch(&self, work: &Work, now: &[Uid]) -> Option<FlagsAsOf> {
        let is_shown = |uid: &Uid| work.shown.contains(*uid) || work.rows.contains(*uid);
        let from = now.iter().position(is_shown)?;
        let to = now.iter().rposition(is_shown)?.saturating_add(1);
        Some(FlagsAsOf {
            from: u32::try_from(from).ok()?,
            to: u32::try_from(to).ok()?,
            as_of: self.sync.fresh.now,
        })
    }

    /// How many of these messages are unread, as far as their rows are cached.
    fn unread_of(&mut self, folder: &FolderRef, uids: &UidSet) -> u32 {
        let cache = &mut self.sync.cache;
        let is_unread = |uid: &Uid| {
            let row = cache.row(&folder.message(*uid));
            row.is_some_and(|row| !row.flags.has(&Flags::SEEN))
        };
        u32::try_from(uids.iter().take(10_000).filter(is_unread).count()).unwrap_or(u32::MAX)
    }

    /// Puts messages that have come into the folder that they went to: its counts, their rows and texts under their new
    /// numbers, and their place in its list.
    pub(super) fn take_in(&mut self, work: &Work, before: &Rows, moved: &Moved) {
        let Some(name) = work.order.change.target() else {
            return;
        };
        let held = moved.held.and_then(|held| {
            Some(Counts {
                messages: held.messages?,
                unread: held.unseen?,
            })
        });
        let read = self.sync.cache.pending_in([name].into_iter());
        let read = read.into_iter().next().unwrap_or(0);
        // What was read here is still unread to the server.
        let held = held.map(|held| Counts {
            unread: held.unread.saturating_sub(read),
            ..held
        });
        if let Some(counts) = held {
            self.sync.cache.put_counts(name, counts);
        }
        if let Some(to) = &moved.to {
            self.follow(&work.head.folder, to, before, moved);
        }
        let list = ListId::of_folder(name.clone());
        let Some(head) = self.sync.cache.list(&list) else {
            return;
        };
        if !self.insert(&list, &head, before, moved, held) {
            let as_of = head.as_of.min(self.sync.fresh.stale());
            self.sync.cache.put_head(&list, &List { as_of, ..head });
        }
    }

    /// Rows and texts under their new numbers.
    fn follow(&mut self, from: &FolderRef, to: &FolderRef, before: &Rows, moved: &Moved) {
        let cache = &mut self.sync.cache;
        for (n, (old, new)) in moved.pairs.iter().enumerate() {
            let Some(row) = before.get(old) else {
                continue;
            };
            let row = Row {
                uid: *new,
                ..row.clone()
            };
            let (old, new) = (from.message(*old), to.message(*new));
            cache.put_row(&new, &row);
            if n < TEXTS {
                let paths: Vec<PartPath> = cache.texts(&old);
                for path in paths {
                    if let Some(text) = cache.text(&old, &path) {
                        cache.put_text(&new, &path, &text);
                    }
                }
            }
        }
    }

    /// Puts messages that have come into a list; false where it is not certain which have come, or where they belong.
    fn insert(
        &mut self,
        list: &ListId,
        head: &List,
        before: &Rows,
        moved: &Moved,
        held: Option<Counts>,
    ) -> bool {
        let news: UidSet = moved.pairs.values().copied().collect();
        let follows = news.iter().next().map(Uid::get) == Some(head.next);
        let last = news.iter().last().map_or(0, Uid::get);
        let is_whole = u64::from(last.saturating_sub(head.next)).saturating_add(1) == news.len();
        if moved.to.as_ref() != Some(&head.folder) || !follows || !is_whole {
            return false;
        }
        let Some(mut uids) = self.sync.cache.uids(list, 0..head.counts.messages) else {
            return false;
        };
        let mut coming: Vec<(i64, Uid)> = Vec::new();
        for (old, new) in &moved.pairs {
            match before.get(old) {
                Some(row) if row.told == Told::Whole => coming.push((row.arrived, *new)),
                _ => return false,
            }
        }
        coming.sort_unstable();
        // The ranks before which they go, as they were.
        let mut ranks: Vec<u32> = Vec::new();
        for (arrived, uid) in coming {
            let Some(at) = self.place(&head.folder, &uids, arrived) else {
                return false;
            };
            uids.insert(at, uid);
            let rank = at.saturating_sub(ranks.len());
            ranks.push(u32::try_from(rank).unwrap_or(u32::MAX));
        }
        let before = |end: u32| {
            let before = ranks.iter().filter(|rank| **rank < end).count();
            u32::try_from(before).unwrap_or(u32::MAX)
        };
        // Of what has come the flags are known.
        let widened = |at: &FlagsAsOf| FlagsAsOf {
            from: at.from.saturating_add(before(at.from)),
            to: at.to.saturating_add(before(at.to.saturating_add(1))),
            ..*at
        };
        let messages = u32::try_from(uids.len()).unwrap_or(u32::MAX);
        let unread = held.map_or(head.counts.unread, |held| held.unread);
        let head = List {
            next: last.saturating_add(1),
            counts: Counts {
                messages,
                unread: unread.min(messages),
            },
            flags: head.flags.iter().map(widened).collect(),
            ..head.clone()
        };
        self.sync.cache.put_list(list, &head, &uids);
        true
    }

    /// Where a message that arrived then belongs in an order, the oldest first; None where that would have to be asked.
    fn place(&mut self, folder: &FolderRef, uids: &[Uid], arrived: i64) -> Option<usize> {
        let newest = uids.len().saturating_sub(NEWEST);
        for (at, uid) in uids.iter().enumerate().skip(newest).rev() {
            let row = self.sync.cache.row(&folder.message(*uid))?;
            if row.arrived <= arrived {
                return at.checked_add(1);
            }
        }
        (newest == 0).then_some(0)
    }
}

/// False where messages are said to be gone that the act was not to take away: others may have removed them, or the server
/// says so of all there are. How many are left then tells.
fn is_likely(work: &Work, gone: &UidSet) -> bool {
    let takes_away = matches!(work.order.change, Change::Move(_) | Change::Remove);
    let is_meant = |uid: &Uid| takes_away && work.there.contains(*uid);
    let known = work.uids.iter().filter(|uid| gone.contains(**uid));
    known.copied().all(|uid| is_meant(&uid))
}

/// The ranks at which these messages stand.
fn ranks_of(uids: &[Uid], which: &UidSet) -> Vec<usize> {
    let all = uids.iter().enumerate();
    let found = all.filter(|(_, uid)| which.contains(**uid));
    found.map(|(rank, _)| rank).collect()
}
