//! Invented imports: the page on which files are chosen, and how far one of ten thousand messages has come.

use maud::Markup;

use super::chrome;
use crate::mail::{FolderName, TakenIn};
use crate::views::import::{ImportPage, Next, UnderWay, page};
use crate::words::Words;

fn with(under_way: Option<UnderWay>) -> Markup {
    let page_of = ImportPage {
        folder: FolderName::inbox(),
        title: "Orchestra".to_owned(),
        takes: true,
        under_way,
    };
    page(&chrome(Words::ENGLISH, &[], &[]), &page_of)
}

/// The page on which files are chosen.
pub(super) fn choosing() -> Markup {
    with(None)
}

/// The page of an import that goes on.
pub(super) fn under_way() -> Markup {
    let came = TakenIn {
        taken: 3120,
        total: 10_000,
        ..TakenIn::default()
    };
    with(Some(UnderWay {
        text: Words::ENGLISH.importing("Orchestra", &came),
        seen: came.seen(),
        total: came.total,
        next: Next::Waits,
    }))
}
