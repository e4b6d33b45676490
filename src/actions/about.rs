//! Pages about a message: all its header fields, and how to leave the list that it came by.

use super::panes::Around;
use super::{Done, Visit};
use crate::document::Opening;
use crate::error::{Error, GoneKind, Result};
use crate::mail::NestedPath;
use crate::route::{MessageQuery, MessageRef, Route};
use crate::views;
use crate::views::about::{HeadersPage, LeavePage};

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

/// How to leave the list that a message came by. Nothing is sent from here: the button is a form of the reader's own
/// browser, to the one origin that this page alone allows.
///
/// # Errors
/// `Gone(Part)` where the message names no way; `Gone`; `Imap`.
pub fn leave(visit: &mut Visit, at: &MessageRef) -> Result<Done> {
    let document = visit.open(&Opening::look(at, &NestedPath::default()))?;
    let ways = document.unsubscribe(&visit.head.host);
    let ways = ways.ok_or(Error::Gone(GoneKind::Part))?;
    let around = Around::gather(visit, Some(&at.folder), Vec::new())?;
    let page = LeavePage {
        back: Route::Message(MessageQuery::plain(at.clone(), document.standing().rank)),
        from: document.row().from.first(),
        ways: &ways,
    };
    let answer = visit.page(|visit| views::about::leave(&around.chrome(visit), &page));
    let web = ways.web.as_ref().filter(|web| web.one_click);
    Ok(Done::Page(match web {
        Some(web) => answer.posting_to(&web.origin),
        None => answer,
    }))
}
