//! Which of its texts a message shows, in which charset, and what of it stands in a list.

use super::odd;

use crate::cost::connections;
use crate::support::mails::Mail;
use crate::support::reader::Reader;
use crate::support::site::Site;

#[test]
fn first_words_stand_below_each_subject() {
    let letter = Mail::plain("Bo <bo@example.org>", "Keys", "They lie\nunder the mat.");
    let html = "From: Bo <bo@example.org>\nSubject: Shelf\nContent-Type: text/html\n\n<p>Ten <b>short</b> books</p>\n";
    let site = Site::new()
        .mails("ann", "INBOX", vec![letter, Mail::written(html)])
        .start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    connections(&list, 0);
    list.shows("They lie under the mat.")
        .shows("Ten short books");
    assert!(!site.log().contains("fault"));
}

#[test]
fn a_text_that_says_nothing_is_not_what_a_list_shows() {
    let letter = |subject: &str, text: &str, html: &str| {
        Mail::written(&format!(
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
    let site = Site::new()
        .mails(
            "ann",
            "INBOX",
            vec![
                letter("Shelf", stub, &shelf),
                letter(
                    "Short",
                    "See you at noon.",
                    "<p>See you at noon. <i>Bo</i></p>",
                ),
            ],
        )
        .start();
    let ann = site.sign_in("ann");
    let page = ann.open_mail("Shelf");
    assert_eq!(page.attributes_of("iframe.frame", "src").len(), 1);
    page.shows("Plain text");
    ann.open_mail("Short");
    let list = ann.get("/");
    list.shows("Ten short books Islands, lighthouses");
    list.hides("Your program does not")
        .shows("See you at noon.");
    // Nothing of that is worked out again.
    let before = crate::disk::records(&site, "ann");
    ann.open_mail("Shelf");
    assert!(before == crate::disk::records(&site, "ann"));
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
    let ann = Reader::of(vec![
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
    for subject in ["Empty", "Pixel"] {
        let page = ann.open_mail(subject);
        page.shows("All the words").hides("HTML version");
        page.click("Print").shows("All the words");
    }
    let page = ann.open_mail("Picture");
    assert_eq!(page.attributes_of("iframe.frame", "src").len(), 1);
}

#[test]
fn a_plain_part_beside_html_is_read_as_one() {
    let parts = "--b\nContent-Type: text/html\n\n<p>Hello<!-- left open\n--b\n\
        Content-Type: text/plain; format=flowed\n\nOf a list \nof ours\nhttps://list.example/\n--b--\n";
    let ann = Reader::of(vec![odd("Footer", "multipart/mixed; boundary=b", parts)]);
    let frame = ann.get(&ann.open_mail("Footer").attributes_of("iframe", "src")[0]);
    frame.shows("Hello").shows("Of a list of ours");
    assert_eq!(frame.attributes_of("a", "href"), ["https://list.example/"]);
}

#[test]
fn a_chosen_charset_reaches_the_names() {
    let raw = b"\xf0\xd2\xc9\xd7\xc5\xd4";
    let mail = |fields: &[&[u8]]| {
        let head = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=big5\r\nDate: Mon, 02 Nov 2026 10:00:00 +0100\r\n";
        let all = [&head[..], &fields.concat(), b"\r\n\r\n", raw, b"\r\n"];
        Mail::raw(all.concat())
    };
    let raw_names = mail(&[
        b"From: ",
        raw,
        b" <bo@example.org>\r\nSubject: One ",
        raw,
        b"\r\nTo: =?iso-8859-1?Q?caf=E9?= <ann@example.org>",
    ]);
    let ann = Reader::of(vec![raw_names]);
    let list = ann.get("/");
    let page = list.open_nth(".row a", 0);
    let right = page.form("message").set("charset", "koi8-r").submit();
    let word = "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}";
    for page in [&right, &right.click("Print")] {
        assert_eq!(page.texts_of("h1"), [format!("One {word}")]);
        page.shows(&format!("{word} <bo@example.org>"));
        page.shows("caf\u{e9} <ann@example.org>");
    }
}
