//! Taking messages into a folder from files: the page for it, and the act.
//!
//! Not for how they are taken in (`jobs::import`). To know before changing it: what is begun here is noted on the disk before
//! the gate is left, so that the same form, sent twice, begins nothing twice.

use super::panes::{Around, title};
use super::{Done, GoOn, Visit};
use crate::error::{Act, Error, GoneKind, Result};
use crate::jobs::import::{TakeIn, interrupted, page_of, said, told};
use crate::mail::{FolderName, FolderRef, Stop, UidValidity};
use crate::notices::{self, Told};
use crate::outbox::Import;
use crate::request::form::Form;
use crate::route::{self, ImportForm, ListQuery, NoticeId, Route};
use crate::views::Notice;
use crate::views::import::{self, ImportPage, Next};

/// Shows what can be taken in, or how far it has come.
///
/// # Errors
/// `Gone(Folder)`; `Imap` where no folders are cached.
pub fn show(visit: &mut Visit, folder: &FolderName) -> Result<Done> {
    visit.mailbox.look_for(folder)?;
    page(visit, folder, None)
}

/// Takes messages in, continues that, or ends it.
///
/// # Errors
/// `BadRequest` for a form that is not ours; `DiskFull`, `Setup` where it cannot be noted.
pub fn take_in(visit: &mut Visit) -> Result<Done> {
    let form = ImportForm::read(visit.form.fields())?;
    match &form {
        ImportForm::Begin(folder) => begin(visit, folder),
        ImportForm::GoOn(folder) => match &visit.import {
            Some(under_way) if under_way.is_at_work => page(visit, folder, None),
            Some(_) => Ok(job(visit, folder, None)),
            None => Ok(Done::leads_to(
                visit,
                &Route::Folder(ListQuery::newest(folder.clone())),
            )),
        },
        ImportForm::End(folder) => end(visit, folder),
    }
}

fn begin(visit: &mut Visit, folder: &FolderName) -> Result<Done> {
    if let Some(under_way) = &visit.import {
        if under_way.import.id == visit.notice.id() {
            return Ok(Done::leads_to(visit, &Route::Import(folder.clone())));
        }
        let notice = Notice::warning("", visit.words.other_import_first());
        return page(visit, folder, Some(notice));
    }
    if visit.form.files().is_empty() {
        let notice = Notice::warning("", visit.words.no_files_chosen());
        return page(visit, folder, Some(notice));
    }
    let known = visit.mailbox.known_folders()?;
    let into = known.folders.iter().find(|one| one.name == *folder);
    let into = into.ok_or(Error::Gone(GoneKind::Folder))?;
    if !into.may_take() {
        return Err(Error::ReadOnly);
    }
    let title = title(visit, into).to_owned();
    let into = FolderRef {
        name: folder.clone(),
        validity: UidValidity(0),
    };
    let import = Import::new(visit.notice.id(), into, title, visit.now);
    visit.imports.note(&import, &visit.session.data.key)?;
    Ok(job(visit, folder, Some(visit.form.clone())))
}

fn job(visit: &Visit, folder: &FolderName, form: Option<Form>) -> Done {
    Done::Leaves(Box::new(TakeIn {
        imports: visit.imports.clone(),
        key: visit.session.data.key.clone(),
        form,
        session: visit.notice.session(),
        base: visit.head.base.clone(),
        otherwise: Route::Folder(ListQuery::newest(folder.clone())),
    }))
}

/// Ends it where it has come to.
fn end(visit: &mut Visit, folder: &FolderName) -> Result<Done> {
    let Some(under_way) = visit.import.take() else {
        return Ok(Done::leads_to(
            visit,
            &Route::Folder(ListQuery::newest(folder.clone())),
        ));
    };
    if under_way.is_at_work {
        visit.imports.ask_to_end()?;
        let id = NoticeId(under_way.import.id);
        let href = page_of(&under_way.import).href(&visit.head.base);
        visit.import = Some(under_way);
        return show_with(visit, folder, None, Some(route::with_notice(href, id)));
    }
    let mut import = under_way.import;
    import.is_over = true;
    import.came.stop = Some(Stop::ByUser);
    let told = told(&import);
    visit.progress.did(said(&import));
    let owner = notices::Owner {
        data: &visit.session.data,
        session: visit.notice.session(),
    };
    // The form that began it, sent again, is told the same.
    let id = NoticeId(import.id);
    notices::keep(visit.mailbox.store(), owner, id, told.clone(), visit.now);
    visit.mailbox.store().save()?;
    visit.imports.forget()?;
    Ok(Done::GoOn(Box::new(GoOn {
        page: page_of(&import),
        undo: told.undo,
        more: None,
    })))
}

fn page(visit: &mut Visit, folder: &FolderName, notice: Option<Notice>) -> Result<Done> {
    show_with(visit, folder, notice, None)
}

/// The page; `ends` is the address at which will be said what was done.
fn show_with(
    visit: &mut Visit,
    name: &FolderName,
    notice: Option<Notice>,
    ends: Option<String>,
) -> Result<Done> {
    if visit.import.is_some() {
        // The page itself says it.
        let is_other = |told: &Told| !matches!(told.done, Act::Import { .. });
        visit.told.retain(is_other);
    }
    let around = Around::gather(visit, Some(name), notice.into_iter().collect())?;
    let folder = around.folder(name).ok_or(Error::Gone(GoneKind::Folder))?;
    let words = visit.words;
    let under_way = visit.import.as_ref().map(|under_way| {
        let import = &under_way.import;
        let next = match (ends, under_way.is_at_work, import.came.stop) {
            (Some(href), ..) => Next::Ends(href),
            (None, true, _) => Next::AtWork,
            (None, false, None) if import.since.is_none() && import.is_kept => Next::GoesOn,
            (None, false, _) => Next::Waits,
        };
        import::UnderWay {
            text: match next {
                Next::Waits => words.done(&interrupted(import)),
                Next::GoesOn | Next::AtWork | Next::Ends(_) => {
                    words.importing(&import.title, &import.came)
                }
            },
            seen: import.came.seen(),
            total: import.came.total,
            next,
        }
    });
    let page = ImportPage {
        folder: name.clone(),
        title: title(visit, folder).to_owned(),
        takes: folder.may_take(),
        under_way,
    };
    Ok(Done::Page(
        visit.page(|visit| import::page(&around.chrome(visit), &page)),
    ))
}
