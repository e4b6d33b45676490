//! What a reader tells the sender of a message by one click: the buttons, and what is written then.

use super::Words;
use super::acts::isolated;
use crate::extras::Coming;

/// What a reader tells by one click.
impl Words {
    /// The sender wants to know that the message was read.
    pub fn receipt_asked(&self, to: &str) -> String {
        format!(
            "The sender asks for a read receipt. It would go to {}.",
            isolated(to)
        )
    }

    /// Sends one.
    pub fn send_receipt(&self) -> &'static str {
        "Send receipt"
    }

    /// Subject and text of one.
    pub fn receipt_sent(&self, subject: &str, reader: &str) -> (String, String) {
        (
            format!("Read: {subject}"),
            format!(
                "Your message \u{201c}{subject}\u{201d} to {reader} was displayed. This does not mean that it was read or understood.\n"
            ),
        )
    }

    /// A button of an invitation.
    pub fn comes(&self, coming: Coming) -> &'static str {
        match coming {
            Coming::Yes => "Accept",
            Coming::Perhaps => "Tentative",
            Coming::No => "Decline",
            Coming::Unanswered => "",
        }
    }

    /// Subject and text of the answer to an invitation.
    pub fn coming(&self, coming: Coming, who: &str, title: &str) -> (String, String) {
        let title = match title.trim() {
            "" => self.no_title(),
            title => title,
        };
        let (lead, said) = match coming {
            Coming::Yes => ("Accepted", "has accepted this invitation"),
            Coming::Perhaps => ("Tentative", "has tentatively accepted this invitation"),
            Coming::No => ("Declined", "has declined this invitation"),
            Coming::Unanswered => ("Invitation", "has not answered this invitation"),
        };
        (
            format!("{lead}: {title}"),
            format!("{who} {said}: {title}\n"),
        )
    }
}
