//! What stands inside a message: another one, a winmail.dat, a message that is signed as a whole.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{names_in, odd, winmail};

use crate::cost::connections;
use crate::support::mails::{Mail, in_base64};
use crate::support::reader::Reader;

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
    let ann = Reader::of(vec![Mail::written(FORWARDED)]);
    let outer = ann.open_mail("Fwd: the drawing");
    outer.shows("See below.").shows("the drawing");
    outer.shows("2 attachments").hides("Words of");
    let inner = outer.open_nth(".file a", 0);
    inner.has_status(200).shows("cas@example.net");
    inner.shows("measures.txt").shows("1 attachment");
    inner.shows("1 remote image is blocked.");
    let frame = inner.attributes_of("iframe", "src");
    let frame = ann.get(&frame[0]);
    frame.has_status(200).shows("Words of Cas");
    connections(&frame, 0);
    let file = inner.open_nth(".file a", 1);
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

    let zip = outer.open_nth(".attached > .bar a", 0);
    assert_eq!(zip.header("content-type"), "application/zip");
    assert!(zip.body().starts_with(b"PK\x03\x04"));
    for what in [
        "eight by three",
        "measures.txt",
        "Words of",
        "the drawing.eml",
    ] {
        assert!(zip.holds(what.as_bytes()), "no {what}");
    }
}

/// What Outlook sends to somebody whom it takes for a user of Outlook.
const OUTLOOK: &[u8] = include_bytes!("../mail/snappymail__tnef2.eml");

#[test]
fn the_html_of_a_winmail_dat_is_read_where_there_is_nothing_else() {
    let text = String::from_utf8(OUTLOOK.to_vec()).expect("ASCII");
    let (before, rest) = text.split_once("Dobr=FD").expect("its text");
    let (_, after) = rest.split_once("Bart=E1k").expect("its end");
    let bare = format!("{before}{after}").replace("TNEF test 2", "Bare");
    let ann = Reader::of(vec![
        Mail::raw(OUTLOOK.to_vec()),
        Mail::written(&bare.replace('\r', "")),
    ]);
    // With a text beside it, that is the message.
    let page = ann.open_mail("TNEF test 2");
    page.shows("pos\u{ed}l\u{e1}m zku\u{161}ebn\u{ed} e-mail");
    assert!(page.attributes_of("iframe", "src").is_empty());
    let page = ann.open_mail("Bare");
    let frame = page.attributes_of("iframe", "src");
    let frame = ann.get(frame.first().map_or("", String::as_str));
    frame.has_status(200);
    frame.shows("pos\u{ed}l\u{e1}m zku\u{161}ebn\u{ed} e-mail");
    connections(&frame, 0);
    let list = ann.get("/");
    assert_eq!(list.text().matches("zku\u{161}ebn\u{ed}").count(), 2);
}

#[test]
fn a_large_winmail_dat_travels_only_when_it_is_opened() {
    let drawing: Vec<u8> = (0..2_000_000_u32).map(|n| (n / 7 % 251) as u8).collect();
    let packed = in_base64(&winmail("The drawing.", "house.dwg", &drawing));
    let text = format!(
        "From: Bo <bo@example.org>\nTo: Ann <ann@example.org>\nSubject: The house\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nAs promised.\n--b\n\
         Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{packed}\n--b--\n"
    );
    let ann = Reader::of(vec![Mail::written(&text)]);
    let page = ann.open_mail("The house");
    page.shows("As promised.")
        .shows("winmail.dat")
        .hides("house.dwg");
    let inside = page.open_nth(".file a", 0);
    inside
        .has_status(200)
        .shows("The house")
        .shows("The drawing.")
        .shows("house.dwg");
    inside
        .click("All headers")
        .shows("The house")
        .shows("bo@example.org");
    let file = inside.open_nth(".file a", 0);
    file.has_status(200);
    assert!(file.body() == drawing, "other bytes");
    inside.click("Back to the message").shows("As promised.");
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
    let ann = Reader::of(vec![
        sealed("The deed itself", &signed_whole(content)),
        odd(
            "Known by its name",
            "application/octet-stream; name=smime.p7m\nContent-Transfer-Encoding: base64",
            &format!("{}\n", signed_whole(content)),
        ),
        sealed("Sealed", &STANDARD.encode(b"\x30\x03\x02\x01\x00")),
    ]);
    let page = ann.open_mail("The deed itself");
    page.shows("has an S/MIME signature. Postern does not check it.");
    let frame = page.frame();
    frame.has_status(200).shows("The deed.");
    page.click("Plain text").shows("The deed.");
    page.shows("Contact card").shows("+32 9 123");
    assert_eq!(page.texts_of(".file .name"), ["deed.txt", "bo.vcf"]);
    let file = page.open_nth(".file a", 0);
    assert_eq!(file.body(), b"we agree");
    let packed = page.click("Download all as zip");
    assert_eq!(names_in(packed.body()), ["deed.txt", "bo.vcf"]);
    ann.open_mail("Known by its name").shows("Contact card");
    ann.get("/").shows("The deed.");
    let page = ann.open_mail("Sealed");
    page.shows("Postern cannot open it").shows("smime.p7m");
}
