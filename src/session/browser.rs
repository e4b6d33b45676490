//! Where a session was begun, as its user may recognise it: an address, and what the browser calls itself.
//!
//! Not for judging anybody by it: a browser may say what it likes.

use serde::{Deserialize, Serialize};

use super::SessionCookie;
use crate::error::{Cause, Error, Result};
use crate::request::Head;
use crate::store::keys::{DataKey, SessionKey};

/// Where a session was begun.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The client's address; empty where the web server did not say.
    pub address: String,
    /// The browser's name; empty where it is none that is known.
    pub browser: String,
    /// The name of its system; empty where it is none that is known.
    pub system: String,
}

/// What browsers write into `User-Agent`, and what they are called. The first that is there counts: most name others too.
const BROWSERS: [(&str, &str); 11] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Vivaldi", "Vivaldi"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
];

/// The same for systems.
const SYSTEMS: [(&str, &str); 8] = [
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

impl Origin {
    /// Where a request comes from.
    pub fn of(head: &Head) -> Origin {
        let known = |names: &[(&str, &str)]| {
            let found = names.iter().find(|(word, _)| head.agent.contains(word));
            found.map_or_else(String::new, |(_, name)| (*name).to_owned())
        };
        Origin {
            address: head
                .client
                .map_or_else(String::new, |ip| ip.to_canonical().to_string()),
            browser: known(&BROWSERS),
            system: known(&SYSTEMS),
        }
    }
}

/// Seals it under the data key, which the user's other sessions have too.
pub(super) fn seal(origin: &Origin, data: &DataKey, claim: &SessionCookie) -> Result<Vec<u8>> {
    let plain = postcard::to_stdvec(origin);
    let plain = plain.map_err(|e| Error::Internal(Cause::at("session", e)))?;
    data.key.seal(&place(SessionKey(claim.id)), &plain)
}

/// What was sealed; None under another data key.
pub(super) fn open(sealed: &[u8], data: &DataKey, id: SessionKey) -> Option<Origin> {
    let plain = data.key.open(&place(id), sealed)?;
    postcard::from_bytes(&plain).ok()
}

fn place(id: SessionKey) -> Vec<u8> {
    [b"session about", &id.0[..]].concat()
}
