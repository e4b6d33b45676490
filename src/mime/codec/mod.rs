//! Coded words and bytes to what was meant: charsets, transfer encodings, header fields, parameters, file names, dates.
//!
//! The lowest of `mime`'s rooms: it knows fields and values, and asks none of the other three. Not for which part of a
//! message is which (`structure`). The only room that names `mail_parser`.

mod addresses;
mod dates;
mod decode;
mod headers;
mod names;
mod text;
mod uu;
mod words;

pub use addresses::addresses;
pub use decode::{Decoder, decode};
pub use headers::{
    Headers, ends_header, fields, has_more_fields, header_of, headers, headers_as, in_utf8,
    named_fields,
};
pub use names::{Param, file_name, parameter, safe_file_name};
pub use text::{line, text, text_as};
pub use uu::{UuFile, uudecode};
pub use words::words;

pub(super) use names::split_parameters;
pub(super) use text::code_page;
