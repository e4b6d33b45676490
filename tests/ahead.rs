//! What is fetched ahead of the next clicks: they ask the mail server nothing; and whatever becomes of the process that fetches
//! it, no click waits for it, and nothing of it outlives its session.

use std::fs;
use std::fs::OpenOptions;
use std::thread;
use std::time::Duration;

use fs2::FileExt;

use crate::cost::connections;
use crate::support::apache::Mpm;
use crate::support::clock::Clock;
use crate::support::kernel::{self, until};
use crate::support::mails::{self, Mail};
use crate::support::page::Page;
use crate::support::place;
use crate::support::proxy::Trouble;
use crate::support::site::{Plan, Site};
use crate::support::visitor::Visitor;

/// Few rows on a page, so that few messages are many pages.
const FEW_ROWS: &str = "[settings]\nrows = 10\n";

/// A site where Ann has so many messages, all of which she has read.
fn plan(messages: usize) -> Plan {
    all(messages, &["\\Seen"])
}

/// The same, with these flags on all of them.
fn all(messages: usize, flags: &[&'static str]) -> Plan {
    let mails = mails::generated(messages).into_iter();
    let mails = mails.map(|mail| mail.flagged(flags)).collect();
    Site::new()
        .mails("ann", "INBOX", mails)
        .config(FEW_ROWS)
        .proxied()
}

/// Starts it, where processes live long enough.
fn relied_on(plan: Plan) -> (Site, Visitor) {
    let site = plan.start();
    let ann = site.sign_in("ann");
    site.lets_processes_live();
    (site, ann)
}

/// The processes that fetch ahead.
fn fetching(site: &Site) -> Vec<u32> {
    kernel::processes_for(&site.program(), "ahead")
}

/// Waits until all is fetched: by then whoever answered the last click has ended too, who starts them.
fn fetched(site: &Site) {
    until("all is fetched", || {
        kernel::processes(&site.program()).is_empty()
    });
}

/// Those that fetch ahead wait for the mail server: none of them says anything before it is let go; clicks are not held.
fn held(site: &Site, count: usize) {
    until("they wait for the mail server", || {
        site.proxy().counts().connections >= count
    });
    site.proxy().trouble(Trouble::None);
}

fn older(page: &Page) -> Page {
    page.click("Older")
}

#[test]
fn every_next_page_is_at_hand_when_it_is_asked_for() {
    let (site, ann) = relied_on(plan(120));
    let mut page = ann.get("/");
    site.proxy().reset();
    for nth in 1..12 {
        fetched(&site);
        page = older(&page);
        connections(&page, 0);
        let last = 120 - 10 * nth;
        page.shows(&format!("Message {last}"));
        page.hides("Loading");
    }
    fetched(&site);
    // Four pages at a time.
    let counts = site.proxy().counts();
    assert!((2..=4).contains(&counts.connections), "{counts:?}");
    // Nothing is missing any more, so nobody is started for it.
    let newest = ann.get("/");
    connections(&newest, 0);
    fetched(&site);
    assert_eq!(site.proxy().counts().connections, counts.connections);
}

#[test]
fn it_outlives_its_page_where_the_web_server_starts_programs_itself() {
    let (site, ann) = relied_on(plan(60).mpm(Mpm::Prefork));
    let list = ann.get("/");
    fetched(&site);
    connections(&older(&older(&list)), 0);
}

#[test]
fn a_session_that_has_ended_meanwhile_gets_nothing() {
    let (site, ann) = relied_on(plan(60));
    site.proxy().reset();
    site.proxy().trouble(Trouble::Hold);
    let page = ann.get("/");
    held(&site, 1);
    page.form("sign-out").submit().has_status(200);
    let keys = |site: &Site| fs::read_dir(site.user_dir().join("keys")).map_or(0, Iterator::count);
    let left = keys(&site);
    site.proxy().let_go();
    fetched(&site);
    assert_eq!(keys(&site), left);
    // The page that it was to bring has to be asked for.
    fs::remove_file(site.state_dir().join("later.lived")).expect("the proof");
    let ann = site.sign_in("ann");
    connections(&older(&older(&ann.get("/"))), 1);
}

#[test]
fn what_was_asked_before_the_list_was_compared_is_dropped() {
    let (site, ann) = relied_on(plan(60));
    site.proxy().reset();
    site.proxy().trouble(Trouble::Hold);
    let page = ann.get("/");
    held(&site, 1);
    fs::remove_file(site.state_dir().join("later.lived")).expect("the proof");
    site.deliver(
        "ann",
        &Mail::plain("bo@example.org", "Plums", "It came meanwhile."),
    );
    page.click("Refresh").shows("Plums");
    site.proxy().let_go();
    fetched(&site);
    let third = older(&older(&ann.get("/")));
    connections(&third, 1);
}

#[test]
fn one_for_each_user_and_three_in_the_installation() {
    let password = "Kettle-dan-1887";
    let mut plan = plan(60).user("dan", password);
    for login in ["ben", "cid", "dan"] {
        plan = plan.mails(login, "INBOX", mails::generated(60));
    }
    let (site, ann) = relied_on(plan);
    fs::remove_file(site.state_dir().join("later.lived")).expect("the proof");
    let others = [
        site.sign_in("ben"),
        site.sign_in("cid"),
        site.sign_in_with("dan", password),
    ];
    site.lets_processes_live();
    site.proxy().reset();
    site.proxy().trouble(Trouble::Hold);
    for _ in 0..3 {
        connections(&ann.get("/"), 0);
    }
    held(&site, 1);
    assert_eq!(fetching(&site).len(), 1);
    site.proxy().trouble(Trouble::Hold);
    for other in &others {
        connections(&other.get("/"), 0);
    }
    until("three work", || fetching(&site).len() == 3);
    held(&site, 3);
    site.proxy().let_go();
    fetched(&site);
    assert_eq!(site.proxy().counts().connections, 3);
}

#[test]
fn nobody_is_started_where_it_is_no_time_for_it() {
    let (site, ann) = relied_on(plan(60));
    site.proxy().reset();
    let nobody = |why: &str| {
        ann.get("/").has_status(200);
        fetched(&site);
        assert_eq!(site.proxy().counts().connections, 0, "{why}");
    };
    // Somebody else of hers waits.
    let place = site.user_dir().join("page.1");
    let waits = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&place)
        .expect("a place");
    place::give_to_worker(&place);
    waits.lock_exclusive().expect("nobody else");
    nobody("somebody waits");
    drop(waits);
    // It is not known whether processes live here.
    let lived = site.state_dir().join("later.lived");
    fs::remove_file(&lived).expect("the proof");
    nobody("it is not known whether processes live here");
    site.lets_processes_live();
    site.configure(&format!("{FEW_ROWS}[cache]\nrefresh = false\n"));
    nobody("it is switched off");
    site.configure(FEW_ROWS);
    // One that came to no end a moment ago.
    site.proxy().trouble(Trouble::Close);
    ann.get("/").has_status(200);
    fetched(&site);
    site.proxy().trouble(Trouble::None);
    site.proxy().reset();
    nobody("one has just failed");
}

#[test]
fn whenever_it_is_killed_the_next_click_works() {
    let (site, ann) = relied_on(plan(200));
    let mut page = ann.get("/");
    let mut killed = 0;
    for nth in 0..18 {
        fetched(&site);
        let begun = site.user_dir().join("ahead.begun");
        // As if that were long ago.
        fs::remove_file(&begun).unwrap_or_default();
        page = older(&page);
        page.has_status(200);
        // The moment is what differs.
        thread::sleep(Duration::from_millis(2 * nth));
        let at_work = fetching(&site);
        killed += at_work.len();
        at_work.into_iter().for_each(kernel::kill);
    }
    fetched(&site);
    println!("{killed} were killed");
    assert!(killed > 0, "none was hit");
    let errors = site.apache().error_log();
    assert!(!errors.contains("damaged"), "{errors}");
    for lock in [site.user_dir().join("lock"), site.user_dir().join("ahead")] {
        assert_eq!(kernel::lock(&lock), (None, 0), "{}", lock.display());
    }
}

#[test]
fn no_click_waits_for_a_server_that_hangs_and_it_ends_all_the_same() {
    let (site, ann) = relied_on(plan(60));
    site.proxy().reset();
    // It has let the process in, and says nothing more.
    site.proxy().trouble(Trouble::HangAfter(600));
    ann.get("/");
    until("it asks", || site.proxy().counts().logins == 1);
    let lock = site.user_dir().join("lock");
    while !fetching(&site).is_empty() {
        connections(ann.get("/").has_status(200), 0);
        let holder = kernel::lock(&lock).0;
        let is_it = holder.is_some_and(|pid| fetching(&site).contains(&pid));
        assert!(!is_it, "it holds the gate");
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(site.proxy().counts().logins, 1);
}

/// How many lines the program has said to the mail server with each of these in them.
fn said(site: &Site, words: &[&str]) -> Vec<usize> {
    let transcript = site.proxy().transcript();
    let lines: Vec<&str> = transcript
        .lines()
        .filter(|line| line.contains(" C: "))
        .collect();
    let count = |words: &&str| lines.iter().filter(|line| line.contains(words)).count();
    words.iter().map(count).collect()
}

/// How many messages of her inbox Ann's other mail program finds unread.
fn unread(site: &Site) -> usize {
    let mut other = site.other_client("ann");
    other.run("EXAMINE INBOX");
    let found = other.run("SEARCH UNSEEN").concat();
    found
        .split_whitespace()
        .filter(|word| word.parse::<u32>().is_ok())
        .count()
}

#[test]
fn unread_messages_in_sight_are_at_hand_and_the_server_hears_of_it_when_one_is_read() {
    let (site, ann) = relied_on(all(8, &[]));
    let list = ann.get("/");
    fetched(&site);
    // Nobody has read any of them.
    assert_eq!(unread(&site), 8);
    let asked = said(&site, &["EXAMINE", "(UID BODY.PEEK"]);
    assert_eq!(asked, [1, 8], "{}", site.proxy().transcript());
    site.proxy().reset();
    let mail = list.click("Message 3");
    connections(mail.shows("This is message 3."), 0);
    fetched(&site);
    assert_eq!(unread(&site), 7);
    assert_eq!(said(&site, &["UID STORE"]), [1]);
    // One that is marked as unread stays so.
    mail.form("acts").press("act", "unread").has_status(200);
    fetched(&site);
    assert_eq!(unread(&site), 8);
    ann.get("/").click("Refresh").shows("8 messages, 8 unread");
}

#[test]
fn large_texts_are_left_to_whoever_opens_them() {
    let text = format!("{}\n", "A line of a very long letter.\r\n".repeat(20_000));
    let long = Mail::plain("bo@example.org", "Long", &text);
    let (site, ann) = relied_on(all(2, &[]).mails("ann", "INBOX", vec![long]));
    let list = ann.get("/");
    fetched(&site);
    connections(&list.click("Message 1"), 0);
    connections(&list.click("Long"), 1);
}

#[test]
fn what_is_new_in_the_inbox_is_there_before_its_list_is_too_old_to_be_shown() {
    let plan = plan(12).mails(
        "ann",
        "Work",
        vec![Mail::plain("bo@example.org", "A plan", "Soon.")],
    );
    let clock = Clock::start(plan);
    // She came forty seconds ago.
    clock.set("-40s");
    let site = &clock.site;
    let ann = site.sign_in("ann");
    clock.set("+0");
    site.lets_processes_live();
    let read = |subject: &str| {
        Mail::plain("bo@example.org", subject, "It came meanwhile.").flagged(&["\\Seen"])
    };
    site.deliver("ann", &read("Plums"));
    site.other_client("ann")
        .append("Work", &read("Another plan"));
    site.proxy().reset();
    connections(ann.get("/").hides("Plums"), 0);
    fetched(site);
    let list = ann.get("/");
    connections(list.shows("Plums").shows("13 messages"), 0);
    // Once is enough for a while.
    fetched(site);
    assert_eq!(site.proxy().counts().connections, 1);
    let asked = said(site, &[" UID FETCH 13 ", " LIST "]);
    assert_eq!(asked, [1, 1], "{}", site.proxy().transcript());
}

#[test]
fn what_was_done_while_news_were_asked_for_is_not_undone() {
    let clock = Clock::start(plan(12));
    clock.set("-40s");
    let site = &clock.site;
    let ann = site.sign_in("ann");
    clock.set("+0");
    site.lets_processes_live();
    site.proxy().reset();
    site.proxy().trouble(Trouble::Hold);
    let list = ann.get("/");
    held(site, 1);
    let done = list.click("Message 12").form("acts").press("act", "delete");
    done.hides("Message 12");
    site.proxy().let_go();
    fetched(site);
    let list = ann.get("/");
    list.hides("Message 12").shows("11 messages");
    list.click("Refresh")
        .hides("Message 12")
        .shows("11 messages");
}

#[test]
fn pages_of_conversations_and_of_what_was_found_are_at_hand_too() {
    let (site, ann) = relied_on(plan(60));
    let found = ann.get("/folder?f=INBOX&q=Message");
    fetched(&site);
    connections(&older(&older(&found)), 0);
    let grouped = ann.get("/folder?f=INBOX&group=1");
    fetched(&site);
    connections(&older(&older(&grouped)), 0);
}

#[test]
fn where_a_server_is_asked_what_each_folder_holds_those_it_was_asked_for_last_wait() {
    let mut plan = plan(2).dovecot("imap_capability = IMAP4rev1 UIDPLUS ESEARCH SORT LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED\n");
    for nth in 0..80 {
        let mail = Mail::plain("bo@example.org", "Kept", "Here.");
        plan = plan.mails("ann", &format!("F{nth:02}"), vec![mail]);
    }
    let clock = Clock::start(plan);
    clock.set("-40s");
    let site = &clock.site;
    let ann = site.sign_in("ann");
    clock.set("+0");
    site.lets_processes_live();
    assert_eq!(said(site, &[" STATUS \"F30\"", " STATUS \"F79\""]), [1, 0]);
    site.proxy().reset();
    ann.get("/");
    fetched(site);
    let asked = said(site, &[" STATUS \"F30\"", " STATUS \"F79\"", " STATUS \""]);
    assert_eq!(asked, [0, 1, 32], "{}", site.proxy().transcript());
}
