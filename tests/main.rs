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
/// Lists and their places, folders and their names, while another mail program changes both.
mod folder;
/// The two ways in which hosts run CGI programs.
mod hosting;
/// Sign-in form, sessions, cookies, forgeries, TLS to the server.
mod login;
/// What a mail says, and what is left of its HTML: on mails in `tests/mail` and on the whole corpus where it is at hand.
mod mail;
/// Do the real parts themselves work, without Postern?
mod parts;
/// Several sessions of one user, other passwords, and what lies on disk afterwards.
mod sessions;
/// The real parts that the tests drive: Apache, Dovecot, a proxy between, visitors, a browser.
mod support;
