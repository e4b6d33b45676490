//! Conversations that are known, with what has come since.
//!
//! A message that comes can only join conversations, and which ones is told by those that name the same ids. To know before
//! changing it: the result is the same as that of grouping all again (`group`), or there is none.

use std::collections::BTreeMap;

use crate::mail::{Conversation, IdHash, Indexed, Named, Uid};

/// What is known of the messages of a folder.
pub trait Known {
    /// Which older messages name an id, in order; None where that is not known.
    fn naming(&mut self, id: IdHash) -> Option<Vec<Named>>;

    /// True where two messages are about the same; None where that is not known.
    fn same_subject(&mut self, one: &Indexed, other: Uid) -> Option<bool>;
}

/// Conversations that are being added to.
pub struct Regrouping {
    /// Where each message stands by arrival, the oldest first; by number.
    ranks: Vec<(Uid, u32)>,
    /// None for one that has been joined to another.
    groups: Vec<Option<Group>>,
    /// The conversation of each message; by number. Those that have been joined lead on to others (`joined`).
    of: Vec<(Uid, usize)>,
    /// Of what has come.
    of_new: BTreeMap<Uid, usize>,
    joined: BTreeMap<usize, usize>,
}

/// A conversation.
enum Group {
    /// As it was.
    Same(Uid, Conversation),
    /// With what has come.
    Grown(Vec<Uid>),
}

impl Group {
    fn members(self) -> Vec<Uid> {
        match self {
            Group::Same(newest, mut group) => {
                group.others.push(newest);
                group.others
            }
            Group::Grown(members) => members,
        }
    }
}

impl Regrouping {
    /// Begins with the conversations of a folder, of which each is known with all of its messages; its messages are given by
    /// arrival as they stand now, the oldest first, with what has come.
    pub fn new(uids: &[Uid], groups: Vec<(Uid, Conversation)>) -> Regrouping {
        let mut ranks: Vec<(Uid, u32)> = uids.iter().copied().zip(0..).collect();
        ranks.sort_unstable();
        let members = groups.iter().enumerate().flat_map(|(at, (newest, group))| {
            let all = group.others.iter().chain([newest]);
            all.map(move |uid| (*uid, at))
        });
        let mut of: Vec<(Uid, usize)> = members.collect();
        of.sort_unstable();
        let groups = groups.into_iter();
        Regrouping {
            ranks,
            groups: groups
                .map(|(newest, group)| Some(Group::Same(newest, group)))
                .collect(),
            of,
            of_new: BTreeMap::new(),
            joined: BTreeMap::new(),
        }
    }

    /// Puts in one that has come, the lowest number first. None where it cannot be told what it belongs to.
    pub fn arrive(&mut self, entry: &Indexed, known: &mut dyn Known) -> Option<()> {
        let mut joins: Vec<usize> = Vec::new();
        for name in entry.names() {
            let naming = known.naming(name.id)?;
            // Those that come after it join it, not it them.
            let Some(first) = naming.into_iter().find(|one| one.by < entry.uid) else {
                continue;
            };
            let belongs = name.refers || first.refers || known.same_subject(entry, first.by)?;
            if belongs {
                joins.push(self.group_of(first.by)?);
            }
        }
        joins.sort_unstable();
        joins.dedup();
        let mut members = vec![entry.uid];
        let own = self.groups.len();
        for at in joins {
            let slot = self.groups.get_mut(at)?;
            members.extend(slot.take()?.members());
            self.joined.insert(at, own);
        }
        self.groups.push(Some(Group::Grown(members)));
        self.of_new.insert(entry.uid, own);
        Some(())
    }

    fn group_of(&self, uid: Uid) -> Option<usize> {
        let known = self.of.binary_search_by_key(&uid, |(known, _)| *known);
        let known = known.ok().and_then(|at| self.of.get(at)).map(|(_, at)| *at);
        let mut at = known.or_else(|| self.of_new.get(&uid).copied())?;
        // Each leads to a later one.
        while let Some(next) = self.joined.get(&at) {
            at = *next;
        }
        Some(at)
    }

    /// The conversations in the order of their newest messages, the oldest first; each by its newest message. None where the
    /// messages that were known stand in another order now.
    pub fn finish(self) -> Option<Vec<(Uid, Conversation)>> {
        let ranks = self.ranks;
        let rank = |uid: Uid| {
            let at = ranks.binary_search_by_key(&uid, |(known, _)| *known);
            at.ok().and_then(|at| ranks.get(at)).map(|(_, rank)| *rank)
        };
        let mut all: Vec<(u32, Uid, Conversation)> = Vec::new();
        for group in self.groups.into_iter().flatten() {
            let (newest, group) = match group {
                Group::Same(newest, group) => {
                    let others = group.others.iter().chain([&newest]);
                    let ordered: Option<Vec<u32>> = others.map(|uid| rank(*uid)).collect();
                    if !ordered?.is_sorted() {
                        return None;
                    }
                    (newest, group)
                }
                Group::Grown(members) => {
                    let ranked = members.into_iter().map(|uid| Some((rank(uid)?, uid)));
                    let mut ranked: Vec<(u32, Uid)> = ranked.collect::<Option<_>>()?;
                    ranked.sort_unstable();
                    Conversation::of(ranked.into_iter().map(|(_, uid)| uid).collect())?
                }
            };
            all.push((rank(newest)?, newest, group));
        }
        all.sort_unstable_by_key(|(rank, ..)| *rank);
        let all = all.into_iter();
        Some(all.map(|(_, newest, group)| (newest, group)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Grouping;
    use super::*;
    use crate::mail::Thread;

    /// The messages of a folder by arrival, and what they name.
    #[derive(Default)]
    struct Folder {
        entries: Vec<Indexed>,
        names: Vec<Named>,
    }

    impl Folder {
        fn uids(&self) -> Vec<Uid> {
            self.entries.iter().map(|entry| entry.uid).collect()
        }

        fn anew(&self) -> Vec<(Uid, Conversation)> {
            let mut grouping = Grouping::new(&self.uids());
            self.entries.iter().for_each(|entry| grouping.add(entry));
            grouping.finish()
        }
    }

    impl Known for Folder {
        fn naming(&mut self, id: IdHash) -> Option<Vec<Named>> {
            let of_id = self.names.iter().filter(|named| named.id == id);
            Some(of_id.copied().collect())
        }

        fn same_subject(&mut self, one: &Indexed, other: Uid) -> Option<bool> {
            let other = self.entries.iter().find(|entry| entry.uid == other)?;
            Some(one.subject == other.subject)
        }
    }

    /// Numbers that look random: xorshift.
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % n
        }
    }

    fn id(n: u64) -> IdHash {
        IdHash(n.to_be_bytes())
    }

    #[test]
    fn rule_18_what_comes_joins_as_if_all_were_grouped_anew() {
        for seed in 1..=300 {
            let mut random = Random(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
            // Few ids, so that many are named twice and some are owned twice.
            let ids = 2 + random.below(40);
            let mut folder = Folder::default();
            let mut grouped = folder.anew();
            for step in 0..40_u32 {
                // Several come at once, one of them perhaps with an older date.
                let before = folder.entries.len();
                for n in 0..=random.below(3) {
                    let uid = step * 10 + u32::try_from(n).unwrap() + 1;
                    let references = (0..random.below(3)).map(|_| id(random.below(ids)));
                    let references: Vec<IdHash> = references.collect();
                    let entry = Indexed {
                        subject: ["a", "b"][random.below(2) as usize].to_owned(),
                        thread: Thread {
                            id: (random.below(5) > 0).then(|| id(random.below(ids))),
                            references,
                        },
                        ..Indexed::empty(Uid::new(uid).unwrap())
                    };
                    let late = random.below(6) == 0;
                    let end = folder.entries.len() as u64;
                    let at = if late { random.below(end + 1) } else { end };
                    folder.entries.insert(at as usize, entry);
                }
                let known: Vec<Uid> = grouped
                    .iter()
                    .flat_map(|(newest, group)| group.others.iter().chain([newest]).copied())
                    .collect();
                assert_eq!(known.len(), before);
                let mut news: Vec<Indexed> = folder.entries.clone();
                news.retain(|entry| !known.contains(&entry.uid));
                news.sort_by_key(|entry| entry.uid);
                let mut regrouping = Regrouping::new(&folder.uids(), grouped);
                for entry in &news {
                    regrouping.arrive(entry, &mut folder).unwrap();
                    folder.names.extend(entry.names());
                    folder.names.sort_unstable();
                }
                grouped = regrouping.finish().unwrap();
                assert_eq!(grouped, folder.anew(), "seed {seed}, step {step}");
            }
        }
    }

    #[test]
    fn rule_18_another_order_of_what_was_known_is_grouped_anew() {
        let uid = |n| Uid::new(n).unwrap();
        let (newest, group) = Conversation::of(vec![uid(1), uid(2)]).unwrap();
        let finish = |order: &[Uid]| Regrouping::new(order, vec![(newest, group.clone())]).finish();
        assert!(finish(&[uid(1), uid(2)]).is_some());
        assert!(finish(&[uid(2), uid(1)]).is_none());
        assert!(finish(&[uid(2)]).is_none());
    }
}
