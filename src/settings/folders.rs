//! What a user chooses of folders: which is for what, which are favourites, and where messages went last.
//!
//! Not for whether a chosen folder exists: names that no folder has wait here until one has them again. To know before
//! changing it: names stand as the mail server writes them, so that another language shows the same folder.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Table;

use crate::mail::{FolderName, FolderSetting, Role};

/// Favourites, and folders that are grouped; one more, and the oldest goes.
const MOST: usize = 100;
/// Folders that messages went to last.
const RECENT: usize = 5;

/// What is chosen of folders: the table `[folders]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FolderChoices {
    /// Favourites, the latest last.
    favourites: Vec<String>,
    /// Where messages went last, the latest first.
    recent: Vec<String>,
    /// Those that are shown with a line for each conversation.
    grouped: Vec<String>,
    /// Which folder is for what (`archive`, `drafts`, `sent`, `junk`, `trash`), where the mail server does not say it.
    roles: BTreeMap<String, String>,
    /// Keys that are no settings of this version.
    #[serde(flatten)]
    other: Table,
}

impl FolderChoices {
    /// The first key that is no setting of this version.
    pub fn unknown_key(&self) -> Option<&str> {
        let is_role =
            |role: &&String| matches!(FolderSetting::named(role), Some(FolderSetting::Role(_)));
        let role = self.roles.keys().find(|role| !is_role(role));
        self.other.keys().next().or(role).map(String::as_str)
    }

    /// The favourites, the latest last.
    pub fn favourites(&self) -> impl Iterator<Item = FolderName> {
        self.favourites
            .iter()
            .filter_map(|name| FolderName::new(name))
    }

    /// True for a folder that is shown with a line for each conversation.
    pub fn is_grouped(&self, folder: &FolderName) -> bool {
        self.grouped.iter().any(|name| name == folder.as_wire())
    }

    /// Where messages went last, the latest first.
    pub fn recent(&self) -> impl Iterator<Item = FolderName> {
        self.recent.iter().filter_map(|name| FolderName::new(name))
    }

    /// Which folder is for what.
    pub fn roles(&self) -> BTreeMap<Role, FolderName> {
        let known = self.roles.iter();
        let known = known.filter_map(|(role, name)| match FolderSetting::named(role)? {
            FolderSetting::Role(role) => Some((role, FolderName::new(name)?)),
            FolderSetting::Favourite | FolderSetting::Grouped => None,
        });
        known.collect()
    }

    /// The same with a folder set to be something, or no longer.
    pub fn with(mut self, folder: &FolderName, setting: FolderSetting, on: bool) -> FolderChoices {
        let wire = folder.as_wire();
        match setting {
            FolderSetting::Favourite => put(&mut self.favourites, wire, on),
            FolderSetting::Grouped => put(&mut self.grouped, wire, on),
            FolderSetting::Role(_) => {
                // One folder is for one thing.
                self.roles.retain(|_, known| known != wire);
                if on {
                    self.roles
                        .insert(setting.name().to_owned(), wire.to_owned());
                }
            }
        }
        self
    }

    /// The same with a folder that messages have just gone to.
    pub fn with_recent(mut self, folder: &FolderName) -> FolderChoices {
        self.recent.retain(|known| known != folder.as_wire());
        self.recent.insert(0, folder.as_wire().to_owned());
        self.recent.truncate(RECENT);
        self
    }

    /// The same with other names for folders that have others now; None for one that is gone.
    pub fn following(mut self, renamed: &[(FolderName, Option<FolderName>)]) -> FolderChoices {
        let now = |name: &String| {
            let found = renamed.iter().find(|(old, _)| old.as_wire() == name);
            match found {
                Some((_, new)) => new.as_ref().map(|new| new.as_wire().to_owned()),
                None => Some(name.clone()),
            }
        };
        self.favourites = self.favourites.iter().filter_map(now).collect();
        self.recent = self.recent.iter().filter_map(now).collect();
        self.grouped = self.grouped.iter().filter_map(now).collect();
        let roles = self.roles.iter();
        let roles = roles.filter_map(|(role, name)| Some((role.clone(), now(name)?)));
        self.roles = roles.collect();
        self
    }
}

/// Puts a folder at the end of a list, or takes it from it.
fn put(list: &mut Vec<String>, folder: &str, on: bool) {
    list.retain(|known| known != folder);
    if on {
        list.push(folder.to_owned());
    }
    let too_many = list.len().saturating_sub(MOST);
    list.drain(..too_many);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(wire: &str) -> FolderName {
        FolderName::new(wire).unwrap()
    }

    #[test]
    fn what_is_chosen_is_read_back_and_what_is_not_known_is_kept() {
        let text = "favourites = [\"a\"]\nrecent = []\nlater = 1\n\n[roles]\narchive = \"Ablage\"\nmuted = \"m\"\n";
        let chosen: FolderChoices = toml::from_str(text).unwrap();
        assert_eq!(
            toml::from_str(&toml::to_string(&chosen).unwrap()),
            Ok(chosen.clone())
        );
        assert_eq!(
            chosen.roles().into_iter().collect::<Vec<_>>(),
            [(Role::Archive, name("Ablage"))]
        );
        let chosen = chosen.with(&name("b"), FolderSetting::Favourite, true);
        let favourites: Vec<FolderName> = chosen.favourites().collect();
        assert_eq!(favourites, [name("a"), name("b")]);
        let chosen = chosen.with(&name("Ablage"), FolderSetting::Role(Role::Sent), true);
        assert_eq!(chosen.roles().get(&Role::Archive), None);
        assert_eq!(chosen.roles().get(&Role::Sent), Some(&name("Ablage")));
        let text = toml::to_string(&chosen).unwrap();
        assert!(
            text.contains("later = 1") && text.contains("muted"),
            "{text}"
        );
    }

    #[test]
    fn names_follow_their_folders_and_of_targets_the_oldest_goes() {
        let mut chosen = FolderChoices::default();
        for n in 0..7 {
            chosen = chosen.with_recent(&name(&format!("f{n}")));
        }
        chosen = chosen.with_recent(&name("f4"));
        let recent = |chosen: &FolderChoices| {
            let names = chosen.recent().map(|name| name.as_wire().to_owned());
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(recent(&chosen), "f4 f6 f5 f3 f2");
        let renamed = [(name("f6"), Some(name("g"))), (name("f3"), None)];
        assert_eq!(recent(&chosen.following(&renamed)), "f4 g f5 f2");
    }
}
