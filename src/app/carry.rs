//! A form whose session has ended, carried through signing in: kept before, handed over after, then shown to its user, who
//! decides. It is never carried out here.
//!
//! Not for how it lies on the disk (`outbox`), nor for what a page of it says: that is the action's that the table names
//! (`needs::Back::Carry`). To know before changing it: a form is kept on the disk only for browsers with one of our cookies and
//! only where the form itself names the same user; anybody else's travels in the sign-in form, without its files.

use std::rc::Rc;

use super::needs::Back;
use super::{Asked, Door};
use crate::error::Result;
use crate::gate::Pass;
use crate::outbox::{FormId, Outbox, Ticket};
use crate::request::body::{Bytes, SHORT};
use crate::request::form::Form;
use crate::route::Route;
use crate::session::{self, Session};
use crate::views::TOKEN;
use crate::views::login::{CARRIED_FIELD, Carried};

/// What the sign-in form itself may need of the longest body of somebody without a session.
const SIGN_IN_BYTES: u64 = 4 * 1024;

/// Keeps the form of a request whose session has ended, where its route says that it is carried. `pass` is its user's.
pub(super) fn keep(asked: &Asked, door: &Door, pass: Option<&Pass>) -> Carried {
    if !matches!(asked.needs().back, Back::Carry { .. }) {
        return Carried::Nothing;
    }
    let (form, target) = (&asked.request.form, asked.request.head.here());
    let is_own = |pass: &&Pass| session::is_form_of(pass.user(), form.get(TOKEN));
    if let Some(pass) = pass.filter(is_own) {
        match Outbox::of(pass).keep(&target, form) {
            Ok(ticket) => return Carried::Kept(ticket.to_text()),
            // Its text may still travel in the sign-in form; the page says what became of its files.
            Err(error) => asked.log(door, error),
        }
    }
    in_the_form(target, form)
}

/// A form that travels in the sign-in form, as far as it may: its text, if it is not too long.
fn in_the_form(target: String, form: &Form) -> Carried {
    let bytes = form.encoded_length(CARRIED_FIELD.len());
    if bytes.saturating_add(SIGN_IN_BYTES) > SHORT {
        return Carried::Lost;
    }
    Carried::Fields {
        target,
        fields: form.fields().to_vec(),
        without_files: !form.files().is_empty(),
    }
}

/// Hands a form over to the session that was just begun. The page that shows it; None where none was carried.
///
/// # Errors
/// `DiskFull`, `Setup`, `Internal`.
pub(super) fn hand_over(
    carried: &Carried,
    pass: &Pass,
    session: &Session,
) -> Result<Option<Route>> {
    let outbox = Outbox::of(pass);
    let ticket = match carried {
        Carried::Nothing | Carried::Lost => return Ok(None),
        Carried::Kept(ticket) => Ticket::from_text(ticket),
        Carried::Fields { target, fields, .. } => {
            let form = Form::new(fields.clone(), Vec::new(), Rc::new(Bytes::default()));
            // Signed in as somebody else: what was typed is shown to nobody.
            match session::is_form_of(pass.user(), form.get(TOKEN)) {
                true => Some(outbox.keep(target, &form)?),
                false => None,
            }
        }
    };
    if let Some(ticket) = &ticket {
        outbox.hand_over(ticket, &session.data.key)?;
    }
    // Where there is no such form any more, or it is not this user's, the page says so.
    Ok(Some(resumed(ticket.map(|ticket| ticket.id))))
}

/// Keeps a form that an earlier session of its user has made, in a session that may act: it is asked about at once. None
/// where it is not of this user, or not carried.
///
/// # Errors
/// `DiskFull`, `Setup`, `Internal`.
pub(super) fn keep_for(asked: &Asked, pass: &Pass, session: &Session) -> Result<Option<Route>> {
    let form = &asked.request.form;
    let is_carried = matches!(asked.needs().back, Back::Carry { .. });
    if !is_carried || !session::is_form_of(pass.user(), form.get(TOKEN)) {
        return Ok(None);
    }
    let outbox = Outbox::of(pass);
    let ticket = outbox.keep(&asked.request.head.here(), form)?;
    outbox.hand_over(&ticket, &session.data.key)?;
    Ok(Some(resumed(Some(ticket.id))))
}

/// The page that shows a kept form again; without one it says that there is none.
pub(super) fn resumed(id: Option<FormId>) -> Route {
    let form = id.map_or_else(String::new, FormId::to_text);
    Route::Resume { form }
}
