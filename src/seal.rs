//! Sealing, key wrapping, random numbers, keyed hashes: everything secret passes through here.
//!
//! Not for deciding what is sealed under which key: that is `session` (records, wraps) and `store` (cached data). The one
//! thing to know: associated data binds a sealed value to its place; the same bytes elsewhere do not open.
//!
//! Keys, passwords and what was opened of them are overwritten when they are dropped (`Key`, `Secret`, `Wiped`), and so are
//! the body and the form that a password came in, and the bytes of the commands that it goes out in. That is done for our
//! own buffers only: copies are made, and left, by `serde` and `postcard` while they read and write a record, by
//! `form_urlencoded` while it decodes a field, and by the `imap` crate and TLS while a password is sent.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blake2::Blake2sMac256;
use blake2::digest::{KeyInit, Mac as _};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::{Cause, Error, Result};

/// Bytes of a nonce, which stands in front of what it sealed.
const NONCE: usize = 24;
/// What of a keyed hash proves anything, in bytes: of a shorter one somebody could try all.
const SHORTEST_TAG: usize = 16;
/// By how many bytes a sealed value is longer than what was sealed: the nonce, and the tag of Poly1305.
pub const SEALED_BYTES: usize = NONCE + 16;

/// A 256-bit key. Not printed by `{:?}`, overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key([u8; 32]);

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A password. Not printed by `{:?}`, overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a copy of a text.
    pub fn new(text: &str) -> Secret {
        Secret(text.to_owned())
    }

    /// Takes a text over.
    pub fn taken(text: String) -> Secret {
        Secret(text)
    }

    /// Texts, one behind the other.
    pub fn joined(texts: &[&str]) -> Secret {
        // Allocated once, as long as it becomes: what grows leaves copies.
        Secret(texts.concat())
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Overwrites a text that may hold a password.
pub fn wipe(text: &mut String) {
    text.zeroize();
}

/// Bytes with a key or a password in them, overwritten when they are dropped.
#[derive(Default)]
pub struct Wiped(Zeroizing<Vec<u8>>);

impl Wiped {
    /// Takes bytes over.
    pub fn new(bytes: Vec<u8>) -> Wiped {
        Wiped(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, to be written over.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Adds bytes behind them. What grows moves, and nothing is left where it was.
    pub fn push(&mut self, bytes: &[u8]) {
        let longer = self.0.len().saturating_add(bytes.len());
        if longer > self.0.capacity() {
            let mut grown = Vec::with_capacity(longer.max(self.0.capacity().saturating_mul(2)));
            grown.extend_from_slice(&self.0);
            self.0 = Zeroizing::new(grown);
        }
        self.0.extend_from_slice(bytes);
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// A key from 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Key {
        Key(bytes)
    }

    /// A new random key.
    ///
    /// # Errors
    /// `Internal` where the system has no random numbers.
    pub fn random() -> Result<Key> {
        random().map(Key)
    }

    /// The key made from a password by Argon2id (RFC 9106): 19 MiB, two passes, some 20 ms.
    ///
    /// # Errors
    /// `Internal` where there is no memory for it.
    pub fn from_password(password: &str, salt: &[u8; 16]) -> Result<Key> {
        let failed = |e: argon2::Error| Error::Internal(Cause::at("argon2", e));
        let params = Params::new(19 * 1024, 2, 1, Some(32)).map_err(failed)?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, &mut key)
            .map_err(failed)?;
        Ok(Key(key))
    }

    /// The key that takes both: what it sealed, neither of them opens alone.
    pub fn and(&self, other: &Key) -> Key {
        Key(self.hash("both", &[other.bytes()]))
    }

    /// The bytes, for writing a key into a cookie or a file of its own.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals: XChaCha20-Poly1305 under a random nonce, which stands in front. It opens with the same associated data only.
    ///
    /// # Errors
    /// `Internal` where the system has no random numbers.
    pub fn seal(&self, associated: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = random()?;
        let sealed = self
            .cipher()
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: associated,
                },
            )
            .map_err(|_| Error::Internal(Cause::new("sealing failed")))?;
        let mut out = Vec::with_capacity(NONCE.saturating_add(sealed.len()));
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what `seal` made with the same associated data; None for anything else.
    pub fn open(&self, associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload {
            msg: sealed,
            aad: associated,
        };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()
    }

    /// A keyed hash of parts, each told apart from the next by its length; `purpose` keeps uses apart.
    pub fn hash(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        self.mac(purpose, parts).finalize().into_bytes().into()
    }

    /// The first bytes of such a hash, of which it has 32.
    pub fn short_hash<const N: usize>(&self, purpose: &str, parts: &[&[u8]]) -> [u8; N] {
        let mut short = [0; N];
        for (to, from) in short.iter_mut().zip(self.hash(purpose, parts)) {
            *to = from;
        }
        short
    }

    /// True where `tag`, of 16 bytes at least, begins the keyed hash of these parts; takes the same time whatever differs.
    pub fn proves(&self, purpose: &str, parts: &[&[u8]], tag: &[u8]) -> bool {
        tag.len() >= SHORTEST_TAG && self.mac(purpose, parts).verify_truncated_left(tag).is_ok()
    }

    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Blake2sMac256 {
        let mut mac = <Blake2sMac256 as KeyInit>::new(&self.0.into());
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        use chacha20poly1305::KeyInit as _;
        XChaCha20Poly1305::new(&self.0.into())
    }
}

/// Random bytes.
///
/// # Errors
/// `Internal` where the system has none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(Cause::at("random numbers", e)))?;
    Ok(bytes)
}

/// Bytes as text under a fresh mask: the same bytes never make the same text, so that nothing can be learnt of a token from
/// how long a compressed page is that also holds what somebody else chose.
///
/// # Errors
/// `Internal` where the system has no random numbers.
pub fn masked(bytes: &[u8]) -> Result<String> {
    let mut mask = vec![0; bytes.len()];
    getrandom::fill(&mut mask).map_err(|e| Error::Internal(Cause::at("random numbers", e)))?;
    let covered = bytes.iter().zip(&mask).map(|(byte, mask)| byte ^ mask);
    let covered: Vec<u8> = covered.collect();
    Ok(to_text(&[mask, covered].concat()))
}

/// The bytes of such a text; None for any other.
pub fn unmasked(text: &str) -> Option<Vec<u8>> {
    let bytes = from_text(text)?;
    let (mask, covered) = bytes.split_at_checked(bytes.len().checked_div(2)?)?;
    (mask.len() == covered.len()).then(|| mask.iter().zip(covered).map(|(m, c)| m ^ c).collect())
}

/// Bytes as text that may stand in a cookie, a form or a URL.
pub fn to_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of such a text; None for any other.
pub fn from_text(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let key = Key::random().unwrap();
        let sealed = key.seal(b"here", b"secret").unwrap();
        assert_eq!(key.open(b"here", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(key.open(b"there", &sealed), None);
        assert_eq!(Key::random().unwrap().open(b"here", &sealed), None);
        for end in 0..sealed.len() {
            assert_eq!(key.open(b"here", &sealed[..end]), None);
        }
    }

    #[test]
    fn a_hash_tells_its_parts_and_purposes_apart() {
        let key = Key::new([7; 32]);
        assert_ne!(key.hash("a", &[b"bc"]), key.hash("ab", &[b"c"]));
        assert_ne!(key.hash("a", &[b"b", b"c"]), key.hash("a", &[b"bc"]));
        let tag = key.hash("a", &[b"b"]);
        assert!(key.proves("a", &[b"b"], &tag[..16]));
        assert!(!key.proves("a", &[b"b"], &tag[..15]));
        assert!(!key.proves("a", &[b"b"], &[]));
        assert!(!key.proves("a", &[b"b"], &[0; 16]));
    }
}
