//! Where a message stands in a list: its rank, and what is before and after it.
//!
//! From the cache alone. To know before changing it: one message may stand in several lists, in each at another place; and
//! what stands beside it may be in another folder.

use super::Mailbox;
use crate::mail::{ListId, MessageRef};

/// Where a message stands in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its rank, counted from 0 at the oldest.
    pub rank: u32,
    /// Messages of the list.
    pub total: u32,
    /// The next older one, with its rank.
    pub older: Option<(MessageRef, u32)>,
    /// The next newer one, with its rank.
    pub newer: Option<(MessageRef, u32)>,
}

impl Mailbox<'_, '_> {
    /// Where the message of a rank stands in a list.
    pub(super) fn standing(&mut self, list: &ListId, rank: u32) -> Standing {
        let Some(head) = self.cache.list(list) else {
            return Standing {
                rank,
                ..Standing::default()
            };
        };
        let total = head.counts.messages;
        let around = rank.saturating_sub(1)..rank.saturating_add(2).min(total);
        let near = self.cache.entries(list, &head, around.clone());
        let mut ranked = near.unwrap_or_default().into_iter().zip(around);
        let mut beside = |rank: Option<u32>| {
            let (entry, rank) = ranked.find(|(_, at)| Some(*at) == rank)?;
            Some((head.message(entry)?, rank))
        };
        Standing {
            rank,
            total,
            older: beside(rank.checked_sub(1)),
            newer: beside(rank.checked_add(1)),
        }
    }

    /// Where a message stands in a list that was found; None where that is no longer known.
    pub fn standing_in(&mut self, list: &ListId, at: &MessageRef, hint: u32) -> Option<Standing> {
        let rank = self.place(list, at, hint).filter(|_| !list.is_compared())?;
        Some(self.standing(list, rank))
    }

    /// The message below another in its list, or above it, as the list is cached; `hint` is about where that one stands.
    pub fn beside(
        &mut self,
        list: &ListId,
        message: &MessageRef,
        hint: u32,
        is_below: bool,
    ) -> Option<MessageRef> {
        let rank = self.place(list, message, hint)?;
        let beside = match is_below {
            true => rank.checked_sub(1),
            false => rank.checked_add(1),
        };
        let head = self.cache.list(list)?;
        head.message(self.cache.entry_at(list, &head, beside?)?)
    }

    /// The rank of a message in a list, as that is cached; `hint` is about where it stands.
    pub fn place(&mut self, list: &ListId, message: &MessageRef, hint: u32) -> Option<u32> {
        let head = self.cache.list(list)?;
        let entry = head.entry_of(message)?;
        self.cache.rank_of(list, &head, entry, hint)
    }
}
