//! What is asked before something is done with messages: into which folder, and whether it is to be for good.
//!
//! Not for deciding what has to be asked: the action knows. To know before changing it: in a form with a field, the first
//! button does no harm, since Enter presses it.

use maud::{Markup, html};

use super::folders::opener;
use super::icons::{Icon, icon};
use super::{Chrome, Pane, app, notices, tokens};
use crate::mail::{FolderName, MessageAct};
use crate::route::Route;

/// The folders that messages may go to.
#[derive(Clone, Debug)]
pub struct ChooseFolder<'a> {
    /// What is to be done.
    pub act: MessageAct,
    /// With how many.
    pub count: u32,
    /// The form, but for the folder.
    pub fields: Vec<(String, String)>,
    /// What is looked for in the names of folders.
    pub find: &'a str,
    /// Those that messages went to last.
    pub recent: Vec<FolderChoice>,
    /// Those that are offered.
    pub choices: Vec<FolderChoice>,
    /// True where there are more of them.
    pub more: bool,
    /// Where one goes on without doing it.
    pub back: Route,
}

/// A folder that is offered.
#[derive(Clone, Debug)]
pub struct FolderChoice {
    /// Which.
    pub name: FolderName,
    /// Its name with those of its parents.
    pub title: String,
}

/// A question before something that cannot be undone.
#[derive(Clone, Debug)]
pub struct Whether {
    /// What is to be done.
    pub act: MessageAct,
    /// With how many messages.
    pub count: u32,
    /// Of which folder.
    pub folder: String,
    /// The form that does it.
    pub fields: Vec<(String, String)>,
    /// Where one goes on without doing it.
    pub back: Route,
}

/// The page that asks for a folder.
pub fn folder(chrome: &Chrome, page: &ChooseFolder) -> Markup {
    let words = chrome.words;
    let inside = html! {
        form.choose method="post" action=(chrome.href(&Route::Messages)) {
            (tokens(chrome))
            (hidden(&page.fields))
            .find #find-folder {
                input name="find" value=(page.find) aria-label=(words.folder_name()) maxlength="200" dir="auto";
                button.button { (words.find_folder()) }
            }
            @if page.choices.is_empty() { p.hint { (words.no_such_folder()) } }
            @if !page.recent.is_empty() {
                h2 { (words.recent_folders()) }
                (choices(&page.recent))
                h2 { (words.all_folders()) }
            }
            (choices(&page.choices))
            @if page.more { p.hint { (words.more_folders_by_name()) } }
        }
    };
    asking(
        chrome,
        &Back::to_list(chrome, &page.back),
        &words.where_to(page.act, page.count),
        inside,
    )
}

fn choices(choices: &[FolderChoice]) -> Markup {
    html! {
        ul.all {
            @for choice in choices {
                li {
                    button.link name="to" value=(choice.name.as_wire()) dir="auto" { (choice.title) }
                }
            }
        }
    }
}

/// The page that asks whether it is really to be done.
pub fn whether(chrome: &Chrome, page: &Whether) -> Markup {
    let words = chrome.words;
    let inside = html! {
        p { (words.cannot_be_undone(page.count, &page.folder)) }
        form.choose method="post" action=(chrome.href(&Route::Messages)) {
            (tokens(chrome))
            (hidden(&page.fields))
            p.bar {
                a.button href=(chrome.href(&page.back)) { (words.leave_undone()) }
                button.button.danger { (words.act_label(page.act)) }
            }
        }
    };
    asking(
        chrome,
        &Back::to_list(chrome, &page.back),
        &words.delete_for_good(page.count),
        inside,
    )
}

/// The way back from a page.
pub(super) struct Back<'b> {
    /// Where it leads.
    pub to: &'b Route,
    /// What it says.
    pub label: &'b str,
}

impl<'b> Back<'b> {
    pub fn to_list(chrome: &Chrome, list: &'b Route) -> Back<'b> {
        Back {
            to: list,
            label: chrome.words.back_to_list(),
        }
    }
}

/// A page that asks something, with the way back.
pub(super) fn asking(chrome: &Chrome, back: &Back, heading: &str, inside: Markup) -> Markup {
    let words = chrome.words;
    let panes = html! {
        main.message #message aria-label=(heading) {
            .tools.bar role="group" aria-label=(words.pages()) {
                a.button.quiet href=(chrome.href(back.to)) { (icon(Icon::Back)) (back.label) }
            }
            article {
                (notices(chrome))
                h1 dir="auto" { (heading) }
                (inside)
            }
            .steps.bar.bare { (opener(chrome)) }
        }
    };
    app(chrome, heading, Pane::Alone, panes)
}

/// The fields of a form that is sent again.
pub(super) fn hidden(fields: &[(String, String)]) -> Markup {
    html! {
        @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
    }
}
