//! Our words to IMAP's: what each command says, by what the server can do.
//!
//! Not for sending, nor for commands that change something (`change`). To know before changing it: what a user or server
//! chose enters a command only as a string of `segments`; everything else here is numbers and words of our own.

use super::capabilities::Capabilities;
use super::change::Change;
use super::criteria::{Access, Criteria, Known, Section, SortKey, has_other_than_ascii, keys};
use super::segments::{Segments, each};
use super::uids::UidSet;
use crate::mail::{FolderName, ModSeq, Term, Uid};

/// The header fields that a row is made of.
const ROW_FIELDS: &str =
    "DATE FROM SENDER REPLY-TO TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES";

/// How much of these is fetched of a message, in bytes: a list must not wait for a header of megabytes.
pub const ROW_BYTES: u32 = 64 * 1024;

/// The header fields that an index is made of, and how many bytes of these are fetched of a message.
const INDEX_FIELDS: &str = "DATE FROM TO SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES";
const INDEX_BYTES: u32 = 8 * 1024;

/// Most bytes of the names of folders that one command is about.
const NAMES_BYTES: usize = 4 * 1024;

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
    /// The folders of one level, by a pattern with `%` for a step of a name; with the same.
    ListLevel(FolderName),
    /// The subscribed folders.
    Lsub,
    /// The counts of one folder that is not selected.
    Status(FolderName),
    /// How full the account is, by the root of a folder.
    Quota(FolderName),
    /// What the user may do in a folder (RFC 4314).
    MyRights(FolderName),
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
    /// The UIDs of messages of folders that need not be open (RFC 7377).
    SearchIn {
        /// Which folders.
        folders: Vec<FolderName>,
        /// What is looked for.
        terms: Vec<Term>,
        /// With the name of the charset of the words.
        charset: bool,
    },
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
    /// What an index is made of.
    FetchIndex(UidSet),
    /// The flags.
    FetchFlags {
        /// Of which messages.
        uids: UidSet,
        /// Only where something changed since (RFC 7162 3.1.4.1).
        since: Option<ModSeq>,
        /// With the UIDs that are gone (RFC 7162 3.2.6; QRESYNC has to be enabled, and needs `since`).
        vanished: bool,
    },
    /// What messages can be put in order by: when they came, their flags, and their sizes, for which a server may have to
    /// read them.
    FetchDates {
        /// Of which messages.
        uids: UidSet,
        /// With their sizes.
        sizes: bool,
    },
    /// Sections of one message, without setting \Seen.
    FetchSections {
        /// Which message.
        uid: Uid,
        /// Which sections.
        sections: Vec<Section>,
    },
    /// Nothing: lets the server say what is new.
    Noop,
    /// What changes something.
    Change(Change),
}

impl Command {
    /// The command as it goes out; several where a set is too long for one, none where there is nothing to ask.
    pub fn segments(self, able: &Capabilities) -> Vec<Segments> {
        let one = |text: &str| vec![Segments::new(text)];
        match self {
            Command::Capability => one("CAPABILITY"),
            Command::Enable(words) => {
                let known: Vec<&str> = words.into_iter().filter(|w| able.has(w)).collect();
                match able.has("ENABLE") && !known.is_empty() {
                    true => one(&format!("ENABLE {}", known.join(" "))),
                    false => Vec::new(),
                }
            }
            // Servers count commands that they do not know, and hang up after some.
            Command::Namespace if able.lacks("NAMESPACE") && able.lacks("IMAP4REV2") => Vec::new(),
            Command::Namespace => one("NAMESPACE"),
            Command::List => one(&format!("LIST \"\" \"*\"{}", list_options(able))),
            Command::ListLevel(pattern) => {
                let list = Segments::about("LIST \"\"", &pattern, able);
                vec![match list_options(able).trim_start() {
                    "" => list,
                    options => list.word(options),
                }]
            }
            Command::Lsub => one("LSUB \"\" \"*\""),
            Command::Status(folder) => {
                // RFC 7889 4: without a number of its own, the capability means one for each folder.
                let limit = match able.has("APPENDLIMIT") {
                    true => " APPENDLIMIT",
                    false => "",
                };
                let items = format!("({}{limit})", status_items(able));
                vec![Segments::about("STATUS", &folder, able).word(&items)]
            }
            Command::Quota(_) if able.lacks("QUOTA") => Vec::new(),
            Command::Quota(folder) => vec![Segments::about("GETQUOTAROOT", &folder, able)],
            Command::MyRights(_) if able.lacks("ACL") => Vec::new(),
            Command::MyRights(folder) => vec![Segments::about("MYRIGHTS", &folder, able)],
            Command::Open {
                folder,
                access,
                known,
            } => vec![open(&folder, access, known, able)],
            Command::Search(criteria) => {
                let give = match has_esearch(able) {
                    true => " RETURN (ALL COUNT)",
                    false => "",
                };
                let charset = criteria
                    .charset()
                    .map_or(String::new(), |c| format!(" CHARSET {c}"));
                criteria.commands(&format!("UID SEARCH{give}{charset}"), able)
            }
            Command::SearchIn {
                folders,
                terms,
                charset,
            } => {
                let charset = match charset && terms.iter().any(has_other_than_ascii) {
                    true => " CHARSET UTF-8",
                    false => "",
                };
                let looked_for = |some: &[FolderName]| {
                    let said = Segments::new("ESEARCH IN (mailboxes").names(some, able);
                    let said = said.closed(&format!(" RETURN (ALL COUNT){charset}"));
                    match terms.is_empty() {
                        true => said.word("ALL"),
                        false => keys(said, &terms, able),
                    }
                };
                named_together(&folders)
                    .into_iter()
                    .map(looked_for)
                    .collect()
            }
            Command::Sort {
                key,
                reverse,
                criteria,
            } => {
                let give = match able.has("ESORT") {
                    true => " RETURN (ALL COUNT)",
                    false => "",
                };
                let reverse = if reverse { "REVERSE " } else { "" };
                // Among equals the newest comes first.
                let then = match key {
                    SortKey::Arrival => "",
                    _ => " REVERSE ARRIVAL",
                };
                let key = key.word(able);
                criteria.commands(
                    &format!("UID SORT{give} ({reverse}{key}{then}) UTF-8"),
                    able,
                )
            }
            Command::FetchRows { uids, verdict } => {
                let verdict = if verdict {
                    " AUTHENTICATION-RESULTS"
                } else {
                    ""
                };
                // RFC 8970: the first words, where the server makes them.
                let preview = if able.has("PREVIEW") { " PREVIEW" } else { "" };
                let items = format!(
                    "(UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE{preview} BODY.PEEK[HEADER.FIELDS ({ROW_FIELDS}{verdict})]<0.{ROW_BYTES}>)"
                );
                each(uids.texts(), |set| format!("UID FETCH {set} {items}"))
            }
            Command::FetchIndex(uids) => {
                // Which conversation a message belongs to, where the server knows (RFC 8474 5.2; Gmail).
                let thread = match (able.has("OBJECTID"), able.has("X-GM-EXT-1")) {
                    (true, _) => " THREADID",
                    (false, true) => " X-GM-THRID",
                    (false, false) => "",
                };
                let items = format!(
                    "(UID INTERNALDATE RFC822.SIZE{thread} BODY.PEEK[HEADER.FIELDS ({INDEX_FIELDS})]<0.{INDEX_BYTES}>)"
                );
                each(uids.texts(), |set| format!("UID FETCH {set} {items}"))
            }
            Command::FetchFlags {
                uids,
                since,
                vanished,
            } => {
                let since = since.filter(|_| able.has("CONDSTORE") || able.has("QRESYNC"));
                let gone = match vanished && able.has("QRESYNC") {
                    true => " VANISHED",
                    false => "",
                };
                let changed = since.map_or(String::new(), |since| {
                    format!(" (CHANGEDSINCE {}{gone})", since.get())
                });
                each(uids.texts(), |set| {
                    format!("UID FETCH {set} (UID FLAGS){changed}")
                })
            }
            Command::FetchDates { uids, sizes } => {
                let size = if sizes { " RFC822.SIZE" } else { "" };
                each(uids.texts(), |set| {
                    format!("UID FETCH {set} (UID FLAGS INTERNALDATE{size})")
                })
            }
            Command::FetchSections { sections, .. } if sections.is_empty() => Vec::new(),
            Command::FetchSections { uid, sections } => {
                let items: Vec<String> = sections.iter().map(item).collect();
                one(&format!(
                    "UID FETCH {} (UID {})",
                    uid.get(),
                    items.join(" ")
                ))
            }
            Command::Noop => one("NOOP"),
            Command::Change(change) => change.segments(able),
        }
    }

    /// True for the commands that speak of the messages of the open folder.
    pub fn is_about_messages(&self) -> bool {
        match self {
            Command::Search(_)
            | Command::Sort { .. }
            | Command::FetchRows { .. }
            | Command::FetchIndex(_)
            | Command::FetchFlags { .. }
            | Command::FetchDates { .. }
            | Command::FetchSections { .. } => true,
            Command::Change(change) => change.is_about_messages(),
            Command::Capability
            | Command::Enable(_)
            | Command::Namespace
            | Command::List
            | Command::ListLevel(_)
            | Command::Lsub
            | Command::Status(_)
            | Command::Quota(_)
            | Command::MyRights(_)
            | Command::SearchIn { .. }
            | Command::Open { .. }
            | Command::Noop => false,
        }
    }

    /// The word of an answer that names neither tag nor command: only one such command can be in flight for a folder.
    pub fn untagged_answer(&self, able: &Capabilities) -> Option<&'static str> {
        match self {
            Command::Search(_) if !has_esearch(able) => Some("SEARCH"),
            Command::Sort { .. } if !able.has("ESORT") => Some("SORT"),
            _ => None,
        }
    }
}

/// Folders in groups whose names fit into one command each.
fn named_together(folders: &[FolderName]) -> Vec<&[FolderName]> {
    let mut groups = Vec::new();
    let mut rest = folders;
    while !rest.is_empty() {
        let mut bytes: usize = 0;
        let fits = rest.iter().take_while(|folder| {
            let is_first = bytes == 0;
            bytes = bytes
                .saturating_add(folder.as_wire().len())
                .saturating_add(3);
            is_first || bytes <= NAMES_BYTES
        });
        let (group, others) = rest.split_at(fits.count().min(rest.len()));
        groups.push(group);
        rest = others;
    }
    groups
}

fn has_esearch(able: &Capabilities) -> bool {
    able.has("ESEARCH") || able.has("IMAP4REV2")
}

fn open(
    folder: &FolderName,
    access: Access,
    known: Option<Known>,
    able: &Capabilities,
) -> Segments {
    let verb = match access {
        Access::Read => "EXAMINE",
        Access::Change => "SELECT",
    };
    let command = Segments::about(verb, folder, able);
    match known.filter(|_| able.has("QRESYNC")) {
        Some(Known { validity, modseq }) => {
            command.word(&format!("(QRESYNC ({} {}))", validity.0, modseq.get()))
        }
        None if able.has("CONDSTORE") || able.has("QRESYNC") => command.word("(CONDSTORE)"),
        None => command,
    }
}

/// What LIST is to tell beside names (RFC 5258, 5819, 6154), from a blank on; nothing where the server cannot.
fn list_options(able: &Capabilities) -> String {
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
    match give.is_empty() {
        true => String::new(),
        false => format!(" RETURN ({})", give.join(" ")),
    }
}

fn status_items(able: &Capabilities) -> &'static str {
    if able.has("CONDSTORE") || able.has("QRESYNC") {
        "MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ"
    } else {
        "MESSAGES UNSEEN UIDNEXT UIDVALIDITY"
    }
}

fn item(section: &Section) -> String {
    let range = section.range.map_or(String::new(), |(offset, length)| {
        format!("<{offset}.{length}>")
    });
    format!("BODY.PEEK[{}]{range}", section.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::UidValidity;

    fn able(words: &str) -> Capabilities {
        Capabilities::parse(words.as_bytes())
    }

    /// What a command says to a server.
    fn said(command: Command, able: &Capabilities) -> Vec<String> {
        let commands = command.segments(able);
        commands.iter().map(Segments::text).collect()
    }

    #[test]
    fn messages_that_belong_to_a_conversation_are_looked_for_in_one_command() {
        let naming = |own: &[&str], referred: &[&str]| {
            let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
            Command::Search(Criteria::Naming {
                own: ids(own),
                referred: ids(referred),
            })
        };
        let able = able("IMAP4rev1");
        assert_eq!(
            said(naming(&["a@x"], &["b\"@x"]), &able),
            [
                "UID SEARCH OR HEADER Message-ID \"a@x\" OR HEADER References \"b\\\"@x\" HEADER In-Reply-To \"b\\\"@x\""
            ]
        );
        assert_eq!(
            said(naming(&["a@x"], &[]), &able),
            ["UID SEARCH HEADER Message-ID \"a@x\""]
        );
        assert!(said(naming(&[], &[]), &able).is_empty());
    }

    #[test]
    fn words_are_looked_for_as_people_mean_them_where_the_server_can() {
        let asked = |words: &str| {
            let without = Term::Not(Box::new(Term::Attachment));
            let criteria = Criteria::Terms {
                terms: vec![without, Term::Anywhere("two words".to_owned())],
                among: UidSet::all(),
                charset: true,
            };
            said(Command::Search(criteria), &able(words)).concat()
        };
        let plain = "UID SEARCH ALL NOT OR KEYWORD $HasAttachment HEADER Content-Type \"multipart/mixed\" TEXT \"two words\"";
        assert_eq!(asked("IMAP4rev1"), plain);
        assert_eq!(
            asked("SEARCH=FUZZY"),
            plain.replace("TEXT \"two", "FUZZY TEXT \"two")
        );
        assert!(asked("X-GM-EXT-1").contains("NOT X-GM-RAW \"has:attachment\""));
        // What is like the words is not left out with them.
        let criteria = Criteria::Terms {
            terms: vec![Term::Not(Box::new(Term::Anywhere("draft".to_owned())))],
            among: UidSet::all(),
            charset: true,
        };
        assert_eq!(
            said(Command::Search(criteria), &able("SEARCH=FUZZY")),
            ["UID SEARCH ALL NOT TEXT \"draft\""]
        );
    }

    #[test]
    fn rule_16_folders_are_searched_together_where_the_server_can() {
        let asked = |folders: &[&str], terms: &[Term]| {
            let folders = folders.iter().filter_map(|name| FolderName::new(name));
            let command = Command::SearchIn {
                folders: folders.collect(),
                terms: terms.to_vec(),
                charset: true,
            };
            said(command, &able("MULTISEARCH LITERAL+"))
        };
        assert_eq!(
            asked(&["INBOX", "a \"b\""], &[Term::Larger(9)]),
            ["ESEARCH IN (mailboxes (\"INBOX\" \"a \\\"b\\\"\")) RETURN (ALL COUNT) LARGER 9"]
        );
        assert_eq!(
            asked(&["é"], &[Term::Anywhere("é".to_owned())]),
            ["ESEARCH IN (mailboxes ({2+}\r\né)) RETURN (ALL COUNT) CHARSET UTF-8 TEXT {2+}\r\né"]
        );
        assert_eq!(
            asked(&["a"], &[]),
            ["ESEARCH IN (mailboxes (\"a\")) RETURN (ALL COUNT) ALL"]
        );
        assert!(asked(&[], &[]).is_empty());
        // Names that are too many for one command go in several, none of them twice.
        let names: Vec<String> = (0..1_000).map(|n| format!("Box/{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let commands = asked(&names, &[]);
        assert!(commands.len() > 1 && commands.iter().all(|text| text.len() < 5_000));
        let count = commands.iter().map(|text| text.matches("Box/").count());
        assert_eq!(count.sum::<usize>(), 1_000);
    }

    #[test]
    fn an_index_is_fetched_with_the_name_of_the_conversation_where_the_server_has_one() {
        let asked = |words: &str| {
            let one = UidSet::range(Uid::new(1).unwrap(), Uid::new(9).unwrap());
            said(Command::FetchIndex(one), &able(words)).concat()
        };
        assert!(asked("IMAP4rev1").starts_with("UID FETCH 1:9 (UID INTERNALDATE RFC822.SIZE BODY"));
        assert!(asked("IMAP4rev1 OBJECTID").contains(" THREADID "));
        assert!(asked("IMAP4rev1 X-GM-EXT-1").contains(" X-GM-THRID "));
    }

    #[test]
    fn a_command_asks_for_what_the_server_can() {
        let plain = able("IMAP4rev1");
        let all =
            able("ENABLE QRESYNC CONDSTORE ESEARCH ESORT LIST-EXTENDED LIST-STATUS SPECIAL-USE");
        assert_eq!(said(Command::List, &plain), ["LIST \"\" \"*\""]);
        assert_eq!(
            said(Command::List, &all),
            [
                "LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ))"
            ]
        );
        let enable = || Command::Enable(vec!["QRESYNC"]);
        assert_eq!(said(enable(), &all), ["ENABLE QRESYNC"]);
        assert!(said(enable(), &plain).is_empty());
        assert_eq!(said(Command::Namespace, &able("")), ["NAMESPACE"]);
        assert!(said(Command::Namespace, &plain).is_empty());
        let open = || Command::Open {
            folder: FolderName::inbox(),
            access: Access::Read,
            known: ModSeq::new(7).map(|modseq| Known {
                validity: UidValidity(3),
                modseq,
            }),
        };
        assert_eq!(said(open(), &plain), ["EXAMINE \"INBOX\""]);
        assert_eq!(said(open(), &all), ["EXAMINE \"INBOX\" (QRESYNC (3 7))"]);
        let condstore = able("CONDSTORE");
        assert_eq!(said(open(), &condstore), ["EXAMINE \"INBOX\" (CONDSTORE)"]);
        let sort = || Command::Sort {
            key: SortKey::Arrival,
            reverse: true,
            criteria: Criteria::All,
        };
        assert_eq!(
            said(sort(), &plain),
            ["UID SORT (REVERSE ARRIVAL) UTF-8 ALL"]
        );
        assert_eq!(
            said(sort(), &all),
            ["UID SORT RETURN (ALL COUNT) (REVERSE ARRIVAL) UTF-8 ALL"]
        );
        assert_eq!(sort().untagged_answer(&plain), Some("SORT"));
        assert_eq!(sort().untagged_answer(&all), None);
        let rows = |uids, verdict| Command::FetchRows { uids, verdict };
        assert!(said(rows(UidSet::default(), false), &all).is_empty());
        let first = UidSet::from_on(Uid::new(1).expect("a UID"));
        for (server, asks) in [(&plain, false), (&able("PREVIEW"), true)] {
            let text = said(rows(first.clone(), asks), server).concat();
            assert_eq!(text.contains(" PREVIEW "), asks);
            assert_eq!(text.contains(" AUTHENTICATION-RESULTS)"), asks);
            assert!(text.ends_with(")]<0.65536>)"), "{text}");
        }
    }
}
