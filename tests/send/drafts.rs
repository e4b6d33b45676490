//! What is written is in Drafts on the mail server, where other mail programs find it: once, as it was saved last.

use super::{found, is_killed_at, only, plan, said, says, typed};
use crate::support::clock::Clock;
use crate::support::install::{self, Part};
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::sink::SmtpSink;
use crate::support::site::Site;

/// The drafts that another mail program shows: those that are not marked as deleted.
fn drafts(site: &Site) -> Vec<String> {
    let all = found(site, "Drafts").into_iter();
    all.filter(|row| !row.contains("\\Deleted")).collect()
}

fn only_draft(site: &Site) -> String {
    let mut all = drafts(site);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn message_id(draft: &str) -> String {
    let line = draft.lines().find(|line| line.starts_with("Message-ID:"));
    line.unwrap_or_else(|| panic!("no Message-ID in {draft}"))
        .to_owned()
}

/// A draft that another mail program has put there.
fn put_there(site: &Site, mail: &str) {
    let mail = Mail::raw(mail).flagged(&["\\Seen", "\\Draft"]);
    site.other_client("ann").append("Drafts", &mail);
}

fn in_drafts(page: &Page) -> Page {
    page.visitor().get("/folder?f=Drafts&compare=1")
}

#[test]
fn rule_15_what_is_saved_is_one_draft_on_the_server_until_it_is_sent() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = typed(
        &ann.get("/compose"),
        "Bo <bo@example.org>, nobody",
        "Geraniums",
    )
    .set("bcc", "cas@example.org")
    .file("files", "a.txt", b"one")
    .press("do", "keep");
    says(&page, "Message saved.");
    let first = only_draft(&site);
    for kept in [
        "\\Draft",
        "\\Seen",
        "To: \"Bo\" <bo@example.org>, \"nobody\":;",
        "Bcc: <cas@example.org>",
        "third geranium",
        "filename=\"a.txt\"",
    ] {
        assert!(first.contains(kept), "{kept} in {first}");
    }
    // What is in Drafts need not be listed twice.
    ann.get("/").hides("Unsent");
    let form = page.form("write").set("to", "Bo <bo@example.org>");
    let page = form.set("text", "Take two.").press("do", "keep");
    let second = only_draft(&site);
    assert!(second.contains("Take two."), "{second}");
    assert_eq!(message_id(&first), message_id(&second));
    let again = page.form("write").press("do", "keep");
    assert_eq!(only_draft(&site), second);

    let list = in_drafts(&again);
    let opened = list.click("Geraniums");
    assert_eq!(opened.form("write").value("text"), Some("Take two."));
    opened.shows("a.txt");
    let sent = opened.form("write").press("do", "send");
    says(&sent, "Message sent");
    assert!(drafts(&site).is_empty(), "{:?}", drafts(&site));
    assert_eq!(found(&site, "Sent").len(), 1);
    assert!(only(sink.taken()).text().contains("Take two."));
    in_drafts(&sent).hides("Geraniums");
}

#[test]
fn a_draft_of_another_program_is_written_on_and_replaced() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    put_there(
        &site,
        "From: Ann <ann@example.org>\r\nTo: bo@example.org\r\nBcc: cas@example.org\r\nSubject: From afar\r\n\
         Message-ID: <afar@example.net>\r\nIn-Reply-To: <asked@example.net>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nBegun elsewhere.\r\n\
         --b\r\nContent-Type: text/csv; name=t.csv\r\nContent-Disposition: attachment; filename=t.csv\r\n\r\na,b\r\n--b--\r\n",
    );
    let list = ann.get("/folder?f=Drafts&compare=1");
    let page = list.click("From afar");
    let form = page.form("write");
    assert_eq!(form.value("to"), Some("bo@example.org"));
    assert_eq!(form.value("bcc"), Some("cas@example.org"));
    assert_eq!(form.value("text"), Some("Begun elsewhere."));
    page.shows("t.csv");
    // The same link leads to the same message.
    assert_eq!(list.click("From afar").target(), page.target());
    let page = form.set("text", "Gone on with here.").press("do", "keep");
    let draft = only_draft(&site);
    for kept in [
        "Message-ID: <afar@example.net>",
        "In-Reply-To: <asked@example.net>",
        "Gone on with here.",
        "t.csv",
    ] {
        assert!(draft.contains(kept), "{kept} in {draft}");
    }
    says(&page.form("write").press("do", "send"), "Message sent");
    assert!(drafts(&site).is_empty());
    let taken = only(sink.taken()).text();
    assert!(
        taken.contains("filename=\"t.csv\"") && taken.contains("In-Reply-To: <asked@example.net>"),
        "{taken}"
    );
}

#[test]
fn rule_15_a_draft_that_was_changed_elsewhere_stays_and_what_is_here_becomes_another() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = typed(&ann.get("/compose"), "bo@example.org", "Two hands").press("do", "keep");
    let first = only_draft(&site);
    let id = message_id(&first);
    // As other programs change one: theirs goes in, the one before goes out.
    put_there(
        &site,
        &format!(
            "From: ann@example.org\r\nTo: bo@example.org\r\nSubject: Two hands\r\n{}\r\n\r\nFrom the phone.\r\n",
            id.trim()
        ),
    );
    let mut client = site.other_client("ann");
    client.run("SELECT Drafts");
    client.run("STORE 1 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    let form = page.form("write").set("text", "From the desk.");
    let page = form.press("do", "keep");
    says(&page, "changed or deleted in another program");
    let both = drafts(&site);
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both[0].contains("From the phone.") && both[1].contains("From the desk."));
    assert_ne!(message_id(&both[0]), message_id(&both[1]));
    let page = page
        .form("write")
        .set("text", "From the desk, again.")
        .press("do", "keep");
    assert!(!said(&page).contains("another program"), "{}", said(&page));
    let both = drafts(&site);
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both[1].contains("again"));
    says(&page.form("write").press("do", "send"), "Message sent");
    assert!(only_draft(&site).contains("From the phone."));
}

#[test]
fn rule_15_a_kill_and_another_program_at_once_leave_no_draft_too_many() {
    install::need(Part::Strace);
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let mut steps = 0;
    for nth in 1..100 {
        let subject = format!("Cut {nth}");
        let page = typed(&ann.get("/compose"), "bo@example.org", &subject).press("do", "keep");
        let id = message_id(drafts(&site).last().expect("a draft"));
        let sent = page
            .form("write")
            .set("text", "On its way")
            .smuggle("do", "keep");
        if !is_killed_at(&site, &ann, sent.request(), ("sendto", nth)) {
            break;
        }
        steps += 1;
        put_there(
            &site,
            &format!(
                "From: ann@example.org\r\nTo: bo@example.org\r\nSubject: {subject}\r\n{}\r\n\r\nFrom the phone.\r\n",
                id.trim()
            ),
        );
        let page = page
            .form("write")
            .set("text", "From the desk.")
            .press("do", "keep");
        says(&page, "changed or deleted in another program");
        let mut all = drafts(&site);
        all.retain(|draft| draft.contains(&format!("Subject: {subject}\r")));
        let is_both = all.len() == 2
            && all.iter().any(|draft| draft.contains("From the phone."))
            && all.iter().any(|draft| draft.contains("From the desk."));
        assert!(is_both, "killed at number {nth}: {all:#?}");
        // Sent or thrown away, what is of this program goes, and what is not stays.
        match nth % 2 {
            0 => says(&page.form("write").press("do", "send"), "Message sent"),
            _ => says(&page.form("write").press("do", "discard"), "discarded"),
        }
        let mut all = drafts(&site);
        all.retain(|draft| draft.contains(&format!("Subject: {subject}\r")));
        assert_eq!(all.len(), 1, "killed at number {nth}: {all:#?}");
    }
    assert!(steps >= 3, "only {steps} steps");
}

#[test]
fn what_is_discarded_leaves_drafts_and_comes_back_with_undo() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = typed(&ann.get("/compose"), "bo@example.org", "Never mind").press("do", "keep");
    only_draft(&site);
    let page = page.form("write").press("do", "discard");
    says(&page, "Message discarded.");
    assert!(drafts(&site).is_empty(), "{:?}", drafts(&site));
    let page = page.click("Undo");
    assert_eq!(page.form("write").value("subject"), Some("Never mind"));
    page.form("write").press("do", "keep");
    assert!(only_draft(&site).contains("Never mind"));
}

#[test]
fn what_cannot_be_put_into_drafts_is_kept_here_and_its_page_says_why() {
    let sink = SmtpSink::start(false);
    let mut site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = typed(&ann.get("/compose"), "bo@example.org", "Alone").press("do", "keep");
    only_draft(&site);
    site.dovecot_mut().stop();
    let page = page
        .form("write")
        .set("text", "Only here.")
        .press("do", "keep");
    says(
        &page,
        "not in Drafts on the mail server. The mail server cannot be reached.",
    );
    assert_eq!(page.form("write").value("text"), Some("Only here."));
    ann.get("/unsent").shows("Alone");
    site.dovecot_mut().start_again();
    let page = page.form("write").press("do", "keep");
    assert!(!said(&page).contains("not in Drafts"), "{}", said(&page));
    assert!(only_draft(&site).contains("Only here."));
    ann.get("/unsent").hides("Alone");
}

#[test]
fn where_there_is_no_folder_for_drafts_and_none_can_be_made_its_page_says_so() {
    let sink = SmtpSink::start(false);
    let config = "[identities]\ndomains = [\"example.org\"]";
    let none = "namespace inbox {\n  mailbox Drafts {\n    auto = no\n    special_use =\n  }\n}\n";
    let site = Site::new().config(config).config(&sink.config());
    let mut site = site.dovecot(none).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    site.dovecot_mut().stop();
    let page = typed(&page, "bo@example.org", "Nowhere").press("do", "keep");
    says(&page, "no Drafts folder, and Postern could not create one");
    site.dovecot_mut().start_again();
    let page = page.form("write").press("do", "keep");
    assert!(!said(&page).contains("not in Drafts"), "{}", said(&page));
    assert!(only_draft(&site).contains("Nowhere"));
}

#[test]
fn what_is_redirected_is_saved_here_alone() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.open_mail("Message 1").click("Redirect");
    let form = page.form("write").set("to", "bo@example.org");
    let page = form.press("do", "keep");
    says(&page, "Message saved.");
    assert!(drafts(&site).is_empty(), "{:?}", drafts(&site));
    ann.get("/unsent").shows("Message 1");
    says(&page.form("write").press("do", "send"), "Message sent");
}

#[test]
fn rule_14_whoever_leaves_while_writing_finds_it_in_drafts() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let autosave = |subject: &str, is_leaving: bool| {
        let mut form = typed(&page, "bo@example.org", subject);
        if is_leaving {
            form = form.smuggle("leaving", "1");
        }
        let mut request = form.request();
        request.target = page.attributes_of("form", "data-autosave").remove(0);
        ann.send(&request).has_status(204);
    };
    autosave("While writing", false);
    assert!(drafts(&site).is_empty());
    autosave("On leaving", true);
    let first = only_draft(&site);
    assert!(first.contains("On leaving"), "{first}");
    // It is young: what follows is kept here alone.
    autosave("While writing on", false);
    assert_eq!(only_draft(&site), first);
    ann.get("/unsent").shows("While writing on");
}

#[test]
fn a_draft_that_is_open_on_two_devices_loses_neither_text() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = typed(&ann.get("/compose"), "bo@example.org", "Two devices")
        .file("files", "a.txt", b"one")
        .press("do", "keep");
    let phone = site.sign_in("ann").get(page.target());
    let form = page.form("write").set("text", "From the desk.");
    form.press("do", "keep");
    for _ in 0..2 {
        // Twice, as an impatient hand sends it: nothing goes out.
        let form = phone.form("write").set("text", "From the phone.");
        let sent = form.press("do", "send");
        says(&sent, "changed in another window or on another device");
        assert_eq!(sent.form("write").value("text"), Some("From the phone."));
        sent.shows("a.txt");
    }
    assert!(sink.taken().is_empty());
    let there = page.visitor().get(page.target());
    assert_eq!(there.form("write").value("text"), Some("From the desk."));
    assert_eq!(
        ann.get("/unsent").attributes_of("ul.all a", "href").len(),
        1
    );
}

#[test]
fn what_is_written_outlives_a_store_that_is_lost() {
    let sink = SmtpSink::start(false);
    let mut site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    site.dovecot_mut().stop();
    let page = typed(&page, "bo@example.org", "Outlives").press("do", "keep");
    says(&page, "not in Drafts on the mail server");
    site.dovecot_mut().start_again();
    std::fs::remove_dir_all(site.user_dir().join("db.1")).expect("a store");
    page.visitor().get_once(page.target()).has_status(401);
    let ann = site.sign_in("ann");
    let found = ann.get("/unsent").click("Outlives");
    assert_eq!(
        found.form("write").value("text"),
        page.form("write").value("text")
    );
    says(&found.form("write").press("do", "send"), "Message sent");
}

#[test]
fn an_hour_of_typing_leaves_one_draft() {
    let sink = SmtpSink::start(false);
    let mut clock = Clock::start(plan().config(&sink.config()));
    let ann = clock.site.sign_in("ann");
    let page = ann.get("/compose");
    let autosave = page.attributes_of("form", "data-autosave").remove(0);
    for step in 1..=180 {
        clock.set(&format!("+{}s", step * 20));
        let text = "word ".repeat(step);
        let mut request = typed(&page, "bo@example.org", "An hour")
            .set("text", &text)
            .request();
        request.target.clone_from(&autosave);
        let kept = ann.send(&request);
        kept.has_status(204);
    }
    let site = &mut clock.site;
    let draft = only_draft(site);
    let words = draft.matches("word").count();
    assert!((160..=180).contains(&words), "{words} words");
    let unsent = ann.get("/unsent").attributes_of("ul.all a", "href").len();
    assert!(unsent <= 1, "{unsent} unsent");
    assert_eq!(found(site, "Drafts").len(), 1);
}

/// The calls at which saving is killed.
const CALLS: [&str; 5] = [
    "sendto",
    "recvfrom",
    "write",
    "fdatasync,fsync",
    "rename,renameat2",
];

#[test]
fn rule_15_saving_may_be_killed_at_each_step_and_one_draft_is_shown() {
    install::need(Part::Strace);
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let mut page = typed(&ann.get("/compose"), "bo@example.org", "Cut").press("do", "keep");
    let mut steps = 0;
    for call in CALLS {
        for nth in 1..200 {
            let text = format!("{call} {nth}");
            let sent = page.form("write").set("text", &text).smuggle("do", "keep");
            let is_killed = is_killed_at(&site, &ann, sent.request(), (call, nth));
            page = sent.press("do", "keep");
            let step = format!("killed at {call} number {nth}");
            let all = drafts(&site);
            assert_eq!(all.len(), 1, "{step}: {all:?}");
            assert!(all[0].contains(&text), "{step}: {all:?}");
            assert!(
                !said(&page).contains("another program"),
                "{step}: {}",
                said(&page)
            );
            if !is_killed {
                break;
            }
            steps += 1;
        }
    }
    println!("killed at {steps} steps");
    assert!(steps >= 30, "only {steps} steps");
}
