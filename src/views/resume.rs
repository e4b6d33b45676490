//! A form that was sent when its session had ended, shown again after signing in: an act as a question, or that there is no
//! such form any more.
//!
//! Not for forms with text to go on writing: these are shown by their own pages. To know before changing it: nothing is
//! done by this page; its button sends the form again, with a token of its own.

use maud::{Markup, html};

use super::{RESUMED, TOKEN, card, filled, said};
use crate::mail::{FolderName, Role};
use crate::route::{Base, ListQuery, Route};
use crate::words::Words;

/// An act that was not done, as a question.
#[derive(Clone, Debug)]
pub struct QuestionPage<'a> {
    /// Before every address.
    pub base: &'a Base,
    /// The language.
    pub words: Words,
    /// What would be done.
    pub what: String,
    /// The subject of the message that it would be done to; empty where `what` says it all.
    pub about: &'a str,
    /// The act: where the form goes.
    pub act: &'a Route,
    /// Its fields, but for the token.
    pub fields: &'a [(String, String)],
    /// The token.
    pub token: &'a str,
    /// Which kept form this is.
    pub id: &'a str,
    /// What the button says.
    pub yes: &'a str,
    /// Where one goes on without doing it.
    pub no: Route,
}

/// The question.
pub fn question(p: &QuestionPage) -> Markup {
    let words = p.words;
    let inside = html! {
        h1 { (words.still_wanted()) }
        div {
            p { (words.not_done_yet()) }
            p { b dir="auto" { (p.what) } }
            @if !p.about.is_empty() { p { (filled(&words.message_in_question(), &[said(p.about)])) } }
        }
        form method="post" action=(p.act.href(p.base)) {
            input type="hidden" name=(TOKEN) value=(p.token);
            input type="hidden" name=(RESUMED) value=(p.id);
            @for (name, value) in p.fields {
                input type="hidden" name=(name) value=(value);
            }
            button.button.primary { (p.yes) }
        }
        a.button href=(p.no.href(p.base)) { (words.leave_undone()) }
    };
    card(p.base, words, words.still_wanted(), inside)
}

/// Says that there is no such form (any more).
pub fn gone(base: &Base, words: Words) -> Markup {
    let inbox = Route::Folder(ListQuery::newest(FolderName::inbox()));
    let inside = html! {
        h1 { (words.form_gone()) }
        div { p { (words.why_form_gone()) } }
        a.button.primary href=(inbox.href(base)) { (words.open_folder(words.role(Role::Inbox))) }
    };
    card(base, words, words.form_gone(), inside)
}
