//! Messages that others begin with: saved with their files, begun with, renamed, deleted and taken back; sealed, few, and to be
//! seen by nobody else.

use std::fs;

use serde_json::json;

use super::{only, plan, said, says, typed};
use crate::look;
use crate::support::chromium::Chromium;
use crate::support::mails::{Mail, MailBuilder, attachment};
use crate::support::page::Page;
use crate::support::sink::SmtpSink;
use crate::support::visitor::Visitor;

/// Saves a message of this subject as a template, and throws the message itself away.
fn save(ann: &Visitor, subject: &str) -> Page {
    let page = ann.get("/compose");
    let form = typed(&page, "Bo <bo@example.org>", subject)
        .set("cc", "cas@example.org")
        .set("priority", "high")
        .file("files", "a.txt", b"one")
        .file("files", "b.txt", b"two");
    let page = form.press("do", "template");
    says(&page, "saved.");
    page.form("write").press("do", "discard");
    ann.get("/templates")
}

fn names(page: &Page) -> Vec<String> {
    page.texts_of(".templates li > div > b")
}

fn begin(page: &Page, nth: usize) -> Page {
    page.form_at(".templates form.bar", nth).press("do", "new")
}

#[test]
fn a_message_begins_with_what_was_saved() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    ann.get("/templates").shows("There are no templates yet.");
    let page = save(&ann, "Plan  <b>\u{202e}of Ann");
    assert_eq!(names(&page).len(), 1);
    page.shows("2 files");
    // As often as one likes.
    for text in ["First", "Second"] {
        let page = begin(&page, 0);
        let form = page.form("write");
        let value = |name: &str| form.value(name).unwrap_or_default().trim().to_owned();
        assert_eq!(value("to"), "Bo <bo@example.org>");
        assert_eq!(value("cc"), "cas@example.org");
        assert_eq!(value("priority"), "high");
        assert!(value("text").contains("geranium"));
        assert_eq!(page.texts_of(".files .name"), ["a.txt", "b.txt"]);
        let before = sink.taken().len();
        says(&form.set("text", text).press("do", "send"), "Message sent");
        let taken = only(sink.taken().split_off(before));
        assert_eq!(
            taken.about["to"],
            json!(["bo@example.org", "cas@example.org"])
        );
        let sent = taken.text();
        for part in [text, "b25l", "dHdv", "X-Priority: 1"] {
            assert!(sent.contains(part), "{part} in {sent}");
        }
    }
    ann.get("/").hides("Unsent");
    // The same form twice begins one message.
    let page = ann.get("/templates");
    let form = page.form_at(".templates form.bar", 0);
    let request = form.smuggle("do", "new").request();
    let [one, other] = [(), ()].map(|()| ann.follow(ann.send(&request)));
    assert_eq!(one.target(), other.target());
    ann.get("/").shows("Unsent (1)");
    // Somebody else has none of it, and it outlives a session.
    site.sign_in("ben").get("/templates").hides("Plan");
    ann.get("/").form("sign-out").submit();
    let ann = site.sign_in("ann");
    let page = begin(&ann.get("/templates"), 0);
    page.shows("b.txt");
}

#[test]
fn templates_are_renamed_deleted_and_taken_back() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    save(&ann, "Plan");
    let page = save(&ann, "");
    assert_eq!(names(&page), ["No subject", "Plan"]);
    let form = page.form_at(".templates form.find", 1);
    let page = form.set("name", "  Weekly\t plan ").press("do", "rename");
    says(&page, "Template renamed to Weekly plan.");
    assert_eq!(names(&page), ["No subject", "Weekly plan"]);
    // What it holds stays as it is.
    let written = begin(&page, 1);
    assert_eq!(written.form("write").value("subject"), Some("Plan"));
    let page = page.form_at(".note form", 0).submit();
    assert_eq!(names(&page), ["No subject", "Plan"]);
    let form = page.form_at(".templates form.bar", 1);
    let deleted = form.press("do", "delete");
    says(&deleted, "Template Plan deleted.");
    assert_eq!(names(&deleted), ["No subject"]);
    // An old page says that it is gone.
    says(&begin(&page, 1), "This template has been deleted.");
    let page = deleted.form_at(".note form", 0).submit();
    assert_eq!(names(&page), ["No subject", "Plan"]);
    begin(&page, 1).shows("b.txt");
}

#[test]
fn templates_are_few_sealed_and_of_a_bounded_size() {
    let site = plan().config("[limits]\nupload_mb = 1").start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let secret = "sturgeon-in-the-text";
    let form = typed(&page, "bo@example.org", "sturgeon-in-the-subject").set("text", secret);
    let page = form
        .file("files", "sturgeon.txt", b"sturgeon-in-the-file")
        .press("do", "template");
    says(&page, "saved.");
    for file in walk(&site.user_dir().join("templates")) {
        let bytes = fs::read(&file).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("sturgeon"), "{}", file.display());
    }
    let page = page.form("write").press("do", "keep");
    // Files of three messages at most.
    let large = page
        .form("write")
        .file("files", "large.bin", &vec![7; 900_000])
        .press("do", "keep");
    let mut page = large;
    let mut count = 1;
    loop {
        page = page.form("write").press("do", "template");
        if page.status() == 422 {
            break;
        }
        count += 1;
        assert!(count < 10, "no bound");
    }
    says(&page, "The template was not saved.");
    says(&page, "The files of your templates are too large");
    assert!((2..=4).contains(&count), "{count}");
    let mut page = page.form("write").press("do", "detach.1");
    for _ in count..50 {
        page = page.form("write").press("do", "template");
        page.has_status(200);
    }
    let page = page.form("write").press("do", "template");
    page.has_status(422);
    says(&page, "You have 50 templates, which is the limit.");
    assert!(!said(&page).contains("sent"), "{}", said(&page));
    assert_eq!(names(&ann.get("/templates")).len(), 50);
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => all.extend(walk(&path)),
            false => all.push(path),
        }
    }
    assert!(!all.is_empty(), "{}", dir.display());
    all
}

#[test]
fn the_page_of_templates_has_its_pictures() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    save(
        &ann,
        "Seating plan for the autumn concert in the small hall, with the second violins",
    );
    save(&ann, "Rehearsal on Thursday");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    look::pictures(&tab, "templates", &format!("{}/templates", site.url()));
    tab.click(".templates summary");
    tab.screenshot("templates-rename");
    tab.expect_quiet();
}

#[test]
fn a_text_alone_is_a_template_too() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let page = typed(&page, "", "Text alone").press("do", "template");
    says(&page, "saved.");
    let page = begin(&ann.get("/templates"), 0);
    page.shows("geranium");
}

/// A mail with a file, and another one in its text.
fn forwarded() -> Mail {
    let parts = [attachment(
        "application/pdf",
        "filename=\"parts.pdf\"",
        b"%PDF parts",
    )];
    MailBuilder::about("Scores").mixed("The parts.\n\nbegin 644 old.txt\n#0V%T\n`\nend\n", &parts)
}

#[test]
fn files_of_other_messages_become_files_of_the_template() {
    let sink = SmtpSink::start(false);
    let plan = plan().mails("ann", "INBOX", vec![forwarded()]);
    let site = plan.config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.open_mail("Scores").click("Forward");
    let form = page.form("write").file("files", "own.txt", b"own");
    let page = form.press("do", "template");
    says(&page, "saved.");
    assert!(!said(&page).contains("could not"), "{}", said(&page));
    let whole = ann.open_mail("Scores").click("Forward as attachment");
    says(&whole.form("write").press("do", "template"), "saved.");
    // Their message may be gone by then.
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("STORE 1:* +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    let page = ann.get("/templates");
    page.shows("3 files").shows("1 file");
    let mut taken = Vec::new();
    for nth in 0..2 {
        let page = begin(&ann.get("/templates"), nth);
        let form = page.form("write").set("to", "bo@example.org");
        says(&form.press("do", "send"), "Message sent");
        taken.push(sink.taken().pop().expect("a mail").text());
    }
    let all = taken.concat();
    // "own", "%PDF parts", "Cat" of the text, and the message as it was.
    for part in [
        "own.txt",
        "b3du",
        "parts.pdf",
        "JVBERiBwYXJ0cw==",
        "Q2F0",
        "message/rfc822",
        "Subject: Scores",
    ] {
        assert!(all.contains(part), "{part} in {all}");
    }
}

#[test]
fn what_of_other_messages_cannot_be_had_is_said_and_the_rest_is_saved() {
    let site = plan().mails("ann", "INBOX", vec![forwarded()]).start();
    let ann = site.sign_in("ann");
    let page = ann.open_mail("Scores").click("Forward");
    let form = page.form("write").file("files", "own.txt", b"own");
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("STORE 1:* +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    let page = form.press("do", "template");
    says(&page, "Some files of other messages could not be loaded");
    page.shows("parts.pdf");
    // What lies in the text itself was at hand.
    let page = begin(&ann.get("/templates"), 0);
    let names = page.texts_of(".files .name");
    assert!(
        names.contains(&"own.txt".to_owned()) && !names.contains(&"parts.pdf".to_owned()),
        "{names:?}"
    );
}
