//! What is looked for in a folder, or in several, and what of it has been found before.
//!
//! Not for how it is found (`find`, `across`).

use std::time::Duration;

use crate::mail::{Entry, FolderName, FolderRef, ListId, Uid};
use crate::remote::UidSet;
use crate::store::keys::List;

/// After so long no further slice is begun.
pub(super) const LONG_ENOUGH: Duration = Duration::from_secs(6);

/// What is looked for, and where.
pub(in crate::mailbox) struct Quest<'q> {
    /// The list.
    pub list: &'q ListId,
    /// Its folder.
    pub folder: &'q FolderRef,
    /// The messages of the folder by arrival, the oldest first.
    pub uids: &'q [Uid],
    /// What was found before.
    pub before: Option<Before>,
}

/// What was found before of what is looked for.
#[derive(Clone)]
pub(in crate::mailbox) struct Before {
    /// In which folder, in which numbering.
    pub folder: FolderRef,
    /// What was found.
    pub found: UidSet,
    /// What was not looked through then.
    pub unseen: UidSet,
}

/// What is looked for in several folders.
pub(in crate::mailbox) struct WideQuest<'q> {
    /// The list.
    pub list: &'q ListId,
    /// The folders, each with how many messages it holds, where that is known.
    pub folders: Vec<(FolderName, Option<u32>)>,
    /// What was found before, where that is continued, or all of it stays found.
    pub before: Option<(List, Vec<Entry>)>,
    /// True to continue where that ended, false to look for what has come since.
    pub further: bool,
}

impl Quest<'_> {
    /// True where words are looked for whose charset a server may refuse.
    pub(super) fn needs_charset(&self) -> bool {
        let search = self.list.search();
        search.is_some_and(|search| !search.text().is_ascii())
    }

    /// What has not been looked through before.
    pub(super) fn unseen(&self) -> UidSet {
        let before = self.before.as_ref();
        before.map_or_else(UidSet::all, |before| before.unseen.clone())
    }

    /// True for a message that was found before.
    pub(super) fn was_found(&self, uid: Uid) -> bool {
        let before = self.before.as_ref();
        before.is_some_and(|before| before.found.contains(uid))
    }
}
