//! `postern gc`, for cron: frees the disk space of stores that nobody needs. Each user's gate is held meanwhile; a user who
//! has a request at work is left for the next time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use crate::config::Config;
use crate::desk;
use crate::error::{Error, Result};
use crate::gate::{Gate, Waiter};
use crate::key_files::KeyFiles;
use crate::ledger::Ledger;
use crate::outbox::Outbox;
use crate::process;
use crate::session;
use crate::state::{self, State, UserId};
use crate::store::Store;
use crate::time::Deadline;

const DAY: Duration = Duration::from_secs(86_400);

/// What is to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    days: u32,
    forget: Option<u32>,
}

impl Wish {
    /// Reads the arguments behind `gc`; None where they make no sense.
    pub fn read(arguments: &[&str]) -> Option<Wish> {
        let mut wish = Wish {
            days: 30,
            forget: None,
        };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let days: u32 = rest.next()?.parse().ok().filter(|n| *n > 0)?;
            match *name {
                "--days" => wish.days = days,
                "--forget" => wish.forget = Some(days),
                _ => return None,
            }
        }
        Some(wish)
    }
}

/// What was done for one user.
enum Done {
    Kept,
    Emptied,
    Forgotten,
    Busy,
}

/// Goes through all users.
pub fn run(wish: Wish) -> ExitCode {
    let exe = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/"));
    let opened = Config::read(&exe, process::home)
        .and_then(|config| Ok((State::open(&config, &[])?, config)));
    let (state, config) = match opened {
        Ok(opened) => opened,
        Err(error) => return failed(&error),
    };
    let mut counts = [0_u32; 4];
    let mut worst = ExitCode::SUCCESS;
    for user in users(&state) {
        match clean(&state, &config, user, wish) {
            Ok(done) => {
                if let Some(n) = counts.get_mut(done as usize) {
                    *n = n.saturating_add(1);
                }
            }
            Err(error) => {
                eprintln!("postern: {}", user.to_hex());
                worst = failed(&error);
            }
        }
    }
    if let Err(error) = state.sweep(DAY) {
        worst = failed(&error);
    }
    let [kept, emptied, forgotten, busy] = counts;
    println!(
        "{kept} kept, {emptied} caches deleted, {forgotten} users deleted, {busy} skipped (in use)"
    );
    worst
}

fn failed(error: &Error) -> ExitCode {
    let (kind, cause) = error.log_kind();
    eprintln!("postern: {kind}: {cause}");
    ExitCode::FAILURE
}

/// The users that there are directories of.
fn users(state: &State) -> Vec<UserId> {
    let Ok(entries) = fs::read_dir(state.dir().join("users")) else {
        return Vec::new();
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter_map(|name| UserId::from_hex(&name)).collect()
}

fn clean(state: &State, config: &Config, user: UserId, wish: Wish) -> Result<Done> {
    let gate = Gate {
        state,
        config: &config.gate,
        deadline: Deadline::after(Duration::from_secs(60)),
    };
    let pass = match gate.enter(user, Waiter::Background) {
        Ok(pass) => pass,
        Err(Error::TooMany { .. } | Error::NotSignedIn) => return Ok(Done::Busy),
        Err(error) => return Err(error),
    };
    let unseen = unseen_for(pass.dir());
    let older = |days: u32| unseen >= DAY.saturating_mul(days);
    if wish.forget.is_some_and(older) {
        fs::remove_dir_all(pass.dir()).map_err(|e| state::failed(pass.dir(), &e))?;
        return Ok(Done::Forgotten);
    }
    if older(wish.days) {
        Store::remove_all(&pass)?;
        KeyFiles::of(&pass).sweep(&[])?;
        Outbox::of(&pass).remove_all()?;
        return Ok(Done::Emptied);
    }
    Outbox::of(&pass).sweep()?;
    Ledger::of(state, user).sweep()?;
    // Opening changes the generation of a store that is over its budget, or damaged.
    let left = desk::at(pass, config.store_budget(), |desk| {
        session::tidy(&mut desk.store, desk.now)
    })?;
    left.value?;
    left.saved?;
    Ok(Done::Kept)
}

/// For how long nobody has opened the user's store: sled writes at each opening.
fn unseen_for(user: &Path) -> Duration {
    let newest = Store::last_opened(user);
    let since = |at: SystemTime| SystemTime::now().duration_since(at).ok();
    // Without a store, or with one from the future, nothing is known: the user stays.
    newest.and_then(since).unwrap_or(Duration::ZERO)
}
