//! What is said of what a message tells: invitations, cards, reports, oddities of a sender, verdicts, leaving a list.

use super::{Words, clock, month, weekday};
use crate::time::Calendar;
use crate::told::{Coming, Delivery, Detail, Doubt, Fate, Method, Protection, Report, Verdict};

/// Invitations and visiting cards.
impl Words {
    /// Heading of an event, by what is asked.
    pub fn event_kind(&self, method: Method, cancelled: bool) -> &'static str {
        match method {
            _ if cancelled => "Cancelled event",
            Method::Cancel => "Cancelled event",
            Method::Request => "Invitation",
            Method::Reply => "Answer to an invitation",
            Method::Counter => "Another time or place is proposed",
            Method::Publish => "Event",
        }
    }

    /// In the place of an event's title.
    pub fn no_title(&self) -> &'static str {
        "(no title)"
    }

    /// Label of an event's time.
    pub fn when_label(&self) -> &'static str {
        "When"
    }

    /// Label of an event's place.
    pub fn where_label(&self) -> &'static str {
        "Where"
    }

    /// Label of who invites.
    pub fn organizer_label(&self) -> &'static str {
        "Invited by"
    }

    /// Label of who is invited.
    pub fn guests_label(&self) -> &'static str {
        "Guests"
    }

    /// What a guest said; follows the name.
    pub fn coming(&self, coming: Coming) -> Option<&'static str> {
        match coming {
            Coming::Unanswered => None,
            Coming::Yes => Some("comes"),
            Coming::No => Some("does not come"),
            Coming::Perhaps => Some("perhaps"),
        }
    }

    /// `Tuesday 17 November 2026, 09:05 to 10:00`; of whole days `Tuesday 17 November 2026`.
    pub fn event_time(&self, start: &Calendar, end: Option<&Calendar>, whole_days: bool) -> String {
        let day = |at: &Calendar| format!("{} {} {} {}", weekday(at), at.day, month(at), at.year);
        let same_day = |end: &&Calendar| {
            (end.year, end.month, end.day) == (start.year, start.month, start.day)
        };
        if whole_days {
            // The end is the day after the last one, which is most often the same.
            let several = end.filter(|end| start.days_ago.saturating_sub(end.days_ago) > 1);
            return match several {
                Some(end) => format!("{}, until before {}", day(start), day(end)),
                None => day(start),
            };
        }
        match end {
            Some(end) if same_day(&end) => {
                format!("{}, {} to {}", day(start), clock(start), clock(end))
            }
            Some(end) => format!(
                "{}, {} to {}, {}",
                day(start),
                clock(start),
                day(end),
                clock(end)
            ),
            None => format!("{}, {}", day(start), clock(start)),
        }
    }

    /// Follows the time of an event by a clock that is not the reader's.
    pub fn by_clock(&self, zone: &str) -> String {
        match zone {
            "" => "local time".to_owned(),
            zone => format!("by the clock of “{zone}”"),
        }
    }

    /// Follows the time of an event that comes again; the rule as RFC 5545 names it, and every how many it counts.
    pub fn repeats(&self, rule: &str, every: u32) -> Option<String> {
        let (adverb, noun) = match rule {
            "" => return None,
            "DAILY" => ("daily", "days"),
            "WEEKLY" => ("weekly", "weeks"),
            "MONTHLY" => ("monthly", "months"),
            "YEARLY" => ("yearly", "years"),
            _ => return Some("repeats".to_owned()),
        };
        Some(match every {
            0 | 1 => format!("repeats {adverb}"),
            n => format!("repeats every {n} {noun}"),
        })
    }

    /// Heading of a visiting card.
    pub fn visiting_card(&self) -> &'static str {
        "Visiting card"
    }

    /// Label of a line of a visiting card.
    pub fn card_label(&self, detail: Detail) -> &'static str {
        match detail {
            Detail::Organisation => "Organisation",
            Detail::Title => "Role",
            Detail::Email => "Email",
            Detail::Phone => "Phone",
            Detail::Address => "Address",
            Detail::Web => "Web",
            Detail::Birthday => "Birthday",
            Detail::Note => "Note",
        }
    }
}

/// Reports of mail systems.
impl Words {
    /// Heading of a report.
    pub fn report_kind(&self, report: &Report) -> &'static str {
        match report {
            Report::Delivery { deliveries, .. } => {
                let worst = |fate| deliveries.iter().any(|d| d.fate == fate);
                match () {
                    () if worst(Fate::Failed) => "Not delivered",
                    () if worst(Fate::Delayed) => "Not delivered yet",
                    () => "Delivered",
                }
            }
            Report::Receipt { .. } => "Receipt",
        }
    }

    /// What became of a message for one recipient, who stands before it.
    pub fn fate(&self, delivery: &Delivery) -> String {
        let what = match delivery.fate {
            Fate::Failed => "was not delivered",
            Fate::Delayed => "is not delivered yet; the server goes on trying",
            Fate::Delivered => "was delivered",
            Fate::Relayed => "was handed on to a server that sends no reports",
            Fate::Expanded => "was handed to everybody on the list",
        };
        match delivery.status.and_then(|status| self.reason(status)) {
            Some(why) if delivery.fate != Fate::Delivered => format!("{what}: {why}."),
            _ => format!("{what}."),
        }
    }

    /// Why, by the numbers of RFC 3463.
    fn reason(&self, (class, subject, detail): (u16, u16, u16)) -> Option<&'static str> {
        let why = match (subject, detail) {
            (1, 1 | 6) => "there is no such mailbox",
            (1, 2) => "there is no such domain",
            (1, 3) => "the address is not well formed",
            (1, 10) => "the domain takes no mail",
            (2, 1) => "the mailbox is closed",
            (2, 2) => "the mailbox is full",
            (2, 3) | (3, 4) => "the message is too large",
            (3, _) => "the mail system there has a fault or is full",
            (4, 1) => "the server there does not answer",
            (4, 3 | 4) => "the server there cannot be found",
            (4, 6) => "the message goes round in a circle",
            (4, 7) => "there was no time left to try",
            (4, _) => "the way to the server there is disturbed",
            (7, 1) => "the server there does not take mail from this sender",
            (7, _) => "the server there refuses it by its rules",
            _ if class == 2 => return None,
            _ => return None,
        };
        Some(why)
    }

    /// Label of what the other server wrote.
    pub fn server_said(&self) -> &'static str {
        "The server said"
    }

    /// Label of who reports.
    pub fn reporter_label(&self) -> &'static str {
        "Reported by"
    }

    /// What a receipt tells of the recipient, who stands before it.
    pub fn receipt(&self, displayed: bool) -> &'static str {
        if displayed {
            "says that your message was shown. That does not mean that somebody has read it."
        } else {
            "says that your message was dealt with without being shown."
        }
    }
}

/// About a sender.
impl Words {
    /// What is odd about who a message says it is from.
    pub fn doubt(&self, doubt: &Doubt) -> String {
        match doubt {
            Doubt::NameHoldsAddress(address) => format!(
                "The sender's name holds another address, {address}. Only the address that stands beside the name counts."
            ),
            Doubt::Invisible => {
                "The sender's name holds characters that cannot be seen.".to_owned()
            }
            Doubt::Foreign {
                looks,
                is,
                mixed: true,
            } => format!(
                "The sender's domain mixes letters of several alphabets: it looks like {looks}, and is {is}."
            ),
            Doubt::Foreign {
                looks,
                is,
                mixed: false,
            } => {
                format!("The sender's domain is {looks}, which is written {is} on the way.")
            }
            Doubt::Several(n) => {
                format!("This message names {n} senders; all stand in its details.")
            }
        }
    }

    /// Label of a verdict in the details.
    pub fn verdict_label(&self) -> &'static str {
        "Sender checked"
    }

    /// What the reader's own server found out.
    pub fn verdict(&self, verdict: &Verdict) -> String {
        let checks: Vec<String> = verdict
            .checks
            .iter()
            .map(|check| {
                let method = check.method.to_ascii_uppercase();
                match check.about.as_str() {
                    "" => format!("{method} {}", check.result),
                    about => format!("{method} {} ({about})", check.result),
                }
            })
            .chain((!verdict.is_whole).then(|| "the rest cannot be read".to_owned()))
            .collect();
        format!("{}; by {}", checks.join(", "), verdict.server)
    }

    /// Above a message that is protected; nothing of it is checked here.
    pub fn protection(&self, protection: Protection) -> &'static str {
        match protection {
            Protection::PgpEncrypted => {
                "This message is encrypted with OpenPGP. It cannot be opened here: download it and open it with a program that has your key."
            }
            Protection::SmimeWrapped => {
                "This message is wrapped with S/MIME: encrypted, or signed as a whole. It cannot be opened here: download it and open it with a program that has your certificate."
            }
            Protection::PgpSigned => {
                "This message carries an OpenPGP signature, which is not checked here."
            }
            Protection::SmimeSigned => {
                "This message carries an S/MIME signature, which is not checked here."
            }
        }
    }
}

/// Pages about a message.
impl Words {
    /// Link to, and title of, the page with all header fields.
    pub fn all_headers(&self) -> &'static str {
        "All headers"
    }

    /// Back to the message that another lies in, or that a page is about.
    pub fn back_to_message(&self) -> &'static str {
        "Back to the message"
    }

    /// Label of the choice of a charset.
    pub fn charset_label(&self) -> &'static str {
        "Wrong characters? Read as"
    }

    /// The first choice of a charset.
    pub fn charset_own(&self) -> &'static str {
        "as the message says"
    }

    /// Button beside the choice of a charset.
    pub fn show(&self) -> &'static str {
        "Show"
    }

    /// Link to, and title of, the page that leaves a list.
    pub fn unsubscribe(&self) -> &'static str {
        "Unsubscribe"
    }

    /// On the page that leaves a list: where the button leads.
    pub fn unsubscribe_by_button(&self, host: &str) -> String {
        format!(
            "The button sends a request from your browser to {host}, the address that the message names. It opens in a new tab and tells its owner that you have read this message."
        )
    }

    /// On the page that leaves a list: where the link leads.
    pub fn unsubscribe_by_link(&self, host: &str) -> String {
        format!(
            "The message names a page at {host} where you can unsubscribe. It opens in a new tab and may tell its owner that you have read this message."
        )
    }

    /// On the page that leaves a list: whom to write to.
    pub fn unsubscribe_by_mail(&self) -> &'static str {
        "Or write to this address:"
    }

    /// The same, where there is no page.
    pub fn unsubscribe_only_by_mail(&self) -> &'static str {
        "Write to this address:"
    }

    /// The same, where it asks for no words.
    pub fn unsubscribe_by_any_mail(&self) -> &'static str {
        "An empty message is enough in most cases."
    }

    /// The same: what the subject has to be.
    pub fn unsubscribe_subject(&self) -> &'static str {
        "With this subject:"
    }

    /// The same: what has to stand in it.
    pub fn unsubscribe_text(&self) -> &'static str {
        "With this text:"
    }

    /// On the page that leaves a list: a warning.
    pub fn unsubscribe_spam(&self) -> &'static str {
        "Of senders whom you do not know, it is safer to leave this undone."
    }

    /// Link that opens the page of a sender.
    pub fn open_page(&self) -> &'static str {
        "Open the page"
    }

    /// Link to all attachments in one file.
    pub fn all_as_zip(&self) -> &'static str {
        "Download all as zip"
    }

    /// What an attachment without a name is called, by its type.
    pub fn unnamed(&self, kind: &str) -> &'static str {
        match kind {
            "message/rfc822" | "message/global" => "Forwarded message",
            "text/calendar" | "application/ics" => "Calendar",
            "text/vcard" | "text/x-vcard" | "text/directory" => "Visiting card",
            "message/delivery-status" | "message/global-delivery-status" => "Delivery report",
            "message/disposition-notification" | "message/global-disposition-notification" => {
                "Receipt"
            }
            "message/feedback-report" => "Complaint",
            "message/partial" => "Piece of a message",
            "message/external-body" => "File that is kept elsewhere",
            "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers" => {
                "Header of the message"
            }
            "application/pgp-signature"
            | "application/pkcs7-signature"
            | "application/x-pkcs7-signature" => "Signature",
            "application/pgp-encrypted" | "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                "Encrypted content"
            }
            kind if kind.starts_with("image/") => "Image",
            kind if kind.starts_with("text/") => "Text",
            _ => self.unnamed_file(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: Words = Words::ENGLISH;

    fn at(day: i8, hour: i8) -> Calendar {
        Calendar {
            year: 2026,
            month: 11,
            day,
            weekday: 2,
            hour,
            minute: 5,
            offset: 60,
            days_ago: i64::from(-day),
            this_year: true,
        }
    }

    #[test]
    fn the_time_of_an_event_is_as_short_as_it_can_be() {
        let day = "Tuesday 17 November 2026";
        fn time(end: Option<&Calendar>, whole: bool) -> String {
            W.event_time(&at(17, 9), end, whole)
        }
        assert_eq!(time(None, false), format!("{day}, 09:05"));
        assert_eq!(
            time(Some(&at(17, 10)), false),
            format!("{day}, 09:05 to 10:05")
        );
        assert_eq!(time(Some(&at(18, 0)), true), day);
        assert!(time(Some(&at(20, 0)), true).contains("until before"));
    }

    #[test]
    fn what_comes_again_says_how_often() {
        assert_eq!(W.repeats("WEEKLY", 1).as_deref(), Some("repeats weekly"));
        assert_eq!(
            W.repeats("WEEKLY", 2).as_deref(),
            Some("repeats every 2 weeks")
        );
        assert_eq!(W.repeats("HOURLY", 2).as_deref(), Some("repeats"));
        assert_eq!(W.repeats("", 1), None);
    }

    #[test]
    fn a_failure_says_why() {
        let delivery = Delivery {
            recipient: String::new(),
            fate: Fate::Failed,
            status: Some((5, 1, 1)),
            said: String::new(),
        };
        assert_eq!(
            W.fate(&delivery),
            "was not delivered: there is no such mailbox."
        );
        let status = Some((9, 9, 9));
        let odd = Delivery { status, ..delivery };
        assert_eq!(W.fate(&odd), "was not delivered.");
    }
}
