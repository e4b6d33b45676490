//! What of an installation is not as it has to be, in so far as a stranger may be told: settings by their names, never a path,
//! a version, an address, a user, or what a setting says.
//!
//! Not for the hoster's full account: that is the `Cause` beside it, for the log and for `check`. The sentences are
//! `words::first_visit`'s. To know before changing it: what is found out by asking servers is kept in a file for a minute
//! (`checks::once`), so a kind can be written and read back.

use serde::{Deserialize, Serialize};

/// One thing that is not as it has to be, or that a hoster should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// The configuration file is there, and cannot be read.
    Unreadable,
    /// It is not text in UTF-8.
    NotText,
    /// A line of it cannot be understood: its number.
    Line(Option<usize>),
    /// It names a setting that does not exist.
    Unknown(Named),
    /// A setting has a value that it cannot have; and what holds for it, where that is short: `must be 1 to 8`.
    Value(Named, Option<String>),
    /// Others can change the program or its configuration.
    Changeable,
    /// The program or its configuration belongs to another user than the one it runs as.
    NotOurs,
    /// The clock is set to a time before 1970.
    Clock,
    /// `state_dir` is not set, and the user has no home directory.
    NoPlace,
    /// The state directory cannot be used.
    Place(PlaceFault),
    /// The secret of the installation is missing or damaged.
    Secret,
    /// Locks keep nobody out.
    Locks,
    /// Hardly any processes may run at the same time; so many are needed.
    FewProcesses(u64),
    /// Fewer processes than may be needed; so many requests at once fit (`[gate] total`).
    TightProcesses(u64),
    /// A process may use too little memory.
    LittleMemory,
    /// A mail server cannot be used.
    Mail(MailServer, Trouble),
    /// There is no way to send a message.
    NoSending,
    /// `base_url` is not where the page was asked for.
    BaseUrl,
    /// Anything else: only the log says what.
    Other,
}

/// A setting, as its file names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// `[gate] waiting`; empty where what stands there is not fit to be shown.
    pub name: String,
    /// The line of the file.
    pub line: Option<usize>,
}

/// Why a directory cannot be the state directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlaceFault {
    /// It is a symbolic link.
    Link,
    /// It is not a directory.
    NoDirectory,
    /// It belongs to another user.
    Foreign,
    /// It is in a directory of another user.
    AboveForeign,
    /// It is in a directory to which others can write.
    AboveChangeable,
    /// The web server may serve what is in it.
    Served,
    /// It may not be made or written.
    Denied,
}

/// A mail server by the part of the configuration that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailServer {
    /// `[imap]`, where that says nothing: this machine.
    UsualImap,
    /// `[imap]`.
    Imap,
    /// `imap` of a `[[domain]]`: of the first, the second, ...
    DomainImap(usize),
    /// `[smtp]`, or the program that `sendmail` names.
    Smtp,
    /// `smtp` of a `[[domain]]`.
    DomainSmtp(usize),
}

/// Why a mail server cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// No connection.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// Its certificate does not prove that it is the server asked for.
    Certificate,
    /// It offers no protection, and the configuration asks for it.
    Unprotected,
    /// It does not speak as such a server does.
    Garbled,
    /// It refuses the connection.
    Refused,
    /// `ca_file` cannot be used.
    CaFile,
    /// The program that messages are handed to is not there.
    NoProgram,
}

impl Fault {
    /// True for what a hoster should know, and need not put right before people sign in.
    pub fn is_note(&self) -> bool {
        matches!(self, Fault::NoSending | Fault::TightProcesses(_))
    }
}
