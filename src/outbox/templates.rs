//! Messages that others begin with: what was typed and attached, and a name, sealed as messages that are being written are. A
//! directory for each in `users/<id>/templates/<data key>/`, until its user deletes it.
//!
//! To know before changing it: one is there as soon as what was typed is there, so that is written last.

use std::path::Path;

use super::drafts::{Drafts, Kind, copy_files};
use super::writing::Writing;
use crate::error::Result;
use crate::mail::AttachedFile;
use crate::seal::{self, Key};
use crate::state::{UserId, from_hex, hex};

/// Most templates of a user.
pub const TEMPLATES: usize = 50;
/// The file with the name of one.
const NAME: &str = "name";

/// A message that others begin with.
#[derive(Clone, Debug)]
pub struct Template {
    /// Names it in forms.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it holds.
    pub writing: Writing,
}

/// Those of one user, under one data key.
#[derive(Clone, Debug)]
pub struct Templates(Drafts);

impl Templates {
    /// Those of a user, by the user's directory and the id of the data key.
    pub fn of(user_dir: &Path, user: UserId, data: [u8; 8]) -> Templates {
        Templates(Drafts::of_kind(Kind::Template, user_dir, user, data))
    }

    /// All of them, by their names.
    ///
    /// # Errors
    /// `Setup`.
    pub fn all(&self, key: &Key) -> Result<Vec<Template>> {
        let mut all = Vec::new();
        for id in self.0.all()? {
            all.extend(self.read(&id, key)?);
        }
        all.sort_by_cached_key(|one| (one.name.to_lowercase(), one.id.clone()));
        Ok(all)
    }

    /// One of them; None where there is none (any more).
    ///
    /// # Errors
    /// `Setup`.
    pub fn open(&self, id: &str, key: &Key) -> Result<Option<Template>> {
        from_hex(id).map_or(Ok(None), |id| self.read(&id, key))
    }

    fn read(&self, id: &[u8; 16], key: &Key) -> Result<Option<Template>> {
        let Some(writing) = self.0.open(id, key)? else {
            return Ok(None);
        };
        let name = self.0.read(id, NAME, key)?;
        Ok(Some(Template {
            id: hex(id),
            name: name.unwrap_or_default(),
            writing,
        }))
    }

    /// How many bytes the files of all of them take.
    ///
    /// # Errors
    /// `Setup`.
    pub fn used(&self) -> Result<u64> {
        self.0.used()
    }

    /// Keeps a message as a template of this name, with its files. What it carries of other messages becomes files of its own,
    /// as far as it has been fetched.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`, `Internal`: nothing of it is there then.
    pub fn keep(
        &self,
        name: &str,
        writing: &Writing,
        (drafts, draft): (&Drafts, &[u8; 16]),
        key: &Key,
    ) -> Result<()> {
        let id = seal::random()?;
        let copied = copy(writing, (drafts, draft), (&self.0, &id), key);
        let kept = copied.and_then(|mut writing| {
            for one in std::mem::take(&mut writing.draft.carried) {
                let Some(mut bytes) = drafts.read_file(draft, one.slot(), key)? else {
                    continue;
                };
                let number = writing.next;
                writing.next = number.saturating_add(1);
                writing.files.push(AttachedFile {
                    number,
                    size: self.0.attach(&id, number, &mut bytes, key)?,
                    name: one.name,
                    kind: one.kind,
                });
            }
            // Without files there is no directory yet.
            self.0.make(&id)?;
            self.0.write(&id, NAME, &name, key)?;
            self.0.keep(&id, &writing, key)
        });
        if kept.is_err() {
            // Nobody finds it; its room is freed.
            drop(self.0.forget(&id));
        }
        kept
    }

    /// Begins a message with a template.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`, `Internal`: there is no such message then.
    pub fn begin(
        &self,
        template: &Template,
        (drafts, draft): (&Drafts, &[u8; 16]),
        key: &Key,
    ) -> Result<()> {
        let Some(id) = from_hex(&template.id) else {
            return Ok(());
        };
        let copied = copy(&template.writing, (&self.0, &id), (drafts, draft), key);
        let kept = copied.and_then(|writing| drafts.keep(draft, &writing, key));
        if kept.is_err() {
            drop(drafts.forget(draft));
        }
        kept
    }

    /// Gives one another name.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`.
    pub fn rename(&self, template: &Template, name: &str, key: &Key) -> Result<()> {
        match from_hex(&template.id) {
            Some(id) => self.0.write(&id, NAME, &name, key),
            None => Ok(()),
        }
    }

    /// Deletes one; for a while it can be taken back.
    ///
    /// # Errors
    /// `Setup`.
    pub fn set_aside(&self, template: &Template) -> Result<()> {
        match from_hex(&template.id) {
            Some(id) => self.0.set_aside(&id),
            None => Ok(()),
        }
    }

    /// Takes back one that was deleted; false where it is not there any more.
    ///
    /// # Errors
    /// `Setup`.
    pub fn take_back(&self, id: &str) -> Result<bool> {
        from_hex(id).map_or(Ok(false), |id| self.0.take_back(&id))
    }
}

/// What begins with a message: the same, with its files copied.
fn copy(
    writing: &Writing,
    from: (&Drafts, &[u8; 16]),
    into: (&Drafts, &[u8; 16]),
    key: &Key,
) -> Result<Writing> {
    Ok(Writing {
        files: copy_files(&writing.files, from, into, key)?,
        taken: None,
        ..writing.clone()
    })
}
