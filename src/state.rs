//! The state directory: where it is, whose it is, the installation's secret, user ids, the log.
//!
//! Not for what lies in a user's directory: `gate`, `store` and their neighbours know their own files. The one thing to
//! know: no name that a user controls becomes a path; users are keyed hashes.

mod ownership;

use std::fs::{self, DirBuilder, DirEntry, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use self::ownership::judge_program_file;
use crate::config::Config;
use crate::error::{Cause, Error, Fault, PlaceFault, Result};
use crate::process;
use crate::seal::{self, Key};
use crate::time;

/// The log is set aside when it has grown to this many bytes; one older one is kept.
const LOG_LIMIT: u64 = 4 * 1024 * 1024;

/// How names begin that files have only while they are made.
const PASSING: [&[u8]; 2] = [b"secret.", b"spool."];

/// The state directory of this installation, checked and with its secret.
#[derive(Debug)]
pub struct State {
    dir: PathBuf,
    secret: Key,
}

/// A user of this installation: the keyed hash of realm and login, which names their directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserId(pub [u8; 16]);

impl UserId {
    /// Reads a directory's name; None for what is none.
    pub fn from_hex(name: &str) -> Option<UserId> {
        from_hex(name).map(UserId)
    }

    /// The directory's name, which is also how the log names the user.
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }
}

/// Bytes as they stand in the name of a file.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads what `hex` wrote of sixteen bytes; None for anything else.
pub fn from_hex(name: &str) -> Option<[u8; 16]> {
    if name.len() != 32 || !name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(name, 16).ok().map(u128::to_be_bytes)
}

impl State {
    /// Where the configuration puts the state directory; None where it says nothing and the user has no home directory.
    pub fn place(config: &Config) -> Option<PathBuf> {
        config.state_dir.clone().or_else(|| {
            let home = process::home()?;
            let own = fs::metadata(&home).ok()?.uid() == process::user();
            own.then(|| home.join(".postern"))
        })
    }

    /// True while nobody has ever signed in here, as far as this process may look: then there are no users.
    pub fn is_unused(place: Option<&Path>) -> bool {
        let users = place.map(|dir| fs::symlink_metadata(dir.join("users")));
        users.is_none_or(|users| users.is_err())
    }

    /// Opens the state directory, making it on first use. `served`: what the web server is known to serve files from.
    ///
    /// # Errors
    /// `Setup` where it cannot be used safely: no place for it, another user's, where others can replace it, served, a
    /// damaged secret. `DiskFull`.
    pub fn open(config: &Config, served: &[PathBuf]) -> Result<State> {
        let Some(dir) = State::place(config) else {
            return Err(setup(
                Fault::NoPlace,
                Path::new("state_dir"),
                "is not set, and this user has no home directory. Set state_dir in .htpostern.toml",
            ));
        };
        let found = match fs::symlink_metadata(&dir) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let mut options = DirBuilder::new();
                let made = options.mode(0o700).recursive(true).create(&dir);
                made.and_then(|()| fs::symlink_metadata(&dir))
            }
            found => found,
        };
        let found = found.map_err(|e| place_failed(&dir, &e))?;
        let real = ownership::judge_directory(&dir, &found)?;
        ownership::judge_place(&dir, &real, served)?;
        ownership::deny_web_server(&dir)?;
        let secret = secret(&dir)?;
        Ok(State { dir, secret })
    }

    /// The installation's secret, for what is made to be recognised later.
    pub fn secret(&self) -> &Key {
        &self.secret
    }

    /// The directory itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The user behind a login. Case does not tell people apart: Ann and ann are one person with one gate.
    pub fn user(&self, realm: &str, login: &str) -> UserId {
        let login = login.to_lowercase();
        let parts = [realm.as_bytes(), login.as_bytes()];
        UserId(self.secret.short_hash("user", &parts))
    }

    /// A user's directory; it need not exist.
    pub fn user_dir(&self, user: UserId) -> PathBuf {
        self.dir.join("users").join(user.to_hex())
    }

    /// Makes a user's directory, after their first successful sign-in.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn make_user(&self, user: UserId) -> Result<()> {
        let dir = self.user_dir(user);
        if !dir.is_dir() {
            make_dir(&dir, true)?;
        }
        // Even where the directory is there: whoever made it may have been killed before that was done.
        let lock = dir.join("lock");
        private().open(&lock).map_err(|e| failed(&lock, &e))?;
        Ok(())
    }

    /// Removes what requests have left that were killed while they made a file: its first name, older than that.
    ///
    /// # Errors
    /// `Setup`.
    pub fn sweep(&self, older: Duration) -> Result<()> {
        let failed = |e: io::Error| failed(&self.dir, &e);
        for entry in fs::read_dir(&self.dir).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            let passing = PASSING
                .iter()
                .any(|p| name.as_encoded_bytes().starts_with(p));
            let written = entry.metadata().and_then(|m| m.modified());
            let age = written.ok().and_then(|at| at.elapsed().ok());
            if passing && age.is_some_and(|age| age >= older) {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// Appends one line to the program's own log. A log that cannot be written is told on stderr, Apache's log.
    pub fn log(&self, line: &str) {
        let path = self.dir.join("log");
        let clean: String = line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let written = (|| {
            let mut file = private().append(true).open(&path)?;
            if file.metadata()?.len() > LOG_LIMIT {
                fs::rename(&path, self.dir.join("log.1"))?;
                file = private().append(true).open(&path)?;
            }
            file.write_all(format!("{} {clean}\n", time::stamp(time::now())).as_bytes())
        })();
        if let Err(e) = written {
            eprintln!("postern: log: {e}: {clean}");
        }
    }
}

/// How our files are opened: made if missing, for the owner only.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(0o600);
    // A link that somebody planted leads nowhere.
    options.custom_flags(process::NO_FOLLOW);
    options
}

/// Makes a directory for the owner only.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub fn make_dir(dir: &Path, with_parents: bool) -> Result<()> {
    let made = DirBuilder::new()
        .mode(0o700)
        .recursive(with_parents)
        .create(dir);
    made.map_err(|e| failed(dir, &e))
}

/// Puts a small file into a directory, whole or not at all; what stood there under its name is replaced. The name is on the disk
/// once `sync_dir` is.
///
/// # Errors
/// `DiskFull`, `Setup`: what stood there before is still there then.
pub fn write_whole(dir: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let (unfinished, path) = (dir.join(format!("{name}.new")), dir.join(name));
    let written = (|| {
        let mut file = private().truncate(true).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)
    })();
    written.map_err(|e| failed(&path, &e))
}

/// Removes a directory with all that is in it, whoever writes there meanwhile: it loses its name first, so that they find
/// nothing and add nothing.
///
/// # Errors
/// `Setup`.
pub fn remove_all(dir: &Path) -> Result<()> {
    let gone = dir.with_extension("gone");
    let removed = |dir: &Path| match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(failed(dir, &e)),
        _ => Ok(()),
    };
    if gone != dir {
        // Left by one that was ended.
        removed(&gone)?;
        match fs::rename(dir, &gone) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            renamed => renamed.map_err(|e| failed(dir, &e))?,
        }
    }
    removed(&gone)
}

/// What lies in a directory; nothing where there is none.
///
/// # Errors
/// `Setup`.
pub fn entries(dir: &Path) -> Result<Vec<DirEntry>> {
    let all = fs::read_dir(dir).and_then(Iterator::collect);
    match all {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        all => all.map_err(|e| failed(dir, &e)),
    }
}

/// The meaning of an error of the file system, with the file it is about.
pub fn failed(path: &Path, e: &io::Error) -> Error {
    let cause = Cause::at(&path.display().to_string(), e);
    match is_full(e) {
        true => Error::DiskFull(cause),
        false => Error::Setup(Fault::Other, cause),
    }
}

/// The same of the state directory itself and what stands in it.
fn place_failed(path: &Path, e: &io::Error) -> Error {
    use io::ErrorKind::{NotADirectory, PermissionDenied, ReadOnlyFilesystem};
    let fault = match e.kind() {
        PermissionDenied | ReadOnlyFilesystem => PlaceFault::Denied,
        NotADirectory => PlaceFault::NoDirectory,
        _ => return failed(path, e),
    };
    let cause = Cause::at(&path.display().to_string(), e);
    Error::Setup(Fault::Place(fault), cause)
}

/// True where there is no room: on the disk, in the account, or (where the host limits that) in a single file.
pub fn is_full(e: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(e.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

fn setup(fault: Fault, path: &Path, why: &str) -> Error {
    Error::Setup(fault, Cause(format!("{} {why}", path.display())))
}

/// Reads the secret, or makes it while the installation is new.
///
/// Two first requests agree on one: each writes its own file whole, and `link` gives the name to one of them.
fn secret(dir: &Path) -> Result<Key> {
    let path = dir.join("secret");
    let users = dir.join("users");
    for _ in 0..2 {
        match read_secret(&path) {
            Ok(bytes) => {
                return <[u8; 32]>::try_from(bytes).map(Key::new).map_err(|_| {
                    setup(
                        Fault::Secret,
                        &path,
                        "is damaged. Restore it from a backup, or delete users/ too (everyone must then sign in again, and settings are lost)",
                    )
                });
            }
            Err(None) => {}
            Err(Some(error)) => return Err(error),
        }
        if users.exists() {
            return Err(setup(
                Fault::Secret,
                &path,
                "is missing, although users/ is there. Restore it from a backup, or delete users/ too (everyone must then sign in again, and settings are lost)",
            ));
        }
        make_secret(dir, &path)?;
    }
    Err(setup(
        Fault::Place(PlaceFault::Denied),
        &path,
        "cannot be read back after it was made",
    ))
}

/// The bytes of the secret; no error where there is none.
fn read_secret(path: &Path) -> std::result::Result<Vec<u8>, Option<Error>> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(process::NO_FOLLOW)
        .open(path);
    let file = match file {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(None),
        Err(e) => return Err(Some(place_failed(path, &e))),
    };
    ownership::judge_file(path, &file).map_err(Some)?;
    few_bytes(file, size_of::<Key>()).map_err(|e| Some(failed(path, &e)))
}

/// What a small file holds, of a larger one `most` bytes and one more; without asking how long it is, which takes a click
/// as long as reading it.
///
/// # Errors
/// Whatever read reports.
pub fn few_bytes(file: File, most: usize) -> io::Result<Vec<u8>> {
    let most = most.saturating_add(1);
    let mut bytes = Vec::with_capacity(most);
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn make_secret(dir: &Path, path: &Path) -> Result<()> {
    let bytes: [u8; 32] = seal::random()?;
    let own = dir.join(format!("secret.{}", seal::to_text(&seal::random::<9>()?)));
    let made = (|| {
        let mut file = private().truncate(true).open(&own)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        match fs::hard_link(&own, path) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
            _ => Ok(()),
        }
    })();
    let removed = fs::remove_file(&own);
    made.and(removed).map_err(|e| place_failed(path, &e))?;
    sync_dir(dir)
}

/// Makes the names in a directory survive a power cut.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub fn sync_dir(dir: &Path) -> Result<()> {
    let synced = File::open(dir).and_then(|d| d.sync_all());
    synced.map_err(|e| failed(dir, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(dir: &Path) -> Config {
        Config {
            state_dir: Some(dir.join("state")),
            ..Config::default()
        }
    }

    #[test]
    fn first_requests_agree_on_one_secret() {
        let dir = tempfile::tempdir().unwrap();
        let config = at(dir.path());
        let all: Vec<State> = std::thread::scope(|scope| {
            let open = || scope.spawn(|| State::open(&config, &[]).unwrap());
            let running: Vec<_> = (0..8).map(|_| open()).collect();
            running.into_iter().map(|r| r.join().unwrap()).collect()
        });
        let first = all[0].secret();
        assert!(all.iter().all(|s| s.secret() == first));
    }

    #[test]
    fn a_secret_missing_or_cut_beside_users_is_an_error_that_names_it() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(&at(dir.path()), &[]).unwrap();
        state.make_user(state.user("", "ann")).unwrap();
        let secret = dir.path().join("state/secret");
        for damage in [None, Some(&b"short"[..])] {
            match damage {
                None => fs::remove_file(&secret).unwrap(),
                Some(bytes) => fs::write(&secret, bytes).unwrap(),
            }
            let Err(Error::Setup(Fault::Secret, Cause(why))) = State::open(&at(dir.path()), &[])
            else {
                panic!("opened");
            };
            assert!(why.contains("state/secret"), "{why}");
        }
    }

    #[test]
    fn it_refuses_to_lie_below_the_document_root() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(
            State::open(&at(dir.path()), &[dir.path().to_owned()]),
            Err(Error::Setup(Fault::Place(PlaceFault::Served), _))
        ));
    }
}
