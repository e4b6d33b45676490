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
const ON_A_PAGE: u32 = 100;

/// The page of all folders, or of those with some words in their names.
///
/// # Errors
/// `Imap`, where nothing is cached.
pub fn all(visit: &mut Visit, query: &FoldersQuery) -> Result<Done> {
    let around = Around::gather(visit, None, Vec::new())?;
    let list = around.list();
    let sought = query.find.to_lowercase();
    let mut way = Way::default();
    let mut count: u32 = 0;
    let mut folders = Vec::new();
    for folder in &list.folders {
        way.step(folder);
        let whole = way.whole(title(visit, folder));
        if !folder.selectable || !whole.to_lowercase().contains(&sought) {
            continue;
        }
        if count >= query.from && count < query.from.saturating_add(ON_A_PAGE) {
            folders.push(FoundFolder {
                href: Route::Folder(ListQuery::newest(folder.name.clone())),
                unread: folder.counts.map_or(0, |counts| counts.unread),
                title: whole,
            });
        }
        count = count.saturating_add(1);
    }
    let at = |from: u32| {
        Route::Folders(FoldersQuery {
            find: query.find.clone(),
            from,
        })
    };
    let next = query.from.saturating_add(ON_A_PAGE);
    let page = AllFolders {
        back: Route::Folder(ListQuery::newest(FolderName::inbox())),
        find: &query.find,
        folders,
        from: query.from,
        count,
        left_out: list.left_out,
        before: (query.from > 0).then(|| at(query.from.saturating_sub(ON_A_PAGE))),
        next: (next < count).then(|| at(next)),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::all_folders::page(&around.chrome(visit), &page)
    })))
}

/// The titles from the top of the tree to a folder.
#[derive(Default)]
pub(super) struct Way<'f>(Vec<&'f str>);

impl<'f> Way<'f> {
    pub fn step(&mut self, folder: &'f Folder) {
        self.0.truncate(folder.depth.into());
        self.0.push(&folder.title);
    }

    /// All of them, the last one as `title`.
    pub fn whole(&self, title: &str) -> String {
        let parents = self.0.split_last().map_or(&[][..], |(_, parents)| parents);
        let steps: Vec<&str> = parents.iter().copied().chain([title]).collect();
        steps.join(" / ")
    }
}
