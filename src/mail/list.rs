//! Which list: what is in it, in which order, and what a line of it stands for. Two pages of one value are pages of one list.
//!
//! Not for a page of it (`route`), nor for what is kept of it (`store::keys`). To know before changing it: a value names what
//! a user asked for, never what was found; its hash is part of the keys of what is cached of it. The messages of a folder by
//! arrival are kept true by comparison with the server; every other list is a snapshot, walked as it was found. Whoever adds
//! a variant is led by the compiler to each place that has to know.

use super::{FolderName, Search};

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
enum Scope {
    /// Those of one folder: an entry is a UID, and the folder stands once for all of them.
    Folder(FolderName),
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: SortBy,
    /// The other way round than people mostly want it.
    pub reversed: bool,
}

/// What a list is sorted by, and what comes first unless it is reversed. Among equals the newest does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// When the server got them (INTERNALDATE), the newest first.
    #[default]
    Arrival,
    /// When they were dated, the newest first.
    Date,
    /// Who they are from, by name, A first.
    From,
    /// Whom they went to, by name, A first.
    To,
    /// Their subjects without what stands before it in answers (RFC 5256 2.1), A first.
    Subject,
    /// Their sizes, the largest first.
    Size,
    /// Those that have not been read first.
    Unread,
    /// Starred ones first.
    Starred,
}

/// Which messages of its scope a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Filter {
    /// All.
    All,
    /// Those that were looked for.
    Found(Search),
}

/// What a line of a list stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    /// One message.
    Messages,
}

impl SortBy {
    /// Each with the name that addresses have for it, in the order in which they are offered.
    pub const NAMES: [(SortBy, &'static str); 8] = [
        (SortBy::Arrival, "arrival"),
        (SortBy::Date, "date"),
        (SortBy::From, "from"),
        (SortBy::To, "to"),
        (SortBy::Subject, "subject"),
        (SortBy::Size, "size"),
        (SortBy::Unread, "unread"),
        (SortBy::Starred, "starred"),
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<SortBy> {
        let known = SortBy::NAMES.iter().find(|(_, known)| *known == name);
        known.map(|(by, _)| *by)
    }

    /// The name that addresses have for it.
    pub fn name(self) -> &'static str {
        let known = SortBy::NAMES.iter().find(|(by, _)| *by == self);
        known.map_or("", |(_, name)| name)
    }
}

impl ListId {
    /// All messages of a folder by arrival.
    pub fn of_folder(folder: FolderName) -> ListId {
        ListId {
            scope: Scope::Folder(folder),
            order: Order::default(),
            filter: Filter::All,
            lines: Lines::Messages,
        }
    }

    /// The same list in another order.
    #[must_use]
    pub fn sorted(self, order: Order) -> ListId {
        ListId { order, ..self }
    }

    /// The messages of the same scope that are looked for; all of them where nothing is.
    #[must_use]
    pub fn searched(self, search: Option<Search>) -> ListId {
        let filter = search.map_or(Filter::All, Filter::Found);
        ListId { filter, ..self }
    }

    /// The folder that the list is about.
    pub fn folder(&self) -> &FolderName {
        let Scope::Folder(folder) = &self.scope;
        folder
    }

    /// Its order.
    pub fn order(&self) -> Order {
        self.order
    }

    /// What is looked for.
    pub fn search(&self) -> Option<&Search> {
        match &self.filter {
            Filter::All => None,
            Filter::Found(search) => Some(search),
        }
    }

    /// True for a list that is kept true by comparison with the server; any other one is walked as it was found.
    pub fn is_compared(&self) -> bool {
        self.order == Order::default() && self.filter == Filter::All
    }

    /// What tells it from every other list, in pieces.
    pub fn parts(&self) -> [&[u8]; 7] {
        let Scope::Folder(folder) = &self.scope;
        let way: &[u8] = match self.order.reversed {
            false => b"forward",
            true => b"reversed",
        };
        let (filter, text): (&[u8], &str) = match &self.filter {
            Filter::All => (b"all", ""),
            Filter::Found(search) => (b"found", search.text()),
        };
        let lines = match self.lines {
            Lines::Messages => b"messages",
        };
        let by = self.order.by.name().as_bytes();
        let folder = folder.as_wire().as_bytes();
        [b"folder", folder, by, way, filter, text.as_bytes(), lines]
    }
}
