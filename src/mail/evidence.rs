//! What a header says of its sender beyond the names that are read out of it: all that the judgement (`sender`) needs, as it
//! is kept with each row.
//!
//! Not for judging, nor for reading it out of a header (`mime::statements`).

use serde::{Deserialize, Serialize};

/// What speaks for and against the sender of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// How From is written.
    pub form: FromForm,
    /// True where From holds characters that cannot be seen, or that turn the direction of the text.
    pub has_hidden: bool,
    /// Whose field on the checks of a sender stands on top: only that one was certainly not brought along.
    pub topmost: Topmost,
    /// What the user's own server found out: all of it where its field is the topmost, else what speaks against the
    /// sender. None where the hoster has not told that server's name.
    pub verdict: Option<Verdict>,
}

/// How the From of a message is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromForm {
    /// Exactly one mailbox with a plain `local@domain`, in which every reader finds the same address.
    Plain,
    /// Anything else, as it is written, decoded, in one line; empty where there is no From.
    Other(String),
}

impl Default for FromForm {
    fn default() -> FromForm {
        FromForm::Other(String::new())
    }
}

/// Whose Authentication-Results field (RFC 8601) is the topmost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Topmost {
    /// There is no such field, or nobody has looked for one.
    #[default]
    Nobody,
    /// Another server's, or one that names nobody.
    Other,
    /// That of the user's own server.
    Own,
}

/// What the user's own server found out about where a message comes from (RFC 8601).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The name of that server.
    pub server: String,
    /// What it found; empty where it checked nothing.
    pub checks: Vec<Check>,
    /// False where not all of it could be read: there may have been more.
    pub is_whole: bool,
}

/// One check of a sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// How it was checked, in lower case: `dkim`.
    pub method: String,
    /// What came out, in lower case: `pass`.
    pub result: String,
    /// The domain that it is about, or a login without one; may be empty.
    pub about: String,
}

impl Check {
    /// True where it speaks against the sender (RFC 8601 2.7).
    pub fn is_bad(&self) -> bool {
        let bad = ["fail", "hardfail", "softfail", "permerror", "policy"];
        bad.contains(&self.result.as_str())
    }
}
