//! Doing something with messages: with those that are ticked in a list, or with the one that is open.
//!
//! What an act means for the folders of this user is decided here; how it is done, by `mailbox`. To know before changing it:
//! nothing that cannot be undone is done without a question, and a form that names no folder to move to is asked for one.

use super::panes::title;
use super::resume::{self, Question};
use super::{Done, GoOn, Visit, choose, export, folder, labels};
use crate::error::{Act, Result};
use crate::mail::{FolderName, MessageAct, MessageRef, Role, Tally};
use crate::mailbox::{Change, Order, Outcome, WayBack, Which};
use crate::notices;
use crate::outbox::Kept;
use crate::request::form::Form;
use crate::route::{
    ActForm, AllOf, ListQuery, MessageQuery, MessagesForm, NoticeId, Route, Selected,
};
use crate::settings::AfterDelete;
use crate::views::Notice;

/// Does what a form says, then shows the list, or the message that was open.
///
/// # Errors
/// `BadRequest` for a form that is none of ours; those of `Mailbox::act`.
pub fn act(visit: &mut Visit) -> Result<Done> {
    let form = MessagesForm::read(visit.form.fields())?;
    if form.uids.is_empty() && form.all.is_none() {
        visit.progress.did(Act::Messages {
            act: form.act,
            into: String::new(),
            tally: Tally::default(),
        });
        return Ok(Done::go_on(Route::Folder(form.page)));
    }
    let role = visit.role_of(&form.from.name)?;
    let mut form = match (form.act, role) {
        // What is in Trash has nowhere else to go.
        (MessageAct::Delete, Some(Role::Trash)) => MessagesForm {
            act: MessageAct::Remove,
            ..form
        },
        _ => form,
    };
    let (change, into) = match form.act {
        MessageAct::Read
        | MessageAct::Unread
        | MessageAct::Star
        | MessageAct::Unstar
        | MessageAct::Restore => {
            let (flags, set) = form.act.flags().unwrap_or_default();
            (Change::Flags { flags, set }, String::new())
        }
        MessageAct::Label | MessageAct::Unlabel => match labels::meant(visit, &form)? {
            None => return labels::choose(visit, &form),
            Some(label) => {
                let change = Change::Flags {
                    flags: label.word.flags(),
                    set: form.act == MessageAct::Label,
                };
                form.label = Some(label.word);
                (change, label.name)
            }
        },
        MessageAct::SaveZip | MessageAct::SaveMbox => return export::save(visit, &form),
        MessageAct::Archive => visit.move_to(Role::Archive)?,
        MessageAct::Delete => visit.move_to(Role::Trash)?,
        MessageAct::Spam => visit.move_to(Role::Junk)?,
        MessageAct::NotSpam => visit.move_to(Role::Inbox)?,
        MessageAct::Move | MessageAct::Copy => match &form.to {
            None => return choose::folder(visit, &form),
            Some(to) => {
                let into = visit.title_of(to)?;
                let change = match form.act {
                    MessageAct::Copy => Change::Copy(to.clone()),
                    _ => Change::Move(to.clone()),
                };
                (change, into)
            }
        },
        MessageAct::Remove if !form.sure => return choose::whether(visit, &form),
        MessageAct::Remove => (Change::Remove, String::new()),
    };
    let Some(which) = visit.which(&form) else {
        // The number that was told is no longer true: it is told anew, and nothing is done.
        let query = ListQuery {
            selected: Selected::All,
            ..form.page
        };
        let (lead, text) = visit.words.list_changed();
        return folder::show_with(visit, &query, vec![Notice::warning(lead, text)]);
    };
    let order = Order {
        act: form.act,
        change: &change,
        into: &into,
        from: &form.from,
        which,
        page: &form.page,
        under: visit.notice,
    };
    let next = next(visit, &form);
    let outcome = visit.mailbox.act(&order, visit.progress)?;
    if let Some(undone) = &form.undoes {
        let owner = notices::Owner {
            data: &visit.session.data,
            session: visit.notice.session(),
        };
        notices::withdraw(visit.mailbox.store(), owner, undone);
    }
    let tally = outcome.tally;
    if let (Some(to), None, 1..) = (&form.to, &form.undoes, tally.done) {
        let choices = visit.profile.settings().folders.clone();
        visit.profile.note_folders(choices.with_recent(to))?;
    }
    Ok(Done::GoOn(Box::new(GoOn {
        more: more(&form, &outcome),
        undo: undo(visit, &form, &change, outcome),
        page: after(visit, &form, tally, next),
    })))
}

/// The message that is shown when the one that was open has gone, as the list stood before.
fn next(visit: &mut Visit, form: &MessagesForm) -> Option<MessageRef> {
    let is_below = match visit.profile.settings().after_delete {
        AfterDelete::Next => true,
        AfterDelete::Previous => false,
        AfterDelete::List => return None,
    };
    let (rank, uid) = (form.opened?, form.uids.first()?);
    let open = form.from.message(*uid);
    let list = &form.page.list;
    visit.mailbox.beside(list, &open, rank, is_below)
}

/// The page that comes next: the message that was open, if it is still to be looked at; the one beside it, if it has gone
/// and that one is still there; else the list.
fn after(visit: &mut Visit, form: &MessagesForm, tally: Tally, next: Option<MessageRef>) -> Route {
    let list = || Route::Folder(form.page.clone());
    let (Some(rank), Some(uid)) = (form.opened, form.uids.first()) else {
        return list();
    };
    let shown = match form.act {
        _ if tally.missing > 0 || tally.left > 0 => None,
        // Opened again, what is to be unread would be read again.
        MessageAct::Unread => None,
        act if act.takes_away() => next.and_then(|next| {
            let rank = visit.mailbox.place(&form.page.list, &next, rank)?;
            Some(MessageQuery::of(form.page.list.clone(), next, rank))
        }),
        _ => {
            let list = form.page.list.clone();
            Some(MessageQuery::of(list, form.from.message(*uid), rank))
        }
    };
    shown.map_or_else(list, Route::Message)
}

/// The act that takes it back, where one can.
fn undo(visit: &Visit, form: &MessagesForm, change: &Change, outcome: Outcome) -> Option<ActForm> {
    let back = outcome.back?;
    let (act, to, from, uids) = match (back, change) {
        (WayBack::Flags(uids), Change::Flags { .. }) => {
            let act = form.act.opposite()?;
            (act, None, form.from.clone(), uids)
        }
        (WayBack::From(from, uids), _) => {
            (MessageAct::Move, Some(form.from.name.clone()), from, uids)
        }
        (WayBack::Flags(_), _) => return None,
    };
    let undo = MessagesForm {
        act,
        to,
        label: form.label.clone(),
        from,
        uids: uids.iter().collect(),
        all: None,
        page: form.page.clone(),
        opened: None,
        sure: false,
        undoes: Some(NoticeId(visit.notice.id())),
    };
    Some(ActForm::from(undo))
}

/// The act that goes on with what there was no time for.
fn more(form: &MessagesForm, outcome: &Outcome) -> Option<ActForm> {
    let all = form.all?;
    let Tally { done, left, .. } = outcome.tally;
    let rest = MessagesForm {
        all: Some(AllOf { count: left, ..all }),
        undoes: None,
        ..form.clone()
    };
    (done > 0 && left > 0).then(|| ActForm::from(rest))
}

/// Asks whether an act is still wanted whose session had ended when its form was sent.
///
/// # Errors
/// `BadRequest`; `Imap` where no folders are cached.
pub fn ask(visit: &mut Visit, kept: &Kept) -> Result<Done> {
    let form = MessagesForm::read(kept.form.fields())?;
    let folder = visit.title_of(&form.from.name)?;
    let count = form.count();
    let question = Question {
        what: visit.words.to_do(form.act, count, &folder),
        about: "",
        act: &Route::Messages,
        yes: visit.words.act_label(form.act),
        no: Route::Folder(form.page),
    };
    Ok(resume::ask(visit, kept, question))
}

/// The page that such a form was sent from; the inbox for a form that is none of ours.
pub fn page_of(form: &Form) -> Route {
    match MessagesForm::read(form.fields()) {
        Ok(form) => Route::Folder(form.page),
        Err(_) => Route::Folder(ListQuery::newest(FolderName::inbox())),
    }
}

impl Visit<'_, '_> {
    /// Which messages a form means; None where it means all of what was found, and that is another number now.
    pub fn which(&mut self, form: &MessagesForm) -> Option<Which> {
        let list = &form.page.list;
        Some(match form.all {
            None => Which::These(form.uids.iter().copied().collect()),
            Some(all) if list.is_compared() => Which::Below(all),
            Some(all) => {
                let found = self.mailbox.found_then(list, all.count)?;
                Which::Found(found.into_iter().collect())
            }
        })
    }

    /// What a folder is for.
    fn role_of(&mut self, name: &FolderName) -> Result<Option<Role>> {
        let list = self.mailbox.known_folders()?;
        let folder = list.folders.iter().find(|folder| folder.name == *name);
        Ok(folder.and_then(|folder| folder.role))
    }

    /// A folder's name for people.
    pub fn title_of(&mut self, name: &FolderName) -> Result<String> {
        let list = self.mailbox.known_folders()?;
        let folder = list.folders.iter().find(|folder| folder.name == *name);
        let title = folder.map(|folder| title(self, folder).to_owned());
        Ok(title.unwrap_or_else(|| crate::remote::decoded(name.as_wire())))
    }

    /// The move into the folder that is for something, which is made where there is none.
    fn move_to(&mut self, role: Role) -> Result<(Change, String)> {
        let name = self.mailbox.folder_for(role)?;
        Ok((Change::Move(name), self.words.role(role).to_owned()))
    }
}
