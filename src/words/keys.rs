//! What the page of keys says, and what each key is called there. Which keys there are stands in `mail`.

use super::Words;
use crate::mail::Shortcut;

impl Words {
    /// Title of the page, and the link to it.
    pub fn shortcuts(&self) -> &'static str {
        "Keyboard shortcuts"
    }

    /// What they need, and what it means that they are on or off.
    pub fn about_shortcuts(&self, on: bool) -> &'static str {
        match on {
            true => {
                "These keys work with JavaScript, while you are not typing; arrow keys work in lists. Space, Page Down, the arrow keys, Home and End scroll what you read. If keys do nothing after a click in a message with its own layout, click beside it. If you use speech input or press keys by accident, turn them off."
            }
            false => "Keyboard shortcuts are off, except the arrow keys, which work in lists.",
        }
    }

    /// Turns them on or off.
    pub fn turn_shortcuts(&self, on: bool) -> &'static str {
        match on {
            true => "Turn on keyboard shortcuts",
            false => "Turn off keyboard shortcuts",
        }
    }

    /// They were turned on or off.
    pub(super) fn shortcuts_turned(&self, on: bool) -> &'static str {
        match on {
            true => "Keyboard shortcuts are on.",
            false => "Keyboard shortcuts are off.",
        }
    }

    /// What a key does.
    pub fn shortcut(&self, shortcut: Shortcut) -> &'static str {
        match shortcut {
            Shortcut::Next => "Next message",
            Shortcut::Previous => "Previous message",
            Shortcut::Open => "Open the message",
            Shortcut::Select => "Select the message",
            Shortcut::Back => "Back to the list",
            Shortcut::Archive => "Archive",
            Shortcut::Delete => "Delete",
            Shortcut::Spam => "Report spam, or mark as not spam",
            Shortcut::Move => "Move to a folder",
            Shortcut::Label => "Label",
            Shortcut::Star => "Star, or remove the star",
            Shortcut::MarkRead => "Mark as read",
            Shortcut::MarkUnread => "Mark as unread",
            Shortcut::Mute => "Mute a conversation, or unmute it",
            Shortcut::Undo => "Undo",
            Shortcut::Compose => "Write a message",
            Shortcut::Reply => "Reply",
            Shortcut::ReplyAll => "Reply to all",
            Shortcut::ReplyList => "Reply to the mailing list",
            Shortcut::Forward => "Forward",
            Shortcut::PictureBefore => "Previous picture of a message",
            Shortcut::PictureAfter => "Next picture of a message",
            Shortcut::Search => "Search",
            Shortcut::Inbox => "Go to the inbox",
            Shortcut::Help => "Show keyboard shortcuts",
        }
    }

    /// Between keys that are pressed one after the other.
    pub fn then(&self) -> &'static str {
        "then"
    }

    /// Between keys that do the same.
    pub fn or(&self) -> &'static str {
        "or"
    }

    /// The key that makes capitals.
    pub fn shift_key(&self) -> &'static str {
        "Shift"
    }

    /// A key, as it is written on a keyboard; `name` is what DOM events call it.
    pub fn key<'n>(&self, name: &'n str) -> &'n str {
        match name {
            "ArrowDown" => "\u{2193}",
            "ArrowLeft" => "\u{2190}",
            "ArrowRight" => "\u{2192}",
            "ArrowUp" => "\u{2191}",
            name => name,
        }
    }
}
