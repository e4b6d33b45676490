//! Whose value of a setting counts, as pages show it: built in, then the hoster's, then the user's, then what is fixed.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::acts::Says as _;
use crate::look;
use crate::sender::{settings, write_settings};
use crate::support::by_hand::ByHand;
use crate::support::chromium::{Chromium, Scheme};
use crate::support::install::{self, Part};
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::place::Place;
use crate::support::site::{Site, password_of};
use crate::support::visitor::Visitor;

#[test]
fn times_are_by_the_clock_of_who_reads_them_once_script_has_told_it() {
    let site = Site::new().messages(3).start();
    let ann = site.sign_in("ann");
    ann.get("/").shows("Times are shown in UTC");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    tab.time_zone("Asia/Tokyo");
    tab.open(&format!("{}/", site.url()));
    tab.open(&format!("{}/", site.url()));
    assert!(
        tab.text().contains("Times are shown in Asia/Tokyo"),
        "{}",
        tab.text()
    );
    tab.open(&format!("{}/settings", site.url()));
    assert!(
        tab.text().contains("Same as this device (Asia/Tokyo)"),
        "{}",
        tab.text()
    );
    // A choice counts before that, and what is no zone does not.
    write_settings(&site, "time_zone = \"Europe/Oslo\"\n");
    tab.open(&format!("{}/", site.url()));
    assert!(
        tab.text().contains("Times are shown in Europe/Oslo"),
        "{}",
        tab.text()
    );
    write_settings(&site, "");
    tab.evaluate("document.cookie = 'postern-zone=../../etc/passwd; path=/cgi-bin/postern'");
    tab.scripts(false);
    tab.open(&format!("{}/", site.url()));
    assert!(
        tab.text().contains("Times are shown in UTC"),
        "{}",
        tab.text()
    );
}

#[test]
fn built_in_gives_way_to_the_hoster_and_the_hoster_to_the_user() {
    let site = Site::new().messages(60).start();
    let ann = site.sign_in("ann");
    let shows = |rows: &str, zone: &str| {
        let page = ann.get("/");
        page.shows(&format!("1–{rows} of 60"));
        page.shows(&format!("Times are shown in {zone}"));
    };
    shows("50", "UTC");
    site.configure("[settings]\nrows = 20\ntime_zone = \"Asia/Tokyo\"");
    shows("20", "Asia/Tokyo");
    write_settings(&site, "rows = 30\n");
    shows("30", "Asia/Tokyo");
    write_settings(&site, "rows = 30\ntime_zone = \"Europe/Oslo\"\n");
    shows("30", "Europe/Oslo");
    site.configure("[settings]\nrows = 20\n[fixed]\nrows = 10");
    shows("10", "Europe/Oslo");
    // What the two keys were called before there were settings.
    fs::remove_file(settings(&site)).expect("settings.toml");
    site.configure("[limits]\nrows = 25");
    shows("25", "UTC");
}

#[test]
fn a_value_that_makes_no_sense_is_told_and_the_hosters_counts() {
    let site = Site::new()
        .messages(60)
        .config("[settings]\nrows = 20")
        .start();
    let ann = site.sign_in("ann");
    let by_hand = "rows = 100000\n";
    write_settings(&site, by_hand);
    let page = ann.get("/");
    page.shows("1–20 of 60")
        .shows("Your settings cannot be read.");
    let log = site.log();
    assert!(
        log.contains("settings.toml: rows must be 10 to 200"),
        "{log}"
    );
    let kept = fs::read_to_string(settings(&site)).expect("settings.toml");
    assert_eq!(kept, by_hand);
}

#[test]
fn the_settings_are_read_once_for_a_page() {
    install::need(Part::Strace);
    let site = Site::new().messages(3).start();
    let ann = site.sign_in("ann");
    write_settings(&site, "rows = 30\nremote_from = [\"bo@example.org\"]\n");
    let place = Place::new("strace");
    let calls = place.join("calls");
    // The program runs as somebody else.
    fs::write(&calls, "").expect("a file");
    crate::support::place::give_to_worker(&calls);
    let (file, out) = (
        settings(&site).display().to_string(),
        calls.display().to_string(),
    );
    let outcome = ByHand::get(&site.program(), "/")
        .by(&ann)
        .under(&[
            "strace",
            "-f",
            "-qq",
            "-o",
            &out,
            "-P",
            &file,
            "-e",
            "trace=openat",
        ])
        .run();
    assert!(
        outcome.answer.is_some_and(|a| a.status == 200),
        "{}",
        outcome.errors
    );
    let calls = fs::read_to_string(&calls).expect("the calls");
    assert_eq!(calls.matches("settings.toml").count(), 1, "{calls}");
}

/// Two versions of one letter.
const BOTH: &str = "From: Bo <bo@example.org>
To: Ann <ann@example.org>
Subject: Both
Message-ID: <both@example.org>
Content-Type: multipart/alternative; boundary=part

--part
Content-Type: text/plain

the plain one
--part
Content-Type: text/html

<p>the other one
--part--
";

/// Sets one thing on the page of settings.
fn set(ann: &Visitor, name: &str, value: &str) -> Page {
    let page = ann.get("/").click("Settings");
    let page = page.form("settings").set(name, value).submit();
    page.has_status(200).says("Settings saved.");
    page
}

#[test]
fn each_setting_of_the_page_takes_effect_and_can_be_undone() {
    let site = Site::new()
        .messages(60)
        .mails("ann", "INBOX", vec![Mail::written(BOTH)])
        .config("[identities]\ndomains = [\"example.org\"]")
        .start();
    let ann = site.sign_in("ann");
    write_settings(&site, "later = \"kept\"\n");
    ann.get("/").shows("1–50 of 61");
    let saved = set(&ann, "rows", "10");
    ann.get("/").shows("1–10 of 61");
    saved.click("Undo").says("Settings saved.");
    ann.get("/").shows("1–50 of 61");

    set(&ann, "time_zone", "Asia/Tokyo").shows("Times are shown in Asia/Tokyo");
    set(&ann, "time_zone", "").shows("Times are shown in UTC");

    assert!(ann.get("/").attributes_of("html", "data-theme").is_empty());
    let page = set(&ann, "theme", "dark");
    assert_eq!(page.attributes_of("html", "data-theme"), ["dark"]);

    let html = ann.get("/").click("Both");
    html.shows("Plain text").hides("HTML version");
    set(&ann, "show_first", "text");
    let text = ann.get("/").click("Both");
    text.shows("the plain one");
    // The other version is one click away, on paper too.
    text.click("HTML version")
        .shows("Plain text")
        .hides("HTML version");
    text.click("Print").shows("the plain one");

    let reply = |ann: &Visitor| {
        let page = ann.get("/").click("Both").click("Reply");
        page.form("write").value("text").expect("a text").to_owned()
    };
    let above = reply(&ann);
    assert!(
        above.starts_with("\n\n") && above.ends_with("> the plain one\n"),
        "{above:?}"
    );
    set(&ann, "reply", "below");
    let below = reply(&ann);
    assert!(
        !below.starts_with('\n') && below.ends_with("> the plain one\n\n\n"),
        "{below:?}"
    );

    assert!(
        !ann.get("/")
            .attributes_of("main [aria-keyshortcuts]", "aria-keyshortcuts")
            .is_empty()
    );
    set(&ann, "keys", "off");
    assert!(
        ann.get("/")
            .attributes_of("main [aria-keyshortcuts]", "aria-keyshortcuts")
            .is_empty()
    );

    set(&ann, "after_delete", "list");
    set(&ann, "marked", "hidden");
    let kept = fs::read_to_string(settings(&site)).expect("settings.toml");
    for line in [
        "later = \"kept\"",
        "theme = \"dark\"",
        "show_first = \"text\"",
        "reply = \"below\"",
        "keys = false",
        "after_delete = \"list\"",
        "marked = \"hidden\"",
        "rows = 50",
        "time_zone = \"\"",
    ] {
        assert!(kept.contains(line), "{line} in {kept}");
    }
}

#[test]
fn what_is_no_value_gives_the_form_again_with_everything_that_was_typed() {
    let site = Site::new().messages(1).start();
    let ann = site.sign_in("ann");
    for (name, value) in [
        ("rows", "9"),
        ("rows", "many"),
        ("rows", "20\r\nkeys = false"),
        ("time_zone", "Nowhere/Atlantis"),
        ("time_zone", "../../etc/passwd"),
        ("theme", "\"dark\""),
        ("keys", "\0"),
    ] {
        let form = ann.get("/settings");
        let form = form
            .form("settings")
            .set("show_first", "text")
            .unset(name)
            .smuggle(name, value);
        let page = form.submit();
        page.has_status(422).says("not been saved yet");
        assert_eq!(
            page.attributes_of("[aria-invalid]", "name"),
            [name],
            "{value:?}"
        );
        assert_eq!(page.form("settings").value("show_first"), Some("text"));
        if name == "rows" {
            page.says("Messages per page: Enter a number from 10 to 200.");
        }
        assert!(!settings(&site).exists(), "{name} = {value:?}");
    }
}

#[test]
fn what_the_hoster_has_fixed_is_said_and_not_offered() {
    let site = Site::new()
        .messages(30)
        .config("[fixed]\nrows = 20\ntheme = \"light\"\n[settings]\nshow_first = \"text\"")
        .start();
    let ann = site.sign_in("ann");
    let page = ann.get("/settings");
    page.shows("20 Set by your provider")
        .shows("Light Set by your provider");
    let form = page.form("settings");
    assert!(!form.names().contains(&"rows") && !form.names().contains(&"theme"));
    assert_eq!(form.value("show_first"), Some("text"));
    // What is sent all the same does nothing, nor does what did not change become the user's own.
    form.smuggle("rows", "10").submit().says("Settings saved.");
    ann.get("/").shows("1–20 of 30");
    assert!(!settings(&site).exists());
    site.configure("[settings]\nrows = 10\nundo_seconds = 7");
    ann.get("/").has_status(500);
    let said = ann.evidence();
    assert!(
        said.contains("undo_seconds must be 0, 5, 10, 20 or 30"),
        "{said}"
    );
}

#[test]
fn settings_typed_when_the_session_had_ended_are_shown_again() {
    let site = Site::new().messages(1).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/settings");
    let form = page.form("settings").set("rows", "70").set("theme", "dark");
    crate::disk::age_sessions(&site, "ann", Duration::from_secs(9 * 3600));
    let page = form.submit();
    page.has_status(401);
    let form = page.form("sign-in").set("login", "ann");
    let page = form.set("password", &password_of("ann")).submit();
    page.says("have not been saved yet");
    assert_eq!(page.form("settings").value("rows"), Some("70"));
    page.form("settings").submit().says("Settings saved.");
    let kept = fs::read_to_string(settings(&site)).expect("settings.toml");
    assert!(
        kept.contains("rows = 70") && kept.contains("dark"),
        "{kept}"
    );
}

#[test]
fn a_theme_goes_before_what_the_device_prefers() {
    let site = Site::new().messages(2).start();
    let ann = site.sign_in("ann");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let ground = |theme: &str, device| {
        set(&ann, "theme", theme);
        tab.prefer(device);
        tab.open(&format!("{}/", site.url()));
        tab.evaluate("[getComputedStyle(document.body).colorScheme, getComputedStyle(document.documentElement).backgroundColor]")
    };
    let light = json!(["light", "rgb(238, 240, 244)"]);
    let dark = json!(["dark", "rgb(15, 18, 23)"]);
    assert_eq!(ground("light", Scheme::Dark), light);
    assert_eq!(ground("dark", Scheme::Light), dark);
    assert_eq!(ground("system", Scheme::Dark)[1], dark[1]);
    assert_eq!(ground("system", Scheme::Light)[1], light[1]);
}

#[test]
fn the_pages_fit_every_window_and_name_everything_that_acts() {
    let site = Site::new()
        .messages(2)
        .config("[fixed]\nmarked = \"hidden\"")
        .start();
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&site.sign_in("ann"));
    let settings = format!("{}/settings", site.url());
    look::pictures(&tab, "settings", &settings);
    look::expect_named(&tab);
    tab.evaluate("document.querySelector('[name=rows]').value = 'many'");
    tab.click_to(".settings .primary");
    look::expect_named(&tab);
    tab.viewport(390, 844, 2.0, true);
    tab.screenshot_of_all("settings-wrong-390");
    let told = "document.getElementById(document.querySelector('[aria-invalid]').getAttribute('aria-describedby')).innerText";
    assert_eq!(tab.evaluate(told), json!("Enter a number from 10 to 200."));
}
