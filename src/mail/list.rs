//! Which list: what is in it, in which order, and what a line of it stands for. Two pages of one value are pages of one list.
//!
//! Not for a page of it (`route`), nor for what is kept of it (`store::keys`). To know before changing it: a value names what
//! a user asked for, never what was found; its hash is part of the keys of what is cached of it. There is one kind of list
//! today, the messages of a folder by arrival, which is kept true by comparison with the server; whoever adds a variant is
//! led by the compiler to each place that has to know.

use super::FolderName;

/// Which list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListId {
    /// Whose messages.
    scope: Scope,
    /// The order.
    order: Order,
    /// Which of them.
    filter: Filter,
    /// What a line of it stands for.
    lines: Lines,
}

/// Whose messages a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of one folder: an entry is a UID, and the folder stands once for all of them.
    Folder(FolderName),
}

/// The order of a list. The key that made it (the server's or our own) is part of it, so that two are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// When the server got them (INTERNALDATE), the newest first.
    Arrival,
}

/// Which messages of its scope a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All.
    All,
}

/// What a line of a list stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// One message.
    Messages,
}

impl ListId {
    /// All messages of a folder by arrival.
    pub fn of_folder(folder: FolderName) -> ListId {
        ListId {
            scope: Scope::Folder(folder),
            order: Order::Arrival,
            filter: Filter::All,
            lines: Lines::Messages,
        }
    }

    /// The folder that the list is about.
    pub fn folder(&self) -> &FolderName {
        let Scope::Folder(folder) = &self.scope;
        folder
    }

    /// What tells it from every other list, in pieces.
    pub fn parts(&self) -> [&[u8]; 5] {
        let Scope::Folder(folder) = &self.scope;
        let order = match self.order {
            Order::Arrival => b"arrival",
        };
        let filter = match self.filter {
            Filter::All => b"all",
        };
        let lines = match self.lines {
            Lines::Messages => b"messages",
        };
        [b"folder", folder.as_wire().as_bytes(), order, filter, lines]
    }
}
