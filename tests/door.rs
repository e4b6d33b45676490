//! The door to IMAP, from outside: captured replies through the real crate, servers that hang, cut and lie, and a visit in
//! the words of six servers.
//!
//! The large corpus lies outside the repository (`POSTERN_CORPUS`, or `../shared/corpus`); a selection of it in
//! `tests/imap` runs always.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use postern::config::{ImapServer, Security};
use postern::error::{Error, Imap, What as Missing};
use postern::mail::{Flags, FolderName, PartPath, Uid};
use postern::remote::structure::plain_name;
use postern::remote::uids::UidSet;
use postern::remote::{
    Account, Capabilities, Command, Criteria, Flight, PIECE_BYTES, Remote, SortKey, What,
};
use postern::time::Deadline;

use crate::support::imap_script::{ImapScript, Mischief, TRANSCRIPTS, Transcript, When, content};

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
    }
}

fn account(server: &ImapServer) -> Account<'_> {
    Account {
        server,
        login: "ann@example.org",
        password: "open sesame",
    }
}

/// Plays a file to as many commands as it has ends.
fn play(file: &[u8]) -> Result<Flight, Error> {
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
    let mut commands = vec![Command::Noop; ends.max(1)];
    if has(b"* SORT") {
        commands[0] = Command::Sort {
            key: SortKey::Date,
            reverse: true,
            criteria: Criteria::All,
        };
    } else if has(b"* SEARCH") {
        commands[0] = Command::Search(Criteria::All);
    }
    remote.flight(&commands)
}

/// The UIDs that stand in the FETCH lines of a file.
fn uids_in(file: &[u8]) -> BTreeSet<u32> {
    let text = String::from_utf8_lossy(file);
    let lines = text
        .lines()
        .filter(|l| l.starts_with("* ") && l.to_ascii_uppercase().contains(" FETCH "));
    let uid = |line: &str| {
        let (_, tail) = line.split_once("UID ")?;
        tail.split(|c: char| !c.is_ascii_digit())
            .next()?
            .parse()
            .ok()
    };
    lines.filter_map(uid).collect()
}

/// What was read and what was passed over, by class, over many files.
#[derive(Default)]
struct Count {
    classes: BTreeMap<(&'static str, bool), u32>,
    lost: Vec<String>,
    missed: Vec<String>,
}

impl Count {
    fn play(&mut self, name: &str, file: &[u8]) {
        match play(file) {
            Ok(flight) => {
                for (class, n) in &flight.tally {
                    *self.classes.entry(*class).or_default() += n;
                }
                let got: BTreeSet<u32> = flight.messages.keys().map(|uid| uid.get()).collect();
                for uid in uids_in(file).difference(&got) {
                    self.missed.push(format!("{name}: UID {uid}"));
                }
            }
            Err(error) => self.lost.push(format!("{name}: {error:?}")),
        }
    }

    /// Holds the counts: nothing lost, no UID missed, and so much of each class read and passed over.
    fn is(&self, expected: &[&str]) {
        assert_eq!(self.lost, Vec::<String>::new(), "connections lost");
        assert_eq!(self.missed, Vec::<String>::new(), "UIDs missed");
        assert_eq!(self.table(), expected, "read and passed over");
    }

    /// One line for each class: how many were read, how many passed over.
    fn table(&self) -> Vec<String> {
        let names: BTreeSet<&'static str> = self.classes.keys().map(|(name, _)| *name).collect();
        let of = |name, read| self.classes.get(&(name, read)).copied().unwrap_or(0);
        let line =
            |name: &&'static str| format!("{name}: {} and {}", of(*name, true), of(*name, false));
        names.iter().map(line).collect()
    }
}

fn files(under: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![under.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "txt") {
                let name = path
                    .strip_prefix(under)
                    .expect("below")
                    .display()
                    .to_string();
                // The files have lost the CR of their line ends, which their literals count.
                let text = fs::read(&path).expect("a file");
                let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
                found.push((name, lines.join(b"\r\n".as_slice())));
            }
        }
    }
    found.sort();
    found
}

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let path = std::env::var_os("POSTERN_CORPUS").map_or(beside, PathBuf::from);
    path.join("imap").is_dir().then_some(path.join("imap"))
}

/// An answer with the mark where its tag stood.
fn marked(answer: &[u8], tag: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = answer;
    while let Some(at) = rest.windows(tag.len()).position(|w| w == tag) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(MARK);
        rest = &rest[at + tag.len()..];
    }
    out.extend_from_slice(rest);
    out
}

#[test]
fn the_captured_replies_of_the_repository_go_through_the_door() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imap/replies"));
    assert!(files.len() >= 20, "only {} files", files.len());
    let mut count = Count::default();
    for (name, file) in &files {
        count.play(name, file);
    }
    count.is(&[
        "CAPABILITY: 1 and 0",
        "ESEARCH: 3 and 0",
        "EXISTS: 5 and 0",
        "EXPUNGE: 3 and 0",
        "FETCH: 121 and 0",
        "FLAGS: 3 and 0",
        "LIST: 24 and 0",
        "NAMESPACE: 1 and 0",
        "NO RESPONSE: 0 and 1",
        "RECENT: 4 and 0",
        "SEARCH: 1 and 0",
        "STATUS: 11 and 0",
        "STATUS LINE: 15 and 0",
        "VANISHED: 3 and 0",
    ]);
}

#[test]
fn the_whole_corpus_goes_through_the_door() {
    let Some(corpus) = corpus() else {
        println!("the corpus is not here: only the selection in tests/imap was played");
        return;
    };
    let mut count = Count::default();
    let files = files(&corpus.join("replies"));
    assert_eq!(files.len(), 262);
    for (name, file) in &files {
        count.play(name, file);
    }
    let lines = fs::read(corpus.join("replies.json")).expect("replies.json");
    let lines: Vec<BTreeMap<String, String>> = serde_json::from_slice(&lines).expect("JSON");
    // The others are client commands, ends under foreign tags, and pieces of a line.
    let responses = lines.iter().map(|line| line["text"].as_str());
    let responses = responses.filter(|text| text.starts_with("* ") && text.ends_with("\r\n"));
    // What announces a literal and has none leaves the reader waiting until the server is gone.
    let (halves, whole): (Vec<&str>, Vec<&str>) =
        responses.partition(|t| t.contains(" FETCH ") && t.ends_with("}\r\n"));
    for (n, text) in whole.iter().enumerate() {
        count.play(&format!("replies.json, whole one {n}"), text.as_bytes());
    }
    for text in &halves {
        let error = play(text.as_bytes()).err();
        assert!(
            matches!(error, Some(Error::Imap(Imap::Unreachable, _))),
            "{text}"
        );
    }
    assert_eq!((whole.len(), halves.len()), (155, 6));
    // Passed over: THREAD, ID, ACL, METADATA and their like, which nobody asks for; LIST of the root.
    count.is(&[
        "BYE: 6 and 0",
        "CAPABILITY: 37 and 0",
        "ENABLED: 3 and 0",
        "ESEARCH: 17 and 0",
        "EXISTS: 36 and 0",
        "EXPUNGE: 95 and 0",
        "FETCH: 327 and 0",
        "FETCH WITHOUT UID: 0 and 9",
        "FLAGS: 24 and 0",
        "LIST: 123 and 1",
        "LSUB: 13 and 0",
        "NAMESPACE: 9 and 0",
        "NO RESPONSE: 0 and 2",
        "OTHER: 0 and 36",
        "QUOTA: 10 and 0",
        "QUOTAROOT: 7 and 0",
        "RECENT: 27 and 0",
        "SEARCH: 10 and 1",
        "SORT: 5 and 0",
        "STATUS: 46 and 0",
        "STATUS LINE: 164 and 0",
        "VANISHED: 12 and 2",
    ]);
}

#[test]
fn every_answer_of_the_six_transcripts_goes_through_the_door() {
    let mut count = Count::default();
    for name in TRANSCRIPTS {
        for exchange in Transcript::named(name).exchanges {
            let whole = exchange.responses.concat();
            let played = marked(&whole, exchange.tag.as_bytes());
            count.play(&format!("{name} {}", exchange.tag), &played);
        }
    }
    // Passed over: the root that LIST "" "" names, THREAD, ID, and FETCHes that nobody could place.
    count.is(&[
        "BYE: 6 and 0",
        "CAPABILITY: 13 and 0",
        "ENABLED: 3 and 0",
        "ESEARCH: 2 and 0",
        "EXISTS: 8 and 0",
        "EXPUNGE: 7 and 0",
        "FETCH: 103 and 0",
        "FETCH WITHOUT UID: 0 and 19",
        "FLAGS: 10 and 0",
        "LIST: 90 and 6",
        "LSUB: 6 and 0",
        "NAMESPACE: 5 and 0",
        "OTHER: 0 and 10",
        "QUOTA: 1 and 1",
        "QUOTAROOT: 2 and 0",
        "RECENT: 10 and 0",
        "SEARCH: 16 and 0",
        "SORT: 3 and 0",
        "STATUS: 17 and 0",
        "STATUS LINE: 42 and 0",
    ]);
}

/// What a first visit asks: folders, the newest of INBOX, one message, a long part; and marks it read.
struct Visit {
    folders: Vec<String>,
    uids: Vec<u32>,
    rows: Flight,
    part: Vec<u8>,
    flights: u32,
    cold: u32,
}

fn visit(port: u16, deadline: Deadline) -> Result<Visit, Error> {
    let server = server(port);
    let mut remote = Remote::new(account(&server), None, deadline);
    let able = remote.ready()?.clone();
    let open = Command::Open {
        folder: FolderName::inbox(),
        read_only: true,
        known: None,
    };
    let find = if able.has("SORT") {
        Command::Sort {
            key: SortKey::Arrival,
            reverse: true,
            criteria: Criteria::All,
        }
    } else {
        Command::Search(Criteria::All)
    };
    let commands = [
        Command::Enable(vec!["QRESYNC"]),
        Command::Namespace,
        Command::List,
        Command::Lsub,
        Command::Quota(FolderName::inbox()),
        open,
        find,
    ];
    let first = remote.flight(&commands)?;
    first.require(5)?;
    let found = first
        .found
        .get(&6)
        .map(|f| f.uids.to_set())
        .unwrap_or_default();
    let mut second: Vec<Command> = vec![Command::FetchRows(found.clone())];
    let uncounted = first
        .folders
        .iter()
        .filter(|f| !first.counts.contains_key(&f.name));
    second.extend(uncounted.map(|f| Command::Status(f.name.clone())));
    let rows = remote.flight(&second)?;
    rows.require(0)?;
    let cold = remote.cost().flights;
    let uid = found.iter().next().expect("a message");
    let text = PartPath::parse("1").expect("a path");
    let mut part = Vec::new();
    let size = remote.fetch_pieces(uid, &What::Part(text), &mut |piece| {
        part.extend_from_slice(piece);
        Ok(())
    })?;
    assert_eq!(size, part.len() as u64);
    let store = Command::StoreFlags {
        uids: UidSet::from_iter([uid]),
        add: true,
        flags: Flags::SEEN,
        silent: true,
    };
    remote.flight(&[store])?.require(0)?;
    Ok(Visit {
        folders: first
            .folders
            .iter()
            .map(|f| f.name.as_wire().to_owned())
            .collect(),
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
            asked > 0 && visit.rows.messages.len() == asked,
            "{name}: {:?}",
            visit.uids
        );
        for (uid, message) in &visit.rows.messages {
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
    remote
        .flight(&[Command::Noop, Command::Namespace])
        .expect("a flight");
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
    let script = ImapScript::start("dovecot-2.3.19.1", Mischief::Honest);
    let server = server(script.port());
    let mut remote = Remote::new(
        account(&server),
        None,
        Deadline::after(Duration::from_secs(20)),
    );
    let folder = FolderName::new("nosuch").expect("a name");
    let flight = remote
        .flight(&[
            Command::Open {
                folder,
                read_only: true,
                known: None,
            },
            Command::Noop,
        ])
        .expect("a flight");
    assert!(!flight.is_ok(0) && flight.is_ok(1));
    assert!(matches!(
        flight.require(0),
        Err(Error::Gone(Missing::Folder) | Error::Imap(Imap::Refused, _))
    ));
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
            Imap::LoginLater,
        ),
        ("$TAG NO [INUSE] locked", Imap::LoginLater),
        (
            "* BYE Maximum number of connections exceeded for ann@example.org",
            Imap::LoginLater,
        ),
        ("$TAG BAD open sesame ann@example.org", Imap::Refused),
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

/// How a hostile server is met: which kind of error, and with a bound on what was read of it.
fn hostile(mischief: Mischief) -> Imap {
    let told = format!("{mischief:?}")
        .chars()
        .take(100)
        .collect::<String>();
    let script = ImapScript::start("dovecot-2.3.19.1", mischief);
    let begun = Instant::now();
    let met = visit(script.port(), Deadline::after(Duration::from_millis(1_500)));
    let took = begun.elapsed();
    // The deadline, and the time that a loaded machine may need to notice it.
    assert!(took < Duration::from_secs(6), "{told}: {took:?}");
    // Whatever was read was held at most once, so the bytes bound the memory.
    assert!(
        script.sent() < 40 * 1024 * 1024,
        "{told}: {} bytes",
        script.sent()
    );
    match met.err() {
        Some(Error::Imap(kind, _)) => kind,
        other => panic!("{told}: {other:?}"),
    }
}

#[test]
fn a_server_that_says_nothing_or_drips_meets_the_deadline() {
    for when in [When::Greeting, When::SignIn, When::Command] {
        assert_eq!(hostile(Mischief::Silent(when)), Imap::Timeout, "{when:?}");
        let drip = Mischief::Drips(when, Duration::from_millis(100));
        assert_eq!(hostile(drip), Imap::Timeout, "{when:?}");
    }
}

#[test]
fn a_server_that_cuts_is_unreachable_wherever_it_cuts() {
    for when in [When::Greeting, When::SignIn, When::Command] {
        for count in [0, 1, 7] {
            assert_eq!(
                hostile(Mischief::Cuts(when, count)),
                Imap::Unreachable,
                "{when:?} {count}"
            );
        }
    }
    let literal = b"* 1 FETCH (UID 1 BODY[] {500}\r\nabc".to_vec();
    assert_eq!(
        hostile(Mischief::Says(When::Command, literal)),
        Imap::Unreachable
    );
}

#[test]
fn a_literal_that_no_request_may_hold_ends_the_connection_at_its_announcement() {
    for size in ["4294967296", "999999999999999999999999", "20000000"] {
        let line = format!("* 1 FETCH (BODY[] {{{size}}}\r\n").into_bytes();
        assert_eq!(
            hostile(Mischief::SaysAndWaits(When::Command, line)),
            Imap::Garbled,
            "{size}"
        );
    }
}

#[test]
fn floods_end_at_their_bound() {
    let flood = |first: &[u8], again: &[u8]| {
        let mischief = Mischief::Floods(When::Command, first.to_vec(), again.to_vec());
        hostile(mischief)
    };
    // Either the bound or, on a slow machine, the deadline.
    let ends = [Imap::Garbled, Imap::Timeout];
    assert!(ends.contains(&flood(b"* OK ", b"x")), "a line without end");
    assert!(
        ends.contains(&flood(b"", b"* 1 EXISTS\r\n")),
        "responses without end"
    );
    assert!(
        ends.contains(&flood(b"", b"\r\n")),
        "empty lines without end"
    );
    assert!(
        ends.contains(&flood(b"* 1 FETCH (", b"X {1}\r\na ")),
        "literals without end"
    );
    assert!(
        ends.contains(&flood(b"* 1 FETCH (BODYSTRUCTURE ", b"(")),
        "nesting without end"
    );
    assert!(
        ends.contains(&flood(b"", b"* SEARCH 4 9 2\r\n")),
        "searches without end"
    );
}

#[test]
fn what_is_not_an_answer_ends_the_connection_or_loses_itself() {
    for garbage in [
        &b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"[..],
        b"\0\xff\xfe\r\n",
        b"220 mail.example.org ESMTP\r\n",
    ] {
        let kind = hostile(Mischief::Says(When::Greeting, garbage.to_vec()));
        assert_eq!(kind, Imap::Garbled);
    }
    for garbage in [
        &b"zz OK done\r\n"[..],
        b"a999 NO done\r\n",
        b"$TAG OK one\r\n$TAG OK two\r\n",
        b"$TAG MAYBE\r\n",
    ] {
        let kind = hostile(Mischief::Says(When::Command, garbage.to_vec()));
        assert!(
            matches!(kind, Imap::Garbled | Imap::Unreachable),
            "{kind:?}"
        );
    }
    let goodbye = b"* BYE shutting down\r\n".to_vec();
    assert_eq!(
        hostile(Mischief::Says(When::Command, goodbye)),
        Imap::Refused
    );
}

#[test]
fn five_thousand_parentheses_lose_one_structure_and_nothing_else() {
    let deep = [
        b"* 1 FETCH (UID 4 BODYSTRUCTURE ".to_vec(),
        vec![b'('; 5_000],
        vec![b')'; 5_000],
        b" RFC822.SIZE 7)\r\n* 2 FETCH (UID 5 FLAGS (\\Seen caf\xe9))\r\nA######## NO caf\xe9 \0\r\n".to_vec(),
    ];
    let flight = play(&deep.concat()).expect("a flight");
    let uid = |n| Uid::new(n).expect("not 0");
    let message = flight.messages.get(&uid(4)).expect("UID 4");
    assert!(message.structure_refused && message.size == Some(7));
    assert_eq!(
        flight.messages.get(&uid(5)).and_then(|m| m.flags),
        Some(Flags::SEEN)
    );
    assert!(
        !flight.is_ok(0),
        "an end that the crate cannot read is still an end"
    );
}

#[test]
fn ends_may_come_in_any_order() {
    let file = b"* ENABLED QRESYNC\r\nA######## OK one\r\n* 3 EXISTS\r\nA######## NO [NONEXISTENT] two\r\nA######## OK three\r\n";
    let flight = play(file).expect("a flight");
    assert!(flight.is_ok(0) && !flight.is_ok(1) && flight.is_ok(2));
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
        let flight = remote
            .flight(&[Command::Noop, Command::Namespace, Command::Noop])
            .expect("a flight");
        assert!(flight.is_ok(0) && !flight.is_ok(1) && flight.is_ok(2));
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

/// The port that the memory test gives its child.
const CHILD_PORT: &str = "POSTERN_DOOR_PORT";

#[test]
#[ignore = "the memory test runs it, in a process of its own"]
fn child_of_the_memory_test() {
    let port = std::env::var(CHILD_PORT).expect("run by the memory test");
    let server = server(port.parse().expect("a port"));
    let known = Some(Capabilities::parse(b"IMAP4rev1"));
    let deadline = Deadline::after(Duration::from_secs(60));
    let mut remote = Remote::new(account(&server), known, deadline);
    let flight = remote.flight(&[Command::Search(Criteria::All)]);
    println!(
        "outcome {}",
        flight.map_or_else(|e| format!("{e:?}"), |f| format!("{:?}", f.tally))
    );
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    println!(
        "peak {}",
        peak.expect("a peak").trim().trim_end_matches(" kB")
    );
}

#[test]
fn no_answer_takes_more_than_64_mb() {
    let many = |count: u32, line: &dyn Fn(u32) -> String| (1..count).map(line).collect::<String>();
    let parts = r#"("a" "b" NIL NIL NIL NIL 1)"#.repeat(250);
    let long = "a".repeat(3_900_000);
    for (name, lines) in [
        (
            "messages",
            many(145_000, &|n| {
                format!("* {n} FETCH (UID {n} FLAGS (\\Seen) RFC822.SIZE 1)\r\n")
            }),
        ),
        (
            "messages without UID",
            many(145_000, &|n| format!("* {n} FETCH (FLAGS ())\r\n")),
        ),
        (
            "structures",
            many(3_000, &|n| {
                format!("* {n} FETCH (UID {n} BODYSTRUCTURE ({parts}\"mixed\"))\r\n")
            }),
        ),
        (
            "literals",
            many(7, &|n| {
                format!("* 1 FETCH (UID 1 BODY[{n}] {{3900000}}\r\n{long})\r\n")
            }),
        ),
        (
            "sections",
            format!("* 1 FETCH (UID 1{})\r\n", " BODY[1] a".repeat(700_000)),
        ),
        (
            "folders",
            many(145_000, &|n| {
                format!("* LIST (\\a \\b \\c \\d) \"/\" folder{n}\r\n")
            }),
        ),
        (
            "numbers",
            format!("* SEARCH{}\r\n", many(900_000, &|n| format!(" {}", 3 * n))),
        ),
        (
            "extensions",
            many(3_000, &|n| {
                format!("* ENABLED{}\r\n", format!(" X{n}").repeat(1_000))
            }),
        ),
    ] {
        let answer = format!("{lines}$TAG OK done\r\n").into_bytes();
        let mischief = Mischief::SaysAndWaits(When::Command, answer);
        let script = ImapScript::start("dovecot-2.3.19.1", mischief);
        let child = std::process::Command::new(std::env::current_exe().expect("a test binary"))
            .args([
                "--exact",
                "door::child_of_the_memory_test",
                "--ignored",
                "--nocapture",
            ])
            .env(CHILD_PORT, script.port().to_string())
            .output()
            .expect("a child");
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        let peak = said.lines().find_map(|l| l.strip_prefix("peak "));
        let peak: u32 = peak
            .and_then(|p| p.parse().ok())
            .unwrap_or_else(|| panic!("{name}: {child:?}"));
        assert!(peak < 64 * 1024, "{name}: {peak} kB\n{said}");
        assert!(
            said.contains("true): ") || said.contains("Garbled"),
            "{name}: nothing was read\n{said}"
        );
    }
}

#[test]
fn what_comes_in_the_clear_behind_starttls_is_refused() {
    for (greeting, kind) in [
        (
            "* OK ready\r\np0 OK go on\r\n* CAPABILITY AUTH=PLAIN\r\n",
            Imap::Garbled,
        ),
        ("* BYE full\r\n", Imap::LoginLater),
        ("220 mail.example.org ESMTP\r\n", Imap::Garbled),
        ("* OK ready\r\n", Imap::Timeout),
    ] {
        let mischief = Mischief::SaysAndWaits(When::Greeting, greeting.as_bytes().to_vec());
        let script = ImapScript::start("dovecot-2.3.19.1", mischief);
        let server = ImapServer {
            security: Some(Security::Starttls),
            ..server(script.port())
        };
        let deadline = Deadline::after(Duration::from_millis(500));
        let error = Remote::new(account(&server), None, deadline).ready().err();
        assert!(
            matches!(&error, Some(Error::Imap(got, _)) if *got == kind),
            "{greeting}: {error:?}"
        );
    }
}

#[test]
fn a_flight_does_not_mix_two_folders() {
    let open = |name: &str| Command::Open {
        folder: FolderName::new(name).expect("a name"),
        read_only: true,
        known: None,
    };
    let server = server(1);
    let known = Some(Capabilities::parse(b"IMAP4rev1"));
    let mut remote = Remote::new(
        account(&server),
        known,
        Deadline::after(Duration::from_secs(20)),
    );
    remote.ready_over(Player::of(b"")).expect("signed in");
    let all = Command::FetchRows(UidSet::all());
    for commands in [vec![open("a"), open("b")], vec![all, open("b")]] {
        assert!(
            matches!(remote.flight(&commands), Err(Error::Internal(_))),
            "{commands:?}"
        );
    }
    remote
        .flight(&[Command::Noop, open("a")])
        .expect("one folder is what a flight is for");
}
