//! What the lines of grouped lists stand for, as it is kept: in blocks beside those of the list, entry by entry.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Cache;
use crate::mail::{Conversation, Entry, Flags, FolderRef, ListId, MessageRef, Uid};
use crate::remote::UidSet;
use crate::store::keys::{BLOCK, BLOCKS, ELSEWHERE, Elsewhere, GROUPS, LISTS, List, ListKey};

/// The lines of a list of conversations, in its order.
#[derive(Clone)]
pub struct Lines {
    /// The messages that stand for them.
    pub uids: Vec<Uid>,
    /// What they consist of.
    pub groups: Vec<Conversation>,
}

impl Cache<'_, '_> {
    /// The conversations at some ranks of a list; None where a block is missing.
    pub fn groups(&mut self, list: &ListId, ranks: Range<u32>) -> Option<Vec<Conversation>> {
        self.groups_at(self.data.list(list), ranks)
    }

    fn groups_at(&mut self, list: ListKey, ranks: Range<u32>) -> Option<Vec<Conversation>> {
        self.stretch(&GROUPS, list, ranks)
    }

    /// The rank of a conversation in a list by any of its messages, and what it consists of; `hint` is about where it stands.
    pub fn group_of(
        &mut self,
        list: &ListId,
        head: &List,
        uid: Uid,
        hint: u32,
    ) -> Option<(u32, Conversation)> {
        if let Some(rank) = self.rank_of(list, head, Entry { folder: 0, uid }, hint) {
            let groups = self.groups(list, rank..rank.checked_add(1)?)?;
            return Some((rank, groups.into_iter().next()?));
        }
        let (near, count) = (hint.checked_div(BLOCK)?, head.counts.messages);
        for number in std::iter::once(near).chain((0..count.div_ceil(BLOCK)).rev()) {
            let start = number.checked_mul(BLOCK)?;
            let ranks = start..start.saturating_add(BLOCK).min(count);
            let mut groups = self.groups(list, ranks)?.into_iter().zip(start..);
            if let Some((group, rank)) = groups.find(|(group, _)| group.others.contains(&uid)) {
                return Some((rank, group));
            }
        }
        None
    }

    /// What was found of a conversation in other folders, by its newest message.
    pub fn elsewhere(&mut self, at: &MessageRef) -> Option<Elsewhere> {
        let key = self.data.message(at);
        self.store.get(self.encryption(), &ELSEWHERE, &key)
    }

    /// Keeps it.
    pub fn put_elsewhere(&mut self, at: &MessageRef, elsewhere: &Elsewhere) {
        let key = self.data.message(at);
        self.store
            .put(self.encryption(), &ELSEWHERE, &key, elsewhere);
    }

    /// Forgets it.
    pub fn forget_elsewhere(&mut self, at: &MessageRef) {
        self.store.remove(&ELSEWHERE, &self.data.message(at));
    }

    /// Keeps the conversations of a list; of its blocks only those that changed are written.
    pub fn put_groups(&mut self, list: &ListId, groups: &[Conversation]) {
        self.put_groups_at(self.data.list(list), groups);
    }

    /// Keeps a list of conversations and these, of which it is known how they lie there: only blocks that are others now are
    /// written, and none is read.
    pub fn put_regrouped(&mut self, list: &ListId, head: &List, [before, now]: [&Lines; 2]) {
        let key = self.data.list(list);
        self.put_changed(&GROUPS, key, [&before.groups, &now.groups]);
        self.put_changed(&BLOCKS, key, [&before.uids, &now.uids]);
        self.put_head(list, head);
    }

    fn put_groups_at(&mut self, list: ListKey, groups: &[Conversation]) {
        self.put_blocks(&GROUPS, list, groups);
    }

    /// Removes the conversations of a list.
    pub(super) fn remove_groups(&mut self, list: ListKey) {
        for block in self.store.keys_below(&GROUPS, &list) {
            self.store.remove(&GROUPS, &block);
        }
    }

    /// Takes messages that are gone out of the conversations of a list: those that lost their newest move to where the next
    /// one stands.
    pub(super) fn drop_from_groups(&mut self, key: ListKey, mut head: List, gone: &UidSet) {
        let all = 0..head.counts.messages;
        let whole = self.whole(&ListId::of_folder(head.folder.name.clone()));
        let known = whole.filter(|(whole, _)| whole.folder == head.folder);
        let (Some((_, order)), Some(uids), Some(groups)) = (
            known,
            self.uids_at(key, all.clone()),
            self.groups_at(key, all),
        ) else {
            self.remove_list(key);
            return;
        };
        let is_certain = |head: &List| head.found.as_ref().is_some_and(|found| found.buckets > 0);
        let is_gone = |uid: &Uid| gone.contains(*uid);
        let is_touched =
            |uid: &Uid, group: &Conversation| is_gone(uid) || group.others.iter().any(is_gone);
        if !uids
            .iter()
            .zip(&groups)
            .any(|(uid, group)| is_touched(uid, group))
        {
            if !is_certain(&head) {
                self.store.put(self.encryption(), &LISTS, &key, &head);
            }
            return;
        }
        // What is left of a conversation may no longer belong together, and what is one message does.
        let left = |group: &Conversation| group.others.iter().filter(|uid| !is_gone(uid)).count();
        let parts = |(uid, group): (&Uid, &Conversation)| {
            let stays = usize::from(!is_gone(uid));
            is_touched(uid, group) && left(group).saturating_add(stays) > 1
        };
        if uids.iter().zip(&groups).any(parts)
            && let Some(found) = &mut head.found
        {
            found.buckets = 0;
        }
        let mut ranks: Vec<(Uid, u32)> = order.into_iter().zip(0..).collect();
        ranks.sort_unstable();
        let rank = |uid: Uid| {
            let at = ranks.binary_search_by_key(&uid, |(known, _)| *known);
            at.ok().and_then(|at| ranks.get(at)).map(|(_, rank)| *rank)
        };
        let mut left: Vec<(Option<u32>, Uid, Conversation)> = Vec::new();
        for (newest, group) in uids.into_iter().zip(groups) {
            let mut members = group.others;
            members.push(newest);
            members.retain(|uid| !is_gone(uid));
            let flagged = [group.unread, group.starred, group.muted];
            if let Some((newest, group)) = Conversation::of(members) {
                let still: BTreeSet<Uid> = group.behind().iter().copied().collect();
                let behind = |mut flagged: Vec<Uid>| {
                    flagged.retain(|uid| still.contains(uid));
                    flagged
                };
                let [unread, starred, muted] = flagged.map(behind);
                let group = Conversation {
                    unread,
                    starred,
                    muted,
                    ..group
                };
                left.push((rank(newest), newest, group));
            }
        }
        // Few have moved: most still stand as the list is sorted.
        let pairs = || left.iter().zip(left.iter().skip(1));
        let falling = pairs().filter(|(one, next)| one.0 > next.0).count();
        let reversed = falling.saturating_mul(2) > pairs().count();
        left.sort_by_key(|(rank, ..)| *rank);
        if reversed {
            left.reverse();
        }
        let uids: Vec<Uid> = left.iter().map(|(_, uid, _)| *uid).collect();
        let groups: Vec<Conversation> = left.into_iter().map(|(.., group)| group).collect();
        head.counts.messages = u32::try_from(uids.len()).unwrap_or(u32::MAX);
        if let Some(found) = &mut head.found {
            (found.covers, found.behind) = Conversation::counted(&groups);
        }
        // Ranks have moved.
        head.flags.clear();
        self.put_groups_at(key, &groups);
        let entry = |uid| Entry { folder: 0, uid };
        let entries: Vec<Entry> = uids.into_iter().map(entry).collect();
        self.put_entries_at(key, &head, &entries);
    }

    /// Notes in the conversations of a folder's lists that flags were set on messages, or taken off.
    pub fn note_in_groups(&mut self, folder: &FolderRef, uids: &UidSet, flags: &Flags, set: bool) {
        if !Conversation::tells(flags) {
            return;
        }
        for (key, head) in self.grouped() {
            let all = 0..head.counts.messages;
            let groups = self.groups_at(key, all).filter(|_| head.folder == *folder);
            let Some(mut groups) = groups else {
                continue;
            };
            let is_meant = |uid: Uid| uids.contains(uid);
            let mut changed = false;
            for group in &mut groups {
                changed |= group.note(&is_meant, flags, set);
            }
            if changed {
                self.put_groups_at(key, &groups);
            }
        }
    }
}
