//! The words of mail that every floor shares: folder names, UIDs, flags, addresses, rows of a list, structure of a message.
//!
//! On the ground floor: plain values without behaviour beyond reading and writing themselves. Text that an IMAP server
//! sent is already decoded here; what stands in these types is data, never markup.

mod act;
mod conversation;
mod draft;
mod evidence;
mod flags;
mod folder_act;
mod holds;
mod identity;
mod import;
mod indexed;
mod label;
mod list;
mod path;
mod permits;
mod preference;
mod refusal;
mod rights;
mod row;
mod search;
mod setting;
mod shortcut;
mod sought;

use serde::{Deserialize, Serialize};

pub use act::{MessageAct, Tally};
pub use conversation::Conversation;
pub use draft::{
    AddressField, Answer, Asks, AttachedFile, Carried, Draft, DraftFault, DraftTrouble, FaultPlace,
    ForPrograms, Priority, Question, Source, Unsent,
};
pub use evidence::{Check, Evidence, FromForm, Topmost, Verdict};
pub use flags::{FORWARDED, Flags, MUTED, RECEIPT_ANSWERED};
pub use folder_act::{FolderAct, FolderChange, FolderFault, FolderSetting, FolderSize};
pub use holds::Holds;
pub use identity::{IdentityFault, IdentityField};
pub use import::{Stop, TakenIn, Unfit, Unfitting};
pub use indexed::{Indexed, NAME_KEY, Named, SUBJECT_KEY};
pub use label::{Colour, LONGEST_NAME, Label, LabelWord, labels_of};
pub use list::{Entry, ListId, Order, Scope, SortBy};
pub use path::{NestedPath, PartPath};
pub use permits::Permits;
pub use preference::Preference;
pub use refusal::{Refusal, RefusedRecipient};
pub use rights::Rights;
pub use row::{Asked, Dated, IdHash, MOST_REFERENCES, Row, Thread, Told};
pub use search::{Narrowing, Place, Search, SearchField, SearchOption, Term};
pub use setting::{
    AfterDelete, Choice, Marked, ReplyPlace, Setting, ShowFirst, Switch, Theme, WriteIn,
};
pub use shortcut::Shortcut;
pub use sought::Sought;

/// A message's number in its folder (RFC 9051 2.3.1.1); never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Uid(u32);

impl Uid {
    /// None for 0, which is no UID.
    pub fn new(number: u32) -> Option<Uid> {
        (number != 0).then_some(Uid(number))
    }

    /// The number as the server knows it.
    pub fn get(self) -> u32 {
        self.0
    }
}

/// Which numbering a folder's UIDs belong to (RFC 9051 2.3.1.1); servers that have none say 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UidValidity(pub u32);

/// A folder's or message's modification sequence (RFC 7162 3.1); a positive 63-bit number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ModSeq(u64);

impl ModSeq {
    /// None for what is no positive 63-bit number (some servers send 0 or negative ones).
    pub fn new(number: u64) -> Option<ModSeq> {
        (number != 0 && number <= i64::MAX as u64).then_some(ModSeq(number))
    }

    /// The number as the server knows it.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// A folder's name as it goes over the wire (modified UTF-7 or UTF-8). It can stand in a command: no CR, LF or NUL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FolderName(String);

impl FolderName {
    /// Longest name that is passed on, in bytes.
    pub const LONGEST: usize = 1000;

    /// None where the name is empty, too long, or could end a command.
    pub fn new(wire: &str) -> Option<FolderName> {
        let fits = !wire.is_empty() && wire.len() <= Self::LONGEST;
        (fits && !wire.bytes().any(|b| matches!(b, b'\r' | b'\n' | 0))).then(|| {
            // RFC 9051 5.1: INBOX is one name in every case.
            if wire.eq_ignore_ascii_case("INBOX") {
                FolderName::inbox()
            } else {
                FolderName(wire.to_owned())
            }
        })
    }

    /// The folder that every account has.
    pub fn inbox() -> FolderName {
        FolderName("INBOX".to_owned())
    }

    /// True for INBOX itself.
    pub fn is_inbox(&self) -> bool {
        self.0 == "INBOX"
    }

    /// The name as the server wrote it.
    pub fn as_wire(&self) -> &str {
        &self.0
    }
}

/// A folder in one UIDVALIDITY: as long as it keeps that, its UIDs name the same messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderRef {
    /// Which folder.
    pub name: FolderName,
    /// Its UIDVALIDITY.
    pub validity: UidValidity,
}

impl FolderRef {
    /// One message of it.
    pub fn message(&self, uid: Uid) -> MessageRef {
        MessageRef {
            folder: self.name.clone(),
            validity: self.validity,
            uid,
        }
    }
}

/// One message, by what stays true while its folder keeps its UIDVALIDITY.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRef {
    /// Its folder.
    pub folder: FolderName,
    /// The UIDVALIDITY that `uid` belongs to.
    pub validity: UidValidity,
    /// Its number.
    pub uid: Uid,
}

impl MessageRef {
    /// The folder that it is in.
    pub fn within(&self) -> FolderRef {
        FolderRef {
            name: self.folder.clone(),
            validity: self.validity,
        }
    }
}

/// One address of a header, decoded. `host` is empty where there was none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The display name; empty where there is none.
    pub name: String,
    /// What stands before and after the at sign, as one string: `ann@example.org`.
    pub email: String,
}

impl Address {
    /// What a list shows: the name, else the address.
    pub fn shown(&self) -> &str {
        if self.name.trim().is_empty() {
            &self.email
        } else {
            &self.name
        }
    }
}

/// How a part is encoded for the way (RFC 2045 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// 7bit, 8bit, binary and whatever is unknown: the bytes as they are.
    #[default]
    Plain,
    /// base64.
    Base64,
    /// quoted-printable.
    QuotedPrintable,
    /// What was there before base64: `begin 644 name`, lines, `end`.
    Uu,
}

impl Encoding {
    /// The encoding of this name, however it is written: in quotes, with a comment or a parameter behind it.
    pub fn named(written: &str) -> Encoding {
        let word = written
            .trim_start_matches([' ', '\t', '"', '\''])
            .split([' ', '\t', '"', '\'', ';', ',', '(']);
        let word = word.take(1).collect::<String>().to_ascii_lowercase();
        match word.as_str() {
            "base64" | "base-64" => Encoding::Base64,
            "quoted-printable" | "quoted_printable" => Encoding::QuotedPrintable,
            "x-uuencode" | "x-uue" | "uuencode" | "uue" => Encoding::Uu,
            _ => Encoding::Plain,
        }
    }

    /// About how many bytes so many on their way carry.
    pub fn carries(self, bytes: u32) -> u64 {
        let bytes = u64::from(bytes);
        match self {
            // Four characters and their share of the line ends carry three bytes.
            Encoding::Base64 => bytes.saturating_mul(57).checked_div(78).unwrap_or(bytes),
            Encoding::Plain | Encoding::QuotedPrintable | Encoding::Uu => bytes,
        }
    }
}

/// One leaf of a message's structure (BODYSTRUCTURE, RFC 9051 7.5.2): what can be shown or saved.
/// Multiparts do not appear; what they mean for their children stands in `group`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Where it stands.
    pub path: PartPath,
    /// `text/plain`, in lower case.
    pub kind: String,
    /// The charset parameter, in lower case; empty where there is none.
    pub charset: String,
    /// The file name, decoded; empty where there is none.
    pub name: String,
    /// True where the disposition says attachment.
    pub attached: bool,
    /// Content-ID without its angle brackets; of a part that has none, its Content-Location.
    pub id: String,
    /// How it is encoded.
    pub encoding: Encoding,
    /// Size in bytes as it travels (encoded).
    pub size: u32,
    /// The multipart kinds it stands in, outermost first: `mixed`, `alternative`, `related`, ...
    pub group: Vec<Group>,
    /// `format=flowed` and `delsp=yes` (RFC 3676).
    pub flowed: Option<Flowed>,
}

/// A Content-ID, or what of an address names one, as both are compared (RFC 2392): without brackets, and without the blanks
/// that some write around it.
pub fn content_id(written: &str) -> &str {
    written.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>'))
}

/// Most multiparts that a leaf is told to stand in, the outermost ones. Mails have five or six; each leaf has its own list of
/// them, and leaves times levels is memory.
pub const MOST_GROUPS: usize = 10;

/// Letters of a multipart's subtype that are kept, for the same reason.
pub const LONGEST_KIND: usize = 40;

/// A multipart that a part stands in, by its path, so that brothers can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Path of the multipart.
    pub path: PartPath,
    /// Its subtype, in lower case.
    pub kind: String,
}

/// format=flowed as a part declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flowed {
    /// `delsp=yes`: the space at the end of a flowed line is not part of the text.
    pub delete_space: bool,
}

/// What a folder is for (RFC 6154), told by the server or by its usual name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// INBOX.
    Inbox,
    /// \Drafts.
    Drafts,
    /// \Sent.
    Sent,
    /// \Archive.
    Archive,
    /// \Junk.
    Junk,
    /// \Trash.
    Trash,
}

/// What of other folders is shown in a folder of the server's making (RFC 6154).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gathered {
    /// \All: every message.
    All,
    /// \Flagged: those that are starred.
    Starred,
}

/// One folder of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Its name on the wire.
    pub name: FolderName,
    /// Its last name for people, decoded: `Concerts` of `INBOX.Orchestra.Concerts`.
    pub title: String,
    /// Its place in the tree below the namespace: 0 for the top.
    pub depth: u8,
    /// What it is for.
    pub role: Option<Role>,
    /// True where the server says that itself (RFC 6154), so that nobody chooses.
    pub is_role_told: bool,
    /// What of other folders can be seen in it too (RFC 6154), where that is so.
    pub gathers: Option<Gathered>,
    /// False for `\Noselect` and `\NonExistent`: only there for its children.
    pub selectable: bool,
    /// Messages and unread ones, where the server told.
    pub counts: Option<Counts>,
    /// What separates the levels of its name; None where names have no levels.
    pub delimiter: Option<char>,
    /// False where it can have no folders below it (\Noinferiors).
    pub bears: bool,
    /// Whether it is on the list of the folders that other mail programs show, where the server told.
    pub subscribed: Option<bool>,
    /// What the user may do there, where that was asked: outside of their own folders.
    pub rights: Option<Rights>,
}

impl Folder {
    /// What the names of all folders below it begin with; None where names have no levels.
    pub fn below(&self) -> Option<String> {
        let delimiter = self.delimiter?;
        Some(format!("{}{delimiter}", self.name.as_wire()))
    }

    /// True where folders may be made below it.
    pub fn may_bear(&self) -> bool {
        self.bears && self.rights.as_ref().is_none_or(Rights::bears)
    }

    /// True where it may be renamed and deleted, as far as its rights go.
    pub fn may_go(&self) -> bool {
        self.rights.as_ref().is_none_or(Rights::goes)
    }

    /// True where messages may be put into it.
    pub fn may_take(&self) -> bool {
        self.rights.as_ref().is_none_or(Rights::takes)
    }

    /// True for a folder below it, at any level. A name that differs in case only is another folder's.
    pub fn holds(&self, other: &FolderName) -> bool {
        let below = self.below();
        below.is_some_and(|below| other.as_wire().starts_with(&below))
    }
}

/// How many messages a folder holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All.
    pub messages: u32,
    /// Without \Seen.
    pub unread: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_known_however_it_is_written() {
        for (written, is) in [
            ("BASE64", Encoding::Base64),
            ("\"base64\"", Encoding::Base64),
            (" base64; x", Encoding::Base64),
            ("Quoted-Printable (really)", Encoding::QuotedPrintable),
            ("X-UUencode", Encoding::Uu),
            ("8bit", Encoding::Plain),
            ("", Encoding::Plain),
        ] {
            assert_eq!(Encoding::named(written), is, "{written}");
        }
    }

    #[test]
    fn a_folder_name_cannot_end_a_command() {
        for wire in ["", "a\r\nb", "a\nb", "a\0b"] {
            assert_eq!(FolderName::new(wire), None);
        }
        assert_eq!(FolderName::new("inBox"), Some(FolderName::inbox()));
    }
}
