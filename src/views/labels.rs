//! Labels: beside a message, in the page that asks which messages are to have, and in the one where they get names.
//!
//! Not for deciding what is offered: the action knows. To know before changing it: a colour never says anything that the name
//! beside it does not.

use maud::{Markup, html};

use super::about::framed;
use super::choose::{Back, asking, hidden};
use super::{Chrome, said, tokens};
use crate::mail::{Colour, LONGEST_NAME, Label, LabelWord};
use crate::route::{LabelForm, Route};

/// A label beside a message.
#[derive(Clone, Debug)]
pub struct Chip {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
}

impl From<Label> for Chip {
    fn from(label: Label) -> Chip {
        Chip {
            name: label.name,
            colour: label.colour,
        }
    }
}

/// Which labels messages are to have.
#[derive(Clone, Debug)]
pub struct ChooseLabels {
    /// How many messages.
    pub count: u32,
    /// The labels that can be put on them, or taken off.
    pub choices: Vec<LabelChoice>,
    /// True where a new one can be made.
    pub can_make: bool,
    /// The form, but for the label.
    pub fields: Vec<(String, String)>,
    /// Where labels get other names.
    pub edit: Route,
    /// Where one goes on without doing it.
    pub back: Route,
}

/// A label that can be put on messages, or taken off.
#[derive(Clone, Debug)]
pub struct LabelChoice {
    /// Its keyword.
    pub word: LabelWord,
    /// How it is shown.
    pub chip: Chip,
    /// How many of the messages have it.
    pub had: Had,
}

/// How many of the messages have a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Had {
    /// None.
    None,
    /// So many.
    Some(u32),
    /// All.
    All,
    /// That is not known.
    Unknown,
}

/// The page where labels get names and colours.
#[derive(Clone, Debug)]
pub struct EditLabels {
    /// Where one goes on.
    pub back: Route,
    /// The labels.
    pub labels: Vec<LabelLine>,
}

/// A label with its form.
#[derive(Clone, Debug)]
pub struct LabelLine {
    /// The label.
    pub label: Label,
    /// True where the user has named it.
    pub is_own: bool,
}

/// The labels of a message, and how many more there are.
pub(super) fn chips(chrome: &Chrome, chips: &[Chip], more: usize) -> Markup {
    let words = chrome.words;
    html! {
        @if !chips.is_empty() { span.sr { (words.labels()) ": " } }
        @for one in chips { (chip(one)) " " }
        @if more > 0 { span.label.grey { (words.more_labels(more)) } " " }
    }
}

fn chip(chip: &Chip) -> Markup {
    html! { span.label.(class(chip.colour)) title=(chip.name) { (said(&chip.name)) } }
}

/// The page that asks which labels messages are to have.
pub fn choose(chrome: &Chrome, page: &ChooseLabels) -> Markup {
    let words = chrome.words;
    let target = chrome.href(&Route::Messages);
    let inside = html! {
        form.choose method="post" action=(target) {
            (tokens(chrome))
            (hidden(&page.fields))
            ul.all.labelled {
                @for choice in &page.choices { li { (line(chrome, choice, page.count)) } }
            }
        }
        @if page.can_make {
            h2 { (words.new_label()) }
            form.find #new-label method="post" action=(target) {
                (tokens(chrome))
                (hidden(&page.fields))
                (named(chrome, "", Colour::Grey))
                button.button { (words.make_and_add_label()) }
            }
        } @else { p.hint { (words.no_new_labels()) } }
        p { a.more href=(chrome.href(&page.edit)) { (words.edit_labels()) } }
    };
    let back = Back::to_list(chrome, &page.back);
    asking(chrome, &back, &words.which_labels(page.count), inside)
}

fn line(chrome: &Chrome, choice: &LabelChoice, total: u32) -> Markup {
    let words = chrome.words;
    let name = &choice.chip.name;
    let button = |set: bool| {
        let value = format!("{}{}", if set { '+' } else { '-' }, choice.word.as_str());
        html! {
            button.button name="label" value=(value) aria-label=(words.set_label_named(name, set)) { (words.set_label(set)) }
        }
    };
    html! {
        (chip(&choice.chip))
        span.push.bar {
            @match choice.had {
                Had::None => (button(true)),
                Had::Some(n) => { span.hint { (words.some_have_label(n, total)) } (button(true)) (button(false)) }
                Had::All => { span.hint { (words.have_label(total)) } (button(false)) }
                Had::Unknown => { (button(true)) (button(false)) }
            }
        }
    }
}

/// The fields for a name and a colour.
fn named(chrome: &Chrome, name: &str, colour: Colour) -> Markup {
    let words = chrome.words;
    html! {
        input name=(LabelForm::NAME) value=(name) aria-label=(words.label_name()) placeholder=(words.label_name())
            maxlength=(LONGEST_NAME) dir="auto" required;
        select name=(LabelForm::COLOUR) aria-label=(words.label_colour()) {
            @for (one, value) in Colour::ALL {
                option value=(value) selected[one == colour] { (words.colour(one)) }
            }
        }
    }
}

/// The page where labels get names and colours.
pub fn edit(chrome: &Chrome, page: &EditLabels) -> Markup {
    let words = chrome.words;
    let target = chrome.href(&Route::EditLabel);
    let inside = html! {
        h1 { (words.edit_labels()) }
        p.hint { (words.about_labels()) }
        ul.all.labelled {
            @for line in &page.labels {
                li {
                    form.find method="post" action=(target) {
                        (tokens(chrome))
                        input type="hidden" name=(LabelForm::WORD) value=(line.label.word.as_str());
                        (named(chrome, &line.label.name, line.label.colour))
                        button.button { (words.save_label()) }
                        @if line.is_own {
                            button.button.quiet name=(LabelForm::FORGET) value="1" formnovalidate { (words.forget_label()) }
                        }
                    }
                    (chip(&Chip::from(line.label.clone())))
                }
            }
        }
        h2 { (words.new_label()) }
        form.find #new-label method="post" action=(target) {
            (tokens(chrome))
            (named(chrome, "", Colour::Grey))
            button.button { (words.make_label()) }
        }
    };
    framed(
        chrome,
        words.edit_labels(),
        (&page.back, words.back_to_inbox()),
        inside,
    )
}

/// What the style sheet calls a colour.
fn class(colour: Colour) -> &'static str {
    match colour {
        Colour::Grey => "grey",
        Colour::Red => "red",
        Colour::Orange => "orange",
        Colour::Yellow => "yellow",
        Colour::Green => "green",
        Colour::Teal => "teal",
        Colour::Blue => "blue",
        Colour::Purple => "purple",
        Colour::Pink => "pink",
    }
}
