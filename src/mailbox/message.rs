//! One message: the parts that are asked for of it, and its \Seen mark.
//!
//! Not for judging which parts those are: whoever shows a message chooses them from its structure (`document`). Content
//! never changes for a UIDVALIDITY and UID, so it is fetched once. To know before changing it: opening sets \Seen in the
//! cache as pending; it travels with a body fetch, or with the next connection that opens the folder.

use std::collections::BTreeMap;

use super::Mailbox;
use super::standing::Standing;
use super::sync::{Wanted, keep_parts, with_sender};
use crate::error::{Cause, Error, GoneKind, Imap, Result};
use crate::mail::{Encoding, ListId, MessageRef, Part, PartPath, Row};
use crate::mime::{codec, structure};
use crate::remote::{Access, Section, SectionKind};
use crate::work::Work;

/// Bytes of one part, as it travels, that are fetched for a page and kept.
pub const KEPT_BYTES: u32 = 1024 * 1024;
/// Bytes of a header that are kept.
pub const HEADER_BYTES: u32 = 256 * 1024;
/// Up to this size on its way, a message is read whole here: one whose structure is not told, and one within another.
pub const WHOLE_BYTES: u32 = 12 * 1024 * 1024;

/// Parts of a message by where they stand, decoded from their way but not from their charset.
type Texts = BTreeMap<PartPath, Vec<u8>>;

/// Says, from the structure of a message, which of its parts are wanted. Asked again where a structure turns out otherwise:
/// the last answer counts.
type Choose<'c> = &'c mut dyn FnMut(&[Part]) -> Vec<Part>;

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
    /// What may still be done with it.
    pub work: Work,
}

/// The bytes of one part, where it is not too large to be had at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartBytes {
    /// All of them, decoded.
    Here(Vec<u8>),
    /// It is larger, as it travels, than the limit.
    TooLarge,
}

/// Files of a message that are asked for their names, and bytes of the header of each.
const MOST_NAMED: usize = 20;
const MIME_BYTES: u32 = 16 * 1024;

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
        let work = Work::default();
        if row.parts.is_none() {
            texts = self.read_whole(at, &mut row, choose, &work)?;
        }
        let wanted = choose(row.parts.as_deref().unwrap_or_default());
        let paths = wanted.iter().map(|part| part.path.clone());
        for path in paths.chain([PartPath::header()]) {
            if !texts.contains_key(&path)
                && let Some(bytes) = self.cache.text(at, &path)
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
        let unread = read && self.changes().can_mark_read(at, &row);
        if is_new || is_bare {
            let header = is_bare.then(|| header_section(row.size));
            match self.fetch_texts(at, &missing, header, unread)? {
                Some(fetched) => texts.extend(fetched),
                // The structure is wrong.
                None => texts = self.read_whole(at, &mut row, choose, &work)?,
            }
            match self.name_parts(at, &mut row) {
                // What is shown is chosen again, of parts with names.
                Ok(true) => drop(choose(row.parts.as_deref().unwrap_or_default())),
                Ok(false) => {}
                // They are saved under a name that we give.
                Err(failure) => self.offline.note(failure).unwrap_or_default(),
            }
        }
        if let Some(own) = self.read_header_as_text(at, &mut row, &texts, choose) {
            texts = own;
        }
        if unread {
            self.changes().mark_read(at, &mut row);
            if let Err(failure) = self.changes().tell_at_parting(&at.within()) {
                // It stays pending, and the message is shown all the same.
                self.offline.note(failure).unwrap_or_default();
            }
            let is_untold = self.cache.pending(&at.within()).contains(&at.uid);
            self.read_in = is_untold.then(|| at.folder.clone());
        }
        let header = texts.remove(&PartPath::header()).unwrap_or_default();
        self.keep_sender(at, &mut row, &header);
        if row.has_more_parts {
            work.leave_out();
        }
        Ok(Fetched {
            work,
            row,
            texts,
            header,
            is_new,
            standing: self.standing(&ListId::of_folder(at.folder.clone()), rank),
        })
    }

    /// Looks for the names of files in their own headers, where the structure has none: some servers leave out what stands in
    /// a disposition. True where any was found.
    fn name_parts(&mut self, at: &MessageRef, row: &mut Row) -> Result<bool> {
        let is_file = |part: &&Part| {
            let shown = ["text/", "message/", "multipart/"];
            part.name.is_empty() && !shown.iter().any(|kind| part.kind.starts_with(kind))
        };
        let parts = row.parts.iter().flatten().filter(is_file);
        let paths: Vec<PartPath> = parts.map(|p| p.path.clone()).take(MOST_NAMED).collect();
        if paths.is_empty() {
            return Ok(false);
        }
        let section = |path: &PartPath| Section {
            what: SectionKind::Mime(path.clone()),
            range: Some((0, MIME_BYTES)),
        };
        let sections = paths.iter().map(section).collect();
        let message = self.sync().fetch_sections(at, sections, Access::Read)?;
        let mut is_news = false;
        for part in row.parts.iter_mut().flatten() {
            let Some(header) = message.section(&section(&part.path)) else {
                continue;
            };
            let told = structure::leaves(header, &Work::default())
                .into_iter()
                .next();
            if let Some(told) = told.filter(|told| !told.name.is_empty()) {
                part.name = told.name;
                part.attached |= told.attached;
                is_news = true;
            }
        }
        if is_news {
            let parts = row.parts.take().unwrap_or_default();
            keep_parts(row, parts);
            self.cache.put_row(at, row);
        }
        Ok(is_news)
    }

    /// Who it is from is judged by its whole header from now on, in its list too. Where that is only the beginning of one,
    /// the row, which has the fields themselves, knows better.
    fn keep_sender(&mut self, at: &MessageRef, row: &mut Row, header: &[u8]) {
        let is_whole = u32::try_from(header.len()).is_ok_and(|bytes| bytes < HEADER_BYTES);
        if header.is_empty() || !is_whole {
            return;
        }
        let judged = with_sender(row.clone(), header, self.server.authserv_id());
        if judged != *row {
            self.cache.put_row(at, &judged);
            *row = judged;
        }
    }

    /// What is kept of a message under this path.
    pub fn kept_part(&mut self, at: &MessageRef, path: &PartPath) -> Option<Vec<u8>> {
        self.cache.text(at, path)
    }

    /// Keeps what has been made of a message, beside its parts.
    pub fn keep_part(&mut self, at: &MessageRef, path: &PartPath, bytes: &Vec<u8>) {
        self.cache.put_text(at, path, bytes);
    }

    /// Keeps what has been found out about a message since its row was made.
    pub fn keep_row(&mut self, at: &MessageRef, row: &Row) {
        self.cache.put_row(at, row);
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
                structure::leaves(&raw, &Work::default())
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
            && let Some(bytes) = self.cache.text(at, path)
        {
            return Ok((part, PartBytes::Here(bytes)));
        }
        if !raw.is_empty()
            && row.size <= WHOLE_BYTES
            && let Some(bytes) = structure::part_of(&raw, path, &Work::default())
        {
            return Ok((part, PartBytes::Here(bytes)));
        }
        let section = Section::all(SectionKind::Part(path.clone()));
        let message = self
            .sync()
            .fetch_sections(at, vec![section.clone()], Access::Read)?;
        let came = message.section(&section).unwrap_or_default();
        let is_short = u32::try_from(came.len()).is_ok_and(|came| came < part.size);
        let decoded = codec::decode(came, part.encoding);
        let bytes = match is_short {
            true => self.out_of_whole(at, &row, path, &decoded)?,
            false => decoded,
        };
        if structure::is_message(&part) && part.size <= KEPT_BYTES {
            // Whoever opens it asks for what is in it next.
            self.cache.put_text(at, path, &bytes);
        }
        Ok((part, PartBytes::Here(bytes)))
    }

    /// The row of a message, for what needs no more than that.
    ///
    /// # Errors
    /// `Gone`; `Imap`.
    pub fn row(&mut self, at: &MessageRef) -> Result<Row> {
        let Some(known) = self.cache.row(at) else {
            return self.fetch_row(at);
        };
        let now = self.fresh.now;
        let is_due = known.told.asked().is_some_and(|a| a.is_due_again(now));
        let is_nothing = known.told.is_nothing();
        if !is_nothing && (!is_due || self.offline.is_set()) {
            return Ok(known);
        }
        // Somebody who opens a message of which nothing is known wants it to be tried again.
        let known = known.asked_again(now);
        self.cache.put_row(at, &known);
        match self.fetch_row(at) {
            Err(failure) if !is_nothing => {
                self.offline.note(failure)?;
                Ok(known)
            }
            fetched => fetched,
        }
    }

    fn fetch_row(&mut self, at: &MessageRef) -> Result<Row> {
        let wanted = Wanted {
            rows: std::iter::once(at.uid).collect(),
            ..Wanted::default()
        };
        let brought = self.sync().fetch_rows(&at.within(), wanted)?;
        let mut brought = brought.ok_or(Error::Gone(GoneKind::Numbering))?;
        brought
            .remove(&at.uid)
            .ok_or(Error::Gone(GoneKind::Message))
    }

    /// Where the message stands in its list. The list is compared where it is unknown, or does not hold the message yet.
    fn find(&mut self, at: &MessageRef, hint: u32) -> Result<u32> {
        let list = ListId::of_folder(at.folder.clone());
        for compared in [false, true] {
            if compared {
                self.compare(&list)?;
            }
            let Some(head) = self.cache.list(&list) else {
                if self.cache.has_row(at) {
                    // It was found from another folder: then it stands in the list of what was found.
                    return Ok(hint);
                }
                continue;
            };
            if let Some(entry) = head.entry_of(at) {
                if let Some(rank) = self.cache.rank_of(&list, &head, entry, hint) {
                    return Ok(rank);
                }
            } else if compared || self.fresh.is_fresh(head.as_of) {
                return Err(Error::Gone(GoneKind::Numbering));
            }
        }
        Err(Error::Gone(GoneKind::Message))
    }

    /// Fetches parts and the header, with the \Seen mark in the same flight. None where the server has nothing of what its
    /// structure announced, or something else.
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
        let access = match mark {
            true => Access::Change,
            false => Access::Read,
        };
        let message = self.sync().fetch_sections(at, sections.collect(), access)?;
        let mut texts = Texts::new();
        if let Some(header) = header {
            let bytes = message.section(&header).unwrap_or_default().to_vec();
            self.cache.put_text(at, &PartPath::header(), &bytes);
            texts.insert(PartPath::header(), bytes);
        }
        let (mut is_empty, mut is_wrong) = (!parts.is_empty(), false);
        for part in parts {
            let bytes = message.section(&section(part)).unwrap_or_default();
            let bytes = codec::decode(bytes, part.encoding);
            is_empty &= bytes.is_empty() && part.size > 16;
            is_wrong |= is_no_text(part, &bytes);
            texts.insert(part.path.clone(), bytes);
        }
        if is_empty || is_wrong {
            return Ok(None);
        }
        for part in parts {
            if let Some(bytes) = texts.get(&part.path) {
                self.cache.put_text(at, &part.path, bytes);
            }
        }
        Ok(Some(texts))
    }

    /// A message as it travelled, or as much of it as is to be read: so many bytes from its beginning.
    ///
    /// # Errors
    /// `Gone`; `Imap`.
    pub fn source(&mut self, at: &MessageRef, most: Option<u32>) -> Result<Vec<u8>> {
        let whole = Section {
            what: SectionKind::Part(PartPath::default()),
            range: most.map(|most| (0, most)),
        };
        let message = self
            .sync()
            .fetch_sections(at, vec![whole.clone()], Access::Read)?;
        Ok(message.section(&whole).unwrap_or_default().to_vec())
    }

    /// A message whose structure the server cannot tell, or as much of it as is read here.
    fn fetch_whole(&mut self, at: &MessageRef, row: &Row) -> Result<Vec<u8>> {
        self.source(at, (row.size > WHOLE_BYTES).then_some(WHOLE_BYTES))
    }

    /// Reads the structure of a message here, and keeps it and the parts that are wanted.
    fn read_whole(
        &mut self,
        at: &MessageRef,
        row: &mut Row,
        choose: Choose,
        work: &Work,
    ) -> Result<Texts> {
        let raw = self.fetch_whole(at, row)?;
        keep_parts(row, structure::leaves(&raw, work));
        row.has_more_parts |= work.has_left_out();
        let wanted = choose(row.parts.as_deref().unwrap_or_default());
        let mut texts = Texts::from([(PartPath::header(), codec::header_of(&raw).to_vec())]);
        let wanted: Vec<&Part> = wanted.iter().collect();
        for (part, mut bytes) in structure::parts_of(&raw, &wanted, work) {
            bytes.truncate(usize::try_from(KEPT_BYTES).unwrap_or(usize::MAX));
            texts.insert(part.path, bytes);
        }
        for (path, bytes) in &texts {
            self.cache.put_text(at, path, bytes);
        }
        self.cache.put_row(at, row);
        Ok(texts)
    }

    /// A message that the server considers a header with nothing behind it, where its header ends earlier: as it is read
    /// here, and kept so.
    fn read_header_as_text(
        &mut self,
        at: &MessageRef,
        row: &mut Row,
        texts: &Texts,
        choose: Choose,
    ) -> Option<Texts> {
        let is_bodiless = row.parts.as_ref()?.iter().all(|part| part.size == 0);
        let raw = texts.get(&PartPath::header()).filter(|_| is_bodiless)?;
        let behind = raw.get(codec::header_of(raw).len()..)?;
        if behind.trim_ascii().is_empty() || row.size > HEADER_BYTES {
            return None;
        }
        let work = Work::default();
        let parts = structure::leaves(raw, &work);
        let wanted = choose(&parts);
        let wanted: Vec<&Part> = wanted.iter().collect();
        let own = structure::parts_of(raw, &wanted, &work).into_iter();
        let mut own: Texts = own.map(|(part, bytes)| (part.path, bytes)).collect();
        for (path, bytes) in &own {
            self.cache.put_text(at, path, bytes);
        }
        own.insert(PartPath::header(), raw.clone());
        row.parts = Some(parts);
        self.cache.put_row(at, row);
        Some(own)
    }

    /// A part out of the whole message, where the server gave less of it than it had announced. It may have announced too
    /// much: then both ways give the same.
    fn out_of_whole(
        &mut self,
        at: &MessageRef,
        row: &Row,
        path: &PartPath,
        came: &[u8],
    ) -> Result<Vec<u8>> {
        let missing = || match came {
            [] => Error::Gone(GoneKind::Part),
            _ => Error::Imap(
                Imap::Garbled,
                Cause::new("a part came shorter than announced"),
            ),
        };
        if row.size > WHOLE_BYTES {
            return Err(missing());
        }
        let raw = self.fetch_whole(at, row)?;
        let bytes = structure::part_of(&raw, path, &Work::default()).ok_or_else(missing)?;
        let is_whole = u32::try_from(raw.len()).is_ok_and(|length| length >= row.size);
        match is_whole || bytes == came {
            true => Ok(bytes),
            false => Err(missing()),
        }
    }
}

/// True for what is called a text and is none: its label was one that the server could not read.
fn is_no_text(part: &Part, bytes: &[u8]) -> bool {
    let has_zeros = ["utf-16", "utf-32", "ucs", "iso-10646"];
    part.kind == "text/plain"
        && part.encoding == Encoding::Base64
        && bytes.contains(&0)
        && !has_zeros
            .iter()
            .any(|charset| part.charset.starts_with(charset))
}

fn header_section(size: u32) -> Section {
    Section {
        what: SectionKind::Header(PartPath::default()),
        range: (size > HEADER_BYTES).then_some((0, HEADER_BYTES)),
    }
}
