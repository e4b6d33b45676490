//! Postern: a webmail in one CGI file.
#![deny(unsafe_code)]

pub mod actions;
pub mod app;
pub mod assets;
pub mod clean;
pub mod cli;
pub mod config;
pub mod error;
pub mod gate;
pub mod letter;
pub mod mail;
pub mod mailbox;
pub mod mime;
pub mod process;
pub mod remote;
pub mod request;
pub mod response;
pub mod route;
pub mod seal;
pub mod session;
pub mod state;
pub mod store;
pub mod throttle;
pub mod time;
pub mod views;
pub mod words;
