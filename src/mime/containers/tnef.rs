//! winmail.dat: Microsoft's TNEF (MS-OXTNEF) to the text and files in it.
//!
//! Not for calendar items, contacts and the other things of an Exchange that it may hold. Total: it is read as far as it
//! makes sense, and every length is checked against what is there. The one crate for it (`tnef`) checks lengths too, but gives up
//! at the first attribute, checksum or code page that it does not know, and reads no MAPI properties: no text, no long names.

use super::rtf::{Rich, rich};
use crate::mail::content_id;
use crate::mime::codec::{code_page, line, text};
use crate::work::Work;

/// Most files that are taken out.
const MOST: usize = 500;
/// Most rich texts that are read for the one text of the message: a few bytes can be packed into megabytes.
const MOST_RICH: u32 = 4;

/// What a winmail.dat holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tnef<'a> {
    /// The text of the message; may be empty.
    pub text: String,
    /// Its HTML; may be empty.
    pub html: String,
    /// What it is about, and who it is from; each may be empty.
    pub subject: String,
    /// The name of its sender.
    pub from_name: String,
    /// His address.
    pub from_email: String,
    /// The files.
    pub files: Vec<TnefFile<'a>>,
    /// How many rich texts there were while there was no HTML.
    rich: u32,
}

/// One file of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TnefFile<'a> {
    /// Its name, decoded; may be empty.
    pub name: String,
    /// Its media type, in lower case; empty where it is not told.
    pub kind: String,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// How the HTML names it (RFC 2392), without angle brackets; may be empty.
    pub id: String,
}

const SIGNATURE: u32 = 0x223E_9F78;
/// The media type of what begins so.
const TNEF: &str = "application/ms-tnef";

/// True for bytes that begin as a winmail.dat does.
pub fn is_tnef_bytes(bytes: &[u8]) -> bool {
    Input(bytes).long() == Some(SIGNATURE)
}

/// What the message in a winmail.dat is about, without reading anything else of it: one may lie in another, and so on.
fn subject_of(bytes: &[u8]) -> String {
    let mut input = Input(bytes.get(6..).unwrap_or_default());
    let (mut found, mut codepage) = (String::new(), "");
    while let Some((id, value)) = attribute(&mut input) {
        match id & 0xFFFF {
            0x9007 => codepage = Input(value).long().map_or("", code_page),
            0x8004 if found.is_empty() => found = line(&text(ended(value), codepage)),
            0x9003 => properties(value, &mut |id, kind, value| {
                if id == 0x0037 && found.is_empty() {
                    found = line(&string(kind, value, codepage));
                }
            }),
            _ => {}
        }
    }
    found
}

/// Reads a winmail.dat; None where the bytes are none.
pub fn tnef<'a>(bytes: &'a [u8], work: &Work) -> Option<Tnef<'a>> {
    let mut input = Input(bytes);
    if input.long()? != SIGNATURE {
        return None;
    }
    input.short()?;
    let mut found = Tnef::default();
    let mut codepage = "";
    // Level, id with type, length, value, checksum.
    while let Some(value) = attribute(&mut input) {
        let (id, value) = value;
        match id & 0xFFFF {
            0x9007 => {
                let number = Input(value).long();
                codepage = number.map_or("", code_page);
            }
            0x8004 if found.subject.is_empty() => {
                found.subject = line(&text(ended(value), codepage));
            }
            0x800C if found.text.is_empty() => found.text = text(ended(value), codepage),
            0x9003 => message_properties(value, codepage, &mut found, work),
            0x9002 if found.files.len() < MOST => found.files.push(TnefFile::default()),
            // What follows belongs to no file that is taken out.
            0x9002 => {
                work.leave_out();
                break;
            }
            0x8010 => {
                if let Some(file) = found.files.last_mut().filter(|f| f.name.is_empty()) {
                    file.name = line(&text(ended(value), codepage));
                }
            }
            0x800F => {
                // Of a message that is attached this is only what Exchange says to programs that cannot read it.
                if let Some(file) = found.files.last_mut().filter(|f| f.kind != TNEF) {
                    file.bytes = value;
                }
            }
            0x9005 => {
                if let Some(file) = found.files.last_mut() {
                    file_properties(value, codepage, file);
                }
            }
            _ => {}
        }
    }
    if found.rich > MOST_RICH && found.text.is_empty() && found.html.is_empty() {
        work.leave_out();
    }
    Some(found)
}

fn attribute<'a>(input: &mut Input<'a>) -> Option<(u32, &'a [u8])> {
    let level = input.take(1)?;
    if !matches!(level, [1 | 2]) {
        return None;
    }
    let id = input.long()?;
    let length = usize::try_from(input.long()?).ok()?;
    let value = input.take(length)?;
    input.short();
    Some((id, value))
}

fn message_properties<'a>(value: &'a [u8], codepage: &str, found: &mut Tnef<'a>, work: &Work) {
    properties(value, &mut |id, kind, value| match id {
        0x0037 if found.subject.is_empty() => {
            found.subject = line(&string(kind, value, codepage));
        }
        0x0C1A => found.from_name = line(&string(kind, value, codepage)),
        0x0C1F | 0x5D01 => {
            let email = line(&string(kind, value, codepage));
            // Exchange has addresses of its own.
            if email.contains('@') && !email.contains(char::is_whitespace) {
                found.from_email = email;
            }
        }
        0x1000 if found.text.is_empty() => found.text = string(kind, value, codepage),
        0x1013 if !value.is_empty() => found.html = text(value, ""),
        // Made from what its writer wrote; the HTML itself is better.
        0x1009 if found.html.is_empty() => {
            found.rich = found.rich.saturating_add(1);
            if found.rich > MOST_RICH {
                return;
            }
            match rich(value, work) {
                Some(Rich::Html(html)) => found.html = html,
                Some(Rich::Text(text)) if found.text.is_empty() => found.text = text,
                Some(Rich::Text(_)) | None => {}
            }
        }
        _ => {}
    });
}

fn file_properties<'a>(value: &'a [u8], codepage: &str, file: &mut TnefFile<'a>) {
    properties(value, &mut |id, kind, value| match id {
        // The long name is better than the one of eight letters.
        0x3707 if file.kind != TNEF => file.name = line(&string(kind, value, codepage)),
        0x3704 if file.name.is_empty() => file.name = line(&string(kind, value, codepage)),
        0x370E if file.kind != TNEF => {
            file.kind = line(&string(kind, value, codepage)).to_ascii_lowercase()
        }
        0x3712 => {
            let id = line(&string(kind, value, codepage));
            file.id = content_id(&id).to_owned();
        }
        // A message that is attached (MS-OXTNEF 2.1.3.4): the id of its interface, then a TNEF of its own.
        0x3701 if kind == 0x0D && value.get(16..).is_some_and(is_tnef_bytes) => {
            file.bytes = value.get(16..).unwrap_or_default();
            file.kind = TNEF.to_owned();
            let subject = subject_of(file.bytes);
            if !subject.is_empty() {
                file.name = subject;
            }
        }
        0x3701 if file.bytes.is_empty() => {
            // An object has its interface's id in front.
            let skip = if kind == 0x0D { 16 } else { 0 };
            file.bytes = value.get(skip..).unwrap_or_default();
        }
        _ => {}
    });
}

/// Tells each property of a list (MS-OXTNEF 2.1.3.4), up to the first that makes no sense.
fn properties<'a>(value: &'a [u8], tell: &mut dyn FnMut(u16, u16, &'a [u8])) {
    let mut input = Input(value);
    let count = input.long().unwrap_or(0);
    for _ in 0..count {
        if property(&mut input, tell).is_none() {
            return;
        }
    }
}

fn property<'a>(input: &mut Input<'a>, tell: &mut dyn FnMut(u16, u16, &'a [u8])) -> Option<()> {
    let (kind, id) = (input.short()?, input.short()?);
    if id >= 0x8000 {
        input.take(16)?;
        if input.long()? == 0 {
            input.long()?;
        } else {
            let length = input.long()?;
            input.padded(length)?;
        }
    }
    let (many, kind) = (kind & 0x1000 != 0, kind & 0x0FFF);
    let fixed = match kind {
        0x02 | 0x03 | 0x04 | 0x0A | 0x0B => Some(4),
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => Some(8),
        0x48 => Some(16),
        0x0D | 0x1E | 0x1F | 0x102 => None,
        _ => return None,
    };
    let count = if many || fixed.is_none() {
        input.long()?
    } else {
        1
    };
    for _ in 0..count {
        let value = match fixed {
            Some(size) => input.take(size)?,
            None => {
                let length = input.long()?;
                input.padded(length)?
            }
        };
        tell(id, kind, value);
    }
    Some(())
}

fn string(kind: u16, value: &[u8], codepage: &str) -> String {
    match kind {
        0x1F => {
            let text = text(value, "utf-16le");
            text.trim_end_matches('\0').to_owned()
        }
        _ => text(ended(value), codepage),
    }
}

/// Up to the byte that ends a string.
fn ended(value: &[u8]) -> &[u8] {
    value.split(|b| *b == 0).next().unwrap_or_default()
}

/// What is left to be read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// A value whose room is a multiple of four bytes.
    fn padded(&mut self, length: u32) -> Option<&'a [u8]> {
        let length = usize::try_from(length).ok()?;
        let value = self.take(length)?;
        let padding = length.next_multiple_of(4).saturating_sub(length);
        self.take(padding.min(self.0.len()));
        Some(value)
    }

    fn short(&mut self) -> Option<u16> {
        let bytes = self.take(2)?.first_chunk::<2>()?;
        Some(u16::from_le_bytes(*bytes))
    }

    fn long(&mut self) -> Option<u32> {
        let bytes = self.take(4)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(level: u8, id: u32, value: &[u8]) -> Vec<u8> {
        let mut out = vec![level];
        out.extend(id.to_le_bytes());
        out.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        out.extend(value);
        out.extend([0, 0]);
        out
    }

    fn sample() -> Vec<u8> {
        let mut long_name: Vec<u8> = vec![1, 0, 0, 0, 0x1F, 0, 0x07, 0x37, 1, 0, 0, 0, 10, 0, 0, 0];
        long_name.extend("\u{e9}.pdf".encode_utf16().flat_map(u16::to_le_bytes));
        long_name.extend([0, 0]);
        let mut bytes = vec![0x78, 0x9F, 0x3E, 0x22, 1, 0];
        bytes.extend(attribute(1, 0x0006_9007, &[0xE4, 4, 0, 0]));
        bytes.extend(attribute(1, 0x0002_800C, b"caf\xe9\0"));
        bytes.extend(attribute(2, 0x0006_9002, &[0; 14]));
        bytes.extend(attribute(2, 0x0001_8010, b"E~1.PDF\0"));
        bytes.extend(attribute(2, 0x0006_800F, b"%PDF-"));
        bytes.extend(attribute(2, 0x0006_9005, &long_name));
        bytes
    }

    #[test]
    fn text_and_files_come_out() {
        let bytes = sample();
        let found = tnef(&bytes, &Work::default()).unwrap();
        assert_eq!(found.text, "caf\u{e9}");
        assert_eq!(found.files.len(), 1);
        assert_eq!(found.files[0].name, "\u{e9}.pdf");
        assert_eq!(found.files[0].bytes, b"%PDF-");
    }

    #[test]
    fn what_is_cut_anywhere_is_read_up_to_there() {
        let bytes = sample();
        for end in 0..bytes.len() {
            let found = tnef(bytes.get(..end).unwrap(), &Work::default());
            assert_eq!(found.is_some(), end >= 6, "{end}");
        }
        assert_eq!(tnef(b"PK\x03\x04 no such thing", &Work::default()), None);
    }
}
