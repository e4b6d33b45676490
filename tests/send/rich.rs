//! Messages in rich text: what is written comes as text, HTML and pictures, and nothing in it acts.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b512, Digest as _};
use serde_json::{Value, json};

use super::{found, only, plan, said, says, typed};
use crate::support::page::Page;
use crate::support::sink::SmtpSink;
use crate::support::site::{Site, password_of};

/// The smallest of pictures.
pub(super) const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// What Python finds in a mail.
pub(super) fn tree(site: &Site, mail: &[u8]) -> Value {
    let path = site.place().join("read.eml");
    fs::write(&path, mail).expect("a mail");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/send/mime_tree.py");
    let mut child = Command::new("/usr/bin/python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut input = child.stdin.take().expect("a pipe");
    write!(input, "{}", path.display()).expect("a pipe");
    drop(input);
    let output = child.wait_with_output().expect("its end");
    assert!(output.status.success(), "python3 stumbled");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The kinds of all parts, in their order, with how deep each is.
fn kinds(part: &Value, depth: usize, into: &mut Vec<String>) {
    into.push(format!(
        "{}{}",
        " ".repeat(depth),
        part["kind"].as_str().unwrap_or_default()
    ));
    assert_eq!(part["defects"], json!([]), "{part}");
    for one in part["parts"].as_array().into_iter().flatten() {
        kinds(one, depth + 1, into);
    }
}

pub(super) fn outline(tree: &Value) -> Vec<String> {
    let mut all = Vec::new();
    kinds(tree, 0, &mut all);
    assert_eq!(tree["is_ascii"], json!(true), "{tree}");
    assert_eq!(tree["bare"], json!(0), "{tree}");
    assert!(tree["longest"].as_u64() <= Some(78), "{tree}");
    all
}

fn rich(page: &Page, html: &str) -> Page {
    let form = typed(page, "Bo <bo@example.org>", "The third geranium");
    form.set("html", html).set("rich", "1").press("do", "send")
}

#[test]
fn rule_19_what_is_rich_arrives_as_text_html_and_pictures() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let html = format!(
        "<p>Hëllo <b>Bo</b></p><script>alert(1)</script><p onclick=\"alert(1)\" id=\"a\" class=\"b\">The third \
         <a href=\"https://example.org/?a=1&amp;b=2\">geranium</a></p><img src=\"https://example.org/t.gif\" onerror=\"x\">\
         <img alt=\"leaf\" src=\"data:image/png;base64,{PNG}\"><iframe src=\"/\"></iframe>{}",
        "<p>A line that is as long as no line of a mail may be, and longer.</p>".repeat(30)
    );
    let page = ann
        .get("/compose")
        .form("write")
        .file_of("files", "a.txt", "text/plain", b"one")
        .press("do", "keep");
    let written = html.clone();
    let sent = rich(&page, &html);
    says(&sent, "Message sent");
    let taken = only(sink.taken());
    let read = tree(&site, taken.text().as_bytes());
    assert_eq!(
        outline(&read),
        [
            "multipart/mixed",
            " multipart/alternative",
            "  text/plain",
            "  multipart/related",
            "   text/html",
            "   image/png",
            " text/plain",
        ]
    );
    let alternative = &read["parts"][0];
    let text = &alternative["parts"][0];
    assert_eq!(
        text["parameters"],
        json!({"charset": "utf-8", "format": "flowed"})
    );
    assert_eq!(
        text["text"],
        "Hëllo Bo\n\nThe third geranium is for you.\n\nAnn\n"
    );
    let related = &alternative["parts"][1];
    assert_eq!(related["parameters"], json!({"type": "text/html"}));
    let (html, picture) = (&related["parts"][0], &related["parts"][1]);
    let id = picture["content-id"]
        .as_str()
        .expect("a Content-ID")
        .trim_matches(['<', '>']);
    assert!(id.ends_with("@example.org"), "{id}");
    let shown = html["text"].as_str().expect("HTML");
    let body = format!(
        "<body>\n<p>Hëllo <b>Bo</b></p><p>The third <a href=\"https://example.org/?a=1&amp;b=2\">geranium</a></p><span></span>\
         <img alt=\"leaf\" src=\"cid:{id}\">"
    );
    assert!(shown.contains(&body), "{shown}");
    for gone in [
        "script", "onclick", "alert", "t.gif", "data:", "iframe", "class",
    ] {
        assert!(!shown.contains(gone), "{gone} in {shown}");
    }
    let bytes = STANDARD.decode(PNG).expect("a picture");
    assert_eq!(picture["size"], json!(bytes.len()));
    let hash: String = Blake2b512::digest(&bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(picture["hash"], json!(hash));
    assert_eq!(picture["disposition"], "inline");
    assert_eq!(read["parts"][1]["text"], "one");

    // The same form with another HTML is another message, and is not sent.
    let again = |html: &str| {
        let form = typed(&page, "Bo <bo@example.org>", "The third geranium");
        form.set("html", html).set("rich", "1").press("do", "send")
    };
    says(&again(&written), "Message sent");
    says(&again("<p>Hëllo <i>Bo</i></p>"), "which has not been sent");
    only(sink.taken());

    // The copy is the same; Postern shows it with its picture, and the file is one.
    let copies = found(&site, "Sent");
    assert!(
        copies.len() == 1 && copies[0].contains("multipart/related"),
        "{copies:?}"
    );
    let message = ann
        .get("/folder?f=Sent&compare=1")
        .click("The third geranium");
    message.shows("a.txt");
    let frame = message.frame().source();
    assert!(
        frame.contains("<b>Bo</b>") && frame.contains("src=\"data:image/png;base64,"),
        "{frame}"
    );
}

#[test]
fn what_is_rich_is_kept_as_it_is_and_in_drafts() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let html = format!("<p>Hëllo <b>Bo</b></p><img src=\"data:image/png;base64,{PNG}\">");
    let form = |page: &Page| page.form("write").value("html").map(str::to_owned);
    let first = ann.get("/compose");
    let page = typed(&first, "bo@example.org", "Geraniums")
        .set("html", &html)
        .set("rich", "1")
        .press("do", "keep");
    assert_eq!(form(&page).as_deref(), Some(html.as_str()));
    let drafts = found(&site, "Drafts");
    assert!(
        drafts.len() == 1 && drafts[0].contains("multipart/related"),
        "{drafts:?}"
    );
    // Without script: as long as the text stays, all of it does.
    let page = page
        .form("write")
        .set("subject", "Two geraniums")
        .press("do", "keep");
    assert_eq!(form(&page).as_deref(), Some(html.as_str()));
    page.shows("formatting that cannot be shown without JavaScript");
    let page = page
        .form("write")
        .set("text", "Hello Bo, and Cas")
        .press("do", "keep");
    assert_eq!(form(&page).as_deref(), Some(""));
    page.hides("formatting that cannot");
    let sent = page.form("write").press("do", "send");
    says(&sent, "Message sent");
    let read = tree(&site, only(sink.taken()).text().as_bytes());
    assert_eq!(outline(&read), ["text/plain"]);
}

#[test]
fn what_is_too_large_or_does_not_come_loses_nothing() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let html = "<p>Hëllo <b>Bo</b></p>";
    let page = typed(&ann.get("/compose"), "bo@example.org", "Geraniums")
        .set("html", html)
        .set("rich", "1")
        .press("do", "keep");
    for large in [3_100_000, 5_000_000] {
        let picture = "A".repeat(large);
        let large = format!("{html}<img src=\"data:image/png;base64,{picture}\">");
        let form = page.form("write").set("html", &large).set("rich", "1");
        let answer = form.set("text", "Hello all").press("do", "send");
        answer.has_status(422);
        says(&answer, "too large");
        let form = answer.form("write");
        assert_eq!(form.value("text"), Some("Hello all"));
        assert!(
            form.value("html")
                .is_some_and(|kept| kept.starts_with(html)),
            "{:?}",
            said(&answer)
        );
    }
    assert!(sink.taken().is_empty());
}

#[test]
fn what_is_rich_is_carried_through_signing_in() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let html = format!(
        "<p>Hëllo <b>Bo</b></p><img src=\"data:image/png;base64,{}\">",
        "AAAA".repeat(100_000)
    );
    let page = ann.get("/compose");
    crate::disk::age_sessions(&site, "ann", Duration::from_secs(9 * 3600));
    let form = typed(&page, "bo@example.org", "Geraniums")
        .set("html", &html)
        .set("rich", "1");
    let refused = form.press("do", "send");
    refused.has_status(401);
    let again = refused
        .form("sign-in")
        .set("login", "ann")
        .set("password", &password_of("ann"))
        .submit();
    assert_eq!(again.form("write").value("html"), Some(html.as_str()));
    assert!(sink.taken().is_empty());
    says(&again.form("write").press("do", "send"), "Message sent");
    let read = tree(&site, only(sink.taken()).text().as_bytes());
    assert_eq!(
        outline(&read).last().map(String::as_str),
        Some("  image/png")
    );
}

#[test]
fn what_was_perhaps_sent_is_sent_again_as_it_was() {
    let sink = SmtpSink::start(false);
    sink.rules(json!({"cut": true}));
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let html = format!(
        "<p>Hëllo\n <b>Bo</b> &amp; all</p><table><p>a<tr><td><li>b<div><li>c</table><img src=\"data:image/png;base64,{PNG}\">"
    );
    let page = rich(&ann.get("/compose"), &html);
    says(&page, "This message may have been sent.");
    sink.rules(json!({}));
    // As the page has it, with script and without.
    let kept = page.form("write").value("html").map(str::to_owned);
    let kept = kept.expect("HTML");
    let changed = page
        .form("write")
        .set("rich", "1")
        .set("html", "<p>Other</p>");
    says(&changed.press("do", "send"), "which has not been sent");
    assert_eq!(sink.taken().len(), 1);
    let sent = page
        .form("write")
        .set("rich", "1")
        .set("html", &kept)
        .press("do", "send");
    says(&sent, "Message sent");
    let taken = sink.taken();
    let [first, second] = taken.as_slice() else {
        panic!("{taken:?}")
    };
    assert_eq!(super::id(first), super::id(second));
    let read = tree(&site, second.text().as_bytes());
    assert_eq!(outline(&read).len(), 5, "{read}");
}

#[test]
fn the_largest_that_is_taken_is_sent_in_little_memory() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let pictures = (0..28_u8).map(|nth| {
        let bytes = STANDARD.encode(vec![nth; 75_000]);
        format!("<p>{nth}</p><img src=\"data:image/jpeg;base64,{bytes}\">")
    });
    let html: String = pictures.collect();
    assert!((2_700_000..3_000_000).contains(&html.len()));
    let page = ann.get("/compose");
    let watch = crate::support::kernel::Watch::on(&site.program());
    let form = typed(&page, "bo@example.org", "Large").set("html", &html);
    says(&form.set("rich", "1").press("do", "send"), "Message sent");
    let read = tree(&site, only(sink.taken()).text().as_bytes());
    let related = read["parts"][1]["parts"].as_array().map_or(0, Vec::len);
    assert_eq!(related, 29);
    let peak = watch.peak_mb();
    assert!((1..64).contains(&peak), "{peak} MB");
}
