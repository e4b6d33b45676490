//! What a name or an address looks like, and what it is: addresses inside of names, letters that are taken for others.
//!
//! Not for how a field is written (`mime::statements`).

use super::Doubt;
use crate::characters::{Unseen, unseen};

/// Signs that are drawn like an at sign, and like a dot.
const AT_SIGNS: [char; 3] = ['\u{ff20}', '\u{fe6b}', '\u{24d0}'];
const DOTS: [char; 16] = [
    '\u{b7}', '\u{387}', '\u{589}', '\u{660}', '\u{6d4}', '\u{701}', '\u{702}', '\u{2024}',
    '\u{2027}', '\u{2219}', '\u{22c5}', '\u{3002}', '\u{fe52}', '\u{ff0e}', '\u{ff61}', '\u{a4f8}',
];

/// The first mail address in a name, however its signs are drawn and set apart.
pub(super) fn address_in(name: &str) -> Option<String> {
    let plain: String = name
        .chars()
        .filter(|c| !is_hidden(*c))
        .map(|c| match c {
            c if AT_SIGNS.contains(&c) => '@',
            c if DOTS.contains(&c) => '.',
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

/// Letters in the part before the at sign that are not of ASCII.
pub(super) fn foreign_local(email: &str) -> Option<Doubt> {
    let (local, _) = email.rsplit_once('@')?;
    (!local.is_ascii()).then(|| Doubt::ForeignLocal(local.to_owned()))
}

/// Controls and characters that show nothing.
fn is_hidden(c: char) -> bool {
    c.is_control() || !matches!(unseen(c), None | Some(Unseen::Blank))
}

/// A domain with other letters than those of ASCII, however it is written.
pub(super) fn foreign_domain(email: &str) -> Option<Doubt> {
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
    let seen = |text: String| text.chars().filter(|c| !is_hidden(*c)).collect();
    let (looks, is): (String, String) = (seen(looks), seen(is));
    // Else only its dots are others, or it is no domain at all: that is told of the whole address.
    (looks != is).then_some(Doubt::Foreign { looks, is, mixed })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_a_name_is_found_however_it_is_drawn() {
        for name in [
            "service@bank.example",
            "@service@bank.example",
            "service @ bank.example",
            "Bank (service@bank.example.)",
            "service\u{ff20}bank\u{3002}example",
            "a@b service@bank\u{ff0e}example",
            "service@bank\u{2024}example",
            "serv\u{200b}ice@ba\u{200d}nk.example",
        ] {
            assert_eq!(
                address_in(name).as_deref(),
                Some("service@bank.example"),
                "{name}"
            );
        }
        for name in ["Ann @ Work", "Ann", "", "@", "a@.b", "mail at bank.example"] {
            assert_eq!(address_in(name), None, "{name}");
        }
    }

    #[test]
    fn letters_of_several_alphabets_in_one_word_are_mixed() {
        let foreign = |email| match foreign_domain(email) {
            Some(Doubt::Foreign { looks, is, mixed }) => Some((looks, is, mixed)),
            _ => None,
        };
        let mixed = foreign("x@xn--pypal-4ve.com").unwrap();
        assert_eq!((mixed.1.as_str(), mixed.2), ("xn--pypal-4ve.com", true));
        let whole = foreign("x@b\u{fc}cher.example").unwrap();
        assert_eq!(whole.0, "b\u{fc}cher.example");
        assert_eq!(
            (whole.1.as_str(), whole.2),
            ("xn--bcher-kva.example", false)
        );
        assert_eq!(foreign("x@bank.example"), None);
    }
}
