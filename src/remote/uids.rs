//! Sets and sequences of UIDs as ranges: as commands say them and as answers bring them.
//!
//! Not for what they mean. To know before changing it: a server may answer `1:4294967295` in twelve bytes, so nothing
//! here counts a range out; who wants the single numbers takes as many as they can use.

use serde::{Deserialize, Serialize};

use super::lexer::number;
use crate::mail::Uid;

/// Most ranges that are read from one response.
const MOST_RANGES: usize = 1_000_000;
/// How long one set may get in a command, in bytes; longer ones become several commands.
const SET_BYTES: usize = 4_000;

/// A set of UIDs: ascending ranges that neither touch nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UidSet(Vec<(u32, u32)>);

impl UidSet {
    /// `1:*`, every message there is.
    pub fn all() -> UidSet {
        UidSet(vec![(1, u32::MAX)])
    }

    /// From one UID to the end of the folder: `n:*`. The server adds its last message where n lies beyond it.
    pub fn from_on(first: Uid) -> UidSet {
        UidSet(vec![(first.get(), u32::MAX)])
    }

    /// One range, ends included, in whatever order they come.
    pub fn range(one: Uid, other: Uid) -> UidSet {
        let (one, other) = (one.get(), other.get());
        UidSet(vec![(one.min(other), one.max(other))])
    }

    fn of_ranges(mut ranges: Vec<(u32, u32)>) -> UidSet {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for (first, last) in ranges {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last)
                }
                _ => merged.push((first, last)),
            }
        }
        UidSet(merged)
    }

    /// True where nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many numbers it holds; `1:*` counts all that there could be.
    pub fn len(&self) -> u64 {
        let size =
            |&(first, last): &(u32, u32)| u64::from(last.saturating_sub(first)).saturating_add(1);
        self.0.iter().map(size).fold(0, u64::saturating_add)
    }

    /// True where the UID is in it.
    pub fn contains(&self, uid: Uid) -> bool {
        let at = self.0.partition_point(|&(_, last)| last < uid.get());
        self.0.get(at).is_some_and(|&(first, _)| first <= uid.get())
    }

    /// The numbers, ascending. A lying server can make this long: take what you can use.
    pub fn iter(&self) -> impl Iterator<Item = Uid> + '_ {
        let ranges = self.0.iter();
        ranges.flat_map(|&(first, last)| (first..=last).filter_map(Uid::new))
    }

    /// Both sets together.
    pub fn with(mut self, other: &UidSet) -> UidSet {
        if self.is_empty() {
            return other.clone();
        }
        self.0.extend_from_slice(&other.0);
        UidSet::of_ranges(self.0)
    }

    /// The set as commands say it, in pieces that fit into one each; none where it is empty.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        let mut text = String::new();
        for &(first, last) in &self.0 {
            if text.len() > SET_BYTES {
                texts.push(std::mem::take(&mut text));
            }
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(&first.to_string());
            if last == u32::MAX {
                text.push_str(":*");
            } else if last > first {
                text.push(':');
                text.push_str(&last.to_string());
            }
        }
        if !text.is_empty() {
            texts.push(text);
        }
        texts
    }
}

impl FromIterator<Uid> for UidSet {
    fn from_iter<I: IntoIterator<Item = Uid>>(uids: I) -> UidSet {
        let single = |uid: Uid| (uid.get(), uid.get());
        UidSet::of_ranges(uids.into_iter().map(single).collect())
    }
}

/// UIDs in an order: what SEARCH and SORT answer. A range that the server wrote downwards is read downwards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence(Vec<(u32, u32)>);

impl Sequence {
    /// The numbers in the server's order. A lying server can make this long: take what you can use.
    pub fn iter(&self) -> impl Iterator<Item = Uid> + '_ {
        self.0.iter().flat_map(|&(from, to)| {
            let up = (from <= to).then_some(from..=to).into_iter().flatten();
            let down = (from > to).then_some(to..=from).into_iter().flatten();
            up.chain(down.rev()).filter_map(Uid::new)
        })
    }

    /// How many numbers it holds.
    pub fn len(&self) -> u64 {
        let size = |&(one, other): &(u32, u32)| u64::from(one.abs_diff(other)).saturating_add(1);
        self.0.iter().map(size).fold(0, u64::saturating_add)
    }

    /// True where nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True where every range is written upwards and has an end.
    pub(super) fn only_rises(&self) -> bool {
        self.0.iter().all(|&(from, to)| from <= to && to < u32::MAX)
    }

    /// The same numbers without their order.
    pub fn to_set(&self) -> UidSet {
        let sorted = |&(one, other): &(u32, u32)| (one.min(other), one.max(other));
        UidSet::of_ranges(self.0.iter().map(sorted).collect())
    }

    /// Adds another sequence behind this one, as far as it fits.
    pub(super) fn extend(&mut self, more: Sequence) {
        let room = MOST_RANGES.saturating_sub(self.0.len());
        self.0.extend(more.0.into_iter().take(room));
    }

    /// Adds one number behind the others; false where there are too many.
    pub(super) fn push(&mut self, number: u32) -> bool {
        let fits = self.0.len() < MOST_RANGES;
        if fits && number != 0 {
            match self.0.last_mut() {
                // Neighbours become a range, so that a million numbers in order stay small.
                Some((from, to)) if *from <= *to && to.checked_add(1) == Some(number) => {
                    *to = number
                }
                _ => self.0.push((number, number)),
            }
        }
        fits
    }

    /// Reads `4,2:3,1`; None where it is no such thing, or too long.
    pub(super) fn parse(text: &[u8]) -> Option<Sequence> {
        let mut ranges = Vec::new();
        for piece in text.split(|b| *b == b',') {
            let mut ends = piece.splitn(2, |b| *b == b':').map(|end| match end {
                b"*" => Some(u32::MAX),
                digits => number(digits).filter(|n| *n != 0),
            });
            let from = ends.next()??;
            let to = ends.next().unwrap_or(Some(from))?;
            if ranges.len() >= MOST_RANGES {
                return None;
            }
            ranges.push((from, to));
        }
        Some(Sequence(ranges))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uids(numbers: &[u32]) -> Vec<Uid> {
        numbers.iter().filter_map(|n| Uid::new(*n)).collect()
    }

    #[test]
    fn a_set_says_neighbours_as_a_range() {
        let set: UidSet = uids(&[5, 1, 2, 3, 9, 2]).into_iter().collect();
        assert_eq!(set.texts(), ["1:3,5,9"]);
        assert_eq!(set.len(), 5);
        assert_eq!(set.iter().collect::<Vec<_>>(), uids(&[1, 2, 3, 5, 9]));
        assert!(Uid::new(5).is_some_and(|u| set.contains(u)));
        assert!(Uid::new(4).is_some_and(|u| !set.contains(u)));
        assert_eq!(UidSet::all().texts(), ["1:*"]);
    }

    #[test]
    fn a_long_set_becomes_several_pieces_that_miss_nothing() {
        let set: UidSet = uids(&(1..9_000).step_by(2).collect::<Vec<_>>())
            .into_iter()
            .collect();
        let texts = set.texts();
        assert!(texts.len() > 1 && texts.iter().all(|t| t.len() < SET_BYTES + 30));
        let sets = texts.iter().filter_map(|t| Sequence::parse(t.as_bytes()));
        let again = sets.map(|s| s.to_set());
        assert_eq!(
            again.fold(UidSet::default(), |all, one| all.with(&one)),
            set
        );
    }

    #[test]
    fn an_order_is_kept_and_a_lie_costs_nothing() {
        let found = Sequence::parse(b"4,2:3,9:7,1").unwrap_or_default();
        assert_eq!(
            found.iter().collect::<Vec<_>>(),
            uids(&[4, 2, 3, 9, 8, 7, 1])
        );
        let lie = Sequence::parse(b"1:4294967295").unwrap_or_default();
        assert_eq!((lie.len(), lie.iter().take(2).count()), (4_294_967_295, 2));
        for text in ["", "0", "1:", "-1", "1,,2", "a", "1:2:3", "4294967296"] {
            assert_eq!(Sequence::parse(text.as_bytes()), None, "{text}");
        }
    }
}
