//! Words that are looked for as people mean them, and those that are looked for as they stand.
//!
//! Not for how a list is looked for (`find`, `across`). To know before changing it: a server that has made no index of a mailbox,
//! as Cyrus out of its box, says that it can look for words as people mean them (RFC 6203), and finds nothing. So nothing is
//! believed only of words that were looked for as they stand.

use super::Sync;
use super::across::WideFinding;
use super::find::Finding;
use super::quest::{Quest, WideQuest};
use crate::error::Result;
use crate::mail::ListId;
use crate::remote::FUZZY;

impl Sync<'_, '_, '_> {
    /// Looks for the messages of a list; None where the folder has another UIDVALIDITY now.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn find(&mut self, quest: &Quest) -> Result<Option<Finding>> {
        let finding = self.look_for(quest)?;
        let is_nothing = finding.as_ref().is_some_and(|found| found.uids.is_empty());
        match is_nothing && !quest.uids.is_empty() && self.has_meant(quest.list)? {
            true => self.look_for(quest),
            false => Ok(finding),
        }
    }

    /// Looks for the messages of a list in several folders.
    ///
    /// # Errors
    /// `Imap`.
    pub fn find_across(&mut self, quest: &WideQuest) -> Result<WideFinding> {
        let finding = self.look_for_across(quest)?;
        match finding.entries.is_empty() && self.has_meant(quest.list)? {
            true => self.look_for_across(quest),
            false => Ok(finding),
        }
    }

    /// True where words of a list were looked for as people mean them; this connection does so no more.
    fn has_meant(&mut self, list: &ListId) -> Result<bool> {
        let words = list.search().map(|search| search.sought_anywhere());
        let has_words = words.is_some_and(|words| !words.is_nothing());
        let has_meant = has_words && self.server.can(FUZZY)?;
        if has_meant {
            self.server.forget(FUZZY);
        }
        Ok(has_meant)
    }
}
