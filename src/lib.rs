//! Postern: a webmail in one CGI file.
#![deny(unsafe_code)]

pub mod assets;
pub mod config;
pub mod error;
pub mod mail;
pub mod route;
pub mod time;
pub mod views;
pub mod words;
