//! Messages that are being taken in from files: the files, sealed, until all is done, and how far it has come. Two files in
//! `users/<id>/imports/<data key>/`, for a day; one import at a time for each data key.
//!
//! Not for taking them in (`jobs::import`). To know before changing it: how far it has come exists only here, so it is written
//! whole, and is on the disk before the first byte leaves that depends on it. It is begun and ended by whoever holds the
//! gate, and carried on by whoever holds the lane of imports.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::sealed::{Place, Sealed};
use super::{FormId, Sealing, age, described, remove, write};
use crate::error::{Cause, Error, Result};
use crate::mail::{FolderRef, TakenIn};
use crate::request::form::Form;
use crate::seal::Key;
use crate::state::{self, UserId};
use crate::time::Seconds;

/// For how long an import can be carried on.
const LIFE: Duration = Duration::from_secs(24 * 3600);
/// The longest file of how far it has come, in bytes.
const MOST: usize = 256 * 1024;
/// Most ranges of UIDs that are remembered for what undoes it.
const RANGES: usize = 10_000;

/// An import, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// What its form is noted under: the same form is the same import.
    pub id: [u8; 16],
    /// True once its files lie here whole.
    pub is_kept: bool,
    /// Where it goes; UIDVALIDITY 0 before the mail server was asked.
    pub into: FolderRef,
    /// The folder's name for people.
    pub title: String,
    /// When it was begun: the date of messages that have none.
    pub began: Seconds,
    /// How many messages, and files that are none, are done with, in their order.
    pub next: u32,
    /// What is done with after these may be in the folder, under this UID or a higher one, and is looked for before
    /// anything is sent again. None where nothing was sent after them.
    pub since: Option<u32>,
    /// What became of them.
    pub came: TakenIn,
    /// Their UIDs, as ranges; None where the server does not tell them.
    pub uids: Option<Vec<(u32, u32)>>,
    /// True where nothing is left to be done.
    pub is_over: bool,
}

impl Import {
    /// One that begins.
    pub fn new(id: [u8; 16], into: FolderRef, title: String, began: Seconds) -> Import {
        Import {
            id,
            is_kept: false,
            into,
            title,
            began,
            next: 0,
            since: None,
            came: TakenIn::default(),
            uids: Some(Vec::new()),
            is_over: false,
        }
    }

    /// Notes the UID of a message that was taken in; None where the server does not tell it.
    pub fn took(&mut self, uid: Option<u32>) {
        self.came.taken = self.came.taken.saturating_add(1);
        let (Some(uid), Some(ranges)) = (uid, &mut self.uids) else {
            self.uids = None;
            return;
        };
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(uid) => *last = uid,
            _ => ranges.push((uid, uid)),
        }
        if ranges.len() > RANGES {
            self.uids = None;
        }
    }
}

/// An import, as a request finds it.
#[derive(Clone, Debug)]
pub struct UnderWay {
    /// How far it has come.
    pub import: Import,
    /// True while another request is at work on it.
    pub is_at_work: bool,
}

/// The imports of one user under one data key.
#[derive(Clone, Debug)]
pub struct Imports {
    dir: PathBuf,
    user: UserId,
    data: [u8; 8],
}

impl Imports {
    /// Those of a user, by the user's directory and the id of the data key.
    pub fn of(user_dir: &Path, user: UserId, data: [u8; 8]) -> Imports {
        let name: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
        Imports {
            dir: user_dir.join("imports").join(name),
            user,
            data,
        }
    }

    /// The one that is under way; None where there is none (any more).
    ///
    /// # Errors
    /// `Setup`.
    pub fn under_way(&self, data: &Key) -> Result<Option<Import>> {
        let path = self.dir.join("state");
        let failed = |e| state::failed(&path, &e);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed(e)),
        };
        if age(&file.metadata().map_err(failed)?) > LIFE {
            return Ok(None);
        }
        let sealed = state::few_bytes(file, MOST).map_err(failed)?;
        let plain = data.open(&self.place(), &sealed);
        Ok(plain.and_then(|plain| postcard::from_bytes(&plain).ok()))
    }

    /// Notes how far one has come, down to the disk.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`: what was noted before is still there then.
    pub fn note(&self, import: &Import, data: &Key) -> Result<()> {
        if !self.dir.is_dir() {
            state::make_dir(&self.dir, true)?;
            let above = self.dir.parent().and_then(Path::parent);
            above.map_or(Ok(()), state::sync_dir)?;
        }
        let plain = postcard::to_stdvec(import);
        let plain = plain.map_err(|e| Error::Internal(Cause::at("noting an import", e)))?;
        let sealed = data.seal(&self.place(), &plain)?;
        state::write_whole(&self.dir, "state", &sealed)?;
        state::sync_dir(&self.dir)
    }

    /// Keeps the files of one.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`; `Internal` where the spool cannot be read back.
    pub fn keep(&self, import: &Import, form: &Form, data: &Key) -> Result<()> {
        let path = self.dir.join("files");
        let seal = Sealing {
            key: data,
            place: self.files_place(import),
        };
        write(&path, &seal, "", form)
    }

    /// The files of one; None where they are not there whole.
    ///
    /// # Errors
    /// `Setup`.
    pub fn files(&self, import: &Import, data: &Key) -> Result<Option<Form>> {
        let path = self.dir.join("files");
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(state::failed(&path, &e)),
        };
        let sealed = Sealed::new(file, data, self.files_place(import));
        let kept = sealed.and_then(|sealed| described(FormId(import.id), sealed));
        Ok(kept.map(|kept| kept.form))
    }

    /// Asks whoever is at work to end it where it has come to.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn ask_to_end(&self) -> Result<()> {
        let path = self.dir.join("end");
        let made = state::private().open(&path);
        made.map(drop).map_err(|e| state::failed(&path, &e))
    }

    /// True where that was asked.
    pub fn is_to_end(&self) -> bool {
        self.dir.join("end").exists()
    }

    /// Forgets the one that is under way, and its files.
    ///
    /// # Errors
    /// `Setup`.
    pub fn forget(&self) -> Result<()> {
        remove(&self.dir.join("state"))?;
        remove(&self.dir.join("end"))?;
        remove(&self.dir.join("files"))
    }

    fn place(&self) -> Vec<u8> {
        [&b"import"[..], &self.user.0, &self.data].concat()
    }

    fn files_place(&self, import: &Import) -> Place {
        Place {
            user: self.user,
            id: import.id,
        }
    }
}

/// Removes what can be carried on no longer, below the directory of a user.
///
/// # Errors
/// `Setup`.
pub(super) fn sweep(user_dir: &Path) -> Result<()> {
    let dir = user_dir.join("imports");
    for entry in state::entries(&dir)? {
        let one = entry.path();
        // The state is written again as long as there is progress.
        let state = fs::metadata(one.join("state"));
        if state.is_ok_and(|state| age(&state) <= LIFE) {
            continue;
        }
        state::remove_all(&one)?;
    }
    Ok(())
}
