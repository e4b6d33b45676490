//! A message that is to be sent: the job that does it, with all that it needs to know.
//!
//! Not for when it is sent (`undo_send`), nor for whether it may be (`compose`).

use super::archiving::archiving;
use super::identities::{as_address, identity, own_addresses, sent_folder, way};
use super::{Visit, holding, people, server_draft};
use crate::draft::{self, Letter};
use crate::error::{Cause, Error, GoneKind, Result};
use crate::jobs::message::Message;
use crate::jobs::send::Send;
use crate::ledger::Token;
use crate::mail::{AttachedFile, Draft, DraftFault, FolderName};
use crate::route::{ComposeQuery, DraftForm, ListQuery, Route, Wish};
use crate::submission::Patience;
use crate::time::Seconds;

/// What somebody has sent.
pub(super) struct Asked {
    /// Which message.
    pub token: Token,
    /// Its form.
    pub form: DraftForm,
    /// A keyed hash of all of it.
    pub content: [u8; 32],
    /// The moment until which it was to wait, where that is why it is sent.
    pub due: Option<Seconds>,
}

/// A draft as it can be sent, or what is wrong with it.
pub(super) fn letter(visit: &Visit, draft: &Draft) -> std::result::Result<Letter, Vec<DraftFault>> {
    let from = identity(visit, &draft.from);
    draft::letter(draft, from.as_ref().map(as_address))
}

/// The job that sends a message.
///
/// # Errors
/// `Internal` for a time that no calendar has.
pub(super) fn sending(
    visit: &mut Visit,
    asked: Asked,
    letter: Letter,
    files: Vec<AttachedFile>,
) -> Result<Send> {
    let Asked {
        token,
        form,
        content,
        due,
    } = asked;
    // Without its folder a message is sent all the same; the copy is owed.
    let sent = sent_folder(visit, &form.draft.from);
    let hold = holding::hold(visit, &form.draft);
    // When it goes, for there its readers look for it; RFC 5322 3.6.1 has when it is complete, which nobody asks for then.
    let date = hold.as_ref().map_or(visit.now, |hold| hold.until);
    let date = visit.zone.header_date(date);
    let date = date.ok_or(Error::Internal(Cause::new("a date that no calendar has")))?;
    let way = way(visit);
    let text = visit.ledger.to_text(&token);
    let archiving = match form.wish {
        Wish::SendAndArchive => archiving(visit, &form.draft),
        _ => None,
    };
    let next = match (&archiving, form.next()) {
        // It is where it was no longer.
        (Some(_), Route::Message(query)) => Route::Folder(ListQuery::first(query.list)),
        (_, next) => next,
    };
    let people = people::to_keep(visit, &letter);
    server_draft::will_change(visit, &token, &form.draft, sent.as_ref());
    let own = own_addresses(visit);
    let is_own = |to: &String| own.iter().any(|own| own.eq_ignore_ascii_case(to));
    if letter.recipients().iter().any(is_own) {
        // Whoever writes to themselves looks for it there.
        let inbox = FolderName::inbox();
        visit.mailbox.mark_stale(&inbox, GoneKind::Message);
    }
    Ok(Send {
        due,
        patience: Patience::USUAL,
        people,
        archiving,
        user: visit.claim.user,
        message: Message {
            token,
            draft: form.draft.clone(),
            letter,
            files,
            drafts: visit.drafts.clone(),
            key: visit.session.data.key.clone(),
            date,
            most: visit.config.most_attached(),
        },
        content,
        way,
        hold,
        sent,
        again: form.again,
        session: visit.notice.session(),
        base: visit.head.base.clone(),
        next,
        form: ComposeQuery::of_token(text, form.next.clone()),
    })
}
