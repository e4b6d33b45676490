//! A folder's list: its order, the window that a page shows, and how both are compared with the server.
//!
//! The order is kept oldest first, in blocks, so that an arrival changes the last block only; a rank counts from the
//! oldest. To know before changing it: what a server answers is believed only as far as the numbers agree. Where they do
//! not, the whole order is asked for.

use super::folders::Plan;
use super::{Mailbox, is_away, row};
use crate::error::{Cause, Error, Imap, Result};
use crate::mail::{Counts, Flags, FolderName, Row, Uid, UidValidity};
use crate::remote::{Command, Criteria, Flight, SortKey, UidSet};
use crate::route::{Anchor, FolderQuery, Place};
use crate::store::keys::{BLOCK, BLOCKS, LISTS, List, PENDING, ROWS, TEXTS};

/// Most messages whose order is kept.
const MOST: usize = 1_000_000;
/// How often a list is compared anew within one request, where a folder will not stand still.
const ATTEMPTS: u32 = 3;

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What is known of the folder.
    pub list: List,
    /// The rows, newest first, each with its rank.
    pub rows: Vec<(u32, Row)>,
    /// Rank of the oldest row of the window, and one more than that of the newest.
    pub ranks: (u32, u32),
    /// The place of this very window.
    pub here: Place,
    /// Where the window before this one begins.
    pub newer: Option<Anchor>,
    /// Where the next one begins.
    pub older: Option<Anchor>,
    /// True where the link was made for a numbering that the folder no longer has.
    pub renumbered: bool,
}

/// What the flight that opens a folder asks, and where the answers stand.
struct Asked {
    open: usize,
    order: usize,
    unseen: Option<usize>,
    qresync: bool,
    condstore: bool,
    for_change: bool,
}

impl Mailbox<'_, '_> {
    /// A page of a folder's list, from the cache while it is fresh, else compared with the server.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap` where the cache has nothing to show instead.
    pub fn list(&mut self, query: &FolderQuery) -> Result<Listing> {
        let cached = self.cached_list(&query.folder);
        let fresh = cached.as_ref().is_some_and(|l| self.is_fresh(l.as_of));
        let (mut list, mut flags_due) = match cached {
            Some(list) if fresh && !query.compare => (list, false),
            cached => match (self.compare(&query.folder), cached) {
                (Ok(compared), _) => compared,
                (Err(e), Some(list)) if is_away(&e) => {
                    self.away = Some(e);
                    (list, false)
                }
                (Err(e), _) => return Err(e),
            },
        };
        for _ in 0..ATTEMPTS {
            if let Some(listing) = self.window(query, &list, flags_due)? {
                return Ok(listing);
            }
            self.forget_list(&query.folder);
            (list, flags_due) = self.compare(&query.folder)?;
        }
        let cause = Cause::new("the folder is numbered anew again and again");
        Err(Error::Imap(Imap::Garbled, cause))
    }

    /// The page of a list on which a rank stands, from the cache alone: what stands beside an open message.
    pub fn cached_page(&mut self, folder: &FolderName, rank: u32) -> Option<Listing> {
        let list = self.cached_list(folder)?;
        let total = list.counts.messages;
        let newer = total.saturating_sub(rank.saturating_add(1));
        let hi = total.saturating_sub(newer.saturating_sub(newer.checked_rem(self.rows)?));
        let lo = hi.saturating_sub(self.rows);
        let uids = self.cached_uids(folder, lo, hi)?;
        let rows = self.cached_rows(folder, &list, lo, &uids);
        Some(self.listing(folder, list, (lo, hi), rows, false))
    }

    /// What is known of a folder's list.
    pub(super) fn cached_list(&mut self, folder: &FolderName) -> Option<List> {
        let key = self.data.list(folder);
        self.store.get(self.lock(), &LISTS, &key)
    }

    /// The rank of a message; `hint` is where it was last.
    pub(super) fn cached_rank(&mut self, folder: &FolderName, uid: Uid, hint: u32) -> Option<u32> {
        let total = self.cached_list(folder)?.counts.messages;
        let blocks = total.div_ceil(BLOCK);
        let near = hint.checked_div(BLOCK)?;
        for number in std::iter::once(near).chain((0..blocks).rev()) {
            let block = self.cached_block(folder, number).unwrap_or_default();
            if let Some(at) = block.iter().position(|u| *u == uid) {
                return u32::try_from(at)
                    .ok()?
                    .checked_add(number.checked_mul(BLOCK)?);
            }
        }
        None
    }

    /// The UID at a rank.
    pub(super) fn cached_uid(&mut self, folder: &FolderName, rank: u32) -> Option<Uid> {
        let block = self.cached_block(folder, rank.checked_div(BLOCK)?)?;
        block
            .get(usize::try_from(rank.checked_rem(BLOCK)?).ok()?)
            .copied()
    }

    fn cached_block(&mut self, folder: &FolderName, number: u32) -> Option<Vec<Uid>> {
        let key = self.data.block(folder, number);
        self.store.get(self.lock(), &BLOCKS, &key)
    }

    /// The UIDs of some ranks, oldest first; None where a block is missing.
    fn cached_uids(&mut self, folder: &FolderName, lo: u32, hi: u32) -> Option<Vec<Uid>> {
        let mut uids = Vec::new();
        if lo >= hi {
            return Some(uids);
        }
        for number in lo.checked_div(BLOCK)?..hi.div_ceil(BLOCK) {
            let first = number.checked_mul(BLOCK)?;
            let block = self.cached_block(folder, number)?;
            let from = usize::try_from(lo.saturating_sub(first)).ok()?;
            let to = usize::try_from(hi.saturating_sub(first))
                .ok()?
                .min(block.len());
            uids.extend_from_slice(block.get(from..to)?);
        }
        (uids.len() == usize::try_from(hi.saturating_sub(lo)).ok()?).then_some(uids)
    }

    pub(super) fn cached_row(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        uid: Uid,
    ) -> Option<Row> {
        let key = self.data.message(folder, validity, uid);
        self.store.get(self.lock(), &ROWS, &key)
    }

    pub(super) fn put_row(&mut self, folder: &FolderName, validity: UidValidity, row: &Row) {
        let key = self.data.message(folder, validity, row.uid);
        self.store.put(self.lock(), &ROWS, &key, row);
    }

    /// The cached rows of a window, newest first, each with its rank.
    fn cached_rows(
        &mut self,
        folder: &FolderName,
        list: &List,
        lo: u32,
        uids: &[Uid],
    ) -> Vec<(u32, Row)> {
        let ranked = uids.iter().zip(lo..);
        let mut rows: Vec<(u32, Row)> = ranked
            .filter_map(|(uid, rank)| Some((rank, self.cached_row(folder, list.validity, *uid)?)))
            .collect();
        rows.reverse();
        rows
    }

    /// The rows that a place names, fetched as far as they are missing, with the windows before and after.
    /// None where a block is missing, or the folder has been numbered anew meanwhile: the list is as good as unknown.
    fn window(
        &mut self,
        query: &FolderQuery,
        list: &List,
        flags_due: bool,
    ) -> Result<Option<Listing>> {
        let folder = &query.folder;
        let (lo, hi, renumbered) = self.ranks(query, list);
        let around = (
            lo.saturating_sub(self.rows),
            hi.saturating_add(self.rows).min(list.counts.messages),
        );
        let Some(near) = self.cached_uids(folder, around.0, around.1) else {
            return Ok(None);
        };
        let shown = near
            .iter()
            .zip(around.0..)
            .filter(|(_, rank)| (lo..hi).contains(rank));
        let window: Vec<Uid> = shown.map(|(uid, _)| *uid).collect();
        let mut rows = self.cached_rows(folder, list, lo, &window);
        let is_needed = rows.len() < window.len();
        if self.away.is_none() && (is_needed || flags_due && !window.is_empty()) {
            // What is missing of the windows around comes along: the first "next" is a hit as well.
            let is_missing = |uid: &Uid| {
                let key = self.data.message(folder, list.validity, *uid);
                !self.store.has(&ROWS, &key)
            };
            let missing: UidSet = near.iter().copied().filter(is_missing).collect();
            let refresh: UidSet = match flags_due {
                true => rows.iter().map(|(_, row)| row.uid).collect(),
                false => UidSet::default(),
            };
            match self.fetch_rows(folder, list.validity, missing, refresh) {
                Ok(true) => rows = self.cached_rows(folder, list, lo, &window),
                Ok(false) => return Ok(None),
                Err(e) if is_away(&e) && !is_needed => self.away = Some(e),
                Err(e) => return Err(e),
            }
        }
        if rows.is_empty()
            && !window.is_empty()
            && let Some(away) = self.away.clone()
        {
            return Err(away);
        }
        Ok(Some(self.listing(
            folder,
            list.clone(),
            (lo, hi),
            rows,
            renumbered,
        )))
    }

    /// The ranks of the window that a place names. A place that is gone is clamped, never an error.
    fn ranks(&mut self, query: &FolderQuery, list: &List) -> (u32, u32, bool) {
        let total = list.counts.messages;
        let newest = (total.saturating_sub(self.rows), total);
        let (lo, hi) = match query.place {
            Place::Newest => newest,
            Place::OlderThan(a) | Place::NewerThan(a) if a.validity != list.validity => {
                return (newest.0, newest.1, true);
            }
            Place::OlderThan(anchor) => {
                let rank = self.cached_rank(&query.folder, anchor.uid, anchor.rank);
                // Beyond the oldest message: the last page.
                let hi = match rank.unwrap_or(anchor.rank).min(total) {
                    0 => self.rows.min(total),
                    hi => hi,
                };
                (hi.saturating_sub(self.rows), hi)
            }
            Place::NewerThan(anchor) => {
                let rank = self.cached_rank(&query.folder, anchor.uid, anchor.rank);
                let lo = rank.map_or(anchor.rank, |r| r.saturating_add(1));
                // The newest page is a whole one.
                let hi = lo.saturating_add(self.rows).min(total);
                (hi.saturating_sub(self.rows), hi)
            }
        };
        (lo, hi, false)
    }

    fn listing(
        &mut self,
        folder: &FolderName,
        list: List,
        (lo, hi): (u32, u32),
        rows: Vec<(u32, Row)>,
        renumbered: bool,
    ) -> Listing {
        let validity = list.validity;
        let mut anchor = |rank: u32| {
            let uid = self.cached_uid(folder, rank)?;
            Some(Anchor {
                validity,
                uid,
                rank,
            })
        };
        let here = (hi < list.counts.messages)
            .then(|| anchor(hi))
            .flatten()
            .map_or(Place::Newest, Place::OlderThan);
        let newer = (hi < list.counts.messages)
            .then(|| anchor(hi.saturating_sub(1)))
            .flatten();
        let older = (lo > 0).then(|| anchor(lo)).flatten();
        Listing {
            list,
            rows,
            ranks: (lo, hi),
            here,
            newer,
            older,
            renumbered,
        }
    }

    /// Compares a folder's list with the server and keeps what is new; true where flags of cached rows may be old.
    pub(super) fn compare(&mut self, folder: &FolderName) -> Result<(List, bool)> {
        let known = self.cached_list(folder);
        let known = known.and_then(|list| {
            let uids = self.cached_uids(folder, 0, list.counts.messages)?;
            Some((list, uids))
        });
        let (plan, asked) = self.plan_comparison(folder, known.as_ref())?;
        let flight = self.fly(plan)?;
        if let Err(gone) = opened(&flight, asked.open, folder) {
            if matches!(gone, Error::Gone(_)) {
                self.forget_list(folder);
            }
            return Err(gone);
        }
        let validity = self.note_open(folder, asked.for_change, &flight);
        self.note_folders(&flight)?;
        let known = known.filter(|(list, _)| list.validity == validity);
        let exists = flight.mailbox.exists.unwrap_or(0);

        let answered = flight.found.contains_key(&asked.order);
        let merged = match &known {
            _ if exists == 0 => Some(Vec::new()),
            Some((list, uids)) if answered => merge(uids, list.next, &flight, asked.order),
            None if answered => Some(found(&flight, asked.order)),
            _ => None,
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
        for (uid, message) in &flight.messages {
            if let Some(flags) = message.flags {
                self.note_flags(folder, validity, *uid, flags, pending.contains(uid));
            }
        }
        let messages = u32::try_from(uids.len()).unwrap_or(u32::MAX);
        let counted = asked.unseen.and_then(|i| flight.found.get(&i));
        let counted = counted.map(|f| {
            f.count
                .unwrap_or_else(|| u32::try_from(f.uids.len()).unwrap_or(u32::MAX))
        });
        let told = flight.counts.get(folder).and_then(|c| c.unseen);
        let before = known.as_ref().map(|(list, _)| list.counts.unread);
        let waiting = u32::try_from(pending.len()).unwrap_or(u32::MAX);
        let unread = match counted.or(told) {
            Some(unread) => unread.saturating_sub(waiting),
            None => before.unwrap_or(0),
        };
        let highest = uids.iter().max().map_or(0, |u| u.get());
        let list = List {
            validity,
            next: flight
                .mailbox
                .uid_next
                .map_or(highest.saturating_add(1), Uid::get),
            modseq: flight.mailbox.modseq,
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
        let mut plan = Plan::default();
        if qresync {
            plan.add(Command::Enable(vec!["QRESYNC"]));
        }
        let folders_due = self
            .cached_folders()
            .is_none_or(|f| !self.is_fresh(f.as_of));
        if folders_due {
            self.ask_for_folders(&mut plan)?;
        }
        if !one_answer {
            // Before the folder is opened: some servers do not tell the counts of an open one.
            plan.add(Command::Status(folder.clone()));
        }
        let tracked = known.and_then(|(list, _)| Some((list.validity, list.modseq?)));
        let for_change =
            known.is_some_and(|(list, _)| !self.pending(folder, list.validity).is_empty());
        let open = plan.add(Command::Open {
            folder: folder.clone(),
            read_only: !for_change,
            known: tracked.filter(|_| qresync),
        });
        let unseen = one_answer.then(|| plan.add(Command::Search(Criteria::Unseen)));
        // What is new, and the newest of what is known: if that comes first, the new ones belong behind it.
        let criteria = known.map_or(Criteria::All, |(list, uids)| {
            let last: UidSet = uids.last().copied().into_iter().collect();
            Criteria::Uids(match Uid::new(list.next) {
                Some(next) => last.with(&UidSet::from_on(next)),
                None => UidSet::all(),
            })
        });
        let order = plan.add(match sort {
            true => Command::Sort {
                key: SortKey::Arrival,
                reverse: false,
                criteria,
            },
            false => Command::Search(criteria),
        });
        if let Some((_, since)) = tracked.filter(|_| condstore && !qresync) {
            plan.add(Command::FetchFlags {
                uids: UidSet::all(),
                since: Some(since),
                vanished: false,
            });
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
    fn fetch_order(&mut self) -> Result<Vec<Uid>> {
        let sort = self.can("SORT")?;
        let mut plan = Plan::default();
        let order = plan.add(match sort {
            true => Command::Sort {
                key: SortKey::Arrival,
                reverse: false,
                criteria: Criteria::All,
            },
            false => Command::Search(Criteria::All),
        });
        let flight = self.fly(plan)?;
        if sort && !flight.is_ok(order) {
            // Offered and then refused: the order of the numbers is nearly that of arrival.
            self.remote.forget("SORT");
            self.keep_capabilities();
            let mut plan = Plan::default();
            let all = plan.add(Command::Search(Criteria::All));
            let flight = self.fly(plan)?;
            flight.require(all)?;
            return Ok(found(&flight, all));
        }
        flight.require(order)?;
        Ok(found(&flight, order))
    }

    /// Fetches rows, and flags of others, of a folder; false where its numbering is no longer this one.
    fn fetch_rows(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        rows: UidSet,
        flags: UidSet,
    ) -> Result<bool> {
        let mut plan = Plan::default();
        let open = (!self.is_open(folder, validity, false)).then(|| {
            plan.add(Command::Open {
                folder: folder.clone(),
                read_only: true,
                known: None,
            })
        });
        if !rows.is_empty() {
            plan.add(Command::FetchRows(rows));
        }
        if !flags.is_empty() {
            plan.add(Command::FetchFlags {
                uids: flags,
                since: None,
                vanished: false,
            });
        }
        self.remote.ready()?;
        let flight = self.fly(plan)?;
        if let Some(open) = open {
            opened(&flight, open, folder)?;
            if self.note_open(folder, false, &flight) != validity {
                return Ok(false);
            }
        }
        self.note_messages(folder, validity, &flight);
        Ok(true)
    }

    /// Takes the rows and flags of a flight into the store.
    pub(super) fn note_messages(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        flight: &Flight,
    ) {
        let pending = self.pending(folder, validity);
        for (uid, message) in &flight.messages {
            let seen = pending.contains(uid);
            match row::of(*uid, message) {
                Some(mut row) => {
                    if seen {
                        row.flags = row.flags.with(Flags::SEEN);
                    }
                    self.put_row(folder, validity, &row);
                }
                None => {
                    if let Some(flags) = message.flags {
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
            flags.with(Flags::SEEN)
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

    /// Keeps a list; of its blocks only those that changed are written.
    pub(super) fn put_list(&mut self, folder: &FolderName, list: &List, uids: &[Uid]) {
        let size = usize::try_from(BLOCK).unwrap_or(usize::MAX);
        let mut count: u32 = 0;
        for block in uids.chunks(size) {
            if self.cached_block(folder, count).as_deref() != Some(block) {
                let key = self.data.block(folder, count);
                self.store.put(self.lock(), &BLOCKS, &key, &block.to_vec());
            }
            count = count.saturating_add(1);
        }
        for number in count.. {
            if self.cached_block(folder, number).is_none() {
                break;
            }
            let key = self.data.block(folder, number);
            self.store.remove(&BLOCKS, &key);
        }
        self.put_list_head(folder, list);
    }

    /// Keeps what is known of a list whose order has not changed.
    pub(super) fn put_list_head(&mut self, folder: &FolderName, list: &List) {
        let key = self.data.list(folder);
        self.store.put(self.lock(), &LISTS, &key, list);
        self.note_counts(folder, list.counts);
    }

    fn forget_list(&mut self, folder: &FolderName) {
        let key = self.data.list(folder);
        self.store.remove(&LISTS, &key);
    }

    /// Removes what is cached of messages that are gone.
    fn forget_rows(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        before: &[Uid],
        now: &[Uid],
    ) {
        let now: UidSet = now.iter().copied().collect();
        for uid in before.iter().filter(|uid| !now.contains(**uid)) {
            let key = self.data.message(folder, validity, *uid);
            self.store.remove(&ROWS, &key);
            self.store.remove(&PENDING, &key);
            for text in self.store.keys_below(&TEXTS, &key) {
                self.store.remove(&TEXTS, &text);
            }
        }
    }

    /// Messages that were opened and whose \Seen the server does not know yet.
    pub(super) fn pending(&mut self, folder: &FolderName, validity: UidValidity) -> Vec<Uid> {
        let prefix = self.data.numbering(folder, validity);
        let keys = self.store.keys_below(&PENDING, &prefix);
        keys.iter()
            .filter_map(|key| Uid::new(u32::from_be_bytes(*key.last_chunk::<4>()?)))
            .collect()
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
        let mut plan = Plan::default();
        let store = plan.add(mark_seen(pending.iter().copied().collect()));
        let flight = self.fly(plan)?;
        // Done, or refused for good (a folder that may only be read): either way nothing is left to be sent.
        if flight.end(store).is_some() {
            self.forget_pending(folder, validity, pending);
        }
        Ok(())
    }

    pub(super) fn forget_pending(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        sent: &[Uid],
    ) {
        for uid in sent {
            let key = self.data.message(folder, validity, *uid);
            self.store.remove(&PENDING, &key);
        }
    }
}

/// That a folder was opened. INBOX always exists (RFC 9051 5.1): where it does not open, the server is the matter.
pub(super) fn opened(flight: &Flight, command: usize, folder: &FolderName) -> Result<()> {
    match folder.is_inbox() {
        true => flight.require(command),
        false => flight.require_open(command),
    }
}

/// The command that marks messages as read.
pub(super) fn mark_seen(uids: UidSet) -> Command {
    Command::StoreFlags {
        uids,
        add: true,
        flags: Flags::SEEN,
        silent: true,
    }
}

/// The UIDs that a search or sort found, oldest first.
fn found(flight: &Flight, command: usize) -> Vec<Uid> {
    flight
        .found
        .get(&command)
        .map_or_else(Vec::new, |f| f.uids.iter().take(MOST).collect())
}

/// The known order without what vanished and with what is new; None where the new ones do not simply follow.
fn merge(known: &[Uid], next: u32, flight: &Flight, order: usize) -> Option<Vec<Uid>> {
    let found = found(flight, order);
    let new: Vec<Uid> = found.iter().copied().filter(|u| u.get() >= next).collect();
    let mut uids: Vec<Uid> = known
        .iter()
        .copied()
        .filter(|u| !flight.vanished.contains(*u))
        .collect();
    let follows = match uids.last() {
        None => true,
        Some(last) => new.is_empty() || found.first() == Some(last),
    };
    uids.extend(new);
    follows.then_some(uids)
}
