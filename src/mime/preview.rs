//! The first words of a text, for the line below a subject; and what a text says of its own protection.

use super::line;
use crate::told::Protection;

/// Characters of a preview: more than the widest list shows.
const LONGEST: usize = 200;

/// The first words of a text, on one line: quotes left out, rules and runs of blanks shortened.
pub fn preview(text: &str) -> String {
    let mut out = String::new();
    let mut room = LONGEST;
    let own = text.lines().filter(|row| !row.starts_with('>'));
    for word in own.flat_map(str::split_whitespace) {
        let word: String = word.chars().filter(|c| !is_blank(*c)).take(room).collect();
        let is_rule = word.chars().count() > 2 && !word.chars().any(char::is_alphanumeric);
        if word.is_empty() || is_rule {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word);
        room = room.saturating_sub(word.chars().count().saturating_add(1));
        if room == 0 {
            break;
        }
    }
    line(&out)
}

/// Characters that newsletters pad their first words with.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{200b}' | '\u{200c}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
    )
}

/// OpenPGP in the text itself, as it was before PGP/MIME.
pub fn inline_protection(text: &str) -> Option<Protection> {
    let mut rows = text.lines().take(200);
    rows.find_map(|row| match row.trim_end() {
        "-----BEGIN PGP MESSAGE-----" => Some(Protection::PgpEncrypted),
        "-----BEGIN PGP SIGNED MESSAGE-----" => Some(Protection::PgpSigned),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_the_writers_own_first_words() {
        assert_eq!(
            preview("> said\n----------\n  Hello\u{200c}\u{34f} Ann,\r\n\tcome &\u{202e} see"),
            "Hello Ann, come & see"
        );
        assert_eq!(preview(""), "");
        assert!(preview(&"\u{4f60}".repeat(5000)).chars().count() <= LONGEST);
    }
}
