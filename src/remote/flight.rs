//! A session that is signed in, and how a flight goes over it: commands to writes, answers to their commands.
//!
//! Not for signing in, nor for what a command or an answer says. To know before changing it: a write holds at most 8 KB, at
//! most one each of SEARCH and SORT about a folder whose answer names no tag, and a command that pauses for a literal is
//! alone in it.

use std::io;

use super::Cost;
use super::answer::{Awaited, Flight, SentCommands};
use super::capabilities::Capabilities;
use super::command::Command;
use super::connect::garbled;
use super::end::End;
use super::plan::Plan;
use super::segments::Segments;
use super::wire::Wire;
use crate::error::{Cause, Error, Result, Said};

/// Most bytes of one write of commands.
const WRITE_BYTES: usize = 8 * 1024;

/// A session that is signed in.
pub(super) struct Session {
    /// The crate's: it tags and writes every command.
    pub imap: imap::Session<Wire>,
    /// The stream beneath it.
    pub wire: Wire,
    /// What the server can do.
    pub able: Capabilities,
    /// How one got in where the greeting does not tell: said of the server whatever it says itself.
    pub ways_in: Vec<&'static str>,
    /// What the server wants the user to see, until it is taken (RFC 9051 7.1, ALERT).
    pub alerts: Vec<Said>,
    /// What had come when the connection broke.
    pub broken: Option<Flight>,
    /// False where `able` is only what the greeting hinted at: CAPABILITY joins the next flight.
    pub sure: bool,
}

impl Session {
    /// Sends commands and reads what they bring, in as few writes as can be.
    pub fn fly(&mut self, plan: Plan, cost: &mut Cost) -> Result<Flight> {
        if let Some(fault) = plan.fault() {
            return Err(Error::Internal(Cause::new(fault)));
        }
        let mut flight = Flight::of(&plan);
        let writes = self.writes(plan.commands, &mut flight);
        flight.begin();
        for write in writes {
            let count = u32::try_from(write.texts.len()).unwrap_or(u32::MAX);
            cost.commands = cost.commands.saturating_add(count);
            cost.flights = cost.flights.saturating_add(1);
            if let Err(error) = self.send(write, &mut flight) {
                flight.settle();
                self.alerts.append(&mut flight.remarks.alerts);
                self.broken = Some(flight);
                return Err(error);
            }
        }
        flight.settle();
        self.alerts.append(&mut flight.remarks.alerts);
        if let Some(able) = &flight.remarks.capabilities {
            self.able = able.clone().with(&self.ways_in);
            self.sure = true;
        }
        Ok(flight)
    }

    /// Says a few last things and goodbye, if there is anybody to hear it, without waiting for an answer.
    pub fn leave(&mut self, plan: Plan) -> io::Result<()> {
        if self.wire.fault().is_some() || self.wire.said_goodbye() {
            return Ok(());
        }
        for command in plan.commands {
            for text in command.segments(&self.able) {
                let verb = self.load(text);
                self.imap.run_command(verb).map_err(io::Error::other)?;
            }
        }
        self.imap.run_command("LOGOUT").map_err(io::Error::other)?;
        self.wire.send()
    }

    /// The commands as they go out.
    fn writes(&self, commands: Vec<Command>, flight: &mut Flight) -> Vec<Write> {
        let mut writes = Vec::new();
        let mut write = Write::default();
        if !self.sure {
            write.add(None, None, Segments::new("CAPABILITY"));
        }
        for (n, command) in commands.into_iter().enumerate() {
            let untagged = command.untagged_answer(&self.able);
            let untagged = untagged.map(|word| (word, flight.place(n)));
            let awaited = match &command {
                Command::Open { .. } => Awaited::Opening,
                command if command.is_about_messages() => Awaited::Here,
                _ => Awaited::Elsewhere,
            };
            let searches = matches!(command, Command::Search(_));
            let sorts = matches!(command, Command::Sort { .. });
            for text in command.segments(&self.able) {
                if !write.has_room_for(&text, untagged) {
                    writes.push(std::mem::take(&mut write));
                }
                if searches {
                    write.sent.searches.insert(n);
                } else if sorts {
                    write.sent.sorts.insert(n);
                }
                if awaited != Awaited::Elsewhere {
                    flight.awaits(n);
                }
                write.add(Some((n, awaited)), untagged, text);
            }
        }
        if !write.texts.is_empty() {
            writes.push(write);
        }
        writes
    }

    /// One write and all that it brings.
    fn send(&mut self, write: Write, flight: &mut Flight) -> Result<()> {
        let mut texts = write.texts;
        let Some(last) = texts.pop() else {
            return Ok(());
        };
        let broken =
            |wire: &Wire, e: &imap::Error| wire.fault().unwrap_or_else(|| garbled(&e.to_string()));
        for text in texts {
            let verb = self.load(text);
            let sent = self.imap.run_command(verb);
            sent.map_err(|e| broken(&self.wire, &e))?;
        }
        let verb = self.load(last);
        let flown = match self.imap.run(verb) {
            // What a NO or BAD means is decided by whoever asked.
            Ok(_) | Err(imap::Error::No(_) | imap::Error::Bad(_)) => Ok(()),
            Err(e) => Err(broken(&self.wire, &e)),
        };
        collect(&self.wire, write.sent, &write.owners, flight);
        flown
    }

    /// Puts a command where the wire finds it when the crate has made its tag; what the crate is to write.
    fn load(&self, command: Segments) -> String {
        let verb = command.verb().to_owned();
        self.wire.load(command);
        verb
    }
}

/// Which command of the plan a text is of, and what its end is; None for the CAPABILITY that joined on its own.
type Owner = Option<(usize, Awaited)>;

/// Commands that go out together.
#[derive(Default)]
struct Write {
    texts: Vec<Segments>,
    owners: Vec<Owner>,
    /// What answers need to find their command; the tags are known when the commands are out.
    sent: SentCommands,
    /// The untagged answers that are awaited here and name nobody, and of which folder.
    untagged: Vec<(&'static str, usize)>,
    bytes: usize,
    /// It is one command that goes alone.
    alone: bool,
}

impl Write {
    fn has_room_for(&self, text: &Segments, untagged: Option<(&'static str, usize)>) -> bool {
        self.texts.is_empty()
            || (self.bytes.saturating_add(text.len()).saturating_add(16) <= WRITE_BYTES
                && !text.is_alone()
                && !self.alone
                && !untagged.is_some_and(|word| self.untagged.contains(&word)))
    }

    fn add(&mut self, owner: Owner, untagged: Option<(&'static str, usize)>, text: Segments) {
        self.bytes = self.bytes.saturating_add(text.len()).saturating_add(16);
        self.untagged.extend(untagged);
        self.owners.push(owner);
        self.alone = text.is_alone();
        self.texts.push(text);
    }
}

/// What the wire kept of so many commands about no folder, read into a flight of its own.
pub(super) fn answers(wire: &Wire, commands: usize) -> Flight {
    let owners: Vec<Owner> = (0..commands)
        .map(|n| Some((n, Awaited::Elsewhere)))
        .collect();
    let mut flight = Flight::of_commands(commands);
    collect(wire, SentCommands::default(), &owners, &mut flight);
    flight.settle();
    flight
}

/// What the wire kept, read into a flight in the order in which it came: each response is let go as soon as it was read.
fn collect(wire: &Wire, mut sent: SentCommands, owners: &[Owner], flight: &mut Flight) {
    let mut kept = wire.take();
    for (tag, owner) in std::mem::take(&mut kept.tags).into_iter().zip(owners) {
        if let Some((command, _)) = owner {
            sent.tags.insert(tag, *command);
        }
    }
    flight.folders.unlisted = flight.folders.unlisted.saturating_add(kept.unlisted);
    let mut ends = std::mem::take(&mut kept.ends).into_iter().peekable();
    let mut end = |before: usize, flight: &mut Flight| {
        while let Some(end) = ends.next_if(|end| end.behind <= before) {
            if let Some(Some((command, awaited))) = owners.get(end.command) {
                flight.end_of(*command, End::read(end.status, &end.text), *awaited);
            }
        }
    };
    for (n, response) in kept.into_untagged().into_iter().enumerate() {
        end(n, flight);
        flight.read(&response, &sent);
    }
    end(usize::MAX, flight);
}
