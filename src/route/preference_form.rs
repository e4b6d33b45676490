//! What the form says that sets a preference.
//!
//! Not for the token, which every form carries.

use super::query::Query;
use super::{ActForm, Route};
use crate::error::{Error, Result};
use crate::mail::Preference;

/// What the form of `Route::SetPreference` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreferenceForm(pub Preference);

impl PreferenceForm {
    /// The field with the preference's name.
    const NAME: &str = "set";
    /// The field with its value.
    const VALUE: &str = "to";

    /// Reads the fields of a form; the inverse of `ActForm::from`.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<PreferenceForm> {
        let fields = Query::of(fields);
        let named = |field| fields.get(field).unwrap_or_default();
        let one = Preference::named(named(PreferenceForm::NAME), named(PreferenceForm::VALUE));
        one.map(PreferenceForm)
            .ok_or(Error::BadRequest(PreferenceForm::NAME))
    }

    /// The page that it stands on.
    pub fn page(self) -> Route {
        match self.0 {
            Preference::Keys(_) => Route::Keys,
        }
    }
}

impl From<PreferenceForm> for ActForm {
    fn from(form: PreferenceForm) -> ActForm {
        let (name, value) = form.0.names();
        let fields = [(PreferenceForm::NAME, name), (PreferenceForm::VALUE, value)];
        ActForm {
            to: Route::SetPreference,
            fields: fields.map(|(n, v)| (n.to_owned(), v.to_owned())).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_what_it_writes() {
        for preference in Preference::all() {
            let act = ActForm::from(PreferenceForm(preference));
            let read = PreferenceForm::read(&act.fields);
            assert_eq!(read, Ok(PreferenceForm(preference)));
            assert_eq!(ActForm::of_kept(&act.kept()), Some(act));
        }
        let other = [("set".to_owned(), "keys".to_owned())];
        assert_eq!(PreferenceForm::read(&other), Err(Error::BadRequest("set")));
    }
}
