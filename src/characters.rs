//! What single characters do to a text: which are not seen, which turn its direction, which pile up on one letter.
//!
//! The one table of such characters, for subjects, names, file names, links, previews and what servers say. Not for
//! charsets (`mime::codec`), nor for what follows from a character: whoever asks says which kinds matter to it.

/// Marks that one letter may carry: a browser draws it with all of them at once, in a time that grows with the square of
/// their number.
pub const MOST_MARKS: usize = 100;

/// What a character does that is not seen itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// Turns the direction of what follows, beyond the text that it stands in: embeddings, overrides, isolates.
    Direction,
    /// Counts as a letter of one direction (LRM, RLM, ALM).
    DirectionMark,
    /// Ends a line or a paragraph without being a line feed.
    LineEnd,
    /// Joins letters or keeps them apart, as some scripts need (ZWJ, ZWNJ).
    Joiner,
    /// Takes room like a letter, without ink: fillers of Hangul, the empty Braille pattern.
    Blank,
    /// Nothing to be seen at all: soft hyphens, spaces without width, invisible operators, byte order marks.
    Nothing,
    /// Stands for something beside the text: annotations, embedded objects.
    Note,
    /// Chooses a variant of the character before it, or tags it (variation selectors, tags; flags of regions have them).
    Tag,
}

/// First and last character, and what they do; sorted.
const UNSEEN: [(char, char, Unseen); 25] = [
    ('\u{ad}', '\u{ad}', Unseen::Nothing),
    ('\u{34f}', '\u{34f}', Unseen::Nothing),
    ('\u{61c}', '\u{61c}', Unseen::DirectionMark),
    ('\u{115f}', '\u{1160}', Unseen::Blank),
    ('\u{17b4}', '\u{17b5}', Unseen::Nothing),
    ('\u{180e}', '\u{180e}', Unseen::Nothing),
    ('\u{200b}', '\u{200b}', Unseen::Nothing),
    ('\u{200c}', '\u{200d}', Unseen::Joiner),
    ('\u{200e}', '\u{200f}', Unseen::DirectionMark),
    ('\u{2028}', '\u{2029}', Unseen::LineEnd),
    ('\u{202a}', '\u{202e}', Unseen::Direction),
    ('\u{2060}', '\u{2065}', Unseen::Nothing),
    ('\u{2066}', '\u{2069}', Unseen::Direction),
    ('\u{206a}', '\u{206f}', Unseen::Nothing),
    ('\u{2800}', '\u{2800}', Unseen::Blank),
    ('\u{3164}', '\u{3164}', Unseen::Blank),
    ('\u{feff}', '\u{feff}', Unseen::Nothing),
    ('\u{ffa0}', '\u{ffa0}', Unseen::Blank),
    ('\u{fff0}', '\u{fff8}', Unseen::Nothing),
    ('\u{fff9}', '\u{fffc}', Unseen::Note),
    ('\u{1bca0}', '\u{1bca3}', Unseen::Nothing),
    ('\u{1d173}', '\u{1d17a}', Unseen::Nothing),
    ('\u{e0000}', '\u{e00ff}', Unseen::Tag),
    ('\u{e0100}', '\u{e01ef}', Unseen::Tag),
    ('\u{e01f0}', '\u{e0fff}', Unseen::Nothing),
];

/// What a character does that is not seen; None for one that is seen, and for white space and controls of ASCII.
pub fn unseen(c: char) -> Option<Unseen> {
    // Nearly all characters of nearly all mails.
    if c < '\u{ad}' {
        return None;
    }
    let after = UNSEEN.partition_point(|(first, _, _)| *first <= c);
    let (_, last, what) = UNSEEN.get(after.checked_sub(1)?)?;
    (c <= *last).then_some(*what)
}

/// True for a character that turns the direction of what follows, beyond the text that it stands in.
pub fn turns_direction(c: char) -> bool {
    unseen(c) == Some(Unseen::Direction)
}

/// True for a mark that is written onto the letter before it, or joins it to the next.
pub fn is_mark(c: char) -> bool {
    // Nearly all characters of nearly all mails.
    if c < '\u{300}' {
        return false;
    }
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

/// How often the letters of a mail change the way they run (bidirectional runs), as in English within Hebrew: a browser
/// draws some ten thousand changes in a second.
#[derive(Clone, Copy, Debug, Default)]
pub struct BidiRuns {
    leftward: bool,
    made: usize,
}

impl BidiRuns {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_says_what_is_not_seen() {
        for pair in UNSEEN.windows(2) {
            let [(_, last, _), (first, _, _)] = pair else {
                continue;
            };
            assert!(last < first, "{first:?}");
        }
        for (c, what) in [
            ('a', None),
            ('\n', None),
            ('\u{a0}', None),
            ('\u{ad}', Some(Unseen::Nothing)),
            ('\u{200d}', Some(Unseen::Joiner)),
            ('\u{2010}', None),
            ('\u{202e}', Some(Unseen::Direction)),
            ('\u{2069}', Some(Unseen::Direction)),
            ('\u{2070}', None),
            ('\u{3164}', Some(Unseen::Blank)),
            ('\u{e0101}', Some(Unseen::Tag)),
            ('\u{e1000}', None),
            ('\u{10ffff}', None),
        ] {
            assert_eq!(unseen(c), what, "{c:?}");
        }
        assert!(turns_direction('\u{2066}') && !turns_direction('\u{200e}'));
    }
}
