//! Dates as IMAP writes them (RFC 9051 9, date-time): `24-Nov-2026 04:47:00 +0000`.
//!
//! Not for the dates in a message's header (`mime`) nor for dates that people read (`time`). To know before changing it:
//! what servers send is read with forgiveness, what is sent to them is written in UTC and to the letter.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::time::{Day, Seconds};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads an INTERNALDATE, the day perhaps with a space in front.
pub(super) fn read(text: &[u8]) -> Option<Seconds> {
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split_ascii_whitespace();
    let mut date = words.next()?.splitn(3, '-');
    let day = date.next()?.parse().ok()?;
    let name = date.next()?;
    let month = MONTHS
        .iter()
        .zip(1i8..)
        .find(|(month, _)| name.eq_ignore_ascii_case(month))?
        .1;
    let year = date.next()?.parse().ok()?;
    let mut clock = words
        .next()?
        .splitn(3, ':')
        .map(|part| part.parse::<i8>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let zone = words.next().unwrap_or("+0000");
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits: i32 = zone
        .trim_start_matches(['+', '-'])
        .parse()
        .ok()
        .filter(|z| (0..=2359).contains(z))?;
    let minutes = digits
        .checked_div(100)?
        .checked_mul(60)?
        .checked_add(digits.checked_rem(100)?)?;
    let offset = Offset::from_seconds(minutes.checked_mul(60)?.checked_mul(sign)?).ok()?;
    let local = DateTime::new(year, month, day, hour, minute, second.min(59), 0).ok()?;
    Some(
        local
            .to_zoned(TimeZone::fixed(offset))
            .ok()?
            .timestamp()
            .as_second(),
    )
}

/// Writes a day for SEARCH (RFC 9051 9, date).
pub(super) fn day(day: Day) -> String {
    let index = usize::try_from(i16::from(day.month).saturating_sub(1)).unwrap_or(0);
    let month = MONTHS.get(index).copied().unwrap_or("Jan");
    format!("{}-{month}-{:04}", day.day, day.year)
}

/// Writes a moment for APPEND, in UTC and with its quotes; None for a year that four digits cannot say.
pub(super) fn written(at: Seconds) -> Option<String> {
    let utc = Timestamp::from_second(at).ok()?.to_zoned(TimeZone::UTC);
    let index = usize::try_from(utc.month().checked_sub(1)?).ok()?;
    let month = MONTHS.get(index)?;
    let year = Some(utc.year()).filter(|year| (1..=9999).contains(year))?;
    let (day, hour, minute, second) = (utc.day(), utc.hour(), utc.minute(), utc.second());
    Some(format!(
        "\"{day:2}-{month}-{year:04} {hour:02}:{minute:02}:{second:02} +0000\""
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_it_is_read() {
        for (at, text) in [
            (0, "\" 1-Jan-1970 00:00:00 +0000\""),
            (1_793_764_020, "\" 4-Nov-2026 03:47:00 +0000\""),
            (1_795_495_620, "\"24-Nov-2026 04:47:00 +0000\""),
        ] {
            assert_eq!(written(at).as_deref(), Some(text));
            assert_eq!(read(text.trim_matches('"').as_bytes()), Some(at));
        }
        for beyond in [i64::MAX, i64::MIN, -99_999_999_999] {
            assert_eq!(written(beyond), None, "{beyond}");
        }
    }
}
