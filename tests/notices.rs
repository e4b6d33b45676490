//! What an act did, told on the page that follows: in that tab, for ten minutes, to nobody else; and the way back.

use crate::disk;
use crate::support::clock::Clock;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::{Plan, Site};
use crate::support::visitor::Visitor;

const WILL_BE_SHOWN: &str = "will always be shown.";
const BLOCKED_AGAIN: &str = "are blocked again.";
const ALWAYS: &str = "Always show for this sender";

/// A mail with a picture from elsewhere.
fn books() -> Mail {
    let html = "<p>Ten short books for long evenings.</p><img src='https://cdn.example/shelf.png' alt='A shelf'>";
    let text = format!(
        "Authentication-Results: mx.example.org; dmarc=pass header.from=shelf.example\r\n\
         From: The Weekly Shelf <letters@shelf.example>\r\nTo: Ann <ann@example.org>\r\n\
         Subject: Books\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n{html}\r\n"
    );
    Mail {
        bytes: text.into_bytes(),
        ..Mail::plain("", "", "")
    }
}

fn plan() -> Plan {
    Site::new()
        .mails("ann", "INBOX", vec![books()])
        .mails("ben", "INBOX", vec![books()])
        .imap_setting("authserv_id = \"mx.example.org\"")
}

fn open(ann: &Visitor) -> Page {
    ann.get("/").click("Books")
}

#[test]
fn an_act_says_what_it_did_in_its_own_tab_until_the_next_page() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let done = open(&ann).click(ALWAYS);
    assert_eq!(done.redirects().len(), 1);
    done.shows("letters@shelf.example").shows(WILL_BE_SHOWN);
    // As often as it is loaded again, and at no cost at the mail server.
    let reloaded = ann.get(done.target());
    reloaded.shows(WILL_BE_SHOWN).shows("Undo");
    // Another tab, and the next page of this one, say nothing any more.
    open(&ann.tab()).hides(WILL_BE_SHOWN);
    done.click("Inbox").hides(WILL_BE_SHOWN);
    let anew = done.click("Plain text");
    anew.hides(WILL_BE_SHOWN);
    let said = done.attributes_of("[role=status]", "class");
    assert_eq!(said, ["note brief"], "{said:?}");
}

#[test]
fn an_act_is_undone_from_where_it_is_told() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let done = open(&ann).click(ALWAYS);
    done.shows("Stop showing");
    let undone = done.click("Undo");
    undone
        .shows(BLOCKED_AGAIN)
        .shows("1 remote image is blocked.");
    undone.hides(WILL_BE_SHOWN);
    undone.click("Undo").shows(WILL_BE_SHOWN);
    // In the other tab it is told for what it was, and undoing it twice is no harm.
    done.click("Undo").shows(BLOCKED_AGAIN);
    done.click("Undo").shows(BLOCKED_AGAIN);
}

#[test]
fn a_notice_is_told_in_no_other_session_and_no_forged_id_says_anything() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let done = open(&ann).click(ALWAYS);
    let target = done.target().to_owned();
    let (path, id) = target.rsplit_once("notice=").expect("an id");
    assert_eq!(id.len(), 32);
    site.sign_in("ann").get(&target).hides(WILL_BE_SHOWN);
    let ben = site.sign_in("ben").get(&target);
    ben.hides(WILL_BE_SHOWN);
    let forged = [
        "0".repeat(32),
        "g".repeat(32),
        id.replace(&id[..1], if id.starts_with('0') { "1" } else { "0" }),
        id[..31].to_owned(),
        String::new(),
        "%00%ff".to_owned(),
    ];
    for id in forged {
        let page = ann.get(&format!("{path}notice={id}"));
        page.has_status(200).hides(WILL_BE_SHOWN).shows("Books");
    }
    ann.get(&target).shows(WILL_BE_SHOWN);
}

#[test]
fn after_ten_minutes_a_notice_is_told_no_longer() {
    let clock = Clock::start(plan());
    let ann = clock.site.sign_in("ann");
    let done = open(&ann).click(ALWAYS);
    clock.set("+9m");
    ann.get(done.target()).shows(WILL_BE_SHOWN);
    clock.set("+11m");
    let late = ann.get(done.target());
    late.has_status(200).hides(WILL_BE_SHOWN).hides("Undo");
    // A clock that was set back makes none last for ever.
    clock.set("-1h");
    ann.get(done.target()).hides(WILL_BE_SHOWN);
}

#[test]
fn of_many_notices_the_oldest_go_and_a_session_takes_its_own_along() {
    let site = plan().start();
    let ann = site.sign_in("ann");
    let other = site.sign_in("ann");
    let of_other = open(&other).click(ALWAYS);
    // Of one second all are as old as each other: which of them goes first is not said.
    let told = |targets: &[String]| {
        let told = targets.iter().map(|target| ann.get(target));
        told.filter(|page| page.has_words("Undo")).count()
    };
    let mut targets = Vec::new();
    for n in 1..=23 {
        let answer = open(&ann).form("sender").submit_once();
        targets.push(answer.redirect_target().expect("a redirect"));
        if n <= 20 {
            assert_eq!(told(&targets), n);
        }
    }
    assert_eq!(told(&targets), 20);
    let kept = || {
        disk::records(&site, "ann")
            .keys()
            .filter(|k| k[0] == 10)
            .count()
    };
    assert_eq!(kept(), 21);
    ann.get("/").form("sign-out").submit();
    assert_eq!(kept(), 1);
    other.get(of_other.target()).shows(WILL_BE_SHOWN);
}
