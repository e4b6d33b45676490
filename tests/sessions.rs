//! Sessions and the cache behind them: several of one user, other passwords, and what of all that lies on disk.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::cost::connections;
use crate::disk;
use crate::support::by_hand::ByHand;
use crate::support::install::{self, Part};
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::place;
use crate::support::site::{Site, password_of};
use crate::support::visitor::Visitor;

/// Signs in with the form of a page, as somebody does whose session has ended.
fn sign_in_again(page: &Page, login: &str, password: &str) -> Page {
    let form = page.form("sign-in").set("login", login);
    form.set("password", password).submit()
}

#[test]
fn two_sessions_with_two_passwords_use_the_cache_side_by_side() {
    let site = Site::with_inbox(120);
    site.dovecot().add_password("ann", "App-password-2");
    let desk = site.sign_in("ann");
    let phone = site.sign_in_with("ann", "App-password-2");
    let paths: Vec<String> = {
        let list = desk.get("/");
        let older = list.link("Older");
        let message = list.link("Message 118");
        vec!["/".to_owned(), older, message]
    };
    // The first visit of each, then twenty clicks in turn.
    for browser in [&desk, &phone] {
        for path in &paths {
            browser.get(path).has_status(200);
        }
    }
    let logins = site.imap_logins();
    for n in 0..20 {
        let browser = if n % 2 == 0 { &desk } else { &phone };
        connections(browser.get(&paths[n / 2 % 3]).has_status(200), 0);
    }
    assert_eq!(site.imap_logins(), logins);
}

/// Ann with a warm cache, and a message of it.
fn warm(site: &Site) -> (Visitor, Page) {
    let ann = site.sign_in("ann");
    let message = ann.get("/").click("Message 118");
    message.shows("This is message 118.");
    (ann, message)
}

#[test]
fn a_changed_password_keeps_the_cache_of_the_browser_at_hand() {
    let site = Site::with_inbox(120);
    let (ann, message) = warm(&site);
    site.dovecot().set_password("ann", "Changed-2");
    let form = ann.get("/sign-in");
    let list = sign_in_again(&form, "ann", "Changed-2");
    connections(list.shows("Message 120"), 0);
    connections(&ann.get(message.target()), 0);
    assert_eq!(disk::sessions(&site, "ann"), 1);
}

#[test]
fn a_click_that_the_server_refuses_ends_the_session_and_keeps_the_cache() {
    let site = Site::with_inbox(120);
    let (ann, message) = warm(&site);
    site.dovecot().set_password("ann", "Changed-2");
    // What is cached is shown until the server is asked.
    connections(&ann.get(message.target()), 0);
    let other = ann.get("/").click("Message 117");
    other
        .has_status(401)
        .shows("no longer accepts your password");
    ann.get(message.target())
        .has_status(401)
        .hides("Message 118");
    let back = sign_in_again(&other, "ann", "Changed-2");
    back.has_status(200).shows("This is message 117.");
    connections(&ann.get(message.target()), 0);
    connections(&ann.get("/"), 0);
}

#[test]
fn a_server_that_is_away_ends_no_session() {
    let mut site = Site::with_inbox(120);
    let (ann, _) = warm(&site);
    site.dovecot_mut().stop();
    ann.get("/").click("Message 117").has_status(502);
    site.dovecot_mut().start_again();
    ann.get("/")
        .click("Message 117")
        .shows("This is message 117.");
}

#[test]
fn another_password_in_a_fresh_browser_begins_with_a_cold_cache() {
    let site = Site::with_inbox(120);
    let (_, message) = warm(&site);
    site.dovecot().set_password("ann", "Changed-2");
    let elsewhere = site.visitor();
    let form = elsewhere.get("/sign-in");
    let list = sign_in_again(&form, "ann", "Changed-2");
    connections(list.shows("Message 120"), 1);
    connections(&elsewhere.get(message.target()), 1);
}

#[test]
fn the_cache_outlives_signing_out() {
    let site = Site::with_inbox(120);
    let (_, message) = warm(&site);
    let (ann, _) = warm(&site);
    ann.get("/").click("Sign out").shows("You are signed out");
    let again = site.visitor();
    let form = again.get("/sign-in");
    let list = sign_in_again(&form, "ann", &password_of("ann"));
    connections(list.shows("Message 120"), 0);
    connections(&again.get(message.target()), 0);
    // Another user has nothing of it.
    let ben = site.sign_in("ben");
    ben.get(message.target()).has_status(410);
}

#[test]
fn upper_and_lower_case_are_one_person() {
    let site = Site::new()
        .user("Ann", &password_of("ann"))
        .messages(3)
        .start();
    site.sign_in("ann");
    site.sign_in_with("Ann", &password_of("ann"));
    assert_eq!(disk::sessions(&site, "ann"), 2);
    let users = fs::read_dir(site.state_dir().join("users")).expect("users/");
    assert_eq!(users.count(), 1);
}

#[test]
fn of_a_user_twenty_sessions_are_kept_the_oldest_goes() {
    let site = Site::with_inbox(3);
    let first = site.sign_in("ann");
    let second = site.sign_in("ann");
    disk::age_sessions(&site, "ann", std::time::Duration::from_secs(1200));
    // The second one is in use still; seen again, it is younger than the first.
    second.get("/").has_status(200);
    for _ in 2..20 {
        site.sign_in("ann");
    }
    assert_eq!(disk::sessions(&site, "ann"), 20);
    first.get("/").has_status(200);
    disk::age_sessions(&site, "ann", std::time::Duration::from_secs(1200));
    second.get("/").has_status(200);
    let others: Vec<Visitor> = (0..19).map(|_| site.sign_in("ann")).collect();
    assert_eq!(disk::sessions(&site, "ann"), 20);
    second.get("/").has_status(200).shows("Message 3");
    others[0].get("/").has_status(200);
    first.get("/").has_status(401).hides("Message 3");
}

/// A text in the forms in which it might lie on disk.
fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect();
    let mut forms = vec![
        ("as it is", text.as_bytes().to_vec()),
        ("in UTF-16 LE", utf16(u16::to_le_bytes)),
        ("in UTF-16 BE", utf16(u16::to_be_bytes)),
        ("in hexadecimal", {
            let hex: String = text.bytes().map(|b| format!("{b:02x}")).collect();
            hex.into_bytes()
        }),
    ];
    // Base64 depends on where the text begins: of each of the three cases, what its neighbours do not change.
    for (skip, name) in [
        (0, "in base64"),
        (1, "in base64, shifted"),
        (2, "in base64, shifted twice"),
    ] {
        let rest = &text.as_bytes()[skip..];
        let whole = &rest[..rest.len() / 3 * 3];
        forms.push((name, STANDARD_NO_PAD.encode(whole).into_bytes()));
    }
    forms
}

#[test]
fn nothing_of_a_password_or_a_mail_can_be_read_on_disk() {
    let secret = Mail::plain(
        "Ottilie Quint <ottilie.quint@museum.example>",
        "Thistle catalogue, second draft",
        "The key of the herbarium lies below the third geranium.",
    );
    let site = Site::new()
        .messages(60)
        .mails("ann", "Herbarium-letters", vec![secret])
        .start();
    let ann = site.sign_in("ann");
    let folder = ann.get("/").click("Herbarium-letters");
    folder.click("Thistle catalogue").shows("third geranium");
    ann.get("/").click("Message 49").shows("Message 49");
    // A wrong password, and one that is refused for another reason, leave no more behind.
    let stranger = site.visitor();
    let wrong = stranger.get("/sign-in");
    sign_in_again(&wrong, "ann", "Mistyped-Kettle-1887").has_status(401);
    ann.get(&folder.link("Sent"));
    let told = [
        &password_of("ann"),
        "Mistyped-Kettle-1887",
        "Thistle catalogue",
        "ottilie.quint@museum.example",
        "Ottilie Quint",
        "third geranium",
        "Herbarium-letters",
        "This is message 49",
        "Message-ID",
    ];
    // The search itself is tried on something that is there.
    let plain = site.state_dir().join("users/plain");
    for text in told {
        for (form, bytes) in forms(text) {
            let found = disk::file_with(&site, &bytes);
            assert_eq!(found, None, "{text} stands on disk {form}");
            fs::write(&plain, [b"x", &bytes[..]].concat()).expect("a file");
            assert_eq!(disk::file_with(&site, &bytes).as_ref(), Some(&plain));
            fs::remove_file(&plain).expect("the file");
        }
    }
    let files = disk::files_below(site.state_dir());
    assert!(files.iter().any(|f| f.ends_with("db")), "{files:?}");
}

/// Ann at another browser, which says what it is.
fn phone(site: &Site) -> Visitor {
    let phone = site.visitor();
    let form = phone.get("/sign-in");
    let form = form.form("sign-in").set("login", "ann");
    let request = form.set("password", &password_of("ann")).request();
    let agent = "Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0";
    phone
        .send(&request.header("User-Agent", agent))
        .has_status(303);
    phone
}

#[test]
fn the_page_of_sessions_says_whose_they_are_and_signs_them_out() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let phone = phone(&site);
    let page = ann.get("/").click("Signed-in browsers");
    page.has_status(200)
        .shows("This browser")
        .shows("Firefox on Android")
        .shows("from 127.0.0.1")
        .shows("Today");
    // No folder is open, and on a phone they are in reach of the thumb.
    assert!(
        page.attributes_of(".folders [aria-current]", "href")
            .is_empty()
    );
    assert_eq!(page.attributes_of(".steps .menu", "href"), ["#folders"]);
    // The own session stands first, the other one second.
    let form = page.form("end-session");
    let other = page.attributes_of("form[action*='end-session'] input[name=session]", "value");
    assert_eq!(other.len(), 2);
    let page = form.set("session", &other[1]).submit();
    page.has_status(200)
        .shows("That browser is signed out.")
        .hides("Firefox on Android");
    phone.get("/").has_status(401).hides("Message 3");
    // A name that is none, and one that is gone, say the same.
    for name in ["", "x", &other[1]] {
        let page = page.form("end-session").set("session", name).submit();
        page.has_status(200).shows("That browser is signed out.");
    }
    let own = page.form("end-session").set("session", &other[0]).submit();
    own.shows("You are signed out");
    ann.get("/").hides("Message 3");
}

#[test]
fn signing_out_everywhere_leaves_no_session_and_no_key_but_the_passwords() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let others = [site.sign_in("ann"), phone(&site)];
    let page = ann.get("/sessions");
    let left = page.form("end-all-sessions").submit();
    left.shows("You are signed out");
    ann.get("/").hides("Message 3");
    for browser in &others {
        browser.get("/").has_status(401).hides("Message 3");
    }
    assert_eq!(disk::sessions(&site, "ann"), 0);
    let keys = fs::read_dir(site.user_dir().join("keys")).expect("keys/");
    assert_eq!(keys.count(), 1, "the wrap");
    connections(site.sign_in("ann").get("/").shows("Message 3"), 0);
}

#[test]
fn a_session_that_has_ended_is_not_told_that_it_signed_the_others_out() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let stale = [ann.get("/sessions"), ann.get("/sessions")];
    // She has signed out in another tab, and another browser goes on.
    let other = site.sign_in("ann");
    let all = other.get("/sessions");
    let own = all.attributes_of("form[action*='end-session'] input[name=session]", "value");
    all.form("end-session").set("session", &own[1]).submit();
    for (page, act) in stale.iter().zip(["end-session", "end-all-sessions"]) {
        let form = page.form(act);
        let left = form.submit();
        left.has_status(401)
            .shows("Your session has expired")
            .hides("You are signed out");
        assert_eq!(left.attributes_of("input[name=to]", "value"), ["/sessions"]);
    }
    other.get("/").has_status(200).shows("Message 3");
}

#[test]
fn of_several_cookies_the_one_with_our_mac_counts_and_two_good_ones_do_not() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    let session_of = |browser: &Visitor| {
        let mut cookies = browser.cookies().into_iter();
        let own = cookies.find(|cookie| !cookie.name.ends_with("-form"));
        own.expect("a session")
    };
    let own = session_of(&ann);
    let mut tossed = own.clone();
    // As another host of the same domain may set it: it comes first, since its path is longer.
    tossed.path = format!("{}/", own.path);
    tossed.value = "x".repeat(tossed.value.len());
    ann.put_cookie(tossed.clone());
    ann.get("/").has_status(200).shows("Message 3");
    let thief = site.sign_in("ben");
    tossed.value = session_of(&thief).value;
    ann.put_cookie(tossed);
    let refused = ann.get_once("/");
    refused.hides("Message 3").hides("ben").shows("Password");
    let cleared = refused.header("set-cookie");
    assert!(cleared.contains("Max-Age=0"), "{cleared}");
}

#[test]
fn a_process_leaves_no_copy_of_its_memory() {
    install::need(Part::Strace);
    let site = Site::new().start();
    let said = site.place().join("calls");
    place::give_to_worker(&site.place().write("calls", ""));
    let calls = said.display().to_string();
    let outcome = ByHand::get(&site.program(), "/sign-in")
        .under(&[
            "strace",
            "-f",
            "-o",
            &calls,
            "-e",
            "trace=prctl,prlimit64,setrlimit",
        ])
        .run();
    assert!(outcome.ended.success(), "{}", outcome.errors);
    let calls = fs::read_to_string(said).expect("what strace saw");
    let is_there = |words: [&str; 2]| {
        calls
            .lines()
            .any(|line| words.iter().all(|w| line.contains(w)))
    };
    assert!(
        is_there(["PR_SET_DUMPABLE", "SUID_DUMP_DISABLE"]),
        "{calls}"
    );
    assert!(
        is_there(["RLIMIT_CORE", "rlim_cur=0, rlim_max=0"]),
        "{calls}"
    );
}
