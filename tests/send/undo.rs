//! Undo send: a message waits a few seconds, is in Drafts meanwhile, and can be taken back. Whatever ends the process that
//! waits, the message is there, and every page says that it has not been sent.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::{found, is_killed_at, only, plan, said, says, send, typed};
use crate::support::chromium::Chromium;
use crate::support::install::{self, Part};
use crate::support::kernel::{self, until};
use crate::support::page::Page;
use crate::support::sink::SmtpSink;
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// A site where a process that waits has lived long enough, and messages wait for these seconds.
pub(super) fn relied_on(sink: &SmtpSink, seconds: u32) -> (Site, Visitor) {
    let settings = format!("[settings]\nundo_seconds = {seconds}\ntime_zone = \"UTC\"\n");
    let site = plan().config(&sink.config()).config(&settings).start();
    let ann = site.sign_in("ann");
    site.lets_processes_live();
    (site, ann)
}

/// The processes that wait.
fn waiting(site: &Site) -> Vec<u32> {
    kernel::processes_for(&site.program(), "later")
}

pub(super) fn kill_waiting(site: &Site) {
    let all = waiting(site);
    assert!(!all.is_empty(), "nobody waits");
    all.into_iter().for_each(kernel::kill);
    until("those that waited are gone", || waiting(site).is_empty());
}

/// Presses "Undo" of what a page says.
pub(super) fn undo(page: &Page) -> Page {
    let forms = page.forms();
    let form = forms
        .into_iter()
        .find(|form| form.value("do") == Some("back"));
    form.expect("an Undo").submit()
}

fn send_now(page: &Page) -> Page {
    let forms = page.forms();
    let form = forms
        .into_iter()
        .find(|form| form.value("do") == Some("now"));
    form.expect("a button that sends now").submit()
}

pub(super) fn has_text(page: &Page) {
    let form = page.form("write");
    let text = form.value("text").unwrap_or_default();
    page.expect(text.contains("geranium"), || "the text is gone".into());
}

#[test]
fn rule_7_a_message_can_be_taken_back_until_it_is_sent() {
    let sink = SmtpSink::start(false);
    let (site, ann) = relied_on(&sink, 30);
    let page = send(&ann, "bo@example.org", "Hello");
    says(&page, "“Hello” will be sent in");
    // Every page says so, and other programs find it in Drafts.
    says(&ann.get("/folders"), "“Hello” will be sent in");
    assert_eq!(found(&site, "Drafts").len(), 1);
    ann.get("/unsent").shows("Will be sent in a moment");
    let page = undo(&ann.get("/"));
    says(&page, "The message was not sent.");
    has_text(&page);
    page.hides("will be sent in");
    assert!(sink.taken().is_empty());
    // It can be changed, and sent again: it waits anew, and its page sends it at once.
    let page = page
        .form("write")
        .set("subject", "Hello again")
        .press("do", "send");
    says(&page, "“Hello again” will be sent in");
    let page = ann.get("/unsent").click("Hello again");
    says(&page.form("write").press("do", "now"), "Message sent");
    only(sink.taken());
    assert_eq!(found(&site, "Sent").len(), 1);
    assert!(found(&site, "Drafts").is_empty());
    ann.get("/").hides("Hello again");
    // Too late.
    let form = page.form("write").smuggle("do", "back").submit();
    says(&form, "It was too late to undo");
}

#[test]
fn a_message_that_nobody_takes_back_is_sent_once() {
    let sink = SmtpSink::start(false);
    let (site, ann) = relied_on(&sink, 5);
    let page = ann.get("/compose");
    let request = typed(&page, "bo@example.org", "Hello")
        .file("files", "a.txt", b"one")
        .smuggle("do", "send")
        .request();
    // A double click, and the Back button with another text.
    for _ in 0..3 {
        says(&ann.follow(ann.send(&request)), "will be sent in");
    }
    assert_eq!(waiting(&site).len(), 1);
    let changed = typed(&page, "bo@example.org", "Hello").set("text", "Another text");
    let changed = changed.press("do", "send");
    says(
        &changed,
        "The message will be sent in a moment, without your latest changes.",
    );
    assert!(sink.taken().is_empty());
    until("it is sent", || !sink.taken().is_empty());
    until("its copy is made", || found(&site, "Sent").len() == 1);
    until("nobody waits", || waiting(&site).is_empty());
    let sent = only(sink.taken()).text();
    assert!(sent.contains("b25l") && sent.contains("geranium"), "{sent}");
    assert!(
        found(&site, "Drafts")
            .iter()
            .all(|row| !row.contains("Hello"))
    );
    // A reload of the page that it led to tells what became of it.
    says(&ann.follow(ann.send(&request)), "Message sent");
    assert_eq!(sink.taken().len(), 1);
}

#[test]
fn what_nobody_has_sent_in_time_is_said_on_every_page_and_nothing_waits_after_it() {
    let sink = SmtpSink::start(false);
    let (site, ann) = relied_on(&sink, 5);
    says(&send(&ann, "bo@example.org", "Hello"), "will be sent in");
    kill_waiting(&site);
    until("it is overdue", || {
        ann.get("/").has_words("A message has not been sent yet.")
    });
    assert!(sink.taken().is_empty());
    assert_eq!(
        site.log().matches("later missed").count(),
        1,
        "{}",
        site.log()
    );
    // It counts once: where others are relied on again, it takes nothing from them.
    site.lets_processes_live();
    ann.get("/");
    assert!(site.state_dir().join("later.lived").exists());
    fs::remove_file(site.state_dir().join("later.lived")).expect("the proof");
    let page = ann.get("/folders");
    says(&page, "“Hello” should have been sent by now.");
    says(&send_now(&page), "Message sent");
    only(sink.taken());
    ann.get("/").hides("has not been sent yet");
    // No other one waits: it is sent at once.
    says(&send(&ann, "bo@example.org", "Second"), "Message sent");
    assert_eq!(sink.taken().len(), 2);
}

#[test]
fn what_is_not_let_in_is_said_and_others_wait_all_the_same() {
    let sink = SmtpSink::start(false);
    let (site, ann) = relied_on(&sink, 5);
    says(&send(&ann, "bo@example.org", "Hello"), "will be sent in");
    // Her session ends meanwhile.
    ann.get("/sessions").form("end-all-sessions").submit();
    until("nobody waits", || waiting(&site).is_empty());
    let ann = site.sign_in("ann");
    until("it is overdue", || {
        ann.get("/").has_words("A message has not been sent yet.")
    });
    says(&send_now(&ann.get("/")), "Message sent");
    says(&send(&ann, "bo@example.org", "Second"), "will be sent in");
    assert!(!site.log().contains("later missed"), "{}", site.log());
    kill_waiting(&site);
    only(sink.taken());
}

#[test]
fn rule_6_undo_and_sending_are_one_claim_and_who_is_late_says_so() {
    let sink = SmtpSink::start(false);
    let (site, ann) = relied_on(&sink, 30);
    let mut sent = 0;
    for round in 0..20 {
        let subject = format!("Round {round}");
        let page = send(&ann, "bo@example.org", &subject);
        says(&page, "will be sent in");
        let (one, other) = (ann.tab(), ann.tab());
        let back = one.get("/");
        let now = other.get("/unsent").click(&subject);
        let (back, now) = std::thread::scope(|scope| {
            let back = scope.spawn(|| undo(&back));
            let now = scope.spawn(|| now.form("write").press("do", "now"));
            (back.join().unwrap(), now.join().unwrap())
        });
        let taken = sink.taken().len() - sent;
        sent = sink.taken().len();
        match said(&back).contains("was not sent.") {
            true => {
                assert_eq!(taken, 0, "{subject}");
                has_text(&back);
                now.expect(!said(&now).contains("Message sent"), || subject.clone());
                says(&back.form("write").press("do", "discard"), "discarded");
            }
            false => {
                assert_eq!(taken, 1, "{subject}");
                says(&back, "It was too late to undo");
            }
        }
        kill_waiting(&site);
    }
}

#[test]
fn signing_out_sends_what_waits_first_and_stays_where_that_fails() {
    let sink = SmtpSink::start(false);
    let (site, ann) = relied_on(&sink, 30);
    says(&send(&ann, "bo@example.org", "First"), "will be sent in");
    says(&send(&ann, "bo@example.org", "Second"), "will be sent in");
    let page = ann.get("/").form("sign-out").submit();
    page.shows("You are signed out");
    assert_eq!(sink.taken().len(), 2);
    assert_eq!(found(&site, "Sent").len(), 2);
    let ann = site.sign_in("ann");
    says(&send(&ann, "bo@example.org", "Third"), "will be sent in");
    sink.rules(json!({"refuse": {"bo@example.org": "550 no such user"}}));
    let page = ann.get("/").form("sign-out").submit();
    says(&page, "Your message was not sent.");
    page.shows("Third");
    let page = page.click("Third");
    has_text(&page);
    says(&page, "no such user");
    ann.get("/")
        .form("sign-out")
        .submit()
        .shows("You are signed out");
    assert_eq!(sink.taken().len(), 2);
}

#[test]
fn of_an_installation_three_wait_and_a_further_one_is_sent_at_once() {
    let sink = SmtpSink::start(false);
    let (site, ann) = relied_on(&sink, 30);
    for nth in 0..3 {
        says(
            &send(&ann, "bo@example.org", &format!("Nr. {nth}")),
            "will be sent in",
        );
    }
    says(&send(&ann, "bo@example.org", "Nr. 4"), "Message sent");
    only(sink.taken());
    assert_eq!(waiting(&site).len(), 3);
    kill_waiting(&site);
}

#[test]
fn nothing_waits_before_a_process_has_lived_here_for_half_a_minute() {
    let sink = SmtpSink::start(false);
    let settings = "[settings]\nundo_seconds = 5\n";
    let site = plan().config(&sink.config()).config(settings).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    // The page for writing has started one that shows whether it lives.
    assert_eq!(waiting(&site).len(), 1);
    ann.get("/compose");
    assert_eq!(waiting(&site).len(), 1, "one is enough");
    says(
        &typed(&page, "bo@example.org", "Hello").press("do", "send"),
        "Message sent",
    );
    only(sink.taken());
    let lived = site.state_dir().join("later.lived");
    until("it has lived for half a minute", || lived.exists());
    says(
        &send(&ann, "bo@example.org", "Second"),
        "will be sent in 5 seconds",
    );
    // A week later that is believed no more.
    let file = fs::File::options()
        .write(true)
        .open(&lived)
        .expect("the proof");
    let week = Duration::from_secs(7 * 86_400 + 60);
    file.set_modified(SystemTime::now() - week).expect("a time");
    says(&send(&ann, "bo@example.org", "Third"), "Message sent");
    until("the second is sent", || sink.taken().len() == 3);
    until("nobody waits", || waiting(&site).is_empty());
}

#[test]
fn a_page_counts_down_and_says_what_became_of_it() {
    let sink = SmtpSink::start(false);
    let (site, ann) = relied_on(&sink, 10);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let page = send(&ann, "bo@example.org", "Hello");
    tab.open(&format!("http://{}{}", ann.server(), page.target()));
    tab.wait_for("/[1-9] seconds/.test(document.querySelector('.note[data-left]')?.textContent)");
    tab.wait_for("document.querySelector('.note')?.textContent.includes('Message sent')");
    tab.expect_quiet();
    only(sink.taken());
    until("nobody waits", || waiting(&site).is_empty());
}

/// The calls at which whoever has a message wait is killed.
const CALLS: [&str; 5] = [
    "sendto",
    "write",
    "fdatasync,fsync",
    "rename,renameat2",
    "clone3,clone,vfork",
];

#[test]
fn whoever_has_a_message_wait_may_be_killed_at_each_step_and_it_is_there_and_not_sent() {
    install::need(Part::Strace);
    let sink = SmtpSink::start(false);
    let (site, ann) = relied_on(&sink, 30);
    let (mut kills, mut sent) = (0, 0);
    for call in CALLS {
        for nth in 1..200 {
            let subject = format!("{call} {nth}");
            let page = ann.get("/compose");
            let form = typed(&page, "bo@example.org", &subject).smuggle("do", "send");
            let is_killed = is_killed_at(&site, &ann, form.request(), (call, nth));
            kills += usize::from(is_killed);
            // Whoever waited is ended, too, as hosts do.
            waiting(&site).into_iter().for_each(kernel::kill);
            until("nobody waits", || waiting(&site).is_empty());
            let step = format!("killed at {call} number {nth}");
            assert_eq!(sink.taken().len(), sent, "{step}: it was sent");
            let named = |row: &&String| row.contains(&format!("Subject: {subject}\r"));
            let drafts = found(&site, "Drafts");
            let drafts = drafts.iter().filter(named).count();
            let unsent = ann.get("/unsent");
            if unsent.has_words(&subject) {
                let page = unsent.click(&subject);
                has_text(&page);
                let waits = page.has_words("Send now");
                let page = match waits {
                    true => page,
                    false => {
                        let page = page.form("write").press("do", "send");
                        let waits = said(&page).contains("will be sent in");
                        page.expect(waits, || format!("{step}: {}", said(&page)));
                        ann.get("/unsent").click(&subject)
                    }
                };
                let page = page.form("write").press("do", "now");
                page.expect(said(&page).contains("Message sent"), || step.clone());
                sent += 1;
                let left = found(&site, "Drafts");
                assert_eq!(left.iter().filter(named).count(), 0, "{step}");
                let copies = found(&site, "Sent");
                assert_eq!(copies.iter().filter(named).count(), 1, "{step}");
                waiting(&site).into_iter().for_each(kernel::kill);
            } else if drafts == 0 {
                // Before anything was kept: the browser still has it.
                assert!(is_killed, "{step}");
            }
            assert!(drafts <= 1, "{step}: {drafts} drafts");
            assert_eq!(sink.taken().len(), sent, "{step}");
            if !is_killed {
                break;
            }
        }
    }
    println!("killed {kills} times");
    assert!(kills >= 30, "only {kills} kills");
}
