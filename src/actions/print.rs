//! A message for paper: a page with nothing around it.
//!
//! Its HTML stands in the page itself: a frame is cut at its height when it is printed. So the page has the policy of a
//! mail's document, and the mail's style stays inside of one element (`clean::Show::within`).

use super::body::{For, attachments, cleaned, letter_of, listed, names, told};
use super::{Done, Visit};
use crate::error::Result;
use crate::letter::Letter;
use crate::mime::structure;
use crate::response::Response;
use crate::route::{Face, MessageQuery};
use crate::time::{Watch, Zone};
use crate::views::print::{MAIL, PrintPage, Printed, page};

/// Shows a message as it is to be printed.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn show(visit: &mut Visit, query: &MessageQuery) -> Result<Done> {
    let opened = match query.inside.is_empty() {
        true => visit.mailbox.open(&query.message, query.rank, false)?,
        false => visit.mailbox.open_inside(&query.message, &query.inside)?,
    };
    let (row, _) = names(visit, &opened, &query.frame());
    let watch = Watch::start();
    let has_html = !structure::body_of(&opened.parts).html.is_empty();
    let html = (has_html && query.face == Face::Best)
        .then(|| cleaned(visit, &opened, &query.frame(), For::Paper(MAIL)))
        .filter(|html| !html.is_blank);
    let told = told(visit, &opened, &query.message, &query.inside);
    let letter = match html {
        Some(_) => Letter::default(),
        None => letter_of(&opened, &told, &query.charset),
    };
    let sent = row
        .dated
        .and_then(|dated| Zone::fixed(dated.offset).calendar(dated.at, visit.now));
    let document = page(&PrintPage {
        base: &visit.head.base,
        words: visit.words,
        subject: &row.subject,
        from: &row.from,
        to: &row.to,
        cc: &row.cc,
        date: sent.or_else(|| visit.calendar(row.arrived)),
        attachments: &attachments(&opened, &listed(&opened), &query.message, &query.inside),
        told: &told,
        body: match &html {
            Some(html) => Printed::Html {
                style: html.style(""),
                mail: html.inside(MAIL),
            },
            None => Printed::Text(&letter.blocks),
        },
        cut: html.as_ref().map_or(letter.cut, |html| html.cut),
    });
    visit.rendering = visit.rendering.saturating_add(watch.passed());
    Ok(Done::Page(Response::frame(document, query.remote)))
}
