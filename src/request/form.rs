//! The form that a body carries: text fields, and files that are read where they lie.
//!
//! Not for what a field means: an action asks for it by its name. To know before changing it: everything here was chosen by
//! the client, names and file names too; no file is held in memory; and a file that cannot be taken refuses no other one.

use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use super::body::{Body, Bytes, Source, read_stretch, unreadable};
use super::multipart::{self, TEXT_BYTES};
use super::upload::Upload;
use crate::error::{Error, Result};
use crate::seal::{self, Wiped};

/// The most fields that one form may have.
const FIELDS: usize = 20_000;

/// A form: all values of all fields, and all files.
#[derive(Clone, Default)]
pub struct Form {
    fields: Fields,
    files: Vec<Upload>,
    source: Option<Rc<dyn Source>>,
    cut: Option<Error>,
}

/// Names and values, one of which may be a password: overwritten when they are dropped.
#[derive(Clone, Default)]
struct Fields(Vec<(String, String)>);

impl Drop for Fields {
    fn drop(&mut self) {
        for (_, value) in &mut self.0 {
            seal::wipe(value);
        }
    }
}

impl Form {
    /// A form made of its pieces; the files lie in `source`.
    pub fn new(fields: Vec<(String, String)>, files: Vec<Upload>, source: Rc<dyn Source>) -> Form {
        Form {
            fields: Fields(fields),
            files,
            source: Some(source),
            cut: None,
        }
    }

    /// Reads a body of this content type: `application/x-www-form-urlencoded` (also where none is named), or
    /// `multipart/form-data` (RFC 7578).
    ///
    /// # Errors
    /// `BadRequest` for any other type and for more fields than any of our forms has; `Internal` where the spool cannot be
    /// read back.
    pub fn read(content_type: &str, body: Body) -> Result<Form> {
        let mut form = Form {
            cut: body.cut,
            ..Form::default()
        };
        let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        let kind = kind.trim().to_ascii_lowercase();
        match kind.as_str() {
            "" | "application/x-www-form-urlencoded" => form.read_pairs(&body.bytes)?,
            "multipart/form-data" => {
                let boundary = multipart::boundary(parameters);
                let boundary = boundary.ok_or(Error::BadRequest("boundary"))?;
                let parsed = multipart::read(&body.bytes, &boundary)?;
                form.fields = Fields(parsed.fields);
                form.files = parsed.files;
                if parsed.is_cut && form.cut.is_none() {
                    form.cut = Some(Error::BadRequest("multipart"));
                }
                if parsed.is_too_long && form.cut.is_none() {
                    form.cut = Some(Error::TooLarge { limit: TEXT_BYTES });
                }
            }
            _ => return Err(Error::BadRequest("CONTENT_TYPE")),
        }
        form.source = Some(Rc::new(body.bytes));
        Ok(form)
    }

    fn read_pairs(&mut self, bytes: &Bytes) -> Result<()> {
        if bytes.length() > TEXT_BYTES && self.cut.is_none() {
            self.cut = Some(Error::TooLarge { limit: TEXT_BYTES });
        }
        let text = read_stretch(bytes, 0, bytes.length().min(TEXT_BYTES)).map_err(unreadable)?;
        let text = Wiped::new(text);
        let mut whole = text.bytes();
        if self.cut.is_some() {
            // The last pair may have lost its end.
            let end = whole.iter().rposition(|b| *b == b'&').unwrap_or(0);
            whole = whole.get(..end).unwrap_or_default();
        }
        for (name, value) in form_urlencoded::parse(whole) {
            if self.fields.0.len() >= FIELDS {
                return Err(Error::BadRequest("too many fields"));
            }
            self.fields.0.push((name.into_owned(), value.into_owned()));
        }
        Ok(())
    }

    /// The first value of a field; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let found = self.fields.0.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// All values of a field, in the order of the page.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let named = self.fields.0.iter().filter(move |(n, _)| n == name);
        named.map(|(_, value)| value.as_str())
    }

    /// All text fields: name and value.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields.0
    }

    /// How many bytes its text fields take in an `application/x-www-form-urlencoded` body, with so many more in front of each
    /// name.
    pub fn encoded_length(&self, prefix: usize) -> u64 {
        let length = |text: &str| {
            let pieces = form_urlencoded::byte_serialize(text.as_bytes());
            pieces.fold(0_usize, |sum, piece| sum.saturating_add(piece.len()))
        };
        // The equals sign and the ampersand.
        let around = prefix.saturating_add(2);
        self.fields.0.iter().fold(0, |sum: u64, (name, value)| {
            let pair = length(name).saturating_add(length(value));
            sum.saturating_add(pair.saturating_add(around) as u64)
        })
    }

    /// All files, those that were refused as well. A file field that was left empty is none.
    pub fn files(&self) -> &[Upload] {
        &self.files
    }

    /// Why not all of the form came; None where all of it did.
    pub fn cut(&self) -> Option<&Error> {
        self.cut.as_ref()
    }

    /// Reads one of its files.
    pub fn open(&self, file: &Upload) -> UploadReader {
        UploadReader {
            source: self.source.clone(),
            begin: file.at,
            at: file.at,
            end: file.at.saturating_add(file.size),
        }
    }
}

/// The bytes of one file, read where they lie.
pub struct UploadReader {
    source: Option<Rc<dyn Source>>,
    begin: u64,
    at: u64,
    end: u64,
}

impl Read for UploadReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let count = left.min(into.len());
        let into = into.get_mut(..count).unwrap_or_default();
        let (Some(source), false) = (&self.source, into.is_empty()) else {
            return Ok(0);
        };
        let read = source.read_at(self.at, into)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

impl Seek for UploadReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => self.begin.checked_add(at),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let at = at.filter(|at| *at >= self.begin);
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at.saturating_sub(self.begin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str, cut: Option<Error>) -> Body {
        Body {
            bytes: Bytes::Memory(Wiped::new(text.as_bytes().to_vec())),
            cut,
        }
    }

    #[test]
    fn a_field_has_all_its_values() {
        let form = Form::read(
            "application/x-www-form-urlencoded; charset=UTF-8",
            body("u=1&u=2&x=%C3%A4+b&u=3&empty=&flag", None),
        )
        .unwrap();
        assert_eq!(form.get("u"), "1");
        assert_eq!(form.all("u").collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!(form.get("x"), "ä b");
        assert_eq!(form.get("nothing"), "");
        assert_eq!(form.all("flag").count(), 1);
        assert!(form.files().is_empty() && form.cut().is_none());
        let text = form.fields().iter();
        let encoded = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(text)
            .finish();
        // The last pair needs no ampersand.
        assert_eq!(form.encoded_length(0), encoded.len() as u64 + 1);
    }

    #[test]
    fn of_a_cut_form_only_whole_pairs_are_read() {
        let form = Form::read("", body("a=1&b=2&c=thr", Some(Error::BodyTimeout))).unwrap();
        assert_eq!(form.get("b"), "2");
        assert_eq!(form.all("c").count(), 0);
        assert_eq!(form.cut(), Some(&Error::BodyTimeout));
    }

    #[test]
    fn another_type_is_no_form() {
        for kind in ["text/plain", "application/json", "multipart/form-data"] {
            let read = Form::read(kind, body("a=1", None));
            assert!(matches!(read, Err(Error::BadRequest(_))), "{kind}");
        }
    }

    #[test]
    fn more_text_than_a_form_may_hold_is_cut() {
        let long = format!("a=1&b={}", "x".repeat(TEXT_BYTES as usize));
        let form = Form::read("", body(&long, None)).unwrap();
        assert_eq!(form.cut(), Some(&Error::TooLarge { limit: TEXT_BYTES }));
        assert_eq!(form.get("a"), "1");
        let many = "a&".repeat(FIELDS + 1);
        assert!(Form::read("", body(&many, None)).is_err());
    }
}
