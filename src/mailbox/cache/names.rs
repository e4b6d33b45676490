//! Which messages of a folder name which ids, as it is kept: in buckets, by the ids.
//!
//! Not for what follows from it (`mailbox::index`). To know before changing it: a bucket that is missing, or that was made for
//! another number of them, tells nothing: then conversations are rebuilt.

use std::collections::BTreeMap;

use super::Cache;
use crate::mail::{FolderRef, IdHash, Named, Uid};
use crate::store::keys::{IndexKey, NAMES, Names};

/// About how many names a bucket is to hold, and most buckets.
const NAMES_A_BUCKET: usize = 500;
const MOST: u16 = 1_024;
/// Most messages that are taken out one by one; of more, all is rebuilt.
const FEW: usize = 500;

/// The bucket of an id.
fn bucket(id: IdHash, of: u16) -> u16 {
    let number = u64::from_be_bytes(id.0).checked_rem(of.into());
    number
        .and_then(|number| u16::try_from(number).ok())
        .unwrap_or(0)
}

impl Cache<'_, '_> {
    /// Keeps what all messages of a folder name; over how many buckets it is spread.
    pub fn put_names(&mut self, folder: &FolderRef, names: &[Named]) -> u16 {
        for key in self
            .store
            .keys_below(&NAMES, &self.data.folder(&folder.name))
        {
            self.store.remove(&NAMES, &key);
        }
        let count = names.len().checked_div(NAMES_A_BUCKET).unwrap_or(0);
        let of = u16::try_from(count)
            .unwrap_or(MOST)
            .saturating_add(1)
            .min(MOST);
        let mut buckets: BTreeMap<u16, Vec<Named>> = (0..of).map(|n| (n, Vec::new())).collect();
        for name in names {
            buckets.entry(bucket(name.id, of)).or_default().push(*name);
        }
        let within = self.validity_key(folder);
        let mut is_kept = true;
        for (number, named) in buckets {
            is_kept &= self.put_bucket(&within.names(number), &Names { of, named });
        }
        if is_kept { of } else { 0 }
    }

    fn put_bucket(&mut self, key: &IndexKey, names: &Names) -> bool {
        self.store.put(self.encryption(), &NAMES, key, names)
    }

    /// Which messages name an id, in order; None where that is not known.
    pub fn naming(&mut self, folder: &FolderRef, of: u16, id: IdHash) -> Option<Vec<Named>> {
        let key = self.validity_key(folder).names(bucket(id, of));
        let names: Names = self.store.get(self.encryption(), &NAMES, &key)?;
        let named = names.named.into_iter().filter(|one| one.id == id);
        (names.of == of).then(|| named.collect())
    }

    /// Adds what one more message names; false where what the others name is not known.
    pub fn add_names(
        &mut self,
        folder: &FolderRef,
        of: u16,
        names: impl Iterator<Item = Named>,
    ) -> bool {
        let mut is_known = true;
        for name in names {
            is_known &= self.change_names(folder, of, name.id, &mut |named| {
                if let Err(at) = named.binary_search(&name) {
                    named.insert(at, name);
                }
            });
        }
        is_known
    }

    fn change_names(
        &mut self,
        folder: &FolderRef,
        of: u16,
        id: IdHash,
        change: &mut dyn FnMut(&mut Vec<Named>),
    ) -> bool {
        let key = self.validity_key(folder).names(bucket(id, of));
        let names: Option<Names> = self.store.get(self.encryption(), &NAMES, &key);
        let Some(mut names) = names.filter(|names| names.of == of) else {
            return false;
        };
        change(&mut names.named);
        self.put_bucket(&key, &names)
    }

    /// Takes messages that are gone out of what the messages of their folder name, and out of its index. False where it is
    /// not certain that what they belonged to is all that changes: then conversations are rebuilt.
    pub(super) fn drop_names(&mut self, folder: &FolderRef, of: u16, gone: &[Uid]) -> bool {
        if gone.len() > FEW || of == 0 {
            return false;
        }
        let mut gone = gone.to_vec();
        gone.sort_unstable();
        let mut is_certain = true;
        for (key, run) in self.index_pieces(folder, &gone) {
            let mut piece = self.index_piece(&key).unwrap_or_default();
            let is_gone = |uid: &Uid| run.contains(uid);
            let names: Vec<Named> = piece
                .iter()
                .filter(|entry| is_gone(&entry.uid))
                .flat_map(|entry| entry.names())
                .collect();
            let count = piece.len();
            piece.retain(|entry| !is_gone(&entry.uid));
            is_certain &= count.saturating_sub(piece.len()) == run.len();
            self.put_index_piece(&key, &piece);
            for name in names {
                let mut has_other_owner = false;
                is_certain &= self.change_names(folder, of, name.id, &mut |named| {
                    named.retain(|one| *one != name);
                    let owns = |one: &Named| one.id == name.id && !one.refers;
                    has_other_owner = !name.refers && named.iter().any(owns);
                });
                // The id meant this message, and means another one now.
                is_certain &= !has_other_owner;
            }
        }
        is_certain
    }
}
