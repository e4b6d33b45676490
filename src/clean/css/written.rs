//! Tokens that were judged, written as text that is read as these tokens and no others.
//!
//! Not for judging them (`value`, `selectors`). It only counts them, and refuses what no text can say safely.

use cssparser::{ToCss, Token, TokenSerializationType, serialize_string};

use super::{Refused, refused};
use crate::clean::budget::{CSS_STRING_BYTES, CSS_TOKENS};

/// Tokens as text that is read as just these tokens.
///
/// A comment is no token, and without it two can become one that nobody judged: `url` and a bracket an address, `/` and
/// `*` the beginning of a comment. An empty one is put between them where that is so (CSS Syntax 9).
#[derive(Default)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) tokens: usize,
    last: TokenSerializationType,
}

impl Written {
    pub(super) fn token(&mut self, token: &Token<'_>) -> Result<(), Refused> {
        self.tokens = self.tokens.saturating_add(1);
        if self.tokens > CSS_TOKENS {
            return Err(refused());
        }
        self.after_last(token.serialization_type());
        let start = self.text.len();
        token.to_css(&mut self.text).map_err(|_| refused())?;
        // Only in a string can it be written without the `<` that a sheet must not hold.
        let written = self.text.get(start..).unwrap_or_default();
        let is_refused = match token {
            Token::QuotedString(string) => string.len() > CSS_STRING_BYTES,
            // `1e3e3` is a number with a unit, and would be read as a number.
            Token::Dimension { unit, .. } if unit.starts_with(['e', 'E']) => {
                !unit.bytes().all(|b| b.is_ascii_alphabetic())
            }
            _ => written.contains('<'),
        };
        if is_refused { Err(refused()) } else { Ok(()) }
    }

    /// One blank, however many there were, with or without comments between.
    pub(super) fn space(&mut self) {
        // An escape ends in a blank of its own.
        if self.last != TokenSerializationType::WhiteSpace {
            self.text.push(' ');
        }
        self.last = TokenSerializationType::WhiteSpace;
    }

    /// An address. One elsewhere is asked for without saying where it stands, by a word of its own (CSS Values 5, 4.5.1):
    /// Chromium keeps to no policy of the document for images in style. A browser that does not know the word leaves the
    /// declaration out.
    pub(super) fn url(&mut self, address: &str) -> Result<(), Refused> {
        self.tokens = self.tokens.saturating_add(1);
        self.after_last(TokenSerializationType::Function);
        self.text.push_str("url(");
        serialize_string(address, &mut self.text).map_err(|_| refused())?;
        if !address.starts_with("data:") {
            self.text.push_str(" referrer-policy(no-referrer)");
        }
        self.text.push(')');
        self.last = TokenSerializationType::UrlOrBadUrl;
        Ok(())
    }

    fn after_last(&mut self, kind: TokenSerializationType) {
        if self.last.needs_separator_when_before(kind) {
            self.text.push_str("/**/");
        }
        self.last = kind;
    }
}
