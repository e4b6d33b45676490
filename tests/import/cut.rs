//! An import that is cut short, by a kill or a lost connection, at each of its steps: nothing is lost, nothing is doubled, and
//! the next page says what is.

use std::os::unix::process::ExitStatusExt as _;

use super::{chosen, mbox, plan, said, subjects};
use crate::support::by_hand::ByHand;
use crate::support::install::{self, Part};
use crate::support::page::Page;
use crate::support::proxy::Trouble;
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

/// So many messages are taken in each time.
const COUNT: usize = 6;

/// The calls at which it is killed: what goes out, what comes in, what lasts, what gets its name.
const CALLS: [&str; 4] = ["sendto", "recvfrom", "fdatasync,fsync", "rename,renameat2"];

fn form(ann: &Visitor) -> Request {
    chosen(&ann.get("/import?f=Old"), &[("a", mbox(COUNT).as_bytes())])
}

/// How many messages a page says were imported.
fn told(page: &Page) -> Option<usize> {
    let said = said(page);
    let (before, _) = said
        .split_once(" imported into Old")
        .or_else(|| said.split_once(" done."))?;
    let words: Vec<&str> = before.split_whitespace().collect();
    let number = words.iter().rev().find_map(|word| word.parse().ok());
    Some(match before.ends_with("Nothing was") {
        true => 0,
        false => number.unwrap_or(usize::MAX),
    })
}

/// What must be true after a cut: the next page tells of it, and carried on, all is there once.
fn expect_truth(site: &Site, ann: &Visitor, sent: &Request, step: &str) {
    let there = subjects(site, "Old").len();
    let mut page = ann.get("/");
    let mut tries = 0;
    if !said(&page).contains("import") {
        // All was kept when it died, or nothing had begun: the same form is told which.
        page = ann.follow(ann.send(sent));
    } else {
        page.expect(told(&page).is_some_and(|told| told <= there), || {
            format!("{step}: {there} are there, and it says: {}", said(&page))
        });
    }
    if said(&page).contains("Select the files again") {
        assert_eq!(there, 0, "{step}");
        page = ann.follow(ann.send(&form(ann)));
    }
    while page
        .text_of(".note button, main form button")
        .is_some_and(|_| page.has_words("Continue"))
    {
        page = page.click("Continue");
        tries += 1;
        assert!(tries < 5, "{step}: {}", said(&page));
    }
    assert_eq!(told(&page), Some(COUNT), "{step}: {}", said(&page));
    let all = subjects(site, "Old");
    let wanted: Vec<String> = (1..=COUNT).map(|n| format!("Letter{n}")).collect();
    assert_eq!(all, wanted, "{step}");
    ann.get("/").hides("import");
    let mut client = site.other_client("ann");
    client.run("SELECT Old");
    client.run("STORE 1:* +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
}

fn killed_at_each_step(capabilities: &str) {
    install::need(Part::Strace);
    let site = plan().dovecot(capabilities).start();
    let ann = site.sign_in("ann");
    ann.get("/folders");
    let mut steps = 0;
    for call in CALLS {
        for nth in 1.. {
            let sent = form(&ann);
            let killed = ByHand::request(&site.program(), sent.clone()).killed_at(call, nth);
            let outcome = killed.under(&["-f"]).by(&ann).run();
            let is_killed = outcome.ended.signal().is_some() || !outcome.ended.success();
            let step = format!("killed at {call} number {nth}");
            expect_truth(&site, &ann, &sent, &step);
            if !is_killed {
                break;
            }
            steps += 1;
        }
    }
    println!("killed at {steps} steps");
    assert!(steps >= 15, "only {steps} steps");
}

#[test]
fn an_import_may_be_killed_at_each_of_its_steps() {
    killed_at_each_step("");
}

#[test]
fn an_import_may_be_killed_at_each_of_its_steps_where_no_numbers_are_told() {
    killed_at_each_step("imap_capability = IMAP4rev1 NAMESPACE SPECIAL-USE LIST-EXTENDED\n");
}

#[test]
fn an_import_may_be_cut_off_at_each_of_its_steps() {
    let site = plan().proxied().start();
    let ann = site.sign_in("ann");
    ann.get("/folders");
    let mut cuts = 0;
    for bytes in (50..).step_by(60) {
        let sent = form(&ann);
        site.proxy().reset();
        site.proxy().trouble(Trouble::CutAfter(bytes));
        let answer = ann.send(&sent);
        site.proxy().trouble(Trouble::None);
        let is_whole = answer
            .redirect_target()
            .is_some_and(|to| to.contains("notice="));
        expect_truth(&site, &ann, &sent, &format!("cut after {bytes} bytes"));
        if is_whole {
            break;
        }
        cuts += 1;
    }
    println!("cut {cuts} times");
    assert!(cuts >= 8, "only {cuts} cuts");
}
