//! The store: one sled database a user, a cache that may be deleted at any time. Only this room names sled.
//!
//! Not for deciding what is cached: that is `mailbox`. A value is compressed where it is long, sealed, and cut into pieces
//! of at most `PIECE` bytes: sled keeps large values in files of their own and reads the end of its log at each open.
//! Writes are collected and applied as one batch by `save`. A value that does not open or decode is a miss.
//!
//! A request that writes nothing waits for no disk, and does not close sled: what sled synchronises when it is opened is only
//! the zeros behind the end of its log. A power cut may leave there what was there before, which sled's checksums find out as
//! they did then.
//!
//! `Store` borrows the `Pass` and has a `Drop`, so the gate cannot be released while sled holds its lock.

mod generation;
pub mod keys;
mod streamed;
mod typed;

use std::collections::BTreeMap;
use std::fs::File;
use std::mem;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Cause, Error, Result};
use crate::gate::Pass;
use crate::process;
use crate::seal::Key;
use crate::time::Watch;
use keys::{Begins, StoreKey, Tree};

/// Bytes of a segment of sled's log. Fixed when a database is made.
const SEGMENT: usize = 64 * 1024;
/// Threads that sled asks for when it is first opened (its `DESIRED_WAITING_THREADS`).
const ASKED_FOR: usize = 7;
/// Those that it gets: they write and flush, and one request does little of that. Where the C library is not glibc nothing
/// stands before its function, and sled gets all.
pub const THREADS: usize = match cfg!(all(target_os = "linux", target_env = "gnu")) {
    true => 2,
    false => ASKED_FOR,
};
/// Longest value that sled is given: a 64th of a segment, its key included.
const PIECE: usize = SEGMENT / 64 - 64;
/// Pieces of one value at most: some 900 KB, compressed.
const PIECES: usize = 1000;
/// Longest value before it is compressed.
const LONGEST: usize = 8 * 1024 * 1024;

/// How long threads of a closed database may take to let go of its file.
const LETTING_GO: Duration = Duration::from_secs(3);

/// What the store can keep.
pub trait Record: Serialize + DeserializeOwned {}

impl<V: Serialize + DeserializeOwned> Record for V {}

/// Who seals a value.
#[derive(Clone, Copy, Debug)]
pub enum Encryption<'a> {
    /// The store, under this key.
    With(&'a Key),
    /// The caller has sealed what is secret inside it.
    ByCaller,
}

/// What was put into a store and removed from it, at some moment before it is saved.
pub struct Unsaved(BTreeMap<Vec<u8>, Option<Vec<u8>>>);

/// A user's database, open.
pub struct Store<'p> {
    pass: &'p Pass,
    db: Option<sled::Db>,
    dir: PathBuf,
    /// What was written in this request and not saved yet; None removes.
    writes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// The first thing that went wrong and was no damage.
    failure: Option<Error>,
    /// True until something is written: what opening put on the disk is not synchronised, and closing need not be.
    is_unwritten: bool,
}

impl<'p> Store<'p> {
    /// Opens the user's database, in a new generation where the old one is over its budget (bytes) or damaged.
    ///
    /// # Errors
    /// `DiskFull`; `TooMany` where no thread can be started now; `Internal` where the system lacks memory or descriptors.
    /// Damage is no error: the store is empty then.
    pub fn open(pass: &'p Pass, budget: u64) -> Result<Store<'p>> {
        let (db, dir) = generation::open(pass.dir(), budget)?;
        Ok(Store {
            pass,
            db: Some(db),
            dir,
            writes: BTreeMap::new(),
            failure: None,
            is_unwritten: true,
        })
    }

    /// Removes a user's store, and with it all sessions and everything cached.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn remove_all(pass: &Pass) -> Result<()> {
        generation::remove_all(pass.dir())
    }

    /// When the store of the user with this directory was opened last; None without one.
    pub fn last_opened(user: &Path) -> Option<SystemTime> {
        generation::last_opened(user)
    }

    /// The gate that is held.
    pub fn pass(&self) -> &'p Pass {
        self.pass
    }

    /// True where something could not be read or written: what was not found may be there all the same.
    pub fn has_failed(&self) -> bool {
        self.db.is_none() || self.failure.is_some()
    }

    /// The value at a key, if it is there, whole, of this version, and opens.
    pub fn get<K: StoreKey, V: DeserializeOwned>(
        &mut self,
        encryption: Encryption,
        tree: &Tree<K, V>,
        key: &K,
    ) -> Option<V> {
        let at = Place::of(tree, key);
        let sealed = self.pieces(&at);
        let value = sealed.and_then(|sealed| self.unseal(encryption, &at, &sealed));
        if value.is_none() {
            self.remove_at(&at);
        }
        value
    }

    /// True where there is something at a key.
    pub fn has<K: StoreKey, V>(&mut self, tree: &Tree<K, V>, key: &K) -> bool {
        self.read(&Place::of(tree, key).piece(0)).is_some()
    }

    /// Puts a value at a key, when `save` is called. False where it cannot be kept: then nothing is there any more.
    pub fn put<K: StoreKey, V: Serialize>(
        &mut self,
        encryption: Encryption,
        tree: &Tree<K, V>,
        key: &K,
        value: &V,
    ) -> bool {
        let at = Place::of(tree, key);
        self.remove_at(&at);
        let sealed = match self.seal(encryption, &at, value) {
            Ok(sealed) => sealed,
            Err(e) => {
                self.failure = self.failure.take().or(Some(e));
                return false;
            }
        };
        let count = sealed.len().div_ceil(PIECE).max(1);
        if count > PIECES {
            return false;
        }
        for (n, piece) in sealed.chunks(PIECE).enumerate() {
            let last = n.saturating_add(1) == count;
            let mut bytes = vec![u8::from(last)];
            bytes.extend_from_slice(piece);
            self.writes.insert(at.piece(n), Some(bytes));
        }
        true
    }

    /// Removes the value at a key.
    pub fn remove<K: StoreKey, V>(&mut self, tree: &Tree<K, V>, key: &K) {
        self.remove_at(&Place::of(tree, key));
    }

    fn remove_at(&mut self, at: &Place) {
        for n in 0..PIECES {
            let piece = at.piece(n);
            if self.read(&piece).is_none() {
                // A later piece of what was just put over it.
                return;
            }
            self.writes.insert(piece, None);
        }
    }

    /// The keys of a tree that begin with `prefix`, in order; what cannot be read ends the list.
    pub fn keys_below<K: StoreKey, V>(
        &mut self,
        tree: &Tree<K, V>,
        prefix: &impl Begins<K>,
    ) -> Vec<K> {
        let mut from = vec![tree.id];
        prefix.write(&mut from);
        let first_piece = |at: &[u8]| -> Option<Vec<u8>> {
            let (key, number) = at.split_last_chunk::<2>()?;
            (*number == [0, 0]).then(|| key.get(1..).unwrap_or_default().to_vec())
        };
        let stored = self.sled(|db| {
            let keys = db.scan_prefix(&from).keys();
            keys.map(|key| key.map(|k| k.to_vec()))
                .collect::<sled::Result<Vec<_>>>()
        });
        let mut keys: Vec<Vec<u8>> = stored
            .unwrap_or_default()
            .iter()
            .filter(|at| self.writes.get(*at).is_none_or(Option::is_some))
            .filter_map(|at| first_piece(at))
            .collect();
        let written = self
            .writes
            .range(from.clone()..)
            .take_while(|(at, _)| at.starts_with(&from));
        keys.extend(
            written
                .filter(|(_, v)| v.is_some())
                .filter_map(|(at, _)| first_piece(at)),
        );
        keys.sort_unstable();
        keys.dedup();
        keys.iter().filter_map(|key| K::read(key)).collect()
    }

    /// Writes what was put and removed, as one batch, down to the disk. Without writes it does nothing.
    ///
    /// # Errors
    /// `DiskFull`, `Internal`: then nothing was written.
    pub fn save(&mut self) -> Result<()> {
        let writes = mem::take(&mut self.writes);
        if !writes.is_empty() {
            let mut batch = sled::Batch::default();
            for (key, value) in writes {
                match value {
                    Some(bytes) => batch.insert(key, bytes),
                    None => batch.remove(key),
                }
            }
            let db_file = self.dir.join("db");
            let is_unsynced = mem::take(&mut self.is_unwritten);
            self.sled(|db| {
                if is_unsynced {
                    // sled counts on what it did when it was opened being there before what comes now.
                    File::open(&db_file)?.sync_all()?;
                }
                db.apply_batch(batch)?;
                db.flush().map(drop)
            });
        }
        self.failure.take().map_or(Ok(()), Err)
    }

    /// What was put and removed and is not saved yet.
    pub fn unsaved(&self) -> Unsaved {
        Unsaved(self.writes.clone())
    }

    /// Forgets what was put and removed since then.
    pub fn back_to(&mut self, then: Unsaved) {
        self.writes = then.0;
    }

    /// All pieces of a value, joined.
    fn pieces(&mut self, at: &Place) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        for n in 0..PIECES {
            let piece = self.read(&at.piece(n))?;
            let (last, bytes) = piece.split_first()?;
            whole.extend_from_slice(bytes);
            if *last == 1 {
                return Some(whole);
            }
        }
        None
    }

    fn read(&mut self, at: &[u8]) -> Option<Vec<u8>> {
        if let Some(written) = self.writes.get(at) {
            return written.clone();
        }
        self.sled(|db| db.get(at)).flatten().map(|v| v.to_vec())
    }

    fn seal<V: Serialize>(&self, encryption: Encryption, at: &Place, value: &V) -> Result<Vec<u8>> {
        let plain =
            postcard::to_stdvec(value).map_err(|e| Error::Internal(Cause::at("encoding", e)))?;
        let packed = pack(&plain);
        let mut out = vec![at.version];
        match encryption {
            Encryption::ByCaller => out.extend(packed),
            Encryption::With(k) => out.extend(k.seal(&self.associated_data(at), &packed)?),
        }
        Ok(out)
    }

    fn unseal<V: DeserializeOwned>(
        &self,
        encryption: Encryption,
        at: &Place,
        sealed: &[u8],
    ) -> Option<V> {
        let (version, sealed) = sealed.split_first()?;
        if *version != at.version {
            return None;
        }
        let packed = match encryption {
            Encryption::ByCaller => sealed.to_vec(),
            Encryption::With(k) => k.open(&self.associated_data(at), sealed)?,
        };
        postcard::from_bytes(&unpack(&packed)?).ok()
    }

    /// What binds a sealed value to its user, tree, version and key.
    fn associated_data(&self, at: &Place) -> Vec<u8> {
        let mut data = self.pass.user().0.to_vec();
        data.extend([at.tree, at.version]);
        data.extend_from_slice(at.key.get(1..).unwrap_or_default());
        data
    }

    /// The one door to sled. Damage makes the store empty for the rest of the request and marks it for the next one.
    fn sled<T>(&mut self, work: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Option<T> {
        let db = self.db.as_ref()?;
        match generation::guarded(|| work(db)) {
            Ok(value) => Some(value),
            Err(generation::Trouble::Damage(cause)) => {
                generation::mark_bad(&self.dir, &cause);
                self.db = None;
                None
            }
            Err(generation::Trouble::System(error)) => {
                self.failure = self.failure.take().or(Some(error));
                None
            }
        }
    }
}

impl Drop for Store<'_> {
    fn drop(&mut self) {
        let Some(db) = self.db.take() else {
            return;
        };
        if self.is_unwritten && process::unlock(&self.dir.join("db")) {
            // Nothing is to be brought to the disk, and the process ends soon: it is not closed, for that takes as long as a
            // tenth of a click.
            mem::forget(db);
            return;
        }
        // A panic while sled closes must not hide what the request has already produced.
        let close = || {
            generation::guarded(|| {
                drop(db);
                Ok(())
            })
        };
        let closed = match self.is_unwritten {
            true => process::without_fsync(close),
            false => close(),
        };
        if let (Err(generation::Trouble::Damage(cause)), None) = (closed, &self.failure) {
            generation::mark_bad(&self.dir, &cause);
        }
    }
}

/// Where a value lies: its tree, and its key behind the byte of the tree.
struct Place {
    tree: u8,
    version: u8,
    key: Vec<u8>,
}

impl Place {
    fn of<K: StoreKey, V>(tree: &Tree<K, V>, key: &K) -> Place {
        let mut bytes = vec![tree.id];
        key.write(&mut bytes);
        Place {
            tree: tree.id,
            version: tree.version,
            key: bytes,
        }
    }

    /// The key of the n-th piece of the value.
    fn piece(&self, n: usize) -> Vec<u8> {
        let mut at = Vec::with_capacity(self.key.len().saturating_add(2));
        at.extend_from_slice(&self.key);
        at.extend(u16::try_from(n).unwrap_or(u16::MAX).to_be_bytes());
        at
    }
}

/// Deflated where that saves pieces; the first byte says which. What fits into one is left as it is: a row would lose an
/// eighth of its bytes, for 11 µs when it is written and 3 µs each time when fifty are read.
fn pack(plain: &[u8]) -> Vec<u8> {
    let deflated = (plain.len() > PIECE).then(|| miniz_oxide::deflate::compress_to_vec(plain, 6));
    match deflated {
        Some(deflated) if deflated.len() < plain.len() => [&[1], deflated.as_slice()].concat(),
        _ => [&[0], plain].concat(),
    }
}

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let (how, bytes) = packed.split_first()?;
    match how {
        0 => Some(bytes.to_vec()),
        1 => miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, LONGEST).ok(),
        _ => None,
    }
}

/// How sled is opened, everywhere.
fn open_sled(dir: &Path) -> sled::Result<sled::Db> {
    let config = sled::Config::new()
        .path(dir)
        .segment_size(SEGMENT)
        .cache_capacity(8 * 1024 * 1024)
        .flush_every_ms(None);
    let watch = Watch::start();
    loop {
        let open = || process::with_few_threads(ASKED_FOR, THREADS, || config.open());
        let opened = process::with_large_pieces_together(open)
            .inspect_err(|_| eprintln!("postern: store: no thread can be started"))?;
        match opened {
            // The gate keeps everybody else out. But a thread of sled's may let go of the file a moment after the
            // database was closed, here or in the process before this one.
            Err(sled::Error::Io(e))
                if e.to_string().contains("could not acquire lock")
                    && watch.passed() < LETTING_GO =>
            {
                std::thread::sleep(Duration::from_millis(1));
            }
            opened => return opened,
        }
    }
}
