//! What is said of labels: names, buttons, what became of them.
//!
//! Not for what is said of other acts (`acts`).

use super::Words;
use super::acts::isolated;
use crate::error::LabelEdit;
use crate::mail::{Colour, LabelWord, MessageAct};

impl Words {
    /// The labels that there are before anybody has made one, by keyword: those that other mail programs have, too.
    pub fn usual_labels(&self) -> impl Iterator<Item = (LabelWord, &'static str, Colour)> {
        let usual = [
            ("$label1", "Important", Colour::Red),
            ("$label2", "Work", Colour::Orange),
            ("$label3", "Personal", Colour::Green),
            ("$label4", "To do", Colour::Blue),
            ("$label5", "Later", Colour::Purple),
        ];
        let label = |(word, name, colour)| Some((LabelWord::new(word)?, name, colour));
        usual.into_iter().filter_map(label)
    }

    /// The word before the labels of a message, for screen readers.
    pub fn labels(&self) -> &'static str {
        "Labels"
    }

    /// So many labels more than are shown.
    pub fn more_labels(&self, n: usize) -> String {
        format!("+{n}")
    }

    /// The question which labels so many messages are to have.
    pub fn which_labels(&self, n: u32) -> String {
        format!("Labels of {}", self.count(n.into(), "message", "messages"))
    }

    /// Puts a label on messages, or takes it off.
    pub fn set_label(&self, set: bool) -> &'static str {
        match set {
            true => "Add",
            false => "Remove",
        }
    }

    /// The same for who hears only the button.
    pub fn set_label_named(&self, name: &str, set: bool) -> String {
        format!("{} label {}", self.set_label(set), isolated(name))
    }

    /// Some of the messages have a label.
    pub fn some_have_label(&self, n: u32, total: u32) -> String {
        let total = self.number(total.into());
        format!("on {} of {total}", self.number(n.into()))
    }

    /// All of the messages have a label.
    pub fn have_label(&self, total: u32) -> &'static str {
        match total {
            1 => "on this message",
            _ => "on all of them",
        }
    }

    /// The heading of the form for a label that there is not yet.
    pub fn new_label(&self) -> &'static str {
        "New label"
    }

    /// The name of a label, as a field.
    pub fn label_name(&self) -> &'static str {
        "Name"
    }

    /// The colour of a label, as a field.
    pub fn label_colour(&self) -> &'static str {
        "Colour"
    }

    /// A colour.
    pub fn colour(&self, colour: Colour) -> &'static str {
        match colour {
            Colour::Grey => "Grey",
            Colour::Red => "Red",
            Colour::Orange => "Orange",
            Colour::Yellow => "Yellow",
            Colour::Green => "Green",
            Colour::Teal => "Teal",
            Colour::Blue => "Blue",
            Colour::Purple => "Purple",
            Colour::Pink => "Pink",
        }
    }

    /// Makes a label and puts it on the messages.
    pub fn make_and_add_label(&self) -> &'static str {
        "Create and add"
    }

    /// Makes a label.
    pub fn make_label(&self) -> &'static str {
        "Create"
    }

    /// The mail server keeps no keywords that it does not know.
    pub fn no_new_labels(&self) -> &'static str {
        "The mail server does not accept new labels in this folder."
    }

    /// The page on which labels get other names and colours.
    pub fn edit_labels(&self) -> &'static str {
        "Edit labels"
    }

    /// What such a page has to say.
    pub fn about_labels(&self) -> &'static str {
        "Labels are stored with each message on the mail server. Their names and colours are stored here."
    }

    /// Keeps a name and a colour.
    pub fn save_label(&self) -> &'static str {
        "Save"
    }

    /// Forgets them.
    pub fn forget_label(&self) -> &'static str {
        "Remove from list"
    }

    /// Something was done with a label.
    pub(super) fn label_edited(&self, name: &str, edit: LabelEdit) -> String {
        let name = isolated(name);
        match edit {
            LabelEdit::Made => format!("Label {name} created."),
            LabelEdit::Changed => format!("Label {name} saved."),
            LabelEdit::Removed => {
                format!("Label {name} removed from your list. Messages that have it keep it.")
            }
        }
    }

    /// A label was put on so many messages, or taken off.
    pub(super) fn labelled(&self, act: MessageAct, n: u32, name: &str) -> String {
        let messages = self.count(n.into(), "message", "messages");
        let name = isolated(name);
        match act {
            MessageAct::Unlabel => format!("Label {name} removed from {messages}."),
            _ => format!("Label {name} added to {messages}."),
        }
    }
}
