//! Whose files are trusted: as ssh judges its own (owner, mode, the directories above), and never one that a web server
//! may give away.
//!
//! Not for what is in them. To know before changing it: one of our directories that others may enter is closed again; what
//! belongs to somebody else, or can be replaced by somebody else, is refused.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::{failed, place_failed, private, setup};
use crate::error::{Fault, PlaceFault, Result};
use crate::process;

/// Mode bits of everybody but the owner, and those by which they may change something.
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;
/// A directory in which one may remove only what is one's own.
const STICKY: u32 = 0o1000;
/// Tells an Apache that has come as far as this to go no further.
const DENY: &str = "<IfModule mod_authz_core.c>\n  Require all denied\n</IfModule>\n\
                    <IfModule !mod_authz_core.c>\n  Deny from all\n</IfModule>\n";

/// Judges one of our directories, by what was `found` there. One that others may enter is closed. The path without links.
///
/// # Errors
/// `Setup`: it is a link or no directory, belongs to another user, or could be replaced by one.
pub(super) fn judge_directory(dir: &Path, found: &Metadata) -> Result<PathBuf> {
    if found.is_symlink() {
        return Err(setup(
            Fault::Place(PlaceFault::Link),
            dir,
            "is a symbolic link; name the directory that it leads to",
        ));
    }
    if !found.is_dir() {
        let fault = Fault::Place(PlaceFault::NoDirectory);
        return Err(setup(fault, dir, "is not a directory"));
    }
    if found.uid() != process::user() {
        return Err(setup(
            Fault::Place(PlaceFault::Foreign),
            dir,
            "belongs to a different user than the one that Postern runs as",
        ));
    }
    close(dir, found, 0o700)?;
    let real = dir.canonicalize().map_err(|e| place_failed(dir, &e))?;
    for above in real.ancestors().skip(1) {
        let found = fs::metadata(above).map_err(|e| failed(above, &e))?;
        judge_above(above, &found)?;
    }
    Ok(real)
}

/// Judges one of our files that was opened without following a link. One that others may read is closed.
pub(super) fn judge_file(path: &Path, file: &File) -> Result<()> {
    let found = file.metadata().map_err(|e| failed(path, &e))?;
    if found.uid() != process::user() {
        return Err(setup(
            Fault::Place(PlaceFault::Foreign),
            path,
            "belongs to a different user than the one that Postern runs as",
        ));
    }
    close(path, &found, 0o600)
}

/// Takes away what others may do with one of our files or directories.
fn close(path: &Path, found: &Metadata, mode: u32) -> Result<()> {
    if found.mode() & OTHERS == 0 {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(|e| place_failed(path, &e))
}

/// A directory above ours: whoever may write there could put another in its place.
fn judge_above(dir: &Path, found: &Metadata) -> Result<()> {
    let is_trusted = matches!(found.uid(), 0) || found.uid() == process::user();
    if !is_trusted {
        return Err(setup(
            Fault::Place(PlaceFault::AboveForeign),
            dir,
            "contains state_dir and belongs to another user",
        ));
    }
    if found.mode() & OTHERS_WRITE != 0 && found.mode() & STICKY == 0 {
        return Err(setup(
            Fault::Place(PlaceFault::AboveChangeable),
            dir,
            "contains state_dir, and other users can write to it. Run chmod go-w on it",
        ));
    }
    Ok(())
}

/// Judges a file that says what this program does: itself, or its configuration.
///
/// # Errors
/// `Setup`: others may change it.
pub fn judge_program_file(path: &Path) -> Result<()> {
    let found = fs::metadata(path).map_err(|e| failed(path, &e))?;
    let is_trusted = matches!(found.uid(), 0) || found.uid() == process::user();
    let fault = match is_trusted {
        true if found.mode() & OTHERS_WRITE == 0 => return Ok(()),
        true => Fault::Changeable,
        false => Fault::NotOurs,
    };
    Err(setup(
        fault,
        path,
        "can be changed by other users. It must belong to you (or root), and only you may have write permission",
    ))
}

/// Refuses a state directory that lies where a web server serves files: below these, or beside the program. `real`: its path
/// without links.
pub(super) fn judge_place(dir: &Path, real: &Path, served: &[PathBuf]) -> Result<()> {
    let lies_below = |root: &PathBuf| {
        root.canonicalize()
            .is_ok_and(|root| real.starts_with(&root))
    };
    if served.iter().any(lies_below) {
        return Err(setup(
            Fault::Place(PlaceFault::Served),
            dir,
            "is in the document root, where the web server could serve it. Choose another state_dir",
        ));
    }
    // The kernel's own name for it, without links.
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    if beside.is_some_and(|beside| real.starts_with(beside)) {
        return Err(setup(
            Fault::Place(PlaceFault::Served),
            dir,
            "is in the directory of the program, where the web server could serve it. Choose another state_dir",
        ));
    }
    Ok(())
}

/// Writes what keeps an Apache away that serves the directory all the same, by an alias that nobody thought of.
pub(super) fn deny_web_server(dir: &Path) -> Result<()> {
    let path = dir.join(".htaccess");
    // Looked for first: to be refused to make it takes longer.
    if fs::symlink_metadata(&path).is_ok() {
        return Ok(());
    }
    match private()
        .create_new(true)
        .open(&path)
        .and_then(|mut file| file.write_all(DENY.as_bytes()))
    {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists || super::is_full(&e) => Ok(()),
        written => written.map_err(|e| place_failed(&path, &e)),
    }
}
