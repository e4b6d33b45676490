//! The text of a message: paragraphs as they were typed, quotes told apart, links that were found in it.
//!
//! Not for finding quotes and links, nor for judging where a link may lead: blocks come ready made. To know before
//! changing it: white space is the writer's (`pre-wrap`), so nothing may be put between the tags of a paragraph.

use maud::{Markup, html};

use crate::words::Words;

/// A stretch of text that belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph; `level` is how often it is quoted, 0 for the writer's own words.
    Lines {
        /// How often it is quoted.
        level: u8,
        /// Its lines, without their ends and without the signs of quoting.
        lines: Vec<Line>,
    },
    /// What follows `-- ` at the end.
    Signature(Vec<Line>),
}

/// A line of text.
pub type Line = Vec<Span>;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Just text.
    Text(String),
    /// A link; its scheme was judged before.
    Link {
        /// Where it leads.
        href: String,
        /// What is shown.
        text: String,
    },
}

/// Deepest quote that is drawn as one; also the bound of the recursion here.
const DEEPEST: u8 = 8;

/// A quote at the end is folded from so many lines on.
const FOLDED: usize = 4;

/// The text; a long quote at its end (the letter that was answered) is folded.
pub fn letter(words: Words, blocks: &[Block]) -> Markup {
    let (own, quoted, rest) = parted(blocks);
    let folded = line_count(quoted);
    html! {
        .typed dir="auto" {
            (quotes(own, 0))
            @if !own.is_empty() && folded >= FOLDED {
                details {
                    summary { (words.quoted_lines(folded)) }
                    (quotes(quoted, 0))
                }
            } @else {
                (quotes(quoted, 0))
            }
            (quotes(rest, 0))
        }
    }
}

/// What comes before the last run of quotes, that run, and the signature after it. The run is empty where the writer's
/// own words follow it: then it is part of a conversation that has to be read in order.
fn parted(blocks: &[Block]) -> (&[Block], &[Block], &[Block]) {
    let end = 1 + blocks
        .iter()
        .rposition(|block| !matches!(block, Block::Signature(_)))
        .unwrap_or_default();
    let (body, rest) = blocks.split_at(end.min(blocks.len()));
    let begin = body
        .iter()
        .rposition(|block| level(block) == 0)
        .map_or(0, |i| i + 1);
    let (own, quoted) = body.split_at(begin.min(body.len()));
    (own, quoted, rest)
}

fn level(block: &Block) -> u8 {
    match block {
        Block::Lines { level, .. } => (*level).min(DEEPEST),
        Block::Signature(_) => 0,
    }
}

fn line_count(blocks: &[Block]) -> usize {
    let count = |block: &Block| match block {
        Block::Lines { lines, .. } | Block::Signature(lines) => lines.len(),
    };
    blocks.iter().map(count).sum()
}

/// Blocks of this level as paragraphs, runs of deeper ones as quotes.
fn quotes(blocks: &[Block], depth: u8) -> Markup {
    html! {
        @for run in blocks.chunk_by(|a, b| (level(a) > depth) == (level(b) > depth)) {
            @if run.first().is_some_and(|block| level(block) > depth) {
                blockquote dir="auto" { (quotes(run, depth.saturating_add(1))) }
            } @else {
                @for block in run { (paragraph(block)) }
            }
        }
    }
}

fn paragraph(block: &Block) -> Markup {
    match block {
        Block::Lines { lines, .. } => html! { p dir="auto" { (typed(lines)) } },
        Block::Signature(lines) => html! { p.signature dir="auto" { (typed(lines)) } },
    }
}

fn typed(lines: &[Line]) -> Markup {
    html! {
        @for (i, line) in lines.iter().enumerate() {
            @if i > 0 { "\n" }
            @for span in line {
                @match span {
                    Span::Text(text) => (text),
                    Span::Link { href, text } => a href=(href) rel="noopener noreferrer" target="_blank" { (text) },
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(level: u8, texts: &[&str]) -> Block {
        let line = |text: &&str| vec![Span::Text(text.to_string())];
        Block::Lines {
            level,
            lines: texts.iter().map(line).collect(),
        }
    }

    fn shown(blocks: &[Block]) -> String {
        letter(Words::ENGLISH, blocks).into_string()
    }

    #[test]
    fn quotes_are_nested_and_lines_kept() {
        let page = shown(&[
            lines(1, &["a", "  b"]),
            lines(2, &["c"]),
            lines(0, &["d <e>"]),
        ]);
        let paragraphs = "<blockquote dir=\"auto\"><p dir=\"auto\">a\n  b</p><blockquote dir=\"auto\"><p dir=\"auto\">c</p></blockquote>\
            </blockquote><p dir=\"auto\">d &lt;e&gt;</p>";
        assert_eq!(
            page,
            format!("<div class=\"typed\" dir=\"auto\">{paragraphs}</div>")
        );
    }

    #[test]
    fn only_the_letter_that_was_answered_is_folded() {
        let long = lines(1, &["1", "2", "3", "4"]);
        let signature = Block::Signature(vec![vec![]]);
        let folds = |blocks: &[Block]| shown(blocks).contains("<details>");
        assert!(folds(&[lines(0, &["yes"]), long.clone()]));
        assert!(folds(&[lines(0, &["yes"]), long.clone(), signature]));
        assert!(!folds(std::slice::from_ref(&long)));
        assert!(!folds(&[long.clone(), lines(0, &["yes"])]));
        assert!(!folds(&[lines(0, &["yes"]), lines(1, &["short"])]));
        assert!(!folds(&[]));
    }

    #[test]
    fn quotes_within_quotes_end_somewhere() {
        let page = shown(&[lines(255, &["deep"])]);
        assert_eq!(page.matches("<blockquote ").count(), usize::from(DEEPEST));
    }
}
