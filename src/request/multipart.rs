//! `multipart/form-data` (RFC 7578) as browsers send it: fields become text, files become stretches of the source.
//!
//! Not for mail, which has a multipart of its own (`mime`). To know before changing it: no file is read into memory; the
//! number of parts, their header bytes and their text are bounded; what is cut off keeps the parts before the cut.

use std::io;

use super::body::{Source, read_stretch, unreadable};
use super::upload::{Refused, Upload};
use crate::error::{Error, Result};

/// The most text that the fields of one form may hold together, in bytes: what is written in rich text has pictures in it.
pub const TEXT_BYTES: u64 = 4 * 1024 * 1024;
/// The most parts that one form may have.
const PARTS: usize = 2000;
/// The most files that are taken of one form; those behind are listed as refused.
const FILES: usize = 100;
/// The longest header block of one part, in bytes.
const HEADER_BYTES: u64 = 8 * 1024;
/// The longest name of a field, of a file, and of a media type, in bytes; what is longer is cut. A file's ending stays, as
/// long as it is one.
const NAME_BYTES: usize = 1000;
const ENDING_BYTES: usize = 20;
/// How much is searched at a time.
const WINDOW: u64 = 64 * 1024;

/// What a body held.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Name and value of each text field.
    pub fields: Vec<(String, String)>,
    /// Each file.
    pub files: Vec<Upload>,
    /// True where the closing delimiter did not come.
    pub is_cut: bool,
    /// True where the text fields hold more than a form may.
    pub is_too_long: bool,
}

/// The boundary among the parameters of a content type (RFC 2046 5.1.1); None where there is none that may be one.
pub fn boundary(parameters: &str) -> Option<Vec<u8>> {
    let found = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then_some(value)
    })?;
    let found = found.trim();
    let inside = found.strip_prefix('"').and_then(|f| f.strip_suffix('"'));
    let found = inside.unwrap_or(found);
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&b);
    let fits = (1..=70).contains(&found.len()) && found.bytes().all(is_allowed);
    (fits && !found.ends_with(' ')).then(|| found.as_bytes().to_vec())
}

/// Reads all parts.
///
/// # Errors
/// `BadRequest` for more parts than any of our forms has; `Internal` where the source cannot be read.
pub fn read(source: &dyn Source, boundary: &[u8]) -> Result<Parsed> {
    let scan = Scan {
        source,
        delimiter: [b"\r\n--", boundary].concat(),
    };
    let mut parsed = Parsed::default();
    let mut text_left = TEXT_BYTES;
    let mut next = scan.first().map_err(unreadable)?;
    let mut parts = 0_usize;
    while let Some(delimiter) = next {
        if delimiter.closes {
            return Ok(parsed);
        }
        parts = parts.saturating_add(1);
        if parts > PARTS {
            return Err(Error::BadRequest("too many parts"));
        }
        let header = scan.header(delimiter.end).map_err(unreadable)?;
        next = match &header {
            Some(header) => scan.delimiter_from(header.end),
            // A header that is too long names nothing; what follows it may be in order.
            None => scan.delimiter_from(delimiter.end),
        }
        .map_err(unreadable)?;
        let Some(header) = header else { continue };
        let Some(part) = Disposition::read(&header.text) else {
            continue;
        };
        let end = next.as_ref().map(|d| d.begin);
        match part.file {
            Some(name) => {
                let size = end.unwrap_or(source.length()).saturating_sub(header.end);
                if name.is_empty() && size == 0 && end.is_some() {
                    // A file field that nobody has filled in.
                    continue;
                }
                let refused = match end {
                    None => Some(Refused::Incomplete),
                    Some(_) => (parsed.files.len() >= FILES).then_some(Refused::TooMany),
                };
                parsed.files.push(Upload {
                    field: part.name,
                    name,
                    kind: media_type(&header.text),
                    at: header.end,
                    size,
                    refused,
                });
            }
            None => {
                // A text without its end could be taken for all of it.
                let Some(end) = end else { continue };
                let size = end.saturating_sub(header.end);
                let Some(left) = text_left.checked_sub(size) else {
                    parsed.is_too_long = true;
                    continue;
                };
                text_left = left;
                let value = read_stretch(source, header.end, size).map_err(unreadable)?;
                let value = String::from_utf8_lossy(&value).into_owned();
                parsed.fields.push((part.name, value));
            }
        }
    }
    parsed.is_cut = true;
    Ok(parsed)
}

/// Where a delimiter stands: from its line break to the end of its line.
#[derive(Debug, PartialEq, Eq)]
struct Delimiter {
    begin: u64,
    end: u64,
    /// True for the last one, which ends in two hyphens.
    closes: bool,
}

/// The header block of a part, and where it ends.
struct Header {
    text: Vec<u8>,
    end: u64,
}

/// A source being searched for one delimiter.
struct Scan<'s> {
    source: &'s dyn Source,
    delimiter: Vec<u8>,
}

impl Scan<'_> {
    /// The first delimiter, which needs no line break before it.
    fn first(&self) -> io::Result<Option<Delimiter>> {
        let without_break = self.delimiter.get(2..).unwrap_or_default();
        let head = read_stretch(self.source, 0, without_break.len() as u64)?;
        if head == without_break
            && let Some((end, closes)) = self.line_end(head.len() as u64)?
        {
            let begin = 0;
            return Ok(Some(Delimiter { begin, end, closes }));
        }
        self.delimiter_from(0)
    }

    /// The next delimiter at or behind `from`.
    fn delimiter_from(&self, from: u64) -> io::Result<Option<Delimiter>> {
        // The empty line before a part's content may be the line break of the delimiter: an empty part.
        let mut at = from.saturating_sub(2);
        while let Some(begin) = self.find(at)? {
            let behind = begin.saturating_add(self.delimiter.len() as u64);
            if let Some((end, closes)) = self.line_end(behind)? {
                let begin = begin.max(from);
                return Ok(Some(Delimiter { begin, end, closes }));
            }
            at = begin.saturating_add(1);
        }
        Ok(None)
    }

    /// Where the bytes of the delimiter stand next.
    fn find(&self, from: u64) -> io::Result<Option<u64>> {
        let needle = self.delimiter.as_slice();
        let mut at = from;
        loop {
            let window = read_stretch(self.source, at, WINDOW)?;
            let mut rest = window.as_slice();
            let mut skipped = 0_usize;
            while let Some(cr) = rest.iter().position(|b| *b == b'\r') {
                let found = rest.get(cr..).unwrap_or_default();
                if found.starts_with(needle) {
                    let offset = skipped.saturating_add(cr) as u64;
                    return Ok(Some(at.saturating_add(offset)));
                }
                let step = cr.saturating_add(1);
                rest = rest.get(step..).unwrap_or_default();
                skipped = skipped.saturating_add(step);
            }
            if (window.len() as u64) < WINDOW {
                return Ok(None);
            }
            // A delimiter may stand across two windows.
            let step = window.len().saturating_sub(needle.len()).max(1);
            at = at.saturating_add(step as u64);
        }
    }

    /// The end of a delimiter's line behind its boundary, and whether it closes; None where it is no delimiter but data
    /// that begins like one.
    fn line_end(&self, at: u64) -> io::Result<Option<(u64, bool)>> {
        let tail = read_stretch(self.source, at, 80)?;
        if tail.starts_with(b"--") {
            return Ok(Some((at.saturating_add(2), true)));
        }
        // RFC 2046 5.1.1: white space may stand before the line break.
        let blank = tail.iter().take_while(|b| matches!(b, b' ' | b'\t'));
        let blank = blank.count();
        let ends = tail.get(blank..).is_some_and(|t| t.starts_with(b"\r\n"));
        let end = at.saturating_add(blank as u64).saturating_add(2);
        Ok(ends.then_some((end, false)))
    }

    /// The header block that begins here; None where it is too long or never ends.
    fn header(&self, at: u64) -> io::Result<Option<Header>> {
        let text = read_stretch(self.source, at, HEADER_BYTES)?;
        if text.starts_with(b"\r\n") {
            let end = at.saturating_add(2);
            let text = Vec::new();
            return Ok(Some(Header { text, end }));
        }
        let found = text.windows(4).position(|w| w == b"\r\n\r\n");
        Ok(found.map(|length| Header {
            end: at.saturating_add(length as u64).saturating_add(4),
            text: text.get(..length).unwrap_or_default().to_vec(),
        }))
    }
}

/// What `Content-Disposition` says of a part (RFC 7578 4.2).
#[derive(Debug, PartialEq, Eq)]
struct Disposition {
    name: String,
    file: Option<String>,
}

impl Disposition {
    fn read(header: &[u8]) -> Option<Disposition> {
        let value = field(header, b"content-disposition")?;
        let mut rest = value.as_str();
        let (kind, parameters) = rest.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("form-data") {
            return None;
        }
        rest = parameters;
        let (mut name, mut file) = (None, None);
        while let Some((key, after)) = rest.split_once('=') {
            let (value, after) = parameter(after);
            match key.trim().to_ascii_lowercase().as_str() {
                "name" => name = name.or(Some(value)),
                // `filename*` must not be used here (RFC 7578 4.2), and no browser does.
                "filename" => file = file.or(Some(value)),
                _ => {}
            }
            rest = after.trim_start().strip_prefix(';').unwrap_or("");
        }
        name.map(|name| Disposition { name, file })
    }
}

/// A parameter's value, and what follows it.
///
/// Browsers write a quote in a name as `%22` and a line break as `%0D%0A`, and nothing else so (WHATWG HTML, "multipart
/// form data"); other programs write the quote as `\"`.
fn parameter(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (plain(value.trim()), rest);
    };
    let is_end = |rest: &str| {
        let rest = rest.trim_start();
        rest.is_empty() || rest.starts_with(';')
    };
    for (at, _) in quoted.match_indices('"') {
        let (value, rest) = quoted.split_at(at);
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        if !value.ends_with('\\') || is_end(rest) {
            return (plain(&value.replace("\\\"", "\"")), rest);
        }
    }
    (plain(quoted), "")
}

/// A name as its user sees it, no longer than it may be.
fn plain(name: &str) -> String {
    let mut name = name.to_owned();
    for (escape, meant) in [("%22", "\""), ("%0D", "\r"), ("%0A", "\n")] {
        name = name.replace(escape, meant);
    }
    if name.len() <= NAME_BYTES {
        return name;
    }
    // What kind of file it is, is told by its ending.
    let dot = name.rfind('.').and_then(|dot| name.get(dot..));
    let ending = dot.filter(|ending| ending.len() <= ENDING_BYTES);
    let ending = ending.unwrap_or_default();
    let end = name.floor_char_boundary(NAME_BYTES.saturating_sub(ending.len()));
    format!("{}{ending}", name.get(..end).unwrap_or_default())
}

fn media_type(header: &[u8]) -> String {
    let mut kind = field(header, b"content-type").unwrap_or_default();
    kind.truncate(kind.floor_char_boundary(NAME_BYTES));
    kind
}

/// The value of a header field, in UTF-8 as browsers send it.
fn field(header: &[u8], name: &[u8]) -> Option<String> {
    header.split(|b| *b == b'\n').find_map(|line| {
        let colon = line.iter().position(|b| *b == b':')?;
        let (key, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value).trim_ascii();
        let is_named = key.trim_ascii().eq_ignore_ascii_case(name);
        is_named.then(|| String::from_utf8_lossy(value).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::super::body::{Body, Bytes};
    use super::super::form::Form;
    use super::*;
    use crate::seal::Wiped;

    fn form(body: &[u8]) -> Form {
        let body = Body {
            bytes: Bytes::Memory(Wiped::new(body.to_vec())),
            cut: None,
        };
        Form::read("multipart/form-data; boundary=b", body).unwrap()
    }

    /// A form of parts, each its `Content-Disposition` parameters and its content.
    fn parts(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut body = String::new();
        for (parameters, content) in parts {
            body.push_str(&format!(
                "--b\r\nContent-Disposition: form-data; {parameters}\r\n\r\n{content}\r\n"
            ));
        }
        body.push_str("--b--\r\n");
        body.into_bytes()
    }

    fn content(form: &Form, nth: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut reader = form.open(&form.files()[nth]);
        reader.read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn fields_and_files_come_as_they_were_sent() {
        let body = "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nännå@example.org\r\n\
             --b  \r\ncontent-disposition:form-data;name=\"text\"\r\n\r\nOne\r\n\r\n--bo two\r\n\
             --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Übersicht 1.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n%PDF\r\n--bo\r\n--b\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n\r\n\
             --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"empty.txt\"\r\n\r\n\r\n\
             --b--\r\nepilogue";
        let form = form(body.as_bytes());
        assert_eq!(form.get("to"), "ännå@example.org");
        assert_eq!(form.get("text"), "One\r\n\r\n--bo two");
        let names: Vec<_> = form.files().iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["Übersicht 1.pdf", "empty.txt"]);
        assert_eq!(form.files()[0].kind, "application/pdf");
        assert_eq!(content(&form, 0), b"%PDF\r\n--bo");
        assert_eq!(content(&form, 1), b"");
        assert!(form.cut().is_none());
    }

    #[test]
    fn a_name_is_what_its_user_chose() {
        let names = [
            ("filename=\"a%22b.txt\"", "a\"b.txt"),
            ("filename=\"a\\\"b.txt\"", "a\"b.txt"),
            ("filename=\"C:\\a\\b.txt\"", "C:\\a\\b.txt"),
            ("filename=\"ends in \\\"", "ends in \\"),
            ("filename=\"100%25.txt\"", "100%25.txt"),
            ("filename=\"a;b=c.txt\"; x=y", "a;b=c.txt"),
            ("filename=plain.txt", "plain.txt"),
            ("filename=\"../../etc/passwd\"", "../../etc/passwd"),
            ("filename=\"\u{202e}fdp.exe\"", "\u{202e}fdp.exe"),
            ("filename=\"never closed", "never closed"),
        ];
        for (parameter, name) in names {
            let form = form(&parts(&[(&format!("name=f; {parameter}"), "x")]));
            assert_eq!(form.files()[0].name, name, "{parameter}");
            assert_eq!(form.files()[0].field, "f");
        }
        let long = "ä".repeat(2000);
        let cut = [
            (long.clone(), "ä".repeat(NAME_BYTES / 2)),
            (
                format!("{long}.pdf"),
                format!("{}.pdf", "ä".repeat(NAME_BYTES / 2 - 2)),
            ),
        ];
        for (name, kept) in cut {
            let form = form(&parts(&[(&format!("name=f; filename=\"{name}\""), "x")]));
            assert_eq!(form.files()[0].name, kept);
        }
    }

    #[test]
    fn one_refused_file_refuses_no_other() {
        let mut all = vec![("name=\"a\"", "1")];
        all.extend(vec![("name=f; filename=x", "content"); FILES + 2]);
        all.push(("name=\"z\"", "2"));
        let form = form(&parts(&all));
        let refused: Vec<_> = form.files().iter().map(|f| f.refused).collect();
        assert_eq!(refused.len(), FILES + 2);
        assert!(refused[..FILES].iter().all(Option::is_none));
        assert!(
            refused[FILES..]
                .iter()
                .all(|r| *r == Some(Refused::TooMany))
        );
        assert_eq!((form.get("a"), form.get("z")), ("1", "2"));
    }

    #[test]
    fn a_form_that_is_cut_keeps_what_came_before() {
        let whole = parts(&[
            ("name=\"text\"", "All of it"),
            ("name=f; filename=a.txt", "content of a"),
            ("name=f; filename=b.txt", "content of b"),
        ]);
        for end in 0..whole.len() - 4 {
            let form = form(&whole[..end]);
            assert!(form.cut().is_some(), "{end}");
            assert!(["", "All of it"].contains(&form.get("text")), "{end}");
            for file in form.files() {
                let expected = format!("content of {}", &file.name[..1]);
                assert!(file.refused.is_some() || file.size == expected.len() as u64);
            }
        }
        let last = form(&whole[..whole.len() - 6]);
        assert_eq!(last.get("text"), "All of it");
        assert_eq!(last.files()[1].refused, Some(Refused::Incomplete));
    }

    #[test]
    fn a_delimiter_is_found_across_windows() {
        for before in WINDOW as usize - 80..WINDOW as usize + 10 {
            let text = "x".repeat(before);
            let form = form(&parts(&[("name=f; filename=a", &text), ("name=z", "end")]));
            assert_eq!(form.files()[0].size, before as u64);
            assert_eq!(form.get("z"), "end");
        }
        // Line breaks and beginnings of delimiters, over and over.
        for noise in ["\r", "\r\n", "\r\n-", "\r\n--", "\r\n--bb"] {
            let text = noise.repeat(30_000);
            let form = form(&parts(&[("name=f; filename=a", &text), ("name=z", "end")]));
            assert_eq!(form.files()[0].size, text.len() as u64, "{noise:?}");
            assert_eq!(form.get("z"), "end");
        }
    }

    #[test]
    fn what_is_no_part_of_a_form_is_passed_over() {
        let long = format!("X: {}\r\n", "y".repeat(HEADER_BYTES as usize));
        let body = format!(
            "--b\r\n\r\nno header\r\n--b\r\nContent-Disposition: attachment; filename=a\r\n\r\nx\r\n\
             --b\r\nContent-Disposition: form-data; filename=nameless\r\n\r\nx\r\n\
             --b\r\n{long}Content-Disposition: form-data; name=long\r\n\r\nx\r\n\
             --b\r\nContent-Disposition: form-data; name=ok\r\n\r\nyes\r\n--b--"
        );
        let form = form(body.as_bytes());
        assert_eq!(form.fields(), [("ok".to_owned(), "yes".to_owned())]);
        assert!(form.files().is_empty());
    }

    #[test]
    fn a_boundary_is_one_that_may_be() {
        let read = |p: &str| boundary(p).map(|b| String::from_utf8(b).unwrap());
        let chrome = " boundary=----WebKitFormBoundaryAb12";
        assert_eq!(read(chrome).as_deref(), Some("----WebKitFormBoundaryAb12"));
        assert_eq!(read("charset=x; Boundary=\"a b\"").as_deref(), Some("a b"));
        for bad in [
            "",
            "boundary=",
            "boundary=\"\"",
            "boundary=\"a \"",
            "boundary=a\u{e4}",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(read(&format!("boundary={}", "a".repeat(71))), None);
    }

    #[test]
    fn too_many_parts_are_no_form() {
        let body = parts(&vec![("name=a", ""); PARTS + 1]);
        let bytes = Bytes::Memory(Wiped::new(body));
        assert!(matches!(read(&bytes, b"b"), Err(Error::BadRequest(_))));
    }
}
