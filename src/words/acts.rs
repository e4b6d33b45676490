//! What is said of acts: on the button, in the question, when one is done, when nobody knows whether it was.
//!
//! One place for all sentences of an act, so that they can be read beside each other. Not for why one failed (`failures`).

use super::Words;
use crate::error::Act;
use crate::mail::{MessageAct, Preference, Tally};

impl Words {
    /// An act was done.
    pub fn done(&self, act: &Act) -> String {
        match act {
            Act::SignIn => "You are signed in.".to_owned(),
            Act::SignOut => "You are signed out.".to_owned(),
            Act::EndSession => "That browser is signed out.".to_owned(),
            Act::EndAllSessions => "You are signed out everywhere.".to_owned(),
            Act::ImagesOf { sender, always } => match always {
                true => format!("Images from {} will always be shown.", isolated(sender)),
                false => format!("Images from {} are blocked again.", isolated(sender)),
            },
            Act::Messages { act, into, tally } => {
                if *tally == Tally::default() {
                    return "No message was selected.".to_owned();
                }
                let done = match tally.done {
                    0 => self.nothing_done(*act).to_owned(),
                    n => self.did(*act, n, into),
                };
                sentences(&[done, self.not_there(*tally), self.not_done(*tally)])
            }
            Act::Folder {
                act,
                name,
                into,
                tally,
            } => self.folder_done(*act, name, into, *tally),
            Act::Label { name, edit } => self.label_edited(name, *edit),
            Act::SetFolder { setting, name, on } => self.folder_set(*setting, name, *on),
            Act::KeepSearch { name, on } => self.search_kept(name, *on),
            Act::Identity { address, edit } => self.identity_edited(address, *edit),
            Act::Template { name, edit } => self.template_edited(name, *edit),
            Act::ForgetPeople { address } => self.people_forgotten(address),
            Act::RememberPerson { address } => self.person_remembered(address),
            Act::Set => self.settings_saved().to_owned(),
            Act::Prefer(Preference::Keys(on)) => self.shortcuts_turned(*on).to_owned(),
            Act::Send {
                to,
                is_filed,
                archived,
                held,
            } => {
                let sent = match held {
                    None => self.sent(*to),
                    Some(at) => self.held(*to, at),
                };
                let copy = match is_filed {
                    true => String::new(),
                    false => self.copy_failed().to_owned(),
                };
                let archived = archived.map(|done| self.archived_after(done).to_owned());
                sentences(&[sent, copy, archived.unwrap_or_default()])
            }
            Act::KeepDraft => self.draft_kept().to_owned(),
            Act::DiscardDraft => self.draft_discarded().to_owned(),
            Act::TakeBack { is_late } => self.taken_back(*is_late).to_owned(),
            Act::Import { into, came } => self.imported(into, came),
            Act::FolderCutShort {
                act,
                name,
                into,
                done,
                had_others,
            } => {
                let said = match done {
                    true => {
                        let one = Tally {
                            done: 1,
                            ..Tally::default()
                        };
                        self.folder_done(*act, name, into, one)
                    }
                    false => self.folder_not_done(*act, name, *had_others),
                };
                sentences(&["Your last action was interrupted.".to_owned(), said])
            }
            Act::CutShort {
                act,
                into,
                tally,
                both,
            } => {
                let done = match tally.done {
                    0 => self.nothing_done(*act).to_owned(),
                    n => self.did(*act, n, into),
                };
                let both = match both {
                    0 => String::new(),
                    1 => "1 message is in both folders now.".to_owned(),
                    n => format!("{} are in both folders now.", self.messages(*n)),
                };
                let pieces = [
                    "Your last action was interrupted.".to_owned(),
                    done,
                    self.not_there(*tally),
                    self.not_done(*tally),
                    both,
                ];
                sentences(&pieces)
            }
        }
    }

    /// What the button of an act says.
    pub fn act_label(&self, act: MessageAct) -> &'static str {
        match act {
            MessageAct::Read => "Mark as read",
            MessageAct::Unread => "Mark as unread",
            MessageAct::Star => "Star",
            MessageAct::Unstar => "Remove star",
            MessageAct::Archive => "Archive",
            MessageAct::Delete => "Delete",
            MessageAct::Spam => "Spam",
            MessageAct::NotSpam => "Not spam",
            MessageAct::Move => "Move",
            MessageAct::Copy => "Copy",
            MessageAct::Remove => "Delete permanently",
            MessageAct::Restore => "Restore",
            MessageAct::Label => "Label",
            MessageAct::Unlabel => "Remove label",
            MessageAct::SaveZip => "Save as zip",
            MessageAct::SaveMbox => "Save as mbox",
            MessageAct::Mute => "Mute",
            MessageAct::Unmute => "Unmute",
            MessageAct::Forward => "Forward as attachments",
            MessageAct::Receipt => "Do not send",
        }
    }

    /// What is said of a conversation that its user wants to hear no more of.
    pub fn muted(&self) -> &'static str {
        "Muted"
    }

    /// What is said of a message that some client has marked as deleted, and that none has removed yet.
    pub fn marked_for_removal(&self) -> &'static str {
        "Marked for removal"
    }

    /// Rows that are not shown.
    pub fn marked_are_hidden(&self, n: u32) -> String {
        match n {
            1 => "1 message marked for removal is hidden on this page.".to_owned(),
            n => format!(
                "{} marked for removal are hidden on this page.",
                self.messages(n)
            ),
        }
    }

    /// Leads to the question whether they are to be removed.
    pub fn remove_marked(&self) -> &'static str {
        "Remove marked messages"
    }

    /// Nothing can be done with the messages of a folder.
    pub fn folder_is_read_only(&self) -> &'static str {
        "This folder is read-only."
    }

    /// More messages are to be saved than fit into one file.
    pub fn too_many_to_save(&self, n: u32, most: u32) -> (String, String) {
        (
            format!("{} are too many for one file.", self.messages(n)),
            format!(
                "Postern saves up to {} at a time. Narrow the list with a search, such as one year \
                 (after:2025-01-01 before:2026-01-01), and save each result.",
                self.messages(most)
            ),
        )
    }

    /// The name of the box that chooses a message.
    pub fn select(&self, subject: &str) -> String {
        format!("Select: {subject}")
    }

    /// The word after the number of selected messages.
    pub fn selected(&self) -> &'static str {
        " selected"
    }

    /// All messages of a list are selected, on other pages too.
    pub fn all_selected(&self, n: u32) -> String {
        format!("All {} selected", self.number(n.into()))
    }

    /// Selects all messages of a list, on other pages too.
    pub fn select_all(&self, n: u32) -> String {
        format!("Select all {}", self.number(n.into()))
    }

    /// Selects the messages of a page.
    pub fn select_page(&self) -> &'static str {
        "Select all on this page"
    }

    /// The same where there is no room for it: what else can be selected is offered afterwards.
    pub fn select_page_briefly(&self) -> &'static str {
        "Select all"
    }

    /// Unticks all.
    pub fn clear_selection(&self) -> &'static str {
        "Clear"
    }

    /// The name of the group of buttons for the selected messages.
    pub fn with_selected(&self) -> &'static str {
        "With the selected messages"
    }

    /// Unfolds what else can be done.
    pub fn more(&self) -> &'static str {
        "More"
    }

    /// What would be done with so many messages of a folder.
    pub fn to_do(&self, act: MessageAct, n: u32, folder: &str) -> String {
        let messages = self.messages(n);
        format!(
            "{}: {messages} in {}",
            self.act_label(act),
            isolated(folder)
        )
    }

    /// The question into which folder so many messages are to go.
    pub fn where_to(&self, act: MessageAct, n: u32) -> String {
        match act {
            MessageAct::Copy => format!("Copy {} to", self.messages(n)),
            _ => format!("Move {} to", self.messages(n)),
        }
    }

    /// The question before messages are removed.
    pub fn delete_for_good(&self, n: u32) -> String {
        format!("Permanently delete {}?", self.messages(n))
    }

    /// What such a question has to say.
    pub fn cannot_be_undone(&self, n: u32, folder: &str) -> String {
        let folder = isolated(folder);
        let they = if n == 1 { "It" } else { "They" };
        format!(
            "{they} will be removed from {folder} and from the mail server. This cannot be undone."
        )
    }

    /// Why messages that are to be deleted cannot go to Trash.
    pub fn no_room_in_trash(&self) -> (&'static str, &'static str) {
        (
            "Your mailbox is full.",
            "There is no room to keep these messages in Trash.",
        )
    }

    /// The way back from such a page.
    pub fn back_to_list(&self) -> &'static str {
        "Back to the list"
    }

    /// There are more folders than are offered.
    pub fn more_folders_by_name(&self) -> &'static str {
        "There are more folders. Type a part of the name to find one."
    }

    /// What was done with so many messages, at least one.
    fn did(&self, act: MessageAct, n: u32, into: &str) -> String {
        if matches!(act, MessageAct::Label | MessageAct::Unlabel) {
            return self.labelled(act, n, into);
        }
        let messages = self.messages(n);
        let (are, stars) = match n {
            1 => ("is", "Star"),
            _ => ("are", "Stars"),
        };
        let into = isolated(into);
        match act {
            MessageAct::Read => format!("{messages} marked as read."),
            MessageAct::Unread => format!("{messages} marked as unread."),
            MessageAct::Star => format!("{messages} starred."),
            MessageAct::Unstar => format!("{stars} removed from {messages}."),
            MessageAct::Archive
            | MessageAct::Delete
            | MessageAct::Spam
            | MessageAct::NotSpam
            | MessageAct::Move
            | MessageAct::Label
            | MessageAct::Unlabel => format!("{messages} moved to {into}."),
            MessageAct::SaveZip | MessageAct::SaveMbox => format!("{messages} saved."),
            MessageAct::Copy => format!("{messages} copied to {into}."),
            MessageAct::Remove => format!("{messages} permanently deleted."),
            MessageAct::Restore => format!("{messages} restored."),
            MessageAct::Mute => format!("{messages} muted. New replies will not stand out."),
            MessageAct::Unmute => format!("{messages} {are} no longer muted."),
            MessageAct::Forward => format!("{messages} added to a new message."),
            MessageAct::Receipt => "No receipt was sent.".to_owned(),
        }
    }

    /// `5 messages`.
    pub fn messages(&self, n: u32) -> String {
        self.count(n.into(), "message", "messages")
    }

    fn nothing_done(&self, act: MessageAct) -> &'static str {
        match act {
            MessageAct::Copy => "Nothing was copied.",
            MessageAct::Remove => "Nothing was deleted.",
            _ if act.takes_away() => "Nothing was moved.",
            _ => "Nothing was changed.",
        }
    }

    /// Messages that were no longer where they had been.
    fn not_there(&self, tally: Tally) -> String {
        match tally.missing {
            0 => String::new(),
            1 => "1 message was no longer in the folder.".to_owned(),
            n => format!("{} were no longer in the folder.", self.messages(n)),
        }
    }

    /// Messages with which the server did not do what it was told.
    fn not_done(&self, tally: Tally) -> String {
        match tally.left {
            0 => String::new(),
            1 => "1 message is unchanged.".to_owned(),
            n => format!("{} are unchanged.", self.messages(n)),
        }
    }

    /// Nothing came back from the server after something was to be done.
    pub fn connection_lost(&self) -> &'static str {
        "There was no answer. Check your connection, then check whether it was done."
    }

    /// Undoes what a notice says was done.
    pub fn undo(&self) -> &'static str {
        "Undo"
    }

    /// Continues what was not done with all messages.
    pub fn go_on(&self) -> &'static str {
        "Continue"
    }

    /// Nobody knows whether an act was done: what that means, and where to look.
    pub(super) fn perhaps(&self, act: &Act) -> String {
        match act {
            Act::SignIn => "You may have to sign in again.".to_owned(),
            Act::SignOut => {
                "You may still be signed in. If your inbox opens, sign out again.".to_owned()
            }
            Act::EndSession => {
                "That browser may still be signed in. Open \u{201c}Signed-in browsers\u{201d} to check.".to_owned()
            }
            Act::EndAllSessions => {
                "Some browsers may still be signed in. Sign in to check, or try again.".to_owned()
            }
            Act::ImagesOf { sender, always } => {
                let what = match always {
                    true => "may still be blocked",
                    false => "may still be shown",
                };
                let sender = isolated(sender);
                format!("Images from {sender} {what}. Open a message from this sender to check.")
            }
            Act::Folder { act, name, .. } | Act::FolderCutShort { act, name, .. } => {
                self.folder_perhaps(*act, name)
            }
            Act::Label { name, .. } => {
                let name = isolated(name);
                format!("Label {name} may have been saved. Open \u{201c}Edit labels\u{201d} to check.")
            }
            Act::SetFolder { .. } => {
                "This setting may have been changed. Open the folder list to check.".to_owned()
            }
            Act::KeepSearch { .. } => {
                "Your saved searches may have been changed. The next page will show them.".to_owned()
            }
            Act::Send { .. } => self.perhaps_sent().to_owned(),
            Act::KeepDraft | Act::DiscardDraft | Act::TakeBack { .. } => {
                "Your message may have been changed. Open it again to check.".to_owned()
            }
            Act::Identity { .. } => {
                "Your identities may have been changed. Open \u{201c}Identities\u{201d} to check.".to_owned()
            }
            Act::Template { .. } => {
                "Your templates may have been changed. Open \u{201c}Templates\u{201d} to check.".to_owned()
            }
            Act::ForgetPeople { .. } | Act::RememberPerson { .. } => {
                "The people that Postern suggests may have been changed. Open \u{201c}Suggested recipients\u{201d} to check.".to_owned()
            }
            Act::Set => {
                "Your settings may have been changed. Open \u{201c}Settings\u{201d} to check.".to_owned()
            }
            Act::Prefer(Preference::Keys(_)) => {
                "This setting may have been changed. Open \u{201c}Keyboard shortcuts\u{201d} to check."
                    .to_owned()
            }
            Act::Import { .. } => {
                "Some messages may have been imported. The next page will say how many.".to_owned()
            }
            Act::Messages { .. } | Act::CutShort { .. } => {
                "Some messages may have been changed. The next page will say which.".to_owned()
            }
        }
    }

    /// Loads the pictures of this and of every other mail of its sender.
    pub fn always_for_sender(&self) -> &'static str {
        "Always show for this sender"
    }

    /// No longer loads the pictures of this sender's mails.
    pub fn no_longer_always(&self) -> &'static str {
        "Stop showing"
    }

    /// What would be done: remote images of a sender, from now on.
    pub fn show_images_of(&self, sender: &str, always: bool) -> String {
        match always {
            true => format!("Always show remote images from {sender}"),
            false => format!("Stop showing remote images from {sender} automatically"),
        }
    }

    /// Does it.
    pub fn show_images_yes(&self, always: bool) -> &'static str {
        match always {
            true => "Yes, always show them",
            false => "Yes, stop showing them",
        }
    }
}

/// Those of the sentences that say something, one behind the other.
fn sentences(all: &[String]) -> String {
    let all = all.iter().map(String::as_str).filter(|one| !one.is_empty());
    all.collect::<Vec<_>>().join(" ")
}

/// What somebody else chose, inside a sentence: between the signs that keep its direction its own (FSI, PDI).
pub(super) fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}
