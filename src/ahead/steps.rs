//! The steps of fetching ahead, as they are taken at the desk: each does what a click would do next.
//!
//! Not for asking the server, nor for passing the gate. To know before changing it: each step has a mailbox of its own, so that
//! what it asks does not hang on what another has asked; and the next kind of step is taken when the one before is done, so that
//! what is wanted first is stored first.

use crate::config::Config;
use crate::desk::Desk;
use crate::document::{self, Opening};
use crate::error::{Cause, Error, Result};
use crate::mail::{FolderName, ListId, NestedPath};
use crate::mailbox::{self, Mailbox, Standings, news_after};
use crate::profile::Profile;
use crate::remote::{Answers, Capabilities, Plan, Remote};
use crate::route::ListQuery;
use crate::session::{self, Session, SessionCookie};
use crate::store::Encryption;
use crate::store::keys::SERVER;
use crate::time::{Seconds, Zone};

/// For whom, and after which page.
pub struct Errand<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The cookie of the session.
    pub claim: &'a SessionCookie,
    /// The page that was shown.
    pub page: &'a ListQuery,
}

/// What a round at the desk has come to.
pub struct Round {
    /// The session, as it was found.
    pub session: Session,
    /// What the server can do.
    pub able: Capabilities,
    /// What is to be asked, and by which step.
    pub asked: Vec<(Step, Plan)>,
    /// True where a step could not be taken to its end.
    pub has_failed: bool,
    now: Seconds,
    standings: Standings,
}

/// One thing that is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The rows of the next pages.
    Pages,
    /// What was read, told to the server: of a text that was at hand nobody else has.
    Marks,
    /// The text of an unread message, by its place among those in sight.
    Text(usize),
    /// What is new in the inbox, and what the folders hold.
    News,
}

impl Errand<'_> {
    /// Takes each step as far as the answers lead that there are; `before` is the round that asked for them.
    pub fn round(
        &self,
        desk: &mut Desk,
        answers: &Answers,
        before: Option<&Round>,
    ) -> Result<Round> {
        let session = desk.session(self.claim)?.ok_or(Error::NotSignedIn)?;
        let is_away = session::known_away(&session, desk.now).is_some();
        if session::is_stale(&session, desk.now) || is_away {
            return Err(Error::NotSignedIn);
        }
        let known = || {
            let sealed = Encryption::With(&session.data.key);
            let facts = desk.store.get(sealed, &SERVER, &session.data.id)?;
            Some(Capabilities::from_words(facts.capabilities))
        };
        let able = answers.able().cloned().or_else(known);
        // Somebody who asks the server for the first time learns what it can do.
        let able = able.ok_or(Error::NotFound)?;
        let now = before.map_or(desk.now, |before| before.now);
        let (options, inbox) = self.chosen(desk)?;
        let mut steps = Steps {
            desk,
            errand: self,
            session: &session,
            answers,
            able: &able,
            options,
            now,
            asked: Vec::new(),
            has_failed: false,
        };
        let standings = steps.mailbox()?.standings(&self.page.list);
        let is_same = before.is_none_or(|before| before.standings.has_same_list(&standings));
        let in_sight = steps.mailbox()?.in_sight(self.page);
        if let Some(in_sight) = in_sight.as_ref().filter(|_| is_same) {
            steps.take(Step::Pages, |mailbox| {
                mailbox.fetch_pages_below(&self.page.list, in_sight.below)
            })?;
        }
        if steps.asked.is_empty() {
            steps.take(Step::Marks, |mailbox| mailbox.send_all_pending())?;
        }
        let is_next = steps.asked.is_empty();
        let unread = in_sight.iter().flat_map(|in_sight| &in_sight.unread);
        for (nth, (message, rank)) in unread.enumerate().filter(|_| is_next) {
            steps.take(Step::Text(nth), |mailbox| {
                let inside = NestedPath::default();
                let opening = Opening {
                    rank: *rank,
                    ..Opening::look(message, &inside)
                };
                document::open(mailbox, &opening).map(drop)
            })?;
        }
        let is_as_asked = before.is_none_or(|before| before.standings == standings);
        if steps.asked.is_empty() && is_as_asked {
            steps.take(Step::News, |mailbox| mailbox.fetch_news(&inbox))?;
        }
        // As this round leaves them.
        let standings = steps.mailbox()?.standings(&self.page.list);
        let Steps {
            asked, has_failed, ..
        } = steps;
        Ok(Round {
            session,
            able,
            asked,
            has_failed,
            now,
            standings,
        })
    }

    /// How lists are shown, and the first page of the inbox.
    fn chosen(&self, desk: &Desk) -> Result<(mailbox::Options, ListQuery)> {
        let profile = Profile::open(desk.pass, self.config.hoster());
        let settings = profile.settings();
        let zone = Zone::named(&settings.time_zone);
        let fresh = news_after(self.config.cache.fresh_seconds.into());
        let options = mailbox::Options {
            fresh_seconds: u32::try_from(fresh).unwrap_or(u32::MAX),
            rows: settings.rows,
            away: None,
            roles: settings.folders.roles(),
            zone: zone.ok_or(Error::Internal(Cause::new("time zone")))?,
        };
        let inbox = FolderName::inbox();
        let is_grouped = settings.folders.is_grouped(&inbox);
        let inbox = ListId::of_folder(inbox).grouped(is_grouped);
        Ok((options, ListQuery::first(inbox)))
    }
}

/// The steps of a round.
struct Steps<'s, 'p> {
    desk: &'s mut Desk<'p>,
    errand: &'s Errand<'s>,
    session: &'s Session,
    answers: &'s Answers,
    able: &'s Capabilities,
    options: mailbox::Options,
    now: Seconds,
    asked: Vec<(Step, Plan)>,
    has_failed: bool,
}

impl<'p> Steps<'_, 'p> {
    fn mailbox(&mut self) -> Result<Mailbox<'_, 'p>> {
        let account = self.session.account(self.errand.config)?;
        let remote = Remote::apart(account, self.able.clone(), self.answers);
        let (data, options) = (&self.session.data, self.options.clone());
        Ok(Mailbox::new(
            &mut self.desk.store,
            remote,
            data,
            options,
            self.now,
        ))
    }

    /// Takes a step. Where it has to ask, nothing of it is stored yet: the next round begins it where this one did. Where it
    /// fails for another reason, the click will find out.
    fn take(&mut self, step: Step, work: impl FnOnce(&mut Mailbox) -> Result<()>) -> Result<()> {
        let before = self.desk.store.unsaved();
        let mut mailbox = self.mailbox()?;
        let done = work(&mut mailbox);
        let asked = mailbox.take_asked();
        drop(mailbox);
        match (done, asked) {
            (Ok(()), _) => {}
            (Err(_), Some(plan)) => {
                self.desk.store.back_to(before);
                self.asked.push((step, plan));
            }
            (Err(_), None) => self.has_failed = true,
        }
        Ok(())
    }
}
