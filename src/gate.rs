//! The gate: one request at a time for each user, few waiting, and a bound for the whole installation.
//!
//! Kernel locks only (fs2): whatever holds one may be killed at any instant, and the next request works. Not for what is
//! done behind the gate. The order is fixed: user's lock and slot, then sled; `Store` borrows the `Pass`, so that the
//! compiler keeps it. `fs2::FileExt` is written out, since std's own `File::lock` would shadow it.

mod ahead_place;
mod later_place;
mod sign_in_place;
mod slot;
mod trial;

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use self::ahead_place::{AheadPlace, ahead_place};
pub use self::later_place::later_place;
pub use self::sign_in_place::{Newcomer, SIGN_INS, sign_in_place};
pub use self::slot::WAITERS;
use self::slot::{Slot, slots};
pub use self::trial::{noted, trial_lock};
use crate::config;
use crate::error::{Cause, Error, Result};
use crate::process::Ticks;
use crate::state::{self, State, UserId};
use crate::time::{Deadline, Watch};

/// How often a waiting page looks whether a newer one has come: for so long a page that nobody wants any more may still
/// stand in the way of others.
const LOOK: Duration = Duration::from_millis(20);
/// For how long the newest page waits until one that it displaced has left its place, and how often it tries.
const PLACE_WAIT: Duration = Duration::from_millis(200);
const PLACE_LOOK: Duration = Duration::from_millis(2);
/// Places of one user's pages beyond those that may wait: for pages that are about to leave.
const LEAVING: usize = 2;
/// How many waiting parts, and as many acts, one user may have.
const PLACES: usize = 4;
/// Long bodies of one user that are on their way at once.
const UPLOADS: usize = 2;
/// Slots that a waiting page leaves free for requests that need not wait.
const SPARE: usize = 3;
/// The ticket file is begun again at this size; whoever waits then tries again.
const TICKETS: u64 = 1024 * 1024;

/// How a request waits when the user's gate is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiter {
    /// A click: few wait, and a newer one makes the oldest leave.
    Page,
    /// What belongs to a page that is being looked at: waits in order, is never displaced.
    Part,
    /// A POST: carries intent, waits in order, is never displaced.
    Act,
    /// A page that tries again automatically: waits where there is room, and makes nobody leave.
    Again,
    /// What nobody waits for: never waits.
    Background,
}

/// Proof that the gate is held, and a slot with it. Released when dropped.
#[derive(Debug)]
pub struct Pass {
    // Fields are dropped in this order: the lock before the slot.
    _lock: File,
    /// None where the lane that its holder came from has it.
    slot: Option<Slot>,
    dir: PathBuf,
    user: UserId,
    waited: Duration,
}

impl Pass {
    /// The user's directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whose gate.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// True while a job of this kind is at work for the user.
    ///
    /// # Errors
    /// `Setup`, `DiskFull`.
    pub fn is_at_work(&self, kind: &LaneKind) -> Result<bool> {
        let path = self.dir.join(kind.turn);
        let turn = open(&path)?;
        Ok(!try_lock(&turn, &path)?)
    }

    /// How long the request stood at the gate.
    pub fn waited(&self) -> Duration {
        self.waited
    }
}

/// A lane beside the gate: the lock files by which jobs of one kind take turns.
#[derive(Debug)]
pub struct LaneKind {
    /// Held by the one whose turn it is.
    turn: &'static str,
    /// Held by all that wait, work or write their answer, and how many these may be.
    places: &'static str,
    count: usize,
}

/// The lane of long transfers.
pub const BULK: LaneKind = LaneKind {
    turn: "bulk",
    places: "transfer",
    count: 4,
};

/// The lane of imports, which last longer.
pub const IMPORT: LaneKind = LaneKind {
    turn: "import",
    places: "importing",
    count: 2,
};

/// The lane of sending. Few wait: who has to wait longer is told that a message is still being sent.
pub const SEND: LaneKind = LaneKind {
    turn: "send",
    places: "sending",
    count: 4,
};

/// Proof that a lane is held: one job of its kind at a time for each user.
#[derive(Debug)]
pub struct Lane {
    turn: Option<File>,
    _place: File,
    _slot: Slot,
    user: UserId,
}

impl Lane {
    /// The work is done: the next job may begin while this one's answer goes down its slow line.
    pub fn finished(&mut self) {
        self.turn = None;
    }
}

/// The gates of all users of an installation, as one request comes to them.
#[derive(Clone, Copy)]
pub struct Gate<'g> {
    /// Where the locks lie.
    pub state: &'g State,
    /// How many may work and wait.
    pub config: &'g config::Gate,
    /// Until when the request may wait.
    pub deadline: Deadline,
}

impl Gate<'_> {
    /// Passes the gate of a user who has signed in before, or waits for it as `waiter` may.
    ///
    /// # Errors
    /// `TooMany`: displaced, or no place to wait. `Busy`: waited until the limit. `NotSignedIn`: there is no such user here
    /// (any more).
    pub fn enter(&self, user: UserId, waiter: Waiter) -> Result<Pass> {
        let dir = self.state.user_dir(user);
        self.lock(user, |lock, path| {
            // Who need not wait may take any slot, and nobody else touches the upper ones: a storm cannot flash through them.
            if try_lock(lock, path)? {
                return self.slot_at_once(waiter).map(Some);
            }
            self.queue(&dir, lock, waiter).map(Some)
        })
    }

    /// A slot for who need not wait for the user's lock.
    fn slot_at_once(&self, waiter: Waiter) -> Result<Slot> {
        let free = Slot::take_any(self.state, self.total())?;
        let slot = match waiter {
            Waiter::Background => free,
            _ if free.is_some() => free,
            Waiter::Page | Waiter::Part | Waiter::Act | Waiter::Again => {
                Slot::wait_for_any(self.state, self.total(), self.deadline.left())?
            }
        };
        slot.ok_or(Error::TooMany { retry: 2 })
    }

    /// Takes a user's lock, for which `wait` waits, and brings the slot to hold it in.
    fn lock(
        &self,
        user: UserId,
        wait: impl Fn(&File, &Path) -> Result<Option<Slot>>,
    ) -> Result<Pass> {
        let watch = Watch::start();
        let dir = self.state.user_dir(user);
        let path = dir.join("lock");
        loop {
            let lock = match fs::OpenOptions::new().read(true).write(true).open(&path) {
                Ok(file) => file,
                Err(e) if e.kind() == io::ErrorKind::NotFound => {
                    return Err(Error::NotSignedIn);
                }
                Err(e) => return Err(state::failed(&path, &e)),
            };
            let slot = wait(&lock, &path)?;
            // Whole users may be removed under their lock: then this lock is one that nobody else will ever take.
            if is_still(&lock, &path)? {
                return Ok(Pass {
                    _lock: lock,
                    slot,
                    dir,
                    user,
                    waited: watch.passed(),
                });
            }
        }
    }

    /// Waits in the user's queue until the lock is held.
    fn queue(&self, dir: &Path, lock: &File, waiter: Waiter) -> Result<Slot> {
        let wait_limit = Duration::from_secs(self.config.wait_seconds.into());
        let limit = wait_limit.min(self.deadline.left());
        let path = dir.join("lock");
        match waiter {
            Waiter::Background => Err(Error::TooMany { retry: 2 }),
            Waiter::Page => {
                // The ticket first: it makes the oldest waiting page leave, and with it a slot come free.
                let ticket = Ticket::take(dir, u64::from(self.config.waiting))?;
                let (_place, slot) = self.place_after(dir, &ticket)?;
                wait(lock, &path, limit, LOOK, || ticket.check())?;
                Ok(slot)
            }
            Waiter::Again => {
                let ticket = Ticket::last(dir, u64::from(self.config.waiting))?;
                let full = Error::TooMany { retry: 1 };
                let places = self.config.waiting as usize;
                let (_place, _) = first_free(dir, "page", places)?.ok_or_else(|| full.clone())?;
                let limit_of_slots = self.total().saturating_sub(SPARE);
                let slot = Slot::take(self.state, limit_of_slots)?.ok_or(full)?;
                wait(lock, &path, limit, LOOK, || ticket.check())?;
                Ok(slot)
            }
            Waiter::Part | Waiter::Act => {
                let name = if waiter == Waiter::Act { "act" } else { "part" };
                let (_place, nth) =
                    first_free(dir, name, PLACES)?.ok_or(Error::TooMany { retry: 1 })?;
                let limit_of_slots = self.total().saturating_sub(SPARE.saturating_mul(nth));
                let slot =
                    Slot::take(self.state, limit_of_slots)?.ok_or(Error::TooMany { retry: 1 })?;
                wait(lock, &path, limit, limit, || Ok(()))?;
                Ok(slot)
            }
        }
    }

    /// A place among the user's waiting pages, then a slot: those that a displaced page leaves behind come free a moment
    /// later. However many pages of one user come, they take no more slots than there are places.
    fn place_after(&self, dir: &Path, ticket: &Ticket) -> Result<(File, Slot)> {
        let places = (self.config.waiting as usize).saturating_add(LEAVING);
        let limit = self.total().saturating_sub(SPARE);
        let watch = Watch::start();
        loop {
            if let Some((place, _)) = first_free(dir, "page", places)?
                && let Some(slot) = Slot::take(self.state, limit)?
            {
                return Ok((place, slot));
            }
            ticket.check()?;
            if watch.passed() > PLACE_WAIT {
                return Err(Error::TooMany { retry: 1 });
            }
            std::thread::sleep(PLACE_LOOK);
        }
    }

    /// Leaves the gate for a lane, without the user's lock: others of the same user may pass from here on.
    ///
    /// # Errors
    /// `TooMany` where the user's jobs of this kind have no place left, `Busy` at the deadline.
    pub fn leave(&self, pass: Pass, kind: &LaneKind) -> Result<Lane> {
        let Pass {
            _lock,
            slot,
            dir,
            user,
            ..
        } = pass;
        let full = Error::TooMany { retry: 4 };
        let limit = self.total().saturating_sub(SPARE);
        let slot = match slot {
            Some(slot) if slot.number < limit => slot,
            // A job may last: the upper slots stay free for clicks.
            _ => Slot::take(self.state, limit)?.ok_or_else(|| full.clone())?,
        };
        let place = first_free(&dir, kind.places, kind.count)?.ok_or_else(|| full.clone())?;
        let path = dir.join(kind.turn);
        let turn = open(&path)?;
        let is_free = try_lock(&turn, &path)?;
        // Only now: whoever passes the gate next sees that the job is at work.
        drop(_lock);
        if !is_free {
            // One waits; the others come again.
            let (_waiting, _) = first_free(&dir, &format!("{}.wait", kind.turn), 1)?.ok_or(full)?;
            let limit = self.deadline.left();
            wait(&turn, &path, limit, limit, || Ok(()))?;
        }
        Ok(Lane {
            turn: Some(turn),
            _place: place.0,
            _slot: slot,
            user,
        })
    }

    /// Passes the gate again, for what a job has to record. It waits in order and is never displaced; the lane keeps
    /// the slot.
    ///
    /// # Errors
    /// `Busy`: waited until the deadline. `NotSignedIn`: the user is no longer known here.
    pub fn come_back(&self, lane: &Lane) -> Result<Pass> {
        self.lock(lane.user, |lock, path| {
            if !try_lock(lock, path)? {
                let limit = self.deadline.left();
                wait(lock, path, limit, limit, || Ok(()))?;
            }
            Ok(None)
        })
    }

    fn total(&self) -> usize {
        self.config.total as usize
    }
}

/// A waiting page's place in the order of arrival.
///
/// One byte appended to the file is one arrival; the offset behind it is the ticket, which no two can share.
struct Ticket {
    file: File,
    number: u64,
    waiting: u64,
    path: PathBuf,
}

impl Ticket {
    /// A ticket of one's own.
    fn take(dir: &Path, waiting: u64) -> Result<Ticket> {
        let mut last = Ticket::last(dir, waiting)?;
        let failed = |e: io::Error| state::failed(&last.path, &e);
        if last.number > TICKETS {
            last.file.set_len(0).map_err(failed)?;
        }
        last.file.write_all(b".").map_err(failed)?;
        // With O_APPEND the kernel moves the offset to just behind what this write appended.
        last.number = io::Seek::stream_position(&mut last.file).map_err(failed)?;
        Ok(last)
    }

    /// The ticket of the page that came last: who waits by it leaves when that one does, and makes nobody leave.
    fn last(dir: &Path, waiting: u64) -> Result<Ticket> {
        let path = dir.join("pages");
        let failed = |e: io::Error| state::failed(&path, &e);
        let file = state::private().append(true).open(&path).map_err(failed)?;
        let number = file.metadata().map_err(failed)?.len();
        Ok(Ticket {
            file,
            number,
            waiting,
            path,
        })
    }

    /// An error as soon as as many newer pages have come as may wait, or the file was begun again.
    fn check(&self) -> Result<()> {
        let size = self
            .file
            .metadata()
            .map_err(|e| state::failed(&self.path, &e))?
            .len();
        match size.checked_sub(self.number) {
            Some(newer) if newer < self.waiting => Ok(()),
            _ => Err(Error::TooMany { retry: 1 }),
        }
    }
}

/// Takes the first free of the fixed lock files `name.1` to `name.count`, and says which.
fn first_free(dir: &Path, name: &str, count: usize) -> Result<Option<(File, usize)>> {
    for nth in 1..=count {
        let path = dir.join(format!("{name}.{nth}"));
        let file = open(&path)?;
        if try_lock(&file, &path)? {
            return Ok(Some((file, nth)));
        }
    }
    Ok(None)
}

/// Blocks in the kernel until the lock is held, which serves first come, first served.
///
/// `check` is asked at each tick, the first of which comes after `look`. A tick puts whoever waits at the end of the queue:
/// those that are not to be displaced have theirs at their limit. A page that ticks just when the lock changes hands, or a
/// request that never waits, may take it before the one that it was meant for; of those that then queue again, one may overtake
/// others.
fn wait(
    lock: &File,
    path: &Path,
    limit: Duration,
    look: Duration,
    check: impl Fn() -> Result<()>,
) -> Result<()> {
    let watch = Watch::start();
    let _ticks =
        Ticks::every(look.min(limit), LOOK).map_err(|e| Error::Internal(Cause::at("timer", e)))?;
    loop {
        check()?;
        if watch.passed() >= limit {
            return Err(Error::Busy {
                waited: watch.passed(),
            });
        }
        match fs2::FileExt::lock_exclusive(lock) {
            Ok(()) => return Ok(()),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(state::failed(path, &e)),
        }
    }
}

fn try_lock(file: &File, path: &Path) -> Result<bool> {
    match fs2::FileExt::try_lock_exclusive(file) {
        Ok(()) => Ok(true),
        Err(e) if e.raw_os_error() == fs2::lock_contended_error().raw_os_error() => Ok(false),
        Err(e) => Err(state::failed(path, &e)),
    }
}

fn open(path: &Path) -> Result<File> {
    state::private()
        .open(path)
        .map_err(|e| state::failed(path, &e))
}

/// True while the path still names the file that is locked.
fn is_still(lock: &File, path: &Path) -> Result<bool> {
    let held = lock.metadata().map_err(|e| state::failed(path, &e))?;
    Ok(fs::metadata(path).is_ok_and(|now| (now.dev(), now.ino()) == (held.dev(), held.ino())))
}

/// One of the user's two places for long bodies, which are read before the gate. None where both are taken, or there is no
/// such user here (any more): then nothing is made.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub fn upload_place(state: &State, user: UserId) -> Result<Option<UploadPlace>> {
    let dir = state.user_dir(user);
    if !dir.join("lock").exists() {
        return Ok(None);
    }
    Ok(first_free(&dir, "body", UPLOADS)?.map(|(file, _)| UploadPlace(file)))
}

/// A place for a long body, held until the body is no longer needed.
#[derive(Debug)]
pub struct UploadPlace(#[expect(dead_code, reason = "a lock, held to be held")] File);

/// A lock held for no other reason than to be held.
struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        // Closing would do; a child process may hold a copy of the descriptor.
        if let Err(e) = fs2::FileExt::unlock(&self.0) {
            eprintln!("postern: unlock: {e}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn a_user_has_two_places_for_long_bodies_and_a_stranger_none() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config {
            state_dir: Some(dir.path().join("state")),
            ..Config::default()
        };
        let state = State::open(&config, &[]).unwrap();
        let (ann, ben) = (state.user("", "ann"), state.user("", "ben"));
        assert!(upload_place(&state, ann).unwrap().is_none());
        assert!(!state.user_dir(ann).exists(), "made for a stranger");
        state.make_user(ann).unwrap();
        state.make_user(ben).unwrap();
        let first = upload_place(&state, ann).unwrap();
        let second = upload_place(&state, ann).unwrap();
        assert!(first.is_some() && second.is_some());
        assert!(upload_place(&state, ann).unwrap().is_none());
        assert!(upload_place(&state, ben).unwrap().is_some());
        drop(first);
        assert!(upload_place(&state, ann).unwrap().is_some());
    }
}
