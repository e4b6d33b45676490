//! The words that were looked for, marked in the message that was found by them.

use super::{look_for, subjects};
use crate::support::mails::MailBuilder;
use crate::support::site::Site;

#[test]
fn what_was_looked_for_is_marked_in_the_message_that_is_opened_from_there() {
    let mail = |subject: &str, kind: &str, body: &str| {
        MailBuilder::about(subject).of_kind(&format!("text/{kind}; charset=utf-8"), body)
    };
    let html = "<p title=\"stripes\">Two <b>Stripes</b> &amp; str&#105;pes<style>.stripes{color:red}</style>";
    let site = Site::new()
        .mails(
            "ann",
            "INBOX",
            vec![
                mail(
                    "Plain stripes",
                    "plain",
                    "of stripes\nhttps://stripes.example/a\n> STRIPES",
                ),
                mail("Laid out", "html", html),
            ],
        )
        .start();
    let ann = site.sign_in("ann");
    let found = look_for(&ann.get("/"), "stripes");
    assert_eq!(subjects(&found), ["Laid out", "Plain stripes"]);
    let plain = found.click("Plain stripes");
    assert_eq!(plain.texts_of("article h1 mark"), ["stripes"]);
    assert_eq!(
        plain.texts_of(".typed mark"),
        ["stripes", "stripes", "STRIPES"]
    );
    let links = plain.attributes_of(".typed a", "href");
    assert_eq!(links, ["https://stripes.example/a"]);
    let frame = found.click("Laid out").frame();
    assert_eq!(frame.texts_of("mark"), ["Stripes", "stripes"]);
    assert_eq!(frame.attributes_of("p", "title"), ["stripes"]);
    // Where a message is opened from its folder, nothing is.
    let opened = ann.get("/").click("Plain stripes");
    assert!(opened.texts_of("mark").is_empty());
    assert!(
        ann.get("/")
            .click("Laid out")
            .frame()
            .texts_of("mark")
            .is_empty()
    );
    // Nor is what was looked for elsewhere.
    let by_sender = look_for(&ann.get("/"), "from:stripes OR subject:plain");
    let plain = by_sender.click("Plain stripes");
    assert_eq!(plain.texts_of("article mark"), ["Plain"]);
}
