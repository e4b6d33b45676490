//! Greeting and sign-in: who is let in, and why not.
//!
//! Not for the connection beneath, nor for commands. To know before changing it: a sign-in is alone in its write (some
//! servers lose what follows it, others count it as attempts), and no text of the server goes on unscrubbed, since servers
//! repeat what they were sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::capabilities::Capabilities;
use super::connect::{Connected, garbled};
use super::end::End;
use super::flight::{Session, answers};
use super::wire::{Status, Wire};
use super::{Account, Cost};
use crate::error::{Cause, Error, Imap, Result, Said};

/// Words in an untyped refusal that speak of the server rather than of the password.
const FOR_NOW: [&str; 8] = [
    "too many",
    "try again",
    "temporar",
    "unavailable",
    "in use",
    "busy",
    "limit exceeded",
    "internal error",
];

/// Reads the greeting and signs in. Capabilities come from the server's answer, else are those `known` from an earlier
/// sign-in, else what the greeting hints at.
///
/// # Errors
/// `Imap`: `LoginRefused`, `LoginLater`, `Refused`, `Garbled`, `Unreachable`, `Timeout`.
pub(super) fn sign_in(
    account: &Account,
    connected: Connected,
    known: Option<Capabilities>,
    cost: &mut Cost,
) -> Result<Session> {
    let Account {
        login, password, ..
    } = *account;
    let unsendable = |text: &str| text.contains(['\r', '\n', '\0']);
    if unsendable(login) || unsendable(password) {
        let cause = Cause::new("login or password holds what cannot be sent");
        return Err(Error::Imap(Imap::LoginRefused, cause));
    }
    let greeted = connected.greeted;
    let wire = Wire::new(connected.stream, greeted);
    let mut client = imap::Client::new(wire.clone());
    // What was said before STARTTLS counts for nothing.
    let hint = if greeted {
        None
    } else {
        greeting(account, &mut client, &wire)?
    };
    cost.flights = cost.flights.saturating_add(1);
    cost.commands = cost.commands.saturating_add(1);
    let entered = enter(account, client, &wire, hint.as_ref());
    let answer = answers(&wire, 1);
    match (entered, answer.end_at(0)) {
        (Some(imap), Some(end)) if end.status == Status::Ok => {
            let sure = answer.remarks.capabilities.is_some() || known.is_some();
            let able = answer.remarks.capabilities.or(known).or(hint);
            Ok(Session {
                imap,
                wire,
                able: able.unwrap_or_default(),
                sure,
            })
        }
        (_, Some(end)) => Err(refused(account, end)),
        (_, None) if wire.said_goodbye() => {
            let text = scrubbed(account, &answer.remarks.goodbye.unwrap_or_default());
            let cause = Cause::at("goodbye at sign-in", text);
            Err(Error::Imap(Imap::LoginLater, cause))
        }
        (_, None) => {
            let unanswered = || garbled("sign-in was not answered");
            Err(wire.fault().unwrap_or_else(unanswered))
        }
    }
}

/// The greeting: the capabilities in it, if any. BYE is a refusal, which the crate would take for a greeting.
fn greeting(
    account: &Account,
    client: &mut imap::Client<Wire>,
    wire: &Wire,
) -> Result<Option<Capabilities>> {
    let read = client.read_greeting();
    let greeting = answers(wire, 0);
    read.map_err(|e| wire.fault().unwrap_or_else(|| garbled(&e.to_string())))?;
    match greeting.remarks.goodbye {
        Some(text) => {
            let cause = Cause::at("greeting", scrubbed(account, &text));
            Err(Error::Imap(Imap::LoginLater, cause))
        }
        None => Ok(greeting.remarks.capabilities),
    }
}

/// AUTHENTICATE PLAIN with its response in the same line (RFC 4959) where the greeting offers that, else LOGIN. Without
/// LOGIN, and for what LOGIN may only carry as ASCII, PLAIN in two steps. None: the wire kept why.
fn enter(
    account: &Account,
    client: imap::Client<Wire>,
    wire: &Wire,
    hint: Option<&Capabilities>,
) -> Option<imap::Session<Wire>> {
    let offers = |word: &str| hint.is_some_and(|hint| hint.has(word));
    let plain = Plain(account);
    let ascii = account.login.is_ascii() && account.password.is_ascii();
    wire.expect_continuation(offers("AUTH=PLAIN"));
    let entered = if offers("AUTH=PLAIN") && offers("SASL-IR") {
        client.authenticate(format!("PLAIN {}", plain.encoded()), &plain)
    } else if offers("AUTH=PLAIN") && (offers("LOGINDISABLED") || !ascii) {
        client.authenticate("PLAIN", &plain)
    } else {
        wire.expect_continuation(false);
        client.login(account.login, account.password)
    };
    wire.expect_continuation(false);
    entered.ok()
}

/// Whether a sign-in was refused because of the password, or only for now (RFC 5530 3). A stranger is not told the
/// server's words.
fn refused(account: &Account, end: &End) -> Error {
    let text = scrubbed(account, &[end.code.as_bytes(), b" ", &end.text].concat());
    let lower = text.to_lowercase();
    let kind = match (end.status, end.code.as_str()) {
        (_, "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG") => Imap::LoginLater,
        (_, "AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED") => Imap::LoginRefused,
        (_, "PRIVACYREQUIRED" | "CONTACTADMIN") | (Status::Bad, _) => {
            Imap::Refused(Said::default())
        }
        _ if FOR_NOW.iter().any(|word| lower.contains(word)) => Imap::LoginLater,
        _ => Imap::LoginRefused,
    };
    let status = format!("sign-in {:?}", end.status);
    Error::Imap(kind, Cause::at(&status, text.trim()))
}

/// A server's text for the log: short, printable, without login, password or any address.
fn scrubbed(account: &Account, text: &[u8]) -> String {
    let Account {
        login, password, ..
    } = *account;
    let local = login.split('@').next().unwrap_or_default();
    let encoded = Plain(account).encoded();
    let mut secrets: Vec<String> = password.split_whitespace().map(str::to_lowercase).collect();
    secrets.extend([login, local, &encoded].map(str::to_lowercase));
    secrets.retain(|secret| !secret.is_empty());
    let is_secret = |word: &str| {
        let word = word.to_lowercase();
        word.contains('@') || secrets.iter().any(|secret| word.contains(secret))
    };
    let text = String::from_utf8_lossy(text);
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let safe = words.map(|word| if is_secret(word) { "(left out)" } else { word });
    let safe: Vec<&str> = safe.take(40).collect();
    safe.join(" ").chars().take(200).collect()
}

/// SASL PLAIN (RFC 4616).
struct Plain<'a>(&'a Account<'a>);

impl Plain<'_> {
    fn message(&self) -> String {
        format!("\0{}\0{}", self.0.login, self.0.password)
    }

    fn encoded(&self) -> String {
        STANDARD.encode(self.message())
    }
}

impl imap::Authenticator for Plain<'_> {
    type Response = String;

    fn process(&self, _challenge: &[u8]) -> String {
        self.message()
    }
}
