//! How a list is compared with the server, and what is new kept.
//!
//! One flight opens the folder and asks for everything. To know before changing it: what a server answers is believed only
//! as far as the numbers agree. Where they do not, the whole order is asked for.

use super::Sync;
use crate::error::{Error, Result};
use crate::mail::{Counts, FolderName, FolderRef, ListId, Permits, Uid, UidValidity};
use crate::remote::{
    Access, Criteria, Flight, Found, Handle, Known, OpenFolder, Plan, SortKey, StatusCounts, UidSet,
};
use crate::store::keys::{FlagsAsOf, List};

/// Most messages whose order is kept.
const MOST: usize = 1_000_000;

/// A list that has just been compared.
pub(in crate::mailbox) struct Compared {
    /// Its head.
    pub head: List,
    /// True where flags of rows that were cached before may be old: the server does not tell what changed.
    pub flags_due: bool,
    /// What another folder held at that moment, where that was asked.
    pub beside: Option<StatusCounts>,
}

/// What a list is compared for.
#[derive(Clone, Copy, Debug)]
pub(in crate::mailbox) enum Purpose<'p> {
    /// To be shown.
    Look,
    /// To be shown, of a folder that could not be opened for change.
    LookOnly,
    /// To be changed: the folder is opened for change, and of the folder that its messages go to it is asked what it holds.
    Act(Option<&'p FolderName>),
}

/// What is known of a list before it is compared.
struct Before {
    head: List,
    uids: Vec<Uid>,
}

/// True where it is known that something can be changed in its folder.
fn can_be_changed(before: &Before) -> bool {
    matches!(before.head.permits, Permits::Change { .. })
}

/// What the flight that opens a folder asks, and where the answers stand.
struct Comparison {
    open: Handle<OpenFolder>,
    access: Access,
    beside: Option<Handle>,
    order: Handle<Found>,
    unseen: Option<Handle<Found>>,
    /// True where the server tells what changed since a modification sequence.
    tracks: bool,
    /// True where the flags of all rows that are cached were asked for.
    all_flags: bool,
}

impl Sync<'_, '_, '_> {
    /// Compares a list with the server and keeps what is new.
    ///
    /// # Errors
    /// `Gone(Folder)`, `Gone(Target)` of the folder beside it; `Imap`.
    pub fn compare(&mut self, list: &ListId, purpose: Purpose) -> Result<Compared> {
        let name = list.folder();
        let before = self.cache.list(list).and_then(|head| {
            let uids = self.cache.uids(list, 0..head.counts.messages)?;
            Some(Before { head, uids })
        });
        let (plan, asked) = self.plan_comparison(name, before.as_ref(), purpose)?;
        let flight = self.fly_with_counts(plan)?;
        let opened = match self.server.require_open(&flight, asked.open) {
            Ok(opened) => opened,
            Err(gone @ Error::Gone(_)) => {
                self.cache.forget_list(list);
                return Err(gone);
            }
            // Some folders can be looked at and not be opened for change.
            Err(refused) => match (purpose, asked.access) {
                (Purpose::Look, Access::Change) => return self.compare(list, Purpose::LookOnly),
                _ => return Err(refused),
            },
        };
        let meant = FolderRef {
            name: name.clone(),
            validity: UidValidity(0),
        };
        let folder = self.server.note_open(&meant, asked.access, opened);
        self.keep_facts();
        self.note_folders(&flight)?;
        let before = before.filter(|before| before.head.folder == folder);

        let order = flight.get(asked.order);
        let uids = self.order_now(before.as_ref(), opened, order)?;
        if let Some(before) = &before {
            self.cache.forget_gone(&folder, &before.uids, &uids);
        }
        self.note_messages(&folder, &opened.messages, &UidSet::default());

        let messages = u32::try_from(uids.len()).unwrap_or(u32::MAX);
        let unread = match asked.unread(&flight, name) {
            Some(unread) => {
                let read = u32::try_from(self.cache.pending(&folder).len()).unwrap_or(u32::MAX);
                unread.saturating_sub(read)
            }
            None => before
                .as_ref()
                .map_or(0, |before| before.head.counts.unread),
        };
        let highest = uids.iter().max().map_or(0, |u| u.get());
        let head = List {
            folder,
            others: Vec::new(),
            next: opened.uid_next.map_or(highest.saturating_add(1), Uid::get),
            // Some servers tell it without being able to tell what changed since.
            modseq: opened.modseq.filter(|_| asked.tracks),
            counts: Counts {
                messages,
                unread: unread.min(messages),
            },
            as_of: self.fresh.now,
            flags: flags_before(before.as_ref(), &uids),
            permits: match (asked.access, purpose) {
                (Access::Change, _) => opened.permits(),
                (Access::Read, Purpose::LookOnly) => Permits::Nothing,
                (Access::Read, _) => {
                    let known = before.as_ref().map(|before| before.head.permits.clone());
                    known.unwrap_or_default()
                }
            },
            found: None,
        };
        self.cache.put_list(list, &head, &uids);
        let was_tracked = before.is_some_and(|before| before.head.modseq.is_some());
        let is_tracked = was_tracked || asked.all_flags && head.modseq.is_some();
        if let (Some(beside), Purpose::Act(Some(target))) = (asked.beside, purpose) {
            self.server.require_target(&flight, beside, target)?;
        }
        let beside = match purpose {
            Purpose::Act(Some(other)) => flight.folders.counts.get(other).copied(),
            Purpose::Act(None) | Purpose::Look | Purpose::LookOnly => None,
        };
        Ok(Compared {
            head,
            flags_due: !(asked.tracks && is_tracked),
            beside,
        })
    }

    /// The flight that opens a folder and asks what is new there, with the folder list where that is due.
    fn plan_comparison(
        &mut self,
        folder: &FolderName,
        before: Option<&Before>,
        purpose: Purpose,
    ) -> Result<(Plan, Comparison)> {
        let qresync = self.server.can("QRESYNC")?;
        let condstore = self.server.can("CONDSTORE")?;
        let sort = self.server.can("SORT")?;
        let one_answer = self.server.can("ESEARCH")? || sort;
        let mut plan = Plan::new();
        if qresync {
            plan.enable(&["QRESYNC"]);
        }
        let listed = self.cache.folders();
        if listed.is_none_or(|f| !self.fresh.is_fresh(f.as_of)) {
            self.ask_for_folders(&mut plan)?;
        }
        let beside = match purpose {
            Purpose::Act(Some(other)) => Some(plan.status(other)),
            Purpose::Act(None) | Purpose::Look | Purpose::LookOnly => None,
        };
        if !one_answer {
            // Before the folder is opened: some servers do not tell the counts of an open one.
            plan.status(folder);
        }
        let known = before.and_then(|Before { head, .. }| {
            Some(Known {
                validity: head.folder.validity,
                modseq: head.modseq?,
            })
        });
        let mut has_pending = || {
            before.is_some_and(|before| {
                let folder = &before.head.folder;
                !self.cache.pending(folder).is_empty() || !self.cache.sent(folder).is_empty()
            })
        };
        let access = match purpose {
            Purpose::Act(_) => Access::Change,
            // What can be changed in it is told only where it is opened for change.
            Purpose::Look if !before.is_some_and(can_be_changed) => Access::Change,
            Purpose::Look if has_pending() => Access::Change,
            Purpose::Look | Purpose::LookOnly => Access::Read,
        };
        let open = plan.open(folder, access, known.filter(|_| qresync));
        let unseen = one_answer.then(|| plan.search(Criteria::Unseen));
        // What is new, and the newest of what is known: if that comes first, the new ones belong behind it.
        let criteria = before.map_or(Criteria::All, |Before { head, uids }| {
            let last: UidSet = uids.last().copied().into_iter().collect();
            Criteria::Uids(match Uid::new(head.next) {
                Some(next) => last.with(&UidSet::from_on(next)),
                None => UidSet::all(),
            })
        });
        let order = match sort {
            true => plan.sort(SortKey::Arrival, false, criteria),
            false => plan.search(criteria),
        };
        let tracks = qresync || condstore;
        // What follows tells only what changes from now on; rows may be cached from before.
        let all_flags = before.is_none() && tracks;
        if all_flags {
            plan.fetch_flags(self.cache.with_rows(folder), None);
        }
        if let Some(known) = known.filter(|_| condstore && !qresync) {
            plan.fetch_flags(UidSet::all(), Some(known.modseq));
        }
        let asked = Comparison {
            open,
            access,
            beside,
            order,
            unseen,
            tracks,
            all_flags,
        };
        Ok((plan, asked))
    }

    /// The order as it is now, oldest first: what was known and what is new, where the numbers agree, else asked for again.
    fn order_now(
        &mut self,
        before: Option<&Before>,
        opened: &OpenFolder,
        order: Option<&Found>,
    ) -> Result<Vec<Uid>> {
        let exists = usize::try_from(opened.exists.unwrap_or(0)).unwrap_or(usize::MAX);
        let merged = match before {
            _ if exists == 0 => Some(Vec::new()),
            Some(before) => order.and_then(|order| merge(before, order, &opened.vanished)),
            None => order.map(uids_of),
        };
        match merged.filter(|uids| uids.len() == exists) {
            Some(uids) => Ok(uids),
            None => self.fetch_order(exists),
        }
    }

    /// The whole order of the open folder, which holds so many messages, oldest first.
    fn fetch_order(&mut self, exists: usize) -> Result<Vec<Uid>> {
        if self.server.can("SORT")? {
            let mut plan = Plan::new();
            let order = plan.sort(SortKey::Arrival, false, Criteria::All);
            let flight = self.fly_with_counts(plan)?;
            let uids = flight.get(order).map(uids_of).unwrap_or_default();
            if flight.is_ok(order) && (uids.len() >= exists || !uids.is_empty()) {
                return Ok(uids);
            }
            // Offered and then refused, or answered with nothing: the order of the numbers is nearly that of arrival.
            self.server.forget("SORT");
            self.keep_facts();
        }
        let mut plan = Plan::new();
        let all = plan.search(Criteria::All);
        let flight = self.fly_with_counts(plan)?;
        flight.require(all)?;
        Ok(flight.get(all).map(uids_of).unwrap_or_default())
    }
}

impl Comparison {
    /// How many messages the server counts as unread, where it tells.
    fn unread(&self, flight: &Flight, folder: &FolderName) -> Option<u32> {
        let found = self.unseen.and_then(|unseen| flight.get(unseen));
        let counted = found.map(|found| {
            found
                .count
                .unwrap_or_else(|| u32::try_from(found.uids.len()).unwrap_or(u32::MAX))
        });
        counted.or_else(|| flight.folders.counts.get(folder)?.unseen)
    }
}

/// The UIDs that a search or sort found, oldest first.
fn uids_of(found: &Found) -> Vec<Uid> {
    found.uids.iter().take(MOST).collect()
}

/// The known order without what vanished and with what is new; None where the new ones do not simply follow.
fn merge(before: &Before, order: &Found, vanished: &UidSet) -> Option<Vec<Uid>> {
    let found = uids_of(order);
    let is_new = |uid: &Uid| uid.get() >= before.head.next;
    let new: Vec<Uid> = found.iter().copied().filter(is_new).collect();
    let mut uids = before.uids.clone();
    uids.retain(|uid| !vanished.contains(*uid));
    // The newest of what was known was asked for, too: an answer without it is none, unless it has gone.
    let follows = match (uids.last(), before.uids.last()) {
        (None, _) => true,
        (Some(last), asked) if Some(last) == asked => found.first() == Some(last),
        (Some(_), _) => new.is_empty(),
    };
    uids.extend(new);
    follows.then_some(uids)
}

/// What was known of flags and still is: nothing where ranks have moved.
fn flags_before(before: Option<&Before>, uids: &[Uid]) -> Vec<FlagsAsOf> {
    let before = before.filter(|before| uids.starts_with(&before.uids));
    before.map_or_else(Vec::new, |before| before.head.flags.clone())
}
