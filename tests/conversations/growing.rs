//! Conversations that change step by step are those that somebody finds who looks at the folder for the first time.

use super::{ARCHIVE, Letter, MARTA, PIET, letters, rows};
use crate::support::page::Page;
use crate::support::random::Random;
use crate::support::site::Site;

/// The rows as somebody sees them who has never looked before.
fn anew(site: &Site) -> Vec<String> {
    let other = Site::new().imap_at(site.dovecot().address()).start();
    rows(&other.sign_in("ann").get("/folder?f=INBOX&group=1"))
}

#[test]
fn rule_18_conversations_that_grow_and_shrink_are_those_that_are_found_anew() {
    let site = Site::new()
        .mails("ann", "INBOX", letters())
        .dovecot(ARCHIVE)
        .start();
    let mut numbers = Random::seeded(7);
    let mut below = |bound: usize| {
        let bound = u64::try_from(bound).expect("few");
        usize::try_from(numbers.below(bound)).expect("few")
    };
    let ann = site.sign_in("ann");
    let look = |compare| {
        let compare = if compare { "&compare=1" } else { "" };
        ann.get(&format!("/folder?f=INBOX&group=1{compare}"))
    };
    let mut page: Page = look(false);
    let mut ids: Vec<String> = ["h1", "h2", "h3", "k1", "k2", "roof"]
        .map(str::to_owned)
        .into();
    for round in 0..12 {
        for n in 0..below(4) {
            let id = format!("r{round}.{n}");
            let named = |at: usize| ids.get(at).map(String::as_str).unwrap_or("never-came");
            // A message that was never there is named by some, too.
            let (one, other) = (below(ids.len() + 1), below(ids.len() + 1));
            let both = [named(one), named(other)];
            let references = &both[..below(3)];
            let letter = Letter {
                id: &id,
                from: if n == 0 { MARTA } else { PIET },
                subject: "Re: The hall",
                references,
            };
            site.deliver("ann", &letter.mail());
            ids.push(id.clone());
        }
        let lines = page.attributes_of(".row .tick", "value");
        match below(4) {
            0 => {
                let mut other = site.other_client("ann");
                other.run("SELECT INBOX");
                let gone = 1 + below(lines.len());
                other.run(&format!("STORE {gone} +FLAGS (\\Deleted)"));
                other.run("EXPUNGE");
            }
            1 if lines.len() > 3 => {
                let at = below(lines.len());
                page.form("rows")
                    .tick("u", &lines[at])
                    .press("act", "archive");
            }
            _ => {}
        }
        page = look(true);
        let (seen, expected) = (rows(&page), anew(&site));
        page.expect(seen == expected, || {
            format!("round {round}: {seen:?} are not {expected:?}")
        });
        // What nobody asked about is shown from the cache.
        assert_eq!(rows(&look(false)), expected);
    }
}

#[test]
fn rule_18_a_conversation_falls_apart_when_the_message_goes_that_held_it_together() {
    let letter = |id, references| {
        let letter = Letter {
            id,
            from: MARTA,
            subject: "The hall",
            references,
        };
        letter.mail()
    };
    let mails = vec![letter("a", &[]), letter("c", &[]), letter("b", &["a", "c"])];
    let site = Site::new()
        .mails("ann", "INBOX", mails)
        .dovecot(ARCHIVE)
        .start();
    let ann = site.sign_in("ann");
    assert_eq!(rows(&ann.get("/folder?f=INBOX&group=1")).len(), 1);
    let mut other = site.other_client("ann");
    other.run("SELECT INBOX");
    other.run("STORE 3 +FLAGS (\\Deleted)");
    other.run("EXPUNGE");
    let seen = rows(&ann.get("/folder?f=INBOX&group=1&compare=1"));
    assert_eq!((seen.len(), &seen), (2, &anew(&site)));
}
