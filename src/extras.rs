//! What a message tells beside its text, as plain data: an invitation, a contact card, a delivery report, how to
//! leave a list.
//!
//! On the ground floor: `mime` reads it out of bytes, `words` and views say it. Not for acting on any of it: nothing here
//! is imported or called. To know before changing it: every text in here is the sender's, data and never markup;
//! one line each (what is said about an event may have more), without controls, but nothing else about it is true.

use crate::time::{ClockTime, Seconds};

/// A moment of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A point in time.
    At(Seconds),
    /// A whole day: year, month, day.
    Day(i16, i8, i8),
    /// By a clock that is not known here: the zone's own name, and what the clock shows.
    Clock {
        /// What it shows.
        at: ClockTime,
        /// The name that the sender gave the zone; empty for the clock of wherever the reader is.
        zone: String,
    },
}

/// What is asked of the reader by an event (RFC 5546 1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// To come.
    Request,
    /// Nothing: somebody answers an invitation.
    Reply,
    /// Nothing: it does not take place.
    Cancel,
    /// Another time or place, by somebody who is invited.
    Counter,
    /// Nothing: it is made known.
    #[default]
    Publish,
}

/// What somebody said to an invitation (RFC 5545 3.2.12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coming {
    /// Nothing yet.
    #[default]
    Unanswered,
    /// Comes.
    Yes,
    /// Does not come.
    No,
    /// Perhaps.
    Perhaps,
}

/// Somebody who has to do with an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guest {
    /// Name, or the address where there is none.
    pub shown: String,
    /// Address; may be empty.
    pub email: String,
    /// What they answered.
    pub coming: Coming,
}

/// One event of a calendar (RFC 5545).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// What its calendar calls it, and which one of those that come again it is, as written; either may be empty.
    pub id: (String, String),
    /// The lines that an answer to it repeats, each as it is written: what names it, who invites, what it is about.
    pub repeated: Vec<String>,
    /// What is asked of the reader.
    pub method: Method,
    /// What it is about; may be empty.
    pub title: String,
    /// Where; may be empty.
    pub place: String,
    /// When it begins.
    pub start: Option<Moment>,
    /// When it ends; of whole days the day after the last one.
    pub end: Option<Moment>,
    /// How often it comes again, as RFC 5545 3.3.10 names it: `WEEKLY`; empty for once.
    pub repeats: String,
    /// Every how many of these it comes again; 1 where it does each time.
    pub every: u32,
    /// What its writer says about it, in lines.
    pub text: String,
    /// Who invites.
    pub organizer: Option<Guest>,
    /// Who is invited.
    pub guests: Vec<Guest>,
    /// True where its status says that it does not take place.
    pub cancelled: bool,
}

impl Event {
    /// True where both tell the same event: an invitation mostly comes twice, for programs and as a file.
    pub fn is_same(&self, other: &Event) -> bool {
        let is_named = !self.id.0.is_empty();
        (is_named && self.id == other.id)
            || (self.title == other.title && self.start == other.start)
    }
}

/// What a line of a contact card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Where somebody works.
    Organisation,
    /// As what.
    Title,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// Where post arrives.
    Address,
    /// A page in the web.
    Web,
    /// The day of birth.
    Birthday,
    /// Anything.
    Note,
}

/// A contact card (vCard, RFC 6350).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// The name of the person or organisation.
    pub name: String,
    /// What it says.
    pub details: Vec<(Detail, String)>,
}

/// What became of a message on its way to one recipient (RFC 3464 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It could not be delivered.
    Failed,
    /// Not yet; the server goes on trying.
    Delayed,
    /// It was delivered.
    Delivered,
    /// It was handed to a server that does not report.
    Relayed,
    /// It was handed to everybody on a list.
    Expanded,
}

/// The report on one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Whose mailbox it was meant for.
    pub recipient: String,
    /// What became of it.
    pub fate: Fate,
    /// Why, in three numbers (RFC 3463): class, subject, detail.
    pub status: Option<(u16, u16, u16)>,
    /// What the other server said; may be empty.
    pub said: String,
}

/// A report of a mail system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// On the way of a message (RFC 3464).
    Delivery {
        /// Who reports; may be empty.
        reporter: String,
        /// On each recipient.
        deliveries: Vec<Delivery>,
    },
    /// That somebody, or their program, did something with a message (RFC 8098).
    Receipt {
        /// Whose mailbox.
        recipient: String,
        /// True where it was shown, false where it was only dealt with.
        displayed: bool,
    },
}

/// How to leave a list (RFC 2369 3.2, RFC 8058).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsubscribe {
    /// The letter to write.
    pub mail: Option<ByMail>,
    /// The page to open; https only.
    pub web: Option<Web>,
}

/// A letter by which one leaves a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByMail {
    /// The address to write to.
    pub to: String,
    /// The subject that it must have; empty where that does not matter.
    pub subject: String,
    /// What must stand in it; empty where that does not matter.
    pub text: String,
}

/// A page at which one leaves a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// Its address, judged.
    pub url: String,
    /// Its host for people.
    pub host: String,
}

/// How a message is protected, by its structure alone: nothing of it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Encrypted with OpenPGP (RFC 3156 4, or in its text).
    PgpEncrypted,
    /// Signed with OpenPGP.
    PgpSigned,
    /// Encrypted, or signed as a whole, with S/MIME (RFC 8551).
    SmimeWrapped,
    /// Signed with S/MIME beside the text.
    SmimeSigned,
}
