//! What is attached: how it is listed, what of it opens in the browser and as what, the archive of all of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{names_in, odd, winmail};

use crate::support::mails::Mail;
use crate::support::reader::Reader;

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

fn koi8() -> Vec<u8> {
    let mut mail = b"From: Bo <bo@example.org>\r\nSubject: Greeting\r\nContent-Type: text/plain; charset=iso-8859-5\r\n\r\n".to_vec();
    mail.extend(b"\xf0\xd2\xc9\xd7\xc5\xd4, \xcd\xc9\xd2\r\n");
    mail
}

#[test]
fn a_file_opens_as_what_it_is_and_not_as_what_it_says() {
    let ann = Reader::of(vec![Mail::written(FILES), Mail::raw(koi8())]);
    let page = ann.open_mail("Files");
    page.shows("cat.txt").shows("5 attachments");
    let read = page.text_of("article").unwrap_or_default();
    assert!(!read.contains("begin 644"), "{read}");
    let opened = |name: &str| {
        let opens = format!("Open {name}");
        let opened = page.has_link(&opens).then(|| page.click(&opens))?;
        // A picture stands on a page of its own.
        match opened.attributes_of("main.viewer img", "src").first() {
            Some(picture) => Some(ann.get(picture)),
            None => Some(opened),
        }
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

    let wrong = ann.open_mail("Greeting");
    wrong.hides("\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}");
    let form = wrong.form("message");
    let right = form.set("charset", "koi8-r").submit();
    right.shows("\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}, \u{43c}\u{438}\u{440}");
}

#[test]
fn the_archive_holds_what_is_listed() {
    let inner = winmail("About the plan.", "plan.txt", b"twelve by nine");
    let mut outer = winmail("As promised.", "house.dwg", b"four walls");
    // Its second file is a message of the same kind.
    outer.extend(&winmail("", "Re: the plan", &inner)[17..]);
    let ann = Reader::of(vec![odd(
        "Packed",
        "multipart/mixed; boundary=b",
        &format!(
            "--b\n\nbegin 644 cat.txt\n#0V%T\n`\nend\n--b\n\
             Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{}\n--b\n\
             Content-Type: text/csv; name=list.csv\n\n=1+1,b\n--b--\n",
            STANDARD.encode(&outer)
        ),
    )]);
    let page = ann.open_mail("Packed");
    let listed = page.texts_of(".file .name");
    assert_eq!(listed, ["cat.txt", "house.dwg", "Re: the plan", "list.csv"]);
    let packed = page.click("Download all as zip");
    let names = names_in(packed.body());
    assert_eq!(names, ["cat.txt", "house.dwg", "Re_ the plan", "list.csv"]);
    assert!(packed.holds(b"Cat") && packed.holds(b"four walls") && packed.holds(&inner));
    let inside = page.open_nth(".file:nth-child(3) a", 0);
    inside.shows("About the plan.").shows("plan.txt");
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
    let ann = Reader::of(vec![odd("Two", "multipart/related; boundary=b", PICTURES)]);
    let page = ann.open_mail("Two");
    assert_eq!(page.texts_of(".file .name"), ["unseen.png", "list.csv"]);
    let frame = page.frame();
    assert_eq!(frame.attributes_of("img", "src").len(), 1);
    let packed = page.click("Download all as zip");
    assert!(packed.holds(b"unseen.png") && packed.holds(b"list.csv"));
    assert!(!packed.holds(b"/seen.png"));
    // People read a table of that kind as it is written.
    let table = page.open_nth(".file:last-child a", 0);
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
    let ann = Reader::of(vec![odd("Saved", "multipart/related; boundary=b", &parts)]);
    let page = ann.open_mail("Saved");
    page.shows("1 remote image is blocked.");
    assert!(page.texts_of(".file .name").is_empty());
    let frame = page.frame();
    assert_eq!(frame.attributes_of("img", "src").len(), 2);
}
