//! What a reader tells the sender of a message by one click: that it was read, or whether they come.
//!
//! Not for what is sent then (`actions::telling`).

use super::query::{Link, Query};
use super::{ActForm, Base, Route};
use crate::error::{Error, Result};
use crate::extras::Coming;
use crate::mail::MessageRef;

/// What the form of `Route::Tell` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TellForm {
    /// Which message asks.
    pub message: MessageRef,
    /// Names what is sent, so that it is sent once; empty where the message itself does.
    pub token: String,
    /// What is told.
    pub what: Telling,
    /// The page that follows.
    pub next: String,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Telling {
    /// That the message was read.
    Read,
    /// Whether one comes to an event of it.
    Coming {
        /// Which event, counted from 0.
        event: u32,
        /// Whether.
        coming: Coming,
    },
}

impl TellForm {
    /// The field that says what is told.
    pub const WHAT: &str = "tell";
    /// Its values, for an event.
    pub const COMING: [(&str, Coming); 3] = [
        ("yes", Coming::Yes),
        ("perhaps", Coming::Perhaps),
        ("no", Coming::No),
    ];
    /// Its value, for a receipt.
    pub const READ: &str = "read";

    /// Reads the fields of a form.
    ///
    /// # Errors
    /// `BadRequest`: fields that none of our forms has.
    pub fn read(fields: &[(String, String)]) -> Result<TellForm> {
        let fields = Query::of(fields);
        let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
        let what = text(TellForm::WHAT);
        let mut coming = TellForm::COMING.into_iter();
        let coming = coming.find(|(name, _)| *name == what);
        Ok(TellForm {
            message: fields.message()?,
            token: text("d"),
            what: match coming {
                Some((_, coming)) => Telling::Coming {
                    event: fields.number("event")?,
                    coming,
                },
                None if what == TellForm::READ => Telling::Read,
                None => return Err(Error::BadRequest(TellForm::WHAT)),
            },
            next: text("next"),
        })
    }

    /// The form of a message that asks, without what is told; `event` is the number of the one that it is about.
    pub fn about(message: &MessageRef, token: &str, event: Option<u32>, next: &Route) -> ActForm {
        let mut link = Link::new(&Base::default());
        link.message(message);
        link.some("d", token);
        if let Some(event) = event {
            link.set("event", &event.to_string());
        }
        link.set("next", &next.href(&Base::default()));
        let query = link.0.trim_start_matches('?');
        ActForm {
            to: Route::Tell,
            fields: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        }
    }
}
