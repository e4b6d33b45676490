//! Why a message was not sent.
//!
//! Not for the words in which that is told (`words`). What the other side said is data, on one line; empty where it gave no
//! reason.

use serde::{Deserialize, Serialize};

/// Why nothing was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// No connection: name unknown, refused, cut.
    Unreachable,
    /// The server's certificate does not prove that it is the server asked for.
    Certificate,
    /// The server offers no protection for the password, and the configuration asks for it.
    Unprotected,
    /// It did not answer in time.
    Timeout,
    /// It answered with what is not SMTP.
    Garbled,
    /// It does not take the user's password, or no way to send one.
    Password(String),
    /// It does not take mail from this sender.
    Sender(String),
    /// It does not take these recipients.
    Recipients(Vec<RefusedRecipient>),
    /// It takes no addresses in other letters than ASCII (RFC 6531).
    Letters,
    /// The message is larger than it takes, in bytes.
    TooLarge {
        /// The most it takes.
        limit: u64,
    },
    /// It does not take the message.
    Message(String),
    /// It takes nothing now, and may later.
    Later(String),
    /// As many messages of its user as may be are being sent already.
    Crowded,
    /// There is no program to hand it to, or it cannot be started.
    NoProgram,
    /// The program has ended with an error.
    Program(String),
    /// The disk of the state directory is full.
    DiskFull,
    /// A file that is attached cannot be read back.
    FileLost,
    /// What goes with it of another message, by this name, is not there any more.
    NotThere(String),
    /// What goes with it of another message, by this name, cannot be fetched now.
    NotFetched(String),
    /// It holds bytes that the other side does not take (RFC 6152).
    EightBit,
    /// It does not hold messages that are to be sent later (RFC 4865).
    NotHeld,
    /// It does not hold a message for so long.
    HeldTooLong {
        /// For how many seconds at most.
        seconds: i64,
    },
    /// It does not hold this one until then.
    Hold(String),
}

/// A recipient whom the other side does not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRecipient {
    /// The address.
    pub address: String,
    /// What was said of it.
    pub said: String,
    /// True where it may be taken later.
    pub later: bool,
}
