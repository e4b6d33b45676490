//! Words that were looked for, found again in a text, so that they can be marked where they stand.
//!
//! Not for how they are looked for (`Search`), nor for how a mark looks. To know before changing it: a mail may consist of
//! nothing else, so that only so many are found, in all texts together.

use std::cell::Cell;

/// Most places that are found.
const MOST: usize = 2_000;

/// Words, and how many more of their places are told.
#[derive(Clone, Debug)]
pub struct Sought {
    /// In small letters.
    words: Vec<Vec<char>>,
    left: Cell<usize>,
}

impl Default for Sought {
    /// None.
    fn default() -> Sought {
        Sought::new([])
    }
}

impl Sought {
    /// These words.
    pub fn new(words: impl IntoIterator<Item = String>) -> Sought {
        let small = |word: String| word.chars().flat_map(char::to_lowercase).collect();
        let words = words.into_iter().map(small);
        Sought {
            words: words.filter(|word: &Vec<char>| !word.is_empty()).collect(),
            left: Cell::new(MOST),
        }
    }

    /// True where there are none.
    pub fn is_nothing(&self) -> bool {
        self.words.is_empty()
    }

    /// A text, cut where words begin and end; true for a piece that is one of them.
    pub fn pieces<'t>(&self, text: &'t str) -> Vec<(&'t str, bool)> {
        let mut pieces: Vec<(&str, bool)> = Vec::new();
        let mut plain = 0;
        let mut from = 0;
        while let Some((at, first)) = self.next_letter(text, from) {
            let rest = text.get(at..).unwrap_or_default();
            let lengths = self.words.iter().filter_map(|word| begins_with(rest, word));
            let Some(length) = lengths.max() else {
                from = at.saturating_add(first.len_utf8());
                continue;
            };
            let end = at.saturating_add(length);
            pieces.push((text.get(plain..at).unwrap_or_default(), false));
            pieces.push((text.get(at..end).unwrap_or_default(), true));
            self.left.set(self.left.get().saturating_sub(1));
            (plain, from) = (end, end);
        }
        pieces.push((text.get(plain..).unwrap_or_default(), false));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }

    /// The next letter that one of the words begins with, from some byte on.
    fn next_letter(&self, text: &str, from: usize) -> Option<(usize, char)> {
        if self.words.is_empty() || self.left.get() == 0 {
            return None;
        }
        let begins = |c: char| {
            let small = c.to_lowercase().next();
            self.words.iter().any(|word| word.first() == small.as_ref())
        };
        let mut letters = text.get(from..)?.char_indices();
        let (at, first) = letters.find(|(_, c)| begins(*c))?;
        Some((from.saturating_add(at), first))
    }
}

/// How many bytes of a text are this word, in whatever case; None where it does not begin with it.
fn begins_with(text: &str, word: &[char]) -> Option<usize> {
    let mut expected = word.iter();
    for (at, c) in text.char_indices() {
        for lower in c.to_lowercase() {
            if expected.next() != Some(&lower) {
                return None;
            }
        }
        if expected.len() == 0 {
            return at.checked_add(c.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &[&str]) -> String {
        let sought = Sought::new(words.iter().map(|word| (*word).to_owned()));
        let pieces = sought.pieces(text).into_iter();
        let shown = pieces.map(|(piece, is_found)| match is_found {
            true => format!("[{piece}]"),
            false => piece.to_owned(),
        });
        shown.collect()
    }

    #[test]
    fn what_was_looked_for_is_found_where_it_stands() {
        assert_eq!(marked("Réunion à midi", &["réUNION"]), "[Réunion] à midi");
        assert_eq!(marked("aXbxc", &["x"]), "a[X]b[x]c");
        assert_eq!(marked("ab abc", &["ab", "abc"]), "[ab] [abc]");
        assert_eq!(marked("한국어", &["한국"]), "[한국]어");
        // One letter whose small form is two.
        assert_eq!(marked("İx", &["x"]), "İ[x]");
        assert_eq!(marked("plain", &["", "none"]), "plain");
    }

    #[test]
    fn only_so_much_is_found() {
        let sought = Sought::new(["a".to_owned()]);
        let found = |text: &str| sought.pieces(text).iter().filter(|(_, is)| *is).count();
        let many = "a".repeat(MOST / 2 + 1);
        assert_eq!(
            (found(&many), found(&many), found(&many)),
            (MOST / 2 + 1, MOST / 2 - 1, 0)
        );
    }
}
