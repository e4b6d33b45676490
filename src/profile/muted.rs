//! The conversations that a user has muted, by short hashes of their messages' ids: `muted.toml` in the profile.
//!
//! Not for `$Muted`, by which the mail server and other mail programs know it. To know before changing it: it tells where no
//! message can: where the server keeps no keywords, and where the messages that have it have left the folder.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use toml::Table;

use super::{Profile, read};
use crate::error::{Act, Cause, Error, Progress, Result};
use crate::mail::IdHash;

/// The file.
const MUTED: &str = "muted.toml";
/// Most ids; one more, and the oldest goes.
const MOST: usize = 4_000;

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The latest last.
    #[serde(default)]
    ids: Vec<String>,
    #[serde(flatten)]
    other: Table,
}

impl Profile<'_> {
    /// The ids of muted conversations. Where they cannot be read there are none, and `damage` tells why.
    pub fn muted(&self) -> BTreeSet<IdHash> {
        let kept = self.read_muted().as_ref().ok();
        let ids = kept.into_iter().flat_map(|kept| &kept.ids);
        ids.filter_map(|id| IdHash::from_text(id)).collect()
    }

    /// From now on what has one of these ids, or refers to it, is muted, or no longer.
    ///
    /// # Errors
    /// `Profile` where they cannot be read. `DiskFull`, `Setup`. Whether it was done is noted in `progress`.
    pub fn mute(&self, ids: &[IdHash], on: bool, act: Act, progress: &Progress) -> Result<()> {
        let mut kept = self.read_muted().clone()?;
        let before = kept.clone();
        let texts: BTreeSet<String> = ids.iter().map(|id| id.to_text()).collect();
        kept.ids.retain(|known| !texts.contains(known));
        if on {
            kept.ids.extend(texts);
        }
        let surplus = kept.ids.len().saturating_sub(MOST);
        kept.ids.drain(..surplus);
        if kept == before {
            progress.did(act);
            return Ok(());
        }
        let text = toml::to_string_pretty(&kept);
        let text = text.map_err(|e| Error::Internal(Cause::at("muted", e)))?;
        self.write(MUTED, &text, act, progress)
    }

    /// What the file says, read once in a request.
    pub(super) fn read_muted(&self) -> &Result<Kept> {
        self.muted.get_or_init(|| read(&self.dir.join(MUTED)))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::{Chosen, Hoster};

    fn at(dir: &Path) -> Profile<'static> {
        let nothing = Chosen::default();
        let hoster = Hoster {
            settings: &nothing,
            fixed: &nothing,
        };
        Profile::read(dir.join("profile"), hoster)
    }

    #[test]
    fn of_many_muted_ids_the_oldest_go_and_what_is_not_known_stays() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let id = |n: usize| IdHash((n as u64).to_be_bytes());
        let mute = |ids: &[IdHash], on| {
            let progress = Progress::new(true);
            at(dir).mute(ids, on, Act::SignIn, &progress).unwrap();
        };
        std::fs::create_dir(dir.join("profile")).unwrap();
        let file = dir.join("profile").join(MUTED);
        std::fs::write(&file, "ids = [\"none\"]\nlater = 1\n").unwrap();
        for n in 0..=MOST {
            if n % 1_000 == 0 {
                let some: Vec<IdHash> = (n..(n + 1_000).min(MOST + 1)).map(id).collect();
                mute(&some, true);
            }
        }
        let known = at(dir).muted();
        assert_eq!(known.len(), MOST);
        assert!(!known.contains(&id(0)) && known.contains(&id(1)) && known.contains(&id(MOST)));
        mute(&[id(1), id(2)], false);
        assert_eq!(at(dir).muted().len(), MOST - 2);
        assert!(
            std::fs::read_to_string(&file)
                .unwrap()
                .contains("later = 1")
        );
    }
}
