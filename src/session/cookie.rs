//! The session cookie: its name, what it claims, and its MAC.
//!
//! Not for what it opens (`session`). To know before changing it: other programs of the same host, and other hosts of the
//! same domain, can set cookies of our name too, so several may come; the one that counts is the one with our MAC.

use std::time::Duration;

use super::TAG;
use crate::error::Result;
use crate::request::Head;
use crate::seal::{self, Key, Wiped};
use crate::state::{State, UserId};

/// The cookie outlives its session, whose end is absolute, so that an expired user is recognised.
const COOKIE: Duration = Duration::from_secs(120 * 86_400);

/// What a browser's cookie claims, with a MAC that this installation made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCookie {
    /// Whose session.
    pub user: UserId,
    /// Which of them.
    pub id: [u8; 16],
    pub(super) key: Key,
}

/// What the cookies of a request claim.
pub enum Claims {
    /// Nothing that this installation made.
    Nothing,
    /// A session.
    One(SessionCookie),
    /// Several: nobody can say which of them this browser was given here.
    Several,
}

impl SessionCookie {
    /// True where there is a cookie of our name, whatever it says: without one nothing has to be opened to judge it.
    pub fn is_brought(head: &Head) -> bool {
        head.cookies_named(&cookie_name(head)).next().is_some()
    }

    /// Reads the cookies of our name.
    pub fn read(head: &Head, state: &State) -> Claims {
        let name = cookie_name(head);
        let mut claims = Claims::Nothing;
        for claim in head
            .cookies_named(&name)
            .filter_map(|text| claimed(text, state))
        {
            claims = match claims {
                Claims::Nothing => Claims::One(claim),
                Claims::One(other) if other == claim => Claims::One(other),
                Claims::One(_) | Claims::Several => return Claims::Several,
            };
        }
        claims
    }

    /// A new one, which opens nothing yet.
    pub(super) fn new(user: UserId) -> Result<SessionCookie> {
        Ok(SessionCookie {
            user,
            id: seal::random()?,
            key: Key::random()?,
        })
    }

    /// What names its session in a form; it opens nothing.
    pub fn name(&self) -> String {
        seal::to_text(&self.id)
    }

    /// All that it claims, without a MAC: for a process that is told it by this one.
    pub fn claimed(&self) -> Wiped {
        Wiped::new([&self.user.0[..], &self.id, self.key.bytes()].concat())
    }

    /// Reads what `claimed` gave; None for anything else.
    pub fn of_claimed(claimed: &[u8]) -> Option<SessionCookie> {
        let (user, rest) = claimed.split_first_chunk::<16>()?;
        let (id, key) = rest.split_first_chunk::<16>()?;
        Some(SessionCookie {
            user: UserId(*user),
            id: *id,
            key: Key::new(key.try_into().ok()?),
        })
    }

    /// The `Set-Cookie` value that makes a browser claim this.
    pub fn cookie(&self, head: &Head, state: &State) -> String {
        let body = self.claimed();
        let tag = state.secret().hash("cookie", &[body.bytes()]);
        let value = [body.bytes(), tag.get(..TAG).unwrap_or_default()].concat();
        let value = Wiped::new(value);
        set_cookie(
            head,
            &cookie_name(head),
            &seal::to_text(value.bytes()),
            COOKIE,
        )
    }
}

/// What a cookie of our name claims; None where this installation did not make it.
fn claimed(text: &str, state: &State) -> Option<SessionCookie> {
    let bytes = Wiped::new(seal::from_text(text)?);
    let bytes = bytes.bytes();
    let (body, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
    if !state.secret().proves("cookie", &[body], tag) {
        return None;
    }
    SessionCookie::of_claimed(body)
}

/// The `Set-Cookie` value that makes a browser forget its session.
pub fn forget_cookie(head: &Head) -> String {
    set_cookie(head, &cookie_name(head), "", Duration::ZERO)
}

/// A cookie for this installation only.
pub(super) fn set_cookie(head: &Head, name: &str, value: &str, age: Duration) -> String {
    let path = match head.base.0.as_str() {
        "" => "/",
        base => base,
    };
    let secure = if head.https { "; Secure" } else { "" };
    let age = age.as_secs();
    format!("{name}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
}

/// The session cookie's name: bound by its prefix to https and, at the root, to the host (RFC 6265bis 4.1.3).
pub(super) fn cookie_name(head: &Head) -> String {
    if head.https && head.base.0.is_empty() {
        return "__Host-postern".to_owned();
    }
    let hash = Key::new([0; 32]).hash("base", &[head.base.0.as_bytes()]);
    let base: String = hash.iter().take(4).map(|b| format!("{b:02x}")).collect();
    let prefix = if head.https { "__Secure-" } else { "" };
    format!("{prefix}postern-{base}")
}
