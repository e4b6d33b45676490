//! What is said of acts: on the button, in the question, when one is done, when nobody knows whether it was.
//!
//! One place for all sentences of an act, so that they can be read beside each other. Not for why one failed (`failures`).

use super::Words;
use crate::error::Act;

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
        }
    }

    /// Undoes what a notice says was done.
    pub fn undo(&self) -> &'static str {
        "Undo"
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

/// What somebody else chose, inside a sentence: between the signs that keep its direction its own (FSI, PDI).
fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}
