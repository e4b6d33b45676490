//! Postern: a webmail in one CGI file.
#![deny(unsafe_code)]

pub mod clean;
pub mod config;
pub mod error;
pub mod mail;
pub mod mime;
pub mod route;
pub mod time;
