//! One message: where it stands in its list, the parts that are asked for of it, and its \Seen mark.
//!
//! Not for judging which parts those are: whoever shows a message chooses them from its structure (`document`). Content
//! never changes for a UIDVALIDITY and UID, so it is fetched once. To know before changing it: opening sets \Seen in the
//! cache as pending; it travels with a body fetch, or with the next connection that opens the folder.

use std::collections::BTreeMap;

use super::{Mailbox, is_away};
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Flags, Part, PartPath, Row, Uid};
use crate::mime::{codec, structure};
use crate::remote::{
    Access, Flight, Handle, Message, OpenFolder, Plan, Section, SectionKind, UidSet,
};
use crate::route::MessageRef;
use crate::store::keys::{PENDING, TEXTS};

/// Bytes of one part, as it travels, that are fetched for a page and kept.
pub const KEPT_BYTES: u32 = 1024 * 1024;
/// Bytes of a header that are kept.
const HEADER_BYTES: u32 = 256 * 1024;
/// Up to this size on its way, a message is read whole here: one whose structure the server cannot tell, and one that lies
/// within another.
pub const WHOLE_BYTES: u32 = 12 * 1024 * 1024;

/// Parts of a message by where they stand, decoded from their way but not from their charset.
pub type Texts = BTreeMap<PartPath, Vec<u8>>;

/// Says, from the structure of a message, which of its parts are wanted. Asked again where a structure turns out wrong:
/// the last answer counts.
pub type Choose<'c> = &'c mut dyn FnMut(&[Part]) -> Vec<Part>;

/// A message with the parts that were wanted of it.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its row, with what is set on it now, and with its structure.
    pub row: Row,
    /// As many of the wanted parts as there are, each up to `KEPT_BYTES` of its size on its way.
    pub texts: Texts,
    /// Its header as it travelled; empty where the server has none.
    pub header: Vec<u8>,
    /// True where some part came from the server just now.
    pub is_new: bool,
    /// Where it stands in its list.
    pub standing: Standing,
}

/// Where a message stands in the list of its folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its rank, counted from 0 at the oldest.
    pub rank: u32,
    /// Messages of its folder.
    pub total: u32,
    /// The next older one, with its rank.
    pub older: Option<(Uid, u32)>,
    /// The next newer one, with its rank.
    pub newer: Option<(Uid, u32)>,
}

/// The bytes of one part, where it is not too large to be had at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartBytes {
    /// All of them, decoded.
    Here(Vec<u8>),
    /// It is larger, as it travels, than the limit.
    TooLarge,
}

impl Mailbox<'_, '_> {
    /// A message with those of its parts that `choose` names; `read` marks it as read.
    ///
    /// # Errors
    /// `Gone`: the message, its folder, or the numbering of the link. `Imap` where the cache does not have it.
    pub fn message(
        &mut self,
        at: &MessageRef,
        hint: u32,
        read: bool,
        choose: Choose,
    ) -> Result<Fetched> {
        let rank = self.find(at, hint)?;
        let mut row = self.row(at)?;
        let mut texts = Texts::new();
        if row.parts.is_none() {
            texts = self.read_whole(at, &mut row, choose)?;
        }
        let wanted = choose(row.parts.as_deref().unwrap_or_default());
        let paths = wanted.iter().map(|part| part.path.clone());
        for path in paths.chain([PartPath::header()]) {
            if !texts.contains_key(&path)
                && let Some(bytes) = self.cached_text(at, &path)
            {
                texts.insert(path, bytes);
            }
        }
        let mut missing = wanted;
        missing.retain(|part| !texts.contains_key(&part.path));
        let (is_new, is_bare) = (
            !missing.is_empty(),
            !texts.contains_key(&PartPath::header()),
        );
        let unread = read && !row.flags.has(&Flags::SEEN);
        if is_new || is_bare {
            let header = is_bare.then(|| header_section(row.size));
            match self.fetch_texts(at, &missing, header, unread)? {
                Some(fetched) => texts.extend(fetched),
                // The server announced text and has none: its structure is wrong.
                None => texts = self.read_whole(at, &mut row, choose)?,
            }
        }
        if unread {
            self.note_read(at, &mut row);
        }
        let header = texts.remove(&PartPath::header()).unwrap_or_default();
        Ok(Fetched {
            row,
            texts,
            header,
            is_new,
            standing: self.standing(at, rank),
        })
    }

    fn standing(&mut self, at: &MessageRef, rank: u32) -> Standing {
        let total = self
            .cached_list(&at.folder)
            .map_or(0, |l| l.counts.messages);
        let mut beside = |rank: Option<u32>| {
            let rank = rank.filter(|r| *r < total)?;
            Some((self.cached_uid(&at.folder, rank)?, rank))
        };
        Standing {
            rank,
            total,
            older: beside(rank.checked_sub(1)),
            newer: beside(rank.checked_add(1)),
        }
    }

    /// The header of a message that has been opened, as it travelled; empty where it has not.
    pub fn kept_header(&mut self, at: &MessageRef) -> Vec<u8> {
        let kept = self.cached_text(at, &PartPath::header());
        kept.unwrap_or_default()
    }

    /// Keeps what has been found out about a message since its row was made.
    pub fn keep_row(&mut self, at: &MessageRef, row: &Row) {
        self.put_row(&at.folder, at.validity, row);
    }

    /// One part of a message, decoded, of at most `limit` bytes as it travels.
    ///
    /// # Errors
    /// `Gone`; `Imap`.
    pub fn part(
        &mut self,
        at: &MessageRef,
        path: &PartPath,
        limit: u32,
    ) -> Result<(Part, PartBytes)> {
        let row = self.row(at)?;
        let mut raw = Vec::new();
        let parts = match row.parts.clone() {
            Some(parts) => parts,
            None => {
                raw = self.fetch_whole(at, &row)?;
                structure::leaves(&raw)
            }
        };
        let part = parts
            .into_iter()
            .find(|p| p.path == *path)
            .ok_or(Error::Gone(GoneKind::Part))?;
        if part.size > limit {
            return Ok((part, PartBytes::TooLarge));
        }
        if part.size <= KEPT_BYTES
            && let Some(bytes) = self.cached_text(at, path)
        {
            return Ok((part, PartBytes::Here(bytes)));
        }
        if !raw.is_empty()
            && row.size <= WHOLE_BYTES
            && let Some(bytes) = structure::part_of(&raw, path)
        {
            return Ok((part, PartBytes::Here(bytes)));
        }
        let section = Section::all(SectionKind::Part(path.clone()));
        let message = self.fetch_sections(at, vec![section.clone()], false)?;
        let bytes = match message.section(&section).unwrap_or_default() {
            b"" if part.size > 0 => self.out_of_whole(at, &row, path)?,
            bytes => codec::decode(bytes, part.encoding),
        };
        if structure::is_message(&part) && part.size <= KEPT_BYTES {
            // Whoever opens it asks for what is in it next.
            self.keep_text(at, path, &bytes);
        }
        Ok((part, PartBytes::Here(bytes)))
    }

    /// The row of a message, for what needs no more than that.
    ///
    /// # Errors
    /// `Gone`; `Imap`.
    pub fn row(&mut self, at: &MessageRef) -> Result<Row> {
        if let Some(row) = self.cached_row(&at.folder, at.validity, at.uid) {
            return Ok(row);
        }
        let mut plan = Plan::new();
        let open = self.plan_open(&mut plan, at, Access::Read);
        let row = plan.fetch_rows(one(at.uid), self.asks_for_verdict());
        let flight = self.fly(plan)?;
        self.check_open(at, open, &flight)?;
        if let Some(messages) = flight.get(row) {
            self.note_messages(&at.folder, at.validity, messages);
        }
        self.cached_row(&at.folder, at.validity, at.uid)
            .ok_or(Error::Gone(GoneKind::Message))
    }

    /// Sends all marks that wait, before the session that could send them ends.
    ///
    /// # Errors
    /// `Imap`.
    pub fn send_all_pending(&mut self) -> Result<()> {
        let prefix = self.data.id;
        if self.store.keys_below(&PENDING, &prefix).is_empty() {
            return Ok(());
        }
        let folders = self.cached_folders().unwrap_or_default().folders;
        for folder in folders.iter().filter(|f| f.selectable).map(|f| &f.name) {
            let Some(list) = self.cached_list(folder) else {
                continue;
            };
            let pending = self.pending(folder, list.validity);
            if pending.is_empty() {
                continue;
            }
            let mut plan = Plan::new();
            let open = plan.open(folder, Access::Change, None);
            self.remote.ready()?;
            let flight = self.fly(plan)?;
            let Some(opened) = flight.get(open) else {
                continue;
            };
            if self.note_open(folder, true, opened) == list.validity {
                self.send_pending(folder, list.validity, &pending)?;
            }
        }
        Ok(())
    }

    /// Where the message stands in its list. The list is compared where it is unknown, or does not hold the message yet.
    fn find(&mut self, at: &MessageRef, hint: u32) -> Result<u32> {
        for compared in [false, true] {
            if compared {
                self.compare(&at.folder)?;
            }
            match self.cached_list(&at.folder) {
                Some(list)
                    if list.validity != at.validity && (compared || self.is_fresh(list.as_of)) =>
                {
                    return Err(Error::Gone(GoneKind::Numbering));
                }
                Some(_) => {
                    if let Some(rank) = self.cached_rank(&at.folder, at.uid, hint) {
                        return Ok(rank);
                    }
                }
                None => {}
            }
        }
        Err(Error::Gone(GoneKind::Message))
    }

    /// Opened here, not only looked for: what does not open has to be fetched now, not left out of the page.
    fn cached_text(&mut self, at: &MessageRef, path: &PartPath) -> Option<Vec<u8>> {
        let key = self.data.message(at).text(path);
        self.store.get(self.encryption(), &TEXTS, &key)
    }

    fn keep_text(&mut self, at: &MessageRef, path: &PartPath, bytes: &Vec<u8>) {
        let key = self.data.message(at).text(path);
        self.store.put(self.encryption(), &TEXTS, &key, bytes);
    }

    /// Fetches parts and the header, with the \Seen mark in the same flight. None where the server has nothing of what its
    /// structure announced.
    fn fetch_texts(
        &mut self,
        at: &MessageRef,
        parts: &[Part],
        header: Option<Section>,
        mark: bool,
    ) -> Result<Option<Texts>> {
        let section = |part: &Part| Section {
            what: SectionKind::Part(part.path.clone()),
            range: (part.size > KEPT_BYTES).then_some((0, KEPT_BYTES)),
        };
        let sections = parts.iter().map(section).chain(header.clone());
        let message = self.fetch_sections(at, sections.collect(), mark)?;
        let mut texts = Texts::new();
        if let Some(header) = header {
            let bytes = message.section(&header).unwrap_or_default().to_vec();
            self.keep_text(at, &PartPath::header(), &bytes);
            texts.insert(PartPath::header(), bytes);
        }
        let mut is_empty = !parts.is_empty();
        for part in parts {
            let bytes = message.section(&section(part)).unwrap_or_default();
            let bytes = codec::decode(bytes, part.encoding);
            is_empty &= bytes.is_empty() && part.size > 16;
            texts.insert(part.path.clone(), bytes);
        }
        if is_empty {
            return Ok(None);
        }
        for part in parts {
            if let Some(bytes) = texts.get(&part.path) {
                self.keep_text(at, &part.path, bytes);
            }
        }
        Ok(Some(texts))
    }

    /// A message whose structure the server cannot tell, or as much of it as is read here.
    fn fetch_whole(&mut self, at: &MessageRef, row: &Row) -> Result<Vec<u8>> {
        let whole = Section {
            what: SectionKind::Part(PartPath::default()),
            range: (row.size > WHOLE_BYTES).then_some((0, WHOLE_BYTES)),
        };
        let message = self.fetch_sections(at, vec![whole.clone()], false)?;
        Ok(message.section(&whole).unwrap_or_default().to_vec())
    }

    /// Reads the structure of a message here, and keeps it and the parts that are wanted.
    fn read_whole(&mut self, at: &MessageRef, row: &mut Row, choose: Choose) -> Result<Texts> {
        let raw = self.fetch_whole(at, row)?;
        let parts = structure::leaves(&raw);
        let wanted = choose(&parts);
        let mut texts = Texts::from([(PartPath::header(), codec::header_of(&raw).to_vec())]);
        let wanted: Vec<&Part> = wanted.iter().collect();
        for (part, mut bytes) in structure::parts_of(&raw, &wanted) {
            bytes.truncate(usize::try_from(KEPT_BYTES).unwrap_or(usize::MAX));
            texts.insert(part.path, bytes);
        }
        for (path, bytes) in &texts {
            self.keep_text(at, path, bytes);
        }
        row.parts = Some(parts);
        self.put_row(&at.folder, at.validity, row);
        Ok(texts)
    }

    /// A part that the server does not have under its path, decoded: where a structure was read here, the paths are ours.
    fn out_of_whole(&mut self, at: &MessageRef, row: &Row, path: &PartPath) -> Result<Vec<u8>> {
        let gone = || Error::Gone(GoneKind::Part);
        if row.size > WHOLE_BYTES {
            return Err(gone());
        }
        let raw = self.fetch_whole(at, row)?;
        structure::part_of(&raw, path).ok_or_else(gone)
    }

    /// Fetches sections of a message; opens its folder for change where a mark is to follow.
    fn fetch_sections(
        &mut self,
        at: &MessageRef,
        sections: Vec<Section>,
        for_change: bool,
    ) -> Result<Message> {
        let mut plan = Plan::new();
        let access = match for_change {
            true => Access::Change,
            false => Access::Read,
        };
        let open = self.plan_open(&mut plan, at, access);
        let asked = plan.fetch_sections(at.uid, sections);
        let mut flight = self.fly(plan)?;
        self.check_open(at, open, &flight)?;
        let messages = flight.take(asked).unwrap_or_default();
        let mut found = messages.into_iter().filter(|(uid, _)| *uid == at.uid);
        let (_, message) = found.next().ok_or(Error::Gone(GoneKind::Message))?;
        Ok(message)
    }

    /// Sets \Seen: pending, until a connection has told the server. The counts go with it.
    fn note_read(&mut self, at: &MessageRef, row: &mut Row) {
        row.flags = row.flags.with(&Flags::SEEN);
        self.put_row(&at.folder, at.validity, row);
        if let Some(mut list) = self.cached_list(&at.folder) {
            list.counts.unread = list.counts.unread.saturating_sub(1);
            self.put_list_head(&at.folder, &list);
        }
        let key = self.data.message(at);
        self.store.put(self.encryption(), &PENDING, &key, &());
        if self.is_open(&at.folder, at.validity, true) {
            let told = self.send_pending(&at.folder, at.validity, &[at.uid]);
            // It stays pending, and the message is shown all the same.
            if let Err(e) = told
                && is_away(&e)
            {
                self.away.get_or_insert(e);
            }
        }
    }

    /// Adds to a flight what opens the folder of a message, where it is not open yet.
    fn plan_open(
        &mut self,
        plan: &mut Plan,
        at: &MessageRef,
        access: Access,
    ) -> Option<(Handle<OpenFolder>, Access)> {
        let is_open = self.is_open(&at.folder, at.validity, access == Access::Change);
        (!is_open).then(|| (plan.open(&at.folder, access, None), access))
    }

    fn check_open(
        &mut self,
        at: &MessageRef,
        open: Option<(Handle<OpenFolder>, Access)>,
        flight: &Flight,
    ) -> Result<()> {
        let Some((open, access)) = open else {
            return Ok(());
        };
        let opened = self.remote.require_open(flight, open)?;
        if self.note_open(&at.folder, access == Access::Change, opened) == at.validity {
            return Ok(());
        }
        Err(Error::Gone(GoneKind::Numbering))
    }
}

fn header_section(size: u32) -> Section {
    Section {
        what: SectionKind::Header(PartPath::default()),
        range: (size > HEADER_BYTES).then_some((0, HEADER_BYTES)),
    }
}

fn one(uid: Uid) -> UidSet {
    std::iter::once(uid).collect()
}
