//! The sign-in page.
//!
//! Not for judging a sign-in. To know before changing it: what the visitor typed is kept, but for the password; the
//! names of the fields stand here, and the action reads the form by them.

use maud::{Markup, html};

use super::first_visit::{self, FirstVisit};
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
/// The form field of the page to continue with: path and query without the base.
pub const TO: &str = "to";

/// The form field of a form that waits for its user to sign in: what opens it.
pub const CARRIED: &str = "carried";
/// The form field of what a form asked for that the sign-in form itself carries: path and query without the base.
pub const CARRIED_TARGET: &str = "carried-to";
/// The form field that says that its files could not be carried; its value is `1`.
pub const CARRIED_WITHOUT_FILES: &str = "carried-bare";
/// What stands before the names of its fields.
pub const CARRIED_FIELD: &str = "carried.";

/// A form that could not be taken because its session had ended, on its way through signing in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Carried {
    /// There is none.
    #[default]
    Nothing,
    /// It is kept, and this opens it.
    Kept(String),
    /// The sign-in form itself carries it.
    Fields {
        /// What it asked for: path and query without the base.
        target: String,
        /// Names and values of its text fields.
        fields: Vec<(String, String)>,
        /// True where it had files, which are not carried.
        without_files: bool,
    },
    /// It could not be kept.
    Lost,
}

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
    /// The page to continue with.
    pub to: &'a str,
    /// Why the form is here, if not for a first visit.
    pub reason: Option<Reason>,
    /// A form that is shown again after signing in.
    pub carried: &'a Carried,
    /// What has been found out where nobody has signed in yet.
    pub first: Option<&'a FirstVisit>,
}

/// Why the form is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The visitor has just signed out.
    SignedOut,
    /// The session ended on its own.
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
    /// The page belongs to one of several users of this host name: there is no form.
    SharedOrigin,
}

/// The page.
pub fn page(p: &LoginPage) -> Markup {
    let words = p.words;
    let is_unsafe = matches!(p.reason, Some(Reason::Insecure | Reason::SharedOrigin));
    let title = match p.place {
        _ if is_unsafe => words.unsafe_here().to_owned(),
        Some(place) => words.sign_in_to(place),
        None => words.sign_in().to_owned(),
    };
    let inside = html! {
        h1 { (title) }
        @if let Some(reason) = &p.reason { (why(words, reason)) }
        @if !is_unsafe {
            (waiting(words, p.carried))
            (form(p))
            p.hint { (words.sealed_password()) }
            @if let Some(first) = p.first { (first_visit::below(words, first)) }
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
            (carried(p.carried))
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

/// The hidden fields of a form on its way.
fn carried(carried: &Carried) -> Markup {
    html! {
        @match carried {
            Carried::Nothing | Carried::Lost => {}
            Carried::Kept(ticket) => { input type="hidden" name=(CARRIED) value=(ticket); }
            Carried::Fields { target, fields, without_files } => {
                input type="hidden" name=(CARRIED_TARGET) value=(target);
                @if *without_files { input type="hidden" name=(CARRIED_WITHOUT_FILES) value="1"; }
                @for (name, value) in fields {
                    input type="hidden" name={ (CARRIED_FIELD) (name) } value=(value);
                }
            }
        }
    }
}

/// What becomes of the form that was just sent.
fn waiting(words: Words, carried: &Carried) -> Markup {
    let (class, sign, text) = match carried {
        Carried::Nothing => return html! {},
        Carried::Kept(_) => ("note", Icon::Clock, words.form_waits()),
        Carried::Fields {
            without_files: false,
            ..
        } => ("note", Icon::Clock, words.form_waits()),
        Carried::Fields {
            without_files: true,
            ..
        } => ("note warn", Icon::Warn, words.form_waits_without_files()),
        Carried::Lost => ("note bad", Icon::Warn, words.form_not_kept()),
    };
    html! { div class=(class) role="status" { (icon(sign)) p { (text) } } }
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
        Reason::SharedOrigin => ("note bad", Icon::Lock, words.own_host_needed().to_owned()),
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
            carried: &Carried::Fields {
                target: "/sender?u=\"1".into(),
                fields: vec![("te<xt".into(), "A \"quoted\"\r\nline".into())],
                without_files: true,
            },
            first: None,
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
        assert!(page.contains("name=\"carried-to\" value=\"/sender?u=&quot;1\""));
        let field = "name=\"carried.te&lt;xt\" value=\"A &quot;quoted&quot;\r\nline\"";
        assert!(page.contains(field) && page.contains("name=\"carried-bare\""));
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
