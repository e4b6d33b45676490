//! Conversations: how a list is grouped into them, what of that asks the mail server, and what acting on one does.
//!
//! "Rule 18" is the numbered rule of how conversations are found.

/// How they change with their folder.
mod growing;
/// What is done with single messages of one, and what they load from elsewhere.
mod letters;
/// What they look like, and whether everybody can use them.
mod look;
/// Muting one.
mod muted;
/// The same on other servers.
mod servers;

use std::time::{Duration, SystemTime};

use crate::cost;
use crate::find::WITHOUT_SORT;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::{Plan, Site};

/// A folder for archived mail, so that none has to be made.
const ARCHIVE: &str = "namespace inbox {\n  mailbox Archive {\n    auto = subscribe\n    special_use = \\Archive\n  }\n}\n";

/// A mail of a conversation, and the mails that it names.
pub struct Letter<'l> {
    pub id: &'l str,
    pub from: &'l str,
    pub subject: &'l str,
    pub references: &'l [&'l str],
}

impl Letter<'_> {
    pub fn mail(&self) -> Mail {
        let references: String = self
            .references
            .iter()
            .map(|id| format!(" <{id}>"))
            .collect();
        let references = match references.is_empty() {
            true => String::new(),
            false => format!("References:{references}\n"),
        };
        let (id, from, subject) = (self.id, self.from, self.subject);
        Mail::written(&format!(
            "From: {from}\nTo: Ann <ann@example.org>\nSubject: {subject}\nDate: 10 Nov 2026 10:00:00 +0000\n\
             Message-ID: <{id}>\n{references}Content-Type: text/plain; charset=utf-8\n\nWords of {id}.\n"
        ))
    }
}

const MARTA: &str = "Marta Oliveira <marta@o.example>";
const PIET: &str = "Piet de Vries <piet@v.example>";
const ANN: &str = "Ann <ann@example.org>";

/// A message by its id, which refers to others by theirs.
fn letter(
    id: &'static str,
    from: &'static str,
    subject: &'static str,
    references: &'static [&'static str],
) -> Letter<'static> {
    Letter {
        id,
        from,
        subject,
        references,
    }
}

/// Six messages, three conversations: the hall (three messages, one unread, one starred), the roof, the keys (two).
fn letters() -> Vec<Mail> {
    let seen: &[&'static str] = &["\\Seen"];
    vec![
        letter("h1", MARTA, "The hall", &[])
            .mail()
            .flagged(&["\\Seen", "\\Flagged"]),
        letter("k1", PIET, "Keys", &[]).mail().flagged(seen),
        letter("h2", PIET, "Re: The hall", &["h1"]).mail(),
        letter("roof", "Lund <lund@l.example>", "The hall", &[])
            .mail()
            .flagged(seen),
        letter("h3", MARTA, "Re: The hall", &["h1", "h2"])
            .mail()
            .flagged(seen),
        letter("k2", ANN, "Re: Keys", &["k1"]).mail().flagged(seen),
    ]
}

fn plan() -> Plan {
    Site::new()
        .mails("ann", "INBOX", letters())
        .dovecot(ARCHIVE)
}

/// Presses the switch in the list's head.
fn switch(list: &Page) -> Page {
    list.form("set-folder").submit()
}

/// The inbox, grouped.
fn grouped(site: &Site) -> Page {
    let list = site.sign_in("ann").get("/");
    switch(&list)
}

/// Each row: who, how many messages, and the subject.
fn rows(page: &Page) -> Vec<String> {
    let (who, subjects) = (page.texts_of(".row .who b"), page.texts_of(".row .subject"));
    let counts: Vec<String> = page.texts_of(".row .who");
    let count = |text: &String| {
        let (before, _) = text.split_once(" messages").unwrap_or(("", ""));
        before
            .chars()
            .rev()
            .take_while(|c| c.is_ascii_digit() || *c == ',')
            .collect::<Vec<_>>()
    };
    let rows = who.iter().zip(&subjects).zip(&counts);
    rows.map(|((who, subject), text)| {
        let count: String = count(text).into_iter().rev().collect();
        format!("{who} {count} {subject}").replace("  ", " ")
    })
    .collect()
}

#[test]
fn rule_18_a_list_is_grouped_by_what_messages_name_and_never_by_a_subject_alone() {
    for extra in ["", WITHOUT_SORT] {
        let site = plan().dovecot(extra).start();
        let list = grouped(&site);
        list.shows("3 conversations, 1 unread");
        assert_eq!(
            rows(&list),
            [
                "Piet, Ann 2 Re: Keys",
                "Marta, Piet 3 Re: The hall",
                "Lund The hall"
            ]
        );
        // Unread and starred is a conversation of which some message is.
        let classes = list.attributes_of(".row", "class");
        let unread: Vec<bool> = classes.iter().map(|c| c.contains("unread")).collect();
        assert_eq!(unread, [false, true, false]);
        assert_eq!(
            list.attributes_of(".row:nth-child(2) .starred", "aria-label"),
            ["Starred"]
        );
        // It stays so until it is switched off.
        let again = list.visitor().get("/");
        assert_eq!(rows(&again).len(), 3);
        let single = switch(&again);
        assert_eq!(single.texts_of(".row .subject").len(), 6);
        single.shows("no longer grouped");
        assert_eq!(single.visitor().get("/").texts_of(".row .subject").len(), 6);
        // The other way round.
        let oldest = grouped(&site).click("Oldest first");
        assert_eq!(
            rows(&oldest).first().map(String::as_str),
            Some("Lund The hall")
        );
    }
}

#[test]
fn rule_18_conversations_come_from_the_cache_and_a_message_that_arrives_costs_one_small_question() {
    let site = plan().proxied().start();
    let list = site.sign_in("ann").get("/");
    let (first, cost) = cost::of(&site, || switch(&list));
    assert_eq!(cost.connections, 1);
    assert!(cost.flights <= 3, "{cost:?}");
    let (again, cost) = cost::of(&site, || list.visitor().get("/"));
    assert_eq!((cost.connections, rows(&again)), (0, rows(&first)));
    let letter = Letter {
        id: "h4",
        from: "Kim <kim@k.example>",
        subject: "Re: The hall",
        references: &["h1"],
    };
    site.deliver("ann", &letter.mail());
    let (now, cost) = cost::of(&site, || again.click("Refresh"));
    assert_eq!(
        rows(&now),
        [
            "Marta, Piet, Kim 4 Re: The hall",
            "Piet, Ann 2 Re: Keys",
            "Lund The hall"
        ]
    );
    assert!(cost.connections == 1 && cost.flights <= 4, "{cost:?}");
    let transcript = site.proxy().transcript();
    let asked = transcript
        .lines()
        .filter(|l| l.contains("(UID INTERNALDATE RFC822.SIZE"));
    assert_eq!(asked.count(), 1, "{transcript}");
    assert!(
        transcript.contains("UID FETCH 7 (UID INTERNALDATE"),
        "{transcript}"
    );
}

#[test]
fn a_ticked_row_means_all_messages_of_the_conversation_and_the_number_is_told() {
    let site = plan().start();
    let list = grouped(&site);
    let uid = list.attributes_of(".row:nth-child(2) .tick", "value");
    let done = list.form("rows").tick("u", &uid[0]).press("act", "archive");
    done.shows("3 messages");
    assert_eq!(rows(&done), ["Piet, Ann 2 Re: Keys", "Lund The hall"]);
    let mut client = site.other_client("ann");
    let left = |client: &mut crate::support::client::MailClient, folder: &str| {
        client.run(&format!("SELECT {folder}"));
        client.run("UID SEARCH ALL").concat().matches(' ').count() - 1
    };
    assert_eq!(
        [left(&mut client, "Archive"), left(&mut client, "INBOX")],
        [3, 3]
    );
    let undone = done.click("Undo");
    undone.shows("3 messages");
    assert_eq!(left(&mut client, "INBOX"), 6);
    let again = undone.click("Refresh");
    assert_eq!(rows(&again).len(), 3);
    // All of the list: all of their messages.
    let all = again.visitor().get("/folder?f=INBOX&group=1&select=all");
    let read = all.form("rows").press("act", "archive");
    read.shows("6 messages");
}

#[test]
fn a_conversation_that_loses_its_newest_message_stands_where_the_next_one_does() {
    let site = plan().start();
    let list = grouped(&site);
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("STORE 5:6 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    let now = list.visitor().get("/folder?f=INBOX&compare=1&group=1");
    assert_eq!(
        rows(&now),
        [
            "Lund The hall",
            "Marta, Piet 2 Re: The hall",
            "Piet de Vries Keys"
        ]
    );
    // The same by an act of one's own, without asking anybody.
    let uid = now.attributes_of(".row:nth-child(1) .tick", "value");
    let done = now.form("rows").tick("u", &uid[0]).press("act", "archive");
    assert_eq!(
        rows(&done),
        ["Marta, Piet 2 Re: The hall", "Piet de Vries Keys"]
    );
}

#[test]
fn rule_18_hostile_references_neither_fail_nor_take_long() {
    let many: Vec<String> = (0..10_000).map(|n| format!("r{n}@x")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let letter = |id, references| Letter {
        id,
        from: MARTA,
        subject: "Loop",
        references,
    };
    let mut mails = vec![
        letter("a", &["b"]).mail(),
        letter("b", &["a"]).mail(),
        letter("c", &["c"]).mail(),
        letter("d", many.as_slice()).mail(),
        letter("e", &["r0@x"]).mail(),
        letter("same", &[]).mail(),
        letter("same", &[]).mail(),
        Mail::written("Subject: no id\nReferences: <<<>>> <> < \u{1} x <a\n\nx\n"),
        Mail::written("Subject: no id\nReferences: (comment <f>) <\"quoted\"@x>,,<g>\n\nx\n"),
    ];
    mails.extend((0..5_000).map(|n| {
        let id = format!("long{n}");
        Letter {
            id: &id,
            from: PIET,
            subject: "Re: Long",
            references: &["long0"],
        }
        .mail()
    }));
    let site = Site::new().mails("ann", "INBOX", mails).start();
    let list = grouped(&site);
    let rows = rows(&list);
    assert_eq!(
        rows.first().map(String::as_str),
        Some("Piet de Vries 5,000 Re: Long")
    );
    // Two that name each other, with one that names one of them; one that names itself; two that name one thing; two of one
    // id; one without.
    assert_eq!(rows.len(), 1 + 5, "{rows:?}");
}

/// Sent and Archive, as other clients of an account have made them.
const SENT: &str = "namespace inbox {\n  mailbox Archive {\n    auto = subscribe\n    special_use = \\Archive\n  }\n  mailbox Sent {\n    auto = subscribe\n    special_use = \\Sent\n  }\n}\n";

/// The conversation about the hall, with Ann's answer in Sent and an older message in the archive.
fn told_all_over() -> Plan {
    let seen: &[&'static str] = &["\\Seen"];
    let answer = Letter {
        id: "h2a",
        from: ANN,
        subject: "Re: The hall",
        references: &["h1", "h2"],
    };
    let first = Letter {
        id: "h1",
        from: MARTA,
        subject: "The hall",
        references: &[],
    };
    let other = Letter {
        id: "z",
        from: ANN,
        subject: "The hall",
        references: &["nothing"],
    };
    // So many minutes ago, lest the clock decides what came first.
    let ago = |mail: Mail, minutes: u64| Mail {
        received: SystemTime::now() - Duration::from_secs(60 * minutes),
        ..mail.flagged(seen)
    };
    let inbox = letters().into_iter().skip(1).zip((10..20).rev());
    let inbox = inbox.map(|(mail, minutes)| Mail {
        flags: mail.flags.clone(),
        ..ago(mail, minutes)
    });
    let sent = vec![ago(other.mail(), 30), ago(answer.mail(), 1)];
    let archive = vec![ago(first.mail(), 40), ago(answer.mail(), 1)];
    Site::new()
        .mails("ann", "INBOX", inbox.collect())
        .mails("ann", "Sent", sent)
        .mails("ann", "Archive", archive)
        .dovecot(SENT)
}

/// Who says what on the page of a conversation: folded messages by their lines.
fn folded(page: &Page) -> Vec<String> {
    page.texts_of("a.letter .who b")
}

fn unfolded(page: &Page) -> Vec<String> {
    let bodies = page.texts_of("details.letter");
    let said = |text: &String| {
        let (_, words) = text.split_once("Words of ")?;
        Some(words.split('.').next()?.to_owned())
    };
    bodies.iter().filter_map(said).collect()
}

#[test]
fn rule_18_a_conversation_has_ones_own_answers_and_what_is_in_other_folders_each_once() {
    let site = told_all_over().proxied().start();
    let list = grouped(&site);
    let (talk, cost) = cost::of(&site, || list.open_nth(".row a", 1));
    assert_eq!(talk.text_of("h1").as_deref(), Some("Re: The hall"));
    // The unread one and the newest are unfolded; what was read is a line, with its folder where that is another.
    assert_eq!(unfolded(&talk), ["h2", "h3", "h2a"]);
    assert_eq!(folded(&talk), ["Marta Oliveira"]);
    let places = |page: &Page, of: &str| page.texts_of(&format!("{of} .place bdi"));
    assert_eq!(places(&talk, "a.letter"), ["Archive"]);
    assert_eq!(places(&talk, "details.letter"), ["Sent"]);
    talk.shows("4 messages").hides("Words of z");
    assert!(cost.connections == 1 && cost.flights <= 9, "{cost:?}");
    // Once more from the cache; reading marks as read.
    let (again, cost) = cost::of(&site, || talk.visitor().get(talk.target()));
    assert_eq!(cost.connections, 0);
    assert_eq!(unfolded(&again), ["h3", "h2a"]);
    // A folded one unfolds, wherever it is.
    let first = again.open_nth("a.letter", 0);
    assert_eq!(unfolded(&first), ["h1", "h3", "h2a"]);
    assert_eq!(places(&first, "details.letter"), ["Archive", "Sent"]);
    // From conversation to conversation.
    talk.shows("2 of 3");
    assert_eq!(
        talk.click("Newer").text_of("h1").as_deref(),
        Some("Re: Keys")
    );
    let back = talk.click("Back to Inbox");
    assert_eq!(rows(&back).len(), 3);
    // An act is one on all of its messages in this folder.
    let gone = talk.form("acts").press("act", "archive");
    gone.shows("2 messages");
    let mut client = site.other_client("ann");
    assert!(
        client
            .run("STATUS INBOX (UNSEEN MESSAGES)")
            .concat()
            .contains("MESSAGES 3 UNSEEN 0")
    );
}
