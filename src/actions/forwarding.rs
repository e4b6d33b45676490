//! Several messages that are forwarded with one, each as a file.
//!
//! Not for the page of that message (`compose`).

use super::{Done, Visit, carrying, folder};
use crate::draft;
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Answer, Draft, Uid};
use crate::mailbox::Which;
use crate::response::Response;
use crate::route::{Base, ComposeQuery, MessagesForm, Picked, Route};
use crate::views::Notice;

/// Most messages that go with one.
const MOST: usize = 100;
/// The longest address that names them, in bytes.
const LONGEST: usize = 6000;

/// The page of a message that those go with which a form names; where they are too many, the list says so.
///
/// # Errors
/// `Gone(Message)` where none of them is there.
pub(super) fn begin(visit: &mut Visit, form: &MessagesForm) -> Result<Done> {
    let chosen = visit.by_folder(form).unwrap_or_default().into_iter();
    let mut forwarded = Vec::new();
    for (folder, which) in chosen {
        let uids: Vec<Uid> = match which {
            Which::These(uids) | Which::Found(uids) => uids.iter().collect(),
            Which::Below(all) => visit.mailbox.uids_below(&form.page.list, all.below),
        };
        if !uids.is_empty() {
            forwarded.push(Picked {
                folder,
                uids,
                home: None,
                since: None,
            });
        }
    }
    let count: usize = forwarded.iter().map(|picked| picked.uids.len()).sum();
    if count == 0 {
        return Err(Error::Gone(GoneKind::Message));
    }
    let page = Route::Compose(Box::new(ComposeQuery {
        forwarded,
        next: Route::Folder(form.page.clone()).href(&Base::default()),
        ..ComposeQuery::default()
    }));
    let href = page.href(&visit.head.base);
    if count > MOST || href.len() > LONGEST {
        let most = u32::try_from(MOST).unwrap_or(u32::MAX);
        let notice = Notice::warning("", visit.words.too_many_to_forward(most));
        return folder::show_with(visit, &form.page, vec![notice]);
    }
    Ok(Done::Page(Response::see_other(&href)))
}

/// What such a message begins with, and how many of those that it was to forward are no longer there.
///
/// # Errors
/// `Imap` where the cache does not know them.
pub(super) fn draft(visit: &mut Visit, forwarded: &[Picked]) -> Result<(Draft, u32)> {
    let mut carried = Vec::new();
    let mut subject = String::new();
    let mut missing: u32 = 0;
    let messages = forwarded.iter().flat_map(|picked| {
        let uids = picked.uids.iter();
        uids.map(|uid| picked.folder.message(*uid))
    });
    for (message, number) in messages.take(MOST).zip(0..) {
        match visit.mailbox.row(&message) {
            Ok(row) => {
                carried.push(carrying::whole(message, &row, number));
                subject = row.subject;
            }
            Err(Error::Gone(_)) => missing = missing.saturating_add(1),
            Err(other) => return Err(other),
        }
    }
    let subject = match carried.len() {
        0 => String::new(),
        1 => draft::subject(Answer::ForwardWhole, &subject),
        n => {
            let several = visit.words.several_messages(n);
            draft::subject(Answer::ForwardWhole, &several)
        }
    };
    let draft = Draft {
        subject,
        carried,
        ..Draft::default()
    };
    Ok((draft, missing))
}
