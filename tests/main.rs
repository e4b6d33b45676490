//! The tests, one program. What belongs in which module:
#![deny(unsafe_code)]

/// Bodies that do not come as announced, and bodies that leave slowly.
mod bodies;
/// What clicks cost, freshness, what another mail program changes, \Seen.
mod cache;
/// What a click cost at the mail server; used by the modules that count.
mod cost;
/// Disks that are full, read-only or damaged.
mod damage;
/// What lies on disk; used by the modules that look at it.
mod disk;
/// The door to IMAP: captured answers of real servers, and hostile ones, through the wire and the `imap` crate.
mod door;
/// Strangers, forgers and guessers in great numbers.
mod floods;
/// Storms of clicks, waiters that leave, parts and acts, killed holders, deadlines: one request at a time, and few waiting.
mod gate;
/// `kill -9` at random moments, and at each step of a change of generation.
mod kills;
/// Little memory, few processes, few files, and a clock that jumps.
mod limits;
/// Sign-in form, sessions, cookies, forgeries, TLS to the server.
mod login;
/// What a mail says, and what is left of its HTML: on mails in `tests/mail` and on the whole corpus where it is at hand.
mod mail;
/// Do the real parts themselves work, without Postern?
mod parts;
/// Mail servers that hang, drip, cut, lie and flood.
mod servers;
/// The real parts that the tests drive: Apache, Dovecot, a proxy between, visitors, a browser.
mod support;
