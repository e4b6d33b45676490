//! A calendar part (RFC 5545) to the events that a page can show: who, what, when, where.
//!
//! Not for importing, or working out when something comes again. To know before changing it: senders name zones
//! as they like; a name that is no zone of the world, nor one of Windows, is looked up among the zones that the calendar
//! itself describes, and else leaves the clock as it is written.

use windows_timezones::WindowsTimezone;

use super::contentlines::{ContentLine, content_lines};
use super::zones::{Described, described};
use crate::extras::{Coming, Event, Guest, Method, Moment};
use crate::mime::codec::line;
use crate::time::{ClockTime, Zone};
use crate::work::Work;

/// Most events of a part, and most guests of an event, that are told.
const MOST_EVENTS: usize = 20;
const MOST_GUESTS: usize = 200;

/// What an answer repeats (RFC 5546 3.2.3).
const REPEATED: [&str; 5] = ["UID", "SEQUENCE", "RECURRENCE-ID", "ORGANIZER", "SUMMARY"];

/// The events of a calendar, at most twenty.
pub fn events(text: &str, work: &Work) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut method = Method::default();
    // Behind the last event that is told; the method of all may still stand there.
    let mut is_full = false;
    // Components around the current line; alarms and zones stand inside and have lines of the same names.
    let mut within: Vec<String> = Vec::new();
    let lines = content_lines(text, work);
    let zones = described(&lines);
    for line in &lines {
        match line.name.as_str() {
            "BEGIN" => {
                let what = line.value.trim().to_ascii_uppercase();
                if what == "VEVENT" && events.len() >= MOST_EVENTS {
                    is_full = true;
                    work.leave_out();
                } else if what == "VEVENT" {
                    events.push(Event {
                        method,
                        ..Event::default()
                    });
                }
                if within.len() < 16 {
                    within.push(what);
                }
            }
            "END" => {
                within.pop();
            }
            "METHOD" => {
                method = match line.value.trim().to_ascii_uppercase().as_str() {
                    "REQUEST" | "ADD" => Method::Request,
                    "COUNTER" => Method::Counter,
                    "REPLY" => Method::Reply,
                    "CANCEL" => Method::Cancel,
                    _ => Method::Publish,
                };
                events.iter_mut().for_each(|e| e.method = method);
            }
            _ if !is_full && within.last().is_some_and(|w| w == "VEVENT") => {
                if let Some(event) = events.last_mut() {
                    property(line, event, &zones);
                    if event.guests.len() > MOST_GUESTS {
                        event.guests.truncate(MOST_GUESTS);
                        work.leave_out();
                    }
                }
            }
            _ => {}
        }
    }
    events
}

fn property(line: &ContentLine, event: &mut Event, zones: &[Described]) {
    let is_repeated = REPEATED.contains(&line.name.as_str());
    if is_repeated && event.repeated.len() < REPEATED.len() {
        event.repeated.push(line.written());
    }
    match line.name.as_str() {
        "UID" => event.id.0 = line.words(),
        "RECURRENCE-ID" => event.id.1 = line.words(),
        "SUMMARY" if event.title.is_empty() => event.title = line.words(),
        "DESCRIPTION" if event.text.is_empty() => event.text = line.lines().trim().to_owned(),
        "LOCATION" if event.place.is_empty() => event.place = line.words(),
        "DTSTART" if event.start.is_none() => event.start = moment(line, zones),
        "DTEND" if event.end.is_none() => event.end = moment(line, zones),
        "DURATION" if event.end.is_none() => {
            let start = event.start.as_ref();
            event.end = start.and_then(|start| later(start, duration(&line.value)?));
        }
        "RRULE" => {
            let rule = line.value.to_ascii_uppercase();
            let of = |key: &str| {
                rule.split(';')
                    .find_map(|part| part.trim().strip_prefix(key))
            };
            event.repeats = of("FREQ=").unwrap_or_default().trim().to_owned();
            event.every = of("INTERVAL=")
                .and_then(|n| n.trim().parse().ok())
                .unwrap_or(1);
        }
        "ORGANIZER" => event.organizer = Some(guest(line)),
        "ATTENDEE" => event.guests.push(guest(line)),
        "STATUS" => event.cancelled |= line.value.trim().eq_ignore_ascii_case("CANCELLED"),
        _ => {}
    }
}

/// So many seconds after a moment, in its own way of telling it.
fn later(start: &Moment, seconds: i64) -> Option<Moment> {
    let utc = Zone::fixed(0);
    let after = |clock| utc.calendar(utc.moment(clock)?.checked_add(seconds)?, 0);
    Some(match start {
        Moment::At(at) => Moment::At(at.checked_add(seconds)?),
        Moment::Day(year, month, day) => {
            let end = after(ClockTime::midnight(*year, *month, *day))?;
            Moment::Day(end.year, end.month, end.day)
        }
        Moment::Clock { at, zone } => {
            let end = after(*at)?;
            Moment::Clock {
                at: ClockTime::midnight(end.year, end.month, end.day).at(end.hour, end.minute),
                zone: zone.clone(),
            }
        }
    })
}

fn guest(of: &ContentLine) -> Guest {
    let value = of.value.trim();
    let email = value
        .get(..7)
        .filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
        .and_then(|_| value.get(7..))
        .unwrap_or_else(|| {
            if value.contains('@') {
                value
            } else {
                of.parameter("EMAIL")
            }
        });
    let email = line(email);
    let name = line(of.parameter("CN"));
    Guest {
        shown: if name.is_empty() { email.clone() } else { name },
        email,
        coming: match of.parameter("PARTSTAT").to_ascii_uppercase().as_str() {
            "ACCEPTED" => Coming::Yes,
            "DECLINED" => Coming::No,
            "TENTATIVE" => Coming::Perhaps,
            _ => Coming::Unanswered,
        },
    }
}

/// `20261125`, `20261125T100500`, `20261125T100500Z` (RFC 5545 3.3.4, 3.3.5).
fn moment(of: &ContentLine, zones: &[Described]) -> Option<Moment> {
    let value = of.value.trim();
    let number = |from: usize, to: usize| value.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize, to: usize| i8::try_from(number(from, to)?).ok();
    let (year, month, day) = (number(0, 4)?, small(4, 6)?, small(6, 8)?);
    // What stands in no calendar is no moment.
    let day_of = ClockTime::midnight(year, month, day);
    Zone::fixed(0).moment(day_of)?;
    if value.len() == 8 {
        return Some(Moment::Day(year, month, day));
    }
    let (hour, minute) = (small(9, 11)?, small(11, 13)?);
    let at = day_of.at(hour, minute);
    let named = of.parameter("TZID").trim();
    let zone = match (value.ends_with(['Z', 'z']), named) {
        (true, _) => Zone::named("UTC"),
        (false, "") => None,
        (false, name) => zone(name),
    };
    let described = || zones.iter().find(|zone| zone.is_called(named));
    match zone.or_else(|| Some(Zone::fixed(described()?.offset(at)?))) {
        Some(zone) => zone.moment(at).map(Moment::At),
        None => {
            Zone::fixed(0).moment(at)?;
            let zone = line(named);
            Some(Moment::Clock { at, zone })
        }
    }
}

/// `P1DT2H30M` (RFC 5545 3.3.6), in seconds.
fn duration(value: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut number = String::new();
    for c in value.trim().strip_prefix('P')?.chars().take(40) {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'T' => continue,
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        let count: i64 = number.parse().ok()?;
        total = total.checked_add(count.checked_mul(unit)?)?;
        number.clear();
    }
    Some(total)
}

/// A zone by whatever a program calls it: `Europe/Brussels`, `/mozilla.org/20050126_1/Europe/Brussels`,
/// `W. Europe Standard Time`.
fn zone(name: &str) -> Option<Zone> {
    if let Ok(of_windows) = name.trim_matches('"').parse::<WindowsTimezone>() {
        return Zone::named(of_windows.tzdb_id());
    }
    let mut rest = name.trim_matches(['"', '/']);
    for _ in 0..6 {
        if !rest.is_empty()
            && let Some(zone) = Zone::named(rest)
        {
            return Some(zone);
        }
        rest = rest.split_once('/')?.1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(lines: &str) -> Event {
        let text = format!(
            "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n"
        );
        events(&text, &Work::default()).remove(0)
    }

    #[test]
    fn an_event_says_who_what_when_and_where() {
        let event = event(
            "BEGIN:VALARM\r\nSUMMARY:no\r\nEND:VALARM\r\nSUMMARY:Rehearsal\\, small hall\r\nLOCATION:Ghent\r\n\
             DTSTART;TZID=\"W. Europe Standard Time\":20260701T100000\r\nDURATION:PT1H30M\r\nRRULE:FREQ=weekly;COUNT=3\r\n\
             ORGANIZER;CN=Bo:mailto:bo@example.org\r\nATTENDEE;PARTSTAT=DECLINED:MAILTO:ann@example.org",
        );
        assert_eq!(
            (event.title.as_str(), event.place.as_str()),
            ("Rehearsal, small hall", "Ghent")
        );
        assert_eq!(event.start, Some(Moment::At(1_782_892_800)));
        assert_eq!(event.end, Some(Moment::At(1_782_892_800 + 5_400)));
        assert_eq!(event.repeats, "WEEKLY");
        assert_eq!(event.method, Method::Request);
        assert_eq!(event.organizer.map(|o| o.shown).as_deref(), Some("Bo"));
        assert_eq!(event.guests[0].coming, Coming::No);
        assert_eq!(event.guests[0].shown, "ann@example.org");
    }

    #[test]
    fn events_beyond_the_last_change_nothing_in_it() {
        let one = |n: usize| {
            format!(
                "BEGIN:VEVENT\nSUMMARY:{n}\nSTATUS:CONFIRMED\nORGANIZER:mailto:{n}@example.org\nEND:VEVENT\n"
            )
        };
        let mut text: String = (1..=25).map(one).collect();
        text = text.replacen("SUMMARY:24\nSTATUS:CONFIRMED", "STATUS:CANCELLED", 1);
        let found = events(
            &format!("BEGIN:VCALENDAR\n{text}METHOD:REQUEST\n"),
            &Work::default(),
        );
        assert_eq!(found.len(), MOST_EVENTS);
        let last = found.last().unwrap();
        assert_eq!(last.title, "20");
        assert!(!last.cancelled);
        assert_eq!(last.method, Method::Request);
        assert_eq!(
            last.organizer.as_ref().map(|o| o.email.as_str()),
            Some("20@example.org")
        );
        assert!(last.guests.is_empty());
    }

    #[test]
    fn a_zone_that_nobody_knows_is_read_from_its_description() {
        let zone = "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\n\
             BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+1000\nTZOFFSETTO:+0900\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
             BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0900\nTZOFFSETTO:+1000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n\
             END:VTIMEZONE\n";
        let start = |at: &str| {
            let event =
                format!("BEGIN:VEVENT\nDTSTART;TZID=\"Customized Time Zone\":{at}\nEND:VEVENT\n");
            events(&format!("BEGIN:VCALENDAR\n{zone}{event}"), &Work::default())
                .remove(0)
                .start
        };
        let utc = |day: (i16, i8, i8), hour: i8| {
            Zone::fixed(0)
                .moment(ClockTime::midnight(day.0, day.1, day.2).at(hour, 0))
                .map(Moment::At)
        };
        assert_eq!(start("20260701T120000"), utc((2026, 7, 1), 2));
        assert_eq!(start("20260101T120000"), utc((2026, 1, 1), 3));
        // The last Sundays of March and October.
        assert_eq!(start("20260328T120000"), utc((2026, 3, 28), 3));
        assert_eq!(start("20260329T120000"), utc((2026, 3, 29), 2));
        assert_eq!(start("20261024T120000"), utc((2026, 10, 24), 2));
        assert_eq!(start("20261025T120000"), utc((2026, 10, 25), 3));
    }

    #[test]
    fn a_length_ends_any_start() {
        let end = |start: &str| event(&format!("DTSTART{start}\r\nDURATION:P1DT45M")).end;
        assert_eq!(end(":19700101T000000Z"), Some(Moment::At(89_100)));
        assert_eq!(end(";VALUE=DATE:20261231"), Some(Moment::Day(2027, 1, 1)));
        let (at, zone) = (ClockTime::midnight(2027, 1, 1).at(12, 45), String::new());
        assert_eq!(end(":20261231T120000"), Some(Moment::Clock { at, zone }));
    }

    #[test]
    fn a_counter_is_no_invitation_and_says_what_it_says() {
        let text = "BEGIN:VCALENDAR\nMETHOD:COUNTER\nBEGIN:VEVENT\nRRULE:FREQ=WEEKLY;INTERVAL=2\nDESCRIPTION:a\\nb\\, c\nEND:VEVENT\n";
        let event = events(text, &Work::default()).remove(0);
        assert_eq!((event.method, event.every), (Method::Counter, 2));
        assert_eq!(event.text, "a\nb, c");
    }

    #[test]
    fn a_moment_is_read_in_each_way_of_writing_it() {
        let start = |value: &str| event(&format!("DTSTART{value}")).start;
        assert_eq!(start(";VALUE=DATE:20260701"), Some(Moment::Day(2026, 7, 1)));
        assert_eq!(start(":19700101T000100Z"), Some(Moment::At(60)));
        let mozilla = ";TZID=/mozilla.org/20050126_1/Europe/Brussels:20260701T120000";
        assert_eq!(start(mozilla), Some(Moment::At(1_782_900_000)));
        let zone = "Customized Time Zone".to_owned();
        let at = ClockTime::midnight(2026, 7, 1).at(12, 0);
        assert_eq!(
            start(";TZID=Customized Time Zone:20260701T120000"),
            Some(Moment::Clock { at, zone })
        );
        for wrong in [
            ":",
            ":2026",
            ":20261340",
            ":20260701T990000",
            ":\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
        ] {
            assert_eq!(start(wrong), None, "{wrong}");
        }
    }
}
