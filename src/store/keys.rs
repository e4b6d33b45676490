//! Every record the store holds: its tree, its key, its version. This table is the whole truth about the keys.
//!
//! | tree | key | value | sealed under |
//! |---|---|---|---|
//! | 1 sessions | session id (16) | `Kept` | the session key and key files inside; outside only times and marks |
//! | 2 wraps | data key id (8) | `Wrap` | Argon2id(password) and a key file inside |
//! | 3 pending | data key id, folder (16), UIDVALIDITY (4), UID (4) | `()` | data key |
//! | 4 server | data key id | `ServerFacts` | data key |
//! | 5 folders | data key id | `FolderList` | data key |
//! | 6 lists | data key id, list (16) | `List` | data key |
//! | 7 blocks | data key id, list, block (4) | `Block` | data key |
//! | 8 rows | data key id, folder, UIDVALIDITY, UID | `Row` | data key |
//! | 9 texts | data key id, folder, UIDVALIDITY, UID, part path | the part's bytes, decoded | data key |
//! | 10 notices | data key id, session id, notice id (16) | `KeptNotice` | data key |
//! | 11 judges | data key id | the authserv-id that its rows were judged by | data key |
//! | 12 open acts | data key id, session id, notice id | `OpenAct` | data key |
//! | 13 index | data key id, folder, UIDVALIDITY, UID divided by 128 (4) | `IndexPiece` | data key |
//! | 14 places | data key id, list, block | the folders of a block's UIDs, by number | data key |
//! | 15 groups | data key id, list, block | what the entries of that block stand for | data key |
//! | 16 elsewhere | data key id, folder, UIDVALIDITY, UID | what belongs to that message's conversation in other folders | data key |
//! | 19 submission | data key id | `SubmissionFacts` | data key |
//! | 18 names | data key id, folder, UIDVALIDITY, bucket (4) | the messages that name some ids | data key |
//! | 17 open folder acts | data key id, session id, notice id | `OpenFolderAct` | data key |
//!
//! Numbers are big-endian and of fixed width, the variable part comes last: a range is in UID order, a prefix is a folder.
//! A key is a type of its own, made here only; nobody else has its bytes in hand.
//! What somebody named or looked for (a folder, a list) enters a key only as a hash under the data key. The version stands in front of the value and in its associated
//! data; another version is a miss, and a miss is the migration. Raise it when a struct changes: the test says so.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

pub use super::typed::{
    Begins, BlockKey, DataKey, DataKeyId, Everything, FolderKey, IndexKey, ListKey, MessageKey,
    NoticeKey, NoticesKey, SessionKey, StoreKey, TextKey, ValidityKey,
};
use crate::error::Act;
use crate::key_files::KeyName;
use crate::mail::{
    Conversation, Counts, Entry, Flags, Folder, FolderName, FolderRef, Holds, Indexed, MessageAct,
    MessageRef, ModSeq, Named, Permits, Row, Uid,
};
use crate::time::Seconds;

/// A kind of record: the byte that begins its keys, what a key is, and the version of its value.
pub struct Tree<K, V> {
    pub(super) id: u8,
    pub(super) version: u8,
    of: PhantomData<fn(K) -> V>,
}

impl<K, V> Tree<K, V> {
    const fn new(id: u8, version: u8) -> Tree<K, V> {
        Tree {
            id,
            version,
            of: PhantomData,
        }
    }
}

/// Session records.
pub const SESSIONS: Tree<SessionKey, Kept> = Tree::new(1, 2);
/// Data keys, wrapped.
pub const WRAPS: Tree<DataKeyId, Wrap> = Tree::new(2, 2);
/// \Seen marks that the server does not know yet. All else in the store is a copy of what the server or the browser has;
/// these exist only here, so a new generation takes them along, and losing them loses what a reader did.
pub const PENDING: Tree<MessageKey, ()> = Tree::new(3, 1);
/// \Seen marks that the server was sent without waiting for its answer, and what their folder stood at before. They go when a
/// comparison shows them.
pub const SENT_MARKS: Tree<MessageKey, ModSeq> = Tree::new(20, 1);
/// What the server can do.
pub const SERVER: Tree<DataKeyId, ServerFacts> = Tree::new(4, 1);
/// What the submission server can do.
pub const SUBMISSION: Tree<DataKeyId, SubmissionFacts> = Tree::new(19, 1);
/// The folders.
pub const FOLDERS: Tree<DataKeyId, FolderList> = Tree::new(5, 8);
/// What is known of a list.
pub const LISTS: Tree<ListKey, List> = Tree::new(6, 9);
/// The UIDs of a list, in blocks of `BLOCK`, oldest first.
pub const BLOCKS: Tree<BlockKey, Block> = Tree::new(7, 1);
/// For the same UIDs of a list of several folders, which of its folders each belongs to.
pub const PLACES: Tree<BlockKey, Vec<u16>> = Tree::new(14, 1);
/// Rows of lists.
pub const ROWS: Tree<MessageKey, Row> = Tree::new(8, 6);
/// Parts that were shown.
pub const TEXTS: Tree<TextKey, Vec<u8>> = Tree::new(9, 1);
/// What acts have done, for the page that follows.
pub const NOTICES: Tree<NoticeKey, KeptNotice> = Tree::new(10, 5);
/// By whose verdict the rows were judged.
pub const JUDGES: Tree<DataKeyId, String> = Tree::new(11, 1);
/// Acts whose end is not known: written before their first byte leaves, removed when what they did has been kept. One that
/// is found was cut short by a kill or a lost connection. They exist only here, as the marks of `PENDING` do.
pub const OPEN_ACTS: Tree<NoticeKey, OpenAct> = Tree::new(12, 2);
/// Changes of folders whose end is not known.
pub const OPEN_FOLDER_ACTS: Tree<NoticeKey, OpenFolderAct> = Tree::new(17, 1);
/// What folders are sorted and grouped by, where the mail server does not do that. Large, and slow to be fetched again: a new
/// generation takes it along beside all else (`STREAMED`).
pub const INDEX: Tree<IndexKey, IndexPiece> = Tree::new(13, 1);
/// The conversations of grouped lists, in blocks beside those of `BLOCKS`.
pub const GROUPS: Tree<BlockKey, Vec<Conversation>> = Tree::new(15, 2);
/// Which messages name which ids, so that one that arrives finds its conversation. It belongs to grouped lists, and is made with
/// them; where it is missing, they are rebuilt.
pub const NAMES: Tree<IndexKey, Names> = Tree::new(18, 1);
/// Messages of other folders that belong to a conversation, by its newest message.
pub const ELSEWHERE: Tree<MessageKey, Elsewhere> = Tree::new(16, 1);

/// Trees that a new generation of the store takes along, most needed first; the rest is a miss once.
pub(super) const CARRIED: [u8; 13] = [1, 2, 3, 20, 12, 17, 4, 19, 5, 6, 7, 14, 15];
/// The tree that it takes along piece by piece, however large the rest is.
pub(super) const STREAMED: u8 = 13;
/// The tree of wraps, and the first tree whose keys begin with a data key's id.
pub(super) const WRAPS_ID: u8 = 2;
pub(super) const FIRST_OF_DATA_KEYS: u8 = 3;

/// UIDs in a block.
pub const BLOCK: u32 = 256;

/// A session record as it lies in the store. What is secret in it is sealed under a key that only the browser has, and a
/// key file; the rest stands outside, so that others than that browser can say that it has ended, and end it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// When it began.
    pub begun: Seconds,
    /// When it was last seen.
    pub seen: Seconds,
    /// Whether it is to last ("keep me signed in").
    pub keep: bool,
    /// When the mail server last accepted its password; 0 where it has to be asked before anything more is shown.
    pub accepted: Seconds,
    /// When the mail server was last found away.
    pub away: Option<Away>,
    /// A keyed hash of its password: whether two sessions have the same can be told, and no more.
    pub password: [u8; 8],
    /// Its data key.
    pub data: SealedPart,
    /// Whether it may act.
    pub standing: Standing,
    /// Where it was begun, sealed under the data key alone.
    pub about: Vec<u8>,
}

/// Whether a session may act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It may: login, password, and the secret of its forms.
    Live(SealedPart),
    /// It has ended, at this time, and is good only for handing on its data key.
    Ended(Seconds),
}

/// What is sealed under a key and a key file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedPart {
    /// The key file.
    pub file: KeyName,
    /// What is sealed.
    pub sealed: Vec<u8>,
}

/// When a mail server was found away, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// When.
    pub at: Seconds,
    /// True where it did not answer in time, false where it could not be reached or accepted no sign-ins.
    pub in_silence: bool,
}

/// A data key as it lies in the store: sealed under a key made from the password, and a key file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrap {
    /// When it was last opened or made.
    pub used: Seconds,
    /// Of the key made from the password.
    pub salt: [u8; 16],
    /// The data key.
    pub sealed: SealedPart,
}

/// What a server told of itself after login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFacts {
    /// Its capabilities, in upper case.
    pub capabilities: Vec<String>,
}

/// What a submission server told of itself when something was sent by it last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmissionFacts {
    /// For how long it holds messages that are to be sent later; None where it does not.
    pub holds: Option<Holds>,
}

/// The folders, and when they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderList {
    /// In the order in which they are shown.
    pub folders: Vec<Folder>,
    /// How many more the server listed: too many to be kept.
    pub left_out: u32,
    /// Patterns of what the server lists only where it is asked for one level (`Work/%`).
    pub levels: Vec<FolderName>,
    /// When the server told them.
    pub as_of: Seconds,
    /// KB used and allowed, where the server has a quota (RFC 9208).
    pub quota: Option<(u64, u64)>,
    /// When the server was asked what the user may do in folders that are not only theirs.
    pub rights_as_of: Seconds,
    /// Where the server is asked what each folder holds, how many of those that it is asked for were passed by last: the next
    /// ones are those whose counts are oldest.
    pub counted_to: u32,
}

/// What is known of a list, its head: when, and what to compare with. Folder and UIDVALIDITY stand here once, for all of
/// its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// The folder that its UIDs belong to, as it was when the list was compared. Its number is 0.
    pub folder: FolderRef,
    /// Its other folders, where it has several, as they were when it was found; their numbers begin at 1.
    pub others: Vec<FolderRef>,
    /// The UID that the next message will have.
    pub next: u32,
    /// The modification sequence it was compared at, where the server has such.
    pub modseq: Option<ModSeq>,
    /// Messages, and unread ones.
    pub counts: Counts,
    /// When it was last compared with the server.
    pub as_of: Seconds,
    /// For which ranks the flags are known as of when, where the server has no modification sequences: there a comparison
    /// does not bring the flags of all that is cached.
    pub flags: Vec<FlagsAsOf>,
    /// What can be changed in its folder, where that has been told.
    pub permits: Permits,
    /// For a list that was found, not compared: how far.
    pub found: Option<FoundSoFar>,
}

/// How far its folders were looked through for a list, and by whom it was sorted: the two are never mixed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSoFar {
    /// What has not been looked through yet.
    pub left: Vec<Left>,
    /// True where it was sorted here, not by the mail server.
    pub is_own_order: bool,
    /// True where its lines stand for conversations.
    pub is_grouped: bool,
    /// Over how many buckets the ids are spread by which it is grouped; 0 where it is not certain any more that these are
    /// its conversations.
    pub buckets: u16,
    /// How many messages its conversations have.
    pub covers: u32,
    /// How many of these no line looks at.
    pub behind: u32,
    /// Of each of several folders the UID from which on nothing has been looked through; 0 where all of it has to be once
    /// more. Nothing for a list of one folder: there it is `next`.
    pub nexts: Vec<u32>,
}

/// What of a folder has not been looked through yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The number of the folder.
    pub folder: u16,
    /// Messages whose UIDs are below this.
    pub below: u32,
}

impl List {
    /// Its folders with their numbers.
    pub fn folders(&self) -> impl Iterator<Item = (u16, &FolderRef)> {
        (0..=u16::MAX).zip(std::iter::once(&self.folder).chain(&self.others))
    }

    /// The number of a folder; None where it is not among its folders, in this UIDVALIDITY.
    pub fn number_of(&self, folder: &FolderRef) -> Option<u16> {
        let mut folders = self.folders();
        folders
            .find(|(_, one)| *one == folder)
            .map(|(number, _)| number)
    }

    /// The folder of an entry.
    pub fn folder_of(&self, entry: Entry) -> Option<&FolderRef> {
        match entry.folder.checked_sub(1) {
            None => Some(&self.folder),
            Some(at) => self.others.get(usize::from(at)),
        }
    }

    /// The message that an entry stands for.
    pub fn message(&self, entry: Entry) -> Option<MessageRef> {
        Some(self.folder_of(entry)?.message(entry.uid))
    }

    /// The entry of a message; None where its folder is none of the list's.
    pub fn entry_of(&self, message: &MessageRef) -> Option<Entry> {
        let folder = self.number_of(&message.within())?;
        let uid = message.uid;
        Some(Entry { folder, uid })
    }
}

/// When the flags of a stretch of a list were asked for last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagsAsOf {
    /// The lowest rank.
    pub from: u32,
    /// One more than the highest.
    pub to: u32,
    /// When.
    pub as_of: Seconds,
}

/// A run of a list's entries, in its order, the oldest first.
pub type Block = Vec<Uid>;

/// What is indexed of a run of a folder's messages, in the order of their numbers.
pub type IndexPiece = Vec<Indexed>;

/// The messages of a folder that name the ids of one bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// Over how many buckets the ids of the folder are spread.
    pub of: u16,
    /// In order.
    pub named: Vec<Named>,
}

/// What was found of a conversation in other folders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Which messages, by folder.
    pub found: Vec<FoundIn>,
    /// How many messages these folders held then: more, and there may be an answer among them.
    pub held: u32,
}

/// What was found of a conversation in one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundIn {
    /// The folder.
    pub folder: FolderRef,
    /// The messages.
    pub uids: Vec<Uid>,
}

/// What an act has done, and when, and what undoes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptNotice {
    /// When it was done.
    pub at: Seconds,
    /// What was done.
    pub done: Act,
    /// The address of the POST that undoes it, without the base; None where nothing does.
    pub undo: Option<String>,
    /// The address of the POST that continues it, where it was not done with all.
    pub more: Option<String>,
    /// The page that came next, without the base: the same form sent again leads there.
    pub page: String,
}

/// What an act was about to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAct {
    /// What.
    pub act: MessageAct,
    /// The folder of its messages.
    pub from: FolderRef,
    /// Which messages.
    pub uids: Vec<Uid>,
    /// With how many others it was done before.
    pub before: u32,
    /// Where they were to go.
    pub target: Option<Target>,
    /// The flags that were to be set (true) or taken off.
    pub flags: Option<(Flags, bool)>,
}

/// A change of a folder that was about to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFolderAct {
    /// What its form said.
    pub fields: Vec<(String, String)>,
    /// The folder's name for people, as it was, or is to be.
    pub name: String,
    /// Its new name for people, or that of the folder that it was to go below; may be empty.
    pub into: String,
}

/// The folder that an act puts messages into, as it was just before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The folder; its UIDVALIDITY is 0 where the server did not tell.
    pub folder: FolderRef,
    /// Its name for people.
    pub title: String,
    /// The UID that the next message was to get; 0 where the server did not tell.
    pub next: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{
        Address, Asked, Check, Dated, Encoding, Evidence, Flowed, FromForm, Gathered, Group,
        IdHash, Part, PartPath, Rights, Role, Thread, Told, Topmost, UidValidity, Verdict,
    };

    fn name() -> FolderName {
        FolderName::new("a").unwrap()
    }

    fn part() -> Part {
        Part {
            path: PartPath::parse("1.2").unwrap(),
            kind: "a/b".into(),
            charset: "c".into(),
            name: "d".into(),
            attached: true,
            id: "e".into(),
            encoding: Encoding::Base64,
            size: 1,
            group: vec![Group {
                path: PartPath::default(),
                kind: "f".into(),
            }],
            flowed: Some(Flowed { delete_space: true }),
        }
    }

    fn row() -> Row {
        let who = |n: &str| {
            vec![Address {
                name: n.into(),
                email: "x".into(),
            }]
        };
        Row {
            uid: Uid::new(1).unwrap(),
            flags: Flags::read([&b"\\Seen"[..], b"$k"]),
            arrived: 2,
            dated: Some(Dated { at: 3, offset: 4 }),
            size: 5,
            subject: "s".into(),
            from: who("f"),
            sender: who("s").pop(),
            evidence: Evidence {
                form: FromForm::Other("w".into()),
                has_hidden: true,
                topmost: Topmost::Own,
                verdict: Some(Verdict {
                    server: "v".into(),
                    checks: vec![Check {
                        method: "m".into(),
                        result: "r".into(),
                        about: "a".into(),
                    }],
                    is_whole: true,
                }),
            },
            to: who("t"),
            cc: who("c"),
            reply_to: who("r"),
            thread: Thread {
                id: Some(IdHash([6; 8])),
                references: vec![IdHash([7; 8])],
            },
            preview: Some("p".into()),
            parts: Some(vec![part()]),
            has_more_parts: true,
            told: Told::Partly(Asked { at: 8, before: 9 }),
        }
    }

    /// Whoever changes a struct sees this fail: raise its tree's version, then put the new bytes here.
    #[test]
    fn a_changed_record_raises_its_version() {
        let folder = Folder {
            name: name(),
            title: "t".into(),
            depth: 1,
            role: Some(Role::Sent),
            is_role_told: true,
            gathers: Some(Gathered::Starred),
            selectable: true,
            counts: Some(Counts {
                messages: 2,
                unread: 1,
            }),
            delimiter: Some('/'),
            bears: true,
            subscribed: Some(false),
            rights: Some(Rights::new("lr")),
        };
        let list = List {
            folder: FolderRef {
                name: name(),
                validity: UidValidity(1),
            },
            others: vec![FolderRef {
                name: name(),
                validity: UidValidity(9),
            }],
            next: 2,
            modseq: ModSeq::new(3),
            counts: Counts::default(),
            as_of: 4,
            flags: vec![FlagsAsOf {
                from: 5,
                to: 6,
                as_of: 7,
            }],
            permits: Permits::Change {
                flags: Flags::SEEN,
                any_keyword: true,
            },
            found: Some(FoundSoFar {
                left: vec![Left {
                    folder: 1,
                    below: 8,
                }],
                is_own_order: true,
                is_grouped: true,
                buckets: 2,
                covers: 3,
                behind: 4,
                nexts: vec![5, 6],
            }),
        };
        let folders = FolderList {
            folders: vec![folder],
            left_out: 9,
            levels: vec![name()],
            as_of: 1,
            quota: Some((1, 2)),
            rights_as_of: -2,
            counted_to: 4,
        };
        let server = ServerFacts {
            capabilities: vec!["A".into()],
        };
        let bytes = |v: postcard::Result<Vec<u8>>| v.unwrap();
        let hex = |bytes: Vec<u8>| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let part = |n: u8| SealedPart {
            file: KeyName([n; 16]),
            sealed: vec![n],
        };
        let kept = Kept {
            begun: 1,
            seen: 2,
            keep: true,
            accepted: 3,
            away: Some(Away {
                at: 4,
                in_silence: true,
            }),
            password: [5; 8],
            data: part(6),
            standing: Standing::Live(part(7)),
            about: vec![8],
        };
        let wrapped = Wrap {
            used: 1,
            salt: [2; 16],
            sealed: part(3),
        };
        let notice = KeptNotice {
            at: 1,
            done: Act::ImagesOf {
                sender: "s".into(),
                always: true,
            },
            undo: Some("/u".into()),
            more: Some("/m".into()),
            page: "/p".into(),
        };
        let open_act = OpenAct {
            act: MessageAct::Archive,
            from: list.folder.clone(),
            uids: vec![Uid::new(300).unwrap()],
            before: 5,
            target: Some(Target {
                folder: list.folder.clone(),
                title: "t".into(),
                next: 7,
            }),
            flags: Some((Flags::SEEN, true)),
        };
        let open_folder_act = OpenFolderAct {
            fields: vec![("a".into(), "b".into())],
            name: "c".into(),
            into: "d".into(),
        };
        let indexed = Indexed {
            size: 2,
            dated: 3,
            subject: "s".into(),
            from: "f".into(),
            to: "t".into(),
            thread: row().thread,
            ..Indexed::empty(Uid::new(300).unwrap())
        };
        let seen = [
            (SESSIONS.version, hex(bytes(postcard::to_stdvec(&kept)))),
            (WRAPS.version, hex(bytes(postcard::to_stdvec(&wrapped)))),
            (SERVER.version, hex(bytes(postcard::to_stdvec(&server)))),
            (
                SUBMISSION.version,
                hex(bytes(postcard::to_stdvec(&SubmissionFacts {
                    holds: Some(Holds {
                        seconds: 2,
                        until: Some(3),
                    }),
                }))),
            ),
            (FOLDERS.version, hex(bytes(postcard::to_stdvec(&folders)))),
            (LISTS.version, hex(bytes(postcard::to_stdvec(&list)))),
            (
                BLOCKS.version,
                hex(bytes(postcard::to_stdvec(&vec![Uid::new(300).unwrap()]))),
            ),
            (ROWS.version, hex(bytes(postcard::to_stdvec(&row())))),
            (NOTICES.version, hex(bytes(postcard::to_stdvec(&notice)))),
            (
                OPEN_ACTS.version,
                hex(bytes(postcard::to_stdvec(&open_act))),
            ),
            (
                INDEX.version,
                hex(bytes(postcard::to_stdvec(&vec![indexed]))),
            ),
            (
                GROUPS.version,
                hex(bytes(postcard::to_stdvec(&vec![Conversation {
                    count: 2,
                    others: vec![Uid::new(300).unwrap()],
                    unread: vec![Uid::new(3).unwrap()],
                    starred: vec![Uid::new(4).unwrap()],
                    muted: vec![Uid::new(5).unwrap()],
                }]))),
            ),
            (
                ELSEWHERE.version,
                hex(bytes(postcard::to_stdvec(&Elsewhere {
                    found: vec![FoundIn {
                        folder: list.folder.clone(),
                        uids: vec![Uid::new(300).unwrap()],
                    }],
                    held: 5,
                }))),
            ),
            (
                NAMES.version,
                hex(bytes(postcard::to_stdvec(&Names {
                    of: 2,
                    named: vec![Named {
                        id: IdHash([6; 8]),
                        refers: true,
                        by: Uid::new(300).unwrap(),
                    }],
                }))),
            ),
            (
                OPEN_FOLDER_ACTS.version,
                hex(bytes(postcard::to_stdvec(&open_folder_act))),
            ),
        ];
        let expected = [
            (
                2,
                "020401060108010505050505050505060606060606060606060606060606060106000707070707070707070707070707070701070108",
            ),
            (
                2,
                "0202020202020202020202020202020202030303030303030303030303030303030103",
            ),
            (1, "010141"),
            (1, "01020106"),
            (
                8,
                "01016101740101020101010101020101012f01010001026c7209010161020101020304",
            ),
            (
                9,
                "016101010161090201030000080105060e02010001010101080101020304020506",
            ),
            (1, "01ac02"),
            (
                6,
                "010102246b0401060805017301016601780101730178010177010201017601016d0172016101010174017801016301780101720178010606060606060606010707070707070707010170010102010203612f6201630164010165010101000166010101011009",
            ),
            (5, "020401730101022f7501022f6d022f70"),
            (2, "0401610101ac02050101610101740701010001"),
            (
                1,
                "01ac020203017301660174010606060606060606010707070707070707",
            ),
            (2, "010201ac02010301040105"),
            (1, "0101610101ac0205"),
            (1, "0201060606060606060601ac02"),
            (1, "010161016201630164"),
        ];
        for ((version, bytes), (known_version, known)) in seen.iter().zip(expected) {
            assert_eq!((*version, bytes.as_str()), (known_version, known));
        }
    }
}
