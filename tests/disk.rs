//! What lies on disk, looked at from outside: a copy of the state directory is opened as the program opens its own, so
//! that a test can say what is in it, or make it older than it is. Not a module of tests.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use postern::config::{self, Config};
use postern::gate::{Gate, Pass, Waiter};
use postern::outbox::{Outbox, Ticket};
use postern::seal::Key;
use postern::state::State;
use postern::store::keys::{Everything, Kept, SESSIONS};
use postern::store::{Encryption, Store};
use postern::time::Deadline;

use crate::support::place::{self, Place};
use crate::support::site::Site;

/// Every key and value of a user's store, as they are on disk.
pub fn records(site: &Site, login: &str) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let copy = Copy::of(site);
    let db = sled::Config::new()
        .path(copy.generation(login))
        .segment_size(64 * 1024)
        .open()
        .expect("the store");
    let all = db.iter().map(|pair| pair.expect("a whole record"));
    let all: BTreeMap<_, _> = all.map(|(k, v)| (k.to_vec(), v.to_vec())).collect();
    assert!(!all.is_empty(), "the store of {login} is empty");
    all
}

/// Damages every value of a tree in a user's store, by the byte that begins its keys; how many there are.
pub fn spoil(site: &Site, login: &str, tree: u8) -> usize {
    let copy = Copy::of(site);
    let db = sled::Config::new()
        .path(copy.generation(login))
        .segment_size(64 * 1024)
        .open()
        .expect("the store");
    let all = db.scan_prefix([tree]);
    let all: Vec<_> = all.map(|pair| pair.expect("a whole record")).collect();
    for (key, value) in &all {
        let mut value = value.to_vec();
        let at = value.len() / 2;
        value[at] ^= 1;
        db.insert(key, value).expect("sled");
    }
    db.flush().expect("sled");
    drop(db);
    copy.put_back(site);
    all.len()
}

/// How many session records a user has.
pub fn sessions(site: &Site, login: &str) -> usize {
    let copy = Copy::of(site);
    copy.in_store(login, |store| {
        store.keys_below(&SESSIONS, &Everything).len()
    })
}

/// Makes all sessions of a user so much older.
pub fn age_sessions(site: &Site, login: &str, by: Duration) {
    let copy = Copy::of(site);
    let by = i64::try_from(by.as_secs()).expect("seconds");
    let aged = copy.in_store(login, |store| {
        let ids = store.keys_below(&SESSIONS, &Everything);
        for id in &ids {
            let kept: Kept = store
                .get(Encryption::ByCaller, &SESSIONS, id)
                .expect("a record");
            let older = Kept {
                begun: kept.begun - by,
                seen: kept.seen - by,
                accepted: kept.accepted - by,
                ..kept
            };
            store.put(Encryption::ByCaller, &SESSIONS, id, &older);
        }
        store.save().expect("the store");
        ids.len()
    });
    assert!(aged > 0, "{login} has no session");
    copy.put_back(site);
}

/// A file below the state directory in which these bytes stand, if there is one.
pub fn file_with(site: &Site, bytes: &[u8]) -> Option<PathBuf> {
    files_below(site.state_dir())
        .into_iter()
        .find(|file| contains(&fs::read(file).expect("a file of the state"), bytes))
}

/// All files below a directory.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => dirs.push(path),
                false => files.push(path),
            }
        }
    }
    files
}

fn contains(text: &[u8], bytes: &[u8]) -> bool {
    text.windows(bytes.len()).any(|at| at == bytes)
}

/// The files of a form that waits for its user to sign in, by the ticket in the sign-in page; None where it does not open.
pub fn kept_form(site: &Site, login: &str, ticket: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let copy = Copy::of(site);
    copy.at_the_gate(login, |pass| {
        let outbox = Outbox::of(pass);
        let ticket = Ticket::from_text(ticket).expect("a ticket");
        let data = Key::random().expect("a key");
        if !outbox.hand_over(&ticket, &data).expect("the outbox") {
            return None;
        }
        let kept = outbox.open(ticket.id, &data).expect("the outbox")?;
        let files = kept.form.files().iter().map(|file| {
            let mut bytes = Vec::new();
            let mut reader = kept.form.open(file);
            reader.read_to_end(&mut bytes).expect("all of it");
            (file.name.clone(), bytes)
        });
        Some(files.collect())
    })
}

/// A copy that belongs to us: the program works in nobody else's directory, and as root we are somebody else.
struct Copy {
    place: Place,
    state: State,
}

impl Copy {
    fn of(site: &Site) -> Copy {
        let place = Place::new("copy");
        let dir = place.join("state");
        run(Command::new("cp").arg("-r").arg(site.state_dir()).arg(&dir));
        run(Command::new("chmod").args(["-R", "go="]).arg(&dir));
        let config = Config {
            state_dir: Some(dir),
            ..Config::default()
        };
        let state = State::open(&config, &[]).expect("the state directory");
        Copy { place, state }
    }

    fn in_store<T>(&self, login: &str, work: impl FnOnce(&mut Store) -> T) -> T {
        self.at_the_gate(login, |pass| {
            let mut store = Store::open(pass, u64::MAX).expect("the store");
            work(&mut store)
        })
    }

    fn at_the_gate<T>(&self, login: &str, work: impl FnOnce(&Pass) -> T) -> T {
        let user = self.state.user("", login);
        let deadline = Deadline::after(Duration::from_secs(10));
        let gate = config::Gate::default();
        let gate = Gate {
            state: &self.state,
            config: &gate,
            deadline,
        };
        let pass = gate.enter(user, Waiter::Background);
        let pass = pass.unwrap_or_else(|e| panic!("the gate of {login}: {e:?}"));
        work(&pass)
    }

    /// The directory of the user's current generation.
    fn generation(&self, login: &str) -> PathBuf {
        let dir = self.state.user_dir(self.state.user("", login));
        let names = fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
        names
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_dir() && path.join("ready").exists())
            .max()
            .expect("a generation")
    }

    fn put_back(self, site: &Site) {
        let dir = site.state_dir();
        fs::remove_dir_all(dir).expect("the state directory");
        let ours = self.place.join("state");
        run(Command::new("cp").arg("-r").arg(ours).arg(dir));
        run(Command::new("chmod").args(["-R", "go="]).arg(dir));
        if place::are_we_root() {
            let worker = place::worker();
            let owner = format!("{}:{}", worker.uid, worker.gid);
            run(Command::new("chown").args(["-R", &owner]).arg(dir));
        }
    }
}

fn run(command: &mut Command) {
    let status = command.status();
    assert!(status.is_ok_and(|s| s.success()), "{command:?}");
}
