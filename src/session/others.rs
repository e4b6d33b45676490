//! All sessions of a user together: how many are kept, which of them have ended, what the page of one's sessions says.
//!
//! Not for what a cookie opens (`session`). To know before changing it: nothing here has anybody's cookie; what a session
//! is begun from is sealed under its data key, so a session with another data key is listed without it.

use super::{Outdated, SessionCookie, browser, end, is_forgotten, is_over, remove, wraps};
use crate::error::Result;
use crate::key_files::{KeyFiles, KeyName};
use crate::notices;
use crate::seal;
use crate::store::keys::{self, DataKey, Everything, Kept, SessionKey, Standing};
use crate::store::{Encryption, Store};
use crate::time::Seconds;

use super::browser::Origin;

/// Sessions of one user; one more, and the one not seen for longest is dropped.
const SESSIONS: usize = 20;

/// A session on the page of one's sessions.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Names it in a form.
    pub name: String,
    /// True for the one that asks.
    pub is_own: bool,
    /// When it began.
    pub begun: Seconds,
    /// When it was last seen, give or take ten minutes.
    pub seen: Seconds,
    /// Where it was begun; None where its cache is another one.
    pub origin: Option<Origin>,
}

/// The sessions that may act, the own first, then the one seen last.
pub fn list(store: &mut Store, own: &SessionCookie, data: &DataKey, now: Seconds) -> Vec<Listed> {
    let mut listed: Vec<Listed> = all(store)
        .into_iter()
        .filter(|(_, kept)| matches!(kept.standing, Standing::Live(_)) && !is_over(kept, now))
        .map(|(id, kept)| Listed {
            name: seal::to_text(&id.0),
            is_own: id.0 == own.id,
            begun: kept.begun,
            seen: kept.seen,
            origin: browser::open(&kept.about, data, id),
        })
        .collect();
    listed.sort_by_key(|one| (!one.is_own, std::cmp::Reverse(one.seen)));
    listed
}

/// Signs one session out, whichever it is. False where there is none of that name (any more).
///
/// # Errors
/// `Setup`: then it may still be there.
pub fn sign_out_one(store: &mut Store, name: &str) -> Result<bool> {
    let id = seal::from_text(name).and_then(|id| id.try_into().ok());
    let Some(id) = id.map(SessionKey) else {
        return Ok(false);
    };
    let is_there = store.has(&keys::SESSIONS, &id);
    remove(store, id)?;
    Ok(is_there)
}

/// Signs all sessions out, ended ones too.
///
/// # Errors
/// `Setup`: then some may still be there.
pub fn sign_out_all(store: &mut Store) -> Result<()> {
    for (id, _) in all(store) {
        remove(store, id)?;
    }
    Ok(())
}

/// Ends what has expired without anybody asking for it, removes what ended long ago, and what a kill has left.
///
/// # Errors
/// `Setup`, where a key file cannot be removed.
pub fn tidy(store: &mut Store, now: Seconds) -> Result<()> {
    for (id, kept) in all(store) {
        if is_forgotten(&kept, now) {
            remove(store, id)?;
        } else if is_over(&kept, now) {
            end(store, id, now)?;
        }
    }
    let mut needed = wraps::files(store)?;
    for (_, kept) in all(store) {
        needed.extend(files(&kept));
    }
    // What could not be read may still need its files.
    match store.has_failed() {
        true => Ok(()),
        false => KeyFiles::of(store.pass()).sweep(&needed),
    }
}

/// Drops what was not seen for longest, until one more fits.
pub(super) fn make_room(store: &mut Store, outdated: &mut Outdated) {
    let mut all = all(store);
    all.sort_by_key(|(id, kept)| (kept.seen, *id));
    let surplus = all.len().saturating_add(1).saturating_sub(SESSIONS);
    for (id, _) in all.iter().take(surplus) {
        take_out(store, *id, outdated);
    }
}

/// Takes a session's record out of the store; its key files are still to be forgotten.
pub(super) fn take_out(store: &mut Store, id: SessionKey, outdated: &mut Outdated) {
    let kept = store.get(Encryption::ByCaller, &keys::SESSIONS, &id);
    if let Some(kept) = kept {
        outdated.0.extend(files(&kept));
        store.remove(&keys::SESSIONS, &id);
    }
    notices::forget(store, id);
}

/// The records of all sessions.
pub(super) fn all(store: &mut Store) -> Vec<(SessionKey, Kept)> {
    let mut all = Vec::new();
    for id in store.keys_below(&keys::SESSIONS, &Everything) {
        if let Some(kept) = store.get(Encryption::ByCaller, &keys::SESSIONS, &id) {
            all.push((id, kept));
        }
    }
    all
}

/// The key files that a session needs.
fn files(kept: &Kept) -> Vec<KeyName> {
    match &kept.standing {
        Standing::Live(live) => vec![kept.data.file, live.file],
        Standing::Ended(_) => vec![kept.data.file],
    }
}
