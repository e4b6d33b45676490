//! A message goes to a submission server (RFC 6409, RFC 5321), one command at a time.
//!
//! To know before changing it: every recipient's answer is read before the message is begun, so that a mail goes to all of
//! them or to none; and lettre ends whatever it is given, so a spool that cannot be read must unwind through it.

use std::io::{self, Read as _, Seek as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, SmtpConnection, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{
    ClientId, Extension, MailBodyParameter, MailParameter, RcptParameter,
};

use super::{LAST_ANSWER, Offers, Outcome, Outgoing, Patience, said};
use crate::config::{Security, SmtpServer};
use crate::error::Cause;
use crate::mail::{Holds, Refusal, RefusedRecipient};
use crate::process;
use crate::seal::Secret;
use crate::spool::Spool;
use crate::time::{self, Deadline, Seconds};

/// How much of a message is written at once, in bytes.
const PIECE: usize = 32 * 1024;

/// How OpenSSL says that a certificate was refused: to lettre a failed handshake is a failed connection.
const DISTRUST: &str = "certificate verify failed";
/// Around each certificate of a PEM file (RFC 7468 5.1).
const CERTIFICATE_BEGINS: &str = "-----BEGIN CERTIFICATE-----";
const CERTIFICATE_ENDS: &str = "-----END CERTIFICATE-----";

/// What ended it before the message was begun, and what the hoster should know of it.
type Ended = (Refusal, Option<Cause>);

/// Hands a message over to a server; `heard` is what that announces. The cause is for the log.
pub fn send(
    server: &SmtpServer,
    login: &str,
    password: &Secret,
    outgoing: Outgoing,
    heard: &mut Option<Offers>,
) -> (Outcome, Option<Cause>) {
    let refused = |(refusal, cause): Ended| (Outcome::Refused(refusal), cause);
    let mut connection = match connect(server, outgoing.patience) {
        Ok(connection) => connection,
        Err(ended) => return refused(ended),
    };
    if let Err(ended) = sign_in(&mut connection, server, login, password) {
        return refused(ended);
    }
    // Asked once more: some announce more to whom they know.
    let announced = announced(&mut connection);
    let begun = announced.and_then(|announced| {
        let holds = announced.holds;
        *heard = Some(Offers { holds });
        envelope(&mut connection, &outgoing, &announced)
    });
    let sent = match begun {
        Ok(()) => message(&mut connection, outgoing),
        Err(ended) => {
            // Nothing is begun; the server learns that nothing will be.
            drop(connection.command(Rset));
            refused(ended)
        }
    };
    if !connection.has_broken() {
        drop(connection.set_timeout(Some(Duration::from_secs(1))));
        drop(connection.command(Quit));
    }
    sent
}

/// Connects, as far as there is something to be seen without a password.
///
/// # Errors
/// Why it cannot be used.
pub fn probe(server: &SmtpServer) -> Result<(), Ended> {
    let mut connection = connect(server, Patience::USUAL)?;
    drop(connection.command(Quit));
    Ok(())
}

/// EHLO tells an address that is everybody's: the host's own name is nobody's business (RFC 5321 4.1.3).
fn hello() -> ClientId {
    ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST)
}

fn connect(server: &SmtpServer, patience: Patience) -> Result<SmtpConnection, Ended> {
    let failed = |error: SmtpError| ended(&error, Refusal::Message);
    let security = server.security();
    let tls = match security {
        Security::None => None,
        Security::Tls | Security::Starttls => Some(parameters(server)?),
    };
    let at_once = tls.as_ref().filter(|_| security == Security::Tls);
    let address = (server.host.as_str(), server.port());
    process::look_up_by_files_and_dns();
    let connected =
        SmtpConnection::connect(address, Some(patience.answer), &hello(), at_once, None);
    let mut connection = connected.map_err(failed)?;
    if let (Security::Starttls, Some(tls)) = (security, &tls) {
        if !connection.can_starttls() {
            return Err((Refusal::Unprotected, None));
        }
        connection.starttls(tls, &hello()).map_err(failed)?;
    }
    Ok(connection)
}

/// By what the server's certificate is judged.
fn parameters(server: &SmtpServer) -> Result<TlsParameters, Ended> {
    let setup = |what: &str| (Refusal::Certificate, Some(Cause::at("smtp ca_file", what)));
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.ca_file {
        let pem = std::fs::read_to_string(path).map_err(|e| setup(&e.to_string()))?;
        builder = builder.certificate_store(CertificateStore::None);
        // lettre reads one of a file.
        for one in pem.split_inclusive(CERTIFICATE_ENDS) {
            let Some(begin) = one.find(CERTIFICATE_BEGINS) else {
                continue;
            };
            let one = one.get(begin..).unwrap_or_default();
            let root = Certificate::from_pem(one.as_bytes());
            builder = builder.add_root_certificate(root.map_err(|e| setup(&e.to_string()))?);
        }
    }
    builder.build().map_err(|e| setup(&e.to_string()))
}

/// Signs in, where the server asks for it. On this machine one that offers no AUTH takes mail as it is.
fn sign_in(
    connection: &mut SmtpConnection,
    server: &SmtpServer,
    login: &str,
    password: &Secret,
) -> Result<(), Ended> {
    let ways = [Mechanism::Plain, Mechanism::Login];
    let offered = connection.server_info().get_auth_mechanism(&ways).is_some();
    if !server.sign_in.unwrap_or(offered) {
        return Ok(());
    }
    if !offered {
        let cause = Cause::new("the server offers neither AUTH PLAIN nor AUTH LOGIN");
        return Err((Refusal::Password(String::new()), Some(cause)));
    }
    let credentials = Credentials::new(login.to_owned(), password.text().to_owned());
    let signed_in = connection.auth(&ways, &credentials);
    signed_in
        .map(drop)
        .map_err(|error| ended(&error, Refusal::Password))
}

/// Sender and recipients. All answers are read, so that each refused recipient is named.
fn envelope(
    connection: &mut SmtpConnection,
    outgoing: &Outgoing,
    announced: &Announced,
) -> Result<(), Ended> {
    let address = |text: &str| {
        text.parse::<Address>().map_err(|error| {
            let told = said(&error.to_string());
            (Refusal::Sender(told), None)
        })
    };
    let deadline = Deadline::after(outgoing.patience.envelope);
    let sender = match outgoing.sender {
        "" => None,
        sender => Some(address(sender)?),
    };
    let size = outgoing.message.length();
    let mut parameters = Vec::new();
    if let Some(limit) = announced.size {
        if limit > 0 && size > limit {
            return Err((Refusal::TooLarge { limit }, None));
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        parameters.push(MailParameter::Size(size));
    }
    let all = std::iter::once(outgoing.sender);
    let mut all = all.chain(outgoing.recipients.iter().map(String::as_str));
    if all.any(|address| !address.is_ascii()) {
        let server = connection.server_info();
        if !server.supports_feature(Extension::SmtpUtfEight) {
            return Err((Refusal::Letters, None));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let reports = outgoing.reports && announced.reports;
    if reports {
        parameters.push(MailParameter::Other {
            keyword: "RET".to_owned(),
            value: Some("HDRS".to_owned()),
        });
    }
    let told = reports.then(|| RcptParameter::Other {
        keyword: "NOTIFY".to_owned(),
        value: Some("SUCCESS,FAILURE,DELAY".to_owned()),
    });
    if outgoing.is_8bit {
        let server = connection.server_info();
        if !server.supports_feature(Extension::EightBitMime) {
            return Err((Refusal::EightBit, None));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    if let Some(until) = outgoing.until {
        parameters.push(hold(until, announced.holds)?);
    }
    let mail = connection.command(Mail::new(sender, parameters));
    mail.map_err(|error| match error.status().map(u16::from) {
        // RFC 1870 6.1
        Some(552) => {
            let limit = announced.size.unwrap_or(0);
            (Refusal::TooLarge { limit }, None)
        }
        // A parameter that it does not take (RFC 5321 4.2.3, RFC 4865 4).
        Some(501 | 504 | 555) if outgoing.until.is_some() => ended(&error, Refusal::Hold),
        _ => ended(&error, Refusal::Sender),
    })?;
    let mut refused = Vec::new();
    for recipient in outgoing.recipients {
        if deadline.has_passed() {
            return Err((Refusal::Timeout, None));
        }
        let parsed = match recipient.parse::<Address>() {
            Ok(parsed) => parsed,
            Err(error) => {
                refused.push(RefusedRecipient {
                    address: recipient.clone(),
                    said: said(&error.to_string()),
                    later: false,
                });
                continue;
            }
        };
        if let Err(error) =
            connection.command(Rcpt::new(parsed, told.clone().into_iter().collect()))
        {
            if error.status().is_none() {
                return Err(ended(&error, Refusal::Message));
            }
            refused.push(RefusedRecipient {
                address: recipient.clone(),
                said: said_of(&error),
                later: error.is_transient(),
            });
        }
    }
    match refused.is_empty() {
        true => Ok(()),
        false => Err((Refusal::Recipients(refused), None)),
    }
}

/// What tells the server until when it is to hold a message (RFC 4865 4).
///
/// # Errors
/// It announces that it would not.
fn hold(until: Seconds, holds: Option<Holds>) -> Result<MailParameter, Ended> {
    let Some(holds) = holds else {
        return Err((Refusal::NotHeld, None));
    };
    let now = time::now();
    let seconds = holds.longest(now);
    if until.saturating_sub(now) > seconds {
        return Err((Refusal::HeldTooLong { seconds }, None));
    }
    Ok(MailParameter::Other {
        keyword: "HOLDUNTIL".to_owned(),
        value: Some(time::stamp(until)),
    })
}

/// What the server announces that lettre does not read.
#[derive(Default)]
struct Announced {
    /// The largest message it takes, in bytes; 0 where it sets none (RFC 1870 4).
    size: Option<u64>,
    /// True where it reports what became of a message (RFC 3461).
    reports: bool,
    /// For how long it holds messages that are to be sent later (RFC 4865); None where it does not.
    holds: Option<Holds>,
}

fn announced(connection: &mut SmtpConnection) -> Result<Announced, Ended> {
    let response = connection.command(Ehlo::new(hello()));
    let response = response.map_err(|error| ended(&error, Refusal::Message))?;
    let mut announced = Announced::default();
    for line in response.message() {
        let mut words = line.split_ascii_whitespace();
        let Some(word) = words.next() else { continue };
        if word.eq_ignore_ascii_case("SIZE") {
            announced.size = Some(words.next().and_then(|n| n.parse().ok()).unwrap_or(0));
        } else if word.eq_ignore_ascii_case("FUTURERELEASE") {
            // Without the first number nobody knows what it holds.
            let seconds = words.next().and_then(|n| n.parse().ok());
            let until = words.next().and_then(time::read_stamp);
            announced.holds = seconds.map(|seconds| Holds { seconds, until });
        }
        announced.reports |= word.eq_ignore_ascii_case("DSN");
    }
    Ok(announced)
}

/// The message itself: from here on an answer counts, and nothing else.
fn message(connection: &mut SmtpConnection, outgoing: Outgoing) -> (Outcome, Option<Cause>) {
    let refused = |error: &SmtpError| {
        let (refusal, cause) = ended(error, Refusal::Message);
        (Outcome::Refused(refusal), cause)
    };
    if let Err(error) = connection.command(Data) {
        return refused(&error);
    }
    if let Err(error) = connection.set_timeout(Some(LAST_ANSWER)) {
        let cause = Cause::at("setting a timeout", error);
        return (Outcome::Refused(Refusal::Unreachable), Some(cause));
    }
    let mut is_ended = false;
    let written = catch_unwind(AssertUnwindSafe(|| {
        connection.message_iter(Stretches::new(outgoing, &mut is_ended))
    }));
    match written {
        Ok(Ok(_)) => (Outcome::Taken, None),
        Ok(Err(error)) if error.status().is_some() => refused(&error),
        Ok(Err(error)) if is_ended => (Outcome::Unknown(Cause::new(error)), None),
        // Not all of it had been handed to the connection: its end cannot have been written.
        Ok(Err(error)) => refused(&error),
        Err(_) => {
            let cause = Cause::new("the spool of a message cannot be read back");
            (Outcome::Refused(Refusal::Unreachable), Some(cause))
        }
    }
}

/// What unwinds through lettre where the message cannot be read any further.
struct Unreadable;

/// A message, stretch by stretch, without its last line end: lettre writes one before the dot.
struct Stretches<'s> {
    message: &'s mut Spool,
    left: u64,
    has_begun: bool,
    progressed: fn(),
    is_ended: &'s mut bool,
}

impl Stretches<'_> {
    fn new<'s>(outgoing: Outgoing<'s>, is_ended: &'s mut bool) -> Stretches<'s> {
        Stretches {
            left: outgoing.message.length().saturating_sub(2),
            message: outgoing.message,
            progressed: outgoing.progressed,
            has_begun: false,
            is_ended,
        }
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        if !self.has_begun {
            self.message.rewind()?;
            self.has_begun = true;
        }
        let size = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; size];
        self.message.read_exact(&mut piece)?;
        self.left = self.left.saturating_sub(size as u64);
        Ok(piece)
    }
}

impl Iterator for Stretches<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        (self.progressed)();
        if self.left == 0 {
            *self.is_ended = true;
            return None;
        }
        match self.read() {
            Ok(piece) => Some(piece),
            // The connection is dropped on the way, before the message has an end.
            Err(_) => resume_unwind(Box::new(Unreadable)),
        }
    }
}

/// What the server said.
fn said_of(error: &SmtpError) -> String {
    use std::error::Error as _;
    let told = error.source().map(ToString::to_string);
    said(&told.unwrap_or_default())
}

/// What an error before the end of the message means; `no` makes a refusal of what the server said.
fn ended(error: &SmtpError, no: fn(String) -> Refusal) -> Ended {
    let refusal = if error.is_permanent() {
        no(said_of(error))
    } else if error.is_transient() {
        Refusal::Later(said_of(error))
    } else if error.is_tls() || error.to_string().contains(DISTRUST) {
        Refusal::Certificate
    } else if is_timeout(error) {
        Refusal::Timeout
    } else if error.is_response() && !is_cut(error) {
        Refusal::Garbled
    } else {
        Refusal::Unreachable
    };
    (refusal, Some(Cause::new(error)))
}

/// True where the connection ended in the middle of an answer, or before it: lettre has no kind for that.
fn is_cut(error: &SmtpError) -> bool {
    use std::error::Error as _;
    let told = error.source().map(ToString::to_string);
    told.is_some_and(|told| told == "incomplete response")
}

/// A read that takes too long ends with either kind, by system.
fn is_timeout(error: &SmtpError) -> bool {
    use std::error::Error as _;
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            let kinds = [io::ErrorKind::TimedOut, io::ErrorKind::WouldBlock];
            return kinds.contains(&io.kind());
        }
        source = inner.source();
    }
    error.is_timeout()
}
