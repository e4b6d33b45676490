//! Changes of folders that were cut short, by a kill or a lost connection: noted before, looked after by the next request.
//!
//! Not for acts on messages (`mailbox::act`). To know before changing it: what became of a change is read off the folders
//! that there are now, never off how far it is thought to have got.

use super::Changes;
use super::naming::Naming;
use crate::error::{Act, Result};
use crate::mail::{FolderAct, FolderChange, FolderFault, FolderName, FolderSize};
use crate::remote::decoded;
use crate::store::keys::{NoticeKey, OpenFolderAct};

impl Changes<'_, '_, '_> {
    /// Notes a change that is about to be made: it is on the disk before the first byte of the change leaves.
    pub fn note_folder_act(&mut self, under: &NoticeKey, change: &FolderChange) {
        if matches!(change.act(), FolderAct::Subscribe | FolderAct::Unsubscribe) {
            return;
        }
        let known = self.sync.cache.folders().unwrap_or_default().folders;
        let title = |name: &FolderName| {
            let folder = known.iter().find(|folder| folder.name == *name);
            folder.map_or_else(|| decoded(name.as_wire()), |folder| folder.title.clone())
        };
        let typed = || change.typed().unwrap_or_default().to_owned();
        let (name, into) = match change {
            FolderChange::Create { .. } => (typed(), String::new()),
            FolderChange::Rename { folder, .. } => (title(folder), typed()),
            FolderChange::Move { folder, under } => {
                (title(folder), under.as_ref().map(title).unwrap_or_default())
            }
            FolderChange::Delete { folder, .. } | FolderChange::Subscribe { folder, .. } => {
                (title(folder), String::new())
            }
        };
        let fields = change.fields();
        let open = OpenFolderAct { fields, name, into };
        self.sync.cache.begin_folder_act(under, &open);
    }

    /// What became of a change; None where that cannot be told.
    ///
    /// # Errors
    /// `Imap`: the next request asks again.
    pub fn look_after_folder(&mut self, open: OpenFolderAct) -> Result<Option<Act>> {
        let Ok(change) = FolderChange::read(&open.fields) else {
            return Ok(None);
        };
        let look = self.look()?;
        let is_there = |name: &FolderName| look.folder(name).is_some();
        let mut had_others = false;
        let done = match &change {
            FolderChange::Create { under, name } => {
                let parent = under.as_ref().and_then(|under| look.folder(under));
                let named = Naming::of(&look).below(parent, name, None);
                matches!(named, Err(FolderFault::Taken(_)))
            }
            FolderChange::Delete { folder, told } => {
                had_others = told.is_some_and(|FolderSize { folders, .. }| folders > 0);
                !is_there(folder)
            }
            FolderChange::Rename { folder, .. }
            | FolderChange::Move { folder, .. }
            | FolderChange::Subscribe { folder, .. } => !is_there(folder),
        };
        Ok(Some(Act::FolderCutShort {
            act: change.act(),
            name: open.name,
            into: open.into,
            done,
            had_others,
        }))
    }
}
