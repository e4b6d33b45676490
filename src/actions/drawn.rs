//! Which folders stand beside a page.
//!
//! Not for the tree itself (`mailbox`), nor for drawing it. To know before changing it: an account may have any number of
//! folders, in names of any length, so what is drawn has a bound; all others are found from the page of all folders.

use crate::mail::{Folder, FolderName};

/// Folders that stand beside a page at most, and bytes of their names.
const DRAWN: usize = 500;
const DRAWN_BYTES: usize = 48 * 1024;

/// The folders above one, from the top, by their places in the list.
pub(super) fn above(folders: &[Folder], name: &FolderName) -> Vec<usize> {
    let parents = parents(folders);
    let parent = |n: &usize| parents.get(*n).copied().flatten();
    let here = folders.iter().position(|folder| folder.name == *name);
    let mut way: Vec<usize> = std::iter::successors(here, parent).skip(1).collect();
    way.reverse();
    way
}

/// Which folders, by their places in the list, stand beside a page about `current`, or about none: those with a role, the way to it, its
/// brothers and children, and of all others those that are least deep.
pub(super) fn drawn(folders: &[Folder], current: Option<&FolderName>) -> Vec<bool> {
    let parents = parents(folders);
    let parent = |n: usize| parents.get(n).copied().flatten();
    let mut choice = Choice {
        folders,
        chosen: vec![false; folders.len()],
        lines: DRAWN,
        bytes: DRAWN_BYTES,
    };
    let here = folders
        .iter()
        .position(|folder| Some(&folder.name) == current);
    let roles = folders.iter().enumerate();
    let roles = roles.filter(|(_, folder)| folder.role.is_some());
    for n in roles.map(|(n, _)| n).chain(here) {
        let mut way: Vec<usize> = std::iter::successors(Some(n), |n| parent(*n)).collect();
        while let Some(n) = way.pop() {
            choice.take(n);
        }
    }
    if let Some(here) = here {
        let near = |n: &usize| parent(*n) == Some(here) || parent(*n) == parent(here);
        (0..folders.len()).filter(near).for_each(|n| choice.take(n));
    }
    let deepest = folders.iter().map(|folder| folder.depth).max().unwrap_or(0);
    for depth in 0..=deepest {
        let level = folders.iter().enumerate();
        for (n, _) in level.filter(|(_, folder)| folder.depth == depth) {
            if parent(n).is_none_or(|parent| choice.has(parent)) {
                choice.take(n);
            }
        }
    }
    choice.chosen
}

/// The parent of each folder.
fn parents(folders: &[Folder]) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let parents = folders.iter().enumerate().map(|(n, folder)| {
        open.truncate(folder.depth.into());
        let parent = open.last().copied();
        open.push(n);
        parent
    });
    parents.collect()
}

struct Choice<'f> {
    folders: &'f [Folder],
    chosen: Vec<bool>,
    lines: usize,
    bytes: usize,
}

impl Choice<'_> {
    fn has(&self, n: usize) -> bool {
        self.chosen.get(n).copied().unwrap_or(false)
    }

    /// Takes a folder if there is room for it.
    fn take(&mut self, n: usize) {
        let takes = |folder: &Folder| {
            folder
                .name
                .as_wire()
                .len()
                .saturating_add(folder.title.len())
        };
        let bytes = self.folders.get(n).map(takes);
        let left = bytes.and_then(|bytes| self.bytes.checked_sub(bytes));
        let (Some(bytes), Some(lines), false) = (left, self.lines.checked_sub(1), self.has(n))
        else {
            return;
        };
        (self.bytes, self.lines) = (bytes, lines);
        if let Some(chosen) = self.chosen.get_mut(n) {
            *chosen = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str, depth: u8) -> Folder {
        Folder {
            name: FolderName::new(name).unwrap(),
            title: name.to_owned(),
            depth,
            role: None,
            is_role_told: false,
            gathers: None,
            selectable: true,
            counts: None,
            delimiter: Some('/'),
            bears: true,
            subscribed: None,
            rights: None,
        }
    }

    fn names(folders: &[Folder], current: &str) -> Vec<String> {
        let chosen = drawn(folders, Some(&FolderName::new(current).unwrap()));
        let chosen = folders.iter().zip(chosen).filter(|(_, chosen)| *chosen);
        chosen.map(|(folder, _)| folder.title.clone()).collect()
    }

    #[test]
    fn few_folders_are_all_drawn() {
        let folders = [
            folder("a", 0),
            folder("b", 1),
            folder("c", 2),
            folder("d", 0),
        ];
        assert_eq!(names(&folders, "d"), ["a", "b", "c", "d"]);
        assert!(drawn(&[], None).is_empty());
    }

    #[test]
    fn of_many_folders_the_way_to_the_open_one_is_drawn_and_no_folder_without_its_parent() {
        let mut folders = Vec::new();
        for n in 0..800 {
            folders.push(folder(&format!("top{n}"), 0));
            folders.push(folder(&format!("mid{n}"), 1));
            folders.push(folder(&format!("low{n}"), 2));
        }
        let names = names(&folders, "low799");
        assert_eq!(names.len(), DRAWN);
        for name in ["top799", "mid799", "low799", "top0"] {
            assert!(names.iter().any(|n| n == name), "{name}");
        }
        assert!(!names.iter().any(|n| n == "mid3"));
    }

    #[test]
    fn long_names_take_the_place_of_others() {
        let long = |n: usize| folder(&format!("{n}{}", "x".repeat(990)), 0);
        let folders: Vec<Folder> = (0..300).map(long).collect();
        let drawn = drawn(&folders, Some(&folders[299].name));
        assert!(drawn[299] && drawn.iter().filter(|drawn| **drawn).count() < 30);
    }
}
