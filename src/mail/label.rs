//! Labels: keywords of messages that people gave, each with a name and a colour.
//!
//! Not for where names and colours are kept (`profile`). To know before changing it: what goes to the server is an atom that
//! was made or checked here; keywords by which programs tell each other something are none.

use serde::{Deserialize, Serialize};

use super::Flags;

/// Keywords that are no labels, in lower case: RFC 5788, and what mail programs use among themselves.
const OF_PROGRAMS: [&str; 13] = [
    "$forwarded",
    "$mdnsent",
    "$junk",
    "$notjunk",
    "$phishing",
    "$hasattachment",
    "$hasnoattachment",
    "$muted",
    "$submitted",
    "$submitpending",
    "junk",
    "nonjunk",
    "notjunk",
];

/// Longest word that is made of a name, in characters.
const LONGEST_MADE: usize = 30;
/// Longest name of a label, in characters.
pub const LONGEST_NAME: usize = 60;

/// The keyword of a label, as it stands in commands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabelWord(String);

impl LabelWord {
    /// The word, if it can be the keyword of a label.
    pub fn new(word: &str) -> Option<LabelWord> {
        let is_atom = !word.starts_with('\\') && Flags::read([word.as_bytes()]).written() == [word];
        let lower = word.to_ascii_lowercase();
        let is_label = is_atom && !OF_PROGRAMS.contains(&lower.as_str());
        is_label.then(|| LabelWord(word.to_owned()))
    }

    /// A word made of a name: `[a-z0-9_-]`, and none of those that are taken.
    pub fn of_name(name: &str, is_taken: impl Fn(&LabelWord) -> bool) -> LabelWord {
        let plain = |c: char| match c.to_ascii_lowercase() {
            c @ ('a'..='z' | '0'..='9' | '_') => c,
            _ => '-',
        };
        let word: String = name.chars().map(plain).take(LONGEST_MADE).collect();
        let pieces: Vec<&str> = word.split('-').filter(|piece| !piece.is_empty()).collect();
        let stem = match pieces.join("-") {
            empty if empty.is_empty() => "label".to_owned(),
            stem => stem,
        };
        let numbered = (2_u32..).map(|n| format!("{stem}-{n}"));
        let mut words = std::iter::once(stem.clone()).chain(numbered);
        let free = words.find_map(|word| LabelWord::new(&word).filter(|word| !is_taken(word)));
        free.unwrap_or(LabelWord(stem))
    }

    /// As it stands in commands.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for the same keyword, in whatever case (RFC 5788 2).
    pub fn is(&self, other: &LabelWord) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// It alone, as flags of a message.
    pub fn flags(&self) -> Flags {
        Flags::read([self.0.as_bytes()])
    }
}

impl TryFrom<String> for LabelWord {
    type Error = &'static str;

    fn try_from(word: String) -> Result<LabelWord, &'static str> {
        LabelWord::new(&word).ok_or("is not a keyword of a label")
    }
}

impl From<LabelWord> for String {
    fn from(word: LabelWord) -> String {
        word.0
    }
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its keyword.
    pub word: LabelWord,
    /// Its name for people.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
}

/// The colours that a label can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    #[default]
    Grey,
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Purple,
    Pink,
}

impl Colour {
    /// All of them, with the names that forms and style sheets have for them.
    pub const ALL: [(Colour, &'static str); 9] = [
        (Colour::Grey, "grey"),
        (Colour::Red, "red"),
        (Colour::Orange, "orange"),
        (Colour::Yellow, "yellow"),
        (Colour::Green, "green"),
        (Colour::Teal, "teal"),
        (Colour::Blue, "blue"),
        (Colour::Purple, "purple"),
        (Colour::Pink, "pink"),
    ];

    /// Its name in forms.
    pub fn name(self) -> &'static str {
        let mut all = Colour::ALL.into_iter();
        all.find(|(colour, _)| *colour == self)
            .map_or("", |(_, name)| name)
    }

    /// The colour of this name.
    pub fn named(name: &str) -> Option<Colour> {
        let mut all = Colour::ALL.into_iter();
        all.find(|(_, known)| *known == name)
            .map(|(colour, _)| colour)
    }
}

/// The labels that a message has, by their keywords.
pub fn labels_of(flags: &Flags) -> Vec<LabelWord> {
    flags
        .written()
        .into_iter()
        .filter_map(LabelWord::new)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_an_atom_of_ours_or_one_that_a_server_told() {
        let made = |name: &str| LabelWord::of_name(name, |_| false).0;
        for (name, word) in [
            ("Work", "work"),
            ("  To do: now! ", "to-do-now"),
            ("R&D_2", "r-d_2"),
            ("Работа", "label"),
            ("", "label"),
            ("\"\r\nz LOGOUT", "z-logout"),
            // What programs mean is nobody's label.
            ("Junk", "junk-2"),
            ("$Forwarded", "forwarded"),
        ] {
            assert_eq!(made(name), word, "{name}");
        }
        assert_eq!(made(&"x".repeat(200)).len(), LONGEST_MADE);
        let taken = |word: &LabelWord| ["work", "work-2"].contains(&word.as_str());
        assert_eq!(LabelWord::of_name("Work", taken).0, "work-3");
        for word in ["$label1", "$Label5", "work", "Todo", "[Gmail]"] {
            assert!(LabelWord::new(word).is_some(), "{word}");
        }
        for word in [
            "", " ", "a b", "\\Seen", "$MDNSent", "nonjunk", "a\r\n", "{5}", "é", "(", "%", "*",
            "a\"",
        ] {
            assert_eq!(LabelWord::new(word), None, "{word:?}");
        }
    }

    #[test]
    fn what_programs_tell_each_other_is_not_shown_as_a_label() {
        let flags = Flags::read([
            &b"\\Seen"[..],
            b"$Forwarded",
            b"$HasAttachment",
            b"$label2",
            b"holiday",
        ]);
        let words: Vec<String> = labels_of(&flags).into_iter().map(|word| word.0).collect();
        assert_eq!(words, ["$label2", "holiday"]);
    }

    #[test]
    fn every_colour_has_a_name_of_its_own() {
        for (colour, name) in Colour::ALL {
            assert_eq!((colour.name(), Colour::named(name)), (name, Some(colour)));
        }
    }
}
