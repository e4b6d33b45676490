//! Lists that are looked for, or sorted otherwise than by arrival: when they are made, and what is kept of them.
//!
//! Not for how they are found (`sync::find`). To know before changing it: such a list is a snapshot. It is walked, opened and
//! acted on as it was found, until somebody looks again; what has gone from its folder goes from it too.

use std::collections::BTreeMap;

use super::Mailbox;
use super::cache::Lines;
use super::sync::{Before, Compared, Quest, WideQuest};
use crate::error::{Cause, Error, Imap, Result};
use crate::mail::{
    Conversation, Counts, Folder, FolderName, FolderRef, Gathered, ListId, Permits, Place, Role,
    Scope, Search, Term, Uid, UidValidity,
};
use crate::remote::{UidSet, decoded};
use crate::route::ListQuery;
use crate::store::keys::{FoundSoFar, Left, List};

/// How often it is looked for within one request, where a folder will not stand still.
const ATTEMPTS: u32 = 3;

impl Mailbox<'_, '_> {
    /// Looks for a list; further, where that is asked, from where it ended.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub(super) fn search(&mut self, query: &ListQuery) -> Result<Compared> {
        let list = &query.list;
        if list.spans_folders() {
            return self.search_across(list, query.further);
        }
        let whole = ListId::of_folder(list.folder().clone());
        let known = self.cache.whole(list);
        let before = known.and_then(|known| before(list, known, query.further));
        for attempt in 0..ATTEMPTS {
            // Whoever asks for it by a click wants to see what has come meanwhile.
            let is_asked = query.compare && attempt == 0;
            let fresh = self.cache.list(&whole).filter(|_| !is_asked);
            let fresh = fresh.filter(|head| self.fresh.is_fresh(head.as_of));
            let head = match fresh {
                Some(head) => head,
                None => self.compare(&whole)?.head,
            };
            if let Some(found) = self.as_it_was(list, &head) {
                return Ok(found);
            }
            let uids = self.cache.uids(&whole, 0..head.counts.messages);
            let quest = Quest {
                list,
                folder: &head.folder,
                uids: &uids.unwrap_or_default(),
                before: before.clone().filter(|then| then.folder == head.folder),
            };
            let Some(finding) = self.sync().find(&quest)? else {
                self.cache.forget_list(&whole);
                continue;
            };
            let uids = finding.uids;
            let left = |down_to: Uid| Left {
                folder: 0,
                below: down_to.get(),
            };
            let (covers, behind) = Conversation::counted(finding.groups.iter().flatten());
            let found = List {
                counts: Counts {
                    messages: u32::try_from(uids.len()).unwrap_or(u32::MAX),
                    unread: 0,
                },
                as_of: self.fresh.now,
                flags: Vec::new(),
                found: Some(FoundSoFar {
                    left: finding.down_to.into_iter().map(left).collect(),
                    is_own_order: finding.is_own_order,
                    is_grouped: finding.groups.is_some(),
                    buckets: finding.buckets,
                    covers,
                    behind,
                    nexts: Vec::new(),
                }),
                ..head
            };
            match (finding.before, finding.groups) {
                (Some(before), Some(groups)) => {
                    let now = Lines { uids, groups };
                    self.cache.put_regrouped(list, &found, [&before, &now]);
                }
                (_, groups) => {
                    self.cache.make_room_for_found();
                    self.cache.put_list(list, &found, &uids);
                    self.cache.put_groups(list, &groups.unwrap_or_default());
                }
            }
            return Ok(Compared {
                head: found,
                flags_due: false,
                beside: None,
            });
        }
        let cause = Cause::new("the folder gets a new UIDVALIDITY again and again");
        Err(Error::Imap(Imap::Garbled, cause))
    }

    /// A list of conversations whose folder, of which this is known, has neither got a message since nor lost one.
    fn as_it_was(&mut self, list: &ListId, folder: &List) -> Option<Compared> {
        let head = self.cache.list(list).filter(|_| list.search().is_none())?;
        let so_far = head.found.as_ref()?;
        let is_certain = so_far.buckets > 0 && so_far.left.is_empty() && so_far.behind == 0;
        let is_same = (&head.folder, head.next) == (&folder.folder, folder.next);
        if !is_certain || !is_same || so_far.covers != folder.counts.messages {
            return None;
        }
        let found = List {
            counts: head.counts,
            found: head.found,
            as_of: self.fresh.now,
            flags: Vec::new(),
            ..folder.clone()
        };
        self.cache.put_head(list, &found);
        Some(Compared {
            head: found,
            flags_due: false,
            beside: None,
        })
    }

    /// Looks for a list in several folders; with `further` from where that ended, else for what has come since where that
    /// is enough.
    fn search_across(&mut self, list: &ListId, further: bool) -> Result<Compared> {
        let known = self.known_folders()?;
        let before = self.cache.list(list);
        let before = before.filter(|head| further || is_looked_through(list, head));
        let before = before.and_then(|head| {
            let all = 0..head.counts.messages;
            let entries = self.cache.entries(list, &head, all)?;
            Some((head, entries))
        });
        let quest = WideQuest {
            list,
            folders: looked_through(list, &known.folders),
            before,
            further,
        };
        let finding = self.sync().find_across(&quest)?;
        let nowhere = FolderRef {
            name: list.folder().clone(),
            validity: UidValidity(0),
        };
        let mut folders = finding.folders.into_iter();
        let found = List {
            folder: folders.next().unwrap_or(nowhere),
            others: folders.collect(),
            next: 0,
            modseq: None,
            counts: Counts {
                messages: u32::try_from(finding.entries.len()).unwrap_or(u32::MAX),
                unread: 0,
            },
            as_of: self.fresh.now,
            flags: Vec::new(),
            permits: Permits::default(),
            found: Some(FoundSoFar {
                left: finding.left,
                is_own_order: finding.is_own_order,
                nexts: finding.nexts,
                ..FoundSoFar::default()
            }),
        };
        self.cache.make_room_for_found();
        self.cache.put_entries(list, &found, &finding.entries);
        Ok(Compared {
            head: found,
            flags_due: false,
            beside: None,
        })
    }

    /// The messages of a list that was found, as it was when their number was told; None where it has changed since.
    pub fn found_then(&mut self, list: &ListId, count: u32) -> Option<Vec<(FolderRef, Vec<Uid>)>> {
        let head = self.cache.list(list)?;
        let all = 0..head.counts.messages;
        let entries = self.cache.entries(list, &head, all.clone())?;
        let together = match list.is_grouped() {
            true => self.cache.groups(list, all)?,
            false => Vec::new(),
        };
        let of = |(number, folder): (u16, &FolderRef)| {
            let here = entries.iter().filter(|entry| entry.folder == number);
            let others = together.iter().flat_map(|one| one.others.iter().copied());
            let here = here.map(|entry| entry.uid).chain(others);
            (folder.clone(), here.collect())
        };
        let by_folder: Vec<(FolderRef, Vec<Uid>)> = head.folders().map(of).collect();
        let is_there = |(_, uids): &(FolderRef, Vec<Uid>)| !uids.is_empty();
        let found = by_folder.into_iter().filter(is_there).collect();
        (head.counts.messages == count).then_some(found)
    }

    /// All messages of conversations in a list, of each the newest first, by the messages that stand for them there; a message
    /// that stands for none is itself meant. None where the list is no longer known.
    pub fn members(&mut self, list: &ListId, of: &[Uid]) -> Option<Vec<Uid>> {
        let (head, uids) = self.cache.whole(list)?;
        let groups = self.cache.groups(list, 0..head.counts.messages)?;
        let groups: BTreeMap<Uid, Conversation> = uids.into_iter().zip(groups).collect();
        let mut members = Vec::new();
        for uid in of {
            let others = groups.get(uid).into_iter().flat_map(|group| &group.others);
            members.push(*uid);
            members.extend(others.rev());
        }
        Some(members)
    }
}

/// What was found before, and what was not looked through then: what was left (with `further`), or what has come since. None
/// where all has to be looked through: lines of conversations do not say what was found.
fn before(list: &ListId, known: (List, Vec<Uid>), further: bool) -> Option<Before> {
    let (head, uids) = known;
    let unseen = match further {
        true => {
            let left = head.found.as_ref()?.left.first();
            let last = Uid::new(left?.below)?.get().saturating_sub(1);
            let first = Uid::new(1)?;
            Uid::new(last).map_or_else(UidSet::default, |last| UidSet::range(first, last))
        }
        false if is_looked_through(list, &head) && !list.is_grouped() => {
            UidSet::from_on(Uid::new(head.next)?)
        }
        false => return None,
    };
    Some(Before {
        folder: head.folder,
        found: uids.into_iter().collect(),
        unseen,
    })
}

/// True where all was looked through for a list, and what was found stays found: messages that had a flag may have it no
/// longer.
fn is_looked_through(list: &ListId, head: &List) -> bool {
    let reads_flags = |search: &Search| search.terms().iter().any(Term::reads_flags);
    let is_whole = head
        .found
        .as_ref()
        .is_some_and(|so_far| so_far.left.is_empty());
    is_whole && list.search().is_some_and(|search| !reads_flags(search))
}

/// The folders that are looked through for a list, the one that it was asked for from first.
fn looked_through(list: &ListId, known: &[Folder]) -> Vec<(FolderName, Option<u32>)> {
    let places = list.search().map_or_else(Vec::new, Search::places);
    let is_thrown_away = |folder: &Folder| matches!(folder.role, Some(Role::Trash | Role::Junk));
    let is_all = |folder: &&Folder| folder.gathers == Some(Gathered::All) && folder.selectable;
    let has_all = known.iter().any(|folder| is_all(&folder));
    // Where the server shows all messages in one folder, that one stands for those that it gathers them from.
    let is_one_of_all = |folder: &Folder| match has_all {
        true => is_all(&folder),
        false => folder.gathers.is_none() && !is_thrown_away(folder),
    };
    let own = list.folder();
    let below = known.iter().find(|folder| folder.name == *own);
    let is_below = |folder: &Folder| below.is_some_and(|own| own.holds(&folder.name));
    let is_meant = |folder: &Folder| match places.as_slice() {
        [] => match list.scope() {
            Scope::Folder => folder.name == *own,
            Scope::Below => folder.name == *own || is_below(folder),
            Scope::Everywhere => is_one_of_all(folder),
        },
        places => places.iter().any(|place| match place {
            Place::Anywhere => is_one_of_all(folder) || is_thrown_away(folder),
            Place::Named(name) => is_called(folder, name),
        }),
    };
    let meant = known
        .iter()
        .filter(|folder| folder.selectable && is_meant(folder));
    let mut meant: Vec<&Folder> = meant.collect();
    meant.sort_by_key(|folder| folder.name != *own);
    let with_count = |folder: &Folder| {
        let count = folder.counts.map(|counts| counts.messages);
        (folder.name.clone(), count)
    };
    meant.into_iter().map(with_count).collect()
}

/// True where a folder has this name, whole or its last part, or is for what it says.
fn is_called(folder: &Folder, name: &str) -> bool {
    let is_name = |known: &str| known.to_lowercase() == name.to_lowercase();
    let role = match folder.role {
        Some(Role::Inbox) => ["inbox", "inbox"],
        Some(Role::Drafts) => ["drafts", "draft"],
        Some(Role::Sent) => ["sent", "sent"],
        Some(Role::Archive) => ["archive", "archive"],
        Some(Role::Junk) => ["spam", "junk"],
        Some(Role::Trash) => ["trash", "bin"],
        None => ["", ""],
    };
    is_name(&folder.title)
        || is_name(&decoded(folder.name.as_wire()))
        || role.iter().any(|word| is_name(word))
}
