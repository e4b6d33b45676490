//! Postern: a webmail in one CGI file.
//!
//! A short-lived process answers each request under Apache. It takes a lock on the user's session, opens that user's
//! database, answers from the cache if it can, asks the IMAP server only for what it lacks, makes a page, and is gone.
//!
//! # The house
//!
//! A file uses the floors below it and never one above; what stands side by side does not know each other, but for two
//! doors that are meant: `store` and `profile` take the `Pass` of `gate`, and these and `throttle` lie in the directory of
//! `state`.
//!
//! | floor | rooms |
//! |---|---|
//! | roof | `main` (the one place that ends the process), [`cli`] for a shell, [`app`] for a request |
//! | what a click does | [`actions`] |
//! | how it looks | [`views`]: plain data in, markup out |
//! | meaning | [`desk`], [`session`], [`mailbox`]: cache or server? |
//! | doors | [`gate`] (fs2), [`state`], [`throttle`], [`store`] (sled), [`profile`] (toml), [`outbox`], [`remote`] (imap, native-tls), [`mime`] (mail-parser), [`clean`] (ammonia), [`request`] and [`response`] (cgi), [`spool`] |
//! | ground, words | [`error`], [`route`], [`mail`], [`letter`], [`told`], [`words`], [`assets`], [`pack`], [`time`], [`config`], [`seal`], [`process`] |
//!
//! Each crate that reaches outside has one door, and its types do not leave that room.
//!
//! # A request, from top to bottom
//!
//! 1. `main` asks [`request::is_cgi`]: no web server means a shell.
//! 2. [`app::serve`]: [`request::guard`] judges the environment; [`route::Route::parse`] says what is asked for;
//!    [`session::Claim::read`] checks the cookie's MAC; [`request::Head::take_body`] reads the body. What comes of it is a
//!    [`request::Request`]. Nothing of a user has been touched, no lock is held.
//! 3. [`gate::enter`] gives the [`gate::Pass`], or sends the request away with a page that tries again.
//! 4. [`desk::at`] opens the store, then the session: the cookie's key opens the record, or the answer is the sign-in form.
//! 5. The action asks [`mailbox::Mailbox`] for what its page shows. At the first miss, and only there,
//!    [`remote::Remote`] connects: once, commands together.
//! 6. The action fills a view's struct; the view makes the page; the store is saved and closed, the pass given back, and
//!    only then the answer is written.
//!
//! Two flows leave the line: signing in (`app::sign_in`), and long transfers (`app::lane`), which fetch everything with
//! the gate given back before they send a byte.
//!
//! # Adding a page
//!
//! A variant in [`route::Route`], with a line in `parse` and one in `href`, and an arm in the table `app::needs`: who may
//! ask for it, how it waits, which action answers it. Without these it does not compile. One function in [`actions`], one
//! view, one test through the binary.
#![deny(unsafe_code)]

pub mod actions;
pub mod app;
pub mod assets;
pub mod characters;
pub mod clean;
pub mod cli;
pub mod config;
pub mod desk;
pub mod document;
pub mod error;
pub mod gate;
pub mod letter;
pub mod mail;
pub mod mailbox;
pub mod mime;
pub mod outbox;
pub mod pack;
pub mod process;
pub mod profile;
pub mod remote;
pub mod request;
pub mod response;
pub mod route;
pub mod seal;
pub mod session;
pub mod spool;
pub mod state;
pub mod store;
pub mod throttle;
pub mod time;
pub mod told;
pub mod views;
pub mod words;
