//! What can be found out of an installation by trying it: locks, limits, mail servers. For `check`, which tells a hoster all of
//! it, and for the page of the first visit, which tells whoever comes what to correct (`Fault`).
//!
//! Not for how either says it. To know before changing it: nothing here signs in anywhere, and what a stranger can set off is
//! tried once a minute at most (`once`).

pub mod host;
pub mod mail;
pub mod once;
