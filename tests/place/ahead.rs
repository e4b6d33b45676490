//! What is fetched ahead of a click: it asks the mail server nothing, marks nothing as read, waits for nobody; and the click
//! that uses it does all that a click does.

use std::fs::OpenOptions;

use fs2::FileExt;
use serde_json::json;

use super::opened;
use crate::acts::plan;
use crate::cost::connections;
use crate::support::chromium::{Chromium, Tab};
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

fn ahead(ann: &Visitor, target: &str) -> Page {
    ann.send(&Request::new("GET", target).header("X-Postern-Ahead", "1"))
}

/// Expects what is not at hand: no page, and no advice to come again, which browsers take for the whole site.
fn is_not_at_hand(page: &Page, status: u16) {
    page.has_status(status);
    for name in ["retry-after", "refresh", "set-cookie"] {
        assert_eq!(page.response().header(name), None, "{name}");
    }
    assert!(page.body().is_empty(), "{}", page.source());
}

/// The text of a message comes into the cache, and the message stays unread.
fn bring(ann: &Visitor, target: &str) {
    let look = Request::new("GET", target).header("Sec-Purpose", "prefetch");
    ann.send(&look).has_status(200);
}

/// What the server was told to mark as read.
fn marks(site: &Site) -> Vec<String> {
    let transcript = site.proxy().transcript();
    let marks = transcript.lines().filter(|line| line.contains("(\\Seen)"));
    let marks = marks.filter_map(|line| line.split_once(" UID STORE "));
    marks.map(|(_, what)| what.to_owned()).collect()
}

#[test]
fn what_is_fetched_ahead_comes_from_what_is_at_hand_or_not_at_all() {
    let site = plan(4).proxied().start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let (known, unknown) = (list.link("Message 3"), list.link("Message 2"));
    bring(&ann, &known);
    site.proxy().reset();
    let page = ahead(&ann, &known);
    connections(page.has_status(200).shows("This is message 3."), 0);
    ahead(&ann, list.target())
        .has_status(200)
        .shows("4 messages, 4 unread");
    is_not_at_hand(&ahead(&ann, &unknown), 503);
    for asks in [
        list.link("Refresh"),
        page.link("View source"),
        page.link("Download message"),
    ] {
        is_not_at_hand(&ahead(&ann, &asks), 503);
    }
    assert_eq!(site.proxy().counts().connections, 0);
    ann.get("/").shows("4 messages, 4 unread");
    // Another request of hers is at work.
    let lock = site.user_dir().join("lock");
    let lock = OpenOptions::new().read(true).write(true).open(lock);
    let lock = lock.expect("her lock");
    lock.lock_exclusive().expect("nobody else");
    is_not_at_hand(&ahead(&ann, &known), 503);
    drop(lock);
    ahead(&ann, &known).has_status(200);
    ann.forget_cookies();
    is_not_at_hand(&ahead(&ann, &known), 401);
    assert!(!site.log().contains("ahead"), "{}", site.log());
}

/// Counts from now on what the page asks the server for.
fn count_requests(tab: &Tab) {
    tab.evaluate(
        "(() => { const asked = window.fetch; window.asked = []; window.fetch = (url, how) => { \
         window.asked.push((how?.headers ? 'ahead ' : '') + new URL(url, location.href).pathname.split('/').pop()); \
         return asked(url, how); }; })()",
    );
}

#[test]
fn a_click_on_what_came_ahead_is_seen_at_once_and_read_once() {
    let site = plan(6).proxied().start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    for subject in ["Message 5", "Message 3"] {
        bring(&ann, &list.link(subject));
    }
    let browser = Chromium::start();
    let tab = opened(&site, &browser, (1280, 844));
    tab.take_cookies(&ann);
    tab.open(&format!("{}/", site.url()));
    count_requests(&tab);
    site.proxy().reset();
    tab.hover("#m5 > a");
    tab.wait_for("aheads.size === 1 && ![...aheads.values()][0].isUnderWay");
    assert_eq!(tab.evaluate("window.asked"), json!(["ahead message"]));
    assert_eq!(site.proxy().counts().connections, 0);
    // How long until it is painted.
    tab.evaluate(
        "document.querySelector('#m5 > a').addEventListener('click', () => { const begin = performance.now(); \
         const note = () => document.querySelector('main.message h1') ? window.took = performance.now() - begin : requestAnimationFrame(note); \
         requestAnimationFrame(note); })",
    );
    tab.changing(|| tab.click("#m5 > a"));
    tab.wait_for("window.took");
    println!(
        "painted after {} ms, {} ms away",
        tab.evaluate("window.took"),
        100
    );
    assert!(tab.text().contains("This is message 5."));
    // The list and the folders follow.
    tab.wait_for("document.querySelector('#m5:not(.unread)')");
    assert_eq!(
        tab.evaluate("document.querySelector('.line[aria-current] .count').firstChild.textContent"),
        json!("5")
    );
    assert_eq!(
        tab.evaluate("window.asked.slice(0, 2)"),
        json!(["ahead message", "message"])
    );
    // What was not at hand is asked for as ever, and one that came ahead and was left is not read.
    tab.hover("#m3 > a");
    tab.wait_for("aheads.size === 1 && ![...aheads.values()][0].isUnderWay");
    tab.changing(|| tab.click("#m4 > a"));
    tab.wait_for("document.querySelector('main.message h1')?.innerText === 'Message 4'");
    let list = ann.get("/").click("Refresh");
    list.shows("6 messages, 4 unread");
    assert_eq!(marks(&site), ["4:5 +FLAGS.SILENT (\\Seen)"]);
    tab.expect_quiet();
}

#[test]
fn what_came_ahead_is_forgotten_with_any_act() {
    let site = plan(4).start();
    let ann = site.sign_in("ann");
    bring(&ann, &ann.get("/").link("Message 2"));
    let browser = Chromium::start();
    let tab = opened(&site, &browser, (1280, 844));
    tab.take_cookies(&ann);
    tab.open(&format!("{}/", site.url()));
    tab.hover("#m2 > a");
    tab.wait_for("aheads.size === 1");
    // What comes to lie under the pointer afterwards is looked at as well.
    tab.hover(".brand");
    tab.evaluate("document.querySelector('#m4 .tick').click()");
    tab.changing(|| tab.press("e"));
    assert_eq!(tab.evaluate("aheads.size"), json!(0));
    // Two at once, no more.
    tab.latency(2000);
    tab.evaluate("document.querySelectorAll('.row > a').forEach(lookAhead)");
    assert_eq!(tab.evaluate("aheads.size"), json!(2));
}
