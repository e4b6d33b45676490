//! What stands above a list: what is looked for, and the lists that one click leads to.
//!
//! Not for finding it (`mailbox`). To know before changing it: what the mail server cannot sort by is sorted here, so each order
//! is offered of each folder, and of several together.

use super::Visit;
use crate::mail::{FolderSetting, ListId, Narrowing, Order, Scope, Search, SortBy, Sought, Term};
use crate::mailbox::Listing;
use crate::route::{ActForm, ListQuery, Route, SearchForm, SettingForm};
use crate::views::finding::{Finding, Further, QuickFilter, SoFar};

/// A list with a line for each conversation, where the user wants its folder to be shown so.
pub fn as_chosen(visit: &Visit, query: &ListQuery) -> ListQuery {
    let list = query.list.clone();
    let folders = &visit.profile.settings().folders;
    let on = list.is_grouped() || folders.is_grouped(list.folder());
    ListQuery {
        list: list.grouped(on),
        ..query.clone()
    }
}

/// The form that has the folder of a list grouped into conversations, or no longer; sorted otherwise than by arrival, it
/// cannot be, nor can several folders.
fn grouping(list: &ListId) -> Option<ActForm> {
    let form = SettingForm {
        folder: list.folder().clone(),
        setting: FolderSetting::Grouped,
        on: !list.is_grouped(),
        list: None,
    };
    list.can_be_grouped().then(|| ActForm::from(form))
}

/// What stands above a list; `has_below` where there are folders below the one that it is about.
pub fn above(visit: &Visit, listing: &Listing, has_below: bool) -> Finding {
    let list = &listing.list;
    let search = list.search();
    let page = |list: ListId| Route::Folder(ListQuery::first(list));
    let searched = |search: Option<Search>| list.clone().searched(search);
    let filter = |narrowing: Narrowing| {
        let typed = narrowing.typed();
        let on = search.is_some_and(|search| search.has(typed));
        let to = match search {
            Some(search) if on => search.without(typed),
            Some(search) => search.with(typed),
            None => Search::new(typed),
        };
        QuickFilter {
            narrowing,
            on,
            to: page(searched(to)),
        }
    };
    let order = list.order();
    let orders = SortBy::NAMES.into_iter().flat_map(|(by, _)| {
        // The other way round is offered of the one that is chosen, and of arrival.
        let both = by == order.by || by == SortBy::Arrival;
        let ways = [false, true].into_iter().filter(move |way| both || !way);
        ways.map(move |reversed| Order { by, reversed })
    });
    let found = listing.head.found.as_ref();
    // Where it is typed where is looked, that counts.
    let is_typed = search.is_some_and(Search::names_places);
    let scopes = Scope::NAMES
        .into_iter()
        .filter(|_| search.is_some() && !is_typed);
    let scopes = scopes.filter(|(scope, _)| *scope != Scope::Below || has_below);
    let scopes = scopes.map(|(scope, _)| (scope, page(list.clone().within(scope))));
    let keeping = search.map(|_| {
        let searches = &visit.profile.settings().searches;
        let form = SearchForm {
            list: list.clone(),
            name: String::new(),
            on: searches.name_of(list).is_none(),
        };
        ActForm::from(form)
    });
    let asks = |search: &Search| search.terms().iter().any(Term::asks_for_attachments);
    Finding {
        guesses_attachments: search.is_some_and(asks) && !visit.mailbox.knows_attachments(),
        keeping: keeping.filter(|_| !visit.profile.settings().is_searches_fixed),
        is_kept: visit.profile.settings().searches.name_of(list).is_some(),
        text: search.map_or("", Search::text).to_owned(),
        words: search.map_or_else(Sought::default, Search::sought),
        form: page(searched(None).within(Scope::Folder)).form(&visit.head.base),
        clear: search.map(|_| page(searched(None))),
        filters: Narrowing::ALL.map(filter).into(),
        order,
        grouping: grouping(list),
        is_grouped: list.is_grouped(),
        orders: orders
            .map(|order| (order, page(list.clone().sorted(order))))
            .collect(),
        scope: list.scope(),
        scopes: scopes.collect(),
        further: found
            .filter(|found| !found.left.is_empty())
            .map(|found| Further {
                to: Route::Folder(ListQuery {
                    further: true,
                    ..ListQuery::first(list.clone())
                }),
                done: match (found.is_own_order, list.spans_folders()) {
                    _ if found.is_grouped => SoFar::Grouped,
                    (true, _) => SoFar::Sorted,
                    (false, true) => SoFar::SomeFolders,
                    (false, false) => SoFar::Searched,
                },
            }),
    }
}
