//! A file without a name, for what is too large to be held in memory: a long body, a transfer. It is gone with the process,
//! whatever ends it.
//!
//! Not for what has to outlive the process: that has a name, and lies sealed (`outbox`, `profile`). To know before changing
//! it: where the file system knows no unnamed files, the file has a name for a moment, and `State::sweep` removes it after a
//! kill in that moment.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;

use crate::error::Result;
use crate::seal;
use crate::state::{self, State};

/// Opens an empty spool file in the state directory, for reading and writing.
///
/// # Errors
/// `DiskFull`, `Setup`; `Internal` where the system has no random numbers.
pub fn file(state: &State) -> Result<File> {
    let mut unnamed = OpenOptions::new();
    unnamed
        .read(true)
        .write(true)
        .mode(0o600)
        .custom_flags(libc::O_TMPFILE);
    match unnamed.open(state.dir()) {
        Ok(file) => Ok(file),
        Err(e) if state::is_full(&e) => Err(state::failed(state.dir(), &e)),
        Err(_) => {
            let suffix = seal::to_text(&seal::random::<9>()?);
            let name = state.dir().join(format!("spool.{suffix}"));
            let failed = |e: io::Error| state::failed(&name, &e);
            let mut named = state::private();
            let file = named.create_new(true).open(&name).map_err(failed)?;
            fs::remove_file(&name).map_err(failed)?;
            Ok(file)
        }
    }
}
