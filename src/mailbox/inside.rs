//! What lies inside a part: the message that is attached to a message, files in a winmail.dat.
//!
//! Not for the message itself (`message`). The part that holds it is fetched whole, and read here: one connection at the
//! most, and none where it is cached.

use super::message::{IMAGE_BYTES, Opened, Shown, TEXT_BYTES, WHOLE_BYTES};
use super::{Mailbox, row};
use crate::error::{Error, Result, What};
use crate::mail::{Part, Trail};
use crate::mime;
use crate::route::MessageRef;

/// Embedded images that travel inside the document of such a message.
const IMAGES: usize = 30;

impl Mailbox<'_, '_> {
    /// The message that lies within a message.
    ///
    /// # Errors
    /// `Gone`; `Imap` where the cache does not have it.
    pub fn open_inside(&mut self, at: &MessageRef, trail: &Trail) -> Result<Opened> {
        let (part, bytes) = self.at(at, trail, WHOLE_BYTES)?;
        let raw = bytes
            .filter(|_| mime::is_message(&part))
            .ok_or(Error::Gone(What::Part))?;
        let parts = mime::leaves(&raw);
        let body = mime::body_of(&parts);
        let shown = |parts: Vec<&Part>| -> Vec<Shown> {
            let cut = usize::try_from(TEXT_BYTES).unwrap_or(usize::MAX);
            parts
                .into_iter()
                .filter_map(|part| {
                    let mut bytes = mime::part_of(&raw, &part.path)?;
                    let is_cut = bytes.len() > cut;
                    bytes.truncate(cut);
                    Some(Shown {
                        part: part.clone(),
                        bytes,
                        cut: is_cut,
                    })
                })
                .collect()
        };
        let mut texts = body.text.clone();
        texts.extend(body.html.iter().filter(|p| !body.text.contains(p)));
        let small = |p: &&Part| p.size <= IMAGE_BYTES;
        let images = body
            .inline
            .iter()
            .copied()
            .filter(small)
            .take(IMAGES)
            .collect();
        let header = mime::header_of(&raw).to_vec();
        let size = u32::try_from(raw.len()).unwrap_or(u32::MAX);
        let row = row::of_header(at.uid, &header, size);
        Ok(Opened {
            row,
            shown: shown(texts),
            images: shown(images),
            told: shown(mime::told_by(&parts)),
            header,
            parts: parts.clone(),
            rank: 0,
            total: 0,
            older: None,
            newer: None,
        })
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
        let gone = || Error::Gone(What::Part);
        let (first, rest) = trail.split().ok_or_else(gone)?;
        if rest.is_empty() {
            return self.part(at, first, limit);
        }
        let (mut part, bytes) = self.part(at, first, WHOLE_BYTES)?;
        let mut bytes = bytes.ok_or_else(gone)?;
        for path in rest {
            let inside = mime::contents(&part, &bytes);
            let found = inside.into_iter().find(|p| p.path == *path);
            bytes = mime::content(&part, &bytes, path).ok_or_else(gone)?;
            part = found.ok_or_else(gone)?;
        }
        Ok((part, Some(bytes)))
    }
}
