//! A message that takes along what belongs to others is saved as a template: that is fetched first, and becomes files of the
//! template, which outlive the messages that they come from.
//!
//! Not for a message without such (`actions::templates`). To know before changing it: what cannot be fetched keeps nothing else
//! from being saved, and the page says that it is not there.

use std::slice;

use super::carried::Fetching;
use super::{Answer, Ended, Job, Outside, keeps, progressed};
use crate::error::{Act, Result, TemplateEdit};
use crate::gate::{self, LaneKind};
use crate::ledger::Token;
use crate::notices::Told;
use crate::outbox::{Drafts, Templates, Writing};
use crate::response::Response;
use crate::route::{self, Base, NoticeId, Route};
use crate::seal::Key;
use crate::store::keys::NoticeKey;

/// A message that becomes a template.
pub struct SaveTemplate {
    /// Which.
    pub token: Token,
    /// As it becomes one, with what it carries of others.
    pub writing: Writing,
    /// The name of the template.
    pub name: String,
    /// Where the message lies.
    pub drafts: Drafts,
    /// Where the template will.
    pub templates: Templates,
    /// What both are sealed with.
    pub key: Key,
    /// How many bytes may be fetched for it.
    pub most: u64,
    /// Under which number it is noted, and for which session.
    pub under: NoticeKey,
    /// Before every address.
    pub base: Base,
    /// The page of the message.
    pub page: Route,
}

impl Job for SaveTemplate {
    fn lane(&self) -> &'static LaneKind {
        // Whoever sends the message fetches the same.
        &gate::SEND
    }

    fn work(self: Box<Self>, outside: &mut Outside) -> Result<Ended> {
        let id = &self.token.id;
        let fetching = Fetching {
            drafts: &self.drafts,
            id,
            key: &self.key,
            most: self.most,
        };
        let mut edit = TemplateEdit::Saved;
        for one in &self.writing.draft.carried {
            progressed();
            if fetching.all(slice::from_ref(one), outside).is_err() {
                edit = TemplateEdit::SavedInPart;
            }
        }
        let name = self.name;
        let from = (&self.drafts, id);
        self.templates.keep(&name, &self.writing, from, &self.key)?;
        let done = Act::Template { name, edit };
        outside.progress.did(done.clone());
        let href = self.page.href(&self.base);
        let href = route::with_notice(href, NoticeId(self.under.id()));
        let told = Told {
            done,
            undo: None,
            more: None,
            page: self.page.href(&Base::default()),
        };
        Ok(Ended {
            answer: Answer::Page(Response::see_other(&href)),
            record: Some(keeps(told, self.under)),
        })
    }
}
