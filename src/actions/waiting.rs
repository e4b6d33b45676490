//! Messages that wait to be sent: what every page says of them, and how far a message has come.
//!
//! Not for what their user does with them (`undo_send`), nor for how they wait (`jobs::wait`, `later`).

use super::{Visit, holding};
use crate::error::Result;
use crate::gate;
use crate::ledger::{Entry, Stage, Token};
use crate::outbox::Writing;
use crate::route::{ActForm, Base, ComposeQuery, DraftForm, Route};
use crate::time::Seconds;
use crate::views::{Kind, More, Notice};

/// How long after its time a message is overdue that nobody has sent, in seconds.
const OVERDUE: Seconds = 30;

/// What is to be said of messages that wait, on every page. One that nobody has sent in time is the last that waits for a while.
///
/// # Errors
/// `Setup`, `DiskFull`.
pub(super) fn notices(visit: &mut Visit) -> Result<Vec<Notice>> {
    let mut said = Vec::new();
    for id in visit.drafts.all_waiting()? {
        let Some(writing) = visit.drafts.open(&id, &visit.session.data.key)? else {
            continue;
        };
        let token = Token {
            id,
            made: writing.made,
        };
        let Some(entry) = look(visit, &token)? else {
            continue;
        };
        // One that has waited and was not let in, by a session that had ended or a server that was away, has lived.
        if is_overdue(visit, &entry) && !visit.drafts.woken(&id).exists() {
            visit.later.note_missed()?;
            // It counts once, however long nobody does anything with it.
            visit.drafts.note_woken(&id)?;
        }
        said.extend(notice(visit, &token, &writing, &entry));
    }
    Ok(said)
}

/// True for one that should have been sent by now.
fn is_overdue(visit: &Visit, entry: &Entry) -> bool {
    let late = visit.now.saturating_sub(entry.since);
    entry.stage == Stage::Waiting && late > OVERDUE
}

/// What is to be said of one.
fn notice(visit: &Visit, token: &Token, writing: &Writing, entry: &Entry) -> Option<Notice> {
    let words = visit.words;
    let text = visit.ledger.to_text(token);
    let subject = &writing.draft.subject;
    let wish = |wish: &str| ActForm {
        to: Route::Write,
        fields: vec![
            ("d".to_owned(), text.clone()),
            (DraftForm::WISH.to_owned(), wish.to_owned()),
        ],
    };
    let page = ComposeQuery::of_token(text.clone(), Route::Unsent.href(&Base::default()));
    let open = Some((Route::from(page), words.open()));
    let hold = holding::hold(visit, &writing.draft);
    let now = More {
        form: wish("now"),
        label: match hold {
            None => words.send_now(),
            Some(_) => words.pass_on_now(),
        },
    };
    Some(match entry.stage {
        Stage::Waiting if is_overdue(visit, entry) => Notice {
            more: Some(now),
            open,
            ..Notice::warning(words.overdue_lead(), words.overdue_text(subject))
        },
        Stage::Waiting => {
            let left = entry.since.saturating_sub(visit.now).max(0);
            let waits = match &hold {
                None => words.waits(subject, left),
                Some(hold) => words.waits_to_be_held(subject, &hold.named, left),
            };
            Notice {
                kind: Kind::Done,
                undo: Some(wish("back")),
                left: Some(left),
                ..Notice::warning("", waits)
            }
        }
        Stage::Failed => Notice {
            kind: Kind::Bad,
            open,
            ..Notice::warning(words.not_sent(), words.was_not_sent(subject))
        },
        Stage::Unknown => Notice {
            kind: Kind::Bad,
            open,
            ..Notice::warning(words.perhaps_sent_lead(), words.was_perhaps_sent(subject))
        },
        Stage::Sending | Stage::Sent | Stage::TakenBack => return None,
    })
}

/// What the ledger has of a message; one that nobody is at work on any more may have been sent.
///
/// # Errors
/// `Setup`.
pub(super) fn look(visit: &Visit, token: &Token) -> Result<Option<Entry>> {
    let entry = visit.ledger.look(token)?;
    let is_at_work = match &entry {
        Some(entry) if entry.stage == Stage::Sending => visit.outbox.is_at_work(&gate::SEND)?,
        _ => true,
    };
    Ok(entry.map(|entry| match is_at_work {
        true => entry,
        false => entry.at(Stage::Unknown),
    }))
}
