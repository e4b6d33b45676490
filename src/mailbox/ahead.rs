//! What the next clicks after a page of a list need, and whether it is here.
//!
//! Not for when it is fetched, nor by whom (`ahead`, the room). To know before changing it: a page asks only whether something
//! is missing, by two things that are looked up, since each click pays for it; all that is missing is found out by whoever
//! fetches it.

use super::Mailbox;
use super::list::{SHORT, Shown, beside_newest};
use crate::error::Result;
use crate::mail::{Entry, Flags, FolderName, ListId, MessageRef, PartPath, Row};
use crate::remote::Plan;
use crate::route::ListQuery;
use crate::store::keys::{FolderList, List};
use crate::time::Seconds;

/// How many pages beyond the one that is shown are fetched; when the second of them is missing, they are.
const PAGES: u32 = 4;
const MISSED: u32 = 2;
/// Unread messages on a page whose texts are fetched, and bytes of the texts of all.
const UNREAD: usize = 10;
const ALL_BYTES: u32 = 1024 * 1024;

/// What is in sight on a page of a list, as it is cached.
pub struct InSight {
    /// The rank below which the next page begins.
    pub below: u32,
    /// Unread messages and their ranks, the newest first.
    pub unread: Vec<(MessageRef, u32)>,
}

/// Folders that are asked at once what they hold, where the server does not tell it with its list.
const COUNTED: usize = 32;
/// For how many seconds at least what came by comparing ahead is not compared ahead again.
const NEWS: Seconds = 15;

/// After how many seconds that is, where what was compared is fresh for so many.
pub fn news_after(fresh: Seconds) -> Seconds {
    fresh.checked_div(2).unwrap_or(0).max(NEWS)
}

/// How lists and folders stand. What was asked before it changed is older than what is known.
#[derive(PartialEq, Eq)]
pub struct Standings {
    list: Option<List>,
    inbox: Option<List>,
    folders: Option<FolderList>,
}

impl Standings {
    /// True where a list still has the messages that it had, and was not compared meanwhile.
    pub fn has_same_list(&self, other: &Standings) -> bool {
        self.list.as_ref().map(numbering) == other.list.as_ref().map(numbering)
    }
}

/// A list without what is counted of it, which changes when a message is read.
fn numbering(head: &List) -> List {
    let mut head = head.clone();
    head.counts.unread = 0;
    head.flags = Vec::new();
    head
}

impl Mailbox<'_, '_> {
    /// The page of a list that was shown, or on which what was read stands, where something that the next clicks need is not
    /// here, or the server is still to be told what was read.
    pub fn lacks_ahead(&mut self) -> Option<ListQuery> {
        if self.offline.is_set() {
            return None;
        }
        if let Some(folder) = self.read_in.take() {
            return Some(ListQuery::newest(folder));
        }
        let shown = self.shown.take()?;
        let lacks_anything =
            self.lacks_news() || self.lacks_pages(&shown) || self.lacks_text(&shown);
        lacks_anything.then(|| ListQuery {
            page: shown.page,
            ..ListQuery::first(shown.list)
        })
    }

    fn lacks_text(&mut self, shown: &Shown) -> bool {
        let message = shown.unread.and_then(|entry| shown.head.message(entry));
        message.is_some_and(|message| !self.cache.has_text(&message, &PartPath::header()))
    }

    /// True where the folders, and with them the inbox, were compared so long ago that they will not be fresh much longer.
    fn lacks_news(&self) -> bool {
        let window = self.fresh.window();
        let due = news_after(window)..window;
        let age = |as_of: Seconds| self.fresh.now.saturating_sub(as_of);
        self.counted.is_some_and(|as_of| due.contains(&age(as_of)))
    }

    fn lacks_pages(&mut self, shown: &Shown) -> bool {
        let Shown {
            list, head, first, ..
        } = shown;
        let oldest = first.saturating_sub(self.rows.saturating_mul(MISSED));
        if *first == 0 {
            return false;
        }
        let entry = self.cache.entry_at(list, head, oldest);
        let message = entry.and_then(|entry| head.message(entry));
        message.is_some_and(|message| !self.cache.has_row(&message))
    }

    /// What is in sight on a page of a list; None where the list is not cached.
    pub fn in_sight(&mut self, query: &ListQuery) -> Option<InSight> {
        let head = self.cache.list(&query.list)?;
        let ranks = self.window(query, &head).ranks;
        let entries = self.cache.entries(&query.list, &head, ranks.clone())?;
        let rows = self.cache.rows_of(&head, &entries);
        let mut room = ALL_BYTES;
        let mut unread = Vec::new();
        for (entry, rank) in entries.iter().zip(ranks.clone()).rev() {
            let row = rows.get(entry).filter(|row| !row.flags.has(&Flags::SEEN));
            let bytes = row
                .and_then(Row::text_bytes)
                .filter(|bytes| *bytes <= SHORT);
            let Some((bytes, message)) = bytes.zip(head.message(*entry)) else {
                continue;
            };
            let Some(left) = room.checked_sub(bytes).filter(|_| unread.len() < UNREAD) else {
                break;
            };
            room = left;
            unread.push((message, rank));
        }
        Some(InSight {
            below: ranks.start,
            unread,
        })
    }

    /// Fetches what is missing of the rows of the pages of a list below a rank, of the list as it is cached.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn fetch_pages_below(&mut self, list: &ListId, below: u32) -> Result<()> {
        let Some(mut head) = self.cache.list(list) else {
            return Ok(());
        };
        let below = below.min(head.counts.messages);
        let ranks = below.saturating_sub(self.rows.saturating_mul(PAGES))..below;
        let entries = self.cache.entries(list, &head, ranks.clone());
        let (Some(entries), Some(together)) = (entries, self.together(list, ranks.clone())) else {
            return Ok(());
        };
        let is_missing = |entry: &Entry| {
            let message = head.message(*entry);
            message.is_some_and(|message| !self.cache.has_row(&message))
        };
        let all = entries.iter().copied().chain(beside_newest(&together));
        let missing: Vec<Entry> = all.filter(is_missing).collect();
        if missing.is_empty() {
            return Ok(());
        }
        if let Some(brought) = self.sync().fetch_entries(&head, &missing, &[])? {
            // From the first that came on, without a gap: what was here before may have other flags by now.
            let ranked = entries.iter().zip(ranks).rev();
            let came = ranked.skip_while(|(entry, _)| !brought.contains_key(entry));
            let came = came.take_while(|(entry, _)| brought.contains_key(entry));
            let ranks: Vec<u32> = came.map(|(_, rank)| rank).collect();
            if let (Some(last), Some(first)) = (ranks.first(), ranks.last()) {
                self.note_flags_known(list, &mut head, *first..last.saturating_add(1));
            }
        }
        Ok(())
    }

    /// Compares the inbox with the server, by its first page, and what the folders hold, where they are no longer fresh. Not
    /// while something that was read there is still to be told, which goes before.
    ///
    /// # Errors
    /// `Imap`.
    pub fn fetch_news(&mut self, inbox: &ListQuery) -> Result<()> {
        let whole = ListId::of_folder(inbox.list.folder().clone());
        let known = self.cache.list(&whole);
        let Some(head) = known.filter(|head| self.cache.pending(&head.folder).is_empty()) else {
            return Ok(());
        };
        self.counting.most = Some(COUNTED);
        if !self.fresh.is_fresh(head.as_of) {
            self.list(inbox)?;
        }
        self.folders().map(drop)
    }

    /// How a list, the inbox and the folders stand.
    pub fn standings(&mut self, list: &ListId) -> Standings {
        Standings {
            list: self.cache.list(list),
            inbox: self.cache.list(&ListId::of_folder(FolderName::inbox())),
            folders: self.cache.folders(),
        }
    }

    /// What is to be asked apart from here, where something is.
    pub fn take_asked(&mut self) -> Option<Plan> {
        self.server.take_asked()
    }
}
