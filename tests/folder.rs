//! Lists: places in them that stay where they are, whatever another mail program does meanwhile; and which folders there
//! are, by what names.

use crate::cost::connections;
use crate::support::client::MailClient;
use crate::support::mails::{self, Mail};
use crate::support::page::Page;
use crate::support::reader::Reader;
use crate::support::site::Site;

/// Every click is compared with the server.
const NEVER_FRESH: &str = "[cache]\nfresh_seconds = 0";

fn mail(subject: &str) -> Mail {
    Mail::plain(
        "Bo <bo@example.org>",
        subject,
        &format!("About: {subject}."),
    )
}

fn letters(count: usize) -> Vec<Mail> {
    (1..=count).map(|n| mail(&format!("Letter {n}"))).collect()
}

/// The subjects of the rows, newest first.
fn subjects(page: &Page) -> Vec<String> {
    page.texts_of("main li.row .subject")
}

/// "Message 170" down to "Message 121".
fn messages(newest: usize, oldest: usize) -> Vec<String> {
    (oldest..=newest)
        .rev()
        .map(|n| format!("Message {n}"))
        .collect()
}

/// Another mail program deletes messages of the INBOX, by their sequence numbers.
fn delete(mut client: MailClient, which: &str) {
    client.run("SELECT INBOX");
    client.run(&format!(r"STORE {which} +FLAGS.SILENT (\Deleted)"));
    client.run("EXPUNGE");
}

/// The folders with a role, in the order of the pane.
fn roles(page: &Page) -> Vec<String> {
    page.texts_of("nav.folders > ul:first-of-type > li > a .name")
}

/// The folders without one, in the order of the pane.
fn tree(page: &Page) -> Vec<String> {
    page.texts_of("nav.folders > h2 + ul .name")
}

#[test]
fn two_tabs_in_two_folders_stay_each_in_its_own_place() {
    let ann = Reader::with(&[
        ("INBOX", &mails::generated(170)),
        ("Letters", &letters(120)),
    ]);
    let inbox = ann.get("/");
    let letters = ann.tab().get(&inbox.link("Letters"));
    letters.shows("Letter 120").hides("Message 170");
    let inbox = inbox.click("Older");
    inbox.shows("Message 120").hides("Letter 120");
    let letters = letters.click("Older");
    letters.shows("Letter 70").hides("Message 120");
    let inbox = inbox.click("Older");
    assert_eq!(subjects(&inbox), messages(70, 21));
    let letters = letters.click("Newer");
    letters.shows("Letter 120").shows("Letter 71");
    // A comparison in one of them moves neither.
    let inbox = inbox.click("Refresh");
    assert_eq!(subjects(&inbox), messages(70, 21));
    let inbox = inbox.click("Newer");
    assert_eq!(subjects(&inbox), messages(120, 71));
    let letters = letters.click("Older").click("Older");
    letters.shows("Letter 20").shows("Letter 1");
    // All of it a second time: from the cache.
    connections(&ann.get(inbox.target()).click("Older"), 0);
    connections(&ann.get(letters.target()).click("Newer"), 0);
}

#[test]
fn mail_that_arrives_between_two_clicks_repeats_and_skips_no_row() {
    let site = Site::new().messages(170).config(NEVER_FRESH).start();
    let ann = site.sign_in("ann");
    let mut page = ann.get("/");
    let mut seen = subjects(&page);
    for n in 1..=3 {
        site.deliver("ann", &mail(&format!("New {n}")));
        page = page.click("Older");
        page.hides("New 1");
        seen.extend(subjects(&page));
    }
    assert_eq!(seen, messages(170, 1));
    assert!(!page.has_link("Older"));
    // And back again, to the new ones last.
    let mut back = Vec::new();
    while page.has_link("Newer") {
        site.deliver("ann", &mail("Newest"));
        page = page.click("Newer");
        back.push(subjects(&page));
    }
    assert_eq!(back[0], messages(70, 21));
    assert_eq!(back[1], messages(120, 71));
    assert_eq!(back[2], messages(170, 121));
    assert_eq!(back[3][..2], ["Newest", "Newest"]);
    assert_eq!(back.len(), 4);
}

#[test]
fn a_deleted_anchor_leaves_its_place() {
    let site = Site::new().messages(300).config(NEVER_FRESH).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/").click("Older");
    assert_eq!(subjects(&list), messages(250, 201));
    // The last row of the page, by which the link to older ones goes; then the first one of the next.
    delete(site.other_client("ann"), "201");
    let older = list.click("Older");
    assert_eq!(subjects(&older), messages(200, 151));
    delete(site.other_client("ann"), "200");
    let newer = older.click("Newer");
    assert_eq!(subjects(&newer), messages(251, 202));
}

#[test]
fn a_place_beyond_the_end_is_the_nearest_that_there_is() {
    let ann = Reader::of(mails::generated(120));
    let list = ann.get("/");
    let link = list.link("Older");
    let (front, anchor) = link.rsplit_once('=').expect("an anchor");
    let validity = anchor.split('.').next().expect("a numbering");
    let newer = front.replace("&older", "&newer");
    for (place, expected) in [
        (format!("{front}={validity}.99999.4000000000"), (120, 71)),
        (format!("{newer}={validity}.99999.4000000000"), (120, 71)),
        (format!("{front}={validity}.99999.0"), (50, 1)),
        (format!("{front}={validity}.1.0"), (50, 1)),
        (format!("{newer}={validity}.120.119"), (120, 71)),
        (format!("{front}={validity}.99999.7"), (7, 1)),
    ] {
        let page = ann.get(&place);
        page.has_status(200);
        assert_eq!(subjects(&page), messages(expected.0, expected.1), "{place}");
    }
    for broken in [
        "",
        "x",
        "1.2",
        "1.2.3.4",
        "1.0.3",
        "-1.2.3",
        "1.2.99999999999",
    ] {
        ann.get(&format!("{front}={broken}"))
            .has_status(400)
            .shows("Open Inbox");
    }
}

#[test]
fn a_list_that_grew_shorter_shows_its_last_page() {
    let site = Site::new().messages(120).config(NEVER_FRESH).start();
    let ann = site.sign_in("ann");
    let older = ann.get("/").click("Older");
    let oldest = older.link("Older");
    delete(site.other_client("ann"), "1:100");
    let page = ann.get(&oldest);
    page.has_status(200);
    assert_eq!(subjects(&page), messages(120, 101));
    assert!(!page.has_link("Older") && !page.has_link("Newer"));
}

#[test]
fn a_message_deleted_elsewhere_is_gone_and_the_list_knows_it_then() {
    let ann = Reader::of(mails::generated(3));
    let list = ann.get("/");
    delete(ann.other_client(), "2");
    let gone = list.click("Message 2");
    gone.has_status(410)
        .shows("This message is no longer here")
        .hides("changed");
    gone.click("Open Inbox")
        .has_status(200)
        .shows("Message 3")
        .hides("Message 2");
    let never = list.link("Message 1").replace("u=1&", "u=4711&");
    ann.get(&never)
        .has_status(410)
        .shows("This message is no longer here");
}

#[test]
fn a_folder_that_was_numbered_anew_says_so_instead_of_showing_something_else() {
    let ann = Reader::of(mails::generated(120));
    let list = ann.get("/");
    let dovecot = ann.site().dovecot();
    dovecot.renumber(ann.login(), "INBOX", 4711);
    let stale = list.click("Message 118");
    stale
        .has_status(410)
        .shows("This link is out of date")
        .hides("This is message");
    let anew = stale.click("Open Inbox");
    anew.shows("Message 120")
        .click("Message 118")
        .shows("This is message 118.");
    // Links of before, to a place and to a message.
    let place = list.click("Older");
    place
        .has_status(200)
        .shows("The mail server has rebuilt this folder");
    assert_eq!(subjects(&place), messages(120, 71));
    list.click("Message 117")
        .has_status(410)
        .shows("This link is out of date");
}

#[test]
fn a_folder_deleted_elsewhere_is_gone_and_leaves_a_way_on() {
    let site = Site::new()
        .messages(3)
        .mails("ann", "Letters", letters(3))
        .config(NEVER_FRESH)
        .start();
    let ann = site.sign_in("ann");
    let letters = ann.get("/").click("Letters");
    let letter = letters.link("Letter 2");
    site.other_client("ann").run("DELETE Letters");
    let gone = ann.get(letters.target());
    gone.has_status(410).shows("This folder no longer exists");
    // The application stays around it: its folders without the one that is gone, and a list.
    gone.shows("Message 3").hides("Letters");
    assert!(
        gone.texts_of("nav.folders a.line")
            .contains(&"Sent".to_owned())
    );
    let inbox = gone.click("Open Inbox");
    inbox.has_status(200).shows("Message 3").hides("Letters");
    ann.get(&letter)
        .has_status(410)
        .shows("This folder no longer exists");
}

#[test]
fn where_the_server_is_away_folders_and_list_stay() {
    let mut site = Site::new().messages(3).config(NEVER_FRESH).start();
    let ann = site.sign_in("ann");
    let letter = ann.get("/").link("Message 2");
    site.dovecot_mut().stop();
    let away = ann.get(&letter);
    away.has_status(502)
        .shows("The mail server cannot be reached")
        .shows("Message 3");
    assert!(
        away.texts_of("nav.folders a.line")
            .contains(&"Sent".to_owned())
    );
    assert_eq!(away.attributes_of("main .button.primary", "href"), [letter]);
    // Where the cache answers, its notice leads on, too.
    let list = ann.get("/");
    list.has_status(200).shows("cannot be reached");
    assert!(list.link("Try again").contains("compare=1"));
}

#[test]
fn within_the_window_too_a_folder_found_gone_leaves_the_pane() {
    let ann = Reader::with(&[("INBOX", &mails::generated(3)), ("Letters", &letters(3))]);
    let inbox = ann.get("/");
    ann.other_client().run("DELETE Letters");
    let gone = inbox.click("Letters");
    gone.has_status(410).shows("This folder no longer exists");
    gone.click("Open Inbox").hides("Letters");
}

#[test]
fn an_empty_folder_says_what_will_be_in_it() {
    let ann = Reader::of([]);
    let inbox = ann.get("/");
    inbox
        .shows("This folder is empty.")
        .shows("New mail will appear here.");
    assert!(!inbox.has_link("Older") && !inbox.has_link("Newer"));
    inbox
        .click("Sent")
        .shows("Messages that you send will appear here.");
    ann.other_client().append("INBOX", &mail("The first"));
    inbox.click("Refresh").shows("The first").hides("empty");
}

/// Names on the wire (RFC 3501 5.1.3), and what a reader sees.
const ODD_NAMES: [(&str, &str); 8] = [
    ("Reisepl&AOQ-ne", "Reisepläne"),
    ("&ZeVnLIqe-", "日本語"),
    ("R&-D", "R&D"),
    ("100% & more #1?f=INBOX", "100% & more #1?f=INBOX"),
    (r#"She said \"no\""#, r#"She said "no""#),
    ("<b>bold", "<b>bold"),
    ("a+b=c;d", "a+b=c;d"),
    ("With  two spaces", "With two spaces"),
];

#[test]
fn folders_of_any_name_are_listed_and_opened() {
    let site = Site::new().messages(1).start();
    let mut client = site.other_client("ann");
    for (wire, shown) in ODD_NAMES {
        let wire = wire.replace("& ", "&- ");
        client.run(&format!("CREATE \"{wire}\""));
        client.append(&wire, &mail(&format!("In {}", shown.len())));
    }
    drop(client);
    let ann = site.sign_in("ann");
    let inbox = ann.get("/");
    let mut listed = tree(&inbox);
    listed.sort();
    let mut expected = ODD_NAMES.map(|(_, shown)| shown);
    expected.sort();
    assert_eq!(listed, expected);
    for (_, shown) in ODD_NAMES {
        let folder = inbox.click(shown);
        let subject = format!("In {}", shown.len());
        folder.has_status(200).shows(&subject);
        let title = folder.text_of("h1");
        assert_eq!(title.as_deref(), Some(shown));
        folder
            .click(&subject)
            .shows(&format!("About: {subject}."))
            .click(&format!("Back to {shown}"))
            .shows(&subject);
    }
}

#[test]
fn a_name_that_would_end_a_command_ends_nothing() {
    let site = Site::new().messages(1).proxied().start();
    let ann = site.sign_in("ann");
    ann.get("/");
    site.proxy().reset();
    for name in ["INBOX%0D%0Ax%20DELETE%20INBOX", "INBOX%0A", "INBOX%00", ""] {
        ann.get(&format!("/folder?f={name}")).has_status(400);
    }
    assert_eq!(site.proxy().counts().connections, 0);
    for name in [
        "INBOX%22%20%22x",
        "INBOX%5C",
        "%7B3%7D",
        "*",
        "%25",
        "%26!-",
        "%C3%A4",
        "..%2F..%2Fben",
    ] {
        let page = ann.get(&format!("/folder?f={name}"));
        page.has_status(410).shows("This folder no longer exists");
    }
    ann.get("/").click("Refresh").shows("Message 1");
}

#[test]
fn folders_below_inbox_stand_at_the_top() {
    let site = Site::new()
        .messages(2)
        .mails("ann", "Work", letters(2))
        .mails("ann", "Work/Deep", letters(3))
        .dovecot("namespace inbox {\n  separator = .\n  prefix = INBOX.\n}\n")
        .start();
    let ann = site.sign_in("ann");
    let inbox = ann.get("/");
    assert_eq!(roles(&inbox), ["Inbox", "Drafts", "Sent", "Trash"]);
    assert_eq!(tree(&inbox), ["Work", "Deep"]);
    let nested = inbox.texts_of("nav.folders details li .name");
    assert_eq!(nested, ["Deep"]);
    let work = inbox.click("Work");
    work.shows("Letter 2").hides("Letter 3");
    work.click("Deep").shows("Letter 3");
    inbox
        .click("Sent")
        .shows("Messages that you send will appear here.");
}

#[test]
fn a_name_that_only_holds_others_leads_nowhere() {
    let inbox = Reader::with(&[("Work/Deep/Deeper", &letters(1))]).get("/");
    assert_eq!(tree(&inbox), ["Work", "Deep", "Deeper"]);
    let links = inbox.texts_of("nav.folders > h2 + ul a .name");
    assert_eq!(links, ["Deeper"]);
    inbox.click("Deeper").shows("Letter 1");
}

#[test]
fn a_row_tells_when_its_message_arrived_and_the_message_that_it_is_dated_otherwise() {
    let dated = |year: u32, subject: &str| {
        let text = format!(
            "From: Bo <bo@example.org>\nDate: Fri, 17 Nov {year} 10:05:00 +0000\nSubject: {subject}\n\nHello\n"
        );
        crate::support::mails::Mail::written(&text)
    };
    let late = [dated(2023, "Late"), mail("Just now")];
    let old = [dated(2021, "One"), dated(2022, "Two"), dated(2023, "Three")];
    let ann = Reader::with(&[("INBOX", &late), ("Old", &old)]);
    let inbox = ann.get("/");
    let times = inbox.texts_of(".row time");
    assert!(
        times.len() == 2 && !times.iter().any(|time| time.contains("2023")),
        "{times:?}"
    );
    let page = inbox.click("Late");
    let moment = page.text_of(".moment").unwrap_or_default();
    assert!(moment.ends_with("(dated 17 Nov 2023, 10:05)"), "{moment}");
    let page = inbox.click("Just now");
    assert!(
        !page
            .text_of(".moment")
            .unwrap_or_default()
            .contains("dated")
    );
    // All of it came at once, with an import.
    let times = ann.get("/folder?f=Old").texts_of(".row time");
    assert!(
        times.iter().all(|time| time.contains("17 Nov 202")),
        "{times:?}"
    );
}

#[test]
fn a_folder_that_lies_deep_says_what_it_lies_in() {
    let inbox = Reader::with(&[("A/B/C/D/E", &letters(1))]).get("/");
    assert_eq!(tree(&inbox), ["A", "B", "C", "C / D", "D / E"]);
    let paths = inbox.attributes_of("nav.folders > h2 + ul .line", "title");
    assert_eq!(
        paths,
        [
            "A",
            "A / B",
            "A / B / C",
            "A / B / C / D",
            "A / B / C / D / E"
        ]
    );
    let list = inbox.open_nth("nav.folders a.line[title$=E]", 0);
    assert_eq!(list.text_of("h1").as_deref(), Some("A / B / C / D / E"));
    assert!(
        list.text_of("title")
            .is_some_and(|title| title.contains("A / B / C / D / E"))
    );
    list.click("Letter 1")
        .shows("Letter 1")
        .has_link("Back to E");
}

#[test]
fn what_folders_are_for_is_told_by_the_server_or_else_by_their_usual_names() {
    let site = Site::new()
        .dovecot(
            "namespace inbox {\n  mailbox Unwanted {\n    special_use = \\Junk\n    auto = create\n  }\n}\n",
        )
        .start();
    let mut client = site.other_client("ann");
    // Taken already by a folder of which the server says so; and one that only its name tells.
    for name in ["Spam", "Archiv", "Zoo"] {
        client.run(&format!("CREATE {name}"));
    }
    let inbox = site.sign_in("ann").get("/");
    assert_eq!(
        roles(&inbox),
        ["Inbox", "Drafts", "Sent", "Archive", "Spam", "Trash"]
    );
    assert_eq!(tree(&inbox), ["Spam", "Zoo"]);
    assert!(inbox.link("Archive").contains("f=Archiv"));
}

/// A folder's count in the pane, as it is read out.
fn count_of(page: &Page, folder: &str) -> Option<String> {
    let names = page.texts_of("nav.folders a.line");
    let line = names.iter().find(|line| line.starts_with(folder));
    let line = line.unwrap_or_else(|| panic!("no {folder} in {names:?}"));
    let count = line.trim_start_matches(folder).trim();
    (!count.is_empty()).then(|| count.to_owned())
}

#[test]
fn unread_messages_are_counted_beside_each_folder() {
    for capabilities in ["", "imap_capability = IMAP4rev1 SPECIAL-USE\n"] {
        let site = Site::new()
            .mails("ann", "INBOX", letters(2))
            .mails("ann", "Letters", letters(3))
            .mails("ann", "Read", vec![mail("Old").flagged(&[r"\Seen"])])
            .mails("ann", "Drafts", letters(4))
            .dovecot(capabilities)
            .start();
        let ann = site.sign_in("ann");
        let inbox = ann.get("/");
        let counted = |page: &Page| {
            ["Inbox", "Letters", "Read", "Drafts"].map(|folder| count_of(page, folder))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            counted(&ann.get("/")),
            [some("2 unread"), some("3 unread"), None, some("4 messages")],
            "{capabilities}"
        );
        inbox.click("Letters").click("Letter 2");
        let list = ann.get("/");
        assert_eq!(count_of(&list, "Letters"), some("2 unread"));
        connections(&list, 0);
    }
}

#[test]
fn the_next_and_the_previous_message_are_those_of_the_list() {
    let ann = Reader::of(mails::generated(60));
    let newest = ann.open_mail("Message 60");
    assert!(!newest.has_link("Newer message"));
    let mut page = newest;
    for n in (50..60).rev() {
        page = page.click("Older message");
        assert_eq!(page.text_of("main h1"), Some(format!("Message {n}")));
    }
    let back = page.click("Newer message");
    back.shows("Message 51");
    connections(&back, 0);
    // Message 10 stands on the second page of the list, and that is where the way back leads.
    let deep = ann.get("/").click("Older").click("Message 9");
    let list = deep.click("Back to Inbox");
    list.shows("Message 10").hides("Message 11");
    let oldest = list.click("Message 1");
    assert!(!oldest.has_link("Older message"));
    oldest.shows("This is message 1.");
}
