//! Whose value of a setting counts, as pages show it: built in, then the hoster's, then the user's, then what is fixed.

use std::fs;

use crate::sender::{settings, write_settings};
use crate::support::by_hand::ByHand;
use crate::support::install::{self, Part};
use crate::support::place::Place;
use crate::support::site::Site;

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
