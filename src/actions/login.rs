//! The sign-in form and signing out. The path of signing in itself is `app::sign_in`.
//!
//! Not for judging a sign-in. To know before changing it: the form may carry another one, whose session has ended
//! (`app::carry`); what it says of that has to come back with each further try.

use super::{Done, Visit, undo_send};
use crate::config::Config;
use crate::error::{Act, Result};
use crate::request::Head;
use crate::request::form::Form;
use crate::response::Response;
use crate::route::Route;
use crate::session::{self, FormToken};
use crate::state::State;
use crate::views::first_visit::FirstVisit;
use crate::views::login::{
    CARRIED, CARRIED_FIELD, CARRIED_TARGET, CARRIED_WITHOUT_FILES, Carried, LoginPage, Reason, page,
};
use crate::words::Words;

/// Where somebody signs in.
pub struct SignInPlace<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The request, without its body.
    pub head: &'a Head,
    /// The reader's language.
    pub words: Words,
    /// The installation.
    pub state: &'a State,
}

/// What the form is to say and keep.
#[derive(Clone, Default)]
pub struct SignInFields<'a> {
    /// The page to continue with, below the base.
    pub to: &'a str,
    /// What was typed as login.
    pub login: &'a str,
    /// Whether "keep me signed in" was ticked.
    pub keep: bool,
    /// Why the form is shown.
    pub reason: Option<Reason>,
    /// A form that is shown again after signing in.
    pub carried: Carried,
    /// What has been found out where nobody has signed in yet.
    pub first: Option<FirstVisit>,
}

/// The sign-in form.
pub fn form(at: &SignInPlace, status: u16, fields: &SignInFields) -> Response {
    let head = at.head;
    let proof = FormToken::new(head, at.state);
    let host = head.host.rsplit_once(':');
    let host = host.map_or(head.host.as_str(), |(host, _)| host);
    let reason = unsafe_place(at.config, head).or_else(|| fields.reason.clone());
    let markup = page(&LoginPage {
        base: &head.base,
        words: at.words,
        // The name of this machine to itself says nothing to anybody.
        place: Some(host).filter(|h| !h.is_empty() && !head.is_local()),
        login: fields.login,
        keep: fields.keep,
        token: &proof.token,
        to: fields.to,
        reason,
        carried: &fields.carried,
        first: fields.first.as_ref(),
    });
    let response = Response::page(status, markup);
    match proof.cookie {
        Some(cookie) => response.with("Set-Cookie", cookie),
        None => response,
    }
}

/// The form on its way that a sign-in form carries.
pub fn carried(form: &Form) -> Carried {
    let target = form.get(CARRIED_TARGET);
    if !form.get(CARRIED).is_empty() {
        return Carried::Kept(form.get(CARRIED).to_owned());
    }
    if target.is_empty() {
        return Carried::Nothing;
    }
    let own = |(name, value): &(String, String)| {
        let name = name.strip_prefix(CARRIED_FIELD)?;
        Some((name.to_owned(), value.clone()))
    };
    Carried::Fields {
        target: target.to_owned(),
        fields: form.fields().iter().filter_map(own).collect(),
        without_files: form.get(CARRIED_WITHOUT_FILES) == "1",
    }
}

/// Why nobody may sign in here, unless the configuration allows it: plain http from another machine, by which a password
/// must not travel; or the directory of one user among others (`/~ann`), whose pages are of the same origin as ours, and may
/// read them.
pub fn unsafe_place(config: &Config, head: &Head) -> Option<Reason> {
    if !(head.https || config.allow_http || head.is_local()) {
        return Some(Reason::Insecure);
    }
    let is_shared = head.base.0.starts_with("/~") && !config.allow_shared_origin;
    is_shared.then_some(Reason::SharedOrigin)
}

/// Signs out: nothing opens the session any more. What was read and not yet told is told first, if that is quickly done.
///
/// # Errors
/// `Setup`: then it may still be there.
pub fn sign_out(visit: &mut Visit) -> Result<Done> {
    if let Some(first) = undo_send::before_sign_out(visit)? {
        return Ok(Done::Leaves(Box::new(first)));
    }
    // The marks are a courtesy to other programs; the session ends whatever becomes of them.
    let told = visit.mailbox.send_all_pending();
    if let Err(error) = told {
        eprintln!("postern: sign-out: {}", error.log_kind().0);
    }
    visit.progress.tries(Act::SignOut);
    session::sign_out(visit.mailbox.store(), visit.claim)?;
    visit.progress.did(Act::SignOut);
    Ok(Done::Page(signed_out(visit)))
}

/// The way to the sign-in form, for a browser that is to forget its session.
pub fn signed_out(visit: &Visit) -> Response {
    let to = Route::SignInForm {
        to: String::new(),
        out: true,
    }
    .href(&visit.head.base);
    Response::see_other(&to)
        .with("Set-Cookie", session::forget_cookie(visit.head))
        .with("Clear-Site-Data", "\"cache\"")
}
