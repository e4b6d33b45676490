//! What a flight brought, in our words: each response is read by its own word and put where it will be looked for.
//!
//! Not for how responses came (that is `wire`), nor for what is done with them. To know before changing it: servers
//! interleave the answers of a flight, so nothing is assigned by position. FETCH goes by UID, STATUS by name, ESEARCH by
//! its tag, the rest by the folder that is open (`borders`); what cannot be read is counted and left out.

mod kinds;

use std::collections::{BTreeMap, BTreeSet};

use super::borders::{Borders, Closed};
use super::capabilities::Capabilities;
use super::change::{Appended, Change, Copied, Stored};
use super::command::Command;
use super::end::{End, Status, refusal};
use super::fetch::Room;
use super::folders::Folders;
use super::found::{Found, FoundIn};
use super::handle::Handle;
use super::lexer::{Lexer, number};
use super::open_folder::{Messages, OpenFolder};
use super::plan::Plan;
use super::uids::{Sequence, UidSet};
use crate::error::{Result, Said};
use crate::mail::{FolderName, Uid};

pub use self::kinds::Answer;

/// Most alerts that are kept.
const ALERTS: usize = 5;

/// What the server says of itself.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// CAPABILITY, wherever it stood.
    pub capabilities: Option<Capabilities>,
    /// `[ALERT]` texts, which a user has to see (RFC 9051 7.1).
    pub alerts: Vec<Said>,
    /// The text of `* BYE`.
    pub goodbye: Option<Vec<u8>>,
}

/// What a flight brought.
#[derive(Clone, Debug, Default)]
pub struct Flight {
    /// How each command ended, in the order of the commands; None where there was nothing to ask.
    ends: Vec<Option<End>>,
    /// Which of the open folders each command speaks of.
    places: Vec<usize>,
    /// The folders that are open one after the other; the first is the one that was open before.
    open: Vec<OpenFolder>,
    /// What the commands of this flight found, by the number of the command.
    found: BTreeMap<usize, Found>,
    /// What those found that look through several folders.
    found_in: BTreeMap<usize, Vec<FoundIn>>,
    /// What they stored, copied and appended.
    stored: BTreeMap<usize, Stored>,
    copied: BTreeMap<usize, Copied>,
    appended: BTreeMap<usize, Appended>,
    /// The commands that move messages, and which: what was moved is told without their tag.
    moves: Vec<(usize, UidSet)>,
    /// The folders of the account: they go by name.
    pub folders: Folders,
    /// What the server says of itself.
    pub remarks: Remarks,
    /// How many responses of each kind were read (true), and how many were passed over.
    pub tally: BTreeMap<(&'static str, bool), u32>,
    /// The folders that the flight opens.
    names: Vec<FolderName>,
    borders: Borders,
    /// The folder that is open now; it joins the others when all of it has come.
    current: OpenFolder,
    /// What may still be kept of structures and sections.
    room: Room,
}

/// What was asked in one write, so that its answers find their command.
#[derive(Clone, Debug, Default)]
pub(super) struct SentCommands {
    /// Each tag and the command it was made for.
    pub tags: BTreeMap<Vec<u8>, usize>,
    /// The commands that search, and those that sort: an answer without tag is theirs only where a folder has one.
    pub searches: BTreeSet<usize>,
    pub sorts: BTreeSet<usize>,
}

/// Whether the end of a command is a border between two folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// It opens a folder.
    Opening,
    /// It is about the messages of the open folder.
    Here,
    /// It is about no folder that is open.
    Elsewhere,
}

impl Flight {
    /// One for the commands of a plan, none of which has ended.
    pub(super) fn of(plan: &Plan) -> Flight {
        let mut flight = Flight::of_commands(plan.commands.len());
        for (n, (command, place)) in plan.commands.iter().zip(&mut flight.places).enumerate() {
            match command {
                Command::Open { folder, .. } => flight.names.push(folder.clone()),
                Command::Change(Change::Move(uids, _)) => flight.moves.push((n, uids.clone())),
                _ => {}
            }
            *place = flight.names.len();
        }
        flight.borders = Borders::new(flight.names.len());
        flight
    }

    /// As if only some of its commands had gone out, of those that open a folder or fetch from it; or all of them.
    pub(super) fn part(&self, commands: &[usize]) -> Flight {
        let ends = commands
            .iter()
            .map(|n| self.ends.get(*n).cloned().flatten());
        Flight {
            ends: ends.collect(),
            places: commands.iter().map(|n| self.place(*n)).collect(),
            ..self.clone()
        }
    }

    /// A command about the messages of a folder, or one that opens a folder, is about to go out.
    pub(super) fn awaits(&mut self, command: usize) {
        if let Some(place) = self.places.get(command) {
            self.borders.sent(*place);
        }
    }

    /// All commands are known; the first goes out.
    pub(super) fn begin(&mut self) {
        while self.borders.go_on() {
            self.next_folder();
        }
    }

    /// The folder that this command speaks of, by its place among those that are open one after the other.
    pub(super) fn place(&self, command: usize) -> usize {
        self.places.get(command).copied().unwrap_or_default()
    }

    /// One for so many commands about no folder.
    pub(super) fn of_commands(count: usize) -> Flight {
        Flight {
            ends: vec![None; count],
            places: vec![0; count],
            ..Flight::default()
        }
    }

    /// The answer to a command; None where none came.
    pub fn get<A: Answer>(&self, command: Handle<A>) -> Option<&A> {
        A::of(self, command.command)
    }

    /// The same, out of the flight.
    pub fn take<A: Answer>(&mut self, command: Handle<A>) -> Option<A> {
        A::of_mut(self, command.command).map(std::mem::take)
    }

    /// The message to suspect where the connection broke while a command brought these: the first behind those that came,
    /// since servers answer in ascending order.
    pub fn suspect(&self, command: Handle<Messages>, asked: &UidSet) -> Option<Uid> {
        let messages = self.get(command);
        let mut came = messages.into_iter().flat_map(Messages::keys).rev();
        let last = came.find(|uid| asked.contains(**uid));
        let mut asked = asked.iter();
        asked.find(|uid| last.is_none_or(|last| uid > last))
    }

    /// The folder that a command speaks of, as it was while the command was carried out.
    pub fn folder<A>(&self, command: Handle<A>) -> Option<&OpenFolder> {
        OpenFolder::of(self, command.command)
    }

    /// True where the command ended with OK.
    pub fn is_ok<A>(&self, command: Handle<A>) -> bool {
        matches!(self.end(command), Some(end) if end.status == Status::Ok)
    }

    /// How the command ended; None where there was nothing to ask.
    pub fn end<A>(&self, command: Handle<A>) -> Option<&End> {
        self.end_at(command.command)
    }

    /// How the command of this number ended.
    pub(super) fn end_at(&self, command: usize) -> Option<&End> {
        self.ends.get(command).and_then(Option::as_ref)
    }

    /// For commands that are needed: what a NO or BAD means for the page.
    ///
    /// # Errors
    /// `Gone(Folder)`, `OverQuota` or `Imap(Refused)`, with the server's words.
    pub fn require<A>(&self, command: Handle<A>) -> Result<()> {
        match self.end(command) {
            None => Ok(()),
            Some(end) if end.status == Status::Ok => Ok(()),
            Some(end) => Err(refusal(end)),
        }
    }

    /// True where LIST named a folder that can be opened.
    pub(super) fn lists(&self, folder: &FolderName) -> bool {
        let mut listed = self.folders.listed.iter();
        listed.any(|f| f.is_selectable() && f.name == *folder)
    }

    /// Adds one untagged response.
    pub(super) fn read(&mut self, response: &[u8], sent: &SentCommands) {
        let mut lexer = Lexer::new(response);
        let star = lexer.word();
        let mut word = lexer.word().to_ascii_uppercase();
        let mut subject = None;
        if let Some(n) = number::<u32>(&word) {
            subject = Some(n);
            word = lexer.word().to_ascii_uppercase();
        }
        let (class, read) = match (subject, word.as_slice()) {
            _ if star != b"*" => ("NO RESPONSE", None),
            (Some(n), b"EXISTS") => ("EXISTS", self.here().and_then(|f| f.exists(n))),
            (Some(_), b"RECENT") => ("RECENT", Some(())),
            // GNU imap4d says it so.
            (Some(_), b"EXPUNGE" | b"EXPUNGED") => {
                ("EXPUNGE", self.here().and_then(OpenFolder::expunge))
            }
            // Some servers put no space before the parenthesis.
            (Some(n), fetch) if fetch.starts_with(b"FETCH") => {
                let mut lexer = Lexer::new(after_word(response, b"FETCH"));
                let read = match self.borders.is_nowhere() {
                    true => None,
                    false => self.current.fetch(n, &mut lexer, &mut self.room),
                };
                ("FETCH", read)
            }
            (None, b"OK" | b"NO" | b"BAD" | b"PREAUTH") => {
                ("STATUS LINE", self.remark(lexer.rest()))
            }
            (None, b"BYE") => {
                self.remarks.goodbye = Some(lexer.rest().to_vec());
                ("BYE", self.remark(lexer.rest()))
            }
            (None, b"CAPABILITY") => {
                self.capability(lexer.rest());
                ("CAPABILITY", Some(()))
            }
            (None, b"ENABLED") => ("ENABLED", Some(())),
            (None, b"FLAGS") => ("FLAGS", Some(())),
            (None, b"SEARCH") => ("SEARCH", self.search(&mut lexer, self.only(&sent.searches))),
            (None, b"SORT") => ("SORT", self.search(&mut lexer, self.only(&sent.sorts))),
            (None, b"ESEARCH") => ("ESEARCH", self.esearch(&mut lexer, sent)),
            (None, b"VANISHED") => {
                let here = self.here();
                ("VANISHED", here.and_then(|f| f.vanish(&mut lexer)))
            }
            (None, word) => self
                .folders
                .read(word, &mut lexer)
                .unwrap_or(("OTHER", None)),
            _ => ("OTHER", None),
        };
        self.count(class, read.is_some(), 1);
    }

    fn count(&mut self, class: &'static str, read: bool, more: u32) {
        if more > 0 {
            let count = self.tally.entry((class, read)).or_default();
            *count = count.saturating_add(more);
        }
    }

    /// The folder that is open now, if one is.
    fn here(&mut self) -> Option<&mut OpenFolder> {
        match self.borders.is_nowhere() {
            true => None,
            false => Some(&mut self.current),
        }
    }

    /// What has come belongs to the folder that was open until now; the next one begins.
    fn next_folder(&mut self) {
        let name = self.names.get(self.open.len()).cloned();
        let next = OpenFolder::named(name);
        let mut before = std::mem::replace(&mut self.current, next);
        let (placed, lost) = before.settle();
        self.count("FETCH WITHOUT UID", true, placed);
        self.count("FETCH WITHOUT UID", false, lost);
        self.open.push(before);
    }

    /// Adds how one command of the plan ended, or one of several that it took: then the worst end counts.
    pub(super) fn end_of(&mut self, command: usize, end: End, awaited: Awaited) {
        let place = self.place(command);
        match (end.status, end.code.as_str()) {
            (_, "ALERT") => self.alert(&end.text),
            (_, "MODIFIED") => self.modified(command, &end.arguments),
            (Status::Ok, "CAPABILITY") => self.capability(&end.arguments),
            (Status::Ok, "COPYUID") => self.copies(command, &end.arguments),
            (Status::Ok, "APPENDUID") => {
                let appended = Appended::read(&end.arguments);
                self.appended.extend(appended.map(|at| (command, at)));
            }
            (Status::Ok, code) if place == self.borders.place() => {
                self.current.code(code, &end.arguments);
            }
            _ => {}
        }
        if awaited != Awaited::Elsewhere {
            self.borders.ended(place);
        }
        if awaited == Awaited::Opening && place == self.borders.place() {
            let ok = end.status == Status::Ok;
            self.borders.opening_ended(ok);
            if !ok {
                // RFC 9051 6.3.2: no folder is open now, and nothing that came was of this one.
                let name = self.current.name.take();
                self.current = OpenFolder::named(name);
            }
        }
        while self.borders.go_on() {
            self.next_folder();
        }
        if let Some(known) = self.ends.get_mut(command) {
            match known {
                Some(known) if known.status != Status::Ok => {}
                _ => *known = Some(end),
            }
        }
    }

    /// Puts together what had to wait until all has come.
    pub(super) fn settle(&mut self) {
        self.next_folder();
    }

    fn remark(&mut self, text: &[u8]) -> Option<()> {
        let end = End::read(Status::Ok, text);
        match end.code.as_str() {
            "ALERT" => self.alert(&end.text),
            "CAPABILITY" => self.capability(&end.arguments),
            "CLOSED" => self.close(),
            "COPYUID" => {
                let moved = Copied::read(&end.arguments)?;
                let command = self.moved_by(&moved)?;
                self.adds_copies(command, moved);
            }
            code => self.here()?.code(code, &end.arguments),
        }
        Some(())
    }

    /// Takes `* OK [CLOSED]` (RFC 7162 3.2.11).
    fn close(&mut self) {
        // UIDVALIDITY is said of a folder when it is opened, and at no other time.
        match self.borders.closed(self.current.validity.is_some()) {
            Closed::Next => self.next_folder(),
            Closed::Late => {
                let name = self.current.name.clone();
                let next = OpenFolder::named(name);
                let late = std::mem::replace(&mut self.current, next);
                if let Some(before) = self.open.last_mut() {
                    before.absorb(late);
                }
            }
            Closed::Stray => {}
        }
    }

    fn alert(&mut self, text: &[u8]) {
        if self.remarks.alerts.len() < ALERTS {
            self.remarks.alerts.push(Said::new(text));
        }
    }

    fn capability(&mut self, words: &[u8]) {
        self.remarks.capabilities = Some(Capabilities::parse(words));
    }

    fn modified(&mut self, command: usize, arguments: &[u8]) {
        if let Some(uids) = Sequence::parse(arguments) {
            let stored = self.stored.entry(command).or_default();
            let known = std::mem::take(&mut stored.modified);
            stored.modified = known.with(&uids.to_set());
        }
    }

    fn copies(&mut self, command: usize, arguments: &[u8]) {
        if let Some(copied) = Copied::read(arguments) {
            self.adds_copies(command, copied);
        }
    }

    fn adds_copies(&mut self, command: usize, copied: Copied) {
        match self.copied.get_mut(&command) {
            None => drop(self.copied.insert(command, copied)),
            Some(known) => known.add(copied),
        }
    }

    /// The command that moves these messages: MOVE tells what it did without its tag (RFC 6851 4.3).
    fn moved_by(&self, moved: &Copied) -> Option<usize> {
        let first = moved.first()?;
        let here = |command: &usize| self.place(*command) == self.borders.place();
        let mut moves = self.moves.iter();
        let found = moves.find(|(command, uids)| here(command) && uids.contains(first));
        found.map(|(command, _)| *command)
    }

    /// SEARCH and SORT name neither tag nor command: they are the answer of the only search in the write, if it is one.
    fn search(&mut self, lexer: &mut Lexer, command: Option<usize>) -> Option<()> {
        let command = command?;
        let found = Found::of_search(lexer)?;
        self.finds(command, found);
        Some(())
    }

    fn esearch(&mut self, lexer: &mut Lexer, sent: &SentCommands) -> Option<()> {
        let (answers, found) = Found::of_esearch(lexer)?;
        let command = match answers.tag {
            Some(tag) => *sent.tags.get(&tag)?,
            None => self.only(&sent.searches.union(&sent.sorts).copied().collect())?,
        };
        match answers.folder {
            None => self.finds(command, found),
            Some(folder) => {
                let known = self.found_in.entry(command).or_default();
                known.push(FoundIn { folder, found });
            }
        }
        Some(())
    }

    /// The one command of these that is about the folder that is open now.
    fn only(&self, commands: &BTreeSet<usize>) -> Option<usize> {
        let here = |command: &&usize| self.place(**command) == self.borders.place();
        let mut found = commands.iter().filter(here);
        let one = found.next().copied();
        one.filter(|_| found.next().is_none())
    }

    /// A search over a long set went as several commands: their answers follow each other.
    fn finds(&mut self, command: usize, found: Found) {
        match self.found.get_mut(&command) {
            None => drop(self.found.insert(command, found)),
            Some(known) => known.add(found),
        }
    }
}

/// What stands behind the first occurrence of a word.
fn after_word<'a>(response: &'a [u8], word: &[u8]) -> &'a [u8] {
    let at = response
        .windows(word.len())
        .position(|w| w.eq_ignore_ascii_case(word));
    let end = at.and_then(|at| at.checked_add(word.len()));
    end.and_then(|end| response.get(end..)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
