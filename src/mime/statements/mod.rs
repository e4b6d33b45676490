//! What mails state for programs: invitations, contact cards, delivery reports, the checks of the reader's own server, and
//! what a header says of its sender and of leaving its list.
//!
//! Asks `codec` only. Not for what follows from a statement: that is decided above (`actions`), and worded in `words`.

mod calendar;
mod contentlines;
mod evidence;
mod plain_from;
mod report;
mod unsubscribe;
mod vcard;
mod verdict;
mod zones;

pub use calendar::events;
pub use evidence::evidence;
pub use report::report;
pub use unsubscribe::unsubscribe;
pub use vcard::cards;
