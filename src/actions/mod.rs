//! What a click does: each action reads what the route parsed, asks the rooms below, and picks one view.
//!
//! Not for the path that leads here (`app`). An action builds no HTML, names no cookie and opens nothing; it does not
//! know whether its mail came from the cache or the server, but for the notice that says so.

pub mod about;
mod answering;
mod archiving;
mod asking;
mod beginning;
mod carrying;
mod choose;
pub mod compose;
pub mod conversation;
mod discarding;
mod drawn;
mod editing;
mod export;
mod extras;
pub mod failed;
mod faults;
mod finding;
pub mod folder;
pub mod folder_options;
pub mod folder_settings;
pub mod folders;
mod forwarding;
mod holding;
mod identities;
pub mod identity_pages;
pub mod import;
mod keeping;
pub mod labels;
pub mod login;
pub mod message;
pub mod messages;
mod moment;
mod muted;
mod named_labels;
mod next_page;
mod notice;
mod opened;
mod panes;
pub mod part;
pub mod people;
pub mod picture;
pub mod preferences;
pub mod print;
pub mod resume;
pub mod rich;
pub mod searches;
pub mod sender;
mod sending;
mod server_draft;
pub mod sessions;
pub mod settings;
mod signing;
pub mod telling;
pub mod templates;
mod together;
mod undo_send;
pub mod unsent;
mod waiting;
mod ways;
mod writing;

use std::time::Duration;

use maud::Markup;

use crate::config::Config;
use crate::error::Progress;
use crate::jobs::Job;
use crate::later::Later;
use crate::ledger::Ledger;
use crate::mailbox::Mailbox;
use crate::notices::Told;
use crate::outbox::{Drafts, Imports, Outbox, Templates, UnderWay};
use crate::profile::Profile;
use crate::request::Head;
use crate::request::form::Form;
use crate::response::Response;
use crate::route::{ActForm, NoticeId, Route};
use crate::session::{Session, SessionCookie};
use crate::store::keys::NoticeKey;
use crate::time::{Calendar, Seconds, Watch, Zone};
use crate::words::Words;

/// Everything that an action may touch.
pub struct Visit<'v, 'p> {
    /// The configuration.
    pub config: &'v Config,
    /// The request, without its body.
    pub head: &'v Head,
    /// Its form; empty for a GET.
    pub form: &'v Form,
    /// The reader's language.
    pub words: Words,
    /// The zone that times are told in.
    pub zone: Zone,
    /// When this request came.
    pub now: Seconds,
    /// The cookie that the session was opened by.
    pub claim: &'v SessionCookie,
    /// Whose visit it is.
    pub session: &'v Session,
    /// The mail.
    pub mailbox: Mailbox<'v, 'p>,
    /// What they have set.
    pub profile: Profile<'p>,
    /// What acts before did: the one that the address names, and those that were cut short.
    pub told: Vec<Told>,
    /// How far the request got with what it changes: noted before each step.
    pub progress: &'v Progress,
    /// What an act of this request is noted under.
    pub notice: NoticeKey,
    /// The random number of this page: a form of it that is sent twice is the same act.
    pub once: NoticeId,
    /// Forms that wait to be asked about.
    pub outbox: Outbox<'p>,
    /// Where imports are noted, and the one that is under way.
    pub imports: Imports,
    /// The one that is under way.
    pub import: Option<UnderWay>,
    /// Messages that are being written.
    pub drafts: Drafts,
    /// Messages that others begin with.
    pub templates: Templates,
    /// What became of those that were to be sent.
    pub ledger: Ledger<'v>,
    /// Whether messages can be sent later here.
    pub later: Later<'v>,
    /// Time spent on making HTML.
    pub rendering: Duration,
}

/// What comes after an act.
pub struct GoOn {
    /// The next page.
    pub page: Route,
    /// The act that undoes it, where there is one.
    pub undo: Option<ActForm>,
    /// The act that continues it, where it was not done with all.
    pub more: Option<ActForm>,
}

/// How an action ends.
pub enum Done {
    /// With a page.
    Page(Response),
    /// With the end of an act: another page comes next, and says what `progress` has down as done.
    GoOn(Box<GoOn>),
    /// With a job that has to leave the gate first.
    Leaves(Box<dyn Job>),
}

impl Done {
    /// With a page that says what was done; nothing undoes it.
    fn go_on(page: Route) -> Done {
        Done::GoOn(Box::new(GoOn {
            page,
            undo: None,
            more: None,
        }))
    }

    /// With a page that says nothing of what was done.
    fn leads_to(visit: &Visit, page: &Route) -> Done {
        Done::Page(Response::see_other(&page.href(&visit.head.base)))
    }
}

impl Visit<'_, '_> {
    /// A page made by a view, its time taken.
    fn page(&mut self, view: impl FnOnce(&Self) -> Markup) -> Response {
        self.page_with(200, view)
    }

    /// The same with another status.
    fn page_with(&mut self, status: u16, view: impl FnOnce(&Self) -> Markup) -> Response {
        let watch = Watch::start();
        let markup = view(self);
        self.rendering = self.rendering.saturating_add(watch.passed());
        Response::page(status, markup)
    }

    /// A moment by the reader's clock.
    fn calendar(&self, at: Seconds) -> Option<Calendar> {
        self.zone.calendar(at, self.now)
    }
}
