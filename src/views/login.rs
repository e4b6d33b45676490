//! The sign-in page.
//!
//! Not for judging a sign-in. To know before changing it: what the visitor typed is kept, but for the password; the
//! names of the fields stand here, and the action reads the form by them.

use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::{TOKEN, card};
use crate::error::Imap;
use crate::route::{Base, Route};
use crate::words::Words;

/// The form field of the login.
pub const LOGIN: &str = "login";
/// The form field of the password.
pub const PASSWORD: &str = "password";
/// The form field of the tick box for a long session; its value is `1`.
pub const KEEP: &str = "keep";
/// The form field of the page to go on with: path and query without the base.
pub const TO: &str = "to";

/// The sign-in page.
#[derive(Clone, Debug)]
pub struct LoginPage<'a> {
    /// Before every address.
    pub base: &'a Base,
    /// The language.
    pub words: Words,
    /// The name of the place to sign in to (a domain); None where there are several.
    pub place: Option<&'a str>,
    /// What was typed as login before.
    pub login: &'a str,
    /// The tick box for a long session.
    pub keep: bool,
    /// The form's token.
    pub token: &'a str,
    /// The page to go on with.
    pub to: &'a str,
    /// Why the form is here, if not for a first visit.
    pub reason: Option<Reason>,
}

/// Why the form is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The visitor has just signed out.
    SignedOut,
    /// The session ended by itself.
    Ended,
    /// The server no longer takes the session's password.
    PasswordChanged,
    /// The server did not take login and password.
    WrongPassword,
    /// Login or password was empty.
    Incomplete,
    /// Too many attempts; try again in so many seconds.
    Throttled {
        /// How long to wait.
        seconds: u32,
    },
    /// All places for signing in are taken.
    Crowded,
    /// The form's token was stale.
    FormTooOld,
    /// The form came back without its cookie.
    NoCookie,
    /// The mail server could not be asked.
    Server(Imap),
    /// The page came over http: there is no form.
    Insecure,
}

/// The page.
pub fn page(p: &LoginPage) -> Markup {
    let words = p.words;
    let title = match p.place {
        Some(place) => words.sign_in_to(place),
        None => words.sign_in().to_owned(),
    };
    let inside = html! {
        h1 { (title) }
        @if let Some(reason) = &p.reason { (why(words, reason)) }
        @if p.reason != Some(Reason::Insecure) {
            (form(p))
            p.hint { (words.sealed_password()) }
        }
    };
    card(p.base, words, words.sign_in(), inside)
}

fn form(p: &LoginPage) -> Markup {
    let words = p.words;
    let again = !p.login.is_empty();
    html! {
        form method="post" action=(Route::SignIn.href(p.base)) {
            input type="hidden" name=(TOKEN) value=(p.token);
            input type="hidden" name=(TO) value=(p.to);
            label {
                (words.address())
                // Not type=email: some servers want a plain name.
                input type="text" name=(LOGIN) value=(p.login) dir="ltr" required autofocus[!again]
                    inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false";
            }
            label {
                (words.password())
                input type="password" name=(PASSWORD) dir="ltr" required autofocus[again] autocomplete="current-password";
            }
            label.check { input type="checkbox" name=(KEEP) value="1" checked[p.keep]; (words.keep_me()) }
            button.button.primary { (words.sign_in()) }
        }
    }
}

/// Why the form is here: what was done and what was not.
fn why(words: Words, reason: &Reason) -> Markup {
    let (class, sign, text) = match reason {
        Reason::SignedOut => ("note", Icon::Check, words.signed_out().to_owned()),
        Reason::Ended => ("note warn", Icon::Clock, words.session_ended().to_owned()),
        Reason::PasswordChanged => ("note warn", Icon::Lock, words.password_changed().to_owned()),
        Reason::WrongPassword | Reason::Server(Imap::LoginRefused) => {
            ("note bad", Icon::Warn, words.wrong_password().to_owned())
        }
        Reason::Incomplete => ("note bad", Icon::Warn, words.both_needed().to_owned()),
        Reason::Throttled { seconds } => {
            ("note bad", Icon::Clock, words.throttled((*seconds).into()))
        }
        Reason::Crowded => ("note warn", Icon::Clock, words.sign_in_busy().to_owned()),
        Reason::FormTooOld => ("note warn", Icon::Clock, words.form_too_old().to_owned()),
        Reason::NoCookie => ("note bad", Icon::Warn, words.cookies_needed().to_owned()),
        Reason::Server(kind) => ("note warn", Icon::Offline, words.server_at_sign_in(kind)),
        Reason::Insecure => ("note bad", Icon::Lock, words.https_needed().to_owned()),
    };
    let role = if class == "note bad" {
        "alert"
    } else {
        "status"
    };
    html! { div class=(class) role=(role) { (icon(sign)) p { (text) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(login: &str, reason: Option<Reason>, words: Words) -> String {
        let page = LoginPage {
            base: &Base::default(),
            words,
            place: Some("example.org"),
            login,
            keep: true,
            token: "t",
            to: "/folder?f=a&b",
            reason,
        };
        super::page(&page).into_string()
    }

    #[test]
    fn what_was_typed_is_kept_and_stays_text() {
        let page = shown(
            "ann\"><script>",
            Some(Reason::WrongPassword),
            Words::ENGLISH,
        );
        assert!(page.contains("value=\"ann&quot;&gt;&lt;script&gt;\""));
        assert!(page.contains("value=\"/folder?f=a&amp;b\"") && page.contains(" checked"));
        assert!(page.contains("role=\"alert\""));
    }

    #[test]
    fn without_https_there_is_no_form() {
        assert!(!shown("", Some(Reason::Insecure), Words::ENGLISH).contains("<form"));
    }

    #[test]
    fn the_page_says_its_language_and_direction() {
        let words = Words {
            lang: "ar",
            dir: "rtl",
        };
        assert!(shown("", None, words).contains("<html lang=\"ar\" dir=\"rtl\">"));
    }
}
