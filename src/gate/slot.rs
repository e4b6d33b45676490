//! The slots: so many requests of the installation work or wait at once, and a few wait a moment for one.
//!
//! Not for who may wait for what (`Gate`). To know before changing it: who waits here has the user's lock, so that nobody who
//! holds a slot is kept from finishing by one who has none.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use super::{SPARE, first_free, open, try_lock, wait};
use crate::error::{Error, Result};
use crate::state::{self, State};
use crate::time::Watch;

/// How many wait for a slot at once: in the whole installation, so that with those that have one they stay few processes.
pub const WAITERS: usize = 3;
/// For how long they do, and how often the first of them looks.
const MOMENT: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(5);

/// One of the places in which the installation works or waits.
#[derive(Debug)]
pub(super) struct Slot {
    _file: File,
    /// Which one: from 0.
    pub number: usize,
}

impl Slot {
    /// A free one for a request that need not wait. The upper ones, which no waiter may take, only when all others are
    /// taken: a storm's own workers must not hold what is kept for the calm.
    pub fn take_any(state: &State, total: usize) -> Result<Option<Slot>> {
        let lower = total.saturating_sub(SPARE);
        Slot::first_free(state, (0..lower).rev().chain(lower..total))
    }

    /// The same, where all are taken: most are free again within a moment. Who waits does so in one line, whose first looks.
    /// None where the line is full, or nothing came free in time.
    pub fn wait_for_any(state: &State, total: usize, limit: Duration) -> Result<Option<Slot>> {
        let (watch, limit) = (Watch::start(), limit.min(MOMENT));
        let dir = slots(state)?;
        let Some((_place, _)) = first_free(&dir, "waits", WAITERS)? else {
            return Ok(None);
        };
        let path = dir.join("turn");
        let turn = open(&path)?;
        match wait(&turn, &path, limit, limit, || Ok(())) {
            Err(Error::Busy { .. }) => return Ok(None),
            waited => waited?,
        }
        loop {
            if let Some(slot) = Slot::take_any(state, total)? {
                return Ok(Some(slot));
            }
            if watch.passed() >= limit {
                return Ok(None);
            }
            std::thread::sleep(LOOK);
        }
    }

    /// A free one of the first `limit`, from the top down: fewer may use the lowest.
    pub fn take(state: &State, limit: usize) -> Result<Option<Slot>> {
        Slot::first_free(state, (0..limit).rev())
    }

    fn first_free(state: &State, numbers: impl Iterator<Item = usize>) -> Result<Option<Slot>> {
        let dir = slots(state)?;
        for number in numbers {
            let path = dir.join(number.to_string());
            let file = open(&path)?;
            if try_lock(&file, &path)? {
                return Ok(Some(Slot {
                    _file: file,
                    number,
                }));
            }
        }
        Ok(None)
    }
}

/// The directory of the slots, made on first use.
pub(super) fn slots(state: &State) -> Result<PathBuf> {
    let dir = state.dir().join("slots");
    if !dir.is_dir() {
        state::make_dir(&dir, true)?;
    }
    Ok(dir)
}
