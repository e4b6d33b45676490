//! A picture that is attached to a message, on a page of its own.
//!
//! Not for its bytes, which the browser asks for as those of any part (`part`), nor for what is a picture (`opened`).

use super::opened::attachments;
use super::panes::Around;
use super::{Done, Visit};
use crate::document::Opening;
use crate::error::{Error, GoneKind, Result};
use crate::mail::NestedPath;
use crate::route::{MessageQuery, MessageRef, Route};
use crate::views;
use crate::views::attached::AttachmentLine;
use crate::views::picture::PicturePage;

/// Shows a picture: the one that `nested` leads to, of those of a message or of one within it.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn show(
    visit: &mut Visit,
    at: &MessageRef,
    inside: &NestedPath,
    nested: &NestedPath,
) -> Result<Done> {
    let document = visit.open(&Opening::look(at, inside))?;
    let around = Around::gather(visit, Some(&at.folder), Vec::new())?;
    let files = attachments(&document);
    let pictures: Vec<(&AttachmentLine, &Route)> = files
        .iter()
        .filter_map(|file| Some((file, file.picture.as_ref()?)))
        .collect();
    let asked = Route::Picture {
        message: at.clone(),
        inside: inside.clone(),
        nested: nested.clone(),
    };
    let nth = pictures.iter().position(|(_, route)| **route == asked);
    let gone = || Error::Gone(GoneKind::Part);
    let nth = nth.ok_or_else(gone)?;
    let of = |nth: Option<usize>| Some(pictures.get(nth?)?.1.clone());
    let (file, _) = *pictures.get(nth).ok_or_else(gone)?;
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let page = PicturePage {
        back: Route::Message(MessageQuery {
            inside: inside.clone(),
            ..MessageQuery::plain(at.clone(), document.standing().rank)
        }),
        name: &file.name,
        kind: &file.kind,
        size: file.size,
        place: (number(nth).saturating_add(1), number(pictures.len())),
        picture: file.open.as_ref().ok_or_else(gone)?,
        save: &file.download,
        previous: of(nth.checked_sub(1)),
        next: of(nth.checked_add(1)),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::picture::page(&around.chrome(visit), &page)
    })))
}
