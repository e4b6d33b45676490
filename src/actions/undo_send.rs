//! Sending that can be taken back: which messages wait, and what their user does with one meanwhile.
//!
//! Not for how they wait (`jobs::wait`, `later`), nor for what every page says of them (`waiting`).

use super::sending::{Asked, letter};
use super::{Done, Visit, sending, server_draft};
use crate::error::Result;
use crate::jobs::send::Send;
use crate::jobs::wait::{BeforeSignOut, TakeBack, UNTIL, Wait};
use crate::later::Click;
use crate::ledger::{Stage, Token};
use crate::outbox::{Waiting, Writing};
use crate::route::{self, ComposeQuery, DraftForm, Route, Wish};
use crate::submission::Patience;
use crate::time::Seconds;
use crate::views::TOKEN;

/// What sends a message: at once, or after the time in which it can be taken back.
///
/// # Errors
/// `Setup`, `Internal`.
pub(super) fn at_once_or_later(visit: &mut Visit, send: Send) -> Result<Done> {
    let seconds = visit.profile.settings().undo_seconds;
    let is_possible = seconds > 0 && server_draft::may_be_there(&send.message.draft);
    if !is_possible || !visit.later.is_relied_on() || visit.mailbox.offline().is_some() {
        return Ok(Done::Leaves(Box::new(send)));
    }
    let page = Route::Unsent;
    let draft = server_draft::put(visit, &send.message.token, page)?;
    let text = visit.ledger.to_text(&send.message.token);
    let fields = [
        (TOKEN, visit.session.token(visit.claim.user)),
        ("d", text),
        (DraftForm::WISH, "now".to_owned()),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    let how = Waiting {
        archives: send.archiving.is_some(),
        next: send.form.next.clone(),
    };
    Ok(Done::Leaves(Box::new(Wait {
        click: Click::of(visit.head, &Route::Write, fields.into()),
        draft,
        seconds,
        how,
        send,
    })))
}

/// Does with a message that waits what its user wants: sends it now, or takes it back.
///
/// # Errors
/// `Setup`.
pub(super) fn decide(visit: &mut Visit, token: Token, form: DraftForm) -> Result<Done> {
    let key = visit.session.data.key.clone();
    let how = visit.drafts.waiting(&token.id, &key)?;
    let next = match how.as_ref() {
        Some(how) => how.next.clone(),
        None => form.next.clone(),
    };
    let page = ComposeQuery::of_token(form.token.clone(), next.clone());
    if form.wish == Wish::TakeBack {
        return Ok(Done::Leaves(Box::new(TakeBack {
            user: visit.claim.user,
            token,
            drafts: visit.drafts.clone(),
            under: visit.notice,
            base: visit.head.base.clone(),
            form: page,
            next: route::next(&next),
        })));
    }
    let due = visit.form.get(UNTIL).parse().ok();
    match now(visit, token, due)? {
        Some(send) => Ok(Done::Leaves(Box::new(send))),
        // It was sent, or taken back, or its sender may be used no longer: its page says so.
        None => Ok(Done::leads_to(visit, &Route::from(page))),
    }
}

/// What sends a message that waits, now; None where it does not wait, or cannot be sent. `due`: until when it was to wait,
/// for whoever is late for one that waits again.
fn now(visit: &mut Visit, token: Token, due: Option<Seconds>) -> Result<Option<Send>> {
    let key = visit.session.data.key.clone();
    let kept = visit.drafts.open(&token.id, &key)?;
    let entry = visit.ledger.look(&token)?;
    let waits = entry.filter(|entry| entry.stage == Stage::Waiting);
    let (Some(Writing { draft, files, .. }), Some(entry)) = (kept, waits) else {
        return Ok(None);
    };
    let Ok(letter) = letter(visit, &draft) else {
        return Ok(None);
    };
    let how = visit.drafts.waiting(&token.id, &key)?;
    let archives = how.as_ref().is_some_and(|how| how.archives);
    let wish = match archives {
        true => Wish::SendAndArchive,
        false => Wish::Send,
    };
    let next = how.map(|how| how.next).unwrap_or_default();
    let text = visit.ledger.to_text(&token);
    let asked = Asked {
        token,
        form: DraftForm::of_kept(text, draft, wish, next),
        content: entry.content,
        due: Some(due.unwrap_or(entry.since)),
    };
    sending::sending(visit, asked, letter, files).map(Some)
}

/// What sends one of the messages that wait before their user signs out; None where none does.
///
/// # Errors
/// `Setup`, `DiskFull`.
pub(super) fn before_sign_out(visit: &mut Visit) -> Result<Option<BeforeSignOut>> {
    for id in visit.drafts.all_waiting()? {
        let kept = visit.drafts.open(&id, &visit.session.data.key)?;
        let made = kept.map_or(0, |kept| kept.made);
        if let Some(send) = now(visit, Token { id, made }, None)? {
            return Ok(Some(BeforeSignOut {
                send: Send {
                    patience: Patience::SHORT,
                    ..send
                },
                sign_out: Route::SignOut.href(&visit.head.base),
                unsent: Route::Unsent.href(&visit.head.base),
            }));
        }
    }
    Ok(None)
}
