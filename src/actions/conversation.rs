//! The page of a conversation.
//!
//! Not for which messages belong to it (`mailbox`), nor for what is told of one of them (`message`). To know before changing
//! it: a folded message is a link that unfolds it, so nothing is fetched of what nobody has opened.

use super::extras::standpoint;
use super::message::{self, Framing, Read, acting, beside};
use super::muted::MutedIds;
use super::panes::{Around, Beside, list_pane, offers};
use super::together::is_own;
use super::{Done, Visit};
use crate::error::{Error, Result};
use crate::mail::{Flags, FolderName, ListId, MessageAct, MessageRef, Row, Uid};
use crate::mailbox::{Spoken, Standing, Talk, has_attachment};
use crate::route::{ListQuery, MessageQuery, MessagesForm, Route};
use crate::sender;
use crate::views;
use crate::views::acting::Acting;
use crate::views::conversation::{ConversationPage, Folded, Letter};
use crate::views::message::Neighbours;

/// Most messages that are unfolded at once: each of them has to be read.
const UNFOLDED: usize = 8;

/// Shows a message, or the conversation that it stands for in its list.
///
/// # Errors
/// `Gone`; `Imap` where the cache does not have it.
pub fn show(visit: &mut Visit, query: &MessageQuery) -> Result<Done> {
    match (conversation(visit, query)?, &query.unfolded) {
        (Some(page), _) => Ok(page),
        (None, None) => message::show(visit, query),
        // How the one that is unfolded is looked at says nothing of any other.
        (None, Some(at)) => {
            let alone = MessageQuery {
                message: MessageRef::clone(at),
                unfolded: None,
                ..query.clone()
            };
            message::show(visit, &alone)
        }
    }
}

/// Shows the conversation that a message stands for in a grouped list; None where it stands for itself alone.
fn conversation(visit: &mut Visit, query: &MessageQuery) -> Result<Option<Done>> {
    if !query.inside.is_empty() || !query.list.is_grouped() {
        return Ok(None);
    }
    let talk = visit
        .mailbox
        .talk(&query.list, &query.message, query.rank)?;
    let Some(talk) = talk.filter(|talk| !talk.messages.is_empty()) else {
        return Ok(None);
    };
    let query = &MessageQuery {
        rank: talk.rank,
        ..query.clone()
    };
    let own = &talk.newest.folder;
    let unfolded = unfolded(&talk, query);
    // Where there are pages of it, this one is named by its first message.
    let named = match talk.has_later {
        true => query.message.clone(),
        false => talk.newest.clone(),
    };
    let page = &MessageQuery {
        message: named,
        ..query.clone()
    };
    let mut reads: Vec<Option<Read>> = Vec::new();
    for spoken in &talk.messages {
        let read = match unfolded.contains(&&spoken.at) {
            true => read(visit, spoken, page, query)?,
            false => None,
        };
        reads.push(read);
    }
    if !visit.head.prefetch {
        let here = talk.messages.iter().filter(|one| one.at.folder == *own);
        let read = here.filter(|one| unfolded.contains(&&one.at));
        let uids: Vec<Uid> = read.map(|one| one.at.uid).collect();
        visit.mailbox.note_read(&talk.newest.within(), &uids);
    }
    let around = Around::gather(visit, Some(own), Vec::new())?;
    let standing = visit
        .mailbox
        .standing_in(&query.list, &talk.newest, talk.rank)
        .unwrap_or_default();
    let listing = visit.mailbox.cached_page(&query.list, standing.rank);
    let list = listing
        .as_ref()
        .map(|listing| list_pane(visit, &around, listing, Beside::Message(&talk.newest)));
    let permits = listing.as_ref().map(|listing| listing.head.permits.clone());
    let back = ListQuery {
        page: listing.map(|listing| listing.page).unwrap_or_default(),
        ..ListQuery::first(query.list.clone())
    };
    let newest = MessageQuery {
        message: talk.newest.clone(),
        ..query.clone()
    };
    let permits = permits.unwrap_or_default();
    let offered = offers(around.folder(own), &permits);
    let empty = Row::empty(talk.newest.uid);
    let row = talk.messages.iter().find(|one| one.at == talk.newest);
    let here = talk.messages.iter().filter(|one| one.at.folder == *own);
    let is_muted = MutedIds::of(visit, &permits).have(here.map(|one| &one.row));
    let row = row.map_or(&empty, |one| &one.row);
    let acts = acting(&newest, (row, is_muted), offered, &back);
    let forms: Vec<Acting> = talk
        .messages
        .iter()
        .map(|one| acts_on(visit, &around, one, (&newest, &back)))
        .collect();
    let titles: Vec<Option<String>> = talk
        .messages
        .iter()
        .map(|one| elsewhere(visit, &around, one, own))
        .collect();
    let neighbours = beside(&newest, &standing, back);
    let letters = talk.messages.iter().zip(&reads).zip(&forms).zip(titles);
    let letters = letters.map(|(((spoken, read), form), title)| match read {
        Some(read) => {
            let frame = alone(&neighbours, form);
            Letter::Unfolded(Box::new(read.page(visit, frame)), title)
        }
        None => Letter::Folded(Box::new(folded(visit, spoken, page, title))),
    });
    let letters: Vec<Letter> = letters.collect();
    let subject = reads.iter().flatten().last().map_or("", Read::subject);
    let page = ConversationPage {
        list: list.as_ref(),
        folder: &around.title(visit, own),
        place: place(&standing),
        beside: &neighbours,
        subject,
        count: talk
            .count
            .max(u32::try_from(letters.len()).unwrap_or(u32::MAX)),
        earlier: talk.earlier.as_ref().map(|(count, first)| {
            let message = first.clone();
            let before = MessageQuery {
                message,
                unfolded: None,
                ..query.clone()
            };
            (*count, Route::Message(before))
        }),
        later: talk.has_later.then(|| {
            Route::Message(MessageQuery {
                unfolded: None,
                ..newest.clone()
            })
        }),
        letters: &letters,
        muted: is_muted,
        acting: &acts,
    };
    Ok(Some(Done::Page(visit.page(|visit| {
        views::conversation::page(&around.chrome(visit), &page)
    }))))
}

/// The messages that are unfolded: the one that was asked for, the newest, and what is unread.
fn unfolded<'t>(talk: &'t Talk, query: &MessageQuery) -> Vec<&'t MessageRef> {
    let is_unread = |one: &&Spoken| !one.row.flags.has(&Flags::SEEN);
    let is_asked = |one: &&Spoken| {
        let at = &one.at;
        Some(at) == query.unfolded.as_deref() || *at == query.message
    };
    let asked = talk.messages.iter().filter(is_asked);
    let newest = talk.messages.last();
    let unread = talk.messages.iter().rev().filter(is_unread);
    let mut unfolded: Vec<&MessageRef> = Vec::new();
    for one in asked.chain(newest).chain(unread) {
        if unfolded.len() < UNFOLDED && !unfolded.contains(&&one.at) {
            unfolded.push(&one.at);
        }
    }
    unfolded
}

/// Reads one message of a conversation for its page, as `query` wants it looked at; None where it is gone meanwhile: then it
/// stays folded.
fn read(
    visit: &mut Visit,
    spoken: &Spoken,
    page: &MessageQuery,
    query: &MessageQuery,
) -> Result<Option<Read>> {
    let is_meant = spoken.at == *query.looked_at();
    let shown = MessageQuery {
        unfolded: Some(Box::new(spoken.at.clone())),
        ..match is_meant {
            true => page.clone(),
            false => MessageQuery::of(page.list.clone(), page.message.clone(), page.rank),
        }
    };
    let own = MessageQuery {
        list: ListId::of_folder(spoken.at.folder.clone()),
        message: spoken.at.clone(),
        rank: 0,
        unfolded: None,
        ..shown.clone()
    };
    match Read::open(visit, &own, &shown) {
        Ok(read) => Ok(Some(read)),
        Err(Error::Gone(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What can be done with one message of a conversation, whichever folder it is in.
fn acts_on(
    visit: &mut Visit,
    around: &Around,
    one: &Spoken,
    (newest, back): (&MessageQuery, &ListQuery),
) -> Acting {
    let permits = visit.mailbox.permits(&one.at.folder);
    let offered = offers(around.folder(&one.at.folder), &permits);
    let own = MessageQuery {
        message: one.at.clone(),
        ..newest.clone()
    };
    let mut acts = acting(&own, (&one.row, false), offered, back);
    let star = |act: &MessageAct| matches!(act, MessageAct::Star | MessageAct::Unstar);
    let (first, more): (Vec<MessageAct>, Vec<MessageAct>) = acts.more.iter().partition(|a| star(a));
    // One of them is muted with all others.
    let more = more.into_iter().filter(|act| *act != MessageAct::Mute);
    acts.more = acts.first.into_iter().chain(more).collect();
    acts.first = first;
    acts.is_keyed = false;
    let talk = MessagesForm::box_of(&newest.message, true);
    acts.fields.push((MessagesForm::TALK.to_owned(), talk));
    acts
}

/// What stands around a message of a conversation: nothing but what can be done with it.
fn alone<'a>(neighbours: &Neighbours, acting: &'a Acting) -> Framing<'a> {
    Framing {
        list: None,
        folder: "",
        place: None,
        beside: neighbours.clone(),
        acting,
    }
}

fn place(standing: &Standing) -> (u32, u32) {
    let nth = standing.total.saturating_sub(standing.rank);
    (nth, standing.total)
}

/// The name of the folder of a message, where that is another than that of the conversation.
fn elsewhere(visit: &Visit, around: &Around, one: &Spoken, own: &FolderName) -> Option<String> {
    let folder = &one.at.folder;
    (folder != own).then(|| around.title(visit, folder))
}

/// A message as its line in the conversation shows it.
fn folded(visit: &Visit, spoken: &Spoken, page: &MessageQuery, folder: Option<String>) -> Folded {
    let row = &spoken.row;
    let judged = sender::judge(row, &standpoint(visit, None));
    let dated = row.dated.map(|dated| dated.at);
    let at = Some(row.arrived).filter(|at| *at != 0).or(dated);
    Folded {
        href: Route::Message(MessageQuery {
            unfolded: Some(Box::new(spoken.at.clone())),
            ..MessageQuery::of(page.list.clone(), page.message.clone(), page.rank)
        }),
        who: row.from.first().cloned().unwrap_or_default(),
        doubted: judged.is_marked().then_some(judged.named),
        is_own: row
            .from
            .first()
            .is_some_and(|from| is_own(visit, &from.email)),
        when: at.and_then(|at| visit.calendar(at)),
        peek: row.preview.clone().unwrap_or_default(),
        starred: row.flags.has(&Flags::FLAGGED),
        attachment: row.parts.as_deref().is_some_and(has_attachment),
        unread: !row.flags.has(&Flags::SEEN),
        folder,
    }
}
