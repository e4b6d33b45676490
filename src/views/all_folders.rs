//! The page of all folders, for accounts with more of them than stand beside a page.
//!
//! Not for choosing them: the action knows.

use maud::{Markup, html};

use super::folder_options::{Fault, Naming, naming, star};
use super::folders::opener;
use super::icons::{Icon, icon};
use super::{Chrome, Pane, app, notices};
use crate::mail::FolderChange;
use crate::route::{FoldersQuery, Route, SettingForm};

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
    /// Why a folder could not be made.
    pub fault: Option<Fault>,
}

/// A folder that was found.
#[derive(Clone, Debug)]
pub struct FoundFolder {
    /// Its list; None where it only holds others.
    pub list: Option<Route>,
    /// What can be done with it.
    pub options: Route,
    /// Makes it a favourite, or no longer.
    pub favourite: SettingForm,
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
        main.message #message aria-label=(words.all_folders()) {
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
                section.option {
                    h2 { (words.new_folder()) }
                    (naming(chrome, &Naming {
                        change: FolderChange::Create { under: None, name: String::new() },
                        fault: page.fault.as_ref(),
                        button: words.create(),
                        label: words.name_of_new(),
                    }))
                }
                form.find.option #find-folder method="get" action=(address) {
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
                                @if let Some(list) = &folder.list {
                                    a href=(chrome.href(list)) dir="auto" { (folder.title) }
                                } @else {
                                    span dir="auto" { (folder.title) }
                                }
                                @if folder.unread > 0 { span.count { (words.number(folder.unread.into())) } }
                                @if folder.list.is_some() { (star(chrome, &folder.favourite, &folder.title)) }
                                a.button.quiet href=(chrome.href(&folder.options))
                                    aria-label=(words.edit_this_folder(&folder.title)) { (words.edit_folder()) }
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
