//! What a message tells, in words: invitations, journeys, reports, cards, and everybody who got it.

use super::{many, odd};

use crate::support::mails::Mail;
use crate::support::reader::Reader;
use crate::support::site::Site;

const INVITATION: &str = "From: Bo <bo@example.org>
To: Ann <ann@example.org>
Subject: Rehearsal
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

You are invited.
--b
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Rehearsal <b>in</b> the hall
DTSTART;TZID=America/New_York:20260701T060000
DTEND;TZID=America/New_York:20260701T073000
LOCATION:Small hall
ORGANIZER;CN=Bo Berg:mailto:bo@example.org
ATTENDEE;PARTSTAT=ACCEPTED;CN=Cas:mailto:cas@example.org
END:VEVENT
END:VCALENDAR
--b--
";

const BOUNCE: &str = "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: Ann <ann@example.org>
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry to have to inform you.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; nobody@example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no <i>such</i> user

--b--
";

const CARD: &str = "From: Bo <bo@example.org>
Subject: My card
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Here it is.
--b
Content-Type: text/vcard; name=bo.vcf

BEGIN:VCARD
VERSION:4.0
FN:Bo Berg
TEL:+32 9 123
END:VCARD
--b--
";

#[test]
fn invitations_reports_and_cards_are_told_in_words() {
    let site = Site::new()
        .mails(
            "ann",
            "INBOX",
            vec![
                Mail::written(INVITATION),
                Mail::written(BOUNCE),
                Mail::written(CARD),
            ],
        )
        .setting("time_zone = \"Europe/Brussels\"")
        .start();
    let ann = site.sign_in("ann");
    let page = ann.open_mail("Rehearsal");
    page.shows("Invitation")
        .shows("Rehearsal <b>in</b> the hall");
    page.shows("Wednesday 1 July 2026, 12:00 to 13:30 (Europe/Brussels time)");
    page.shows("Small hall")
        .shows("Bo Berg")
        .shows("Cas (accepted)");
    let page = ann.open_mail("Undelivered Mail");
    page.shows("Not delivered");
    page.shows("The message to nobody@example.net was not delivered: this address does not exist.");
    page.shows("no <i>such</i> user");
    let page = ann.open_mail("My card");
    page.shows("Contact card")
        .shows("Bo Berg")
        .shows("+32 9 123");
}

#[test]
fn a_part_that_only_its_name_tells_of_is_read_as_what_it_is() {
    let relabelled = |text: &str, kind: &str, named: &str| {
        let text = text.replace("Subject: ", "Subject: Relabelled ");
        Mail::written(&text.replace(kind, named))
    };
    let bytes = "application/octet-stream; name";
    let ann = Reader::of(vec![
        relabelled(
            INVITATION,
            "text/calendar; method=REQUEST; charset=utf-8",
            &format!("{bytes}=invite.ics"),
        ),
        relabelled(CARD, "text/vcard; name=bo.vcf", &format!("{bytes}=bo.vcf")),
        odd(
            "Signature",
            "multipart/mixed; boundary=b",
            &format!("--b\n\nHello.\n--b\nContent-Type: {bytes}=smime.p7s\n\nx\n--b--\n"),
        ),
        odd(
            "Photo",
            "multipart/mixed; boundary=b",
            "--b\n\nHello.\n--b\nContent-Type: image/jpg\nContent-Transfer-Encoding: base64\n\n\
             /9j/4AAQSkZJRgABAQ==\n--b--\n",
        ),
    ]);
    let page = ann.open_mail("Relabelled Rehearsal");
    page.shows("Invitation").shows("Small hall");
    let page = ann.open_mail("Relabelled My card");
    page.shows("Contact card").shows("+32 9 123");
    ann.open_mail("Signature").shows("has an S/MIME signature");
    let page = ann.open_mail("Photo");
    let picture = page.open_nth(".file a.picture", 0);
    let shown = picture.open_nth("article > a", 0);
    assert_eq!(shown.header("content-type"), "image/jpeg");
}

#[test]
fn everybody_who_got_a_message_is_named() {
    let to = many(150, |n| format!("P{n} <p{n}@example.org>,\n "));
    let kind = format!("text/plain\nTo: {to}Last <last@example.org>\nBcc: Cas <cas@example.net>");
    let ann = Reader::of(vec![odd("To all", &kind, "Hello")]);
    let page = ann.open_mail("To all");
    page.shows("Last <last@example.org>")
        .shows("Cas <cas@example.net>");
    // The first are to be seen, the others unfold.
    let folded = page.texts_of(".from dd details summary");
    assert_eq!(folded, ["and 146 more"]);
    let seen = page.texts_of(".from dd > .whole");
    assert!(seen.len() < 10, "{seen:?}");
    let few = Reader::of(vec![odd(
        "To few",
        "text/plain\nTo: a@x.org, b@x.org, c@x.org, d@x.org, e@x.org, f@x.org",
        "Hello",
    )]);
    let page = few.open_mail("To few");
    assert!(page.texts_of(".from dd details").is_empty());
}

#[test]
fn guests_stand_in_one_line() {
    let guests: String = many(12, |n| {
        let said = ["ACCEPTED", "DECLINED", "NEEDS-ACTION"][n % 3];
        format!("ATTENDEE;PARTSTAT={said};CN=Guest {n}:mailto:g{n}@example.org\n")
    });
    let all = INVITATION.replace(
        "ATTENDEE;PARTSTAT=ACCEPTED;CN=Cas:mailto:cas@example.org\n",
        &guests,
    );
    let ann = Reader::of(vec![Mail::written(&all)]);
    let page = ann.open_mail("Rehearsal");
    let line = page.texts_of(".told dd summary");
    assert_eq!(line, ["12 guests: 4 accepted, 4 declined, 4 not answered"]);
    assert_eq!(page.texts_of(".told dd details .whole").len(), 12);
}

#[test]
fn an_invitation_that_comes_alone_says_what_it_says() {
    let calendar = "BEGIN:VCALENDAR\nMETHOD:COUNTER\nBEGIN:VEVENT\nSUMMARY:Rehearsal\n\
        DTSTART;VALUE=DATE:20260701\nRRULE:FREQ=WEEKLY;INTERVAL=2\nDESCRIPTION:Bring a stand\\nand https://notes.example/\n\
        END:VEVENT\nEND:VCALENDAR\n";
    let ann = Reader::of(vec![odd(
        "Alone",
        "text/calendar; method=COUNTER",
        calendar,
    )]);
    let page = ann.open_mail("Alone");
    page.shows("A change is proposed");
    page.shows("Wednesday 1 July 2026")
        .shows("repeats every 2 weeks");
    page.shows("Bring a stand").hides("no text");
    assert_eq!(
        page.attributes_of(".typed a", "href"),
        ["https://notes.example/"]
    );
}

#[test]
fn every_journey_is_told_and_each_once() {
    let event = |uid: &str, title: &str, day: u32| {
        format!(
            "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\n{uid}SUMMARY:{title}\nDTSTART;VALUE=DATE:202607{day:02}\n\
             END:VEVENT\nEND:VCALENDAR\n"
        )
    };
    let part = |name: &str, text: &str| {
        format!("--b\nContent-Type: text/calendar; name=\"{name}\"\n\n{text}")
    };
    let outbound = event("UID:1\n", "Ghent to Bonn", 3);
    let back = event("UID:2\n", "Bonn to Ghent", 9);
    let unnamed = event("", "Hotel", 3);
    let again = event(
        "UID:1\nRECURRENCE-ID;VALUE=DATE:20260710\n",
        "Ghent to Bonn",
        10,
    );
    let parts = [
        part("invite.ics", &outbound),
        part("both.ics", &format!("{outbound}{back}")),
        part("hotel.ics", &unnamed.repeat(2)),
        part("again.ics", &again),
    ];
    let body = format!("{}--b--", parts.concat());
    let ann = Reader::of(vec![odd("Journey", "multipart/mixed; boundary=b", &body)]);
    let page = ann.open_mail("Journey");
    assert_eq!(
        page.texts_of("section.told h2"),
        ["Ghent to Bonn", "Bonn to Ghent", "Hotel", "Ghent to Bonn"]
    );
}
