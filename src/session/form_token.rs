//! The token of the sign-in form, which needs no state here: a keyed hash of a nonce, which a cookie carries, and the hour.
//!
//! Not for the tokens of a session's own forms: these are `Session::token`.

use std::time::Duration;

use super::TAG;
use super::cookie::{cookie_name, set_cookie};
use crate::error::Result;
use crate::request::Head;
use crate::seal;
use crate::state::State;
use crate::time;

/// Hours for which a sign-in form is good.
const HOURS: i64 = 12;
/// For how long a browser keeps the nonce.
const NONCE: Duration = Duration::from_secs(30 * 86_400);

/// What a sign-in form is given so that it can be recognised.
pub struct FormToken {
    /// The value of its hidden field.
    pub token: String,
    /// The `Set-Cookie` value that goes with it; None where the browser has its nonce already.
    pub cookie: Option<String>,
}

/// What the token of a sign-in form that came back is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormProof {
    /// The form is ours and not too old.
    Good,
    /// The browser sent no nonce: it takes no cookies.
    NoCookie,
    /// The form is too old, or not ours.
    TooOld,
}

impl FormToken {
    /// The token of a sign-in form for this browser.
    pub fn new(head: &Head, state: &State) -> FormToken {
        let name = nonce_cookie(head);
        let known = head.cookies_named(&name).find(|nonce| is_nonce(nonce));
        let made = match known {
            Some(nonce) => token(state, nonce, hour()).map(|token| FormToken {
                token,
                cookie: None,
            }),
            None => seal::random::<16>().and_then(|bytes| {
                let nonce = seal::to_text(&bytes);
                Ok(FormToken {
                    token: token(state, &nonce, hour())?,
                    cookie: Some(set_cookie(head, &name, &nonce, NONCE)),
                })
            }),
        };
        // Without random numbers the form still says what it has to say; its token will be refused.
        made.unwrap_or_else(|_| FormToken {
            token: String::new(),
            cookie: None,
        })
    }

    /// Judges the token of a sign-in form that came back.
    pub fn judge(head: &Head, state: &State, token: &str) -> FormProof {
        let name = nonce_cookie(head);
        let Some(nonce) = head.cookies_named(&name).find(|nonce| is_nonce(nonce)) else {
            return FormProof::NoCookie;
        };
        let tag = seal::unmasked(token)
            .filter(|t| t.len() == TAG)
            .unwrap_or_default();
        let now = hour();
        let good = (0..HOURS).any(|ago| {
            let hour = now.saturating_sub(ago).to_be_bytes();
            state
                .secret()
                .proves("sign-in form", &[nonce.as_bytes(), &hour], &tag)
        });
        match good {
            true => FormProof::Good,
            false => FormProof::TooOld,
        }
    }
}

fn token(state: &State, nonce: &str, hour: i64) -> Result<String> {
    let hash = state
        .secret()
        .hash("sign-in form", &[nonce.as_bytes(), &hour.to_be_bytes()]);
    seal::masked(hash.get(..TAG).unwrap_or_default())
}

fn hour() -> i64 {
    time::now().div_euclid(3600)
}

fn nonce_cookie(head: &Head) -> String {
    format!("{}-form", cookie_name(head))
}

fn is_nonce(text: &str) -> bool {
    seal::from_text(text).is_some_and(|bytes| bytes.len() == 16)
}
