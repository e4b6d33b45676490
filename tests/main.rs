//! The tests: one binary, one module for each thing that is shown.

/// The IMAP door against a scripted server and captured replies.
mod door;

mod support {
    /// A server that answers in another server's words, hangs, cuts and lies.
    pub mod imap_script;
}
