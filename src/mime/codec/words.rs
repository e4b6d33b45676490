//! Encoded words (RFC 2047) and raw bytes of a header value to text.
//!
//! Words that were cut in the middle of a character or of a base64 group are joined. Not for what the value means.

use super::decode::decode;
use super::text::text;
use crate::mail::Encoding;

/// Longest encoded word, in bytes; RFC 2047 allows 75.
const LONGEST_WORD: usize = 3000;

/// The text of an unstructured value: raw bytes by their look, encoded words (RFC 2047) by their charset.
pub fn words(value: &[u8]) -> String {
    pieces(value)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(text) | Piece::Coded(text) => text,
        })
        .collect()
}

/// A piece of a header value: what stands there, or what an encoded word stands for.
pub(super) enum Piece {
    Plain(String),
    Coded(String),
}

/// An encoded word as it is written.
struct Word<'a> {
    charset: &'a [u8],
    base64: bool,
    coded: Vec<u8>,
}

pub(super) fn pieces(value: &[u8]) -> Vec<Piece> {
    // One charset for all raw bytes of a value: its pieces alone are too short to judge.
    let raw_charset = match std::str::from_utf8(value) {
        Ok(_) => "utf-8",
        Err(_) => "",
    };
    let mut found = Vec::new();
    let mut run: Vec<Run<'_>> = Vec::new();
    let (mut rest, mut plain) = (value, Vec::new());
    let flush = |run: &mut Vec<Run<'_>>, found: &mut Vec<Piece>| {
        if !run.is_empty() {
            found.push(Piece::Coded(
                std::mem::take(run).into_iter().map(decoded).collect(),
            ));
        }
    };
    while let Some((first, after)) = rest.split_first() {
        if let Some((word, tail)) = encoded_word(rest) {
            // RFC 2047 6.2: white space between two encoded words is not shown.
            if !plain.trim_ascii().is_empty() || run.is_empty() {
                flush(&mut run, &mut found);
                if !plain.is_empty() {
                    found.push(Piece::Plain(text(&plain, raw_charset)));
                }
            }
            plain.clear();
            join(&mut run, word);
            rest = tail;
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    flush(&mut run, &mut found);
    if !plain.is_empty() {
        found.push(Piece::Plain(text(&plain, raw_charset)));
    }
    found
}

/// Words of one charset that follow each other: what they stand for, and base64 that may go on in the next word. Each byte
/// is decoded once, however many words there are.
struct Run<'a> {
    charset: &'a [u8],
    bytes: Vec<u8>,
    open: Vec<u8>,
}

impl Run<'_> {
    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        self.bytes.extend(decode(&open, Encoding::Base64));
    }
}

/// Joins a word to the one before where that was cut in the middle: same charset, and base64 that goes on.
fn join<'a>(runs: &mut Vec<Run<'a>>, word: Word<'a>) {
    let is_same = runs
        .last()
        .is_some_and(|run| run.charset.eq_ignore_ascii_case(word.charset));
    if !is_same {
        runs.push(Run {
            charset: word.charset,
            bytes: Vec::new(),
            open: Vec::new(),
        });
    }
    let Some(run) = runs.last_mut() else { return };
    // Cut inside a group of four; a word that only lacks its padding does not add up with the next.
    let goes_on = word.base64
        && run.open.len() % 4 != 0
        && !run.open.ends_with(b"=")
        && run.open.len().saturating_add(word.coded.len()) % 4 == 0;
    if !goes_on {
        run.close();
    }
    if word.base64 {
        run.open.extend(word.coded);
    } else {
        run.bytes.extend(printable(&word.coded));
    }
}

/// The bytes of a word in Q (RFC 2047 4.2).
fn printable(coded: &[u8]) -> Vec<u8> {
    let spaced = coded.iter().map(|b| if *b == b'_' { b' ' } else { *b });
    // A space at the end of a line is nothing in a part, but something in a word.
    let guarded: Vec<u8> = spaced.chain([b'.']).collect();
    let mut bytes = decode(&guarded, Encoding::QuotedPrintable);
    bytes.pop();
    bytes
}

fn decoded(mut run: Run<'_>) -> String {
    run.close();
    // RFC 2231 5: a language may follow the charset.
    let charset = run.charset.split(|b| *b == b'*').next().unwrap_or_default();
    text(&run.bytes, &String::from_utf8_lossy(charset)).replace(['\n', '\t'], " ")
}

/// `=?charset?B?...?=` at the start, and what follows it.
fn encoded_word(rest: &[u8]) -> Option<(Word<'_>, &[u8])> {
    let inner = rest.strip_prefix(b"=?")?;
    let mark = inner.iter().take(60).position(|b| *b == b'?')?;
    let (charset, inner) = inner.split_at_checked(mark)?;
    let base64 = match inner.get(..3)? {
        [b'?', b'b' | b'B', b'?'] => true,
        [b'?', b'q' | b'Q', b'?'] => false,
        _ => return None,
    };
    let plain = !charset.is_empty() && charset.iter().all(u8::is_ascii_graphic);
    let inner = inner.get(3..).filter(|_| plain)?;
    let end = inner
        .windows(2)
        .take(LONGEST_WORD)
        .position(|w| w == b"?=")?;
    let (coded, tail) = inner.split_at_checked(end)?;
    let coded = coded.to_vec();
    Some((
        Word {
            charset,
            base64,
            coded,
        },
        tail.get(2..).unwrap_or_default(),
    ))
}
