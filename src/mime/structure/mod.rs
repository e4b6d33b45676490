//! The parts of a message: which there are, of which type each is, which of them are to be read, and what their text says.
//!
//! Asks `codec` only. Not for parts that are packed into the bytes of another part (`containers`), nor for what a calendar,
//! a report or a header says (`statements`).

mod body;
mod kinds;
mod leaves;
mod plain_text;
mod preview;
mod reading;

pub use body::{Body, body_of, is_picture, protection, told_by};
pub use kinds::{
    browser_charset, is_cms, is_message, is_tnef, judged, media_type_by_name, sniffed_type,
    viewable_type_by_name,
};
pub use leaves::{leaf_places, leaves, part_of, parts_of};
pub use plain_text::plain_text;
pub use preview::{inline_protection, is_stub, preview};
pub use reading::reading;
