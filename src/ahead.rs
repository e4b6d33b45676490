//! What the next clicks need, fetched before they come: by a process that a page has started in the wake of its answer.
//!
//! 1. *At the desk*: the session is looked up, as by a click. Each step (`steps`) is tried with what the cache has; what it would
//!    ask the mail server is noted.
//! 2. *Apart*: the gate is released, and the questions are asked, over one connection.
//! 3. *At the desk again*: the same steps, to which the answers are at hand now, so that they do what they do for a click, and
//!    store it. Where the session has ended meanwhile nothing is; where what was asked about is known to be otherwise by now, it
//!    was asked too early, and is dropped.
//!
//! Steps may ask more than once, and one kind of them follows the other, so the gate is passed a few times, as what nobody waits
//! for, and for milliseconds each.
//!
//! Not for deciding what is missing (`mailbox`), nor where such processes live (`later`). To know before changing it: nothing
//! rests on this process. It may be killed at any instant; a server that hangs, or one message that it stumbles over, ends it,
//! and the click asks with all care.

mod steps;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use self::steps::{Errand, Round, Step};
use crate::config::Config;
use crate::desk;
use crate::detached;
use crate::error::{Cause, Error, Result};
use crate::gate::{self, Gate, Pass, Waiter};
use crate::later::Later;
use crate::process;
use crate::remote::{Answers, Plan, Remote};
use crate::route::{Base, ListQuery, Route};
use crate::session::SessionCookie;
use crate::state::{self, State};
use crate::time::Deadline;

/// The argument that starts such a process.
pub const ARGUMENT: &str = "ahead";
/// For how long it lives at most, and for how long it may ask.
const LIFE: Duration = Duration::from_secs(20);
const ASKING: Duration = Duration::from_secs(15);
/// How often it looks whether the gate is free.
const LOOK: Duration = Duration::from_millis(20);
/// How often it passes the gate at most.
const ROUNDS: usize = 6;
/// The file in a user's directory that is there from its beginning to its end, and for how long one that has not come to its
/// end keeps others from beginning.
const BEGUN: &str = "ahead.begun";
const IN_VAIN: Duration = Duration::from_secs(60);

/// What such a process is told.
#[derive(Serialize, Deserialize)]
pub struct Order {
    /// What the cookie of the session claims.
    claimed: Vec<u8>,
    /// The address of the page that was shown, without the base.
    page: String,
}

impl Order {
    /// For what comes after a page of a list. None where it is no time for it, or none may be started here.
    ///
    /// # Errors
    /// `Setup`, `DiskFull`.
    pub fn after(page: ListQuery, claim: &SessionCookie, at: &Standing) -> Result<Option<Order>> {
        let Standing {
            state,
            config,
            pass,
        } = at;
        let is_wanted = Later::of(state).is_relied_on() && !has_failed(pass.dir());
        if !is_wanted || !pass.is_calm(&config.gate)? {
            return Ok(None);
        }
        Ok(Some(Order {
            claimed: claim.claimed().bytes().to_vec(),
            page: Route::Folder(page).href(&Base::default()),
        }))
    }

    /// Starts it; it has all that it needs, and nobody waits for it.
    ///
    /// # Errors
    /// Where the host lets none start.
    pub fn start(&self) -> io::Result<()> {
        detached::start(ARGUMENT, self, Stdio::null()).map(drop)
    }
}

/// Where a request stands that may start one.
pub struct Standing<'a> {
    /// The state directory.
    pub state: &'a State,
    /// The configuration.
    pub config: &'a Config,
    /// The gate that is held.
    pub pass: &'a Pass,
}

/// Whether any is started, for the hoster.
pub fn standing(config: &Config, state: &State) -> &'static str {
    match (config.cache.refresh, Later::of(state).is_relied_on()) {
        (false, _) => "pages are not fetched in advance: [cache] refresh is false",
        (true, true) => "pages are fetched in advance, by a background process",
        (true, false) => "pages are not fetched in advance until undo send works",
    }
}

/// Runs such a process, from its own `main`.
pub fn run() -> ExitCode {
    process::hard_deadline(LIFE, b"");
    process::yield_to_others();
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn work() -> Result<()> {
    let unread = |e: io::Error| Error::Internal(Cause::at("what is fetched ahead", e));
    let program = std::env::current_exe().map_err(unread)?;
    let config = Config::read(&program, process::home)?;
    let state = State::open(&config, &[])?;
    let order: Order = detached::order().map_err(unread)?;
    let (path, query) = order.page.split_once('?').unwrap_or((&order.page, ""));
    let claim = SessionCookie::of_claimed(&order.claimed).ok_or(Error::NotSignedIn)?;
    let Route::Folder(page) = Route::parse("GET", path, query)? else {
        return Err(Error::NotFound);
    };
    let Some(_place) = gate::ahead_place(&state, claim.user)? else {
        return Ok(());
    };
    let begun = state.user_dir(claim.user).join(BEGUN);
    note(&begun)?;
    let ahead = Ahead {
        gate: Gate {
            state: &state,
            config: &config.gate,
            deadline: Deadline::after(ASKING),
        },
        errand: Errand {
            config: &config,
            claim: &claim,
            page: &page,
        },
    };
    if ahead.fetch()? {
        fs::remove_file(&begun).map_err(|e| state::failed(&begun, &e))?;
    }
    Ok(())
}

/// What is done in which order.
struct Ahead<'a> {
    gate: Gate<'a>,
    errand: Errand<'a>,
}

impl Ahead<'_> {
    /// Fetches all that is missing; false where something is missing still.
    fn fetch(&self) -> Result<bool> {
        let mut answers = Answers::default();
        let mut round = self.at_the_desk(&answers, None)?;
        let session = round.session.clone();
        let account = session.account(self.errand.config)?;
        let mut remote = Remote::new(account, Some(round.able.clone()), self.gate.deadline);
        let mut begun: Vec<Step> = Vec::new();
        let mut is_whole = !round.has_failed;
        for _ in 0..ROUNDS {
            let last = begun.last().copied();
            // By now another folder may be open than a further question of a step is about, except after the last one.
            let may = |(step, _): &(Step, Plan)| Some(*step) == last || !begun.contains(step);
            let asked = std::mem::take(&mut round.asked).into_iter();
            let (asked, left): (Vec<_>, Vec<_>) = asked.partition(may);
            is_whole &= !round.has_failed && left.is_empty();
            if asked.is_empty() {
                return Ok(is_whole);
            }
            begun.extend(asked.iter().map(|(step, _)| *step));
            let plans = asked.into_iter().map(|(_, plan)| plan);
            answers.ask(&mut remote, plans)?;
            round = self.at_the_desk(&answers, Some(&round))?;
        }
        Ok(false)
    }

    /// One round at the desk, as soon as nobody else is there.
    fn at_the_desk(&self, answers: &Answers, before: Option<&Round>) -> Result<Round> {
        let budget = self.errand.config.store_budget();
        let left = desk::at(self.pass()?, budget, |desk| {
            self.errand.round(desk, answers, before)
        })?;
        let round = left.value?;
        left.saved.map(|()| round)
    }

    fn pass(&self) -> Result<Pass> {
        loop {
            match self.gate.enter(self.errand.claim.user, Waiter::Background) {
                Err(Error::TooMany { .. }) if !self.gate.deadline.left().is_zero() => {
                    std::thread::sleep(LOOK);
                }
                entered => return entered,
            }
        }
    }
}

/// True where one that has begun not long ago has not come to its end.
fn has_failed(user: &Path) -> bool {
    let begun = fs::metadata(user.join(BEGUN)).and_then(|about| about.modified());
    let age = begun.map(|begun| begun.elapsed());
    age.is_ok_and(|age| age.is_ok_and(|age| age <= IN_VAIN))
}

fn note(begun: &PathBuf) -> Result<()> {
    let made = state::private().open(begun);
    let made = made.and_then(|file| file.set_modified(SystemTime::now()));
    made.map_err(|e| state::failed(begun, &e))
}
