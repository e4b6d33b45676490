//! What is said of messages that are sent a little later, and may be taken back until then.

use super::Words;
use super::acts::isolated;

/// Messages that wait.
impl Words {
    /// One of this subject will be sent after so many seconds.
    pub fn waits(&self, subject: &str, seconds: i64) -> String {
        let named = self.named_message(subject);
        match seconds {
            i64::MIN..=0 => format!("{named} is about to be sent."),
            1 => format!("{named} will be sent in 1 second."),
            more => format!("{named} will be sent in {more} seconds."),
        }
    }

    /// The same of one that the mail server then holds until a time. The seconds are its last number: script counts them.
    pub fn waits_to_be_held(&self, subject: &str, at: &str, seconds: i64) -> String {
        let named = self.named_message(subject);
        let gets = match seconds {
            i64::MIN..=0 => "is about to get it".to_owned(),
            more => format!("gets it in {}", self.seconds(more.unsigned_abs())),
        };
        format!("{named} is to be sent on {at}. The mail server {gets}.")
    }

    /// Lead of one that should have been sent.
    pub fn overdue_lead(&self) -> &'static str {
        "A message has not been sent yet."
    }

    /// What can be done with it.
    pub fn overdue_text(&self, subject: &str) -> String {
        format!(
            "{} should have been sent by now. Send it now, or open it to change it.",
            self.named_message(subject)
        )
    }

    /// One that waited was not sent.
    pub fn was_not_sent(&self, subject: &str) -> String {
        format!(
            "Open {} to see why and to send it again.",
            self.named_message(subject)
        )
    }

    /// One that waited may have been sent.
    pub fn was_perhaps_sent(&self, subject: &str) -> String {
        format!("Open {} to decide what to do.", self.named_message(subject))
    }

    /// Sends one at once.
    pub fn send_now(&self) -> &'static str {
        "Send now"
    }

    /// Takes one back.
    pub fn take_back(&self) -> &'static str {
        "Undo send"
    }

    /// One was taken back, or could not be.
    pub(super) fn taken_back(&self, is_late: bool) -> &'static str {
        match is_late {
            false => "The message was not sent. You can change it and send it again.",
            true => "It was too late to undo: the message is being sent or was sent.",
        }
    }

    /// A form was changed whose message waits.
    pub fn waiting_before(&self) -> &'static str {
        "The message will be sent in a moment, without your latest changes. Below is a new message with these changes, which has not been sent. Attach files again if you need them."
    }

    /// A message by its subject.
    fn named_message(&self, subject: &str) -> String {
        match subject.trim() {
            "" => self.no_subject().to_owned(),
            subject => format!("\u{201c}{}\u{201d}", isolated(subject)),
        }
    }
}
