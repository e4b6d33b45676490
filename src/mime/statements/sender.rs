//! What a header says about its sender beyond the name: oddities of the name (spoofing), and how to leave a list.
//!
//! Not for judging: what is odd is told as it is. Nor for what the reader's own server found out (`verdict`).

use crate::characters::{Unseen, unseen};
use crate::extras::{ByMail, Doubt, Unsubscribe, Web};
use crate::mime::codec::{addresses, fields, line, words};

/// Letters of a subject or a text that a list asks for.
const LONGEST_ASKED: usize = 300;

/// What is odd about the From of a header.
pub fn doubts(header: &[u8]) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut senders = Vec::new();
    for (_, value) in fields(header).iter().filter(|(name, _)| name == "from") {
        if words(value).chars().any(is_hidden) {
            doubts.push(Doubt::Invisible);
        }
        senders.extend(addresses(value));
    }
    doubts.dedup();
    for sender in senders.iter().take(5) {
        let plain: String = sender.name.chars().filter(|c| !is_hidden(*c)).collect();
        if let Some(other) = address_in(&plain)
            && !other.eq_ignore_ascii_case(&sender.email)
        {
            doubts.push(Doubt::NameHoldsAddress(other));
        }
        if let Some(foreign) = foreign_domain(&sender.email) {
            doubts.push(foreign);
        }
    }
    let mut emails: Vec<String> = senders
        .iter()
        .map(|sender| sender.email.to_ascii_lowercase())
        .filter(|email| !email.is_empty())
        .collect();
    emails.sort();
    emails.dedup();
    if emails.len() > 1 {
        doubts.push(Doubt::Several(emails.len()));
    }
    doubts
}

/// Controls and characters that show nothing, but for the joiners that some scripts are written with.
fn is_hidden(c: char) -> bool {
    !matches!(unseen(c), None | Some(Unseen::Joiner))
        || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// The first mail address in a name, however its signs are drawn and set apart.
fn address_in(name: &str) -> Option<String> {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '\u{ff20}' | '\u{fe6b}' => '@',
            '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{fe52}' => '.',
            c => c,
        })
        .collect();
    let pieces: Vec<&str> = plain.split('@').map(str::trim).collect();
    let edge = |c: char| c.is_whitespace() || "<>()[]{},;:\"'\u{201c}\u{201d}".contains(c);
    pieces
        .iter()
        .zip(pieces.iter().skip(1))
        .find_map(|(before, after)| {
            let local = before.rsplit(edge).next()?;
            let domain = after.split(edge).next()?.trim_end_matches('.');
            let real = !local.is_empty() && domain.contains('.') && !domain.starts_with('.');
            real.then(|| format!("{local}@{domain}"))
        })
}

fn foreign_domain(email: &str) -> Option<Doubt> {
    let domain = email.rsplit_once('@')?.1;
    let coded = domain
        .split('.')
        .any(|label| label.to_ascii_lowercase().starts_with("xn--"));
    if domain.is_ascii() && !coded {
        return None;
    }
    let (looks, _) = idna::domain_to_unicode(domain);
    let is = idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned());
    let mixed = looks.split('.').any(is_mixed);
    Some(Doubt::Foreign {
        looks: line(&looks),
        is: line(&is),
        mixed,
    })
}

/// True for a word with letters of Latin and of an alphabet that has letters which look like them.
fn is_mixed(label: &str) -> bool {
    let has = |of: fn(char) -> bool| label.chars().any(of);
    let latin = has(|c| {
        c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
    });
    let greek = has(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'));
    let cyrillic = has(
        |c| matches!(c, '\u{400}'..='\u{52f}' | '\u{2de0}'..='\u{2dff}' | '\u{a640}'..='\u{a69f}'),
    );
    let other = has(
        |c| matches!(c, '\u{530}'..='\u{58f}' | '\u{10a0}'..='\u{10ff}' | '\u{13a0}'..='\u{13ff}'),
    );
    [latin, greek, cyrillic, other]
        .into_iter()
        .filter(|of| *of)
        .count()
        > 1
}

/// How to leave the list that a message came by. `judge` says which addresses may be followed at all.
pub fn unsubscribe(header: &[u8], judge: fn(&str) -> Option<String>) -> Unsubscribe {
    let all = fields(header);
    let field = |name: &str| {
        let found = all.iter().filter(|(n, _)| n == name).take(5);
        let values: Vec<String> = found.map(|(_, value)| words(value)).collect();
        values.join(",")
    };
    let one_click = field("list-unsubscribe-post")
        .trim()
        .eq_ignore_ascii_case("List-Unsubscribe=One-Click");
    let mut found = Unsubscribe::default();
    let listed = field("list-unsubscribe");
    // RFC 2369 2 wants brackets; some write the address alone.
    let addresses: Vec<&str> = match listed.contains('<') {
        true => listed
            .split('<')
            .skip(1)
            .filter_map(|piece| Some(piece.split_once('>')?.0))
            .collect(),
        false => listed.split(',').collect(),
    };
    for address in addresses.into_iter().take(10) {
        let address: String = address.chars().filter(|c| !c.is_whitespace()).collect();
        let Some(judged) = judge(&address) else {
            continue;
        };
        if judged.starts_with("mailto:") {
            found.mail = found.mail.or_else(|| by_mail(&judged));
        } else if found.web.is_none()
            && let Some(rest) = judged.strip_prefix("https://")
        {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            // A name and password in front of the host would be shown as the host.
            let safe = authority
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
            if safe && !authority.is_empty() {
                found.web = Some(Web {
                    origin: format!("https://{authority}"),
                    host: authority.to_owned(),
                    one_click,
                    url: judged,
                });
            }
        }
    }
    found
}

/// The letter that a `mailto:` address asks for (RFC 6068).
fn by_mail(address: &str) -> Option<ByMail> {
    let address = address.strip_prefix("mailto:")?;
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let of_path = decoded(path);
    let to = of_path.contains('@').then(|| line(&of_path))?;
    let mut mail = ByMail {
        to,
        ..ByMail::default()
    };
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = match name.to_ascii_lowercase().as_str() {
            "subject" => &mut mail.subject,
            "body" => &mut mail.text,
            _ => continue,
        };
        let value = line(&decoded(value));
        *place = value.chars().take(LONGEST_ASKED).collect();
    }
    Some(mail)
}

/// Bytes written as `%41`; a `+` is a plus (RFC 6068 5).
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn what_is_odd_about_a_sender_is_told() {
        let told = |from: &str| doubts(format!("Subject: x\r\nFrom: {from}\r\n").as_bytes());
        assert!(told("Ann <ann@example.org>").is_empty());
        assert!(told("\"ann@example.org\" <ANN@example.org>").is_empty());
        assert_eq!(
            told("\"service@bank.example\" <x@evil.example>"),
            [Doubt::NameHoldsAddress("service@bank.example".to_owned())]
        );
        for name in [
            "@service@bank.example",
            "service @ bank.example",
            "Bank (service@bank.example.)",
            "service\u{ff20}bank\u{3002}example",
            "a@b service@bank\u{ff0e}example",
        ] {
            let from = format!("=?utf-8?B?{}?= <x@evil.example>", STANDARD.encode(name));
            let other = Doubt::NameHoldsAddress("service@bank.example".to_owned());
            assert_eq!(told(&from), [other], "{name}");
        }
        assert!(told("Ann @ Work <ann@example.org>").is_empty());
        assert_eq!(
            told("=?utf-8?q?An=E2=80=AEn?= <ann@example.org>"),
            [Doubt::Invisible]
        );
        assert_eq!(told("a@example.org, b@example.org"), [Doubt::Several(2)]);
        let mixed = told("x <x@xn--pypal-4ve.com>");
        assert!(
            matches!(&mixed[..], [Doubt::Foreign { mixed: true, is, .. }] if is == "xn--pypal-4ve.com"),
            "{mixed:?}"
        );
        let whole = told("x <x@b\u{fc}cher.example>");
        assert!(
            matches!(&whole[..], [Doubt::Foreign { mixed: false, is, looks }] if is == "xn--bcher-kva.example" && looks == "b\u{fc}cher.example"),
            "{whole:?}"
        );
    }

    #[test]
    fn the_way_out_of_a_list_is_found_and_judged() {
        let read = |value: &str, post: &str| {
            let header = format!("List-Unsubscribe: {value}\r\n{post}");
            unsubscribe(header.as_bytes(), crate::clean::link)
        };
        let post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        let found = read(
            "<mailto:out@example.org?Subject=out%201+2%3D3>,\r\n <https://l.example.org/u?a=b>",
            post,
        );
        let mail = found.mail.unwrap();
        assert_eq!(
            (mail.to.as_str(), mail.subject.as_str()),
            ("out@example.org", "out 1+2=3")
        );
        let web = found.web.unwrap();
        assert_eq!(
            (web.origin.as_str(), web.one_click),
            ("https://l.example.org", true)
        );
        for bad in [
            "<javascript:alert(1)>",
            "<http://l.example.org/>",
            "<https://bank.example@evil.example/>",
            "l.example.org",
            "<https:>",
        ] {
            let found = read(bad, "");
            assert_eq!(found, Unsubscribe::default(), "{bad}");
        }
    }
}
