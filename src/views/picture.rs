//! One picture that is attached to a message, with ways to the others.
//!
//! Not for deciding which files are pictures (`actions`). To know before changing it: it is a page like any other, so that
//! Back leads where one was, and nothing of it needs script; arrow keys press its links.

use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::{Chrome, Pane, app, notices, said};
use crate::mail::Shortcut;
use crate::route::Route;

/// A picture.
#[derive(Clone, Debug)]
pub struct PicturePage<'a> {
    /// The message.
    pub back: Route,
    /// The file's name; may be empty.
    pub name: &'a str,
    /// Its media type, in lower case.
    pub kind: &'a str,
    /// Its size in bytes, about; 0 where nobody told it.
    pub size: u64,
    /// Which of the pictures of its message it is, counted from 1, and how many there are.
    pub place: (u32, u32),
    /// The picture itself.
    pub picture: &'a Route,
    /// Saves it.
    pub save: &'a Route,
    /// The one before.
    pub previous: Option<Route>,
    /// The one after.
    pub next: Option<Route>,
}

/// The page.
pub fn page(chrome: &Chrome, page: &PicturePage) -> Markup {
    let words = chrome.words;
    let name = match page.name.trim() {
        "" => words.unnamed(page.kind),
        name => name,
    };
    let (nth, total) = page.place;
    let panes = html! {
        main.message.viewer #message aria-label=(name) {
            .tools.bar role="group" aria-label=(words.about_picture()) {
                a.button.quiet href=(chrome.href(&page.back)) aria-keyshortcuts=[chrome.pressed_by(Shortcut::Back)] {
                    (icon(Icon::Back)) (words.back_to_message())
                }
                a.button.quiet.push data-file="" href=(chrome.href(page.save)) title=(words.download()) {
                    (icon(Icon::Download)) span.wide { (words.download()) }
                }
                @if total > 1 {
                    nav.steps.bar aria-label=(words.other_pictures()) {
                        span.hint { (words.place(nth, total)) }
                        (step(chrome, &page.previous, (words.previous_picture(), words.previous()), (Icon::Back, Shortcut::PictureBefore)))
                        (step(chrome, &page.next, (words.next_picture(), words.next()), (Icon::Onward, Shortcut::PictureAfter)))
                    }
                }
            }
            article {
                (notices(chrome))
                h1 { (said(name)) }
                a href=(chrome.href(page.picture)) target="_blank" { img src=(chrome.href(page.picture)) alt=(name); }
                @if page.size > 0 { p.hint { (words.size(page.size)) } }
            }
        }
    };
    app(chrome, name, Pane::Alone, panes)
}

fn step(
    chrome: &Chrome,
    to: &Option<Route>,
    (title, name): (&str, &str),
    (sign, key): (Icon, Shortcut),
) -> Markup {
    html! {
        @if let Some(route) = to {
            a.button.quiet href=(chrome.href(route)) title=(title) aria-label=(title) aria-keyshortcuts=[chrome.row_keys(key)] {
                (icon(sign)) span.narrow { (name) }
            }
        } @else {
            span.button.quiet.off aria-hidden="true" { (icon(sign)) span.narrow { (name) } }
        }
    }
}
