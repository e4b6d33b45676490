//! Writing, sending, answering, discarding and taking back by keyboard alone, in Chromium: what has the focus is seen all the
//! time, and nothing is ever more than a few keys away.

use serde_json::json;

use super::{found, only, plan};
use crate::keys::opened;
use crate::people;
use crate::support::chromium::{Chromium, Tab};
use crate::support::sink::SmtpSink;

/// How often Tab is pressed at most from one thing to the next.
const FAR: usize = 12;

/// What has the focus, and how it stands: drawn so that it is seen, and not behind anything.
const FOCUS: &str = "(() => { const e = document.activeElement; const {left, top, width, height} = e.getBoundingClientRect(); \
    const style = getComputedStyle(e); \
    const spots = [[.5, .5], [.1, .1], [.9, .1], [.1, .9], [.9, .9]].map(([x, y]) => document.elementFromPoint(left + x * width, top + y * height)); \
    return { name: (e.getAttribute('aria-label') || e.title || e.labels?.[0]?.innerText || e.innerText || e.id || e.localName).trim(), \
             is: `${e.localName}#${e.id}`, \
             drawn: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0, \
             seen: spots.some(spot => spot && (e.contains(spot) || spot.contains(e) && spot !== document.body && spot !== document.documentElement)) } })()";

/// The name of what has the focus, which can be seen.
fn focused(tab: &Tab) -> String {
    let focus = tab.evaluate(FOCUS);
    let name = focus["name"].as_str().expect("a name").to_owned();
    assert!(focus["drawn"] == json!(true), "no outline: {focus}");
    assert!(focus["seen"] == json!(true), "behind something: {focus}");
    name
}

/// Presses a key again and again until this has the focus.
fn walk(tab: &Tab, to: &str, step: impl Fn(&Tab)) {
    let mut passed = Vec::new();
    for _ in 0..FAR {
        step(tab);
        let name = focused(tab);
        if name == to {
            return;
        }
        passed.push(name);
    }
    panic!("{to} was not come to, but {passed:?}");
}

fn on_to(tab: &Tab, name: &str) {
    walk(tab, name, |tab| tab.press("Tab"));
}

fn back_to(tab: &Tab, name: &str) {
    walk(tab, name, Tab::press_back);
}

fn value(tab: &Tab, field: &str) -> String {
    let value = tab.evaluate(&format!("document.querySelector('#{field}').value"));
    value.as_str().expect("a value").to_owned()
}

fn says(tab: &Tab, words: &str) {
    let told = tab
        .evaluate("[...document.querySelectorAll('.note')].map(one => one.innerText).join('\\n')");
    let told = told.as_str().expect("a text");
    assert!(
        told.contains(words),
        "“{words}” is not said, but {told:?}:\n{}",
        tab.text()
    );
}

#[test]
fn a_message_is_written_sent_answered_discarded_and_taken_back_by_keyboard_alone() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    people::write(&site, 3);
    tab.changing(|| tab.press("c"));
    assert_eq!(focused(&tab), "To");
    tab.insert("per");
    tab.wait_for("document.querySelector('.suggestions [role=option]')");
    tab.press("ArrowDown");
    tab.press("Enter");
    assert_eq!(value(&tab, "w-to"), "Person 2 <p2@example.net>, ");
    on_to(&tab, "Subject");
    tab.insert("By keyboard");
    on_to(&tab, "Message");
    tab.insert("Hello");
    tab.press("Enter");
    tab.insert("Ann");
    back_to(&tab, "Send");
    tab.changing(|| tab.press("Enter"));
    says(&tab, "Message sent");
    let sent = only(sink.taken()).text();
    for part in [
        "To: \"Person 2\" <p2@example.net>",
        "Subject: By keyboard",
        "Hello\r\nAnn\r\n",
    ] {
        assert!(sent.contains(part), "{part}: {sent}");
    }
    // The list is there again: the newest message is opened, and answered.
    tab.press("j");
    tab.changing(|| tab.press("Enter"));
    tab.changing(|| tab.press("r"));
    assert_eq!(focused(&tab), "Message");
    tab.insert("Never mind");
    back_to(&tab, "Discard");
    tab.changing(|| tab.press("Enter"));
    says(&tab, "Message discarded.");
    // Undo has a key of its own, and can be come to.
    on_to(&tab, "Undo");
    tab.changing(|| tab.press("Enter"));
    let text = value(&tab, "w-text");
    assert!(text.starts_with("Never mind"), "{text}");
    back_to(&tab, "Discard");
    tab.changing(|| tab.press("Enter"));
    tab.changing(|| tab.press("z"));
    assert_eq!(value(&tab, "w-text"), text);
    back_to(&tab, "Send");
    tab.changing(|| tab.press("Enter"));
    says(&tab, "Message sent");
    assert_eq!((sink.taken().len(), found(&site, "Sent").len()), (2, 2));
    tab.expect_quiet();
}

#[test]
fn without_script_tab_and_enter_are_enough() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    tab.scripts(false);
    tab.open(&format!("{}/", site.url()));
    on_to(&tab, "New message");
    tab.changing(|| tab.press("Enter"));
    assert_eq!(focused(&tab), "To");
    tab.insert("bo@example.org");
    on_to(&tab, "Subject");
    tab.insert("By keyboard");
    // Enter in a field keeps the message, and sends nothing.
    tab.changing(|| tab.press("Enter"));
    assert!(sink.taken().is_empty());
    // Past the folders.
    on_to(&tab, "Skip to the message");
    tab.press("Enter");
    on_to(&tab, "Send");
    tab.changing(|| tab.press("Enter"));
    says(&tab, "Message sent");
    only(sink.taken());
}
