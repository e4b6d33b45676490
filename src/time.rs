//! The only file that asks the clock: what time it is, how long this request may still take, and dates for people.
//!
//! Wall time (`Seconds`) judges what is on disk; the monotonic clock (`Deadline`) judges this process only.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, tz::TimeZone};

/// Where systems keep the files of their zones (RFC 8536).
const ZONES: [&str; 2] = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo"];
/// The link that names the machine's own.
const LOCAL_TIME: &str = "/etc/localtime";

/// Seconds since 1970, by the wall clock.
pub type Seconds = i64;

/// The wall clock now.
pub fn now() -> Seconds {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
        .unwrap_or(0)
}

/// True where the machine's clock says a time before 1970: nothing that rests on time can be trusted, and the database of
/// the store cannot be opened.
pub fn is_clock_wrong() -> bool {
    SystemTime::now() < UNIX_EPOCH
}

/// A moment as the log writes it: `2026-11-25T10:05:00Z`.
pub fn stamp(at: Seconds) -> String {
    Timestamp::from_second(at).map_or_else(|_| at.to_string(), |t| t.to_string())
}

/// Reads a moment as protocols write it (RFC 3339): `2026-11-25T10:05:00Z`.
pub fn read_stamp(text: &str) -> Option<Seconds> {
    let at: Timestamp = text.parse().ok()?;
    Some(at.as_second())
}

/// How long this request may still work.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    soft: Instant,
}

impl Deadline {
    /// A deadline so far from now.
    pub fn after(limit: Duration) -> Deadline {
        let start = Instant::now();
        Deadline {
            soft: start.checked_add(limit).unwrap_or(start),
        }
    }

    /// What is left; zero when it has passed.
    pub fn left(self) -> Duration {
        self.soft.saturating_duration_since(Instant::now())
    }

    /// True once nothing is left.
    pub fn has_passed(self) -> bool {
        self.left().is_zero()
    }

    /// The earlier of this one and one so far from now.
    pub fn within(self, limit: Duration) -> Deadline {
        let other = Deadline::after(limit);
        Deadline {
            soft: self.soft.min(other.soft),
        }
    }
}

/// A day of a calendar, which exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Four digits.
    pub year: i16,
    /// From 1.
    pub month: i8,
    /// From 1.
    pub day: i8,
}

impl Day {
    /// Reads `2026-11-29`, `2026/11/29`, `2026-11` or `2026`: the first day of it.
    pub fn read(text: &str) -> Option<Day> {
        let mut numbers = text.splitn(3, ['-', '/', '.']);
        let year = numbers.next()?;
        let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
        let mut next = || match numbers.next() {
            None => Some(1),
            Some(digits) => digits.parse::<i8>().ok(),
        };
        let (month, day) = (next()?, next()?);
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        (year >= 1900).then_some(Day {
            year: date.year(),
            month: date.month(),
            day: date.day(),
        })
    }

    /// The day before; the first day of the calendar where there is none.
    pub fn before(self) -> Day {
        self.moved(jiff::civil::Date::yesterday)
    }

    /// The day after; the last day of the calendar where there is none.
    pub fn after(self) -> Day {
        self.moved(jiff::civil::Date::tomorrow)
    }

    fn moved(
        self,
        to: impl Fn(jiff::civil::Date) -> std::result::Result<jiff::civil::Date, jiff::Error>,
    ) -> Day {
        let date = jiff::civil::Date::new(self.year, self.month, self.day);
        date.and_then(to).map_or(self, |date| Day {
            year: date.year(),
            month: date.month(),
            day: date.day(),
        })
    }
}

/// A stopwatch for `Server-Timing`.
#[derive(Clone, Copy, Debug)]
pub struct Watch(Instant);

impl Watch {
    /// Starts now.
    pub fn start() -> Watch {
        Watch(Instant::now())
    }

    /// What has passed since.
    pub fn passed(self) -> Duration {
        self.0.elapsed()
    }
}

/// The zone in which people read times.
#[derive(Clone, Debug)]
pub struct Zone {
    zone: TimeZone,
    name: String,
}

/// A moment in parts, as a reader's calendar has it; `words` makes a sentence of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Year, 1 to 9999.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: i8,
    /// Day of the month, 1 to 31.
    pub day: i8,
    /// Day of the week, Monday 1 to Sunday 7.
    pub weekday: i8,
    /// Hour, 0 to 23.
    pub hour: i8,
    /// Minute.
    pub minute: i8,
    /// Offset from UTC in minutes.
    pub offset: i16,
    /// Whole days from this calendar day to today: 0 today, 1 yesterday, negative in the future.
    pub days_ago: i64,
    /// True in the year that today is in.
    pub this_year: bool,
}

/// What a clock and a calendar show somewhere, with no zone told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockTime {
    /// Year, 1 to 9999.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: i8,
    /// Day of the month, 1 to 31.
    pub day: i8,
    /// Hour, 0 to 23.
    pub hour: i8,
    /// Minute.
    pub minute: i8,
}

impl ClockTime {
    /// Reads what a browser sends of a field for day and time (`2026-11-29T10:05`), and what is typed where it has no such
    /// field (`2026-11-29 10:05`).
    pub fn read(text: &str) -> Option<ClockTime> {
        let at: jiff::civil::DateTime = text.trim().parse().ok()?;
        // A day alone is no time.
        text.contains(':').then_some(ClockTime {
            year: at.year(),
            month: at.month(),
            day: at.day(),
            hour: at.hour(),
            minute: at.minute(),
        })
    }

    /// The beginning of a day.
    pub fn midnight(year: i16, month: i8, day: i8) -> ClockTime {
        ClockTime {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
        }
    }

    /// The same day at another time.
    pub fn at(self, hour: i8, minute: i8) -> ClockTime {
        ClockTime {
            hour,
            minute,
            ..self
        }
    }
}

impl Zone {
    /// The named zone (`Europe/Brussels`), or the machine's own for an empty name; None where there is no such zone.
    pub fn named(name: &str) -> Option<Zone> {
        match name {
            "" => Some(Zone::of_machine().unwrap_or_else(Zone::utc)),
            "UTC" => Some(Zone::utc()),
            _ => Zone::read(name),
        }
    }

    /// The zone that a browser tells; None where it is none that the system knows.
    pub fn told(name: &str) -> Option<Zone> {
        let is_short = (1..=64).contains(&name.len());
        is_short.then(|| Zone::named(name)).flatten()
    }

    /// The names that people can choose from, as the system has them; none where it keeps no list.
    pub fn names() -> Vec<String> {
        let table = |dir| {
            let table = Path::new(dir).join("zone.tab");
            fs::read_to_string(table).ok()
        };
        let table = ZONES.into_iter().find_map(table).unwrap_or_default();
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        let names = lines.filter_map(|line| line.split('\t').nth(2));
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn utc() -> Zone {
        Zone {
            zone: TimeZone::UTC,
            name: "UTC".to_owned(),
        }
    }

    fn of_machine() -> Option<Zone> {
        let link = fs::read_link(LOCAL_TIME).ok()?;
        let (_, name) = link.to_str()?.split_once("zoneinfo/")?;
        Zone::read(name)
    }

    /// Reads the one file of a zone. jiff's own database would look into every zone's file before it gave one.
    fn read(name: &str) -> Option<Zone> {
        let is_part = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b))
        };
        if !name.split('/').all(is_part) {
            return None;
        }
        let read = |dir| fs::read(Path::new(dir).join(name)).ok();
        let zone = TimeZone::tzif(name, &ZONES.into_iter().find_map(read)?).ok()?;
        Some(Zone {
            zone,
            // `Etc/UTC` is what nobody calls it.
            name: name.trim_start_matches("Etc/").to_owned(),
        })
    }

    /// The zone of a sender's clock, so many minutes ahead of UTC.
    pub fn fixed(minutes: i16) -> Zone {
        let offset = jiff::tz::Offset::from_seconds(i32::from(minutes).saturating_mul(60));
        let zone = offset.map_or(TimeZone::UTC, TimeZone::fixed);
        Zone {
            zone,
            name: String::new(),
        }
    }

    /// Its name for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The moment at which a clock of this zone shows year, month, day, hour, minute; the earlier one where it shows that
    /// twice. None where no clock ever does.
    pub fn moment(&self, shown: ClockTime) -> Option<Seconds> {
        let ClockTime {
            year,
            month,
            day,
            hour,
            minute,
        } = shown;
        let clock = jiff::civil::DateTime::new(year, month, day, hour, minute, 0, 0).ok()?;
        let at = self.zone.to_ambiguous_zoned(clock).compatible().ok()?;
        Some(at.timestamp().as_second())
    }

    /// A moment as a header has it (RFC 5322 3.3); None for one that no calendar has.
    pub fn header_date(&self, at: Seconds) -> Option<String> {
        let at = Timestamp::from_second(at).ok()?.to_zoned(self.zone.clone());
        jiff::fmt::rfc2822::to_string(&at).ok()
    }

    /// A moment in this zone; None for one that no calendar has.
    pub fn calendar(&self, at: Seconds, now: Seconds) -> Option<Calendar> {
        let at = Timestamp::from_second(at).ok()?.to_zoned(self.zone.clone());
        let today = Timestamp::from_second(now)
            .ok()?
            .to_zoned(self.zone.clone());
        let days_ago = at.date().until(today.date()).ok()?.get_days();
        Some(Calendar {
            year: at.year(),
            month: at.month(),
            day: at.day(),
            weekday: at.weekday().to_monday_one_offset(),
            hour: at.hour(),
            minute: at.minute(),
            offset: i16::try_from(at.offset().seconds() / 60).unwrap_or(0),
            days_ago: i64::from(days_ago),
            this_year: at.year() == today.year(),
        })
    }
}

impl Calendar {
    /// The same time of the day before, by the same offset; None before the first day of the calendar.
    pub fn day_before(&self) -> Option<Calendar> {
        let date = jiff::civil::Date::new(self.year, self.month, self.day).ok()?;
        let before = date.yesterday().ok()?;
        let is_same_year = before.year() == date.year();
        Some(Calendar {
            year: before.year(),
            month: before.month(),
            day: before.day(),
            weekday: before.weekday().to_monday_one_offset(),
            days_ago: self.days_ago.saturating_add(1),
            this_year: self.this_year && is_same_year,
            ..*self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_by_the_calendar_of_the_zone() {
        let zone = Zone::named("UTC").unwrap();
        let midnight = 1_800_000_000 - 1_800_000_000 % 86_400;
        let late = zone.calendar(midnight - 60, midnight + 60).unwrap();
        assert_eq!((late.days_ago, late.hour, late.minute), (1, 23, 59));
        assert_eq!(
            zone.calendar(midnight + 5, midnight + 60).unwrap().days_ago,
            0
        );
        assert!(zone.calendar(i64::MAX, 0).is_none());
        let read = |text| ClockTime::read(text).map(|at| (at.day, at.hour, at.minute));
        assert_eq!(read("2026-11-29T10:05"), Some((29, 10, 5)));
        assert_eq!(read(" 2026-11-29 10:05:30 "), Some((29, 10, 5)));
        for odd in ["", "soon", "2026-11-29", "2026-02-30T10:00", "10:05"] {
            assert_eq!(read(odd), None, "{odd}");
        }
        assert_eq!(read_stamp("2026-11-25T10:05:00Z"), Some(1_795_601_100));
        assert_eq!(read_stamp("soon"), None);
        assert!(Zone::named("Nowhere/Atlantis").is_none());
        assert!(Zone::named("../../../etc/localtime").is_none());
    }
}
