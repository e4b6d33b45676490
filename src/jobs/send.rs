//! Sending a message: in its lane it is claimed in the ledger, handed over, and its copy put into Sent.
//!
//! Not for what may be sent (`actions::compose`), nor for how (`submission`). To know before changing it: the claim is on the
//! disk before the first byte leaves, and what became of it before anything is said. The copy in Sent is a thing of its own:
//! that it fails never means that the message was not sent, and it alone is tried again.

use std::io::Write as _;

use super::{Answer, Ended, Job, Outside, Record, progressed};
use crate::desk::Desk;
use crate::draft::{self, Attached, Letter, Stamp};
use crate::error::{Act, Cause, Error, GoneKind, Result};
use crate::gate::{self, LaneKind};
use crate::ledger::{Claim, Entry, Ledger, Stage, Token};
use crate::mail::{self, AttachedFile, Draft, Flags, FolderName, Refusal, Source};
use crate::notices::{self, Told};
use crate::outbox::{Drafts, Writing};
use crate::process;
use crate::remote::{Access, Append, Content, Criteria, Plan, UidSet};
use crate::response::Response;
use crate::route::{self, Base, NoticeId, Route};
use crate::seal::{self, Key};
use crate::session::Session;
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
        let record: Record = Box::new(move |desk: &mut Desk, session: &Session| {
            let owner = notices::Owner {
                data: &session.data,
                session: self.session,
            };
            let told = Told {
                done: act,
                undo: None,
                more: None,
                page,
            };
            notices::keep(&mut desk.store, owner, id, told, desk.now);
            // The copy is made of it.
            if !is_filed {
                return Ok(());
            }
            // What was changed while it was on its way is another message.
            let kept = self.drafts.open(&self.token.id, &self.key)?;
            if let Some(changed) = kept.filter(|kept| kept.draft != self.draft) {
                let token = Token::new()?;
                let writing = Writing::new(changed.draft, token.made);
                self.drafts.keep(&token.id, &writing, &self.key)?;
            }
            self.drafts.forget(&self.token.id)
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
        let mut spool = match self.written(ledger, outside, false) {
            Ok(spool) => spool,
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
            to: self
                .letter
                .recipients()
                .len()
                .try_into()
                .unwrap_or(u32::MAX),
        });
        process::more_time(submission::LONGEST);
        let recipients = self.letter.recipients();
        let (outcome, cause) = submission::hand_over(
            &self.way,
            Outgoing {
                sender: &self.letter.from.email,
                recipients: &recipients,
                message: &mut spool,
                progressed: || process::more_time(submission::LONGEST),
            },
        );
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

    /// The message as it travels, or as its sender keeps it: with `blind` recipients.
    fn written(
        &self,
        ledger: &Ledger,
        outside: &Outside,
        blind: bool,
    ) -> std::result::Result<Spool, Refusal> {
        let failed = |error: Error| match matches!(error, Error::DiskFull(_)) {
            true => Refusal::DiskFull,
            false => Refusal::FileLost,
        };
        let mut files = Vec::new();
        for file in &self.files {
            let read = self
                .drafts
                .read_file(&self.token.id, file.number, &self.key);
            let bytes = read.map_err(failed)?;
            let bytes = bytes.filter(|bytes| bytes.length() == file.size);
            files.push(Attached {
                name: file.name.clone(),
                kind: file.kind.clone(),
                bytes: Box::new(bytes.ok_or(Refusal::FileLost)?),
            });
        }
        let stamp = Stamp {
            id: ledger.message_id(&self.token, &self.letter.from.email),
            date: self.date.clone(),
            boundary: boundary().map_err(failed)?,
        };
        let mut spool = Spool::new(outside.state).map_err(failed)?;
        let written = draft::written(&self.letter, &stamp, files, blind, &mut spool);
        let written = written.and_then(|()| spool.flush());
        match written {
            Ok(()) => Ok(spool),
            Err(e) if crate::state::is_full(&e) => Err(Refusal::DiskFull),
            Err(_) => Err(Refusal::FileLost),
        }
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
        if let Some(source) = &self.draft.source
            && let Err(error) = mark(source, outside)
        {
            let (kind, cause) = error.log_kind();
            outside
                .state
                .log(&format!("not-marked {} {kind} {cause}", self.user.to_hex()));
        }
        Ok(is_filed)
    }

    fn put_into_sent(&self, ledger: &Ledger, entry: &Entry, outside: &mut Outside) -> Result<bool> {
        let folder = self.sent.as_ref();
        let folder = folder.ok_or(Error::Gone(GoneKind::Folder))?;
        let copy = self.written(ledger, outside, true);
        let copy = copy.map_err(|why| Error::Internal(Cause::new(format!("{why:?}"))))?;
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

/// Marks what was answered, or handed on.
fn mark(source: &Source, outside: &mut Outside) -> Result<()> {
    outside.remote.go_on();
    let at = &source.message;
    let mut plan = Plan::new();
    let opened = plan.open(&at.folder, Access::Change, None);
    let flight = outside.remote.fly(plan)?;
    let found = outside.remote.require_open(&flight, opened)?;
    if found.validity != Some(at.validity) {
        return Ok(());
    }
    let flags = match source.how {
        mail::Answer::Forward => Flags::keyword(mail::FORWARDED).unwrap_or_default(),
        mail::Answer::Reply | mail::Answer::ReplyAll | mail::Answer::ReplyList => Flags::ANSWERED,
    };
    let mut plan = Plan::new();
    plan.add_flags(UidSet::range(at.uid, at.uid), flags);
    outside.remote.fly(plan).map(drop)
}

/// What divides the parts of a message: no part in base64, quoted-printable or plain text of ours holds it, for it is random.
fn boundary() -> Result<String> {
    let random: [u8; 15] = seal::random()?;
    Ok(format!("=_{}", seal::to_text(&random)))
}
