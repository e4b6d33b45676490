//! Messages that are being written: what has been typed and attached, sealed, until it has been sent. A directory for each in
//! `users/<id>/drafts/<data key>/`, for 30 days.
//!
//! Not for what becomes of one that was to be sent (`ledger`). To know before changing it: what lies here exists nowhere else,
//! so it is written whole, and is on the disk before anything is said of it. Who holds the gate writes here; who holds the
//! lane of sending reads files and leaves a reason (`refuse`) in a file of its own.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::sealed::{PIECE, Pieces, Place, Sealed};
use super::writing::{Writing, not_kept};
use super::{age, remove, waits};
use crate::error::{Cause, Error, Result};
use crate::mail::{AttachedFile, Refusal};
use crate::request::body::Source as _;
use crate::seal::Key;
use crate::state::{self, UserId, from_hex, hex};

/// For how long a message is kept after it was changed last.
const LIFE: Duration = Duration::from_secs(30 * 86_400);
/// The longest file of what was typed, in bytes.
const MOST: usize = 32 * 1024 * 1024;
/// Most messages of a user that are being written at once.
pub const DRAFTS: usize = 100;
/// The files of one.
const TYPED: &str = "typed";
const REFUSED: &str = "refused";
/// What a form brings while it is taken, and what of it did not come.
const COMING: &str = "coming";
/// What was typed of one that was thrown away, and for how long it can be taken back.
const ASIDE: &str = "aside";
const ASIDE_LIFE: Duration = Duration::from_secs(15 * 60);

/// The files that a form brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    /// The number that the first of them will have.
    pub first: u32,
    /// Their names.
    pub names: Vec<String>,
}

/// What lies in a directory of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Messages that are being written.
    Draft,
    /// What others begin with.
    Template,
}

/// The messages that one user is writing, under one data key.
#[derive(Clone, Debug)]
pub struct Drafts {
    kind: Kind,
    dir: PathBuf,
    user: UserId,
    data: [u8; 8],
}

impl Drafts {
    /// Those of a user, by the user's directory and the id of the data key.
    pub fn of(user_dir: &Path, user: UserId, data: [u8; 8]) -> Drafts {
        Drafts::of_kind(Kind::Draft, user_dir, user, data)
    }

    pub(super) fn of_kind(kind: Kind, user_dir: &Path, user: UserId, data: [u8; 8]) -> Drafts {
        let name = match kind {
            Kind::Draft => "drafts",
            Kind::Template => "templates",
        };
        Drafts {
            kind,
            dir: user_dir.join(name).join(hex(&data)),
            user,
            data,
        }
    }

    /// A message; None where there is none (any more).
    ///
    /// # Errors
    /// `Setup`.
    pub fn open(&self, id: &[u8; 16], key: &Key) -> Result<Option<Writing>> {
        let Some(plain) = self.read_plain(id, TYPED, key)? else {
            return Ok(None);
        };
        Ok(Writing::of_bytes(&plain))
    }

    /// Why it was not sent when that was last tried; None where it was not tried.
    ///
    /// # Errors
    /// `Setup`.
    pub fn refusal(&self, id: &[u8; 16], key: &Key) -> Result<Option<Refusal>> {
        self.read(id, REFUSED, key)
    }

    /// Keeps a message as it is now, down to the disk.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`: what was kept before is still there then.
    pub fn keep(&self, id: &[u8; 16], writing: &Writing, key: &Key) -> Result<()> {
        self.make(id)?;
        let plain = writing.to_bytes()?;
        self.write_plain(id, TYPED, &plain, key)?;
        self.note_not_there(id)
    }

    /// Notes why it was not sent; of one that was forgotten meanwhile nothing has to be said.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn refuse(&self, id: &[u8; 16], refusal: &Refusal, key: &Key) -> Result<()> {
        let noted = self.write(id, REFUSED, refusal, key);
        noted.or_else(|error| match self.path(id).is_dir() {
            true => Err(error),
            false => Ok(()),
        })
    }

    /// Attaches a file: its bytes are on the disk when this returns, `keep` has to follow.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`; `Internal` where it cannot be read.
    pub fn attach(
        &self,
        id: &[u8; 16],
        number: u32,
        from: &mut dyn Read,
        key: &Key,
    ) -> Result<u64> {
        self.make(id)?;
        let path = self.file(id, number);
        let written = (|| {
            let mut pieces = Pieces::begin(&path, key, self.place_of(id, number))?;
            let mut buffer = vec![0; PIECE];
            let mut size = 0_u64;
            loop {
                let unreadable = |e| Error::Internal(Cause::at("reading an upload", e));
                let n = from.read(&mut buffer).map_err(unreadable)?;
                if n == 0 {
                    break;
                }
                pieces.push(buffer.get(..n).unwrap_or_default())?;
                size = size.saturating_add(n as u64);
            }
            pieces.finish()?;
            Ok(size)
        })();
        if written.is_err() {
            // Nothing names it; if this fails too, it goes with its message.
            drop(fs::remove_file(&path));
        }
        written
    }

    /// Removes an attached file, after `keep` has let go of it.
    ///
    /// # Errors
    /// `Setup`.
    pub fn detach(&self, id: &[u8; 16], number: u32) -> Result<()> {
        remove(&self.file(id, number))
    }

    /// Notes the names of the files that a form brings, before their bytes are taken, and of those that did not come whole, then.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn note_coming(&self, id: &[u8; 16], coming: &Coming, key: &Key) -> Result<()> {
        match coming.names.is_empty() {
            true => remove(&self.path(id).join(COMING)),
            false => {
                self.make(id)?;
                self.write(id, COMING, coming, key)
            }
        }
    }

    /// The names of the files of the last form that are not with a message, though nobody may have been told: whoever took them
    /// was ended, or the line broke.
    ///
    /// # Errors
    /// `Setup`.
    pub fn not_come(&self, id: &[u8; 16], writing: &Writing, key: &Key) -> Result<Vec<String>> {
        let Some(coming) = self.read::<Coming>(id, COMING, key)? else {
            return Ok(Vec::new());
        };
        let mut names = coming.names;
        let came = writing.files.iter();
        for file in came.filter(|file| file.number >= coming.first) {
            if let Some(at) = names.iter().position(|name| *name == file.name) {
                names.remove(at);
            }
        }
        Ok(names)
    }

    /// The bytes of an attached file; None where they are not there whole.
    ///
    /// # Errors
    /// `Setup`.
    pub fn read_file(&self, id: &[u8; 16], number: u32, key: &Key) -> Result<Option<FileBytes>> {
        let path = self.file(id, number);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(state::failed(&path, &e)),
        };
        let sealed = Sealed::new(file, key, self.place_of(id, number));
        Ok(sealed.map(|sealed| FileBytes { sealed, at: 0 }))
    }

    /// Forgets a message: it was sent, or thrown away.
    ///
    /// # Errors
    /// `Setup`.
    pub fn forget(&self, id: &[u8; 16]) -> Result<()> {
        state::remove_all(&self.path(id))
    }

    /// Sets a message aside that was thrown away; those that were set aside before and nobody has taken back are forgotten.
    ///
    /// # Errors
    /// `Setup`.
    pub fn set_aside(&self, id: &[u8; 16]) -> Result<()> {
        for one in state::entries(&self.dir)? {
            let aside = fs::metadata(one.path().join(ASIDE));
            if aside.is_ok_and(|about| age(&about) > ASIDE_LIFE) {
                state::remove_all(&one.path())?;
            }
        }
        let dir = self.path(id);
        let (from, to) = (dir.join(TYPED), dir.join(ASIDE));
        match fs::rename(&from, &to) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            moved => moved.map_err(|e| state::failed(&to, &e))?,
        }
        // From now on its time counts.
        let touched = fs::File::open(&to).and_then(|file| file.set_modified(SystemTime::now()));
        touched.map_err(|e| state::failed(&to, &e))?;
        state::sync_dir(&dir)
    }

    /// Takes back what was set aside; false where it is not there any more.
    ///
    /// # Errors
    /// `Setup`.
    pub fn take_back(&self, id: &[u8; 16]) -> Result<bool> {
        let dir = self.path(id);
        let (from, to) = (dir.join(ASIDE), dir.join(TYPED));
        match fs::rename(&from, &to) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(to.exists()),
            moved => moved.map_err(|e| state::failed(&to, &e))?,
        }
        state::sync_dir(&dir)?;
        Ok(true)
    }

    /// All of them, the one changed last first.
    ///
    /// # Errors
    /// `Setup`.
    pub fn all(&self) -> Result<Vec<[u8; 16]>> {
        let mut all = Vec::new();
        for entry in state::entries(&self.dir)? {
            let id = entry.file_name().to_str().and_then(from_hex);
            let typed = fs::metadata(entry.path().join(TYPED));
            if let (Some(id), Ok(about)) = (id, typed) {
                all.push((age(&about), id));
            }
        }
        all.sort_unstable();
        Ok(all.into_iter().map(|(_, id)| id).collect())
    }

    /// How many bytes the files of all messages of the user take.
    ///
    /// # Errors
    /// `Setup`.
    pub fn used(&self) -> Result<u64> {
        let mut used = 0_u64;
        for of_key in state::entries(self.dir.parent().unwrap_or(&self.dir))? {
            for one in state::entries(&of_key.path())? {
                for file in state::entries(&one.path())? {
                    let about = file.metadata();
                    let about = about.map_err(|e| state::failed(&file.path(), &e))?;
                    used = used.saturating_add(about.len());
                }
            }
        }
        Ok(used)
    }

    pub(super) fn make(&self, id: &[u8; 16]) -> Result<()> {
        let dir = self.path(id);
        if dir.is_dir() {
            return Ok(());
        }
        state::make_dir(&dir, true)?;
        let above = self.dir.ancestors().take(3);
        for dir in above {
            state::sync_dir(dir)?;
        }
        Ok(())
    }

    pub(super) fn write<T: Serialize>(
        &self,
        id: &[u8; 16],
        name: &str,
        value: &T,
        key: &Key,
    ) -> Result<()> {
        let plain = postcard::to_stdvec(value).map_err(not_kept)?;
        self.write_plain(id, name, &plain, key)
    }

    fn write_plain(&self, id: &[u8; 16], name: &str, plain: &[u8], key: &Key) -> Result<()> {
        let sealed = key.seal(&self.place(id, name), plain)?;
        let dir = self.path(id);
        state::write_whole(&dir, name, &sealed)?;
        state::sync_dir(&dir)
    }

    pub(super) fn read<T: DeserializeOwned>(
        &self,
        id: &[u8; 16],
        name: &str,
        key: &Key,
    ) -> Result<Option<T>> {
        let plain = self.read_plain(id, name, key)?;
        Ok(plain.and_then(|plain| postcard::from_bytes(&plain).ok()))
    }

    fn read_plain(&self, id: &[u8; 16], name: &str, key: &Key) -> Result<Option<Vec<u8>>> {
        let path = self.path(id).join(name);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(state::failed(&path, &e)),
        };
        let sealed = state::few_bytes(file, MOST).map_err(|e| state::failed(&path, &e))?;
        Ok(key.open(&self.place(id, name), &sealed))
    }

    pub(super) fn path(&self, id: &[u8; 16]) -> PathBuf {
        self.dir.join(hex(id))
    }

    fn file(&self, id: &[u8; 16], number: u32) -> PathBuf {
        self.path(id).join(format!("file.{number}"))
    }

    fn place(&self, id: &[u8; 16], name: &str) -> Vec<u8> {
        let kind: &[u8] = match self.kind {
            Kind::Draft => b"draft",
            Kind::Template => b"template",
        };
        [kind, &self.user.0, &self.data, id, name.as_bytes()].concat()
    }

    /// A file of one is bound to its number, too.
    fn place_of(&self, id: &[u8; 16], number: u32) -> Place {
        let mut id = *id;
        for (to, from) in id.iter_mut().rev().zip(number.to_be_bytes()) {
            *to ^= from;
        }
        Place {
            user: self.user,
            id,
        }
    }
}

/// Copies files of a message to another one. A file that cannot be read any more is left out.
///
/// # Errors
/// `DiskFull`, `Setup`, `Internal`.
pub fn copy_files(
    files: &[AttachedFile],
    (from, of): (&Drafts, &[u8; 16]),
    (into, to): (&Drafts, &[u8; 16]),
    key: &Key,
) -> Result<Vec<AttachedFile>> {
    let mut copied = Vec::new();
    for file in files {
        if let Some(mut bytes) = from.read_file(of, file.number, key)? {
            into.attach(to, file.number, &mut bytes, key)?;
            copied.push(file.clone());
        }
    }
    Ok(copied)
}

/// The bytes of an attached file, opened piece by piece.
pub struct FileBytes {
    sealed: Sealed,
    at: u64,
}

impl FileBytes {
    /// How many there are.
    pub fn length(&self) -> u64 {
        self.sealed.length()
    }
}

impl Read for FileBytes {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.sealed.read_at(self.at, into)?;
        self.at = self.at.saturating_add(n as u64);
        Ok(n)
    }
}

/// Removes what nobody has changed for 30 days, below the directory of a user.
///
/// # Errors
/// `Setup`.
pub(super) fn sweep(user_dir: &Path) -> Result<()> {
    let dir = user_dir.join("drafts");
    for of_key in state::entries(&dir)? {
        for one in state::entries(&of_key.path())? {
            let typed = fs::metadata(one.path().join(TYPED));
            let is_gone = one.path().extension().is_some();
            // What waits is not given up.
            if !is_gone && waits(&one.path()) {
                continue;
            }
            if is_gone || !typed.is_ok_and(|about| age(&about) <= LIFE) {
                state::remove_all(&one.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Draft;

    /// What a version without HTML has put down of a draft: "Hi" to bo@x.org, of second 7.
    const BEFORE: &[u8] =
        b"\x0e\x00\x08bo@x.org\x00\x00\x00\x00\x02Hi\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00";

    #[test]
    fn what_was_put_down_before_there_was_html_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let drafts = Drafts::of(dir.path(), UserId([1; 16]), [2; 8]);
        let (id, key) = ([3; 16], Key::random().unwrap());
        drafts.make(&id).unwrap();
        drafts.write_plain(&id, TYPED, BEFORE, &key).unwrap();
        let mut writing = drafts.open(&id, &key).unwrap().unwrap();
        let draft = Draft {
            to: "bo@x.org".to_owned(),
            text: "Hi".to_owned(),
            ..Draft::default()
        };
        assert_eq!(writing, Writing::new(draft, 7));
        for html in ["<p>Hëllo</p>", ""] {
            writing.draft.html = html.to_owned();
            drafts.keep(&id, &writing, &key).unwrap();
            assert_eq!(drafts.open(&id, &key).unwrap().as_ref(), Some(&writing));
        }
        // What is torn is none.
        let plain = postcard::to_stdvec(&writing).unwrap();
        let torn = plain.get(..plain.len() - 1).unwrap();
        drafts.write_plain(&id, TYPED, torn, &key).unwrap();
        assert_eq!(drafts.open(&id, &key).unwrap(), None);
    }
}
