//! Whom the user has written to, as far as the cache knows.
//!
//! Never asks the server: a page that only wants to know whether to offer a choice is not worth a connection. To know
//! before changing it: what is not cached is not known, so "no" means "not that we know of", and the page says so.

use super::Mailbox;
use crate::mail::{Folder, FolderName, ListId, Role, Row};

/// Sent messages that are looked at, the newest ones.
const LOOKED_AT: u32 = 300;

impl Mailbox<'_, '_> {
    /// True where one of the newest sent messages that are cached went to this address.
    pub fn has_written_to(&mut self, address: &str) -> bool {
        let folders = self.cache.folders().unwrap_or_default().folders;
        let sent = folders.iter().filter(|f| f.role == Some(Role::Sent));
        let went_there = |row: Row| {
            let mut people = row.to.iter().chain(&row.cc);
            people.any(|person| person.email.eq_ignore_ascii_case(address))
        };
        sent.into_iter().any(|folder| {
            let list = ListId::of_folder(folder.name.clone());
            let Some(head) = self.cache.list(&list) else {
                return false;
            };
            let total = head.counts.messages;
            let ranks = total.saturating_sub(LOOKED_AT)..total;
            let uids = self.cache.uids(&list, ranks).unwrap_or_default();
            let mut newest_first = uids.iter().rev();
            newest_first.any(|uid| {
                let row = self.cache.row(&head.folder.message(*uid));
                row.is_some_and(went_there)
            })
        })
    }

    /// What a folder is for, as it was last told; asked only where no folders are known.
    pub fn role_of(&mut self, folder: &FolderName) -> Option<Role> {
        let known = match self.cache.folders() {
            Some(known) => known,
            None => self.folders().ok()?,
        };
        let is_it = |known: &&Folder| known.name == *folder;
        known.folders.iter().find(is_it)?.role
    }
}
