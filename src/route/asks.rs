//! What a message asks for, and what programs read in it, as the fields of its form have it.

use super::DraftForm;
use super::query::{Link, Query};
use crate::mail::{Asks, ForPrograms, Priority};

/// Reads what it asks for.
pub(super) fn read(fields: &Query) -> Asks {
    Asks {
        priority: match fields.get(DraftForm::PRIORITY) {
            Some("high") => Priority::High,
            Some("low") => Priority::Low,
            _ => Priority::Normal,
        },
        receipt: fields.is_set(DraftForm::RECEIPT),
        delivery: fields.is_set(DraftForm::DELIVERY),
    }
}

/// Reads what `write` wrote.
pub(super) fn for_programs(fields: &Query) -> Option<ForPrograms> {
    let text = |name: &str| fields.get(name).map(str::to_owned);
    // Browsers send line ends as CRLF.
    let calendar = text("calendar").map(|text| text.replace("\r\n", "\n").replace('\r', "\n"));
    let receipt = || {
        Some(ForPrograms::Receipt {
            reader: text("reader")?,
            original: text("read").unwrap_or_default(),
        })
    };
    calendar.map(ForPrograms::Calendar).or_else(receipt)
}

/// As a form has it.
pub(super) fn write(for_programs: &Option<ForPrograms>, link: &mut Link) {
    match for_programs {
        None => {}
        Some(ForPrograms::Calendar(text)) => link.set("calendar", text),
        Some(ForPrograms::Receipt { reader, original }) => {
            link.set("reader", reader);
            link.some("read", original);
        }
    }
}
