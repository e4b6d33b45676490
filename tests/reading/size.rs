//! Messages of any size and depth.

use super::{many, odd};

use crate::support::kernel::Watch;
use crate::support::site::Site;

#[test]
fn a_message_of_any_size_and_depth_has_its_page_in_little_memory() {
    let sentence = "All work and no play makes Jack a dull boy.\n";
    let paragraph = "<div style='color:#333'><p>All work and <b>no</b> play.</p></div>\n";
    let part = |n: usize| {
        format!("--b\nContent-Type: image/png; name=\"{n}.png\"\nContent-ID: <{n}@x>\n\n{n}\n")
    };
    let deep = many(100, |n| {
        format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")
    });
    let deep = deep
        .split_once("\n\n")
        .map_or("", |(_, rest)| rest)
        .to_owned();
    let pages = |subject: &str, html: &str| {
        let page = |_| format!("--b\nContent-Type: text/html\n\n{}\n", html.repeat(40_000));
        odd(
            subject,
            "multipart/mixed; boundary=b",
            &format!("{}--b--\n", many(3, page)),
        )
    };
    // Each of the parts stands in each of the levels, and each level has to choose.
    let versions = |subject: &str| {
        let level =
            |n: usize| format!("Content-Type: multipart/alternative; boundary=a{n}x\n\n--a{n}x\n");
        let parts = many(1_900, |_| "--z\n\nx\n".to_owned());
        odd(
            subject,
            "multipart/alternative; boundary=a",
            &format!(
                "--a\n{}Content-Type: multipart/mixed; boundary=z\n\n{parts}--z--\n",
                many(57, level)
            ),
        )
    };
    let mails = vec![
        versions("Many versions"),
        versions("More versions"),
        versions("Most versions"),
        odd("Long text", "text/plain", &sentence.repeat(280_000)),
        odd("Long page", "text/html", &paragraph.repeat(180_000)),
        odd("Long signs", "text/html", &"&".repeat(1_000_000)),
        odd(
            "Many pages",
            "multipart/mixed; boundary=b",
            &format!(
                "{}--b--\n",
                many(40, |_| format!(
                    "--b\nContent-Type: text/html\n\n{}",
                    paragraph.repeat(15_000)
                ))
            ),
        ),
        pages("Named pages", "<p class=a id=b title=c>x"),
        pages("Linked pages", "<a href=//a.b>x</a>"),
        odd(
            "Deep page",
            "text/html",
            &"<table><tr><td><font>".repeat(40_000),
        ),
        odd(
            "Many parts",
            "multipart/mixed; boundary=b",
            &format!(
                "--b\nContent-Type: text/html\n\nFirst <img src=cid:7@x>\n{}--b--\n",
                many(1_000, part)
            ),
        ),
        odd(
            "Many levels",
            "multipart/mixed; boundary=b0",
            &format!("{deep}Content-Type: text/plain\n\nThe innermost\n"),
        ),
        odd(
            "Many letters",
            "message/rfc822",
            &format!(
                "{}Subject: The innermost\n\nx\n",
                "Content-Type: message/rfc822\n\n".repeat(100)
            ),
        ),
        odd(
            "Long header",
            &format!(
                "text/plain\n{}",
                many(60_000, |n| format!("X-Trace: {n} {sentence}")).trim_end()
            ),
            "Short",
        ),
        odd(
            "Many people",
            &format!(
                "text/plain\nTo: {}",
                many(20_000, |n| format!("p{n} <p{n}@example.org>,\n "))
                    .trim_end_matches([',', '\n', ' '])
            ),
            "Short",
        ),
        odd(
            "Large file",
            "application/octet-stream; name=film.bin",
            &sentence.repeat(700_000),
        ),
    ];
    let site = Site::new().mails("ann", "INBOX", mails).start();
    let ann = site.sign_in("ann");
    let watch = Watch::on(&site.program());
    ann.get("/").has_status(200);
    for (subject, says) in [
        ("Long text", "too large to show in full"),
        ("Long page", "too large to show in full"),
        ("Long signs", "Long signs"),
        ("Many pages", "Many pages"),
        ("Named pages", "too large to show in full"),
        ("Linked pages", "too large to show in full"),
        ("Deep page", "too large to show in full"),
        ("Many parts", "999.png"),
        ("Many levels", "The innermost"),
        ("Many versions", "too large to show in full"),
        ("Many letters", "Forwarded message"),
        ("Long header", "Short"),
        ("Many people", "Short"),
        ("Large file", "film.bin"),
    ] {
        let page = ann.open_mail(subject);
        page.has_status(200).shows(says);
        for frame in page.attributes_of("iframe", "src") {
            ann.get(&frame).has_status(200);
        }
        let paper = page.click("Print");
        paper.has_status(200).expect(
            paper.has_words("its beginning") == page.has_words("its beginning"),
            || "another answer on paper".to_owned(),
        );
        println!(
            "{subject}: {:?}, {} MB at most so far",
            page.response().took,
            watch.peak_mb()
        );
    }
    assert!((1..64).contains(&watch.peak_mb()), "{} MB", watch.peak_mb());
}
