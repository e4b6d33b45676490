//! The answer to an invitation, as programs read it (RFC 5546 3.2.3).
//!
//! Not for the message around it. To know before changing it: what names the event is repeated as it was written; all of it is
//! one line each, without controls, so that nothing in it becomes a property of its own.

use crate::extras::{Coming, Event, Guest};
use crate::time::Calendar;

/// The longest line, in bytes (RFC 5545 3.1).
const LONGEST: usize = 75;

/// What `guest` says to an event, at a moment by the clock of UTC. Lines end with LF.
pub fn reply(event: &Event, guest: &Guest, coming: Coming, now: &Calendar) -> String {
    let said = match coming {
        Coming::Yes => "ACCEPTED",
        Coming::No => "DECLINED",
        Coming::Perhaps => "TENTATIVE",
        Coming::Unanswered => "NEEDS-ACTION",
    };
    let name: String = guest.shown.chars().filter(|c| *c != '"').collect();
    let stamp = format!(
        "DTSTAMP:{:04}{:02}{:02}T{:02}{:02}00Z",
        now.year, now.month, now.day, now.hour, now.minute
    );
    let attendee = match guest.shown == guest.email {
        true => format!("ATTENDEE;PARTSTAT={said}:mailto:{}", guest.email),
        false => format!(
            "ATTENDEE;PARTSTAT={said};CN=\"{name}\":mailto:{}",
            guest.email
        ),
    };
    let head = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Postern//EN",
        "VERSION:2.0",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
    ];
    let lines = head.into_iter();
    let lines = lines.chain(event.repeated.iter().map(String::as_str));
    let lines = lines.chain([stamp.as_str(), &attendee, "END:VEVENT", "END:VCALENDAR"]);
    lines.map(folded).collect()
}

/// A line as it travels, long ones over several.
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut length = 0_usize;
    for c in line.chars().filter(|c| !c.is_control()) {
        if length.saturating_add(c.len_utf8()) > LONGEST {
            out.push_str("\n ");
            length = 1;
        }
        out.push(c);
        length = length.saturating_add(c.len_utf8());
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zone;

    #[test]
    fn an_answer_repeats_what_names_the_event_and_says_who_comes() {
        let event = Event {
            repeated: vec![
                "UID:1@x".to_owned(),
                "SEQUENCE:3".to_owned(),
                "RECURRENCE-ID;TZID=Europe/Oslo:20261125T100000".to_owned(),
                format!("SUMMARY:{}", "\u{fc}".repeat(60)),
                "ORGANIZER:mailto:bo@x.org\r\nATTACH:evil".to_owned(),
            ],
            ..Event::default()
        };
        let guest = Guest {
            shown: "Ann \"A\" Smith".to_owned(),
            email: "ann@x.org".to_owned(),
            coming: Coming::Unanswered,
        };
        let now = Zone::fixed(0).calendar(1_764_425_894, 0).unwrap();
        let text = reply(&event, &guest, Coming::Perhaps, &now);
        assert!(text.starts_with("BEGIN:VCALENDAR\n") && text.ends_with("END:VCALENDAR\n"));
        for line in [
            "METHOD:REPLY\n",
            "UID:1@x\nSEQUENCE:3\nRECURRENCE-ID;TZID=Europe/Oslo:20261125T100000\n",
            "DTSTAMP:20251129T141800Z\n",
            "ATTENDEE;PARTSTAT=TENTATIVE;CN=\"Ann A Smith\":mailto:ann@x.org\n",
            "ORGANIZER:mailto:bo@x.orgATTACH:evil\n",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        assert!(text.lines().all(|line| line.len() <= LONGEST), "{text}");
    }
}
