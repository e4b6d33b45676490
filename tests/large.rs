//! Mailboxes that are large: 100,000 messages, 5,000 folders.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cost;
use crate::find::WITHOUT_SORT;
use crate::support::client::MailClient;
use crate::support::kernel::Watch;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::place;
use crate::support::pymap::{self, Pymap};
use crate::support::site::{Plan, Site};
use crate::support::visitor::Visitor;

/// The way to the mail server and back.
const ROUND_TRIP: Duration = Duration::from_millis(20);
const MESSAGES: usize = 100_000;
const FOLDERS: usize = 5_000;

/// Mailboxes in single files: a hundred thousand messages are written in one go. A page that is more than ten seconds of
/// work for a processor is ended by the kernel; how long it takes is a matter of the machine.
fn plan() -> Plan {
    Site::new()
        .proxied()
        .apache("RLimitCPU 10 10\n")
        .config("[gate]\ndeadline_seconds = 60")
        .dovecot("mail_location = mbox:~/mail:INBOX=~/inbox\nmbox_write_locks = fcntl\n")
}

/// The home of a user's mail, made.
fn home(site: &Site, login: &str) -> PathBuf {
    let home = site.place().join("mail").join(login);
    fs::create_dir_all(home.join("mail")).expect("a directory");
    for dir in [&home, &home.join("mail")] {
        place::give_to_worker(dir);
    }
    home
}

fn write(file: &Path, text: &str) {
    fs::write(file, text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    place::give_to_worker(file);
}

/// So many messages in mbox (RFC 4155), a minute apart, all from Ada.
fn mbox(count: usize) -> String {
    mbox_from(count, |_| "Ada <ada@example.org>")
}

/// The same from others: `from` says of each who wrote it.
fn mbox_from(count: usize, from: fn(usize) -> &'static str) -> String {
    let mut text = String::with_capacity(count * 300);
    for n in 1..=count {
        let at = Timestamp::from_second(1_700_000_000 + 60 * i64::try_from(n).expect("few"));
        let at = at.expect("a time").to_zoned(TimeZone::UTC);
        let (line, date) = (
            at.strftime("%a %b %e %H:%M:%S %Y"),
            at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        );
        let from = from(n);
        let read = if n % 3 == 0 { "" } else { "Status: RO\n" };
        write!(
            text,
            "From ada@example.org {line}\nFrom: {from}\nTo: Ann <ann@example.org>\n\
             Subject: Message {n}\nDate: {date}\nMessage-ID: <{n}@example.org>\n{read}\nThis is message {n}.\n\n"
        )
        .expect("a string");
    }
    text
}

/// Somebody's first look at a large mailbox, and how much memory the program took so far.
struct Look {
    ann: Visitor,
    list: Page,
    watch: Watch,
}

/// Looks for the first time: in one connection and at most four round trips.
fn first_look(site: &Site) -> Look {
    site.proxy().delay(ROUND_TRIP);
    let ann = site.signed_in("ann").visitor().clone();
    let watch = Watch::on(&site.program());
    let (list, first) = cost::of(site, || ann.get_once("/"));
    list.has_status(200);
    assert!(first.flights <= 4 && first.connections == 1, "{first:?}");
    Look { ann, list, watch }
}

impl Look {
    /// Looks again, without the server; and expects that none of it took much memory.
    fn again(self, site: &Site, what: &str) {
        let (again, warm) = cost::of(site, || self.ann.get_once("/"));
        again.has_status(200);
        assert_eq!(warm.connections, 0);
        let (first, again) = (self.list.response().took, again.response().took);
        let peak = self.watch.peak_mb();
        println!("{what}: first page {first:?}, warm {again:?}, {peak} MB");
        assert!((1..64).contains(&peak), "{peak} MB");
    }
}

#[test]
fn the_first_page_of_a_hundred_thousand_messages_comes_in_four_round_trips() {
    let site = plan().start();
    write(&home(&site, "ann").join("inbox"), &mbox(MESSAGES));
    // The server's own index, which it makes once, is not what is looked at here.
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("UID SORT (ARRIVAL) UTF-8 ALL");
    drop(other);
    let look = first_look(&site);
    look.list.shows("Message 100000").shows("of 100,000");
    let (older, next) = cost::of(&site, || look.list.click("Older"));
    older.has_status(200).shows("Message 99950");
    assert_eq!(next.connections, 0);
    // The page that a thousand clicks lead to, at once.
    let far = look.list.link("Older");
    let far = far.replace(".99951.99950", ".50051.50050");
    for cold in [true, false] {
        let (page, cost) = cost::of(&site, || look.ann.get_once(&far));
        page.has_status(200)
            .shows("Message 50050")
            .shows("of 100,000");
        assert_eq!(cost.connections, usize::from(cold), "{cost:?}");
        assert!(cost.flights <= 3, "{cost:?}");
        println!(
            "page 1,000: {:?} in {} flights",
            page.response().took,
            cost.flights
        );
    }
    let (compared, later) = cost::of(&site, || look.ann.get_once("/?compare=1"));
    compared.has_status(200).shows("Message 100000");
    assert!(later.flights <= 4 && later.connections == 1, "{later:?}");
    println!("compared in {:?}", compared.response().took);
    for (what, typed) in [
        ("by subject", "f=INBOX&sort=subject"),
        ("a body", "f=INBOX&q=body%3A%22message+99%22"),
        ("unread first", "f=INBOX&sort=unread"),
    ] {
        let path = format!("/folder?{typed}");
        let (found, first) = cost::of(&site, || look.ann.get_once(&path));
        found.has_status(200);
        assert_eq!(first.connections, 1, "{what}");
        let (again, second) = cost::of(&site, || look.ann.get_once(&path));
        assert_eq!(second.connections, 0, "{what}");
        let (took, warm) = (found.response().took, again.response().took);
        println!(
            "{what}: {took:?} in {} flights, then {warm:?}",
            first.flights
        );
    }
    look.again(&site, "100,000 messages");
}

/// A server that neither sorts nor groups, whose own index, which it makes once, is made.
fn without_sort() -> Site {
    let plan = plan().dovecot(WITHOUT_SORT);
    let site = plan.config("[cache]\nbudget_mb = 64").start();
    write(&home(&site, "ann").join("inbox"), &mbox(MESSAGES));
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("UID SEARCH ALL");
    site
}

/// Looks at a list and goes on by its link until it is whole; how many requests that took.
fn until_whole(site: &Site, ann: &Visitor, path: &str, further: &str) -> (Page, usize) {
    let watch = Watch::on(&site.program());
    let mut requests = 1;
    let (mut page, _) = cost::of(site, || ann.get_once(path));
    loop {
        page.has_status(200);
        let took = page.response().took;
        println!(
            "{path}, request {requests}: {took:?}, {} MB",
            watch.peak_mb()
        );
        if !page.has_link(further) {
            break;
        }
        page.shows("so far");
        requests += 1;
        assert!(requests <= 6, "not whole after {requests} requests");
        page = cost::of(site, || page.click(further)).0;
    }
    assert!(watch.peak_mb() < 64, "{} MB", watch.peak_mb());
    (page, requests)
}

#[test]
fn rule_17_a_hundred_thousand_messages_are_sorted_without_the_server_in_a_counted_number_of_requests()
 {
    let site = without_sort();
    let look = first_look(&site);
    let path = "/folder?f=INBOX&sort=subject";
    let (page, requests) = until_whole(&site, &look.ann, path, "Sort older messages");
    page.shows("of 100,000").shows("Message 1");
    let (again, warm) = cost::of(&site, || look.ann.get_once(path));
    assert_eq!(warm.connections, 0);
    let again = again.response().took;
    println!("sorted after {requests} requests; again in {again:?}");
    // Another order, and conversations, need nothing more of the messages.
    for path in ["/folder?f=INBOX&sort=size", "/folder?f=INBOX&group=1"] {
        let (other, cost) = cost::of(&site, || look.ann.get_once(path));
        other.has_status(200).shows("of 100,000");
        assert!(cost.flights <= 3, "{cost:?}");
        println!("{path}: {:?}", other.response().took);
    }
}

#[test]
fn rule_18_a_hundred_thousand_messages_are_grouped_in_a_counted_number_of_requests() {
    let site = without_sort();
    let look = first_look(&site);
    let path = "/folder?f=INBOX&group=1";
    let (page, requests) = until_whole(&site, &look.ann, path, "Group older messages");
    page.shows("of 100,000").shows("Message 100000");
    let (again, warm) = cost::of(&site, || look.ann.get_once(path));
    assert_eq!(warm.connections, 0);
    let again = again.response().took;
    println!("grouped after {requests} requests; again in {again:?}");
    let (compared, cost) = cost::of(&site, || look.ann.get_once(&format!("{path}&compare=1")));
    compared.has_status(200).shows("of 100,000");
    assert!(cost.flights <= 3, "{cost:?}");
    println!(
        "compared in {:?}: {}",
        compared.response().took,
        compared.header("server-timing")
    );
    // One that arrives joins what it answers, lately or long ago; nothing else is asked for, nor made anew.
    let mut other = site.other_client("ann");
    for answered in [99_990, 7] {
        let answer = format!(
            "From: Kim <kim@example.org>\nSubject: Re: Message {answered}\nMessage-ID: <answer-{answered}@example.org>\n\
             References: <{answered}@example.org>\n\nx\n"
        );
        other.append("INBOX", &Mail::written(&answer));
        let (now, cost) = cost::of(&site, || look.ann.get_once(&format!("{path}&compare=1")));
        now.has_status(200).shows("of 100,000");
        let (people, subjects) = (now.texts_of(".row .who b"), now.texts_of(".row .subject"));
        assert_eq!(people.first().map(String::as_str), Some("Ada, Kim"));
        assert_eq!(subjects.first(), Some(&format!("Re: Message {answered}")));
        assert!(cost.flights <= 4, "{cost:?}");
        let timing = now.header("server-timing");
        println!(
            "an answer to {answered}: {:?}: {timing}",
            now.response().took
        );
    }
    let plain = look.ann.get_once("/folder?f=INBOX&compare=1");
    println!(
        "the plain list: {:?}: {}",
        plain.response().took,
        plain.header("server-timing")
    );
}

/// An archive, so that none has to be made.
const ARCHIVE: &str = "namespace inbox {\n  inbox = yes\n  mailbox Archive {\n    auto = subscribe\n    special_use = \\Archive\n  }\n}\n";

/// One message of six is from somebody else.
fn mostly_ada(n: usize) -> &'static str {
    match n % 6 {
        0 => "Bo <bo@example.org>",
        _ => "Ada <ada@example.org>",
    }
}

/// How many messages another mail program finds in a folder.
fn count(site: &Site, folder: &str, key: &str) -> usize {
    let mut other = site.other_client("ann");
    other.run(&format!("EXAMINE {folder}"));
    let found = other.run(&format!("UID SEARCH {key}")).concat();
    found
        .split(' ')
        .filter(|word| word.parse::<u32>().is_ok())
        .count()
}

/// Archives all of a result whose number is told, over a way that is so long that a page does not get through with it; then
/// goes on until it is done. How many requests that took.
fn archive_all(site: &Site, ann: &Visitor, found: &str, way: Duration) -> usize {
    let all = ann.get(&format!("{found}&select=all"));
    all.shows("All 50,000 selected");
    site.proxy().delay(way);
    let form = all.form("rows").smuggle("act", "archive").request();
    let answer = ann.send(&form);
    site.proxy().delay(Duration::ZERO);
    let mut page = ann.follow(answer);
    page.shows("moved to").shows("are unchanged");
    let left = count(site, "INBOX", "FROM ada");
    println!(
        "{found}: stopped after {:?}, {left} left in the inbox",
        page.response().took
    );
    // The result has what is left, and whoever looks elsewhere first can come back to it.
    ann.get("/folder?f=Archive").has_status(200);
    let mut requests = 1;
    while page.has_words("Continue") {
        requests += 1;
        assert!(requests < 40, "{}", page.report("it does not end"));
        page = page.click("Continue");
        page.shows("moved to");
    }
    requests
}

#[test]
fn rule_7_fifty_thousand_that_were_found_in_a_folder_are_archived_stopped_and_gone_on_with() {
    let site = plan().dovecot(ARCHIVE).start();
    write(
        &home(&site, "ann").join("inbox"),
        &mbox_from(60_000, mostly_ada),
    );
    let ann = site.sign_in("ann");
    let found = "/folder?f=INBOX&q=from:ada";
    let requests = archive_all(&site, &ann, found, Duration::from_millis(700));
    println!("in {requests} requests");
    assert!(requests > 1);
    assert_eq!(count(&site, "INBOX", "ALL"), 10_000);
    assert_eq!(count(&site, "INBOX", "FROM bo"), 10_000);
    assert_eq!(count(&site, "Archive", "FROM ada"), 50_000);
}

#[test]
fn rule_7_fifty_thousand_that_were_found_in_several_folders_are_archived_too() {
    let site = plan().dovecot(ARCHIVE).start();
    let home = home(&site, "ann");
    write(&home.join("inbox"), &mbox_from(12_000, mostly_ada));
    for n in 1..=4 {
        let file = home.join(format!("mail/Year{n}"));
        write(&file, &mbox_from(12_000, mostly_ada));
    }
    let ann = site.sign_in("ann");
    ann.get("/folders").has_status(200);
    let found = "/folder?f=INBOX&q=from:ada&scope=all";
    let requests = archive_all(&site, &ann, found, Duration::from_millis(700));
    println!("in {requests} requests");
    assert!(requests > 1);
    for folder in ["INBOX", "Year1", "Year2", "Year3", "Year4"] {
        assert_eq!(count(&site, folder, "ALL"), 2_000, "{folder}");
        assert_eq!(count(&site, folder, "FROM ada"), 0, "{folder}");
    }
    assert_eq!(count(&site, "Archive", "ALL"), 50_000);
}

#[test]
fn five_thousand_folders_of_a_server_without_extensions_are_listed_found_and_opened() {
    let server = Pymap::start();
    let mut client = MailClient::connect(server.address(), pymap::LOGIN, pymap::PASSWORD);
    for n in 1..=FOLDERS {
        client.run(&format!("CREATE Folder{n:04}"));
    }
    let letter = Mail::plain("Kim <kim@example.org>", "Far away", "x");
    client.append("Folder2500", &letter);
    let site = Site::new().imap_at(server.address()).start();
    let page = site.signed_in_with(pymap::LOGIN, pymap::PASSWORD);
    let ann = page.visitor();
    let list = ann.get("/");
    list.has_status(200).shows("Inbox").shows("more folders");
    println!("first page: {:?}", list.response().took);
    let all = list.click("more folders");
    let found = all.form("find-folder").set("find", "folder2500").submit();
    let folder = found.click("Folder2500");
    folder.has_status(200).shows("Far away");
    let again = ann.get("/");
    cost::connections(&again, 0);
    println!("again: {:?}", again.response().took);
}

#[test]
fn five_thousand_folders_are_listed_in_four_round_trips() {
    let site = plan().start();
    let home = home(&site, "ann");
    write(&home.join("inbox"), &mbox(60));
    for n in 1..=FOLDERS {
        write(&home.join(format!("mail/Folder{n:04}")), "");
    }
    let mut other = site.other_client("ann");
    other.run("LIST \"\" \"*\" RETURN (STATUS (MESSAGES UNSEEN))");
    drop(other);
    let look = first_look(&site);
    look.list
        .shows("Message 60")
        .shows("Folder0001")
        .shows("more folders");
    let all = look.list.click("more folders");
    let found = all.form("find-folder").set("find", "folder2500").submit();
    let (folder, _) = cost::of(&site, || found.click("Folder2500"));
    folder.has_status(200).shows("This folder is empty");
    look.again(&site, "5,000 folders");
}
