//! The door to IMAP, from outside: a visit in the words of six servers, sign-in and its refusals, flights. What others said
//! is in `replies`, servers that hang, cut and lie in `hostile`, what is sent in `sending`,
//! signing in at odd servers in `sign_in`, acting in `acts`.

mod acts;
mod hostile;
mod limited;
mod replies;
mod script;
mod sending;
mod sign_in;

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use postern::config::{ImapServer, Security};
use postern::error::{Error, GoneKind, Imap, Said};
use postern::mail::{Flags, FolderName, PartPath, Uid};
use postern::remote::structure::plain_name;
use postern::remote::uids::UidSet;
use postern::remote::{
    Access, Account, Announced, Capabilities, Criteria, Flight, Messages, OpenFolder, PIECE_BYTES,
    Plan, Remote, SectionKind, SortKey,
};
use postern::time::Deadline;

use crate::support::imap_script::{ImapScript, Mischief, When, content};
use crate::support::transcript::{TRANSCRIPTS, Transcript};

/// A server without a socket: greets, lets everybody in, and answers the next commands with the bytes of a file.
struct Player {
    file: Vec<u8>,
    written: Vec<u8>,
    out: Vec<u8>,
}

impl Player {
    fn of(file: &[u8]) -> Box<Player> {
        Box::new(Player {
            file: file.to_vec(),
            written: Vec::new(),
            out: b"* OK ready\r\n".to_vec(),
        })
    }

    /// The file, its tags replaced by those that were sent; ends that it lacks are added.
    fn answer(&mut self) -> Vec<u8> {
        let written = std::mem::take(&mut self.written);
        let text = String::from_utf8_lossy(&written).into_owned();
        let mut tags = text.lines().filter_map(|line| line.split(' ').next());
        if text.contains(" LOGIN ") {
            return format!("{} OK in\r\n", tags.next().expect("a tag")).into_bytes();
        }
        let mut out = Vec::new();
        let mut rest = self.file.as_slice();
        let first = text.split(' ').next().unwrap_or_default();
        while let Some(at) = rest.windows(MARK.len()).position(|w| w == MARK) {
            out.extend_from_slice(&rest[..at]);
            let ends = out.is_empty() || out.ends_with(b"\n");
            let tag = if ends {
                tags.next().expect("a command for each end")
            } else {
                first
            };
            out.extend_from_slice(tag.as_bytes());
            rest = &rest[at + MARK.len()..];
        }
        out.extend_from_slice(rest);
        if !out.is_empty() && !out.ends_with(b"\n") {
            out.extend_from_slice(b"\r\n");
        }
        for tag in tags {
            out.extend_from_slice(format!("{tag} OK done\r\n").as_bytes());
        }
        out
    }
}

/// What stands for a tag in the captured replies.
const MARK: &[u8] = b"A########";

impl Write for Player {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Player {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.out.is_empty() && !self.written.is_empty() {
            self.out = self.answer();
        }
        // In small steps, so that nothing depends on how the bytes arrive.
        let count = self.out.len().min(into.len()).min(61);
        into[..count].copy_from_slice(&self.out[..count]);
        self.out.drain(..count);
        Ok(count)
    }
}

fn server(port: u16) -> ImapServer {
    ImapServer {
        host: "127.0.0.1".to_owned(),
        port,
        security: Some(Security::None),
        ca_file: None,
        authserv_id: String::new(),
        send_client_address: false,
    }
}

fn account(server: &ImapServer) -> Account<'_> {
    Account {
        server,
        login: "ann@example.org",
        password: "open sesame",
        client: None,
    }
}

/// What a file was read to: a flight of commands whose answer is the folder, whatever the file says.
struct Played {
    flight: Flight,
    ok: Vec<bool>,
    folder: OpenFolder,
}

/// Plays a file to as many commands as it has ends.
fn play(file: &[u8]) -> Result<Played, Error> {
    let server = server(1);
    let known = Some(Capabilities::parse(b"IMAP4rev1"));
    let mut remote = Remote::new(
        account(&server),
        known,
        Deadline::after(Duration::from_secs(20)),
    );
    remote.ready_over(Player::of(file))?;
    let has = |word: &[u8]| {
        file.windows(word.len())
            .any(|w| w.eq_ignore_ascii_case(word))
    };
    let ends = file
        .split(|b| *b == b'\n')
        .filter(|line| line.starts_with(MARK))
        .count();
    let mut plan = Plan::new();
    let mut first = None;
    if has(b"* SORT") {
        first = Some(plan.sort(SortKey::Date, true, Criteria::All));
    } else if has(b"* SEARCH") {
        first = Some(plan.search(Criteria::All));
    }
    let others = ends.max(1) - usize::from(first.is_some());
    let noops: Vec<_> = (0..others).map(|_| plan.noop()).collect();
    let flight = remote.fly(plan)?;
    let mut ok: Vec<bool> = first.into_iter().map(|h| flight.is_ok(h)).collect();
    ok.extend(noops.iter().map(|h| flight.is_ok(*h)));
    let folder = match (first, noops.first()) {
        (Some(handle), _) => flight.folder(handle).cloned(),
        (None, handle) => flight.folder(*handle.expect("a command")).cloned(),
    };
    Ok(Played {
        folder: folder.expect("a folder"),
        flight,
        ok,
    })
}

/// What a first visit asks: folders, the newest of INBOX, one message, a long part; and marks it read.
struct Visit {
    folders: Vec<String>,
    uids: Vec<u32>,
    rows: Messages,
    part: Vec<u8>,
    flights: u32,
    cold: u32,
}

fn visit(port: u16, deadline: Deadline) -> Result<Visit, Error> {
    let server = server(port);
    let mut remote = Remote::new(account(&server), None, deadline);
    let able = remote.ready()?.clone();
    let mut plan = Plan::new();
    plan.enable(&["QRESYNC"]);
    plan.namespace();
    plan.list();
    plan.lsub();
    plan.quota(&FolderName::inbox());
    let open = plan.open(&FolderName::inbox(), Access::Read, None);
    let find = match able.has("SORT") {
        true => plan.sort(SortKey::Arrival, true, Criteria::All),
        false => plan.search(Criteria::All),
    };
    let first = remote.fly(plan)?;
    first.require(open)?;
    let found = first.get(find).map(|f| f.uids.to_set());
    let found = found.unwrap_or_default();
    let mut plan = Plan::new();
    let rows = plan.fetch_rows(found.clone(), false);
    let listed = &first.folders.listed;
    for folder in listed.iter().map(|f| &f.name) {
        if !first.folders.counts.contains_key(folder) {
            plan.status(folder);
        }
    }
    let mut second = remote.fly(plan)?;
    second.require(rows)?;
    let rows = second.take(rows).expect("rows");
    let cold = remote.cost().flights;
    let uid = found.iter().next().expect("a message");
    let text = PartPath::parse("1").expect("a path");
    let mut part = Vec::new();
    let announced = Announced {
        what: &SectionKind::Part(text),
        size: 0,
    };
    let size = remote.fetch_pieces(uid, announced, &mut |piece| {
        part.extend_from_slice(piece);
        Ok(())
    })?;
    assert_eq!(size, part.len() as u64);
    let mut plan = Plan::new();
    let store = plan.add_flags(UidSet::from_iter([uid]), Flags::SEEN);
    remote.fly(plan)?.require(store)?;
    Ok(Visit {
        folders: listed.iter().map(|f| f.name.as_wire().to_owned()).collect(),
        uids: found.iter().take(100).map(Uid::get).collect(),
        rows,
        part,
        flights: remote.cost().flights,
        cold,
    })
}

#[test]
fn a_first_visit_works_in_the_words_of_each_server() {
    for name in TRANSCRIPTS {
        let script = ImapScript::start(name, Mischief::Honest);
        let visit = visit(script.port(), Deadline::after(Duration::from_secs(20)))
            .unwrap_or_else(|e| panic!("{name}: {e:?} {:#?}", script.heard()));
        assert!(
            visit.folders.iter().any(|f| f == "INBOX"),
            "{name}: {:?}",
            visit.folders
        );
        let there: Vec<u32> = Transcript::named(name).uids();
        let asked = visit.uids.iter().filter(|uid| there.contains(uid)).count();
        assert!(
            asked > 0 && visit.rows.len() == asked,
            "{name}: {:?}",
            visit.uids
        );
        for (uid, message) in &visit.rows {
            let header = message.header.as_deref().unwrap_or_default();
            assert_eq!(header, content("HEADER", uid.get()), "{name} {uid:?}");
            assert!(
                message.flags.is_some() && message.size.is_some(),
                "{name} {uid:?}"
            );
            let parts = message.structure.as_ref().map(|s| s.parts(&plain_name));
            let listed = parts.is_some_and(|p| !p.is_empty());
            assert_ne!(listed, message.structure_refused, "{name} {uid:?}");
        }
        assert_eq!(visit.part, content("1", visit.uids[0]), "{name}");
        assert!(
            visit.part.len() > 2 * PIECE_BYTES as usize,
            "two pieces are not enough to tell"
        );
        // Sign-in and two; a server without extensions needs one more for its counts at the most.
        assert!(visit.cold <= 3, "{name}: {} flights", visit.cold);
        assert_eq!(
            visit.flights,
            visit.cold + 3,
            "{name}: two pairs of pieces and a STORE"
        );
        assert_eq!(script.connections(), 1, "{name}");
    }
}

#[test]
fn a_sign_in_is_alone_in_its_write_and_a_request_costs_one_connection() {
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Honest);
    let server = server(script.port());
    let mut remote = Remote::new(
        account(&server),
        None,
        Deadline::after(Duration::from_secs(20)),
    );
    assert_eq!(
        remote.cost().connections,
        0,
        "nothing is done before it is needed"
    );
    remote.ready().expect("signed in");
    remote.ready().expect("still signed in");
    let mut plan = Plan::new();
    plan.noop();
    plan.namespace();
    remote.fly(plan).expect("a flight");
    let cost = remote.cost();
    assert_eq!((cost.connections, cost.flights, cost.commands), (1, 2, 3));
    drop(remote);
    let mut heard = script.heard();
    let patience = Instant::now();
    while heard.len() < 4 && patience.elapsed() < Duration::from_secs(10) {
        std::thread::yield_now();
        heard = script.heard();
    }
    assert_eq!(heard, ["AUTHENTICATE", "NOOP", "NAMESPACE", "LOGOUT"]);
}

#[test]
fn a_folder_that_is_gone_is_told_from_a_server_that_fails() {
    for name in TRANSCRIPTS {
        let script = ImapScript::start(name, Mischief::Honest);
        let server = server(script.port());
        let deadline = Deadline::after(Duration::from_secs(20));
        let mut remote = Remote::new(account(&server), None, deadline);
        let mut plan = Plan::new();
        let nosuch = FolderName::new("nosuch").expect("a name");
        let open = plan.open(&nosuch, Access::Read, None);
        let noop = plan.noop();
        let flight = remote.fly(plan).expect("a flight");
        assert!(!flight.is_ok(open) && flight.is_ok(noop), "{name}");
        match remote.require_open(&flight, open) {
            Err(Error::Gone(GoneKind::Folder)) => {}
            // hoodiecrow says BAD, which could mean anything.
            Err(Error::Imap(Imap::Refused(_), _)) if name == "hoodiecrow-2.1.0" => {}
            other => panic!("{name}: {other:?} {:?}", flight.end(open)),
        }
    }
}

#[test]
fn an_extension_that_is_refused_can_be_forgotten() {
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Honest);
    let server = server(script.port());
    let deadline = Deadline::after(Duration::from_secs(20));
    let mut remote = Remote::new(account(&server), None, deadline);
    let list = || {
        let mut plan = Plan::new();
        plan.list();
        plan
    };
    remote.fly(list()).expect("a flight");
    for word in ["LIST-EXTENDED", "LIST-STATUS"] {
        remote.forget(word);
    }
    remote.fly(list()).expect("a flight");
    assert!(!remote.ready().expect("signed in").has("LIST-EXTENDED"));
    let heard = script.heard();
    assert!(
        heard[1].starts_with("LIST \"\" \"*\" RETURN (SUBSCRIBED"),
        "{heard:?}"
    );
    assert_eq!(heard[2], "LIST \"\" \"*\"");
}

#[test]
fn a_name_that_is_not_ascii_goes_as_a_literal_and_waits_only_where_it_must() {
    let (mut waited, mut went_on) = (0, 0);
    for name in TRANSCRIPTS {
        let script = ImapScript::start(name, Mischief::Honest);
        let server = server(script.port());
        let deadline = Deadline::after(Duration::from_secs(20));
        let mut remote = Remote::new(account(&server), None, deadline);
        let mut plan = Plan::new();
        plan.noop();
        remote.fly(plan).expect("capabilities");
        let plus = remote.ready().expect("signed in").has("LITERAL+");
        let before = remote.cost().flights;
        let folder = FolderName::new("Entwürfe").expect("a name");
        let mut plan = Plan::new();
        let (before_it, counts, behind_it) = (plan.noop(), plan.status(&folder), plan.noop());
        let flight = remote.fly(plan).expect("a flight");
        let all = flight.is_ok(before_it) && flight.is_ok(counts) && flight.is_ok(behind_it);
        assert!(all, "{name}: {:?}", flight.end(counts));
        let writes = remote.cost().flights - before;
        assert_eq!(writes, if plus { 1 } else { 3 }, "{name}");
        let announced = if plus { "{9+}" } else { "{9}" };
        let said = format!("STATUS {announced}\r\nEntwürfe (MESSAGES");
        let heard = script.heard();
        assert!(heard.iter().any(|h| h.starts_with(&said)), "{heard:?}");
        waited += usize::from(!plus);
        went_on += usize::from(plus);
    }
    assert!(waited > 0 && went_on > 0, "both kinds of server were met");
}

#[test]
fn a_refused_sign_in_says_whether_it_was_the_password() {
    for (said, kind) in [
        (
            "$TAG NO [AUTHENTICATIONFAILED] Authentication failed.",
            Imap::LoginRefused,
        ),
        ("$TAG NO Login failed: ann@example.org", Imap::LoginRefused),
        (
            "$TAG NO [ALERT] Please log in via your web browser",
            Imap::LoginRefused,
        ),
        (
            "$TAG NO [UNAVAILABLE] Temporary authentication failure.",
            Imap::LoginLater,
        ),
        (
            "$TAG NO [ALERT] Too many simultaneous connections. (Failure)",
            Imap::LoginRefused,
        ),
        ("$TAG NO [INUSE] locked", Imap::LoginInUse),
        (
            "* BYE Maximum number of connections exceeded for ann@example.org",
            Imap::LoginLater,
        ),
        (
            "$TAG BAD open sesame ann@example.org",
            Imap::Refused(Said::default()),
        ),
    ] {
        let answer = format!("{said}\r\n").into_bytes();
        let script = ImapScript::start("courier-5.0.13", Mischief::Says(When::SignIn, answer));
        match visit(script.port(), Deadline::after(Duration::from_secs(20))).err() {
            Some(Error::Imap(got, cause)) => {
                assert_eq!(got, kind, "{said}");
                for secret in ["ann", "example.org", "open", "sesame"] {
                    assert!(!cause.0.contains(secret), "{} in {}", secret, cause.0);
                }
            }
            other => panic!("{said}: {other:?}"),
        }
    }
}

#[test]
fn a_greeting_that_says_goodbye_is_a_refusal_for_now() {
    let goodbye = b"* BYE Too many connections from your address\r\n".to_vec();
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Says(When::Greeting, goodbye));
    let error = visit(script.port(), Deadline::after(Duration::from_secs(20))).err();
    assert!(
        matches!(error, Some(Error::Imap(Imap::LoginLater, _))),
        "{error:?}"
    );
    assert!(script.heard().is_empty());
}

#[test]
fn ends_may_come_in_any_order() {
    let file = b"* ENABLED QRESYNC\r\nA######## OK one\r\n* 3 EXISTS\r\nA######## NO [NONEXISTENT] two\r\nA######## OK three\r\n";
    let played = play(file).expect("a flight");
    assert_eq!(played.ok, [true, false, true]);
    // The same with the ends turned round: the crate is still told of its last command.
    let server = server(1);
    let known = Some(Capabilities::parse(b"IMAP4rev1"));
    let mut remote = Remote::new(
        account(&server),
        known,
        Deadline::after(Duration::from_secs(20)),
    );
    remote
        .ready_over(Box::new(Backwards::default()))
        .expect("signed in");
    for _ in 0..3 {
        let mut plan = Plan::new();
        let (one, two, three) = (plan.noop(), plan.namespace(), plan.noop());
        let flight = remote.fly(plan).expect("a flight");
        assert!(flight.is_ok(one) && !flight.is_ok(two) && flight.is_ok(three));
    }
}

/// Ends the commands of a write in the opposite order, and refuses NAMESPACE.
#[derive(Default)]
struct Backwards {
    written: Vec<u8>,
    out: Vec<u8>,
    greeted: bool,
}

impl Write for Backwards {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Backwards {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.greeted {
            self.greeted = true;
            self.out = b"* OK ready\r\n".to_vec();
        }
        if self.out.is_empty() {
            let text = String::from_utf8(std::mem::take(&mut self.written)).expect("ASCII");
            for line in text.lines().rev() {
                let (tag, command) = line.split_once(' ').expect("a tag");
                let word = if command == "NAMESPACE" { "BAD" } else { "OK" };
                self.out
                    .extend_from_slice(format!("{tag} {word} done\r\n").as_bytes());
            }
        }
        let count = self.out.len().min(into.len());
        into[..count].copy_from_slice(&self.out[..count]);
        self.out.drain(..count);
        Ok(count)
    }
}
