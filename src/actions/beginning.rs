//! What a message begins with: nothing, a link, what is answered, what is forwarded; and the signature.
//!
//! Not for reading what is answered (`answering`).

use super::identities::identities;
use super::signing::signed;
use super::{Visit, answering, forwarding};
use crate::error::Result;
use crate::mail::{Answer, Draft, Source};
use crate::route::ComposeQuery;

/// What a new message begins with, and how many messages are missing that it was to forward.
pub(super) fn begin(visit: &mut Visit, query: &ComposeQuery) -> Result<(Draft, u32)> {
    let own = identities(visit);
    let usual = own.first().map(|own| own.address.clone());
    let from = usual.unwrap_or_default();
    let (draft, missing) = match (&query.source, query.forwarded.as_slice()) {
        (Some(source), _) => (answering::begin(visit, source, &own)?, 0),
        (None, []) => {
            let draft = Draft {
                from,
                to: query.to.clone(),
                cc: query.cc.clone(),
                bcc: query.bcc.clone(),
                subject: query.subject.clone(),
                text: query.text.clone(),
                in_reply_to: query.in_reply_to.clone(),
                ..Draft::default()
            };
            (draft, 0)
        }
        (None, forwarded) => {
            let (draft, missing) = forwarding::draft(visit, forwarded)?;
            (Draft { from, ..draft }, missing)
        }
    };
    // What was written before has its own signature.
    let is_written = match query.source {
        Some(Source { how, .. }) => matches!(how, Answer::EditAsNew | Answer::Redirect),
        None => false,
    };
    let draft = match is_written {
        true => draft,
        false => signed(visit, draft, &own),
    };
    Ok((draft, missing))
}
