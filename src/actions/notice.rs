//! What stands above a page: what the act before did, with the way back, and settings that cannot be read.
//!
//! Not for keeping it (`notices`). Undo is an act like others, a form of its own; what nothing undoes is told without.

use super::{Visit, waiting};
use crate::error::{Imap, Result};
use crate::notices::Told;
use crate::route::{ListQuery, Route};
use crate::views::{Kind, More, Notice};

/// All of it: that the server is away, what the act before did, what waits, and what the page itself has to say.
///
/// # Errors
/// `Setup`, `DiskFull`.
pub fn above(visit: &mut Visit, own: Vec<Notice>) -> Result<Vec<Notice>> {
    let waiting = waiting::notices(visit)?;
    let offline = visit.mailbox.offline().map(|kind| away(visit, kind));
    let alerts = visit.mailbox.alerts().map(|said| alert(visit, said));
    let all = offline
        .into_iter()
        .chain(done(visit))
        .chain(waiting)
        .chain(damaged_settings(visit))
        .chain(own)
        .chain(alerts);
    Ok(all.collect())
}

/// What acts before did: the one that the page's address names, if it names one of this session, and those that were cut
/// short.
fn done(visit: &Visit) -> Vec<Notice> {
    let notice = |told: &Told| {
        let is_whole = told.done.is_whole();
        Notice {
            kind: match is_whole {
                true => Kind::Done,
                false => Kind::Warn,
            },
            undo: told.undo.clone(),
            more: told.more.clone().map(|form| More {
                form,
                label: visit.words.go_on(),
            }),
            ..Notice::warning("", visit.words.done(&told.done))
        }
    };
    visit.told.iter().map(notice).collect()
}

/// The notice that the user's own settings do not count, because they cannot be read.
fn damaged_settings(visit: &Visit) -> Option<Notice> {
    visit.profile.damage()?;
    let (lead, text) = visit.words.without_settings();
    Some(Notice::warning(lead, text))
}

/// The notice of a page that the cache answered because the server could not.
fn away(visit: &Visit, kind: &Imap) -> Notice {
    let (lead, text) = visit.words.away(kind);
    let page = Route::shown_at(&visit.head.here()).filter(|_| visit.head.is_get());
    // A list that was compared a moment ago is compared again: that asks the server.
    let again = page.map(|page| match page {
        Route::Folder(query) => Route::Folder(ListQuery {
            compare: true,
            ..query
        }),
        page => page,
    });
    Notice {
        open: again.map(|page| (page, visit.words.try_again())),
        ..Notice::warning(lead, text)
    }
}

/// The notice of what the server wants the user to see, in its own words.
fn alert(visit: &Visit, said: &str) -> Notice {
    Notice::warning(visit.words.server_says(), said)
}
