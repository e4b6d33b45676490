//! What the checks of the user's own server say of a domain (RFC 8601 2.7).
//!
//! Not for reading them out of a header (`mime::statements`).

use crate::mail::{Check, Verdict};

/// What was found out about a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// The message is from this domain.
    Passed,
    /// DMARC failed, for the domain that is named, which may be empty.
    Failed(&'a str),
    /// Nothing that says either.
    Nothing,
}

/// What a verdict says of the domain that is shown.
///
/// DMARC judges just that (RFC 7489 6.6.2), so it has the last word. Without it one check has to have passed for this
/// domain: a letter that was forwarded often fails the other.
pub(super) fn found<'a>(verdict: &'a Verdict, shown: &str) -> Found<'a> {
    let of = |method: &'static str| verdict.checks.iter().filter(move |c| c.method == method);
    if let Some(failed) = of("dmarc").find(|check| check.result.ends_with("fail")) {
        return Found::Failed(&failed.about);
    }
    let has_other = of("dmarc")
        .any(|check| !check.about.is_empty() && !check.about.eq_ignore_ascii_case(shown));
    // It may be the rest that says more, or the server found another sender in the header than is shown.
    if !verdict.is_whole || has_other {
        return Found::Nothing;
    }
    let has_passed = |check: &&Check| check.result == "pass";
    let by_dmarc = || {
        of("dmarc")
            .filter(has_passed)
            .any(|check| !check.about.is_empty())
    };
    let by_domain = |method: &'static str| {
        let mut passed = of(method).filter(has_passed);
        passed.any(|check| is_aligned(&check.about, shown))
    };
    // Who signed in at the user's own server to send it: without a domain, of that server's own.
    let by_login = || {
        let mut passed = of("auth").filter(has_passed);
        passed.any(|check| match check.about.contains('.') {
            true => is_aligned(&check.about, shown),
            false => is_aligned(&verdict.server, shown),
        })
    };
    match by_dmarc() || by_domain("dkim") || by_domain("spf") || by_login() {
        true => Found::Passed,
        false => Found::Nothing,
    }
}

/// True where two domains are one, or one lies below the other (RFC 7489 3.1, relaxed). Never below a top domain.
fn is_aligned(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    let is_below = |low: &str, high: &str| {
        let above = low.strip_suffix(high);
        high.contains('.') && above.is_some_and(|rest| rest.ends_with('.'))
    };
    !one.is_empty() && (one == other || is_below(&one, &other) || is_below(&other, &one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_aligned_with_itself_and_what_lies_below_it() {
        for (one, other) in [
            ("shop.example", "SHOP.example"),
            ("mail.shop.example", "shop.example"),
            ("localhost", "localhost"),
        ] {
            assert!(is_aligned(one, other) && is_aligned(other, one), "{one}");
        }
        for (one, other) in [
            ("", ""),
            ("notshop.example", "shop.example"),
            ("example", "shop.example"),
            ("a.shop.example", "b.shop.example"),
        ] {
            assert!(!is_aligned(one, other) && !is_aligned(other, one), "{one}");
        }
    }
}
