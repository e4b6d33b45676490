//! The door to the IMAP server: one lazy connection a request, counted; commands in flights; our words in and out.
//!
//! Not for deciding what to ask (that is `mailbox`), and the only place that names `imap`, `imap_proto` and `native_tls`.
//!
//! How a flight goes, and where each step lives:
//!
//! 1. `Remote::flight` takes our `Command`s; `command` makes IMAP of them, by what the server can do.
//! 2. The `imap` crate tags and writes each; `wire`, the stream under it, collects them and sends all in one write.
//! 3. `wire` frames what comes back, keeps it, and gives the crate the one tagged end that it waits for. Beneath it
//!    `connect` holds TLS, and beneath TLS the deadline and the byte budget.
//! 4. `answer` reads what was kept with `lexer`, `fetch`, `structure`, `folders` and `uids`, into a `Flight`.
//!
//! To know before changing it: any answer may be wrong, late, enormous or hostile. A response that cannot be read loses
//! itself; a connection that cannot be trusted any more ends, and every later call says why; nothing panics.

mod answer;
mod command;
mod connect;
mod fetch;
mod folders;
mod lexer;
pub mod names;
pub mod structure;
pub mod uids;
mod wire;

use std::rc::Rc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub use self::answer::{Capabilities, End, Flight, Found, Mailbox, Tally};
pub use self::command::{Command, Criteria, Section, SortKey, What};
pub use self::connect::Stream;
pub use self::fetch::{Envelope, Fetched, Mailbox as EnvelopeAddress, Message};
pub use self::folders::{Listed, Namespace, Namespaces, Quota, StatusCounts};
pub use self::names::{decoded, encoded};
pub use self::structure::Parameters;
pub use self::uids::{Sequence, UidSet};
pub use self::wire::Status;

use self::answer::Asked;
use self::connect::{Connected, Limits, connect, garbled};
use self::wire::Wire;
use crate::config::ImapServer;
use crate::error::{Cause, Error, Imap, Result};
use crate::mail::Uid;
use crate::time::{Deadline, Watch};

/// What one request may receive from its server, in bytes (as they come over the line).
pub const REQUEST_BYTES: u64 = 32 * 1024 * 1024;
/// Most bytes of one write of commands.
const FLIGHT_COMMANDS: usize = 8 * 1024;
/// How much of a section is fetched at once by `fetch_pieces`, in bytes; two such pieces are in flight.
pub const PIECE_BYTES: u32 = 256 * 1024;
/// How long `fetch_pieces` waits for progress.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_millis(200);

/// Whose mail, and where.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The server.
    pub server: &'a ImapServer,
    /// Who signs in there.
    pub login: &'a str,
    /// With what.
    pub password: &'a str,
}

/// What a request's connection has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Connections made: 0 or 1.
    pub connections: u32,
    /// Commands sent, sign-in and goodbye included.
    pub commands: u32,
    /// Times that the server was written to and waited for, sign-in included, greeting and TLS not.
    pub flights: u32,
    /// Time spent on all of it.
    pub spent: Duration,
}

/// A request's connection to its server, made at the first need.
pub struct Remote<'a> {
    account: Account<'a>,
    known: Option<Capabilities>,
    limits: Rc<Limits>,
    state: State,
    cost: Cost,
}

enum State {
    /// Nothing was needed yet.
    Unasked,
    /// Signed in.
    Open(Box<Open>),
    /// Failed, for good.
    Broken(Error),
}

struct Open {
    session: imap::Session<Wire>,
    wire: Wire,
    able: Capabilities,
    /// False where `able` is only what the greeting hinted at: CAPABILITY joins the next flight.
    sure: bool,
}

impl<'a> Remote<'a> {
    /// Connects nowhere yet. `known` are the capabilities that this account had after an earlier sign-in.
    pub fn new(
        account: Account<'a>,
        known: Option<Capabilities>,
        deadline: Deadline,
    ) -> Remote<'a> {
        Remote {
            account,
            known,
            limits: Rc::new(Limits::new(deadline, REQUEST_BYTES)),
            state: State::Unasked,
            cost: Cost::default(),
        }
    }

    /// Connects and signs in, unless that was done.
    ///
    /// # Errors
    /// `Imap`, of any kind; `Setup` where the configuration cannot be used.
    pub fn ready(&mut self) -> Result<&Capabilities> {
        if matches!(self.state, State::Unasked) {
            let watch = Watch::start();
            let entered = connect(self.account.server, &self.limits).and_then(|c| self.sign_in(c));
            self.state = match entered {
                Ok(open) => State::Open(Box::new(open)),
                Err(error) => State::Broken(error),
            };
            self.spend(watch);
        }
        match &self.state {
            State::Open(open) => Ok(&open.able),
            State::Broken(error) => Err(error.clone()),
            State::Unasked => Err(Error::Internal(Cause::new(
                "a connection neither made nor failed",
            ))),
        }
    }

    /// Signs in over a stream that is connected already: for tests without a socket.
    ///
    /// # Errors
    /// As `ready`.
    pub fn ready_over(&mut self, stream: Box<dyn Stream>) -> Result<&Capabilities> {
        let connected = Connected {
            stream,
            greeted: false,
        };
        self.state = match self.sign_in(connected) {
            Ok(open) => State::Open(Box::new(open)),
            Err(error) => State::Broken(error),
        };
        self.ready()
    }

    /// Sends commands together and reads what they bring. Together they may open one folder only, since the answers of
    /// two would mix. Usually one write; more where they are long, or where their answers could not be told apart.
    ///
    /// # Errors
    /// `Imap`, where the connection failed or the server is not to be understood. A NO or BAD is no error here: ask the
    /// flight for the command's end, or `require` it.
    pub fn flight(&mut self, commands: &[Command]) -> Result<Flight> {
        self.ready()?;
        let watch = Watch::start();
        let flown = match &mut self.state {
            State::Open(open) => open.fly(commands, &mut self.cost),
            State::Broken(error) => Err(error.clone()),
            State::Unasked => Err(Error::Internal(Cause::new("a flight without a connection"))),
        };
        self.spend(watch);
        if let Err(error @ Error::Imap(..)) = &flown {
            self.state = State::Broken(error.clone());
        }
        flown
    }

    /// Hands a section of a message of the open folder to `each`, piece by piece, and tells its size. The deadline is
    /// 20 s without progress meanwhile, and the budget counts each pair of pieces; the request's deadline holds after.
    ///
    /// # Errors
    /// As `flight`; `Gone(Message)` or `Gone(Part)` where there is nothing; whatever `each` says.
    pub fn fetch_pieces(
        &mut self,
        uid: Uid,
        what: &What,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<u64> {
        self.ready()?;
        let request = self.limits.deadline();
        let outcome = self.pieces(uid, what, each);
        self.limits.set_deadline(request);
        outcome
    }

    fn pieces(
        &mut self,
        uid: Uid,
        what: &What,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<u64> {
        let mut offset = 0u32;
        loop {
            self.limits.set_patience(PATIENCE);
            self.limits.set_bytes(REQUEST_BYTES);
            let next = offset.saturating_add(PIECE_BYTES);
            let sections = [offset, next].map(|at| Section {
                what: what.clone(),
                range: Some((at, PIECE_BYTES)),
            });
            let ask = |section: &Section| Command::FetchParts {
                uid,
                sections: vec![section.clone()],
                peek: true,
            };
            let flight = self.flight(&sections.each_ref().map(ask))?;
            flight.require(0)?;
            let gone = Error::Gone(crate::error::What::Message);
            let message = flight.messages.get(&uid).ok_or(gone)?;
            for section in &sections {
                let piece = match message.section(section) {
                    Some(piece) => piece,
                    None if offset == 0 => return Err(Error::Gone(crate::error::What::Part)),
                    None => &[],
                };
                each(piece)?;
                let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
                offset = offset.saturating_add(length);
                // Shorter: the end. Longer: a server that knows no ranges has sent all of it.
                if length != PIECE_BYTES {
                    return Ok(u64::from(offset));
                }
            }
        }
    }

    /// What the server can do, where it was asked.
    pub fn capabilities(&self) -> Option<&Capabilities> {
        match &self.state {
            State::Open(open) if open.sure => Some(&open.able),
            _ => None,
        }
    }

    /// What the connection has cost so far.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    fn spend(&mut self, watch: Watch) {
        self.cost.spent = self.cost.spent.saturating_add(watch.passed());
    }

    /// Greeting and sign-in, alone in their write: some servers lose what follows a LOGIN, others count it as attempts.
    fn sign_in(&mut self, connected: Connected) -> Result<Open> {
        self.cost.connections = self.cost.connections.saturating_add(1);
        let Account {
            login, password, ..
        } = self.account;
        if [login, password]
            .iter()
            .any(|s| s.contains(['\r', '\n', '\0']))
        {
            let cause = Cause::new("login or password holds what cannot be sent");
            return Err(Error::Imap(Imap::LoginRefused, cause));
        }
        let greeted = connected.greeted;
        let wire = Wire::new(connected.stream, greeted);
        let mut client = imap::Client::new(wire.clone());
        let mut hint = None;
        if !greeted {
            let read = client.read_greeting();
            let greeting = answers(&wire, &[None]);
            read.map_err(|e| wire.fault().unwrap_or_else(|| garbled(&e.to_string())))?;
            hint = greeting.capabilities;
            if let Some(text) = greeting.goodbye {
                let cause = Cause::at("greeting", self.scrubbed(&text));
                return Err(Error::Imap(Imap::LoginLater, cause));
            }
        }
        let offers = |word: &str| hint.as_ref().is_some_and(|hint| hint.has(word));
        let plain = Plain { login, password };
        let ascii = login.is_ascii() && password.is_ascii();
        let entered = if offers("AUTH=PLAIN") && offers("SASL-IR") {
            wire.expect_continuation(true);
            client.authenticate(
                format!("PLAIN {}", STANDARD.encode(plain.message())),
                &plain,
            )
        } else if offers("AUTH=PLAIN") && (offers("LOGINDISABLED") || !ascii) {
            wire.expect_continuation(true);
            client.authenticate("PLAIN", &plain)
        } else {
            client.login(login, password)
        };
        wire.expect_continuation(false);
        self.cost.flights = self.cost.flights.saturating_add(1);
        self.cost.commands = self.cost.commands.saturating_add(1);
        let answer = answers(&wire, &[Some(0)]);
        match (entered, answer.end(0)) {
            (Ok(session), Some(end)) if end.status == Status::Ok => {
                let sure = answer.capabilities.is_some() || self.known.is_some();
                let able = answer.capabilities.or(self.known.take()).or(hint);
                Ok(Open {
                    session,
                    wire,
                    able: able.unwrap_or_default(),
                    sure,
                })
            }
            (_, Some(end)) => Err(self.refused(end)),
            (_, None) if wire.said_goodbye() => {
                let text = self.scrubbed(&answer.goodbye.unwrap_or_default());
                Err(Error::Imap(
                    Imap::LoginLater,
                    Cause::at("goodbye at sign-in", text),
                ))
            }
            (_, None) => Err(wire
                .fault()
                .unwrap_or_else(|| garbled("sign-in was not answered"))),
        }
    }

    /// Whether a sign-in was refused because of the password, or only for now (RFC 5530 3).
    fn refused(&self, end: &End) -> Error {
        let text = self.scrubbed(&end.text);
        let says = |words: &[&str]| {
            words
                .iter()
                .any(|word| text.to_ascii_lowercase().contains(word))
        };
        let kind = match (end.status, end.code.as_str()) {
            (_, "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG") => Imap::LoginLater,
            (_, "AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED") => Imap::LoginRefused,
            (_, "PRIVACYREQUIRED" | "CONTACTADMIN") | (Status::Bad, _) => Imap::Refused,
            _ if says(&[
                "too many",
                "try again",
                "temporar",
                "unavailable",
                "in use",
                "busy",
                "limit exceeded",
                "internal error",
            ]) =>
            {
                Imap::LoginLater
            }
            _ => Imap::LoginRefused,
        };
        Error::Imap(
            kind,
            Cause::at(&format!("sign-in {:?} {}", end.status, end.code), text),
        )
    }

    /// A server's text for the log: short, printable, without login, password or any address.
    fn scrubbed(&self, text: &[u8]) -> String {
        let Account {
            login, password, ..
        } = self.account;
        let text = String::from_utf8_lossy(text);
        let secret = |word: &str| {
            let holds = |s: &str| !s.is_empty() && word.to_lowercase().contains(&s.to_lowercase());
            let local = login.split('@').next().unwrap_or_default();
            word.contains('@')
                || holds(login)
                || holds(local)
                || password.split_whitespace().any(holds)
        };
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        let safe: Vec<&str> = words
            .map(|word| if secret(word) { "(left out)" } else { word })
            .collect();
        safe.join(" ").chars().take(200).collect()
    }
}

impl Drop for Remote<'_> {
    /// A polite goodbye, whose answer nobody waits for.
    fn drop(&mut self) {
        if let State::Open(open) = &mut self.state
            && open.wire.fault().is_none()
            && !open.wire.said_goodbye()
        {
            self.limits.set_deadline(Deadline::after(GOODBYE));
            // Whether it arrives changes nothing: the connection closes next.
            drop(
                open.session
                    .run_command("LOGOUT")
                    .map(|()| open.wire.send()),
            );
        }
    }
}

impl Open {
    fn fly(&mut self, commands: &[Command], cost: &mut Cost) -> Result<Flight> {
        let opens = commands
            .iter()
            .filter(|c| matches!(c, Command::Open { .. }))
            .count();
        if opens > 1 {
            return Err(Error::Internal(Cause::new(
                "a flight that opens two folders",
            )));
        }
        let mut flight = Flight::of(commands.len());
        for write in self.writes(commands) {
            self.send(&write, &mut flight)?;
            let count = u32::try_from(write.texts.len()).unwrap_or(u32::MAX);
            cost.commands = cost.commands.saturating_add(count);
            cost.flights = cost.flights.saturating_add(1);
        }
        flight.settle();
        if let Some(able) = &flight.capabilities {
            self.able = able.clone();
            self.sure = true;
        }
        Ok(flight)
    }

    /// The commands as they go out, as few writes as can be.
    fn writes(&self, commands: &[Command]) -> Vec<Write> {
        let mut writes = Vec::new();
        let mut write = Write::default();
        if !self.sure {
            write.add(None, None, "CAPABILITY".to_owned());
        }
        for (n, command) in commands.iter().enumerate() {
            for text in command.texts(&self.able) {
                let untagged = match command {
                    Command::Search(_) if !text.contains("RETURN") => Some("SEARCH"),
                    Command::Sort { .. } if !text.contains("RETURN") => Some("SORT"),
                    _ => None,
                };
                if !write.has_room_for(&text, untagged) {
                    writes.push(std::mem::take(&mut write));
                }
                match command {
                    Command::Search(_) => drop(write.searches.insert(n)),
                    Command::Sort { .. } => drop(write.sorts.insert(n)),
                    _ => {}
                }
                write.add(Some(n), untagged, text);
            }
        }
        if !write.texts.is_empty() {
            writes.push(write);
        }
        writes
    }

    /// One write and all that it brings.
    fn send(&mut self, write: &Write, flight: &mut Flight) -> Result<()> {
        let Some((last, others)) = write.texts.split_last() else {
            return Ok(());
        };
        let broken =
            |wire: &Wire, e: &imap::Error| wire.fault().unwrap_or_else(|| garbled(&e.to_string()));
        for text in others {
            self.session
                .run_command(text)
                .map_err(|e| broken(&self.wire, &e))?;
        }
        match self.session.run(last) {
            // What a NO or BAD means is decided by whoever asked.
            Ok(_) | Err(imap::Error::No(_) | imap::Error::Bad(_)) => {}
            Err(e) => return Err(broken(&self.wire, &e)),
        }
        let asked = Asked {
            searches: write.searches.clone(),
            sorts: write.sorts.clone(),
            ..Asked::default()
        };
        collect(&self.wire, asked, &write.owners, flight);
        Ok(())
    }
}

/// Commands that go out together.
#[derive(Default)]
struct Write {
    texts: Vec<String>,
    /// Which command of ours each text is of; None for the CAPABILITY that joined by itself.
    owners: Vec<Option<usize>>,
    searches: std::collections::BTreeSet<usize>,
    sorts: std::collections::BTreeSet<usize>,
    /// The untagged answers that are awaited here and name nobody.
    untagged: Vec<&'static str>,
    bytes: usize,
}

impl Write {
    fn has_room_for(&self, text: &str, untagged: Option<&'static str>) -> bool {
        let alone = |text: &str| command::pauses(text);
        self.texts.is_empty()
            || (self.bytes.saturating_add(text.len()).saturating_add(16) <= FLIGHT_COMMANDS
                && !alone(text)
                && !self.texts.iter().any(|t| alone(t))
                && !untagged.is_some_and(|word| self.untagged.contains(&word)))
    }

    fn add(&mut self, owner: Option<usize>, untagged: Option<&'static str>, text: String) {
        self.bytes = self.bytes.saturating_add(text.len()).saturating_add(16);
        self.untagged.extend(untagged);
        self.owners.push(owner);
        self.texts.push(text);
    }
}

/// What the wire kept, read into a flight of its own.
fn answers(wire: &Wire, owners: &[Option<usize>]) -> Flight {
    let mut flight = Flight::of(owners.len());
    collect(wire, Asked::default(), owners, &mut flight);
    flight.settle();
    flight
}

/// What the wire kept, read into a flight: each response is let go as soon as it was read.
fn collect(wire: &Wire, mut asked: Asked, owners: &[Option<usize>], flight: &mut Flight) {
    let kept = wire.take();
    for (tag, owner) in kept.tags.into_iter().zip(owners) {
        if let Some(command) = owner {
            asked.tags.insert(tag, *command);
        }
    }
    for response in kept.untagged {
        flight.read(&response, &asked);
    }
    for end in kept.ends {
        if let Some(Some(command)) = owners.get(end.command) {
            flight.end_of(*command, End::read(end.status, &end.text));
        }
    }
}

/// SASL PLAIN (RFC 4616).
struct Plain<'a> {
    login: &'a str,
    password: &'a str,
}

impl Plain<'_> {
    fn message(&self) -> String {
        format!("\0{}\0{}", self.login, self.password)
    }
}

impl imap::Authenticator for Plain<'_> {
    type Response = String;

    fn process(&self, _challenge: &[u8]) -> String {
        self.message()
    }
}
