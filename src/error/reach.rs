//! How far a request got with what it was to change.
//!
//! Not for what went wrong (`error`). To know before changing it: an act is noted *before* each of its steps, so that no
//! `?`, no panic and no forgotten branch can turn "perhaps done" into "nothing changed".

use std::cell::RefCell;

use serde::{Deserialize, Serialize};

use super::Error;
use crate::mail::{FolderAct, FolderSetting, MessageAct, Preference, TakenIn, Tally};

/// What a request was to change, with what its page has to name. The sentences are `words::failures`'; a notice keeps one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// To begin a session.
    SignIn,
    /// To end the session.
    SignOut,
    /// To end another session of the same user.
    EndSession,
    /// To end all sessions of the user.
    EndAllSessions,
    /// To always show the images of a sender from now on, or no longer.
    ImagesOf {
        /// The sender's address.
        sender: String,
        /// From now on, or no longer.
        always: bool,
    },
    /// To do something with messages.
    Messages {
        /// What.
        act: MessageAct,
        /// The name for people of the folder that they go to; empty where they go nowhere.
        into: String,
        /// With how many.
        tally: Tally,
    },
    /// The same, cut short by a kill or a lost connection: what was found out afterwards.
    CutShort {
        /// What was to be done.
        act: MessageAct,
        /// The name for people of the folder that they were to go to.
        into: String,
        /// With how many it was done.
        tally: Tally,
        /// How many are in both folders: copied, and not yet taken out.
        both: u32,
    },
    /// To do something with a folder.
    Folder {
        /// What.
        act: FolderAct,
        /// Its name for people, as it was.
        name: String,
        /// Its new name, or the name of the folder that it goes below; empty for the top, and where it has no other.
        into: String,
        /// With how many folders it was done. Left are those that could not be deleted, or that have lost their
        /// subscription.
        tally: Tally,
    },
    /// To name a label, or to give it another name or colour.
    Label {
        /// Its name.
        name: String,
        /// What was done with it.
        edit: LabelEdit,
    },
    /// To set a folder to be something, or no longer.
    SetFolder {
        /// What.
        setting: FolderSetting,
        /// Its name for people.
        name: String,
        /// From now on, or no longer.
        on: bool,
    },
    /// To keep a search, or to forget it.
    KeepSearch {
        /// Its name for people.
        name: String,
        /// From now on, or no longer.
        on: bool,
    },
    /// To change a folder, cut short by a kill or a lost connection: what was found out afterwards.
    FolderCutShort {
        /// What was to be done.
        act: FolderAct,
        /// Its name for people, as it was, or was to be.
        name: String,
        /// Its new name, or the name of the folder that it was to go below; may be empty.
        into: String,
        /// True where it was done.
        done: bool,
        /// True where others were to go with it, and may have.
        had_others: bool,
    },
    /// To send a message.
    Send {
        /// To how many people.
        to: u32,
        /// False where its copy is not in Sent.
        is_filed: bool,
        /// Whether what it answers is in the archive now; None where it was not to go there.
        archived: Option<bool>,
        /// When the other side will send it on, for people; None where it goes at once.
        held: Option<String>,
    },
    /// To keep a message that is being written.
    KeepDraft,
    /// To throw a message away that was being written.
    DiscardDraft,
    /// To take messages in from files.
    Import {
        /// The folder's name for people.
        into: String,
        /// What has become of them.
        came: TakenIn,
    },
    /// To do something in another way on all pages.
    Prefer(Preference),
    /// To set what stands on the page of settings.
    Set,
    /// To forget somebody whom messages were sent to, or everybody.
    ForgetPeople {
        /// The address; empty for everybody.
        address: String,
    },
    /// To know somebody again who was forgotten.
    RememberPerson {
        /// The address.
        address: String,
    },
    /// To do something with an identity.
    Identity {
        /// Its address.
        address: String,
        /// What.
        edit: IdentityEdit,
    },
    /// To do something with a message that others begin with.
    Template {
        /// Its name.
        name: String,
        /// What.
        edit: TemplateEdit,
    },
    /// To take a message back that was to be sent later.
    TakeBack {
        /// True where it was being sent, or sent, by then.
        is_late: bool,
    },
}

/// What becomes of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TemplateEdit {
    /// It is there.
    Saved,
    /// It has another name.
    Renamed,
    /// It is gone.
    Removed,
    /// It is there without some files of other messages, which could not be had.
    SavedInPart,
}

/// What becomes of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdentityEdit {
    /// It is new.
    Added,
    /// It was changed.
    Changed,
    /// It is the usual one.
    Usual,
    /// It is gone.
    Removed,
}

#[cfg(test)]
impl TemplateEdit {
    /// All of them.
    pub const ALL: [TemplateEdit; 4] = [
        TemplateEdit::Saved,
        TemplateEdit::Renamed,
        TemplateEdit::Removed,
        TemplateEdit::SavedInPart,
    ];
}

#[cfg(test)]
impl IdentityEdit {
    /// All of them.
    pub const ALL: [IdentityEdit; 4] = [
        IdentityEdit::Added,
        IdentityEdit::Changed,
        IdentityEdit::Usual,
        IdentityEdit::Removed,
    ];
}

/// What becomes of a label's name and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LabelEdit {
    /// It has got them.
    Made,
    /// It has got others.
    Changed,
    /// They are forgotten.
    Removed,
}

impl Act {
    /// False where not all of it was done, or nobody can be sure without being told.
    pub fn is_whole(&self) -> bool {
        match self {
            Act::Messages { tally, .. } => tally.left == 0 && tally.done > 0,
            Act::CutShort { .. } | Act::FolderCutShort { .. } => false,
            Act::Folder { tally, .. } => tally.left == 0,
            Act::Send { is_filed, .. } => *is_filed,
            Act::Template { edit, .. } => *edit != TemplateEdit::SavedInPart,
            Act::Import { came, .. } => came.stop.is_none() && came.unfit == 0,
            Act::SignIn
            | Act::SignOut
            | Act::EndSession
            | Act::EndAllSessions
            | Act::ImagesOf { .. }
            | Act::Label { .. }
            | Act::SetFolder { .. }
            | Act::KeepSearch { .. }
            | Act::Prefer(_)
            | Act::Set
            | Act::ForgetPeople { .. }
            | Act::RememberPerson { .. }
            | Act::Identity { .. }
            | Act::KeepDraft
            | Act::DiscardDraft => true,
            Act::TakeBack { is_late } => !is_late,
        }
    }
}

/// How far a request got with what it was to change. What a page says of that follows from here, never from the error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It was to change nothing: a page was asked for.
    Reading,
    /// It was to change something, and is known to have changed nothing.
    Nothing,
    /// The change was on its way when its answer was lost: it may have been made.
    Perhaps(Act),
    /// The change was made; something failed afterwards.
    Done(Act),
}

impl Reach {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Reach::Reading => "reading",
            Reach::Nothing => "nothing",
            Reach::Perhaps(_) => "perhaps",
            Reach::Done(_) => "done",
        }
    }
}

/// Where a request stands with what it changes: one for each request, written by whoever changes something, read when the
/// request fails. A request that only reads need not know of it.
#[derive(Debug)]
pub struct Progress(RefCell<Reach>);

impl Progress {
    /// Of a request that is to change something (`is_act`, a POST), or of one that reads.
    pub fn new(is_act: bool) -> Progress {
        let reach = match is_act {
            true => Reach::Nothing,
            false => Reach::Reading,
        };
        Progress(RefCell::new(reach))
    }

    /// The first byte of a change is about to leave, or its file about to get its name: until `did` is called,
    /// nobody can say whether it was made.
    pub fn tries(&self, act: Act) {
        self.0.replace(Reach::Perhaps(act));
    }

    /// The change was made: the answer that says so has been read.
    pub fn did(&self, act: Act) {
        self.0.replace(Reach::Done(act));
    }

    /// The server has said, or a look has shown, that nothing was changed after all.
    pub fn did_nothing(&self) {
        self.0.replace(Reach::Nothing);
    }

    /// How far it has got by now.
    pub fn reach(&self) -> Reach {
        self.0.borrow().clone()
    }

    /// An error that ends the request here.
    pub fn failed_by(&self, error: Error) -> Failure {
        Failure {
            error,
            reach: self.reach(),
        }
    }
}

/// How a request failed: what went wrong, and what had been done by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub error: Error,
    /// What had been done.
    pub reach: Reach,
}

impl Failure {
    /// The failure as the log tells it: kind, route, user, how far it got, cause.
    pub fn log_line(&self, route: &str, user: &str) -> String {
        let (kind, cause) = self.error.log_kind();
        format!("{kind} {route} {user} {} {cause}", self.reach.name())
    }
}
