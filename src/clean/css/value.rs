//! The value of a declaration: its functions, and what it would load.

use cssparser::{Parser, Token};

use super::allowed::{FUNCTIONS, LOADERS};
use super::written::Written;
use super::{Judge, Refused, refused};
use crate::clean::budget::{CSS_DEPTH, CSS_EMBEDDED_BYTES};
use crate::clean::{Load, is_own, load, resolved};

impl Judge<'_> {
    /// A value, from its tokens.
    pub(super) fn value(
        &mut self,
        input: &mut Parser<'_>,
        depth: u32,
        out: &mut Written,
    ) -> Result<(), Refused> {
        if depth > CSS_DEPTH {
            return Err(refused());
        }
        while let Ok(token) = input.next_including_whitespace().cloned() {
            match &token {
                Token::WhiteSpace(_) => out.space(),
                Token::UnquotedUrl(address) => self.address(address, out)?,
                Token::Function(name) => {
                    let name = name.to_ascii_lowercase();
                    if name == "url" || name == "src" {
                        let address = input.parse_nested_block(quoted_address)?;
                        self.address(&address, out)?;
                    } else if FUNCTIONS.contains(&name.as_str()) {
                        out.token(&Token::Function(name.into()))?;
                        self.bracket(input, depth, out)?;
                    } else {
                        // image-set("x") and its like load too.
                        if LOADERS.iter().any(|l| name.ends_with(l)) {
                            self.found.held_back = self.found.held_back.saturating_add(1);
                        }
                        return Err(refused());
                    }
                }
                Token::ParenthesisBlock => {
                    out.token(&token)?;
                    self.bracket(input, depth, out)?;
                }
                Token::Ident(word) if word.to_ascii_lowercase().contains("expression") => {
                    return Err(refused());
                }
                Token::Ident(_)
                | Token::Hash(_)
                | Token::IDHash(_)
                | Token::QuotedString(_)
                | Token::Number { .. }
                | Token::Percentage { .. }
                | Token::Dimension { .. }
                | Token::Comma
                | Token::Delim('/' | '+' | '-' | '*' | '!') => out.token(&token)?,
                _ => return Err(refused()),
            }
        }
        Ok(())
    }

    /// What stands between an opening bracket, which is written already, and its end.
    fn bracket(
        &mut self,
        input: &mut Parser<'_>,
        depth: u32,
        out: &mut Written,
    ) -> Result<(), Refused> {
        input.parse_nested_block(|inner| self.value(inner, depth.saturating_add(1), out))?;
        out.token(&Token::CloseParenthesis)
    }

    /// An address in a value: kept, or the word that stands for no image.
    fn address(&mut self, address: &str, out: &mut Written) -> Result<(), Refused> {
        let kept = match load(&resolved(address, self.base.as_deref())) {
            Load::Data(data) => Some(data),
            Load::Remote(url) if is_own(&url, self.own_origin) => None,
            Load::Remote(url) if self.remote => Some(url),
            Load::Remote(_) => {
                self.found.held_back = self.found.held_back.saturating_add(1);
                self.found.on_request = self.found.on_request.saturating_add(1);
                None
            }
            Load::Refused => {
                self.found.held_back = self.found.held_back.saturating_add(1);
                None
            }
            Load::Part(id) => self
                .inline
                .filter(|_| self.embedded <= CSS_EMBEDDED_BYTES)
                .and_then(|inline| inline(&id))
                .filter(|address| matches!(load(address), Load::Data(_)))
                .filter(|address| {
                    self.embedded = self.embedded.saturating_add(address.len());
                    self.embedded <= CSS_EMBEDDED_BYTES
                }),
            Load::Nothing => None,
        };
        match kept {
            Some(url) => out.url(&url),
            None => out.token(&Token::Ident("none".into())),
        }
    }
}

/// What stands in `url(..)`: a string, and nothing else but the word that is written there (`Written::url`).
fn quoted_address(inner: &mut Parser<'_>) -> Result<String, Refused> {
    let address = inner.expect_string().map_err(|_| refused())?.to_string();
    while let Ok(token) = inner.next().cloned() {
        match token {
            Token::Function(name) if name.eq_ignore_ascii_case("referrer-policy") => {
                inner.parse_nested_block(|policy| {
                    while policy.next().is_ok() {}
                    Ok::<_, Refused>(())
                })?;
            }
            _ => return Err(refused()),
        }
    }
    Ok(address)
}
