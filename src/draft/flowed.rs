//! Text as format=flowed (RFC 3676): paragraphs in short lines that a reader's program joins again.

/// The longest line, in characters, without the blank that joins it to the next (RFC 3676 4.2).
const WIDTH: usize = 76;

/// A text with its paragraphs in short lines, each ended by CRLF. Lines that quote stay as they are.
pub fn flowed(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(text.len() / 32));
    for line in text.lines() {
        let line: String = line.chars().filter(|c| is_sent(*c)).collect();
        if line == "-- " {
            out.push_str("-- \r\n");
            continue;
        }
        // A blank at its end would join it to the next.
        let line = line.trim_end_matches(' ');
        match line.starts_with('>') {
            true => {
                out.push_str(line);
                out.push_str("\r\n");
            }
            false => paragraph(line, &mut out),
        }
    }
    out
}

/// Controls other than the tab are nobody's words, and some programs stop at them.
fn is_sent(c: char) -> bool {
    c == '\t' || !c.is_control()
}

fn paragraph(line: &str, out: &mut String) {
    let mut rest = line;
    loop {
        let (now, later) = broken(rest);
        // Stuffed (RFC 3676 4.4): what would be taken for a quote, for stuffing, or for the head of a mailbox.
        if now.starts_with([' ', '>']) || now.starts_with("From ") {
            out.push(' ');
        }
        out.push_str(now);
        let Some(later) = later else {
            out.push_str("\r\n");
            return;
        };
        out.push_str(" \r\n");
        rest = later;
    }
}

/// The first short line of a paragraph, and what follows behind the blank at its end.
fn broken(line: &str) -> (&str, Option<&str>) {
    if line.chars().nth(WIDTH).is_none() {
        return (line, None);
    }
    let mut within = None;
    let blanks = line.match_indices(' ').map(|(at, _)| at);
    // One in front breaks nothing off, one beside another would be lost or end the paragraph, and dashes alone would
    // begin a signature.
    let breaks = blanks.filter(|at| {
        let before = line.get(..*at).unwrap_or_default();
        let after = line.get(at.saturating_add(1)..).unwrap_or_default();
        !before.is_empty() && before != "--" && !before.ends_with(' ') && !after.starts_with(' ')
    });
    for at in breaks {
        let length = line.get(..at).unwrap_or_default().chars().count();
        if length > WIDTH && within.is_some() {
            break;
        }
        within = Some(at);
        if length > WIDTH {
            break;
        }
    }
    let split = within.and_then(|at| Some((line.get(..at)?, line.get(at.saturating_add(1)..)?)));
    match split {
        Some((now, later)) => (now, Some(later)),
        None => (line, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program makes of it that knows format=flowed (RFC 3676 4.5).
    fn joined(flowed: &str) -> String {
        let mut out = String::new();
        for line in flowed.lines() {
            let is_quote = line.starts_with('>');
            let plain = match is_quote {
                true => line,
                false => line.strip_prefix(' ').unwrap_or(line),
            };
            out.push_str(plain);
            if plain == "-- " || is_quote || !plain.ends_with(' ') {
                out.push('\n');
            }
        }
        out
    }

    #[test]
    fn a_paragraph_is_short_lines_and_one_line_again() {
        let long = "word ".repeat(60);
        let texts = [
            "Hello\n\nAnn".to_owned(),
            long.trim_end().to_owned(),
            format!("{} short", "x".repeat(200)),
            " indented\n>quoted by hand\nFrom here\n  two  blanks   within ".repeat(9),
            format!("> {}", "quoted ".repeat(30).trim_end()),
            "-- \nAnn".to_owned(),
            "日本語 ".repeat(50).trim_end().to_owned(),
        ];
        for text in texts {
            let sent = flowed(&text);
            for line in sent.split("\r\n").filter(|line| !line.starts_with('>')) {
                let is_one_word = !line.trim_end().contains(' ');
                let length = line.trim_end().chars().count();
                assert!(length <= WIDTH + 1 || is_one_word, "{line}");
                assert!(!line.contains('\n'));
            }
            let meant: Vec<&str> = text
                .lines()
                .map(|line| match line {
                    "-- " => line,
                    line => line.trim_end_matches(' '),
                })
                .collect();
            assert_eq!(joined(&sent), format!("{}\n", meant.join("\n")));
        }
    }

    #[test]
    fn controls_are_left_out() {
        assert_eq!(flowed("a\u{7}b\tc\u{9b}\u{0}"), "ab\tc\r\n");
    }
}
