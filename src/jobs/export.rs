//! Messages of one folder or of several in one file, as they travelled: a zip of them, or an mbox, which also notes what is set on them.
//!
//! Not for what is attached to one (`transfer`). To know before changing it: one that is gone ends it with a page that says
//! so, since a file that looks whole and is not would be taken for all of them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Answer, Ended, Job, Outside, progressed};
use crate::error::{Error, GoneKind, Result};
use crate::gate::{self, LaneKind};
use crate::mail::{Flags, FolderRef, PartPath, Row, Uid, UidValidity};
use crate::mailbox;
use crate::mime::codec;
use crate::pack::{Mbox, Zip};
use crate::remote::{Access, Announced, Plan, Remote, SectionKind};
use crate::response::Response;
use crate::spool::Spool;
use crate::state;
use crate::time::{Seconds, Zone};

/// Of so many messages at once is asked what nobody has asked before.
const ASKED: usize = 200;

/// Messages that are saved in one file.
pub struct Export {
    /// Which, by their folders.
    pub shares: Vec<Share>,
    /// True for an mbox, false for a zip.
    pub is_mbox: bool,
    /// The answer without its body.
    pub head: Response,
}

/// Messages of one folder.
pub struct Share {
    /// The folder.
    pub folder: FolderRef,
    /// Which.
    pub uids: Vec<Uid>,
    /// What is known of them; of the others the server is asked.
    pub rows: BTreeMap<Uid, Row>,
}

impl Job for Export {
    fn lane(&self) -> &'static LaneKind {
        &gate::BULK
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let dir = outside.state.dir();
        let failed = |e: io::Error| state::failed(dir, &e);
        let mut file = Spool::new(outside.state)?;
        let remote = &mut outside.remote;
        if self.is_mbox {
            let mut mbox = Mbox::new(&mut file);
            self.each(remote, &mut |remote, row| {
                let from = row.from.first().map_or("", |from| from.email.as_str());
                mbox.begin(from, &asctime(row.arrived)).map_err(failed)?;
                mbox.write(notes(&row.flags).as_bytes()).map_err(failed)?;
                bring(remote, row, &mut |bytes| mbox.write(bytes).map_err(failed))?;
                mbox.end().map_err(failed)
            })?;
        } else {
            let mut zip = Zip::new(&mut file);
            self.each(remote, &mut |remote, row| {
                zip.begin(&file_name(row)).map_err(failed)?;
                bring(remote, row, &mut |bytes| zip.write(bytes).map_err(failed))?;
                zip.end().map_err(failed)
            })?;
            zip.finish().map_err(failed)?;
        }
        file.flush().map_err(failed)?;
        Ok(Ended {
            answer: Answer::File(self.head, file),
            record: None,
        })
    }
}

/// What is done with each message.
type Each<'e> = &'e mut dyn FnMut(&mut Remote, &Row) -> Result<()>;

impl Export {
    /// Hands each message to `each`, with what is known of it.
    fn each(&self, remote: &mut Remote, each: Each) -> Result<()> {
        for share in &self.shares {
            open(remote, &share.folder)?;
            for some in share.uids.chunks(ASKED) {
                let unknown = some.iter().filter(|uid| !share.rows.contains_key(uid));
                let told = rows(remote, &unknown.copied().collect::<Vec<_>>())?;
                for uid in some {
                    let row = share.rows.get(uid).or(told.get(uid));
                    each(remote, row.ok_or(Error::Gone(GoneKind::Message))?)?;
                }
            }
        }
        Ok(())
    }
}

/// Opens the folder, in the numbering that is meant.
fn open(remote: &mut Remote, folder: &FolderRef) -> Result<()> {
    remote.ready()?;
    let mut plan = Plan::new();
    let open = plan.open(&folder.name, Access::Read, None);
    let flight = remote.fly(plan)?;
    let opened = remote.require_open(&flight, open)?;
    match opened.validity.unwrap_or(UidValidity(0)) == folder.validity {
        true => Ok(()),
        false => Err(Error::Gone(GoneKind::Numbering)),
    }
}

/// Asks what is to be known of messages.
fn rows(remote: &mut Remote, uids: &[Uid]) -> Result<BTreeMap<Uid, Row>> {
    if uids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut plan = Plan::new();
    let asked = plan.fetch_rows(uids.iter().copied().collect(), false);
    let mut flight = remote.fly(plan)?;
    flight.require(asked)?;
    progressed();
    let messages = flight.take(asked).unwrap_or_default().into_iter();
    let row = |(uid, message): (Uid, crate::remote::Message)| {
        let header = message.header.unwrap_or_default();
        let row = Row {
            flags: message.flags.unwrap_or_default(),
            arrived: message.arrived.unwrap_or(0),
            ..mailbox::of_header(uid, &header, message.size.unwrap_or(0))
        };
        (uid, row)
    };
    Ok(messages.map(row).collect())
}

/// Brings one message as it travelled.
fn bring(remote: &mut Remote, row: &Row, keep: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let all = SectionKind::Part(PartPath::default());
    let announced = Announced {
        what: &all,
        size: row.size,
    };
    let fetched = remote.fetch_pieces(row.uid, announced, &mut |bytes| {
        progressed();
        keep(bytes)
    })?;
    match fetched {
        0 => Err(Error::Gone(GoneKind::Message)),
        _ => Ok(()),
    }
}

/// The name of a message's file.
fn file_name(row: &Row) -> String {
    let name = match row.subject.trim() {
        "" => format!("{}.eml", row.uid.get()),
        subject => format!("{subject}.eml"),
    };
    codec::safe_file_name(&name)
}

/// What is set on a message, in the fields that mailbox files have for it; whoever reads one takes them off again
/// (`import`).
fn notes(flags: &Flags) -> String {
    let letters = |of: &[(char, Flags)]| -> String {
        let set = of.iter().filter(|(_, flag)| flags.has(flag));
        set.map(|(letter, _)| *letter).collect()
    };
    let status = letters(&[('R', Flags::SEEN)]);
    let further = letters(&[
        ('A', Flags::ANSWERED),
        ('F', Flags::FLAGGED),
        ('T', Flags::DRAFT),
    ]);
    let words = flags.without(&Flags::ALL);
    let words = words.written().join(" ");
    let mut notes = format!("Status: {status}O\r\n");
    for (name, value) in [("X-Status", further), ("X-Keywords", words)] {
        if !value.is_empty() {
            notes = format!("{notes}{name}: {value}\r\n");
        }
    }
    notes
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

    #[test]
    fn what_is_set_is_noted_as_mailbox_files_have_it() {
        assert_eq!(notes(&Flags::default()), "Status: O\r\n");
        let flags = Flags::read([&b"\\Seen"[..], b"\\Flagged", b"\\Deleted", b"work"]);
        let wanted = "Status: RO\r\nX-Status: F\r\nX-Keywords: work\r\n";
        assert_eq!(notes(&flags), wanted);
    }
}
