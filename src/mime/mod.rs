//! What a mail says: header, structure, charsets, transfer encodings, and plain text as a reader reads it.
//!
//! Not for HTML (`clean`), and not for talking to a server (`remote`). Bytes go in, plain values come out; nothing fails:
//! what cannot be read is left out or shown as it is. The only room that names `mail_parser`.

mod body;
mod calendar;
mod cms;
mod contentlines;
mod dates;
mod decode;
mod headers;
mod inside;
mod kinds;
mod letter;
mod names;
mod preview;
mod reading;
mod report;
mod rtf;
mod sender;
mod structure;
mod text;
mod tnef;
mod uu;
mod vcard;
mod verdict;
mod zones;

pub use body::{Body, body_of, protection, told_by};
pub use calendar::events;
pub use cms::{is_cms, signed_content};
pub use decode::{Decoder, decode};
pub use headers::{
    Headers, addresses, header_of, headers, headers_as, in_utf8, named_fields, words,
};
pub use inside::{content, contents, is_message, is_tnef, pick, wrapped, wrapped_told};
pub use kinds::{is_any_bytes, judged, kind_by_name, kind_of, meant_kind, passed_charset};
pub use letter::letter;
pub use names::{Param, file_name, parameter, safe_file_name};
pub use preview::{inline_protection, is_stub, preview};
pub use reading::reading;
pub use report::report;
pub use sender::{doubts, unsubscribe};
pub use structure::{leaves, part_of, parts_of};
pub use text::{line, text, text_as};
pub use tnef::{Tnef, TnefFile, tnef};
pub use uu::uudecode;
pub use vcard::cards;
pub use verdict::verdict;

use headers::fields;
use names::split_parameters;

/// A media type as a sender wrote it, as far as it has the form of one; else that of any bytes.
fn safe_kind(kind: &str) -> String {
    let token = |t: &str| {
        !t.is_empty()
            && t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.+_".contains(&b))
    };
    match kind.split_once('/') {
        Some((a, b)) if token(a) && token(b) => kind.to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

#[cfg(test)]
mod tests;
