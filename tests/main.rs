//! The tests: one binary, one module for each thing that is shown.

/// The IMAP door: visits, captured replies, hostile servers.
mod door;

mod support {
    /// A server that answers in another server's words, hangs, cuts and lies.
    pub mod imap_script;
    /// What real servers said.
    pub mod transcript;
}
