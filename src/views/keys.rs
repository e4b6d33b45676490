//! The page that lists the keys, and what turns them off.
//!
//! Which key does what stands in `mail::Shortcut`; here is how a key looks.

use maud::{Markup, html};

use super::about::framed;
use super::{Chrome, tokens};
use crate::mail::Shortcut;
use crate::route::{ActForm, Route};

/// The page.
#[derive(Clone, Debug)]
pub struct KeysPage {
    /// The way back.
    pub back: Route,
    /// What turns the keys off, or on again; None where the hoster has fixed it.
    pub switch: Option<ActForm>,
}

/// Draws it.
pub fn page(chrome: &Chrome, page: &KeysPage) -> Markup {
    let words = chrome.words;
    let inside = html! {
        h1 { (words.shortcuts()) }
        p.hint { (words.about_shortcuts(chrome.has_keys)) }
        @if let Some(switch) = &page.switch { (turn(chrome, switch)) }
        dl.keys {
            @for shortcut in Shortcut::all() {
                @let keys: Vec<&str> = shortcut.keys().filter(|key| chrome.works(key)).collect();
                @if !keys.is_empty() {
                    dt {
                        @for (nth, one) in keys.iter().enumerate() {
                            @if nth > 0 { " " span.hint { (words.or()) } " " }
                            (self::keys(chrome, one))
                        }
                    }
                    dd { (words.shortcut(shortcut)) }
                }
            }
        }
    };
    framed(
        chrome,
        words.shortcuts(),
        (&page.back, words.back_to_inbox()),
        inside,
    )
}

/// What turns the keys off, or on again.
fn turn(chrome: &Chrome, switch: &ActForm) -> Markup {
    html! {
        form.turn method="post" action=(chrome.href(&switch.to)) data-lost=(chrome.words.connection_lost()) {
            (tokens(chrome))
            @for (name, value) in &switch.fields { input type="hidden" name=(name) value=(value); }
            button.button { (chrome.words.turn_shortcuts(!chrome.has_keys)) }
        }
    }
}

/// Keys that are pressed one after the other; most often one.
fn keys(chrome: &Chrome, names: &str) -> Markup {
    html! {
        @for (nth, name) in names.split(' ').enumerate() {
            @if nth > 0 { " " span.hint { (chrome.words.then()) } " " }
            (key(chrome, name))
        }
    }
}

/// A key, as it is written on a keyboard.
fn key(chrome: &Chrome, name: &str) -> Markup {
    let letter = name.chars().next().filter(|_| name.len() == 1);
    html! {
        @if let Some(letter) = letter.filter(char::is_ascii_uppercase) {
            kbd { (chrome.words.shift_key()) } "+" kbd { (letter.to_ascii_lowercase()) }
        } @else {
            kbd { (chrome.words.key(name)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets;
    use crate::views::samples;
    use crate::words::Words;
    use std::collections::BTreeSet;

    /// The values of an attribute on a page, cut at blanks.
    fn values(page: &str, attribute: &str) -> BTreeSet<String> {
        let before = format!(" {attribute}=\"");
        let values = page.split(&before).skip(1);
        let values = values.filter_map(|rest| rest.split('"').next());
        let keys = values.flat_map(|value| value.split(' ').map(str::to_owned));
        keys.collect()
    }

    #[test]
    fn pages_know_no_key_that_the_page_of_keys_does_not_list_and_script_knows_none() {
        let listed: BTreeSet<String> = Shortcut::all()
            .flat_map(|one| one.keys())
            .flat_map(|keys| keys.split(' '))
            .map(str::to_owned)
            .collect();
        let mut known = BTreeSet::new();
        for (_, page) in samples::pages() {
            let page = page.into_string();
            for attribute in [
                "aria-keyshortcuts",
                "data-keys",
                "data-next",
                "data-previous",
                "data-open",
                "data-select",
            ] {
                known.extend(values(&page, attribute));
            }
        }
        // Each is at work on some page, and told on one.
        assert_eq!(known, listed);
        let told = samples::keys_page(true).into_string();
        for shortcut in Shortcut::all() {
            let words = Words::ENGLISH.shortcut(shortcut);
            assert!(told.contains(&format!("<dd>{words}</dd>")), "{words}");
        }
        for script in [&assets::SCRIPT, &assets::PANES] {
            let script = std::str::from_utf8(script.bytes).expect("text");
            for literal in [
                "event.key ===",
                "event.key ==",
                "Arrow",
                "/i.test(event.key)",
            ] {
                assert!(!script.contains(literal), "script knows a key: {literal}");
            }
        }
    }

    #[test]
    fn where_keys_are_off_no_page_names_one_that_writes_a_character() {
        let page = samples::keys_page(false).into_string();
        assert!(values(&page, "aria-keyshortcuts").is_empty(), "{page}");
        assert!(
            !page.contains("<kbd>j</kbd>") && page.contains("\u{2193}"),
            "{page}"
        );
    }
}
