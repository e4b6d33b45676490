//! Saving messages: those that are ticked, the one that is open, or all of a list, in one file.
//!
//! Not for making the file (`jobs`).

use super::part::disposition;
use super::{Done, Visit, folder};
use crate::error::{Error, GoneKind, Result};
use crate::jobs::export::Export;
use crate::mail::{MessageAct, Uid};
use crate::mailbox::Which;
use crate::mime::codec;
use crate::response::Response;
use crate::route::MessagesForm;
use crate::views::Notice;

/// Most messages in one file.
const MOST: usize = 20_000;

/// Saves the messages that a form names; where they are too many for one file, the list says so.
///
/// # Errors
/// `Gone(Message)` where none of them is there.
pub fn save(visit: &mut Visit, form: &MessagesForm) -> Result<Done> {
    let uids: Vec<Uid> = match visit.which(form) {
        Some(Which::These(uids) | Which::Found(uids)) => uids.iter().collect(),
        Some(Which::Below(all)) => visit.mailbox.uids_below(&form.page.list, all.below),
        None => Vec::new(),
    };
    if uids.is_empty() {
        return Err(Error::Gone(GoneKind::Message));
    }
    if uids.len() > MOST {
        let count = u32::try_from(uids.len()).unwrap_or(u32::MAX);
        let most = u32::try_from(MOST).unwrap_or(u32::MAX);
        let (lead, text) = visit.words.too_many_to_save(count, most);
        return folder::show_with(visit, &form.page, vec![Notice::warning(lead, text)]);
    }
    let is_mbox = form.act == MessageAct::SaveMbox;
    let (kind, ending) = match is_mbox {
        true => ("application/mbox", "mbox"),
        false => ("application/zip", "zip"),
    };
    let title = visit.title_of(&form.from.name)?;
    let name = codec::safe_file_name(&format!("{title}.{ending}"));
    Ok(Done::Leaves(Box::new(Export {
        folder: form.from.clone(),
        rows: visit.mailbox.cached_rows(&form.from, &uids),
        uids,
        is_mbox,
        head: Response::part(kind, disposition("attachment", &name), Vec::new()),
    })))
}
