//! Messages in an order that the index knows.
//!
//! Not for orders by arrival or by flags, which the list of the folder knows (`sync::find`).

use std::cmp::Reverse;

use crate::mail::{Indexed, SortBy, Uid};

/// An order that is being made: entries are put in one by one.
pub struct Sorting {
    by: SortBy,
    /// Where each message stands by arrival, the oldest first; by number.
    ranks: Vec<(Uid, u32)>,
    entries: Vec<(Key, Reverse<u32>, Uid)>,
}

/// What sorts: the smallest comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Large(Reverse<u32>),
    Letters(String),
}

impl Key {
    /// What of a message sorts it.
    pub fn of(by: SortBy, entry: Indexed) -> Key {
        match by {
            SortBy::Subject => Key::Letters(entry.subject),
            SortBy::From => Key::Letters(entry.from),
            SortBy::To => Key::Letters(entry.to),
            SortBy::Size => Key::Large(Reverse(entry.size)),
            SortBy::Date | SortBy::Arrival | SortBy::Unread | SortBy::Starred => {
                Key::Large(Reverse(entry.dated))
            }
        }
    }
}

impl Sorting {
    /// An order of the messages of a folder, which are given by arrival, the oldest first.
    pub fn new(by: SortBy, uids: &[Uid]) -> Sorting {
        let mut ranks: Vec<(Uid, u32)> = uids.iter().copied().zip(0..).collect();
        ranks.sort_unstable();
        Sorting {
            by,
            ranks,
            entries: Vec::new(),
        }
    }

    /// Puts one in; one that is not in the folder is left out.
    pub fn add(&mut self, entry: Indexed) {
        let at = self.ranks.binary_search_by_key(&entry.uid, |(uid, _)| *uid);
        if let Some((uid, rank)) = at.ok().and_then(|at| self.ranks.get(at)) {
            let key = Key::of(self.by, entry);
            self.entries.push((key, Reverse(*rank), *uid));
        }
    }

    /// The messages that were put in, in their order; among equals the newest comes first.
    pub fn finish(mut self) -> Vec<Uid> {
        self.entries.sort_unstable();
        self.entries.into_iter().map(|(.., uid)| uid).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_17_among_equals_the_newest_comes_first() {
        let uid = |n: u32| Uid::new(n).unwrap();
        let entry = |n, subject: &str, size| Indexed {
            subject: subject.to_owned(),
            size,
            ..Indexed::empty(uid(n))
        };
        // By arrival 3 is older than 2; 9 is in no list.
        let sorted = |by| {
            let mut sorting = Sorting::new(by, &[uid(1), uid(3), uid(2), uid(4)]);
            for entry in [
                entry(1, "b", 7),
                entry(2, "a", 7),
                entry(3, "a", 9),
                entry(4, "", 1),
                entry(9, "a", 1),
            ] {
                sorting.add(entry);
            }
            let order = sorting.finish().into_iter();
            order.map(Uid::get).collect::<Vec<_>>()
        };
        assert_eq!(sorted(SortBy::Subject), [4, 2, 3, 1]);
        assert_eq!(sorted(SortBy::Size), [3, 2, 1, 4]);
    }
}
