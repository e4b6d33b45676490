//! What the cache knows of a folder's list: its head, its order, its rows, and the marks that the server is still to be told.
//!
//! Not for asking the server (`compare`, `list`). The order is kept oldest first, in blocks, so that an arrival changes the
//! last block only; a rank counts from the oldest.

use super::Mailbox;
use crate::mail::{FolderName, Row, Uid, UidValidity};
use crate::remote::UidSet;
use crate::store::keys::{BLOCK, BLOCKS, LISTS, List, MessageKey, PENDING, ROWS, TEXTS};

impl Mailbox<'_, '_> {
    /// What is known of a folder's list.
    pub(super) fn cached_list(&mut self, folder: &FolderName) -> Option<List> {
        let key = self.data.list(folder);
        self.store.get(self.encryption(), &LISTS, &key)
    }

    /// The rank of a message; `hint` is where it was last.
    pub(super) fn cached_rank(&mut self, folder: &FolderName, uid: Uid, hint: u32) -> Option<u32> {
        let total = self.cached_list(folder)?.counts.messages;
        let blocks = total.div_ceil(BLOCK);
        let near = hint.checked_div(BLOCK)?;
        for number in std::iter::once(near).chain((0..blocks).rev()) {
            let block = self.cached_block(folder, number).unwrap_or_default();
            if let Some(at) = block.iter().position(|u| *u == uid) {
                return u32::try_from(at)
                    .ok()?
                    .checked_add(number.checked_mul(BLOCK)?);
            }
        }
        None
    }

    /// The UID at a rank.
    pub(super) fn cached_uid(&mut self, folder: &FolderName, rank: u32) -> Option<Uid> {
        let block = self.cached_block(folder, rank.checked_div(BLOCK)?)?;
        block
            .get(usize::try_from(rank.checked_rem(BLOCK)?).ok()?)
            .copied()
    }

    pub(super) fn cached_block(&mut self, folder: &FolderName, number: u32) -> Option<Vec<Uid>> {
        let key = self.data.list(folder).block(number);
        self.store.get(self.encryption(), &BLOCKS, &key)
    }

    /// The UIDs of some ranks, oldest first; None where a block is missing.
    pub(super) fn cached_uids(
        &mut self,
        folder: &FolderName,
        lo: u32,
        hi: u32,
    ) -> Option<Vec<Uid>> {
        let mut uids = Vec::new();
        if lo >= hi {
            return Some(uids);
        }
        for number in lo.checked_div(BLOCK)?..hi.div_ceil(BLOCK) {
            let first = number.checked_mul(BLOCK)?;
            let block = self.cached_block(folder, number)?;
            let from = usize::try_from(lo.saturating_sub(first)).ok()?;
            let to = usize::try_from(hi.saturating_sub(first))
                .ok()?
                .min(block.len());
            uids.extend_from_slice(block.get(from..to)?);
        }
        (uids.len() == usize::try_from(hi.saturating_sub(lo)).ok()?).then_some(uids)
    }

    pub(super) fn cached_row(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        uid: Uid,
    ) -> Option<Row> {
        let key = self.data.folder(folder).with(validity).message(uid);
        self.store.get(self.encryption(), &ROWS, &key)
    }

    /// The cached rows of a window, newest first, each with its rank.
    pub(super) fn cached_rows(
        &mut self,
        folder: &FolderName,
        list: &List,
        lo: u32,
        uids: &[Uid],
    ) -> Vec<(u32, Row)> {
        let ranked = uids.iter().zip(lo..);
        let mut rows: Vec<(u32, Row)> = ranked
            .filter_map(|(uid, rank)| Some((rank, self.cached_row(folder, list.validity, *uid)?)))
            .collect();
        rows.reverse();
        rows
    }

    pub(super) fn put_row(&mut self, folder: &FolderName, validity: UidValidity, row: &Row) {
        let key = self.data.folder(folder).with(validity).message(row.uid);
        self.store.put(self.encryption(), &ROWS, &key, row);
    }

    /// Keeps a list; of its blocks only those that changed are written.
    pub(super) fn put_list(&mut self, folder: &FolderName, list: &List, uids: &[Uid]) {
        let size = usize::try_from(BLOCK).unwrap_or(usize::MAX);
        let mut count: u32 = 0;
        for block in uids.chunks(size) {
            if self.cached_block(folder, count).as_deref() != Some(block) {
                let key = self.data.list(folder).block(count);
                self.store
                    .put(self.encryption(), &BLOCKS, &key, &block.to_vec());
            }
            count = count.saturating_add(1);
        }
        for number in count.. {
            if self.cached_block(folder, number).is_none() {
                break;
            }
            let key = self.data.list(folder).block(number);
            self.store.remove(&BLOCKS, &key);
        }
        self.put_list_head(folder, list);
    }

    /// Keeps what is known of a list whose order has not changed.
    pub(super) fn put_list_head(&mut self, folder: &FolderName, list: &List) {
        let key = self.data.list(folder);
        self.store.put(self.encryption(), &LISTS, &key, list);
        self.note_counts(folder, list.counts);
    }

    pub(super) fn forget_list(&mut self, folder: &FolderName) {
        let key = self.data.list(folder);
        self.store.remove(&LISTS, &key);
    }

    /// Removes what is cached of messages that are gone.
    pub(super) fn forget_rows(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        before: &[Uid],
        now: &[Uid],
    ) {
        let now: UidSet = now.iter().copied().collect();
        for uid in before.iter().filter(|uid| !now.contains(**uid)) {
            let key = self.data.folder(folder).with(validity).message(*uid);
            self.store.remove(&ROWS, &key);
            self.store.remove(&PENDING, &key);
            for text in self.store.keys_below(&TEXTS, &key) {
                self.store.remove(&TEXTS, &text);
            }
        }
    }

    /// Messages that were opened and whose \Seen the server does not know yet.
    pub(super) fn pending(&mut self, folder: &FolderName, validity: UidValidity) -> Vec<Uid> {
        let prefix = self.data.folder(folder).with(validity);
        let keys = self.store.keys_below(&PENDING, &prefix);
        keys.iter().map(MessageKey::uid).collect()
    }

    pub(super) fn forget_pending(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        sent: &[Uid],
    ) {
        for uid in sent {
            let key = self.data.folder(folder).with(validity).message(*uid);
            self.store.remove(&PENDING, &key);
        }
    }
}
