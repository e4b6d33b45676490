//! A page of a folder's list: asks for the rows and shows them.
//!
//! Which rows those are, and whether the server is asked, is the mailbox's to know. Nothing here fails for a place that has
//! gone: the nearest rows are shown instead.

use super::panes::{Around, Beside, list_pane};
use super::{Done, Visit, finding};
use crate::error::Result;
use crate::mailbox::Listing;
use crate::response::Response;
use crate::route::{ListQuery, Route, Selected};
use crate::session;
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
    Ok(page(visit, query, &around, &listing))
}

/// Shows a page of a list to script that asks for it while it is looked at: nothing where it would show what it shows. What
/// was found stays as it was found.
///
/// # Errors
/// The same.
pub fn look(visit: &mut Visit, query: &ListQuery, state: &str) -> Result<Done> {
    let query = &finding::as_chosen(visit, query);
    if session::is_stale(visit.session, visit.now) || !query.list.is_compared() {
        return Ok(Done::Page(Response::nothing()));
    }
    let listing = visit.mailbox.list(query)?;
    let around = Around::gather(visit, Some(query.list.folder()), Vec::new())?;
    if state_of(visit, &around, &listing) == state {
        return Ok(Done::Page(Response::nothing()));
    }
    Ok(page(visit, query, &around, &listing))
}

fn page(visit: &mut Visit, query: &ListQuery, around: &Around, listing: &Listing) -> Done {
    let pane = list_pane(visit, around, listing, Beside::Nothing(query.selected));
    let can_change = query.list.is_compared() && query.selected == Selected::Nothing;
    let look = can_change.then(|| Route::Look {
        state: state_of(visit, around, listing),
        page: ListQuery {
            compare: false,
            ..query.clone()
        },
    });
    Done::Page(visit.page(|visit| views::folder::page(&around.chrome(visit), &pane, look.as_ref())))
}

/// What a page of a list shows, as a number: its rows with what is marked on them, and what the folders hold.
fn state_of(visit: &Visit, around: &Around, listing: &Listing) -> String {
    let folders = around.list().folders.iter();
    let folders = folders.map(|folder| {
        let counts = folder.counts.unwrap_or_default();
        format!(
            "{} {} {}",
            folder.name.as_wire(),
            counts.unread,
            counts.messages
        )
    });
    let rows = listing.lines.iter().map(|line| {
        let flags = line.row.as_ref().map(|row| row.flags.written());
        format!(
            "{} {}",
            line.entry.uid.get(),
            flags.unwrap_or_default().join(" ")
        )
    });
    let counts = listing.head.counts;
    let counts = format!("{} {}", counts.messages, counts.unread);
    let all: Vec<String> = folders.chain(rows).chain([counts]).collect();
    let state = visit.session.data.shown(&[all.join("\n").as_bytes()]);
    format!("{:032x}", u128::from_be_bytes(state))
}
