//! What is changed: at the server first, then in the cache.
//!
//! `pending` has the one exception, messages that were opened; `messages` what people do with messages and `copies` how they
//! are copied and removed, `outcome` what the answers say was done, `roles` makes the folders that it needs, `folders`,
//! `renaming`, `naming`, `look` and `interrupted` are for changing folders themselves, and `lists` has what follows for the
//! lists in the cache. Not for fetching (`sync`). To know before changing it: an OK says little. What was done is what the
//! server names, and where it names nothing, a look.

mod copies;
mod folders;
mod interrupted;
mod lists;
mod look;
mod messages;
mod naming;
mod outcome;
mod pending;
mod renaming;
mod roles;

use super::sync::Sync;
use crate::error::Act;
use crate::mail::{Flags, FolderName, FolderRef, MessageAct, ModSeq, Tally, Uid};
use crate::remote::UidSet;
use crate::route::{AllOf, ListQuery};
use crate::store::keys::NoticeKey;

pub use folders::{FolderDone, FolderOutcome};
pub(super) use messages::Work;
pub use outcome::{Outcome, WayBack};
pub(super) use roles::folder_of;

/// Changes to what the server has, for the length of one step of a request.
pub(super) struct Changes<'a, 'v, 'p> {
    pub sync: Sync<'a, 'v, 'p>,
}

/// What is to become of messages at the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Flags are set, or taken off.
    Flags {
        /// Which.
        flags: Flags,
        /// Set, or taken off.
        set: bool,
    },
    /// They go into another folder.
    Move(FolderName),
    /// A copy of them goes there.
    Copy(FolderName),
    /// They are removed for good.
    Remove,
}

impl Change {
    /// The folder that they go to.
    pub fn target(&self) -> Option<&FolderName> {
        match self {
            Change::Move(to) | Change::Copy(to) => Some(to),
            Change::Flags { .. } | Change::Remove => None,
        }
    }
}

/// What is to be done with which messages.
pub struct Order<'o> {
    /// What it is, as people name it.
    pub act: MessageAct,
    /// What becomes of the messages at the server.
    pub change: &'o Change,
    /// The name for people of the folder that they go to; empty where they go nowhere.
    pub into: &'o str,
    /// Their folder, in the UIDVALIDITY that they were named in.
    pub from: &'o FolderRef,
    /// Which.
    pub which: Which,
    /// What became of those of other folders, where there are such: `left` are those that come after these.
    pub before: Tally,
    /// The page of the list that is shown next.
    pub page: &'o ListQuery,
    /// What the act is noted under until its end is known.
    pub under: NoticeKey,
    /// Flags of messages that were changed since are left alone, where the server can tell.
    pub since: Option<ModSeq>,
}

/// Which messages of a folder are meant.
pub enum Which {
    /// These.
    These(UidSet),
    /// All that were there when their number was told.
    Below(AllOf),
    /// All that had been found when their number was told.
    Found(UidSet),
}

impl Order<'_> {
    /// What is said of it.
    pub(in crate::mailbox) fn said(&self, tally: Tally) -> Act {
        Act::Messages {
            act: self.act,
            into: self.into.to_owned(),
            tally,
        }
    }
}

impl Which {
    pub(in crate::mailbox) fn means(&self, uid: Uid) -> bool {
        match self {
            Which::These(uids) | Which::Found(uids) => uids.contains(uid),
            Which::Below(all) => uid.get() < all.below,
        }
    }

    /// Those that it names one by one.
    pub fn named(&self) -> impl Iterator<Item = Uid> {
        let named = match self {
            Which::These(uids) | Which::Found(uids) => Some(uids),
            Which::Below(_) => None,
        };
        named.into_iter().flat_map(UidSet::iter)
    }

    /// How many messages that is.
    pub fn count(&self) -> u64 {
        match self {
            Which::These(uids) | Which::Found(uids) => uids.len(),
            Which::Below(all) => all.count.into(),
        }
    }
}
