//! Copying messages, and removing them: what takes the place of MOVE, where a server has none.
//!
//! To know before changing it: nothing is marked or removed before its copy is proved, and what proves it is what the server
//! names, as far as that agrees with what the other folder held before and holds now. An OK proves nothing.

use super::messages::{Rows, Work};
use super::outcome::Moved;
use super::{Changes, Outcome};
use crate::error::{Cause, Error, Imap, Result};
use crate::mail::{Flags, FolderName};
use crate::remote::{Criteria, Plan, StoreFlags, UidSet};

/// What has been copied for certain.
struct Copies {
    which: UidSet,
    moved: Moved,
}

impl Changes<'_, '_, '_> {
    /// COPY, and where that has been done for certain, STORE and EXPUNGE in a flight of their own.
    pub(super) fn copy_and_remove(
        &mut self,
        work: &Work,
        before: &Rows,
        to: &FolderName,
    ) -> Result<Outcome> {
        let Copies { which, moved } = self.copy(work, to)?;
        if which.is_empty() {
            return self.copied_nothing(work);
        }
        self.take_in(work, before, &moved);
        let rest = Work {
            there: which,
            ..work.clone()
        };
        let mut outcome = self.remove(&rest, Some(&moved))?;
        let uncopied = work.there.len().saturating_sub(rest.there.len());
        let uncopied = u32::try_from(uncopied).unwrap_or(u32::MAX);
        outcome.tally.left = outcome.tally.left.saturating_add(uncopied);
        Ok(outcome)
    }

    /// COPY alone.
    pub(super) fn copy_to(
        &mut self,
        work: &Work,
        before: &Rows,
        to: &FolderName,
    ) -> Result<Outcome> {
        let Copies { which, moved } = self.copy(work, to)?;
        if which.is_empty() {
            return self.copied_nothing(work);
        }
        self.take_in(work, before, &moved);
        Ok(Outcome {
            tally: work.tally(which.len(), 0),
            ..Outcome::default()
        })
    }

    /// Nothing was copied though nothing was refused: others were faster, or the server is odd. A look tells.
    fn copied_nothing(&mut self, work: &Work) -> Result<Outcome> {
        let gone = self.gone_now(work)?;
        self.forget(work, &gone);
        Ok(Outcome {
            tally: work.tally(0, gone.len()),
            ..Outcome::default()
        })
    }

    /// COPY, with the proof that it was done: COPYUID; where the server has none, a folder that has grown by as many.
    fn copy(&mut self, work: &Work, to: &FolderName) -> Result<Copies> {
        let tells = self.sync.server.can("UIDPLUS")?;
        // What was read here is read in its copy, too.
        let (mut plan, pending) = self.plan(work);
        let copy = plan.copy(work.there.clone(), to);
        plan.status(to);
        let flight = self.sync.fly_with_counts(plan)?;
        self.note_told(&flight, work, &pending);
        let moved = work.moved(&flight, copy);
        if !moved.pairs.is_empty() {
            return Ok(Copies {
                which: moved.pairs.keys().copied().collect(),
                moved,
            });
        }
        if let Err(refused) = self.sync.server.require_target(&flight, copy, to) {
            // RFC 9051 6.4.7: then nothing was copied.
            work.did_no_more();
            return Err(refused);
        }
        match moved.grown {
            Some(0) => Ok(Copies {
                which: UidSet::default(),
                moved,
            }),
            Some(n) if n == work.there.len() && !tells => Ok(Copies {
                which: work.there.clone(),
                moved: Moved {
                    certain: work.there.clone(),
                    ..moved
                },
            }),
            _ => Err(Error::Imap(
                Imap::Garbled,
                Cause::new("the server does not show that it has copied"),
            )),
        }
    }

    /// Marks messages as deleted and removes them: just these; `moved` where they are in another folder now.
    pub(super) fn remove(&mut self, work: &Work, moved: Option<&Moved>) -> Result<Outcome> {
        let deleted = StoreFlags {
            uids: work.there.clone(),
            add: true,
            flags: Flags::DELETED,
            unchanged_since: None,
            tell: false,
        };
        let has_uidplus = self.sync.server.can("UIDPLUS")?;
        if !has_uidplus && !self.mark_alone(work, deleted.clone())? {
            return self.left_marked(work);
        }
        let (mut plan, pending) = self.plan(work);
        let (store, expunge) = match has_uidplus {
            true => {
                let store = plan.store(deleted);
                (Some(store), plan.expunge(work.there.clone()))
            }
            false => (None, plan.expunge_all()),
        };
        let asked = self.ask_behind(&mut plan, work, pending)?;
        let flight = self.sync.fly_with_counts(plan)?;
        let behind = self.take_behind(&flight, work, &asked);
        let whole = Moved::of(&work.there);
        let is_ok = flight.is_ok(expunge) && store.is_none_or(|store| flight.is_ok(store));
        let gone = self.take_out(work, &behind, is_ok.then_some(&whole))?;
        self.forget(work, &gone);
        if gone.is_empty() {
            // What has been copied is in both folders now: the next page looks, and says so.
            if let Some(store) = store {
                flight.require(store)?;
            }
            flight.require(expunge)?;
        }
        Ok(work.outcome(moved.unwrap_or(&whole), &gone))
    }

    /// For servers without UIDPLUS: marks messages as deleted; true where no others are marked in the folder, so that
    /// EXPUNGE, which takes whatever is marked by anybody, takes just these.
    fn mark_alone(&mut self, work: &Work, deleted: StoreFlags) -> Result<bool> {
        let mut plan = Plan::new();
        let store = plan.store(deleted);
        let marked = plan.search(Criteria::Deleted);
        let flight = self.sync.fly_with_counts(plan)?;
        flight.require(store)?;
        flight.require(marked)?;
        let found = flight.get(marked).map(|found| found.uids.to_set());
        Ok(found.as_ref() == Some(&work.there))
    }

    /// Messages that are marked and cannot be removed without others: they stay, struck through.
    fn left_marked(&mut self, work: &Work) -> Result<Outcome> {
        let mut plan = Plan::new();
        let flags = plan.fetch_flags(work.there.clone(), None);
        let mut flight = self.sync.fly_with_counts(plan)?;
        let messages = flight.take(flags).unwrap_or_default();
        let no_rows = UidSet::default();
        self.sync
            .note_messages(&work.head.folder, &messages, &no_rows);
        Ok(Outcome {
            tally: work.tally(0, 0),
            ..Outcome::default()
        })
    }
}
