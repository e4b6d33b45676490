//! A page of a folder's list, and the same list beside an open message.
//!
//! Not for choosing rows or counting pages: the action knows; `None` is a page that does not exist. To know before
//! changing it: a row is one link whose `::after` covers the row; what a screen reader says of it is its name (`row_name`).

use maud::{Markup, html};

use super::acting::{self, Acting, Selection};
use super::finding::{self, Finding, SoFar, marked};
use super::folders::opener;
use super::icons::{Icon, icon, sign};
use super::labels::{Chip, chips};
use super::{Chrome, Pane, act, app, face, filled, in_full, notices, row_id, said, when};
use crate::mail::{Address, Order, Role, Shortcut, Sought};
use crate::route::{ActForm, Route, Selected};
use crate::sender::Named;
use crate::time::Calendar;
use crate::words::{Piece, Sentence, Words};

/// A list of messages, as far as one page shows it.
#[derive(Clone, Debug)]
pub struct ListPane {
    /// The folder's name for people (our word where it has a role).
    pub title: String,
    /// The names of the folders above it, from the top.
    pub above: Vec<String>,
    /// What the folder is for.
    pub role: Option<Role>,
    /// How many are unread, where the server told.
    pub unread: Option<u32>,
    /// How many messages the folder holds.
    pub total: u32,
    /// When the list was last compared with the server.
    pub as_of: Option<Calendar>,
    /// True where nothing of its messages can be changed.
    pub is_read_only: bool,
    /// The same page, compared with the server now; of a search its first page, with the search made again.
    pub compare: Route,
    /// What is looked for in it, and how else it could be shown.
    pub finding: Finding,
    /// What can be done with its messages.
    pub acting: Acting,
    /// Marks all of them as read.
    pub all_read: Option<ActForm>,
    /// The question whether all of them are to be removed.
    pub empty: Option<Route>,
    /// The question whether what is marked for removal is to be removed.
    pub remove_marked: Option<Route>,
    /// How many rows of this page are not shown, since they are marked for removal.
    pub hidden: u32,
    /// Takes messages in from files.
    pub import: Option<Route>,
    /// Which of them are selected, and the pages that select others.
    pub selection: Selection,
    /// The rows, newest first.
    pub rows: Vec<RowLine>,
    /// First and last row of this page, counted from 1 at the newest.
    pub range: (u32, u32),
    /// The page of newer messages.
    pub newer: Option<Route>,
    /// The page of older messages.
    pub older: Option<Route>,
}

/// Why a row tells nothing of its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untold {
    /// It has not been read yet: the mail server could not be asked.
    NotYet,
    /// The mail server was asked and told nothing.
    ByServer,
}

/// One message of a list.
#[derive(Clone, Debug)]
pub struct RowLine {
    /// The value of the box that chooses it.
    pub ticked: String,
    /// Its folder's name for people, where the list has several.
    pub folder: Option<String>,
    /// The message's page.
    pub href: Route,
    /// Why nothing is known of it, where that is so.
    pub untold: Option<Untold>,
    /// Who wrote it; in Sent and Drafts the first recipient. None where the message names nobody.
    pub who: Option<Address>,
    /// True where `who` is a recipient.
    pub to: bool,
    /// Who it is from, where that is not certain: marked, with the address, or as the field is written.
    pub doubted: Option<Named>,
    /// When it arrived.
    pub when: Option<Calendar>,
    /// Its subject; may be empty.
    pub subject: String,
    /// Its first words, where they are known.
    pub peek: Option<String>,
    /// Not read yet.
    pub unread: bool,
    /// Marked as deleted, by whatever client, and not removed yet.
    pub marked: bool,
    /// Starred.
    pub starred: bool,
    /// Its conversation is muted.
    pub muted: bool,
    /// Answered.
    pub answered: bool,
    /// Forwarded.
    pub forwarded: bool,
    /// Something is attached.
    pub attachment: bool,
    /// Size in bytes, of a large message, and wherever messages are sorted by it.
    pub size: Option<u32>,
    /// The first few of its labels, and how many more it has.
    pub labels: (Vec<Chip>, usize),
    /// True for the message that is open beside the list.
    pub current: bool,
    /// The conversation that the row stands for, where that has several messages.
    pub together: Option<TogetherLine>,
}

/// A conversation, as a row shows it.
#[derive(Clone, Debug, Default)]
pub struct TogetherLine {
    /// Its messages in this folder.
    pub count: u32,
    /// How many of these are unread.
    pub unread: u32,
    /// Who wrote the newest ones, in the order in which they first did, by short names.
    pub people: Vec<String>,
}

impl ListPane {
    /// How many are unread, where that says something: not of what the reader wrote.
    fn unread_told(&self) -> Option<u32> {
        let own = matches!(self.role, Some(Role::Sent | Role::Drafts));
        self.unread.filter(|_| !own)
    }

    /// Its name, and those of the folders above it.
    fn path(&self, words: Words) -> String {
        let above = self.above.iter().map(String::as_str);
        above
            .chain([self.title.as_str()])
            .collect::<Vec<_>>()
            .join(words.below_folder())
    }

    /// The same as a heading: where there is no room for all of it, the name itself stays.
    fn heading(&self, words: Words) -> Markup {
        html! {
            @if !self.above.is_empty() {
                span.above dir="auto" { (self.above.join(words.below_folder())) (words.below_folder()) }
            }
            span dir="auto" { (self.title) }
        }
    }

    /// The address of this page of it, however it was come to.
    fn place(&self, chrome: &Chrome) -> String {
        chrome.href(&self.selection.nothing)
    }
}

/// The page of a list; `look` is where script asks whether it would show something else by now.
pub fn page(chrome: &Chrome, list: &ListPane, look: Option<&Route>) -> Markup {
    let words = chrome.words;
    let panes = html! {
        main.list #list aria-label=(list.title) data-place=(list.place(chrome)) data-look=[look.map(|look| chrome.href(look))]
            data-next=[chrome.row_keys(Shortcut::Next)] data-previous=[chrome.row_keys(Shortcut::Previous)]
            data-open=[chrome.row_keys(Shortcut::Open)] data-select=[chrome.row_keys(Shortcut::Select)] {
            (head(chrome, list, html! { h1.title title=(list.path(words)) { (list.heading(words)) } }, true))
            (rows(chrome, list))
        }
        section.message aria-label=(words.message()) {
            p.nothing {
                @if list.rows.is_empty() { (words.nothing_to_read()) } @else { (words.choose(list.unread_told())) }
            }
        }
    };
    let title = words.with_unread(&list.path(words), list.unread_told());
    app(chrome, &title, Pane::List, panes)
}

/// The list beside an open message.
pub(super) fn beside(chrome: &Chrome, list: &ListPane) -> Markup {
    let words = chrome.words;
    html! {
        section.list #list aria-label=(list.title) data-place=(list.place(chrome)) {
            (head(chrome, list, html! { h2.title title=(list.path(words)) { (list.heading(words)) } }, false))
            (rows(chrome, list))
        }
    }
}

fn head(chrome: &Chrome, list: &ListPane, title: Markup, is_page: bool) -> Markup {
    let words = chrome.words;
    let is_found = !list.finding.text.is_empty();
    let again = if is_found {
        words.search_again()
    } else {
        words.refresh()
    };
    let count = match is_found {
        true => words.found(list.total),
        false if list.finding.is_grouped => words.conversations(list.total, list.unread_told()),
        false => words.unread_of(list.unread_told(), list.total),
    };
    html! {
        header {
            .bar {
                (title) span.count { (count) } (finding::switch(chrome, &list.finding))
                a.button.quiet.refresh href=(chrome.href(&list.compare)) title=(again) aria-label=(again) { (icon(Icon::Refresh)) }
            }
            (finding::bar(chrome, &list.finding, &list.title))
            .asof {
                @if let Some(at) = &list.as_of { span { (words.checked(at)) } }
                @if list.is_read_only {
                    span { (words.folder_is_read_only()) }
                }
                // Beside a message, too: there the list stands as it stands alone, to the pixel.
                @if !list.rows.is_empty() {
                    a.select data-here href=(chrome.href(&list.selection.page)) {
                        span.long { (words.select_page()) } span.short { (words.select_page_briefly()) }
                    }
                }
                @if let Some(form) = &list.all_read { (act(chrome, form, words.mark_all_read())) }
                @if let (Some(empty), Some(label)) = (&list.empty, list.role.and_then(|role| words.empty_folder(role))) {
                    a href=(chrome.href(empty)) { (label) }
                }
            }
            @if list.hidden > 0 || list.remove_marked.is_some() {
                .asof {
                    @if list.hidden > 0 { span { (words.marked_are_hidden(list.hidden)) } }
                    @if let Some(remove) = &list.remove_marked {
                        a href=(chrome.href(remove)) { (words.remove_marked()) }
                    }
                }
            }
            @if is_page { (notices(chrome)) }
        }
    }
}

fn rows(chrome: &Chrome, list: &ListPane) -> Markup {
    let words = chrome.words;
    let (first, last) = list.range;
    let many = list.newer.is_some() || list.older.is_some();
    html! {
        @if list.rows.is_empty() && list.hidden == 0 {
            .nothing {
                (icon(Icon::Folder))
                @if list.finding.text.is_empty() {
                    p { b { (words.folder_is_empty()) } br; (words.will_be_here(list.role)) }
                    @if let Some(import) = &list.import {
                        a.button href=(chrome.href(import)) { (words.import_messages()) }
                    }
                } @else {
                    @let (lead, text) = words.nothing_found();
                    p { b { (lead) } br; (text) }
                }
            }
        } @else {
            form.rows #rows method="post" action=(acting::target(chrome)) data-lost=(words.connection_lost()) {
                (acting::opening(chrome, &list.acting))
                ul { @for line in &list.rows { (row(chrome, line, list.selection.selected, &list.finding.words)) } }
                (acting::bulk(chrome, &list.acting, &list.selection, list.total))
            }
        }
        @if let Some(further) = &list.finding.further {
            @let (said, more) = match further.done {
                SoFar::Searched => (words.found_so_far().to_owned(), words.search_further()),
                SoFar::SomeFolders => (words.some_folders_so_far().to_owned(), words.search_on()),
                SoFar::Sorted => (words.sorted_so_far(list.total), words.sort_further()),
                SoFar::Grouped => (words.grouped_so_far().to_owned(), words.group_further()),
            };
            p.further { (said) " " a href=(chrome.href(&further.to)) { (more) } }
        }
        .pages.bar.bare[list.rows.is_empty()] {
            (opener(chrome))
            @if !list.rows.is_empty() { span.range { (words.range(first, last, list.total)) } }
            @if many {
                nav.bar.push aria-label=(words.pages()) {
                    @let by_time = list.finding.order == Order::default();
                    (step(chrome, &list.newer, if by_time { words.newer() } else { words.previous() }, Icon::Back, false))
                    (step(chrome, &list.older, if by_time { words.older() } else { words.next() }, Icon::Onward, true))
                }
            }
        }
    }
}

/// One of the two page links; the icon stands on the side where it points.
fn step(chrome: &Chrome, to: &Option<Route>, word: &str, which: Icon, icon_last: bool) -> Markup {
    let inside = html! {
        @if !icon_last { (icon(which)) }
        span.word { (word) }
        @if icon_last { (icon(which)) }
    };
    html! {
        @if let Some(route) = to {
            a.button.quiet href=(chrome.href(route)) title=(word) { (inside) }
        } @else {
            span.button.quiet.off aria-hidden="true" { (inside) }
        }
    }
}

/// A row; the words that were looked for are marked.
fn row(chrome: &Chrome, row: &RowLine, selected: Selected, found: &Sought) -> Markup {
    let words = chrome.words;
    let nobody = Address::default();
    let who = row
        .who
        .as_ref()
        .filter(|who| !who.shown().trim().is_empty());
    let missing = if row.to {
        words.nobody()
    } else {
        words.unknown_sender()
    };
    let subject = row.subject.trim();
    html! {
        li.row.unread[row.unread].muted[row.muted].marked[row.marked].now[row.current] id=(row_id(&row.ticked)) {
            (acting::tick(chrome, &row.ticked, if subject.is_empty() { words.no_subject() } else { subject }, selected))
            (face(who.unwrap_or(&nobody)))
            a href=(chrome.href(&row.href)) aria-label=(row_name(words, row)) aria-current=[row.current.then_some("true")] {
                span.who {
                    @if row.marked { span.sr { (words.marked_for_removal()) ": " } }
                    @if row.unread { span.sr { (words.unread_row()) } }
                    @if row.doubted.is_some() { (sign(Icon::Warn, words.sender_in_doubt())) }
                    b dir="auto" title=[who.map(|who| &who.email)] {
                        @if let Some(named) = &row.doubted { (in_full(words, named)) }
                        @else if let Some(people) = row.people() { (names(people)) }
                        @else { @match who {
                            Some(who) if row.to => (filled(&words.to_recipient(), &[said(who.shown())])),
                            Some(who) => bdi { (marked(who.shown(), found)) },
                            None => (missing),
                        } }
                    }
                    @if let Some(together) = &row.together {
                        span.n { (words.number(together.count.into())) span.sr { (words.messages_of_row(together.unread)) } }
                    }
                    @if let Some(at) = &row.when { (when(words, at, words.when_short(at))) }
                }
                span.what {
                    @if let Some(untold) = row.untold {
                        span.subject {
                            @match untold {
                                Untold::NotYet => { (words.not_read_yet()) }
                                Untold::ByServer => { (words.server_told_nothing()) }
                            }
                        }
                    }
                    @else if subject.is_empty() { span.subject { (words.no_subject()) } }
                    @else { span.subject dir="auto" { (marked(subject, found)) } }
                    span.marks {
                        @if row.answered { (sign(Icon::Reply, words.answered())) }
                        @if row.forwarded { (sign(Icon::Forward, words.forwarded())) }
                        @if row.attachment { (sign(Icon::Clip, words.attachment())) }
                        @if row.muted { (sign(Icon::Muted, words.muted())) }
                        @if row.starred { (sign(Icon::Star, words.starred())) }
                        @if let (Some(size), None) = (row.size, &row.together) { span.size { (words.size(size.into())) } }
                    }
                }
                @let (shown, more) = &row.labels;
                @if !shown.is_empty() || row.peek.is_some() || row.folder.is_some() {
                    span.peek {
                        @if let Some(folder) = &row.folder { span.place { span.sr { (words.in_folder()) " " } bdi { (folder) } } " " }
                        (chips(chrome, shown, *more))
                        @if let Some(peek) = &row.peek { span dir="auto" { (marked(peek, found)) } }
                    }
                }
            }
        }
    }
}

/// A row as it is read out: what is to be known before it is opened, in the order in which one wants to know it.
fn row_name(words: Words, row: &RowLine) -> String {
    let who = match (&row.doubted, row.people(), &row.who) {
        (Some(Named::Person { name, address }), ..) if name.is_empty() => address.clone(),
        (Some(Named::Person { name, address }), ..) => format!("{name} <{address}>"),
        (Some(Named::AsWritten(written)), ..) if !written.is_empty() => written.clone(),
        (None, Some(people), _) => people.join(", "),
        (None, None, Some(who)) if row.to => put_in(&words.to_recipient(), who.shown()),
        (None, None, Some(who)) => who.shown().to_owned(),
        (None, None, None) if row.to => words.nobody().to_owned(),
        _ => words.unknown_sender().to_owned(),
    };
    let subject = match (row.untold, row.subject.trim()) {
        (Some(Untold::NotYet), _) => words.not_read_yet(),
        (Some(Untold::ByServer), _) => words.server_told_nothing(),
        (None, "") => words.no_subject(),
        (None, subject) => subject,
    };
    let said = |is_so: bool, what: &str| match is_so {
        true => what.to_owned(),
        false => String::new(),
    };
    let count = row.together.as_ref().map(|together| {
        let count = words.number(together.count.into());
        format!("{count}{}", words.messages_of_row(together.unread))
    });
    let when = row.when.as_ref().map(|at| words.when_short(at));
    let (labels, _) = &row.labels;
    let before = [
        said(row.marked, words.marked_for_removal()),
        said(row.doubted.is_some(), words.sender_in_doubt()),
        who,
        subject.to_owned(),
        when.unwrap_or_default(),
        count.unwrap_or_default(),
        said(row.starred, words.starred()),
        said(row.attachment, words.attachment()),
        said(row.answered, words.answered()),
        said(row.forwarded, words.forwarded()),
        said(row.muted, words.muted()),
        row.folder.clone().unwrap_or_default(),
    ];
    let labels = labels.iter().map(|label| label.name.clone());
    let parts: Vec<String> = before.into_iter().chain(labels).collect();
    words.row_name(row.unread, &parts)
}

/// A sentence with this in its place.
fn put_in(sentence: &Sentence, what: &str) -> String {
    let pieces = sentence.pieces();
    let pieces = pieces.into_iter().map(|piece| match piece {
        Piece::Words(words) => words,
        Piece::Place(_) => what,
    });
    pieces.collect()
}

impl RowLine {
    /// The people of a conversation, where there are several.
    fn people(&self) -> Option<&[String]> {
        let people = &self.together.as_ref()?.people;
        (people.len() > 1 && !self.to).then_some(people)
    }
}

/// Names one after the other.
fn names(people: &[String]) -> Markup {
    html! {
        @for (n, name) in people.iter().enumerate() {
            @if n > 0 { ", " }
            (said(name))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::views::samples;

    fn sample(name: &str) -> String {
        let mut pages = samples::pages().into_iter();
        pages
            .find(|(sample, _)| *sample == name)
            .unwrap()
            .1
            .into_string()
    }

    #[test]
    fn a_row_is_one_link_that_says_everything() {
        let page = sample("list");
        let (_, rest) = page.split_once("<li class=\"row unread\" ").unwrap();
        let (row, _) = rest.split_once("</li>").unwrap();
        assert_eq!(row.matches("<a ").count(), 1);
        let name =
            "aria-label=\"Unread, Marta Oliveira, Rehearsal moved to Thursday, 10:05, Starred";
        assert!(row.contains(name), "{row}");
        for said in [
            "Unread: ",
            "Marta Oliveira",
            "10:05",
            "Rehearsal moved to Thursday",
            "Starred",
        ] {
            assert!(row.contains(said), "{said}: {row}");
        }
    }

    #[test]
    fn a_sender_who_is_not_certain_is_marked_and_never_without_the_address() {
        let page = sample("list-doubted");
        let (_, rest) = page.split_once("Sender not certain").unwrap();
        let (row, _) = rest.split_once("</li>").unwrap();
        let named = "<bdi>service@bank.example</bdi> &lt;<bdi>x@evil.example</bdi>&gt;";
        assert!(row.contains(named), "{row}");
        // As a sign, and in the name that is read out.
        assert_eq!(page.matches("Sender not certain").count(), 2);
    }

    #[test]
    fn the_open_message_is_the_current_row_beside_it() {
        let page = sample("message");
        let (_, rows) = page.split_once("<form class=\"rows\"").unwrap();
        assert_eq!(rows.matches("aria-current=\"true\"").count(), 1);
        assert!(page.contains("<section class=\"list\"") && page.contains("<h2 class=\"title\""));
    }

    #[test]
    fn what_one_wrote_is_not_counted_as_unread_and_names_its_recipient() {
        let page = sample("list-sent");
        assert!(page.contains("4 messages") && !page.contains("4 messages,"));
        assert!(page.contains("To <bdi>Marta Oliveira</bdi>"));
    }

    #[test]
    fn an_empty_folder_has_no_page_links() {
        let page = sample("list-empty");
        assert!(page.contains("This folder is empty.") && !page.contains("<nav class=\"bar"));
    }
}
