//! What became of an act, as far as the server's answers name it.
//!
//! Not for asking it (`messages`). To know before changing it: a message is done with only if an answer names it, or a look
//! has shown it; COPYUID is two sequences that are paired as they stand.

use std::collections::BTreeMap;

use crate::mail::{FolderRef, Tally, Uid};
use crate::remote::{Copied, UidSet};

/// What became of an act.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// With how many messages.
    pub tally: Tally,
    /// What undoes it, where that can be told for certain.
    pub back: Option<WayBack>,
}

/// What undoes an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// The flags of just these messages have changed.
    Flags(UidSet),
    /// The messages are there now, under these numbers.
    From(FolderRef, UidSet),
}

impl WayBack {
    /// The same for what a further slice did; None where they are not of one kind.
    pub fn with(self, more: Option<WayBack>) -> Option<WayBack> {
        match (self, more?) {
            (WayBack::Flags(one), WayBack::Flags(other)) => Some(WayBack::Flags(one.with(&other))),
            (WayBack::From(one, uids), WayBack::From(other, more)) if one == other => {
                Some(WayBack::From(one, uids.with(&more)))
            }
            _ => None,
        }
    }
}

/// Where messages have gone: the numbers that they had, and those that they have now.
#[derive(Clone, Debug, Default)]
pub(super) struct Moved {
    /// The folder, where the server tells.
    pub to: Option<FolderRef>,
    /// Old number and new one.
    pub pairs: BTreeMap<Uid, Uid>,
}

impl Moved {
    /// What COPYUID says of messages of a set; of a lying server no more than was asked for.
    pub fn read(copied: Option<&Copied>, asked: &UidSet, to: &crate::mail::FolderName) -> Moved {
        let Some(copied) = copied else {
            return Moved::default();
        };
        let most = usize::try_from(asked.len()).unwrap_or(usize::MAX);
        let pairs = copied.pairs().take(most);
        let pairs = pairs.filter(|(from, _)| asked.contains(*from)).collect();
        Moved {
            to: copied.validity.map(|validity| FolderRef {
                name: to.clone(),
                validity,
            }),
            pairs,
        }
    }

    /// What takes them back, where the server has told where they are.
    pub fn back(&self, gone: &UidSet) -> Option<WayBack> {
        let there = self.pairs.iter().filter(|(from, _)| gone.contains(**from));
        let there: UidSet = there.map(|(_, to)| *to).collect();
        let is_all = there.len() == gone.len() && !there.is_empty();
        let to = self.to.clone().filter(|_| is_all)?;
        Some(WayBack::From(to, there))
    }
}
