//! What a mail says: header, structure, charsets, transfer encodings, containers, and plain text as a reader reads it.
//!
//! Not for HTML (`clean`), and not for talking to a server (`remote`). Bytes go in, plain values come out; nothing fails:
//! what cannot be read is left out or shown as it is.
//!
//! # The four rooms
//!
//! Each asks only the rooms to its right; a file asks files of its own room without a circle:
//!
//! ```text
//! containers ──> structure ──> codec
//! statements ────────────────> codec
//! ```
//!
//! | room | from | to |
//! |---|---|---|
//! | [`codec`] | coded words and bytes | text, header fields, addresses, dates, file names |
//! | [`structure`] | the header of each part | the parts, which of them are read, and their text |
//! | [`containers`] | the bytes of one part | the parts packed into it: nested messages, S/MIME, TNEF, uuencode |
//! | [`statements`] | a header, a calendar, a card, a report | events, contacts, deliveries, doubts about the sender |
//!
//! # Why this is not mail-parser alone
//!
//! mail-parser reads addresses, dates and the names of charsets here, and nothing else. Its walk through a message is not
//! used, since the paths of the parts must be those of the server's BODYSTRUCTURE (a link made from the one opens the other),
//! since depth and number of parts are bounded, and since attachments of any size stream through in pieces. Its file names
//! are not used, since a BODYSTRUCTURE gives parameters as pairs, without a header field that it could read. Look again at
//! its version 1.
//!
//! Of the crates for what is packed in a mail: `tnef` ends at the first attribute, checksum or code page that it does not
//! know, and reads neither the text nor long names; `compressed-rtf` panics on a body that is cut, and takes as much memory
//! as the mail says; `rtf-parser` does not find the HTML that Outlook wrapped; `cms` reads DER only, and mail programs
//! write BER with indefinite lengths too. `calcard` reads and writes calendars and contact cards well: it is worth its size once contacts
//! are written, and replaces `contentlines` and `vcard` then. It guesses a described zone (VTIMEZONE) by its name, so
//! `zones` stays.

pub mod codec;
pub mod containers;
pub mod statements;
pub mod structure;

#[cfg(test)]
mod tests;
