//! How a folder's list is compared with the server, and what is new kept.
//!
//! One flight opens the folder and asks for everything. To know before changing it: what a server answers is believed only
//! as far as the numbers agree. Where they do not, the whole order is asked for.

use super::{Mailbox, row};
use crate::error::{Error, Result};
use crate::mail::{Counts, Flags, FolderName, Uid, UidValidity};
use crate::remote::{
    Access, Criteria, Found, Handle, Known, Messages, OpenFolder, Plan, SortKey, UidSet,
};
use crate::store::keys::List;

/// Most messages whose order is kept.
const MOST: usize = 1_000_000;

/// What the flight that opens a folder asks, and where the answers stand.
struct Asked {
    open: Handle<OpenFolder>,
    order: Handle<Found>,
    unseen: Option<Handle<Found>>,
    qresync: bool,
    condstore: bool,
    for_change: bool,
}

impl Mailbox<'_, '_> {
    /// Compares a folder's list with the server and keeps what is new; true where flags of cached rows may be old.
    pub(super) fn compare(&mut self, folder: &FolderName) -> Result<(List, bool)> {
        let known = self.cached_list(folder);
        let known = known.and_then(|list| {
            let uids = self.cached_uids(folder, 0, list.counts.messages)?;
            Some((list, uids))
        });
        let (plan, asked) = self.plan_comparison(folder, known.as_ref())?;
        let flight = self.fly(plan)?;
        let opened = match self.remote.require_open(&flight, asked.open) {
            Ok(opened) => opened,
            Err(gone) => {
                if matches!(gone, Error::Gone(_)) {
                    self.forget_list(folder);
                }
                return Err(gone);
            }
        };
        let validity = self.note_open(folder, asked.for_change, opened);
        self.note_folders(&flight)?;
        let known = known.filter(|(list, _)| list.validity == validity);
        let exists = opened.exists.unwrap_or(0);

        let order = flight.get(asked.order);
        let merged = match &known {
            _ if exists == 0 => Some(Vec::new()),
            Some((list, uids)) => {
                order.and_then(|order| merge(uids, list.next, order, &opened.vanished))
            }
            None => order.map(uids_of),
        };
        let whole = |uids: &Vec<Uid>| uids.len() == usize::try_from(exists).unwrap_or(usize::MAX);
        let uids = match merged.filter(whole) {
            Some(uids) => uids,
            None => self.fetch_order()?,
        };

        if let Some((_, before)) = &known {
            self.forget_rows(folder, validity, before, &uids);
        }
        let pending = self.pending(folder, validity);
        for (uid, message) in &opened.messages {
            if let Some(flags) = message.flags.clone() {
                self.note_flags(folder, validity, *uid, flags, pending.contains(uid));
            }
        }
        let messages = u32::try_from(uids.len()).unwrap_or(u32::MAX);
        let counted = asked.unseen.and_then(|unseen| flight.get(unseen));
        let counted = counted.map(|f| {
            f.count
                .unwrap_or_else(|| u32::try_from(f.uids.len()).unwrap_or(u32::MAX))
        });
        let told = flight.folders.counts.get(folder).and_then(|c| c.unseen);
        let before = known.as_ref().map(|(list, _)| list.counts.unread);
        let waiting = u32::try_from(pending.len()).unwrap_or(u32::MAX);
        let unread = match counted.or(told) {
            Some(unread) => unread.saturating_sub(waiting),
            None => before.unwrap_or(0),
        };
        let highest = uids.iter().max().map_or(0, |u| u.get());
        let list = List {
            validity,
            next: opened.uid_next.map_or(highest.saturating_add(1), Uid::get),
            modseq: opened.modseq,
            counts: Counts {
                messages,
                unread: unread.min(messages),
            },
            as_of: self.now,
        };
        self.put_list(folder, &list, &uids);
        self.send_pending(folder, validity, &pending)?;
        let tracked =
            (asked.qresync || asked.condstore) && known.is_some_and(|(l, _)| l.modseq.is_some());
        Ok((list, !tracked))
    }

    /// The flight that opens a folder and asks what is new there, with the folder list where that is due.
    fn plan_comparison(
        &mut self,
        folder: &FolderName,
        known: Option<&(List, Vec<Uid>)>,
    ) -> Result<(Plan, Asked)> {
        let qresync = self.can("QRESYNC")?;
        let condstore = self.can("CONDSTORE")?;
        let sort = self.can("SORT")?;
        let one_answer = self.can("ESEARCH")? || sort;
        let mut plan = Plan::new();
        if qresync {
            plan.enable(&["QRESYNC"]);
        }
        let folders_due = self
            .cached_folders()
            .is_none_or(|f| !self.is_fresh(f.as_of));
        if folders_due {
            self.ask_for_folders(&mut plan)?;
        }
        if !one_answer {
            // Before the folder is opened: some servers do not tell the counts of an open one.
            plan.status(folder);
        }
        let tracked = known.and_then(|(list, _)| {
            Some(Known {
                validity: list.validity,
                modseq: list.modseq?,
            })
        });
        let for_change =
            known.is_some_and(|(list, _)| !self.pending(folder, list.validity).is_empty());
        let access = match for_change {
            true => Access::Change,
            false => Access::Read,
        };
        let open = plan.open(folder, access, tracked.filter(|_| qresync));
        let unseen = one_answer.then(|| plan.search(Criteria::Unseen));
        // What is new, and the newest of what is known: if that comes first, the new ones belong behind it.
        let criteria = known.map_or(Criteria::All, |(list, uids)| {
            let last: UidSet = uids.last().copied().into_iter().collect();
            Criteria::Uids(match Uid::new(list.next) {
                Some(next) => last.with(&UidSet::from_on(next)),
                None => UidSet::all(),
            })
        });
        let order = match sort {
            true => plan.sort(SortKey::Arrival, false, criteria),
            false => plan.search(criteria),
        };
        if let Some(known) = tracked.filter(|_| condstore && !qresync) {
            plan.fetch_flags(UidSet::all(), Some(known.modseq));
        }
        Ok((
            plan,
            Asked {
                open,
                order,
                unseen,
                qresync,
                condstore,
                for_change,
            },
        ))
    }

    /// The whole order of the open folder, oldest first.
    pub(super) fn fetch_order(&mut self) -> Result<Vec<Uid>> {
        let sort = self.can("SORT")?;
        let mut plan = Plan::new();
        let order = match sort {
            true => plan.sort(SortKey::Arrival, false, Criteria::All),
            false => plan.search(Criteria::All),
        };
        let flight = self.fly(plan)?;
        if sort && !flight.is_ok(order) {
            // Offered and then refused: the order of the numbers is nearly that of arrival.
            self.remote.forget("SORT");
            self.keep_capabilities();
            let mut plan = Plan::new();
            let all = plan.search(Criteria::All);
            let flight = self.fly(plan)?;
            flight.require(all)?;
            return Ok(flight.get(all).map(uids_of).unwrap_or_default());
        }
        flight.require(order)?;
        Ok(flight.get(order).map(uids_of).unwrap_or_default())
    }

    /// Takes the rows and flags that a flight brought into the store.
    pub(super) fn note_messages(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        messages: &Messages,
    ) {
        let pending = self.pending(folder, validity);
        for (uid, message) in messages {
            let seen = pending.contains(uid);
            match row::of(*uid, message, &self.remote.server().authserv_id) {
                Some(mut row) => {
                    if seen {
                        row.flags = row.flags.with(&Flags::SEEN);
                    }
                    self.put_row(folder, validity, &row);
                }
                None => {
                    if let Some(flags) = message.flags.clone() {
                        self.note_flags(folder, validity, *uid, flags, seen);
                    }
                }
            }
        }
    }

    /// Takes the flags of a message into its cached row; a pending \Seen is never undone.
    fn note_flags(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        uid: Uid,
        flags: Flags,
        pending: bool,
    ) {
        let flags = if pending {
            flags.with(&Flags::SEEN)
        } else {
            flags
        };
        if let Some(mut row) = self.cached_row(folder, validity, uid)
            && row.flags != flags
        {
            row.flags = flags;
            self.put_row(folder, validity, &row);
        }
    }

    /// Tells the server what was read, while the folder is open for changes anyway.
    pub(super) fn send_pending(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        pending: &[Uid],
    ) -> Result<()> {
        if pending.is_empty() {
            return Ok(());
        }
        let mut plan = Plan::new();
        let store = plan.add_flags(pending.iter().copied().collect(), Flags::SEEN);
        let flight = self.fly(plan)?;
        // Done, or refused for good (a folder that may only be read): either way nothing is left to be sent.
        if flight.end(store).is_some() {
            self.forget_pending(folder, validity, pending);
        }
        Ok(())
    }
}

/// The UIDs that a search or sort found, oldest first.
fn uids_of(found: &Found) -> Vec<Uid> {
    found.uids.iter().take(MOST).collect()
}

/// The known order without what vanished and with what is new; None where the new ones do not simply follow.
fn merge(known: &[Uid], next: u32, found: &Found, vanished: &UidSet) -> Option<Vec<Uid>> {
    let found = uids_of(found);
    let new: Vec<Uid> = found.iter().copied().filter(|u| u.get() >= next).collect();
    let mut uids: Vec<Uid> = known
        .iter()
        .copied()
        .filter(|u| !vanished.contains(*u))
        .collect();
    let follows = match uids.last() {
        None => true,
        Some(last) => new.is_empty() || found.first() == Some(last),
    };
    uids.extend(new);
    follows.then_some(uids)
}
