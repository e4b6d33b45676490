//! What has something attached: no key of IMAP asks for that, so what a server finds by a field of the header is looked at
//! row by row.
//!
//! Not for what counts as attached (`row`). To know before changing it: of many messages that takes longer than a request may.
//! It goes from the newest on, and says how far it got. What has nothing attached is looked for in two halves: what is of
//! another type for certain, and what is of this type and has nothing all the same.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::quest::{LONG_ENOUGH, Quest};
use super::{Sync, Wanted, has_attachment};
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Row, Term, Uid};
use crate::remote::UidSet;
use crate::time::Watch;

/// The keyword that some servers set (it is registered with IANA).
const KEYWORD: &str = "$HasAttachment";
/// Rows that are asked for at once.
const AT_ONCE: usize = 400;

/// What the rows of messages have to say, where the mail server cannot know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attached {
    /// All that was found has something attached.
    Something,
    /// What was found beside the rest, as doubtful, has nothing.
    Nothing,
}

impl Attached {
    /// What rows have to say where this is looked for; None where nothing depends on them.
    pub fn asked_by(terms: &[Term]) -> Option<Attached> {
        match (terms.contains(&Term::Attachment), doubted(terms)) {
            (true, _) => Some(Attached::Something),
            (false, Some(_)) => Some(Attached::Nothing),
            (false, None) => None,
        }
    }

    /// True for a row that says so. A message of which no more is known is taken for what its header says.
    pub fn is_said_by(self, row: Option<&Row>) -> bool {
        let may_have = row.is_none_or(may_have);
        may_have == (self == Attached::Something)
    }
}

/// What is looked for beside messages without anything attached: those of a type that mostly has something, of which rows
/// tell whether they do. None where such messages are not looked for.
pub(super) fn doubted(terms: &[Term]) -> Option<Vec<Term>> {
    let is_without = |term: &Term| matches!(term, Term::Not(no) if **no == Term::Attachment);
    let turned = |term: &Term| match is_without(term) {
        true => Term::Attachment,
        false => term.clone(),
    };
    let is_doubted = terms.iter().any(is_without);
    is_doubted.then(|| terms.iter().map(turned).collect())
}

/// False for a row that says that nothing is attached.
fn may_have(row: &Row) -> bool {
    let parts = row.parts.as_deref();
    row.has_more_parts || row.flags.has_keyword(KEYWORD) || parts.is_none_or(has_attachment)
}

impl Sync<'_, '_, '_> {
    /// Of what was found, what has something attached, or nothing; and the number below which there was no time to look.
    pub(super) fn narrowed(
        &mut self,
        quest: &Quest,
        found: &UidSet,
        attached: Attached,
    ) -> Result<(UidSet, Option<Uid>)> {
        let watch = Watch::start();
        let known = quest.uids.iter().copied();
        let mut left: Vec<Uid> = known.filter(|uid| found.contains(*uid)).collect();
        left.sort_unstable();
        let mut kept = UidSet::default();
        while let Some(newest) = left.last().copied() {
            let some = left.split_off(left.len().saturating_sub(AT_ONCE));
            match self.rows_for(quest, &some, watch)? {
                ControlFlow::Break(()) => {
                    return Ok((kept, Uid::new(newest.get().saturating_add(1))));
                }
                ControlFlow::Continue(rows) => {
                    let some = some.into_iter();
                    let these = some.filter(|uid| attached.is_said_by(rows.get(uid)));
                    kept = kept.with(&these.collect());
                }
            }
        }
        Ok((kept, None))
    }

    /// The rows of some messages, unless there is no time to ask for them.
    fn rows_for(
        &mut self,
        quest: &Quest,
        uids: &[Uid],
        watch: Watch,
    ) -> Result<ControlFlow<(), BTreeMap<Uid, Row>>> {
        let mut rows = self.cache.rows(quest.folder, uids);
        let missing = uids.iter().filter(|uid| !rows.contains_key(uid));
        let missing: UidSet = missing.copied().collect();
        if !missing.is_empty() {
            if watch.passed() >= LONG_ENOUGH {
                return Ok(ControlFlow::Break(()));
            }
            let wanted = Wanted {
                rows: missing,
                flags: UidSet::default(),
            };
            let brought = self.fetch_rows(quest.folder, wanted)?;
            rows.extend(brought.ok_or(Error::Gone(GoneKind::Numbering))?);
        }
        Ok(ControlFlow::Continue(rows))
    }
}
