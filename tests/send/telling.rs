//! What a reader tells the sender of a message by one click: that it was read, or whether they come. And what a writer asks for.
//!
//! | rule | test |
//! |---|---|
//! | an invitation is answered from the address that was invited; what names the event is kept, the moment is new, the method stands in type and body | `rule_11_an_invitation_is_answered_from_its_card` |
//! | a request for a receipt is asked about once, never answered by itself | `rule_12_a_receipt_is_sent_by_a_click_alone_and_asked_about_once` |

use serde_json::json;

use super::{found, mail, only, plan, says, typed};
use crate::support::mails::{Mail, MailBuilder};
use crate::support::page::Page;
use crate::support::sink::{Sendmail, SmtpSink};
use crate::support::site::Site;

fn asking(to: &str) -> Mail {
    mail(
        &format!(
            "From: Bo <bo@example.org>\nTo: ann@example.org\nSubject: Did you see it?\nMessage-ID: <ask@x>\nDisposition-Notification-To: {to}"
        ),
        "Please tell.",
    )
}

fn button<'p>(page: &'p Page, value: &str) -> crate::support::form::Form<'p> {
    let forms = page.forms();
    let form = forms.into_iter().find(|form| {
        form.buttons()
            .iter()
            .any(|(name, v)| name == "tell" && v == value)
    });
    form.unwrap_or_else(|| panic!("no button {value}: {}", page.text()))
}

fn marked(site: &crate::support::site::Site) -> bool {
    found(site, "INBOX")
        .iter()
        .any(|row| row.contains("Did you see it?") && row.contains("$MDNSent"))
}

#[test]
fn rule_12_a_receipt_is_sent_by_a_click_alone_and_asked_about_once() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .mails("ann", "INBOX", vec![asking("Bo <bo@elsewhere.example>")])
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let page = ann.open_mail("Did you see it?");
    page.shows("asks for a read receipt")
        .shows("bo@elsewhere.example");
    assert!(sink.taken().is_empty() && !marked(&site));
    let sent = button(&page, "read").press("tell", "read");
    says(&sent, "Message sent");
    sent.hides("asks for a read receipt");
    let taken = only(sink.taken());
    // Nothing answers it (RFC 8098 3).
    assert_eq!(taken.about["from"], "<>");
    assert_eq!(taken.about["to"], json!(["bo@elsewhere.example"]));
    let text = taken.text();
    for line in [
        "From: <ann@example.org>\r\n",
        "Subject: Read: Did you see it?\r\n",
        "In-Reply-To: <ask@x>\r\n",
        "Content-Type: multipart/report; report-type=disposition-notification;\r\n boundary=",
        "\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;ann@example.org\r\nOriginal-Message-ID: <ask@x>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(marked(&site));
    // The same form, and the page as another tab still has it, tell nothing twice.
    button(&page, "read").press("tell", "read");
    assert_eq!(sink.taken().len(), 1);
    ann.open_mail("Did you see it?")
        .hides("asks for a read receipt");
}

#[test]
fn who_tells_nothing_is_asked_no_more() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .mails("ann", "INBOX", vec![asking("bo@example.org")])
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let page = ann.open_mail("Did you see it?");
    let page = page.form_at(".note .acts form", 1).submit();
    says(&page, "No receipt was sent.");
    ann.open_mail("Did you see it?")
        .hides("asks for a read receipt");
    assert!(marked(&site) && sink.taken().is_empty());
}

#[test]
fn nobody_is_asked_for_what_is_their_own_or_no_address() {
    let sendmail = Sendmail::new();
    let own = mail(
        "From: Ann <ann@example.org>\nTo: bo@example.org\nSubject: My own\nDisposition-Notification-To: ann@example.org",
        "Hi",
    );
    let evil = mail(
        "From: Bo <bo@example.org>\nTo: ann@example.org\nSubject: Evil\nMessage-ID: <a b\tX-Evil: 1>\nDisposition-Notification-To: nobody",
        "Hi",
    );
    let site = plan()
        .mails("ann", "INBOX", vec![own, evil, asking("bo@example.org")])
        .setting(&sendmail.setting())
        .start();
    let ann = site.sign_in("ann");
    for subject in ["My own", "Evil"] {
        ann.open_mail(subject).hides("asks for a read receipt");
    }
    // A program gets no sender, too.
    let page = ann.open_mail("Did you see it?");
    says(&button(&page, "read").press("tell", "read"), "Message sent");
    assert_eq!(
        only(sendmail.taken()).about,
        json!("-i -f <> -- bo@example.org")
    );
}

fn invitation(attendee: &str, organizer: &str) -> Mail {
    let calendar = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:rehearsal-1@example.org\nSEQUENCE:2\nRECURRENCE-ID;TZID=Europe/Oslo:20261203T190000\nDTSTAMP:20261101T100000Z\nDTSTART:20261203T180000Z\nDTEND:20261203T200000Z\nSUMMARY:Rehearsal\\, second violins\nORGANIZER;CN=\"Lund, Karin\":mailto:{organizer}\nATTENDEE;CN=Ann;PARTSTAT=NEEDS-ACTION:mailto:{attendee}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:cas@example.org\nEND:VEVENT\nEND:VCALENDAR"
    );
    MailBuilder::about("Rehearsal")
        .from("Karin Lund <karin@example.org>")
        .fields("Message-ID: <invite@x>")
        .of_kind("text/calendar; method=REQUEST; charset=utf-8", &calendar)
}

/// The calendar of a mail, out of base64.
fn calendar(text: &str) -> String {
    use base64::Engine as _;
    let (_, rest) = text
        .split_once("text/calendar; method=REPLY; charset=utf-8\r\n")
        .expect("a calendar");
    let coded = rest.split("\r\n\r\n").nth(1).unwrap_or_default();
    let coded = coded
        .split("\r\n--")
        .next()
        .unwrap_or_default()
        .replace("\r\n", "");
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(coded)
        .expect("base64");
    String::from_utf8(bytes)
        .expect("UTF-8")
        .replace("\r\n ", "")
}

/// Ann is invited.
fn invited(sink: &SmtpSink) -> Site {
    let mails = vec![invitation("ann@example.org", "karin@example.org")];
    let plan = plan().mails("ann", "INBOX", mails);
    plan.config(&sink.config()).start()
}

#[test]
fn rule_11_an_invitation_is_answered_from_its_card() {
    let sink = SmtpSink::start(false);
    let site = invited(&sink);
    let ann = site.sign_in("ann");
    for (nth, (press, partstat, subject)) in [
        ("yes", "ACCEPTED", "Accepted"),
        ("perhaps", "TENTATIVE", "Tentative"),
        ("no", "DECLINED", "Declined"),
    ]
    .into_iter()
    .enumerate()
    {
        let page = ann.open_mail("Rehearsal");
        let form = button(&page, press);
        let request = button(&page, press).smuggle("tell", press).request();
        says(&form.press("tell", press), "Message sent");
        // Twice the same click is one answer.
        ann.follow(ann.send(&request));
        let taken = sink.taken();
        assert_eq!(taken.len(), nth + 1);
        let taken = &taken[nth];
        assert_eq!(taken.about["from"], "ann@example.org");
        assert_eq!(taken.about["to"], json!(["karin@example.org"]));
        let text = taken.text();
        assert!(
            text.contains(&format!(
                "Subject: {subject}: Rehearsal, second violins\r\n"
            )),
            "{text}"
        );
        assert!(text.contains("In-Reply-To: <invite@x>\r\n"), "{text}");
        let said = calendar(&text);
        for line in [
            "METHOD:REPLY\r\n",
            "UID:rehearsal-1@example.org\r\nSEQUENCE:2\r\nRECURRENCE-ID;TZID=Europe/Oslo:20261203T190000\r\n",
            "SUMMARY:Rehearsal\\, second violins\r\n",
            "ORGANIZER;CN=\"Lund, Karin\":mailto:karin@example.org\r\n",
            &format!("ATTENDEE;PARTSTAT={partstat};CN=\"Ann\":mailto:ann@example.org\r\n"),
        ] {
            assert!(said.contains(line), "{line} in {said}");
        }
        assert!(
            !said.contains("DTSTAMP:20261101") && said.matches("ATTENDEE").count() == 1,
            "{said}"
        );
    }
    assert_eq!(found(&site, "Sent").len(), 3);
    assert!(
        found(&site, "INBOX")
            .iter()
            .any(|row| row.contains("Rehearsal") && row.contains("\\Answered"))
    );
}

#[test]
fn an_answer_that_is_refused_is_kept_and_can_be_sent_again() {
    let sink = SmtpSink::start(false);
    let site = invited(&sink);
    let ann = site.sign_in("ann");
    sink.rules(json!({"data": "451 later"}));
    let page = button(&ann.open_mail("Rehearsal"), "yes").press("tell", "yes");
    says(&page, "cannot accept it now");
    ann.get("/").shows("Unsent (1)");
    sink.rules(json!({}));
    says(&page.form("write").press("do", "send"), "Message sent");
    assert!(calendar(&only(sink.taken()).text()).contains("PARTSTAT=ACCEPTED"));
}

#[test]
fn only_who_is_invited_answers_and_nothing_in_it_adds_a_line() {
    let sink = SmtpSink::start(false);
    let evil = invitation("ann@example.org", "karin@example.org");
    let evil = String::from_utf8(evil.bytes).expect("text");
    let evil = evil
        .replace("UID:rehearsal-1@example.org", "UID:1\\nATTACH:evil\rBCC:x")
        .replace("CN=Ann", "CN=\"A^n^'B\"")
        .replace("Subject: Rehearsal", "Subject: Hostile");
    let site = plan()
        .mails(
            "ann",
            "INBOX",
            vec![
                invitation("dee@example.net", "karin@example.org"),
                Mail::raw(evil.into_bytes()),
            ],
        )
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    ann.open_mail("Rehearsal").hides("Accept");
    says(
        &button(&ann.open_mail("Hostile"), "yes").press("tell", "yes"),
        "Message sent",
    );
    let said = calendar(&only(sink.taken()).text());
    for line in said.lines() {
        assert!(
            !line.starts_with("ATTACH") && !line.starts_with("BCC"),
            "{said}"
        );
    }
}

#[test]
fn what_a_writer_asks_for_travels_and_stays_with_the_form() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.get("/compose");
    let form = typed(&page, "bo@example.org", "Urgent").set("priority", "high");
    let form = form.smuggle("receipt", "1").smuggle("delivery", "1");
    let page = form.press("do", "keep");
    let form = page.form("write");
    assert_eq!(
        (
            form.value("priority"),
            form.value("receipt"),
            form.value("delivery")
        ),
        (Some("high"), Some("1"), Some("1"))
    );
    says(&form.press("do", "send"), "Message sent");
    let taken = only(sink.taken());
    let text = taken.text();
    for line in [
        "X-Priority: 1\r\n",
        "Importance: high\r\n",
        "Disposition-Notification-To: <ann@example.org>\r\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    // This server reports nothing, so it is asked for nothing.
    assert!(
        !taken.about["options"].to_string().contains("RET"),
        "{:?}",
        taken.about
    );
    sink.rules(json!({"reports": true}));
    let form = typed(&ann.get("/compose"), "bo@example.org", "Report")
        .smuggle("delivery", "1")
        .smuggle("do", "send")
        .request();
    ann.follow(ann.send(&form));
    let about = sink.taken().pop().expect("a mail").about;
    assert!(
        about["options"].to_string().contains("RET=HDRS"),
        "{about:?}"
    );
    assert!(
        about["asked"]
            .to_string()
            .contains("NOTIFY=SUCCESS,FAILURE,DELAY"),
        "{about:?}"
    );
}

#[test]
fn nothing_that_is_asked_or_told_becomes_a_header() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    for evil in [
        "\r\nX-Evil: 1",
        "\nX-Evil: 1",
        "\0",
        "a@b>\r\nX-Evil: <1",
        "\r\n\r\n--boundary\r\nX-Evil: 1",
        "\u{85}X-Evil: 1",
    ] {
        for field in [
            "priority", "receipt", "delivery", "reader", "read", "calendar",
        ] {
            let page = ann.get("/compose");
            let form = typed(&page, "bo@example.org", "Hello").unset(field);
            let form = match field {
                // A receipt names its reader.
                "read" => form.smuggle("reader", "ann@example.org"),
                _ => form,
            };
            form.smuggle(field, &format!("ann@example.org{evil}"))
                .smuggle("do", "send")
                .submit();
        }
    }
    let taken = sink.taken();
    assert!(taken.len() >= 30, "{}", taken.len());
    for taken in taken {
        let text = taken.text();
        assert!(
            !text.lines().any(|line| line.starts_with("X-Evil")),
            "{text}"
        );
    }
}
