//! What stands above a page: what the act before did, with the way back, and settings that cannot be read.
//!
//! Not for keeping it (`notices`). Undo is an act like others, a form of its own; what nothing undoes is told without.

use super::Visit;
use crate::views::{Kind, Notice};

/// The notice that a page's address names, if it names one of this session.
pub fn done(visit: &Visit) -> Option<Notice> {
    let told = visit.told.as_ref()?;
    Some(Notice {
        kind: Kind::Done,
        lead: String::new(),
        text: visit.words.done(&told.done),
        undo: told.undo.clone(),
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
