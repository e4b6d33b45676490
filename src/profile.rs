//! What a user has set, as plain files that they may read and take away, in `users/<id>/profile/`: `settings.toml`,
//! `labels.toml` (`labels`), `muted.toml` (`muted`), `recipients.toml` (`recipients`).
//!
//! Not a cache: what stands here stands nowhere else, so it is written whole (a temporary file, flushed, renamed), and no
//! cleaning removes it. To know before changing it: only who holds the gate comes here, so one name for the temporary
//! file is enough; keys that are not known are kept, since a later version or a hand wrote them; and a file that cannot
//! be understood is never written over.

mod labels;
mod muted;
mod recipients;

use std::cell::OnceCell;
use std::fs::File;
use std::io::{self, Read as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::error::{Act, Cause, Error, Progress, Result};
use crate::gate::Pass;
use crate::mail::{FolderName, Preference};
use crate::settings::{Chosen, FolderChoices, Hoster, SavedSearches, Settings};
use crate::state;

pub use recipients::{Recipient, Recipients};

/// The file.
const SETTINGS: &str = "settings.toml";
/// Longest file that is read or written, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// The settings of the user whose gate is held, read once.
#[derive(Debug)]
pub struct Profile<'p> {
    dir: PathBuf,
    /// What they have chosen themselves, or why that cannot be read.
    own: Result<Chosen>,
    /// What counts for them.
    settings: Settings,
    /// Their labels, once they were asked for.
    labels: OnceCell<Result<labels::Kept>>,
    /// The conversations that they muted, once they were asked for.
    muted: OnceCell<Result<muted::Kept>>,
    held: PhantomData<&'p Pass>,
}

impl<'p> Profile<'p> {
    /// Reads the profile behind a gate. Where it cannot be read, what the hoster says counts, and `damage` tells why.
    pub fn open(pass: &'p Pass, hoster: Hoster) -> Profile<'p> {
        Profile::read(pass.dir().join("profile"), hoster)
    }

    fn read(dir: PathBuf, hoster: Hoster) -> Profile<'p> {
        let own = chosen(&dir.join(SETTINGS));
        let settings = match &own {
            Ok(own) => Settings::resolve(hoster, own),
            Err(_) => Settings::resolve(hoster, &Chosen::default()),
        };
        Profile {
            dir,
            own,
            settings,
            labels: OnceCell::new(),
            muted: OnceCell::new(),
            held: PhantomData,
        }
    }

    /// The settings that count.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Why the user's own settings could not be read, where the hoster's count instead, or another file of theirs.
    pub fn damage(&self) -> Option<&Error> {
        let labels = self.read_labels().as_ref().err();
        let muted = self.read_muted().as_ref().err();
        self.own.as_ref().err().or(labels).or(muted)
    }

    /// From now on always shows the remote images of a sender, by the address in lower case, or no longer.
    ///
    /// # Errors
    /// `Profile` where the settings cannot be read, or would grow too long. `Forbidden` where the hoster has fixed them.
    /// `DiskFull`, `Setup`. Whether they stayed as they were is noted in `progress`.
    pub fn always_show(&self, sender: &str, always: bool, progress: &Progress) -> Result<()> {
        let own = self.own.clone()?;
        if self.settings.is_remote_from_fixed {
            return Err(Error::Forbidden("a fixed setting"));
        }
        let act = Act::ImagesOf {
            sender: sender.to_owned(),
            always,
        };
        if self.settings.always_shows(sender) == always {
            progress.did(act);
            return Ok(());
        }
        let changed = Chosen {
            remote_from: Some(self.settings.senders_with(sender, always)),
            ..own
        };
        self.write(SETTINGS, &written(&changed)?, act, progress)
    }

    /// From now on a folder is something, or no longer.
    ///
    /// # Errors
    /// As `always_show`.
    pub fn set_folder(&self, choices: FolderChoices, act: Act, progress: &Progress) -> Result<()> {
        let text = written(&self.with_folders(choices)?)?;
        self.write(SETTINGS, &text, act, progress)
    }

    /// From now on these searches are kept.
    ///
    /// # Errors
    /// As `always_show`.
    pub fn keep_searches(
        &self,
        searches: SavedSearches,
        act: Act,
        progress: &Progress,
    ) -> Result<()> {
        let own = self.own.clone()?;
        if self.settings.is_searches_fixed {
            return Err(Error::Forbidden("a fixed setting"));
        }
        let changed = Chosen {
            searches: Some(searches),
            ..own
        };
        self.write(SETTINGS, &written(&changed)?, act, progress)
    }

    /// From now on something is done in another way on all pages.
    ///
    /// # Errors
    /// As `always_show`.
    pub fn prefer(&self, preference: Preference, progress: &Progress) -> Result<()> {
        let own = self.own.clone()?;
        if self.settings.fixes(preference) {
            return Err(Error::Forbidden("a fixed setting"));
        }
        let text = written(&own.with(preference))?;
        self.write(SETTINGS, &text, Act::Prefer(preference), progress)
    }

    /// What they have chosen themselves.
    ///
    /// # Errors
    /// `Profile` where it cannot be read.
    pub fn chosen(&self) -> Result<&Chosen> {
        self.own.as_ref().map_err(Clone::clone)
    }

    /// From now on this is what they have chosen.
    ///
    /// # Errors
    /// As `always_show`, but that what is fixed stays in the file and does not count.
    pub fn choose(&self, chosen: &Chosen, act: Act, progress: &Progress) -> Result<()> {
        if self.chosen()? == chosen {
            progress.did(act);
            return Ok(());
        }
        self.write(SETTINGS, &written(chosen)?, act, progress)
    }

    /// Notes beside an act that has been done what follows from it for the choice of folders. Where the settings cannot be
    /// read, nothing is noted: that is told on every page.
    ///
    /// # Errors
    /// `Profile` where they would grow too long; `DiskFull`, `Setup`.
    pub fn note_folders(&self, choices: FolderChoices) -> Result<()> {
        if choices == self.settings.folders || self.own.is_err() {
            return Ok(());
        }
        put(&self.dir, SETTINGS, &written(&self.with_folders(choices)?)?)?;
        state::sync_dir(&self.dir)
    }

    /// Notes other names of folders that have been renamed, and that some are gone, wherever folders are chosen. Where the
    /// settings cannot be read, nothing is noted.
    ///
    /// # Errors
    /// As `note_folders`.
    pub fn follow(&self, renamed: &[(FolderName, Option<FolderName>)]) -> Result<()> {
        let Ok(own) = self.own.clone() else {
            return Ok(());
        };
        let changed = Chosen {
            folders: own.folders.clone().map(|f| f.following(renamed)),
            searches: own.searches.clone().map(|s| s.following(renamed)),
            identities: own.identities.clone().map(|all| {
                let all = all.into_iter();
                all.map(|one| one.following(renamed)).collect()
            }),
            ..own.clone()
        };
        if changed == own {
            return Ok(());
        }
        put(&self.dir, SETTINGS, &written(&changed)?)?;
        state::sync_dir(&self.dir)
    }

    fn with_folders(&self, choices: FolderChoices) -> Result<Chosen> {
        let own = self.own.clone()?;
        Ok(Chosen {
            folders: Some(choices),
            ..own
        })
    }

    /// Writes a file of the profile whole.
    fn write(&self, name: &str, text: &str, act: Act, progress: &Progress) -> Result<()> {
        put(&self.dir, name, text)?;
        // The new file has its name; whether it keeps it when the power fails is not known yet.
        progress.tries(act.clone());
        state::sync_dir(&self.dir)?;
        progress.did(act);
        Ok(())
    }
}

/// Writes a file into the directory of a profile, whole.
fn put(dir: &Path, name: &str, text: &str) -> Result<()> {
    if text.len() as u64 > LONGEST {
        return Err(unusable(&dir.join(name), "would be too long"));
    }
    if !dir.is_dir() {
        state::make_dir(dir, false)?;
        dir.parent().map_or(Ok(()), state::sync_dir)?;
    }
    state::write_whole(dir, name, text.as_bytes())
}

/// Settings as their file has them.
fn written(settings: &Chosen) -> Result<String> {
    toml::to_string_pretty(settings).map_err(|e| Error::Internal(Cause::at("settings", e)))
}

/// What a user's settings say.
fn chosen(path: &Path) -> Result<Chosen> {
    let chosen: Chosen = read(path)?;
    match chosen.broken_rule() {
        Some((key, rule)) => Err(unusable(path, &format!("{key} {rule}"))),
        None => Ok(chosen),
    }
}

/// What a user's file says; nothing where there is none.
fn read<T: Default + DeserializeOwned>(path: &Path) -> Result<T> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| {
        file.take(LONGEST.saturating_add(1))
            .read_to_string(&mut text)
    });
    match read {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
        Err(e) => return Err(unusable(path, &e.to_string())),
        Ok(_) if text.len() as u64 > LONGEST => return Err(unusable(path, "is too long")),
        Ok(_) => {}
    }
    toml::from_str(&text).map_err(|e| {
        // Not the line itself, nor a value: it goes into a log, where no address belongs.
        let before = e.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |text| text.matches('\n').count().saturating_add(1));
        unusable(path, &format!("line {line} is not valid"))
    })
}

fn unusable(path: &Path, why: &str) -> Error {
    Error::Profile(Cause::at(&path.display().to_string(), why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use toml::Table;

    fn act() -> Progress {
        Progress::new(true)
    }

    /// Each time as the next request finds it.
    fn at(dir: &Path) -> Profile<'static> {
        let nothing = Chosen::default();
        let hoster = Hoster {
            settings: &nothing,
            fixed: &nothing,
        };
        Profile::read(dir.join("profile"), hoster)
    }

    fn shows(dir: &Path, sender: &str) -> bool {
        at(dir).settings().always_shows(sender)
    }

    #[test]
    fn what_somebody_else_wrote_into_the_settings_stays() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        assert!(!shows(dir, "bo@example.org"));
        at(dir).always_show("bo@example.org", true, &act()).unwrap();
        assert!(shows(dir, "bo@example.org"));
        let file = dir.join("profile").join(SETTINGS);
        let by_hand = "remote_from = [\"BO@example.org\"]\nrows = 20\nsince = 2026-11-25\n[z]\nlist = [1, [2]]\n[[a]]\nx = 1\n";
        fs::write(&file, by_hand).unwrap();
        // Left behind by somebody who was killed.
        fs::write(dir.join("profile/settings.toml.new"), "half".repeat(99)).unwrap();
        assert!(shows(dir, "bo@example.org"));
        at(dir)
            .always_show("cas@example.org", true, &act())
            .unwrap();
        at(dir)
            .always_show("bo@example.org", false, &act())
            .unwrap();
        let now: Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        let wanted = by_hand.replace("BO@", "cas@");
        assert_eq!(now, wanted.parse::<Table>().unwrap());
        assert_eq!(at(dir).settings().rows, 20);
    }

    #[test]
    fn settings_that_cannot_be_understood_are_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        fs::create_dir(dir.join("profile")).unwrap();
        let file = dir.join("profile").join(SETTINGS);
        let long = format!("a = \"{}\"", "x".repeat(LONGEST as usize));
        let damaged: [&[u8]; 7] = [
            b"remote_from = [\"bo@example.org\"]\nremote_from = 1",
            b"remote_from = \"bo@example.org\"",
            b"remote_from = [\"bo@example.org\", 1]",
            b"remote_from = [\"bo@example.org\"]\nrows = 100000",
            b"remote_from = [\"bo@example.org\"]\ntime_zone = \"Nowhere/Atlantis\"",
            b"# \xff",
            long.as_bytes(),
        ];
        for bytes in damaged {
            fs::write(&file, bytes).unwrap();
            assert!(!shows(dir, "bo@example.org"));
            let Some(Error::Profile(Cause(why))) = at(dir).damage().cloned() else {
                panic!("not noticed");
            };
            assert!(why.contains(SETTINGS) && !why.contains("bo@"), "{why}");
            let changed = at(dir).always_show("cas@example.org", true, &act());
            assert!(matches!(changed, Err(Error::Profile(_))), "{changed:?}");
            assert_eq!(fs::read(&file).unwrap(), bytes);
        }
        let nearly = format!("a = \"{}\"", "x".repeat(LONGEST as usize - 20));
        fs::write(&file, &nearly).unwrap();
        let changed = at(dir).always_show("cas@example.org", true, &act());
        assert!(matches!(changed, Err(Error::Profile(_))), "{changed:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), nearly);
    }

    #[test]
    fn what_the_hoster_has_fixed_nobody_changes() {
        let dir = tempfile::tempdir().unwrap();
        let fixed = Chosen {
            remote_from: Some(Vec::new()),
            ..Chosen::default()
        };
        let hoster = Hoster {
            settings: &Chosen::default(),
            fixed: &fixed,
        };
        let profile = Profile::read(dir.path().join("profile"), hoster);
        let changed = profile.always_show("bo@example.org", true, &act());
        assert!(matches!(changed, Err(Error::Forbidden(_))), "{changed:?}");
        assert!(!dir.path().join("profile").exists());
    }
}
