//! What a header says of its sender beyond the names, for the one judgement of who a mail is from (`sender`).
//!
//! Not for judging it. To know before changing it: From is plain only where the strict reading (`plain_from`) and the one
//! that makes the best of what senders write (`codec::addresses`) find the same address.

use super::plain_from::plain_from;
use super::verdict::verdict;
use crate::characters::{Unseen, unseen};
use crate::mail::{Evidence, FromForm};
use crate::mime::codec::{addresses, fields, in_utf8, line, words};

/// Characters of a From that is told as it is written.
const LONGEST: usize = 300;

/// What speaks for and against the sender of a header as it travelled; `charset` is that of its raw letters, `server` the
/// authserv-id of the user's own server, empty where nobody has told it.
pub fn evidence(raw: &[u8], charset: &str, server: &str) -> Evidence {
    let header = in_utf8(raw, charset);
    let all = fields(&header);
    let written: Vec<&Vec<u8>> = all
        .iter()
        .filter(|(name, _)| name == "from")
        .map(|(_, value)| value)
        .collect();
    let decoded: Vec<String> = written
        .iter()
        .map(|value| words(value).trim().to_owned())
        .collect();
    let has_hidden = decoded.iter().any(|value| has_hidden(value));
    let (topmost, verdict) = verdict(&all, server);
    // Before its raw letters were made UTF-8, too: some charsets have bytes of ASCII within a letter.
    let is_plain_raw = || header == raw || plain_from(&fields(raw)).is_some();
    let plain = plain_from(&all).filter(|plain| {
        let read: Vec<_> = written.iter().flat_map(|value| addresses(value)).collect();
        matches!(read.as_slice(), [one] if one.email == *plain) && is_plain_raw()
    });
    let form = match plain {
        Some(_) => FromForm::Plain,
        None => FromForm::Other(in_one_line(&decoded.join("; "))),
    };
    Evidence {
        form,
        has_hidden,
        topmost,
        verdict,
    }
}

fn in_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let shown = line(&words.join(" "));
    match shown.char_indices().nth(LONGEST) {
        None => shown,
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
    }
}

/// True for a text with controls or characters that show nothing, but for the joiners that some scripts are written with,
/// and for what chooses between the forms of a sign such as ☀.
fn has_hidden(text: &str) -> bool {
    let mut before = ' ';
    text.chars().any(|c| {
        let is_after_sign = !before.is_ascii() && !before.is_alphabetic();
        before = c;
        match unseen(c) {
            None => c.is_control() && !matches!(c, '\t' | '\n' | '\r'),
            Some(Unseen::Joiner) => false,
            Some(Unseen::Tag) => !is_after_sign,
            Some(_) => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(from: &str) -> FromForm {
        evidence(format!("From: {from}\r\n").as_bytes(), "", "").form
    }

    #[test]
    fn what_is_not_plain_is_told_as_it_is_written() {
        assert_eq!(form("Ann <ann@example.org>"), FromForm::Plain);
        for (from, written) in [
            (
                "\"service@bank.example\"\r\n <>",
                "\"service@bank.example\" <>",
            ),
            ("=?utf-8?q?=C3=84nn?= <>", "\u{c4}nn <>"),
            ("", ""),
        ] {
            assert_eq!(form(from), FromForm::Other(written.to_owned()));
        }
        let two = evidence(b"From: a@example.org\r\nFrom: b@example.org\r\n", "", "");
        let both = "a@example.org; b@example.org".to_owned();
        assert_eq!(two.form, FromForm::Other(both));
        let FromForm::Other(long) = form(&format!("\"{}\" <>", "a".repeat(5000))) else {
            panic!("plain");
        };
        assert_eq!(long.chars().count(), LONGEST + 1);
    }

    #[test]
    fn hidden_is_what_shows_nothing_and_no_sign_of_a_picture() {
        for hidden in [
            "An\u{202e}n",
            "a\u{ad}b",
            "\u{200b}",
            "a\u{7}",
            "a\u{e0041}",
        ] {
            assert!(has_hidden(hidden), "{hidden:?}");
        }
        for seen in [
            "Ann",
            "Sunny \u{2600}\u{fe0f} Days",
            "\u{645}\u{6cc}\u{200c}\u{62e}",
        ] {
            assert!(!has_hidden(seen), "{seen:?}");
        }
    }
}
