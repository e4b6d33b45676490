//! What stands above a list: what is looked for, and the lists that one click leads to.
//!
//! Not for finding it (`mailbox`). To know before changing it: what the mail server cannot sort by is sorted here, so each order
//! is offered everywhere.

use super::Visit;
use crate::mail::{ListId, Narrowing, Order, Search, SortBy};
use crate::mailbox::Listing;
use crate::route::{ListQuery, Route};
use crate::views::finding::{Finding, Further, QuickFilter, SoFar};

/// What stands above a list.
pub fn above(visit: &Visit, listing: &Listing) -> Finding {
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
    let found = listing.head.found;
    Finding {
        text: search.map_or("", Search::text).to_owned(),
        words: search.map_or_else(Vec::new, Search::words),
        form: page(searched(None)).form(&visit.head.base),
        clear: search.map(|_| page(searched(None))),
        filters: Narrowing::ALL.map(filter).into(),
        order,
        orders: orders
            .map(|order| (order, page(list.clone().sorted(order))))
            .collect(),
        further: found
            .filter(|found| found.down_to.is_some())
            .map(|found| Further {
                to: Route::Folder(ListQuery {
                    further: true,
                    ..ListQuery::first(list.clone())
                }),
                done: match found.is_own_order {
                    true => SoFar::Sorted,
                    false => SoFar::Searched,
                },
            }),
    }
}
