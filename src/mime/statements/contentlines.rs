//! The lines of iCalendar and vCard (RFC 5545 3.1, RFC 6350 3.3): names, parameters, values.
//!
//! Not for what they mean (`calendar`, `vcard`). Total: a line that is none is left out. A well-kept crate would bring a
//! calendar of its own and two parsers for the dozen properties that a page shows.

use crate::mail::Encoding;
use crate::mime::codec::{decode, line, text};
use crate::work::Work;

/// Most lines that are read, and the longest one, in bytes.
const MOST: usize = 5_000;
const LONGEST: usize = 16 * 1024;

/// One property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ContentLine {
    /// Its name in upper case, without a group.
    pub name: String,
    /// Parameters, names in upper case.
    pub parameters: Vec<(String, String)>,
    /// The value as it is written.
    pub value: String,
}

impl ContentLine {
    /// A parameter; empty where there is none.
    pub fn parameter(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }

    /// All of it as one line, as it may be written again.
    pub fn written(&self) -> String {
        let mut line = self.name.clone();
        for (name, value) in &self.parameters {
            let value: String = value.chars().filter(|c| *c != '"').collect();
            let needs_marks = value.contains([':', ';', ',']);
            match needs_marks {
                true => line.push_str(&format!(";{name}=\"{value}\"")),
                false => line.push_str(&format!(";{name}={value}")),
            }
        }
        line.push(':');
        line.push_str(self.value.trim());
        line.retain(|c| !c.is_control());
        line
    }

    /// The value as one line of words, its escapes undone (RFC 5545 3.3.11).
    pub fn words(&self) -> String {
        unescaped(&self.value)
    }

    /// The value in lines, its escapes undone.
    pub fn lines(&self) -> String {
        let mut out = String::with_capacity(self.value.len());
        let mut chars = self.value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => out.push('\n'),
                    Some(other) => out.push(other),
                    None => {}
                },
                _ => out.push(c),
            }
        }
        out
    }

    /// The values between semicolons that are not escaped, empty ones left out.
    pub fn fields(&self) -> Vec<String> {
        let mut fields = vec![String::new()];
        let mut escaped = false;
        for c in self.value.chars() {
            match fields.last_mut() {
                Some(_) if c == ';' && !escaped => fields.push(String::new()),
                Some(last) => last.push(c),
                None => {}
            }
            escaped = c == '\\' && !escaped;
        }
        let read = fields.iter().map(|field| unescaped(field));
        read.filter(|field| !field.is_empty()).collect()
    }
}

/// The lines of a file, unfolded.
pub(super) fn content_lines(bytes: &str, work: &Work) -> Vec<ContentLine> {
    let mut rows: Vec<String> = Vec::new();
    // Whether the current row is quoted-printable, and whether it ends in a soft line break.
    let (mut printable, mut soft) = (false, false);
    for row in bytes.lines() {
        let folded = row.strip_prefix([' ', '\t']);
        let full = rows.len() >= MOST;
        match (rows.last_mut(), folded) {
            // vCard 2.1 goes on after that without a blank.
            (Some(last), _) if soft => {
                if last.ends_with('=') {
                    last.pop();
                }
                append(last, row);
            }
            (Some(last), Some(rest)) => {
                printable |= says_printable(rest);
                append(last, rest);
            }
            _ if full => {
                work.leave_out();
                break;
            }
            _ => {
                printable = says_printable(row);
                let mut last = String::new();
                append(&mut last, row);
                rows.push(last);
            }
        }
        soft = printable && row.ends_with('=');
    }
    rows.iter().filter_map(|row| content_line(row)).collect()
}

/// As much of a piece as its line has room for.
fn append(line: &mut String, piece: &str) {
    let room = LONGEST.saturating_sub(line.len());
    let end = piece.floor_char_boundary(room);
    line.push_str(piece.get(..end).unwrap_or_default());
}

fn says_printable(row: &str) -> bool {
    let name = b"QUOTED-PRINTABLE";
    let mut pieces = row.as_bytes().windows(name.len());
    pieces.any(|piece| piece.eq_ignore_ascii_case(name))
}

fn content_line(row: &str) -> Option<ContentLine> {
    let (mut quoted, mut colon) = (false, None);
    for (at, c) in row.char_indices().take(LONGEST) {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted => {
                colon = Some(at);
                break;
            }
            _ => {}
        }
    }
    let (head, value) = row.split_at_checked(colon?)?;
    let mut pieces = split_outside_quotes(head).into_iter();
    let name = pieces.next()?;
    let name = name.rsplit_once('.').map_or(name.as_str(), |(_, n)| n);
    let parameters: Vec<(String, String)> = pieces
        .map(|piece| match piece.split_once('=') {
            Some((name, value)) => (
                name.trim().to_ascii_uppercase(),
                uncareted(value.trim().trim_matches('"')),
            ),
            // vCard 2.1 has bare words for types and encodings.
            None if piece.eq_ignore_ascii_case("QUOTED-PRINTABLE") => {
                ("ENCODING".to_owned(), piece)
            }
            None => ("TYPE".to_owned(), piece),
        })
        .collect();
    let mut line = ContentLine {
        name: name.trim().to_ascii_uppercase(),
        parameters,
        value: value.get(1..)?.to_owned(),
    };
    if line
        .parameter("ENCODING")
        .eq_ignore_ascii_case("QUOTED-PRINTABLE")
    {
        let bytes = decode(line.value.as_bytes(), Encoding::QuotedPrintable);
        line.value = text(&bytes, line.parameter("CHARSET"));
    }
    (!line.name.is_empty()).then_some(line)
}

/// RFC 6868 3: what may not stand in a parameter.
fn uncareted(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let meant = match (c, chars.peek()) {
            ('^', Some('^')) => '^',
            ('^', Some('\'')) => '"',
            ('^', Some('n')) => ' ',
            _ => {
                out.push(c);
                continue;
            }
        };
        chars.next();
        out.push(meant);
    }
    out
}

fn split_outside_quotes(head: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut quoted = false;
    for c in head.chars() {
        quoted ^= c == '"';
        match pieces.last_mut() {
            Some(_) if c == ';' && !quoted => pieces.push(String::new()),
            Some(last) => last.push(c),
            None => {}
        }
    }
    pieces
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push_str(", "),
                Some(other) => out.push(other),
                None => {}
            },
            '\n' => out.push_str(", "),
            _ => out.push(c),
        }
    }
    let tidy = out.split_whitespace().collect::<Vec<_>>().join(" ");
    line(&tidy).trim_matches([',', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_unfolded_and_their_parameters_read() {
        let lines = content_lines(
            "item1.Attendee;CN=\"Ann; of: Ghent\";ROLE=X:MAILTO:a\r\n nn@example.org\r\nnonsense\r\nSUMMARY:a\\, b\\nc\\\\\r\n:\r\n",
            &Work::default(),
        );
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].name, "ATTENDEE");
        assert_eq!(lines[0].parameter("CN"), "Ann; of: Ghent");
        assert_eq!(lines[0].value, "MAILTO:ann@example.org");
        assert_eq!(lines[1].words(), "a, b, c\\");
        assert_eq!(lines[1].lines(), "a, b\nc\\");
        let careted = content_lines("A;CN=\"a ^'b^' ^^n^n\":c", &Work::default());
        assert_eq!(careted[0].parameter("CN"), "a \"b\" ^n ");
    }

    #[test]
    fn an_old_card_is_quoted_printable() {
        let lines = content_lines(
            "N;CHARSET=UTF-8;QUOTED-PRINTABLE:M=C3=BCl=\nler;Ann;;;\n",
            &Work::default(),
        );
        assert_eq!(lines[0].fields(), ["M\u{fc}ller", "Ann"]);
        let lines = content_lines(
            "NOTE;QUOTED-PRINTABLE:a=\n=\nb=\n\nTEL:1=\nFN:c\n",
            &Work::default(),
        );
        let values: Vec<&str> = lines.iter().map(|line| line.value.as_str()).collect();
        assert_eq!(values, ["ab", "1=", "c"]);
    }

    #[test]
    fn a_line_has_an_end_however_it_goes_on() {
        let x = "\u{e9}".repeat(LONGEST);
        for long in [
            format!("NOTE:{x}\n"),
            format!("NOTE:\n {x}\n {x}\n"),
            format!("NOTE;QUOTED-PRINTABLE:=\n{x}=\n{x}=\n\n"),
            format!("NOTE;QUOTED-PRINTABLE:{}\n\n", "x=\n".repeat(2 * LONGEST)),
        ] {
            let lines = content_lines(&format!("{long}FN:Ann\n"), &Work::default());
            assert_eq!(lines.len(), 2);
            let kept = lines[0].value.len();
            assert!(kept > LONGEST / 2 && kept <= LONGEST, "{kept}");
            assert_eq!(lines[1].value, "Ann");
        }
    }
}
