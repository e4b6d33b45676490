//! The tests, one program. What belongs in which module:
#![deny(unsafe_code)]

/// Do those parts themselves work, without Postern?
mod parts;
/// The real parts that the tests drive: Apache, Dovecot, a proxy between, visitors, a browser.
mod support;
