//! Why a message cannot be sent as it is, and why it was not.
//!
//! Not for how far it has come (`compose`). To know before changing it: what the other side said is told as it is.

use super::Words;
use super::acts::isolated;
use crate::mail::{AddressField, DraftFault, Refusal, RefusedRecipient};

/// Why it cannot be sent as it is, and why it was not.
impl Words {
    /// Lead of what keeps a message from being sent.
    pub fn not_sent(&self) -> &'static str {
        "Your message was not sent."
    }

    fn address_field(&self, field: AddressField) -> &'static str {
        match field {
            AddressField::To => self.to_label(),
            AddressField::Cc => self.cc_label(),
            AddressField::Bcc => self.bcc_label(),
            AddressField::ReplyTo => self.reply_to_label(),
        }
    }

    /// What has to be corrected first.
    pub fn draft_fault(&self, fault: &DraftFault) -> String {
        match fault {
            DraftFault::NoRecipient => "Add at least one recipient.".to_owned(),
            DraftFault::NoAddress { field, .. } => format!(
                "{}: {}",
                self.address_field(*field),
                self.draft_fault_here(fault)
            ),
            DraftFault::TooMany { limit } => format!(
                "A message can have at most {} recipients.",
                self.number(u64::from(*limit))
            ),
            DraftFault::NoSender => {
                "You cannot send from this address. Choose another one, or ask your provider which you may use.".to_owned()
            }
            DraftFault::Subject => {
                "The subject contains characters that cannot be sent. Type it again.".to_owned()
            }
            DraftFault::TooLarge { limit } => format!(
                "The attached files are too large: the limit is {} in total. Your text is kept.",
                self.size(*limit)
            ),
            DraftFault::NoRoom { limit } => format!(
                "The files of your unsent messages are too large: the limit is {} in total. Discard or send one of them. Your text is kept.",
                self.size(*limit)
            ),
            DraftFault::TooManyUnsent { limit } => format!(
                "You have {} unsent messages, which is the limit. Discard or send one of them first.",
                self.number(u64::from(*limit))
            ),
            DraftFault::FileCut { name } => format!(
                "The file {} was not uploaded completely. Attach it again.",
                isolated(name)
            ),
            DraftFault::DiskFull => {
                "This site is out of disk space, so not everything could be saved. Save your text somewhere else, or try again later. Attach files again if they are not listed below.".to_owned()
            }
            DraftFault::HtmlTooLarge { limit } => self.html_too_large(*limit),
            DraftFault::NotThere { name } => self.not_there_any_more(name),
            DraftFault::TooManyTemplates { limit } => format!(
                "You have {} templates, which is the limit. Delete one of them first.",
                self.number(u64::from(*limit))
            ),
            DraftFault::TemplateTooLarge { limit } => format!(
                "The files of your templates are too large: the limit is {} in total.",
                self.size(*limit)
            ),
            DraftFault::NoTime => self.no_time().to_owned(),
            DraftFault::TimePassed => self.time_passed().to_owned(),
            DraftFault::TimeTooFar { seconds } => self.held_too_long(*seconds),
        }
    }

    /// The same at the field that it is about.
    pub fn draft_fault_here(&self, fault: &DraftFault) -> String {
        match fault {
            DraftFault::NoAddress { text, .. } => {
                format!("{} is not a valid address.", isolated(text))
            }
            _ => self.draft_fault(fault),
        }
    }

    fn not_there_any_more(&self, name: &str) -> String {
        format!(
            "{} is no longer in your mailbox. Remove it from the attachments.",
            isolated(name)
        )
    }

    /// Why a message was not passed on.
    pub fn redirect_refusal(&self, refusal: &Refusal) -> String {
        let told = self.refusal(refusal);
        match refusal {
            Refusal::Message(_) | Refusal::Sender(_) | Refusal::Program(_) => format!(
                "{told} Some servers do not pass on messages with somebody else as the sender. Forward the message instead."
            ),
            _ => told,
        }
    }

    /// Why nothing was handed over.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let with = |text: &str, said: &str| match said {
            "" => text.to_owned(),
            said => format!("{text} It says: {}", isolated(said)),
        };
        match refusal {
            Refusal::Unreachable => {
                "The outgoing mail server cannot be reached. Try again in a few minutes.".to_owned()
            }
            Refusal::Certificate => {
                "The certificate of the outgoing mail server is not trusted, so nothing was sent to it. Your provider has to fix this.".to_owned()
            }
            Refusal::Unprotected => {
                "The outgoing mail server offers no encryption, so your password was not sent to it. Your provider has to fix this.".to_owned()
            }
            Refusal::Timeout => {
                "The outgoing mail server did not answer in time. Try again in a few minutes.".to_owned()
            }
            Refusal::Garbled => {
                "The outgoing mail server gave an answer that Postern does not understand.".to_owned()
            }
            Refusal::Password(said) => {
                with("The outgoing mail server did not accept your password.", said)
            }
            Refusal::Sender(said) => {
                with("The mail server does not accept mail from this address.", said)
            }
            Refusal::Recipients(refused) => {
                let told = refused.iter().map(|RefusedRecipient { address, said, later }| {
                    let when = if *later { " for now" } else { "" };
                    with(
                        &format!("{} was not accepted{when}.", isolated(address)),
                        said,
                    )
                });
                let told: Vec<String> = told.collect();
                format!("Nobody has received it. {}", told.join(" "))
            }
            Refusal::Letters => {
                "The mail server does not accept addresses with letters such as \u{fc}. Use another address.".to_owned()
            }
            Refusal::TooLarge { limit: 0 } => {
                "It is larger than the mail server accepts. Remove some attached files.".to_owned()
            }
            Refusal::TooLarge { limit } => format!(
                "It is larger than the mail server accepts ({}). Remove some attached files.",
                self.size(*limit)
            ),
            Refusal::Message(said) => with("The mail server did not accept it.", said),
            Refusal::Later(said) => {
                with("The mail server cannot accept it now. Try again in a few minutes.", said)
            }
            Refusal::NoProgram => {
                "Sending is not set up on this site. Ask your provider to set it up.".to_owned()
            }
            Refusal::Program(said) => with("The mail program of this site did not accept it.", said),
            Refusal::Crowded => "Postern is sending other messages of yours right now. Send this one again in a moment.".to_owned(),
            Refusal::DiskFull => {
                "This site is out of disk space. Your message is kept; try again later.".to_owned()
            }
            Refusal::FileLost => {
                "An attached file can no longer be read. Remove it and attach it again.".to_owned()
            }
            Refusal::NotThere(name) => self.not_there_any_more(name),
            Refusal::NotFetched(name) => format!(
                "{} could not be loaded from your mailbox. Try again in a few minutes, or remove it from the attachments.",
                isolated(name)
            ),
            Refusal::NotHeld => self.not_held().to_owned(),
            Refusal::HeldTooLong { seconds } => self.held_too_long(*seconds),
            Refusal::Hold(said) => {
                with("The mail server did not accept the time or the sender.", said)
            }
            Refusal::EightBit => {
                "The outgoing mail server cannot pass this message on unchanged. Forward it instead.".to_owned()
            }
        }
    }
}
