//! The frame of an HTML mail in a browser: laid out as its writer meant it, nothing told to those whose pictures it shows,
//! and a page that prints as the message.
//!
//! Not for what is kept of the markup, which `src/clean` tests.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use native_tls::{Identity, TlsAcceptor};
use serde_json::json;

use crate::cases::case;
use crate::print::pages;
use crate::support::chromium::{Chromium, Scheme, Tab};
use crate::support::install::{self, Part};
use crate::support::mails::{Mail, MailBuilder};
use crate::support::page::Page;
use crate::support::place::Place;
use crate::support::reader::Reader;

fn mail(subject: &str, html: &str) -> Mail {
    MailBuilder::about(subject).of_kind("text/html; charset=utf-8", html)
}

/// A tab of the reader's, at this page.
fn opened(browser: &Chromium, ann: &Reader, page: &Page) -> Tab {
    let tab = browser.tab();
    tab.take_cookies(ann);
    tab.viewport(1280, 900, 1.0, false);
    open(&tab, ann, page.target());
    tab
}

fn open(tab: &Tab, ann: &Reader, path: &str) {
    tab.open(&format!("http://{}{path}", ann.server()));
}

/// What holds of the frame `f` and its document `d`, once the script has fitted it.
fn ask(tab: &Tab, what: &str) -> serde_json::Value {
    tab.wait_for("document.querySelector('iframe').style.height");
    tab.evaluate(&format!(
        "((f, d) => {what})(document.querySelector('iframe'), document.querySelector('iframe').contentDocument)"
    ))
}

#[test]
fn a_letter_without_colours_is_dark_where_the_page_is() {
    let letter = "<body bgcolor=#ffffff text=#000000><p>Dear <a href=https://example.org>Ann</a>,<p style='color:black'>Bo";
    let shop = "<body style='background:#f3ede0'><p style='color:#531'>Bulbs";
    let ann = Reader::of(vec![mail("Letter", letter), mail("Shop", shop)]);
    let browser = Chromium::start();
    let tab = opened(&browser, &ann, &ann.open_mail("Letter"));
    let colours = |subject: &str, scheme: Scheme| {
        tab.prefer(scheme);
        open(&tab, &ann, ann.open_mail(subject).target());
        let name = format!("colours-{}-{scheme:?}", subject.to_lowercase());
        tab.wait_for("document.querySelector('iframe').dataset.there !== undefined");
        tab.screenshot(&name);
        let of = |what: &str| ask(&tab, what).as_str().unwrap_or_default().to_owned();
        (
            of("d.defaultView.getComputedStyle(d.querySelector('p:last-of-type')).color"),
            of("d.defaultView.getComputedStyle(d.body).backgroundColor"),
        )
    };
    let pair = |ink: &str, ground: &str| (ink.to_owned(), ground.to_owned());
    assert_eq!(
        colours("Letter", Scheme::Dark),
        pair("rgb(230, 233, 239)", "rgb(23, 27, 34)")
    );
    assert_eq!(
        colours("Letter", Scheme::Light),
        pair("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    );
    let own = pair("rgb(85, 51, 17)", "rgb(243, 237, 224)");
    assert_eq!(colours("Shop", Scheme::Dark), own);
    assert_eq!(colours("Shop", Scheme::Light), own);
}

#[test]
fn links_of_a_letter_that_is_dark_have_the_colour_of_links_in_the_dark() {
    // As they come from Outlook, from Apple's program and from others: each says the colour of links in another place.
    let letters = [
        "<p>Dear <a href=https://example.org>Ann</a>",
        "<body link=#0563C1 vlink=#954F72><p>Dear <a href=https://example.org>Ann</a>",
        "<style>a:link,span.MsoHyperlink{color:#0563C1;text-decoration:underline}a:visited{color:#954F72}</style>\
         <p class=MsoNormal>Dear <a href=https://example.org><span class=MsoHyperlink>Ann</span></a>",
        "<p>Dear <a href=https://example.org style='color:#467886'><span style='color:#000'>Ann</span></a>",
        "<p style='color:black'>Dear <b><a href=https://example.org><font color=#0563c1>Ann</font></a></b>",
        "<p>Dear <a href=https://example.org><img src=https://example.org/a.png width=60 height=30 alt=Ann></a>",
    ];
    let subjects: Vec<String> = (1..=letters.len())
        .map(|nth| format!("Letter {nth}"))
        .collect();
    let mails = subjects.iter().zip(letters);
    let ann = Reader::of(
        mails
            .map(|(subject, html)| mail(subject, html))
            .collect::<Vec<_>>(),
    );
    let browser = Chromium::start();
    let tab = opened(&browser, &ann, &ann.open_mail("Letter 1"));
    tab.prefer(Scheme::Dark);
    for subject in &subjects {
        open(&tab, &ann, ann.open_mail(subject).target());
        tab.wait_for("document.querySelector('iframe').dataset.there !== undefined");
        let colours = "const of = one => getComputedStyle(one).color; const link = d.querySelector('a'); \
                       return [of(link), of(link.querySelector('*') ?? link), of(d.querySelector('p'))]";
        let [accent, ink] = ["rgb(134, 168, 255)", "rgb(230, 233, 239)"];
        assert_eq!(
            ask(&tab, &format!("{{ {colours} }}")),
            json!([accent, accent, ink]),
            "{subject}"
        );
    }
}

/// A web server elsewhere that notes who asks it for pictures, and from where.
struct Pictures {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    _place: Place,
}

impl Pictures {
    fn start() -> Pictures {
        install::need(Part::Openssl);
        let place = Place::new("pictures");
        let made = Command::new("/usr/bin/openssl")
            .args(
                "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out own.pem -days 2".split(' '),
            )
            .args(["-subj", "/CN=pictures.example.org"])
            .current_dir(place.path())
            .output()
            .expect("openssl");
        assert!(made.status.success(), "{made:?}");
        let read = |name: &str| std::fs::read(place.join(name)).expect("a file");
        let identity = Identity::from_pkcs8(&read("own.pem"), &read("key.pem"));
        let acceptor = TlsAcceptor::new(identity.expect("an identity")).expect("TLS");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Ok(mut stream) = acceptor.accept(stream) else {
                    continue;
                };
                let mut head = [0; 8192];
                let read = stream.read(&mut head).unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..read]).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let mut lines = head.lines();
                let referer = lines.find(|line| line.to_ascii_lowercase().starts_with("referer:"));
                let note = format!("{path} {}", referer.unwrap_or("-"));
                notes.lock().expect("notes").push(note);
                let answer =
                    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                stream.write_all(answer.as_bytes()).unwrap_or_default();
                stream.shutdown().unwrap_or_default();
            }
        });
        Pictures {
            address,
            heard,
            _place: place,
        }
    }

    /// The notes, sorted, when there are so many.
    fn notes(&self, many: usize) -> Vec<String> {
        for _ in 0..200 {
            if self.heard.lock().expect("notes").len() >= many {
                break;
            }
            thread::sleep(std::time::Duration::from_millis(50));
        }
        let mut notes = std::mem::take(&mut *self.heard.lock().expect("notes"));
        notes.sort();
        notes
    }
}

#[test]
fn who_is_asked_for_a_picture_never_learns_where_the_mail_is_read() {
    let pictures = Pictures::start();
    let ann = Reader::of(vec![case("remote-backgrounds")]);
    let page = ann.open_mail("Pictures and backgrounds");
    let shown = page.click("Show images");
    let browser = Chromium::start_with(&[
        "--ignore-certificate-errors".to_owned(),
        format!(
            "--host-resolver-rules=MAP pictures.example.org:443 {}",
            pictures.address
        ),
    ]);
    let tab = opened(&browser, &ann, &shown);
    let wanted = ["/attr.png -", "/img.png -", "/sheet.png -"];
    assert_eq!(pictures.notes(3), wanted);
    drop(tab);
    // Another tab, without what this one has kept.
    let paper = shown.click("Print");
    let _tab = opened(&browser, &ann, &paper);
    assert_eq!(pictures.notes(3), wanted);
}

#[test]
fn a_mail_is_laid_out_in_its_own_mode() {
    let (doctype, text) = ("<!DOCTYPE html>", "<p>One line</p>");
    let ann = Reader::of(vec![
        case("picture-in-two-slices"),
        mail("Standards", &format!("{doctype}{text}")),
        mail("Quirks", text),
    ]);
    let browser = Chromium::start();
    let tab = opened(&browser, &ann, &ann.open_mail("One picture in two slices"));
    let gap =
        "(([a, b]) => b.getBoundingClientRect().top - a.getBoundingClientRect().bottom)(d.images)";
    assert_eq!(ask(&tab, gap), json!(0));
    assert_eq!(ask(&tab, "d.compatMode"), json!("CSS1Compat"));
    for (subject, mode) in [("Standards", "CSS1Compat"), ("Quirks", "BackCompat")] {
        open(&tab, &ann, ann.open_mail(subject).target());
        assert_eq!(ask(&tab, "d.compatMode"), json!(mode), "{subject}");
        // In quirks mode a body is as high as its window, whatever is in it.
        let height = ask(&tab, "f.clientHeight").as_f64().expect("a number");
        assert!(height < 120.0, "{subject}: {height}");
    }
}

#[test]
fn a_mail_is_printed_in_its_own_mode() {
    let text = "<p>One line</p>";
    let ann = Reader::of(vec![
        case("picture-in-two-slices"),
        mail("Standards", &format!("<!DOCTYPE html>{text}")),
        mail("Quirks", text),
        Mail::plain("Bo <bo@example.org>", "Words", "One line"),
    ]);
    let browser = Chromium::start();
    for (subject, mode, gap) in [
        ("One picture in two slices", "CSS1Compat", json!(0)),
        ("Standards", "CSS1Compat", json!(null)),
        ("Quirks", "BackCompat", json!(null)),
        ("Words", "CSS1Compat", json!(null)),
    ] {
        let tab = opened(&browser, &ann, &ann.open_mail(subject).click("Print"));
        assert_eq!(
            tab.evaluate("document.compatMode"),
            json!(mode),
            "{subject}"
        );
        let between = "(([a, b]) => b ? b.getBoundingClientRect().top - a.getBoundingClientRect().bottom : null)(document.images)";
        assert_eq!(tab.evaluate(between), gap, "{subject}");
    }
}

#[test]
fn a_heading_in_a_heading_leaves_the_outer_one_whole() {
    let ann = Reader::of(vec![case("heading-in-heading")]);
    let browser = Chromium::start();
    let tab = opened(&browser, &ann, &ann.open_mail("A heading in a heading"));
    let sizes = "(() => { const sizes = {}; const walk = d.createTreeWalker(d.body, 4); while (walk.nextNode()) { \
        const at = walk.currentNode; sizes[at.data.trim()] = getComputedStyle(at.parentElement).fontSize } \
        return sizes })()";
    let sizes = ask(&tab, sizes);
    assert!(
        sizes["One"] == sizes["Three"] && sizes["One"] != sizes["Four"],
        "{sizes}"
    );
    let lines = "[...d.body.innerText.split('\\n')].filter(l => l.trim())";
    assert_eq!(ask(&tab, lines), json!(["One", "Two", "Three", "Four"]));
}

#[test]
fn pictures_in_tables_keep_their_width_and_words_stay_whole() {
    let columns = "<div style='display:inline-block;width:70px'>Extraordinarily</div>";
    let ann = Reader::of(vec![
        case("pictures-in-a-narrow-table"),
        mail("Columns", columns),
        mail(
            "Wide photo",
            "<table><tr><td><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' width=3000 height=10></table>",
        ),
    ]);
    let browser = Chromium::start();
    let tab = opened(
        &browser,
        &ann,
        &ann.open_mail("Three pictures beside each other"),
    );
    let widths = "[...d.images].map(i => Math.round(i.getBoundingClientRect().width))";
    assert_eq!(ask(&tab, widths), json!([180, 180, 180]));
    let lines = "[...d.querySelectorAll('h3')].every(h => h.getBoundingClientRect().height < 40)";
    assert_eq!(ask(&tab, lines), json!(true));
    open(&tab, &ann, ann.open_mail("Columns").target());
    open(&tab, &ann, ann.open_mail("Wide photo").target());
    let fits = "d.documentElement.scrollWidth <= Math.max(f.clientWidth, 800)";
    assert_eq!(ask(&tab, fits), json!(true));
}

#[test]
fn a_link_to_nowhere_looks_like_a_link_and_does_nothing() {
    let ann = Reader::of(vec![case("link-to-nowhere")]);
    let browser = Chromium::start();
    let tab = opened(
        &browser,
        &ann,
        &ann.open_mail("A link that leads nowhere yet"),
    );
    let looks =
        "[...d.links].map(a => getComputedStyle(a).color + getComputedStyle(a).textDecorationLine)";
    let looks = ask(&tab, looks);
    let looks = looks.as_array().expect("a list");
    assert_eq!(looks.len(), 3, "{looks:?}");
    assert!(looks.iter().all(|look| *look == looks[0]), "{looks:?}");
    ask(&tab, "d.links[0].click()");
    assert!(tab.url().contains("/message?"), "{}", tab.url());
    assert_eq!(ask(&tab, "d.links.length"), json!(3));
}

#[test]
fn a_newsletter_is_in_its_phone_layout_on_a_phone_alone() {
    let html = "<!DOCTYPE html><style>.p{display:none}@media only screen and (max-width:620px){.p{display:block}}</style>\
        <table width=600 align=center><tr><td>The news<div class=p>For phones</div></table>";
    let ann = Reader::of(vec![
        mail("News", html),
        mail("Letter", "<!DOCTYPE html><p>Only words.</p>"),
    ]);
    let page = ann.open_mail("News");
    let browser = Chromium::start();
    let tab = opened(&browser, &ann, &page);
    let is_for_phones = "d.querySelector('.p').offsetHeight > 0";
    for (width, phone) in [
        (1440, false),
        (1200, false),
        (1100, false),
        (800, false),
        (390, true),
    ] {
        tab.viewport(width, 900, 1.0, phone);
        open(&tab, &ann, page.target());
        assert_eq!(ask(&tab, is_for_phones), json!(phone), "at {width}");
        let scrolls = "d.documentElement.scrollWidth > f.clientWidth";
        assert_eq!(ask(&tab, scrolls), json!(false), "at {width}");
    }
    // A letter that says nothing of phones is not drawn smaller for it.
    tab.viewport(1200, 900, 1.0, false);
    open(&tab, &ann, ann.open_mail("Letter").target());
    assert_eq!(ask(&tab, "Number(f.style.zoom || 1)"), json!(1));
}

/// The page, counted from 0, on which a link to this address stands in a PDF of Chromium.
fn page_of_link(pdf: &[u8], address: &str) -> Option<usize> {
    let text = String::from_utf8_lossy(pdf);
    let objects: Vec<&str> = text.split("endobj").collect();
    let link = objects
        .iter()
        .find(|object| object.contains(&format!("/URI ({address})")))?;
    let number = link.split(" 0 obj").next()?.rsplit('\n').next()?;
    let mut pages = objects
        .iter()
        .filter(|object| object.contains("/Type /Page\n"));
    let named = |text: &str| {
        text.contains(&format!("[{number} 0 R")) || text.contains(&format!(" {number} 0 R"))
    };
    pages.position(|page| page.split("/Annots").nth(1).is_some_and(named))
}

#[test]
fn the_page_of_a_message_prints_as_the_message() {
    let order = |many: usize| {
        let rows: String = (1..=many)
            .map(|n| format!("<tr><td>Kettle number {n}"))
            .collect();
        format!(
            "<!DOCTYPE html><p><a href='https://begin.example/'>Your order</a>\
             <table cellpadding=8>{rows}</table><p><a href='https://end.example/'>The end</a>"
        )
    };
    let ann = Reader::of(vec![
        mail("Short order", &order(12)),
        mail("Long order", &order(80)),
    ]);
    let browser = Chromium::start();
    let tab = opened(&browser, &ann, &ann.open_mail("Short order"));
    for (subject, last) in [("Short order", 0), ("Long order", 3)] {
        open(&tab, &ann, ann.open_mail(subject).target());
        ask(&tab, "f.style.height");
        let pdf = tab.print();
        assert_eq!(
            page_of_link(&pdf, "https://begin.example/"),
            Some(0),
            "{subject}"
        );
        assert_eq!(
            page_of_link(&pdf, "https://end.example/"),
            Some(last),
            "{subject}"
        );
        assert_eq!(pages(&pdf), last + 1, "{subject}");
        // Neither the folders nor the list beside it, whose rows are links.
        let text = String::from_utf8_lossy(&pdf).into_owned();
        for pane in ["/folder?", "/message?", "/print?"] {
            assert!(!text.contains(pane), "{subject}: {pane}");
        }
    }
}

#[test]
fn without_script_the_mail_begins_on_the_first_printed_page_too() {
    // A case, with links where it begins and ends.
    let order = String::from_utf8(case("order-printed-with-ctrl-p").bytes).expect("letters");
    let link = |at: &str, words: &str| format!("<a href='https://{at}.example/'>{words}</a>");
    let order = order.replace("Hi Ann,", &link("begin", "Hi Ann,"));
    let order = order.replace("LASTWORDS", &link("end", "LASTWORDS"));
    let ann = Reader::of(vec![Mail::raw(order.into_bytes())]);
    let browser = Chromium::start();
    let message = ann.open_mail("Your kettle shop order has been received");
    let tab = opened(&browser, &ann, &message);
    ask(&tab, "f.style.height");
    let pdf = tab.print();
    assert_eq!(page_of_link(&pdf, "https://begin.example/"), Some(0));
    assert!(page_of_link(&pdf, "https://end.example/").is_some());
    let tab = browser.tab();
    tab.take_cookies(&ann);
    tab.scripts(false);
    open(&tab, &ann, message.target());
    let pdf = tab.print();
    assert_eq!(page_of_link(&pdf, "https://begin.example/"), Some(0));
}

#[test]
fn a_link_in_a_text_never_leads_to_this_program() {
    let ann = Reader::of(Vec::new());
    let host = ann.server();
    let text = format!(
        "See http://{host}/cgi-bin/postern/sign-out and https://{host}/ and https://example.org/ now."
    );
    let ann = Reader::of(vec![Mail::plain("Bo <bo@example.org>", "Links", &text)]);
    let page = ann.open_mail("Links");
    page.shows(&format!("http://{host}/cgi-bin/postern/sign-out"));
    assert_eq!(
        page.attributes_of(".typed a", "href"),
        ["https://example.org/"]
    );
    let paper = page.click("Print");
    assert_eq!(
        paper.attributes_of("#paper a", "href"),
        ["https://example.org/"]
    );
}
