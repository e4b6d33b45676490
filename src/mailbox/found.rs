//! Lists that are looked for, or sorted otherwise than by arrival: when they are made, and what is kept of them.
//!
//! Not for how they are found (`sync::find`). To know before changing it: such a list is a snapshot. It is walked, opened and
//! acted on as it was found, until somebody looks again; what has gone from its folder goes from it too.

use super::sync::{Compared, Quest};
use super::{Mailbox, Standing};
use crate::error::{Cause, Error, Imap, Result};
use crate::mail::{Counts, ListId, MessageRef, Uid};
use crate::route::ListQuery;
use crate::store::keys::{FoundSoFar, List};

/// How often it is looked for within one request, where a folder will not stand still.
const ATTEMPTS: u32 = 3;

impl Mailbox<'_, '_> {
    /// Looks for a list; further, where that is asked, from where it ended.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub(super) fn search(&mut self, query: &ListQuery) -> Result<Compared> {
        let list = &query.list;
        let whole = ListId::of_folder(list.folder().clone());
        let known = self.cache.whole(list).filter(|_| query.further);
        let before = known.and_then(|(head, uids)| {
            let below = head.found?.down_to?;
            Some((uids.into_iter().collect(), below))
        });
        for attempt in 0..ATTEMPTS {
            // Whoever asks for it by a click wants to see what has come meanwhile.
            let is_asked = query.compare && attempt == 0;
            let fresh = self.cache.list(&whole).filter(|_| !is_asked);
            let fresh = fresh.filter(|head| self.fresh.is_fresh(head.as_of));
            let head = match fresh {
                Some(head) => head,
                None => self.compare(&whole)?.head,
            };
            let uids = self.cache.uids(&whole, 0..head.counts.messages);
            let quest = Quest {
                list,
                folder: &head.folder,
                uids: &uids.unwrap_or_default(),
                before: before.clone(),
            };
            let Some(finding) = self.sync().find(&quest)? else {
                self.cache.forget_list(&whole);
                continue;
            };
            let uids = finding.uids;
            let found = List {
                counts: Counts {
                    messages: u32::try_from(uids.len()).unwrap_or(u32::MAX),
                    unread: 0,
                },
                as_of: self.fresh.now,
                flags: Vec::new(),
                found: Some(FoundSoFar {
                    down_to: finding.down_to,
                    is_own_order: finding.is_own_order,
                }),
                ..head
            };
            self.cache.make_room_for_found();
            self.cache.put_list(list, &found, &uids);
            return Ok(Compared {
                head: found,
                flags_due: false,
                beside: None,
            });
        }
        let cause = Cause::new("the folder gets a new UIDVALIDITY again and again");
        Err(Error::Imap(Imap::Garbled, cause))
    }

    /// Where a message stands in a list that was found; None where that is no longer known.
    pub fn standing_in(&mut self, list: &ListId, at: &MessageRef, hint: u32) -> Option<Standing> {
        let rank = self.place(list, at, hint).filter(|_| !list.is_compared())?;
        Some(self.standing(list, rank))
    }

    /// The messages of a list that was found, as it was when their number was told; None where it has changed since.
    pub fn found_then(&mut self, list: &ListId, count: u32) -> Option<Vec<Uid>> {
        let (head, uids) = self.cache.whole(list)?;
        (head.counts.messages == count).then_some(uids)
    }
}
