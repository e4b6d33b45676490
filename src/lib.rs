//! Postern: a webmail in one CGI file.
//!
//! A short-lived process answers each request under Apache. It takes a lock on the user's session, opens that user's
//! database, answers from the cache if it can, asks the IMAP server only for what is missing, makes a page, and exits.
//!
//! # The house
//!
//! A file uses the floors below it and never one above; `tests/house.rs` holds the rooms to it. Within a room, files ask
//! one way.
//!
//! | floor | rooms |
//! |---|---|
//! | roof | `main` (the one place that ends the process), [`cli`] for a shell, [`app`] for a request |
//! | what a click does | [`actions`]: one for each route; [`jobs`] for what takes long; [`ahead`]: what the next clicks need, fetched before they come; [`checks`]: what is found out of an installation by trying it |
//! | how it looks | [`views`]: plain data in, markup out |
//! | meaning | [`document`]: what is to be read of a message; [`draft`]: from what was typed to a message that can be sent; [`mailbox`]: what is cached, what is fetched and compared, what is changed, and a front that decides; [`desk`]: a user's gate, store and session, opened and closed in one order; [`session`]; [`notices`]: what the page after an act says; [`people`]: whom a user may want to write to; [`settings`]: built in, then the hoster, then the user |
//! | doors | [`gate`] (fs2), [`state`], [`throttle`], [`store`] (sled), [`profile`] (toml), [`outbox`], [`ledger`]: what became of each message that was to be sent, [`later`]: a form that is sent after a while, [`submission`] (lettre), [`key_files`], [`remote`] (imap, native-tls), [`mime`] (mail-parser), [`clean`] (ammonia), [`request`] and [`response`] (cgi), [`spool`] |
//! | ground, words | [`error`], [`route`], [`mail`], [`media`], [`plain_text`], [`extras`], [`sender`]: who a mail is from, judged once; [`words`], [`characters`], [`assets`], [`pack`], [`work`]: the budget of what one mail may cost, [`time`], [`config`], [`seal`], [`process`], [`detached`]: processes that outlive a request |
//!
//! Each crate that reaches outside has one door, and its types do not leave that room.
//!
//! # A request, from top to bottom
//!
//! 1. `main` asks [`request::is_cgi`]: no web server means a shell.
//! 2. [`app::serve`]: [`request::guard`] judges the environment; [`route::Route::parse`] says what is asked for;
//!    [`session::SessionCookie::read`] checks the cookie's MAC; [`request::Head::take_body`] reads the body. What comes of it is a
//!    [`request::Request`]. Nothing of a user has been touched, no lock is held.
//! 3. [`gate::Gate::enter`] gives the [`gate::Pass`], or sends the request away with a page that tries again.
//! 4. [`desk::at`] opens the store, then the session: the cookie's key opens the record, or the answer is the sign-in form.
//! 5. The action asks [`mailbox::Mailbox`] for what its page shows. At the first miss, and only there,
//!    [`remote::Remote`] connects: once, commands together.
//! 6. The action fills a view's struct; the view makes the page; the store is saved and closed, the pass released, and
//!    only then the answer is written.
//!
//! Two flows leave the line: signing in (`app::sign_in`), and [`jobs`], which do their work with the gate released and
//! take it again for what has to be recorded. A third begins where it ends: a page may start a process that fetches
//! [`ahead`] of the next clicks. What fails on the way becomes a page by two things: the [`error::Error`], by
//! meaning, and how far an act had got ([`error::Progress`]).
//!
//! # A click, walked through
//!
//! Ann clicks a message that she has not opened before.
//! `GET /message?..` is a [`route::Route::Message`] with a [`mail::MessageRef`]; `app::needs` says: with a session, waits as
//! a page, answered by `actions::message`. The row of the list is in the cache, its text is not, so `mailbox` plans one flight
//! (open the folder, fetch structure, header and text), and what comes back goes into the store; \Seen leaves with the goodbye.
//! [`mime`] finds what is to be read, [`clean`] makes its HTML harmless, [`document`] puts both together. `views::message`
//! draws the page with the words of `words`; the HTML comes with a second request, into a frame, from the cache. The next
//! click on the same message asks nobody.
//!
//! # Adding a page
//!
//! A variant in [`route::Route`], with a line in `parse` and one in `href`, and an arm in the table `app::needs`: who may
//! ask for it, how it waits, which action answers it. Without these it does not compile. One function in [`actions`], one
//! view, its sentences in [`words`], one test through the binary.
//!
//! # Glossary
//!
//! | here | elsewhere |
//! |---|---|
//! | visit | a request with a valid session, and all that its handler may touch |
//! | session cookie (`SessionCookie`, claim) | a cookie whose MAC is good |
//! | gate, pass | the exclusive lock of one user, and holding it |
//! | ticket, slot, lane | place in the user's queue; one of the installation's concurrent requests; the queue of long transfers |
//! | desk | a user's database and session, open |
//! | data key | the key that a user's cache is encrypted with; wrapped by session keys and by the password |
//! | key file | one half of a key, in a file of its own; removing it shreds what the key has encrypted (crypto-shredding) |
//! | accepted, stale (of a session) | when the mail server last took the session's password; so long ago that it is asked again |
//! | place (in `seal`, `store`) | associated data of an AEAD |
//! | generation | a database file set; a new one replaces one that is too large or damaged (compaction) |
//! | row, peek | envelope summary of a message; preview or snippet |
//! | list, rank, anchor, window | message list; position in its order; a position named by a message; one page of it (pagination) |
//! | conversation, grouped list | thread (RFC 5256, JWZ); a list with a line for each |
//! | index | what folders are sorted and grouped by where the server does not do it: folded sort keys, hashes of ids |
//! | names, bucket | inverted index from hashes of Message-IDs to the messages that name them; a piece of it |
//! | comparing | synchronising a list with the server (CONDSTORE, QRESYNC) |
//! | flight, plan, handle | pipelined IMAP commands; those to be sent; where the answer of one will be |
//! | numbering, validity | UIDVALIDITY |
//! | pending | flag changes that the server does not know yet |
//! | away | offline: the server cannot be asked, the cache answers |
//! | kind, media | media type (MIME type), and what it is to a reader |
//! | leaf, group, container | body part; multipart; a part that holds parts (nested message, TNEF, S/MIME) |
//! | nested, inside | path to a nested message; within one |
//! | plain text | plain text body, as blocks of text, quotes and a signature |
//! | extras | what a message states beside its text: calendar, vCard, DSN, MDN |
//! | evidence, verdict | what a header says of its sender; Authentication-Results |
//! | judgement, doubt | who a mail is from; a sign of spoofing |
//! | remote (of a page), held back | external content, such as tracking pixels; blocked |
//! | profile, settings | what a user has set, in plain files |
//! | draft, writing, letter | a message that is being written: as typed; with its files, as it lies on the disk; as it will be sent |
//! | on the server, there, split (of a draft) | what Drafts has of it; as it is here; changed by another program, so that there are two now |
//! | carried (by a draft) | a part of another message, or all of it, that goes along; fetched when the draft is sent |
//! | token, claim (of a message), entry | idempotency key; taking it, once; what the ledger has of it |
//! | copy, filed | what the sender keeps in Sent; put there |
//! | notice | flash message, above a list or a message |
//! | outbox, spool | forms that outlive their session; an unnamed temporary file |
//! | role | special use of a mailbox (RFC 6154); a mailbox of IMAP is a folder here |
//! | report, receipt | DSN (RFC 3464), MDN (RFC 8098) |
//! | sealed, wrapped | encrypted and authenticated (AEAD); a key encrypted by another |
#![deny(unsafe_code)]

pub mod actions;
pub mod ahead;
pub mod app;
pub mod assets;
pub mod characters;
pub mod checks;
pub mod clean;
pub mod cli;
pub mod config;
pub mod desk;
pub mod detached;
pub mod document;
pub mod draft;
pub mod error;
pub mod extras;
pub mod gate;
pub mod jobs;
pub mod key_files;
pub mod later;
pub mod ledger;
pub mod mail;
pub mod mailbox;
pub mod media;
pub mod mime;
pub mod notices;
pub mod outbox;
pub mod pack;
pub mod people;
pub mod plain_text;
pub mod process;
pub mod profile;
pub mod remote;
pub mod request;
pub mod response;
pub mod route;
pub mod seal;
pub mod sender;
pub mod session;
pub mod settings;
pub mod spool;
pub mod state;
pub mod store;
pub mod submission;
pub mod throttle;
pub mod time;
pub mod views;
pub mod words;
pub mod work;
