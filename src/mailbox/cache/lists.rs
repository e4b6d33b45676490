//! Lists in the cache: their heads, their order in blocks, and those that were found.
//!
//! Not for rows. To know before changing it: an order is kept oldest first, in blocks, so that an arrival changes the last
//! block only; a rank counts from the oldest. Where a list has several folders, a second run of blocks says which folder
//! each UID belongs to.

use std::ops::Range;

use super::Cache;
use crate::mail::{Entry, FolderRef, ListId, Uid};
use crate::remote::UidSet;
use crate::store::Record;
use crate::store::keys::{BLOCK, BLOCKS, BlockKey, LISTS, List, ListKey, PLACES, Tree};

/// Of more messages than this that are gone it is not looked up what they name.
const MOST_GONE: usize = 1_000;
/// Most lists that were found and are kept: what was looked for a while ago is looked for again.
const MOST_FOUND: usize = 20;

impl Cache<'_, '_> {
    /// What is known of a list.
    pub fn list(&mut self, list: &ListId) -> Option<List> {
        let key = self.data.list(list);
        self.store.get(self.encryption(), &LISTS, &key)
    }

    /// What is known of a list, and all of its UIDs, oldest first; None where a block is missing.
    pub fn whole(&mut self, list: &ListId) -> Option<(List, Vec<Uid>)> {
        let head = self.list(list)?;
        let uids = self.uids(list, 0..head.counts.messages)?;
        Some((head, uids))
    }

    /// The UIDs of some ranks of a list, oldest first; None where a block is missing.
    pub fn uids(&mut self, list: &ListId, ranks: Range<u32>) -> Option<Vec<Uid>> {
        self.uids_at(self.data.list(list), ranks)
    }

    pub(super) fn uids_at(&mut self, list: ListKey, ranks: Range<u32>) -> Option<Vec<Uid>> {
        self.stretch(&BLOCKS, list, ranks)
    }

    /// The messages of some ranks of a list of which `head` is known, oldest first; None where a block is missing.
    pub fn entries(&mut self, list: &ListId, head: &List, ranks: Range<u32>) -> Option<Vec<Entry>> {
        self.entries_at(self.data.list(list), head, ranks)
    }

    fn entries_at(&mut self, list: ListKey, head: &List, ranks: Range<u32>) -> Option<Vec<Entry>> {
        let uids = self.stretch(&BLOCKS, list, ranks.clone())?;
        if head.others.is_empty() {
            let of_one = |uid| Entry { folder: 0, uid };
            return Some(uids.into_iter().map(of_one).collect());
        }
        let places = self.stretch(&PLACES, list, ranks)?;
        let placed = places.into_iter().zip(uids);
        Some(placed.map(|(folder, uid)| Entry { folder, uid }).collect())
    }

    /// Some ranks of what lies in blocks; None where one is missing.
    pub(super) fn stretch<T: Record + Clone>(
        &mut self,
        tree: &Tree<BlockKey, Vec<T>>,
        list: ListKey,
        ranks: Range<u32>,
    ) -> Option<Vec<T>> {
        let (lo, hi) = (ranks.start, ranks.end);
        let mut all = Vec::new();
        if lo >= hi {
            return Some(all);
        }
        for number in lo.checked_div(BLOCK)?..hi.div_ceil(BLOCK) {
            let first = number.checked_mul(BLOCK)?;
            let block = self
                .store
                .get(self.encryption(), tree, &list.block(number))?;
            let from = usize::try_from(lo.saturating_sub(first)).ok()?;
            let to = usize::try_from(hi.saturating_sub(first))
                .ok()?
                .min(block.len());
            all.extend_from_slice(block.get(from..to)?);
        }
        (all.len() == usize::try_from(hi.saturating_sub(lo)).ok()?).then_some(all)
    }

    /// The message at a rank of a list of which `head` is known.
    pub fn entry_at(&mut self, list: &ListId, head: &List, rank: u32) -> Option<Entry> {
        let entries = self.entries(list, head, rank..rank.checked_add(1)?)?;
        entries.first().copied()
    }

    /// The rank of a message in a list, of which `head` is known; `hint` is where it was last.
    pub fn rank_of(&mut self, list: &ListId, head: &List, entry: Entry, hint: u32) -> Option<u32> {
        let total = head.counts.messages;
        let near = hint.checked_div(BLOCK)?;
        for number in std::iter::once(near).chain((0..total.div_ceil(BLOCK)).rev()) {
            let first = number.checked_mul(BLOCK)?;
            let block = first..first.saturating_add(BLOCK).min(total);
            let block = self.entries(list, head, block).unwrap_or_default();
            if let Some(at) = block.iter().position(|one| *one == entry) {
                return u32::try_from(at).ok()?.checked_add(first);
            }
        }
        None
    }

    /// Keeps a list; of its blocks only those that changed are written.
    pub fn put_list(&mut self, list: &ListId, head: &List, uids: &[Uid]) {
        self.put_blocks(&BLOCKS, self.data.list(list), uids);
        self.put_head(list, head);
    }

    /// Keeps a list whose messages may be in several folders.
    pub fn put_entries(&mut self, list: &ListId, head: &List, entries: &[Entry]) {
        self.put_entries_at(self.data.list(list), head, entries);
    }

    pub(super) fn put_entries_at(&mut self, key: ListKey, head: &List, entries: &[Entry]) {
        let uids: Vec<Uid> = entries.iter().map(|entry| entry.uid).collect();
        let places = entries.iter().filter(|_| !head.others.is_empty());
        let places: Vec<u16> = places.map(|entry| entry.folder).collect();
        self.put_blocks(&BLOCKS, key, &uids);
        self.put_blocks(&PLACES, key, &places);
        self.store.put(self.encryption(), &LISTS, &key, head);
    }

    pub(super) fn put_blocks<T: Record + Clone + PartialEq>(
        &mut self,
        tree: &Tree<BlockKey, Vec<T>>,
        key: ListKey,
        all: &[T],
    ) {
        let size = usize::try_from(BLOCK).unwrap_or(usize::MAX);
        let mut count: u32 = 0;
        for block in all.chunks(size) {
            let at = key.block(count);
            if self.store.get(self.encryption(), tree, &at).as_deref() != Some(block) {
                self.store
                    .put(self.encryption(), tree, &at, &block.to_vec());
            }
            count = count.saturating_add(1);
        }
        for number in count.. {
            let at = key.block(number);
            if self.store.get(self.encryption(), tree, &at).is_none() {
                break;
            }
            self.store.remove(tree, &at);
        }
    }

    /// The same where it is known how all lies there, without looking.
    pub(super) fn put_changed<T: Record + Clone + PartialEq>(
        &mut self,
        tree: &Tree<BlockKey, Vec<T>>,
        key: ListKey,
        [before, now]: [&[T]; 2],
    ) {
        let size = usize::try_from(BLOCK).unwrap_or(usize::MAX);
        let mut known = before.chunks(size);
        let mut blocks = now.chunks(size);
        for number in 0.. {
            let at = key.block(number);
            match (known.next(), blocks.next()) {
                (None, None) => break,
                (Some(_), None) => self.store.remove(tree, &at),
                (old, Some(block)) if old != Some(block) => {
                    self.store
                        .put(self.encryption(), tree, &at, &block.to_vec());
                }
                (_, Some(_)) => {}
            }
        }
    }

    /// Removes a list with its blocks.
    pub(super) fn remove_list(&mut self, key: ListKey) {
        self.store.remove(&LISTS, &key);
        for block in self.store.keys_below(&BLOCKS, &key) {
            self.store.remove(&BLOCKS, &block);
        }
        for block in self.store.keys_below(&PLACES, &key) {
            self.store.remove(&PLACES, &block);
        }
        self.remove_groups(key);
    }

    /// Keeps what is known of a list whose order has not changed.
    pub fn put_head(&mut self, list: &ListId, head: &List) {
        let key = self.data.list(list);
        self.store.put(self.encryption(), &LISTS, &key, head);
        if list.is_compared() {
            self.put_counts(&head.folder.name, head.counts);
        }
    }

    /// Lists that were found, not compared.
    fn found(&mut self) -> Vec<(ListKey, List)> {
        let keys = self.store.keys_below(&LISTS, &self.data.id);
        let mut found = Vec::new();
        for key in keys {
            let head = self.store.get(self.encryption(), &LISTS, &key);
            found.extend(
                head.filter(|head| head.found.is_some())
                    .map(|head| (key, head)),
            );
        }
        found
    }

    /// Those of them whose lines stand for conversations.
    pub(super) fn grouped(&mut self) -> Vec<(ListKey, List)> {
        let is_grouped = |head: &List| head.found.as_ref().is_some_and(|found| found.is_grouped);
        let mut found = self.found();
        found.retain(|(_, head)| is_grouped(head));
        found
    }

    /// Makes room for one more list that was found: the oldest go.
    pub fn make_room_for_found(&mut self) {
        let mut found = self.found();
        found.sort_by_key(|(_, head)| std::cmp::Reverse(head.as_of));
        for (key, _) in found.into_iter().skip(MOST_FOUND.saturating_sub(1)) {
            self.remove_list(key);
        }
    }

    /// Takes messages that are gone out of the lists in which they were found.
    pub(super) fn drop_from_found(&mut self, folder: &FolderRef, gone: &UidSet) {
        let found = self.found();
        let grouped = found.iter().filter(|(_, head)| head.folder == *folder);
        let buckets = grouped.filter_map(|(_, head)| head.found.as_ref());
        let buckets = buckets.map(|found| found.buckets).max().unwrap_or(0);
        let few: Vec<Uid> = gone.iter().take(MOST_GONE).collect();
        let is_certain = buckets > 0 && self.drop_names(folder, buckets, &few);
        for (key, mut head) in found {
            let Some(number) = head.number_of(folder) else {
                continue;
            };
            if let Some(found) = head.found.as_mut().filter(|found| found.is_grouped) {
                if !is_certain || found.buckets != buckets {
                    found.buckets = 0;
                }
                self.drop_from_groups(key, head, gone);
                continue;
            }
            let all = 0..head.counts.messages;
            let Some(mut entries) = self.entries_at(key, &head, all) else {
                continue;
            };
            let before = entries.len();
            entries.retain(|entry| entry.folder != number || !gone.contains(entry.uid));
            if entries.len() == before {
                continue;
            }
            head.counts.messages = u32::try_from(entries.len()).unwrap_or(u32::MAX);
            // Ranks have moved.
            head.flags.clear();
            self.put_entries_at(key, &head, &entries);
        }
    }

    /// Forgets a list; what is cached of its messages stays.
    pub fn forget_list(&mut self, list: &ListId) {
        let key = self.data.list(list);
        self.store.remove(&LISTS, &key);
    }
}
