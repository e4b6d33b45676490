//! What the reader's own server found out about a sender: the Authentication-Results fields that bear its name (RFC 8601).
//!
//! Not for deciding what follows from it (`sender`). To know before changing it: anybody can write such a field
//! into a mail, and their own address stands in the one that the server writes on top. So only the topmost field says that
//! something passed; those below are believed where they speak against the sender; and what is quoted, a comment, or made
//! to look like more than a word is no statement.

use crate::mail::{Check, Topmost, Verdict};
use crate::mime::codec::line;

/// Most checks of a verdict that are told; one that failed always is.
const MOST: usize = 12;
/// Fields that are read.
const MOST_FIELDS: usize = 20;

/// What a check may be about, by how it was checked: the first of these that it names, and whose domain counts.
const ABOUT: [(&str, &[&str]); 4] = [
    ("dkim", &["header.d", "header.i"]),
    ("spf", &["smtp.mailfrom"]),
    ("dmarc", &["header.from"]),
    ("auth", &["smtp.auth"]),
];
/// The same for methods of which nothing follows.
const ABOUT_OTHERS: &[&str] = &["header.d", "header.from", "smtp.mailfrom"];

/// Whose field stands on top (RFC 8601 2.5, 5), and the verdict of the reader's own server.
pub(super) fn verdict(fields: &[(String, Vec<u8>)], server: &str) -> (Topmost, Option<Verdict>) {
    let mut fields = fields
        .iter()
        .filter(|(name, _)| name == "authentication-results")
        .map(|(_, value)| read(&line(&String::from_utf8_lossy(value))))
        .take(MOST_FIELDS);
    let of_server =
        |found: &Verdict| !server.is_empty() && found.server.eq_ignore_ascii_case(server);
    let Some(top) = fields.next() else {
        return (Topmost::Nobody, None);
    };
    let (topmost, mut verdict) = match of_server(&top) {
        true => (Topmost::Own, top),
        false => {
            let nothing = Verdict {
                server: server.to_owned(),
                checks: Vec::new(),
                is_whole: true,
            };
            (Topmost::Other, nothing)
        }
    };
    for below in fields.filter(of_server) {
        let top = verdict.checks.len();
        let new = below.checks.into_iter().filter(|check| {
            let told = verdict.checks.iter().take(top);
            check.is_bad() && !told.into_iter().any(|own| own.method == check.method)
        });
        let new: Vec<Check> = new.collect();
        verdict.checks.extend(new);
    }
    let mut kept = 0_usize;
    verdict.checks.retain(|check| {
        kept = kept.saturating_add(1);
        kept <= MOST || check.is_bad()
    });
    (topmost, (!server.is_empty()).then_some(verdict))
}

/// One field.
fn read(value: &str) -> Verdict {
    let (tokens, is_whole) = tokens(value);
    let mut statements = tokens.split(|token| *token == Token::End);
    let server = match statements.next() {
        Some([Token::Word(server), ..]) => server.clone(),
        _ => String::new(),
    };
    Verdict {
        server,
        checks: statements.filter_map(check).collect(),
        is_whole,
    }
}

/// `dkim=pass header.d=example.org`
fn check(statement: &[Token]) -> Option<Check> {
    let [
        Token::Word(method),
        Token::Is,
        Token::Word(result),
        rest @ ..,
    ] = statement
    else {
        return None;
    };
    let method = method.split('/').next().unwrap_or_default();
    let method = method.to_ascii_lowercase();
    let of_method = ABOUT.iter().find(|(known, _)| *known == method);
    let (_, names) = of_method.unwrap_or(&("", ABOUT_OTHERS));
    let value_of = |wanted: &&str| {
        rest.windows(3).find_map(|three| match three {
            [Token::Word(name), Token::Is, Token::Word(value)]
                if name.eq_ignore_ascii_case(wanted) =>
            {
                let domain = value.rsplit_once('@').map(|(_, domain)| domain);
                Some(domain.unwrap_or(value).to_owned())
            }
            _ => None,
        })
    };
    let about = names.iter().find_map(value_of);
    Some(Check {
        method,
        result: result.to_ascii_lowercase(),
        about: about.unwrap_or_default(),
    })
}

/// A piece of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// Anything that is none of the others, quoted strings in it without their quotes.
    Word(String),
    /// `=`
    Is,
    /// `;`
    End,
}

/// The pieces of a field, comments left out; false where a comment or a quoted string never ends.
fn tokens(value: &str) -> (Vec<Token>, bool) {
    let mut tokens = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = value.chars();
    let mut is_whole = true;
    while let Some(c) = chars.next() {
        match c {
            '(' => is_whole &= skip_comment(&mut chars),
            '"' => {
                let word = word.get_or_insert_default();
                let mut ended = false;
                while let Some(c) = chars.next() {
                    match c {
                        '"' => {
                            ended = true;
                            break;
                        }
                        '\\' => word.extend(chars.next()),
                        c => word.push(c),
                    }
                }
                is_whole &= ended;
            }
            ';' | '=' => {
                // In a value it is a sign as any other: `header.b=abc=`, `smtp.mailfrom==?utf-8?q?x?=@example.org`.
                let in_value = c == '=' && tokens.last() == Some(&Token::Is);
                if in_value {
                    word.get_or_insert_default().push(c);
                    continue;
                }
                tokens.extend(word.take().map(Token::Word));
                tokens.push(if c == ';' { Token::End } else { Token::Is });
            }
            c if c.is_whitespace() => tokens.extend(word.take().map(Token::Word)),
            c => word.get_or_insert_default().push(c),
        }
    }
    tokens.extend(word.map(Token::Word));
    (tokens, is_whole)
}

/// To the end of a comment, whose beginning is read (RFC 5322 3.2.2); false where it has none.
fn skip_comment(chars: &mut std::str::Chars<'_>) -> bool {
    let mut depth = 1_u32;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::codec;

    const SERVER: &str = "mx.example.org";

    fn told(fields: &[&str]) -> Option<String> {
        let header: String = fields
            .iter()
            .map(|field| format!("Authentication-Results: {field}\r\n"))
            .collect();
        let (topmost, found) = verdict(&codec::fields(header.as_bytes()), "MX.example.org");
        let found = found.filter(|_| topmost == Topmost::Own)?;
        assert_eq!(found.server, SERVER);
        let checks: Vec<String> = found
            .checks
            .iter()
            .map(|c| format!("{} {} {}", c.method, c.result, c.about))
            .collect();
        Some(format!(
            "{}{}",
            checks.join(", "),
            if found.is_whole { "" } else { " …" }
        ))
    }

    #[test]
    fn only_the_own_server_is_believed_and_only_on_top() {
        let own = "mx.example.org (x) 1; dkim=pass (ok; 1) header.d=bank.example;\r\n spf/1=fail reason=\"a; b\" smtp.mailfrom=a@b.example";
        let forged = "evil.example; dkim=pass header.d=bank.example";
        assert_eq!(
            told(&[own, forged]).as_deref(),
            Some("dkim pass bank.example, spf fail b.example")
        );
        assert_eq!(told(&[forged, own]), None);
        let header = format!("Authentication-Results: {own}\r\n");
        assert_eq!(
            verdict(&codec::fields(header.as_bytes()), ""),
            (Topmost::Other, None)
        );
        assert_eq!(
            verdict(&codec::fields(b"Subject: x\r\n"), SERVER),
            (Topmost::Nobody, None)
        );
        assert_eq!(told(&["mx.example.org; none"]).as_deref(), Some(""));
        // What speaks against the sender is believed wherever it stands.
        let header = format!("Authentication-Results: {forged}\r\n{header}");
        let (topmost, found) = verdict(&codec::fields(header.as_bytes()), SERVER);
        let checks = found.map(|found| found.checks).unwrap_or_default();
        let methods: Vec<&str> = checks.iter().map(|check| check.method.as_str()).collect();
        assert_eq!((topmost, methods), (Topmost::Other, vec!["spf"]));
    }

    #[test]
    fn a_check_is_about_what_its_method_vouches_for() {
        assert_eq!(
            told(&["mx.example.org; dkim=pass header.i=@a.example header.d=b.example; spf=pass smtp.helo=c.example;\
                    dmarc=pass policy.dmarc=none header.from=d.example; auth=pass smtp.auth=ann smtp.mailfrom=x@e.example"])
            .as_deref(),
            Some("dkim pass b.example, spf pass , dmarc pass d.example, auth pass ann")
        );
    }

    #[test]
    fn below_the_topmost_only_what_failed_is_believed() {
        let top = "mx.example.org; dkim=pass header.d=evil.example";
        let dmarc = "mx.example.org; dmarc=fail header.from=bank.example";
        assert_eq!(
            told(&[top, dmarc]).as_deref(),
            Some("dkim pass evil.example, dmarc fail bank.example")
        );
        let passed = "mx.example.org; dmarc=pass header.from=bank.example; dkim=fail";
        assert_eq!(
            told(&[top, passed]).as_deref(),
            Some("dkim pass evil.example")
        );
        let foreign = "mx.evil.example; dmarc=fail";
        assert_eq!(
            told(&[top, foreign]).as_deref(),
            Some("dkim pass evil.example")
        );
    }

    #[test]
    fn a_sender_writes_no_statement_with_his_address() {
        let dmarc = "dmarc fail bank.example";
        for address in [
            "\"(x\"@evil.example",
            "\"x; dmarc=pass header.from=bank.example; y\"@evil.example",
            "\"x\\\"; dmarc=pass\"@evil.example",
            "=?utf-8?q?=28?=@evil.example",
            "=?utf-8?q?=3Bdmarc=3Dpass=28?=@evil.example",
            "x@evil.example (a \\( b)",
            "x=y@evil.example",
        ] {
            let field = format!(
                "mx.example.org; spf=pass smtp.mailfrom={address}; dmarc=fail (p=none) header.from=bank.example"
            );
            assert_eq!(
                told(&[&field]),
                Some(format!("spf pass evil.example, {dmarc}")),
                "{address}"
            );
        }
        let many = format!("mx.example.org; {} dmarc=fail", "arc=none; ".repeat(40));
        assert!(told(&[&many]).unwrap().ends_with(", dmarc fail "));
        for unended in [
            "(x@evil.example; dmarc=fail",
            "\"x@evil.example; dmarc=fail",
        ] {
            let field = format!("mx.example.org; spf=pass smtp.mailfrom={unended}");
            assert!(told(&[&field]).unwrap().ends_with(" …"), "{unended}");
        }
    }
}
