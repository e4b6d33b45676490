//! A page of a list: which rows it shows, and whether they are fetched.
//!
//! Not for comparing a list nor for fetching rows (`sync`). To know before changing it: a place that no longer exists is
//! clamped, never an error; a page is found by a message and its rank, never by its number; and whatever happens to the
//! server or to one message, what is cached is shown.

use std::collections::BTreeMap;
use std::ops::Range;

use super::sync::Compared;
use super::{Mailbox, stretches};
use crate::error::{Cause, Error, Imap, Result};
use crate::mail::{Conversation, Entry, Flags, FolderName, FolderRef, ListId, Permits, Row, Uid};
use crate::route::{Anchor, ListPage, ListQuery, Selected};
use crate::store::keys::{FlagsAsOf, List};

/// How often a list is compared again within one request, where a folder will not stand still.
const ATTEMPTS: u32 = 3;
/// Texts of a message of more bytes than this are long: nobody but who opens it fetches them.
pub(super) const SHORT: u32 = 256 * 1024;

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Which list.
    pub list: ListId,
    /// Which page of it.
    pub page: ListPage,
    /// What is known of the list.
    pub head: List,
    /// The lines, newest first.
    pub lines: Vec<Line>,
    /// The ranks of the page, counted from the oldest.
    pub ranks: Range<u32>,
    /// Where the page before this one begins.
    pub newer: Option<Anchor>,
    /// Where the next one begins.
    pub older: Option<Anchor>,
    /// True where the link was made for a UIDVALIDITY that the folder no longer has.
    pub renumbered: bool,
}

/// A page of a list that has been shown.
pub(super) struct Shown {
    pub list: ListId,
    pub page: ListPage,
    pub head: List,
    /// The oldest rank on it.
    pub first: u32,
    /// Its newest unread message whose texts are known not to be long.
    pub unread: Option<Entry>,
}

impl Shown {
    fn of(listing: &Listing) -> Shown {
        let is_short = |line: &&Line| {
            let row = line.row.as_ref().filter(|row| !row.flags.has(&Flags::SEEN));
            let bytes = row.and_then(Row::text_bytes);
            bytes.is_some_and(|bytes| bytes <= SHORT)
        };
        let unread = listing.lines.iter().find(is_short);
        Shown {
            list: listing.list.clone(),
            page: listing.page.clone(),
            head: listing.head.clone(),
            first: listing.ranks.start,
            unread: unread.map(|line| line.entry),
        }
    }
}

/// One message of a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// How many older messages the list holds.
    pub rank: u32,
    /// Which message.
    pub entry: Entry,
    /// What is known of it; None where it has not been read yet.
    pub row: Option<Row>,
    /// The conversation that it is the newest message of, where the line stands for that.
    pub together: Option<Together>,
}

/// A conversation, as far as its line looks at it.
#[derive(Clone, Debug, Default)]
pub struct Together {
    /// All of its messages in this folder.
    pub count: u32,
    /// Its newest messages before the last one, as far as they are known, the oldest first.
    pub before: Vec<Row>,
    /// How many messages are unread before these.
    pub unread: u32,
    /// True where one before these is starred.
    pub starred: bool,
    /// True where one before these is muted.
    pub muted: bool,
}

/// The ranks that a page names.
pub(super) struct Window {
    pub ranks: Range<u32>,
    renumbered: bool,
}

impl Mailbox<'_, '_> {
    /// A page of a list, from the cache while it is fresh, else compared with the server.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap` where the cache has nothing to show instead.
    pub fn list(&mut self, query: &ListQuery) -> Result<Listing> {
        let cached = self.cache.list(&query.list);
        // What was found is walked as it was found; whoever begins again at its first page wants it as it is now.
        let is_walked = !query.list.is_compared()
            && (query.page != ListPage::Newest || query.selected != Selected::Nothing);
        let is_fresh = |head: &List| is_walked || self.fresh.is_fresh(head.as_of);
        let is_asked = query.compare || query.further;
        let mut compared = match cached {
            // Somebody who asks for it by a click wants the server to be tried again.
            Some(head) if (is_fresh(&head) || self.offline.is_set()) && !is_asked => Compared {
                head,
                flags_due: false,
                beside: None,
            },
            cached => match (self.renew(query), cached) {
                (Ok(compared), _) => compared,
                (Err(failure), None) => return Err(failure),
                (Err(failure), Some(head)) => {
                    self.offline.note(failure)?;
                    Compared {
                        head,
                        flags_due: false,
                        beside: None,
                    }
                }
            },
        };
        for _ in 0..ATTEMPTS {
            if let Some(listing) = self.page(query, compared)? {
                self.shown = Some(Shown::of(&listing));
                return Ok(listing);
            }
            self.cache.forget_list(&query.list);
            compared = self.renew(query)?;
        }
        let cause = Cause::new("the folder gets a new UIDVALIDITY again and again");
        Err(Error::Imap(Imap::Garbled, cause))
    }

    /// Compares a list with the server, or looks for it.
    fn renew(&mut self, query: &ListQuery) -> Result<Compared> {
        match query.list.is_compared() {
            true => self.compare(&query.list),
            false => self.search(query),
        }
    }

    /// The page of a list on which a rank stands, from the cache alone: what stands beside an open message.
    pub fn cached_page(&mut self, list: &ListId, rank: u32) -> Option<Listing> {
        let head = self.cache.list(list)?;
        let total = head.counts.messages;
        let newer = total.saturating_sub(rank.saturating_add(1));
        let hi = total.saturating_sub(newer.saturating_sub(newer.checked_rem(self.rows)?));
        let ranks = hi.saturating_sub(self.rows)..hi;
        let entries = self.cache.entries(list, &head, ranks.clone())?;
        let together = self.together(list, ranks.clone())?;
        let looked_at: Vec<Entry> = entries
            .iter()
            .copied()
            .chain(beside_newest(&together))
            .collect();
        let rows = self.cache.rows_of(&head, &looked_at);
        let page = match hi < total {
            true => self
                .anchor(list, &head, hi)
                .map_or(ListPage::Newest, ListPage::OlderThan),
            false => ListPage::Newest,
        };
        let query = ListQuery {
            page,
            ..ListQuery::first(list.clone())
        };
        let window = Window {
            ranks,
            renumbered: false,
        };
        let lines = lines(window.ranks.start, &entries, rows, together);
        Some(listing(&query, head, window, lines))
    }

    /// What can be changed in a folder, as far as that is known.
    pub fn permits(&mut self, folder: &FolderName) -> Permits {
        let list = ListId::of_folder(folder.clone());
        let head = self.cache.list(&list);
        head.map(|head| head.permits).unwrap_or_default()
    }

    /// The rows of messages, as far as they are cached.
    pub fn cached_rows(&mut self, folder: &FolderRef, uids: &[Uid]) -> BTreeMap<Uid, Row> {
        self.cache.rows(folder, uids)
    }

    /// The messages of a list whose UIDs are below this one, as the list is cached.
    pub fn uids_below(&mut self, list: &ListId, below: u32) -> Vec<Uid> {
        let (_, uids) = self.cache.whole(list).unzip();
        uids.into_iter()
            .flatten()
            .filter(|uid| uid.get() < below)
            .collect()
    }

    /// The page that was asked for, its rows fetched as far as they are missing, with those of the pages before and after.
    /// None where a block is missing, or the folder has another UIDVALIDITY meanwhile: the list is as good as unknown.
    fn page(&mut self, query: &ListQuery, compared: Compared) -> Result<Option<Listing>> {
        let Compared {
            mut head,
            flags_due,
            ..
        } = compared;
        let window = self.window(query, &head);
        let Range { start: lo, end: hi } = window.ranks;
        let around =
            lo.saturating_sub(self.rows)..hi.saturating_add(self.rows).min(head.counts.messages);
        let Some(near) = self.cache.entries(&query.list, &head, around.clone()) else {
            return Ok(None);
        };
        let ranked = near.iter().zip(around.clone());
        let shown = ranked.filter(|(_, rank)| (lo..hi).contains(rank));
        let shown: Vec<Entry> = shown.map(|(entry, _)| *entry).collect();
        let Some(together) = self.together(&query.list, around.clone()) else {
            return Ok(None);
        };
        let before = usize::try_from(lo.saturating_sub(around.start)).unwrap_or(0);
        let of_shown = together.iter().skip(before).take(shown.len());
        // What else has to be known for the lines that are shown, and for those around.
        let looked_at: Vec<Entry> = shown
            .iter()
            .copied()
            .chain(beside_newest(of_shown))
            .collect();
        let mut rows = self.cache.rows_of(&head, &looked_at);
        let now = self.fresh.now;
        let is_due_again = |row: &Row| row.told.asked().is_some_and(|a| a.is_due_again(now));
        let is_needed = rows.len() < looked_at.len() || rows.values().any(is_due_again);
        // What was found in several folders came with its flags, and is shown with them until it is looked for again.
        let is_of_one = !query.list.spans_folders();
        let flags_due = flags_due || is_of_one && !self.knows_flags(&head, lo..hi);
        let is_away = self.offline.is_set();
        let is_asked = is_needed || flags_due && !shown.is_empty() && !is_away;
        if is_asked && !self.offline.has_failed() {
            // What is missing of the pages around comes along: the first "next" is a hit as well.
            let is_missing = |entry: &Entry| match (rows.get(entry), head.message(*entry)) {
                (Some(row), _) => is_due_again(row),
                (None, Some(message)) => !self.cache.has_row(&message),
                (None, None) => false,
            };
            let all = near.iter().copied().chain(beside_newest(&together));
            let missing: Vec<Entry> = all.filter(is_missing).collect();
            let flags = rows
                .iter()
                .filter(|(_, row)| flags_due && !is_due_again(row));
            let flags: Vec<Entry> = flags.map(|(entry, _)| *entry).collect();
            for (entry, row) in rows.iter().filter(|(_, row)| is_due_again(row)) {
                // Whatever becomes of the question, it is not asked again at the next click.
                if let Some(at) = head.message(*entry) {
                    self.cache.put_row(&at, &row.clone().asked_again(now));
                }
            }
            match self.sync().fetch_entries(&head, &missing, &flags) {
                Ok(None) => return Ok(None),
                Ok(Some(brought)) => {
                    let has_come = |rank: &u32| {
                        let at = usize::try_from(rank.saturating_sub(around.start)).ok();
                        at.and_then(|at| near.get(at))
                            .is_some_and(|entry| brought.contains_key(entry))
                    };
                    let newer = (hi..around.end).take_while(has_come).count();
                    let older = (around.start..lo).rev().take_while(has_come).count();
                    let beyond = |count: usize| u32::try_from(count).unwrap_or(0);
                    let known = lo.saturating_sub(beyond(older))..hi.saturating_add(beyond(newer));
                    rows.extend(brought);
                    self.note_flags_known(&query.list, &mut head, known);
                }
                Err(failure) => {
                    self.offline.note(failure)?;
                    rows = self.cache.rows_of(&head, &looked_at);
                }
            }
        }
        let first = usize::try_from(lo.saturating_sub(around.start)).unwrap_or(0);
        let together = together.into_iter().skip(first).collect();
        let lines = lines(lo, &shown, rows, together);
        Ok(Some(listing(query, head, window, lines)))
    }

    /// What lines of a grouped list stand for; of any other one nothing. None where that is not known.
    pub(super) fn together(
        &mut self,
        list: &ListId,
        ranks: Range<u32>,
    ) -> Option<Vec<Conversation>> {
        match list.is_grouped() {
            true => self.cache.groups(list, ranks),
            false => Some(Vec::new()),
        }
    }

    /// True where the flags of these ranks are known: by the server's modification sequences, or since they were asked for.
    fn knows_flags(&self, head: &List, ranks: Range<u32>) -> bool {
        let mut missing = ranks.start;
        let known = |at: &&FlagsAsOf| at.as_of >= head.as_of || self.fresh.is_fresh(at.as_of);
        let mut stretches: Vec<&FlagsAsOf> = head.flags.iter().filter(known).collect();
        stretches.sort_by_key(|at| at.from);
        for at in stretches {
            if at.from <= missing {
                missing = missing.max(at.to);
            }
        }
        head.modseq.is_some() || missing >= ranks.end
    }

    /// Notes that the flags of these ranks have just come, where the server does not tell what changes.
    pub(super) fn note_flags_known(&mut self, list: &ListId, head: &mut List, ranks: Range<u32>) {
        if head.modseq.is_some() {
            return;
        }
        let now = FlagsAsOf {
            from: ranks.start,
            to: ranks.end,
            as_of: self.fresh.now,
        };
        stretches::note(&mut head.flags, now);
        self.cache.put_head(list, head);
    }

    /// The ranks of the page that is asked for. A place that is gone is clamped, never an error.
    pub(super) fn window(&mut self, query: &ListQuery, head: &List) -> Window {
        let total = head.counts.messages;
        let newest = total.saturating_sub(self.rows)..total;
        let anchor = match &query.page {
            ListPage::Newest => None,
            ListPage::OlderThan(anchor) | ListPage::NewerThan(anchor) => Some(anchor),
        };
        let rank = match anchor {
            Some(anchor) => match head.entry_of(&anchor.message) {
                Some(entry) => self.cache.rank_of(&query.list, head, entry, anchor.rank),
                // One of several folders has gone, or has other numbers: the place is where it was.
                None if query.list.spans_folders() => None,
                None => {
                    return Window {
                        ranks: newest,
                        renumbered: true,
                    };
                }
            },
            None => None,
        };
        let ranks = match &query.page {
            ListPage::Newest => newest,
            ListPage::OlderThan(anchor) => {
                // Beyond the oldest message: the last page.
                let hi = match rank.unwrap_or(anchor.rank).min(total) {
                    0 => self.rows.min(total),
                    hi => hi,
                };
                hi.saturating_sub(self.rows)..hi
            }
            ListPage::NewerThan(anchor) => {
                let lo = rank.map_or(anchor.rank, |r| r.saturating_add(1));
                // The newest page is a whole one.
                let hi = lo.saturating_add(self.rows).min(total);
                hi.saturating_sub(self.rows)..hi
            }
        };
        Window {
            ranks,
            renumbered: false,
        }
    }

    fn anchor(&mut self, list: &ListId, head: &List, rank: u32) -> Option<Anchor> {
        let message = head.message(self.cache.entry_at(list, head, rank)?)?;
        Some(Anchor { message, rank })
    }
}

/// A page with its lines, newest first, and where those before and after it begin.
fn listing(query: &ListQuery, head: List, window: Window, lines: Vec<Line>) -> Listing {
    let Range { start: lo, end: hi } = window.ranks;
    let anchor = |line: &Line| {
        let message = head.message(line.entry)?;
        let rank = line.rank;
        Some(Anchor { message, rank })
    };
    let has_newer = hi < head.counts.messages;
    let newer = lines.first().filter(|_| has_newer).and_then(anchor);
    let older = lines.last().filter(|_| lo > 0).and_then(anchor);
    Listing {
        list: query.list.clone(),
        page: query.page.clone(),
        lines,
        ranks: window.ranks,
        newer,
        older,
        renumbered: window.renumbered,
        head,
    }
}

/// The messages that lines of conversations look at beside their newest ones.
pub(super) fn beside_newest<'c>(
    together: impl IntoIterator<Item = &'c Conversation>,
) -> impl Iterator<Item = Entry> {
    let uids = together.into_iter().flat_map(|one| one.near().iter());
    uids.map(|uid| Entry {
        folder: 0,
        uid: *uid,
    })
}

/// The lines of the page that begins at rank `lo` and holds these messages, oldest first, with what they stand for.
fn lines(
    lo: u32,
    entries: &[Entry],
    mut rows: BTreeMap<Entry, Row>,
    together: Vec<Conversation>,
) -> Vec<Line> {
    let mut together = together.into_iter();
    let line = |(entry, rank): (&Entry, u32)| Line {
        rank,
        entry: *entry,
        row: rows.remove(entry),
        together: together.next().map(|one| Together {
            count: one.count,
            before: beside_newest([&one])
                .filter_map(|entry| rows.remove(&entry))
                .collect(),
            unread: u32::try_from(one.unread.len()).unwrap_or(u32::MAX),
            starred: !one.starred.is_empty(),
            muted: !one.muted.is_empty(),
        }),
    };
    let mut lines: Vec<Line> = entries.iter().zip(lo..).map(line).collect();
    lines.reverse();
    lines
}
