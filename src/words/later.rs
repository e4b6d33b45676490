//! What is said of messages that the mail server holds until the time at which they are to be sent.
//!
//! Not for those that wait here for a moment (`waiting`).

use super::Words;
use crate::time::Calendar;

/// Sending later.
impl Words {
    /// Label of the field in which the time is chosen.
    pub fn send_at_label(&self) -> &'static str {
        "Send at"
    }

    /// Sends then.
    pub fn send_later(&self) -> &'static str {
        "Send later"
    }

    /// Has the mail server get one at once that waits here, and is to be sent later.
    pub fn pass_on_now(&self) -> &'static str {
        "Pass on now"
    }

    /// What that means; `zone` is the name of the one that the time is in, and may be empty.
    pub fn about_send_later(&self, zone: &str) -> String {
        let about = "The mail server holds the message until then. Once the server has it, it cannot be stopped from here. Leave this empty to send now.";
        match zone {
            "" => about.to_owned(),
            zone => format!("Time zone: {zone}. {about}"),
        }
    }

    /// One was handed over, to be sent at a time to so many people.
    pub(super) fn held(&self, to: u32, at: &str) -> String {
        let to = match to {
            0 | 1 => String::new(),
            n => format!(" to {} people", self.number(n.into())),
        };
        format!(
            "The mail server will send your message{to} on {at}. It can no longer be stopped from here."
        )
    }

    /// What has become of one: when it was sent, or handed over, and until when the mail server holds it.
    pub(super) fn became(&self, at: Option<&Calendar>, until: Option<&Calendar>) -> String {
        let when = at.map(|at| format!(" at {}", self.when(at)));
        let when = when.unwrap_or_default();
        match until {
            None => format!("This message was sent{when}."),
            Some(until) => format!(
                "The mail server got this message{when} and will send it on {}.",
                self.when_full(until)
            ),
        }
    }

    /// What is chosen is no time.
    pub(super) fn no_time(&self) -> &'static str {
        "Choose a date and a time."
    }

    /// It is over.
    pub(super) fn time_passed(&self) -> &'static str {
        "That time is in the past. Choose a later one, or clear it to send now."
    }

    /// The server does not hold messages.
    pub(super) fn not_held(&self) -> &'static str {
        "The mail server does not hold messages until later. Clear the time to send now."
    }

    /// It does not hold one for so long.
    pub(super) fn held_too_long(&self, seconds: i64) -> String {
        let most = self.at_most(seconds);
        format!("The mail server holds messages for at most {most}. Choose an earlier time.")
    }

    /// A time in the largest unit of which it is two or more, and never more than it is.
    fn at_most(&self, seconds: i64) -> String {
        let n = seconds.unsigned_abs();
        let whole = |unit: u64| n.checked_div(unit).unwrap_or(0);
        match (whole(86_400), whole(3600), whole(60)) {
            (days @ 2.., _, _) => self.count(days, "day", "days"),
            (_, hours @ 2.., _) => self.count(hours, "hour", "hours"),
            (_, _, minutes) => self.count(minutes, "minute", "minutes"),
        }
    }
}
