//! What is attached to a message, saved or opened; all of it in one archive; the message as it travelled.
//!
//! Not for listing it (`opened`).

use super::opened::{AS_TEXT, UNDER_THE_GATE, likely_kind, opened_as, passed_as};
use super::{Done, Visit};
use crate::document::{self, Content, Opening, saved_name};
use crate::error::{Error, GoneKind, Result};
use crate::jobs::transfer::{Packed, Piece, Pieces, Transfer};
use crate::mail::{Encoding, NestedPath, Part, PartPath};
use crate::mailbox::PartBytes;
use crate::mime::{codec, structure};
use crate::remote::SectionKind;
use crate::response::Response;
use crate::route::MessageRef;

/// A part of a message: saved, or opened in the browser where its type is harmless.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn part(visit: &mut Visit, at: &MessageRef, nested: &NestedPath, open: bool) -> Result<Done> {
    let (part, bytes) = document::part(&mut visit.mailbox, at, nested, UNDER_THE_GATE)?;
    let kind = shown_as(&part, &bytes).filter(|_| open);
    let (kind, how) = match kind {
        Some(kind) => (kind, "inline"),
        None => ("application/octet-stream".to_owned(), "attachment"),
    };
    let disposition = disposition(how, &saved_name(&part));
    match bytes {
        PartBytes::Here(bytes) => {
            let bytes = match kind.starts_with("text/") {
                true => codec::text(&bytes, &part.charset).into_bytes(),
                false => bytes,
            };
            Ok(Done::Page(Response::part(&kind, disposition, bytes)))
        }
        PartBytes::TooLarge => Ok(Done::Leaves(Box::new(Transfer {
            message: at.clone(),
            what: Pieces::One(on_its_way(&part)),
            head: Response::part(&kind, disposition, Vec::new()),
        }))),
    }
}

/// The type under which a part may be shown. The bytes decide where they are at hand; a label that lies opens as what it
/// is, or not at all.
fn shown_as(part: &Part, bytes: &PartBytes) -> Option<String> {
    let labelled = likely_kind(part);
    let PartBytes::Here(bytes) = bytes else {
        return passed_as(labelled, &part.charset);
    };
    let is_text = || opened_as(labelled) == Some(AS_TEXT) && !bytes.contains(&0);
    let kind = structure::sniffed_type(bytes).or_else(|| is_text().then_some(labelled))?;
    opened_as(kind).map(str::to_owned)
}

/// All that is attached to a message, in one archive.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn attachments(visit: &mut Visit, at: &MessageRef) -> Result<Done> {
    let document = visit.open(&Opening::look(at, &NestedPath::default()))?;
    let pack = |file: document::File| {
        let packed = match file.content() {
            Content::AtServer => Packed::Part(on_its_way(file.part)),
            Content::Here(bytes) => Packed::Bytes(bytes),
        };
        (saved_name(file.part), packed)
    };
    let packed: Vec<(String, Packed)> = document.files().into_iter().map(pack).collect();
    if packed.is_empty() {
        return Err(Error::Gone(GoneKind::Part));
    }
    let name = codec::safe_file_name(&format!("{}.zip", document.row().subject));
    let disposition = disposition("attachment", &name);
    Ok(Done::Leaves(Box::new(Transfer {
        message: at.clone(),
        what: Pieces::Zip(packed),
        head: Response::part("application/zip", disposition, Vec::new()),
    })))
}

fn on_its_way(part: &Part) -> Piece {
    Piece {
        section: SectionKind::Part(part.path.clone()),
        encoding: part.encoding,
        size: part.size,
    }
}

/// The whole message as it travelled.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn source(visit: &mut Visit, at: &MessageRef) -> Result<Done> {
    let row = visit.mailbox.row(at)?;
    let name = codec::safe_file_name(&format!("{}.eml", row.subject));
    Ok(Done::Leaves(Box::new(Transfer {
        message: at.clone(),
        what: Pieces::One(Piece {
            section: SectionKind::Part(PartPath::default()),
            encoding: Encoding::Plain,
            size: row.size,
        }),
        head: Response::part(
            "message/rfc822",
            disposition("attachment", &name),
            Vec::new(),
        ),
    })))
}

/// `Content-Disposition` with a name in ASCII and, where that is not all of it, in full (RFC 6266 4.3).
pub(super) fn disposition(how: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    if plain == name {
        return format!("{how}; filename=\"{plain}\"");
    }
    let full: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{full}")
}
