//! The real parts that the tests drive: servers, visitors, a browser. Nothing here knows what Postern's pages say; that is
//! for the tests. Three programs share it: the tests, `cargo demo` and `cargo bench`.
#![allow(
    dead_code,
    reason = "each of the programs that share it uses a part of it"
)]

pub mod apache;
pub mod by_hand;
pub mod certificates;
pub mod chromium;
pub mod client;
pub mod clock;
pub mod cookies;
pub mod courier;
pub mod cyrus;
pub mod demo;
pub mod devtools;
pub mod dovecot;
pub mod form;
pub mod http;
pub mod imap4d;
pub mod imap_script;
pub mod install;
pub mod kernel;
pub mod liar;
pub mod mailbox;
pub mod mails;
pub mod page;
pub mod place;
pub mod postfix;
pub mod proxy;
pub mod pymap;
pub mod random;
pub mod reader;
pub mod server;
pub mod sink;
pub mod site;
pub mod text;
pub mod transcript;
pub mod unmet;
pub mod unpacked;
pub mod visitor;
pub mod work;
