//! Mailboxes that are large, and visits that are long: 100,000 messages, 5,000 folders, and clicks at random while another
//! mail program changes everything.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::cost;
use crate::support::kernel::Watch;
use crate::support::mails::{self, Mail};
use crate::support::page::Page;
use crate::support::place;
use crate::support::random::Random;
use crate::support::site::{Plan, Site, password_of};
use crate::support::visitor::Visitor;

/// The way to the mail server and back.
const ROUND_TRIP: Duration = Duration::from_millis(20);
const MESSAGES: usize = 100_000;
const FOLDERS: usize = 5_000;

/// Mailboxes in single files: a hundred thousand messages are written in one go.
fn plan() -> Plan {
    Site::new()
        .proxied()
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

/// So many messages in mbox (RFC 4155), a minute apart.
fn mbox(count: usize) -> String {
    let mut text = String::with_capacity(count * 300);
    for n in 1..=count {
        let at = Timestamp::from_second(1_700_000_000 + 60 * i64::try_from(n).expect("few"));
        let at = at.expect("a time").to_zoned(TimeZone::UTC);
        let (line, date) = (
            at.strftime("%a %b %e %H:%M:%S %Y"),
            at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        );
        let read = if n % 3 == 0 { "" } else { "Status: RO\n" };
        write!(
            text,
            "From ada@example.org {line}\nFrom: Ada <ada@example.org>\nTo: Ann <ann@example.org>\n\
             Subject: Message {n}\nDate: {date}\nMessage-ID: <{n}@example.org>\n{read}\nThis is message {n}.\n\n"
        )
        .expect("a string");
    }
    text
}

/// Somebody who has just signed in and has not seen any page yet.
fn signed_in(site: &Site, login: &str) -> Visitor {
    let visitor = site.visitor();
    let form = visitor.get("/sign-in");
    let form = form.form("sign-in").set("login", login);
    form.set("password", &password_of(login))
        .submit_once()
        .has_status(303);
    visitor
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
    site.proxy().delay(ROUND_TRIP);
    let ann = signed_in(&site, "ann");
    let watch = Watch::on(&site.program());
    let (list, first) = cost::of(&site, || ann.get_once("/"));
    list.has_status(200)
        .shows("Message 100000")
        .shows("of 100,000");
    assert!(first.flights <= 4 && first.connections == 1, "{first:?}");
    let took = list.response().took;
    assert!(took < Duration::from_secs(25), "{took:?}");
    let (older, next) = cost::of(&site, || list.click("Older"));
    older.has_status(200).shows("Message 99950");
    assert_eq!(next.connections, 0);
    let (again, warm) = cost::of(&site, || ann.get_once("/"));
    again.has_status(200);
    assert_eq!(warm.connections, 0);
    let (compared, later) = cost::of(&site, || ann.get_once("/?compare=1"));
    compared.has_status(200).shows("Message 100000");
    assert!(later.flights <= 4 && later.connections == 1, "{later:?}");
    println!(
        "100,000 messages: first page {took:?}, warm {:?}, compared {:?}, {} MB",
        again.response().took,
        compared.response().took,
        watch.peak_mb()
    );
    assert!((1..64).contains(&watch.peak_mb()), "{} MB", watch.peak_mb());
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
    site.proxy().delay(ROUND_TRIP);
    let ann = signed_in(&site, "ann");
    let watch = Watch::on(&site.program());
    let (list, first) = cost::of(&site, || ann.get_once("/"));
    list.has_status(200)
        .shows("Message 60")
        .shows("Folder5000")
        .shows("Folder0001");
    assert!(first.flights <= 4 && first.connections == 1, "{first:?}");
    let took = list.response().took;
    assert!(took < Duration::from_secs(25), "{took:?}");
    let (folder, _) = cost::of(&site, || list.click("Folder2500"));
    folder.has_status(200).shows("This folder is empty");
    let (again, warm) = cost::of(&site, || ann.get_once("/"));
    again.has_status(200);
    assert_eq!(warm.connections, 0);
    println!(
        "5,000 folders: first page {took:?}, warm {:?}, {} MB",
        again.response().took,
        watch.peak_mb()
    );
    assert!((1..64).contains(&watch.peak_mb()), "{} MB", watch.peak_mb());
}

/// What a list says of its messages, by UID: whether each is unread. Walks all its pages.
fn shown(reader: &Visitor) -> BTreeMap<u32, bool> {
    let uid = |href: &String| {
        let (_, tail) = href.split_once("&u=").expect("a message");
        let digits = tail.split('&').next().unwrap_or_default();
        digits.parse::<u32>().expect("a UID")
    };
    let mut all = BTreeMap::new();
    let mut page = reader.get("/?compare=1");
    loop {
        page.has_status(200);
        let rows = page.attributes_of("li.row > a", "href");
        let unread = page.attributes_of("li.row.unread > a", "href");
        for href in &rows {
            all.insert(uid(href), unread.contains(href));
        }
        if !page.has_link("Older") {
            return all;
        }
        page = page.click("Older");
    }
}

/// The same as the server tells it.
fn told(site: &Site, login: &str) -> BTreeMap<u32, bool> {
    let mut other = site.other_client(login);
    other.run("EXAMINE INBOX");
    let lines = other.run("UID FETCH 1:* (UID FLAGS)");
    let lines = lines.iter().filter(|l| l.contains(" FETCH "));
    lines
        .map(|line| {
            let (_, tail) = line.split_once("UID ").expect("a UID");
            let digits = tail.split(|c: char| !c.is_ascii_digit()).next();
            let uid = digits.and_then(|d| d.parse().ok()).expect("a number");
            (uid, !line.contains("\\Seen"))
        })
        .collect()
}

/// What the user's other mail program does now and then.
fn meddle(site: &Site, login: &str, random: &mut Random, nth: usize) {
    let there: Vec<u32> = told(site, login).into_keys().collect();
    let some = |random: &mut Random| {
        let at = usize::try_from(random.below(there.len().max(1) as u64)).expect("small");
        there.get(at).copied().unwrap_or(1)
    };
    let mut other = site.other_client(login);
    match random.below(4) {
        0 | 1 => {
            let subject = format!("Arrival {nth}");
            other.append(
                "INBOX",
                &Mail::plain("Ada <ada@example.org>", &subject, "New."),
            );
        }
        2 => {
            other.run("SELECT INBOX");
            let sign = if random.below(2) == 0 { '+' } else { '-' };
            other.run(&format!("UID STORE {} {sign}FLAGS (\\Seen)", some(random)));
        }
        _ => {
            other.run("SELECT INBOX");
            other.run(&format!("UID STORE {} +FLAGS (\\Deleted)", some(random)));
            other.run("EXPUNGE");
        }
    }
}

/// Clicks of the soak; more by POSTERN_CLICKS.
fn clicks() -> usize {
    let more = std::env::var("POSTERN_CLICKS").ok();
    more.map_or(120, |n| n.parse().expect("a number"))
}

#[test]
fn after_many_clicks_at_random_cache_and_server_agree() {
    let site = Site::new()
        .messages(130)
        .config("[cache]\nfresh_seconds = 2\nbudget_mb = 4")
        .start();
    let mut random = Random::seeded(130);
    let mut readers = Vec::new();
    for login in ["ann", "ben"] {
        if login != "ann" {
            site.other_client(login)
                .append_all("INBOX", &mails::generated(70));
        }
        let reader = site.sign_in(login);
        let page = reader.get("/");
        readers.push((login, reader, page));
    }
    for nth in 0..clicks() {
        let (login, reader, page) = &mut readers[nth % 2];
        if random.below(3) == 0 {
            meddle(&site, login, &mut random, nth);
        }
        *page = random_click(reader, page, &mut random);
    }
    for (login, reader, _) in &readers {
        assert_eq!(
            shown(reader),
            told(&site, login),
            "{login}: cache and server"
        );
    }
    for user in fs::read_dir(site.state_dir().join("users")).expect("users/") {
        let user = user.expect("a user").path();
        let files = crate::disk::files_below(&user);
        let bytes: u64 = files
            .iter()
            .map(|f| fs::metadata(f).map_or(0, |m| m.len()))
            .sum();
        // One generation within its budget, and what it was over by when it was last opened.
        assert!(
            bytes < 8 * 1024 * 1024,
            "{bytes} bytes in {}",
            user.display()
        );
    }
}

/// Follows any link of ours on the page.
fn random_click(reader: &Visitor, page: &Page, random: &mut Random) -> Page {
    let links = page.attributes_of("a[href], iframe[src]", "href");
    let own: Vec<&String> = links
        .iter()
        .filter(|l| l.starts_with(reader.base()))
        .collect();
    let at = usize::try_from(random.below(own.len() as u64)).expect("small");
    let page = reader.get(&page.absolute(own[at]));
    // A message may have been deleted under the reader's hand.
    page.expect(matches!(page.status(), 200 | 410), || {
        "neither a page nor gone".to_owned()
    });
    let is_page = page.header("content-type").starts_with("text/html") && page.has_link("Sign out");
    if is_page { page } else { reader.get("/") }
}
