//! Invented messages that others begin with, for the tests of the views.

use maud::Markup;

use super::{chrome, folders};
use crate::mail::FolderName;
use crate::route::{ListQuery, Route};
use crate::views::templates::{self, TemplateLine, TemplatesPage};
use crate::words::Words;

/// The page of them.
pub(super) fn page() -> Markup {
    let line = |id: &str, name: &str| TemplateLine {
        id: id.to_owned(),
        name: name.to_owned(),
        subject: "Rehearsal \"<b>\"".to_owned(),
        to: "Bo \"<b>\" <bo@example.org>".to_owned(),
        files: 2,
    };
    let page = TemplatesPage {
        templates: vec![line("01", "Plan <b>"), line("02", "Rehearsal \"<b>\"")],
        back: Route::Folder(ListQuery::newest(FolderName::inbox())),
    };
    templates::page(&chrome(Words::ENGLISH, &folders(), &[]), &page)
}
