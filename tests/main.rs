//! Tests.

/// Mails of the world read and cleaned, without a server.
mod mail;
