//! Data keys, wrapped under passwords: how the cache outlives a session.
//!
//! Not for the data key inside a session (`session`). To know before changing it: a wrap opens with the password and a key
//! file; when a password goes, so does the file.

use super::wrap_files::Wrapped;
use super::{Beginning, Outdated, wrap_files};
use crate::error::Result;
use crate::key_files::{KeyFiles, KeyName};
use crate::seal::{Key, Wiped};
use crate::state::UserId;
use crate::store::keys::{self, DataKey, DataKeyId, Everything, SealedPart, Wrap};
use crate::store::{Encryption, Store};
use crate::time::Seconds;

/// Data keys of one user.
const WRAPS: usize = 4;

/// Wraps a data key under a password, in the place of its older wrap; the least used of too many is dropped.
pub(super) fn wrap(
    store: &mut Store,
    with: &Beginning,
    data: &DataKey,
    outdated: &mut Outdated,
    now: Seconds,
) -> Result<()> {
    let salt = with.password.salt;
    let (file, half) = KeyFiles::of(store.pass()).make()?;
    let key = with.password.with_salt(&salt)?.and(&half);
    let sealed = key.seal(&wrap_data(with.user, &data.id), data.key.bytes())?;
    let (older, others): (Vec<_>, Vec<_>) =
        all(store).into_iter().partition(|(id, _)| *id == data.id);
    let surplus = others.len().saturating_add(1).saturating_sub(WRAPS);
    let dropped = others.iter().rev().take(surplus);
    for (id, wrap) in older.iter().chain(dropped) {
        store.remove(&keys::WRAPS, id);
        wrap_files::remove(store.pass(), id)?;
        outdated.0.push(wrap.sealed.file);
    }
    let wrap = Wrap {
        used: now,
        salt,
        sealed: SealedPart { file, sealed },
    };
    wrap_files::put(store.pass(), &data.id, &wrap)?;
    store.put(Encryption::ByCaller, &keys::WRAPS, &data.id, &wrap);
    Ok(())
}

/// The data key that a password opens.
pub(super) fn unwrap(store: &mut Store, with: &Beginning, now: Seconds) -> Result<Option<DataKey>> {
    let lost = lost(store)?;
    for (id, mut kept) in all(store).into_iter().chain(lost) {
        let Some(half) = KeyFiles::of(store.pass()).key(kept.sealed.file)? else {
            continue;
        };
        let key = with.password.with_salt(&kept.salt)?.and(&half);
        let opened = key.open(&wrap_data(with.user, &id), &kept.sealed.sealed);
        let opened = opened.map(Wiped::new);
        if let Some(key) = opened.and_then(|key| <[u8; 32]>::try_from(key.bytes()).ok()) {
            kept.used = now;
            store.put(Encryption::ByCaller, &keys::WRAPS, &id, &kept);
            return Ok(Some(DataKey {
                id,
                key: Key::new(key),
            }));
        }
    }
    Ok(None)
}

/// The key files that wraps need, those that the store has lost included.
///
/// # Errors
/// `Setup`.
pub(super) fn files(store: &mut Store) -> Result<Vec<KeyName>> {
    let lost = lost(store)?;
    let all = all(store).into_iter().chain(lost);
    Ok(all.map(|(_, wrap)| wrap.sealed.file).collect())
}

/// Wraps that the store has not, or not any more.
fn lost(store: &mut Store) -> Result<Vec<Wrapped>> {
    let known = all(store);
    let mut lost = wrap_files::all(store.pass())?;
    lost.retain(|(id, _)| known.iter().all(|(one, _)| one != id));
    Ok(lost)
}

/// All wraps of the store, the one used last first.
fn all(store: &mut Store) -> Vec<Wrapped> {
    let mut all = Vec::new();
    for id in store.keys_below(&keys::WRAPS, &Everything) {
        if let Some(wrap) = store.get(Encryption::ByCaller, &keys::WRAPS, &id) {
            all.push((id, wrap));
        }
    }
    all.sort_by_key(|(_, wrap)| std::cmp::Reverse(wrap.used));
    all
}

/// What binds a wrapped data key to its user.
fn wrap_data(user: UserId, id: &DataKeyId) -> Vec<u8> {
    [b"wrap", &user.0[..], &id.0].concat()
}
