//! The conversations of a folder: those that are known with what has come since, or all of them rebuilt.
//!
//! Not for what belongs together (`mailbox::index`). To know before changing it: what comes is looked up by the ids that it
//! names, so an arrival costs about as much in a large folder as in a small one; whatever is not certain is rebuilt.

use super::Sync;
use super::quest::Quest;
use crate::error::Result;
use crate::mail::{Conversation, FolderRef, IdHash, Indexed, Named, Uid};
use crate::mailbox::cache::{Cache, Lines};
use crate::mailbox::index::{Grouping, Known, Regrouping};

/// Most messages that are looked up one by one; of more, all is rebuilt.
const FEW: usize = 200;

/// Conversations, the one with the oldest last message first.
pub(super) struct Grouped {
    /// Each by its newest message.
    pub found: Vec<(Uid, Conversation)>,
    /// Over how many buckets the ids are spread that tell what comes where it belongs; 0 where they do not.
    pub buckets: u16,
    /// Below this number not all is known.
    pub down_to: Option<Uid>,
    /// The lines of the list as they are kept, where these conversations come of them.
    pub before: Option<Lines>,
}

/// What the messages of a folder name, as it is kept.
struct Kept<'k, 'v, 'p> {
    cache: &'k mut Cache<'v, 'p>,
    folder: &'k FolderRef,
    buckets: u16,
}

impl Known for Kept<'_, '_, '_> {
    fn naming(&mut self, id: IdHash) -> Option<Vec<Named>> {
        self.cache.naming(self.folder, self.buckets, id)
    }

    fn same_subject(&mut self, one: &Indexed, other: Uid) -> Option<bool> {
        let uids = [other];
        let (key, _) = self.cache.index_pieces(self.folder, &uids).pop()?;
        let piece = self.cache.index_piece(&key)?;
        let other = piece.iter().find(|entry| entry.uid == other)?;
        Some(one.subject == other.subject)
    }
}

impl Sync<'_, '_, '_> {
    /// The conversations of a folder.
    ///
    /// # Errors
    /// `Gone(Numbering)`, `Gone(Folder)`; `Imap`.
    pub(super) fn group(&mut self, quest: &Quest) -> Result<Grouped> {
        if let Some(grouped) = self.group_further(quest)? {
            return Ok(grouped);
        }
        let mut grouping = Grouping::new(quest.uids);
        let down_to = self.index(quest.folder, quest.uids, &mut |entry| grouping.add(&entry))?;
        let is_whole = down_to.is_none() && quest.list.search().is_none();
        let buckets = match is_whole {
            true => self.cache.put_names(quest.folder, grouping.names()),
            false => 0,
        };
        Ok(Grouped {
            found: grouping.finish(),
            buckets,
            down_to,
            before: None,
        })
    }

    /// Those that are known with what has come since; None where that is not certain.
    fn group_further(&mut self, quest: &Quest) -> Result<Option<Grouped>> {
        let Some((before, buckets)) = self.known_groups(quest) else {
            return Ok(None);
        };
        let groups = before.groups.iter().cloned();
        let mut found: Vec<(Uid, Conversation)> = before.uids.iter().copied().zip(groups).collect();
        if quest.list.order().reversed {
            found.reverse();
        }
        let Some(new) = arrived(quest.uids, &found) else {
            return Ok(None);
        };
        let Some(entries) = self.index_few(quest.folder, &new)? else {
            return Ok(None);
        };
        let mut regrouping = Regrouping::new(quest.uids, found);
        for entry in entries {
            let mut kept = Kept {
                cache: self.cache,
                folder: quest.folder,
                buckets,
            };
            let is_placed = regrouping.arrive(&entry, &mut kept).is_some();
            if !is_placed || !self.cache.add_names(quest.folder, buckets, entry.names()) {
                return Ok(None);
            }
        }
        Ok(regrouping.finish().map(|found| Grouped {
            found,
            buckets,
            down_to: None,
            before: Some(before),
        }))
    }

    /// The lines of a list as they are kept, where they are all of its folder and it is certain that they were so; and over how
    /// many buckets the ids are spread.
    fn known_groups(&mut self, quest: &Quest) -> Option<(Lines, u16)> {
        let list = quest.list;
        let head = self.cache.list(list).filter(|_| list.search().is_none())?;
        let so_far = head.found.as_ref()?;
        let buckets = so_far.buckets;
        if buckets == 0 || !so_far.left.is_empty() || head.folder != *quest.folder {
            return None;
        }
        let all = 0..head.counts.messages;
        let uids = self.cache.uids(list, all.clone())?;
        let groups = self.cache.groups(list, all)?;
        let count = |group: &Conversation| u32::try_from(group.others.len()).ok()?.checked_add(1);
        let is_whole = |group: &Conversation| count(group) == Some(group.count);
        let is_known = groups.iter().all(is_whole);
        is_known.then_some((Lines { uids, groups }, buckets))
    }
}

/// Which messages of a folder are in none of its conversations, the lowest number first; None where some of these are gone,
/// or what is not in them is not simply new, or not few.
fn arrived(now: &[Uid], groups: &[(Uid, Conversation)]) -> Option<Vec<Uid>> {
    let members = groups
        .iter()
        .flat_map(|(newest, group)| group.others.iter().chain([newest]));
    let mut known: Vec<Uid> = members.copied().collect();
    known.sort_unstable();
    let mut all: Vec<Uid> = now.to_vec();
    all.sort_unstable();
    let (before, new) = all.split_at_checked(known.len())?;
    (before == known.as_slice() && new.len() <= FEW).then(|| new.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_come_is_new_and_nothing_is_gone() {
        let uids = |numbers: &[u32]| -> Vec<Uid> {
            numbers.iter().copied().filter_map(Uid::new).collect()
        };
        let groups = [&[1, 5][..], &[3]].map(|all| Conversation::of(uids(all)).unwrap());
        let arrived = |now: &[u32]| arrived(&uids(now), &groups);
        assert_eq!(arrived(&[1, 3, 5]), Some(uids(&[])));
        // The last one has an older date.
        assert_eq!(arrived(&[1, 3, 9, 7, 5]), Some(uids(&[7, 9])));
        for not_certain in [&[1, 3, 4, 5][..], &[1, 3], &[1, 3, 7]] {
            assert_eq!(arrived(not_certain), None, "{not_certain:?}");
        }
    }
}
