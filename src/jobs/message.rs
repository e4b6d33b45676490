//! A message that is being written, made into one that can be sent or kept: what was typed, with its files.
//!
//! Not for what becomes of it (`send`, `draft`). To know before changing it: it is made into a spool file, so that no file is
//! held in memory, and again for each of its copies.

use std::io::Write as _;

use super::Outside;
use super::carried::Fetching;
use crate::draft::{self, Attached, Letter, Stamp, Travels};
use crate::error::{Error, Result};
use crate::ledger::Token;
use crate::mail::{AttachedFile, Draft, Refusal};
use crate::outbox::Drafts;
use crate::seal::{self, Key};
use crate::spool::Spool;

/// A message, and where it lies.
pub struct Message {
    /// Which.
    pub token: Token,
    /// As it was typed.
    pub draft: Draft,
    /// The same, read.
    pub letter: Letter,
    /// What is attached.
    pub files: Vec<AttachedFile>,
    /// Where it lies.
    pub drafts: Drafts,
    /// What it is sealed with.
    pub key: Key,
    /// Its date, as a header has it.
    pub date: String,
    /// How many bytes may go with it of other messages.
    pub most: u64,
}

/// Which copy of a message is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Copy {
    /// The one that travels.
    Wire,
    /// The same in ASCII alone.
    Ascii,
    /// The one that its sender keeps: with the Bcc recipients.
    Sender,
}

/// A message as it travels.
pub struct Written {
    /// Its bytes.
    pub spool: Spool,
    /// True where it holds others than ASCII.
    pub is_8bit: bool,
}

fn failed(error: Error) -> Refusal {
    match matches!(error, Error::DiskFull(_)) {
        true => Refusal::DiskFull,
        false => Refusal::FileLost,
    }
}

impl Message {
    /// Fetches what it carries of other messages and is not here yet.
    ///
    /// # Errors
    /// What keeps it from being made.
    pub fn fetch(&self, outside: &mut Outside) -> std::result::Result<(), Refusal> {
        let fetching = Fetching {
            drafts: &self.drafts,
            id: &self.token.id,
            key: &self.key,
            most: self.most,
        };
        fetching.all(&self.draft.carried, outside)
    }

    /// The message as it is wanted, under this Message-ID.
    ///
    /// # Errors
    /// What keeps it from being made.
    pub fn written(
        &self,
        id: String,
        outside: &Outside,
        copy: Copy,
    ) -> std::result::Result<Written, Refusal> {
        let stamp = Stamp {
            id,
            date: self.date.clone(),
            boundary: boundary().map_err(failed)?,
        };
        let mut spool = Spool::new(outside.state).map_err(failed)?;
        let mut files = self.attached(copy)?;
        let (is_8bit, done) = match self.draft.is_redirected() {
            true => {
                let original = files.pop().ok_or(Refusal::FileLost)?;
                let done = draft::redirected(&self.letter, &stamp, original.bytes, &mut spool);
                (original.travels != Travels::SevenBit, done)
            }
            false => {
                let is_8bit = files.iter().any(|file| file.travels == Travels::EightBit);
                let blind = copy == Copy::Sender;
                let done = draft::written(&self.letter, &stamp, files, blind, &mut spool);
                (is_8bit, done)
            }
        };
        match done.and_then(|()| spool.flush()) {
            Ok(()) => Ok(Written { spool, is_8bit }),
            Err(e) if crate::state::is_full(&e) => Err(Refusal::DiskFull),
            Err(_) => Err(Refusal::FileLost),
        }
    }

    /// The files that go with it, and what it carries of other messages.
    fn attached(&self, copy: Copy) -> std::result::Result<Vec<Attached>, Refusal> {
        let read = |slot: u32| {
            let read = self.drafts.read_file(&self.token.id, slot, &self.key);
            read.map_err(failed)?.ok_or(Refusal::FileLost)
        };
        let file = |slot: u32, name: &str, kind: &str| {
            let is_message = kind.eq_ignore_ascii_case("message/rfc822");
            let travels = match is_message {
                true => draft::travels(&mut read(slot)?).map_err(|_| Refusal::FileLost)?,
                false => Travels::Encoded,
            };
            Ok(Attached {
                name: name.to_owned(),
                kind: kind.to_owned(),
                bytes: Box::new(read(slot)?),
                travels: match (travels, copy) {
                    (Travels::EightBit, Copy::Ascii) => Travels::Encoded,
                    (travels, _) => travels,
                },
            })
        };
        let mut files = Vec::new();
        for one in &self.files {
            if read(one.number)?.length() != one.size {
                return Err(Refusal::FileLost);
            }
            files.push(file(one.number, &one.name, &one.kind)?);
        }
        for one in &self.draft.carried {
            files.push(file(one.slot(), &one.name, &one.kind)?);
        }
        Ok(files)
    }
}

/// What divides the parts of a message: no part in base64, quoted-printable or our plain text holds it, for it is random.
fn boundary() -> Result<String> {
    let random: [u8; 15] = seal::random()?;
    Ok(format!("=_{}", seal::to_text(&random)))
}
