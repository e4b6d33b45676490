//! Whom a user's messages are from.
//!
//! Not for which addresses may be used: that is the hoster's to say (`config::Identities`).

use serde::{Deserialize, Serialize};
use toml::Table;

use crate::mail::{FolderName, IdentityField};

/// A name and address that messages are sent from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// The name; may be empty.
    pub name: String,
    /// The address.
    pub address: String,
    /// Where answers go; empty for the address.
    pub reply_to: String,
    /// The folder for copies of what is sent, as the mail server writes its name; empty for the one with that role.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sent: String,
    /// What stands below each message; may be empty.
    pub signature: String,
    /// The same as HTML, made harmless; empty where it is plain text alone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signature_html: String,
    /// Keys that are none of this version.
    #[serde(flatten)]
    pub other: Table,
}

impl Identity {
    /// True for the one with this address.
    pub fn is_of(&self, address: &str) -> bool {
        self.address.eq_ignore_ascii_case(address)
    }

    /// A field of it, as it is typed.
    pub fn text(&self, field: IdentityField) -> &str {
        match field {
            IdentityField::Name => &self.name,
            IdentityField::Address => &self.address,
            IdentityField::ReplyTo => &self.reply_to,
            IdentityField::Sent => &self.sent,
            IdentityField::Signature => &self.signature,
            IdentityField::SignatureHtml => &self.signature_html,
        }
    }

    /// The same with another name of its folder, where that has another one now; without it where it is gone.
    pub fn following(mut self, renamed: &[(FolderName, Option<FolderName>)]) -> Identity {
        let mut now = renamed.iter();
        if let Some((_, new)) = now.find(|(old, _)| old.as_wire() == self.sent) {
            let new = new.as_ref().map_or("", |new| new.as_wire());
            self.sent = new.to_owned();
        }
        self
    }
}
