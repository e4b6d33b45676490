//! What is said of looking for messages, and of the order of a list.

use super::Words;
use super::acts::isolated;
use crate::mail::{Narrowing, Order, Scope, SearchOption, SortBy};

impl Words {
    /// The field in which one types what is looked for, by the folder's name.
    pub fn search_in(&self, folder: &str) -> String {
        format!("Search in {folder}")
    }

    /// The button beside it.
    pub fn search(&self) -> &'static str {
        "Search"
    }

    /// Opens what can be filled in instead of typing it.
    pub fn search_options(&self) -> &'static str {
        "Search options"
    }

    /// One of its fields.
    pub fn search_option(&self, option: SearchOption) -> &'static str {
        match option {
            SearchOption::From => "From",
            SearchOption::To => "To",
            SearchOption::Subject => "Subject",
            SearchOption::Body => "Text",
            SearchOption::After => "On or after",
            SearchOption::Before => "Before",
            SearchOption::Larger => "Larger than",
        }
    }

    /// Where is looked.
    pub fn search_where(&self) -> &'static str {
        "Search in"
    }

    /// Whose messages are looked through.
    pub fn scope(&self, scope: Scope) -> &'static str {
        match scope {
            Scope::Folder => "This folder",
            Scope::Below => "This folder and its subfolders",
            Scope::Everywhere => "All folders",
        }
    }

    /// The title of what was found in several folders, by the name of the folder that it was asked for from.
    pub fn places(&self, scope: Scope, folder: &str) -> String {
        match scope {
            Scope::Folder => "Search results".to_owned(),
            Scope::Below => format!("{folder} and its subfolders"),
            Scope::Everywhere => "All folders".to_owned(),
        }
    }

    /// Of the size: it does not matter.
    pub fn any_size(&self) -> &'static str {
        "Any size"
    }

    /// Below the fields: the same can be typed.
    pub fn search_hint(&self) -> &'static str {
        "You can also type this: from:ann subject:\"two words\" -draft is:unread has:attachment before:2026-11-01 larger:5M in:archive in:anywhere OR"
    }

    /// The mail server cannot say which messages have something attached.
    pub fn attachments_are_guessed(&self) -> &'static str {
        "The mail server cannot search for attachments, so Postern goes by the type of each message. Some results may be wrong or missing."
    }

    /// Leads back to all messages of the folder.
    pub fn clear_search(&self) -> &'static str {
        "Show all messages"
    }

    /// How many messages were found.
    pub fn found(&self, n: u32) -> String {
        match n {
            0 => "Nothing found".to_owned(),
            n => format!("{} found", self.number(n.into())),
        }
    }

    /// Looks again for the same.
    pub fn search_again(&self) -> &'static str {
        "Search again"
    }

    /// Above what was found so far in a folder that takes longer to look through than a page may take.
    pub fn found_so_far(&self) -> &'static str {
        "Only the newest messages of this folder have been searched so far."
    }

    /// The same of several folders.
    pub fn some_folders_so_far(&self) -> &'static str {
        "Not all folders have been searched yet."
    }

    /// Continues with them.
    pub fn search_on(&self) -> &'static str {
        "Continue searching"
    }

    /// Continues it.
    pub fn search_further(&self) -> &'static str {
        "Search older messages"
    }

    /// Before the name of the folder of a message.
    pub fn in_folder(&self) -> &'static str {
        "In folder"
    }

    /// Below a sorted list of a folder that takes longer to be read than a page may take.
    pub fn sorted_so_far(&self, n: u32) -> String {
        match n {
            0 => "No messages have been sorted so far.".to_owned(),
            n => format!(
                "Only the newest {} have been sorted so far.",
                self.messages(n)
            ),
        }
    }

    /// Continues it.
    pub fn sort_further(&self) -> &'static str {
        "Sort older messages"
    }

    /// Below conversations of a folder that takes longer to be read than a page may take.
    pub fn grouped_so_far(&self) -> &'static str {
        "Only the newest messages of this folder have been grouped into conversations so far."
    }

    /// Continues it.
    pub fn group_further(&self) -> &'static str {
        "Group older messages"
    }

    /// How many conversations a list shows, and how many messages of its folder are unread, where that says something.
    pub fn conversations(&self, n: u32, unread: Option<u32>) -> String {
        let all = self.count(n.into(), "conversation", "conversations");
        match (n, unread) {
            (0, _) => "No messages".to_owned(),
            (_, None | Some(0)) => all,
            (_, Some(unread)) => format!("{all}, {} unread", self.number(unread.into())),
        }
    }

    /// Behind the number of messages of a conversation, for screen readers: so many of them are unread.
    pub fn messages_of_row(&self, unread: u32) -> String {
        match unread {
            0 => " messages".to_owned(),
            n => format!(" messages, {} unread", self.number(n.into())),
        }
    }

    /// Name of the group of what can be done with a conversation.
    pub fn about_conversation(&self) -> &'static str {
        "Conversation actions"
    }

    /// Name of the ways to the conversations beside this one.
    pub fn other_conversations(&self) -> &'static str {
        "Previous and next conversation"
    }

    /// Leads from a long conversation to its messages before those that are shown.
    pub fn earlier_messages(&self, n: u32) -> String {
        match n {
            1 => "Show 1 earlier message".to_owned(),
            n => format!("Show earlier messages ({})", self.number(n.into())),
        }
    }

    /// Leads from them back to the newest ones.
    pub fn newest_messages(&self) -> &'static str {
        "Show the newest messages"
    }

    /// Folds a message of a conversation, or unfolds it again.
    pub fn fold_message(&self) -> &'static str {
        "Expand or collapse this message"
    }

    /// Leads from a message of a conversation to its own page.
    pub fn open_alone(&self) -> &'static str {
        "Open this message alone"
    }

    /// In the place of a list in which nothing was found: what can be done.
    pub fn nothing_found(&self) -> (&'static str, &'static str) {
        (
            "No message matches.",
            "Try fewer or shorter words, or remove a filter.",
        )
    }

    /// All of a list was to be done something with, and it is another list now.
    pub fn list_changed(&self) -> (&'static str, &'static str) {
        (
            "Nothing was done",
            "The list has changed since you selected all of it. Check it and select the messages again.",
        )
    }

    /// A quick filter.
    pub fn narrowing(&self, narrowing: Narrowing) -> &'static str {
        match narrowing {
            Narrowing::Unread => "Unread",
            Narrowing::Starred => "Starred",
            Narrowing::Attachment => "Attachment",
        }
    }

    /// Name of the menu of orders.
    pub fn sort(&self) -> &'static str {
        "Sort"
    }

    /// An order, by what comes first.
    pub fn order(&self, order: Order) -> &'static str {
        match (order.by, order.reversed) {
            (SortBy::Arrival, false) => "Newest first",
            (SortBy::Arrival, true) => "Oldest first",
            (SortBy::Date, false) => "Date sent, newest first",
            (SortBy::Date, true) => "Date sent, oldest first",
            (SortBy::From, false) => "Sender A to Z",
            (SortBy::From, true) => "Sender Z to A",
            (SortBy::To, false) => "Recipient A to Z",
            (SortBy::To, true) => "Recipient Z to A",
            (SortBy::Subject, false) => "Subject A to Z",
            (SortBy::Subject, true) => "Subject Z to A",
            (SortBy::Size, false) => "Largest first",
            (SortBy::Size, true) => "Smallest first",
            (SortBy::Unread, false) => "Unread first",
            (SortBy::Unread, true) => "Unread last",
            (SortBy::Starred, false) => "Starred first",
            (SortBy::Starred, true) => "Starred last",
        }
    }

    /// Heading of the searches that are kept, among the folders.
    pub fn kept_searches(&self) -> &'static str {
        "Saved searches"
    }

    /// Keeps a search, or no longer.
    pub fn keep_search_label(&self, on: bool) -> &'static str {
        match on {
            true => "Save search",
            false => "Remove saved search",
        }
    }

    /// The same with what is looked for.
    pub fn search_to_keep(&self, on: bool, text: &str) -> String {
        format!("{}: {}", self.keep_search_label(on), isolated(text))
    }

    /// The button that keeps it.
    pub fn save(&self) -> &'static str {
        "Save"
    }

    /// The field with the name of a search.
    pub fn search_name(&self) -> &'static str {
        "Name"
    }

    /// What became of a search that was to be kept, or no longer.
    pub(super) fn search_kept(&self, name: &str, on: bool) -> String {
        let name = isolated(name);
        match on {
            true => format!("Search {name} saved. It is listed with your folders."),
            false => format!("Saved search {name} removed."),
        }
    }

    /// The page before this one, of a list that is not in the order of time.
    pub fn previous(&self) -> &'static str {
        "Previous"
    }

    /// The message above, in a list that is not in the order of time.
    pub fn previous_message(&self) -> &'static str {
        "Previous message"
    }

    /// The message below.
    pub fn next_message(&self) -> &'static str {
        "Next message"
    }

    /// The page after it.
    pub fn next(&self) -> &'static str {
        "Next"
    }
}
