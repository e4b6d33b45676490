//! A page of a folder's list: which rows it shows, and how they are fetched where they are missing.
//!
//! Not for the order itself (`order`) nor for comparing it (`compare`). To know before changing it: a place that no longer
//! exists is clamped, never an error, and a window is found by a message and its rank, never by a page number.

use super::{Mailbox, is_away};
use crate::error::{Cause, Error, Imap, Result};
use crate::mail::{FolderName, Row, Uid, UidValidity};
use crate::remote::{Access, Plan, UidSet};
use crate::route::{Anchor, FolderQuery, Place};
use crate::store::keys::{List, ROWS};

/// How often a list is compared anew within one request, where a folder will not stand still.
const ATTEMPTS: u32 = 3;

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What is known of the folder.
    pub list: List,
    /// The rows, newest first, each with its rank.
    pub rows: Vec<(u32, Row)>,
    /// Rank of the oldest row of the window, and one more than that of the newest.
    pub ranks: (u32, u32),
    /// The place of this very window.
    pub here: Place,
    /// Where the window before this one begins.
    pub newer: Option<Anchor>,
    /// Where the next one begins.
    pub older: Option<Anchor>,
    /// True where the link was made for a numbering that the folder no longer has.
    pub renumbered: bool,
}

impl Mailbox<'_, '_> {
    /// A page of a folder's list, from the cache while it is fresh, else compared with the server.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap` where the cache has nothing to show instead.
    pub fn list(&mut self, query: &FolderQuery) -> Result<Listing> {
        let cached = self.cached_list(&query.folder);
        let fresh = cached.as_ref().is_some_and(|l| self.is_fresh(l.as_of));
        let (mut list, mut flags_due) = match cached {
            Some(list) if fresh && !query.compare => (list, false),
            cached => match (self.compare(&query.folder), cached) {
                (Ok(compared), _) => compared,
                (Err(e), Some(list)) if is_away(&e) => {
                    self.away = Some(e);
                    (list, false)
                }
                (Err(e), _) => return Err(e),
            },
        };
        for _ in 0..ATTEMPTS {
            if let Some(listing) = self.window(query, &list, flags_due)? {
                return Ok(listing);
            }
            self.forget_list(&query.folder);
            (list, flags_due) = self.compare(&query.folder)?;
        }
        let cause = Cause::new("the folder is numbered anew again and again");
        Err(Error::Imap(Imap::Garbled, cause))
    }

    /// The page of a list on which a rank stands, from the cache alone: what stands beside an open message.
    pub fn cached_page(&mut self, folder: &FolderName, rank: u32) -> Option<Listing> {
        let list = self.cached_list(folder)?;
        let total = list.counts.messages;
        let newer = total.saturating_sub(rank.saturating_add(1));
        let hi = total.saturating_sub(newer.saturating_sub(newer.checked_rem(self.rows)?));
        let lo = hi.saturating_sub(self.rows);
        let uids = self.cached_uids(folder, lo, hi)?;
        let rows = self.cached_rows(folder, &list, lo, &uids);
        Some(self.listing(folder, list, (lo, hi), rows, false))
    }

    /// The rows that a place names, fetched as far as they are missing, with the windows before and after.
    /// None where a block is missing, or the folder has been numbered anew meanwhile: the list is as good as unknown.
    fn window(
        &mut self,
        query: &FolderQuery,
        list: &List,
        flags_due: bool,
    ) -> Result<Option<Listing>> {
        let folder = &query.folder;
        let (lo, hi, renumbered) = self.ranks(query, list);
        let around = (
            lo.saturating_sub(self.rows),
            hi.saturating_add(self.rows).min(list.counts.messages),
        );
        let Some(near) = self.cached_uids(folder, around.0, around.1) else {
            return Ok(None);
        };
        let shown = near
            .iter()
            .zip(around.0..)
            .filter(|(_, rank)| (lo..hi).contains(rank));
        let window: Vec<Uid> = shown.map(|(uid, _)| *uid).collect();
        let mut rows = self.cached_rows(folder, list, lo, &window);
        let is_needed = rows.len() < window.len();
        if self.away.is_none() && (is_needed || flags_due && !window.is_empty()) {
            // What is missing of the windows around comes along: the first "next" is a hit as well.
            let is_missing = |uid: &Uid| {
                let key = self.data.folder(folder).with(list.validity).message(*uid);
                !self.store.has(&ROWS, &key)
            };
            let missing: UidSet = near.iter().copied().filter(is_missing).collect();
            let refresh: UidSet = match flags_due {
                true => rows.iter().map(|(_, row)| row.uid).collect(),
                false => UidSet::default(),
            };
            match self.fetch_rows(folder, list.validity, missing, refresh) {
                Ok(true) => rows = self.cached_rows(folder, list, lo, &window),
                Ok(false) => return Ok(None),
                Err(e) if is_away(&e) && !is_needed => self.away = Some(e),
                Err(e) => return Err(e),
            }
        }
        if rows.is_empty()
            && !window.is_empty()
            && let Some(away) = self.away.clone()
        {
            return Err(away);
        }
        Ok(Some(self.listing(
            folder,
            list.clone(),
            (lo, hi),
            rows,
            renumbered,
        )))
    }

    /// The ranks of the window that a place names. A place that is gone is clamped, never an error.
    fn ranks(&mut self, query: &FolderQuery, list: &List) -> (u32, u32, bool) {
        let total = list.counts.messages;
        let newest = (total.saturating_sub(self.rows), total);
        let (lo, hi) = match query.place {
            Place::Newest => newest,
            Place::OlderThan(a) | Place::NewerThan(a) if a.validity != list.validity => {
                return (newest.0, newest.1, true);
            }
            Place::OlderThan(anchor) => {
                let rank = self.cached_rank(&query.folder, anchor.uid, anchor.rank);
                // Beyond the oldest message: the last page.
                let hi = match rank.unwrap_or(anchor.rank).min(total) {
                    0 => self.rows.min(total),
                    hi => hi,
                };
                (hi.saturating_sub(self.rows), hi)
            }
            Place::NewerThan(anchor) => {
                let rank = self.cached_rank(&query.folder, anchor.uid, anchor.rank);
                let lo = rank.map_or(anchor.rank, |r| r.saturating_add(1));
                // The newest page is a whole one.
                let hi = lo.saturating_add(self.rows).min(total);
                (hi.saturating_sub(self.rows), hi)
            }
        };
        (lo, hi, false)
    }

    fn listing(
        &mut self,
        folder: &FolderName,
        list: List,
        (lo, hi): (u32, u32),
        rows: Vec<(u32, Row)>,
        renumbered: bool,
    ) -> Listing {
        let validity = list.validity;
        let mut anchor = |rank: u32| {
            let uid = self.cached_uid(folder, rank)?;
            Some(Anchor {
                validity,
                uid,
                rank,
            })
        };
        let here = (hi < list.counts.messages)
            .then(|| anchor(hi))
            .flatten()
            .map_or(Place::Newest, Place::OlderThan);
        let newer = (hi < list.counts.messages)
            .then(|| anchor(hi.saturating_sub(1)))
            .flatten();
        let older = (lo > 0).then(|| anchor(lo)).flatten();
        Listing {
            list,
            rows,
            ranks: (lo, hi),
            here,
            newer,
            older,
            renumbered,
        }
    }

    /// Fetches rows, and flags of others, of a folder; false where its numbering is no longer this one.
    fn fetch_rows(
        &mut self,
        folder: &FolderName,
        validity: UidValidity,
        rows: UidSet,
        flags: UidSet,
    ) -> Result<bool> {
        let mut plan = Plan::new();
        let is_open = self.is_open(folder, validity, false);
        let open = (!is_open).then(|| plan.open(folder, Access::Read, None));
        // Of an empty set nothing is asked.
        let rows = plan.fetch_rows(rows, self.asks_for_verdict());
        plan.fetch_flags(flags, None);
        self.remote.ready()?;
        let flight = self.fly(plan)?;
        if let Some(open) = open {
            let opened = self.remote.require_open(&flight, open)?;
            if self.note_open(folder, false, opened) != validity {
                return Ok(false);
            }
        }
        if let Some(messages) = flight.get(rows) {
            self.note_messages(folder, validity, messages);
        }
        Ok(true)
    }
}
