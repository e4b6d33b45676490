//! What of other messages goes with one that is written: its files where it is forwarded, or all of it as a file.
//!
//! Nothing is fetched for a page: what goes along is named there, and fetched when the message is sent (`jobs`). Only what
//! lies inside of a part is taken out here, before the message leaves the gate.

use super::Visit;
use crate::document::{self, Document, saved_name};
use crate::error::Result;
use crate::ledger::Token;
use crate::mail::{Carried, DraftFault, Encoding, MessageRef, NestedPath, Row};
use crate::mailbox::{PartBytes, WHOLE_BYTES};
use crate::mime::codec;
use crate::outbox::Writing;

/// The files of a message, and all its pictures.
pub(super) fn files(document: &Document) -> Vec<Carried> {
    let files = document.files_and_pictures();
    let files = files.iter().zip(0..);
    let carried = files.map(|(file, number)| Carried {
        number,
        message: document.message().clone(),
        part: file.way.clone(),
        name: saved_name(file.part),
        kind: file.part.kind.clone(),
        encoding: file.part.encoding,
        size: file.part.size,
    });
    carried.collect()
}

/// All of a message, as a file.
pub(super) fn whole(message: MessageRef, row: &Row, number: u32) -> Carried {
    Carried {
        number,
        message,
        part: NestedPath::default(),
        name: match row.subject.trim() {
            "" => "message.eml".to_owned(),
            subject => codec::safe_file_name(&format!("{subject}.eml")),
        },
        kind: "message/rfc822".to_owned(),
        encoding: Encoding::Plain,
        size: row.size,
    }
}

/// The files of one user take so much room as those of this many messages may, however many there are.
const MESSAGES_OF_FILES: u64 = 3;

/// How many bytes the files of all messages of a user may have, where those of one may have `limit`.
pub(super) fn room(limit: u64) -> u64 {
    limit.saturating_mul(MESSAGES_OF_FILES)
}

/// Takes out what lies inside of parts, unless that was done; and says what cannot be had, or is too much with all else.
pub(super) fn take_out(
    visit: &mut Visit,
    token: &Token,
    writing: &Writing,
) -> Result<Vec<DraftFault>> {
    let key = visit.session.data.key.clone();
    let limit = visit.config.most_attached();
    let carried = &writing.draft.carried;
    let sizes = carried.iter().map(Carried::carries);
    if sizes.fold(writing.size(), u64::saturating_add) > limit {
        return Ok(vec![DraftFault::TooLarge { limit }]);
    }
    let mut missing = Vec::new();
    for one in carried {
        let there = visit.drafts.read_file(&token.id, one.slot(), &key)?;
        if there.is_none() {
            missing.push(one);
        }
    }
    let sizes = missing.iter().map(|one| one.carries());
    let limit = room(limit);
    let used = visit.drafts.used()?;
    if !missing.is_empty() && sizes.fold(used, u64::saturating_add) > limit {
        return Ok(vec![DraftFault::NoRoom { limit }]);
    }
    let mut faults = Vec::new();
    for one in missing.into_iter().filter(|one| one.is_inside()) {
        let found = document::part(&mut visit.mailbox, &one.message, &one.part, WHOLE_BYTES);
        let Ok((_, PartBytes::Here(bytes))) = found else {
            let name = one.name.clone();
            faults.push(DraftFault::NotThere { name });
            continue;
        };
        let mut bytes = bytes.as_slice();
        visit
            .drafts
            .attach(&token.id, one.slot(), &mut bytes, &key)?;
    }
    Ok(faults)
}
