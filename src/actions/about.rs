//! Pages of what a message is made of: all its header fields, and its source. Not for what they mean (`mime`).

use super::opened::UNDER_THE_GATE;
use super::panes::Around;
use super::{Done, Visit};
use crate::document::Opening;
use crate::error::Result;
use crate::mail::NestedPath;
use crate::mime::codec;
use crate::route::{MessageQuery, MessageRef, Route};
use crate::views;
use crate::views::about::{HeadersPage, SourcePage};

/// How many bytes of a long source are shown.
const BEGINNING: u32 = 256 * 1000;

/// All header fields of a message, for reading.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn headers(visit: &mut Visit, at: &MessageRef, inside: &NestedPath) -> Result<Done> {
    let document = visit.open(&Opening::look(at, inside))?;
    let around = Around::gather(visit, Some(&at.folder), Vec::new())?;
    let fields = document.header_fields();
    let page = HeadersPage {
        back: Route::Message(MessageQuery {
            inside: inside.clone(),
            ..MessageQuery::plain(at.clone(), document.standing().rank)
        }),
        subject: &document.row().subject,
        fields: &fields,
        cut: document.is_header_cut(),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::about::headers(&around.chrome(visit), &page)
    })))
}

/// The source of a message, for reading; of one that is too long for a page its beginning.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn source(visit: &mut Visit, at: &MessageRef) -> Result<Done> {
    let row = visit.mailbox.row(at)?;
    let most = (row.size > UNDER_THE_GATE).then_some(BEGINNING);
    let raw = visit.mailbox.source(at, most)?;
    let around = Around::gather(visit, Some(&at.folder), Vec::new())?;
    let text = codec::text(&raw, "");
    let page = SourcePage {
        back: Route::Message(MessageQuery::plain(at.clone(), 0)),
        save: Route::Source {
            message: at.clone(),
            save: true,
        },
        subject: &row.subject,
        text: &text,
        cut: most.map(|most| (most, row.size)),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::about::source(&around.chrome(visit), &page)
    })))
}
