//! Cache or server? The only room that knows both, and decides.
//!
//! `cached_*` reads the store only, `fetch_*` talks to the server; `folders`, `list`, `open` and `part` decide. What the
//! server said goes into the store in the same request. To know before changing it: the connection is opened at the first
//! miss, never before, so a function that only might need the server must not ask it.

mod compare;
mod folders;
mod list;
mod message;
mod order;
mod row;
mod tree;

use crate::config::Config;
use crate::error::{Error, GoneKind, Imap, Result};
use crate::mail::{FolderName, UidValidity};
use crate::remote::{Cost, OpenFolder, Remote};
use crate::session::{self, Claim};
use crate::store::keys::{DataKey, SERVER, ServerFacts};
use crate::store::{Encryption, Store};
use crate::time::Seconds;

pub use list::Listing;
pub use message::{Fetched, KEPT_BYTES, PartBytes, Standing, Texts, WHOLE_BYTES};
pub use row::{charset, has_attachment, of_header};

/// What is open at the server.
struct Open {
    folder: FolderName,
    validity: UidValidity,
    /// Opened by SELECT rather than EXAMINE.
    for_change: bool,
}

/// The reader's mail, from wherever it is.
pub struct Mailbox<'v, 'p> {
    store: &'v mut Store<'p>,
    remote: Remote<'v>,
    data: &'v DataKey,
    now: Seconds,
    fresh: Seconds,
    rows: u32,
    /// The folder that is open at the server, and its numbering.
    open: Option<Open>,
    /// True once this request has listed the folders.
    listed: bool,
    /// Folders whose counts the next flight asks for.
    uncounted: Vec<FolderName>,
    /// Why the server could not be asked, where the cache answered instead: what `is_away` says yes to.
    away: Option<Error>,
}

impl<'v, 'p> Mailbox<'v, 'p> {
    /// The mail behind a session's store and connection; nothing is asked yet.
    pub fn new(
        store: &'v mut Store<'p>,
        remote: Remote<'v>,
        data: &'v DataKey,
        config: &Config,
        now: Seconds,
    ) -> Mailbox<'v, 'p> {
        Mailbox {
            store,
            remote,
            data,
            now,
            fresh: Seconds::from(config.cache.fresh_seconds),
            rows: config.limits.rows,
            open: None,
            listed: false,
            uncounted: Vec::new(),
            away: None,
        }
    }

    /// Why the server could not be asked, where the cache answered instead.
    pub fn away(&self) -> Option<&Imap> {
        self.away.as_ref().and_then(Error::imap)
    }

    /// What this request has cost at the server so far.
    pub fn cost(&self) -> Cost {
        self.remote.cost()
    }

    /// What is known of a folder is doubtful, since something of it was found gone: the next page asks the server.
    pub fn distrust(&mut self, folder: &FolderName, gone: GoneKind) {
        if gone == GoneKind::Part {
            // Content never changes: the link was wrong.
            return;
        }
        let then = self.now.saturating_sub(self.fresh);
        if let Some(mut list) = self.cached_list(folder) {
            list.as_of = list.as_of.min(then);
            self.put_list_head(folder, &list);
        }
        if gone == GoneKind::Folder
            && let Some(mut list) = self.cached_folders()
        {
            list.as_of = list.as_of.min(then);
            self.put_folders(&list);
        }
    }

    fn encryption(&self) -> Encryption<'v> {
        Encryption::With(&self.data.key)
    }

    /// True where rows are fetched with what the user's own server found out about the sender.
    fn asks_for_verdict(&self) -> bool {
        !self.remote.server().authserv_id.is_empty()
    }

    /// True while what was compared then need not be compared again. A time in the future is no time at all.
    fn is_fresh(&self, as_of: Seconds) -> bool {
        (0..self.fresh).contains(&self.now.saturating_sub(as_of))
    }

    /// True where the server has an extension; connects at the first question.
    fn can(&mut self, capability: &str) -> Result<bool> {
        Ok(self.remote.ready()?.has(capability))
    }

    /// Remembers what the server can do for the next connection, if that is news.
    fn keep_capabilities(&mut self) {
        let Some(capabilities) = self.remote.capabilities() else {
            return;
        };
        let facts = ServerFacts {
            capabilities: capabilities.words().map(str::to_owned).collect(),
        };
        let key = self.data.id;
        if self.store.get(self.encryption(), &SERVER, &key).as_ref() != Some(&facts) {
            self.store.put(self.encryption(), &SERVER, &key, &facts);
        }
    }

    /// The numbering of the folder that a flight opened; forgets what was open before.
    fn note_open(
        &mut self,
        folder: &FolderName,
        for_change: bool,
        opened: &OpenFolder,
    ) -> UidValidity {
        let validity = opened.validity.unwrap_or(UidValidity(0));
        let for_change = for_change && !opened.read_only;
        self.open = Some(Open {
            folder: folder.clone(),
            validity,
            for_change,
        });
        self.keep_capabilities();
        validity
    }

    /// True where a folder is open in this numbering, and for change where that is needed.
    fn is_open(&self, folder: &FolderName, validity: UidValidity, for_change: bool) -> bool {
        self.open.as_ref().is_some_and(|o| {
            o.folder == *folder && o.validity == validity && (o.for_change || !for_change)
        })
    }

    /// Removes the session's record; the cache stays for the next sign-in.
    pub fn end_session(&mut self, claim: &Claim) {
        session::sign_out(self.store, claim);
    }
}

/// True where the cache may answer in the server's place: it is away, and has not refused this reader's sign-in.
fn is_away(error: &Error) -> bool {
    matches!(error, Error::Imap(kind, _) if *kind != Imap::LoginRefused)
}
