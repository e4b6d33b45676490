//! A page of a folder's list: asks for the rows and shows them.
//!
//! Which rows those are, and whether the server is asked, is the mailbox's to know. Nothing here fails for a place that has
//! gone: the nearest rows are shown instead.

use super::panes::{Around, Beside, list_pane};
use super::{Done, Visit, finding};
use crate::error::Result;
use crate::route::ListQuery;
use crate::views::{self, Notice};

/// Shows a page of a list.
///
/// # Errors
/// `Gone(Folder)`; `Imap` where there is nothing to show instead.
pub fn show(visit: &mut Visit, query: &ListQuery) -> Result<Done> {
    show_with(visit, query, Vec::new())
}

/// The same, with something more that is to be said there.
///
/// # Errors
/// The same.
pub fn show_with(visit: &mut Visit, query: &ListQuery, said: Vec<Notice>) -> Result<Done> {
    let query = &finding::as_chosen(visit, query);
    let listing = visit.mailbox.list(query)?;
    let renumbered = listing.renumbered.then(|| {
        let (lead, text) = visit.words.renumbered();
        Notice::warning(lead, text)
    });
    let notices = renumbered.into_iter().chain(said).collect();
    let mut around = Around::gather(visit, Some(query.list.folder()), notices)?;
    if !query.list.is_compared() {
        around.point_out(&query.list);
    }
    let pane = list_pane(visit, &around, &listing, Beside::Nothing(query.selected));
    Ok(Done::Page(visit.page(|visit| {
        views::folder::page(&around.chrome(visit), &pane)
    })))
}
