//! Searches that a user keeps, to be opened like folders.
//!
//! Not for making them (`mailbox`). To know before changing it: what is kept is what was typed and where, never what was
//! found; and a hand may have written it, so what names no list is passed over, and kept.

use serde::{Deserialize, Serialize};
use toml::Table;

use crate::mail::{FolderName, ListId, Order, Scope, Search};

/// Most searches that are kept; one more, and the oldest goes.
const MOST: usize = 50;
/// Longest name, in characters.
const LONGEST_NAME: usize = 60;

/// Searches that are kept, the latest last: the tables `[[searches]]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SavedSearches(Vec<SavedSearch>);

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct SavedSearch {
    /// Its name for people.
    name: String,
    /// What is looked for, as it is typed.
    find: String,
    /// The folder that it was asked for from, as the mail server writes its name.
    folder: String,
    /// Whose messages: those of the folder, `below`, `all`.
    #[serde(rename = "in")]
    scope: String,
    /// The order, as addresses have it.
    sort: String,
    #[serde(flatten)]
    other: Table,
}

impl SavedSearch {
    /// The list that it stands for.
    fn list(&self) -> Option<ListId> {
        let search = Search::new(&self.find)?;
        let folder = match self.folder.as_str() {
            "" => FolderName::inbox(),
            name => FolderName::new(name)?,
        };
        let order = Order::named(&self.sort)?;
        let list = ListId::of_folder(folder).within(Scope::named(&self.scope)?);
        Some(list.searched(Some(search)).sorted(order))
    }
}

impl SavedSearches {
    /// Their names, and the lists that they stand for.
    pub fn lists(&self) -> impl Iterator<Item = (&str, ListId)> {
        let saved = self.0.iter();
        saved.filter_map(|saved| Some((saved.name.as_str(), saved.list()?)))
    }

    /// The name under which a list is kept.
    pub fn name_of(&self, list: &ListId) -> Option<&str> {
        let mut known = self.lists();
        known.find(|(_, one)| one == list).map(|(name, _)| name)
    }

    /// The same with a list kept under a name; without one under what is looked for.
    pub fn with(self, list: &ListId, name: &str) -> SavedSearches {
        let mut searches = self.without(list);
        let text = list.search().map_or("", Search::text);
        let words: Vec<&str> = name
            .split(|c: char| c.is_control() || c.is_whitespace())
            .filter(|word| !word.is_empty())
            .collect();
        let name = match words.is_empty() {
            true => text.to_owned(),
            false => words.join(" "),
        };
        searches.0.push(SavedSearch {
            name: name.chars().take(LONGEST_NAME).collect(),
            find: text.to_owned(),
            folder: list.folder().as_wire().to_owned(),
            scope: list.scope().name().to_owned(),
            sort: list.order().name(),
            other: Table::new(),
        });
        let too_many = searches.0.len().saturating_sub(MOST);
        searches.0.drain(..too_many);
        searches
    }

    /// The same without a list.
    pub fn without(mut self, list: &ListId) -> SavedSearches {
        self.0.retain(|saved| saved.list().as_ref() != Some(list));
        self
    }

    /// The same with other names for folders that have others now. A search in a folder that is gone stays: it says so.
    pub fn following(mut self, renamed: &[(FolderName, Option<FolderName>)]) -> SavedSearches {
        for saved in &mut self.0 {
            let mut now = renamed.iter();
            if let Some((_, Some(new))) = now.find(|(old, _)| old.as_wire() == saved.folder) {
                saved.folder = new.as_wire().to_owned();
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::SortBy;

    fn list(text: &str) -> ListId {
        let folder = FolderName::new("Work").unwrap();
        ListId::of_folder(folder).searched(Search::new(text))
    }

    #[test]
    fn what_is_kept_is_read_back_and_what_is_not_understood_is_kept_too() {
        let reversed = Order {
            by: SortBy::Size,
            reversed: true,
        };
        let wide = list("from:ann").within(Scope::Everywhere).sorted(reversed);
        let saved = SavedSearches::default().with(&wide, " From \n Ann ");
        let saved = saved.with(&list("is:unread"), "");
        let read: SavedSearches = {
            #[derive(Serialize, Deserialize)]
            struct File {
                searches: SavedSearches,
            }
            let text = toml::to_string(&File { searches: saved }).unwrap();
            let more = "[[searches]]\nname = 'Later'\nfind = 'x'\nin = 'the future'\n";
            let file: File = toml::from_str(&format!("{text}\n{more}")).unwrap();
            let again = toml::to_string(&file).unwrap();
            assert!(again.contains("the future"), "{again}");
            file.searches
        };
        let lists: Vec<(&str, ListId)> = read.lists().collect();
        assert_eq!(
            lists,
            [("From Ann", wide.clone()), ("is:unread", list("is:unread"))]
        );
        assert_eq!(read.name_of(&wide), Some("From Ann"));
        assert_eq!(read.without(&wide).name_of(&wide), None);
    }

    #[test]
    fn a_search_follows_its_folder_and_of_many_the_oldest_goes() {
        let name = |wire| FolderName::new(wire).unwrap();
        let mut saved = SavedSearches::default();
        for n in 0..=MOST {
            saved = saved.with(&list(&format!("n{n}")), "");
        }
        assert_eq!(saved.lists().count(), MOST);
        assert_eq!(saved.name_of(&list("n0")), None);
        let moved = saved.following(&[(name("Work"), Some(name("Job"))), (name("a"), None)]);
        assert!(moved.lists().all(|(_, list)| *list.folder() == name("Job")));
    }
}
