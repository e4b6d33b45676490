//! Conversations on servers that neither sort nor group: pymap as it runs, the others in their own words.

use super::{Letter, MARTA, PIET, folded, rows, unfolded};
use crate::support::client::MailClient;
use crate::support::imap_script::{ImapScript, Mischief};
use crate::support::pymap::{self, Pymap};
use crate::support::site::Site;
use crate::support::transcript::{TRANSCRIPTS, Transcript};

/// Letters about the hall: what Marta wrote, and answers to it.
fn letter(id: &'static str, references: &'static [&'static str]) -> Letter<'static> {
    let (from, subject) = match references {
        [] => (MARTA, "The hall"),
        _ => (PIET, "Re: The hall"),
    };
    Letter {
        id,
        from,
        subject,
        references,
    }
}

#[test]
fn rule_18_a_server_without_extensions_has_conversations_and_what_is_done_with_them() {
    let server = Pymap::start();
    let mut client = MailClient::connect(server.address(), pymap::LOGIN, pymap::PASSWORD);
    for letter in [letter("h1", &[]), letter("h2", &["h1"])] {
        client.append("INBOX", &letter.mail().flagged(&["\\Seen"]));
    }
    client.append(
        "Sent",
        &letter("h2a", &["h1", "h2"]).mail().flagged(&["\\Seen"]),
    );
    let site = Site::new().imap_at(server.address()).start();
    let demo = site.sign_in_with(pymap::LOGIN, pymap::PASSWORD);
    let list = demo.get("/folder?f=INBOX&group=1");
    assert_eq!(rows(&list)[0], "Marta, Piet 2 Re: The hall");
    let before = rows(&list).len();
    let talk = list.open_nth(".row > a", 0);
    assert_eq!(unfolded(&talk).len() + folded(&talk).len(), 3);
    client.append("INBOX", &letter("h3", &["h1", "h2"]).mail());
    let now = demo.get("/folder?f=INBOX&group=1&compare=1");
    assert_eq!(rows(&now)[0], "Marta, Piet 3 Re: The hall");
    let uid = &now.attributes_of(".row .tick", "value")[0];
    let rows_form = now.form("rows").tick("u", uid).smuggle("to", "Sent");
    let gone = rows_form.press("act", "move");
    gone.shows("3 messages moved to");
    assert_eq!(rows(&gone).len(), before - 1);
    let sent = demo.get("/folder?f=Sent&group=1&compare=1");
    assert_eq!(rows(&sent)[0], "To Ann 4 Re: The hall");
}

#[test]
fn rule_18_six_servers_are_grouped_in_their_own_words() {
    for name in TRANSCRIPTS {
        let server = ImapScript::start(name, Mischief::Honest);
        let site = Site::new().imap_at(server.address()).start();
        let ann = site.sign_in("ann");
        let list = ann.get("/folder?f=INBOX&group=1");
        list.has_status(200);
        let count = list.texts_of(".list .count").concat();
        assert!(count.contains("conversation"), "{name}: {count}");
        let lines = list.attributes_of(".row > a", "href");
        let all = Transcript::named(name).uids().len();
        assert!(
            (1..=all).contains(&lines.len()),
            "{name}: {} of {all}",
            lines.len()
        );
        for line in lines {
            ann.get(&line).has_status(200);
        }
        let again = ann.get("/folder?f=INBOX&group=1");
        assert_eq!(again.server_timing("imap").numbers()[0], 0, "{name}");
    }
}
