//! What a flight is to ask, and the handles by which its answers are found again.
//!
//! Not for the text of a command (that is `command`) nor for sending it (`flight`). To know before changing it: a handle
//! carries the kind of answer that its command brings, so that nobody can take a search's answer for a folder's; and
//! every command about messages belongs to the folder that was opened last before it, in this plan or before it.

use std::marker::PhantomData;

use super::answer::Found;
use super::command::{Command, Criteria, Section, SortKey};
use super::open_folder::{Messages, OpenFolder};
use super::uids::UidSet;
use crate::mail::{Flags, FolderName, ModSeq, Uid, UidValidity};

/// Commands that go out together, in this order.
#[derive(Debug, Default)]
pub struct Plan {
    pub(super) commands: Vec<Command>,
}

/// The answer of a command whose answer is only how it ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended;

/// One command of a plan; its answer is found by this in the flight that the plan became, and only there.
pub struct Handle<A = Ended> {
    pub(super) command: usize,
    answer: PhantomData<fn() -> A>,
}

impl<A> Clone for Handle<A> {
    fn clone(&self) -> Handle<A> {
        *self
    }
}

impl<A> Copy for Handle<A> {}

/// Whether an open folder may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// EXAMINE.
    Read,
    /// SELECT.
    Change,
}

/// What was known of a folder when it was compared last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its UIDVALIDITY.
    pub validity: UidValidity,
    /// Its highest modification sequence.
    pub modseq: ModSeq,
}

impl Plan {
    /// Nothing to ask yet.
    pub fn new() -> Plan {
        Plan::default()
    }

    /// True where there is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// Asks what the server can do.
    pub fn capability(&mut self) -> Handle {
        self.add(Command::Capability)
    }

    /// Switches extensions on; only those of the list that the server has.
    pub fn enable(&mut self, words: &[&'static str]) -> Handle {
        self.add(Command::Enable(words.to_vec()))
    }

    /// Asks where folders live.
    pub fn namespace(&mut self) -> Handle {
        self.add(Command::Namespace)
    }

    /// Asks for all folders; with roles, subscription and counts where the server can say them in one answer.
    pub fn list(&mut self) -> Handle {
        self.add(Command::List)
    }

    /// Asks for the subscribed folders.
    pub fn lsub(&mut self) -> Handle {
        self.add(Command::Lsub)
    }

    /// Asks for the counts of one folder that is not open.
    pub fn status(&mut self, folder: &FolderName) -> Handle {
        self.add(Command::Status(folder.clone()))
    }

    /// Asks how full the account is, by the root of a folder.
    pub fn quota(&mut self, folder: &FolderName) -> Handle {
        self.add(Command::Quota(folder.clone()))
    }

    /// Opens a folder. Where something was `known` of it, changes since then come with the answer (RFC 7162; QRESYNC has
    /// to be enabled before).
    pub fn open(
        &mut self,
        folder: &FolderName,
        access: Access,
        known: Option<Known>,
    ) -> Handle<OpenFolder> {
        self.add(Command::Open {
            folder: folder.clone(),
            access,
            known,
        })
    }

    /// Asks for the UIDs of messages, in the server's own order.
    pub fn search(&mut self, criteria: Criteria) -> Handle<Found> {
        self.add(Command::Search(criteria))
    }

    /// Asks for the UIDs of messages in an order; with `reverse` the largest first.
    pub fn sort(&mut self, key: SortKey, reverse: bool, criteria: Criteria) -> Handle<Found> {
        self.add(Command::Sort {
            key,
            reverse,
            criteria,
        })
    }

    /// Asks for all that a line of a list is made of; with `verdict` also for what the user's own server found out about
    /// the sender (RFC 8601).
    pub fn fetch_rows(&mut self, uids: UidSet, verdict: bool) -> Handle<Messages> {
        self.add(Command::FetchRows { uids, verdict })
    }

    /// Asks for flags; with `since` only of messages that were changed since (RFC 7162 3.1.4.1).
    pub fn fetch_flags(&mut self, uids: UidSet, since: Option<ModSeq>) -> Handle<Messages> {
        self.add(Command::FetchFlags {
            uids,
            since,
            vanished: false,
        })
    }

    /// Asks for the flags that were changed since, and which UIDs are gone (RFC 7162 3.2.6; QRESYNC has to be enabled).
    pub fn fetch_changes(&mut self, uids: UidSet, since: ModSeq) -> Handle<Messages> {
        self.add(Command::FetchFlags {
            uids,
            since: Some(since),
            vanished: true,
        })
    }

    /// Asks for sections of one message, and leaves \Seen alone.
    pub fn fetch_sections(&mut self, uid: Uid, sections: Vec<Section>) -> Handle<Messages> {
        self.add(Command::FetchSections { uid, sections })
    }

    /// Adds flags to messages; the server need not tell the new ones.
    pub fn add_flags(&mut self, uids: UidSet, flags: Flags) -> Handle {
        self.add(Command::StoreFlags {
            uids,
            add: true,
            flags,
        })
    }

    /// Asks for nothing: lets the server say what is new in the open folder.
    pub fn noop(&mut self) -> Handle<Messages> {
        self.add(Command::Noop)
    }

    fn add<A>(&mut self, command: Command) -> Handle<A> {
        let at = self.commands.len();
        self.commands.push(command);
        Handle {
            command: at,
            answer: PhantomData,
        }
    }
}
