//! How old what is cached may be, and why the server could not be asked where it is older.
//!
//! Not for comparing (`sync`). To know before changing it: a failure of the server never hides what is cached; only a
//! password that it refuses and a folder that is gone are answers in themselves.

use crate::error::{Error, Imap, Result};
use crate::time::Seconds;

/// When a request is made, and how long what was compared before it holds.
#[derive(Clone, Copy)]
pub(super) struct Freshness {
    /// When the request is made.
    pub now: Seconds,
    window: Seconds,
}

impl Freshness {
    /// For a request made `now`; what was compared in the `window` seconds before need not be compared again.
    pub fn new(now: Seconds, window: Seconds) -> Freshness {
        Freshness { now, window }
    }

    /// For how long what was compared need not be compared again.
    pub fn window(self) -> Seconds {
        self.window
    }

    /// True while what was compared then need not be compared again. A time in the future is no time at all.
    pub fn is_fresh(self, as_of: Seconds) -> bool {
        (0..self.window).contains(&self.now.saturating_sub(as_of))
    }

    /// The latest time that is no longer fresh.
    pub fn stale(self) -> Seconds {
        self.now.saturating_sub(self.window)
    }
}

/// How the server failed where the cache answered in its place.
#[derive(Default)]
pub(super) struct Offline {
    why: Option<Imap>,
    /// True where it failed in this request.
    has_failed: bool,
}

impl Offline {
    /// A server that was found away a moment ago, if it was.
    pub fn known(away: Option<Imap>) -> Offline {
        Offline {
            why: away,
            has_failed: false,
        }
    }

    /// Notes a failure where the cache may answer in the server's place.
    ///
    /// # Errors
    /// The failure itself where it may not.
    pub fn note(&mut self, failure: Error) -> Result<()> {
        match failure.imap() {
            None | Some(Imap::LoginRefused) => Err(failure),
            Some(kind) => {
                if !self.has_failed {
                    self.why = Some(kind.clone());
                }
                self.has_failed = true;
                Ok(())
            }
        }
    }

    /// How, if it did.
    pub fn why(&self) -> Option<&Imap> {
        self.why.as_ref()
    }

    /// True where the server has failed, now or a moment ago: it is not asked about what the cache can answer.
    pub fn is_set(&self) -> bool {
        self.why.is_some()
    }

    /// True where it has failed in this request, which asks it nothing more.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }
}
