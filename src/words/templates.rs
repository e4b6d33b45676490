//! What is said of messages that others begin with: their page, what is done with them, and where a message becomes one.
//!
//! Not for why a message cannot become one (`unsent`).

use super::Words;
use super::acts::isolated;
use crate::error::TemplateEdit;

impl Words {
    /// Leads to the page, and heads it.
    pub fn templates(&self) -> &'static str {
        "Templates"
    }

    /// What they are.
    pub fn about_templates(&self) -> &'static str {
        "Messages that you send more than once. A new message from a template has its recipients, subject, text and files."
    }

    /// There are none.
    pub fn no_templates(&self) -> &'static str {
        "There are no templates yet. To save one, write a message and choose \u{201c}Save as template\u{201d} under \u{201c}More options\u{201d}."
    }

    /// Makes a message one.
    pub fn save_as_template(&self) -> &'static str {
        "Save as template"
    }

    /// Leads to all of them, from a message that is being written.
    pub fn use_a_template(&self) -> &'static str {
        "Use a template"
    }

    /// Begins a message with one.
    pub fn write_from_template(&self) -> &'static str {
        "New message"
    }

    /// The same, of one that is named.
    pub fn write_from_template_of(&self, name: &str) -> String {
        format!("New message from {}", isolated(name))
    }

    /// Unfolds the field for another name.
    pub fn rename_template(&self) -> &'static str {
        "Rename"
    }

    /// The same, of one that is named.
    pub fn rename_template_of(&self, name: &str) -> String {
        format!("Rename {}", isolated(name))
    }

    /// Label of the field for its name.
    pub fn template_name(&self) -> &'static str {
        "Name"
    }

    /// Keeps another name.
    pub fn save_template_name(&self) -> &'static str {
        "Save name"
    }

    /// Deletes one.
    pub fn delete_template(&self) -> &'static str {
        "Delete"
    }

    /// The same, of one that is named.
    pub fn delete_template_of(&self, name: &str) -> String {
        format!("Delete {}", isolated(name))
    }

    /// What one without a name and a subject is called.
    pub fn unnamed_template(&self) -> &'static str {
        "No subject"
    }

    /// Who gets what begins with it.
    pub fn template_to(&self, people: &str) -> String {
        format!("To {}", isolated(people))
    }

    /// How many files it has.
    pub fn template_files(&self, count: usize) -> String {
        self.count(u64::try_from(count).unwrap_or(u64::MAX), "file", "files")
    }

    /// Lead of what keeps a message from becoming one.
    pub fn template_not_saved(&self) -> &'static str {
        "The template was not saved."
    }

    /// A form names one that is not there any more.
    pub fn template_gone(&self) -> &'static str {
        "This template has been deleted."
    }

    /// What was done with one.
    pub(super) fn template_edited(&self, name: &str, edit: TemplateEdit) -> String {
        let name = isolated(name);
        match edit {
            TemplateEdit::Saved => format!("Template {name} saved."),
            TemplateEdit::Renamed => format!("Template renamed to {name}."),
            TemplateEdit::Removed => format!("Template {name} deleted."),
            TemplateEdit::SavedInPart => format!(
                "Template {name} saved. Some files of other messages could not be loaded, so they are not in it."
            ),
        }
    }
}
