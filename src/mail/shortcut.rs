//! Keys that do something when they are pressed alone: one table, which pages, script and the page of keys go by.
//!
//! Not for what a key presses (`views` say it beside each link, button and field) nor for what it is called (`words`). To
//! know before changing it: script knows no key of its own; it looks for who names the one that was pressed. Nothing but
//! arrows works where a user has turned keys off: those that speak to their computer would press many at once (WCAG 2.1.4).

use super::{Answer, MessageAct};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    /// Leads to the message below.
    Next,
    /// To the one above.
    Previous,
    /// Opens the row that has the focus.
    Open,
    /// Ticks it, or no longer.
    Select,
    /// Leads back to the list.
    Back,
    /// To the inbox: two keys, one after the other.
    Inbox,
    Archive,
    Delete,
    Spam,
    Move,
    Label,
    Star,
    MarkRead,
    MarkUnread,
    Mute,
    Undo,
    /// Leads to the page on which a message is written.
    Compose,
    /// To the same, for an answer to the sender.
    Reply,
    /// For one to everybody.
    ReplyAll,
    /// For one to the mailing list.
    ReplyList,
    /// For handing a message on.
    Forward,
    /// Leads to the picture before, of those of a message.
    PictureBefore,
    /// To the one after.
    PictureAfter,
    /// Leads into the field where words are looked for.
    Search,
    /// Shows the page of keys.
    Help,
}

impl Shortcut {
    /// Every one, in the order in which they are listed, with its keys as DOM events name them: as people know them from
    /// other webmail programs.
    const KEYS: [(Shortcut, &'static [&'static str]); 25] = [
        (Shortcut::Next, &["j", "n", "ArrowDown"]),
        (Shortcut::Previous, &["k", "p", "ArrowUp"]),
        (Shortcut::Open, &["o"]),
        (Shortcut::Select, &["x"]),
        (Shortcut::Back, &["u"]),
        (Shortcut::Inbox, &["g i"]),
        (Shortcut::Archive, &["e", "y"]),
        (Shortcut::Delete, &["#"]),
        (Shortcut::Spam, &["!"]),
        (Shortcut::Move, &["v"]),
        (Shortcut::Label, &["l"]),
        (Shortcut::Star, &["s"]),
        (Shortcut::MarkRead, &["I"]),
        (Shortcut::MarkUnread, &["U"]),
        (Shortcut::Mute, &["m"]),
        (Shortcut::Undo, &["z"]),
        (Shortcut::Compose, &["c"]),
        (Shortcut::Reply, &["r"]),
        (Shortcut::ReplyAll, &["a"]),
        (Shortcut::ReplyList, &["L"]),
        (Shortcut::Forward, &["f"]),
        (Shortcut::PictureBefore, &["ArrowLeft"]),
        (Shortcut::PictureAfter, &["ArrowRight"]),
        (Shortcut::Search, &["/"]),
        (Shortcut::Help, &["?"]),
    ];

    /// Every one, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Shortcut> {
        Shortcut::KEYS.into_iter().map(|(shortcut, _)| shortcut)
    }

    /// Its keys.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        let mut known = Shortcut::KEYS.into_iter();
        let keys = known.find(|(shortcut, _)| *shortcut == self);
        keys.into_iter().flat_map(|(_, keys)| keys).copied()
    }

    /// True for a key that writes a character where one is typing; not for an arrow.
    pub fn writes(key: &str) -> bool {
        key.split(' ').all(|one| one.chars().nth(1).is_none())
    }

    /// What leads to the page of an answer.
    pub fn to_answer(how: Answer) -> Option<Shortcut> {
        match how {
            Answer::Reply => Some(Shortcut::Reply),
            Answer::ReplyAll => Some(Shortcut::ReplyAll),
            Answer::ReplyList => Some(Shortcut::ReplyList),
            Answer::Forward => Some(Shortcut::Forward),
            Answer::ForwardWhole | Answer::Redirect | Answer::EditAsNew => None,
        }
    }

    /// What presses the button of an act.
    pub fn of(act: MessageAct) -> Option<Shortcut> {
        match act {
            MessageAct::Archive => Some(Shortcut::Archive),
            MessageAct::Delete | MessageAct::Remove => Some(Shortcut::Delete),
            MessageAct::Spam | MessageAct::NotSpam => Some(Shortcut::Spam),
            MessageAct::Move => Some(Shortcut::Move),
            MessageAct::Star | MessageAct::Unstar => Some(Shortcut::Star),
            MessageAct::Read => Some(Shortcut::MarkRead),
            MessageAct::Unread => Some(Shortcut::MarkUnread),
            MessageAct::Label => Some(Shortcut::Label),
            MessageAct::Mute | MessageAct::Unmute => Some(Shortcut::Mute),
            MessageAct::Copy
            | MessageAct::Restore
            | MessageAct::Unlabel
            | MessageAct::SaveZip
            | MessageAct::SaveMbox
            | MessageAct::Receipt
            | MessageAct::Forward => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things() {
        let mut keys: Vec<&str> = Shortcut::all().flat_map(|one| one.keys()).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count, "{keys:?}");
    }
}
