//! Greeting and sign-in: who is let in, and why not.
//!
//! Not for the connection beneath, nor for commands. To know before changing it: a sign-in is alone in its write (some
//! servers lose what follows it, others count it as attempts), and no text of the server goes on unscrubbed, since servers
//! repeat what they were sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::answer::Flight;
use super::capabilities::Capabilities;
use super::connect::{Connected, garbled};
use super::end::{End, Status};
use super::flight::{Session, answers};
use super::segments::{Content, Segments};
use super::wire::Wire;
use super::{Account, Cost};
use crate::error::{Cause, Error, Imap, Result, Said};
use crate::seal::{self, Secret};

/// The words of CAPABILITY that decide how one signs in, and are not always said afterwards.
const WAYS_IN: [&str; 3] = ["LOGINDISABLED", "AUTH=PLAIN", "SASL-IR"];

/// Reads the greeting and signs in. Capabilities come from the server's answer, else are those `known` from an earlier
/// sign-in, else what the greeting hints at. A server that refuses LOGIN, and whose greeting did not tell what it can do,
/// is asked whether it takes LOGIN at all; the way in is remembered with its capabilities.
///
/// # Errors
/// `Imap`: `LoginRefused`, `LoginLater`, `LoginInUse`, `Refused`, `Garbled`, `Unreachable`, `Timeout`.
pub(super) fn sign_in(
    account: &Account,
    connected: Connected,
    known: Option<Capabilities>,
    once_greeted: impl FnOnce(),
    cost: &mut Cost,
) -> Result<Session> {
    let Account {
        login, password, ..
    } = *account;
    let unsendable = |text: &str| text.contains(['\r', '\n', '\0']);
    if unsendable(login) || unsendable(password) {
        let cause = Cause::new("the login or password contains characters that cannot be sent");
        return Err(Error::Imap(Imap::LoginRefused, cause));
    }
    let greeted = connected.greeted;
    let wire = Wire::new(connected.stream, greeted);
    let mut client = imap::Client::new(wire.clone());
    // What was said before STARTTLS counts for nothing.
    let told = if greeted {
        None
    } else {
        greeting(account, &mut client, &wire)?
    };
    once_greeted();
    let remembered = known.as_ref().filter(|known| known.has("LOGINDISABLED"));
    let mut hint = told.clone().or(remembered.cloned());
    if takes_no_passwords(hint.as_ref()) {
        return Err(no_passwords());
    }
    introduce(account, &mut client, &wire, hint.as_ref(), cost);
    let Attempt { entered, answer } = enter(account, client, &wire, hint.as_ref(), cost);
    let (entered, answer) = match entered {
        Err(mut client) if hint.is_none() && says_no(&answer) => {
            let asked = capabilities(&mut client, &wire, cost);
            if takes_no_passwords(asked.as_ref()) {
                return Err(no_passwords());
            }
            match asked.filter(|able| able.has("LOGINDISABLED")) {
                None => (Err(client), answer),
                Some(asked) => {
                    let again = enter(account, client, &wire, Some(&asked), cost);
                    hint = Some(asked);
                    (again.entered, again.answer)
                }
            }
        }
        entered => (entered, answer),
    };
    match (entered, answer.end_at(0)) {
        (Ok(imap), Some(end)) if end.status == Status::Ok => {
            let sure = answer.remarks.capabilities.is_some() || known.is_some();
            let ways = WAYS_IN.into_iter().filter(|way| {
                let disabled = hint.as_ref().filter(|hint| hint.has("LOGINDISABLED"));
                told.is_none() && disabled.is_some_and(|hint| hint.has(way))
            });
            let ways_in: Vec<&'static str> = ways.collect();
            let able = answer.remarks.capabilities.or(known).or(hint);
            Ok(Session {
                imap,
                wire,
                able: able.unwrap_or_default().with(&ways_in),
                ways_in,
                alerts: answer.remarks.alerts,
                broken: None,
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

/// Reads the greeting and no more: nobody signs in, so no server counts an attempt.
///
/// # Errors
/// As `sign_in`, but for what is about a password.
pub(super) fn greet(account: &Account, connected: Connected) -> Result<()> {
    if connected.greeted {
        return Ok(());
    }
    let wire = Wire::new(connected.stream, false);
    let mut client = imap::Client::new(wire.clone());
    let told = greeting(account, &mut client, &wire)?;
    match takes_no_passwords(told.as_ref()) {
        true => Err(no_passwords()),
        false => Ok(()),
    }
}

/// An attempt to sign in.
struct Attempt {
    /// The session, or the client that may try in another way.
    entered: std::result::Result<imap::Session<Wire>, imap::Client<Wire>>,
    /// What the server said.
    answer: Flight,
}

/// True for a NO without a code: only then is it open what was refused.
fn says_no(answer: &Flight) -> bool {
    let end = answer.end_at(0);
    end.is_some_and(|end| end.status == Status::No && end.code.is_empty())
}

/// True where neither LOGIN nor PLAIN is taken.
fn takes_no_passwords(able: Option<&Capabilities>) -> bool {
    able.is_some_and(|able| able.has("LOGINDISABLED") && !able.has("AUTH=PLAIN"))
}

fn no_passwords() -> Error {
    let cause =
        Cause::new("the server does not accept passwords: LOGINDISABLED, and no AUTH=PLAIN");
    Error::Imap(Imap::Refused(Said::default()), cause)
}

/// What the server can do, asked before anybody is signed in.
fn capabilities(
    client: &mut imap::Client<Wire>,
    wire: &Wire,
    cost: &mut Cost,
) -> Option<Capabilities> {
    cost.flights = cost.flights.saturating_add(1);
    cost.commands = cost.commands.saturating_add(1);
    // The crate is told only that the command has ended; what it brought is kept here.
    client.capabilities().map(drop).unwrap_or_default();
    answers(wire, 1).remarks.capabilities
}

/// Says from which address somebody signs in, where the server is to be told (RFC 2971; the field is Dovecot's). Whether it
/// wants to know is its own affair: then it counts wrong passwords by that address, not by ours.
fn introduce(
    account: &Account,
    client: &mut imap::Client<Wire>,
    wire: &Wire,
    hint: Option<&Capabilities>,
    cost: &mut Cost,
) {
    let Some(address) = account.client else {
        return;
    };
    if hint.is_some_and(|hint| hint.lacks("ID")) {
        return;
    }
    cost.flights = cost.flights.saturating_add(1);
    cost.commands = cost.commands.saturating_add(1);
    let address = address.to_canonical();
    wire.load(Segments::new(format!(
        "ID (\"x-originating-ip\" \"{address}\")"
    )));
    // The crate makes the tag and waits for the end of what it takes for another command.
    client.capabilities().map(drop).unwrap_or_default();
    wire.take();
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

/// AUTHENTICATE PLAIN with its response in the same line (RFC 4959) where the server offers that, else LOGIN. Without
/// LOGIN, and for what LOGIN would have to carry as a literal, PLAIN in two steps where it is offered.
fn enter(
    account: &Account,
    client: imap::Client<Wire>,
    wire: &Wire,
    hint: Option<&Capabilities>,
    cost: &mut Cost,
) -> Attempt {
    cost.flights = cost.flights.saturating_add(1);
    cost.commands = cost.commands.saturating_add(1);
    let offers = |word: &str| hint.is_some_and(|hint| hint.has(word));
    let plain = Plain(account);
    let ascii = account.login.is_ascii() && account.password.is_ascii();
    wire.expect_continuation(offers("AUTH=PLAIN"));
    let entered = if offers("AUTH=PLAIN") && offers("SASL-IR") {
        let line = Secret::joined(&["PLAIN ", plain.encoded().text()]);
        client.authenticate(line.text(), &plain)
    } else if offers("AUTH=PLAIN") && (offers("LOGINDISABLED") || !ascii) {
        client.authenticate("PLAIN", &plain)
    } else {
        wire.expect_continuation(false);
        if ascii {
            client.login(account.login, account.password)
        } else {
            // RFC 9051 4.3: what is not ASCII stands in no quoted string. The crate makes the tag, nothing else.
            let none = Capabilities::default();
            let able = hint.unwrap_or(&none);
            let login = Segments::new("LOGIN").string(account.login, able);
            // Never quoted, which would make copies of it.
            let password = account.password.as_bytes().to_vec();
            wire.load(login.literal(Content::Bytes(password), able));
            client.login("", "")
        }
    };
    wire.expect_continuation(false);
    Attempt {
        entered: entered.map_err(|(_, client)| client),
        answer: answers(wire, 1),
    }
}

/// Whether a sign-in was refused because of the password, or only for now (RFC 5530 3): a code decides, never words, since
/// servers have said "in use" of a wrong password, and guessing would cost nothing. A stranger is not told the server's
/// words.
fn refused(account: &Account, end: &End) -> Error {
    let text = scrubbed(account, &[end.code.as_bytes(), b" ", &end.text].concat());
    let kind = match (end.status, end.code.as_str()) {
        (_, "UNAVAILABLE") => Imap::LoginLater,
        (_, "INUSE" | "LIMIT" | "SERVERBUG") => Imap::LoginInUse,
        (_, "AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED") => Imap::LoginRefused,
        (_, "PRIVACYREQUIRED" | "CONTACTADMIN") | (Status::Bad, _) => {
            Imap::Refused(Said::default())
        }
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
    secrets.extend([login, local, encoded.text()].map(str::to_lowercase));
    secrets.retain(|secret| !secret.is_empty());
    let is_secret = |word: &str| {
        let word = word.to_lowercase();
        word.contains('@') || secrets.iter().any(|secret| word.contains(secret))
    };
    let text = String::from_utf8_lossy(text);
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let safe = words.map(|word| if is_secret(word) { "(left out)" } else { word });
    let safe: Vec<&str> = safe.take(40).collect();
    let told = safe.join(" ").chars().take(200).collect();
    secrets.iter_mut().for_each(seal::wipe);
    told
}

/// SASL PLAIN (RFC 4616).
struct Plain<'a>(&'a Account<'a>);

impl Plain<'_> {
    fn message(&self) -> Secret {
        Secret::joined(&["\0", self.0.login, "\0", self.0.password])
    }

    fn encoded(&self) -> Secret {
        Secret::taken(STANDARD.encode(self.message()))
    }
}

impl imap::Authenticator for Plain<'_> {
    type Response = Secret;

    fn process(&self, _challenge: &[u8]) -> Secret {
        self.message()
    }
}
