//! What was typed and attached of a message goes to the disk, before anything is judged.
//!
//! Not for what is done with it then (`compose`).

use super::{Visit, carrying};
use crate::error::Result;
use crate::ledger::Token;
use crate::mail::{AttachedFile, Carried, Draft, DraftFault};
use crate::outbox::{DRAFTS, Writing};
use crate::request::form::Form;
use crate::route::{DraftForm, Wish};

/// The files of one user take so much room as those of this many messages may, however many there are.
const MESSAGES_OF_FILES: u64 = 3;

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
    writing.draft = form.draft.clone();
    if is_new && visit.drafts.all()?.len() >= DRAFTS {
        let limit = u32::try_from(DRAFTS).unwrap_or(u32::MAX);
        return Ok((writing, vec![DraftFault::TooManyUnsent { limit }]));
    }
    visit.drafts.keep(&token.id, &writing, &key)?;
    // A form that is shown again after signing in comes by a GET, and once.
    let id = (!visit.head.is_get()).then(|| visit.notice.id());
    if id.is_some() && writing.taken == id {
        return Ok((writing, Vec::new()));
    }
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
        | Wish::Hide
        | Wish::Send
        | Wish::SendAndArchive
        | Wish::Discard
        | Wish::Restore => None,
    };
    visit.drafts.keep(&token.id, &writing, &key)?;
    if let Some(slot) = slot {
        visit.drafts.detach(&token.id, slot)?;
    }
    faults.extend(carrying::take_out(visit, token, &writing)?);
    Ok((writing, faults))
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
    if form.cut().is_some() && form.files().is_empty() {
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
        let room = limit.saturating_mul(MESSAGES_OF_FILES);
        if visit.drafts.used()?.saturating_add(upload.size) > room {
            faults.push(DraftFault::NoRoom { limit: room });
            continue;
        }
        let number = writing.next;
        let mut bytes = form.open(upload);
        let size = visit.drafts.attach(&token.id, number, &mut bytes, key)?;
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
