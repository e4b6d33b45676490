//! Messages that are to be sent a little later: a mark with each, which says how.
//!
//! Not for whether one is still to be sent: the ledger has that. To know before changing it: the mark stays until the message
//! was sent, or its user has seen its page.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::drafts::Drafts;
use super::{WAITING, remove, waits};
use crate::error::Result;
use crate::seal::Key;
use crate::state;

/// How a message is sent that waits until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// True where what it answers goes to the archive then.
    pub archives: bool,
    /// The page that follows.
    pub next: String,
}

impl Drafts {
    /// Notes that a message is to be sent later, and how.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn note_waiting(&self, id: &[u8; 16], how: &Waiting, key: &Key) -> Result<()> {
        remove(&self.woken(id))?;
        self.write(id, WAITING, how, key)
    }

    /// Notes that nobody waits for a message any more.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn note_woken(&self, id: &[u8; 16]) -> Result<()> {
        let path = self.woken(id);
        let made = state::private().open(&path);
        made.map(drop).map_err(|e| state::failed(&path, &e))
    }

    /// The file that whoever waits for a message makes when it has waited.
    pub fn woken(&self, id: &[u8; 16]) -> PathBuf {
        self.path(id).join("woken")
    }

    /// How a message is to be sent later; None for one that is not, or no longer.
    ///
    /// # Errors
    /// `Setup`.
    pub fn waiting(&self, id: &[u8; 16], key: &Key) -> Result<Option<Waiting>> {
        self.read(id, WAITING, key)
    }

    /// Notes that a message is no longer to be sent later.
    ///
    /// # Errors
    /// `Setup`.
    pub fn note_not_waiting(&self, id: &[u8; 16]) -> Result<()> {
        remove(&self.path(id).join(WAITING))
    }

    /// Those that were to be sent later, whatever has become of them.
    ///
    /// # Errors
    /// `Setup`.
    pub fn all_waiting(&self) -> Result<Vec<[u8; 16]>> {
        let mut all = self.all()?;
        all.retain(|id| waits(&self.path(id)));
        Ok(all)
    }
}
