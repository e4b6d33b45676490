//! What a request gets instead of its page: the page of an error, or the sign-in form; and its line in the log.
//!
//! Not for deciding that, nor for the page of an error among the folders (`standing`). A page that was sent away because of
//! others tries again automatically, and says so in its address.

use std::time::Duration;

use super::needs::{Back, FailsAs};
use super::{Answer, Asked, Context, Door, carry, first_visit};
use crate::actions::login::{self, SignInFields, SignInPlace};
use crate::error::{Error, Failure, Result};
use crate::gate::Pass;
use crate::mail::{FolderName, Role};
use crate::remote;
use crate::response::Response;
use crate::route::{self, Base, ListQuery, Route};
use crate::session::{self, SessionCookie};
use crate::views;
use crate::views::error::ErrorPage;
use crate::views::login::Reason;

/// For how many retries a page that was sent away tries again automatically: about a minute.
const RETRIES: u32 = 16;
/// How many of these come soon, where there was no room: the clicks before it are soon done with.
const SOON: u32 = 10;

/// The form where the page should be; a part says so in its own small way.
///
/// `pass` is that of the user whose session has ended: what was sent is kept behind it, where its route says so.
pub(super) fn not_signed_in(
    asked: &Asked,
    door: &Door,
    reason: Option<Reason>,
    pass: Option<Pass>,
) -> Result<Answer> {
    let needs = asked.needs();
    if needs.fails_as == FailsAs::Part || asked.request.head.ahead {
        return Err(Error::NotSignedIn);
    }
    let (to, reason) = match &needs.back {
        Back::SignedOut => (String::new(), Some(Reason::SignedOut)),
        Back::Carry { otherwise, .. } => (
            otherwise(&asked.request.form).href(&Base::default()),
            reason,
        ),
        Back::Page(page) => (page.href(&Base::default()), reason),
        Back::SamePage => (asked.request.head.here(), reason),
    };
    let is_asked_for = match reason {
        None => matches!(to.as_str(), "" | "/"),
        Some(_) => matches!(needs.back, Back::SignedOut),
    };
    let is_front = is_asked_for && reason.is_none();
    let first = is_front
        .then(|| first_visit::found(asked.context, door))
        .flatten();
    if let Some(first) = first.as_ref().filter(|first| first.is_wrong()) {
        return Ok(Answer::Page(first_visit::page(asked.context, first)));
    }
    let fields = SignInFields {
        to: &to,
        reason,
        carried: carry::keep(asked, door, pass.as_ref()),
        first,
        ..SignInFields::default()
    };
    // It is not held while the answer is written.
    drop(pass);
    let status = if is_asked_for { 200 } else { 401 };
    Ok(Answer::Page(asked.sign_in_form(door, status, fields)))
}

/// What the log says of a failure.
fn log_line(failure: &Failure, asked: &Asked, claim: Option<&SessionCookie>) -> String {
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

    /// The folder that the request is about, if it is about one.
    pub(super) fn folder(&self) -> Option<FolderName> {
        match self.needs().back {
            Back::Carry { otherwise, .. } => otherwise(&self.request.form).folder().cloned(),
            Back::SamePage | Back::Page(_) | Back::SignedOut => {
                self.request.route.folder().cloned()
            }
        }
    }

    /// The page that it belongs to: what is asked for, or where its form came from.
    pub(super) fn place(&self) -> Route {
        match self.needs().back {
            Back::SamePage => self.request.route.clone(),
            Back::Page(page) => page,
            Back::Carry { otherwise, .. } => otherwise(&self.request.form),
            Back::SignedOut => Route::Folder(ListQuery::newest(FolderName::inbox())),
        }
    }

    /// The sign-in form.
    pub(super) fn sign_in_form(&self, door: &Door, status: u16, fields: SignInFields) -> Response {
        let place = SignInPlace {
            config: &self.context.config,
            head: &self.context.head,
            words: self.context.words,
            state: &door.state,
        };
        let form = login::form(&place, status, &fields);
        match door.is_doubtful {
            true => form.with("Set-Cookie", session::forget_cookie(&self.context.head)),
            false => form,
        }
    }
}

/// The page of a failure, and its line in the log; `asked` where the request was let in.
pub(super) fn page(context: &Context, asked: Option<&Asked>, failure: &Failure) -> Response {
    let error = &failure.error;
    let head = &context.head;
    if head.ahead || (head.prefetch && error.heals()) {
        // Nobody has asked for it yet. Neither does it try again: browsers take that as advice on whole sites.
        return Response::not_ahead(match error.status() {
            401 => 401,
            _ => 503,
        });
    }
    log(asked, failure);
    let here = head.here();
    let again = context.again();
    let retry = retry_after(error, route::retries(&head.query)).filter(|_| again.is_some());
    let folder = asked.and_then(Asked::folder);
    let query = folder.as_ref().map(|name| ListQuery::newest(name.clone()));
    let title = folder.as_ref().map(|name| match name.is_inbox() {
        true => context.words.role(Role::Inbox).to_owned(),
        false => remote::decoded(name.as_wire()),
    });
    let page = ErrorPage {
        base: &head.base,
        words: context.words,
        again: again.as_deref(),
        refresh: retry.map(|r| u32::try_from(r.as_secs()).unwrap_or(u32::MAX)),
        folder: title.as_deref().zip(query.as_ref()),
    };
    let fails_as = asked.map_or(FailsAs::Page, |asked| asked.needs().fails_as);
    if fails_as == FailsAs::Page
        && let Some(first) = first_visit::refused(context, failure)
    {
        return first;
    }
    let markup = match fails_as {
        FailsAs::Part => views::error::part(error, &page),
        FailsAs::Page => views::error::page(failure, &page),
    };
    let mut response = with_header(Response::page(error.status(), markup), error);
    if let Some(after) = retry {
        let n = route::retries(&head.query).saturating_add(1);
        let href = format!("{}{}", head.base.0, route::retrying(&here, n));
        response = response.retrying(after, &href);
    }
    response
}

/// A page with the header that its error brings.
pub(super) fn with_header(response: Response, error: &Error) -> Response {
    match error.header() {
        Some((name, value)) => response.with(name, value),
        None => response,
    }
}

/// Tells the log of a failure. Of strangers only what is a fault here: they must not be able to fill it.
pub(super) fn log(asked: Option<&Asked>, failure: &Failure) {
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

/// When a page that was sent away tries again automatically; None where it does not. Pages that were sent away together must not
/// come back together, so each waits for up to some seconds longer, as the numbers of their processes have it.
fn retry_after(error: &Error, retries: u32) -> Option<Duration> {
    let is_soon = matches!(error, Error::TooMany { .. }) && retries < SOON;
    let (least, most): (u64, u64) = match retries {
        _ if is_soon => (1, 3),
        0 => (1, 2),
        1 => (2, 4),
        _ => (4, 8),
    };
    // Fibonacci hashing: numbers that follow each other, in steps of any size, lead to all seconds. Whole ones, since browsers
    // read no others.
    let hash = std::process::id().wrapping_mul(0x9e37_79b1) >> 16;
    let more = u64::from(hash).checked_rem(most.saturating_sub(least).saturating_add(1));
    let more = more.unwrap_or(0);
    let after = Duration::from_secs(least.saturating_add(more));
    (error.heals() && retries < RETRIES).then_some(after)
}
