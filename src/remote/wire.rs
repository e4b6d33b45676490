//! The stream that the `imap` crate reads and writes: frames responses, bounds them, keeps them, and hands the crate only
//! what it can digest.
//!
//! Not for meaning: that is `answer`'s. To know before changing it: a line that the crate cannot parse ends its command
//! as if the server had said goodbye, and leaves the rest unread; a second tag in flight puts it out of step for good. So
//! it gets the greeting, the continuations, and one tagged end a flight. Everything else is kept here until the flight
//! is taken.
//!
//! How a flight goes: the crate writes commands, and each `flush` marks the end of one (its tag is noted); nothing is
//! sent. Of a command that was loaded before, only the tag is the crate's: what stands behind it are the segments. The
//! crate's first read sends all of it in one write, then reads responses until every noted tag has ended. A literal that
//! waits is sent when the server asks for it, and never where the command has ended before.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::rc::Rc;

use imap_proto::{Response as Parsed, parser::parse_response};

use super::connect::{Stream, failed, garbled};
use super::end::{End, Status};
use super::frames::Framer;
use super::kept::{Kept, Tagged};
use super::lexer::Lexer;
use super::segments::{Content, Segment, Segments};
use crate::error::{Cause, Error, Imap, Result, Said};
use crate::seal::Wiped;

/// How much is asked of the stream, or of a file that is sent, at once, in bytes.
const PIECE: usize = 16 * 1024;

/// A handle on the wire: one goes into the crate, one stays with `Remote`.
#[derive(Clone)]
pub struct Wire(Rc<RefCell<Inner>>);

/// What waits to be sent.
enum Piece {
    /// Bytes of as many commands as there are; one of them may hold a password.
    Bytes(Wiped),
    /// Nothing goes out before the server has asked for it.
    Pause,
    /// So many bytes of a file.
    File(Box<dyn Read>, u64),
}

struct Inner {
    stream: Box<dyn Stream>,
    /// What the crate has written of a command.
    written: Wiped,
    /// What goes out instead, behind the tag.
    loaded: Option<Segments>,
    /// Whole commands that are not sent yet.
    out: VecDeque<Piece>,
    /// The command in flight is one that continues (AUTHENTICATE, APPEND): a `+` is for the crate.
    continues: bool,
    /// The server waits for what continues a command: it goes out as it is.
    continuing: bool,
    greeting: bool,
    framer: Framer,
    kept: Kept,
    /// What the crate may read.
    for_crate: VecDeque<u8>,
    /// Why the connection can no longer be used.
    fault: Option<Error>,
    /// What the server said with BYE.
    goodbye: Option<Said>,
}

impl Wire {
    /// Over a connected stream; `greeted` where the greeting was read before.
    pub fn new(stream: Box<dyn Stream>, greeted: bool) -> Wire {
        Wire(Rc::new(RefCell::new(Inner {
            stream,
            written: Wiped::default(),
            loaded: None,
            out: VecDeque::new(),
            continues: false,
            continuing: false,
            greeting: !greeted,
            framer: Framer::default(),
            kept: Kept::default(),
            for_crate: VecDeque::new(),
            fault: None,
            goodbye: None,
        })))
    }

    /// Takes what has come since the last time.
    pub fn take(&self) -> Kept {
        std::mem::take(&mut self.0.borrow_mut().kept)
    }

    /// What the command that the crate writes next is to say.
    pub fn load(&self, command: Segments) {
        self.0.borrow_mut().loaded = Some(command);
    }

    /// Says whether the command that comes next is one that continues. A `+` that nobody waits for is dropped.
    pub fn expect_continuation(&self, continues: bool) {
        let mut inner = self.0.borrow_mut();
        inner.continues = continues;
        inner.continuing = false;
    }

    /// Why the connection can no longer be used, if so.
    pub fn fault(&self) -> Option<Error> {
        self.0.borrow().fault.clone()
    }

    /// True once the server has said BYE.
    pub fn said_goodbye(&self) -> bool {
        self.0.borrow().goodbye.is_some()
    }

    /// Sends what was written without reading an answer: for LOGOUT.
    pub fn send(&self) -> io::Result<()> {
        let mut inner = self.0.borrow_mut();
        while let Some(piece) = inner.out.pop_front() {
            if let Piece::Bytes(bytes) = piece {
                inner.stream.write_all(bytes.bytes())?;
            }
        }
        inner.stream.flush()
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.0.borrow_mut();
        if inner.continuing {
            inner.stream.write_all(bytes)?;
        } else {
            inner.written.push(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().end_of_command()
    }
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut inner = self.0.borrow_mut();
        if inner.for_crate.is_empty() {
            inner.fly().map_err(|error| {
                let error = inner.farewell(error);
                let told = format!("{:?}", error.log_kind());
                inner.fault = Some(error);
                io::Error::other(told)
            })?;
        }
        inner.for_crate.read(into)
    }
}

impl Inner {
    /// The crate flushes once after each command, and once after each continuation.
    fn end_of_command(&mut self) -> io::Result<()> {
        if self.continuing {
            self.continuing = false;
            return self.stream.flush();
        }
        let written = std::mem::take(&mut self.written);
        let tag = Lexer::new(written.bytes()).word().to_vec();
        if tag.is_empty() {
            return Ok(());
        }
        match self.loaded.take() {
            None => self.queue(written.bytes()),
            Some(command) => {
                self.queue(&tag);
                self.queue(b" ");
                self.queue_segments(command);
                self.queue(b"\r\n");
            }
        }
        self.kept.tags.push(tag);
        Ok(())
    }

    fn queue_segments(&mut self, command: Segments) {
        for segment in command.into_segments() {
            match segment {
                Segment::Text(text) => self.queue(text.as_bytes()),
                Segment::Literal { content, waits } => {
                    if waits {
                        self.out.push_back(Piece::Pause);
                    }
                    match content {
                        Content::Bytes(bytes) => self.queue(Wiped::new(bytes).bytes()),
                        Content::File { from, len } => self.out.push_back(Piece::File(from, len)),
                    }
                }
            }
        }
    }

    /// Adds bytes behind what waits, so that neighbours go out in one write.
    fn queue(&mut self, bytes: &[u8]) {
        match self.out.back_mut() {
            Some(Piece::Bytes(before)) => before.push(bytes),
            _ => self.out.push_back(Piece::Bytes(Wiped::new(bytes.to_vec()))),
        }
    }

    /// Sends what waits, then reads until there is something that the crate has to see.
    fn fly(&mut self) -> Result<()> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        loop {
            let waits = self.send()?;
            while self.for_crate.is_empty() {
                let response = self.response()?;
                let asks_on = response.first() == Some(&b'+');
                if asks_on && waits {
                    break;
                }
                self.sort(response)?;
            }
            if !self.for_crate.is_empty() {
                // What was not asked for is not sent: its command has ended.
                self.out.clear();
                return Ok(());
            }
        }
    }

    /// Sends what waits; true where a literal comes next that the server has to ask for (RFC 9051 4.3).
    fn send(&mut self) -> Result<bool> {
        let sent = self.send_pieces();
        if let Err(Error::Imap(Imap::Unreachable, _)) = &sent {
            // It hung up, and may have said why before.
            while let Ok(response) = self.response() {
                self.sort(response)?;
            }
        }
        sent
    }

    fn send_pieces(&mut self) -> Result<bool> {
        let lost = |e: io::Error| failed("sending", &e);
        while let Some(piece) = self.out.pop_front() {
            match piece {
                Piece::Pause => return Ok(true),
                Piece::Bytes(bytes) => {
                    let written = self.stream.write_all(bytes.bytes());
                    written.and_then(|()| self.stream.flush()).map_err(lost)?;
                }
                Piece::File(from, len) => self.send_file(from, len)?,
            }
        }
        Ok(false)
    }

    /// Sends so many bytes of a file. Where it has fewer or cannot be read, the connection is cut: whatever else was sent
    /// would be taken for the rest of the message.
    fn send_file(&mut self, mut from: Box<dyn Read>, len: u64) -> Result<()> {
        let mut piece = [0; PIECE];
        let mut left = len;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
            let into = piece.get_mut(..most).unwrap_or_default();
            let read = match from.read(into) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                other => other,
            };
            let count = read.map_err(|e| {
                self.stream = Box::new(io::empty());
                Error::Internal(Cause::at("reading what is being sent", e))
            })?;
            let bytes = piece.get(..count).unwrap_or_default();
            let written = self.stream.write_all(bytes);
            written.map_err(|e| failed("sending", &e))?;
            left = left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        }
        self.stream.flush().map_err(|e| failed("sending", &e))
    }

    /// Reads one whole response.
    fn response(&mut self) -> Result<Vec<u8>> {
        loop {
            if let Some(response) = self.framer.next(self.kept.room())? {
                return Ok(response);
            }
            let mut piece = [0; PIECE];
            let count = loop {
                match self.stream.read(&mut piece) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    other => break other.map_err(|e| failed("reading", &e))?,
                }
            };
            if count == 0 {
                let cause = Cause::new("the server closed the connection");
                return Err(Error::Imap(Imap::Unreachable, cause));
            }
            self.framer.add(piece.get(..count).unwrap_or_default());
        }
    }

    /// Why a connection is lost that the server had said goodbye on.
    fn farewell(&self, error: Error) -> Error {
        match (error, &self.goodbye) {
            (Error::Imap(Imap::Unreachable, cause), Some(said)) => {
                Error::Imap(Imap::Goodbye(said.clone()), cause)
            }
            (error, _) => error,
        }
    }

    /// Decides who gets a response: the crate, or the code that takes the flight.
    fn sort(&mut self, response: Vec<u8>) -> Result<()> {
        if self.greeting {
            self.greeting = false;
            if response.first() != Some(&b'*') {
                return Err(garbled("the greeting is not that of an IMAP server"));
            }
            self.for_crate.extend(&response);
            return self.kept.keep(response);
        }
        let mut lexer = Lexer::new(&response);
        match lexer.word() {
            b"*" => {
                if lexer.word().eq_ignore_ascii_case(b"BYE") {
                    let end = End::read(Status::No, lexer.rest());
                    self.goodbye = Some(Said::new(&end.text));
                }
                self.kept.keep(response)?;
            }
            [b'+', ..] if self.continues => {
                self.continuing = true;
                self.for_crate.extend(&response);
            }
            [b'+', ..] => {}
            // A line of white space between two responses: some servers send one after a literal.
            b"" => {}
            tag => {
                let tag = tag.to_vec();
                self.ended(&tag, &response)?;
            }
        }
        Ok(())
    }

    /// Keeps the end of a command. The end of the last one still in flight goes to the crate, under the tag it waits for.
    fn ended(&mut self, tag: &[u8], response: &[u8]) -> Result<()> {
        let Some(command) = self.kept.tags.iter().position(|known| known == tag) else {
            return self.untagged_by_mistake(response);
        };
        if self.kept.ends.iter().any(|end| end.command == command) {
            return Err(garbled("a command ended twice"));
        }
        let mut lexer = Lexer::new(response);
        lexer.word();
        let word = lexer.word().to_ascii_uppercase();
        let status = match word.as_slice() {
            b"OK" => Status::Ok,
            b"NO" => Status::No,
            b"BAD" => Status::Bad,
            _ => return Err(garbled("a command ended neither OK nor NO nor BAD")),
        };
        let text = lexer.rest().to_vec();
        self.kept.ends.push(Tagged {
            command,
            status,
            text,
            behind: self.kept.untagged().len(),
        });
        if self.kept.ends.len() < self.kept.tags.len() {
            return Ok(());
        }
        let last = self.kept.tags.last().cloned().unwrap_or_default();
        if last == tag && crate_reads(response) {
            self.for_crate.extend(response);
        } else {
            self.for_crate.extend(plain_end(&last, self.last_status()));
        }
        Ok(())
    }

    /// A line that begins neither with `*` nor with one of our tags. An end under another tag means that client and server
    /// are out of step; anything else (Exchange forgets the `* OK` before a response code) only loses itself.
    fn untagged_by_mistake(&mut self, response: &[u8]) -> Result<()> {
        let mut lexer = Lexer::new(response);
        lexer.word();
        let word = lexer.word().to_ascii_uppercase();
        if matches!(word.as_slice(), b"OK" | b"NO" | b"BAD") {
            return Err(garbled("an answer to what was not asked"));
        }
        self.kept.keep(response.to_vec())
    }

    /// How the command that was sent last ended.
    fn last_status(&self) -> Status {
        let last = self.kept.tags.len().checked_sub(1);
        let end = self.kept.ends.iter().find(|end| Some(end.command) == last);
        end.map_or(Status::Ok, |end| end.status)
    }
}

/// True for a tagged end that the crate's parser reads to its last byte.
fn crate_reads(response: &[u8]) -> bool {
    matches!(parse_response(response), Ok((rest, Parsed::Done { .. })) if rest.is_empty())
}

/// A tagged end that the crate's parser reads in any case.
fn plain_end(tag: &[u8], status: Status) -> Vec<u8> {
    let word: &[u8] = match status {
        Status::Ok => b" OK ",
        Status::No => b" NO ",
        Status::Bad => b" BAD ",
    };
    [tag, word, b"done\r\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_end_is_one_that_the_crate_reads() {
        for status in [Status::Ok, Status::No, Status::Bad] {
            assert!(crate_reads(&plain_end(b"a12", status)));
        }
        assert!(!crate_reads(b"a1 OK caf\xe9\r\n"));
    }
}
