//! The signature and the Reply-To of whoever a message is from: put into it at its beginning, and changed with From.
//!
//! Not for where a signature stands within a text (`draft::signature`). To know before changing it: only what the form says it
//! was made with is changed, and only where it stands there as it was put in.

use super::Visit;
use super::identities::identities;
use crate::draft;
use crate::mail::{Draft, ReplyPlace};
use crate::route::DraftForm;
use crate::settings::Identity;

/// A message as it begins.
pub(super) fn signed(visit: &Visit, mut draft: Draft, own: &[Identity]) -> Draft {
    let used = own.iter().find(|own| own.is_of(&draft.from));
    let signature = used.map_or("", |own| own.signature.as_str());
    if let Some(own) = used {
        draft.reply_to.clone_from(&own.reply_to);
    }
    draft.text = draft::signed(&draft.text, signature, place(visit, &draft));
    draft
}

/// A form with the signature and the Reply-To of its sender, where those of the one before are still in it.
pub(super) fn resigned(visit: &Visit, mut form: DraftForm) -> DraftForm {
    let own = identities(visit);
    let find = |address: &str| own.iter().find(|own| own.is_of(address));
    let (Some(before), Some(now)) = (find(&form.signed), find(&form.draft.from)) else {
        return form;
    };
    if before.address == now.address {
        return form;
    }
    let place = place(visit, &form.draft);
    let draft = &mut form.draft;
    draft.text = draft::resigned(&draft.text, (&before.signature, &now.signature), place);
    if draft.reply_to.trim() == before.reply_to {
        draft.reply_to.clone_from(&now.reply_to);
    }
    form
}

/// Where a message begins: what is forwarded, and what is new, always above.
pub(super) fn place(visit: &Visit, draft: &Draft) -> ReplyPlace {
    let is_reply = draft.source.as_ref().is_some_and(|s| s.how.is_reply());
    match is_reply {
        true => visit.profile.settings().reply,
        false => ReplyPlace::Above,
    }
}
