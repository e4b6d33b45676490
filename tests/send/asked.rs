//! What is asked before a message is sent, what follows it, and how one that was thrown away comes back.

use super::{found, mail, only, plan, said, says, send, typed};
use crate::support::sink::SmtpSink;

#[test]
fn all_questions_are_asked_at_once_and_one_click_answers_them() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let many: Vec<String> = (0..20).map(|n| format!("a{n}@example.org")).collect();
    let to = format!("{}, bo@examp1e.org", many.join(", "));
    let page = ann.get("/compose");
    let form = typed(&page, &to, "").set("text", "The report is attached.\n");
    let page = form.press("do", "send");
    for words in [
        "no subject",
        "You wrote “attached”, but no file is attached.",
        "21 people will see each other’s addresses.",
        "bo@examp1e.org looks like an address at example.org",
    ] {
        says(&page, words);
    }
    assert!(sink.taken().is_empty());
    // They are hidden from each other, and it is asked no more.
    let hidden = page.form("write").press("do", "hide");
    let value = |name: &str| {
        hidden
            .form("write")
            .value(name)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    assert_eq!((value("to"), value("cc")), (String::new(), String::new()));
    assert!(
        value("bcc").starts_with("a0@example.org, ") && value("bcc").ends_with("bo@examp1e.org")
    );
    let page = hidden
        .form("write")
        .set("subject", "Report")
        .press("do", "send");
    assert!(!said(&page).contains("see each other"), "{}", said(&page));
    says(
        &page.form("write").press("do", "send"),
        "Message sent to 21 people",
    );
    let taken = only(sink.taken());
    assert!(
        !taken.text().contains("a0@")
            && taken.about["to"]
                .as_array()
                .is_some_and(|to| to.len() == 21)
    );
    // A file answers the first, another's words are none of one's own.
    let page = ann.get("/compose");
    let form = typed(&page, "bo@example.org", "Files").set("text", "It is attached.");
    says(
        &form.file("files", "a.txt", b"a").press("do", "send"),
        "Message sent",
    );
    let page = ann.get("/compose");
    let form = typed(&page, "bo@example.org", "Quoted").set("text", "Yes\n> it is attached");
    says(&form.press("do", "send"), "Message sent");
}

fn letters() -> Vec<crate::support::mails::Mail> {
    ["One", "Two"]
        .map(|subject| {
            mail(
                &format!("From: Bo <bo@example.org>\nTo: ann@example.org\nSubject: {subject}"),
                "Shall we?",
            )
        })
        .to_vec()
}

#[test]
fn what_is_answered_is_archived_once_the_answer_is_sent() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .mails("ann", "INBOX", letters())
        .config(&sink.config())
        .start();
    site.other_client("ann").run("CREATE Archive");
    let ann = site.sign_in("ann");
    let page = ann.open_mail("One").click("Reply");
    sink.rules(serde_json::json!({"data": "554 no"}));
    let page = page.form("write").press("do", "archive");
    says(&page, "did not accept it");
    assert!(found(&site, "Archive").is_empty(), "nothing was sent");
    sink.rules(serde_json::json!({}));
    let page = page.form("write").press("do", "archive");
    says(
        &page,
        "Message sent. The message you answered was archived.",
    );
    let kept = found(&site, "Archive");
    assert!(
        kept.len() == 1 && kept[0].contains("\\Answered"),
        "{kept:?}"
    );
    assert_eq!(found(&site, "INBOX").len(), 4);
    only(sink.taken());
    // That it was archived is undone as any other act is; what was sent stays sent.
    let back = page.click("Undo");
    says(&back, "1 message moved to Inbox.");
    back.shows("One");
    assert!(found(&site, "Archive").is_empty());
    let there = found(&site, "INBOX");
    let one = there.iter().find(|row| row.contains("Subject: One"));
    assert!(
        one.is_some_and(|row| row.contains("\\Answered")),
        "{there:?}"
    );
    only(sink.taken());
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("MOVE 5 Archive");
    // Sending and archiving are two things: that one fails does not mean that the other did.
    let page = ann.open_mail("Two").click("Reply");
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("STORE 4 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    let page = page.form("write").press("do", "archive");
    says(
        &page,
        "Message sent. The message you answered could not be archived",
    );
    assert_eq!(sink.taken().len(), 2);
    assert_eq!(found(&site, "Archive").len(), 1);
    ann.get("/").hides("Unsent");
    // A new message answers nothing.
    let page = ann.get("/compose");
    assert!(!page.source().contains("value=\"archive\""));
}

#[test]
fn what_was_thrown_away_comes_back_as_it_was() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let form = typed(&page, "bo@example.org", "Back").file("files", "a.txt", b"one");
    let page = form.press("do", "discard");
    says(&page, "Message discarded.");
    page.hides("Unsent");
    let page = page.form_at(".note form", 0).submit();
    page.shows("a.txt");
    assert_eq!(page.form("write").value("subject"), Some("Back"));
    ann.get("/").shows("Unsent (1)");
    says(&page.form("write").press("do", "send"), "Message sent");
    assert!(only(sink.taken()).text().contains("b25l"));
    // Nothing that nobody has written comes back.
    let page = ann.get("/compose").form("write").press("do", "discard");
    assert!(page.texts_of(".note form").is_empty());
    says(&send(&ann, "bo@example.org", "Hello"), "Message sent");
}

#[test]
fn who_was_written_to_is_known() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    says(&send(&ann, "bo@orchestra.example", "First"), "Message sent");
    let page = send(&ann, "bo@orchestar.example", "Second");
    says(
        &page,
        "bo@orchestar.example looks like an address at orchestra.example",
    );
    says(&page.form("write").press("do", "send"), "Message sent");
    // Its writer knows it now.
    says(&send(&ann, "bo@orchestar.example", "Third"), "Message sent");
    assert_eq!(sink.taken().len(), 3);
}
