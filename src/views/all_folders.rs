//! The page of all folders, for accounts with more of them than stand beside a page.
//!
//! Not for choosing them: the action knows.

use maud::{Markup, html};

use super::folders::opener;
use super::icons::{Icon, icon};
use super::{Chrome, Pane, app, notices};
use crate::route::{FoldersQuery, Route};

/// A page of all folders, or of those that were looked for.
#[derive(Clone, Debug)]
pub struct AllFolders<'a> {
    /// The inbox.
    pub back: Route,
    /// What is looked for in their names; may be empty.
    pub find: &'a str,
    /// The folders of this page.
    pub folders: Vec<FoundFolder>,
    /// How many come before them.
    pub from: u32,
    /// How many there are on all pages.
    pub count: u32,
    /// How many more the server listed.
    pub left_out: u32,
    /// The page before.
    pub before: Option<Route>,
    /// The page after.
    pub next: Option<Route>,
}

/// A folder that was found.
#[derive(Clone, Debug)]
pub struct FoundFolder {
    /// Its list.
    pub href: Route,
    /// Its name with those of its parents.
    pub title: String,
    /// How many are unread.
    pub unread: u32,
}

/// The page.
pub fn page(chrome: &Chrome, page: &AllFolders) -> Markup {
    let words = chrome.words;
    let shown = u32::try_from(page.folders.len()).unwrap_or(u32::MAX);
    let first = page.from.saturating_add(1);
    let last = page.from.saturating_add(shown);
    let (address, _) = Route::Folders(FoldersQuery::default()).form(chrome.base);
    let panes = html! {
        main.message #message {
            .tools.bar role="group" aria-label=(words.pages()) {
                a.button.quiet href=(chrome.href(&page.back)) { (icon(Icon::Back)) (words.back_to_inbox()) }
                @if let Some(before) = &page.before {
                    a.button.quiet href=(chrome.href(before)) { (words.folders_before()) }
                }
                @if let Some(next) = &page.next {
                    a.button.quiet href=(chrome.href(next)) { (words.folders_after()) }
                }
            }
            article {
                (notices(chrome))
                h1 { (words.all_folders()) }
                form.find #find-folder method="get" action=(address) {
                    input name="find" value=(page.find) aria-label=(words.folder_name()) maxlength="200" dir="auto";
                    button.button { (words.find_folder()) }
                }
                @if page.folders.is_empty() {
                    p.hint { (words.no_such_folder()) }
                } @else {
                    p.hint { (words.range(first, last, page.count)) }
                    ul.all {
                        @for folder in &page.folders {
                            li {
                                a href=(chrome.href(&folder.href)) dir="auto" { (folder.title) }
                                @if folder.unread > 0 { " " span.count { (words.number(folder.unread.into())) } }
                            }
                        }
                    }
                }
                @if page.left_out > 0 { p.hint { (words.folders_left_out(page.left_out)) } }
            }
            .steps.bar.bare { (opener(chrome)) }
        }
    };
    app(chrome, words.all_folders(), Pane::Alone, panes)
}
