//! What became of an act, as far as the server's answers name it.
//!
//! Not for asking it (`messages`). To know before changing it: a message is done with only if an answer names it, or a look
//! has shown it; COPYUID is two sequences that are paired as they stand.

use std::collections::BTreeMap;

use crate::mail::{FolderName, FolderRef, ModSeq, Tally, Uid};
use crate::remote::{Copied, StatusCounts, UidSet};

/// What became of an act.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// With how many messages.
    pub tally: Tally,
    /// What undoes it, where that can be told for certain.
    pub back: Option<WayBack>,
    /// What the folder that messages went to holds now, where the server tells.
    pub beside: Option<StatusCounts>,
}

/// What undoes an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// The flags of just these messages have changed, as of this modification sequence, where the server tells.
    Flags(UidSet, Option<ModSeq>),
    /// The messages are there now, under these numbers.
    From(FolderRef, UidSet),
}

impl WayBack {
    /// The same for what a further slice did; None where they are not of one kind.
    pub fn with(self, more: Option<WayBack>) -> Option<WayBack> {
        match (self, more?) {
            (WayBack::Flags(one, _), WayBack::Flags(other, since)) => {
                Some(WayBack::Flags(one.with(&other), since))
            }
            (WayBack::From(one, uids), WayBack::From(other, more)) if one == other => {
                Some(WayBack::From(one, uids.with(&more)))
            }
            _ => None,
        }
    }
}

/// What the folder that messages go to held before they went, and holds after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held<'h> {
    pub before: Option<StatusCounts>,
    pub after: Option<&'h StatusCounts>,
}

/// Where messages have gone: the numbers that they had, and those that they have now.
#[derive(Clone, Debug, Default)]
pub(super) struct Moved {
    /// The folder, where the server tells.
    pub to: Option<FolderRef>,
    /// Old number and new one.
    pub pairs: BTreeMap<Uid, Uid>,
    /// What the folder holds now, where the server tells.
    pub held: Option<StatusCounts>,
    /// How many messages it has got, where its counts agree on that.
    pub grown: Option<u64>,
    /// Those that are certain without a number: they were to go nowhere, or the folder has grown by just them.
    pub certain: UidSet,
}

impl Moved {
    /// Messages that need not be named one by one.
    pub fn of(which: &UidSet) -> Moved {
        Moved {
            certain: which.clone(),
            ..Moved::default()
        }
    }

    /// What COPYUID says of an act's messages, and what the folder that they go to holds after it. COPYUID that cannot be
    /// true says nothing: of messages that were not named, in another folder than there was, under numbers that were given
    /// before or are not given yet, one number twice.
    pub fn read(copied: Option<&Copied>, asked: &UidSet, name: &FolderName, held: Held) -> Moved {
        let before = held.before.unwrap_or_default();
        let after = held.after.copied().unwrap_or_default();
        let grown = |before: Option<u32>, after: Option<u32>| after?.checked_sub(before?);
        let next = |counts: &StatusCounts| counts.uid_next.map(Uid::get);
        let by_count = grown(before.messages, after.messages);
        let by_next = grown(next(&before), next(&after));
        let unnamed = Moved {
            held: held.after.copied(),
            grown: by_count.filter(|_| by_count == by_next).map(u64::from),
            ..Moved::default()
        };
        let Some(copied) = copied else {
            return unnamed;
        };
        let is_new = |to: Uid| {
            next(&before).is_none_or(|next| next <= to.get())
                && next(&after).is_none_or(|next| to.get() < next)
        };
        let is_there = before.validity.is_none() || before.validity == copied.validity;
        let is_true = copied.len() <= asked.len()
            && is_there
            && copied
                .pairs()
                .all(|(from, to)| asked.contains(from) && is_new(to));
        let (Some(validity), true) = (copied.validity, is_true) else {
            return unnamed;
        };
        let pairs: BTreeMap<Uid, Uid> = copied.pairs().collect();
        let copies: UidSet = pairs.values().copied().collect();
        let count = u64::try_from(pairs.len()).unwrap_or(u64::MAX);
        if (count, count) != (copies.len(), copied.len()) {
            return unnamed;
        }
        let name = name.clone();
        Moved {
            to: Some(FolderRef { name, validity }),
            pairs,
            ..unnamed
        }
    }

    /// Those that the server has named, or that are certain without.
    pub fn named(&self) -> UidSet {
        match self.pairs.is_empty() {
            true => self.certain.clone(),
            false => self.pairs.keys().copied().collect(),
        }
    }

    /// True where a message that is gone is known to be where it was to go.
    fn is_done(&self, uid: Uid, gone: &UidSet) -> bool {
        match self.pairs.is_empty() {
            false => self.pairs.contains_key(&uid),
            true => self.certain.contains(uid) || self.grown == Some(gone.len()),
        }
    }

    /// How many of those that are gone are where they were to go.
    pub fn count(&self, gone: &UidSet) -> u64 {
        let done = gone.iter().filter(|uid| self.is_done(*uid, gone)).count();
        u64::try_from(done).unwrap_or(u64::MAX)
    }

    /// What takes them back, where the server has told where they are.
    pub fn back(&self, gone: &UidSet) -> Option<WayBack> {
        let there = self.pairs.iter().filter(|(from, _)| gone.contains(**from));
        let there: UidSet = there.map(|(_, to)| *to).collect();
        let is_all = there.len() == self.count(gone) && !there.is_empty();
        let to = self.to.clone().filter(|_| is_all)?;
        Some(WayBack::From(to, there))
    }
}
