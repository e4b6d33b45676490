//! The pages in a real browser. No page may complain, whatever is clicked; each works without scripts; and of each there
//! are pictures in `target/screenshots`, light and dark, from the widest window to the narrowest phone, for people to judge.

/// Contrast, sizes, names.
pub mod clear;
/// Colours that the reader has forced.
mod forced;
/// Everything by keyboard alone.
mod keyboard;
/// What holds for every page.
mod pages;
/// Colours by their roles.
mod palette;

use std::fs::OpenOptions;
use std::path::PathBuf;

use fs2::FileExt as _;
use serde_json::json;

use crate::support::chromium::{Chromium, Scheme, Tab};
use crate::support::mailbox::{FOLDERS, ROLES, mails_of};
use crate::support::mails::Mail;
use crate::support::sink::Sendmail;
use crate::support::site::{Plan, Site, password_of};
use crate::support::visitor::Request;

/// Windows to look through: a name, width and height, and whether it is a phone.
const WINDOWS: [(&str, u32, u32, bool); 4] = [
    ("1440", 1440, 900, false),
    ("1000", 1000, 800, false),
    ("390", 390, 844, true),
    ("320", 320, 640, true),
];

/// An answer with the letter that it answers, and with files.
const ROOF: &str = "From: Anders Lund <anders@lund-byg.example>
To: Ann <ann@example.org>, Karin Lund <karin@lund-byg.example>
Cc: Office <office@lund-byg.example>
Subject: Re: Quote for the roof
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/plain; charset=utf-8

Hello Ann,

> The darker tile, if it does not delay things.

Thanks! The carpenter can start on the 4th if the scaffolding is up by then. The quote with both kinds of tile is attached; the second page has the one that you liked.

    tile       per m2    days
    Dark       31.20        2
    Red        28.90        4

Could you look at https://lund-byg.example/gutter before Friday?

Best regards
Anders

On Tuesday, Ann wrote:
> Dear Anders,
>
> > Would you like the red one?
>
> the darker tile please, if it does not delay things.
> And the gutter in copper.
>
> Ann

-- 
Lund Byg, roofs and gutters
Havnegade 4, Odense
--part
Content-Type: application/pdf
Content-Disposition: attachment; filename=\"Quote 2211 both tiles.pdf\"

%PDF-
--part
Content-Type: image/png
Content-Disposition: attachment; filename=\"gutter-drawing-with-all-measures-and-the-corner-piece-final-2.png\"

png
--part
Content-Type: application/vnd.ms-excel
Content-Disposition: attachment; filename=measures.xls

xls
--part--
";

/// A mailbox as people have one.
pub fn lived_in() -> Site {
    lived_in_so(Site::new().config("[gate]\nwait_seconds = 1"))
}

/// The same with this program in the place of sendmail.
fn lived_in_with(sendmail: &Sendmail) -> Site {
    let plan = Site::new().setting(&sendmail.setting());
    lived_in_so(plan.config("[identities]\ndomains = [\"example.org\"]"))
}

fn lived_in_so(plan: Plan) -> Site {
    let mut plan = plan.dovecot(ROLES);
    for (directory, folder) in FOLDERS {
        plan = plan.mails("ann", folder, mails_of(directory));
    }
    let roof = Mail::written(ROOF).flagged(&[r"\Answered", r"\Flagged"]);
    plan.mails("ann", "INBOX", vec![roof]).start()
}

/// A browser's tab at the sign-in page, with Ann's words typed in and sent.
pub fn type_sign_in(site: &Site, tab: &Tab) {
    tab.open(&format!("{}/", site.url()));
    tab.fill("input[name=login]", "ann");
    tab.fill("input[name=password]", &password_of("ann"));
    tab.loading(|| tab.press("Enter"));
}

/// Expects that nothing went wrong on the way here.
fn expect_calm(tab: &Tab) {
    tab.expect_quiet();
    let happened = tab.happened();
    assert!(happened.failures.is_empty(), "{:?}", happened.failures);
    assert!(happened.blocked.is_empty(), "{:?}", happened.blocked);
}

/// The addresses of the newest HTML mail and of the letter about the roof, none of them opened yet.
fn html_and_text(site: &Site) -> (String, String) {
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let is_html = |row: &String| {
        let ahead = Request::new("GET", row).header("Sec-Purpose", "prefetch");
        ann.send(&ahead).text_of("iframe").is_some()
    };
    let rows = list.attributes_of(".row > a", "href");
    let html = rows.into_iter().find(is_html).expect("an HTML mail");
    let full = |row: &str| format!("http://{}{row}", site.apache().address());
    (full(&html), full(&list.link("Re: Quote for the roof")))
}

/// No more than the window is ever as wide as the page.
pub fn expect_no_sideways_scroll(tab: &Tab, name: &str) {
    let wide = tab.evaluate(
        "[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 \
         && !e.closest('.sr, .sprite, .skip') && getComputedStyle(e).position !== 'absolute') \
         .slice(0, 3).map(e => e.outerHTML.slice(0, 200))",
    );
    let scrolls = tab.evaluate("document.documentElement.scrollWidth > innerWidth");
    assert_eq!(scrolls, json!(false), "{name} scrolls sideways: {wide}");
}

/// Pictures of the page at this address in every window, light and dark.
pub fn pictures(tab: &Tab, name: &str, url: &str) {
    let mut wrong = Vec::new();
    for (window, width, height, phone) in WINDOWS {
        tab.viewport(width, height, if phone { 2.0 } else { 1.0 }, phone);
        tab.open(url);
        for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
            // What is light or dark is the style sheet's affair: the page need not come anew.
            tab.prefer(scheme);
            let name = format!("{name}-{window}-{mode}");
            tab.screenshot(&name);
            wrong.extend(clear::unclear(tab, &name));
        }
        expect_no_sideways_scroll(tab, &format!("{name} at {window}"));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_visit_in_a_browser_raises_no_complaint() {
    let site = lived_in();
    let (html, _) = html_and_text(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    tab.wait_for("document.querySelectorAll('.row').length > 10");
    tab.click_to(".row:nth-child(2) > a");
    tab.wait_for("document.querySelector('article h1')");
    tab.open(&html);
    // The script gives the frame the height of what is in it.
    tab.wait_for("document.querySelector('iframe').style.height");
    tab.changing(|| tab.press("u"));
    tab.viewport(390, 844, 2.0, true);
    tab.click(".pages .menu");
    tab.wait_for("getComputedStyle(document.querySelector('#folders')).display === 'flex'");
    tab.click_to("#folders a.line:not([aria-current])");
    tab.wait_for("document.querySelector('main.list')");
    tab.open(&format!("{}/", site.url()));
    tab.viewport(1440, 900, 1.0, false);
    expect_calm(&tab);
    tab.click_to(".foot button");
    assert!(tab.text().contains("You are signed out."), "{}", tab.text());
    expect_calm(&tab);
    // What is not there is told by its status, and by nothing else.
    tab.forget();
    tab.open(&format!("{}/nonsense", site.url()));
    let happened = tab.happened();
    assert!(happened.csp_violations.is_empty() && happened.dialogs.is_empty());
    assert_eq!(happened.failures.len(), 1, "{happened:?}");
}

#[test]
fn keys_lead_from_message_to_message() {
    let site = Site::with_inbox(5);
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    tab.click_to(".row > a");
    for (key, seen) in [
        ("j", "message 4."),
        ("n", "message 3."),
        ("k", "message 4."),
        ("p", "message 5."),
    ] {
        tab.changing(|| tab.press(key));
        assert!(tab.text().contains(seen), "{key}: {}", tab.text());
    }
    tab.changing(|| tab.press("u"));
    assert_eq!(
        tab.evaluate("document.querySelectorAll('main.list').length"),
        json!(1)
    );
}

#[test]
fn a_mail_that_is_wider_than_the_window_is_drawn_smaller() {
    let wide = "<table width=600><tr><td>Left<td align=right>Right</table><p style='height: 900px'>Long</p>";
    let mut mail = Mail::plain("Bo <bo@example.org>", "Wide", wide);
    let text = String::from_utf8(mail.bytes).expect("ASCII");
    mail.bytes = text.replace("text/plain", "text/html").into_bytes();
    let site = Site::new().mails("ann", "INBOX", vec![mail]).start();
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    tab.viewport(390, 844, 2.0, true);
    tab.click_to(".row > a");
    tab.wait_for("document.querySelector('iframe').style.height");
    let ask = |what: &str| {
        let frame = "(f => { const d = f.contentDocument, r = d.documentElement; return";
        tab.evaluate(&format!(
            "{frame} {what} }})(document.querySelector('iframe'))"
        ))
    };
    assert_eq!(ask("r.scrollWidth <= f.clientWidth"), json!(true));
    assert_eq!(ask("d.body.style.zoom < .65"), json!(true));
    // It is as high as what is in it, which is smaller now.
    let height = ask("f.clientHeight").as_f64().expect("a number");
    assert!((500.0..700.0).contains(&height), "{height}");
    // One long row makes nothing small: it is scrolled to.
    let frame = "document.querySelector('iframe').contentDocument";
    tab.viewport(1440, 900, 1.0, false);
    // As large as it is again, before it becomes wider.
    tab.wait_for(&format!("!({frame}.body.style.zoom < .9)"));
    tab.evaluate(&format!(
        "{frame}.body.insertAdjacentHTML('beforeend', '<table width=3000><tr><td>wide</table>')"
    ));
    tab.wait_for(&format!("{frame}.documentElement.scrollWidth > 3000"));
    assert_eq!(ask("d.body.style.zoom > .9"), json!(true));
}

#[test]
fn everything_works_without_scripts() {
    let site = lived_in();
    let (html, text) = html_and_text(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.scripts(false);
    type_sign_in(&site, &tab);
    tab.click_to(".row > a");
    for url in [&html, &text] {
        tab.open(url);
    }
    tab.viewport(390, 844, 2.0, true);
    tab.open(&format!("{}/", site.url()));
    tab.click(".pages .menu");
    tab.click_to("#folders a.line:not([aria-current])");
    tab.viewport(1440, 900, 1.0, false);
    expect_calm(&tab);
    tab.click_to(".foot button");
    assert!(tab.text().contains("You are signed out."), "{}", tab.text());
}

#[test]
fn a_message_has_one_heading_landmarks_and_names_for_everything_that_acts() {
    let site = lived_in();
    let (html, text) = html_and_text(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.open(&format!("{}/sign-in", site.url()));
    expect_named(&tab);
    type_sign_in(&site, &tab);
    expect_named(&tab);
    for url in [&html, &text] {
        tab.open(url);
        expect_named(&tab);
    }
}

pub fn expect_named(tab: &Tab) {
    let wrong = tab.evaluate(
        "(() => { const wrong = []; const count = s => document.querySelectorAll(s).length; \
         for (const s of ['main', 'h1']) if (count(s) !== 1) wrong.push(`${count(s)} ${s}`); \
         const ids = [...document.querySelectorAll('[id]')].map(e => e.id); \
         if (new Set(ids).size !== ids.length) wrong.push('an id twice'); \
         for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), summary, iframe')) { \
           const name = (e.checkVisibility() ? e.innerText : e.textContent) || e.title || e.getAttribute('aria-label') || e.labels?.[0]?.textContent; \
           if (!name?.trim() && !e.ariaHidden && !e.hidden) wrong.push(e.outerHTML.slice(0, 200)); } \
         if (count('[style]:not(iframe)') + count('style') + count('script:not([src])')) wrong.push('inline'); \
         return wrong; })()",
    );
    assert_eq!(wrong, json!([]), "{}", tab.url());
}

/// On a phone what opens the folders stands at the lower end of the window, and nowhere in a wide one.
fn expect_menu_at_the_thumb(tab: &Tab, url: &str) {
    let place = "(() => { const r = document.querySelector('.steps .menu').getBoundingClientRect(); \
         return r.height ? Math.round(innerHeight - r.bottom) < 20 : null })()";
    for (width, phone, there) in [(390, true, json!(true)), (1280, false, json!(null))] {
        tab.viewport(width, 844, 1.0, phone);
        tab.open(url);
        assert_eq!(tab.evaluate(place), there, "{url} at {width}");
    }
}

#[test]
fn at_four_times_the_size_bars_let_go_of_what_is_read() {
    let site = lived_in();
    let (_, text) = html_and_text(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    tab.viewport(320, 256, 1.0, false);
    // From the upper end of the window to the lower one there is nothing but what is read.
    let seen = |within: &str| {
        tab.evaluate(&format!(
            "(() => {{ scrollTo(0, 500); return [8, 64, 128, 192, 248].map(y => !!document.elementFromPoint(160, y)?.closest('{within}')) }})()"
        ))
    };
    let all = json!([true, true, true, true, true]);
    tab.open(&text);
    tab.screenshot("message-320x256");
    assert_eq!(seen("article"), all);
    expect_no_sideways_scroll(&tab, "a message");
    tab.open(&format!("{}/", site.url()));
    tab.screenshot("list-320x256");
    assert_eq!(seen(".row"), all);
    // It can be done what bars are for: they stand where the page begins and ends.
    assert_eq!(
        tab.evaluate("getComputedStyle(document.querySelector('.pages')).position"),
        json!("static")
    );
}

#[test]
fn every_page_has_its_picture() {
    let mut site = lived_in();
    let (html, text) = html_and_text(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    let at = |path: &str| format!("{}{path}", site.url());
    let (sign_in, list, empty) = (at("/sign-in"), at("/"), at("/folder?f=Empty"));
    let (gone, missing) = (at("/folder?f=Gone"), at("/nonsense"));
    let cold = at("/folder?f=Archive");
    let compare = at("/folder?f=INBOX&compare=1");
    site.other_client("ann").run("CREATE Empty");
    pictures(&tab, "sign-in", &sign_in);
    tab.viewport(1440, 900, 1.0, false);
    type_sign_in(&site, &tab);
    pictures(&tab, "list", &list);
    pictures(&tab, "message", &text);
    pictures(&tab, "html", &html);
    pictures(&tab, "found", &at("/folder?f=INBOX&q=is:unread+the"));
    pictures(
        &tab,
        "found-everywhere",
        &at("/folder?f=INBOX&q=re&scope=all"),
    );
    pictures(&tab, "found-nothing", &at("/folder?f=INBOX&q=nowhere"));
    pictures(&tab, "empty", &empty);
    pictures(&tab, "gone", &gone);
    pictures(&tab, "missing", &missing);
    pictures(&tab, "sessions", &at("/sessions"));
    pictures(&tab, "keys", &at("/keys"));
    pictures(&tab, "all-folders", &at("/folders"));
    expect_menu_at_the_thumb(&tab, &at("/sessions"));
    for (window, width, height, phone) in &WINDOWS[2..] {
        tab.viewport(*width, *height, 2.0, *phone);
        tab.open(&list);
        tab.click(".pages .menu");
        tab.screenshot(&format!("folders-{window}"));
        tab.open(&list);
        tab.click(".filters summary");
        tab.screenshot(&format!("orders-{window}"));
        tab.open(&list);
        tab.click(".look summary");
        tab.screenshot(&format!("search-options-{window}"));
    }

    // Another request of Ann is at work.
    let users = site.state_dir().join("users");
    let user = std::fs::read_dir(users).expect("users").flatten().next();
    let lock: PathBuf = user.expect("Ann").path().join("lock");
    let lock = OpenOptions::new().read(true).write(true).open(lock);
    let lock = lock.expect("her lock");
    lock.lock_exclusive().expect("nobody else");
    tab.scripts(false);
    pictures(&tab, "busy", &list);
    drop(lock);

    site.dovecot_mut().stop();
    pictures(&tab, "away", &compare);
    pictures(&tab, "unreachable", &cold);
}

/// Rows of a list ticked with the mouse.
fn tick(tab: &Tab, rows: &[u32]) {
    for row in rows {
        tab.click(&format!(".row:nth-child({row}) .tick"));
    }
}

#[test]
fn acting_without_script_has_its_pictures() {
    let site = lived_in();
    let (_, text) = html_and_text(&site);
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    tab.scripts(false);
    let list = format!("{}/", site.url());
    for (window, width, height, phone) in WINDOWS {
        tab.viewport(width, height, if phone { 2.0 } else { 1.0 }, phone);
        for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
            tab.prefer(scheme);
            let taken = |name: &str| {
                tab.screenshot(&format!("{name}-{window}-{mode}"));
                expect_no_sideways_scroll(&tab, &format!("{name} at {window}"));
            };
            tab.open(&list);
            tick(&tab, &[2, 4]);
            taken("ticked");
            tab.click(".bulk summary");
            taken("ticked-more");
            tab.open(&text);
            tab.click(".tools summary");
            taken("message-more");
            tab.open(&list);
            tick(&tab, &[1]);
            tab.click_to(".bulk button[value=move]");
            taken("move");
            tab.open(&list);
            tick(&tab, &[1, 2]);
            tab.click(".bulk summary");
            tab.click_to(".bulk button[value=star]");
            taken("starred");
            tab.click_to(".note button");
        }
    }
}

#[test]
fn keys_press_the_buttons_that_can_be_seen() {
    let site = lived_in();
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    let list = format!("{}/", site.url());
    let first = "document.querySelector('.row .subject').innerText";
    tab.open(&list);
    let subject = tab.evaluate(first);
    tab.press("/");
    assert_eq!(tab.evaluate("document.activeElement.name"), json!("q"));
    // What is typed there is no key.
    tab.press("e");
    assert_eq!(tab.evaluate("document.activeElement.value"), json!("e"));
    tab.open(&list);
    // Nothing is ticked: there is nothing to be archived.
    tab.press("e");
    assert_eq!(tab.evaluate("location.search"), json!(""));
    tick(&tab, &[1]);
    tab.changing(|| tab.press("e"));
    tab.wait_for("document.querySelector('.note')");
    assert_ne!(tab.evaluate(first), subject);
    tab.wait_for("document.querySelector('.note button')");
    tab.changing(|| tab.click(".note form:last-child button"));
    assert_eq!(tab.evaluate(first), subject);
    // In a message, the buttons are those of the message, in its menu too.
    tab.click_to(".row:first-child > a");
    tab.changing(|| tab.press("s"));
    tab.wait_for("document.querySelector('.note')?.innerText.includes('1 message')");
    tab.changing(|| tab.press("#"));
    tab.wait_for("document.querySelector('.note')?.innerText.includes('moved to')");
    assert_ne!(tab.evaluate(first), subject);
}

#[test]
fn writing_has_its_pictures() {
    let site = Site::new()
        .dovecot(ROLES)
        .messages(3)
        .config("[identities]\ndomains = [\"example.org\"]")
        .start();
    let page = site.sign_in("ann").get("/compose");
    let long = format!("{}.pdf", "a very long name of a file ".repeat(8));
    let form = page.form("write").set("to", "Bo Lind <bo@example.org>");
    let form = form
        .set("subject", "The third geranium")
        .set("text", "Dear Bo,\n\nthe third geranium is for you.\n\nAnn");
    let kept = form
        .file("files", "Übersicht.pdf", &[7; 70_000])
        .file("files", &long, b"x")
        .file("files", "שלום.docx", b"y")
        .press("do", "keep");
    kept.has_status(200);
    let with_files = format!("http://{}{}", site.apache().address(), kept.target());
    let browser = Chromium::start();
    let tab = browser.tab();
    type_sign_in(&site, &tab);
    for (window, width, height, phone) in WINDOWS {
        tab.viewport(width, height, if phone { 2.0 } else { 1.0 }, phone);
        let taken = |name: &str| {
            for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
                tab.prefer(scheme);
                tab.screenshot(&format!("{name}-{window}-{mode}"));
            }
            expect_no_sideways_scroll(&tab, &format!("{name} at {window}"));
            expect_named(&tab);
        };
        tab.open(&with_files);
        taken("compose-files");
        tab.fill("#w-to", "nobody, Cas Lund <cas@>");
        tab.loading(|| tab.click(".tools button[value=send]"));
        assert!(
            tab.text().contains("is not a valid address"),
            "{}",
            tab.text()
        );
        taken("compose-errors");
        tab.open(&format!("{}/unsent", site.url()));
        taken("unsent");
    }
}
