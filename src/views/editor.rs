//! The editor of a message in rich text, beside the plain text that it takes the place of: its buttons, its frame, and what it
//! asks.
//!
//! Not for what it does: that is `www/compose.js`, without which all of it stays hidden. To know before changing it: the frame
//! runs no script and loads nothing, and what is typed in its questions is no field of the form around it.

use maud::{Markup, html};

use super::Chrome;
use crate::assets;
use crate::response::EDITOR_SANDBOX;
use crate::route::{DraftForm, Route};
use crate::words::Words;

/// What an answer quotes, as script asks for it.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// As it stands in the text.
    pub text: String,
    /// The same as HTML; empty where there is no more to it than the text.
    pub html: String,
    /// The numbers of the pictures in it that would go along as files.
    pub within: Vec<u32>,
    /// How many pictures are left out.
    pub missing: u32,
}

/// Draws it: fields that script reads.
pub fn quoted(words: Words, quoted: &Quoted) -> Markup {
    let within: Vec<String> = quoted.within.iter().map(u32::to_string).collect();
    html! {
        textarea #text { "\n" (quoted.text) }
        textarea #html data-within=(within.join(" ")) { "\n" (quoted.html) }
        @if quoted.missing > 0 { p #missing { (words.pictures_left_out(quoted.missing)) } }
    }
}

/// A button of the bar: what it does, as script knows it; whether it can be pressed; and its drawing.
struct Button {
    does: &'static str,
    is_toggle: bool,
    drawn: &'static str,
}

const fn button(does: &'static str, is_toggle: bool, drawn: &'static str) -> Button {
    Button {
        does,
        is_toggle,
        drawn,
    }
}

const BUTTONS: [Button; 9] = [
    button(
        "bold",
        true,
        "M7 4h6a4 4 0 0 1 0 8H7zM7 12h7a4 4 0 0 1 0 8H7z",
    ),
    button("italic", true, "M10 4h8M6 20h8M14 4l-4 16"),
    button("underline", true, "M7 4v7a5 5 0 0 0 10 0V4M5 20h14"),
    button(
        "insertUnorderedList",
        true,
        "M9 6h12M9 12h12M9 18h12M4 6h.01M4 12h.01M4 18h.01",
    ),
    button(
        "insertOrderedList",
        true,
        "M10 6h11M10 12h11M10 18h11M4 4v5M3 15h3l-3 4h3",
    ),
    button("quote", true, "M5 4v16M10 7h10M10 12h10M10 17h6"),
    button(
        "link",
        true,
        "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
    ),
    button("removeFormat", false, "M6 5h13M12 5l-3 15M4 4l16 16"),
    button(
        "paste-plain",
        true,
        "M9 4h6v3H9zM9 5H6v15h12V5h-3M9 12h6M12 12v5",
    ),
];

/// How the editor of a message is opened.
#[derive(Clone, Debug)]
pub struct Opens {
    /// How many bytes of HTML there can be.
    pub most: usize,
    /// True where it opens automatically.
    pub at_once: bool,
    /// Where what is quoted is had as HTML.
    pub quote: Option<Route>,
    /// The fields of the form with the text, and with the same as HTML.
    pub fields: (&'static str, &'static str),
    /// What is written, for people.
    pub title: &'static str,
}

/// The field that says that the editor is open.
const RICH: &str = DraftForm::RICH;

/// Where the text is: hidden until script shows it.
pub(super) fn editor(chrome: &Chrome, opens: &Opens) -> Markup {
    let words = chrome.words;
    let most = opens.most;
    let quote = opens.quote.as_ref().map(|quote| chrome.href(quote));
    html! {
        .rich hidden data-editor=(chrome.href(&assets::EDITOR.route())) data-most=(most) data-quote=[quote]
            data-at-once[opens.at_once] data-text=(opens.fields.0) data-html=(opens.fields.1)
            data-too-large=(words.html_too_large(u64::try_from(most).unwrap_or(u64::MAX))) {
            .shapes role="toolbar" aria-label=(words.formatting()) {
                @for one in BUTTONS {
                    @let name = words.formats(one.does);
                    button type="button" data-does=(one.does) title=(name) aria-pressed=[one.is_toggle.then_some("false")] {
                        svg.icon aria-hidden="true" viewBox="0 0 24 24" { path d=(one.drawn); }
                        span.sr { (name) }
                    }
                }
                button.push type="button" data-does="plain" { (words.to_plain_text()) }
            }
            iframe title=(opens.title) sandbox=(EDITOR_SANDBOX) {}
            p.said role="status" {}
        }
    }
}

/// What is written in it, for script: nobody sees it.
pub(super) fn html_of(field: &str, html: &str) -> Markup {
    html! {
        input type="hidden" name=(RICH) value="";
        textarea name=(field) hidden { "\n" (html) }
    }
}

/// The button that opens it.
pub(super) fn opener(chrome: &Chrome) -> Markup {
    html! { button.button.quiet #to-rich type="button" hidden { (chrome.words.to_rich_text()) } }
}

/// What it asks, behind the form; and its script.
pub(super) fn questions(chrome: &Chrome) -> Markup {
    let words = chrome.words;
    html! {
        dialog #plain-dialog aria-labelledby="plain-asked" {
            form method="dialog" {
                p #plain-asked { (words.formatting_lost()) }
                .bar {
                    button.button.primary value="plain" { (words.to_plain_text()) }
                    button.button value="" autofocus { (words.keep_formatting()) }
                }
            }
        }
        dialog #link-dialog aria-labelledby="link-asked" {
            form method="dialog" {
                label #link-asked for="w-link" { (words.link_address()) }
                input #w-link type="text" inputmode="url" autocapitalize="off" spellcheck="false" autocomplete="off";
                .bar {
                    button.button.primary value="set" { (words.set_link()) }
                    button.button value="remove" { (words.remove_link()) }
                    button.button value="" { (words.keep_as_it_is()) }
                }
            }
        }
        // Before all others, which run when the page is whole: they take the form for unchanged as it is then.
        script src=(assets::COMPOSE.route().href(chrome.base)) {}
    }
}
