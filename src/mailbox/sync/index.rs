//! The index of a folder: brought up to what the folder holds now, the newest messages first, as far as there is time.
//!
//! Not for what an entry is made of (`mailbox::index`). To know before changing it: it is kept true by comparison alone. What
//! the folder holds is known from its list; what is missing of it in the index is fetched, what is too much is taken out, so
//! a piece that is damaged or lost is a piece that is read again.

use std::collections::BTreeMap;

use super::Sync;
use super::find::QUICK;
use super::places::SLICE;
use super::quest::LONG_ENOUGH;
use crate::error::{Error, GoneKind, Imap, Result};
use crate::mail::{Entry, FolderRef, Indexed, Uid};
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

/// What a request has done for an index so far.
struct Effort {
    watch: Watch,
    bytes: usize,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort {
            watch: Watch::start(),
            bytes: 0,
        }
    }
}

impl Effort {
    fn is_enough(&self) -> bool {
        self.watch.passed() >= LONG_ENOUGH || self.bytes >= BYTES
    }
}

/// Messages of a folder that the index does not have.
struct Missing<'f> {
    /// The folder's number among those of the list.
    number: u16,
    folder: &'f FolderRef,
    uids: Vec<Uid>,
}

/// The entry of a message, of what the server told; an empty one where it told nothing.
fn entry(uid: Uid, told: &BTreeMap<Uid, Message>) -> Indexed {
    match told.get(&uid) {
        Some(message) => index::of(uid, message),
        None => Indexed::empty(uid),
    }
}

/// Those of some messages that a piece of the index does not have; both in the order of their numbers.
fn missing_of<'u>(run: &'u [Uid], piece: &IndexPiece) -> impl Iterator<Item = Uid> + use<'u> {
    let known: Vec<Uid> = piece.iter().map(|entry| entry.uid).collect();
    let mut known = known.into_iter().peekable();
    let is_missing = move |uid: &&Uid| {
        while known.next_if(|known| known < *uid).is_some() {}
        known.next_if_eq(*uid).is_none()
    };
    run.iter().filter(is_missing).copied()
}

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
            missing.extend(missing_of(run, &piece));
            piece.into_iter().for_each(&mut *take);
        }
        self.index_more(folder, missing, &mut Effort::default(), take)
    }

    /// The entries of a few messages of a folder, the lowest number first; None where there was no time for all. What else is
    /// in the index stays.
    ///
    /// # Errors
    /// Those of `index`.
    pub(super) fn index_few(
        &mut self,
        folder: &FolderRef,
        uids: &[Uid],
    ) -> Result<Option<Vec<Indexed>>> {
        let (mut entries, mut missing) = (Vec::new(), Vec::new());
        for (key, run) in self.cache.index_pieces(folder, uids) {
            let piece: IndexPiece = self.cache.index_piece(&key).unwrap_or_default();
            missing.extend(missing_of(run, &piece));
            let known = piece.into_iter();
            entries.extend(known.filter(|entry| run.binary_search(&entry.uid).is_ok()));
        }
        let mut take = |entry| entries.push(entry);
        let rest = self.index_more(folder, missing, &mut Effort::default(), &mut take)?;
        entries.sort_by_key(|entry| entry.uid);
        Ok(rest.is_none().then_some(entries))
    }

    /// As `index`, of some messages of several folders, all within the time that one may take; `take` is given the number of
    /// the folder too. Of each folder the number below which there was no time, by its own number.
    ///
    /// # Errors
    /// `Imap`. What has another UIDVALIDITY now, or is gone, has no entries.
    pub(super) fn index_across(
        &mut self,
        folders: &[FolderRef],
        found: &[Entry],
        take: &mut dyn FnMut(u16, Indexed),
    ) -> Result<Vec<(u16, Uid)>> {
        let mut missing: Vec<Missing> = Vec::new();
        for (number, folder) in (0..=u16::MAX).zip(folders) {
            let here = found.iter().filter(|entry| entry.folder == number);
            let mut uids: Vec<Uid> = here.map(|entry| entry.uid).collect();
            uids.sort_unstable();
            let mut unknown = Vec::new();
            for (key, run) in self.cache.index_pieces(folder, &uids) {
                // What else is in it belongs to messages that were not found.
                let piece: IndexPiece = self.cache.index_piece(&key).unwrap_or_default();
                unknown.extend(missing_of(run, &piece));
                let known = piece.into_iter();
                let known = known.filter(|entry| run.binary_search(&entry.uid).is_ok());
                known.for_each(|entry| take(number, entry));
            }
            if !unknown.is_empty() {
                missing.push(Missing {
                    number,
                    folder,
                    uids: unknown,
                });
            }
        }
        let count = missing.iter().map(|one| one.uids.len()).sum::<usize>();
        if count <= SLICE && missing.len() > 1 {
            match self.fetch_index_across(&missing) {
                Ok(came) => {
                    for (one, entries) in missing.iter().zip(came) {
                        self.keep_index(one.folder, &entries);
                        entries
                            .into_iter()
                            .for_each(|entry| take(one.number, entry));
                    }
                    return Ok(Vec::new());
                }
                // One message that the server cannot read: each folder with all care.
                Err(error) => self.server.go_on_after(error)?,
            }
        }
        let (mut effort, mut left) = (Effort::default(), Vec::new());
        for Missing {
            number,
            folder,
            uids,
        } in missing
        {
            let mut take = |entry| take(number, entry);
            match self.index_more(folder, uids, &mut effort, &mut take) {
                Ok(below) => left.extend(below.map(|below| (number, below))),
                Err(Error::Gone(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(left)
    }

    /// The entries of messages of several folders, in one flight; of a folder that has another UIDVALIDITY now, or is gone,
    /// none.
    fn fetch_index_across(&mut self, missing: &[Missing]) -> Result<Vec<Vec<Indexed>>> {
        let mut plan = Plan::new();
        let ask = |one: &Missing| {
            let opened = plan.open(&one.folder.name, Access::Read, None);
            let wanted: UidSet = one.uids.iter().copied().collect();
            (opened, plan.fetch_index(wanted))
        };
        let asked: Vec<_> = missing.iter().map(ask).collect();
        let mut flight = self.fly_with_counts(plan)?;
        self.keep_facts();
        let mut came = Vec::new();
        for ((opened, handle), one) in asked.into_iter().zip(missing) {
            let opened = match self.server.require_open(&flight, opened) {
                Ok(opened) => Some(opened),
                Err(Error::Gone(_)) => None,
                Err(failure) => return Err(failure),
            };
            let is_same = opened.is_some_and(|opened| {
                self.server.note_open(one.folder, Access::Read, opened) == *one.folder
            });
            if !is_same {
                came.push(Vec::new());
                continue;
            }
            flight.require(handle)?;
            let messages = flight.take(handle).unwrap_or_default();
            came.push(one.uids.iter().map(|uid| entry(*uid, &messages)).collect());
        }
        Ok(came)
    }

    /// Fetches entries in slices, the newest first, until it has taken long enough.
    fn index_more(
        &mut self,
        folder: &FolderRef,
        mut missing: Vec<Uid>,
        effort: &mut Effort,
        take: &mut dyn FnMut(Indexed),
    ) -> Result<Option<Uid>> {
        let (mut size, mut refused) = (SLICE, 0_u32);
        while !missing.is_empty() {
            if effort.is_enough() {
                let newest = missing.last().map_or(u32::MAX, |uid| uid.get());
                return Ok(Uid::new(newest.saturating_add(1)));
            }
            let slice = Watch::start();
            let asked = missing.split_off(missing.len().saturating_sub(size));
            match self.fetch_index(folder, &asked) {
                Ok((entries, came)) => {
                    refused = 0;
                    effort.bytes = effort.bytes.saturating_add(came);
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
        let entries = asked.iter().map(|uid| entry(*uid, &messages));
        Ok((entries.collect(), bytes))
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
