//! Whom a user's messages are from.
//!
//! Not for which addresses may be used: that is the hoster's to say (`config::Identities`).

use serde::{Deserialize, Serialize};

/// A name and address that messages are sent from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// The name; may be empty.
    pub name: String,
    /// The address.
    pub address: String,
    /// Where answers go; empty for the address.
    pub reply_to: String,
    /// What stands below each message; may be empty.
    pub signature: String,
}
