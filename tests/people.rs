//! The people whom a user writes to: kept in mind, suggested where a message is written, forgotten.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::acts::Says as _;
use crate::look;
use crate::sender::write_settings;
use crate::support::chromium::{Chromium, Scheme, Tab};
use crate::support::mailbox::ROLES;
use crate::support::page::Page;
use crate::support::place;
use crate::support::sink::SmtpSink;
use crate::support::site::{Plan, Site};
use crate::support::visitor::Visitor;

fn plan(sink: &SmtpSink) -> Plan {
    Site::new()
        .messages(1)
        .config("[identities]\ndomains = [\"example.org\"]")
        .config(&sink.config())
        .dovecot(ROLES)
}

fn file(site: &Site) -> PathBuf {
    site.user_dir().join("profile/recipients.toml")
}

fn write_file(site: &Site, text: &str) {
    let file = file(site);
    let dir = file.parent().expect("profile/");
    fs::create_dir_all(dir).expect("profile/");
    fs::write(&file, text).expect("recipients.toml");
    place::give_to_worker(dir);
    place::give_to_worker(&file);
}

/// So many people whom Ann has written to: `Person 1 <p1@example.net>` and so on, the first one most often.
pub fn write(site: &Site, count: usize) {
    let people = (1..=count).map(|n| {
        let often = count - n + 1;
        format!(
            "[[recipients]]\naddress = \"p{n}@example.net\"\nname = \"Person {n}\"\ncount = {often}\nlast = 1700000000\n"
        )
    });
    write_file(site, &people.collect::<String>());
}

fn send(ann: &Visitor, fields: &[(&str, &str)]) -> Page {
    let page = ann.get("/compose");
    let form = page.form("write").set("subject", "x").set("text", "y");
    let filled = fields.iter();
    filled
        .fold(form, |form, (name, value)| form.set(name, value))
        .press("do", "send")
}

fn suggested(ann: &Visitor) -> Vec<String> {
    ann.get("/compose")
        .attributes_of("datalist option", "value")
}

#[test]
fn whoever_a_message_was_sent_to_is_suggested_from_then_on() {
    let sink = SmtpSink::start(false);
    let site = plan(&sink).start();
    let ann = site.sign_in("ann");
    assert!(suggested(&ann).is_empty());
    ann.get("/people")
        .shows("People that you write to will appear here.");
    let to = "Bo <bo@example.org>, ANN@example.org, Shop <no-reply@shop.example>";
    let sent = [
        ("to", to),
        ("cc", "\"Müller, Cas\" <cas@example.org>"),
        ("bcc", "dee@example.org"),
    ];
    send(&ann, &sent).says("Message sent");
    send(&ann, &[("to", "BO@example.org")]).says("Message sent");
    assert_eq!(
        suggested(&ann),
        [
            "Bo <BO@example.org>",
            "\"Müller, Cas\" <cas@example.org>",
            "dee@example.org"
        ]
    );
    let kept = fs::read_to_string(file(&site)).expect("recipients.toml");
    assert!(
        kept.contains("count = 2") && !kept.contains("reply"),
        "{kept}"
    );
    // What was not sent went to nobody.
    sink.rules(json!({"refuse": {"eve@example.org": "550 no"}}));
    send(&ann, &[("to", "eve@example.org")]);
    send(&ann, &[("to", "nobody, fay@example.org")]).has_status(422);
    // Nor is anybody kept whose user does not want it.
    write_settings(&site, "collect = false\n");
    send(&ann, &[("to", "gus@example.org")]).says("Message sent");
    assert_eq!(
        fs::read_to_string(file(&site)).expect("recipients.toml"),
        kept
    );
}

#[test]
fn rule_20_without_script_one_more_field_adds_a_recipient() {
    let sink = SmtpSink::start(false);
    let site = plan(&sink).start();
    let ann = site.sign_in("ann");
    assert!(
        ann.get("/compose")
            .attributes_of("#w-more", "name")
            .is_empty()
    );
    write(&site, 130);
    let page = ann.get("/compose");
    assert_eq!(
        page.attributes_of("#w-more", "list"),
        page.attributes_of("datalist", "id")
    );
    let options = page.attributes_of("datalist option", "value");
    assert_eq!(options.len(), 100);
    assert_eq!(
        options.first().map(String::as_str),
        Some("Person 1 <p1@example.net>")
    );
    let page = page
        .form("write")
        .set("more_to", &options[4])
        .press("do", "renew");
    assert_eq!(
        page.form("write").value("to"),
        Some("Person 5 <p5@example.net>")
    );
    assert_eq!(page.form("write").value("more_to"), Some(""));
    let form = page
        .form("write")
        .set("more_to", "p6@example.net")
        .set("subject", "x");
    form.press("do", "send").says("Message sent to 2 people.");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let shown = "getComputedStyle(document.querySelector('.field.unscripted')).display";
    tab.open(&format!("{}/compose", site.url()));
    assert_eq!(tab.evaluate(shown), json!("none"));
    tab.scripts(false);
    for (width, name) in [(390, "390"), (1280, "1280")] {
        tab.viewport(width, 844, 1.0, width < 500);
        tab.open(&format!("{}/compose", site.url()));
        tab.screenshot(&format!("compose-unscripted-{name}"));
    }
}

#[test]
fn rule_20_without_script_recipients_are_picked_on_a_page() {
    let sink = SmtpSink::start(false);
    let site = plan(&sink).start();
    let ann = site.sign_in("ann");
    write(&site, 150);
    let page = ann.get("/compose");
    let form = page.form("write").set("to", "bo@example.org,");
    let form = form.set("subject", "Picked").set("text", "Hello\n\nBo");
    let picker = form.file("files", "a.txt", b"one").press("do", "pick");
    picker.shows("Choose recipients");
    let boxes = picker.attributes_of(".recipients input", "value");
    assert_eq!(boxes.len(), 150);
    let form = picker.form("write");
    assert_eq!(form.value("text"), Some("Hello\n\nBo"));
    let page = form.tick("more_to", &boxes[3]).tick("more_to", &boxes[149]);
    let page = page.press("do", "renew");
    let form = page.form("write");
    assert_eq!(
        form.value("to"),
        Some(format!("bo@example.org, {}, {}", boxes[3], boxes[149]).as_str())
    );
    page.shows("a.txt");
    // Whoever goes back has picked nobody.
    let picker = form.press("do", "pick");
    let page = picker.click("Back to the message");
    page.form("write")
        .press("do", "send")
        .says("Message sent to 3 people.");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let page = ann.get("/compose");
    let picker = page.form("write").set("subject", "x").press("do", "pick");
    let (_, path) = picker.target().split_once("/compose").expect("a page");
    let url = format!("{}/compose{path}", site.url());
    look::pictures(&tab, "picker", &url);
    look::expect_named(&tab);
}

#[test]
fn one_is_forgotten_with_undo_and_all_after_a_question() {
    let sink = SmtpSink::start(false);
    let site = plan(&sink).start();
    let ann = site.sign_in("ann");
    write(&site, 3);
    let before = fs::read_to_string(file(&site)).expect("recipients.toml");
    let page = ann.get("/settings").click("Suggested recipients");
    page.shows("Person 2 <p2@example.net>");
    let gone = page.form("forget").press("person", "p2@example.net");
    gone.says("p2@example.net will no longer be suggested.")
        .hides("Person 2");
    assert_eq!(suggested(&ann).len(), 2);
    gone.click("Undo")
        .says("p2@example.net will be suggested again.");
    let after = fs::read_to_string(file(&site)).expect("recipients.toml");
    let counts = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.retain(|line| !line.is_empty());
        lines.sort();
        lines
    };
    assert_eq!(counts(&after), counts(&before));
    let question = ann.get("/people").click("Remove all");
    question.shows("3 people will no longer be suggested.");
    assert_eq!(suggested(&ann).len(), 3);
    let done = question.form_at("form.choose", 0).submit();
    done.says("All suggested recipients were removed.");
    assert!(suggested(&ann).is_empty());
}

#[test]
fn what_cannot_be_read_keeps_nobody_from_writing() {
    let sink = SmtpSink::start(false);
    let site = plan(&sink).start();
    let ann = site.sign_in("ann");
    for damaged in ["recipients = 1\n", "\u{0}", "[[recipients]]\naddress = 3\n"] {
        write_file(&site, damaged);
        assert!(suggested(&ann).is_empty());
        send(&ann, &[("to", "bo@example.org")]).says("Message sent");
        assert_eq!(fs::read_to_string(file(&site)).expect("the file"), damaged);
        ann.get("/people").shows("Your settings cannot be read");
    }
    assert_eq!(sink.taken().len(), 3);
    let log = site.log();
    assert!(
        log.contains("recipients.toml") && !log.contains("bo@"),
        "{log}"
    );
}

const TO: &str = "#w-to";
const VALUE: &str = "document.querySelector('#w-to').value";
const OFFERED: &str = "[...document.querySelectorAll('.suggestions li')].map(e => e.textContent)";
const MEANT: &str = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent ?? null";

fn writing(site: &Site, ann: &Visitor, browser: &Chromium) -> Tab {
    let tab = browser.tab();
    tab.take_cookies(ann);
    tab.viewport(1280, 844, 1.0, false);
    tab.open(&format!("{}/compose", site.url()));
    tab
}

/// Types letter by letter at the end of a field.
fn type_in(tab: &Tab, text: &str) {
    for letter in text.chars() {
        tab.press(&letter.to_string());
    }
}

#[test]
fn with_script_a_list_completes_what_stands_behind_the_last_comma_by_keyboard() {
    let sink = SmtpSink::start(false);
    let site = plan(&sink).start();
    let ann = site.sign_in("ann");
    write_file(
        &site,
        "[[recipients]]\naddress = \"bo@example.org\"\nname = \"Bo Lund\"\ncount = 9\n\
         [[recipients]]\naddress = \"beate@example.org\"\nname = \"Lund, Beate\"\ncount = 5\n\
         [[recipients]]\naddress = \"cas@example.org\"\ncount = 2\n",
    );
    let browser = Chromium::start();
    let tab = writing(&site, &ann, &browser);
    tab.click(TO);
    assert_eq!(tab.evaluate(OFFERED), json!([]));
    type_in(&tab, "lu");
    let (bo, beate) = (
        "Bo Lund <bo@example.org>",
        "\"Lund, Beate\" <beate@example.org>",
    );
    assert_eq!(tab.evaluate(OFFERED), json!([bo, beate]));
    assert_eq!(tab.evaluate(MEANT), json!(bo));
    tab.press("ArrowDown");
    assert_eq!(tab.evaluate(MEANT), json!(beate));
    tab.press("ArrowDown");
    assert_eq!(tab.evaluate(MEANT), json!(bo));
    tab.press("ArrowUp");
    tab.press("Enter");
    assert_eq!(tab.evaluate(VALUE), json!(format!("{beate}, ")));
    assert_eq!(tab.evaluate(OFFERED), json!([]));
    // The comma within the name parts nothing; whoever is in the field is not offered again.
    type_in(&tab, "lund");
    assert_eq!(tab.evaluate(OFFERED), json!([bo]));
    tab.press("Tab");
    assert_eq!(tab.evaluate(VALUE), json!(format!("{beate}, {bo}, ")));
    assert_eq!(tab.evaluate("document.activeElement.id"), json!("w-to"));
    // Escape closes the list and nothing else.
    type_in(&tab, "ca");
    tab.press("Escape");
    assert_eq!(tab.evaluate(OFFERED), json!([]));
    type_in(&tab, "s");
    assert_eq!(tab.evaluate(OFFERED), json!(["cas@example.org"]));
    // A whole address is taken as it is typed.
    tab.evaluate("document.querySelector('#w-to').value = ''");
    type_in(&tab, "b@example.org");
    assert_eq!(tab.evaluate(MEANT), json!(null));
    tab.press("Tab");
    assert_eq!(tab.evaluate(VALUE), json!("b@example.org"));
    assert_eq!(
        tab.evaluate("document.activeElement.id !== 'w-to'"),
        json!(true)
    );
    // What was pasted, in whatever way it is parted.
    for parted in [
        "x@example.org; ",
        "x@example.org\n",
        "\"A, B\" <x@example.org>,",
    ] {
        tab.evaluate("document.querySelector('#w-to').value = ''");
        tab.fill(TO, parted);
        type_in(&tab, "cas");
        tab.press("Enter");
        let value = tab.evaluate(VALUE);
        let value = value.as_str().expect("a text");
        assert!(
            value.ends_with("cas@example.org, ") && value.starts_with(parted.trim_end_matches(' ')),
            "{value:?}"
        );
    }
    // Within what is there already, and by mouse.
    tab.evaluate("(() => { const f = document.querySelector('#w-to'); f.value = 'x@example.org, lu, y@example.org'; f.setSelectionRange(17, 17); f.focus(); f.dispatchEvent(new Event('input', { bubbles: true })); })()");
    tab.click(".suggestions li:nth-child(2)");
    assert_eq!(
        tab.evaluate(VALUE),
        json!(format!("x@example.org, {beate}, y@example.org"))
    );
    tab.fill("#w-subject", "x");
    tab.changing(|| tab.click(".tools .primary"));
    tab.wait_for("document.body.innerText.includes('Message sent to 3 people.')");
    tab.expect_quiet();
}

#[test]
fn whoever_is_not_in_the_page_is_asked_for() {
    let sink = SmtpSink::start(false);
    let site = plan(&sink).start();
    let ann = site.sign_in("ann");
    write(&site, 150);
    let browser = Chromium::start();
    let tab = writing(&site, &ann, &browser);
    tab.click(TO);
    type_in(&tab, "person 14");
    tab.wait_for("document.querySelectorAll('.suggestions li').length === 8");
    // Those of the page first: person 14 is written to more often than person 140.
    assert_eq!(tab.evaluate(MEANT), json!("Person 14 <p14@example.net>"));
    tab.press("ArrowUp");
    tab.press("Enter");
    assert_eq!(
        tab.evaluate(VALUE),
        json!("Person 146 <p146@example.net>, ")
    );
    tab.expect_quiet();
    // It is nobody else's, and no page.
    let stranger = site.visitor().get("/suggest?find=p");
    stranger.hides("Person");
}

#[test]
fn the_pages_fit_every_window_and_name_everything_that_acts() {
    let sink = SmtpSink::start(false);
    let site = plan(&sink).start();
    let ann = site.sign_in("ann");
    write(&site, 12);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    for (name, path) in [("people", "/people"), ("people-all", "/people?ask=1")] {
        look::pictures(&tab, name, &format!("{}{path}", site.url()));
        look::expect_named(&tab);
    }
    for (width, height, phone) in [(1280, 844, false), (390, 844, true)] {
        let tab = writing(&site, &ann, &browser);
        tab.viewport(width, height, 1.0, phone);
        tab.click(TO);
        type_in(&tab, "pers");
        for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
            tab.prefer(scheme);
            tab.screenshot(&format!("suggestions-{width}-{mode}"));
        }
        look::expect_named(&tab);
    }
}

#[test]
fn what_is_redirected_gets_its_recipients_in_the_same_way() {
    let sink = SmtpSink::start(false);
    let site = plan(&sink).start();
    let ann = site.sign_in("ann");
    write(&site, 3);
    write_settings(
        &site,
        "[[identities]]\naddress = \"ann@example.org\"\nsignature = \"A\"\n[[identities]]\naddress = \"a@example.org\"\n",
    );
    // Only who may write as several has a choice.
    site.configure(&format!("{}\n[identities]\nany = true\n", sink.config()));
    let message = ann.get("/").click("Message 1");
    let answers = message.attributes_of("a[href*='how=redirect']", "href");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let (_, path) = answers
        .first()
        .and_then(|href| href.split_once("/compose"))
        .expect("a link");
    tab.open(&format!("{}/compose{path}", site.url()));
    tab.evaluate("(() => { const from = document.querySelector('#w-from'); from.value = 'a@example.org'; from.dispatchEvent(new Event('change', { bubbles: true })); })()");
    tab.click(TO);
    type_in(&tab, "person 2");
    tab.press("Enter");
    assert_eq!(tab.evaluate(VALUE), json!("Person 2 <p2@example.net>, "));
    assert_eq!(
        tab.evaluate("document.querySelector('[name=signed]').value"),
        json!("a@example.org")
    );
    tab.expect_quiet();
}
