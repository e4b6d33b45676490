//! One message: the parts that are shown of it, where it stands in its list, and its \Seen mark.
//!
//! Content never changes for a UIDVALIDITY and UID, so it is fetched once. Attachments do not travel until asked for. To
//! know before changing it: opening sets \Seen in the cache as pending; it travels with a body fetch, or with the next
//! connection that opens the folder.

use std::collections::BTreeSet;

use super::{Mailbox, is_away, row};
use crate::clean;
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Flags, Part, PartPath, Row, Uid};
use crate::mime::structure::Body;
use crate::mime::{codec, structure};
use crate::remote::{
    Access, Flight, Handle, Message, OpenFolder, Plan, Section, SectionKind, UidSet,
};
use crate::route::MessageRef;
use crate::store::keys::{PENDING, TEXTS};

/// Bytes of a text part that are shown; what is longer is cut, and can be downloaded whole.
pub(super) const TEXT_BYTES: u32 = 1024 * 1024;
/// The same of all text parts together.
pub(super) const TEXTS_BYTES: u32 = 2 * TEXT_BYTES;
/// Text parts that are shown. A command names each of them, and is no line of any length to a server.
const MOST_TEXTS: usize = 100;
/// Bytes of inline images that travel inside the frame: of one, and of all.
pub(super) const IMAGE_BYTES: u32 = 128 * 1024;
const IMAGES_BYTES: u32 = 1024 * 1024;
/// How many of them; all others are fetched when a browser asks for them.
const MOST_IMAGES: usize = 200;
/// Bytes of a header that are kept.
const HEADER_BYTES: u32 = 256 * 1024;
/// Up to this size on its way, a message is read whole here: one whose structure the server cannot tell, and one that lies
/// within another.
pub const WHOLE_BYTES: u32 = 12 * 1024 * 1024;

/// One part that is shown, decoded from its way but not from its charset.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which one.
    pub part: Part,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// True where only its beginning is here.
    pub cut: bool,
}

/// A message that is open.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its row, with what is set on it now.
    pub row: Row,
    /// Its leaves; empty where neither the server nor the message could tell.
    pub parts: Vec<Part>,
    /// What is shown, texts and HTML in the order of the message.
    pub shown: Vec<Shown>,
    /// Small images that the HTML names.
    pub images: Vec<Shown>,
    /// What tells something beside the text: invitations, cards, reports, winmail.dat.
    pub told: Vec<Shown>,
    /// Its header; empty where the server has none.
    pub header: Vec<u8>,
    /// Its rank, and how many messages there are.
    pub rank: u32,
    /// Messages of its folder.
    pub total: u32,
    /// The next older one, with its rank.
    pub older: Option<(Uid, u32)>,
    /// The next newer one, with its rank.
    pub newer: Option<(Uid, u32)>,
}

impl Mailbox<'_, '_> {
    /// Opens a message; `read` marks it as read.
    ///
    /// # Errors
    /// `Gone`: the message, its folder, or the numbering of the link. `Imap` where the cache does not have it.
    pub fn open(&mut self, at: &MessageRef, hint: u32, read: bool) -> Result<Opened> {
        let rank = self.find(at, hint)?;
        let mut row = self.row(at)?;
        if row.parts.is_none() {
            row.parts = Some(self.fetch_whole(at, &row)?);
            self.put_row(&at.folder, at.validity, &row);
        }
        let parts = row.parts.clone().unwrap_or_default();
        let body = structure::body_of(&parts);
        let mut known = BTreeSet::new();
        let texts = body.text.iter().chain(&body.html);
        let mut texts: Vec<Part> = texts
            .filter(|part| known.insert(&part.path))
            .map(|part| (*part).clone())
            .collect();
        let all_texts = texts.len();
        texts.truncate(MOST_TEXTS);
        let mut room = TEXTS_BYTES;
        texts.retain(|part| {
            let takes = part.size.min(TEXT_BYTES);
            let fits = takes <= room;
            if fits {
                room = room.saturating_sub(takes);
            }
            fits
        });
        let mut room = IMAGES_BYTES;
        let images: Vec<Part> = body
            .inline
            .iter()
            .filter(|part| {
                let fits = part.size <= IMAGE_BYTES && part.size <= room;
                if fits {
                    room = room.saturating_sub(part.size);
                }
                fits
            })
            .take(MOST_IMAGES)
            .map(|part| (*part).clone())
            .collect();
        let told: Vec<Part> = structure::told_by(&parts).into_iter().cloned().collect();
        let unread = read && !row.flags.has(&Flags::SEEN);
        let wanted: Vec<&Part> = texts
            .iter()
            .chain(&images)
            .chain(&told)
            .filter(|p| !self.has_text(at, &p.path))
            .collect();
        let header = (!self.has_text(at, &header_path())).then(|| header_section(row.size));
        let is_new = !wanted.is_empty();
        if is_new || header.is_some() {
            self.fetch_texts(at, &wanted, header, unread)?;
        }
        // What the server told is looked at once more when the texts have just come, and never again.
        if (row.preview.is_none() || is_new)
            && let Some(words) = self.first_words(at, &body, row.preview.is_none())
            && row.preview.as_ref() != Some(&words)
        {
            row.preview = Some(words);
            self.put_row(&at.folder, at.validity, &row);
        }
        if unread {
            self.note_read(at, &mut row);
        }
        let total = self
            .cached_list(&at.folder)
            .map_or(0, |l| l.counts.messages);
        let mut beside = |rank: Option<u32>| {
            let rank = rank.filter(|r| *r < total)?;
            Some((self.cached_uid(&at.folder, rank)?, rank))
        };
        let (older, newer) = (beside(rank.checked_sub(1)), beside(rank.checked_add(1)));
        let is_whole = texts.len() == all_texts;
        let mut shown: Vec<Shown> = texts
            .into_iter()
            .filter_map(|p| self.shown(at, p))
            .collect();
        if let Some(last) = shown.last_mut() {
            last.cut |= !is_whole;
        }
        let images = images
            .into_iter()
            .filter_map(|p| self.shown(at, p))
            .collect();
        let told = told.into_iter().filter_map(|p| self.shown(at, p)).collect();
        let header = self.cached_header(at).unwrap_or_default();
        let header = codec::in_utf8(&header, row::charset(&parts));
        let mut opened = Opened {
            row,
            parts,
            shown,
            images,
            told,
            header,
            rank,
            total,
            older,
            newer,
        };
        if opened.read_told() && opened.row.preview.as_deref() == Some("") {
            let words = opened.shown.last().map(words_of).unwrap_or_default();
            opened.row.preview = Some(structure::preview(&words)).filter(|words| !words.is_empty());
            if opened.row.preview.is_some() {
                self.put_row(&at.folder, at.validity, &opened.row);
            }
        }
        Ok(opened)
    }

    /// One part of a message, decoded, of at most `limit` bytes as it travels; None where it is larger.
    ///
    /// # Errors
    /// `Gone`; `Imap`.
    pub fn part(
        &mut self,
        at: &MessageRef,
        path: &PartPath,
        limit: u32,
    ) -> Result<(Part, Option<Vec<u8>>)> {
        let row = self.row(at)?;
        let parts = match row.parts.clone() {
            Some(parts) => parts,
            None => self.fetch_whole(at, &row)?,
        };
        let part = parts
            .into_iter()
            .find(|p| p.path == *path)
            .ok_or(Error::Gone(GoneKind::Part))?;
        if part.size > limit {
            return Ok((part, None));
        }
        if let Some(shown) = self.shown(at, part.clone()).filter(|s| !s.cut) {
            return Ok((part, Some(shown.bytes)));
        }
        let section = Section::all(SectionKind::Part(path.clone()));
        let message = self.fetch_sections(at, vec![section.clone()], false)?;
        let bytes = match message.section(&section).unwrap_or_default() {
            b"" if part.size > 0 => self.out_of_whole(at, &row, path)?,
            bytes => codec::decode(bytes, part.encoding),
        };
        if structure::is_message(&part) && part.size <= TEXT_BYTES {
            // Whoever opens it asks for what is in it next.
            self.keep_text(at, path, &bytes);
        }
        Ok((part, Some(bytes)))
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

    /// The header of a message that has been opened.
    pub(super) fn cached_header(&mut self, at: &MessageRef) -> Option<Vec<u8>> {
        let key = self.data.message(at).text(&header_path());
        self.store.get(self.encryption(), &TEXTS, &key)
    }

    /// The first words of a message's first text; of its HTML where the text only stands in for that. `None` where
    /// others have told them already and they need not be told anew.
    fn first_words(&mut self, at: &MessageRef, body: &Body, unknown: bool) -> Option<String> {
        let mut words = |part: Option<&&Part>| {
            let shown = self.shown(at, (**part?).clone())?;
            Some(words_of(&shown))
        };
        let (text, html) = (body.text.first(), body.html.first());
        // What stands in both is one after the other, not one instead of the other.
        let other = html.filter(|html| html.kind == "text/html" && !body.text.contains(html));
        let (text, html) = (words(text).unwrap_or_default(), words(other));
        match html.filter(|html| structure::is_stub(&text, html)) {
            Some(html) => Some(structure::preview(&html)),
            None => unknown.then(|| structure::preview(&text)),
        }
    }

    /// Looks at all of it: what does not open has to be fetched now, not left out of the page.
    fn has_text(&mut self, at: &MessageRef, path: &PartPath) -> bool {
        let key = self.data.message(at).text(path);
        let text = self.store.get(self.encryption(), &TEXTS, &key);
        text.is_some()
    }

    fn shown(&mut self, at: &MessageRef, part: Part) -> Option<Shown> {
        let key = self.data.message(at).text(&part.path);
        let bytes = self.store.get(self.encryption(), &TEXTS, &key)?;
        let cut = part.size > TEXT_BYTES;
        Some(Shown { part, bytes, cut })
    }

    fn keep_text(&mut self, at: &MessageRef, path: &PartPath, bytes: &Vec<u8>) {
        let key = self.data.message(at).text(path);
        self.store.put(self.encryption(), &TEXTS, &key, bytes);
    }

    /// Fetches the parts that are shown and the header, with the \Seen mark in the same flight.
    fn fetch_texts(
        &mut self,
        at: &MessageRef,
        parts: &[&Part],
        header: Option<Section>,
        mark: bool,
    ) -> Result<()> {
        let section = |part: &Part| Section {
            what: SectionKind::Part(part.path.clone()),
            range: (part.size > TEXT_BYTES).then_some((0, TEXT_BYTES)),
        };
        let sections = parts.iter().map(|p| section(p)).chain(header.clone());
        let message = self.fetch_sections(at, sections.collect(), mark)?;
        let got: Vec<(&PartPath, Vec<u8>)> = parts
            .iter()
            .map(|part| {
                let bytes = message.section(&section(part)).unwrap_or_default();
                (&part.path, codec::decode(bytes, part.encoding))
            })
            .collect();
        if let Some(header) = header {
            let bytes = message.section(&header).unwrap_or_default().to_vec();
            self.keep_text(at, &header_path(), &bytes);
        }
        let empty = |(part, (_, bytes)): (&&Part, &(&PartPath, Vec<u8>))| {
            bytes.is_empty() && part.size > 16
        };
        let contradicted = !parts.is_empty() && parts.iter().zip(&got).all(empty);
        if contradicted {
            // The server announced text and has none: its structure is wrong.
            let row = self.row(at)?;
            let parts = self.fetch_whole(at, &row)?;
            self.put_row(
                &at.folder,
                at.validity,
                &Row {
                    parts: Some(parts),
                    ..row
                },
            );
            return Ok(());
        }
        for (path, bytes) in &got {
            self.keep_text(at, path, bytes);
        }
        Ok(())
    }

    /// Fetches a message whose structure the server cannot tell, reads it here, and keeps the parts that are shown.
    fn fetch_whole(&mut self, at: &MessageRef, row: &Row) -> Result<Vec<Part>> {
        let whole = Section {
            what: SectionKind::Part(PartPath::default()),
            range: (row.size > WHOLE_BYTES).then_some((0, WHOLE_BYTES)),
        };
        let message = self.fetch_sections(at, vec![whole.clone()], false)?;
        let raw = message.section(&whole).unwrap_or_default();
        let parts = row::few_parts(structure::leaves(raw));
        let body = structure::body_of(&parts);
        self.keep_text(at, &header_path(), &codec::header_of(raw).to_vec());
        let shown = body.text.iter().chain(&body.html).chain(&body.inline);
        let mut wanted: Vec<&Part> = shown.copied().collect();
        wanted.extend(structure::told_by(&parts));
        for (part, mut bytes) in structure::parts_of(raw, &wanted) {
            bytes.truncate(usize::try_from(TEXT_BYTES).unwrap_or(usize::MAX));
            self.keep_text(at, &part.path, &bytes);
        }
        Ok(parts)
    }

    /// A part that the server does not have under its path, decoded: where a structure was read here, the paths are ours.
    fn out_of_whole(&mut self, at: &MessageRef, row: &Row, path: &PartPath) -> Result<Vec<u8>> {
        let gone = || Error::Gone(GoneKind::Part);
        if row.size > WHOLE_BYTES {
            return Err(gone());
        }
        let whole = Section::all(SectionKind::Part(PartPath::default()));
        let message = self.fetch_sections(at, vec![whole.clone()], false)?;
        let raw = message.section(&whole).unwrap_or_default();
        structure::part_of(raw, path).ok_or_else(gone)
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

/// The words of a part that is text or HTML.
fn words_of(shown: &Shown) -> String {
    let text = structure::reading(&shown.part, &shown.bytes, "");
    match shown.part.kind.as_str() {
        "text/html" => clean::words(&text),
        _ => text,
    }
}

/// Where the header is kept beside the parts: no part is numbered 0.
fn header_path() -> PartPath {
    PartPath::default().child(0)
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
