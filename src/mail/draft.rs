//! A message that is being written: what its page holds.
//!
//! Not for the page (`route::DraftForm`), nor for how it becomes a message (`draft`). To know before changing it: everything
//! stands here as it was typed, wrong addresses too, so that it can be shown again as it was.

use serde::{Deserialize, Serialize};

use super::MessageRef;

/// A message that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The address that it is from.
    pub from: String,
    /// Who gets it, as typed.
    pub to: String,
    /// Who gets a copy.
    pub cc: String,
    /// Who gets a copy that the others do not see.
    pub bcc: String,
    /// Where answers go; empty for From.
    pub reply_to: String,
    /// What it is about.
    pub subject: String,
    /// Its text, lines ended by LF.
    pub text: String,
    /// What it answers or forwards.
    pub source: Option<Source>,
    /// The Message-ID of what it answers, without brackets; empty for none.
    pub in_reply_to: String,
    /// The Message-IDs of the conversation, oldest first, without brackets (RFC 5322 3.6.4).
    pub references: Vec<String>,
}

impl Draft {
    /// True where nothing has been written.
    pub fn is_blank(&self) -> bool {
        let written = [&self.to, &self.cc, &self.bcc, &self.subject, &self.text];
        written.iter().all(|text| text.trim().is_empty())
    }
}

/// The message that another one is written to, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Which.
    pub message: MessageRef,
    /// How.
    pub how: Answer,
}

/// How a message is written to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// To its sender.
    Reply,
    /// To its sender and everybody who got it.
    ReplyAll,
    /// To the mailing list that it came by (RFC 2369 3.4).
    ReplyList,
    /// On to somebody else, within the text.
    Forward,
}

impl Answer {
    /// All of them.
    pub const ALL: [Answer; 4] = [
        Answer::Reply,
        Answer::ReplyAll,
        Answer::ReplyList,
        Answer::Forward,
    ];

    /// True for an answer to whom it came from.
    pub fn is_reply(self) -> bool {
        match self {
            Answer::Reply | Answer::ReplyAll | Answer::ReplyList => true,
            Answer::Forward => false,
        }
    }

    /// As it stands in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Reply => "reply",
            Answer::ReplyAll => "all",
            Answer::ReplyList => "list",
            Answer::Forward => "forward",
        }
    }
}

/// A file that is attached to a message that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedFile {
    /// Its number among all files that this message has ever had.
    pub number: u32,
    /// Its name, as the browser sent it.
    pub name: String,
    /// Its media type, as the browser sent it.
    pub kind: String,
    /// Its size in bytes.
    pub size: u64,
}

/// How far a message has come that is not sent, or not done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// It is being written.
    Written,
    /// It was not sent.
    NotSent,
    /// It may have been sent.
    PerhapsSent,
    /// It was sent, and has no copy in Sent.
    NotFiled,
}

/// The fields of a message that addresses are typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AddressField {
    /// Who gets it.
    To,
    /// Who gets a copy.
    Cc,
    /// Who gets a copy that the others do not see.
    Bcc,
    /// Where answers go.
    ReplyTo,
}

/// Why a message cannot be sent as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DraftFault {
    /// Nobody would get it.
    NoRecipient,
    /// This is no address.
    NoAddress {
        /// Where it was typed.
        field: AddressField,
        /// As it was typed.
        text: String,
    },
    /// More people would get it than one message may have.
    TooMany {
        /// How many it may have.
        limit: u32,
    },
    /// It is not from an address that its user may send from.
    NoSender,
    /// The subject holds what no header can (a line end, a control character).
    Subject,
    /// The attached files are larger than one message may be, in bytes.
    TooLarge {
        /// The most.
        limit: u64,
    },
    /// The files of other messages that are not sent take the room that there is, in bytes.
    NoRoom {
        /// How much there is for all.
        limit: u64,
    },
    /// Too many messages are not sent.
    TooManyUnsent {
        /// How many there may be.
        limit: u32,
    },
    /// A file did not come whole.
    FileCut {
        /// Its name.
        name: String,
    },
}
