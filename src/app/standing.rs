//! The page of an error among the folders and the list of a session that lives: for what was refused before anybody's mail was
//! at hand, an address that leads nowhere or a form that was not taken.
//!
//! Not for an error of an action, which has the mail at hand (`visit`), nor for what the page says (`actions::failed`). To know
//! before changing it: it is a visit of its own, and one that nobody waits for: the cache answers or nobody does, the mail
//! server is never asked, nothing is marked and no session kept alive. Where that does not succeed, the error has the plain page.

use super::needs::FailsAs;
use super::timing::Timing;
use super::{Answer, Asked, Context, Door, Wake, refusal, visit, without_panic};
use crate::actions::Visit;
use crate::actions::failed::{self, Failed};
use crate::error::{Failure, Progress};
use crate::mail::FolderName;
use crate::request::form::Form;
use crate::request::{Head, Request};
use crate::response::Response;
use crate::route::{ListQuery, Route};
use crate::session::SessionCookie;
use crate::time::Deadline;

/// The page of a failure, where it can stand inside the application.
pub(super) fn page(
    context: &Context,
    asked: Option<&Asked>,
    failure: &Failure,
) -> Option<Response> {
    let head = &context.head;
    let is_part = asked.is_some_and(|asked| asked.needs().fails_as == FailsAs::Part);
    if is_part || !failed::stays_inside(&failure.error, !head.is_get()) || !is_page(head) {
        return None;
    }
    // Whoever brings no cookie leaves no trace: `check` asks for addresses that lead nowhere before the first visit.
    if !SessionCookie::is_brought(head) {
        return None;
    }
    let opened;
    let door = match asked.and_then(|asked| asked.door.as_ref()) {
        Some(door) => door,
        None => {
            opened = Door::open(&context.config, head).ok()?;
            &opened
        }
    };
    door.claim.as_ref()?;
    let (again, refused) = (context.again(), asked);
    let inbox = || Route::Folder(ListQuery::newest(FolderName::inbox()));
    let place = asked.map_or_else(inbox, Asked::place);
    // Its own context: whatever this visit comes to, what is told is the failure.
    let context = Context {
        config: context.config.clone(),
        broken: None,
        head: Head {
            method: "GET".to_owned(),
            ahead: true,
            prefetch: true,
            ..head.clone()
        },
        progress: Progress::new(false),
        wake: Wake::default(),
        ..*context
    };
    let asked = Asked {
        context: &context,
        request: Request {
            head: &context.head,
            route: inbox(),
            form: Form::default(),
        },
        deadline: Deadline::after(context.config.soft_deadline()),
        door: None,
        _place: None,
    };
    let show = |visit: &mut Visit| {
        let failed = Failed {
            failure,
            place: &place,
            again: again.as_deref(),
        };
        failed::show(visit, &failed)
    };
    let shown = || visit::visit(&asked, door, Box::new(show), &mut Timing::default());
    match without_panic(shown) {
        Ok(Answer::Page(page)) => {
            refusal::log(refused, failure);
            Some(refusal::with_header(page, &failure.error))
        }
        Ok(Answer::File(_)) | Err(_) => None,
    }
}

/// True for what a reader sees in a window of its own, by a link or form of this site or typed: nothing of the mail is shown
/// for what another site has begun.
fn is_page(head: &Head) -> bool {
    // By our script, or by a browser that does not say.
    let is_window = matches!(head.fetch_dest.as_str(), "document" | "empty" | "");
    is_window && !head.ahead && !head.is_cross_site()
}
