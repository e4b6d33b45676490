//! A stream of bytes to whole responses: a line, and where it ends in `{n}`, n bytes and the next line.
//!
//! Not for reading them. To know before changing it: `lexer` finds the literals again by the same rule, and a literal's
//! size is judged when it is announced, before a byte of it is stored. A response that is too large to be kept is stepped
//! over, and only the beginning of its first line is given: one message must not end the connection for all others. How
//! much a request receives in all is counted beneath TLS.

use super::connect::garbled;
use super::lexer::{Lexer, number};
use crate::error::Result;

/// Longest literal that is kept, in bytes.
const LITERAL_BYTES: usize = 16 * 1024 * 1024;
/// Longest line that is kept, in bytes: an untagged SEARCH over a million messages is one.
const LINE_BYTES: usize = 8 * 1024 * 1024;
/// Longest literal that is stepped over, in bytes: no request may receive more.
const STEP_BYTES: usize = 32 * 1024 * 1024;
/// What is kept of a response that is stepped over, in bytes: whose it is stands in front.
const HEAD_BYTES: usize = 4 * 1024;
/// How much of a line's end may hold the announcement of a literal, in bytes.
const ANNOUNCEMENT: usize = 64;

/// Cuts a stream of bytes into responses: a line, and where it ends in `{n}`, n bytes and the next line.
#[derive(Default)]
pub(super) struct Framer {
    held: Vec<u8>,
    /// Where the response that is being read begins, and the line of it that is being read; how far that was searched.
    start: usize,
    line: usize,
    searched: usize,
    over: Option<Over>,
}

/// A response that is being stepped over: `start` is how far.
struct Over {
    head: Vec<u8>,
    /// Bytes of a literal that are still to come.
    literal: usize,
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

    /// The next response, once all of it is here. One of more than so many bytes is stepped over.
    ///
    /// # Errors
    /// `Garbled` where a literal is announced that no request may receive.
    pub(super) fn next(&mut self, budget: usize) -> Result<Option<Vec<u8>>> {
        loop {
            if self.over.is_some() {
                return self.step();
            }
            let from = self.searched.max(self.line);
            let ahead = self.held.get(from..).unwrap_or_default();
            let Some(end) = ahead.iter().position(|b| *b == b'\n') else {
                self.searched = from.max(self.held.len());
                if self.held.len().saturating_sub(self.line) <= LINE_BYTES.min(budget) {
                    return Ok(None);
                }
                self.step_over(self.line, 0);
                continue;
            };
            let end = from.saturating_add(end).saturating_add(1);
            let line = self.held.get(self.line..end).unwrap_or_default();
            if line.len() > LINE_BYTES.min(budget) {
                self.step_over(self.line, 0);
                continue;
            }
            let first = self.line == self.start;
            match announced(line).filter(|_| !(first && is_prose(line))) {
                Some(size) => {
                    let size = size.filter(|size| *size <= STEP_BYTES);
                    let size = size.ok_or_else(|| garbled("a literal is too long"))?;
                    let so_far = end.saturating_sub(self.start);
                    if size > LITERAL_BYTES || so_far.saturating_add(size) > budget {
                        self.step_over(end, size);
                        continue;
                    }
                    self.line = end.saturating_add(size);
                    self.searched = self.line;
                }
                None => {
                    let response = self.held.get(self.start..end).map(<[u8]>::to_vec);
                    self.begin(end);
                    return Ok(response);
                }
            }
        }
    }

    /// The response that began at `start` is not kept: from `at` on it is stepped over, a literal first.
    fn step_over(&mut self, at: usize, literal: usize) {
        let begun = self.held.get(self.start..).unwrap_or_default();
        let line = begun.split(|b| *b == b'\n').next().unwrap_or_default();
        // A literal that is not there would be read as the word that announces it.
        let announcement = line.iter().rposition(|b| *b == b'{');
        let most = announcement.unwrap_or(line.len()).min(HEAD_BYTES);
        let head = line.get(..most).unwrap_or_default().to_vec();
        self.over = Some(Over { head, literal });
        self.begin(at);
    }

    fn begin(&mut self, at: usize) {
        self.start = at;
        self.line = at;
        self.searched = at;
    }

    /// Goes on stepping over; the head of the response once its end has come.
    fn step(&mut self) -> Result<Option<Vec<u8>>> {
        while let Some(over) = &mut self.over {
            let here = self.held.len().saturating_sub(self.start);
            let of_literal = over.literal.min(here);
            over.literal = over.literal.saturating_sub(of_literal);
            let from = self.start.saturating_add(of_literal);
            let line = self.held.get(from..).unwrap_or_default();
            if over.literal > 0 {
                self.begin(from);
                return Ok(None);
            }
            let Some(end) = line.iter().position(|b| *b == b'\n') else {
                let tail = line.len().saturating_sub(ANNOUNCEMENT);
                self.begin(from.saturating_add(tail));
                return Ok(None);
            };
            let line = line.get(..=end).unwrap_or_default();
            let announced = announced(line);
            let behind = from.saturating_add(end).saturating_add(1);
            match announced {
                Some(size) => {
                    let size = size.filter(|size| *size <= STEP_BYTES);
                    over.literal = size.ok_or_else(|| garbled("a literal is too long"))?;
                    self.begin(behind);
                }
                None => {
                    let over = self.over.take();
                    self.begin(behind);
                    return Ok(over.map(|over| over.head));
                }
            }
        }
        Ok(None)
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
        for size in ["33554433", "4294967296", "99999999999999999999999"] {
            let line = format!("* 1 FETCH (BODY[] {{{size}}}\r\n");
            assert!(framed(line.as_bytes(), 5).is_err(), "{size}");
        }
    }

    #[test]
    fn what_is_too_large_is_stepped_over_and_loses_nothing_else() {
        let large = LITERAL_BYTES + 1;
        let literal = format!("* 2 FETCH (UID 2 BODY[1] {{{large}}}\r\n");
        let long = vec![b'x'; large];
        let all = [
            b"* 1 FETCH (UID 1)\r\n".as_slice(),
            literal.as_bytes(),
            &long,
            b" BODY[2] {3}\r\n)\r\n BODY[3] NIL)\r\n",
            b"* 3 FETCH (UID 3 X (",
            &long,
            b" {2}\r\n\r\n))\r\n",
            b"a1 OK done\r\n",
        ]
        .concat();
        let responses: [&[u8]; 4] = [
            b"* 1 FETCH (UID 1)\r\n",
            b"* 2 FETCH (UID 2 BODY[1] ",
            &[b"* 3 FETCH (UID 3 X (".as_slice(), &long[..HEAD_BYTES - 20]].concat(),
            b"a1 OK done\r\n",
        ];
        for step in [1_000, 65_537, all.len()] {
            let responses = responses.iter().map(|r| r.to_vec()).collect();
            assert!(framed(&all, step) == Ok(responses), "{step}");
        }
        // A smaller budget does the same to smaller ones.
        let mut framer = Framer::default();
        framer.add(b"* 1 FETCH (BODY[] {5}\r\nhello)\r\n* 2 EXISTS\r\n");
        assert_eq!(framer.next(20), Ok(Some(b"* 1 FETCH (BODY[] ".to_vec())));
        assert_eq!(framer.next(20), Ok(Some(b"* 2 EXISTS\r\n".to_vec())));
    }
}
