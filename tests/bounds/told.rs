//! What is left out of a mail because there is too much of it, is said on its page, the first time and from the cache.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::Site;

const TOO_LARGE: &str = "This message is too large to show in full.";

/// A mail with this header field and body, lines ended by LF.
fn mail(subject: &str, kind: &str, body: &str) -> Mail {
    Mail::written(&format!(
        "Subject: {subject}\nMIME-Version: 1.0\nContent-Type: {kind}\n\n{body}"
    ))
}

/// A multipart with so many parts that are shown, each with a few words.
fn parts(count: usize) -> String {
    let part = |n: usize| format!("--b\nContent-Type: image/x; name=picture{n}\n\nx\n");
    let parts: String = (0..count).map(part).collect();
    format!("{parts}--b--\n")
}

/// A winmail.dat with a text and so many files.
fn winmail(files: usize) -> Vec<u8> {
    let attribute = |level: u8, id: u32, value: &[u8]| {
        let length = u32::try_from(value.len()).expect("short").to_le_bytes();
        [&[level][..], &id.to_le_bytes(), &length, value, &[0, 0]].concat()
    };
    let mut bytes = vec![0x78, 0x9F, 0x3E, 0x22, 1, 0];
    bytes.extend(attribute(1, 0x0002_800C, b"The words.\0"));
    for n in 0..files {
        bytes.extend(attribute(2, 0x0006_9002, &[0; 14]));
        bytes.extend(attribute(2, 0x0001_8010, format!("f{n}.txt\0").as_bytes()));
        bytes.extend(attribute(2, 0x0006_800F, b"x"));
    }
    bytes
}

/// A mail with nothing but a winmail.dat.
fn with_winmail(subject: &str, files: usize) -> Mail {
    let encoded = STANDARD.encode(winmail(files));
    let lines: Vec<&str> = (0..encoded.len())
        .step_by(76)
        .map(|at| &encoded[at..encoded.len().min(at + 76)])
        .collect();
    let kind = "application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64";
    mail(subject, kind, &lines.join("\n"))
}

fn events(count: usize) -> String {
    let event = |n: usize| {
        format!("BEGIN:VEVENT\nUID:{n}\nSUMMARY:s{n}\nDTSTART:20261110T090000Z\nEND:VEVENT\n")
    };
    let events: String = (0..count).map(event).collect();
    format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n")
}

fn cards(count: usize) -> String {
    (0..count)
        .map(|n| format!("BEGIN:VCARD\nFN:Ann {n}\nEMAIL:a{n}@example.org\nEND:VCARD\n"))
        .collect()
}

fn report(count: usize) -> String {
    let one = |n: usize| format!("Final-Recipient: rfc822;a{n}@example.org\nAction: failed\n\n");
    let all: String = (0..count).map(one).collect();
    format!(
        "--b\n\nx\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;x\n\n{all}--b--\n"
    )
}

#[test]
fn what_is_left_out_of_a_mail_is_said() {
    let mixed = "multipart/mixed; boundary=b";
    let delivery = "multipart/report; boundary=b";
    let mails = vec![
        (mail("many parts", mixed, &parts(2_500)), true),
        (mail("some parts", mixed, &parts(300)), false),
        (with_winmail("many files", 600), true),
        (with_winmail("some files", 400), false),
        (mail("many events", "text/calendar", &events(30)), true),
        (mail("some events", "text/calendar", &events(20)), false),
        (mail("many cards", "text/vcard", &cards(30)), true),
        (mail("some cards", "text/vcard", &cards(20)), false),
        (mail("many deliveries", delivery, &report(130)), true),
        (mail("some deliveries", delivery, &report(90)), false),
    ];
    let all = mails.iter().map(|(mail, _)| mail.clone()).collect();
    let site = Site::new().mails("ann", "INBOX", all).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let rows = list.attributes_of(".row > a", "href");
    assert_eq!(rows.len(), mails.len());
    let mut wrong = Vec::new();
    for ((_, is_cut), row) in mails.iter().rev().zip(&rows) {
        for look in ["first", "second"] {
            let page = ann.get(row);
            page.has_status(200);
            let files = page.texts_of("ul.files li").len();
            let says = page.text().contains(TOO_LARGE);
            if says != *is_cut {
                wrong.push(format!(
                    "{look}: {:?}, says {says}, {files} files",
                    page.texts_of("h1")
                ));
            }
            let print = page.attributes_of("main a[href*='/print?']", "href");
            let says = ann.get(&print[0]).text().contains(TOO_LARGE);
            if says != *is_cut {
                wrong.push(format!("print: {:?}, says {says}", page.texts_of("h1")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn of_a_long_header_the_page_says_that_it_is_the_beginning() {
    let header = |fields: usize| {
        let fields: String = (0..fields)
            .map(|n| format!("X-Field-{n}: some words\n"))
            .collect();
        Mail::written(&format!("Subject: s\n{fields}\nThe words.\n"))
    };
    let mails = vec![header(20_000), header(6_000), header(1_000)];
    let site = Site::new().mails("ann", "INBOX", mails).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let says: Vec<bool> = list
        .attributes_of(".row > a", "href")
        .iter()
        .map(|row| {
            let page: Page = ann.get(row);
            let headers = page.attributes_of("main a[href*='/headers?']", "href");
            let page = ann.get(&headers[0]);
            page.text()
                .contains("This header is too long to show in full.")
        })
        .collect();
    assert_eq!(says, [false, true, true]);
}
