//! One of each kind of error, act and reach, for the tests of what is said of them.

use super::*;
use crate::mail::{FolderAct, FolderSetting, MessageAct, Preference, Stop, TakenIn, Tally, Unfit};

/// Every kind of error. The match names each, so the compiler asks for a new one: add it to the list below as well.
pub fn errors() -> Vec<Error> {
    let known = |error: &Error| match error {
        Error::BadRequest(_)
        | Error::Forbidden(_)
        | Error::NotSignedIn
        | Error::NotFound
        | Error::WrongMethod { .. }
        | Error::LengthRequired
        | Error::BodyTimeout
        | Error::TooLarge { .. }
        | Error::UriTooLong
        | Error::TooMany { .. }
        | Error::Busy { .. }
        | Error::ReadOnly
        | Error::OverQuota
        | Error::DiskFull(_)
        | Error::Setup(..)
        | Error::Profile(_)
        | Error::Internal(_) => {}
        Error::Gone(kind) => match kind {
            GoneKind::Folder
            | GoneKind::Target
            | GoneKind::Message
            | GoneKind::Numbering
            | GoneKind::Part => {}
        },
        Error::Imap(kind, _) => match kind {
            Imap::Unreachable
            | Imap::Certificate
            | Imap::Refused(_)
            | Imap::Goodbye(_)
            | Imap::Timeout
            | Imap::Garbled
            | Imap::LoginRefused
            | Imap::LoginLater
            | Imap::LoginInUse => {}
        },
    };
    let cause = || Cause::new("/home/u/.postern: SECRET <cause>");
    let all = vec![
        Error::BadRequest("f"),
        Error::Forbidden("token"),
        Error::NotSignedIn,
        Error::NotFound,
        Error::WrongMethod { allow: "GET, HEAD" },
        Error::LengthRequired,
        Error::BodyTimeout,
        Error::TooLarge { limit: 65_536 },
        Error::UriTooLong,
        Error::Gone(GoneKind::Folder),
        Error::Gone(GoneKind::Target),
        Error::Gone(GoneKind::Message),
        Error::Gone(GoneKind::Numbering),
        Error::Gone(GoneKind::Part),
        Error::TooMany { retry: 2 },
        Error::Busy {
            waited: Duration::from_secs(10),
        },
        Error::Imap(Imap::Unreachable, cause()),
        Error::Imap(Imap::Certificate, cause()),
        Error::Imap(Imap::Refused(Said::new(b"<i>No</i>\r\nentry")), cause()),
        Error::Imap(Imap::Refused(Said::default()), cause()),
        Error::Imap(Imap::Goodbye(Said::new(b"Down at noon")), cause()),
        Error::Imap(Imap::Goodbye(Said::default()), cause()),
        Error::Imap(Imap::Timeout, cause()),
        Error::Imap(Imap::Garbled, cause()),
        Error::Imap(Imap::LoginRefused, cause()),
        Error::Imap(Imap::LoginLater, cause()),
        Error::Imap(Imap::LoginInUse, cause()),
        Error::ReadOnly,
        Error::OverQuota,
        Error::DiskFull(cause()),
        Error::Setup(Fault::Other, cause()),
        Error::Profile(cause()),
        Error::Internal(cause()),
    ];
    all.iter().for_each(known);
    all
}

/// Every act. The match names each, so the compiler asks for a new one: add it to the list below as well.
pub fn acts() -> Vec<Act> {
    let known = |act: &Act| match act {
        Act::SignIn
        | Act::SignOut
        | Act::EndSession
        | Act::EndAllSessions
        | Act::ImagesOf { .. }
        | Act::Messages { .. }
        | Act::CutShort { .. }
        | Act::Folder { .. }
        | Act::Label { .. }
        | Act::SetFolder { .. }
        | Act::KeepSearch { .. }
        | Act::Prefer(_)
        | Act::Set
        | Act::ForgetPeople { .. }
        | Act::RememberPerson { .. }
        | Act::Identity { .. }
        | Act::Template { .. }
        | Act::Send { .. }
        | Act::KeepDraft
        | Act::DiscardDraft
        | Act::TakeBack { .. }
        | Act::FolderCutShort { .. }
        | Act::Import { .. } => {}
    };
    let images = |always| Act::ImagesOf {
        sender: "letters@shelf.example".to_owned(),
        always,
    };
    let mut all = vec![
        Act::SignIn,
        Act::SignOut,
        Act::EndSession,
        Act::EndAllSessions,
        images(true),
        images(false),
        Act::KeepDraft,
        Act::DiscardDraft,
        Act::TakeBack { is_late: false },
        Act::TakeBack { is_late: true },
        Act::Set,
        Act::ForgetPeople {
            address: String::new(),
        },
        Act::ForgetPeople {
            address: "bo@example.org".to_owned(),
        },
        Act::RememberPerson {
            address: "bo@example.org".to_owned(),
        },
    ];
    for on in [true, false] {
        let name = "Unread, all folders".to_owned();
        all.push(Act::KeepSearch { name, on });
        let at = "1 December 2026, 09:00 (+01:00)".to_owned();
        for held in [None, Some(at)] {
            all.push(Act::Send {
                archived: None,
                to: 2,
                is_filed: on,
                held,
            });
        }
    }
    all.extend(Preference::all().map(Act::Prefer));
    all.extend(IdentityEdit::ALL.map(|edit| Act::Identity {
        address: "ann@example.org".to_owned(),
        edit,
    }));
    all.extend(TemplateEdit::ALL.map(|edit| Act::Template {
        name: "Rehearsal plan".to_owned(),
        edit,
    }));
    for edit in [LabelEdit::Made, LabelEdit::Changed, LabelEdit::Removed] {
        let name = "To do".to_owned();
        all.push(Act::Label { name, edit });
    }
    let tally = Tally {
        done: 3,
        missing: 1,
        left: 2,
    };
    for act in MessageAct::all() {
        let into = || "Orchestra".to_owned();
        all.push(Act::Messages {
            act,
            into: into(),
            tally,
        });
        all.push(Act::CutShort {
            act,
            into: into(),
            tally,
            both: 1,
        });
    }
    for act in FolderAct::all() {
        let (name, into) = ("Orchestra".to_owned(), "Concerts".to_owned());
        for done in [true, false] {
            all.push(Act::FolderCutShort {
                act,
                name: name.clone(),
                into: into.clone(),
                done,
                had_others: true,
            });
        }
        all.push(Act::Folder {
            act,
            name,
            into,
            tally,
        });
    }
    let roles = FolderSetting::roles().map(FolderSetting::Role);
    for setting in roles.chain([FolderSetting::Favourite, FolderSetting::Grouped]) {
        for on in [true, false] {
            let name = "Orchestra".to_owned();
            all.push(Act::SetFolder { setting, name, on });
        }
    }
    for stop in [None, Some(Stop::Full), Some(Stop::ByUser)] {
        let mut came = TakenIn {
            deleted: 2,
            taken: 3,
            total: 7,
            stop,
            ..TakenIn::default()
        };
        came.leave_out("notes.txt", Unfit::NotMail);
        let into = "Orchestra".to_owned();
        all.push(Act::Import { into, came });
    }
    all.iter().for_each(known);
    all
}

/// Every reach, with every act.
pub fn reaches() -> Vec<Reach> {
    let mut all = vec![Reach::Reading, Reach::Nothing];
    all.extend(acts().into_iter().map(Reach::Perhaps));
    all.extend(acts().into_iter().map(Reach::Done));
    all
}
