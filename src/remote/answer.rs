//! What a flight brought, in our words: each response is read by its own word and put where it will be looked for.
//!
//! Not for how responses came (that is `wire`), nor for what is done with them. To know before changing it: servers
//! interleave the answers of a flight, so nothing is assigned by position. FETCH goes by UID, STATUS by name, ESEARCH by
//! its tag; what cannot be read is counted and left out.

use std::collections::{BTreeMap, BTreeSet};

use super::capabilities::Capabilities;
use super::command::Command;
use super::end::{End, refusal};
use super::fetch::Room;
use super::folders::Folders;
use super::lexer::{Lexer, Value, number};
use super::open_folder::{Messages, OpenFolder};
use super::plan::{Handle, Plan};
use super::uids::Sequence;
use super::wire::Status;
use crate::error::Result;
use crate::mail::{FolderName, ModSeq};

/// Most alerts that are kept.
const ALERTS: usize = 5;
/// Most extensions that are kept of ENABLED; there is no server with more.
const ENABLED: usize = 100;

/// What a search or sort found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// In the server's order.
    pub uids: Sequence,
    /// How many, as the server counts them.
    pub count: Option<u32>,
    /// The highest modification sequence among them.
    pub modseq: Option<ModSeq>,
}

/// What the server says of itself.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// CAPABILITY, wherever it stood.
    pub capabilities: Option<Capabilities>,
    /// What ENABLE switched on, in upper case.
    pub enabled: Vec<String>,
    /// `[ALERT]` texts, which a user has to see (RFC 9051 7.1).
    pub alerts: Vec<Vec<u8>>,
    /// The text of `* BYE`.
    pub goodbye: Option<Vec<u8>>,
}

/// How many responses of each kind were read, and how many were passed over.
pub type Tally = BTreeMap<(&'static str, bool), u32>;

/// What a flight brought.
#[derive(Debug, Default)]
pub struct Flight {
    /// How each command ended, in the order of the commands; None where there was nothing to ask.
    ends: Vec<Option<End>>,
    /// Which of the open folders each command speaks of.
    places: Vec<usize>,
    /// The folders that are open one after the other; the first is the one that was open before.
    open: Vec<OpenFolder>,
    /// What the commands of this flight found, by the number of the command.
    found: BTreeMap<usize, Found>,
    /// The folders of the account: they go by name.
    pub folders: Folders,
    /// What the server says of itself.
    pub remarks: Remarks,
    /// What was read and what was passed over (true: read).
    pub tally: Tally,
    /// The folder that is open now; it joins the others when all has come.
    current: OpenFolder,
    /// What may still be kept of structures and sections.
    room: Room,
}

/// What was asked in one write, so that its answers find their command.
#[derive(Clone, Debug, Default)]
pub(super) struct SentCommands {
    /// Each tag and the command it was made for.
    pub tags: BTreeMap<Vec<u8>, usize>,
    /// The commands that search, and those that sort: an answer without tag is theirs only where it is one.
    pub searches: BTreeSet<usize>,
    pub sorts: BTreeSet<usize>,
}

/// An answer that belongs to one command, or to the folder that this command speaks of.
pub trait Answer: Default {
    /// Where it is kept.
    #[doc(hidden)]
    fn of(flight: &Flight, command: usize) -> Option<&Self>;

    /// The same, to be changed.
    #[doc(hidden)]
    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Self>;
}

impl Answer for Found {
    fn of(flight: &Flight, command: usize) -> Option<&Found> {
        flight.found.get(&command)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Found> {
        flight.found.get_mut(&command)
    }
}

impl Answer for OpenFolder {
    fn of(flight: &Flight, command: usize) -> Option<&OpenFolder> {
        flight.open.get(*flight.places.get(command)?)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut OpenFolder> {
        flight.open.get_mut(*flight.places.get(command)?)
    }
}

impl Answer for Messages {
    fn of(flight: &Flight, command: usize) -> Option<&Messages> {
        OpenFolder::of(flight, command).map(|folder| &folder.messages)
    }

    fn of_mut(flight: &mut Flight, command: usize) -> Option<&mut Messages> {
        OpenFolder::of_mut(flight, command).map(|folder| &mut folder.messages)
    }
}

impl Flight {
    /// One for the commands of a plan, none of which has ended.
    pub(super) fn of(plan: &Plan) -> Flight {
        let mut flight = Flight::of_commands(plan.commands.len());
        let mut place = 0usize;
        for (command, known) in plan.commands.iter().zip(&mut flight.places) {
            if let Command::Open { folder, .. } = command {
                place = place.saturating_add(1);
                let before = std::mem::take(&mut flight.current);
                flight.open.push(before);
                flight.current.name = Some(folder.clone());
            }
            *known = place;
        }
        flight
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
            (Some(n), b"EXISTS") => ("EXISTS", self.current.exists(n)),
            (Some(_), b"RECENT") => ("RECENT", Some(())),
            (Some(_), b"EXPUNGE") => ("EXPUNGE", self.current.expunge()),
            // Some servers put no space before the parenthesis.
            (Some(n), fetch) if fetch.starts_with(b"FETCH") => {
                let mut lexer = Lexer::new(after_word(response, b"FETCH"));
                let read = self.current.fetch(n, &mut lexer, &mut self.room);
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
                self.remarks.capabilities = Some(Capabilities::parse(lexer.rest()));
                ("CAPABILITY", Some(()))
            }
            (None, b"ENABLED") => ("ENABLED", self.enable(lexer.rest())),
            (None, b"FLAGS") => ("FLAGS", Some(())),
            (None, b"SEARCH") => ("SEARCH", self.search(&mut lexer, only(&sent.searches))),
            (None, b"SORT") => ("SORT", self.search(&mut lexer, only(&sent.sorts))),
            (None, b"ESEARCH") => ("ESEARCH", self.esearch(&mut lexer, sent)),
            (None, b"VANISHED") => ("VANISHED", self.current.vanish(&mut lexer)),
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

    /// Adds how a command ended. Where one command took several, the worst end counts.
    pub(super) fn end_of(&mut self, command: usize, end: End) {
        if end.status == Status::Ok {
            self.code(&end.code, &end.arguments);
        } else if end.code == "ALERT" {
            self.alert(&end.text);
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
        let (placed, lost) = self.current.settle();
        self.count("FETCH WITHOUT UID", true, placed);
        self.count("FETCH WITHOUT UID", false, lost);
        self.open.push(std::mem::take(&mut self.current));
    }

    fn remark(&mut self, text: &[u8]) -> Option<()> {
        let end = End::read(Status::Ok, text);
        if end.code == "ALERT" {
            self.alert(&end.text);
        }
        self.code(&end.code, &end.arguments);
        Some(())
    }

    fn alert(&mut self, text: &[u8]) {
        if self.remarks.alerts.len() < ALERTS {
            self.remarks.alerts.push(text.to_vec());
        }
    }

    fn code(&mut self, code: &str, arguments: &[u8]) {
        match code {
            "CAPABILITY" => self.remarks.capabilities = Some(Capabilities::parse(arguments)),
            _ => self.current.code(code, arguments),
        }
    }

    fn enable(&mut self, words: &[u8]) -> Option<()> {
        let more = Capabilities::parse(words);
        self.remarks.enabled.extend(more.words().map(str::to_owned));
        self.remarks.enabled.truncate(ENABLED);
        Some(())
    }

    /// SEARCH and SORT name neither tag nor command: they are the answer of the only search in the write, if it is one.
    fn search(&mut self, lexer: &mut Lexer, command: Option<usize>) -> Option<()> {
        let command = command?;
        let mut found = Found::default();
        for value in std::iter::from_fn(|| lexer.value()) {
            match &value {
                // RFC 7162 3.1.5: `(MODSEQ n)` behind the numbers.
                Value::List(pair) => {
                    found.modseq = pair.get(1).and_then(Value::number).and_then(ModSeq::new)
                }
                word => {
                    if !found.uids.push(word.number()?) {
                        return None;
                    }
                }
            }
        }
        self.finds(command, found);
        Some(())
    }

    fn esearch(&mut self, lexer: &mut Lexer, sent: &SentCommands) -> Option<()> {
        let mut command = None;
        let mut found = Found::default();
        while let Some(value) = lexer.value() {
            match &value {
                Value::List(pair) if pair.first().is_some_and(|w| w.is("TAG")) => {
                    command = Some(*sent.tags.get(pair.get(1)?.text()?)?);
                }
                word if word.is("UID") => {}
                word if word.is("ALL") => found.uids = Sequence::parse(lexer.value()?.text()?)?,
                word if word.is("COUNT") => found.count = lexer.value()?.number(),
                word if word.is("MODSEQ") => {
                    found.modseq = lexer.value()?.number().and_then(ModSeq::new)
                }
                _ => lexer.skip_value(),
            }
        }
        let all = sent.searches.union(&sent.sorts).copied().collect();
        self.finds(command.or_else(|| only(&all))?, found);
        Some(())
    }

    /// A search over a long set went as several commands: their answers follow each other.
    fn finds(&mut self, command: usize, found: Found) {
        match self.found.get_mut(&command) {
            None => drop(self.found.insert(command, found)),
            Some(known) => known.add(found),
        }
    }
}

impl Found {
    fn add(&mut self, more: Found) {
        self.uids.extend(more.uids);
        self.count = match (self.count, more.count) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            _ => None,
        };
        self.modseq = self.modseq.max(more.modseq);
    }
}

fn only(commands: &BTreeSet<usize>) -> Option<usize> {
    commands.first().copied().filter(|_| commands.len() == 1)
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
mod tests {
    use super::*;
    use crate::mail::{Uid, UidValidity};

    fn asked() -> SentCommands {
        SentCommands {
            tags: [(b"a1".to_vec(), 0), (b"a2".to_vec(), 1)].into(),
            searches: [0, 1].into(),
            sorts: BTreeSet::new(),
        }
    }

    fn flight(responses: &[&str], asked: &SentCommands) -> Flight {
        let mut flight = Flight::default();
        for response in responses {
            flight.read(format!("{response}\r\n").as_bytes(), asked);
        }
        flight.settle();
        flight
    }

    fn uid(n: u32) -> Uid {
        Uid::new(n).expect("not 0")
    }

    #[test]
    fn answers_about_one_message_become_one() {
        let flight = flight(
            &[
                "* 3 FETCH (FLAGS (\\Seen))",
                "* 3 FETCH (UID 9 RFC822.SIZE 5)",
                "* 3 FETCH(MODSEQ (4))",
            ],
            &asked(),
        );
        let message = flight.open[0].messages.get(&uid(9)).expect("UID 9");
        assert!(
            message.flags.is_some() && message.size == Some(5) && message.modseq == ModSeq::new(4)
        );
    }

    #[test]
    fn a_number_means_nothing_after_an_expunge() {
        let flight = flight(
            &[
                "* 3 FETCH (UID 9)",
                "* 2 EXPUNGE",
                "* 3 FETCH (FLAGS (\\Seen))",
            ],
            &asked(),
        );
        assert!(
            flight.open[0]
                .messages
                .get(&uid(9))
                .is_some_and(|m| m.flags.is_none())
        );
        assert_eq!(flight.tally.get(&("FETCH WITHOUT UID", false)), Some(&1));
    }

    #[test]
    fn searches_go_by_their_tag_or_not_at_all() {
        let two = flight(
            &[
                "* ESEARCH (TAG \"a2\") UID ALL 4,1:2 COUNT 3",
                "* SEARCH 7 8",
                "* ESEARCH (TAG \"a1\") UID COUNT 0",
            ],
            &asked(),
        );
        assert_eq!(two.found.get(&1).map(|f| f.uids.len()), Some(3));
        assert_eq!(
            two.found.get(&0).map(|f| (f.count, f.uids.is_empty())),
            Some((Some(0), true))
        );
        assert_eq!(two.tally.get(&("SEARCH", false)), Some(&1));
        let alone = SentCommands {
            sorts: [4].into(),
            ..asked()
        };
        let one = flight(&["* SORT 9 3 4 (MODSEQ 5)"], &alone);
        let found = one.found.get(&4).expect("an answer");
        assert_eq!(
            found.uids.iter().map(Uid::get).collect::<Vec<_>>(),
            [9, 3, 4]
        );
    }

    #[test]
    fn an_open_folder_tells_its_numbers() {
        let mut flight = flight(
            &[
                "* 6 EXISTS",
                "* OK [UIDVALIDITY 3] x",
                "* OK [UIDNEXT 7]",
                "* OK [HIGHESTMODSEQ 9] y",
                "* VANISHED (EARLIER) 2:4",
            ],
            &asked(),
        );
        flight.ends = vec![None];
        flight.current = flight.open.remove(0);
        flight.end_of(0, End::read(Status::Ok, b"[READ-ONLY] done"));
        let mailbox = &flight.current;
        assert_eq!(
            (mailbox.exists, mailbox.validity),
            (Some(6), Some(UidValidity(3)))
        );
        assert!(
            mailbox.read_only && mailbox.modseq == ModSeq::new(9) && flight.end_at(0).is_some()
        );
        assert_eq!(mailbox.vanished.len(), 3);
    }
}
