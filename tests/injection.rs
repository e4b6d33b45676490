//! Every form of every page, with what might end a command, begin a literal, or be taken for a pattern in each of its fields:
//! no command is ended or added, whatever the mail server is told meanwhile.
//!
//! The forms are those that pages have, so a new one is tried without being named here.

use std::collections::BTreeSet;

use crate::acts::injection::expect_only;
use crate::support::mails::{self, MailBuilder};
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// What is put into a field.
const VALUES: [&str; 8] = [
    "a\r\nz LOGOUT\r\n",
    "a\rz NOOP\n",
    "b\0c",
    "x {5}\r\nz NOOP",
    "{5+}",
    "\" \\ % * (",
    "\\\"",
    "é한국 🎻 \u{202e}&-",
];
/// How many of them each field of a form is tried with: over all forms, each name of a field meets them all.
const AT_ONCE: usize = 4;

/// Every command that a client of ours may send.
const COMMANDS: [&str; 27] = [
    "APPEND",
    "AUTHENTICATE",
    "CAPABILITY",
    "COMPRESS",
    "COPY",
    "CREATE",
    "DELETE",
    "ENABLE",
    "EXAMINE",
    "EXPUNGE",
    "FETCH",
    "GETQUOTAROOT",
    "ID",
    "LIST",
    "LOGIN",
    "LOGOUT",
    "LSUB",
    "MYRIGHTS",
    "NAMESPACE",
    "NOOP",
    "RENAME",
    "SELECT",
    "STATUS",
    "SUBSCRIBE",
    "UID",
    "UNSUBSCRIBE",
    "STARTTLS",
];

/// Forms that end the session: nothing would be left to be tried.
const LAST: [&str; 3] = ["sign-out", "end-session", "end-all-sessions"];

/// A way to a page.
type Way = (&'static str, fn(&Visitor) -> Page);

/// The pages whose forms are tried.
const PAGES: [Way; 22] = [
    ("the inbox", |ann| ann.get("/")),
    ("another folder", |ann| ann.get("/folder?f=Work&compare=1")),
    ("conversations", |ann| ann.get("/folder?f=INBOX&group=1")),
    ("what was found", |ann| {
        ann.get("/folder?f=INBOX&q=message&sort=subject")
    }),
    ("what was found everywhere", |ann| {
        ann.get("/folder?f=INBOX&q=message&scope=all")
    }),
    ("a message", |ann| ann.get("/").open_nth(".row > a", 0)),
    ("a message with images", |ann| {
        ann.get("/folder?f=Work").click("Pictures")
    }),
    ("where to", |ann| asked(ann, "move")),
    ("which labels", |ann| asked(ann, "label")),
    ("the labels", |ann| ann.get("/labels")),
    ("all folders", |ann| ann.get("/folders?find=Work")),
    ("a folder", |ann| ann.get("/folder-options?f=Target")),
    ("where a folder goes", |ann| folder(ann, "Move this folder")),
    ("whether a folder goes", |ann| folder(ann, "Delete folder")),
    ("an import", |ann| ann.get("/import?f=Target")),
    ("the keys", |ann| ann.get("/keys")),
    ("the settings", |ann| ann.get("/settings")),
    ("people", |ann| ann.get("/people")),
    ("an identity", |ann| ann.get("/identity")),
    ("the identities", |ann| ann.get("/identities")),
    ("the templates", |ann| {
        let form = ann.get("/compose");
        let form = form.form("write").set("subject", "Plan");
        form.press("do", "template");
        ann.get("/templates")
    }),
    ("all of it selected", |ann| {
        ann.get("/folder?f=INBOX&q=message&select=all")
    }),
];

/// What is asked before something is done with a message.
fn asked(ann: &Visitor, act: &str) -> Page {
    let list = ann.get("/");
    let boxes = list.attributes_of(".tick", "value");
    let form = list
        .form("rows")
        .tick("u", boxes.first().expect("a message"));
    form.smuggle("act", act).submit()
}

fn folder(ann: &Visitor, what: &str) -> Page {
    ann.get("/folder-options?f=Target").click(what)
}

fn site() -> Site {
    let images = "<p>x<img src=\"https://elsewhere.example/a.png\" width=90 height=90>";
    let mut work = mails::generated(2);
    // Borne out by the user's own server: what its sender shows can be shown always.
    let judged = "Authentication-Results: mx.example.org; dmarc=pass header.from=shelf.example\n\
                  From: The Weekly Shelf <letters@shelf.example>";
    let pictures = MailBuilder::about("Pictures").written_by(judged);
    work.push(pictures.of_kind("text/html", images));
    Site::new()
        // Some go with each form that says where to.
        .mails("ann", "INBOX", mails::generated(400))
        .mails("ann", "Work", work)
        .imap_setting("authserv_id = \"mx.example.org\"")
        .config("[limits]\nlogins_per_minute = 1000\n[identities]\nany = true\n")
        .proxied()
        .start()
}

#[test]
fn no_field_of_any_form_ends_or_adds_a_command() {
    let site = site();
    let ann = site.sign_in("ann");
    crate::people::write(&site, 3);
    let mut other = site.other_client("ann");
    let (mut seen, mut turn, mut cases) = (BTreeSet::new(), 0, 0);
    let mut tried = BTreeSet::new();
    for (name, open) in PAGES {
        other.tries("CREATE Target");
        let page = open(&ann);
        page.has_status(200);
        for (nth, form) in page.forms().into_iter().enumerate() {
            let fields: BTreeSet<String> = form.names().into_iter().map(str::to_owned).collect();
            let buttons = form.buttons().iter().map(|(name, _)| name.clone());
            let fields: BTreeSet<String> = fields.into_iter().chain(buttons).collect();
            let shape = (form.target().to_owned(), fields.clone());
            if LAST.contains(&form.target()) || !seen.insert(shape) {
                continue;
            }
            tried.insert(form.target().to_owned());
            for field in fields {
                turn += 1;
                for step in 0..AT_ONCE {
                    let value = VALUES[(turn + step * 3) % VALUES.len()];
                    let what = format!("{name}, form {nth}, {field} = {value:?}");
                    other.tries("CREATE Target");
                    let page = open(&ann);
                    let Some(form) = page.forms().into_iter().nth(nth) else {
                        continue;
                    };
                    let button = form
                        .buttons()
                        .iter()
                        .find(|(name, _)| *name != field)
                        .cloned();
                    let form = form.unset(&field).smuggle(&field, value);
                    let form = match button {
                        Some((name, value)) if form.value(&name).is_none() => {
                            form.smuggle(&name, &value)
                        }
                        _ => form,
                    };
                    // Of a list something is ticked.
                    let boxes = page.attributes_of(".tick", "value");
                    let is_of_list = form.names().contains(&"u") && field != "u";
                    let form = match boxes.first().filter(|_| is_of_list) {
                        Some(first) => form.smuggle("u", first),
                        None => form,
                    };
                    site.proxy().reset();
                    let answer = ann.follow(form.submit_once());
                    // The mail server may refuse; nothing of ours may fail.
                    let status = answer.status();
                    assert!(
                        status < 500 || status == 502,
                        "{what}: {status} {}",
                        answer.text()
                    );
                    expect_only(&site, &COMMANDS, &what);
                    cases += 1;
                }
            }
        }
    }
    println!("{cases} cases, {} forms: {tried:?}", seen.len());
    for target in [
        "messages",
        "sender",
        "change-folder",
        "set-folder",
        "keep-search",
        "label",
        "settings",
        "identity",
        "people",
    ] {
        assert!(tried.contains(target), "no form was sent to {target}");
    }
    assert!(
        seen.len() >= 20 && cases >= 400,
        "{} forms, {cases} cases",
        seen.len()
    );
}

#[test]
fn no_name_and_no_password_ends_or_adds_a_command() {
    let site = site();
    for value in VALUES {
        for field in ["login", "password"] {
            let visitor = site.visitor();
            let page = visitor.get("/sign-in");
            let form = page
                .form("sign-in")
                .set("login", "ann")
                .set("password", "x");
            site.proxy().reset();
            let answer = visitor.follow(form.set(field, value).submit_once());
            assert!(
                answer.status() < 500,
                "{field} = {value:?}: {}",
                answer.text()
            );
            expect_only(&site, &COMMANDS, &format!("{field} = {value:?}"));
        }
    }
}
