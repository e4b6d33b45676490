//! A row: one message as a list shows it, with all that opening it needs to know beforehand.
//!
//! Not for making one (`mailbox::row`). To know before changing it: a row is what anybody's mail is kept as, so each text
//! in it has a bound, and with them the row: no message can make one that the store does not take.

use serde::{Deserialize, Serialize};

use super::{Address, Evidence, Flags, Part, Uid};
use crate::time::Seconds;

/// One line of a message list, with all that opening the message needs to know beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its number.
    pub uid: Uid,
    /// What is set on it.
    pub flags: Flags,
    /// When the server got it, seconds since 1970; 0 where the server does not say.
    pub arrived: Seconds,
    /// When its sender dated it.
    pub dated: Option<Dated>,
    /// Size in bytes.
    pub size: u32,
    /// Subject, decoded.
    pub subject: String,
    /// From, decoded.
    pub from: Vec<Address>,
    /// Sender, where it differs from From (RFC 5322 3.6.2).
    pub sender: Option<Address>,
    /// What speaks for and against the sender; who it is from is judged by this (`sender`), never by `from` alone.
    pub evidence: Evidence,
    /// To, decoded; at most the first few in a list.
    pub to: Vec<Address>,
    /// Cc, decoded.
    pub cc: Vec<Address>,
    /// Reply-To where it differs from From.
    pub reply_to: Vec<Address>,
    /// Which conversation it belongs to.
    pub thread: Thread,
    /// Its first words; None where neither the server has told them nor the message has been opened.
    pub preview: Option<String>,
    /// The leaves of its structure; None where the server's BODYSTRUCTURE could not be read.
    pub parts: Option<Vec<Part>>,
    /// True where it has more leaves than these.
    pub has_more_parts: bool,
    /// How much of it the server told.
    pub told: Told,
}

/// How much the server told of a message when it was asked for its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// All that a row is made of.
    #[default]
    Whole,
    /// Less than that, or what cannot be right.
    Partly(Asked),
    /// Nothing: there is nothing in the row but its number.
    Nothing(Asked),
}

/// When the server was last asked for a row that did not come whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// When.
    pub at: Seconds,
    /// How often before that.
    pub before: u8,
}

impl Told {
    /// True where the server told nothing.
    pub fn is_nothing(self) -> bool {
        matches!(self, Told::Nothing(_))
    }

    /// When it was asked for what it has not told.
    pub fn asked(self) -> Option<Asked> {
        match self {
            Told::Whole => None,
            Told::Partly(asked) | Told::Nothing(asked) => Some(asked),
        }
    }
}

impl Asked {
    /// For the first time.
    pub fn first(now: Seconds) -> Asked {
        Asked { at: now, before: 0 }
    }

    fn again(self, now: Seconds) -> Asked {
        Asked {
            at: now,
            before: self.before.saturating_add(1),
        }
    }

    /// True where it may be asked again: a moment later at first, since much that is garbled is so only once, then more and
    /// more rarely, since a server may never tell more.
    pub fn is_due_again(self, now: Seconds) -> bool {
        let rarer = 8_u64.saturating_pow(u32::from(self.before));
        let wait = SOON.saturating_mul(rarer).min(RARELY);
        now.abs_diff(self.at) >= wait
    }
}

/// Seconds until a row that did not come whole is asked for again for the first time, and at most.
const SOON: u64 = 60;
const RARELY: u64 = 86_400;

impl Row {
    /// Bytes of its texts as they travel, attached ones excepted; None where its structure is not known.
    pub fn text_bytes(&self) -> Option<u32> {
        let texts = self.parts.as_ref()?.iter();
        let texts = texts.filter(|part| part.kind.starts_with("text/") && !part.attached);
        Some(texts.fold(0, |sum, part| sum.saturating_add(part.size)))
    }

    /// The row of a message of which nothing is known.
    pub fn empty(uid: Uid) -> Row {
        Row {
            uid,
            flags: Flags::default(),
            arrived: 0,
            dated: None,
            size: 0,
            subject: String::new(),
            from: Vec::new(),
            sender: None,
            evidence: Evidence::default(),
            to: Vec::new(),
            cc: Vec::new(),
            reply_to: Vec::new(),
            thread: Thread::default(),
            preview: None,
            parts: None,
            has_more_parts: false,
            told: Told::Whole,
        }
    }

    /// The same, where the server is asked again for what it has not told.
    pub fn asked_again(self, now: Seconds) -> Row {
        let told = match self.told {
            Told::Whole => Told::Whole,
            Told::Partly(asked) => Told::Partly(asked.again(now)),
            Told::Nothing(asked) => Told::Nothing(asked.again(now)),
        };
        Row { told, ..self }
    }
}

/// A date as a sender writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// Seconds since 1970.
    pub at: Seconds,
    /// The sender's offset from UTC, in minutes.
    pub offset: i16,
}

/// Which conversation a message belongs to: its own id, and those of the messages that it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Its Message-ID.
    pub id: Option<IdHash>,
    /// References, oldest first, and behind them what In-Reply-To names beside (RFC 5322 3.6.4); at most
    /// `MOST_REFERENCES`, of more the first one and the last.
    pub references: Vec<IdHash>,
}

/// Most references of a message that are kept.
pub const MOST_REFERENCES: usize = 12;

/// The beginning of a hash of a Message-ID: enough to find the messages of a conversation, an eighth of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IdHash(pub [u8; 8]);

impl IdHash {
    /// As files have it, in hexadecimal digits.
    pub fn to_text(self) -> String {
        format!("{:016x}", u64::from_be_bytes(self.0))
    }

    /// Reads what `to_text` wrote.
    pub fn from_text(text: &str) -> Option<IdHash> {
        let is_hash = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let number = u64::from_str_radix(text, 16).ok().filter(|_| is_hash)?;
        Some(IdHash(number.to_be_bytes()))
    }
}
