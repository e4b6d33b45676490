//! A conversation as a list keeps it: the messages of one folder that belong together.
//!
//! Not for finding out which do (`mailbox::index`), nor for those of other folders. To know before changing it: the newest
//! message stands for the conversation in its list, so it is not among the others.

use serde::{Deserialize, Serialize};

use super::{Flags, MUTED, Uid};

/// The others of a conversation that a line of a list looks at, the newest ones: who wrote them, what is set on them.
const NEAR: usize = 4;
/// Most others that are kept.
const MOST_OTHERS: usize = 50_000;

/// What a line of a list stands for beside its message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// All messages of the conversation in this folder.
    pub count: u32,
    /// All but the newest, the oldest first.
    pub others: Vec<Uid>,
    /// Those of the others that no line looks at, and that were unread when the list was made.
    pub unread: Vec<Uid>,
    /// The same of starred ones.
    pub starred: Vec<Uid>,
    /// The same of muted ones.
    pub muted: Vec<Uid>,
}

impl Conversation {
    /// A conversation of these messages, the oldest first, and its newest one; None of none.
    pub fn of(mut members: Vec<Uid>) -> Option<(Uid, Conversation)> {
        let newest = members.pop()?;
        let count = u32::try_from(members.len()).unwrap_or(u32::MAX);
        let surplus = members.len().saturating_sub(MOST_OTHERS);
        members.drain(..surplus);
        let group = Conversation {
            count: count.saturating_add(1),
            others: members,
            ..Conversation::default()
        };
        Some((newest, group))
    }

    /// How many messages there are in all of these, and at how many of them no line looks.
    pub fn counted<'c>(all: impl IntoIterator<Item = &'c Conversation>) -> (u32, u32) {
        let behind = |one: &Conversation| u32::try_from(one.behind().len()).unwrap_or(u32::MAX);
        let add = |(count, sum): (u32, u32), one: &Conversation| {
            (
                count.saturating_add(one.count),
                sum.saturating_add(behind(one)),
            )
        };
        all.into_iter().fold((0, 0), add)
    }

    /// The newest of the others, at which a line looks.
    pub fn near(&self) -> &[Uid] {
        let from = self.others.len().saturating_sub(NEAR);
        self.others.get(from..).unwrap_or_default()
    }

    /// Those at which no line looks.
    pub fn behind(&self) -> &[Uid] {
        let to = self.others.len().saturating_sub(NEAR);
        self.others.get(..to).unwrap_or_default()
    }

    /// True for flags that a line tells of its conversation.
    pub fn tells(flags: &Flags) -> bool {
        flags.has(&Flags::SEEN) || flags.has(&Flags::FLAGGED) || flags.has_keyword(MUTED)
    }

    /// Those at which no line looks, by what is set on them, the lists in the order of their fields.
    fn flagged(&self) -> [Vec<Uid>; 3] {
        [&self.unread, &self.starred, &self.muted].map(Vec::clone)
    }

    /// Notes that flags were set on some of its messages, or taken off; false where that changes nothing.
    pub fn note(&mut self, is_meant: &dyn Fn(Uid) -> bool, flags: &Flags, set: bool) -> bool {
        let before = self.flagged();
        let behind: Vec<Uid> = self.behind().to_vec();
        let put = |list: &mut Vec<Uid>, on: bool| {
            list.retain(|uid| !is_meant(*uid));
            if on {
                list.extend(behind.iter().copied().filter(|uid| is_meant(*uid)));
            }
        };
        if flags.has(&Flags::SEEN) {
            put(&mut self.unread, !set);
        }
        if flags.has(&Flags::FLAGGED) {
            put(&mut self.starred, set);
        }
        if flags.has_keyword(MUTED) {
            put(&mut self.muted, set);
        }
        before != self.flagged()
    }
}
