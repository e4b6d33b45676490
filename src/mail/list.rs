//! Which list: what is in it, in which order, and what a line of it stands for. Two pages of one value are pages of one list.
//!
//! Not for a page of it (`route`), nor for what is kept of it (`store::keys`). To know before changing it: a value names what
//! a user asked for, never what was found; its hash is part of the keys of what is cached of it. The messages of a folder by
//! arrival are kept true by comparison with the server; every other list is a snapshot, walked as it was found. Whoever adds
//! a variant is led by the compiler to each place that has to know.

use super::{FolderName, Search, Uid};

/// Which list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListId {
    /// The folder that it is about, or that it was asked for from.
    folder: FolderName,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Those of one folder.
    #[default]
    Folder,
    /// Those of a folder and of all folders below it.
    Below,
    /// Those of all folders, but for what was deleted and for spam.
    Everywhere,
}

/// One message of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its folder, by its number in the head of the list; 0 where the list has one folder.
    pub folder: u16,
    /// Its number there.
    pub uid: Uid,
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
    /// A conversation, by its newest message.
    Conversations,
}

impl Order {
    /// The one of this name, as addresses have it: that of its key, behind a `-` where it is reversed; the empty name is the
    /// order of arrival.
    pub fn named(name: &str) -> Option<Order> {
        let by = name.strip_prefix('-').unwrap_or(name);
        match by {
            "" if by == name => Some(Order::default()),
            by => Some(Order {
                reversed: by != name,
                by: SortBy::named(by)?,
            }),
        }
    }

    /// The name that addresses have for it.
    pub fn name(self) -> String {
        let sign = if self.reversed { "-" } else { "" };
        match self == Order::default() {
            true => String::new(),
            false => format!("{sign}{}", self.by.name()),
        }
    }
}

impl Scope {
    /// Each with the name that addresses have for it, in the order in which they are offered.
    pub const NAMES: [(Scope, &'static str); 3] = [
        (Scope::Folder, ""),
        (Scope::Below, "below"),
        (Scope::Everywhere, "all"),
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Scope> {
        let known = Scope::NAMES.iter().find(|(_, known)| *known == name);
        known.map(|(scope, _)| *scope)
    }

    /// The name that addresses have for it.
    pub fn name(self) -> &'static str {
        let known = Scope::NAMES.iter().find(|(scope, _)| *scope == self);
        known.map_or("", |(_, name)| name)
    }
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
            folder,
            scope: Scope::Folder,
            order: Order::default(),
            filter: Filter::All,
            lines: Lines::Messages,
        }
    }

    /// The same list in another order.
    #[must_use]
    pub fn sorted(self, order: Order) -> ListId {
        let is_grouped = self.is_grouped();
        ListId { order, ..self }.grouped(is_grouped)
    }

    /// The same list with a line for each conversation, or for each message; only by arrival are conversations shown.
    #[must_use]
    pub fn grouped(self, on: bool) -> ListId {
        let lines = match on && self.can_be_grouped() {
            true => Lines::Conversations,
            false => Lines::Messages,
        };
        ListId { lines, ..self }
    }

    /// True where conversations can be shown: messages of one folder, by arrival.
    pub fn can_be_grouped(&self) -> bool {
        self.order.by == SortBy::Arrival && !self.spans_folders()
    }

    /// True where a line stands for a conversation.
    pub fn is_grouped(&self) -> bool {
        self.lines == Lines::Conversations
    }

    /// The messages of the same scope that are looked for; all of them where nothing is.
    #[must_use]
    pub fn searched(self, search: Option<Search>) -> ListId {
        let filter = search.map_or(Filter::All, Filter::Found);
        let is_grouped = self.is_grouped();
        ListId { filter, ..self }.grouped(is_grouped)
    }

    /// The same list of the messages of more folders.
    #[must_use]
    pub fn within(self, scope: Scope) -> ListId {
        let is_grouped = self.is_grouped();
        ListId { scope, ..self }.grouped(is_grouped)
    }

    /// The folder that the list is about, or that it was asked for from.
    pub fn folder(&self) -> &FolderName {
        &self.folder
    }

    /// Whose messages it holds. More than one folder is looked through only for something: a list of everything is that
    /// of its folder.
    pub fn scope(&self) -> Scope {
        match self.filter {
            Filter::All => Scope::Folder,
            Filter::Found(_) => self.scope,
        }
    }

    /// True where its messages may be in several folders.
    pub fn spans_folders(&self) -> bool {
        let names_places = || self.search().is_some_and(Search::names_places);
        self.scope() != Scope::Folder || names_places()
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
        self.order == Order::default() && self.filter == Filter::All && !self.is_grouped()
    }

    /// What tells it from every other list, in pieces.
    pub fn parts(&self) -> [&[u8]; 7] {
        // From wherever all folders are looked through, the same is found.
        let (scope, folder) = match self.scope() {
            Scope::Folder => ("folder", self.folder.as_wire()),
            Scope::Below => ("below", self.folder.as_wire()),
            Scope::Everywhere => ("everywhere", ""),
        };
        let way: &[u8] = match self.order.reversed {
            false => b"forward",
            true => b"reversed",
        };
        let (filter, text): (&[u8], &str) = match &self.filter {
            Filter::All => (b"all", ""),
            Filter::Found(search) => (b"found", search.text()),
        };
        let lines = match self.lines {
            Lines::Messages => b"messages".as_slice(),
            Lines::Conversations => b"conversations",
        };
        let by = self.order.by.name().as_bytes();
        let (scope, folder) = (scope.as_bytes(), folder.as_bytes());
        [scope, folder, by, way, filter, text.as_bytes(), lines]
    }
}
