//! What is tried for whoever opens the page of a first visit: once a minute at most in the whole installation, however many
//! come, and kept for all of them.
//!
//! Not for what is tried (`host`, `mail`). To know before changing it: that something is being tried is noted before it is, so
//! a process that is ended meanwhile does not let the next one try it again at once; and what was found out with other
//! settings is not told.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};

use serde::{Deserialize, Serialize};

use super::{host, mail};
use crate::config::Config;
use crate::error::{Fault, Result};
use crate::gate;
use crate::process;
use crate::state::{self, State};
use crate::time;

/// For how many seconds what was found out is told to everybody, and nothing is tried.
const MINUTE: i64 = 60;
/// The most that is read of what was noted, in bytes.
const MOST: u64 = 16 * 1024;
/// The file's name.
const NAME: &str = "first-visit";

/// What is known.
#[derive(Clone, Debug, Default)]
pub struct Tried {
    /// What was found out; None where it is being tried, or was tried with other settings.
    pub found: Option<Vec<Fault>>,
    /// In how many seconds it can be tried again.
    pub again: u64,
}

/// As it stands in the file.
#[derive(Serialize, Deserialize)]
struct Noted {
    at: time::Seconds,
    /// The settings by which it was tried, hashed.
    settings: [u8; 32],
    found: Option<Vec<Fault>>,
}

/// What is found out by trying, or was not long ago.
///
/// # Errors
/// `Setup`, `DiskFull`.
pub fn tried(state: &State, config: &Config) -> Result<Tried> {
    let (mut file, has_it) = gate::noted(state, NAME)?;
    let failed = |e: io::Error| state::failed(state.dir(), &e);
    let settings = state
        .secret()
        .hash("first visit", &[config.printed().as_bytes()]);
    let now = time::now();
    // One that is being written is not understood.
    let noted = read(&file).map_err(failed)?;
    let is_recent = |noted: &Noted| (0..MINUTE).contains(&now.saturating_sub(noted.at));
    if let Some(noted) = noted.filter(is_recent) {
        let left = MINUTE.saturating_sub(now.saturating_sub(noted.at));
        return Ok(Tried {
            found: noted.found.filter(|_| noted.settings == settings),
            again: u64::try_from(left).unwrap_or_default(),
        });
    }
    let again = u64::try_from(MINUTE).unwrap_or_default();
    if !has_it {
        return Ok(Tried { found: None, again });
    }
    let mut noted = Noted {
        at: now,
        settings,
        found: None,
    };
    write(&mut file, &noted).map_err(failed)?;
    let found = all(state, config);
    noted.found = Some(found.clone());
    write(&mut file, &noted).map_err(failed)?;
    let found = Some(found);
    Ok(Tried { found, again })
}

fn all(state: &State, config: &Config) -> Vec<Fault> {
    let mut found = host::narrow(&process::limits(), config.gate.total);
    match host::locks_hold(state) {
        Ok(true) => {}
        Ok(false) => found.push(Fault::Locks),
        Err(error) => state.log(&format!("first-visit locks {}", error.log_kind().1)),
    }
    found.extend(mail::faults(config));
    found
}

fn read(mut file: &File) -> io::Result<Option<Noted>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok(postcard::from_bytes(&bytes).ok())
}

fn write(file: &mut File, noted: &Noted) -> io::Result<()> {
    let bytes = postcard::to_stdvec(noted).map_err(io::Error::other)?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&bytes)
}
