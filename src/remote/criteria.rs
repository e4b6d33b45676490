//! What commands are told: how a folder is opened, which messages a search looks for, by what they are sorted, and which
//! sections of a message are asked for.
//!
//! Not for the commands around them (`command`). To know before changing it: a set of UIDs may be too long for one
//! command, so one criterion may become several commands whose answers are put together.

use super::uids::UidSet;
use crate::mail::{ModSeq, PartPath, UidValidity};

/// Whether an open folder may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// EXAMINE.
    Read,
    /// SELECT.
    Change,
}

/// What was known of a folder when it was compared last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its UIDVALIDITY.
    pub validity: UidValidity,
    /// Its highest modification sequence.
    pub modseq: ModSeq,
}

/// Which messages a search looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Criteria {
    /// All of the folder.
    All,
    /// Without \Seen.
    Unseen,
    /// With \Deleted, whoever set it.
    Deleted,
    /// Those of a set that still exist.
    Uids(UidSet),
}

/// What messages are sorted by (RFC 5256 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// When the server got it.
    Arrival,
    /// When it was dated.
    Date,
}

/// A section of a message (RFC 9051 6.4.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which one.
    pub what: SectionKind,
    /// Only so much of it: offset and length in bytes.
    pub range: Option<(u32, u32)>,
}

/// What of a message a section is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// A part as it travels (encoded); the whole message for the empty path.
    Part(PartPath),
    /// The header of the message, or of the message that a part is.
    Header(PartPath),
    /// The header of a part itself.
    Mime(PartPath),
}

impl Section {
    /// All of a section.
    pub fn all(what: SectionKind) -> Section {
        Section { what, range: None }
    }

    /// The name of the section between its brackets, as answers repeat it: `1.2`, `HEADER`, nothing.
    pub(super) fn name(&self) -> String {
        match &self.what {
            SectionKind::Part(path) => path.to_string(),
            SectionKind::Header(path) if path.steps().is_empty() => "HEADER".to_owned(),
            SectionKind::Header(path) => format!("{path}.HEADER"),
            SectionKind::Mime(path) => format!("{path}.MIME"),
        }
    }
}

impl Criteria {
    /// One search key, or several where a set is too long for one. An empty set finds nothing, so nothing is asked.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Criteria::All => vec!["ALL".to_owned()],
            Criteria::Unseen => vec!["UNSEEN".to_owned()],
            Criteria::Deleted => vec!["DELETED".to_owned()],
            Criteria::Uids(uids) => uids
                .texts()
                .iter()
                .map(|set| format!("UID {set}"))
                .collect(),
        }
    }
}

impl SortKey {
    pub(super) fn word(self) -> &'static str {
        match self {
            SortKey::Arrival => "ARRIVAL",
            SortKey::Date => "DATE",
        }
    }
}
