//! What a user prefers on all pages: the page of keys, and the form that sets one preference.
//!
//! Not for keeping them (`profile`), nor for whose value counts (`settings`). To know before changing it: what the hoster
//! has fixed is said, not offered.

use super::panes::Around;
use super::{Done, GoOn, Visit};
use crate::error::Result;
use crate::mail::{FolderName, Preference, Setting};
use crate::request::form::Form;
use crate::route::{ActForm, ListQuery, PreferenceForm, Route};
use crate::views;
use crate::views::keys::KeysPage;

/// The page that lists the keys.
///
/// # Errors
/// `Imap`, where no folders are cached.
pub fn keys(visit: &mut Visit) -> Result<Done> {
    let around = Around::gather(visit, None, Vec::new())?;
    let settings = visit.profile.settings();
    let other = PreferenceForm(Preference::Keys(!settings.keys));
    let page = KeysPage {
        back: Route::Folder(ListQuery::newest(FolderName::inbox())),
        switch: (!settings.is_fixed(Setting::Keys)).then(|| ActForm::from(other)),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::keys::page(&around.chrome(visit), &page)
    })))
}

/// Sets a preference; then the page that its form stands on.
///
/// # Errors
/// `BadRequest` for a form that is not ours; `Profile`, `Forbidden`, `DiskFull`, `Setup`.
pub fn set(visit: &mut Visit) -> Result<Done> {
    let form = PreferenceForm::read(visit.form.fields())?;
    let before = match form.0 {
        Preference::Keys(_) => Preference::Keys(visit.profile.settings().keys),
    };
    visit.profile.prefer(form.0, visit.progress)?;
    Ok(Done::GoOn(Box::new(GoOn {
        page: form.page(),
        undo: (before != form.0).then(|| ActForm::from(PreferenceForm(before))),
        more: None,
    })))
}

/// The page that such a form was sent from.
pub fn page_of(form: &Form) -> Route {
    PreferenceForm::read(form.fields()).map_or(Route::Keys, PreferenceForm::page)
}
