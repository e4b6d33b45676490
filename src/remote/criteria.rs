//! What commands are told: how a folder is opened, which messages a search looks for, by what they are sorted, and which
//! sections of a message are asked for.
//!
//! Not for the commands around them (`command`). To know before changing it: a set of UIDs may be too long for one
//! command, so one criterion may become several commands whose answers are put together.

use super::capabilities::Capabilities;
use super::dates;
use super::segments::Segments;
use super::uids::UidSet;
use crate::mail::{ModSeq, PartPath, SearchField, Term, UidValidity};

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
    /// Those whose ids these are, and those that refer to some.
    Naming {
        /// Message-IDs, without brackets, of messages that are looked for.
        own: Vec<String>,
        /// Message-IDs of messages that are referred to.
        referred: Vec<String>,
    },
    /// Those that all of these are true of.
    Terms {
        /// What is looked for.
        terms: Vec<Term>,
        /// Only these are looked through.
        among: UidSet,
        /// With the name of the charset of the words (RFC 9051 6.4.4), which some servers refuse.
        charset: bool,
    },
}

/// What messages are sorted by (RFC 5256 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// When the server got it.
    Arrival,
    /// When it was dated.
    Date,
    /// Who it is from.
    From,
    /// Whom it went to.
    To,
    /// Its subject, without what stands before it in answers.
    Subject,
    /// Its size.
    Size,
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
    /// Commands that begin so and end in what is looked for; several where a set is too long for one. An empty set finds
    /// nothing, so nothing is asked.
    pub(super) fn commands(self, verb: &str, able: &Capabilities) -> Vec<Segments> {
        let one = |key: &str| vec![Segments::new(verb).word(key)];
        match self {
            Criteria::All => one("ALL"),
            Criteria::Unseen => one("UNSEEN"),
            Criteria::Deleted => one("DELETED"),
            Criteria::Uids(uids) => each_set(&uids, verb),
            Criteria::Naming { own, referred } => {
                let own = own.iter().map(|id| ("HEADER Message-ID", id));
                let others = referred
                    .iter()
                    .flat_map(|id| [("HEADER References", id), ("HEADER In-Reply-To", id)]);
                let keys: Vec<(&str, &String)> = own.chain(others).collect();
                let key = |said: Segments, (field, id): &(&str, &String)| {
                    said.word(field).string(id, able)
                };
                // Each OR joins what follows with the next one (RFC 9051 6.4.4).
                match keys.split_last() {
                    None => Vec::new(),
                    Some((last, before)) => {
                        let first = Segments::new(verb);
                        let joined = before
                            .iter()
                            .fold(first, |said, one| key(said.word("OR"), one));
                        vec![key(joined, last)]
                    }
                }
            }
            Criteria::Terms { terms, among, .. } => {
                let sets = each_set(&among, verb).into_iter();
                sets.map(|set| keys(set, &terms, able)).collect()
            }
        }
    }

    /// The charset of its words, where it has to be named.
    pub(super) fn charset(&self) -> Option<&'static str> {
        match self {
            Criteria::Terms { terms, charset, .. } => {
                let needs = *charset && terms.iter().any(has_other_than_ascii);
                needs.then_some("UTF-8")
            }
            Criteria::All
            | Criteria::Unseen
            | Criteria::Deleted
            | Criteria::Uids(_)
            | Criteria::Naming { .. } => None,
        }
    }
}

/// GNU imap4d finds nothing in a set that ends in `*`.
fn each_set(uids: &UidSet, verb: &str) -> Vec<Segments> {
    if *uids == UidSet::all() {
        return vec![Segments::new(verb).word("ALL")];
    }
    let last = u32::MAX.to_string();
    let texts = uids.texts().into_iter();
    texts
        .map(|set| Segments::new(verb).word(&format!("UID {}", set.replace('*', &last))))
        .collect()
}

/// What servers say that look for words as people mean them (RFC 6203).
pub const FUZZY: &str = "SEARCH=FUZZY";

/// Adds the keys of terms.
pub(super) fn keys(said: Segments, terms: &[Term], able: &Capabilities) -> Segments {
    let is_fuzzy = able.has(FUZZY);
    terms
        .iter()
        .fold(said, |said, term| key(said, term, able, is_fuzzy))
}

/// Adds the key of a term (RFC 9051 6.4.4). What somebody typed is a string, which can end nothing.
fn key(said: Segments, term: &Term, able: &Capabilities, is_fuzzy: bool) -> Segments {
    match term {
        Term::Anywhere(words) if is_fuzzy => said.word("FUZZY TEXT").string(words, able),
        Term::Anywhere(words) => said.word("TEXT").string(words, able),
        Term::Within(field, words) => {
            let field = match field {
                SearchField::From => "FROM",
                SearchField::To => "TO",
                SearchField::Cc => "CC",
                SearchField::Bcc => "BCC",
                SearchField::Subject => "SUBJECT",
                SearchField::Body => "BODY",
            };
            said.word(field).string(words, able)
        }
        Term::Flag(flags, set) => flags.written().iter().fold(said, |said, flag| {
            let said = if *set { said } else { said.word("NOT") };
            match flag.strip_prefix('\\') {
                Some(system) => said.word(&system.to_ascii_uppercase()),
                None => said.word("KEYWORD").word(flag),
            }
        }),
        Term::Attachment if able.has("X-GM-EXT-1") => {
            said.word("X-GM-RAW").string("has:attachment", able)
        }
        // No key of IMAP asks for files. Some servers set the keyword; a mail with files is mostly a multipart/mixed.
        Term::Attachment => said
            .word("OR KEYWORD $HasAttachment HEADER Content-Type")
            .string("multipart/mixed", able),
        Term::Before(day) => said.word("BEFORE").word(&dates::day(*day)),
        Term::Since(day) => said.word("SINCE").word(&dates::day(*day)),
        Term::Larger(bytes) => said.word("LARGER").word(&bytes.to_string()),
        Term::Smaller(bytes) => said.word("SMALLER").word(&bytes.to_string()),
        // Nobody means words to be left out that are only like those.
        Term::Not(term) => key(said.word("NOT"), term, able, false),
        Term::Either(one, other) => {
            let said = key(said.word("OR"), one, able, is_fuzzy);
            key(said, other, able, is_fuzzy)
        }
    }
}

pub(super) fn has_other_than_ascii(term: &Term) -> bool {
    match term {
        Term::Anywhere(words) | Term::Within(_, words) => !words.is_ascii(),
        Term::Not(term) => has_other_than_ascii(term),
        Term::Either(one, other) => has_other_than_ascii(one) || has_other_than_ascii(other),
        Term::Flag(..)
        | Term::Attachment
        | Term::Before(_)
        | Term::Since(_)
        | Term::Larger(_)
        | Term::Smaller(_) => false,
    }
}

impl SortKey {
    /// The word for it; names sort by how they are shown where the server can do that (RFC 5957).
    pub(super) fn word(self, able: &Capabilities) -> &'static str {
        match self {
            SortKey::Arrival => "ARRIVAL",
            SortKey::Date => "DATE",
            SortKey::From if able.has("SORT=DISPLAY") => "DISPLAYFROM",
            SortKey::From => "FROM",
            SortKey::To if able.has("SORT=DISPLAY") => "DISPLAYTO",
            SortKey::To => "TO",
            SortKey::Subject => "SUBJECT",
            SortKey::Size => "SIZE",
        }
    }
}
