//! Messages that others wrote, within ours (message/rfc822, RFC 2046 5.2.1), or passed on.
//!
//! To know before changing it: what others signed stays as it is, byte by byte. Only who got a message unseen is taken out of
//! it: that stands in what its sender keeps, and is nobody else's business.

use std::io::{self, Read, Write};

/// The longest line that may travel, in bytes, without its end (RFC 5322 2.1.1).
const LONGEST_LINE: usize = 998;
/// How much is read at once, in bytes.
const PIECE: usize = 32 * 1024;

/// How the bytes of a file travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travels {
    /// Encoded, so that they can be any.
    Encoded,
    /// As they are: lines of ASCII.
    SevenBit,
    /// As they are: lines of any bytes.
    EightBit,
}

/// How a message can travel within another one: it must not be encoded as a whole, so what is not lines can only be a file
/// of no known kind.
///
/// # Errors
/// As reading.
pub fn travels(from: &mut dyn Read) -> io::Result<Travels> {
    let mut buffer = vec![0; PIECE];
    let (mut line, mut after_cr) = (0_usize, false);
    let mut travels = Travels::SevenBit;
    let mut is_begun = false;
    loop {
        let n = from.read(&mut buffer)?;
        if !is_begun && !begins_with_a_field(buffer.get(..n).unwrap_or_default()) {
            return Ok(Travels::Encoded);
        }
        is_begun = true;
        if n == 0 {
            return Ok(if after_cr { Travels::Encoded } else { travels });
        }
        for byte in buffer.iter().take(n) {
            match byte {
                b'\n' => line = 0,
                _ if after_cr => return Ok(Travels::Encoded),
                0 => return Ok(Travels::Encoded),
                b'\r' => {}
                byte => {
                    line = line.saturating_add(1);
                    if !byte.is_ascii() {
                        travels = Travels::EightBit;
                    }
                    if line > LONGEST_LINE {
                        return Ok(Travels::Encoded);
                    }
                }
            }
            after_cr = *byte == b'\r';
        }
    }
}

/// True for what begins as a message does (RFC 5322 2.2), whatever its label says.
fn begins_with_a_field(bytes: &[u8]) -> bool {
    let name = bytes
        .iter()
        .take_while(|b| b.is_ascii_graphic() && **b != b':');
    let name = name.count();
    name > 0
        && bytes
            .get(name..)
            .is_some_and(|rest| matches!(rest.trim_ascii_start(), [b':', ..]))
}

/// Copies lines; each ends with CRLF, however it ended before.
pub(super) fn copy_lines(mut from: Box<dyn Read>, out: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    let mut whole = Vec::with_capacity(PIECE);
    let mut after_cr = false;
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        whole.clear();
        for byte in buffer.iter().take(n) {
            if *byte == b'\n' && !after_cr {
                whole.push(b'\r');
            }
            whole.push(*byte);
            after_cr = *byte == b'\r';
        }
        out.write_all(&whole)?;
    }
}

/// Takes the fields out of a message that say who got it unseen.
#[derive(Debug, Default)]
pub struct WithoutBcc {
    /// The line that has begun, where its beginning decides.
    begun: Vec<u8>,
    place: Place,
}

/// Where in a message its bytes have come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// At a line of the header, behind a field that stays, or at the beginning.
    #[default]
    Kept,
    /// The same, behind a field that goes.
    Dropped,
    /// Within a line that stays.
    InKept,
    /// Within a line that goes.
    InDropped,
    /// Behind the header.
    Body,
}

/// Names of fields that go, in lower case.
const BLIND: [&[u8]; 2] = [b"bcc", b"resent-bcc"];
/// The longest beginning of a line that decides: the longer name and its colon, some blanks included.
const DECIDES: usize = 40;

impl WithoutBcc {
    /// The next bytes; those that stay are put into `kept`.
    pub fn pass(&mut self, bytes: &[u8], kept: &mut Vec<u8>) {
        for (at, byte) in bytes.iter().enumerate() {
            match self.place {
                Place::Body => {
                    kept.extend_from_slice(bytes.get(at..).unwrap_or_default());
                    return;
                }
                Place::InKept | Place::InDropped => {
                    if self.place == Place::InKept {
                        kept.push(*byte);
                    }
                    if *byte == b'\n' {
                        self.place = match self.place {
                            Place::InKept => Place::Kept,
                            _ => Place::Dropped,
                        };
                    }
                }
                Place::Kept | Place::Dropped => {
                    self.begun.push(*byte);
                    self.decide(kept);
                }
            }
        }
    }

    /// The end of the message.
    pub fn finish(&mut self, kept: &mut Vec<u8>) {
        if self.place == Place::Kept {
            kept.append(&mut self.begun);
        }
    }

    /// Decides of a line, as soon as enough of it is here.
    fn decide(&mut self, kept: &mut Vec<u8>) {
        let line = self.begun.as_slice();
        let is_ended = line.ends_with(b"\n");
        let place = match line {
            [b' ' | b'\t', ..] if self.place == Place::Dropped => Place::InDropped,
            [b' ' | b'\t', ..] => Place::InKept,
            b"\n" | b"\r\n" => Place::Body,
            _ => match line.iter().position(|b| *b == b':') {
                Some(colon) => {
                    let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
                    match BLIND.iter().any(|blind| name.eq_ignore_ascii_case(blind)) {
                        true => Place::InDropped,
                        false => Place::InKept,
                    }
                }
                None if is_ended || line.len() >= DECIDES => Place::InKept,
                None => return,
            },
        };
        if place != Place::InDropped {
            kept.extend_from_slice(line);
        }
        self.begun.clear();
        self.place = match (place, is_ended) {
            (Place::InKept, true) => Place::Kept,
            (Place::InDropped, true) => Place::Dropped,
            (place, _) => place,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_travels_as_its_bytes_allow() {
        let of = |bytes: &[u8]| travels(&mut &bytes[..]).unwrap();
        let long = |n: usize| [&vec![b'x'; n][..], b"\r\n"].concat();
        assert_eq!(of(b"A: b\r\n\r\ntext\r\n"), Travels::SevenBit);
        assert_eq!(of(b"A: b\n\ntext"), Travels::SevenBit);
        assert_eq!(
            of(&[b"A: b\n\n", &long(998)[..]].concat()),
            Travels::SevenBit
        );
        assert_eq!(of(b"Subject : x\n"), Travels::SevenBit);
        assert_eq!(of("A: b\r\n\r\nt\u{e9}xt".as_bytes()), Travels::EightBit);
        let long = [b"A: b\n\n", &long(999)[..]].concat();
        for odd in [
            &b"A: \0"[..],
            b"A: a\rb",
            b"A: a\r",
            &long,
            b"",
            b"text\r\n",
            b": a",
        ] {
            assert_eq!(of(odd), Travels::Encoded, "{odd:?}");
        }
    }

    #[test]
    fn who_got_it_unseen_is_taken_out_and_nothing_else() {
        let mail = "From: a\r\nBcc: secret@x.org,\r\n\tother@x.org\r\nTo: b\r\n c\r\nRESENT-BCC : secret\r\nBccs: d\r\n\r\nBcc: text\r\n";
        let wanted = "From: a\r\nTo: b\r\n c\r\nBccs: d\r\n\r\nBcc: text\r\n";
        for size in [1, 2, 3, 7, 1000] {
            let mut filter = WithoutBcc::default();
            let mut kept = Vec::new();
            for piece in mail.as_bytes().chunks(size) {
                filter.pass(piece, &mut kept);
            }
            filter.finish(&mut kept);
            assert_eq!(String::from_utf8(kept).unwrap(), wanted, "{size}");
        }
        let mut kept = Vec::new();
        let mut filter = WithoutBcc::default();
        filter.pass(b"Bc", &mut kept);
        filter.finish(&mut kept);
        assert_eq!(kept, b"Bc");
    }

    #[test]
    fn lines_end_as_they_must() {
        let mut out = Vec::new();
        copy_lines(Box::new(&b"a\nb\r\n\nc"[..]), &mut out).unwrap();
        assert_eq!(out, b"a\r\nb\r\n\r\nc");
    }
}
