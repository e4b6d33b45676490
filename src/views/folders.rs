//! The pane of folders: roles first, then the tree; below it who is signed in.
//!
//! Not for finding out what a folder is for or holds: `mailbox` knows. To know before changing it: on a phone this pane
//! is a drawer that opens by `:target`, so its place in the document, before the scrim, is what style.css counts on.

use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::{Chrome, tokens};
use crate::mail::{FolderName, ListId, Role, Shortcut};
use crate::route::{FoldersQuery, ListQuery, Route};
use crate::words::Piece;

/// One folder of the pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderLine {
    /// Its last name, for people; a role has our word instead.
    pub title: String,
    /// What it is for.
    pub role: Option<Role>,
    /// How many are unread.
    pub unread: u32,
    /// How many messages there are; shown for drafts and spam only.
    pub total: u32,
    /// True for the folder of this page.
    pub current: bool,
    /// Where it leads; None for a name that only holds others.
    pub href: Option<Route>,
    /// The folders below it.
    pub children: Vec<FolderLine>,
}

/// One search of the pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchLine {
    /// Its name, for people.
    pub title: String,
    /// What it finds.
    pub list: ListId,
    /// True for the search of this page.
    pub current: bool,
}

impl FolderLine {
    /// Neither this folder nor one below it is that of the page.
    pub fn pass_over(&mut self) {
        self.current = false;
        self.children.iter_mut().for_each(FolderLine::pass_over);
    }
}

/// Deepest nesting that is drawn; what lies deeper is drawn beside it. Also the bound of the recursion here.
const DEEPEST: usize = 12;

/// Up to so many folders, all are shown; beyond, only those on the way to the current one are unfolded.
const UNFOLDED: usize = 40;

/// Nests folders that come in the order of the tree, each with its depth; roles come first, in the fixed order.
pub fn nested(lines: impl IntoIterator<Item = (u8, FolderLine)>) -> Vec<FolderLine> {
    let mut open: Vec<FolderLine> = Vec::new();
    let mut top = Vec::new();
    for (depth, line) in lines {
        let depth = usize::from(depth).min(DEEPEST);
        close_to(depth, &mut open, &mut top);
        open.push(line);
    }
    close_to(0, &mut open, &mut top);
    // Stable: folders without a role keep their order, after those with one.
    top.sort_by_key(|line| (line.role.is_none(), line.role));
    top
}

/// Puts finished folders below their parents until only `depth` are still open.
fn close_to(depth: usize, open: &mut Vec<FolderLine>, top: &mut Vec<FolderLine>) {
    while open.len() > depth {
        let Some(line) = open.pop() else { return };
        match open.last_mut() {
            Some(parent) => parent.children.push(line),
            None => top.push(line),
        }
    }
}

/// The pane; `target` is where the drawer of a phone leads back to.
pub(super) fn pane(chrome: &Chrome, target: &str) -> Markup {
    let words = chrome.words;
    let (roles, tree) = split(chrome.folders);
    let all_open = size(chrome.folders) <= UNFOLDED;
    let inbox = Route::Folder(ListQuery::newest(FolderName::inbox()));
    html! {
        nav.folders #folders aria-label=(words.folders()) {
            .bar {
                a.brand href=(chrome.href(&inbox)) data-keys=[chrome.pressed_by(Shortcut::Inbox)] { (icon(Icon::Gate)) (words.postern()) }
                a.button.quiet.push.shut href=(target) title=(words.close_folders()) {
                    (icon(Icon::Close)) span.sr { (words.close_folders()) }
                }
            }
            a.button.primary.write href=(chrome.href(&Route::Compose(Box::default()))) aria-keyshortcuts=[chrome.pressed_by(Shortcut::Compose)] {
                (icon(Icon::Write)) (words.new_message())
            }
            @if chrome.unsent > 0 {
                a.line href=(chrome.href(&Route::Unsent)) { (icon(Icon::Clock)) span.name { (words.unsent_count(chrome.unsent)) } }
            }
            @if !chrome.favourites.is_empty() {
                h2 { (words.favourites()) }
                ul { (lines(chrome, chrome.favourites, all_open)) }
            }
            @if !roles.is_empty() { ul { (lines(chrome, roles, all_open)) } }
            @if !chrome.searches.is_empty() {
                h2 { (words.kept_searches()) }
                ul {
                    @for search in chrome.searches {
                        li {
                            @let page = Route::Folder(ListQuery::first(search.list.clone()));
                            a.line href=(chrome.href(&page)) title=(search.title) aria-current=[search.current.then_some("page")] {
                                (icon(Icon::Search)) span.name dir="auto" { (search.title) }
                            }
                        }
                    }
                }
            }
            @if !tree.is_empty() {
                h2 { (words.folders()) }
                ul { (lines(chrome, tree, all_open)) }
            }
            a.hint href=(chrome.href(&Route::Folders(FoldersQuery::default()))) {
                @if chrome.more_folders > 0 { (words.more_folders(chrome.more_folders)) }
                @else { (words.manage_folders()) }
            }
            .foot {
                form method="post" action=(chrome.href(&Route::SignOut)) {
                    (tokens(chrome))
                    button { (icon(Icon::Exit)) (words.sign_out()) }
                }
                .me {
                    bdi { (chrome.login) }
                    @if let Some(quota) = chrome.quota {
                        meter max=(quota.total) value=(quota.used) aria-label=(words.storage_used()) {}
                        span { (words.storage(quota.used, quota.total)) }
                    }
                    a href=(chrome.href(&Route::Settings)) { (words.settings()) }
                    a href=(chrome.href(&Route::Keys)) aria-keyshortcuts=[chrome.pressed_by(Shortcut::Help)] { (words.shortcuts()) }
                    a href=(chrome.href(&Route::Sessions)) { (words.sessions()) }
                    span { (words.times_in(chrome.zone)) }
                }
            }
        }
        a.scrim href=(target) tabindex="-1" aria-hidden="true" {}
    }
}

/// What opens the drawer of a phone.
pub(super) fn opener(chrome: &Chrome) -> Markup {
    let words = chrome.words;
    html! {
        a.button.quiet.menu href="#folders" title=(words.folders()) {
            (icon(Icon::Menu)) span { (words.folders()) }
        }
    }
}

/// Those with a role, and the others.
fn split(folders: &[FolderLine]) -> (&[FolderLine], &[FolderLine]) {
    let roles = folders
        .iter()
        .take_while(|line| line.role.is_some())
        .count();
    folders.split_at(roles)
}

/// Levels that are told apart by where their names begin; further in, each name says what it lies in.
const INDENTED: usize = 3;

fn lines(chrome: &Chrome, folders: &[FolderLine], all_open: bool) -> Markup {
    below(chrome, folders, all_open, &[])
}

/// The folders below some others, whose names are `above`.
fn below(chrome: &Chrome, folders: &[FolderLine], all_open: bool, above: &[&str]) -> Markup {
    html! { @for folder in folders { (line(chrome, folder, all_open, above)) } }
}

fn line(chrome: &Chrome, folder: &FolderLine, all_open: bool, above: &[&str]) -> Markup {
    let words = chrome.words;
    let title = match folder.role {
        Some(role) => words.role(role),
        None => &folder.title,
    };
    let parent = !folder.children.is_empty();
    let plain = matches!(folder.role, Some(Role::Drafts | Role::Junk));
    let (count, heard) = if plain {
        (folder.total, words.folder_messages(folder.total))
    } else {
        (folder.unread, words.folder_unread())
    };
    let way: Vec<&str> = above.iter().copied().chain([title]).collect();
    let path = way.join(words.below_folder());
    let inside = html! {
        @if !parent { (icon(symbol(folder.role))) }
        span.name dir="auto" {
            @if let Some(parent) = above.last().filter(|_| above.len() >= INDENTED) {
                span.above { (parent) (words.below_folder()) }
            }
            (title)
        }
        @if count > 0 {
            span.count {
                @for piece in heard.pieces() {
                    @match piece {
                        Piece::Words(heard) => span.sr { (heard) },
                        Piece::Place(_) => (words.number(count.into())),
                    }
                }
            }
        }
    };
    html! {
        li.parent[parent] {
            @if let Some(route) = &folder.href {
                a.line.unread[!plain && count > 0] href=(chrome.href(route)) title=(path) data-takes=[route.folder().map(FolderName::as_wire)]
                    aria-current=[folder.current.then_some("page")] { (inside) }
            } @else {
                span.line title=(path) { (inside) }
            }
            @if parent {
                details open[all_open || holds_current(folder)] {
                    summary aria-label=(words.folders_in(title)) { (icon(Icon::Down)) }
                    ul { (below(chrome, &folder.children, all_open, &way)) }
                }
            }
        }
    }
}

fn symbol(role: Option<Role>) -> Icon {
    match role {
        Some(Role::Inbox) => Icon::Inbox,
        Some(Role::Drafts) => Icon::Drafts,
        Some(Role::Sent) => Icon::Sent,
        Some(Role::Archive) => Icon::Archive,
        Some(Role::Junk) => Icon::Spam,
        Some(Role::Trash) => Icon::Trash,
        None => Icon::Folder,
    }
}

fn size(folders: &[FolderLine]) -> usize {
    folders
        .iter()
        .map(|folder| 1 + size(&folder.children))
        .sum()
}

fn holds_current(folder: &FolderLine) -> bool {
    let holds = |child: &FolderLine| child.current || holds_current(child);
    folder.children.iter().any(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(title: &str) -> FolderLine {
        FolderLine {
            title: title.to_owned(),
            role: None,
            unread: 0,
            total: 0,
            current: false,
            href: None,
            children: vec![],
        }
    }

    fn drawn(folders: &[FolderLine]) -> String {
        folders
            .iter()
            .map(|f| format!("{}({})", f.title, drawn(&f.children)))
            .collect()
    }

    #[test]
    fn a_tree_grows_from_depths_however_odd() {
        let grown = |depths: &[u8]| {
            let name = |i: usize| char::from(b'a' + i as u8).to_string();
            let lines = depths
                .iter()
                .enumerate()
                .map(|(i, d)| (*d, named(&name(i))));
            drawn(&nested(lines))
        };
        assert_eq!(grown(&[0, 1, 2, 1, 0]), "a(b(c())d())e()");
        assert_eq!(grown(&[3, 1, 0]), "a(b())c()");
        assert_eq!(grown(&[]), "");
    }

    #[test]
    fn roles_stand_first_in_their_fixed_order() {
        let role = |title: &str, role| FolderLine {
            role: Some(role),
            ..named(title)
        };
        let lines = [
            named("b"),
            role("t", Role::Trash),
            named("a"),
            role("i", Role::Inbox),
        ];
        let order = drawn(&nested(lines.map(|line| (0, line))));
        assert_eq!(order, "i()t()b()a()");
    }

    #[test]
    fn a_tower_of_folders_ends_somewhere() {
        let tower = nested((0..10_000).map(|i| (u8::try_from(i).unwrap_or(255), named("x"))));
        let mut depth = 0;
        let mut level = &tower;
        while let Some(last) = level.last() {
            level = &last.children;
            depth += 1;
        }
        assert_eq!(depth, DEEPEST + 1);
    }
}
