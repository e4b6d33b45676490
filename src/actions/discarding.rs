//! A message that is being written is thrown away, and taken back.
//!
//! To know before changing it: what is thrown away stays on the disk for a while (`outbox::Drafts`), as it was on the page
//! when that was asked for.

use super::keeping::keep;
use super::{Done, GoOn, Visit, server_draft};
use crate::error::{Act, Error, GoneKind, Result};
use crate::ledger::Token;
use crate::request::form::Form;
use crate::route::{ActForm, ComposeQuery, DraftForm, Route};

/// Throws a message away.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub(super) fn discard(
    visit: &mut Visit,
    token: &Token,
    form: &DraftForm,
    files: &Form,
) -> Result<Done> {
    let key = visit.session.data.key.clone();
    let is_kept = visit.drafts.open(&token.id, &key)?.is_some();
    let is_empty = form.draft.is_blank() && files.files().is_empty() && !is_kept;
    if !is_empty {
        // What was typed last comes back with it.
        keep(visit, token, form, files)?;
    }
    visit.drafts.set_aside(&token.id)?;
    let undo = (!is_empty).then(|| ActForm {
        to: Route::Write,
        fields: DraftForm::restoring(visit.ledger.to_text(token), &form.next),
    });
    if let Some(removed) = server_draft::removed(visit, token, form.next(), undo.clone())? {
        return Ok(Done::Leaves(Box::new(removed)));
    }
    visit.progress.did(Act::DiscardDraft);
    Ok(Done::GoOn(Box::new(GoOn {
        page: form.next(),
        undo,
        more: None,
    })))
}

/// Takes it back.
///
/// # Errors
/// `Gone` where it is not there any more; `Setup`.
pub(super) fn restore(visit: &mut Visit, token: &Token, form: &DraftForm) -> Result<Done> {
    if !visit.drafts.take_back(&token.id)? {
        return Err(Error::Gone(GoneKind::Message));
    }
    visit.progress.did(Act::KeepDraft);
    let text = visit.ledger.to_text(token);
    let page = ComposeQuery::of_token(text, form.next.clone());
    Ok(Done::go_on(Route::from(page)))
}
