//! From what somebody has typed to a message that can be sent: who gets it, and its bytes. Only this room names
//! mail-builder.
//!
//! Not for handing it over (`submission`), nor for where it lies while it is written (`outbox`). To know before changing it:
//! what goes into a message was checked before (`letter`), so that nothing typed becomes a header field of its own, and
//! nothing in it tells the host.

mod answer;
mod flowed;
mod identity;
mod itip;
mod questions;
mod quote;
mod recipients;
mod redirect;
mod rich;
mod signature;
mod whole;
mod write;

pub use answer::{Answering, answer, list, subject};
pub use identity::{LONGEST_HTML, bare_signature, identity_faults};
pub use itip::reply;
pub use questions::{Known, questions};
pub use quote::{quoted, unquoted};
pub use recipients::{Typed, typed};
pub use redirect::redirected;
pub use signature::{resigned, signed};
pub use whole::{Travels, WithoutBcc, travels};
pub use write::{Attached, Stamp, written};

use crate::mail::{Address, AddressField, Asks, Draft, DraftFault, ForPrograms};

/// The most people that one message may go to.
const MOST_RECIPIENTS: usize = 500;

/// A draft of which everything that was typed has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Who it is from.
    pub from: Address,
    /// Who gets it.
    pub to: Vec<Address>,
    /// Who gets a copy.
    pub cc: Vec<Address>,
    /// Who gets a copy that the others do not see.
    pub bcc: Vec<Address>,
    /// Where answers go, where that is not From.
    pub reply_to: Vec<Address>,
    /// What it is about.
    pub subject: String,
    /// Its text, lines ended by LF.
    pub text: String,
    /// The same as HTML, with its pictures in it; empty for plain text alone.
    pub html: String,
    /// The Message-ID of what it answers.
    pub in_reply_to: String,
    /// The Message-IDs of its conversation.
    pub references: Vec<String>,
    /// What it asks for.
    pub asks: Asks,
    /// What programs read in it.
    pub for_programs: Option<ForPrograms>,
}

impl Letter {
    /// The address that reports of failure go to; none for a receipt, so that nothing answers it (RFC 8098 3).
    pub fn envelope_sender(&self) -> &str {
        match &self.for_programs {
            Some(ForPrograms::Receipt { .. }) => "",
            Some(ForPrograms::Calendar(_)) | None => &self.from.email,
        }
    }

    /// Everybody who gets it, each once.
    pub fn recipients(&self) -> Vec<String> {
        let mut seen = std::collections::BTreeSet::new();
        let all = self.to.iter().chain(&self.cc).chain(&self.bcc);
        all.map(|address| address.email.clone())
            .filter(|email| seen.insert(email.to_lowercase()))
            .collect()
    }
}

/// Reads a draft; `from` is the identity that its address names, where its user may send from it.
///
/// # Errors
/// All that keeps it from being sent.
pub fn letter(draft: &Draft, from: Option<Address>) -> Result<Letter, Vec<DraftFault>> {
    let mut faults = Vec::new();
    let mut read = |field, text: &str| {
        let Typed { good, wrong } = typed(text);
        let wrong = wrong.into_iter();
        faults.extend(wrong.map(|text| DraftFault::NoAddress { field, text }));
        good
    };
    let to = read(AddressField::To, &draft.to);
    let cc = read(AddressField::Cc, &draft.cc);
    let bcc = read(AddressField::Bcc, &draft.bcc);
    let reply_to = read(AddressField::ReplyTo, &draft.reply_to);
    if from.is_none() {
        faults.push(DraftFault::NoSender);
    }
    if draft.subject.chars().any(char::is_control) {
        faults.push(DraftFault::Subject);
    }
    let is_id = |id: &&String| is_message_id(id);
    let letter = Letter {
        from: from.unwrap_or_default(),
        to,
        cc,
        bcc,
        reply_to,
        subject: draft.subject.trim().to_owned(),
        text: draft.text.clone(),
        html: html_of(draft),
        in_reply_to: Some(&draft.in_reply_to)
            .filter(is_id)
            .cloned()
            .unwrap_or_default(),
        references: draft.references.iter().filter(is_id).cloned().collect(),
        asks: draft.asks,
        for_programs: draft.for_programs.clone().filter(is_readable),
    };
    let recipients = letter.recipients().len();
    if recipients == 0 && faults.is_empty() {
        faults.push(DraftFault::NoRecipient);
    }
    if recipients > MOST_RECIPIENTS {
        faults.push(DraftFault::TooMany {
            limit: u32::try_from(MOST_RECIPIENTS).unwrap_or(u32::MAX),
        });
    }
    match faults.is_empty() {
        true => Ok(letter),
        false => Err(faults),
    }
}

/// The same for what its writer keeps: whatever was typed stands in it. What is no address stands in place of the name of one
/// that has none.
pub fn kept(draft: &Draft, from: &Address) -> Letter {
    let read = |text: &str| {
        let Typed { mut good, wrong } = typed(text);
        good.extend(wrong.into_iter().map(|name| Address {
            name,
            email: String::new(),
        }));
        good
    };
    let subject = draft.subject.replace(char::is_control, " ");
    let is_id = |id: &&String| is_message_id(id);
    let in_reply_to = Some(&draft.in_reply_to).filter(is_id).cloned();
    Letter {
        from: from.clone(),
        to: read(&draft.to),
        cc: read(&draft.cc),
        bcc: read(&draft.bcc),
        reply_to: read(&draft.reply_to),
        subject: subject.trim().to_owned(),
        text: draft.text.clone(),
        html: html_of(draft),
        in_reply_to: in_reply_to.unwrap_or_default(),
        references: draft.references.iter().filter(is_id).cloned().collect(),
        asks: draft.asks,
        for_programs: draft.for_programs.clone().filter(is_readable),
    }
}

/// Its HTML; what programs read stands beside a text alone.
fn html_of(draft: &Draft) -> String {
    match draft.for_programs {
        Some(_) => String::new(),
        None => draft.html.clone(),
    }
}

/// True for what others can read: the fields of a receipt are lines of their own.
fn is_readable(for_programs: &ForPrograms) -> bool {
    match for_programs {
        ForPrograms::Calendar(_) => true,
        ForPrograms::Receipt { reader, original } => {
            let is_id = original.is_empty() || is_message_id(original);
            let addresses = typed(reader);
            let is_one = addresses.wrong.is_empty() && addresses.good.len() == 1;
            is_id && is_one && reader.is_ascii() && !reader.chars().any(char::is_control)
        }
    }
}

/// True for what can stand between the brackets of a Message-ID (RFC 5322 3.6.4, read generously).
pub fn is_message_id(id: &str) -> bool {
    let fits = (1..=900).contains(&id.len());
    fits && id
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"<>".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(to: &str) -> Draft {
        Draft {
            to: to.to_owned(),
            subject: "The third geranium".to_owned(),
            ..Draft::default()
        }
    }

    fn ann() -> Option<Address> {
        Some(Address {
            name: "Ann".to_owned(),
            email: "ann@example.org".to_owned(),
        })
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong = Draft {
            cc: "nobody, bo@example.org".to_owned(),
            subject: "A\r\nBcc: all@example.org".to_owned(),
            ..draft("bo@")
        };
        let told = |field, text: &str| DraftFault::NoAddress {
            field,
            text: text.to_owned(),
        };
        assert_eq!(
            letter(&wrong, None),
            Err(vec![
                told(AddressField::To, "bo@"),
                told(AddressField::Cc, "nobody"),
                DraftFault::NoSender,
                DraftFault::Subject,
            ])
        );
        assert_eq!(
            letter(&draft(" , ;"), ann()),
            Err(vec![DraftFault::NoRecipient])
        );
        let many: Vec<String> = (0..501).map(|n| format!("a{n}@example.org")).collect();
        assert_eq!(
            letter(&draft(&many.join(" ")), ann()),
            Err(vec![DraftFault::TooMany { limit: 500 }])
        );
    }

    #[test]
    fn each_recipient_gets_it_once() {
        let twice = Draft {
            bcc: "BO@example.org, Cas <cas@example.org>".to_owned(),
            ..draft("Bo <bo@example.org>")
        };
        let letter = letter(&twice, ann()).unwrap();
        assert_eq!(letter.recipients(), ["bo@example.org", "cas@example.org"]);
    }
}
