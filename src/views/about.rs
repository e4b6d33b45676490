//! The pages of all header fields of a message and of its source, and what pages about something have around them.

use maud::{Markup, html};

use super::folders::opener;
use super::icons::{Icon, icon};
use super::{Chrome, Pane, app, notices};
use crate::mail::Shortcut;
use crate::route::Route;

/// All header fields of a message.
#[derive(Clone, Debug)]
pub struct HeadersPage<'a> {
    /// The message.
    pub back: Route,
    /// Its subject; may be empty.
    pub subject: &'a str,
    /// Names and values, in their order.
    pub fields: &'a [(String, String)],
    /// True where these are not all of them.
    pub cut: bool,
}

/// The source of a message.
#[derive(Clone, Debug)]
pub struct SourcePage<'a> {
    /// The message.
    pub back: Route,
    /// Saves it as a file.
    pub save: Route,
    /// Its subject; may be empty.
    pub subject: &'a str,
    /// All of it, or its beginning.
    pub text: &'a str,
    /// Of how many bytes that is, and how many there are, where it is not all.
    pub cut: Option<(u32, u32)>,
}

/// The page of all header fields.
pub fn headers(chrome: &Chrome, page: &HeadersPage) -> Markup {
    let words = chrome.words;
    let subject = match page.subject.trim() {
        "" => words.no_subject(),
        subject => subject,
    };
    framed(
        chrome,
        words.all_headers(),
        (&page.back, words.back_to_message()),
        html! {
            h1 { (words.all_headers()) }
            p.hint dir="auto" { (subject) }
            dl.headers {
                @for (name, value) in page.fields { dt { (name) } dd dir="auto" { (value) } }
            }
            @if page.cut { p.hint { (words.header_cut()) } }
        },
    )
}

/// The page of a message's source.
pub fn source(chrome: &Chrome, page: &SourcePage) -> Markup {
    let words = chrome.words;
    let subject = match page.subject.trim() {
        "" => words.no_subject(),
        subject => subject,
    };
    framed(
        chrome,
        words.source(),
        (&page.back, words.back_to_message()),
        html! {
            h1 { (words.source()) }
            p.hint dir="auto" { (subject) }
            p.links { a data-file="" href=(chrome.href(&page.save)) { (words.download_message()) } }
            @if let Some((shown, size)) = page.cut { p.hint { (words.source_cut(shown, size)) } }
            pre.source dir="ltr" { (page.text) }
        },
    )
}

pub(super) fn framed(
    chrome: &Chrome,
    title: &str,
    (back, back_words): (&Route, &str),
    inside: Markup,
) -> Markup {
    let panes = html! {
        main.message #message aria-label=(title) {
            .tools.bar {
                a.button.quiet href=(chrome.href(back)) aria-keyshortcuts=[chrome.pressed_by(Shortcut::Back)] {
                    (icon(Icon::Back)) (back_words)
                }
            }
            article {
                (notices(chrome))
                (inside)
            }
            .steps.bar.bare { (opener(chrome)) }
        }
    };
    app(chrome, title, Pane::Alone, panes)
}
