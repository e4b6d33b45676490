//! Nothing is lost, whatever fails between typing and sending: text and files are on the page, under "Unsent", or in Sent.

use std::fs;
use std::io::Write as _;

use super::{found, is_killed_at, only, plan, said, says, typed};
use crate::damage::{self, Disk};
use crate::support::form::Form;
use crate::support::install::{self, Part};
use crate::support::kernel::{self, until};
use crate::support::page::Page;
use crate::support::place;
use crate::support::sink::SmtpSink;
use crate::support::site::{Site, password_of};

fn written<'p>(page: &'p Page, subject: &str) -> Form<'p> {
    typed(page, "bo@example.org", subject).file("files", "a.txt", b"one")
}

fn expect_text(page: &Page) {
    let form = page.form("write");
    let text = form.value("text").unwrap_or_default();
    page.expect(text.contains("geranium"), || "the text is gone".into());
}

fn sign_in_again(page: &Page, password: &str) -> Page {
    let form = page.form("sign-in").set("login", "ann");
    form.set("password", password).submit()
}

/// What its user keeps, sent: whole.
fn expect_sent(page: &Page, sink: &SmtpSink, file: &str) {
    let before = sink.taken().len();
    says(&page.form("write").press("do", "send"), "Message sent");
    let text = only(sink.taken().split_off(before)).text();
    assert!(text.contains("geranium") && text.contains(file), "{text}");
}

#[test]
fn a_full_disk_shows_the_form_with_its_text() {
    if !damage::may_mount() {
        return;
    }
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let disk = Disk::mount(&site, "size=3m");
    let ann = site.sign_in("ann");
    let kept = written(&ann.get("/compose"), "Before").press("do", "keep");
    kept.shows("a.txt");
    let page = ann.get("/compose");
    let again = kept
        .form("write")
        .set("text", "The third geranium, changed");
    let large = typed(&page, "bo@example.org", "Full").file("files", "b.bin", &[7; 3_000_000]);
    let ballast = disk.fill();
    for answer in [
        written(&page, "Full").press("do", "send"),
        large.press("do", "send"),
        again.press("do", "keep"),
    ] {
        answer.has_status(422);
        says(&answer, "This site is out of disk space");
        expect_text(&answer);
    }
    assert!(sink.taken().is_empty());
    fs::remove_file(ballast).expect("the ballast");
    // What was kept before the disk was full is as it was.
    let kept = ann.get(kept.target());
    kept.shows("a.txt");
    expect_sent(&kept, &sink, "b25l");
    says(&written(&page, "Full").press("do", "send"), "Message sent");
    ann.get("/").hides("Unsent");
}

#[test]
fn a_full_mailbox_owes_the_copy_alone() {
    let sink = SmtpSink::start(false);
    let quota = "mail_plugins = quota\nplugin {\n quota = count:User quota\n quota_rule = *:storage=2M\n quota_vsizes = yes\n}\nprotocol imap {\n mail_plugins = quota imap_quota\n}\n";
    let site = plan().dovecot(quota).config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let large = vec![7; 1_800_000];
    let page = typed(&ann.get("/compose"), "bo@example.org", "Large")
        .file("files", "large.bin", &large)
        .press("do", "send");
    says(&page, "could not be saved in Sent");
    let page = ann.get("/").click("Unsent (1)").click("Large");
    says(&page, "Saving the copy does not send the message again.");
    says(
        &page.form("write").press("do", "send"),
        "could not be saved in Sent",
    );
    only(sink.taken());
    assert!(found(&site, "Sent").is_empty());
    ann.get("/").shows("Unsent (1)");
}

#[test]
fn a_password_that_was_changed_elsewhere_loses_nothing() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .config(&sink.config())
        .config("[cache]\nfresh_seconds = 0")
        .start();
    let ann = site.sign_in("ann");
    let kept = written(&ann.get("/compose"), "Kept").press("do", "keep");
    let page = ann.get("/compose");
    site.dovecot().set_password("ann", "Another-1888");
    let answer = written(&page, "Typed").press("do", "send");
    // It was sent, and its copy could not be made; or it was not, and is shown.
    let taken = sink.taken().len();
    answer.expect(taken == 1 || answer.source().contains("geranium"), || {
        "the text is gone".into()
    });
    // The same browser signs in with the new one.
    let page = ann.get("/folder?f=INBOX&compare=1");
    sign_in_again(&page, "Another-1888");
    let unsent = ann.get("/unsent");
    let typed = unsent.click("Typed");
    match taken {
        1 => says(&typed, "Saving the copy does not send the message again."),
        _ => expect_text(&typed),
    }
    let kept = ann.get(kept.target());
    kept.shows("a.txt");
    expect_sent(&kept, &sink, "b25l");
}

/// Damages the user's store, so that it is set aside and made anew.
fn damage_the_store(site: &Site) {
    for entry in fs::read_dir(site.user_dir()).expect("a user").flatten() {
        if entry.path().join("ready").exists() {
            let db = entry.path().join("db");
            let bytes = fs::read(&db).expect("the store");
            fs::write(&db, vec![0xa5; bytes.len()]).expect("the store");
            place::give_to_worker(&db);
        }
    }
}

#[test]
fn a_store_that_is_damaged_meanwhile_loses_nothing() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    damage_the_store(&site);
    let answer = written(&page, "Typed").press("do", "send");
    let answer = match answer.status() {
        401 => sign_in_again(&answer, &password_of("ann")),
        _ => answer,
    };
    if sink.taken().is_empty() {
        answer.shows("a.txt");
        expect_text(&answer);
        expect_sent(&answer, &sink, "b25l");
    }
    only(sink.taken());
}

#[test]
fn a_configuration_that_changes_meanwhile_loses_nothing() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let domains = "[identities]\ndomains = [\"example.org\"]\n";
    let nobody = format!("[identities]\ndomains = []\n{}", sink.config());
    let nowhere = format!("{domains}[smtp]\nhost = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"");
    let small = format!("{domains}{}\n[limits]\nupload_mb = 1", sink.config());
    for (config, words, bytes) in [
        (&nobody, "You cannot send from this address", 3),
        (&nowhere, "cannot be reached", 3),
        (&small, "too large", 2_000_000),
    ] {
        let page = ann.get("/compose");
        site.configure(config);
        let page = typed(&page, "bo@example.org", "Changed")
            .file("files", "a.txt", &vec![b'o'; bytes])
            .press("do", "send");
        says(&page, words);
        expect_text(&page);
        site.configure(&format!("{domains}{}", sink.config()));
        let page = ann.get("/unsent").click("Changed");
        expect_text(&page);
        let page = page
            .form("write")
            .set("from", "ann@example.org")
            .press("do", "send");
        says(&page, "Message sent");
    }
    assert_eq!(sink.taken().len(), 3);
    ann.get("/").hides("Unsent");
}

#[test]
fn an_upload_that_stalls_holds_nobody_up_and_its_text_is_kept() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let form = written(&page, "Stalled").file("files", "large.bin", &[7; 400_000]);
    let bytes = ann.bytes_of(&form.smuggle("do", "keep").request());
    let (most, _) = bytes.split_at(bytes.len() - 100_000);
    let mut slow = ann.open();
    slow.write_all(most).expect("the web server");
    let at_work = || kernel::processes(&site.program()).len();
    until("it is being read", || at_work() == 1);
    let lock = site.user_dir().join("lock");
    for path in ["/", "/folders", "/unsent", "/compose"] {
        let other = ann.tab().get(path);
        other.has_status(200);
        until("the click is over", || at_work() == 1);
        assert_eq!(kernel::lock(&lock), (None, 0), "{path}");
    }
    // Another message is written, with a file, and sent.
    let other = written(&ann.tab().get("/compose"), "Meanwhile").press("do", "send");
    says(&other, "Message sent");
    only(sink.taken());
    until("that is over", || at_work() == 1);
    assert_eq!(kernel::lock(&lock), (None, 0));
    // The line breaks: nobody gets an answer, and the text is found where unsent messages are.
    drop(slow);
    until("it is over", || at_work() == 0);
    let page = ann.get("/").click("Unsent (1)").click("Stalled");
    expect_text(&page);
    page.shows("a.txt");
    says(&page, "large.bin");
    expect_sent(&page, &sink, "b25l");
}

#[test]
fn whoever_is_killed_while_files_are_kept_leaves_their_names() {
    install::need(Part::Strace);
    let site = plan().start();
    let ann = site.sign_in("ann");
    ann.get("/folders");
    let [mut whole, mut named] = [0, 0];
    for nth in 1..40 {
        let subject = format!("Cut {nth}");
        let page = ann.get("/compose");
        let form = written(&page, &subject).file("files", "b.bin", &[7; 200_000]);
        let form = form.smuggle("do", "attach").request();
        let calls = "fdatasync,fsync,rename,renameat2";
        let is_killed = is_killed_at(&site, &ann, form, (calls, nth));
        let unsent = ann.get("/unsent");
        if unsent.has_link(&subject) {
            let page = unsent.click(&subject);
            expect_text(&page);
            let there = page.texts_of(".files .name");
            let told = said(&page);
            for file in ["a.txt", "b.bin"] {
                let is_there = there.iter().any(|name| name == file);
                let is_told = told.contains(&format!("The file {file} was not uploaded"));
                page.expect(is_there != is_told, || {
                    format!("killed at {nth}: {file} is there: {is_there}, told: {is_told}")
                });
            }
            match told.is_empty() {
                true => whole += 1,
                false => named += 1,
            }
            // The next form is another matter.
            let page = page.form("write").press("do", "keep");
            assert!(!said(&page).contains("was not uploaded"), "{}", said(&page));
            page.form("write").press("do", "discard");
        }
        if !is_killed {
            break;
        }
    }
    assert!(whole >= 1 && named >= 3, "{whole} whole, {named} named");
}
