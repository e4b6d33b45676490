//! What can be done with messages: the boxes that choose them in a list, and the buttons.
//!
//! Not for deciding what is offered: the action knows. To know before changing it: Enter in a field or box presses the first
//! button of its form, so that one is unseen and does nothing; and what is shown only where something is ticked is hidden by
//! `:has()`, so that it is always there for a browser without it.

use maud::{Markup, html};

use super::icons::{Icon, icon};
use super::{Chrome, tokens};
use crate::mail::{MessageAct, Shortcut};
use crate::route::{Route, Selected};

/// What can be done on a page.
#[derive(Clone, Debug, Default)]
pub struct Acting {
    /// The form, but for the messages and for what is to be done.
    pub fields: Vec<(String, String)>,
    /// What stands as a button of its own.
    pub first: Vec<MessageAct>,
    /// What else there is.
    pub more: Vec<MessageAct>,
    /// True where keys press the buttons: of one form of a page.
    pub is_keyed: bool,
}

/// Which messages of a list are selected, and the pages that select others: what takes many ticks without script.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Which are.
    pub selected: Selected,
    /// The same page with all its messages selected.
    pub page: Route,
    /// With all of the list.
    pub all: Route,
    /// With none.
    pub nothing: Route,
}

/// The beginning of a form that does something with messages.
pub(super) fn opening(chrome: &Chrome, acting: &Acting) -> Markup {
    html! {
        // A disabled one is passed over; `dialog` outside of a dialog sends nothing (HTML, form submission).
        button formmethod="dialog" hidden {}
        (tokens(chrome))
        @for (name, value) in &acting.fields { input type="hidden" name=(name) value=(value); }
    }
}

/// Where such a form is sent to.
pub(super) fn target(chrome: &Chrome) -> String {
    chrome.href(&Route::Messages)
}

/// The box that chooses a message of a list.
pub(super) fn tick(chrome: &Chrome, value: &str, subject: &str, selected: Selected) -> Markup {
    html! {
        // Of all of a list none can be left out, so no box can be cleared.
        input.tick type="checkbox" name="u" value=(value) aria-label=(chrome.words.select(subject)) autocomplete="off"
            checked[selected != Selected::Nothing] disabled[selected == Selected::All];
    }
}

/// The bar with what can be done with the messages that are ticked.
pub(super) fn bulk(chrome: &Chrome, acting: &Acting, selection: &Selection, total: u32) -> Markup {
    let words = chrome.words;
    let clear = html! { (icon(Icon::Close)) span.wide { (words.clear_selection()) } };
    let is_ticked = selection.selected == Selected::Nothing;
    html! {
        .bulk.bar role="group" aria-label=(words.with_selected()) {
            @if selection.selected == Selected::All {
                span { b { (words.all_selected(total)) } }
            } @else {
                span.picked { span.word { (words.selected()) } }
            }
            @if is_ticked {
                button.button.quiet type="reset" title=(words.clear_selection()) { (clear) }
            } @else {
                a.button.quiet data-here href=(chrome.href(&selection.nothing)) title=(words.clear_selection()) { (clear) }
            }
            @if selection.selected == Selected::Page {
                a data-here href=(chrome.href(&selection.all)) { (words.select_all(total)) }
            }
            span.push.bar {
                @for act in &acting.first { (button(chrome, acting, *act)) }
                (more(chrome, acting, html! {}))
            }
        }
    }
}

/// A button that does something.
pub(super) fn button(chrome: &Chrome, acting: &Acting, act: MessageAct) -> Markup {
    let label = chrome.words.act_label(act);
    html! {
        button.button.quiet name="act" value=(act.name()) title=(label) aria-keyshortcuts=[acting.key(chrome, act)] data-goes=[goes(act)] {
            (icon(sign(act))) span.wide { (label) }
        }
    }
}

/// What can be done with one of several messages of a page: it takes little room.
pub(super) fn small(chrome: &Chrome, acting: &Acting, links: Markup) -> Markup {
    let words = chrome.words;
    html! {
        form.bar.small method="post" action=(target(chrome)) data-lost=(words.connection_lost()) {
            (opening(chrome, acting))
            @for act in &acting.first {
                @let label = words.act_label(*act);
                button.button.quiet.on[*act == MessageAct::Unstar] name="act" value=(act.name()) title=(label) {
                    (icon(sign(*act))) span.sr { (label) }
                }
            }
            details.drop {
                summary.button.quiet title=(words.more()) { (icon(Icon::Dots)) span.sr { (words.more()) } }
                (choices(chrome, acting, links))
            }
        }
    }
}

/// What else can be done, unfolded; `links` stand behind it.
pub(super) fn more(chrome: &Chrome, acting: &Acting, links: Markup) -> Markup {
    let words = chrome.words;
    html! {
        details.drop {
            summary.button.quiet title=(words.more()) { (icon(Icon::Dots)) span.wide { (words.more()) } }
            (choices(chrome, acting, links))
        }
    }
}

fn choices(chrome: &Chrome, acting: &Acting, links: Markup) -> Markup {
    html! {
        .choices {
            @for act in &acting.more {
                button name="act" value=(act.name()) aria-keyshortcuts=[acting.key(chrome, *act)] data-file=[saves(*act)] {
                    (icon(sign(*act))) (chrome.words.act_label(*act))
                }
            }
            (links)
        }
    }
}

impl Acting {
    fn key(&self, chrome: &Chrome, act: MessageAct) -> Option<String> {
        key(chrome, act).filter(|_| self.is_keyed)
    }
}

/// Tells script that rows go at once, where nothing is asked first.
fn goes(act: MessageAct) -> Option<&'static str> {
    let asks = matches!(act, MessageAct::Move | MessageAct::Remove);
    (act.takes_away() && !asks).then_some("")
}

/// Tells script to leave it to the browser: a file comes, or a page for writing.
fn saves(act: MessageAct) -> Option<&'static str> {
    let leaves = [
        MessageAct::SaveZip,
        MessageAct::SaveMbox,
        MessageAct::Forward,
    ];
    leaves.contains(&act).then_some("")
}

/// The key that presses its button.
fn key(chrome: &Chrome, act: MessageAct) -> Option<String> {
    Shortcut::of(act).and_then(|shortcut| chrome.pressed_by(shortcut))
}

fn sign(act: MessageAct) -> Icon {
    match act {
        MessageAct::Read => Icon::Eye,
        MessageAct::Unread => Icon::Letter,
        MessageAct::Star | MessageAct::Unstar => Icon::Star,
        MessageAct::Archive => Icon::Archive,
        MessageAct::Delete | MessageAct::Remove => Icon::Trash,
        MessageAct::Spam => Icon::Spam,
        MessageAct::NotSpam => Icon::Inbox,
        MessageAct::Restore => Icon::Check,
        MessageAct::Move => Icon::Folder,
        MessageAct::Copy => Icon::File,
        MessageAct::Label | MessageAct::Unlabel => Icon::Tag,
        MessageAct::SaveZip | MessageAct::SaveMbox => Icon::Download,
        MessageAct::Mute => Icon::Muted,
        MessageAct::Unmute => Icon::Bell,
        MessageAct::Forward => Icon::Forward,
        MessageAct::Receipt => Icon::Check,
    }
}
