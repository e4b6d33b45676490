//! The ledger: what became of each message that was to be sent, so that none is sent twice. One small file for each, in
//! `users/<id>/sent/`, for 30 days.
//!
//! Not for the message itself (`outbox`), nor for sending it (`jobs::send`). To know before changing it: whoever makes the file
//! has claimed the message, and it is on the disk before the first byte leaves. Only the holder of the lane of sending makes,
//! judges or changes one: who holds the lane and finds `Sending` knows that the sender is gone, and that nobody can tell
//! whether it was sent.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::error::{Cause, Error, Result};
use crate::gate::Lane;
use crate::seal::{self, Key};
use crate::state::{self, State, UserId, hex};
use crate::time::{self, Seconds};

/// For how long an entry is kept, and for how long its token is good: a day less.
const LIFE: Duration = Duration::from_secs(30 * 86_400);
const TOKEN_LIFE: Seconds = 29 * 86_400;
/// Bytes of a token's proof.
const TAG: usize = 16;
/// The longest file of an entry, in bytes.
const MOST: usize = 1024;

/// Names one message that is being written, by a number that is used once. It stands in the message's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The number.
    pub id: [u8; 16],
    /// When its form was made.
    pub made: Seconds,
}

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// `Internal` where the system has no random numbers.
    pub fn new() -> Result<Token> {
        Ok(Token {
            id: seal::random()?,
            made: time::now(),
        })
    }
}

/// What a token's proof is made for.
const PURPOSE: &str = "message form";

/// What is known of a message that was to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// How far it has come.
    pub stage: Stage,
    /// Since when; of one that waits, until when.
    pub since: Seconds,
    /// A keyed hash of what was sent.
    pub content: [u8; 32],
    /// True once its copy is where it belongs, or need not be made.
    pub is_filed: bool,
    /// Until when the other side holds it; None where it was to go at once. It stands behind the rest: entries that were made
    /// before there was this have none.
    #[serde(skip)]
    pub held: Option<Seconds>,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Somebody is sending it.
    Sending,
    /// It was sent.
    Sent,
    /// It was not sent, for sure.
    Failed,
    /// It may have been sent.
    Unknown,
    /// It will be sent, unless its user takes it back first: until the moment that the entry has as `since`.
    Waiting,
    /// Its user has taken it back.
    TakenBack,
}

impl Stage {
    /// True where it was not sent, and is its writer's to change.
    pub fn is_open(self) -> bool {
        match self {
            Stage::Failed | Stage::TakenBack => true,
            Stage::Sending | Stage::Sent | Stage::Unknown | Stage::Waiting => false,
        }
    }
}

impl Entry {
    /// One that begins.
    pub fn sending(content: [u8; 32]) -> Entry {
        Entry {
            stage: Stage::Sending,
            since: time::now(),
            content,
            is_filed: false,
            held: None,
        }
    }

    /// True where nothing is left to be done: it was sent, and its copy made.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Sent && self.is_filed
    }

    /// The same at another stage, from now on.
    pub fn at(&self, stage: Stage) -> Entry {
        Entry {
            stage,
            since: time::now(),
            ..self.clone()
        }
    }
}

/// What a claim comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Whoever has made it sends, and nobody else.
    Made,
    /// The message has been claimed before; this is what became of it.
    Before(Entry),
}

/// The ledger of one user.
#[derive(Clone, Debug)]
pub struct Ledger<'s> {
    secret: &'s Key,
    user: UserId,
    dir: PathBuf,
}

impl<'s> Ledger<'s> {
    /// That of a user.
    pub fn of(state: &'s State, user: UserId) -> Ledger<'s> {
        Ledger {
            secret: state.secret(),
            user,
            dir: state.user_dir(user).join("sent"),
        }
    }

    /// A token as it stands in a form.
    pub fn to_text(&self, token: &Token) -> String {
        let made = token.made.to_be_bytes();
        let tag = self.secret.hash(PURPOSE, &[&self.user.0, &token.id, &made]);
        let tag = tag.get(..TAG).unwrap_or_default();
        seal::to_text(&[&token.id[..], &made, tag].concat())
    }

    /// The token of something that a user may send once, named by these texts.
    pub fn token_of(&self, names: &[&str]) -> Token {
        let names: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        let user: [&[u8]; 1] = [&self.user.0];
        let parts = [&user[..], &names].concat();
        Token {
            id: self.secret.short_hash("sent once", &parts),
            made: time::now(),
        }
    }

    /// Reads what `to_text` wrote for the same user; None for anything else, and for one that is too old.
    pub fn token(&self, text: &str) -> Option<Token> {
        let bytes = seal::from_text(text)?;
        let (id, rest) = bytes.split_first_chunk::<16>()?;
        let (made, tag) = rest.split_first_chunk::<8>()?;
        let parts: [&[u8]; 3] = [&self.user.0, id, made];
        let is_ours = tag.len() == TAG && self.secret.proves(PURPOSE, &parts, tag);
        let made = Seconds::from_be_bytes(*made);
        let age = time::now().saturating_sub(made);
        (is_ours && age <= TOKEN_LIFE).then_some(Token { id: *id, made })
    }

    /// The Message-ID of a message (RFC 5322 3.6.4), without brackets: always the same one, so that receivers know a message
    /// that comes twice. It tells nothing of this host.
    pub fn message_id(&self, token: &Token, sender: &str) -> String {
        let hash = self.secret.hash("message id", &[&token.id]);
        let domain = sender
            .rsplit_once('@')
            .map_or("localhost", |(_, domain)| domain);
        format!("{}@{domain}", hex(hash.get(..16).unwrap_or_default()))
    }

    /// A keyed hash of what is sent, by which a form that was changed is told from one that was sent twice.
    pub fn content(&self, pieces: &[&[u8]]) -> [u8; 32] {
        self.secret.hash("message content", pieces)
    }

    /// The same, short: for telling one from another in a form.
    pub fn mark(&self, pieces: &[&[u8]]) -> String {
        hex(self.content(pieces).get(..8).unwrap_or_default())
    }

    /// The number of a message that is made from these: the same ones make the same message.
    pub fn id_of(&self, pieces: &[&[u8]]) -> [u8; 16] {
        let hash = self.content(pieces);
        std::array::from_fn(|nth| hash.get(nth).copied().unwrap_or_default())
    }

    /// What is known of a message; None where it was never to be sent. One that is being sent, or was when its sender was
    /// ended, is `Sending`.
    ///
    /// # Errors
    /// `Setup`.
    pub fn look(&self, token: &Token) -> Result<Option<Entry>> {
        let path = self.path(token);
        let failed = |e: io::Error| state::failed(&path, &e);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed(e)),
        };
        let bytes = state::few_bytes(file, MOST).map_err(failed)?;
        // One that is not whole was being made: what it claims is all that counts.
        Ok(Some(decoded(&bytes).unwrap_or(Entry {
            since: 0,
            ..Entry::sending([0; 32])
        })))
    }

    /// Claims a message, down to the disk. What is found as `Sending` is noted as unknown: its sender has left the lane.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`: then nothing is claimed that was not before.
    pub fn claim(&self, _lane: &Lane, token: &Token, entry: &Entry) -> Result<Claim> {
        self.make()?;
        let path = self.path(token);
        let failed = |e: io::Error| state::failed(&path, &e);
        let made = state::private().create_new(true).open(&path);
        let mut file = match made {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                let found = self.look(token)?;
                let mut before = found.ok_or(Error::Internal(Cause::new("a claim that went")))?;
                if before.stage == Stage::Sending {
                    before = before.at(Stage::Unknown);
                    self.write(&self.name(token), &before)?;
                }
                return Ok(Claim::Before(before));
            }
            Err(e) => return Err(failed(e)),
        };
        let written = encoded(entry).and_then(|bytes| {
            let written = file.write_all(&bytes).and_then(|()| file.sync_all());
            written.map_err(failed)
        });
        if let Err(error) = written.and_then(|()| state::sync_dir(&self.dir)) {
            // Nothing has left: as if it had never been claimed. If this fails too, it will be told as unknown.
            drop(fs::remove_file(&path));
            return Err(error);
        }
        Ok(Claim::Made)
    }

    /// Notes what became of a message, down to the disk.
    ///
    /// # Errors
    /// `DiskFull`, `Setup`: then it stands as it stood before.
    pub fn note(&self, _lane: &Lane, token: &Token, entry: &Entry) -> Result<()> {
        self.make()?;
        self.write(&self.name(token), entry)
    }

    /// Makes the directory, at first use.
    fn make(&self) -> Result<()> {
        if self.dir.is_dir() {
            return Ok(());
        }
        state::make_dir(&self.dir, false)?;
        self.dir.parent().map_or(Ok(()), state::sync_dir)
    }

    fn write(&self, name: &str, entry: &Entry) -> Result<()> {
        state::write_whole(&self.dir, name, &encoded(entry)?)?;
        state::sync_dir(&self.dir)
    }

    /// Removes what is older than 30 days.
    ///
    /// # Errors
    /// `Setup`.
    pub fn sweep(&self) -> Result<()> {
        let failed = |e: io::Error| state::failed(&self.dir, &e);
        for entry in state::entries(&self.dir)? {
            let modified = entry
                .metadata()
                .and_then(|about| about.modified())
                .map_err(failed)?;
            let age = SystemTime::now().duration_since(modified);
            // What waits is not given up, however long nobody has looked.
            let waits = || {
                let bytes = fs::read(entry.path()).unwrap_or_default();
                decoded(&bytes).is_some_and(|entry| entry.stage == Stage::Waiting)
            };
            if age.is_ok_and(|age| age > LIFE) && !waits() {
                fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn path(&self, token: &Token) -> PathBuf {
        self.dir.join(self.name(token))
    }

    /// The name is a keyed hash: what is in a form names no file.
    fn name(&self, token: &Token) -> String {
        let hash = self.secret.hash("ledger", &[&self.user.0, &token.id]);
        hex(hash.get(..16).unwrap_or_default())
    }
}

fn encoded(entry: &Entry) -> Result<Vec<u8>> {
    let failed = |e| Error::Internal(Cause::at("noting in the ledger", e));
    let mut bytes = postcard::to_stdvec(entry).map_err(failed)?;
    if let Some(held) = entry.held {
        bytes.extend(postcard::to_stdvec(&held).map_err(failed)?);
    }
    Ok(bytes)
}

/// None for one that is not whole.
fn decoded(bytes: &[u8]) -> Option<Entry> {
    let (entry, rest) = postcard::take_from_bytes::<Entry>(bytes).ok()?;
    let held = match rest {
        [] => None,
        rest => Some(postcard::from_bytes(rest).ok()?),
    };
    Some(Entry { held, ..entry })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_as_it_was_written_and_as_it_was_before_messages_were_held() {
        let entry = |held| Entry {
            held,
            ..Entry::sending([7; 32])
        };
        for held in [None, Some(0), Some(i64::MAX)] {
            let bytes = encoded(&entry(held)).unwrap();
            assert_eq!(decoded(&bytes).unwrap().held, held);
            assert_eq!(postcard::from_bytes::<Entry>(&bytes).unwrap().held, None);
            assert_eq!(decoded(bytes.get(..9).unwrap()), None);
        }
    }
}
