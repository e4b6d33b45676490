//! What is set on a message: the system flags, and the keywords that people and programs give it.
//!
//! Not for what they mean to a reader (`words`), nor for the pending marks (`mailbox`). To know before changing it: what a
//! server says of a message is kept whole, unknown keywords too, but bounded in number and length, so that a row has a
//! largest size.

use serde::{Deserialize, Serialize};

/// `$Forwarded` (RFC 5788), the one keyword that every client knows.
pub const FORWARDED: &str = "$Forwarded";
/// The keyword that whoever read a message was asked for a receipt, and has decided (RFC 3503).
pub const RECEIPT_ANSWERED: &str = "$MDNSent";
/// The keyword that its user wants to hear no more of a message's conversation.
pub const MUTED: &str = "$Muted";

/// What is set on a message: system flags (RFC 9051 2.3.2) and keywords.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    system: u8,
    keywords: Keywords,
}

impl Flags {
    /// Read.
    pub const SEEN: Flags = Flags::system(1);
    /// Answered.
    pub const ANSWERED: Flags = Flags::system(2);
    /// Starred.
    pub const FLAGGED: Flags = Flags::system(4);
    /// Marked for removal.
    pub const DELETED: Flags = Flags::system(8);
    /// Not finished.
    pub const DRAFT: Flags = Flags::system(16);

    /// All system flags of messages.
    pub const ALL: Flags = Flags::system(31);

    /// The system flags as they are written in commands.
    const WRITTEN: [(u8, &'static str); 5] = [
        (1, "\\Seen"),
        (2, "\\Answered"),
        (4, "\\Flagged"),
        (8, "\\Deleted"),
        (16, "\\Draft"),
    ];

    const fn system(system: u8) -> Flags {
        Flags {
            system,
            keywords: Keywords(String::new()),
        }
    }

    /// One keyword; None for what can be none.
    pub fn keyword(word: &str) -> Option<Flags> {
        let word = Keywords::word(word.as_bytes())?;
        Some(Flags {
            system: 0,
            keywords: Keywords::of(vec![word]),
        })
    }

    /// Reads flags as a server writes them, system flags in any case. What begins with a backslash and is none of them
    /// (`\Recent`) is nothing.
    pub fn read<'w>(words: impl IntoIterator<Item = &'w [u8]>) -> Flags {
        let mut flags = Flags::default();
        let mut keywords = Vec::new();
        for word in words {
            let is = |known: &str| word.eq_ignore_ascii_case(known.as_bytes());
            match Flags::WRITTEN.iter().find(|(_, written)| is(written)) {
                Some((bit, _)) => flags.system |= bit,
                None => keywords.extend(Keywords::word(word)),
            }
        }
        flags.keywords = Keywords::of(keywords);
        flags
    }

    /// The flags as commands write them, keywords last.
    pub fn written(&self) -> Vec<&str> {
        let system = Flags::WRITTEN.into_iter();
        let system = system.filter(|(bit, _)| self.system & bit != 0);
        system
            .map(|(_, written)| written)
            .chain(self.keywords.iter())
            .collect()
    }

    /// Both sets together.
    pub fn with(&self, other: &Flags) -> Flags {
        let keywords = self.keywords.iter().chain(other.keywords.iter());
        Flags {
            system: self.system | other.system,
            keywords: Keywords::of(keywords.collect()),
        }
    }

    /// This set without the other one.
    pub fn without(&self, other: &Flags) -> Flags {
        let keywords = self.keywords.iter();
        let keywords = keywords.filter(|word| !other.has_keyword(word));
        Flags {
            system: self.system & !other.system,
            keywords: Keywords::of(keywords.collect()),
        }
    }

    /// True where the other set is in this one (`set`), or none of it is.
    pub fn agrees(&self, other: &Flags, set: bool) -> bool {
        match set {
            true => self.has(other),
            false => self.without(other) == *self,
        }
    }

    /// True where all of the other set are in this one.
    pub fn has(&self, other: &Flags) -> bool {
        self.system & other.system == other.system
            && other.keywords.iter().all(|word| self.has_keyword(word))
    }

    /// True where this keyword is set; in any case, as servers take them (RFC 5788 2).
    pub fn has_keyword(&self, keyword: &str) -> bool {
        self.keywords
            .iter()
            .any(|word| word.eq_ignore_ascii_case(keyword))
    }
}

/// A small set of keywords as one text: each once whatever its case, in alphabetical order, a blank between two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Keywords(String);

impl Keywords {
    /// Most bytes of all keywords of a message, with the blanks between them.
    const BYTES: usize = 4096;
    /// Longest keyword, in bytes. A longer one is left out: its beginning would be another one.
    const LONGEST: usize = 50;

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|word| !word.is_empty())
    }

    /// The word, where it can be a keyword: it may stand in a command again (RFC 9051 9, atom; some servers have `]`).
    fn word(word: &[u8]) -> Option<&str> {
        let special = |b: &u8| !b.is_ascii_graphic() || b"(){}%*\"\\".contains(b);
        let fits = (1..=Keywords::LONGEST).contains(&word.len()) && !word.iter().any(special);
        std::str::from_utf8(word).ok().filter(|_| fits)
    }

    fn of(mut words: Vec<&str>) -> Keywords {
        if words.is_empty() {
            return Keywords::default();
        }
        words.sort_by_cached_key(|word| word.to_ascii_lowercase());
        words.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
        let mut bytes = 0_usize;
        words.retain(|word| {
            bytes = bytes.saturating_add(word.len()).saturating_add(1);
            bytes <= Keywords::BYTES
        });
        Keywords(words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Flags {
        Flags::read(words.iter().map(|word| word.as_bytes()))
    }

    #[test]
    fn what_a_server_says_is_kept_and_can_be_said_again() {
        let flags = read(&[
            "\\seen",
            "$Label1",
            "\\Recent",
            "$forwarded",
            "NonJunk",
            "$FORWARDED",
        ]);
        assert_eq!(
            flags.written(),
            ["\\Seen", "$forwarded", "$Label1", "NonJunk"]
        );
        assert!(flags.has(&Flags::SEEN) && !flags.has(&Flags::FLAGGED));
        assert!(flags.has_keyword(FORWARDED) && !flags.has_keyword("$Junk"));
        let both = flags.with(&read(&["\\Flagged", "$Junk", "nonjunk"]));
        assert_eq!(
            both.written(),
            [
                "\\Seen",
                "\\Flagged",
                "$forwarded",
                "$Junk",
                "$Label1",
                "NonJunk"
            ]
        );
        assert!(both.has(&flags) && !flags.has(&both));
    }

    #[test]
    fn keywords_are_few_and_short_and_can_end_no_command() {
        let long = "x".repeat(51);
        let bad = read(&[long.as_str(), "a b", "a\r\nb", "(", "a\"", "é", ""]);
        assert_eq!(bad, Flags::default());
        let many: Vec<String> = (0..1000).map(|n| format!("k{n:049}")).collect();
        let many = read(&many.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(many.written().len(), 80);
    }
}
