//! What is said where folders are managed: on the page of one, in the question before it is deleted, when something was done.
//!
//! Not for the folders beside a page, nor for the page of all of them (`pages`).

use super::Words;
use super::acts::isolated;
use crate::mail::{FolderAct, FolderFault, FolderSetting, FolderSize, Role, Tally};

/// The page of a folder.
impl Words {
    /// Leads to the page on which folders are managed.
    pub fn manage_folders(&self) -> &'static str {
        "Manage folders"
    }

    /// Leads from the page of all folders to what can be done with one.
    pub fn edit_folder(&self) -> &'static str {
        "Edit"
    }

    /// The same, for screen readers.
    pub fn edit_this_folder(&self, title: &str) -> String {
        format!("Edit {title}")
    }

    /// Leads to the messages of a folder.
    pub fn open_messages(&self) -> &'static str {
        "Open folder"
    }

    /// How much is in a folder: `12 messages, 3 unread · 2 subfolders`.
    pub fn folder_holds(&self, messages: &str, folders: u32) -> String {
        match folders {
            0 => messages.to_owned(),
            n => format!("{messages} · {}", self.subfolders(n)),
        }
    }

    /// Heading and button of the form that makes a folder.
    pub fn new_folder(&self) -> &'static str {
        "New folder"
    }

    /// The same for one below another.
    pub fn new_subfolder(&self) -> &'static str {
        "New subfolder"
    }

    /// The button of a form that makes a folder.
    pub fn create(&self) -> &'static str {
        "Create"
    }

    /// Heading and button of the form that renames a folder.
    pub fn rename(&self) -> &'static str {
        "Rename"
    }

    /// The field of a form that renames a folder.
    pub fn new_name(&self) -> &'static str {
        "New name"
    }

    /// The field of a form that makes a folder.
    pub fn name_of_new(&self) -> &'static str {
        "Name of the new folder"
    }

    /// Heading of what moves a folder.
    pub fn move_folder(&self) -> &'static str {
        "Move"
    }

    /// Where a folder is now.
    pub fn folder_is_in(&self, parent: Option<&str>) -> String {
        match parent {
            Some(parent) => format!("This folder is in {}.", isolated(parent)),
            None => "This folder is at the top level.".to_owned(),
        }
    }

    /// Leads to the choice of another place.
    pub fn move_elsewhere(&self) -> &'static str {
        "Move this folder"
    }

    /// The question where a folder is to go.
    pub fn where_folder_to(&self, title: &str) -> String {
        format!("Move {} to", isolated(title))
    }

    /// The place of folders that are in no other one.
    pub fn top_level(&self) -> &'static str {
        "Top level"
    }

    /// Heading of what puts a folder on the list of those that other mail programs show.
    pub fn subscription(&self) -> &'static str {
        "Subscription"
    }

    /// Whether it is on that list.
    pub fn is_subscribed(&self, is: Option<bool>) -> &'static str {
        match is {
            Some(true) => {
                "You are subscribed to this folder. Other mail programs usually show it. Postern always does."
            }
            Some(false) => {
                "You are not subscribed to this folder. Other mail programs may hide it. Postern always shows it."
            }
            None => "Other mail programs may show only folders that you are subscribed to.",
        }
    }

    /// What a folder with a role says in the place of renaming and deleting.
    pub fn folder_has_role(&self) -> &'static str {
        "Postern and other mail programs use this folder, so it cannot be renamed, moved or deleted."
    }

    /// The same of a folder that holds such a one.
    pub fn folder_holds_role(&self) -> &'static str {
        "This folder contains a folder that mail programs use, so it cannot be renamed, moved or deleted."
    }

    /// The same of a folder that is shared.
    pub fn folder_is_others(&self) -> &'static str {
        "This folder is shared. You are not allowed to rename, move or delete it."
    }

    /// Leads to the question before all that is in Trash, or in Spam, is removed; no other folder is emptied.
    pub fn empty_folder(&self, role: Role) -> Option<&'static str> {
        match role {
            Role::Trash => Some("Empty Trash"),
            Role::Junk => Some("Empty Spam"),
            Role::Inbox | Role::Drafts | Role::Sent | Role::Archive => None,
        }
    }

    /// Marks all messages of a folder as read.
    pub fn mark_all_read(&self) -> &'static str {
        "Mark all as read"
    }

    /// Leads to the question before a folder is deleted.
    pub fn delete_folder(&self) -> &'static str {
        "Delete folder"
    }

    /// The question before a folder is deleted.
    pub fn whether_to_delete(&self, title: &str) -> String {
        format!("Delete {}?", isolated(title))
    }

    /// What would be deleted with it.
    pub fn would_be_deleted(&self, size: FolderSize) -> String {
        let messages = match size.messages {
            0 => "no messages".to_owned(),
            n => self.count(n.into(), "message", "messages"),
        };
        match size.folders {
            0 => format!("It contains {messages}."),
            n => format!(
                "It contains {}, and together they contain {messages}.",
                self.subfolders(n)
            ),
        }
    }

    /// That nothing brings it back.
    pub fn deleting_is_final(&self) -> &'static str {
        "The messages are not moved to Trash: they are permanently deleted. This cannot be undone."
    }

    /// The way back to the page of a folder.
    pub fn back_to_folder(&self) -> &'static str {
        "Back to the folder"
    }

    /// The way back to all folders.
    pub fn back_to_folders(&self) -> &'static str {
        "All folders"
    }

    /// What the button of an act says.
    pub fn folder_act_label(&self, act: FolderAct) -> &'static str {
        match act {
            FolderAct::Create => "Create",
            FolderAct::Rename => "Rename",
            FolderAct::Move => "Move",
            FolderAct::Delete => "Delete folder",
            FolderAct::Subscribe => "Subscribe",
            FolderAct::Unsubscribe => "Unsubscribe",
        }
    }

    fn subfolders(&self, n: u32) -> String {
        self.count(n.into(), "subfolder", "subfolders")
    }
}

/// What was done, or was not.
impl Words {
    /// Something was done with a folder.
    pub(super) fn folder_done(
        &self,
        act: FolderAct,
        name: &str,
        into: &str,
        tally: Tally,
    ) -> String {
        let (folder, to) = (isolated(name), isolated(into));
        let done = match act {
            FolderAct::Create => format!("Folder {folder} was created."),
            FolderAct::Rename => format!("{folder} was renamed to {to}."),
            FolderAct::Move if into.is_empty() => format!("{folder} was moved to the top level."),
            FolderAct::Move => format!("{folder} was moved to {to}."),
            FolderAct::Subscribe => format!("You are now subscribed to {folder}."),
            FolderAct::Unsubscribe => format!("You are no longer subscribed to {folder}."),
            FolderAct::Delete if tally.left > 0 => {
                let deleted = self.count(tally.done.into(), "folder", "folders");
                let left = self.count(tally.left.into(), "folder", "folders");
                return format!(
                    "{folder}: the mail server deleted {deleted}, but refused to delete {left}."
                );
            }
            FolderAct::Delete => match tally.done.saturating_sub(1) {
                0 => format!("{folder} was deleted."),
                n => format!("{folder} and {} were deleted.", self.subfolders(n)),
            },
        };
        match (act, tally.left) {
            (FolderAct::Rename | FolderAct::Move, 1..) => {
                let lost = self.count(tally.left.into(), "folder", "folders");
                format!("{done} The mail server did not keep your subscription to {lost}.")
            }
            _ => done,
        }
    }

    /// A change of a folder was not made.
    pub(super) fn folder_not_done(&self, act: FolderAct, name: &str, had_others: bool) -> String {
        let folder = isolated(name);
        match act {
            FolderAct::Create => format!("Folder {folder} was not created."),
            FolderAct::Rename => format!("{folder} was not renamed."),
            FolderAct::Move => format!("{folder} was not moved."),
            FolderAct::Subscribe | FolderAct::Unsubscribe => {
                format!("Your subscription to {folder} is unchanged.")
            }
            FolderAct::Delete if had_others => {
                format!("{folder} was not deleted, but some of its subfolders may have been.")
            }
            FolderAct::Delete => format!("{folder} was not deleted."),
        }
    }

    /// A folder was set to be something, or no longer.
    pub(super) fn folder_set(&self, setting: FolderSetting, name: &str, on: bool) -> String {
        let folder = isolated(name);
        match (setting, on) {
            (FolderSetting::Favourite, true) => format!("{folder} was added to your favourites."),
            (FolderSetting::Favourite, false) => {
                format!("{folder} was removed from your favourites.")
            }
            (FolderSetting::Grouped, true) => {
                format!("Messages in {folder} are now grouped into conversations.")
            }
            (FolderSetting::Grouped, false) => {
                format!("Messages in {folder} are no longer grouped into conversations.")
            }
            (FolderSetting::Role(role), true) => {
                format!("Postern now uses {folder} as {}.", self.role(role))
            }
            (FolderSetting::Role(role), false) => {
                format!("Postern no longer uses {folder} as {}.", self.role(role))
            }
        }
    }

    /// What would be set, of a form whose session had ended; and what the button that does it says.
    pub fn folder_set_label(&self, setting: FolderSetting, on: bool) -> String {
        match (setting, on) {
            (FolderSetting::Favourite, true) => "Add to favourites".to_owned(),
            (FolderSetting::Favourite, false) => "Remove from favourites".to_owned(),
            (FolderSetting::Grouped, true) => "Group into conversations".to_owned(),
            (FolderSetting::Grouped, false) => "Show single messages".to_owned(),
            (FolderSetting::Role(role), true) => format!("Use as {}", self.role(role)),
            (FolderSetting::Role(role), false) => format!("Stop using as {}", self.role(role)),
        }
    }

    /// The same with the folder's name.
    pub fn folder_to_set(&self, setting: FolderSetting, on: bool, name: &str) -> String {
        format!("{}: {}", self.folder_set_label(setting, on), isolated(name))
    }

    /// Heading of the favourites, beside a page and on that of a folder.
    pub fn favourites(&self) -> &'static str {
        "Favourites"
    }

    /// Heading of what a folder can be used as.
    pub fn used_as(&self) -> &'static str {
        "Special use"
    }

    /// What such a folder is for.
    pub fn why_used_as(&self, role: Option<Role>) -> String {
        match role {
            Some(role) => format!("Postern uses this folder as {}.", self.role(role)),
            None => "The mail server does not say which folder is for what, so you can choose."
                .to_owned(),
        }
    }

    /// Heading of the folders that messages went to last.
    pub fn recent_folders(&self) -> &'static str {
        "Recent"
    }

    /// Nobody knows whether that was done.
    pub(super) fn folder_perhaps(&self, act: FolderAct, name: &str) -> String {
        let folder = isolated(name);
        let was = match act {
            FolderAct::Create => "created",
            FolderAct::Rename => "renamed",
            FolderAct::Move => "moved",
            FolderAct::Delete => "deleted, or some of its subfolders",
            FolderAct::Subscribe | FolderAct::Unsubscribe => {
                return format!(
                    "Your subscription to {folder} may have been changed. Open the folder to check."
                );
            }
        };
        format!("Folder {folder} may have been {was}. Check the list of folders.")
    }

    /// What would be done, of a form whose session had ended.
    pub fn folder_to_do(&self, act: FolderAct, name: &str) -> String {
        let folder = isolated(name);
        match act {
            FolderAct::Create => format!("Create the folder {folder}"),
            FolderAct::Rename => format!("Rename a folder to {folder}"),
            FolderAct::Move => format!("Move the folder {folder}"),
            FolderAct::Delete => format!("Delete the folder {folder}"),
            FolderAct::Subscribe => format!("Subscribe to {folder}"),
            FolderAct::Unsubscribe => format!("Unsubscribe from {folder}"),
        }
    }

    /// Why nothing was done with a folder.
    pub fn folder_fault(&self, fault: &FolderFault) -> String {
        match fault {
            FolderFault::NoName => "Type a name for the folder.".to_owned(),
            FolderFault::Control => {
                "The name contains characters that cannot be used in a folder name.".to_owned()
            }
            FolderFault::TooLong => "The name is too long. Choose a shorter one.".to_owned(),
            FolderFault::Delimiter(sign) => format!(
                "A folder name cannot contain “{sign}”: the mail server uses it to separate folders from their subfolders."
            ),
            FolderFault::Taken(title) => format!(
                "There is already a folder named {}. Choose another name; upper and lower case make no difference.",
                isolated(title)
            ),
            FolderFault::BelowItself => {
                "A folder cannot be moved into itself or one of its subfolders.".to_owned()
            }
            FolderFault::NoSubfolders => {
                "The mail server does not allow subfolders in this folder.".to_owned()
            }
            FolderFault::HasRole => self.folder_has_role().to_owned(),
            FolderFault::TooMany => {
                "You have more folders than Postern can list, so it cannot tell what is in this one. Use another mail program to delete it."
                    .to_owned()
            }
            FolderFault::SaidNo(words) if words.is_empty() => {
                "The mail server refused this. Nothing was changed.".to_owned()
            }
            FolderFault::SaidNo(words) => format!(
                "The mail server refused this. It said: “{}” Nothing was changed.",
                isolated(words)
            ),
        }
    }
}
