//! Places for processes that wait beyond their request, to send a form later: few in an installation, and each counts like a
//! request.
//!
//! Not for what they wait for (`later`).

use std::fs::File;

use super::slot::{Slot, slots};
use super::{SPARE, first_free};
use crate::config;
use crate::error::Result;
use crate::state::State;

/// How many there are.
const LATER: usize = 3;

/// A place for a process that waits beyond its request: of an installation few do, and each counts like a request.
pub struct LaterPlace {
    file: File,
    _slot: Slot,
}

impl LaterPlace {
    /// The same, where a request that it has started takes the slot.
    pub fn without_slot(self) -> impl Sized {
        self.file
    }
}

/// A place for a process that waits beyond its request; None where there is none.
///
/// # Errors
/// `Setup`, `DiskFull`.
pub fn later_place(state: &State, config: &config::Gate) -> Result<Option<LaterPlace>> {
    let Some((file, _)) = first_free(&slots(state)?, "later", LATER)? else {
        return Ok(None);
    };
    let limit = (config.total as usize).saturating_sub(SPARE);
    let slot = Slot::take(state, limit)?;
    Ok(slot.map(|slot| LaterPlace { file, _slot: slot }))
}
