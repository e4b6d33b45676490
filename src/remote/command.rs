//! Our words to IMAP's: the text of each command, by what the server can do.
//!
//! Not for sending. To know before changing it: the `imap` crate neither quotes nor checks what goes through `run`, so
//! this is the one place that does. What a user or server chose enters a command only through `string`, which lets no
//! CR, LF or NUL through; everything else here is numbers and words of our own.

use super::capabilities::Capabilities;
use super::plan::{Access, Known};
use super::uids::UidSet;
use crate::mail::{Flags, FolderName, ModSeq, PartPath, Uid};

/// The header fields that a row is made of.
const ROW_FIELDS: &str =
    "DATE FROM SENDER REPLY-TO TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES";

/// One command, in our words.
#[derive(Debug)]
pub(super) enum Command {
    /// What the server can do.
    Capability,
    /// Switches extensions on; only those of the list that the server has.
    Enable(Vec<&'static str>),
    /// Where folders live.
    Namespace,
    /// All folders; with roles, subscription and counts where the server can say them in one answer.
    List,
    /// The subscribed folders.
    Lsub,
    /// The counts of one folder that is not selected.
    Status(FolderName),
    /// How full the account is, by the root of a folder.
    Quota(FolderName),
    /// Opens a folder, for reading only or for change too.
    Open {
        /// Which one.
        folder: FolderName,
        /// SELECT or EXAMINE.
        access: Access,
        /// What was known of it: changes since then come with the answer (RFC 7162; QRESYNC has to be enabled).
        known: Option<Known>,
    },
    /// The UIDs of messages, in the server's own order.
    Search(Criteria),
    /// The UIDs of messages in an order.
    Sort {
        /// By what.
        key: SortKey,
        /// The largest first.
        reverse: bool,
        /// Which messages.
        criteria: Criteria,
    },
    /// All that a line of a list is made of.
    FetchRows {
        /// Of which messages.
        uids: UidSet,
        /// With what the user's own server found out about the sender (RFC 8601).
        verdict: bool,
    },
    /// The flags.
    FetchFlags {
        /// Of which messages.
        uids: UidSet,
        /// Only where something changed since (RFC 7162 3.1.4.1).
        since: Option<ModSeq>,
        /// With the UIDs that are gone (RFC 7162 3.2.6; QRESYNC has to be enabled, and needs `since`).
        vanished: bool,
    },
    /// Sections of one message, without setting \Seen.
    FetchSections {
        /// Which message.
        uid: Uid,
        /// Which sections.
        sections: Vec<Section>,
    },
    /// Adds or removes flags; the server need not tell the new ones.
    StoreFlags {
        /// On which messages.
        uids: UidSet,
        /// Adds rather than removes.
        add: bool,
        /// Which flags.
        flags: Flags,
    },
    /// Nothing: lets the server say what is new.
    Noop,
}

/// Which messages a search looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Criteria {
    /// All of the folder.
    All,
    /// Without \Seen.
    Unseen,
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
    /// The first sender's mailbox.
    From,
    /// The first recipient's mailbox.
    To,
    /// The subject without its Re:.
    Subject,
    /// The size.
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
    /// The MIME header of a part.
    Mime(PartPath),
    /// The header of the message, or of the message that a part is.
    Header(PartPath),
}

impl Section {
    /// All of a section.
    pub fn all(what: SectionKind) -> Section {
        Section { what, range: None }
    }

    /// The name of the section between its brackets, as answers repeat it: `1.2`, `1.2.MIME`, `HEADER`, nothing.
    pub(super) fn name(&self) -> String {
        match &self.what {
            SectionKind::Part(path) => path.to_string(),
            SectionKind::Mime(path) => format!("{path}.MIME"),
            SectionKind::Header(path) if path.steps().is_empty() => "HEADER".to_owned(),
            SectionKind::Header(path) => format!("{path}.HEADER"),
        }
    }
}

impl Command {
    /// The command as the crate sends it, without tag; several where a set is too long for one, none where there is
    /// nothing to ask.
    pub(super) fn texts(&self, able: &Capabilities) -> Vec<String> {
        match self {
            Command::Capability => vec!["CAPABILITY".to_owned()],
            Command::Enable(words) => {
                let known: Vec<&str> = words.iter().copied().filter(|w| able.has(w)).collect();
                let any = able.has("ENABLE") && !known.is_empty();
                any.then(|| format!("ENABLE {}", known.join(" ")))
                    .into_iter()
                    .collect()
            }
            // Servers count commands that they do not know, and hang up after some.
            Command::Namespace if able.lacks("NAMESPACE") && able.lacks("IMAP4REV2") => Vec::new(),
            Command::Namespace => vec!["NAMESPACE".to_owned()],
            Command::List => vec![list(able)],
            Command::Lsub => vec!["LSUB \"\" \"*\"".to_owned()],
            Command::Status(folder) => {
                vec![format!(
                    "STATUS {} ({})",
                    string(folder.as_wire(), able),
                    status_items(able)
                )]
            }
            Command::Quota(_) if able.lacks("QUOTA") => Vec::new(),
            Command::Quota(folder) => {
                vec![format!("GETQUOTAROOT {}", string(folder.as_wire(), able))]
            }
            Command::Open {
                folder,
                access,
                known,
            } => {
                let verb = match access {
                    Access::Read => "EXAMINE",
                    Access::Change => "SELECT",
                };
                let folder = string(folder.as_wire(), able);
                let with = match known {
                    Some(known) if able.has("QRESYNC") => {
                        let (validity, modseq) = (known.validity.0, known.modseq.get());
                        format!(" (QRESYNC ({validity} {modseq}))")
                    }
                    _ if able.has("CONDSTORE") || able.has("QRESYNC") => " (CONDSTORE)".to_owned(),
                    _ => String::new(),
                };
                vec![format!("{verb} {folder}{with}")]
            }
            Command::Search(criteria) => {
                let extended = able.has("ESEARCH") || able.has("IMAP4REV2");
                let give = if extended { "RETURN (ALL COUNT) " } else { "" };
                criteria
                    .texts()
                    .iter()
                    .map(|c| format!("UID SEARCH {give}{c}"))
                    .collect()
            }
            Command::Sort {
                key,
                reverse,
                criteria,
            } => {
                let give = if able.has("ESORT") {
                    "RETURN (ALL COUNT) "
                } else {
                    ""
                };
                let reverse = if *reverse { "REVERSE " } else { "" };
                let key = key.word();
                let texts = criteria.texts();
                texts
                    .iter()
                    .map(|c| format!("UID SORT {give}({reverse}{key}) UTF-8 {c}"))
                    .collect()
            }
            Command::FetchRows { uids, verdict } => {
                let verdict = if *verdict {
                    " AUTHENTICATION-RESULTS"
                } else {
                    ""
                };
                // RFC 8970: the first words, where the server makes them.
                let preview = if able.has("PREVIEW") { " PREVIEW" } else { "" };
                fetch(
                    uids,
                    &format!(
                        "(UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE{preview} BODY.PEEK[HEADER.FIELDS ({ROW_FIELDS}{verdict})])"
                    ),
                )
            }
            Command::FetchFlags {
                uids,
                since,
                vanished,
            } => {
                let since = since.filter(|_| able.has("CONDSTORE") || able.has("QRESYNC"));
                let changed = since.map_or(String::new(), |since| {
                    let gone = if *vanished && able.has("QRESYNC") {
                        " VANISHED"
                    } else {
                        ""
                    };
                    format!(" (CHANGEDSINCE {}{gone})", since.get())
                });
                fetch(uids, &format!("(UID FLAGS){changed}"))
            }
            Command::FetchSections { uid, sections } => {
                let items: Vec<String> = sections.iter().map(item).collect();
                let any = !items.is_empty();
                any.then(|| format!("UID FETCH {} (UID {})", uid.get(), items.join(" ")))
                    .into_iter()
                    .collect()
            }
            Command::StoreFlags { uids, add, flags } => {
                let sign = if *add { '+' } else { '-' };
                let words = flags.written().join(" ");
                let store = |set: String| format!("UID STORE {set} {sign}FLAGS.SILENT ({words})");
                uids.texts().into_iter().map(store).collect()
            }
            Command::Noop => vec!["NOOP".to_owned()],
        }
    }
}

impl Command {
    /// True for the commands that speak of the messages of the open folder.
    pub(super) fn is_about_messages(&self) -> bool {
        match self {
            Command::Search(_)
            | Command::Sort { .. }
            | Command::FetchRows { .. }
            | Command::FetchFlags { .. }
            | Command::FetchSections { .. }
            | Command::StoreFlags { .. } => true,
            Command::Capability
            | Command::Enable(_)
            | Command::Namespace
            | Command::List
            | Command::Lsub
            | Command::Status(_)
            | Command::Quota(_)
            | Command::Open { .. }
            | Command::Noop => false,
        }
    }
}

impl Criteria {
    /// One search key, or several where a set is too long for one. An empty set finds nothing, so nothing is asked.
    fn texts(&self) -> Vec<String> {
        match self {
            Criteria::All => vec!["ALL".to_owned()],
            Criteria::Unseen => vec!["UNSEEN".to_owned()],
            Criteria::Uids(uids) => uids
                .texts()
                .iter()
                .map(|set| format!("UID {set}"))
                .collect(),
        }
    }
}

impl SortKey {
    fn word(self) -> &'static str {
        match self {
            SortKey::Arrival => "ARRIVAL",
            SortKey::Date => "DATE",
            SortKey::From => "FROM",
            SortKey::To => "TO",
            SortKey::Subject => "SUBJECT",
            SortKey::Size => "SIZE",
        }
    }
}

/// LIST with what RFC 5258, 5819 and 6154 add, where the server has them.
fn list(able: &Capabilities) -> String {
    let mut give = Vec::new();
    if able.has("LIST-EXTENDED") || able.has("IMAP4REV2") {
        give.push("SUBSCRIBED".to_owned());
        if able.has("SPECIAL-USE") || able.has("IMAP4REV2") {
            give.push("SPECIAL-USE".to_owned());
        }
    }
    if able.has("LIST-STATUS") || able.has("IMAP4REV2") {
        give.push(format!("STATUS ({})", status_items(able)));
    }
    if give.is_empty() {
        return "LIST \"\" \"*\"".to_owned();
    }
    format!("LIST \"\" \"*\" RETURN ({})", give.join(" "))
}

fn status_items(able: &Capabilities) -> &'static str {
    if able.has("CONDSTORE") || able.has("QRESYNC") {
        "MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ"
    } else {
        "MESSAGES UNSEEN UIDNEXT UIDVALIDITY"
    }
}

fn fetch(uids: &UidSet, items: &str) -> Vec<String> {
    uids.texts()
        .into_iter()
        .map(|set| format!("UID FETCH {set} {items}"))
        .collect()
}

fn item(section: &Section) -> String {
    let range = section.range.map_or(String::new(), |(offset, length)| {
        format!("<{offset}.{length}>")
    });
    format!("BODY.PEEK[{}]{range}", section.name())
}

/// A string that can end nothing: quoted where it is ASCII, else a literal, without waiting where the server can
/// (RFC 7888). CR, LF and NUL, which no value of our types holds, would be left out.
fn string(text: &str, able: &Capabilities) -> String {
    let safe: String = text
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n' | '\0'))
        .collect();
    if safe.is_ascii() {
        return format!("\"{}\"", safe.replace('\\', "\\\\").replace('"', "\\\""));
    }
    let short = safe.len() <= 4096;
    let plus = able.has("LITERAL+") || (short && able.has("LITERAL-"));
    format!(
        "{{{}{}}}\r\n{safe}",
        safe.len(),
        if plus { "+" } else { "" }
    )
}

/// True for a command that makes the server wait in its middle: it has to be alone in its flight.
pub(super) fn pauses(text: &str) -> bool {
    text.contains("}\r\n") && !text.contains("+}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::UidValidity;

    fn able(words: &str) -> Capabilities {
        Capabilities::parse(words.as_bytes())
    }

    #[test]
    fn no_name_ends_its_string() {
        let plain = able("IMAP4rev1");
        assert_eq!(string("a\"b\\c", &plain), r#""a\"b\\c""#);
        assert_eq!(string("a\r\nx LOGOUT", &plain), "\"ax LOGOUT\"");
        assert_eq!(string("é", &plain), "{2}\r\né");
        assert_eq!(string("é", &able("LITERAL+")), "{2+}\r\né");
        assert!(pauses("STATUS {2}\r\né (MESSAGES)") && !pauses("STATUS {2+}\r\né (MESSAGES)"));
    }

    #[test]
    fn a_command_asks_for_what_the_server_can() {
        let plain = able("IMAP4rev1");
        let all =
            able("ENABLE QRESYNC CONDSTORE ESEARCH ESORT LIST-EXTENDED LIST-STATUS SPECIAL-USE");
        assert_eq!(Command::List.texts(&plain), ["LIST \"\" \"*\""]);
        assert_eq!(
            Command::List.texts(&all),
            [
                "LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ))"
            ]
        );
        assert_eq!(
            Command::Enable(vec!["QRESYNC"]).texts(&all),
            ["ENABLE QRESYNC"]
        );
        assert!(Command::Enable(vec!["QRESYNC"]).texts(&plain).is_empty());
        assert_eq!(Command::Namespace.texts(&able("")), ["NAMESPACE"]);
        assert!(Command::Namespace.texts(&plain).is_empty());
        let open = Command::Open {
            folder: FolderName::inbox(),
            access: Access::Read,
            known: ModSeq::new(7).map(|modseq| Known {
                validity: UidValidity(3),
                modseq,
            }),
        };
        assert_eq!(open.texts(&plain), ["EXAMINE \"INBOX\""]);
        assert_eq!(open.texts(&all), ["EXAMINE \"INBOX\" (QRESYNC (3 7))"]);
        let sort = Command::Sort {
            key: SortKey::Arrival,
            reverse: true,
            criteria: Criteria::All,
        };
        assert_eq!(sort.texts(&plain), ["UID SORT (REVERSE ARRIVAL) UTF-8 ALL"]);
        assert_eq!(
            sort.texts(&all),
            ["UID SORT RETURN (ALL COUNT) (REVERSE ARRIVAL) UTF-8 ALL"]
        );
        let rows = |uids, verdict| Command::FetchRows { uids, verdict };
        assert!(rows(UidSet::default(), false).texts(&all).is_empty());
        for (server, asks) in [(&plain, false), (&able("PREVIEW"), true)] {
            let texts = rows(UidSet::from_on(Uid::new(1).expect("a UID")), asks).texts(server);
            assert_eq!(texts.concat().contains(" PREVIEW "), asks);
            assert_eq!(texts.concat().contains(" AUTHENTICATION-RESULTS)"), asks);
        }
    }
}
