//! What is said where a message is written: labels, questions, why it was not sent, what became of it.

use super::Words;
use super::acts::isolated;
use crate::mail::{AddressField, Answer, DraftFault, Refusal, RefusedRecipient, Unsent};
use crate::time::Calendar;

/// The page.
impl Words {
    /// Leads to the page, and heads it.
    pub fn new_message(&self) -> &'static str {
        "New message"
    }

    /// The button of an answer.
    pub fn answer_label(&self, how: Answer) -> &'static str {
        match how {
            Answer::Reply => "Reply",
            Answer::ReplyAll => "Reply all",
            Answer::ReplyList => "Reply to list",
            Answer::Forward => "Forward",
        }
    }

    /// Names what can be written to a message.
    pub fn answers(&self) -> &'static str {
        "Reply and forward"
    }

    /// Label of the subject.
    pub fn subject_label(&self) -> &'static str {
        "Subject"
    }

    /// Label of the text.
    pub fn text_label(&self) -> &'static str {
        "Message"
    }

    /// Unfolds the fields that few messages need.
    pub fn more_fields(&self) -> &'static str {
        "Cc, Bcc, reply to"
    }

    /// Label of the field in which files are chosen.
    pub fn files_to_attach(&self) -> &'static str {
        "Attach files"
    }

    /// Uploads the chosen files without sending.
    pub fn attach_now(&self) -> &'static str {
        "Upload"
    }

    /// How much can be attached, in bytes.
    pub fn most_attached(&self, bytes: u64) -> String {
        format!("Up to {} in all.", self.size(bytes))
    }

    /// Heads the files that are attached.
    pub fn attached_files(&self) -> &'static str {
        "Attached files"
    }

    /// Takes an attached file off.
    pub fn detach(&self, name: &str) -> String {
        format!("Remove {}", isolated(name))
    }

    /// Sends.
    pub fn send(&self) -> &'static str {
        "Send"
    }

    /// Sends though it may have been sent.
    pub fn send_again(&self) -> &'static str {
        "Send again"
    }

    /// Sends without what was asked about.
    pub fn send_anyway(&self) -> &'static str {
        "Send anyway"
    }

    /// Puts the copy of a message that was sent into Sent.
    pub fn save_copy(&self) -> &'static str {
        "Save the copy"
    }

    /// Keeps the message as it is.
    pub fn keep_draft(&self) -> &'static str {
        "Save"
    }

    /// Throws the message away.
    pub fn discard_draft(&self) -> &'static str {
        "Discard"
    }

    /// The same page once more.
    pub fn look_again(&self) -> &'static str {
        "Check again"
    }

    /// Puts the signature of another sender into the message.
    pub fn change_sender(&self) -> &'static str {
        "Change"
    }

    /// The user has no address to send from.
    pub fn no_sender(&self) -> &'static str {
        "You have no address to send from"
    }
}

/// The messages that were not sent.
impl Words {
    /// Leads to them, and heads them.
    pub fn unsent(&self) -> &'static str {
        "Unsent"
    }

    /// The same, with how many there are.
    pub fn unsent_count(&self, count: usize) -> String {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        format!("Unsent ({})", self.number(count))
    }

    /// There are none.
    pub fn nothing_unsent(&self) -> &'static str {
        "There are no unsent messages."
    }

    /// How far one has come.
    pub fn standing(&self, unsent: Unsent) -> &'static str {
        match unsent {
            Unsent::Written => "Not finished",
            Unsent::NotSent => "Not sent",
            Unsent::PerhapsSent => "May have been sent",
            Unsent::NotFiled => "Sent; no copy in Sent",
        }
    }

    /// How long they are kept.
    pub fn how_long_unsent(&self) -> &'static str {
        "Messages are kept here for 30 days after you last changed them."
    }
}

/// What stands in the text.
impl Words {
    /// Before the text that is answered.
    pub fn wrote(&self, when: Option<&Calendar>, who: &str) -> String {
        match when {
            Some(at) => format!("On {}, {who} wrote:", self.when_full(at)),
            None => format!("{who} wrote:"),
        }
    }

    /// Before a message that is handed on; names and values of its header.
    pub fn forwarded_below(&self, header: &[(&str, String)]) -> String {
        let lines = header.iter().filter(|(_, value)| !value.is_empty());
        let lines = lines.map(|(name, value)| format!("{name}: {value}\n"));
        format!(
            "---------- Forwarded message ----------\n{}",
            lines.collect::<String>()
        )
    }
}

/// What became of it.
impl Words {
    /// A message was sent.
    pub(super) fn sent(&self, to: u32, is_filed: bool) -> String {
        let sent = match to {
            0 | 1 => "Message sent.".to_owned(),
            n => format!("Message sent to {} people.", self.number(n.into())),
        };
        match is_filed {
            true => sent,
            false => format!(
                "{sent} Its copy could not be saved in Sent; open it under \u{201c}Unsent\u{201d} to try again."
            ),
        }
    }

    /// A message may have been sent.
    pub(super) fn perhaps_sent(&self) -> &'static str {
        "Your message may have been sent. It is kept under \u{201c}Unsent\u{201d}, where you can see what became of it."
    }

    /// Somebody is sending it.
    pub fn still_sending(&self) -> &'static str {
        "This message is still being sent."
    }

    /// Lead of what may have been sent.
    pub fn perhaps_sent_lead(&self) -> &'static str {
        "This message may have been sent."
    }

    /// What that means.
    pub fn perhaps_sent_text(&self, at: Option<&Calendar>) -> String {
        let when = at
            .map(|at| format!(" at {}", self.when(at)))
            .unwrap_or_default();
        format!(
            "It was handed over{when}, but no answer came. Sending it again may deliver it twice. If you are not sure, ask a recipient first."
        )
    }

    /// The same of a message whose form was changed.
    pub fn perhaps_sent_before(&self) -> &'static str {
        "It is under \u{201c}Unsent\u{201d} as it was. What you see below is a new message with your changes; it has not been sent. Attach files again if you need them."
    }

    /// It was sent, and has no copy.
    pub fn copy_missing(&self, at: Option<&Calendar>) -> String {
        let when = at
            .map(|at| format!(" at {}", self.when(at)))
            .unwrap_or_default();
        format!(
            "This message was sent{when}, but its copy could not be saved in Sent. Nothing will be sent again."
        )
    }

    /// Lead of a form whose message has been sent.
    pub fn sent_before_lead(&self) -> &'static str {
        "Already sent."
    }

    /// What that means.
    pub fn sent_before_text(&self, at: Option<&Calendar>) -> String {
        let when = at
            .map(|at| format!(" at {}", self.when(at)))
            .unwrap_or_default();
        format!(
            "This message was sent{when}. What you see below is a new message; it has not been sent. Attach files again if you need them."
        )
    }

    /// It has no subject.
    pub fn without_subject(&self) -> &'static str {
        "This message has no subject. Add one, or send it anyway."
    }

    /// A message was kept.
    pub(super) fn draft_kept(&self) -> &'static str {
        "Message saved."
    }

    /// A message was thrown away.
    pub(super) fn draft_discarded(&self) -> &'static str {
        "Message discarded."
    }
}

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

    /// What has to be put right first.
    pub fn draft_fault(&self, fault: &DraftFault) -> String {
        match fault {
            DraftFault::NoRecipient => "Add at least one recipient.".to_owned(),
            DraftFault::NoAddress { field, text } => format!(
                "{}: {} is not a valid address.",
                self.address_field(*field),
                isolated(text)
            ),
            DraftFault::TooMany { limit } => format!(
                "A message can go to {} people at most.",
                self.number(u64::from(*limit))
            ),
            DraftFault::NoSender => {
                "You cannot send from this address. Choose another one, or ask your provider which you may use.".to_owned()
            }
            DraftFault::Subject => {
                "The subject contains characters that cannot be sent. Type it again.".to_owned()
            }
            DraftFault::TooLarge { limit } => format!(
                "The attached files are too large: {} in all is the most. Your text is kept.",
                self.size(*limit)
            ),
            DraftFault::NoRoom { limit } => format!(
                "The files of your unsent messages are too large: {} in all is the most. Discard or send one of them. Your text is kept.",
                self.size(*limit)
            ),
            DraftFault::TooManyUnsent { limit } => format!(
                "You have {} unsent messages, which is the most. Discard or send one of them first.",
                self.number(u64::from(*limit))
            ),
            DraftFault::FileCut { name } => format!(
                "The file {} did not arrive completely. Attach it again.",
                isolated(name)
            ),
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
                "The mail server for sending cannot be reached. Try again in a few minutes.".to_owned()
            }
            Refusal::Certificate => {
                "The mail server for sending could not prove its identity, so nothing was sent to it. Your provider has to fix this.".to_owned()
            }
            Refusal::Unprotected => {
                "The mail server for sending offers no encryption, so your password was not sent to it. Your provider has to fix this.".to_owned()
            }
            Refusal::Timeout => {
                "The mail server for sending did not answer in time. Try again in a few minutes.".to_owned()
            }
            Refusal::Garbled => {
                "The mail server for sending gave an answer that Postern does not understand.".to_owned()
            }
            Refusal::Password(said) => {
                with("The mail server for sending did not accept your password.", said)
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
            Refusal::DiskFull => {
                "The disk of this site is full. Your message is kept; try again later.".to_owned()
            }
            Refusal::FileLost => {
                "An attached file cannot be read any more. Remove it, and attach it again.".to_owned()
            }
        }
    }
}
