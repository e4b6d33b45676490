//! Floods from people without a session: strangers, forged cookies, those of another installation, guesses at the door.
//! They open no store, make no directory, and shut nobody out who belongs here.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use crate::support::cookies::Cookie;
use crate::support::kernel::{self, until};
use crate::support::page::Page;
use crate::support::proxy::Trouble;
use crate::support::random::Random;
use crate::support::site::{Site, password_of};
use crate::support::visitor::Visitor;

/// Requests of a flood; 2,000 and more by POSTERN_FLOOD.
fn size() -> usize {
    let more = std::env::var("POSTERN_FLOOD").ok();
    more.map_or(400, |n| n.parse().expect("a number"))
}

/// Every file below a directory, with its length and the moment of its last change.
fn snapshot(dir: &Path) -> BTreeMap<PathBuf, (u64, i64, i64)> {
    let mut all = BTreeMap::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
            let path = entry.expect("an entry").path();
            let told = fs::metadata(&path).expect("its metadata");
            if told.is_dir() {
                dirs.push(path.clone());
            }
            all.insert(path, (told.len(), told.mtime(), told.mtime_nsec()));
        }
    }
    all
}

/// The cookie of a visitor's session.
fn session_cookie(visitor: &Visitor) -> Cookie {
    let mut all = visitor.cookies();
    all.retain(|c| !c.name.ends_with("-form"));
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

const PATHS: [&str; 5] = [
    "/",
    "/folder?f=Sent&compare=1",
    "/message?f=INBOX&v=1&u=1&r=0",
    "/frame?f=INBOX&v=1&u=1",
    "/sign-in",
];

/// Floods a site from eight sides, each request with a cookie of its own making, each fifth a sign-in.
fn flood(site: &Site, cookie: impl Fn(&mut Random) -> Option<Cookie> + Sync) {
    let sides = 8;
    thread::scope(|scope| {
        for side in 0..sides {
            let cookie = &cookie;
            scope.spawn(move || {
                let mut random = Random::seeded(side);
                let stranger = site.visitor();
                let form = stranger.get("/sign-in");
                let form = form.form("sign-in").set("password", "guess");
                let mut guess = form.request();
                for n in 0..size() / usize::try_from(sides).expect("eight") {
                    if let Some(cookie) = cookie(&mut random) {
                        stranger.put_cookie(cookie);
                    }
                    if n % 5 == 4 {
                        let name = format!("user{}", random.number());
                        let body = String::from_utf8(guess.body.clone()).expect("a form");
                        guess.body = body.replace("login=", &format!("login={name}&x=")).into();
                        let page = stranger.send(&guess);
                        page.expect(matches!(page.status(), 401 | 429), || "let in".to_owned());
                        continue;
                    }
                    let page = stranger.get_once(PATHS[n % PATHS.len()]);
                    page.expect(matches!(page.status(), 200 | 401), || {
                        "neither the form nor a refusal".to_owned()
                    });
                    page.hides("Message 3");
                }
            });
        }
    });
}

#[test]
fn strangers_and_forgers_open_no_store_and_make_no_directory() {
    let site = Site::new()
        .messages(3)
        .config("[limits]\nlogins_per_minute = 1000")
        .start();
    let elsewhere = Site::with_inbox(3);
    let foreign = session_cookie(&elsewhere.sign_in("ann"));
    flood(&site, |_| None);
    assert!(!site.state_dir().join("users").exists());
    let ours = [".htaccess", "log", "secret", "slots", "throttle"];
    for name in fs::read_dir(site.state_dir()).expect("the state") {
        let name = name.expect("an entry").file_name();
        assert!(ours.iter().any(|n| name == *n), "{name:?} was made");
    }

    let ann = site.sign_in("ann");
    let own = session_cookie(&ann);
    let users = site.state_dir().join("users");
    let before = snapshot(&users);
    flood(&site, |random| {
        let mut cookie = own.clone();
        match random.below(3) {
            0 => cookie.value = foreign.value.clone(),
            1 => cookie.value = format!("{:x}", random.number()).repeat(8),
            _ => {
                // One letter of a good one is another.
                let mut letters: Vec<char> = own.value.chars().collect();
                let at = usize::try_from(random.below(letters.len() as u64)).expect("small");
                // The last letter of all may carry bits that mean nothing.
                let at = at.min(letters.len() - 2);
                letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
                cookie.value = letters.into_iter().collect();
            }
        }
        Some(cookie)
    });
    assert_eq!(
        snapshot(&users),
        before,
        "a stranger reached a user's directory"
    );
    let throttle = fs::metadata(site.state_dir().join("throttle")).expect("throttle");
    assert_eq!(throttle.len(), 65_536);
    ann.get("/").has_status(200).shows("Message 3");
}

/// Fills in the form and sends it; the first answer.
fn attempt(visitor: &Visitor, login: &str, password: &str) -> Page {
    let form = visitor.get("/sign-in");
    let form = form.form("sign-in").set("login", login);
    form.set("password", password).submit_once()
}

/// The same through a proxy that tells another address.
fn attempt_from(visitor: &Visitor, address: &str, login: &str, password: &str) -> Page {
    let form = visitor.get("/sign-in");
    let form = form.form("sign-in").set("login", login);
    let request = form.set("password", password).request();
    visitor.send(&request.header("X-Forwarded-For", address))
}

/// A site whose mail server can be made slow, behind a proxy that tells its clients' addresses.
fn slow_site() -> Site {
    Site::new()
        .proxied()
        .setting("trusted_proxies = [\"127.0.0.1\"]\nallow_http = true")
        .apache("StartServers 3\n")
        .config("[limits]\nlogins_per_minute = 1000\n[gate]\ndeadline_seconds = 60")
        .start()
}

/// Guesses from these addresses, all at once.
fn guesses(site: &Site, addresses: impl Iterator<Item = String>) -> Vec<thread::JoinHandle<Page>> {
    let guess = |address: String| {
        let stranger = site.visitor();
        thread::spawn(move || attempt_from(&stranger, &address, "ben", "guess"))
    };
    addresses.map(guess).collect()
}

#[test]
fn a_network_holds_one_place_at_the_door() {
    let site = slow_site();
    site.proxy().reset();
    site.proxy().trouble(Trouble::Hold);
    let guesses = guesses(&site, (0..12).map(|n| format!("2001:db8:0:{n}::1")));
    until("eleven were sent away", || {
        guesses.iter().filter(|g| g.is_finished()).count() == 11
    });
    assert_eq!(site.proxy().counts().logins, 1);
    // An answer ends a moment before its process does.
    until("one process is left", || {
        kernel::processes(&site.program()).len() == 1
    });
    let crowded = attempt_from(&site.visitor(), "2001:db8::7", "cid", &password_of("cid"));
    crowded
        .has_status(429)
        .shows("Postern is checking other sign-ins right now");
    assert_eq!(crowded.form("sign-in").value("login"), Some("cid"));
    // Who comes from now on is not held.
    site.proxy().trouble(Trouble::None);
    let other = attempt_from(&site.visitor(), "2001:db8:7::1", "cid", &password_of("cid"));
    other.has_status(303);
    site.proxy().let_go();
    for guess in guesses {
        let page = guess.join().expect("a guess");
        page.expect(matches!(page.status(), 401 | 429), || "let in".to_owned());
    }
}

#[test]
fn ten_guessing_networks_lock_nobody_out() {
    let site = slow_site();
    let ann = site.sign_in("ann");
    let from = |n| format!("203.0.{n}.1");
    for address in (0..10).map(from) {
        attempt_from(&site.visitor(), &address, "ben", "guess").has_status(401);
    }
    site.proxy().reset();
    site.proxy().trouble(Trouble::Hold);
    let guesses = guesses(&site, (0..10).map(from));
    until("all but six were sent away", || {
        guesses.iter().filter(|g| g.is_finished()).count() >= 4
    });
    assert!(site.proxy().counts().logins <= 6);
    site.proxy().trouble(Trouble::None);
    let newcomer = attempt_from(&site.visitor(), "198.51.100.1", "cid", &password_of("cid"));
    newcomer.has_status(303);
    attempt(&ann, "ann", &password_of("ann")).has_status(303);
    site.proxy().let_go();
    for guess in guesses {
        let page = guess.join().expect("a guess");
        page.expect(matches!(page.status(), 401 | 429), || "let in".to_owned());
    }
}

#[test]
fn fifty_guesses_at_once_are_no_more_than_five() {
    let site = Site::new().proxied().apache("StartServers 3\n").start();
    let ann = site.sign_in("ann");
    site.proxy().reset();
    let begin = Instant::now();
    let stranger = site.visitor();
    let form = stranger.get("/sign-in");
    let guess = form
        .form("sign-in")
        .set("login", "ann")
        .set("password", "guess")
        .request();
    let guesses: Vec<_> = (0..50)
        .map(|_| {
            let (tab, guess) = (stranger.tab(), guess.clone());
            thread::spawn(move || tab.send(&guess))
        })
        .collect();
    for page in guesses {
        let page = page.join().expect("a guess");
        page.expect(matches!(page.status(), 401 | 429), || "let in".to_owned());
    }
    // Whoever found no place at the door was not counted; the rest of the five are used up one by one.
    while !stranger.send(&guess).has_words("Too many failed sign-ins") {}
    let allowed = 5 + begin.elapsed().as_secs() / 12;
    let logins = site.proxy().counts().logins;
    assert!(
        (1..=allowed).contains(&(logins as u64)),
        "{logins} guesses were checked"
    );
    attempt(&stranger, "ann", &password_of("ann")).has_status(429);
    attempt(&stranger, "ben", &password_of("ben")).has_status(429);
    // Her own browser is not meant, at the same address.
    attempt(&ann, "ann", &password_of("ann")).has_status(303);
}

#[test]
fn the_cookie_of_an_ended_session_costs_one_click_and_no_connection() {
    let site = Site::new().messages(3).proxied().start();
    let ann = site.sign_in("ann");
    let cookie = session_cookie(&ann);
    ann.get("/").form("sign-out").submit_once().has_status(303);
    site.proxy().reset();
    for _ in 0..3 {
        ann.put_cookie(cookie.clone());
        let page = ann.get_once("/");
        page.has_status(401).shows("Sign in").hides("Message 3");
    }
    assert_eq!(site.proxy().counts().connections, 0);
    let users = fs::read_dir(site.state_dir().join("users")).expect("users/");
    assert_eq!(users.count(), 1);
}
