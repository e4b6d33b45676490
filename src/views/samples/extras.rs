//! Invented pages of what a message tells beside its text, each of whose words tries to be more than a word.

use std::sync::LazyLock;

use maud::Markup;

use super::{address, chrome, folders, moment, opened, reference};
use crate::extras::{
    ByMail, Card, Coming, Delivery, Detail, Event, Fate, Guest, Method, Protection, Report,
    Unsubscribe, Web,
};
use crate::mail::FolderName;
use crate::route::{ListQuery, Route, TellForm};
use crate::sender::Doubt;
use crate::views::about;
use crate::views::extras::{EventLine, Extras, ReceiptLine};
use crate::views::message::{self, MessagePage};
use crate::views::picture::{self, PicturePage};
use crate::views::sessions::{self as sessions_page, SessionLine, SessionsPage};
use crate::words::Words;

/// Of a message that tells nothing.
pub(super) static NOTHING: LazyLock<Extras> = LazyLock::new(Extras::default);

/// An invitation, a report and a contact card whose every word tries to be more than a word.
pub(super) fn message() -> Markup {
    let bad = "<script>alert(1)</script>\"onload=\"x".to_owned();
    let guest = Guest {
        shown: bad.clone(),
        email: bad.clone(),
        coming: Coming::Perhaps,
    };
    let event = Event {
        title: "Rehearsal in the small hall".to_owned(),
        place: bad.clone(),
        method: Method::Request,
        repeats: "WEEKLY".to_owned(),
        organizer: Some(guest.clone()),
        guests: vec![guest; 12],
        ..Event::default()
    };
    let extras = Extras {
        protection: Some(Protection::PgpSigned),
        leave: Some(Unsubscribe {
            mail: Some(ByMail {
                to: bad.clone(),
                subject: bad.clone(),
                text: bad.clone(),
            }),
            web: Some(Web {
                url: "https://list.example/leave?a=b".to_owned(),
                host: "list.example".to_owned(),
            }),
        }),
        has_list: true,
        events: vec![EventLine {
            event,
            start: Some(moment(-2)),
            end: None,
            whole_days: false,
            clock: Some(bad.clone()),
            said: Coming::Perhaps,
            answer: Some(TellForm::about(&reference(4), "token", Some(0), &opened(4))),
        }],
        receipt: Some(ReceiptLine {
            to: bad.clone(),
            send: TellForm::about(&reference(4), "", None, &opened(4)),
            leave: TellForm::about(&reference(4), "", None, &opened(4)),
        }),
        cards: vec![Card {
            name: bad.clone(),
            details: vec![(Detail::Phone, bad.clone())],
        }],
        reports: vec![Report::Delivery {
            reporter: bad.clone(),
            deliveries: vec![Delivery {
                recipient: bad.clone(),
                fate: Fate::Failed,
                status: Some((5, 2, 2)),
                said: bad.clone(),
            }],
        }],
    };
    let from = [address("service@bank.example", &bad)];
    let mut sender = super::judged(&from);
    sender.doubts = vec![Doubt::NameHoldsAddress(bad.clone()), Doubt::Invisible];
    let message = MessagePage {
        extras: &extras,
        heading: super::heading("Rehearsal", &from, &sender),
        ..super::message()
    };
    message::page(&chrome(Words::ENGLISH, &folders(), &[]), &message)
}

pub(super) fn headers() -> Markup {
    let bad = "<script>alert(1)</script>\"onload=\"x";
    let fields = [(bad.to_owned(), bad.to_owned())];
    let page = about::HeadersPage {
        cut: false,
        back: opened(4),
        subject: bad,
        fields: &fields,
    };
    about::headers(&chrome(Words::ENGLISH, &folders(), &[]), &page)
}

/// A source that tries to be more than a text.
pub(super) fn source() -> Markup {
    let bad = "Subject: <script>alert(1)</script>\r\n\r\n</pre><b>\"onload=\"x";
    let page = about::SourcePage {
        back: opened(4),
        save: opened(5),
        subject: "<b>",
        text: bad,
        cut: Some((256_000, 3_400_000)),
    };
    about::source(&chrome(Words::ENGLISH, &folders(), &[]), &page)
}

/// A picture between two others, whose name tries to be more than a name.
pub(super) fn picture() -> Markup {
    let page = PicturePage {
        back: opened(4),
        name: "<script>alert(1)</script>.png",
        kind: "image/png",
        size: 4_000,
        place: (2, 3),
        picture: &opened(1),
        save: &opened(2),
        previous: Some(opened(3)),
        next: Some(opened(5)),
    };
    picture::page(&chrome(Words::ENGLISH, &folders(), &[]), &page)
}

pub(super) fn sessions() -> Markup {
    let line = |name: &str, browser: &str, system: &str| SessionLine {
        name: name.to_owned(),
        is_own: name == "own",
        begun: Some(moment(3)),
        seen: Some(moment(1)),
        address: "2001:db8::5".to_owned(),
        browser: browser.to_owned(),
        system: system.to_owned(),
    };
    let page = SessionsPage {
        back: Route::Folder(ListQuery::newest(FolderName::inbox())),
        sessions: vec![
            line("own", "Firefox", "Linux"),
            line("other", "Samsung Internet", "Android"),
            line("third", "<script>alert(1)</script>", ""),
        ],
    };
    sessions_page::page(&chrome(Words::ENGLISH, &folders(), &[]), &page)
}
