//! Several messages in one mbox file (RFC 4155), in the kind that can be undone: mboxrd.
//!
//! A line that begins with `From `, or with any number of `>` before it, gets one `>` more, so that whoever takes one away has
//! the message as it was. Lines end with LF, as every reader of mbox has them. To know before changing it: messages come in
//! pieces of any length, so what a line begins with is remembered across them.

use std::io::{self, Write};

/// What a separating line begins with, and a quoted one.
pub(super) const FROM: &[u8] = b"From ";

/// A file being written.
pub struct Mbox<W> {
    out: W,
    line: Line,
    /// True after a CR that may belong to the end of a line.
    has_cr: bool,
}

/// Where the next byte stands.
#[derive(Clone, Copy)]
enum Line {
    /// Behind so many `>` at the beginning of a line, and so many bytes of `From `: neither is written yet.
    Begins { signs: usize, known: usize },
    /// Further behind.
    Goes,
}

const BEGIN: Line = Line::Begins { signs: 0, known: 0 };

impl<W: Write> Mbox<W> {
    /// An empty one.
    pub fn new(out: W) -> Mbox<W> {
        Mbox {
            out,
            line: BEGIN,
            has_cr: false,
        }
    }

    /// Begins a message: `from` is an address, `date` as `asctime` writes it, in UTC.
    ///
    /// # Errors
    /// As writing.
    pub fn begin(&mut self, from: &str, date: &str) -> io::Result<()> {
        let is_plain = !from.is_empty() && from.bytes().all(|b| b.is_ascii_graphic());
        let from = match is_plain {
            true => from,
            false => "MAILER-DAEMON",
        };
        self.line = BEGIN;
        self.has_cr = false;
        self.out
            .write_all(format!("From {from} {date}\n").as_bytes())
    }

    /// Adds bytes to the message that was begun last.
    ///
    /// # Errors
    /// As writing.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut written = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if self.has_cr {
                self.has_cr = false;
                if *byte != b'\n' {
                    self.put(b'\r', &mut written);
                }
            }
            match byte {
                b'\r' => self.has_cr = true,
                byte => self.put(*byte, &mut written),
            }
        }
        self.out.write_all(&written)
    }

    /// Ends the message that was begun last: a blank line follows it.
    ///
    /// # Errors
    /// As writing.
    pub fn end(&mut self) -> io::Result<()> {
        let mut written = Vec::new();
        if std::mem::take(&mut self.has_cr) {
            self.put(b'\r', &mut written);
        }
        if !matches!(self.line, Line::Begins { signs: 0, known: 0 }) {
            self.put(b'\n', &mut written);
        }
        written.push(b'\n');
        self.out.write_all(&written)
    }

    #[cfg(test)]
    pub(super) fn into_inner(self) -> W {
        self.out
    }

    fn put(&mut self, byte: u8, written: &mut Vec<u8>) {
        self.line = match (self.line, byte) {
            (Line::Goes, b'\n') => {
                written.push(byte);
                BEGIN
            }
            (Line::Goes, _) => {
                written.push(byte);
                Line::Goes
            }
            (Line::Begins { signs, known: 0 }, b'>') => Line::Begins {
                signs: signs.saturating_add(1),
                known: 0,
            },
            (Line::Begins { signs, known }, byte) if FROM.get(known) == Some(&byte) => {
                let known = known.saturating_add(1);
                match known == FROM.len() {
                    true => {
                        written.extend(std::iter::repeat_n(b'>', signs.saturating_add(1)));
                        written.extend(FROM);
                        Line::Goes
                    }
                    false => Line::Begins { signs, known },
                }
            }
            (Line::Begins { signs, known }, byte) => {
                written.extend(std::iter::repeat_n(b'>', signs));
                written.extend(FROM.get(..known).unwrap_or_default());
                written.push(byte);
                match byte {
                    b'\n' => BEGIN,
                    _ => Line::Goes,
                }
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in a file, each message as it was: lines end with CRLF again.
    fn read(file: &[u8]) -> Vec<Vec<u8>> {
        let mut all: Vec<Vec<u8>> = Vec::new();
        for line in file.split_inclusive(|b| *b == b'\n') {
            if line.starts_with(FROM) {
                all.push(Vec::new());
                continue;
            }
            let signs = line.iter().take_while(|b| **b == b'>').count();
            let is_quoted = signs > 0 && line[signs..].starts_with(FROM);
            let line = &line[usize::from(is_quoted)..];
            let message = all.last_mut().unwrap();
            message.extend(&line[..line.len() - 1]);
            message.extend(b"\r\n");
        }
        for message in &mut all {
            assert!(message.ends_with(b"\r\n\r\n"));
            message.truncate(message.len() - 2);
        }
        all
    }

    #[test]
    fn what_is_written_in_pieces_of_any_length_is_read_as_it_was() {
        let messages: [&[u8]; 8] = [
            b"Subject: a\r\n\r\nFrom me\r\n>From you\r\n>>>From all\r\n",
            b"From: x\r\n\r\nFro\r\nFrom\r\n> From\r\n>\r\n>>\r\n>Fro>From \r\n",
            b"x\r\n\r\nFrom \r\nfrom me\r\nFrom\tme\r\n\r\n\r\n",
            b"a\rb\r\r\n\r\n\xff\x00>From \r\n",
            b"\r\n",
            b"From \r\nFrom \r\n",
            b">From \r\n",
            b">>>>>>>>>>\r\nFrom here on\r\n",
        ];
        for length in [1, 2, 3, 5, 1000] {
            let mut mbox = Mbox::new(Vec::new());
            for message in messages {
                mbox.begin("ann@example.org", "Thu Jan  1 00:00:00 1970")
                    .unwrap();
                for piece in message.chunks(length) {
                    mbox.write(piece).unwrap();
                }
                mbox.end().unwrap();
            }
            assert_eq!(read(&mbox.out), messages, "{length}");
        }
    }

    #[test]
    fn a_message_without_an_end_gets_one_and_a_sender_without_an_address_a_name() {
        let mut mbox = Mbox::new(Vec::new());
        mbox.begin("two words\n", "Thu Jan  1 00:00:00 1970")
            .unwrap();
        mbox.write(b"a\r\nFrom").unwrap();
        mbox.end().unwrap();
        mbox.begin("", "Thu Jan  1 00:00:00 1970").unwrap();
        mbox.end().unwrap();
        let expected = "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\na\nFrom\n\nFrom MAILER-DAEMON Thu Jan  1 00:00:00 1970\n\n";
        assert_eq!(String::from_utf8(mbox.out).unwrap(), expected);
    }
}
