//! Answers to mails of the world: who gets them, their subject, their place in the conversation, what is quoted. What each has
//! to begin with stands in `answered/expected.toml`, written by hand.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::json;

use super::{only, says};
use crate::support::mailbox::ROLES;
use crate::support::mails::{Mail, MailBuilder};
use crate::support::page::Page;
use crate::support::sink::SmtpSink;
use crate::support::site::Site;

/// The reader's own addresses, the usual one first.
const OWN: [&str; 9] = [
    "ann@example.org",
    "to3@example.com",
    "alan.turing@example.com",
    "alice@domain.example",
    "jdoe@machine.example",
    "blow@example.com",
    "mueller@example.com",
    "to@here.com",
    "someone@aol.com",
];

#[derive(Deserialize)]
struct Table {
    mail: Vec<Expected>,
}

/// What an answer to a mail begins with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    file: String,
    from: Option<String>,
    to: Option<String>,
    all: [String; 2],
    list: Option<String>,
    subject: String,
    id: String,
    #[serde(default)]
    refs: Vec<String>,
    #[serde(default)]
    quote: Vec<String>,
}

impl Expected {
    fn mail(&self) -> Mail {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/send/answered");
        let bytes = fs::read(dir.join(format!("{}.eml", self.file))).expect("a mail");
        let mut mail = Vec::new();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            mail.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            mail.extend_from_slice(b"\r\n");
        }
        Mail::raw(mail)
    }

    /// All Message-IDs of the conversation.
    fn references(&self) -> Vec<&str> {
        let own = Some(&self.id).filter(|id| !id.is_empty());
        self.refs.iter().chain(own).map(String::as_str).collect()
    }
}

/// What of an answer is not as expected.
struct Checked<'e> {
    expected: &'e Expected,
    wrong: Vec<String>,
}

impl Checked<'_> {
    fn is<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: T, expected: T) {
        if found != expected {
            let file = &self.expected.file;
            self.wrong
                .push(format!("{file}, {what}: {found:?}, not {expected:?}"));
        }
    }

    fn people(&mut self, what: &str, page: &Page, to: &str, cc: &str) {
        let form = page.form("write");
        let value = |name: &str| form.value(name).unwrap_or_default().trim().to_owned();
        self.is(&format!("to of {what}"), value("to").as_str(), to);
        self.is(&format!("cc of {what}"), value("cc").as_str(), cc);
        let from = self.expected.from.as_deref().unwrap_or(OWN[0]);
        self.is(&format!("from of {what}"), value("from").as_str(), from);
        let subject = self.expected.subject.as_str();
        self.is(
            &format!("subject of {what}"),
            value("subject").as_str(),
            subject,
        );
    }

    fn quote(&mut self, page: &Page) {
        let form = page.form("write");
        let text = form.value("text").unwrap_or_default().to_owned();
        let has_words =
            |line: &&str| line.starts_with('>') && line.contains(|c| c != '>' && c != ' ');
        let quoted = text.lines().filter(has_words);
        let quoted = quoted.take(self.expected.quote.len()).map(str::trim_end);
        let expected: Vec<&str> = self.expected.quote.iter().map(String::as_str).collect();
        self.is("quote", quoted.collect::<Vec<_>>(), expected);
    }
}

/// A field of a header, its lines joined.
fn field(mail: &str, name: &str) -> Option<String> {
    let head = mail.split("\r\n\r\n").next()?.replace("\r\n ", " ");
    let value = head
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.map(str::to_owned)
}

#[test]
fn an_answer_to_a_mail_of_the_world_begins_as_it_should() {
    let table = include_str!("answered/expected.toml");
    let table: Table = toml::from_str(table).expect("the table");
    assert_eq!(table.mail.len(), 50);
    let sink = SmtpSink::start(false);
    let own: String = OWN
        .iter()
        .map(|address| format!("\n[[settings.identities]]\naddress = {}", json!(address)))
        .collect();
    let mails = table.mail.iter().map(Expected::mail).collect();
    let site = Site::new()
        .dovecot(ROLES)
        .mails("ann", "INBOX", mails)
        .config("[identities]\nany = true")
        .config(&own)
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let mut rows = ann.get("/").attributes_of(".row > a", "href");
    rows.sort_by_key(|row| {
        let uid = row
            .split("&u=")
            .nth(1)
            .and_then(|rest| rest.split('&').next());
        uid.and_then(|uid| uid.parse::<u32>().ok())
    });
    assert_eq!(rows.len(), table.mail.len());
    let mut wrong = Vec::new();
    for (row, expected) in rows.iter().zip(&table.mail) {
        let mut checked = Checked {
            expected,
            wrong: Vec::new(),
        };
        let message = ann.get(row);
        let reply = message.click("Reply");
        if let Some(to) = &expected.to {
            checked.people("a reply", &reply, to, "");
        }
        checked.quote(&reply);
        let [to, cc] = &expected.all;
        if message.has_link("Reply all") {
            checked.people("a reply to all", &message.click("Reply all"), to, cc);
        } else {
            checked.is("reply to all", expected.to.as_ref(), Some(to));
        }
        checked.is(
            "list",
            message.has_link("Reply to list"),
            expected.list.is_some(),
        );
        if let Some(list) = &expected.list {
            checked.people(
                "a reply to the list",
                &message.click("Reply to list"),
                list,
                "",
            );
        }
        let before = sink.taken().len();
        let sent = reply
            .form("write")
            .set("to", "bo@example.org")
            .press("do", "send");
        says(&sent, "Message sent");
        let taken = only(sink.taken().split_off(before)).text();
        let id = Some(format!("<{}>", expected.id)).filter(|_| !expected.id.is_empty());
        checked.is("In-Reply-To", field(&taken, "In-Reply-To"), id);
        let references: Vec<String> = expected
            .references()
            .iter()
            .map(|id| format!("<{id}>"))
            .collect();
        let references = Some(references.join(" ")).filter(|ids| !ids.is_empty());
        checked.is("References", field(&taken, "References"), references);
        wrong.append(&mut checked.wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_quote_keeps_the_lines_as_they_stood() {
    let words = "Hello\n\n> one\n> two\nclose\n> three\n\n\napart\n\nBo wrote:\n> > deep\n>\n> less\n\nBye\n";
    let quoted = "> Hello\n>\n>> one\n>> two\n> close\n>> three\n>\n> apart\n>\n> Bo wrote:\n>>> deep\n>>\n>> less\n>\n> Bye";
    let letter = MailBuilder::about("Lines").of_kind("text/plain", words);
    let site = super::plan().mails("ann", "INBOX", vec![letter]).start();
    let page = site.sign_in("ann").open_mail("Lines").click("Reply");
    let form = page.form("write");
    let text = form.value("text").unwrap_or_default().trim_end();
    assert!(text.ends_with(&format!("wrote:\n{quoted}")), "{text}");
}

#[test]
fn an_answer_to_everybody_goes_where_the_mail_says() {
    let sink = SmtpSink::start(false);
    let letter = |subject: &str, told: &str| {
        MailBuilder::about(&format!("Told: {subject}"))
            .to("Geraniums <geraniums@lists.example.org>, Ann <ann@example.org>, Cas <cas@example.org>")
            .fields(&format!("Message-ID: <{subject}@x>\nList-Post: <mailto:geraniums@lists.example.org>\nMail-Followup-To: {told}"))
            .of_kind("text/plain", "The third?")
    };
    let list = "geraniums@lists.example.org";
    let both = format!("Bo Lind <bo@example.org>, {list}");
    let everybody = format!("{both}, Cas <cas@example.org>");
    let everybody = everybody.replace(list, &format!("Geraniums <{list}>"));
    let cases = [
        ("list", list.to_owned(), list.to_owned()),
        (
            "both",
            format!("{both}, Ann <Ann@example.org>"),
            both.clone(),
        ),
        (
            "coded",
            "=?utf-8?Q?B=C3=B8?= <bo@example.org>".to_owned(),
            "Bø <bo@example.org>".to_owned(),
        ),
        (
            "evil",
            "=?utf-8?Q?Bo=0D=0ABcc:_evil@x.org?= <bo@example.org>".to_owned(),
            everybody.clone(),
        ),
        ("none", "nobody at all".to_owned(), everybody.clone()),
        ("hidden", "undisclosed-recipients:;".to_owned(), everybody),
    ];
    let mails = cases.iter().map(|(subject, told, _)| letter(subject, told));
    let site = super::plan()
        .mails("ann", "INBOX", mails.collect())
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    for (subject, _, to) in &cases {
        let message = ann.open_mail(&format!("Told: {subject}"));
        let value = |how: &str, name: &str| {
            let page = message.click(how);
            let form = page.form("write");
            form.value(name).unwrap_or_default().trim().to_owned()
        };
        assert_eq!(value("Reply all", "to"), *to, "{subject}");
        assert_eq!(value("Reply all", "cc"), "", "{subject}");
        // Who asks for the sender, or the list, gets that.
        assert_eq!(
            value("Reply", "to"),
            "Bo Lind <bo@example.org>",
            "{subject}"
        );
        assert_eq!(value("Reply to list", "to"), list, "{subject}");
    }
    let page = ann.open_mail("Told: both").click("Reply all");
    says(&page.form("write").press("do", "send"), "Message sent");
    let taken = only(sink.taken());
    assert_eq!(taken.about["to"], json!(["bo@example.org", list]));
    let field = |name: &str| field(&taken.text(), name);
    assert_eq!(
        field("To"),
        Some(format!("\"Bo Lind\" <bo@example.org>, <{list}>"))
    );
    assert_eq!(field("Cc"), None);
    assert_eq!(field("In-Reply-To").as_deref(), Some("<both@x>"));
}
