//! What has something attached: no key of IMAP asks for that, so what a server finds by a field of the header is looked at
//! row by row.
//!
//! Not for what counts as attached (`row`). To know before changing it: of many messages that takes longer than a request may.
//! It goes from the newest on, and says how far it got.

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

/// True where all messages that are looked for have something attached, and the mail server cannot know.
pub(super) fn is_to_be_narrowed(terms: &[Term], knows: bool) -> bool {
    !knows && terms.contains(&Term::Attachment)
}

/// False for a row that says that nothing is attached.
pub(super) fn may_have(row: &Row) -> bool {
    let parts = row.parts.as_deref();
    row.has_more_parts || row.flags.has_keyword(KEYWORD) || parts.is_none_or(has_attachment)
}

impl Sync<'_, '_, '_> {
    /// Of what was found, what has something attached; and the number below which there was no time to look.
    pub(super) fn with_attachments(
        &mut self,
        quest: &Quest,
        found: &UidSet,
    ) -> Result<(UidSet, Option<Uid>)> {
        let watch = Watch::start();
        let known = quest.uids.iter().copied();
        let mut left: Vec<Uid> = known.filter(|uid| found.contains(*uid)).collect();
        left.sort_unstable();
        let mut kept = UidSet::default();
        while let Some(newest) = left.last().copied() {
            let some = left.split_off(left.len().saturating_sub(AT_ONCE));
            match self.with_attachments_of(quest, &some, watch)? {
                ControlFlow::Break(()) => {
                    return Ok((kept, Uid::new(newest.get().saturating_add(1))));
                }
                ControlFlow::Continue(these) => kept = kept.with(&these),
            }
        }
        Ok((kept, None))
    }

    fn with_attachments_of(
        &mut self,
        quest: &Quest,
        uids: &[Uid],
        watch: Watch,
    ) -> Result<ControlFlow<(), UidSet>> {
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
        let has = |uid: &Uid| rows.get(uid).is_none_or(may_have);
        Ok(ControlFlow::Continue(
            uids.iter().copied().filter(has).collect(),
        ))
    }
}
