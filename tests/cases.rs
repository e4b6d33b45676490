//! Mails that were read wrongly once, each as a small file in `tests/cases`: what its page has to say, through the program.
//!
//! The kinds have their rules in `src/mime`; here is what a reader sees of them.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::support::chromium::Chromium;
use crate::support::mails::Mail;
use crate::support::page::Page;
use crate::support::site::Site;
use crate::support::visitor::Visitor;

/// The mail of a case.
pub fn case(name: &str) -> Mail {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    Mail {
        bytes: fs::read(directory.join(format!("{name}.eml"))).expect("a case"),
        received: SystemTime::now(),
        flags: Vec::new(),
    }
}

fn ann_with(names: &[&str]) -> (Site, Visitor) {
    let mails = names.iter().map(|name| case(name)).collect();
    let site = Site::new().mails("ann", "INBOX", mails).start();
    let ann = site.sign_in("ann");
    (site, ann)
}

fn frame(ann: &Visitor, page: &Page) -> Page {
    let frames = page.attributes_of("iframe", "src");
    page.expect(frames.len() == 1, || format!("frames: {frames:?}"));
    ann.get_once(&frames[0])
}

fn files(page: &Page) -> Vec<String> {
    page.texts_of(".file .name")
}

#[test]
fn every_case_is_tried_by_some_test() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let names = |dir: &Path| {
        let entries = fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
        let paths = entries.map(|entry| entry.expect("an entry").path());
        paths.filter(|path| path.is_file()).collect::<Vec<_>>()
    };
    let sources = names(&tests).into_iter();
    let sources: String = sources
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(|path| fs::read_to_string(path).expect("a test"))
        .collect();
    let cases = names(&tests.join("cases"));
    assert!(cases.len() > 25, "{} cases", cases.len());
    for case in cases {
        let name = case
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        assert!(sources.contains(&name), "{name} is tried by no test");
    }
}

#[test]
fn texts_are_found_wherever_they_stand() {
    let (_site, ann) = ann_with(&[
        "alternative-of-two-texts",
        "alternative-second-without-type",
        "base64-that-is-none",
        "file-with-a-kind-of-one-word",
        "header-ends-with-a-blank",
        "no-header-at-all",
        "replacement-character-html",
        "replacement-character-text",
    ]);
    let list = ann.get("/");
    for (subject, shown) in [
        ("Two texts to choose from", "The long version: we meet"),
        ("The second part has no type", "The letter itself: the boat"),
        (
            "Labelled base64, written as it is",
            "the program that sent this says base64 and did not encode",
        ),
        (
            "The empty line has a blank in it",
            "Use the stairs at the north end",
        ),
        ("(no subject)", "the key hangs where it was"),
        ("show me wrongly", "That\u{fffd}s all that is wrong here"),
    ] {
        // Twice: as it comes from the server, and as it is kept.
        for _ in 0..2 {
            let page = list.click(subject);
            page.has_status(200).shows(shown);
            let text = page.texts_of(".typed").concat();
            page.expect(text.contains(shown), || format!("{subject}: {text:?}"));
        }
    }
    let page = list.click("The empty line has a blank in it");
    let headers = page.click("All headers");
    headers.shows("Boat club").hides("Boat club The jetty");
    let page = list.click("A file whose kind has no slash");
    assert_eq!(
        page.texts_of(".typed").concat().trim(),
        "The figures are attached."
    );
    assert_eq!(files(&page), ["figures.csv.gz"]);
    let saved = ann.get_once(&page.attributes_of(".file a", "href")[0]);
    assert_eq!(saved.body().len(), 178);
    let html = frame(&ann, &list.click("Replacement in HTML"));
    html.shows("Gr\u{fffd}e aus K\u{f6}ln");
}

#[test]
fn people_and_times_are_as_the_header_says() {
    let (_site, ann) = ann_with(&[
        "comment-after-an-empty-group",
        "name-that-looks-coded",
        "name-without-end",
        "offset-of-three-digits",
        "two-addresses-without-comma",
        "two-addresses-without-comma-to",
    ]);
    let list = ann.get("/");
    let people = |subject: &str| list.click(subject).texts_of("dd .whole");
    let two = people("Two who write");
    assert_eq!(
        two.get(..2).map(<[String]>::concat).as_deref(),
        Some("Mira Lund <mira@example.org>Tobias Ek <tobias@example.org>"),
        "{two:?}"
    );
    let read = people("Two who read");
    assert_eq!(
        read.get(1..).map(|all| all.join("; ")).as_deref(),
        Some(
            "Ann Example <ann@example.org>; Joris Vos <joris@example.org>; Cleo <cleo@example.org>"
        )
    );
    let page = list.click("A remark is no recipient");
    page.hides("no To-header on input")
        .shows("unlisted-recipients")
        .hides("unlisted-recipients <>");
    list.click("A name decoded once").shows("=?utf-8?Q?Boss?=");
    let page = list.click("A name without end");
    assert!(page.body().len() < 40_000, "{} bytes", page.body().len());
    assert!(list.body().len() < 40_000, "{} bytes", list.body().len());
    let page = list.click("Offset of three digits");
    page.has_status(200).shows("-06:00");
}

#[test]
fn pictures_stand_where_the_mail_names_them() {
    let (_site, ann) = ann_with(&[
        "base-href",
        "content-id-with-blanks",
        "inline-image-octet-stream",
        "inline-image-text-calendar",
    ]);
    let list = ann.get("/");
    for subject in [
        "Chart with blanks",
        "Logo as octet-stream",
        "Gif called a calendar",
    ] {
        let page = list.click(subject);
        let images = frame(&ann, &page).attributes_of("img", "src").concat();
        assert!(
            images.starts_with("data:image/png;base64,"),
            "{subject}: {images}"
        );
        assert_eq!(files(&page), [""; 0], "{subject}");
    }
    let page = list.click("New reply in the lake forum");
    page.shows("1 remote image");
    let links = frame(&ann, &page).attributes_of("a", "href");
    assert_eq!(
        links,
        [
            "https://forum.example.org/lake/index.php?t=view&goto=1746920#msg_1746920",
            "https://forum.example.org/rules",
            "https://www.example.org/out"
        ]
    );
}

#[test]
fn what_is_wrapped_is_called_what_it_is() {
    let (_site, ann) = ann_with(&[
        "certificate-attached",
        "signed-as-a-whole-unnamed",
        "winmail-with-a-message-in-it",
    ]);
    let list = ann.get("/");
    let page = list.click("My certificate");
    page.hides("ncrypted").hides("S/MIME");
    assert_eq!(files(&page), ["mira.p7c"]);
    let page = list.click("Signed as a whole");
    page.shows("Signed as a whole, without a file name.")
        .hides("ncrypted content");
    let page = list.click("Forwarded order");
    page.shows("See the message that is attached.");
    assert_eq!(files(&page), ["The order of last week"]);
    let inner = page.click("Open");
    inner.has_status(200).shows("Twelve chairs, two tables.");
    assert_eq!(
        inner.text_of("h1").as_deref(),
        Some("The order of last week")
    );
    let links = page.attributes_of(".file a", "href");
    let saved = ann.get_once(links.last().expect("a download"));
    assert!(
        saved.body().starts_with(b"\x78\x9f\x3e\x22"),
        "{:?}",
        saved.body()
    );
}

#[test]
fn a_preview_with_marks_gives_way_to_the_mail_itself() {
    let (_site, ann) = ann_with(&["preview-of-unknown-charset"]);
    let list = ann.get("/");
    list.hides("\u{fffd}");
    list.click("Angebot");
    let page = ann.get("/").has_status(200).texts_of(".row").concat();
    assert!(
        page.contains("aus K") && !page.contains("\u{ef}\u{bf}\u{bd}"),
        "{page}"
    );
}

#[test]
fn nothing_that_is_wide_is_out_of_reach_on_a_phone() {
    let (site, ann) = ann_with(&["wide-body-overflow-hidden", "wide-html-overflow-hidden"]);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    let list = ann.get("/");
    for subject in ["Wide body overflow-x", "Wide html css"] {
        let page = list.click(subject);
        let source = page.attributes_of("iframe", "src").concat();
        tab.open(&format!("http://{}{source}", site.apache().address()));
        let overflow = "[getComputedStyle(document.documentElement).overflowX, getComputedStyle(document.body).overflowX].join()";
        assert_eq!(tab.evaluate(overflow), "auto,visible", "{subject}");
    }
}
