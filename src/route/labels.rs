//! What the forms about labels say.
//!
//! Not for the token, which every form carries.

use crate::error::{Error, Result};
use crate::mail::{Colour, LONGEST_NAME, LabelWord};

use super::query::Query;

/// A name and a colour for a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelForm {
    /// Which; None for one that there is not yet.
    pub word: Option<LabelWord>,
    /// Its name; may be empty.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
    /// True where its name and colour are to be forgotten.
    pub forget: bool,
}

impl LabelForm {
    /// The field with the name.
    pub const NAME: &str = "name";
    /// The field with the colour.
    pub const COLOUR: &str = "colour";
    /// The field with the keyword.
    pub const WORD: &str = "word";
    /// The field that says that it is to be forgotten.
    pub const FORGET: &str = "forget";

    /// Reads the fields of a form. A name is one line.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<LabelForm> {
        let fields = Query::of(fields);
        let name = fields.get(LabelForm::NAME).unwrap_or_default();
        let words: Vec<&str> = name
            .split(|c: char| c.is_control() || c.is_whitespace())
            .filter(|word| !word.is_empty())
            .collect();
        let word = fields.get(LabelForm::WORD);
        let word = word.map(|word| LabelWord::new(word).ok_or(Error::BadRequest("word")));
        let colour = fields.get(LabelForm::COLOUR);
        let colour = colour.map(|name| Colour::named(name).ok_or(Error::BadRequest("colour")));
        Ok(LabelForm {
            word: word.transpose()?,
            name: words.join(" ").chars().take(LONGEST_NAME).collect(),
            colour: colour.transpose()?.unwrap_or_default(),
            forget: fields.is_set(LabelForm::FORGET),
        })
    }
}
