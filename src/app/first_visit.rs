//! Before anybody has signed in: whoever opens the front page is told what is wrong with the installation, so that a hoster
//! without a shell can put it right.
//!
//! Not for what is tried (`checks`). To know before changing it: "before" means that the state directory has no `users`, as far
//! as its place can be made out, and that the browser brings nothing of a session. Once somebody has signed in, all of this
//! costs the front page of a stranger one look at the disk, and a click of whoever is signed in nothing.

use super::{Context, Door, program};
use crate::checks::once;
use crate::config::Config;
use crate::error::{Error, Failure, Fault};
use crate::mail::FolderName;
use crate::process;
use crate::response::Response;
use crate::route::{ListQuery, Route};
use crate::session::SessionCookie;
use crate::state::State;
use crate::views::first_visit::{self, FirstVisit};

/// What is to be said on the front page; None once somebody has signed in.
pub(super) fn found(context: &Context, door: &Door) -> Option<FirstVisit> {
    let head = &context.head;
    let is_asked_for = head.is_get() && !head.prefetch && !SessionCookie::is_brought(head);
    if !is_asked_for || !State::is_unused(Some(door.state.dir())) {
        return None;
    }
    let tried = once::tried(&door.state, &context.config).unwrap_or_else(|error| {
        let line = format!("first-visit {}", error.log_kind().1);
        door.state.log(&line);
        once::Tried::default()
    });
    let elsewhere = head.is_elsewhere.then_some(Fault::BaseUrl);
    Some(FirstVisit {
        is_tested: tried.found.is_some(),
        again: tried.again,
        faults: elsewhere
            .into_iter()
            .chain(tried.found.into_iter().flatten())
            .collect(),
    })
}

/// The front page where something is wrong.
pub(super) fn page(context: &Context, first: &FirstVisit) -> Response {
    shown(context, 200, first)
}

/// The page of an installation that cannot be used at all; None for any other failure, and once somebody has signed in.
pub(super) fn refused(context: &Context, failure: &Failure) -> Option<Response> {
    let Error::Setup(fault, _) = &failure.error else {
        return None;
    };
    if SessionCookie::is_brought(&context.head) {
        return None;
    }
    let place = match &context.broken {
        None => State::place(&context.config),
        Some(_) => State::place(&Config::salvaged(&program(), process::home)),
    };
    if !State::is_unused(place.as_deref()) {
        return None;
    }
    let first = FirstVisit {
        faults: vec![fault.clone()],
        ..FirstVisit::default()
    };
    Some(shown(context, failure.error.status(), &first))
}

fn shown(context: &Context, status: u16, first: &FirstVisit) -> Response {
    let base = &context.head.base;
    let again = match context.again() {
        // A link to where `base_url` leads would not come back here.
        Some(_) if context.head.is_elsewhere => String::new(),
        Some(again) => again,
        None => Route::Folder(ListQuery::newest(FolderName::inbox())).href(base),
    };
    let has_form = status == 200;
    let page = first_visit::page(base, context.words, &again, first, has_form);
    Response::page(status, page)
}
