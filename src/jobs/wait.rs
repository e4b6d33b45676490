//! Sending a message a little later, so that its user can take it back; and taking it back.
//!
//! Not for waiting (`later`), nor for sending (`send`). To know before changing it: what waits is in the folder for drafts on
//! the mail server before anything is said, and here under the user's own eyes; where either cannot be had, or no process
//! can wait, the message is sent at once. Waiting, taking back and sending are one claim in the ledger, made in one lane:
//! whoever is first has it.

use super::draft::ServerDraft;
use super::send::Send;
use super::{Answer, Ended, Job, Outside, keeps};
use crate::error::{Act, Cause, Error, Result};
use crate::gate::{self, LaneKind};
use crate::later::{self, Click};
use crate::ledger::{Entry, Ledger, Stage, Token};
use crate::notices::Told;
use crate::outbox::{Drafts, Waiting};
use crate::response::Response;
use crate::route::{self, Base, ComposeQuery, NoticeId, Route};
use crate::state::UserId;
use crate::store::keys::NoticeKey;
use crate::time;

/// The field of the form that is sent later, which says what it was made for: the moment until which the message waits.
pub const UNTIL: &str = "until";

/// A message that is to be sent later.
pub struct Wait {
    /// It, as it is sent then, or at once.
    pub send: Send,
    /// Puts it into the folder for drafts.
    pub draft: ServerDraft,
    /// The form that sends it.
    pub click: Click,
    /// After how many seconds.
    pub seconds: u32,
    /// How it is sent then.
    pub how: Waiting,
}

impl Job for Wait {
    fn lane(&self) -> &'static LaneKind {
        self.send.lane()
    }

    fn turned_away(&self) -> Option<Response> {
        self.send.turned_away()
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        match self.wait(outside) {
            Ok(true) => {
                let id = NoticeId(self.send.message.token.id);
                let href = route::with_notice(self.send.next.href(&self.send.base), id);
                return Ok(Ended {
                    answer: Answer::Page(Response::see_other(&href)),
                    record: None,
                });
            }
            Ok(false) => {}
            Err(error) => outside.log("not-waiting", self.send.user, &error),
        }
        Box::new(self.send).work(outside)
    }
}

impl Wait {
    /// Has it wait; false where it is to be sent at once, or something else has become of it before.
    fn wait(&self, outside: &mut Outside) -> Result<bool> {
        let ledger = Ledger::of(outside.state, self.send.user);
        let token = &self.send.message.token;
        let drafts = &self.send.message.drafts;
        match ledger.look(token)? {
            // The same form, sent twice.
            Some(before) if before.stage == Stage::Waiting => return Ok(true),
            Some(before) if !before.stage.is_open() => return Ok(false),
            _ => {}
        }
        self.draft.put_there(outside)?;
        if !drafts.is_there(&token.id) {
            return Ok(false);
        }
        let until = time::now().saturating_add(self.seconds.into());
        let click = self.click.clone().with(UNTIL, until.to_string());
        let ready = later::begin(click, self.seconds, drafts.woken(&token.id));
        let ready = ready.map_err(|e| Error::Internal(Cause::at("a process that waits", e)))?;
        // What becomes of it is told with what is unsent.
        drafts.note_not_there(&token.id)?;
        drafts.note_waiting(&token.id, &self.how, &self.send.message.key)?;
        let entry = Entry {
            since: until,
            ..Entry::sending(self.send.content).at(Stage::Waiting)
        };
        // Nobody else is in the lane, and nothing leaves yet: whole or not at all.
        ledger.note(outside.lane, token, &entry)?;
        // Where it has gone meanwhile, the message is sent at once: nobody else will.
        ready
            .go()
            .map_err(|e| Error::Internal(Cause::at("a process that waits", e)))?;
        Ok(true)
    }
}

/// A message that its user takes back.
pub struct TakeBack {
    /// Whose.
    pub user: UserId,
    /// Which message.
    pub token: Token,
    /// Where it lies.
    pub drafts: Drafts,
    /// Under which number it is noted, and for which session.
    pub under: NoticeKey,
    /// Before every address.
    pub base: Base,
    /// Its page.
    pub form: ComposeQuery,
    /// The page that follows where it is too late.
    pub next: Route,
}

impl Job for TakeBack {
    fn lane(&self) -> &'static LaneKind {
        &gate::SEND
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let ledger = Ledger::of(outside.state, self.user);
        let entry = ledger.look(&self.token)?;
        let is_open = match &entry {
            Some(entry) if entry.stage == Stage::Waiting => {
                let taken_back = entry.at(Stage::TakenBack);
                ledger.note(outside.lane, &self.token, &taken_back)?;
                self.drafts.note_not_waiting(&self.token.id)?;
                true
            }
            Some(entry) => entry.stage.is_open(),
            None => true,
        };
        let done = Act::TakeBack { is_late: !is_open };
        // Where it may have been sent, its page says so.
        let is_sent = entry.is_some_and(|entry| entry.stage == Stage::Sent);
        let page = match is_sent {
            true => self.next,
            false => Route::from(self.form),
        };
        outside.progress.did(done.clone());
        let id = NoticeId(self.under.id());
        let href = route::with_notice(page.href(&self.base), id);
        let told = Told {
            done,
            undo: None,
            more: None,
            page: page.href(&Base::default()),
        };
        Ok(Ended {
            answer: Answer::Page(Response::see_other(&href)),
            record: Some(keeps(told, self.under)),
        })
    }
}

/// A message that waits while its user signs out: it is sent first. Where it is not, they stay, and see that.
pub struct BeforeSignOut {
    /// It, as it is sent.
    pub send: Send,
    /// Where signing out is asked for again, once it was sent.
    pub sign_out: String,
    /// The page that tells what is not sent.
    pub unsent: String,
}

impl Job for BeforeSignOut {
    fn lane(&self) -> &'static LaneKind {
        self.send.lane()
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let ledger = Ledger::of(outside.state, self.send.user);
        let token = self.send.message.token;
        let record = Box::new(self.send).work(outside)?.record;
        let entry = ledger.look(&token)?;
        let page = match entry.is_some_and(|entry| entry.stage == Stage::Sent) {
            true => Response::same_again(&self.sign_out),
            false => Response::see_other(&self.unsent),
        };
        Ok(Ended {
            answer: Answer::Page(page),
            record,
        })
    }
}
