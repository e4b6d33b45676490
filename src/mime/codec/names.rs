//! Parameters of Content-Type and Content-Disposition, and the file names in them.
//!
//! A name is decoded from whatever the sender's program wrote: RFC 2231 with and without continuations, RFC 2047 inside
//! quotes, raw bytes. What comes out is only fit to be shown; `safe_file_name` makes one that may name a file.

use super::text::{line, text};
use super::words::words;
use crate::characters::unseen;

/// Longest safe name, in characters.
const LONGEST: usize = 120;

/// A parameter as it is written: its name, and its value without quotes.
pub type Param<'a> = (&'a [u8], &'a [u8]);

/// The same with bytes of its own.
type OwnParam = (Vec<u8>, Vec<u8>);

/// The file name among the parameters of a part, decoded; empty where there is none. Give those of Content-Disposition
/// first, then those of Content-Type; `filename` is asked before `name`.
pub fn file_name(params: &[Param<'_>]) -> String {
    ["filename", "name"]
        .iter()
        .map(|key| parameter(params, key))
        .find(|name| !name.is_empty())
        .unwrap_or_default()
}

/// One parameter, decoded: from its extended form (RFC 2231) where there is one, else from the plain one.
pub fn parameter(params: &[Param<'_>], key: &str) -> String {
    let value = extended(params, key).unwrap_or_else(|| {
        let plain = params
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key.as_bytes()));
        plain.map_or(String::new(), |(_, value)| words(value))
    });
    line(&value)
}

/// RFC 2231 3 and 4: `key*`, `key*0`, `key*1*`, ... in whatever order they came.
fn extended(params: &[Param<'_>], key: &str) -> Option<String> {
    let mut pieces: Vec<(u32, bool, &[u8])> = params
        .iter()
        .filter_map(|(name, value)| {
            let name = std::str::from_utf8(name).ok()?.trim();
            let (head, tail) = name.split_at_checked(key.len())?;
            let tail = tail
                .strip_prefix('*')
                .filter(|_| head.eq_ignore_ascii_case(key))?;
            let (number, coded) = tail
                .strip_suffix('*')
                .map_or((tail, tail.is_empty()), |n| (n, true));
            let number = if number.is_empty() {
                0
            } else {
                number.parse().ok()?
            };
            Some((number, coded, *value))
        })
        .collect();
    pieces.sort_by_key(|(number, _, _)| *number);
    pieces.dedup_by_key(|(number, _, _)| *number);
    let coded_at_all = pieces.iter().any(|(_, coded, _)| *coded);
    let (mut charset, mut bytes) = (String::new(), Vec::new());
    for (i, (_, coded, value)) in pieces.iter().enumerate() {
        let mut value = *value;
        if i == 0 && coded_at_all {
            let mut quotes = value.splitn(3, |b| *b == b'\'');
            if let (Some(set), Some(_), Some(rest)) = (quotes.next(), quotes.next(), quotes.next())
            {
                charset = String::from_utf8_lossy(set).into_owned();
                value = rest;
            }
        }
        if *coded {
            bytes.extend(percent_encoding::percent_decode(value));
        } else {
            bytes.extend_from_slice(value);
        }
    }
    if pieces.is_empty() {
        None
    } else if coded_at_all {
        Some(text(&bytes, &charset))
    } else {
        Some(words(&bytes))
    }
}

/// The value before the first semicolon, and the parameters after it.
pub fn split_parameters(value: &[u8]) -> (&[u8], Vec<OwnParam>) {
    let end = value.iter().position(|b| *b == b';').unwrap_or(value.len());
    let (head, mut rest) = value.split_at_checked(end).unwrap_or((value, b""));
    let mut params = Vec::new();
    while let Some(after) = rest.strip_prefix(b";") {
        let equals = after.iter().position(|b| matches!(b, b'=' | b';'));
        let Some((name, value)) = equals.and_then(|at| after.split_at_checked(at)) else {
            break;
        };
        if let Some(value) = value.strip_prefix(b"=") {
            let (value, tail) = parameter_value(value.trim_ascii_start());
            params.push((name.trim_ascii().to_vec(), value));
            rest = tail;
        } else {
            rest = value;
        }
        if params.len() > 200 {
            break;
        }
    }
    (head.trim_ascii(), params)
}

/// One value, quoted or not, and what begins with the next semicolon.
fn parameter_value(coded: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    let quoted = coded.first() == Some(&b'"');
    let mut at = usize::from(quoted);
    let mut open = quoted;
    while let Some(byte) = coded.get(at) {
        match byte {
            // Only these two are escaped in practice: `C:\\file` has a backslash of its own.
            b'\\' if open && matches!(coded.get(at.saturating_add(1)), Some(b'"' | b'\\')) => {
                at = at.saturating_add(1);
                value.extend(coded.get(at));
            }
            b'"' if open => open = false,
            b';' if !open => break,
            _ if open || !quoted => value.push(*byte),
            _ => {}
        }
        at = at.saturating_add(1);
    }
    let value = if quoted {
        value
    } else {
        value.trim_ascii().to_vec()
    };
    (value, coded.get(at..).unwrap_or_default())
}

/// A name that is harmless in any header and file system: one path step, no controls, nothing hidden, no device, at most
/// 120 characters with the extension kept, and never empty.
pub fn safe_file_name(name: &str) -> String {
    let step = name
        .rsplit(['/', '\\'])
        .find(|s| !s.trim_matches(['.', ' ']).is_empty());
    let mut kept: String = line(step.unwrap_or_default())
        .chars()
        // They make two names look alike, or hide an extension.
        .filter(|c| unseen(*c).is_none())
        .map(|c| {
            if matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*' | '%') {
                '_'
            } else {
                c
            }
        })
        .collect();
    kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let kept = kept
        .trim_start_matches(['.', ' ', '-', '~'])
        .trim_end_matches(['.', ' ']);
    if kept.is_empty() {
        return "file".to_owned();
    }
    let (stem, extension) = match kept.rsplit_once('.') {
        Some((stem, ext)) if !stem.is_empty() && ext.chars().count() <= 16 => (stem, Some(ext)),
        _ => (kept, None),
    };
    let room = LONGEST - extension.map_or(0, |e| e.chars().count().saturating_add(1));
    let mut short: String = stem.chars().take(room).collect();
    if is_device(stem) {
        short.insert(0, '_');
    }
    extension.map_or(short.clone(), |ext| format!("{short}.{ext}"))
}

/// Names that Windows gives to devices, with whatever extension.
fn is_device(stem: &str) -> bool {
    let first = stem
        .split('.')
        .next()
        .unwrap_or(stem)
        .trim()
        .to_ascii_lowercase();
    let numbered = |of: &str| {
        first
            .strip_prefix(of)
            .is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(first.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(header: &[u8]) -> String {
        let (_, params) = split_parameters(header);
        let params: Vec<Param<'_>> = params
            .iter()
            .map(|(n, v)| (n.as_slice(), v.as_slice()))
            .collect();
        file_name(&params)
    }

    #[test]
    fn a_file_name_is_found_in_every_way_of_writing_it() {
        for (header, name) in [
            (&b"attachment; filename=plain.txt"[..], "plain.txt"),
            (b"attachment; filename=two words.txt ; x=y", "two words.txt"),
            (b"attachment; FileName=\"a;\\\"b\\\".txt\"", "a;\"b\".txt"),
            (
                b"attachment; filename*=UTF-8''na%C3%AFve.txt; filename=naive.txt",
                "na\u{ef}ve.txt",
            ),
            (
                b"attachment; filename*1*=%C3%AF.txt; filename*0*=utf-8'en'na",
                "na\u{ef}.txt",
            ),
            (
                b"attachment; filename*0=\"long \"; filename*1=\"name.txt\"",
                "long name.txt",
            ),
            (
                b"attachment; filename*0*=iso-8859-1''a%E9; filename*1=\"b%41.txt\"",
                "a\u{e9}b%41.txt",
            ),
            (
                b"attachment; filename=\"=?utf-8?Q?na=C3=AFve.txt?=\"",
                "na\u{ef}ve.txt",
            ),
            (
                b"attachment; filename=\"na\xc3\xafve.txt\"",
                "na\u{ef}ve.txt",
            ),
            (b"attachment; filename=\"na\xefve.txt\"", "na\u{ef}ve.txt"),
            (b"x/y; name=only.txt", "only.txt"),
            (
                b"attachment; filename=\"C:\\dir\\file.txt\"",
                "C:\\dir\\file.txt",
            ),
            (b"attachment; filename=", ""),
            (b"attachment", ""),
        ] {
            assert_eq!(named(header), name, "{}", String::from_utf8_lossy(header));
        }
    }

    #[test]
    fn a_safe_name_names_one_file_and_nothing_else() {
        for (name, safe) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\dir\\file.txt", "file.txt"),
            ("..", "file"),
            ("", "file"),
            (" .htaccess", "htaccess"),
            ("a\r\nSet-Cookie: b", "a Set-Cookie_ b"),
            ("inv\u{202e}fdp.exe", "invfdp.exe"),
            ("con.txt", "_con.txt"),
            ("lpt1", "_lpt1"),
            ("console.txt", "console.txt"),
            ("trailing. ", "trailing"),
            ("\u{65e5}\u{672c}.txt", "\u{65e5}\u{672c}.txt"),
        ] {
            assert_eq!(safe_file_name(name), safe, "{name:?}");
        }
        let long = safe_file_name(&format!("{}.tar.gz", "x".repeat(500)));
        assert!(
            long.ends_with(".gz") && long.chars().count() == 120,
            "{long}"
        );
    }
}
