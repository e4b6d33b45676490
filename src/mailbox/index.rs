//! The index of a folder: what is kept of each message so that the folder can be sorted and grouped here, where the mail
//! server does not do that.
//!
//! Not for fetching it (`sync::index`) nor for keeping it (`cache`). To know before changing it: an entry is small whatever
//! anybody sent, and what is made of all entries takes time in proportion to their number.

mod fold;
mod group;
mod order;

use super::ids;
use crate::mail::{Address, Indexed, NAME_KEY, SUBJECT_KEY, Thread, Uid};
use crate::mime::codec;
use crate::remote::Message;

pub use group::Grouping;
pub use order::Sorting;

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
