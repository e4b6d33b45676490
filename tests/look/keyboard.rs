//! Everything that can be done is done here by keyboard alone: Tab, Enter, the space bar, arrows and letters; no pointer, and no
//! key that stands for a function, for those can be turned off.

use serde_json::json;

use super::{lived_in_so, lived_in_with};
use crate::support::chromium::{Chromium, Tab};
use crate::support::sink::Sendmail;
use crate::support::site::{Site, password_of};

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

/// Somebody has signed in, and what the browser shows is the list.
fn signed_in(tab: &Tab, url: &str) {
    tab.open(&format!("{url}/"));
    type_into(tab, "Email or user name", "ann");
    type_into(tab, "Password", &password_of("ann"));
    tab.loading(|| tab.press("Enter"));
    tab.wait_for("document.querySelector('.row')");
}

#[test]
fn everything_can_be_done_by_keyboard_alone() {
    let sendmail = Sendmail::delivering();
    let site = lived_in_with(&sendmail);
    sendmail.delivers_into(&site.maildir("ann"));
    let browser = Chromium::start();
    let tab = browser.tab();
    let first = "document.querySelector('.row .subject').innerText";
    signed_in(&tab, &site.url());

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

#[test]
fn labels_templates_identities_and_imports_are_had_by_keyboard_alone() {
    let sendmail = Sendmail::delivering();
    let plan = Site::new().setting(&sendmail.setting());
    let site = lived_in_so(plan.config("[identities]\ndomains = [\"example.org\"]\nany = true"));
    let browser = Chromium::start();
    let tab = browser.tab();
    signed_in(&tab, &site.url());
    let named = |tab: &Tab, form: &str, name: &str| {
        let field = format!("document.activeElement?.matches('{form} input[name=name]')");
        for _ in 0..FAR {
            if tab.evaluate(&field) == json!(true) {
                tab.evaluate("document.activeElement.select()");
                return tab.insert(name);
            }
            tab.press("Tab");
        }
        panic!("Tab does not lead to a name in {form}");
    };

    // A label is put on a message, made, renamed and forgotten.
    tick_first(&tab);
    press(&tab, "More", "Remove star");
    press(&tab, "Label", "Labels of 1 message");
    press(&tab, "Add label \u{2068}Work\u{2069}", "added to 1 message");
    tick_first(&tab);
    press(&tab, "More", "Remove star");
    press(&tab, "Label", "Labels of 1 message");
    press(
        &tab,
        "Remove label \u{2068}Work\u{2069}",
        "removed from 1 message",
    );
    press(&tab, "Settings", "Messages per page");
    press(&tab, "Edit labels", "New label");
    named(&tab, "#new-label", "Errands");
    come_to(&tab, "Colour");
    tab.press("ArrowDown");
    press(&tab, "Create", "created.");
    named(&tab, "li:first-child form", "Shopping");
    press(&tab, "Save", "Label \u{2068}Shopping\u{2069} saved.");
    press(&tab, "Remove from list", "removed from your list");

    // A template is made, named otherwise, written from, and deleted.
    tab.loading(|| tab.open(&format!("{}/", site.url())));
    tab.loading(|| press(&tab, "New message", "Send"));
    type_into(&tab, "Subject", "Minutes");
    press(&tab, "More options", "Save as template");
    press(&tab, "Save as template", "saved.");
    press(&tab, "More options", "Save as template");
    press(&tab, "Use a template", "more than once");
    press(&tab, "Rename \u{2068}Minutes\u{2069}", "Save name");
    named(&tab, "details", "Of the meeting");
    press(&tab, "Save name", "renamed to");
    press(
        &tab,
        "New message from \u{2068}Of the meeting\u{2069}",
        "Send",
    );
    let subject = "document.querySelector('input[name=subject]').value";
    assert_eq!(tab.evaluate(subject), json!("Minutes"));
    press(&tab, "Discard", "Message discarded.");
    press(&tab, "Settings", "Messages per page");
    press(&tab, "Templates", "more than once");
    press(&tab, "Delete \u{2068}Of the meeting\u{2069}", "deleted.");

    // An identity is added, made the default, changed and deleted.
    press(&tab, "Inbox", "Orchestra");
    press(&tab, "Settings", "Messages per page");
    press(&tab, "Identities", "Add identity");
    press(&tab, "Add identity", "Save identity");
    type_into(&tab, "Name", "Ann at the museum");
    type_into(&tab, "Email address", "museum@example.org");
    press(&tab, "Save identity", "added.");
    press(
        &tab,
        "Make \u{2068}museum@example.org\u{2069} the default",
        "are now from",
    );
    press(
        &tab,
        "Edit \u{2068}museum@example.org\u{2069}",
        "Save identity",
    );
    type_into(&tab, "Name", "The museum");
    press(&tab, "Save identity", "saved.");
    press(
        &tab,
        "Delete \u{2068}museum@example.org\u{2069}",
        "deleted.",
    );

    // A file is imported. The dialog in which it is chosen is the browser's own.
    tab.loading(|| tab.open(&format!("{}/", site.url())));
    press(&tab, "Manage folders", "New folder");
    press(&tab, "Edit Archive", "Import messages");
    press(&tab, "Import messages", "You can import messages");
    come_to(&tab, "Files");
    tab.evaluate(
        "(() => { const chosen = new DataTransfer(); \
         chosen.items.add(new File(['Subject: Found again\\n\\nx\\n'], 'old.eml')); \
         document.activeElement.files = chosen.files; })()",
    );
    press(&tab, "Import", "1 message imported into");
    tab.expect_quiet();
}
