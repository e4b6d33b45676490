//! Plain text as a reader sees it: paragraphs, quotes with the line that says whose they are, links, the signature.
//!
//! On the ground floor: `mime` makes it of a text, a view draws it, `words` are not in it. Not for finding anything. To
//! know before changing it: an address in here has been judged (`Judge`), whoever draws it may make a link of it as it is.

/// Marks that one letter may carry: a browser draws it with all of them at once, in a time that grows with the square of
/// their number.
pub const MOST_MARKS: usize = 100;

/// True for a mark that is written onto the letter before it, or joins it to the next.
pub fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5bd}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{6d6}'..='\u{6ed}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{200d}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// How often the letters of a mail change the way they run, as in English within Hebrew: a browser draws some ten
/// thousand changes in a second.
#[derive(Clone, Copy, Debug, Default)]
pub struct Turns {
    leftward: bool,
    made: usize,
}

impl Turns {
    /// Most changes that are drawn.
    const MOST: usize = 50_000;

    /// Counts a letter; false from the one on with which there are too many changes.
    pub fn pass(&mut self, c: char) -> bool {
        let leftward = match c {
            'a'..='z' | 'A'..='Z' => false,
            '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => true,
            _ => self.leftward,
        };
        self.made = self
            .made
            .saturating_add(usize::from(leftward != self.leftward));
        self.leftward = leftward;
        self.made <= Self::MOST
    }
}

/// The text of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
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

/// Says what of an address found in a text may become a link; None where nothing may.
pub type Judge = fn(&str) -> Option<String>;

impl Block {
    /// How many lines it has, those of its quotes included.
    pub fn lines(&self) -> usize {
        match self {
            Block::Text(lines) | Block::Signature(lines) => lines.len(),
            Block::Quote { said, blocks } => blocks
                .iter()
                .map(Block::lines)
                .fold(said.iter().len(), usize::saturating_add),
        }
    }
}
