//! The page of one's sessions, and signing them out: one by one, or everywhere.
//!
//! Not for what a session is (`session`). To know before changing it: signing out needs nobody's cookie, and no word of the
//! mail server; the session that asks may be among those that go.

use super::panes::Around;
use super::{Done, Visit, login};
use crate::error::{Act, Result};
use crate::mail::FolderName;
use crate::route::{ListQuery, Route};
use crate::session;
use crate::views;
use crate::views::sessions::{SESSION, SessionLine, SessionsPage};

/// The page.
///
/// # Errors
/// `Imap`, where no folders are cached.
pub fn show(visit: &mut Visit) -> Result<Done> {
    let around = Around::gather(visit, None, Vec::new())?;
    let (claim, data, now) = (visit.claim, &visit.session.data, visit.now);
    let listed = session::list(visit.mailbox.store(), claim, data, now);
    let lines = listed.into_iter().map(|one| {
        let origin = one.origin.unwrap_or_default();
        SessionLine {
            name: one.name,
            is_own: one.is_own,
            begun: visit.calendar(one.begun),
            seen: visit.calendar(one.seen),
            address: origin.address,
            browser: origin.browser,
            system: origin.system,
        }
    });
    let page = SessionsPage {
        back: Route::Folder(ListQuery::newest(FolderName::inbox())),
        sessions: lines.collect(),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::sessions::page(&around.chrome(visit), &page)
    })))
}

/// Signs one session out. One that is gone already is signed out as well.
///
/// # Errors
/// `Setup`: then it may still be there.
pub fn end_one(visit: &mut Visit) -> Result<Done> {
    let name = visit.form.get(SESSION);
    if name == visit.claim.name() {
        return login::sign_out(visit);
    }
    visit.progress.tries(Act::EndSession);
    session::sign_out_one(visit.mailbox.store(), name)?;
    visit.progress.did(Act::EndSession);
    Ok(Done::go_on(Route::Sessions))
}

/// Signs all sessions out, this one too.
///
/// # Errors
/// `Setup`: then some may still be there.
pub fn end_all(visit: &mut Visit) -> Result<Done> {
    visit.progress.tries(Act::EndAllSessions);
    session::sign_out_all(visit.mailbox.store())?;
    visit.progress.did(Act::EndAllSessions);
    Ok(Done::Page(login::signed_out(visit)))
}
