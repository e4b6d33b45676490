//! What is typed of an identity, and what can be wrong with it.
//!
//! Not for what is kept of one (`settings::Identity`), nor for judging it (`draft`).

/// A field of the form of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityField {
    /// The name that stands before the address.
    Name,
    /// The address.
    Address,
    /// Where answers go.
    ReplyTo,
    /// The folder for copies of what is sent.
    Sent,
    /// What stands below each message.
    Signature,
    /// The same as HTML, for messages in rich text.
    SignatureHtml,
}

impl IdentityField {
    /// Its name in the form.
    pub fn key(self) -> &'static str {
        match self {
            IdentityField::Name => "name",
            IdentityField::Address => "address",
            IdentityField::ReplyTo => "reply_to",
            IdentityField::Sent => "sent",
            IdentityField::Signature => "signature",
            IdentityField::SignatureHtml => "signature_html",
        }
    }
}

/// Why an identity cannot be kept, or used, as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityFault {
    /// A field holds a character that nobody can see, or a line end where there is one line.
    Unseen {
        /// Which field.
        field: IdentityField,
        /// The character.
        what: char,
    },
    /// A field is longer than it may be.
    TooLong {
        /// Which field.
        field: IdentityField,
        /// How many characters it may have.
        limit: u32,
    },
    /// It is not one address.
    NoAddress,
    /// The hoster does not let this user send from it.
    NotAllowed,
    /// Another identity has this address.
    Taken,
    /// This, of where answers are to go, is no address.
    NoReplyTo(String),
    /// There is no such folder, or nothing can be put into it.
    NoFolder,
    /// There are as many as there may be.
    TooMany {
        /// How many.
        limit: u32,
    },
}

impl IdentityFault {
    /// The field that it is about.
    pub fn field(&self) -> IdentityField {
        match self {
            IdentityFault::Unseen { field, .. } | IdentityFault::TooLong { field, .. } => *field,
            IdentityFault::NoAddress
            | IdentityFault::NotAllowed
            | IdentityFault::Taken
            | IdentityFault::TooMany { .. } => IdentityField::Address,
            IdentityFault::NoReplyTo(_) => IdentityField::ReplyTo,
            IdentityFault::NoFolder => IdentityField::Sent,
        }
    }
}
