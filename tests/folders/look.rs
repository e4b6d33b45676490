//! The pages on which folders are managed, in a real browser: their pictures, and by keyboard alone.

use crate::look::{expect_named, lived_in, pictures, type_sign_in};
use crate::support::chromium::Chromium;

#[test]
fn pages_of_folders_have_their_pictures() {
    let site = lived_in();
    site.other_client("ann").tries("CREATE Orchestra/Concerts");
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    tab.scripts(false);
    tab.open(&format!(
        "{}/folder-options?f=Orchestra%2FConcerts",
        site.url()
    ));
    tab.click_to(".opens button");
    for (name, address) in [
        ("folders", "/folders"),
        ("folder-options", "/folder-options?f=Orchestra"),
        ("folder-role", "/folder-options?f=Trash"),
        (
            "folder-where",
            "/folder-options?f=Orchestra%2FConcerts&ask=where",
        ),
        ("folder-list", "/"),
        ("folder-trash", "/folder?f=Trash"),
        ("folder-delete", "/folder-options?f=Orchestra&ask=delete"),
    ] {
        let url = format!("{}{address}", site.url());
        pictures(&tab, name, &url);
        expect_named(&tab);
    }
    tab.expect_quiet();
    // What was wrong with what was typed.
    tab.open(&format!("{}/folders", site.url()));
    tab.fill("#create-form input[name=name]", "Travel/2026");
    tab.loading(|| tab.press("Enter"));
    for (window, width, height, phone) in [("1280", 1280, 900, false), ("390", 390, 844, true)] {
        tab.viewport(width, height, if phone { 2.0 } else { 1.0 }, phone);
        tab.screenshot(&format!("folder-fault-{window}-light"));
    }
    let invalid = "document.activeElement.getAttribute('aria-invalid')";
    assert_eq!(tab.evaluate(invalid), serde_json::json!("true"));
    // By keyboard alone: the name put right, and Enter.
    tab.fill("#create-form input[name=name]", "Travel");
    tab.loading(|| tab.press("Enter"));
    assert!(tab.text().contains("was created"), "{}", tab.text());
}
