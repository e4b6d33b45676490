//! The index of a folder: brought up to what the folder holds now, the newest messages first, as far as there is time.
//!
//! Not for what an entry is made of (`mailbox::index`). To know before changing it: it is kept true by comparison alone. What
//! the folder holds is known from its list; what is missing of it in the index is fetched, what is too much is taken out, so
//! a piece that is damaged or lost is a piece that is read again.

use std::collections::BTreeMap;

use super::Sync;
use super::find::{LONG_ENOUGH, QUICK, SLICE};
use crate::error::{Error, GoneKind, Imap, Result};
use crate::mail::{FolderRef, Indexed, Uid};
use crate::mailbox::index;
use crate::remote::{Access, Message, Plan, UidSet};
use crate::store::keys::IndexPiece;
use crate::time::Watch;

/// Most messages that are asked for at once.
const LARGEST_SLICE: usize = 8_000;
/// After so many bytes no further slice is begun: a request may take no more than twice that from the server.
const BYTES: usize = 16 * 1024 * 1024;
/// After so many that it refuses one after the other, no message of its own is the cause.
const HOPELESS: u32 = 3;
/// About what an answer says of a message beside its header.
const BESIDE: usize = 160;

impl Sync<'_, '_, '_> {
    /// Hands out the entry of each of these messages of a folder, those that are missing fetched first. The number below
    /// which there was no time for that; None where all are there.
    ///
    /// # Errors
    /// `Gone(Numbering)` where the folder has another UIDVALIDITY now; `Gone(Folder)`; `Imap`.
    pub fn index(
        &mut self,
        folder: &FolderRef,
        uids: &[Uid],
        take: &mut dyn FnMut(Indexed),
    ) -> Result<Option<Uid>> {
        let mut ordered = uids.to_vec();
        ordered.sort_unstable();
        ordered.dedup();
        let pieces = self.cache.index_pieces(folder, &ordered);
        self.cache.drop_index_beside(folder, &pieces);
        let mut missing: Vec<Uid> = Vec::new();
        for (key, run) in pieces {
            let mut piece: IndexPiece = self.cache.index_piece(&key).unwrap_or_default();
            let before = piece.len();
            piece.retain(|entry| run.binary_search(&entry.uid).is_ok());
            if piece.len() != before {
                self.cache.put_index_piece(&key, &piece);
            }
            let mut known = piece.iter().map(|entry| entry.uid).peekable();
            missing.extend(run.iter().filter(|uid| {
                while known.next_if(|known| known < *uid).is_some() {}
                known.next_if_eq(*uid).is_none()
            }));
            piece.into_iter().for_each(&mut *take);
        }
        self.index_more(folder, missing, take)
    }

    /// Fetches entries in slices, the newest first.
    fn index_more(
        &mut self,
        folder: &FolderRef,
        mut missing: Vec<Uid>,
        take: &mut dyn FnMut(Indexed),
    ) -> Result<Option<Uid>> {
        let watch = Watch::start();
        let (mut size, mut bytes, mut refused) = (SLICE, 0_usize, 0_u32);
        while !missing.is_empty() {
            if watch.passed() >= LONG_ENOUGH || bytes >= BYTES {
                let newest = missing.last().map_or(u32::MAX, |uid| uid.get());
                return Ok(Uid::new(newest.saturating_add(1)));
            }
            let slice = Watch::start();
            let asked = missing.split_off(missing.len().saturating_sub(size));
            match self.fetch_index(folder, &asked) {
                Ok((entries, came)) => {
                    refused = 0;
                    bytes = bytes.saturating_add(came);
                    self.keep_index(folder, &entries);
                    entries.into_iter().for_each(&mut *take);
                }
                // One message that the server stumbles over must not cost the others their entries.
                Err(Error::Imap(Imap::Refused(_), _)) if asked.len() > 1 => {
                    size = asked.len().div_ceil(8);
                    missing.extend(asked);
                    continue;
                }
                Err(Error::Imap(Imap::Refused(_), _)) if refused < HOPELESS => {
                    refused = refused.saturating_add(1);
                    let entries: Vec<Indexed> = asked.into_iter().map(Indexed::empty).collect();
                    self.keep_index(folder, &entries);
                    entries.into_iter().for_each(&mut *take);
                }
                Err(error) => return Err(error),
            }
            if slice.passed() < QUICK {
                size = size.saturating_mul(2).min(LARGEST_SLICE);
            }
        }
        Ok(None)
    }

    /// The entries of these messages, and about how many bytes came for them. Of one that the server says nothing of, there
    /// is an empty one: it is not asked for again.
    fn fetch_index(&mut self, folder: &FolderRef, asked: &[Uid]) -> Result<(Vec<Indexed>, usize)> {
        let mut plan = Plan::new();
        let opening = self.server.ask_for(&mut plan, folder, Access::Read);
        let wanted: UidSet = asked.iter().copied().collect();
        let handle = plan.fetch_index(wanted);
        let mut flight = self.fly_with_counts(plan)?;
        if !self.server.has_opened(&flight, &opening)? {
            return Err(Error::Gone(GoneKind::Numbering));
        }
        self.keep_facts();
        flight.require(handle)?;
        let messages = flight.take(handle).unwrap_or_default();
        let size = |message: &Message| message.header.as_ref().map_or(0, |header| header.len());
        let bytes = messages.values().fold(0_usize, |sum, message| {
            sum.saturating_add(size(message)).saturating_add(BESIDE)
        });
        let entry = |uid: &Uid| match messages.get(uid) {
            Some(message) => index::of(*uid, message),
            None => Indexed::empty(*uid),
        };
        Ok((asked.iter().map(entry).collect(), bytes))
    }

    /// Puts entries into their pieces.
    fn keep_index(&mut self, folder: &FolderRef, entries: &[Indexed]) {
        let mut by_uid: BTreeMap<Uid, &Indexed> = entries.iter().map(|e| (e.uid, e)).collect();
        let uids: Vec<Uid> = by_uid.keys().copied().collect();
        for (key, run) in self.cache.index_pieces(folder, &uids) {
            let mut piece = self.cache.index_piece(&key).unwrap_or_default();
            piece.retain(|entry| run.binary_search(&entry.uid).is_err());
            let news = run.iter().filter_map(|uid| by_uid.remove(uid).cloned());
            piece.extend(news);
            piece.sort_by_key(|entry| entry.uid);
            self.cache.put_index_piece(&key, &piece);
        }
    }
}
