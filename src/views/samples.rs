//! Invented pages, for the tests of the views and for looking at them.
//!
//! `POSTERN_LOOK=target/look cargo test --lib views::samples` writes them, with the files that they link, as a folder
//! that any static web server can show. Every name, address and letter is invented.

use std::sync::LazyLock;

use maud::Markup;

use super::acting::{Acting, Selection};
use super::all_folders::{self, AllFolders, FoundFolder};
use super::attached::AttachmentLine;
use super::error::ErrorPage;
use super::finding::{Finding, Further, QuickFilter, SoFar};
use super::folder::{self, ListPane, RowLine};
use super::folder_options::Fault;
use super::folders::{FolderLine, nested};
use super::keys::KeysPage;
use super::login::{self, Carried, LoginPage, Reason};
use super::message::{
    self, Always, Body, ExternalImages, Heading, Height, HtmlFrame, MessagePage, Neighbours,
};
use super::resume::{self, QuestionPage};
use super::{Chrome, Kind, Notice, Quota, error, keys};
use crate::error::samples::{errors, reaches};
use crate::error::{Act, Failure, Reach};
use crate::mail::{
    Address, Colour, Evidence, Flags, FolderAct, FolderFault, FolderName, FolderSetting, FromForm,
    MessageAct, Narrowing, NestedPath, Order, Preference, Role, Row, SortBy, Sought, Theme, Uid,
    UidValidity,
};
use crate::plain_text::{Block, PlainText, Span};
use crate::route::{ActForm, Selected};
use crate::route::{
    Anchor, Base, ListPage, ListQuery, MessageQuery, MessageRef, PreferenceForm, Route, SenderForm,
    SettingForm,
};
use crate::sender::{self, Judgement, Named, Standpoint};
use crate::time::Calendar;
use crate::words::Words;

mod compose;
mod extras;
mod first_visit;
mod identities;
mod import;
mod labels;
mod people;
mod settings;
mod templates;

static ROOT: Base = Base(String::new());
static OWN: LazyLock<Vec<String>> = LazyLock::new(|| vec!["ann@example.org".to_owned()]);

/// Every sample, by the name of its file.
pub fn pages() -> Vec<(&'static str, Markup)> {
    let rtl = Words {
        dir: "rtl",
        ..Words::ENGLISH
    };
    let sign_in = |reason, login| {
        login::page(&LoginPage {
            base: &ROOT,
            words: Words::ENGLISH,
            place: Some("example.org"),
            login,
            keep: false,
            token: "token",
            to: "",
            reason,
            carried: &Carried::Nothing,
            first: None,
        })
    };
    let carried = |carried| {
        login::page(&LoginPage {
            base: &ROOT,
            words: Words::ENGLISH,
            place: Some("example.org"),
            login: "",
            keep: false,
            token: "token",
            to: "",
            reason: Some(Reason::Ended),
            carried: &carried,
            first: None,
        })
    };
    let fields = SenderForm {
        page: MessageQuery::plain(reference(3), 1031),
        always: true,
    }
    .fields();
    let question = resume::question(&QuestionPage {
        base: &ROOT,
        words: Words::ENGLISH,
        what: Words::ENGLISH.show_images_of("letters@shelf.example", true),
        about: "Ten short books for long evenings",
        act: &Route::Sender,
        fields: &fields,
        token: "token",
        id: "id",
        yes: Words::ENGLISH.show_images_yes(true),
        no: opened(3),
    });
    vec![
        ("list-doubted", {
            let mut list = inbox(None, true);
            if let Some(row) = list.rows.first_mut() {
                row.doubted = Some(Named::Person {
                    name: "service@bank.example".to_owned(),
                    address: "x@evil.example".to_owned(),
                });
            }
            list_page(Words::ENGLISH, &list, &[])
        }),
        ("compose", compose::answer()),
        ("compose-refused", compose::refused()),
        ("compose-perhaps", compose::perhaps()),
        ("compose-not-filed", compose::not_filed()),
        ("unsent", compose::unsent()),
        ("list", list_page(Words::ENGLISH, &inbox(None, false), &[])),
        (
            "list-peek",
            list_page(Words::ENGLISH, &inbox(None, true), &[]),
        ),
        ("list-rtl", list_page(rtl, &inbox(None, false), &[])),
        ("list-empty", list_page(Words::ENGLISH, &empty(), &[])),
        ("import", import::choosing()),
        ("import-goes-on", import::under_way()),
        ("list-sent", list_page(Words::ENGLISH, &sent(), &[])),
        ("list-found", list_page(Words::ENGLISH, &found(), &[])),
        ("list-found-nothing", {
            let finding = found().finding;
            let nothing = ListPane { finding, ..empty() };
            list_page(Words::ENGLISH, &nothing, &[])
        }),
        (
            "list-away",
            list_page(Words::ENGLISH, &inbox(None, false), &[away()]),
        ),
        (
            "list-alert",
            list_page(Words::ENGLISH, &inbox(None, false), &[alert()]),
        ),
        ("message", text_message()),
        ("message-rtl", text_message_in(rtl)),
        ("message-html", html_message()),
        ("message-done", done_message(Words::ENGLISH)),
        ("message-done-rtl", done_message(rtl)),
        ("message-odd", hostile_message()),
        ("message-told", extras::message()),
        ("all-folders", folders_page()),
        ("headers", extras::headers()),
        ("picture", extras::picture()),
        ("source", extras::source()),
        ("sign-in", sign_in(None, "")),
        (
            "sign-in-wrong",
            sign_in(Some(Reason::WrongPassword), "ann@example.org"),
        ),
        ("first-visit", first_visit::not_ready()),
        ("first-visit-refused", first_visit::refused()),
        ("first-visit-ready", first_visit::ready(Vec::new(), true)),
        (
            "first-visit-cannot-send",
            first_visit::ready(vec![crate::error::Fault::NoSending], false),
        ),
        ("sign-in-http", sign_in(Some(Reason::Insecure), "")),
        ("sign-in-shared", sign_in(Some(Reason::SharedOrigin), "")),
        ("sign-in-out", sign_in(Some(Reason::SignedOut), "")),
        (
            "sign-in-crowded",
            sign_in(Some(Reason::Crowded), "ann@example.org"),
        ),
        ("sign-in-kept", carried(Carried::Kept(String::new()))),
        ("sign-in-lost", carried(Carried::Lost)),
        ("resume", question),
        ("sessions", extras::sessions()),
        ("settings", settings::page()),
        ("identities", identities::list()),
        ("people", people::page()),
        ("templates", templates::page()),
        ("people-all", people::whether()),
        ("identity", identities::form()),
        ("keys", keys_page(true)),
        ("keys-off", keys_page(false)),
        ("labels-choose", labels::choose()),
        ("labels-edit", labels::edit()),
        ("resume-gone", resume::gone(&ROOT, Words::ENGLISH)),
    ]
}

/// The page of every error at every reach, by its name.
fn failures() -> Vec<(String, Markup)> {
    let mut all = Vec::new();
    for (n, error) in errors().into_iter().enumerate() {
        for (m, reach) in reaches().into_iter().enumerate() {
            let name = format!("error-{n:02}-{}-{m}-{}", error.log_kind().0, reach.name());
            let is_reading = reach == Reach::Reading;
            let given = ErrorPage {
                base: &ROOT,
                words: Words::ENGLISH,
                again: is_reading.then_some("/folder?f=INBOX&again=1"),
                refresh: Some(2).filter(|_| is_reading && error.heals()),
                folder: None,
            };
            let failure = Failure {
                error: error.clone(),
                reach,
            };
            all.push((name, error::page(&failure, &given)));
        }
    }
    all
}

/// A letter in plain text, with a quote, a signature and attachments.
pub fn text_message() -> Markup {
    text_message_in(Words::ENGLISH)
}

fn text_message_in(words: Words) -> Markup {
    let from = [address("Anders Lund", "anders@lund-byg.example")];
    let list = inbox(Some(3), false);
    let letter = PlainText {
        blocks: roof(),
        cut: false,
    };
    let files = [
        file(
            "Quote 2211 both tiles.pdf",
            "application/pdf",
            284_000,
            true,
        ),
        file(
            "gutter-drawing-with-all-measures-and-the-corner-piece-final-2.png",
            "image/png",
            1_240_000,
            true,
        ),
        file(
            "measures.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            18_200,
            false,
        ),
    ];
    let (to, cc) = (
        [reader(), address("Karin Lund", "karin@lund-byg.example")],
        [],
    );
    let sender = judged(&from);
    let message = MessagePage {
        list: Some(&list),
        attachments: &files,
        heading: Heading {
            to: &to,
            cc: &cc,
            flags: Flags::ANSWERED.with(&Flags::FLAGGED),
            ..heading("Re: Quote for the roof", &from, &sender)
        },
        body: Body::Text {
            letter: &letter,
            html: None,
            letters: Box::new(opened(1)),
        },
        ..message()
    };
    message::page(&chrome(words, &folders(), &[]), &message)
}

fn html_message() -> Markup {
    let remote = ExternalImages::HeldBack {
        images: 3,
        in_doubt: false,
        show: opened(6),
        always: Always::Offered(images_always(true)),
    };
    html_message_with(Words::ENGLISH, remote, &[])
}

/// A message after its sender's images were allowed for good: what was done, and the way back.
fn done_message(words: Words) -> Markup {
    let remote = ExternalImages::Always {
        stop: images_always(false),
    };
    let done = Notice {
        kind: Kind::Done,
        undo: Some(images_always(false)),
        ..Notice::warning(
            "",
            words.done(&Act::ImagesOf {
                sender: "letters@weekly-shelf.example".to_owned(),
                always: true,
            }),
        )
    };
    html_message_with(words, remote, &[done])
}

fn images_always(always: bool) -> ActForm {
    ActForm::from(SenderForm {
        page: MessageQuery::plain(reference(6), 0),
        always,
    })
}

fn html_message_with(words: Words, remote: ExternalImages, notices: &[Notice]) -> Markup {
    let from = [address("The Weekly Shelf", "letters@weekly-shelf.example")];
    let list = inbox(Some(5), false);
    let to = [reader()];
    let frame = HtmlFrame {
        src: Route::Frame(MessageQuery::plain(reference(6), 0).frame()),
        height: Height::Medium,
        is_plain: false,
        remote,
        text: Some(opened(6)),
    };
    let sender = judged(&from);
    let message = MessagePage {
        list: Some(&list),
        heading: Heading {
            to: &to,
            ..heading("Ten short books for long evenings", &from, &sender)
        },
        body: Body::Html(Box::new(frame)),
        ..message()
    };
    message::page(&chrome(words, &folders(), notices), &message)
}

/// A message whose every word tries to be more than a word; without a list beside it.
pub fn hostile_message() -> Markup {
    let bad = "<script>alert(1)</script>\"onload=\"x";
    let from = [address(bad, bad)];
    let many: Vec<Address> = (0..40)
        .map(|i| address("", &format!("{i}.{bad}@{}", "long".repeat(30))))
        .collect();
    let blocks = vec![Block::Text(vec![vec![
        Span::Words(bad.to_owned()),
        Span::Link {
            shown: bad.repeat(9),
            href: format!("https://example.org/{bad}"),
        },
    ]])];
    let letter = PlainText { blocks, cut: true };
    let files = [file(bad, bad, u64::MAX, true), file("", "", 0, false)];
    let sender = judged(&from);
    let message = MessagePage {
        heading: Heading {
            to: &many,
            cc: &many,
            reply_to: &from,
            ..heading(bad, &from, &sender)
        },
        attachments: &files,
        body: Body::Text {
            letter: &letter,
            html: Some(opened(1)),
            letters: Box::new(opened(1)),
        },
        cut: true,
        ..message()
    };
    let notice = Notice {
        kind: Kind::Bad,
        ..Notice::warning(bad, bad)
    };
    message::page(&chrome(Words::ENGLISH, &folders(), &[notice]), &message)
}

fn chrome<'a>(words: Words, folders: &'a [FolderLine], notices: &'a [Notice]) -> Chrome<'a> {
    Chrome {
        base: &ROOT,
        words,
        login: "ann@example.org",
        own: &OWN,
        token: "token",
        once: "once",
        zone: "Europe/Brussels",
        folders,
        favourites: &[],
        searches: &[],
        unsent: 2,
        more_folders: 0,
        has_keys: true,
        theme: Theme::System,
        may_send: true,
        quota: Some(Quota {
            used: 3_320_000,
            total: 9_765_625,
        }),
        notices,
    }
}

/// The page of keys, which are on or off.
pub(super) fn keys_page(on: bool) -> Markup {
    let page = KeysPage {
        back: folder_route("INBOX"),
        switch: Some(ActForm::from(PreferenceForm(Preference::Keys(!on)))),
    };
    let chrome = Chrome {
        has_keys: on,
        ..chrome(Words::ENGLISH, &[], &[])
    };
    keys::page(&chrome, &page)
}

fn list_page(words: Words, list: &ListPane, notices: &[Notice]) -> Markup {
    folder::page(&chrome(words, &folders(), notices), list, None)
}

fn away() -> Notice {
    Notice::warning(
        "The mail server is not answering.",
        "You are looking at a saved copy. You can read messages that you have already opened.",
    )
}

fn alert() -> Notice {
    Notice::warning(
        Words::ENGLISH.server_says(),
        "The server will be down for maintenance on Sunday from 02:00 to 04:00.",
    )
}

/// Of an account with more folders than stand beside a page, and more than are listed.
fn folders_page() -> Markup {
    let found = |title: &str, unread| FoundFolder {
        list: Some(folder_route(title)),
        options: folder_route(title),
        favourite: SettingForm {
            folder: FolderName::new(title).expect("a name"),
            setting: FolderSetting::Favourite,
            on: unread == 0,
            list: None,
        },
        title: title.to_owned(),
        unread,
    };
    let chrome = Chrome {
        more_folders: 19_500,
        ..chrome(Words::ENGLISH, &[], &[])
    };
    all_folders::page(
        &chrome,
        &AllFolders {
            back: folder_route("INBOX"),
            find: "customers",
            folders: vec![
                found("Customers", 0),
                found(
                    "Customers / 2026 / Übersetzungen und Korrespondenz mit dem Verlag",
                    12,
                ),
                found(&format!("Customers / {}", "x".repeat(300)), 1_034),
            ],
            from: 100,
            count: 1_000,
            left_out: 3,
            before: Some(folder_route("INBOX")),
            next: Some(folder_route("INBOX")),
            fault: Some(Fault {
                act: FolderAct::Create,
                typed: "Travel/2026".to_owned(),
                why: Words::ENGLISH.folder_fault(&FolderFault::Delimiter('/')),
            }),
        },
    )
}

fn folders() -> Vec<FolderLine> {
    let line = |title: &str, role, unread, total| FolderLine {
        title: title.to_owned(),
        role,
        unread,
        total,
        current: role == Some(Role::Inbox),
        href: (title != "Reisen").then(|| folder_route(title)),
        children: vec![],
    };
    nested([
        (0, line("Drafts", Some(Role::Drafts), 0, 2)),
        (0, line("INBOX", Some(Role::Inbox), 12, 1034)),
        (0, line("Sent", Some(Role::Sent), 0, 86)),
        (0, line("Archive", Some(Role::Archive), 0, 5210)),
        (0, line("Junk", Some(Role::Junk), 3, 3)),
        (0, line("Trash", Some(Role::Trash), 0, 9)),
        (0, line("Invoices", None, 0, 0)),
        (0, line("Orchestra", None, 4, 40)),
        (1, line("Concerts", None, 0, 3)),
        (2, line("2026", None, 0, 3)),
        (3, line("Spring tour, hotels and train tickets", None, 1, 3)),
        (4, line("Hotels", None, 0, 3)),
        (1, line("Scores", None, 0, 3)),
        (0, line("Reisen", None, 0, 3)),
        (1, line("نور", None, 0, 3)),
        (
            0,
            line("Übersetzungen und Korrespondenz mit dem Verlag", None, 1, 3),
        ),
    ])
}

fn inbox(open: Option<usize>, peek: bool) -> ListPane {
    // Name, days ago, subject, first words, marks: u unread, s star, c clip, a answered, f forwarded.
    let mail = [
        (
            "Marta Oliveira",
            0,
            "Rehearsal moved to Thursday",
            "Hello all, the hall is taken on Wednesday, so we meet on Thursday",
            "us",
        ),
        (
            "Build service",
            0,
            "[postern] Run 1482 failed: tests on main",
            "The run of “tests” failed after 6 minutes. The first failing step",
            "u",
        ),
        (
            "Kenji 田中",
            0,
            "来週の打ち合わせについて",
            "お世話になっております。来週の打ち合わせの件ですが、木曜日の午後は",
            "uc",
        ),
        (
            "Anders Lund",
            0,
            "Re: Quote for the roof",
            "Thanks! I have talked to the carpenter; he can start on the 4th",
            "sca",
        ),
        (
            "Nordbahn",
            0,
            "Ihre Buchungsbestätigung (Auftrag 4F7K2M) für die Fahrt nach Kopenhagen am 4. Dezember",
            "Vielen Dank für Ihre Buchung.",
            "c",
        ),
        (
            "The Weekly Shelf",
            0,
            "Ten short books for long evenings",
            "This week: islands, lighthouses and one very patient zebra",
            "",
        ),
        (
            "نور السيد",
            1,
            "صور من يوم السبت",
            "ها هي الصور التي وعدتك بها، وأجملها صورتك مع الطائرة الورقية",
            "c",
        ),
        (
            "Piet de Vries",
            1,
            "Keys",
            "I left them with the neighbour on the left, the green door",
            "a",
        ),
        (
            "Library of Ghent, lending desk and reservations",
            3,
            "Two of your loans are due on Friday",
            "You can extend them online",
            "",
        ),
        (
            "Sofia Marchetti",
            9,
            "",
            "I like your second version better.",
            "sf",
        ),
        ("", 800, "No sender at all", "", ""),
    ];
    let rows = mail
        .iter()
        .enumerate()
        .map(|(i, (who, days, subject, first, marks))| RowLine {
            ticked: (i + 1).to_string(),
            folder: None,
            href: opened(u32::try_from(i).unwrap() + 1),
            untold: None,
            who: (!who.is_empty()).then(|| address(who, &format!("{i}@example.org"))),
            to: false,
            doubted: None,
            when: Some(moment(*days)),
            subject: subject.to_string(),
            peek: peek.then(|| first.to_string()),
            unread: marks.contains('u'),
            marked: marks.contains('m'),
            starred: marks.contains('s'),
            muted: false,
            answered: marks.contains('a'),
            forwarded: marks.contains('f'),
            attachment: marks.contains('c'),
            labels: match marks.contains('s') {
                true => (
                    vec![
                        labels::chip("Work", Colour::Orange),
                        labels::chip("holiday", Colour::Grey),
                    ],
                    3,
                ),
                false => (Vec::new(), 0),
            },
            size: marks.contains('c').then_some(3_400_000),
            current: open == Some(i),
            together: None,
        });
    let anchor = Anchor {
        message: MessageRef {
            folder: FolderName::inbox(),
            validity: UidValidity(1),
            uid: Uid::new(50).unwrap(),
        },
        rank: 984,
    };
    let older = ListQuery {
        page: ListPage::OlderThan(anchor),
        ..ListQuery::newest(FolderName::inbox())
    };
    ListPane {
        above: vec!["<b>".to_owned(), "A & B".to_owned()],
        is_read_only: false,
        title: "Inbox".to_owned(),
        role: Some(Role::Inbox),
        unread: Some(12),
        total: 1034,
        as_of: Some(moment(0)),
        compare: folder_route("INBOX"),
        finding: finding(),
        acting: acting(),
        all_read: Some(ActForm {
            to: Route::Messages,
            fields: acting().fields,
        }),
        empty: None,
        remove_marked: None,
        hidden: 0,
        import: Some(Route::Import(FolderName::inbox())),
        selection: Selection {
            selected: Selected::Nothing,
            page: folder_route("INBOX"),
            all: folder_route("INBOX"),
            nothing: folder_route("INBOX"),
        },
        rows: rows.collect(),
        range: (1, 50),
        newer: None,
        older: Some(Route::Folder(older)),
    }
}

/// What somebody has looked for, in part of a large folder.
fn found() -> ListPane {
    let mut list = inbox(None, true);
    list.total = 112;
    list.unread = None;
    list.finding = Finding {
        text: "is:unread rehearsal".to_owned(),
        words: Sought::new(["rehearsal".to_owned()]),
        clear: Some(folder_route("INBOX")),
        further: Some(Further {
            to: folder_route("INBOX"),
            done: SoFar::Searched,
        }),
        ..list.finding
    };
    if let Some(filter) = list.finding.filters.first_mut() {
        filter.on = true;
    }
    list
}

fn finding() -> Finding {
    Finding {
        guesses_attachments: false,
        form: (
            "/folder".to_owned(),
            vec![("f".to_owned(), "INBOX".to_owned())],
        ),
        filters: Narrowing::ALL
            .map(|narrowing| QuickFilter {
                narrowing,
                on: false,
                to: folder_route("INBOX"),
            })
            .into(),
        orders: [false, true]
            .map(|reversed| {
                let by = SortBy::Arrival;
                (Order { by, reversed }, folder_route("INBOX"))
            })
            .into(),
        ..Finding::default()
    }
}

static ACTING: LazyLock<Acting> = LazyLock::new(acting);

fn acting() -> Acting {
    Acting {
        fields: vec![("f".to_owned(), "INBOX".to_owned())],
        first: vec![
            MessageAct::Archive,
            MessageAct::Delete,
            MessageAct::Spam,
            MessageAct::Move,
        ],
        more: vec![
            MessageAct::Read,
            MessageAct::Unread,
            MessageAct::Star,
            MessageAct::Label,
            MessageAct::Mute,
            MessageAct::Copy,
        ],
        is_keyed: true,
    }
}

fn empty() -> ListPane {
    let title = "Übersetzungen und Korrespondenz mit dem Verlag";
    let (title, role, rows, older) = (title.to_owned(), None, vec![], None);
    ListPane {
        above: Vec::new(),
        title,
        role,
        rows,
        older,
        unread: Some(0),
        total: 0,
        range: (0, 0),
        ..inbox(None, false)
    }
}

fn sent() -> ListPane {
    let mut list = inbox(None, false);
    list.title = "Sent".to_owned();
    list.unread = Some(0);
    list.rows.truncate(4);
    list.rows
        .iter_mut()
        .for_each(|row| (row.to, row.unread) = (true, false));
    list.rows.last_mut().unwrap().who = None;
    ListPane {
        total: 4,
        range: (1, 4),
        role: Some(Role::Sent),
        older: None,
        ..list
    }
}

fn roof() -> Vec<Block> {
    let line = |line: &str| vec![Span::Words(line.to_owned())];
    let text = |text: &str| Block::Text(text.split('\n').map(line).collect());
    let quote = |said: Option<&str>, blocks| Block::Quote {
        said: said.map(line),
        blocks,
        is_apart: false,
        ends_apart: false,
    };
    let mut asked = line("Could you look at ");
    asked.extend([
        Span::Link {
            shown: "https://lund-byg.example/gutter".to_owned(),
            href: "https://lund-byg.example/gutter".to_owned(),
        },
        Span::Words(" before Friday? Then I order the copper with the rest.".to_owned()),
    ]);
    let darker = "The darker tile please, if it does not delay things.";
    vec![
        text("Hello Ann,"),
        quote(None, vec![text(darker)]),
        text(
            "Thanks! I have talked to the carpenter; he can start on the 4th if the scaffolding is up by then. The quote with both kinds of tile is attached, the second page has the one that you liked.\n\n    tile       per m2    days\n    Dark       31.20        2\n    Red        28.90        4",
        ),
        Block::Text(vec![asked]),
        text("Best regards\nAnders"),
        quote(
            Some("On Tuesday Ann Peeters wrote:"),
            vec![
                text("Dear Anders,"),
                quote(None, vec![text("Would you like the red one?")]),
                text(&format!("{darker}\nAnd the gutter in copper.\n\nAnn")),
            ],
        ),
        Block::Signature(vec![
            line("Lund Byg, roofs and gutters"),
            line("Havnegade 4, Odense"),
        ]),
    ]
}

/// The fourth message of the inbox.
static FOURTH: LazyLock<MessageQuery> = LazyLock::new(|| MessageQuery::plain(reference(4), 1030));

fn message<'a>() -> MessagePage<'a> {
    MessagePage {
        at: &FOURTH,
        list: None,
        folder: "Inbox",
        place: Some((4, 1034)),
        beside: Neighbours {
            back: folder_route("INBOX"),
            row: "1".to_owned(),
            by_time: true,
            newer: Some(opened(3)),
            older: Some(opened(5)),
        },
        heading: heading("", &[], &NOBODY),
        labels: &labels::NONE,
        extras: &extras::NOTHING,
        body: Body::Empty,
        attachments: &[],
        cut: false,
        acting: &ACTING,
        is_draft: false,
    }
}

fn heading<'a>(subject: &'a str, from: &'a [Address], sender: &'a Judgement) -> Heading<'a> {
    Heading {
        subject,
        sender,
        from,
        to: &[],
        cc: &[],
        bcc: &[],
        reply_to: &[],
        sent: Some(moment(0)),
        arrived: Some(moment(0)),
        dated_apart: None,
        size: 1_600_000,
        flags: Flags::default(),
    }
}

/// Of a message that names nobody.
static NOBODY: LazyLock<Judgement> = LazyLock::new(|| judged(&[]));

/// Who a message is from whose From is written as it should be.
fn judged(from: &[Address]) -> Judgement {
    let row = Row {
        from: from.to_vec(),
        evidence: Evidence {
            form: FromForm::Plain,
            ..Evidence::default()
        },
        ..Row::empty(Uid::new(1).unwrap())
    };
    sender::judge(&row, &Standpoint::default())
}

fn file(name: &str, kind: &str, size: u64, opens: bool) -> AttachmentLine {
    let part = |open| Route::Part {
        message: reference(4),
        nested: NestedPath::parse("2").unwrap(),
        open,
    };
    AttachmentLine {
        picture: None,
        name: name.to_owned(),
        kind: kind.to_owned(),
        size,
        is_message: false,
        preview: None,
        open: opens.then(|| part(true)),
        download: part(false),
    }
}

fn address(name: &str, email: &str) -> Address {
    Address {
        name: name.to_owned(),
        email: email.to_owned(),
    }
}

fn reader() -> Address {
    address("Ann Peeters", "Ann@example.org")
}

fn reference(uid: u32) -> MessageRef {
    MessageRef {
        folder: FolderName::inbox(),
        validity: UidValidity(1),
        uid: Uid::new(uid).unwrap(),
    }
}

fn opened(uid: u32) -> Route {
    Route::Message(MessageQuery::plain(reference(uid), 1034 - uid))
}

fn folder_route(name: &str) -> Route {
    Route::Folder(ListQuery::newest(FolderName::new(name).unwrap()))
}

fn moment(days_ago: i64) -> Calendar {
    Calendar {
        year: 2026,
        month: 11,
        day: 24,
        weekday: 1,
        hour: 10,
        minute: 5,
        offset: 60,
        days_ago,
        this_year: days_ago < 300,
    }
}

#[test]
fn samples_can_be_written_for_looking() {
    assert!(
        pages()
            .iter()
            .all(|(name, page)| !name.is_empty() && !page.0.is_empty())
    );
    let Some(folder) = std::env::var_os("POSTERN_LOOK") else {
        return;
    };
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    std::fs::create_dir_all(&root).unwrap();
    let pages = pages()
        .into_iter()
        .map(|(name, page)| (name.to_owned(), page));
    for (name, page) in pages.chain(failures()) {
        std::fs::write(root.join(name).with_extension("html"), page.0).unwrap();
    }
    for asset in [
        &crate::assets::STYLE,
        &crate::assets::PANES,
        &crate::assets::SCRIPT,
        &crate::assets::FAVICON,
    ] {
        let path = root.join(asset.route().href(&ROOT).trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, asset.bytes).unwrap();
    }
}

#[test]
fn a_page_brings_the_icons_that_it_points_at_and_no_others() {
    let between = |page: &str, before: &str| -> std::collections::BTreeSet<String> {
        let found = page.split(before).skip(1);
        found
            .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
            .collect()
    };
    for (name, page) in pages() {
        let (drawn, used) = (
            between(&page.0, "<symbol id=\""),
            between(&page.0, "<use href=\"#"),
        );
        assert_eq!(drawn, used, "{name}");
    }
}
