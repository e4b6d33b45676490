//! Commands that change something, and what servers say was done (RFC 9051 6.3, 6.4; RFC 4315, 6851, 7162).
//!
//! Not for what to change, nor for what is said about it: `mailbox` decides. To know before changing it: a tagged OK says
//! little. What was done is what COPYUID, APPENDUID, VANISHED, EXPUNGE and FETCH name, and a NO may have done a part of it.

use super::capabilities::Capabilities;
use super::dates;
use super::lexer::{Lexer, number};
use super::segments::{Content, Segments, each};
use super::uids::{Sequence, UidSet};
use crate::mail::{Flags, FolderName, ModSeq, Role, Uid, UidValidity};
use crate::time::Seconds;

/// A change.
#[derive(Debug)]
pub(super) enum Change {
    /// Adds or removes flags.
    Store(StoreFlags),
    /// Copies messages into a folder.
    Copy(UidSet, FolderName),
    /// Moves messages into a folder (RFC 6851).
    Move(UidSet, FolderName),
    /// Removes those of the messages that are marked \Deleted (RFC 4315 2.1).
    Expunge(UidSet),
    /// Removes all messages of the open folder that are marked \Deleted (RFC 9051 6.4.3).
    ExpungeAll,
    /// Puts a new message into a folder.
    Append(Append),
    /// Makes a folder.
    Create(FolderName, Option<Role>),
    /// Removes a folder.
    Delete(FolderName),
    /// Gives a folder another name.
    Rename(FolderName, FolderName),
    /// Puts a folder on the list of the subscribed ones.
    Subscribe(FolderName),
    /// Takes a folder from the list of the subscribed ones.
    Unsubscribe(FolderName),
}

/// Flags to be added to messages, or removed.
#[derive(Clone, Debug)]
pub struct StoreFlags {
    /// Which messages.
    pub uids: UidSet,
    /// Adds them; else removes them.
    pub add: bool,
    /// Which flags.
    pub flags: Flags,
    /// Leaves messages alone that were changed since (RFC 7162 3.1.3), where the server can tell.
    pub unchanged_since: Option<ModSeq>,
    /// The server tells the flags that are set afterwards.
    pub tell: bool,
}

/// A message to be put into a folder.
#[derive(Debug)]
pub struct Append {
    /// Into which.
    pub folder: FolderName,
    /// What is set on it.
    pub flags: Flags,
    /// Its INTERNALDATE; that of the server where there is none.
    pub arrived: Option<Seconds>,
    /// The message, lines ended by CRLF.
    pub content: Content,
}

/// What a STORE left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Messages that were changed by others meanwhile (MODIFIED).
    pub modified: UidSet,
}

/// Where the copies of messages are (COPYUID): two sequences that are paired one by one as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// UIDVALIDITY of the folder that has the copies.
    pub validity: Option<UidValidity>,
    from: Sequence,
    to: Sequence,
}

/// Where a new message is (APPENDUID).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// UIDVALIDITY and UID; None where the server does not tell.
    pub at: Option<(UidValidity, Uid)>,
}

impl Copied {
    /// Reads the arguments of COPYUID. None where the two sequences cannot be paired: other lengths, or a range that is
    /// written downwards, which names its numbers in no order (RFC 9051 9, seq-range).
    pub(super) fn read(arguments: &[u8]) -> Option<Copied> {
        let mut lexer = Lexer::new(arguments);
        let validity = number(lexer.word()).map(UidValidity)?;
        let (from, to) = (
            Sequence::parse(lexer.word())?,
            Sequence::parse(lexer.word())?,
        );
        let paired = from.len() == to.len() && from.only_rises() && to.only_rises();
        paired.then_some(Copied {
            validity: Some(validity),
            from,
            to,
        })
    }

    /// Each message that was copied, and its copy. A lying server can make this long: take what you can use.
    pub fn pairs(&self) -> impl Iterator<Item = (Uid, Uid)> + '_ {
        self.from.iter().zip(self.to.iter())
    }

    /// The messages that were copied.
    pub fn from(&self) -> UidSet {
        self.from.to_set()
    }

    /// How many were copied.
    pub fn len(&self) -> u64 {
        self.from.len()
    }

    /// True where nothing is known to be copied.
    pub fn is_empty(&self) -> bool {
        self.from.is_empty()
    }

    /// The first message, by which a copy is found to belong to its command.
    pub(super) fn first(&self) -> Option<Uid> {
        self.from.iter().next()
    }

    /// Adds what a further command of the same set copied, if that is into the same folder.
    pub(super) fn add(&mut self, more: Copied) {
        if self.validity == more.validity {
            self.from.extend(more.from);
            self.to.extend(more.to);
        }
    }
}

impl Appended {
    /// Reads the arguments of APPENDUID.
    pub(super) fn read(arguments: &[u8]) -> Option<Appended> {
        let mut lexer = Lexer::new(arguments);
        let validity = number(lexer.word()).map(UidValidity)?;
        let uid = number(lexer.word()).and_then(Uid::new)?;
        let at = Some((validity, uid));
        Some(Appended { at })
    }
}

impl Change {
    /// The change as it goes out; several where a set is too long for one, none where there is nothing to change.
    pub fn segments(self, able: &Capabilities) -> Vec<Segments> {
        let into = |verb: &str, uids: &UidSet, folder: &FolderName| {
            let texts = uids.texts().into_iter();
            let command = |set| Segments::about(&format!("UID {verb} {set}"), folder, able);
            texts.map(command).collect()
        };
        match self {
            Change::Store(store) => store.segments(able),
            Change::Copy(uids, folder) => into("COPY", &uids, &folder),
            Change::Move(uids, folder) => into("MOVE", &uids, &folder),
            Change::Expunge(uids) => each(uids.texts(), |set| format!("UID EXPUNGE {set}")),
            Change::ExpungeAll => vec![Segments::new("EXPUNGE")],
            Change::Append(append) => vec![append.segments(able)],
            Change::Create(folder, role) => {
                let command = Segments::about("CREATE", &folder, able);
                let role = role.filter(|_| able.has("CREATE-SPECIAL-USE"));
                vec![match role.and_then(attribute) {
                    Some(attribute) => command.word(&format!("(USE ({attribute}))")),
                    None => command,
                }]
            }
            Change::Delete(folder) => vec![Segments::about("DELETE", &folder, able)],
            Change::Rename(from, to) => {
                vec![Segments::about("RENAME", &from, able).string(to.as_wire(), able)]
            }
            Change::Subscribe(folder) => vec![Segments::about("SUBSCRIBE", &folder, able)],
            Change::Unsubscribe(folder) => vec![Segments::about("UNSUBSCRIBE", &folder, able)],
        }
    }

    /// True for changes of the messages of the open folder.
    pub fn is_about_messages(&self) -> bool {
        match self {
            Change::Store(_)
            | Change::Copy(..)
            | Change::Move(..)
            | Change::Expunge(_)
            | Change::ExpungeAll => true,
            Change::Append(_)
            | Change::Create(..)
            | Change::Delete(_)
            | Change::Rename(..)
            | Change::Subscribe(_)
            | Change::Unsubscribe(_) => false,
        }
    }

    /// True for what makes a second copy of a message.
    pub fn keeps(&self) -> bool {
        matches!(self, Change::Copy(..) | Change::Append(_))
    }

    /// True for what marks messages for removal, or removes them.
    pub fn removes(&self) -> bool {
        match self {
            Change::Store(store) => store.add && store.flags.has(&Flags::DELETED),
            Change::Expunge(_) | Change::ExpungeAll | Change::Delete(_) => true,
            _ => false,
        }
    }
}

impl StoreFlags {
    fn segments(self, able: &Capabilities) -> Vec<Segments> {
        let words = self.flags.written().join(" ");
        if words.is_empty() {
            return Vec::new();
        }
        let sign = if self.add { '+' } else { '-' };
        let silent = if self.tell { "" } else { ".SILENT" };
        let since = self.unchanged_since;
        let since = since.filter(|_| able.has("CONDSTORE") || able.has("QRESYNC"));
        let unless = since.map_or(String::new(), |n| format!("(UNCHANGEDSINCE {}) ", n.get()));
        each(self.uids.texts(), |set| {
            format!("UID STORE {set} {unless}{sign}FLAGS{silent} ({words})")
        })
    }
}

impl Append {
    fn segments(self, able: &Capabilities) -> Segments {
        let mut command = Segments::about("APPEND", &self.folder, able);
        let flags = self.flags.written().join(" ");
        if !flags.is_empty() {
            command = command.word(&format!("({flags})"));
        }
        if let Some(date) = self.arrived.and_then(dates::written) {
            command = command.word(&date);
        }
        command.literal(self.content, able)
    }
}

/// The attribute of a folder that is for something (RFC 6154 2); INBOX has none, it is there already.
fn attribute(role: Role) -> Option<&'static str> {
    match role {
        Role::Inbox => None,
        Role::Drafts => Some("\\Drafts"),
        Role::Sent => Some("\\Sent"),
        Role::Archive => Some("\\Archive"),
        Role::Junk => Some("\\Junk"),
        Role::Trash => Some("\\Trash"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn able(words: &str) -> Capabilities {
        Capabilities::parse(words.as_bytes())
    }

    fn said(change: Change, words: &str) -> String {
        let commands = change.segments(&able(words));
        let texts: Vec<String> = commands.iter().map(Segments::text).collect();
        texts.join("\n")
    }

    fn uid(n: u32) -> Uid {
        Uid::new(n).expect("not 0")
    }

    fn uids(numbers: &[u32]) -> UidSet {
        numbers.iter().map(|n| uid(*n)).collect()
    }

    fn folder(name: &str) -> FolderName {
        FolderName::new(name).expect("a name")
    }

    #[test]
    fn each_change_says_what_it_means() {
        let store = |add, tell| {
            Change::Store(StoreFlags {
                uids: uids(&[3, 4, 9]),
                add,
                flags: Flags::SEEN.with(&Flags::read([&b"$label1"[..]])),
                unchanged_since: ModSeq::new(7),
                tell,
            })
        };
        let append = |arrived| {
            Change::Append(Append {
                folder: folder("Sent \"x\""),
                flags: Flags::SEEN,
                arrived,
                content: Content::Bytes(b"From: a\r\n\r\n\xff\r\n".to_vec()),
            })
        };
        for (change, words, text) in [
            (
                store(true, false),
                "",
                "UID STORE 3:4,9 +FLAGS.SILENT (\\Seen $label1)",
            ),
            (
                store(false, true),
                "CONDSTORE",
                "UID STORE 3:4,9 (UNCHANGEDSINCE 7) -FLAGS (\\Seen $label1)",
            ),
            (
                Change::Copy(uids(&[1]), folder("a")),
                "",
                "UID COPY 1 \"a\"",
            ),
            (
                Change::Move(uids(&[1, 2]), folder("é")),
                "LITERAL+",
                "UID MOVE 1:2 {2+}\r\né",
            ),
            (Change::Move(UidSet::default(), folder("a")), "", ""),
            (Change::Expunge(uids(&[5])), "", "UID EXPUNGE 5"),
            (Change::ExpungeAll, "", "EXPUNGE"),
            (
                append(None),
                "LITERAL+",
                "APPEND \"Sent \\\"x\\\"\" (\\Seen) {14+}\r\nFrom: a\r\n\r\n\u{fffd}\r\n",
            ),
            (
                append(Some(0)),
                "",
                "APPEND \"Sent \\\"x\\\"\" (\\Seen) \" 1-Jan-1970 00:00:00 +0000\" {14}\r\nFrom: a\r\n\r\n\u{fffd}\r\n",
            ),
            (
                Change::Create(folder("a"), Some(Role::Archive)),
                "",
                "CREATE \"a\"",
            ),
            (
                Change::Create(folder("a"), Some(Role::Archive)),
                "CREATE-SPECIAL-USE",
                "CREATE \"a\" (USE (\\Archive))",
            ),
            (Change::Delete(folder("a")), "", "DELETE \"a\""),
            (
                Change::Rename(folder("a"), folder("b")),
                "",
                "RENAME \"a\" \"b\"",
            ),
            (Change::Subscribe(folder("a")), "", "SUBSCRIBE \"a\""),
            (Change::Unsubscribe(folder("a")), "", "UNSUBSCRIBE \"a\""),
        ] {
            assert_eq!(said(change, words), text);
        }
    }

    #[test]
    fn copies_are_paired_as_they_stand() {
        let pairs = |text: &str| {
            let copied = Copied::read(text.as_bytes())?;
            let pairs = copied.pairs().take(10);
            Some(
                pairs
                    .map(|(from, to)| (from.get(), to.get()))
                    .collect::<Vec<_>>(),
            )
        };
        // RFC 4315 3, and an order that sorting would break.
        assert_eq!(
            pairs("38505 304,319:320 3956:3958"),
            Some(vec![(304, 3956), (319, 3957), (320, 3958)])
        );
        assert_eq!(pairs("1 9,2:3 7:8,1"), Some(vec![(9, 7), (2, 8), (3, 1)]));
        let liar = Copied::read(b"1 1:4294967294 1:4294967294").expect("a pair");
        assert_eq!(liar.pairs().take(2).count(), 2);
        for odd in [
            "",
            "1",
            "1 2",
            "1 2:3 4",
            "x 1 1",
            "1 3:2 4:5",
            "1 2:3 5:4",
            "1 1:* 2:*",
        ] {
            assert_eq!(pairs(odd), None, "{odd}");
        }
        let appended = Appended::read(b"38505 3955").expect("APPENDUID");
        assert_eq!(appended.at, Some((UidValidity(38505), uid(3955))));
        assert_eq!(Appended::read(b"38505 0"), None);
    }
}
