//! The page of all folders, and of those with some words in their names.
//!
//! Not for the tree itself (`mailbox`), nor for the folders beside a page (`drawn`).

use super::panes::{Around, title};
use super::{Done, Visit};
use crate::error::Result;
use crate::mail::{Folder, FolderName};
use crate::route::{FoldersQuery, ListQuery, Route};
use crate::views;
use crate::views::all_folders::{AllFolders, FoundFolder};

/// Folders on a page of all folders.
pub(super) const ON_A_PAGE: usize = 100;

/// The page of all folders, or of those with some words in their names.
///
/// # Errors
/// `Imap`, where nothing is cached.
pub fn all(visit: &mut Visit, query: &FoldersQuery) -> Result<Done> {
    let around = Around::gather(visit, None, Vec::new())?;
    let list = around.list();
    let found = found(visit, &list.folders, &query.find);
    let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let before = usize::try_from(query.from).unwrap_or(usize::MAX);
    let of_page = found.into_iter().skip(before).take(ON_A_PAGE);
    let folders = of_page.map(|(folder, title)| FoundFolder {
        href: Route::Folder(ListQuery::newest(folder.name.clone())),
        unread: folder.counts.map_or(0, |counts| counts.unread),
        title,
    });
    let at = |from: u32| {
        Route::Folders(FoldersQuery {
            find: query.find.clone(),
            from,
        })
    };
    let on_a_page = u32::try_from(ON_A_PAGE).unwrap_or(u32::MAX);
    let next = query.from.saturating_add(on_a_page);
    let page = AllFolders {
        back: Route::Folder(ListQuery::newest(FolderName::inbox())),
        find: &query.find,
        folders: folders.collect(),
        from: query.from,
        count,
        left_out: list.left_out,
        before: (query.from > 0).then(|| at(query.from.saturating_sub(on_a_page))),
        next: (next < count).then(|| at(next)),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::all_folders::page(&around.chrome(visit), &page)
    })))
}

/// The folders that can be opened and have these words in their names, those of their parents too; each with its whole name.
pub(super) fn found<'f>(
    visit: &Visit,
    folders: &'f [Folder],
    words: &str,
) -> Vec<(&'f Folder, String)> {
    let sought = words.to_lowercase();
    let mut way = Way::default();
    let named = folders.iter().map(|folder| {
        way.step(folder);
        (folder, way.whole(title(visit, folder)))
    });
    named
        .filter(|(folder, whole)| folder.selectable && whole.to_lowercase().contains(&sought))
        .collect()
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
