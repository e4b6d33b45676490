//! One walk over the tags and the text of a mail's HTML, for those that read it without a tree.
//!
//! A tree of hostile markup can take a time that grows with the square of its size; a walk cannot. Not for what any of it
//! means: that is the reader's.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{Rawtext, Rcdata};
use html5ever::tokenizer::{
    BufferQueue, Doctype, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
};

use super::bound::few_attributes;
use super::budget::HTML_BYTES;
use super::raw::raw_element;

/// Who is told of tags and text.
pub(super) trait Reads {
    /// A start tag; what stands in a raw element comes as text.
    fn start(&mut self, tag: &Tag);
    /// An end tag.
    fn end(&mut self, name: &str);
    /// What stands in front of a document and says how it is laid out.
    fn doctype(&mut self, _: &Doctype) {}
    /// Text, decoded; of one run there may be several pieces.
    fn text(&mut self, text: &str);
}

/// Tells a reader of all that stands in a mail's HTML, up to `HTML_BYTES`, and gives it back.
pub(super) fn walk<R: Reads>(html: &str, reader: R) -> R {
    let whole = start_of(html, HTML_BYTES);
    let tokenizer = Tokenizer::new(Sink(RefCell::new(reader)), Default::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(&few_attributes(whole)));
    // The sink never asks for a pause, so one feed reads to the end.
    drop(tokenizer.feed(&queue));
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// As much of a text as fits, in whole characters.
fn start_of(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

struct Sink<R>(RefCell<R>);

impl<R: Reads> TokenSink for Sink<R> {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                reader.start(&tag);
                return match raw_element(&tag.name).map(|raw| raw.has_entities) {
                    Some(true) => TokenSinkResult::RawData(Rcdata),
                    Some(false) => TokenSinkResult::RawData(Rawtext),
                    None => TokenSinkResult::Continue,
                };
            }
            Token::TagToken(tag) => reader.end(&tag.name),
            Token::CharacterTokens(text) => reader.text(&text),
            Token::DoctypeToken(doctype) => reader.doctype(&doctype),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}
