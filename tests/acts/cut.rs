//! Rule 3: an act that is cut short, by a kill or a lost connection, at each of its steps. No message is lost, none is doubled
//! beyond what the server did, and the next page says what is.
//!
//! Of five hundred messages at once each step is tried once; `POSTERN_KILLS=200 cargo test --test postern acts::cut` kills so
//! often on each way.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;

use super::{plan, shown, subjects, uid_of};
use crate::support::by_hand::ByHand;
use crate::support::install::{self, Part};
use crate::support::page::Page;
use crate::support::proxy::Trouble;
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

/// What a server without MOVE says that it can do.
const WITHOUT_MOVE: &str = "imap_capability = IMAP4rev1 UIDPLUS ESEARCH SORT LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS CONDSTORE QRESYNC ENABLE\n";

/// The calls at which an act is killed: what goes out, what comes in, what lasts.
const CALLS: [&str; 3] = ["sendto", "recvfrom", "fdatasync,fsync"];

/// The two newest messages of a list, and the form that archives them.
fn archive(ann: &Visitor) -> (Vec<String>, Request) {
    let list = ann.get("/");
    let newest: Vec<String> = shown(&list).into_iter().take(2).collect();
    let mut form = list.form("rows");
    for subject in &newest {
        form = form.tick("u", &uid_of(&list, subject));
    }
    (newest, form.smuggle("act", "archive").request())
}

/// All messages of the inbox, and the form that archives them.
fn archive_all(ann: &Visitor) -> Request {
    let list = ann.get("/folder?f=INBOX&compare=1&select=all");
    list.form("rows").smuggle("act", "archive").request()
}

/// How often each message is in the inbox and in the archive.
fn places(site: &Site) -> BTreeMap<String, (usize, usize)> {
    let mut places: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for subject in subjects(site, "INBOX") {
        places.entry(subject).or_default().0 += 1;
    }
    for subject in subjects(site, "Archive") {
        places.entry(subject).or_default().1 += 1;
    }
    places
}

/// The number in the subject of a message: the larger, the later it came.
fn nth(subject: &str) -> usize {
    let (_, n) = subject.rsplit_once(' ').expect("a number");
    n.parse().expect("a number")
}

/// What must be true of the mailbox and of the page after an act that was cut short.
fn expect_truth(site: &Site, ann: &Visitor, (meant, form): (&[String], &Request), step: &str) {
    site.dovecot().wait_for_ends();
    let places = places(site);
    let page = ann.get("/");
    for (subject, place) in &places {
        let is_once = matches!(place, (1, 0) | (0, 1));
        let is_copied = *place == (1, 1) && meant.contains(subject);
        assert!(is_once || is_copied, "{step}: {subject} {place:?}");
    }
    let mut inbox = subjects(site, "INBOX");
    inbox.sort_by_key(|subject| std::cmp::Reverse(nth(subject)));
    inbox.truncate(50);
    assert_eq!(
        shown(&page),
        inbox,
        "{step}: the list is not what the server has"
    );
    let of_meant = |place: (usize, usize)| meant.iter().filter(|s| places[*s] == place).count();
    let (moved, both) = (of_meant((0, 1)), of_meant((1, 1)));
    let mut said = notices(&page);
    if said.is_empty() && moved > 0 {
        // All had been kept when it died: the same form, sent again, is told what it did.
        said = notices(&ann.follow(ann.send(form)));
    } else {
        ann.get("/").hides("interrupted");
    }
    let is_said = |n: usize, one: &str, many: &str| match n {
        0 => true,
        1 => said.contains(&format!("1 message {one}")),
        _ => said.contains(&format!("{n} messages {many}")),
    };
    page.expect(
        is_said(moved, "moved to Archive", "moved to Archive")
            && is_said(both, "is in both", "are in both"),
        || format!("{step}: {moved} were moved, {both} are in both folders, and it says: {said}"),
    );
    assert_eq!(
        super::subjects(site, "Archive").len(),
        moved_in_all(&places),
        "{step}"
    );
    if both > 0 {
        // Whoever finds them there twice takes one away.
        let archive = subjects(site, "Archive");
        let copies = (1..)
            .zip(&archive)
            .filter(|(_, one)| places[*one] == (1, 1));
        let copies: Vec<String> = copies.map(|(n, _)| n.to_string()).collect();
        let mut client = site.other_client("ann");
        client.run("SELECT Archive");
        client.run(&format!("STORE {} +FLAGS (\\Deleted)", copies.join(",")));
        client.run("EXPUNGE");
    }
}

/// How many are in the archive.
fn moved_in_all(places: &BTreeMap<String, (usize, usize)>) -> usize {
    places.values().map(|place| place.1).sum()
}

/// What a page's notices say, without the signs that keep the direction of names.
fn notices(page: &Page) -> String {
    let said = page.texts_of(".note p").join("\n");
    said.replace(['\u{2068}', '\u{2069}'], "")
}

const COUNT: usize = 40;

fn killed_at_each_step(capabilities: &str) {
    install::need(Part::Strace);
    let site = plan(COUNT).dovecot(capabilities).start();
    let ann = site.sign_in("ann");
    let mut steps = 0;
    for call in CALLS {
        for nth in 1.. {
            let (meant, form) = archive(&ann);
            if meant.len() < 2 {
                super::refill(&site);
                ann.get("/folder?compare=1");
                continue;
            }
            let killed = ByHand::request(&site.program(), form.clone()).killed_at(call, nth);
            let outcome = killed.under(&["-f"]).by(&ann).run();
            let is_killed = outcome.ended.signal().is_some() || !outcome.ended.success();
            if !is_killed {
                break;
            }
            steps += 1;
            let step = format!("killed at {call} number {nth}");
            expect_truth(&site, &ann, (&meant, &form), &step);
            assert_eq!(places(&site).len(), COUNT, "{step}: a message is lost");
        }
    }
    println!("killed at {steps} steps");
    assert!(steps >= 8, "only {steps} steps");
}

/// How many are moved at once where they are many.
const MANY: usize = 500;

fn many_killed(capabilities: &str) {
    install::need(Part::Strace);
    let site = plan(MANY).dovecot(capabilities).start();
    let ann = site.sign_in("ann");
    let all = subjects(&site, "INBOX");
    let wanted = std::env::var("POSTERN_KILLS").ok();
    let wanted: Option<usize> = wanted.map(|n| n.parse().expect("a number"));
    let (mut kills, mut torn) = (0, 0);
    loop {
        for call in CALLS {
            for nth in 1.. {
                let form = archive_all(&ann);
                let killed = ByHand::request(&site.program(), form.clone()).killed_at(call, nth);
                let outcome = killed.under(&["-f"]).by(&ann).run();
                let is_killed = outcome.ended.signal().is_some() || !outcome.ended.success();
                let step = format!("{MANY} killed at {call} number {nth}");
                expect_truth(&site, &ann, (&all, &form), &step);
                let now = places(&site);
                assert_eq!(now.len(), MANY, "{step}: a message is lost");
                torn += usize::from(is_killed && now.values().any(|place| *place != (1, 0)));
                if !subjects(&site, "Archive").is_empty() {
                    super::refill(&site);
                }
                if !is_killed {
                    break;
                }
                kills += 1;
            }
        }
        if wanted.is_none_or(|n| kills >= n) {
            break;
        }
    }
    println!("killed {kills} times, {torn} times while or after they were moved");
    assert!(torn > 0, "never while they were moved");
}

#[test]
fn rule_3_five_hundred_that_are_moved_may_be_killed_on_their_way() {
    many_killed("");
}

#[test]
fn rule_3_five_hundred_that_are_copied_and_removed_may_be_killed_on_their_way() {
    many_killed(WITHOUT_MOVE);
}

#[test]
fn rule_3_a_move_may_be_killed_at_each_of_its_steps() {
    killed_at_each_step("");
}

#[test]
fn rule_3_a_copy_with_its_removal_may_be_killed_at_each_of_its_steps() {
    killed_at_each_step(WITHOUT_MOVE);
}

fn cut_at_each_step(capabilities: &str) {
    let site = plan(COUNT).dovecot(capabilities).proxied().start();
    let ann = site.sign_in("ann");
    ann.get("/");
    let mut cuts = 0;
    let mut bytes = 50;
    loop {
        let (meant, form) = archive(&ann);
        if meant.len() < 2 {
            super::refill(&site);
            ann.get("/folder?compare=1");
            continue;
        }
        site.proxy().reset();
        site.proxy().trouble(Trouble::CutAfter(bytes));
        let answer = ann.send(&form);
        site.proxy().trouble(Trouble::None);
        if answer.status() == 303 {
            break;
        }
        cuts += 1;
        expect_truth(
            &site,
            &ann,
            (&meant, &form),
            &format!("cut after {bytes} bytes"),
        );
        assert_eq!(
            places(&site).len(),
            COUNT,
            "cut after {bytes} bytes: one is lost"
        );
        bytes += 150;
    }
    println!("cut {cuts} times");
    assert!(cuts >= 5, "only {cuts} cuts");
}

#[test]
fn rule_3_a_move_may_be_cut_off_at_each_of_its_steps() {
    cut_at_each_step("");
}

#[test]
fn rule_3_a_copy_with_its_removal_may_be_cut_off_at_each_of_its_steps() {
    cut_at_each_step(WITHOUT_MOVE);
}
