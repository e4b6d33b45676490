//! Forms that cannot be taken yet, because their session has ended: kept, sealed, until their user has signed in again.
//! Files in `users/<id>/outbox/`, two for each user, for an hour. And forms that take longer than a request: `imports`.
//!
//! Not for carrying a form out: after signing in it is shown, and its user decides (`actions::resume`). To know before
//! changing it: the key of a form is in no file. The sign-in page has it, in a `Ticket`; signing in seals it under the data
//! key of the session (`hand_over`), over bytes that the file has kept free for it, so that this works on a full disk too.
//! Only who holds the gate comes here, so one name for the unfinished file is enough.

mod drafts;
mod imports;
mod on_server;
mod sealed;
mod templates;
mod waiting;
mod writing;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::error::{Cause, Error, Result};
use crate::gate::{LaneKind, Pass};
use crate::request::body::{Source as _, read_stretch};
use crate::request::form::Form;
use crate::request::upload::Upload;
use crate::seal::{self, Key};
use crate::state;
pub use drafts::{Coming, DRAFTS, Drafts, FileBytes, copy_files};
pub use imports::{Import, Imports, UnderWay};
pub use on_server::OnServer;
use sealed::{LID, LID_AT, PIECE, Pieces, Place, Sealed};
pub use templates::{TEMPLATES, Template, Templates};
pub use waiting::Waiting;
pub use writing::Writing;

/// The file with a message that is to be sent later.
const WAITING: &str = "waiting";
/// What lies here of a user.
const DIRS: [&str; 5] = ["outbox", "imports", "drafts", "templates", "wraps"];
/// How many forms of one user are kept; a further one takes the place of the oldest.
const FORMS: usize = 2;
/// For how long a form is kept: until its user signs in, and again from then on.
const LIFE: Duration = Duration::from_secs(3600);
/// The longest description of a form, in bytes: its fields, and the names of its files.
const MOST_DESCRIBED: u32 = 16 * 1024 * 1024;
/// What the file is called until it is whole.
const UNFINISHED: &str = "new";

/// Names a kept form. It opens nothing, so it may stand in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormId([u8; 16]);

impl FormId {
    /// Reads what `to_text` wrote.
    pub fn from_text(text: &str) -> Option<FormId> {
        <[u8; 16]>::try_from(seal::from_text(text)?)
            .ok()
            .map(FormId)
    }

    /// As it stands in an address.
    pub fn to_text(self) -> String {
        seal::to_text(&self.0)
    }

    fn file_name(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What opens a kept form before its user has signed in: only the sign-in page holds it.
#[derive(Debug)]
pub struct Ticket {
    /// Which form.
    pub id: FormId,
    key: Key,
}

impl Ticket {
    /// Reads a field of the sign-in form.
    pub fn from_text(text: &str) -> Option<Ticket> {
        let bytes = seal::from_text(text)?;
        let (id, key) = bytes.split_first_chunk::<16>()?;
        Some(Ticket {
            id: FormId(*id),
            key: Key::new(key.try_into().ok()?),
        })
    }

    /// As it stands in a field of the sign-in form.
    pub fn to_text(&self) -> String {
        seal::to_text(&[&self.id.0[..], self.key.bytes()].concat())
    }
}

/// A form out of the outbox.
pub struct Kept {
    /// Its name.
    pub id: FormId,
    /// What it asks for: path and query below the base, by POST.
    pub target: String,
    /// What was in it. Its files are read, and opened, where they lie.
    pub form: Form,
}

/// What is sealed in front of the files.
#[derive(Serialize, Deserialize)]
struct Description {
    target: String,
    fields: Vec<(String, String)>,
    /// `at` counts from the first byte of the first file.
    files: Vec<Upload>,
}

/// The kept forms of the user whose gate is held.
pub struct Outbox<'p> {
    dir: PathBuf,
    pass: &'p Pass,
}

impl<'p> Outbox<'p> {
    /// The outbox behind a gate.
    pub fn of(pass: &'p Pass) -> Outbox<'p> {
        Outbox {
            dir: pass.dir().join("outbox"),
            pass,
        }
    }

    /// Keeps a form that was sent to `target` (path and query below the base).
    ///
    /// # Errors
    /// `DiskFull`, `Setup`; `Internal` where the spool cannot be read back or the system has no random numbers. What was
    /// kept before is still there then.
    pub fn keep(&self, target: &str, form: &Form) -> Result<Ticket> {
        if !self.dir.is_dir() {
            state::make_dir(&self.dir, false)?;
            state::sync_dir(self.pass.dir())?;
        }
        let ticket = Ticket {
            id: FormId(seal::random()?),
            key: Key::random()?,
        };
        let unfinished = self.dir.join(UNFINISHED);
        let seal = Sealing {
            key: &ticket.key,
            place: self.place(ticket.id),
        };
        let written = write(&unfinished, &seal, target, form);
        if written.is_err() {
            // If this fails too, the next form is written over what is left.
            drop(fs::remove_file(&unfinished));
        }
        written?;
        let path = self.path(ticket.id);
        fs::rename(&unfinished, &path).map_err(|e| state::failed(&path, &e))?;
        state::sync_dir(&self.dir)?;
        self.make_room(ticket.id)?;
        Ok(ticket)
    }

    /// Seals the form's key under the data key of its user's new session: from here on `open` finds it. False where there
    /// is no such form (any more), or the ticket is not of this user.
    ///
    /// # Errors
    /// `Setup`, `DiskFull`.
    pub fn hand_over(&self, ticket: &Ticket, data: &Key) -> Result<bool> {
        let Some(file) = self.opened(ticket.id)? else {
            return Ok(false);
        };
        let Some(form) = Sealed::new(file, &ticket.key, self.place(ticket.id)) else {
            return Ok(false);
        };
        let lid = data.seal(&self.lid_place(ticket.id), ticket.key.bytes())?;
        let written = form.put_lid(&lid);
        written.map_err(|e| state::failed(&self.path(ticket.id), &e))?;
        Ok(true)
    }

    /// A form that was handed over to a session with this data key; None where there is none (any more).
    ///
    /// # Errors
    /// `Setup`.
    pub fn open(&self, id: FormId, data: &Key) -> Result<Option<Kept>> {
        let Some(file) = self.opened(id)? else {
            return Ok(None);
        };
        let mut lid = [0; LID];
        if file.read_exact_at(&mut lid, LID_AT).is_err() {
            return Ok(None);
        }
        let key = data.open(&self.lid_place(id), &lid);
        let key = key.and_then(|key| <[u8; 32]>::try_from(key).ok());
        let sealed = key.and_then(|key| Sealed::new(file, &Key::new(key), self.place(id)));
        Ok(sealed.and_then(|sealed| described(id, sealed)))
    }

    /// True while a job of this kind is at work for the user.
    ///
    /// # Errors
    /// `Setup`, `DiskFull`.
    pub fn is_at_work(&self, kind: &LaneKind) -> Result<bool> {
        self.pass.is_at_work(kind)
    }

    /// Forgets a form: it was taken, or given up.
    ///
    /// # Errors
    /// `Setup`.
    pub fn forget(&self, id: FormId) -> Result<()> {
        remove(&self.path(id))
    }

    /// Removes what is older than an hour, and what somebody has left unfinished; of imports what is older than a day, of
    /// messages that are being written what is older than 30.
    ///
    /// # Errors
    /// `Setup`.
    pub fn sweep(&self) -> Result<()> {
        for (_, path) in self.forms()?.iter().filter(|(age, _)| *age > LIFE) {
            remove(path)?;
        }
        imports::sweep(self.pass.dir())?;
        drafts::sweep(self.pass.dir())?;
        // What somebody was removing who was ended.
        for dir in DIRS {
            state::remove_all(&self.pass.dir().join(dir).with_extension("gone"))?;
        }
        remove(&self.dir.join(UNFINISHED))
    }

    /// Removes all forms, all imports, and all messages that are being written.
    ///
    /// # Errors
    /// `Setup`.
    pub fn remove_all(&self) -> Result<()> {
        for dir in DIRS {
            state::remove_all(&self.pass.dir().join(dir))?;
        }
        Ok(())
    }

    /// Removes all but the youngest, of which `newest` is one.
    fn make_room(&self, newest: FormId) -> Result<()> {
        let newest = self.path(newest);
        let mut others = self.forms()?;
        others.retain(|(_, path)| *path != newest);
        others.sort_unstable();
        let kept = FORMS.saturating_sub(1);
        for (_, path) in others.iter().skip(kept) {
            remove(path)?;
        }
        for (_, path) in others.iter().take(kept).filter(|(age, _)| *age > LIFE) {
            remove(path)?;
        }
        Ok(())
    }

    /// All forms and their ages, oldest last when sorted.
    fn forms(&self) -> Result<Vec<(Duration, PathBuf)>> {
        let failed = |e: io::Error| state::failed(&self.dir, &e);
        let mut all = Vec::new();
        for entry in state::entries(&self.dir)? {
            if entry.file_name() != UNFINISHED {
                let metadata = entry.metadata().map_err(failed)?;
                all.push((age(&metadata), entry.path()));
            }
        }
        Ok(all)
    }

    /// The file of a form, if it is there and young enough.
    fn opened(&self, id: FormId) -> Result<Option<File>> {
        let path = self.path(id);
        let failed = |e: io::Error| state::failed(&path, &e);
        let mut options = fs::OpenOptions::new();
        let file = match options.read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed(e)),
        };
        let is_young = age(&file.metadata().map_err(failed)?) <= LIFE;
        Ok(is_young.then_some(file))
    }

    fn path(&self, id: FormId) -> PathBuf {
        self.dir.join(id.file_name())
    }

    fn place(&self, id: FormId) -> Place {
        Place {
            user: self.pass.user(),
            id: id.0,
        }
    }

    fn lid_place(&self, id: FormId) -> Vec<u8> {
        [b"outbox key", &self.pass.user().0[..], &id.0].concat()
    }
}

/// What a form is sealed with.
struct Sealing<'k> {
    key: &'k Key,
    place: Place,
}

/// Writes a form whole.
fn write(path: &Path, seal: &Sealing, target: &str, form: &Form) -> Result<()> {
    let mut at = 0_u64;
    let files = form.files().iter().map(|file| {
        let here = at;
        let size = file.refused.map_or(file.size, |_| 0);
        at = at.saturating_add(size);
        Upload {
            at: here,
            size,
            ..file.clone()
        }
    });
    let description = postcard::to_stdvec(&Description {
        target: target.to_owned(),
        files: files.collect(),
        fields: form.fields().to_vec(),
    });
    let description =
        description.map_err(|e| Error::Internal(Cause::at("describing a form", e)))?;
    let length = u32::try_from(description.len()).ok();
    let length = length.filter(|length| *length <= MOST_DESCRIBED);
    let length = length.ok_or(Error::TooLarge {
        limit: MOST_DESCRIBED.into(),
    })?;

    let mut pieces = Pieces::begin(path, seal.key, seal.place)?;
    pieces.push(&length.to_be_bytes())?;
    pieces.push(&description)?;
    let mut buffer = vec![0; PIECE];
    for upload in form.files().iter().filter(|file| file.refused.is_none()) {
        let mut reader = form.open(upload);
        loop {
            let unreadable = |e| Error::Internal(Cause::at("reading the spool", e));
            match reader.read(&mut buffer).map_err(unreadable)? {
                0 => break,
                n => pieces.push(buffer.get(..n).unwrap_or_default())?,
            }
        }
    }
    pieces.finish()
}

/// A form, by the description in front of its files; None where there is none.
fn described(id: FormId, mut sealed: Sealed) -> Option<Kept> {
    let mut length = [0; 4];
    (sealed.read_at(0, &mut length).ok()? == 4).then_some(())?;
    let length = u32::from_be_bytes(length);
    if length > MOST_DESCRIBED {
        return None;
    }
    sealed.start_at(4);
    let description = read_stretch(&sealed, 0, length.into()).ok()?;
    let described: Description = postcard::from_bytes(&description).ok()?;
    sealed.start_at(u64::from(length).checked_add(4)?);
    Some(Kept {
        id,
        target: described.target,
        form: Form::new(described.fields, described.files, Rc::new(sealed)),
    })
}

/// How long ago a form was kept, or handed over. One from the future counts by how far it is away.
fn age(metadata: &fs::Metadata) -> Duration {
    let at = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    SystemTime::now()
        .duration_since(at)
        .unwrap_or_else(|future| future.duration())
}

/// True for the directory of a message that was to be sent later.
fn waits(dir: &Path) -> bool {
    dir.join(WAITING).exists()
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(state::failed(path, &e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Config};
    use crate::gate::{self, Waiter};
    use crate::mail::{Draft, Refusal};
    use crate::request::body::{Body, Bytes};
    use crate::state::State;
    use crate::time::Deadline;

    fn state(dir: &Path) -> State {
        let config = Config {
            state_dir: Some(dir.join("state")),
            ..Config::default()
        };
        State::open(&config, &[]).unwrap()
    }

    fn pass(state: &State, login: &str) -> Pass {
        let user = state.user("", login);
        state.make_user(user).unwrap();
        let deadline = Deadline::after(Duration::from_secs(5));
        let gate = config::Gate::default();
        let gate = gate::Gate {
            state,
            config: &gate,
            deadline,
        };
        gate.enter(user, Waiter::Act).unwrap()
    }

    /// A form with two fields of one name, a file of this length, and an empty one.
    fn form(length: usize) -> Form {
        let content: String = (0..length)
            .map(|n| char::from(b'a' + (n % 23) as u8))
            .collect();
        let part = |parameters: &str, content: &str| {
            format!("--b\r\nContent-Disposition: form-data; {parameters}\r\n\r\n{content}\r\n")
        };
        let body = [
            part("name=to", "bo@example.org"),
            part("name=to", "cas@example.org"),
            part("name=text", "The third geranium"),
            part("name=file; filename=\"Übersicht.txt\"", &content),
            part("name=file; filename=empty", ""),
            "--b--".to_owned(),
        ];
        let bytes = Bytes::Memory(seal::Wiped::new(body.concat().into_bytes()));
        let body = Body { bytes, cut: None };
        Form::read("multipart/form-data; boundary=b", body).unwrap()
    }

    fn content(form: &Form, nth: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        form.open(&form.files()[nth]).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn make_older(outbox: &Outbox, id: FormId, by: Duration) {
        let file = File::options().write(true).open(outbox.path(id)).unwrap();
        file.set_modified(SystemTime::now() - by).unwrap();
    }

    #[test]
    fn a_form_comes_back_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let state = state(dir.path());
        let pass = pass(&state, "ann");
        let outbox = Outbox::of(&pass);
        let data = Key::random().unwrap();
        // Around the ends of pieces, too.
        for length in [0, 1, PIECE - 300, PIECE - 250, PIECE, 3 * PIECE + 7] {
            let sent = form(length);
            let ticket = outbox.keep("/sender?u=1", &sent).unwrap();
            let id = ticket.id;
            assert!(
                outbox.open(id, &data).unwrap().is_none(),
                "before signing in"
            );
            let ticket = Ticket::from_text(&ticket.to_text()).unwrap();
            assert!(outbox.hand_over(&ticket, &data).unwrap());
            let id = FormId::from_text(&id.to_text()).unwrap();
            let kept = outbox.open(id, &data).unwrap().unwrap();
            assert_eq!(kept.target, "/sender?u=1");
            assert_eq!(kept.form.fields(), sent.fields());
            for nth in 0..2 {
                let (file, was) = (&kept.form.files()[nth], &sent.files()[nth]);
                assert_eq!((&file.name, &file.field), (&was.name, &was.field));
                assert_eq!(
                    content(&kept.form, nth).unwrap(),
                    content(&sent, nth).unwrap()
                );
            }
            outbox.forget(id).unwrap();
            assert!(outbox.open(id, &data).unwrap().is_none());
            outbox.forget(id).unwrap();
        }
    }

    #[test]
    fn without_its_key_nothing_of_a_form_can_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let state = state(dir.path());
        let pass = pass(&state, "ann");
        let outbox = Outbox::of(&pass);
        let data = Key::random().unwrap();
        let ticket = outbox.keep("/sender", &form(70_000)).unwrap();
        outbox.hand_over(&ticket, &data).unwrap();
        let lies = fs::read(outbox.path(ticket.id)).unwrap();
        for text in ["geranium", "example.org", "bersicht", "abcdefgh", "/sender"] {
            let found = lies.windows(text.len()).any(|w| w == text.as_bytes());
            assert!(!found, "{text}");
        }
        for key in [ticket.key.bytes(), data.bytes()] {
            assert!(!lies.windows(32).any(|w| w == key));
        }
        let other = Key::random().unwrap();
        assert!(outbox.open(ticket.id, &other).unwrap().is_none());
        let wrong = Ticket {
            id: ticket.id,
            key: other,
        };
        assert!(!outbox.hand_over(&wrong, &data).unwrap());
        assert!(outbox.open(ticket.id, &data).unwrap().is_some());
    }

    #[test]
    fn a_form_belongs_to_its_user_and_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let state = state(dir.path());
        let (ann, bo) = (pass(&state, "ann"), pass(&state, "bo"));
        let (of_ann, of_bo) = (Outbox::of(&ann), Outbox::of(&bo));
        let data = Key::random().unwrap();
        let ticket = of_ann.keep("/sender", &form(10)).unwrap();
        assert!(!of_bo.hand_over(&ticket, &data).unwrap());
        // Not even where its file is carried there, or to another name.
        fs::create_dir(&of_bo.dir).unwrap();
        fs::copy(of_ann.path(ticket.id), of_bo.path(ticket.id)).unwrap();
        assert!(!of_bo.hand_over(&ticket, &data).unwrap());
        let renamed = Ticket {
            id: FormId([7; 16]),
            key: ticket.key.clone(),
        };
        fs::copy(of_ann.path(ticket.id), of_ann.path(renamed.id)).unwrap();
        assert!(!of_ann.hand_over(&renamed, &data).unwrap());
        assert!(of_ann.hand_over(&ticket, &data).unwrap());
    }

    #[test]
    fn a_user_has_two_forms_and_each_an_hour() {
        let dir = tempfile::tempdir().unwrap();
        let state = state(dir.path());
        let pass = pass(&state, "ann");
        let outbox = Outbox::of(&pass);
        let data = Key::random().unwrap();
        let keep = |ago: u64| {
            let ticket = outbox.keep("/sender", &form(10)).unwrap();
            make_older(&outbox, ticket.id, Duration::from_secs(ago));
            ticket
        };
        let (oldest, older) = (keep(50), keep(40));
        let newest = keep(0);
        assert!(!outbox.hand_over(&oldest, &data).unwrap());
        assert!(outbox.hand_over(&newest, &data).unwrap());
        make_older(&outbox, older.id, Duration::from_secs(3590));
        // From signing in on it has another hour.
        assert!(outbox.hand_over(&older, &data).unwrap());
        outbox.sweep().unwrap();
        assert!(outbox.open(older.id, &data).unwrap().is_some());
        make_older(&outbox, older.id, Duration::from_secs(3610));
        assert!(outbox.open(older.id, &data).unwrap().is_none());
        assert!(!outbox.hand_over(&older, &data).unwrap());
        fs::write(outbox.dir.join(UNFINISHED), "left by a killed request").unwrap();
        outbox.sweep().unwrap();
        let left: Vec<_> = fs::read_dir(&outbox.dir).unwrap().collect();
        assert_eq!(left.len(), 1);
        outbox.remove_all().unwrap();
        outbox.remove_all().unwrap();
        outbox.sweep().unwrap();
        assert!(!outbox.dir.exists());
    }

    #[test]
    fn a_form_that_was_cut_or_changed_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let state = state(dir.path());
        let pass = pass(&state, "ann");
        let outbox = Outbox::of(&pass);
        let data = Key::random().unwrap();
        let ticket = outbox.keep("/sender", &form(2 * PIECE)).unwrap();
        outbox.hand_over(&ticket, &data).unwrap();
        let path = outbox.path(ticket.id);
        let whole = fs::read(&path).unwrap();
        let sealed = PIECE + seal::SEALED_BYTES;
        let ends = [0, 7, 8, 60, 80, 81, 120, 80 + sealed, 80 + 2 * sealed];
        for end in ends.into_iter().chain([whole.len() - 1]) {
            fs::write(&path, &whole[..end]).unwrap();
            assert!(outbox.open(ticket.id, &data).unwrap().is_none(), "{end}");
        }
        for at in [0, 8, 79, 80, 150, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert!(outbox.open(ticket.id, &data).unwrap().is_none(), "{at}");
        }
        // A piece in the middle is only opened when it is read.
        let mut changed = whole.clone();
        changed[80 + sealed + 30] ^= 1;
        fs::write(&path, &changed).unwrap();
        let kept = outbox.open(ticket.id, &data).unwrap().unwrap();
        assert_eq!(kept.form.get("text"), "The third geranium");
        assert!(content(&kept.form, 0).is_err());
        // Pieces that change places.
        let mut swapped = whole.clone();
        let (first, second) = swapped[80..80 + 2 * sealed].split_at_mut(sealed);
        first.swap_with_slice(second);
        fs::write(&path, &swapped).unwrap();
        assert!(outbox.open(ticket.id, &data).unwrap().is_none());
    }

    #[test]
    fn what_names_a_form_is_read_whole_or_not_at_all() {
        for text in ["", "AAAA", "../../../../etc/passwd", "!"] {
            assert!(FormId::from_text(text).is_none() && Ticket::from_text(text).is_none());
        }
        let id = FormId([0xff; 16]);
        assert!(id.file_name().bytes().all(|b| b.is_ascii_hexdigit()));
        assert!(Ticket::from_text(&seal::to_text(&[1; 47])).is_none());
    }

    #[test]
    fn a_message_is_forgotten_whoever_leaves_a_reason_with_it_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        let state = state(dir.path());
        let pass = pass(&state, "ann");
        let drafts = Drafts::of(pass.dir(), pass.user(), *b"data key");
        let key = Key::random().unwrap();
        for nth in 0..100 {
            let id = [nth; 16];
            let writing = Writing::new(Draft::default(), 0);
            drafts.keep(&id, &writing, &key).unwrap();
            std::thread::scope(|scope| {
                let other = scope.spawn(|| {
                    while drafts.open(&id, &key).unwrap().is_some() {
                        drafts.refuse(&id, &Refusal::Crowded, &key).unwrap();
                    }
                });
                std::thread::yield_now();
                assert_eq!(drafts.forget(&id), Ok(()));
                other.join().unwrap();
            });
        }
        assert_eq!(drafts.all().unwrap(), Vec::<[u8; 16]>::new());
        assert_eq!(drafts.used().unwrap(), 0);
    }
}
