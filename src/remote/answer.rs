//! What a flight brought, in our words: each response is read by its own word and added to the one `Flight`.
//!
//! Not for how responses came (that is `wire`), nor for what is done with them. To know before changing it: servers
//! interleave the answers of a flight, so nothing is assigned by position. FETCH goes by UID, STATUS by name, ESEARCH by
//! its tag; what cannot be read is counted and left out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::end::{End, refusal};
use super::fetch::{self, Message, Room};
use super::folders::{self, Listed, Namespaces, Quota, StatusCounts};
use super::lexer::{Lexer, Value, number};
use super::uids::{Sequence, UidSet};
use super::wire::Status;
use crate::error::Result;
use crate::mail::{FolderName, ModSeq, Uid, UidValidity};

/// Most alerts that are kept.
const ALERTS: usize = 5;
/// Most extensions and quotas that are kept; there is no server with more.
const KEPT: usize = 100;

/// What a server can do: its CAPABILITY words in upper case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities(BTreeSet<String>);

impl Capabilities {
    /// Reads the words of a CAPABILITY response or response code.
    pub fn parse(words: &[u8]) -> Capabilities {
        let words = words
            .split(|b| b.is_ascii_whitespace())
            .filter(|w| !w.is_empty());
        Capabilities(
            words
                .take(500)
                .map(|w| String::from_utf8_lossy(w).to_ascii_uppercase())
                .collect(),
        )
    }

    /// The same from words that were kept.
    pub fn from_words(words: impl IntoIterator<Item = String>) -> Capabilities {
        Capabilities(words.into_iter().collect())
    }

    /// True where the server has it; `word` in upper case.
    pub fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// True where the server told what it can do, and this is not among it.
    pub fn lacks(&self, word: &str) -> bool {
        !self.0.is_empty() && !self.has(word)
    }

    /// Takes one word out.
    pub(super) fn forget(&mut self, word: &str) {
        self.0.remove(word);
    }

    /// The words, in alphabetical order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// The folder that is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// How many messages it holds.
    pub exists: Option<u32>,
    /// Its numbering.
    pub validity: Option<UidValidity>,
    /// The UID that the next message will get.
    pub uid_next: Option<Uid>,
    /// When it was changed last; None where the folder cannot tell (NOMODSEQ too).
    pub modseq: Option<ModSeq>,
    /// True where nothing can be changed.
    pub read_only: bool,
}

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

/// How many responses of each kind were read, and how many were passed over.
pub type Tally = BTreeMap<(&'static str, bool), u32>;

/// What a flight brought.
#[derive(Debug, Default)]
pub struct Flight {
    /// How each command ended, in the order of the commands; None where there was nothing to ask.
    pub ends: Vec<Option<End>>,
    /// CAPABILITY, wherever it stood.
    pub capabilities: Option<Capabilities>,
    /// What ENABLE switched on, in upper case.
    pub enabled: Vec<String>,
    /// The open folder.
    pub mailbox: Mailbox,
    /// The folders of LIST (and XLIST).
    pub folders: Vec<Listed>,
    /// The folders of LSUB.
    pub subscribed: Vec<Listed>,
    /// STATUS, by folder.
    pub counts: BTreeMap<FolderName, StatusCounts>,
    /// NAMESPACE.
    pub namespaces: Option<Namespaces>,
    /// QUOTA.
    pub quotas: Vec<Quota>,
    /// What the commands of this flight found, by the number of the command.
    pub found: BTreeMap<usize, Found>,
    /// What is known of each message.
    pub messages: BTreeMap<Uid, Message>,
    /// UIDs that are gone (VANISHED).
    pub vanished: UidSet,
    /// How many messages went by EXPUNGE, which names no UID.
    pub expunged: u32,
    /// `[ALERT]` texts, which a user has to see (RFC 9051 7.1).
    pub alerts: Vec<Vec<u8>>,
    /// The text of `* BYE`.
    pub goodbye: Option<Vec<u8>>,
    /// What was read and what was passed over (true: read).
    pub tally: Tally,
    /// FETCHes without UID, by sequence number, and the UIDs of numbers: good until something is expunged.
    unnumbered: BTreeMap<u32, Message>,
    numbers: BTreeMap<u32, Uid>,
    /// VANISHED as it came, made a set when all has come.
    gone: Sequence,
    /// What may still be kept of structures and sections.
    room: Room,
}

/// What was asked in one write, so that its answers find their command.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Each tag and the command it was made for.
    pub tags: BTreeMap<Vec<u8>, usize>,
    /// The commands that search, and those that sort: an answer without tag is theirs only where it is one.
    pub searches: BTreeSet<usize>,
    pub sorts: BTreeSet<usize>,
}

impl Flight {
    /// One for so many commands, none of which has ended.
    pub(super) fn of(commands: usize) -> Flight {
        Flight {
            ends: vec![None; commands],
            ..Flight::default()
        }
    }

    /// True where the command ended with OK.
    pub fn is_ok(&self, command: usize) -> bool {
        matches!(self.end(command), Some(end) if end.status == Status::Ok)
    }

    /// How the command ended; None where there was nothing to ask.
    pub fn end(&self, command: usize) -> Option<&End> {
        self.ends.get(command).and_then(Option::as_ref)
    }

    /// For commands that are needed: what a NO or BAD means for the page.
    ///
    /// # Errors
    /// `Gone(Folder)`, `OverQuota` or `Imap(Refused)`, with the server's words.
    pub fn require(&self, command: usize) -> Result<()> {
        match self.end(command) {
            None => Ok(()),
            Some(end) if end.status == Status::Ok => Ok(()),
            Some(end) => Err(refusal(end)),
        }
    }

    /// True where LIST named a folder that can be opened.
    pub(super) fn lists(&self, folder: &FolderName) -> bool {
        let mut listed = self.folders.iter();
        listed.any(|f| f.is_selectable() && f.name == *folder)
    }

    /// Adds one untagged response.
    pub(super) fn read(&mut self, response: &[u8], asked: &Asked) {
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
            (Some(n), b"EXISTS") => ("EXISTS", self.exists(n)),
            (Some(_), b"RECENT") => ("RECENT", Some(())),
            (Some(_), b"EXPUNGE") => ("EXPUNGE", self.expunge()),
            // Some servers put no space before the parenthesis.
            (Some(n), fetch) if fetch.starts_with(b"FETCH") => {
                let mut lexer = Lexer::new(after_word(response, b"FETCH"));
                ("FETCH", self.fetch(n, &mut lexer))
            }
            (None, b"OK" | b"NO" | b"BAD" | b"PREAUTH") => {
                ("STATUS LINE", self.remark(lexer.rest()))
            }
            (None, b"BYE") => {
                self.goodbye = Some(lexer.rest().to_vec());
                ("BYE", self.remark(lexer.rest()))
            }
            (None, b"CAPABILITY") => {
                self.capabilities = Some(Capabilities::parse(lexer.rest()));
                ("CAPABILITY", Some(()))
            }
            (None, b"ENABLED") => ("ENABLED", self.enable(lexer.rest())),
            (None, b"LIST" | b"XLIST") => (
                "LIST",
                folders::listed(&mut lexer).map(|listed| self.folders.push(listed)),
            ),
            (None, b"LSUB") => (
                "LSUB",
                folders::listed(&mut lexer).map(|listed| self.subscribed.push(listed)),
            ),
            (None, b"STATUS") => {
                let status = folders::status(&mut lexer);
                ("STATUS", status.map(|status| self.counts.extend([status])))
            }
            (None, b"NAMESPACE") => {
                let places = folders::namespaces(&mut lexer);
                (
                    "NAMESPACE",
                    places.map(|places| self.namespaces = Some(places)),
                )
            }
            (None, b"QUOTA") => ("QUOTA", self.quota(&mut lexer)),
            (None, b"QUOTAROOT") => ("QUOTAROOT", Some(())),
            (None, b"FLAGS") => ("FLAGS", Some(())),
            (None, b"SEARCH") => ("SEARCH", self.search(&mut lexer, only(&asked.searches))),
            (None, b"SORT") => ("SORT", self.search(&mut lexer, only(&asked.sorts))),
            (None, b"ESEARCH") => ("ESEARCH", self.esearch(&mut lexer, asked)),
            (None, b"VANISHED") => ("VANISHED", self.vanish(&mut lexer)),
            _ => ("OTHER", None),
        };
        self.count(class, read.is_some());
    }

    fn count(&mut self, class: &'static str, read: bool) {
        let count = self.tally.entry((class, read)).or_default();
        *count = count.saturating_add(1);
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
        self.renumber();
        self.vanished = std::mem::take(&mut self.gone).to_set();
    }

    /// Puts FETCHes that came without UID to their messages: from here on sequence numbers mean something else.
    fn renumber(&mut self) {
        for (n, message) in std::mem::take(&mut self.unnumbered) {
            let uid = self.numbers.get(&n);
            let known = uid.and_then(|uid| self.messages.get_mut(uid));
            let placed = known.map(|known| known.merge(message)).is_some();
            self.count("FETCH WITHOUT UID", placed);
        }
        self.numbers.clear();
    }

    fn exists(&mut self, n: u32) -> Option<()> {
        self.mailbox.exists = Some(n);
        Some(())
    }

    fn expunge(&mut self) -> Option<()> {
        self.expunged = self.expunged.saturating_add(1);
        self.mailbox.exists = self.mailbox.exists.map(|n| n.saturating_sub(1));
        self.renumber();
        Some(())
    }

    fn fetch(&mut self, n: u32, lexer: &mut Lexer) -> Option<()> {
        let (uid, message) = fetch::read(lexer, &mut self.room)?;
        match uid.or_else(|| self.numbers.get(&n).copied()) {
            Some(uid) => {
                self.numbers.insert(n, uid);
                self.messages.entry(uid).or_default().merge(message);
            }
            None => self.unnumbered.entry(n).or_default().merge(message),
        }
        Some(())
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
        if self.alerts.len() < ALERTS {
            self.alerts.push(text.to_vec());
        }
    }

    fn code(&mut self, code: &str, arguments: &[u8]) {
        match code {
            "CAPABILITY" => self.capabilities = Some(Capabilities::parse(arguments)),
            "UIDVALIDITY" => self.mailbox.validity = number(arguments).map(UidValidity),
            "UIDNEXT" => self.mailbox.uid_next = number(arguments).and_then(Uid::new),
            "HIGHESTMODSEQ" => self.mailbox.modseq = number(arguments).and_then(ModSeq::new),
            "NOMODSEQ" => self.mailbox.modseq = None,
            "READ-ONLY" => self.mailbox.read_only = true,
            "READ-WRITE" => self.mailbox.read_only = false,
            _ => {}
        }
    }

    fn quota(&mut self, lexer: &mut Lexer) -> Option<()> {
        let quotas = folders::quota(lexer)?;
        self.quotas.extend(quotas);
        self.quotas.truncate(KEPT);
        Some(())
    }

    fn enable(&mut self, words: &[u8]) -> Option<()> {
        let more = Capabilities::parse(words).0;
        self.enabled.extend(more);
        self.enabled.truncate(KEPT);
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

    fn esearch(&mut self, lexer: &mut Lexer, asked: &Asked) -> Option<()> {
        let mut command = None;
        let mut found = Found::default();
        while let Some(value) = lexer.value() {
            match &value {
                Value::List(pair) if pair.first().is_some_and(|w| w.is("TAG")) => {
                    command = Some(*asked.tags.get(pair.get(1)?.text()?)?);
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
        let all = asked.searches.union(&asked.sorts).copied().collect();
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

    fn vanish(&mut self, lexer: &mut Lexer) -> Option<()> {
        let mut value = lexer.value()?;
        let earlier = value.list().first().is_some_and(|w| w.is("EARLIER"));
        if earlier {
            value = lexer.value()?;
        } else {
            self.renumber();
        }
        let gone = Sequence::parse(value.text()?)?;
        if !earlier {
            let count = u32::try_from(gone.len()).unwrap_or(u32::MAX);
            self.mailbox.exists = self.mailbox.exists.map(|n| n.saturating_sub(count));
        }
        self.gone.extend(gone);
        Some(())
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

    fn asked() -> Asked {
        Asked {
            tags: [(b"a1".to_vec(), 0), (b"a2".to_vec(), 1)].into(),
            searches: [0, 1].into(),
            sorts: BTreeSet::new(),
        }
    }

    fn flight(responses: &[&str], asked: &Asked) -> Flight {
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
        let message = flight.messages.get(&uid(9)).expect("UID 9");
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
            flight
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
        let alone = Asked {
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
        flight.end_of(0, End::read(Status::Ok, b"[READ-ONLY] done"));
        let mailbox = &flight.mailbox;
        assert_eq!(
            (mailbox.exists, mailbox.validity),
            (Some(6), Some(UidValidity(3)))
        );
        assert!(mailbox.read_only && mailbox.modseq == ModSeq::new(9) && flight.is_ok(0));
        assert_eq!(flight.vanished.len(), 3);
    }
}
