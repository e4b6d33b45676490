//! The index of a folder: what is kept of each message so that the folder can be sorted and grouped here, where the mail
//! server does not do that.
//!
//! Not for fetching it (`sync::index`) nor for keeping it (`cache`). To know before changing it: an entry is small whatever
//! anybody sent, and what is made of all entries takes time in proportion to their number.

mod fold;
mod group;
mod order;
mod regroup;

use super::ids;
use crate::mail::{Address, Indexed, NAME_KEY, SUBJECT_KEY, Thread, Uid};
use crate::mime::codec;
use crate::remote::Message;

pub use group::Grouping;
pub use order::{Key, Sorting};
pub use regroup::{Known, Regrouping};

/// The entry of a message, of what the server told of it.
pub fn of(uid: Uid, message: &Message) -> Indexed {
    let headers = codec::headers(message.header.as_deref().unwrap_or_default());
    let name = |people: &[Address]| {
        let shown = people.first().map_or("", |one| one.shown());
        fold::folded(shown, NAME_KEY)
    };
    let arrived = message.arrived.unwrap_or(0);
    let dated = headers.date.map_or(arrived, |(at, _)| at);
    // What the server groups is grouped; its name for a conversation is one more id that messages share.
    let told = match &message.thread {
        Some(name) => Thread {
            id: None,
            references: vec![ids::hashed(&format!("thread {}", name.escape_ascii()))],
        },
        None => ids::thread(&headers),
    };
    let entry = Indexed {
        size: message.size.unwrap_or(0),
        dated: u32::try_from(dated.max(0)).unwrap_or(u32::MAX),
        subject: fold::folded(fold::base_subject(&headers.subject), SUBJECT_KEY),
        from: name(&headers.from),
        to: name(&headers.to),
        thread: Thread {
            id: told.id,
            references: Vec::new(),
        },
        ..Indexed::empty(uid)
    };
    entry.referring_to(told.references)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_18_what_the_server_groups_is_grouped_by_its_own_name_for_it() {
        let entry = |thread: Option<&[u8]>| {
            let message = Message {
                header: Some(Box::from(
                    &b"Message-ID: <1@x>\r\nReferences: <0@x>\r\n\r\n"[..],
                )),
                thread: thread.map(Box::from),
                ..Message::default()
            };
            of(Uid::new(1).unwrap(), &message).thread
        };
        let (named, other, own) = (entry(Some(b"T1")), entry(Some(b"T2")), entry(None));
        assert_eq!((named.id, named.references.len()), (None, 1));
        assert_eq!(named, entry(Some(b"T1")));
        assert_ne!(named, other);
        assert!(own.id.is_some() && own.references != named.references);
    }
}
