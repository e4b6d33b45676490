//! The commands of a plan that change something.
//!
//! Not for what they say (`change`). To know before changing it: a handle to a change finds what the server names as done;
//! that it ended with OK says little.

use super::Plan;
use crate::mail::{Flags, FolderName, Role};
use crate::remote::change::{Append, Appended, Change, Copied, StoreFlags, Stored};
use crate::remote::handle::Handle;
use crate::remote::uids::UidSet;

/// Changes go into a flight that opens no folder: only after the answer to opening one is known do UIDs mean anything.
/// And nothing that marks or removes messages goes into the flight of a copy: where the copy fails, it would be carried
/// out all the same. `Remote::fly` refuses both.
impl Plan {
    /// Adds or removes flags.
    pub fn store(&mut self, store: StoreFlags) -> Handle<Stored> {
        self.change(Change::Store(store))
    }

    /// Adds flags to messages; the server need not tell the new ones.
    pub fn add_flags(&mut self, uids: UidSet, flags: Flags) -> Handle<Stored> {
        self.store(StoreFlags {
            uids,
            add: true,
            flags,
            unchanged_since: None,
            tell: false,
        })
    }

    /// Copies messages into a folder.
    pub fn copy(&mut self, uids: UidSet, to: &FolderName) -> Handle<Copied> {
        self.change(Change::Copy(uids, to.clone()))
    }

    /// Moves messages into a folder; only for servers that have MOVE.
    pub fn move_to(&mut self, uids: UidSet, to: &FolderName) -> Handle<Copied> {
        self.change(Change::Move(uids, to.clone()))
    }

    /// Removes those of the messages that are marked \Deleted, by anybody; only for servers that have UIDPLUS.
    pub fn expunge(&mut self, uids: UidSet) -> Handle {
        self.change(Change::Expunge(uids))
    }

    /// Removes all messages that are marked \Deleted, by anybody: for servers without UIDPLUS, and only where a search in
    /// the same open folder has found no others than those that are meant.
    pub fn expunge_all(&mut self) -> Handle {
        self.change(Change::ExpungeAll)
    }

    /// Puts a new message into a folder.
    pub fn append(&mut self, append: Append) -> Handle<Appended> {
        self.change(Change::Append(append))
    }

    /// Makes a folder, for something where the server can note that.
    pub fn create(&mut self, folder: &FolderName, role: Option<Role>) -> Handle {
        self.change(Change::Create(folder.clone(), role))
    }

    /// Removes a folder with all that is in it.
    pub fn delete(&mut self, folder: &FolderName) -> Handle {
        self.change(Change::Delete(folder.clone()))
    }

    /// Gives a folder another name, and those below it.
    pub fn rename(&mut self, from: &FolderName, to: &FolderName) -> Handle {
        self.change(Change::Rename(from.clone(), to.clone()))
    }

    /// Puts a folder on the list of the subscribed ones.
    pub fn subscribe(&mut self, folder: &FolderName) -> Handle {
        self.change(Change::Subscribe(folder.clone()))
    }

    /// Takes a folder from the list of the subscribed ones.
    pub fn unsubscribe(&mut self, folder: &FolderName) -> Handle {
        self.change(Change::Unsubscribe(folder.clone()))
    }
}
