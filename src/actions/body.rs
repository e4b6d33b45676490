//! What is to be read of a message, as its views take it: HTML made harmless, text, attachments, and what the message tells
//! beside these.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Visit;
use super::part::{UNDER_THE_GATE, likely_kind, opened_as, passed_as};
use crate::clean::{self, Cleaned};
use crate::letter::Letter;
use crate::mail::{Encoding, Part, Row, Trail};
use crate::mailbox::{Opened, Shown, WHOLE_BYTES};
use crate::mime::codec::Headers;
use crate::mime::{codec, containers, statements, structure};
use crate::route::{FrameQuery, MessageQuery, MessageRef, Route};
use crate::time::{Calendar, Zone};
use crate::told::{Card, Event, Moment, Protection, Report, Unsubscribe};
use crate::views::attached::AttachmentLine;
use crate::views::letter::unfolded;
use crate::views::told::{EventLine, Told};

/// Images of which a page shows a small view.
const PREVIEWS: usize = 3;

/// Bytes of HTML that are searched for the names of pictures, all searches together; a picture that is not looked for is
/// listed.
const SEARCHED: usize = 64 * 1024 * 1024;

/// What the HTML of a message is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// To know what is in it.
    Page,
    /// The document in its frame.
    Frame,
    /// A page for paper, in an element with this id.
    Paper(&'static str),
}

/// The HTML parts of a message, one after the other, made harmless. Where it is shown, images that are too large to
/// travel inside the document are named by their route.
pub fn cleaned(visit: &Visit, opened: &Opened, at: &FrameQuery, wanted: For) -> Cleaned {
    let body = structure::body_of(&opened.parts);
    let mut parts = Vec::new();
    for part in &body.html {
        let Some(shown) = opened.shown.iter().find(|s| s.part.path == part.path) else {
            continue;
        };
        let text = structure::reading(&shown.part, &shown.bytes, &at.charset);
        parts.push(match part.kind.as_str() {
            "text/html" => text,
            _ => {
                let letter = structure::letter([(text, part.flowed)], clean::link);
                clean::as_html(unfolded(visit.words, &letter.blocks))
            }
        });
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let inline = |id: &str| {
        // Some write the brackets of the header here too, and some another case.
        let id = id.trim_matches(['<', '>', ' ']);
        let is_meant = |part: &Part| {
            let below = part.id.strip_suffix(id).filter(|_| !id.is_empty());
            part.id.eq_ignore_ascii_case(id) || below.is_some_and(|base| base.ends_with('/'))
        };
        let image = opened.images.iter().find(|s| is_meant(&s.part));
        match image {
            // Small ones travel inside the document: a mail with thirty of them is still two requests.
            Some(Shown { bytes, .. }) => data_address(bytes),
            None if wanted != For::Page => {
                let part = body.inline.iter().find(|p| is_meant(p))?;
                let route = Route::Part {
                    message: at.message.clone(),
                    trail: at.inside.then(&part.path),
                    open: true,
                };
                Some(route.href(&visit.head.base))
            }
            None => None,
        }
    };
    let scheme = if visit.head.https { "https" } else { "http" };
    let origin = format!("{scheme}://{}", visit.head.host);
    let mut cleaned = clean::documents(
        &parts,
        &clean::Show {
            remote: at.remote,
            inline: &inline,
            own_origin: Some(&origin),
            within: match wanted {
                For::Paper(id) => Some(id),
                For::Page | For::Frame => None,
            },
        },
    );
    let has_more = opened.shown.iter().any(|s| s.cut);
    cleaned.cut |= has_more;
    cleaned.is_blank &= !has_more;
    cleaned
}

fn data_address(bytes: &[u8]) -> Option<String> {
    let kind = structure::kind_of(bytes).filter(|kind| kind.starts_with("image/"))?;
    Some(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}

/// The text parts of a message as a reader reads them.
pub fn text_of(opened: &Opened, charset: &str) -> Letter {
    let texts = structure::body_of(&opened.parts).text;
    let texts = texts.into_iter().filter_map(|part| {
        let shown = opened.shown.iter().find(|s| s.part.path == part.path)?;
        let text = structure::reading(part, &shown.bytes, charset);
        let text = match part.kind.as_str() {
            "text/html" => clean::words(&text),
            _ => text,
        };
        Some((text, part.flowed))
    });
    let mut letter = structure::letter(texts, clean::link);
    letter.cut |= opened.shown.iter().any(|s| s.cut);
    letter
}

/// The same; where there is none, what its events say: an invitation may say everything itself.
pub fn letter_of(opened: &Opened, told: &Told, charset: &str) -> Letter {
    let letter = text_of(opened, charset);
    if !letter.blocks.is_empty() {
        return letter;
    }
    let said = told.events.iter().map(|line| (&line.event.text, None));
    structure::letter(said, clean::link)
}

/// Who wrote to whom about what: the row, and all people of the header. With the charset that the reader chose, both are
/// read anew in it; its encoded words say their own. What lies within a message is as its own charset has it: its raw
/// letters are not kept.
pub fn names(visit: &mut Visit, opened: &Opened, at: &FrameQuery) -> (Row, Headers) {
    let mut row = opened.row.clone();
    let raw = match at.inside.is_empty() && !at.charset.is_empty() {
        true => visit.mailbox.raw_header(&at.message),
        false => Vec::new(),
    };
    let Some(headers) = codec::headers_as(&raw, &at.charset) else {
        return (row, codec::headers(&opened.header));
    };
    row.subject.clone_from(&headers.subject);
    row.from.clone_from(&headers.from);
    row.to.clone_from(&headers.to);
    row.cc.clone_from(&headers.cc);
    row.reply_to = match headers.reply_to == headers.from {
        true => Vec::new(),
        false => headers.reply_to.clone(),
    };
    (row, headers)
}

/// What is to be listed of a message: its attachments, and pictures beside its HTML that this does not show.
pub fn listed(opened: &Opened) -> Vec<&Part> {
    let body = structure::body_of(&opened.parts);
    let mut listed = body.attachments;
    let mut beside = body.inline;
    beside.retain(|part| !listed.contains(part));
    if !beside.is_empty() {
        let is_html = |s: &&Shown| s.part.kind == "text/html";
        let htmls = opened.shown.iter().filter(is_html);
        let said: String = htmls
            .map(|s| letters(&String::from_utf8_lossy(&s.bytes)))
            .collect();
        let looks = SEARCHED.checked_div(said.len()).unwrap_or(usize::MAX);
        let mut looked = 0_usize;
        beside.retain(|part| {
            let last = part.id.rsplit('/').next().unwrap_or_default();
            looked = looked.saturating_add(1);
            looked > looks || !said.contains(&letters(last))
        });
        listed.append(&mut beside);
        listed.sort_by(|a, b| a.path.cmp(&b.path));
    }
    listed
}

/// What of an address is the same however it is escaped.
fn letters(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_hex = piece.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
        kept.push_str(if is_hex {
            piece.get(2..).unwrap_or_default()
        } else {
            piece
        });
    }
    kept.retain(|c| c.is_alphanumeric());
    kept.make_ascii_lowercase();
    kept
}

/// The files of what is listed, with what lies inside a winmail.dat instead of it, and what stands uuencoded in a text: each
/// with what holds it, where it is no part of the message.
pub fn files<'a>(opened: &'a Opened, listed: &[&Part]) -> Vec<(Option<&'a Shown>, Vec<Part>)> {
    let texts = opened.shown.iter().filter(|s| s.part.kind == "text/plain");
    let mut found: Vec<(Option<&Shown>, Vec<Part>)> = texts
        .map(|shown| (Some(shown), containers::contents(&shown.part, &shown.bytes)))
        .collect();
    for part in listed {
        let unpacked = opened.told.iter().find(|s| s.part.path == part.path);
        let unpacked = unpacked
            .filter(|_| structure::is_tnef(part) || structure::is_cms(part))
            .map(|shown| (Some(shown), files_in(&shown.part, &shown.bytes)))
            .filter(|(_, files)| !files.is_empty());
        found.push(unpacked.unwrap_or_else(|| (None, vec![(*part).clone()])));
    }
    found
}

/// The lines of these files.
pub fn attachments(
    opened: &Opened,
    listed: &[&Part],
    at: &MessageRef,
    inside: &Trail,
) -> Vec<AttachmentLine> {
    let mut lines = Vec::new();
    for (holder, files) in files(opened, listed) {
        let within = holder.map_or(inside.clone(), |holder| inside.then(&holder.part.path));
        lines.extend(files.iter().map(|file| line(at, &within, file)));
    }
    let images = lines.iter_mut().filter(|l| l.preview.is_some());
    images.skip(PREVIEWS).for_each(|l| l.preview = None);
    lines
}

/// The files in a winmail.dat, or in a message that is signed as a whole.
fn files_in(holder: &Part, bytes: &[u8]) -> Vec<Part> {
    let inside = containers::contents(holder, bytes);
    match structure::is_cms(holder) {
        true => structure::body_of(&inside)
            .attachments
            .into_iter()
            .cloned()
            .collect(),
        false => inside,
    }
}

/// True for what opens as a page: a message, or a winmail.dat too large to be unpacked on the page of its message.
fn opens_as_message(part: &Part) -> bool {
    (structure::is_message(part) || structure::is_tnef(part)) && part.size <= WHOLE_BYTES
}

fn line(at: &MessageRef, within: &Trail, part: &Part) -> AttachmentLine {
    let trail = within.then(&part.path);
    let route = |open| Route::Part {
        message: at.clone(),
        trail: trail.clone(),
        open,
    };
    let kind = likely_kind(part);
    let encoded = u64::from(part.size);
    let opens = match part.size <= UNDER_THE_GATE {
        true => opened_as(kind).is_some(),
        false => passed_as(kind, &part.charset).is_some(),
    };
    let is_message = opens_as_message(part);
    let open = if is_message {
        Some(Route::Message(MessageQuery {
            inside: trail.clone(),
            ..MessageQuery::plain(at.clone(), 0)
        }))
    } else {
        opens.then(|| route(true))
    };
    AttachmentLine {
        name: part.name.clone(),
        kind: kind.to_owned(),
        size: match part.encoding {
            // Four characters and their share of the line ends carry three bytes.
            Encoding::Base64 => encoded
                .saturating_mul(57)
                .checked_div(78)
                .unwrap_or(encoded),
            _ => encoded,
        },
        is_message,
        preview: (opens && kind.starts_with("image/") && part.size <= UNDER_THE_GATE)
            .then(|| route(true)),
        open,
        download: route(false),
    }
}

/// What a message tells beside its text.
pub fn told(visit: &Visit, opened: &Opened, at: &MessageRef, inside: &Trail) -> Told {
    let mut told = Told {
        doubts: statements::doubts(&opened.header),
        protection: structure::protection(&opened.parts)
            .map(|protection| match protection {
                Protection::SmimeWrapped if opened.told.iter().any(is_only_signed) => {
                    Protection::SmimeSigned
                }
                protection => protection,
            })
            .or_else(|| protection_in_text(opened)),
        ..Told::default()
    };
    let server = visit.config.server_of_realm(&visit.session.realm);
    if inside.is_empty() {
        told.verdict = server.and_then(|s| statements::verdict(&opened.header, &s.authserv_id));
        let message = at.clone();
        told.leave = ways_out(visit, opened).map(|_| Route::Leave { message });
    }
    for shown in &opened.told {
        let text = || codec::text(&shown.bytes, &shown.part.charset);
        match shown.part.kind.as_str() {
            "text/calendar" | "application/ics" => {
                for event in statements::events(&text()) {
                    if !told.events.iter().any(|line| line.event.is_same(&event)) {
                        told.events.push(event_line(visit, event));
                    }
                }
            }
            "text/vcard" | "text/x-vcard" | "text/directory" => {
                let cards: Vec<Card> = statements::cards(&text());
                told.cards.extend(cards);
            }
            kind => {
                let report: Option<Report> = statements::report(kind, &shown.bytes);
                told.reports.extend(report);
            }
        }
    }
    told
}

/// How to leave the list that a message came by; None where it names no way. A page of our own is none.
pub fn ways_out(visit: &Visit, opened: &Opened) -> Option<Unsubscribe> {
    let mut ways = statements::unsubscribe(&opened.header, clean::link);
    ways.web = ways.web.filter(|web| web.host != visit.head.host);
    (ways.mail.is_some() || ways.web.is_some()).then_some(ways)
}

fn is_only_signed(told: &Shown) -> bool {
    structure::is_cms(&told.part) && containers::signed_content(&told.bytes).is_some()
}

fn protection_in_text(opened: &Opened) -> Option<Protection> {
    let texts = opened.shown.iter().filter(|s| s.part.kind == "text/plain");
    let mut found = texts.map(|s| structure::inline_protection(&codec::text(&s.bytes, "")));
    found.find_map(|protection| protection)
}

/// An event with its times by the reader's clock, where they are by any clock that is known.
fn event_line(visit: &Visit, event: Event) -> EventLine {
    let start = event.start.as_ref().and_then(|m| on_calendar(visit, m));
    let end = event.end.as_ref().and_then(|m| on_calendar(visit, m));
    let zone = match &event.start {
        Some(Moment::Clock { zone, .. }) => Some(zone.clone()),
        _ => None,
    };
    EventLine {
        whole_days: matches!(event.start, Some(Moment::Day(..))),
        start,
        end,
        clock: zone,
        event,
    }
}

fn on_calendar(visit: &Visit, moment: &Moment) -> Option<Calendar> {
    let utc = Zone::fixed(0);
    match moment {
        Moment::At(at) => visit.calendar(*at),
        Moment::Day(year, month, day) => {
            let at = utc.moment((*year, *month, *day, 0, 0))?;
            utc.calendar(at, visit.now)
        }
        Moment::Clock { at, .. } => utc.calendar(utc.moment(*at)?, visit.now),
    }
}
