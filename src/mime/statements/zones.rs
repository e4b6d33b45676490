//! The zones that a calendar describes (RFC 5545 3.6.5), to the offset of a clock.
//!
//! Only as far as mail describes them: each observance begins once, or each year on a day of a month. Not for zones that
//! the world knows by name (`time::Zone`).

use super::contentlines::ContentLine;
use crate::time::{ClockTime, Zone};

/// Most zones of a calendar, and most observances of a zone.
const MOST: usize = 50;

/// A zone as its calendar describes it.
#[derive(Clone, Debug, Default)]
pub(super) struct Described {
    name: String,
    observances: Vec<Observance>,
}

/// Since when a clock is set how.
#[derive(Clone, Debug, Default)]
struct Observance {
    is_standard: bool,
    /// When it began first.
    start: Option<ClockTime>,
    /// On which day it begins each year.
    each_year: Option<Rule>,
    /// Minutes ahead of UTC.
    offset: Option<i16>,
}

/// A day of a year: the n-th such weekday of a month, counted from its end where n is negative; 0 for the day of `start`.
#[derive(Clone, Copy, Debug)]
struct Rule {
    month: Option<i8>,
    nth: i8,
    /// 0 is Sunday.
    weekday: i64,
    /// The last year in which it holds.
    until: i16,
}

/// The zones that these lines describe.
pub(super) fn described(lines: &[ContentLine]) -> Vec<Described> {
    let mut zones: Vec<Described> = Vec::new();
    let mut is_inside = false;
    for line in lines {
        let value = line.value.trim();
        match (line.name.as_str(), value.to_ascii_uppercase().as_str()) {
            ("BEGIN", "VTIMEZONE") => {
                is_inside = zones.len() < MOST;
                zones.extend(is_inside.then(Described::default));
                continue;
            }
            ("END", "VTIMEZONE") => is_inside = false,
            _ => {}
        }
        if let Some(zone) = zones.last_mut().filter(|_| is_inside) {
            zone.read(line, value);
        }
    }
    zones
}

impl Described {
    fn read(&mut self, line: &ContentLine, value: &str) {
        let kind = value.to_ascii_uppercase();
        match line.name.as_str() {
            "TZID" => self.name = value.trim_matches('"').to_owned(),
            "BEGIN" if self.observances.len() < MOST => self.observances.push(Observance {
                is_standard: kind == "STANDARD",
                ..Observance::default()
            }),
            name => {
                let Some(last) = self.observances.last_mut() else {
                    return;
                };
                match name {
                    "DTSTART" => last.start = clock(value),
                    "TZOFFSETTO" => last.offset = offset(value),
                    "RRULE" => last.each_year = rule(&kind),
                    _ => {}
                }
            }
        }
    }

    /// True for the zone that is meant by this name.
    pub(super) fn is_called(&self, name: &str) -> bool {
        !name.is_empty() && self.name == name.trim_matches('"')
    }

    /// How many minutes a clock that shows this is ahead of UTC.
    pub(super) fn offset(&self, at: ClockTime) -> Option<i16> {
        let begun = self
            .observances
            .iter()
            .filter_map(|o| Some((o.begun(at)?, o.offset?)));
        let before = || {
            let mut all = self.observances.iter();
            let first = all.find(|o| o.is_standard && o.offset.is_some());
            first.or(self.observances.first())?.offset
        };
        let last = begun.max_by_key(|(since, _)| *since);
        last.map(|(_, offset)| offset).or_else(before)
    }
}

impl Observance {
    /// When it began last, seen from a clock.
    fn begun(&self, at: ClockTime) -> Option<ClockTime> {
        let start = self.start.filter(|start| *start <= at)?;
        let Some(rule) = self.each_year else {
            return Some(start);
        };
        let year = at.year.min(rule.until);
        let years = [year, year.saturating_sub(1)].into_iter();
        let mut begins = years.filter_map(|year| {
            let (month, day) = rule.day(year, start)?;
            Some(ClockTime::midnight(year, month, day).at(start.hour, start.minute))
                .filter(|begin| *begin <= at)
        });
        Some(begins.next().unwrap_or(start))
    }
}

impl Rule {
    fn day(&self, year: i16, start: ClockTime) -> Option<(i8, i8)> {
        let month = self.month.unwrap_or(start.month);
        if self.nth == 0 {
            return Some((month, start.day));
        }
        let falls = |day: &i8| weekday(year, month, *day) == Some(self.weekday);
        let nth = usize::from(self.nth.unsigned_abs()).saturating_sub(1);
        let day = match self.nth > 0 {
            true => (1..=31).filter(falls).nth(nth),
            false => (1..=31).rev().filter(falls).nth(nth),
        };
        Some((month, day?))
    }
}

/// The weekday of a day, 0 for Sunday; None for a day that is in no calendar.
fn weekday(year: i16, month: i8, day: i8) -> Option<i64> {
    let days = Zone::fixed(0)
        .moment(ClockTime::midnight(year, month, day))?
        .div_euclid(86_400);
    // The first day of 1970 was a Thursday.
    Some(days.saturating_add(4).rem_euclid(7))
}

/// `16010101T030000`.
fn clock(value: &str) -> Option<ClockTime> {
    let number = |from: usize, to: usize| value.get(from..to)?.parse::<i8>().ok();
    let year = value.get(..4)?.parse().ok()?;
    let (hour, minute) = (number(9, 11).unwrap_or(0), number(11, 13).unwrap_or(0));
    Some(ClockTime::midnight(year, number(4, 6)?, number(6, 8)?).at(hour, minute))
}

/// `+0100`, `-033000`, in minutes.
fn offset(value: &str) -> Option<i16> {
    let sign = if value.starts_with('-') { -1 } else { 1 };
    let digits = value.trim_start_matches(['+', '-']);
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let minutes = number(0, 2)?.checked_mul(60)?.checked_add(number(2, 4)?)?;
    minutes.checked_mul(sign)
}

/// `FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=...`; None for what is not each year.
fn rule(value: &str) -> Option<Rule> {
    let of = |key: &str| {
        value
            .split(';')
            .find_map(|part| part.trim().strip_prefix(key))
    };
    if of("FREQ=")? != "YEARLY" {
        return None;
    }
    let by_day = of("BYDAY=").unwrap_or_default();
    let at = by_day.len().saturating_sub(2);
    let (nth, name) = by_day.split_at_checked(at)?;
    let names = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
    let weekday = names.iter().zip(0..).find(|(known, _)| **known == name);
    Some(Rule {
        month: of("BYMONTH=").and_then(|m| m.parse().ok()),
        nth: weekday.map_or(0, |_| nth.trim_start_matches('+').parse().unwrap_or(1)),
        weekday: weekday.map_or(0, |(_, n)| n),
        until: of("UNTIL=")
            .and_then(|until| until.get(..4)?.parse().ok())
            .unwrap_or(i16::MAX),
    })
}
