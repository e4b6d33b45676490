//! The page of one's sessions: when and where each was begun, and buttons that sign them out.

use maud::{Markup, html};

use super::about::framed;
use super::{Chrome, tokens};
use crate::route::Route;
use crate::time::Calendar;

/// The field that names a session.
pub const SESSION: &str = "session";

/// The page.
#[derive(Clone, Debug)]
pub struct SessionsPage {
    /// The way back.
    pub back: Route,
    /// The sessions, the own first.
    pub sessions: Vec<SessionLine>,
}

/// One session.
#[derive(Clone, Debug)]
pub struct SessionLine {
    /// Names it in the form.
    pub name: String,
    /// True for the one that asks.
    pub is_own: bool,
    /// When it began.
    pub begun: Option<Calendar>,
    /// When it was last seen.
    pub seen: Option<Calendar>,
    /// The address that it began from; may be empty.
    pub address: String,
    /// The browser's name; may be empty.
    pub browser: String,
    /// Its system's name; may be empty.
    pub system: String,
}

/// Draws it.
pub fn page(chrome: &Chrome, page: &SessionsPage) -> Markup {
    let words = chrome.words;
    let inside = html! {
        h1 { (words.sessions()) }
        p.hint { (words.about_sessions()) }
        ul.sessions {
            @for session in &page.sessions { li { (line(chrome, session)) } }
        }
        form method="post" action=(chrome.href(&Route::EndAllSessions)) {
            (tokens(chrome))
            button.button { (words.sign_out_everywhere()) }
        }
    };
    framed(
        chrome,
        words.sessions(),
        (&page.back, words.back_to_inbox()),
        inside,
    )
}

fn line(chrome: &Chrome, session: &SessionLine) -> Markup {
    let words = chrome.words;
    let browser = words.browser(&session.browser, &session.system);
    let at = |at: &Option<Calendar>| at.as_ref().map(|at| words.when(at));
    html! {
        div {
            b { (browser) }
            @if session.is_own { " " span.chip { (words.this_browser()) } }
            @if let Some(begun) = at(&session.begun) {
                p.hint {
                    (words.signed_in_at(&begun, &session.address))
                }
            }
            @if let Some(seen) = at(&session.seen).filter(|_| !session.is_own) {
                p.hint { (words.last_used(&seen)) }
            }
        }
        form method="post" action=(chrome.href(&Route::EndSession)) {
            (tokens(chrome))
            input type="hidden" name=(SESSION) value=(session.name);
            button.button aria-label=(words.sign_out_of(&browser)) { (words.sign_out()) }
        }
    }
}
