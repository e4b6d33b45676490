//! Plain text as a reader sees it: paragraphs, quotes with the line that says whose they are, links, the signature.
//!
//! On the ground floor: `mime` makes it of a text, a view draws it, `words` are not in it. Not for finding anything. To
//! know before changing it: an address in here has been judged (`Judge`), whoever draws it may make a link of it as it is.

mod columns;

pub use columns::{Stretch, stretches};

/// The text of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlainText {
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// True where only its beginning is here.
    pub cut: bool,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lines that the writer wrote.
    Text(Vec<Line>),
    /// Lines that the writer quotes, one level further in. Never more than `DEEPEST` within each other.
    Quote {
        /// The line that says whose words follow: `On Monday Ann wrote:`.
        said: Option<Line>,
        /// What is quoted, deeper quotes inside.
        blocks: Vec<Block>,
        /// True where an empty line stands before it.
        is_apart: bool,
        /// True where an empty line stands behind it.
        ends_apart: bool,
    },
    /// What stands after a line of `-- `.
    Signature(Vec<Line>),
}

/// Deepest quote that is told apart.
pub const DEEPEST: usize = 20;

/// One line; of format=flowed one paragraph.
pub type Line = Vec<Span>;

/// A stretch of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Words(String),
    /// Something to click on.
    Link {
        /// As the writer wrote it.
        shown: String,
        /// Where it leads.
        href: String,
    },
}

/// The words of a line, its links as their writer wrote them.
pub fn words_of(line: &Line) -> String {
    let words = line.iter().map(|span| match span {
        Span::Words(text) | Span::Link { shown: text, .. } => text.as_str(),
    });
    words.collect()
}

/// Says what of an address found in a text may become a link; None where nothing may.
pub type Judge<'j> = dyn Fn(&str) -> Option<String> + 'j;

impl Block {
    /// How many lines it has, those of its quotes included.
    pub fn lines(&self) -> usize {
        match self {
            Block::Text(lines) | Block::Signature(lines) => lines.len(),
            Block::Quote { said, blocks, .. } => blocks
                .iter()
                .map(Block::lines)
                .fold(said.iter().len(), usize::saturating_add),
        }
    }
}
