//! The text of a message: paragraphs as they were typed, quotes told apart, links that were found in it.
//!
//! Not for finding quotes and links, nor for judging where a link may lead: blocks come ready made (`crate::plain_text`). To
//! know before changing it: white space is the writer's (`pre-wrap`), so nothing may be put between the tags of a
//! paragraph. The recursion is as deep as the blocks are, which their maker bounds.

use maud::{Markup, html};

use super::finding::marked;
use crate::mail::Sought;
use crate::plain_text::{Block, Line, Span, stretches, words_of};
use crate::words::Words;

/// A quote at the end is folded from so many lines on.
const FOLDED: usize = 4;

/// The text; a long quote at its end (the letter that was answered) is folded, and the words are marked that are sought.
///
/// `is_fixed`: every letter is as wide as any other, whatever the lines look like.
pub fn plain_text(words: Words, blocks: &[Block], sought: &Sought, is_fixed: bool) -> Markup {
    let answered = answered(blocks);
    let way = Way { words, sought };
    html! {
        .typed.fixed[is_fixed] dir="auto" {
            @for (i, block) in blocks.iter().enumerate() { (drawn(way, block, Some(i) == answered)) }
        }
    }
}

/// How blocks are drawn.
#[derive(Clone, Copy)]
struct Way<'a> {
    words: Words,
    /// Words that are marked.
    sought: &'a Sought,
}

/// The text with nothing of it folded, for paper.
pub fn unfolded(words: Words, blocks: &[Block]) -> Markup {
    let way = Way {
        words,
        sought: &Sought::default(),
    };
    html! {
        .typed dir="auto" { @for block in blocks { (drawn(way, block, false)) } }
    }
}

/// Which block is the letter that was answered: a long quote after the writer's own words, with nothing behind it but a
/// signature. A quote that own words follow is part of a conversation that has to be read in order.
fn answered(blocks: &[Block]) -> Option<usize> {
    let last = blocks
        .iter()
        .rposition(|block| !matches!(block, Block::Signature(_)))?;
    let is_long = blocks
        .get(last)
        .is_some_and(|block| matches!(block, Block::Quote { .. }) && block.lines() >= FOLDED);
    (last > 0 && is_long).then_some(last)
}

fn drawn(way: Way, block: &Block, folded: bool) -> Markup {
    match block {
        // Without a direction of their own, or the quote and the text around could not find theirs in them; each paragraph
        // follows its own first letter all the same (`unicode-bidi: plaintext`).
        Block::Text(lines) => html! {
            @for stretch in stretches(lines) {
                // What is wider than the page scrolls, by keys too.
                p class=[stretch.is_fixed.then_some("columns")] tabindex=[stretch.is_fixed.then_some("0")] { (typed(way, stretch.lines)) }
            }
        },
        Block::Signature(lines) => html! { p.signature { (typed(way, lines)) } },
        Block::Quote { said, blocks, .. } => {
            let quote = html! {
                blockquote dir="auto" { @for block in blocks { (drawn(way, block, false)) } }
            };
            match said {
                // Only text: whoever clicks on a summary means to fold it.
                Some(line) => html! {
                    details open[!folded] { summary dir="auto" { (marked(&words_of(line), way.sought)) } (quote) }
                },
                None if folded => html! {
                    details { summary { (way.words.quoted_lines(block.lines())) } (quote) }
                },
                None => quote,
            }
        }
    }
}

fn typed(way: Way, lines: &[Line]) -> Markup {
    html! {
        @for (i, line) in lines.iter().enumerate() {
            @if i > 0 { "\n" }
            @for span in line {
                @match span {
                    Span::Words(text) => (marked(text, way.sought)),
                    Span::Link { shown, href } => a href=(href) rel="noopener noreferrer" target="_blank" { (marked(shown, way.sought)) },
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Line {
        vec![Span::Words(text.to_owned())]
    }

    fn text(lines: &[&str]) -> Block {
        Block::Text(lines.iter().map(|line| words(line)).collect())
    }

    fn quote(said: Option<&str>, blocks: Vec<Block>) -> Block {
        Block::Quote {
            said: said.map(words),
            blocks,
            is_apart: false,
            ends_apart: false,
        }
    }

    fn shown(blocks: &[Block]) -> String {
        plain_text(Words::ENGLISH, blocks, &Sought::default(), false).into_string()
    }

    #[test]
    fn quotes_are_nested_and_lines_kept() {
        let inner = quote(None, vec![text(&["c"])]);
        let page = shown(&[
            quote(None, vec![text(&["a", "  b"]), inner]),
            text(&["d <e>"]),
        ]);
        let paragraphs = "<blockquote dir=\"auto\"><p>a\n  b</p><blockquote dir=\"auto\"><p>c</p></blockquote>\
            </blockquote><p>d &lt;e&gt;</p>";
        assert_eq!(
            page,
            format!("<div class=\"typed\" dir=\"auto\">{paragraphs}</div>")
        );
    }

    #[test]
    fn only_the_letter_that_was_answered_is_folded() {
        let long = quote(None, vec![text(&["1", "2", "3", "4"])]);
        let (yes, signature) = (text(&["yes"]), Block::Signature(vec![words("Ann")]));
        let folds = |blocks: &[Block]| shown(blocks).contains("<details>");
        assert!(folds(&[yes.clone(), long.clone()]));
        assert!(folds(&[yes.clone(), long.clone(), signature]));
        assert!(!folds(std::slice::from_ref(&long)));
        assert!(!folds(&[long.clone(), yes.clone()]));
        assert!(!folds(&[yes, quote(None, vec![text(&["short"])])]));
        assert!(!folds(&[]));
    }

    #[test]
    fn the_line_that_says_whose_words_follow_heads_the_quote() {
        let short = quote(Some("Bo <wrote>:"), vec![text(&["1"])]);
        let page = shown(&[text(&["yes"]), short]);
        assert!(
            page.contains("<details open><summary dir=\"auto\">Bo &lt;wrote&gt;:</summary>"),
            "{page}"
        );
    }
}
