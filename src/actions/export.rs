//! Saving messages: those that are ticked, the one that is open, or all of a list, in one file.
//!
//! Not for making the file (`jobs`).

use super::part::disposition;
use super::{Done, Visit, folder};
use crate::error::{Error, GoneKind, Result};
use crate::jobs::export::{Export, Share};
use crate::mail::{MessageAct, Search, Uid};
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
    let chosen = visit.by_folder(form).unwrap_or_default().into_iter();
    let mut shares = Vec::new();
    for (folder, which) in chosen {
        let uids: Vec<Uid> = match which {
            Which::These(uids) | Which::Found(uids) => uids.iter().collect(),
            Which::Below(all) => visit.mailbox.uids_below(&form.page.list, all.below),
        };
        if !uids.is_empty() {
            let rows = visit.mailbox.cached_rows(&folder, &uids);
            shares.push(Share { folder, uids, rows });
        }
    }
    let count: usize = shares.iter().map(|share| share.uids.len()).sum();
    if count == 0 {
        return Err(Error::Gone(GoneKind::Message));
    }
    if count > MOST {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let most = u32::try_from(MOST).unwrap_or(u32::MAX);
        let (lead, text) = visit.words.too_many_to_save(count, most);
        return folder::show_with(visit, &form.page, vec![Notice::warning(lead, text)]);
    }
    let is_mbox = form.act == MessageAct::SaveMbox;
    let (kind, ending) = match is_mbox {
        true => ("application/mbox", "mbox"),
        false => ("application/zip", "zip"),
    };
    // What was found in several folders is called after what was looked for.
    let search = form.page.list.search().map(Search::text);
    let title = match search.filter(|_| form.page.list.spans_folders()) {
        Some(search) => search.to_owned(),
        None => visit.title_of(&form.from.name)?,
    };
    let name = codec::safe_file_name(&format!("{title}.{ending}"));
    Ok(Done::Leaves(Box::new(Export {
        shares,
        is_mbox,
        head: Response::part(kind, disposition("attachment", &name), Vec::new()),
    })))
}
