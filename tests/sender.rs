//! Remote content that is always shown for a sender whom the reader has named: the click, what counts as that sender, the
//! file in which it stands, and what is done where that file is damaged.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

use crate::cost::connections;
use crate::support::by_hand::{ByHand, Outcome};
use crate::support::chromium::{Chromium, Scheme};
use crate::support::install::{self, Part};
use crate::support::mails::{Mail, MailBuilder};
use crate::support::page::Page;
use crate::support::place;
use crate::support::reader::Reader;
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

/// A mail with two pictures from elsewhere and these fields.
fn mail(subject: &str, fields: &str) -> Mail {
    let html = format!(
        "<h1>{subject}</h1>\
         <p style='background:url(https://cdn.example/paper.png)'>Ten short books for long evenings.</p>\
         <img src='https://cdn.example/shelf.png' alt='A shelf'>"
    );
    MailBuilder::about(subject)
        .written_by(fields)
        .of_kind("text/html; charset=utf-8", &html)
}

const FROM: &str = "From: The Weekly Shelf <letters@shelf.example>";
/// The same, borne out by the user's own server.
const SHELF: &str = "Authentication-Results: mx.example.org; dmarc=pass header.from=shelf.example
From: The Weekly Shelf <letters@shelf.example>";

/// Ann, signed in, with these mails in her INBOX.
fn ann_with(mails: Vec<Mail>) -> (Site, Visitor) {
    let plan = Site::new().mails("ann", "INBOX", mails);
    let site = plan
        .imap_setting("authserv_id = \"mx.example.org\"")
        .start();
    let ann = site.sign_in("ann");
    (site, ann)
}

/// Expects that a message page and the document in its frame load what is elsewhere, or nothing of it.
fn expect_shown(page: &Page, shown: bool) {
    let src = page.attributes_of("iframe", "src").concat();
    let document = page.visitor().get_once(&src);
    document.has_status(200).shows("Ten short books");
    let policy = document.header("content-security-policy").to_owned();
    let images = match shown {
        true => "img-src data: 'self' https:;",
        false => "img-src data: 'self';",
    };
    document.expect(policy.contains(images), || policy.clone());
    let loaded = document.source().matches("cdn.example").count();
    document.expect(loaded == if shown { 2 } else { 0 }, || {
        format!("{loaded} loads")
    });
}

const HELD_BACK: &str = "2 remote images are blocked.";
const ALWAYS: &str = "Remote images from this sender are always shown";

/// Where the settings of the one user stand.
pub fn settings(site: &Site) -> PathBuf {
    site.user_dir().join("profile/settings.toml")
}

/// Writes the settings as a hand does.
pub fn write_settings(site: &Site, bytes: impl AsRef<[u8]>) {
    let file = settings(site);
    let dir = file.parent().expect("profile/");
    fs::create_dir_all(dir).expect("profile/");
    fs::write(&file, bytes).expect("settings.toml");
    place::give_to_worker(dir);
    place::give_to_worker(&file);
}

#[test]
fn a_sender_is_always_shown_until_the_reader_says_otherwise() {
    let other = "From: Bo <bo@example.org>";
    let (site, ann) = ann_with(vec![
        mail("First", SHELF),
        mail(
            "Second",
            &SHELF.replace("letters@shelf.example>", "LETTERS@Shelf.Example>"),
        ),
        mail("Other", other),
    ]);
    let first = ann.open_mail("First");
    first.shows(HELD_BACK).shows("Show images");
    expect_shown(&first, false);
    assert!(!settings(&site).exists());

    let answer = first.click_once("Always show for this sender");
    answer.has_status(303);
    let page = answer.follow();
    page.shows(ALWAYS).hides("Show images").hides("blocked");
    expect_shown(&page, true);
    for (path, mode) in [
        (settings(&site), 0o600),
        (
            settings(&site).parent().expect("profile/").to_owned(),
            0o700,
        ),
    ] {
        let found = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(found & 0o7777, mode, "{}", path.display());
    }

    // Every other mail of that sender, in every browser, at no cost at the mail server once it is known.
    let second = ann.open_mail("Second");
    second.shows(ALWAYS);
    expect_shown(&second, true);
    connections(&ann.open_mail("Second"), 0);
    site.sign_in("ann").open_mail("First").shows(ALWAYS);
    let other = ann.open_mail("Other");
    other.shows(HELD_BACK);
    expect_shown(&other, false);

    let stopped = second.click("Stop showing");
    stopped
        .shows(HELD_BACK)
        .shows("Always show for this sender");
    expect_shown(&stopped, false);
    expect_shown(&ann.open_mail("First"), false);
}

#[test]
fn in_the_folder_of_unwanted_mail_nobody_is_that_sender() {
    let ann = Reader::with(&[
        ("INBOX", &[mail("First", SHELF)]),
        ("Junk", &[mail("Second", SHELF)]),
    ]);
    ann.open_mail("First")
        .click("Always show for this sender")
        .shows(ALWAYS);
    let page = ann.get("/folder?f=Junk").click("Second");
    page.shows(HELD_BACK)
        .shows("Show images")
        .hides("Always show for this sender");
    expect_shown(&page, false);
}

#[test]
fn what_was_shown_once_can_be_shown_always_and_two_tabs_agree() {
    let (site, ann) = ann_with(vec![mail("First", SHELF)]);
    let held_back = ann.open_mail("First");
    let once = held_back.click("Show images");
    once.shows("this time").shows("Block again");
    once.click("Always show for this sender").shows(ALWAYS);
    // The other tab still has the form from before.
    let also = held_back.click("Always show for this sender");
    also.shows(ALWAYS);
    let text = fs::read_to_string(settings(&site)).expect("settings.toml");
    assert_eq!(text.matches("letters@shelf.example").count(), 1, "{text}");
    let stopped = also.click("Stop showing");
    stopped.shows(HELD_BACK);
    also.click("Stop showing").shows(HELD_BACK);
}

#[test]
fn whoever_only_says_to_be_that_sender_is_held_back() {
    let verdict =
        |checks: &str| format!("Authentication-Results: mx.example.org; {checks}\n{FROM}");
    let elsewhere = format!("Authentication-Results: evil.example; dmarc=pass\n{SHELF}");
    let hidden = "From: =?utf-8?q?Sh=E2=80=AEelf?= <letters@shelf.example>";
    let ann = Reader::of(vec![
        mail(
            "Real",
            &verdict("dkim=pass header.d=shelf.example; dmarc=pass"),
        ),
        mail(
            "Forged",
            &verdict("dkim=fail header.d=shelf.example; dmarc=fail"),
        ),
        mail("Another server says so", &elsewhere),
        mail("Nobody says so", FROM),
        mail("Two senders", "From: letters@shelf.example, bo@example.org"),
        mail("Two fields", &format!("{SHELF}\nFrom: bo@example.org")),
        mail("Hidden", hidden),
        mail(
            "Other name",
            "From: \"bo@example.org\" <letters@shelf.example>",
        ),
    ]);
    ann.open_mail("Real")
        .click("Always show for this sender")
        .shows(ALWAYS);
    for subject in [
        "Forged",
        "Another server says so",
        "Nobody says so",
        "Two senders",
        "Two fields",
        "Hidden",
        "Other name",
    ] {
        let page = ann.open_mail(subject);
        page.hides(ALWAYS).hides("Always show for this sender");
        expect_shown(&page, false);
        page.shows("2 remote images are blocked");
        expect_shown(&page.click("Show images"), true);
    }
    ann.open_mail("Forged")
        .shows("This message may not really come from this sender")
        .shows("this message does not really come from shelf.example");
    ann.open_mail("Nobody says so")
        .shows("not confirmed by your mail server");
}

#[test]
fn a_message_within_a_message_is_shown_once_and_not_always() {
    let inner = String::from_utf8(mail("Inner", SHELF).bytes).expect("ASCII");
    let outer = format!(
        "From: Bo <bo@example.org>\r\nSubject: Outer\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    );
    let outer = Mail::raw(outer);
    let ann = Reader::of(vec![mail("First", SHELF), outer]);
    ann.open_mail("First")
        .click("Always show for this sender")
        .shows(ALWAYS);
    let links = ann.open_mail("Outer").attributes_of(".file a", "href");
    let page = ann.get(&links[0]);
    page.shows(HELD_BACK).hides("Always show for this sender");
    expect_shown(&page, false);
    expect_shown(&page.click("Show images"), true);
}

#[test]
fn only_a_form_of_this_session_changes_anything() {
    let (site, ann) = ann_with(vec![mail("First", SHELF)]);
    let page = ann.open_mail("First");
    let form = page.form("sender");
    let request = form.request();
    // An address is told by Referer and in logs; what it is about stands in the form.
    assert_eq!(request.target, format!("{}/sender", page.visitor().base()));
    let target = request.target.clone();
    let forged = ann.post_once(&target, &[("token", "wrong"), ("f", "INBOX")]);
    forged.has_status(403).shows("Nothing was changed");
    let cross = request.clone().header("Sec-Fetch-Site", "cross-site");
    ann.send(&cross).has_status(403);
    ann.get_once(&target).has_status(405);
    assert!(!settings(&site).exists());
    // Whoever is signed out meanwhile comes back to the message, where nothing is done yet.
    let stranger = site.visitor();
    let asked = stranger.send(&request);
    asked.has_status(401);
    let to = asked.attributes_of("input[name=to]", "value").concat();
    assert!(to.starts_with("/message?"), "{to}");
    assert!(!settings(&site).exists());
    // A form that is none of ours does nothing, whoever has the token.
    let token = form.value("token").expect("a token");
    ann.post_once(&target, &[("token", token)]).has_status(400);
    assert_eq!(request.method, "POST");
    form.submit().shows(ALWAYS);
}

#[test]
fn settings_that_are_damaged_are_told_and_never_written_over() {
    let (site, ann) = ann_with(vec![
        mail("First", SHELF),
        Mail::plain("Bo <bo@example.org>", "Letter", "Only words."),
    ]);
    let before = ann.open_mail("First");
    let by_hand = "remote_from = [\"letters@shelf.example\"]\n\n[compose]\nsignature = \"Ann\"\n";
    write_settings(&site, by_hand);
    ann.open_mail("First").shows(ALWAYS);
    ann.open_mail("First")
        .click("Stop showing")
        .shows(HELD_BACK);
    let text = fs::read_to_string(settings(&site)).expect("settings.toml");
    assert!(text.contains("[compose]\nsignature = \"Ann\""), "{text}");

    let damaged = "remote_from = [\"letters@shelf.example\"\n";
    write_settings(&site, damaged);
    let page = ann.open_mail("First");
    page.has_status(200).shows("Your settings cannot be read.");
    page.shows(HELD_BACK).hides("Always show for this sender");
    expect_shown(&page, false);
    // Whoever has the form from before is told as well.
    let refused = before.click_once("Always show for this sender");
    refused
        .has_status(500)
        .shows("Your settings cannot be read")
        .shows("Nothing was changed");
    let kept = fs::read_to_string(settings(&site)).expect("settings.toml");
    assert_eq!(kept, damaged);
    let log = fs::read_to_string(site.state_dir().join("log")).expect("a log");
    let line = log.lines().find(|l| l.contains(" profile message "));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    assert!(
        line.contains("settings.toml: line ") && !line.contains("letters@"),
        "{line}"
    );
    // Every page says so: none of the settings counts.
    ann.open_mail("Letter")
        .shows("Your settings cannot be read.");
    ann.get("/").shows("Your settings cannot be read.");
}

/// Sends a form under strace, which kills the program at its n-th call of a kind that is about the settings.
fn killed_at(site: &Site, ann: &Visitor, form: &Request, call: &str, nth: usize) -> Outcome {
    let file = settings(site);
    let dir = file.parent().expect("profile/");
    // What it is called until it is whole.
    let new = dir.join("settings.toml.new").display().to_string();
    let (dir, file) = (dir.display().to_string(), file.display().to_string());
    let killed = ByHand::request(&site.program(), form.clone()).killed_at(call, nth);
    let only = ["-f", "-P", &dir, "-P", &file, "-P", &new];
    killed.under(&only).by(ann).run()
}

#[test]
fn the_settings_are_whole_whoever_is_killed_while_they_are_written() {
    install::need(Part::Strace);
    let (site, ann) = ann_with(vec![mail("First", SHELF)]);
    let dir = settings(&site)
        .parent()
        .map(Path::to_owned)
        .expect("profile/");
    let old = "[compose]\nsignature = \"Ann\"\n";
    let mut seen = [0, 0];
    for exists in [true, false] {
        for call in ["mkdir", "openat", "write", "fsync", "rename", "close"] {
            for nth in 1.. {
                if dir.exists() {
                    fs::remove_dir_all(&dir).expect("profile/");
                }
                if exists {
                    write_settings(&site, old);
                }
                // A new page each time: the same form is the same act.
                let form = ann.open_mail("First").form("sender").request();
                let outcome = killed_at(&site, &ann, &form, call, nth);
                let is_killed = outcome.ended.signal().is_some() || !outcome.ended.success();
                let now = fs::read_to_string(settings(&site)).unwrap_or_default();
                let is_new = now.contains("letters@shelf.example");
                let whole = match (is_new, exists) {
                    (true, true) => now.ends_with(old),
                    (true, false) => now.ends_with("]\n"),
                    (false, true) => now == old,
                    (false, false) => now.is_empty(),
                };
                assert!(whole, "{call} {nth}: {now}");
                if !is_killed {
                    let answer = outcome.answer.expect("an answer");
                    assert_eq!(answer.status, 303, "{call} {nth}: {}", outcome.errors);
                    assert!(is_new);
                    break;
                }
                seen[usize::from(is_new)] += 1;
                let page = ann.open_mail("First");
                page.shows(if is_new { ALWAYS } else { HELD_BACK });
                if !is_new {
                    page.click("Always show for this sender").shows(ALWAYS);
                }
            }
        }
    }
    println!(
        "killed {} times before and {} times after",
        seen[0], seen[1]
    );
    assert!(seen[0] >= 6 && seen[1] >= 1, "{seen:?}");
}

#[test]
fn the_bars_have_their_pictures() {
    let pixel = mail("Pixel", "From: Bo <bo@example.org>");
    let text = String::from_utf8(pixel.bytes).expect("ASCII");
    let text = text.replace("https://cdn.example/paper.png", "");
    let pixel = Mail::raw(text.replace("alt=", "width=1 height=1 alt="));
    let forged = format!("Authentication-Results: mx.example.org; dmarc=fail\n{FROM}");
    let (site, ann) = ann_with(vec![mail("First", SHELF), mail("Forged", &forged), pixel]);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let list = ann.get("/");
    let url = |subject: &str| {
        let link = list.absolute(&list.link(subject));
        format!("http://{}{link}", site.apache().address())
    };
    let pictures = |name: &str| {
        for (window, width, height, phone) in [("1440", 1440, 900, false), ("390", 390, 844, true)]
        {
            tab.viewport(width, height, 1.0, phone);
            for (mode, scheme) in [("light", Scheme::Light), ("dark", Scheme::Dark)] {
                tab.prefer(scheme);
                tab.screenshot(&format!("sender-{name}-{window}-{mode}"));
            }
            let wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth");
            assert_eq!(wide, serde_json::json!(false), "{name} at {window}");
        }
        tab.viewport(1440, 900, 1.0, false);
    };
    tab.open(&url("First"));
    pictures("held-back");
    tab.expect_quiet();
    tab.click_to(".acts form button");
    tab.wait_for("document.querySelector('.note.warn').innerText.includes('always shown')");
    pictures("always");
    // The browser asks for the pictures now, from a host that is not there, and complains of nothing else.
    let happened = tab.happened();
    let asked = |e: &String| e.contains("https://cdn.example/");
    assert!(!happened.errors.is_empty(), "nothing was asked for");
    assert!(happened.errors.iter().all(asked), "{happened:?}");
    assert!(happened.csp_violations.is_empty(), "{happened:?}");
    tab.forget();
    tab.open(&url("Forged"));
    pictures("in-doubt");
    tab.open(&url("Pixel"));
    pictures("pixel");
    write_settings(&site, "remote_from = 1");
    tab.open(&url("First"));
    pictures("damaged");
    tab.expect_quiet();
}

#[test]
fn the_list_judges_by_the_name_of_the_server_that_is_configured_now() {
    let field = "Authentication-Results: mx.other.example; dmarc=pass header.from=shelf.example";
    let (site, ann) = ann_with(vec![mail("First", &format!("{field}\n{FROM}"))]);
    let marks = || {
        let signs = ann.get("/").attributes_of(".row [role=img]", "aria-label");
        signs
            .iter()
            .filter(|sign| *sign == "Sender not certain")
            .count()
    };
    assert_eq!(marks(), 1, "of a server that nobody here knows");
    let settings = site.program().with_file_name(".htpostern.toml");
    let text = fs::read_to_string(&settings).expect("the configuration");
    for (id, marked) in [("mx.other.example", 0), ("mx.example.org", 1)] {
        let changed = text.replace("mx.example.org", id);
        fs::write(&settings, changed).expect("the configuration");
        assert_eq!(marks(), marked, "{id}");
        connections(&ann.get("/"), 0);
    }
}
