//! A message for paper: nothing but the message, all of it, and nothing that the mail could write over its sender.

use crate::cost::connections;
use crate::support::chromium::{Chromium, Scheme};
use crate::support::mails::{Mail, MailBuilder};
use crate::support::reader::Reader;

fn mail(subject: &str, fields_and_body: &str) -> Mail {
    MailBuilder::about(subject)
        .from("Anders Lund <anders@lund-byg.example>")
        .to("Ann <ann@example.org>, Karin <karin@lund-byg.example>")
        .fields("Cc: Office <office@lund-byg.example>")
        .holding(fields_and_body)
}

fn laid_out(subject: &str, html: &str) -> Mail {
    let head = "Content-Type: text/html; charset=utf-8\n\n";
    mail(subject, &format!("{head}{html}"))
}

const QUOTE: &str = "Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/plain; charset=utf-8

The darker tile, then.

On Tuesday, Ann wrote:
> Dear Anders,
>
> the darker tile please,
> and the gutter in copper.
>
> Ann
--part
Content-Type: application/zip
Content-Disposition: attachment; filename=\"drawings.zip\"

zip
--part--";

/// A long letter that ends in a link; a PDF tells the address of a link that is on its paper in plain letters.
fn long() -> String {
    let rows: String = (1..=300)
        .map(|n| format!("<tr><td>{n}</td><td>A row of the price list</td></tr>\n"))
        .collect();
    format!(
        "<style>body {{ color: navy }} table {{ width: 600px }}</style><table>{rows}</table>\
         <p>All of it: <a href=https://end.example/>the end</a></p>"
    )
}

/// How many pages a PDF of Chromium has.
pub fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type /Page\n").count()
}

fn has_end(pdf: &[u8]) -> bool {
    String::from_utf8_lossy(pdf).contains("https://end.example/")
}

#[test]
fn a_printed_message_is_the_message_and_nothing_else() {
    let picture = "<p>Ten books</p><img src=https://cdn.example/a.png>";
    let mails = vec![mail("Re: Roof", QUOTE), laid_out("Books", picture)];
    let ann = Reader::of(mails);
    let message = ann.open_mail("Re: Roof");
    let page = message.click("Print");
    page.has_status(200);
    for words in [
        "Re: Roof",
        "Anders Lund <anders@lund-byg.example>",
        "Karin <karin@lund-byg.example>",
        "Office <office@lund-byg.example>",
        "2 November 2026, 10:00 (+01:00)",
        "1 attachment drawings.zip, 3 bytes",
        "The darker tile, then.",
        "and the gutter in copper.",
    ] {
        page.shows(words);
    }
    // What is folded on the screen could not be unfolded on paper.
    assert!(
        page.attributes_of("details:not([open])", "class")
            .is_empty()
    );
    assert_eq!(page.texts_of("details:not([open])"), Vec::<String>::new());
    assert_eq!(
        page.texts_of("nav, form, button, script"),
        Vec::<String>::new()
    );
    connections(&page, 0);

    let message = ann.open_mail("Books");
    let page = message.click("Print");
    page.shows("Ten books");
    let policy = page.header("content-security-policy").to_owned();
    assert!(
        policy.contains("img-src data: 'self';") && policy.contains("; sandbox "),
        "{policy}"
    );
    assert!(!page.source().contains("cdn.example"));
    // What is shown on the screen is printed.
    let page = message.click("Show images").click("Print");
    assert!(page.source().contains("https://cdn.example/a.png"));
    assert!(page.header("content-security-policy").contains("https:;"));
}

const TOLD: &str = "MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Looking at the roof
DTSTART;VALUE=DATE:20261109
LOCATION:The yard
DESCRIPTION:Bring a ladder.
ORGANIZER;CN=Anders Lund:mailto:anders@lund-byg.example
GUESTS
END:VEVENT
END:VCALENDAR
--part
Content-Type: text/vcard

BEGIN:VCARD
FN:Anders Lund
TEL:+45 1 23
END:VCARD
--part--";

const BOUNCE: &str = "Content-Type: multipart/report; report-type=delivery-status; boundary=part

--part
Content-Type: text/html

<style>section, p, div { display: none } h1 { color: red }</style><h1>Sorry</h1>
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; nobody@example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--part--";

#[test]
fn print_prints() {
    let ann = Reader::of(vec![mail(
        "The roof",
        "Content-Type: text/plain\n\nDark tiles.",
    )]);
    let page = ann.open_mail("The roof");
    let paper = page.click("Print");
    let policy = paper.header("content-security-policy");
    assert!(
        policy.ends_with(" allow-modals") && !policy.contains("allow-scripts"),
        "{policy}"
    );
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    tab.viewport(1280, 900, 1.0, false);
    tab.open(&format!("http://{}{}", ann.server(), page.target()));
    // What a printer would be asked for.
    tab.evaluate(
        "Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', \
         { get() { return { focus() {}, print: () => (window.printed = this.contentDocument.body.innerText) } } }); 0",
    );
    tab.click(".tools summary");
    tab.click("a[data-paper]");
    tab.wait_for("window.printed?.includes('Dark tiles.')");
    assert!(tab.url().contains("/message"), "{}", tab.url());
}

#[test]
fn paper_tells_what_the_page_tells() {
    let guests: String = (1..=12)
        .map(|n| format!("ATTENDEE;CN=Guest {n}:mailto:g{n}@example.org\n"))
        .collect();
    let invitation = TOLD.replace("GUESTS\n", &guests);
    let doubtful = "From: \"ceo@bank.example\" <x@evil.example>\nList-Unsubscribe: <mailto:out@list.example>\n\
        Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\n\n--s\n\n\
        Click here.\n--s\nContent-Type: application/pgp-signature\n\nx\n--s--";
    let mails = vec![
        mail("The roof", &invitation),
        mail("Undelivered", BOUNCE),
        mail("Your account", doubtful),
    ];
    let ann = Reader::of(mails);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    for (subject, told) in [
        (
            "The roof",
            &[
                "Invitation",
                "Looking at the roof",
                "Monday 9 November 2026",
                "The yard",
                "Guest 12",
                "Contact card",
                "+45 1 23",
                "Bring a ladder.",
            ][..],
        ),
        (
            "Undelivered",
            &[
                "Not delivered",
                "nobody@example.net was not delivered",
                "no such user",
                "Sorry",
            ],
        ),
        ("Your account", &["ceo@bank.example", "Click here."]),
    ] {
        let message = ann.open_mail(subject);
        let page = message.click("Print");
        for words in told {
            page.shows(words);
        }
        assert_eq!(
            page.texts_of("#told .note"),
            message.texts_of("article > .note[role=note]")
        );
        assert_eq!(page.texts_of("#paper ~ *"), Vec::<String>::new());
        assert_eq!(page.texts_of("details:not([open])"), Vec::<String>::new());
        assert_eq!(
            page.texts_of("form, button, script, svg, #told a"),
            Vec::<String>::new()
        );
        tab.viewport(900, 900, 1.0, false);
        tab.open(&format!("http://{}{}", ann.server(), page.target()));
        tab.screenshot_of_all(&format!("print-told-{}", subject.replace(' ', "-")));
        let hidden = tab.evaluate(
            "[...document.querySelectorAll('#told *')].filter(e => !e.getClientRects().length).map(e => e.outerHTML).join('')",
        );
        assert_eq!(hidden, serde_json::json!(""), "{subject}");
        let notes = page.texts_of("#told .note").len();
        assert_eq!(notes > 1, subject == "Your account", "{subject}");
    }
    tab.expect_quiet();
}

#[test]
fn paper_has_the_last_line_of_a_long_mail() {
    let mails = vec![laid_out("Prices", &long())];
    let ann = Reader::of(mails);
    let message = ann.open_mail("Prices");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    tab.scripts(false);
    let url = |path: &str| format!("http://{}{path}", ann.server());
    // Why there is a page of its own: a frame ends where its box does.
    tab.open(&url(message.target()));
    assert!(!has_end(&tab.print()), "frames are no longer cut");
    tab.open(&url(&message.absolute(&message.link("Print"))));
    let pdf = tab.print();
    assert!(has_end(&pdf), "cut after {} pages", pages(&pdf));
    assert!(pages(&pdf) >= 5, "{} pages", pages(&pdf));
    tab.expect_quiet();
}

#[test]
fn a_mail_cannot_write_over_who_it_is_from() {
    let dress = "<html dir=rtl><style>\
        #head, h1, dl, dd, span, div, bdi, html, body { display: none !important; color: white !important }\
        *::first-line { font-size: 0 } p, ~ div { color: white }\
        </style><p id=head>In its place.</p></html>";
    let over = "<p style='position:absolute;top:-600px;left:0;width:900px;height:600px;background:white'>From: the bank</p>";
    let above = "<style>body { margin-top: -600px; height: 600px; background: white; position: relative }</style><p>From: the bank";
    // The end tags of these boxes are too many for the page, if they are written as they were read.
    let ends = "<li><div><table><li>a</table></div></li>".repeat(4) + &over.replace("-600px", "0");
    // Without the comment it is the beginning of one, which ends in a string.
    let comment = "<style>p { margin: 1px//**/*2 } q { font-family: '*/ } #head { display: none } /*' }</style><p>x";
    let mails = [
        ("Dress", dress),
        ("Over", over),
        ("Above", above),
        ("Ends", &ends),
        ("Comment", comment),
    ];
    let mails = mails.map(|(subject, html)| laid_out(subject, html));
    let ann = Reader::of(mails);
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    for subject in ["Dress", "Over", "Above", "Ends", "Comment"] {
        let message = ann.open_mail(subject);
        let link = message.absolute(&message.link("Print"));
        tab.open(&format!("http://{}{link}", ann.server()));
        // The sender is what lies on top at its own place, and as it is dressed by us.
        let on_top = tab.evaluate(
            "[...document.querySelectorAll('#head h1 bdi, #head dd bdi')].map(e => { const r = e.getClientRects()[0]; \
             if (!r) return 'hidden'; const on = document.elementFromPoint(r.left + 2, r.top + r.height / 2); \
             return on === e && getComputedStyle(e).color === 'rgb(0, 0, 0)' ? '' : on?.outerHTML; }).join('')",
        );
        assert_eq!(on_top, serde_json::json!(""), "{subject}");
        let way = tab.evaluate("getComputedStyle(document.getElementById('head')).direction");
        assert_eq!(way, serde_json::json!("ltr"), "{subject}");
    }
}

#[test]
fn printed_messages_have_their_pictures() {
    let newsletter = "<body style='background:#204060;color:#fff;font-family:Georgia'><h1>Ten short books</h1>\
        <table width=640 bgcolor=#ffffff><tr><td><font color=#333333>For long evenings: islands, lighthouses and one \
        very patient zebra.</font></td></tr></table></body>";
    let mails = vec![
        mail("Re: Quote for the roof", QUOTE),
        laid_out("Books", newsletter),
    ];
    let ann = Reader::of(mails);
    let list = ann.get("/");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    for (subject, name) in [("Re: Quote for the roof", "text"), ("Books", "html")] {
        let message = list.click(subject);
        let url = |path: &str| format!("http://{}{path}", ann.server());
        for (page, path) in [
            ("print", message.absolute(&message.link("Print"))),
            ("printable", message.target().to_owned()),
        ] {
            for (window, width, height, phone) in
                [("1440", 1440, 900, false), ("390", 390, 844, true)]
            {
                tab.viewport(width, height, 1.0, phone);
                for (mode, scheme) in [("light", Scheme::Light), ("dark", Scheme::Dark)] {
                    tab.prefer(scheme);
                    tab.open(&url(&path));
                    tab.screenshot(&format!("{page}-{name}-{window}-{mode}"));
                }
            }
        }
    }
    tab.expect_quiet();
}
