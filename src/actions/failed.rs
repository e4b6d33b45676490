//! The page of an error that stands in the application: beside it the folders and the list, as far as they are known.
//!
//! Not for what it says (`views::error`), nor for who is let in to be shown it (`app::standing`).

use super::panes::{Around, Beside, list_pane};
use super::{Done, Visit};
use crate::error::{Error, Failure, GoneKind, Imap, Result};
use crate::mail::{FolderName, ListId};
use crate::route::{ListQuery, Route};
use crate::views;
use crate::views::error::ErrorPage;

/// True for an error after which the rest of the application is as it was. A page that has to wait gives way, and so do its
/// folders and its list; what was to be done, and has to wait, says so inside.
pub fn stays_inside(error: &Error, is_act: bool) -> bool {
    match error {
        Error::Imap(Imap::LoginRefused, _) | Error::NotSignedIn | Error::Setup(..) => false,
        Error::TooMany { .. } | Error::Busy { .. } => is_act,
        Error::Gone(_)
        | Error::NotFound
        | Error::Imap(..)
        | Error::ReadOnly
        | Error::BadRequest(_)
        | Error::Forbidden(_)
        | Error::WrongMethod { .. }
        | Error::LengthRequired
        | Error::BodyTimeout
        | Error::TooLarge { .. }
        | Error::UriTooLong
        | Error::OverQuota
        | Error::DiskFull(_)
        | Error::Profile(_)
        | Error::Internal(_) => true,
    }
}

/// A page that could not be shown, or an act that could not be done.
pub struct Failed<'f> {
    /// How, and how far it got.
    pub failure: &'f Failure,
    /// Where it belongs: what was asked for, or the page that the form came from.
    pub place: &'f Route,
    /// The address to ask again at, where that is safe.
    pub again: Option<&'f str>,
}

/// The page in the place of one that could not be shown.
///
/// # Errors
/// The error itself, where not even the folders are known.
pub fn show(visit: &mut Visit, failed: &Failed) -> Result<Done> {
    let (error, asked) = (&failed.failure.error, failed.place);
    // A server that has just failed is not waited for once more.
    if error.imap().is_some() && !visit.mailbox.does_without(error) {
        return Err(error.clone());
    }
    let folder = asked.folder().cloned();
    let is_gone = matches!(error, Error::Gone(GoneKind::Folder));
    let around = Around::gather(visit, folder.as_ref().filter(|_| !is_gone), Vec::new())?;
    let inbox = || ListId::of_folder(FolderName::inbox());
    let (list, rank) = if let Route::Message(query) | Route::Print(query) = asked {
        (query.list.clone(), query.rank)
    } else if let Route::Folder(query) = asked {
        (query.list.clone(), u32::MAX)
    } else {
        (
            folder.clone().map_or_else(inbox, ListId::of_folder),
            u32::MAX,
        )
    };
    // Of a folder that was renumbered no link leads anywhere any more.
    let is_renumbered = matches!(error, Error::Gone(GoneKind::Numbering));
    let lists = [(list, rank), (inbox(), u32::MAX)];
    let known = lists.into_iter().skip(usize::from(is_gone));
    let mut known = known.take(if is_renumbered { 0 } else { 2 });
    let listing = known.find_map(|(list, rank)| visit.mailbox.cached_page(&list, rank));
    let list = listing
        .as_ref()
        .map(|listing| list_pane(visit, &around, listing, Beside::Nothing(Default::default())));
    let query = folder.as_ref().map(|name| ListQuery::newest(name.clone()));
    let title = folder.as_ref().map(|name| around.title(visit, name));
    Ok(Done::Page(visit.page_with(error.status(), |visit| {
        let page = ErrorPage {
            base: &visit.head.base,
            words: visit.words,
            again: failed.again,
            refresh: None,
            folder: title.as_deref().zip(query.as_ref()),
        };
        views::error::inside(&around.chrome(visit), list.as_ref(), failed.failure, &page)
    })))
}
