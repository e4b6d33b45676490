//! What a header says about its sender beyond his name: oddities of the name, the verdict of the reader's own server, the
//! way out of a list.
//!
//! Not for judging: what is odd is told as it is. To know before changing it: an Authentication-Results field is worth
//! something only if the reader's own server wrote it, on top of all others; a sender can write the same words below.

use super::dates::without_comments;
use super::{addresses, fields, line, words};
use crate::told::{Doubt, Unsubscribe, Verdict, Web};

/// Most checks of a verdict that are told.
const MOST_CHECKS: usize = 12;

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

/// Controls and characters without width, but for the joiners that some scripts are written with.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
        || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// The first mail address in a name.
fn address_in(name: &str) -> Option<String> {
    let edge = |c: char| c.is_whitespace() || "<>()[]{},;:\"'\u{201c}\u{201d}".contains(c);
    name.split(edge).find_map(|word| {
        let (local, domain) = word.split_once(['@', '\u{ff20}', '\u{fe6b}'])?;
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

/// The verdict of the reader's own server: the topmost Authentication-Results field, if it bears that server's name
/// (RFC 8601 2.5).
pub fn verdict(header: &[u8], server: &str) -> Option<Verdict> {
    let all = fields(header);
    let (_, value) = all
        .iter()
        .find(|(name, _)| name == "authentication-results")?;
    let value = without_comments(&line(&words(value)));
    let mut statements = value.split(';');
    let id = statements.next()?.split_whitespace().next()?;
    if server.is_empty() || !id.eq_ignore_ascii_case(server) {
        return None;
    }
    let mut checks = Vec::new();
    for statement in statements.take(MOST_CHECKS) {
        let mut tokens = statement.split_whitespace();
        let Some((method, result)) = tokens.next().and_then(|t| t.split_once('=')) else {
            continue;
        };
        let method = method.split('/').next().unwrap_or_default();
        let about = tokens.find_map(|token| {
            let (name, value) = token.split_once('=')?;
            let known = [
                "header.d",
                "smtp.mailfrom",
                "header.from",
                "smtp.helo",
                "header.i",
            ];
            known
                .contains(&name.to_ascii_lowercase().as_str())
                .then(|| {
                    let value = value.trim_matches('"');
                    value
                        .rsplit_once('@')
                        .map_or(value, |(_, domain)| domain)
                        .to_owned()
                })
        });
        checks.push((
            method.to_ascii_lowercase(),
            result.to_ascii_lowercase(),
            about.unwrap_or_default(),
        ));
    }
    (!checks.is_empty()).then(|| Verdict {
        server: id.to_owned(),
        checks,
    })
}

/// How to leave the list that a message came by. `judge` says which addresses may be followed at all.
pub fn unsubscribe(header: &[u8], judge: fn(&str) -> Option<String>) -> Unsubscribe {
    let all = fields(header);
    let field = |name: &str| {
        let found = all.iter().find(|(n, _)| n == name);
        found.map_or(String::new(), |(_, value)| words(value))
    };
    let one_click = field("list-unsubscribe-post")
        .trim()
        .eq_ignore_ascii_case("List-Unsubscribe=One-Click");
    let mut found = Unsubscribe::default();
    let listed = field("list-unsubscribe");
    for address in listed.split('<').skip(1).take(10) {
        let Some((address, _)) = address.split_once('>') else {
            continue;
        };
        let address: String = address.chars().filter(|c| !c.is_whitespace()).collect();
        let Some(judged) = judge(&address) else {
            continue;
        };
        if let Some(mail) = judged.strip_prefix("mailto:") {
            let plain = mail.split('?').next().unwrap_or_default();
            if found.mail.is_none() && plain.contains('@') {
                found.mail = Some(line(plain));
            }
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

#[cfg(test)]
mod tests {
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
    fn only_the_own_servers_verdict_counts_and_only_on_top() {
        let own = "Authentication-Results: mx.example.org (x); dkim=pass (ok; 1) header.d=bank.example;\r\n spf=fail smtp.mailfrom=a@b.example\r\n";
        let forged = "Authentication-Results: evil.example; dkim=pass header.d=bank.example\r\n";
        let read = |header: String| verdict(header.as_bytes(), "MX.example.org");
        let found = read(format!("{own}{forged}")).unwrap();
        let check = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(
            found.checks,
            [
                check("dkim", "pass", "bank.example"),
                check("spf", "fail", "b.example")
            ]
        );
        assert_eq!(read(format!("{forged}{own}")), None);
        assert_eq!(verdict(own.as_bytes(), ""), None);
    }

    #[test]
    fn the_way_out_of_a_list_is_found_and_judged() {
        let read = |value: &str, post: &str| {
            let header = format!("List-Unsubscribe: {value}\r\n{post}");
            unsubscribe(header.as_bytes(), crate::clean::link)
        };
        let post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        let found = read(
            "<mailto:out@example.org?subject=x>,\r\n <https://l.example.org/u?a=b>",
            post,
        );
        assert_eq!(found.mail.as_deref(), Some("out@example.org"));
        let web = found.web.unwrap();
        assert_eq!(
            (web.origin.as_str(), web.one_click),
            ("https://l.example.org", true)
        );
        for bad in [
            "<javascript:alert(1)>",
            "<http://l.example.org/>",
            "<https://bank.example@evil.example/>",
            "https://l.example.org/",
            "<https:>",
        ] {
            let found = read(bad, "");
            assert_eq!(found, Unsubscribe::default(), "{bad}");
        }
    }
}
