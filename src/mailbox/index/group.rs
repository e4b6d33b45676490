//! Which messages of a folder are one conversation.
//!
//! Messages belong together where one names the other (References, In-Reply-To), or both name a third, whether or not that
//! one is there; a subject alone joins nothing. So does JWZ's algorithm; its tree is not needed here, since a conversation
//! is shown in the order of time. To know before changing it: names are sorted, not followed, so it takes the same time
//! whatever anybody wrote, a reference to itself and a loop included.

use std::hash::{BuildHasher as _, RandomState};

use crate::mail::{Conversation, Indexed, Named, Uid};

/// Conversations that are being found: entries are put in one by one.
pub struct Grouping {
    /// Where each message stands by arrival, the oldest first; by number.
    ranks: Vec<(Uid, u32)>,
    messages: Vec<Message>,
    names: Vec<Named>,
    hasher: RandomState,
}

/// A message that was put in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Message {
    uid: Uid,
    rank: u32,
    /// A hash of its subject.
    subject: u64,
}

impl Grouping {
    /// Conversations of the messages of a folder, which are given by arrival, the oldest first.
    pub fn new(uids: &[Uid]) -> Grouping {
        let mut ranks: Vec<(Uid, u32)> = uids.iter().copied().zip(0..).collect();
        ranks.sort_unstable();
        Grouping {
            ranks,
            messages: Vec::new(),
            names: Vec::new(),
            hasher: RandomState::new(),
        }
    }

    /// Puts one in; one that is not in the folder is left out.
    pub fn add(&mut self, entry: &Indexed) {
        let at = self.ranks.binary_search_by_key(&entry.uid, |(uid, _)| *uid);
        let known = at.ok().and_then(|at| self.ranks.get(at)).copied();
        let Some((uid, rank)) = known else {
            return;
        };
        self.messages.push(Message {
            uid,
            rank,
            subject: self.hasher.hash_one(&entry.subject),
        });
        self.names.extend(entry.names());
    }

    /// What the messages name, in order.
    pub fn names(&mut self) -> &[Named] {
        self.names.sort_unstable();
        &self.names
    }

    /// The conversations in the order of their newest messages, the oldest first; each by its newest message.
    pub fn finish(mut self) -> Vec<(Uid, Conversation)> {
        self.names.sort_unstable();
        self.messages.sort_unstable();
        let messages = &self.messages;
        let find = |uid: Uid| {
            let at = messages.binary_search_by_key(&uid, |message| message.uid);
            let at = at.ok().and_then(|at| u32::try_from(at).ok());
            let message = |at: u32| messages.get(usize::try_from(at).ok()?);
            at.and_then(|at| Some((at, message(at)?.subject)))
        };
        let mut sets = Sets::new(messages.len());
        for same in self.names.chunk_by(|one, next| one.id == next.id) {
            // An id that nobody else names joins nothing.
            let [first, _, ..] = same else { continue };
            let Some((first, subject)) = find(first.by) else {
                continue;
            };
            // Some programs give one id to all that they send: then only the first message that has it is meant by it.
            for name in same {
                if let Some((at, its)) = find(name.by)
                    && (name.refers || its == subject)
                {
                    sets.join(first, at);
                }
            }
        }
        let mut members: Vec<(u32, u32, Uid)> = messages
            .iter()
            .zip(0..)
            .map(|(message, at)| (sets.root(at), message.rank, message.uid))
            .collect();
        members.sort_unstable();
        let mut found: Vec<(u32, Uid, Conversation)> = members
            .chunk_by(|one, next| one.0 == next.0)
            .filter_map(|run| {
                let rank = run.last()?.1;
                let (newest, group) = Conversation::of(run.iter().map(|(.., uid)| *uid).collect())?;
                Some((rank, newest, group))
            })
            .collect();
        found.sort_unstable_by_key(|(rank, ..)| *rank);
        let found = found.into_iter();
        found.map(|(_, newest, group)| (newest, group)).collect()
    }
}

/// Disjoint sets of numbers (union by the smaller root, paths halved).
struct Sets(Vec<u32>);

impl Sets {
    fn new(count: usize) -> Sets {
        Sets((0..u32::try_from(count).unwrap_or(u32::MAX)).collect())
    }

    fn parent(&self, of: u32) -> u32 {
        let at = usize::try_from(of).ok();
        at.and_then(|at| self.0.get(at)).copied().unwrap_or(of)
    }

    fn put(&mut self, of: u32, parent: u32) {
        let at = usize::try_from(of).ok();
        if let Some(slot) = at.and_then(|at| self.0.get_mut(at)) {
            *slot = parent;
        }
    }

    fn root(&mut self, of: u32) -> u32 {
        let mut at = of;
        loop {
            let parent = self.parent(at);
            if parent == at {
                return at;
            }
            let above = self.parent(parent);
            self.put(at, above);
            at = above;
        }
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        self.put(one.max(other), one.min(other));
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::mail::{IdHash, Thread};

    fn id(n: u32) -> IdHash {
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&n.to_be_bytes());
        IdHash(bytes)
    }

    fn entry(uid: u32, own: Option<u32>, references: &[u32]) -> Indexed {
        Indexed {
            thread: Thread {
                id: own.map(id),
                references: references.iter().copied().map(id).collect(),
            },
            ..Indexed::empty(Uid::new(uid).unwrap())
        }
    }

    /// Conversations, the oldest first, each with the numbers of its messages.
    fn grouped(entries: &[Indexed]) -> Vec<Vec<u32>> {
        let uids: Vec<Uid> = entries.iter().map(|entry| entry.uid).collect();
        let mut grouping = Grouping::new(&uids);
        entries.iter().for_each(|entry| grouping.add(entry));
        let numbers = |(newest, group): (Uid, Conversation)| {
            // Of very many, the newest are kept.
            assert_eq!(group.others.len() + 1, group.count.min(50_001) as usize);
            let all = group.others.into_iter().chain([newest]);
            all.map(Uid::get).collect()
        };
        grouping.finish().into_iter().map(numbers).collect()
    }

    #[test]
    fn rule_18_messages_belong_together_that_name_each_other_or_a_third() {
        let found = grouped(&[
            entry(1, Some(1), &[]),
            entry(2, Some(2), &[1]),
            entry(3, Some(3), &[]),
            // A message that never came is named by two.
            entry(4, Some(4), &[99]),
            entry(5, None, &[99, 98]),
            // The middle of a conversation came late, and joins its halves.
            entry(6, Some(6), &[7]),
            entry(7, Some(7), &[3]),
            entry(8, None, &[]),
            entry(9, None, &[]),
        ]);
        assert_eq!(
            found,
            [vec![1, 2], vec![4, 5], vec![3, 6, 7], vec![8], vec![9]]
        );
    }

    #[test]
    fn rule_18_loops_and_references_to_oneself_end() {
        assert_eq!(
            grouped(&[
                entry(1, Some(1), &[2]),
                entry(2, Some(2), &[1]),
                entry(3, Some(3), &[3, 3, 3]),
                entry(4, Some(4), &[5]),
                entry(5, Some(5), &[6]),
                entry(6, Some(6), &[4]),
            ]),
            [vec![1, 2], vec![3], vec![4, 5, 6]]
        );
    }

    #[test]
    fn rule_18_one_id_for_everything_joins_only_what_has_one_subject() {
        let about = |uid, subject: &str, references: &[u32]| Indexed {
            subject: subject.to_owned(),
            ..entry(uid, Some(1), references)
        };
        let found = grouped(&[
            about(1, "backup", &[]),
            about(2, "alarm", &[]),
            about(3, "backup", &[]),
            entry(4, Some(4), &[1]),
        ]);
        assert_eq!(found, [vec![2], vec![1, 3, 4]]);
    }

    #[test]
    fn rule_18_a_hundred_thousand_messages_are_grouped_however_they_are_linked() {
        const COUNT: u32 = 100_000;
        let chain = |n: u32| entry(n, Some(n), &[n - 1]);
        let star = |n: u32| entry(n, Some(n), &[1]);
        let alone = |n: u32| entry(n, Some(n), &[]);
        let wide = |n: u32| {
            let many: Vec<u32> = (0..12).map(|k| n * 12 + k + COUNT).collect();
            entry(n, Some(n), &many)
        };
        let backwards = |n: u32| entry(n, Some(n), &[n + 1]);
        let kinds: [&dyn Fn(u32) -> Indexed; 5] = [&chain, &star, &alone, &wide, &backwards];
        for (kind, expected) in kinds.into_iter().zip([1, 1, COUNT, COUNT, 1]) {
            let entries: Vec<Indexed> = (1..=COUNT).map(kind).collect();
            // Work that grew with the square of the count would not come to an end.
            assert_eq!(grouped(&entries).len(), expected as usize);
        }
    }
}
