//! The page of the first visit: what has to be corrected before people can sign in; and what the sign-in page says then where
//! all is well.
//!
//! Not for finding that out (`checks`), nor for when it is shown (`app::first_visit`).

use maud::{Markup, html};

use super::card;
use super::icons::{Icon, icon};
use crate::error::Fault;
use crate::route::{Base, Route};
use crate::words::Words;

/// What has been found out of an installation in which nobody has signed in.
#[derive(Clone, Debug, Default)]
pub struct FirstVisit {
    /// What is wrong, or should be known.
    pub faults: Vec<Fault>,
    /// Whether locks, limits and mail servers have been tested with these settings.
    pub is_tested: bool,
    /// In how many seconds they can be tested again; 0 where it has not come to that.
    pub again: u64,
}

impl FirstVisit {
    /// True where something has to be corrected.
    pub fn is_wrong(&self) -> bool {
        self.faults.iter().any(|fault| !fault.is_note())
    }
}

/// The page. `again`: its own address; `sign_in`: whether there is a form.
pub fn page(base: &Base, words: Words, again: &str, first: &FirstVisit, sign_in: bool) -> Markup {
    let form = Route::SignInForm {
        to: String::new(),
        out: false,
    };
    let inside = html! {
        h1 { (words.not_ready()) }
        p { (words.not_ready_why()) }
        (listed(words, first))
        .ways {
            a.button.primary href=(again) { (words.check_again()) }
            @if sign_in { a.button.quiet href=(form.href(base)) { (words.sign_in_anyway()) } }
        }
        @if first.again > 0 { p.hint { (words.tested_again(first.again)) } }
        p.hint { (words.not_ready_more()) }
    };
    card(base, words, words.not_ready(), inside)
}

/// What stands below the sign-in form.
pub fn below(words: Words, first: &FirstVisit) -> Markup {
    html! {
        @if !first.faults.is_empty() { (listed(words, first)) }
        @if !first.is_tested {
            p.hint { (words.is_ready_untested(first.again)) }
        } @else if first.faults.is_empty() {
            p.hint { (words.is_ready()) }
        }
    }
}

fn listed(words: Words, first: &FirstVisit) -> Markup {
    let told = |fault: &Fault| {
        let text = words.fault(fault);
        let class = match fault.is_note() {
            true => "note",
            false => "note bad",
        };
        html! {
            li class=(class) {
                (icon(Icon::Warn))
                p { strong { (text.what) } " " (text.remedy) }
            }
        }
    };
    let (notes, wrong): (Vec<&Fault>, Vec<&Fault>) =
        first.faults.iter().partition(|fault| fault.is_note());
    html! {
        ul.faults { @for fault in wrong.into_iter().chain(notes) { (told(fault)) } }
    }
}
