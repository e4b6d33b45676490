//! How far an act got when something failed, and what its page and the log say of that: nothing, perhaps, done. The
//! failures are made by `strace`, in the very call that a test names.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::by_hand::{ByHand, Outcome};
use crate::support::http::Response;
use crate::support::install::{self, Part};
use crate::support::mails::Mail;
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

/// Ann, signed in, with one mail that has a picture from elsewhere.
fn ann_with_a_picture() -> (Site, Visitor) {
    install::need(Part::Strace);
    let html = "<p>Ten short books.</p><img src='https://cdn.example/shelf.png' alt='A shelf'>";
    let text = format!(
        "Authentication-Results: mx.example.org; dmarc=pass header.from=shelf.example\r\n\
         From: The Shelf <letters@shelf.example>\r\nTo: Ann <ann@example.org>\r\nSubject: Books\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n{html}\r\n"
    );
    let mail = Mail {
        bytes: text.into_bytes(),
        ..Mail::plain("", "", "")
    };
    let site = Site::new()
        .imap_setting("authserv_id = \"mx.example.org\"")
        .mails("ann", "INBOX", vec![mail])
        .start();
    let ann = site.sign_in("ann");
    (site, ann)
}

/// The form that always shows the images of that mail's sender, as it is sent without a web server.
fn always(ann: &Visitor) -> Request {
    by_hand(ann.get("/").click("Books").form("sender").request())
}

/// Without what a browser says of its origin: by hand the host has no port.
fn by_hand(mut request: Request) -> Request {
    request.headers.retain(|(name, _)| name != "Origin");
    request
}

/// The directory of the one user.
fn user_dir(site: &Site) -> PathBuf {
    let users = fs::read_dir(site.state_dir().join("users")).expect("users/");
    users.flatten().next().expect("a user").path()
}

/// Sends a form; the calls of a kind that are about this file fail: `fsync:error=EIO`.
fn fails_at(site: &Site, ann: &Visitor, form: &Request, (file, fault): (&Path, &str)) -> Outcome {
    let (call, _) = fault.split_once(':').expect("a call and its error");
    let (calls, inject) = (format!("trace={call}"), format!("inject={fault}"));
    let file = file.display().to_string();
    ByHand::request(&site.program(), form.clone())
        .by(ann)
        .under(&["strace", "-f", "-qq", "-o", "/dev/null", "-P", &file])
        .under(&["-e", &calls, "-e", &inject])
        .run()
}

/// The answer's page as text, its status checked.
fn page(outcome: &Outcome, status: u16) -> String {
    let answer: &Response = outcome
        .answer
        .as_ref()
        .unwrap_or_else(|| panic!("{}", outcome.errors));
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, status, "{text}\n{}", outcome.errors);
    text
}

fn says(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words}: {text}");
    }
}

fn log(site: &Site) -> String {
    fs::read_to_string(site.state_dir().join("log")).unwrap_or_default()
}

#[test]
fn a_change_whose_file_could_not_be_written_was_not_made() {
    let (site, ann) = ann_with_a_picture();
    let form = always(&ann);
    let dir = user_dir(&site).join("profile");
    let file = dir.join("settings.toml.new");
    let outcome = fails_at(&site, &ann, &form, (&file, "fsync:error=ENOSPC"));
    let text = page(&outcome, 507);
    says(
        &text,
        &["This site is out of disk space", "Nothing was changed."],
    );
    assert!(!dir.join("settings.toml").exists());
    let log = log(&site);
    assert!(
        log.contains("disk-full sender ") && log.contains(" nothing /"),
        "{log}"
    );
    ann.get("/").click("Books").shows("blocked");
}

#[test]
fn a_change_that_may_be_lost_again_was_perhaps_made() {
    let (site, ann) = ann_with_a_picture();
    let form = always(&ann);
    let dir = user_dir(&site).join("profile");
    // The new file has its name; the directory could not be flushed.
    let outcome = fails_at(&site, &ann, &form, (&dir, "fsync:error=EIO"));
    let text = page(&outcome, 500);
    says(
        &text,
        &[
            "<h1>This may not have been done</h1>",
            "may still be blocked",
            "letters@shelf.example",
            "This site is not set up correctly.",
            "Check before you try again.",
            "Open Inbox",
        ],
    );
    assert!(!text.contains("Nothing was changed"), "{text}");
    let log = log(&site);
    assert!(
        log.contains("setup sender ") && log.contains(" perhaps /"),
        "{log}"
    );
    assert!(!log.contains("letters@"), "{log}");
}

#[test]
fn an_act_after_which_the_disk_was_full_says_that_it_was_done() {
    let (site, ann) = ann_with_a_picture();
    let form = always(&ann);
    // Its notice could not be saved: the store is another file.
    let db = user_dir(&site).join("db.1/db");
    let outcome = fails_at(&site, &ann, &form, (&db, "sync_file_range:error=ENOSPC"));
    let text = page(&outcome, 507);
    says(
        &text,
        &[
            "<h1>Done, but there was a problem</h1>",
            "letters@shelf.example",
            "will always be shown.",
            "This site is out of disk space.",
            "You do not need to do it again.",
        ],
    );
    assert!(!text.contains("Nothing was changed"), "{text}");
    let log = log(&site);
    assert!(
        log.contains("disk-full sender ") && log.contains(" done "),
        "{log}"
    );
    ann.get("/").click("Books").shows("always shown");
}

#[test]
fn what_a_failed_sign_out_says_is_true_wherever_the_disk_was_full() {
    let (site, _) = ann_with_a_picture();
    let db = user_dir(&site).join("db.1/db");
    assert!(db.exists(), "{}", db.display());
    let mut seen = [0, 0];
    // While the store is opened, and while it is saved.
    for call in ["pwrite64", "sync_file_range", "fsync"] {
        let ann = site.sign_in("ann");
        let form = by_hand(ann.get("/").form("sign-out").request());
        let fault = format!("{call}:error=ENOSPC");
        let outcome = fails_at(&site, &ann, &form, (&db, &fault));
        if outcome.answer.as_ref().is_some_and(|a| a.status == 303) {
            println!("{call}: never called");
            continue;
        }
        let text = page(&outcome, 507);
        let is_unchanged = text.contains("Nothing was changed.");
        let status = ann.get_once("/").status();
        match is_unchanged {
            true => assert_eq!(status, 200, "{text}"),
            false => {
                // Forgetting needs no room: what could not be saved is that its record is gone.
                says(
                    &text,
                    &["Done, but there was a problem", "You are signed out."],
                );
                assert_eq!(status, 401, "{text}");
                assert!(log(&site).contains(" done "), "{}", log(&site));
            }
        }
        seen[usize::from(is_unchanged)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
}
