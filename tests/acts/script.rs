//! What script makes of the same forms: the page stays, rows go at once and come back with the reason, many boxes are ticked
//! at once, rows are dragged to folders, and the keyboard leads through a list.

use std::time::Duration;

use serde_json::json;

use super::{plan, subjects};
use crate::support::chromium::{Chromium, Tab};
use crate::support::mails::MailBuilder;
use crate::support::site::Site;
use crate::{cost, disk};

/// Ann's list in a browser; a mark on the page tells whether it is still the same one.
fn opened(site: &Site, browser: &Chromium) -> Tab {
    let tab = browser.tab();
    tab.take_cookies(&site.sign_in("ann"));
    tab.viewport(1280, 844, 1.0, false);
    tab.open(&format!("{}/", site.url()));
    tab.evaluate("window.same = true");
    tab
}

fn says(tab: &Tab, words: &str) {
    let words = json!(words);
    tab.wait_for(&format!(
        "[...document.querySelectorAll('.note')].some(e => e.innerText.replace(/[\\u2068\\u2069]/g, '').includes({words}))"
    ));
}

fn shown(tab: &Tab) -> serde_json::Value {
    tab.evaluate(
        "[...document.querySelectorAll('.row:not([hidden]) .subject')].map(e => e.innerText)",
    )
}

#[test]
fn an_act_leaves_the_page_and_its_place_where_they_are() {
    let site = plan(60).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    tab.evaluate("document.querySelector('.list').scrollTop = 900");
    let top = tab.evaluate("document.querySelector('.list').scrollTop");
    tab.evaluate("document.querySelectorAll('.tick')[20].click()");
    tab.changing(|| tab.press("e"));
    says(&tab, "1 message moved to Archive.");
    assert_eq!(tab.evaluate("window.same"), json!(true));
    assert_eq!(
        tab.evaluate("document.querySelector('.list').scrollTop"),
        top
    );
    assert_eq!(subjects(&site, "Archive"), ["Message 40"]);
    assert_eq!(
        tab.evaluate("document.querySelectorAll('.row').length"),
        json!(50)
    );
    // Undo, by key.
    tab.changing(|| tab.press("z"));
    says(&tab, "1 message moved to Inbox.");
    assert_eq!(subjects(&site, "Archive").len(), 0);
    // A question is a page of its own, and back leads to the list.
    tab.evaluate("document.querySelectorAll('.tick')[0].click()");
    tab.changing(|| tab.press("v"));
    tab.wait_for("document.querySelector('.choose, form[action*=messages] button[name=to]')");
    tab.changing(|| drop(tab.evaluate("history.back()")));
    tab.wait_for("document.querySelectorAll('.row').length === 50");
}

#[test]
fn what_cannot_be_done_comes_back_with_the_reason() {
    let mut site = plan(5).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    let before = shown(&tab);
    site.dovecot_mut().stop();
    tab.click(".row:nth-child(1) .tick");
    tab.press("e");
    tab.wait_for("document.querySelector('.note.bad')");
    assert_eq!(
        (shown(&tab), tab.evaluate("window.same")),
        (before.clone(), json!(true))
    );
    // Nor is anything lost where no answer comes at all.
    tab.evaluate("window.fetch = () => Promise.reject(new TypeError())");
    tab.press("e");
    says(&tab, "There was no answer.");
    assert_eq!(shown(&tab), before);
}

#[test]
fn many_boxes_are_ticked_at_once_and_keys_lead_along_the_rows() {
    let site = plan(12).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    let count = "document.querySelectorAll('.tick:checked').length";
    tab.evaluate("document.querySelectorAll('.tick')[2].click()");
    let shifted = "document.querySelectorAll('.tick')[$].dispatchEvent(new MouseEvent('click', {bubbles: true, shiftKey: true}))";
    tab.evaluate(&shifted.replace('$', "7"));
    assert_eq!(tab.evaluate(count), json!(6));
    tab.changing(|| tab.click("a.select"));
    assert_eq!(tab.evaluate(count), json!(12));
    assert_eq!(tab.evaluate("window.same"), json!(true));
    tab.open(&format!("{}/", site.url()));
    let focused = "document.activeElement.querySelector('.subject')?.innerText";
    for (key, there) in [
        ("j", "Message 12"),
        ("j", "Message 11"),
        ("ArrowDown", "Message 10"),
        ("k", "Message 11"),
    ] {
        tab.press(key);
        assert_eq!(tab.evaluate(focused), json!(there), "{key}");
    }
    tab.press("x");
    assert_eq!(tab.evaluate(count), json!(1));
    tab.changing(|| tab.press("#"));
    says(&tab, "1 message moved to Trash.");
    assert_eq!(
        tab.evaluate(focused),
        json!("Message 10"),
        "the next row has the focus"
    );
    // Of several that go, the one behind the first.
    tab.press("x");
    tab.press("j");
    tab.press("x");
    tab.changing(|| tab.press("#"));
    says(&tab, "2 messages moved to Trash.");
    assert_eq!(tab.evaluate(focused), json!("Message 8"));
    tab.changing(|| tab.press("o"));
    tab.wait_for("document.querySelector('h1')?.innerText === 'Message 8'");
}

#[test]
fn a_row_is_dragged_to_a_folder_and_the_ticked_ones_with_it() {
    let site = plan(6).start();
    site.other_client("ann").run("CREATE Work");
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    tab.open(&format!("{}/?compare=1", site.url()));
    let drag = "(() => { \
        const [row, line] = [document.querySelectorAll('.row > a')[$], document.querySelector('.line[data-takes=Work]')]; \
        const dataTransfer = new DataTransfer(); \
        const tell = (target, type) => target.dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer})); \
        tell(row, 'dragstart'); tell(line, 'dragover'); const lit = line.classList.contains('over'); \
        tell(line, 'drop'); tell(row, 'dragend'); return lit; })()";
    tab.changing(|| assert_eq!(tab.evaluate(&drag.replace('$', "1")), json!(true)));
    says(&tab, "1 message moved to Work.");
    assert_eq!(subjects(&site, "Work"), ["Message 5"]);
    for nth in [0, 2] {
        tab.evaluate(&format!(
            "document.querySelectorAll('.tick')[{nth}].click()"
        ));
    }
    tab.changing(|| drop(tab.evaluate(&drag.replace('$', "2"))));
    says(&tab, "2 messages moved to Work.");
    assert_eq!(subjects(&site, "Work").len(), 3);
    assert_eq!(
        tab.evaluate("document.querySelectorAll('.line.over').length"),
        json!(0)
    );
}

#[test]
fn new_mail_comes_by_itself_while_nothing_is_begun() {
    let site = plan(3).config("[cache]\nfresh_seconds = 0\n").start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser);
    assert_eq!(tab.evaluate("document.title"), json!("(3) Inbox · Postern"));
    let mail = MailBuilder::about("Just come").of_kind("text/plain", "x");
    let mut client = site.other_client("ann");
    client.append("INBOX", &mail);
    // Not under the hand of somebody who ticks something.
    tab.click(".row:nth-child(2) .tick");
    tab.evaluate("look()");
    assert_eq!(
        tab.evaluate("document.querySelectorAll('.row').length"),
        json!(3)
    );
    tab.click(".row:nth-child(2) .tick");
    tab.changing(|| drop(tab.evaluate("look()")));
    assert_eq!(
        tab.evaluate("document.querySelector('.subject').innerText"),
        json!("Just come")
    );
    assert_eq!(tab.evaluate("document.title"), json!("(4) Inbox · Postern"));
    assert_eq!(tab.evaluate("window.same"), json!(true));
}

#[test]
fn rule_19_a_look_without_a_click_keeps_no_session_alive_and_asks_nobody_for_a_stale_one() {
    let site = plan(3)
        .config("[cache]\nfresh_seconds = 0\n")
        .proxied()
        .start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let look = list.attributes_of("main.list", "data-look").remove(0);
    let look = look.split_once("/postern").expect("an address of ours").1;
    let (same, cost) = cost::of(&site, || ann.get(look));
    assert_eq!((same.status(), cost.connections), (204, 1));
    site.other_client("ann").append(
        "INBOX",
        &MailBuilder::about("Just come").of_kind("text/plain", "x"),
    );
    ann.get(look).has_status(200).shows("Just come");
    // A quarter of an hour after the last click the mail server would have to accept the session again: nobody is asked.
    disk::age_sessions(&site, "ann", Duration::from_secs(16 * 60));
    let (stale, cost) = cost::of(&site, || ann.get(look));
    assert_eq!((stale.status(), cost.connections), (204, 0));
    // Looking is not using it: it ends as if nobody had looked.
    disk::age_sessions(&site, "ann", Duration::from_secs(5 * 3_600));
    ann.get(look).has_status(204);
    disk::age_sessions(&site, "ann", Duration::from_secs(5 * 3_600));
    ann.get(look).has_status(401);
}
