//! What may open in the browser, and as what; and the files of a message as lines of its page.
//!
//! To know before changing it: the type under which a part leaves comes from our own list (`OPENED`), never from the mail;
//! what is not on the list is only saved.

use crate::document::{Document, File};
use crate::mail::{NestedPath, Part};
use crate::media::{Media, media};
use crate::mime::structure;
use crate::route::{MessageQuery, MessageRef, Route};
use crate::views::attached::AttachmentLine;

/// Up to so many bytes on its way, a part is fetched under the gate like a page.
pub const UNDER_THE_GATE: u32 = 1024 * 1024;
/// Images of which a page shows a small view.
const PREVIEWS: usize = 6;

/// What may open in the browser, and as what: never what the mail says.
const OPENED: [(&str, &str); 5] = [
    ("image/png", "image/png"),
    ("image/jpeg", "image/jpeg"),
    ("image/gif", "image/gif"),
    ("image/webp", "image/webp"),
    ("application/pdf", "application/pdf"),
];
/// How a text opens.
pub const AS_TEXT: &str = "text/plain; charset=utf-8";

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
pub fn opened_as(kind: &str) -> Option<&'static str> {
    let known = OPENED.iter().find(|(k, _)| *k == kind);
    let shown = known.map(|(_, shown)| *shown);
    shown.or(TEXTS.contains(&kind).then_some(AS_TEXT))
}

/// The type under which a part may be shown that goes on as it comes: a text needs a charset that a browser knows.
pub fn passed_as(kind: &str, charset: &str) -> Option<String> {
    match opened_as(kind)? {
        AS_TEXT => structure::browser_charset(charset).map(|c| format!("text/plain; charset={c}")),
        shown => Some(shown.to_owned()),
    }
}

/// The kind of a part, as far as its label and its name tell: what is called any bytes may have a better name.
pub fn likely_kind(part: &Part) -> &str {
    let is_octet_stream = media(&part.kind) == Media::OctetStream;
    let by_name = || match is_octet_stream {
        true => structure::viewable_type_by_name(&part.name),
        false => None,
    };
    let meant = structure::media_type_by_name(&part.kind, &part.name);
    meant.or_else(by_name).unwrap_or(&part.kind)
}

/// The lines of the files of a message.
pub fn attachments(document: &Document) -> Vec<AttachmentLine> {
    let files = document.files().into_iter();
    let mut lines: Vec<AttachmentLine> = files
        .map(|file| line((document.message(), document.inside()), file))
        .collect();
    let images = lines.iter_mut().filter(|l| l.preview.is_some());
    images.skip(PREVIEWS).for_each(|l| l.preview = None);
    lines
}

fn line((at, inside): (&MessageRef, &NestedPath), file: File) -> AttachmentLine {
    let part = file.part;
    let route = |open| Route::Part {
        message: at.clone(),
        nested: file.way.clone(),
        open,
    };
    let kind = match file.is_signed {
        true => "application/pkcs7-signature",
        false => likely_kind(part),
    };
    let opens = match part.size <= UNDER_THE_GATE {
        true => opened_as(kind).is_some(),
        false => passed_as(kind, &part.charset).is_some(),
    };
    let is_message = file.opens_as_message;
    let open = if is_message {
        Some(Route::Message(MessageQuery {
            inside: file.way.clone(),
            ..MessageQuery::plain(at.clone(), 0)
        }))
    } else {
        opens.then(|| route(true))
    };
    let is_picture = opens && kind.starts_with("image/");
    AttachmentLine {
        picture: is_picture.then(|| Route::Picture {
            message: at.clone(),
            inside: inside.clone(),
            nested: file.way.clone(),
        }),
        name: part.name.clone(),
        kind: kind.to_owned(),
        size: part.encoding.carries(part.size),
        is_message,
        preview: (is_picture && part.size <= UNDER_THE_GATE).then(|| route(true)),
        open,
        download: route(false),
    }
}
