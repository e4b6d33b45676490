//! Whether the mail server still accepts a session: asked again every 15 minutes, so that a cookie that was taken away, or
//! whose password was changed elsewhere, does not read the cache for ever.
//!
//! Not for asking (`app::visit`). To know before changing it: when it was accepted stands outside the seal, so that
//! signing in with another password can make all other sessions doubtful without their cookies.

use super::others::all;
use super::{Session, SessionCookie, put, update};
use crate::error::Imap;
use crate::store::Store;
use crate::store::keys::{Away, DataKey};
use crate::time::Seconds;

/// For how long the server's word holds.
const ACCEPTED: Seconds = 15 * 60;
/// How much longer parts of a page are shown that was shown while it held.
const PARTS: Seconds = 60;
/// That it was accepted is written at most so often.
const WRITTEN: Seconds = 5 * 60;
/// For how long a server that was found away is not asked about what the cache can answer.
const AWAY: Seconds = 60;

/// True where the server has to be asked whether it still accepts the session, before a page is shown or an act done.
pub fn is_stale(session: &Session, now: Seconds) -> bool {
    // A time in the future, by a clock that was set back, is no time at all.
    !(0..=ACCEPTED).contains(&now.saturating_sub(session.accepted))
}

/// True where not even the parts of a page may be shown that has just been. While the server is away they belong to a page
/// that was shown all the same.
pub fn is_stale_part(session: &Session, now: Seconds) -> bool {
    let shown = 0..=ACCEPTED.saturating_add(PARTS);
    let since_away = |away: Away| now.saturating_sub(away.at);
    let is_away = session
        .away
        .is_some_and(|away| (0..=AWAY.saturating_add(PARTS)).contains(&since_away(away)));
    !shown.contains(&now.saturating_sub(session.accepted)) && !is_away
}

/// How the server was found away a moment ago.
pub fn known_away(session: &Session, now: Seconds) -> Option<Imap> {
    let is_recent = |away: &Away| (0..AWAY).contains(&now.saturating_sub(away.at));
    let how = |away: Away| match away.in_silence {
        true => Imap::Timeout,
        false => Imap::Unreachable,
    };
    session.away.filter(is_recent).map(how)
}

/// Notes that the server has accepted the session.
pub fn accepted(store: &mut Store, claim: &SessionCookie, session: &Session, now: Seconds) {
    let is_written = session.accepted.abs_diff(now) < WRITTEN.unsigned_abs();
    if !is_written || session.away.is_some() {
        update(store, claim, |kept| {
            kept.away = None;
            if !is_written {
                kept.accepted = now;
            }
        });
    }
}

/// Notes that the server was found away, by what it failed with.
pub fn found_away(store: &mut Store, claim: &SessionCookie, how: &Imap, now: Seconds) {
    let away = Away {
        at: now,
        in_silence: *how == Imap::Timeout,
    };
    update(store, claim, |kept| kept.away = Some(away));
}

/// What tells that two sessions have the same password, to whoever has the data key already.
pub(super) fn mark(data: &DataKey, password: &str) -> [u8; 8] {
    let hash = data.key.hash("password", &[password.as_bytes()]);
    hash.first_chunk().copied().unwrap_or_default()
}

/// Makes all sessions doubtful that have another password than this.
pub(super) fn doubt_others(store: &mut Store, password: &[u8; 8]) {
    for (id, mut kept) in all(store) {
        if kept.password != *password && kept.accepted != 0 {
            kept.accepted = 0;
            put(store, id, &kept);
        }
    }
}
