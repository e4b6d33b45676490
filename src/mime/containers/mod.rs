//! Parts that hold parts: messages within messages, S/MIME signed data (CMS), winmail.dat (TNEF, with its RTF), uuencoded
//! files.
//!
//! Asks `codec` and `structure`. Not for the multiparts of a message, whose parts a server numbers (`structure`). Which
//! part is a container follows from its type alone (`structure::is_message`, `is_cms`, `is_tnef`); here its bytes are opened.

mod cms;
mod container;
mod rtf;
mod tnef;

pub use cms::{is_certificates, signed_content};
pub use container::{Container, Wrapping};
pub use tnef::{Tnef, TnefFile, tnef};
