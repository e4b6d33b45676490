//! What is said of a form whose session had ended: on the sign-in page, and when it is shown again.
//!
//! Not for what single acts ask: these stand at the end, one function an act.

use super::{Sentence, Words};

/// On the sign-in page.
impl Words {
    /// The form that was just sent waits.
    pub fn form_waits(&self) -> &'static str {
        "Your last action has not been done yet. You will see it again after you sign in."
    }

    /// The same, where its files could not be kept.
    pub fn form_waits_without_files(&self) -> &'static str {
        "Your last action has not been done yet. You will see it again after you sign in, but you will have to attach its \
         files again."
    }

    /// The form that was just sent could not be kept.
    pub fn form_not_kept(&self) -> &'static str {
        "Your last action has not been done, and Postern could not keep it. Use your browser's Back button if you want \
         to copy your text before you sign in."
    }
}

/// Shown again.
impl Words {
    /// Heading of an act that was not done.
    pub fn still_wanted(&self) -> &'static str {
        "Do you still want to do this?"
    }

    /// Before what would be done.
    pub fn not_done_yet(&self) -> &'static str {
        "Your session had expired, so Postern has not done this yet:"
    }

    /// The message that it would be done to: `{0}` is its subject.
    pub fn message_in_question(&self) -> Sentence {
        Sentence::new("Message: {0}")
    }

    /// Leaves it undone.
    pub fn leave_undone(&self) -> &'static str {
        "No, cancel"
    }

    /// Heading where there is no such form.
    pub fn form_gone(&self) -> &'static str {
        "Your form is no longer available"
    }

    /// Why there is none, and what that means.
    pub fn why_form_gone(&self) -> &'static str {
        "Postern keeps a form for one hour, and shows it only to the account that it was sent from. Nothing was changed."
    }
}
