//! The header of a message to words: subject, people, date, ids.
//!
//! Raw bytes become UTF-8, folds vanish. Not for who stands in a list of addresses (`addresses`), nor for encoded words
//! (`words`).

use super::addresses::addresses;
use super::dates::date;

use super::text::{extends_ascii, line, text, text_as};
use super::words::words;
use crate::mail::Address;

/// Longest header that is read, in bytes; and most addresses of one field.
const LONGEST: usize = 512 * 1024;
const MOST: usize = 5000;

/// What the header of a message says, decoded. What is absent is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// Subject, one line.
    pub subject: String,
    /// From, all fields of that name together.
    pub from: Vec<Address>,
    /// Sender.
    pub sender: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc: only in drafts and sent mail.
    pub bcc: Vec<Address>,
    /// Reply-To.
    pub reply_to: Vec<Address>,
    /// Date: seconds since 1970, and the sender's offset in minutes. None where it cannot be read or no calendar of
    /// mail has it (before 1970, after 2100).
    pub date: Option<(i64, i16)>,
    /// Message-ID without its angle brackets.
    pub message_id: String,
    /// In-Reply-To, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// References, oldest first, without angle brackets.
    pub references: Vec<String>,
}

/// Reads the bytes of a header: a whole message, its header, or some fields of it (HEADER.FIELDS).
pub fn headers(raw: &[u8]) -> Headers {
    let mut found = Headers::default();
    for (name, value) in fields(raw) {
        match name.as_str() {
            "subject" if found.subject.is_empty() => found.subject = line(&words(&value)),
            "from" => found.from.extend(addresses(&value)),
            "sender" => found.sender.extend(addresses(&value)),
            "to" => found.to.extend(addresses(&value)),
            "cc" => found.cc.extend(addresses(&value)),
            "bcc" => found.bcc.extend(addresses(&value)),
            "reply-to" => found.reply_to.extend(addresses(&value)),
            "date" if found.date.is_none() => found.date = date(&value),
            "message-id" if found.message_id.is_empty() => {
                found.message_id = ids(&value).into_iter().next().unwrap_or_default();
            }
            "in-reply-to" => found.in_reply_to.extend(ids(&value)),
            "references" => found.references.extend(ids(&value)),
            _ => {}
        }
    }
    found
}

/// The header of a message, without what follows it; at most the first half megabyte.
pub fn header_of(raw: &[u8]) -> &[u8] {
    let head = raw.get(..raw.len().min(LONGEST)).unwrap_or_default();
    let mut end = 0_usize;
    let mut has_field = false;
    for row in head.split_inclusive(|b| *b == b'\n') {
        let next = end.saturating_add(row.len());
        if end > 0 && ends_header(row, head.get(next..).unwrap_or_default()) {
            break;
        }
        has_field |= begins_field(row);
        end = next;
    }
    // Text that nobody has put a header in front of.
    let is_text = !has_field && !head.trim_ascii().is_empty();
    head.get(..if is_text { 0 } else { end })
        .unwrap_or_default()
}

/// True for the line that ends a header. One of blanks is a fold to RFC 5322 and the end to no mail program; but where it
/// is followed by what is neither a field nor a fold, its sender meant the end, and where it is followed by a boundary.
pub fn ends_header(row: &[u8], after: &[u8]) -> bool {
    if matches!(row, b"\n" | b"\r\n") {
        return true;
    }
    let next = after.split(|b| *b == b'\n').next().unwrap_or_default();
    let goes_on = next.trim_ascii().is_empty() || next.starts_with(b" ") || next.starts_with(b"\t");
    row.trim_ascii().is_empty() && (next.starts_with(b"--") || !goes_on && !begins_field(next))
}

/// True for a line that begins with the name of a field (RFC 5322 2.2), or as one in a mailbox file.
fn begins_field(row: &[u8]) -> bool {
    let name = row.split(|b| *b == b':').next().unwrap_or_default();
    let is_named = name.len() < row.len() && !name.trim_ascii_end().is_empty();
    let name = name.trim_ascii_end();
    is_named && name.iter().all(u8::is_ascii_graphic)
}

/// A header whose raw letters are in the charset of its message, in UTF-8: a few of them alone could be in any. Lines that
/// are UTF-8 already stay, and so does all of it where that charset says nothing about them.
pub fn in_utf8(header: &[u8], charset: &str) -> Vec<u8> {
    let is_utf8 = std::str::from_utf8(header).is_ok();
    if is_utf8 || !extends_ascii(charset) {
        return header.to_vec();
    }
    let mut out = Vec::with_capacity(header.len());
    for row in header.split_inclusive(|b| *b == b'\n') {
        let value = row.trim_ascii_end();
        match std::str::from_utf8(value) {
            Ok(_) => out.extend_from_slice(row),
            Err(_) => {
                out.extend(text(value, charset).bytes());
                out.extend_from_slice(row.get(value.len()..).unwrap_or_default());
            }
        }
    }
    out
}

/// Reads a header whose raw letters are in the charset that the reader chose; None where there is nothing to read, or no
/// such charset. Encoded words say their own.
pub fn headers_as(raw: &[u8], chosen: &str) -> Option<Headers> {
    let is_readable = extends_ascii(chosen) || chosen.eq_ignore_ascii_case("iso-2022-jp");
    if raw.is_empty() || !is_readable {
        return None;
    }
    let mut out = Vec::with_capacity(raw.len());
    for row in header_of(raw).split_inclusive(|b| *b == b'\n') {
        let value = row.trim_ascii_end();
        out.extend(text_as(value, chosen)?.bytes());
        out.extend_from_slice(row.get(value.len()..).unwrap_or_default());
    }
    Some(headers(&out))
}

/// All fields of a header in their order, for reading: names as they are written, values decoded.
pub fn named_fields(raw: &[u8]) -> Vec<(String, String)> {
    let all = fields(raw).into_iter().take(MOST);
    all.map(|(name, value)| {
        let shown = name
            .split('-')
            .map(|word| {
                let mut letters = word.chars();
                let first = letters.next().map(|c| c.to_ascii_uppercase());
                first.into_iter().chain(letters).collect::<String>()
            })
            .collect::<Vec<_>>();
        (line(&shown.join("-")), line(&words(&value)))
    })
    .collect()
}

/// True where a header has more than `named_fields` tells of it.
pub fn has_more_fields(raw: &[u8]) -> bool {
    raw.len() > LONGEST || fields(raw).len() > MOST
}

/// The fields of a header, names in lower case, values unfolded and otherwise as they are, up to the first empty line.
pub fn fields(raw: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>)> = Vec::new();
    let head = raw.get(..raw.len().min(LONGEST)).unwrap_or_default();
    let mut end = 0_usize;
    for row in head.split_inclusive(|b| *b == b'\n') {
        end = end.saturating_add(row.len());
        let after = head.get(end..).unwrap_or_default();
        if !found.is_empty() && ends_header(row, after) {
            break;
        }
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        if matches!(row.first(), Some(b' ' | b'\t')) {
            // A line of blanks is a fold to RFC 5322 and the end to no mail program.
            if let Some((_, value)) = found.last_mut() {
                value.extend_from_slice(row);
            }
        } else if row.is_empty() {
            // Before the first field.
        } else if let Some(colon) = row.iter().position(|b| *b == b':')
            && let Some((name, value)) = row.split_at_checked(colon)
            && !name.trim_ascii().contains(&b' ')
        {
            let name = String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase();
            found.push((
                name,
                value
                    .get(1..)
                    .unwrap_or_default()
                    .trim_ascii_start()
                    .to_vec(),
            ));
        } else if !row.starts_with(b"From ") && !row.starts_with(b">From ") {
            // A fold that lost its blank.
            if let Some((_, value)) = found.last_mut() {
                value.push(b' ');
                value.extend_from_slice(row);
            }
        }
    }
    found
}

/// Message ids: what stands in angle brackets, else each word.
fn ids(value: &[u8]) -> Vec<String> {
    let value = text(value, "");
    let bracketed: Vec<&str> = value
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .collect();
    let found = if bracketed.is_empty() {
        value.split_whitespace().collect()
    } else {
        bracketed
    };
    let mut found: Vec<String> = found
        .iter()
        .map(|id| {
            id.chars()
                .filter(|c| !c.is_whitespace() && !c.is_control())
                .collect()
        })
        .collect();
    found.retain(|id: &String| !id.is_empty());
    found.truncate(MOST);
    found
}
