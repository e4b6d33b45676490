//! What the mail server has of a message that is being written: the draft that other programs see.
//!
//! Not for putting it there (`jobs::draft`). To know before changing it: only who holds the lane of sending writes here, so that
//! two never put the same message there. What is about to be put there is noted before, for a kill between the two leaves a
//! draft that would look like one that somebody else has changed.

use serde::{Deserialize, Serialize};

use super::drafts::Drafts;
use super::remove;
use super::writing::Writing;
use crate::error::Result;
use crate::mail::{DraftTrouble, FolderName, Uid, UidValidity};
use crate::seal::Key;
use crate::state;
use crate::time::Seconds;

/// The file of it.
const ON_SERVER: &str = "server";
/// The file that is there while the mail server has the message as it is here: then it need not be listed twice.
const THERE: &str = "there";

/// What the mail server has of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnServer {
    /// Its Message-ID there, without brackets.
    pub id: String,
    /// The folder that it is in.
    pub folder: FolderName,
    /// The numbering of the folder; None where none is there for sure.
    pub validity: Option<UidValidity>,
    /// The message; None where none is there for sure.
    pub uid: Option<Uid>,
    /// Older ones, which it has replaced and which are to be removed.
    pub replaced: Vec<Uid>,
    /// How many bytes are being put there, or were when whoever did it was ended.
    pub putting: Option<u64>,
    /// A keyed hash of what is there.
    pub content: [u8; 32],
    /// Since when.
    pub since: Seconds,
    /// True where somebody else had changed or removed it: what is here was put there as another one.
    pub is_split: bool,
    /// Why what is here is not there.
    pub trouble: Option<DraftTrouble>,
}

impl OnServer {
    /// Nothing yet.
    pub fn nothing(id: String, folder: FolderName) -> OnServer {
        OnServer {
            id,
            folder,
            validity: None,
            uid: None,
            replaced: Vec::new(),
            putting: None,
            content: [0; 32],
            since: 0,
            is_split: false,
            trouble: None,
        }
    }

    /// True where what has this hash is there.
    pub fn has(&self, content: &[u8; 32]) -> bool {
        self.uid.is_some() && self.trouble.is_none() && self.content == *content
    }
}

impl Drafts {
    /// What the mail server has of a message; None where it never had any.
    ///
    /// # Errors
    /// `Setup`.
    pub fn on_server(&self, id: &[u8; 16], key: &Key) -> Result<Option<OnServer>> {
        self.read(id, ON_SERVER, key)
    }

    /// Notes what the mail server has of a message, down to the disk.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`: what was noted before is still there then.
    pub fn note_on_server(&self, id: &[u8; 16], on_server: &OnServer, key: &Key) -> Result<()> {
        self.write(id, ON_SERVER, on_server, key)
    }

    /// Notes that the mail server has this of a message. Where the message has been changed meanwhile, it has not.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn note_there(&self, id: &[u8; 16], writing: &Writing, key: &Key) -> Result<()> {
        let path = self.path(id).join(THERE);
        let made = state::private().open(&path);
        made.map_err(|e| state::failed(&path, &e))?;
        // Whoever changes it writes first, and removes this file then.
        match self.open(id, key)? {
            Some(now) if now.draft == writing.draft && now.files == writing.files => Ok(()),
            _ => self.note_not_there(id),
        }
    }

    /// Notes that the mail server does not have a message as it is here, or that more is to be said of it.
    ///
    /// # Errors
    /// `Setup`.
    pub fn note_not_there(&self, id: &[u8; 16]) -> Result<()> {
        remove(&self.path(id).join(THERE))
    }

    /// True for a message that the mail server has as it is here.
    pub fn is_there(&self, id: &[u8; 16]) -> bool {
        self.path(id).join(THERE).exists()
    }

    /// Those that nobody finds but here, the one changed last first.
    ///
    /// # Errors
    /// `Setup`.
    pub fn only_here(&self) -> Result<Vec<[u8; 16]>> {
        let mut all = self.all()?;
        all.retain(|id| !self.is_there(id));
        Ok(all)
    }
}
