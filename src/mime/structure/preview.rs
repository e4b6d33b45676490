//! The first words of a text, for the line below a subject; whether a text says anything at all; and what it says of its
//! own protection.

use std::borrow::Cow;

use crate::characters::{Unseen, unseen};
use crate::extras::Protection;
use crate::mime::codec::line;

/// Characters of a preview: more than the widest list shows.
const LONGEST: usize = 200;

/// The first words of a text, on one line: quotes, rules and addresses in brackets left out, runs of blanks shortened.
pub fn preview(text: &str) -> String {
    let mut out = String::new();
    let mut room = LONGEST;
    let own = text.lines().filter(|row| !row.starts_with('>'));
    for word in own.flat_map(str::split_whitespace) {
        // Joiners belong to the words of some scripts; at their ends they only pad.
        let word = word.trim_matches(|c| is_blank(c) || unseen(c) == Some(Unseen::Joiner));
        let word = match word.is_ascii() {
            true => Cow::Borrowed(word.get(..room).unwrap_or(word)),
            false => word.chars().filter(|c| !is_blank(*c)).take(room).collect(),
        };
        let is_rule = word.chars().count() > 2 && !word.chars().any(char::is_alphanumeric);
        // What a plain version has where there was a picture or a link.
        let is_address = word.starts_with(['[', '<', '(']) && word.contains("://");
        if word.is_empty() || is_rule || is_address {
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

/// Characters without ink that newsletters pad their first words with, so that a list shows nothing behind these. Not the
/// joiners, which belong to words, nor the tags, which make flags.
fn is_blank(c: char) -> bool {
    !matches!(unseen(c), None | Some(Unseen::Joiner | Unseen::Tag))
}

/// True for the plain version of a mail that only stands in for its HTML: `This mail must be viewed in HTML.` It has less
/// than a quarter of the letters of `html`, the words of the HTML. Addresses do not count: trackers make them long.
///
/// Where it is the beginning of a longer HTML after all, nothing is lost: that begins with the same words.
pub fn is_stub(text: &str, html: &str) -> bool {
    let letters = |text: &str| -> usize {
        let words = text.split_whitespace().filter(|word| !word.contains("://"));
        words
            .flat_map(str::chars)
            .filter(|c| c.is_alphanumeric())
            .count()
    };
    letters(text).saturating_mul(4) < letters(html)
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
        let pictured =
            "[https://shop.example/logo.png]\nTwo kettles <https://shop.example/2> for one";
        assert_eq!(preview(pictured), "Two kettles for one");
        // Preheaders: joiners and blanks of all kinds, then what nobody is meant to see.
        let padding =
            "\u{34f} \u{200c}\u{a0}\u{2007}\u{2800} \u{ad}\u{feff} \u{200d}\u{3164}".repeat(80);
        assert_eq!(
            preview(&format!("Sale\u{200c}{padding}View online")),
            "Sale View online"
        );
        // Inside of a word it is part of it.
        let persian = "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}";
        assert_eq!(preview(persian), persian);
        assert!(preview(&"\u{4f60}".repeat(5000)).chars().count() <= LONGEST);
    }

    #[test]
    fn a_text_that_only_stands_in_for_its_html_is_known() {
        let html =
            "Ten short books for long evenings: islands, lighthouses and one very patient zebra. "
                .repeat(3);
        let link = format!("https://track.example/{}", "x".repeat(300));
        for text in [
            "",
            "This mail must be viewed in HTML.",
            &format!("See {link}"),
        ] {
            assert!(is_stub(text, &html), "{text}");
        }
        let half = html.get(..130).unwrap_or_default();
        for text in [html.as_str(), half, &format!("{html} {link}")] {
            assert!(!is_stub(text, &html), "{text}");
        }
        assert!(!is_stub("Yes", "Yes") && !is_stub("", ""));
    }
}
