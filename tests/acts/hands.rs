//! Ticking and acting in a real browser, with the mouse and with the keyboard alone, with script and without.

use std::cell::Cell;
use std::time::Duration;

use serde_json::json;

use super::{plan, subjects};
use crate::support::chromium::{Chromium, Tab};
use crate::support::site::Site;

/// Widths of a phone and of a desk.
const WIDTHS: [(u32, bool); 2] = [(390, true), (1280, false)];

/// Ann's list in a browser, with script or without.
fn each(site: &Site, check: impl Fn(&Tab, &str)) {
    let browser = Chromium::start();
    for script in [false, true] {
        for (width, phone) in WIDTHS {
            let tab = browser.tab();
            tab.take_cookies(&site.sign_in("ann"));
            tab.viewport(width, 844, 1.0, phone);
            tab.scripts(script);
            tab.open(&format!("{}/", site.url()));
            let script = if script { "with" } else { "without" };
            check(&tab, &format!("{width} px {script} script"));
        }
    }
}

/// Presses Tab until what has the focus is one of these; false where it never is.
fn tab_to(tab: &Tab, selector: &str) -> bool {
    let is_there = format!("document.activeElement.matches({})", json!(selector));
    (0..60).any(|_| {
        tab.press("Tab");
        tab.evaluate(&is_there) == json!(true)
    })
}

/// What is ticked.
fn ticked(tab: &Tab) -> serde_json::Value {
    tab.evaluate("[...document.querySelectorAll('.tick:checked')].map(e => e.ariaLabel)")
}

#[test]
fn rows_are_ticked_by_mouse_and_keyboard_and_enter_does_no_harm() {
    let site = plan(4).start();
    each(&site, |tab, which| {
        let url = tab.url();
        tab.click(".row:nth-child(2) .tick");
        assert_eq!(ticked(tab), json!(["Select: Message 3"]), "{which}");
        assert!(tab_to(tab, ".row:nth-child(3) .tick"), "{which}");
        let outline = "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle";
        assert_eq!(tab.evaluate(outline), json!("solid"), "{which}");
        tab.press(" ");
        let both = json!(["Select: Message 3", "Select: Message 2"]);
        assert_eq!(ticked(tab), both, "{which}");
        tab.press("Enter");
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(subjects(&site, "INBOX").len(), 4, "{which}: {}", tab.text());
        assert_eq!(
            (tab.url(), ticked(tab)),
            (url, both),
            "{which}: {}",
            tab.text()
        );
    });
}

#[test]
fn every_button_for_what_is_ticked_has_a_name_and_is_reached_by_tab() {
    let site = plan(4).start();
    each(&site, |tab, which| {
        tab.click(".row:nth-child(4) .tick");
        assert!(tab_to(tab, ".bulk summary"), "{which}");
        tab.press("Enter");
        tab.wait_for("document.querySelector('.bulk details').open");
        let names = "[...document.querySelectorAll('.bulk :is(button, summary)')].map(e => \
             (e.innerText.trim() || e.title))";
        let all = tab.evaluate(names);
        let all = all.as_array().expect("names").clone();
        for word in ["Clear", "Archive", "Delete", "Move", "More", "Copy"] {
            assert!(all.contains(&json!(word)), "{which}: no {word} in {all:?}");
        }
        tab.evaluate("document.querySelector('.row:nth-child(4) .tick').focus()");
        let mut reached = 0;
        while tab_to_next(tab) {
            reached += 1;
            let outline = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle");
            assert_ne!(outline, json!("none"), "{which}: {}", tab.evaluate(FOCUSED));
            let is_inside = "(() => { const r = document.activeElement.getBoundingClientRect(); \
                 return r.left >= 0 && r.right <= innerWidth && r.top >= 0 && r.bottom <= innerHeight })()";
            assert_eq!(
                tab.evaluate(is_inside),
                json!(true),
                "{which}: {}",
                tab.evaluate(FOCUSED)
            );
        }
        assert_eq!(reached, all.len(), "{which}: {all:?}");
    });
}

const FOCUSED: &str = "document.activeElement.outerHTML.slice(0, 200)";

/// Presses Tab until a button of the bar has the focus; false where it has been left.
fn tab_to_next(tab: &Tab) -> bool {
    let is_there = "!!document.activeElement.closest('.bulk')";
    let was_there = tab.evaluate(is_there) == json!(true);
    for _ in 0..5 {
        tab.press("Tab");
        match (tab.evaluate(is_there) == json!(true), was_there) {
            (true, _) => return true,
            (false, true) => return false,
            (false, false) => {}
        }
    }
    false
}

#[test]
fn a_double_click_acts_once() {
    let site = plan(8).proxied().start();
    let left = Cell::new(8);
    each(&site, |tab, which| {
        tab.click(".row:nth-child(1) .tick");
        // The second click comes while the first one is on its way.
        site.proxy().delay(Duration::from_millis(150));
        tab.changing(|| tab.click_twice(".bulk button[value=archive]"));
        site.proxy().delay(Duration::ZERO);
        left.set(left.get() - 1);
        let left = left.get();
        assert_eq!(subjects(&site, "INBOX").len(), left, "{which}");
        assert_eq!(subjects(&site, "Archive").len(), 8 - left, "{which}");
        tab.wait_for("document.querySelector('.note p')?.innerText.includes('1 message moved to')");
    });
}
