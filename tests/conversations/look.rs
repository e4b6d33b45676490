//! What conversations look like, and whether everybody can use them: names, contrast, sizes, the way of the Tab key.

use super::{ANN, Letter, MARTA, PIET, SENT, letter};
use crate::look::clear::unclear;
use crate::look::{pictures, type_sign_in};
use crate::support::chromium::{Chromium, Scheme, Tab};
use crate::support::mails::Mail;
use crate::support::site::{Plan, Site};

/// A mailbox in which people talk to each other.
fn talked_in() -> Plan {
    let seen: &[&'static str] = &["\\Seen"];
    let roof = |id, from, references| {
        Letter {
            id,
            from,
            subject: "Re: Quote for the roof",
            references,
        }
        .mail()
    };
    let mails = vec![
        letter("c1", "Sofia Marchetti <sofia@m.example>", "Translation, chapter 3", &[]).mail().flagged(&["\\Seen", "\\Flagged"]),
        letter("c2", ANN, "Re: Translation, chapter 3", &["c1"]).mail().flagged(seen),
        letter("n1", "Nordbahn <info@nordbahn.example>", "Ihre Buchungsbestätigung (Auftrag 4F7K2M) für die Fahrt nach Kopenhagen am 4. Dezember", &[]).mail().flagged(seen),
        letter("c3", "Sofia Marchetti <sofia@m.example>", "Re: Translation, chapter 3", &["c1", "c2"]).mail().flagged(seen),
        letter("r1", "Anders Lund <anders@lund.example>", "Quote for the roof", &[]).mail().flagged(seen),
        roof("r2", "Karin Lund <karin@lund.example>", &["r1"]),
        letter("g1", "Choir <choir@sing.example>", "Who brings what on Saturday?", &[]).mail().flagged(seen),
        letter("g2", PIET, "Re: Who brings what on Saturday?", &["g1"]).mail(),
        letter("w1", "Build service <build@ci.example>", "[postern] Run 1482 failed: tests on main", &[]).mail(),
        letter("k1", "田中 健二 <kenji@t.example>", "来週の打ち合わせについて", &[]).mail().flagged(seen),
        letter("h1", MARTA, "Rehearsal moved to Thursday", &[]).mail().flagged(seen),
        letter("h2", PIET, "Re: Rehearsal moved to Thursday", &["h1"]).mail().flagged(seen),
        letter("h3", "Anders Lund <anders@lund.example>", "Re: Rehearsal moved to Thursday", &["h1"]).mail().flagged(seen),
        letter("h4", "Sofia Marchetti <sofia@m.example>", "Re: Rehearsal moved to Thursday", &["h1", "h2"]).mail(),
        pictured(),
    ];
    let answer = letter("h3a", ANN, "Re: Rehearsal moved to Thursday", &["h1", "h3"]);
    let sent = vec![answer.mail().flagged(&["\\Seen", "\\Flagged"])];
    let plan = Site::new().mails("ann", "INBOX", mails);
    plan.mails("ann", "Sent", sent).dovecot(SENT)
}

/// An answer with an image from elsewhere.
fn pictured() -> Mail {
    Mail::written(&format!(
        "From: {MARTA}\nTo: Ann <ann@example.org>\nSubject: Re: Rehearsal moved to Thursday\nDate: 10 Nov 2026 10:00:00 +0000\n\
         Message-ID: <h5>\nReferences: <h1> <h2> <h4>\nContent-Type: text/html; charset=utf-8\n\n\
         <p>Thursday at seven it is, in the small hall.<p><img src=\"http://o.example/hall.png\" width=300 height=200>\n"
    ))
}

/// A browser's tab that is signed in, at a mailbox in which one conversation is muted.
fn tab_at(site: &Site, chromium: &Chromium) -> Tab {
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    let found = other.run("UID SEARCH SUBJECT Saturday").concat();
    let uid = found.split(' ').find(|word| word.parse::<u32>().is_ok());
    other.run(&format!("UID STORE {} +FLAGS ($Muted)", uid.expect("one")));
    let tab = chromium.tab();
    type_sign_in(site, &tab);
    tab
}

/// The addresses of the grouped list and of its first conversation.
fn addresses(site: &Site) -> (String, String) {
    let list = site.sign_in("ann").get("/folder?f=INBOX&group=1");
    let talk = &list.attributes_of(".row > a", "href")[0];
    (
        format!("{}/folder?f=INBOX&group=1", site.url()),
        format!("http://{}{talk}", site.apache().address()),
    )
}

#[test]
fn what_conversations_look_like() {
    let site = talked_in().start();
    let chromium = Chromium::start();
    let tab = tab_at(&site, &chromium);
    let (list, talk) = addresses(&site);
    pictures(&tab, "grouped", &list);
    pictures(&tab, "conversation", &talk);
    for (window, width, height, phone) in [("1440", 1440, 900, false), ("390", 390, 844, true)] {
        tab.viewport(width, height, 1.0, phone);
        for (scheme, mode) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
            tab.prefer(scheme);
            tab.open(&talk);
            tab.click("details.letter .small summary");
            tab.screenshot(&format!("conversation-more-{window}-{mode}"));
            tab.open(&list);
            tab.click(".row:nth-child(2) .tick");
            tab.click(".bulk summary");
            tab.screenshot(&format!("grouped-more-{window}-{mode}"));
        }
    }
}

#[test]
fn conversations_can_be_read_and_used_by_everybody() {
    let site = talked_in().start();
    let chromium = Chromium::start();
    let tab = tab_at(&site, &chromium);
    let (list, talk) = addresses(&site);
    let mut wrong = Vec::new();
    for (width, phone) in [(1440, false), (1000, false), (390, true)] {
        tab.viewport(width, 844, 1.0, phone);
        for (name, url) in [("list", &list), ("conversation", &talk)] {
            tab.open(url);
            for scheme in [Scheme::Light, Scheme::Dark] {
                tab.prefer(scheme);
                wrong.extend(unclear(&tab, &format!("{name} at {width}, {scheme:?}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // What the Tab key leads through inside the conversation: a message that is folded, then those that are not, each with
    // its fold, its star, its menu.
    tab.viewport(1440, 900, 1.0, false);
    tab.open(&talk);
    tab.evaluate("document.querySelector('#acts summary').focus()");
    let mut way = Vec::new();
    for _ in 0..30 {
        tab.press("Tab");
        let here = tab.evaluate(
            "(e => { const inside = e.closest('.talk'); if (!inside) return 'outside'; \
             const ring = getComputedStyle(e); const after = getComputedStyle(e, '::after'); \
             const seen = [ring, after].some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2); \
             const what = e.localName === 'summary' ? (e.closest('.drop') ? 'more' : e.closest('.addr') ? 'details' : 'fold') \
               : e.matches('.letter') ? 'folded' : e.name === 'act' ? e.value : e.localName; \
             return (seen ? '' : 'unseen ') + what; })(document.activeElement)",
        );
        way.push(here.as_str().unwrap_or_default().to_owned());
    }
    let inside: Vec<&str> = way
        .iter()
        .map(String::as_str)
        .skip_while(|one| *one == "outside")
        .collect();
    assert_eq!(inside[..3], ["folded", "folded", "folded"], "{way:?}");
    let first = inside
        .iter()
        .position(|one| *one == "fold")
        .expect("a fold");
    assert_eq!(
        inside[first..first + 4],
        ["fold", "star", "more", "details"],
        "{way:?}"
    );
    // Inside a frame the browser itself shows nothing until there is a link in it.
    let is_unseen = |one: &&String| one.starts_with("unseen") && *one != "unseen iframe";
    assert!(!way.iter().any(|one| is_unseen(&one)), "{way:?}");
}
