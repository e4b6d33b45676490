//! What was typed and attached of a message goes to the disk, before anything is judged.
//!
//! Not for what is done with it then (`compose`).

use super::{Visit, carrying};
use crate::error::{Error, Result};
use crate::ledger::Token;
use crate::mail::{AttachedFile, Carried, Draft, DraftFault};
use crate::outbox::{Coming, DRAFTS, Writing, copy_files};
use crate::request::form::Form;
use crate::route::{DraftForm, Wish};
use crate::views::ONCE;

/// Keeps what was typed and attached, and takes off what is to be taken off. What was typed is kept first: whatever becomes of
/// the files, it is there.
pub(super) fn keep(
    visit: &mut Visit,
    token: &Token,
    form: &DraftForm,
    files: &Form,
) -> Result<(Writing, Vec<DraftFault>)> {
    let key = visit.session.data.key.clone();
    let before = visit.drafts.open(&token.id, &key)?;
    let is_new = before.is_none();
    let mut writing = before.unwrap_or_else(|| Writing::new(Draft::default(), token.made));
    // An upload takes its time: what has been kept meanwhile is newer than what was typed when it began.
    if is_new || form.wish != Wish::Attach {
        writing.draft = form.draft.clone();
        writing.by = page_number(files);
    }
    if is_new && !has_room(visit)? {
        let limit = u32::try_from(DRAFTS).unwrap_or(u32::MAX);
        return Ok((writing, vec![DraftFault::TooManyUnsent { limit }]));
    }
    // A form that is shown again after signing in comes by a GET, and once.
    let id = (!visit.head.is_get()).then(|| visit.notice.id());
    let is_again = id.is_some() && writing.taken == id;
    // Before the text: once that is there its page can say which files are not.
    let mut is_disk_full = false;
    if !is_again {
        let names = files.files().iter().map(|file| file.name.clone());
        let coming = Coming {
            first: writing.next,
            names: names.collect(),
        };
        is_disk_full = is_full(visit.drafts.note_coming(&token.id, &coming, &key))?;
    }
    is_disk_full |= is_full(visit.drafts.keep(&token.id, &writing, &key))?;
    if is_disk_full {
        return Ok((writing, vec![DraftFault::DiskFull]));
    }
    if is_again {
        return Ok((writing, Vec::new()));
    }
    let kept = writing.clone();
    let mut faults = attach(visit, token, &mut writing, files)?;
    if faults.is_empty() {
        writing.taken = id;
    }
    let slot = match form.wish {
        Wish::Detach(number) => {
            writing.files.retain(|file| file.number != number);
            Some(number)
        }
        Wish::Drop(number) => {
            let (gone, stay) = std::mem::take(&mut writing.draft.carried)
                .into_iter()
                .partition(|one: &Carried| one.number == number);
            writing.draft.carried = stay;
            gone.first().map(Carried::slot)
        }
        Wish::Keep
        | Wish::Renew
        | Wish::Pick
        | Wish::Hide
        | Wish::Attach
        | Wish::Template
        | Wish::Send
        | Wish::SendAndArchive
        | Wish::SendLater
        | Wish::Discard
        | Wish::Restore
        | Wish::SendNow
        | Wish::TakeBack => None,
    };
    if is_full(visit.drafts.keep(&token.id, &writing, &key))? {
        return Ok((kept, vec![DraftFault::DiskFull]));
    }
    let cut = faults.iter().filter_map(|fault| match fault {
        DraftFault::FileCut { name } => Some(name.clone()),
        _ => None,
    });
    let names = cut.collect();
    let coming = Coming {
        first: writing.next,
        names,
    };
    is_full(visit.drafts.note_coming(&token.id, &coming, &key))?;
    if let Some(slot) = slot {
        visit.drafts.detach(&token.id, slot)?;
    }
    if form.wish != Wish::Discard {
        faults.extend(carrying::take_out(visit, token, &writing)?);
    }
    Ok((writing, faults))
}

/// Keeps a form as a message of its own, with the files of the one that it was made for. The same form twice is one message.
pub(super) fn keep_beside(
    visit: &mut Visit,
    token: &Token,
    form: &DraftForm,
    files: &Form,
) -> Result<(Token, Writing, Vec<DraftFault>)> {
    let key = visit.session.data.key.clone();
    let typed = version(visit, &form.draft);
    let id = visit.ledger.id_of(&[&token.id, typed.as_bytes()]);
    let made = visit.now;
    let mut other = Token { id, made };
    if visit.ledger.look(&other)?.is_some() {
        other = Token::new()?;
    }
    let before = visit.drafts.open(&token.id, &key)?;
    if let (Some(before), None) = (before, visit.drafts.open(&other.id, &key)?) {
        let (from, into) = ((&visit.drafts, &token.id), (&visit.drafts, &other.id));
        let writing = Writing {
            files: copy_files(&before.files, from, into, &key)?,
            next: before.next,
            ..Writing::new(form.draft.clone(), other.made)
        };
        visit.drafts.keep(&other.id, &writing, &key)?;
    }
    let (writing, faults) = keep(visit, &other, form, files)?;
    Ok((other, writing, faults))
}

/// Tells what was typed of a message from what was typed of it before.
pub(super) fn version(visit: &Visit, draft: &Draft) -> String {
    visit.ledger.mark(&[format!("{draft:?}").as_bytes()])
}

/// True where another page has changed what is kept since the page of this form was made: whoever wrote there, perhaps on
/// another device, must not lose it.
pub(super) fn is_overtaken(visit: &Visit, kept: &Writing, form: &DraftForm, sent: &Form) -> bool {
    let is_own = kept.by == page_number(sent) || kept.draft == form.draft;
    !is_own && !form.base.is_empty() && form.base != version(visit, &kept.draft)
}

/// The number of the page that a form stands on, also where it was carried through signing in.
pub(super) fn page_number(sent: &Form) -> String {
    sent.get(ONCE).to_owned()
}

/// True where one more message can be kept. One that the mail server has makes room.
pub(super) fn has_room(visit: &Visit) -> Result<bool> {
    Ok(visit.drafts.all()?.len() < DRAFTS || make_room(visit, None)?)
}

/// Forgets here the oldest message that the mail server has as it is here, but for one; false where there is none.
fn make_room(visit: &Visit, but: Option<&Token>) -> Result<bool> {
    let all = visit.drafts.all()?;
    let is_other = |id: &&[u8; 16]| but.is_none_or(|but| but.id != **id);
    let is_there = |id: &&[u8; 16]| visit.drafts.is_there(id);
    match all.iter().rev().filter(is_other).find(is_there) {
        Some(oldest) => visit.drafts.forget(oldest).map(|()| true),
        None => Ok(false),
    }
}

/// True where the disk had no room: then the form comes again with what was typed, for nothing else has it.
fn is_full(kept: Result<()>) -> Result<bool> {
    match kept {
        Ok(()) => Ok(false),
        Err(Error::DiskFull(_)) => Ok(true),
        Err(other) => Err(other),
    }
}

/// Takes the files of a form; what cannot be taken is told, and keeps no other one away.
fn attach(
    visit: &mut Visit,
    token: &Token,
    writing: &mut Writing,
    form: &Form,
) -> Result<Vec<DraftFault>> {
    let key = &visit.session.data.key;
    let limit = visit.config.most_attached();
    let mut faults = Vec::new();
    if matches!(form.cut(), Some(Error::DiskFull(_))) {
        faults.push(DraftFault::DiskFull);
    } else if form.cut().is_some() && form.files().is_empty() {
        faults.push(DraftFault::TooLarge { limit });
    }
    for upload in form.files() {
        let name = upload.name.clone();
        if upload.refused.is_some() {
            faults.push(DraftFault::FileCut { name });
            continue;
        }
        if writing.size().saturating_add(upload.size) > limit {
            faults.push(DraftFault::TooLarge { limit });
            continue;
        }
        // Each of a user's messages may be as large as one may be, and all together as three.
        let room = carrying::room(limit);
        let is_short =
            || -> Result<bool> { Ok(visit.drafts.used()?.saturating_add(upload.size) > room) };
        while is_short()? && make_room(visit, Some(token))? {}
        if is_short()? {
            faults.push(DraftFault::NoRoom { limit: room });
            continue;
        }
        let number = writing.next;
        let mut bytes = form.open(upload);
        let size = match visit.drafts.attach(&token.id, number, &mut bytes, key) {
            Ok(size) => size,
            Err(Error::DiskFull(_)) => {
                faults.push(DraftFault::DiskFull);
                continue;
            }
            Err(other) => return Err(other),
        };
        writing.next = number.saturating_add(1);
        writing.files.push(AttachedFile {
            number,
            name,
            kind: upload.kind.clone(),
            size,
        });
    }
    Ok(faults)
}
