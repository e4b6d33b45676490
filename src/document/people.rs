//! Who wrote to whom about what: the names on a message, and its subject, in the charset that the reader chose.
//!
//! Not for whether any of them is who it says to be (`sender`).

use super::Document;
use crate::mail::Address;
use crate::mime::codec::{self, Headers};

/// The names on a message.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// What it is about; may be empty.
    pub subject: String,
    /// Who it says it is from.
    pub from: Vec<Address>,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Bcc; only what its sender keeps has it.
    pub bcc: Vec<Address>,
    /// Where answers go, where that is not From.
    pub reply_to: Vec<Address>,
}

impl Document {
    /// The names: the first of each field as its row has them, all others as its header has them. In the charset that the
    /// reader chose all of them are read again from the header; its encoded words say their own.
    pub fn people(&self, charset: &str) -> People {
        let read = |headers: Headers| People {
            subject: headers.subject,
            reply_to: match headers.reply_to == headers.from {
                true => Vec::new(),
                false => headers.reply_to,
            },
            from: headers.from,
            to: headers.to,
            cc: headers.cc,
            bcc: headers.bcc,
        };
        if !charset.is_empty()
            && let Some(headers) = codec::headers_as(&self.raw_header, charset)
        {
            return read(headers);
        }
        let headers = self.headers();
        let all = |few: &[Address], all: &[Address]| match all.len() > few.len() {
            true => all.to_vec(),
            false => few.to_vec(),
        };
        People {
            subject: self.row.subject.clone(),
            from: self.row.from.clone(),
            to: all(&self.row.to, &headers.to),
            cc: all(&self.row.cc, &headers.cc),
            bcc: headers.bcc.clone(),
            reply_to: self.row.reply_to.clone(),
        }
    }
}
