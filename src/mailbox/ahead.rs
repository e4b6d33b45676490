//! What the next clicks after a page of a list need, and whether it is here.
//!
//! Not for when it is fetched, nor by whom (`ahead`, the room). To know before changing it: a page asks only whether something
//! is missing, by what stands at the end of that, since each click pays for it; all that is missing is found out by whoever
//! fetches it.

use super::Mailbox;
use super::list::{Shown, beside_newest};
use crate::error::Result;
use crate::mail::{Entry, ListId};
use crate::remote::Plan;
use crate::route::ListQuery;
use crate::store::keys::List;

/// How many pages beyond the one that is shown are fetched; when the second of them is missing, they are.
const PAGES: u32 = 4;
const MISSED: u32 = 2;

/// How a list stands. What was asked before it changed is older than what is known.
#[derive(PartialEq, Eq)]
pub struct Standings(Option<List>);

impl Mailbox<'_, '_> {
    /// The page of a list that was shown, where something that the next clicks need is not here.
    pub fn lacks_ahead(&mut self) -> Option<ListQuery> {
        let shown = self.shown.take().filter(|_| !self.offline.is_set())?;
        self.lacks_pages(&shown).then(|| ListQuery {
            page: shown.page,
            ..ListQuery::first(shown.list)
        })
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

    /// The rank below which the page after this one begins; None where the list is not cached.
    pub fn end_of(&mut self, query: &ListQuery) -> Option<u32> {
        let head = self.cache.list(&query.list)?;
        Some(self.window(query, &head).ranks.start)
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

    /// How a list stands, but for what is counted of it, which changes when a message is read.
    pub fn standings(&mut self, list: &ListId) -> Standings {
        let numbering = |mut head: List| {
            head.counts.unread = 0;
            head.flags = Vec::new();
            head
        };
        Standings(self.cache.list(list).map(numbering))
    }

    /// What is to be asked apart from here, where something is.
    pub fn take_asked(&mut self) -> Option<Plan> {
        self.server.take_asked()
    }
}
