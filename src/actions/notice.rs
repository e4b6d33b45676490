//! What stands above a page: what the act before did, with the way back, and settings that cannot be read.
//!
//! Not for keeping it (`notices`). Undo is the act's reverse, a form of its own; an act that has none is told without.

use super::Visit;
use crate::error::Act;
use crate::route::{MessageQuery, Route};
use crate::views::{Kind, Notice};

/// The notice that a message's address names, if it names one of this session.
pub fn above_message(visit: &Visit, query: &MessageQuery) -> Option<Notice> {
    let act = visit.told.as_ref()?;
    Some(Notice {
        kind: Kind::Done,
        lead: String::new(),
        text: visit.words.done(act),
        undo: reverse(act, query),
    })
}

/// The notice that the user's own settings do not count, because they cannot be read.
pub fn damaged_settings(visit: &Visit) -> Option<Notice> {
    visit.profile.damage()?;
    let (lead, text) = visit.words.without_settings();
    Some(Notice {
        kind: Kind::Warn,
        lead,
        text,
        undo: None,
    })
}

/// The act that undoes another, asked for on the page of this message.
fn reverse(act: &Act, query: &MessageQuery) -> Option<Route> {
    match act {
        Act::ImagesOf { always, .. } => Some(Route::Sender {
            page: MessageQuery {
                remote: false,
                ..query.clone()
            },
            always: !always,
        }),
        Act::SignIn | Act::SignOut => None,
    }
}
