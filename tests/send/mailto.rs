//! Links to addresses: in mails, in the details of a message, on the page that leaves a list, and from the browser, all lead
//! to the page for writing. Nothing in such a link becomes more than what its reader sees in the fields.

use super::{found, mail, only, plan, says};
use crate::look;
use crate::support::chromium::Chromium;
use crate::support::page::Page;
use crate::support::sink::SmtpSink;
use crate::support::site::Site;

const LINK: &str = "mailto:Bo%20%3Cbo@example.org%3E,cas@example.org?cc=dee+x@example.org&subject=A%20b&body=l1%0D%0Al2&bcc=eve@example.org&attach=/etc/passwd&from=x@y&in-reply-to=%3Ci@d%3E";

fn value(page: &Page, name: &str) -> String {
    let form = page.form("write");
    form.value(name).unwrap_or_default().trim().to_owned()
}

fn fills(page: &Page) {
    assert_eq!(value(page, "to"), "Bo <bo@example.org>,cas@example.org");
    assert_eq!(value(page, "cc"), "dee+x@example.org");
    assert_eq!(value(page, "bcc"), "eve@example.org");
    assert_eq!(value(page, "subject"), "A b");
    assert_eq!(value(page, "text"), "l1\nl2");
    assert_eq!(value(page, "irt"), "i@d");
    assert_eq!(value(page, "from"), "ann@example.org");
    page.hides("passwd");
}

fn letters() -> Vec<crate::support::mails::Mail> {
    let html = format!(
        "From: Bo <bo@example.org>\nTo: ann@example.org\nSubject: In HTML\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<p><a href=\"{}\">Write to us</a> <a href=\"/compose?how=reply\">Ours</a></p>\n",
        LINK.replace('&', "&amp;")
    );
    let text = mail(
        "From: Bo <bo@example.org>\nTo: ann@example.org, Cas <cas@example.org>\nSubject: In text\nList-Unsubscribe: <mailto:out@list.example?subject=leave>",
        &format!("Write to {LINK} or to fay@example.org."),
    );
    vec![crate::support::mails::Mail::written(&html), text]
}

#[test]
fn links_in_mails_lead_to_the_page_for_writing() {
    let sink = SmtpSink::start(false);
    let site = plan()
        .mails("ann", "INBOX", letters())
        .config(&sink.config())
        .start();
    let ann = site.sign_in("ann");
    let frame = ann.open_mail("In HTML").frame();
    let hrefs = frame.attributes_of("a", "href");
    assert_eq!(hrefs.len(), 1, "{hrefs:?}");
    assert_eq!(frame.attributes_of("a", "target")[0], "_blank");
    fills(&frame.click("Write to us"));
    let page = ann.open_mail("In text");
    fills(&page.open_nth(".typed a", 0));
    let letter = page.open_nth(".typed a", 1);
    assert_eq!(value(&letter, "to"), "fay@example.org");
    // The details name who it went to.
    let hrefs = page.attributes_of(".from dd a", "href");
    assert_eq!(hrefs.len(), 3, "{hrefs:?}");
    let letter = page.open_nth(".from dd a", 2);
    assert_eq!(value(&letter, "to"), "cas@example.org");
    let back = letter.form("write").press("do", "discard");
    back.shows("Write to");
    let leave = page.click("Unsubscribe");
    assert_eq!(value(&leave, "to"), "out@list.example");
    assert_eq!(value(&leave, "subject"), "leave");
}

#[test]
fn where_nothing_can_be_sent_they_stay_as_they_are() {
    // With no domain, whoever signs in as "ann" has no address.
    let site = Site::new().mails("ann", "INBOX", letters()).start();
    let ann = site.sign_in("ann");
    let hrefs = ann.open_mail("In HTML").frame().attributes_of("a", "href");
    assert!(hrefs[0].starts_with("mailto:"), "{hrefs:?}");
    let page = ann.open_mail("In text");
    assert!(page.attributes_of(".typed a", "href")[1].starts_with("mailto:fay@"));
    assert!(page.attributes_of(".from dd a", "href").is_empty());
}

#[test]
fn the_browser_opens_such_links_here_after_a_click() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let browser = Chromium::start();
    let tab = browser.tab();
    look::type_sign_in(&site, &tab);
    tab.open(&format!("{}/compose", site.url()));
    tab.evaluate("navigator.registerProtocolHandler = (...all) => (window.asked = all)");
    tab.click("#handler button");
    tab.wait_for("window.asked");
    assert_eq!(tab.evaluate("asked[0]"), "mailto");
    let page = tab.evaluate("asked[1]");
    let page = page.as_str().expect("an address");
    assert_eq!(page, format!("{}/compose?mailto=%s", site.url()));
    let escaped = "mailto%3Abo%40example.org%3Fsubject%3DHi";
    tab.open(&page.replace("%s", escaped));
    tab.wait_for("document.querySelector('#w-to').value.trim() === 'bo@example.org'");
    tab.wait_for("document.querySelector('#w-subject').value === 'Hi'");
    tab.expect_quiet();
}

#[test]
fn nothing_in_such_a_link_becomes_a_header_or_a_recipient() {
    let sink = SmtpSink::start(false);
    let site = plan().config(&sink.config()).start();
    let ann = site.sign_in("ann");
    for what in [
        "%0d%0aBcc:%20evil@example.org",
        "%0aX-Evil:%201",
        "%00evil",
        "=?utf-8?Q?=0D=0AX-Evil:_1?=",
        "%250d%250aX-Evil:%201",
        "%C2%85X-Evil:%201",
        "%E2%80%A8X-Evil:%201",
        "%3E%0d%0aRCPT%20TO:%3Cevil@example.org",
    ] {
        for link in [
            format!("mailto:bo@example.org{what}?subject=Hi"),
            format!("mailto:bo@example.org?subject=Hi{what}"),
            format!("mailto:bo@example.org?subject=Hi&cc=cas@example.org{what}"),
            format!("mailto:bo@example.org?subject=Hi&in-reply-to=a@b{what}"),
            format!("mailto:bo@example.org?subject=Hi&x{what}=1"),
        ] {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("mailto", &link);
            let page = ann.get(&format!("/compose?{}", query.finish()));
            page.form("write").press("do", "send");
        }
    }
    let taken = sink.taken();
    assert!(!taken.is_empty());
    for taken in taken {
        let text = taken.text();
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        for line in head.split("\r\n") {
            for evil in ["Bcc", "X-Evil"] {
                assert!(!line.starts_with(evil), "{line:?}");
            }
        }
        let to = taken.about["to"].as_array().cloned().unwrap_or_default();
        assert!(to.iter().all(|to| to != "evil@example.org"), "{to:?}");
    }
    assert!(only(vec![sink.taken().remove(0)]).about["from"] == "ann@example.org");
    assert!(!found(&site, "Sent").is_empty());
    says(
        &super::send(&ann, "bo@example.org", "Hello"),
        "Message sent",
    );
}
