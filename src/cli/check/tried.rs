//! The state directory that `check` looks at. One that does not exist yet is not created: another one is tried beside it and
//! removed again, so that whoever only asks leaves nothing behind.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::error::Result;
use crate::seal;
use crate::state::{self, State};

/// The directory that is tried, and the one that it is tried for.
pub struct Tried {
    /// Everything as configured, with the directory that is tried.
    pub config: Config,
    missing: Option<Missing>,
}

/// A state directory that does not exist yet.
struct Missing {
    dir: PathBuf,
    instead: PathBuf,
}

impl Tried {
    /// The configured one; where it does not exist yet, another one below the same directory.
    ///
    /// # Errors
    /// `Internal` without random numbers.
    pub fn of(config: &Config) -> Result<Tried> {
        let mut tried = Tried {
            config: config.clone(),
            missing: None,
        };
        let missing = |dir: &PathBuf| {
            fs::symlink_metadata(dir).is_err_and(|e| e.kind() == io::ErrorKind::NotFound)
        };
        let Some(dir) = State::place(config).filter(missing) else {
            return Ok(tried);
        };
        // Directories above it that do not exist are not made either.
        let above = dir.ancestors().skip(1).find(|above| above.is_dir());
        let above = above.unwrap_or(Path::new("/"));
        let name = format!(".postern-check.{}", seal::to_text(&seal::random::<9>()?));
        let instead = above.join(name);
        tried.config.state_dir = Some(instead.clone());
        tried.missing = Some(Missing { dir, instead });
        Ok(tried)
    }

    /// The configured directory, where it does not exist yet.
    pub fn missing(&self) -> Option<&Path> {
        self.missing.as_ref().map(|missing| missing.dir.as_path())
    }

    /// What was found out, with the name that the reader knows.
    pub fn named(&self, what: &str) -> String {
        match &self.missing {
            None => what.to_owned(),
            Some(Missing { dir, instead }) => {
                let instead = instead.display().to_string();
                what.replace(&instead, &dir.display().to_string())
            }
        }
    }

    /// Removes what was tried.
    ///
    /// # Errors
    /// `Setup`.
    pub fn remove(self) -> Result<()> {
        let Some(Missing { instead, .. }) = self.missing else {
            return Ok(());
        };
        match fs::remove_dir_all(&instead) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(state::failed(&instead, &e)),
            _ => Ok(()),
        }
    }
}
