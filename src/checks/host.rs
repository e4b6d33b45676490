//! What the host gives: locks that hold between two processes, processes, memory.
//!
//! Not for the state directory, which `state` judges whenever it opens it. To know before changing it: limits are those of
//! this process; a shell has others than a web server's programs.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::config::Config;
use crate::error::{Cause, Error, Fault, Result};
use crate::gate::{self, SIGN_INS, WAITERS};
use crate::process::Limits;
use crate::state::State;
use crate::store::THREADS;
use crate::time::Deadline;

/// The argument behind `check` by which the program runs itself a second time.
const TRY_LOCK: &str = "--try-lock";

/// How the second process ends: with the lock, or without it.
const GOT_IT: u8 = 0;
const KEPT_OUT: u8 = 3;
/// How long the second process may take, and how often it is looked at.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(1);

/// Fewer processes and threads than this, and a few clicks at once use them up.
pub const FEW_PROCESSES: u64 = 30;
/// The smallest `[gate] total`.
pub const LEAST_TOTAL: u64 = 8;
/// Less address space than this, and the store cannot be opened.
pub const LITTLE_MEMORY: u64 = 256 * 1024 * 1024;

/// True where a lock that one process holds keeps another one out, and only as long as it is held.
///
/// # Errors
/// `Setup`, `DiskFull`: it could not be tried.
pub fn locks_hold(state: &State) -> Result<bool> {
    let Some(held) = gate::trial_lock(state)? else {
        return Ok(false);
    };
    let meanwhile = other_process(state.dir())?;
    drop(held);
    Ok(meanwhile == KEPT_OUT && other_process(state.dir())? == GOT_IT)
}

/// Runs this program a second time for the same lock.
fn other_process(dir: &Path) -> Result<u8> {
    let failed = |e: std::io::Error| Error::Setup(Fault::Other, Cause::at("a second process", e));
    let program = std::env::current_exe().map_err(failed)?;
    let mut process = Command::new(program)
        .args(["check", TRY_LOCK])
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let deadline = Deadline::after(PATIENCE);
    let ended = loop {
        match process.try_wait().map_err(failed)? {
            Some(ended) => break ended,
            None if deadline.has_passed() => {
                process.kill().map_err(failed)?;
                break process.wait().map_err(failed)?;
            }
            None => std::thread::sleep(LOOK),
        }
    };
    let code = ended.code().and_then(|code| u8::try_from(code).ok());
    code.filter(|code| matches!(*code, GOT_IT | KEPT_OUT))
        .ok_or_else(|| Error::Setup(Fault::Other, Cause::at("a second process", ended)))
}

/// The state directory that a second process is to try a lock in, by its arguments behind `check`.
pub fn is_second<'a>(arguments: &[&'a str]) -> Option<&'a str> {
    match arguments {
        [TRY_LOCK, dir] => Some(dir),
        _ => None,
    }
}

/// What the second process does: its exit code.
///
/// # Errors
/// `Setup`, `DiskFull`.
pub fn try_lock(config: &Config) -> Result<u8> {
    let state = State::open(config, &[])?;
    let held = gate::trial_lock(&state)?;
    Ok(if held.is_some() { GOT_IT } else { KEPT_OUT })
}

/// What of the limits is too little for what the configuration lets work at once.
pub fn narrow(limits: &Limits, total: u32) -> Vec<Fault> {
    let needed = needed(total);
    let processes = match limits.processes {
        Some(n) if n < FEW_PROCESSES => Some(Fault::FewProcesses(needed)),
        Some(n) if n < needed => Some(match fitting(n) {
            fits if fits >= LEAST_TOTAL => Fault::TightProcesses(fits),
            _ => Fault::FewProcesses(needed),
        }),
        Some(_) | None => None,
    };
    let memory = limits.memory.filter(|n| *n < LITTLE_MEMORY);
    let memory = memory.map(|_| Fault::LittleMemory);
    processes.into_iter().chain(memory).collect()
}

/// Processes and threads of a request that works: itself, and those of the store.
pub fn of_request() -> u64 {
    u64::try_from(THREADS).unwrap_or(u64::MAX).saturating_add(1)
}

/// Processes beside these: those that sign in, and those that wait for a place.
pub fn beside() -> u64 {
    u64::try_from(SIGN_INS.saturating_add(WAITERS)).unwrap_or(u64::MAX)
}

/// Processes and threads that are there at most with so many requests at once.
pub fn needed(total: u32) -> u64 {
    let requests = u64::from(total).saturating_mul(of_request());
    requests.saturating_add(beside())
}

/// How many requests at once fit into so many processes and threads.
pub fn fitting(processes: u64) -> u64 {
    let left = processes.saturating_sub(beside());
    left.checked_div(of_request()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_needed_at_most() {
        for processes in [61_u64, 90, 100, 1000] {
            let total = u32::try_from(fitting(processes)).unwrap();
            assert!(needed(total) <= processes && needed(total + 1) > processes);
        }
        assert_eq!((fitting(5), needed(16)), (0, 61));
    }

    #[test]
    fn a_limit_that_is_too_small_is_told_by_what_would_do() {
        let told = |processes, memory| narrow(&Limits { processes, memory }, 16);
        assert_eq!(told(None, None), []);
        assert_eq!(told(Some(500), Some(LITTLE_MEMORY)), []);
        let little = Some(LITTLE_MEMORY - 1);
        let both = [Fault::FewProcesses(61), Fault::LittleMemory];
        assert_eq!(told(Some(20), little), both);
        assert_eq!(told(Some(60), None), [Fault::TightProcesses(fitting(60))]);
    }
}
