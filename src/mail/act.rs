//! What people do with messages: read, star, archive, delete.
//!
//! One table of what there is to do; whoever adds a line is led by the compiler to its words (`words::acts`) and to what it
//! means (`actions::messages`). Not for how it is done at the server (`mailbox::change`). To know before changing it: an
//! act names the state that is wanted, never "the other one", so that done twice it is done once.

use serde::{Deserialize, Serialize};

use super::{Flags, MUTED, RECEIPT_ANSWERED};

/// What is to be done with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageAct {
    /// To mark them as read.
    Read,
    /// To mark them as unread.
    Unread,
    /// To star them.
    Star,
    /// To take their star.
    Unstar,
    /// To put them into the archive.
    Archive,
    /// To put them into Trash.
    Delete,
    /// To put them where unwanted mail is.
    Spam,
    /// To take them back from there.
    NotSpam,
    /// To put them into a folder that is named.
    Move,
    /// To put a copy of them into a folder that is named.
    Copy,
    /// To remove them for good.
    Remove,
    /// To take off the mark that lets the next EXPUNGE of any client remove them.
    Restore,
    /// To put a label on them, which is named.
    Label,
    /// To take it off.
    Unlabel,
    /// To save them as files, in a zip: nothing is changed.
    SaveZip,
    /// To save them in an mbox: nothing is changed.
    SaveMbox,
    /// To have what comes of their conversation stand out no longer.
    Mute,
    /// To have it stand out again.
    Unmute,
    /// To note that their reader has decided about a receipt.
    Receipt,
    /// To write a message that they go with, as files: nothing is changed.
    Forward,
}

impl MessageAct {
    /// Every act, with the name that forms have for it.
    const NAMES: [(MessageAct, &'static str); 20] = [
        (MessageAct::Read, "read"),
        (MessageAct::Unread, "unread"),
        (MessageAct::Star, "star"),
        (MessageAct::Unstar, "unstar"),
        (MessageAct::Archive, "archive"),
        (MessageAct::Delete, "delete"),
        (MessageAct::Spam, "spam"),
        (MessageAct::NotSpam, "not-spam"),
        (MessageAct::Move, "move"),
        (MessageAct::Copy, "copy"),
        (MessageAct::Remove, "remove"),
        (MessageAct::Restore, "restore"),
        (MessageAct::Label, "label"),
        (MessageAct::Unlabel, "unlabel"),
        (MessageAct::SaveZip, "save-zip"),
        (MessageAct::SaveMbox, "save-mbox"),
        (MessageAct::Mute, "mute"),
        (MessageAct::Unmute, "unmute"),
        (MessageAct::Forward, "forward"),
        (MessageAct::Receipt, "receipt"),
    ];

    /// Every act.
    #[cfg(test)]
    pub fn all() -> impl Iterator<Item = MessageAct> {
        MessageAct::NAMES.into_iter().map(|(act, _)| act)
    }

    /// Its name in forms.
    pub fn name(self) -> &'static str {
        let mut names = MessageAct::NAMES.into_iter();
        names
            .find(|(act, _)| *act == self)
            .map_or("", |(_, name)| name)
    }

    /// The act of this name.
    pub fn named(name: &str) -> Option<MessageAct> {
        let mut names = MessageAct::NAMES.into_iter();
        names.find(|(_, known)| *known == name).map(|(act, _)| act)
    }

    /// Which flags it sets (true) or takes off; None where it is about something else.
    pub fn flags(self) -> Option<(Flags, bool)> {
        match self {
            MessageAct::Read => Some((Flags::SEEN, true)),
            MessageAct::Unread => Some((Flags::SEEN, false)),
            MessageAct::Star => Some((Flags::FLAGGED, true)),
            MessageAct::Unstar => Some((Flags::FLAGGED, false)),
            MessageAct::Restore => Some((Flags::DELETED, false)),
            MessageAct::Mute => Some((Flags::keyword(MUTED)?, true)),
            MessageAct::Unmute => Some((Flags::keyword(MUTED)?, false)),
            MessageAct::Receipt => Some((Flags::keyword(RECEIPT_ANSWERED)?, true)),
            MessageAct::Archive
            | MessageAct::Delete
            | MessageAct::Spam
            | MessageAct::NotSpam
            | MessageAct::Move
            | MessageAct::Copy
            | MessageAct::Remove
            | MessageAct::Label
            | MessageAct::Unlabel
            | MessageAct::SaveZip
            | MessageAct::SaveMbox
            | MessageAct::Forward => None,
        }
    }

    /// The act that takes its flags back; None where it is about something else, or nobody offers it.
    pub fn opposite(self) -> Option<MessageAct> {
        match self {
            MessageAct::Label => return Some(MessageAct::Unlabel),
            MessageAct::Unlabel => return Some(MessageAct::Label),
            _ => {}
        }
        let (flags, set) = self.flags()?;
        let back = Some((flags, !set));
        let mut names = MessageAct::NAMES.into_iter();
        names
            .find(|(act, _)| act.flags() == back)
            .map(|(act, _)| act)
    }

    /// True for what takes messages out of their folder.
    pub fn takes_away(self) -> bool {
        match self {
            MessageAct::Archive
            | MessageAct::Delete
            | MessageAct::Spam
            | MessageAct::NotSpam
            | MessageAct::Move
            | MessageAct::Remove => true,
            MessageAct::Read
            | MessageAct::Unread
            | MessageAct::Star
            | MessageAct::Unstar
            | MessageAct::Copy
            | MessageAct::Restore
            | MessageAct::Label
            | MessageAct::Unlabel
            | MessageAct::SaveZip
            | MessageAct::SaveMbox
            | MessageAct::Mute
            | MessageAct::Unmute
            | MessageAct::Receipt
            | MessageAct::Forward => false,
        }
    }
}

/// How many messages an act was about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many are now as they were meant to be.
    pub done: u32,
    /// How many were no longer in their folder.
    pub missing: u32,
    /// How many are still there as they were: the server did not do all of it.
    pub left: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_a_name_of_its_own() {
        for (act, name) in MessageAct::NAMES {
            assert_eq!(act.name(), name);
            assert_eq!(MessageAct::named(name), Some(act));
        }
        assert_eq!(MessageAct::named(""), None);
        assert_eq!(MessageAct::Unread.opposite(), Some(MessageAct::Read));
        assert_eq!(MessageAct::Mute.opposite(), Some(MessageAct::Unmute));
        assert_eq!(MessageAct::Restore.opposite(), None);
        assert_eq!(MessageAct::Move.opposite(), None);
    }
}
