//! A message that is signed as a whole with S/MIME (RFC 8551 3.5.2): what was signed, out of its CMS (RFC 5652 5).
//!
//! Not for checking the signature, nor for what is encrypted. Total: every length is held against what is there. A crate
//! for ASN.1 would come with all of its types for the one path that is walked here.

/// Deepest nesting that is followed.
const DEEPEST: u32 = 24;

/// 1.2.840.113549.1.7.2 (RFC 5652 5.1).
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

const SEQUENCE: u8 = 0x30;
const EXPLICIT: u8 = 0xa0;
const OBJECT: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;

/// The message within a CMS that is only signed: a MIME entity. None for anything else.
pub fn signed_content(bytes: &[u8]) -> Option<Vec<u8>> {
    let content = Element::first(after_kind(bytes)?, EXPLICIT)?;
    let mut out = Vec::new();
    octets(content.body, 0, &mut out)?;
    Some(out)
}

/// True for a CMS that carries certificates and nothing that was signed (RFC 8551 3.2.2, certs-only).
pub fn is_certificates(bytes: &[u8]) -> bool {
    after_kind(bytes).is_some_and(<[u8]>::is_empty)
}

/// What stands behind the kind of the content in a CMS that is only signed.
fn after_kind(bytes: &[u8]) -> Option<&[u8]> {
    let info = Element::first(bytes, SEQUENCE)?;
    let kind = Element::first(info.body, OBJECT)?;
    if kind.body != SIGNED_DATA {
        return None;
    }
    let signed = Element::first(kind.rest, EXPLICIT)?;
    let signed = Element::first(signed.body, SEQUENCE)?;
    // Its version, and which digests were made.
    let version = Element::read(signed.body, 0)?;
    let digests = Element::read(version.rest, 0)?;
    let content = Element::first(digests.rest, SEQUENCE)?;
    Some(Element::first(content.body, OBJECT)?.rest)
}

/// The bytes of a string, whole or in pieces.
fn octets(bytes: &[u8], depth: u32, out: &mut Vec<u8>) -> Option<()> {
    let string = Element::read(bytes, depth)?;
    match string.tag {
        OCTETS => out.extend_from_slice(string.body),
        OCTETS_IN_PIECES if depth < DEEPEST => {
            let mut rest = string.body;
            while !rest.is_empty() {
                octets(rest, depth.saturating_add(1), out)?;
                rest = Element::read(rest, depth)?.rest;
            }
        }
        _ => return None,
    }
    Some(())
}

/// One element of BER (X.690 8.1), and what follows it.
struct Element<'a> {
    tag: u8,
    body: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Element<'a> {
    fn first(bytes: &'a [u8], tag: u8) -> Option<Element<'a>> {
        Element::read(bytes, 0).filter(|element| element.tag == tag)
    }

    fn read(bytes: &'a [u8], depth: u32) -> Option<Element<'a>> {
        let [tag, length, after @ ..] = bytes else {
            return None;
        };
        let (tag, length) = (*tag, usize::from(*length));
        if length == 0x80 {
            return Element::unmeasured(tag, after, depth);
        }
        let (length, after) = match length.checked_sub(0x80) {
            None => (length, after),
            Some(bytes) if bytes <= 4 => {
                let (number, after) = after.split_at_checked(bytes)?;
                let length = number.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b));
                (usize::try_from(length).ok()?, after)
            }
            Some(_) => return None,
        };
        let (body, rest) = after.split_at_checked(length)?;
        Some(Element { tag, body, rest })
    }

    /// An element that does not tell its length: it goes to two zeros.
    fn unmeasured(tag: u8, body: &'a [u8], depth: u32) -> Option<Element<'a>> {
        if depth >= DEEPEST {
            return None;
        }
        let mut rest = body;
        loop {
            if let Some(after) = rest.strip_prefix(&[0, 0]) {
                let length = body.len().checked_sub(rest.len())?;
                let body = body.get(..length)?;
                return Some(Element {
                    tag,
                    body,
                    rest: after,
                });
            }
            rest = Element::read(rest, depth.saturating_add(1))?.rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], body].concat()
    }

    fn open(tag: u8, body: &[u8]) -> Vec<u8> {
        [&[tag, 0x80], body, &[0, 0]].concat()
    }

    fn signed(make: fn(u8, &[u8]) -> Vec<u8>, content: &[u8]) -> Vec<u8> {
        let kind = element(OBJECT, &SIGNED_DATA);
        let content = make(SEQUENCE, &[kind.clone(), make(EXPLICIT, content)].concat());
        let data = [vec![2, 1, 1, 0x31, 0], content].concat();
        make(
            SEQUENCE,
            &[kind, make(EXPLICIT, &make(SEQUENCE, &data))].concat(),
        )
    }

    #[test]
    fn what_was_signed_comes_out_however_it_was_packed() {
        let whole = signed(element, &element(OCTETS, b"Subject: x"));
        assert_eq!(signed_content(&whole).as_deref(), Some(&b"Subject: x"[..]));
        let pieces = [element(OCTETS, b"Subj"), element(OCTETS, b"ect: x")].concat();
        let pieces = signed(open, &open(OCTETS_IN_PIECES, &pieces));
        assert_eq!(signed_content(&pieces).as_deref(), Some(&b"Subject: x"[..]));
        for bytes in [&whole, &pieces] {
            for end in 0..bytes.len().saturating_sub(12) {
                assert_eq!(signed_content(&bytes[..end]).filter(|c| c.len() > 10), None);
            }
        }
        assert_eq!(signed_content(&[0x30, 0x80].repeat(100_000)), None);
        assert_eq!(signed_content(b"nothing"), None);
    }
}
