//! An invented installation in which nobody has signed in: with much that is wrong, and with nothing.

use maud::Markup;

use super::{LoginPage, ROOT};
use crate::error::{Fault, MailServer, Named, Trouble};
use crate::views::first_visit::{FirstVisit, page};
use crate::views::login::{self, Carried};
use crate::words::Words;

fn found(faults: Vec<Fault>, is_tested: bool) -> FirstVisit {
    FirstVisit {
        faults,
        is_tested,
        again: 42,
    }
}

/// What has to be corrected.
pub(super) fn not_ready() -> Markup {
    let first = found(
        vec![
            Fault::Mail(MailServer::UsualImap, Trouble::Unreachable),
            Fault::TightProcesses(13),
            Fault::Mail(MailServer::Smtp, Trouble::Certificate),
        ],
        true,
    );
    page(&ROOT, Words::ENGLISH, "/", &first, true)
}

/// One setting that does not exist.
pub(super) fn refused() -> Markup {
    let setting = Named {
        name: "[gate] waitng".to_owned(),
        line: Some(7),
    };
    let first = FirstVisit {
        faults: vec![Fault::Unknown(setting)],
        ..FirstVisit::default()
    };
    page(&ROOT, Words::ENGLISH, "/", &first, false)
}

/// The sign-in page where nothing is wrong.
pub(super) fn ready(faults: Vec<Fault>, is_tested: bool) -> Markup {
    login::page(&LoginPage {
        base: &ROOT,
        words: Words::ENGLISH,
        place: Some("example.org"),
        login: "",
        keep: false,
        token: "token",
        to: "",
        reason: None,
        carried: &Carried::Nothing,
        first: Some(&found(faults, is_tested)),
    })
}
