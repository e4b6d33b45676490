//! The tests, one program.
//!
//! A test that lacks something which not every machine has (a corpus, Python, the rights of root, hours) is "ok" to the
//! harness, which has no other word once it has begun. It says so in `target/unmet`, and `.ci/run` shows that after the
//! results; see `support/unmet.rs`. What a test cannot do without (servers, a browser, strace) it installs or fails for.
//!
//! What belongs in which module:
#![deny(unsafe_code)]

/// Doing something with messages, and what another mail program then finds.
mod acts;
/// What is fetched ahead of the next clicks, by a process of its own.
mod ahead;
mod alone;
/// Bodies that do not come as announced, and bodies that leave slowly.
mod bodies;
/// What is made of a reply, however large it is: bytes of a page, memory of a process.
mod bounds;
/// What clicks cost, freshness, what another mail program changes, \Seen.
mod cache;
/// Mails that were read wrongly once.
mod cases;
/// Lists grouped into conversations, and the page of one.
mod conversations;
/// Mails of the world through the program itself.
mod corpus;
/// What a click cost at the mail server; used by the modules that count.
mod cost;
/// Disks that are full, read-only or damaged.
mod damage;
/// What lies on disk; used by the modules that look at it.
mod disk;
/// The door to IMAP: captured answers of real servers, and hostile ones, through the wire and the `imap` crate.
mod door;
/// Looking for mails, and sorting them.
mod find;
/// Before anybody has signed in: what is wrong with an installation, told in the browser.
mod first_visit;
/// Strangers, forgers and guessers in great numbers.
mod floods;
/// Lists and their places, folders and their names, while another mail program changes both.
mod folder;
/// Managing folders: what is done, what another mail program then finds, and what is refused.
mod folders;
/// What signing out, expiry and a new password leave on the disk.
mod forgetting;
/// The frame of an HTML mail in a browser: its layout, what it tells elsewhere, how it prints.
mod frames;
/// Mails, pages and links, changed at random, through everything that reads them.
mod fuzz;
/// Storms of clicks, waiters that leave, parts and acts, killed holders, deadlines: one request at a time, and few waiting.
mod gate;
/// What no browser sends: bytes, methods, bodies, cookies and environments of any kind.
mod hostile;
/// The two ways in which hosts run CGI programs.
mod hosting;
/// The rules of our own house, read from `src/` as text: floors, doors, words.
mod house;
/// Whom a user writes as: the pages of identities, and what follows from them.
mod identities;
/// Messages taken in from files: what another mail program then finds, what is said, and what no cut doubles.
mod import;
/// Every form of every page, with what might end a command in each of its fields.
mod injection;
/// Errors among the folders and the list of whoever is signed in.
mod inside;
/// Keys that do something when they are pressed alone, and the page that lists them.
mod keys;
/// `kill -9` at random moments, and at each step of a change of generation.
mod kills;
/// 100,000 messages, 5,000 folders.
mod large;
/// Little memory, few processes, few and small files, no /tmp, and a clock that jumps.
mod limits;
/// Bytes on the line: what comes compressed, and what does not.
mod line;
/// Sign-in form, sessions, cookies, forgeries, TLS to the server.
mod login;
/// The pages in a real browser: silence in the console, and pictures of all of them.
mod look;
/// What a mail says, and what is left of its HTML: on mails in `tests/mail` and on the whole corpus where it is at hand.
mod mail;
/// A message as a reader sees it: text, HTML in its frame, attachments, source, neighbours.
mod message;
/// What an act did, told on the page that follows it, and the way back.
mod notices;
/// What a mail says to us, and what it says to Python.
mod opinions;
/// Do the real parts themselves work, without Postern?
mod parts;
/// The people whom a user writes to: suggested, and forgotten.
mod people;
mod place;
/// A message for paper.
mod print;
/// What a page says was done when an act fails, at each point where it can.
mod reach;
/// What a message page tells, what is attached to it, and what of that opens.
mod reading;
/// The files that hosters are given.
mod released;
/// Forms whose session had ended, through signing in again.
mod resume;
/// Writing messages and sending them: what arrives, and that none is sent twice.
mod send;
/// Remote content that is always shown for a sender, and the settings that say so.
mod sender;
/// Who a mail is from: a table of forms, and what every page says of each.
mod senders;
/// Mail servers that hang, drip, cut, lie and flood.
mod servers;
/// Several sessions of one user, other passwords, and what lies on disk afterwards.
mod sessions;
/// Whose value of a setting counts: built in, the hoster's, the user's.
mod settings;
/// The program from a shell, as a hoster runs it.
mod shell;
/// Ten users who click at random while their other mail programs change everything.
mod soak;
/// The first minute with `cargo demo`.
mod starting;
/// The real parts that the tests drive: Apache, Dovecot, a proxy between, visitors, a browser.
mod support;
/// The whole visit in the words of other servers.
mod transcripts;
/// Markup of attackers in real message pages, in a real browser, with a listening world around it.
mod vectors;
