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
    /// When the server was last asked for this message and told nothing of it; None where it told. Then there is nothing
    /// in this row but its number.
    pub untold: Option<Seconds>,
}

impl Row {
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
            untold: None,
        }
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
