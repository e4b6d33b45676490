//! Messages taken in from files: what another mail program then finds, what is said of what was not taken, and what is true
//! after a kill or a cut.

mod cut;
mod servers;

use std::time::Duration;

use serde_json::json;

use crate::support::chromium::Chromium;
use crate::support::kernel::until;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::proxy::Trouble;
use crate::support::site::{Plan, Site};
use crate::support::visitor::{Request, Visitor};

/// A mail of so many bytes of text, in lines that end with LF.
fn mail(subject: &str, text: &str) -> String {
    format!(
        "From: Bo <bo@example.org>\nTo: Ann <ann@example.org>\nSubject: {subject}\n\
         Date: Sat, 29 Nov 2025 14:18:14 +0000\nMessage-ID: <{subject}@example.org>\n\n{text}\n"
    )
}

/// An mbox of so many mails.
fn mbox(count: usize) -> String {
    let one = |n| {
        let second = n % 60;
        format!(
            "From bo@example.org Sat Nov 29 14:18:{second:02} 2025\n{}\n",
            mail(&format!("Letter{n}"), "Hello")
        )
    };
    (1..=count).map(one).collect()
}

fn plan() -> Plan {
    Site::new().messages(1).dovecot(
        "namespace inbox {\n  mailbox Old {\n    auto = subscribe\n  }\n  mailbox Trash {\n    auto = subscribe\n    special_use = \\Trash\n  }\n}\n",
    )
}

/// The form of the page that takes messages into a folder, with these files chosen.
fn chosen(page: &Page, files: &[(&str, &[u8])]) -> Request {
    let mut form = page.form("import-form");
    for (name, bytes) in files {
        form = form.file("file", name, bytes);
    }
    form.request()
}

fn import(ann: &Visitor, folder: &str, files: &[(&str, &[u8])]) -> Page {
    let page = ann.get(&format!("/import?f={folder}"));
    ann.follow(ann.send(&chosen(&page, files)))
}

/// What a page says of it, without the signs that keep the direction of names.
fn said(page: &Page) -> String {
    let said = page.texts_of(".note p, p[role=status]").join("\n");
    said.replace(['\u{2068}', '\u{2069}'], "")
}

fn says(page: &Page, words: &str) {
    page.expect(said(page).contains(words), || {
        format!("“{words}” is not said, but: {}", said(page))
    });
}

/// Each message of a folder as another mail program finds it: its date, its flags, its bytes.
fn found(site: &Site, folder: &str) -> Vec<(String, String, String)> {
    let mut client = site.other_client("ann");
    if client
        .run(&format!("EXAMINE \"{folder}\""))
        .contains(&"* 0 EXISTS".to_owned())
    {
        return Vec::new();
    }
    let rows = client.run("FETCH 1:* (FLAGS INTERNALDATE BODY.PEEK[])");
    let one = |row: &String| {
        let between = |begin: &str, end: &str| {
            let (_, rest) = row.split_once(begin)?;
            Some(rest.split_once(end)?.0.to_owned())
        };
        let flags = between("FLAGS (", ")")?.replace("\\Recent", "");
        let date = between("INTERNALDATE \"", "\"")?;
        let bytes = row.split_once("}\r\n")?.1.trim_end_matches(')');
        Some((date, flags.trim().to_owned(), bytes.to_owned()))
    };
    rows.iter().filter_map(one).collect()
}

/// The subjects of a folder, in alphabetical order.
fn subjects(site: &Site, folder: &str) -> Vec<String> {
    let subject = |(_, _, mail): &(String, String, String)| {
        let (_, rest) = mail.split_once("Subject: ").unwrap_or_default();
        rest.lines().next().unwrap_or_default().to_owned()
    };
    let mut all: Vec<String> = found(site, folder).iter().map(subject).collect();
    all.sort();
    all
}

fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

#[test]
fn single_mails_mailbox_files_and_archives_are_taken_in() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let page = ann.get("/folder-options?f=Old").click("Import messages");
    page.shows("You can import messages from .eml files");
    let noted = "From bo@example.org Sun Nov 30 10:00:00 2025\nStatus: RO\nX-Status: AF\nX-Keywords: $label1\n";
    let unread = "From bo@example.org Sun Nov 30 11:00:00 2025\nStatus: O\n";
    let file = format!(
        "{noted}{}\n{unread}{}\n",
        mail("Noted", ">From here\n>>From there"),
        mail("Unread", "x").replace('\n', "\r\n"),
    );
    let zip = crate::acts::zip(&[
        ("a/b.txt", mail("Packed", "y").as_bytes()),
        ("c", mbox(2).as_bytes()),
    ]);
    let eml = crlf(&mail("Single", "z"));
    let answer = ann.send(&chosen(
        &page,
        &[
            ("single.eml", eml.as_bytes()),
            ("old", file.as_bytes()),
            ("all.zip", &zip),
        ],
    ));
    let list = ann.follow(answer);
    says(&list, "6 messages imported into Old.");
    assert_eq!(list.texts_of(".row .subject").len(), 6);
    let all = found(&site, "Old");
    let wanted = [
        ("29-Nov-2025 14:18:14 +0000", "\\Seen", mail("Single", "z")),
        (
            "30-Nov-2025 10:00:00 +0000",
            "\\Answered \\Flagged \\Seen $label1",
            mail("Noted", "From here\n>From there"),
        ),
        ("30-Nov-2025 11:00:00 +0000", "", mail("Unread", "x")),
        ("29-Nov-2025 14:18:14 +0000", "\\Seen", mail("Packed", "y")),
        (
            "29-Nov-2025 14:18:01 +0000",
            "\\Seen",
            mail("Letter1", "Hello"),
        ),
        (
            "29-Nov-2025 14:18:02 +0000",
            "\\Seen",
            mail("Letter2", "Hello"),
        ),
    ];
    let wanted = wanted.map(|(date, flags, mail)| (date.to_owned(), flags.to_owned(), crlf(&mail)));
    assert_eq!(all, wanted);

    let undone = list.click("Undo");
    says(&undone, "6 messages moved to Trash.");
    assert_eq!(found(&site, "Old"), []);
}

#[test]
fn what_is_no_mail_is_named_and_never_appended() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let inner = crate::acts::zip(&[("x.eml", mail("Inner", "x").as_bytes())]);
    let zip = crate::acts::zip(&[
        ("notes.txt", b"Dear Ann,\nhow are you?\n"),
        ("inner.zip", &inner),
        ("good.eml", mail("Good", "x").as_bytes()),
    ]);
    let mut cut = zip.clone();
    cut.truncate(zip.len() - 30);
    let list = import(
        &ann,
        "Old",
        &[
            ("all.zip", &zip),
            ("cut.zip", &cut),
            ("<b>\"\u{202e}.eml", b"\x89PNG\r\n\x1a\n"),
            ("empty.eml", b""),
        ],
    );
    says(&list, "1 message imported into Old.");
    says(
        &list,
        "Not imported: notes.txt (not a message), inner.zip (an archive inside an archive), cut.zip (damaged or incomplete), <b>\"",
    );
    says(&list, "empty.eml (not a message)");
    assert_eq!(subjects(&site, "Old"), ["Good"]);
    let none = ann.get("/import?f=Old").form("import-form").submit();
    says(&none, "No file was selected.");
}

#[test]
fn the_same_form_twice_takes_in_nothing_twice() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let form = chosen(&ann.get("/import?f=Old"), &[("a", mbox(3).as_bytes())]);
    let both: Vec<_> = (0..2)
        .map(|_| {
            let (tab, form) = (ann.tab(), form.clone());
            std::thread::spawn(move || tab.send(&form).status())
        })
        .collect();
    for one in both {
        assert_eq!(one.join().expect("an answer"), 303);
    }
    says(
        &ann.follow(ann.send(&form)),
        "3 messages imported into Old.",
    );
    assert_eq!(subjects(&site, "Old").len(), 3);
    // Another file in the same form is another import.
    let other = chosen(&ann.get("/import?f=Old"), &[("b", mbox(4).as_bytes())]);
    says(
        &ann.follow(ann.send(&other)),
        "4 messages imported into Old.",
    );
}

#[test]
fn nothing_of_a_mail_or_its_name_ends_or_adds_a_command() {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    let text = "x\r\nA1 LOGOUT\r\n{5}\r\nA2 DELETE Old\r\n";
    let head = "Status: RO\r\nX-Keywords: a) {3+} \"x\\ %* ok\r\n";
    let odd = format!(
        "From \"x\r\ny {{9}} Sat Nov 29 14:18:14 2025\n{head}{}",
        mail("a) {5}", text)
    );
    let names = [
        "a\"b\r\nA3 LOGOUT.eml",
        "%0D%0AA4 NOOP",
        "{7}\\",
        "\u{1f600}",
    ];
    let page = ann.get("/import?f=Old");
    let plain = mail("\" {3}", text);
    let mut files: Vec<(&str, &[u8])> =
        names.iter().map(|name| (*name, plain.as_bytes())).collect();
    files.push(("odd", odd.as_bytes()));
    site.proxy().reset();
    let list = ann.follow(ann.send(&chosen(&page, &files)));
    says(&list, "imported into Old.");
    let transcript = site.proxy().transcript();
    let commands = transcript.matches(" APPEND \"Old\" (").count();
    assert!(commands >= 4, "{transcript}");
    assert_eq!(subjects(&site, "Old").len(), commands);
    for line in transcript.lines() {
        let is_command = line.contains(" APPEND ");
        assert!(
            !is_command || line.trim_end().ends_with(['}', '+']) || line.contains("{"),
            "{line}"
        );
    }
    ann.get("/folder?f=Old&compare=1").has_status(200);
}

#[test]
fn what_the_server_does_not_take_is_said_and_what_it_took_before_stays() {
    let site = plan()
        .dovecot("imap_capability = +APPENDLIMIT=5000\n")
        .start();
    let ann = site.sign_in("ann");
    let large = mail("Large", &"long line\n".repeat(600));
    let small = mail("Small", "x");
    let list = import(
        &ann,
        "Old",
        &[
            ("large.eml", large.as_bytes()),
            ("small.eml", small.as_bytes()),
        ],
    );
    says(&list, "1 message imported into Old.");
    says(&list, "large.eml (too large for the mail server)");
    assert_eq!(subjects(&site, "Old"), ["Small"]);
}

#[test]
fn a_full_mailbox_stops_it_and_it_can_go_on() {
    let site = Site::new()
        .dovecot(
            "mail_plugins = $mail_plugins quota\nprotocol imap {\n  mail_plugins = $mail_plugins quota imap_quota\n}\n\
             plugin {\n  quota = count:User quota\n  quota_vsizes = yes\n  quota_rule = *:messages=3\n}\n\
             namespace inbox {\n  mailbox Old {\n    auto = subscribe\n  }\n}\n",
        )
        .start();
    let ann = site.sign_in("ann");
    let page = import(&ann, "Old", &[("a", mbox(5).as_bytes())]);
    says(
        &page,
        "Your mailbox is full. 3 messages imported into Old. 2 messages have not been imported yet.",
    );
    assert_eq!(subjects(&site, "Old").len(), 3);
    // It is told of on other pages too, until it goes on.
    let list = ann.get("/");
    says(&list, "Your mailbox is full.");
    let mut client = site.other_client("ann");
    client.run("SELECT Old");
    client.run("UID STORE 1:2 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    drop(client);
    let done = list.click("Continue");
    says(&done, "5 messages imported into Old.");
    assert_eq!(subjects(&site, "Old"), ["Letter3", "Letter4", "Letter5"]);
    ann.get("/").hides("imported");
}

#[test]
fn a_large_import_goes_in_slices_and_holds_nobody_up() {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    ann.get("/");
    let page = ann.get("/import?f=Old");
    let form = chosen(&page, &[("a", mbox(400).as_bytes())]);
    site.proxy().delay(Duration::from_millis(60));
    let (tab, sent) = (ann.tab(), form.clone());
    let first = std::thread::spawn(move || tab.follow(tab.send(&sent)));
    until("the import is under way", || {
        !subjects(&site, "Old").is_empty()
    });
    // Other clicks are answered meanwhile, and its own page says how far it is.
    ann.get("/").has_status(200);
    let meanwhile = ann.get("/import?f=Old");
    assert!(!first.is_finished(), "they had to wait for it");
    says(&meanwhile, "Importing into Old:");
    meanwhile.has_link("Check progress");
    let mut page = first.join().expect("a page");
    says(&page, "of 400 messages done.");
    site.proxy().delay(Duration::ZERO);
    let mut steps = 1;
    while page.text_of("form[data-goes-on]").is_some() {
        page = page.form("import-on").submit();
        steps += 1;
    }
    says(&page, "400 messages imported into Old.");
    assert!(steps >= 2, "{steps}");
    assert_eq!(subjects(&site, "Old").len(), 400);
}

#[test]
fn an_import_can_be_ended_where_it_has_come_to() {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    ann.get("/");
    let form = chosen(&ann.get("/import?f=Old"), &[("a", mbox(300).as_bytes())]);
    site.proxy().delay(Duration::from_millis(60));
    let (tab, sent) = (ann.tab(), form.clone());
    let first = std::thread::spawn(move || tab.follow(tab.send(&sent)));
    until("the import is under way", || {
        !subjects(&site, "Old").is_empty()
    });
    let ends = ann.get("/import?f=Old").click("End import");
    ends.shows("Postern is ending this import.");
    let page = first.join().expect("a page");
    site.proxy().delay(Duration::ZERO);
    says(&page, "You ended the import.");
    let count = subjects(&site, "Old").len();
    assert!((1..300).contains(&count), "{count}");
    says(&page, &format!("{count} messages imported into Old."));
    says(
        &ends.click("See what was imported"),
        "You ended the import.",
    );
    ann.get("/").hides("import");
}

#[test]
fn without_the_mail_server_the_files_wait() {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    ann.get("/");
    let page = ann.get("/import?f=Old");
    site.proxy().trouble(Trouble::Close);
    let waits = ann.follow(ann.send(&chosen(&page, &[("a", mbox(3).as_bytes())])));
    says(
        &waits,
        "The connection to the mail server was lost. Nothing was imported into Old. 3 messages have not been imported yet.",
    );
    site.proxy().trouble(Trouble::None);
    says(&waits.click("Continue"), "3 messages imported into Old.");
}

/// What was saved is taken in as it was: bytes, flags, dates.
#[test]
fn what_was_saved_comes_back_as_it_was() {
    let texts = [
        "Hello,\nFrom here\n>From there\n",
        "\n\n>>From x\n\n\n",
        "caf\u{e9} \u{1f600}\n",
    ];
    let flags: [&[&'static str]; 3] = [&["\\Seen", "\\Flagged"], &[], &["\\Answered", "\\Seen"]];
    let mails = texts.iter().zip(flags).enumerate();
    let mails: Vec<Mail> = mails
        .map(|(n, (text, flags))| Mail::written(&mail(&format!("Mail{n}"), text)).flagged(flags))
        .collect();
    let site = plan().mails("ann", "INBOX", mails).start();
    let ann = site.sign_in("ann");
    let before = found(&site, "INBOX");
    for act in ["save-mbox", "save-zip"] {
        let all = ann.get("/folder?select=all");
        let file = all.form("rows").press("act", act);
        let folder = format!("Old-{act}");
        site.other_client("ann")
            .run(&format!("CREATE \"{folder}\""));
        ann.get("/folders");
        ann.get("/folder?compare=1");
        let list = import(&ann, &folder, &[("x", file.body())]);
        says(&list, &format!("{} messages imported", before.len()));
        let mut after = found(&site, &folder);
        let mut wanted = before.clone();
        if act == "save-zip" {
            // A file of its own has no place for flags, and its date is the one in its header.
            for (date, flags, _) in wanted.iter_mut().chain(&mut after) {
                date.clear();
                flags.clear();
            }
        }
        assert_eq!(after, wanted, "{act}");
    }
}

/// With script the page presses the button itself; without, its user does.
#[test]
fn in_a_browser_files_are_chosen_and_a_long_import_goes_on() {
    let site = plan().proxied().start();
    let browser = Chromium::start();
    for (nth, script) in [true, false].into_iter().enumerate() {
        let tab = browser.tab();
        tab.take_cookies(&site.sign_in("ann"));
        tab.scripts(script);
        tab.open(&format!("{}/import?f=Old", site.url()));
        tab.evaluate(&format!(
            "(() => {{ const chosen = new DataTransfer(); chosen.items.add(new File([{}], 'old.mbox')); \
             document.querySelector('input[type=file]').files = chosen.files; }})()",
            json!(mbox(350))
        ));
        site.proxy().delay(Duration::from_millis(60));
        tab.click_to("#import-form button");
        if script {
            tab.wait_for("document.body?.innerText.includes('350 messages imported')");
        } else {
            let is_done = tab.text().contains("350 messages imported");
            assert!(!is_done, "it went on without being asked");
            site.proxy().delay(Duration::ZERO);
            tab.click_to("#import-on button");
        }
        let text = tab.text().replace(['\u{2068}', '\u{2069}'], "");
        assert!(text.contains("350 messages imported into Old."), "{text}");
        assert_eq!(subjects(&site, "Old").len(), 350 * (nth + 1));
        tab.expect_quiet();
    }
}
