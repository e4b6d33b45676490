//! One message, or one within it: its page, and the document of its HTML.
//!
//! Not for finding or fetching any of it (`mailbox`), nor for what is to be read of it (`body`).

use super::body::{For, attachments, cleaned, letter_of, listed, names, told};
use super::panes::{Around, list_pane};
use super::{Done, Visit, sender};
use crate::clean::{self, Length};
use crate::error::{Error, GoneKind, Result};
use crate::letter::Letter;
use crate::mail::{Address, FORWARDED, Flags, Uid};
use crate::mime::structure;
use crate::response::Response;
use crate::route::{Face, FolderQuery, FrameQuery, MessageQuery, MessageRef, Place, Route};
use crate::time::Watch;
use crate::views;
use crate::views::message::{Body, Height, HtmlFrame, MessagePage, Remote};
use crate::views::{Kind, Notice};

/// Shows a message. Opening marks it as read, unless the browser only fetches ahead.
///
/// # Errors
/// `Gone`; `Imap` where the cache does not have it.
pub fn show(visit: &mut Visit, query: &MessageQuery) -> Result<Done> {
    let at = &query.message;
    let is_inside = !query.inside.is_empty();
    let opened = match is_inside {
        false => visit.mailbox.open(at, query.rank, !visit.head.prefetch)?,
        true => visit.mailbox.open_inside(at, &query.inside)?,
    };
    let body = structure::body_of(&opened.parts);
    // Whatever the frame shows: what it would load is counted by holding it back.
    let held_back = FrameQuery {
        remote: false,
        ..query.frame()
    };
    let html = (!body.html.is_empty() && query.face == Face::Best)
        .then(|| cleaned(visit, &opened, &held_back, For::Page));
    let is_blank = html.as_ref().is_some_and(|html| html.is_blank);
    let html = html.filter(|_| !is_blank);
    let told = told(visit, &opened, at, &query.inside);
    let remote = html
        .as_ref()
        .map(|html| sender::remote(visit, query, &opened, &told, html));
    let mut notices = Vec::new();
    if visit.profile.damage().is_some() {
        let (lead, text) = visit.words.without_settings();
        notices.push(Notice {
            kind: Kind::Warn,
            lead,
            text,
            actions: Vec::new(),
        });
    }
    let around = Around::gather(visit, &at.folder, notices)?;
    let listing = match is_inside {
        false => visit.mailbox.cached_page(&at.folder, opened.rank),
        true => None,
    };
    let place = listing.as_ref().map_or(Place::Newest, |l| l.here);
    let list = listing.map(|l| list_pane(visit, &around, &at.folder, place, &l, Some(at)));

    let letter = match html {
        Some(_) => Letter::default(),
        None => letter_of(&opened, &told, &query.charset),
    };
    let files = listed(&opened);
    let attachments = attachments(&opened, &files, at, &query.inside);
    let is_shown = remote.as_ref().is_some_and(Remote::is_shown);
    let face = |face| {
        Route::Message(MessageQuery {
            face,
            remote: false,
            ..query.clone()
        })
    };
    let beside = |to: Option<(Uid, u32)>| {
        to.map(|(uid, rank)| {
            let message = MessageRef { uid, ..at.clone() };
            Route::Message(MessageQuery::plain(message, rank))
        })
    };
    let folder = around.title(visit, &at.folder);
    // A row keeps the first people of each field; the header has all, and Bcc.
    let (row, people) = names(visit, &opened, &held_back);
    let all = |few: &Vec<Address>, all: Vec<Address>| match all.len() > few.len() {
        true => all,
        false => few.clone(),
    };
    let (to, cc) = (all(&row.to, people.to), all(&row.cc, people.cc));
    let back = match is_inside {
        true => Route::Message(MessageQuery::plain(at.clone(), query.rank)),
        false => Route::Folder(FolderQuery {
            folder: at.folder.clone(),
            place,
            compare: false,
        }),
    };
    let part = |open| Route::Part {
        message: at.clone(),
        trail: query.inside.clone(),
        open,
    };
    let source = |save| Route::Source {
        message: at.clone(),
        save,
    };
    let page = MessagePage {
        list: list.as_ref(),
        folder: &folder,
        back,
        newer: beside(opened.newer),
        older: beside(opened.older),
        place: (!is_inside).then(|| (opened.total.saturating_sub(opened.rank), opened.total)),
        is_inside,
        told: &told,
        subject: &row.subject,
        from: &row.from,
        to: &to,
        cc: &cc,
        bcc: &people.bcc,
        reply_to: &row.reply_to,
        sent: row
            .dated
            .and_then(|dated| crate::time::Zone::fixed(dated.offset).calendar(dated.at, visit.now)),
        arrived: Some(row.arrived)
            .filter(|at| *at != 0)
            .and_then(|at| visit.calendar(at)),
        size: row.size.into(),
        starred: row.flags.has(&Flags::FLAGGED),
        answered: row.flags.has(&Flags::ANSWERED),
        forwarded: row.flags.has_keyword(FORWARDED),
        body: match html.as_ref().zip(remote) {
            Some((html, remote)) => Body::Html(Box::new(HtmlFrame {
                src: Route::Frame(FrameQuery {
                    remote: is_shown,
                    ..query.frame()
                }),
                height: match html.length {
                    Length::Short => Height::Short,
                    Length::Medium => Height::Medium,
                    Length::Long => Height::Long,
                },
                cut: html.cut,
                remote,
                text: (!body.text.is_empty()).then(|| face(Face::Text)),
            })),
            None if letter.blocks.is_empty() => Body::Empty,
            None => Body::Text {
                letter: &letter,
                html: (!body.html.is_empty() && !is_blank).then(|| face(Face::Best)),
            },
        },
        attachments: &attachments,
        all: (!is_inside && attachments.len() > 1).then(|| Route::Attachments {
            message: at.clone(),
        }),
        headers: Route::Headers {
            message: at.clone(),
            inside: query.inside.clone(),
        },
        print: Route::Print(MessageQuery {
            remote: is_shown,
            ..query.clone()
        }),
        source: (!is_inside).then(|| source(false)),
        save: match is_inside {
            true => part(false),
            false => source(true),
        },
        charset: &query.charset,
        in_charset: Route::Message(MessageQuery {
            charset: String::new(),
            ..query.clone()
        }),
    };
    Ok(Done::Page(visit.page(|visit| {
        views::message::page(&around.chrome(visit), &page)
    })))
}

/// The HTML of a message as the document that stands in its frame.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn frame(visit: &mut Visit, query: &FrameQuery) -> Result<Done> {
    let opened = match query.inside.is_empty() {
        true => visit.mailbox.open(&query.message, 0, false)?,
        false => visit.mailbox.open_inside(&query.message, &query.inside)?,
    };
    if structure::body_of(&opened.parts).html.is_empty() {
        return Err(Error::Gone(GoneKind::Part));
    }
    let watch = Watch::start();
    let cleaned = cleaned(visit, &opened, query, For::Frame);
    let (row, _) = names(visit, &opened, query);
    // A tab of its own says that this is a mail: its subject alone could be the title of any page.
    let title = visit.words.as_laid_out(&row.subject);
    let document = clean::frame(&title, &cleaned, visit.words.lang);
    visit.rendering = visit.rendering.saturating_add(watch.passed());
    Ok(Done::Page(Response::frame(document, query.remote)))
}
