//! Taking messages in from files: one APPEND for each, in slices, so that each request ends in time and the next one goes on.
//!
//! Not for what is in the files (`mails`, `mail`), nor for how they are kept meanwhile (`outbox`). To know before changing it:
//! what was sent before a cut may have arrived. So the UID that the folder gives next is on the disk before anything is
//! sent, and after a cut each message is looked for from there on, by Message-ID, size and date, before it is sent again.

mod mail;
mod mails;

use std::ops::ControlFlow;
use std::time::Duration;

use self::mail::{Found, Item};
use self::mails::Walk;
use super::{Answer, Ended, Job, Outside, Record, progressed};
use crate::desk::Desk;
use crate::error::{Act, Error, Imap, Result};
use crate::gate::{self, LaneKind};
use crate::mail::{FolderRef, MessageAct, Stop, TakenIn, Uid, UidValidity, Unfit};
use crate::mime::codec;
use crate::notices::{self, Told};
use crate::outbox::{Import, Imports};
use crate::remote::{Access, Append, Plan, UidSet};
use crate::request::form::Form;
use crate::response::Response;
use crate::route::{self, ActForm, Base, ListQuery, MessagesForm, NoticeId, Route};
use crate::seal::Key;
use crate::session::Session;
use crate::store::keys::SessionKey;
use crate::time::{Seconds, Watch};

/// After so long no further message is begun: the page says how far it got, and goes on.
const LONG_ENOUGH: Duration = Duration::from_secs(15);
/// How often it is noted how far it has come.
const NOTED: Duration = Duration::from_secs(1);
/// So many refusals in a row, and nothing more is tried.
const REFUSALS: u32 = 20;

/// Takes messages in, or continues it.
pub struct TakeIn {
    /// Where it is noted how far it has come.
    pub imports: Imports,
    /// What the files and the notes are sealed with.
    pub key: Key,
    /// The files, where they have just been sent.
    pub form: Option<Form>,
    /// The session that the notice at the end is for.
    pub session: SessionKey,
    /// Before every address.
    pub base: Base,
    /// Where it leads where nothing is under way any more.
    pub otherwise: Route,
}

impl Job for TakeIn {
    fn lane(&self) -> &'static LaneKind {
        &gate::IMPORT
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let Some(mut import) = self.imports.under_way(&self.key)? else {
            // Another request was faster.
            return Ok(self.leads_to(&self.otherwise));
        };
        if let Some(form) = &self.form {
            self.imports.keep(&import, form, &self.key)?;
            import.is_kept = true;
            self.imports.note(&import, &self.key)?;
        }
        let files = match import.is_kept {
            true => self.imports.files(&import, &self.key)?,
            false => None,
        };
        let Some(form) = files else {
            import.came.stop = Some(Stop::FilesLost);
            return Ok(self.over(import, outside));
        };
        import.came.stop = None;
        let state = outside.state;
        let walk = Walk { state, form: &form };
        if import.came.total == 0 {
            import.came.total = walk.count()?;
        }
        let mut slice = Slice {
            outside,
            job: &self,
            import,
            already: Vec::new(),
            limit: None,
            refused: 0,
            nth: 0,
            has_begun: false,
            watch: Watch::start(),
            noted: Watch::start(),
        };
        let worked = slice.work(&walk);
        let Slice { import, .. } = slice;
        outside.progress.did(said(&import));
        self.imports.note(&import, &self.key)?;
        worked?;
        match import.is_over {
            true => Ok(self.over(import, outside)),
            false => Ok(self.leads_to(&Route::Import(import.into.name))),
        }
    }
}

impl TakeIn {
    fn leads_to(&self, page: &Route) -> Ended {
        Ended {
            answer: Answer::Page(Response::see_other(&page.href(&self.base))),
            record: None,
        }
    }

    /// Nothing is left to be done: the notice is kept, the files are forgotten.
    fn over(self: Box<Self>, import: Import, outside: &Outside) -> Ended {
        outside.progress.did(said(&import));
        let id = NoticeId(import.id);
        let href = page_of(&import).href(&self.base);
        let record: Record = Box::new(move |desk: &mut Desk, session: &Session, _| {
            let owner = notices::Owner {
                data: &session.data,
                session: self.session,
            };
            notices::keep(&mut desk.store, owner, id, told(&import), desk.now);
            // By its notice the same form, sent again, is known: it is on the disk before the import is forgotten.
            desk.store.save()?;
            // Whoever passed the gate first may have told of it and begun another.
            match self.imports.under_way(&self.key)? {
                Some(other) if other.id != import.id => Ok(()),
                _ => self.imports.forget(),
            }
        });
        Ended {
            answer: Answer::Page(Response::see_other(&route::with_notice(href, id))),
            record: Some(record),
        }
    }
}

/// What is said of an import.
pub fn said(import: &Import) -> Act {
    Act::Import {
        into: import.title.clone(),
        came: import.came.clone(),
    }
}

/// The page that follows it.
pub fn page_of(import: &Import) -> Route {
    Route::Folder(ListQuery {
        compare: true,
        ..ListQuery::newest(import.into.name.clone())
    })
}

/// What is told of one that is over, with what undoes it: the messages go to Trash.
pub fn told(import: &Import) -> Told {
    let range =
        |(first, last): &(u32, u32)| Some(UidSet::range(Uid::new(*first)?, Uid::new(*last)?));
    let ranges = import.uids.iter().flatten().filter_map(range);
    let uids = ranges.fold(UidSet::default(), |all, one| all.with(&one));
    let is_whole = uids.len() == u64::from(import.came.taken);
    let undo = MessagesForm {
        act: MessageAct::Delete,
        to: None,
        label: None,
        from: import.into.clone(),
        uids: uids.iter().take(MessagesForm::MOST).collect(),
        picked: Vec::new(),
        all: None,
        page: ListQuery::newest(import.into.name.clone()),
        opened: None,
        talk: None,
        sure: false,
        undoes: Some(NoticeId(import.id)),
        since: None,
    };
    let can_be = is_whole && !undo.uids.is_empty() && undo.uids.len() < MessagesForm::MOST;
    Told {
        done: said(import),
        undo: can_be.then(|| ActForm::from(undo)),
        more: None,
        page: page_of(import).href(&Base::default()),
    }
}

/// A message that is in the folder already.
struct Copy {
    uid: u32,
    id: String,
    size: u64,
    arrived: Seconds,
}

/// As much of an import as one request does.
struct Slice<'s, 'o> {
    outside: &'s mut Outside<'o>,
    job: &'s TakeIn,
    import: Import,
    /// What came since the last cut, as far as it was not found again.
    already: Vec<Copy>,
    /// The largest message that the server takes, in bytes, where it says so (RFC 7889).
    limit: Option<u64>,
    /// How many were refused one after the other.
    refused: u32,
    /// How many things have been walked past.
    nth: u32,
    has_begun: bool,
    watch: Watch,
    noted: Watch,
}

impl Slice<'_, '_> {
    /// Goes on where it was left, until all is done, or there is a reason to stop.
    fn work(&mut self, walk: &Walk) -> Result<()> {
        if let Err(error) = self.begin() {
            return self.stop_for(error);
        }
        if self.import.came.stop.is_some() {
            return Ok(());
        }
        self.outside.progress.tries(said(&self.import));
        let is_all = walk.all(&mut |item| self.each(item))?;
        if is_all {
            self.import.is_over = true;
            self.import.came.total = self.import.came.seen();
        }
        if self.import.came.stop != Some(Stop::Lost) {
            // Every message that was sent has been answered.
            self.import.since = None;
        }
        Ok(())
    }

    /// Asks what the folder holds, and finds what arrived before a cut.
    fn begin(&mut self) -> Result<()> {
        let remote = &mut self.outside.remote;
        let words = remote.ready()?.words();
        let limits = words.filter_map(|word| word.strip_prefix("APPENDLIMIT="));
        let of_all = limits.filter_map(|limit| limit.parse().ok()).next();
        let folder = self.import.into.name.clone();
        let mut plan = Plan::new();
        let status = plan.status(&folder);
        let flight = remote.fly(plan)?;
        remote.require_there(&flight, status, &folder)?;
        let counts = flight.folders.counts.get(&folder).copied();
        let counts = counts.unwrap_or_default();
        self.limit = counts.append_limit.or(of_all);
        let validity = counts.validity.unwrap_or(UidValidity(0));
        if self.import.into.validity == UidValidity(0) {
            self.import.into.validity = validity;
        }
        if self.import.into.validity != validity {
            self.import.came.stop = Some(Stop::FolderGone);
            return Ok(());
        }
        match self.import.since {
            Some(since) => self.find_copies(since)?,
            None => self.import.since = Some(counts.uid_next.map_or(1, Uid::get)),
        }
        self.job.imports.note(&self.import, &self.job.key)
    }

    fn find_copies(&mut self, since: u32) -> Result<()> {
        let Some(first) = Uid::new(since) else {
            return Ok(());
        };
        let FolderRef { name, .. } = &self.import.into;
        let mut plan = Plan::new();
        let open = plan.open(name, Access::Read, None);
        let rows = plan.fetch_rows(UidSet::from_on(first), false);
        let remote = &mut self.outside.remote;
        let mut flight = remote.fly(plan)?;
        remote.require_open(&flight, open)?;
        let found = flight.take(rows).unwrap_or_default().into_iter();
        let copy = |(uid, message): (Uid, crate::remote::Message)| {
            let header = message.header.unwrap_or_default();
            Some(Copy {
                uid: uid.get(),
                id: codec::headers(&header).message_id,
                size: message.size?.into(),
                arrived: message.arrived?,
            })
        };
        self.already = found
            .filter(|(uid, _)| *uid >= first)
            .filter_map(copy)
            .collect();
        Ok(())
    }

    fn each(&mut self, item: Item) -> Result<ControlFlow<()>> {
        let here = self.nth;
        self.nth = here.saturating_add(1);
        if here < self.import.next {
            return Ok(ControlFlow::Continue(()));
        }
        if !self.has_begun {
            // What was done with before took its time to be walked past.
            self.has_begun = true;
            self.watch = Watch::start();
        }
        if self.watch.passed() >= LONG_ENOUGH {
            return Ok(ControlFlow::Break(()));
        }
        progressed();
        match item {
            Item::Unfit(name, why) => self.import.came.leave_out(&name, why),
            Item::Deleted => {
                let came = &mut self.import.came;
                came.deleted = came.deleted.saturating_add(1);
            }
            Item::Mail(found) => {
                if let Err(error) = self.take(*found) {
                    self.stop_for(error)?;
                }
            }
        }
        if self.refused >= REFUSALS {
            self.import.came.stop = Some(Stop::Refuses);
        }
        if self.import.came.stop.is_some() {
            return Ok(ControlFlow::Break(()));
        }
        self.import.next = self.nth;
        if self.noted.passed() >= NOTED {
            self.job.imports.note(&self.import, &self.job.key)?;
            self.noted = Watch::start();
            if self.job.imports.is_to_end() {
                self.import.came.stop = Some(Stop::ByUser);
                self.import.is_over = true;
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Takes one message in.
    fn take(&mut self, found: Found) -> Result<()> {
        let arrived = found.at.unwrap_or(self.import.began);
        let size = found.content.len();
        let same = |copy: &Copy| {
            let ids = [&copy.id, &found.id];
            copy.size == size
                && copy.arrived == arrived
                && (copy.id == found.id || ids.iter().any(|id| id.is_empty()))
        };
        if let Some(at) = self.already.iter().position(same) {
            let copy = self.already.remove(at);
            self.import.took(Some(copy.uid));
            return Ok(());
        }
        if self.limit.is_some_and(|limit| size > limit) {
            self.import.came.leave_out(&found.name, Unfit::TooLarge);
            return Ok(());
        }
        let mut plan = Plan::new();
        let append = plan.append(Append {
            folder: self.import.into.name.clone(),
            flags: found.flags,
            arrived: Some(arrived),
            content: found.content,
        });
        let flight = self.outside.remote.fly(plan)?;
        match flight.require(append) {
            Ok(()) => {}
            Err(Error::Imap(Imap::Refused(said), _)) => {
                let said = said.words().unwrap_or_default().to_owned();
                self.import
                    .came
                    .leave_out(&found.name, Unfit::Refused(said));
                self.refused = self.refused.saturating_add(1);
                return Ok(());
            }
            Err(other) => return Err(other),
        }
        self.refused = 0;
        let at = flight.get(append).and_then(|appended| appended.at);
        let at = at.filter(|(validity, _)| *validity == self.import.into.validity);
        let uid = at.map(|(_, uid)| uid.get());
        self.import.took(uid);
        if let Some(next) = uid.and_then(|uid| uid.checked_add(1)) {
            self.import.since = Some(next);
        }
        Ok(())
    }

    /// Notes why nothing more is done; what is no reason of the mail server's ends the request.
    fn stop_for(&mut self, error: Error) -> Result<()> {
        let stop = match error.imap() {
            Some(Imap::Refused(_)) => Some(Stop::Refuses),
            // The session ends.
            Some(Imap::LoginRefused) => None,
            Some(_) => Some(Stop::Lost),
            None if error == Error::OverQuota => Some(Stop::Full),
            None if matches!(error, Error::Gone(_)) => Some(Stop::FolderGone),
            None => None,
        };
        self.import.came.stop = stop;
        stop.map_or(Err(error), |_| Ok(()))
    }
}

/// What an import has come to, with the reason why it does not continue automatically.
pub fn interrupted(import: &Import) -> Act {
    let stop = match (import.is_over, import.is_kept) {
        (true, _) => import.came.stop,
        (false, true) => Some(import.came.stop.unwrap_or(Stop::Interrupted)),
        (false, false) => Some(Stop::FilesLost),
    };
    Act::Import {
        into: import.title.clone(),
        came: TakenIn {
            stop,
            ..import.came.clone()
        },
    }
}
