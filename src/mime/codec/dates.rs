//! The date of a message, in whatever order and language its sender's program wrote it.
//!
//! mail-parser reads what RFC 5322 allows, its obsolete forms too; here the pieces of anything else are put into that order
//! first.

use mail_parser::{HeaderValue, parsers::MessageStream};

use super::text::text;

/// Longest value that is read, in bytes.
const LONGEST: usize = 200;

/// Seconds since 1970, and the sender's offset in minutes; None for what no calendar of mail has.
pub(super) fn date(value: &[u8]) -> Option<(i64, i16)> {
    let value = text(value.get(..value.len().min(LONGEST))?, "");
    let value = without_comments(&value);
    let value = value.trim();
    // Without a zone it is taken for UTC.
    let readings = [
        in_order(value),
        Some(value.to_owned()),
        Some(format!("{value} +0000")),
    ];
    let date = readings.into_iter().flatten().find_map(|value| {
        let value = format!("{value}\n");
        match MessageStream::new(value.as_bytes()).parse_date() {
            HeaderValue::DateTime(date) if date.is_valid() => Some(date),
            _ => None,
        }
    })?;
    let offset = i16::from(date.tz_hour)
        .checked_mul(60)?
        .checked_add(i16::from(date.tz_minute))?;
    let possible = (1970..=2100).contains(&date.year) && offset <= 14 * 60;
    let offset = if date.tz_before_gmt { -offset } else { offset };
    possible.then(|| (date.to_timestamp(), offset))
}

/// A value without what stands in parentheses (RFC 5322 3.2.2).
fn without_comments(value: &str) -> String {
    let mut depth: u32 = 0;
    let mut out = String::new();
    for c in value.chars() {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The pieces of a date as they are found.
#[derive(Default)]
struct Pieces {
    day: Option<u16>,
    month: Option<usize>,
    year: Option<u16>,
    clock: Option<(u16, u16, u16)>,
    afternoon: Option<bool>,
    zone: String,
}

/// A date as RFC 5322 has it: `25 Nov 2026 10:05:00 +0100`; None where a piece of it is missing.
fn in_order(value: &str) -> Option<String> {
    let mut found = Pieces::default();
    for word in value.split(|c: char| c.is_whitespace() || c == ',') {
        found.word(word);
    }
    let (hour, minute, second) = found.clock?;
    let hour = match found.afternoon {
        None => hour,
        Some(afternoon) => (hour % 12).saturating_add(if afternoon { 12 } else { 0 }),
    };
    let zone = match found.zone.as_str() {
        "" => "+0000",
        zone => zone,
    };
    Some(format!(
        "{} {} {:02} {hour:02}:{minute:02}:{second:02} {zone}",
        found.day?,
        NAMES.get(found.month?.checked_sub(1)?)?,
        found.year?
    ))
}

const NAMES: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// How months begin where programs write them in the language of their users; English ones stand above.
const ELSEWHERE: [(&str, usize); 29] = [
    ("ene", 1),
    ("gen", 1),
    ("f\u{e9}v", 2),
    ("fev", 2),
    ("m\u{e4}r", 3),
    ("mrz", 3),
    ("mrt", 3),
    ("maa", 3),
    ("avr", 4),
    ("abr", 4),
    ("mai", 5),
    ("mei", 5),
    ("maj", 5),
    ("mag", 5),
    ("juin", 6),
    ("giu", 6),
    ("juil", 7),
    ("lug", 7),
    ("ao\u{fb}", 8),
    ("aou", 8),
    ("ago", 8),
    ("set", 9),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("dez", 12),
    ("dic", 12),
    ("d\u{e9}c", 12),
    ("des", 12),
];

/// Zones that programs name beside those of RFC 5322.
const ZONES: [(&str, &str); 16] = [
    ("z", "+0000"),
    ("utc", "+0000"),
    ("gmt", "+0000"),
    ("ut", "+0000"),
    ("wet", "+0000"),
    ("bst", "+0100"),
    ("west", "+0100"),
    ("cet", "+0100"),
    ("met", "+0100"),
    ("mez", "+0100"),
    ("cest", "+0200"),
    ("mest", "+0200"),
    ("mesz", "+0200"),
    ("eet", "+0200"),
    ("eest", "+0300"),
    ("jst", "+0900"),
];

impl Pieces {
    fn word(&mut self, word: &str) {
        let word = word.trim_end_matches('.');
        let first = word.chars().next().unwrap_or(' ');
        if first.is_alphabetic() {
            self.name(word);
        } else if matches!(first, '+' | '-') {
            self.offset(word);
        } else if word.contains(':') {
            // 2026-11-25T10:05:00
            let (day, clock) = word.split_once('T').unwrap_or(("", word));
            self.dated(day, '-');
            self.clock(clock);
        } else if word.contains('-') {
            self.dated(word, '-');
        } else if word.contains('.') {
            self.dated(word, '.');
        } else if let Ok(number) = word.parse() {
            match (self.day, word.len()) {
                (None, 1 | 2) => self.day = Some(number),
                _ => self.year = self.year.or(Some(number)),
            }
        }
    }

    /// `25-Nov-26`, `2026-11-25`, `25.11.2026`.
    fn dated(&mut self, word: &str, between: char) {
        let pieces: Vec<&str> = word.split(between).collect();
        let [first, month, last] = pieces.as_slice() else {
            return;
        };
        let (year, day) = match first.len() {
            4 => (first, last),
            _ => (last, first),
        };
        self.day = day.parse().ok();
        self.year = year.parse().ok();
        self.month = month.parse().ok();
        self.name(month);
    }

    /// `10:05`, `10:05:00.123`, with a zone or half of the day behind it.
    fn clock(&mut self, word: &str) {
        let of_clock = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.');
        let end = word.find(|c| !of_clock(c)).unwrap_or(word.len());
        let (clock, further) = word.split_at_checked(end).unwrap_or((word, ""));
        let mut numbers = clock.split(':').map(|n| {
            let whole = n.split('.').next().unwrap_or_default();
            whole.parse::<u16>().ok()
        });
        if let (Some(Some(hour)), Some(Some(minute))) = (numbers.next(), numbers.next()) {
            self.clock = Some((hour, minute, numbers.next().flatten().unwrap_or(0)));
        }
        match further.starts_with(['+', '-']) {
            true => self.offset(further),
            false => self.name(further),
        }
    }

    /// `+0100`, `-03:30`, `+1`, `-600`.
    fn offset(&mut self, word: &str) {
        let digits: String = word.chars().filter(char::is_ascii_digit).take(4).collect();
        let digits = match digits.len() {
            4 => digits,
            3 => format!("0{digits}"),
            2 => format!("{digits}00"),
            1 => format!("0{digits}00"),
            _ => return,
        };
        let sign = if word.starts_with('-') { '-' } else { '+' };
        self.zone = format!("{sign}{digits}");
    }

    /// A month, half of a day, or a zone. A weekday is none of them, but may look like a month, and stands before it.
    fn name(&mut self, word: &str) {
        let word = word.to_lowercase();
        let beginning = word.get(..3).unwrap_or_default();
        let mut names = NAMES.iter();
        let english = names.position(|known| known.eq_ignore_ascii_case(beginning));
        let month = english.map(|n| n.saturating_add(1)).or_else(|| {
            let found = ELSEWHERE.iter().find(|(known, _)| word.starts_with(known));
            found.map(|(_, month)| *month)
        });
        let zone = ZONES.iter().find(|(known, _)| *known == word);
        let signed = ["gmt", "utc"]
            .iter()
            .find_map(|zone| word.strip_prefix(zone));
        match (word.as_str(), zone, month) {
            ("am", ..) => self.afternoon = Some(false),
            ("pm", ..) => self.afternoon = Some(true),
            (_, Some((_, offset)), _) => self.zone = (*offset).to_owned(),
            (_, _, Some(month)) => self.month = Some(month),
            // The names of American zones, which mail-parser knows.
            (_, None, None) if self.clock.is_some() && word.len() == 3 => {
                self.zone = word.to_ascii_uppercase();
            }
            _ => {
                if let Some(offset) = signed.filter(|rest| rest.starts_with(['+', '-'])) {
                    self.offset(offset);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_every_order() {
        // 25 November 2026, 10:05 in UTC.
        let at = 1_795_601_100;
        for (value, read) in [
            ("Wed, 25 Nov 2026 11:05:00 +0100", (at, 60)),
            ("25 Nov 26 10:05 GMT", (at, 0)),
            ("Wednesday, 25-Nov-26 10:05:00 GMT", (at, 0)),
            ("Wed Nov 25 10:05:00 2026", (at, 0)),
            ("Wed Nov 25 05:05:00 EST 2026", (at, -300)),
            ("Wednesday, November 25, 2026 10:05:00 AM", (at, 0)),
            ("Wed, 25 Nov 2026 11:05:00 PM +1300", (at, 780)),
            ("2026-11-25T11:05:00.123+01:00", (at, 60)),
            ("2026-11-25T10:05:00Z", (at, 0)),
            ("2026-11-25 11:05:00 +0100", (at, 60)),
            ("Mi, 25. November 2026 11:05:00 MEZ", (at, 60)),
            ("mar., 25 nov. 2026 10:05:00 UTC", (at, 0)),
            ("25.11.2026 10:05", (at, 0)),
            ("Wed, 25 Nov 2026 11:05:00 GMT+0100", (at, 60)),
            ("Wed, 25 Nov 2026 11:05:00 +01:00", (at, 60)),
            ("Wed (mid) , 25 Nov 2026 11:05 +0100 (CET)", (at, 60)),
        ] {
            assert_eq!(date(value.as_bytes()), Some(read), "{value}");
        }
        let month = |value: &str| date(value.as_bytes()).map(|(at, _)| at);
        assert_eq!(month("Mi, 25 Okt 2026 10:05:00 GMT"), Some(1_792_922_700));
        assert_eq!(month("25 juil. 2026 10:05:00 GMT"), Some(1_784_973_900));
        for wrong in ["Nov 2026", "10:05", "T", "-", "...", "+", "1-2-3", "\u{e9}"] {
            assert_eq!(date(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
