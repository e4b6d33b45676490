//! Lists of addresses: who stands in From, To and their like.
//!
//! mail-parser finds addresses and groups; before it reads a value, the value is mended. Encoded words become marks of one
//! letter each, and what they say is put in where they stood afterwards: no coded comma ends an address, and nothing is
//! decoded twice. Commas that were forgotten between two addresses are put in; remarks that belong to nobody are left out.

use mail_parser::{HeaderValue, parsers::MessageStream};

use super::text::line;
use super::words::{Piece, pieces};
use crate::mail::Address;

/// Longest list of addresses that is read, in bytes.
const LONGEST_FIELD: usize = 256 * 1024;
/// Most addresses of one field.
const MOST: usize = 5000;
/// Longest name of a person, in characters, and longest address: what is longer is no name, and stands in every list.
const LONGEST_NAME: usize = 300;
const LONGEST_ADDRESS: usize = 1000;
/// Around the number of an encoded word: two characters that no text has (Unicode 23.7).
const MARKS: [char; 2] = ['\u{fdd0}', '\u{fdd1}'];

/// The addresses of a value, groups flattened; an empty group stays as its name.
pub fn addresses(value: &[u8]) -> Vec<Address> {
    let length = value.len().min(LONGEST_FIELD);
    let (marked, coded) = marked(value.get(..length).unwrap_or_default());
    let mended = format!("{}\n", separated(&marked));
    let mut stream = MessageStream::new(mended.as_bytes());
    let HeaderValue::Address(read) = stream.parse_address() else {
        return Vec::new();
    };
    let tidy = |text: Option<&str>| {
        let text = unmarked(text.unwrap_or_default(), &coded);
        line(&text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let mut found: Vec<Address> = Vec::new();
    // What stands before in the same list.
    let mut before: Option<Address> = None;
    for group in read.into_group() {
        if group.name.is_some() {
            found.extend(before.take());
        }
        if group.addresses.is_empty() {
            found.push(Address {
                name: tidy(group.name.as_deref()),
                email: String::new(),
            });
        }
        for one in group.addresses {
            let (mut name, mut email) = (tidy(one.name.as_deref()), tidy(one.address.as_deref()));
            // An encoded word is a name, not the local part of an address.
            let is_coded = one.address.is_some_and(|a| a.contains(MARKS));
            if is_coded && name.is_empty() && !email.contains('@') {
                name = std::mem::take(&mut email);
            }
            for mut person in people(unquote(&name), &email) {
                match before.take() {
                    Some(surname) if is_surname(&surname, &person) => {
                        person.name = format!("{}, {}", surname.shown(), person.name);
                    }
                    other => found.extend(other),
                }
                before = Some(person);
            }
        }
    }
    found.extend(before);
    found.retain(|a| !(a.name.is_empty() && a.email.is_empty()));
    found.truncate(MOST);
    for address in &mut found {
        shorten(&mut address.name, LONGEST_NAME);
        shorten(&mut address.email, LONGEST_ADDRESS);
    }
    found
}

fn shorten(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
}

/// The value with a mark for each run of encoded words, all else in UTF-8; and what the words say.
fn marked(value: &[u8]) -> (String, Vec<String>) {
    let mut out = String::new();
    let mut coded = Vec::new();
    for piece in pieces(value) {
        match piece {
            Piece::Plain(text) => {
                out.extend(
                    text.chars()
                        .filter(|c| !MARKS.contains(c))
                        .map(|c| match c {
                            '\n' => ' ',
                            c => c,
                        }),
                );
            }
            Piece::Coded(text) => {
                let [begin, end] = MARKS;
                out.push_str(&format!("{begin}{}{end}", coded.len()));
                coded.push(text);
            }
        }
    }
    (out, coded)
}

/// A text with what its marks stand for.
fn unmarked(text: &str, coded: &[String]) -> String {
    let [begin, end] = MARKS;
    let mut pieces = text.split(begin);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (number, rest) = piece.split_once(end).unwrap_or(("", piece));
        let said = number.parse::<usize>().ok().and_then(|n| coded.get(n));
        out.push_str(said.map_or("", String::as_str));
        out.push_str(rest);
    }
    out
}

/// The value with a comma after each address in brackets that another one follows without, and without the remarks (RFC
/// 5322 3.2.2) that stand where an address could: `unlisted-recipients:; (no To-header on input)`.
fn separated(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut entry = Entry::default();
    let (mut depth, mut quoted, mut escaped, mut bracket) = (0_u32, false, false, None);
    for c in value.chars() {
        let plain = !quoted && depth == 0 && !escaped;
        match c {
            _ if escaped => {}
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth = depth.saturating_add(1),
            ')' if depth > 0 => depth = depth.saturating_sub(1),
            '<' if plain && bracket.is_none() => {
                if let Some(at) = entry.after_address() {
                    out.insert_str(at.unwrap_or(out.len()), ", ");
                }
                bracket = Some(out.len());
            }
            '>' if plain => {
                let begin = bracket.take().unwrap_or(out.len());
                let is_address = out.get(begin..).is_some_and(|inner| inner.contains('@'));
                entry.has_address = is_address;
                entry.next = None;
                out.push(c);
                continue;
            }
            ',' | ';' | ':' if plain && bracket.is_none() => {
                entry.end(&mut out);
                out.push(c);
                entry = Entry {
                    start: out.len(),
                    is_first: false,
                    ..Entry::default()
                };
                continue;
            }
            _ => {}
        }
        let is_word = depth == 0 && c != ')' && !c.is_whitespace();
        entry.has_words |= is_word;
        if is_word && entry.has_address {
            entry.next = entry.next.or(Some(out.len()));
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    entry.end(&mut out);
    out
}

/// What stands between two commas.
struct Entry {
    start: usize,
    is_first: bool,
    /// True where there is more in it than remarks.
    has_words: bool,
    /// True behind the address in brackets that it has.
    has_address: bool,
    /// Where words begin behind that.
    next: Option<usize>,
}

impl Default for Entry {
    fn default() -> Entry {
        Entry {
            start: 0,
            is_first: true,
            has_words: false,
            has_address: false,
            next: None,
        }
    }
}

impl Entry {
    /// Where another address in brackets begins behind the one that it has: with the words before it, else with itself.
    /// None where it has none yet.
    fn after_address(&mut self) -> Option<Option<usize>> {
        let next = self.next.take();
        std::mem::take(&mut self.has_address).then_some(next)
    }

    /// Leaves out what is only a remark.
    fn end(&self, out: &mut String) {
        if !self.is_first && !self.has_words {
            out.truncate(self.start);
        }
    }
}

/// True for `Peeters` of `Peeters, Ann <ann@example.org>`, where the quotes around the name were forgotten.
fn is_surname(entry: &Address, next: &Address) -> bool {
    let word = entry.shown();
    let alone = entry.name.is_empty() || entry.email.is_empty();
    let is_name = word
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
    alone && is_name && !word.contains('@') && !next.name.is_empty() && next.email.contains('@')
}

/// One entry of a list; two where a comma was forgotten between two addresses.
fn people(name: String, email: &str) -> Vec<Address> {
    if email.starts_with('"') && email.contains("\"@") {
        let email = email.to_owned();
        return vec![Address { name, email }];
    }
    // `@a,` before an address is a piece of a route.
    let is_email = |w: &&str| w.contains('@') && (!w.starts_with('@') || w.contains(':'));
    let (emails, others): (Vec<&str>, Vec<&str>) = email.split_whitespace().partition(is_email);
    if emails.is_empty() {
        // `MAILER-DAEMON`, or words where an address should be.
        let bare = name.contains('@') && !name.contains(' ') && email.is_empty();
        let (name, email) = match (bare, others.len()) {
            (true, _) => (String::new(), name),
            (false, 0 | 1) => (name, email.to_owned()),
            (false, _) if name.is_empty() => (email.to_owned(), String::new()),
            (false, _) => (name, String::new()),
        };
        return vec![Address { name, email }];
    }
    let name = if name.is_empty() {
        others.join(" ")
    } else {
        name
    };
    let mut name = Some(name);
    emails
        .into_iter()
        .map(|email| {
            // RFC 5322 4.4: a route in front of the address means nothing any more.
            let route = email.strip_prefix('@').and_then(|r| r.rsplit_once(':'));
            let email = route.map_or(email, |(_, email)| email).to_owned();
            Address {
                name: name.take().unwrap_or_default(),
                email,
            }
        })
        .collect()
}

/// Names that were quoted twice lose the second pair too.
fn unquote(name: &str) -> String {
    let inner = ["'", "\""]
        .iter()
        .find_map(|q| name.strip_prefix(q)?.strip_suffix(q));
    inner
        .filter(|i| !i.contains(['\'', '"']))
        .unwrap_or(name)
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<String> {
        let all = addresses(value.as_bytes()).into_iter();
        all.map(|a| format!("{}|{}", a.name, a.email)).collect()
    }

    #[test]
    fn a_comma_may_be_forgotten_between_two_addresses() {
        let both = ["Mira Lund|mira@example.org", "Tobias Ek|tobias@example.org"];
        for value in [
            "Mira Lund <mira@example.org> Tobias Ek <tobias@example.org>",
            "\"Mira Lund\" <mira@example.org>\r\n =?utf-8?Q?Tobias_Ek?= <tobias@example.org>",
        ] {
            assert_eq!(read(value), both, "{value}");
        }
        assert_eq!(
            read("<mira@example.org> (at work) Tobias Ek <tobias@example.org>"),
            ["at work|mira@example.org", "Tobias Ek|tobias@example.org"]
        );
        let quoted = "\"Lund <m@x> <n@y>\" <mira@example.org>";
        assert_eq!(read(quoted), ["Lund <m@x> <n@y>|mira@example.org"]);
        assert_eq!(
            read("<@a.example,@b.example:mira@example.org>"),
            ["|mira@example.org"]
        );
    }

    #[test]
    fn a_remark_is_nobody() {
        assert_eq!(
            read("unlisted-recipients:; (no To-header on input)"),
            ["unlisted-recipients|"]
        );
        assert_eq!(read("ann@example.org, (and others)"), ["|ann@example.org"]);
    }

    #[test]
    fn what_is_coded_is_decoded_once_and_ends_nothing() {
        for (value, is) in [
            (
                "=?utf-8?Q?=3D=3Futf-8=3FQ=3FBoss=3F=3D?= <mira@example.org>",
                "=?utf-8?Q?Boss?=|mira@example.org",
            ),
            (
                "=?utf-8?Q?Lund=2C_Mira?= <mira@example.org>",
                "Lund, Mira|mira@example.org",
            ),
            ("=?utf-8?Q?Mira?=", "Mira|"),
            (
                "\"=?utf-8?Q?M=C3=ADra?=\" <mira@example.org>",
                "M\u{ed}ra|mira@example.org",
            ),
            (
                "Dr.=?utf-8?Q?M=C3=ADra?= Lund <mira@example.org>",
                "Dr.M\u{ed}ra Lund|mira@example.org",
            ),
        ] {
            assert_eq!(read(value), [is], "{value}");
        }
    }

    #[test]
    fn a_name_has_an_end() {
        let long = format!("\"{}\" <mira@example.org>", "Mira ".repeat(10_000));
        let name = addresses(long.as_bytes()).remove(0).name;
        assert_eq!(name.chars().count(), LONGEST_NAME);
    }
}
