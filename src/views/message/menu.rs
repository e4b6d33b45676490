//! What a message's menu has beside what changes it: other ways to send it on, its other versions, all that it says of
//! itself, the message for paper and as a file, the character set of its text.
//!
//! Not for what changes it (`acting`). To know before changing it: the menu stands in the form of the acts, and forms never
//! nest, so the choice of a character set belongs to a form of its own (`reread`) by `form=`.

use maud::{Markup, html};

use super::{Body, MessagePage};
use crate::mail::Answer;
use crate::route::{ComposeQuery, Route};
use crate::views::Chrome;
use crate::views::icons::{Icon, icon};

/// The form that the choice of a character set belongs to.
const REREAD: &str = "reread";

/// What can be asked for of a message beside what changes it.
pub(in crate::views) fn links(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let ways = [
        (Answer::ForwardWhole, Icon::Forward),
        (Answer::Redirect, Icon::Onward),
        (Answer::EditAsNew, Icon::Write),
    ];
    let ways = ways
        .into_iter()
        .filter(|_| chrome.may_send && !message.is_inside());
    html! {
        @for (how, sign) in ways {
            @let page = ComposeQuery::answer(message.at.message.clone(), how, &message.alone());
            a href=(chrome.href(&Route::from(page))) { (icon(sign)) (words.answer_label(how)) }
        }
        hr;
        @match &message.body {
            Body::Html(frame) => {
                @if let Some(text) = &frame.text { a href=(chrome.href(text)) { (icon(Icon::Text)) (words.plain_text()) } }
                a href=(chrome.href(&frame.src)) target="_blank" { (icon(Icon::Onward)) (words.on_its_own_page()) }
            }
            Body::Text { html: Some(route), .. } => a href=(chrome.href(route)) { (icon(Icon::Image)) (words.html_version()) },
            Body::Text { html: None, .. } | Body::Empty => {}
        }
        @if let Body::Text { letters, .. } = &message.body {
            a href=(chrome.href(letters)) { (icon(Icon::Sheet)) (words.fixed_letters(message.at.fixed)) }
        }
        a href=(chrome.href(&message.headers())) { (icon(Icon::Menu)) (words.all_headers()) }
        @if let Some(source) = message.source() {
            a href=(chrome.href(&source)) { (icon(Icon::Source)) (words.show_source()) }
        }
        a data-paper href=(chrome.href(&message.print())) target="_blank" { (icon(Icon::Print)) (words.print()) }
        a data-file="" href=(chrome.href(&message.save())) { (icon(Icon::Download)) (words.download_message()) }
    }
}

/// The charsets that mail is written in beside UTF-8, by the names that browsers know.
const CHARSETS: [&str; 20] = [
    "utf-8",
    "windows-1252",
    "iso-8859-15",
    "windows-1250",
    "iso-8859-2",
    "windows-1251",
    "koi8-r",
    "koi8-u",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-874",
    "gb18030",
    "big5",
    "shift_jis",
    "iso-2022-jp",
    "euc-jp",
    "euc-kr",
];

/// The choice of another charset, for a text whose label lies.
pub(super) fn charset(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    html! {
        @if !matches!(message.body, Body::Empty) {
            .reread {
                label for="charset" { (words.charset_label()) }
                .bar {
                    select #charset name="charset" form=(REREAD) {
                        option value="" { (words.charset_own()) }
                        @for name in CHARSETS {
                            option value=(name) selected[name == message.at.charset] { (name) }
                        }
                    }
                    button.button form=(REREAD) { (words.apply()) }
                }
            }
        }
    }
}

/// The form that it belongs to.
pub(super) fn reread(chrome: &Chrome, message: &MessagePage) -> Markup {
    let (path, fields) = message.in_own_charset().form(chrome.base);
    html! {
        @if !matches!(message.body, Body::Empty) {
            form #(REREAD) method="get" action=(path) {
                @for (name, value) in &fields { input type="hidden" name=(name) value=(value); }
            }
        }
    }
}
