//! Debian's Postfix takes what is written, or says why not: one of three recipients, a size, letters that it does not know, now
//! and not later. Whatever it refuses is told, and goes out once it is put right.

use serde_json::json;

use super::{found, plan, says, typed};
use crate::support::kernel::until;
use crate::support::page::Page;
use crate::support::place;
use crate::support::postfix::Postfix;
use crate::support::sink::SmtpSink;
use crate::support::unmet::{self, Want};
use crate::support::visitor::Visitor;

fn send(ann: &Visitor, to: &str, length: usize) -> Page {
    let page = ann.get("/compose");
    typed(&page, to, "Für Bo")
        .file("files", "a.bin", &vec![b'o'; length])
        .press("do", "send")
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
    // It hands them on one by one, or several at once.
    let arrived = || -> usize {
        let to =
            |taken: &crate::support::sink::Taken| taken.about["to"].as_array().map_or(0, Vec::len);
        sink.taken().iter().map(to).sum()
    };
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
