//! The index of a folder as it is kept: pieces, each for a run of numbers.

use super::Cache;
use crate::mail::{FolderName, FolderRef, Uid};
use crate::store::keys::{INDEX, IndexKey, IndexPiece};

impl Cache<'_, '_> {
    /// The keys of the pieces that hold these messages, each with those of them that it holds; the messages in the order
    /// of their numbers.
    pub fn index_pieces<'u>(
        &self,
        folder: &FolderRef,
        uids: &'u [Uid],
    ) -> Vec<(IndexKey, &'u [Uid])> {
        let within = self.validity_key(folder);
        let runs = uids.chunk_by(|one, next| within.index(*one) == within.index(*next));
        let keyed = runs.filter_map(|run| Some((within.index(*run.first()?), run)));
        keyed.collect()
    }

    /// A piece; None where it is missing or damaged.
    pub fn index_piece(&mut self, key: &IndexKey) -> Option<IndexPiece> {
        self.store.get(self.encryption(), &INDEX, key)
    }

    /// Keeps a piece; none where nothing is in it.
    pub fn put_index_piece(&mut self, key: &IndexKey, piece: &IndexPiece) {
        match piece.is_empty() {
            true => self.store.remove(&INDEX, key),
            false => drop(self.store.put(self.encryption(), &INDEX, key, piece)),
        }
    }

    /// Removes the index of a folder.
    pub fn drop_index(&mut self, folder: &FolderName) {
        for key in self.store.keys_below(&INDEX, &self.data.folder(folder)) {
            self.store.remove(&INDEX, &key);
        }
    }

    /// Removes the pieces of a folder that hold none of its messages: those whose messages are gone, and those of another
    /// UIDVALIDITY.
    pub fn drop_index_beside(&mut self, folder: &FolderRef, pieces: &[(IndexKey, &[Uid])]) {
        let kept = self
            .store
            .keys_below(&INDEX, &self.data.folder(&folder.name));
        for key in kept {
            if pieces
                .binary_search_by_key(&key, |(known, _)| *known)
                .is_err()
            {
                self.store.remove(&INDEX, &key);
            }
        }
    }
}
