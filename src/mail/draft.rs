//! A message that is being written: what its page holds.
//!
//! Not for the page (`route::DraftForm`), nor for how it becomes a message (`draft`). To know before changing it: everything
//! stands here as it was typed, wrong addresses too, so that it can be shown again as it was.

use serde::{Deserialize, Serialize};

use super::{Encoding, MessageRef, NestedPath};

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
    /// The same as HTML, made harmless, with its pictures in it; empty for plain text alone. Whoever puts a draft down has to
    /// put this beside it (`outbox`): what was put down before there was HTML is still read.
    #[serde(skip)]
    pub html: String,
    /// When it is to be sent, as typed; empty for at once. As with `html`, whoever puts a draft down puts this beside it.
    #[serde(skip)]
    pub later: String,
    /// What it answers or forwards.
    pub source: Option<Source>,
    /// The Message-ID of what it answers, without brackets; empty for none.
    pub in_reply_to: String,
    /// The Message-IDs of the conversation, oldest first, without brackets (RFC 5322 3.6.4).
    pub references: Vec<String>,
    /// What of other messages goes with it.
    pub carried: Vec<Carried>,
    /// What it asks for.
    pub asks: Asks,
    /// What programs read in it, beside its text.
    pub for_programs: Option<ForPrograms>,
}

impl Draft {
    /// True for a message of somebody else that is passed on as it is (RFC 5322 3.6.6).
    pub fn is_redirected(&self) -> bool {
        let source = self.source.as_ref();
        source.is_some_and(|source| source.how == Answer::Redirect)
    }

    /// True where a picture stands in it.
    pub fn has_picture(&self) -> bool {
        self.html.contains("<img src=\"data:")
    }

    /// True where nothing has been written.
    pub fn is_blank(&self) -> bool {
        let written = [
            &self.to,
            &self.cc,
            &self.bcc,
            &self.subject,
            &self.text,
            &self.html,
        ];
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
    /// On to somebody else, as a file.
    ForwardWhole,
    /// On to somebody else, as it is: what answers it goes to who wrote it (RFC 5322 3.6.6).
    Redirect,
    /// To anybody: it becomes a new message.
    EditAsNew,
}

/// What a message asks of who gets it, and of the servers on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asks {
    /// How soon it is to be read.
    pub priority: Priority,
    /// That its readers tell that they have read it (RFC 8098).
    pub receipt: bool,
    /// That the servers tell what became of it (RFC 3461).
    pub delivery: bool,
}

/// How soon a message is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Priority {
    /// Before others.
    High,
    /// As any other.
    #[default]
    Normal,
    /// After others.
    Low,
}

/// What programs read in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ForPrograms {
    /// The answer to an invitation (RFC 6047): a calendar, lines ended by LF.
    Calendar(String),
    /// That a message was read (RFC 8098).
    Receipt {
        /// The address of who has read it.
        reader: String,
        /// Its Message-ID, without brackets; may be empty.
        original: String,
    },
}

impl Answer {
    /// All of them.
    pub const ALL: [Answer; 7] = [
        Answer::Reply,
        Answer::ReplyAll,
        Answer::ReplyList,
        Answer::Forward,
        Answer::ForwardWhole,
        Answer::Redirect,
        Answer::EditAsNew,
    ];

    /// True for what goes to who wrote the message, or got it.
    pub fn is_reply(self) -> bool {
        match self {
            Answer::Reply | Answer::ReplyAll | Answer::ReplyList => true,
            Answer::Forward | Answer::ForwardWhole | Answer::Redirect | Answer::EditAsNew => false,
        }
    }

    /// As it stands in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Reply => "reply",
            Answer::ReplyAll => "all",
            Answer::ReplyList => "list",
            Answer::Forward => "forward",
            Answer::ForwardWhole => "attach",
            Answer::Redirect => "redirect",
            Answer::EditAsNew => "new",
        }
    }
}

/// A part of another message, or all of it, that goes with a message which is being written. Until that is sent it stays where
/// it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Its number among all that the message has ever had of others.
    pub number: u32,
    /// The other message.
    pub message: MessageRef,
    /// Which part of it; the empty way is all of it.
    pub part: NestedPath,
    /// Its name as a file.
    pub name: String,
    /// Its media type.
    pub kind: String,
    /// How it is encoded where it is.
    pub encoding: Encoding,
    /// How large it is there, in bytes.
    pub size: u32,
}

impl Carried {
    /// Where its bytes lie, once they have been fetched: beside the attached files, whose numbers are lower.
    pub fn slot(&self) -> u32 {
        self.number | 1 << 31
    }

    /// True for a whole message.
    pub fn is_whole(&self) -> bool {
        self.part.is_empty()
    }

    /// True for what lies inside of a part, and can be had only with that.
    pub fn is_inside(&self) -> bool {
        self.part.split().is_some_and(|(_, rest)| !rest.is_empty())
    }

    /// About how large it is, in bytes.
    pub fn carries(&self) -> u64 {
        self.encoding.carries(self.size)
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

/// Why what is being written is not in Drafts on the mail server as it is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DraftTrouble {
    /// The mailbox is full.
    NoRoom,
    /// There is no folder for drafts.
    NoFolder,
    /// The mail server cannot be asked.
    NoAnswer,
    /// Anything else; the log says what.
    Failed,
}

/// How far a message has come that is not sent, or not done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// It is being written.
    Written,
    /// It will be sent soon.
    Waiting,
    /// It was not sent.
    NotSent,
    /// It may have been sent.
    PerhapsSent,
    /// It was sent, and has no copy in Sent.
    NotFiled,
}

/// What the writer of a message is asked before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether it is to have no subject.
    NoSubject,
    /// Whether a file was forgotten.
    NoFile {
        /// The word that speaks of one.
        word: String,
    },
    /// Whether so many people are to see each other's addresses.
    Many {
        /// How many.
        count: u32,
    },
    /// Whether an address is meant whose domain is taken for another.
    LooksLike {
        /// The address.
        address: String,
        /// The domain that its writer knows.
        known: String,
    },
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

/// Where on its page something is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultPlace {
    /// Who it is from.
    From,
    /// Who gets it, or where answers go.
    Addresses(AddressField),
    /// The subject.
    Subject,
    /// The files.
    Files,
    /// When it is to be sent.
    Later,
    /// No field of it.
    Nowhere,
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
    /// The disk has no room for what was typed, or for a file.
    DiskFull,
    /// What was written in rich text is too large, pictures and all; the most, in bytes.
    HtmlTooLarge {
        /// The most.
        limit: u64,
    },
    /// What goes with it of another message cannot be had.
    NotThere {
        /// Its name.
        name: String,
    },
    /// There are as many templates as there may be.
    TooManyTemplates {
        /// How many there may be.
        limit: u32,
    },
    /// The files of all templates would be larger than they may be, in bytes.
    TemplateTooLarge {
        /// The most.
        limit: u64,
    },
    /// This is no time at which it could be sent.
    NoTime,
    /// It was to be sent at a time that is over.
    TimePassed,
    /// The submission server does not hold a message for so long.
    TimeTooFar {
        /// For how many seconds at most.
        seconds: i64,
    },
}

impl DraftFault {
    /// Where it is.
    pub fn place(&self) -> FaultPlace {
        match self {
            DraftFault::NoRecipient => FaultPlace::Addresses(AddressField::To),
            DraftFault::NoAddress { field, .. } => FaultPlace::Addresses(*field),
            DraftFault::NoSender => FaultPlace::From,
            DraftFault::Subject => FaultPlace::Subject,
            DraftFault::TooLarge { .. }
            | DraftFault::NoRoom { .. }
            | DraftFault::FileCut { .. } => FaultPlace::Files,
            DraftFault::NoTime | DraftFault::TimePassed | DraftFault::TimeTooFar { .. } => {
                FaultPlace::Later
            }
            DraftFault::TooMany { .. }
            | DraftFault::TooManyUnsent { .. }
            | DraftFault::DiskFull
            | DraftFault::HtmlTooLarge { .. }
            | DraftFault::TooManyTemplates { .. }
            | DraftFault::TemplateTooLarge { .. }
            | DraftFault::NotThere { .. } => FaultPlace::Nowhere,
        }
    }

    /// True for what keeps it from becoming a template, not from being sent.
    pub fn is_of_template(&self) -> bool {
        matches!(
            self,
            DraftFault::TooManyTemplates { .. } | DraftFault::TemplateTooLarge { .. }
        )
    }
}
