//! Jobs: work that takes longer than others of the same user should wait, so that it leaves the gate. One protocol for all.
//!
//! 1. *Before*, under the gate: an action checks what it can, puts into the store what has to be known if the job never
//!    ends, and makes the job, a value. The desk is saved and closed. Where that failed and the route says that it matters,
//!    the job is not begun.
//! 2. *Outside*: the gate is released. In its lane (one job of a kind at a time for each user) the job has a connection to
//!    the mail server, opened at its first use, and a spool file; it has no store. It may last for as long as there is
//!    progress.
//! 3. *After*: what has to be recorded in the store is, with the gate taken again, in the slot that the job has kept. The
//!    session may have ended meanwhile: then nothing is recorded, and what was done is done all the same.
//!
//! The import notes how far it is in files of its own (`outbox`), so that it can be continued after a kill; sending notes
//! what became of a message in the ledger, before anything is said. A long *act* in slices leaves nothing: it stays under the
//! gate.
//!
//! Not for what a page shows. To know before changing it: nothing is written to the client before all of it is at hand. A
//! program that dies in the middle of its answer looks, to a browser, as if it had finished.

pub mod archive;
mod carried;
pub mod draft;
pub mod export;
pub mod import;
pub mod message;
pub mod send;
pub mod template;
pub mod transfer;
pub mod wait;

use std::io::{self, Read as _, Seek as _, Write as _};

use crate::config::Config;
use crate::desk::{self, Desk};
use crate::error::{Error, Progress, Result};
use crate::gate::{Gate, Lane, LaneKind, Pass};
use crate::notices::{self, Told};
use crate::process;
use crate::remote::{Cost, PATIENCE, Remote};
use crate::response::Response;
use crate::route::NoticeId;
use crate::session::{Session, SessionCookie};
use crate::spool::Spool;
use crate::state::{State, UserId};
use crate::store::keys::NoticeKey;
use crate::time::Deadline;

/// How much of an answer is written at a time, in bytes: little, so that a slow line makes progress within the patience.
const PIECE: usize = 8 * 1024;

/// Work that leaves the gate.
pub trait Job {
    /// Where it waits for its turn.
    fn lane(&self) -> &'static LaneKind;

    /// What is answered where its lane has no place, instead of the failure: None where the failure is the answer.
    fn turned_away(&self) -> Option<Response> {
        None
    }

    /// Does it, outside.
    ///
    /// # Errors
    /// Whatever ends it: then nothing is recorded after.
    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended>;
}

/// Whose job it is.
pub struct Owner<'o> {
    /// The gates, as the request came to them.
    pub gate: Gate<'o>,
    /// The configuration.
    pub config: &'o Config,
    /// The cookie of the session.
    pub claim: &'o SessionCookie,
    /// The session that began it.
    pub session: &'o Session,
    /// Where the request stands with what it changes.
    pub progress: &'o Progress,
}

/// What a job has outside.
pub struct Outside<'o> {
    /// The state directory, for its spool.
    pub state: &'o State,
    /// A connection to the mail server in the name of the session; it is opened at its first use.
    pub remote: Remote<'o>,
    /// Where the request stands with what it changes: noted before each step.
    pub progress: &'o Progress,
    /// The lane that it is in.
    pub lane: &'o Lane,
}

impl Outside<'_> {
    /// Notes in the program's log what failed and ends nothing.
    fn log(&self, what: &str, user: UserId, error: &Error) {
        let (kind, cause) = error.log_kind();
        let user = user.to_hex();
        self.state.log(&format!("{what} {user} {kind} {cause}"));
    }
}

/// How a job ends.
pub struct Ended {
    /// What the browser gets.
    pub answer: Answer,
    /// What is to be put into the store, if anything is.
    pub record: Option<Record>,
}

/// The answer of a job, all of it at hand.
pub enum Answer {
    /// A page.
    Page(Response),
    /// A file, and the answer without its body.
    File(Response, Spool),
}

/// What a job does at the desk, after; with a connection that is opened where it is used.
type Record = Box<dyn FnOnce(&mut Desk, &Session, Remote) -> Result<()>>;

/// Keeps a notice of what a job did, under this number and in this session.
fn keeps(told: Told, under: NoticeKey) -> Record {
    Box::new(move |desk, known, _| {
        let owner = notices::Owner {
            data: &known.data,
            session: under.session(),
        };
        notices::keep(&mut desk.store, owner, NoticeId(under.id()), told, desk.now);
        Ok(())
    })
}

/// What came back from outside.
pub struct Returned {
    /// The answer, or why there is none.
    pub answer: Result<Delivery>,
    /// Whether what was to be recorded is. Where it is not, the job is done all the same.
    pub recorded: Result<()>,
    /// What was asked of the mail server.
    pub cost: Cost,
}

/// An answer on its way.
pub enum Delivery {
    /// A page.
    Page(Response),
    /// A file.
    File(Download),
}

/// A file that only has to be written down the line. It keeps its place in the lane meanwhile: slow lines are counted.
pub struct Download {
    head: Response,
    file: Spool,
    _lane: Lane,
}

/// Leaves the gate, waits in the lane, does the job there, and records what is left to be recorded.
///
/// # Errors
/// `TooMany`, `Busy` where the lane has no place: then the job was not begun. `Setup` where its server is not configured.
pub fn run(job: Box<dyn Job>, owner: &Owner, pass: Pass) -> Result<Returned> {
    let account = owner.session.account(owner.config)?;
    let mut lane = match owner.gate.leave(pass, job.lane()) {
        Ok(lane) => lane,
        Err(error @ (Error::TooMany { .. } | Error::Busy { .. })) => {
            let page = job.turned_away().ok_or(error)?;
            return Ok(Returned {
                answer: Ok(Delivery::Page(page)),
                recorded: Ok(()),
                cost: Cost::default(),
            });
        }
        Err(error) => return Err(error),
    };
    progressed();
    let mut outside = Outside {
        state: owner.gate.state,
        remote: Remote::new(account, None, Deadline::after(PATIENCE)),
        progress: owner.progress,
        lane: &lane,
    };
    let worked = job.work(&mut outside);
    let cost = outside.remote.cost();
    drop(outside);
    lane.finished();
    let (answer, recorded) = match worked {
        Err(error) => (Err(error), Ok(())),
        Ok(Ended { answer, record }) => {
            let recorded = record.map_or(Ok(()), |record| after(record, owner, &lane));
            (Ok(Delivery::of(answer, lane)), recorded)
        }
    };
    Ok(Returned {
        answer,
        recorded,
        cost,
    })
}

/// Records what a job has left to be recorded, at the desk of the user, in the session that began it.
fn after(record: Record, owner: &Owner, lane: &Lane) -> Result<()> {
    let gate = Gate {
        deadline: Deadline::after(PATIENCE),
        ..owner.gate
    };
    let pass = gate.come_back(lane)?;
    progressed();
    let left = desk::at(pass, owner.config.store_budget(), |desk| {
        let session = desk.session(owner.claim)?.ok_or(Error::NotSignedIn)?;
        let account = session.account(owner.config)?;
        let remote = Remote::new(account, None, Deadline::after(PATIENCE));
        record(desk, &session, remote)
    })?;
    left.value.and(left.saved)
}

/// There was progress: the hard deadline is put off.
pub fn progressed() {
    process::more_time(PATIENCE.saturating_mul(2));
}

impl Delivery {
    fn of(answer: Answer, lane: Lane) -> Delivery {
        match answer {
            Answer::Page(page) => Delivery::Page(page),
            Answer::File(head, file) => Delivery::File(Download {
                head,
                file,
                _lane: lane,
            }),
        }
    }
}

impl Download {
    /// The same, with one more header.
    pub fn with(self, name: &'static str, value: String) -> Download {
        Download {
            head: self.head.with(name, value),
            ..self
        }
    }

    /// Writes all of it to the client.
    ///
    /// # Errors
    /// As writing, where the client has gone away.
    pub fn send(mut self) -> io::Result<()> {
        process::answering();
        self.file.rewind()?;
        let mut out = io::stdout().lock();
        out.write_all(&self.head.head(self.file.length()))?;
        let mut piece = [0; PIECE];
        loop {
            let n = self.file.read(&mut piece)?;
            if n == 0 {
                return out.flush();
            }
            process::more_time(PATIENCE);
            out.write_all(piece.get(..n).unwrap_or_default())?;
            out.flush()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{self, Waiter};
    use crate::session::{self, Beginning, Begun, Making, Origin};
    use crate::store::keys::{DataKeyId, SERVER, ServerFacts};
    use crate::store::{Encryption, Store};
    use std::time::Duration;

    const KEY: DataKeyId = DataKeyId(*b"the job.");

    /// A job that looks around outside, and has something to be recorded.
    struct Errand {
        outside: Box<dyn FnOnce(&State)>,
        fails: bool,
    }

    impl Job for Errand {
        fn lane(&self) -> &'static LaneKind {
            &gate::BULK
        }

        fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
            (self.outside)(outside.state);
            if self.fails {
                return Err(Error::OverQuota);
            }
            let record: Record = Box::new(|desk, _, _| {
                let facts = ServerFacts {
                    capabilities: vec!["done".to_owned()],
                };
                desk.store.put(Encryption::ByCaller, &SERVER, &KEY, &facts);
                Ok(())
            });
            Ok(Ended {
                answer: Answer::Page(Response::see_other("/")),
                record: Some(record),
            })
        }
    }

    fn gate<'g>(state: &'g State, config: &'g Config) -> Gate<'g> {
        Gate {
            state,
            config: &config.gate,
            deadline: Deadline::after(Duration::from_secs(5)),
        }
    }

    /// Passes the gate of the one user, who must not have to wait.
    fn pass(state: &State) -> Pass {
        let config = Config::default();
        let gate = gate(state, &config);
        gate.enter(state.user("", "ann"), Waiter::Background)
            .unwrap()
    }

    fn at_the_desk<T>(state: &State, work: impl FnOnce(&mut Desk) -> T) -> T {
        let left = desk::at(pass(state), 64 * 1024 * 1024, work).unwrap();
        left.saved.unwrap();
        left.value
    }

    /// An installation that ann is known to.
    fn installed() -> (tempfile::TempDir, Config, State) {
        let dir = tempfile::tempdir().unwrap();
        let config = Config {
            state_dir: Some(dir.path().join("state")),
            ..Config::default()
        };
        let state = State::open(&config, &[]).unwrap();
        state.make_user(state.user("", "ann")).unwrap();
        (dir, config, state)
    }

    /// Ann runs an errand; what came back, and whether it was recorded.
    fn ran(job: Errand) -> (Returned, bool) {
        let (_dir, config, state) = installed();
        let user = state.user("", "ann");
        let password = Making::begin(&state, user, "secret").finish().unwrap();
        let beginning = Beginning {
            user,
            realm: "",
            login: "ann",
            password: &password,
            keep: false,
            origin: Origin::default(),
            former: None,
        };
        let Begun { claim, session, .. } = at_the_desk(&state, |desk| {
            session::begin(&mut desk.store, &beginning, desk.now).unwrap()
        });
        let owner = Owner {
            gate: gate(&state, &config),
            config: &config,
            claim: &claim,
            session: &session,
            progress: &Progress::new(true),
        };
        let returned = run(Box::new(job), &owner, pass(&state)).unwrap();
        let recorded = at_the_desk(&state, |desk| {
            desk.store.get(Encryption::ByCaller, &SERVER, &KEY)
        });
        (returned, recorded.is_some())
    }

    #[test]
    fn a_job_works_with_the_gate_open_and_is_recorded_when_it_is_done() {
        let outside = |state: &State| {
            let is_recorded = at_the_desk(state, |desk| {
                let found = desk.store.get(Encryption::ByCaller, &SERVER, &KEY);
                found.is_some()
            });
            assert!(!is_recorded);
        };
        let (returned, is_recorded) = ran(Errand {
            outside: Box::new(outside),
            fails: false,
        });
        assert!(matches!(returned.answer, Ok(Delivery::Page(_))));
        assert_eq!((returned.recorded, is_recorded), (Ok(()), true));
    }

    #[test]
    fn whoever_passes_the_gate_next_sees_that_a_job_is_at_work() {
        let (_dir, config, state) = installed();
        let gate = gate(&state, &config);
        for _ in 0..200 {
            let leaving = pass(&state);
            std::thread::scope(|scope| {
                let next = scope.spawn(|| {
                    let passed = gate.enter(state.user("", "ann"), Waiter::Act).unwrap();
                    passed.is_at_work(&gate::IMPORT).unwrap()
                });
                std::thread::sleep(Duration::from_millis(2));
                let lane = gate.leave(leaving, &gate::IMPORT).unwrap();
                assert!(next.join().unwrap());
                drop(lane);
            });
        }
    }

    #[test]
    fn a_job_that_failed_records_nothing() {
        let (returned, is_recorded) = ran(Errand {
            outside: Box::new(|_| {}),
            fails: true,
        });
        assert!(matches!(returned.answer, Err(Error::OverQuota)));
        assert!(!is_recorded);
    }

    #[test]
    fn a_job_whose_session_ends_meanwhile_is_done_and_not_recorded() {
        let sign_out_everywhere = |state: &State| {
            let pass = pass(state);
            Store::remove_all(&pass).unwrap();
        };
        let (returned, is_recorded) = ran(Errand {
            outside: Box::new(sign_out_everywhere),
            fails: false,
        });
        assert!(matches!(returned.answer, Ok(Delivery::Page(_))));
        assert!(matches!(returned.recorded, Err(Error::NotSignedIn)));
        assert!(!is_recorded);
    }
}
