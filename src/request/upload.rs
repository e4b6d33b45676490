//! A file of a form: what its client says of it, and where it lies.
//!
//! Not for reading it: `Form::open` does. Everything here but place and size was chosen by the client.

use serde::{Deserialize, Serialize};

/// A file of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The name of the field that it was chosen in.
    pub field: String,
    /// Its name, as the browser sent it: data, not fit for a path. May be empty.
    pub name: String,
    /// Its media type, as the browser sent it; may be empty.
    pub kind: String,
    /// Where it begins in the source of the form, in bytes.
    pub at: u64,
    /// Its size in bytes.
    pub size: u64,
    /// Why it cannot be taken; None where it can.
    pub refused: Option<Refused>,
}

/// Why a file cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The form has more files than one form may have.
    TooMany,
    /// Not all of it came.
    Incomplete,
}
