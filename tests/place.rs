//! Going from page to page with script: the lists stay where they stand, Back leads to where one was, and addresses, history
//! and title are those that the browser would have by itself.

mod ahead;
mod pressed;

use serde_json::{Value, json};

use crate::acts::plan;
use crate::support::chromium::{Chromium, Scheme, Tab};
use crate::support::mails::MailBuilder;
use crate::support::site::Site;

/// Ann's list in a window of this size, each answer a tenth of a second away; a mark tells whether the document stays.
fn opened(site: &Site, browser: &Chromium, (width, height): (u32, u32)) -> Tab {
    let tab = browser.tab();
    tab.take_cookies(&site.sign_in("ann"));
    tab.viewport(width, height, 1.0, width < 700);
    tab.open(&format!("{}/", site.url()));
    tab.latency(100);
    tab.evaluate("window.same = true");
    tab
}

/// Notes from now on, before each paint, where a row stands and how far the folders are scrolled.
fn watch(tab: &Tab, row: &str) {
    let row = json!(row);
    tab.evaluate(&format!(
        "(() => {{ const seen = new Set(); window.seen = seen; const note = () => {{ if (window.seen !== seen) return; \
         const row = document.querySelector({row}); seen.add(row ? row.getBoundingClientRect().top : 'gone'); \
         requestAnimationFrame(note); }}; note(); }})()"
    ));
}

/// Marks the rows of the list and the lines of the folders that are in the page now.
fn mark_parts(tab: &Tab) {
    tab.evaluate("document.querySelectorAll('.list .row, .folders .line').forEach(one => (one.isMarked = true))");
}

/// How many rows and lines are still those that were marked, and how many there are.
fn parts(tab: &Tab) -> (u64, u64) {
    let count = |test: &str| {
        let all = format!(
            "[...document.querySelectorAll('.list .row, .folders .line')].filter(one => {test}).length"
        );
        tab.evaluate(&all).as_u64().expect("a number")
    };
    (count("one.isMarked"), count("true"))
}

/// All places where the row stood meanwhile.
fn seen(tab: &Tab) -> Value {
    tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done([...window.seen]))))")
}

const TOP: &str = "document.querySelector('.list').scrollTop";
const PAGE_TOP: &str =
    "Math.max(document.scrollingElement.scrollTop, document.querySelector('.list').scrollTop)";
const FOCUSED: &str = "document.activeElement.closest('.row')?.id";
const SUBJECT: &str = "document.querySelector('main.message h1').innerText";

#[test]
fn a_row_stays_where_it_was_clicked_and_so_do_the_lists() {
    let site = plan(3000).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser, (1280, 500));
    tab.evaluate("document.querySelector('.list').scrollTop = 900; document.querySelector('.folders').scrollTop = 60");
    let entries = tab.evaluate("history.length").as_u64().expect("a number");
    let list = tab.url();
    let folders = tab.evaluate("document.querySelector('.folders').scrollTop");
    assert_ne!(folders, json!(0));
    watch(&tab, "#m2989");
    let y = tab.evaluate("document.querySelector('#m2989').getBoundingClientRect().top");
    assert!(y.as_f64().is_some_and(|y| (0.0..500.0).contains(&y)), "{y}");
    // Without scrolling it to anywhere first.
    tab.changing(|| drop(tab.evaluate("document.querySelector('#m2989 > a').click()")));
    assert_eq!(tab.evaluate(SUBJECT), json!("Message 2989"));
    assert_eq!(seen(&tab), json!([y]));
    assert_eq!(tab.evaluate("window.same"), json!(true));
    assert!(tab.url().contains("/message?"), "{}", tab.url());
    assert_eq!(tab.evaluate("history.length"), json!(entries + 1));
    assert_eq!(
        tab.evaluate("document.title.startsWith('Message 2989')"),
        json!(true)
    );
    assert_eq!(
        tab.evaluate("document.querySelector('.folders').scrollTop"),
        folders
    );
    // The message below.
    let top = tab.evaluate(TOP);
    tab.changing(|| tab.press("j"));
    assert_eq!(tab.evaluate(SUBJECT), json!("Message 2988"));
    assert_eq!((seen(&tab), tab.evaluate(TOP)), (json!([y]), top.clone()));
    // Back and forward.
    let go = |step: i32| tab.changing(|| drop(tab.evaluate(&format!("history.go({step})"))));
    go(-1);
    assert_eq!(tab.evaluate(SUBJECT), json!("Message 2989"));
    go(-1);
    assert_eq!((tab.url(), tab.evaluate(FOCUSED)), (list, json!("m2989")));
    assert_eq!((seen(&tab), tab.evaluate(TOP)), (json!([y]), top.clone()));
    go(2);
    assert_eq!(tab.evaluate(SUBJECT), json!("Message 2988"));
    // And by the key that leads to the list.
    tab.changing(|| tab.press("u"));
    assert_eq!(tab.evaluate(FOCUSED), json!("m2988"));
    assert_eq!((seen(&tab), tab.evaluate(TOP)), (json!([y]), top));
    assert_eq!(tab.evaluate("window.same"), json!(true));
    tab.expect_quiet();
}

#[test]
fn what_two_pages_have_in_common_is_not_laid_out_again() {
    let site = plan(60).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser, (1280, 844));
    // What was begun in the list goes with the page, as it would without script.
    let begin = "document.querySelector('#m58 .tick').checked = true; document.querySelector('input[name=q]').value = 'half a wo'";
    let begun = "[document.querySelectorAll('.tick:checked').length, document.querySelector('input[name=q]').value]";
    for (act, page) in [
        ("document.querySelector('#m60 > a').click()", "message"),
        ("document.querySelector('#m57 > a').click()", "message"),
        ("history.back()", "message"),
        ("history.back()", "list"),
        ("history.forward()", "message"),
        ("document.querySelector('.folders .line').click()", "list"),
    ] {
        mark_parts(&tab);
        tab.evaluate(begin);
        tab.changing(|| drop(tab.evaluate(act)));
        assert_eq!(
            tab.evaluate("document.querySelector('.app').dataset.page"),
            json!(page)
        );
        let (kept, all) = parts(&tab);
        assert_eq!(kept, all, "{act}");
        assert_eq!(tab.evaluate(begun), json!([0, ""]), "{act}");
        // There is one main part for who hears the page, and the list is what it is beside a message.
        let heard = "[...document.querySelectorAll('main')].filter(one => !one.role).map(one => one.className)";
        assert_eq!(tab.evaluate(heard), json!([page]), "{act}");
    }
    // The next page of the list has other rows, and the folders are the same.
    mark_parts(&tab);
    tab.changing(|| drop(tab.evaluate("document.querySelector('.pages nav a').click()")));
    let lines = tab.evaluate("document.querySelectorAll('.folders .line').length");
    let (kept, all) = parts(&tab);
    assert_eq!(
        (json!(kept), all),
        (lines.clone(), 10 + lines.as_u64().expect("a number"))
    );
    tab.expect_quiet();
}

#[test]
fn where_a_message_takes_the_place_of_its_list_the_way_back_leads_to_the_pixel() {
    let site = plan(60).start();
    let browser = Chromium::start();
    for size in [(390, 844), (900, 700)] {
        let tab = opened(&site, &browser, size);
        tab.evaluate("[document.scrollingElement, document.querySelector('.list')].forEach(e => e.scrollTop = 1234)");
        let top = tab.evaluate(PAGE_TOP);
        assert_eq!(top, json!(1234));
        for back in ["history.back()", "document.querySelector('.back').click()"] {
            tab.changing(|| drop(tab.evaluate("document.querySelector('#m45 > a').click()")));
            assert_eq!(
                tab.evaluate("document.scrollingElement.scrollTop"),
                json!(0)
            );
            tab.changing(|| drop(tab.evaluate(back)));
            assert_eq!(
                tab.evaluate("document.querySelectorAll('main.list').length"),
                json!(1)
            );
            assert_eq!(
                (tab.evaluate(PAGE_TOP), tab.evaluate(FOCUSED)),
                (top.clone(), json!("m45")),
                "{size:?} {back}"
            );
        }
        // A page that is loaded anew begins where it was left.
        tab.wait_for(&format!("history.state.place.tops.includes({top})"));
        tab.loading(|| drop(tab.evaluate("location.reload()")));
        assert_eq!(tab.evaluate(PAGE_TOP), top, "{size:?}");
    }
}

#[test]
fn what_is_clicked_later_goes_before_and_what_is_no_page_is_left_to_the_browser() {
    let site = plan(6).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser, (1280, 844));
    tab.changing(|| {
        tab.evaluate(
            "document.querySelector('#m6 > a').click(); document.querySelector('#m2 > a').click()",
        );
    });
    tab.wait_for("document.querySelector('main.message h1')");
    assert_eq!(tab.evaluate(SUBJECT), json!("Message 2"));
    // A row, or a page for paper, to be opened in a tab of its own, and a link to a file, are the browser's.
    let prevented = "new Promise(done => { addEventListener('click', event => { done(event.defaultPrevented); event.preventDefault() }, { once: true });";
    let click = |link: &str, how: &str| {
        let event =
            format!("new MouseEvent('click', {{ bubbles: true, cancelable: true, {how} }})");
        tab.evaluate(&format!(
            "{prevented} document.querySelector({}).dispatchEvent({event}) }})",
            json!(link)
        ))
    };
    for (link, how) in [
        ("#m4 > a", "ctrlKey: true"),
        ("#m4 > a", "shiftKey: true"),
        ("#m4 > a", "button: 1"),
        (".choices a[data-paper]", "ctrlKey: true"),
        (".choices a[data-file]", "button: 0"),
    ] {
        assert_eq!(click(link, how), json!(false), "{link} {how}");
    }
    // Writing begins with a page of its own.
    tab.loading(|| tab.click(".write"));
    assert!(tab.url().contains("/compose"), "{}", tab.url());
    tab.loading(|| tab.click("#folders a.line"));
    // The session ends elsewhere: the form to sign in comes, as it would.
    tab.evaluate("window.same = true");
    site.users()
        .into_iter()
        .for_each(|user| std::fs::remove_dir_all(user).expect("a user"));
    tab.loading(|| tab.click(".row > a"));
    assert!(tab.text().contains("Sign in"), "{}", tab.text());
}

#[test]
fn what_takes_long_says_so() {
    let site = plan(3).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser, (1280, 844));
    tab.latency(1500);
    tab.evaluate("document.querySelector('.row > a').click()");
    tab.wait_for("document.querySelector('main[aria-busy=true]')");
    tab.screenshot("busy-going");
    tab.wait_for("document.querySelector('main.message h1')");
    assert_eq!(
        tab.evaluate("document.querySelectorAll('[aria-busy]').length"),
        json!(0)
    );
}

#[test]
fn at_the_top_of_the_list_nothing_moves_either_and_a_notice_that_goes_leaves_its_room() {
    let site = plan(30).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser, (1280, 844));
    for acts in [false, true] {
        if acts {
            tab.evaluate("document.querySelector('#m30 .tick').click()");
            tab.changing(|| tab.press("e"));
            tab.wait_for("document.querySelector('.note')");
        }
        tab.hover("#m26 .subject");
        watch(&tab, "#m26");
        let y = tab.evaluate("document.querySelector('#m26').getBoundingClientRect().top");
        tab.changing(|| drop(tab.evaluate("document.querySelector('#m26 > a').click()")));
        assert_eq!(seen(&tab), json!([y]), "{acts}");
        tab.screenshot(if acts {
            "place-after-a-notice"
        } else {
            "place-beside"
        });
        tab.changing(|| drop(tab.evaluate("history.back()")));
        assert_eq!(seen(&tab), json!([y]), "{acts}");
        assert_eq!(tab.evaluate(TOP), json!(0), "{acts}");
        // Nobody is about to click there any more: the room closes.
        tab.hover(".brand");
        tab.wait_for(
            "getComputedStyle(document.querySelector('.list > header')).marginBlockEnd === '0px'",
        );
    }
}

#[test]
fn in_the_dark_no_white_frame_comes_before_its_mail() {
    let html =
        MailBuilder::about("Papers").of_kind("text/html; charset=utf-8", "<p>White as paper</p>");
    let site = plan(2).mails("ann", "INBOX", vec![html]).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser, (1280, 844));
    tab.prefer(Scheme::Dark);
    tab.evaluate(
        "(() => { window.seen = new Set(); const note = () => { const frame = document.querySelector('iframe.frame'); \
         if (frame) seen.add(`${frame.contentDocument.URL === 'about:blank' ? 'empty' : 'mail'} ${getComputedStyle(frame).opacity}`); \
         requestAnimationFrame(note); }; note(); })()",
    );
    tab.changing(|| tab.click(".row:has([title*=Papers]) > a, .row:first-child > a"));
    tab.wait_for("window.seen.has('mail 1')");
    assert_eq!(
        tab.evaluate("[...seen].filter(one => one !== 'mail 1' && one !== 'mail 0')"),
        json!(["empty 0"])
    );
    tab.screenshot("place-frame-dark");
}

#[test]
fn without_script_the_way_back_leads_to_the_row() {
    let site = plan(60).start();
    let browser = Chromium::start();
    for size in [(390, 844), (900, 700), (1280, 844)] {
        let tab = opened(&site, &browser, size);
        tab.scripts(false);
        tab.open(&format!("{}/", site.url()));
        tab.evaluate("document.querySelector('#m30').scrollIntoView()");
        tab.loading(|| tab.click("#m30 > a"));
        // In a wide window the list stands beside the message.
        let back = tab.evaluate("document.querySelector('.back').href");
        tab.open(back.as_str().expect("an address"));
        let place = "(() => { const row = document.querySelector('#m30').getBoundingClientRect(); const list = document.querySelector('.list'); \
             const header = list.querySelector('header').getBoundingClientRect().bottom; return row.top >= header && row.bottom <= innerHeight - 50 })()";
        assert_eq!(tab.evaluate(place), json!(true), "{size:?}");
        tab.screenshot(&format!("place-unscripted-{}", size.0));
    }
}

#[test]
fn a_page_that_the_browser_has_kept_is_shown_and_goes_when_its_session_has_ended() {
    let site = plan(3).start();
    let browser = Chromium::start();
    let tab = opened(&site, &browser, (1280, 844));
    // Whether a browser keeps a page is its own affair; this is what it tells one that it has kept.
    let kept = "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";
    tab.evaluate(
        "(() => { const asked = window.fetch; window.asked = 0; window.fetch = (...how) => asked(...how).finally(() => window.asked++) })()",
    );
    tab.evaluate(kept);
    tab.wait_for("window.asked === 1");
    assert_eq!(
        tab.evaluate("window.same && !document.documentElement.hidden"),
        json!(true)
    );
    let sessions = site.sign_in("ann").get("/sessions");
    sessions.click("Sign out everywhere");
    tab.loading(|| drop(tab.evaluate(kept)));
    assert!(tab.text().contains("Sign in"), "{}", tab.text());
}
