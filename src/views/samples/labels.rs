//! Invented labels of messages, the page that asks for some, and the one on which they get names.

use maud::Markup;

use super::{chrome, folder_route};
use crate::mail::{Colour, Label, LabelWord};
use crate::route::Route;
use crate::views::labels::{self, Chip, ChooseLabels, EditLabels, Had, LabelChoice, LabelLine};
use crate::words::Words;

/// Of a message without labels.
pub(super) static NONE: (Vec<Chip>, usize) = (Vec::new(), 0);

pub(super) fn chip(name: &str, colour: Colour) -> Chip {
    Chip {
        name: name.to_owned(),
        colour,
    }
}

fn all() -> [Label; 3] {
    [
        ("$label1", "Important", Colour::Red),
        ("work", "Work \" <b>", Colour::Blue),
        ("holiday", "holiday", Colour::Grey),
    ]
    .map(|(word, name, colour)| Label {
        word: LabelWord::new(word).unwrap(),
        name: name.to_owned(),
        colour,
    })
}

/// The page that asks which labels messages are to have.
pub(super) fn choose() -> Markup {
    let had = [Had::All, Had::Some(1), Had::Unknown];
    let choices = all().into_iter().zip(had).map(|(label, had)| LabelChoice {
        word: label.word.clone(),
        chip: Chip::from(label),
        had,
    });
    let page = ChooseLabels {
        count: 2,
        choices: choices.collect(),
        can_make: true,
        fields: super::acting().fields,
        edit: Route::Labels,
        back: folder_route("INBOX"),
    };
    labels::choose(&chrome(Words::ENGLISH, &[], &[]), &page)
}

/// The page on which they get names and colours.
pub(super) fn edit() -> Markup {
    let labels = all().map(|label| LabelLine {
        is_own: label.colour == Colour::Blue,
        label,
    });
    let page = EditLabels {
        back: folder_route("INBOX"),
        labels: labels.into(),
    };
    labels::edit(&chrome(Words::ENGLISH, &[], &[]), &page)
}
