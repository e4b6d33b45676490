//! What a message tells beside its text, as cards and notes above it.
//!
//! Not for deciding what is told (`actions`). Everything in a card is the sender's and stands there as text: no address in
//! it is a link, for none was judged.

use maud::{Markup, html};

use super::choose::hidden;
use super::icons::{Icon, icon};
use super::{Chrome, act, filled, said, tokens, when};
use crate::extras::{Card, Coming, Delivery, Event, Guest, Protection, Report, Unsubscribe};
use crate::mail::MessageAct;
use crate::route::{ActForm, TellForm};
use crate::sender::Judgement;
use crate::time::Calendar;
use crate::words::Words;

/// What a message tells beside its text.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// How it is protected.
    pub protection: Option<Protection>,
    /// How to leave the list it came by: at least one way.
    pub leave: Option<Unsubscribe>,
    /// True where one can write to that list.
    pub has_list: bool,
    /// Events.
    pub events: Vec<EventLine>,
    /// Contact cards.
    pub cards: Vec<Card>,
    /// Reports of mail systems.
    pub reports: Vec<Report>,
    /// A receipt that its sender asks for.
    pub receipt: Option<ReceiptLine>,
}

/// A receipt that the sender of a message asks for.
#[derive(Clone, Debug)]
pub struct ReceiptLine {
    /// Who gets it.
    pub to: String,
    /// The form that sends it.
    pub send: ActForm,
    /// The form that notes that none is sent.
    pub leave: ActForm,
}

/// An event with its times by the reader's clock.
#[derive(Clone, Debug)]
pub struct EventLine {
    /// What it is.
    pub event: Event,
    /// When it begins.
    pub start: Option<Calendar>,
    /// When it ends; of whole days the day after.
    pub end: Option<Calendar>,
    /// True where it is told in days, not in hours.
    pub whole_days: bool,
    /// The name of the zone that the times are in; may be empty. None for whole days.
    pub clock: Option<String>,
    /// What the reader has said to it, as far as its sender knows.
    pub said: Coming,
    /// The form that says something to it, but for what; None where nothing is asked of the reader.
    pub answer: Option<ActForm>,
}

/// What each piece is drawn with.
#[derive(Clone, Copy, Debug)]
pub(super) struct RenderContext {
    /// The language.
    pub words: Words,
    /// For paper: without icons, and with nothing folded.
    pub is_paper: bool,
}

impl RenderContext {
    fn icon(self, which: Icon) -> Markup {
        html! { @if !self.is_paper { (icon(which)) } }
    }
}

/// Notes on the sender and the protection, below the names.
pub(super) fn notes(context: RenderContext, sender: &Judgement, extras: &Extras) -> Markup {
    let words = context.words;
    let note = |which: Icon, text: &str| {
        html! { .note.warn role="note" { (context.icon(which)) p dir="auto" { (text) } } }
    };
    html! {
        @for doubt in &sender.doubts { (note(Icon::Warn, &words.doubt(doubt))) }
        @if let Some(protection) = extras.protection { (note(Icon::Lock, words.protection(protection))) }
    }
}

/// Events, reports and contact cards, above the text.
pub(super) fn cards(context: RenderContext, extras: &Extras, chrome: Option<&Chrome>) -> Markup {
    html! {
        @for report in &extras.reports { (report_card(context, report)) }
        @for event in &extras.events { (event_card(context, event, chrome)) }
        @for card in &extras.cards { (visiting_card(context, card)) }
    }
}

fn event_card(context: RenderContext, line: &EventLine, chrome: Option<&Chrome>) -> Markup {
    let words = context.words;
    let event = &line.event;
    let kind = words.event_kind(event.method, event.cancelled);
    let title = match event.title.trim() {
        "" => words.no_title(),
        title => title,
    };
    html! {
        section.told aria-label=(kind) {
            p.kind { (context.icon(Icon::Clock)) (kind) }
            h2 dir="auto" { (title) }
            dl {
                @if let Some(start) = &line.start {
                    dt { (words.when_label()) }
                    dd {
                        (event_time(words, line, start))
                    }
                }
                @if !event.place.is_empty() { dt { (words.where_label()) } dd dir="auto" { (event.place) } }
                @if let Some(organizer) = &event.organizer {
                    dt { (words.organizer_label()) } dd { (guest(context, organizer)) }
                }
                @if !event.guests.is_empty() {
                    dt { (words.guests_label()) }
                    dd { (guests(context, &event.guests)) }
                }
            }
            @if let (Some(chrome), Some(form)) = (chrome, &line.answer) { (answer(chrome, line.said, form)) }
        }
    }
}

/// What can be said to an invitation.
fn answer(chrome: &Chrome, said: Coming, form: &ActForm) -> Markup {
    html! {
        form.bar method="post" action=(chrome.href(&form.to)) {
            (tokens(chrome))
            (hidden(&form.fields))
            @for (value, coming) in TellForm::COMING {
                button.button aria-pressed=[(said == coming).then_some("true")] name=(TellForm::WHAT) value=(value) {
                    (chrome.words.comes(coming))
                }
            }
        }
    }
}

/// A receipt that is asked for: nothing is sent without a click.
pub(super) fn receipt(chrome: &Chrome, line: &ReceiptLine) -> Markup {
    let words = chrome.words;
    html! {
        .note.brief role="note" {
            (icon(Icon::Letter))
            p { (words.receipt_asked(&line.to)) }
            .acts {
                form method="post" action=(chrome.href(&line.send.to)) {
                    (tokens(chrome))
                    (hidden(&line.send.fields))
                    button name=(TellForm::WHAT) value=(TellForm::READ) { (words.send_receipt()) }
                }
                (act(chrome, &line.leave, words.act_label(MessageAct::Receipt)))
            }
        }
    }
}

fn event_time(words: Words, line: &EventLine, start: &Calendar) -> Markup {
    let time = words.event_time(start, line.end.as_ref(), line.whole_days);
    let repeats = words.repeats(&line.event.repeats, line.event.every);
    let sentence = words.event_when(line.clock.as_deref(), repeats.as_deref());
    let zone = said(line.clock.as_deref().unwrap_or_default());
    filled(&sentence, &[when(words, start, time), zone])
}

fn guests(context: RenderContext, all: &[Guest]) -> Markup {
    let named = html! { @for one in all { (guest(context, one)) } };
    match all {
        [_, _, ..] if !context.is_paper => html! {
            details { summary.more { (context.words.guests(all)) } (named) }
        },
        _ => named,
    }
}

fn guest(context: RenderContext, guest: &Guest) -> Markup {
    let words = context.words;
    html! {
        span.whole title=(guest.email) {
            (filled(&words.guest(guest.coming), &[said(&guest.shown)]))
        }
    }
}

fn visiting_card(context: RenderContext, card: &Card) -> Markup {
    let words = context.words;
    html! {
        section.told aria-label=(words.visiting_card()) {
            p.kind { (context.icon(Icon::Text)) (words.visiting_card()) }
            h2 dir="auto" { (card.name) }
            dl {
                @for (detail, value) in &card.details {
                    dt { (words.card_label(*detail)) } dd dir="auto" { (value) }
                }
            }
        }
    }
}

fn report_card(context: RenderContext, report: &Report) -> Markup {
    let words = context.words;
    let kind = words.report_kind(report);
    html! {
        section.told aria-label=(kind) {
            p.kind { (context.icon(Icon::Letter)) (kind) }
            @match report {
                Report::Delivery { reporter, deliveries } => {
                    @for one in deliveries { (delivery(context, one)) }
                    @if !reporter.is_empty() {
                        p.hint { (filled(&words.reported_by(), &[said(reporter)])) }
                    }
                }
                Report::Receipt { recipient, displayed } => {
                    p { (filled(&words.receipt(*displayed), &[said(recipient)])) }
                }
            }
        }
    }
}

fn delivery(context: RenderContext, delivery: &Delivery) -> Markup {
    let words = context.words;
    html! {
        p { (filled(&words.fate(delivery), &[html! { b { (said(&delivery.recipient)) } }])) }
        @if !delivery.said.is_empty() {
            p.hint { (filled(&words.server_said(), &[html! { q dir="auto" { (delivery.said) } }])) }
        }
    }
}
