//! A form that is sent when its session has ended: kept, sealed, while its user signs in, then shown and never done without
//! being asked about; to nobody else, and not for long.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::damage::{Disk, may_mount};
use crate::disk;
use crate::shell;
use crate::support::by_hand::{ByHand, Outcome};
use crate::support::chromium::{Chromium, Scheme};
use crate::support::install::{self, Part};
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::{Site, password_of};
use crate::support::visitor::{Request, Visitor};

const HOUR: Duration = Duration::from_secs(3600);
const WAITS: &str = "You will see it again after you sign in";
const ASKED: &str = "Do you still want to do this?";
const GONE: &str = "Your form is no longer available";
const ALWAYS: &str = "Always show remote images from letters@shelf.example";

/// A mail that would load a picture, of a sender who is certain.
fn mail(subject: &str) -> Mail {
    let text = format!(
        "Authentication-Results: mx.example.org; dmarc=pass header.from=shelf.example\n\
         From: The Weekly Shelf <letters@shelf.example>\nTo: Ann <ann@example.org>\nSubject: {subject}\n\
         MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<h1>{subject}</h1>\
         <img src='https://cdn.example/shelf.png' alt='A shelf'>\n"
    );
    Mail {
        bytes: text.replace('\n', "\r\n").into_bytes(),
        received: SystemTime::now(),
        flags: Vec::new(),
    }
}

/// Ann's page of a mail with a form on it; her session has ended since.
fn ended() -> (Site, Visitor, Page) {
    let site = Site::new()
        .imap_setting("authserv_id = \"mx.example.org\"")
        .mails("ann", "INBOX", vec![mail("Ten short books")])
        .start();
    let ann = site.sign_in("ann");
    let page = ann.get("/").click("Ten short books");
    end(&site);
    (site, ann, page)
}

/// Ends all of Ann's sessions, as nine idle hours do.
fn end(site: &Site) {
    disk::age_sessions(site, "ann", 9 * HOUR);
}

/// Sends the form of the page, and one more field; the sign-in page that comes instead of an answer.
fn send(page: &Page) -> Page {
    let answer = page.form("sender").smuggle("note", "The third geranium");
    let answer = answer.submit_once();
    answer.has_status(401).shows(WAITS);
    answer
}

/// Sends it as a browser does where there are files to choose; they lie in these.
fn send_files(ann: &Visitor, page: &Page, files: &[(&str, &[u8])]) -> Page {
    let form = page.form("sender");
    let mut request = form.request();
    request.headers.retain(|(name, _)| name == "Origin");
    let mut body = Vec::new();
    let token = form.value("token").expect("a token");
    let own = ["f", "v", "u", "r", "always"].map(|name| (name, form.value(name).expect("a field")));
    let typed = [("token", token), ("note", "The third geranium")];
    for (name, value) in typed.into_iter().chain(own) {
        let head = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), value.as_bytes(), b"\r\n"].concat());
    }
    for (name, bytes) in files {
        let head = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--XX--\r\n");
    request.body = body;
    ann.send(&request.header("Content-Type", "multipart/form-data; boundary=XX"))
}

/// Signs in with the form of a page; where that leads.
fn sign_in(page: &Page, login: &str, password: &str) -> Page {
    let form = page.form("sign-in").set("login", login);
    form.set("password", password).submit()
}

/// Where Ann's forms are kept.
fn outbox(site: &Site) -> PathBuf {
    let users = fs::read_dir(site.state_dir().join("users")).expect("users/");
    let boxes = users.flatten().map(|user| user.path().join("outbox"));
    let mut boxes = boxes.filter(|dir| dir.exists());
    boxes.next().unwrap_or_default()
}

/// Her kept forms.
fn kept(site: &Site) -> Vec<PathBuf> {
    let entries = fs::read_dir(outbox(site)).into_iter().flatten();
    entries.map(|e| e.expect("an entry").path()).collect()
}

fn has_settings(site: &Site) -> bool {
    let users = fs::read_dir(site.state_dir().join("users")).expect("users/");
    let mut files = users
        .flatten()
        .map(|user| user.path().join("profile/settings.toml"));
    files.any(|file| file.exists())
}

#[test]
fn a_form_whose_session_has_ended_is_asked_about_after_signing_in() {
    let (site, ann, page) = ended();
    let waiting = send(&page);
    waiting.shows("Your session has");
    assert_eq!(kept(&site).len(), 1);
    // What was mistyped is no reason to lose it.
    let wrong = sign_in(&waiting, "ann", "Mistyped-1");
    wrong.has_status(401).shows(WAITS);

    let asked = sign_in(&wrong, "ann", &password_of("ann"));
    asked.has_status(200).shows(ASKED).shows(ALWAYS);
    asked.shows("Ten short books");
    assert!(
        !has_settings(&site),
        "it was done without being asked about"
    );
    let form = asked.form("sender");
    assert_eq!(form.value("note"), Some("The third geranium"));
    // Looking again changes nothing.
    ann.get(asked.target()).shows(ALWAYS);
    let done = form.submit();
    done.has_status(200).shows("Ten short books");
    assert!(has_settings(&site));
    assert_eq!(kept(&site), Vec::<PathBuf>::new());
    ann.get(asked.target()).has_status(410).shows(GONE);
}

#[test]
fn whoever_says_no_is_where_the_form_was() {
    let (site, _, page) = ended();
    let asked = sign_in(&send(&page), "ann", &password_of("ann"));
    asked
        .shows(ASKED)
        .click("No, cancel")
        .shows("Ten short books");
    assert!(!has_settings(&site));
}

#[test]
fn a_password_that_was_changed_elsewhere_loses_no_form() {
    let site = Site::new()
        .imap_setting("authserv_id = \"mx.example.org\"")
        .mails("ann", "INBOX", vec![mail("Ten short books"), mail("Other")])
        .config("[cache]\nfresh_seconds = 1")
        .start();
    let ann = site.sign_in("ann");
    let page = ann.get("/").click("Ten short books");
    let other = ann.get("/").click("Other").form("sender").request();
    drop(page);
    site.dovecot().set_password("ann", "Changed-2");
    // The first click that has to ask the server ends the session; then the form comes.
    ann.get("/?compare=1").has_status(401);
    let waiting = ann.send(&other);
    waiting.has_status(401).shows(WAITS);
    sign_in(&waiting, "ann", "Changed-2")
        .shows(ASKED)
        .shows(ALWAYS);
}

#[test]
fn somebody_else_who_signs_in_sees_nothing_of_it() {
    let (site, ann, page) = ended();
    let seen = sign_in(&send(&page), "ben", &password_of("ben"));
    seen.has_status(410).shows(GONE);
    seen.hides("shelf.example").hides("Ten short books");
    seen.click("Inbox").has_status(200);
    assert!(!has_settings(&site));
    // Nor where the form travels in the page because there is no cookie.
    ann.forget_cookies();
    let waiting = send(&page);
    sign_in(&waiting, "ben", &password_of("ben"))
        .has_status(410)
        .hides("geranium");
}

#[test]
fn rule_18_without_a_cookie_its_text_travels_in_the_page_and_its_files_do_not() {
    let (site, ann, page) = ended();
    ann.forget_cookies();
    let waiting = send(&page);
    assert_eq!(kept(&site), Vec::<PathBuf>::new());
    // As often as it takes.
    let wrong = sign_in(&waiting, "ann", "Mistyped-1");
    let asked = sign_in(wrong.shows(WAITS), "ann", &password_of("ann"));
    asked.shows(ASKED).shows(ALWAYS);
    assert_eq!(
        asked.form("sender").value("note"),
        Some("The third geranium")
    );
    asked.form("sender").submit().shows("Ten short books");
    assert!(has_settings(&site));

    ann.forget_cookies();
    let waiting = send_files(&ann, &page, &[("a.txt", b"content")]);
    waiting.has_status(401).shows("attach its files again");
    sign_in(&waiting, "ann", &password_of("ann")).shows(ASKED);
    // What is too long for that is not kept, and the page says so.
    ann.forget_cookies();
    let long = page.form("sender").smuggle("note", &"x".repeat(62_000));
    long.submit_once()
        .has_status(401)
        .shows("Postern could not keep it");
}

#[test]
fn a_form_of_an_earlier_session_is_asked_about_at_once() {
    let (site, ann, page) = ended();
    // She has signed in again in another tab; the old page is still open.
    sign_in(&ann.get("/"), "ann", &password_of("ann")).has_status(200);
    let asked = page.form("sender").submit();
    asked.has_status(200).shows(ASKED).shows(ALWAYS);
    assert!(!has_settings(&site));
    asked.form("sender").submit().has_status(200);
    assert!(has_settings(&site));
    // The token of somebody else's form is worth nothing.
    let ben = site.sign_in("ben").get("/");
    let foreign = ben
        .form("sign-out")
        .value("token")
        .expect("a token")
        .to_owned();
    let forged = asked
        .form("sender")
        .unset("token")
        .smuggle("token", &foreign);
    forged.submit_once().has_status(403);
}

#[test]
fn its_files_wait_sealed_and_come_back_bit_for_bit() {
    let (site, ann, page) = ended();
    site.sign_in("ben");
    let secret = "The key of the herbarium lies below the third geranium. ".repeat(900);
    let binary: Vec<u8> = (0..5000_u32).map(|n| (n * 7 % 256) as u8).collect();
    let files: [(&str, &[u8]); 3] = [
        ("Herbarium.txt", secret.as_bytes()),
        ("b.bin", &binary),
        ("empty", b""),
    ];
    let waiting = send_files(&ann, &page, &files);
    waiting.has_status(401).shows(WAITS);
    for text in [
        "herbarium",
        "Herbarium.txt",
        "geranium",
        "/sender",
        "shelf.example",
    ] {
        let found = disk::file_with(&site, text.as_bytes());
        assert_eq!(found, None, "{text} lies open");
    }
    let form = waiting.form("sign-in");
    let ticket = form.value("carried").expect("a ticket");
    let came = disk::kept_form(&site, "ann", ticket).expect("a form");
    let names: Vec<_> = came.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Herbarium.txt", "b.bin", "empty"]);
    for ((name, sent), (_, bytes)) in files.iter().zip(&came) {
        assert!(bytes == sent, "{name} has changed");
    }
    // Of no other user, and of nothing else than that ticket.
    assert!(disk::kept_form(&site, "ben", ticket).is_none());
    sign_in(&waiting, "ann", &password_of("ann")).shows(ASKED);
    // The key is in no file now either.
    let key = postern::seal::from_text(ticket).expect("a ticket")[16..].to_vec();
    assert_eq!(disk::file_with(&site, &key), None);
}

#[test]
fn a_form_waits_for_an_hour_and_two_of_them() {
    let (site, ann, page) = ended();
    let first = send(&page);
    for path in kept(&site) {
        let file = fs::File::options().write(true).open(path).expect("a form");
        let old = SystemTime::now() - HOUR - Duration::from_secs(5);
        file.set_modified(old).expect("a time");
    }
    sign_in(&first, "ann", &password_of("ann"))
        .has_status(410)
        .shows(GONE);
    assert!(shell::postern(&site, &["gc"]).status.success());
    assert_eq!(kept(&site), Vec::<PathBuf>::new());

    end(&site);
    let tabs = [send(&page), send(&page), send(&page)];
    assert_eq!(kept(&site).len(), 2);
    sign_in(&tabs[2], "ann", &password_of("ann")).shows(ASKED);
    ann.get("/").has_status(200);
}

#[test]
fn what_it_was_about_may_be_gone_by_then() {
    let (site, ann, page) = ended();
    let asked = sign_in(&send(&page), "ann", &password_of("ann"));
    asked.shows(ASKED);
    site.dovecot().renumber("ann", "INBOX", 77);
    ann.get("/?compare=1").has_status(200);
    let now = ann.get(asked.target());
    now.has_status(410).shows("out of date").hides(ASKED);
    let done = asked.form("sender").submit_once();
    done.has_status(410);
    assert!(!has_settings(&site));
}

/// Sends the form under strace, which kills the program at its n-th call of a kind that is about the outbox.
fn killed_at(site: &Site, ann: &Visitor, form: &Request, call: &str, nth: usize) -> Outcome {
    let users = fs::read_dir(site.state_dir().join("users")).expect("users/");
    let user = users.flatten().next().expect("a user").path();
    let dir = user.join("outbox").display().to_string();
    let new = format!("{dir}/new");
    let killed = ByHand::request(&site.program(), form.clone()).killed_at(call, nth);
    let only = ["-f", "-P", &dir, "-P", &new];
    killed.under(&only).by(ann).run()
}

#[test]
fn whoever_is_killed_while_a_form_is_kept_leaves_no_half_of_one() {
    install::need(Part::Strace);
    let site = Site::new()
        .imap_setting("authserv_id = \"mx.example.org\"")
        .mails("ann", "INBOX", vec![mail("Ten short books")])
        .start();
    let ann = site.sign_in("ann");
    let page = ann.get("/").click("Ten short books");
    end(&site);
    let form = page.form("sender").request();
    let mut killed = 0;
    for call in ["mkdir", "openat", "write", "fsync", "rename"] {
        for nth in 1..20 {
            if outbox(&site).exists() {
                fs::remove_dir_all(outbox(&site)).expect("outbox/");
            }
            let outcome = killed_at(&site, &ann, &form, call, nth);
            let whole = kept(&site);
            let whole = whole.iter().filter(|path| !path.ends_with("new"));
            if outcome.ended.success() {
                assert_eq!(outcome.answer.expect("an answer").status, 401);
                assert_eq!(whole.count(), 1);
                break;
            }
            killed += 1;
            // The next one is kept whatever was left behind.
            let waiting = send(&page);
            let ticket = waiting.form("sign-in").value("carried").map(str::to_owned);
            assert!(disk::kept_form(&site, "ann", &ticket.expect("a ticket")).is_some());
        }
    }
    assert!(killed >= 5, "killed {killed} times");
}

#[test]
fn on_a_full_disk_what_was_typed_travels_in_the_page() {
    if !may_mount() {
        return;
    }
    let site = Site::new()
        .imap_setting("authserv_id = \"mx.example.org\"")
        .mails("ann", "INBOX", vec![mail("Ten short books")])
        .start();
    let disk = Disk::mount(&site, "size=2m");
    let ann = site.sign_in("ann");
    let page = ann.get("/").click("Ten short books");
    // She has signed out in another tab, and goes on in this one.
    ann.tab().get("/").click("Sign out");
    let ballast = disk.fill();
    let bare = send_files(&ann, &page, &[("a.txt", &[7; 20_000])]);
    bare.has_status(401).shows("attach its files again");
    assert_eq!(kept(&site), Vec::<PathBuf>::new());
    let waiting = send(&page);
    assert!(waiting.form("sign-in").value("carried.note").is_some());
    fs::remove_file(ballast).expect("the ballast");
    let asked = sign_in(&waiting, "ann", &password_of("ann"));
    asked.shows(ASKED).shows(ALWAYS);

    // One that is kept already comes back where nothing else can be written, signing in apart.
    ann.get("/").click("Sign out");
    let ann = site.sign_in("ann");
    let page = ann.get("/").click("Ten short books");
    ann.tab().get("/").click("Sign out");
    let waiting = send(&page);
    assert!(waiting.form("sign-in").value("carried").is_some());
    let ballast = disk.fill();
    let refused = sign_in(&waiting, "ann", &password_of("ann"));
    if refused.status() == 507 {
        fs::remove_file(ballast).expect("the ballast");
        sign_in(&waiting, "ann", &password_of("ann")).shows(ASKED);
    } else {
        refused.shows(ASKED);
    }
}

#[test]
fn the_way_through_signing_in_has_its_pictures() {
    let site = Site::new()
        .imap_setting("authserv_id = \"mx.example.org\"")
        .mails("ann", "INBOX", vec![mail("Ten short books")])
        .start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let pictures = |name: &str| {
        for (window, width, height, phone) in [("1440", 1440, 900, false), ("390", 390, 844, true)]
        {
            tab.viewport(width, height, 1.0, phone);
            for (mode, scheme) in [("light", Scheme::Light), ("dark", Scheme::Dark)] {
                tab.prefer(scheme);
                tab.screenshot(&format!("resume-{name}-{window}-{mode}"));
            }
            let wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth");
            assert_eq!(wide, serde_json::json!(false), "{name} at {window}");
        }
    };
    let link = list.absolute(&list.link("Ten short books"));
    tab.open(&format!("http://{}{link}", site.apache().address()));
    end(&site);
    tab.click_to(".acts form button");
    tab.wait_for("document.querySelector('input[name=carried]')");
    pictures("waiting");
    tab.fill("input[name=login]", "ann");
    tab.fill("input[name=password]", &password_of("ann"));
    tab.click_to("form button");
    tab.wait_for(&format!("document.body.innerText.includes('{ASKED}')"));
    pictures("question");
    let asked = tab.url();
    tab.forget();
    assert!(!has_settings(&site));
    tab.click_to("form button");
    tab.wait_for("document.body.innerText.includes('Ten short books')");
    assert!(has_settings(&site));
    tab.open(&asked);
    tab.wait_for(&format!("document.body.innerText.includes('{GONE}')"));
    pictures("gone");
}
