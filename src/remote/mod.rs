//! The door to the IMAP server: one lazy connection a request, counted; commands in flights; our words in and out.
//!
//! Not for deciding what to ask (that is `mailbox`), and the only place that names `imap`, `imap_proto` and `native_tls`.
//!
//! How a flight goes, and where each step lives:
//!
//! 1. `Remote::fly` takes a `Plan` of commands. At the first one it connects (`connect`) and signs in (`sign_in`).
//! 2. `flight` groups them into writes; `command` and `change` make IMAP of each, by what the server can do: `segments`.
//! 3. The `imap` crate tags each; `wire`, the stream under it, collects them and sends all in one write.
//! 4. `wire` cuts what comes back into responses (`frames`), keeps them, and gives the crate the one tagged end that it
//!    waits for. Beneath it `connect` holds TLS, and beneath TLS the deadline and the byte budget.
//! 5. `answer` reads what was kept into a `Flight`, with `lexer` for the tokens and `open_folder`, `fetch`, `structure`,
//!    `folders`, `uids` and `end` for what they say, and `borders` for which folder is meant. There the handles of the
//!    plan find their answers again.
//!
//! To know before changing it: any answer may be wrong, late, enormous or hostile. A response that cannot be read loses
//! itself; a connection that cannot be trusted any more ends, and every later call says why; nothing panics.

mod answer;
mod apart;
mod borders;
mod capabilities;
mod change;
mod command;
mod connect;
mod criteria;
mod dates;
mod end;
mod fetch;
mod flight;
mod folders;
mod found;
mod frames;
mod handle;
mod kept;
mod lexer;
pub mod names;
mod open_folder;
mod pieces;
mod plan;
mod segments;
mod sign_in;
pub mod structure;
pub mod uids;
mod web;
mod wire;

use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

pub use self::answer::{Answer, Flight, Remarks};
pub use self::apart::Answers;
pub use self::capabilities::Capabilities;
pub use self::change::{Append, Appended, Copied, StoreFlags, Stored};
pub use self::command::ROW_BYTES;
pub use self::connect::Stream;
pub use self::criteria::{Access, Criteria, FUZZY, Known, Section, SectionKind, SortKey};
pub use self::end::{End, Status};
pub use self::fetch::{Envelope, Fetched, Mailbox as EnvelopeAddress, Message};
pub use self::folders::{Folders, Listed, Namespace, Namespaces, Quota, StatusCounts};
pub use self::found::{Found, FoundIn};
pub use self::handle::{Ended, Handle};
pub use self::names::{decoded, encoded};
pub use self::open_folder::{Messages, OpenFolder, PermanentFlags};
pub use self::pieces::{Announced, PATIENCE, PIECE_BYTES};
pub use self::plan::Plan;
pub use self::segments::Content;
pub use self::structure::{Leaf, Parameters};
pub use self::uids::{Sequence, UidSet};
pub use self::web::web_page;

use self::apart::Apart;
use self::connect::{Connected, Limits, connect};
use self::flight::Session;
use crate::config::ImapServer;
use crate::error::{Cause, Error, GoneKind, Result, Said};
use crate::mail::FolderName;
use crate::time::{Deadline, Watch};

/// What one request may receive from its server, in bytes (as they come over the line).
const REQUEST_BYTES: u64 = 32 * 1024 * 1024;
/// Most connections that one request makes, where the server breaks them.
const CONNECTIONS: u32 = 3;
/// How long name lookup, connecting, TLS and the greeting may take together: a server that is away must not cost each
/// click a request's whole deadline.
const CONNECTING: Duration = Duration::from_secs(5);
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
    /// From which address, where the server is to be told.
    pub client: Option<IpAddr>,
}

/// Connects to a server and reads its greeting, without signing in.
///
/// # Errors
/// `Imap`; `Setup` where `ca_file` cannot be used.
pub fn greet(server: &ImapServer, deadline: Deadline) -> Result<()> {
    let nobody = Account {
        server,
        login: "",
        password: "",
        client: None,
    };
    let limits = Rc::new(Limits::new(deadline, REQUEST_BYTES));
    sign_in::greet(&nobody, connect(server, &limits)?)
}

/// What a request's connection has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Connections made: 0 or 1, unless the server broke one.
    pub connections: u32,
    /// Commands sent, sign-in included; the goodbye and what goes with it, which nobody waits for, not.
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
    state: State<'a>,
    cost: Cost,
    /// What had come when the last connection broke, and what its server could do.
    broken: Option<Flight>,
    able: Option<Capabilities>,
    /// What the server wants the user to see.
    alerts: Vec<Said>,
}

enum State<'a> {
    /// Nothing was needed yet.
    Unasked,
    /// None is to be made; and whether one was needed.
    Shut { is_missed: bool },
    /// Signed in.
    Open(Box<Session>),
    /// Failed, for good.
    Broken(Error),
    /// What it is asked is answered elsewhere.
    Apart(Box<Apart<'a>>),
}

/// That what is fetched ahead is not at hand.
pub fn ahead_only() -> Error {
    Error::Busy {
        waited: Duration::ZERO,
    }
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
            broken: None,
            able: None,
            alerts: Vec::new(),
        }
    }

    /// Never connects: what is asked is answered by what came `apart`, or noted to be asked there. `able` is what the server
    /// can do, as far as that is known.
    pub fn apart(account: Account<'a>, able: Capabilities, answers: &'a Answers) -> Remote<'a> {
        let mut remote = Remote::new(account, None, Deadline::after(Duration::ZERO));
        remote.state = State::Apart(Box::new(Apart::new(able, answers)));
        remote
    }

    /// What it was asked last and had no answer to.
    pub fn take_asked(&mut self) -> Option<Plan> {
        match &mut self.state {
            State::Apart(apart) => apart.take_asked(),
            State::Unasked | State::Shut { .. } | State::Open(_) | State::Broken(_) => None,
        }
    }

    /// Never connects from now on: for what is fetched ahead.
    pub fn shut(&mut self) {
        self.state = State::Shut { is_missed: false };
    }

    /// True where a connection was needed that was not to be made.
    pub fn has_missed(&self) -> bool {
        matches!(self.state, State::Shut { is_missed: true })
    }

    /// Connects and signs in, unless that was done.
    ///
    /// # Errors
    /// `Imap`, of any kind; `Setup` where the configuration cannot be used.
    pub fn ready(&mut self) -> Result<&Capabilities> {
        if matches!(self.state, State::Unasked) {
            let watch = Watch::start();
            self.limits.connecting(CONNECTING);
            let connected = connect(self.account.server, &self.limits);
            self.enter(connected);
            self.spend(watch);
        }
        if let State::Shut { is_missed } = &mut self.state {
            *is_missed = true;
        }
        match &self.state {
            State::Open(session) => Ok(&session.able),
            State::Apart(apart) => Ok(&apart.able),
            State::Shut { .. } => Err(ahead_only()),
            State::Broken(error) => Err(error.clone()),
            State::Unasked => Err(Error::Internal(Cause::new(
                "a connection neither made nor failed",
            ))),
        }
    }

    /// What follows has its own time: something else than the mail server has taken what there was.
    pub fn go_on(&mut self) {
        self.limits.set_deadline(Deadline::after(PATIENCE));
    }

    /// True where it has signed in, and nothing broke since.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Signs in over a stream that is connected already: for tests without a socket.
    ///
    /// # Errors
    /// As `ready`.
    pub fn ready_over(&mut self, stream: Box<dyn Stream>) -> Result<&Capabilities> {
        self.enter(Ok(Connected {
            stream,
            greeted: false,
        }));
        self.ready()
    }

    fn enter(&mut self, connected: Result<Connected>) {
        let session = connected.and_then(|connected| {
            self.cost.connections = self.cost.connections.saturating_add(1);
            let known = self.known.take();
            let greeted = || self.limits.connected();
            sign_in::sign_in(&self.account, connected, known, greeted, &mut self.cost)
        });
        self.limits.connected();
        self.state = match session {
            Ok(session) => State::Open(Box::new(session)),
            Err(error) => State::Broken(error),
        };
    }

    /// Sends commands together and reads what they bring. Usually one write; more where commands are long, or where their
    /// answers could not be told apart. While a file is sent, the deadline is 20 s without progress.
    ///
    /// # Errors
    /// `Imap`, where the connection failed or the server is not to be understood; `Internal` where the commands may not go
    /// out together, or a file that is sent cannot be read, which ends the connection. A NO or BAD is no error here: ask
    /// the flight for the command's end, or `require` it.
    pub fn fly(&mut self, plan: Plan) -> Result<Flight> {
        if let State::Apart(apart) = &mut self.state {
            return apart.fly(plan);
        }
        self.ready()?;
        let watch = Watch::start();
        let request = self.limits.deadline();
        let has_file = plan.has_file();
        if has_file {
            self.limits.set_patience(PATIENCE);
        }
        let (flown, is_lost) = match &mut self.state {
            State::Open(session) => {
                let flown = session.fly(plan, &mut self.cost);
                self.broken = session.broken.take();
                self.alerts.append(&mut session.alerts);
                let is_lost = session.wire.fault().is_some();
                (flown, is_lost)
            }
            State::Broken(error) => (Err(error.clone()), true),
            State::Unasked | State::Shut { .. } | State::Apart(_) => {
                let cause = Cause::new("a flight without a connection");
                (Err(Error::Internal(cause)), false)
            }
        };
        if has_file {
            self.limits.set_deadline(request);
        }
        self.spend(watch);
        if let Err(error) = &flown
            && (is_lost || matches!(error, Error::Imap(..)))
        {
            self.able = self.capabilities().cloned();
            self.state = State::Broken(error.clone());
        }
        flown
    }

    /// What the server wants the user to see (RFC 9051 7.1, ALERT), said so far, each once.
    pub fn alerts(&self) -> impl Iterator<Item = &str> {
        let all = self.alerts.iter().enumerate();
        let first = all.filter(|(n, said)| self.alerts.iter().position(|s| s == *said) == Some(*n));
        first.filter_map(|(_, said)| said.words())
    }

    /// What a flight had brought when its connection broke, if the server had begun to answer: to be used, and to be asked
    /// which message was the first that did not come.
    pub fn take_broken(&mut self) -> Option<Flight> {
        self.broken.take()
    }

    /// Lets the next flight make a new connection after one that broke; false where a request may make no more.
    pub fn begin_again(&mut self) -> bool {
        let may = matches!(self.state, State::Broken(_)) && self.cost.connections < CONNECTIONS;
        if may {
            self.known = self.able.take();
            self.state = State::Unasked;
        }
        may
    }

    /// For the command of a flight that was to open a folder: what a NO means for the page. Most servers say it without a
    /// code (RFC 9051 6.3.2 asks for no more), of folders that are gone and of those that this user may not open; the list
    /// of folders tells which. INBOX always exists (5.1), and CANNOT is said of a name that no folder can have.
    ///
    /// # Errors
    /// `Gone(Folder)` or `Imap(Refused)`; as `flight`.
    pub fn require_open<'f>(
        &mut self,
        flight: &'f Flight,
        command: Handle<OpenFolder>,
    ) -> Result<&'f OpenFolder> {
        let missing = || Error::Internal(Cause::new("a folder that the flight did not open"));
        let opened = flight.get(command).ok_or_else(missing)?;
        let folder = opened.name.as_ref().ok_or_else(missing)?;
        self.require_there(flight, command, folder)?;
        Ok(opened)
    }

    /// For any command of a flight that needs a folder to be there: what a NO means for the page.
    ///
    /// # Errors
    /// The same.
    pub fn require_there<A>(
        &mut self,
        flight: &Flight,
        command: Handle<A>,
        folder: &FolderName,
    ) -> Result<()> {
        let refused = match flight.require(command) {
            Ok(()) => return Ok(()),
            Err(refused) if folder.is_inbox() => return Err(refused),
            Err(refused) => refused,
        };
        let no = flight.end(command).filter(|end| end.status == Status::No);
        let gone = match no.map(|end| end.code.as_str()) {
            Some("CANNOT") => true,
            Some("") if flight.folders.listed.is_empty() => {
                let mut plan = Plan::new();
                let listing = plan.list();
                let list = self.fly(plan)?;
                list.is_ok(listing) && !list.lists(folder)
            }
            Some("") => !flight.lists(folder),
            _ => false,
        };
        Err(match gone {
            true => Error::Gone(GoneKind::Folder),
            false => refused,
        })
    }

    /// The server, as the configuration has it.
    pub fn server(&self) -> &ImapServer {
        self.account.server
    }

    /// What the server can do, where it was asked.
    pub fn capabilities(&self) -> Option<&Capabilities> {
        match &self.state {
            State::Open(session) if session.sure => Some(&session.able),
            State::Apart(apart) => Some(&apart.able),
            _ => None,
        }
    }

    /// Takes an extension out of what the server is said to have: for what it offers and then refuses (BAD or NO).
    /// Commands are worded without it from then on; `ready` tells what is left, to be remembered.
    pub fn forget(&mut self, word: &str) {
        match &mut self.state {
            State::Open(session) => session.able.forget(word),
            State::Apart(apart) => apart.able.forget(word),
            State::Unasked | State::Shut { .. } | State::Broken(_) => {}
        }
    }

    /// What the connection has cost so far.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Sends a few last commands and the goodbye in one write, and waits for no answer: whether they arrive is seen when the
    /// server is asked next time. Then it is over.
    pub fn leave_with(&mut self, plan: Plan) {
        if matches!(self.state, State::Apart(_)) {
            return;
        }
        let over = State::Shut { is_missed: false };
        if let State::Open(mut session) = std::mem::replace(&mut self.state, over) {
            self.limits.set_deadline(Deadline::after(GOODBYE));
            // Whether it arrives changes nothing here: the connection closes next.
            session.leave(plan).unwrap_or_default();
        }
    }

    fn spend(&mut self, watch: Watch) {
        self.cost.spent = self.cost.spent.saturating_add(watch.passed());
    }
}

impl Drop for Remote<'_> {
    /// A polite goodbye, whose answer nobody waits for.
    fn drop(&mut self) {
        self.leave_with(Plan::new());
    }
}
