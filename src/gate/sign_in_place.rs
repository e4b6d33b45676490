//! Places for sign-ins, which stand outside every user's gate: few, so that guessing costs little, and shared out so that
//! no network can hold them against all others.
//!
//! Not for counting wrong passwords (`throttle`). Three rules: a network works on one sign-in at a time; who finds no place
//! waits a moment for one, but few wait; the last places are for networks that have not failed a moment ago, and for
//! browsers that are known.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use super::{Held, first_free, open, slots, try_lock};
use crate::error::Result;
use crate::state::State;
use crate::time::Watch;

/// Places for everybody.
const OPEN: usize = 6;
/// Those, and the ones for networks without a recent failure.
const UNTAINTED: usize = 8;
/// Those, and the ones for browsers that are known.
pub const SIGN_INS: usize = 10;
/// Locks that networks are spread over, empty files made at first use: two networks that meet in one take turns, so there
/// are many more than there are places.
const NETWORKS: u64 = 4096;
/// How many of one network wait.
const WAITING_OF_NETWORK: usize = 2;
/// How many networks wait for a place.
const WAITING: usize = 6;
/// How long one waits, and how often it looks.
const PATIENCE: Duration = Duration::from_millis(2500);
const LOOK: Duration = Duration::from_millis(25);

/// Who wants to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newcomer {
    /// A browser with a cookie of that account.
    Known,
    /// Any other, by a number that its network has.
    Stranger {
        /// The same for all of a network.
        network: u64,
        /// True where an attempt of that network failed a moment ago.
        has_failed: bool,
    },
}

/// A place, held while a sign-in is tried.
pub struct SignInPlace {
    _place: Held,
    _network: Option<Held>,
}

/// One of the places for sign-ins; None where all that are meant for this newcomer stay taken.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub fn sign_in_place(state: &State, newcomer: Newcomer) -> Result<Option<SignInPlace>> {
    let dir = slots(state)?;
    let watch = Watch::start();
    let (network, count) = match newcomer {
        Newcomer::Known => (None, SIGN_INS),
        Newcomer::Stranger {
            network,
            has_failed,
        } => {
            let number = network.checked_rem(NETWORKS).unwrap_or(0);
            let lock = format!("network.{number}");
            let Some(turn) = turn(&dir, &lock, watch)? else {
                return Ok(None);
            };
            (Some(turn), if has_failed { OPEN } else { UNTAINTED })
        }
    };
    let place = || Ok(first_free(&dir, "login", count)?.map(|(file, _)| file));
    let place = match place()? {
        Some(place) => Some(place),
        None => waited(&dir, ("login.wait", WAITING), watch, place)?,
    };
    Ok(place.map(|place| SignInPlace {
        _place: Held(place),
        _network: network.map(Held),
    }))
}

/// A network's turn; None where too many of it wait, or the one that works is slow.
fn turn(dir: &Path, lock: &str, watch: Watch) -> Result<Option<File>> {
    let path = dir.join(lock);
    let file = open(&path)?;
    if try_lock(&file, &path)? {
        return Ok(Some(file));
    }
    let waiting = format!("{lock}.wait");
    waited(dir, (&waiting, WAITING_OF_NETWORK), watch, || {
        let file = open(&path)?;
        Ok(try_lock(&file, &path)?.then_some(file))
    })
}

/// What comes of trying again and again, by one of few who do so.
fn waited(
    dir: &Path,
    (name, count): (&str, usize),
    watch: Watch,
    mut tried: impl FnMut() -> Result<Option<File>>,
) -> Result<Option<File>> {
    let Some(_waiting) = first_free(dir, name, count)? else {
        return Ok(None);
    };
    while watch.passed() < PATIENCE {
        std::thread::sleep(LOOK);
        if let Some(file) = tried()? {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn stranger(network: u64, has_failed: bool) -> Newcomer {
        Newcomer::Stranger {
            network,
            has_failed,
        }
    }

    #[test]
    fn networks_that_guess_leave_places_for_those_that_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config {
            state_dir: Some(dir.path().join("state")),
            ..Config::default()
        };
        let state = State::open(&config, &[]).unwrap();
        let take = |who| sign_in_place(&state, who).unwrap();
        let mut held = Vec::new();
        // One network holds one place, and its second attempt waits in vain.
        held.push(take(stranger(0, true)));
        let watch = Watch::start();
        assert!(take(stranger(0, true)).is_none() && watch.passed() >= PATIENCE);
        for network in 1..6 {
            held.push(take(stranger(network, true)));
        }
        assert!(held.iter().all(Option::is_some));
        // Ten guessing networks hold six places; who has not failed gets another, and who is known one more.
        assert!(take(stranger(6, true)).is_none());
        let honest = [take(stranger(7, false)), take(stranger(8, false))];
        assert!(honest.iter().all(Option::is_some));
        assert!(take(stranger(9, false)).is_none());
        assert!(take(Newcomer::Known).is_some());
        // A place that comes free is taken by who waits for it.
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| take(stranger(9, false)).is_some());
            std::thread::sleep(Duration::from_millis(100));
            drop(honest);
            assert!(waiting.join().unwrap());
        });
    }
}
