//! What all pages share: the document around them, the three panes, notices, icons, faces.
//!
//! Views take plain data and give `Markup`: no I/O, no clock, no session. Words come from `words`, addresses from
//! `Route::href`; what others wrote is escaped by maud and keeps its direction to itself (`bdi`, `dir=auto`). To know
//! before changing it: the class names belong to `www/style.css`, which has one block for each file here.

pub mod about;
pub mod acting;
pub mod all_folders;
pub mod attached;
pub mod choose;
pub mod compose;
pub mod conversation;
pub mod editor;
pub mod error;
pub mod extras;
pub mod finding;
pub mod first_visit;
pub mod folder;
pub mod folder_options;
pub mod folders;
mod icons;
pub mod identities;
pub mod import;
pub mod keys;
pub mod labels;
pub mod login;
pub mod message;
pub mod people;
pub mod picture;
pub mod plain_text;
pub mod print;
pub mod resume;
#[cfg(test)]
mod samples;
pub mod sessions;
pub mod settings;
pub mod templates;
pub mod unsent;

use maud::{DOCTYPE, Markup, html};

use crate::assets;
use crate::mail::{Address, Choice as _, Shortcut, Theme};
use crate::route::{ActForm, Base, Route};
use crate::sender::Named;
use crate::time::Calendar;
use crate::words::{Piece, Sentence, Words};
use folders::{FolderLine, SearchLine};
use icons::{Icon, icon, sprite};

/// The form field that carries the token of a POST.
pub const TOKEN: &str = "token";
/// The form field that carries the random number of its page: the same form sent twice is one act.
pub const ONCE: &str = "once";
/// The form field that names the kept form which this one is, shown again.
pub const RESUMED: &str = "resumed";

/// What stands around the panes of a page for somebody who is signed in.
#[derive(Clone, Copy, Debug)]
pub struct Chrome<'a> {
    /// Before every address.
    pub base: &'a Base,
    /// The language.
    pub words: Words,
    /// Who is signed in, as typed at sign-in.
    pub login: &'a str,
    /// The token of its forms.
    pub token: &'a str,
    /// The random number of this page.
    pub once: &'a str,
    /// The name of the zone that times are in.
    pub zone: &'a str,
    /// The folders, nested, roles first (see `folders::nested`).
    pub folders: &'a [FolderLine],
    /// The favourites among them, without what is below them.
    pub favourites: &'a [FolderLine],
    /// The searches that are kept.
    pub searches: &'a [SearchLine],
    /// The addresses that are theirs.
    pub own: &'a [String],
    /// How many messages are being written, or were not sent.
    pub unsent: usize,
    /// How many folders there are beside these.
    pub more_folders: u32,
    /// True where keys do something when they are pressed alone.
    pub has_keys: bool,
    /// Light or dark.
    pub theme: Theme,
    /// True where messages can be sent.
    pub may_send: bool,
    /// How full the mailbox is, where the server tells.
    pub quota: Option<Quota>,
    /// What the last click did, why this page is older than it should be, what the server wants its user to see.
    pub notices: &'a [Notice],
}

/// How full a mailbox is, in units of 1024 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// What is used.
    pub used: u64,
    /// What there is.
    pub total: u64,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something was done.
    Done,
    /// Something is not as usual.
    Warn,
    /// Something was not done.
    Bad,
}

/// Something said where the work is, until the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: Kind,
    /// What happened, in a few words; empty for a notice of one sentence.
    pub lead: String,
    /// The rest.
    pub text: String,
    /// The act that undoes what was done, where there is one.
    pub undo: Option<ActForm>,
    /// The act that continues it, where there is one.
    pub more: Option<More>,
    /// The page that it is about, and what leads there, where there is one.
    pub open: Option<(Route, &'static str)>,
    /// After how many seconds it will be otherwise, where that is known.
    pub left: Option<i64>,
}

/// An act that a notice offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct More {
    /// The act.
    pub form: ActForm,
    /// What its button says.
    pub label: &'static str,
}

impl Notice {
    /// That something is not as usual.
    pub fn warning(lead: impl Into<String>, text: impl Into<String>) -> Notice {
        Notice {
            kind: Kind::Warn,
            lead: lead.into(),
            text: text.into(),
            undo: None,
            more: None,
            open: None,
            left: None,
        }
    }

    /// True where it has something to press.
    fn acts(&self) -> bool {
        self.undo.is_some() || self.more.is_some() || self.open.is_some()
    }
}

/// Which of the panes is the page, where there is room for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pane {
    /// The list, with the message's place empty.
    List,
    /// The message, with the list beside it.
    Message,
    /// The message, without a list.
    Alone,
}

impl Chrome<'_> {
    /// The address of a route.
    fn href(&self, route: &Route) -> String {
        route.href(self.base)
    }

    /// The keys that press a link or button, or lead into a field, as an attribute has them; None where there are none.
    fn pressed_by(&self, shortcut: Shortcut) -> Option<String> {
        let keys = shortcut.keys().filter(|key| Shortcut::writes(key));
        let keys: Vec<&str> = keys.filter(|_| self.has_keys).collect();
        (!keys.is_empty()).then(|| keys.join(" "))
    }

    /// The keys that do something with the row that has the focus: arrows, too.
    fn row_keys(&self, shortcut: Shortcut) -> Option<String> {
        let keys = shortcut.keys();
        let keys: Vec<&str> = keys.filter(|key| self.works(key)).collect();
        (!keys.is_empty()).then(|| keys.join(" "))
    }

    /// Whether a key does anything.
    fn works(&self, key: &str) -> bool {
        self.has_keys || !Shortcut::writes(key)
    }
}

/// A whole page of panes.
fn app(chrome: &Chrome, title: &str, pane: Pane, panes: Markup) -> Markup {
    let words = chrome.words;
    let (name, target, skip) = match pane {
        Pane::List => ("list", "#list", words.skip_to_list()),
        Pane::Message => ("message", "#message", words.skip_to_message()),
        Pane::Alone => ("alone", "#message", words.skip_to_message()),
    };
    let inside = html! {
        .app data-page=(name) {
            (folders::pane(chrome, target))
            (panes)
        }
    };
    let before = html! { a.skip href=(target) { (skip) } };
    document(chrome.base, words, (title, chrome.theme), (before, inside))
}

/// A whole page with one card on it: signing in, errors.
fn card(base: &Base, words: Words, title: &str, inside: Markup) -> Markup {
    let card = html! {
        main.gate {
            .card {
                p.brand { (icon(Icon::Gate)) (words.postern()) }
                (inside)
            }
        }
    };
    let before = Markup::default();
    document(base, words, (title, Theme::System), (before, card))
}

/// A page with the drawings that it points at. It is long: it is put between the two ends of its document as it is, where
/// one `html!` within another would copy it twice more.
fn document(
    base: &Base,
    words: Words,
    (title, theme): (&str, Theme),
    (before, inside): (Markup, Markup),
) -> Markup {
    let theme = (theme != Theme::System).then_some(theme.as_str());
    let mut page = html! {
        (DOCTYPE)
        html lang=(words.lang) dir=(words.dir) data-theme=[theme] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content=(theme.unwrap_or("light dark"));
                title { (words.window(title)) }
                link rel="icon" href=(assets::FAVICON.route().href(base)) type="image/svg+xml";
                link rel="stylesheet" href=(assets::STYLE.route().href(base));
                script src=(assets::PANES.route().href(base)) defer {}
                script src=(assets::SCRIPT.route().href(base)) defer {}
            }
            body {}
        }
    };
    let at = page.0.rfind("</body>").unwrap_or(page.0.len());
    let (begin, end) = page.0.split_at(at);
    let whole = [begin, &before.0, &sprite(&inside).0, &inside.0, end].concat();
    page.0 = whole;
    page
}

/// Notices, where the work is.
fn notices(chrome: &Chrome) -> Markup {
    html! {
        @for notice in chrome.notices {
            @let (class, sign, role) = match notice.kind {
                Kind::Done => ("note", Icon::Check, "status"),
                Kind::Warn => ("note warn", Icon::Warn, "status"),
                Kind::Bad => ("note bad", Icon::Warn, "alert"),
            };
            div.{ (class) }.brief[notice.acts()] role=(role) data-left=[notice.left] {
                (icon(sign))
                p {
                    @if !notice.lead.is_empty() { b { (notice.lead) } " " }
                    (notice.text)
                }
                @if notice.acts() {
                    .acts {
                        @if let Some(more) = &notice.more { (act(chrome, &more.form, more.label)) }
                        @if let Some((page, label)) = &notice.open { a href=(chrome.href(page)) { (label) } }
                        @if let Some(undo) = &notice.undo { (act_by_key(chrome, undo, chrome.words.undo(), Some(Shortcut::Undo))) }
                    }
                }
            }
        }
    }
}

/// The id of a message's row, by the value of its box. Links back to the list lead to it.
fn row_id(ticked: &str) -> String {
    // An id has no blanks (HTML, 3.2.6), and an address may have anything but letters and digits in another form.
    let plain = |letter: char| match letter.is_ascii_alphanumeric() {
        true => letter.to_string(),
        false => format!("_{:x}", u32::from(letter)),
    };
    format!("m{}", ticked.chars().map(plain).collect::<String>())
}

/// What every form of an act carries.
fn tokens(chrome: &Chrome) -> Markup {
    html! {
        input type="hidden" name=(TOKEN) value=(chrome.token);
        input type="hidden" name=(ONCE) value=(chrome.once);
    }
}

/// A form that is nothing but its button.
fn act(chrome: &Chrome, form: &ActForm, label: &str) -> Markup {
    act_by_key(chrome, form, label, None)
}

/// The same with a key that presses it.
fn act_by_key(chrome: &Chrome, form: &ActForm, label: &str, key: Option<Shortcut>) -> Markup {
    html! {
        form method="post" action=(chrome.href(&form.to)) data-lost=(chrome.words.connection_lost()) {
            (tokens(chrome))
            @for (name, value) in &form.fields { input type="hidden" name=(name) value=(value); }
            button aria-keyshortcuts=[key.and_then(|key| chrome.pressed_by(key))] { (label) }
        }
    }
}

/// A sender in full: a name never stands without the address, and what names no one address stands as it is written.
fn in_full(words: Words, named: &Named) -> Markup {
    html! {
        @match named {
            Named::Person { name, address } if name.is_empty() => (said(address)),
            Named::Person { name, address } => { (said(name)) " <" (said(address)) ">" },
            Named::AsWritten(written) if written.is_empty() => (words.unknown_sender()),
            Named::AsWritten(written) => (said(written)),
        }
    }
}

/// What somebody else wrote, inside one of our sentences: its direction stays its own.
fn said(text: &str) -> Markup {
    html! { bdi { (text) } }
}

/// A sentence with its places filled.
fn filled(sentence: &Sentence, places: &[Markup]) -> Markup {
    html! {
        @for piece in sentence.pieces() {
            @match piece {
                Piece::Words(words) => (words),
                Piece::Place(n) => @if let Some(place) = places.get(n) { (place) },
            }
        }
    }
}

/// A date, short or with its day, and in full for whoever points at it.
fn when(words: Words, at: &Calendar, shown: String) -> Markup {
    html! {
        time datetime=(words.when_machine(at)) title=(words.when_full(at)) { (shown) }
    }
}

/// The round sign beside a name: its initials on a tint that stays the same for the same address.
fn face(who: &Address) -> Markup {
    html! {
        span.face.{ "h" (hue(&who.email)) } aria-hidden="true" { (initials(who.shown())) }
    }
}

/// One or two letters of a name: of its first word, and of its last one where that is written in an alphabet that has
/// capitals; a question mark for a name without letters.
fn initials(name: &str) -> String {
    let letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let mut words = name.split_whitespace().filter_map(letter);
    let first = words.next().unwrap_or('?');
    let last = words
        .next_back()
        .filter(|c| c.is_lowercase() || c.is_uppercase());
    std::iter::once(first)
        .chain(last)
        .flat_map(char::to_uppercase)
        .take(2)
        .collect()
}

/// Which of the twelve tints an address has.
fn hue(address: &str) -> u32 {
    address.bytes().fold(7, |sum: u32, byte| {
        sum.wrapping_mul(31)
            .wrapping_add(byte.to_ascii_lowercase().into())
    }) % 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_any_name() {
        let made = [
            "Marta Oliveira",
            "Kenji 田中",
            "نور السيد",
            "\"-\" ",
            "",
            "anna",
            "Piet de Vries",
            "ß",
        ];
        let letters: Vec<String> = made.map(initials).into();
        assert_eq!(letters, ["MO", "K", "ن", "?", "?", "A", "PV", "SS"]);
    }

    #[test]
    fn an_address_keeps_its_tint() {
        assert_eq!(hue("Ann@Example.org"), hue("ann@example.org"));
        assert!(hue(&"\u{ffff}".repeat(1000)) < 12);
    }

    #[test]
    fn a_notice_cannot_bring_markup() {
        let notice = Notice {
            kind: Kind::Bad,
            undo: Some(ActForm {
                to: Route::SignOut,
                fields: vec![("a".to_owned(), "\"b".to_owned())],
            }),
            ..Notice::warning("", "<b>\"&")
        };
        let chrome = Chrome {
            base: &Base::default(),
            words: Words::ENGLISH,
            login: "ann",
            token: "the token",
            once: "once",
            zone: "UTC",
            folders: &[],
            favourites: &[],
            searches: &[],
            own: &[],
            unsent: 0,
            more_folders: 0,
            has_keys: true,
            theme: Theme::System,
            may_send: true,
            quota: None,
            notices: &[notice],
        };
        let page = notices(&chrome).into_string();
        assert!(page.contains("&lt;b&gt;&quot;&amp;") && page.contains("alert"));
        // What undoes an act is an act.
        assert!(page.contains("method=\"post\"") && page.contains("value=\"the token\""));
        assert!(page.contains("name=\"a\" value=\"&quot;b\""));
    }
}
