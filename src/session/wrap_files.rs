//! A second copy of the wrapped data keys, each in a file: what is being written outlives a store that is damaged or lost, for it is
//! sealed under a data key and lies nowhere else.
//!
//! Not for wrapping (`wraps`). To know before changing it: such a file opens with what its wrap opens with, the password and a
//! key file, and with nothing once that is forgotten.

use std::path::PathBuf;

use crate::error::{Cause, Error, Result};
use crate::gate::Pass;
use crate::seal;
use crate::state;
use crate::store::keys::{DataKeyId, Wrap};

/// A wrapped data key, by its id.
pub(super) type Wrapped = (DataKeyId, Wrap);

/// The longest of these files, in bytes.
const MOST: usize = 1024;

/// Writes one, in the place of the one before, down to the disk.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub(super) fn put(pass: &Pass, id: &DataKeyId, wrap: &Wrap) -> Result<()> {
    let dir = dir(pass);
    if !dir.is_dir() {
        state::make_dir(&dir, false)?;
        state::sync_dir(pass.dir())?;
    }
    let bytes = postcard::to_stdvec(wrap);
    let bytes = bytes.map_err(|e| Error::Internal(Cause::at("keeping a wrapped key", e)))?;
    state::write_whole(&dir, &seal::to_text(&id.0), &bytes)?;
    state::sync_dir(&dir)
}

/// Removes one.
///
/// # Errors
/// `Setup`.
pub(super) fn remove(pass: &Pass, id: &DataKeyId) -> Result<()> {
    let path = dir(pass).join(seal::to_text(&id.0));
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(state::failed(&path, &e)),
        _ => Ok(()),
    }
}

/// All of them; what cannot be understood is none.
///
/// # Errors
/// `Setup`.
pub(super) fn all(pass: &Pass) -> Result<Vec<Wrapped>> {
    let mut all = Vec::new();
    for entry in state::entries(&dir(pass))? {
        let id = entry.file_name().to_str().and_then(seal::from_text);
        let Some(id) = id.and_then(|id| <[u8; 8]>::try_from(id).ok()) else {
            continue;
        };
        let path = entry.path();
        let file = std::fs::File::open(&path).map_err(|e| state::failed(&path, &e))?;
        let bytes = state::few_bytes(file, MOST).map_err(|e| state::failed(&path, &e))?;
        if let Ok(wrap) = postcard::from_bytes(&bytes) {
            all.push((DataKeyId(id), wrap));
        }
    }
    Ok(all)
}

fn dir(pass: &Pass) -> PathBuf {
    pass.dir().join("wraps")
}
