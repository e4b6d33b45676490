//! Messages that are handed on: within the text with their files, as files, several at once, as they are, or as the
//! beginning of a new one. What goes along arrives byte by byte; what cannot be had is named; who got it unseen stays unseen.
//!
//! | rule | test |
//! |---|---|
//! | what was redirected is as it was, below the Resent- fields, and its sender on the way is the user | `rule_10_a_message_is_redirected_as_it_is` |
//! | what travels never has Bcc | `who_got_it_unseen_is_not_handed_on` |

use serde_json::json;

use super::{found, id, only, plan, says};
use crate::support::mails::{Mail, MailBuilder, attachment, in_base64};
use crate::support::page::Page;
use crate::support::proxy::Trouble;
use crate::support::sink::SmtpSink;
use crate::support::visitor::Visitor;

const PIXEL: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// A mail with a picture in its HTML, a large file, a message as a file, and one that stands in its text.
fn rich() -> Mail {
    let large: Vec<u8> = (0..1_600_000_u32).map(|n| (n % 251) as u8).collect();
    let html = format!(
        "Content-Type: multipart/related; boundary=rel\n\n--rel\nContent-Type: text/html; charset=utf-8\n\n<p>See <img src=\"cid:pic@x\"></p>\n--rel\nContent-Type: image/png; name=\"pic.png\"\nContent-ID: <pic@x>\nContent-Disposition: inline; filename=\"pic.png\"\nContent-Transfer-Encoding: base64\n\n{}\n--rel--",
        in_base64(PIXEL)
    );
    let parts = [
        html,
        attachment("application/pdf", "filename=\"large.pdf\"", &large),
        "Content-Type: message/rfc822\nContent-Disposition: attachment; filename=\"inner.eml\"\n\nFrom: Cas <cas@example.org>\nSubject: Inner\n\nInner text".to_owned(),
    ];
    let words = "Some files.\n\nbegin 644 old.txt\n#0V%T\n`\nend\n\n-- \nBo Lind";
    MailBuilder::about("Rich").mixed(words, &parts)
}

fn forward(ann: &Visitor, subject: &str, how: &str) -> Page {
    ann.open_mail(subject).click(how)
}

fn send_to(page: &Page, to: &str) -> Page {
    page.form("write").set("to", to).press("do", "send")
}

/// What the part with this name holds, out of base64.
fn part(text: &str, name: &str) -> Vec<u8> {
    use base64::Engine as _;
    let (_, rest) = text.split_once(&format!("name=\"{name}\"")).expect(name);
    let coded = rest.split("\r\n\r\n").nth(1).unwrap_or_default();
    let coded = coded.split("\r\n--").next().unwrap_or_default();
    let coded = coded.replace("\r\n", "");
    let engine = base64::engine::general_purpose::STANDARD;
    engine.decode(coded).expect("base64")
}

#[test]
fn a_forwarded_message_takes_its_files_along() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .mails("ann", "INBOX", vec![rich()])
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let page = forward(&ann, "Rich", "Forward");
    for name in ["pic.png", "large.pdf", "inner.eml", "old.txt"] {
        page.shows(name);
    }
    // One is left out by its writer, and stays out.
    let page = page.form("write").press("do", "drop.0");
    let left = page.texts_of(".files .name");
    assert_eq!(left.len(), 3, "{left:?}");
    let page = forward(&ann, "Rich", "Forward");
    says(&send_to(&page, "eve@example.org"), "Message sent");
    let text = only(sink.taken()).text();
    assert!(
        text.contains("Some files.") && text.contains("Bo Lind"),
        "{text}"
    );
    assert_eq!(part(&text, "pic.png"), PIXEL);
    let large = part(&text, "large.pdf");
    assert!(large.len() == 1_600_000 && large[250] == 250 && large[251] == 0);
    assert_eq!(part(&text, "old.txt"), b"Cat");
    assert!(
        text.contains("Content-Type: message/rfc822;\r\n name=\"inner.eml\""),
        "{text}"
    );
    assert!(
        text.contains("\r\nSubject: Inner\r\n\r\nInner text"),
        "{text}"
    );
    let row = found(&site, "INBOX")
        .into_iter()
        .find(|row| row.contains("Rich"));
    assert!(row.is_some_and(|row| row.contains("$Forwarded")));
    assert_eq!(found(&site, "Sent").len(), 1);
    ann.get("/").hides("Unsent (2)");
}

#[test]
fn a_picture_in_the_text_hides_no_file_beside_it() {
    let sink = SmtpSink::start(false);
    let picture = |id: &str| {
        format!(
            "Content-Type: image/png\nContent-ID: <{id}>\nContent-Disposition: inline; filename=\"{id}.png\"\nContent-Transfer-Encoding: base64\n\n{}",
            in_base64(PIXEL)
        )
    };
    let html = "Content-Type: text/html\n\n<p>See <img src=\"cid:pic\"></p>".to_owned();
    let file = attachment("application/pdf", "filename=\"plan.pdf\"", b"%PDF-1");
    let within = |kind: &str, boundary: &str, parts: &[String]| {
        let parts: String = parts
            .iter()
            .map(|part| format!("--{boundary}\n{part}\n"))
            .collect();
        format!("Content-Type: multipart/{kind}; boundary={boundary}\n\n{parts}--{boundary}--")
    };
    let plain = "Content-Type: text/plain\n\nSee.".to_owned();
    let both = within("alternative", "alt", &[plain.clone(), html.clone()]);
    // As Outlook, Apple Mail and others put the three together.
    let related = [both.clone(), picture("pic"), file.clone()];
    let inner = within(
        "related",
        "rel",
        &[html.clone(), picture("pic"), file.clone()],
    );
    let beside = [html.clone(), file.clone(), picture("pic"), plain.clone()];
    let named = file.replace("Content-Disp", "Content-ID: <plan>\nContent-Disp");
    let with_id = within("related", "rel", &[html, picture("pic"), named]);
    let letters = [
        ("Related", within("related", "top", &related)),
        (
            "Inner",
            within("alternative", "top", &[plain.clone(), inner]),
        ),
        ("Beside", within("mixed", "top", &beside)),
        ("With an id", within("mixed", "top", &[with_id])),
    ];
    let mails = letters
        .iter()
        .map(|(subject, whole)| MailBuilder::about(subject).holding(whole));
    let site = plan()
        .mails("ann", "INBOX", mails.collect())
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    for (subject, _) in &letters {
        let page = ann.open_mail(subject);
        let shown = page.attributes_of(".files .name", "title");
        page.expect(shown.iter().any(|name| name == "plan.pdf"), || {
            format!("{shown:?}")
        });
        let page = send_to(&page.click("Forward"), "eve@example.org");
        says(&page, "Message sent");
        let text = sink.taken().pop().expect("a mail").text();
        assert_eq!(part(&text, "plan.pdf"), b"%PDF-1", "{subject}");
        assert_eq!(part(&text, "pic.png"), PIXEL, "{subject}");
    }
}

#[test]
fn what_cannot_be_fetched_is_named_and_nothing_is_sent_without_it() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .mails("ann", "INBOX", vec![rich()])
        .config(&sink.config())
        .proxied()
        .start();
    let ann = site.sign_in("ann");
    let page = forward(&ann, "Rich", "Forward");
    let page = page.form("write").set("to", "eve@example.org");
    site.proxy().trouble(Trouble::Close);
    let away = page.press("do", "send");
    says(&away, "could not be loaded from your mailbox");
    assert!(sink.taken().is_empty());
    site.proxy().trouble(Trouble::None);
    // Another program moves it away.
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("STORE 4 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    let gone = away.form("write").press("do", "send");
    says(&gone, "large.pdf is no longer in your mailbox");
    assert!(sink.taken().is_empty());
    let mut page = gone;
    for number in 0..10 {
        if page.source().contains(&format!("drop.{number}")) {
            page = page.form("write").press("do", &format!("drop.{number}"));
        }
    }
    says(&page.form("write").press("do", "send"), "Message sent");
    assert!(!only(sink.taken()).text().contains("pic.png"));
}

#[test]
fn a_message_goes_as_a_file_as_it_is() {
    let sink = SmtpSink::start(false);
    let plain = "From: Bo <bo@example.org>\r\nDKIM-Signature: v=1; b=abc\r\nTo: ann@example.org\r\nSubject: Sealed\r\n\r\n.dot  \r\nend";
    let eight = "From: Bo <bo@example.org>\r\nTo: ann@example.org\r\nSubject: Eight\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nH\u{eb}llo\r\n";
    let odd = format!(
        "From: Bo <bo@example.org>\r\nSubject: Odd\r\n\r\n{}\r\n",
        "x".repeat(2000)
    );
    let mails = [plain, eight, &odd].map(|text| Mail::raw(text.as_bytes()));
    let site = plan()
        .mails("ann", "INBOX", mails.to_vec())
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let sent = |subject: &str| {
        let page = forward(&ann, subject, "Forward as attachment");
        assert_eq!(
            page.form("write").value("subject"),
            Some(&*format!("Fwd: {subject}"))
        );
        says(&send_to(&page, "eve@example.org"), "Message sent");
        let taken = sink.taken().pop().expect("a mail");
        (taken.text(), taken.about["options"].to_string())
    };
    let (text, options) = sent("Sealed");
    assert!(
        text.contains("message/rfc822;\r\n name=\"Sealed.eml\""),
        "{text}"
    );
    assert!(
        text.contains(&format!(
            "Content-Transfer-Encoding: 7bit\r\n\r\n{plain}\r\n--"
        )),
        "{text}"
    );
    assert!(!options.contains("8BITMIME"), "{options}");
    let (text, options) = sent("Eight");
    assert!(
        text.contains(&format!(
            "Content-Transfer-Encoding: 8bit\r\n\r\n{eight}\r\n--"
        )),
        "{text}"
    );
    assert!(options.contains("BODY=8BITMIME"), "{options}");
    // What no mail can hold as it is, and what this server cannot take.
    let (text, _) = sent("Odd");
    assert!(!text.contains("message/rfc822"), "{text}");
    assert_eq!(part(&text, "Odd.eml"), odd.as_bytes());
    sink.rules(json!({"hidden": ["8BITMIME"]}));
    let (text, _) = sent("Eight");
    assert!(
        !text.contains("message/rfc822") && text.is_ascii(),
        "{text}"
    );
    assert_eq!(part(&text, "Eight.eml"), eight.as_bytes());
    let marked = found(&site, "INBOX").into_iter();
    assert_eq!(marked.filter(|row| row.contains("$Forwarded")).count(), 3);
    let page = ann.get("/compose");
    let form = page.form("write").set("to", "eve@example.org");
    let form = form.set("subject", "Uploaded");
    let form = form.file_of("files", "a.eml", "message/rfc822", b"Subject: x\n\ny\n");
    says(&form.press("do", "send"), "Message sent");
    let text = sink.taken().pop().expect("a mail").text();
    assert!(
        text.contains("7bit\r\n\r\nSubject: x\r\n\r\ny\r\n"),
        "{text}"
    );
}

#[test]
fn several_that_are_ticked_go_as_files_of_one() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let list = ann.get("/");
    let boxes = list.attributes_of("input.tick", "value");
    let mut form = list.form_at("form:has(.tick)", 0);
    for value in &boxes {
        form = form.tick("u", value);
    }
    let page = form.press("act", "forward");
    assert_eq!(page.form("write").value("subject"), Some("Fwd: 3 messages"));
    assert_eq!(page.texts_of(".files .name").len(), 3);
    says(&send_to(&page, "eve@example.org"), "Message sent");
    let text = only(sink.taken()).text();
    assert_eq!(
        text.matches("Content-Type: message/rfc822").count(),
        3,
        "{text}"
    );
    let marked = found(&site, "INBOX").into_iter();
    assert_eq!(marked.filter(|row| row.contains("$Forwarded")).count(), 3);
    // One is gone meanwhile: it is said, and the others are there.
    let mut client = site.other_client("ann");
    client.run("SELECT INBOX");
    client.run("STORE 1 +FLAGS (\\Deleted)");
    client.run("EXPUNGE");
    let mut form = list.form_at("form:has(.tick)", 0);
    for value in &boxes {
        form = form.tick("u", value);
    }
    let page = send_to(&form.press("act", "forward"), "eve@example.org");
    says(&page, "Message 1.eml is no longer in your mailbox");
    assert_eq!(sink.taken().len(), 1);
    assert_eq!(page.texts_of(".files .name").len(), 3);
    let drop = page.attributes_of(".files button", "value");
    let nth = page
        .texts_of(".files .name")
        .iter()
        .position(|name| name == "Message 1.eml");
    let page = page.form("write").press("do", &drop[nth.expect("it")]);
    says(&page.form("write").press("do", "send"), "Message sent");
    assert_eq!(sink.taken().len(), 2);
}

#[test]
fn what_is_large_is_handed_on_in_little_memory() {
    let sink = SmtpSink::start(false);
    let large: Vec<u8> = (0..16_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let file = attachment("application/pdf", "filename=\"large.pdf\"", &large);
    let letter = MailBuilder::about("Large").mixed("See there.", &[file]);
    let whole = String::from_utf8(letter.bytes.clone()).expect("ASCII");
    let site = plan()
        .mails("ann", "INBOX", vec![letter])
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    ann.open_mail("Large");
    let watch = crate::support::kernel::Watch::on(&site.program());
    for how in ["Forward", "Forward as attachment", "Redirect"] {
        let page = send_to(&forward(&ann, "Large", how), "eve@example.org");
        says(&page, "Message sent");
        let text = sink.taken().pop().expect("a mail").text();
        match how {
            "Forward" => assert!(part(&text, "large.pdf") == large),
            _ => assert!(text.contains(whole.trim_end()), "{how}"),
        }
    }
    let peak = watch.peak_mb();
    assert!(peak < 64, "{peak} MB");
}

#[test]
fn rule_10_a_message_is_redirected_as_it_is() {
    let sink = SmtpSink::start(false);
    let original = "DKIM-Signature: v=1; a=rsa; b=abc\r\nFrom: Bo <bo@example.org>\r\nTo: ann@example.org\r\nSubject: Pass  on\r\nMessage-ID: <1@bo>\r\n\r\nText  \r\n.\r\nH\u{eb}\r\n";
    let site = plan()
        .mails("ann", "INBOX", vec![Mail::raw(original.as_bytes())])
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let page = forward(&ann, "Pass on", "Redirect");
    page.shows("passed on unchanged");
    let form = page.form("write").set("to", "Eve <eve@example.org>");
    says(
        &form.set("bcc", "fay@example.org").press("do", "send"),
        "Message sent",
    );
    let taken = only(sink.taken());
    assert_eq!(taken.about["from"], "ann@example.org");
    assert_eq!(
        taken.about["to"],
        json!(["eve@example.org", "fay@example.org"])
    );
    let text = taken.text();
    let (block, rest) = text.split_once("DKIM-").expect("the original");
    assert_eq!(format!("DKIM-{rest}"), original);
    for line in block.trim_end().split("\r\n") {
        assert!(line.starts_with("Resent-"), "{line}");
    }
    for field in [
        "Resent-Date: ",
        "Resent-From: <ann@example.org>",
        "Resent-To: \"Eve\" <eve@example.org>",
        "Resent-Message-ID: <",
    ] {
        assert!(block.contains(field), "{field} in {block}");
    }
    assert!(!text.contains("fay@"), "{text}");
    let row = found(&site, "INBOX")
        .into_iter()
        .find(|row| row.contains("Pass  on"));
    assert!(row.is_some_and(|row| row.contains("$Forwarded")));
    // Once, however often it is asked for.
    let form = page.form("write").set("to", "Eve <eve@example.org>");
    form.set("bcc", "fay@example.org").press("do", "send");
    assert_eq!(sink.taken().len(), 1);
    sink.rules(json!({"data": "550 5.7.1 the From is not yours"}));
    let page = send_to(&forward(&ann, "Pass on", "Redirect"), "eve@example.org");
    says(&page, "the From is not yours");
    says(&page, "Forward the message instead.");
    sink.rules(json!({"hidden": ["8BITMIME"]}));
    let page = page.form("write").press("do", "send");
    says(&page, "cannot pass this message on unchanged");
    assert_eq!(sink.taken().len(), 1);
}

#[test]
fn who_got_it_unseen_is_not_handed_on() {
    let sink = SmtpSink::start(false);
    let kept = "From: Ann <ann@example.org>\r\nTo: bo@example.org\r\nBcc: secret@example.org,\r\n other@example.org\r\nResent-Bcc: third@example.org\r\nSubject: Mine\r\n\r\nBcc: in the text stays\r\n";
    let site = plan()
        .mails("ann", "INBOX", vec![Mail::raw(kept.as_bytes())])
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    for how in ["Forward", "Forward as attachment", "Redirect"] {
        says(
            &send_to(&forward(&ann, "Mine", how), "eve@example.org"),
            "Message sent",
        );
        let text = sink.taken().pop().expect("a mail").text();
        for hidden in ["secret@", "other@", "third@"] {
            assert!(!text.contains(hidden), "{how}: {text}");
        }
        assert!(text.contains("Bcc: in the text stays"), "{how}: {text}");
    }
}

#[test]
fn any_message_becomes_a_new_one() {
    let sink = SmtpSink::start(false);
    let kept = MailBuilder::about("Once more")
        .to("Bo <bo@example.org>\nCc: cas@example.org\nBcc: dee@example.org\nMessage-ID: <old@x>")
        .from("Ann <ann@example.org>")
        .mixed(
            "Hello\n\n> quoted\n\n-- \nAnn",
            &[attachment("text/csv", "filename=\"a.csv\"", b"1,2")],
        );
    let site = plan()
        .mails("ann", "INBOX", vec![kept])
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let page = forward(&ann, "Once more", "Edit as new");
    let form = page.form("write");
    let value = |name: &str| form.value(name).unwrap_or_default().trim().to_owned();
    assert_eq!(value("to"), "Bo <bo@example.org>");
    assert_eq!(
        (value("cc"), value("bcc")),
        ("cas@example.org".into(), "dee@example.org".into())
    );
    assert_eq!(value("subject"), "Once more");
    assert_eq!(value("text"), "Hello\n\n> quoted\n\n-- \nAnn");
    page.shows("a.csv");
    says(&form.press("do", "send"), "Message sent");
    let taken = only(sink.taken());
    assert_ne!(id(&taken), "Message-ID: <old@x>");
    let text = taken.text();
    assert!(
        !text.contains("dee@") && !text.contains("In-Reply-To"),
        "{text}"
    );
    assert_eq!(part(&text, "a.csv"), b"1,2");
    let rows = found(&site, "INBOX");
    let row = rows.iter().find(|row| row.contains("Once more"));
    assert!(row.is_some_and(|row| !row.contains("$Forwarded") && !row.contains("\\Answered")));
}

#[test]
fn nothing_in_what_goes_along_becomes_a_header() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    let page = ann.open_mail("Message 1").click("Forward as attachment");
    let carry = page.form("write").value("carry").expect("one").to_owned();
    for evil in [
        "%0d%0aX-Evil:%201",
        "%00",
        "%22%0d%0a%0d%0aX-Evil",
        "=?utf-8?Q?=0D=0AX-Evil:_1?=",
    ] {
        for field in ["name", "kind", "n", "size", "p", "f"] {
            let changed: Vec<String> = carry
                .split('&')
                .map(|pair| match pair.split_once('=') {
                    Some((name, value)) if name == field => format!("{name}={value}{evil}"),
                    _ => pair.to_owned(),
                })
                .collect();
            let form = page
                .form("write")
                .set("to", "eve@example.org")
                .set("subject", "Hi");
            let form = form.set("d", "").set("carry", &changed.join("&"));
            form.smuggle("do", "send").submit();
        }
    }
    for taken in sink.taken() {
        for line in taken.text().split("\r\n") {
            assert!(!line.starts_with("X-Evil"), "{}", taken.text());
        }
    }
}
