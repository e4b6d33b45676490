//! Folders that are looked through together: what is looked for in them, and how far each has been looked through.
//!
//! Not for asking them (`across` folder by folder, `at_once` in one command).

use super::quest::WideQuest;
use crate::mail::{FolderName, FolderRef, Term, UidValidity};
use crate::remote::UidSet;

/// Messages whose texts are looked through at once, at first; so many a folder is thought to hold of which nothing is known.
pub(super) const SLICE: usize = 2_000;

/// What is looked for in them.
pub(super) struct Sought<'s> {
    pub terms: &'s [Term],
    /// True where the server has to read messages for it.
    pub reads_texts: bool,
    /// True where words are looked for whose charset a server may refuse.
    pub named: bool,
    /// What is looked for beside it, of which rows decide.
    pub doubted: Option<Vec<Term>>,
}

/// A folder that is looked through.
pub(super) struct Place {
    pub folder: FolderRef,
    /// How many messages it is thought to hold.
    pub messages: usize,
    /// The UID that the next message will have, once it has been opened.
    pub next: Option<u32>,
    pub found: UidSet,
    /// Those of them of which rows say whether they have nothing attached.
    pub doubtful: UidSet,
    /// Messages below this have not been looked through; 0 where all have.
    pub below: u32,
    /// Those below this have been before, and what was found of them stays found.
    pub floor: u32,
    /// From this UID on nothing is looked through: it was the next one when that began; 0 where that is not known.
    pub top: u32,
    /// True where it could not be looked through now.
    pub refused: bool,
}

impl Place {
    /// How many messages are thought to be looked through: few have come since the last time.
    pub fn messages(&self) -> usize {
        if self.floor > 1 { 0 } else { self.messages }
    }

    /// Which of its messages are looked through next, of some number; the lowest of them, and the first one above.
    pub fn next_stretch(&self, most: usize) -> (u32, u32) {
        let Some(next) = self.next.filter(|_| self.messages() > most) else {
            return (self.floor, self.below);
        };
        let above = self.below.min(next);
        // UIDs are not without gaps: as many of them as hold so many messages on average.
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        let messages = u64::try_from(self.messages).unwrap_or(u64::MAX).max(1);
        let width = most.saturating_mul(u64::from(next)).checked_div(messages);
        let width = u32::try_from(width.unwrap_or(0)).unwrap_or(u32::MAX).max(1);
        (above.saturating_sub(width).max(1), above)
    }
}

/// The folders as they are known before anything is asked, or as they were when they were last looked through.
pub(super) fn places(quest: &WideQuest) -> Vec<Place> {
    let size = |count: &Option<u32>| {
        let count = count.and_then(|count| usize::try_from(count).ok());
        count.unwrap_or(SLICE)
    };
    let new = |(name, count): &(FolderName, Option<u32>)| Place {
        folder: FolderRef {
            name: name.clone(),
            validity: UidValidity(0),
        },
        messages: size(count),
        next: None,
        found: UidSet::default(),
        doubtful: UidSet::default(),
        below: u32::MAX,
        floor: 1,
        top: 0,
        refused: false,
    };
    let before = quest.before.as_ref();
    let known = |place: Place| {
        let Some((head, entries)) = before else {
            return place;
        };
        let mut folders = head.folders();
        let Some((number, folder)) = folders.find(|(_, one)| one.name == place.folder.name) else {
            return place;
        };
        let so_far = head.found.as_ref();
        let here = entries.iter().filter(|entry| entry.folder == number);
        let left = so_far.and_then(|found| found.left.iter().find(|left| left.folder == number));
        let top = so_far.and_then(|found| found.nexts.get(usize::from(number)));
        let top = top.copied().unwrap_or(0);
        Place {
            folder: folder.clone(),
            found: here.map(|entry| entry.uid).collect(),
            below: match quest.further {
                true => left.map_or(0, |left| left.below),
                false => u32::MAX,
            },
            floor: if quest.further { 1 } else { top.max(1) },
            top,
            ..place
        }
    };
    let all = quest.folders.iter().map(new).map(known);
    all.take(usize::from(u16::MAX)).collect()
}
