//! How labels are shown: by the names that the user gave them, by the usual ones, else by their keywords.
//!
//! Not for putting them on messages (`labels`).

use super::Visit;
use crate::mail::{Colour, Flags, Label, LabelWord, labels_of};
use crate::views::labels::Chip;

/// Labels that a row shows.
pub const ON_A_ROW: usize = 3;
/// Labels that the page of a message shows.
pub const ON_A_MESSAGE: usize = 20;
/// The labels that have names.
pub struct Labels {
    /// All of them.
    pub named: Vec<Label>,
    /// How many of them the user has named: the first.
    pub own: usize,
}

impl Labels {
    /// Those of the user, and the usual ones.
    pub fn of(visit: &Visit) -> Labels {
        let mut named = visit.profile.labels();
        let own = named.len();
        for (word, name, colour) in visit.words.usual_labels() {
            if !named.iter().any(|label| label.word.is(&word)) {
                named.push(Label {
                    word,
                    name: name.to_owned(),
                    colour,
                });
            }
        }
        Labels { named, own }
    }

    /// A label as it is shown: one without a name by its keyword.
    pub fn label(&self, word: &LabelWord) -> Label {
        let mut named = self.named.iter();
        let known = named.find(|label| label.word.is(word)).cloned();
        known.unwrap_or_else(|| Label {
            word: word.clone(),
            name: word.as_str().to_owned(),
            colour: Colour::Grey,
        })
    }

    /// The labels of a message: the first few, and how many more.
    pub fn chips(&self, flags: &Flags, most: usize) -> (Vec<Chip>, usize) {
        let words = labels_of(flags);
        let labels = words.iter().map(|word| self.label(word));
        let chips = labels.take(most).map(Chip::from).collect();
        (chips, words.len().saturating_sub(most))
    }

    /// True for the keyword of one of them.
    pub fn is_taken(&self, word: &LabelWord) -> bool {
        self.named.iter().any(|label| label.word.is(word))
    }
}
