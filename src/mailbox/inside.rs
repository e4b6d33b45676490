//! What lies inside a part: the message that is attached to a message, text and files in a winmail.dat.
//!
//! Not for the message itself (`message`). The part that holds it is fetched whole, and read here: one connection at the
//! most, and none where it is cached.

use super::message::{IMAGE_BYTES, Opened, Shown, TEXT_BYTES, TEXTS_BYTES, WHOLE_BYTES};
use super::{Mailbox, row};
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Part, Row, Trail};
use crate::mime::{codec, containers, structure};
use crate::route::MessageRef;

/// Embedded images that travel inside the document of such a message.
const IMAGES: usize = 30;

impl Mailbox<'_, '_> {
    /// The message that lies within a message; a winmail.dat too is one, under the header of the message that holds it.
    ///
    /// # Errors
    /// `Gone`; `Imap` where the cache does not have it.
    pub fn open_inside(&mut self, at: &MessageRef, trail: &Trail) -> Result<Opened> {
        let (holder, bytes) = self.at(at, trail, WHOLE_BYTES)?;
        let raw = bytes
            .filter(|_| structure::is_message(&holder) || structure::is_tnef(&holder))
            .ok_or(Error::Gone(GoneKind::Part))?;
        let parts = containers::contents(&holder, &raw);
        let body = structure::body_of(&parts);
        let shown = |wanted: &[&Part]| shortened(containers::pick(&holder, &raw, wanted));
        let mut texts = body.text.clone();
        texts.extend(body.html.iter().filter(|p| !body.text.contains(p)));
        let small = |p: &&Part| p.size <= IMAGE_BYTES;
        let images = body.inline.iter().copied().filter(small).take(IMAGES);
        let images: Vec<&Part> = images.collect();
        let size = u32::try_from(raw.len()).unwrap_or(u32::MAX);
        let (row, header) = match structure::is_message(&holder) {
            true => {
                let header = codec::in_utf8(codec::header_of(&raw), row::charset(&parts));
                (row::of_header(at.uid, &header, size), header)
            }
            false => {
                let row = self.row(at)?;
                (
                    Row { size, ..row },
                    self.cached_header(at).unwrap_or_default(),
                )
            }
        };
        let mut opened = Opened {
            row,
            shown: shown(&texts),
            images: shown(&images),
            told: shown(&structure::told_by(&parts)),
            header,
            parts: parts.clone(),
            rank: 0,
            total: 0,
            older: None,
            newer: None,
        };
        opened.read_wrapped(&holder, &raw);
        opened.read_told();
        Ok(opened)
    }

    /// What a trail leads to, decoded, of at most `limit` bytes as it travels; None where it is larger.
    ///
    /// # Errors
    /// `Gone`; `Imap`.
    pub fn at(
        &mut self,
        at: &MessageRef,
        trail: &Trail,
        limit: u32,
    ) -> Result<(Part, Option<Vec<u8>>)> {
        let gone = || Error::Gone(GoneKind::Part);
        let (first, rest) = trail.split().ok_or_else(gone)?;
        if rest.is_empty() {
            return self.part(at, first, limit);
        }
        let (mut part, bytes) = self.part(at, first, WHOLE_BYTES)?;
        let mut bytes = bytes.ok_or_else(gone)?;
        for path in rest {
            let inside = containers::contents(&part, &bytes);
            let found = inside.into_iter().find(|p| p.path == *path);
            bytes = containers::content(&part, &bytes, path).ok_or_else(gone)?;
            part = found.ok_or_else(gone)?;
        }
        Ok((part, Some(bytes)))
    }
}

impl Opened {
    /// Where there is nothing to read but a winmail.dat, or a signed message, what is wrapped in that is read; true where
    /// something was.
    pub(super) fn read_told(&mut self) -> bool {
        let told = self.told.clone();
        told.iter()
            .any(|holder| self.read_wrapped(&holder.part, &holder.bytes))
    }

    /// Takes text and pictures out of a winmail.dat, unless there is something to read already, and out of a message that
    /// is signed as a whole.
    fn read_wrapped(&mut self, holder: &Part, bytes: &[u8]) -> bool {
        let is_blank = |shown: &Shown| shown.bytes.trim_ascii().is_empty();
        if !structure::is_cms(holder) && !self.shown.iter().all(is_blank) {
            return false;
        }
        let told = containers::wrapped_told(holder, bytes).into_iter();
        self.told.extend(told.map(|(part, bytes)| {
            let cut = false;
            Shown { part, bytes, cut }
        }));
        let texts = containers::wrapped(holder, bytes);
        if texts.is_empty() {
            return false;
        }
        let pictures = containers::contents(holder, bytes);
        let pictures = pictures
            .into_iter()
            .filter(|p| !p.id.is_empty() && p.size <= IMAGE_BYTES);
        self.images.extend(pictures.take(IMAGES).filter_map(|part| {
            let bytes = containers::content(holder, bytes, &part.path)?;
            let cut = false;
            Some(Shown { part, bytes, cut })
        }));
        for shown in shortened(texts) {
            self.parts.push(shown.part.clone());
            self.shown.push(shown);
        }
        true
    }
}

/// As much of texts as is shown of a message, in each and in all.
fn shortened(texts: impl IntoIterator<Item = (Part, Vec<u8>)>) -> Vec<Shown> {
    let bytes = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
    let mut room = bytes(TEXTS_BYTES);
    let show = |(part, mut text): (Part, Vec<u8>)| {
        let most = room.min(bytes(TEXT_BYTES));
        let cut = text.len() > most;
        text.truncate(most);
        room = room.saturating_sub(text.len());
        Shown {
            part,
            bytes: text,
            cut,
        }
    };
    texts.into_iter().map(show).collect()
}
