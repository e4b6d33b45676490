//! Which page comes when something has been done with messages: the message or conversation that was open, the one beside
//! it, or the list.
//!
//! To know before changing it: what stands beside a message is known only before it goes, so that is looked up first.

use super::Visit;
use crate::mail::{AfterDelete, MessageAct, MessageRef, Tally, Uid};
use crate::route::{ListQuery, MessageQuery, MessagesForm, Route, Selected};

/// What was known before something was done.
pub struct Prepared {
    /// The message that is shown when the one that was open has gone.
    next: Option<MessageRef>,
    /// Which messages of the conversation that was open are to stay, the newest first.
    stay: Vec<Uid>,
}

/// Looks up what may be shown next.
pub fn prepared(visit: &mut Visit, form: &MessagesForm) -> Prepared {
    Prepared {
        next: next(visit, form),
        stay: stay(visit, form),
    }
}

/// The message that is shown when the one that was open has gone, as the list stood before.
fn next(visit: &mut Visit, form: &MessagesForm) -> Option<MessageRef> {
    let is_below = match visit.profile.settings().after_delete {
        AfterDelete::Next => true,
        AfterDelete::Previous => false,
        AfterDelete::List => return None,
    };
    let (rank, open) = (form.opened?, form.talk.clone().or_else(|| form.first())?);
    let list = &form.page.list;
    visit.mailbox.beside(list, &open, rank, is_below)
}

/// Which messages of the conversation that is open stay, the newest first, when this is done with some of them.
fn stay(visit: &mut Visit, form: &MessagesForm) -> Vec<Uid> {
    let Some(talk) = &form.talk else {
        return Vec::new();
    };
    let members = visit.mailbox.members(&form.page.list, &[talk.uid]);
    let mut members = members.unwrap_or_default();
    if form.act.takes_away() {
        visit.mailbox.look_elsewhere_again(talk);
        let is_here = form.from == talk.within();
        members.retain(|uid| !is_here || !form.uids.contains(uid));
    }
    members
}

/// The page of the conversation that was open, if some of it is left; `others` are its messages that were to stay.
fn talk_after(visit: &mut Visit, form: &MessagesForm, others: &[Uid]) -> Option<MessageQuery> {
    let (rank, talk) = (form.opened?, form.talk.as_ref()?);
    if form.act == MessageAct::Unread {
        // Opened again, it would be read again.
        return None;
    }
    let list = &form.page.list;
    let newest = talk.within().message(*others.first()?);
    let rank = visit.mailbox.place(list, &newest, rank)?;
    let is_there = !form.act.takes_away();
    Some(MessageQuery {
        unfolded: form.first().filter(|_| is_there).map(Box::new),
        ..MessageQuery::of(list.clone(), newest, rank)
    })
}

/// The page that comes next: the message that was open, if it is still to be looked at; the one beside it, if it has gone
/// and that one is still there; else the list.
pub fn after(visit: &mut Visit, form: &MessagesForm, tally: Tally, prepared: Prepared) -> Route {
    if let Some(talk) = talk_after(visit, form, &prepared.stay) {
        return Route::Message(talk);
    }
    let is_cut_short = form.all.is_some() && tally.done > 0 && tally.left > 0;
    let list = || {
        let page = form.page.clone();
        Route::Folder(match is_cut_short && !page.list.is_compared() {
            // The rest stays selected, and the list as it was found: another search would find another one by now.
            true => ListQuery {
                selected: Selected::All,
                ..page
            },
            false => page,
        })
    };
    let (Some(rank), Some(open)) = (form.opened, form.first()) else {
        return list();
    };
    let shown = match form.act {
        _ if tally.missing > 0 || tally.left > 0 => None,
        // Opened again, what is to be unread would be read again.
        MessageAct::Unread => None,
        act if act.takes_away() => prepared.next.and_then(|next| {
            let rank = visit.mailbox.place(&form.page.list, &next, rank)?;
            Some(MessageQuery::of(form.page.list.clone(), next, rank))
        }),
        _ => {
            let list = form.page.list.clone();
            Some(MessageQuery::of(list, open, rank))
        }
    };
    shown.map_or_else(list, Route::Message)
}
