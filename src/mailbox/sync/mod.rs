//! From the server to the cache: what is fetched, what is compared, and what is kept of it.
//!
//! Not for deciding whether the server is asked at all (`mailbox`), nor for changing anything there (`change`). `compare`
//! has the lists, `find` those that are looked for (`days` by when they came, `attached` by what they have), `across` and
//! `at_once` those of several folders (`places`) and `entries` their rows, `folders` the folders, `levels` what is left out of
//! them, `rows` rows and flags, `meant` looks again for words as they stand; parts of a message are fetched here. To know
//! before changing it: what the server said goes into the cache in the same request.

mod across;
mod at_once;
mod attached;
mod compare;
mod days;
mod entries;
mod find;
mod folders;
mod index;
mod levels;
mod meant;
mod places;
mod quest;
mod regroup;
mod related;
mod row;
mod rows;
mod tree;

use super::cache::Cache;
use super::connection::Connection;
use super::freshness::Freshness;
use crate::error::{Error, GoneKind, Result};
use crate::mail::{FolderName, MessageRef};
use crate::remote::{Access, Folders, Message, Plan, Section};
use crate::time::Zone;

pub(super) use compare::{Compared, Purpose};
pub(super) use quest::{Before, Quest, WideQuest};
pub use row::{charset, has_attachment, of_header};
pub(super) use row::{keep_parts, with_sender};
pub(super) use rows::Wanted;

/// The way from the server to the cache, for the length of one step of a request.
pub(super) struct Sync<'a, 'v, 'p> {
    pub cache: &'a mut Cache<'v, 'p>,
    pub server: &'a mut Connection<'v>,
    pub fresh: Freshness,
    /// Where the reader's days begin.
    pub zone: &'a Zone,
    pub counting: &'a mut Counting,
}

/// How far this request has come with the folders of the account.
#[derive(Default)]
pub(super) struct Counting {
    /// True once they have been listed.
    pub is_listed: bool,
    /// How many are asked for their counts at most, where it is not the usual number.
    pub most: Option<usize>,
    /// Those whose counts the next flight asks for: LIST did not tell them.
    uncounted: Vec<FolderName>,
    /// Those whose rights the next flight asks for: they are not in the user's own place.
    foreign: Vec<FolderName>,
    /// What they were, where the next flight asks for levels that LIST has left out.
    incomplete: Option<Incomplete>,
}

/// Folders as far as they are listed.
struct Incomplete {
    told: Folders,
    /// Patterns of levels that have been asked for, and such that have not.
    asked: Vec<FolderName>,
    missing: Vec<FolderName>,
}

impl Sync<'_, '_, '_> {
    /// Fetches sections of a message.
    ///
    /// # Errors
    /// `Gone`; `Imap`.
    pub fn fetch_sections(
        &mut self,
        at: &MessageRef,
        sections: Vec<Section>,
        access: Access,
    ) -> Result<Message> {
        let mut plan = Plan::new();
        let opening = self.server.ask_for(&mut plan, &at.within(), access);
        let asked = plan.fetch_sections(at.uid, sections);
        let mut flight = self.fly_with_counts(plan)?;
        if !self.server.has_opened(&flight, &opening)? {
            return Err(Error::Gone(GoneKind::Numbering));
        }
        self.keep_facts();
        let messages = flight.take(asked).unwrap_or_default();
        let mut found = messages.into_iter().filter(|(uid, _)| *uid == at.uid);
        let (_, message) = found.next().ok_or(Error::Gone(GoneKind::Message))?;
        Ok(message)
    }

    /// Remembers what the server can do for the next connection.
    pub fn keep_facts(&mut self) {
        if let Some(facts) = self.server.facts() {
            self.cache.put_server(&facts);
        }
    }
}
