//! What can be changed in a folder, as its server says where it is opened for change (SELECT).
//!
//! Not for what a user is allowed to do with the folder itself (ACL). To know before changing it: EXAMINE says of every folder
//! that nothing can be changed in it, so only what answered a SELECT tells anything.

use serde::{Deserialize, Serialize};

use super::{Flags, MessageAct, labels_of};

/// What can be changed in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Permits {
    /// Nobody knows: it has not been opened for change yet.
    #[default]
    Unknown,
    /// Nothing (RFC 9051 7.1, READ-ONLY).
    Nothing,
    /// Its messages, and of what is set on them this.
    Change {
        /// These flags stay set (PERMANENTFLAGS).
        flags: Flags,
        /// So does any keyword that one thinks of (`\*`).
        any_keyword: bool,
    },
}

impl Permits {
    /// True where that may be done with its messages.
    pub fn act(&self, act: MessageAct) -> bool {
        match (self, act.flags()) {
            // Nothing is changed by it, or what the server does not keep is kept here.
            _ if Permits::needs_none(act) => true,
            (Permits::Nothing, _) => false,
            (_, Some((flags, _))) => self.keeps(&flags),
            (Permits::Change { flags, any_keyword }, None)
                if matches!(act, MessageAct::Label | MessageAct::Unlabel) =>
            {
                *any_keyword || !labels_of(flags).is_empty()
            }
            (_, None) => true,
        }
    }

    /// True for what can be done wherever messages can be read.
    fn needs_none(act: MessageAct) -> bool {
        matches!(
            act,
            MessageAct::SaveZip
                | MessageAct::SaveMbox
                | MessageAct::Mute
                | MessageAct::Unmute
                | MessageAct::Forward
        )
    }

    /// True where a keyword may be used that nobody has used in the folder before.
    pub fn keeps_any_keyword(&self) -> bool {
        match self {
            Permits::Unknown => true,
            Permits::Nothing => false,
            Permits::Change { any_keyword, .. } => *any_keyword,
        }
    }

    /// True where these flags and keywords may be set and taken off.
    pub fn keeps(&self, flags: &Flags) -> bool {
        match self {
            Permits::Unknown => true,
            Permits::Nothing => false,
            Permits::Change {
                flags: kept,
                any_keyword,
            } => {
                let is_kept = |word: &str| match word.starts_with('\\') {
                    true => kept.written().contains(&word),
                    false => *any_keyword || kept.has_keyword(word),
                };
                flags.written().into_iter().all(is_kept)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_that_is_not_kept_is_not_offered() {
        let read = |words: &[&str]| Flags::read(words.iter().map(|word| word.as_bytes()));
        let change = |words: &[&str], any_keyword| Permits::Change {
            flags: read(words),
            any_keyword,
        };
        let some = change(&["\\Seen", "$label1"], false);
        assert!(some.act(MessageAct::Read) && some.act(MessageAct::Move));
        assert!(!some.act(MessageAct::Star) && !some.act(MessageAct::Restore));
        assert!(some.keeps(&read(&["$Label1"])) && !some.keeps(&read(&["$label1", "x"])));
        assert!(change(&[], true).keeps(&read(&["x"])) && !change(&[], true).keeps(&Flags::SEEN));
        for act in MessageAct::all() {
            assert!(Permits::Unknown.act(act));
            assert_eq!(Permits::Nothing.act(act), Permits::needs_none(act));
        }
    }
}
