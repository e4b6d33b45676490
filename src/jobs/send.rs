//! Sending a message: in its lane it is claimed in the ledger, handed over, and its copy put into Sent.
//!
//! Not for what may be sent (`actions::compose`), nor for how (`submission`). To know before changing it: the claim is on the
//! disk before the first byte leaves, and what became of it before anything is said. The copy in Sent is a thing of its own:
//! that it fails never means that the message was not sent, and it alone is tried again.

use super::archive::Archiving;
use super::draft;
use super::message::{Copy, Message, Written};
use super::{Answer, Ended, Job, Outside, Record, progressed};
use crate::error::{Act, Cause, Error, GoneKind, Result};
use crate::gate::{self, LaneKind};
use crate::ledger::{Claim, Entry, Ledger, Stage, Token};
use crate::mail::{self, Address, Flags, FolderName, ForPrograms, MessageRef, Refusal, Source};
use crate::notices::{self, Told};
use crate::outbox::Writing;
use crate::people;
use crate::process;
use crate::remote::{Access, Append, Content, Criteria, Plan, UidSet};
use crate::response::Response;
use crate::route::{self, Base, ComposeQuery, NoticeId, Route};
use crate::state::UserId;
use crate::store::keys::{DataKey, SUBMISSION, SessionKey, SubmissionFacts};
use crate::store::{Encryption, Store};
use crate::submission::{self, Handed, Offers, Outcome, Outgoing, Patience, Way};
use crate::time::{self, Seconds};

/// A message that is to be sent.
pub struct Send {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub message: Message,
    /// A keyed hash of the form that sends it.
    pub content: [u8; 32],
    /// Where what it answers goes, where it is to go there.
    pub archiving: Option<Archiving>,
    /// Where it is handed over.
    pub way: Way,
    /// When it is to be sent, where that is later.
    pub hold: Option<Hold>,
    /// Where its copy goes; None where that is not known now.
    pub sent: Option<FolderName>,
    /// Who is kept in mind as somebody whom the user writes to.
    pub people: Vec<Address>,
    /// The moment until which it was to wait, where that is why it is sent now: one that was taken back since is not.
    pub due: Option<Seconds>,
    /// How long the other side is waited for.
    pub patience: Patience,
    /// True where its user knows that it may have been sent, and wants it sent all the same.
    pub again: bool,
    /// The session that the notice is for.
    pub session: SessionKey,
    /// Before every address.
    pub base: Base,
    /// The page that follows.
    pub next: Route,
    /// The page of the message, where it was not sent.
    pub form: ComposeQuery,
}

/// When a message is to be sent by the server that holds it until then.
pub struct Hold {
    /// When.
    pub until: Seconds,
    /// The same for people.
    pub named: String,
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

    fn turned_away(&self) -> Option<Response> {
        // Nothing is noted of it: whoever is in the lane may be sending this very message.
        let page = Route::from(self.form.clone().crowded());
        Some(Response::see_other(&page.href(&self.base)))
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let ledger = Ledger::of(outside.state, self.user);
        let mut offers = None;
        let entry = match self.send(&ledger, outside, &mut offers)? {
            Came::Sent(entry) => entry,
            Came::Back => {
                let page = Route::from(self.form).href(&self.base);
                let page = Response::see_other(&page);
                let learned = offers.map(|offers| -> Record {
                    Box::new(move |desk, session, _| {
                        learn(&mut desk.store, &session.data, offers);
                        Ok(())
                    })
                });
                return Ok(Ended {
                    answer: Answer::Page(page),
                    record: learned,
                });
            }
        };
        let is_filed = entry.is_filed || self.file(&ledger, &entry, outside)?;
        if is_filed {
            self.remove_draft(outside);
        }
        let act = self.act(is_filed);
        outside.progress.did(act.clone());
        let id = NoticeId(self.message.token.id);
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
            if let Some(offers) = offers {
                learn(&mut desk.store, &session.data, offers);
            }
            // That nobody can be kept in mind keeps nothing else from being done.
            let noted = people::note_sent(desk.pass, &self.people, desk.now);
            if let Some(archiving) = &self.archiving {
                let done = archiving.archive(&mut desk.store, remote, (&session.data, desk.now));
                if let Act::Send { archived, .. } = &mut told.done {
                    *archived = Some(done.is_ok());
                }
                let done = done.map(|undo| told.undo = undo);
                notices::keep(&mut desk.store, owner, id, told, desk.now);
                return done.and(noted);
            }
            noted
        });
        Ok(Ended {
            answer: Answer::Page(Response::see_other(&href)),
            record: Some(record),
        })
    }
}

impl Send {
    /// Hands it over, unless that was done.
    fn send(
        &self,
        ledger: &Ledger,
        outside: &mut Outside,
        offers: &mut Option<Offers>,
    ) -> Result<Came> {
        if let Some(due) = self.due {
            let entry = ledger.look(&self.message.token)?;
            let waits = entry.filter(|entry| entry.stage == Stage::Waiting && entry.since == due);
            if waits.is_none() {
                // It was sent meanwhile, or taken back.
                return Ok(Came::Back);
            }
        }
        // What becomes of it is told with what is unsent.
        self.message.drafts.note_not_there(&self.message.token.id)?;
        if let Err(refusal) = self.message.fetch(outside) {
            return self.refused(&refusal);
        }
        let mut written = match self.message.written(self.id(ledger), outside, Copy::Wire) {
            Ok(written) => written,
            Err(refusal) => return self.refused(&refusal),
        };
        let mut entry = Entry {
            held: self.hold.as_ref().map(|hold| hold.until),
            ..Entry::sending(self.content)
        };
        match ledger.claim(outside.lane, &self.message.token, &entry) {
            Ok(Claim::Made) => {}
            Ok(Claim::Before(before)) => match before.stage {
                Stage::Sent if before.content == self.content => return Ok(Came::Sent(before)),
                Stage::Sent | Stage::Sending => return Ok(Came::Back),
                Stage::Unknown if !self.again => return Ok(Came::Back),
                Stage::Unknown | Stage::Failed | Stage::Waiting | Stage::TakenBack => {
                    ledger.note(outside.lane, &self.message.token, &entry)?;
                }
            },
            Err(Error::DiskFull(_)) => return self.refused(&Refusal::DiskFull),
            Err(other) => return Err(other),
        }
        outside.progress.tries(self.act(false));
        process::more_time(submission::LONGEST);
        let mut handed = self.hand_over(&mut written);
        let is_8bit = matches!(handed.outcome, Outcome::Refused(Refusal::EightBit));
        if is_8bit && !self.message.draft.is_redirected() {
            // A message in it that cannot travel as it is becomes a file of no known kind, which may be encoded.
            written = match self.message.written(self.id(ledger), outside, Copy::Ascii) {
                Ok(written) => written,
                Err(refusal) => {
                    ledger.note(outside.lane, &self.message.token, &entry.at(Stage::Failed))?;
                    return self.refused(&refusal);
                }
            };
            handed = self.hand_over(&mut written);
        }
        progressed();
        let Handed { outcome, cause, .. } = handed;
        *offers = handed.offers;
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
        ledger.note(outside.lane, &self.message.token, &entry)?;
        match outcome {
            Outcome::Taken => Ok(Came::Sent(entry)),
            Outcome::Refused(refusal) => self.refused(&refusal),
            Outcome::Unknown(_) => Ok(Came::Back),
        }
    }

    /// Removes what the mail server has of it as a draft. Where that fails it stays there, and is logged.
    fn remove_draft(&self, outside: &mut Outside) {
        let Message {
            drafts, token, key, ..
        } = &self.message;
        if let Err(error) = draft::remove_from_server(drafts, token, key, outside) {
            outside.log("draft-not-removed", self.user, &error);
        }
    }

    /// What was done when it is sent.
    fn act(&self, is_filed: bool) -> Act {
        let to = self.message.letter.recipients().len();
        Act::Send {
            is_filed,
            held: self.hold.as_ref().map(|hold| hold.named.clone()),
            archived: None,
            to: to.try_into().unwrap_or(u32::MAX),
        }
    }

    /// Its Message-ID.
    fn id(&self, ledger: &Ledger) -> String {
        ledger.message_id(&self.message.token, &self.message.letter.from.email)
    }

    /// Its page says why.
    fn refused(&self, refusal: &Refusal) -> Result<Came> {
        self.message
            .drafts
            .refuse(&self.message.token.id, refusal, &self.message.key)?;
        Ok(Came::Back)
    }

    /// Forgets what was sent. What was changed while it was on its way is another message.
    fn forget(&self) -> Result<()> {
        let kept = self
            .message
            .drafts
            .open(&self.message.token.id, &self.message.key)?;
        if let Some(changed) = kept.filter(|kept| kept.draft != self.message.draft) {
            let token = Token::new()?;
            let writing = Writing::new(changed.draft, token.made);
            self.message
                .drafts
                .keep(&token.id, &writing, &self.message.key)?;
        }
        self.message.drafts.forget(&self.message.token.id)
    }

    fn hand_over(&self, written: &mut Written) -> Handed {
        let recipients = self.message.letter.recipients();
        let outgoing = Outgoing {
            sender: self.message.letter.envelope_sender(),
            reports: self.message.letter.asks.delivery,
            recipients: &recipients,
            message: &mut written.spool,
            is_8bit: written.is_8bit,
            // Whoever had to wait in the lane until then need not be held.
            until: self
                .hold
                .as_ref()
                .map(|hold| hold.until)
                .filter(|until| *until > time::now()),
            patience: self.patience,
            progressed: || process::more_time(submission::LONGEST),
        };
        submission::hand_over(&self.way, outgoing)
    }

    /// Puts the copy into Sent, and marks what was answered. True where the copy is there, or none is to be made.
    fn file(&self, ledger: &Ledger, entry: &Entry, outside: &mut Outside) -> Result<bool> {
        let filed = self.put_into_sent(ledger, entry, outside);
        let is_filed = match filed {
            Ok(is_filed) => is_filed,
            Err(error) => {
                outside.log("not-filed", self.user, &error);
                false
            }
        };
        if is_filed {
            let entry = Entry {
                is_filed,
                ..entry.clone()
            };
            ledger.note(outside.lane, &self.message.token, &entry)?;
        }
        for (message, flags) in self.marks() {
            if let Err(error) = mark(&message, flags, outside) {
                outside.log("not-marked", self.user, &error);
            }
        }
        Ok(is_filed)
    }

    /// What is to be marked, and how: what was answered, and all that was forwarded.
    fn marks(&self) -> Vec<(MessageRef, Flags)> {
        let forwarded = || Flags::keyword(mail::FORWARDED).unwrap_or_default();
        let mut marks = Vec::new();
        let draft = &self.message.draft;
        if let Some(Source { message, how }) = &draft.source {
            let flags = match (&draft.for_programs, how.is_reply()) {
                (Some(ForPrograms::Receipt { .. }), _) => {
                    Flags::keyword(mail::RECEIPT_ANSWERED).unwrap_or_default()
                }
                (_, true) => Flags::ANSWERED,
                (_, false) => forwarded(),
            };
            marks.push((message.clone(), flags));
        }
        for one in self
            .message
            .draft
            .carried
            .iter()
            .filter(|one| one.is_whole())
        {
            if !marks.iter().any(|(message, _)| *message == one.message) {
                marks.push((one.message.clone(), forwarded()));
            }
        }
        marks
    }

    fn put_into_sent(&self, ledger: &Ledger, entry: &Entry, outside: &mut Outside) -> Result<bool> {
        if self.message.draft.is_redirected() {
            // Its user has it: as it came.
            return Ok(true);
        }
        let folder = self.sent.as_ref();
        let folder = folder.ok_or(Error::Gone(GoneKind::Folder))?;
        let copy = self.message.written(self.id(ledger), outside, Copy::Sender);
        let copy = copy.map_err(|why| Error::Internal(Cause::new(format!("{why:?}"))))?;
        let copy = copy.spool;
        outside.remote.go_on();
        // One that was tried before may be there.
        let id = self.id(ledger);
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

/// Keeps in mind what the submission server announces.
fn learn(store: &mut Store, data: &DataKey, offers: Offers) {
    let facts = SubmissionFacts {
        holds: offers.holds,
    };
    let sealed = || Encryption::With(&data.key);
    if store.get(sealed(), &SUBMISSION, &data.id) != Some(facts) {
        store.put(sealed(), &SUBMISSION, &data.id, &facts);
    }
}

/// Marks what was answered, or forwarded.
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
