//! Folder names between the wire and people: modified UTF-7 (RFC 3501 5.1.3), or UTF-8 as RFC 9051 has it.
//!
//! Not for roles or places in the tree. To know before changing it: a name that is not valid modified UTF-7 is shown as
//! it is, and a name is only ever sent back as the server wrote it; what stands here never changes which folder is meant.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use crate::mail::FolderName;

const SHIFTED: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone),
);

/// A folder's name for people, hierarchy and all: `INBOX.Entw&APw-rfe` is `INBOX.Entwürfe`.
pub fn decoded(wire: &str) -> String {
    // A server that sends UTF-8 (RFC 6855, RFC 9051) does not shift: `&` is itself there.
    if !wire.is_ascii() {
        return wire.to_owned();
    }
    unshifted(wire).unwrap_or_else(|| wire.to_owned())
}

fn unshifted(wire: &str) -> Option<String> {
    let mut text = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some((plain, shifted)) = rest.split_once('&') {
        text.push_str(plain);
        let (code, tail) = shifted.split_once('-')?;
        if code.is_empty() {
            text.push('&');
        } else {
            let bytes = SHIFTED.decode(code).ok()?;
            if bytes.len() % 2 != 0 {
                return None;
            }
            let units = bytes.chunks_exact(2).filter_map(|pair| match pair {
                [high, low] => Some(u16::from_be_bytes([*high, *low])),
                _ => None,
            });
            for decoded in char::decode_utf16(units) {
                text.push(decoded.ok().filter(|c| !c.is_control())?);
            }
        }
        rest = tail;
    }
    text.push_str(rest);
    Some(text)
}

/// A name that a person typed, for the wire. None where it is empty, too long or holds control characters.
pub fn encoded(name: &str) -> Option<FolderName> {
    if name.chars().any(char::is_control) {
        return None;
    }
    let mut wire = String::with_capacity(name.len());
    let mut waiting: Vec<u8> = Vec::new();
    let unshift = |waiting: &mut Vec<u8>, wire: &mut String| {
        if !waiting.is_empty() {
            wire.push('&');
            wire.push_str(&SHIFTED.encode(&waiting));
            wire.push('-');
            waiting.clear();
        }
    };
    for c in name.chars() {
        if c.is_ascii() {
            unshift(&mut waiting, &mut wire);
            wire.push(c);
            if c == '&' {
                wire.push('-');
            }
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                waiting.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    unshift(&mut waiting, &mut wire);
    FolderName::new(&wire)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for (wire, text) in [
            ("INBOX", "INBOX"),
            ("&U,BTFw-", "台北"),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("Spa&-Bar", "Spa&Bar"),
            ("Entw&APw-rfe", "Entwürfe"),
            ("&2D3eAA- a", "😀 a"),
        ] {
            assert_eq!(decoded(wire), text);
            assert_eq!(
                encoded(text).map(|n| n.as_wire().to_owned()).as_deref(),
                Some(wire)
            );
        }
    }

    #[test]
    fn what_is_not_modified_utf_7_stays_as_it_is() {
        for wire in [
            "AT&T",
            "&",
            "&A-",
            "&AAA-",
            "&2D0-",
            "&&&",
            "&Jjo!-",
            "&AAo-",
            "Entwürfe & mehr",
        ] {
            assert_eq!(decoded(wire), wire);
        }
        assert_eq!(encoded("a\r\nb"), None);
    }
}
