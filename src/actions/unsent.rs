//! The messages that are being written, or were not sent: a list of what lies in `outbox::Drafts`.

use super::panes::Around;
use super::{Done, Visit};
use crate::error::Result;
use crate::ledger::{Stage, Token};
use crate::mail::Unsent;
use crate::route::{Base, ComposeQuery, Route};
use crate::views::unsent::{self, UnsentLine};

/// Shows them, the one changed last first.
///
/// # Errors
/// `Imap` where no folders are cached; `Setup`.
pub fn show(visit: &mut Visit) -> Result<Done> {
    let mut lines = Vec::new();
    for id in visit.drafts.only_here()? {
        let Some(writing) = visit.drafts.open(&id, &visit.session.data.key)? else {
            continue;
        };
        let token = Token {
            id,
            made: writing.made,
        };
        let entry = visit.ledger.look(&token)?;
        if entry.as_ref().is_some_and(|entry| entry.is_done()) {
            // Whoever sent it was ended before it could be forgotten.
            visit.drafts.forget(&id)?;
            continue;
        }
        let next = Route::Unsent.href(&Base::default());
        let token = visit.ledger.to_text(&token);
        lines.push(UnsentLine {
            page: Route::from(ComposeQuery::of_token(token, next)),
            subject: writing.draft.subject,
            to: writing.draft.to,
            files: writing
                .files
                .len()
                .saturating_add(writing.draft.carried.len()),
            standing: match entry.map(|entry| entry.stage) {
                None => Unsent::Written,
                Some(Stage::TakenBack) => Unsent::Written,
                Some(Stage::Waiting) => Unsent::Waiting,
                Some(Stage::Failed) => Unsent::NotSent,
                Some(Stage::Sending | Stage::Unknown) => Unsent::PerhapsSent,
                Some(Stage::Sent) => Unsent::NotFiled,
            },
        });
    }
    let around = Around::gather(visit, None, Vec::new())?;
    let response = visit.page(|visit| unsent::page(&around.chrome(visit), &lines));
    Ok(Done::Page(response))
}
