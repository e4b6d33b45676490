//! What has to be asked before something is done with messages: into which folder, and whether it is to be for good.
//!
//! Nothing is done here: the page sends the same form again, with the answer in it.

use super::panes::Around;
use super::ways::{ON_A_PAGE, found};
use super::{Done, Visit};
use crate::error::Result;
use crate::mail::{Folder, MessageAct};
use crate::route::{MessagesForm, Route};
use crate::views::choose::{ChooseFolder, FolderChoice, Whether};
use crate::views::{self, Notice};

/// The form field with what is looked for in the names of folders.
const FIND: &str = "find";

/// Asks which folder messages are to go to.
///
/// # Errors
/// `Imap` where no folders are cached.
pub fn folder(visit: &mut Visit, form: &MessagesForm) -> Result<Done> {
    let around = Around::gather(visit, Some(&form.from.name), Vec::new())?;
    let find = visit.form.get(FIND).trim();
    let mut found = found(visit, &around.list().folders, find);
    let is_there = |folder: &Folder| form.picked.is_empty() && folder.name == form.from.name;
    found.retain(|(folder, _)| !is_there(folder) && folder.may_take());
    let choice = |(folder, title): &(&Folder, String)| FolderChoice {
        name: folder.name.clone(),
        title: title.clone(),
    };
    let recent = visit.profile.settings().folders.recent();
    let recent = recent.filter_map(|name| found.iter().find(|(folder, _)| folder.name == name));
    let recent = recent.filter(|_| find.is_empty()).map(choice);
    let recent: Vec<FolderChoice> = recent.collect();
    let more = found.len() > ON_A_PAGE;
    let choices = found.iter().take(ON_A_PAGE).map(choice);
    let choices: Vec<FolderChoice> = choices.collect();
    let count = form.count();
    let page = ChooseFolder {
        act: form.act,
        count,
        fields: form.fields(),
        find,
        recent,
        choices,
        more,
        back: Route::Folder(form.page.clone()),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::choose::folder(&around.chrome(visit), &page)
    })))
}

/// Asks whether messages are to be removed for good.
///
/// # Errors
/// `Imap` where no folders are cached.
pub fn whether(visit: &mut Visit, form: &MessagesForm) -> Result<Done> {
    whether_after(visit, form, Vec::new())
}

/// Asks the same of messages that were to go to Trash, where the mailbox has no room for a copy of them.
///
/// # Errors
/// `Imap` where no folders are cached.
pub fn without_trash(visit: &mut Visit, form: &MessagesForm) -> Result<Done> {
    let (lead, text) = visit.words.no_room_in_trash();
    whether_after(visit, form, vec![Notice::warning(lead, text)])
}

fn whether_after(visit: &mut Visit, form: &MessagesForm, notices: Vec<Notice>) -> Result<Done> {
    let around = Around::gather(visit, Some(&form.from.name), notices)?;
    let sure = MessagesForm {
        act: MessageAct::Remove,
        sure: true,
        ..form.clone()
    };
    let count = form.count();
    let page = Whether {
        act: sure.act,
        count,
        folder: around.title(visit, form.place()),
        fields: sure.fields(),
        back: Route::Folder(form.page.clone()),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::choose::whether(&around.chrome(visit), &page)
    })))
}
