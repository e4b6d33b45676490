//! The head of a message: who wrote to whom, when, and what else its sender says of it.

use maud::{Markup, html};

use super::MessagePage;
use crate::extras::Unsubscribe;
use crate::mail::{Address, FORWARDED, Flags};
use crate::route::{ComposeQuery, Route};
use crate::sender::{Judgement, Named};
use crate::time::Calendar;
use crate::views::icons::{Icon, icon, sign};
use crate::views::{Chrome, face, filled, in_full, said, when};
use crate::words::Words;

/// Who wrote to whom about what, and when.
#[derive(Clone, Debug)]
pub struct Heading<'a> {
    /// Its subject; may be empty.
    pub subject: &'a str,
    /// Who it is from, and what is to be believed of that.
    pub sender: &'a Judgement,
    /// From, for the details.
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
    /// When its sender dated it, by the reader's clock, where that is more than a day from when it arrived.
    pub dated_apart: Option<Calendar>,
    /// Size in bytes.
    pub size: u64,
    /// What is set on it.
    pub flags: Flags,
}

/// How many recipients are named before the rest is counted.
const NAMED: usize = 3;

/// How many addresses of a field are unfolded in the details.
const UNFOLDED: usize = 5;

/// The head, above the text.
pub(super) fn heading(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let nobody = Address::default();
    let from = message.heading.from.first();
    let sender = message.heading.sender;
    let details = html! { span.more { (words.details()) } };
    html! {
        .from {
            (face(from.unwrap_or(&nobody)))
            .names {
                (named(words, &sender.named))
                @if sender.is_unconfirmed() { " " span.addr { "(" (words.not_confirmed()) ")" } }
                @if let Some(sent_by) = &sender.sent_by {
                    " " span.addr { (filled(&words.sent_by(), &[said(sent_by)])) }
                }
                @if let Some(ways) = &message.extras.leave { (leave(chrome, message, ways)) }
                details.addr {
                    summary { (filled(&words.recipients_and_details(), &[recipients(chrome, message), details])) }
                    (facts(chrome, message))
                }
            }
            .moment {
                @if message.heading.flags.has(&Flags::DELETED) { (sign(Icon::Trash, words.marked_for_removal())) }
                @if message.heading.flags.has(&Flags::ANSWERED) { (sign(Icon::Reply, words.answered())) }
                @if message.heading.flags.has_keyword(FORWARDED) { (sign(Icon::Forward, words.forwarded())) }
                @if message.heading.flags.has(&Flags::FLAGGED) { (sign(Icon::Star, words.starred())) }
                @if let Some(at) = message.heading.arrived.or(message.heading.sent) {
                    (when(words, &at, words.when(&at)))
                    @if let Some(dated) = &message.heading.dated_apart { span { (words.dated(dated)) } }
                } @else { (words.no_date()) }
            }
        }
    }
}

/// The way out of the list that it came by: the sender's page in a tab of its own, else a letter that is filled in. The
/// browser opens the page and tells it no Referer; nothing is sent there from here.
fn leave(chrome: &Chrome, message: &MessagePage, ways: &Unsubscribe) -> Markup {
    let words = chrome.words;
    let label = html! { (icon(Icon::Leave)) (words.unsubscribe()) };
    html! {
        " "
        @if let Some(web) = &ways.web {
            a.leave href=(web.url) target="_blank" rel="noopener noreferrer" title=(words.unsubscribe_at(&web.host)) { (label) }
        } @else if let Some(mail) = &ways.mail {
            @let letter = ComposeQuery {
                subject: mail.subject.clone(),
                text: mail.text.clone(),
                ..ComposeQuery::to(&mail.to, &message.alone())
            };
            @if chrome.may_send {
                a.leave href=(chrome.href(&Route::from(letter))) title=(words.unsubscribe_by_mail(&mail.to)) { (label) }
            }
        }
    }
}

/// The sender: a name never stands without the address beside it.
fn named(words: Words, named: &Named) -> Markup {
    html! {
        @match named {
            Named::Person { name, address } if name.is_empty() || name == address => b { (said(address)) },
            Named::Person { name, address } => {
                b { (said(name)) } " " span.addr { (said(address)) }
            },
            Named::AsWritten(written) if written.is_empty() => b { (words.unknown_sender()) },
            Named::AsWritten(written) => b { (said(written)) },
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
    let is_this = |own: &String| own.eq_ignore_ascii_case(&address.email);
    chrome.own.iter().any(is_this)
}

fn facts(chrome: &Chrome, message: &MessagePage) -> Markup {
    let words = chrome.words;
    let fact = |label: &str, addresses: &[Address]| {
        html! {
            @if !addresses.is_empty() {
                dt { (label) }
                dd { (people(chrome, message, addresses)) }
            }
        }
    };
    let moment = |label: &str, at: &Option<Calendar>| {
        html! { @if let Some(at) = at { dt { (label) } dd { (words.when_full(at)) } } }
    };
    html! {
        dl {
            @if let (Named::AsWritten(_), [] | [_]) = (&message.heading.sender.named, message.heading.from) {
                // What is read out of it is not what every reader would.
                dt { (words.from_label()) } dd { span.whole { (in_full(words, &message.heading.sender.named)) } }
            } @else { (fact(words.from_label(), message.heading.from)) }
            @if let Some(sent_by) = &message.heading.sender.sent_by {
                dt { (words.sender_label()) } dd { (said(sent_by)) }
            }
            (fact(words.to_label(), message.heading.to))
            (fact(words.cc_label(), message.heading.cc))
            (fact(words.bcc_label(), message.heading.bcc))
            (fact(words.reply_to_label(), message.heading.reply_to))
            (moment(words.sent_label(), &message.heading.sent))
            (moment(words.arrived_label(), &message.heading.arrived))
            // A server that tells none, or one that makes no sense.
            @if message.heading.size > 0 { dt { (words.size_label()) } dd { (words.size(message.heading.size)) } }
            @if let Some(verdict) = &message.heading.sender.verdict {
                dt { (words.verdict_label()) } dd dir="auto" { (words.verdict(verdict)) }
            }
        }
    }
}

/// Addresses in full; of many only the first are unfolded.
fn people(chrome: &Chrome, message: &MessagePage, all: &[Address]) -> Markup {
    let first = match all.len() > UNFOLDED + 1 {
        true => UNFOLDED,
        false => all.len(),
    };
    let (first, others) = all.split_at_checked(first).unwrap_or((all, &[]));
    html! {
        @for address in first { (whole(chrome, message, address)) }
        @if !others.is_empty() {
            details {
                summary.more { (chrome.words.and_more(others.len())) }
                @for address in others { (whole(chrome, message, address)) }
            }
        }
    }
}

/// An address in full; a click on it writes to it.
fn whole(chrome: &Chrome, message: &MessagePage, address: &Address) -> Markup {
    let email = html! {
        @if chrome.may_send && !address.email.is_empty() {
            @let page = ComposeQuery::to(&address.email, &message.alone());
            a href=(chrome.href(&Route::from(page))) title=(chrome.words.write_to(&address.email)) {
                (said(&address.email))
            }
        } @else { (said(&address.email)) }
    };
    html! {
        span.whole {
            @if address.name.trim().is_empty() { (email) }
            @else if address.email.is_empty() { (said(&address.name)) }
            @else { (said(&address.name)) " <" (email) ">" }
        }
    }
}
