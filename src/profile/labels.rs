//! The names and colours of a user's labels: `labels.toml` in the profile.
//!
//! Not for which messages have them: that the mail server knows. To know before changing it: what cannot be understood is
//! never written over, and keys that are not known are kept.

use serde::{Deserialize, Serialize};
use toml::Table;

use super::{Profile, read};
use crate::error::{Act, Cause, Error, LabelEdit, Progress, Result};
use crate::mail::{Colour, Label, LabelWord};

/// The file.
const LABELS: &str = "labels.toml";
/// Most labels of a user.
const MOST: usize = 200;

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    label: Vec<One>,
    #[serde(flatten)]
    other: Table,
}

/// One label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct One {
    word: LabelWord,
    name: String,
    #[serde(default)]
    colour: Colour,
    #[serde(flatten)]
    other: Table,
}

impl Profile<'_> {
    /// The labels that the user has named, in their order. Where they cannot be read there are none, and `damage` tells why.
    pub fn labels(&self) -> Vec<Label> {
        let kept = self.read_labels().clone().unwrap_or_default();
        let label = |one: One| Label {
            word: one.word,
            name: one.name,
            colour: one.colour,
        };
        kept.label.into_iter().map(label).collect()
    }

    /// Names a label, or gives it another name or colour.
    ///
    /// # Errors
    /// `Profile` where the labels cannot be read, or are too many. `DiskFull`, `Setup`. Whether it was done is noted in
    /// `progress`.
    pub fn keep_label(&self, label: &Label, progress: &Progress) -> Result<()> {
        let mut kept = self.read_labels().clone()?;
        let mut known = kept.label.iter_mut();
        let edit = match known.find(|one| one.word.is(&label.word)) {
            Some(one) => {
                one.name.clone_from(&label.name);
                one.colour = label.colour;
                LabelEdit::Changed
            }
            None => {
                kept.label.push(One {
                    word: label.word.clone(),
                    name: label.name.clone(),
                    colour: label.colour,
                    other: Table::new(),
                });
                LabelEdit::Made
            }
        };
        if kept.label.len() > MOST {
            let path = self.dir.join(LABELS).display().to_string();
            return Err(Error::Profile(Cause::at(
                &path,
                "would contain too many labels",
            )));
        }
        self.write_labels(&kept, &label.name, edit, progress)
    }

    /// Forgets the name and the colour of a label.
    ///
    /// # Errors
    /// As `keep_label`.
    pub fn forget_label(&self, word: &LabelWord, progress: &Progress) -> Result<()> {
        let mut kept = self.read_labels().clone()?;
        let Some(at) = kept.label.iter().position(|one| one.word.is(word)) else {
            return Ok(());
        };
        let gone = kept.label.remove(at);
        self.write_labels(&kept, &gone.name, LabelEdit::Removed, progress)
    }

    fn write_labels(
        &self,
        kept: &Kept,
        name: &str,
        edit: LabelEdit,
        progress: &Progress,
    ) -> Result<()> {
        let text = toml::to_string_pretty(kept);
        let text = text.map_err(|e| Error::Internal(Cause::at("labels", e)))?;
        let act = Act::Label {
            name: name.to_owned(),
            edit,
        };
        self.write(LABELS, &text, act, progress)
    }

    /// What the file says, read once in a request.
    pub(super) fn read_labels(&self) -> &Result<Kept> {
        self.labels.get_or_init(|| read(&self.dir.join(LABELS)))
    }
}
