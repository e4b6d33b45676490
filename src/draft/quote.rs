//! What is quoted of a message below an answer to it: each line behind its mark, quotes within it one level further in.

use crate::plain_text::{Block, Line, PlainText, words_of};

/// Most lines that are quoted: nobody reads further, and a form has to carry them.
const MOST: usize = 5000;

/// The text as quoted lines. The signature is left out.
pub fn quoted(text: &PlainText) -> String {
    let mut lines = Vec::new();
    Quoting {
        has_signature: false,
    }
    .blocks(&text.blocks, 1, &mut lines);
    lines.truncate(MOST);
    while lines
        .last()
        .is_some_and(|line: &String| line.trim_matches(['>', ' ']).is_empty())
    {
        lines.pop();
    }
    lines.join("\n")
}

/// All of the text as it is, the signature too.
pub fn unquoted(text: &PlainText) -> String {
    let mut lines = Vec::new();
    Quoting {
        has_signature: true,
    }
    .blocks(&text.blocks, 0, &mut lines);
    lines.truncate(MOST);
    lines.join("\n")
}

struct Quoting {
    /// True where the signature is taken along.
    has_signature: bool,
}

impl Quoting {
    fn blocks(&self, blocks: &[Block], depth: usize, lines: &mut Vec<String>) {
        let mut is_apart = false;
        for (nth, block) in blocks.iter().enumerate() {
            if lines.len() > MOST {
                return;
            }
            if let Block::Quote { is_apart: true, .. } = block {
                is_apart = true;
            }
            // What was written stands apart from what is quoted in any case.
            if nth > 0 && (is_apart || depth == 0) {
                lines.push(">".repeat(depth));
            }
            is_apart = matches!(
                block,
                Block::Quote {
                    ends_apart: true,
                    ..
                }
            );
            match block {
                Block::Text(text) => lines.extend(text.iter().map(|line| marked(line, depth))),
                Block::Quote {
                    said,
                    blocks: inner,
                    ..
                } => {
                    lines.extend(said.iter().map(|line| marked(line, depth)));
                    self.blocks(inner, depth.saturating_add(1), lines);
                }
                Block::Signature(text) if self.has_signature => {
                    lines.push("-- ".to_owned());
                    lines.extend(text.iter().map(|line| marked(line, depth)));
                }
                Block::Signature(_) => {}
            }
        }
    }
}

fn marked(line: &Line, depth: usize) -> String {
    let words = words_of(line);
    let marks = ">".repeat(depth);
    match (words.is_empty(), depth) {
        (_, 0) => words,
        (true, _) => marks,
        (false, _) => format!("{marks} {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain_text::Span;

    fn lines(text: &str) -> Vec<Line> {
        text.lines()
            .map(|l| vec![Span::Words(l.to_owned())])
            .collect()
    }

    #[test]
    fn a_quote_keeps_its_levels_and_loses_the_signature() {
        let inner = Block::Quote {
            said: lines("On Monday Bo wrote:").pop(),
            blocks: vec![Block::Text(lines("Hello\n\nBo"))],
            is_apart: true,
            ends_apart: true,
        };
        let text = PlainText {
            blocks: vec![
                Block::Text(lines("Yes.")),
                inner,
                Block::Text(lines("Ann\n\n")),
                Block::Signature(lines("Ann Smith")),
            ],
            cut: false,
        };
        assert_eq!(
            quoted(&text),
            "> Yes.\n>\n> On Monday Bo wrote:\n>> Hello\n>>\n>> Bo\n>\n> Ann"
        );
        assert_eq!(
            unquoted(&text),
            "Yes.\n\nOn Monday Bo wrote:\n> Hello\n>\n> Bo\n\nAnn\n\n\n-- \nAnn Smith"
        );
    }

    #[test]
    fn what_stood_close_together_does_so_in_a_quote() {
        for (is_apart, ends_apart, expected) in [
            (false, false, "> a\n>> q\n> b"),
            (true, false, "> a\n>\n>> q\n> b"),
            (false, true, "> a\n>> q\n>\n> b"),
        ] {
            let quote = Block::Quote {
                said: None,
                blocks: vec![Block::Text(lines("q"))],
                is_apart,
                ends_apart,
            };
            let text = PlainText {
                blocks: vec![Block::Text(lines("a")), quote, Block::Text(lines("b"))],
                cut: false,
            };
            assert_eq!(quoted(&text), expected);
        }
    }
}
