//! A message as somebody reads it: text, HTML in its frame, what is attached, the source, its neighbours. Through the
//! program, without JavaScript.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::chromium::Chromium;
use crate::support::imap_script::{ImapScript, Mischief};
use crate::support::kernel::until;
use crate::support::mails::{self, Mail, MailBuilder, attachment};
use crate::support::page::Page;
use crate::support::random::Random;
use crate::support::reader::Reader;
use crate::support::site::Site;
use crate::support::text::percent_decoded;
use crate::support::transcript::Transcript;
use crate::support::visitor::Request;

/// A mail of these fields and this body; the fields begin with its `Content-Type`.
fn mail(subject: &str, fields_and_body: &str) -> Mail {
    MailBuilder::about(subject).holding(fields_and_body)
}

/// A mail with a few words and these parts, each with its own fields.
fn mixed(subject: &str, parts: &[String]) -> Mail {
    MailBuilder::about(subject).mixed("See below.", parts)
}

/// Bytes of every value, the same in each run.
fn noise(length: usize) -> Vec<u8> {
    Random::seeded(1887).bytes(length)
}

#[test]
fn a_text_shows_links_quotes_and_signature_apart() {
    let text = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\
        See https://example.org/a?b=1&c=2, or <ask@example.org>.\n\n\
        No link: javascript:alert(1) and data:text/html,x\n\n\
        On Monday, Cid <cid@example.org> wrote:\n> one\n> > two\n> three <b>\n> four\n\n-- \nBo, of the \u{fc}berm\u{e4}\u{df}ig long names";
    let ann = Reader::of(vec![mail("Words", text)]);
    let page = ann.open_mail("Words");
    page.has_status(200)
        .shows("See https://example.org/a?b=1&c=2");
    assert_eq!(
        page.attributes_of(".typed > p a", "href"),
        ["https://example.org/a?b=1&c=2", "mailto:ask@example.org"]
    );
    for rel in page.attributes_of(".typed a", "rel") {
        assert!(rel.contains("noopener") && rel.contains("noreferrer"));
    }
    let said = page.text_of(".typed details > summary");
    assert_eq!(
        said.as_deref(),
        Some("On Monday, Cid <cid@example.org> wrote:")
    );
    let quoted = page.text_of(".typed details > blockquote > blockquote");
    assert_eq!(quoted.as_deref(), Some("two"));
    let signature = page.text_of(".typed .signature").unwrap_or_default();
    assert_eq!(signature, "Bo, of the \u{fc}berm\u{e4}\u{df}ig long names");
    page.shows("three <b>");
    let read = page.text_of("article").unwrap_or_default();
    assert!(!read.contains("-- "), "{read}");
}

/// HTML beside a text: a script, a form, a picture from elsewhere, one of its own.
fn newsletter() -> Mail {
    let pixel = [b"\x89PNG\r\n\x1a\n".to_vec(), noise(300)].concat();
    let pixel = STANDARD.encode(pixel);
    mail(
        "News",
        &format!(
            "Content-Type: multipart/alternative; boundary=alt\n\n\
             --alt\nContent-Type: text/plain\n\nOnly words.\n\
             --alt\nContent-Type: multipart/related; boundary=rel\n\n\
             --rel\nContent-Type: text/html; charset=utf-8\n\n\
             <html><head><style>p {{ color: teal; background: url(http://track.example/css) }}</style></head>\
             <body onload=\"alert(1)\"><h1>Laid out</h1><script>alert(2)</script>\
             <form action=\"https://track.example/form\"><input name=password></form>\
             <p>Read <a href=\"https://shop.example/x\">more</a> or <a href=\"javascript:alert(3)\">less</a></p>\
             <img src=\"https://track.example/pixel.png\" alt=\"far\"><img src=\"cid:own@here\" alt=\"near\">\
             </body></html>\n\
             --rel\nContent-Type: image/png\nContent-ID: <own@here>\nContent-Transfer-Encoding: base64\n\n{pixel}\n\
             --rel--\n--alt--"
        ),
    )
}

#[test]
fn html_stands_in_a_frame_that_can_do_nothing() {
    let ann = Reader::of(vec![newsletter()]);
    let page = ann.open_mail("News");
    page.has_status(200).hides("Laid out");
    let sandbox = page.attributes_of("iframe", "sandbox").concat();
    assert!(!sandbox.contains("allow-scripts") && !sandbox.contains("allow-forms"));
    assert!(!sandbox.contains("allow-top-navigation"));

    let document = page.frame();
    document
        .has_status(200)
        .shows("Laid out")
        .shows("Read more");
    let policy = document.header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "img-src data: 'self';",
        "sandbox allow-same-origin",
    ] {
        assert!(policy.contains(rule), "{rule} is not in {policy}");
    }
    assert!(!policy.contains("allow-scripts"), "{policy}");
    assert_eq!(document.header("referrer-policy"), "no-referrer");
    let source = document.source().to_lowercase();
    for gone in [
        "alert(",
        "onload",
        "<script",
        "<form",
        "javascript:",
        "track.example",
    ] {
        assert!(!source.contains(gone), "{gone} is left in:\n{source}");
    }
    assert_eq!(
        document.attributes_of("a", "href"),
        ["https://shop.example/x"]
    );
    let own = document.attributes_of("img[alt=near]", "src").concat();
    assert!(own.starts_with("data:image/png;base64,"), "{own}");
}

#[test]
fn content_from_elsewhere_is_shown_when_asked_for_and_only_once() {
    let ann = Reader::of(vec![newsletter()]);
    let page = ann.open_mail("News");
    page.shows("2 remote images are blocked.");
    let shown = page.click("Show images");
    shown
        .has_status(200)
        .shows("Remote images are shown this time");
    let document = shown.frame();
    let policy = document.header("content-security-policy");
    assert!(policy.contains("img-src data: 'self' https:"), "{policy}");
    assert_eq!(
        document.attributes_of("img[alt=far]", "src"),
        ["https://track.example/pixel.png"]
    );
    assert!(!document.source().contains("<script"));
    // Whoever opens it again has to ask again.
    ann.get("/")
        .click("News")
        .shows("remote images are blocked");
    shown.click("Block again").shows("Show images");
}

#[test]
fn html_that_is_kept_harmless_is_shown_again_and_nowhere_else() {
    let picture = [b"\x89PNG\r\n\x1a\n".to_vec(), noise(400_000)].concat();
    let picture = STANDARD.encode(picture);
    let lines: Vec<&str> = picture
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).expect("base64"))
        .collect();
    let letter = mail(
        "Letter",
        &format!(
            "Content-Type: multipart/related; boundary=rel\n\n\
             --rel\nContent-Type: text/html; charset=utf-8\n\n\
             <p>Dear Ann<img src=\"cid:own@here\" alt=near><img src=\"https://track.example/pixel.png\" alt=far>\n\
             --rel\nContent-Type: image/png\nContent-ID: <own@here>\nContent-Transfer-Encoding: base64\n\n{}\n--rel--",
            lines.join("\n")
        ),
    );
    let ann = Reader::of(vec![letter]);
    let near = |page: &Page| {
        let frame = page.frame();
        assert!(!frame.source().contains("track.example"));
        let src = frame.attributes_of("img[alt=near]", "src").concat();
        ann.get(&src).has_status(200);
        (src, frame.source().to_owned())
    };
    let page = ann.open_mail("Letter");
    let (src, source) = near(&page);
    assert_eq!(near(&ann.get(page.target())).1, source);
    // What is chosen for one look is made for it alone.
    let shown = page.click("Show images").frame();
    assert!(shown.source().contains("https://track.example/pixel.png"));
    let (_, again) = near(&ann.open_mail("Letter"));
    assert_eq!(again, source);
    // Where it goes its text goes along; what leads to its picture is made anew.
    page.form("acts").press("act", "archive");
    let there = ann.get("/folder?f=Archive").click("Letter");
    let (moved, _) = near(&there);
    assert_ne!(moved, src);
}

/// A mail of this HTML and nothing else.
fn laid_out(subject: &str, html: &str) -> Mail {
    mail(subject, &format!("Content-Type: text/html\n\n{html}"))
}

#[test]
fn nothing_is_offered_that_would_not_come() {
    let font = "<style>@font-face{font-family:f;src:url(https://cdn.example/f)}</style>\
        <link rel=stylesheet href=https://cdn.example/s>\
        <p><img srcset='https://cdn.example/a 2x' src=http://cdn.example:8080/a>Dressed";
    let pixel = "<p>Watched<img src=https://track.example/p width=1 height=1>";
    let both = format!("{pixel}<img src=https://cdn.example/photo>{font}");
    let mails = vec![
        laid_out("Fonts", font),
        laid_out("Pixel", pixel),
        laid_out("Both", &both),
    ];
    let ann = Reader::of(mails);
    let open = |subject: &str| ann.open_mail(subject);
    open("Fonts").hides("blocked").hides("Show images");
    let page = open("Pixel");
    page.shows("A tracking pixel is blocked")
        .hides("Show images");
    let page = open("Both");
    page.shows("1 remote image is blocked.");
    let shown = page.click("Show images").frame();
    assert_eq!(
        shown.attributes_of("img[src^=https]", "src"),
        ["https://track.example/p", "https://cdn.example/photo"]
    );
}

#[test]
fn a_message_shows_its_html_or_its_text() {
    let ann = Reader::of(vec![newsletter()]);
    let html = ann.open_mail("News");
    assert_eq!(html.attributes_of("iframe.frame", "src").len(), 1);
    assert_eq!(html.text_of(".typed"), None);
    let text = html.click("Plain text");
    assert_eq!(text.text_of(".typed").as_deref(), Some("Only words."));
    assert!(text.attributes_of("iframe", "src").is_empty());
    let again = text.click("HTML version");
    assert_eq!(again.attributes_of("iframe.frame", "src").len(), 1);
    html.click("Open in a separate page").shows("Laid out");
}

#[test]
fn pictures_lead_to_each_other_and_back_to_their_message() {
    let picture = |name: &str| {
        let bytes = [b"\x89PNG\r\n\x1a\n".to_vec(), noise(300)].concat();
        attachment("image/png", &format!("filename={name}.png"), &bytes)
    };
    let pdf = attachment("application/pdf", "filename=b.pdf", b"%PDF-1.4");
    let parts = [picture("a"), pdf, picture("c"), picture("d")];
    let ann = Reader::of(vec![mixed("Three pictures", &parts)]);
    let page = ann.open_mail("Three pictures");
    let first = page.click("Open a.png");
    first.shows("a.png").shows("1 of 3");
    assert!(!first.has_link("Previous picture"));
    let shown = first.attributes_of("article img", "src");
    assert_eq!(ann.get(&shown[0]).header("content-type"), "image/png");
    let second = first.click("Next picture");
    second.shows("c.png").shows("2 of 3");
    let third = second.click("Next picture");
    third.shows("d.png").hides("Next picture");
    third.click("Previous picture").shows("c.png");
    third.click("Back to the message").shows("4 attachments");
    // A file that is no picture has no such page.
    let other = third.target().replace("p=5", "p=3");
    assert_ne!(other, third.target());
    ann.get(&other).has_status(410);
    // With script, arrows lead there as well.
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    tab.open(&format!("http://{}{}", ann.server(), first.target()));
    for (key, name) in [
        ("ArrowRight", "c.png"),
        ("ArrowRight", "d.png"),
        ("ArrowLeft", "c.png"),
    ] {
        tab.changing(|| tab.press(key));
        assert_eq!(
            tab.evaluate("document.querySelector('h1').innerText"),
            name,
            "{key}"
        );
    }
}

#[test]
fn what_stands_in_columns_is_fixed_and_all_of_a_message_on_request() {
    let text = "Content-Type: text/plain\n\nDear Ann,\n\nName      Units\nBread        12\nCheese        4\n\nBo";
    let ann = Reader::of(vec![mail("Numbers", text)]);
    let page = ann.open_mail("Numbers");
    assert_eq!(
        page.texts_of(".typed p"),
        ["Dear Ann,", "Name Units Bread 12 Cheese 4", "Bo"]
    );
    assert_eq!(page.texts_of(".typed p.columns").len(), 1);
    assert_eq!(page.text_of(".typed.fixed"), None);
    let fixed = page.click("Fixed-width font");
    assert!(fixed.text_of(".typed.fixed").is_some());
    let usual = fixed.click("Usual font");
    assert_eq!(usual.text_of(".typed.fixed"), None);
}

#[test]
fn all_ways_to_look_at_a_message_stand_in_one_menu() {
    let ann = Reader::of(vec![newsletter()]);
    let page = ann.open_mail("News");
    for way in [
        "Plain text",
        "Open in a separate page",
        "All headers",
        "View source",
        "Print",
        "Download message",
    ] {
        let all = page.texts_of("main a");
        let in_menu = page.texts_of("main .choices a");
        let count = |of: &[String]| of.iter().filter(|text| *text == way).count();
        assert_eq!((count(&all), count(&in_menu)), (1, 1), "{way}: {all:?}");
    }
    // Below the text stands nothing of it.
    let article = page.text_of("article").unwrap_or_default();
    for gone in ["HTML version.", "Choose a character set", "Apply"] {
        assert!(!article.contains(gone), "{article}");
    }
    let charsets = page.attributes_of(".choices select[name=charset]", "form");
    assert_eq!(charsets, ["reread"]);
    let read = page.form("reread").set("charset", "koi8-r").submit();
    assert_eq!(
        read.attributes_of("select[name=charset] option[selected]", "value"),
        ["koi8-r"]
    );
}

#[test]
fn attachments_are_listed_and_arrive_bit_for_bit() {
    let (small, large) = (noise(4_097), noise(3_000_001));
    let parts = [
        attachment("application/zip", "filename=small.zip", &small),
        attachment("application/zip", "filename=\"large file.zip\"", &large),
    ];
    let ann = Reader::of(vec![mixed("Two files", &parts)]);
    let page = ann.open_mail("Two files");
    page.shows("See below.")
        .shows("2 attachments")
        .shows("3 MB");
    let saved = page.click("Download small.zip");
    saved.has_status(200);
    assert!(saved.body() == small, "the small file has changed");
    assert_eq!(
        saved.header("content-disposition"),
        "attachment; filename=\"small.zip\""
    );
    // Too large for the time at the gate: it comes down the lane of long transfers.
    let saved = page.click("Download large file.zip");
    saved.has_status(200);
    assert!(saved.body() == large, "the large file has changed");
    assert_eq!(
        saved.header("content-disposition"),
        "attachment; filename=\"large file.zip\""
    );
    page.click("Download small.zip").has_status(200);
}

#[test]
fn odd_file_names_do_no_harm() {
    let names = [
        (
            "filename*=utf-8''r%C3%A9sum%C3%A9.pdf",
            "r\u{e9}sum\u{e9}.pdf",
        ),
        ("filename=\"../../etc/passwd\"", "passwd"),
        (
            "filename*=utf-8''a%0D%0ASet-Cookie%3A%20x%3D1.txt",
            "a Set-Cookie_ x=1.txt",
        ),
        ("filename=\"say \\\"hi\\\"; x=y.txt\"", "say _hi_; x=y.txt"),
        ("filename=\"C:\\\\temp\\\\con.txt\"", "_con.txt"),
        ("filename*=utf-8''photo%E2%80%AEgnp.exe", "photognp.exe"),
        ("filename=\".htaccess\"", "htaccess"),
    ];
    let parts: Vec<String> = names
        .iter()
        .map(|(field, _)| attachment("application/octet-stream", field, b"x"))
        .collect();
    let ann = Reader::of(vec![mixed("Names", &parts)]);
    let page = ann.open_mail("Names");
    let links = page.attributes_of(".file a:last-child", "href");
    assert_eq!(links.len(), names.len(), "{links:?}");
    for (link, (field, wanted)) in links.iter().zip(names) {
        let saved = ann.get_once(link);
        saved.has_status(200);
        let disposition = saved.header("content-disposition").to_owned();
        assert!(disposition.is_ascii(), "{disposition}");
        saved.expect(saved.header("set-cookie").is_empty(), || {
            format!("{field} made a header")
        });
        let full = disposition.split("filename*=UTF-8''").nth(1);
        let name = match full {
            Some(full) => percent_decoded(full),
            None => disposition.split('"').nth(1).unwrap_or_default().to_owned(),
        };
        assert_eq!(name, wanted, "{field}: {disposition}");
    }
}

#[test]
fn only_what_is_harmless_opens_in_the_browser() {
    let kinds = [
        ("text/plain", Some("text/plain; charset=utf-8")),
        // These lie, so there is nothing to look at.
        ("image/png", None),
        ("application/pdf", None),
        ("text/html", None),
        ("image/svg+xml", None),
        ("application/xhtml+xml", None),
        ("text/xml", None),
        ("application/javascript", None),
    ];
    let body = b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>";
    let parts: Vec<String> = kinds
        .iter()
        .map(|(kind, _)| attachment(kind, "filename=thing", body))
        .collect();
    let ann = Reader::of(vec![mixed("Kinds", &parts)]);
    let page = ann.open_mail("Kinds");
    let links = page.attributes_of(".file a:last-child", "href");
    assert_eq!(links.len(), kinds.len());
    for (link, (kind, opened)) in links.iter().zip(kinds) {
        // Whatever the page offers: the address that would open it is easy to guess.
        let answer = ann.get_once(&format!("{link}&open=1"));
        answer.has_status(200);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{kind}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"));
        let how = answer.header("content-disposition");
        let wanted = if opened.is_some() {
            "inline;"
        } else {
            "attachment;"
        };
        assert!(how.starts_with(wanted), "{kind}: {how}");
        assert_eq!(
            answer.header("content-type"),
            opened.unwrap_or("application/octet-stream"),
            "{kind}"
        );
        assert!(answer.body() == body, "{kind} has changed");
        let saved = ann.get_once(link);
        assert_eq!(saved.header("content-type"), "application/octet-stream");
    }
    assert_eq!(
        page.attributes_of(".file a[target]:not(.picture)", "href")
            .len(),
        2
    );
    assert_eq!(
        page.attributes_of(".file small a[href*='/picture?']", "href")
            .len(),
        1
    );
}

#[test]
fn the_source_is_the_message_as_it_travelled() {
    let mut letter = mail(
        "As it was",
        "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n",
    );
    letter.bytes.extend(noise(70_000).iter().map(|b| match b {
        // What no mail may hold, and what a server may take for an end of line.
        0 | b'\r' | b'\n' => b'.',
        other => *other,
    }));
    letter.bytes.extend(b"\r\n");
    let wanted = letter.bytes.clone();
    let ann = Reader::of(vec![letter]);
    let page = ann.open_mail("As it was");
    let shown = page.click_once("View source");
    shown.has_status(200);
    // It is read on a page of ours, which leads back and to the file.
    let read = shown.text_of("main pre.source").unwrap_or_default();
    assert!(read.contains("Subject: As it was"), "{read}");
    assert!(shown.has_link("Download message"));
    shown.click("Back to the message").shows("As it was");
    let saved = page.click_once("Download message");
    assert_eq!(saved.header("content-type"), "message/rfc822");
    assert_eq!(
        saved.header("content-disposition"),
        "attachment; filename=\"As it was.eml\""
    );
    assert!(saved.body() == wanted, "what is saved has changed");
}

#[test]
fn of_a_large_source_the_beginning_is_read_and_all_of_it_downloaded() {
    let mut letter = mail("Long", "\nIt begins here.\r\n");
    letter
        .bytes
        .extend("A line of some length.\r\n".repeat(100_000).bytes());
    letter.bytes.extend(b"It ends here.\r\n");
    let ann = Reader::of(vec![letter]);
    let shown = ann.open_mail("Long").click("View source");
    shown
        .has_status(200)
        .shows("It begins here.")
        .shows("The first 256 kB of 2.4 MB are shown.")
        .hides("It ends here.");
    shown.click("Back to the message").shows("Long");
    let saved = shown.click_once("Download message");
    assert_eq!(saved.header("content-type"), "message/rfc822");
    assert!(saved.body().ends_with(b"It ends here.\r\n"));
}

#[test]
fn newer_and_older_lead_through_the_list() {
    let ann = Reader::of(mails::generated(5));
    let page = ann.open_mail("Message 4");
    page.shows("2 of 5");
    let older = page.click("Older message");
    older.shows("This is message 3.").shows("3 of 5");
    older.click("Newer message").shows("This is message 4.");
    let newest = page.click("Newer message");
    newest.shows("This is message 5.");
    assert!(!newest.has_link("Newer message"));
    let oldest = ann.open_mail("Message 1");
    assert!(!oldest.has_link("Older message"));
    oldest.click("Back to Inbox").shows("Message 5");
}

#[test]
fn opening_marks_as_read_and_fetching_ahead_does_not() {
    let mails = ["First", "Second"].map(|subject| mail(subject, "\nHello."));
    let ann = Reader::of(mails);
    let unseen = || {
        let mut client = ann.other_client();
        client.run("SELECT INBOX");
        client.run("SEARCH UNSEEN").concat()
    };
    let list = ann.get("/");
    list.shows("2 messages, 2 unread");
    list.click("First").shows("Hello.");
    until("the mark comes behind the text", || {
        unseen() == "* SEARCH 2"
    });

    let ahead = Request::new("GET", &list.link("Second")).header("Sec-Purpose", "prefetch");
    ann.send(&ahead).has_status(200);
    assert_eq!(unseen(), "* SEARCH 2", "nobody has read it yet");
    let list = ann.get("/");
    list.shows("2 messages, 1 unread")
        .click("Second")
        .shows("Hello.");
    let list = ann.get("/");
    list.shows("2 messages, none unread");
    assert!(list.texts_of(".row.unread").is_empty());
    // It was read from the cache: the server hears of it with the next word that is spoken with it.
    list.click("Refresh").shows("2 messages, none unread");
    assert_eq!(unseen(), "* SEARCH");
}

#[test]
fn no_host_of_a_link_is_looked_up_before_it_is_followed() {
    let ann = Reader::of(vec![newsletter()]);
    let page = ann.open_mail("News");
    let frame = ann.get(&page.attributes_of("iframe", "src").concat());
    let paper = page.click("Print");
    for page in [page, frame, paper] {
        assert_eq!(page.header("x-dns-prefetch-control"), "off");
    }
}

#[test]
fn another_site_gets_nothing_of_a_message() {
    let parts = [attachment("image/png", "filename=a.png", &noise(50))];
    let ann = Reader::of(vec![mixed("Mine", &parts), newsletter()]);
    let list = ann.get("/");
    // A picture of a mail may be an address elsewhere that leads back here: it would mark another mail as read.
    let image = Request::new("GET", &list.link("Mine"))
        .header("Sec-Fetch-Site", "cross-site")
        .header("Sec-Fetch-Dest", "image");
    ann.send(&image).has_status(403).hides("Mine");
    ann.get("/").shows("2 messages, 2 unread");
    let mine = list.click("Mine");
    let news = list.click("News");
    let targets = [
        list.link("Mine"),
        mine.link("Print"),
        mine.link("Download a.png"),
        mine.link("Open a.png"),
        mine.link("Download message"),
        news.attributes_of("iframe", "src").concat(),
    ];
    for target in targets {
        let asked = |site: &str, dest: &str| {
            let request = Request::new("GET", &target)
                .header("Sec-Fetch-Site", site)
                .header("Sec-Fetch-Dest", dest);
            ann.send(&request)
        };
        for dest in ["image", "iframe", "script", "object"] {
            asked("cross-site", dest).has_status(403).hides("Laid out");
            asked("same-site", dest).has_status(403);
        }
        asked("same-origin", "iframe").has_status(200);
        // A page that shows whose it is, and never a mail alone in the window.
        let is_page = ["/message", "/print", "/picture"]
            .iter()
            .any(|page| target.contains(page));
        let opened = asked("cross-site", "document");
        opened.has_status(if is_page { 200 } else { 403 });
        opened.expect(!is_page || opened.text_of("main.message").is_some(), || {
            "no page of ours".to_owned()
        });
    }
    let mail = news.link("Show images");
    let frame = |page: &Page| page.attributes_of("iframe", "src").concat();
    assert!(frame(&ann.get(&mail)).contains("remote=1"));
    let from_elsewhere = Request::new("GET", &mail)
        .header("Sec-Fetch-Site", "cross-site")
        .header("Sec-Fetch-Dest", "document");
    let page = ann.send(&from_elsewhere);
    page.shows("remote images are blocked");
    assert!(!frame(&page).contains("remote=1"));
}

#[test]
fn a_message_whose_structure_the_server_cannot_tell_is_read_here() {
    let mut transcript = Transcript::named("dovecot-2.3.19.1");
    for exchange in &mut transcript.exchanges {
        for response in &mut exchange.responses {
            let text = String::from_utf8_lossy(response).into_owned();
            if text.starts_with("* ") && text.contains("BODYSTRUCTURE (") {
                *response = text
                    .replace("BODYSTRUCTURE (", "BODYSTRUCTURE NIL X-WAS (")
                    .into_bytes();
            }
        }
    }
    let server = ImapScript::speaking(transcript, Mischief::Honest);
    let site = Site::new().imap_at(server.address()).start();
    let ann = site.sign_in("ann");
    let links = ann.get("/").attributes_of(".row > a", "href");
    assert!(!links.is_empty());
    for link in &links {
        ann.get(link).has_status(200).shows("line 0");
    }
    let whole = |heard: &[String]| heard.iter().filter(|c| c.contains("BODY.PEEK[]")).count();
    let asked = whole(&server.heard());
    assert!(asked >= links.len(), "{asked}");
    // What was read here is kept.
    ann.get(&links[0]).has_status(200);
    assert_eq!(whole(&server.heard()), asked);
}

#[test]
fn an_attachment_that_only_we_can_find_arrives_whole() {
    let (small, large) = (noise(4_097), noise(1_500_001));
    let text = "Content-Type: text/plain\n\nSee below.".to_owned();
    let parts = [
        text,
        attachment("application/zip", "filename=small.bin", &small),
        attachment("application/zip", "filename=large.bin", &large),
    ];
    let parts: String = parts.iter().map(|p| format!("--b\n{p}\n")).collect();
    // The server looks for another boundary and knows of none of this.
    let kind = "Content-Type: multipart/mixed; boundary=a";
    let ann = Reader::of(vec![mail("Misled", &format!("{kind}\n\n{parts}--b--"))]);
    let page = ann.open_mail("Misled");
    page.shows("See below.").shows("2 attachments");
    let saved = page.click("Download small.bin");
    assert!(saved.body() == small, "the small file has changed");
    let saved = page.click("Download large.bin");
    saved.has_status(200);
    assert!(saved.body() == large, "the large file has changed");
    let packed = page.click("Download all as zip");
    assert!(
        packed.holds(&small) && packed.holds(&large),
        "the zip lacks a file"
    );
}

#[test]
fn a_long_text_goes_on_in_its_own_charset() {
    let words = "caf\u{e9} cr\u{e8}me\r\n".repeat(120_000);
    let latin: Vec<u8> = words.chars().map(|c| u32::from(c) as u8).collect();
    let kinds = [
        ("iso-8859-1", "windows-1252", "inline;"),
        ("utf-16", "", "attachment;"),
        ("nonsense", "", "attachment;"),
    ];
    let parts = kinds.map(|(charset, ..)| {
        let kind = format!("text/plain; charset={charset}");
        attachment(&kind, &format!("filename={charset}.txt"), &latin)
    });
    let ann = Reader::of(vec![mixed("Long texts", &parts)]);
    let page = ann.open_mail("Long texts");
    for (charset, told, how) in kinds {
        let link = page.link(&format!("Download {charset}.txt"));
        let answer = ann.get_once(&format!("{link}&open=1"));
        answer.has_status(200);
        let kind = match told {
            "" => "application/octet-stream".to_owned(),
            told => format!("text/plain; charset={told}"),
        };
        assert_eq!(answer.header("content-type"), kind, "{charset}");
        assert!(answer.header("content-disposition").starts_with(how));
        assert_eq!(
            page.has_link(&format!("Open {charset}.txt")),
            !told.is_empty()
        );
        assert!(answer.body() == latin, "{charset} has changed");
    }
}
