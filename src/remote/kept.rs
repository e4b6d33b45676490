//! What a flight brought, in the order of coming, and how much of that is kept.
//!
//! Not for reading it (`answer`). To know before changing it: a response that is not kept has not been said, as far as anybody
//! above can tell. So only those are passed over without which no answer is wrong, and where the others are too many, the
//! connection ends.

use super::connect::garbled;
use super::end::{End, Status};
use super::lexer::Lexer;
use crate::error::Result;

/// What is kept of one flight, in bytes; a request's own budget is counted beneath TLS.
const BYTES: usize = 24 * 1024 * 1024;
/// Most untagged responses of one flight.
const RESPONSES: usize = 150_000;
/// How much of both may be light, so that there is room for what is said of messages, whatever is said of folders.
const LIGHT_BYTES: usize = 16 * 1024 * 1024;
const LIGHT_RESPONSES: usize = 145_000;

/// The tagged end of one command.
#[derive(Clone, Debug)]
pub struct Tagged {
    /// Which command of the flight, counted from 0 in the order of sending.
    pub command: usize,
    /// How it ended.
    pub status: Status,
    /// What stands behind the status: response code and text, as bytes.
    pub text: Vec<u8>,
    /// How many untagged responses that are kept came before it.
    pub behind: usize,
}

/// What a flight brought.
#[derive(Debug, Default)]
pub struct Kept {
    /// The tags of the flight, in the order of sending.
    pub tags: Vec<Vec<u8>>,
    /// The ends, in the order of coming.
    pub ends: Vec<Tagged>,
    /// How many LIST responses were passed over.
    pub unlisted: u32,
    untagged: Vec<Vec<u8>>,
    bytes: usize,
    /// How many of the responses, and of the bytes, are light.
    light: usize,
    light_bytes: usize,
}

/// Whether an answer is wrong without a response.
enum Weight {
    /// It is.
    Heavy,
    /// A folder is missing then, which is counted.
    Listed,
    /// It is not: this is about a folder that is not open, or was not asked for.
    Light,
}

impl Kept {
    /// Untagged responses, each from its `*` to its last line's end, literals inside.
    pub fn untagged(&self) -> &[Vec<u8>] {
        &self.untagged
    }

    /// The same to be read one after the other, and let go.
    pub fn into_untagged(self) -> Vec<Vec<u8>> {
        self.untagged
    }

    /// How many bytes the next response may have to be kept.
    pub fn room(&self) -> usize {
        BYTES.saturating_sub(self.bytes)
    }

    /// Adds an untagged response.
    ///
    /// # Errors
    /// `Garbled` where there are too many.
    pub fn keep(&mut self, response: Vec<u8>) -> Result<()> {
        let light_bytes = self.light_bytes.saturating_add(response.len());
        let is_full = self.light >= LIGHT_RESPONSES || light_bytes > LIGHT_BYTES;
        match weight(&response) {
            Weight::Heavy => {}
            Weight::Listed if is_full => {
                self.unlisted = self.unlisted.saturating_add(1);
                return Ok(());
            }
            Weight::Light if is_full => return Ok(()),
            Weight::Listed | Weight::Light => {
                self.light = self.light.saturating_add(1);
                self.light_bytes = light_bytes;
            }
        }
        if self.untagged.len() >= RESPONSES {
            return Err(garbled("more came than a request may hold"));
        }
        self.bytes = self.bytes.saturating_add(response.len());
        self.untagged.push(response);
        Ok(())
    }
}

fn weight(response: &[u8]) -> Weight {
    let mut lexer = Lexer::new(response);
    lexer.word();
    let word = lexer.word();
    let is = |one: &&str| word.eq_ignore_ascii_case(one.as_bytes());
    if ["LIST", "XLIST"].iter().any(is) {
        return Weight::Listed;
    }
    // A response code may be what a command asks for.
    let is_remark = || {
        let end = End::read(Status::Ok, lexer.rest());
        matches!(end.code.as_str(), "" | "ALERT")
    };
    let is_light = match word {
        _ if ["LSUB", "STATUS"].iter().any(is) => true,
        _ if ["OK", "NO", "BAD"].iter().any(is) => is_remark(),
        _ => !word.first().is_some_and(u8::is_ascii_digit) && !ANSWERS.iter().any(is),
    };
    match is_light {
        true => Weight::Light,
        false => Weight::Heavy,
    }
}

/// The responses that begin with a word, and that something is read from.
const ANSWERS: [&str; 12] = [
    "SEARCH",
    "SORT",
    "ESEARCH",
    "VANISHED",
    "FLAGS",
    "CAPABILITY",
    "ENABLED",
    "NAMESPACE",
    "QUOTA",
    "QUOTAROOT",
    "BYE",
    "PREAUTH",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_folders_leaves_room_for_messages() {
        for line in [
            "* LIST () \".\" a",
            "* STATUS a ()",
            "* OK hello",
            "* XYZ",
            "* OK [ALERT] x",
        ] {
            let mut kept = Kept::default();
            for _ in 0..200_000 {
                kept.keep(line.as_bytes().to_vec()).unwrap();
            }
            let of_folders = kept.untagged().len();
            assert!(of_folders < RESPONSES, "{line}");
            let unlisted = usize::try_from(kept.unlisted).unwrap();
            assert_eq!(
                unlisted,
                if line.contains("LIST") {
                    200_000 - of_folders
                } else {
                    0
                }
            );
            for needed in [
                "* 3 EXISTS",
                "* OK [UIDVALIDITY 1] x",
                "* SEARCH 1 2",
                "* 1 FETCH ()",
            ] {
                kept.keep(needed.as_bytes().to_vec()).unwrap();
                assert_eq!(kept.untagged().last().unwrap(), needed.as_bytes());
            }
        }
        let mut kept = Kept::default();
        let all = (0..200_000).map(|_| kept.keep(b"* 1 FETCH ()".to_vec()));
        assert!(all.collect::<Result<Vec<()>>>().is_err());
    }
}
