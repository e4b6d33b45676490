//! Folders that are looked through in one command, without opening them, where the server can do that (RFC 7377).
//!
//! Not for servers that cannot: what is not looked through here is asked folder by folder (`across`). To know before changing
//! it: an answer names folder and UIDVALIDITY, and a folder in which nothing was found may have none. How far its numbers
//! go is not told, so it is looked through as a whole the next time.

use super::Sync;
use super::find::set_of;
use super::places::{Place, SLICE, Sought};
use crate::error::Result;
use crate::mail::{FolderName, UidValidity};
use crate::remote::{FoundIn, Plan, UidSet};

/// What servers that can do it say.
const CAPABILITY: &str = "MULTISEARCH";

impl Sync<'_, '_, '_> {
    /// Looks through all folders of which nothing has been, where the server can and it does not take long.
    ///
    /// # Errors
    /// `Imap`.
    pub(super) fn look_at_once(&mut self, sought: &Sought, places: &mut [Place]) -> Result<()> {
        let is_new = |place: &&Place| place.below == u32::MAX && place.floor <= 1;
        let messages = places.iter().filter(is_new).map(|place| place.messages());
        let messages = messages.fold(0, usize::saturating_add);
        let names = places.iter().filter(is_new);
        let names: Vec<FolderName> = names.map(|place| place.folder.name.clone()).collect();
        let is_long = sought.reads_texts && messages > SLICE;
        if names.len() < 2 || is_long || !self.server.can(CAPABILITY)? {
            return Ok(());
        }
        let mut plan = Plan::new();
        let found = plan.search_in(names.clone(), sought.terms.to_vec(), sought.named);
        let doubted = sought.doubted.clone();
        let doubtful = doubted.map(|terms| plan.search_in(names.clone(), terms, sought.named));
        let flight = self.fly_with_counts(plan)?;
        if !flight.is_ok(found) || doubtful.is_some_and(|handle| !flight.is_ok(handle)) {
            // Some servers refuse the name of the charset; others offer more than they can.
            if !sought.named {
                self.server.forget(CAPABILITY);
            }
            self.keep_facts();
            return Ok(());
        }
        self.keep_facts();
        let nothing = Vec::new();
        let doubtful = doubtful.and_then(|handle| flight.get(handle));
        for place in places.iter_mut().filter(|place| is_new(&&**place)) {
            place.below = 0;
            for one in flight.get(found).unwrap_or(&nothing) {
                place.found = take(place, one).with(&place.found);
            }
            for one in doubtful.unwrap_or(&nothing) {
                let told = take(place, one);
                place.doubtful = told.clone().with(&place.doubtful);
                place.found = told.with(&place.found);
            }
        }
        Ok(())
    }
}

/// What was found in this folder, if that is the one that an answer names; in another numbering than is known, what was found
/// before is there no longer.
fn take(place: &mut Place, told: &FoundIn) -> UidSet {
    if told.folder.name != place.folder.name {
        return UidSet::default();
    }
    if place.folder.validity != told.folder.validity {
        if place.folder.validity != UidValidity(0) {
            place.found = UidSet::default();
        }
        place.folder = told.folder.clone();
    }
    set_of(&told.found)
}
