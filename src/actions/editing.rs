//! A draft on the mail server is written on: one of this program as it was left, one of another program as it is there.
//!
//! To know before changing it: a draft of another program is taken over here with all that it has, and replaced there only when
//! it is saved (`jobs::draft`).

use super::identities::identities;
use super::{Done, Visit, answering};
use crate::document::Opening;
use crate::draft::{is_message_id, list};
use crate::error::Result;
use crate::jobs::draft::content;
use crate::ledger::Token;
use crate::mail::{Answer, MessageRef, NestedPath, Source};
use crate::outbox::{OnServer, Writing};
use crate::response::Response;
use crate::route::{ComposeQuery, Route};

/// Leads to the page of a draft.
///
/// # Errors
/// `Gone`; `Imap` where the cache does not have it; `DiskFull`, `Setup`.
pub(super) fn open(visit: &mut Visit, draft: &MessageRef, next: &str) -> Result<Done> {
    let token = match ours(visit, draft)? {
        Some(token) => token,
        None => take_over(visit, draft)?,
    };
    let text = visit.ledger.to_text(&token);
    let page = ComposeQuery::of_token(text, next.to_owned());
    let page = Route::from(page);
    Ok(Done::Page(Response::see_other(
        &page.href(&visit.head.base),
    )))
}

/// The message here that this draft was made of.
fn ours(visit: &Visit, draft: &MessageRef) -> Result<Option<Token>> {
    let key = &visit.session.data.key;
    for id in visit.drafts.all()? {
        let known = visit.drafts.on_server(&id, key)?;
        let is_it = known.is_some_and(|known| {
            known.folder == draft.folder
                && known.validity == Some(draft.validity)
                && known.uid == Some(draft.uid)
        });
        if is_it && let Some(writing) = visit.drafts.open(&id, key)? {
            let made = writing.made;
            return Ok(Some(Token { id, made }));
        }
    }
    Ok(None)
}

fn take_over(visit: &mut Visit, draft: &MessageRef) -> Result<Token> {
    let own = identities(visit);
    let source = Source {
        message: draft.clone(),
        how: Answer::EditAsNew,
    };
    let begun = answering::begin(visit, &source, &own)?;
    let document = visit.open(&Opening::look(draft, &NestedPath::default()))?;
    let people = document.people("");
    let (own_id, references) = document.conversation_ids();
    let token = Token::new()?;
    let mut writing = Writing::new(begun, token.made);
    writing.draft.reply_to = list(&people.reply_to);
    writing.draft.in_reply_to = references.last().cloned().unwrap_or_default();
    writing.draft.references = references;
    let known = OnServer {
        validity: Some(draft.validity),
        uid: Some(draft.uid),
        content: content(&visit.ledger, &writing),
        since: visit.now,
        ..OnServer::nothing(
            Some(own_id)
                .filter(|id| is_message_id(id))
                .unwrap_or_else(|| visit.ledger.message_id(&token, &writing.draft.from)),
            draft.folder.clone(),
        )
    };
    let key = visit.session.data.key.clone();
    visit.drafts.keep(&token.id, &writing, &key)?;
    visit.drafts.note_on_server(&token.id, &known, &key)?;
    Ok(token)
}
