//! The HTML of a message made harmless once, and kept as its frame shows it.
//!
//! To make it harmless takes as long as all else of a page, and a page and its frame each need it. To know before changing it:
//! what was made by another build, or for another place, is never shown.

use serde::{Deserialize, Serialize};

use super::Document;
use super::text::{Purpose, Rendering};
use crate::clean::Cleaned;
use crate::mail::{MessageRef, PartPath};
use crate::mailbox::Mailbox;

/// Most bytes of HTML that are kept: pictures may travel in it.
const KEPT_HTML: usize = 256 * 1024;

/// All that what is kept depends on, beside the message itself.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct MadeFor {
    /// Which build has made it.
    build: String,
    /// The message, as addresses in it name it.
    message: MessageRef,
    /// Where this program answers.
    base: String,
    own_origin: String,
    write_to: Option<String>,
}

impl Document {
    /// As `html`, kept where nothing was chosen for this look alone.
    pub fn html_kept(&self, mailbox: &mut Mailbox, how: &Rendering) -> Cleaned {
        let is_usual = how.purpose == Purpose::Frame
            && !how.remote
            && how.charset.is_empty()
            && how.sought.is_nothing()
            && !self.is_inside();
        if !is_usual {
            return self.html(how);
        }
        let made_for = MadeFor {
            build: env!("POSTERN_BUILD").to_owned(),
            message: self.message.clone(),
            base: how.base.0.clone(),
            own_origin: how.leads.own_origin.clone(),
            write_to: how.leads.write_to.clone(),
        };
        let kept = mailbox.kept_part(&self.message, &PartPath::harmless());
        let kept = kept.and_then(|bytes| postcard::from_bytes::<(MadeFor, Cleaned)>(&bytes).ok());
        if let Some((_, cleaned)) = kept.filter(|(kept_for, _)| *kept_for == made_for) {
            return cleaned;
        }
        let cleaned = self.html(how);
        // What a page has to say is missing was not kept, either.
        if !self.work.has_left_out()
            && cleaned.body().len() <= KEPT_HTML
            && let Ok(bytes) = postcard::to_stdvec(&(made_for, &cleaned))
        {
            mailbox.keep_part(&self.message, &PartPath::harmless(), &bytes);
        }
        cleaned
    }
}
