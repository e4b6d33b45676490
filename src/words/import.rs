//! What is said where messages are taken in from files: before, meanwhile, afterwards.

use super::Words;
use super::acts::isolated;
use crate::mail::{Stop, TakenIn, Unfit, Unfitting};

/// The page.
impl Words {
    /// Heading of the page.
    pub fn import_into(&self, title: &str) -> String {
        format!("Import messages into {}", isolated(title))
    }

    /// Leads to it.
    pub fn import_messages(&self) -> &'static str {
        "Import messages"
    }

    /// What can be chosen.
    pub fn what_can_be_imported(&self) -> &'static str {
        "You can import messages from .eml files, .mbox files, and .zip files that contain these."
    }

    /// The field in which files are chosen.
    pub fn files_to_import(&self) -> &'static str {
        "Files"
    }

    /// The button that begins.
    pub fn import(&self) -> &'static str {
        "Import"
    }

    /// What becomes of the messages.
    pub fn how_import_goes(&self) -> &'static str {
        "Messages keep their date. Messages from .mbox files also keep their read, answered and starred marks; all others \
         are marked as read. You can choose up to 100 files, 500 MB in total."
    }

    /// The folder takes nothing.
    pub fn folder_takes_nothing(&self) -> &'static str {
        "Messages cannot be added to this folder."
    }

    /// Nothing was chosen.
    pub fn no_files_chosen(&self) -> &'static str {
        "No file was selected. Select at least one file to import."
    }

    /// Only one import at a time.
    pub fn other_import_first(&self) -> &'static str {
        "These files were not imported, because another import is not finished yet. Continue or end it first."
    }

    /// How far it has come, while it goes on.
    pub fn importing(&self, into: &str, came: &TakenIn) -> String {
        let into = isolated(into);
        match came.total {
            0 => format!("Postern is reading the files to import into {into}."),
            total => format!(
                "Importing into {into}: {} of {} done.",
                self.number(came.seen().into()),
                self.count(total.max(came.seen()).into(), "message", "messages"),
            ),
        }
    }

    /// The name of the bar that shows it.
    pub fn import_progress(&self) -> &'static str {
        "Import progress"
    }

    /// Leads to the same page again.
    pub fn check_progress(&self) -> &'static str {
        "Check progress"
    }

    /// Ends it.
    pub fn end_import(&self) -> &'static str {
        "End import"
    }

    /// That it can be left.
    pub fn import_can_wait(&self) -> &'static str {
        "You can leave this page and continue later. Postern keeps the files, encrypted, for one day. If you end the \
         import, messages that are already imported stay in the folder."
    }

    /// It is about to end.
    pub fn import_ends(&self) -> &'static str {
        "Postern is ending this import."
    }

    /// Leads to the list, with what was done.
    pub fn see_what_was_imported(&self) -> &'static str {
        "See what was imported"
    }
}

/// What was done.
impl Words {
    /// What has become of an import.
    pub(super) fn imported(&self, into: &str, came: &TakenIn) -> String {
        let into = isolated(into);
        let done = match came.taken {
            0 => format!("Nothing was imported into {into}."),
            n => format!(
                "{} imported into {into}.",
                self.count(n.into(), "message", "messages")
            ),
        };
        let left = match (came.stop, came.left()) {
            (None, _) | (_, 0) => String::new(),
            (Some(_), 1) => "1 message has not been imported yet.".to_owned(),
            (Some(_), n) => format!(
                "{} have not been imported yet.",
                self.count(n.into(), "message", "messages")
            ),
        };
        let why = came.stop.map_or("", |stop| self.why_import_stopped(stop));
        let deleted = match came.deleted {
            0 => String::new(),
            1 => "1 message was left out because it had been deleted.".to_owned(),
            n => format!(
                "{} were left out because they had been deleted.",
                self.count(n.into(), "message", "messages")
            ),
        };
        let pieces = [why.to_owned(), done, left, deleted, self.unfit(came)];
        let said = pieces.iter().map(String::as_str);
        let said: Vec<&str> = said.filter(|piece| !piece.is_empty()).collect();
        said.join(" ")
    }

    fn why_import_stopped(&self, stop: Stop) -> &'static str {
        match stop {
            Stop::Full => "Your mailbox is full.",
            Stop::FolderGone => "The folder no longer exists on the mail server.",
            Stop::Refuses => "The mail server does not accept messages in this folder.",
            Stop::Lost => "The connection to the mail server was lost.",
            Stop::Interrupted => "The import was interrupted.",
            Stop::FilesLost => "The import was interrupted. Select the files again to import them.",
            Stop::ByUser => "You ended the import.",
        }
    }

    /// What was not taken.
    fn unfit(&self, came: &TakenIn) -> String {
        let named: Vec<String> = came.named.iter().map(|one| self.not_taken(one)).collect();
        let others = u32::try_from(named.len()).unwrap_or(u32::MAX);
        let others = came.unfit.saturating_sub(others);
        let mut all = named.join(", ");
        if others > 0 {
            let others = self.count(others.into(), "other", "others");
            all = format!("{all} and {others}");
        }
        match came.unfit {
            0 => String::new(),
            _ => format!("Not imported: {all}."),
        }
    }

    fn not_taken(&self, one: &Unfitting) -> String {
        let name = isolated(&one.name);
        let why = match &one.why {
            Unfit::NotMail => "not a message".to_owned(),
            Unfit::TooLarge => "too large for the mail server".to_owned(),
            Unfit::Refused(said) if said.is_empty() => "refused by the mail server".to_owned(),
            Unfit::Refused(said) => {
                format!("the mail server said: \u{201c}{}\u{201d}", isolated(said))
            }
            Unfit::Damaged => "damaged or incomplete".to_owned(),
            Unfit::Closed => {
                "protected by a password, or compressed in a way that Postern does not support"
                    .to_owned()
            }
            Unfit::Nested => "an archive inside an archive".to_owned(),
            Unfit::TooMuch => "contains too much".to_owned(),
        };
        format!("{name} ({why})")
    }
}
