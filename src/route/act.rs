//! What the forms of acts say: which message is meant stands in a form, never in the address that it is sent to.
//!
//! Not for the token, which every form carries. To know before changing it: `read` and `fields` are each the inverse of the
//! other, as `Route::parse` and `Route::href` are.

use super::query::{Link, Query};
use super::{Base, MessageQuery, Route};
use crate::error::Result;

/// What the form of `Route::Sender` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenderForm {
    /// The page of the message whose sender is meant.
    pub page: MessageQuery,
    /// True where the sender's images are always shown from now on, false where no longer.
    pub always: bool,
}

impl SenderForm {
    /// Reads the fields of a form; the inverse of `fields`.
    ///
    /// # Errors
    /// `BadRequest`: fields that no form of ours has.
    pub fn read(fields: &[(String, String)]) -> Result<SenderForm> {
        let fields = Query::of(fields);
        Ok(SenderForm {
            page: fields.message_page()?,
            always: fields.is_set(ALWAYS),
        })
    }

    /// Its fields, but for the token.
    pub fn fields(&self) -> Vec<(String, String)> {
        let (_, mut fields) = Route::Message(self.page.clone()).form(&Base::default());
        if self.always {
            fields.push((ALWAYS.to_owned(), "1".to_owned()));
        }
        fields
    }
}

/// An act, and what its form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActForm {
    /// The act.
    pub to: Route,
    /// Its fields, but for the token.
    pub fields: Vec<(String, String)>,
}

impl ActForm {
    /// The form in one line, to be kept; never an address, for it says what it is about.
    pub fn kept(&self) -> String {
        let mut link = Link(self.to.href(&Base::default()));
        for (name, value) in &self.fields {
            link.set(name, value);
        }
        link.0
    }

    /// Reads what was kept; None for what is no form's.
    pub fn of_kept(kept: &str) -> Option<ActForm> {
        let (target, fields) = kept.split_once('?').unwrap_or((kept, ""));
        let fields = form_urlencoded::parse(fields.as_bytes()).into_owned();
        Some(ActForm {
            to: Route::posted_to(target)?,
            fields: fields.collect(),
        })
    }
}

impl From<SenderForm> for ActForm {
    fn from(form: SenderForm) -> ActForm {
        ActForm {
            to: Route::Sender,
            fields: form.fields(),
        }
    }
}

/// The field that says that images are always shown.
const ALWAYS: &str = "always";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::samples;

    #[test]
    fn a_form_reads_what_it_writes_and_its_address_says_nothing() {
        let pages = samples().into_iter().filter_map(|(_, route)| match route {
            Route::Message(page) => Some(page),
            _ => None,
        });
        for page in pages {
            for always in [true, false] {
                let form = SenderForm {
                    page: page.clone(),
                    always,
                };
                assert_eq!(SenderForm::read(&form.fields()), Ok(form.clone()));
                let act = ActForm::from(form);
                assert_eq!(ActForm::of_kept(&act.kept()), Some(act));
            }
        }
        assert_eq!(Route::Sender.href(&Base::default()), "/sender");
        assert!(SenderForm::read(&[]).is_err());
    }
}
