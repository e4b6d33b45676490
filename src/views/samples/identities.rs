//! Invented identities, for the tests of the views: their list, and a form in which something is wrong.

use maud::Markup;

use super::{chrome, folders};
use crate::mail::{IdentityFault, IdentityField};
use crate::views::identities::{self, IdentitiesPage, IdentityLine, IdentityPage};
use crate::words::Words;

/// The list.
pub(super) fn list() -> Markup {
    let line = |address: &str, fault| IdentityLine {
        shown: format!("Ann \"<b>\" <{address}>"),
        address: address.to_owned(),
        reply_to: "office@example.org".to_owned(),
        sent: Some("Work <b>".to_owned()),
        signature: "Ann".to_owned(),
        fault,
    };
    let page = IdentitiesPage {
        identities: vec![
            line("ann@example.org", None),
            line("ann@elsewhere.example", Some(IdentityFault::NotAllowed)),
        ],
        can_change: true,
    };
    identities::list(&chrome(Words::ENGLISH, &folders(), &[]), &page)
}

/// The form.
pub(super) fn form() -> Markup {
    let fields = [
        (IdentityField::Name, "Ann \" <b>"),
        (IdentityField::Address, "ann"),
        (IdentityField::ReplyTo, "nobody"),
        (IdentityField::Sent, ""),
        (IdentityField::Signature, "Ann\n</textarea><b>"),
    ];
    let page = IdentityPage {
        was: String::new(),
        fields: fields
            .map(|(field, value)| (field, value.to_owned()))
            .into(),
        folders: vec![
            (String::new(), "Sent".to_owned()),
            ("Work".to_owned(), "Work".to_owned()),
        ],
        allowed: Some("example.org".to_owned()),
        signature_html: "<b>Ann</b>".to_owned(),
        most_html: 30_000,
        faults: vec![
            IdentityFault::NoAddress,
            IdentityFault::NoReplyTo("nobody".to_owned()),
            IdentityFault::NoFolder,
        ],
    };
    identities::page(&chrome(Words::ENGLISH, &folders(), &[]), &page)
}
