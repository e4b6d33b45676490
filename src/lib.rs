//! Postern: a webmail in one CGI file.
#![deny(unsafe_code)]

pub mod assets;
pub mod clean;
pub mod config;
pub mod error;
pub mod gate;
pub mod mail;
pub mod mime;
pub mod process;
pub mod remote;
pub mod request;
pub mod route;
pub mod seal;
pub mod session;
pub mod state;
pub mod store;
pub mod throttle;
pub mod time;
pub mod views;
pub mod words;
