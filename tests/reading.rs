//! Reading a message: what its page tells, what is attached, and what of it may open in the browser.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cost::connections;
use crate::support::chromium::{Chromium, Scheme};
use crate::support::kernel::Watch;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// A mail as it is written here, lines ended by LF.
fn mail(text: &str) -> Mail {
    bytes(text.replace('\n', "\r\n").into_bytes())
}

fn bytes(bytes: Vec<u8>) -> Mail {
    Mail {
        bytes,
        received: SystemTime::now(),
        flags: Vec::new(),
    }
}

fn site(mails: Vec<Mail>) -> Site {
    let plan = Site::new().mails("ann", "INBOX", mails);
    let plan = plan.setting("time_zone = \"Europe/Brussels\"");
    plan.imap_setting("authserv_id = \"mx.example.org\"")
        .start()
}

/// The page of the message with this subject.
fn open(ann: &Visitor, subject: &str) -> Page {
    ann.get("/").click(subject)
}

/// The address of a link, by the words on it, that this part of the page holds.
fn address_of(page: &Page, selector: &str, nth: usize) -> String {
    let all = page.attributes_of(selector, "href");
    let found = all.get(nth).cloned();
    found.unwrap_or_else(|| panic!("{}", page.report(&format!("no {selector}"))))
}

const FORWARDED: &str = "From: Bo <bo@example.org>
To: Ann <ann@example.org>
Subject: Fwd: the drawing
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=out

--out
Content-Type: text/plain

See below.
--out
Content-Type: message/rfc822

From: Cas <cas@example.net>
To: Bo <bo@example.org>
Subject: the drawing
Content-Type: multipart/mixed; boundary=in

--in
Content-Type: text/html

<p>Words of <b>Cas</b>, with <img src=https://elsewhere.example/x.png></p>
--in
Content-Type: text/plain; name=\"measures.txt\"
Content-Disposition: attachment; filename=\"measures.txt\"

twelve by nine
--in--
--out
Content-Type: text/plain; name=\"measures.txt\"
Content-Disposition: attachment; filename=\"measures.txt\"

eight by three
--out--
";

#[test]
fn a_message_within_a_message_opens_with_its_own_attachments() {
    let site = site(vec![mail(FORWARDED)]);
    let ann = site.sign_in("ann");
    let outer = open(&ann, "Fwd: the drawing");
    outer.shows("See below.").shows("the drawing");
    outer.shows("2 attachments").hides("Words of");
    let inner = ann.get(&address_of(&outer, ".file a", 0));
    inner.has_status(200).shows("cas@example.net");
    inner.shows("measures.txt").shows("1 attachment");
    inner.shows("1 remote image is blocked.");
    let frame = inner.attributes_of("iframe", "src");
    let frame = ann.get(&frame[0]);
    frame.has_status(200).shows("Words of Cas");
    connections(&frame, 0);
    let file = ann.get(&address_of(&inner, ".file a", 1));
    assert_eq!(file.body(), b"twelve by nine");
    assert!(
        file.header("content-disposition")
            .starts_with("attachment;")
    );
    let paper = inner.click("Print");
    paper.has_status(200).shows("Words of Cas");
    paper.shows("cas@example.net").shows("measures.txt");
    let back = inner.click("Back to the message");
    back.shows("See below.");

    let zip = ann.get(&address_of(&outer, ".attached > .bar a", 0));
    assert_eq!(zip.header("content-type"), "application/zip");
    let packed = zip.body();
    assert!(packed.starts_with(b"PK\x03\x04"));
    let holds = |what: &[u8]| packed.windows(what.len()).any(|w| w == what);
    assert!(holds(b"eight by three") && holds(b"measures.txt"));
    assert!(holds(b"Words of") && holds(b"the drawing.eml"));
}

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
    let site = site(vec![mail(INVITATION), mail(BOUNCE), mail(CARD)]);
    let ann = site.sign_in("ann");
    let page = open(&ann, "Rehearsal");
    page.shows("Invitation")
        .shows("Rehearsal <b>in</b> the hall");
    page.shows("Wednesday 1 July 2026, 12:00 to 13:30");
    page.shows("Small hall")
        .shows("Bo Berg")
        .shows("Cas (accepted)");
    let page = open(&ann, "Undelivered Mail");
    page.shows("Not delivered");
    page.shows("The message to nobody@example.net was not delivered: this address does not exist.");
    page.shows("no <i>such</i> user");
    let page = open(&ann, "My card");
    page.shows("Contact card")
        .shows("Bo Berg")
        .shows("+32 9 123");
}

#[test]
fn a_part_that_only_its_name_tells_of_is_read_as_what_it_is() {
    let relabelled = |text: &str, kind: &str, named: &str| {
        let text = text.replace("Subject: ", "Subject: Relabelled ");
        mail(&text.replace(kind, named))
    };
    let bytes = "application/octet-stream; name";
    let site = site(vec![
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
    let ann = site.sign_in("ann");
    let page = open(&ann, "Relabelled Rehearsal");
    page.shows("Invitation").shows("Small hall");
    let page = open(&ann, "Relabelled My card");
    page.shows("Contact card").shows("+32 9 123");
    open(&ann, "Signature").shows("has an S/MIME signature");
    let page = open(&ann, "Photo");
    let shown = ann.get(&address_of(&page, ".file a.picture", 0));
    assert_eq!(shown.header("content-type"), "image/jpeg");
}

const SPOOFED: &str = "Authentication-Results: mx.example.org; dkim=fail header.d=evil.example
Authentication-Results: mx.example.org; dkim=pass header.d=bank.example
From: \"service@bank.example\" <x@xn--pypal-4ve.com>
To: ann@example.org
Subject: Your account
List-Unsubscribe: <mailto:out@list.example>, <https://list.example/u?x=1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click

Click here.
";

const UNTRUSTED: &str = "Authentication-Results: evil.example; dkim=pass header.d=bank.example
From: Bo <bo@example.org>
Subject: Nothing odd
List-Unsubscribe: <javascript:alert(1)>, <https://bank.example@evil.example/>

Hello.
";

#[test]
fn what_is_odd_about_a_sender_is_said_and_a_list_can_be_left() {
    let site = site(vec![mail(SPOOFED), mail(UNTRUSTED)]);
    let ann = site.sign_in("ann");
    let page = open(&ann, "Your account");
    page.shows("contains a different address, service@bank.example");
    page.shows("mixes letters from different alphabets");
    page.shows("DKIM fail (evil.example), checked by mx.example.org");
    page.hides("DKIM pass");
    let all = page.click("All headers");
    all.shows("List-Unsubscribe")
        .shows("dkim=pass header.d=bank.example");
    let leave = page.click("Unsubscribe");
    leave.shows("list.example").shows("out@list.example");
    assert_eq!(
        leave.attributes_of(".leave form", "action"),
        ["https://list.example/u?x=1"]
    );
    let policy = leave.header("content-security-policy").to_owned();
    assert!(
        policy.contains("form-action 'self' https://list.example;"),
        "{policy}"
    );
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains("form-action 'self';"), "{policy}");

    let page = open(&ann, "Nothing odd");
    page.hides("Unsubscribe")
        .hides("DKIM")
        .hides("different alphabets");
}

fn koi8() -> Vec<u8> {
    let mut mail = b"From: Bo <bo@example.org>\r\nSubject: Greeting\r\nContent-Type: text/plain; charset=iso-8859-5\r\n\r\n".to_vec();
    mail.extend(b"\xf0\xd2\xc9\xd7\xc5\xd4, \xcd\xc9\xd2\r\n");
    mail
}

const FILES: &str = "From: Bo <bo@example.org>
Subject: Files
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

begin 644 cat.txt
#0V%T
`
end
--b
Content-Type: image/png; name=really.png

%PDF-1.4 and so on
--b
Content-Type: image/png; name=page.png

<script>alert(1)</script>
--b
Content-Type: text/html; name=page.html
Content-Disposition: attachment

<script>alert(1)</script>
--b
Content-Type: application/octet-stream; name=photo.jpg
Content-Transfer-Encoding: base64

/9j/4AAQSkZJRgABAQ==
--b--
";

#[test]
fn a_file_opens_as_what_it_is_and_not_as_what_it_says() {
    let site = site(vec![mail(FILES), bytes(koi8())]);
    let ann = site.sign_in("ann");
    let page = open(&ann, "Files");
    page.shows("cat.txt").shows("5 attachments");
    let read = page.text_of("article").unwrap_or_default();
    assert!(!read.contains("begin 644"), "{read}");
    let opened = |name: &str| {
        let links = page.attributes_of(".file a[target=_blank]:not(.picture)", "href");
        let names = page.texts_of(".file:has(a[target=_blank]) .name");
        let at = names.iter().position(|n| n == name);
        at.map(|at| ann.get(&links[at]))
    };
    let shown = |name: &str| {
        let file = opened(name).unwrap_or_else(|| panic!("{name} does not open"));
        let kind = file.header("content-type").to_owned();
        let how = file.header("content-disposition").to_owned();
        (kind, how.starts_with("inline"))
    };
    assert_eq!(shown("really.png"), ("application/pdf".to_owned(), true));
    let saved = ("application/octet-stream".to_owned(), false);
    assert_eq!(shown("page.png"), saved);
    assert_eq!(shown("photo.jpg"), ("image/jpeg".to_owned(), true));
    let cat = opened("cat.txt").expect("the cat");
    assert_eq!(cat.body(), b"Cat");
    assert!(opened("page.html").is_none());

    let wrong = open(&ann, "Greeting");
    wrong.hides("\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}");
    let form = wrong.form("message");
    let right = form.set("charset", "koi8-r").submit();
    right.shows("\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}, \u{43c}\u{438}\u{440}");
}

#[test]
fn first_words_stand_below_each_subject() {
    let letter = Mail::plain("Bo <bo@example.org>", "Keys", "They lie\nunder the mat.");
    let html = "From: Bo <bo@example.org>\nSubject: Shelf\nContent-Type: text/html\n\n<p>Ten <b>short</b> books</p>\n";
    let site = site(vec![letter, mail(html)]);
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    connections(&list, 0);
    list.shows("They lie under the mat.")
        .shows("Ten short books");
    assert!(!site.log().contains("fault"));
}

/// What Outlook sends to somebody whom it takes for a user of Outlook.
const OUTLOOK: &[u8] = include_bytes!("mail/snappymail__tnef2.eml");

#[test]
fn the_html_of_a_winmail_dat_is_read_where_there_is_nothing_else() {
    let text = String::from_utf8(OUTLOOK.to_vec()).expect("ASCII");
    let (before, rest) = text.split_once("Dobr=FD").expect("its text");
    let (_, after) = rest.split_once("Bart=E1k").expect("its end");
    let bare = format!("{before}{after}").replace("TNEF test 2", "Bare");
    let site = site(vec![bytes(OUTLOOK.to_vec()), mail(&bare.replace('\r', ""))]);
    let ann = site.sign_in("ann");
    // With a text beside it, that is the message.
    let page = open(&ann, "TNEF test 2");
    page.shows("pos\u{ed}l\u{e1}m zku\u{161}ebn\u{ed} e-mail");
    assert!(page.attributes_of("iframe", "src").is_empty());
    let page = open(&ann, "Bare");
    let frame = page.attributes_of("iframe", "src");
    let frame = ann.get(frame.first().map_or("", String::as_str));
    frame.has_status(200);
    frame.shows("pos\u{ed}l\u{e1}m zku\u{161}ebn\u{ed} e-mail");
    connections(&frame, 0);
    let list = ann.get("/");
    assert_eq!(list.text().matches("zku\u{161}ebn\u{ed}").count(), 2);
}

/// A winmail.dat (MS-OXTNEF) with this text and this file.
fn winmail(text: &str, name: &str, file: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
    let mut attribute = |level: u8, id: u32, value: &[u8]| {
        out.push(level);
        out.extend(id.to_le_bytes());
        out.extend(u32::try_from(value.len()).expect("small").to_le_bytes());
        out.extend(value);
        out.extend([0, 0]);
    };
    attribute(1, 0x0002_800c, text.as_bytes());
    attribute(2, 0x0006_9002, &[0; 14]);
    attribute(2, 0x0001_8010, name.as_bytes());
    attribute(2, 0x0006_800f, file);
    out
}

#[test]
fn a_large_winmail_dat_travels_only_when_it_is_opened() {
    let drawing: Vec<u8> = (0..2_000_000_u32).map(|n| (n / 7 % 251) as u8).collect();
    let packed = STANDARD.encode(winmail("The drawing.", "house.dwg", &drawing));
    let lines: Vec<&str> = packed
        .as_bytes()
        .chunks(76)
        .map(|l| std::str::from_utf8(l).expect("ASCII"))
        .collect();
    let text = format!(
        "From: Bo <bo@example.org>\nTo: Ann <ann@example.org>\nSubject: The house\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nAs promised.\n--b\n\
         Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{}\n--b--\n",
        lines.join("\n")
    );
    let site = site(vec![mail(&text)]);
    let ann = site.sign_in("ann");
    let page = open(&ann, "The house");
    page.shows("As promised.")
        .shows("winmail.dat")
        .hides("house.dwg");
    let inside = ann.get(&address_of(&page, ".file a", 0));
    inside
        .has_status(200)
        .shows("The house")
        .shows("The drawing.")
        .shows("house.dwg");
    inside
        .click("All headers")
        .shows("The house")
        .shows("bo@example.org");
    let file = ann.get(&address_of(&inside, ".file a", 0));
    file.has_status(200);
    assert!(file.body() == drawing, "other bytes");
    inside.click("Back to the message").shows("As promised.");
}

/// The names of the files in a zip, by its directory.
fn names_in(zip: &[u8]) -> Vec<String> {
    let entry = b"PK\x01\x02";
    let starts = (0..zip.len()).filter(|at| zip[*at..].starts_with(entry));
    let name = |at: usize| {
        let length = usize::from(zip[at + 28]) + 256 * usize::from(zip[at + 29]);
        String::from_utf8_lossy(&zip[at + 46..at + 46 + length]).into_owned()
    };
    starts.map(name).collect()
}

#[test]
fn the_archive_holds_what_is_listed() {
    let inner = winmail("About the plan.", "plan.txt", b"twelve by nine");
    let mut outer = winmail("As promised.", "house.dwg", b"four walls");
    // Its second file is a message of the same kind.
    outer.extend(&winmail("", "Re: the plan", &inner)[17..]);
    let site = site(vec![odd(
        "Packed",
        "multipart/mixed; boundary=b",
        &format!(
            "--b\n\nbegin 644 cat.txt\n#0V%T\n`\nend\n--b\n\
             Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{}\n--b\n\
             Content-Type: text/csv; name=list.csv\n\n=1+1,b\n--b--\n",
            STANDARD.encode(&outer)
        ),
    )]);
    let ann = site.sign_in("ann");
    let page = open(&ann, "Packed");
    let listed = page.texts_of(".file .name");
    assert_eq!(listed, ["cat.txt", "house.dwg", "Re: the plan", "list.csv"]);
    let packed = page.click("Download all as zip");
    let names = names_in(packed.body());
    assert_eq!(names, ["cat.txt", "house.dwg", "Re_ the plan", "list.csv"]);
    let holds = |what: &[u8]| packed.body().windows(what.len()).any(|w| w == what);
    assert!(holds(b"Cat") && holds(b"four walls") && holds(&inner));
    let inside = ann.get(&address_of(&page, ".file:nth-child(3) a", 0));
    inside.shows("About the plan.").shows("plan.txt");
}

/// One version of a mail beside the other.
fn versions(subject: &str, text: &str, html: &str) -> Mail {
    odd(
        subject,
        "multipart/alternative; boundary=b",
        &format!(
            "--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: text/html\n\n{html}\n--b--\n"
        ),
    )
}

#[test]
fn a_version_that_says_nothing_is_not_the_one_that_is_shown() {
    let pixel = "<img src=https://track.example/p width=1 height=1>";
    let site = site(vec![
        versions(
            "Empty",
            "All the words",
            "<html><body><div>&nbsp;</div></body></html>",
        ),
        versions("Pixel", "All the words", pixel),
        versions(
            "Picture",
            "A cat",
            "<img src=https://cats.example/1.jpg width=400>",
        ),
    ]);
    let ann = site.sign_in("ann");
    for subject in ["Empty", "Pixel"] {
        let page = open(&ann, subject);
        page.shows("All the words").hides("HTML version");
        page.click("Print").shows("All the words");
    }
    open(&ann, "Picture").shows("Showing the HTML version.");
}

#[test]
fn a_plain_part_beside_html_is_read_as_one() {
    let parts = "--b\nContent-Type: text/html\n\n<p>Hello<!-- left open\n--b\n\
        Content-Type: text/plain; format=flowed\n\nOf a list \nof ours\nhttps://list.example/\n--b--\n";
    let site = site(vec![odd("Footer", "multipart/mixed; boundary=b", parts)]);
    let ann = site.sign_in("ann");
    let frame = ann.get(&open(&ann, "Footer").attributes_of("iframe", "src")[0]);
    frame.shows("Hello").shows("Of a list of ours");
    assert_eq!(frame.attributes_of("a", "href"), ["https://list.example/"]);
}

const PICTURES: &str = "--b
Content-Type: text/html

<p>One of two: <img src=\"cid:a%2Bb@x\"></p>
--b
Content-Type: image/png; name=seen.png
Content-ID: <a+b@x>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b
Content-Type: image/png; name=unseen.png
Content-ID: <c@x>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--b
Content-Type: text/csv; name=list.csv
Content-Disposition: attachment

=1+1,b
--b--
";

#[test]
fn a_picture_that_the_html_does_not_show_is_listed() {
    let site = site(vec![odd("Two", "multipart/related; boundary=b", PICTURES)]);
    let ann = site.sign_in("ann");
    let page = open(&ann, "Two");
    assert_eq!(page.texts_of(".file .name"), ["unseen.png", "list.csv"]);
    let frame = ann.get(&page.attributes_of("iframe", "src")[0]);
    assert_eq!(frame.attributes_of("img", "src").len(), 1);
    let packed = page.click("Download all as zip");
    let holds = |what: &[u8]| packed.body().windows(what.len()).any(|w| w == what);
    assert!(holds(b"unseen.png") && holds(b"list.csv") && !holds(b"/seen.png"));
    // People read a table of that kind as it is written.
    let table = ann.get(&address_of(&page, ".file:last-child a", 0));
    assert_eq!(table.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(table.body(), b"=1+1,b");
}

#[test]
fn a_saved_page_has_its_pictures_by_their_addresses() {
    let picture = |name: &str| {
        format!(
            "--b\nContent-Type: image/png\nContent-Location: http://old.example/dir/{name}\n\
             Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n"
        )
    };
    let page =
        "<img src=http://old.example/dir/1.png><img src=2.png><img src=http://old.example/3.png>";
    let parts = format!(
        "--b\nContent-Type: text/html\nContent-Location: http://old.example/dir/\n\n{page}\n{}{}--b--\n",
        picture("1.png"),
        picture("2.png")
    );
    let site = site(vec![odd("Saved", "multipart/related; boundary=b", &parts)]);
    let ann = site.sign_in("ann");
    let page = open(&ann, "Saved");
    page.shows("1 remote image is blocked.");
    assert!(page.texts_of(".file .name").is_empty());
    let frame = ann.get(&page.attributes_of("iframe", "src")[0]);
    assert_eq!(frame.attributes_of("img", "src").len(), 2);
}

/// A CMS (RFC 5652 5) that says this is signed, without anything that would prove it.
fn signed_whole(content: &str) -> String {
    let element = |tag: u8, body: &[u8]| {
        let length = u16::try_from(body.len()).expect("short").to_be_bytes();
        [&[tag, 0x82], &length[..], body].concat()
    };
    let kind = |last: u8| element(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, last]);
    let content = element(4, content.replace('\n', "\r\n").as_bytes());
    let content = element(0x30, &[kind(1), element(0xa0, &content)].concat());
    let signed = [vec![2, 1, 1, 0x31, 0], content, vec![0x31, 0]].concat();
    let signed = element(0xa0, &element(0x30, &signed));
    STANDARD.encode(element(0x30, &[kind(2), signed].concat()))
}

#[test]
fn a_message_that_is_signed_as_a_whole_is_read() {
    let content = "Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: multipart/alternative; boundary=a\n\n\
        --a\nContent-Type: text/plain\n\nThe deed.\n--a\nContent-Type: text/html\n\n<p>The <b>deed</b>.</p>\n--a--\n\
        --i\nContent-Type: text/plain; name=deed.txt\nContent-Disposition: attachment\n\nwe agree\n\
        --i\nContent-Type: text/vcard; name=bo.vcf\n\nBEGIN:VCARD\nFN:Bo Berg\nTEL:+32 9 123\nEND:VCARD\n--i--\n";
    let sealed = |subject: &str, packed: &str| {
        let kind = "application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64";
        odd(subject, kind, &format!("{packed}\n"))
    };
    let site = site(vec![
        sealed("Signed", &signed_whole(content)),
        odd(
            "Known by its name",
            "application/octet-stream; name=smime.p7m\nContent-Transfer-Encoding: base64",
            &format!("{}\n", signed_whole(content)),
        ),
        sealed("Sealed", &STANDARD.encode(b"\x30\x03\x02\x01\x00")),
    ]);
    let ann = site.sign_in("ann");
    let page = open(&ann, "Signed");
    page.shows("has an S/MIME signature. Postern does not check it.");
    let frame = ann.get(&page.attributes_of("iframe", "src")[0]);
    frame.has_status(200).shows("The deed.");
    page.click("Plain text").shows("The deed.");
    page.shows("Contact card").shows("+32 9 123");
    assert_eq!(page.texts_of(".file .name"), ["deed.txt", "bo.vcf"]);
    let file = ann.get(&address_of(&page, ".file a", 0));
    assert_eq!(file.body(), b"we agree");
    let packed = page.click("Download all as zip");
    assert_eq!(names_in(packed.body()), ["deed.txt", "bo.vcf"]);
    open(&ann, "Known by its name").shows("Contact card");
    ann.get("/").shows("The deed.");
    let page = open(&ann, "Sealed");
    page.shows("Postern cannot open it").shows("smime.p7m");
}

#[test]
fn everybody_who_got_a_message_is_named() {
    let to = many(150, |n| format!("P{n} <p{n}@example.org>,\n "));
    let kind = format!("text/plain\nTo: {to}Last <last@example.org>\nBcc: Cas <cas@example.net>");
    let site = site(vec![odd("To all", &kind, "Hello")]);
    let page = open(&site.sign_in("ann"), "To all");
    page.shows("Last <last@example.org>")
        .shows("Cas <cas@example.net>");
}

#[test]
fn an_invitation_that_comes_alone_says_what_it_says() {
    let calendar = "BEGIN:VCALENDAR\nMETHOD:COUNTER\nBEGIN:VEVENT\nSUMMARY:Rehearsal\n\
        DTSTART;VALUE=DATE:20260701\nRRULE:FREQ=WEEKLY;INTERVAL=2\nDESCRIPTION:Bring a stand\\nand https://notes.example/\n\
        END:VEVENT\nEND:VCALENDAR\n";
    let site = site(vec![odd(
        "Alone",
        "text/calendar; method=COUNTER",
        calendar,
    )]);
    let page = open(&site.sign_in("ann"), "Alone");
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
    let site = site(vec![odd("Journey", "multipart/mixed; boundary=b", &body)]);
    let page = open(&site.sign_in("ann"), "Journey");
    assert_eq!(
        page.texts_of("section.told h2"),
        ["Ghent to Bonn", "Bonn to Ghent", "Hotel", "Ghent to Bonn"]
    );
}

#[test]
fn a_chosen_charset_reaches_the_names() {
    let raw = b"\xf0\xd2\xc9\xd7\xc5\xd4";
    let mail = |fields: &[&[u8]]| {
        let head = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=big5\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n";
        let all = [&head[..], &fields.concat(), b"\r\n\r\n", raw, b"\r\n"];
        bytes(all.concat())
    };
    let raw_names = mail(&[
        b"From: ",
        raw,
        b" <bo@example.org>\r\nSubject: One ",
        raw,
        b"\r\nTo: =?iso-8859-1?Q?caf=E9?= <ann@example.org>",
    ]);
    let site = site(vec![raw_names]);
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let page = ann.get(&address_of(&list, ".row a", 0));
    let right = page.form("message").set("charset", "koi8-r").submit();
    let word = "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}";
    for page in [&right, &right.click("Print")] {
        assert_eq!(page.texts_of("h1"), [format!("One {word}")]);
        page.shows(&format!("{word} <bo@example.org>"));
        page.shows("caf\u{e9} <ann@example.org>");
    }
}

/// So many of something, each with its number.
fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

/// A mail of this name whose type is `kind`, with this behind its header.
fn odd(subject: &str, kind: &str, body: &str) -> Mail {
    mail(&format!(
        "From: Bo <bo@example.org>\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: {kind}\n\n{body}"
    ))
}

#[test]
fn a_message_of_any_size_and_depth_has_its_page_in_little_memory() {
    let sentence = "All work and no play makes Jack a dull boy.\n";
    let paragraph = "<div style='color:#333'><p>All work and <b>no</b> play.</p></div>\n";
    let part = |n: usize| {
        format!("--b\nContent-Type: image/png; name=\"{n}.png\"\nContent-ID: <{n}@x>\n\n{n}\n")
    };
    let deep = many(100, |n| {
        format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")
    });
    let deep = deep
        .split_once("\n\n")
        .map_or("", |(_, rest)| rest)
        .to_owned();
    let pages = |subject: &str, html: &str| {
        let page = |_| format!("--b\nContent-Type: text/html\n\n{}\n", html.repeat(40_000));
        odd(
            subject,
            "multipart/mixed; boundary=b",
            &format!("{}--b--\n", many(3, page)),
        )
    };
    // Each of the parts stands in each of the levels, and each level has to choose.
    let versions = |subject: &str| {
        let level =
            |n: usize| format!("Content-Type: multipart/alternative; boundary=a{n}x\n\n--a{n}x\n");
        let parts = many(1_900, |_| "--z\n\nx\n".to_owned());
        odd(
            subject,
            "multipart/alternative; boundary=a",
            &format!(
                "--a\n{}Content-Type: multipart/mixed; boundary=z\n\n{parts}--z--\n",
                many(57, level)
            ),
        )
    };
    let mails = vec![
        versions("Many versions"),
        versions("More versions"),
        versions("Most versions"),
        odd("Long text", "text/plain", &sentence.repeat(280_000)),
        odd("Long page", "text/html", &paragraph.repeat(180_000)),
        odd("Long signs", "text/html", &"&".repeat(1_000_000)),
        odd(
            "Many pages",
            "multipart/mixed; boundary=b",
            &format!(
                "{}--b--\n",
                many(40, |_| format!(
                    "--b\nContent-Type: text/html\n\n{}",
                    paragraph.repeat(15_000)
                ))
            ),
        ),
        pages("Named pages", "<p class=a id=b title=c>x"),
        pages("Linked pages", "<a href=//a.b>x</a>"),
        odd(
            "Deep page",
            "text/html",
            &"<table><tr><td><font>".repeat(40_000),
        ),
        odd(
            "Many parts",
            "multipart/mixed; boundary=b",
            &format!(
                "--b\nContent-Type: text/html\n\nFirst <img src=cid:7@x>\n{}--b--\n",
                many(1_000, part)
            ),
        ),
        odd(
            "Many levels",
            "multipart/mixed; boundary=b0",
            &format!("{deep}Content-Type: text/plain\n\nThe innermost\n"),
        ),
        odd(
            "Many letters",
            "message/rfc822",
            &format!(
                "{}Subject: The innermost\n\nx\n",
                "Content-Type: message/rfc822\n\n".repeat(100)
            ),
        ),
        odd(
            "Long header",
            &format!(
                "text/plain\n{}",
                many(60_000, |n| format!("X-Trace: {n} {sentence}")).trim_end()
            ),
            "Short",
        ),
        odd(
            "Many people",
            &format!(
                "text/plain\nTo: {}",
                many(20_000, |n| format!("p{n} <p{n}@example.org>,\n "))
                    .trim_end_matches([',', '\n', ' '])
            ),
            "Short",
        ),
        odd(
            "Large file",
            "application/octet-stream; name=film.bin",
            &sentence.repeat(700_000),
        ),
    ];
    let site = site(mails);
    let ann = site.sign_in("ann");
    let watch = Watch::on(&site.program());
    ann.get("/").has_status(200);
    for (subject, says) in [
        ("Long text", "too large to show in full"),
        ("Long page", "too large to show in full"),
        ("Long signs", "Long signs"),
        ("Many pages", "Many pages"),
        ("Named pages", "too large to show in full"),
        ("Linked pages", "too large to show in full"),
        ("Deep page", "too large to show in full"),
        ("Many parts", "999.png"),
        ("Many levels", "The innermost"),
        ("Many versions", "too large to show in full"),
        ("Many letters", "Forwarded message"),
        ("Long header", "Short"),
        ("Many people", "Short"),
        ("Large file", "film.bin"),
    ] {
        let page = open(&ann, subject);
        page.has_status(200).shows(says);
        for frame in page.attributes_of("iframe", "src") {
            ann.get(&frame).has_status(200);
        }
        let paper = page.click("Print");
        paper.has_status(200).expect(
            paper.has_words("its beginning") == page.has_words("its beginning"),
            || "another answer on paper".to_owned(),
        );
        println!(
            "{subject}: {:?}, {} MB at most so far",
            page.response().took,
            watch.peak_mb()
        );
    }
    assert!((1..64).contains(&watch.peak_mb()), "{} MB", watch.peak_mb());
}

#[test]
fn a_text_that_says_nothing_is_not_what_a_list_shows() {
    let letter = |subject: &str, text: &str, html: &str| {
        mail(&format!(
            "From: Bo <bo@example.org>\nSubject: {subject}\nMIME-Version: 1.0\n\
             Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{text}\n\
             --b\nContent-Type: text/html\n\n{html}\n--b--\n"
        ))
    };
    let preheader = "&#847; &zwnj; &nbsp; &#8199; &shy; ".repeat(60);
    let shelf = format!(
        "<div style='display:none'>Ten short books{preheader}</div>\
         <p>Islands, lighthouses and one very patient zebra: what to read when the evenings are long. \
         All ten have fewer than two hundred pages, and each can be had from the desk on the ground floor.</p>"
    );
    let stub = "Your program does not show HTML: https://shelf.example/view";
    let site = site(vec![
        letter("Shelf", stub, &shelf),
        letter(
            "Short",
            "See you at noon.",
            "<p>See you at noon. <i>Bo</i></p>",
        ),
    ]);
    let ann = site.sign_in("ann");
    let page = open(&ann, "Shelf");
    page.shows("Showing the HTML version.").shows("Plain text");
    open(&ann, "Short");
    let list = ann.get("/");
    list.shows("Ten short books Islands, lighthouses");
    list.hides("Your program does not")
        .shows("See you at noon.");
    // Nothing of that is worked out again.
    let before = crate::disk::records(&site, "ann");
    open(&ann, "Shelf");
    assert!(before == crate::disk::records(&site, "ann"));
}

/// What is looked at in pictures: mails of the corpus, by a name for their pictures.
const PICTURED: [(&str, &str); 18] = [
    ("newsletter-1", "mailpile/1379857166.25979_5.hottie_2_S.eml"),
    ("newsletter-2", "mailpile/1379857166.25979_7.hottie_2_S.eml"),
    ("newsletter-3", "mailpile/mailpile-1400069992.mbx.eml"),
    (
        "newsletter-4",
        "spamassassin/welcomelists__winxpnews.com.eml",
    ),
    (
        "newsletter-5",
        "spamassassin/welcomelists__media_unspun.eml",
    ),
    (
        "newsletter-6",
        "spamassassin/welcomelists__netcenter-direct_de.eml",
    ),
    ("newsletter-7", "mu/testdir2__Foo__cur__arto.eml"),
    ("newsletter-8", "rspamd/newsletter.eml"),
    (
        "newsletter-9",
        "spamassassin/welcomelists__oracle_net_techblast.eml",
    ),
    (
        "newsletter-10",
        "spamassassin/welcomelists__ibm_enews_de.eml",
    ),
    ("japanese", "redmine/japanese_keywords_iso_2022_jp.eml"),
    (
        "invitation",
        "nylas-sync-engine/raw_message_with_ical_invite.eml",
    ),
    ("bounce", "flanker/bounce__office365.eml"),
    ("winmail", "roundcube/tnef1.eml"),
    ("winmail-html", "roundcube/tnef2.eml"),
    ("spoofed", "roundcube/email-address-spoofing-attacks.eml"),
    (
        "encrypted",
        "thunderbird-comm/mail__test__browser__smime__data__alice.dsig.SHA256.multipart.env.eml",
    ),
    ("digest", "cpython-email/msg_02.eml"),
];

/// A letter in Hebrew, in the charset that it is mostly sent in, with a quote and a name in Latin letters.
fn hebrew() -> Vec<u8> {
    let mut mail = b"From: =?windows-1255?B?7fXp5A==?= <bo@example.org>\r\nTo: Ann <ann@example.org>\r\n\
        Subject: =?windows-1255?B?+ezl7SDs6w==?=\r\nContent-Type: text/plain; charset=windows-1255\r\n\r\n"
        .to_vec();
    mail.extend(b"\xf9\xec\xe5\xed Ann,\r\n\r\n\xf4\xe2\xe9\xf9\xe4 \xe1\xe9\xe5\xed \xf8\xe0\xf9\xe5\xef, 10:30 (Ghent).\r\n");
    mail.extend(b"https://example.org/a?b=1\r\n\r\n> \xee\xfa\xe9 \xf0\xf4\xe2\xf9?\r\n\r\n-- \r\n\xe1\xe5\r\n");
    mail
}

#[test]
fn mails_of_the_world_have_their_picture() {
    let Some(corpus) = crate::mail::corpus() else {
        return;
    };
    let mut found: Vec<(&str, Vec<u8>)> = PICTURED
        .iter()
        .filter_map(|(name, file)| {
            let read = std::fs::read(corpus.join("mail").join(file));
            if let Err(e) = &read {
                println!("{file}: {e}");
            }
            Some((*name, read.ok()?))
        })
        .collect();
    found.push(("hebrew", hebrew()));
    let mails = found.iter().map(|(_, mail)| bytes(mail.clone())).collect();
    let site = site(mails);
    let ann = site.sign_in("ann");
    let newest = ann.get("/").attributes_of(".row > a", "href").remove(0);
    let validity = newest.split(['?', '&']).find_map(|p| p.strip_prefix("v="));
    let validity = validity.expect("a numbering");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    for (nth, (name, _)) in found.iter().enumerate() {
        let uid = nth + 1;
        let url = format!(
            "{}/message?f=INBOX&v={validity}&u={uid}&r={nth}",
            site.url()
        );
        for (window, width, height, phone) in [("1440", 1440, 900, false), ("390", 390, 844, true)]
        {
            tab.viewport(width, height, 1.0, phone);
            for (mode, scheme) in [("light", Scheme::Light), ("dark", Scheme::Dark)] {
                tab.prefer(scheme);
                tab.open(&url);
                tab.screenshot(&format!("mail-{name}-{window}-{mode}"));
            }
            let wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth");
            assert_eq!(
                wide,
                serde_json::json!(false),
                "{name} scrolls sideways at {window}"
            );
        }
        tab.viewport(1440, 900, 1.0, false);
        tab.prefer(Scheme::Light);
        tab.open(&url.replace("/message?", "/print?"));
        tab.screenshot(&format!("mail-{name}-print"));
        if *name == "newsletter-8" {
            tab.viewport(1440, 900, 1.0, false);
            for page in ["leave", "headers"] {
                let url = url.replace("/message?", &format!("/{page}?"));
                tab.open(&url);
                tab.screenshot(&format!("mail-{page}-1440-dark"));
            }
        }
    }
    tab.expect_quiet();
}
