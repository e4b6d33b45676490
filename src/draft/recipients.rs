//! The addresses that somebody has typed or pasted: with names or without, apart by commas, semicolons, blanks or lines.
//!
//! Not for the addresses of a header, which a program wrote (`mime::codec`). To know before changing it: nothing is guessed
//! away; what is no address is returned as it was typed, for its writer to correct.

use std::net::IpAddr;

use crate::mail::Address;

/// The longest local part and address, in bytes (RFC 5321 4.5.3.1).
const LONGEST_LOCAL: usize = 64;
const LONGEST: usize = 254;

/// What was typed into a field of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The addresses; domains in ASCII (RFC 5890), as they travel.
    pub good: Vec<Address>,
    /// What is none.
    pub wrong: Vec<String>,
}

/// Reads what was typed.
pub fn typed(text: &str) -> Typed {
    let mut typed = Typed::default();
    // What may be the surname of the next: `Müller, Jan <jan@example.org>`.
    let mut surname: Option<String> = None;
    for entry in entries(text) {
        let entry = entry.trim();
        if entry.is_empty() {
            continue;
        }
        let is_name = !entry.contains(['@', '<', '"']);
        match named(entry) {
            Some(mut address) => {
                if let Some(surname) = surname.take() {
                    match address.name.is_empty() {
                        true => typed.wrong.push(surname),
                        false => address.name = format!("{surname}, {}", address.name),
                    }
                }
                typed.good.push(address);
            }
            None => {
                typed.wrong.extend(surname.take());
                let bare: Option<Vec<Address>> = entry.split_whitespace().map(bare).collect();
                match bare {
                    Some(all) => typed.good.extend(all),
                    None if is_name => surname = Some(entry.to_owned()),
                    None => typed.wrong.push(entry.to_owned()),
                }
            }
        }
    }
    typed.wrong.extend(surname);
    typed
}

/// The pieces between commas, semicolons and line ends, but for those within quotation marks or brackets. The name of a
/// group (`Friends: a@example.org;`) is left out.
fn entries(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut entry = String::new();
    let (mut quoted, mut escaped, mut angle) = (false, false, false);
    for (at, c) in text.char_indices() {
        let is_plain = !quoted && !angle;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if !angle => quoted = !quoted,
            '<' if !quoted => angle = true,
            '>' if !quoted => angle = false,
            // A bracket or a mark that nobody closes ends with its line.
            '\n' | '\r' => {
                (quoted, angle) = (false, false);
                all.push(std::mem::take(&mut entry));
                continue;
            }
            ',' | ';' if is_plain => {
                all.push(std::mem::take(&mut entry));
                continue;
            }
            ':' if is_plain && is_group(entry.trim(), text.get(at..).unwrap_or_default()) => {
                entry.clear();
                continue;
            }
            _ => {}
        }
        entry.push(c);
    }
    all.push(entry);
    all
}

/// True for the name of a group, which ends with a semicolon. A field of a header is none: whoever pasted one means something
/// else.
fn is_group(name: &str, rest: &str) -> bool {
    let is_ended = rest.lines().next().is_some_and(|line| line.contains(';'));
    let fields = ["mailto", "from", "to", "cc", "bcc", "reply-to", "subject"];
    is_ended && !name.contains('@') && !fields.contains(&name.to_lowercase().as_str())
}

/// `ann@example.org`, `Ann <ann@example.org>`, `ann@example.org (Ann)`, `Ann ann@example.org`; None for anything else.
fn named(entry: &str) -> Option<Address> {
    if let Some(address) = bare(entry) {
        return Some(address);
    }
    if let Some((name, rest)) = entry.rsplit_once('<') {
        let (inside, behind) = rest.split_once('>')?;
        if !behind.trim().is_empty() {
            return None;
        }
        return Some(Address {
            name: tidy(name)?,
            ..bare(inside.trim())?
        });
    }
    if let Some((before, comment)) = entry.split_once('(') {
        let name = comment.trim_end().strip_suffix(')')?;
        return Some(Address {
            name: tidy(name)?,
            ..bare(before.trim())?
        });
    }
    let (name, last) = entry.rsplit_once(char::is_whitespace)?;
    if name.contains(['@', ':']) {
        return None;
    }
    Some(Address {
        name: tidy(name)?,
        ..bare(last)?
    })
}

/// A name without its quotation marks; None where it holds what no header can.
fn tidy(name: &str) -> Option<String> {
    let name = name.trim();
    let inside = name.strip_prefix('"').and_then(|n| n.strip_suffix('"'));
    let mut plain = String::new();
    let mut escaped = false;
    for c in inside.unwrap_or(name).chars() {
        match c {
            '\\' if inside.is_some() && !escaped => escaped = true,
            // Without marks it ends a name (RFC 5322 3.2.3), and stands where something else was meant.
            ':' if inside.is_none() => return None,
            c if c.is_control() && c != '\t' => return None,
            c => {
                escaped = false;
                plain.push(c);
            }
        }
    }
    Some(plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// An address alone (RFC 5322 3.4.1, RFC 6531 3.3), its domain in ASCII.
fn bare(text: &str) -> Option<Address> {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, domain) = text.rsplit_once('@')?;
    if local.len() > LONGEST_LOCAL || !(is_dot_atom(local) || is_quoted(local)) {
        return None;
    }
    let domain = match domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) {
        Some(literal) => {
            let ip = literal.strip_prefix("IPv6:").unwrap_or(literal);
            ip.parse::<IpAddr>().ok()?;
            domain.to_owned()
        }
        None => ascii_domain(domain)?,
    };
    let email = format!("{local}@{domain}");
    (email.len() <= LONGEST).then_some(Address {
        name: String::new(),
        email,
    })
}

fn is_dot_atom(local: &str) -> bool {
    let is_atom = |c: char| match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c),
        false => !c.is_whitespace() && !c.is_control(),
    };
    local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

fn is_quoted(local: &str) -> bool {
    let inside = local.strip_prefix('"').and_then(|l| l.strip_suffix('"'));
    // What needs a backslash is not taken: nobody has such an address, and few servers take it.
    inside.is_some_and(|inside| {
        !inside.is_empty()
            && inside
                .bytes()
                .all(|b| matches!(b, b' '..=b'~') && !b"\"\\".contains(&b))
    })
}

fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii(domain.trim_end_matches('.')).ok()?;
    let is_label = |label: &str| {
        let is_edge = |b: Option<u8>| b == Some(b'-');
        let bytes = || label.bytes();
        (1..=63).contains(&label.len())
            && !is_edge(bytes().next())
            && !is_edge(bytes().next_back())
            && bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    ascii.split('.').all(is_label).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (Vec<String>, Vec<String>) {
        let Typed { good, wrong } = typed(text);
        let good = good.into_iter();
        let good = good.map(|a| match a.name.is_empty() {
            true => a.email,
            false => format!("{} <{}>", a.name, a.email),
        });
        (good.collect(), wrong)
    }

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let ann = "ann@example.org";
        let cases: [(&str, &[&str]); 22] = [
            ("", &[]),
            (ann, &[ann]),
            (" ann@example.org, ", &[ann]),
            ("<ann@example.org>", &[ann]),
            ("mailto:ann@example.org", &[ann]),
            ("Ann <ann@example.org>", &["Ann <ann@example.org>"]),
            (
                "Ann Smith ann@example.org",
                &["Ann Smith <ann@example.org>"],
            ),
            ("ann@example.org (Ann)", &["Ann <ann@example.org>"]),
            (
                "\"Smith, Ann\" <ann@example.org>",
                &["Smith, Ann <ann@example.org>"],
            ),
            (
                "Smith, Ann <ann@example.org>",
                &["Smith, Ann <ann@example.org>"],
            ),
            (
                "\"A \\\"B\\\" C\" <ann@example.org>",
                &["A \"B\" C <ann@example.org>"],
            ),
            ("a@x.org,b@x.org", &["a@x.org", "b@x.org"]),
            ("a@x.org;b@x.org", &["a@x.org", "b@x.org"]),
            ("a@x.org b@x.org", &["a@x.org", "b@x.org"]),
            (
                "a@x.org\r\nb@x.org\nc@x.org",
                &["a@x.org", "b@x.org", "c@x.org"],
            ),
            (
                "Friends: a@x.org, B <b@x.org>;",
                &["a@x.org", "B <b@x.org>"],
            ),
            ("ünï@x.org", &["ünï@x.org"]),
            ("a@bücher.example", &["a@xn--bcher-kva.example"]),
            (
                "김 <kim@x.org>; 田中 <t@x.org>",
                &["김 <kim@x.org>", "田中 <t@x.org>"],
            ),
            ("\"a b\"@x.org", &["\"a b\"@x.org"]),
            (
                "a@[192.0.2.1], a@[IPv6:::1]",
                &["a@[192.0.2.1]", "a@[IPv6:::1]"],
            ),
            ("root@localhost", &["root@localhost"]),
        ];
        for (text, expected) in cases {
            assert_eq!(
                shown(text),
                (expected.iter().map(|e| (*e).to_owned()).collect(), vec![]),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_given_back_as_it_was_typed() {
        for wrong in [
            "ann",
            "ann@",
            "@example.org",
            "Ann <ann>",
            "<>",
            "ann@example..org",
            "ann@-example.org",
            "ann..b@example.org",
            "a b@example.org c",
            "<ann@example.org> and more",
            "ann@exa mple.org",
            "ann@[example]",
            "\"\"@example.org",
            "Bcc: ann@example.org",
        ] {
            let (_, told) = shown(wrong);
            assert!(!told.is_empty(), "{wrong}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        assert_eq!(shown(&long).1, [long]);
        assert_eq!(
            shown("bo@example.org, Ann, cas@example.org"),
            (
                vec!["bo@example.org".to_owned(), "cas@example.org".to_owned()],
                vec!["Ann".to_owned()]
            )
        );
    }

    #[test]
    fn nothing_typed_ends_a_header_or_a_command() {
        for text in [
            "a@x.org\r\nBcc: b@x.org",
            "\"a\rb\" <a@x.org>",
            "a\0b <a@x.org>",
            "a@x.org\u{b}",
            "<a@x.org\u{85}>",
            "a@x.org>\r\nRCPT TO:<b@x.org",
        ] {
            for address in typed(text).good {
                let all = format!("{}{}", address.name, address.email);
                assert!(!all.chars().any(char::is_control), "{text:?}");
                assert!(!address.email.contains(['<', '>']), "{text:?}");
            }
        }
    }
}
