//! Mails of which one field, or one thing in their body, is far too long: the list has a row for each, each has its page,
//! and no click takes more than 64 MB or a second of processor time.

use super::growth::{Kind, LENGTHS, any_length, try_all};
use super::{CPU_MILLIS, PAGE_BYTES, PEAK_MB};
use crate::support::kernel::{Watch, until};
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::random::Random;
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// Bytes of a document that stands in a frame: it holds what a mail itself says.
const FRAME_BYTES: usize = 12 * 1024 * 1024;
/// Mails of one site.
const ROUND: usize = 24;

const TEXT: &str = "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nThe words.\n";
const HTML: &str = "Subject: s\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n";
const MIXED: &str = "Subject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n";

macro_rules! kinds {
    ($($name:literal: $before:expr, $again:expr, $after:expr;)*) => {
        [$(Kind { name: $name, before: $before, again: $again, after: $after }),*]
    };
}

const KINDS: &[Kind] = &kinds! {
    "subject": "Subject: ", "word ", TEXT;
    "subject in one word": "Subject: ", "x", TEXT;
    "encoded subject": "Subject:", " =?utf-8?q?caf=C3=A9?=\n", TEXT;
    "folded subject": "Subject:", " word\n", TEXT;
    "from": "From: ", "Ann $N <ann$N@example.org>, ", TEXT;
    "name of from": "From: ", "Ann ", "<ann@example.org>\nSubject: s\nMIME-Version: 1.0\n\nx\n";
    "address of from": "From: a", "a", "@example.org\nSubject: s\n\nx\n";
    "comments in from": "From: ", "(a", TEXT;
    "to": "To: ", "Bo $N <bo$N@example.org>,\n ", TEXT;
    "cc": "Cc: ", "bo$N@example.org,", TEXT;
    "groups": "To: ", "g$N: a@b.example;, ", TEXT;
    "bcc": "Bcc: ", "Bo $N <bo$N@example.org>, ", TEXT;
    "sender": "From: ann@example.org\nSender: ", "bo$N@example.org, ", TEXT;
    "name of sender": "From: ann@example.org\nSender: ", "Bo ", "<bo@example.org>\n\nx\n";
    "froms": "Subject: s\n", "From: bo$N@example.org\n", TEXT;
    "routes": "From: <", "@a$N.example,", ":ann@example.org>\n\nx\n";
    "domain of from": "From: ann@", "a.", "example\nSubject: s\n\nx\n";
    "words of from": "From: \"", "\\x", "\" <ann@example.org>\n\nx\n";
    "encoded words in from": "From: ", "=?utf-8?b?w6k=?= ", "<ann@example.org>\n\nx\n";
    "in-reply-to": "In-Reply-To: ", "<$N@example.org> ", TEXT;
    "spf": "Received-SPF: ", "fail (a) ", TEXT;
    "resent": "Subject: s\n", "Resent-From: bo$N@example.org\n", TEXT;
    "kind": "MIME-Version: 1.0\nContent-Type: text/", "x", "\n\nx\n";
    "charset": "MIME-Version: 1.0\nContent-Type: text/plain; charset=", "x", "\n\nx\n";
    "encoding": "MIME-Version: 1.0\nContent-Transfer-Encoding: ", "x", "\n\nx\n";
    "disposition": "MIME-Version: 1.0\nContent-Disposition: attachment", "; x$N=v", "\n\nx\n";
    "location": "Subject: s\nContent-Location: https://example.org/", "a", "\nContent-Type: image/png\n\nx\n";
    "mailing list": "List-Id: ", "a ", "<list.example.org>\n\nx\n";
    "receipt": "Disposition-Notification-To: ", "bo$N@example.org, ", TEXT;
    "name of a field": "Subject: s\nX-", "x", ": y\n\nx\n";
    "line that is no field": "Subject: s\n", "x", "\n\nx\n";
    "header without end": "Subject: s\n", "X-Field: a\n b\n", "";
    "encoded name of a file": "Subject: s\nContent-Type: application/pdf; name=\"", "=?utf-8?q?=C3=A9?= ", "\"\n\nx\n";
    "reply-to": "Reply-To: ", "Bo <bo$N@example.org>, ", TEXT;
    "references": "References: ", "<$N@example.org> ", TEXT;
    "message-id": "Message-ID: <", "a", TEXT;
    "date": "Date: Tue, 10 Nov 2026 ", "(a) ", TEXT;
    "received": "Subject: s\n", "Received: from a by b; Tue, 10 Nov 2026 09:30:00 +0100\n", TEXT;
    "fields": "Subject: s\n", "X-Field-$N: value\n", TEXT;
    "verdicts": "Authentication-Results: mx.example.org", "; x=fail", TEXT;
    "unsubscribe": "List-Unsubscribe: ", "<https://example.org/$N>, ", TEXT;
    "parameters": "MIME-Version: 1.0\nContent-Type: text/plain", "; p$N=v", "\n\nx\n";
    "parts of a name": "MIME-Version: 1.0\nContent-Type: text/plain", "; name*$N=v", "\n\nx\n";
    "boundary": "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"", "b", "\"\n\n--b\n\nx\n";
    "text": "Subject: s\n\n", "Some words in a line.\n", "";
    "one line": "Subject: s\n\n", "word ", "";
    "one word": "Subject: s\n\n", "x", "";
    "empty lines": "Subject: s\n\nx", "\n", "";
    "quotes": "Subject: s\n\n", "> > > a\n> b\n", "";
    "deep quotes": "Subject: s\n\n", ">", " x\n";
    "links": "Subject: s\n\n", "https://example.org/$N ", "";
    "uuencoded": "Subject: s\n\n", "begin 644 a$N\n#0V%T\n`\nend\n", "";
    "signs": HTML, "&<>\"", "";
    "paragraphs": HTML, "<p>Some words.", "";
    "tables": HTML, "<table><tr><td>", "";
    "cells": HTML, "<table><tr><td>a</table>", "";
    "table without cells": "Subject: s\nContent-Type: text/html\n\n<table>", "<i></i>x", "";
    "formatting": HTML, "<b><i><p>x", "";
    "links in html": HTML, "<a href=\"https://example.org/$N\">x</a>", "";
    "images": HTML, "<img src=\"https://example.org/$N.png\">", "";
    "attributes": "Subject: s\nContent-Type: text/html\n\n<p ", "a$N=b ", ">x";
    "style": "Subject: s\nContent-Type: text/html\n\n<style>", ".c$N{color:red}", "</style>x";
    "selectors": "Subject: s\nContent-Type: text/html\n\n<style>", "p p, ", "b{color:red}</style><p>x";
    "lists": HTML, "<ul><li>x", "";
    "files": MIXED, "--b\nContent-Type: application/pdf; name=\"$N.pdf\"\nContent-Disposition: attachment\n\nx\n", "--b--\n";
    "texts": MIXED, "--b\nContent-Type: text/plain\n\nSome words.\n", "--b--\n";
    "htmls": MIXED, "--b\nContent-Type: text/html\n\n<p>Some words.\n", "--b--\n";
    "pictures": MIXED, "--b\nContent-Type: image/png\nContent-ID: <$N@x>\n\nx\n", "--b--\n";
    "messages": MIXED, "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nx\n", "--b--\n";
    "nested": "Subject: s\nMIME-Version: 1.0\n", "Content-Type: multipart/mixed; boundary=b$N\n\n--b$N\n", "\nx\n";
    "messages in messages": "Subject: s\nMIME-Version: 1.0\n", "Content-Type: message/rfc822\n\nSubject: s\n", "\nx\n";
    "name of a file": "Subject: s\nMIME-Version: 1.0\nContent-Type: application/pdf; name=\"", "a", "\"\n\nx\n";
    "content-id": "Subject: s\nMIME-Version: 1.0\nContent-ID: <", "a", ">\nContent-Type: image/png\n\nx\n";
    "calendar": "Subject: s\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n", "BEGIN:VEVENT\nSUMMARY:s\nDTSTART:20261110T090000Z\nEND:VEVENT\n", "END:VCALENDAR\n";
    "attendees": "Subject: s\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:s\n", "ATTENDEE:mailto:a$N@example.org\n", "END:VEVENT\nEND:VCALENDAR\n";
    "cards": "Subject: s\nContent-Type: text/vcard\n\n", "BEGIN:VCARD\nFN:Ann\nEMAIL:a$N@example.org\nEND:VCARD\n", "";
    "report": "Subject: s\nContent-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;x\n\n", "Final-Recipient: rfc822;a$N@example.org\nAction: failed\n\n", "--b--\n";
};

/// What one site shows of its mails, and what of that is too much.
struct Round {
    site: Site,
    watch: Watch,
    ann: Visitor,
    found: Vec<String>,
}

impl Round {
    fn look(&mut self, what: &str, path: &str, most: usize) -> Page {
        let before = self.watch.cpu_millis();
        let page = super::in_time(&self.ann, path);
        until("the process has ended", || self.watch.now() == 0);
        let cpu = self.watch.cpu_millis() - before;
        let (bytes, peak) = (page.body().len(), self.watch.peak_mb());
        println!("{what}: {bytes} bytes, {peak} MB so far, {cpu} ms");
        if page.status() != 200 {
            self.found.push(format!("{what}: {}", page.status()));
        }
        if bytes > most || cpu > CPU_MILLIS {
            self.found.push(format!("{what}: {bytes} bytes, {cpu} ms"));
        }
        if peak >= PEAK_MB {
            self.found
                .push(format!("{what}: {peak} MB or something before it"));
        }
        page
    }
}

/// Shows a site of these mails; what was found.
fn tried(mails: &[Case]) -> Vec<String> {
    let made = mails
        .iter()
        .map(|(kind, bytes)| Mail::written(&kind.grown(*bytes)));
    let site = Site::new()
        .mails("ann", "INBOX", made.collect())
        .config("[cache]\nbudget_mb = 64")
        .start();
    let ann = site.sign_in("ann");
    let mut round = Round {
        watch: Watch::on(&site.program()),
        site,
        ann,
        found: Vec::new(),
    };
    let list = round.look("list", "/", PAGE_BYTES);
    let rows = list.attributes_of(".row > a", "href");
    if rows.len() != mails.len() {
        round
            .found
            .push(format!("{} rows of {}", rows.len(), mails.len()));
    }
    let again = round.look("list again", "/", PAGE_BYTES);
    if super::asks_needlessly(&list, &again) {
        round
            .found
            .push("the second click asks the server".to_owned());
    }
    // The newest is above.
    for ((kind, bytes), row) in mails.iter().rev().zip(&rows) {
        let what = format!("{} of {bytes}", kind.name);
        let page = round.look(&what, row, PAGE_BYTES);
        for frame in page.attributes_of("iframe", "src") {
            round.look(&format!("frame of {what}"), &frame, FRAME_BYTES);
        }
        for header in page.attributes_of("main a[href*='/headers?']", "href") {
            round.look(&format!("header of {what}"), &header, PAGE_BYTES);
        }
        for print in page.attributes_of("main a[href*='/print?']", "href") {
            round.look(&format!("print of {what}"), &print, FRAME_BYTES);
        }
    }
    drop(round.site);
    round.found
}

/// What is told beside a text, where it is short enough to be read.
const TOLD: [&str; 4] = ["calendar", "attendees", "cards", "report"];

/// A kind of mail, and how long it is.
type Case = (&'static Kind, usize);

#[test]
fn whatever_is_too_long_in_a_mail_the_list_is_whole_and_each_mail_has_its_page() {
    let of_length = |bytes: usize| KINDS.iter().map(move |kind| (kind, bytes));
    let told = KINDS.iter().filter(|kind| TOLD.contains(&kind.name));
    let short = of_length(400_000).chain(told.map(|kind| (kind, 250_000)));
    let others = LENGTHS.into_iter().flat_map(of_length).collect();
    let any = |random: &mut Random| {
        let kind = &KINDS[random.below(KINDS.len() as u64) as usize];
        (kind, any_length(random))
    };
    try_all([short.collect(), others], any, ROUND, tried);
}
