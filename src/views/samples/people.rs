//! Invented people who are suggested as recipients, for the tests of the views.

use maud::Markup;

use super::{chrome, folders};
use crate::views::people::{self, PeoplePage};
use crate::words::Words;

/// The page of them.
pub(super) fn page() -> Markup {
    let page = PeoplePage {
        people: vec![
            (
                "bo@example.org".to_owned(),
                "Bo \"<b>\" <bo@example.org>".to_owned(),
            ),
            ("cas@example.org".to_owned(), "cas@example.org".to_owned()),
        ],
    };
    people::page(&chrome(Words::ENGLISH, &folders(), &[]), &page)
}

/// The question whether all are to be forgotten.
pub(super) fn whether() -> Markup {
    people::whether(&chrome(Words::ENGLISH, &folders(), &[]), 1_000)
}
