//! The page of a conversation: its messages in the order of time, those that have been read folded to a line.
//!
//! Not for what is told of one that is unfolded: that is drawn as on the page of a message. To know before changing it: a
//! folded message is a link to the same page with that message unfolded; an unfolded one folds without asking anybody.

use maud::{Markup, html};

use super::acting::{self, Acting};
use super::folder::{ListPane, beside};
use super::icons::{Icon, icon, sign};
use super::message::{self, MessagePage, Neighbours, Standing};
use super::{Chrome, Pane, app, face, in_full, notices, said, when};
use crate::mail::{Address, Shortcut};
use crate::route::Route;
use crate::sender::Named;
use crate::time::Calendar;

/// A conversation.
#[derive(Clone, Debug)]
pub struct ConversationPage<'a> {
    /// The list beside it, with this conversation as its current row; None where it is not known.
    pub list: Option<&'a ListPane>,
    /// The folder's name for people.
    pub folder: &'a str,
    /// Its place in the list, counted from 1 at the newest, and how many there are.
    pub place: (u32, u32),
    /// What can be gone on to.
    pub beside: &'a Neighbours,
    /// The subject of its newest message.
    pub subject: &'a str,
    /// How many messages it has.
    pub count: u32,
    /// How many there are before these, and their page.
    pub earlier: Option<(u32, Route)>,
    /// The page of those after these.
    pub later: Option<Route>,
    /// Its messages, the oldest first.
    pub letters: &'a [Letter<'a>],
    /// True where the reader wants to hear no more of it.
    pub muted: bool,
    /// What can be done with all of them that are in this folder.
    pub acting: &'a Acting,
}

/// A message of a conversation.
#[derive(Clone, Debug)]
pub enum Letter<'a> {
    /// As a line.
    Folded(Box<Folded>),
    /// As it is read; and the name of its folder, where that is another.
    Unfolded(Box<MessagePage<'a>>, Option<String>),
}

/// A message as a line of its conversation.
#[derive(Clone, Debug)]
pub struct Folded {
    /// The same page with this message unfolded.
    pub href: Route,
    /// Who wrote it.
    pub who: Address,
    /// The same in full, where that is not certain.
    pub doubted: Option<Named>,
    /// True where the reader did.
    pub is_own: bool,
    /// When it came.
    pub when: Option<Calendar>,
    /// Its first words, where they are known.
    pub peek: String,
    /// Starred.
    pub starred: bool,
    /// Something is attached.
    pub attachment: bool,
    /// Not read yet.
    pub unread: bool,
    /// The name of its folder, where that is another than that of the conversation.
    pub folder: Option<String>,
}

/// The page of a conversation.
pub fn page(chrome: &Chrome, talk: &ConversationPage) -> Markup {
    let words = chrome.words;
    let subject = match talk.subject.trim() {
        "" => words.no_subject(),
        subject => subject,
    };
    let panes = html! {
        @if let Some(list) = talk.list { (beside(chrome, list)) }
        main.message #message aria-label=(subject) {
            (tools(chrome, talk))
            article.talk {
                h1 { (said(subject)) }
                p.hint.bar {
                    (words.messages(talk.count))
                    @if talk.muted { span.muted.bar { (icon(Icon::Muted)) (words.muted()) } }
                }
                (notices(chrome))
                @if let Some((count, route)) = &talk.earlier {
                    p.more-of-it { a href=(chrome.href(route)) { (words.earlier_messages(*count)) } }
                }
                @let newest = talk.letters.iter().rposition(|letter| matches!(letter, Letter::Unfolded(..)));
                @for (nth, letter) in talk.letters.iter().enumerate() { (drawn(chrome, letter, newest == Some(nth))) }
                @if let Some(route) = &talk.later {
                    p.more-of-it { a href=(chrome.href(route)) { (words.newest_messages()) } }
                }
            }
        }
    };
    let pane = match talk.list {
        Some(_) => Pane::Message,
        None => Pane::Alone,
    };
    app(chrome, subject, pane, panes)
}

/// `newest`: of those that can be read it is the last; keys are for that one.
fn drawn(chrome: &Chrome, letter: &Letter, newest: bool) -> Markup {
    let words = chrome.words;
    match letter {
        Letter::Folded(folded) => html! {
            a.letter.folded.unread[folded.unread] href=(chrome.href(&folded.href)) {
                (face(&folded.who))
                span.who {
                    @if folded.unread { span.sr { (words.unread_row()) } }
                    b dir="auto" {
                        @if folded.is_own { (words.me()) }
                        @else if let Some(named) = &folded.doubted { (in_full(words, named)) }
                        @else if folded.who.shown().trim().is_empty() { (words.unknown_sender()) }
                        @else { (said(folded.who.shown())) }
                    }
                    @if let Some(folder) = &folded.folder { (place(chrome, folder)) }
                    span.marks {
                        @if folded.attachment { (sign(Icon::Clip, words.attachment())) }
                        @if folded.starred { (sign(Icon::Star, words.starred())) }
                    }
                    @if let Some(at) = &folded.when { (when(words, at, words.when_short(at))) }
                }
                span.peek dir="auto" { (folded.peek) }
            }
        },
        Letter::Unfolded(message, folder) => html! {
            details.letter open {
                summary title=(words.fold_message()) {
                    span.sr { (words.fold_message()) }
                    span.closed { (said(message.heading.from.first().map_or("", Address::shown))) }
                    (icon(Icon::Down))
                }
                (acting::small(chrome, message.acting, html! {
                    a href=(chrome.href(&message.alone())) { (icon(Icon::Onward)) (words.open_alone()) }
                    (message::links(chrome, message))
                }))
                @if let Some(folder) = folder { p { (place(chrome, folder)) } }
                (message::contents(chrome, message))
                (message::answers(chrome, message, Standing::Among { newest }))
            }
        },
    }
}

/// The folder of a message, where that is another than that of the conversation.
fn place(chrome: &Chrome, folder: &str) -> Markup {
    html! { span.place { span.sr { (chrome.words.in_folder()) " " } bdi { (folder) } } }
}

fn tools(chrome: &Chrome, talk: &ConversationPage) -> Markup {
    let words = chrome.words;
    let back = words.back_to(talk.folder);
    let (nth, total) = talk.place;
    html! {
        .tools.bar role="group" aria-label=(words.about_conversation()) {
            a.button.quiet.back href=(talk.beside.back(chrome)) title=(back) aria-keyshortcuts=[chrome.pressed_by(Shortcut::Back)] {
                (icon(Icon::Back)) span.sr { (back) } span.name.narrow aria-hidden="true" { (talk.folder) }
            }
            form.bar #acts method="post" action=(acting::target(chrome)) data-lost=(words.connection_lost()) {
                (acting::opening(chrome, talk.acting))
                @for act in &talk.acting.first { (acting::button(chrome, talk.acting, *act)) }
                (acting::more(chrome, talk.acting, html! {}))
            }
            (message::steps(chrome, talk.beside, (total > 0).then_some((nth, total)), words.other_conversations()))
        }
    }
}
