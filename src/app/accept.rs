//! Whether the mail server still accepts a session, asked before anything is shown of one that it has not accepted for a
//! while: by signing in, on the connection that the request continues with.
//!
//! Not for when that is (`session::is_stale`), nor for ending a session that is refused (`visit`). To know before changing
//! it: a server that is away accepts and refuses nobody, so the cache is shown; that is remembered for a minute, in which
//! no click waits for it.

use super::needs::Asks;
use crate::desk::Desk;
use crate::error::{Error, Imap, Result};
use crate::remote::{self, Remote};
use crate::session::{self, Session, SessionCookie};

/// A session that is to be shown something.
pub(super) struct Accepting<'a> {
    /// How its request asks.
    pub asks: Asks,
    /// By which cookie.
    pub claim: &'a SessionCookie,
    /// The session.
    pub session: &'a Session,
}

impl Accepting<'_> {
    /// Asks, where that is due. How the server was found away, if it was.
    ///
    /// # Errors
    /// `Imap`: `LoginRefused`, and all but the server being away. `NotSignedIn` for a part of a page that is long past.
    pub fn ask(&self, desk: &mut Desk, remote: &mut Remote) -> Result<Option<Imap>> {
        let Accepting { claim, session, .. } = *self;
        let away = session::known_away(session, desk.now);
        let is_due = match self.asks {
            Asks::Anew => session::is_stale(session, desk.now),
            Asks::AsPart if session::is_stale_part(session, desk.now) => {
                return Err(Error::NotSignedIn);
            }
            Asks::Ahead if away.is_some() || session::is_stale(session, desk.now) => {
                return Err(remote::ahead_only());
            }
            Asks::AsPart | Asks::Ahead | Asks::Nothing => false,
        };
        if !is_due || away.is_some() {
            return Ok(away);
        }
        match remote.ready().map(drop) {
            // That is noted once, when all is done.
            Ok(()) => Ok(None),
            Err(Error::Imap(kind, _)) if kind.is_away() => {
                session::found_away(&mut desk.store, claim, &kind, desk.now);
                Ok(Some(kind))
            }
            Err(error) => Err(error),
        }
    }
}
