//! What is said of what a message tells: invitations, cards, reports, oddities of a sender, verdicts, leaving a list.

use super::{Sentence, Words, clock, month, weekday};
use crate::extras::{Coming, Delivery, Detail, Fate, Guest, Method, Protection, Report};
use crate::mail::Verdict;
use crate::media::{Media, media};
use crate::sender::{Doubt, WhyNot};
use crate::time::Calendar;

/// Invitations and contact cards.
impl Words {
    /// Heading of an event, by what is asked.
    pub fn event_kind(&self, method: Method, cancelled: bool) -> &'static str {
        match method {
            _ if cancelled => "Cancelled event",
            Method::Cancel => "Cancelled event",
            Method::Request => "Invitation",
            Method::Reply => "Reply to an invitation",
            Method::Counter => "A change is proposed",
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

    /// The guests in one line: `12 guests: 4 accepted, 1 declined`.
    pub fn guests(&self, all: &[Guest]) -> String {
        let count = |coming| all.iter().filter(|guest| guest.coming == coming).count();
        let said = [
            (Coming::Yes, "accepted"),
            (Coming::Perhaps, "maybe"),
            (Coming::No, "declined"),
            (Coming::Unanswered, "not answered"),
        ];
        let said = said.map(|(coming, word)| (count(coming), word));
        let said = said.iter().filter(|(n, _)| *n > 0);
        let said: Vec<String> = said.map(|(n, word)| format!("{n} {word}")).collect();
        let n = u64::try_from(all.len()).unwrap_or(u64::MAX);
        format!("{}: {}", self.count(n, "guest", "guests"), said.join(", "))
    }

    /// A guest, `{0}`, and what they answered.
    pub fn guest(&self, coming: Coming) -> Sentence {
        Sentence::new(match coming {
            Coming::Unanswered => "{0}",
            Coming::Yes => "{0} (accepted)",
            Coming::No => "{0} (declined)",
            Coming::Perhaps => "{0} (maybe)",
        })
    }

    /// `Tuesday 17 November 2026, 09:05 to 10:00`; of whole days `Tuesday 17 November 2026` or `17 to 19 November 2026`. The
    /// end of whole days is the day after the last one (RFC 5545 3.6.1); the last one is said.
    pub fn event_time(&self, start: &Calendar, end: Option<&Calendar>, whole_days: bool) -> String {
        let day = |at: &Calendar| format!("{} {} {} {}", weekday(at), at.day, month(at), at.year);
        let same_day = |end: &&Calendar| {
            (end.year, end.month, end.day) == (start.year, start.month, start.day)
        };
        if whole_days {
            return match end.and_then(Calendar::day_before) {
                Some(last) if last.days_ago < start.days_ago => self.days(start, &last),
                _ => day(start),
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

    /// From one day to a later one, no word said twice: `17 to 19 November 2026`.
    fn days(&self, first: &Calendar, last: &Calendar) -> String {
        let end = format!("{} {} {}", last.day, month(last), last.year);
        match (first.year == last.year, first.month == last.month) {
            (true, true) => format!("{} to {end}", first.day),
            (true, false) => format!("{} {} to {end}", first.day, month(first)),
            _ => format!("{} {} {} to {end}", first.day, month(first), first.year),
        }
    }

    /// When an event is: its time `{0}`; where that is not by the reader's clock, the zone `{1}` that it is in, which may
    /// have no name; and how often it repeats.
    pub fn event_when(&self, zone: Option<&str>, repeats: Option<&str>) -> Sentence {
        let time = match zone {
            None => "{0}",
            Some("") => "{0} (local time of the event)",
            Some(_) => "{0} ({1} time)",
        };
        Sentence::new(match repeats {
            Some(repeats) => format!("{time}, {repeats}"),
            None => time.to_owned(),
        })
    }

    /// How often an event repeats; the rule as RFC 5545 names it, and every how many it counts.
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

    /// Heading of a contact card.
    pub fn visiting_card(&self) -> &'static str {
        "Contact card"
    }

    /// Label of a line of a contact card.
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

    /// What became of a message for one recipient, `{0}`.
    pub fn fate(&self, delivery: &Delivery) -> Sentence {
        let what = match delivery.fate {
            Fate::Failed => "The message to {0} was not delivered",
            Fate::Delayed => {
                "The message to {0} has not been delivered yet; the server keeps trying"
            }
            Fate::Delivered => "The message to {0} was delivered",
            Fate::Relayed => {
                "The message to {0} was passed on to a server that does not send delivery reports"
            }
            Fate::Expanded => "The message to {0} was sent on to everyone on the list",
        };
        Sentence::new(match self.reason(delivery) {
            Some(why) if delivery.fate != Fate::Delivered => format!("{what}: {why}."),
            _ => format!("{what}."),
        })
    }

    /// Why, by the numbers of RFC 3463.
    fn reason(&self, delivery: &Delivery) -> Option<&'static str> {
        let (class, subject, detail) = delivery.status?;
        let why = match (subject, detail) {
            (1, 1 | 6) => "this address does not exist",
            (1, 2) => "this domain does not exist",
            (1, 3) => "the address is not valid",
            (1, 10) => "the domain does not accept mail",
            (2, 1) => "the mailbox is closed",
            (2, 2) => "the mailbox is full",
            (2, 3) | (3, 4) => "the message is too large",
            (3, _) => "the receiving mail system has a problem or is full",
            (4, 1) => "the receiving server does not answer",
            (4, 3 | 4) => "the receiving server cannot be found",
            (4, 6) => "the message is caught in a mail loop",
            (4, 7) => "the server gave up after trying for too long",
            (4, _) => "there is a network problem on the way",
            (7, 1) => "the receiving server does not accept mail from this sender",
            (7, _) => "the receiving server rejected it because of its rules",
            _ if class == 2 => return None,
            _ => return None,
        };
        Some(why)
    }

    /// What the other server wrote, `{0}`.
    pub fn server_said(&self) -> Sentence {
        Sentence::new("The server said: {0}")
    }

    /// Who reports, `{0}`.
    pub fn reported_by(&self) -> Sentence {
        Sentence::new("Reported by {0}")
    }

    /// What the mail program of the recipient, `{0}`, reports.
    pub fn receipt(&self, displayed: bool) -> Sentence {
        Sentence::new(if displayed {
            "{0} reports that your message was displayed. That does not mean that it was read."
        } else {
            "{0} reports that your message was handled without being displayed (deleted, for example)."
        })
    }
}

/// About a sender.
impl Words {
    /// What is odd about who a message says it is from.
    pub fn doubt(&self, doubt: &Doubt) -> String {
        match doubt {
            Doubt::NameHoldsAddress(address) => format!(
                "The sender's name contains a different address, {address}. Trust only the address next to the name."
            ),
            Doubt::Invisible => "The sender's name contains invisible characters.".to_owned(),
            Doubt::Foreign {
                looks,
                is,
                mixed: true,
            } => format!(
                "The sender's domain mixes letters from different alphabets. It looks like {looks}, but is really {is}."
            ),
            Doubt::Foreign {
                looks,
                is,
                mixed: false,
            } => {
                format!(
                    "The sender's domain {looks} is written with non-Latin letters; its technical form is {is}."
                )
            }
            Doubt::Several(n) => format!(
                "This message names {n} senders, so it is not certain who sent it."
            ),
            Doubt::Failed(domain) => format!(
                "Your mail server found that this message does not really come from {domain}. It may be forged."
            ),
            Doubt::Unproven(domain) => format!(
                "Your mail server could not confirm that this message really comes from {domain}."
            ),
            Doubt::Nobody => "This message does not say who sent it.".to_owned(),
            Doubt::NotOneAddress => {
                "The sender is not written as one plain email address, so it is not certain who sent this message. Postern shows it as it is written."
                    .to_owned()
            }
            Doubt::ForeignLocal(local) => format!(
                "The sender's address has letters before the @ that look like other letters: {local}."
            ),
        }
    }

    /// Beside a sender, where no server says that it checked.
    pub fn not_confirmed(&self) -> &'static str {
        "not confirmed by your mail server"
    }

    /// Beside a sender for whom somebody else sent the message.
    pub fn sent_by(&self) -> Sentence {
        Sentence::new("sent by {0}")
    }

    /// Label of who sent the message for its sender.
    pub fn sender_label(&self) -> &'static str {
        "Sent by"
    }

    /// The mark in a list of a message whose sender is not certain.
    pub fn sender_in_doubt(&self) -> &'static str {
        "Sender not certain"
    }

    /// Why the images of a sender cannot be shown always; None where that needs no word.
    pub fn why_not_always(&self, why: WhyNot) -> Option<&'static str> {
        match why {
            WhyNot::Own => None,
            WhyNot::Junk => {
                Some("\u{201c}Always show\u{201d} is not available for messages in this folder.")
            }
            WhyNot::Inside => Some(
                "\u{201c}Always show\u{201d} is not available for a message inside another one.",
            ),
            WhyNot::Doubtful => Some(
                "\u{201c}Always show\u{201d} is not available because it is not certain who sent this message.",
            ),
            WhyNot::NotConfirmed => Some(
                "\u{201c}Always show\u{201d} is not available because your mail server has not confirmed the sender.",
            ),
            WhyNot::Stranger => Some(
                "\u{201c}Always show\u{201d} is only available for people you have written to, because Postern cannot check senders on this mail server. Postern knows the sent messages that it has shown you recently.",
            ),
        }
    }

    /// Label of a verdict in the details.
    pub fn verdict_label(&self) -> &'static str {
        "Sender check"
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
            .chain((!verdict.is_whole).then(|| "the rest is unreadable".to_owned()))
            .collect();
        format!("{}, checked by {}", checks.join(", "), verdict.server)
    }

    /// Above a message that is protected; nothing of it is checked here.
    pub fn protection(&self, protection: Protection) -> &'static str {
        match protection {
            Protection::PgpEncrypted => {
                "This message is encrypted with OpenPGP. Postern cannot open it: download it and open it with a program that has your key."
            }
            Protection::SmimeWrapped => {
                "This message is encrypted with S/MIME, or signed as a whole. Postern cannot open it: download it and open it with a program that has your certificate."
            }
            Protection::PgpSigned => {
                "This message has an OpenPGP signature. Postern does not check it."
            }
            Protection::SmimeSigned => {
                "This message has an S/MIME signature. Postern does not check it."
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

    /// Below the header fields, where these are not all.
    pub fn header_cut(&self) -> &'static str {
        "This header is too long to show in full. Download the message to see the rest."
    }

    /// Above the source of a large message, of which only so many bytes are shown.
    pub fn source_cut(&self, shown: u32, size: u32) -> String {
        format!(
            "The first {} of {} are shown. Download the message to see the rest.",
            self.size(shown.into()),
            self.size(size.into())
        )
    }

    /// Back to the message that contains another, or that a page is about.
    pub fn back_to_message(&self) -> &'static str {
        "Back to the message"
    }

    /// Label of the choice of a charset.
    pub fn charset_label(&self) -> &'static str {
        "Text looks wrong? Choose a character set"
    }

    /// The first choice of a charset.
    pub fn charset_own(&self) -> &'static str {
        "automatic"
    }

    /// Button beside the choice of a charset.
    pub fn apply(&self) -> &'static str {
        "Apply"
    }

    /// Link that leaves the list that a message came by.
    pub fn unsubscribe(&self) -> &'static str {
        "Unsubscribe"
    }

    /// Where that link leads: to a page of the sender.
    pub fn unsubscribe_at(&self, host: &str) -> String {
        format!(
            "Opens a page at {host} in a new tab. {host} may learn that you opened this message. If you do not know the sender, it is safer not to unsubscribe."
        )
    }

    /// Where that link leads: to a message that can be sent.
    pub fn unsubscribe_by_mail(&self, to: &str) -> String {
        format!(
            "Opens a message to {to} that you can send. If you do not know the sender, it is safer not to unsubscribe."
        )
    }

    /// Link to all attachments in one file.
    pub fn all_as_zip(&self) -> &'static str {
        "Download all as zip"
    }

    /// What an attachment without a name is called, by its type.
    pub fn unnamed(&self, kind: &str) -> &'static str {
        match media(kind) {
            Media::Message => "Forwarded message",
            Media::Calendar => "Calendar",
            Media::Card => "Contact card",
            Media::DeliveryReport => "Delivery report",
            Media::Receipt => "Receipt",
            Media::AbuseReport => "Abuse report",
            Media::PartialMessage => "Part of a message",
            Media::ExternalFile => "External file",
            Media::Headers => "Message headers",
            Media::PgpSignature | Media::SmimeSignature => "Signature",
            Media::PgpEncrypted | Media::Smime => "Encrypted content",
            Media::Image => "Image",
            Media::Text
            | Media::Html
            | Media::Enriched
            | Media::OtherHtml
            | Media::Data
            | Media::Sheet => "Text",
            Media::Tnef | Media::Pdf | Media::OctetStream | Media::Other => self.unnamed_file(),
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
        let several = |first: &Calendar, end: &Calendar| W.event_time(first, Some(end), true);
        assert_eq!(several(&at(17, 0), &at(20, 0)), "17 to 19 November 2026");
        let december = |day, year| Calendar {
            year,
            month: 12,
            day,
            days_ago: -40,
            ..at(1, 0)
        };
        let into_december = several(&at(17, 0), &december(2, 2026));
        assert_eq!(into_december, "17 November to 1 December 2026");
        let new_year = Calendar {
            year: 2027,
            month: 1,
            days_ago: -80,
            ..at(2, 0)
        };
        assert_eq!(
            several(&december(31, 2026), &new_year),
            "31 December 2026 to 1 January 2027"
        );
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
            Sentence::new("The message to {0} was not delivered: this address does not exist.")
        );
        let status = Some((9, 9, 9));
        let odd = Delivery { status, ..delivery };
        assert_eq!(
            W.fate(&odd),
            Sentence::new("The message to {0} was not delivered.")
        );
    }
}
