//! How a list that is looked for, or sorted otherwise, is made: the server finds and sorts, or the index does; the order of
//! arrival is known.
//!
//! Not for when it is looked for again (`mailbox::found`). To know before changing it: looking through the texts of a large
//! folder takes longer than a request may. It goes in slices, the newest messages first, and says how far it got.

use std::time::Duration;

use super::Sync;
use super::attached::{Attached, doubted};
use super::days::Days;
use super::places::SLICE;
use super::quest::{LONG_ENOUGH, Quest};
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Conversation, Flags, MUTED, SortBy, Term, Uid};
use crate::mailbox::cache::Lines;
use crate::mailbox::index::Sorting;
use crate::remote::{Access, Criteria, Flight, Found, Handle, Plan, SortKey, UidSet};
use crate::time::Watch;

/// Most messages whose order is kept.
pub(super) const MOST: usize = 1_000_000;
/// Messages whose texts are looked through at once, at most.
pub(super) const LARGEST_SLICE: usize = 64_000;
/// A slice that takes less is followed by a larger one.
pub(super) const QUICK: Duration = Duration::from_millis(700);

/// What was found.
pub(in crate::mailbox) struct Finding {
    /// In the order of the list, its last message first.
    pub uids: Vec<Uid>,
    /// Below this number nothing has been looked through, or not all is known that sorts.
    pub down_to: Option<Uid>,
    /// True where it was sorted here.
    pub is_own_order: bool,
    /// What its lines stand for, where these are conversations.
    pub groups: Option<Vec<Conversation>>,
    /// Over how many buckets the ids are spread by which they were grouped.
    pub buckets: u16,
    /// The lines as they are kept, where these conversations come of them.
    pub before: Option<Lines>,
}

/// What the server says of the messages of a folder.
#[derive(Default)]
struct Told {
    /// Which ones were found.
    matching: Option<UidSet>,
    /// Which of them came on the right day by any calendar.
    sure: UidSet,
    /// Which of them are doubtful: rows say whether they have nothing attached.
    doubtful: UidSet,
    /// Those that come first, where a flag decides.
    first: Option<UidSet>,
    /// The order by what the server has to sort by.
    order: Option<Vec<Uid>>,
}

impl Sync<'_, '_, '_> {
    /// Looks for the messages of a list as `find` does, once.
    pub(super) fn look_for(&mut self, quest: &Quest) -> Result<Option<Finding>> {
        let terms = quest.list.search().map_or_else(Vec::new, |s| s.terms());
        let mut days = Days::of(terms, self.zone);
        let knows_attachments = self.server.can("X-GM-EXT-1")?;
        days.doubted = doubted(&days.asked).filter(|_| !knows_attachments);
        let is_long = days.asked.iter().any(Term::reads_texts) && quest.uids.len() > SLICE;
        let by = quest.list.order().by;
        let key = match self.sorts(by)? {
            true => key_of(by),
            false => None,
        };
        let is_own_order = key.is_none() && key_of(by).is_some();
        let mut told = match self.ask(quest, (!is_long).then_some(&days), key)? {
            Some(told) => told,
            None => return Ok(None),
        };
        let mut down_to = None;
        if is_long {
            let (looked, rest) = self.look_through(quest, &days)?;
            (told.matching, told.sure) = (looked.matching, looked.sure);
            told.doubtful = looked.doubtful;
            down_to = rest;
        }
        if days.sure.is_some()
            && let Some(found) = told.matching.take()
        {
            let sure = std::mem::take(&mut told.sure);
            told.matching = Some(self.within_days(quest, &days, found, &sure)?);
        }
        if let Some(attached) = Attached::asked_by(&days.asked).filter(|_| !knows_attachments)
            && let Some(found) = told.matching.take()
        {
            let (doubtful, certain) = match attached {
                Attached::Something => (found, UidSet::default()),
                Attached::Nothing => {
                    let here = quest.uids.iter().copied();
                    let here = here.filter(|uid| found.contains(*uid));
                    let (doubtful, certain): (Vec<Uid>, Vec<Uid>) =
                        here.partition(|uid| told.doubtful.contains(*uid));
                    (
                        doubtful.into_iter().collect(),
                        certain.into_iter().collect(),
                    )
                }
            };
            let (kept, rest) = self.narrowed(quest, &doubtful, attached)?;
            told.matching = Some(kept.with(&certain));
            down_to = down_to.max(rest);
        }
        if is_own_order {
            let mut sorting = Sorting::new(by, quest.uids);
            let rest = self.index(quest.folder, quest.uids, &mut |entry| sorting.add(entry))?;
            told.order = Some(sorting.finish());
            down_to = down_to.max(rest);
        }
        let (mut groups, mut buckets, mut before) = (None, 0, None);
        if quest.list.is_grouped() {
            let grouped = self.group(quest)?;
            down_to = down_to.max(grouped.down_to);
            (buckets, before) = (grouped.buckets, grouped.before);
            let mut found = grouped.found;
            keep_found(quest, told.matching.take(), &mut found);
            self.note_behind(quest, &mut found)?;
            let (newest, of_each): (Vec<Uid>, Vec<Conversation>) = found.into_iter().unzip();
            told.order = Some(newest.into_iter().rev().collect());
            groups = Some(of_each);
        }
        let reversed = quest.list.order().reversed;
        Ok(Some(Finding {
            uids: in_order(quest, told),
            down_to,
            is_own_order,
            buckets,
            before,
            groups: groups.map(|groups| match reversed {
                true => groups.into_iter().rev().collect(),
                false => groups,
            }),
        }))
    }

    /// Notes what is unread, starred and muted of long conversations, where no line looks.
    fn note_behind(&mut self, quest: &Quest, found: &mut [(Uid, Conversation)]) -> Result<()> {
        let behind = found.iter().flat_map(|(_, group)| group.behind());
        let among: UidSet = behind.copied().collect();
        if among.is_empty() {
            return Ok(());
        }
        let mut plan = Plan::new();
        let opening = self.server.ask_for(&mut plan, quest.folder, Access::Read);
        let mut ask = |flag: Flags, set: bool| {
            let term = [Term::Flag(flag, set)];
            plan.search(criteria(&term, UidSet::all(), false))
        };
        let (unread, starred) = (ask(Flags::SEEN, false), ask(Flags::FLAGGED, true));
        let muted = ask(Flags::keyword(MUTED).unwrap_or_default(), true);
        let flight = self.fly_with_counts(plan)?;
        if !self.server.has_opened(&flight, &opening)? {
            return Err(Error::Gone(GoneKind::Numbering));
        }
        let [unread, starred, muted] =
            [unread, starred, muted].map(|asked| flight.get(asked).map(set_of).unwrap_or_default());
        for (_, group) in found {
            let those = |set: &UidSet| {
                let behind = group.behind().iter().copied();
                behind.filter(|uid| set.contains(*uid)).collect()
            };
            let [unread, starred, muted] = [&unread, &starred, &muted].map(those);
            *group = Conversation {
                unread,
                starred,
                muted,
                ..std::mem::take(group)
            };
        }
        Ok(())
    }

    /// True where the server sorts by this as people see it: names by how they are shown (RFC 5957), else it sorts them by
    /// what stands before the at sign.
    fn sorts(&mut self, by: SortBy) -> Result<bool> {
        Ok(match by {
            SortBy::From | SortBy::To => {
                self.server.can("SORT")? && self.server.can("SORT=DISPLAY")?
            }
            SortBy::Date | SortBy::Subject | SortBy::Size => self.server.can("SORT")?,
            SortBy::Arrival | SortBy::Unread | SortBy::Starred => false,
        })
    }

    /// Everything that one flight can ask: the order, and what is found where that takes no time.
    fn ask(
        &mut self,
        quest: &Quest,
        days: Option<&Days>,
        key: Option<(SortKey, bool)>,
    ) -> Result<Option<Told>> {
        let days = days.filter(|days| !days.asked.is_empty());
        let mut named = quest.needs_charset();
        let by = quest.list.order().by;
        if days.is_none() && key.is_none() && flag_of(by).is_none() {
            return Ok(Some(Told::default()));
        }
        loop {
            let mut plan = Plan::new();
            let opening = self.server.ask_for(&mut plan, quest.folder, Access::Read);
            let among = quest.unseen();
            let matching = days.map(|days| Asked::of(&mut plan, days, &among, named));
            let first = flag_of(by).map(|(flag, set)| {
                let term = vec![Term::Flag(flag, set)];
                plan.search(criteria(&term, UidSet::all(), named))
            });
            let order = key.map(|(key, reverse)| plan.sort(key, reverse, Criteria::All));
            let flight = self.fly_with_counts(plan)?;
            if !self.server.has_opened(&flight, &opening)? {
                return Ok(None);
            }
            self.keep_facts();
            match matching.map_or(Ok(Told::default()), |asked| asked.told(&flight, named)) {
                Ok(told) => {
                    let set = |handle: Handle<Found>| {
                        flight.require(handle)?;
                        Ok(flight.get(handle).map(set_of).unwrap_or_default())
                    };
                    let uids = |handle: Handle<Found>| {
                        flight.require(handle)?;
                        let found = flight.get(handle);
                        let uids = found.map(|found| found.uids.iter().take(MOST).collect());
                        Ok(uids.unwrap_or_default())
                    };
                    return Ok(Some(Told {
                        first: first.map(set).transpose()?,
                        order: order.map(uids).transpose()?,
                        ..told
                    }));
                }
                Err(None) => named = false,
                Err(Some(error)) => return Err(error),
            }
        }
    }

    /// Looks through the texts of a large folder, the newest first; what was found, and how far it got.
    fn look_through(&mut self, quest: &Quest, days: &Days) -> Result<(Told, Option<Uid>)> {
        let watch = Watch::start();
        let mut left: Vec<Uid> = quest.uids.to_vec();
        let among = quest.unseen();
        left.retain(|uid| among.contains(*uid));
        left.sort_unstable();
        let mut looked = Told {
            matching: Some(UidSet::default()),
            ..Told::default()
        };
        let mut size = SLICE;
        let mut named = quest.needs_charset();
        let mut down_to = None;
        while let (Some(first), Some(last)) = (
            left.get(left.len().saturating_sub(size)).copied(),
            left.last().copied(),
        ) {
            if watch.passed() >= LONG_ENOUGH {
                return Ok((looked, down_to));
            }
            let slice = Watch::start();
            let mut plan = Plan::new();
            let opening = self.server.ask_for(&mut plan, quest.folder, Access::Read);
            let among = UidSet::range(first, last);
            let asked = Asked::of(&mut plan, days, &among, named);
            let flight = self.fly_with_counts(plan)?;
            if !self.server.has_opened(&flight, &opening)? {
                return Err(Error::Gone(GoneKind::Numbering));
            }
            self.keep_facts();
            match asked.told(&flight, named) {
                Ok(told) => {
                    let found = looked.matching.take().unwrap_or_default();
                    looked = Told {
                        matching: Some(found.with(&told.matching.unwrap_or_default())),
                        sure: looked.sure.with(&told.sure),
                        doubtful: looked.doubtful.with(&told.doubtful),
                        ..looked
                    };
                }
                Err(None) => {
                    named = false;
                    continue;
                }
                Err(Some(error)) => return Err(error),
            }
            left.truncate(left.len().saturating_sub(size));
            down_to = Some(first);
            if slice.passed() < QUICK {
                size = size.saturating_mul(2).min(LARGEST_SLICE);
            }
        }
        Ok((looked, None))
    }
}

/// What is asked for in a flight.
struct Asked {
    matching: Handle<Found>,
    sure: Option<Handle<Found>>,
    doubtful: Option<Handle<Found>>,
}

impl Asked {
    fn of(plan: &mut Plan, days: &Days, among: &UidSet, named: bool) -> Asked {
        let mut ask = |terms: &Vec<Term>| plan.search(criteria(terms, among.clone(), named));
        Asked {
            matching: ask(&days.asked),
            sure: days.sure.as_ref().map(&mut ask),
            doubtful: days.doubted.as_ref().map(&mut ask),
        }
    }

    /// What was found; an error without a cause where it is worth a try without the name of the charset.
    fn told(self, flight: &Flight, named: bool) -> std::result::Result<Told, Option<Error>> {
        let set = |handle: Handle<Found>| match flight.require(handle) {
            Ok(()) => Ok(flight.get(handle).map(set_of).unwrap_or_default()),
            Err(_) if named => Err(None),
            Err(error) => Err(Some(error)),
        };
        let doubtful = self.doubtful.map(set).transpose()?.unwrap_or_default();
        Ok(Told {
            matching: Some(set(self.matching)?.with(&doubtful)),
            sure: self.sure.map(set).transpose()?.unwrap_or_default(),
            doubtful,
            ..Told::default()
        })
    }
}

pub(super) fn criteria(terms: &[Term], among: UidSet, charset: bool) -> Criteria {
    Criteria::Terms {
        terms: terms.to_vec(),
        among,
        charset,
    }
}

/// Leaves those conversations of which something was found.
fn keep_found(quest: &Quest, matching: Option<UidSet>, found: &mut Vec<(Uid, Conversation)>) {
    let Some(matching) = matching else {
        return;
    };
    let is_found = |uid: &Uid| matching.contains(*uid) || quest.was_found(*uid);
    found.retain(|(newest, group)| is_found(newest) || group.others.iter().any(is_found));
}

pub(super) fn set_of(found: &Found) -> UidSet {
    found.uids.to_set()
}

/// What the server sorts by, and whether the largest comes first.
fn key_of(by: SortBy) -> Option<(SortKey, bool)> {
    match by {
        SortBy::Date => Some((SortKey::Date, true)),
        SortBy::From => Some((SortKey::From, false)),
        SortBy::To => Some((SortKey::To, false)),
        SortBy::Subject => Some((SortKey::Subject, false)),
        SortBy::Size => Some((SortKey::Size, true)),
        SortBy::Arrival | SortBy::Unread | SortBy::Starred => None,
    }
}

/// The flag that decides what comes first.
fn flag_of(by: SortBy) -> Option<(Flags, bool)> {
    match by {
        SortBy::Unread => Some((Flags::SEEN, false)),
        SortBy::Starred => Some((Flags::FLAGGED, true)),
        SortBy::Arrival
        | SortBy::Date
        | SortBy::From
        | SortBy::To
        | SortBy::Subject
        | SortBy::Size => None,
    }
}

/// What was found in the order of the list, its last message first.
fn in_order(quest: &Quest, told: Told) -> Vec<Uid> {
    let mut uids = match told.order {
        Some(mut order) => {
            order.reverse();
            order
        }
        None => quest.uids.to_vec(),
    };
    if let Some(first) = told.first {
        let (ahead, behind): (Vec<Uid>, Vec<Uid>) =
            uids.into_iter().partition(|uid| first.contains(*uid));
        uids = behind;
        uids.extend(ahead);
    }
    if let Some(matching) = told.matching {
        uids.retain(|uid| matching.contains(*uid) || quest.was_found(*uid));
    }
    if quest.list.order().reversed {
        uids.reverse();
    }
    uids
}
