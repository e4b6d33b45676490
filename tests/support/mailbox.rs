//! The mailbox of somebody who writes and gets mail: the messages of `tests/mails`, spread over folders, the newest of
//! them of today. For `cargo demo`, and for pictures.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::mails::Mail;

const HOUR: Duration = Duration::from_secs(3600);

/// Directories of tests/mails, and the folders (as on the wire, RFC 3501 5.1.3) that they fill.
pub const FOLDERS: [(&str, &str); 9] = [
    ("INBOX", "INBOX"),
    ("Archive", "Archive"),
    ("Sent", "Sent"),
    ("Drafts", "Drafts"),
    ("Spam", "Spam"),
    ("Trash", "Trash"),
    ("Orchestra", "Orchestra"),
    ("Concerts", "Orchestra/Concerts"),
    ("Reise", "Reisepl&AOQ-ne"),
];

/// What folders are for, beside those that every site has.
pub const ROLES: &str = r"
namespace inbox {
  mailbox Archive {
    special_use = \Archive
  }
  mailbox Spam {
    special_use = \Junk
  }
}
";

/// The mails of a directory of tests/mails, oldest first, in the order of their names; the last one came just now.
pub fn mails_of(directory: &str) -> Vec<Mail> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/mails")
        .join(directory);
    let entries =
        fs::read_dir(&directory).unwrap_or_else(|e| panic!("{}: {e}", directory.display()));
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = files
        .filter(|f| f.extension().is_some_and(|e| e == "eml"))
        .collect();
    files.sort_unstable();
    assert!(!files.is_empty(), "no mails in {}", directory.display());
    let is_inbox = directory.ends_with("INBOX");
    let now = SystemTime::now();
    let count = u32::try_from(files.len()).expect("few files");
    files
        .iter()
        .zip((0..count).rev())
        .map(|(file, place)| {
            let bytes = fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            let received = now - Duration::from_secs(660) - age(place);
            let unread = is_inbox && (place < 4 || place % 9 == 5);
            let flags = [
                (!unread, r"\Seen"),
                (place % 12 == 7, r"\Flagged"),
                (is_inbox && place % 10 == 8, r"\Answered"),
                (directory.ends_with("Drafts"), r"\Draft"),
            ];
            Mail {
                bytes: with_date(&bytes, received),
                received,
                flags: flags
                    .iter()
                    .filter(|(on, _)| *on)
                    .map(|(_, flag)| *flag)
                    .collect(),
            }
        })
        .collect()
}

/// How much older than the newest the mail is that has so many above it: today's come close together, earlier ones less so.
fn age(place: u32) -> Duration {
    HOUR * place + HOUR * place * place / 30 + Duration::from_secs(u64::from(place) * 437)
}

/// The message, lines ended by CR LF, as if written at that time.
fn with_date(message: &[u8], at: SystemTime) -> Vec<u8> {
    let at = Timestamp::try_from(at)
        .expect("a time")
        .to_zoned(TimeZone::UTC);
    let date = at
        .strftime("Date: %a, %d %b %Y %H:%M:%S +0000\r\n")
        .to_string();
    let mut dated = date.into_bytes();
    let mut in_header = true;
    let mut in_date = false;
    for line in message.split_inclusive(|b| *b == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        in_header &= !text.is_empty();
        let goes_on = text.first().is_some_and(|b| b" \t".contains(b));
        let begins_date = text
            .get(..5)
            .is_some_and(|name| name.eq_ignore_ascii_case(b"date:"));
        in_date = in_header && (begins_date || in_date && goes_on);
        if !in_date {
            dated.extend_from_slice(text);
            dated.extend_from_slice(b"\r\n");
        }
    }
    dated
}
