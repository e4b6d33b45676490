//! Notices: what the last act did, told on the page that follows it ("Images from ann@example.org will always be shown.").
//!
//! An act answers with a redirect, which can say nothing; so what it did is kept for ten minutes in one small record, and
//! the address that it leads to names that record. Not for things that exist only once: losing a notice loses a sentence,
//! so it may lie in the store. Not for words (`words`) nor for what undoes an act, which the act says itself. To know before
//! changing it: a record belongs to one session, and its id is random, so an address that somebody else made says nothing.

use crate::error::{Act, Result};
use crate::mail::FolderName;
use crate::route::{ActForm, Base, ListQuery, NoticeId, Route};
use crate::seal;
use crate::store::keys::{DataKey, Everything, KeptNotice, NOTICES, NoticeKey, SessionKey};
use crate::store::{Encryption, Store};
use crate::time::Seconds;

/// Notices of one session; one more, and the oldest goes.
const NOTICES_OF_SESSION: usize = 20;
/// For how many seconds a notice is told.
const TOLD_FOR: Seconds = 600;

/// Whose notices: a session, and the data key that seals what is cached for it.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    /// Seals them.
    pub data: &'a DataKey,
    /// The session that they are told in.
    pub session: SessionKey,
}

/// What an act did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What.
    pub done: Act,
    /// What undoes it.
    pub undo: Option<ActForm>,
    /// What continues it, where it was not done with all.
    pub more: Option<ActForm>,
    /// The page that came next, without the base.
    pub page: String,
}

/// Under which id an act is noted: the same form, sent twice, is the same act. `once` is the random number of the page that
/// the form stood on; a form without one is an act of its own each time.
///
/// # Errors
/// `Internal` where the system has no random numbers.
pub fn id_of(data: &DataKey, once: &str, form: &ActForm) -> Result<NoticeId> {
    Ok(NoticeId(match once {
        "" => seal::random()?,
        once => data.form(&[once.as_bytes(), form.kept().as_bytes()]),
    }))
}

/// The random number of a page, which its forms carry.
///
/// # Errors
/// `Internal` where the system has no random numbers.
pub fn once() -> Result<NoticeId> {
    Ok(NoticeId(seal::random()?))
}

/// Keeps what an act did, to be told on the page that names the id.
pub fn keep(store: &mut Store, owner: Owner, id: NoticeId, told: Told, now: Seconds) {
    make_room(store, owner, now);
    let notice = KeptNotice {
        at: now,
        done: told.done,
        undo: told.undo.map(|undo| undo.kept()),
        more: told.more.map(|more| more.kept()),
        page: told.page,
    };
    let key = owner.data.notice(owner.session, id.0);
    store.put(sealed(owner), &NOTICES, &key, &notice);
}

/// Forgets a notice whose act has been undone: the same form sent again is a new act.
pub fn withdraw(store: &mut Store, owner: Owner, id: &NoticeId) {
    store.remove(&NOTICES, &owner.data.notice(owner.session, id.0));
}

/// What the act did that an address names; None for a forged or old id, and in another session.
pub fn told(store: &mut Store, owner: Owner, id: &NoticeId, now: Seconds) -> Option<Told> {
    let key = owner.data.notice(owner.session, id.0);
    let kept = store.get(sealed(owner), &NOTICES, &key)?;
    is_told(&kept, now).then(|| Told {
        undo: kept.undo.as_deref().and_then(ActForm::of_kept),
        more: kept.more.as_deref().and_then(ActForm::of_kept),
        done: kept.done,
        page: kept.page,
    })
}

/// Takes the way back, and the way on, from all notices that are about certain folders, in every session: these names mean
/// something else now. What was done stays told, and the same form sent again is still the same act.
pub fn forget_ways(store: &mut Store, data: &DataKey, means_other: impl Fn(&FolderName) -> bool) {
    let names = |form: &Option<String>| {
        let form = form.as_deref().and_then(ActForm::of_kept);
        let fields = form.into_iter().flat_map(|form| form.fields);
        let named = fields.filter(|(field, _)| ["f", "in", "to"].contains(&field.as_str()));
        let names = named.filter_map(|(_, value)| FolderName::new(&value));
        names.collect::<Vec<_>>()
    };
    for key in store.keys_below(&NOTICES, &data.id) {
        let Some(mut kept) = store.get(Encryption::With(&data.key), &NOTICES, &key) else {
            continue;
        };
        let page = Route::shown_at(&kept.page);
        let page = page.as_ref().and_then(Route::folder).cloned();
        let is_there = page.as_ref().is_none_or(|page| !means_other(page));
        let mut named = names(&kept.undo);
        named.extend(names(&kept.more));
        if is_there && !named.iter().any(&means_other) {
            continue;
        }
        (kept.undo, kept.more) = (None, None);
        if !is_there {
            kept.page =
                Route::Folder(ListQuery::newest(FolderName::inbox())).href(&Base::default());
        }
        store.put(Encryption::With(&data.key), &NOTICES, &key, &kept);
    }
}

/// Removes all notices of a session that is over.
pub fn forget(store: &mut Store, session: SessionKey) {
    for key in store.keys_below(&NOTICES, &Everything) {
        if key.session() == session {
            store.remove(&NOTICES, &key);
        }
    }
}

/// Removes what is told no longer, and the oldest, until one more fits.
fn make_room(store: &mut Store, owner: Owner, now: Seconds) {
    let mut all: Vec<(Seconds, NoticeKey)> = Vec::new();
    for key in store.keys_below(&NOTICES, &owner.data.notices(owner.session)) {
        match store.get(sealed(owner), &NOTICES, &key) {
            Some(kept) if is_told(&kept, now) => all.push((kept.at, key)),
            Some(_) | None => store.remove(&NOTICES, &key),
        }
    }
    all.sort_unstable();
    let surplus = all.len().saturating_add(1);
    let surplus = surplus.saturating_sub(NOTICES_OF_SESSION);
    for (_, key) in all.iter().take(surplus) {
        store.remove(&NOTICES, key);
    }
}

/// True for ten minutes. A time in the future is no time at all.
fn is_told(kept: &KeptNotice, now: Seconds) -> bool {
    (0..TOLD_FOR).contains(&now.saturating_sub(kept.at))
}

fn sealed(owner: Owner<'_>) -> Encryption<'_> {
    Encryption::With(&owner.data.key)
}
