//! What a user sets a folder to be: a favourite, or the one for archived mail.
//!
//! Not for keeping it (`profile`), nor for what it means where folders are listed (`mailbox`). To know before changing it:
//! what the mail server itself says a folder is for is not offered, and not taken from a form either.

use super::resume::{self, Question};
use super::{Done, GoOn, Visit};
use crate::error::{Act, Error, GoneKind, Result};
use crate::mail::{FolderSetting, Role};
use crate::outbox::Kept;
use crate::request::form::Form;
use crate::route::{ActForm, FoldersQuery, Route, SettingForm};
use crate::store::keys::FolderList;

/// The roles that the mail server leaves open.
pub(super) fn open_roles(list: &FolderList) -> Vec<Role> {
    let is_told = |role: &Role| {
        let mut folders = list.folders.iter();
        folders.any(|folder| folder.role == Some(*role) && folder.is_role_told)
    };
    FolderSetting::roles()
        .filter(|role| !is_told(role))
        .collect()
}

/// Sets a folder to be something, or no longer; then the page that it was set on.
///
/// # Errors
/// `BadRequest` for a form that is not ours; `Gone(Folder)`; `Profile`, `DiskFull`, `Setup`; `Imap` where no folders are
/// cached.
pub fn set(visit: &mut Visit) -> Result<Done> {
    let form = SettingForm::read(visit.form.fields())?;
    let list = visit.mailbox.known_folders()?;
    let mut folders = list.folders.iter();
    let folder = folders.find(|folder| folder.name == form.folder);
    let is_open = match form.setting {
        FolderSetting::Favourite | FolderSetting::Grouped => true,
        FolderSetting::Role(role) => open_roles(&list).contains(&role) && !form.folder.is_inbox(),
    };
    let name = match folder {
        Some(folder) if is_open && (folder.selectable || !form.on) => folder.title.clone(),
        Some(_) => return Err(Error::BadRequest("set")),
        None if form.on => return Err(Error::Gone(GoneKind::Folder)),
        None => crate::remote::decoded(form.folder.as_wire()),
    };
    let act = Act::SetFolder {
        setting: form.setting,
        name,
        on: form.on,
    };
    let choices = visit.profile.settings().folders.clone();
    let choices = choices.with(&form.folder, form.setting, form.on);
    visit.profile.set_folder(choices, act, visit.progress)?;
    if let FolderSetting::Role(_) = form.setting {
        // What is for what is told again when the folders are listed.
        visit.mailbox.mark_stale(&form.folder, GoneKind::Folder);
    }
    let undo = SettingForm {
        on: !form.on,
        ..form.clone()
    };
    let is_undone = match form.setting {
        FolderSetting::Favourite | FolderSetting::Grouped => true,
        FolderSetting::Role(_) => false,
    };
    Ok(Done::GoOn(Box::new(GoOn {
        page: form.page(),
        undo: is_undone.then(|| ActForm::from(undo)),
        more: None,
    })))
}

/// Asks whether that is still wanted, of a form whose session had ended.
///
/// # Errors
/// `BadRequest`.
pub fn ask(visit: &mut Visit, kept: &Kept) -> Result<Done> {
    let form = SettingForm::read(kept.form.fields())?;
    let name = crate::remote::decoded(form.folder.as_wire());
    let yes = visit.words.folder_set_label(form.setting, form.on);
    let question = Question {
        what: visit.words.folder_to_set(form.setting, form.on, &name),
        about: "",
        act: &Route::SetFolder,
        yes: &yes,
        no: form.page(),
    };
    Ok(resume::ask(visit, kept, question))
}

/// The page that such a form was sent from.
pub fn page_of(form: &Form) -> Route {
    match SettingForm::read(form.fields()) {
        Ok(form) => form.page(),
        Err(_) => Route::Folders(FoldersQuery::default()),
    }
}
