//! The folder that is for something: Archive, Trash, Spam. Where there is none, it is made when it is first needed.
//!
//! Not for telling which folder is for what (`sync::tree`). To know before changing it: the folders are listed again before
//! one is made, so that no second one stands beside what another client has made meanwhile.

use super::Changes;
use crate::error::{Cause, Error, Result};
use crate::mail::{FolderName, Role};
use crate::remote::Plan;
use crate::store::keys::FolderList;

impl Changes<'_, '_, '_> {
    /// Makes the folder that is for something.
    ///
    /// # Errors
    /// `Imap`: the server's refusal too.
    pub fn make_folder(&mut self, role: Role) -> Result<FolderName> {
        let mut plan = Plan::new();
        let has_namespaces = self.sync.server.can("NAMESPACE")?;
        if has_namespaces {
            plan.namespace();
        }
        plan.list();
        let flight = self.sync.fly_with_counts(plan)?;
        self.sync.note_folders(&flight)?;
        let known = self.sync.cache.folders().unwrap_or_default();
        if let Some(folder) = folder_of(&known, role) {
            return Ok(folder);
        }
        let own = flight.folders.namespaces.as_ref();
        let prefix = own.and_then(|own| own.personal.first());
        let prefix = prefix.map_or("", |own| own.prefix.as_str());
        let name = FolderName::new(&format!("{prefix}{}", usual_name(role)));
        let name = name.ok_or(Error::Internal(Cause::new("a namespace without a name")))?;
        let mut plan = Plan::new();
        let made = plan.create(&name, Some(role));
        plan.subscribe(&name);
        plan.list();
        let flight = self.sync.fly_with_counts(plan)?;
        flight.require(made)?;
        self.sync.note_folders(&flight)?;
        Ok(name)
    }
}

/// The folder that is for something.
pub(in crate::mailbox) fn folder_of(list: &FolderList, role: Role) -> Option<FolderName> {
    let mut folders = list.folders.iter();
    let folder = folders.find(|folder| folder.role == Some(role) && folder.selectable)?;
    Some(folder.name.clone())
}

/// The name that most clients give it.
fn usual_name(role: Role) -> &'static str {
    match role {
        Role::Inbox => "INBOX",
        Role::Drafts => "Drafts",
        Role::Sent => "Sent",
        Role::Archive => "Archive",
        Role::Junk => "Junk",
        Role::Trash => "Trash",
    }
}
