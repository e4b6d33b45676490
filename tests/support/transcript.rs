//! Sessions of real servers, as `tests/imap/transcripts` tells them: what was asked and what they said, as bytes.

use std::fs;
use std::path::Path;

/// The transcripts there are.
pub const TRANSCRIPTS: [&str; 6] = [
    "courier-5.0.13",
    "cyrus-3.6.1",
    "dovecot-2.3.19.1",
    "hoodiecrow-2.1.0",
    "mailutils-imap4d-3.15",
    "pymap-0.36.7",
];

/// One command of a transcript and the whole responses to it, tagged end last.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// The tag that it had.
    pub tag: String,
    /// The command without its tag.
    pub command: String,
    /// The responses as bytes, literals filled in.
    pub responses: Vec<Vec<u8>>,
}

/// One session of a real server.
#[derive(Clone, Debug)]
pub struct Transcript {
    /// Its greeting.
    pub greeting: Vec<u8>,
    /// What was asked of it, in order.
    pub exchanges: Vec<Exchange>,
}

impl Transcript {
    /// Reads one of `TRANSCRIPTS` from the repository.
    pub fn named(name: &str) -> Transcript {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/imap/transcripts")
            .join(format!("{name}.txt"));
        Transcript::read(&fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
    }

    /// Reads the text of a transcript.
    pub fn read(text: &[u8]) -> Transcript {
        let mut transcript = Transcript {
            greeting: Vec::new(),
            exchanges: Vec::new(),
        };
        let mut current = Exchange::default();
        let mut response: Vec<u8> = Vec::new();
        let mut lines = text.split(|b| *b == b'\n').peekable();
        while let Some(line) = lines.next() {
            if let Some(command) = line.strip_prefix(b"C: a") {
                if !current.tag.is_empty() {
                    transcript.exchanges.push(std::mem::take(&mut current));
                }
                let command = String::from_utf8_lossy(command);
                let (tag, command) = command.split_once(' ').unwrap_or((&command, ""));
                current.tag = format!("a{tag}");
                current.command = command.to_owned();
                continue;
            }
            let Some(said) = line.strip_prefix(b"S: ") else {
                continue;
            };
            if let Some(size) = octets(said) {
                let mut literal = Vec::new();
                while let Some(more) = lines.next_if(|l| l.starts_with(b"S|")) {
                    literal.extend_from_slice(more.get(3..).unwrap_or_default());
                    literal.extend_from_slice(b"\r\n");
                }
                literal.resize(size, b'.');
                response.extend(literal);
                continue;
            }
            response.extend_from_slice(said);
            response.extend_from_slice(b"\r\n");
            if said.ends_with(b"}") && lines.peek().is_some_and(|l| l.starts_with(b"S: <literal")) {
                continue;
            }
            let whole = std::mem::take(&mut response);
            if current.tag.is_empty() {
                transcript.greeting = whole;
            } else {
                current.responses.push(whole);
            }
        }
        transcript.exchanges.push(current);
        transcript
    }

    /// The answer to the first command that begins so, `$TAG` where its tag stood.
    pub fn answer(&self, command: &str) -> Vec<Vec<u8>> {
        let found = self
            .exchanges
            .iter()
            .find(|e| e.command.starts_with(command));
        let exchange = found.unwrap_or_else(|| panic!("no transcript has {command}"));
        let tag = exchange.tag.as_bytes();
        let untagged = exchange.responses.iter().cloned();
        untagged
            .map(|r| match r.strip_prefix(tag) {
                Some(end) => [b"$TAG".as_slice(), end].concat(),
                None => r,
            })
            .map(|r| replaced(&r, exchange.tag.as_bytes(), b"$TAG"))
            .collect()
    }

    /// The FETCH response of each message, with envelope and structure.
    pub fn rows(&self) -> Vec<(u32, Vec<u8>)> {
        let rows = self.answer("FETCH 1:* (UID");
        let uid = |row: &[u8]| {
            let text = String::from_utf8_lossy(row).into_owned();
            let (_, tail) = text.split_once("UID ")?;
            tail.split(|c: char| !c.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        };
        rows.into_iter()
            .filter(|row| row.starts_with(b"* "))
            .filter_map(|row| Some((uid(&row)?, row)))
            .collect()
    }

    /// The UIDs of its INBOX, ascending.
    pub fn uids(&self) -> Vec<u32> {
        self.rows().into_iter().map(|(uid, _)| uid).collect()
    }
}

fn octets(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line).ok()?;
    text.strip_prefix("<literal ")?
        .split(' ')
        .next()?
        .parse()
        .ok()
}

/// `text` with each `from` in it turned into `to`.
pub fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|w| w == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}
