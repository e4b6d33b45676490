//! Messages of other folders that belong to a conversation: one's own answers in Sent, what was archived.
//!
//! Not for what belongs together in one folder (`mailbox::index`). To know before changing it: ids are read from the headers
//! of a few messages of the conversation, and all folders are asked in one flight.

use super::Sync;
use crate::error::Result;
use crate::mail::{FolderName, FolderRef, Uid, UidValidity};
use crate::mime::codec::{self, Headers};
use crate::remote::{Access, Criteria, Handle, Plan, UidSet};
use crate::store::keys::FoundIn;

/// Messages whose headers are read for ids, the first and the last ones of a conversation.
const FIRST: usize = 2;
const LAST: usize = 10;
/// Most ids that are asked for, of messages that are referred to and of such that are missing.
const IDS: usize = 8;
/// Longest id that is asked for; a command must not grow without end.
const LONGEST_ID: usize = 250;
/// Most messages of a folder that are taken into a conversation, the newest ones.
const MOST: usize = 50;

impl Sync<'_, '_, '_> {
    /// Looks in other folders for messages that belong to a conversation, whose messages in its own folder are these, the
    /// oldest first.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn find_related(
        &mut self,
        folder: &FolderRef,
        members: &[Uid],
        others: &[FolderName],
    ) -> Result<Vec<FoundIn>> {
        let headers = self.headers_of(folder, members)?;
        let own: Vec<&String> = headers.iter().map(|h| &h.message_id).collect();
        let roots = headers.iter().filter_map(|h| h.references.first());
        let referred = few(roots.chain(own.iter().rev().copied()));
        let named = headers.iter().rev();
        let named = named.flat_map(|h| h.references.iter().rev().chain(&h.in_reply_to));
        let missing = few(named.filter(|id| !own.contains(id)));
        if referred.is_empty() && missing.is_empty() {
            return Ok(Vec::new());
        }
        let mut plan = Plan::new();
        let asked: Vec<(&FolderName, Handle<_>, Handle<_>)> = others
            .iter()
            .map(|name| {
                let opened = plan.open(name, Access::Read, None);
                let criteria = Criteria::Naming {
                    own: missing.clone(),
                    referred: referred.clone(),
                };
                (name, opened, plan.search(criteria))
            })
            .collect();
        let flight = self.fly_with_counts(plan)?;
        self.keep_facts();
        let mut found = Vec::new();
        for (name, opened, searched) in asked {
            // One that cannot be opened, or refuses, costs the others nothing.
            let Ok(open) = self.server.require_open(&flight, opened) else {
                continue;
            };
            let meant = FolderRef {
                name: name.clone(),
                validity: UidValidity(0),
            };
            let folder = self.server.note_open(&meant, Access::Read, open);
            let uids = flight
                .get(searched)
                .map(|found| found.uids.iter().take(10_000));
            let mut uids: Vec<Uid> = uids.into_iter().flatten().collect();
            uids.sort_unstable();
            let surplus = uids.len().saturating_sub(MOST);
            uids.drain(..surplus);
            if !uids.is_empty() {
                found.push(FoundIn { folder, uids });
            }
        }
        Ok(found)
    }

    /// The headers of the first and the last messages of a conversation.
    fn headers_of(&mut self, folder: &FolderRef, members: &[Uid]) -> Result<Vec<Headers>> {
        let last = members.len().saturating_sub(LAST);
        let (before, last) = members.split_at_checked(last).unwrap_or((&[], members));
        let few: UidSet = before.iter().take(FIRST).chain(last).copied().collect();
        let mut plan = Plan::new();
        let opening = self.server.ask_for(&mut plan, folder, Access::Read);
        let asked = plan.fetch_index(few);
        let flight = self.fly_with_counts(plan)?;
        if !self.server.has_opened(&flight, &opening)? {
            return Ok(Vec::new());
        }
        let messages = flight.get(asked).into_iter().flatten();
        let headers = messages.filter_map(|(_, message)| message.header.as_deref());
        Ok(headers.map(codec::headers).collect())
    }
}

/// A few ids, each once, that can be asked for.
fn few<'i>(ids: impl Iterator<Item = &'i String>) -> Vec<String> {
    let mut few: Vec<String> = Vec::new();
    for id in ids {
        let is_plain = id.len() <= LONGEST_ID && id.bytes().all(|b| b.is_ascii_graphic());
        if few.len() < IDS && !id.is_empty() && is_plain && !few.contains(id) {
            few.push(id.clone());
        }
    }
    few
}
