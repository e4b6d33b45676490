//! What the pages of identities say: their labels and hints, what is wrong with what was typed, what was done.

use super::Words;
use super::acts::isolated;
use crate::error::IdentityEdit;
use crate::mail::{IdentityFault, IdentityField};

impl Words {
    /// Leads to the page, and heads it.
    pub fn identities(&self) -> &'static str {
        "Identities"
    }

    /// What they are for.
    pub fn about_identities(&self) -> &'static str {
        "Names and addresses that you write from. New messages use the default one; a reply uses the one that the message was sent to."
    }

    /// Leads to the form of a new one, and heads it.
    pub fn new_identity(&self) -> &'static str {
        "Add identity"
    }

    /// The button that leads to the form of one.
    pub fn edit(&self) -> &'static str {
        "Edit"
    }

    /// Heads the form of one.
    pub fn edit_identity(&self) -> &'static str {
        "Edit identity"
    }

    /// The same, of one that is named.
    pub fn edit_of(&self, address: &str) -> String {
        format!("Edit {}", isolated(address))
    }

    /// Marks the usual one.
    pub fn is_default(&self) -> &'static str {
        "Default"
    }

    /// Makes one the usual one.
    pub fn make_default(&self) -> &'static str {
        "Make default"
    }

    /// The same, of one that is named.
    pub fn make_default_of(&self, address: &str) -> String {
        format!("Make {} the default", isolated(address))
    }

    /// Removes one.
    pub fn delete_identity(&self) -> &'static str {
        "Delete"
    }

    /// The same, of one that is named.
    pub fn delete_of(&self, address: &str) -> String {
        format!("Delete {}", isolated(address))
    }

    /// Keeps what was typed.
    pub fn save_identity(&self) -> &'static str {
        "Save identity"
    }

    /// The way back.
    pub fn back_to_identities(&self) -> &'static str {
        "Identities"
    }

    /// The hoster has fixed them.
    pub fn identities_are_fixed(&self) -> &'static str {
        "Your provider has set your identities, so you cannot change them here."
    }

    /// One of the list cannot be used.
    pub fn identity_unused(&self, fault: &str) -> String {
        format!("Not used: {fault}")
    }

    /// Where answers to it go.
    pub fn replies_to(&self, addresses: &str) -> String {
        format!("Replies go to {}", isolated(addresses))
    }

    /// Where copies of what is sent go.
    pub fn copies_in(&self, folder: &str) -> String {
        format!("Copies are saved in {}", isolated(folder))
    }

    /// Label of a field.
    pub fn identity_label(&self, field: IdentityField) -> &'static str {
        match field {
            IdentityField::Name => "Name",
            IdentityField::Address => "Email address",
            IdentityField::ReplyTo => "Reply to",
            IdentityField::Sent => "Save copies in",
            IdentityField::Signature => "Signature",
            IdentityField::SignatureHtml => "Signature with formatting",
        }
    }

    /// What has to be known of a field; None where its label says all.
    pub fn identity_hint(&self, field: IdentityField) -> Option<&'static str> {
        match field {
            IdentityField::Name
            | IdentityField::Address
            | IdentityField::Sent
            | IdentityField::SignatureHtml => None,
            IdentityField::ReplyTo => Some("Only if replies should go to another address."),
            IdentityField::Signature => {
                Some("Added below your messages, after a line with two dashes.")
            }
        }
    }

    /// Which addresses are allowed.
    pub fn allowed_addresses(&self, allowed: &str) -> String {
        format!("Your provider allows: {}", isolated(allowed))
    }

    /// All addresses of a domain, in a list of what is allowed.
    pub fn any_address_at(&self, domain: &str) -> String {
        format!("any address at {domain}")
    }

    /// Above a form in which something is wrong.
    pub fn identity_not_saved(&self) -> &'static str {
        "This identity has not been saved yet."
    }

    /// Above a form that comes again after signing in.
    pub fn identity_to_save(&self) -> &'static str {
        "Your session had expired, so this identity has not been saved yet. Check it and save it again."
    }

    /// What is wrong with an identity.
    pub fn identity_fault(&self, fault: &IdentityFault) -> String {
        match fault {
            IdentityFault::Unseen { field, what } => {
                let field = self.identity_label(*field);
                let code = u32::from(*what);
                match what {
                    '\n' | '\r' => format!("{field} must be on one line."),
                    _ => format!(
                        "{field} contains an invisible character (U+{code:04X}). Type it again without it."
                    ),
                }
            }
            IdentityFault::TooLong { field, limit } => format!(
                "{} is too long; at most {} characters are allowed.",
                self.identity_label(*field),
                self.number((*limit).into())
            ),
            IdentityFault::NoAddress => {
                "Enter one email address, such as ann@example.org.".to_owned()
            }
            IdentityFault::NotAllowed => {
                "Your provider does not let you send from this address.".to_owned()
            }
            IdentityFault::Taken => "Another identity already has this address.".to_owned(),
            IdentityFault::NoReplyTo(text) => {
                format!("{} is not an email address.", isolated(text))
            }
            IdentityFault::NoFolder => "Choose a folder that messages can be saved in.".to_owned(),
            IdentityFault::TooMany { limit } => format!(
                "You already have {} identities. Delete one first.",
                self.number((*limit).into())
            ),
        }
    }

    /// What was done with one.
    pub(super) fn identity_edited(&self, address: &str, edit: IdentityEdit) -> String {
        let address = isolated(address);
        match edit {
            IdentityEdit::Added => format!("Identity {address} added."),
            IdentityEdit::Changed => format!("Identity {address} saved."),
            IdentityEdit::Usual => format!("New messages are now from {address}."),
            IdentityEdit::Removed => format!("Identity {address} deleted."),
        }
    }
}
