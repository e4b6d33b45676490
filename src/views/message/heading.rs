//! The head of a message: who wrote to whom, when, and what else its sender says of it.

use maud::{Markup, html};

use super::MessagePage;
use crate::mail::{Address, FORWARDED, Flags};
use crate::time::Calendar;
use crate::views::icons::{Icon, sign};
use crate::views::{Chrome, face, filled, said, when};

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

/// How many recipients are named before the rest is counted.
const NAMED: usize = 3;

/// The head, above the text.
pub(super) fn heading(chrome: &Chrome, message: &MessagePage) -> Markup {
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
        p { a.more href=(chrome.href(&message.headers())) { (words.all_headers()) } }
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
