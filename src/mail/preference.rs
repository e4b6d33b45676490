//! What a user prefers on all pages.
//!
//! Not for what is chosen of a folder (`FolderSetting`), nor for what counts where nobody has chosen (`settings`). To know
//! before changing it: a form says the value that is wanted, never "the other one".

use serde::{Deserialize, Serialize};

/// One preference, with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Preference {
    /// Whether keys do something when they are pressed alone.
    Keys(bool),
}

impl Preference {
    /// Its name, and that of its value, as forms have them.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Preference::Keys(true) => ("keys", "on"),
            Preference::Keys(false) => ("keys", "off"),
        }
    }

    /// The one of these names.
    pub fn named(name: &str, value: &str) -> Option<Preference> {
        let mut all = Preference::all();
        all.find(|one| one.names() == (name, value))
    }

    /// Every one with each of its values.
    pub fn all() -> impl Iterator<Item = Preference> {
        [true, false].map(Preference::Keys).into_iter()
    }
}
