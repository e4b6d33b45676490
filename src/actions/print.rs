//! A message for paper: a page with nothing around it.
//!
//! Its HTML stands in the page itself: a frame is cut at its height when it is printed. So the page has the policy of a
//! mail's document, and the mail's style stays inside of one element (`clean::Show::within`).

use super::extras::{extras, judge, rendering};
use super::message::shows_html;
use super::opened::attachments;
use super::{Done, Visit};
use crate::document::{Opening, Purpose};
use crate::error::Result;
use crate::mail::Sought;
use crate::plain_text::PlainText;
use crate::response::Response;
use crate::route::MessageQuery;
use crate::time::{Watch, Zone};
use crate::views::print::{MAIL, PrintPage, Printed, page};

/// Shows a message as it is to be printed.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn show(visit: &mut Visit, query: &MessageQuery) -> Result<Done> {
    let document = visit.open(&Opening {
        rank: query.rank,
        ..Opening::look(&query.message, &query.inside)
    })?;
    let judgement = judge(visit, &document);
    let watch = Watch::start();
    let people = document.people(&query.charset);
    let judgement = judgement.with_name_of(&people.from);
    let (frame, leads) = (query.frame(), visit.leads());
    let html = shows_html(visit, &document, query.face)
        .then(|| {
            document.html(&rendering(
                &visit.head.base,
                &leads,
                &frame,
                &Sought::default(),
                Purpose::Paper(MAIL),
            ))
        })
        .filter(|html| !html.is_blank);
    let extras = extras(visit, &document);
    let letter = match html {
        Some(_) => PlainText::default(),
        None => document.plain_text(&query.charset, &leads),
    };
    let row = document.row();
    let sent = row
        .dated
        .and_then(|dated| Zone::fixed(dated.offset).calendar(dated.at, visit.now));
    let document = page(&PrintPage {
        base: &visit.head.base,
        words: visit.words,
        subject: &people.subject,
        sender: &judgement,
        to: &people.to,
        cc: &people.cc,
        date: sent.or_else(|| visit.calendar(row.arrived)),
        attachments: &attachments(&document),
        extras: &extras,
        body: match &html {
            Some(html) => Printed::Html {
                doctype: html.doctype(),
                style: html.style(""),
                mail: html.inside(MAIL),
            },
            None => Printed::Text(&letter.blocks),
        },
        cut: html.as_ref().map_or(letter.cut, |html| html.cut) || document.has_left_out(),
    });
    visit.rendering = visit.rendering.saturating_add(watch.passed());
    Ok(Done::Page(Response::paper(document, query.remote)))
}
