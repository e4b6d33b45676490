//! Selectors and media queries: which elements a rule finds, and when.

use cssparser::{Parser, Token};

use super::allowed::SELECTOR_FUNCTIONS;
use super::written::Written;
use super::{Refused, refused};
use crate::clean::budget::{CSS_DEPTH, CSS_SOUGHT_BYTES};
use crate::clean::{ID_PREFIX, prefixed};

/// One selector, so that it finds nothing but what lies in our element with this id, and for `body` that element.
pub(super) fn inside(input: &mut Parser<'_>, id: &str, out: &mut Written) -> Result<(), Refused> {
    if !out.text.is_empty() {
        out.token(&Token::Comma)?;
    }
    out.token(&Token::IDHash(id.into()))?;
    input.skip_whitespace();
    let start = input.state();
    match input.next_including_whitespace() {
        Ok(Token::Ident(name)) if name.eq_ignore_ascii_case("body") => {}
        // It would lead out, to what stands beside the element.
        Ok(Token::Delim('>' | '+' | '~')) | Err(_) => return Err(refused()),
        Ok(_) => {
            input.reset(&start);
            out.space();
        }
    }
    selectors(input, 0, out)
}

/// A selector list from its tokens; ids get the prefix that they have in the markup.
pub(super) fn selectors(
    input: &mut Parser<'_>,
    depth: u32,
    out: &mut Written,
) -> Result<(), Refused> {
    if depth > CSS_DEPTH {
        return Err(refused());
    }
    while let Ok(token) = input.next_including_whitespace().cloned() {
        let close = match &token {
            Token::WhiteSpace(_) => {
                out.space();
                continue;
            }
            Token::IDHash(id) => {
                let id = id.strip_prefix(ID_PREFIX).unwrap_or(id);
                out.token(&Token::IDHash(format!("{ID_PREFIX}{id}").into()))?;
                continue;
            }
            Token::Function(name)
                if SELECTOR_FUNCTIONS.contains(&name.to_ascii_lowercase().as_str()) =>
            {
                Token::CloseParenthesis
            }
            Token::SquareBracketBlock => {
                out.token(&token)?;
                input.parse_nested_block(|inner| of_attribute(inner, out))?;
                out.token(&Token::CloseSquareBracket)?;
                continue;
            }
            Token::Ident(_)
            | Token::QuotedString(_)
            | Token::Number { .. }
            | Token::Dimension { .. }
            | Token::Colon
            | Token::Comma
            | Token::Delim('.' | '>' | '+' | '-' | '~' | '*') => {
                out.token(&token)?;
                continue;
            }
            _ => return Err(refused()),
        };
        out.token(&token)?;
        input.parse_nested_block(|inner| selectors(inner, depth.saturating_add(1), out))?;
        out.token(&close)?;
    }
    Ok(())
}

/// What stands between square brackets; an id that is asked for there has its prefix in the markup too.
fn of_attribute(input: &mut Parser<'_>, out: &mut Written) -> Result<(), Refused> {
    let (mut is_first, mut is_id) = (true, false);
    while let Ok(token) = input.next_including_whitespace().cloned() {
        match &token {
            Token::WhiteSpace(_) => {
                out.space();
                continue;
            }
            Token::Ident(id) | Token::QuotedString(id) if is_id => {
                out.token(&Token::QuotedString(prefixed(id).into()))?;
                is_id = false;
            }
            // Embedded images stand under our addresses, which say in which folder the message lies.
            Token::Ident(name) if is_first && name.eq_ignore_ascii_case("src") => {
                return Err(refused());
            }
            Token::QuotedString(sought) if sought.len() > CSS_SOUGHT_BYTES => return Err(refused()),
            Token::Ident(name) => {
                is_id = is_first && name.eq_ignore_ascii_case("id");
                out.token(&token)?;
            }
            // How it ends, and what is in it, is the same with the prefix.
            Token::SuffixMatch | Token::SubstringMatch => {
                is_id = false;
                out.token(&token)?;
            }
            Token::QuotedString(_)
            | Token::Number { .. }
            | Token::Dimension { .. }
            | Token::IncludeMatch
            | Token::DashMatch
            | Token::PrefixMatch
            | Token::Delim('-' | '=') => out.token(&token)?,
            _ => return Err(refused()),
        }
        is_first = false;
    }
    Ok(())
}

/// A media query from its tokens.
pub(super) fn media(input: &mut Parser<'_>) -> Result<String, Refused> {
    let mut query = Written::default();
    media_tokens(input, 0, &mut query)?;
    Ok(query.text.trim().to_owned())
}

fn media_tokens(input: &mut Parser<'_>, depth: u32, out: &mut Written) -> Result<(), Refused> {
    if depth > CSS_DEPTH {
        return Err(refused());
    }
    while let Ok(token) = input.next_including_whitespace().cloned() {
        match &token {
            Token::WhiteSpace(_) => out.space(),
            Token::ParenthesisBlock => {
                out.token(&token)?;
                input.parse_nested_block(|inner| {
                    media_tokens(inner, depth.saturating_add(1), out)
                })?;
                out.token(&Token::CloseParenthesis)?;
            }
            Token::Ident(_)
            | Token::Number { .. }
            | Token::Dimension { .. }
            | Token::Colon
            | Token::Comma
            | Token::Delim('/' | '>' | '=') => out.token(&token)?,
            _ => return Err(refused()),
        }
    }
    Ok(())
}
