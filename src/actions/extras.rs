//! What a message tells beside its text, as views take it: with times by the reader's clock; and who it is from, as
//! this reader's own server has it.
//!
//! Not for reading any of it (`document`).

use super::Visit;
use super::answering::list_of;
use super::identities::may_send;
use crate::clean::Leads;
use crate::document::{Document, Opening, Purpose, Rendering, open};
use crate::error::Result;
use crate::extras::{Coming, Event, Moment};
use crate::mail::{Role, Sought};
use crate::route::{self, Base, FrameQuery};
use crate::sender::{self, Judgement, Standpoint};
use crate::time::{Calendar, ClockTime, Zone};
use crate::views::extras::{EventLine, Extras};

impl Visit<'_, '_> {
    /// Opens a message, or one within it.
    pub(super) fn open(&mut self, opening: &Opening) -> Result<Document> {
        open(&mut self.mailbox, opening)
    }

    /// Where the links of a mail lead that is shown.
    pub(super) fn leads(&self) -> Leads {
        let scheme = if self.head.https { "https" } else { "http" };
        Leads {
            own_origin: format!("{scheme}://{}", self.head.host),
            write_to: may_send(self).then(|| route::before_mailto(&self.head.base)),
        }
    }
}

/// The HTML of a message as a query wants it.
pub fn rendering<'a>(
    base: &'a Base,
    leads: &'a Leads,
    query: &'a FrameQuery,
    sought: &'a Sought,
    purpose: Purpose,
) -> Rendering<'a> {
    Rendering {
        purpose,
        remote: query.remote,
        charset: &query.charset,
        base,
        leads,
        sought,
    }
}

/// Who a message is from, by the one judgement.
pub fn judge(visit: &mut Visit, document: &Document) -> Judgement {
    let role = visit.mailbox.role_of(&document.message().folder);
    let standpoint = Standpoint {
        is_inside: document.is_inside(),
        ..standpoint(visit, role)
    };
    sender::judge(document.row(), &standpoint)
}

/// Where the messages of a folder stand, as far as that matters to who they are from.
pub fn standpoint<'v>(visit: &Visit<'v, '_>, role: Option<Role>) -> Standpoint<'v> {
    let server = visit.config.server_of_realm(&visit.session.realm);
    Standpoint {
        server: server.map_or("", |server| server.authserv_id.as_str()),
        role,
        is_inside: false,
    }
}

/// What a message tells beside its text.
pub fn extras(visit: &Visit, document: &Document) -> Extras {
    let extras = document.extras();
    let leave = document.unsubscribe(&visit.head.host);
    Extras {
        protection: document.protection(),
        leave,
        has_list: list_of(document).is_some(),
        events: extras
            .events
            .iter()
            .map(|event| event_line(visit, event))
            .collect(),
        cards: extras.cards.clone(),
        reports: extras.reports.clone(),
        receipt: None,
    }
}

/// An event with its times by the reader's clock, where they are by any clock that is known.
fn event_line(visit: &Visit, event: &Event) -> EventLine {
    let on_calendar = |moment: &Option<Moment>| on_calendar(visit, moment.as_ref()?);
    EventLine {
        whole_days: matches!(event.start, Some(Moment::Day(..))),
        start: on_calendar(&event.start),
        end: on_calendar(&event.end),
        clock: match &event.start {
            Some(Moment::Clock { zone, .. }) => Some(zone.clone()),
            Some(Moment::At(_)) => Some(visit.zone.name().to_owned()),
            Some(Moment::Day(..)) | None => None,
        },
        event: event.clone(),
        said: Coming::default(),
        answer: None,
    }
}

fn on_calendar(visit: &Visit, moment: &Moment) -> Option<Calendar> {
    let utc = Zone::fixed(0);
    match moment {
        Moment::At(at) => visit.calendar(*at),
        Moment::Day(year, month, day) => {
            let at = utc.moment(ClockTime::midnight(*year, *month, *day))?;
            utc.calendar(at, visit.now)
        }
        Moment::Clock { at, .. } => utc.calendar(utc.moment(*at)?, visit.now),
    }
}
