//! The signature within a text that is being written: put there once, and changed for another as long as nobody has
//! touched it.
//!
//! Not for what signatures are (`settings::Identity`). To know before changing it: script does the same at once
//! (`resigned` in `www/app.js`), so that a page and its form agree.

use crate::mail::ReplyPlace;

/// What stands above a signature (RFC 3676 4.3).
const MARK: &str = "-- \n";

/// The beginning of a text with a signature, above or below what it quotes.
pub fn signed(text: &str, signature: &str, place: ReplyPlace) -> String {
    let block = block(signature);
    match place {
        ReplyPlace::Above if block.is_empty() => text.to_owned(),
        ReplyPlace::Above => format!("\n{block}\n{text}"),
        ReplyPlace::Below => format!("{}\n\n{block}", text.trim_start_matches('\n')),
    }
}

/// A signature with what stands above it; nothing for none.
fn block(signature: &str) -> String {
    match signature.trim_end() {
        "" => String::new(),
        signature => format!("\n{MARK}{signature}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_stands_above_what_is_quoted_or_below_it() {
        let quote = "\n\nBo wrote:\n> Hello\n";
        let above = signed(quote, "Ann\nOslo\n", ReplyPlace::Above);
        assert_eq!(above, "\n\n-- \nAnn\nOslo\n\n\nBo wrote:\n> Hello\n");
        let below = signed(quote, "Ann\nOslo\n", ReplyPlace::Below);
        assert_eq!(below, "Bo wrote:\n> Hello\n\n\n\n-- \nAnn\nOslo");
        assert_eq!(signed(quote, " \n", ReplyPlace::Above), quote);
        let below = signed(quote, "", ReplyPlace::Below);
        assert_eq!(below, "Bo wrote:\n> Hello\n\n\n");
    }
}
