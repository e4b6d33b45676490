//! Every sentence that a user reads, with numbers, plurals and dates as arguments; by language.
//!
//! Not for markup: a view sets these words between its tags. Not for the log or the shell, whose readers are hosters.
//! To know before changing it: sentences are plain, say what happened, what was kept and what comes next; no blame, no
//! jargon, no exclamation mark. The actor is named ("Postern", "the mail server"). A sentence is whole: where a view must
//! dress a part of it (a link, a name), it is a `Sentence` with numbered places, since another language has another order.
//! Here: languages, numbers, sizes, dates. What pages say is in the files below, what is said when one fails in `failures`.

mod acts;
mod compose;
mod extras;
mod failures;
mod finding;
mod first_visit;
mod folders;
mod identities;
mod import;
mod keys;
mod labels;
mod later;
mod message;
mod pages;
mod people;
mod resume;
mod rich;
mod sessions;
mod settings;
mod sign_in;
mod telling;
mod templates;
mod unsent;
mod waiting;

pub use failures::{ABORTED, ErrorText, LastWords, TOO_LATE};

use crate::time::Calendar;

/// The language of a page; all words are asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// For the `lang` attribute (BCP 47).
    pub lang: &'static str,
    /// For the `dir` attribute.
    pub dir: &'static str,
}

/// The languages there are; the first is spoken to whoever asks for none of them.
const SPOKEN: &[Words] = &[Words::ENGLISH];

impl Words {
    /// English, dates with the day first.
    pub const ENGLISH: Words = Words {
        lang: "en",
        dir: "ltr",
    };

    /// The language that an `Accept-Language` header (RFC 9110 12.5.4) likes best among those spoken.
    pub fn chosen(accept_language: &str) -> Words {
        let mut best = (0, Words::ENGLISH);
        for range in accept_language.split(',').take(32) {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let liking = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|q| q.parse::<f32>().ok())
                .map_or(1000, |q| (q.clamp(0.0, 1.0) * 1000.0) as u32);
            let spoken = SPOKEN
                .iter()
                .find(|words| words.lang.eq_ignore_ascii_case(primary));
            if let Some(words) = spoken.filter(|_| liking > best.0) {
                best = (liking, *words);
            }
        }
        best.1
    }
}

/// A whole sentence with places for what a view dresses itself: a name, a date, a link. A place is written `{0}`, `{1}`, ...
///
/// Made from our own words alone: what others wrote goes into a place, never into the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence(String);

/// A stretch of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// The place of this number.
    Place(usize),
}

impl Sentence {
    fn new(text: impl Into<String>) -> Sentence {
        Sentence(text.into())
    }

    /// The sentence from its beginning to its end.
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = Vec::new();
        let mut rest = self.0.as_str();
        while let Some((before, (number, after))) = rest
            .split_once('{')
            .and_then(|(before, after)| Some((before, after.split_once('}')?)))
        {
            pieces.extend(Some(Piece::Words(before)).filter(|_| !before.is_empty()));
            pieces.extend(number.parse().ok().map(Piece::Place));
            rest = after;
        }
        pieces.extend(Some(Piece::Words(rest)).filter(|_| !rest.is_empty()));
        pieces
    }
}

/// Numbers, sizes, dates.
impl Words {
    /// `1,034`.
    pub fn number(&self, n: u64) -> String {
        let digits = n.to_string();
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }

    /// `412 bytes`, `284 kB`, `1.2 MB`: thousands, as file managers count.
    pub fn size(&self, bytes: u64) -> String {
        match bytes {
            1 => "1 byte".to_owned(),
            0..1_000 => format!("{bytes} bytes"),
            1_000..999_500 => format!("{} kB", scaled(bytes, 1_000)),
            999_500..999_500_000 => format!("{} MB", scaled(bytes, 1_000_000)),
            _ => format!("{} GB", scaled(bytes, 1_000_000_000)),
        }
    }

    /// `3.4 GB of 10 GB used`; quotas count in units of 1024 bytes (RFC 9208 5.1).
    pub fn storage(&self, used_kb: u64, total_kb: u64) -> String {
        let bytes = |kb: u64| self.size(kb.saturating_mul(1024));
        format!("{} of {} used", bytes(used_kb), bytes(total_kb))
    }

    /// A date in a list: `12:02`, `Yesterday`, `Mon`, `17 Nov`, `17 Nov 2024`.
    pub fn when_short(&self, at: &Calendar) -> String {
        match at.days_ago {
            0 => clock(at),
            _ => self.day(at),
        }
    }

    /// A date above a text: `Today, 10:05`, `Yesterday, 10:05`, `17 Nov 2024, 10:05`.
    pub fn when(&self, at: &Calendar) -> String {
        format!("{}, {}", self.day(at), clock(at))
    }

    /// A date in full: `24 November 2026, 10:05 (+01:00)`.
    pub fn when_full(&self, at: &Calendar) -> String {
        format!(
            "{} {} {}, {} ({})",
            at.day,
            month(at),
            at.year,
            clock(at),
            offset(at)
        )
    }

    /// A date for machines, as the `datetime` attribute wants it.
    pub fn when_machine(&self, at: &Calendar) -> String {
        format!(
            "{:04}-{:02}-{:02}T{}{}",
            at.year,
            at.month,
            at.day,
            clock(at),
            offset(at)
        )
    }

    fn day(&self, at: &Calendar) -> String {
        let short = |name: &'static str| name.get(..3).unwrap_or(name);
        match at.days_ago {
            0 => "Today".to_owned(),
            1 => "Yesterday".to_owned(),
            2..=6 => short(weekday(at)).to_owned(),
            _ if at.this_year => format!("{} {}", at.day, short(month(at))),
            _ => format!("{} {} {}", at.day, short(month(at)), at.year),
        }
    }

    /// How old a list is.
    pub fn checked(&self, at: &Calendar) -> String {
        match at.days_ago {
            0 => format!("Checked at {}", clock(at)),
            _ => format!("Checked on {} {}, {}", at.day, month(at), clock(at)),
        }
    }

    /// `2 seconds`.
    pub fn seconds(&self, n: u64) -> String {
        self.count(n, "second", "seconds")
    }

    fn count(&self, n: u64, one: &str, many: &str) -> String {
        format!("{} {}", self.number(n), if n == 1 { one } else { many })
    }
}

/// The unit's value with one decimal below ten, none above.
fn scaled(bytes: u64, unit: u64) -> String {
    let tenths = bytes.saturating_add(unit / 20) / (unit / 10);
    match (tenths / 10, tenths % 10) {
        (whole @ 0..10, tenth @ 1..) if unit > 1_000 => format!("{whole}.{tenth}"),
        _ => (bytes.saturating_add(unit / 2) / unit).to_string(),
    }
}

fn clock(at: &Calendar) -> String {
    format!("{:02}:{:02}", at.hour, at.minute)
}

fn offset(at: &Calendar) -> String {
    let sign = if at.offset < 0 { '-' } else { '+' };
    let minutes = at.offset.unsigned_abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn month(at: &Calendar) -> &'static str {
    match at.month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

fn weekday(at: &Calendar) -> &'static str {
    match at.weekday {
        1 => "Monday",
        2 => "Tuesday",
        3 => "Wednesday",
        4 => "Thursday",
        5 => "Friday",
        6 => "Saturday",
        _ => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: Words = Words::ENGLISH;

    fn at(days_ago: i64, this_year: bool) -> Calendar {
        Calendar {
            year: 2026,
            month: 11,
            day: 17,
            weekday: 2,
            hour: 9,
            minute: 5,
            offset: -210,
            days_ago,
            this_year,
        }
    }

    #[test]
    fn the_nearer_a_day_the_shorter_its_name() {
        let short = |days, year| W.when_short(&at(days, year));
        assert_eq!(short(0, true), "09:05");
        assert_eq!(short(1, true), "Yesterday");
        assert_eq!(short(6, true), "Tue");
        assert_eq!(short(7, true), "17 Nov");
        assert_eq!(short(-1, true), "17 Nov");
        assert_eq!(short(400, false), "17 Nov 2026");
        assert_eq!(W.when(&at(0, true)), "Today, 09:05");
        let full = W.when_full(&at(3, true));
        assert_eq!(full, "17 November 2026, 09:05 (-03:30)");
        let machine = W.when_machine(&at(3, true));
        assert_eq!(machine, "2026-11-17T09:05-03:30");
        assert_eq!(W.checked(&at(0, true)), "Checked at 09:05");
        assert_eq!(W.checked(&at(1, true)), "Checked on 17 November, 09:05");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(W.unread_of(Some(1), 1), "1 message, 1 unread");
        assert_eq!(W.unread_of(Some(12), 1034), "1,034 messages, 12 unread");
        assert_eq!(W.unread_of(Some(0), 86), "86 messages, none unread");
        assert_eq!(W.unread_of(None, 1), "1 message");
        assert_eq!(W.unread_of(Some(0), 0), "No messages");
        assert_eq!(W.seconds(1), "1 second");
        assert_eq!(W.attachments(2), "2 attachments");
        assert!(W.throttled(600).contains("in 10 minutes."));
    }

    #[test]
    fn a_sentence_has_its_places_wherever_a_language_wants_them() {
        let sentence = Sentence::new("to {1}, {0} and 3 others");
        let [to, first, comma, second, others] = sentence.pieces()[..] else {
            panic!("{:?}", sentence.pieces());
        };
        assert_eq!((to, first), (Piece::Words("to "), Piece::Place(1)));
        assert_eq!((comma, second), (Piece::Words(", "), Piece::Place(0)));
        assert_eq!(others, Piece::Words(" and 3 others"));
        assert_eq!(Sentence::new("Yes.").pieces(), [Piece::Words("Yes.")]);
        assert_eq!(Sentence::new("{0}").pieces(), [Piece::Place(0)]);
    }

    #[test]
    fn numbers_and_sizes_can_be_read() {
        assert_eq!(W.number(999), "999");
        assert_eq!(W.number(1_234_567), "1,234,567");
        let sizes = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_499, "1 kB"),
            (284_400, "284 kB"),
            (999_499, "999 kB"),
            (999_500, "1 MB"),
            (1_240_000, "1.2 MB"),
            (25_600_000, "26 MB"),
            (3_400_000_000, "3.4 GB"),
        ];
        for (bytes, said) in sizes {
            assert_eq!(W.size(bytes), said);
        }
        assert!(W.size(u64::MAX).ends_with(" GB"));
    }

    #[test]
    fn any_wish_gets_a_language() {
        for wish in [
            "",
            "en-GB,en;q=0.9",
            "xx;q=1, en;q=0",
            ";;q=,,\u{fffd}",
            "*",
        ] {
            assert_eq!(Words::chosen(wish).lang, "en", "{wish}");
        }
    }
}
