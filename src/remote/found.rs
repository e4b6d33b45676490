//! SEARCH, SORT and ESEARCH (RFC 9051 7.3.4, 7.4; RFC 5256 4): which messages were found, in which order.
//!
//! Not for which command they answer: `answer` decides. To know before changing it: a server may answer a million numbers
//! or a range of four thousand million, so they stay ranges.

use super::lexer::{Lexer, Value};
use super::uids::Sequence;
use crate::mail::ModSeq;

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

    /// Reads what stands behind `* ESEARCH`, with the tag of the command where it is named.
    pub(super) fn of_esearch(lexer: &mut Lexer) -> Option<(Option<Vec<u8>>, Found)> {
        let mut tag = None;
        let mut found = Found::default();
        while let Some(value) = lexer.value() {
            match &value {
                Value::List(pair) if pair.first().is_some_and(|w| w.is("TAG")) => {
                    tag = Some(pair.get(1)?.text()?.to_vec());
                }
                word if word.is("UID") => {}
                word if word.is("ALL") => found.uids = Sequence::parse(lexer.value()?.text()?)?,
                word if word.is("COUNT") => found.count = lexer.value()?.number(),
                word if word.is("MODSEQ") => {
                    found.modseq = lexer.value()?.number().and_then(ModSeq::new)
                }
                _ => lexer.skip_value(),
            }
        }
        Some((tag, found))
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
