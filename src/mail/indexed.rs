//! What an index keeps of a message, so that a large folder can be sorted and grouped without its rows.
//!
//! Not for making one (`mailbox::index`). To know before changing it: there are a hundred thousand of them in a folder, so
//! each takes 128 bytes at most, whatever anybody sent.

use serde::{Deserialize, Serialize};

use super::{IdHash, Thread, Uid};

/// Most bytes of one entry as it is kept, before it is sealed.
const LARGEST: usize = 128;
/// Most bytes of it that are no letters and no references: three numbers, four lengths, its own id.
const FIXED: usize = 3 * 5 + 4 + 9;
/// Most bytes of a subject, and of a name.
pub const SUBJECT_KEY: usize = 24;
/// See `SUBJECT_KEY`.
pub const NAME_KEY: usize = 16;

/// What an index keeps of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indexed {
    /// Its number.
    pub uid: Uid,
    /// Size in bytes.
    pub size: u32,
    /// When it was dated, else when it came, in seconds since 1970.
    pub dated: u32,
    /// The beginning of its subject without what stands before it in answers, folded: as it sorts.
    pub subject: String,
    /// The beginning of its first sender's name, folded.
    pub from: String,
    /// The beginning of its first recipient's name, folded.
    pub to: String,
    /// Its own id, and those of the messages that it belongs to.
    pub thread: Thread,
}

/// A message names an id: its own, or that of another. Owners stand before those that refer to them, older numbers before
/// later ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// The id.
    pub id: IdHash,
    /// False for its own.
    pub refers: bool,
    /// Which message.
    pub by: Uid,
}

impl Indexed {
    /// The ids that it names.
    pub fn names(&self) -> impl Iterator<Item = Named> {
        let named = |id: &IdHash, refers| Named {
            id: *id,
            refers,
            by: self.uid,
        };
        let own = self.thread.id.iter().map(move |id| named(id, false));
        let others = self.thread.references.iter();
        own.chain(others.map(move |id| named(id, true)))
    }

    /// The entry of a message of which nothing is known.
    pub fn empty(uid: Uid) -> Indexed {
        Indexed {
            uid,
            size: 0,
            dated: 0,
            subject: String::new(),
            from: String::new(),
            to: String::new(),
            thread: Thread::default(),
        }
    }

    /// The same with as many of these references as fit: the first, which begins the conversation, and the last ones.
    #[must_use]
    pub fn referring_to(mut self, mut references: Vec<IdHash>) -> Indexed {
        let letters = [&self.subject, &self.from, &self.to].map(|text| text.len());
        let taken = letters.into_iter().fold(FIXED, usize::saturating_add);
        let room = LARGEST
            .saturating_sub(taken)
            .checked_div(size_of::<IdHash>());
        let surplus = references.len().saturating_sub(room.unwrap_or(0).max(1));
        let behind = surplus.saturating_add(1).min(references.len());
        references.drain(1.min(behind)..behind);
        self.thread.references = references;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_17_an_entry_takes_128_bytes_at_most_and_keeps_the_first_and_last_references() {
        let ids: Vec<IdHash> = (1..=12).map(|n| IdHash([n; 8])).collect();
        let entry = |letters: usize| Indexed {
            size: u32::MAX,
            dated: u32::MAX,
            subject: "s".repeat(SUBJECT_KEY.min(letters)),
            from: "f".repeat(NAME_KEY.min(letters)),
            to: "t".repeat(NAME_KEY.min(letters)),
            thread: Thread {
                id: Some(IdHash([0; 8])),
                references: Vec::new(),
            },
            ..Indexed::empty(Uid::new(u32::MAX).unwrap())
        };
        for letters in 0..=SUBJECT_KEY {
            for count in 0..=ids.len() {
                let given = ids.get(..count).unwrap().to_vec();
                let kept = entry(letters).referring_to(given.clone());
                let bytes = postcard::to_stdvec(&kept).unwrap().len();
                assert!(bytes <= LARGEST, "{letters} {count}: {bytes}");
                let references = kept.thread.references;
                assert_eq!(references.first(), given.first());
                assert_eq!(references.last(), given.last());
                assert!(references.len() >= count.min(5));
            }
        }
        assert_eq!(entry(0).referring_to(ids.clone()).thread.references, ids);
    }
}
