//! What the server has of folders just before they are changed, and just after.
//!
//! Not for asking (`folders`). To know before changing it: a folder is found by its very name, and what is below it by
//! what its name begins with; where only the case differs, it is another folder.

use crate::error::{Error, GoneKind, Result};
use crate::mail::{Folder, FolderName, FolderSize};
use crate::remote::Namespace;
use crate::store::keys::FolderList;

/// What the server has now.
pub(in crate::mailbox) struct Look {
    pub list: FolderList,
    /// Where the user's own folders are.
    pub own: Option<Namespace>,
}

impl Look {
    /// A folder of this very name: one in capital letters is another.
    pub fn folder(&self, name: &FolderName) -> Option<&Folder> {
        self.list.folders.iter().find(|folder| folder.name == *name)
    }

    pub fn require(&self, name: &FolderName) -> Result<&Folder> {
        let gone = Error::Gone(GoneKind::Folder);
        self.folder(name).ok_or(gone)
    }

    /// A folder and all that are below it.
    pub fn whole(&self, folder: &Folder) -> Vec<Folder> {
        let all = self.list.folders.iter();
        let whole = all.filter(|one| one.name == folder.name || folder.holds(&one.name));
        whole.cloned().collect()
    }

    pub fn can_be_opened(&self, name: &FolderName) -> bool {
        self.folder(name).is_some_and(|folder| folder.selectable)
    }
}

/// How much there is in folders, the first of which holds the others.
pub(super) fn size(whole: &[Folder]) -> FolderSize {
    let messages = |folder: &Folder| folder.counts.unwrap_or_default().messages;
    let folders = whole.iter().filter(|folder| folder.selectable).count();
    FolderSize {
        folders: number(folders.saturating_sub(1)),
        messages: whole.iter().map(messages).fold(0, u32::saturating_add),
    }
}

pub(super) fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
