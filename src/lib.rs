//! Postern: a webmail in one CGI file.
#![deny(unsafe_code)]

pub mod config;
pub mod error;
pub mod mail;
pub mod remote;
pub mod route;
pub mod time;
