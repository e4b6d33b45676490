//! Doing something with messages: with those that are ticked in a list, or with the one that is open.
//!
//! What an act means for the folders of this user is decided here; how it is done, by `mailbox`. To know before changing it:
//! nothing that cannot be undone is done without a question, and a form that names no folder to move to is asked for one.

use std::time::Duration;

use super::muted::Muting;
use super::panes::title;
use super::resume::{self, Question};
use super::{Done, GoOn, Visit, choose, export, folder, forwarding, labels, next_page};
use crate::error::{Act, Error, Reach, Result};
use crate::mail::{FolderName, FolderRef, MessageAct, ModSeq, Role, Tally, Uid};
use crate::mailbox::{Change, Order, WayBack, Which};
use crate::notices;
use crate::outbox::Kept;
use crate::request::form::Form;
use crate::route::{ActForm, AllOf, ListQuery, MessagesForm, NoticeId, Picked, Route, Selected};
use crate::time::Watch;
use crate::views::Notice;

/// After so long messages of no further folder are begun with: the page says how far it got.
const LONG_ENOUGH: Duration = Duration::from_secs(8);

/// Does what a form says, then shows the list, or the message that was open.
///
/// # Errors
/// `BadRequest` for a form that is not ours; those of `Mailbox::act`.
pub fn act(visit: &mut Visit) -> Result<Done> {
    let form = MessagesForm::read(visit.form.fields())?;
    if form.first().is_none() && form.all.is_none() {
        visit.progress.did(Act::Messages {
            act: form.act,
            into: String::new(),
            tally: Tally::default(),
        });
        return Ok(Done::go_on(Route::Folder(form.page)));
    }
    let Some(form) = visit.with_members(form.clone()) else {
        return told_anew(visit, form.page);
    };
    let mut form = match form.act {
        // What is in Trash has nowhere else to go.
        MessageAct::Delete if visit.is_trash(&form)? => MessagesForm {
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
        | MessageAct::Mute
        | MessageAct::Unmute
        | MessageAct::Receipt
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
        MessageAct::Forward => return forwarding::begin(visit, &form),
        MessageAct::Archive => visit.move_to(Role::Archive)?,
        MessageAct::Delete => visit.move_to(Role::Trash)?,
        MessageAct::Spam => visit.move_to(Role::Junk)?,
        MessageAct::NotSpam => visit.move_to(Role::Inbox)?,
        MessageAct::Move | MessageAct::Copy => match form.target() {
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
    let Some(chosen) = visit.chosen(&form) else {
        let query = ListQuery {
            selected: Selected::All,
            ..form.page
        };
        return told_anew(visit, query);
    };
    let next = next_page::prepared(visit, &form);
    let meant: Vec<Uid> = chosen.iter().flat_map(|one| one.which.named()).collect();
    let muting = Muting::of(visit, form.act, &form.from, &meant);
    let is_kept = muting.as_ref().is_none_or(|muting| muting.is_kept);
    let carried = match is_kept {
        true => carry_out(visit, &form, (&change, &into), chosen),
        false => Ok(done_here(visit, &form, meant.len())),
    };
    let has_done = !matches!(visit.progress.reach(), Reach::Nothing);
    let Carried { tally, undo, more } = match carried {
        // What makes room must not need some: where Trash takes a copy, they can only go for good.
        Err(Error::OverQuota) if form.act == MessageAct::Delete && !has_done => {
            return choose::without_trash(visit, &form);
        }
        Err(error) => return Err(error),
        Ok(carried) => carried,
    };
    if let Some(muting) = &muting {
        muting.note(visit, tally)?;
    }
    if let Some(undone) = &form.undoes {
        let owner = notices::Owner {
            data: &visit.session.data,
            session: visit.notice.session(),
        };
        notices::withdraw(visit.mailbox.store(), owner, undone);
    }
    if let (Some(to), None, 1..) = (&form.to, &form.undoes, tally.done) {
        let choices = visit.profile.settings().folders.clone();
        visit.profile.note_folders(choices.with_recent(to))?;
    }
    Ok(Done::GoOn(Box::new(GoOn {
        more,
        undo,
        page: next_page::after(visit, &form, tally, next),
    })))
}

/// What was told is no longer true: it is told again, and nothing is done.
fn told_anew(visit: &mut Visit, query: ListQuery) -> Result<Done> {
    let (lead, text) = visit.words.list_changed();
    folder::show_with(visit, &query, vec![Notice::warning(lead, text)])
}

/// Messages of one folder that something is to be done with.
struct Chosen {
    from: FolderRef,
    which: Which,
    /// The folder that just these are to go to.
    home: Option<FolderName>,
    /// Those of them that were changed since are left alone.
    since: Option<ModSeq>,
}

/// What was done, how it is taken back, and how it is continued.
struct Carried {
    tally: Tally,
    undo: Option<ActForm>,
    more: Option<ActForm>,
}

/// Does it, folder by folder, as long as there is time.
fn carry_out(
    visit: &mut Visit,
    form: &MessagesForm,
    (change, into): (&Change, &str),
    chosen: Vec<Chosen>,
) -> Result<Carried> {
    let watch = Watch::start();
    let count = |chosen: &Chosen| u32::try_from(chosen.which.count()).unwrap_or(u32::MAX);
    let goes_to = |chosen: &Chosen| chosen.home.clone().or_else(|| change.target().cloned());
    // Of several folders, the messages of one may be where they are to be.
    let is_one = chosen.len() == 1;
    let is_home = |chosen: &Chosen| !is_one && goes_to(chosen).as_ref() == Some(&chosen.from.name);
    let (home, chosen): (Vec<Chosen>, Vec<Chosen>) = chosen.into_iter().partition(is_home);
    let sum = |all: &[Chosen]| all.iter().map(count).fold(0, u32::saturating_add);
    let mut tally = Tally {
        left: sum(&chosen),
        ..Tally::default()
    };
    let (mut back, mut rest) = (Vec::new(), Vec::new());
    for chosen in chosen {
        if watch.passed() >= LONG_ENOUGH && tally.done > 0 {
            rest.push(chosen);
            continue;
        }
        tally.left = tally.left.saturating_sub(count(&chosen));
        let own = chosen.home.clone().map(Change::Move);
        let change = own.as_ref().unwrap_or(change);
        let order = Order {
            act: form.act,
            change,
            into,
            from: &chosen.from,
            which: chosen.which,
            before: tally,
            page: &form.page,
            under: visit.notice,
            since: chosen.since,
        };
        let outcome = visit.mailbox.act(&order, visit.progress)?;
        tally = outcome.tally;
        back.extend(
            outcome
                .back
                .and_then(|way| undone(form.act, &chosen.from, way)),
        );
    }
    if !home.is_empty() {
        tally.done = tally.done.saturating_add(sum(&home));
        visit.progress.did(Act::Messages {
            act: form.act,
            into: into.to_owned(),
            tally,
        });
    }
    Ok(Carried {
        tally,
        undo: undo(visit, form, back),
        more: more(form, tally, rest),
    })
}

/// So many messages were changed by what is kept here alone.
fn done_here(visit: &Visit, form: &MessagesForm, count: usize) -> Carried {
    let undo = form.act.opposite().map(|act| MessagesForm {
        act,
        opened: None,
        talk: None,
        undoes: Some(NoticeId(visit.notice.id())),
        ..form.clone()
    });
    Carried {
        tally: Tally {
            done: u32::try_from(count).unwrap_or(u32::MAX),
            ..Tally::default()
        },
        undo: undo.map(ActForm::from),
        more: None,
    }
}

/// What takes back what was done in a folder.
struct Back {
    act: MessageAct,
    picked: Picked,
}

/// What takes back what was done in a folder, where something can.
fn undone(act: MessageAct, from: &FolderRef, way: WayBack) -> Option<Back> {
    Some(match way {
        WayBack::Flags(uids, since) => Back {
            act: act.opposite()?,
            picked: Picked {
                folder: from.clone(),
                uids: uids.iter().collect(),
                home: None,
                since,
            },
        },
        WayBack::From(folder, uids) => Back {
            act: MessageAct::Move,
            picked: Picked {
                folder,
                uids: uids.iter().collect(),
                home: Some(from.name.clone()),
                since: None,
            },
        },
    })
}

/// The act that takes it back, where one can.
fn undo(visit: &Visit, form: &MessagesForm, mut back: Vec<Back>) -> Option<ActForm> {
    let undo = MessagesForm {
        act: back.first()?.act,
        to: None,
        label: form.label.clone(),
        from: form.from.clone(),
        uids: Vec::new(),
        picked: Vec::new(),
        all: None,
        page: form.page.clone(),
        opened: None,
        talk: None,
        sure: false,
        undoes: Some(NoticeId(visit.notice.id())),
        since: None,
    };
    let undo = match (back.pop(), back.is_empty()) {
        (Some(Back { picked, .. }), true) => MessagesForm {
            to: picked.home,
            from: picked.folder,
            uids: picked.uids,
            since: picked.since,
            ..undo
        },
        (last, _) => MessagesForm {
            picked: back
                .into_iter()
                .chain(last)
                .map(|back| back.picked)
                .collect(),
            ..undo
        },
    };
    Some(ActForm::from(undo))
}

/// The act that continues with what there was no time for.
fn more(form: &MessagesForm, tally: Tally, rest: Vec<Chosen>) -> Option<ActForm> {
    let Tally { done, left, .. } = tally;
    let picked = |chosen: Chosen| {
        let Which::These(uids) = chosen.which else {
            return None;
        };
        Some(Picked {
            folder: chosen.from,
            uids: uids.iter().collect(),
            home: chosen.home,
            since: chosen.since,
        })
    };
    let rest = match form.all {
        Some(all) => MessagesForm {
            all: Some(AllOf { count: left, ..all }),
            undoes: None,
            ..form.clone()
        },
        None if rest.is_empty() => return None,
        None => MessagesForm {
            picked: rest.into_iter().filter_map(picked).collect(),
            undoes: None,
            ..form.clone()
        },
    };
    (done > 0 && left > 0).then(|| ActForm::from(rest))
}

/// Asks whether an act is still wanted whose session had ended when its form was sent.
///
/// # Errors
/// `BadRequest`; `Imap` where no folders are cached.
pub fn ask(visit: &mut Visit, kept: &Kept) -> Result<Done> {
    let form = MessagesForm::read(kept.form.fields())?;
    let folder = visit.title_of(form.place())?;
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

/// The page that such a form was sent from; the inbox for a form that is not ours.
pub fn page_of(form: &Form) -> Route {
    match MessagesForm::read(form.fields()) {
        Ok(form) => Route::Folder(form.page),
        Err(_) => Route::Folder(ListQuery::newest(FolderName::inbox())),
    }
}

impl Visit<'_, '_> {
    /// Which messages of which folder a form means; None where it means all of what was found, and that is another number
    /// now.
    pub fn by_folder(&mut self, form: &MessagesForm) -> Option<Vec<(FolderRef, Which)>> {
        let chosen = self.chosen(form)?.into_iter();
        Some(chosen.map(|chosen| (chosen.from, chosen.which)).collect())
    }

    /// Which messages a form means, by their folders; None where it means all of what was found, and that is another number
    /// now.
    fn chosen(&mut self, form: &MessagesForm) -> Option<Vec<Chosen>> {
        let list = &form.page.list;
        let of_form = |which| Chosen {
            from: form.from.clone(),
            which,
            home: None,
            since: form.since,
        };
        let picked = |picked: &Picked| Chosen {
            from: picked.folder.clone(),
            which: Which::These(picked.uids.iter().copied().collect()),
            home: picked.home.clone(),
            since: picked.since,
        };
        Some(match form.all {
            None => {
                let own = Which::These(form.uids.iter().copied().collect());
                let own = (!form.uids.is_empty()).then(|| of_form(own));
                own.into_iter()
                    .chain(form.picked.iter().map(picked))
                    .collect()
            }
            Some(all) if list.is_compared() => vec![of_form(Which::Below(all))],
            Some(all) => {
                let found = self.mailbox.found_then(list, all.count)?.into_iter();
                let found = found.map(|(from, uids)| Chosen {
                    from,
                    which: Which::Found(uids.into_iter().collect()),
                    home: None,
                    since: None,
                });
                found.collect()
            }
        })
    }

    /// True where all messages that a form means are in Trash.
    fn is_trash(&mut self, form: &MessagesForm) -> Result<bool> {
        let known = self.mailbox.known_folders()?.folders;
        let is_trash = |chosen: &Chosen| {
            let folder = known.iter().find(|folder| folder.name == chosen.from.name);
            folder.and_then(|folder| folder.role) == Some(Role::Trash)
        };
        Ok(self
            .chosen(form)
            .is_some_and(|all| all.iter().all(is_trash)))
    }

    /// The same form with all messages of the conversations that were chosen; None where these are no longer known.
    fn with_members(&mut self, form: MessagesForm) -> Option<MessagesForm> {
        let list = &form.page.list;
        let is_own = form.undoes.is_none() && form.from.name == *list.folder();
        let is_whole = is_own && form.talk.is_none();
        if !list.is_grouped() || !is_whole {
            return Some(form);
        }
        let uids = self.mailbox.members(list, &form.uids)?;
        Some(MessagesForm { uids, ..form })
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
