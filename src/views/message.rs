//! The page of one message, with the list beside it where the cache has one.
//!
//! Not for the HTML of a mail: that is a document of its own in the frame, made by `clean`. To know before changing it:
//! the classes of `Height` are three fixed heights of style.css, because no style may be written into a page; the script
//! sets the exact height of what is in the frame.

use maud::{Markup, html};

use super::attached::{AttachmentLine, attachments};
use super::extras::{self, Extras, RenderContext};
use super::folder::{ListPane, beside};
use super::icons::{Icon, icon, sign};
use super::plain_text::plain_text as drawn;
use super::{Chrome, Pane, act, app, face, filled, notices, said, when};
use crate::mail::{Address, FORWARDED, Flags};
use crate::plain_text::PlainText;
use crate::route::Route;
use crate::time::Calendar;

/// One message.
#[derive(Clone, Debug)]
pub struct MessagePage<'a> {
    /// The list beside it, with this message as its current row; None where it is not known.
    pub list: Option<&'a ListPane>,
    /// The folder's name for people.
    pub folder: &'a str,
    /// Its place in the list, counted from 1 at the newest, and how many there are.
    pub place: Option<(u32, u32)>,
    /// True for a message that lies within another.
    pub is_inside: bool,
    /// Where its page leads.
    pub links: Links,
    /// Who wrote to whom about what, and when.
    pub heading: Heading<'a>,
    /// What it tells beside its text.
    pub extras: &'a Extras,
    /// What is to be read.
    pub body: Body<'a>,
    /// What is attached.
    pub attachments: &'a [AttachmentLine],
    /// The charset that the reader chose; empty for the message's own.
    pub charset: &'a str,
}

/// Where the page of a message leads.
#[derive(Clone, Debug)]
pub struct Links {
    /// The page of the list on which the message stands; from a message within another that one.
    pub back: Route,
    /// The message above it in the list.
    pub newer: Option<Route>,
    /// The message below it in the list.
    pub older: Option<Route>,
    /// All that is attached in one archive.
    pub all: Option<Route>,
    /// The page of all its header fields.
    pub headers: Route,
    /// The same message for paper.
    pub print: Route,
    /// The message as it travelled, shown as text.
    pub source: Option<Route>,
    /// The same as a file.
    pub save: Route,
    /// The same page in the message's own charset.
    pub in_charset: Route,
}

/// Who wrote to whom about what, and when.
#[derive(Clone, Debug, Default)]
pub struct Heading<'a> {
    /// Its subject; may be empty.
    pub subject: &'a str,
    /// From; the first is the sender.
    pub from: &'a [Address],
    /// To.
    pub to: &'a [Address],
    /// Cc.
    pub cc: &'a [Address],
    /// Bcc; only what its sender keeps has it.
    pub bcc: &'a [Address],
    /// Where answers go, where that is not From.
    pub reply_to: &'a [Address],
    /// When its sender dated it, by the sender's clock.
    pub sent: Option<Calendar>,
    /// When it arrived, by the reader's clock.
    pub arrived: Option<Calendar>,
    /// Size in bytes.
    pub size: u64,
    /// What is set on it.
    pub flags: Flags,
}

/// What is to be read of a message.
#[derive(Clone, Debug)]
pub enum Body<'a> {
    /// Text.
    Text {
        /// The text.
        letter: &'a PlainText,
        /// The page of the HTML version, where there is one.
        html: Option<Route>,
    },
    /// HTML, in its frame.
    Html(Box<HtmlFrame>),
    /// Nothing.
    Empty,
}

/// The frame of an HTML mail.
#[derive(Clone, Debug)]
pub struct HtmlFrame {
    /// What stands in it.
    pub src: Route,
    /// How high it is before the script knows better.
    pub height: Height,
    /// True where it is not all of the mail.
    pub cut: bool,
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
    /// Only so many images of one pixel, of which nothing would be seen: they stay held back.
    Pixels(u32),
    /// Images that are held back; the same page shows them.
    HeldBack {
        /// How many that can be seen.
        images: u32,
        /// True where they would always be shown if it were certain that its sender wrote this.
        in_doubt: bool,
        /// The same page with them.
        show: Route,
        /// Where a form shows them always for this sender; None where they cannot be told for certain.
        always: Option<Route>,
    },
    /// Shown, because it was asked for; the same page holds them back.
    Shown {
        /// The same page without them.
        hide: Route,
        /// Where a form shows them always for this sender.
        always: Option<Route>,
    },
    /// Shown, as always for this sender.
    Always {
        /// Where a form ends that.
        stop: Route,
    },
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

/// How many recipients are named before the rest is counted.
const NAMED: usize = 3;

/// The page of a message.
pub fn page(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let subject = match message.heading.subject.trim() {
        "" => words.no_subject(),
        subject => subject,
    };
    let context = RenderContext {
        words,
        is_paper: false,
    };
    let panes = html! {
        @if let Some(list) = message.list { (beside(chrome, list)) }
        main.message #message {
            (tools(chrome, message))
            article {
                h1 { (said(subject)) }
                (sender(chrome, message))
                (notices(chrome))
                (extras::notes(context, message.extras))
                (extras::cards(context, message.extras))
                (body(chrome, message, subject))
                (attachments(chrome, message.attachments, &message.links.all))
                (charset(chrome, message))
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

fn tools(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let back = match message.is_inside {
        true => words.back_to_message().to_owned(),
        false => words.back_to(message.folder),
    };
    html! {
        .tools.bar role="group" aria-label=(words.about_message()) {
            a.button.quiet.back href=(chrome.href(&message.links.back)) title=(back) aria-keyshortcuts="u" {
                (icon(Icon::Back)) span.sr { (back) } span.name.narrow aria-hidden="true" { (message.folder) }
            }
            a.button.quiet href=(chrome.href(&message.links.print)) target="_blank" title=(words.print()) {
                (icon(Icon::Print)) span.wide { (words.print()) }
            }
            @if let Some(source) = &message.links.source {
                a.button.quiet href=(chrome.href(source)) title=(words.show_source()) {
                    (icon(Icon::Source)) span.wide { (words.show_source()) }
                }
            }
            a.button.quiet href=(chrome.href(&message.links.save)) title=(words.download_message()) {
                (icon(Icon::Download)) span.wide { (words.download_message()) }
            }
            @if let Some(leave) = &message.extras.leave {
                a.button.quiet href=(chrome.href(leave)) title=(words.unsubscribe()) {
                    (icon(Icon::Exit)) span.wide { (words.unsubscribe()) }
                }
            }
            @if !message.is_inside {
            nav.steps.bar.push aria-label=(words.other_messages()) {
                @if let Some((nth, total)) = message.place { span.hint { (words.place(nth, total)) } }
                (step(chrome, &message.links.newer, words.newer_message(), words.newer(), Icon::Up, "k p"))
                (step(chrome, &message.links.older, words.older_message(), words.older(), Icon::Down, "j n"))
            }
            }
        }
    }
}

fn step(
    chrome: &Chrome,
    to: &Option<Route>,
    title: &str,
    word: &str,
    which: Icon,
    keys: &str,
) -> Markup {
    html! {
        @if let Some(route) = to {
            a.button.quiet href=(chrome.href(route)) title=(title) aria-label=(title) aria-keyshortcuts=(keys) {
                (icon(which)) span.narrow { (word) }
            }
        } @else {
            span.button.quiet.off aria-hidden="true" { (icon(which)) span.narrow { (word) } }
        }
    }
}

fn sender(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let nobody = Address::default();
    let from = message.heading.from.first();
    let who = from
        .map(Address::shown)
        .filter(|shown| !shown.trim().is_empty());
    let address = from
        .map(|from| from.email.as_str())
        .filter(|email| Some(*email) != who);
    let details = html! { span.more { (words.details()) } };
    html! {
        .from {
            (face(from.unwrap_or(&nobody)))
            .names {
                b { @if let Some(who) = who { (said(who)) } @else { (words.unknown_sender()) } }
                @if let Some(address) = address { " " span.addr { (said(address)) } }
                details.addr {
                    summary { (filled(&words.recipients_and_details(), &[recipients(chrome, message), details])) }
                    (facts(chrome, message))
                }
            }
            .moment {
                @if message.heading.flags.has(&Flags::ANSWERED) { (sign(Icon::Reply, words.answered())) }
                @if message.heading.flags.has_keyword(FORWARDED) { (sign(Icon::Forward, words.forwarded())) }
                @if message.heading.flags.has(&Flags::FLAGGED) { (sign(Icon::Star, words.starred())) }
                @if let Some(at) = message.heading.arrived.or(message.heading.sent) {
                    (when(words, &at, words.when(&at)))
                } @else { (words.no_date()) }
            }
        }
    }
}

/// Who else got it, in a few words.
fn recipients(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let all = || {
        message
            .heading
            .to
            .iter()
            .chain(message.heading.cc)
            .chain(message.heading.bcc)
    };
    let total = all().count();
    // One more than is named would be counted as "1 other", which is longer than most names.
    let named = if total == NAMED + 1 { total } else { NAMED };
    let names: Vec<Markup> = all()
        .take(named)
        .map(|address| match is_reader(chrome, address) {
            true => html! { (words.me()) },
            false => said(address.shown()),
        })
        .collect();
    let others = total.saturating_sub(named);
    filled(&words.to_recipients(names.len(), others), &names)
}

fn is_reader(chrome: &Chrome, address: &Address) -> bool {
    address.email.eq_ignore_ascii_case(chrome.login)
}

fn facts(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let fact = |label: &str, addresses: &[Address]| {
        html! {
            @if !addresses.is_empty() {
                dt { (label) }
                dd { @for address in addresses { (in_full(address)) } }
            }
        }
    };
    let moment = |label: &str, at: &Option<Calendar>| {
        html! { @if let Some(at) = at { dt { (label) } dd { (words.when_full(at)) } } }
    };
    html! {
        dl {
            (fact(words.from_label(), message.heading.from))
            (fact(words.to_label(), message.heading.to))
            (fact(words.cc_label(), message.heading.cc))
            (fact(words.bcc_label(), message.heading.bcc))
            (fact(words.reply_to_label(), message.heading.reply_to))
            (moment(words.sent_label(), &message.heading.sent))
            (moment(words.arrived_label(), &message.heading.arrived))
            dt { (words.size_label()) } dd { (words.size(message.heading.size)) }
            @if let Some(verdict) = &message.extras.verdict {
                dt { (words.verdict_label()) } dd dir="auto" { (words.verdict(verdict)) }
            }
        }
        p { a.more href=(chrome.href(&message.links.headers)) { (words.all_headers()) } }
    }
}

fn in_full(address: &Address) -> Markup {
    html! {
        span.whole {
            @if address.name.trim().is_empty() { (said(&address.email)) }
            @else { (said(&address.name)) " <" (said(&address.email)) ">" }
        }
    }
}

fn body(chrome: &Chrome, message: &MessagePage, subject: &str) -> Markup {
    let words = chrome.words;
    match &message.body {
        Body::Text { letter, html } => html! {
            (only_beginning(chrome, message, letter.cut))
            (drawn(words, &letter.blocks))
            @if let Some(route) = html {
                p.hint.faces {
                    span { (words.you_see_text()) }
                    a href=(chrome.href(route)) { (words.html_version()) }
                }
            }
        },
        Body::Html(frame) => html! {
            (only_beginning(chrome, message, frame.cut))
            (remote(chrome, &frame.remote))
            iframe.frame.(height(frame.height)) title=(words.as_laid_out(subject)) src=(chrome.href(&frame.src))
                sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" {}
            p.hint.faces {
                span { (words.you_see_html()) }
                @if let Some(route) = &frame.text { a href=(chrome.href(route)) { (words.plain_text()) } }
                a href=(chrome.href(&frame.src)) { (words.on_its_own_page()) }
            }
        },
        Body::Empty => html! {
            p.hint {
                @if message.attachments.is_empty() { (words.no_text()) } @else { (words.only_attachments()) }
            }
        },
    }
}

/// Says that there is more than is shown.
fn only_beginning(chrome: &Chrome, message: &MessagePage, cut: bool) -> Markup {
    let words = chrome.words;
    let acts = html! { a href=(chrome.href(&message.links.save)) { (words.download_message()) } };
    html! { @if cut { (bar(Icon::Text, words.only_beginning(), Some(acts))) } }
}

/// What becomes of what a mail would load, and what can be done about that.
fn remote(chrome: &Chrome, remote: &ExternalImages) -> Markup {
    let words = chrome.words;
    let always = |route: &Option<Route>| {
        html! { @if let Some(route) = route { (act(chrome, route, words.always_for_sender())) } }
    };
    match remote {
        ExternalImages::None => html! {},
        ExternalImages::Pixels(n) => bar(Icon::Eye, &words.pixels_held_back(*n), None),
        ExternalImages::HeldBack {
            images,
            in_doubt,
            show,
            always: route,
        } => {
            let text = match in_doubt {
                true => words.held_back_in_doubt(*images),
                false => words.held_back(*images),
            };
            let acts = html! {
                a href=(chrome.href(show)) rel="nofollow" { (words.show_once()) }
                (always(route))
            };
            bar(Icon::Eye, &text, Some(acts))
        }
        ExternalImages::Shown {
            hide,
            always: route,
        } => {
            let acts = html! {
                a href=(chrome.href(hide)) { (words.hold_back_again()) }
                (always(route))
            };
            bar(Icon::Eye, words.remote_shown(), Some(acts))
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
    html! {
        .note.warn.brief role="note" {
            (icon(which)) p { (text) }
            @if let Some(acts) = acts { .acts { (acts) } }
        }
    }
}

/// The charsets that mail is written in beside UTF-8, by the names that browsers know.
const CHARSETS: [&str; 20] = [
    "utf-8",
    "windows-1252",
    "iso-8859-15",
    "windows-1250",
    "iso-8859-2",
    "windows-1251",
    "koi8-r",
    "koi8-u",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-874",
    "gb18030",
    "big5",
    "shift_jis",
    "iso-2022-jp",
    "euc-jp",
    "euc-kr",
];

/// The choice of another charset, for a text whose label lies.
fn charset(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let (path, fields) = message.links.in_charset.form(chrome.base);
    html! {
        @if !matches!(message.body, Body::Empty) {
            details.reread open[!message.charset.is_empty()] {
                summary.hint { (words.charset_label()) " …" }
                form method="get" action=(path) {
                    @for (name, value) in &fields { input type="hidden" name=(name) value=(value); }
                    select name="charset" aria-label=(words.charset_label()) {
                        option value="" { (words.charset_own()) }
                        @for name in CHARSETS {
                            option value=(name) selected[name == message.charset] { (name) }
                        }
                    }
                    button.button { (words.apply()) }
                }
            }
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
