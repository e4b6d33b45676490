//! The sign-in form and signing out. The path of signing in itself is `app::sign_in`.
//!
//! The form needs no state here: its token is a keyed hash of a nonce, which a cookie carries, and the hour.

use std::time::Duration;

use super::Visit;
use crate::config::Config;
use crate::error::Act;
use crate::request::Head;
use crate::response::Response;
use crate::route::Route;
use crate::seal;
use crate::session;
use crate::state::State;
use crate::time;
use crate::views::login::{LoginPage, Reason, page};
use crate::words::Words;

/// Hours for which a form is good.
const HOURS: i64 = 12;
/// Bytes of a form's token.
const TAG: usize = 16;

/// What the form is to say and keep.
#[derive(Clone, Default)]
pub struct Asked<'a> {
    /// The page to go on with, below the base.
    pub to: &'a str,
    /// What was typed as login.
    pub login: &'a str,
    /// Whether "keep me signed in" was ticked.
    pub keep: bool,
    /// Why the form is shown.
    pub reason: Option<Reason>,
}

/// What a form's token is worth.
pub enum Token {
    /// The form is ours and not too old.
    Good,
    /// The browser sent no nonce: it takes no cookies.
    NoCookie,
    /// The form is too old, or not ours.
    TooOld,
}

/// The sign-in form.
pub fn form(
    config: &Config,
    head: &Head,
    words: Words,
    state: &State,
    status: u16,
    asked: &Asked,
) -> Response {
    let cookie = nonce_cookie(head);
    let old = head
        .cookie(&cookie)
        .filter(|nonce| is_nonce(nonce))
        .map(str::to_owned);
    let (nonce, is_new) = match old {
        Some(nonce) => (nonce, false),
        None => match seal::random::<16>() {
            Ok(bytes) => (seal::to_text(&bytes), true),
            // Without random numbers the form still says what it has to say; its token will be refused.
            Err(_) => (String::new(), false),
        },
    };
    let host = head
        .host
        .rsplit_once(':')
        .map_or(head.host.as_str(), |(host, _)| host);
    let reason = if is_insecure(config, head) {
        Some(Reason::Insecure)
    } else {
        asked.reason.clone()
    };
    let markup = page(&LoginPage {
        base: &head.base,
        words,
        // The name of this machine to itself says nothing to anybody.
        place: Some(host).filter(|h| !h.is_empty() && !head.is_local()),
        login: asked.login,
        keep: asked.keep,
        token: &token(state, &nonce, hour()),
        to: asked.to,
        reason,
    });
    let mut response = Response::page(status, markup);
    if is_new {
        let age = Duration::from_secs(30 * 86_400);
        response = response.with(
            "Set-Cookie",
            session::set_cookie(head, &cookie, &nonce, age),
        );
    }
    response
}

/// Judges the token of a form that came back.
pub fn check_token(head: &Head, state: &State, token: &str) -> Token {
    let Some(nonce) = head.cookie(&nonce_cookie(head)).filter(|n| is_nonce(n)) else {
        return Token::NoCookie;
    };
    let tag = seal::from_text(token)
        .filter(|t| t.len() == TAG)
        .unwrap_or_default();
    let now = hour();
    let good = (0..HOURS).any(|ago| {
        let hour = now.saturating_sub(ago).to_be_bytes();
        state
            .secret()
            .proves("sign-in form", &[nonce.as_bytes(), &hour], &tag)
    });
    if good { Token::Good } else { Token::TooOld }
}

/// True where a password must not travel: plain http from another machine, unless the configuration allows it.
pub fn is_insecure(config: &Config, head: &Head) -> bool {
    !(head.https || config.allow_http || head.is_local())
}

/// Signs out: the record is gone at once. What was read and not yet told is told first, if that is quickly done.
pub fn sign_out(visit: &mut Visit) -> Response {
    // The marks are a courtesy to other programs; the session ends whatever becomes of them.
    let told = visit.mailbox.send_all_pending();
    if let Err(error) = told {
        eprintln!("postern: sign-out: {}", error.log_kind().0);
    }
    // Gone with the store's next save, which is the last thing a visit does.
    visit.progress.tries(Act::SignOut);
    visit.mailbox.end_session(visit.claim);
    let to = Route::SignInForm {
        to: String::new(),
        out: true,
    }
    .href(&visit.head.base);
    Response::see_other(&to)
        .with("Set-Cookie", session::forget_cookie(visit.head))
        .with("Clear-Site-Data", "\"cache\"")
}

fn token(state: &State, nonce: &str, hour: i64) -> String {
    let hash = state
        .secret()
        .hash("sign-in form", &[nonce.as_bytes(), &hour.to_be_bytes()]);
    seal::to_text(hash.get(..TAG).unwrap_or_default())
}

fn hour() -> i64 {
    time::now().div_euclid(3600)
}

fn nonce_cookie(head: &Head) -> String {
    format!("{}-form", session::cookie_name(head))
}

fn is_nonce(text: &str) -> bool {
    seal::from_text(text).is_some_and(|bytes| bytes.len() == 16)
}
