//! Acting on messages of an open folder: mark, move.
//!
//! Not for copying and removing (`copies`), nor for opening and comparing the folder, which comes first (`mailbox::act`). To
//! know before changing it: nothing that marks or removes goes out together with the copy that it depends on (a COPY that is
//! refused, with STORE and EXPUNGE behind it in one write, loses the mail); and whoever else works in the folder is neither
//! undone nor overlooked.

use std::collections::BTreeMap;

use super::outcome::{Held, Moved};
use super::{Change, Changes, Order, Outcome, WayBack};
use crate::error::{Progress, Reach, Result};
use crate::mail::{Flags, FolderName, FolderRef, ListId, ModSeq, Row, Tally, Uid, UidValidity};
use crate::remote::{
    Copied, Criteria, Flight, Found, Handle, Message, Messages, Plan, StatusCounts, StoreFlags,
    Stored, UidSet,
};
use crate::store::keys::{List, OpenAct, Target};

/// Most messages that are counted one by one.
const MOST: usize = 1_000_000;
/// Most messages whose cached rows and texts follow them into another folder, or are compared for what undoes the act.
const FOLLOWING: u64 = 5_000;

/// An act that can begin: its folder is open for change and has just been compared.
#[derive(Clone)]
pub(in crate::mailbox) struct Work<'o> {
    /// What is to be done.
    pub order: &'o Order<'o>,
    /// Which list they are in.
    pub list: ListId,
    /// What is known of it.
    pub head: List,
    /// Its messages.
    pub uids: Vec<Uid>,
    /// Those that the act is about.
    pub there: UidSet,
    /// How many of it were done with before, in other slices and folders, how many are gone, and how many are left or
    /// come after these.
    pub before: Tally,
    /// What the folder that they go to held just before.
    pub beside: Option<StatusCounts>,
    /// Messages that move up into what is shown next, and have no row yet.
    pub rows: UidSet,
    /// The others that are shown next.
    pub shown: UidSet,
    /// How far it has got.
    pub progress: &'o Progress,
}

impl Work<'_> {
    /// Nothing was done with these after all.
    pub fn did_no_more(&self) {
        match self.before.done {
            0 => self.progress.did_nothing(),
            _ => self.progress.did(self.order.said(self.tally(0, 0))),
        }
    }

    /// So many of these were done with, so many have gone otherwise, and the others are left.
    pub fn tally(&self, done: u64, gone_otherwise: u64) -> Tally {
        let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let left = self.there.len().saturating_sub(done);
        Tally {
            done: self.before.done.saturating_add(number(done)),
            missing: self.before.missing.saturating_add(number(gone_otherwise)),
            left: self
                .before
                .left
                .saturating_add(number(left.saturating_sub(gone_otherwise))),
        }
    }

    /// Where its messages have gone, as far as a flight tells.
    pub(super) fn moved(&self, flight: &Flight, copy: Handle<Copied>) -> Moved {
        let Some(to) = self.order.change.target() else {
            return Moved::default();
        };
        let held = Held {
            before: self.beside,
            after: flight.folders.counts.get(to),
        };
        Moved::read(flight.get(copy), &self.there, to, held)
    }

    /// What became of it: these are gone.
    pub(super) fn outcome(&self, moved: &Moved, gone: &UidSet) -> Outcome {
        let done = moved.count(gone);
        Outcome {
            tally: self.tally(done, gone.len().saturating_sub(done)),
            back: moved.back(gone),
            beside: moved.held,
        }
    }
}

/// The marks of messages that were read here, in front of a change.
pub(super) struct Pending {
    uids: Vec<Uid>,
    sent: Option<Handle<Stored>>,
}

/// What a flight asks behind a change, so that the cache knows what the server has.
pub(super) struct Asked {
    pending: Pending,
    /// Changes since the comparison, by others too.
    changes: Option<Handle<Messages>>,
    /// Rows that move up.
    rows: Handle<Messages>,
    unseen: Option<Handle<Found>>,
}

/// What has come behind a change.
pub(super) struct Behind {
    /// The modification sequence that the list is as of from now on.
    pub modseq: Option<ModSeq>,
    /// Which messages of the folder are unread, where the server tells; among them may be some that are gone.
    pub unread: Option<UidSet>,
    /// What is gone by number, and how many went by EXPUNGE, which names none.
    pub vanished: UidSet,
    pub expunged: u64,
    /// The flags that were told.
    pub flags: BTreeMap<Uid, Flags>,
}

impl Behind {
    /// How many messages are unread when these are gone, where the server tells.
    pub fn unread_without(&self, gone: &UidSet) -> Option<u32> {
        let unread = self.unread.as_ref()?;
        let gone = gone.iter().take(MOST).filter(|uid| unread.contains(*uid));
        let gone = u64::try_from(gone.count()).unwrap_or(u64::MAX);
        Some(u32::try_from(unread.len().saturating_sub(gone)).unwrap_or(u32::MAX))
    }
}

/// The cached rows of messages, before they are changed; empty where they are too many.
pub(super) type Rows = BTreeMap<Uid, Row>;

impl Changes<'_, '_, '_> {
    /// Carries an act out.
    ///
    /// # Errors
    /// `DiskFull` before anything was sent; `Imap`, `OverQuota`, `Gone(Folder)` where the server refuses.
    pub fn carry_out(&mut self, work: &Work) -> Result<Outcome> {
        self.note_begun(work)?;
        work.progress
            .tries(work.order.said(work.tally(work.there.len(), 0)));
        let before = self.rows_of(work);
        let outcome = match work.order.change {
            Change::Flags { flags, set } => self.set_flags(work, &before, flags, *set),
            Change::Move(to) if self.sync.server.can("MOVE")? => self.move_to(work, &before, to),
            Change::Move(to) => self.copy_and_remove(work, &before, to),
            Change::Copy(to) => self.copy_to(work, &before, to),
            Change::Remove => self.remove(work, None),
        };
        match &outcome {
            Ok(outcome) => {
                self.sync.cache.end_act(&work.order.under);
                work.progress.did(work.order.said(outcome.tally));
            }
            Err(_) => match work.progress.reach() {
                // The mark stays: the next request looks.
                Reach::Perhaps(_) => {}
                Reach::Reading | Reach::Nothing | Reach::Done(_) => {
                    self.sync.cache.end_act(&work.order.under);
                }
            },
        }
        outcome
    }

    /// Notes on the disk what is about to be done, before its first byte leaves.
    fn note_begun(&mut self, work: &Work) -> Result<()> {
        let target = work.order.change.target().map(|name| {
            let beside = work.beside.unwrap_or_default();
            Target {
                folder: FolderRef {
                    name: name.clone(),
                    validity: beside.validity.unwrap_or(UidValidity(0)),
                },
                title: work.order.into.to_owned(),
                next: beside.uid_next.map_or(0, Uid::get),
            }
        });
        let open = OpenAct {
            act: work.order.act,
            from: work.head.folder.clone(),
            uids: work.there.iter().collect(),
            before: work.before.done,
            target,
            flags: match work.order.change {
                Change::Flags { flags, set } => Some((flags.clone(), *set)),
                Change::Move(_) | Change::Copy(_) | Change::Remove => None,
            },
        };
        self.sync.cache.begin_act(&work.order.under, &open)
    }

    fn rows_of(&mut self, work: &Work) -> Rows {
        if work.there.len() > FOLLOWING {
            return Rows::new();
        }
        let cache = &mut self.sync.cache;
        let row = |uid: Uid| Some((uid, cache.row(&work.head.folder.message(uid))?));
        work.there.iter().filter_map(row).collect()
    }

    /// A flight, with the marks of what was read here in front, but for what is to be unread.
    pub(super) fn plan(&mut self, work: &Work) -> (Plan, Pending) {
        let mut plan = Plan::new();
        let folder = &work.head.folder;
        let mut uids = self.sync.cache.pending(folder);
        if let Change::Flags { flags, set: false } = work.order.change
            && flags.has(&Flags::SEEN)
        {
            let (taken, rest): (Vec<Uid>, Vec<Uid>) =
                uids.into_iter().partition(|uid| work.there.contains(*uid));
            self.sync.cache.forget_pending(folder, &taken);
            uids = rest;
        }
        if work.order.since.is_some() {
            // A mark that we set would be a change since: it waits.
            uids.clear();
        }
        let marks = || uids.iter().copied().collect();
        let sent = (!uids.is_empty()).then(|| plan.add_flags(marks(), Flags::SEEN));
        (plan, Pending { uids, sent })
    }

    /// Asks behind a change for what the cache has to know.
    pub(super) fn ask_behind(
        &mut self,
        plan: &mut Plan,
        work: &Work,
        pending: Pending,
    ) -> Result<Asked> {
        let qresync = self.sync.server.can("QRESYNC")?;
        let counts = self.sync.server.can("ESEARCH")?;
        let changes = match work.head.modseq {
            Some(since) if qresync => Some(plan.fetch_changes(UidSet::all(), since)),
            Some(since) => Some(plan.fetch_flags(UidSet::all(), Some(since))),
            None => {
                plan.fetch_flags(work.shown.clone(), None);
                None
            }
        };
        let verdict = !self.sync.server.authserv_id().is_empty();
        Ok(Asked {
            pending,
            changes,
            rows: plan.fetch_rows(work.rows.clone(), verdict),
            unseen: counts.then(|| plan.search(Criteria::Unseen)),
        })
    }

    /// The marks that went out in front of a change wait no longer, where the server has answered them.
    pub(super) fn note_told(&mut self, flight: &Flight, work: &Work, pending: &Pending) {
        if pending.sent.is_some_and(|sent| flight.end(sent).is_some()) {
            let folder = &work.head.folder;
            self.sync.cache.forget_pending(folder, &pending.uids);
        }
    }

    /// Keeps what came behind a change: flags, rows, and what the server knows to be read.
    pub(super) fn take_behind(&mut self, flight: &Flight, work: &Work, asked: &Asked) -> Behind {
        let folder = &work.head.folder;
        self.note_told(flight, work, &asked.pending);
        // What was read here and is not told yet is unread to the server.
        let waiting: UidSet = self.sync.cache.pending(folder).into_iter().collect();
        let here = flight.folder(asked.rows);
        let messages = here.map(|here| &here.messages);
        if let Some(messages) = messages {
            self.sync.note_messages(folder, messages, &work.rows);
        }
        let messages = || messages.into_iter().flatten();
        // Raised only where all changes up to it have come.
        let is_whole = asked.changes.is_some_and(|changes| flight.is_ok(changes));
        let highest = messages().filter_map(|(_, message)| message.modseq).max();
        let told = |(uid, message): (&Uid, &Message)| Some((*uid, message.flags.clone()?));
        Behind {
            modseq: work.head.modseq.max(highest.filter(|_| is_whole)),
            unread: asked.unseen.and_then(|unseen| {
                let found = flight.get(unseen)?;
                let uids = found.uids.to_set();
                let is_whole = found.count.is_none_or(|count| uids.len() == count.into());
                let is_told = is_whole && flight.is_ok(unseen);
                is_told.then(|| match waiting.is_empty() {
                    true => uids,
                    false => uids.iter().filter(|uid| !waiting.contains(*uid)).collect(),
                })
            }),
            vanished: here.map(|here| here.vanished.clone()).unwrap_or_default(),
            expunged: here.map_or(0, |here| here.expunged.into()),
            flags: messages().filter_map(told).collect(),
        }
    }

    fn set_flags(
        &mut self,
        work: &Work,
        before: &Rows,
        flags: &Flags,
        set: bool,
    ) -> Result<Outcome> {
        let (mut plan, pending) = self.plan(work);
        let store = plan.store(StoreFlags {
            uids: work.there.clone(),
            add: set,
            flags: flags.clone(),
            unchanged_since: work.order.since,
            tell: true,
        });
        let asked = self.ask_behind(&mut plan, work, pending)?;
        let flight = self.sync.fly_with_counts(plan)?;
        let behind = self.take_behind(&flight, work, &asked);
        let mut told = behind.flags.clone();
        let unnamed = work.there.iter().filter(|uid| !told.contains_key(uid));
        let unnamed: UidSet = unnamed.collect();
        if !unnamed.is_empty() {
            // The server tells less than it does: what a STORE did is read back.
            let mut plan = Plan::new();
            let read = plan.fetch_flags(unnamed, None);
            let mut flight = self.sync.fly_with_counts(plan)?;
            flight.require(read)?;
            let messages = flight.take(read).unwrap_or_default();
            let no_rows = UidSet::default();
            self.sync
                .note_messages(&work.head.folder, &messages, &no_rows);
            let flags = messages.into_iter();
            told.extend(flags.filter_map(|(uid, message)| Some((uid, message.flags?))));
        }
        let wanted = |now: &Flags| now.agrees(flags, set);
        let is_done = |uid: &Uid| told.get(uid).is_some_and(wanted);
        let done: UidSet = work.there.iter().filter(is_done).collect();
        let gone = work.there.iter().filter(|uid| !told.contains_key(uid));
        let gone = u64::try_from(gone.count()).unwrap_or(u64::MAX);
        if done.is_empty()
            && let Err(refused) = flight.require(store)
        {
            work.did_no_more();
            return Err(refused);
        }
        let was_other = |uid: &Uid| before.get(uid).is_some_and(|row| !wanted(&row.flags));
        let changed: UidSet = done.iter().filter(was_other).collect();
        let unread = behind
            .unread_without(&UidSet::default())
            .unwrap_or_else(|| {
                let count = u32::try_from(changed.len()).unwrap_or(u32::MAX);
                let unread = work.head.counts.unread;
                match (flags.has(&Flags::SEEN), set) {
                    (false, _) => unread,
                    (true, true) => unread.saturating_sub(count),
                    (true, false) => unread.saturating_add(count),
                }
            });
        let cache = &mut self.sync.cache;
        cache.note_in_groups(&work.head.folder, &done, flags, set);
        match behind.vanished.is_empty() && behind.expunged == 0 {
            true => self.keep_flags(work, unread, behind.modseq),
            false => {
                let gone = self.take_out(work, &behind, None)?;
                self.forget(work, &gone);
            }
        }
        let is_known = u64::try_from(before.len()) == Ok(work.there.len());
        Ok(Outcome {
            tally: work.tally(done.len(), gone),
            back: (is_known && !changed.is_empty())
                .then_some(WayBack::Flags(changed, behind.modseq)),
            beside: None,
        })
    }

    /// MOVE (RFC 6851).
    fn move_to(&mut self, work: &Work, before: &Rows, to: &FolderName) -> Result<Outcome> {
        let (mut plan, pending) = self.plan(work);
        let moving = plan.move_to(work.there.clone(), to);
        let asked = self.ask_behind(&mut plan, work, pending)?;
        plan.status(to);
        let flight = self.sync.fly_with_counts(plan)?;
        let behind = self.take_behind(&flight, work, &asked);
        let moved = work.moved(&flight, moving);
        let is_named = flight.is_ok(moving) && !moved.pairs.is_empty();
        let gone = self.take_out(work, &behind, is_named.then_some(&moved))?;
        if gone.is_empty()
            && let Err(refused) = self.sync.server.require_target(&flight, moving, to)
        {
            work.did_no_more();
            return Err(refused);
        }
        self.take_in(work, before, &moved);
        self.forget(work, &gone);
        Ok(work.outcome(&moved, &gone))
    }
}
