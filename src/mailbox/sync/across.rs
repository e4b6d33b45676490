//! Lists whose messages are in several folders: how they are looked for.
//!
//! Not for lists of one folder (`find`), nor for what else is asked of several folders (`entries`), nor for servers that look
//! through all of them in one command (`at_once`). To know before changing it: folders are asked together, in as few flights
//! as there can be, and each of them is opened in the flight that asks it. One that cannot be opened, or refuses, costs the
//! others nothing; it stays among what has not been looked through. What was found is named by its numbers in the next flight,
//! not by `$` (RFC 5182) in the same one: how much that is nobody knows before it has been found.

use std::collections::{BTreeMap, BTreeSet};

use super::Sync;
use super::attached::{Attached, doubted};
use super::days::Days;
use super::entries::Dated;
use super::find::{LARGEST_SLICE, MOST, QUICK, criteria, set_of};
use super::places::{Place, SLICE, Sought, places};
use super::quest::{LONG_ENOUGH, WideQuest};
use crate::error::{Error, Result};
use crate::mail::{Entry, FolderRef, ListId, SortBy, Term, Uid, UidValidity};
use crate::mailbox::index::Key;
use crate::remote::{Access, Criteria, Flight, Found, Handle, OpenFolder, Plan, UidSet};
use crate::store::keys::Left;
use crate::time::Watch;

/// Folders that are asked in one flight.
const AT_ONCE: usize = 50;

/// What was found in several folders.
pub(in crate::mailbox) struct WideFinding {
    /// The folders; an entry names one by its place here.
    pub folders: Vec<FolderRef>,
    /// In the order of the list, its last message first.
    pub entries: Vec<Entry>,
    /// What has not been looked through, or cannot be sorted yet.
    pub left: Vec<Left>,
    /// True where the index sorts them.
    pub is_own_order: bool,
    /// Of each folder the UID from which on nothing has been looked through; 0 where all of it has to be once more.
    pub nexts: Vec<u32>,
}

/// What sorts messages of several folders.
#[derive(Default)]
struct Keyed {
    keys: BTreeMap<Entry, Key>,
    /// What is not known yet, for want of time.
    unsorted: Vec<Left>,
}

/// A stretch of a folder that is asked in a flight.
struct Stretch {
    place: usize,
    opened: Option<Handle<OpenFolder>>,
    found: Option<Handle<Found>>,
    doubtful: Option<Handle<Found>>,
    /// Its lowest UID.
    from: u32,
}

impl Sync<'_, '_, '_> {
    /// Looks for the messages of a list in several folders as `find_across` does, once.
    pub(super) fn look_for_across(&mut self, quest: &WideQuest) -> Result<WideFinding> {
        let mut places = places(quest);
        let terms = quest
            .list
            .search()
            .map_or_else(Vec::new, |search| search.terms());
        let days = Days::of(terms, self.zone);
        let knows_attachments = self.server.can("X-GM-EXT-1")?;
        let sought = Sought {
            reads_texts: days.asked.iter().any(Term::reads_texts),
            doubted: doubted(&days.asked).filter(|_| !knows_attachments),
            named: quest
                .list
                .search()
                .is_some_and(|search| !search.text().is_ascii()),
            terms: &days.asked,
        };
        self.look_at_once(&sought, &mut places)?;
        self.look_through_all(&sought, &mut places)?;
        let numbered = || (0..=u16::MAX).zip(&places);
        let found = numbered().flat_map(|(folder, place)| {
            let uids = place.found.iter().take(MOST);
            uids.map(move |uid| Entry { folder, uid })
        });
        let found: Vec<Entry> = found.take(MOST).collect();
        let left = numbered().filter(|(_, place)| place.below > 0);
        let left = left.map(|(folder, place)| Left {
            folder,
            below: place.below,
        });
        let left: Vec<Left> = left.collect();
        let mut nexts: Vec<u32> = places.iter().map(|place| place.top).collect();
        let doubtful = numbered().flat_map(|(folder, place)| {
            let uids = place.doubtful.iter().take(MOST);
            uids.map(move |uid| Entry { folder, uid })
        });
        let doubtful: BTreeSet<Entry> = doubtful.take(MOST).collect();
        let folders: Vec<FolderRef> = places.into_iter().map(|place| place.folder).collect();
        let by = quest.list.order().by;
        let mut dated = self.date(&folders, &found, by == SortBy::Size)?;
        // What was passed over as found twice is looked for again: the other one may go.
        let there: BTreeSet<Entry> = dated.iter().map(|one| one.entry).collect();
        for entry in found.iter().filter(|entry| !there.contains(entry)) {
            if let Some(next) = nexts.get_mut(usize::from(entry.folder)) {
                *next = 0;
            }
        }
        dated.retain(|one| days.holds(one.arrived));
        if let Some(attached) = Attached::asked_by(&days.asked).filter(|_| !knows_attachments) {
            // As far as rows are known: of many messages those of all folders are too many to be asked for.
            dated.retain(|one| {
                let folder = folders.get(usize::from(one.entry.folder));
                let mut row = || folder.and_then(|f| self.cache.row(&f.message(one.entry.uid)));
                let is_certain = attached == Attached::Nothing && !doubtful.contains(&one.entry);
                is_certain || attached.is_said_by(row().as_ref())
            });
        }
        let Keyed { keys, unsorted } = match is_indexed(by) {
            true => self.keys_of(by, &folders, &dated)?,
            false => Keyed::default(),
        };
        Ok(WideFinding {
            is_own_order: is_indexed(by),
            entries: in_order(quest.list, dated, keys),
            folders,
            left: with_unsorted(left, &unsorted),
            nexts,
        })
    }

    /// What sorts messages of several folders, by the index of each.
    fn keys_of(&mut self, by: SortBy, folders: &[FolderRef], dated: &[Dated]) -> Result<Keyed> {
        let mut found: Vec<Entry> = dated.iter().map(|one| one.entry).collect();
        found.sort_unstable();
        let mut keys = BTreeMap::new();
        let unsorted = self.index_across(folders, &found, &mut |folder, entry| {
            let uid = entry.uid;
            keys.insert(Entry { folder, uid }, Key::of(by, entry));
        })?;
        let unsorted = unsorted.into_iter().map(|(folder, below)| Left {
            folder,
            below: below.get(),
        });
        Ok(Keyed {
            unsorted: unsorted.collect(),
            keys,
        })
    }

    /// Looks through the folders, as far as there is time.
    fn look_through_all(&mut self, sought: &Sought, places: &mut [Place]) -> Result<()> {
        let reads_texts = sought.reads_texts;
        let mut named = sought.named;
        let watch = Watch::start();
        let (mut size, mut refusal) = (SLICE, None);
        loop {
            let batch = batch(places, reads_texts.then_some(size));
            if batch.is_empty() || watch.passed() >= LONG_ENOUGH {
                break;
            }
            let slice = Watch::start();
            let mut plan = Plan::new();
            let ask = |(at, place): (usize, &Place)| {
                let is_open = batch.len() == 1 && self.server.is_open(&place.folder, Access::Read);
                let name = &place.folder.name;
                let opened = (!is_open).then(|| plan.open(name, Access::Read, None));
                let most = if reads_texts { size } else { usize::MAX };
                // How far its numbers go has to be known of a large folder before it is looked through in slices.
                let is_sized = place.messages() <= most || place.next.is_some();
                let (from, above) = place.next_stretch(most);
                let among = range(from, above);
                let mut ask = |terms: &[Term]| match terms.is_empty() {
                    true => plan.search(Criteria::Uids(among.clone())),
                    false => plan.search(criteria(terms, among.clone(), named)),
                };
                let found = is_sized.then(|| ask(sought.terms));
                let doubted = sought.doubted.as_ref().filter(|_| is_sized);
                Stretch {
                    place: at,
                    opened,
                    found,
                    doubtful: doubted.map(|terms| ask(terms)),
                    from,
                }
            };
            let chosen = batch.iter().filter_map(|at| Some((*at, places.get(*at)?)));
            let asked: Vec<Stretch> = chosen.map(ask).collect();
            let flight = self.fly_with_counts(plan)?;
            self.keep_facts();
            let is_refused = |stretch: &Stretch| {
                stretch
                    .found
                    .is_some_and(|found| flight.require(found).is_err())
            };
            if named && asked.iter().any(is_refused) {
                // Some servers refuse the name of the charset: again without it.
                self.note_opened(&flight, &asked, places);
                named = false;
                continue;
            }
            self.note_opened(&flight, &asked, places);
            for stretch in &asked {
                let Some(place) = places.get_mut(stretch.place) else {
                    continue;
                };
                match stretch.found.map(|found| (found, flight.require(found))) {
                    None => {}
                    Some((found, Ok(()))) => {
                        let told = |found| flight.get(found).map(set_of).unwrap_or_default();
                        let doubtful = stretch.doubtful.map(told).unwrap_or_default();
                        let found = std::mem::take(&mut place.found).with(&told(found));
                        place.found = found.with(&doubtful);
                        place.doubtful = std::mem::take(&mut place.doubtful).with(&doubtful);
                        place.below = match stretch.from <= place.floor {
                            true => 0,
                            false => stretch.from,
                        };
                    }
                    Some((_, Err(error))) if place.below > 0 => {
                        place.refused = true;
                        refusal = Some(error);
                    }
                    Some((_, Err(_))) => {}
                }
            }
            if slice.passed() < QUICK {
                size = size.saturating_mul(2).min(LARGEST_SLICE);
            }
        }
        let is_looked_through = |place: &Place| !place.refused;
        match refusal {
            Some(refusal) if !places.iter().any(is_looked_through) => Err(refusal),
            Some(_) | None => Ok(()),
        }
    }

    /// Notes what was opened by a flight, and in which numbering: a folder that is not there has nothing to look through,
    /// and what was found in another numbering is not there any more.
    fn note_opened(&mut self, flight: &Flight, asked: &[Stretch], places: &mut [Place]) {
        for stretch in asked {
            let (Some(place), Some(handle)) = (places.get_mut(stretch.place), stretch.opened)
            else {
                continue;
            };
            match self.server.require_open(flight, handle) {
                Ok(opened) => {
                    let folder = self.server.note_open(&place.folder, Access::Read, opened);
                    if place.folder.validity != UidValidity(0) && place.folder != folder {
                        (place.found, place.below) = (UidSet::default(), u32::MAX);
                        (place.floor, place.top) = (1, 0);
                    }
                    place.folder = folder;
                    place.next = opened.uid_next.map(Uid::get);
                    if place.below == u32::MAX {
                        place.top = place.next.unwrap_or(place.top);
                    }
                    let exists = opened.exists.and_then(|count| usize::try_from(count).ok());
                    place.messages = exists.unwrap_or(place.messages);
                    if place.next.is_none() && stretch.found.is_none() {
                        // Without a next number it cannot be looked through in slices.
                        place.next = Some(u32::MAX);
                    }
                }
                Err(Error::Gone(_)) => {
                    (place.found, place.below) = (UidSet::default(), 0);
                }
                Err(_) => place.refused = true,
            }
        }
    }
}

/// The folders that are asked next: many small ones, or one that is large. Where texts are read, so many messages at most.
fn batch(places: &[Place], messages: Option<usize>) -> Vec<usize> {
    let mut batch = Vec::new();
    let mut room = messages.unwrap_or(usize::MAX);
    let left = places.iter().enumerate();
    for (at, place) in left.filter(|(_, place)| place.below > 0 && !place.refused) {
        let weight = match messages {
            Some(_) => place.messages(),
            None => 0,
        };
        if !batch.is_empty() && (weight > room || batch.len() >= AT_ONCE) {
            break;
        }
        room = room.saturating_sub(weight);
        batch.push(at);
    }
    batch
}

/// The UIDs from one on, and below another; without an end those that are yet to come too.
fn range(from: u32, above: u32) -> UidSet {
    match (Uid::new(from), Uid::new(above.saturating_sub(1))) {
        (Some(first), Some(last)) if from > 1 || above < u32::MAX => UidSet::range(first, last),
        _ => UidSet::all(),
    }
}

/// True for what only the index knows, where messages are in several folders: each server would sort its own ones only, and
/// other servers otherwise.
fn is_indexed(by: SortBy) -> bool {
    match by {
        SortBy::Date | SortBy::From | SortBy::To | SortBy::Subject => true,
        SortBy::Arrival | SortBy::Size | SortBy::Unread | SortBy::Starred => false,
    }
}

/// What has not been looked through, with what could not be sorted: it is looked for again.
fn with_unsorted(mut left: Vec<Left>, unsorted: &[Left]) -> Vec<Left> {
    for one in unsorted {
        match left.iter_mut().find(|left| left.folder == one.folder) {
            Some(left) => left.below = left.below.max(one.below),
            None => left.push(*one),
        }
    }
    left
}

/// What was found in the order of the list, its last message first. Where the index sorts, what it does not know yet is left
/// out.
fn in_order(list: &ListId, mut dated: Vec<Dated>, keys: BTreeMap<Entry, Key>) -> Vec<Entry> {
    let order = list.order();
    if is_indexed(order.by) {
        dated.retain(|one| keys.contains_key(&one.entry));
    }
    let number = |one: &Dated| match order.by {
        SortBy::Size => i64::from(one.size),
        SortBy::Unread => i64::from(!one.is_read),
        SortBy::Starred => i64::from(one.is_starred),
        SortBy::Arrival | SortBy::Date | SortBy::From | SortBy::To | SortBy::Subject => 0,
    };
    dated.sort_by(|one, other| {
        // By the index the smallest comes first, and stands last here.
        let by_key = keys.get(&other.entry).cmp(&keys.get(&one.entry));
        let rest = |one: &Dated| (number(one), one.arrived, one.entry);
        by_key.then_with(|| rest(one).cmp(&rest(other)))
    });
    if order.reversed {
        dated.reverse();
    }
    dated.into_iter().map(|one| one.entry).collect()
}
