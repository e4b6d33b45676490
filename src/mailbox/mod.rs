//! Cache or server? The front of a user's mail: it decides, and knows nobody else's business.
//!
//! ```text
//! Mailbox ──> change ──> sync ──> cache
//!                          └────> connection
//! ```
//!
//! `cache` is what is kept, and never asks the server; `sync` fetches and compares, and keeps what came; `change` is what is
//! changed at the server; `connection` knows what is open there. Here stands how old an answer may be (`freshness`, `stretches`
//! for flags), which rows a page of a list shows (`list`), when a list is looked for (`found`), what opening a message takes
//! (`message`) and what a whole conversation consists of (`together`), whom the user has written to (`people`), what the next
//! clicks will need (`ahead`); `index` and `ids` say how messages sort and which belong together. To know before changing it:
//! the connection is opened at the first miss, never before, so a function that only might need the server must not ask it.

mod act;
mod ahead;
mod cache;
mod change;
mod connection;
mod found;
mod freshness;
mod ids;
mod index;
mod list;
mod message;
mod people;
mod standing;
mod stretches;
mod sync;
mod together;

use std::collections::BTreeMap;

use crate::error::{Error, GoneKind, Imap, Progress, Reach, Result};
use crate::mail::{Folder, FolderChange, FolderName, FolderSize, ListId, Role};
use crate::remote::{Access, Cost, Remote};
use crate::store::Store;
use crate::store::keys::{DataKey, FolderList, NoticeKey};
use crate::time::{Seconds, Zone};
use cache::Cache;
use change::{Changes, folder_of};
use connection::Connection;
use freshness::{Freshness, Offline};
use list::Shown;
use sync::{Compared, Counting, Purpose, Sync};

pub use act::Settled;
pub use ahead::{InSight, Standings, news_after};
pub use change::{Change, FolderDone, FolderOutcome, Order, Outcome, WayBack, Which};
pub use list::{Line, Listing, Together};
pub use message::{Fetched, HEADER_BYTES, KEPT_BYTES, PartBytes, WHOLE_BYTES};
pub use standing::Standing;
pub use sync::{charset, has_attachment, of_header};
pub use together::{Spoken, Talk};

/// A user's mail, from wherever it is.
pub struct Mailbox<'v, 'p> {
    cache: Cache<'v, 'p>,
    server: Connection<'v>,
    fresh: Freshness,
    offline: Offline,
    counting: Counting,
    /// Rows of a page.
    rows: u32,
    /// Where the reader's days begin.
    zone: Zone,
    /// The page of a list that was shown; and the folder of a message that was read without the server being told.
    shown: Option<Shown>,
    read_in: Option<FolderName>,
    /// When the server told the folders that were shown.
    counted: Option<Seconds>,
}

/// What somebody chose of how lists are shown.
#[derive(Clone, Debug)]
pub struct Options {
    /// For how many seconds after a comparison a list is shown without asking the server.
    pub fresh_seconds: u32,
    /// Rows of a page.
    pub rows: u32,
    /// How the server was found away a moment ago: it is asked only for what the cache does not have.
    pub away: Option<Imap>,
    /// Which folder is for what, where the server does not say it.
    pub roles: BTreeMap<Role, FolderName>,
    /// Where the reader's days begin.
    pub zone: Zone,
}

impl<'v, 'p> Mailbox<'v, 'p> {
    /// The mail behind a session's store and connection; nothing is asked yet.
    pub fn new(
        store: &'v mut Store<'p>,
        remote: Remote<'v>,
        data: &'v DataKey,
        options: Options,
        now: Seconds,
    ) -> Mailbox<'v, 'p> {
        let mut cache = Cache::new(store, data);
        cache.judge_by(&remote.server().authserv_id);
        cache.choose_roles(options.roles);
        Mailbox {
            cache,
            server: Connection::new(remote),
            fresh: Freshness::new(now, Seconds::from(options.fresh_seconds)),
            offline: Offline::known(options.away),
            counting: Counting::default(),
            rows: options.rows,
            zone: options.zone,
            shown: None,
            read_in: None,
            counted: None,
        }
    }

    /// Why the server could not be asked, where the cache answered instead.
    pub fn offline(&self) -> Option<&Imap> {
        // What was known of it before is no longer true once it has answered.
        let is_back = self.server.is_signed_in() && !self.offline.has_failed();
        self.offline.why().filter(|_| !is_back)
    }

    /// How the server was found away by this request, if it was.
    pub fn found_away(&self) -> Option<&Imap> {
        let failed = self.offline.why().filter(|_| self.offline.has_failed());
        failed.filter(|kind| kind.is_away())
    }

    /// True where the server has let this request in: it accepts the session.
    pub fn is_accepted(&self) -> bool {
        self.server.is_signed_in()
    }

    /// True where the server was needed for what is fetched ahead, so that something may be missing.
    pub fn has_missed(&self) -> bool {
        self.server.has_missed()
    }

    /// True where the server itself can say which messages have something attached.
    pub fn knows_attachments(&self) -> bool {
        self.server.is_known_to_have("X-GM-EXT-1")
    }

    /// What the server wants the user to see, said in this request (RFC 9051 7.1, ALERT).
    pub fn alerts(&self) -> impl Iterator<Item = &str> {
        self.server.alerts()
    }

    /// What this request has cost at the server so far.
    pub fn cost(&self) -> Cost {
        self.server.cost()
    }

    /// The folders, listed again where they are no longer fresh and nothing else has done so.
    ///
    /// # Errors
    /// `Imap`, where nothing is cached.
    pub fn folders(&mut self) -> Result<FolderList> {
        let folders = self.folders_now()?;
        self.counted = Some(folders.as_of);
        Ok(folders)
    }

    fn folders_now(&mut self) -> Result<FolderList> {
        if !self.offline.is_set()
            && let Err(failure) = self.sync().count_the_rest()
        {
            self.offline.note(failure)?;
        }
        let cached = self.cache.folders();
        let suffices = |list: &FolderList| {
            self.fresh.is_fresh(list.as_of) || self.counting.is_listed || self.offline.is_set()
        };
        match cached {
            Some(list) if suffices(&list) => Ok(list),
            None => {
                self.sync().fetch_folders()?;
                Ok(self.cache.folders().unwrap_or_default())
            }
            Some(list) => {
                if let Err(failure) = self.sync().fetch_folders() {
                    self.offline.note(failure)?;
                }
                Ok(self.cache.folders().unwrap_or(list))
            }
        }
    }

    /// Where the server has failed like this, it is not asked any more about what the cache can answer. False where that does not
    /// even know the folders.
    pub fn does_without(&mut self, failure: &Error) -> bool {
        let is_known = self.cache.folders().is_some();
        is_known && self.offline.note(failure.clone()).is_ok()
    }

    /// The folders as they are known, however long ago: an act does not list them first, it lists them on the way.
    ///
    /// # Errors
    /// `Imap`, where nothing is cached.
    pub fn known_folders(&mut self) -> Result<FolderList> {
        match self.cache.folders() {
            Some(list) => Ok(list),
            None => self.folders(),
        }
    }

    /// The folder that is for something; it is made where there is none.
    ///
    /// # Errors
    /// `Imap`.
    pub fn folder_for(&mut self, role: Role) -> Result<FolderName> {
        let known = self.known_folders()?;
        match folder_of(&known, role) {
            Some(folder) => Ok(folder),
            None => self.changes().make_folder(role),
        }
    }

    /// Makes a folder, or changes one; noted in `progress` before each step, and `under` a key until its end is known.
    ///
    /// # Errors
    /// `Gone(Folder)`; `DiskFull` before anything was sent; `Imap`, `OverQuota`.
    pub fn change_folder(
        &mut self,
        change: &FolderChange,
        under: &NoticeKey,
        progress: &Progress,
    ) -> Result<FolderOutcome> {
        self.changes().note_folder_act(under, change);
        let outcome = self.changes().change_folder(change, progress);
        match progress.reach() {
            // The next request looks.
            Reach::Perhaps(_) => {}
            Reach::Reading | Reach::Nothing | Reach::Done(_) => self.cache.end_folder_act(under),
        }
        outcome
    }

    /// How much is in a folder now, and below it, as the server counts.
    ///
    /// # Errors
    /// `Gone(Folder)`; `Imap`.
    pub fn folder_size(&mut self, folder: &FolderName) -> Result<FolderSize> {
        self.changes().folder_size(folder)
    }

    /// Sees to it that a folder is among those that are known, if there is one, and that of each is known whether it is on
    /// the list of those that other mail programs show.
    ///
    /// # Errors
    /// `Imap`, where nothing is cached.
    pub fn look_for(&mut self, folder: &FolderName) -> Result<()> {
        let known = self.folders()?.folders;
        let is_told = |folder: &Folder| folder.subscribed.is_some() || !folder.selectable;
        let is_there = known.iter().any(|one| one.name == *folder);
        let suffices = is_there && known.iter().all(is_told);
        if !suffices
            && !self.offline.is_set()
            && let Err(failure) = self.changes().look()
        {
            self.offline.note(failure)?;
        }
        Ok(())
    }

    /// What is known of a folder is doubtful, since something of it was found gone: the next page asks the server.
    pub fn mark_stale(&mut self, folder: &FolderName, gone: GoneKind) {
        if gone == GoneKind::Part {
            // Content never changes: the link was wrong.
            return;
        }
        let list = ListId::of_folder(folder.clone());
        if gone != GoneKind::Target
            && let Some(mut head) = self.cache.list(&list)
        {
            head.as_of = head.as_of.min(self.fresh.stale());
            self.cache.put_head(&list, &head);
        }
        if matches!(gone, GoneKind::Folder | GoneKind::Target)
            && let Some(mut list) = self.cache.folders()
        {
            list.as_of = list.as_of.min(self.fresh.stale());
            self.cache.put_folders(&list);
        }
    }

    /// Sends all marks that wait, before the session that could send them ends.
    ///
    /// # Errors
    /// `Imap`.
    pub fn send_all_pending(&mut self) -> Result<()> {
        self.changes().send_all_pending()
    }

    /// The store, for what lies in it beside the mail: the sessions.
    pub fn store(&mut self) -> &mut Store<'p> {
        self.cache.store()
    }

    /// Compares a list with the server; what was read here is told on the way.
    fn compare(&mut self, list: &ListId) -> Result<Compared> {
        let compared = self.sync().compare(list, Purpose::Look)?;
        if let Err(failure) = self.changes().tell_what_was_read(&compared.head.folder) {
            // The list is compared all the same, and the marks wait on.
            self.offline.note(failure)?;
        }
        Ok(compared)
    }

    fn sync(&mut self) -> Sync<'_, 'v, 'p> {
        Sync {
            cache: &mut self.cache,
            server: &mut self.server,
            fresh: self.fresh,
            zone: &self.zone,
            counting: &mut self.counting,
        }
    }

    fn changes(&mut self) -> Changes<'_, 'v, 'p> {
        Changes { sync: self.sync() }
    }
}
