//! The folders of the account: cached for as long as they are fresh, else listed with whatever else a connection asks.
//!
//! Not for the tree itself (that is `tree`). LIST comes in the flight that opens a folder, so it costs no round trip.

use super::{Mailbox, is_away, tree};
use crate::error::Result;
use crate::mail::{Counts, Folder, FolderName};
use crate::remote::{Flight, Plan};
use crate::store::keys::{FOLDERS, FolderList, PENDING};

/// STATUS commands of one request, on servers that cannot tell counts with LIST.
const STATUSES: usize = 60;

impl Mailbox<'_, '_> {
    /// The folders, however old; none before the first visit.
    pub fn cached_folders(&mut self) -> Option<FolderList> {
        self.store.get(self.encryption(), &FOLDERS, &self.data.id)
    }

    /// The folders, listed anew where they are no longer fresh and nothing else has done so.
    ///
    /// # Errors
    /// `Imap`, where nothing is cached.
    pub fn folders(&mut self) -> Result<FolderList> {
        if self.away.is_none() {
            self.count_the_rest()?;
        }
        let cached = self.cached_folders();
        if let Some(list) = cached
            .as_ref()
            .filter(|l| self.is_fresh(l.as_of) || self.listed || self.away.is_some())
        {
            return Ok(list.clone());
        }
        match (self.fetch_folders(), cached) {
            (Err(e), Some(list)) if is_away(&e) => {
                self.away = Some(e);
                Ok(list)
            }
            (fetched, _) => fetched,
        }
    }

    fn fetch_folders(&mut self) -> Result<FolderList> {
        let mut plan = Plan::new();
        self.ask_for_folders(&mut plan)?;
        let flight = self.fly(plan)?;
        self.note_folders(&flight)?;
        self.count_the_rest()?;
        Ok(self.cached_folders().unwrap_or_default())
    }

    /// Sends a flight, and with it the questions for counts that have waited for one.
    pub(super) fn fly(&mut self, mut plan: Plan) -> Result<Flight> {
        let asked = std::mem::take(&mut self.uncounted);
        for folder in &asked {
            plan.status(folder);
        }
        let flight = self.remote.fly(plan)?;
        if !asked.is_empty()
            && let Some(mut list) = self.cached_folders()
        {
            let told: Vec<Option<Counts>> = list
                .folders
                .iter()
                .map(|f| counts_of(&flight, &f.name))
                .collect();
            self.take_counts(&mut list.folders, &told);
            self.put_folders(&list);
        }
        Ok(flight)
    }

    /// Asks for the counts for which no other flight came along.
    fn count_the_rest(&mut self) -> Result<()> {
        if !self.uncounted.is_empty() {
            self.fly(Plan::new())?;
        }
        Ok(())
    }

    /// Adds to a flight what lists the folders.
    pub(super) fn ask_for_folders(&mut self, plan: &mut Plan) -> Result<()> {
        if self.can("NAMESPACE")? {
            plan.namespace();
        }
        plan.list();
        if self.can("QUOTA")? {
            plan.quota(&FolderName::inbox());
        }
        Ok(())
    }

    /// Takes the folders of a flight into the store. Where LIST told no counts, the next flight asks for them.
    pub(super) fn note_folders(&mut self, flight: &Flight) -> Result<()> {
        if flight.folders.listed.is_empty() {
            return Ok(());
        }
        let before = self.cached_folders().unwrap_or_default().folders;
        let mut folders = tree::grown(&flight.folders);
        let told: Vec<Option<Counts>> = folders.iter().map(|f| f.counts).collect();
        self.take_counts(&mut folders, &told);
        self.listed = true;
        if !self.can("LIST-STATUS")? {
            let uncounted = folders
                .iter()
                .filter(|f| f.selectable && f.counts.is_none());
            self.uncounted = uncounted.map(|f| f.name.clone()).take(STATUSES).collect();
        }
        for folder in folders.iter_mut().filter(|f| f.counts.is_none()) {
            folder.counts = before
                .iter()
                .find(|f| f.name == folder.name)
                .and_then(|f| f.counts);
        }
        let storage = flight
            .folders
            .quotas
            .iter()
            .find(|q| q.resource == "STORAGE" && q.limit > 0);
        let quota = storage.map(|q| (q.used, q.limit));
        self.put_folders(&FolderList {
            folders,
            as_of: self.now,
            quota,
        });
        Ok(())
    }

    /// Takes what the server counted, less what was read here and it does not know yet.
    fn take_counts(&mut self, folders: &mut [Folder], told: &[Option<Counts>]) {
        let pending = self.store.keys_below(&PENDING, &self.data.id);
        for (folder, told) in folders.iter_mut().zip(told) {
            let Some(mut counts) = *told else { continue };
            if !pending.is_empty() {
                let of_folder = self.data.folder(&folder.name);
                let read = pending
                    .iter()
                    .filter(|key| key.folder() == of_folder)
                    .count();
                let read = u32::try_from(read).unwrap_or(u32::MAX);
                counts.unread = counts.unread.saturating_sub(read);
            }
            folder.counts = Some(counts);
        }
    }

    /// Notes what a folder holds, where that was learnt by other means than LIST.
    pub(super) fn note_counts(&mut self, folder: &FolderName, counts: Counts) {
        if let Some(mut list) = self.cached_folders() {
            let Some(entry) = list.folders.iter_mut().find(|f| f.name == *folder) else {
                return;
            };
            if entry.counts != Some(counts) {
                entry.counts = Some(counts);
                self.put_folders(&list);
            }
        }
    }

    pub(super) fn put_folders(&mut self, list: &FolderList) {
        let key = self.data.id;
        self.store.put(self.encryption(), &FOLDERS, &key, list);
    }
}

/// What a flight says a folder holds.
fn counts_of(flight: &Flight, folder: &FolderName) -> Option<Counts> {
    let told = flight.folders.counts.get(folder)?;
    Some(Counts {
        messages: told.messages?,
        unread: told.unseen.unwrap_or(0),
    })
}
