//! Everything that can be done is done here by keyboard alone: Tab, Enter, the space bar, arrows and letters; no pointer, and no
//! key that stands for a function, for those can be turned off.

use serde_json::json;

use super::lived_in_with;
use crate::support::chromium::{Chromium, Tab};
use crate::support::sink::Sendmail;
use crate::support::site::password_of;

/// How often Tab may be pressed to come to a control of a page.
const FAR: usize = 400;

/// Presses Tab until what has the focus is called so: by its label, its name or its text.
fn come_to(tab: &Tab, name: &str) {
    let called = format!(
        "(() => {{ const one = document.activeElement; const name = {}; \
         const names = [one?.ariaLabel, one?.title, one?.labels?.[0]?.innerText, one?.innerText, one?.value].map(n => n?.trim()); \
         return names.includes(name); }})()",
        json!(name)
    );
    for _ in 0..FAR {
        if tab.evaluate(&called) == json!(true) {
            return;
        }
        tab.press("Tab");
    }
    panic!("Tab does not lead to {name}:\n{}", tab.text());
}

/// Presses what is called so, and waits until the page says this.
fn press(tab: &Tab, name: &str, says: &str) {
    come_to(tab, name);
    tab.press("Enter");
    tab.wait_for(&format!(
        "document.body?.innerText.includes({})",
        json!(says)
    ));
}

/// Types into the field that is called so.
fn type_into(tab: &Tab, name: &str, text: &str) {
    come_to(tab, name);
    tab.evaluate("document.activeElement.select?.()");
    tab.insert(text);
}

/// Ticks the first message.
fn tick_first(tab: &Tab) {
    let is_tick = "document.activeElement?.matches('.row:first-child .tick')";
    for _ in 0..FAR {
        if tab.evaluate(is_tick) == json!(true) {
            return tab.press(" ");
        }
        tab.press("Tab");
    }
    panic!("Tab does not lead to the first message");
}

#[test]
fn everything_can_be_done_by_keyboard_alone() {
    let sendmail = Sendmail::delivering();
    let site = lived_in_with(&sendmail);
    sendmail.delivers_into(&site.maildir("ann"));
    let browser = Chromium::start();
    let tab = browser.tab();
    let first = "document.querySelector('.row .subject').innerText";
    // Signing in.
    tab.open(&format!("{}/", site.url()));
    type_into(&tab, "Email or user name", "ann");
    type_into(&tab, "Password", &password_of("ann"));
    tab.loading(|| tab.press("Enter"));
    tab.wait_for("document.querySelector('.row')");

    // Acting on what is ticked, and taking it back.
    let subject = tab.evaluate(first);
    tick_first(&tab);
    press(&tab, "Archive", "moved to");
    tab.wait_for(&format!("{first} !== {subject}"));
    press(&tab, "Undo", "Inbox");
    tab.wait_for(&format!("{first} === {subject}"));
    tick_first(&tab);
    press(&tab, "More", "Remove star");
    press(&tab, "Star", "1 message starred");
    tick_first(&tab);
    press(&tab, "Move", "Move");
    press(&tab, "Orchestra", "moved to");
    press(&tab, "Undo", "Inbox");

    // Looking for something, and in another order.
    type_into(&tab, "Search in Inbox", "gutter");
    tab.press("Enter");
    tab.wait_for("document.querySelectorAll('main.list .row').length === 1");
    press(&tab, "Search options", "Larger than");
    tab.loading(|| tab.open(&format!("{}/", site.url())));
    press(&tab, "Newest first", "Oldest first");
    tab.changing(|| press(&tab, "Oldest first", "Oldest first"));
    assert_ne!(tab.evaluate(first), subject);
    press(&tab, "Refresh", "Checked at");

    // Reading, answering and sending.
    tab.open(&format!("{}/", site.url()));
    let name = tab.evaluate("document.querySelector('.row > a').ariaLabel");
    come_to(&tab, name.as_str().expect("a name"));
    tab.changing(|| tab.press("Enter"));
    tab.wait_for("document.querySelector('main.message h1')?.innerText.includes('roof')");
    press(&tab, "More", "View source");
    tab.changing(|| press(&tab, "View source", "Source"));
    tab.changing(|| press(&tab, "Back to the message", "roof"));
    tab.loading(|| press(&tab, "Reply", "Send"));
    type_into(&tab, "Message", "On the 4th, then.");
    tab.loading(|| press(&tab, "Send", "Message sent"));

    // Folders: made, named otherwise, deleted.
    press(&tab, "Manage folders", "New folder");
    type_into(&tab, "Name of the new folder", "Roofs");
    press(&tab, "Create", "was created");
    press(&tab, "Edit Roofs", "Rename");
    type_into(&tab, "New name", "Tiles");
    press(&tab, "Rename", "was renamed");
    press(&tab, "Manage folders", "New folder");
    press(&tab, "Edit Tiles", "Rename");
    press(&tab, "Delete folder", "Delete \u{2068}Tiles\u{2069}?");
    press(&tab, "Delete folder", "was deleted");

    // A message that is kept, found again and given up.
    tab.loading(|| press(&tab, "New message", "Send"));
    type_into(&tab, "Subject", "The gutter");
    press(&tab, "Save", "Message saved.");
    press(&tab, "Discard", "Message discarded.");

    // What is set.
    press(&tab, "Settings", "Messages per page");
    type_into(&tab, "Messages per page", "10");
    come_to(&tab, "Theme");
    tab.press("ArrowDown");
    press(&tab, "Save settings", "Settings saved.");
    assert_eq!(
        tab.evaluate("document.documentElement.dataset.theme"),
        json!("light")
    );
    tab.open(&format!("{}/", site.url()));
    assert_eq!(
        tab.evaluate("document.querySelectorAll('.row').length"),
        json!(10)
    );
    press(&tab, "Older", "11–20");
    press(&tab, "Sign out", "You are signed out.");
    tab.expect_quiet();
}
