//! What was read here and the server does not know yet.
//!
//! To know before changing it: reading is the exception from "the server first". Its mark is set in the cache as pending and
//! travels with the next connection that opens the folder for change, so that opening a message that is cached asks nobody;
//! a comparison never undoes it. Where one opens a message that is not cached, the mark leaves with the goodbye, without an
//! answer that the reader would wait for; the next comparison shows whether it arrived.

use super::Changes;
use crate::error::Result;
use crate::mail::{Flags, FolderName, FolderRef, ListId, MessageRef, Row, Uid};
use crate::remote::{Access, Plan, StoreFlags};

impl Changes<'_, '_, '_> {
    /// True for an unread message of a folder in which that can be changed, as far as is known.
    pub fn can_mark_read(&mut self, at: &MessageRef, row: &Row) -> bool {
        let list = ListId::of_folder(at.folder.clone());
        let head = self.sync.cache.list(&list);
        let is_kept = head.is_none_or(|head| head.permits.keeps(&Flags::SEEN));
        is_kept && !row.flags.has(&Flags::SEEN)
    }

    /// Marks a message as read in its row and in the counts of its folder; pending, until the server has been told.
    pub fn mark_read(&mut self, at: &MessageRef, row: &mut Row) {
        let cache = &mut self.sync.cache;
        row.flags = row.flags.with(&Flags::SEEN);
        cache.put_row(at, row);
        let list = ListId::of_folder(at.folder.clone());
        if let Some(mut head) = cache.list(&list) {
            head.counts.unread = head.counts.unread.saturating_sub(1);
            cache.put_head(&list, &head);
        }
        cache.put_pending(at);
    }

    /// Tells the server which messages of a folder were read, where the folder is open for change; else they wait. Marks that
    /// were sent before and that the comparison just made has not shown are sent once more.
    ///
    /// # Errors
    /// `Imap`: they stay pending.
    pub fn tell_what_was_read(&mut self, folder: &FolderRef) -> Result<()> {
        if !self.sync.server.is_open(folder, Access::Change) {
            return Ok(());
        }
        let pending = self.sync.cache.pending(folder);
        self.send(folder, &pending)?;
        self.send_again(folder)
    }

    /// The same when the request leaves the server: nobody waits for the answer where the next comparison will show it.
    ///
    /// # Errors
    /// `Imap`, where the answer was waited for: they stay pending.
    pub fn tell_at_parting(&mut self, folder: &FolderRef) -> Result<()> {
        if !self.sync.server.is_open(folder, Access::Change) {
            return Ok(());
        }
        let pending = self.sync.cache.pending(folder);
        let stood_at = self.sync.server.stood_at();
        match stood_at.filter(|_| !self.sync.server.is_read_only() && !pending.is_empty()) {
            Some(before) => {
                let read = pending.iter().copied().collect();
                self.sync.server.at_parting().add_flags(read, Flags::SEEN);
                self.sync.cache.put_sent(folder, &pending, before);
                Ok(())
            }
            None => self.send(folder, &pending),
        }
    }

    /// Sends marks again that did not arrive, as far as a comparison can tell: this time the answer is waited for. A message
    /// that somebody has changed since stays as it is (RFC 7162 3.1.3).
    fn send_again(&mut self, folder: &FolderRef) -> Result<()> {
        let lost = self.sync.cache.sent(folder);
        let Some(earliest) = lost.values().min().copied() else {
            return Ok(());
        };
        let uids: Vec<Uid> = lost.into_keys().collect();
        let mut plan = Plan::new();
        let store = plan.store(StoreFlags {
            uids: uids.iter().copied().collect(),
            add: true,
            flags: Flags::SEEN,
            unchanged_since: Some(earliest),
            tell: false,
        });
        let flight = self.sync.fly_with_counts(plan)?;
        if flight.end(store).is_some() {
            self.sync.cache.forget_pending(folder, &uids);
        }
        Ok(())
    }

    fn send(&mut self, folder: &FolderRef, pending: &[Uid]) -> Result<()> {
        if pending.is_empty() {
            return Ok(());
        }
        if self.sync.server.is_read_only() {
            // Nothing can be changed there: nothing is left to be sent.
            self.sync.cache.forget_pending(folder, pending);
            return Ok(());
        }
        let mut plan = Plan::new();
        let store = plan.add_flags(pending.iter().copied().collect(), Flags::SEEN);
        let flight = self.sync.fly_with_counts(plan)?;
        // Done, or refused for good: either way nothing is left to be sent.
        if flight.end(store).is_some() {
            self.sync.cache.forget_pending(folder, pending);
        }
        Ok(())
    }

    /// Sends all marks that wait, before the session that could send them ends.
    ///
    /// # Errors
    /// `Imap`.
    pub fn send_all_pending(&mut self) -> Result<()> {
        let folders = self.sync.cache.folders().unwrap_or_default().folders;
        let names = folders.iter().filter(|f| f.selectable).map(|f| &f.name);
        self.send_pending_in(names).map(drop)
    }

    /// Sends all marks that wait in some folders; true where there were any: another folder may be open now.
    ///
    /// # Errors
    /// `Imap`.
    pub(super) fn send_pending_in<'f>(
        &mut self,
        names: impl Iterator<Item = &'f FolderName> + Clone,
    ) -> Result<bool> {
        let mut has_opened = false;
        let waiting = self.sync.cache.pending_in(names.clone());
        for (name, _) in names.zip(waiting).filter(|(_, waiting)| *waiting > 0) {
            let list = ListId::of_folder(name.clone());
            let Some(head) = self.sync.cache.list(&list) else {
                continue;
            };
            let pending = self.sync.cache.pending(&head.folder);
            if pending.is_empty() {
                continue;
            }
            let mut plan = Plan::new();
            let open = plan.open(name, Access::Change, None);
            has_opened = true;
            let flight = self.sync.fly_with_counts(plan)?;
            let Some(opened) = flight.get(open) else {
                continue;
            };
            let folder = self
                .sync
                .server
                .note_open(&head.folder, Access::Change, opened);
            self.sync.keep_facts();
            if folder == head.folder {
                self.send(&folder, &pending)?;
            }
        }
        Ok(has_opened)
    }
}
