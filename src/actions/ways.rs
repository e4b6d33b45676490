//! The whole names of folders, with those of their parents, for pages that show them without their tree.
//!
//! Not for the tree itself (`mailbox`), nor for the folders beside a page (`drawn`).

use super::Visit;
use super::panes::title;
use crate::mail::Folder;

/// Folders on a page of them.
pub(super) const ON_A_PAGE: usize = 100;

/// The folders that can be opened and have these words in their names, those of their parents too; each with its whole name.
pub(super) fn found<'f>(
    visit: &Visit,
    folders: &'f [Folder],
    words: &str,
) -> Vec<(&'f Folder, String)> {
    let sought = words.to_lowercase();
    let mut found = ways(visit, folders);
    found.retain(|(folder, whole)| folder.selectable && whole.to_lowercase().contains(&sought));
    found
}

/// All folders, each with its whole name.
pub(super) fn ways<'f>(visit: &Visit, folders: &'f [Folder]) -> Vec<(&'f Folder, String)> {
    let mut way = Way::default();
    let named = folders.iter().map(|folder| {
        way.step(folder);
        (folder, way.whole(title(visit, folder)))
    });
    named.collect()
}

/// The titles from the top of the tree to a folder.
#[derive(Default)]
struct Way<'f>(Vec<&'f str>);

impl<'f> Way<'f> {
    fn step(&mut self, folder: &'f Folder) {
        self.0.truncate(folder.depth.into());
        self.0.push(&folder.title);
    }

    /// All of them, the last one as `title`.
    fn whole(&self, title: &str) -> String {
        let parents = self.0.split_last().map_or(&[][..], |(_, parents)| parents);
        let steps: Vec<&str> = parents.iter().copied().chain([title]).collect();
        steps.join(" / ")
    }
}
