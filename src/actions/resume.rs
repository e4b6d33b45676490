//! A form that was sent when its session had ended, shown again to its user: an act as a question.
//!
//! Not for what is asked about: that is known to the action that would do it (`sender::ask`). Nothing is done here.

use super::{Done, Visit};
use crate::outbox::Kept;
use crate::response::Response;
use crate::route::Route;
use crate::views::resume::{QuestionPage, gone as gone_page, question};
use crate::views::{RESUMED, TOKEN};

/// What a question says of an act.
pub struct Question<'a> {
    /// What would be done.
    pub what: String,
    /// What it would be done to: a subject.
    pub about: &'a str,
    /// The act.
    pub act: &'a Route,
    /// What the button says that does it.
    pub yes: &'a str,
    /// Where one goes on without doing it.
    pub no: Route,
}

/// Asks whether an act is still wanted; a click sends the same form again.
pub fn ask(visit: &mut Visit, kept: &Kept, asked: Question) -> Done {
    let again = |(name, _): &&(String, String)| name != TOKEN && name != RESUMED;
    let fields: Vec<_> = kept.form.fields().iter().filter(again).cloned().collect();
    let (token, id) = (visit.session.token(visit.claim.user), kept.id.to_text());
    Done::Page(visit.page(|visit| {
        question(&QuestionPage {
            base: &visit.head.base,
            words: visit.words,
            what: asked.what,
            about: asked.about,
            act: asked.act,
            fields: &fields,
            token: &token,
            id: &id,
            yes: asked.yes,
            no: asked.no,
        })
    }))
}

/// Says that there is no such form (any more): it was done, was kept for too long, or is somebody else's.
pub fn gone(visit: &mut Visit) -> Done {
    Done::Page(Response::page(
        410,
        gone_page(&visit.head.base, visit.words),
    ))
}
