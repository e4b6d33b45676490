//! What a page is asked for with: which stretch of a list, which face of a message.
//!
//! Not for how that is spelled (`query`), nor for what else can be asked for (`route`). To know before changing it: a place
//! in a list is named by a message, never by a number of a page.

use super::MessageRef;
use crate::mail::{FolderName, ListId, NestedPath, Search, SearchField, Sought};

/// A place in a list that survives arrivals and deletions: beside a message, and where that was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The message beside which the page lies. Its folder is that of the list.
    pub message: MessageRef,
    /// How many older messages the list held, when the link was made: where to look if the message is gone.
    /// Counted from the oldest, so that arrivals do not shift it.
    pub rank: u32,
}

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ListPage {
    /// From the newest on.
    #[default]
    Newest,
    /// The page that begins just after the anchor.
    OlderThan(Anchor),
    /// The page that ends just before the anchor.
    NewerThan(Anchor),
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// Which list.
    pub list: ListId,
    /// Which page of it.
    pub page: ListPage,
    /// Compare with the server now, however fresh the cache is.
    pub compare: bool,
    /// Go on looking for it where that has ended before its folder was looked through.
    pub further: bool,
    /// Which of its messages are selected when the page comes.
    pub selected: Selected,
}

/// Which messages of a list are selected when its page comes: without script, what ticks many boxes is a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Selected {
    /// None.
    #[default]
    Nothing,
    /// Those of the page.
    Page,
    /// All of the list, on other pages too.
    All,
}

impl ListQuery {
    /// The first page of a folder.
    pub fn newest(folder: FolderName) -> ListQuery {
        ListQuery::first(ListId::of_folder(folder))
    }

    /// The first page of a list.
    pub fn first(list: ListId) -> ListQuery {
        ListQuery {
            list,
            page: ListPage::Newest,
            compare: false,
            further: false,
            selected: Selected::Nothing,
        }
    }
}

/// A page of all folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoldersQuery {
    /// What their names have in them; empty for any.
    pub find: String,
    /// How many of them come before this page.
    pub from: u32,
}

/// The page of a folder: what can be done with it, or a question about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderQuery {
    /// Which folder.
    pub folder: FolderName,
    /// What is asked about it.
    pub asks: FolderAsks,
}

/// What is asked about a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderAsks {
    /// Nothing: all that can be done is shown.
    Nothing,
    /// Where it is to be moved.
    Where {
        /// What the names of the places have in them; empty for any.
        find: String,
    },
    /// Whether it is to be deleted.
    WhetherToDelete,
    /// Whether all that is in it is to be removed.
    WhetherToEmpty,
    /// Whether all that is marked for removal is to be removed.
    WhetherToRemoveMarked,
}

impl FolderQuery {
    /// All that can be done with a folder.
    pub fn plain(folder: FolderName) -> FolderQuery {
        FolderQuery {
            folder,
            asks: FolderAsks::Nothing,
        }
    }
}

/// Which face of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Face {
    /// The one that the reader wants first; where there is no such one, the other.
    #[default]
    First,
    /// The HTML.
    Html,
    /// The text.
    Text,
}

/// A page of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageQuery {
    /// Which message.
    pub message: MessageRef,
    /// The list that it was opened from: there "newer" and "older" lead on.
    pub list: ListId,
    /// Its rank when the link was made (see `Anchor`): where the list goes on if it is gone.
    pub rank: u32,
    /// Which face.
    pub face: Face,
    /// Show what the mail asks to load from elsewhere, this once.
    pub remote: bool,
    /// The message within it that is meant; empty for the message itself.
    pub inside: NestedPath,
    /// The charset that the reader chose; empty for what the mail says.
    pub charset: String,
    /// Shows its text in letters that are all equally wide.
    pub fixed: bool,
    /// Another message of the same conversation that is unfolded too, in this folder or in another. Then that one is meant
    /// by face, remote content and charset.
    pub unfolded: Option<Box<MessageRef>>,
}

impl MessageQuery {
    /// A message as the list of its folder links to it.
    pub fn plain(message: MessageRef, rank: u32) -> MessageQuery {
        let list = ListId::of_folder(message.folder.clone());
        MessageQuery::of(list, message, rank)
    }

    /// A message as a list links to it.
    pub fn of(list: ListId, message: MessageRef, rank: u32) -> MessageQuery {
        MessageQuery {
            message,
            list,
            rank,
            face: Face::First,
            remote: false,
            inside: NestedPath::default(),
            charset: String::new(),
            fixed: false,
            unfolded: None,
        }
    }

    /// The message that is meant by how it is looked at: of a conversation the one that is unfolded.
    pub fn looked_at(&self) -> &MessageRef {
        self.unfolded.as_deref().unwrap_or(&self.message)
    }

    /// The document of its HTML.
    pub fn frame(&self) -> FrameQuery {
        FrameQuery {
            message: self.message.clone(),
            remote: self.remote,
            inside: self.inside.clone(),
            charset: self.charset.clone(),
            search: self.list.search().cloned(),
        }
    }

    /// The words that it was found by, of those that are looked for in one place.
    pub fn sought_in(&self, place: SearchField) -> Sought {
        sought(self.list.search(), place)
    }
}

/// The HTML of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameQuery {
    /// Which message.
    pub message: MessageRef,
    /// With what it asks to load from elsewhere.
    pub remote: bool,
    /// The message within it that is meant.
    pub inside: NestedPath,
    /// The charset that the reader chose.
    pub charset: String,
    /// What it was found by.
    pub search: Option<Search>,
}

impl FrameQuery {
    /// The words of its text that it was found by.
    pub fn sought(&self) -> Sought {
        sought(self.search.as_ref(), SearchField::Body)
    }
}

fn sought(search: Option<&Search>, place: SearchField) -> Sought {
    search.map_or_else(Sought::default, |search| search.sought_in(place))
}
