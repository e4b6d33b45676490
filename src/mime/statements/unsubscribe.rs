//! How to leave the list that a message came by: the List-Unsubscribe fields of its header (RFC 2369 3.2).
//!
//! Not for acting on it: which addresses may be followed is for whoever asks to say.

use crate::extras::{ByMail, Unsubscribe, Web};
use crate::mime::codec::{fields, line, words};

/// Letters of a subject or a text that a list asks for.
const LONGEST_ASKED: usize = 300;

/// How to leave the list that a message came by. `judge` says which addresses may be followed at all.
pub fn unsubscribe(header: &[u8], judge: fn(&str) -> Option<String>) -> Unsubscribe {
    let all = fields(header);
    let field = |name: &str| {
        let found = all.iter().filter(|(n, _)| n == name).take(5);
        let values: Vec<String> = found.map(|(_, value)| words(value)).collect();
        values.join(",")
    };
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
                    host: authority.to_owned(),
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
    use super::*;

    #[test]
    fn the_way_out_of_a_list_is_found_and_judged() {
        let read = |value: &str| {
            let header = format!("List-Unsubscribe: {value}\r\n");
            unsubscribe(header.as_bytes(), crate::clean::link)
        };
        let found = read(
            "<mailto:out@example.org?Subject=out%201+2%3D3>,\r\n <https://l.example.org/u?a=b>",
        );
        let mail = found.mail.unwrap();
        assert_eq!(
            (mail.to.as_str(), mail.subject.as_str()),
            ("out@example.org", "out 1+2=3")
        );
        let web = found.web.unwrap();
        assert_eq!(
            (web.url.as_str(), web.host.as_str()),
            ("https://l.example.org/u?a=b", "l.example.org")
        );
        for bad in [
            "<javascript:alert(1)>",
            "<http://l.example.org/>",
            "<https://bank.example@evil.example/>",
            "l.example.org",
            "<https:>",
        ] {
            let found = read(bad);
            assert_eq!(found, Unsubscribe::default(), "{bad}");
        }
    }
}
