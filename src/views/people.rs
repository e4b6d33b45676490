//! The people who are suggested as recipients: within the page on which a message is written, and on a page of their own.
//!
//! To know before changing it: without script a list completes only what stands alone in a field, so there is one more
//! field for one recipient; with script each field of addresses is completed behind its last comma.

use maud::{Markup, html};

use super::about::framed;
use super::choose::{Back, asking};
use super::{Chrome, tokens};
use crate::route::{DraftForm, Route};

/// The field that names somebody.
pub const PERSON: &str = "person";
/// The field that says that everybody is meant.
pub const ALL: &str = "all";

/// The list that fields are completed from.
const LIST: &str = "people";

/// The keys within a list of suggestions, as the ARIA pattern of a combobox has them.
struct Keys {
    down: &'static str,
    up: &'static str,
    take: &'static str,
    shut: &'static str,
}

const KEYS: Keys = Keys {
    down: "ArrowDown",
    up: "ArrowUp",
    take: "Enter Tab",
    shut: "Escape",
};

/// Who is suggested where a message is written.
#[derive(Clone, Debug, Default)]
pub struct Suggested {
    /// The likeliest ones, as they are typed.
    pub first: Vec<String>,
    /// True where there are more.
    pub has_more: bool,
}

impl Suggested {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The list itself, with what script has to know of it.
    pub(super) fn list(&self, chrome: &Chrome) -> Markup {
        html! {
            @if !self.is_empty() {
                datalist id=(LIST) data-suggest=[self.more(chrome)] data-found=(chrome.words.suggestions())
                    data-down=(KEYS.down) data-up=(KEYS.up) data-take=(KEYS.take) data-shut=(KEYS.shut) { @for one in &self.first { option value=(one) {} } }
            }
        }
    }

    /// The field that adds one, where there is no script.
    pub(super) fn field(&self, chrome: &Chrome) -> Markup {
        let words = chrome.words;
        html! {
            @if !self.is_empty() {
                .field.unscripted {
                    label for="w-more" { (words.add_recipient()) }
                    .beside {
                        input #w-more name=(DraftForm::MORE_TO) list=(LIST) dir="auto" autocapitalize="off" spellcheck="false";
                        button.button name=(DraftForm::WISH) value="renew" { (words.add()) }
                        button.button name=(DraftForm::WISH) value="pick" { (words.pick_people()) }
                    }
                }
            }
        }
    }

    /// Where script asks for people that are not in the list.
    fn more(&self, chrome: &Chrome) -> Option<String> {
        let find = String::new();
        self.has_more.then(|| chrome.href(&Route::Suggest { find }))
    }
}

/// What people are picked from, within a form that has the message.
pub(super) fn picker(chrome: &Chrome, people: &Suggested) -> Markup {
    let words = chrome.words;
    html! {
        h2 { (words.picked_from()) }
        ul.all.labelled.recipients {
            @for (n, one) in people.first.iter().enumerate() {
                @let id = format!("pick-{n}");
                li {
                    input id=(id) type="checkbox" name=(DraftForm::MORE_TO) value=(one);
                    label for=(id) dir="auto" { (one) }
                }
            }
        }
    }
}

/// What script gets: the people that were found, as they are typed.
pub fn found(found: &[String]) -> Markup {
    html! { datalist { @for one in found { option value=(one) {} } } }
}

/// The page of all of them.
#[derive(Clone, Debug)]
pub struct PeoplePage {
    /// Each by the address, and as it is typed.
    pub people: Vec<(String, String)>,
}

/// Draws it.
pub fn page(chrome: &Chrome, page: &PeoplePage) -> Markup {
    let words = chrome.words;
    let inside = html! {
        h1 { (words.people()) }
        p.hint { (if page.people.is_empty() { words.no_people() } else { words.about_people() }) }
        form #forget method="post" action=(chrome.href(&Route::EditPeople)) {
            (tokens(chrome))
            ul.sessions {
                @for (address, shown) in &page.people {
                    li {
                        div { bdi { (shown) } }
                        button.button.quiet name=(PERSON) value=(address) aria-label=(words.forget_person_of(address)) {
                            (words.forget_person())
                        }
                    }
                }
            }
        }
        @if !page.people.is_empty() {
            a.button href=(chrome.href(&Route::People { ask: true })) { (words.forget_all_people()) }
        }
    };
    framed(
        chrome,
        words.people(),
        (&Route::Settings, words.settings()),
        inside,
    )
}

/// The page that asks whether all are to be forgotten.
pub fn whether(chrome: &Chrome, count: usize) -> Markup {
    let words = chrome.words;
    let people = Route::People { ask: false };
    let inside = html! {
        p { (words.would_be_forgotten(count)) }
        form.choose method="post" action=(chrome.href(&Route::EditPeople)) {
            (tokens(chrome))
            input type="hidden" name=(ALL) value="1";
            p.bar {
                a.button href=(chrome.href(&people)) { (words.leave_undone()) }
                button.button.danger { (words.forget_all_people()) }
            }
        }
    };
    let back = Back {
        to: &people,
        label: words.people(),
    };
    asking(chrome, &back, words.whether_to_forget(), inside)
}
