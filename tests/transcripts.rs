//! The whole visit, in the words of other servers: a real one without extensions (pymap), and a scripted one for each
//! transcript. What a visitor sees has to be the same whoever runs the mail.

use crate::support::imap_script::{ImapScript, Mischief};
use crate::support::pymap::{self, Pymap};
use crate::support::site::Site;
use crate::support::transcript::{TRANSCRIPTS, Transcript};
use crate::support::visitor::Visitor;

/// Signs in, opens every folder, every message of the INBOX, and everything that is attached; how many messages.
fn visit(ann: &Visitor, server: &str) -> usize {
    let list = ann.get("/");
    list.has_status(200).shows("Inbox");
    let folders = list.attributes_of(".folders a.line", "href");
    list.expect(!folders.is_empty(), || format!("{server}: no folders"));
    for folder in &folders {
        ann.get(folder).has_status(200);
    }
    let rows = list.attributes_of(".row > a", "href");
    for row in &rows {
        let message = ann.get(row);
        message.has_status(200);
        let has_body = message.text_of(".typed, iframe, article p.hint").is_some();
        message.expect(has_body, || format!("{server}: nothing to read"));
        for frame in message.attributes_of("iframe", "src") {
            ann.get_once(&frame).has_status(200);
        }
        for part in message.attributes_of(".file a", "href") {
            let part = ann.get_once(&part);
            part.has_status(200);
            part.expect(!part.body().is_empty(), || format!("{server}: empty"));
        }
        let source = message.click_once("Download message");
        source.has_status(200);
        // Once more, and the server is not asked.
        let again = ann.get(row);
        assert_eq!(
            again.server_timing("imap").numbers()[0],
            0,
            "{server}: {}",
            again.report("a connection for what was seen already")
        );
    }
    rows.len()
}

#[test]
fn a_server_without_extensions_serves_the_whole_visit() {
    let server = Pymap::start();
    let site = Site::new().imap_at(server.address()).start();
    let demo = site.sign_in_with(pymap::LOGIN, pymap::PASSWORD);
    assert!(visit(&demo, "pymap") > 0);
}

#[test]
fn six_servers_serve_the_whole_visit_in_their_own_words() {
    for name in TRANSCRIPTS {
        let server = ImapScript::start(name, Mischief::Honest);
        let site = Site::new().imap_at(server.address()).start();
        let ann = site.sign_in("ann");
        let seen = visit(&ann, name);
        assert_eq!(seen, Transcript::named(name).uids().len(), "{name}");
    }
}
