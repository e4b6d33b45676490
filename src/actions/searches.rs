//! Keeping a search, so that it can be opened like a folder, and forgetting it.
//!
//! Not for making the search (`folder` shows it like any list), nor for where it is kept (`profile`).

use super::resume::{self, Question};
use super::{Done, GoOn, Visit};
use crate::error::{Act, Error, Result};
use crate::mail::Search;
use crate::outbox::Kept;
use crate::request::form::Form;
use crate::route::{ActForm, FoldersQuery, Route, SearchForm};

/// Keeps a search under a name, or no longer; then the page of what it finds.
///
/// # Errors
/// `BadRequest` for a form that looks for nothing; `Profile`, `Forbidden`, `DiskFull`, `Setup`.
pub fn keep(visit: &mut Visit) -> Result<Done> {
    let form = SearchForm::read(visit.form.fields())?;
    let text = form.list.search().map(Search::text);
    let text = text.ok_or(Error::BadRequest("q"))?;
    let before = visit.profile.settings().searches.clone();
    let known = before.name_of(&form.list).map(str::to_owned);
    let after = match form.on {
        true => before.with(&form.list, &form.name),
        false => before.without(&form.list),
    };
    let name = after.name_of(&form.list).map(str::to_owned);
    let name = name.or(known).unwrap_or_else(|| text.to_owned());
    let act = Act::KeepSearch {
        name: name.clone(),
        on: form.on,
    };
    visit.profile.keep_searches(after, act, visit.progress)?;
    let undo = SearchForm {
        on: !form.on,
        name,
        list: form.list.clone(),
    };
    Ok(Done::GoOn(Box::new(GoOn {
        page: form.page(),
        undo: Some(ActForm::from(undo)),
        more: None,
    })))
}

/// Asks whether that is still wanted, of a form whose session had ended.
///
/// # Errors
/// `BadRequest`.
pub fn ask(visit: &mut Visit, kept: &Kept) -> Result<Done> {
    let form = SearchForm::read(kept.form.fields())?;
    let text = form.list.search().map_or("", Search::text);
    let yes = visit.words.keep_search_label(form.on);
    let question = Question {
        what: visit.words.search_to_keep(form.on, text),
        about: "",
        act: &Route::KeepSearch,
        yes,
        no: form.page(),
    };
    Ok(resume::ask(visit, kept, question))
}

/// The page that such a form was sent from.
pub fn page_of(form: &Form) -> Route {
    match SearchForm::read(form.fields()) {
        Ok(form) => form.page(),
        Err(_) => Route::Folders(FoldersQuery::default()),
    }
}
