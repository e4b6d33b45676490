//! Pages about a message: all its header fields, and leaving the list that it came by.

use maud::{Markup, html};

use super::folders::opener;
use super::icons::{Icon, icon};
use super::{Chrome, Pane, app, notices, said};
use crate::extras::Unsubscribe;
use crate::mail::{Address, Shortcut};
use crate::route::{ComposeQuery, Route};

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

/// How to leave a list.
#[derive(Clone, Debug)]
pub struct LeavePage<'a> {
    /// The message.
    pub back: Route,
    /// Who sent it.
    pub from: Option<&'a Address>,
    /// What it names: at least one way.
    pub ways: &'a Unsubscribe,
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

/// The page that leaves a list; its button is a form of the reader's browser that goes to the sender's page.
pub fn leave(chrome: &Chrome, page: &LeavePage) -> Markup {
    let words = chrome.words;
    let by_mail = match page.ways.web {
        Some(_) => words.unsubscribe_by_mail(),
        None => words.unsubscribe_only_by_mail(),
    };
    framed(
        chrome,
        words.unsubscribe(),
        (&page.back, words.back_to_message()),
        html! {
            h1 { (words.unsubscribe()) }
            @if let Some(from) = page.from { p.hint { (said(from.shown())) } }
            .leave {
                @match &page.ways.web {
                    Some(web) if web.one_click => {
                        p { (words.unsubscribe_by_button(&web.host)) }
                        form method="post" action=(web.url) target="_blank" rel="noopener noreferrer" {
                            // RFC 8058 3.1
                            input type="hidden" name="List-Unsubscribe" value="One-Click";
                            button.button.primary { (words.unsubscribe()) }
                        }
                    }
                    Some(web) => {
                        p { (words.unsubscribe_by_link(&web.host)) }
                        p { a.button href=(web.url) target="_blank" rel="noopener noreferrer" { (words.open_page()) } }
                    }
                    None => {},
                }
                @if let Some(mail) = &page.ways.mail {
                    p { (by_mail) br; b { (said(&mail.to)) } }
                    @if mail.subject.is_empty() && mail.text.is_empty() { p.hint { (words.unsubscribe_by_any_mail()) } }
                    @if !mail.subject.is_empty() { p { (words.unsubscribe_subject()) br; b { (said(&mail.subject)) } } }
                    @if !mail.text.is_empty() { p { (words.unsubscribe_text()) br; b { (said(&mail.text)) } } }
                    @if chrome.may_send {
                        @let letter = ComposeQuery {
                            subject: mail.subject.clone(),
                            text: mail.text.clone(),
                            ..ComposeQuery::to(&mail.to, &page.back)
                        };
                        p { a.button href=(chrome.href(&Route::from(letter))) { (words.write_this()) } }
                    }
                }
                p.hint { (words.unsubscribe_spam()) }
            }
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
