//! What is said where a message is written: labels, questions, why it was not sent, what became of it.

use super::Words;
use super::acts::isolated;
use crate::mail::{Answer, DraftTrouble, Priority, Question, Unsent};
use crate::time::Calendar;

/// The page.
impl Words {
    /// Leads to the page, and heads it.
    pub fn new_message(&self) -> &'static str {
        "New message"
    }

    /// Leads to a new message to an address.
    pub fn write_to(&self, address: &str) -> String {
        format!("Write to {}", isolated(address))
    }

    /// Makes this site what the browser opens links to addresses with.
    pub fn open_links_here(&self) -> &'static str {
        "Open email links in Postern"
    }

    /// The button of an answer.
    pub fn answer_label(&self, how: Answer) -> &'static str {
        match how {
            Answer::Reply => "Reply",
            Answer::ReplyAll => "Reply all",
            Answer::ReplyList => "Reply to list",
            Answer::Forward => "Forward",
            Answer::ForwardWhole => "Forward as attachment",
            Answer::Redirect => "Redirect",
            Answer::EditAsNew => "Edit as new",
        }
    }

    /// What redirecting means.
    pub fn about_redirect(&self) -> &'static str {
        "The message is passed on unchanged. Replies go to its sender, not to you."
    }

    /// The subject of a message that forwards several.
    pub fn several_messages(&self, count: usize) -> String {
        self.messages(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// More messages than one can forward.
    pub fn too_many_to_forward(&self, most: u32) -> String {
        format!(
            "You can forward up to {} messages at once. Select fewer.",
            self.number(most.into())
        )
    }

    /// Messages that were to be forwarded are gone.
    pub fn not_there_to_forward(&self, count: u32) -> String {
        match count {
            1 => "1 message is no longer in its folder, so it is not attached.".to_owned(),
            n => format!(
                "{} are no longer in their folder, so they are not attached.",
                self.messages(n)
            ),
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
        format!("Up to {} in total.", self.size(bytes))
    }

    /// Ends the upload of a file; `%s` is put in by script.
    pub fn cancel_upload(&self, name: &str) -> String {
        format!("Cancel the upload of {name}")
    }

    /// A file was not uploaded, since there is no room for it.
    pub fn file_too_large(&self, name: &str, most: u64) -> String {
        let most = self.size(most);
        format!("{name} was not attached: the limit for attached files is {most} in total.")
    }

    /// A file could not be uploaded.
    pub fn upload_failed(&self, name: &str) -> String {
        format!("{name} could not be uploaded. Your text is still here. Try again.")
    }

    /// A form that waits for its files.
    pub fn waits_for_files(&self) -> &'static str {
        "Waiting for the upload to finish."
    }

    /// Where files can be dropped.
    pub fn drop_files_here(&self) -> &'static str {
        "Drop files to attach them"
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

    /// Sends, and archives what is answered.
    pub fn send_and_archive(&self) -> &'static str {
        "Send and archive"
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

    /// The same page again.
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
            Unsent::Waiting => "Will be sent in a moment",
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

    /// The line above a message that is forwarded.
    pub fn forwarded_line(&self) -> &'static str {
        "---------- Forwarded message ----------"
    }

    /// Before a message that is forwarded; names and values of its header.
    pub fn forwarded_below(&self, header: &[(&str, String)]) -> String {
        let lines = header.iter().filter(|(_, value)| !value.is_empty());
        let lines = lines.map(|(name, value)| format!("{name}: {value}\n"));
        format!("{}\n{}", self.forwarded_line(), lines.collect::<String>())
    }
}

/// What became of it.
impl Words {
    /// A message was sent.
    pub(super) fn sent(&self, to: u32) -> String {
        match to {
            0 | 1 => "Message sent.".to_owned(),
            n => format!("Message sent to {} people.", self.number(n.into())),
        }
    }

    /// Its copy was not made.
    pub(super) fn copy_failed(&self) -> &'static str {
        "Its copy could not be saved in Sent; open it under \u{201c}Unsent\u{201d} to try again."
    }

    /// What became of the message that was answered.
    pub(super) fn archived_after(&self, done: bool) -> &'static str {
        match done {
            true => "The message you answered was archived.",
            false => "The message you answered could not be archived; it is still in its folder.",
        }
    }

    /// A message may have been sent.
    pub(super) fn perhaps_sent(&self) -> &'static str {
        "Your message may have been sent. It is kept under \u{201c}Unsent\u{201d}, where you can check whether it was sent."
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
            "Postern passed it on for sending{when}, but got no answer. Sending it again may deliver it twice. If you are not sure, ask a recipient first."
        )
    }

    /// The same of a message whose form was changed.
    pub fn perhaps_sent_before(&self) -> &'static str {
        "The original is under \u{201c}Unsent\u{201d}. Below is a new message with your changes, which has not been sent. Attach files again if you need them."
    }

    /// It was sent, and has no copy.
    pub fn copy_missing(&self, at: Option<&Calendar>, until: Option<&Calendar>) -> String {
        let sent = self.became(at, until);
        format!(
            "{sent} Its copy could not be saved in Sent. Saving the copy does not send the message again."
        )
    }

    /// Lead of a form whose message has been sent.
    pub fn sent_before_lead(&self) -> &'static str {
        "Already sent."
    }

    /// What that means.
    pub fn sent_before_text(&self, at: Option<&Calendar>, until: Option<&Calendar>) -> String {
        let sent = self.became(at, until);
        format!(
            "{sent} Below is a new message, which has not been sent. Attach files again if you need them."
        )
    }

    /// What its writer is asked before it is sent.
    pub fn question(&self, question: &Question) -> String {
        match question {
            Question::NoSubject => {
                "This message has no subject. Add one, or send it anyway.".to_owned()
            }
            Question::NoFile { word } => format!(
                "You wrote \u{201c}{word}\u{201d}, but no file is attached. Attach one, or send the message anyway."
            ),
            Question::Many { count } => format!(
                "{} people will see each other\u{2019}s addresses. Move them to Bcc to hide the addresses, or send the message anyway.",
                self.number((*count).into())
            ),
            Question::LooksLike { address, known } => format!(
                "{} looks like an address at {}, but is at another domain. Check it, or send the message anyway.",
                isolated(address),
                isolated(known)
            ),
        }
    }

    /// Unfolds what few messages ask for.
    pub fn more_options(&self) -> &'static str {
        "More options"
    }

    /// Label of how soon it is to be read.
    pub fn priority_label(&self) -> &'static str {
        "Priority"
    }

    /// How soon it is to be read.
    pub fn priority(&self, priority: Priority) -> &'static str {
        match priority {
            Priority::High => "High",
            Priority::Normal => "Normal",
            Priority::Low => "Low",
        }
    }

    /// Asks its readers to tell that they have read it.
    pub fn ask_for_receipt(&self) -> &'static str {
        "Ask for a read receipt"
    }

    /// Asks the servers to tell what became of it.
    pub fn ask_for_delivery(&self) -> &'static str {
        "Ask for delivery reports, if the mail server offers them"
    }

    /// Hides the recipients from each other.
    pub fn move_to_bcc(&self) -> &'static str {
        "Move all to Bcc"
    }

    /// A message was kept.
    pub(super) fn draft_kept(&self) -> &'static str {
        "Message saved."
    }

    /// Leads to a draft, to be written on.
    pub fn edit_draft(&self) -> &'static str {
        "Edit draft"
    }

    /// A message was changed on another page of the same user.
    pub fn draft_overtaken(&self) -> &'static str {
        "This message was changed in another window or on another device. Your version is saved as a separate message; the other one was not changed."
    }

    /// Somebody else has changed a draft, or removed it.
    pub fn draft_split(&self) -> String {
        "This draft was changed or deleted in another program. Your version is saved as a separate draft.".to_owned()
    }

    /// Why a message is not in Drafts.
    pub fn draft_trouble(&self, trouble: DraftTrouble) -> String {
        let why = match trouble {
            DraftTrouble::NoRoom => "Your mailbox is full.",
            DraftTrouble::NoFolder => {
                "There is no Drafts folder, and Postern could not create one."
            }
            DraftTrouble::NoAnswer => "The mail server cannot be reached.",
            DraftTrouble::Failed => "Something went wrong; the error log of this site has details.",
        };
        format!("This message is saved here, but not in Drafts on the mail server. {why}")
    }

    /// A message was thrown away.
    pub(super) fn draft_discarded(&self) -> &'static str {
        "Message discarded."
    }
}
