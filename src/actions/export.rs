//! Saving messages: those that are ticked, or all of a list, in one file.
//!
//! Not for making the file (`jobs`). Names of files are the subjects, as far as they are known here.

use super::part::disposition;
use super::{Done, Visit};
use crate::error::{Error, GoneKind, Result};
use crate::jobs::export::{Export, Saved};
use crate::mail::{MessageAct, Row, Uid};
use crate::mailbox::Which;
use crate::mime::codec;
use crate::response::Response;
use crate::route::MessagesForm;
use crate::time::{Seconds, Zone};

/// Most messages in one file.
const MOST: usize = 20_000;

/// Saves the messages that a form names.
///
/// # Errors
/// `Gone(Message)` where none of them is there; `BadRequest` where they are too many for one file.
pub fn save(visit: &mut Visit, form: &MessagesForm) -> Result<Done> {
    let uids: Vec<Uid> = match visit.which(form) {
        Some(Which::These(uids) | Which::Found(uids)) => uids.iter().collect(),
        Some(Which::Below(all)) => visit.mailbox.uids_below(&form.page.list, all.below),
        None => Vec::new(),
    };
    if uids.is_empty() {
        return Err(Error::Gone(GoneKind::Message));
    }
    if uids.len() > MOST {
        return Err(Error::BadRequest("u"));
    }
    let rows = visit.mailbox.cached_rows(&form.from, &uids);
    let messages = uids.into_iter().map(|uid| saved(uid, rows.get(&uid)));
    let is_mbox = form.act == MessageAct::SaveMbox;
    let (kind, ending) = match is_mbox {
        true => ("application/mbox", "mbox"),
        false => ("application/zip", "zip"),
    };
    let title = visit.title_of(&form.from.name)?;
    let name = codec::safe_file_name(&format!("{title}.{ending}"));
    Ok(Done::Leaves(Box::new(Export {
        folder: form.from.clone(),
        messages: messages.collect(),
        is_mbox,
        head: Response::part(kind, disposition("attachment", &name), Vec::new()),
    })))
}

fn saved(uid: Uid, row: Option<&Row>) -> Saved {
    let subject = row.map_or("", |row| row.subject.trim());
    let name = match subject {
        "" => format!("{}.eml", uid.get()),
        subject => format!("{subject}.eml"),
    };
    let from = row.and_then(|row| row.from.first());
    Saved {
        uid,
        size: row.map_or(0, |row| row.size),
        name: codec::safe_file_name(&name),
        from: from.map(|from| from.email.clone()).unwrap_or_default(),
        arrived: asctime(row.map_or(0, |row| row.arrived)),
    }
}

/// A moment as `asctime` writes it (RFC 4155), in UTC.
fn asctime(at: Seconds) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let name = |names: &[&'static str], nth: i8| {
        let nth = usize::try_from(nth).ok().and_then(|nth| nth.checked_sub(1));
        nth.and_then(|nth| names.get(nth).copied())
    };
    let written = Zone::fixed(0).calendar(at, at).and_then(|calendar| {
        Some(format!(
            "{} {} {:>2} {:02}:{:02}:{:02} {}",
            name(&DAYS, calendar.weekday)?,
            name(&MONTHS, calendar.month)?,
            calendar.day,
            calendar.hour,
            calendar.minute,
            at.rem_euclid(60),
            calendar.year,
        ))
    });
    written.unwrap_or_else(|| "Thu Jan  1 00:00:00 1970".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_c_does() {
        assert_eq!(asctime(0), "Thu Jan  1 00:00:00 1970");
        assert_eq!(asctime(1_764_425_894), "Sat Nov 29 14:18:14 2025");
    }
}
