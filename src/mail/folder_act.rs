//! What people do with folders: make, rename, move, delete, subscribe to.
//!
//! Not for what is done with the messages in them (`MessageAct`), nor for how it is done at the server (`mailbox::change`).
//! To know before changing it: a change says what a person typed, never a name for the wire; that is made where the
//! server's delimiter is known.

use serde::{Deserialize, Serialize};

use super::{FolderName, Role};

/// What is to be done with a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FolderAct {
    /// To make it.
    Create,
    /// To give it another last name.
    Rename,
    /// To put it below another one.
    Move,
    /// To remove it, with all that is in it and below it.
    Delete,
    /// To put it on the list of those that other mail programs show.
    Subscribe,
    /// To take it from that list.
    Unsubscribe,
}

impl FolderAct {
    /// Every act, with the name that forms have for it.
    const NAMES: [(FolderAct, &'static str); 6] = [
        (FolderAct::Create, "create"),
        (FolderAct::Rename, "rename"),
        (FolderAct::Move, "move"),
        (FolderAct::Delete, "delete"),
        (FolderAct::Subscribe, "subscribe"),
        (FolderAct::Unsubscribe, "unsubscribe"),
    ];

    /// Every act.
    #[cfg(test)]
    pub fn all() -> impl Iterator<Item = FolderAct> {
        FolderAct::NAMES.into_iter().map(|(act, _)| act)
    }

    /// Its name in forms.
    pub fn name(self) -> &'static str {
        let mut names = FolderAct::NAMES.into_iter();
        names
            .find(|(act, _)| *act == self)
            .map_or("", |(_, name)| name)
    }

    /// The act of this name.
    pub fn named(name: &str) -> Option<FolderAct> {
        let mut names = FolderAct::NAMES.into_iter();
        names.find(|(_, known)| *known == name).map(|(act, _)| act)
    }
}

/// What a user can set a folder to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FolderSetting {
    /// One of those that stand first.
    Favourite,
    /// Shown with a line for each conversation.
    Grouped,
    /// For something, where the server does not say which folder is.
    Role(Role),
}

impl FolderSetting {
    /// Every one, with the name that forms and files have for it; INBOX is what it is.
    const NAMES: [(FolderSetting, &'static str); 7] = [
        (FolderSetting::Favourite, "favourite"),
        (FolderSetting::Grouped, "grouped"),
        (FolderSetting::Role(Role::Archive), "archive"),
        (FolderSetting::Role(Role::Drafts), "drafts"),
        (FolderSetting::Role(Role::Sent), "sent"),
        (FolderSetting::Role(Role::Junk), "junk"),
        (FolderSetting::Role(Role::Trash), "trash"),
    ];

    /// Every role that can be set.
    pub fn roles() -> impl Iterator<Item = Role> {
        let all = FolderSetting::NAMES.into_iter();
        all.filter_map(|(setting, _)| match setting {
            FolderSetting::Role(role) => Some(role),
            FolderSetting::Favourite | FolderSetting::Grouped => None,
        })
    }

    /// Its name in forms and files.
    pub fn name(self) -> &'static str {
        let mut names = FolderSetting::NAMES.into_iter();
        let found = names.find(|(setting, _)| *setting == self);
        found.map_or("", |(_, name)| name)
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<FolderSetting> {
        let mut names = FolderSetting::NAMES.into_iter();
        let found = names.find(|(_, known)| *known == name);
        found.map(|(setting, _)| setting)
    }
}

/// How much is in a folder and below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderSize {
    /// Folders below it.
    pub folders: u32,
    /// Messages in it and in these.
    pub messages: u32,
}

/// A folder is to be made, or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderChange {
    /// Made below another one, or at the top, with a name as it was typed.
    Create {
        /// Below which.
        under: Option<FolderName>,
        /// Its last name.
        name: String,
    },
    /// Given another last name, as it was typed.
    Rename {
        /// Which.
        folder: FolderName,
        /// Its last name from now on.
        name: String,
    },
    /// Put below another one, or at the top.
    Move {
        /// Which.
        folder: FolderName,
        /// Below which.
        under: Option<FolderName>,
    },
    /// Removed, with all that is in it and below it.
    Delete {
        /// Which.
        folder: FolderName,
        /// How much that was when it was asked about; None where it has to be asked.
        told: Option<FolderSize>,
    },
    /// Put on the list of those that other mail programs show, or taken from it.
    Subscribe {
        /// Which.
        folder: FolderName,
        /// Put on it.
        on: bool,
    },
}

impl FolderChange {
    /// The folder that it is about: the parent of one that is to be made.
    pub fn folder(&self) -> Option<&FolderName> {
        match self {
            FolderChange::Create { under, .. } => under.as_ref(),
            FolderChange::Rename { folder, .. }
            | FolderChange::Move { folder, .. }
            | FolderChange::Delete { folder, .. }
            | FolderChange::Subscribe { folder, .. } => Some(folder),
        }
    }

    /// What is done.
    pub fn act(&self) -> FolderAct {
        match self {
            FolderChange::Create { .. } => FolderAct::Create,
            FolderChange::Rename { .. } => FolderAct::Rename,
            FolderChange::Move { .. } => FolderAct::Move,
            FolderChange::Delete { .. } => FolderAct::Delete,
            FolderChange::Subscribe { on: true, .. } => FolderAct::Subscribe,
            FolderChange::Subscribe { on: false, .. } => FolderAct::Unsubscribe,
        }
    }

    /// What was typed as a name.
    pub fn typed(&self) -> Option<&str> {
        match self {
            FolderChange::Create { name, .. } | FolderChange::Rename { name, .. } => Some(name),
            FolderChange::Move { .. }
            | FolderChange::Delete { .. }
            | FolderChange::Subscribe { .. } => None,
        }
    }
}

/// Why a folder is left as it is: nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderFault {
    /// No name was typed, or only blanks.
    NoName,
    /// The name has control characters.
    Control,
    /// The name is too long.
    TooLong,
    /// The name has the character that separates the levels of names.
    Delimiter(char),
    /// There is a folder of this name, perhaps in capital letters.
    Taken(String),
    /// It is to be put below itself.
    BelowItself,
    /// The parent can have no subfolders.
    NoSubfolders,
    /// It is for something, or holds a folder that is.
    HasRole,
    /// The server has more folders than are known, perhaps below it.
    TooMany,
    /// The mail server refused, in these words; empty where it gave no reason.
    SaidNo(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_a_name_of_its_own() {
        for (act, name) in FolderAct::NAMES {
            assert_eq!((act.name(), FolderAct::named(name)), (name, Some(act)));
        }
        assert_eq!(FolderAct::named(""), None);
    }
}
