//! A stream of bytes to whole responses: a line, and where it ends in `{n}`, n bytes and the next line.
//!
//! Not for reading them. To know before changing it: `lexer` finds the literals again by the same rule, and a literal's
//! size is judged when it is announced, before a byte of it is stored.

use super::connect::garbled;
use super::lexer::{Lexer, number};
use crate::error::Result;

/// Longest literal, in bytes.
const LITERAL_BYTES: usize = 16 * 1024 * 1024;
/// Longest line, in bytes: an untagged SEARCH over a million messages is one.
const LINE_BYTES: usize = 8 * 1024 * 1024;

/// Cuts a stream of bytes into responses: a line, and where it ends in `{n}`, n bytes and the next line.
#[derive(Default)]
pub(super) struct Framer {
    held: Vec<u8>,
    /// Where the response that is being read begins, and the line of it that is being read; how far that was searched.
    start: usize,
    line: usize,
    searched: usize,
}

impl Framer {
    /// Adds what has come.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.held.drain(..self.start);
            self.line = self.line.saturating_sub(self.start);
            self.searched = self.searched.saturating_sub(self.start);
            self.start = 0;
        }
        self.held.extend_from_slice(bytes);
    }

    /// The next response, once all of it is here; it may be so many bytes long.
    ///
    /// # Errors
    /// `Garbled` where a line or a literal is longer than allowed; for a literal before its first byte is stored.
    pub(super) fn next(&mut self, budget: usize) -> Result<Option<Vec<u8>>> {
        loop {
            let from = self.searched.max(self.line);
            let ahead = self.held.get(from..).unwrap_or_default();
            let Some(end) = ahead.iter().position(|b| *b == b'\n') else {
                self.searched = from.max(self.held.len());
                if self.held.len().saturating_sub(self.line) > LINE_BYTES.min(budget) {
                    return Err(garbled("a line is too long"));
                }
                return Ok(None);
            };
            let end = from.saturating_add(end).saturating_add(1);
            let line = self.held.get(self.line..end).unwrap_or_default();
            let first = self.line == self.start;
            match announced(line).filter(|_| !(first && is_prose(line))) {
                Some(size) => {
                    let size = size.filter(|size| {
                        let so_far = end.saturating_sub(self.start);
                        *size <= LITERAL_BYTES && so_far.saturating_add(*size) <= budget
                    });
                    let size = size.ok_or_else(|| garbled("a literal is too long"))?;
                    self.line = end.saturating_add(size);
                    self.searched = self.line;
                }
                None => {
                    let response = self.held.get(self.start..end).map(<[u8]>::to_vec);
                    self.start = end;
                    self.line = end;
                    self.searched = end;
                    return Ok(response);
                }
            }
        }
    }
}

/// The size in `{n}` at the end of a line, inside a Some; None within where it is more than a number can hold.
fn announced(line: &[u8]) -> Option<Option<usize>> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_suffix(b"}")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let open = line.iter().rposition(|b| *b == b'{')?;
    let digits = line.get(open.checked_add(1)?..)?;
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| number(digits))
}

/// True for a line whose end is text for people, in which `{5}` announces nothing: tagged ends, `+`, `* OK` and its like.
fn is_prose(line: &[u8]) -> bool {
    let mut lexer = Lexer::new(line);
    let untagged = lexer.word() == b"*";
    let word = lexer.word().to_ascii_uppercase();
    !untagged
        || matches!(
            word.as_slice(),
            b"OK" | b"NO" | b"BAD" | b"BYE" | b"PREAUTH"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(bytes: &[u8], step: usize) -> Result<Vec<Vec<u8>>> {
        let mut framer = Framer::default();
        let mut responses = Vec::new();
        for piece in bytes.chunks(step) {
            framer.add(piece);
            while let Some(response) = framer.next(usize::MAX)? {
                responses.push(response);
            }
        }
        Ok(responses)
    }

    #[test]
    fn responses_are_cut_at_the_same_places_however_they_arrive() {
        let responses: [&[u8]; 5] = [
            b"* 1 FETCH (BODY[] {8}\r\n* 1 {9}\n)\r\n",
            b"* OK see {9}\r\n",
            b"* LIST () \"/\" {3}\r\na\r\n\r\n",
            b"* 2 FETCH (X ~{0}\r\n Y {2+}\r\n\0\n)\n",
            b"a1 NO {5}\r\n",
        ];
        let all = responses.concat();
        for step in [1, 2, 7, all.len()] {
            assert_eq!(
                framed(&all, step),
                Ok(responses.iter().map(|r| r.to_vec()).collect())
            );
        }
    }

    #[test]
    fn a_literal_is_refused_by_its_announcement() {
        for size in ["16777217", "4294967296", "99999999999999999999999"] {
            let line = format!("* 1 FETCH (BODY[] {{{size}}}\r\n");
            assert!(framed(line.as_bytes(), 5).is_err(), "{size}");
        }
    }
}
