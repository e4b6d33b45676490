//! The session: the cookie, the record it opens, the data key inside, and how each of them ends.
//!
//! Not for checking passwords: the IMAP server does that, in `app::sign_in`. The one thing to know: the record is sealed
//! under a key that only the browser's cookie holds, and the data key is also wrapped under the password, so that the
//! cache outlives the session and still nothing on disk opens anything.

mod form_token;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::error::{Cause, Error, Result};
use crate::notices;
use crate::remote::Account;
use crate::request::Head;
use crate::seal::{self, Key};
use crate::state::{State, UserId};
use crate::store::keys::{self, DataKey, DataKeyId, Everything, Kept, SessionKey, Wrap};
use crate::store::{Encryption, Store};
use crate::time::Seconds;

pub use self::form_token::{FormProof, FormToken};

/// Sessions of one user; one more, and the one not seen for longest is dropped.
const SESSIONS: usize = 20;
/// Data keys of one user.
const WRAPS: usize = 4;
/// A session not seen for so long has ended.
const IDLE: Seconds = 8 * 3600;
/// The same for "keep me signed in", and for how long an ended one is recognised.
const KEPT: Seconds = 30 * 86_400;
/// The cookie outlives both, so that an expired user is recognised.
const COOKIE: Duration = Duration::from_secs(60 * 86_400);
/// "Last seen" is written at most so often: a click that hits the cache writes nothing.
const TOUCH: Seconds = 600;
/// Bytes of the MAC in a cookie.
const TAG: usize = 16;

/// What a browser's cookie claims, with a MAC that this installation made.
#[derive(Clone, Debug)]
pub struct SessionCookie {
    /// Whose session.
    pub user: UserId,
    /// Which of them.
    pub id: [u8; 16],
    key: Key,
}

/// A session that may act.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// The name that the IMAP server knows.
    pub login: String,
    /// The `[[domain]]` table it was signed in by; empty for `[imap]`.
    pub realm: String,
    /// The password; None once the session has ended.
    pub password: Option<String>,
    /// Opens the cache.
    pub data: DataKey,
    /// Proves that a form is ours; made anew with each session.
    csrf: Key,
    keep: bool,
    seen: Seconds,
}

/// What the record behind a claim is.
pub enum Found {
    /// It may act.
    Live(Session),
    /// It has ended: good only for handing its data key to the next sign-in of this browser.
    Ended(Session),
    /// There is none.
    Nothing,
}

impl SessionCookie {
    /// Reads the cookie; None without one, or where this installation did not make it.
    pub fn read(head: &Head, state: &State) -> Option<SessionCookie> {
        let bytes = seal::from_text(head.cookie(&cookie_name(head))?)?;
        let (body, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
        if !state.secret().proves("cookie", &[body], tag) {
            return None;
        }
        let (user, rest) = body.split_first_chunk::<16>()?;
        let (id, key) = rest.split_first_chunk::<16>()?;
        Some(SessionCookie {
            user: UserId(*user),
            id: *id,
            key: Key::new(key.try_into().ok()?),
        })
    }

    fn new(user: UserId) -> Result<SessionCookie> {
        Ok(SessionCookie {
            user,
            id: seal::random()?,
            key: Key::random()?,
        })
    }

    /// The `Set-Cookie` value that makes a browser claim this.
    pub fn cookie(&self, head: &Head, state: &State) -> String {
        let body = [&self.user.0[..], &self.id, self.key.bytes()].concat();
        let tag = state.secret().hash("cookie", &[&body]);
        let value = [&body, tag.get(..TAG).unwrap_or_default()].concat();
        set_cookie(head, &cookie_name(head), &seal::to_text(&value), COOKIE)
    }
}

/// The `Set-Cookie` value that makes a browser forget its session.
pub fn forget_cookie(head: &Head) -> String {
    set_cookie(head, &cookie_name(head), "", Duration::ZERO)
}

/// A cookie for this installation only.
pub fn set_cookie(head: &Head, name: &str, value: &str, age: Duration) -> String {
    let path = match head.base.0.as_str() {
        "" => "/",
        base => base,
    };
    let secure = if head.https { "; Secure" } else { "" };
    let age = age.as_secs();
    format!("{name}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
}

/// The session cookie's name: bound by its prefix to https and, at the root, to the host (RFC 6265bis 4.1.3).
pub fn cookie_name(head: &Head) -> String {
    if head.https && head.base.0.is_empty() {
        return "__Host-postern".to_owned();
    }
    let hash = Key::new([0; 32]).hash("base", &[head.base.0.as_bytes()]);
    let base: String = hash.iter().take(4).map(|b| format!("{b:02x}")).collect();
    let prefix = if head.https { "__Secure-" } else { "" };
    format!("{prefix}postern-{base}")
}

/// Finds the record behind a claim. What is found expired is written back as ended.
pub fn load(store: &mut Store, claim: &SessionCookie, now: Seconds) -> Found {
    let Some(kept) = store.get(Encryption::ByCaller, &keys::SESSIONS, &SessionKey(claim.id)) else {
        return Found::Nothing;
    };
    let opened = claim.key.open(&associated_data(claim), &kept.sealed);
    let Some(mut session) = opened.and_then(|plain| postcard::from_bytes::<Session>(&plain).ok())
    else {
        return Found::Nothing;
    };
    session.seen = kept.seen;
    if session.password.is_none() {
        return if now.saturating_sub(kept.seen) > KEPT {
            sign_out(store, claim);
            Found::Nothing
        } else {
            Found::Ended(session)
        };
    }
    let limit = if session.keep { KEPT } else { IDLE };
    if now.saturating_sub(kept.seen) > limit {
        return match end(store, claim, session.clone()) {
            Ok(()) => Found::Ended(session),
            Err(_) => Found::Nothing,
        };
    }
    Found::Live(session)
}

/// Notes that the session is in use, if that was long ago (or, by a clock set back, in the future).
///
/// # Errors
/// `Internal`.
pub fn touch(
    store: &mut Store,
    claim: &SessionCookie,
    session: &mut Session,
    now: Seconds,
) -> Result<()> {
    if session.seen.abs_diff(now) < TOUCH.unsigned_abs() {
        return Ok(());
    }
    session.seen = now;
    save(store, claim, session)
}

/// What a session begins with.
pub struct Beginning<'a> {
    /// Whose it is.
    pub user: UserId,
    /// The `[[domain]]` table that the login belongs to; empty for `[imap]`.
    pub realm: &'a str,
    /// The name that the IMAP server has taken.
    pub login: &'a str,
    /// The password that it has taken.
    pub password: &'a str,
    /// Whether the session is to last ("keep me signed in").
    pub keep: bool,
}

/// Begins a session after the IMAP server has taken the password.
///
/// `before` is what the browser's old cookie still opens: its data key goes on under the new password. Else the wraps of
/// this user are tried; else a new data key begins a cache of its own.
///
/// # Errors
/// `Internal`.
pub fn begin(
    store: &mut Store,
    with: &Beginning,
    before: Option<&Session>,
    now: Seconds,
) -> Result<(SessionCookie, Session)> {
    let Beginning { user, password, .. } = *with;
    let data = match before {
        Some(old) => {
            wrap(store, user, &old.data, password, now)?;
            old.data.clone()
        }
        None => match unwrap(store, user, password, now)? {
            Some(data) => data,
            None => {
                let data = DataKey {
                    id: DataKeyId(seal::random()?),
                    key: Key::random()?,
                };
                wrap(store, user, &data, password, now)?;
                data
            }
        },
    };
    let claim = SessionCookie::new(user)?;
    let session = Session {
        login: with.login.to_owned(),
        realm: with.realm.to_owned(),
        password: Some(password.to_owned()),
        data,
        csrf: Key::random()?,
        keep: with.keep,
        seen: now,
    };
    make_room(store);
    save(store, &claim, &session)?;
    Ok((claim, session))
}

/// Ends a session without forgetting whose cache it opened: expired, or its password refused by the server.
///
/// # Errors
/// `Internal`.
pub fn end(store: &mut Store, claim: &SessionCookie, session: Session) -> Result<()> {
    let csrf = Key::random()?;
    notices::forget(store, SessionKey(claim.id));
    save(
        store,
        claim,
        &Session {
            password: None,
            csrf,
            ..session
        },
    )
}

/// Signs out: the record is gone at once.
pub fn sign_out(store: &mut Store, claim: &SessionCookie) {
    store.remove(&keys::SESSIONS, &SessionKey(claim.id));
    notices::forget(store, SessionKey(claim.id));
}

impl Session {
    /// The mail server, and how to sign in to it.
    ///
    /// # Errors
    /// `Setup` where the server is no longer configured; `NotSignedIn` where the session has ended.
    pub fn account<'a>(&'a self, config: &'a Config) -> Result<Account<'a>> {
        let server = config.server_of_realm(&self.realm).ok_or_else(|| {
            Error::Setup(Cause::new(
                "the [[domain]] table of a session is no longer configured",
            ))
        })?;
        let password = self.password.as_deref().ok_or(Error::NotSignedIn)?;
        Ok(Account {
            server,
            login: &self.login,
            password,
        })
    }

    /// The token that each form of this session carries. It also names the session's user, so that a form whose session has
    /// ended is shown again to nobody else.
    pub fn token(&self, user: UserId) -> String {
        let hash = self.csrf.hash("form", &[]);
        let proof = hash.get(..TAG).unwrap_or_default();
        let owner = owner_key(user).hash("form of", &[proof]);
        seal::to_text(&[proof, owner.get(..TAG).unwrap_or_default()].concat())
    }

    /// # Errors
    /// `Forbidden` for a POST that does not carry the token.
    pub fn check_token(&self, token: &str) -> Result<()> {
        let token = seal::from_text(token).unwrap_or_default();
        let proof = token.split_at_checked(TAG).map_or(&[][..], |(p, _)| p);
        if token.len() == 2 * TAG && self.csrf.proves("form", &[], proof) {
            return Ok(());
        }
        Err(Error::Forbidden("token"))
    }
}

/// True for the token of a form that was made for this user, in whatever session.
///
/// It proves no intent: anybody who knows a user's id could make one. It only keeps what somebody typed from being shown to
/// somebody else.
pub fn is_form_of(user: UserId, token: &str) -> bool {
    let token = seal::from_text(token).unwrap_or_default();
    token
        .split_at_checked(TAG)
        .is_some_and(|(proof, owner)| owner_key(user).proves("form of", &[proof], owner))
}

fn owner_key(user: UserId) -> Key {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(user.0) {
        *to = from;
    }
    Key::new(key)
}

fn save(store: &mut Store, claim: &SessionCookie, session: &Session) -> Result<()> {
    let internal = |e: postcard::Error| Error::Internal(Cause::at("session", e));
    let plain = postcard::to_stdvec(session).map_err(internal)?;
    let kept = Kept {
        seen: session.seen,
        sealed: claim.key.seal(&associated_data(claim), &plain)?,
    };
    store.put(
        Encryption::ByCaller,
        &keys::SESSIONS,
        &SessionKey(claim.id),
        &kept,
    );
    Ok(())
}

/// What binds a record to its user and its place.
fn associated_data(claim: &SessionCookie) -> Vec<u8> {
    [b"session", &claim.user.0[..], &claim.id].concat()
}

/// Drops what was not seen for longest, until one more fits.
fn make_room(store: &mut Store) {
    let mut all: Vec<(Seconds, SessionKey)> = Vec::new();
    for id in store.keys_below(&keys::SESSIONS, &Everything) {
        if let Some(kept) = store.get(Encryption::ByCaller, &keys::SESSIONS, &id) {
            all.push((kept.seen, id));
        }
    }
    all.sort_unstable();
    let surplus = all.len().saturating_add(1).saturating_sub(SESSIONS);
    for (_, id) in all.iter().take(surplus) {
        store.remove(&keys::SESSIONS, id);
        notices::forget(store, *id);
    }
}

/// What binds a wrapped data key to its user.
fn wrap_data(user: UserId, id: &DataKeyId) -> Vec<u8> {
    [b"wrap", &user.0[..], &id.0].concat()
}

/// Wraps a data key under a password, in the place of its older wrap; the least used of too many is dropped.
fn wrap(
    store: &mut Store,
    user: UserId,
    data: &DataKey,
    password: &str,
    now: Seconds,
) -> Result<()> {
    let salt = seal::random()?;
    let sealed =
        Key::from_password(password, &salt)?.seal(&wrap_data(user, &data.id), data.key.bytes())?;
    let mut others = wraps(store);
    others.retain(|(id, _)| *id != data.id);
    let surplus = others.len().saturating_add(1).saturating_sub(WRAPS);
    for (id, _) in others.iter().rev().take(surplus) {
        store.remove(&keys::WRAPS, id);
    }
    store.put(
        Encryption::ByCaller,
        &keys::WRAPS,
        &data.id,
        &Wrap {
            used: now,
            salt,
            sealed,
        },
    );
    Ok(())
}

/// The data key that a password opens.
fn unwrap(
    store: &mut Store,
    user: UserId,
    password: &str,
    now: Seconds,
) -> Result<Option<DataKey>> {
    for (id, mut kept) in wraps(store) {
        let opened =
            Key::from_password(password, &kept.salt)?.open(&wrap_data(user, &id), &kept.sealed);
        if let Some(key) = opened.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
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
fn wraps(store: &mut Store) -> Vec<(DataKeyId, Wrap)> {
    let mut all = Vec::new();
    for id in store.keys_below(&keys::WRAPS, &Everything) {
        if let Some(wrap) = store.get(Encryption::ByCaller, &keys::WRAPS, &id) {
            all.push((id, wrap));
        }
    }
    all.sort_by_key(|(_, wrap)| std::cmp::Reverse(wrap.used));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            login: "ann".to_owned(),
            realm: String::new(),
            password: None,
            data: DataKey {
                id: DataKeyId([0; 8]),
                key: Key::new([1; 32]),
            },
            csrf: Key::random().unwrap(),
            keep: false,
            seen: 0,
        }
    }

    #[test]
    fn a_token_is_good_in_its_session_and_names_its_user_for_ever() {
        let (ann, ben) = (UserId([1; 16]), UserId([2; 16]));
        let [session, later] = [(); 2].map(|()| session());
        let token = session.token(ann);
        assert!(session.check_token(&token).is_ok());
        assert!(later.check_token(&token).is_err());
        assert!(is_form_of(ann, &token) && !is_form_of(ben, &token));
        // The proof of one and the name of another.
        let (own, foreign) = (seal::from_text(&token).unwrap(), later.token(ben));
        let foreign = seal::from_text(&foreign).unwrap();
        let mixed = seal::to_text(&[&foreign[..TAG], &own[TAG..]].concat());
        assert!(!is_form_of(ann, &mixed) && !is_form_of(ben, &mixed));
        for token in [
            "",
            "x",
            &token[..22],
            &token[..42],
            &seal::to_text(&[0; 32]),
        ] {
            assert!(session.check_token(token).is_err() && !is_form_of(ann, token));
        }
    }
}
