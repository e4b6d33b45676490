//! What is said when a page cannot be shown: what happened, what was and was not done, what to do next.
//!
//! Not for choosing: `views::error` matches the kind of error and picks from here. Nothing here names a file, a host or
//! another cause; those are for the log. To know before changing it: what a page says of a *change* is said by reach alone
//! (`changed`), so no text of an error may say that something was or was not done. A text must be true of every reach.

use super::Words;
use crate::error::{GoneKind, Imap, Reach};

/// What is said of an error, whatever the request had done by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorText {
    /// The heading: what is the matter, without a full stop.
    pub title: &'static str,
    /// What happened, in sentences.
    pub happened: String,
    /// What the reader still has; empty where there is nothing to say.
    pub state: &'static str,
    /// What to do next, where the page that was asked for is still wanted.
    pub next: &'static str,
    /// Whom to tell; empty where nobody has to be told.
    pub tell: &'static str,
}

const NO_PASSWORD_SENT: &str = "Your password was not sent.";
const CAN_STILL_READ: &str = "You can still read messages that you have already opened.";
const TELL_IF_REPEATED: &str = "If it keeps happening, tell the person who runs this site.";

/// The mail server's reason, which may be in any language: between the signs that keep its direction its own (FSI, PDI).
fn it_said(said: &str) -> String {
    format!("It said: \u{201c}\u{2068}{said}\u{2069}\u{201d}")
}

/// A text of heading, what happened, and what to do next.
fn text(title: &'static str, happened: impl Into<String>, next: &'static str) -> ErrorText {
    ErrorText {
        title,
        happened: happened.into(),
        state: "",
        next,
        tell: "",
    }
}

/// What a page says of its change. All of it follows from how far the request had got.
impl Words {
    /// The heading in the place of the error's own, where something was done, or may have been.
    pub fn changed_title(&self, reach: &Reach) -> Option<&'static str> {
        match reach {
            Reach::Reading | Reach::Nothing => None,
            Reach::Perhaps(_) => Some("This may not have been done"),
            Reach::Done(_) => Some("Done, but there was a problem"),
        }
    }

    /// What was done, or what to look for; empty for a page that was only to be read.
    pub fn changed(&self, reach: &Reach) -> String {
        match reach {
            Reach::Reading => String::new(),
            Reach::Nothing => "Nothing was changed.".to_owned(),
            Reach::Perhaps(act) => self.perhaps(act),
            Reach::Done(act) => self.done(act),
        }
    }

    /// What to do next, where something was done, or may have been.
    pub fn next_after_change(&self, reach: &Reach) -> Option<&'static str> {
        match reach {
            Reach::Reading | Reach::Nothing => None,
            Reach::Perhaps(_) => Some("Check before you try again."),
            Reach::Done(_) => Some("You do not need to do it again."),
        }
    }
}

/// What is said of each kind of error.
impl Words {
    /// 400.
    pub fn bad_request(&self) -> ErrorText {
        text(
            "This link does not work",
            "The link or form is incomplete or damaged.",
            "Go to your inbox.",
        )
    }

    /// 403.
    pub fn forbidden(&self) -> ErrorText {
        text(
            "This request was refused",
            "The page was open too long, or the request came from another site.",
            "Reload the page and try again.",
        )
    }

    /// 401.
    pub fn not_signed_in(&self) -> ErrorText {
        text(
            "Sign in to continue",
            "You are not signed in, or your session has expired.",
            "After signing in, open the page again.",
        )
    }

    /// 404.
    pub fn not_found(&self) -> ErrorText {
        text(
            "Page not found",
            "There is nothing at this address.",
            "Go to your inbox.",
        )
    }

    /// 405.
    pub fn wrong_method(&self) -> ErrorText {
        text(
            "This page cannot be opened this way",
            "The address exists, but it does not accept this kind of request.",
            "Go to your inbox.",
        )
    }

    /// 411.
    pub fn length_required(&self) -> ErrorText {
        text(
            "Your browser sent an incomplete request",
            "It did not say how much it was going to send.",
            "Go back and send it again.",
        )
    }

    /// 408.
    pub fn body_timeout(&self) -> ErrorText {
        text(
            "The upload took too long",
            "The connection ended, or became too slow, before everything had arrived.",
            "Go back and send it again.",
        )
    }

    /// 413; the limit in bytes.
    pub fn too_large(&self, limit: u64) -> ErrorText {
        text(
            "Too large",
            format!("You can send at most {} at a time.", self.size(limit)),
            "Go back and send less.",
        )
    }

    /// 414.
    pub fn uri_too_long(&self) -> ErrorText {
        text(
            "This link is too long",
            "It is longer than any link on this site.",
            "Go to your inbox.",
        )
    }

    /// 410.
    pub fn gone(&self, kind: GoneKind) -> ErrorText {
        match kind {
            GoneKind::Folder => text(
                "This folder no longer exists",
                "It was deleted or renamed, perhaps in another mail program.",
                "Choose another folder.",
            ),
            GoneKind::Target => text(
                "The other folder no longer exists",
                "The folder that the messages were to go to was deleted or renamed, perhaps in another mail program.",
                "Choose another folder.",
            ),
            GoneKind::Message => text(
                "This message is no longer here",
                "It was deleted or moved, perhaps in another mail program.",
                "Go back to the list.",
            ),
            GoneKind::Numbering => ErrorText {
                state: "Your messages are still there.",
                ..text(
                    "This link is out of date",
                    "The mail server has renumbered this folder.",
                    "Open the folder again.",
                )
            },
            GoneKind::Part => text(
                "Attachment not found",
                "This message has no such attachment, or it cannot be read.",
                "Open the message again.",
            ),
        }
    }

    /// 429.
    pub fn too_many(&self) -> ErrorText {
        text(
            "One moment",
            "Too many pages were requested at the same time.",
            "If you no longer need this page, close it.",
        )
    }

    /// 503: waited for the user's other request; seconds.
    pub fn busy(&self, waited: u64) -> ErrorText {
        text(
            "One moment",
            format!(
                "Postern is still working on another page of yours. This page has waited {}.",
                self.seconds(waited)
            ),
            "Postern does one thing at a time for each person. If you no longer need this page, close it.",
        )
    }

    /// 502 to 504, 401.
    pub fn imap(&self, kind: &Imap) -> ErrorText {
        let and_it_said = |happened: &str, said: Option<&str>| match said {
            Some(said) => format!("{happened} {}", it_said(said)),
            None => happened.to_owned(),
        };
        match kind {
            Imap::Unreachable => ErrorText {
                state: CAN_STILL_READ,
                ..text(
                    "The mail server cannot be reached",
                    "Postern could not connect to it.",
                    "It will probably be back in a few minutes.",
                )
            },
            Imap::Certificate => ErrorText {
                state: CAN_STILL_READ,
                tell: "Please tell the person who runs this site.",
                ..text(
                    "The mail server's certificate is not trusted",
                    format!(
                        "It is for another name, has expired, or comes from an unknown authority. {NO_PASSWORD_SENT}"
                    ),
                    "",
                )
            },
            Imap::Refused(said) => ErrorText {
                state: CAN_STILL_READ,
                tell: "If it keeps happening, ask your mail provider.",
                ..text(
                    "The mail server refused the request",
                    and_it_said(
                        "It can be reached, but did not do what this page needs.",
                        said.words(),
                    ),
                    "Try again.",
                )
            },
            Imap::Goodbye(said) => ErrorText {
                state: CAN_STILL_READ,
                ..text(
                    "The mail server closed the connection",
                    and_it_said("It did so before answering.", said.words()),
                    "Try again in a minute.",
                )
            },
            Imap::Timeout => ErrorText {
                state: CAN_STILL_READ,
                ..text(
                    "The mail server is not answering",
                    "There was no answer in time.",
                    "It will probably be back in a few minutes.",
                )
            },
            Imap::Garbled => ErrorText {
                state: CAN_STILL_READ,
                tell: TELL_IF_REPEATED,
                ..text(
                    "The mail server sent an answer that Postern does not understand",
                    "The answer was not valid, or far too long.",
                    "Try again.",
                )
            },
            Imap::LoginRefused => text(
                "Sign in to continue",
                "The mail server no longer accepts your password.",
                "If you changed it, sign in with the new one.",
            ),
            Imap::LoginLater | Imap::LoginInUse => ErrorText {
                state: CAN_STILL_READ,
                ..text(
                    "The mail server is busy",
                    "It is not accepting sign-ins right now, or you have too many mail programs connected.",
                    "Try again in a minute.",
                )
            },
        }
    }

    /// Above the sign-in form when the mail server could not be asked about a password.
    pub fn server_at_sign_in(&self, kind: &Imap) -> String {
        let text = self.imap(kind);
        format!(
            "{}. {} Your password was not checked.",
            text.title, text.happened
        )
    }

    /// Before what the mail server wants its user to see.
    pub fn server_says(&self) -> &'static str {
        "The mail server says:"
    }

    /// Above a page that the cache answered because the mail server could not: lead and rest.
    pub fn away(&self, kind: &Imap) -> (String, String) {
        let said = match kind {
            Imap::Refused(said) | Imap::Goodbye(said) => said.words(),
            Imap::Unreachable
            | Imap::Certificate
            | Imap::Timeout
            | Imap::Garbled
            | Imap::LoginRefused
            | Imap::LoginLater
            | Imap::LoginInUse => None,
        };
        let rest =
            "You are looking at a saved copy. You can read messages that you have already opened.";
        let rest = match said {
            Some(said) => format!("{} {rest}", it_said(said)),
            None => rest.to_owned(),
        };
        (format!("{}.", self.imap(kind).title), rest)
    }

    /// 403: nothing can be changed in the folder.
    pub fn read_only(&self) -> ErrorText {
        text(
            "This folder cannot be changed",
            "The mail server does not let you change messages in this folder.",
            "You can still read them.",
        )
    }

    /// 507: the mailbox.
    pub fn over_quota(&self) -> ErrorText {
        text(
            "Your mailbox is full",
            "The mail server has no room left for your account.",
            "Delete messages that you no longer need, then try again.",
        )
    }

    /// 507: the disk.
    pub fn disk_full(&self) -> ErrorText {
        ErrorText {
            state: "Your mail is stored on the mail server and is safe.",
            tell: "Please tell the person who runs this site. The error log says which disk is full.",
            ..text(
                "This site is out of disk space",
                "The disk that holds this site's own files is full, or has reached its limit.",
                "",
            )
        }
    }

    /// 500: set up wrongly.
    pub fn setup(&self) -> ErrorText {
        ErrorText {
            tell: "If you run this site: see the web server's error log, or run “postern check”.",
            ..text(
                "This site is not set up correctly",
                "There is a problem with its configuration or its data folder.",
                "",
            )
        }
    }

    /// 500: the reader's own settings.
    pub fn profile(&self) -> ErrorText {
        ErrorText {
            tell: "Please tell the person who runs this site. The error log names the file.",
            ..text(
                "Your settings cannot be read",
                "The file that holds them is damaged, too large, or cannot be opened.",
                "",
            )
        }
    }

    /// Above a page that was made without the reader's settings, because they cannot be read: lead and rest.
    pub fn without_settings(&self) -> (String, String) {
        let text = self.profile();
        let rest = "Until this is fixed, the settings of this site are used, and remote images are blocked for all senders.";
        (
            format!("{}.", text.title),
            format!("{} {rest}", text.happened),
        )
    }

    /// 500: ours.
    pub fn internal(&self) -> ErrorText {
        ErrorText {
            state: "Your mail is safe on the mail server.",
            tell: TELL_IF_REPEATED,
            ..text(
                "Something went wrong",
                "Postern had an internal error.",
                "Try again.",
            )
        }
    }

    /// Stands below a page that the browser asks for again.
    pub fn reloads_in(&self, seconds: u64) -> String {
        format!(
            "This page reloads automatically in {}.",
            self.seconds(seconds)
        )
    }

    /// Stands below a refused form, which the browser cannot send again.
    pub fn go_back_and_repeat(&self) -> &'static str {
        "Go back and try again in a moment."
    }

    /// Link to the same page.
    pub fn try_again(&self) -> &'static str {
        "Try again"
    }

    /// Link to the same page, which also reloads automatically.
    pub fn try_now(&self) -> &'static str {
        "Try now"
    }

    /// Link to a folder.
    pub fn open_folder(&self, title: &str) -> String {
        format!("Open {title}")
    }

    /// In the frame of a mail whose HTML could not be shown.
    pub fn part_not_shown(&self) -> &'static str {
        "This part of the message could not be shown."
    }
}

/// The words of a page that is sent when nothing else can be done any more. Constants, because such a page is put together
/// by the compiler.
pub struct LastWords {
    /// Its heading.
    pub title: &'static str,
    /// What happened.
    pub happened: &'static str,
    /// What is known of what was done.
    pub kept: &'static str,
    /// What comes next.
    pub next: &'static str,
}

/// The hard deadline has passed.
pub const TOO_LATE: LastWords = LastWords {
    title: "This took too long",
    happened: "Something did not answer in time, so Postern gave up.",
    kept: "Your mail is safe on the mail server. If you were changing something, check whether it was done.",
    next: "Reload the page in a moment.",
};

/// The process had to end, mostly since it may not have more memory.
pub const ABORTED: LastWords = LastWords {
    title: "Something went wrong",
    happened: "Postern had to stop. Most likely, this page needs more memory than the web server allows.",
    kept: "Your mail is safe on the mail server. If you were changing something, check whether it was done.",
    next: "Try again. If it keeps happening, tell the person who runs this site.",
};
