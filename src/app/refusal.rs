//! What a request gets instead of its page: the page of an error, or the sign-in form; and its line in the log.
//!
//! Not for deciding that. A page that was sent away because of others tries again by itself, and says so in its address.

use std::time::Duration;

use super::{Admitted, Asked, is_part};
use crate::actions::{self, Answer};
use crate::error::{Error, Result};
use crate::mail::Role;
use crate::remote;
use crate::response::Response;
use crate::route::{self, Base, Route};
use crate::session::Claim;
use crate::state::State;
use crate::views;
use crate::views::error::ErrorPage;
use crate::views::login::Reason;

/// For how many retries a page that was sent away tries again by itself: about a minute.
const RETRIES: u32 = 16;

/// The form where the page should be; a part says so in its own small way.
pub(super) fn not_signed_in(
    admitted: &Admitted,
    route: &Route,
    state: &State,
    reason: Option<Reason>,
) -> Result<Answer> {
    match route {
        Route::SignOut => Ok(Answer::Page(admitted.sign_in_form(
            state,
            200,
            "",
            Some(Reason::SignedOut),
        ))),
        route if is_part(route) => Err(Error::NotSignedIn {
            back: String::new(),
        }),
        _ => {
            let to = match route {
                // What was asked for is not done by itself after signing in: the message shows the form again.
                Route::Sender { page, .. } => Route::Message(page.clone()).href(&Base::default()),
                _ => admitted.head.here(),
            };
            let front = reason.is_none() && matches!(to.as_str(), "" | "/");
            Ok(Answer::Page(admitted.sign_in_form(
                state,
                if front { 200 } else { 401 },
                &to,
                reason,
            )))
        }
    }
}

pub(super) fn log_line(error: &Error, route: &Route, claim: Option<&Claim>) -> String {
    let (kind, cause) = error.log_kind();
    let user = claim.map_or_else(|| "-".to_owned(), |claim| claim.user.to_hex());
    format!("{kind} {} {user} {cause}", route.name())
}

impl Admitted {
    pub(super) fn sign_in_form(
        &self,
        state: &State,
        status: u16,
        to: &str,
        reason: Option<Reason>,
    ) -> Response {
        actions::login::form(
            &self.config,
            &self.head,
            self.words,
            state,
            status,
            &actions::login::Asked {
                to,
                reason,
                ..Default::default()
            },
        )
    }

    /// The page of an error, and its line in the log.
    pub(super) fn refusal(&self, error: &Error) -> Response {
        let route = self.asked.as_ref().ok().map(|a| &a.route);
        match &self.asked {
            // Of strangers only what is a fault here: they must not be able to fill the log.
            Ok(Asked {
                state: Some(state),
                claim,
                route,
            }) if claim.is_some() || error.status() >= 500 => {
                state.log(&log_line(error, route, claim.as_ref()));
            }
            Ok(Asked { state: Some(_), .. }) => {}
            _ if error.status() >= 500 => {
                let (kind, cause) = error.log_kind();
                eprintln!("postern: {kind}: {cause}");
            }
            _ => {}
        }
        let here = self.head.here();
        let is_get = matches!(self.head.method.as_str(), "GET" | "HEAD");
        let again = format!("{}{here}", self.head.base.0);
        let retry = retry_after(error, route::retries(&self.head.query)).filter(|_| is_get);
        let folder = route.and_then(Route::folder);
        let query = folder.map(|name| route::FolderQuery::newest(name.clone()));
        let title = folder.map(|name| match name.is_inbox() {
            true => self.words.role(Role::Inbox).to_owned(),
            false => remote::decoded(name.as_wire()),
        });
        let page = ErrorPage {
            base: &self.head.base,
            words: self.words,
            again: is_get.then_some(again.as_str()),
            refresh: retry.map(|r| u32::try_from(r.as_secs()).unwrap_or(u32::MAX)),
            folder: title.as_deref().zip(query.as_ref()),
        };
        let markup = match route {
            Some(route) if is_part(route) => views::error::part(error, &page),
            _ => views::error::page(error, &page),
        };
        let mut response = Response::page(error.status(), markup);
        match error {
            Error::WrongMethod { allow } => response = response.with("Allow", *allow),
            Error::TooMany { retry } => response = response.with("Retry-After", retry.to_string()),
            Error::Busy { .. } => response = response.with("Retry-After", "2"),
            _ => {}
        }
        if let Some(after) = retry {
            let n = route::retries(&self.head.query).saturating_add(1);
            let href = format!("{}{}", self.head.base.0, route::retrying(&here, n));
            response = response.retrying(after, &href);
        }
        response
    }
}

/// When a page that was sent away tries again by itself; None where it does not.
fn retry_after(error: &Error, retries: u32) -> Option<Duration> {
    let heals = matches!(error, Error::TooMany { .. } | Error::Busy { .. });
    let seconds = match retries {
        0 => 1,
        1 => 2,
        _ => 4,
    };
    (heals && retries < RETRIES).then_some(Duration::from_secs(seconds))
}
