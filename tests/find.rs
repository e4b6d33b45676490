//! Looking for mails and sorting them: what people type, what they see, what it costs at the mail server, and that what was
//! found stands still until they look again.
//!
//! "Rule n" is a numbered rule of how acts and lists go.

mod across;
mod marks;
mod saved;

use std::time::{Duration, SystemTime};

use crate::acts::injection::{WORDS, expect_no_command_added};
use crate::cost;
use crate::disk;
use crate::support::imap_script::{ImapScript, Mischief};
use crate::support::mails::{self, Mail, MailBuilder};
use crate::support::page::Page;
use crate::support::pymap::{self, Pymap};
use crate::support::site::{Plan, Site};
use crate::support::visitor::{Request, Visitor};

/// Mails that each have something of their own.
fn plan() -> Plan {
    let mail = |subject: &str, from: &str, body: &str| {
        let mail = MailBuilder::about(subject).from(from);
        mail.of_kind("text/plain; charset=utf-8", body)
            .flagged(&["\\Seen"])
    };
    Site::new().mails(
        "ann",
        "INBOX",
        vec![
            mail("Zebra crossing", "Carl <carl@a.example>", "stripes"),
            mail("Réunion demain", "Émile <emile@b.example>", "à midi"),
            mail("hvězda nad lesem", "Dana <dana@c.example>", "večer"),
            mail("тест почты", "Борис <boris@d.example>", "привет"),
            mail("한국에서 온 편지", "Mina <mina@e.example>", "안녕"),
            mail("He said \"no\"", "Adam <adam@f.example>", "a quote"),
            mail("C:\\temp\\x", "Bea <bea@g.example>", "a backslash 50% of *"),
            mail("apple", "Zoe <zoe@h.example>", "fruit").flagged(&["\\Flagged"]),
        ],
    )
}

/// The subjects of a list, first to last.
fn subjects(page: &Page) -> Vec<String> {
    page.texts_of(".row .subject")
}

/// Types into the search field of a list.
fn look_for(page: &Page, text: &str) -> Page {
    page.form("look").set("q", text).submit()
}

fn inbox(site: &Site) -> Page {
    site.sign_in("ann").get("/")
}

#[test]
fn what_is_typed_is_found_whatever_the_script_and_the_signs() {
    let site = plan().proxied().start();
    let list = inbox(&site);
    for (text, found) in [
        ("stripes", &["Zebra crossing"][..]),
        ("réunion", &["Réunion demain"]),
        ("REUNION OR zebra", &["Zebra crossing"]),
        ("hvězda", &["hvězda nad lesem"]),
        ("тест", &["тест почты"]),
        ("한국", &["한국에서 온 편지"]),
        ("\"", &["He said \"no\""]),
        ("\\temp\\", &["C:\\temp\\x"]),
        ("from:adam", &["He said \"no\""]),
        ("is:starred", &["apple"]),
        ("is:unread", &["apple"]),
        ("subject:apple -is:starred", &[]),
        ("from:zoe OR from:bea", &["apple", "C:\\temp\\x"]),
        ("larger:5M", &[]),
        ("%", &["C:\\temp\\x"]),
        ("*", &["C:\\temp\\x"]),
    ] {
        let page = look_for(&list, text);
        assert_eq!(subjects(&page), found, "{text}");
        assert_eq!(page.attributes_of(".look input[name=q]", "value"), [text]);
        page.shows(&match found.len() {
            0 => "Nothing found".to_owned(),
            n => format!("{n} found"),
        });
    }
}

#[test]
fn what_is_filled_in_is_looked_for_as_if_it_were_typed() {
    let site = plan().start();
    let list = inbox(&site);
    let form = list.form("look").set("q", "is:starred");
    let found = form
        .set("q-from", "zoe")
        .set("q-after", "2026-11-01")
        .submit();
    assert_eq!(subjects(&found), ["apple"]);
    let typed = "is:starred from:zoe after:2026-11-01";
    assert_eq!(found.attributes_of(".look input[name=q]", "value"), [typed]);
    let none = list.form("look").set("q-before", "2026-11-02").submit();
    none.shows("No message matches");
    assert!(none.has_link("Show all messages"));
    assert_eq!(
        subjects(&list.form("look").set("q-larger", "1M").submit()).len(),
        0
    );
}

#[test]
fn a_server_that_knows_no_charset_is_asked_without_its_name() {
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::NoCharset);
    let site = Site::new().imap_at(script.address()).start();
    look_for(&inbox(&site), "réunion")
        .has_status(200)
        .hides("refused");
    let heard = script.heard();
    let searches = heard
        .iter()
        .filter(|line| line.contains("UID SEARCH") && line.contains("TEXT"));
    let named: Vec<bool> = searches.map(|line| line.contains(" CHARSET ")).collect();
    assert_eq!(named, [true, false], "{heard:?}");
}

#[test]
fn a_pymap_finds_and_is_sorted_for() {
    let pymap = Pymap::start();
    let site = Site::new().imap_at(pymap.address()).start();
    let list = site.sign_in_with(pymap::LOGIN, pymap::PASSWORD).get("/");
    let all = subjects(&list);
    let mut oldest = subjects(&list.click("Oldest first"));
    oldest.reverse();
    assert_eq!(oldest, all);
    let word = all[0].split(' ').next().expect("a word").to_owned();
    let found = look_for(&list, &format!("subject:{word}"));
    assert!(subjects(&found).contains(&all[0]));
    let by_subject = subjects(&list.click("Subject A to Z"));
    let mut expected = all;
    expected.sort_by_key(|subject| subject.to_lowercase());
    assert_eq!(by_subject, expected);
}

/// A server that neither sorts nor groups.
pub const WITHOUT_SORT: &str = "imap_capability = IMAP4rev1 UIDPLUS MOVE ESEARCH CONDSTORE ENABLE QRESYNC LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS\n";

/// Mails of which no two are equal in any order, in the order in which they came.
fn sortable() -> Plan {
    let mails = [
        (
            "Re: Zebra",
            "Carl <x@a.example>",
            "Zoe <z@b.example>",
            14,
            5,
        ),
        (
            "[list] Re: apple pie",
            "\"Bo\" <a@a.example>",
            "Ann <z@b.example>",
            11,
            900,
        ),
        ("Banana (fwd)", "abe@a.example", "MIA <z@b.example>", 13, 60),
        (
            "RE: fwd: cherry",
            "Dora <b@a.example>",
            "bob <z@b.example>",
            12,
            300,
        ),
        (
            "=?utf-8?q?d=C3=A9j=C3=A0_vu?=",
            "Kai <c@a.example>",
            "x@b.example",
            10,
            20,
        ),
    ];
    let mail = |(subject, from, to, day, size): (&str, &str, &str, u32, usize)| {
        let text = "x".repeat(size);
        Mail::written(&format!(
            "From: {from}\nTo: {to}\nSubject: {subject}\nDate: {day} Nov 2026 10:00:00 +0000\nMessage-ID: <{day}@a.example>\n\n{text}\n"
        ))
    };
    Site::new().mails("ann", "INBOX", mails.into_iter().map(mail).collect())
}

/// The orders that a server without SORT has no answer to.
const OWN_ORDERS: [&str; 5] = [
    "Date sent, newest first",
    "Sender A to Z",
    "Recipient A to Z",
    "Subject A to Z",
    "Largest first",
];

#[test]
fn rule_17_what_the_server_cannot_sort_is_sorted_here_in_the_same_order() {
    let with = sortable().start();
    let without = sortable().dovecot(WITHOUT_SORT).proxied().start();
    let (theirs, ours) = (inbox(&with), inbox(&without));
    for order in OWN_ORDERS {
        assert_eq!(
            subjects(&ours.click(order)),
            subjects(&theirs.click(order)),
            "{order}"
        );
    }
    let transcript = without.proxy().transcript();
    assert!(!transcript.contains("SORT ("), "{transcript}");
}

#[test]
fn rule_17_the_index_is_read_once_and_follows_what_comes_and_goes() {
    let site = plan().dovecot(WITHOUT_SORT).proxied().start();
    let list = inbox(&site);
    let asks = |transcript: &str| {
        let lines = transcript.lines().filter(|l| l.contains("UID FETCH"));
        let index = lines.filter(|line| line.contains("(UID INTERNALDATE RFC822.SIZE"));
        let sets = index.map(|line| {
            let (_, rest) = line.split_once("UID FETCH ").expect("a set");
            rest.split(' ').next().expect("a set").to_owned()
        });
        sets.collect::<Vec<_>>()
    };
    let (first, cost) = cost::of(&site, || list.click("Subject A to Z"));
    assert_eq!(
        (cost.connections, asks(&site.proxy().transcript())),
        (1, vec!["1:8".to_owned()])
    );
    assert!(cost.flights <= 3, "{cost:?}");
    // The same page, and another page of it, ask nobody; another order asks for nothing more of the messages.
    let (_, cost) = cost::of(&site, || list.visitor().get(first.target()));
    assert_eq!(cost.connections, 0);
    let (_, cost) = cost::of(&site, || list.click("Largest first"));
    assert!(
        asks(&site.proxy().transcript()).is_empty() && cost.flights <= 2,
        "{cost:?}"
    );
    // What came and what went elsewhere: only that is asked for.
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("STORE 1 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    site.deliver("ann", &Mail::plain("Kim <kim@k.example>", "Mango", "x"));
    let (again, _) = cost::of(&site, || {
        list.visitor().get(&format!("{}&compare=1", first.target()))
    });
    let sets = asks(&site.proxy().transcript());
    assert_eq!(sets, ["9"], "what is new");
    let now = subjects(&again);
    assert!(now.contains(&"Mango".to_owned()) && !now.contains(&"Zebra crossing".to_owned()));
}

#[test]
fn rule_17_a_piece_of_the_index_that_is_damaged_is_read_again() {
    let site = sortable().dovecot(WITHOUT_SORT).proxied().start();
    let list = inbox(&site);
    let sorted = subjects(&list.click("Subject A to Z"));
    assert!(disk::spoil(&site, "ann", 13) > 0);
    let (reversed, _) = cost::of(&site, || {
        list.visitor().get("/folder?f=INBOX&sort=-subject")
    });
    let transcript = site.proxy().transcript();
    assert!(
        transcript.contains("UID FETCH 1:5 (UID INTERNALDATE"),
        "{transcript}"
    );
    let back: Vec<String> = subjects(&reversed).into_iter().rev().collect();
    assert_eq!(back, sorted);
}

#[test]
fn nothing_that_is_typed_ends_or_adds_a_command() {
    let site = plan().proxied().start();
    let list = inbox(&site);
    let fields = [
        "", "from:", "subject:", "label:", "-body:", "before:", "larger:", "is:",
    ];
    for (field, word) in fields.iter().flat_map(|f| WORDS.map(|w| (f, w))) {
        for text in [format!("{field}{word}"), format!("{field}\"{word}\"")] {
            site.proxy().reset();
            let page = look_for(&list, &text);
            page.expect(page.status() == 200, || site.proxy().transcript());
            expect_no_command_added(&site, &format!("{text:?}"));
        }
    }
    for sort in ["", "x", "-", "--from", "from)", "from\r\nz LOGOUT"] {
        let query = form_urlencoded::byte_serialize(sort.as_bytes()).collect::<String>();
        let page = list.visitor().get(&format!("/folder?f=INBOX&sort={query}"));
        assert!(page.status() < 500, "{sort:?}");
        expect_no_command_added(&site, sort);
    }
}

#[test]
fn rule_13_a_search_costs_one_connection_and_its_pages_and_mails_none() {
    let site = Site::new().messages(200).proxied().start();
    let list = inbox(&site);
    let (found, cost) = cost::of(&site, || look_for(&list, "message"));
    // Signing in, opening and searching, the rows that are missing.
    assert_eq!((cost.connections, cost.flights), (1, 2));
    found.shows("200 found");
    let path = found.target().to_owned();
    let (again, cost) = cost::of(&site, || list.visitor().get(&path));
    assert_eq!(cost.connections, 0, "the same page again");
    assert_eq!(subjects(&again), subjects(&found));
    let (older, cost) = cost::of(&site, || again.click("Older"));
    assert_eq!(cost.connections, 0, "its rows came along");
    assert_ne!(subjects(&older), subjects(&again));
    // What the folder's own list has seen costs nothing but the search.
    let (starred, cost) = cost::of(&site, || list.click("Starred"));
    assert_eq!(cost.connections, 1);
    assert!(cost.flights <= 3, "{}", cost.flights);
    let (_, cost) = cost::of(&site, || list.visitor().get(starred.target()));
    assert_eq!(cost.connections, 0);
    let (_, cost) = cost::of(&site, || list.click("Subject A to Z"));
    assert!(
        cost.connections == 1 && cost.flights <= 3,
        "{}",
        cost.flights
    );
}

#[test]
fn rule_13_what_was_found_stands_still_until_one_looks_again() {
    let site = plan().start();
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("STORE 1:3 -FLAGS (\\Seen)");
    let list = inbox(&site);
    let unread = list.click("Unread");
    let subjects_then = subjects(&unread);
    assert_eq!(subjects_then.len(), 4);
    // Reading one changes nothing under the reader's hand; next and previous lead through what was found.
    let open = unread.click("hvězda nad lesem");
    open.shows("2 of 4");
    open.click("Older").shows("Réunion demain");
    let back = open.click("Back to Inbox");
    assert_eq!(subjects(&back), subjects_then, "rule 13");
    assert!(
        !back
            .attributes_of(".row", "class")
            .iter()
            .all(|c| c.contains("unread"))
    );
    // Looking again finds what is true now.
    let again = back.click("Search again");
    assert_eq!(subjects(&again).len(), 2);
}

#[test]
fn rule_13_of_what_was_found_only_what_has_come_since_is_looked_for_again() {
    let site = plan().proxied().start();
    let list = inbox(&site);
    let found = look_for(&list, "from:example");
    assert_eq!(subjects(&found).len(), 8);
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("UID STORE 3 +FLAGS (\\Deleted)");
    other.run("UID EXPUNGE 3");
    let new = MailBuilder::about("Just come").from("Eve <eve@i.example>");
    other.append("INBOX", &new.of_kind("text/plain", "x"));
    let searches = || {
        let said = site.proxy().transcript();
        let asked = said
            .lines()
            .filter(|line| line.contains(" C: ") && line.contains("UID SEARCH"));
        let asked: Vec<String> = asked
            .filter(|line| line.contains("FROM"))
            .map(str::to_owned)
            .collect();
        asked
    };
    site.proxy().reset();
    let again = found.click("Search again");
    assert_eq!(subjects(&again).len(), 8, "one has gone, and one has come");
    assert_eq!(subjects(&again)[0], "Just come");
    let asked = searches();
    assert!(
        asked.len() == 1 && asked[0].contains("UID 9:4294967295"),
        "{asked:?}"
    );
    // What flags decide has to be looked for as a whole.
    let starred = look_for(&list, "is:starred from:example");
    assert_eq!(subjects(&starred), ["apple"]);
    other.run("UID STORE 1 +FLAGS (\\Flagged)");
    site.proxy().reset();
    assert_eq!(
        subjects(&starred.click("Search again")),
        ["apple", "Zebra crossing"]
    );
    let asked = searches();
    assert!(
        asked.iter().all(|line| line.contains(") ALL ")),
        "{asked:?}"
    );
}

#[test]
fn rule_16_days_begin_at_the_readers_midnight() {
    // Tokyo is nine hours ahead of the mail server.
    let mail = |subject: &str, received: u64| Mail {
        received: SystemTime::UNIX_EPOCH + Duration::from_secs(received),
        ..MailBuilder::about(subject).of_kind("text/plain", "x")
    };
    const MARCH: u64 = 1_772_323_200;
    let hour = |hours: u64| MARCH + hours * 3_600;
    let site = Site::new()
        .config("[settings]\ntime_zone = \"Asia/Tokyo\"\n")
        .mails(
            "ann",
            "INBOX",
            vec![
                mail("On the first", hour(14)),
                mail("On the second, early", hour(16)),
                mail("On the second, late", hour(24 + 14)),
                mail("On the third", hour(24 + 16)),
            ],
        )
        .mails("ann", "Work", vec![mail("At work on the second", hour(17))])
        .start();
    let list = inbox(&site);
    for (text, found) in [
        (
            "after:2026-03-02",
            &[
                "On the third",
                "On the second, late",
                "On the second, early",
            ][..],
        ),
        ("before:2026-03-02", &["On the first"]),
        ("-after:2026-03-02", &["On the first"]),
        (
            "after:2026-03-02 before:2026-03-03 subject:second",
            &["On the second, late", "On the second, early"],
        ),
        ("after:2026-03-03 before:2026-03-03", &[]),
    ] {
        assert_eq!(subjects(&look_for(&list, text)), found, "{text}");
    }
    let everywhere = look_for(&list, "after:2026-03-02 before:2026-03-03").click("All folders");
    let second = [
        "On the second, late",
        "At work on the second",
        "On the second, early",
    ];
    assert_eq!(subjects(&everywhere), second);
}

#[test]
fn rule_16_what_has_something_attached_is_told_by_rows() {
    let mixed = |subject: &str, part: &str| {
        let text = "--b\nContent-Type: text/plain\n\nHello\n";
        let whole = format!("{text}--b\n{part}\n--b--\n");
        MailBuilder::about(subject).of_kind("multipart/mixed; boundary=b", &whole)
    };
    let file = "Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=a.pdf\n\nx";
    // Lists put a footer below what people write, which is a part of its own.
    let footer = "Content-Type: text/plain\nContent-Disposition: inline\n\nTo leave, write to us.";
    let mails = vec![
        mixed("With a file", file),
        mixed("With a footer", footer),
        MailBuilder::about("Plain").of_kind("text/plain", "x"),
    ];
    let site = Site::new()
        .mails("ann", "INBOX", mails.clone())
        .mails("ann", "Work", mails)
        .proxied()
        .start();
    let list = inbox(&site);
    let (found, cost) = cost::of(&site, || look_for(&list, "has:attachment"));
    assert_eq!(subjects(&found), ["With a file"]);
    assert_eq!(cost.connections, 1);
    // No key of IMAP asks for that, and the page says what it did instead.
    found.shows("The mail server cannot search for attachments");
    look_for(&list, "Plain").hides("cannot search for attachments");
    let everywhere = found.click("All folders");
    assert_eq!(subjects(&everywhere), ["With a file", "With a file"]);
    // What has nothing attached is all the rest.
    let (without, cost) = cost::of(&site, || look_for(&list, "-has:attachment"));
    assert_eq!(subjects(&without), ["Plain", "With a footer"]);
    assert_eq!(cost.connections, 1);
    without.shows("The mail server cannot search for attachments");
    let mut everywhere = subjects(&without.click("All folders"));
    everywhere.sort();
    assert_eq!(
        everywhere,
        ["Plain", "Plain", "With a footer", "With a footer"]
    );
    // Beside other words, also where the texts of many messages have to be read.
    let plain = look_for(&list, "-has:attachment subject:footer");
    assert_eq!(subjects(&plain), ["With a footer"]);
}

#[test]
fn acts_go_with_what_was_found() {
    let site = plan().start();
    let list = inbox(&site);
    let found = look_for(&list, "from:example");
    assert_eq!(subjects(&found).len(), 8);
    let found = found.target().to_owned();
    let some = look_for(&list, "from:zoe OR from:bea");
    // All of what was found, and nothing else.
    let all = list.visitor().get(&format!("{}&select=all", some.target()));
    all.shows("All 2 selected");
    let after = all.form("rows").press("act", "delete");
    assert!(subjects(&after).is_empty(), "{:?}", subjects(&after));
    assert_eq!(after.texts_of(".note p").len(), 1);
    // The other result knows that they are gone.
    assert_eq!(subjects(&list.visitor().get(&found)).len(), 6);
    // What was told is no longer so: nothing is done.
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("STORE 1 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    let stale = list.visitor().get(&format!("{found}&select=all"));
    list.visitor().get("/?compare=1").hides("Zebra crossing");
    let refused = stale.form("rows").press("act", "delete");
    refused.shows("The list has changed");
    let left = client.run("UID SEARCH ALL").concat();
    assert_eq!(left.matches(' ').count(), 1 + 5, "{left}");
}

#[test]
fn a_list_can_be_sorted_and_walked_in_each_order() {
    let site = plan().start();
    let list = inbox(&site);
    let first = |page: &Page| subjects(page).first().cloned().unwrap_or_default();
    for (order, top) in [
        ("Oldest first", "Zebra crossing"),
        ("Sender A to Z", "He said \"no\""),
        ("Subject A to Z", "apple"),
        ("Unread first", "apple"),
        ("Starred first", "apple"),
    ] {
        let sorted = list.click(order);
        assert_eq!(first(&sorted), top, "{order}");
        assert_eq!(subjects(&sorted).len(), 8, "{order}");
    }
    // The one that is chosen is offered the other way round.
    let subjects_up = subjects(&list.click("Subject A to Z"));
    let mut down = subjects(&list.click("Subject A to Z").click("Subject Z to A"));
    down.reverse();
    assert_eq!(down, subjects_up);
    // In such a list one goes to the next, not to the older one.
    let open = list.click("Subject A to Z").click("apple");
    open.shows("1 of 8");
    assert_eq!(open.click("Next").text_of("h1").unwrap(), subjects_up[1]);
}

#[test]
fn a_row_tells_how_large_its_message_is_where_that_matters() {
    let mails = vec![
        Mail::plain("Bo <bo@example.org>", "A line", "Hello."),
        mails::attached("A film", "film.mp4", &vec![b'x'; 900_000]),
    ];
    let site = Site::new().mails("ann", "INBOX", mails).start();
    let list = inbox(&site);
    let sizes = |page: &Page| page.texts_of(".row .size");
    assert_eq!(sizes(&list), ["1.2 MB"]);
    let by_size = list.click("Largest first");
    assert_eq!(subjects(&by_size), ["A film", "A line"]);
    assert_eq!(sizes(&by_size).len(), 2, "{:?}", sizes(&by_size));
}

#[test]
fn another_site_cannot_make_the_server_search() {
    let site = plan().proxied().start();
    let ann: Visitor = site.sign_in("ann");
    ann.get("/");
    site.proxy().reset();
    let request = Request::new("GET", &ann.address("/folder?f=INBOX&q=stripes"))
        .header("Sec-Fetch-Site", "cross-site")
        .header("Sec-Fetch-Mode", "navigate")
        .header("Sec-Fetch-Dest", "document");
    let page = ann.follow(ann.send(&request));
    assert!(
        page.attributes_of(".look input[name=q]", "value")
            .iter()
            .all(String::is_empty)
    );
    assert_eq!(subjects(&page).len(), 8);
}

#[test]
fn a_large_folder_is_looked_through_from_the_newest_on() {
    let many = mails::generated(4_500);
    let site = Site::new()
        .config("[gate]\ndeadline_seconds = 100\n")
        .mails("ann", "INBOX", many)
        .proxied()
        .start();
    let list = inbox(&site);
    site.proxy().delay(Duration::from_millis(3_500));
    let found = look_for(&list, "Message");
    found.shows("Only the newest messages of this folder have been searched so far.");
    site.proxy().delay(Duration::ZERO);
    let whole = found.click("Search older messages");
    whole.hides("Only the newest").shows("4,500 found");
}
