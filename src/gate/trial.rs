//! Locks by which an installation is tried: one that has no other meaning, and the file in which is noted what was found out.
//!
//! Not for what is tried (`checks`).

use std::fs::File;

use super::slot::slots;
use super::{open, try_lock};
use crate::error::Result;
use crate::state::State;

/// A lock of no meaning, by which `check` tries whether locks in the state directory keep others out, as all of this rests
/// on; None where somebody else has it.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub fn trial_lock(state: &State) -> Result<Option<TrialLock>> {
    let path = slots(state)?.join("check");
    let file = open(&path)?;
    Ok(try_lock(&file, &path)?.then_some(TrialLock(file)))
}

/// A file of the installation that one process at a time has, to note in it what it has found out; and whether this one has it.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub fn noted(state: &State, name: &str) -> Result<(File, bool)> {
    let path = slots(state)?.join(name);
    let file = open(&path)?;
    let has_it = try_lock(&file, &path)?;
    Ok((file, has_it))
}

/// A lock of no meaning, held.
#[derive(Debug)]
pub struct TrialLock(#[expect(dead_code, reason = "a lock, held to be held")] File);
