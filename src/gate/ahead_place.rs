//! Places for processes that fetch ahead of clicks: one for each user, few in an installation; and whether there is an
//! occasion for one.
//!
//! Not for what they fetch (`ahead`). To know before changing it: such a process passes the gate as what nobody waits for, so its
//! place is no slot; and a click, which asks for the occasion, must not pay for it.

use std::fs::File;

use super::slot::slots;
use super::{LEAVING, PLACES, Pass, first_free, open, try_lock};
use crate::config;
use crate::error::Result;
use crate::state::{State, UserId};

/// How many there are in an installation.
const AHEAD: usize = 3;
/// The lock of a user's own.
const OWN: &str = "ahead";

/// A place for a process that fetches ahead.
pub struct AheadPlace {
    _own: File,
    _of_all: File,
}

/// The place of a user; None where it is taken, all of the installation are, or there is no such user here (any more).
///
/// # Errors
/// `Setup`, `DiskFull`.
pub fn ahead_place(state: &State, user: UserId) -> Result<Option<AheadPlace>> {
    let dir = state.user_dir(user);
    if !dir.join("lock").exists() {
        return Ok(None);
    }
    let path = dir.join(OWN);
    let own = open(&path)?;
    if !try_lock(&own, &path)? {
        return Ok(None);
    }
    let of_all = first_free(&slots(state)?, "ahead", AHEAD)?;
    Ok(of_all.map(|(of_all, _)| AheadPlace {
        _own: own,
        _of_all: of_all,
    }))
}

impl Pass {
    /// True where nobody else of the user waits at the gate, and no process fetches ahead for them.
    ///
    /// # Errors
    /// `Setup`, `DiskFull`.
    pub fn is_calm(&self, config: &config::Gate) -> Result<bool> {
        let pages = (config.waiting as usize).saturating_add(LEAVING);
        let places = [(OWN, 1), ("page", pages), ("act", PLACES), ("part", PLACES)];
        for (name, count) in places {
            for nth in 1..=count {
                let path = match name {
                    OWN => self.dir.join(OWN),
                    _ => self.dir.join(format!("{name}.{nth}")),
                };
                // Whoever has waited has made it.
                if path.exists() && !try_lock(&open(&path)?, &path)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}
