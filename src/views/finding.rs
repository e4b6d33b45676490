//! Above a list: what is looked for in it, by what it is sorted, and which quick filters are on; and where, in a row, the
//! words stand that were looked for.
//!
//! Not for deciding what is offered: the action knows. To know before changing it: it is a GET form and links, so that each
//! result has an address of its own, and "back" leads to it.

use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::{Chrome, act, tokens};
use crate::mail::{FolderSetting, Narrowing, Order, Scope, SearchOption, Shortcut, Sought};
use crate::route::{ActForm, Route, SearchForm};

/// What is looked for in a list, and how else it could be shown.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// What is looked for, as it was typed; empty for all of the folder.
    pub text: String,
    /// The words of it, to be marked where they stand.
    pub words: Sought,
    /// Path and fields of the form that looks for something, but for what.
    pub form: (String, Vec<(String, String)>),
    /// The list without what is looked for, where something is.
    pub clear: Option<Route>,
    /// Keeps the search among the folders, or no longer.
    pub keeping: Option<ActForm>,
    /// True where it is kept.
    pub is_kept: bool,
    /// Whose messages are looked through.
    pub scope: Scope,
    /// The same looked for in other folders too, or in this one alone; none where nothing is looked for.
    pub scopes: Vec<(Scope, Route)>,
    /// Quick filters.
    pub filters: Vec<QuickFilter>,
    /// The order.
    pub order: Order,
    /// Other orders, each with its list.
    pub orders: Vec<(Order, Route)>,
    /// Has the folder grouped into conversations, or no longer; None where that cannot be.
    pub grouping: Option<ActForm>,
    /// True where it is grouped.
    pub is_grouped: bool,
    /// True where attachments are looked for, and the mail server cannot say which messages have some.
    pub guesses_attachments: bool,
    /// Where it goes on, if the folder has not been looked through, or sorted, to its end yet.
    pub further: Option<Further>,
}

/// How a list goes on that shows the newest messages only, so far.
#[derive(Clone, Debug)]
pub struct Further {
    /// Where.
    pub to: Route,
    /// What has been done with these so far.
    pub done: SoFar,
}

/// What has been done so far with the newest messages of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoFar {
    /// They have been searched.
    Searched,
    /// They have been searched in some of several folders.
    SomeFolders,
    /// They have been sorted.
    Sorted,
    /// They have been grouped into conversations.
    Grouped,
}

/// A narrowing that is offered.
#[derive(Clone, Debug)]
pub struct QuickFilter {
    /// Which.
    pub narrowing: Narrowing,
    /// True where it is on.
    pub on: bool,
    /// The list with it, or without.
    pub to: Route,
}

/// The field, the quick filters, and the orders; `title` is the folder's name for people.
pub(super) fn bar(chrome: &Chrome, finding: &Finding, title: &str) -> Markup {
    let words = chrome.words;
    let (address, fields) = &finding.form;
    html! {
        search {
            form.look #look method="get" action=(address) {
                @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                input type="search" name="q" value=(finding.text) aria-label=(words.search_in(title)) placeholder=(words.search_in(title))
                    maxlength="500" dir="auto" enterkeyhint="search" autocomplete="off" aria-keyshortcuts=[chrome.pressed_by(Shortcut::Search)];
                @if let Some(clear) = &finding.clear {
                    a.button.quiet href=(chrome.href(clear)) title=(words.clear_search()) aria-label=(words.clear_search()) { (icon(Icon::Close)) }
                }
                (options(chrome, finding))
                button.button.quiet title=(words.search()) aria-label=(words.search()) { (icon(Icon::Search)) }
            }
            @if finding.keeping.is_some() || !finding.scopes.is_empty() {
                .filters.bar {
                    nav.bar aria-label=(words.search_where()) {
                        @for (scope, to) in &finding.scopes {
                            a.filter href=(chrome.href(to)) aria-current=[(*scope == finding.scope).then_some("true")] { (words.scope(*scope)) }
                        }
                    }
                    @if let Some(form) = &finding.keeping { (keep(chrome, finding, form)) }
                }
            }
            @if finding.guesses_attachments { p.hint { (words.attachments_are_guessed()) } }
            .filters.bar {
                @for filter in &finding.filters {
                    a.filter href=(chrome.href(&filter.to)) aria-current=[filter.on.then_some("true")] { (words.narrowing(filter.narrowing)) }
                }
                details.drop.push {
                    summary.button.quiet title=(words.sort()) { span { (words.order(finding.order)) } (icon(Icon::Down)) }
                    .choices {
                        @for (order, to) in &finding.orders {
                            a href=(chrome.href(to)) aria-current=[(*order == finding.order).then_some("true")] { (words.order(*order)) }
                        }
                    }
                }
            }
        }
    }
}

/// The switch between conversations and single messages, where there is one.
pub(super) fn switch(chrome: &Chrome, finding: &Finding) -> Markup {
    let label = chrome
        .words
        .folder_set_label(FolderSetting::Grouped, !finding.is_grouped);
    html! {
        @if let Some(form) = &finding.grouping {
            form.switch method="post" action=(chrome.href(&form.to)) {
                (tokens(chrome))
                @for (name, value) in &form.fields { input type="hidden" name=(name) value=(value); }
                button.button.quiet.on[finding.is_grouped] title=(label) aria-label=(label) { (icon(Icon::Talk)) }
            }
        }
    }
}

/// What keeps a search under a name, or forgets it.
fn keep(chrome: &Chrome, finding: &Finding, form: &ActForm) -> Markup {
    let words = chrome.words;
    if finding.is_kept {
        return html! { .push { (act(chrome, form, words.keep_search_label(false))) } };
    }
    html! {
        details.drop.push {
            summary.button.quiet title=(words.keep_search_label(true)) { span { (words.keep_search_label(true)) } (icon(Icon::Down)) }
            form.choices.options method="post" action=(chrome.href(&form.to)) {
                (tokens(chrome))
                @for (name, value) in &form.fields { input type="hidden" name=(name) value=(value); }
                label {
                    span { (words.search_name()) }
                    input name=(SearchForm::NAME) value=(finding.text) maxlength="60" dir="auto" autocomplete="off";
                }
                button.button.primary { (words.save()) }
            }
        }
    }
}

/// What can be filled in by people who do not know what to type. It is part of the form: what is filled in and what is typed
/// is looked for together, and stands in the field afterwards, as it could have been typed.
fn options(chrome: &Chrome, finding: &Finding) -> Markup {
    let words = chrome.words;
    html! {
        details.drop {
            summary.button.quiet title=(words.search_options()) aria-label=(words.search_options()) { (icon(Icon::Options)) }
            .choices.options {
                label {
                    span { (words.search_where()) }
                    select name="scope" {
                        @for (scope, name) in Scope::NAMES {
                            option value=(name) selected[scope == finding.scope] { (words.scope(scope)) }
                        }
                    }
                }
                @for (option, name) in SearchOption::ALL {
                    label {
                        span { (words.search_option(option)) }
                        @match option {
                            SearchOption::After | SearchOption::Before => { input type="date" name=(name); }
                            SearchOption::Larger => {
                                select name=(name) {
                                    option value="" { (words.any_size()) }
                                    @for (typed, bytes) in SIZES { option value=(typed) { (words.size(bytes)) } }
                                }
                            }
                            SearchOption::From | SearchOption::To | SearchOption::Subject | SearchOption::Body => {
                                input name=(name) maxlength="200" dir="auto" autocomplete="off";
                            }
                        }
                    }
                }
                p.hint { (words.search_hint()) }
                button.button.primary { (words.search()) }
            }
        }
    }
}

/// Sizes that are offered, as they are typed, and in bytes.
const SIZES: [(&str, u64); 4] = [
    ("100k", 100_000),
    ("1M", 1_000_000),
    ("5M", 5_000_000),
    ("10M", 10_000_000),
];

/// A text with the words marked that were looked for.
pub(super) fn marked(text: &str, sought: &Sought) -> Markup {
    html! {
        @for (piece, is_found) in sought.pieces(text) {
            @if is_found { mark { (piece) } } @else { (piece) }
        }
    }
}
