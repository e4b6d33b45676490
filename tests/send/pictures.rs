//! The pages of a message that is written, for people to judge (see `look`).

use super::{mail, plan};
use crate::look;
use crate::support::chromium::Chromium;
use crate::support::mails::{MailBuilder, attachment};
use crate::support::sink::SmtpSink;

#[test]
fn pages_for_writing_have_their_pictures() {
    let sink = SmtpSink::start(false);
    let files = ["Parts, second violins.pdf", "Seating plan.png"].map(|name| {
        attachment(
            "application/pdf",
            &format!("filename=\"{name}\""),
            &[7; 90_000],
        )
    });
    let letter = MailBuilder::about("Rehearsal on Thursday").mixed("Here they are.", &files);
    let asking = mail(
        "From: Karin Lund <karin@example.org>\nTo: ann@example.org\nSubject: Please confirm\nDisposition-Notification-To: karin@example.org",
        "Did you see it?",
    );
    let invitation = MailBuilder::about("Autumn concert").of_kind(
        "text/calendar; method=REQUEST; charset=utf-8",
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nSUMMARY:Autumn concert\nDTSTART:20261203T180000Z\nORGANIZER;CN=Karin Lund:mailto:karin@example.org\nATTENDEE;CN=Ann:mailto:ann@example.org\nEND:VEVENT\nEND:VCALENDAR",
    );
    let site = plan()
        .mails("ann", "INBOX", vec![letter, asking, invitation])
        .config(&sink.config())
        .start();
    site.other_client("ann").run("CREATE Archive");
    let ann = site.sign_in("ann");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let message = ann.open_mail("Rehearsal on Thursday");
    for (name, how) in [
        ("forward", "Forward"),
        ("redirect", "Redirect"),
        ("reply", "Reply"),
    ] {
        let page = message.link(how);
        let url = format!("{}{}", site.url().trim_end_matches(ann.base()), page);
        look::pictures(&tab, &format!("compose-{name}"), &url);
    }
    let to: Vec<String> = (0..21).map(|n| format!("a{n}@example.org")).collect();
    for (name, subject) in [
        ("receipt", "Please confirm"),
        ("invitation", "Autumn concert"),
    ] {
        let list = ann.get("/");
        let url = format!(
            "{}{}",
            site.url().trim_end_matches(ann.base()),
            list.link(subject)
        );
        look::pictures(&tab, &format!("compose-{name}"), &url);
    }
    // The page that asks is the answer to a form, so the browser has to send one.
    tab.open(&format!("{}/compose", site.url()));
    tab.fill("#w-to", &to.join(", "));
    tab.fill("#w-text", "The parts are attached.");
    tab.loading(|| tab.click(".tools button[value=send]"));
    for (window, width, height) in [("wide", 1280, 900), ("phone", 390, 844)] {
        tab.viewport(width, height, 1.0, false);
        tab.screenshot(&format!("compose-asked-{window}"));
    }
    tab.open(&format!("{}/compose", site.url()));
    tab.evaluate("document.querySelectorAll('.compose details').forEach(one => one.open = true)");
    for (window, width, height) in [("wide", 1280, 1200), ("phone", 390, 1500)] {
        tab.viewport(width, height, 1.0, false);
        tab.evaluate("document.querySelector('.asks').scrollIntoView()");
        tab.screenshot(&format!("compose-options-{window}"));
    }
}
