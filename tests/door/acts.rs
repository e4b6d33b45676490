//! Acting on a real Dovecot: messages put into folders out of files, copied, moved, marked and removed; several folders in
//! one flight.

use std::fs::{self, File};
use std::time::Duration;

use postern::config::ImapServer;
use postern::error::{Error, GoneKind};
use postern::mail::{Flags, FolderName, ModSeq, Role, Uid};
use postern::remote::{
    Access, Append, Capabilities, Content, Criteria, Flight, Found, Handle, OpenFolder, Plan,
    Remote, StoreFlags, UidSet,
};
use postern::time::Deadline;

use super::{account, server};
use crate::support::dovecot::{self, Dovecot};
use crate::support::mails::{self, Mail};
use crate::support::place::Place;

const ANN: &str = "ann@example.org";

/// A Dovecot with one user, who has six mails in INBOX; further lines of its configuration.
fn dovecot(place: &Place, extra: &str) -> (Dovecot, ImapServer) {
    let plan = dovecot::Plan {
        users: vec![(ANN.to_owned(), "open sesame".to_owned())],
        extra: extra.to_owned(),
        ..dovecot::Plan::default()
    };
    let dovecot = Dovecot::start(place, &plan);
    dovecot.fill(ANN, "INBOX", &mails::generated(6));
    let server = server(dovecot.address().port());
    (dovecot, server)
}

fn remote(server: &ImapServer) -> Remote<'_> {
    let deadline = Deadline::after(Duration::from_secs(60));
    Remote::new(account(server), None, deadline)
}

/// One flight of whatever is asked.
fn fly<T>(remote: &mut Remote, ask: impl FnOnce(&mut Plan) -> T) -> (Flight, T) {
    let mut plan = Plan::new();
    let asked = ask(&mut plan);
    (remote.fly(plan).expect("a flight"), asked)
}

fn folder(name: &str) -> FolderName {
    FolderName::new(name).expect("a name")
}

fn uids(numbers: &[u32]) -> UidSet {
    numbers.iter().filter_map(|n| Uid::new(*n)).collect()
}

/// Opens a folder for change, with QRESYNC; when it was changed last.
fn open(remote: &mut Remote, name: &str) -> ModSeq {
    let (flight, open) = fly(remote, |plan| {
        plan.enable(&["QRESYNC"]);
        plan.open(&folder(name), Access::Change, None)
    });
    let open = remote.require_open(&flight, open).expect("a folder");
    open.modseq.expect("CONDSTORE")
}

fn append(folder: &FolderName, content: Content) -> Append {
    Append {
        folder: folder.clone(),
        flags: Flags::SEEN.with(&Flags::read([&b"$label1"[..]])),
        arrived: Some(1_793_764_020),
        content,
    }
}

/// Where the child finds its server, and the file that it sends.
const CHILD: [&str; 2] = ["POSTERN_DOOR_APPEND_PORT", "POSTERN_DOOR_APPEND_FILE"];

#[test]
#[ignore = "the test of a large file runs it, in a process of its own"]
fn child_that_sends_a_large_file() {
    let [port, path] = CHILD.map(|name| std::env::var(name).expect("run by its test"));
    let server = server(port.parse().expect("a port"));
    let mut remote = remote(&server);
    remote.ready().expect("signed in");
    let before = peak();
    let file = File::open(&path).expect("the file");
    let len = file.metadata().expect("its size").len();
    let from = Box::new(file);
    let (flight, kept) = fly(&mut remote, |plan| {
        plan.append(append(&folder("Sent"), Content::File { from, len }))
    });
    flight.require(kept).expect("kept");
    let at = flight
        .get(kept)
        .and_then(|kept| kept.at)
        .expect("APPENDUID");
    println!("kept as {}, grown by {} kB", at.1.get(), peak() - before);
}

fn peak() -> u32 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let peak = peak.expect("a peak").trim().trim_end_matches(" kB");
    peak.parse().expect("a number")
}

#[test]
fn a_message_of_20_mb_goes_from_its_file_with_little_memory() {
    let line = b"X-Line: 0123456789 0123456789 0123456789\r\n";
    let text = line.repeat(500_000);
    // As it comes, and without LITERAL+.
    for extra in ["", "imap_capability = IMAP4rev1 UIDPLUS"] {
        let place = Place::new("door");
        let (dovecot, _) = dovecot(&place, extra);
        let path = place.write("message.eml", &text);
        let (_, module) = module_path!().split_once("::").expect("below the crate");
        let child_test = format!("{module}::child_that_sends_a_large_file");
        let child = std::process::Command::new(std::env::current_exe().expect("a test binary"))
            .args(["--exact", &child_test, "--ignored", "--nocapture"])
            .env(CHILD[0], dovecot.address().port().to_string())
            .env(CHILD[1], &path)
            .output()
            .expect("a child");
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        let grown = said.split_once("kept as 1, grown by ").expect(&said).1;
        let grown = grown
            .split(' ')
            .next()
            .and_then(|kb| kb.parse::<u32>().ok());
        assert!(grown.is_some_and(|kb| kb < 2 * 1024), "{said}");
        let mut client = dovecot.client(ANN);
        client.run("EXAMINE Sent");
        let row = client
            .run("UID FETCH 1 (RFC822.SIZE INTERNALDATE FLAGS)")
            .concat();
        assert!(
            row.contains(&format!("RFC822.SIZE {}", text.len())),
            "{row}"
        );
        for said in ["\\Seen", "$label1", "\"04-Nov-2026 03:47:00 +0000\""] {
            assert!(row.contains(said), "{row}");
        }
    }
}

#[test]
fn dovecot_refuses_before_the_message_is_sent() {
    let quota = "mail_plugins = quota\nprotocol imap {\n  mail_plugins = quota imap_quota\n}\n\
                 plugin {\n  quota = maildir:User quota\n  quota_rule = *:storage=1M\n}";
    let place = Place::new("door");
    let (_dovecot, server) = dovecot(&place, quota);
    let mut remote = remote(&server);
    for (name, error) in [
        ("Sent", Error::OverQuota),
        ("Nosuch", Error::Gone(GoneKind::Folder)),
    ] {
        // A file that must not be read: reading it would end the connection.
        let content = Content::File {
            from: Box::new(std::io::empty()),
            len: 20_000_000,
        };
        let (flight, kept) = fly(&mut remote, |plan| {
            plan.append(append(&folder(name), content))
        });
        assert_eq!(flight.require(kept), Err(error), "{:?}", flight.end(kept));
    }
    let (flight, kept) = fly(&mut remote, |plan| {
        let content = Content::Bytes(b"Subject: small\r\n\r\nText.\r\n".to_vec());
        plan.append(append(&folder("Sent"), content))
    });
    flight
        .require(kept)
        .expect("the connection lives, and there is room for this");
    assert_eq!(remote.cost().connections, 1);
}

#[test]
fn what_is_copied_moved_marked_and_removed_is_told() {
    let place = Place::new("door");
    let (dovecot, server) = dovecot(&place, "");
    let mut remote = remote(&server);
    let archive = folder("Archive &- Entwürfe");
    let (flight, (made, subscribed)) = fly(&mut remote, |plan| {
        let made = plan.create(&archive, Some(Role::Archive));
        (made, plan.subscribe(&archive))
    });
    assert!(
        flight.is_ok(made) && flight.is_ok(subscribed),
        "{:?}",
        flight.end(made)
    );
    let since = open(&mut remote, "INBOX");

    // A copy, of which one message does not exist.
    let (flight, copy) = fly(&mut remote, |plan| plan.copy(uids(&[1, 3, 99]), &archive));
    let pairs = |flight: &Flight, copy| {
        let copied: Option<&postern::remote::Copied> = flight.get(copy);
        let pairs = copied.map(|copied| copied.pairs().take(10).collect::<Vec<_>>());
        let number = |(one, other): (Uid, Uid)| (one.get(), other.get());
        pairs
            .unwrap_or_default()
            .into_iter()
            .map(number)
            .collect::<Vec<_>>()
    };
    assert_eq!(pairs(&flight, copy), [(1, 1), (3, 2)]);
    let (flight, copy) = fly(&mut remote, |plan| plan.copy(uids(&[99]), &archive));
    assert!(
        flight.is_ok(copy) && flight.get(copy).is_none(),
        "OK, and nothing was copied"
    );
    let (flight, copy) = fly(&mut remote, |plan| plan.copy(uids(&[1]), &folder("Nosuch")));
    assert_eq!(flight.require(copy), Err(Error::Gone(GoneKind::Folder)));

    // A move.
    let (flight, moved) = fly(&mut remote, |plan| {
        plan.move_to(uids(&[2, 4, 98]), &archive)
    });
    assert_eq!(pairs(&flight, moved), [(2, 3), (4, 4)]);
    let gone = flight.folder(moved).map(|f| f.vanished.clone());
    assert_eq!(gone, Some(uids(&[2, 4])));

    // Marks, as long as nobody was faster.
    let mut other = dovecot.client(ANN);
    other.run("SELECT INBOX");
    other.run("UID STORE 6 +FLAGS (\\Flagged)");
    let (flight, stored) = fly(&mut remote, |plan| {
        plan.store(StoreFlags {
            uids: uids(&[5, 6]),
            add: true,
            flags: Flags::DELETED,
            unchanged_since: Some(since),
            tell: true,
        })
    });
    assert_eq!(
        flight.get(stored).map(|s| s.modified.clone()),
        Some(uids(&[6]))
    );
    let folder_now = flight.folder(stored).expect("a folder");
    let flags = |n| {
        let message = folder_now.messages.get(&Uid::new(n).expect("a UID"));
        message.and_then(|m| m.flags.clone()).unwrap_or_default()
    };
    assert!(flags(5).has(&Flags::DELETED) && !flags(6).has(&Flags::DELETED));
    assert!(folder_now.permanent.is_none(), "said when it is opened");

    // What is not named stays, though it is marked.
    other.run("UID STORE 1 +FLAGS (\\Deleted)");
    let (flight, expunged) = fly(&mut remote, |plan| plan.expunge(uids(&[5, 6])));
    assert_eq!(
        flight.folder(expunged).map(|f| f.vanished.clone()),
        Some(uids(&[5]))
    );

    let new = folder("Old and \"new\"");
    let (flight, done) = fly(&mut remote, |plan| {
        let renamed = plan.rename(&archive, &new);
        let unsubscribed = plan.unsubscribe(&archive);
        (renamed, unsubscribed, plan.delete(&new), plan.delete(&new))
    });
    assert!(flight.is_ok(done.0) && flight.is_ok(done.1) && flight.is_ok(done.2));
    assert_eq!(flight.require(done.3), Err(Error::Gone(GoneKind::Folder)));

    let (flight, open) = fly(&mut remote, |plan| {
        plan.open(&folder("INBOX"), Access::Change, None)
    });
    let open = flight.get(open).expect("a folder");
    let permanent = open.permanent.as_ref().expect("PERMANENTFLAGS");
    assert!(permanent.any_keyword && permanent.flags.has(&Flags::DELETED));
    assert_eq!(open.exists, Some(3));
}

/// What a flight says of a folder: how many, what a search found, and the subjects of its messages.
fn seen(
    flight: &Flight,
    (open, found): (Handle<OpenFolder>, Handle<Found>),
) -> (Option<u32>, u64, Vec<String>) {
    let folder = flight.get(open).expect("a folder");
    let subjects = folder.messages.values().map(|message| {
        let header = message.header.as_deref().unwrap_or_default();
        let header = String::from_utf8_lossy(header).into_owned();
        let subject = header
            .lines()
            .find_map(|line| line.strip_prefix("Subject: "));
        subject.unwrap_or_default().to_owned()
    });
    let found = flight.get(found).map_or(0, |found| found.uids.len());
    (folder.exists, found, subjects.collect())
}

#[test]
fn several_folders_in_one_flight_say_what_each_says_alone() {
    let mails = |name: &str, count: usize| -> Vec<Mail> {
        let mail = |n| Mail::plain("Ada <ada@example.org>", &format!("{name} {n}"), "Text.");
        (1..=count).map(mail).collect()
    };
    // With ESEARCH and QRESYNC (CLOSED), and in the words of a server that has neither.
    for extra in ["", "imap_capability = IMAP4rev1"] {
        let place = Place::new("door");
        let (dovecot, server) = dovecot(&place, extra);
        let names = ["One", "Nosuch", "Two", "Three"];
        for (name, count) in [("One", 90), ("Two", 30), ("Three", 1)] {
            dovecot.fill(ANN, name, &mails(name, count));
        }
        let ask = |plan: &mut Plan, name: &str| {
            let open = plan.open(&folder(name), Access::Read, None);
            let found = plan.search(Criteria::All);
            plan.fetch_rows(UidSet::all(), false);
            (open, found)
        };
        let alone = names.map(|name| {
            let mut remote = remote(&server);
            let (flight, asked) = fly(&mut remote, |plan| ask(plan, name));
            seen(&flight, asked)
        });
        let mut remote = remote(&server);
        let plus = |able: &Capabilities| able.has("QRESYNC");
        assert_eq!(plus(remote.ready().expect("signed in")), extra.is_empty());
        for again in [false, true] {
            let before = remote.cost().flights;
            let (flight, asked) = fly(&mut remote, |plan| {
                plan.enable(&["QRESYNC"]);
                names.map(|name| ask(plan, name))
            });
            let together = asked.map(|asked| seen(&flight, asked));
            assert_eq!(together, alone, "{extra} {again}");
            assert_eq!(remote.cost().flights - before, 1);
        }
        assert_eq!(alone[0].2.len(), 90);
        assert_eq!(alone[1], (None, 0, Vec::new()));
        assert_eq!(alone[3].2, ["Three 1"]);
    }
}
