//! Writing a message: what its form asks for.
//!
//! Not for its page (`writing`), nor for what a message begins with (`beginning`), nor for sending (`jobs::send`). To know before changing it: whatever is
//! wrong, the form comes again with everything in it; what was typed and attached is on the disk before anything is judged.

use super::beginning::begin;
use super::keeping::{has_room, is_overtaken, keep, keep_beside, page_number};
use super::rich;
use super::sending::{Asked, letter};
use super::signing::resigned;
use super::waiting::look;
use super::writing::{Page, page};
use super::{
    Done, Visit, asking, discarding, editing, holding, sending, server_draft, templates, undo_send,
};
use crate::draft::Letter;
use crate::error::{Act, Error, Result};
use crate::ledger::{Entry, Stage, Token};
use crate::mail::{AttachedFile, Draft, Refusal};
use crate::outbox::{Kept, Writing};
use crate::request::form::Form;
use crate::response::Response;
use crate::route::{self, ComposeQuery, DraftForm, NoticeId, Route, Wish};
use crate::views::compose::{Gone, State};

/// Shows a message that is being written, or begins one.
///
/// # Errors
/// `Gone`: what is answered; `Imap` where the cache does not have it; `Setup`.
pub fn show(visit: &mut Visit, query: &ComposeQuery) -> Result<Done> {
    if let Some(draft) = &query.edited {
        return editing::open(visit, draft, &query.next);
    }
    let Some(token) = visit.ledger.token(&query.token) else {
        let token = Token::new()?;
        let (draft, missing) = begin(visit, query)?;
        if visit.profile.settings().undo_seconds > 0 {
            // By the time it is written, it is known.
            visit.later.find_out();
        }
        let begun = Page::of(token, Writing::new(draft, token.made), &query.next);
        let is_begun = true;
        return page(
            visit,
            Page {
                missing,
                is_begun,
                ..begun
            },
        );
    };
    let key = visit.session.data.key.clone();
    let Some(writing) = visit.drafts.open(&token.id, &key)? else {
        // It was sent, or thrown away.
        return Ok(Done::leads_to(visit, &route::next(&query.next)));
    };
    let entry = look(visit, &token)?;
    if entry.as_ref().is_some_and(Entry::is_done) {
        // Whoever sent it was ended before it could be forgotten.
        visit.drafts.forget(&token.id)?;
        return Ok(Done::leads_to(visit, &route::next(&query.next)));
    }
    let refusal = match query.is_crowded {
        true => Some(Refusal::Crowded),
        false => visit.drafts.refusal(&token.id, &key)?,
    };
    let state = match entry.as_ref().map(|entry| (entry.stage, entry)) {
        Some((Stage::Sending, _)) => State::Sending,
        Some((Stage::Sent, entry)) => State::NotFiled(gone(visit, entry)),
        Some((Stage::Unknown, entry)) => State::Unknown(visit.calendar(entry.since)),
        Some((Stage::Waiting, _)) => State::Waiting,
        Some((Stage::Failed | Stage::TakenBack, _)) | None => State::open(query.picks, refusal),
    };
    let lost = visit.drafts.not_come(&token.id, &writing, &key)?;
    if !matches!(state, State::Waiting | State::Sending) {
        // Whoever sees its page need not be told on every page.
        visit.drafts.note_not_waiting(&token.id)?;
    }
    let kept = Page::of(token, writing, &query.next);
    page(
        visit,
        Page {
            state,
            lost,
            ..kept
        },
    )
}

/// Keeps what was typed and attached, and does with it what the form asks for.
///
/// # Errors
/// `BadRequest` for a form that is not ours; `DiskFull`, `Setup` where it cannot be kept.
pub fn write(visit: &mut Visit) -> Result<Done> {
    if let Some(cut) = visit.form.cut()
        && visit.form.get(DraftForm::WHOLE).is_empty()
    {
        // What was kept before is more than what came of this.
        return Err(cut.clone());
    }
    let form = resigned(visit, DraftForm::read(visit.form.fields())?);
    let files = visit.form.clone();
    written(visit, form, &files)
}

/// Keeps what was typed so far, which is asked for by script while it is written.
///
/// # Errors
/// `BadRequest` for a form that is not ours, and where it is not kept: it was to be sent, or there are too many;
/// `DiskFull`, `Setup` where it cannot be.
pub fn autosave(visit: &mut Visit) -> Result<Done> {
    let form = DraftForm::read(visit.form.fields())?;
    let token = visit.ledger.token(&form.token);
    let token = token.ok_or(Error::BadRequest("d"))?;
    // What did not come whole is not kept in the place of what did.
    let (form, fault) = rich::judged(visit, form);
    if fault.is_some() {
        return Err(Error::BadRequest("html"));
    }
    // What was to be sent stays as it was; script asks then before this page is left.
    let is_open = match look(visit, &token)? {
        None => true,
        Some(entry) => entry.stage.is_open(),
    };
    let key = &visit.session.data.key;
    let before = visit.drafts.open(&token.id, key)?;
    let has_room = before.is_some() || has_room(visit)?;
    let is_overtaken = before
        .as_ref()
        .is_some_and(|before| is_overtaken(visit, before, &form, visit.form));
    if !is_open || !has_room || is_overtaken {
        return Err(Error::BadRequest("d"));
    }
    if !form.draft.is_blank() {
        let mut writing = before.unwrap_or_else(|| Writing::new(Draft::default(), token.made));
        writing.draft = form.draft;
        writing.by = page_number(visit.form);
        visit.drafts.keep(&token.id, &writing, key)?;
        if let Some(put) = server_draft::renewed(visit, &token, &writing, form.is_leaving)? {
            return Ok(Done::Leaves(Box::new(put)));
        }
    }
    Ok(Done::Page(Response::nothing()))
}

/// Shows a form again whose session had ended: as the form that it was.
///
/// # Errors
/// As `write`, but that nothing is sent.
pub fn again(visit: &mut Visit, kept: &Kept) -> Result<Done> {
    let form = DraftForm {
        wish: Wish::Keep,
        ..DraftForm::read(kept.form.fields())?
    };
    let done = written(visit, resigned(visit, form), &kept.form)?;
    visit.outbox.forget(kept.id)?;
    Ok(done)
}

/// The page that such a form stood on.
pub fn page_of(form: &Form) -> Route {
    let token = form.get("d").to_owned();
    Route::from(ComposeQuery::of_token(token, form.get("next").to_owned()))
}

fn written(visit: &mut Visit, form: DraftForm, files: &Form) -> Result<Done> {
    let (mut form, fault) = rich::judged(visit, form.hiding());
    let known = visit.ledger.token(&form.token);
    // One that is too old, or not of this user, sends nothing: the form comes again as a new message.
    let is_old = known.is_none();
    let token = match known {
        Some(token) => token,
        None => Token::new()?,
    };
    if matches!(form.wish, Wish::SendNow | Wish::TakeBack) {
        return undo_send::decide(visit, token, form);
    }
    if form.is_html_missing
        && let Some(before) = visit.drafts.open(&token.id, &visit.session.data.key)?
    {
        form.draft.html = before.draft.html;
    }
    let content = content(visit, &form, files);
    let entry = look(visit, &token)?;
    if let Some(entry) = entry.as_ref().filter(|entry| entry.stage == Stage::Sent) {
        return sent_before(
            visit,
            Asked {
                token,
                form,
                content,
                due: None,
            },
            entry,
        );
    }
    let is_open = entry.as_ref().is_none_or(|entry| entry.stage.is_open());
    if !is_open && is_changed(visit, &token, &form, files)? {
        let waits = entry.is_some_and(|entry| entry.stage == Stage::Waiting);
        let state = match waits {
            true => State::WaitingBefore,
            false => State::PerhapsBefore,
        };
        return another(visit, &token, &form, files, state);
    }
    let before = visit.drafts.open(&token.id, &visit.session.data.key)?;
    let is_overtaken = before.is_some_and(|before| is_overtaken(visit, &before, &form, files));
    if is_overtaken && !matches!(form.wish, Wish::Discard | Wish::Restore | Wish::Attach) {
        return another(visit, &token, &form, files, State::Overtaken);
    }
    if form.wish == Wish::Discard {
        return discarding::discard(visit, &token, &form, files);
    }
    if form.wish == Wish::Restore {
        return discarding::restore(visit, &token, &form);
    }
    let (writing, mut faults) = keep(visit, &token, &form, files)?;
    faults.extend(fault);
    if form.wish == Wish::Template && faults.is_empty() {
        let text = visit.ledger.to_text(&token);
        let page = ComposeQuery::of_token(text, form.next.clone());
        match templates::save(visit, &token, &writing, Route::from(page))? {
            Ok(done) => return Ok(done),
            Err(wrong) => faults = wrong,
        }
    }
    if !form.sends() && !faults.is_empty() {
        let kept = Page::of(token, writing, &form.next);
        return page(visit, Page { faults, ..kept });
    }
    if faults.is_empty() && (!form.sends() || is_old) {
        let text = visit.ledger.to_text(&token);
        let page = ComposeQuery::of_token(text, form.next.clone());
        let page = Route::from(page.picking(form.wish == Wish::Pick));
        // A form that is shown again after signing in comes by a GET.
        let is_saved = form.wish == Wish::Keep && !visit.head.is_get();
        if is_saved && server_draft::may_be_there(&writing.draft) {
            let put = server_draft::put(visit, &token, page)?;
            return Ok(Done::Leaves(Box::new(put)));
        }
        visit.progress.did(Act::KeepDraft);
        return Ok(match form.wish {
            Wish::Keep => Done::go_on(page),
            // Whoever changes the sender, adds people or takes a file off sees that.
            _ => Done::leads_to(visit, &page),
        });
    }
    let letter = letter(visit, &writing.draft).map_err(|wrong| faults.extend(wrong));
    faults.extend(holding::fault(visit, &form));
    let kept = Page::of(token, writing, &form.next);
    match letter {
        Ok(letter) if faults.is_empty() => {
            // What may have been sent was asked about before.
            let asked = match form.sure || form.again {
                true => Vec::new(),
                false => asking::ask(visit, &letter, &kept.writing),
            };
            if !asked.is_empty() {
                let state = State::Asked(asked);
                return page(visit, Page { state, ..kept });
            }
            let files = kept.writing.files;
            let asked = Asked {
                token,
                form,
                content,
                due: None,
            };
            send(visit, asked, letter, files)
        }
        Ok(_) | Err(()) => page(visit, Page { faults, ..kept }),
    }
}

/// Sends a message that one click has written; where it is not sent, its page shows it.
///
/// # Errors
/// `DiskFull`, `Setup`.
pub(super) fn send_at_once(
    visit: &mut Visit,
    token: Token,
    draft: Draft,
    next: String,
) -> Result<Done> {
    let form = DraftForm::of_kept(visit.ledger.to_text(&token), draft, Wish::Send, next);
    written(visit, form, &Form::default())
}

/// A keyed hash of a form: what was typed, and the files that came with it.
fn content(visit: &Visit, form: &DraftForm, files: &Form) -> [u8; 32] {
    let draft = &form.draft;
    let typed = [
        &draft.from,
        &draft.to,
        &draft.cc,
        &draft.bcc,
        &draft.reply_to,
        &draft.subject,
        &draft.text,
        &draft.html,
    ];
    let sizes: Vec<String> = files
        .files()
        .iter()
        .map(|file| file.size.to_string())
        .collect();
    let names = files.files().iter().map(|file| &file.name);
    let carried: Vec<String> = draft.carried.iter().map(|one| format!("{one:?}")).collect();
    let all = typed.into_iter().chain(names).chain(&sizes);
    let asks = [format!("{:?}{:?}", draft.asks, draft.for_programs)];
    let later = Some(&draft.later).filter(|later| !later.is_empty());
    let all = all.chain(&carried).chain(&asks).chain(later);
    let pieces: Vec<&[u8]> = all.map(|text| text.as_bytes()).collect();
    visit.ledger.content(&pieces)
}

/// Sends a message, at once or a little later.
fn send(visit: &mut Visit, asked: Asked, letter: Letter, files: Vec<AttachedFile>) -> Result<Done> {
    let job = sending::sending(visit, asked, letter, files)?;
    undo_send::at_once_or_later(visit, job)
}

/// The form of a message that has been sent: sent again, it shows the page that followed, and makes the copy that is owed;
/// a changed one is shown as a new message, below what became of the first.
fn sent_before(visit: &mut Visit, asked: Asked, entry: &Entry) -> Result<Done> {
    let key = visit.session.data.key.clone();
    if entry.content == asked.content && entry.is_filed {
        let href = asked.form.next().href(&visit.head.base);
        let href = route::with_notice(href, NoticeId(asked.token.id));
        return Ok(Done::Page(Response::see_other(&href)));
    }
    let kept = visit.drafts.open(&asked.token.id, &key)?;
    let kept = kept.filter(|kept| kept.draft == asked.form.draft && !entry.is_filed);
    if let Some(writing) = kept
        && let Ok(letter) = letter(visit, &writing.draft)
    {
        // Nothing is sent again: the job finds what the ledger has.
        let content = entry.content;
        return send(visit, Asked { content, ..asked }, letter, writing.files);
    }
    let state = State::SentBefore(gone(visit, entry));
    let files = visit.form.clone();
    another(visit, &asked.token, &asked.form, &files, state)
}

/// When a message went, and until when it is held.
fn gone(visit: &Visit, entry: &Entry) -> Gone {
    Gone {
        at: visit.calendar(entry.since),
        until: entry.held.and_then(|until| visit.calendar(until)),
    }
}

/// True for a form that asks for another message than the one that was to be sent: what may have been sent is sent again as it
/// was or not at all, for it has one Message-ID.
fn is_changed(visit: &Visit, token: &Token, form: &DraftForm, files: &Form) -> Result<bool> {
    if matches!(form.wish, Wish::Discard | Wish::Restore) {
        return Ok(false);
    }
    let kept = visit.drafts.open(&token.id, &visit.session.data.key)?;
    let is_same = |kept: &Writing| {
        let taken = files.files().is_empty() || kept.taken == Some(visit.notice.id());
        kept.draft == form.draft && taken && !matches!(form.wish, Wish::Detach(_) | Wish::Drop(_))
    };
    Ok(!kept.as_ref().is_some_and(is_same))
}

/// Keeps a form as a message of its own, and shows it with what became of the one before.
fn another(
    visit: &mut Visit,
    token: &Token,
    form: &DraftForm,
    files: &Form,
    state: State,
) -> Result<Done> {
    let (other, writing, faults) = keep_beside(visit, token, form, files)?;
    let kept = Page::of(other, writing, &form.next);
    let page_of_it = Page {
        state,
        faults,
        ..kept
    };
    page(visit, page_of_it)
}
