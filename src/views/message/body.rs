//! What is to be read of a message: its text, or the frame of its HTML with what that would load from elsewhere.
//!
//! Not for the HTML of a mail: that is a document of its own in the frame, made by `clean`. To know before changing it:
//! the classes of `Height` are three fixed heights of style.css, because no style may be written into a page; the script
//! sets the exact height of what is in the frame.

use maud::{Markup, html};

use super::MessagePage;
use crate::mail::SearchField;
use crate::plain_text::PlainText;
use crate::response::FRAME_SANDBOX;
use crate::route::{ActForm, Route};
use crate::sender::WhyNot;
use crate::views::icons::{Icon, icon};
use crate::views::plain_text::plain_text as drawn;
use crate::views::{Chrome, act};

/// What is to be read of a message.
#[derive(Clone, Debug)]
pub enum Body<'a> {
    /// Text.
    Text {
        /// The text.
        letter: &'a PlainText,
        /// The page of the HTML version, where there is one.
        html: Option<Route>,
        /// The same page in letters that are all equally wide, or no longer.
        letters: Box<Route>,
    },
    /// HTML, in its frame.
    Html(Box<HtmlFrame>),
    /// Nothing.
    Empty,
}

impl Body<'_> {
    /// True where images from elsewhere are loaded.
    pub(super) fn shows_external_images(&self) -> bool {
        match self {
            Body::Html(frame) => frame.remote.is_shown(),
            Body::Text { .. } | Body::Empty => false,
        }
    }
}

/// The frame of an HTML mail.
#[derive(Clone, Debug)]
pub struct HtmlFrame {
    /// What stands in it.
    pub src: Route,
    /// How high it is before the script knows better.
    pub height: Height,
    /// True for a letter that has no colours of its own: it is dark where the page is.
    pub is_plain: bool,
    /// What the mail asks to load from elsewhere.
    pub remote: ExternalImages,
    /// The page of the text version, where there is one.
    pub text: Option<Route>,
}

/// What a mail asks to load from elsewhere.
#[derive(Clone, Debug)]
pub enum ExternalImages {
    /// Nothing that would come.
    None,
    /// Only so many images of one pixel, of which nothing would be seen: they stay blocked.
    Pixels(u32),
    /// Images that are blocked; the same page shows them.
    HeldBack {
        /// How many that can be seen.
        images: u32,
        /// True where they would always be shown if it were certain that its sender wrote this.
        in_doubt: bool,
        /// The same page with them.
        show: Route,
        /// Whether they can be shown always for this sender.
        always: Always,
    },
    /// Shown, because it was asked for; the same page holds them back.
    Shown {
        /// The same page without them.
        hide: Route,
        /// Whether they can be shown always for this sender.
        always: Always,
    },
    /// Shown, as always for this sender.
    Always {
        /// The act that ends that.
        stop: ActForm,
    },
}

/// Whether the images of a sender can be shown always.
#[derive(Clone, Debug)]
pub enum Always {
    /// They can, by this act.
    Offered(ActForm),
    /// They cannot, and why.
    NotOffered(WhyNot),
    /// Nobody can choose that here just now: the hoster has, or the settings cannot be read.
    NobodyChooses,
}

impl ExternalImages {
    /// True where the frame loads it.
    pub fn is_shown(&self) -> bool {
        matches!(
            self,
            ExternalImages::Shown { .. } | ExternalImages::Always { .. }
        )
    }
}

/// How high the frame is: 20rem, most of the window, or 120rem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Height {
    /// A few lines.
    Short,
    /// A usual letter.
    Medium,
    /// A long one.
    Long,
}

/// The text, or the frame of the HTML.
pub(super) fn body(chrome: &Chrome, message: &MessagePage, subject: &str) -> Markup {
    let words = chrome.words;
    let read = match &message.body {
        Body::Text { letter, .. } => drawn(
            words,
            &letter.blocks,
            &message.at.sought_in(SearchField::Body),
            message.at.fixed,
        ),
        Body::Html(frame) => html! {
            (remote(chrome, &frame.remote))
            iframe.frame.plain[frame.is_plain].(height(frame.height)) title=(words.as_laid_out(subject)) src=(chrome.href(&frame.src))
                sandbox=(FRAME_SANDBOX) {}
        },
        Body::Empty => html! {
            p.hint {
                @if message.attachments.is_empty() { (words.no_text()) } @else { (words.only_attachments()) }
            }
        },
    };
    html! {
        @if message.cut { (only_beginning(chrome, message)) }
        (read)
    }
}

/// Says that there is more than is shown.
fn only_beginning(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let acts =
        html! { a data-file="" href=(chrome.href(&message.save())) { (words.download_message()) } };
    bar(Icon::Text, words.only_beginning(), Some(acts))
}

/// What becomes of what a mail would load, and what can be done about that.
fn remote(chrome: &Chrome, remote: &ExternalImages) -> Markup {
    let words = chrome.words;
    let button = |always: &Always| {
        html! {
            @if let Always::Offered(form) = always { (act(chrome, form, words.always_for_sender())) }
        }
    };
    let why_not = |always: &Always| match always {
        Always::NotOffered(why) => words.why_not_always(*why),
        Always::Offered(_) | Always::NobodyChooses => None,
    };
    match remote {
        ExternalImages::None => html! {},
        ExternalImages::Pixels(n) => bar(Icon::Eye, &words.pixels_held_back(*n), None),
        ExternalImages::HeldBack {
            images,
            in_doubt,
            show,
            always,
        } => {
            let text = match in_doubt {
                true => words.held_back_in_doubt(*images),
                false => words.held_back(*images),
            };
            let acts = html! {
                a href=(chrome.href(show)) rel="nofollow" { (words.show_once()) }
                (button(always))
            };
            let why_not = why_not(always).filter(|_| !in_doubt);
            bar_with(Icon::Eye, &text, why_not, Some(acts))
        }
        ExternalImages::Shown { hide, always } => {
            let acts = html! {
                a href=(chrome.href(hide)) { (words.hold_back_again()) }
                (button(always))
            };
            bar_with(Icon::Eye, words.remote_shown(), why_not(always), Some(acts))
        }
        ExternalImages::Always { stop } => {
            let acts = act(chrome, stop, words.no_longer_always());
            bar(Icon::Eye, words.always_shown(), Some(acts))
        }
    }
}

fn height(height: Height) -> &'static str {
    match height {
        Height::Short => "s",
        Height::Medium => "m",
        Height::Long => "l",
    }
}

/// Says above the text what is not shown of it, and what can be done about that.
fn bar(which: Icon, text: &str, acts: Option<Markup>) -> Markup {
    bar_with(which, text, None, acts)
}

/// The same with a remark in a line of its own.
fn bar_with(which: Icon, text: &str, remark: Option<&str>, acts: Option<Markup>) -> Markup {
    html! {
        .note.warn.brief role="note" {
            (icon(which)) p { (text) @if let Some(remark) = remark { " " span.remark { (remark) } } }
            @if let Some(acts) = acts { .acts { (acts) } }
        }
    }
}
