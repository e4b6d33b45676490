//! What a user may do in a folder that is not only theirs (ACL, RFC 4314 2.1).
//!
//! Not for what a folder's opening tells (`Permits`): that is about messages, and known only then. To know before changing
//! it: where nobody has told, everything is offered; the server has the last word.

use serde::{Deserialize, Serialize};

use super::MessageAct;

/// The letters of MYRIGHTS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights(String);

impl Rights {
    /// Longest that is kept; there are 26 letters and ten digits.
    const LONGEST: usize = 36;

    /// The rights of these letters.
    pub fn new(letters: &str) -> Rights {
        let letters = letters.chars().filter(char::is_ascii_alphanumeric);
        Rights(letters.take(Rights::LONGEST).collect())
    }

    /// True for any of these letters. Before RFC 4314 `c` and `d` stood for several (2.1.1).
    fn any(&self, letters: &str) -> bool {
        letters.chars().any(|letter| self.0.contains(letter))
    }

    /// Folders may be made below it.
    pub fn bears(&self) -> bool {
        self.any("kc")
    }

    /// It may be renamed and deleted.
    pub fn goes(&self) -> bool {
        self.any("xcd")
    }

    /// Messages may be put into it.
    pub fn takes(&self) -> bool {
        self.any("i")
    }

    /// That may be done with its messages.
    pub fn act(&self, act: MessageAct) -> bool {
        match act {
            MessageAct::Read | MessageAct::Unread => self.any("s"),
            MessageAct::Star
            | MessageAct::Unstar
            | MessageAct::Label
            | MessageAct::Unlabel
            | MessageAct::Receipt => self.any("w"),
            MessageAct::Restore => self.any("td"),
            // What the server does not keep is kept here.
            MessageAct::Mute | MessageAct::Unmute => true,
            MessageAct::Copy | MessageAct::SaveZip | MessageAct::SaveMbox | MessageAct::Forward => {
                true
            }
            MessageAct::Archive
            | MessageAct::Delete
            | MessageAct::Spam
            | MessageAct::NotSpam
            | MessageAct::Move
            | MessageAct::Remove => self.any("td") && self.any("ed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_allow_what_they_stand_for() {
        let reader = Rights::new("lrs");
        assert!(reader.act(MessageAct::Read) && reader.act(MessageAct::Copy));
        assert!(!reader.act(MessageAct::Star) && !reader.act(MessageAct::Move));
        assert!(!reader.bears() && !reader.goes() && !reader.takes());
        let all = Rights::new("lrswipkxtea");
        assert!(all.act(MessageAct::Remove) && all.bears() && all.goes() && all.takes());
        let old = Rights::new("lrswipcda");
        assert!(old.act(MessageAct::Remove) && old.bears() && old.goes());
        assert_eq!(Rights::new("l r\r\n\"s"), Rights::new("lrs"));
    }
}
