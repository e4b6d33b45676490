//! Keys that do something when they are pressed alone: listed on a page of their own, turned off there (WCAG 2.1.4), and in a
//! list for the row that has the focus.

use serde_json::json;

use crate::acts::{Says, plan, subjects};
use crate::sender::{settings, write_settings};
use crate::support::chromium::{Chromium, Tab};
use crate::support::mails::MailBuilder;
use crate::support::site::Site;

/// A tab of ann's, at her inbox.
pub fn opened(site: &Site, browser: &Chromium) -> Tab {
    let tab = browser.tab();
    tab.take_cookies(&site.sign_in("ann"));
    tab.viewport(1280, 844, 1.0, false);
    tab.open(&format!("{}/", site.url()));
    tab
}

const FOCUSED: &str = "document.activeElement.closest('.row')?.querySelector('.subject').innerText";
const NAMED: &str = "document.querySelectorAll('[aria-keyshortcuts]').length";

#[test]
fn a_question_mark_lists_the_keys_and_one_button_turns_them_off() {
    let site = plan(4).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    write_settings(&site, "later = 'kept'\n");
    tab.changing(|| tab.press("?"));
    assert_eq!(
        tab.evaluate("location.pathname.split('/').pop()"),
        json!("keys")
    );
    for words in ["Archive", "Next message", "Search", "Shift"] {
        assert!(tab.text().contains(words), "{words}: {}", tab.text());
    }
    tab.changing(|| tab.click("article form button"));
    tab.wait_for(
        "document.querySelector('.note')?.innerText.includes('Keyboard shortcuts are off.')",
    );
    // On the page that came without being loaded, too.
    assert_eq!(tab.evaluate(NAMED), json!(0));
    tab.open(&format!("{}/", site.url()));
    tab.press("?");
    tab.press("j");
    assert_eq!(tab.evaluate(FOCUSED), json!(null));
    tab.evaluate("document.querySelector('.row > a').focus()");
    for key in ["x", "#", "e", "j"] {
        tab.press(key);
        assert_eq!(tab.evaluate(FOCUSED), json!("Message 4"), "{key}");
    }
    // An arrow writes nothing, and nobody says it by accident.
    tab.press("ArrowDown");
    assert_eq!(tab.evaluate(FOCUSED), json!("Message 3"));
    assert_eq!(subjects(&site, "INBOX").len(), 4);
    let kept = std::fs::read_to_string(settings(&site)).expect("settings.toml");
    assert!(
        kept.contains("keys = false") && kept.contains("later"),
        "{kept}"
    );
    // Back on, by Undo, without script.
    let ann = site.sign_in("ann");
    let page = ann.get("/").click("Keyboard shortcuts");
    page.shows("Keyboard shortcuts are off")
        .hides("Report spam");
    let on = page.click("Turn on keyboard shortcuts");
    on.says("Keyboard shortcuts are on.").shows("Report spam");
    on.click("Undo").says("Keyboard shortcuts are off.");
}

#[test]
fn what_the_hoster_has_fixed_is_told_and_not_offered() {
    let site = plan(1).config("[fixed]\nkeys = false\n").start();
    let ann = site.sign_in("ann");
    let page = ann.get("/keys");
    page.shows("Keyboard shortcuts are off");
    assert!(!page.has_link("Turn on keyboard shortcuts"));
    let form = page.form("sign-out");
    let token = form.value("token").expect("a token");
    for (name, value, status) in [("keys", "on", 403), ("keys", "1", 400), ("rows", "10", 400)] {
        let fields = [("token", token), ("set", name), ("to", value)];
        let refused = ann.post_once("/set-preference", &fields);
        refused.has_status(status);
    }
}

#[test]
fn where_nothing_is_ticked_a_key_is_for_the_row_that_has_the_focus() {
    let site = plan(6).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    tab.press("j");
    tab.press("n");
    tab.changing(|| tab.press("e"));
    tab.wait_for("document.querySelector('.note')");
    assert_eq!(subjects(&site, "Archive"), ["Message 5"]);
    tab.changing(|| tab.press("e"));
    tab.wait_for("document.querySelectorAll('.row').length === 4");
    assert_eq!(subjects(&site, "Archive").len(), 2);
    assert_eq!(tab.evaluate(FOCUSED), json!("Message 3"));
    // What is ticked goes before what has the focus.
    tab.evaluate("document.querySelector('.row:last-child .tick').click()");
    tab.changing(|| tab.press("#"));
    tab.wait_for("document.querySelectorAll('.row').length === 3");
    assert_eq!(subjects(&site, "Trash"), ["Message 1"]);
}

#[test]
fn a_key_that_is_held_down_presses_once() {
    let site = plan(3).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    tab.click_to(".row > a");
    tab.evaluate(
        "window.clicks = 0; document.querySelector('#acts button[value=archive]').addEventListener('click', \
         event => { event.preventDefault(); clicks++ })",
    );
    for repeat in [false, true, true] {
        tab.evaluate(&format!(
            "document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: 'e', bubbles: true, repeat: {repeat}}}))"
        ));
    }
    assert_eq!(tab.evaluate("window.clicks"), json!(1));
}

/// Expects that a key scrolls what is read from where it is, and that no outline says what has the focus.
fn expect_scrolling(tab: &Tab, pane: &str) {
    let top = format!(
        "Math.max(document.scrollingElement.scrollTop, document.querySelector('{pane}').scrollTop)"
    );
    let outline = format!("getComputedStyle(document.querySelector('{pane}')).outlineStyle");
    for (key, is_down) in [
        (" ", true),
        ("Home", false),
        ("PageDown", true),
        ("Home", false),
        ("ArrowDown", true),
        ("End", true),
        ("PageUp", false),
    ] {
        let before = tab.evaluate(&top).as_f64().expect("a number");
        tab.press(key);
        let sign = if is_down { '>' } else { '<' };
        tab.wait_for(&format!("{top} {sign} {before}"));
        // A smooth scroll has its end.
        let rests = format!(
            "new Promise(done => {{ const begin = {top}; setTimeout(() => done({top} === begin), 60) }})"
        );
        while tab.evaluate(&rests) != json!(true) {}
    }
    assert_eq!(tab.evaluate(&outline), json!("none"));
}

#[test]
fn what_is_read_is_scrolled_by_keys_from_the_first_moment() {
    let long = "<p style='height: 4000px'>Long</p>";
    let mail = MailBuilder::about("Long").of_kind("text/html; charset=utf-8", long);
    let site = plan(30).mails("ann", "INBOX", vec![mail]).start();
    let browser = Chromium::start();
    for width in [704, 705, 1000, 1280] {
        let tab = opened(&site, &browser);
        tab.viewport(width, 600, 1.0, false);
        tab.open(&format!("{}/", site.url()));
        expect_scrolling(&tab, "main.list");
        tab.changing(|| {
            drop(tab.evaluate("document.querySelector('.row:first-child > a').click()"))
        });
        tab.wait_for("document.querySelector('iframe').clientHeight > 3000");
        expect_scrolling(&tab, "main.message");
        // Loaded, and not put in the place of a list.
        tab.loading(|| drop(tab.evaluate("location.reload()")));
        tab.wait_for("document.querySelector('iframe').clientHeight > 3000");
        expect_scrolling(&tab, "main.message");
        // After a click in the mail, too; what is selected in it keeps the focus, so that it can be copied.
        tab.evaluate("document.querySelector('.message').scrollTop = 0");
        tab.click("iframe");
        expect_scrolling(&tab, "main.message");
        tab.evaluate(
            "(f => { f.focus(); f.contentWindow.getSelection().selectAllChildren(f.contentDocument.body) })(document.querySelector('iframe'))",
        );
        tab.evaluate("document.querySelector('iframe').contentDocument.body.click()");
        assert_eq!(
            tab.evaluate("document.activeElement.localName"),
            json!("iframe")
        );
        tab.changing(|| tab.press("u"));
        assert_eq!(tab.evaluate(FOCUSED), json!("Long"));
    }
}

#[test]
fn two_keys_lead_to_the_inbox_and_the_page_of_keys_says_so() {
    let site = plan(3).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    tab.changing(|| tab.press("?"));
    assert!(tab.text().contains("Go to the inbox"), "{}", tab.text());
    assert!(tab.text().contains("g then i"), "{}", tab.text());
    // The second one alone is no key.
    tab.press("i");
    tab.press("g");
    tab.changing(|| tab.press("i"));
    assert_eq!(
        tab.evaluate("document.querySelectorAll('main.list').length"),
        json!(1)
    );
    // A walk by keyboard alone.
    tab.press("j");
    tab.changing(|| tab.press("o"));
    tab.changing(|| tab.press("n"));
    tab.changing(|| tab.press("p"));
    tab.changing(|| tab.press("u"));
    assert_eq!(tab.evaluate(FOCUSED), json!("Message 3"));
    tab.changing(|| tab.press("Enter"));
    tab.changing(|| tab.press("u"));
    tab.press("/");
    assert_eq!(tab.evaluate("document.activeElement.name"), json!("q"));
}
