//! What can go wrong with a request, by meaning; how far it had got by then is `reach`.
//!
//! On the ground floor: imports nothing of our own but `characters` and `mail`. Each door turns the errors of its crate into these in one
//! function; everywhere else `?` only passes them on. There is no blanket `From`: an error that nobody chose a page for
//! does not compile. `status`, `log_kind`, `header` and `views::error` match without a wildcard, so a new kind needs all of them.
//!
//! To know before changing it: an `Error` never says what was done. That is noted in `Progress`, *before* each step, by
//! whoever changes something; so no `?`, no panic and no forgotten branch can turn "perhaps done" into "nothing changed".

mod fault;
mod reach;
#[cfg(test)]
pub mod samples;

use std::fmt;
use std::time::Duration;

use crate::characters::turns_direction;

pub use fault::{Fault, MailServer, Named, PlaceFault, Trouble};
pub use reach::{Act, Failure, IdentityEdit, LabelEdit, Progress, Reach, TemplateEdit};

/// What the log needs to know and a page must not show: never a password, a subject or a mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause(pub String);

impl Cause {
    /// A cause told by anything that can be printed.
    pub fn new(what: impl fmt::Display) -> Cause {
        Cause(what.to_string())
    }

    /// A cause with what was being done in front: `reading secret: permission denied`.
    pub fn at(doing: &str, what: impl fmt::Display) -> Cause {
        Cause(format!("{doing}: {what}"))
    }
}

/// What no longer exists, though a link names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoneKind {
    /// The folder was deleted or renamed elsewhere.
    Folder,
    /// The folder that messages were to go to was deleted or renamed elsewhere.
    Target,
    /// The message was deleted or moved elsewhere.
    Message,
    /// The folder was rebuilt (UIDVALIDITY changed): every number in the link means something else now.
    Numbering,
    /// The message has no such part.
    Part,
}

/// Why the mail server did not do something, in its own words: data, to be shown to the reader as such and kept out of the
/// log, where it may repeat names and addresses. Empty where it gave no reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(String);

impl Said {
    /// Longest that is shown, in characters.
    const LONGEST: usize = 200;

    /// What of a server's bytes can be read on one line.
    pub fn new(bytes: &[u8]) -> Said {
        let text = String::from_utf8_lossy(bytes);
        // What turns the direction of writing could turn that of the page.
        let splits = |c: char| c.is_whitespace() || c.is_control() || turns_direction(c);
        let words = text.split(splits);
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        Said(words.join(" ").chars().take(Said::LONGEST).collect())
    }

    /// The words; None where there are none.
    pub fn words(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }
}

/// How the mail server failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imap {
    /// No connection: name unknown, refused, cut.
    Unreachable,
    /// The server's certificate does not prove that it is the server asked for.
    Certificate,
    /// It answered, and refused what was needed (not the password).
    Refused(Said),
    /// It said goodbye before it had answered (RFC 9051 7.1.5).
    Goodbye(Said),
    /// It did not answer in time, or too slowly.
    Timeout,
    /// It answered with what is not IMAP, or with more than a request may hold.
    Garbled,
    /// LOGIN was refused because of the password (RFC 5530 AUTHENTICATIONFAILED, or an untyped NO).
    LoginRefused,
    /// The server accepts no sign-ins for now: BYE before the end of LOGIN, or RFC 5530 UNAVAILABLE.
    LoginLater,
    /// It is there, and lets this account in later: in use, too many connections (RFC 5530 INUSE, LIMIT, SERVERBUG).
    LoginInUse,
}

impl Imap {
    /// True where the server is away: it gave no answer, or accepts no sign-ins. Whether it still takes a password stays open.
    pub fn is_away(&self) -> bool {
        match self {
            Imap::Unreachable | Imap::Timeout | Imap::LoginLater => true,
            Imap::Certificate
            | Imap::Refused(_)
            | Imap::Goodbye(_)
            | Imap::Garbled
            | Imap::LoginRefused
            | Imap::LoginInUse => false,
        }
    }

    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Imap::Unreachable => "Unreachable",
            Imap::Certificate => "Certificate",
            Imap::Refused(_) => "Refused",
            Imap::Goodbye(_) => "Goodbye",
            Imap::Timeout => "Timeout",
            Imap::Garbled => "Garbled",
            Imap::LoginRefused => "LoginRefused",
            Imap::LoginLater => "LoginLater",
            Imap::LoginInUse => "LoginInUse",
        }
    }
}

/// Why a request ends without the page that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// 400: bytes that none of our links and forms produces; the text names what.
    BadRequest(&'static str),
    /// 403: a POST without its token or from another site, a part wanted by another site.
    Forbidden(&'static str),
    /// 401: no session, or one that has ended.
    NotSignedIn,
    /// 404.
    NotFound,
    /// 405, with the methods that this place has.
    WrongMethod { allow: &'static str },
    /// 411: a body of unknown length (chunked).
    LengthRequired,
    /// 408: the body came too slowly.
    BodyTimeout,
    /// 413, with the limit in bytes.
    TooLarge { limit: u64 },
    /// 414.
    UriTooLong,
    /// 410.
    Gone(GoneKind),
    /// 429: displaced, no place to wait, or too many attempts; try again after so many seconds.
    TooMany { retry: u32 },
    /// 503: waited for the user's other request until the limit.
    Busy { waited: Duration },
    /// 502 to 504: the mail server.
    Imap(Imap, Cause),
    /// 403: the mail server does not let users change anything in this folder.
    ReadOnly,
    /// 507: the mailbox is full.
    OverQuota,
    /// 507: the disk of the state directory is full, or its inodes.
    DiskFull(Cause),
    /// 500: configuration or state directory cannot be used; the cause is for the hoster and names file and reason.
    Setup(Fault, Cause),
    /// 500: the user's own settings cannot be read or written; the cause names file and reason. They stay as they are.
    Profile(Cause),
    /// 500: our own fault.
    Internal(Cause),
}

/// The result of everything that may end a request.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The HTTP status of the page (RFC 9110 15, RFC 6585 4).
    pub fn status(&self) -> u16 {
        match self {
            Error::BadRequest(_) => 400,
            Error::NotSignedIn => 401,
            Error::Forbidden(_) | Error::ReadOnly => 403,
            Error::NotFound => 404,
            Error::WrongMethod { .. } => 405,
            Error::BodyTimeout => 408,
            Error::Gone(_) => 410,
            Error::LengthRequired => 411,
            Error::TooLarge { .. } => 413,
            Error::UriTooLong => 414,
            Error::TooMany { .. } => 429,
            Error::Setup(..) | Error::Profile(_) | Error::Internal(_) => 500,
            Error::Imap(Imap::Timeout, _) => 504,
            Error::Imap(Imap::LoginRefused, _) => 401,
            Error::Imap(Imap::LoginLater | Imap::LoginInUse, _) => 503,
            Error::Imap(_, _) => 502,
            Error::Busy { .. } => 503,
            Error::OverQuota | Error::DiskFull(_) => 507,
        }
    }

    /// The header that its page brings beside those of every page (RFC 9110 10.2.1, 10.2.3).
    pub fn header(&self) -> Option<(&'static str, String)> {
        match self {
            Error::WrongMethod { allow } => Some(("Allow", (*allow).to_owned())),
            Error::TooMany { retry } => Some(("Retry-After", retry.to_string())),
            Error::Busy { .. } => Some(("Retry-After", "2".to_owned())),
            Error::BadRequest(_)
            | Error::Forbidden(_)
            | Error::NotSignedIn
            | Error::NotFound
            | Error::LengthRequired
            | Error::BodyTimeout
            | Error::TooLarge { .. }
            | Error::UriTooLong
            | Error::Gone(_)
            | Error::Imap(..)
            | Error::ReadOnly
            | Error::OverQuota
            | Error::DiskFull(_)
            | Error::Setup(..)
            | Error::Profile(_)
            | Error::Internal(_) => None,
        }
    }

    /// True for what passes while one waits: the same page can be asked for again after a moment.
    pub fn heals(&self) -> bool {
        matches!(self, Error::TooMany { .. } | Error::Busy { .. })
    }

    /// How the mail server failed, where it was the mail server.
    pub fn imap(&self) -> Option<&Imap> {
        if let Error::Imap(kind, _) = self {
            return Some(kind);
        }
        None
    }

    /// The kind as the log names it, and what the hoster needs beside it.
    pub fn log_kind(&self) -> (&'static str, String) {
        match self {
            Error::BadRequest(what) => ("bad-request", what.to_string()),
            Error::Forbidden(why) => ("forbidden", why.to_string()),
            Error::NotSignedIn => ("not-signed-in", String::new()),
            Error::NotFound => ("not-found", String::new()),
            Error::WrongMethod { allow } => ("wrong-method", format!("allow {allow}")),
            Error::LengthRequired => ("length-required", String::new()),
            Error::BodyTimeout => ("body-timeout", String::new()),
            Error::TooLarge { limit } => ("too-large", format!("limit {limit}")),
            Error::UriTooLong => ("uri-too-long", String::new()),
            Error::Gone(what) => ("gone", format!("{what:?}").to_lowercase()),
            Error::TooMany { retry } => ("too-many", format!("retry {retry}")),
            Error::Busy { waited } => ("busy", format!("waited {} ms", waited.as_millis())),
            Error::Imap(kind, cause) => ("imap", format!("{}: {}", kind.name(), cause.0)),
            Error::ReadOnly => ("read-only", String::new()),
            Error::OverQuota => ("over-quota", String::new()),
            Error::DiskFull(cause) => ("disk-full", cause.0.clone()),
            Error::Setup(_, cause) => ("setup", cause.0.clone()),
            Error::Profile(cause) => ("profile", cause.0.clone()),
            Error::Internal(cause) => ("internal", cause.0.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_how_far_its_act_had_got() {
        let reading = Progress::new(false);
        assert_eq!(reading.reach(), Reach::Reading);
        let act = Progress::new(true);
        let cut = || Error::Imap(Imap::Timeout, Cause::new("cut"));
        assert_eq!(act.failed_by(cut()).reach, Reach::Nothing);
        act.tries(Act::SignOut);
        let lost = act.failed_by(cut());
        assert_eq!(lost.reach, Reach::Perhaps(Act::SignOut));
        let line = lost.log_line("sign-out", "12ab");
        assert_eq!(line, "imap sign-out 12ab perhaps Timeout: cut");
        act.did(Act::SignOut);
        assert_eq!(act.failed_by(cut()).reach, Reach::Done(Act::SignOut));
    }
}
