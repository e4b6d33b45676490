//! One site for all tests that look at mail and change nothing of the site itself: started when the first of them asks, and each test is a user of its own there, with
//! mails of its own, so that none of them meets the mails or the cache of another.
//!
//! Not for a test that counts sign-ins or processes, changes the configuration, damages something or reads a log: what it
//! did or saw would be another's.
//!
//! To know before changing it: what stands in a static is never dropped. The servers end by the pipe through which their
//! keepers hear of our death (`server.rs`), and so ends what removes the directory (`Place::swept`): also after a panic,
//! and after a `kill -9`.

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use super::client::MailClient;
use super::mails::Mail;
use super::site::{Site, password_of};
use super::visitor::Visitor;

/// How many users there are; more than tests.
const READERS: usize = 250;

/// Somebody who reads on the shared site, signed in: a visitor.
pub struct Reader {
    login: String,
    visitor: Visitor,
}

impl Reader {
    /// With these mails in the INBOX.
    pub fn of(mails: impl AsRef<[Mail]>) -> Reader {
        Reader::with(&[("INBOX", mails.as_ref())])
    }

    /// With these mails in these folders, named as on the wire.
    pub fn with(folders: &[(&str, &[Mail])]) -> Reader {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        // One after the other: the program lets only few sign in at once.
        static DOOR: Mutex<()> = Mutex::new(());
        let login = login(NEXT.fetch_add(1, Ordering::Relaxed));
        for (folder, mails) in folders {
            site().dovecot().fill(&login, folder, mails);
        }
        let _one = DOOR.lock().unwrap_or_else(|e| e.into_inner());
        let visitor = site().sign_in(&login);
        Reader { login, visitor }
    }

    /// Who it is, at both servers.
    pub fn login(&self) -> &str {
        &self.login
    }

    /// The same user's other mail program.
    pub fn other_client(&self) -> MailClient {
        site().other_client(&self.login)
    }

    /// The site, shared with others.
    pub fn site(&self) -> &'static Site {
        site()
    }
}

impl Deref for Reader {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if std::thread::panicking() {
            site().place().keep();
        }
    }
}

fn login(nth: usize) -> String {
    assert!(nth < READERS, "more tests than readers");
    format!("reader{nth}")
}

fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let plan = (0..READERS).map(login).fold(Site::new(), |plan, login| {
            plan.user(&login, &password_of(&login))
        });
        plan.imap_setting("authserv_id = \"mx.example.org\"")
            .until_the_end()
            .start()
    })
}
