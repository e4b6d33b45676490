//! The page of messages that are being written, or were not sent.

use maud::{Markup, html};

use super::choose::{Back, asking};
use super::{Chrome, said};
use crate::mail::{FolderName, Unsent};
use crate::route::{ListQuery, Route};

/// A message that is being written, or was not sent.
#[derive(Clone, Debug)]
pub struct UnsentLine {
    /// Its page.
    pub page: Route,
    /// What it is about.
    pub subject: String,
    /// Who would get it, as typed.
    pub to: String,
    /// How many files are attached.
    pub files: usize,
    /// How far it has come.
    pub standing: Unsent,
}

/// The page.
pub fn page(chrome: &Chrome, lines: &[UnsentLine]) -> Markup {
    let words = chrome.words;
    let inbox = Route::Folder(ListQuery::newest(FolderName::inbox()));
    let inside = html! {
        @if lines.is_empty() { p { (words.nothing_unsent()) } }
        @else {
            ul.all {
                @for line in lines {
                    li {
                        a href=(chrome.href(&line.page)) {
                            b dir="auto" { (match line.subject.trim() { "" => words.no_subject(), subject => subject }) }
                            @if !line.to.trim().is_empty() { " " (said(&line.to)) }
                        }
                        span.hint { (words.standing(line.standing)) }
                    }
                }
            }
            p.hint { (words.how_long_unsent()) }
        }
    };
    let back = Back::to_list(chrome, &inbox);
    asking(chrome, &back, words.unsent(), inside)
}
