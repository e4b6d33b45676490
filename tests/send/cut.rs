//! Sending, cut short by a kill at each of its system calls: no message goes out twice unless its writer chose that, no page
//! says "sent" where none did, and the text is there.

use std::os::unix::process::ExitStatusExt as _;

use super::{found, only, plan, said, says, typed};
use crate::support::by_hand::ByHand;
use crate::support::install::{self, Part};
use crate::support::sink::{Sendmail, SmtpSink, Taken};
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// The calls at which it is killed: what goes out, what comes in, what lasts, what gets its name, what makes a program.
const CALLS: [&str; 7] = [
    "sendto",
    "recvfrom",
    "write",
    "fdatasync,fsync",
    "rename,renameat2",
    "unlink,unlinkat",
    "clone3,vfork,clone",
];

/// What must be true after a kill, whatever it was that was cut.
fn expect_truth(
    site: &Site,
    ann: &Visitor,
    taken: &dyn Fn() -> Vec<Taken>,
    subject: &str,
    step: &str,
) {
    let of_this = || {
        let all = taken().into_iter();
        let mails = all.filter(|mail| {
            mail.text().contains(&format!("Subject: {subject}\n"))
                || mail.text().contains(&format!("Subject: {subject}\r\n"))
        });
        mails.count()
    };
    let sent = of_this();
    assert!(sent <= 1, "{step}: sent {sent} times");
    let mut page = ann.get("/unsent");
    if page.has_words(subject) {
        page = page.click(subject);
        let is_open = said(&page);
        if is_open.contains("may have been sent") {
            // Its writer knows of one, and leaves it at that.
            assert!(sent <= 1, "{step}");
            says(
                &page.form("write").press("do", "discard"),
                "Message discarded.",
            );
            return;
        }
        if is_open.contains("Nothing will be sent again.") {
            assert_eq!(sent, 1, "{step}: {is_open}");
        } else {
            assert_eq!(sent, 0, "{step}: {is_open}");
            let text = page.form("write");
            assert!(
                text.value("text").is_some_and(|t| t.contains("geranium")),
                "{step}"
            );
        }
        let page = page.form("write").press("do", "send");
        page.expect(said(&page).contains("Message sent"), || {
            format!("{step}: {}", said(&page))
        });
        assert_eq!(of_this(), 1, "{step}");
    } else if sent == 0 {
        // Killed before anything was kept: the browser still has the form.
        return;
    }
    let copies = found(site, "Sent")
        .iter()
        .filter(|row| row.contains(&format!("Subject: {subject}\r")))
        .count();
    assert_eq!(copies, 1, "{step}: copies in Sent");
    ann.get("/").hides("Unsent");
}

fn killed_at_each_step(site: &Site, taken: &dyn Fn() -> Vec<Taken>) {
    install::need(Part::Strace);
    let ann = site.sign_in("ann");
    ann.get("/folders");
    let mut steps = 0;
    for call in CALLS {
        for nth in 1..400 {
            let subject = format!("Step {} {nth}", call.split(',').next().unwrap_or_default());
            let page = ann.get("/compose");
            let sent = typed(&page, "bo@example.org", &subject)
                .file("files", "a.txt", b"one")
                .smuggle("do", "send")
                .request();
            let mut by_hand = sent.clone();
            by_hand.headers.retain(|(name, _)| name != "Origin");
            let inject = format!("inject={call}:signal=SIGKILL:when={nth}");
            let outcome = ByHand::request(&site.program(), by_hand)
                .by(&ann)
                .under(&["strace", "-qq", "-o", "/dev/null"])
                .under(&["-e", &format!("trace={call}"), "-e", &inject])
                .run();
            let is_killed = outcome.ended.signal().is_some() || !outcome.ended.success();
            let step = format!("killed at {call} number {nth}");
            expect_truth(site, &ann, taken, &subject, &step);
            if !is_killed {
                break;
            }
            steps += 1;
        }
    }
    println!("killed at {steps} steps");
    assert!(steps >= 40, "only {steps} steps");
}

#[test]
fn a_message_may_be_killed_at_each_step_on_its_way_to_a_server() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    killed_at_each_step(&site, &|| sink.taken());
}

#[test]
fn a_message_may_be_killed_at_each_step_on_its_way_to_a_program() {
    let sendmail = Sendmail::new();
    let site = plan().setting(&sendmail.setting()).start();
    killed_at_each_step(&site, &|| sendmail.taken());
}

#[test]
fn what_is_torn_on_the_disk_is_not_sent() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let page = typed(&page, "bo@example.org", "Torn")
        .file("files", "a.bin", &[1; 200_000])
        .press("do", "keep");
    let mut torn = 0;
    for entry in walk(&site.user_dir().join("drafts")) {
        if entry.file_name().is_some_and(|name| name == "file.0") {
            let bytes = std::fs::read(&entry).expect("the file");
            std::fs::write(&entry, &bytes[..bytes.len() / 2]).expect("the file");
            torn += 1;
        }
    }
    assert_eq!(torn, 1);
    let page = page.form("write").press("do", "send");
    says(&page, "An attached file cannot be read any more.");
    assert!(sink.taken().is_empty());
    let page = page.form("write").press("do", "detach.0");
    says(&page.form("write").press("do", "send"), "Message sent");
    only(sink.taken());
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).expect("a directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => walk(&path),
            false => vec![path],
        })
        .collect()
}
