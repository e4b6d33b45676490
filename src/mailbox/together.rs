//! A whole conversation: its messages in the folder of its list, and those that belong to it in other folders.
//!
//! Not for finding out what belongs together in a folder (`index`), nor for the texts of the messages. To know before
//! changing it: what is in other folders is looked for once for each newest message, and again when more has come there;
//! whatever becomes of that question, what is known here is shown.

use std::collections::BTreeSet;

use super::Mailbox;
use super::sync::Wanted;
use crate::error::Result;
use crate::mail::{
    Flags, Folder, FolderName, FolderRef, Gathered, IdHash, ListId, MessageRef, Role, Row, Uid,
};
use crate::remote::UidSet;
use crate::store::keys::{Elsewhere, FoundIn};

/// Messages of a conversation that are shown at once.
const SHOWN: usize = 100;

/// A conversation.
#[derive(Clone, Debug)]
pub struct Talk {
    /// The message that stands for it in its list: its newest there.
    pub newest: MessageRef,
    /// Its rank in the list.
    pub rank: u32,
    /// The messages that are shown, the oldest first.
    pub messages: Vec<Spoken>,
    /// All of its messages in its folder.
    pub count: u32,
    /// How many messages there are before those that are shown, and the first of the page before.
    pub earlier: Option<(u32, MessageRef)>,
    /// True where there are more after those that are shown.
    pub has_later: bool,
}

/// A message of a conversation.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// Which.
    pub at: MessageRef,
    /// What is known of it.
    pub row: Row,
}

impl Mailbox<'_, '_> {
    /// The conversation that a message of a grouped list belongs to, with the newest of its messages, or from this one on; None
    /// where the message stands for itself alone.
    ///
    /// # Errors
    /// `Imap` where the cache does not have it.
    pub fn talk(&mut self, list: &ListId, at: &MessageRef, hint: u32) -> Result<Option<Talk>> {
        let known = self.cache.list(list).filter(|_| list.is_grouped());
        let Some(head) = known.filter(|head| head.folder == at.within()) else {
            return Ok(None);
        };
        let Some((rank, group)) = self.cache.group_of(list, &head, at.uid, hint) else {
            return Ok(None);
        };
        let Some(newest) = self.cache.entry_at(list, &head, rank) else {
            return Ok(None);
        };
        let mut members = group.others;
        members.push(newest.uid);
        let meant = members.iter().position(|uid| *uid == at.uid).unwrap_or(0);
        let last = members.len().saturating_sub(SHOWN);
        let first = last.min(meant);
        let end = first.saturating_add(SHOWN).min(members.len());
        let window = members.get(first..end).unwrap_or_default().to_vec();
        let newest = head.folder.message(newest.uid);
        let mut messages = self.spoken(&head.folder, &window)?;
        let is_alone = |spoken: &Spoken| {
            let row = &spoken.row;
            row.thread.references.is_empty() && !row.flags.has(&Flags::ANSWERED)
        };
        if group.count <= 1 && messages.iter().all(is_alone) {
            return Ok(None);
        }
        let has_later = end < members.len();
        if !has_later {
            let others = self.elsewhere(&newest, &members);
            messages.extend(others);
            each_once(&mut messages, &head.folder.name);
        }
        let earlier = members
            .get(first.saturating_sub(SHOWN))
            .filter(|_| first > 0);
        Ok(Some(Talk {
            newest,
            rank,
            messages,
            count: group.count,
            earlier: earlier.map(|uid| {
                let before = u32::try_from(first).unwrap_or(u32::MAX);
                (before, head.folder.message(*uid))
            }),
            has_later,
        }))
    }

    /// Something of a conversation goes from one folder to another: it is looked for again.
    pub fn look_elsewhere_again(&mut self, newest: &MessageRef) {
        self.cache.forget_elsewhere(newest);
    }

    /// Notes that these messages of a folder were read, in its lists of conversations.
    pub fn note_read(&mut self, folder: &FolderRef, uids: &[Uid]) {
        let uids: UidSet = uids.iter().copied().collect();
        self.cache.note_in_groups(folder, &uids, &Flags::SEEN, true);
    }

    /// Messages of one folder with their rows, which are fetched where they are missing; those that are gone are left out.
    fn spoken(&mut self, folder: &FolderRef, uids: &[Uid]) -> Result<Vec<Spoken>> {
        let mut rows = self.cache.rows(folder, uids);
        let is_missing = |uid: &&Uid| !rows.contains_key(uid);
        let missing: UidSet = uids.iter().filter(is_missing).copied().collect();
        if !missing.is_empty() {
            let wanted = Wanted {
                rows: missing,
                ..Wanted::default()
            };
            match self.sync().fetch_rows(folder, wanted) {
                Ok(brought) => rows.extend(brought.unwrap_or_default()),
                Err(failure) => self.offline.note(failure)?,
            }
        }
        let spoken = |uid: &Uid| {
            Some(Spoken {
                at: folder.message(*uid),
                row: rows.remove(uid)?,
            })
        };
        Ok(uids.iter().filter_map(spoken).collect())
    }

    /// What belongs to a conversation in other folders; as far as that is known where the server cannot be asked.
    fn elsewhere(&mut self, newest: &MessageRef, members: &[Uid]) -> Vec<Spoken> {
        let folders = self.cache.folders().unwrap_or_default().folders;
        let others = looked_through(&folders, &newest.folder);
        let counts = others.iter().filter_map(|folder| folder.counts);
        let held = counts.fold(0_u32, |sum, counts| sum.saturating_add(counts.messages));
        let names: Vec<FolderName> = others.iter().map(|folder| folder.name.clone()).collect();
        let known = self.cache.elsewhere(newest);
        let found = match known {
            Some(known) if known.held == held || self.offline.is_set() => known.found,
            _ if names.is_empty() || self.offline.is_set() => Vec::new(),
            known => match self.sync().find_related(&newest.within(), members, &names) {
                Ok(found) => {
                    let elsewhere = Elsewhere {
                        found: found.clone(),
                        held,
                    };
                    self.cache.put_elsewhere(newest, &elsewhere);
                    found
                }
                // The conversation is shown without them.
                Err(failure) => {
                    self.offline.note(failure).unwrap_or_default();
                    known.map_or_else(Vec::new, |known| known.found)
                }
            },
        };
        let mut spoken = Vec::new();
        for FoundIn { folder, uids } in found {
            spoken.extend(self.spoken(&folder, &uids).unwrap_or_default());
        }
        spoken
    }
}

/// The folders in which messages of a conversation may be: the one that has all, where there is one; else Sent, the inbox and
/// the archive.
fn looked_through<'f>(folders: &'f [Folder], own: &FolderName) -> Vec<&'f Folder> {
    let is_all = |folder: &&Folder| folder.gathers == Some(Gathered::All);
    let is_role =
        |folder: &&Folder| matches!(folder.role, Some(Role::Sent | Role::Inbox | Role::Archive));
    let usable = || {
        let usable = folders.iter();
        usable.filter(|folder| folder.selectable && folder.name != *own)
    };
    let mut few: Vec<&Folder> = match usable().any(|folder| is_all(&folder)) {
        true => usable().filter(is_all).collect(),
        false => usable().filter(is_role).collect(),
    };
    // Of a message that is in several, the one in Sent is shown.
    few.sort_by_key(|folder| folder.role != Some(Role::Sent));
    few
}

/// Leaves each message once, that of its own folder rather than another copy, and puts all in the order of time.
fn each_once(messages: &mut Vec<Spoken>, own: &FolderName) {
    messages.sort_by_key(|spoken| spoken.at.folder != *own);
    let mut seen: BTreeSet<(IdHash, u32)> = BTreeSet::new();
    messages.retain(|spoken| match spoken.row.thread.id {
        // Servers count line ends differently in another folder at most.
        Some(id) => seen.insert((id, spoken.row.size)),
        None => true,
    });
    messages.sort_by_key(|spoken| spoken.row.arrived);
}
