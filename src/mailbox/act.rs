//! What acting on messages takes: the folder is opened for change and compared, and only in the next flight changed.
//!
//! Not for the change itself (`change`). To know before changing it: which messages an act is about is decided by the
//! UIDVALIDITY that its form named, and by what is there now; the wrong message is never touched. An act whose end is not
//! known, because the process was killed or the connection lost, is found here by the next request, which looks.

use std::time::Duration;

use super::change::{Change, Order, Outcome, Work};
use super::sync::{Purpose, Wanted};
use super::{Access, Mailbox};
use crate::error::{Act, Cause, Error, GoneKind, Progress, Result};
use crate::mail::{FolderName, FolderRef, IdHash, ListId, MessageAct, Row, Tally, Uid, labels_of};
use crate::remote::{Criteria, Plan, StatusCounts, UidSet};
use crate::route::{FoldersQuery, ListQuery, Route};
use crate::store::keys::{List, NoticeKey, OpenAct, Target};
use crate::time::{Seconds, Watch};

/// Messages that are moved or removed at once.
const SLICE: usize = 2_000;
/// After so long no further slice is begun: the page says how far it got.
const LONG_ENOUGH: Duration = Duration::from_secs(8);
/// Most messages of a folder among which copies are looked for.
const LOOKED_THROUGH: usize = 5_000;

/// An act that can begin: its folder is open, and this is what is known of it.
struct Begun {
    list: ListId,
    head: List,
    uids: Vec<Uid>,
    /// What the folder holds that messages go to.
    beside: Option<StatusCounts>,
    /// How many messages that were meant are not there.
    missing: u32,
}

/// An act that was cut short, and what has been found out since.
pub struct Settled {
    /// What it was noted under.
    pub under: NoticeKey,
    /// What is said of it.
    pub said: Act,
    /// The page that comes next, for the same form sent again.
    pub page: Route,
}

impl Mailbox<'_, '_> {
    /// Does something with messages; noted in `progress` before each step.
    ///
    /// # Errors
    /// `Gone`; `ReadOnly`; `BadRequest` for a move into the same folder; `Imap`, `OverQuota`, `DiskFull`.
    pub fn act(&mut self, order: &Order, progress: &Progress) -> Result<Outcome> {
        let target = order.change.target();
        if target == Some(&order.from.name) {
            return Err(Error::BadRequest("to"));
        }
        let list = ListId::of_folder(order.from.name.clone());
        let compared = self.sync().compare(&list, Purpose::Act(target))?;
        let head = compared.head;
        if head.folder != *order.from {
            return Err(Error::Gone(GoneKind::Numbering));
        }
        if self.server.is_read_only() || !self.server.is_open(&head.folder, Access::Change) {
            return Err(Error::ReadOnly);
        }
        let uids = self.uids_of(&head, &list)?;
        let meant = uids.iter().copied().filter(|uid| order.which.means(*uid));
        let meant: Vec<Uid> = meant.collect();
        let count = u64::try_from(meant.len()).unwrap_or(u64::MAX);
        let missing = order.which.count().saturating_sub(count);
        let begun = Begun {
            list,
            head,
            uids,
            beside: compared.beside,
            missing: u32::try_from(missing).unwrap_or(u32::MAX),
        };
        self.in_slices(order, begun, &meant, progress)
    }

    /// Does it with all of these messages, or with as many as there is time for: what takes messages away goes in slices,
    /// each of them noted, done and kept before the next.
    fn in_slices(
        &mut self,
        order: &Order,
        mut begun: Begun,
        meant: &[Uid],
        progress: &Progress,
    ) -> Result<Outcome> {
        let watch = Watch::start();
        let is_sliced = matches!(order.change, Change::Move(_) | Change::Remove);
        let size = match is_sliced {
            true => SLICE,
            false => meant.len().max(1),
        };
        let mut whole = Outcome {
            tally: Tally {
                missing: order.before.missing.saturating_add(begun.missing),
                ..order.before
            },
            ..Outcome::default()
        };
        let mut rest = meant.chunks(size).peekable();
        if rest.peek().is_none() {
            progress.did(order.said(whole.tally));
        }
        let mut is_first = true;
        while let Some(slice) = rest.next() {
            let ahead = rest.clone().flatten().count();
            let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
            let there: UidSet = slice.iter().copied().collect();
            let (rows, shown) = match is_sliced && rest.peek().is_none() {
                true => self.shown_next(order, &begun, &there),
                false => Default::default(),
            };
            let work = Work {
                order,
                list: begun.list.clone(),
                head: begun.head.clone(),
                uids: begun.uids.clone(),
                there,
                before: Tally {
                    left: whole.tally.left.saturating_add(ahead),
                    ..whole.tally
                },
                beside: begun.beside,
                rows,
                shown,
                progress,
            };
            let outcome = self.changes().carry_out(&work)?;
            let done = outcome.tally.done.saturating_sub(whole.tally.done);
            whole = Outcome {
                tally: Tally {
                    left: outcome.tally.left.saturating_sub(ahead),
                    ..outcome.tally
                },
                back: match is_first {
                    true => outcome.back,
                    false => whole.back.and_then(|back| back.with(outcome.back)),
                },
                beside: outcome.beside,
            };
            is_first &= done == 0;
            if rest.peek().is_some() {
                let head = self.cache.list(&begun.list);
                begun.head = head.ok_or(Error::Internal(Cause::new("a list that was not kept")))?;
                begun.uids = self.uids_of(&begun.head, &begun.list)?;
                begun.beside = outcome.beside;
                if done == 0 || watch.passed() >= LONG_ENOUGH {
                    whole.tally.left = whole.tally.left.saturating_add(ahead);
                    progress.did(order.said(whole.tally));
                    break;
                }
            }
        }
        Ok(whole)
    }

    fn uids_of(&mut self, head: &List, list: &ListId) -> Result<Vec<Uid>> {
        let uids = self.cache.uids(list, 0..head.counts.messages);
        uids.ok_or(Error::Internal(Cause::new("a list that was not kept")))
    }

    /// Which messages stand on the page that is shown next, and on the one after it: those without a row, and the others.
    fn shown_next(
        &mut self,
        order: &Order,
        Begun { head, uids, .. }: &Begun,
        there: &UidSet,
    ) -> (UidSet, UidSet) {
        if order.page.list.spans_folders() {
            // What moves up is mostly there: the rows of the page after it came along.
            return Default::default();
        }
        let found = match order.page.list.is_compared() {
            true => None,
            false => self.cache.whole(&order.page.list),
        };
        let (head, uids) = match &found {
            Some((head, uids)) => (head, uids),
            None => (head, uids),
        };
        let window = self.window(order.page, head).ranks;
        let most = usize::try_from(self.rows).unwrap_or(usize::MAX);
        let most = most.saturating_mul(3);
        let end = window.end.saturating_add(self.rows);
        let end = usize::try_from(end).unwrap_or(usize::MAX).min(uids.len());
        let stay = uids.iter().take(end).rev();
        let stay = stay.filter(|uid| !there.contains(**uid)).take(most);
        let folder = &head.folder;
        let has_row = |uid: &&Uid| self.cache.has_row(&folder.message(**uid));
        let (with, without): (Vec<&Uid>, Vec<&Uid>) = stay.partition(has_row);
        let set = |uids: Vec<&Uid>| uids.into_iter().copied().collect();
        (set(without), set(with))
    }

    /// Which messages of a folder are marked for removal, by whomever, as the server finds them now.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn marked(&mut self, folder: &FolderName) -> Result<(FolderRef, UidSet)> {
        let list = ListId::of_folder(folder.clone());
        let head = self.sync().compare(&list, Purpose::Look)?.head;
        let mut plan = Plan::new();
        let marked = plan.search(Criteria::Deleted);
        let flight = self.sync().fly_with_counts(plan)?;
        flight.require(marked)?;
        let found = flight.get(marked).map(|found| found.uids.to_set());
        Ok((head.folder, found.unwrap_or_default()))
    }

    /// Looks what became of acts that were cut short. Their folders are compared with the server, and so is the folder that
    /// messages were to go to; then what is there tells.
    ///
    /// # Errors
    /// `Imap`: what is not found out now is looked for by the next request.
    pub fn settle(&mut self) -> Result<Vec<Settled>> {
        let open = self.cache.open_acts();
        let folders = self.cache.open_folder_acts();
        if open.is_empty() && folders.is_empty() || self.offline.is_set() {
            return Ok(Vec::new());
        }
        let mut settled = Vec::new();
        for (under, act) in folders {
            let said = match self.changes().look_after_folder(act) {
                Ok(said) => said,
                Err(failure) => {
                    self.offline.note(failure)?;
                    return Ok(settled);
                }
            };
            self.cache.end_folder_act(&under);
            settled.extend(said.map(|said| Settled {
                under,
                said,
                page: Route::Folders(FoldersQuery::default()),
            }));
        }
        for (under, act) in open {
            let (mut tally, both) = match self.look_after(&act) {
                Ok(found) => found,
                Err(Error::Gone(_)) => {
                    let missing = u32::try_from(act.uids.len()).unwrap_or(u32::MAX);
                    let tally = Tally {
                        missing,
                        ..Tally::default()
                    };
                    (tally, 0)
                }
                Err(failure) => {
                    self.offline.note(failure)?;
                    break;
                }
            };
            self.cache.end_act(&under);
            tally.done = tally.done.saturating_add(act.before);
            let label = || {
                labels_of(&act.flags.as_ref()?.0)
                    .first()
                    .map(|word| word.as_str().to_owned())
            };
            let into = act.target.as_ref().map(|target| target.title.clone());
            let into = into.or_else(label);
            settled.push(Settled {
                under,
                said: Act::CutShort {
                    act: act.act,
                    into: into.unwrap_or_default(),
                    tally,
                    both,
                },
                page: Route::Folder(ListQuery::newest(act.from.name)),
            });
        }
        Ok(settled)
    }

    /// What became of one act, and how many of its messages are in both folders.
    fn look_after(&mut self, act: &OpenAct) -> Result<(Tally, u32)> {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        // Before the comparison forgets the rows of what is gone: by them copies are known.
        let mut marks: Vec<Option<Mark>> = act
            .uids
            .iter()
            .map(|uid| self.mark(&act.from, *uid))
            .collect();
        let list = ListId::of_folder(act.from.name.clone());
        let head = self.sync().compare(&list, Purpose::Look)?.head;
        if head.folder != act.from {
            return Err(Error::Gone(GoneKind::Numbering));
        }
        let now = self.cache.uids(&list, 0..head.counts.messages);
        let now: UidSet = now.into_iter().flatten().collect();
        let is_here: Vec<bool> = act.uids.iter().map(|uid| now.contains(*uid)).collect();
        let here = is_here.iter().filter(|here| **here).count();
        if let Some((flags, set)) = act.flags.clone() {
            let wanted = Wanted {
                rows: UidSet::default(),
                flags: act
                    .uids
                    .iter()
                    .copied()
                    .filter(|uid| now.contains(*uid))
                    .collect(),
            };
            let rows = self
                .sync()
                .fetch_rows(&act.from, wanted)?
                .unwrap_or_default();
            let is_done = |row: &&Row| row.flags.agrees(&flags, set);
            let done = rows.values().filter(is_done).count();
            let tally = Tally {
                done: count(done),
                missing: count(act.uids.len().saturating_sub(here)),
                left: count(here.saturating_sub(done)),
            };
            return Ok((tally, 0));
        }
        let Some(target) = &act.target else {
            // Removed for good.
            let tally = Tally {
                done: count(act.uids.len().saturating_sub(here)),
                missing: 0,
                left: count(here),
            };
            return Ok((tally, 0));
        };
        let arrived = self.arrived_in(target)?;
        if !arrived.is_empty() {
            self.mark_the_rest(act, &now, &mut marks)?;
        }
        let has_copy = |mark: &Option<Mark>| mark.as_ref().is_some_and(|m| arrived.contains(m));
        let pairs = || is_here.iter().zip(&marks);
        let both = pairs()
            .filter(|(here, mark)| **here && has_copy(mark))
            .count();
        // Where nothing is known of a message that is gone, the folder that has grown speaks for it.
        let is_known = pairs().all(|(here, mark)| *here || mark.is_some());
        let gone = act.uids.len().saturating_sub(here);
        let found = match is_known {
            true => pairs()
                .filter(|(here, mark)| !**here && has_copy(mark))
                .count(),
            false => gone.min(arrived.len().saturating_sub(both)),
        };
        let (done, left) = match act.act {
            MessageAct::Copy => (both, here.saturating_sub(both)),
            _ => (found, here),
        };
        let tally = Tally {
            done: count(done),
            missing: count(gone.saturating_sub(found)),
            left: count(left),
        };
        let both = match act.act {
            MessageAct::Copy => 0,
            _ => count(both),
        };
        Ok((tally, both))
    }

    /// The messages that a folder has got since an act began.
    fn arrived_in(&mut self, target: &Target) -> Result<Vec<Mark>> {
        let list = ListId::of_folder(target.folder.name.clone());
        let head = match self.sync().compare(&list, Purpose::Look) {
            Ok(compared) => compared.head,
            Err(Error::Gone(_)) => return Ok(Vec::new()),
            Err(failure) => return Err(failure),
        };
        if target.folder.validity != head.folder.validity {
            return Ok(Vec::new());
        }
        let uids = self.cache.uids(&list, 0..head.counts.messages);
        let new = uids
            .into_iter()
            .flatten()
            .filter(|uid| uid.get() >= target.next);
        let new: Vec<Uid> = new.take(LOOKED_THROUGH).collect();
        let missing = new.iter().copied();
        let missing = missing.filter(|uid| !self.cache.has_row(&head.folder.message(*uid)));
        let wanted = Wanted {
            rows: missing.collect(),
            flags: UidSet::default(),
        };
        if !wanted.rows.is_empty() {
            self.sync().fetch_rows(&head.folder, wanted)?;
        }
        let marks = new.iter().filter_map(|uid| self.mark(&head.folder, *uid));
        Ok(marks.collect())
    }

    /// Asks for the rows of those messages of an act that no page has shown, and that are still where they were.
    fn mark_the_rest(
        &mut self,
        act: &OpenAct,
        now: &UidSet,
        marks: &mut [Option<Mark>],
    ) -> Result<()> {
        let unknown = act.uids.iter().zip(marks.iter());
        let unknown = unknown.filter(|(uid, mark)| mark.is_none() && now.contains(**uid));
        let wanted = Wanted {
            rows: unknown.map(|(uid, _)| *uid).take(LOOKED_THROUGH).collect(),
            flags: UidSet::default(),
        };
        if wanted.rows.is_empty() {
            return Ok(());
        }
        let rows = self.sync().fetch_rows(&act.from, wanted)?;
        let rows = rows.unwrap_or_default();
        for (uid, mark) in act.uids.iter().zip(marks) {
            *mark = mark.or_else(|| rows.get(uid).map(mark_of));
        }
        Ok(())
    }

    /// What a copy of a message has in common with it.
    fn mark(&mut self, folder: &FolderRef, uid: Uid) -> Option<Mark> {
        self.cache.row(&folder.message(uid)).as_ref().map(mark_of)
    }
}

/// Message-ID, size and INTERNALDATE: a copy has them too.
type Mark = (Option<IdHash>, u32, Seconds);

fn mark_of(row: &Row) -> Mark {
    (row.thread.id, row.size, row.arrived)
}
