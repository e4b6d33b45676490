//! A message that is being written, as a draft on the mail server: put there, so that other programs see it, and removed when
//! it was sent or thrown away.
//!
//! Not for keeping it (`outbox`): it lies on the disk here before this begins, and whatever fails here is told on its page. To
//! know before changing it: a message on the server never changes, so a draft is renewed by a new one, and the one before is
//! removed after the new one is known to be there. What this program has not put there itself is never removed: where somebody
//! else has changed or removed the draft, what is here becomes another one.
//!
//! CATENATE (RFC 4469) is not used: it would save sending files that the draft before has, but what is then on the server is put
//! together there, from a draft that somebody else may have changed or removed meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Seek as _;

use super::message::{Copy, Message};
use super::{Answer, Ended, Job, Outside, keeps};
use crate::draft;
use crate::error::{Act, Cause, Error, GoneKind, Result};
use crate::gate::{self, LaneKind};
use crate::ledger::{Ledger, Token};
use crate::mail::{Address, DraftTrouble, Flags, FolderName, Refusal, Uid, UidValidity};
use crate::notices::Told;
use crate::outbox::{Drafts, OnServer, Writing};
use crate::remote::{Access, Append, Content, Criteria, Found, Handle, Plan, StoreFlags, UidSet};
use crate::response::Response;
use crate::route::{self, ActForm, Base, NoticeId, Route};
use crate::seal::Key;
use crate::state::UserId;
use crate::store::keys::NoticeKey;

/// What is to be done with the draft of a message on the mail server.
pub struct ServerDraft {
    /// Whose.
    pub user: UserId,
    /// Of which message.
    pub token: Token,
    /// What is to be done.
    pub wish: Wish,
    /// Where the message lies.
    pub drafts: Drafts,
    /// What it is sealed with.
    pub key: Key,
    /// What the page that follows says.
    pub said: Said,
}

/// What is to be done.
pub enum Wish {
    /// It is to be as the message is here.
    Put(Putting),
    /// It is to be there no longer.
    Remove,
}

/// How a message is put there.
pub struct Putting {
    /// Who it is from.
    pub from: Address,
    /// Its date, as a header has it.
    pub date: String,
    /// How many bytes may go with it of other messages.
    pub most: u64,
    /// The folder for drafts; None where that is not known now.
    pub folder: Option<FolderName>,
}

/// What the page that follows says.
pub struct Said {
    /// What was done, where a page says it.
    pub done: Option<Act>,
    /// What undoes it.
    pub undo: Option<ActForm>,
    /// Under which number, and for which session.
    pub under: NoticeKey,
    /// Before every address.
    pub base: Base,
    /// The page.
    pub page: Route,
}

impl Said {
    /// The way to the page.
    fn answer(&self) -> Response {
        match self.done {
            Some(_) => {
                let href = self.page.href(&self.base);
                Response::see_other(&route::with_notice(href, NoticeId(self.under.id())))
            }
            None => Response::nothing(),
        }
    }
}

impl Job for ServerDraft {
    fn lane(&self) -> &'static LaneKind {
        &gate::SEND
    }

    fn turned_away(&self) -> Option<Response> {
        // It is kept here all the same.
        Some(match self.said.done {
            Some(_) => Response::see_other(&self.said.page.href(&self.said.base)),
            None => Response::nothing(),
        })
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let worked = self.put_there(outside);
        if let Err(error) = worked {
            outside.log("draft-not-there", self.user, &error);
        }
        let answer = Answer::Page(self.said.answer());
        let said = self.said;
        let Some(done) = said.done else {
            return Ok(Ended {
                answer,
                record: None,
            });
        };
        outside.progress.did(done.clone());
        let told = Told {
            done,
            undo: said.undo,
            more: None,
            page: said.page.href(&Base::default()),
        };
        Ok(Ended {
            answer,
            record: Some(keeps(told, said.under)),
        })
    }
}

impl ServerDraft {
    /// Has the draft on the server be as it is wished.
    ///
    /// # Errors
    /// `Imap`, `DiskFull`, `Setup`: what keeps it from being so is noted.
    pub(super) fn put_there(&self, outside: &mut Outside) -> Result<()> {
        match &self.wish {
            Wish::Put(putting) => self.put(putting, outside),
            Wish::Remove => self.remove(outside),
        }
    }

    /// Puts the message there as it is here, unless it is there; notes what keeps it from being there.
    fn put(&self, putting: &Putting, outside: &mut Outside) -> Result<()> {
        let ledger = Ledger::of(outside.state, self.user);
        let id = &self.token.id;
        let entry = ledger.look(&self.token)?;
        let was_to_be_sent = entry.is_some_and(|entry| !entry.stage.is_open());
        let kept = self.drafts.open(id, &self.key)?;
        // It was sent, or thrown away, meanwhile.
        let Some(writing) = kept.filter(|_| !was_to_be_sent) else {
            return Ok(());
        };
        let content = content(&ledger, &writing);
        let mut known = self.drafts.on_server(id, &self.key)?;
        if let Some(known) = known.as_mut().filter(|known| known.has(&content)) {
            self.drafts.note_there(id, &writing, &self.key)?;
            if known.replaced.is_empty() {
                return Ok(());
            }
            look(known, outside)?;
            return self.remove_replaced(known, outside);
        }
        let named = ledger.message_id(&self.token, &putting.from.email);
        let folder = known.as_ref().map(|known| &known.folder);
        let Some(folder) = putting.folder.as_ref().or(folder).cloned() else {
            let nothing = OnServer {
                trouble: Some(DraftTrouble::NoFolder),
                ..OnServer::nothing(named, FolderName::inbox())
            };
            self.drafts.note_on_server(id, &nothing, &self.key)?;
            return Err(Error::Gone(GoneKind::Folder));
        };
        let first = || OnServer::nothing(named, folder.clone());
        // Where another folder is for drafts now, what lies in the one before stays there.
        let known = known.filter(|known| known.folder == folder);
        let mut known = known.unwrap_or_else(first);
        let wanted = Wanted { writing, putting };
        let placed = self.place(&mut known, &wanted, outside);
        match &placed {
            Ok(()) => {
                known.content = content;
                known.trouble = None;
            }
            Err(error) => known.trouble = Some(trouble(error)),
        }
        self.drafts.note_on_server(id, &known, &self.key)?;
        placed?;
        self.drafts.note_there(id, &wanted.writing, &self.key)?;
        self.remove_replaced(&mut known, outside)
    }

    /// Puts the message there, as a new one. What it replaces is noted.
    fn place(&self, known: &mut OnServer, wanted: &Wanted, outside: &mut Outside) -> Result<()> {
        let ledger = Ledger::of(outside.state, self.user);
        let message = self.message(wanted);
        let refused = |refusal: Refusal| match refusal {
            Refusal::DiskFull => Error::DiskFull(Cause::new("a draft")),
            other => Error::Internal(Cause::new(format!("{other:?}"))),
        };
        message.fetch(outside).map_err(refused)?;
        let there = look(known, outside)?;
        known.is_split = !known.agrees_with(&there);
        if known.is_split {
            let other = Token::new()?;
            let sender = &wanted.putting.from.email;
            // What this program has put there itself is replaced by what is here now, and what others have stays.
            *known = OnServer {
                is_split: true,
                validity: there.validity,
                replaced: known.own(&there),
                ..OnServer::nothing(ledger.message_id(&other, sender), known.folder.clone())
            };
        }
        let written = message.written(known.id.clone(), outside, Copy::Sender);
        let mut spool = written.map_err(refused)?.spool;
        let len = spool.length();
        let rewound = spool.rewind();
        rewound.map_err(|e| Error::Internal(Cause::at("spool", e)))?;
        known.putting = Some(len);
        self.drafts
            .note_on_server(&self.token.id, known, &self.key)?;
        let mut plan = Plan::new();
        let append = plan.append(Append {
            folder: known.folder.clone(),
            flags: Flags::SEEN.with(&Flags::DRAFT),
            arrived: None,
            content: Content::File {
                from: Box::new(spool),
                len,
            },
        });
        let flight = outside.remote.fly(plan)?;
        flight.require(append)?;
        let at = flight.get(append).and_then(|appended| appended.at);
        let at = match at {
            Some(at) => Some(at),
            // A server that does not tell is asked.
            None => {
                let now = look(known, outside)?;
                let new = now.uids.difference(&there.uids).max().copied();
                now.validity.zip(new)
            }
        };
        let (validity, uid) = at.ok_or(Error::Gone(GoneKind::Message))?;
        known.replaced.extend(known.uid);
        known.putting = None;
        (known.validity, known.uid) = (Some(validity), Some(uid));
        known.since = crate::time::now();
        Ok(())
    }

    fn message(&self, wanted: &Wanted) -> Message {
        Message {
            token: self.token,
            letter: draft::kept(&wanted.writing.draft, &wanted.putting.from),
            draft: wanted.writing.draft.clone(),
            files: wanted.writing.files.clone(),
            drafts: self.drafts.clone(),
            key: self.key.clone(),
            date: wanted.putting.date.clone(),
            most: wanted.putting.most,
        }
    }

    /// Removes what has been replaced; what cannot be is tried again with the next one.
    fn remove_replaced(&self, known: &mut OnServer, outside: &mut Outside) -> Result<()> {
        if known.replaced.is_empty() {
            return Ok(());
        }
        remove(&known.replaced, outside)?;
        known.replaced.clear();
        self.drafts.note_on_server(&self.token.id, known, &self.key)
    }

    /// Removes what is there of the message.
    fn remove(&self, outside: &mut Outside) -> Result<()> {
        remove_from_server(&self.drafts, &self.token, &self.key, outside)
    }
}

/// What is to be put there, and how.
struct Wanted<'w> {
    writing: Writing,
    putting: &'w Putting,
}

/// What is there under the Message-ID of a draft, and not marked as deleted.
struct There {
    validity: Option<UidValidity>,
    uids: BTreeSet<Uid>,
    /// The sizes of those that nobody has noted, while one is being put there.
    sizes: BTreeMap<Uid, u64>,
}

impl OnServer {
    /// True where what is there is what this program has put there; what it was putting there when it was ended counts.
    fn agrees_with(&mut self, there: &There) -> bool {
        let is_renumbered = self.validity.is_some() && self.validity != there.validity;
        if is_renumbered {
            // Just one under this name, in a folder that has other numbers now: it is the same one.
            let only = there.uids.first().filter(|_| there.uids.len() == 1);
            self.uid = only.copied();
            self.replaced.clear();
            self.validity = there.validity;
            return self.uid.is_some();
        }
        let like_it = |(_, size): &(&Uid, &u64)| Some(**size) == self.putting;
        let like_it: Vec<Uid> = there
            .sizes
            .iter()
            .filter(like_it)
            .map(|(uid, _)| *uid)
            .collect();
        if let [one] = like_it.as_slice() {
            self.replaced.extend(self.uid);
            self.uid = Some(*one);
            self.validity = there.validity;
        }
        let is_there = self.uid.is_none_or(|uid| there.uids.contains(&uid));
        is_there && self.unknown(there).is_empty()
    }

    /// What this program has put there, and is there still.
    fn own(&self, there: &There) -> Vec<Uid> {
        if self.validity != there.validity {
            return Vec::new();
        }
        let all = self.uid.iter().chain(&self.replaced);
        all.filter(|uid| there.uids.contains(uid))
            .copied()
            .collect()
    }

    fn unknown(&self, there: &There) -> Vec<Uid> {
        let is_known = |uid: &&Uid| self.uid == Some(**uid) || self.replaced.contains(uid);
        let all = there.uids.iter();
        all.filter(|uid| !is_known(uid)).copied().collect()
    }
}

/// Looks for a draft, and opens its folder for changes.
fn look(known: &OnServer, outside: &mut Outside) -> Result<There> {
    outside.remote.go_on();
    let mut plan = Plan::new();
    let opened = plan.open(&known.folder, Access::Change, None);
    let named = plan.search(Criteria::Naming {
        own: vec![known.id.clone()],
        referred: Vec::new(),
    });
    let deleted = plan.search(Criteria::Deleted);
    // A draft of another program need not have a Message-ID.
    let numbers = known.uid.iter().chain(&known.replaced).copied();
    let present = plan.search(Criteria::Uids(numbers.collect()));
    let flight = outside.remote.fly(plan)?;
    let validity = outside.remote.require_open(&flight, opened)?.validity;
    flight.require(named)?;
    flight.require(deleted)?;
    flight.require(present)?;
    let all = |found: Handle<Found>| -> BTreeSet<Uid> {
        let found = flight.get(found);
        found
            .map(|found| found.uids.iter().take(LIKE_IT).collect())
            .unwrap_or_default()
    };
    let mut uids = all(named);
    if validity == known.validity {
        uids.extend(all(present));
    }
    let deleted = flight.get(deleted).map(|found| found.uids.to_set());
    let is_deleted = |uid: &Uid| deleted.as_ref().is_some_and(|set| set.contains(*uid));
    uids.retain(|uid| !is_deleted(uid));
    let mut there = There {
        validity,
        uids,
        sizes: BTreeMap::new(),
    };
    let unknown: UidSet = known.unknown(&there).into_iter().collect();
    if known.putting.is_some() && !unknown.is_empty() {
        let mut plan = Plan::new();
        let sizes = plan.fetch_dates(unknown, true);
        let flight = outside.remote.fly(plan)?;
        let sizes = flight.get(sizes).into_iter().flatten();
        let sizes = sizes.filter_map(|(uid, about)| Some((*uid, about.size?.into())));
        there.sizes = sizes.collect();
    }
    Ok(there)
}

/// Messages under one Message-ID that are looked at.
const LIKE_IT: usize = 100;

/// Removes messages of the folder that is open: just these.
fn remove(uids: &[Uid], outside: &mut Outside) -> Result<()> {
    let uids: UidSet = uids.iter().copied().collect();
    let has_uidplus = outside.remote.ready()?.has("UIDPLUS");
    let mut plan = Plan::new();
    let store = plan.store(StoreFlags {
        uids: uids.clone(),
        add: true,
        flags: Flags::DELETED,
        unchanged_since: None,
        tell: false,
    });
    // Without UIDPLUS they stay, marked: EXPUNGE would take what others have marked.
    let expunge = has_uidplus.then(|| plan.expunge(uids));
    let flight = outside.remote.fly(plan)?;
    flight.require(store)?;
    expunge.map_or(Ok(()), |expunge| flight.require(expunge))
}

/// Removes what the server has of a message that was sent, or thrown away; what somebody else has made of it stays.
///
/// # Errors
/// `Imap`, and those of the files: then it is still there, and no harm is done.
pub(super) fn remove_from_server(
    drafts: &Drafts,
    token: &Token,
    key: &Key,
    outside: &mut Outside,
) -> Result<()> {
    let Some(mut known) = drafts.on_server(&token.id, key)? else {
        return Ok(());
    };
    let there = look(&known, outside)?;
    known.agrees_with(&there);
    let own = known.own(&there);
    if !own.is_empty() {
        remove(&own, outside)?;
    }
    known = OnServer::nothing(known.id, known.folder);
    drafts.note_not_there(&token.id)?;
    drafts.note_on_server(&token.id, &known, key)
}

/// A keyed hash of a message as it is here, by which what is on the server is known to be the same.
pub fn content(ledger: &Ledger, writing: &Writing) -> [u8; 32] {
    let files: Vec<String> = writing.files.iter().map(|one| format!("{one:?}")).collect();
    let typed = format!("{:?}", writing.draft);
    let pieces = std::iter::once(&typed).chain(&files);
    let pieces: Vec<&[u8]> = pieces.map(|text| text.as_bytes()).collect();
    ledger.content(&pieces)
}

/// What keeps a message from being there, as its page says it.
fn trouble(error: &Error) -> DraftTrouble {
    match error {
        Error::OverQuota => DraftTrouble::NoRoom,
        Error::Gone(_) => DraftTrouble::NoFolder,
        Error::Imap(..) => DraftTrouble::NoAnswer,
        Error::BadRequest(_)
        | Error::Forbidden(_)
        | Error::NotSignedIn
        | Error::NotFound
        | Error::WrongMethod { .. }
        | Error::LengthRequired
        | Error::BodyTimeout
        | Error::TooLarge { .. }
        | Error::UriTooLong
        | Error::TooMany { .. }
        | Error::Busy { .. }
        | Error::ReadOnly
        | Error::DiskFull(_)
        | Error::Setup(..)
        | Error::Profile(_)
        | Error::Internal(_) => DraftTrouble::Failed,
    }
}
