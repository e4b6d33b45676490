//! Whether From is exactly one mailbox of a plain address: the one form in which a header is certain to name anybody.
//!
//! Not for reading the names (`headers`), which makes the best of what senders write, nor for telling what is odd about
//! one (`sender`). To know before changing it: everything here is a list of what is allowed. Two readers of a header may
//! find two senders in it; of these forms all find the same one.

/// Longest address, in bytes (RFC 5321 4.5.3.1.3).
const LONGEST: usize = 254;

/// The address where a header has one From field, and that is one mailbox with a plain `local@domain`.
pub(super) fn plain_from(fields: &[(String, Vec<u8>)]) -> Option<String> {
    let mut from = fields.iter().filter(|(name, _)| name == "from");
    match (from.next(), from.next()) {
        (Some((_, value)), None) => plain_mailbox(value),
        _ => None,
    }
}

/// The address of `local@domain`, with a comment behind it, or a display name in front of it and angle brackets around it.
fn plain_mailbox(value: &[u8]) -> Option<String> {
    let (before, rest) = until_angle(value)?;
    let address = match rest {
        None => before.trim_ascii(),
        Some(rest) => {
            let mut halves = rest.splitn(2, |b| *b == b'>');
            let (address, behind) = (halves.next()?, halves.next()?);
            let (behind, more) = until_angle(behind)?;
            if before.contains(&b'@') || !behind.trim_ascii().is_empty() || more.is_some() {
                return None;
            }
            address
        }
    };
    let address = std::str::from_utf8(address).ok()?;
    is_plain_address(address.as_bytes()).then(|| address.to_owned())
}

/// What stands outside of quotes and comments up to a `<`, and what follows that. None where a quote or comment does not
/// end, and where there is a list or a group.
fn until_angle(value: &[u8]) -> Option<(Vec<u8>, Option<&[u8]>)> {
    let mut outside = Vec::new();
    let mut bytes = value.iter().enumerate();
    let mut quoted = false;
    let mut depth = 0_u32;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if quoted || depth > 0 => drop(bytes.next()?),
            b'"' if depth == 0 => {
                quoted = !quoted;
                outside.push(*byte);
            }
            _ if quoted => {}
            b'(' => {
                depth = depth.checked_add(1)?;
                // Two readers may disagree on an address that has one within.
                outside.push(b' ');
            }
            b')' => depth = depth.checked_sub(1)?,
            _ if depth > 0 => {}
            b',' | b';' | b':' | b'>' => return None,
            b'<' => return Some((outside, value.get(at.checked_add(1)?..))),
            byte => outside.push(*byte),
        }
    }
    (!quoted && depth == 0).then_some((outside, None))
}

/// Dot-atoms on both sides of one at sign (RFC 5322 3.4.1), in ASCII, none of it an encoded word.
fn is_plain_address(address: &[u8]) -> bool {
    let mut halves = address.split(|b| *b == b'@');
    let (local, domain) = (halves.next(), halves.next());
    let (Some(local), Some(domain), None) = (local, domain, halves.next()) else {
        return false;
    };
    let atoms = |text: &[u8], allowed: fn(&u8) -> bool| {
        let mut atoms = text.split(|b| *b == b'.');
        atoms.all(|atom| !atom.is_empty() && atom.iter().all(allowed))
    };
    let in_local = |b: &u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(b);
    let in_domain = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
    let has_edge = |label: &[u8]| label.starts_with(b"-") || label.ends_with(b"-");
    address.len() <= LONGEST
        && atoms(local, in_local)
        && !local.windows(2).any(|two| two == b"=?")
        && atoms(domain, in_domain)
        && !domain.split(|b| *b == b'.').any(has_edge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::codec::fields;

    fn is_plain(from: &str) -> bool {
        let header = format!("Subject: x\r\nFrom: {from}\r\nTo: b@example.org\r\n");
        plain_from(&fields(header.as_bytes())).is_some()
    }

    #[test]
    fn one_mailbox_of_a_plain_address_is_certain() {
        for from in [
            "ann@example.org",
            "<ann@example.org>",
            "Ann <ann@example.org>",
            "Ann\r\n <ann@example.org>",
            "\"Peeters, Ann\" <ann.peeters+x@mail.example.org>",
            "=?utf-8?q?Ann=40home?= <ann@example.org>",
            "ann@example.org (Ann (at work))",
            "\"service@bank.example\" <ann@example.org>",
            "root@localhost",
        ] {
            assert!(is_plain(from), "{from}");
        }
    }

    #[test]
    fn everything_else_is_a_doubt() {
        for from in [
            "",
            "Ann",
            "<>",
            "\"service@bank.example\" <>",
            "<service@bank.example @evil.example>",
            "<@evil.example:service@bank.example>",
            "service@bank.example <x@evil.example>",
            "<service@bank.example> <x@evil.example>",
            "<service@bank.example> x@evil.example",
            "service@bank.example, x@evil.example",
            "service@bank.example,",
            "Bank: service@bank.example;",
            "\"service@bank.example <x@evil.example>",
            "(service@bank.example <x@evil.example>",
            "<service@bank.example",
            "service@bank.example x",
            "\"x\" service@bank.example",
            "\"service@bank.example\"",
            "=?utf-8?q?service=40bank.example?=@evil.example",
            "\"a b\"@example.org",
            "ann@[192.0.2.1]",
            "ann@example..org",
            "ann@-example.org",
            ".ann@example.org",
            "аnn@example.org",
            "ann@bücher.example",
            "a@b@example.org",
            "ann(x)@example.org",
            "ann@example(x).org",
        ] {
            assert!(!is_plain(from), "{from}");
        }
        let two = b"From: a@example.org\r\nFrom: b@example.org\r\n";
        assert_eq!(plain_from(&fields(two)), None);
        let long = format!("{}@example.org", "a".repeat(300));
        assert!(!is_plain(&long));
    }
}
