//! Transfer encodings (RFC 2045 6) to bytes, in one go or piece by piece with the same result.
//!
//! Total and lenient: what is no base64 is passed over, what is no quoted-printable stays as it is written. Nothing here
//! knows charsets. The state between two pieces is a few bytes, so an attachment of any size streams through.

use super::uu::decode_line;
use crate::mail::Encoding;

/// Longest run of white space that is kept until it is clear whether its line ends there.
const HELD: usize = 1000;

/// How far a part is, of those encodings that go by lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    /// Before the first line that counts.
    Before,
    /// Inside of what is encoded.
    Within,
    /// Behind its end.
    Behind,
    /// It is not encoded, whatever it says.
    Bare,
}

/// Takes pieces of an encoded part and gives the decoded bytes.
#[derive(Debug)]
pub struct Decoder {
    encoding: Encoding,
    bits: u32,
    digits: u8,
    held: Vec<u8>,
    lines: Lines,
    /// True once it has been seen whether what is called base64 is any.
    is_judged: bool,
}

/// Decodes a whole part.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut decoder = Decoder::new(encoding);
    decoder.push(bytes, &mut out);
    decoder.finish(&mut out);
    out
}

impl Decoder {
    /// For one part in this encoding.
    pub fn new(encoding: Encoding) -> Decoder {
        Decoder {
            encoding,
            bits: 0,
            digits: 0,
            held: Vec::new(),
            lines: Lines::Before,
            is_judged: false,
        }
    }

    /// Decodes the next piece, appending to `out`.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        match self.encoding {
            Encoding::Plain => out.extend_from_slice(piece),
            Encoding::Base64 => piece.iter().for_each(|b| self.digit(*b, out)),
            Encoding::QuotedPrintable => piece.iter().for_each(|b| self.printable(*b, out)),
            Encoding::Uu => piece.iter().for_each(|b| self.uuencoded(*b, out)),
        }
    }

    /// What the end of the part still gives; a new part may follow.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.encoding == Encoding::Uu {
            self.uu_line(out);
            self.lines = Lines::Before;
            return;
        }
        if !self.is_judged && self.encoding == Encoding::Base64 {
            self.judge(out);
        }
        self.is_judged = false;
        if self.lines == Lines::Within {
            self.after_padding(out);
        }
        self.lines = Lines::Before;
        self.group(out);
        // A half escape is text; a lone `=` or white space at the very end is nothing.
        if let [b'=', hex] = self.held.as_slice()
            && hex.is_ascii_hexdigit()
        {
            out.extend([b'=', *hex]);
        }
        self.held.clear();
    }

    /// One byte of uuencode.
    fn uuencoded(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.held.push(byte);
        if byte == b'\n' || self.held.len() >= HELD {
            self.uu_line(out);
        }
    }

    fn uu_line(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        let row = held.strip_suffix(b"\n").unwrap_or(&held);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        match self.lines {
            Lines::Before if row.is_empty() => {}
            Lines::Before if row.starts_with(b"begin ") => self.lines = Lines::Within,
            Lines::Before | Lines::Bare => {
                self.lines = Lines::Bare;
                out.extend_from_slice(&held);
            }
            Lines::Within if row.trim_ascii_end() == b"end" => self.lines = Lines::Behind,
            Lines::Within if !matches!(row, b"" | b"`" | b" ") => {
                let mut bytes = Vec::new();
                if decode_line(row, &mut bytes).is_some() {
                    out.append(&mut bytes);
                }
            }
            Lines::Within | Lines::Behind => {}
        }
    }

    /// One byte of base64. Padding ends a group, not the part: some senders join several encoded pieces. Others put plain
    /// lines behind it, the footer of a list or a disclaimer: what follows padding is looked at by lines.
    fn digit(&mut self, byte: u8, out: &mut Vec<u8>) {
        if !self.is_judged {
            self.held.push(byte);
            if self.held.len() >= HELD {
                self.judge(out);
            }
            return;
        }
        match self.lines {
            Lines::Bare => out.push(byte),
            Lines::Within => {
                self.held.push(byte);
                if byte == b'\n' || self.held.len() >= HELD {
                    self.after_padding(out);
                }
            }
            Lines::Before | Lines::Behind => self.coded(byte, out),
        }
    }

    /// Whether what is called base64 is any: its beginning is not, where most of its lines have blanks within and something
    /// in it is no sign of base64.
    fn judge(&mut self, out: &mut Vec<u8>) {
        self.is_judged = true;
        let held = std::mem::take(&mut self.held);
        let (mut rows, mut words) = (0_usize, 0_usize);
        for row in held.split(|b| *b == b'\n').map(<[u8]>::trim_ascii) {
            rows = rows.saturating_add(usize::from(!row.is_empty()));
            words = words.saturating_add(usize::from(row.contains(&b' ')));
        }
        let is_foreign = |b: &u8| {
            !(b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || b"+/=-_".contains(b))
        };
        if words.saturating_mul(2) > rows && held.iter().any(is_foreign) {
            self.lines = Lines::Bare;
            out.extend_from_slice(&held);
        } else {
            held.iter().for_each(|b| self.digit(*b, out));
        }
    }

    /// The line behind padding: continues the code, or is no code, nor is anything after it.
    fn after_padding(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        let row = held.trim_ascii();
        let is_code = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
        if row.iter().all(is_code) {
            self.lines = Lines::Before;
            held.iter().for_each(|b| self.coded(*b, out));
            // Until there are digits again, the next line is one behind padding, too.
            if self.digits == 0 {
                self.lines = Lines::Within;
            }
        } else {
            self.lines = Lines::Bare;
            out.extend_from_slice(&held);
        }
    }

    fn coded(&mut self, byte: u8, out: &mut Vec<u8>) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                self.group(out);
                self.lines = Lines::Within;
                return;
            }
            _ => return,
        };
        self.bits = self.bits << 6 | u32::from(value);
        self.digits += 1;
        if self.digits == 4 {
            let [_, a, b, c] = self.bits.to_be_bytes();
            out.extend([a, b, c]);
            (self.bits, self.digits) = (0, 0);
        }
    }

    /// The bytes of a group that ends early.
    fn group(&mut self, out: &mut Vec<u8>) {
        let [_, a, b, _] = (self.bits << (6 * u32::from(4 - self.digits.min(4)))).to_be_bytes();
        match self.digits {
            2 => out.push(a),
            3 => out.extend([a, b]),
            _ => {}
        }
        (self.bits, self.digits) = (0, 0);
    }

    /// One byte of quoted-printable. What cannot be judged yet is in `held`: an escape begun, or white space that
    /// vanishes if the line ends after it.
    fn printable(&mut self, byte: u8, out: &mut Vec<u8>) {
        let blank = matches!(byte, b' ' | b'\t');
        match (self.held.first(), self.held.last(), self.held.len()) {
            (None, _, _) => {
                if byte == b'=' || blank {
                    self.held.push(byte);
                } else {
                    out.push(byte);
                }
                return;
            }
            (Some(b'='), _, 1) if byte.is_ascii_hexdigit() => return self.held.push(byte),
            (Some(b'='), Some(hex), 2) if hex.is_ascii_hexdigit() => {
                if let (Some(high), Some(low)) = (value(*hex), value(byte)) {
                    out.push(high << 4 | low);
                    return self.held.clear();
                }
            }
            (Some(b'='), _, _) if byte == b'\n' => return self.held.clear(),
            (Some(b'='), Some(b'\r'), _) => {
                self.held.clear();
                return self.printable(byte, out);
            }
            (Some(b'='), _, len) if (blank || byte == b'\r') && len < HELD => {
                return self.held.push(byte);
            }
            (Some(b'='), _, _) => {}
            (_, _, len) if blank && len < HELD => return self.held.push(byte),
            _ if matches!(byte, b'\r' | b'\n') => self.held.clear(),
            _ => {}
        }
        out.append(&mut self.held);
        self.printable(byte, out);
    }
}

fn value(hex: u8) -> Option<u8> {
    char::from(hex)
        .to_digit(16)
        .and_then(|v| u8::try_from(v).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_however_it_is_written() {
        for (coded, plain) in [
            ("aGVsbG8=", "hello"),
            ("aGVs\r\nbG8", "hello"),
            ("aGVs*bG8=aGVsbG8", "hellohello"),
            ("aGVsbA", "hell"),
            ("aGVsbG8=\r\naGVsbG8=\r\n", "hellohello"),
            // What a list wrote below it.
            (
                "aGVsbG8=\r\n\r\n____\r\nlist of ours\r\n",
                "hello____\r\nlist of ours\r\n",
            ),
            ("=", ""),
            ("", ""),
        ] {
            assert_eq!(decode(coded.as_bytes(), Encoding::Base64), plain.as_bytes());
        }
    }

    #[test]
    fn uuencode_is_read_and_what_is_none_stays() {
        for (coded, plain) in [
            ("begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n", "Cat"),
            ("\nbegin 644 a.txt\n#0V%T\n#0V%T", "CatCat"),
            ("no such\r\nthing", "no such\r\nthing"),
            ("", ""),
        ] {
            let read = decode(coded.as_bytes(), Encoding::Uu);
            assert_eq!(String::from_utf8_lossy(&read), plain, "{coded}");
        }
    }

    #[test]
    fn quoted_printable_is_read_however_it_is_written() {
        for (coded, plain) in [
            ("a=3Db", "a=b"),
            ("a=3db =\r\nc", "a=b c"),
            ("soft = \t\r\nbreak", "soft break"),
            ("line  \r\nnext\t\n", "line\r\nnext\n"),
            ("50=% of =ZZ =4", "50=% of =ZZ =4"),
            ("end=", "end"),
            ("a=\rb", "ab"),
            ("a  b ", "a  b"),
        ] {
            assert_eq!(
                String::from_utf8_lossy(&decode(coded.as_bytes(), Encoding::QuotedPrintable)),
                plain,
                "{coded:?}"
            );
        }
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let spaces = " ".repeat(2500);
        let coded = format!("aGVs=3D=\r\n =4x =\r==41{spaces}\r\nbG8=={spaces}x= \t\n=C3=A9 =");
        let lines = format!("begin 644 x\n#0V%T\n{spaces}\nend");
        for (encoding, coded) in [
            (Encoding::Plain, &coded),
            (Encoding::Base64, &coded),
            (Encoding::QuotedPrintable, &coded),
            (Encoding::Uu, &coded),
            (Encoding::Uu, &lines),
        ] {
            let whole = decode(coded.as_bytes(), encoding);
            for size in [1, 2, 3, 7, 999, 1000, 1001] {
                let (mut decoder, mut out) = (Decoder::new(encoding), Vec::new());
                for piece in coded.as_bytes().chunks(size) {
                    decoder.push(piece, &mut out);
                }
                decoder.finish(&mut out);
                assert_eq!(out, whole, "{encoding:?} in pieces of {size}");
            }
        }
    }
}
