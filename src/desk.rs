//! A user's desk: the gate is held, the store is open, and whoever works there is alone. Opened and closed in one order, in
//! this one place.
//!
//! A visit, signing in, `gc`, and what a job records afterwards stand on it. Not for deciding who may come (`session`) nor
//! what is done (`actions`, `jobs`). To know before changing it: the store is saved and closed before the pass leaves this
//! room again, whatever the work came to; so the work may not keep anything of the desk.

use std::time::Duration;

use crate::error::Result;
use crate::gate::Pass;
use crate::session::{self, Found, Session, SessionCookie};
use crate::store::Store;
use crate::time::{self, Seconds, Watch};

/// A user's store, open, behind the gate.
pub struct Desk<'p> {
    /// What is cached of the mail, and the sessions.
    pub store: Store<'p>,
    /// The gate that is held: the key to the user's other rooms (`profile`, `outbox`).
    pub pass: &'p Pass,
    /// When it was opened.
    pub now: Seconds,
}

/// What is left when the desk is closed.
pub struct Left<T> {
    /// What the work came to.
    pub value: T,
    /// Whether what it put into the store was saved.
    pub saved: Result<()>,
    /// How long opening and closing the store took.
    pub spent: Duration,
    /// The gate, which is still held.
    pub pass: Pass,
}

/// Opens the desk behind a gate for some work, and closes it. `budget`: how many bytes the store may hold.
///
/// # Errors
/// As `Store::open`: then nothing was done.
pub fn at<T>(pass: Pass, budget: u64, work: impl FnOnce(&mut Desk<'_>) -> T) -> Result<Left<T>> {
    let opening = Watch::start();
    let mut desk = Desk {
        store: Store::open(&pass, budget)?,
        pass: &pass,
        now: time::now(),
    };
    let opened = opening.passed();
    let value = work(&mut desk);
    let closing = Watch::start();
    let saved = desk.store.save();
    drop(desk);
    Ok(Left {
        value,
        saved,
        spent: opened.saturating_add(closing.passed()),
        pass,
    })
}

impl Desk<'_> {
    /// The session behind a cookie, if it may act; None where there is none, or it has ended.
    ///
    /// # Errors
    /// As `session::load`.
    pub fn session(&mut self, claim: &SessionCookie) -> Result<Option<Session>> {
        Ok(match session::load(&mut self.store, claim, self.now)? {
            Found::Live(session) => Some(session),
            Found::Ended(_) | Found::Nothing => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Config};
    use crate::gate::{Gate, Waiter};
    use crate::state::State;
    use crate::store::Encryption;
    use crate::store::keys::{DataKeyId, SERVER, ServerFacts};
    use crate::time::Deadline;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    const BUDGET: u64 = 64 * 1024 * 1024;
    const KEY: DataKeyId = DataKeyId(*b"the key.");

    /// Passes the gate of the one user, who must not have to wait.
    fn pass(state: &State) -> Pass {
        let gate = Gate {
            state,
            config: &config::Gate::default(),
            deadline: Deadline::after(Duration::from_secs(5)),
        };
        gate.enter(state.user("", "ann"), Waiter::Background)
            .unwrap()
    }

    fn facts(name: &str) -> ServerFacts {
        ServerFacts {
            capabilities: vec![name.to_owned()],
        }
    }

    #[test]
    fn a_desk_is_saved_and_closed_whatever_the_work_came_to() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config {
            state_dir: Some(dir.path().join("state")),
            ..Config::default()
        };
        let state = State::open(&config, &[]).unwrap();
        state.make_user(state.user("", "ann")).unwrap();

        let left = at(pass(&state), BUDGET, |desk| {
            desk.store
                .put(Encryption::ByCaller, &SERVER, &KEY, &facts("kept"));
            Err::<(), _>("the work failed")
        })
        .unwrap();
        assert_eq!((left.value, left.saved), (Err("the work failed"), Ok(())));
        // The gate is still held, and the store closed: it can be opened behind the same pass.
        let kept = |desk: &mut Desk| desk.store.get(Encryption::ByCaller, &SERVER, &KEY);
        let again = at(left.pass, BUDGET, kept).unwrap();
        assert_eq!(again.value, Some(facts("kept")));
        drop(again.pass);

        let panicked = catch_unwind(AssertUnwindSafe(|| {
            at(pass(&state), BUDGET, |desk| {
                desk.store
                    .put(Encryption::ByCaller, &SERVER, &KEY, &facts("half"));
                panic!("in the middle");
            })
        }));
        assert!(panicked.is_err());
        let after = at(pass(&state), BUDGET, kept).unwrap();
        assert_eq!(after.value, Some(facts("kept")));
    }
}
