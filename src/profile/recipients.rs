//! Whom a user's messages were sent to: `recipients.toml` in the profile.
//!
//! Not for what is made of them (`people`). To know before changing it: what is kept of somebody is what a message said,
//! how often there was one, and when the last; the message itself is in the mailbox.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::Table;

use super::{Profile, put, read};
use crate::error::{Act, Cause, Error, Progress, Result};
use crate::gate::Pass;
use crate::mail::Address;
use crate::state;
use crate::time::Seconds;

/// The file.
const RECIPIENTS: &str = "recipients.toml";
/// Most people; one more, and whoever was written to longest ago goes.
const MOST: usize = 1_000;

/// Somebody whom messages were sent to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// The name that stood before it; may be empty.
    pub name: String,
    /// How many messages.
    pub count: u32,
    /// When the last one was sent.
    pub last: Seconds,
    /// Keys that are none of this version.
    #[serde(flatten)]
    pub other: Table,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct Recipients {
    dir: PathBuf,
    kept: Kept,
}

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// The latest last.
    recipients: Vec<Recipient>,
    #[serde(flatten)]
    other: Table,
}

impl Profile<'_> {
    /// Whom messages were sent to.
    ///
    /// # Errors
    /// `Profile` where that cannot be read.
    pub fn recipients(&self) -> Result<Recipients> {
        Recipients::read(&self.dir)
    }
}

impl Recipients {
    /// Those of the user whose gate is held.
    ///
    /// # Errors
    /// `Profile` where they cannot be read.
    pub fn of(pass: &Pass) -> Result<Recipients> {
        Recipients::read(&pass.dir().join("profile"))
    }

    fn read(dir: &Path) -> Result<Recipients> {
        Ok(Recipients {
            dir: dir.to_owned(),
            kept: read(&dir.join(RECIPIENTS))?,
        })
    }

    /// All, the latest last.
    pub fn all(&self) -> &[Recipient] {
        &self.kept.recipients
    }

    /// A message was sent to these people.
    ///
    /// # Errors
    /// `Profile` where there would be too much; `DiskFull`, `Setup`.
    pub fn note(mut self, people: &[Address], now: Seconds) -> Result<()> {
        let all = &mut self.kept.recipients;
        for person in people {
            let before = all.iter().position(|one| one.is_of(&person.email));
            let before = before.map(|at| all.remove(at)).unwrap_or_default();
            all.push(Recipient {
                name: match person.name.is_empty() {
                    true => before.name,
                    false => person.name.clone(),
                },
                address: person.email.clone(),
                count: before.count.saturating_add(1),
                last: now,
                other: before.other,
            });
        }
        let surplus = all.len().saturating_sub(MOST);
        all.drain(..surplus);
        self.write()?;
        state::sync_dir(&self.dir)
    }

    /// Forgets somebody, by the address, or everybody; whom it forgot.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`. Whether it was done is noted in `progress`.
    pub fn forget(mut self, who: Option<&str>, progress: &Progress) -> Result<Vec<Recipient>> {
        let is_meant = |one: &Recipient| who.is_none_or(|address| one.is_of(address));
        let all = std::mem::take(&mut self.kept.recipients);
        let (gone, stay) = all.into_iter().partition(is_meant);
        self.kept.recipients = stay;
        let act = Act::ForgetPeople {
            address: who.unwrap_or_default().to_owned(),
        };
        self.changed(act, progress)?;
        Ok(gone)
    }

    /// Puts somebody back who was forgotten.
    ///
    /// # Errors
    /// As `forget`.
    pub fn put_back(mut self, person: Recipient, progress: &Progress) -> Result<()> {
        let all = &mut self.kept.recipients;
        all.retain(|one| !one.is_of(&person.address));
        let at = all.partition_point(|one| one.last <= person.last);
        let address = person.address.clone();
        all.insert(at.min(all.len()), person);
        self.changed(Act::RememberPerson { address }, progress)
    }

    fn changed(&self, act: Act, progress: &Progress) -> Result<()> {
        self.write()?;
        progress.tries(act.clone());
        state::sync_dir(&self.dir)?;
        progress.did(act);
        Ok(())
    }

    fn write(&self) -> Result<()> {
        let text = toml::to_string(&self.kept);
        let text = text.map_err(|e| Error::Internal(Cause::at("recipients", e)))?;
        put(&self.dir, RECIPIENTS, &text)
    }
}

impl Recipient {
    /// True for whoever has this address.
    pub fn is_of(&self, address: &str) -> bool {
        self.address.to_lowercase() == address.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: usize) -> Address {
        Address {
            name: format!("Person \"{n}\"\u{202e}"),
            email: format!("p{n}@example.org"),
        }
    }

    #[test]
    fn of_many_people_whoever_was_written_to_longest_ago_goes_and_what_is_not_known_stays() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let file = dir.join(RECIPIENTS);
        let by_hand = "later = 1\n[[recipients]]\naddress = \"P1@Example.org\"\nname = \"One\"\ncount = 3\nnote = \"x\"\n";
        std::fs::write(&file, by_hand).unwrap();
        let all: Vec<Address> = (0..=MOST).map(person).collect();
        Recipients::read(dir).unwrap().note(&all, 7).unwrap();
        let bare = Address {
            name: String::new(),
            ..person(1)
        };
        Recipients::read(dir).unwrap().note(&[bare], 8).unwrap();
        let read = Recipients::read(dir).unwrap();
        assert_eq!(read.all().len(), MOST);
        assert!(!read.all().iter().any(|one| one.is_of("p0@example.org")));
        let last = read.all().last().unwrap();
        assert_eq!((last.count, last.last), (5, 8));
        assert_eq!(last.name, person(1).name);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("later = 1") && text.contains("note = \"x\""));
        let progress = Progress::new(true);
        let gone = read.forget(Some("P1@EXAMPLE.org"), &progress).unwrap();
        assert_eq!(gone.len(), 1);
        let read = Recipients::read(dir).unwrap();
        assert_eq!(read.all().len(), MOST - 1);
        read.put_back(gone[0].clone(), &progress).unwrap();
        let read = Recipients::read(dir).unwrap();
        assert_eq!(read.all().last(), gone.first());
        read.forget(None, &progress).unwrap();
        assert!(Recipients::read(dir).unwrap().all().is_empty());
    }

    #[test]
    fn what_cannot_be_understood_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(RECIPIENTS);
        std::fs::write(&file, "recipients = 1\n").unwrap();
        let read = Recipients::read(dir.path());
        assert!(matches!(read, Err(Error::Profile(_))));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "recipients = 1\n");
    }
}
