//! What can go wrong with a request, by meaning: one kind for each page a reader may see instead of the one asked for.
//!
//! On the ground floor: imports nothing of ours. Each door turns the errors of its crate into these in one function;
//! everywhere else `?` only passes them on. There is no blanket `From`: an error that nobody chose a page for does not
//! compile. `status`, `log_kind` and `views::error::page` match without a wildcard, so a new kind needs all three.

use std::fmt;
use std::time::Duration;

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
pub enum What {
    /// The folder was deleted or renamed elsewhere.
    Folder,
    /// The message was deleted or moved elsewhere.
    Message,
    /// The folder was made anew (UIDVALIDITY changed): every number in the link means something else now.
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
        // The signs that turn the direction of writing could turn that of the page.
        let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let words = text.split(|c: char| c.is_whitespace() || c.is_control() || turns(c));
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
    /// It answered, and said no to what was needed (not to the password).
    Refused(Said),
    /// It said goodbye before it had answered (RFC 9051 7.1.5).
    Goodbye(Said),
    /// It did not answer in time, or too slowly.
    Timeout,
    /// It answered with what is not IMAP, or with more than a request may hold.
    Garbled,
    /// LOGIN was refused because of the password (RFC 5530 AUTHENTICATIONFAILED, or an untyped NO).
    LoginRefused,
    /// LOGIN was refused for now: server busy, too many connections, account in use (RFC 5530 UNAVAILABLE, INUSE, LIMIT).
    LoginLater,
}

impl Imap {
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
        }
    }
}

/// Why a request ends without the page that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// 400: bytes that no link or form of ours produces; the text names what.
    BadRequest(&'static str),
    /// 403: a POST without its token or from another site, a part wanted by another site.
    Forbidden(&'static str),
    /// 401: no session, or one that has ended; `back` is the page to go on with.
    NotSignedIn { back: String },
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
    Gone(What),
    /// 429: displaced, no place to wait, or too many attempts; try again after so many seconds.
    TooMany { retry: u32 },
    /// 503: waited for the user's other request until the limit.
    Busy { waited: Duration },
    /// 502 to 504: the mail server.
    Imap(Imap, Cause),
    /// 507: the mailbox is full.
    OverQuota,
    /// 507: the disk of the state directory is full, or its inodes.
    DiskFull(Cause),
    /// 500: configuration or state directory cannot be used; the cause is for the hoster and names file and reason.
    Setup(Cause),
    /// 500: the user's own settings cannot be read or written; the cause names file and reason. They stay as they are.
    Profile(Cause),
    /// 403: plain http where https is required.
    Insecure,
    /// 500: a fault of ours.
    Internal(Cause),
}

/// The result of everything that may end a request.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The HTTP status of the page (RFC 9110 15, RFC 6585 4).
    pub fn status(&self) -> u16 {
        match self {
            Error::BadRequest(_) => 400,
            Error::NotSignedIn { .. } => 401,
            Error::Forbidden(_) | Error::Insecure => 403,
            Error::NotFound => 404,
            Error::WrongMethod { .. } => 405,
            Error::BodyTimeout => 408,
            Error::Gone(_) => 410,
            Error::LengthRequired => 411,
            Error::TooLarge { .. } => 413,
            Error::UriTooLong => 414,
            Error::TooMany { .. } => 429,
            Error::Setup(_) | Error::Profile(_) | Error::Internal(_) => 500,
            Error::Imap(Imap::Timeout, _) => 504,
            Error::Imap(Imap::LoginRefused, _) => 401,
            Error::Imap(Imap::LoginLater, _) => 503,
            Error::Imap(_, _) => 502,
            Error::Busy { .. } => 503,
            Error::OverQuota | Error::DiskFull(_) => 507,
        }
    }

    /// The kind as the log names it, and what the hoster needs beside it.
    pub fn log_kind(&self) -> (&'static str, String) {
        match self {
            Error::BadRequest(what) => ("bad-request", what.to_string()),
            Error::Forbidden(why) => ("forbidden", why.to_string()),
            Error::NotSignedIn { .. } => ("not-signed-in", String::new()),
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
            Error::OverQuota => ("over-quota", String::new()),
            Error::DiskFull(cause) => ("disk-full", cause.0.clone()),
            Error::Setup(cause) => ("setup", cause.0.clone()),
            Error::Profile(cause) => ("profile", cause.0.clone()),
            Error::Insecure => ("insecure", String::new()),
            Error::Internal(cause) => ("internal", cause.0.clone()),
        }
    }
}
