//! A message that is being written, as it lies in its file: fields by their order, then what came to them later.
//!
//! Not for where that lies (`drafts`). To know before changing it: what was put down by an older version is still read, so
//! nothing is put between the fields.

use serde::{Deserialize, Serialize};

use crate::error::{Cause, Error, Result};
use crate::mail::{AttachedFile, Draft};
use crate::time::Seconds;

/// What divides the HTML of a message from the time at which it is to be sent: no HTML has it (HTML 13.2.3.5).
const BEHIND_HTML: &str = "\0";

/// A message that is being written, as it lies here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// When its form was made.
    pub made: Seconds,
    /// What was typed.
    pub draft: Draft,
    /// What is attached, in this order.
    pub files: Vec<AttachedFile>,
    /// The number of the next file.
    pub next: u32,
    /// The page that changed it last, by the number that each page has.
    pub by: String,
    /// The form that was taken last: the same one, sent twice, attaches nothing twice.
    pub taken: Option<[u8; 16]>,
}

impl Writing {
    /// One that begins; `made`: when its form was.
    pub fn new(draft: Draft, made: Seconds) -> Writing {
        Writing {
            made,
            draft,
            files: Vec::new(),
            next: 0,
            by: String::new(),
            taken: None,
        }
    }

    /// How large its files are together, in bytes.
    pub fn size(&self) -> u64 {
        let sizes = self.files.iter().map(|file| file.size);
        sizes.fold(0, u64::saturating_add)
    }

    /// None for what was not written by `to_bytes`.
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Writing> {
        let (mut writing, rest) = postcard::take_from_bytes::<Writing>(bytes).ok()?;
        // What was put down before there was HTML ends here, and most has no time at which it is to be sent.
        let rest = String::from_utf8(rest.to_vec()).unwrap_or_default();
        let (html, later) = rest.split_once(BEHIND_HTML).unwrap_or((&rest, ""));
        writing.draft.html = html.to_owned();
        writing.draft.later = later.to_owned();
        Some(writing)
    }

    /// As it is sealed.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = postcard::to_stdvec(self).map_err(not_kept)?;
        bytes.extend_from_slice(self.draft.html.as_bytes());
        if !self.draft.later.is_empty() {
            bytes.extend_from_slice(BEHIND_HTML.as_bytes());
            bytes.extend_from_slice(self.draft.later.as_bytes());
        }
        Ok(bytes)
    }
}

pub(super) fn not_kept(error: postcard::Error) -> Error {
    Error::Internal(Cause::at("keeping a draft", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_written_and_as_older_versions_wrote_it() {
        for (html, later) in [
            ("", ""),
            ("<p>x</p>", ""),
            ("", "2026-12-01T09:00"),
            ("<p>x</p>", "soon"),
        ] {
            let draft = Draft {
                text: "x".to_owned(),
                html: html.to_owned(),
                later: later.to_owned(),
                ..Draft::default()
            };
            let writing = Writing::new(draft, 7);
            let bytes = writing.to_bytes().unwrap();
            assert_eq!(Writing::of_bytes(&bytes), Some(writing));
        }
        let old = postcard::to_stdvec(&Writing::new(Draft::default(), 7)).unwrap();
        assert_eq!(
            Writing::of_bytes(&old),
            Some(Writing::new(Draft::default(), 7))
        );
        assert_eq!(Writing::of_bytes(b"\x07"), None);
    }
}
