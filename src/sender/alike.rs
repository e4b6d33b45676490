//! Domains that are taken for each other: letters that look alike, one letter more, less, other, or out of its place.
//!
//! Not for letters of other alphabets in the address of a sender (`looks`): here nobody has written yet.

/// What looks like something else, and that.
const ALIKE: [(&str, &str); 34] = [
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("0", "o"),
    ("1", "l"),
    ("i", "l"),
    ("5", "s"),
    ("-", ""),
    ("\u{430}", "a"),
    ("\u{435}", "e"),
    ("\u{43e}", "o"),
    ("\u{440}", "p"),
    ("\u{441}", "c"),
    ("\u{443}", "y"),
    ("\u{445}", "x"),
    ("\u{456}", "l"),
    ("\u{458}", "j"),
    ("\u{455}", "s"),
    ("\u{501}", "d"),
    ("\u{51b}", "q"),
    ("\u{51d}", "w"),
    ("\u{3bf}", "o"),
    ("\u{3b1}", "a"),
    ("\u{e0}", "a"),
    ("\u{e1}", "a"),
    ("\u{e4}", "a"),
    ("\u{e5}", "a"),
    ("\u{e8}", "e"),
    ("\u{e9}", "e"),
    ("\u{ed}", "l"),
    ("\u{131}", "l"),
    ("\u{f3}", "o"),
    ("\u{f6}", "o"),
    ("\u{fc}", "u"),
];
/// The shortest name in which one letter more or less is no name of its own, in letters.
const SHORTEST: usize = 5;

/// True for a domain that may be taken for a known one, and is another. Names below the same domain are not.
pub fn is_alike(domain: &str, known: &str) -> bool {
    let (domain, known) = (seen(domain), seen(known));
    let (one, other) = (registered(&domain), registered(&known));
    if one == other {
        return false;
    }
    let length = |labels: &[&str]| labels.last().map_or(0, |name| name.chars().count());
    let may_slip = length(&one).min(length(&other)) >= SHORTEST;
    let (looks, known_looks) = (looks(&domain), looks(&known));
    let is_slip = || is_slip(&domain, &known) || is_slip(&looks, &known_looks);
    looks == known_looks || (may_slip && is_slip())
}

/// A domain as it is shown.
fn seen(domain: &str) -> String {
    let (seen, _) = idna::domain_to_unicode(domain.trim_end_matches('.'));
    seen.to_lowercase()
}

/// The part of a domain that somebody has registered, as far as its form tells: two labels, or three where the last two are
/// short.
fn registered(domain: &str) -> Vec<&str> {
    let mut labels: Vec<&str> = domain.rsplit('.').take(3).collect();
    let is_short = |nth: usize| labels.get(nth).is_some_and(|label| label.len() <= 3);
    if !(is_short(0) && is_short(1)) {
        labels.truncate(2);
    }
    labels
}

fn looks(domain: &str) -> String {
    let mut looks = domain.to_owned();
    for (from, to) in ALIKE {
        looks = looks.replace(from, to);
    }
    looks
}

/// True where one is the other with a letter more, less or other, or with two that have changed places.
fn is_slip(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let a = one.get(same..).unwrap_or_default();
    let b = other.get(same..).unwrap_or_default();
    let rest = |letters: &[char], n: usize| letters.get(n..).unwrap_or_default().to_vec();
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Less => rest(b, 1) == a,
        std::cmp::Ordering::Greater => rest(a, 1) == b,
        std::cmp::Ordering::Equal => {
            let is_swapped = a.first() == b.get(1) && a.get(1) == b.first();
            rest(a, 1) == rest(b, 1) || (is_swapped && rest(a, 2) == rest(b, 2))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_for_another_domain_is_told_from_what_is_not() {
        for (domain, known) in [
            ("examp1e.org", "example.org"),
            ("exarnple.org", "example.org"),
            ("exampel.org", "example.org"),
            ("exmple.org", "example.org"),
            ("examples.org", "example.org"),
            ("example.co", "example.com"),
            ("ex\u{430}mple.org", "example.org"),
            ("xn--exmple-4nf.org", "example.org"),
            ("my-bank.example", "mybank.example"),
            ("EXAMPLE.0rg", "example.org"),
            ("acrne-shop.co.uk", "acme-shop.co.uk"),
        ] {
            assert!(is_alike(domain, known), "{domain} {known}");
        }
        for (domain, known) in [
            ("example.org", "example.org"),
            ("Example.org.", "example.org"),
            ("mail1.example.org", "mail2.example.org"),
            ("lists.example.org", "example.org"),
            ("web.de", "gmx.de"),
            ("ab.de", "ac.de"),
            ("other.example", "example.org"),
            ("sun.co.uk", "son.co.uk"),
            ("", "example.org"),
        ] {
            assert!(!is_alike(domain, known), "{domain} {known}");
        }
    }
}
