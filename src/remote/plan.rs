//! What a flight is to ask.
//!
//! Not for the text of a command (that is `command` and `change`) nor for sending it (`flight`). To know before changing
//! it: every command about messages belongs to the folder that was opened last, in this plan or before it.

mod changes;

use super::change::Change;
use super::command::Command;
use super::criteria::{Access, Criteria, Known, Section, SortKey};
use super::found::{Found, FoundIn};
use super::handle::Handle;
use super::open_folder::{Messages, OpenFolder};
use super::segments::Content;
use super::uids::UidSet;
use crate::mail::{FolderName, ModSeq, Term, Uid};

/// Commands that go out together, in this order.
#[derive(Debug, Default)]
pub struct Plan {
    pub(super) commands: Vec<Command>,
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

    /// Asks for the folders of one level, by a pattern: `Work/%` for what stands directly below `Work`.
    pub fn list_level(&mut self, pattern: &FolderName) -> Handle {
        self.add(Command::ListLevel(pattern.clone()))
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

    /// Asks what the user may do in a folder (RFC 4314).
    pub fn my_rights(&mut self, folder: &FolderName) -> Handle {
        self.add(Command::MyRights(folder.clone()))
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

    /// Asks for the UIDs of messages of folders that need not be open; with the name of the charset of the words, which some
    /// servers refuse. The server has to have MULTISEARCH (RFC 7377).
    pub fn search_in(
        &mut self,
        folders: Vec<FolderName>,
        terms: Vec<Term>,
        charset: bool,
    ) -> Handle<Vec<FoundIn>> {
        self.add(Command::SearchIn {
            folders,
            terms,
            charset,
        })
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

    /// Asks for what an index is made of.
    pub fn fetch_index(&mut self, uids: UidSet) -> Handle<Messages> {
        self.add(Command::FetchIndex(uids))
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

    /// Asks for what messages can be put in order by: when they came, their flags, and their sizes, for which a server may
    /// have to read them.
    pub fn fetch_dates(&mut self, uids: UidSet, sizes: bool) -> Handle<Messages> {
        self.add(Command::FetchDates { uids, sizes })
    }

    /// Asks for sections of one message, and leaves \Seen alone.
    pub fn fetch_sections(&mut self, uid: Uid, sections: Vec<Section>) -> Handle<Messages> {
        self.add(Command::FetchSections { uid, sections })
    }

    /// Asks for nothing: lets the server say what is new in the open folder.
    pub fn noop(&mut self) -> Handle<Messages> {
        self.add(Command::Noop)
    }

    fn change<A>(&mut self, change: Change) -> Handle<A> {
        self.add(Command::Change(change))
    }

    /// Why these commands may not go out together, where they may not.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let any = |what: &dyn Fn(&Command) -> bool| self.commands.iter().any(what);
        let any_change = |what: &dyn Fn(&Change) -> bool| {
            any(&|command| matches!(command, Command::Change(change) if what(change)))
        };
        let opens = any(&|command| matches!(command, Command::Open { .. }));
        if opens && any_change(&Change::is_about_messages) {
            return Some("a change in the flight that opens its folder");
        }
        if any_change(&Change::keeps) && any_change(&Change::removes) {
            return Some("a removal in the flight of the copy that it may depend on");
        }
        None
    }

    /// True where the content of a file goes out.
    pub(super) fn has_file(&self) -> bool {
        let is_file = |command: &Command| match command {
            Command::Change(Change::Append(append)) => {
                matches!(append.content, Content::File { .. })
            }
            _ => false,
        };
        self.commands.iter().any(is_file)
    }

    fn add<A>(&mut self, command: Command) -> Handle<A> {
        let at = self.commands.len();
        self.commands.push(command);
        Handle::to(at)
    }
}
