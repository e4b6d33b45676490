//! Sending a message: in its lane it is claimed in the ledger, handed over, and its copy put into Sent.
//!
//! Not for what may be sent (`actions::compose`), nor for how (`submission`). To know before changing it: the claim is on the
//! disk before the first byte leaves, and what became of it before anything is said. The copy in Sent is a thing of its own:
//! that it fails never means that the message was not sent, and it alone is tried again.

use std::io::Write as _;

use super::archive::Archiving;
use super::carried::Fetching;
use super::{Answer, Ended, Job, Outside, Record, progressed};
use crate::draft::{self, Attached, Letter, Stamp, Travels};
use crate::error::{Act, Cause, Error, GoneKind, Result};
use crate::gate::{self, LaneKind};
use crate::ledger::{Claim, Entry, Ledger, Stage, Token};
use crate::mail::{self, AttachedFile, Draft, Flags, FolderName, MessageRef, Refusal, Source};
use crate::notices::{self, Told};
use crate::outbox::{Drafts, Writing};
use crate::process;
use crate::remote::{Access, Append, Content, Criteria, Plan, UidSet};
use crate::response::Response;
use crate::route::{self, Base, NoticeId, Route};
use crate::seal::{self, Key};
use crate::spool::Spool;
use crate::state::UserId;
use crate::store::keys::SessionKey;
use crate::submission::{self, Outcome, Outgoing, Way};

/// A message that is to be sent.
pub struct Send {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub token: Token,
    /// What was typed, read.
    pub letter: Letter,
    /// What is attached.
    pub files: Vec<AttachedFile>,
    /// A keyed hash of the form that sends it.
    pub content: [u8; 32],
    /// Where it lies.
    pub drafts: Drafts,
    /// What it is sealed with.
    pub key: Key,
    /// The same as it was typed.
    pub draft: Draft,
    /// Its date, as a header has it.
    pub date: String,
    /// How many bytes may go with it of other messages.
    pub most: u64,
    /// Where what it answers goes, where it is to go there.
    pub archiving: Option<Archiving>,
    /// Where it is handed over.
    pub way: Way,
    /// Where its copy goes; None where that is not known now.
    pub sent: Option<FolderName>,
    /// True where its user knows that it may have been sent, and wants it sent all the same.
    pub again: bool,
    /// The session that the notice is for.
    pub session: SessionKey,
    /// Before every address.
    pub base: Base,
    /// The page that follows.
    pub next: Route,
    /// The page of the message, where it was not sent.
    pub form: Route,
}

/// What comes of it.
enum Came {
    /// It was sent, now or before.
    Sent(Entry),
    /// It was not, or nobody knows: its page says it.
    Back,
}

impl Job for Send {
    fn lane(&self) -> &'static LaneKind {
        &gate::SEND
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let ledger = Ledger::of(outside.state, self.user);
        let entry = match self.send(&ledger, outside)? {
            Came::Sent(entry) => entry,
            Came::Back => {
                let page = Response::see_other(&self.form.href(&self.base));
                return Ok(Ended {
                    answer: Answer::Page(page),
                    record: None,
                });
            }
        };
        let is_filed = entry.is_filed || self.file(&ledger, &entry, outside)?;
        let act = Act::Send {
            is_filed,
            archived: None,
            to: self
                .letter
                .recipients()
                .len()
                .try_into()
                .unwrap_or(u32::MAX),
        };
        outside.progress.did(act.clone());
        let id = NoticeId(self.token.id);
        let href = route::with_notice(self.next.href(&self.base), id);
        let page = self.next.href(&Base::default());
        let record: Record = Box::new(move |desk, session, remote| {
            let owner = notices::Owner {
                data: &session.data,
                session: self.session,
            };
            let mut told = Told {
                done: act,
                undo: None,
                more: None,
                page,
            };
            // The copy is made of it.
            if is_filed {
                self.forget()?;
            }
            notices::keep(&mut desk.store, owner, id, told.clone(), desk.now);
            if let Some(archiving) = &self.archiving {
                let done = archiving.archive(&mut desk.store, remote, (&session.data, desk.now));
                if let Act::Send { archived, .. } = &mut told.done {
                    *archived = Some(done.is_ok());
                }
                notices::keep(&mut desk.store, owner, id, told, desk.now);
                return done;
            }
            Ok(())
        });
        Ok(Ended {
            answer: Answer::Page(Response::see_other(&href)),
            record: Some(record),
        })
    }
}

impl Send {
    /// Hands it over, unless that was done.
    fn send(&self, ledger: &Ledger, outside: &mut Outside) -> Result<Came> {
        let fetching = Fetching {
            drafts: &self.drafts,
            id: &self.token.id,
            key: &self.key,
            most: self.most,
        };
        if let Err(refusal) = fetching.all(&self.draft.carried, outside) {
            return self.refused(&refusal);
        }
        let mut written = match self.written(ledger, outside, Copy::Wire) {
            Ok(written) => written,
            Err(refusal) => return self.refused(&refusal),
        };
        let mut entry = Entry::sending(self.content);
        match ledger.claim(outside.lane, &self.token, &entry) {
            Ok(Claim::Made) => {}
            Ok(Claim::Before(before)) => match before.stage {
                Stage::Sent if before.content == self.content => return Ok(Came::Sent(before)),
                Stage::Sent | Stage::Sending => return Ok(Came::Back),
                Stage::Unknown if !self.again => return Ok(Came::Back),
                Stage::Unknown | Stage::Failed => {
                    ledger.note(outside.lane, &self.token, &entry)?;
                }
            },
            Err(Error::DiskFull(_)) => return self.refused(&Refusal::DiskFull),
            Err(other) => return Err(other),
        }
        outside.progress.tries(Act::Send {
            is_filed: false,
            archived: None,
            to: self
                .letter
                .recipients()
                .len()
                .try_into()
                .unwrap_or(u32::MAX),
        });
        process::more_time(submission::LONGEST);
        let (mut outcome, mut cause) = self.hand_over(&mut written);
        let is_8bit = matches!(outcome, Outcome::Refused(Refusal::EightBit));
        if is_8bit && !self.is_redirected() {
            // A message in it that cannot travel as it is becomes a file of no known kind, which may be encoded.
            written = match self.written(ledger, outside, Copy::Ascii) {
                Ok(written) => written,
                Err(refusal) => {
                    ledger.note(outside.lane, &self.token, &entry.at(Stage::Failed))?;
                    return self.refused(&refusal);
                }
            };
            (outcome, cause) = self.hand_over(&mut written);
        }
        progressed();
        if let Some(Cause(cause)) = cause {
            outside
                .state
                .log(&format!("not-sent {} {cause}", self.user.to_hex()));
        }
        let stage = match &outcome {
            Outcome::Taken => Stage::Sent,
            Outcome::Refused(_) => Stage::Failed,
            Outcome::Unknown(Cause(cause)) => {
                outside
                    .state
                    .log(&format!("perhaps-sent {} {cause}", self.user.to_hex()));
                Stage::Unknown
            }
        };
        entry = entry.at(stage);
        ledger.note(outside.lane, &self.token, &entry)?;
        match outcome {
            Outcome::Taken => Ok(Came::Sent(entry)),
            Outcome::Refused(refusal) => self.refused(&refusal),
            Outcome::Unknown(_) => Ok(Came::Back),
        }
    }

    /// Its page says why.
    fn refused(&self, refusal: &Refusal) -> Result<Came> {
        self.drafts.refuse(&self.token.id, refusal, &self.key)?;
        Ok(Came::Back)
    }

    /// Forgets what was sent. What was changed while it was on its way is another message.
    fn forget(&self) -> Result<()> {
        let kept = self.drafts.open(&self.token.id, &self.key)?;
        if let Some(changed) = kept.filter(|kept| kept.draft != self.draft) {
            let token = Token::new()?;
            let writing = Writing::new(changed.draft, token.made);
            self.drafts.keep(&token.id, &writing, &self.key)?;
        }
        self.drafts.forget(&self.token.id)
    }

    fn hand_over(&self, written: &mut Written) -> (Outcome, Option<Cause>) {
        let recipients = self.letter.recipients();
        let outgoing = Outgoing {
            sender: &self.letter.from.email,
            recipients: &recipients,
            message: &mut written.spool,
            is_8bit: written.is_8bit,
            progressed: || process::more_time(submission::LONGEST),
        };
        submission::hand_over(&self.way, outgoing)
    }

    /// True for a message of somebody else that is passed on as it is.
    fn is_redirected(&self) -> bool {
        let source = self.draft.source.as_ref();
        source.is_some_and(|source| source.how == mail::Answer::Redirect)
    }

    /// The message as it is wanted.
    fn written(
        &self,
        ledger: &Ledger,
        outside: &Outside,
        copy: Copy,
    ) -> std::result::Result<Written, Refusal> {
        let stamp = Stamp {
            id: ledger.message_id(&self.token, &self.letter.from.email),
            date: self.date.clone(),
            boundary: boundary().map_err(failed)?,
        };
        let mut spool = Spool::new(outside.state).map_err(failed)?;
        let mut files = self.attached(copy)?;
        let (is_8bit, done) = match self.is_redirected() {
            true => {
                let original = files.pop().ok_or(Refusal::FileLost)?;
                let done = draft::redirected(&self.letter, &stamp, original.bytes, &mut spool);
                (original.travels != Travels::SevenBit, done)
            }
            false => {
                let is_8bit = files.iter().any(|file| file.travels == Travels::EightBit);
                let blind = copy == Copy::Sender;
                let done = draft::written(&self.letter, &stamp, files, blind, &mut spool);
                (is_8bit, done)
            }
        };
        match done.and_then(|()| spool.flush()) {
            Ok(()) => Ok(Written { spool, is_8bit }),
            Err(e) if crate::state::is_full(&e) => Err(Refusal::DiskFull),
            Err(_) => Err(Refusal::FileLost),
        }
    }

    /// The files that go with it, and what it carries of other messages.
    fn attached(&self, copy: Copy) -> std::result::Result<Vec<Attached>, Refusal> {
        let read = |slot: u32| {
            let read = self.drafts.read_file(&self.token.id, slot, &self.key);
            read.map_err(failed)?.ok_or(Refusal::FileLost)
        };
        let file = |slot: u32, name: &str, kind: &str| {
            let is_message = kind.eq_ignore_ascii_case("message/rfc822");
            let travels = match is_message {
                true => draft::travels(&mut read(slot)?).map_err(|_| Refusal::FileLost)?,
                false => Travels::Encoded,
            };
            Ok(Attached {
                name: name.to_owned(),
                kind: kind.to_owned(),
                bytes: Box::new(read(slot)?),
                travels: match (travels, copy) {
                    (Travels::EightBit, Copy::Ascii) => Travels::Encoded,
                    (travels, _) => travels,
                },
            })
        };
        let mut files = Vec::new();
        for one in &self.files {
            if read(one.number)?.length() != one.size {
                return Err(Refusal::FileLost);
            }
            files.push(file(one.number, &one.name, &one.kind)?);
        }
        for one in &self.draft.carried {
            files.push(file(one.slot(), &one.name, &one.kind)?);
        }
        Ok(files)
    }

    /// Puts the copy into Sent, and marks what was answered. True where the copy is there, or none is to be made.
    fn file(&self, ledger: &Ledger, entry: &Entry, outside: &mut Outside) -> Result<bool> {
        let filed = self.put_into_sent(ledger, entry, outside);
        let is_filed = match filed {
            Ok(is_filed) => is_filed,
            Err(error) => {
                let (kind, cause) = error.log_kind();
                outside
                    .state
                    .log(&format!("not-filed {} {kind} {cause}", self.user.to_hex()));
                false
            }
        };
        if is_filed {
            let entry = Entry {
                is_filed,
                ..entry.clone()
            };
            ledger.note(outside.lane, &self.token, &entry)?;
        }
        for (message, flags) in self.marks() {
            if let Err(error) = mark(&message, flags, outside) {
                let (kind, cause) = error.log_kind();
                outside
                    .state
                    .log(&format!("not-marked {} {kind} {cause}", self.user.to_hex()));
            }
        }
        Ok(is_filed)
    }

    /// What is to be marked, and how: what was answered, and all that was handed on.
    fn marks(&self) -> Vec<(MessageRef, Flags)> {
        let forwarded = || Flags::keyword(mail::FORWARDED).unwrap_or_default();
        let mut marks = Vec::new();
        if let Some(Source { message, how }) = &self.draft.source {
            let flags = match how.is_reply() {
                true => Flags::ANSWERED,
                false => forwarded(),
            };
            marks.push((message.clone(), flags));
        }
        for one in self.draft.carried.iter().filter(|one| one.is_whole()) {
            if !marks.iter().any(|(message, _)| *message == one.message) {
                marks.push((one.message.clone(), forwarded()));
            }
        }
        marks
    }

    fn put_into_sent(&self, ledger: &Ledger, entry: &Entry, outside: &mut Outside) -> Result<bool> {
        if self.is_redirected() {
            // Its user has it: as it came.
            return Ok(true);
        }
        let folder = self.sent.as_ref();
        let folder = folder.ok_or(Error::Gone(GoneKind::Folder))?;
        let copy = self.written(ledger, outside, Copy::Sender);
        let copy = copy.map_err(|why| Error::Internal(Cause::new(format!("{why:?}"))))?;
        let copy = copy.spool;
        outside.remote.go_on();
        // One that was tried before may be there.
        let id = ledger.message_id(&self.token, &self.letter.from.email);
        let mut plan = Plan::new();
        let opened = plan.open(folder, Access::Read, None);
        let found = plan.search(Criteria::Naming {
            own: vec![id],
            referred: Vec::new(),
        });
        let flight = outside.remote.fly(plan)?;
        outside.remote.require_open(&flight, opened)?;
        let is_there = flight
            .get(found)
            .is_some_and(|found| !found.uids.is_empty());
        if is_there {
            return Ok(true);
        }
        let mut copy = copy;
        std::io::Seek::rewind(&mut copy).map_err(|e| Error::Internal(Cause::at("spool", e)))?;
        let len = copy.length();
        let mut plan = Plan::new();
        let append = plan.append(Append {
            folder: folder.clone(),
            flags: Flags::SEEN,
            arrived: Some(entry.since),
            content: Content::File {
                from: Box::new(copy),
                len,
            },
        });
        let flight = outside.remote.fly(plan)?;
        flight.require(append)?;
        Ok(true)
    }
}

/// Which copy of a message is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copy {
    /// The one that travels.
    Wire,
    /// The same in ASCII alone.
    Ascii,
    /// The one that its sender keeps: with those who get it unseen.
    Sender,
}

/// A message as it travels.
struct Written {
    spool: Spool,
    is_8bit: bool,
}

fn failed(error: Error) -> Refusal {
    match matches!(error, Error::DiskFull(_)) {
        true => Refusal::DiskFull,
        false => Refusal::FileLost,
    }
}

/// Marks what was answered, or handed on.
fn mark(at: &MessageRef, flags: Flags, outside: &mut Outside) -> Result<()> {
    outside.remote.go_on();
    let mut plan = Plan::new();
    let opened = plan.open(&at.folder, Access::Change, None);
    let flight = outside.remote.fly(plan)?;
    let found = outside.remote.require_open(&flight, opened)?;
    if found.validity != Some(at.validity) {
        return Ok(());
    }
    let mut plan = Plan::new();
    plan.add_flags(UidSet::range(at.uid, at.uid), flags);
    outside.remote.fly(plan).map(drop)
}

/// What divides the parts of a message: no part in base64, quoted-printable or plain text of ours holds it, for it is random.
fn boundary() -> Result<String> {
    let random: [u8; 15] = seal::random()?;
    Ok(format!("=_{}", seal::to_text(&random)))
}
