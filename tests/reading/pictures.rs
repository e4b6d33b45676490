//! How mails of the world look, for people to see.

use crate::support::chromium::{Chromium, Scheme};
use crate::support::mails::Mail;
use crate::support::reader::Reader;

/// What is looked at in pictures: mails of the corpus, by a name for their pictures.
const PICTURED: [(&str, &str); 18] = [
    ("newsletter-1", "mailpile/1379857166.25979_5.hottie_2_S.eml"),
    ("newsletter-2", "mailpile/1379857166.25979_7.hottie_2_S.eml"),
    ("newsletter-3", "mailpile/mailpile-1400069992.mbx.eml"),
    (
        "newsletter-4",
        "spamassassin/welcomelists__winxpnews.com.eml",
    ),
    (
        "newsletter-5",
        "spamassassin/welcomelists__media_unspun.eml",
    ),
    (
        "newsletter-6",
        "spamassassin/welcomelists__netcenter-direct_de.eml",
    ),
    ("newsletter-7", "mu/testdir2__Foo__cur__arto.eml"),
    ("newsletter-8", "rspamd/newsletter.eml"),
    (
        "newsletter-9",
        "spamassassin/welcomelists__oracle_net_techblast.eml",
    ),
    (
        "newsletter-10",
        "spamassassin/welcomelists__ibm_enews_de.eml",
    ),
    ("japanese", "redmine/japanese_keywords_iso_2022_jp.eml"),
    (
        "invitation",
        "nylas-sync-engine/raw_message_with_ical_invite.eml",
    ),
    ("bounce", "flanker/bounce__office365.eml"),
    ("winmail", "roundcube/tnef1.eml"),
    ("winmail-html", "roundcube/tnef2.eml"),
    ("spoofed", "roundcube/email-address-spoofing-attacks.eml"),
    (
        "encrypted",
        "thunderbird-comm/mail__test__browser__smime__data__alice.dsig.SHA256.multipart.env.eml",
    ),
    ("digest", "cpython-email/msg_02.eml"),
];

/// A letter in Hebrew, in the charset that it is mostly sent in, with a quote and a name in Latin letters.
fn hebrew() -> Vec<u8> {
    let mut mail = b"From: =?windows-1255?B?7fXp5A==?= <bo@example.org>\r\nTo: Ann <ann@example.org>\r\n\
        Subject: =?windows-1255?B?+ezl7SDs6w==?=\r\nContent-Type: text/plain; charset=windows-1255\r\n\r\n"
        .to_vec();
    mail.extend(b"\xf9\xec\xe5\xed Ann,\r\n\r\n\xf4\xe2\xe9\xf9\xe4 \xe1\xe9\xe5\xed \xf8\xe0\xf9\xe5\xef, 10:30 (Ghent).\r\n");
    mail.extend(b"https://example.org/a?b=1\r\n\r\n> \xee\xfa\xe9 \xf0\xf4\xe2\xf9?\r\n\r\n-- \r\n\xe1\xe5\r\n");
    mail
}

#[test]
fn mails_of_the_world_have_their_picture() {
    let Some(corpus) = crate::mail::corpus() else {
        return;
    };
    let mut found: Vec<(&str, Vec<u8>)> = PICTURED
        .iter()
        .filter_map(|(name, file)| {
            let read = std::fs::read(corpus.join("mail").join(file));
            if let Err(e) = &read {
                println!("{file}: {e}");
            }
            Some((*name, read.ok()?))
        })
        .collect();
    found.push(("hebrew", hebrew()));
    let mails: Vec<Mail> = found
        .iter()
        .map(|(_, mail)| Mail::raw(mail.clone()))
        .collect();
    let ann = Reader::of(mails);
    let own = format!("http://{}{}", ann.server(), ann.base());
    let newest = ann.get("/").attributes_of(".row > a", "href").remove(0);
    let validity = newest.split(['?', '&']).find_map(|p| p.strip_prefix("v="));
    let validity = validity.expect("a numbering");
    let browser = Chromium::start();
    let tab = browser.tab();
    tab.take_cookies(&ann);
    for (nth, (name, _)) in found.iter().enumerate() {
        let uid = nth + 1;
        let url = format!("{own}/message?f=INBOX&v={validity}&u={uid}&r={nth}");
        for (window, width, height, phone) in [("1440", 1440, 900, false), ("390", 390, 844, true)]
        {
            tab.viewport(width, height, 1.0, phone);
            for (mode, scheme) in [("light", Scheme::Light), ("dark", Scheme::Dark)] {
                tab.prefer(scheme);
                tab.open(&url);
                tab.screenshot(&format!("mail-{name}-{window}-{mode}"));
            }
            let wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth");
            assert_eq!(
                wide,
                serde_json::json!(false),
                "{name} scrolls sideways at {window}"
            );
        }
        tab.viewport(1440, 900, 1.0, false);
        tab.prefer(Scheme::Light);
        tab.open(&url.replace("/message?", "/print?"));
        tab.screenshot(&format!("mail-{name}-print"));
        if *name == "newsletter-8" {
            tab.open(&url.replace("/message?", "/headers?"));
            tab.screenshot("mail-headers-1440");
        }
    }
    tab.expect_quiet();
}
