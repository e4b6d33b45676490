//! What stands above a page: what the act before did, with the way back, and settings that cannot be read.
//!
//! Not for keeping it (`notices`). Undo is an act like others, a form of its own; what nothing undoes is told without.

use super::Visit;
use crate::notices::Told;
use crate::views::{Kind, Notice};

/// What acts before did: the one that the page's address names, if it names one of this session, and those that were cut
/// short.
pub fn done(visit: &Visit) -> Vec<Notice> {
    let notice = |told: &Told| {
        let is_whole = told.done.is_whole();
        Notice {
            kind: match is_whole {
                true => Kind::Done,
                false => Kind::Warn,
            },
            lead: String::new(),
            text: visit.words.done(&told.done),
            undo: told.undo.clone(),
            more: told.more.clone(),
        }
    };
    visit.told.iter().map(notice).collect()
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
        more: None,
    })
}
