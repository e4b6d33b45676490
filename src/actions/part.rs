//! What is attached to a message, saved or opened; all of it in one archive; the message as it travelled.
//!
//! Not for listing it (`body`). To know before changing it: the type under which a part leaves comes from our own list
//! (`OPENED`), never from the mail; what is not on the list is only saved.

use super::body::{files, listed};
use super::{Done, Packed, Piece, Pieces, Transfer, Visit};
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Encoding, Part, PartPath, Trail};
use crate::mime::{codec, containers, structure};
use crate::remote::SectionKind;
use crate::response::Response;
use crate::route::MessageRef;

/// Up to so many bytes on its way, a part is fetched under the gate like a page.
pub(super) const UNDER_THE_GATE: u32 = 1024 * 1024;

/// What may open in the browser, and as what: never what the mail says.
const OPENED: [(&str, &str); 5] = [
    ("image/png", "image/png"),
    ("image/jpeg", "image/jpeg"),
    ("image/gif", "image/gif"),
    ("image/webp", "image/webp"),
    ("application/pdf", "application/pdf"),
];
const AS_TEXT: &str = "text/plain; charset=utf-8";

/// Kinds that people read as they are written.
const TEXTS: [&str; 20] = [
    "text/plain",
    "text/markdown",
    "text/x-markdown",
    "text/csv",
    "text/comma-separated-values",
    "text/tab-separated-values",
    "text/x-log",
    "text/x-diff",
    "text/x-patch",
    "text/calendar",
    "application/ics",
    "text/vcard",
    "text/x-vcard",
    "text/directory",
    "text/rfc822-headers",
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/global-disposition-notification",
    "message/feedback-report",
];

/// The type under which a browser may show a kind; None where it may only be saved.
pub(super) fn opened_as(kind: &str) -> Option<&'static str> {
    let known = OPENED.iter().find(|(k, _)| *k == kind);
    let shown = known.map(|(_, shown)| *shown);
    shown.or(TEXTS.contains(&kind).then_some(AS_TEXT))
}

/// The type under which a part may be shown that goes on as it comes: a text needs a charset that a browser knows.
pub(super) fn passed_as(kind: &str, charset: &str) -> Option<String> {
    match opened_as(kind)? {
        AS_TEXT => structure::passed_charset(charset).map(|c| format!("text/plain; charset={c}")),
        shown => Some(shown.to_owned()),
    }
}

/// The kind of a part, as far as its label and its name tell: what is called any bytes may have a better name.
pub(super) fn likely_kind(part: &Part) -> &str {
    let by_name = || match structure::is_any_bytes(&part.kind) {
        true => structure::kind_by_name(&part.name),
        false => None,
    };
    let meant = structure::meant_kind(&part.kind, &part.name);
    meant.or_else(by_name).unwrap_or(&part.kind)
}

/// A part of a message: saved, or opened in the browser where its type is harmless.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn part(visit: &mut Visit, at: &MessageRef, trail: &Trail, open: bool) -> Result<Done> {
    let (part, bytes) = visit.mailbox.at(at, trail, UNDER_THE_GATE)?;
    let labelled = likely_kind(&part);
    // The bytes decide where they are at hand; a label that lies opens as what it is, or not at all.
    let kind = match bytes.as_deref() {
        Some(bytes) => structure::kind_of(bytes)
            .or(Some(labelled)
                .filter(|kind| opened_as(kind) == Some(AS_TEXT) && !bytes.contains(&0)))
            .and_then(opened_as)
            .map(str::to_owned),
        None => passed_as(labelled, &part.charset),
    };
    let (kind, how) = match kind.filter(|_| open) {
        Some(kind) => (kind, "inline"),
        None => ("application/octet-stream".to_owned(), "attachment"),
    };
    let disposition = disposition(how, &saved_name(&part));
    let first = trail.split().map(|(first, _)| first.clone());
    match (bytes, first) {
        (Some(bytes), _) => {
            let bytes = match kind.starts_with("text/") {
                true => codec::text(&bytes, &part.charset).into_bytes(),
                false => bytes,
            };
            Ok(Done::Page(Response::part(&kind, disposition, bytes)))
        }
        (None, Some(path)) => Ok(Done::Transfer(Transfer {
            message: at.clone(),
            what: Pieces::One(Piece {
                section: SectionKind::Part(path),
                encoding: part.encoding,
                size: part.size,
            }),
            head: Response::part(&kind, disposition, Vec::new()),
        })),
        (None, None) => Err(Error::Gone(GoneKind::Part)),
    }
}

/// The name under which a part is saved; of one that has none, a word with the ending of its type.
fn saved_name(part: &Part) -> String {
    let unnamed = match part.kind.as_str() {
        "message/rfc822" | "message/global" => "message.eml",
        "text/calendar" | "application/ics" => "calendar.ics",
        "text/vcard" | "text/x-vcard" | "text/directory" => "card.vcf",
        "text/html" => "page.html",
        "image/png" => "image.png",
        "image/jpeg" => "image.jpg",
        "image/gif" => "image.gif",
        "image/webp" => "image.webp",
        "application/pdf" => "document.pdf",
        kind if kind.starts_with("text/") => "text.txt",
        "message/delivery-status" | "message/disposition-notification" => "report.txt",
        _ => "",
    };
    match part.name.trim() {
        "" => codec::safe_file_name(unnamed),
        // The name of a message may be its subject.
        name if unnamed.ends_with(".eml") && !name.to_ascii_lowercase().ends_with(".eml") => {
            codec::safe_file_name(&format!("{name}.eml"))
        }
        name => codec::safe_file_name(name),
    }
}

/// All that is attached to a message, in one archive.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn attachments(visit: &mut Visit, at: &MessageRef) -> Result<Done> {
    let opened = visit.mailbox.open(at, 0, false)?;
    let mut packed = Vec::new();
    for (holder, files) in files(&opened, &listed(&opened)) {
        let Some(holder) = holder else {
            packed.extend(
                files
                    .iter()
                    .map(|part| (saved_name(part), on_its_way(part))),
            );
            continue;
        };
        let wanted: Vec<&Part> = files.iter().collect();
        let found = containers::pick(&holder.part, &holder.bytes, &wanted);
        packed.extend(
            found
                .into_iter()
                .map(|(part, bytes)| (saved_name(&part), Packed::Bytes(bytes))),
        );
    }
    if packed.is_empty() {
        return Err(Error::Gone(GoneKind::Part));
    }
    let name = codec::safe_file_name(&format!("{}.zip", opened.row.subject));
    let disposition = disposition("attachment", &name);
    Ok(Done::Transfer(Transfer {
        message: at.clone(),
        what: Pieces::Zip(packed),
        head: Response::part("application/zip", disposition, Vec::new()),
    }))
}

fn on_its_way(part: &Part) -> Packed {
    Packed::Part(Piece {
        section: SectionKind::Part(part.path.clone()),
        encoding: part.encoding,
        size: part.size,
    })
}

/// The whole message as it travelled.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn source(visit: &mut Visit, at: &MessageRef, save: bool) -> Result<Done> {
    let row = visit.mailbox.row(at)?;
    let (kind, how) = if save {
        ("message/rfc822", "attachment")
    } else {
        ("text/plain; charset=utf-8", "inline")
    };
    let name = codec::safe_file_name(&format!("{}.eml", row.subject));
    Ok(Done::Transfer(Transfer {
        message: at.clone(),
        what: Pieces::One(Piece {
            section: SectionKind::Part(PartPath::default()),
            encoding: Encoding::Plain,
            size: 0,
        }),
        head: Response::part(kind, disposition(how, &name), Vec::new()),
    }))
}

/// `Content-Disposition` with a name in ASCII and, where that is not all of it, in full (RFC 6266 4.3).
fn disposition(how: &str, name: &str) -> String {
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
