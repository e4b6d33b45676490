//! Links between lists that a browser follows while they are pressed (speculation rules): for who reads without script.

use std::fs::{self, OpenOptions};

use fs2::FileExt;
use serde_json::json;

use crate::acts::plan;
use crate::support::chromium::{Chromium, Tab};
use crate::support::kernel::until;
use crate::support::site::Site;
use crate::support::visitor::Request;

/// A site with two pages of mail that notes what is asked for, and for what purpose.
fn noting() -> Site {
    plan(60)
        .apache("CustomLog asked.log \"%{Sec-Purpose}i %>s %U%q\"")
        .start()
}

/// What was asked for ahead of a click.
fn asked_ahead(site: &Site) -> Vec<String> {
    let log = fs::read_to_string(site.place().join("asked.log")).expect("Apache's log");
    let lines = log.lines().filter(|line| line.starts_with("prefetch "));
    lines.map(str::to_owned).collect()
}

/// Ann's list, with script or without.
fn opened(site: &Site, browser: &Chromium, scripts: bool) -> Tab {
    let tab = browser.tab();
    tab.scripts(scripts);
    tab.take_cookies(&site.sign_in("ann"));
    tab.viewport(1280, 844, 1.0, false);
    tab.open(&format!("{}/", site.url()));
    tab
}

const OLDER: &str = ".pages a[title=Older]";

#[test]
fn without_script_a_browser_follows_a_link_as_soon_as_it_is_pressed() {
    let site = noting();
    let browser = Chromium::start();
    let tab = opened(&site, &browser, false);
    tab.hover(OLDER);
    tab.hold(OLDER);
    until("the page is asked for", || asked_ahead(&site).len() == 1);
    assert!(tab.text().contains("Message 60"), "nothing is shown yet");
    tab.changing(|| tab.let_go(OLDER));
    assert!(tab.text().contains("Message 10"), "{}", tab.text());
    let kind = "performance.getEntriesByType('navigation')[0].deliveryType";
    assert_eq!(tab.evaluate(kind), json!("navigational-prefetch"));
    let asked = asked_ahead(&site);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].starts_with("prefetch 200 "), "{asked:?}");

    // A message is read when it is shown, so it is not asked for before.
    tab.hover(".row > a");
    tab.hold(".row > a");
    tab.changing(|| tab.let_go(".row > a"));
    assert_eq!(asked_ahead(&site), asked);
    tab.expect_quiet();
}

#[test]
fn with_script_the_page_comes_by_script_alone() {
    let site = noting();
    let browser = Chromium::start();
    let tab = opened(&site, &browser, true);
    tab.wait_for("document.documentElement.matches('.panes')");
    tab.hover(OLDER);
    tab.hold(OLDER);
    tab.wait_for("aheads.size === 1 && ![...aheads.values()][0].isUnderWay");
    tab.changing(|| tab.let_go(OLDER));
    tab.wait_for("document.querySelector('main.list').innerText.includes('Message 10')");
    assert_eq!(asked_ahead(&site), [""; 0]);
    tab.expect_quiet();
}

#[test]
fn what_is_pressed_while_there_is_no_time_for_it_says_nothing_about_the_whole_site() {
    let site = plan(60).proxied().start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let older = list.attributes_of(OLDER, "href").concat();
    let pressed = || {
        let request = Request::new("GET", &older).header("Sec-Purpose", "prefetch");
        ann.send(&request.header("Sec-Fetch-Dest", "document"))
    };
    let page = pressed();
    page.has_status(200).shows("Message 10");
    let rules = page.header("speculation-rules").trim_matches('"');
    let rules = ann.get(rules);
    assert_eq!(
        rules.header("content-type"),
        "application/speculationrules+json"
    );
    site.configure("[gate]\nwait_seconds = 1");
    let lock = site.user_dir().join("lock");
    let lock = OpenOptions::new().read(true).write(true).open(lock);
    let lock = lock.expect("her lock");
    lock.lock_exclusive().expect("nobody else");
    let page = pressed();
    page.has_status(503);
    for name in ["retry-after", "refresh"] {
        assert_eq!(page.response().header(name), None, "{name}");
    }
}
