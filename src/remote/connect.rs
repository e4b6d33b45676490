//! The way to the server: TCP, STARTTLS, TLS, and beneath all of it one deadline and one byte budget.
//!
//! Not for IMAP beyond the greeting and STARTTLS, which have to be spoken before there is anything to put the `imap`
//! crate on. To know before changing it: a timeout that is set above TLS does not hold. A server that drips one TLS
//! record byte by byte satisfies every socket read while the reader above waits for the record. So `Line` looks at the
//! deadline before each single receive and send of the socket, and TLS is laid over it.

use std::cell::Cell;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::rc::Rc;
use std::time::Duration;

use native_tls::{Certificate, HandshakeError, TlsConnector};

use crate::config::{ImapServer, Security};
use crate::error::{Cause, Error, Fault, Imap, MailServer, Result, Said, Trouble};
use crate::process;
use crate::time::Deadline;

/// Longest line, in bytes, and most lines that are read before TLS.
const PLAIN_LINE: usize = 8 * 1024;
const PLAIN_LINES: usize = 50;
/// How much has to arrive within the patience of a long transfer, in bytes.
const PROGRESS: u64 = 8 * 1024;

/// What the wire reads and writes: a socket, TLS over a socket, or a script in a test.
pub trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

/// What a connection may still cost, looked at before each receive and send. Shared by `Line` and its owner, who may
/// renew it between two flights.
pub struct Limits {
    deadline: Cell<Deadline>,
    /// The request's own, while a shorter one holds.
    request: Cell<Option<Deadline>>,
    bytes: Cell<u64>,
    patience: Cell<Option<Duration>>,
    progress: Cell<u64>,
}

impl Limits {
    /// So much time and so many bytes, for everything from the name lookup on.
    pub fn new(deadline: Deadline, bytes: u64) -> Limits {
        Limits {
            deadline: Cell::new(deadline),
            request: Cell::new(None),
            bytes: Cell::new(bytes),
            patience: Cell::new(None),
            progress: Cell::new(0),
        }
    }

    /// Until `connected`, no more than this, from the name lookup to the end of the greeting.
    pub fn connecting(&self, most: Duration) {
        let request = self.deadline.get();
        self.request.set(Some(request));
        self.deadline.set(request.within(most));
    }

    /// The deadline before `connecting` holds again.
    pub fn connected(&self) {
        if let Some(request) = self.request.take() {
            self.deadline.set(request);
        }
    }

    /// The moment at which everything ends.
    pub fn deadline(&self) -> Deadline {
        self.deadline.get()
    }

    /// Another deadline from now on, and no more patience.
    pub fn set_deadline(&self, deadline: Deadline) {
        self.patience.set(None);
        self.deadline.set(deadline);
    }

    /// From now on the deadline moves as long as bytes come or go: it is so far from the last 8 KB.
    pub fn set_patience(&self, patience: Duration) {
        self.patience.set(Some(patience));
        self.progress.set(0);
        self.deadline.set(Deadline::after(patience));
    }

    /// A new budget of bytes.
    pub fn set_bytes(&self, bytes: u64) {
        self.bytes.set(bytes);
    }

    fn time_left(&self) -> io::Result<Duration> {
        let left = self.deadline.get().left();
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(left)
    }

    fn received(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.bytes.set(self.bytes.get().saturating_sub(count));
        self.moved(count);
    }

    /// Bytes that came or went: progress, where patience asks for some.
    fn moved(&self, count: u64) {
        if let Some(patience) = self.patience.get() {
            let progress = self.progress.get().saturating_add(count);
            if progress >= PROGRESS {
                self.deadline.set(Deadline::after(patience));
                self.progress.set(0);
            } else {
                self.progress.set(progress);
            }
        }
    }
}

/// A socket that knows what it may still cost.
struct Line {
    tcp: TcpStream,
    limits: Rc<Limits>,
}

impl Read for Line {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let budget = usize::try_from(self.limits.bytes.get()).unwrap_or(usize::MAX);
        if budget == 0 {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let most = into.len().min(budget);
        let into = into.get_mut(..most).unwrap_or_default();
        self.tcp.set_read_timeout(Some(self.limits.time_left()?))?;
        let count = self.tcp.read(into).map_err(expired)?;
        self.limits.received(count);
        Ok(count)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tcp.set_write_timeout(Some(self.limits.time_left()?))?;
        let count = self.tcp.write(bytes).map_err(expired)?;
        self.limits.moved(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tcp.flush()
    }
}

/// An expired socket timeout comes as `WouldBlock`, which TLS above would take for "try again".
fn expired(e: io::Error) -> io::Error {
    if e.kind() == io::ErrorKind::WouldBlock {
        return io::ErrorKind::TimedOut.into();
    }
    e
}

/// A connection that is ready for IMAP.
pub struct Connected {
    /// Protected as the configuration asks.
    pub stream: Box<dyn Stream>,
    /// True where the greeting has been read already, before STARTTLS.
    pub greeted: bool,
}

/// Connects to the server: TCP, and TLS from the first byte or after STARTTLS.
///
/// # Errors
/// `Imap`: `Unreachable`, `Timeout`, `Certificate`, `Garbled`, `Refused`, `LoginLater` (the greeting was BYE);
/// `Setup` where `ca_file` cannot be used.
pub fn connect(server: &ImapServer, limits: &Rc<Limits>) -> Result<Connected> {
    let tcp = dial(server, limits)?;
    let mut line = Line {
        tcp,
        limits: Rc::clone(limits),
    };
    let greeted = match server.security() {
        Security::None => {
            return Ok(Connected {
                stream: Box::new(line),
                greeted: false,
            });
        }
        Security::Tls => false,
        Security::Starttls => {
            start_tls(&mut line)?;
            true
        }
    };
    Ok(Connected {
        stream: protect(server, line, limits)?,
        greeted,
    })
}

/// Tries the addresses of the host one after the other; each may use its share of the time that is left.
fn dial(server: &ImapServer, limits: &Limits) -> Result<TcpStream> {
    let unreachable = |e: io::Error| Error::Imap(Imap::Unreachable, Cause::at("connecting", e));
    process::look_up_by_files_and_dns();
    let addresses: Vec<_> = (server.host.as_str(), server.port())
        .to_socket_addrs()
        .map_err(unreachable)?
        .take(8)
        .collect();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for (tried, address) in addresses.iter().enumerate() {
        let waiting = u32::try_from(addresses.len().saturating_sub(tried)).unwrap_or(1);
        let left = limits.time_left().map_err(|e| failed("connecting", &e))?;
        let share = left.checked_div(waiting).unwrap_or(left);
        match TcpStream::connect_timeout(address, share.max(Duration::from_millis(1))) {
            Ok(tcp) => {
                tcp.set_nodelay(true).map_err(unreachable)?;
                return Ok(tcp);
            }
            Err(e) => last = e,
        }
    }
    Err(match last.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
            Error::Imap(Imap::Timeout, Cause::new("connecting: no answer"))
        }
        _ => unreachable(last),
    })
}

/// Speaks greeting and STARTTLS in the clear (RFC 9051 6.2.1). This is the only command that does not leave through the
/// `imap` crate: there is no TLS yet to put the crate on, and its own connect has no timeout.
fn start_tls(line: &mut Line) -> Result<()> {
    let mut clear = Clear::default();
    let greeting = clear.line(line)?;
    if starts(&greeting, b"* BYE") {
        return Err(Error::Imap(
            Imap::LoginLater,
            Cause::new("the greeting was BYE"),
        ));
    }
    if !starts(&greeting, b"* OK") {
        return Err(garbled("the greeting before STARTTLS is not valid"));
    }
    if !clear.held.is_empty() {
        return Err(garbled("more than a greeting came before STARTTLS"));
    }
    line.write_all(b"p0 STARTTLS\r\n")
        .map_err(|e| failed("STARTTLS", &e))?;
    for _ in 0..PLAIN_LINES {
        let answer = clear.line(line)?;
        if starts(&answer, b"p0 OK") {
            // What came behind the answer was put there by whoever sits between: RFC 9051 11.1.
            return if clear.held.is_empty() {
                Ok(())
            } else {
                Err(garbled("text in the clear came behind STARTTLS"))
            };
        }
        if starts(&answer, b"p0 ") {
            let cause = Cause::new("the server has no STARTTLS");
            return Err(Error::Imap(Imap::Refused(Said::default()), cause));
        }
        if !starts(&answer, b"* ") {
            break;
        }
    }
    Err(garbled("STARTTLS was not answered"))
}

/// The lines before TLS.
#[derive(Default)]
struct Clear {
    held: Vec<u8>,
}

impl Clear {
    fn line(&mut self, from: &mut Line) -> Result<Vec<u8>> {
        loop {
            if let Some(end) = self.held.iter().position(|b| *b == b'\n') {
                return Ok(self.held.drain(..=end).collect());
            }
            if self.held.len() > PLAIN_LINE {
                return Err(garbled("a line before STARTTLS is too long"));
            }
            let mut piece = [0; 1024];
            let count = from.read(&mut piece).map_err(|e| failed("STARTTLS", &e))?;
            if count == 0 {
                let cause = Cause::new("the server closed the connection before STARTTLS");
                return Err(Error::Imap(Imap::Unreachable, cause));
            }
            self.held
                .extend_from_slice(piece.get(..count).unwrap_or_default());
        }
    }
}

fn starts(line: &[u8], with: &[u8]) -> bool {
    line.get(..with.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(with))
}

/// Lays TLS over the line; the server's certificate is judged by `ca_file` alone where there is one.
fn protect(server: &ImapServer, line: Line, limits: &Limits) -> Result<Box<dyn Stream>> {
    let mut builder = TlsConnector::builder();
    if let Some(file) = &server.ca_file {
        let wrong = |e: &dyn std::fmt::Display| ca_file(Cause::at(&file.display().to_string(), e));
        let pem = fs::read(file).map_err(|e| wrong(&e))?;
        builder.disable_built_in_roots(true);
        for root in Certificate::stack_from_pem(&pem).map_err(|e| wrong(&e))? {
            builder.add_root_certificate(root);
        }
    }
    let connector = builder.build().map_err(|e| ca_file(Cause::at("TLS", e)))?;
    match connector.connect(&server.host, line) {
        Ok(stream) => Ok(Box::new(stream)),
        Err(HandshakeError::WouldBlock(_)) => Err(timeout("TLS")),
        Err(HandshakeError::Failure(e)) => Err(distrust(&e, limits)),
    }
}

/// The certificates that a server is to be judged by cannot be used.
fn ca_file(cause: Cause) -> Error {
    Error::Setup(Fault::Mail(MailServer::Imap, Trouble::CaFile), cause)
}

/// A failed handshake by meaning. OpenSSL tells why a certificate was refused only in words, in its last parentheses.
fn distrust(e: &native_tls::Error, limits: &Limits) -> Error {
    if limits.deadline().has_passed() {
        return timeout("TLS");
    }
    let text = e.to_string();
    if text.contains("certificate verify failed") {
        let reason = text
            .rsplit_once('(')
            .and_then(|(_, tail)| tail.split(')').next())
            .filter(|reason| !reason.is_empty())
            .unwrap_or("certificate verify failed");
        return Error::Imap(Imap::Certificate, Cause::new(reason));
    }
    Error::Imap(Imap::Unreachable, Cause::at("TLS", text))
}

/// A failed receive or send by meaning.
pub fn failed(doing: &str, e: &io::Error) -> Error {
    match e.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => timeout(doing),
        io::ErrorKind::QuotaExceeded => garbled("more bytes came than a request may hold"),
        _ => Error::Imap(Imap::Unreachable, Cause::at(doing, e)),
    }
}

fn timeout(doing: &str) -> Error {
    Error::Imap(Imap::Timeout, Cause::at(doing, "no answer in time"))
}

/// It answered with what is not IMAP, or with more than fits.
pub fn garbled(what: &str) -> Error {
    Error::Imap(Imap::Garbled, Cause::new(what))
}
