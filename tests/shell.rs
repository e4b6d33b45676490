//! The program from a shell, as a hoster runs it: `check`, `gc`, and what it says of itself.

use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use crate::support::install::{self, Part};
use crate::support::place;
use crate::support::site::Site;
use crate::support::unmet::{self, Want};

/// Runs the site's program as the user that Apache runs it as.
pub fn postern(site: &Site, arguments: &[&str]) -> Output {
    within(site, &[], &[], arguments)
}

/// The same under another program, which is named with its arguments.
fn under(site: &Site, other: &[&str], arguments: &[&str]) -> Output {
    within(site, &[], other, arguments)
}

/// The same, all of it in a place that root makes by another program.
pub fn within(site: &Site, place: &[&str], other: &[&str], arguments: &[&str]) -> Output {
    let worker = place::worker();
    let program = site.program();
    let mut words: Vec<String> = place.iter().map(|word| (*word).to_owned()).collect();
    if place::are_we_root() {
        let (uid, gid) = (worker.uid.to_string(), worker.gid.to_string());
        let as_worker = [
            "setpriv",
            "--reuid",
            &uid,
            "--regid",
            &gid,
            "--clear-groups",
        ];
        words.extend(as_worker.map(str::to_owned));
    }
    words.extend(other.iter().map(|word| (*word).to_owned()));
    words.push(program.display().to_string());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(arguments);
    command.env_clear().env("PATH", "/usr/bin:/bin");
    command.output().expect("the program")
}

/// What a program wrote.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Makes it look as if nobody had opened the user's store for two months.
fn leave_for_two_months(site: &Site) {
    let store = site.user_dir().join("db.1/db");
    let touched = Command::new("touch")
        .args(["-d", "60 days ago"])
        .arg(&store)
        .status();
    assert!(touched.expect("touch").success());
}

#[test]
fn check_says_what_is_right_and_what_is_not() {
    let mut site = Site::with_inbox(1);
    let checked = postern(&site, &["check"]);
    let text = said(&checked);
    assert!(checked.status.success(), "{text}");
    for line in [
        "ok     configuration",
        "ok     state directory",
        "ok     file locking works there, between two processes",
        "ok     file system ",
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    assert!(
        text.contains("(no TLS) answers") && text.contains("rows = 50"),
        "{text}"
    );

    site.dovecot_mut().stop();
    let checked = postern(&site, &["check"]);
    let text = said(&checked);
    assert_eq!(checked.status.code(), Some(1), "{text}");
    assert!(
        text.contains("WRONG  IMAP server")
            && text.contains("(no TLS) cannot be reached: connection refused")
            && text.contains("[imap] host"),
        "{text}"
    );
}

#[test]
fn check_before_the_first_visit_leaves_nothing_behind() {
    let site = Site::new()
        .config("[smtp]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"")
        .start();
    let home = site.state_dir().parent().expect("a home");
    let files = || {
        let found = std::fs::read_dir(home).expect("the home");
        found.count()
    };
    assert_eq!(files(), 0, "somebody was here before");
    let checked = postern(&site, &["check", "--url", &site.url()]);
    let text = said(&checked);
    for line in [
        "state can be created. Postern creates it at the first visit",
        "ok     file locking works there, between two processes",
        "ok     the web server does not serve the state directory",
        "note   undo send is off",
        "note   pages are not fetched in advance until undo send works",
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    // Nobody listens there; what the system calls that is told, its number is not.
    assert!(text.contains("WRONG  SMTP server 127.0.0.1:9"), "{text}");
    assert!(!text.contains("os error"), "{text}");
    assert_eq!(files(), 0, "what was tried is left");
}

#[test]
fn check_stops_for_root_and_names_the_right_user() {
    if !place::are_we_root() {
        return unmet::without(Want::Root, "only root can run check as root");
    }
    let site = Site::new().start();
    let checked = Command::new(site.program()).arg("check").output();
    let checked = checked.expect("the program");
    let text = said(&checked);
    assert_eq!(checked.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(
        text.starts_with("WRONG  root is not the user") && text.contains("sudo -u www-data /"),
        "{text}"
    );
    let text = said(&postern(&site, &["check"]));
    assert!(text.contains("(no suEXEC)"), "{text}");
}

#[test]
fn check_sees_locks_that_keep_nobody_out() {
    install::need(Part::Strace);
    let site = Site::with_inbox(1);
    // As on a file system that takes every lock and holds none.
    let checked = under(
        &site,
        &[
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "inject=flock:retval=0",
        ],
        &["check"],
    );
    let text = said(&checked);
    assert!(
        text.contains("WRONG  state directory: file locking does not work"),
        "{text}"
    );
}

#[test]
fn gc_gives_back_what_nobody_needs_and_nothing_else() {
    let site = Site::with_inbox(3);
    let ann = site.sign_in("ann");
    ann.get("/").shows("Message 3");
    assert_eq!(
        said(&postern(&site, &["gc"])),
        "1 kept, 0 caches deleted, 0 users deleted, 0 skipped (in use)\n"
    );
    ann.get("/").has_status(200).shows("Message 3");

    let profile = site.user_dir().join("profile");
    std::fs::create_dir(&profile).expect("a profile");
    std::fs::write(profile.join("settings.toml"), "a = 1").expect("settings");
    place::give_to_worker(&profile);
    leave_for_two_months(&site);
    assert_eq!(
        said(&postern(&site, &["gc"])),
        "0 kept, 1 caches deleted, 0 users deleted, 0 skipped (in use)\n"
    );
    let user = site.user_dir();
    assert!(user.join("lock").exists() && !user.join("db.1").exists());
    assert!(user.join("profile/settings.toml").exists());
    ann.get("/")
        .has_status(401)
        .shows("Your session has expired");
    let ann = site.sign_in("ann");

    leave_for_two_months(&site);
    let forgotten = postern(&site, &["gc", "--forget", "30"]);
    assert_eq!(
        said(&forgotten),
        "0 kept, 0 caches deleted, 1 users deleted, 0 skipped (in use)\n"
    );
    assert!(site.users().is_empty());
    ann.get("/").has_status(401);
    site.sign_in("ann").get("/").shows("Message 3");
}

#[test]
fn gc_removes_what_killed_requests_have_left() {
    let site = Site::with_inbox(1);
    let ann = site.sign_in("ann");
    for name in ["secret.old", "spool.old", "secret.new", "other.old"] {
        let file = site.state_dir().join(name);
        std::fs::write(&file, "x").expect("a file");
        place::give_to_worker(&file);
        if name.ends_with("old") {
            let opened = std::fs::File::options()
                .write(true)
                .open(&file)
                .expect("a file");
            let two_days = Duration::from_secs(2 * 86_400);
            opened
                .set_modified(SystemTime::now() - two_days)
                .expect("its time");
        }
    }
    assert!(postern(&site, &["gc"]).status.success());
    for (name, stays) in [
        ("secret.old", false),
        ("spool.old", false),
        // Somebody may be making it just now.
        ("secret.new", true),
        ("other.old", true),
        ("secret", true),
    ] {
        assert_eq!(site.state_dir().join(name).exists(), stays, "{name}");
    }
    ann.get("/").has_status(200).shows("Message 1");
}

#[test]
fn what_makes_no_sense_is_answered_with_what_does() {
    let site = Site::with_inbox(0);
    for arguments in [
        &["--frobnicate"][..],
        &["gc", "--days"],
        &["gc", "--days", "-1"],
        &["check", "x"],
    ] {
        let output = postern(&site, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("postern gc"));
    }
    let version = postern(&site, &["--version"]);
    assert_eq!(
        said(&version),
        format!("postern {}\n", env!("CARGO_PKG_VERSION"))
    );
}
