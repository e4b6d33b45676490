//! How a folder's list is compared with the server, and what is new kept.
//!
//! One flight opens the folder and asks for everything. To know before changing it: what a server answers is believed only
//! as far as the numbers agree. Where they do not, the whole order is asked for.

use super::folders::Plan;
use super::{Mailbox, row};
use crate::error::{Error, Result};
use crate::mail::{Counts, Flags, FolderName, Uid, UidValidity};
use crate::remote::{Command, Criteria, Flight, SortKey, UidSet};
use crate::store::keys::List;

/// Most messages whose order is kept.
const MOST: usize = 1_000_000;

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
    /// Compares a folder's list with the server and keeps what is new; true where flags of cached rows may be old.
    pub(super) fn compare(&mut self, folder: &FolderName) -> Result<(List, bool)> {
        let known = self.cached_list(folder);
        let known = known.and_then(|list| {
            let uids = self.cached_uids(folder, 0, list.counts.messages)?;
            Some((list, uids))
        });
        let (plan, asked) = self.plan_comparison(folder, known.as_ref())?;
        let flight = self.fly(plan)?;
        if let Err(gone) = self.remote.require_open(&flight, asked.open, folder) {
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
            if let Some(flags) = message.flags.clone() {
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
    pub(super) fn fetch_order(&mut self) -> Result<Vec<Uid>> {
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
        let mut plan = Plan::default();
        let store = plan.add(mark_seen(pending.iter().copied().collect()));
        let flight = self.fly(plan)?;
        // Done, or refused for good (a folder that may only be read): either way nothing is left to be sent.
        if flight.end(store).is_some() {
            self.forget_pending(folder, validity, pending);
        }
        Ok(())
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
