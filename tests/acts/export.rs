//! Messages saved in one file: nothing is changed, and each is in it as it travelled.

use super::{act, inbox, plan, shown, subjects};
use crate::support::mails::Mail;
use crate::support::page::Page;

/// Messages with lines that an mbox has to quote.
const MESSAGES: [&str; 3] = [
    "From: Ann <ann@example.org>\r\nSubject: One\r\n\r\nHello,\r\nFrom here on\r\n>From there\r\n",
    "From: Bo <bo@example.org>\r\nSubject: Two\r\n\r\n>>From x\r\nFrom\r\n\r\n\r\n",
    "From: Kai <kai@example.org>\r\nSubject: One\r\n\r\nthe same subject\r\n",
];

fn holds(file: &[u8], wanted: &str) -> usize {
    let found = file.windows(wanted.len());
    found.filter(|bytes| *bytes == wanted.as_bytes()).count()
}

fn has_header(page: &Page, name: &str, value: &str) {
    assert_eq!(page.header(name), value);
}

/// What stands in an mbox of unread messages, each as it was: one `>` less, lines ended by CRLF.
fn read(mbox: &[u8]) -> Vec<String> {
    let text = String::from_utf8(mbox.to_vec()).expect("text");
    let mut all: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with("From ") {
            all.push(String::new());
            continue;
        }
        let is_quoted = line.trim_start_matches('>').starts_with("From ") && line.starts_with('>');
        let line = if is_quoted { &line[1..] } else { line };
        *all.last_mut().expect("a message") += &format!("{line}\r\n");
    }
    for message in &mut all {
        assert!(message.ends_with("\r\n\r\n"), "{message:?}");
        message.truncate(message.len() - 2);
        // What is set on it stands first.
        let noted = message.strip_prefix("Status: O\r\n");
        *message = noted.expect("a note").to_owned();
    }
    all
}

#[test]
fn messages_are_saved_as_they_travelled_in_a_zip_and_in_an_mbox() {
    let site = plan(2).start();
    let mut other = site.other_client("ann");
    for message in MESSAGES {
        other.append("INBOX", &Mail::raw(message));
    }
    drop(other);
    let list = inbox(&site);
    let before = subjects(&site, "INBOX");
    let zip = act(&list, &["One", "Two", "Message 1"], "save-zip");
    zip.has_status(200);
    has_header(&zip, "content-type", "application/zip");
    has_header(
        &zip,
        "content-disposition",
        "attachment; filename=\"Inbox.zip\"",
    );
    let file = zip.body();
    assert!(file.starts_with(b"PK") && holds(file, "PK\u{1}\u{2}") == 3);
    // Of the two with one subject the newer is ticked.
    assert_eq!(holds(file, MESSAGES[2]), 1);
    assert_eq!(holds(file, MESSAGES[1]), 1);
    assert_eq!(holds(file, "One.eml"), 2);

    // All of a list, in the order of its numbers.
    let all = list.visitor().get("/folder?select=all");
    let mbox = all.form("rows").press("act", "save-mbox");
    has_header(&mbox, "content-type", "application/mbox");
    let saved = read(mbox.body());
    assert_eq!(saved.len(), 5);
    assert_eq!(saved[2..], MESSAGES);
    let begins = String::from_utf8_lossy(mbox.body()).into_owned();
    assert!(begins.contains("\nFrom bo@example.org "), "{begins}");
    assert_eq!(subjects(&site, "INBOX"), before);
    assert_eq!(shown(&inbox(&site)).len(), 5);
}

#[test]
fn what_is_gone_is_told_on_a_page_and_never_left_out_of_a_file() {
    let site = plan(3).start();
    let list = inbox(&site);
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("STORE 2 +FLAGS (\\Deleted)");
    other.run("EXPUNGE");
    for kind in ["save-zip", "save-mbox"] {
        let page = act(&list, &["Message 1", "Message 2"], kind);
        page.has_status(410);
        page.shows("This message is no longer here");
    }
}

/// Beyond what one page knows: senders, dates and flags are asked for.
#[test]
fn messages_that_no_page_has_shown_are_saved_with_their_dates_and_senders() {
    let site = plan(300).start();
    let list = inbox(&site);
    let all = list.visitor().get("/folder?select=all");
    let mbox = all.form("rows").press("act", "save-mbox");
    let text = String::from_utf8_lossy(mbox.body()).into_owned();
    let separators: Vec<&str> = text.lines().filter(|l| l.starts_with("From ")).collect();
    assert_eq!(separators.len(), 300);
    for line in separators {
        assert!(
            !line.contains("MAILER-DAEMON") && !line.ends_with(" 1970"),
            "{line}"
        );
    }
}

#[test]
fn an_open_message_is_saved_too() {
    let site = plan(2).start();
    let message = inbox(&site).click("Message 2");
    let saved = message.form("acts").press("act", "save-mbox");
    has_header(&saved, "content-type", "application/mbox");
    assert!(saved.holds(b"\nSubject: Message 2") && !saved.holds(b"\nSubject: Message 1"));
}
