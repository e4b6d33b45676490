//! One message on its way from a file into a folder: its lines ended as mail has them, and what is known of it.
//!
//! Not for finding it (`mails`) nor for sending it (`import`). To know before changing it: it is held in memory while it is
//! short and in a spool when it is long; nothing of it is changed but the ends of its lines, and the fields that a mailbox
//! file puts in front of a message to note its flags.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use crate::error::Result;
use crate::mail::{Flags, Unfit};
use crate::mime::codec;
use crate::pack::Begun;
use crate::remote::Content;
use crate::spool::Spool;
use crate::state::{self, State};
use crate::time::Seconds;

/// The longest message that is held in memory, in bytes.
const IN_MEMORY: usize = 1024 * 1024;
/// How much of a message is looked at, in bytes.
const HEAD: usize = 256 * 1024;
/// The fields that every message has some of.
const KNOWN: [&str; 10] = [
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "received",
    "sender",
    "return-path",
];
/// The fields in which mailbox files note what is set on a message.
const NOTES: [&str; 3] = ["status", "x-status", "x-keywords"];

/// What was found in a file.
pub(super) enum Item {
    /// A message.
    Mail(Box<Found>),
    /// Something that cannot be taken in.
    Unfit(String, Unfit),
    /// A message that its mail program has deleted, and not yet taken out of its file.
    Deleted,
}

/// A message, ready to be sent.
pub(super) struct Found {
    /// What it is called where something is said of it.
    pub name: String,
    /// Its Message-ID; may be empty.
    pub id: String,
    /// When it arrived, or was written; None where nothing says so.
    pub at: Option<Seconds>,
    /// What is set on it.
    pub flags: Flags,
    /// Its bytes.
    pub content: Content,
}

/// A message being read.
pub(super) struct Keeper<'k> {
    state: &'k State,
    memory: Vec<u8>,
    spool: Option<Spool>,
    length: u64,
    has_cr: bool,
    fault: Option<io::Error>,
}

impl Keeper<'_> {
    pub fn new(state: &State) -> Keeper<'_> {
        Keeper {
            state,
            memory: Vec::new(),
            spool: None,
            length: 0,
            has_cr: false,
            fault: None,
        }
    }

    /// Adds bytes; lines that end with LF alone get a CR before it.
    pub fn push(&mut self, bytes: &[u8]) {
        for line in bytes.split_inclusive(|b| *b == b'\n') {
            match line.strip_suffix(b"\n") {
                None => self.keep(line),
                Some(text) => {
                    let ends = text.last().map_or(self.has_cr, |last| *last == b'\r');
                    self.keep(text);
                    self.keep(if ends { b"\n" } else { b"\r\n" });
                }
            }
            self.has_cr = line.last() == Some(&b'\r');
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.length = self.length.saturating_add(bytes.len() as u64);
        if let Some(spool) = &mut self.spool {
            let written = spool.write_all(bytes);
            self.fault = self.fault.take().or(written.err());
            return;
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > IN_MEMORY {
            let spooled = Spool::new(self.state).map_err(|_| io::Error::other("no spool"));
            let spooled = spooled.and_then(|mut spool| {
                spool.write_all(&self.memory)?;
                Ok(spool)
            });
            match spooled {
                Ok(spool) => self.spool = Some(spool),
                Err(e) => self.fault = self.fault.take().or(Some(e)),
            }
            self.memory.truncate(HEAD);
        }
    }

    /// What has been read: a message, or something that is none. `begun` where it comes from a mailbox file.
    pub fn item(self, name: &str, begun: Option<Begun>) -> Result<Item> {
        let failed = |e: io::Error| state::failed(self.state.dir(), &e);
        if let Some(fault) = self.fault {
            return Err(failed(fault));
        }
        let head = self.memory.get(..self.memory.len().min(HEAD));
        let head = codec::header_of(head.unwrap_or_default());
        if !is_header(head) {
            return Ok(Item::Unfit(name.to_owned(), Unfit::NotMail));
        }
        if begun.is_some() && is_deleted(head) {
            return Ok(Item::Deleted);
        }
        let said = codec::headers(head);
        let dated = said.date.map(|(at, _)| at);
        // Programs that do not know when a message came write the beginning of time.
        let arrived = begun.and_then(|begun| begun.arrived).filter(|at| *at > 0);
        let flags = begun.map_or(Flags::SEEN, |_| flags(head));
        let notes = begun.map_or(0, |_| notes(head));
        let id = said.message_id;
        let content = match self.spool {
            None => Content::Bytes(self.memory.get(notes..).unwrap_or_default().to_vec()),
            Some(mut spool) => {
                let skipped = notes as u64;
                spool.seek(SeekFrom::Start(skipped)).map_err(failed)?;
                let len = self.length.saturating_sub(skipped);
                Content::File {
                    from: Box::new(spool.take(len)),
                    len,
                }
            }
        };
        Ok(Item::Mail(Box::new(Found {
            name: name.to_owned(),
            id,
            at: arrived.or(dated),
            flags,
            content,
        })))
    }
}

/// True for the header of a message: it begins with a field, and some field is one that messages have.
fn is_header(head: &[u8]) -> bool {
    let first = head.split(|b| *b == b':').next().unwrap_or_default();
    let is_named = first.len() < head.len() && !first.is_empty();
    is_named
        && first.iter().all(u8::is_ascii_graphic)
        && codec::fields(head)
            .iter()
            .any(|(name, _)| KNOWN.contains(&name.as_str()))
}

/// How many bytes in front of a message are what a mailbox file has noted of it: each of the fields once at most.
fn notes(head: &[u8]) -> usize {
    let mut length = 0_usize;
    let mut seen = Vec::new();
    for line in head.split_inclusive(|b| *b == b'\n') {
        let name = line.split(|b| *b == b':').next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        if !NOTES.contains(&name.as_str()) || seen.contains(&name) {
            break;
        }
        seen.push(name);
        length = length.saturating_add(line.len());
    }
    // A field that goes on in the next line is none of these.
    let rest = head.get(length..).unwrap_or_default();
    if rest.starts_with(b" ") || rest.starts_with(b"\t") {
        0
    } else {
        length
    }
}

/// What Mozilla notes of a message (MsgMessageFlags).
fn mozilla_status(value: &str) -> Option<u32> {
    u32::from_str_radix(value.trim(), 16).ok()
}

/// True for a message that Thunderbird has deleted: it stays in the file until that is compacted.
fn is_deleted(head: &[u8]) -> bool {
    const EXPUNGED: u32 = 0x0008;
    codec::fields(head).iter().any(|(name, value)| {
        let status = mozilla_status(&String::from_utf8_lossy(value));
        name == "x-mozilla-status" && status.is_some_and(|bits| bits & EXPUNGED != 0)
    })
}

/// What is set on a message, by the fields in which mailbox files note it: Status, X-Status and X-Keywords; Mozilla's in
/// hexadecimal. A message without them has been read.
fn flags(head: &[u8]) -> Flags {
    let mut found = Flags::default();
    let mut is_told = false;
    for (name, value) in codec::fields(head) {
        let value = String::from_utf8_lossy(&value).trim().to_owned();
        let mut set = |flags: Flags| found = found.with(&flags);
        is_told |= matches!(name.as_str(), "status" | "x-status" | "x-mozilla-status");
        match name.as_str() {
            "status" | "x-status" => {
                for (letter, flag) in [
                    ('R', Flags::SEEN),
                    ('A', Flags::ANSWERED),
                    ('F', Flags::FLAGGED),
                    ('T', Flags::DRAFT),
                ] {
                    if value.contains(letter) {
                        set(flag);
                    }
                }
            }
            "x-keywords" | "x-mozilla-keys" => {
                for word in value.split_ascii_whitespace() {
                    set(Flags::keyword(word).unwrap_or_default());
                }
            }
            "x-mozilla-status" => {
                let bits = mozilla_status(&value).unwrap_or(1);
                for (bit, flag) in [(1, Flags::SEEN), (2, Flags::ANSWERED), (4, Flags::FLAGGED)] {
                    if bits & bit != 0 {
                        set(flag);
                    }
                }
            }
            _ => {}
        }
    }
    match is_told {
        true => found,
        false => found.with(&Flags::SEEN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mailbox_file_has_noted_is_read_and_taken_off() {
        let mail = b"Status: RO\r\nX-Status: AF\r\nX-Keywords: $label1 a\"b work\r\nStatus: own\r\nFrom: a\r\n\r\n";
        let noted = flags(mail).written().join(" ");
        assert_eq!(noted, "\\Seen \\Answered \\Flagged $label1 work");
        assert!(mail[notes(mail)..].starts_with(b"Status: own"));
        assert_eq!(flags(b"Status: O\r\n"), Flags::default());
        assert_eq!(flags(b"Subject: x\r\n"), Flags::SEEN);
        assert_eq!(flags(b"X-Mozilla-Status: 0004\r\n"), Flags::FLAGGED);
        assert!(is_deleted(b"X-Mozilla-Status: 0009\r\nFrom: a\r\n"));
        assert!(!is_deleted(
            b"X-Mozilla-Status: 0007\r\nX-Mozilla-Status2: 00000008\r\n"
        ));
        assert!(!is_deleted(b"X-Mozilla-Status: zz\r\nSubject: 0008\r\n"));
        assert_eq!(notes(b"Status: R\r\n O\r\nFrom: a\r\n"), 0);
        assert_eq!(notes(b"From: a\r\nStatus: R\r\n"), 0);
    }

    #[test]
    fn what_is_no_message_is_told_from_one() {
        let is_mail = |text: &str| is_header(codec::header_of(text.as_bytes()));
        for mail in [
            "From: a\r\n\r\nx",
            "Received: by x\r\n for y\r\nX: y\r\n",
            "X-First: 1\nSUBJECT: a\n\nx",
        ] {
            assert!(is_mail(mail), "{mail}");
        }
        for other in [
            "",
            "Dear Ann,\r\nSubject: x\r\n",
            "<html>\n<a href=\"x:y\">Subject: x</a>",
            "BEGIN:VCARD\r\nFN:Ann\r\nEND:VCARD\r\n",
            "%PDF-1.7\r\nFrom: x\r\n",
            "http://example.org/\r\n",
        ] {
            assert!(!is_mail(other), "{other}");
        }
    }
}
