//! Letters as people sort them: without case, accents, and what stands before a subject in answers.
//!
//! Not an order of any one language (UCA and its tailorings take megabytes): Ä sorts as A everywhere.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;

/// Most letters of a text that are looked at.
const LOOKED_AT: usize = 200;

/// Most bytes of a subject in which the beginnings of answers are looked for.
const LONGEST_SUBJECT: usize = 1_000;

/// The beginning of a text as it sorts, in at most so many bytes.
pub(super) fn folded(text: &str, most: usize) -> String {
    let marks = CanonicalCombiningClassMapBorrowed::new();
    let few = text.trim().chars().take(LOOKED_AT);
    let lower = few.flat_map(char::to_lowercase);
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(lower);
    let plain = plain.filter(|c| marks.get_u8(*c) == 0);
    let plain: String = plain.fold(String::new(), |mut out, c| {
        match c {
            // Letters of their own, which no decomposition takes apart.
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            '"' => {}
            c if c.is_whitespace() || c.is_control() => out.push(' '),
            c => out.push(c),
        }
        out
    });
    // What stands before the first letter, such as quotation marks, is no part of the word.
    let bare = plain.trim_start_matches(|c: char| !c.is_alphanumeric());
    let kept = if bare.is_empty() { plain.trim() } else { bare };
    let words: Vec<&str> = kept.split_whitespace().collect();
    let mut key = words.join(" ");
    let end = key.floor_char_boundary(most);
    key.truncate(end);
    key
}

/// A subject without what stands around it in answers and forwarded messages (RFC 5256 2.1).
pub(super) fn base_subject(subject: &str) -> &str {
    let end = subject.floor_char_boundary(LONGEST_SUBJECT);
    let mut base = subject.get(..end).unwrap_or_default().trim();
    loop {
        let before = base;
        while let Some(rest) = without_end(base, "(fwd)") {
            base = rest.trim_end();
        }
        while let Some(rest) = without_answer(base) {
            base = rest.trim_start();
        }
        if let Some(rest) = without_blob(base).map(str::trim_start)
            && !rest.is_empty()
        {
            base = rest;
            continue;
        }
        let inner = without_start(base, "[fwd:").and_then(|rest| rest.strip_suffix(']'));
        base = inner.unwrap_or(base).trim();
        if base.len() == before.len() {
            return base;
        }
    }
}

/// Without `Re:`, `Fw:` or `Fwd:`, where it begins so; something in brackets may stand before the colon.
fn without_answer(text: &str) -> Option<&str> {
    let mut text = text;
    while let Some(rest) = without_blob(text) {
        text = rest.trim_start();
    }
    let words = ["re", "fwd", "fw"];
    let rest = words.iter().find_map(|word| without_start(text, word))?;
    let rest = rest.trim_start();
    let rest = without_blob(rest).unwrap_or(rest);
    rest.trim_start().strip_prefix(':')
}

/// Without the name of a list in brackets, where it begins so.
fn without_blob(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    inner.get(end..)?.strip_prefix(']')
}

fn without_start<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

fn without_end<'t>(text: &'t str, end: &str) -> Option<&'t str> {
    let (rest, tail) = text.split_at_checked(text.len().checked_sub(end.len())?)?;
    tail.eq_ignore_ascii_case(end).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_what_stands_before_the_first_letter_do_not_sort() {
        for (text, key) in [
            ("Émile Ångström", "emile angstrom"),
            ("\"Zoë\"  Weiß", "zoe weiss"),
            ("ŁÓDŹ", "lodz"),
            ("İstanbul", "istanbul"),
            ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
            ("Борис Йод", "борис иод"),
            ("  (…) ", "(...)"),
            ("", ""),
        ] {
            assert_eq!(folded(text, 60), key, "{text}");
        }
        // Cut between letters, never within one.
        assert_eq!(folded(&"д".repeat(40), 15), "д".repeat(7));
        assert_eq!(folded(&"a\u{301}".repeat(1_000_000), 24).len(), 24);
    }

    #[test]
    fn a_subject_sorts_without_what_stands_around_it_in_answers() {
        for (subject, base) in [
            ("Re: Lunch", "Lunch"),
            ("RE[2]: re : Fwd: Lunch (fwd) (FWD)", "Lunch"),
            ("[list] Re: [list] Lunch", "Lunch"),
            ("[Fwd: Re: Lunch]", "Lunch"),
            ("[Fwd: [list] Lunch]", "Lunch"),
            ("[list]", "[list]"),
            ("Re:", ""),
            ("Review", "Review"),
            ("[", "["),
            ("[a[b] c", "[a[b] c"),
            ("réunion", "réunion"),
        ] {
            assert_eq!(base_subject(subject), base, "{subject}");
        }
        for piece in ["[a]", "re:", "[fwd:", "(fwd)", "["] {
            assert!(base_subject(&piece.repeat(100_000)).len() <= LONGEST_SUBJECT);
        }
    }
}
