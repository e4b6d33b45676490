//! What a user has set, as a plain file that they may read and take away: `settings.toml` in `users/<id>/profile/`.
//!
//! Not a cache: what stands here stands nowhere else, so it is written whole (a temporary file, flushed, renamed), and no
//! cleaning removes it. To know before changing it: only who holds the gate comes here, so one name for the temporary
//! file is enough; keys that are not known are kept, since a later version or a hand wrote them; and a file that cannot
//! be understood is never written over.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::marker::PhantomData;
use std::path::PathBuf;

use toml::{Table, Value};

use crate::error::{Act, Cause, Error, Progress, Result};
use crate::gate::Pass;
use crate::state;

/// The file, and what it is called until it is whole.
const SETTINGS: &str = "settings.toml";
const UNFINISHED: &str = "settings.toml.new";
/// Longest file that is read or written, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// The key of the senders whose remote content is always shown, and how many of them there are: one more, and the
/// oldest goes.
const REMOTE_FROM: &str = "remote_from";
const SENDERS: usize = 1000;
/// Longest address that is remembered, in bytes (RFC 5321 4.5.3.1).
pub const ADDRESS_BYTES: usize = 320;

/// The settings of the user whose gate is held; nothing is read until it is asked for.
#[derive(Debug)]
pub struct Profile<'p> {
    dir: PathBuf,
    damage: Option<Error>,
    held: PhantomData<&'p Pass>,
}

impl<'p> Profile<'p> {
    /// The profile behind a gate.
    pub fn of(pass: &'p Pass) -> Profile<'p> {
        Profile {
            dir: pass.dir().join("profile"),
            damage: None,
            held: PhantomData,
        }
    }

    /// Why the settings could not be read, where they were taken for empty instead.
    pub fn damage(&self) -> Option<&Error> {
        self.damage.as_ref()
    }

    /// True for a sender, by their address in lower case, whose remote content is always shown.
    pub fn always_shows(&mut self, sender: &str) -> bool {
        match self.read().and_then(|settings| self.senders(&settings)) {
            Ok(senders) => senders.iter().any(|known| known == sender),
            Err(error) => {
                self.damage = Some(error);
                false
            }
        }
    }

    /// From now on always shows the remote content of a sender, or no longer.
    ///
    /// # Errors
    /// `Profile` where the settings cannot be read, or would grow too long. `DiskFull`, `Setup`. Whether they stayed as
    /// they were is noted in `progress`.
    pub fn always_show(&self, sender: &str, always: bool, progress: &Progress) -> Result<()> {
        let mut settings = self.read()?;
        let mut senders = self.senders(&settings)?;
        let act = Act::ImagesOf {
            sender: sender.to_owned(),
            always,
        };
        if senders.iter().any(|known| known == sender) == always {
            progress.did(act);
            return Ok(());
        }
        senders.retain(|known| known != sender);
        if always {
            senders.push(sender.to_owned());
        }
        let too_many = senders.len().saturating_sub(SENDERS);
        let kept = senders.into_iter().skip(too_many).map(Value::String);
        settings.insert(REMOTE_FROM.to_owned(), Value::Array(kept.collect()));
        self.write(&settings, act, progress)
    }

    fn senders(&self, settings: &Table) -> Result<Vec<String>> {
        let wrong = || self.unusable("remote_from is no list of addresses");
        match settings.get(REMOTE_FROM) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => {
                let address = |one: &Value| Some(one.as_str()?.to_lowercase());
                let all: Option<Vec<String>> = list.iter().map(address).collect();
                all.ok_or_else(wrong)
            }
            Some(_) => Err(wrong()),
        }
    }

    fn read(&self) -> Result<Table> {
        let mut text = String::new();
        let read = File::open(self.dir.join(SETTINGS)).and_then(|file| {
            file.take(LONGEST.saturating_add(1))
                .read_to_string(&mut text)
        });
        match read {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Table::new()),
            Err(e) => Err(self.unusable(&e.to_string())),
            Ok(_) if text.len() as u64 > LONGEST => Err(self.unusable("is too long")),
            // Not the line itself: it goes into a log, where no address belongs.
            Ok(_) => text.parse().map_err(|e: toml::de::Error| {
                let before = e.span().and_then(|span| text.get(..span.start));
                let line = before.map_or(1, |text| text.matches('\n').count().saturating_add(1));
                self.unusable(&format!("line {line} is no TOML: {}", e.message()))
            }),
        }
    }

    fn write(&self, settings: &Table, act: Act, progress: &Progress) -> Result<()> {
        let text = toml::to_string_pretty(settings)
            .map_err(|e| Error::Internal(Cause::at("settings", e)))?;
        if text.len() as u64 > LONGEST {
            return Err(self.unusable("would be too long"));
        }
        if !self.dir.is_dir() {
            state::make_dir(&self.dir, false)?;
            self.dir.parent().map_or(Ok(()), state::sync_dir)?;
        }
        let (unfinished, path) = (self.dir.join(UNFINISHED), self.dir.join(SETTINGS));
        let written = (|| {
            let mut file = state::private().truncate(true).open(&unfinished)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)
        })();
        written.map_err(|e| state::failed(&path, &e))?;
        // The new file has its name; whether it keeps it when the power fails is not known yet.
        progress.tries(act.clone());
        state::sync_dir(&self.dir)?;
        progress.did(act);
        Ok(())
    }

    fn unusable(&self, why: &str) -> Error {
        let path = self.dir.join(SETTINGS);
        Error::Profile(Cause::at(&path.display().to_string(), why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn act() -> Progress {
        Progress::new(true)
    }

    fn at(dir: &Path) -> Profile<'static> {
        Profile {
            dir: dir.join("profile"),
            damage: None,
            held: PhantomData,
        }
    }

    #[test]
    fn what_somebody_else_wrote_into_the_settings_stays() {
        let dir = tempfile::tempdir().unwrap();
        let mut profile = at(dir.path());
        assert!(!profile.always_shows("bo@example.org"));
        profile.always_show("bo@example.org", true, &act()).unwrap();
        assert!(profile.always_shows("bo@example.org"));
        let file = dir.path().join("profile").join(SETTINGS);
        let by_hand = "remote_from = [\"BO@example.org\"]\nsince = 2026-11-25\n[z]\nlist = [1, [2]]\n[[a]]\nx = 1\n";
        fs::write(&file, by_hand).unwrap();
        // Left behind by somebody who was killed.
        fs::write(
            dir.path().join("profile").join(UNFINISHED),
            "half".repeat(99),
        )
        .unwrap();
        assert!(profile.always_shows("bo@example.org"));
        profile
            .always_show("cas@example.org", true, &act())
            .unwrap();
        profile
            .always_show("bo@example.org", false, &act())
            .unwrap();
        let now: Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        let wanted = by_hand.replace("BO@", "cas@");
        assert_eq!(now, wanted.parse::<Table>().unwrap());
    }

    #[test]
    fn of_many_senders_the_oldest_goes() {
        let dir = tempfile::tempdir().unwrap();
        let mut profile = at(dir.path());
        let all: Vec<String> = (0..SENDERS).map(|n| format!("{n}@example.org")).collect();
        let list = Table::from_iter([(REMOTE_FROM.to_owned(), Value::try_from(&all).unwrap())]);
        profile.write(&list, Act::SignOut, &act()).unwrap();
        profile
            .always_show("new@example.org", true, &act())
            .unwrap();
        assert!(!profile.always_shows("0@example.org"));
        assert!(profile.always_shows("1@example.org") && profile.always_shows("new@example.org"));
    }

    #[test]
    fn settings_that_cannot_be_understood_are_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let mut profile = at(dir.path());
        fs::create_dir(dir.path().join("profile")).unwrap();
        let file = dir.path().join("profile").join(SETTINGS);
        let long = format!("a = \"{}\"", "x".repeat(LONGEST as usize));
        let damaged: [&[u8]; 5] = [
            b"remote_from = [\"bo@example.org\"]\nremote_from = 1",
            b"remote_from = \"bo@example.org\"",
            b"remote_from = [\"bo@example.org\", 1]",
            b"# \xff",
            long.as_bytes(),
        ];
        for bytes in damaged {
            fs::write(&file, bytes).unwrap();
            assert!(!profile.always_shows("bo@example.org"));
            let Some(Error::Profile(Cause(why))) = profile.damage().cloned() else {
                panic!("not noticed");
            };
            assert!(why.contains(SETTINGS) && !why.contains("bo@"), "{why}");
            let changed = profile.always_show("cas@example.org", true, &act());
            assert!(matches!(changed, Err(Error::Profile(_))), "{changed:?}");
            assert_eq!(fs::read(&file).unwrap(), bytes);
        }
        let nearly = format!("a = \"{}\"", "x".repeat(LONGEST as usize - 20));
        fs::write(&file, &nearly).unwrap();
        let changed = profile.always_show("cas@example.org", true, &act());
        assert!(matches!(changed, Err(Error::Profile(_))), "{changed:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), nearly);
    }
}
