//! What might end a line, a header or a command, in each field of the form, in what names and describes a file, and in links to
//! addresses: no header, no recipient and no command comes of it.

use std::collections::BTreeSet;

use super::{mail, plan, typed};
use crate::support::page::Page;
use crate::support::sink::{SmtpSink, Taken};
use crate::support::site::Site;
use crate::support::visitor::{Request, Visitor};

/// What is put behind what a field holds. All that it wants is at evil.example, or begins with X-Evil.
const EVIL: [&str; 24] = [
    "\r\nBcc: x@evil.example",
    "\nX-Evil: 1",
    "\rX-Evil: 1",
    "\r\n\r\nX-Evil: a text of its own",
    "\r\n.\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<x@evil.example>\r\nDATA\r\n",
    "\n.\nRSET\n",
    ">\r\nRCPT TO:<x@evil.example",
    "> SIZE=1 <x@evil.example",
    "\"\r\nX-Evil: 1\r\nY: \"",
    "\\\"\r\nX-Evil: 1",
    ", <x@evil.example>\r\n X-Evil: 1",
    "(\r\nX-Evil: 1)",
    "\0\r\nX-Evil: 1",
    "\u{b}X-Evil: 1",
    "\u{c}X-Evil: 1",
    "\u{85}X-Evil: 1",
    "\u{2028}X-Evil: 1\u{2029}X-Evil: 2",
    "=?utf-8?Q?=0D=0AX-Evil:_1?=",
    "=0D=0AX-Evil: 1",
    "%0D%0AX-Evil: 1",
    "&#13;&#10;X-Evil: 1",
    "+AA0ACg-X-Evil: 1",
    // Each byte of a line end in more bytes than it needs, which is no UTF-8.
    OVERLONG,
    // A long one, with a line end where a buffer may end.
    LONG,
];
const OVERLONG: &str = "<overlong>X-Evil: 1";
const LONG: &str = "<long>\r\nX-Evil: 1";

/// The fields that a header of ours may have.
const KNOWN: [&str; 12] = [
    "Date",
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// A request with these bytes in the place of those.
fn with(mut request: Request, place: &str, bytes: &[u8]) -> Request {
    let place = place.as_bytes();
    while let Some(at) = request.body.windows(place.len()).position(|w| w == place) {
        request
            .body
            .splice(at..at + place.len(), bytes.iter().copied());
    }
    request
}

/// Sends an answer with this in one of its fields, or in the name or the kind of its file.
fn send(answer: &Page, field: &str, evil: &str) {
    let mut form = answer.form("write").set("to", "bo@example.org");
    let (mut name, mut kind) = ("a.txt".to_owned(), "text/plain".to_owned());
    match field {
        "the name of a file" => name.push_str(evil),
        "the kind of a file" => kind.push_str(evil),
        field => {
            let value = format!("{}{evil}", form.value(field).unwrap_or_default().trim());
            form = form.set(field, &value);
        }
    }
    let form = form
        .file_of("files", &name, &kind, b"x")
        .smuggle("do", "send");
    let request = with(form.request(), "<overlong>", b"\xc0\x8d\xc0\x8a");
    let request = with(request, "<long>", "x".repeat(997).as_bytes());
    let page = answer.visitor().send(&request);
    page.expect(page.status() < 500, || format!("{evil:?} in {field}"));
}

/// Whatever was typed: a header of ours, and nobody at evil.example.
fn expect_harmless(taken: &Taken) {
    let text = taken.text();
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let mut seen = BTreeSet::new();
    for line in head.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let name = line.split(':').next().unwrap_or_default();
        assert!(
            KNOWN.contains(&name) && seen.insert(name),
            "{line:?} in {head}"
        );
    }
    for line in text
        .split("\r\n")
        .filter(|line| line.starts_with("Content-"))
    {
        assert!(line.len() <= 998 && !line.contains("X-Evil: 2"), "{line:?}");
    }
    let named = text.lines().filter(|line| line.starts_with("X-Evil"));
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    assert!(
        named.count() <= usize::from(body.contains("X-Evil")),
        "{text}"
    );
    let to = taken.about["to"].to_string();
    assert!(
        !to.contains("evil") && taken.about["from"] == "ann@example.org",
        "{taken:?}"
    );
    let options = taken.about["options"].to_string();
    assert!(!options.contains("SIZE=1\""), "{options}");
}

/// An answer that has all fields of the form, unseen ones included.
fn answer(ann: &Visitor) -> Page {
    ann.open_mail("Lunch").click("Reply all")
}

fn site(sink: &SmtpSink) -> Site {
    let letter = mail(
        "From: Bo <bo@example.org>\nTo: ann@example.org\nSubject: Lunch\nMessage-ID: <3@x>\nReferences: <1@x> <2@x>",
        "Shall we?",
    );
    plan()
        .mails("ann", "INBOX", vec![letter])
        .config(&sink.config())
        .start()
}

#[test]
fn nothing_typed_becomes_a_header_a_recipient_or_a_command() {
    let sink = SmtpSink::start(false);
    let site = site(&sink);
    let ann = site.sign_in("ann");
    let form = answer(&ann);
    let form = form.form("write");
    let mut fields: Vec<String> = form.names().into_iter().map(str::to_owned).collect();
    // The one is the session's, the other the files.
    fields.retain(|name| name != "files" && name != "token");
    fields.extend(["the name of a file", "the kind of a file"].map(str::to_owned));
    assert!(fields.len() >= 13, "{fields:?}");
    let mut tries = 0;
    for field in &fields {
        // What was refused is kept, and there is a bound to that.
        let _none_yet = std::fs::remove_dir_all(site.user_dir().join("drafts"));
        std::thread::scope(|scope| {
            for half in EVIL.chunks(EVIL.len() / 2) {
                let tab = ann.tab();
                scope.spawn(move || {
                    for evil in half {
                        send(&answer(&tab), field, evil);
                    }
                });
            }
        });
        tries += EVIL.len();
    }
    let taken = sink.taken();
    println!("{} of {tries} were sent", taken.len());
    assert!(taken.len() > tries / 3, "{}", taken.len());
    taken.iter().for_each(expect_harmless);
}

#[test]
fn a_link_to_an_address_fills_in_what_is_safe_and_nothing_else() {
    let sink = SmtpSink::start(false);
    let site = site(&sink);
    let ann = site.sign_in("ann");
    let follow = |link: &str| {
        let query: String = form_urlencoded::byte_serialize(link.as_bytes()).collect();
        ann.get(&format!("/compose?mailto={query}"))
    };
    let page = follow(
        "MAILTO:bo%40example.org,cas@example.org?subject=A+B%20C&cc=dee@example.org&BCC=eve@example.org&body=One%0D%0ATwo&in-reply-to=%3C3@x%3E",
    );
    let form = page.form("write");
    let value = |name: &str| form.value(name).unwrap_or_default().trim().to_owned();
    assert_eq!(value("to"), "bo@example.org,cas@example.org");
    assert_eq!(
        (value("cc"), value("bcc")),
        ("dee@example.org".into(), "eve@example.org".into())
    );
    assert_eq!(
        (value("subject"), value("text")),
        ("A+B C".into(), "One\nTwo".into())
    );
    assert_eq!(value("irt"), "3@x");
    for unsafe_one in [
        "from=x@evil.example",
        "attach=/etc/passwd",
        "attachment=/etc/passwd",
        "reply-to=x@evil.example",
        "reply_to=x@evil.example",
        "x-evil=1",
        "content-type=text/html",
        "do=send",
        "d=AAAA",
        "files=x",
    ] {
        let page = follow(&format!("mailto:bo@example.org?{unsafe_one}&subject=Safe"));
        page.hides("evil").hides("passwd");
        assert_eq!(page.form("write").value("from"), Some("ann@example.org"));
    }
    assert!(sink.taken().is_empty());
    for evil in [
        "%0D%0ABcc:%20x@evil.example",
        "%00X-Evil:1",
        "%0AX-Evil:%201",
        "%C0%8D%C0%8AX-Evil:1",
    ] {
        for field in ["to", "cc", "bcc", "subject", "in-reply-to", "body"] {
            let page = follow(&format!(
                "mailto:bo@example.org?subject=Hello&{field}=a@example.org{evil}"
            ));
            page.form("write").smuggle("do", "send").submit();
        }
    }
    sink.taken().iter().for_each(expect_harmless);
    let page = typed(&follow("mailto:"), "bo@example.org", "Empty").press("do", "send");
    page.shows("Message sent");
}
