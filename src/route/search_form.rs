//! What the form says that keeps a search, or no longer.
//!
//! Not for the token, which every form carries.

use super::query::Query;
use super::{ActForm, Base, ListQuery, Route};
use crate::error::Result;
use crate::mail::ListId;

/// What the form of `Route::KeepSearch` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchForm {
    /// What is looked for, and where.
    pub list: ListId,
    /// The name that it gets; empty for what was typed.
    pub name: String,
    /// True where it is kept from now on, false where no longer.
    pub on: bool,
}

impl SearchForm {
    /// The field with the name.
    pub const NAME: &str = "name";

    /// Reads the fields of a form; the inverse of `fields`.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<SearchForm> {
        let fields = Query::of(fields);
        Ok(SearchForm {
            list: fields.list_page()?.list,
            name: fields.get(SearchForm::NAME).unwrap_or_default().to_owned(),
            on: fields.is_set("on"),
        })
    }

    /// Its fields, but for the token.
    pub fn fields(&self) -> Vec<(String, String)> {
        let (_, mut fields) = self.page().form(&Base::default());
        let mut set = |name: &str, value: &str| fields.push((name.to_owned(), value.to_owned()));
        if self.on {
            set("on", "1");
        }
        if !self.name.is_empty() {
            set(SearchForm::NAME, &self.name);
        }
        fields
    }

    /// The page of what it finds.
    pub fn page(&self) -> Route {
        Route::Folder(ListQuery::first(self.list.clone()))
    }
}

impl From<SearchForm> for ActForm {
    fn from(form: SearchForm) -> ActForm {
        ActForm {
            to: Route::KeepSearch,
            fields: form.fields(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{FolderName, Scope, Search};

    #[test]
    fn a_form_reads_what_it_writes() {
        let folder = FolderName::new("INBOX.R&-D %2F?&=+ü").unwrap();
        for (on, scope) in [(true, Scope::Everywhere), (false, Scope::Folder)] {
            let list = ListId::of_folder(folder.clone()).searched(Search::new("a&b=ü \"c\""));
            let form = SearchForm {
                list: list.within(scope),
                name: "R & D".to_owned(),
                on,
            };
            assert_eq!(SearchForm::read(&form.fields()), Ok(form.clone()));
            let act = ActForm::from(form);
            assert_eq!(ActForm::of_kept(&act.kept()), Some(act));
        }
    }
}
