//! Data keys, wrapped under passwords: how the cache outlives a session.
//!
//! Not for the data key inside a session (`session`). To know before changing it: a wrap opens with the password and a key
//! file; when a password goes, so does the file.

use super::{Beginning, Outdated};
use crate::error::Result;
use crate::key_files::KeyFiles;
use crate::seal::{self, Key, Wiped};
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
    let salt = seal::random()?;
    let (file, half) = KeyFiles::of(store.pass()).make()?;
    let key = Key::from_password(with.password, &salt)?.and(&half);
    let sealed = key.seal(&wrap_data(with.user, &data.id), data.key.bytes())?;
    let (older, others): (Vec<_>, Vec<_>) =
        all(store).into_iter().partition(|(id, _)| *id == data.id);
    let surplus = others.len().saturating_add(1).saturating_sub(WRAPS);
    let dropped = others.iter().rev().take(surplus);
    for (id, wrap) in older.iter().chain(dropped) {
        store.remove(&keys::WRAPS, id);
        outdated.0.push(wrap.sealed.file);
    }
    store.put(
        Encryption::ByCaller,
        &keys::WRAPS,
        &data.id,
        &Wrap {
            used: now,
            salt,
            sealed: SealedPart { file, sealed },
        },
    );
    Ok(())
}

/// The data key that a password opens.
pub(super) fn unwrap(store: &mut Store, with: &Beginning, now: Seconds) -> Result<Option<DataKey>> {
    for (id, mut kept) in all(store) {
        let Some(half) = KeyFiles::of(store.pass()).key(kept.sealed.file)? else {
            continue;
        };
        let key = Key::from_password(with.password, &kept.salt)?.and(&half);
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

/// All wraps, the one used last first.
pub(super) fn all(store: &mut Store) -> Vec<(DataKeyId, Wrap)> {
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
