//! What the page of a message in rich text says: its buttons, and what becomes of its formatting.

use super::Words;

/// Writing in rich text.
impl Words {
    /// It is too large.
    pub(super) fn html_too_large(&self, limit: u64) -> String {
        format!(
            "The text with its pictures is too large: {} is the most. Remove pictures from the text, or attach them as files.",
            self.size(limit)
        )
    }

    /// A message has HTML, and there is no script to show it.
    pub fn formatting_unseen(&self) -> &'static str {
        "This message has formatting that cannot be shown without JavaScript. It is kept as long as you leave the text as it is. If you change the text, the message is saved and sent as plain text, without pictures in the text."
    }
}
