//! What a flight says of the folder that is open: its numbers, its messages, and which of them are gone.
//!
//! Not for telling folders apart where a flight opens several, nor for answers that name a command (both are `answer`'s).
//! To know before changing it: a sequence number means something only until the next message is expunged, so what came
//! without UID is placed before that.

use std::collections::BTreeMap;

use super::fetch::{self, Message, Room};
use super::lexer::{Lexer, Value, number};
use super::uids::{Sequence, UidSet};
use crate::mail::{Flags, FolderName, ModSeq, Permits, Uid, UidValidity};

/// What is known of each message after a flight.
pub type Messages = BTreeMap<Uid, Message>;

/// A folder that is open.
#[derive(Clone, Debug, Default)]
pub struct OpenFolder {
    /// Its name, where this flight opened it.
    pub name: Option<FolderName>,
    /// How many messages it holds.
    pub exists: Option<u32>,
    /// Its UIDVALIDITY.
    pub validity: Option<UidValidity>,
    /// The UID that the next message will get.
    pub uid_next: Option<Uid>,
    /// When it was changed last; None where the folder cannot tell (NOMODSEQ too).
    pub modseq: Option<ModSeq>,
    /// True where nothing can be changed.
    pub read_only: bool,
    /// Which flags stay set (RFC 9051 7.1); None where it does not say, which means all.
    pub permanent: Option<PermanentFlags>,
    /// What was said of its messages.
    pub messages: Messages,
    /// UIDs that are gone (VANISHED).
    pub vanished: UidSet,
    /// How many messages went by EXPUNGE, which names no UID.
    pub expunged: u32,
    /// FETCHes without UID, by sequence number, and the UIDs of numbers: good until something is expunged.
    unnumbered: BTreeMap<u32, Message>,
    numbers: BTreeMap<u32, Uid>,
    /// VANISHED as it came, made a set when all has come.
    gone: Sequence,
    /// How many FETCHes without UID found their message, and how many did not.
    placed: (u32, u32),
}

/// Which flags stay set in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermanentFlags {
    /// These.
    pub flags: Flags,
    /// And any keyword that one thinks of (`\*`).
    pub any_keyword: bool,
}

impl PermanentFlags {
    fn read(arguments: &[u8]) -> Option<PermanentFlags> {
        let value = Lexer::new(arguments).value()?;
        let words = || value.list().iter().filter_map(Value::text);
        Some(PermanentFlags {
            flags: Flags::read(words()),
            any_keyword: words().any(|word| word == b"\\*"),
        })
    }
}

impl OpenFolder {
    /// One of which nothing is known but its name.
    pub(super) fn named(name: Option<FolderName>) -> OpenFolder {
        OpenFolder {
            name,
            ..OpenFolder::default()
        }
    }

    /// What can be changed in it, where this flight opened it for change.
    pub fn permits(&self) -> Permits {
        match &self.permanent {
            _ if self.read_only => Permits::Nothing,
            Some(permanent) => Permits::Change {
                flags: permanent.flags.clone(),
                any_keyword: permanent.any_keyword,
            },
            None => Permits::Change {
                flags: Flags::ALL,
                any_keyword: false,
            },
        }
    }

    /// Takes `* n EXISTS`.
    pub(super) fn exists(&mut self, n: u32) -> Option<()> {
        self.exists = Some(n);
        Some(())
    }

    /// Takes `* n EXPUNGE`.
    pub(super) fn expunge(&mut self) -> Option<()> {
        self.expunged = self.expunged.saturating_add(1);
        self.exists = self.exists.map(|n| n.saturating_sub(1));
        self.renumber();
        Some(())
    }

    /// Takes `* n FETCH`.
    pub(super) fn fetch(&mut self, n: u32, lexer: &mut Lexer, room: &mut Room) -> Option<()> {
        let (uid, message) = fetch::read(lexer, room)?;
        match uid.or_else(|| self.numbers.get(&n).copied()) {
            Some(uid) => {
                self.numbers.insert(n, uid);
                self.messages.entry(uid).or_default().merge(message);
            }
            None => self.unnumbered.entry(n).or_default().merge(message),
        }
        Some(())
    }

    /// Takes `* VANISHED` (RFC 7162 3.2.10).
    pub(super) fn vanish(&mut self, lexer: &mut Lexer) -> Option<()> {
        let mut value = lexer.value()?;
        let earlier = value.list().first().is_some_and(|w| w.is("EARLIER"));
        if earlier {
            value = lexer.value()?;
        } else {
            self.renumber();
        }
        let gone = Sequence::parse(value.text()?)?;
        if !earlier {
            let count = u32::try_from(gone.len()).unwrap_or(u32::MAX);
            self.exists = self.exists.map(|n| n.saturating_sub(count));
        }
        self.gone.extend(gone);
        Some(())
    }

    /// Takes what came for another folder by mistake: it was of this one.
    pub(super) fn absorb(&mut self, mut late: OpenFolder) {
        late.settle();
        for (uid, message) in late.messages {
            self.messages.entry(uid).or_default().merge(message);
        }
        self.vanished = std::mem::take(&mut self.vanished).with(&late.vanished);
        self.expunged = self.expunged.saturating_add(late.expunged);
        self.exists = late.exists.or(self.exists);
    }

    /// Takes a response code that speaks of the folder.
    pub(super) fn code(&mut self, code: &str, arguments: &[u8]) {
        match code {
            "UIDVALIDITY" => self.validity = number(arguments).map(UidValidity),
            "UIDNEXT" => self.uid_next = number(arguments).and_then(Uid::new),
            "HIGHESTMODSEQ" => self.modseq = number(arguments).and_then(ModSeq::new),
            "NOMODSEQ" => self.modseq = None,
            "READ-ONLY" => self.read_only = true,
            "READ-WRITE" => self.read_only = false,
            "PERMANENTFLAGS" => self.permanent = PermanentFlags::read(arguments),
            _ => {}
        }
    }

    /// Puts together what had to wait until all has come. How many FETCHes without UID found their message, and how many
    /// did not.
    pub(super) fn settle(&mut self) -> (u32, u32) {
        self.renumber();
        let gone = std::mem::take(&mut self.gone).to_set();
        self.vanished = std::mem::take(&mut self.vanished).with(&gone);
        std::mem::take(&mut self.placed)
    }

    /// Puts FETCHes that came without UID to their messages: from here on sequence numbers mean something else.
    fn renumber(&mut self) {
        for (n, message) in std::mem::take(&mut self.unnumbered) {
            let uid = self.numbers.get(&n);
            let known = uid.and_then(|uid| self.messages.get_mut(uid));
            let count = match known.map(|known| known.merge(message)) {
                Some(()) => &mut self.placed.0,
                None => &mut self.placed.1,
            };
            *count = count.saturating_add(1);
        }
        self.numbers.clear();
    }
}
