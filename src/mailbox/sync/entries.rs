//! Rows, dates and flags of messages in several folders, asked for in one flight.
//!
//! Not for looking for them (`across`), nor for the rows of one folder, which are asked for with all care (`rows`): what does
//! not come here is asked for there. To know before changing it: each folder is opened in the flight that asks it, and what
//! has another UIDVALIDITY now is passed over.

use std::collections::BTreeMap;

use super::{Sync, Wanted};
use crate::error::{Error, Result};
use crate::mail::{Entry, Flags, FolderRef, IdHash, Row};
use crate::remote::{Access, Handle, Message, Messages, OpenFolder, Plan, UidSet};
use crate::store::keys::List;
use crate::time::Seconds;

/// Found messages whose rows are fetched together with the dates that put them in order.
const WITH_ROWS: usize = 150;
/// Messages whose dates are asked for in one flight.
const DATED_AT_ONCE: usize = 20_000;

/// A folder that is asked about some of its messages in a flight.
struct AskedFolder<'f> {
    number: u16,
    folder: &'f FolderRef,
    opened: Handle<OpenFolder>,
    told: Handle<Messages>,
    rows: UidSet,
}

/// A message that was found, with what puts it in order.
pub(super) struct Dated {
    pub entry: Entry,
    pub arrived: Seconds,
    pub size: u32,
    pub is_read: bool,
    pub is_starred: bool,
}

impl Dated {
    /// None for an answer that is only about its flags: nobody asked for it.
    fn read(entry: Entry, message: &Message) -> Option<Dated> {
        let flags = message.flags.clone().unwrap_or_default();
        Some(Dated {
            entry,
            arrived: message.arrived?,
            size: message.size.unwrap_or(0),
            is_read: flags.has(&Flags::SEEN),
            is_starred: flags.has(&Flags::FLAGGED),
        })
    }
}

impl Sync<'_, '_, '_> {
    /// When messages that were found came, and what else puts them in order; with `sizes` that too. Of what is no longer there nothing comes; a
    /// message that was found twice stays once, in the folder that comes first.
    pub(super) fn date(
        &mut self,
        folders: &[FolderRef],
        found: &[Entry],
        sizes: bool,
    ) -> Result<Vec<Dated>> {
        let with_rows = found.len() <= WITH_ROWS;
        let mut dated = Vec::new();
        for some in found.chunks(DATED_AT_ONCE) {
            let missing: Vec<Entry> = some
                .iter()
                .filter(|entry| {
                    let folder = folders.get(usize::from(entry.folder));
                    let message = folder.map(|folder| folder.message(entry.uid));
                    with_rows && message.is_some_and(|message| !self.cache.has_row(&message))
                })
                .copied()
                .collect();
            let known: Vec<Entry> = some
                .iter()
                .filter(|entry| missing.binary_search(entry).is_err())
                .copied()
                .collect();
            match self.ask_across(folders, [&missing, &known], sizes) {
                Ok(told) => dated.extend(told),
                Err(error) => {
                    // One message that the server cannot read: its date is asked for without reading it.
                    self.server.go_on_after(error)?;
                    dated.extend(self.ask_across(folders, [&[], some], sizes)?);
                }
            }
        }
        if with_rows {
            let mut seen: Vec<(IdHash, u32)> = Vec::new();
            let mut is_first = |dated: &Dated| {
                let folder = folders.get(usize::from(dated.entry.folder));
                let row = folder.and_then(|f| self.cache.row(&f.message(dated.entry.uid)));
                let mark = row.and_then(|row| Some((row.thread.id?, row.size)));
                let is_again = mark.is_some_and(|mark| seen.contains(&mark));
                seen.extend(mark);
                !is_again
            };
            dated.retain(&mut is_first);
        }
        Ok(dated)
    }

    /// Asks folders, all in one flight, for the rows of some messages, and for what puts others in order; with `sizes` that
    /// too.
    fn ask_across(
        &mut self,
        folders: &[FolderRef],
        [rows, others]: [&[Entry]; 2],
        sizes: bool,
    ) -> Result<Vec<Dated>> {
        let verdict = !self.server.authserv_id().is_empty();
        let of = |entries: &[Entry], number: u16| -> UidSet {
            let here = entries.iter().filter(|entry| entry.folder == number);
            here.map(|entry| entry.uid).collect()
        };
        let mut plan = Plan::new();
        let mut asked = Vec::new();
        for (number, folder) in (0..=u16::MAX).zip(folders) {
            let (rows, others) = (of(rows, number), of(others, number));
            if rows.is_empty() && others.is_empty() {
                continue;
            }
            let opened = plan.open(&folder.name, Access::Read, None);
            let of_rows = plan.fetch_rows(rows.clone(), verdict);
            let told = match rows.is_empty() {
                true => plan.fetch_dates(others, sizes),
                false => {
                    plan.fetch_dates(others, sizes);
                    of_rows
                }
            };
            asked.push(AskedFolder {
                number,
                folder,
                opened,
                told,
                rows,
            });
        }
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let flight = self.fly_with_counts(plan)?;
        self.keep_facts();
        let mut dated = Vec::new();
        for AskedFolder {
            number,
            folder,
            opened,
            told,
            rows,
        } in asked
        {
            let opened = match self.server.require_open(&flight, opened) {
                Ok(opened) => opened,
                Err(Error::Gone(_)) => continue,
                Err(failure) => return Err(failure),
            };
            if self.server.note_open(folder, Access::Read, opened) != *folder {
                continue;
            }
            let Some(messages) = flight.get(told) else {
                continue;
            };
            self.note_messages(folder, messages, &rows);
            let known = messages.iter().filter_map(|(uid, message)| {
                let entry = Entry {
                    folder: number,
                    uid: *uid,
                };
                Dated::read(entry, message)
            });
            dated.extend(known);
        }
        Ok(dated)
    }

    /// Fetches rows of a list, and flags of others; None where a folder has another UIDVALIDITY now.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn fetch_entries(
        &mut self,
        head: &List,
        rows: &[Entry],
        flags: &[Entry],
    ) -> Result<Option<BTreeMap<Entry, Row>>> {
        let mut brought = BTreeMap::new();
        if !head.others.is_empty() {
            // What is not unusual comes in one flight. Then each folder is asked for what is still missing, with all care.
            let folders: Vec<FolderRef> =
                head.folders().map(|(_, folder)| folder.clone()).collect();
            let first = rows.first().map(|entry| entry.folder);
            let are_several = rows.iter().any(|entry| Some(entry.folder) != first);
            if are_several && !self.server.has_gone_on() {
                match self.ask_across(&folders, [rows, &[]], false) {
                    Ok(_) => brought.extend(self.cache.rows_of(head, rows)),
                    Err(error) => self.server.go_on_after(error)?,
                }
            }
        }
        for (number, folder) in head.folders() {
            let of = |entries: &[Entry]| -> UidSet {
                let here = entries.iter().filter(|entry| entry.folder == number);
                here.filter(|entry| !brought.contains_key(entry))
                    .map(|entry| entry.uid)
                    .collect()
            };
            let wanted = Wanted {
                rows: of(rows),
                flags: of(flags),
            };
            if wanted.rows.is_empty() && wanted.flags.is_empty() {
                continue;
            }
            let Some(here) = self.fetch_rows(folder, wanted)? else {
                return Ok(None);
            };
            let entry = |uid| Entry {
                folder: number,
                uid,
            };
            brought.extend(here.into_iter().map(|(uid, row)| (entry(uid), row)));
        }
        Ok(Some(brought))
    }
}
