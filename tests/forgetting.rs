//! What signing out, expiry and a new password forget: tried on copies of the disk, with the program itself.
//!
//! Two kinds of copies. The whole state directory, copied before and after, which opens with just what it should. And, since
//! whoever copies a disk also finds what was written and removed before, in sled's log and in blocks that were freed: the
//! key files as they are *after* beside the database as it was *before*, so that nothing that it ever held is missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::cost::connections;
use crate::disk;
use crate::shell;
use crate::support::by_hand::ByHand;
use crate::support::install::{self, Part};
use crate::support::page::Page;
use crate::support::site::{Site, password_of};
use crate::support::visitor::{Request, Visitor};

/// Copies a directory, in the place of whatever is there.
fn copy(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap_or_else(|e| panic!("{}: {e}", to.display()));
    }
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.is_ok_and(|s| s.success()), "cp");
}

/// The state as it was, to be tried later.
struct Before {
    copy: PathBuf,
    user: PathBuf,
}

impl Before {
    fn of(site: &Site) -> Before {
        Before::named(site, "before")
    }

    fn named(site: &Site, name: &str) -> Before {
        let before = Before {
            copy: site.place().join(name),
            user: site.user_dir(),
        };
        copy(site.state_dir(), &before.copy);
        before
    }

    /// Lets the program work on the state as it was.
    fn again(&self, site: &Site) {
        copy(&self.copy, site.state_dir());
    }

    /// Lets the program work on what a copy of the disk would hold: the key files of now, the database of then.
    fn with_the_keys_of_now(&self, site: &Site) {
        let keys = site.place().join("keys");
        copy(&self.user.join("keys"), &keys);
        copy(&self.copy, site.state_dir());
        copy(&keys, &self.user.join("keys"));
    }
}

/// Ann, who has looked at a list and a message, and what stands at her addresses.
fn reader(site: &Site) -> (Visitor, Page) {
    let ann = site.sign_in("ann");
    let message = ann.get("/").click("Message 118");
    (ann, message)
}

/// Expects that a browser reads nothing.
fn reads_nothing(browser: &Visitor, message: &Page) {
    for path in ["/", message.target()] {
        let page = browser.get(path);
        page.has_status(401).hides("Message 118");
    }
    let form = browser.get("/");
    form.hides("Inbox");
}

fn sign_in_by(form: &Page, password: &str) -> Page {
    let form = form.form("sign-in").set("login", "ann");
    form.set("password", password).submit()
}

/// Expects that a browser reads a list and a message, and that the mail server is not asked for it.
fn reads_all(browser: &Visitor, message: &Page) {
    connections(browser.get("/").shows("Message 120"), 0);
    connections(
        browser.get(message.target()).shows("This is message 118."),
        0,
    );
}

/// Expects that this password opens the cache for a new browser, or, though the server takes it, an empty one.
fn opens_by_password(site: &Site, password: &str, message: &Page, opens: bool) {
    site.dovecot().set_password("ann", password);
    let browser = site.sign_in_with("ann", password);
    connections(&browser.get(message.target()), u64::from(!opens));
}

/// Files below the copy, with their bytes.
fn raw(copy: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = disk::files_below(copy).into_iter();
    files
        .map(|file| {
            let bytes = fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            (file, bytes)
        })
        .collect()
}

/// Expects that a copy holds none of these bytes, whoever reads it.
fn holds_nothing_of(copy: &Path, secrets: &[Vec<u8>]) {
    let raw = raw(copy);
    assert!(raw.len() > 5, "{} files", raw.len());
    for secret in secrets {
        assert!(secret.len() >= 8, "a secret that may be found by chance");
        let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|w| w == secret.as_slice());
        let found = raw.iter().find(|(_, bytes)| holds(bytes));
        let found = found.map(|(file, _)| file.display());
        assert!(found.is_none(), "{:?} in {found:?}", secret.escape_ascii());
    }
}

/// What is never on the disk in a form that the disk alone opens: the password, the cookie's key, and the mail.
fn never_on_disk(ann: &Visitor) -> Vec<Vec<u8>> {
    let cookies = ann.cookies();
    let values = cookies
        .iter()
        .map(|cookie| cookie.value.clone().into_bytes());
    let parts = cookies.iter().flat_map(|cookie| {
        let decoded = URL_SAFE_NO_PAD.decode(&cookie.value).unwrap_or_default();
        // User id, session id, and then the key.
        decoded.get(32..64).map(<[u8]>::to_vec)
    });
    let mail = ["Message 118", "This is message 118.", "notes-118.txt"];
    let words = mail.map(str::to_owned).into_iter();
    let words = words.chain([password_of("ann")]).map(String::into_bytes);
    words.chain(values).chain(parts).collect()
}

/// The keys of which a copy has the files and a later one has not.
fn shredded(before: &Path, after: &Path) -> Vec<Vec<u8>> {
    let is_key = |file: &Path| file.parent().is_some_and(|dir| dir.ends_with("keys"));
    let keys = raw(before).into_iter().filter(|(file, _)| is_key(file));
    let gone = keys.filter(|(file, _)| {
        let place = file.strip_prefix(before).expect("below it");
        !after.join(place).exists()
    });
    gone.map(|(_, bytes)| bytes).collect()
}

#[test]
fn a_copy_from_before_the_sign_out_opens_with_the_cookie_and_one_from_after_with_the_password_alone()
 {
    let site = Site::with_inbox(120);
    let (ann, message) = reader(&site);
    let thief = ann.tab();
    let never = never_on_disk(&ann);
    let before = Before::of(&site);
    ann.get("/").click("Sign out").shows("You are signed out");
    let after = Before::named(&site, "after");
    holds_nothing_of(&before.copy, &never);
    holds_nothing_of(&after.copy, &never);
    let gone = shredded(&before.copy, &after.copy);
    assert_eq!(
        gone.len(),
        2,
        "of the session: its data key's, its password's"
    );
    holds_nothing_of(&after.copy, &gone);

    before.again(&site);
    reads_all(&thief, &message);
    after.again(&site);
    reads_nothing(&thief, &message);
    opens_by_password(&site, &password_of("ann"), &message, true);
    // No other password than the one that it was wrapped under.
    after.again(&site);
    opens_by_password(&site, "Another-3", &message, false);
}

#[test]
fn a_copy_from_after_the_expiry_opens_with_the_password_alone() {
    let site = Site::with_inbox(120);
    let (ann, message) = reader(&site);
    let thief = ann.tab();
    let never = never_on_disk(&ann);
    let before = Before::of(&site);
    disk::age_sessions(&site, "ann", Duration::from_secs(9 * 3600));
    ann.get("/").has_status(401);
    let after = Before::named(&site, "after");
    holds_nothing_of(&after.copy, &never);
    let gone = shredded(&before.copy, &after.copy);
    assert_eq!(gone.len(), 1, "what sealed its password");
    holds_nothing_of(&after.copy, &gone);

    before.again(&site);
    reads_all(&thief, &message);
    after.again(&site);
    reads_nothing(&thief, &message);
    opens_by_password(&site, &password_of("ann"), &message, true);
}

#[test]
fn a_copy_from_after_a_new_password_opens_with_that_and_its_session_alone() {
    let site = Site::with_inbox(120);
    let (ann, message) = reader(&site);
    let thief = ann.tab();
    let old = password_of("ann");
    let mut never = never_on_disk(&ann);
    let before = Before::of(&site);
    site.dovecot().set_password("ann", "Changed-2");
    let form = ann.get("/sign-in");
    connections(sign_in_by(&form, "Changed-2").shows("Message 120"), 0);
    let after = Before::named(&site, "after");
    never.extend(never_on_disk(&ann));
    never.push(b"Changed-2".to_vec());
    holds_nothing_of(&after.copy, &never);
    let gone = shredded(&before.copy, &after.copy);
    assert_eq!(gone.len(), 3, "of the session, and the old password's wrap");
    holds_nothing_of(&after.copy, &gone);

    before.again(&site);
    reads_all(&thief, &message);
    before.again(&site);
    opens_by_password(&site, &old, &message, true);
    after.again(&site);
    reads_nothing(&thief, &message);
    reads_all(&ann, &message);
    after.again(&site);
    opens_by_password(&site, &old, &message, false);
    after.again(&site);
    opens_by_password(&site, "Changed-2", &message, true);
}

#[test]
fn after_sign_out_a_copy_of_the_disk_opens_with_no_cookie() {
    let site = Site::with_inbox(120);
    let (ann, message) = reader(&site);
    let thief = ann.tab();
    let before = Before::of(&site);
    thief.get(message.target()).shows("This is message 118.");
    ann.get("/").click("Sign out").shows("You are signed out");
    before.with_the_keys_of_now(&site);
    reads_nothing(&thief, &message);
    // The password still opens the cache, which is what it is kept for.
    let again = site.sign_in("ann");
    connections(again.get("/").shows("Message 120"), 0);
    connections(&again.get(message.target()), 0);
}

#[test]
fn after_expiry_the_cookie_reads_no_page_and_hands_on_the_cache() {
    let site = Site::with_inbox(120);
    let (ann, message) = reader(&site);
    let before = Before::of(&site);
    disk::age_sessions(&site, "ann", Duration::from_secs(9 * 3600));
    ann.get("/")
        .has_status(401)
        .shows("Your session has expired");
    before.with_the_keys_of_now(&site);
    let form = ann.get("/");
    reads_nothing(&ann, &message);
    site.dovecot().set_password("ann", "Changed-2");
    let list = sign_in_by(&form, "Changed-2");
    connections(list.shows("Message 120"), 0);
    connections(&ann.get(message.target()), 0);
}

#[test]
fn what_has_expired_is_ended_without_its_browser() {
    let site = Site::with_inbox(120);
    let (ann, message) = reader(&site);
    let before = Before::of(&site);
    disk::age_sessions(&site, "ann", Duration::from_secs(9 * 3600));
    fs::write(site.user_dir().join("keys/new"), "cut short").expect("an orphan");
    assert!(shell::postern(&site, &["gc"]).status.success());
    assert_eq!(key_files(&site), 2, "what is handed on, and the wrap");
    before.with_the_keys_of_now(&site);
    reads_nothing(&ann, &message);
}

#[test]
fn a_new_password_leaves_nothing_that_the_old_one_opens() {
    let site = Site::with_inbox(120);
    let (ann, message) = reader(&site);
    let thief = ann.tab();
    let before = Before::of(&site);
    site.dovecot().set_password("ann", "Changed-2");
    let form = ann.get("/sign-in");
    connections(sign_in_by(&form, "Changed-2").shows("Message 120"), 0);
    before.with_the_keys_of_now(&site);
    reads_nothing(&thief, &message);
    // Even where the server took the old password again: its wrap opens no cache.
    site.dovecot().set_password("ann", &password_of("ann"));
    let old = site.sign_in("ann");
    connections(&old.get(message.target()), 1);
}

#[test]
fn a_session_that_was_kept_ends_after_ninety_days_of_use() {
    let site = Site::with_inbox(120);
    let ann = site.visitor();
    let page = ann.get("/sign-in");
    let form = page.form("sign-in").set("login", "ann");
    let form = form.set("password", &password_of("ann")).set("keep", "1");
    form.submit().has_status(200);
    let day = Duration::from_secs(86_400);
    for _ in 0..3 {
        disk::age_sessions(&site, "ann", day * 29);
        ann.get("/").has_status(200).shows("Message 120");
    }
    disk::age_sessions(&site, "ann", day * 4);
    ann.get("/")
        .has_status(401)
        .shows("Your session has expired");
}

/// How many key files the user has.
fn key_files(site: &Site) -> usize {
    let names = fs::read_dir(site.user_dir().join("keys")).expect("keys/");
    names.count()
}

/// Does an act again and again, each time killed one step later; `after` judges what is left.
fn killed_at_each_step(site: &Site, ann: &Visitor, form: &Request, after: impl Fn(&str)) {
    let before = Before::of(site);
    let mut steps = 0;
    for call in [
        "mkdir",
        "openat",
        "write",
        "pwrite64",
        "fsync",
        "fdatasync",
        "rename",
        "unlink",
    ] {
        for nth in (1..).step_by(if matches!(call, "openat" | "pwrite64") {
            4
        } else {
            1
        }) {
            copy(&before.copy, site.state_dir());
            let killed = ByHand::request(&site.program(), form.clone()).killed_at(call, nth);
            let outcome = killed.under(&["-f"]).by(ann).run();
            after(&format!("{call} number {nth}"));
            if outcome.answer.is_some_and(|answer| answer.status == 303) {
                break;
            }
            steps += 1;
        }
    }
    println!("killed at {steps} steps");
    assert!(steps >= 8, "only {steps} steps");
}

#[test]
fn signing_out_may_be_killed_at_each_of_its_steps() {
    install::need(Part::Strace);
    let site = Site::new()
        .messages(5)
        .config("[limits]\nlogins_per_minute = 1000")
        .start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let form = list.form("sign-out").request();
    killed_at_each_step(&site, &ann, &form, |step| {
        let page = ann.get("/");
        let is_old = page.status() == 200 && page.has_words("Message 5");
        let is_new = page.status() == 401 && !page.has_words("Message 5");
        page.expect(is_old || is_new, || format!("after the death at {step}"));
        site.sign_in("ann").get("/").shows("Message 5");
        // What the death left behind goes with the next sign-in.
        assert_eq!(key_files(&site), if is_old { 5 } else { 3 }, "{step}");
    });
}

#[test]
fn signing_in_under_a_new_password_may_be_killed_at_each_of_its_steps() {
    install::need(Part::Strace);
    let site = Site::new()
        .messages(5)
        .config("[limits]\nlogins_per_minute = 1000")
        .start();
    let ann = site.sign_in("ann");
    let message = ann.get("/").click("Message 3");
    site.dovecot().set_password("ann", "Changed-2");
    let form = ann.get("/sign-in");
    let form = form
        .form("sign-in")
        .set("login", "ann")
        .set("password", "Changed-2");
    let form = form.request();
    killed_at_each_step(&site, &ann, &form, |step| {
        // Whichever state it is: with the old cookie and the new password, the cache goes on.
        let again = ann.tab();
        let page = sign_in_by(&again.get("/sign-in"), "Changed-2");
        page.expect(page.has_words("Message 5"), || {
            format!("after the death at {step}")
        });
        let page = again.get(message.target());
        page.expect(page.has_words("This is message 3."), || step.to_owned());
    });
}

#[test]
fn what_an_older_version_left_ends_the_session_and_nothing_more() {
    let site = Site::with_inbox(120);
    let (ann, message) = reader(&site);
    // Its generations have an empty `ready`, and its session records opened with the cookie alone.
    fs::write(site.user_dir().join("db.1/ready"), "").expect("ready");
    let form = ann.get(message.target());
    form.has_status(401).hides("Message 118");
    assert!(
        !site.user_dir().join("db.1").exists(),
        "its log is still there"
    );
    let back = sign_in_by(&form, &password_of("ann"));
    back.has_status(200).shows("This is message 118.");
}
