//! One message: its page, the document of its HTML, its parts, its source.
//!
//! Not for finding or fetching any of it (`mailbox`), nor for making HTML harmless (`clean`). To know before changing it:
//! the type under which a part leaves comes from our own list (`OPENED`), never from the mail; what is not on the list is
//! only saved.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::panes::{Around, list_pane};
use super::{Done, Transfer, Visit};
use crate::clean::{self, Cleaned, Length};
use crate::error::{Error, Result, What};
use crate::letter::Block;
use crate::mail::{Encoding, Flags, Part, PartPath, Uid};
use crate::mailbox::{Opened, Shown};
use crate::mime;
use crate::remote::What as Section;
use crate::response::Response;
use crate::route::{Face, FolderQuery, MessageQuery, MessageRef, Place, Route};
use crate::time::Watch;
use crate::views;
use crate::views::message::{AttachmentLine, Body, Height, HtmlFrame, MessagePage, Remote};

/// Up to so many bytes on its way, a part is fetched under the gate like a page.
const UNDER_THE_GATE: u32 = 1024 * 1024;
/// What may open in the browser, and as what: never what the mail says.
const OPENED: [(&str, &str); 6] = [
    ("image/png", "image/png"),
    ("image/jpeg", "image/jpeg"),
    ("image/gif", "image/gif"),
    ("image/webp", "image/webp"),
    ("text/plain", "text/plain; charset=utf-8"),
    ("application/pdf", "application/pdf"),
];

/// Shows a message. Opening marks it as read, unless the browser only fetches ahead.
///
/// # Errors
/// `Gone`; `Imap` where the cache does not have it.
pub fn show(visit: &mut Visit, query: &MessageQuery) -> Result<Done> {
    let at = &query.message;
    let opened = visit.mailbox.open(at, query.rank, !visit.head.prefetch)?;
    let around = Around::gather(visit, &at.folder, Vec::new())?;
    let listing = visit.mailbox.cached_page(&at.folder, opened.rank);
    let place = listing.as_ref().map_or(Place::Newest, |l| l.here);
    let list = listing.map(|l| list_pane(visit, &around, &at.folder, place, &l, Some(at)));

    let body = mime::body_of(&opened.parts);
    let html = (!body.html.is_empty() && query.face == Face::Best)
        .then(|| cleaned(visit, &opened, query.remote, None));
    let blocks = if html.is_none() {
        text_of(&opened, &body.text)
    } else {
        Vec::new()
    };
    let attachments: Vec<AttachmentLine> = body
        .attachments
        .iter()
        .map(|part| attachment(at, part))
        .collect();
    let face = |face, remote| {
        Route::Message(MessageQuery {
            face,
            remote,
            ..query.clone()
        })
    };
    let beside = |to: Option<(Uid, u32)>| {
        to.map(|(uid, rank)| {
            let message = MessageRef { uid, ..at.clone() };
            Route::Message(MessageQuery {
                message,
                rank,
                face: Face::Best,
                remote: false,
            })
        })
    };
    let folder = around.title(visit, &at.folder);
    let row = &opened.row;
    let page = MessagePage {
        list: list.as_ref(),
        folder: &folder,
        back: Route::Folder(FolderQuery {
            folder: at.folder.clone(),
            place,
            compare: false,
        }),
        newer: beside(opened.newer),
        older: beside(opened.older),
        place: Some((opened.total.saturating_sub(opened.rank), opened.total)),
        subject: &row.subject,
        from: &row.from,
        to: &row.to,
        cc: &row.cc,
        reply_to: &row.reply_to,
        sent: row.dated.and_then(|(seconds, offset)| {
            crate::time::Zone::fixed(offset).calendar(seconds, visit.now)
        }),
        arrived: Some(row.arrived)
            .filter(|at| *at != 0)
            .and_then(|at| visit.calendar(at)),
        size: row.size.into(),
        starred: row.flags.has(Flags::FLAGGED),
        answered: row.flags.has(Flags::ANSWERED),
        forwarded: row.flags.has(Flags::FORWARDED),
        body: match &html {
            Some(html) => Body::Html(HtmlFrame {
                src: Route::Frame {
                    message: at.clone(),
                    remote: query.remote,
                },
                height: match html.length {
                    Length::Short => Height::Short,
                    Length::Medium => Height::Medium,
                    Length::Long => Height::Long,
                },
                remote: match (query.remote, html.held_back) {
                    (true, _) => Remote::Shown {
                        hide: face(Face::Best, false),
                    },
                    (false, 0) => Remote::None,
                    (false, images) => Remote::HeldBack {
                        images,
                        show: face(Face::Best, true),
                    },
                },
                text: (!body.text.is_empty()).then(|| face(Face::Text, false)),
            }),
            None if blocks.is_empty() => Body::Empty,
            None => Body::Text {
                blocks: &blocks,
                cut: opened.shown.iter().any(|s| s.cut),
                html: (!body.html.is_empty()).then(|| face(Face::Best, false)),
            },
        },
        attachments: &attachments,
        source: Route::Source {
            message: at.clone(),
            save: false,
        },
        save: Route::Source {
            message: at.clone(),
            save: true,
        },
    };
    Ok(Done::Page(visit.page(|visit| {
        views::message::page(&around.chrome(visit), &page)
    })))
}

/// The HTML of a message as the document that stands in its frame.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn frame(visit: &mut Visit, at: &MessageRef, remote: bool) -> Result<Done> {
    let opened = visit.mailbox.open(at, 0, false)?;
    if mime::body_of(&opened.parts).html.is_empty() {
        return Err(Error::Gone(What::Part));
    }
    let watch = Watch::start();
    let cleaned = cleaned(visit, &opened, remote, Some(at));
    let document = clean::frame(&opened.row.subject, &cleaned, visit.words.lang);
    visit.rendering = visit.rendering.saturating_add(watch.passed());
    Ok(Done::Page(Response::frame(document, remote)))
}

/// A part of a message: saved, or opened in the browser where its type is harmless.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn part(visit: &mut Visit, at: &MessageRef, path: &PartPath, open: bool) -> Result<Done> {
    let (part, bytes) = visit.mailbox.part(at, path, UNDER_THE_GATE)?;
    let kind = OPENED
        .iter()
        .find(|(kind, _)| *kind == part.kind)
        .map(|(_, kind)| *kind);
    let (kind, how) = match kind.filter(|_| open) {
        Some(kind) => (kind, "inline"),
        None => ("application/octet-stream", "attachment"),
    };
    let disposition = disposition(how, &mime::safe_file_name(&part.name));
    match bytes {
        Some(bytes) => {
            let bytes = match kind.starts_with("text/") {
                true => mime::text(&bytes, &part.charset).into_bytes(),
                false => bytes,
            };
            Ok(Done::Page(Response::part(kind, disposition, bytes)))
        }
        None => Ok(Done::Transfer(Transfer {
            message: at.clone(),
            section: Section::Part(path.clone()),
            encoding: part.encoding,
            head: Response::part(kind, disposition, Vec::new()),
        })),
    }
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
    let name = mime::safe_file_name(&format!("{}.eml", row.subject));
    Ok(Done::Transfer(Transfer {
        message: at.clone(),
        section: Section::Part(PartPath::default()),
        encoding: Encoding::Plain,
        head: Response::part(kind, disposition(how, &name), Vec::new()),
    }))
}

/// The HTML parts of a message, one after the other, made harmless.
fn cleaned(visit: &Visit, opened: &Opened, remote: bool, frame: Option<&MessageRef>) -> Cleaned {
    let body = mime::body_of(&opened.parts);
    let mut html = String::new();
    for part in &body.html {
        let Some(shown) = opened.shown.iter().find(|s| s.part.path == part.path) else {
            continue;
        };
        let text = mime::text(&shown.bytes, &shown.part.charset);
        if part.kind == "text/html" {
            html.push_str(&text);
        } else {
            html.push_str(&clean::as_html(&text));
        }
    }
    let inline = |id: &str| {
        let image = opened.images.iter().find(|s| s.part.id == id);
        match (image, frame) {
            // Small ones travel inside the document: a mail with thirty of them is still two requests.
            (Some(Shown { part, bytes, .. }), _) => data_address(&part.kind, bytes),
            (None, Some(at)) => {
                let part = body.inline.iter().find(|p| p.id == id)?;
                let route = Route::Part {
                    message: at.clone(),
                    path: part.path.clone(),
                    open: true,
                };
                Some(route.href(&visit.head.base))
            }
            (None, None) => None,
        }
    };
    let scheme = if visit.head.https { "https" } else { "http" };
    let origin = format!("{scheme}://{}", visit.head.host);
    clean::document(
        &html,
        &clean::Show {
            remote,
            inline: &inline,
            own_origin: Some(&origin),
        },
    )
}

fn data_address(kind: &str, bytes: &[u8]) -> Option<String> {
    let kind = OPENED
        .iter()
        .find(|(k, _)| *k == kind && k.starts_with("image/"))?
        .1;
    Some(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}

/// The text parts of a message as a reader reads them.
fn text_of(opened: &Opened, parts: &[&Part]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for part in parts {
        let Some(shown) = opened.shown.iter().find(|s| s.part.path == part.path) else {
            continue;
        };
        let text = mime::text(&shown.bytes, &shown.part.charset);
        let text = if part.kind == "text/html" {
            mime::html_words(&text)
        } else {
            text
        };
        blocks.extend(mime::letter(&text, part.flowed, clean::link));
    }
    blocks
}

fn attachment(at: &MessageRef, part: &Part) -> AttachmentLine {
    let route = |open| Route::Part {
        message: at.clone(),
        path: part.path.clone(),
        open,
    };
    let encoded = u64::from(part.size);
    AttachmentLine {
        name: part.name.clone(),
        kind: part.kind.clone(),
        size: match part.encoding {
            // Four characters and their share of the line ends carry three bytes.
            Encoding::Base64 => encoded
                .saturating_mul(57)
                .checked_div(78)
                .unwrap_or(encoded),
            _ => encoded,
        },
        open: OPENED
            .iter()
            .any(|(kind, _)| *kind == part.kind)
            .then(|| route(true)),
        download: route(false),
    }
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
