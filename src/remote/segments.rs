//! A command as the segments in which it goes out: our own words, strings of others, and content, which may be a file.
//!
//! Not for which command says what (that is `command`) nor for sending (`wire`). To know before changing it: the `imap`
//! crate neither quotes nor checks what it is given, so this is the one place that does. What a user or server chose
//! enters a command only through `string` and `literal`; everything else is numbers and words of our own.

use std::io::Read;

use super::capabilities::Capabilities;
use crate::mail::FolderName;

/// Longest literal that is sent without waiting to a server that would take any (LITERAL+), in bytes: of a longer one it
/// is worth a round trip to learn that it is refused.
const UNASKED: u64 = 64 * 1024;
/// The same where the server has LITERAL- (RFC 7888 5), or is IMAP4rev2.
const UNASKED_SHORT: u64 = 4096;

/// Bytes of any kind and length that stand in a command.
pub enum Content {
    /// At hand.
    Bytes(Vec<u8>),
    /// To be read while it is sent, a little at a time.
    File {
        /// From where.
        from: Box<dyn Read>,
        /// How many bytes; what `from` has beyond them is not read.
        len: u64,
    },
}

impl Content {
    /// How many bytes it holds.
    pub fn len(&self) -> u64 {
        match self {
            Content::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Content::File { len, .. } => *len,
        }
    }

    /// True where it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

/// A piece of a command.
#[derive(Debug)]
pub(super) enum Segment {
    /// Text in one line.
    Text(String),
    /// The content of a literal whose announcement is text already.
    Literal {
        /// What.
        content: Content,
        /// True where the server has to say first that it takes it (RFC 9051 4.3).
        waits: bool,
    },
}

/// One command without its tag and line end.
#[derive(Debug)]
pub(super) struct Segments(Vec<Segment>);

impl Segments {
    /// A command of nothing but text of our own.
    pub fn new(text: impl Into<String>) -> Segments {
        Segments(vec![Segment::Text(text.into())])
    }

    /// A command and the name of a folder.
    pub fn about(verb: &str, folder: &FolderName, able: &Capabilities) -> Segments {
        Segments::new(verb).string(folder.as_wire(), able)
    }

    /// Adds a blank and text of our own.
    pub fn word(mut self, text: &str) -> Segments {
        self.push(" ");
        self.push(text);
        self
    }

    /// Adds a blank and a string that can end nothing: quoted where it is ASCII, else a literal. CR, LF and NUL, which no
    /// value of our types holds, are left out.
    pub fn string(mut self, text: &str, able: &Capabilities) -> Segments {
        self.push(" ");
        self.string_here(text, able)
    }

    /// Adds a blank and names of folders between parentheses.
    pub fn names(mut self, folders: &[FolderName], able: &Capabilities) -> Segments {
        let mut before = " (";
        for folder in folders {
            self.push(before);
            self = self.string_here(folder.as_wire(), able);
            before = " ";
        }
        self.push(")");
        self
    }

    /// Closes what names stand in, and adds text of our own.
    pub fn closed(mut self, text: &str) -> Segments {
        self.push(")");
        self.push(text);
        self
    }

    fn string_here(mut self, text: &str, able: &Capabilities) -> Segments {
        let safe: String = text
            .chars()
            .filter(|c| !matches!(c, '\r' | '\n' | '\0'))
            .collect();
        if safe.is_ascii() {
            let quoted = safe.replace('\\', "\\\\").replace('"', "\\\"");
            self.push(&format!("\"{quoted}\""));
            return self;
        }
        self.literal_here(Content::Bytes(safe.into_bytes()), able)
    }

    /// Adds a blank and a literal, which does not wait where the server allows that (RFC 7888).
    pub fn literal(mut self, content: Content, able: &Capabilities) -> Segments {
        self.push(" ");
        self.literal_here(content, able)
    }

    fn literal_here(mut self, content: Content, able: &Capabilities) -> Segments {
        let len = content.len();
        let plus = able.has("LITERAL+") && len <= UNASKED;
        let minus = able.has("LITERAL-") || able.has("IMAP4REV2");
        let short = minus && len <= UNASKED_SHORT;
        let waits = !(plus || short);
        let sign = if waits { "" } else { "+" };
        self.push(&format!("{{{len}{sign}}}\r\n"));
        self.0.push(Segment::Literal { content, waits });
        self
    }

    fn push(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Segment::Text(before)) => before.push_str(text),
            _ => self.0.push(Segment::Text(text.to_owned())),
        }
    }

    /// How many bytes it takes in memory.
    pub fn len(&self) -> usize {
        let len = |segment: &Segment| match segment {
            Segment::Text(text) => text.len(),
            Segment::Literal {
                content: Content::Bytes(bytes),
                ..
            } => bytes.len(),
            Segment::Literal { .. } => 0,
        };
        self.0.iter().map(len).fold(0, usize::saturating_add)
    }

    /// True for a command that has to be alone in its write: it makes the server wait in its middle, or is a file.
    pub fn is_alone(&self) -> bool {
        let alone = |segment: &Segment| match segment {
            Segment::Text(_) => false,
            Segment::Literal { content, waits } => {
                *waits || matches!(content, Content::File { .. })
            }
        };
        self.0.iter().any(alone)
    }

    /// The verb, which is all of a command that the crate has to know.
    pub fn verb(&self) -> &str {
        match self.0.first() {
            Some(Segment::Text(text)) => text.split([' ', '\r']).next().unwrap_or_default(),
            _ => "",
        }
    }

    /// The segments, first to last.
    pub fn into_segments(self) -> Vec<Segment> {
        self.0
    }

    /// The command as text: for tests.
    #[cfg(test)]
    pub fn text(&self) -> String {
        let text = |segment: &Segment| match segment {
            Segment::Text(text) => text.clone(),
            Segment::Literal {
                content: Content::Bytes(bytes),
                ..
            } => String::from_utf8_lossy(bytes).into_owned(),
            Segment::Literal { content, .. } => format!("<{} bytes>", content.len()),
        };
        self.0.iter().map(text).collect()
    }
}

/// One command for each text: sets that are too long for one go in several.
pub(super) fn each(texts: Vec<String>, command: impl Fn(String) -> String) -> Vec<Segments> {
    let commands = texts.into_iter().map(command);
    commands.map(Segments::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn able(words: &str) -> Capabilities {
        Capabilities::parse(words.as_bytes())
    }

    fn string(text: &str, words: &str) -> String {
        Segments::new("X").string(text, &able(words)).text()
    }

    fn literal(len: u64, words: &str) -> (String, bool) {
        let content = Content::File {
            from: Box::new(std::io::empty()),
            len,
        };
        let command = Segments::new("X").literal(content, &able(words));
        let waits = command
            .0
            .iter()
            .any(|s| matches!(s, Segment::Literal { waits, .. } if *waits));
        (command.text(), waits)
    }

    #[test]
    fn no_name_ends_its_string() {
        assert_eq!(string("a\"b\\c", ""), r#"X "a\"b\\c""#);
        assert_eq!(string("a\r\nx LOGOUT", ""), "X \"ax LOGOUT\"");
        assert_eq!(string("é", ""), "X {2}\r\né");
        assert_eq!(string("é", "LITERAL+"), "X {2+}\r\né");
        assert_eq!(string("é", "LITERAL-"), "X {2+}\r\né");
    }

    #[test]
    fn a_literal_waits_where_it_must_and_where_a_refusal_would_come_too_late() {
        for (len, words, waits) in [
            (1, "IMAP4rev1", true),
            (1, "LITERAL+", false),
            (UNASKED, "LITERAL+", false),
            (UNASKED + 1, "LITERAL+", true),
            (4096, "LITERAL-", false),
            (4097, "LITERAL-", true),
            (4097, "LITERAL- LITERAL+", false),
            (4096, "IMAP4rev2", false),
            (4097, "IMAP4rev2", true),
            (u64::MAX, "LITERAL+", true),
        ] {
            let sign = if waits { "" } else { "+" };
            let text = format!("X {{{len}{sign}}}\r\n<{len} bytes>");
            assert_eq!(literal(len, words), (text, waits), "{words}");
        }
    }

    #[test]
    fn a_command_is_alone_where_it_pauses_or_is_a_file() {
        let plus = able("LITERAL+");
        let bytes = || Content::Bytes(b"\xff\0".to_vec());
        assert!(!Segments::new("X").literal(bytes(), &plus).is_alone());
        assert!(Segments::new("X").literal(bytes(), &able("")).is_alone());
        let file = Content::File {
            from: Box::new(std::io::empty()),
            len: 2,
        };
        let command = Segments::new("APPEND \"a\"")
            .literal(file, &plus)
            .word("(X)");
        assert!(command.is_alone());
        assert_eq!((command.verb(), command.len()), ("APPEND", 21));
    }
}
