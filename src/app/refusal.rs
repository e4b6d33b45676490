//! What a request gets instead of its page: the page of an error, or the sign-in form; and its line in the log.
//!
//! Not for deciding that. A page that was sent away because of others tries again by itself, and says so in its address.

use std::time::Duration;

use super::needs::{Back, FailsAs};
use super::{Asked, Context, Door};
use crate::actions::{self, Answer};
use crate::error::{Error, Failure, Result};
use crate::mail::Role;
use crate::remote;
use crate::response::Response;
use crate::route::{self, Base, Route};
use crate::session::Claim;
use crate::views;
use crate::views::error::ErrorPage;
use crate::views::login::Reason;

/// For how many retries a page that was sent away tries again by itself: about a minute.
const RETRIES: u32 = 16;

/// The form where the page should be; a part says so in its own small way.
pub(super) fn not_signed_in(asked: &Asked, door: &Door, reason: Option<Reason>) -> Result<Answer> {
    let needs = asked.needs();
    if needs.fails_as == FailsAs::Part {
        return Err(Error::NotSignedIn);
    }
    let form = match needs.back {
        Back::SignedOut => asked.sign_in_form(door, 200, "", Some(Reason::SignedOut)),
        Back::Page(page) => asked.sign_in_form(door, 401, &page.href(&Base::default()), reason),
        Back::SamePage => {
            let to = asked.request.head.here();
            let is_front = reason.is_none() && matches!(to.as_str(), "" | "/");
            asked.sign_in_form(door, if is_front { 200 } else { 401 }, &to, reason)
        }
    };
    Ok(Answer::Page(form))
}

/// What the log says of a failure.
fn log_line(failure: &Failure, asked: &Asked, claim: Option<&Claim>) -> String {
    let user = claim.map_or_else(|| "-".to_owned(), |claim| claim.user.to_hex());
    failure.log_line(asked.request.route.name(), &user)
}

impl Asked<'_> {
    /// Tells the log of an error that does not end the request.
    pub(super) fn log(&self, door: &Door, error: Error) {
        let failure = self.context.progress.failed_by(error);
        let line = log_line(&failure, self, door.claim.as_ref());
        door.state.log(&line);
    }

    /// The sign-in form, with the page to go on with and why it is shown.
    pub(super) fn sign_in_form(
        &self,
        door: &Door,
        status: u16,
        to: &str,
        reason: Option<Reason>,
    ) -> Response {
        let context = self.context;
        let asked = actions::login::Asked {
            to,
            reason,
            ..Default::default()
        };
        let (config, head) = (&context.config, &context.head);
        actions::login::form(config, head, context.words, &door.state, status, &asked)
    }
}

/// The page of a failure, and its line in the log; `asked` where the request was let in.
pub(super) fn page(context: &Context, asked: Option<&Asked>, failure: &Failure) -> Response {
    log(asked, failure);
    let error = &failure.error;
    let head = &context.head;
    let route = asked.map(|asked| &asked.request.route);
    let here = head.here();
    let is_get = head.is_get();
    let again = format!("{}{here}", head.base.0);
    let retry = retry_after(error, route::retries(&head.query)).filter(|_| is_get);
    let folder = route.and_then(Route::folder);
    let query = folder.map(|name| route::FolderQuery::newest(name.clone()));
    let title = folder.map(|name| match name.is_inbox() {
        true => context.words.role(Role::Inbox).to_owned(),
        false => remote::decoded(name.as_wire()),
    });
    let page = ErrorPage {
        base: &head.base,
        words: context.words,
        again: is_get.then_some(again.as_str()),
        refresh: retry.map(|r| u32::try_from(r.as_secs()).unwrap_or(u32::MAX)),
        folder: title.as_deref().zip(query.as_ref()),
    };
    let markup = match asked.map_or(FailsAs::Page, |asked| asked.needs().fails_as) {
        FailsAs::Part => views::error::part(error, &page),
        FailsAs::Page => views::error::page(failure, &page),
    };
    let mut response = Response::page(error.status(), markup);
    if let Some((name, value)) = error.header() {
        response = response.with(name, value);
    }
    if let Some(after) = retry {
        let n = route::retries(&head.query).saturating_add(1);
        let href = format!("{}{}", head.base.0, route::retrying(&here, n));
        response = response.retrying(after, &href);
    }
    response
}

/// Tells the log of a failure. Of strangers only what is a fault here: they must not be able to fill it.
fn log(asked: Option<&Asked>, failure: &Failure) {
    let is_fault = failure.error.status() >= 500;
    match asked.and_then(|asked| Some((asked, asked.door.as_ref()?))) {
        Some((asked, door)) if door.claim.is_some() || is_fault => {
            door.state
                .log(&log_line(failure, asked, door.claim.as_ref()));
        }
        Some(_) => {}
        None if is_fault => {
            let (kind, cause) = failure.error.log_kind();
            eprintln!("postern: {kind}: {cause}");
        }
        None => {}
    }
}

/// When a page that was sent away tries again by itself; None where it does not.
fn retry_after(error: &Error, retries: u32) -> Option<Duration> {
    let seconds = match retries {
        0 => 1,
        1 => 2,
        _ => 4,
    };
    (error.heals() && retries < RETRIES).then_some(Duration::from_secs(seconds))
}
