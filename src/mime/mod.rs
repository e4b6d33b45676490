//! What a mail says: header, structure, charsets, transfer encodings, and plain text as a reader reads it.
//!
//! Not for HTML (`clean`), and not for talking to a server (`remote`). Bytes go in, plain values come out; nothing fails:
//! what cannot be read is left out or shown as it is. The only room that names `mail_parser`.

mod body;
mod decode;
mod headers;
mod letter;
mod names;
mod structure;
mod text;

pub use body::{Body, body_of};
pub use decode::{Decoder, decode};
pub use headers::{Headers, addresses, headers, words};
pub use letter::letter;
pub use names::{Param, file_name, parameter, safe_file_name};
pub use structure::{leaves, part_of};
pub use text::{line, text};

use headers::fields;
use names::split_parameters;

/// The words of an HTML part: for a preview line, a search, and a text where a mail has only HTML.
pub fn html_words(html: &str) -> String {
    mail_parser::decoders::html::html_to_text(html)
}

#[cfg(test)]
mod tests;
