//! One message, or one within it: its page, and the document of its HTML.
//!
//! Not for what is to be read of it (`document`): here that becomes what a view takes.

use super::extras::{extras, judge, rendering};
use super::muted::MutedIds;
use super::named_labels::{Labels, ON_A_MESSAGE};
use super::opened::attachments;
use super::panes::{Around, Beside, list_pane, offers};
use super::{Done, Visit, moment, sender, telling};
use crate::clean::{self, Cleaned, Length};
use crate::document::{Document, Opening, People, Purpose};
use crate::error::{Error, GoneKind, Result};
use crate::mail::{Flags, ListId, MessageAct, Order, Row, ShowFirst, Sought};
use crate::mailbox::Standing;
use crate::plain_text::PlainText;
use crate::response::Response;
use crate::route::{Face, FrameQuery, ListQuery, MessageQuery, MessageRef, MessagesForm, Route};
use crate::sender::Judgement;
use crate::time::{Watch, Zone};
use crate::views;
use crate::views::acting::Acting;
use crate::views::attached::AttachmentLine;
use crate::views::extras::Extras;
use crate::views::folder::ListPane;
use crate::views::labels::Chip;
use crate::views::message::{
    Body, ExternalImages, Heading, Height, HtmlFrame, MessagePage, Neighbours,
};

/// Shows a message. Opening marks it as read, unless the browser only fetches ahead.
///
/// # Errors
/// `Gone`; `Imap` where the cache does not have it.
pub fn show(visit: &mut Visit, query: &MessageQuery) -> Result<Done> {
    let at = &query.message;
    let is_inside = !query.inside.is_empty();
    let read = Read::open(visit, query, query)?;
    let document = &read.document;
    let around = Around::gather(visit, Some(&at.folder), Vec::new())?;
    // What was found may be forgotten meanwhile: then it stands in its folder.
    let found = visit.mailbox.standing_in(&query.list, at, query.rank);
    let own_list = match found {
        Some(_) => query.list.clone(),
        None => ListId::of_folder(at.folder.clone()),
    };
    let standing = &found.unwrap_or_else(|| document.standing().clone());
    let listing = match is_inside {
        false => visit.mailbox.cached_page(&own_list, standing.rank),
        true => None,
    };
    let list = listing
        .as_ref()
        .map(|listing| list_pane(visit, &around, listing, Beside::Message(at)));
    let permits = listing.as_ref().map(|listing| listing.head.permits.clone());
    let back = ListQuery {
        page: listing.map(|listing| listing.page).unwrap_or_default(),
        ..ListQuery::first(own_list)
    };
    let acting = match is_inside {
        true => Acting::default(),
        false => {
            let permits = permits.unwrap_or_default();
            let is_muted = MutedIds::of(visit, &permits).have(std::iter::once(document.row()));
            let offered = offers(around.folder(&at.folder), &permits);
            acting(query, (document.row(), is_muted), offered, &back)
        }
    };
    let frame = Framing {
        list: list.as_ref(),
        folder: &around.title(visit, &at.folder),
        place: (!is_inside).then(|| (standing.total.saturating_sub(standing.rank), standing.total)),
        beside: beside(query, standing, back),
        acting: &acting,
    };
    let page = read.page(visit, frame);
    Ok(Done::Page(visit.page(|visit| {
        views::message::page(&around.chrome(visit), &page)
    })))
}

/// A message that is read, with all that its page tells of it.
pub(super) struct Read {
    query: MessageQuery,
    /// The page on which it is shown: other ways of looking at it are the same page.
    page: MessageQuery,
    document: Document,
    html: Html,
    remote: ExternalImages,
    letter: PlainText,
    people: People,
    judgement: Judgement,
    attachments: Vec<AttachmentLine>,
    extras: Extras,
    labels: (Vec<Chip>, usize),
}

impl Read {
    /// Opens a message, or one within it, to be shown on a page, and marks it as read, unless the browser only fetches ahead.
    ///
    /// # Errors
    /// `Gone`; `Imap` where the cache does not have it.
    pub(super) fn open(
        visit: &mut Visit,
        query: &MessageQuery,
        page: &MessageQuery,
    ) -> Result<Read> {
        let document = visit.open(&Opening {
            message: &query.message,
            inside: &query.inside,
            rank: query.rank,
            read: !visit.head.prefetch,
        })?;
        let judgement = judge(visit, &document);
        let html = html(visit, &document, query);
        let remote = match &html {
            Html::Shown(html) => sender::remote(visit, page, &judgement, html),
            Html::Blank | Html::None => ExternalImages::None,
        };
        let letter = match html {
            Html::Shown(_) => PlainText::default(),
            Html::Blank | Html::None => document.plain_text(&query.charset, &visit.leads()),
        };
        let people = document.people(&query.charset);
        let labels = match query.inside.is_empty() {
            false => Default::default(),
            true => Labels::of(visit).chips(&document.row().flags, ON_A_MESSAGE),
        };
        let mut extras = extras(visit, &document);
        telling::offer(visit, &document, &Route::Message(page.clone()), &mut extras)?;
        Ok(Read {
            query: query.clone(),
            page: page.clone(),
            judgement: judgement.with_name_of(&people.from),
            attachments: attachments(&document),
            extras,
            document,
            html,
            remote,
            letter,
            people,
            labels,
        })
    }

    /// Its subject, as it is shown.
    pub(super) fn subject(&self) -> &str {
        &self.people.subject
    }

    /// Its page.
    pub(super) fn page<'a>(&'a self, visit: &Visit, frame: Framing<'a>) -> MessagePage<'a> {
        let is_text_cut = match &self.html {
            Html::Shown(html) => html.cut,
            Html::Blank | Html::None => self.letter.cut,
        };
        MessagePage {
            at: &self.query,
            list: frame.list,
            folder: frame.folder,
            place: frame.place,
            beside: frame.beside,
            labels: &self.labels,
            heading: heading(visit, &self.document, &self.people, &self.judgement),
            extras: &self.extras,
            body: self.body(),
            attachments: &self.attachments,
            cut: is_text_cut || self.document.has_left_out(),
            acting: frame.acting,
            is_draft: self.query.inside.is_empty() && self.document.row().flags.has(&Flags::DRAFT),
        }
    }

    fn body(&self) -> Body<'_> {
        let face = |face| {
            Route::Message(MessageQuery {
                face,
                remote: false,
                ..self.page.clone()
            })
        };
        let document = &self.document;
        let letters = Box::new(Route::Message(MessageQuery {
            face: self.query.face,
            charset: self.query.charset.clone(),
            fixed: !self.query.fixed,
            remote: false,
            ..self.page.clone()
        }));
        match &self.html {
            Html::Shown(html) => Body::Html(Box::new(HtmlFrame {
                src: Route::Frame(FrameQuery {
                    remote: self.remote.is_shown(),
                    ..self.query.frame()
                }),
                height: match html.length {
                    Length::Short => Height::Short,
                    Length::Medium => Height::Medium,
                    Length::Long => Height::Long,
                },
                is_plain: html.is_plain(),
                remote: self.remote.clone(),
                text: document.has_text().then(|| face(Face::Text)),
            })),
            Html::Blank | Html::None if self.letter.blocks.is_empty() => Body::Empty,
            Html::Blank => Body::Text {
                letter: &self.letter,
                html: None,
                letters,
            },
            Html::None => Body::Text {
                letter: &self.letter,
                html: document.has_html().then(|| face(Face::Html)),
                letters,
            },
        }
    }
}

/// What stands around a message.
pub(super) struct Framing<'a> {
    /// The list beside it, where the cache has it.
    pub list: Option<&'a ListPane>,
    /// Its folder's name for people.
    pub folder: &'a str,
    /// Its place in the list, and how many there are.
    pub place: Option<(u32, u32)>,
    /// What can be gone on to.
    pub beside: Neighbours,
    /// What can be done with it.
    pub acting: &'a Acting,
}

/// The HTML of a message, as far as its page is about it.
enum Html {
    /// There is none, or the text is wanted.
    None,
    /// There is nothing to be seen in it: the text is shown.
    Blank,
    /// It stands in the frame.
    Shown(Box<Cleaned>),
}

/// Whether the HTML is shown, of a message that may have both.
pub(super) fn shows_html(visit: &Visit, document: &Document, face: Face) -> bool {
    let wants_html = match face {
        Face::Html => true,
        Face::Text => false,
        Face::First => {
            visit.profile.settings().show_first == ShowFirst::Html || !document.has_text()
        }
    };
    wants_html && document.has_html()
}

fn html(visit: &mut Visit, document: &Document, query: &MessageQuery) -> Html {
    if !shows_html(visit, document, query.face) {
        return Html::None;
    }
    // Whatever the frame shows: what it would load is counted by holding it back.
    let held_back = FrameQuery {
        remote: false,
        ..query.frame()
    };
    let html = cleaned(visit, document, &held_back, &Sought::default());
    match html.is_blank {
        true => Html::Blank,
        false => Html::Shown(Box::new(html)),
    }
}

/// What can be done with a message that is open, of what is `offered` in its folder; and whether its conversation is muted.
pub(super) fn acting(
    query: &MessageQuery,
    (row, is_muted): (&Row, bool),
    offered: Acting,
    back: &ListQuery,
) -> Acting {
    let message = &query.message;
    let mut fields = MessagesForm::place_of(&message.within(), back);
    fields.push(("u".to_owned(), message.uid.get().to_string()));
    fields.push(("r".to_owned(), query.rank.to_string()));
    let star = match row.flags.has(&Flags::FLAGGED) {
        true => MessageAct::Unstar,
        false => MessageAct::Star,
    };
    let is_marked = row.flags.has(&Flags::DELETED);
    let mute = match is_muted {
        true => Some(MessageAct::Unmute),
        false => query.list.is_grouped().then_some(MessageAct::Mute),
    };
    let more = [star, MessageAct::Unread, MessageAct::Label]
        .into_iter()
        .chain(mute)
        .chain([MessageAct::Copy, MessageAct::SaveMbox]);
    let more = more.chain(is_marked.then_some(MessageAct::Restore));
    Acting {
        fields,
        is_keyed: true,
        first: offered.first,
        more: more.filter(|act| offered.more.contains(act)).collect(),
    }
}

/// What can be gone on to from a message: `list` is the page of the list that it stands on.
pub(super) fn beside(query: &MessageQuery, standing: &Standing, list: ListQuery) -> Neighbours {
    let at = &query.message;
    let message = |to: &Option<(MessageRef, u32)>| {
        let (message, rank) = to.as_ref()?;
        let query = MessageQuery::of(list.list.clone(), message.clone(), *rank);
        Some(Route::Message(query))
    };
    Neighbours {
        by_time: list.list.order() == Order::default(),
        newer: message(&standing.newer),
        older: message(&standing.older),
        row: match query.inside.is_empty() {
            true => MessagesForm::box_of(at, list.list.spans_folders()),
            false => String::new(),
        },
        back: match query.inside.is_empty() {
            false => {
                let list = query.list.clone();
                Route::Message(MessageQuery::of(list, at.clone(), query.rank))
            }
            true => Route::Folder(list),
        },
    }
}

fn heading<'a>(
    visit: &Visit,
    document: &Document,
    people: &'a People,
    sender: &'a Judgement,
) -> Heading<'a> {
    let row = document.row();
    let sent = row
        .dated
        .and_then(|dated| Zone::fixed(dated.offset).calendar(dated.at, visit.now));
    let arrived = Some(row.arrived).filter(|at| *at != 0);
    Heading {
        subject: &people.subject,
        sender,
        from: &people.from,
        to: &people.to,
        cc: &people.cc,
        bcc: &people.bcc,
        reply_to: &people.reply_to,
        sent,
        arrived: arrived.and_then(|at| visit.calendar(at)),
        dated_apart: moment::other(row).and_then(|at| visit.calendar(at)),
        size: row.size.into(),
        flags: row.flags.clone(),
    }
}

/// The HTML of a message as the document that stands in its frame.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn frame(visit: &mut Visit, query: &FrameQuery) -> Result<Done> {
    let document = visit.open(&Opening::look(&query.message, &query.inside))?;
    if !document.has_html() {
        return Err(Error::Gone(GoneKind::Part));
    }
    let watch = Watch::start();
    let cleaned = cleaned(visit, &document, query, &query.sought());
    let people = document.people(&query.charset);
    // A tab of its own says that this is a mail: its subject alone could be the title of any page.
    let title = visit.words.as_laid_out(&people.subject);
    let document = clean::frame(
        &title,
        &cleaned,
        visit.words.lang,
        visit.profile.settings().theme,
    );
    visit.rendering = visit.rendering.saturating_add(watch.passed());
    Ok(Done::Page(Response::frame(document, query.remote)))
}

/// The HTML of a message for its frame, and for the page around it, which tells what is in it.
fn cleaned(visit: &mut Visit, document: &Document, query: &FrameQuery, sought: &Sought) -> Cleaned {
    let (leads, base) = (visit.leads(), visit.head.base.clone());
    let how = rendering(&base, &leads, query, sought, Purpose::Frame);
    document.html_kept(&mut visit.mailbox, &how)
}
