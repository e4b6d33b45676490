//! Debian's Postfix takes what is written, or says why not: one of three recipients, a size, letters that it does not know, now
//! and not later. Whatever it refuses is told, and goes out once it is put right. The same of its own program in the place of
//! sendmail.

use serde_json::json;

use super::{found, plan, says, typed};
use crate::support::kernel::until;
use crate::support::page::Page;
use crate::support::place;
use crate::support::postfix::Postfix;
use crate::support::sink::{SmtpSink, Taken};
use crate::support::unmet::{self, Want};
use crate::support::visitor::Visitor;

fn send(ann: &Visitor, to: &str, length: usize) -> Page {
    let page = ann.get("/compose");
    typed(&page, to, "Für Bo")
        .file("files", "a.bin", &vec![b'o'; length])
        .press("do", "send")
}

/// How many recipients have it: it hands it on to them one by one, or to several at once.
fn arrived(sink: &SmtpSink) -> usize {
    let to = |taken: &Taken| taken.about["to"].as_array().map_or(0, Vec::len);
    sink.taken().iter().map(to).sum()
}

#[test]
fn a_real_server_takes_it_or_says_why_not() {
    if !place::are_we_root() {
        return unmet::without(Want::Root, "only root can start a Postfix");
    }
    let sink = SmtpSink::start(false);
    let postfix = Postfix::before(&sink);
    let site = plan().config(&postfix.config()).start();
    let ann = site.sign_in("ann");
    let three = "bo@example.org, cas@example.org, dee@example.net";
    says(&send(&ann, three, 30_000), "Message sent");
    let arrived = || arrived(&sink);
    until("it has arrived", || arrived() == 3);
    for taken in sink.taken() {
        let text = taken.text();
        assert!(text.is_ascii() && text.contains("b29v"), "{text}");
        assert!(text.contains("Subject: =?utf-8?"), "{text}");
        assert_eq!(taken.about["from"], json!("ann@example.org"));
    }
    let mut before = 3;
    for (rules, to, length, words) in [
        (
            "cas@example.org 550 5.1.1 no such user",
            three,
            10,
            "cas@example.org was not accepted. It says: 5.1.1 <cas@example.org>: Recipient address rejected: no such user",
        ),
        (
            "cas@example.org 451 4.7.1 greylisted",
            three,
            10,
            "cas@example.org was not accepted for now",
        ),
        (
            "",
            three,
            1_500_000,
            "larger than the mail server accepts (1",
        ),
        ("", "bö@example.org", 10, "letters such as"),
    ] {
        postfix.recipients(rules);
        let page = send(&ann, to, length);
        says(&page, words);
        page.shows("a.bin");
        let text = page
            .form("write")
            .value("text")
            .unwrap_or_default()
            .to_owned();
        assert!(text.contains("geranium"), "{text}");
        assert_eq!(arrived(), before, "nobody has it");
        // 451, then 250; and whatever else is put right.
        postfix.recipients("");
        let form = page.form("write").set("to", three);
        let page = match length {
            10 => form.press("do", "send"),
            _ => form
                .press("do", "detach.0")
                .form("write")
                .press("do", "send"),
        };
        says(&page, "Message sent");
        before += 3;
        until("it has arrived", || arrived() == before);
    }
    assert_eq!(found(&site, "Sent").len(), 5);
}

#[test]
fn its_own_sendmail_takes_it_or_its_exit_code_is_told_in_words() {
    if !place::are_we_root() {
        return unmet::without(Want::Root, "only root can start a Postfix");
    }
    let sink = SmtpSink::start(false);
    let postfix = Postfix::before(&sink);
    let sendmail = postfix.sendmail();
    let site = plan().setting(&sendmail.setting()).start();
    let ann = site.sign_in("ann");
    let write = |length: usize| {
        let page = ann.get("/compose");
        let form = typed(&page, "Bo <bo@example.org>", "Für Bo").set("bcc", "dee@example.net");
        let form = form.set("text", "geranium\n.\n..two\nFrom here\n");
        form.file("files", "a.bin", &vec![b'o'; length])
            .press("do", "send")
    };
    says(&write(30_000), "Message sent");
    until("it has arrived", || arrived(&sink) == 2);
    for taken in sink.taken() {
        let text = taken.text();
        assert_eq!(taken.about["from"], json!("ann@example.org"));
        assert!(text.contains("geranium\r\n.\r\n..two\r\n"), "{text}");
        assert!(text.contains(&"b29v".repeat(19)), "{text}");
        assert!(!text.contains("dee@"), "{text}");
        assert!(
            text.contains("Received: by mx.example (Postfix, from userid"),
            "{text}"
        );
    }
    // Whatever is wrong, Postfix's sendmail ends with "try again later", and says what.
    for (users, length, words) in [
        ("root", 10, "is not allowed to submit mail"),
        ("static:anyone", 1_500_000, "message file too big"),
    ] {
        postfix.submit_users(users);
        let page = write(length);
        says(&page, "Your message was not sent.");
        says(&page, "cannot accept it now");
        says(&page, words);
        page.shows("a.bin");
        let before = arrived(&sink);
        postfix.submit_users("static:anyone");
        let form = page.form("write");
        let page = match length {
            10 => form.press("do", "send"),
            _ => form
                .press("do", "detach.0")
                .form("write")
                .press("do", "send"),
        };
        says(&page, "Message sent");
        until("it has arrived", || arrived(&sink) == before + 2);
    }
    assert_eq!(found(&site, "Sent").len(), 3);
}
