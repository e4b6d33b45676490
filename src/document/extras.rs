//! What a message tells beside its text: events, contact cards, reports; how it is protected, how to leave the list that it came by.
//!
//! Each is read when it is first asked for. Not for how any of it is told (`views`), nor for who it is from
//! (`sender`).

use super::{Document, Shown};
use crate::clean;
use crate::extras::{Card, Event, Protection, Report, Unsubscribe};
use crate::media::{Media, media};
use crate::mime::containers::Wrapping;
use crate::mime::{codec, statements, structure};
use crate::work::Work;

/// What stands in the parts of a message that are made for programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Events, each once: an invitation mostly comes twice.
    pub events: Vec<Event>,
    /// Contact cards.
    pub cards: Vec<Card>,
    /// Reports of mail systems.
    pub reports: Vec<Report>,
}

impl Document {
    /// Events, cards and reports.
    pub fn extras(&self) -> &Extras {
        self.read_extras.get_or_init(|| {
            let mut found = Extras::default();
            for shown in &self.extras {
                found.read(shown, &self.work);
            }
            found
        })
    }

    /// How it is protected, by its leaves and its text.
    pub fn protection(&self) -> Option<Protection> {
        let is_signed = || {
            let mut containers = self.containers.iter();
            containers.any(|holder| holder.container.wrapping() == Wrapping::Signed)
        };
        let mut parts = self.leaves.parts().to_vec();
        parts.retain(|part| !self.certificates.contains(&part.path));
        match structure::protection(&parts) {
            Some(Protection::SmimeWrapped) if is_signed() => Some(Protection::SmimeSigned),
            Some(protection) => Some(protection),
            None => {
                let mut texts = self.texts.iter().filter(|s| s.part.kind == "text/plain");
                texts.find_map(|s| structure::inline_protection(&codec::text(&s.bytes, "")))
            }
        }
    }

    /// How to leave the list that it came by; None where it names no way. A page of our own, at `own_host`, is none.
    pub fn unsubscribe(&self, own_host: &str) -> Option<Unsubscribe> {
        if !self.inside.is_empty() {
            return None;
        }
        let mut ways = statements::unsubscribe(&self.header, clean::link);
        ways.web = ways.web.filter(|web| web.host != own_host);
        (ways.mail.is_some() || ways.web.is_some()).then_some(ways)
    }
}

impl Extras {
    fn read(&mut self, shown: &Shown, work: &Work) {
        let text = || codec::text(&shown.bytes, &shown.part.charset);
        match media(&shown.part.kind) {
            Media::Calendar => {
                for event in statements::events(&text(), work) {
                    if !self.events.iter().any(|known| known.is_same(&event)) {
                        self.events.push(event);
                    }
                }
            }
            Media::Card => {
                self.cards.extend(statements::cards(&text(), work));
            }
            _ => {
                let report = statements::report(&shown.part.kind, &shown.bytes, work);
                self.reports.extend(report);
            }
        }
    }
}
