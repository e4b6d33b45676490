//! The tests, one program. What belongs in which module:
#![deny(unsafe_code)]

/// The door to IMAP: captured answers of real servers, and hostile ones, through the wire and the `imap` crate.
mod door;
/// What a mail says, and what is left of its HTML: on mails in `tests/mail` and on the whole corpus where it is at hand.
mod mail;
/// Do the real parts themselves work, without Postern?
mod parts;
/// The real parts that the tests drive: Apache, Dovecot, a proxy between, visitors, a browser.
mod support;
