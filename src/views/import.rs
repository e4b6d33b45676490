//! The page on which messages are taken into a folder from files, and how far that has come.
//!
//! Not for what was taken in (a notice of the list says so). To know before changing it: without script the next step is a
//! button; with it the page presses it automatically.

use maud::{Markup, html};

use super::choose::{Back, asking, hidden};
use super::{Chrome, tokens};
use crate::mail::FolderName;
use crate::route::{FolderQuery, ImportForm, Route};

/// What can be taken into a folder.
#[derive(Clone, Debug)]
pub struct ImportPage {
    /// Which.
    pub folder: FolderName,
    /// Its name for people.
    pub title: String,
    /// False where nothing can be put into it.
    pub takes: bool,
    /// The import that is under way.
    pub under_way: Option<UnderWay>,
}

/// How far an import has come.
#[derive(Clone, Debug)]
pub struct UnderWay {
    /// In a sentence.
    pub text: String,
    /// How many messages have been looked at, and how many there are.
    pub seen: u32,
    /// The same.
    pub total: u32,
    /// What happens next.
    pub next: Next,
}

/// What happens next with an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It continues automatically.
    GoesOn,
    /// Its user decides.
    Waits,
    /// Another request is at work.
    AtWork,
    /// Another request is about to end it; this page will say what was done.
    Ends(String),
}

/// The page.
pub fn page(chrome: &Chrome, page: &ImportPage) -> Markup {
    let words = chrome.words;
    let back = Route::FolderOptions(FolderQuery::plain(page.folder.clone()));
    let back = Back {
        to: &back,
        label: words.back_to_folder(),
    };
    let inside = match &page.under_way {
        Some(under_way) => progress(chrome, page, under_way),
        None if !page.takes => html! { p { (words.folder_takes_nothing()) } },
        None => choosing(chrome, page),
    };
    asking(chrome, &back, &words.import_into(&page.title), inside)
}

fn choosing(chrome: &Chrome, page: &ImportPage) -> Markup {
    let words = chrome.words;
    html! {
        p { (words.what_can_be_imported()) }
        form.import #import-form method="post" enctype="multipart/form-data" action=(chrome.href(&Route::TakeIn)) {
            (tokens(chrome))
            (hidden(&ImportForm::Begin(page.folder.clone()).fields()))
            label for="import-files" { (words.files_to_import()) }
            input #import-files type="file" name=(ImportForm::FILES) multiple required
                accept=".eml,.mbox,.mbx,.zip,message/rfc822,application/mbox,application/zip";
            p.bar { button.button.primary { (words.import()) } }
        }
        p.hint { (words.how_import_goes()) }
    }
}

fn progress(chrome: &Chrome, page: &ImportPage, under_way: &UnderWay) -> Markup {
    let words = chrome.words;
    let form = |form: ImportForm, goes_on: bool, button: Markup| {
        let id = match form {
            ImportForm::Begin(_) | ImportForm::GoOn(_) => "import-on",
            ImportForm::End(_) => "import-end",
        };
        html! {
            form #(id) method="post" action=(chrome.href(&Route::TakeIn)) data-goes-on[goes_on] {
                (tokens(chrome))
                (hidden(&form.fields()))
                (button)
            }
        }
    };
    let again = Route::Import(page.folder.clone());
    html! {
        p role="status" { (under_way.text) }
        @if under_way.total > 0 {
            progress.import max=(under_way.total) value=(under_way.seen) aria-label=(words.import_progress()) {}
        }
        @match &under_way.next {
            Next::Ends(done) => {
                p { (words.import_ends()) }
                p.bar { a.button href=(done) { (words.see_what_was_imported()) } }
            }
            next => {
                .bar.many {
                    @if *next == Next::AtWork {
                        a.button data-again href=(chrome.href(&again)) { (words.check_progress()) }
                    } @else {
                        (form(ImportForm::GoOn(page.folder.clone()), *next == Next::GoesOn,
                            html! { button.button.primary { (words.go_on()) } }))
                    }
                    (form(ImportForm::End(page.folder.clone()), false,
                        html! { button.button { (words.end_import()) } }))
                }
                p.hint { (words.import_can_wait()) }
            }
        }
    }
}
