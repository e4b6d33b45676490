//! Errors stand inside the application: where a session lives, folders and list stay around what could not be shown or done, and
//! one link leads on. Who has no session, another site, and a part of a page get no more than the error.

use std::fs::OpenOptions;

use fs2::FileExt;
use serde_json::json;

use crate::acts::plan;
use crate::support::chromium::Chromium;
use crate::support::page::Page;
use crate::support::visitor::Request;

/// Expects the folders, the list and a link beside the error.
fn stands_inside<'p>(page: &'p Page, status: u16, says: &str) -> &'p Page {
    page.has_status(status).shows(says).shows("Message 3");
    let folders = page.texts_of("nav.folders a.line");
    assert!(folders.contains(&"Sent".to_owned()), "{folders:?}");
    assert_eq!(page.texts_of("h1"), [says]);
    assert!(!page.texts_of("main .failed a.button").is_empty());
    page
}

/// Expects nothing but the error.
fn stands_alone(page: &Page, status: u16) {
    page.has_status(status).hides("Message 3");
    assert!(page.texts_of("nav.folders").is_empty());
}

#[test]
fn an_address_that_leads_nowhere_is_told_among_the_folders_and_asks_the_server_nothing() {
    let site = plan(3).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let message = list.link("Message 2");
    let before = site.imap_logins();
    for (path, status, says) in [
        ("/nonsense", 404, "Page not found"),
        ("/message?f=INBOX&uid=x", 400, "This link does not work"),
        ("/sign-out", 405, "This page cannot be opened this way"),
    ] {
        let page = ann.get_once(path);
        stands_inside(&page, status, says)
            .click("Open Inbox")
            .shows("Message 1");
    }
    assert_eq!(ann.get_once("/sign-out").header("allow"), "POST");
    assert_eq!(site.imap_logins(), before);
    // Without a session, with that of another browser, or once it has ended: the error.
    stands_alone(&site.visitor().get_once("/nonsense"), 404);
    let elsewhere = |dest: &str, from: &str| {
        let request = Request::new("GET", &ann.address("/nonsense"));
        let request = request.header("Sec-Fetch-Dest", dest);
        ann.send(&request.header("Sec-Fetch-Site", from))
    };
    stands_alone(&elsewhere("document", "cross-site"), 404);
    stands_alone(&elsewhere("image", "same-origin"), 404);
    stands_alone(&elsewhere("iframe", "same-origin"), 404);
    stands_inside(&elsewhere("document", "same-origin"), 404, "Page not found");
    let other = ann.tab();
    list.form("sign-out").submit();
    stands_alone(&other.get_once("/nonsense"), 404);
    other.get_once(&message).has_status(401);
}

#[test]
fn an_act_that_was_refused_is_told_among_the_folders() {
    let mut site = plan(3).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let forged = list
        .form("sign-out")
        .unset("token")
        .smuggle("token", "forged");
    let refused = forged.submit_once();
    stands_inside(&refused, 403, "This request was refused");
    refused.shows("Nothing was changed.");
    let long = list.form("sign-out").smuggle("more", &"x".repeat(70_000));
    let refused = long.submit_once();
    stands_inside(&refused, 413, "Too large").shows("Nothing was changed.");
    // The mail server is away, and it is not known that it is.
    let message = list.click("Message 2");
    site.dovecot_mut().stop();
    let archived = message.form("messages").press("act", "archive");
    stands_inside(&archived, 502, "The mail server cannot be reached");
    archived
        .shows("Nothing was changed.")
        .click("Open Inbox")
        .shows("Message 2");
}

#[test]
fn what_has_to_wait_says_so_beside_the_list_and_comes_when_there_is_time() {
    let site = plan(30).config("[gate]\nwait_seconds = 1").start();
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&site.sign_in("ann"));
    tab.viewport(1280, 844, 1.0, false);
    tab.open(&format!("{}/", site.url()));
    tab.evaluate("window.same = true");
    let lock = site.user_dir().join("lock");
    let lock = OpenOptions::new().read(true).write(true).open(lock);
    let lock = lock.expect("her lock");
    // Another request of Ann is at work.
    lock.lock_exclusive().expect("nobody else");
    tab.evaluate("document.querySelector('#m29 > a').click()");
    tab.wait_for("document.querySelector('.note.bad a')");
    let note = tab.evaluate("document.querySelector('.note.bad').innerText");
    let note = note.as_str().unwrap_or_default();
    assert!(
        note.contains("One moment. Postern is still working"),
        "{note}"
    );
    assert!(note.contains("Try now"), "{note}");
    assert_eq!(
        tab.evaluate("[document.querySelectorAll('main.list .row').length, window.same]"),
        json!([30, true])
    );
    // It is as wide as its pane, not as an icon.
    let wide = "document.querySelector('.note.bad p').getBoundingClientRect().width > 300";
    assert_eq!(tab.evaluate(wide), json!(true));
    tab.screenshot("waits-beside");
    FileExt::unlock(&lock).expect("it was held");
    tab.wait_for("document.querySelector('main.message h1')");
    assert_eq!(
        tab.evaluate("[document.querySelectorAll('.note').length, window.same, location.search.includes('again')]"),
        json!([0, true, false])
    );
}
