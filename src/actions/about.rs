//! The page of all header fields of a message, for reading. Not for what they mean (`mime`).

use super::panes::Around;
use super::{Done, Visit};
use crate::document::Opening;
use crate::error::Result;
use crate::mail::NestedPath;
use crate::route::{MessageQuery, MessageRef, Route};
use crate::views;
use crate::views::about::HeadersPage;

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
