//! The session: what a cookie opens, the data key inside, and how each of them ends.
//!
//! Not for checking passwords: the IMAP server does that, in `app::sign_in`. To know before changing it: a session is
//! sealed under a key that only the browser's cookie holds, *and* key files, so that it is forgotten when these are gone,
//! whatever is left in the store's log. The data key is also wrapped under the password (`wraps`), so that the cache
//! outlives the session and still nothing on disk opens anything.
//!
//! What makes and unmakes a key file, and in which order: a file is made before what needs it is put into the store. What
//! signing in makes superfluous is forgotten after the store was saved (`Begun::outdated`): killed before, the old state
//! stands. Ending and signing out unlink first: from then on the session has ended, whatever becomes of its record.

mod acceptance;
mod browser;
mod cookie;
mod form_token;
mod others;
mod password_key;
mod wrap_files;
mod wraps;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::error::{Cause, Error, Fault, Result};
use crate::gate::Pass;
use crate::key_files::{KeyFiles, KeyName};
use crate::notices;
use crate::remote::Account;
use crate::seal::{self, Key, Secret, Wiped};
use crate::state::UserId;
use crate::store::keys::{self, DataKey, DataKeyId, Kept, SealedPart, SessionKey, Standing};
use crate::store::{Encryption, Store};
use crate::time::Seconds;

pub use self::acceptance::{accepted, found_away, is_stale, is_stale_part, known_away};
pub use self::browser::Origin;
pub use self::cookie::{Claims, SessionCookie, forget_cookie};
pub use self::form_token::{FormProof, FormToken};
pub use self::others::{Listed, list, sign_out_all, sign_out_one, tidy};
pub use self::password_key::{Making, PasswordKey};

/// A session not seen for so long has ended.
const IDLE: Seconds = 8 * 3600;
/// The same for "keep me signed in", and for how long an ended one is recognised.
const KEPT: Seconds = 30 * 86_400;
/// A session that began so long ago has ended, however much it is used.
const LONGEST: Seconds = 90 * 86_400;
/// "Last seen" is written at most so often: a click that hits the cache writes nothing.
const TOUCH: Seconds = 600;
/// Bytes of the MAC in a cookie.
const TAG: usize = 16;

/// A session that may act.
#[derive(Clone, Debug)]
pub struct Session {
    /// The name that the IMAP server knows.
    pub login: String,
    /// The `[[domain]]` table it was signed in by; empty for `[imap]`.
    pub realm: String,
    /// The password.
    pub password: Secret,
    /// Opens the cache.
    pub data: DataKey,
    /// Proves that a form is ours; made for each session.
    csrf: Key,
    /// When the mail server last accepted it, as far as that was written.
    accepted: Seconds,
    away: Option<keys::Away>,
    seen: Seconds,
}

/// What of a session goes when it ends.
#[derive(Serialize, Deserialize)]
struct Live {
    login: String,
    realm: String,
    password: Secret,
    csrf: Key,
}

/// What the record behind a claim is.
pub enum Found {
    /// It may act.
    Live(Session),
    /// It has ended: good only for handing its data key to the next sign-in of this browser.
    Ended(DataKey),
    /// There is none.
    Nothing,
}

/// Finds the record behind a claim. What is found expired is ended.
///
/// # Errors
/// `Setup`, where a key file cannot be read or removed.
pub fn load(store: &mut Store, claim: &SessionCookie, now: Seconds) -> Result<Found> {
    let id = SessionKey(claim.id);
    let Some(kept) = store.get(Encryption::ByCaller, &keys::SESSIONS, &id) else {
        return Ok(Found::Nothing);
    };
    if is_forgotten(&kept, now) {
        remove(store, id)?;
        return Ok(Found::Nothing);
    }
    let Some(data) = open::<DataKey>(store, claim, "data", &kept.data)? else {
        // Signed out, by somebody who was killed before its record was gone.
        store.remove(&keys::SESSIONS, &id);
        return Ok(Found::Nothing);
    };
    if is_over(&kept, now) {
        end(store, id, now)?;
        return Ok(Found::Ended(data));
    }
    let live = match &kept.standing {
        Standing::Ended(_) => None,
        Standing::Live(part) => open::<Live>(store, claim, "live", part)?,
    };
    Ok(match live {
        Some(live) => Found::Live(Session {
            login: live.login,
            realm: live.realm,
            password: live.password,
            data,
            csrf: live.csrf,
            accepted: kept.accepted,
            away: kept.away,
            seen: kept.seen,
        }),
        None => Found::Ended(data),
    })
}

/// Notes that the session is in use, if that was long ago (or, by a clock set back, in the future).
pub fn touch(store: &mut Store, claim: &SessionCookie, session: &Session, now: Seconds) {
    if session.seen.abs_diff(now) >= TOUCH.unsigned_abs() {
        update(store, claim, |kept| kept.seen = now);
    }
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
    pub password: &'a PasswordKey,
    /// Whether the session is to last ("keep me signed in").
    pub keep: bool,
    /// Where it is begun.
    pub origin: Origin,
    /// What the browser's old cookie claims: that session's data key goes on under the new password, and it ends.
    pub former: Option<&'a SessionCookie>,
}

/// What has begun.
pub struct Begun {
    /// What the browser is to claim from now on.
    pub claim: SessionCookie,
    /// The session.
    pub session: Session,
    /// Key files that nothing needs once the store is saved.
    pub outdated: Outdated,
}

/// Key files that nothing needs any more, to be forgotten when that is saved.
#[must_use]
#[derive(Debug, Default)]
pub struct Outdated(Vec<KeyName>);

impl Outdated {
    /// Forgets them.
    ///
    /// # Errors
    /// `Setup`: what is left is forgotten when the user signs in next, or by `gc`.
    pub fn forget(&self, pass: &Pass) -> Result<()> {
        KeyFiles::of(pass).forget(&self.0)
    }
}

/// Begins a session after the IMAP server has taken the password.
///
/// The data key is that of the former session of this browser. Else the wraps of this user are tried; else a new data key
/// begins a cache of its own.
///
/// # Errors
/// `Internal`, `DiskFull`, `Setup`: then nothing has begun.
pub fn begin(store: &mut Store, with: &Beginning, now: Seconds) -> Result<Begun> {
    tidy(store, now)?;
    let former = match with.former {
        Some(claim) => load(store, claim, now)?,
        None => Found::Nothing,
    };
    let mut outdated = Outdated::default();
    let former = match former {
        Found::Live(session) => Some(session.data),
        Found::Ended(data) => Some(data),
        Found::Nothing => None,
    };
    let data = match former {
        Some(data) => {
            wraps::wrap(store, with, &data, &mut outdated, now)?;
            data
        }
        None => match wraps::unwrap(store, with, now)? {
            Some(data) => data,
            None => {
                let data = DataKey {
                    id: DataKeyId(seal::random()?),
                    key: Key::random()?,
                };
                wraps::wrap(store, with, &data, &mut outdated, now)?;
                data
            }
        },
    };
    if let Some(old) = with.former {
        others::take_out(store, SessionKey(old.id), &mut outdated);
    }
    others::make_room(store, &mut outdated);
    let claim = SessionCookie::new(with.user)?;
    let live = Live {
        login: with.login.to_owned(),
        realm: with.realm.to_owned(),
        password: with.password.password.clone(),
        csrf: Key::random()?,
    };
    let kept = Kept {
        begun: now,
        seen: now,
        keep: with.keep,
        accepted: now,
        away: None,
        password: acceptance::mark(&data, with.password.password.text()),
        data: seal(store, &claim, "data", &data)?,
        standing: Standing::Live(seal(store, &claim, "live", &live)?),
        about: browser::seal(&with.origin, &data, &claim)?,
    };
    acceptance::doubt_others(store, &kept.password);
    put(store, SessionKey(claim.id), &kept);
    let session = Session {
        login: live.login,
        realm: live.realm,
        password: live.password,
        data,
        csrf: live.csrf,
        accepted: now,
        away: None,
        seen: now,
    };
    Ok(Begun {
        claim,
        session,
        outdated,
    })
}

/// Ends a session without forgetting whose cache it opened: expired, or its password refused by the server. Its password
/// and the secret of its forms are gone when this returns.
///
/// # Errors
/// `Setup`: its record says all the same that it has ended.
pub fn end(store: &mut Store, id: SessionKey, now: Seconds) -> Result<()> {
    notices::forget(store, id);
    let Some(mut kept) = store.get(Encryption::ByCaller, &keys::SESSIONS, &id) else {
        return Ok(());
    };
    let ended = std::mem::replace(&mut kept.standing, Standing::Ended(now));
    if let Standing::Live(part) = ended {
        put(store, id, &kept);
        KeyFiles::of(store.pass()).forget(&[part.file])?;
    }
    Ok(())
}

/// Signs out: nothing opens what is left of the session when this returns.
///
/// # Errors
/// `Setup`: then it may still be there.
pub fn sign_out(store: &mut Store, claim: &SessionCookie) -> Result<()> {
    remove(store, SessionKey(claim.id))
}

/// Forgets a session, and removes its record.
fn remove(store: &mut Store, id: SessionKey) -> Result<()> {
    let mut outdated = Outdated::default();
    others::take_out(store, id, &mut outdated);
    outdated.forget(store.pass())
}

impl Session {
    /// The mail server, and how to sign in to it.
    ///
    /// # Errors
    /// `Setup` where the server is no longer configured.
    pub fn account<'a>(&'a self, config: &'a Config) -> Result<Account<'a>> {
        let server = config.server_of_realm(&self.realm).ok_or_else(|| {
            Error::Setup(
                Fault::Other,
                Cause::new("the [[domain]] table of a session is no longer configured"),
            )
        })?;
        Ok(Account {
            server,
            login: &self.login,
            password: self.password.text(),
            client: None,
        })
    }

    /// The token that each form of this session carries, under a fresh mask each time. It also names the session's user,
    /// so that a form whose session has ended is shown again to nobody else.
    pub fn token(&self, user: UserId) -> String {
        let hash = self.csrf.hash("form", &[]);
        let proof = hash.get(..TAG).unwrap_or_default();
        let owner = owner_key(user).hash("form of", &[proof]);
        let token = [proof, owner.get(..TAG).unwrap_or_default()].concat();
        // Without random numbers the page can still be read; its forms will be refused.
        seal::masked(&token).unwrap_or_default()
    }

    /// # Errors
    /// `Forbidden` for a POST that does not carry the token.
    pub fn check_token(&self, token: &str) -> Result<()> {
        let token = seal::unmasked(token).unwrap_or_default();
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
    let token = seal::unmasked(token).unwrap_or_default();
    let whole = token.len() == 2 * TAG;
    token
        .split_at_checked(TAG)
        .filter(|_| whole)
        .is_some_and(|(proof, owner)| owner_key(user).proves("form of", &[proof], owner))
}

fn owner_key(user: UserId) -> Key {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(user.0) {
        *to = from;
    }
    Key::new(key)
}

/// True for a session that may act, and has not been seen for too long or began too long ago.
fn is_over(kept: &Kept, now: Seconds) -> bool {
    let idle = if kept.keep { KEPT } else { IDLE };
    let is_idle = now.saturating_sub(kept.seen) > idle;
    let is_old = now.saturating_sub(kept.begun) > LONGEST;
    matches!(kept.standing, Standing::Live(_)) && (is_idle || is_old)
}

/// True for a session that ended so long ago that nobody is expected to come back by it.
fn is_forgotten(kept: &Kept, now: Seconds) -> bool {
    matches!(kept.standing, Standing::Ended(at) if now.saturating_sub(at) > KEPT)
}

/// Changes what stands outside of a session's record.
fn update(store: &mut Store, claim: &SessionCookie, change: impl FnOnce(&mut Kept)) {
    let id = SessionKey(claim.id);
    let kept: Option<Kept> = store.get(Encryption::ByCaller, &keys::SESSIONS, &id);
    if let Some(mut kept) = kept {
        change(&mut kept);
        put(store, id, &kept);
    }
}

fn put(store: &mut Store, id: SessionKey, kept: &Kept) {
    store.put(Encryption::ByCaller, &keys::SESSIONS, &id, kept);
}

/// Seals a part of a record under the cookie's key and a key file of its own.
fn seal<T: Serialize>(
    store: &Store,
    claim: &SessionCookie,
    part: &str,
    value: &T,
) -> Result<SealedPart> {
    let plain = postcard::to_stdvec(value);
    let plain = plain.map_err(|e| Error::Internal(Cause::at("session", e)))?;
    let plain = Wiped::new(plain);
    let (file, half) = KeyFiles::of(store.pass()).make()?;
    let key = claim.key.and(&half);
    let sealed = key.seal(&associated_data(claim, part), plain.bytes())?;
    Ok(SealedPart { file, sealed })
}

/// What of a record is sealed; None where its key file has been forgotten.
fn open<T: DeserializeOwned>(
    store: &Store,
    claim: &SessionCookie,
    part: &str,
    sealed: &SealedPart,
) -> Result<Option<T>> {
    let Some(half) = KeyFiles::of(store.pass()).key(sealed.file)? else {
        return Ok(None);
    };
    let key = claim.key.and(&half);
    let plain = key.open(&associated_data(claim, part), &sealed.sealed);
    let plain = plain.map(Wiped::new);
    Ok(plain.and_then(|plain| postcard::from_bytes(plain.bytes()).ok()))
}

/// What binds a part of a record to its user and its place.
fn associated_data(claim: &SessionCookie, part: &str) -> Vec<u8> {
    [b"session ", part.as_bytes(), &claim.user.0[..], &claim.id].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            login: "ann".to_owned(),
            realm: String::new(),
            password: Secret::new("secret"),
            data: DataKey {
                id: DataKeyId([0; 8]),
                key: Key::new([1; 32]),
            },
            csrf: Key::random().unwrap(),
            accepted: 0,
            away: None,
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
        // Never the same twice, and each as good as the other.
        let second = session.token(ann);
        assert!(second != token && session.check_token(&second).is_ok());
        assert!(is_form_of(ann, &token) && !is_form_of(ben, &token));
        // The proof of one and the name of another.
        let (own, foreign) = (seal::unmasked(&token).unwrap(), later.token(ben));
        let foreign = seal::unmasked(&foreign).unwrap();
        let mixed = seal::masked(&[&foreign[..TAG], &own[TAG..]].concat()).unwrap();
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
