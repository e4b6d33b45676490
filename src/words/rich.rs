//! What the page of a message in rich text says: its buttons, and what becomes of its formatting.

use super::Words;

/// Writing in rich text.
impl Words {
    /// It is too large.
    pub fn html_too_large(&self, limit: u64) -> String {
        format!(
            "The text and its images are too large: the limit is {}. Remove images from the text, or attach them as files.",
            self.size(limit)
        )
    }

    /// Pictures of a message are not in what is quoted of it.
    pub fn pictures_left_out(&self, count: u32) -> String {
        match count {
            1 => "1 image of the message is not quoted: it is too large or could not be loaded."
                .to_owned(),
            _ => format!(
                "{} images of the message are not quoted: they are too large or could not be loaded.",
                self.number(count.into())
            ),
        }
    }

    /// Opens the editor.
    pub fn to_rich_text(&self) -> &'static str {
        "Rich text"
    }

    /// Leaves it.
    pub fn to_plain_text(&self) -> &'static str {
        "Plain text"
    }

    /// Asks whether it is to be left.
    pub fn formatting_lost(&self) -> &'static str {
        "Plain text keeps the words, but not the formatting, the images, or the addresses of links whose text is different."
    }

    /// Stays in it.
    pub fn keep_formatting(&self) -> &'static str {
        "Keep formatting"
    }

    /// Label of its buttons.
    pub fn formatting(&self) -> &'static str {
        "Formatting"
    }

    /// A button of it, by the name that script knows.
    pub fn formats(&self, does: &str) -> &'static str {
        match does {
            "bold" => "Bold (Ctrl+B)",
            "italic" => "Italic (Ctrl+I)",
            "underline" => "Underline (Ctrl+U)",
            "insertUnorderedList" => "Bulleted list (Ctrl+Shift+8)",
            "insertOrderedList" => "Numbered list (Ctrl+Shift+7)",
            "quote" => "Quote (Ctrl+Shift+9)",
            "link" => "Link (Ctrl+K)",
            "removeFormat" => "Clear formatting (Ctrl+\\)",
            _ => "Paste as plain text (once: Ctrl+Shift+V)",
        }
    }

    /// Where a link leads.
    pub fn link_address(&self) -> &'static str {
        "Address of the link"
    }

    /// Makes it one.
    pub fn set_link(&self) -> &'static str {
        "Set link"
    }

    /// Makes it none.
    pub fn remove_link(&self) -> &'static str {
        "Remove link"
    }

    /// Changes no link.
    pub fn keep_as_it_is(&self) -> &'static str {
        "Leave as it is"
    }

    /// A signature has HTML, and there is no script to show it.
    pub fn signature_unseen(&self) -> &'static str {
        "This signature has formatting that cannot be shown without JavaScript. It is kept as long as you leave the signature as it is; if you change it, it becomes plain text."
    }

    /// A message has HTML, and there is no script to show it.
    pub fn formatting_unseen(&self) -> &'static str {
        "This message has formatting that cannot be shown without JavaScript. It is kept as long as you leave the text as it is. If you change the text, the message is saved and sent as plain text, without the images in the text."
    }
}
