//! What is changed: at the server first, then in the cache.
//!
//! `pending` has the one exception, messages that were opened; `messages` what people do with messages and `copies` how they are copied and removed, `outcome` what the
//! answers say was done, `roles` makes the folders that it needs, and `lists` has what follows for the lists in the cache. Not for fetching (`sync`). To know before
//! changing it: an OK says little. What was done is what the server names, and where it names nothing, a look.

mod copies;
mod lists;
mod messages;
mod outcome;
mod pending;
mod roles;

use super::sync::Sync;
use crate::mail::{Flags, FolderName};

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
