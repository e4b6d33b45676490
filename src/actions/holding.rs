//! When a message is to be sent later: what its writer chose, and whether the submission server holds one until then.
//!
//! Not for messages that wait here for a moment (`undo_send`). To know before changing it: only a server keeps a message until
//! then, for Postern has nobody's password when nobody is there. So a time that no server takes is told, and what has one is
//! never sent at once.

use super::Visit;
use super::identities::way;
use crate::jobs::send::Hold;
use crate::mail::{Draft, DraftFault, Holds};
use crate::route::{DraftForm, Wish};
use crate::store::Encryption;
use crate::store::keys::SUBMISSION;
use crate::submission::Way;
use crate::time::{ClockTime, Seconds};

/// For how long the server holds messages, as it announced when something was sent by it last; None where it does not, or
/// nobody has asked it yet.
pub(super) fn offered(visit: &mut Visit) -> Option<Holds> {
    let Way::Server { .. } = way(visit) else {
        return None;
    };
    let data = &visit.session.data;
    let store = visit.mailbox.store();
    let facts = store.get(Encryption::With(&data.key), &SUBMISSION, &data.id);
    facts.and_then(|facts| facts.holds)
}

/// What is wrong with the time at which a message is to be sent.
pub(super) fn fault(visit: &mut Visit, form: &DraftForm) -> Option<DraftFault> {
    if form.draft.later.trim().is_empty() {
        return (form.wish == Wish::SendLater).then_some(DraftFault::NoTime);
    }
    let Some(at) = chosen(visit, &form.draft) else {
        return Some(DraftFault::NoTime);
    };
    let left = at.saturating_sub(visit.now);
    if left <= 0 {
        // What may have been handed over for then is sent again as it was.
        return (!form.again).then_some(DraftFault::TimePassed);
    }
    // Where nobody knows, the server says it.
    let seconds = offered(visit)?.longest(visit.now);
    (left > seconds).then_some(DraftFault::TimeTooFar { seconds })
}

/// When a message is to be sent that is to be sent later: not one whose time has come.
pub(super) fn hold(visit: &Visit, draft: &Draft) -> Option<Hold> {
    let until = chosen(visit, draft).filter(|at| *at > visit.now)?;
    let named = visit.words.when_full(&visit.calendar(until)?);
    Some(Hold { until, named })
}

/// The time that its writer chose, by their clock.
fn chosen(visit: &Visit, draft: &Draft) -> Option<Seconds> {
    visit.zone.moment(ClockTime::read(&draft.later)?)
}
