//! What became of messages that were to be taken in from files.
//!
//! Not for how they are taken in (`jobs::import`), nor for the sentences (`words`). To know before changing it: notices keep
//! it for a while, so it is bounded, and new kinds stand at the end.

use serde::{Deserialize, Serialize};

/// Most files that are named.
const NAMED: usize = 5;
/// The longest name that is told, in characters.
const NAME: usize = 80;

/// Why a file, or a message of one, was not taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unfit {
    /// It is no message, nor a file of messages.
    NotMail,
    /// The mail server takes none as large.
    TooLarge,
    /// The mail server refused, in these words; empty where it gave no reason.
    Refused(String),
    /// Not all of it is there, or it is damaged.
    Damaged,
    /// It needs a password, or is packed in an unusual way.
    Closed,
    /// It is an archive inside an archive.
    Nested,
    /// It holds more than is unpacked.
    TooMuch,
}

/// Why taking in has ended before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// The mailbox is full.
    Full,
    /// The folder is gone, or was rebuilt.
    FolderGone,
    /// The mail server refuses whatever comes.
    Refuses,
    /// The mail server could not be reached, or the connection was lost.
    Lost,
    /// The process was ended.
    Interrupted,
    /// The same, before the files were kept: they have to be chosen again.
    FilesLost,
    /// The user has ended it.
    ByUser,
}

/// A file that was not taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfitting {
    /// Its name, as far as it is told.
    pub name: String,
    /// Why not.
    pub why: Unfit,
}

/// How far taking in has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenIn {
    /// Messages that are in the folder now.
    pub taken: u32,
    /// Files and messages that were not taken.
    pub unfit: u32,
    /// The first few of them.
    pub named: Vec<Unfitting>,
    /// How many there are in all, as far as that is known before all are read.
    pub total: u32,
    /// Why it has ended before its end, if so.
    pub stop: Option<Stop>,
    /// Messages that the mail program which wrote the file had deleted; they are left out.
    pub deleted: u32,
}

impl TakenIn {
    /// Notes what was not taken.
    pub fn leave_out(&mut self, name: &str, why: Unfit) {
        self.unfit = self.unfit.saturating_add(1);
        if self.named.len() < NAMED {
            let name = name.chars().take(NAME).collect();
            self.named.push(Unfitting { name, why });
        }
    }

    /// How many have been looked at.
    pub fn seen(&self) -> u32 {
        let all = [self.taken, self.unfit, self.deleted].into_iter();
        all.fold(0, u32::saturating_add)
    }

    /// How many are left, as far as that is known.
    pub fn left(&self) -> u32 {
        self.total.saturating_sub(self.seen())
    }
}
