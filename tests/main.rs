//! The tests, one program. What belongs in which module:
#![deny(unsafe_code)]

/// What clicks cost, freshness, what another mail program changes, \Seen.
mod cache;
/// What a click cost at the mail server; used by the modules that count.
mod cost;
/// What lies on disk; used by the modules that look at it.
mod disk;
/// The door to IMAP: captured answers of real servers, and hostile ones, through the wire and the `imap` crate.
mod door;
/// Sign-in form, sessions, cookies, forgeries, TLS to the server.
mod login;
/// What a mail says, and what is left of its HTML: on mails in `tests/mail` and on the whole corpus where it is at hand.
mod mail;
/// Do the real parts themselves work, without Postern?
mod parts;
/// What a message page tells, what is attached to it, and what of that opens.
mod reading;
/// The real parts that the tests drive: Apache, Dovecot, a proxy between, visitors, a browser.
mod support;
