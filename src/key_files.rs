//! Key files: halves of keys that have to be forgotten one day. Files of 32 random bytes in `users/<id>/keys/`.
//!
//! What sled is given stays in its log until the next generation, also after it was removed. So what must not outlive its
//! removal (session records, wrapped data keys) is sealed under its key *and* a key file; once the file is gone, what is
//! left in the log opens with nothing. Not for deciding what is forgotten, and when: that is `session`. To know before
//! changing it: a file is whole and on disk before anything that needs it is saved, and unlinked only when nothing that
//! was saved needs it any more; a kill between leaves an orphan, which `sweep` removes.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::gate::Pass;
use crate::seal::{self, Key};
use crate::state;

/// Names a key file. It opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KeyName(pub [u8; 16]);

impl KeyName {
    fn to_text(self) -> String {
        seal::to_text(&self.0)
    }
}

/// The key files of one user, whose gate is held.
pub struct KeyFiles {
    user: PathBuf,
    dir: PathBuf,
}

impl KeyFiles {
    /// Those behind this gate; nothing is read or made yet.
    pub fn of(pass: &Pass) -> KeyFiles {
        KeyFiles {
            user: pass.dir().to_owned(),
            dir: pass.dir().join("keys"),
        }
    }

    /// Makes a file, which is on disk when this returns.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`; `Internal` where the system has no random numbers.
    pub fn make(&self) -> Result<(KeyName, Key)> {
        let name = KeyName(seal::random()?);
        let key = Key::random()?;
        if !self.dir.is_dir() {
            state::make_dir(&self.dir, false)?;
            state::sync_dir(&self.user)?;
        }
        state::write_whole(&self.dir, &name.to_text(), key.bytes())?;
        state::sync_dir(&self.dir)?;
        Ok((name, key))
    }

    /// The key in a file; None where it has been forgotten.
    ///
    /// # Errors
    /// `Setup` where it is there and cannot be read: nothing may be taken for forgotten because of that.
    pub fn key(&self, name: KeyName) -> Result<Option<Key>> {
        let path = self.dir.join(name.to_text());
        let read = File::open(&path).and_then(|file| state::few_bytes(file, size_of::<Key>()));
        match read {
            // Of another length it is none that we made.
            Ok(bytes) => Ok(<[u8; 32]>::try_from(bytes).ok().map(Key::new)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(state::failed(&path, &e)),
        }
    }

    /// Forgets keys. It needs no room on the disk.
    ///
    /// # Errors
    /// `Setup`; then those before the one that failed are forgotten.
    pub fn forget(&self, names: &[KeyName]) -> Result<()> {
        for name in names {
            self.unlink(&name.to_text())?;
        }
        match names.is_empty() || !self.dir.is_dir() {
            true => Ok(()),
            false => state::sync_dir(&self.dir),
        }
    }

    /// Forgets all keys but those that something still needs: what a kill has left, and, with none, everything.
    ///
    /// # Errors
    /// `Setup`.
    pub fn sweep(&self, needed: &[KeyName]) -> Result<()> {
        let needed: Vec<String> = needed.iter().map(|name| name.to_text()).collect();
        let mut is_changed = false;
        for entry in state::entries(&self.dir)? {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !needed.iter().any(|needed| *needed == name) {
                self.unlink(&name)?;
                is_changed = true;
            }
        }
        match is_changed {
            true => state::sync_dir(&self.dir),
            false => Ok(()),
        }
    }

    fn unlink(&self, name: &str) -> Result<()> {
        let path = self.dir.join(name);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(state::failed(&path, &e)),
            _ => Ok(()),
        }
    }
}
