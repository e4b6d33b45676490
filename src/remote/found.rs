//! SEARCH, SORT and ESEARCH (RFC 9051 7.3.4, 7.4; RFC 5256 4): which messages were found, in which order.
//!
//! Not for which command they answer: `answer` decides. To know before changing it: a server may answer a million numbers
//! or a range of four thousand million, so they stay ranges.

use super::lexer::{Lexer, Value};
use super::uids::Sequence;
use crate::mail::{FolderName, FolderRef, ModSeq, UidValidity};

/// What a search of several folders found in one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundIn {
    /// The folder, in the numbering that these numbers are of.
    pub folder: FolderRef,
    /// What.
    pub found: Found,
}

/// Which command an ESEARCH answers, and of which folder it speaks where it does not speak of the open one.
#[derive(Debug, Default)]
pub(super) struct Correlators {
    /// The tag of the command.
    pub tag: Option<Vec<u8>>,
    /// The folder (RFC 7377 2.1).
    pub folder: Option<FolderRef>,
}

/// What a search or sort found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// In the server's order.
    pub uids: Sequence,
    /// How many, as the server counts them.
    pub count: Option<u32>,
    /// The highest modification sequence among them.
    pub modseq: Option<ModSeq>,
}

impl Found {
    /// Reads what stands behind `* SEARCH` or `* SORT`.
    pub(super) fn of_search(lexer: &mut Lexer) -> Option<Found> {
        let mut found = Found::default();
        while let Some(value) = lexer.value() {
            match &value {
                // RFC 7162 3.1.5: `(MODSEQ n)` behind the numbers.
                Value::List(pair) => {
                    found.modseq = pair.get(1).and_then(Value::number).and_then(ModSeq::new)
                }
                word => {
                    if !found.uids.push(word.number()?) {
                        return None;
                    }
                }
            }
        }
        Some(found)
    }

    /// Reads what stands behind `* ESEARCH`, and what it answers.
    pub(super) fn of_esearch(lexer: &mut Lexer) -> Option<(Correlators, Found)> {
        let mut answers = Correlators::default();
        let mut found = Found::default();
        while let Some(value) = lexer.value() {
            match &value {
                Value::List(pairs) => answers = correlators(pairs)?,
                word if word.is("UID") => {}
                word if word.is("ALL") => found.uids = Sequence::parse(lexer.value()?.text()?)?,
                word if word.is("COUNT") => found.count = lexer.value()?.number(),
                word if word.is("MODSEQ") => {
                    found.modseq = lexer.value()?.number().and_then(ModSeq::new)
                }
                _ => lexer.skip_value(),
            }
        }
        Some((answers, found))
    }

    /// Adds what a further command of the same search found.
    pub(super) fn add(&mut self, more: Found) {
        self.uids.extend(more.uids);
        self.count = match (self.count, more.count) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            _ => None,
        };
        self.modseq = self.modseq.max(more.modseq);
    }
}

/// Reads `(TAG "a1" MAILBOX "Work" UIDVALIDITY 7)`: a folder without its UIDVALIDITY is not known, and what was found there
/// is not said.
fn correlators(pairs: &[Value]) -> Option<Correlators> {
    let value = |name: &str| {
        let mut pairs = pairs.chunks_exact(2);
        pairs.find_map(|pair| match pair {
            [key, value] if key.is(name) => Some(value),
            _ => None,
        })
    };
    let folder = match value("MAILBOX") {
        None => None,
        Some(name) => Some(FolderRef {
            name: FolderName::new(std::str::from_utf8(name.text()?).ok()?)?,
            validity: UidValidity(value("UIDVALIDITY")?.number()?),
        }),
    };
    Some(Correlators {
        tag: value("TAG").and_then(Value::text).map(<[u8]>::to_vec),
        folder,
    })
}
