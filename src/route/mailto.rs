//! `mailto:` links (RFC 6068): what of them fills the page for writing.

use super::compose::{ComposeQuery, MAILTO};
use super::{Base, Route};

/// The longest `mailto:` that is read, in bytes, and the longest of its fields.
const LONGEST_MAILTO: usize = 64 * 1024;

impl ComposeQuery {
    /// Reads a `mailto:` link (RFC 6068), as far as it is safe: addresses, subject, text, and what it answers.
    pub fn of_mailto(link: &str) -> ComposeQuery {
        let mut query = ComposeQuery::default();
        let link = match link.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => link.get(7..),
            _ => None,
        };
        let Some(link) = link.filter(|link| link.len() <= LONGEST_MAILTO) else {
            return query;
        };
        let (to, fields) = link.split_once('?').unwrap_or((link, ""));
        // A plus sign is a plus sign here (RFC 6068 5).
        let decoded = |text: &str| {
            let pair = format!("x={}", text.replace('+', "%2B"));
            let mut pairs = form_urlencoded::parse(pair.as_bytes());
            pairs
                .next()
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        let mut add = |name: &str, value: String| {
            let one_line = value.replace(['\r', '\n'], " ");
            let field = match name {
                "to" => &mut query.to,
                "cc" => &mut query.cc,
                "bcc" => &mut query.bcc,
                "subject" => {
                    query.subject = one_line;
                    return;
                }
                "in-reply-to" => {
                    query.in_reply_to = one_line.trim_matches(['<', '>', ' ']).to_owned();
                    return;
                }
                "body" => {
                    query.text = value.replace("\r\n", "\n").replace('\r', "\n");
                    return;
                }
                _ => return,
            };
            if !field.is_empty() && !one_line.is_empty() {
                field.push_str(", ");
            }
            field.push_str(&one_line);
        };
        add("to", decoded(to));
        for field in fields.split('&') {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            add(&name.to_ascii_lowercase(), decoded(value));
        }
        query
    }
}

/// What stands before a `mailto:` link, escaped, in the address of the page that writes to it.
pub fn before_mailto(base: &Base) -> String {
    format!("{}?{}=", Route::Write.href(base), MAILTO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailto_fills_only_what_is_safe() {
        let query = ComposeQuery::of_mailto(
            "MAILTO:ann%40example.org,bo@x.org?cc=c+d@x.org&subject=A%20b%0d%0aBcc:%20e&body=l1%0D%0Al2&from=f&attach=/etc/passwd&to=z@x.org",
        );
        assert_eq!(query.to, "ann@example.org,bo@x.org, z@x.org");
        assert_eq!((query.cc.as_str(), query.bcc.as_str()), ("c+d@x.org", ""));
        assert_eq!(query.subject, "A b  Bcc: e");
        assert_eq!(query.text, "l1\nl2");
        assert_eq!(
            ComposeQuery::of_mailto("javascript:alert(1)"),
            ComposeQuery::default()
        );
    }
}
