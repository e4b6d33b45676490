//! What is said around every page, in the folders, and in a list: labels, buttons, hints.
//!
//! Not for errors (`failures`), nor for writing numbers and dates (`words`). To know before changing it: one function a
//! place, even where two places have the same English word; another language may need two.

use super::{Sentence, Words};
use crate::mail::Role;

/// Around every page, and the folders.
impl Words {
    /// The program's name.
    pub fn postern(&self) -> &'static str {
        "Postern"
    }

    /// The title of the window.
    pub fn window(&self, title: &str) -> String {
        format!("{title} · Postern")
    }

    /// The title of the window of a folder: the number of unread messages comes first, so that a narrow tab shows it.
    pub fn with_unread(&self, title: &str, unread: Option<u32>) -> String {
        match unread {
            None | Some(0) => title.to_owned(),
            Some(n) => format!("({}) {title}", self.number(n.into())),
        }
    }

    /// The first link of a list page, for keyboards.
    pub fn skip_to_list(&self) -> &'static str {
        "Skip to the list"
    }

    /// The first link of a message page, for keyboards.
    pub fn skip_to_message(&self) -> &'static str {
        "Skip to the message"
    }

    /// Name of the folders' pane, the button that opens it, and the heading above folders without a role.
    pub fn folders(&self) -> &'static str {
        "Folders"
    }

    /// Closes the folders on a phone.
    pub fn close_folders(&self) -> &'static str {
        "Close folders"
    }

    /// Folds the folders below one open or shut.
    pub fn folders_in(&self, title: &str) -> String {
        format!("Subfolders of {title}")
    }

    /// Between the names of a folder and of one below it.
    pub fn below_folder(&self) -> &'static str {
        " / "
    }

    /// Below the folders: leads to the page of all of them.
    pub fn more_folders(&self, count: u32) -> String {
        match count {
            1 => "1 more folder".to_owned(),
            n => format!("{} more folders", self.number(n.into())),
        }
    }

    /// Title of the page of all folders.
    pub fn all_folders(&self) -> &'static str {
        "All folders"
    }

    /// Leads from the page of all folders to the inbox.
    pub fn back_to_inbox(&self) -> &'static str {
        "Inbox"
    }

    /// The page before of all folders.
    pub fn folders_before(&self) -> &'static str {
        "Previous page"
    }

    /// The page after of all folders.
    pub fn folders_after(&self) -> &'static str {
        "Next page"
    }

    /// The field for a part of a folder's name.
    pub fn folder_name(&self) -> &'static str {
        "Folder name"
    }

    /// The button beside it.
    pub fn find_folder(&self) -> &'static str {
        "Find"
    }

    /// No folder has that in its name.
    pub fn no_such_folder(&self) -> &'static str {
        "No folder name contains this."
    }

    /// The server has more folders than are kept.
    pub fn folders_left_out(&self, count: u32) -> String {
        match count {
            1 => "The mail server has 1 more folder than Postern can list. You can open it in another mail program."
                .to_owned(),
            n => format!(
                "The mail server has {} more folders than Postern can list. You can open them in another mail program.",
                self.number(n.into())
            ),
        }
    }

    /// What a folder with a role is called.
    pub fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Inbox => "Inbox",
            Role::Drafts => "Drafts",
            Role::Sent => "Sent",
            Role::Archive => "Archive",
            Role::Junk => "Spam",
            Role::Trash => "Trash",
        }
    }

    /// How many unread messages, `{0}`, a folder has. Only the number is seen; screen readers read the sentence.
    pub fn folder_unread(&self) -> Sentence {
        Sentence::new("{0} unread")
    }

    /// How many messages, `{0}`, a folder has. Only the number is seen; screen readers read the sentence.
    pub fn folder_messages(&self, n: u32) -> Sentence {
        Sentence::new(if n == 1 {
            "{0} message"
        } else {
            "{0} messages"
        })
    }

    /// Ends the session.
    pub fn sign_out(&self) -> &'static str {
        "Sign out"
    }

    /// Name of the bar that shows how full the mailbox is.
    pub fn storage_used(&self) -> &'static str {
        "Storage used"
    }

    /// Which clock the times on the page are of.
    pub fn times_in(&self, zone: &str) -> String {
        format!("Times are shown in {zone}")
    }
}

/// The list of a folder.
impl Words {
    /// `1,034 messages, 12 unread`; `unread` is unknown where the server did not tell.
    pub fn unread_of(&self, unread: Option<u32>, total: u32) -> String {
        let all = self.count(total.into(), "message", "messages");
        match (unread, total) {
            (_, 0) => "No messages".to_owned(),
            (None, _) => all,
            (Some(0), _) => format!("{all}, none unread"),
            (Some(unread), _) => format!("{all}, {} unread", self.number(unread.into())),
        }
    }

    /// Which of them the page shows: `1–50 of 1,034`.
    pub fn range(&self, first: u32, last: u32, total: u32) -> String {
        let n = |n: u32| self.number(n.into());
        format!("{}–{} of {}", n(first), n(last), n(total))
    }

    /// Compares the list with the server.
    pub fn refresh(&self) -> &'static str {
        "Refresh"
    }

    /// The page of newer messages.
    pub fn newer(&self) -> &'static str {
        "Newer"
    }

    /// The page of older messages.
    pub fn older(&self) -> &'static str {
        "Older"
    }

    /// Name of the list's page links.
    pub fn pages(&self) -> &'static str {
        "Pages"
    }

    /// What a screen reader says of a row: its parts, one after the other.
    pub fn row_name(&self, is_unread: bool, parts: &[String]) -> String {
        let unread = is_unread.then(|| "Unread".to_owned());
        let parts = parts.iter().filter(|part| !part.is_empty()).cloned();
        unread
            .into_iter()
            .chain(parts)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Stands before an unread row, for screen readers.
    pub fn unread_row(&self) -> &'static str {
        "Unread: "
    }

    /// In the place of a subject: a message of which nothing is known, since the mail server could not be asked.
    pub fn not_read_yet(&self) -> &'static str {
        "Not loaded yet"
    }

    /// In the place of a subject: the mail server was asked about this message and answered with nothing.
    pub fn server_told_nothing(&self) -> &'static str {
        "The mail server could not read this message"
    }

    /// The recipient `{0}` of a row in Sent and Drafts.
    pub fn to_recipient(&self) -> Sentence {
        Sentence::new("To {0}")
    }

    /// In the place of a recipient.
    pub fn nobody(&self) -> &'static str {
        "(no recipient)"
    }

    /// In the place of a sender.
    pub fn unknown_sender(&self) -> &'static str {
        "(no sender)"
    }

    /// In the place of a subject.
    pub fn no_subject(&self) -> &'static str {
        "(no subject)"
    }

    /// Sign on a row or a message.
    pub fn answered(&self) -> &'static str {
        "Answered"
    }

    /// Sign on a row or a message.
    pub fn forwarded(&self) -> &'static str {
        "Forwarded"
    }

    /// Sign on a row.
    pub fn attachment(&self) -> &'static str {
        "Attachment"
    }

    /// Sign on a row or a message.
    pub fn starred(&self) -> &'static str {
        "Starred"
    }

    /// First line of an empty folder.
    pub fn folder_is_empty(&self) -> &'static str {
        "This folder is empty."
    }

    /// Second line of an empty folder: what will be there.
    pub fn will_be_here(&self, role: Option<Role>) -> &'static str {
        match role {
            Some(Role::Inbox) => "New mail will appear here.",
            Some(Role::Drafts) => "Unfinished messages will appear here.",
            Some(Role::Sent) => "Messages that you send will appear here.",
            Some(Role::Junk) => "Messages that the mail server considers spam will appear here.",
            Some(Role::Trash) => "Deleted messages will appear here.",
            Some(Role::Archive) | None => "Messages moved to this folder will appear here.",
        }
    }

    /// In the place of a message, beside a list.
    pub fn choose(&self, unread: Option<u32>) -> String {
        match unread {
            None | Some(0) => "Select a message to read it.".to_owned(),
            Some(1) => "1 unread message. Select it to read it.".to_owned(),
            Some(n) => format!(
                "{} unread messages. Select one to read it.",
                self.number(n.into())
            ),
        }
    }

    /// The link was made before the server rebuilt the folder (a new UIDVALIDITY): lead and rest.
    pub fn renumbered(&self) -> (String, String) {
        (
            "The mail server has rebuilt this folder.".to_owned(),
            "Your link no longer works. Here are the newest messages.".to_owned(),
        )
    }

    /// In the place of a message, beside an empty list.
    pub fn nothing_to_read(&self) -> &'static str {
        "No message to show."
    }

    /// Name of the place where a message will be.
    pub fn message(&self) -> &'static str {
        "Message"
    }
}
