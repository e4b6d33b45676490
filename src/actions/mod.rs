//! What a click does: each action reads what the route parsed, asks the rooms below, and picks one view.
//!
//! Not for the path that leads here (`app`). An action builds no HTML, names no cookie and opens nothing; it does not
//! know whether its mail came from the cache or the server, but for the notice that says so.

pub mod about;
mod extras;
pub mod folder;
pub mod login;
pub mod message;
mod notice;
mod opened;
mod panes;
pub mod part;
pub mod print;
pub mod resume;
pub mod sender;

use std::time::Duration;

use maud::Markup;

use crate::config::Config;
use crate::error::{Act, Progress};
use crate::mail::Encoding;
use crate::mailbox::Mailbox;
use crate::outbox::Outbox;
use crate::profile::Profile;
use crate::remote::SectionKind;
use crate::request::Head;
use crate::request::form::Form;
use crate::response::Response;
use crate::route::{MessageRef, Route};
use crate::session::{Claim, Session};
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
    pub claim: &'v Claim,
    /// Whose visit it is.
    pub session: &'v Session,
    /// The mail.
    pub mailbox: Mailbox<'v, 'p>,
    /// What they have set.
    pub profile: Profile<'p>,
    /// What the act before did, where the address names it.
    pub told: Option<Act>,
    /// How far the request got with what it changes: noted before each step.
    pub progress: &'v Progress,
    /// Forms that wait to be asked about.
    pub outbox: Outbox<'p>,
    /// Time spent on making HTML.
    pub rendering: Duration,
}

/// How an action ends.
pub enum Done {
    /// With a page.
    Page(Response),
    /// With the end of an act: this page comes next, and says what `progress` has down as done.
    GoOn(Route),
    /// With a transfer that has to leave the gate first.
    Transfer(Transfer),
}

/// What is left to be done with an answer.
pub enum Answer {
    /// To write it.
    Page(Response),
    /// Nothing: it has been written.
    Sent,
}

/// A part of a message, or all of it, that is too long to be fetched while others wait.
pub struct Transfer {
    /// Of which message.
    pub message: MessageRef,
    /// What of it.
    pub what: Pieces,
    /// The answer without its body.
    pub head: Response,
}

/// What a transfer brings.
pub enum Pieces {
    /// One thing, as it is.
    One(Piece),
    /// Several, packed into a zip.
    Zip(Vec<(String, Packed)>),
}

/// One file of a zip.
pub enum Packed {
    /// A part of the message.
    Part(Piece),
    /// What was taken out of one, and is at hand.
    Bytes(Vec<u8>),
}

/// A section of a message, decoded on the way.
pub struct Piece {
    /// Which.
    pub section: SectionKind,
    /// How it is encoded on its way.
    pub encoding: Encoding,
    /// Its size on its way, in bytes; 0 where nothing is missed if nothing comes.
    pub size: u32,
}

impl Visit<'_, '_> {
    /// A page made by a view, its time taken.
    fn page(&mut self, view: impl FnOnce(&Self) -> Markup) -> Response {
        let watch = Watch::start();
        let markup = view(self);
        self.rendering = self.rendering.saturating_add(watch.passed());
        Response::page(200, markup)
    }

    /// A moment by the reader's clock.
    fn calendar(&self, at: Seconds) -> Option<Calendar> {
        self.zone.calendar(at, self.now)
    }
}
