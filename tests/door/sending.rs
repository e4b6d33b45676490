//! What goes out, byte by byte: literals that wait and literals that do not, files, refusals before a literal is sent, and
//! files that cannot be read to their end.

use std::cell::RefCell;
use std::io::{self, Cursor, Read};
use std::rc::Rc;
use std::time::Duration;

use postern::config::ImapServer;
use postern::error::{Error, GoneKind, Imap};
use postern::mail::{Flags, FolderName, Uid, UidValidity};
use postern::remote::{Access, Append, Capabilities, Content, Plan, Remote, UidSet};
use postern::time::Deadline;

use super::script::Script;
use super::{account, server};

/// A remote that is signed in at a script, and what it has written that no step took yet.
fn scripted<'s>(
    server: &'s ImapServer,
    able: &str,
    steps: &[(&[u8], &[u8])],
) -> (Remote<'s>, Rc<RefCell<Vec<u8>>>) {
    let login = b"a1 LOGIN \"ann@example.org\" \"open sesame\"\r\n";
    let sign_in: [(&[u8], &[u8]); 2] = [(b"", b"* OK ready\r\n"), (login, b"a1 OK in\r\n")];
    let (script, written) = Script::of(&[&sign_in, steps].concat());
    let known = Some(Capabilities::parse(able.as_bytes()));
    let deadline = Deadline::after(Duration::from_secs(20));
    let mut remote = Remote::new(account(server), known, deadline);
    remote.ready_over(Box::new(script)).expect("signed in");
    (remote, written)
}

fn folder(name: &str) -> FolderName {
    FolderName::new(name).expect("a name")
}

fn append(content: Content) -> Append {
    Append {
        folder: folder("Sent"),
        flags: Flags::SEEN,
        arrived: Some(0),
        content,
    }
}

fn bytes(text: &str) -> Content {
    Content::Bytes(text.as_bytes().to_vec())
}

fn file(from: impl Read + 'static, len: u64) -> Content {
    let from = Box::new(from);
    Content::File { from, len }
}

const HEAD: &str = "APPEND \"Sent\" (\\Seen) \" 1-Jan-1970 00:00:00 +0000\"";

#[test]
fn a_message_waits_for_a_server_that_wants_to_be_asked() {
    for content in [bytes("hello"), file(Cursor::new("hello and more"), 5)] {
        let server = server(1);
        let announced = format!("a2 {HEAD} {{5}}\r\n");
        let (mut remote, _) = scripted(
            &server,
            "IMAP4rev1 UIDPLUS",
            &[
                (announced.as_bytes(), b"* 3 EXISTS\r\n+ go on\r\n"),
                (
                    b"hello\r\n",
                    b"* 4 EXISTS\r\na2 OK [APPENDUID 7 9] kept\r\n",
                ),
                (b"a3 NOOP\r\n", b"a3 OK done\r\n"),
            ],
        );
        let mut plan = Plan::new();
        let kept = plan.append(append(content));
        let noop = plan.noop();
        let flight = remote.fly(plan).expect("a flight");
        assert!(flight.is_ok(kept) && flight.is_ok(noop));
        let at = flight.get(kept).and_then(|kept| kept.at);
        assert_eq!(at, Some((UidValidity(7), Uid::new(9).expect("a UID"))));
        assert_eq!(flight.folder(kept).and_then(|f| f.exists), Some(4));
    }
}

#[test]
fn a_message_goes_at_once_where_the_server_lets_it() {
    let server = server(1);
    let first = format!("a2 NOOP\r\na3 {HEAD} {{5+}}\r\nhello\r\na4 NOOP\r\n");
    let second = format!("a5 {HEAD} {{5+}}\r\nhello\r\n");
    let (mut remote, _) = scripted(
        &server,
        "IMAP4rev1 LITERAL+",
        &[
            (first.as_bytes(), b"a2 OK\r\na3 OK done\r\na4 OK done\r\n"),
            // A file is alone in its write.
            (second.as_bytes(), b"a5 OK done\r\n"),
        ],
    );
    let mut plan = Plan::new();
    plan.noop();
    let kept = plan.append(append(bytes("hello")));
    plan.noop();
    assert!(remote.fly(plan).expect("a flight").is_ok(kept));
    let mut plan = Plan::new();
    let kept = plan.append(append(file(Cursor::new("hello"), 5)));
    assert!(remote.fly(plan).expect("a flight").is_ok(kept));
}

#[test]
fn a_refusal_comes_before_the_literal_and_the_connection_lives() {
    let long = 100_000;
    for (able, says, error) in [
        (
            "IMAP4rev1",
            "a2 NO [TRYCREATE] none\r\n",
            Error::Gone(GoneKind::Folder),
        ),
        ("IMAP4rev1", "a2 NO [OVERQUOTA] full\r\n", Error::OverQuota),
        // Of a long one it is worth asking, though it would be taken unasked.
        (
            "IMAP4rev1 LITERAL+",
            "a2 NO [OVERQUOTA] full\r\n",
            Error::OverQuota,
        ),
    ] {
        let server = server(1);
        let announced = format!("a2 {HEAD} {{{long}}}\r\n");
        let (mut remote, _) = scripted(
            &server,
            able,
            &[
                (announced.as_bytes(), says.as_bytes()),
                (b"a3 NOOP\r\n", b"a3 OK done\r\n"),
            ],
        );
        let mut plan = Plan::new();
        let kept = plan.append(append(file(io::repeat(b'x'), long)));
        let noop = plan.noop();
        let flight = remote.fly(plan).expect("a flight");
        assert_eq!(flight.require(kept), Err(error));
        assert!(flight.is_ok(noop) && flight.get(kept).is_none());
    }
}

/// Gives some bytes, then fails.
struct Failing(Cursor<&'static [u8]>);

impl Read for Failing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(io::Error::other("the disk is gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_cuts_the_connection() {
    let text: &[u8] = b"From: a\r\n";
    let broken: [(Content, &str); 2] = [
        (file(Cursor::new(text), 20), "unexpected end of file"),
        (file(Failing(Cursor::new(text)), 20), "the disk is gone"),
    ];
    for (content, why) in broken {
        let server = server(1);
        let (mut remote, written) = scripted(&server, "IMAP4rev1 LITERAL+", &[]);
        let mut plan = Plan::new();
        plan.append(append(content));
        let error = remote.fly(plan).expect_err("an error");
        assert!(
            matches!(&error, Error::Internal(cause) if cause.0.contains(why)),
            "{error:?}"
        );
        let mut plan = Plan::new();
        plan.noop();
        assert_eq!(
            remote.fly(plan).err(),
            Some(error),
            "the connection is over"
        );
        drop(remote);
        // Neither the end of the literal, nor another command, nor a goodbye: all would be taken for the message.
        let said = format!("a2 {HEAD} {{20+}}\r\nFrom: a\r\n");
        assert_eq!(String::from_utf8_lossy(&written.borrow()), said);
    }
}

#[test]
fn nothing_that_removes_flies_with_the_copy_that_it_depends_on() {
    let uids = || UidSet::from_iter(Uid::new(3));
    let to = folder("Archive");
    type Asks = Box<dyn Fn(&mut Plan)>;
    let copies: [Asks; 2] = [
        Box::new(move |plan| _ = plan.copy(uids(), &to)),
        Box::new(|plan| _ = plan.append(append(bytes("hello")))),
    ];
    let removals: [Asks; 3] = [
        Box::new(move |plan| _ = plan.add_flags(uids(), Flags::SEEN.with(&Flags::DELETED))),
        Box::new(move |plan| _ = plan.expunge(uids())),
        Box::new(|plan| _ = plan.delete(&folder("Old"))),
    ];
    let server = server(1);
    let (mut remote, written) = scripted(&server, "IMAP4rev1", &[]);
    let mut refused = |asks: &[&Asks]| {
        let mut plan = Plan::new();
        asks.iter().for_each(|ask| ask(&mut plan));
        let error = remote.fly(plan).err();
        assert!(matches!(error, Some(Error::Internal(_))), "{error:?}");
    };
    for copy in &copies {
        for removal in &removals {
            refused(&[copy, removal]);
            refused(&[removal, copy]);
        }
    }
    // UIDs mean something only when it is known which folder was opened.
    let open: Asks = Box::new(|plan| _ = plan.open(&folder("Old"), Access::Change, None));
    for change in [&copies[0], &removals[0], &removals[1]] {
        refused(&[&open, change]);
    }
    assert!(written.borrow().is_empty(), "nothing was sent");
}

#[test]
fn what_the_server_said_before_it_hung_up_is_heard() {
    let server = server(1);
    let announced = format!("a2 {HEAD} {{5}}\r\n");
    let (mut remote, _) = scripted(
        &server,
        "IMAP4rev1",
        &[(announced.as_bytes(), b"* BYE too much\r\n")],
    );
    let mut plan = Plan::new();
    plan.append(append(bytes("hello")));
    let error = remote.fly(plan).err();
    assert!(
        matches!(&error, Some(Error::Imap(Imap::Goodbye(said), _)) if said.words() == Some("too much")),
        "{error:?}"
    );
}
