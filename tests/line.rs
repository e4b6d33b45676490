//! Bytes on the line: what a browser that takes gzip gets, and what is sent as it is whatever the browser takes.

use std::collections::BTreeSet;
use std::io::Read as _;

use flate2::read::GzDecoder;

use crate::support::mails::{Mail, MailBuilder};
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

/// As browsers say it.
const TAKES: &str = "gzip, deflate, br, zstd";

/// The same page as a browser asks for it, as it came.
fn as_a_browser(ann: &Visitor, target: &str) -> Page {
    ann.send(&Request::new("GET", target).header("Accept-Encoding", TAKES))
}

/// The text of a page that came as gzip.
fn unpacked(page: &Page) -> String {
    page.expect(page.header("content-encoding") == "gzip", || {
        "it is not gzip".to_owned()
    });
    let mut text = String::new();
    let read = GzDecoder::new(page.body()).read_to_string(&mut text);
    page.expect(read.is_ok(), || format!("{read:?}"));
    text
}

#[test]
fn pages_and_our_own_files_come_as_gzip_and_mails_as_they_are() {
    let html = format!("<p>Ten short books.</p>{}", "<p>One more.</p>".repeat(300));
    let mut mails: Vec<Mail> = (0..60)
        .map(|n| Mail::plain("Bob <bob@example.org>", &format!("Letter {n}"), "Hello."))
        .collect();
    mails.push(
        MailBuilder::about("Books")
            .from("The Shelf <letters@shelf.example>")
            .of_kind("text/html", &html),
    );
    let site = Site::new().mails("ann", "INBOX", mails).start();
    let ann = site.sign_in("ann");

    // A list: a fifth of the bytes at most, the same list, and never the same length twice in a row for long.
    let list = ann.get("/");
    let came = as_a_browser(&ann, list.target());
    let text = unpacked(&came);
    assert!(text.contains("Letter 59"), "{text}");
    let (packed, plain) = (came.body().len(), list.body().len());
    eprintln!("a list of 50 rows: {plain} bytes, {packed} as gzip");
    assert!(packed * 4 < plain && packed < 12_000, "{packed} of {plain}");
    assert_eq!(came.header("vary"), "Accept-Encoding");
    let lengths: BTreeSet<usize> = (0..12)
        .map(|_| as_a_browser(&ann, list.target()).body().len())
        .collect();
    assert!(lengths.len() > 4, "{lengths:?}");

    // The message's page is packed; the document of its HTML, which a stranger wrote, is not.
    let message = list.click("Books");
    assert!(unpacked(&as_a_browser(&ann, message.target())).contains("Books"));
    let frame = as_a_browser(&ann, message.frame().target());
    assert_eq!(frame.header("content-encoding"), "");
    assert!(frame.source().contains("Ten short books."));

    // Style and script are packed, and the same each time: everybody may know them.
    let style = list.attributes_of("link[rel=stylesheet]", "href").concat();
    let styles = [(); 2].map(|()| as_a_browser(&ann, &style));
    assert!(unpacked(&styles[0]).contains("body"));
    assert_eq!(styles[0].body(), styles[1].body());
}

#[test]
fn a_browser_that_refuses_gzip_gets_pages_as_they_are() {
    let site = Site::with_inbox(60);
    let ann = site.sign_in("ann");
    let address = ann.get("/").target().to_owned();
    for accept in ["", "identity", "gzip;q=0, br"] {
        let page = ann.send(&Request::new("GET", &address).header("Accept-Encoding", accept));
        assert_eq!(page.header("content-encoding"), "", "{accept}");
        assert_eq!(page.header("vary"), "Accept-Encoding");
        page.shows("Inbox");
    }
}
