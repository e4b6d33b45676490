//! What is said of the people who are suggested as recipients.

use super::Words;
use super::acts::isolated;

impl Words {
    /// Leads to the page, and heads it.
    pub fn people(&self) -> &'static str {
        "Suggested recipients"
    }

    /// Who they are.
    pub fn about_people(&self) -> &'static str {
        "People that you have written to. Postern suggests them when you enter a recipient."
    }

    /// There are none.
    pub fn no_people(&self) -> &'static str {
        "People that you write to will appear here."
    }

    /// Takes one from the list.
    pub fn forget_person(&self) -> &'static str {
        "Remove"
    }

    /// The same, of one who is named.
    pub fn forget_person_of(&self, address: &str) -> String {
        format!("Remove {}", isolated(address))
    }

    /// Leads to the question before all are taken from it.
    pub fn forget_all_people(&self) -> &'static str {
        "Remove all"
    }

    /// That question.
    pub fn whether_to_forget(&self) -> &'static str {
        "Remove all suggested recipients?"
    }

    /// What it means.
    pub fn would_be_forgotten(&self, count: usize) -> String {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let people = self.count(count, "person", "people");
        format!(
            "{people} will no longer be suggested. Your messages stay as they are. This cannot be undone."
        )
    }

    /// One of them, or all, were taken from the list.
    pub(super) fn people_forgotten(&self, address: &str) -> String {
        match address {
            "" => "All suggested recipients were removed.".to_owned(),
            address => format!("{} will no longer be suggested.", isolated(address)),
        }
    }

    /// Somebody is on it again.
    pub(super) fn person_remembered(&self, address: &str) -> String {
        format!("{} will be suggested again.", isolated(address))
    }

    /// Names the list that opens below a field.
    pub fn suggestions(&self) -> &'static str {
        "Suggestions"
    }

    /// The field that adds one recipient, and its button.
    pub fn add_recipient(&self) -> &'static str {
        "Add recipient"
    }

    /// Leads to the page on which several are picked.
    pub fn pick_people(&self) -> &'static str {
        "Choose\u{2026}"
    }

    /// Heads them there.
    pub fn picked_from(&self) -> &'static str {
        "Choose recipients"
    }

    /// Adds the selected people.
    pub fn add_picked(&self) -> &'static str {
        "Add to message"
    }

    /// The button of that field.
    pub fn add(&self) -> &'static str {
        "Add"
    }
}
