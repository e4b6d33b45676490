//! Which conversation a message belongs to: its own id, and those of the messages that it answers, as short hashes.
//!
//! Not for grouping messages by them (`index`).

use crate::mail::{IdHash, MOST_REFERENCES, Thread};
use crate::mime::codec::Headers;
use crate::seal::Key;

/// The ids that put a message into its conversation.
pub(super) fn thread(headers: &Headers) -> Thread {
    let mut references: Vec<IdHash> = headers.references.iter().map(|id| hashed(id)).collect();
    for id in headers.in_reply_to.iter().map(|id| hashed(id)) {
        if !references.contains(&id) && references.len() < MOST_REFERENCES {
            references.push(id);
        }
    }
    if let Some(surplus) = references.len().checked_sub(MOST_REFERENCES) {
        // The first one is the root of the conversation.
        references.drain(1..surplus.saturating_add(1));
    }
    Thread {
        id: Some(&headers.message_id)
            .filter(|id| !id.is_empty())
            .map(|id| hashed(id)),
        references,
    }
}

/// No secret: a row is sealed, and whoever wants two messages to have one id can give them one.
pub(super) fn hashed(id: &str) -> IdHash {
    let hash = Key::new([0; 32]).hash("message-id", &[id.as_bytes()]);
    IdHash(hash.first_chunk().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::codec;

    #[test]
    fn a_message_knows_its_conversation() {
        let thread = |header: &str| thread(&codec::headers(header.as_bytes()));
        let row = thread(
            "Message-ID: <4@x>\r\nReferences: <1@x> <2@x>\r\n <3@x>\r\nIn-Reply-To: <3@x>\r\n",
        );
        let ids = |ids: &[&str]| ids.iter().map(|id| hashed(id)).collect::<Vec<_>>();
        assert_eq!(row.id, Some(hashed("4@x")));
        assert_eq!(row.references, ids(&["1@x", "2@x", "3@x"]));
        let only = thread("In-Reply-To: <3@x>\r\n");
        assert_eq!((only.id, only.references), (None, ids(&["3@x"])));
        let many: String = (1..=40).map(|n| format!(" <{n}@x>")).collect();
        let many = thread(&format!("References:{many}\r\n"));
        assert_eq!(many.references.len(), MOST_REFERENCES);
        assert_eq!(many.references.first(), Some(&hashed("1@x")));
        assert_eq!(many.references.last(), Some(&hashed("40@x")));
    }
}
