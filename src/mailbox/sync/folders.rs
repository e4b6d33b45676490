//! The folders of the account: listed with whatever else a connection asks.
//!
//! Not for the tree itself (that is `tree`). LIST comes in the flight that opens a folder, so it costs no round trip; and
//! where it tells no counts, the questions for them come along with the flight after it.

use std::collections::BTreeMap;

use super::tree::{self, Tree};
use super::{Incomplete, Sync, levels};
use crate::error::Result;
use crate::mail::{Counts, Folder, FolderName};
use crate::remote::{Flight, Folders, Plan, Quota};
use crate::store::keys::FolderList;
use crate::time::Seconds;

/// STATUS commands of one request, on servers that cannot tell counts with LIST.
const STATUSES: usize = 60;
/// For how many seconds it holds what the user may do in folders that are not only theirs.
const RIGHTS_HOLD: Seconds = 3_600;
/// Bytes of all names that are kept; 20,000 folders of a usual kind have half of that.
const NAMES_BYTES: usize = 2 * 1024 * 1024;

impl Sync<'_, '_, '_> {
    /// Lists the folders, for which no other flight is under way.
    ///
    /// # Errors
    /// `Imap`.
    pub fn fetch_folders(&mut self) -> Result<()> {
        let mut plan = Plan::new();
        self.ask_for_folders(&mut plan)?;
        let flight = self.fly_with_counts(plan)?;
        self.note_folders(&flight)?;
        self.count_the_rest()
    }

    /// Sends a flight, and with it the questions for the counts of folders that have waited for one, and for levels that LIST
    /// has left out: they cost no round trip of their own.
    ///
    /// # Errors
    /// `Imap`.
    pub fn fly_with_counts(&mut self, mut plan: Plan) -> Result<Flight> {
        let asked = std::mem::take(&mut self.counting.uncounted);
        for folder in &asked {
            plan.status(folder);
        }
        let foreign = std::mem::take(&mut self.counting.foreign);
        for folder in &foreign {
            plan.my_rights(folder);
        }
        let incomplete = self.counting.incomplete.take();
        for pattern in incomplete.iter().flat_map(|i| &i.missing) {
            plan.list_level(pattern);
        }
        let flight = self.server.fly(plan)?;
        if !foreign.is_empty()
            && let Some(mut list) = self.cache.folders()
        {
            for folder in &mut list.folders {
                let told = flight.folders.rights.get(&folder.name).cloned();
                folder.rights = told.or(folder.rights.take());
            }
            list.rights_as_of = self.fresh.now;
            self.cache.put_folders(&list);
        }
        if let Some(incomplete) = incomplete {
            let asked = [incomplete.asked, incomplete.missing].concat();
            self.note_told(&incomplete.told.with(&flight.folders), asked)?;
        } else if !asked.is_empty()
            && let Some(mut list) = self.cache.folders()
        {
            let told = list.folders.iter().map(|f| counts_of(&flight, &f.name));
            let told = told.collect();
            self.take_counts(&mut list.folders, told);
            self.cache.put_folders(&list);
        }
        Ok(flight)
    }

    /// Asks for the counts and levels for which no other flight came along.
    ///
    /// # Errors
    /// `Imap`.
    pub fn count_the_rest(&mut self) -> Result<()> {
        while self.counting.incomplete.is_some() {
            self.fly_with_counts(Plan::new())?;
        }
        if !self.counting.uncounted.is_empty() || !self.counting.foreign.is_empty() {
            self.fly_with_counts(Plan::new())?;
        }
        Ok(())
    }

    /// Adds to a flight what lists the folders.
    pub fn ask_for_folders(&mut self, plan: &mut Plan) -> Result<()> {
        if self.server.can("NAMESPACE")? {
            plan.namespace();
        }
        plan.list();
        for pattern in &self.cache.folders().unwrap_or_default().levels {
            plan.list_level(pattern);
        }
        if self.server.can("QUOTA")? {
            plan.quota(&FolderName::inbox());
        }
        Ok(())
    }

    /// Takes the folders of a flight into the cache. Where LIST told no counts, or not all folders, the next flight asks for
    /// them.
    pub(in crate::mailbox) fn note_folders(&mut self, flight: &Flight) -> Result<()> {
        if flight.folders.listed.is_empty() {
            return Ok(());
        }
        let asked = self.cache.folders().unwrap_or_default().levels;
        self.note_told(&flight.folders, asked)
    }

    /// Takes what was told of the folders into the cache, after levels of them were `asked` for.
    fn note_told(&mut self, told: &Folders, asked: Vec<FolderName>) -> Result<()> {
        let before = self.cache.folders().unwrap_or_default().folders;
        let known: BTreeMap<&FolderName, &Folder> = before.iter().map(|f| (&f.name, f)).collect();
        let is_old = !self.server.can("LIST-EXTENDED")? && !self.server.can("IMAP4REV2")?;
        let missing = levels::missing(told, &asked, is_old);
        let asked = levels::still_needed(told, asked);
        // Names that say little in many bytes may be too much for the store: half of them then.
        let mut room = NAMES_BYTES;
        while !self.keep_folders(told, &asked, &known, room)? && room > 0 {
            room = room.checked_div(2).unwrap_or(0);
        }
        self.counting.incomplete = (!missing.is_empty()).then(|| Incomplete {
            told: told.clone(),
            asked,
            missing,
        });
        Ok(())
    }

    /// Takes as many folders into the cache as have names of so many bytes; false where that is too much for it.
    fn keep_folders(
        &mut self,
        told: &Folders,
        levels: &[FolderName],
        known: &BTreeMap<&FolderName, &Folder>,
        room: usize,
    ) -> Result<bool> {
        let Tree {
            mut folders,
            left_out,
        } = tree::grown(told, room);
        let tells_subscribed = self.server.can("LIST-EXTENDED")? || self.server.can("IMAP4REV2")?;
        tree::note_subscribed(&mut folders, told, tells_subscribed);
        let counts = folders.iter().map(|f| f.counts).collect();
        self.take_counts(&mut folders, counts);
        self.counting.is_listed = true;
        let before = self.cache.folders().unwrap_or_default();
        let mut counted_to = before.counted_to;
        if !self.server.can("LIST-STATUS")? {
            let is_uncounted = |f: &&Folder| f.selectable && f.counts.is_none();
            let uncounted: Vec<&Folder> = folders.iter().filter(is_uncounted).collect();
            (self.counting.uncounted, counted_to) = next_of(
                &uncounted,
                counted_to,
                self.counting.most.unwrap_or(STATUSES),
            );
        }
        let age = self.fresh.now.saturating_sub(before.rights_as_of);
        if !(0..RIGHTS_HOLD).contains(&age) && self.server.can("ACL")? {
            let foreign = folders.iter().filter(|f| tree::is_foreign(&f.name, told));
            let foreign = foreign.map(|f| f.name.clone()).take(STATUSES);
            self.counting.foreign = foreign.collect();
        }
        for folder in &mut folders {
            let known = known.get(&folder.name);
            folder.rights = folder
                .rights
                .take()
                .or(known.and_then(|known| known.rights.clone()));
            folder.counts = folder.counts.or(known.and_then(|known| known.counts));
            folder.subscribed = folder
                .subscribed
                .or(known.and_then(|known| known.subscribed));
        }
        let quota = match told.has_quotas || !told.quotas.is_empty() {
            true => tightest(&told.quotas),
            false => before.quota,
        };
        Ok(self.cache.put_folders(&FolderList {
            folders,
            left_out,
            levels: levels.to_vec(),
            as_of: self.fresh.now,
            quota,
            rights_as_of: before.rights_as_of,
            counted_to,
        }))
    }

    /// Takes what the server counted, less what was read here and it does not know yet.
    fn take_counts(&mut self, folders: &mut [Folder], told: Vec<Option<Counts>>) {
        let read = self.cache.pending_in(folders.iter().map(|f| &f.name));
        for ((folder, told), read) in folders.iter_mut().zip(told).zip(read) {
            if let Some(counts) = told {
                folder.counts = Some(Counts {
                    unread: counts.unread.saturating_sub(read),
                    ..counts
                });
            }
        }
    }
}

/// So many of some folders, from this one on and round to the first again; and where to go on the next time.
fn next_of(folders: &[&Folder], from: u32, most: usize) -> (Vec<FolderName>, u32) {
    let count = folders.len();
    let from = usize::try_from(from)
        .unwrap_or(0)
        .checked_rem(count)
        .unwrap_or(0);
    let taken = most.min(count);
    let next = folders.iter().cycle().skip(from).take(taken);
    let to = from.saturating_add(taken).checked_rem(count).unwrap_or(0);
    let names = next.map(|folder| folder.name.clone()).collect();
    (names, u32::try_from(to).unwrap_or(0))
}

/// Of several quotas the one that is full first: used and allowed, in units of 1024 bytes (RFC 9208 5.1).
fn tightest(quotas: &[Quota]) -> Option<(u64, u64)> {
    let storage = quotas.iter();
    let storage = storage.filter(|quota| quota.resource == "STORAGE" && quota.limit > 0);
    let left = |quota: &&Quota| quota.limit.saturating_sub(quota.used);
    let tightest = storage.min_by_key(left)?;
    Some((tightest.used, tightest.limit))
}

/// What a flight says a folder holds.
fn counts_of(flight: &Flight, folder: &FolderName) -> Option<Counts> {
    let told = flight.folders.counts.get(folder)?;
    Some(Counts {
        messages: told.messages?,
        unread: told.unseen.unwrap_or(0),
    })
}
