//! What stands in an address beside its route: the notice that its page tells, and how often it has tried again.
//!
//! Not part of the route: a link that is made of one takes neither along.

use super::query::{Link, Query};

/// A notice, by the random number that an address names it with. It stands beside a route, not in it: a link that is made
/// of the route does not take it along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeId(pub [u8; 16]);

/// The query parameter that names a notice.
const NOTICE: &str = "notice";

/// The query parameter by which a page that tries again automatically says so.
const AGAIN: &str = "again";

/// How often the page behind this raw query has already tried again automatically; 0 for a click.
pub fn retries(query: &str) -> u32 {
    Query::read(query)
        .get(AGAIN)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}

/// The notice that a raw query names; None without one, or for what is none.
pub fn notice_of(query: &str) -> Option<NoticeId> {
    let query = Query::read(query);
    query.get(NOTICE).and_then(NoticeId::from_text)
}

impl NoticeId {
    /// Reads what `to_text` wrote.
    pub fn from_text(text: &str) -> Option<NoticeId> {
        let is_plain = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| is_plain)?;
        Some(NoticeId(number.to_be_bytes()))
    }

    /// The number as addresses and forms have it.
    pub fn to_text(self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }
}

/// An address that also names a notice.
pub fn with_notice(href: String, id: NoticeId) -> String {
    let mut link = Link(href);
    link.set(NOTICE, &id.to_text());
    link.0
}

/// The same path and raw query, marked as the n-th retry.
pub fn retrying(path_and_query: &str, n: u32) -> String {
    let (path, query) = path_and_query
        .split_once('?')
        .unwrap_or((path_and_query, ""));
    let mut link = Link(path.to_owned());
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        if key != AGAIN {
            link.set(&key, &value);
        }
    }
    link.set(AGAIN, &n.to_string());
    link.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::{Base, Route};

    #[test]
    fn a_retry_keeps_the_address_and_counts() {
        let twice = retrying(&retrying("/folder?f=a%26b", 1), 2);
        assert_eq!(twice, "/folder?f=a%26b&again=2");
        assert_eq!(retries("f=a%26b&again=2"), 2);
        assert_eq!(retries("f=a"), 0);
        let odd = "/folder?a%26again%3D9%0D%0A=1";
        assert_eq!(retrying(odd, 2), "/folder?a%26again%3D9%0D%0A=1&again=2");
    }

    #[test]
    fn an_address_names_a_notice_and_its_route_does_not() {
        for (id, href) in [
            (NoticeId([0; 16]), "/"),
            (NoticeId([255; 16]), "/folder?f=a"),
        ] {
            let named = with_notice(href.to_owned(), id);
            let (path, query) = named.split_once('?').unwrap();
            assert_eq!(notice_of(query), Some(id), "{named}");
            let route = Route::parse("GET", path, query).unwrap();
            assert!(!route.href(&Base::default()).contains(NOTICE));
        }
        assert_eq!(notice_of(""), None);
        for forged in ["", "1", "+0000000000000000000000000000001", &"g".repeat(32)] {
            assert_eq!(notice_of(&format!("notice={forged}")), None, "{forged}");
        }
    }
}
