//! The page of all folders, and of those with some words in their names.
//!
//! Not for the tree itself (`mailbox`), nor for the folders beside a page (`drawn`).

use std::collections::BTreeSet;

use super::faults::{Faulty, fault, status};
use super::panes::Around;
use super::ways::{ON_A_PAGE, ways};
use super::{Done, Visit};
use crate::error::Result;
use crate::mail::{FolderName, FolderSetting};
use crate::route::{FolderQuery, FoldersQuery, ListQuery, Route, SettingForm};
use crate::views;
use crate::views::all_folders::{AllFolders, FoundFolder};

/// The page of all folders, or of those with some words in their names.
///
/// # Errors
/// `Imap`, where nothing is cached.
pub fn all(visit: &mut Visit, query: &FoldersQuery) -> Result<Done> {
    page(visit, query, None)
}

/// The same, perhaps with why a folder could not be made.
pub(super) fn page(visit: &mut Visit, query: &FoldersQuery, faulty: Faulty) -> Result<Done> {
    let around = Around::gather(visit, None, Vec::new())?;
    let list = around.list();
    let sought = query.find.to_lowercase();
    let mut found = ways(visit, &list.folders);
    found.retain(|(_, whole)| whole.to_lowercase().contains(&sought));
    let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let before = usize::try_from(query.from).unwrap_or(usize::MAX);
    let of_page = found.into_iter().skip(before).take(ON_A_PAGE);
    let favourites: BTreeSet<FolderName> = visit.profile.settings().folders.favourites().collect();
    let folders = of_page.map(|(folder, title)| FoundFolder {
        favourite: SettingForm {
            folder: folder.name.clone(),
            setting: FolderSetting::Favourite,
            on: !favourites.contains(&folder.name),
            list: Some(query.clone()),
        },
        list: folder
            .selectable
            .then(|| Route::Folder(ListQuery::newest(folder.name.clone()))),
        options: Route::FolderOptions(FolderQuery::plain(folder.name.clone())),
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
        fault: fault(visit, faulty),
        before: (query.from > 0).then(|| at(query.from.saturating_sub(on_a_page))),
        next: (next < count).then(|| at(next)),
    };
    Ok(Done::Page(visit.page_with(status(faulty), |visit| {
        views::all_folders::page(&around.chrome(visit), &page)
    })))
}
