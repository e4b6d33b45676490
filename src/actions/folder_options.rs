//! What can be done with a folder: its page, the questions about it, and the act.
//!
//! Not for the page of all folders (`folders`), nor for how a folder is changed (`mailbox`). To know before changing it: what
//! was typed comes back with the reason where it cannot be a name; nothing is done then, and nothing typed is lost.

use super::faults::{Faulty, fault, status};
use super::folder_settings::open_roles;
use super::folders;
use super::panes::{Around, title};
use super::resume::{self, Question};
use super::ways::{ON_A_PAGE, ways};
use super::{Done, Visit, choose};
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Folder, FolderChange, FolderName, FolderSetting, FolderSize, MessageAct};
use crate::mailbox::{FolderDone, FolderOutcome};
use crate::notices;
use crate::outbox::Kept;
use crate::request::form::Form;
use crate::route::{
    AllOf, FolderAsks, FolderQuery, FoldersQuery, ListQuery, MessagesForm, Route, SettingForm,
};
use crate::views::choose::FolderChoice;
use crate::views::folder_options::{self, Kept as StaysAsIs, Options, Place, Whether};
use crate::views::{Kind, Notice};

/// Shows what can be done with a folder, or asks about it.
///
/// # Errors
/// `Gone(Folder)`; `Imap` where no folders are cached.
pub fn show(visit: &mut Visit, query: &FolderQuery) -> Result<Done> {
    match &query.asks {
        FolderAsks::Nothing => {
            visit.mailbox.look_for(&query.folder)?;
            options(visit, &query.folder, None)
        }
        FolderAsks::Where { find } => place(visit, &query.folder, find),
        FolderAsks::WhetherToDelete => {
            let size = visit.mailbox.folder_size(&query.folder)?;
            whether(visit, &query.folder, size)
        }
        FolderAsks::WhetherToEmpty => empty(visit, &query.folder),
        FolderAsks::WhetherToRemoveMarked => marked(visit, &query.folder),
    }
}

/// Asks whether all that is in a folder is to be removed: what there is when the page is made, never what comes later.
fn empty(visit: &mut Visit, name: &FolderName) -> Result<Done> {
    let listing = visit.mailbox.list(&ListQuery {
        compare: true,
        ..ListQuery::newest(name.clone())
    })?;
    let head = listing.head;
    let all = AllOf {
        below: head.next,
        count: head.counts.messages,
    };
    match all.count {
        0 => options(visit, name, None),
        _ => choose::whether(
            visit,
            &MessagesForm::with_all(MessageAct::Remove, head.folder, all),
        ),
    }
}

/// Asks whether what is marked for removal is to be removed: what the server finds now, and nothing that is marked later.
fn marked(visit: &mut Visit, name: &FolderName) -> Result<Done> {
    let (folder, uids) = visit.mailbox.marked(name)?;
    if uids.is_empty() {
        return super::folder::show(visit, &ListQuery::newest(name.clone()));
    }
    let all = AllOf { below: 0, count: 0 };
    let form = MessagesForm {
        uids: uids.iter().take(MessagesForm::MOST).collect(),
        all: None,
        ..MessagesForm::with_all(MessageAct::Remove, folder, all)
    };
    choose::whether(visit, &form)
}

/// Makes a folder or changes one, then shows it.
///
/// # Errors
/// `BadRequest` for a form that is not ours; those of `Mailbox::change_folder`.
pub fn change(visit: &mut Visit) -> Result<Done> {
    let change = FolderChange::read(visit.form.fields())?;
    let under = visit.notice;
    let outcome = visit
        .mailbox
        .change_folder(&change, &under, visit.progress)?;
    match outcome {
        FolderOutcome::Done(done) => {
            forget_notices(visit, &done);
            visit.profile.follow(&done.followed)?;
            Ok(Done::go_on(after(&change, done)))
        }
        FolderOutcome::Asks(size) => match change.folder() {
            Some(folder) => whether(visit, folder, size),
            None => Err(Error::BadRequest("f")),
        },
        FolderOutcome::Fault(fault) => {
            let faulty = Some((&change, &fault));
            match change.folder() {
                Some(folder) => options(visit, folder, faulty),
                None => folders::page(visit, &FoldersQuery::default(), faulty),
            }
        }
    }
}

/// What notices would undo, or continue, in a folder that has another name now, or none.
fn forget_notices(visit: &mut Visit, done: &FolderDone) {
    let means_other = |name: &FolderName| done.names.contains(name);
    notices::forget_ways(visit.mailbox.store(), &visit.session.data, means_other);
}

/// The page that comes next.
fn after(change: &FolderChange, done: FolderDone) -> Route {
    let shown = match change {
        FolderChange::Create { under, .. } => under.clone(),
        FolderChange::Rename { .. }
        | FolderChange::Move { .. }
        | FolderChange::Delete { .. }
        | FolderChange::Subscribe { .. } => done.folder,
    };
    match shown {
        Some(folder) => Route::FolderOptions(FolderQuery::plain(folder)),
        None => Route::Folders(FoldersQuery::default()),
    }
}

/// Asks whether an act is still wanted whose session had ended when its form was sent.
///
/// # Errors
/// `BadRequest`; `Imap` where no folders are cached.
pub fn ask(visit: &mut Visit, kept: &Kept) -> Result<Done> {
    let change = FolderChange::read(kept.form.fields())?;
    let name = match (change.typed(), change.folder()) {
        (Some(typed), _) => typed.to_owned(),
        (None, Some(folder)) => visit.name_for_people(folder)?,
        (None, None) => String::new(),
    };
    let question = Question {
        what: visit.words.folder_to_do(change.act(), &name),
        about: "",
        act: &Route::ChangeFolder,
        yes: visit.words.folder_act_label(change.act()),
        no: page_of(&kept.form),
    };
    Ok(resume::ask(visit, kept, question))
}

/// The page that such a form was sent from.
pub fn page_of(form: &Form) -> Route {
    let change = FolderChange::read(form.fields());
    match change.as_ref().ok().and_then(FolderChange::folder) {
        Some(folder) => Route::FolderOptions(FolderQuery::plain(folder.clone())),
        None => Route::Folders(FoldersQuery::default()),
    }
}

/// The page of a folder.
fn options(visit: &mut Visit, name: &FolderName, faulty: Faulty) -> Result<Done> {
    // What has no field to stand under stands above.
    let above = faulty.filter(|(change, _)| change.typed().is_none());
    let above = above.map(|(_, fault)| Notice {
        kind: Kind::Bad,
        ..Notice::warning("", visit.words.folder_fault(fault))
    });
    let around = Around::gather(visit, Some(name), above.into_iter().collect())?;
    let folder = require(&around, name)?;
    let whole: Vec<&Folder> = whole(&around, folder).collect();
    let parent = parent(&around, folder).map(|parent| title(visit, parent).to_owned());
    let inside = whole.iter().filter(|one| one.name != *name);
    let inside = inside.filter(|one| one.selectable).count();
    let counts = folder.counts.unwrap_or_default();
    let messages = visit.words.unread_of(Some(counts.unread), counts.messages);
    let page = Options {
        folder: name.clone(),
        title: title(visit, folder).to_owned(),
        last: folder.title.clone(),
        holds: folder.selectable.then(|| {
            let inside = u32::try_from(inside).unwrap_or(u32::MAX);
            visit.words.folder_holds(&messages, inside)
        }),
        list: folder.selectable.then(|| list_of(name)),
        import: (folder.selectable && folder.may_take()).then(|| Route::Import(name.clone())),
        parent,
        stays: match (folder.role, whole.iter().any(|one| one.role.is_some())) {
            (Some(_), _) => Some(StaysAsIs::ForItsRole),
            (None, true) => Some(StaysAsIs::ForWhatItHolds),
            (None, false) if !folder.may_go() => Some(StaysAsIs::ForItsRights),
            (None, false) => None,
        },
        favourite: favourite(visit, name),
        roles: roles(visit, &around, folder),
        role: folder.role,
        empties: folder.role.filter(|_| counts.messages > 0),
        bears: folder.may_bear(),
        subscribed: folder.subscribed,
        fault: fault(visit, faulty),
    };
    Ok(Done::Page(visit.page_with(status(faulty), |visit| {
        folder_options::page(&around.chrome(visit), &page)
    })))
}

/// Asks where a folder is to go.
fn place(visit: &mut Visit, name: &FolderName, find: &str) -> Result<Done> {
    let around = Around::gather(visit, Some(name), Vec::new())?;
    let folder = require(&around, name)?;
    let parent = parent(&around, folder).map(|parent| parent.name.clone());
    let all = &around.list().folders;
    let mut found: Vec<(&Folder, String)> = ways(visit, all);
    let sought = find.to_lowercase();
    found.retain(|(one, whole)| {
        one.may_bear()
            && one.name != *name
            && Some(&one.name) != parent.as_ref()
            && !folder.holds(&one.name)
            && whole.to_lowercase().contains(&sought)
    });
    let more = found.len() > ON_A_PAGE;
    let choices = found.into_iter().take(ON_A_PAGE);
    let choices = choices.map(|(folder, title)| FolderChoice {
        name: folder.name.clone(),
        title,
    });
    let page = Place {
        folder: name.clone(),
        title: title(visit, folder).to_owned(),
        find,
        top: parent.is_some() && find.is_empty(),
        choices: choices.collect(),
        more,
    };
    Ok(Done::Page(visit.page(|visit| {
        folder_options::place(&around.chrome(visit), &page)
    })))
}

/// Asks whether a folder is to be deleted.
fn whether(visit: &mut Visit, name: &FolderName, size: FolderSize) -> Result<Done> {
    let around = Around::gather(visit, Some(name), Vec::new())?;
    let folder = require(&around, name)?;
    if whole(&around, folder).any(|one| one.role.is_some()) {
        return options(visit, name, None);
    }
    let page = Whether {
        title: title(visit, folder).to_owned(),
        size,
        change: FolderChange::Delete {
            folder: name.clone(),
            told: Some(size),
        },
        back: Route::FolderOptions(FolderQuery::plain(name.clone())),
    };
    Ok(Done::Page(visit.page(|visit| {
        folder_options::whether(&around.chrome(visit), &page)
    })))
}

fn require<'a>(around: &'a Around, name: &FolderName) -> Result<&'a Folder> {
    around.folder(name).ok_or(Error::Gone(GoneKind::Folder))
}

/// A folder and all that are below it.
fn whole<'a>(around: &'a Around, folder: &'a Folder) -> impl Iterator<Item = &'a Folder> {
    let all = around.list().folders.iter();
    all.filter(|one| one.name == folder.name || folder.holds(&one.name))
}

/// The folder that one is in; the last of those that hold it.
fn parent<'a>(around: &'a Around, folder: &Folder) -> Option<&'a Folder> {
    let all = &around.list().folders;
    let at = all.iter().position(|one| one.name == folder.name)?;
    let before = all.iter().take(at);
    before.rev().find(|one| one.depth < folder.depth)
}

/// The form that makes a folder a favourite, or no longer.
fn favourite(visit: &Visit, name: &FolderName) -> SettingForm {
    let mut favourites = visit.profile.settings().folders.favourites();
    SettingForm {
        folder: name.clone(),
        setting: FolderSetting::Favourite,
        on: !favourites.any(|known| known == *name),
        list: None,
    }
}

/// The forms that choose what a folder is for: what the server leaves open, or what has been chosen.
fn roles(visit: &Visit, around: &Around, folder: &Folder) -> Vec<SettingForm> {
    if folder.is_role_told || !folder.selectable || folder.name.is_inbox() {
        return Vec::new();
    }
    let form = |role, on| SettingForm {
        folder: folder.name.clone(),
        setting: FolderSetting::Role(role),
        on,
        list: None,
    };
    let chosen = visit.profile.settings().folders.roles();
    let mut chosen = chosen.iter();
    match chosen.find(|(_, name)| **name == folder.name) {
        Some((role, _)) => vec![form(*role, false)],
        None if folder.role.is_some() => Vec::new(),
        None => {
            let open = open_roles(around.list()).into_iter();
            open.map(|role| form(role, true)).collect()
        }
    }
}

fn list_of(name: &FolderName) -> Route {
    Route::Folder(ListQuery::newest(name.clone()))
}

impl Visit<'_, '_> {
    /// A folder's name for people.
    fn name_for_people(&mut self, name: &FolderName) -> Result<String> {
        let list = self.mailbox.known_folders()?;
        let folder = list.folders.iter().find(|folder| folder.name == *name);
        let title = folder.map(|folder| title(self, folder).to_owned());
        Ok(title.unwrap_or_else(|| crate::remote::decoded(name.as_wire())))
    }
}
