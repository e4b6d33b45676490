//! The cache as a reader meets it: what a click costs at the mail server, when it is compared, what is never repeated.

use std::fs;

use crate::cost::{self, Cost, connections};
use crate::disk;
use crate::support::by_hand::ByHand;
use crate::support::clock::Clock;
use crate::support::install::{self, Part};
use crate::support::kernel::until;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::place::{self, Place};
use crate::support::proxy::Trouble;
use crate::support::pymap::{self, Pymap};
use crate::support::site::{Plan, Site};
use crate::support::visitor::{Request, Visitor};

/// Every click is compared with the server.
const NEVER_FRESH: &str = "[cache]\nfresh_seconds = 0";

fn new_mail(subject: &str) -> Mail {
    Mail::plain("Bo <bo@example.org>", subject, "Hello.")
}

#[test]
fn whatever_is_looked_at_again_asks_the_server_nothing() {
    let site = Site::with_inbox(170);
    let redirect = site.signed_in("ann");
    let ann = redirect.visitor().clone();
    let mut logins = site.imap_logins();
    assert_eq!(logins, 1, "signing in");
    let mut costs = |page: &Page, asked: usize| {
        connections(page, asked as u64);
        logins += asked;
        assert_eq!(site.imap_logins(), logins, "{}", page.target());
    };

    let list = redirect.follow();
    list.shows("Message 170").shows("Message 121");
    costs(&list, 1);
    let list = ann.get("/");
    costs(&list, 0);
    // The first step to older messages came with the first page.
    let second = list.click("Older");
    second.shows("Message 120").hides("Message 121");
    costs(&second, 0);
    let third = second.click("Older");
    third.shows("Message 70").hides("Message 71");
    costs(&third, 1);
    let back = third.click("Newer");
    back.shows("Message 120").hides("Message 70");
    costs(&back, 0);
    // The window before and after the third page came with it.
    let fourth = third.click("Older");
    fourth.shows("Message 20").shows("Message 1");
    costs(&fourth, 0);
    assert!(!fourth.has_link("Older"));

    let message = back.click("Message 118");
    message.shows("This is message 118.");
    costs(&message, 1);
    let back = message.click("Back to Inbox");
    back.shows("Message 118").shows("101");
    costs(&back, 0);
    let again = back.click("Message 118");
    again.shows("This is message 118.");
    costs(&again, 0);
    costs(&ann.get(third.target()), 0);
}

/// What a click asks of the store's file that lasts, in order: `pwrite64`, `fsync`, `sync_file_range`.
fn lasting_calls(site: &Site, ann: &Visitor, target: &str) -> Vec<String> {
    install::need(Part::Strace);
    let place = Place::new("strace");
    let calls = place.join("calls");
    fs::write(&calls, "").expect("a file");
    place::give_to_worker(&calls);
    let store = site.user_dir().join("db.1/db");
    assert!(store.exists(), "{}", store.display());
    let outcome = ByHand::request(&site.program(), Request::new("GET", target))
        .by(ann)
        .under(&["strace", "-f", "-qq", "-o", &calls.display().to_string()])
        .under(&["-P", &store.display().to_string(), "-e"])
        .under(&["trace=pwrite64,fsync,fdatasync,sync_file_range"])
        .run();
    let is_answered = outcome.answer.is_some_and(|answer| answer.status == 200);
    assert!(is_answered, "{}", outcome.errors);
    let told = fs::read_to_string(&calls).expect("the calls");
    let begun = told.lines().filter(|line| !line.contains("resumed>"));
    let names = begun.filter_map(|line| line.split('(').next()?.split(' ').next_back());
    names.map(str::to_owned).collect()
}

#[test]
fn a_click_that_keeps_nothing_waits_for_no_disk_and_one_that_does_for_all_that_came_before() {
    let site = Site::with_inbox(120);
    let ann = site.sign_in("ann");
    let message = ann.get("/").click("Message 118");
    ann.get(message.target());
    for warm in [ann.get("/").target(), message.target()] {
        let calls = lasting_calls(&site, &ann, warm);
        assert!(calls.iter().all(|call| call == "pwrite64"), "{calls:?}");
    }
    let unseen = ann.get("/").link("Message 90");
    let calls = lasting_calls(&site, &ann, &unseen);
    let first = calls.iter().position(|call| call == "fsync");
    let kept = calls.iter().position(|call| call == "sync_file_range");
    let last = calls.iter().rposition(|call| call == "fsync");
    // What opening the store put there, then what is kept, then all of it once more.
    assert!(first < kept && kept < last, "{calls:?}");
    let writes_before = kept.and_then(|kept| calls.get(..kept)).unwrap_or_default();
    let opening = writes_before.iter().rposition(|call| call == "fsync");
    assert_eq!(first, opening, "{calls:?}");
}

#[test]
fn a_warm_click_writes_no_key() {
    let site = Site::with_inbox(120);
    let ann = site.sign_in("ann");
    let message = ann.get("/").click("Message 118");
    let before = disk::records(&site, "ann");
    let list = ann.get("/");
    for page in [
        &list,
        &list.click("Older"),
        &list.click("Older").click("Newer"),
        &ann.get(message.target()),
        &message.click("Back to Inbox"),
    ] {
        connections(page.has_status(200), 0);
    }
    assert!(
        before == disk::records(&site, "ann"),
        "a click that asked the server nothing has written something"
    );
    // What is compared is the whole store: a click that asks changes it.
    list.click("Refresh");
    assert!(before != disk::records(&site, "ann"));
}

#[test]
fn each_click_costs_what_the_table_says() {
    let site = Site::new().messages(200).proxied().start();
    let redirect = site.signed_in("ann");
    let ann = redirect.visitor().clone();
    let (list, first) = cost::of(&site, || redirect.follow());
    list.shows("Message 200");
    let older = list.click("Older");
    let oldest = || older.click("Older");
    let message = || list.click("Message 200");
    let html = || list.click("Message 196");

    // Click, then commands and round trips in one connection; none of both is an answer from the cache.
    type Click<'a> = (&'a str, &'a dyn Fn() -> Page, usize, usize);
    let table: [Click; 14] = [
        ("the list again", &|| ann.get("/"), 0, 0),
        ("older", &|| list.click("Older"), 0, 0),
        ("older again", &oldest, 3, 2),
        ("newer", &|| oldest().click("Newer"), 0, 0),
        ("a message", &message, 3, 2),
        ("the same again", &message, 0, 0),
        ("an unread message", &|| list.click("Message 198"), 3, 2),
        ("a message with HTML", &html, 3, 2),
        ("its frame", &|| ann.get(&frame_of(&html())), 0, 0),
        ("an empty folder", &|| list.click("Drafts"), 5, 2),
        ("the same folder", &|| list.click("Drafts"), 0, 0),
        ("a comparison", &|| list.click("Refresh"), 5, 2),
        ("an attachment", &|| message().click("Download notes"), 3, 2),
        ("the list at last", &|| ann.get("/"), 0, 0),
    ];
    let mut wrong = Vec::new();
    let mut compare = |name: &str, cost: Cost, commands: usize, flights: usize| {
        let once = usize::from(flights > 0);
        let expected = Cost {
            connections: once,
            logins: once,
            commands,
            flights,
        };
        if cost != expected {
            wrong.push(format!("{name}: {cost:?}, not {expected:?}"));
        }
    };
    compare("a first page", first, 8, 3);
    for (name, click, commands, flights) in table {
        let (page, cost) = cost::of(&site, click);
        page.has_status(200);
        compare(name, cost, commands, flights);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where the frame of an HTML mail leads.
fn frame_of(page: &Page) -> String {
    page.attributes_of("iframe", "src").remove(0)
}

#[test]
fn a_server_without_extensions_needs_four_round_trips_for_a_first_page() {
    let pymap = Pymap::start();
    let site = Site::new().imap_at(pymap.address()).proxied().start();
    let redirect = site.signed_in_with(pymap::LOGIN, pymap::PASSWORD);
    let (list, cost) = cost::of(&site, || redirect.follow());
    list.has_status(200).shows("Inbox");
    assert!(!list.texts_of("li.row").is_empty());
    list.expect(cost.connections == 1 && cost.flights <= 4, || {
        format!("{cost:?}")
    });
}

/// What of a site's INBOX Ann sees, how many unread the pane says, and what the other mail program does to it.
fn changed_elsewhere(plan: Plan) -> (Site, Visitor) {
    let site = plan
        .mails(
            "ann",
            "INBOX",
            vec![
                new_mail("First"),
                new_mail("Second"),
                new_mail("Third").flagged(&[r"\Seen"]),
            ],
        )
        .start();
    let ann = site.sign_in("ann");
    ann.get("/").shows("3 messages, 2 unread");
    let mut other = site.other_client("ann");
    other.append("INBOX", &new_mail("Fourth"));
    other.run("SELECT INBOX");
    other.run(r"STORE 1 +FLAGS (\Flagged \Seen)");
    other.run(r"STORE 2 +FLAGS (\Deleted)");
    other.run("EXPUNGE");
    (site, ann)
}

fn shows_the_changes(page: &Page) {
    page.shows("Fourth")
        .hides("Second")
        .shows("3 messages, 1 unread");
    let rows = page.texts_of("li.row");
    assert_eq!(rows.len(), 3, "{rows:?}");
    page.expect(
        rows[2].contains("First") && !rows[2].contains("Unread"),
        || format!("the oldest row says {}", rows[2]),
    );
    let signs = page.attributes_of("li.row:nth-child(3) svg", "aria-label");
    assert_eq!(signs, ["Starred"]);
}

#[test]
fn what_another_program_does_is_seen_after_check_now() {
    let (_site, ann) = changed_elsewhere(Site::new());
    let list = ann.get("/");
    connections(list.hides("Fourth").shows("Second"), 0);
    let checked = list.click("Refresh");
    connections(&checked, 1);
    shows_the_changes(&checked);
    shows_the_changes(&ann.get("/"));
}

#[test]
fn a_list_that_is_no_longer_fresh_is_compared_in_one_connection() {
    let (_site, ann) = changed_elsewhere(Site::new().config(NEVER_FRESH));
    let list = ann.get("/");
    connections(&list, 1);
    shows_the_changes(&list);
}

#[test]
fn what_another_program_does_is_seen_without_extensions_as_well() {
    for fewer in [
        "imap_capability = IMAP4rev1 LITERAL+\n",
        "imap_capability = IMAP4rev1 UIDPLUS CONDSTORE ENABLE ESEARCH\n",
        "imap_capability = IMAP4rev1 SORT LIST-STATUS SPECIAL-USE\n",
    ] {
        let (_site, ann) = changed_elsewhere(Site::new().dovecot(fewer));
        let checked = ann.get("/").click("Refresh");
        connections(&checked, 1);
        shows_the_changes(&checked);
    }
}

#[test]
fn flags_on_a_page_that_was_not_shown_are_compared_when_it_is() {
    let plan = Site::new()
        .dovecot("imap_capability = IMAP4rev1 SORT LIST-STATUS SPECIAL-USE\n")
        .messages(120);
    let clock = Clock::start(plan);
    let site = &clock.site;
    let ann = site.sign_in("ann");
    let older = ann.get("/").click("Older");
    let stars = |page: &Page| {
        page.attributes_of("li.row svg[aria-label=Starred]", "class")
            .len()
    };
    let before = stars(&older);
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run(r"STORE 60 +FLAGS (\Flagged)");
    clock.set("+5m");
    let list = ann.get("/");
    connections(&list, 1);
    // The list is as of now, but what was prefetched of this page is older.
    let older = list.click("Older");
    connections(&older, 1);
    assert_eq!(stars(&older), before + 1, "{}", older.report("no star"));
    connections(&ann.get(older.target()), 0);
}

/// Somebody who walks through a long list, and looks for new mail on each page, comes back to where they began.
#[test]
fn a_long_walk_does_not_forget_the_flags_of_its_first_pages() {
    let site = Site::new()
        .dovecot("imap_capability = IMAP4rev1 SORT LIST-STATUS SPECIAL-USE\n")
        .config("[cache]\nfresh_seconds = 86400\n[settings]\nrows = 10\n")
        .messages(230)
        .start();
    let ann = site.sign_in("ann");
    let mut page = ann.get("/");
    while page.has_link("Older") {
        page = page.click("Older").click("Refresh");
    }
    connections(&ann.get("/"), 0);
}

/// The flags of Ann's messages on the server, in their order.
fn flags(site: &Site) -> Vec<String> {
    let mut client = site.other_client("ann");
    client.run("EXAMINE INBOX");
    client.run("FETCH 1:* (FLAGS)")
}

/// Which of the messages have been read, as the server has it.
fn seen(site: &Site) -> Vec<bool> {
    let flags = flags(site);
    let told = flags.iter().filter(|line| line.contains("FETCH"));
    told.map(|line| line.contains(r"\Seen")).collect()
}

fn unread_in_pane(page: &Page) -> Option<String> {
    page.text_of("nav.folders a[aria-current=page] .count")
}

#[test]
fn opening_a_message_marks_it_as_read_on_the_server_and_here() {
    let site = Site::new()
        .mails(
            "ann",
            "INBOX",
            vec![new_mail("First"), new_mail("Second"), new_mail("Third")],
        )
        .start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    list.shows("3 messages, 3 unread");
    assert_eq!(unread_in_pane(&list).as_deref(), Some("3 unread"));

    let message = list.click("Second");
    connections(message.shows("Hello."), 1);
    assert_eq!(unread_in_pane(&message).as_deref(), Some("2 unread"));
    until("its mark arrives", || seen(&site) == [false, true, false]);
    let list = ann.get("/");
    connections(list.shows("3 messages, 2 unread"), 0);
    list.click("Refresh").shows("3 messages, 2 unread");
}

/// Opens the second of three messages; the page, and what it cost.
fn open_second(plan: Plan) -> (Site, Page, Cost) {
    let mails = ["First", "Second", "Third"].map(new_mail);
    let site = plan.proxied().mails("ann", "INBOX", mails.into()).start();
    let ann = site.sign_in("ann");
    let link = ann.get("/").link("Second");
    let (page, cost) = cost::of(&site, || ann.get(&link));
    page.shows("Hello.");
    (site, page, cost)
}

#[test]
fn who_opens_a_message_does_not_wait_for_its_mark() {
    let (site, page, cost) = open_second(Site::new());
    assert_eq!(cost.flights, 2, "the way in, and the message");
    until("its mark arrives", || seen(&site) == [false, true, false]);
    let list = page.visitor().get("/");
    list.click("Refresh").shows("3 messages, 2 unread");

    // From now on it is anybody's again.
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run(r"STORE 2 -FLAGS (\Seen)");
    list.click("Refresh").shows("3 messages, 3 unread");
    list.click("Refresh").shows("3 messages, 3 unread");
    assert_eq!(seen(&site), [false; 3]);

    // Where the server could not tell later whether the mark has arrived, its answer is waited for.
    let without =
        "imap_capability = IMAP4rev1 UIDPLUS MOVE ESEARCH SORT ENABLE LITERAL+ NAMESPACE\n";
    let (site, _, cost) = open_second(Site::new().dovecot(without));
    assert_eq!(cost.flights, 3);
    assert_eq!(seen(&site), [false, true, false]);
}

#[test]
fn a_mark_that_never_arrived_is_sent_once_more_unless_somebody_has_changed_the_message() {
    for is_changed in [false, true] {
        let mails = ["First", "Second", "Third"].map(new_mail);
        let site = Site::new().proxied().mails("ann", "INBOX", mails.into());
        let site = site.start();
        let ann = site.sign_in("ann");
        let list = ann.get("/");
        site.proxy().trouble(Trouble::LoseGoodbye);
        list.click("Second").shows("Hello.");
        site.proxy().trouble(Trouble::None);
        assert_eq!(seen(&site), [false; 3]);
        if is_changed {
            let mut other = site.other_client("ann");
            other.run("SELECT INBOX");
            other.run(r"STORE 2 +FLAGS (\Flagged)");
        }
        let list = ann.get("/");
        list.shows("3 messages, 2 unread").click("Refresh");
        assert_eq!(seen(&site), [false, !is_changed, false]);
        let list = ann.get("/");
        let unread = list.texts_of(".row.unread .subject");
        assert_eq!(unread.len(), if is_changed { 3 } else { 2 }, "{unread:?}");
        list.click("Refresh");
        let (_, again) = cost::of(&site, || ann.get("/?compare=1"));
        assert_eq!(again.flights, 2, "it is not sent a third time");
    }
}

#[test]
fn fetching_ahead_marks_nothing_as_read() {
    let site = Site::new()
        .mails("ann", "INBOX", vec![new_mail("First"), new_mail("Second")])
        .start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let ahead = Request::new("GET", &list.link("Second")).header("Sec-Purpose", "prefetch");
    let ahead = ann.send(&ahead);
    connections(ahead.has_status(200).shows("Hello."), 1);
    assert!(!flags(&site).concat().contains(r"\Seen"));
    ann.get("/").shows("2 messages, 2 unread");

    // The body is here already; the mark waits for the next connection that opens the folder.
    let opened = list.click("Second");
    connections(opened.shows("Hello."), 0);
    let list = ann.get("/");
    connections(list.shows("2 messages, 1 unread"), 0);
    list.click("Refresh").shows("2 messages, 1 unread");
    let on_server = flags(&site);
    assert!(on_server[1].contains(r"\Seen"), "{on_server:?}");
}

#[test]
fn a_mark_that_still_waits_is_told_at_sign_out() {
    let site = Site::new()
        .mails("ann", "INBOX", vec![new_mail("First")])
        .start();
    let ann = site.sign_in("ann");
    let link = ann.get("/").link("First");
    ann.send(&Request::new("GET", &link).header("Sec-Purpose", "prefetch"));
    connections(&ann.get(&link), 0);
    assert!(!flags(&site).concat().contains(r"\Seen"));
    ann.get("/").click("Sign out").shows("You are signed out");
    assert!(flags(&site).concat().contains(r"\Seen"));
}

/// A site whose lists stay fresh, so that a click asks the server only whether it still accepts the session.
fn only_accepting() -> Clock {
    Clock::start(
        Site::new()
            .messages(120)
            .config("[cache]\nfresh_seconds = 86400"),
    )
}

#[test]
fn rule_20_a_session_is_accepted_again_after_fifteen_minutes() {
    let clock = only_accepting();
    let ann = clock.site.sign_in("ann");
    let html = ann.get("/").click("Message 112");
    connections(&ann.get(html.target()), 0);
    let frame = Request::new("GET", &frame_of(&html)).header("Sec-Fetch-Dest", "iframe");
    for (at, asked) in [
        ("+14m", 0),
        ("+16m", 1),
        ("+17m", 0),
        ("+30m", 0),
        ("+32m", 1),
        ("+33m", 0),
    ] {
        clock.set(at);
        connections(ann.get("/").has_status(200).shows("Message 120"), asked);
        connections(ann.get(html.target()).has_status(200), 0);
        connections(ann.send(&frame).has_status(200), 0);
    }
    // A part asks nobody: of a page that was just shown it is shown, of one that is long past it is not.
    clock.set("+47m30s");
    connections(ann.send(&frame).has_status(200), 0);
    clock.set("+60m");
    let late = ann.send(&frame);
    late.has_status(401).hides("This is message");
    connections(&late, 0);
    // What is opened by itself is a click.
    let opened = Request::new("GET", &frame_of(&html)).header("Sec-Fetch-Dest", "document");
    connections(ann.send(&opened).has_status(200), 1);
}

#[test]
fn rule_20_a_cookie_reads_nothing_fifteen_minutes_after_the_password_was_changed_elsewhere() {
    let clock = only_accepting();
    let ann = clock.site.sign_in("ann");
    let message = ann.get("/").click("Message 118");
    clock.site.dovecot().set_password("ann", "Changed-2");
    clock.set("+14m");
    connections(ann.get(message.target()).shows("This is message 118."), 0);
    clock.set("+16m");
    let refused = ann.get(message.target());
    refused
        .has_status(401)
        .shows("no longer accepts your password")
        .hides("Message 118");
    ann.get("/").has_status(401).hides("Message 118");
}

#[test]
fn rule_20_while_the_server_is_away_the_cache_is_shown_and_a_click_asks_once_a_minute() {
    let mut clock = only_accepting();
    let ann = clock.site.sign_in("ann");
    let message = ann.get("/").click("Message 118");
    clock.site.dovecot_mut().stop();
    clock.set("+16m");
    let list = ann.get("/");
    list.has_status(200)
        .shows("Message 120")
        .shows("cannot be reached");
    clock.site.dovecot_mut().start_again();
    clock.set("+16m40s");
    let cached = ann.get("/");
    connections(cached.shows("Message 120").shows("cannot be reached"), 0);
    connections(ann.get(message.target()).shows("This is message 118."), 0);
    clock.set("+17m30s");
    let back = ann.get("/");
    connections(back.shows("Message 120").hides("cannot be reached"), 1);
    clock.set("+31m");
    connections(&ann.get("/"), 0);
}

#[test]
fn rule_21_another_password_makes_the_server_judge_all_other_sessions() {
    let site = Site::new()
        .messages(120)
        .config("[cache]\nfresh_seconds = 86400")
        .start();
    site.dovecot().add_password("ann", "App-password-2");
    let desk = site.sign_in("ann");
    let phone = site.sign_in_with("ann", "App-password-2");
    let other = site.sign_in("ann");
    for (browser, asked) in [
        (&desk, 1),
        (&desk, 0),
        (&phone, 1),
        (&phone, 0),
        (&other, 0),
    ] {
        connections(browser.get("/").has_status(200), asked);
    }
    // Under the same password nobody has to be asked.
    site.sign_in("ann");
    connections(&desk.get("/"), 0);
    connections(&phone.get("/"), 1);
    site.dovecot().set_password("ann", "Changed-3");
    site.sign_in_with("ann", "Changed-3");
    desk.get("/")
        .has_status(401)
        .shows("no longer accepts your password");
}

#[test]
fn what_was_seen_before_is_shown_while_the_server_is_away() {
    let mut site = Site::with_inbox(120);
    let ann = site.sign_in("ann");
    let message = ann.get("/").click("Message 118");
    site.dovecot_mut().stop();
    ann.get(message.target()).shows("This is message 118.");
    let list = ann.get("/").click("Refresh");
    list.has_status(200)
        .shows("Message 120")
        .shows("The mail server cannot be reached");
    let unseen = list.click("Message 117");
    unseen
        .has_status(502)
        .shows("The mail server cannot be reached");
    site.dovecot_mut().start_again();
    unseen.click("Try again").shows("This is message 117.");
    ann.get("/").hides("cannot be reached");
}
