//! What a new generation takes along that is too large for memory: it waits in a file while no database is open.
//!
//! To know before changing it: the file has no name, so a killed request leaves nothing behind, and what it holds is sealed
//! as it lay in the store. Whatever fails here is a miss later, never an error.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

use crate::state;

/// Of the budget of a store, so much may be taken along: a new one must not be full at once.
const SHARE: u64 = 4;
/// Bytes that are put into the new database at once.
const BATCH: usize = 1024 * 1024;

/// Keys and values that wait in a file.
pub(super) struct Streamed {
    file: BufWriter<File>,
    /// Bytes that may still be written.
    room: u64,
}

impl Streamed {
    /// An empty one in the directory of a user, for a store of this budget; None where no file can be made.
    pub fn new(user: &Path, budget: u64) -> Option<Streamed> {
        let path = user.join("carried");
        let mut options = state::private();
        let file = options.read(true).truncate(true).open(&path).ok()?;
        fs::remove_file(&path).ok()?;
        Some(Streamed {
            file: BufWriter::new(file),
            room: budget.checked_div(SHARE)?,
        })
    }

    /// Adds a value; false where there is no more room.
    pub fn add(&mut self, key: &[u8], value: &[u8]) -> bool {
        let takes = [key, value].map(|bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let takes = takes.into_iter().fold(8, u64::saturating_add);
        let Some(room) = self.room.checked_sub(takes) else {
            return false;
        };
        self.room = room;
        let written = [key, value].into_iter().try_for_each(|bytes| {
            let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
            self.file.write_all(&length.to_be_bytes())?;
            self.file.write_all(bytes)
        });
        written.is_ok()
    }

    /// Puts all of it into a database, piece by piece.
    pub fn put_into(mut self, db: &sled::Db) -> sled::Result<()> {
        let Ok(mut file) = self.rewound() else {
            return Ok(());
        };
        loop {
            let (mut batch, mut bytes) = (sled::Batch::default(), 0_usize);
            while bytes < BATCH
                && let Some((key, value)) = next(&mut file)
            {
                bytes = bytes.saturating_add(key.len()).saturating_add(value.len());
                batch.insert(key, value);
            }
            if bytes == 0 {
                return Ok(());
            }
            db.apply_batch(batch)?;
        }
    }

    fn rewound(&mut self) -> io::Result<BufReader<File>> {
        self.file.flush()?;
        self.file.rewind()?;
        Ok(BufReader::new(self.file.get_ref().try_clone()?))
    }
}

/// The next key and value; None at the end, or where it was cut.
fn next(file: &mut BufReader<File>) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut piece = || {
        let mut length = [0; 4];
        file.read_exact(&mut length).ok()?;
        let mut bytes = vec![0; usize::try_from(u32::from_be_bytes(length)).ok()?];
        file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    };
    Some((piece()?, piece()?))
}
