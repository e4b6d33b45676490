//! The page of one message, with the list beside it where the cache has one.
//!
//! Not for who wrote it, which is `heading`, nor for what it says, which is `body`, nor for its menu, which is `menu`.

mod body;
mod heading;
mod menu;

use maud::{Markup, html};

use super::acting::{self, Acting};
use super::attached::{AttachmentLine, attachments};
use super::extras::{self, Extras, RenderContext};
use super::finding::marked;
use super::folder::{ListPane, beside};
use super::icons::{Icon, icon};
use super::labels::{Chip, chips};
use super::{Chrome, Pane, app, notices, row_id};
use crate::mail::{Answer, SearchField, Shortcut};
use crate::route::{ComposeQuery, MessageQuery, Route};
pub use body::{Always, Body, ExternalImages, Height, HtmlFrame};
pub use heading::Heading;
pub(super) use menu::links;

/// One message.
#[derive(Clone, Debug)]
pub struct MessagePage<'a> {
    /// Which message, and how it is looked at.
    pub at: &'a MessageQuery,
    /// The list beside it, with this message as its current row; None where it is not known.
    pub list: Option<&'a ListPane>,
    /// The folder's name for people.
    pub folder: &'a str,
    /// Its place in the list, counted from 1 at the newest, and how many there are.
    pub place: Option<(u32, u32)>,
    /// What can be gone on to.
    pub beside: Neighbours,
    /// Who wrote to whom about what, and when.
    pub heading: Heading<'a>,
    /// Its labels, and how many more it has.
    pub labels: &'a (Vec<Chip>, usize),
    /// What it tells beside its text.
    pub extras: &'a Extras,
    /// What is to be read.
    pub body: Body<'a>,
    /// What is attached.
    pub attachments: &'a [AttachmentLine],
    /// True where there is more in it than all this.
    pub cut: bool,
    /// What can be done with it; nothing where it lies within another.
    pub acting: &'a Acting,
    /// True for one that has not been sent.
    pub is_draft: bool,
}

/// What can be gone on to from a message.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// The page of the list on which the message stands; from a message within another that one.
    pub back: Route,
    /// The value of the box of its row there; empty from a message within another.
    pub row: String,
    /// True where the list is in the order of time.
    pub by_time: bool,
    /// The message above it in the list.
    pub newer: Option<Route>,
    /// The message below it in the list.
    pub older: Option<Route>,
}

impl Neighbours {
    /// The address of the list, at its row: without script a browser shows it there.
    pub(super) fn back(&self, chrome: &Chrome) -> String {
        let list = chrome.href(&self.back);
        match self.row.is_empty() {
            true => list,
            false => format!("{list}#{}", row_id(&self.row)),
        }
    }
}

impl MessagePage<'_> {
    /// True for a message that lies within another.
    fn is_inside(&self) -> bool {
        !self.at.inside.is_empty()
    }

    /// Its subject, or what stands in the place of one.
    fn subject(&self, chrome: &Chrome) -> &str {
        match self.heading.subject.trim() {
            "" => chrome.words.no_subject(),
            subject => subject,
        }
    }

    /// Its own page, apart from its conversation.
    pub(super) fn alone(&self) -> Route {
        Route::Message(self.at.clone())
    }

    /// All that is attached in one archive.
    fn archive(&self) -> Option<Route> {
        let message = || self.at.message.clone();
        let has_several = !self.is_inside() && self.attachments.len() > 1;
        has_several.then(|| Route::Attachments { message: message() })
    }

    /// The page of all its header fields.
    fn headers(&self) -> Route {
        Route::Headers {
            message: self.at.message.clone(),
            inside: self.at.inside.clone(),
        }
    }

    /// The same message for paper, with the images that are shown here.
    fn print(&self) -> Route {
        Route::Print(MessageQuery {
            remote: self.body.shows_external_images(),
            ..self.at.clone()
        })
    }

    /// The message as it travelled, shown as text; what lies within another has none of its own.
    fn source(&self) -> Option<Route> {
        (!self.is_inside()).then(|| Route::Source {
            message: self.at.message.clone(),
            save: false,
        })
    }

    /// The same as a file.
    fn save(&self) -> Route {
        let message = self.at.message.clone();
        match self.is_inside() {
            true => Route::Part {
                message,
                nested: self.at.inside.clone(),
                open: false,
            },
            false => Route::Source {
                message,
                save: true,
            },
        }
    }

    /// The same page in the message's own charset.
    fn in_own_charset(&self) -> Route {
        Route::Message(MessageQuery {
            charset: String::new(),
            ..self.at.clone()
        })
    }
}

/// The page of a message.
pub fn page(chrome: &Chrome, message: &MessagePage) -> Markup {
    let subject = message.subject(chrome);
    let panes = html! {
        @if let Some(list) = message.list { (beside(chrome, list)) }
        main.message #message aria-label=(subject) {
            (tools(chrome, message))
            article {
                h1 { bdi { (marked(subject, &message.at.sought_in(SearchField::Subject))) } }
                (read(chrome, message, Some(notices(chrome))))
                (menu::reread(chrome, message))
                @if !message.is_inside() { (answers(chrome, message, Standing::Below)) }
            }
        }
    };
    let pane = if message.list.is_some() {
        Pane::Message
    } else {
        Pane::Alone
    };
    app(chrome, subject, pane, panes)
}

/// What is told of a message and what is to be read of it, below its subject; as it stands among others of a conversation.
pub(super) fn contents(chrome: &Chrome, message: &MessagePage) -> Markup {
    read(chrome, message, None)
}

fn read(chrome: &Chrome, message: &MessagePage, notices: Option<Markup>) -> Markup {
    let context = RenderContext {
        words: chrome.words,
        is_paper: false,
    };
    html! {
        (heading::heading(chrome, message))
        @let (shown, more) = message.labels;
        @if !shown.is_empty() { p.labels { (chips(chrome, shown, *more)) } }
        @if let Some(notices) = notices { (notices) }
        (extras::notes(context, message.heading.sender, message.extras))
        @if let Some(line) = &message.extras.receipt { (extras::receipt(chrome, line)) }
        (extras::cards(context, message.extras, Some(chrome)))
        (body::body(chrome, message, message.subject(chrome)))
        (attachments(chrome, message.attachments, &message.archive()))
    }
}

fn tools(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let back = match message.is_inside() {
        true => words.back_to_message().to_owned(),
        false => words.back_to(message.folder),
    };
    let links = html! { (links(chrome, message)) (menu::charset(chrome, message)) };
    html! {
        .tools.bar role="group" aria-label=(words.about_message()) {
            a.button.quiet.back href=(message.beside.back(chrome)) title=(back) aria-keyshortcuts=[chrome.pressed_by(Shortcut::Back)] {
                (icon(Icon::Back)) span.sr { (back) } span.name.narrow aria-hidden="true" { (message.folder) }
            }
            @if !message.is_inside() { (answers(chrome, message, Standing::Above)) }
            form.bar #acts method="post" action=(acting::target(chrome)) data-lost=(words.connection_lost()) {
                (acting::opening(chrome, message.acting))
                @for act in &message.acting.first { (acting::button(chrome, message.acting, *act)) }
                (acting::more(chrome, message.acting, links))
            }
            @if !message.is_inside() { (steps(chrome, &message.beside, message.place, words.other_messages())) }
        }
    }
}

/// Where the ways to an answer stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// In the bar above a message.
    Above,
    /// On a phone, below it: where one has read it.
    Below,
    /// Below one of a conversation; keys are for the newest.
    Among {
        /// True for that one.
        newest: bool,
    },
}

/// What can be written to a message.
pub(super) fn answers(chrome: &Chrome, message: &MessagePage, standing: Standing) -> Markup {
    let words = chrome.words;
    let among = matches!(standing, Standing::Among { .. });
    let has_keys = standing != Standing::Among { newest: false };
    let offered = [
        (Answer::Reply, Icon::Reply, !message.is_draft),
        (Answer::ReplyAll, Icon::ReplyAll, !message.is_draft),
        (Answer::ReplyList, Icon::Talk, message.extras.has_list),
        (Answer::Forward, Icon::Forward, true),
    ];
    html! {
        nav.answers.bar.below[standing == Standing::Below].among[among] aria-label=(words.answers()) {
            @if message.is_draft && chrome.may_send {
                @let page = ComposeQuery::edit(message.at.message.clone(), &message.at.list);
                a.button href=(chrome.href(&Route::from(page))) { (icon(Icon::Write)) (words.edit_draft()) }
            }
            @for (how, sign, _) in offered.into_iter().filter(|(.., is_offered)| *is_offered) {
                @let label = words.answer_label(how);
                @let page = ComposeQuery::answer(message.at.message.clone(), how, &message.alone());
                a.button.quiet href=(chrome.href(&Route::from(page))) title=(label) aria-keyshortcuts=[Shortcut::to_answer(how).and_then(|key| chrome.pressed_by(key)).filter(|_| has_keys)] {
                    (icon(sign)) span.wide[standing == Standing::Above] { (label) }
                }
            }
        }
    }
}

/// The ways to what stands beside a message, or a conversation, in its list.
pub(super) fn steps(
    chrome: &Chrome,
    beside: &Neighbours,
    place: Option<(u32, u32)>,
    label: &str,
) -> Markup {
    let words = chrome.words;
    let (above, below) = match beside.by_time {
        true => (
            (words.newer_message(), words.newer()),
            (words.older_message(), words.older()),
        ),
        false => (
            (words.previous_message(), words.previous()),
            (words.next_message(), words.next()),
        ),
    };
    html! {
        nav.steps.bar.push aria-label=(label) {
            @if let Some((nth, total)) = place { span.hint { (words.place(nth, total)) } }
            (step(chrome, &beside.newer, &Step { title: above.0, name: above.1, icon: Icon::Up, key: Shortcut::Previous }))
            (step(chrome, &beside.older, &Step { title: below.0, name: below.1, icon: Icon::Down, key: Shortcut::Next }))
        }
    }
}

/// A way to a message beside this one.
struct Step<'a> {
    title: &'a str,
    /// Shown where there is room for no more than a word.
    name: &'a str,
    icon: Icon,
    key: Shortcut,
}

fn step(chrome: &Chrome, to: &Option<Route>, step: &Step) -> Markup {
    html! {
        @if let Some(route) = to {
            a.button.quiet href=(chrome.href(route)) title=(step.title) aria-label=(step.title) aria-keyshortcuts=[chrome.pressed_by(step.key)] {
                (icon(step.icon)) span.narrow { (step.name) }
            }
        } @else {
            span.button.quiet.off aria-hidden="true" { (icon(step.icon)) span.narrow { (step.name) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::views::samples;

    #[test]
    fn names_that_hold_markup_stay_names() {
        let page = samples::hostile_message().into_string();
        assert!(!page.contains("<script>"), "{page}");
        assert!(page.contains("&lt;script&gt;") && page.contains("&quot;onload=&quot;"));
    }

    #[test]
    fn the_reader_is_called_me() {
        let page = samples::text_message().into_string();
        assert!(page.contains("to me, <bdi>Karin Lund</bdi>"), "{page}");
    }

    #[test]
    fn a_page_has_one_main_one_h1_and_no_style_or_script_of_its_own() {
        for (name, page) in samples::pages() {
            let page = page.into_string();
            let count = |what: &str| page.matches(what).count();
            assert_eq!((count("<main"), count("<h1")), (1, 1), "{name}");
            for inline in [" style=", "<style", " onclick=", "http-equiv", "<script>"] {
                assert_eq!(count(inline), 0, "{name}: {inline}");
            }
        }
    }
}
