//! What a server can do: the words of CAPABILITY (RFC 9051 7.2.2), wherever they stood.
//!
//! Not for asking, nor for what follows from a word: that is decided where a command is worded, or by `mailbox`. To know
//! before changing it: the words are remembered between sign-ins, so what is taken out has to be kept as well.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Most words that are kept; there is no server with more.
const WORDS: usize = 500;

/// What a server can do: its CAPABILITY words in upper case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities(BTreeSet<String>);

impl Capabilities {
    /// Reads the words of a CAPABILITY response or response code.
    pub fn parse(words: &[u8]) -> Capabilities {
        let words = words
            .split(|b| b.is_ascii_whitespace())
            .filter(|w| !w.is_empty());
        Capabilities(
            words
                .take(WORDS)
                .map(|w| String::from_utf8_lossy(w).to_ascii_uppercase())
                .collect(),
        )
    }

    /// The same from words that were kept.
    pub fn from_words(words: impl IntoIterator<Item = String>) -> Capabilities {
        Capabilities(words.into_iter().collect())
    }

    /// True where the server has it; `word` in upper case.
    pub fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// True where the server told what it can do, and this is not among it.
    pub fn lacks(&self, word: &str) -> bool {
        !self.0.is_empty() && !self.has(word)
    }

    /// The same with further words.
    pub(super) fn with(mut self, words: &[&str]) -> Capabilities {
        self.0.extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    /// Takes one word out.
    pub(super) fn forget(&mut self, word: &str) {
        self.0.remove(word);
    }

    /// The words, in alphabetical order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}
