//! A session that is signed in, and how a flight goes over it: commands to writes, answers to their commands.
//!
//! Not for signing in, nor for what a command or an answer says. To know before changing it: a write holds at most 8 KB, at
//! most one each of SEARCH and SORT whose answer names no tag, and a command that pauses for a literal is alone in it.

use std::collections::BTreeSet;
use std::io;

use super::Cost;
use super::answer::{Flight, SentCommands};
use super::capabilities::Capabilities;
use super::command::{Command, pauses};
use super::connect::garbled;
use super::end::End;
use super::plan::Plan;
use super::wire::Wire;
use crate::error::{Cause, Error, Result};

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
    /// False where `able` is only what the greeting hinted at: CAPABILITY joins the next flight.
    pub sure: bool,
}

impl Session {
    /// Sends commands and reads what they bring, in as few writes as can be.
    pub fn fly(&mut self, plan: &Plan, cost: &mut Cost) -> Result<Flight> {
        let commands = plan.commands.as_slice();
        if mixes_folders(commands) {
            let cause = Cause::new("a flight that mixes two folders");
            return Err(Error::Internal(cause));
        }
        let mut flight = Flight::of(plan);
        for write in self.writes(commands) {
            let count = u32::try_from(write.texts.len()).unwrap_or(u32::MAX);
            cost.commands = cost.commands.saturating_add(count);
            cost.flights = cost.flights.saturating_add(1);
            self.send(&write, &mut flight)?;
        }
        flight.settle();
        if let Some(able) = &flight.remarks.capabilities {
            self.able = able.clone();
            self.sure = true;
        }
        Ok(flight)
    }

    /// Says goodbye, if there is anybody to hear it, without waiting for the answer.
    pub fn leave(&mut self) -> io::Result<()> {
        if self.wire.fault().is_some() || self.wire.said_goodbye() {
            return Ok(());
        }
        self.imap.run_command("LOGOUT").map_err(io::Error::other)?;
        self.wire.send()
    }

    /// The commands as they go out.
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
            self.imap
                .run_command(text)
                .map_err(|e| broken(&self.wire, &e))?;
        }
        match self.imap.run(last) {
            // What a NO or BAD means is decided by whoever asked.
            Ok(_) | Err(imap::Error::No(_) | imap::Error::Bad(_)) => {}
            Err(e) => return Err(broken(&self.wire, &e)),
        }
        let sent = SentCommands {
            searches: write.searches.clone(),
            sorts: write.sorts.clone(),
            ..SentCommands::default()
        };
        collect(&self.wire, sent, &write.owners, flight);
        Ok(())
    }
}

/// True where a folder is opened after another one was opened or spoken of: answers name messages, not folders.
fn mixes_folders(commands: &[Command]) -> bool {
    let opens = |command: &Command| matches!(command, Command::Open { .. });
    let last = commands.iter().rposition(opens);
    let before = last
        .and_then(|last| commands.get(..last))
        .unwrap_or_default();
    before
        .iter()
        .any(|command| opens(command) || command.is_about_messages())
}

/// Commands that go out together.
#[derive(Default)]
struct Write {
    texts: Vec<String>,
    /// Which command of ours each text is of; None for the CAPABILITY that joined by itself.
    owners: Vec<Option<usize>>,
    searches: BTreeSet<usize>,
    sorts: BTreeSet<usize>,
    /// The untagged answers that are awaited here and name nobody.
    untagged: Vec<&'static str>,
    bytes: usize,
}

impl Write {
    fn has_room_for(&self, text: &str, untagged: Option<&'static str>) -> bool {
        self.texts.is_empty()
            || (self.bytes.saturating_add(text.len()).saturating_add(16) <= WRITE_BYTES
                && !pauses(text)
                && !self.texts.iter().any(|t| pauses(t))
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
pub(super) fn answers(wire: &Wire, owners: &[Option<usize>]) -> Flight {
    let mut flight = Flight::of_commands(owners.len());
    collect(wire, SentCommands::default(), owners, &mut flight);
    flight.settle();
    flight
}

/// What the wire kept, read into a flight: each response is let go as soon as it was read.
fn collect(wire: &Wire, mut sent: SentCommands, owners: &[Option<usize>], flight: &mut Flight) {
    let kept = wire.take();
    for (tag, owner) in kept.tags.into_iter().zip(owners) {
        if let Some(command) = owner {
            sent.tags.insert(tag, *command);
        }
    }
    for response in kept.untagged {
        flight.read(&response, &sent);
    }
    for end in kept.ends {
        if let Some(Some(command)) = owners.get(end.command) {
            flight.end_of(*command, End::read(end.status, &end.text));
        }
    }
}
