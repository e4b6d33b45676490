//! LIST, LSUB, STATUS, NAMESPACE, QUOTA and MYRIGHTS (RFC 9051 7.3, RFC 9208, RFC 4314): the folders of an account and what they hold.
//!
//! Not for the tree that people see, nor for guessing what a folder is for: `mailbox` does that. To know before changing
//! it: STATUS and LIST belong together by name alone, and a name that is not UTF-8 cannot be sent back, so it is left out.

use std::collections::BTreeMap;

use super::lexer::{Lexer, Value};
use crate::mail::{FolderName, Gathered, ModSeq, Rights, Role, Uid, UidValidity};

/// Most quotas that are kept; there is no server with more.
const QUOTAS: usize = 100;

/// One folder as LIST or LSUB names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name on the wire.
    pub name: FolderName,
    /// What separates the levels of its name; None where names have no levels.
    pub delimiter: Option<char>,
    /// Its attributes in lower case, with their backslash, separated by spaces: `\noselect \haschildren`.
    pub attributes: String,
}

impl Listed {
    /// True for an attribute, named in lower case with its backslash.
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.split(' ').any(|a| a == attribute)
    }

    /// True where it can be opened.
    pub fn is_selectable(&self) -> bool {
        !self.has("\\noselect") && !self.has("\\nonexistent")
    }

    /// What the server says it is for (RFC 6154; XLIST has names of its own).
    pub fn role(&self) -> Option<Role> {
        if self.name.is_inbox() {
            return Some(Role::Inbox);
        }
        self.attributes
            .split(' ')
            .find_map(|attribute| match attribute {
                "\\inbox" => Some(Role::Inbox),
                "\\drafts" => Some(Role::Drafts),
                "\\sent" => Some(Role::Sent),
                "\\archive" => Some(Role::Archive),
                "\\junk" | "\\spam" => Some(Role::Junk),
                "\\trash" => Some(Role::Trash),
                _ => None,
            })
    }

    /// What of other folders the server shows in it (RFC 6154; XLIST calls all of them `\AllMail`).
    pub fn gathers(&self) -> Option<Gathered> {
        let all = self.has("\\all") || self.has("\\allmail");
        let starred = self.has("\\flagged") || self.has("\\starred");
        match (all, starred) {
            (true, _) => Some(Gathered::All),
            (false, true) => Some(Gathered::Starred),
            (false, false) => None,
        }
    }
}

/// What STATUS says of a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusCounts {
    /// MESSAGES.
    pub messages: Option<u32>,
    /// UNSEEN.
    pub unseen: Option<u32>,
    /// UIDNEXT.
    pub uid_next: Option<Uid>,
    /// UIDVALIDITY.
    pub validity: Option<UidValidity>,
    /// HIGHESTMODSEQ.
    pub modseq: Option<ModSeq>,
    /// APPENDLIMIT, in bytes (RFC 7889).
    pub append_limit: Option<u64>,
}

/// Where folders live (RFC 9051 7.3.4): prefix and delimiter of each place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespaces {
    /// The user's own.
    pub personal: Vec<Namespace>,
    /// Other users'.
    pub others: Vec<Namespace>,
    /// Shared by all.
    pub shared: Vec<Namespace>,
}

/// One place where folders live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// What names there begin with; may be empty.
    pub prefix: String,
    /// What separates levels there.
    pub delimiter: Option<char>,
}

/// One resource of a quota root (RFC 9208 5.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Its name, in upper case: `STORAGE` counts KiB, `MESSAGE` messages.
    pub resource: String,
    /// How much is used.
    pub used: u64,
    /// How much may be.
    pub limit: u64,
}

/// What a flight says of the folders of the account: by name, so that no command has to be known.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    /// The folders of LIST (and XLIST).
    pub listed: Vec<Listed>,
    /// How many further answers of LIST were too many to be read.
    pub unlisted: u32,
    /// The folders of LSUB.
    pub subscribed: Vec<Listed>,
    /// STATUS, by folder.
    pub counts: BTreeMap<FolderName, StatusCounts>,
    /// NAMESPACE.
    pub namespaces: Option<Namespaces>,
    /// QUOTA.
    pub quotas: Vec<Quota>,
    /// True where the server has said which quotas there are, if any (QUOTAROOT).
    pub has_quotas: bool,
    /// MYRIGHTS, by folder.
    pub rights: BTreeMap<FolderName, Rights>,
}

impl Folders {
    /// Takes a response by its word, and tells its class and whether it could be read. None for any other word.
    pub(super) fn read(
        &mut self,
        word: &[u8],
        lexer: &mut Lexer,
    ) -> Option<(&'static str, Option<()>)> {
        Some(match word {
            b"LIST" | b"XLIST" => ("LIST", listed(lexer).map(|one| self.listed.push(one))),
            b"LSUB" => ("LSUB", listed(lexer).map(|one| self.subscribed.push(one))),
            b"STATUS" => (
                "STATUS",
                status(lexer).map(|status| self.counts.extend([status])),
            ),
            b"NAMESPACE" => (
                "NAMESPACE",
                namespaces(lexer).map(|places| self.namespaces = Some(places)),
            ),
            b"QUOTA" => ("QUOTA", quota(lexer).map(|quotas| self.limits(quotas))),
            b"QUOTAROOT" => {
                self.has_quotas = true;
                ("QUOTAROOT", Some(()))
            }
            b"MYRIGHTS" => (
                "MYRIGHTS",
                rights(lexer).map(|rights| self.rights.extend([rights])),
            ),
            _ => return None,
        })
    }

    /// The same with what a later flight says of the same account.
    pub fn with(mut self, later: &Folders) -> Folders {
        self.listed.extend(later.listed.iter().cloned());
        self.unlisted = self.unlisted.saturating_add(later.unlisted);
        self.subscribed.extend(later.subscribed.iter().cloned());
        let counts = later.counts.iter();
        self.counts
            .extend(counts.map(|(name, told)| (name.clone(), *told)));
        self.namespaces = self.namespaces.or_else(|| later.namespaces.clone());
        self.limits(later.quotas.clone());
        self.has_quotas |= later.has_quotas;
        let rights = later.rights.iter();
        self.rights
            .extend(rights.map(|(name, rights)| (name.clone(), rights.clone())));
        self
    }

    fn limits(&mut self, quotas: Vec<Quota>) {
        self.quotas.extend(quotas);
        self.quotas.truncate(QUOTAS);
    }
}

/// Reads what stands behind `* LIST`.
fn listed(lexer: &mut Lexer) -> Option<Listed> {
    let attributes = lexer.value()?;
    let delimiter = delimiter(&lexer.value()?);
    let attributes: Vec<&[u8]> = attributes.list().iter().filter_map(Value::text).collect();
    Some(Listed {
        attributes: String::from_utf8_lossy(&attributes.join(&b' ')).to_ascii_lowercase(),
        delimiter,
        name: name(lexer)?,
    })
}

/// Reads what stands behind `* STATUS`.
fn status(lexer: &mut Lexer) -> Option<(FolderName, StatusCounts)> {
    let name = status_name(lexer)?;
    let items = lexer.value()?;
    let mut counts = StatusCounts::default();
    for pair in items.list().chunks_exact(2) {
        let [key, value] = pair else { continue };
        let small = value.number::<u32>();
        match () {
            () if key.is("MESSAGES") => counts.messages = small,
            () if key.is("UNSEEN") => counts.unseen = small,
            () if key.is("UIDNEXT") => counts.uid_next = small.and_then(Uid::new),
            () if key.is("UIDVALIDITY") => counts.validity = small.map(UidValidity),
            () if key.is("APPENDLIMIT") => counts.append_limit = value.number(),
            () if key.is("HIGHESTMODSEQ") => counts.modseq = value.number().and_then(ModSeq::new),
            () => {}
        }
    }
    Some((name, counts))
}

/// Reads what stands behind `* MYRIGHTS`.
fn rights(lexer: &mut Lexer) -> Option<(FolderName, Rights)> {
    let unquoted = lexer.rest();
    let (name, letters) = match unquoted.first() {
        Some(b'"' | b'{') => (lexer.value()?.text()?.to_vec(), lexer.rest()),
        _ => {
            let unquoted = unquoted.trim_ascii();
            let at = unquoted.iter().rposition(|b| *b == b' ')?;
            let (name, letters) = unquoted.split_at_checked(at)?;
            (name.trim_ascii().to_vec(), letters)
        }
    };
    let name = FolderName::new(std::str::from_utf8(&name).ok()?)?;
    Some((name, Rights::new(&String::from_utf8_lossy(letters))))
}

/// Reads what stands behind `* NAMESPACE`.
fn namespaces(lexer: &mut Lexer) -> Option<Namespaces> {
    let mut place = || {
        let places = lexer.value()?;
        Some(places.list().iter().filter_map(namespace).collect())
    };
    Some(Namespaces {
        personal: place()?,
        others: place().unwrap_or_default(),
        shared: place().unwrap_or_default(),
    })
}

fn namespace(value: &Value) -> Option<Namespace> {
    let [prefix, separator, ..] = value.list() else {
        return None;
    };
    let prefix = String::from_utf8(prefix.text().unwrap_or_default().to_vec()).ok()?;
    Some(Namespace {
        prefix,
        delimiter: delimiter(separator),
    })
}

/// Reads what stands behind `* QUOTA`.
fn quota(lexer: &mut Lexer) -> Option<Vec<Quota>> {
    lexer.value()?;
    let resources = lexer.value()?;
    let resource = |triple: &[Value]| match triple {
        [name, used, limit] => Some(Quota {
            resource: String::from_utf8_lossy(name.text()?).to_ascii_uppercase(),
            used: used.number()?,
            limit: limit.number()?,
        }),
        _ => None,
    };
    Some(
        resources
            .list()
            .chunks_exact(3)
            .filter_map(resource)
            .collect(),
    )
}

fn delimiter(value: &Value) -> Option<char> {
    let text = std::str::from_utf8(value.text()?).ok()?;
    let mut chars = text.chars();
    chars
        .next()
        .filter(|c| chars.next().is_none() && !c.is_control())
}

/// A folder's name: one string, or (some servers forget the quotes) whatever stands to the end of the line.
fn name(lexer: &mut Lexer) -> Option<FolderName> {
    let unquoted = lexer.rest();
    let first = lexer.value();
    let alone = lexer.rest().is_empty() || lexer.rest().first() == Some(&b'(');
    let bytes = match &first {
        Some(Value::Text(text)) => text,
        Some(Value::Atom(text)) if alone => *text,
        // A folder may be called NIL.
        Some(Value::Nil) if alone => b"NIL",
        _ => unquoted,
    };
    FolderName::new(std::str::from_utf8(bytes).ok()?)
}

/// As `name`, but a list follows.
fn status_name(lexer: &mut Lexer) -> Option<FolderName> {
    let unquoted = lexer.rest();
    if matches!(unquoted.first(), Some(b'"' | b'{')) {
        return name(lexer);
    }
    let open = unquoted.iter().rposition(|b| *b == b'(')?;
    let (bytes, items) = unquoted.split_at_checked(open)?;
    *lexer = Lexer::new(items);
    FolderName::new(std::str::from_utf8(bytes.trim_ascii()).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<Listed> {
        listed(&mut Lexer::new(text.as_bytes()))
    }

    #[test]
    fn folders_come_with_any_name_and_delimiter() {
        for (text, name, delimiter) in [
            (
                r#"(\HasNoChildren) "/" "a \"quoted\" name""#,
                "a \"quoted\" name",
                Some('/'),
            ),
            (r#"(\Noselect) "\\" Inbox"#, "INBOX", Some('\\')),
            ("() NIL {3}\r\na)b\r\n", "a)b", None),
            (r#"() "." INBOX.Two words"#, "INBOX.Two words", Some('.')),
            (r#"() "/" NIL"#, "NIL", Some('/')),
            (r#"() "/" foo (OLDNAME ("bar"))"#, "foo", Some('/')),
            (r#"(\Sent) "/" [Gmail]/Sent"#, "[Gmail]/Sent", Some('/')),
        ] {
            let listed = one(text).expect(text);
            assert_eq!(
                (listed.name.as_wire(), listed.delimiter),
                (name, delimiter),
                "{text}"
            );
        }
        assert_eq!(
            one(r#"(\Sent \HasNoChildren) "/" x"#).and_then(|l| l.role()),
            Some(Role::Sent)
        );
        assert_eq!(one(r#"() "/" """#), None);
    }

    #[test]
    fn counts_come_by_name() {
        let read = |text: &str| status(&mut Lexer::new(text.as_bytes()));
        let (name, counts) =
            read("a b (MESSAGES 6 UNSEEN 2 X 3 UIDNEXT 7 HIGHESTMODSEQ 0)").expect("counts");
        assert_eq!(name.as_wire(), "a b");
        assert_eq!(
            (counts.messages, counts.unseen, counts.modseq),
            (Some(6), Some(2), None)
        );
        assert!(read("\"x(y\" (MESSAGES 1)").is_some_and(|(name, _)| name.as_wire() == "x(y"));
    }

    #[test]
    fn places_and_quotas_are_read() {
        let places = namespaces(&mut Lexer::new(
            br##"(("INBOX." ".")) NIL (("#shared/" "/"))"##,
        ));
        let places = places.expect("namespaces");
        assert_eq!(
            places.personal.first().map(|p| p.prefix.as_str()),
            Some("INBOX.")
        );
        assert_eq!(places.shared.len(), 1);
        for text in ["\"a b\" lrs", "a b lrs", "{3}\r\na b \"lrs\""] {
            let read = rights(&mut Lexer::new(text.as_bytes())).expect(text);
            assert_eq!((read.0.as_wire(), read.1), ("a b", Rights::new("lrs")));
        }
        assert!(rights(&mut Lexer::new(b"a")).is_none());
        let quota = quota(&mut Lexer::new(br#""" (STORAGE 10 512 MESSAGE 1 2)"#));
        assert_eq!(quota.map(|q| q.len()), Some(2));
    }
}
