//! A scripted IMAP server: answers every kind of command that our client sends in the words of a real server, or
//! misbehaves at a chosen moment.
//!
//! Not a mailbox: it keeps nothing, and what is changed stays as it was. The words come from the transcripts of
//! `tests/imap/transcripts`; tags and UIDs are put in as they were asked for, and literals are filled with generated
//! content of the announced length. To know before changing it: one thread accepts, one serves each connection, and all
//! of them end when the `ImapScript` is dropped.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::transcript::{Transcript, replaced};

/// When a misbehaviour begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Instead of the greeting.
    Greeting,
    /// Instead of the answer to the sign-in.
    SignIn,
    /// Instead of the answer to the first command after it.
    Command,
}

/// How the server misbehaves from its moment on.
#[derive(Clone, Debug)]
pub enum Mischief {
    /// Not at all.
    Honest,
    /// Reads on and says nothing.
    Silent(When),
    /// Says the right thing, a byte at a time with a pause between.
    Drips(When, Duration),
    /// Says so many bytes of the right thing and closes.
    Cuts(When, usize),
    /// Says this instead, `$TAG` replaced by the tag, and closes.
    Says(When, Vec<u8>),
    /// Says this instead and keeps the connection open.
    SaysAndWaits(When, Vec<u8>),
    /// Says the first once and then the second for ever.
    Floods(When, Vec<u8>, Vec<u8>),
    /// Says NO, in these words, to this and to every command after it.
    Refuses(When, &'static str),
    /// Cannot read the message with this UID.
    Unreadable(u32, Unreadable),
    /// Answers SORT with nothing, and says OK.
    SortsNothing,
    /// Answers SORT as it should, and then says NO.
    SortsAndRefuses,
    /// Has something to say to the user, before each answer.
    Alerts(&'static str),
    /// Gives pieces of sections in a way of its own.
    Pieces(Pieces),
    /// Tells the row of the message with this UID wrongly.
    Garbles(u32, Garble),
    /// Tells of the folders below others only where it is asked for one level.
    ListsByLevel,
    /// Knows no charset but ASCII (RFC 9051 7.1, BADCHARSET).
    NoCharset,
}

/// How the row of a message comes, where it does not come as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Garble {
    /// NIL for its header.
    NoHeader,
    /// A header of no bytes.
    EmptyHeader,
    /// A byte more in its header than was announced.
    AByteMore,
    /// A byte less.
    AByteLess,
    /// A structure that does not end.
    NoStructure,
    /// With the number of another message, which is told of as well.
    AnothersNumber(u32),
}

/// What a server does that comes to a message which it cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Leaves it out.
    Omits,
    /// Says NO, and nothing of the messages behind it.
    Refuses,
    /// Says goodbye.
    Leaves,
}

/// How a server gives a piece of a section that was asked for by offset and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pieces {
    /// As it should.
    Right,
    /// A byte less.
    Short,
    /// Without saying where it begins.
    WithoutOrigin,
    /// With the length that was asked for behind where it begins.
    WithLength,
    /// Nothing behind the first 300,000 bytes.
    CutShort,
    /// NO, where nothing is left.
    RefusedBehind,
    /// The connection breaks, where nothing is left.
    BrokenBehind,
}

impl Mischief {
    fn begins(&self, now: When) -> bool {
        match self {
            Mischief::Honest
            | Mischief::Unreadable(..)
            | Mischief::SortsNothing
            | Mischief::SortsAndRefuses
            | Mischief::Alerts(_)
            | Mischief::Pieces(_)
            | Mischief::Garbles(..)
            | Mischief::ListsByLevel
            | Mischief::NoCharset => false,
            Mischief::Silent(when)
            | Mischief::Drips(when, _)
            | Mischief::Cuts(when, _)
            | Mischief::Says(when, _)
            | Mischief::SaysAndWaits(when, _)
            | Mischief::Floods(when, _, _)
            | Mischief::Refuses(when, _) => *when == now,
        }
    }
}

/// A running server on a free loopback port.
pub struct ImapScript {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<u32>>,
    sent: Arc<AtomicU64>,
    mischief: Arc<Mutex<Mischief>>,
    transcript: Arc<Mutex<Arc<Transcript>>>,
    over: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl ImapScript {
    /// Starts one that speaks as the server of a transcript does.
    pub fn start(transcript: &str, mischief: Mischief) -> ImapScript {
        ImapScript::speaking(Transcript::named(transcript), mischief)
    }

    /// Starts one that speaks as `transcript` says.
    pub fn speaking(transcript: Transcript, mischief: Mischief) -> ImapScript {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let sent = Arc::new(AtomicU64::new(0));
        let over = Arc::new(AtomicBool::new(false));
        let transcript = Arc::new(Mutex::new(Arc::new(transcript)));
        let mischief = Arc::new(Mutex::new(mischief));
        let acceptor = {
            let (heard, connections, over) = (heard.clone(), connections.clone(), over.clone());
            let (sent, mischief) = (sent.clone(), mischief.clone());
            let transcript = transcript.clone();
            thread::spawn(move || {
                let mut serving = Vec::new();
                for stream in listener.incoming() {
                    if over.load(Ordering::SeqCst) {
                        break;
                    }
                    let Ok(stream) = stream else { continue };
                    *connections.lock().expect("no panic") += 1;
                    let mut server = Serving {
                        stream,
                        transcript: transcript.lock().expect("no panic").clone(),
                        mischief: mischief.lock().expect("no panic").clone(),
                        heard: heard.clone(),
                        sent: sent.clone(),
                        over: over.clone(),
                    };
                    // A client that leaves ends its thread with an error, which is nobody's fault.
                    serving.push(thread::spawn(move || drop(server.serve())));
                }
                for thread in serving {
                    thread.join().expect("a serving thread");
                }
            })
        };
        ImapScript {
            port,
            heard,
            connections,
            sent,
            mischief,
            transcript,
            over,
            acceptor: Some(acceptor),
        }
    }

    /// Behaves like this on connections to come.
    pub fn misbehave(&self, mischief: Mischief) {
        *self.mischief.lock().expect("no panic") = mischief;
    }

    /// Speaks as `transcript` says on connections to come.
    pub fn speak(&self, transcript: Transcript) {
        *self.transcript.lock().expect("no panic") = Arc::new(transcript);
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// The commands heard so far, without their tags.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no panic").clone()
    }

    /// How many bytes a flood has sent so far; the socket's buffers hold the last of them.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> u32 {
        *self.connections.lock().expect("no panic")
    }
}

impl Drop for ImapScript {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(acceptor) = self.acceptor.take()
            && acceptor.join().is_err()
            && !thread::panicking()
        {
            panic!("the scripted server failed");
        }
    }
}

struct Serving {
    stream: TcpStream,
    transcript: Arc<Transcript>,
    mischief: Mischief,
    heard: Arc<Mutex<Vec<String>>>,
    sent: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Serving {
    fn serve(&mut self) -> io::Result<()> {
        // Short, so that the thread notices when the server is over.
        self.stream
            .set_read_timeout(Some(Duration::from_millis(20)))?;
        self.stream.set_nodelay(true)?;
        let greeting = self.transcript.greeting.clone();
        if !self.say(When::Greeting, greeting, "*")? {
            return Ok(());
        }
        let mut held = Vec::new();
        loop {
            let Some(command) = self.command(&mut held)? else {
                return Ok(());
            };
            let (tag, text) = command.split_once(' ').unwrap_or((&command, ""));
            let verb = text
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            let when = match verb.as_str() {
                "LOGIN" | "AUTHENTICATE" => When::SignIn,
                _ => When::Command,
            };
            let logged = if when == When::SignIn { &verb } else { text };
            self.heard.lock().expect("no panic").push(logged.to_owned());
            let answer = self.answer(text).concat();
            let answer = replaced(&answer, b"$TAG", tag.as_bytes());
            let leaves = answer.windows(6).any(|said| said == b"* BYE ");
            if !self.say(when, answer, tag)? || verb == "LOGOUT" || leaves {
                return Ok(());
            }
        }
    }

    /// One command, literals included; None when the client left or all is over.
    fn command(&mut self, held: &mut Vec<u8>) -> io::Result<Option<String>> {
        let mut from = 0;
        loop {
            while let Some(end) = held[from..].windows(2).position(|w| w == b"\r\n") {
                let end = from + end;
                let line = String::from_utf8_lossy(&held[..end]).into_owned();
                let literal = line.strip_suffix('}').and_then(|l| l.rsplit_once('{'));
                let size: Option<usize> =
                    literal.and_then(|(_, n)| n.trim_end_matches('+').parse().ok());
                let Some(size) = size else {
                    held.drain(..end + 2);
                    return Ok(Some(line));
                };
                if !line.ends_with("+}") && held.len() == end + 2 {
                    self.stream.write_all(b"+ go on\r\n")?;
                }
                if held.len() < end + 2 + size {
                    break;
                }
                from = end + 2 + size;
            }
            if !self.more(held)? {
                return Ok(None);
            }
        }
    }

    fn more(&mut self, held: &mut Vec<u8>) -> io::Result<bool> {
        let mut piece = [0; 4096];
        while !self.over.load(Ordering::SeqCst) {
            match self.stream.read(&mut piece) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    held.extend_from_slice(&piece[..count]);
                    return Ok(true);
                }
                Err(e)
                    if matches!(
                        e.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(false)
    }

    /// Says the right thing or misbehaves; false where that was the last of it.
    fn say(&mut self, when: When, right: Vec<u8>, tag: &str) -> io::Result<bool> {
        if let Mischief::Alerts(words) = self.mischief {
            let alert = format!("* OK [ALERT] {words}\r\n");
            self.stream.write_all(alert.as_bytes())?;
        }
        if !self.mischief.begins(when) {
            self.stream.write_all(&right)?;
            return Ok(true);
        }
        let tagged = |text: &[u8]| replaced(text, b"$TAG", tag.as_bytes());
        match self.mischief.clone() {
            Mischief::Honest
            | Mischief::Unreadable(..)
            | Mischief::SortsNothing
            | Mischief::SortsAndRefuses
            | Mischief::Alerts(_)
            | Mischief::Pieces(_)
            | Mischief::Garbles(..)
            | Mischief::ListsByLevel
            | Mischief::NoCharset => unreachable!("begins never"),
            Mischief::Silent(_) => self.wait()?,
            Mischief::Drips(_, pause) => {
                for byte in right {
                    self.stream.write_all(&[byte])?;
                    thread::sleep(pause);
                    if self.over.load(Ordering::SeqCst) {
                        break;
                    }
                }
                self.wait()?;
            }
            Mischief::Cuts(_, count) => self.stream.write_all(&right[..right.len().min(count)])?,
            Mischief::Says(_, text) => self.stream.write_all(&tagged(&text))?,
            Mischief::SaysAndWaits(_, text) => {
                self.stream.write_all(&tagged(&text))?;
                self.wait()?;
            }
            Mischief::Floods(_, first, again) => {
                self.stream.write_all(&tagged(&first))?;
                let again = tagged(&again).repeat(1 + 16_384 / again.len().max(1));
                while !self.over.load(Ordering::SeqCst) {
                    self.stream.write_all(&again)?;
                    self.sent.fetch_add(again.len() as u64, Ordering::SeqCst);
                }
            }
            Mischief::Refuses(_, words) => {
                let no = format!("{tag} NO {words}\r\n");
                self.stream.write_all(no.as_bytes())?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads on without a word until the client leaves.
    fn wait(&mut self) -> io::Result<()> {
        let mut held = Vec::new();
        while self.more(&mut held)? {
            held.clear();
        }
        Ok(())
    }

    /// The responses to a command, `$TAG` where the tag belongs.
    fn answer(&self, command: &str) -> Vec<Vec<u8>> {
        let words = &self.transcript;
        let upper = command.to_ascii_uppercase();
        let is = |start: &str| upper.starts_with(start);
        match () {
            () if is("CAPABILITY") => words.answer("CAPABILITY"),
            () if is("LOGIN") || is("AUTHENTICATE") => words.answer("LOGIN"),
            () if is("NAMESPACE") => words.answer("NAMESPACE"),
            () if is("LIST") && upper.contains("STATUS") => words.answer("LIST \"\" % RETURN"),
            () if is("LIST") && upper.contains("RETURN") => words.answer("LIST \"\" \"*\" RETURN"),
            // The second LIST of a transcript, after its folders were made.
            () if is("LIST") => {
                let folders = Transcript {
                    greeting: Vec::new(),
                    exchanges: words.exchanges.iter().skip(13).cloned().collect(),
                }
                .answer("LIST \"\" \"*\"");
                match self.mischief {
                    Mischief::ListsByLevel => on_one_level(folders, command),
                    _ => folders,
                }
            }
            () if is("LSUB") => words.answer("LSUB"),
            () if is("STATUS") => words.answer("STATUS INBOX (MESSAGES"),
            () if is("SELECT") || is("EXAMINE") => {
                if upper.contains("NOSUCH") {
                    words.answer("SELECT \"nosuch\"")
                } else {
                    words.answer("SELECT INBOX")
                }
            }
            () if upper.contains(" CHARSET ") && matches!(self.mischief, Mischief::NoCharset) => {
                let refusal = b"$TAG NO [BADCHARSET (US-ASCII)] The charset is not supported\r\n";
                vec![refusal.to_vec()]
            }
            () if is("UID SEARCH RETURN") => words.answer("UID SEARCH RETURN"),
            () if is("UID SEARCH") => words.answer("UID SEARCH ALL"),
            () if is("UID SORT") => self.sorted(upper.contains("RETURN")),
            () if is("UID FETCH") => self.fetched(&upper),
            () if is("UID STORE") && upper.contains(".SILENT") => {
                words.answer("UID STORE 1 FLAGS.SILENT")
            }
            () if is("UID STORE") => words.answer("UID STORE 1 +FLAGS"),
            () if is("GETQUOTAROOT") => words.answer("GETQUOTAROOT"),
            () if is("ENABLE") => words.answer("ENABLE"),
            () if is("LOGOUT") => words.answer("LOGOUT"),
            () if is("NOOP") => vec![b"$TAG OK NOOP completed\r\n".to_vec()],
            () => words.answer("BOGUS"),
        }
    }

    /// SORT in this server's words; with RETURN (which no transcript has) the same as an ESEARCH.
    fn sorted(&self, extended: bool) -> Vec<Vec<u8>> {
        let mut plain = self.transcript.answer("UID SORT");
        if matches!(self.mischief, Mischief::SortsAndRefuses) {
            let end = b"$TAG NO Requested sort would have taken too long.\r\n";
            *plain.last_mut().expect("an end") = end.to_vec();
        }
        if matches!(self.mischief, Mischief::SortsNothing) {
            let end = plain.last().expect("an end").clone();
            return match extended {
                true => vec![b"* ESEARCH (TAG \"$TAG\") UID COUNT 0\r\n".to_vec(), end],
                false => vec![b"* SORT\r\n".to_vec(), end],
            };
        }
        if !extended {
            return plain;
        }
        plain
            .into_iter()
            .map(|line| match line.strip_prefix(b"* SORT ".as_slice()) {
                Some(uids) => {
                    let uids = String::from_utf8_lossy(uids).trim().replace(' ', ",");
                    let count = uids.split(',').count();
                    format!("* ESEARCH (TAG \"$TAG\") UID ALL {uids} COUNT {count}\r\n")
                        .into_bytes()
                }
                None => line,
            })
            .collect()
    }

    /// The rows that were asked for as this server words them, with the sections that were asked for.
    fn fetched(&self, command: &str) -> Vec<Vec<u8>> {
        let set = command.split(' ').nth(2).unwrap_or_default().to_owned();
        let mut responses = Vec::new();
        for (uid, row) in self.transcript.rows() {
            if !holds(&set, uid) {
                continue;
            }
            match self.mischief {
                Mischief::Unreadable(bad, how) if bad == uid => match how {
                    Unreadable::Omits => continue,
                    Unreadable::Refuses => {
                        responses
                            .push(b"$TAG NO [SERVERBUG] Internal error occurred.\r\n".to_vec());
                        return responses;
                    }
                    Unreadable::Leaves => {
                        responses
                            .push(b"* BYE FETCH failed: Internal error occurred.\r\n".to_vec());
                        return responses;
                    }
                },
                _ => {}
            }
            let pieces = match self.mischief {
                Mischief::Pieces(pieces) => pieces,
                _ => Pieces::Right,
            };
            let sections = sections(command, uid, pieces);
            // Of a piece that begins behind the end nothing comes.
            if sections.ends_with(b" {0}\r\n") {
                match pieces {
                    Pieces::RefusedBehind => {
                        responses.push(b"$TAG NO There is no such piece\r\n".to_vec());
                        return responses;
                    }
                    Pieces::BrokenBehind => {
                        responses.push(b"* BYE\r\n".to_vec());
                        return responses;
                    }
                    _ => {}
                }
            }
            if sections.is_empty() || command.contains("BODYSTRUCTURE") {
                let inside = row
                    .strip_suffix(b")\r\n".as_slice())
                    .expect("a closed list");
                let row = [inside, &sections, b")\r\n"].concat();
                responses.push(match self.mischief {
                    Mischief::Garbles(bad, how) if bad == uid => garbled(&row, uid, how),
                    _ => row,
                });
            } else {
                let n = responses.len() + 1;
                let head = format!("* {n} FETCH (UID {uid}");
                responses.push([head.as_bytes(), &sections, b")\r\n"].concat());
            }
        }
        let end = self
            .transcript
            .answer("FETCH 1:* (UID")
            .pop()
            .expect("an end");
        responses.push(end);
        responses
    }
}

/// The folders of an answer that a pattern names, of which `*` is taken for `%`: the delimiter is `/`.
fn on_one_level(folders: Vec<Vec<u8>>, command: &str) -> Vec<Vec<u8>> {
    let pattern = command.rsplit('"').nth(1).unwrap_or_default();
    let steps: Vec<&str> = pattern.split('/').collect();
    let is_named = |line: &Vec<u8>| {
        let line = String::from_utf8_lossy(line).into_owned();
        let Some((_, name)) = line.trim_end().split_once(" \"/\" ") else {
            return true;
        };
        let name: Vec<&str> = name.trim_matches('"').split('/').collect();
        let fits = |(name, step): (&&str, &&str)| matches!(*step, "%" | "*") || name == step;
        name.len() == steps.len() && name.iter().zip(&steps).all(fits)
    };
    folders.into_iter().filter(is_named).collect()
}

/// A row whose header fields come last, told wrongly.
fn garbled(row: &[u8], uid: u32, how: Garble) -> Vec<u8> {
    let header = find_in(row, b"BODY[HEADER.FIELDS");
    let size = header + find_in(&row[header..], b"{");
    let bytes = size + find_in(&row[size..], b"\r\n") + 2;
    match how {
        Garble::NoHeader => [&row[..size], b"NIL)\r\n"].concat(),
        Garble::EmptyHeader => [&row[..size], b"\"\")\r\n"].concat(),
        Garble::AByteMore => [&row[..bytes], b"~", &row[bytes..]].concat(),
        Garble::AByteLess => [&row[..bytes], &row[bytes + 1..]].concat(),
        Garble::NoStructure => replaced(row, b"BODYSTRUCTURE (", b"BODYSTRUCTURE (NIL NIL ("),
        Garble::AnothersNumber(other) => {
            let (from, to) = (format!("UID {uid} "), format!("UID {other} "));
            replaced(row, from.as_bytes(), to.as_bytes())
        }
    }
}

fn find_in(text: &[u8], what: &[u8]) -> usize {
    let found = text.windows(what.len()).position(|w| w == what);
    found.expect("header fields in a literal")
}

/// True where a set as commands say it holds the UID.
fn holds(set: &str, uid: u32) -> bool {
    set.split(',').any(|range| {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        let last = if last == "*" {
            u32::MAX
        } else {
            last.parse().unwrap_or(0)
        };
        first
            .parse::<u32>()
            .is_ok_and(|first| (first..=last).contains(&uid))
    })
}

/// `BODY[..] {n}` and generated content for each section that a command asks for.
fn sections(command: &str, uid: u32, pieces: Pieces) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = command;
    while let Some((_, tail)) = rest.split_once("BODY.PEEK[") {
        let (name, after) = tail.split_once(']').expect("a closed section");
        let range = after
            .strip_prefix('<')
            .and_then(|r| r.split_once('>'))
            .map(|(r, _)| r);
        let range = range.and_then(|r| r.split_once('.'));
        let mut whole = content(name, uid);
        if pieces == Pieces::CutShort {
            whole.truncate(300_000);
        }
        let (origin, piece) = match range {
            Some((offset, length)) => {
                let offset: usize = offset.parse().expect("an offset");
                let length: usize = length.parse().expect("a length");
                let end = whole.len();
                let given = match pieces {
                    Pieces::Short => length - 1,
                    _ => length,
                };
                let from = offset.min(end);
                let to = offset.saturating_add(given).min(end);
                let origin = match pieces {
                    Pieces::WithoutOrigin => String::new(),
                    Pieces::WithLength => format!("<{offset}.{length}>"),
                    _ => format!("<{offset}>"),
                };
                (origin, &whole[from..to])
            }
            None => (String::new(), &whole[..]),
        };
        out.extend_from_slice(format!(" BODY[{name}]{origin} {{{}}}\r\n", piece.len()).as_bytes());
        out.extend_from_slice(piece);
        rest = after;
    }
    out
}

/// What a section of a message holds here: a header, or some 600,000 bytes of lines that tell where they are; the whole
/// message both.
pub fn content(section: &str, uid: u32) -> Vec<u8> {
    if section.is_empty() {
        return [content("HEADER", uid), content("TEXT", uid)].concat();
    }
    if section.contains("MIME") {
        return b"Content-Type: application/octet-stream\r\n\
                 Content-Disposition: attachment; filename=\"named.bin\"\r\n\r\n"
            .to_vec();
    }
    if section.contains("HEADER") {
        return format!(
            "From: Ann <ann@example.org>\r\nTo: Bob <bob@example.org>\r\nSubject: Message {uid}\r\n\
             Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{uid}@example.org>\r\n\r\n"
        )
        .into_bytes();
    }
    let lines = (0..20_000).map(|n| format!("message {uid}, line {n:>9}\r\n"));
    lines.collect::<String>().into_bytes()
}
