//! Generations of a user's store: `db.1`, `db.2`, ... of which one is current.
//!
//! sled never gives space back, and damage may sit in it for ever, so a store that is too large or damaged is left
//! behind for a new one, which takes along what matters. Killed at any step, the next request finds one whole
//! generation: a new one counts from the moment its `ready` file is there, an old one until its `ready` is gone.

use std::any::Any;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::streamed::Streamed;
use super::{keys, open_sled};
use crate::error::{Cause, Error, Result};
use crate::{process, state};

/// What the `ready` file of a generation holds. One that says something else was made by a version that sealed session
/// records under the cookie alone: they stay in its log, so it is left behind with them, and everybody signs in again.
const FORMAT: &[u8] = b"2";

/// Bytes that a new generation takes along at most.
const CARRY: usize = 2 * 1024 * 1024;

/// The system's words for no room, by number: disk, account, single file.
const FULL: [i32; 3] = [libc::ENOSPC, libc::EDQUOT, libc::EFBIG];
/// And for what else it may refuse: threads, memory, descriptors, reading, access.
const REFUSED: [i32; 5] = [
    libc::EAGAIN,
    libc::ENOMEM,
    libc::EMFILE,
    libc::EIO,
    libc::EACCES,
];

/// What a new generation takes along.
#[derive(Default)]
struct Carried {
    /// In memory.
    few: Vec<(sled::IVec, sled::IVec)>,
    /// In a file.
    streamed: Option<Streamed>,
}

/// What sled may run into.
pub(super) enum Trouble {
    /// The database itself is not what it was.
    Damage(String),
    /// The system lacks something; the database may be whole.
    System(Error),
}

/// Runs sled code: turns its errors and its panics into their meaning.
pub(super) fn guarded<T>(
    work: impl FnOnce() -> sled::Result<T>,
) -> std::result::Result<T, Trouble> {
    let trouble = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(e)) => meaning(&e),
        Err(panic) => panicked(&*panic),
    };
    Err(match trouble {
        Trouble::Damage(cause) if process::lacked_memory() => {
            Trouble::System(Error::Internal(Cause::at("store, without memory", cause)))
        }
        trouble => trouble,
    })
}

/// What a panic inside sled means.
fn panicked(panic: &(dyn Any + Send)) -> Trouble {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or(panic.downcast_ref::<&str>().copied())
        .unwrap_or("panic");
    // sled unwraps what the system refuses it: threads, descriptors, space.
    let says = |number: &i32| {
        let told = [format!("os error {number})"), format!("code: {number},")];
        told.iter().any(|told| text.contains(told))
    };
    if FULL.iter().any(says) {
        return Trouble::System(Error::DiskFull(Cause::at("store", text)));
    }
    if REFUSED.iter().any(says) {
        return Trouble::System(Error::Internal(Cause::at("store", text)));
    }
    Trouble::Damage(text.to_owned())
}

fn meaning(e: &sled::Error) -> Trouble {
    match e {
        sled::Error::Io(io) => {
            let full = state::is_full(io);
            let cut = matches!(
                io.kind(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData
            );
            let cause = Cause::at("store", io);
            match (full, cut) {
                _ if io.kind() == io::ErrorKind::WouldBlock => {
                    Trouble::System(Error::TooMany { retry: 2 })
                }
                (true, _) => Trouble::System(Error::DiskFull(cause)),
                (false, true) => Trouble::Damage(cause.0),
                (false, false) => Trouble::System(Error::Internal(cause)),
            }
        }
        other => Trouble::Damage(other.to_string()),
    }
}

/// Marks a generation as damaged; the next holder of the gate leaves it behind.
pub(super) fn mark_bad(dir: &Path, cause: &str) {
    eprintln!("postern: store damaged: {}: {cause}", dir.display());
    if let Err(e) = File::create(dir.join("bad")) {
        eprintln!("postern: store: {}: {e}", dir.display());
    }
}

/// Opens the current generation of the user whose directory this is, changing it first where it must be.
pub(super) fn open(user: &Path, budget: u64) -> Result<(sled::Db, PathBuf)> {
    let current = current(user)?;
    if let Some(number) = current {
        let dir = generation(user, number);
        let bad = dir.join("bad").exists() || !is_of_today(&dir);
        let size = fs::metadata(dir.join("db")).map_or(0, |m| m.blocks().saturating_mul(512));
        if !bad && size <= budget {
            // Whoever writes makes up for it (`Store::save`).
            match process::without_fsync(|| open_whole(&dir)) {
                Ok(db) => return Ok((db, dir)),
                Err(Trouble::System(error)) => return Err(error),
                Err(Trouble::Damage(cause)) => mark_bad(&dir, &cause),
            }
        }
        let next = change(user, number, budget)?;
        return open_new(next);
    }
    let first = generation(user, 1);
    make(user, &first, Carried::default())?;
    open_new(first)
}

fn open_new(dir: PathBuf) -> Result<(sled::Db, PathBuf)> {
    match guarded(|| open_sled(&dir)) {
        Ok(db) => Ok((db, dir)),
        Err(Trouble::System(error)) => Err(error),
        Err(Trouble::Damage(cause)) => Err(Error::Internal(Cause(cause))),
    }
}

/// The number of the current generation: the highest that is ready. Whatever a crash left beside it is removed.
fn current(user: &Path) -> Result<Option<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(user).map_err(|e| state::failed(user, &e))? {
        let entry = entry.map_err(|e| state::failed(user, &e))?;
        let name = entry.file_name();
        if let Some(n) = name
            .to_str()
            .and_then(|n| n.strip_prefix("db.")?.parse::<u64>().ok())
        {
            numbers.push(n);
        }
    }
    numbers.sort_unstable();
    let is_ready = |n: &u64| generation(user, *n).join("ready").exists();
    let highest = numbers.iter().rev().find(|n| is_ready(n)).copied();
    for n in numbers.iter().filter(|n| Some(**n) != highest) {
        remove(&generation(user, *n))?;
    }
    Ok(highest)
}

/// Removes all generations.
pub(super) fn remove_all(user: &Path) -> Result<()> {
    if let Some(number) = current(user)? {
        remove(&generation(user, number))?;
    }
    Ok(())
}

/// When the current generation was opened last: sled writes to it at each opening.
pub(super) fn last_opened(user: &Path) -> Option<SystemTime> {
    let number = current(user).ok()??;
    fs::metadata(generation(user, number).join("db"))
        .ok()?
        .modified()
        .ok()
}

/// Leaves a generation behind: the next one begins with what it takes along. Where there is no room for it, the old one
/// stays the current one.
fn change(user: &Path, number: u64, budget: u64) -> Result<PathBuf> {
    let old = generation(user, number);
    let next = generation(user, number.saturating_add(1));
    let bad = old.join("bad").exists();
    let is_of_today = is_of_today(&old);
    // Only one sled is ever open: everything is read, and the old one closed, before the new one is made.
    let opened = is_of_today.then(|| open_whole(&old));
    let carried = match opened {
        None => Carried::default(),
        Some(Ok(db)) => {
            let carried = guarded(|| Ok(carry(&db, Streamed::new(user, budget))));
            drop(catch_unwind(AssertUnwindSafe(|| drop(db))));
            carried.unwrap_or_default()
        }
        Some(Err(Trouble::System(error))) => return Err(error),
        Some(Err(Trouble::Damage(_))) => Carried::default(),
    };
    match make(user, &next, carried) {
        // A store that is too large is better than none: it is used on until there is room. On a full disk sled may say so,
        // or stumble over what it could not write.
        Err(error) if !bad && is_of_today => {
            let (kind, cause) = error.log_kind();
            eprintln!("postern: store: no new generation: {kind} {cause}");
            if next.exists() {
                remove(&next)?;
            }
            return Ok(old);
        }
        made => made?,
    }
    if bad && is_of_today {
        keep_damaged(user, &old)?;
    } else {
        remove(&old)?;
    }
    Ok(next)
}

/// Makes a generation that counts only when everything in it is on disk.
fn make(user: &Path, dir: &Path, content: Carried) -> Result<()> {
    state::make_dir(dir, false)?;
    let written = guarded(|| {
        let db = open_sled(dir)?;
        let mut batch = sled::Batch::default();
        for (key, value) in content.few {
            batch.insert(key, value);
        }
        db.apply_batch(batch)?;
        if let Some(streamed) = content.streamed {
            streamed.put_into(&db)?;
        }
        db.flush().map(drop)
    });
    match written {
        Ok(()) => {}
        Err(Trouble::System(error)) => return Err(error),
        Err(Trouble::Damage(cause)) => return Err(Error::Internal(Cause(cause))),
    }
    state::sync_dir(dir)?;
    // One that is empty would be of an older version.
    state::write_whole(dir, "ready", FORMAT)?;
    state::sync_dir(dir)?;
    state::sync_dir(user)
}

/// What the next generation takes along. Ranges of data keys that no wrap opens any more stay behind.
fn carry(db: &sled::Db, streamed: Option<Streamed>) -> Carried {
    let mut few = Vec::new();
    let mut bytes = 0_usize;
    let mut wrapped: Vec<Vec<u8>> = Vec::new();
    for tree in keys::CARRIED {
        // sled's iterator repeats an error without end.
        for (key, value) in db.scan_prefix([tree]).map_while(std::result::Result::ok) {
            let data_key = key.get(1..9).unwrap_or_default();
            if tree == keys::WRAPS_ID {
                wrapped.push(data_key.to_vec());
            }
            if tree >= keys::FIRST_OF_DATA_KEYS && !wrapped.iter().any(|id| id == data_key) {
                continue;
            }
            bytes = bytes.saturating_add(key.len()).saturating_add(value.len());
            if bytes > CARRY {
                break;
            }
            few.push((key, value));
        }
    }
    let streamed = streamed.map(|mut streamed| {
        let all = db.scan_prefix([keys::STREAMED]);
        for (key, value) in all.map_while(std::result::Result::ok) {
            let data_key = key.get(1..9).unwrap_or_default();
            if wrapped.iter().any(|id| id == data_key) && !streamed.add(&key, &value) {
                break;
            }
        }
        streamed
    });
    Carried { few, streamed }
}

/// Opens a generation, where it must be from its log alone. A snapshot only saves reading the log; one that was written
/// when the disk was full speaks of what never came, and sled writes the next one before it removes the last.
fn open_whole(dir: &Path) -> std::result::Result<sled::Db, Trouble> {
    match guarded(|| open_sled(dir)) {
        Err(Trouble::Damage(_) | Trouble::System(Error::DiskFull(_))) => {
            remove_snapshots(dir).map_err(Trouble::System)?;
            guarded(|| open_sled(dir))
        }
        opened => opened,
    }
}

fn remove_snapshots(dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir).map_err(|e| state::failed(dir, &e))? {
        let entry = entry.map_err(|e| state::failed(dir, &e))?;
        if entry.file_name().as_encoded_bytes().starts_with(b"snap.") {
            remove_file(&entry.path())?;
        }
    }
    Ok(())
}

/// Keeps one damaged generation for whoever wants to know what happened.
fn keep_damaged(user: &Path, old: &Path) -> Result<()> {
    let kept = user.join("damaged");
    if kept.exists() {
        fs::remove_dir_all(&kept).map_err(|e| state::failed(&kept, &e))?;
    }
    remove_file(&old.join("ready"))?;
    fs::rename(old, &kept).map_err(|e| state::failed(old, &e))
}

/// Removes a generation, its `ready` first: it must not count again when this is cut short.
fn remove(dir: &Path) -> Result<()> {
    remove_file(&dir.join("ready"))?;
    fs::remove_dir_all(dir).map_err(|e| state::failed(dir, &e))
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(state::failed(path, &e)),
        _ => Ok(()),
    }
}

/// True for a generation whose sessions can be forgotten.
fn is_of_today(dir: &Path) -> bool {
    let ready = File::open(dir.join("ready"));
    let format = ready.and_then(|file| state::few_bytes(file, FORMAT.len()));
    format.is_ok_and(|format| format == FORMAT)
}

fn generation(user: &Path, number: u64) -> PathBuf {
    user.join(format!("db.{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_17_the_index_goes_along_beside_what_is_carried_in_memory() {
        let user = tempfile::tempdir().unwrap();
        let value = |n: u32| vec![n.to_be_bytes()[3]; 900];
        let key = |tree: u8, data: u8, n: u32| {
            let id = [data; 8];
            [&[tree], id.as_slice(), n.to_be_bytes().as_slice()].concat()
        };
        let wrap = |data: u8| (key(keys::WRAPS_ID, data, 0), vec![1]);
        // More of both than fits into memory, and what belongs to a data key that nobody has any more.
        let all: Vec<(Vec<u8>, Vec<u8>)> = (0..4_000)
            .flat_map(|n| {
                let one = |tree, data| (key(tree, data, n), value(n));
                [one(7, 1), one(keys::STREAMED, 1), one(keys::STREAMED, 2)]
            })
            .chain([wrap(1)])
            .collect();
        let content = Carried {
            few: all.into_iter().map(|(k, v)| (k.into(), v.into())).collect(),
            streamed: None,
        };
        make(user.path(), &generation(user.path(), 1), content).unwrap();
        let next = change(user.path(), 1, 64 * 1024 * 1024).unwrap();
        let db = open_sled(&next).unwrap();
        let carried = db.scan_prefix([7]).count();
        assert!((1..4_000).contains(&carried), "{carried}");
        for n in 0..4_000 {
            let found = db.get(key(keys::STREAMED, 1, n)).unwrap();
            assert_eq!(found.as_deref(), Some(value(n).as_slice()), "{n}");
            assert!(!db.contains_key(key(keys::STREAMED, 2, n)).unwrap());
        }
        drop(db);
        // As much as there is room for.
        let next = change(user.path(), 2, 8 * 1024 * 1024).unwrap();
        let db = open_sled(&next).unwrap();
        let carried = db.scan_prefix([keys::STREAMED]).count();
        assert!((2_000..2_400).contains(&carried), "{carried}");
        let left: Vec<_> = fs::read_dir(user.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}
