//! How a command ended, and what a NO or BAD means for the page (RFC 9051 7.1, RFC 5530).
//!
//! Not for untagged data. To know before changing it: servers disagree most about why something fails. A code decides where
//! there is one, and words never do.

use super::lexer::Lexer;
use crate::error::{Cause, Error, GoneKind, Imap, Said};

/// How a command ended, or a greeting began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done.
    Ok,
    /// Not done.
    No,
    /// Not understood.
    Bad,
}

/// How one command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// OK, NO or BAD.
    pub status: Status,
    /// The response code in upper case, without its arguments: `TRYCREATE`; empty where there is none.
    pub code: String,
    /// The arguments of the code.
    pub arguments: Vec<u8>,
    /// The text for people, as the server wrote it. Never for a log without `scrubbed`.
    pub text: Vec<u8>,
}

impl End {
    pub(super) fn read(status: Status, text: &[u8]) -> End {
        let (code, text) = split_code(text);
        let mut lexer = Lexer::new(code);
        let word = lexer.word();
        End {
            status,
            code: String::from_utf8_lossy(word).to_ascii_uppercase(),
            arguments: lexer.rest().to_vec(),
            text: text.to_vec(),
        }
    }
}

/// `[CODE arguments] text` in two.
fn split_code(text: &[u8]) -> (&[u8], &[u8]) {
    let Some(inside) = text.trim_ascii_start().strip_prefix(b"[") else {
        return (b"", text);
    };
    let mut quoted = false;
    let mut escaped = false;
    let closes = |b: &u8| {
        let end = *b == b']' && !quoted;
        quoted ^= *b == b'"' && !escaped;
        escaped = *b == b'\\' && !escaped;
        end
    };
    let end = inside
        .iter()
        .position(closes)
        .or_else(|| inside.iter().position(|b| *b == b']'));
    match end.and_then(|end| inside.split_at_checked(end)) {
        Some((code, text)) => (code, text.get(1..).unwrap_or_default().trim_ascii()),
        None => (b"", text),
    }
}

/// What a NO or BAD to a command that was needed means (RFC 5530 3).
pub(super) fn refusal(end: &End) -> Error {
    let cause = || Cause::new(format!("{:?} {}", end.status, end.code).trim_end());
    match end.code.as_str() {
        "NONEXISTENT" | "TRYCREATE" => Error::Gone(GoneKind::Folder),
        "OVERQUOTA" => Error::OverQuota,
        _ => Error::Imap(Imap::Refused(Said::new(&end.text)), cause()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_told_from_its_text() {
        let end = End::read(Status::No, b"[BADCHARSET (\"a]b\" x)] no [such] thing");
        assert_eq!(
            (end.code.as_str(), end.text.as_slice()),
            ("BADCHARSET", b"no [such] thing".as_slice())
        );
        let end = End::read(Status::Ok, b"[never closed");
        assert_eq!(
            (end.code.as_str(), end.text.as_slice()),
            ("", b"[never closed".as_slice())
        );
    }
}
