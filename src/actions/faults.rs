//! A form that comes back: what was typed, and why it was not done.
//!
//! Not for errors that end a request (`error`): nothing has failed here, something has to be typed in another way.

use super::Visit;
use crate::mail::{FolderChange, FolderFault};
use crate::views::folder_options::Fault;

/// What was to be done and why it was not.
pub(super) type Faulty<'f> = Option<(&'f FolderChange, &'f FolderFault)>;

/// What stands under the field that something wrong was typed into.
pub(super) fn fault(visit: &Visit, faulty: Faulty) -> Option<Fault> {
    let (change, fault) = faulty?;
    Some(Fault {
        act: change.act(),
        typed: change.typed()?.to_owned(),
        why: visit.words.folder_fault(fault),
    })
}

/// The status of a page on which something has to be corrected (RFC 9110 15.5.21).
pub(super) fn status(faulty: Faulty) -> u16 {
    faulty.map_or(200, |_| 422)
}
