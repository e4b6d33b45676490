//! What is said when a page cannot be shown: what happened, what was and was not done, what comes next.
//!
//! Not for choosing: `views::error` matches the kind of error and picks from here. Nothing here names a file, a host or
//! another cause; those are for the log.

use super::Words;
use crate::error::{Imap, What};

/// The words of one error page, in the order in which they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The heading.
    pub title: &'static str,
    /// What happened.
    pub happened: String,
    /// What was done, kept or not done.
    pub kept: &'static str,
    /// What comes next.
    pub next: &'static str,
}

const NOTHING_CHANGED: &str = "Nothing was changed.";

/// The mail server's reason, which may be in any language: between the signs that keep its direction its own (FSI, PDI).
fn it_said(said: &str) -> String {
    format!("It said: \u{201c}\u{2068}{said}\u{2069}\u{201d}")
}

fn told(
    title: &'static str,
    happened: impl Into<String>,
    kept: &'static str,
    next: &'static str,
) -> Told {
    Told {
        title,
        happened: happened.into(),
        kept,
        next,
    }
}

impl Words {
    /// 400.
    pub fn bad_request(&self) -> Told {
        told(
            "This address is not one of ours",
            "The link or form that led here was cut short or altered on its way.",
            NOTHING_CHANGED,
            "Go on from the inbox.",
        )
    }

    /// 403.
    pub fn forbidden(&self) -> Told {
        told(
            "Not done",
            "The request did not come from a page of this session: the page was open for too long, or another site sent it.",
            NOTHING_CHANGED,
            "Open the page again and repeat what you did.",
        )
    }

    /// 401.
    pub fn not_signed_in(&self) -> Told {
        told(
            "Sign in to go on",
            "Nobody is signed in with this browser, or the session has ended.",
            NOTHING_CHANGED,
            "After signing in you are where you wanted to go.",
        )
    }

    /// 404.
    pub fn not_found(&self) -> Told {
        told(
            "There is no such page",
            "Nothing stands at this address.",
            NOTHING_CHANGED,
            "Go on from the inbox.",
        )
    }

    /// 405.
    pub fn wrong_method(&self) -> Told {
        told(
            "Not done",
            "This address exists, but it cannot be asked for in this way.",
            NOTHING_CHANGED,
            "Go on from the inbox.",
        )
    }

    /// 411.
    pub fn length_required(&self) -> Told {
        told(
            "Not done",
            "What was sent did not say how long it is, so it was not read.",
            NOTHING_CHANGED,
            "Go back and send it again.",
        )
    }

    /// 408.
    pub fn body_timeout(&self) -> Told {
        told(
            "It came too slowly",
            "The connection stopped before everything had arrived.",
            NOTHING_CHANGED,
            "Go back and send it again; what you typed is still there.",
        )
    }

    /// 413; the limit in bytes.
    pub fn too_large(&self, limit: u64) -> Told {
        told(
            "Too large",
            format!("At most {} can be sent here at once.", self.size(limit)),
            NOTHING_CHANGED,
            "Go back and send less; what you typed is still there.",
        )
    }

    /// 414.
    pub fn uri_too_long(&self) -> Told {
        told(
            "This address is too long",
            "No link of ours is as long as the one that led here.",
            NOTHING_CHANGED,
            "Go on from the inbox.",
        )
    }

    /// 410.
    pub fn gone(&self, what: What) -> Told {
        match what {
            What::Folder => told(
                "This folder is gone",
                "It was deleted or renamed elsewhere.",
                "Nothing was changed here.",
                "Choose another folder.",
            ),
            What::Message => told(
                "This message is gone",
                "It was deleted or moved to another folder elsewhere.",
                "Nothing was changed here.",
                "Go on from the list.",
            ),
            What::Numbering => told(
                "This link is out of date",
                "The server has numbered the folder anew, so the link no longer says which message it means.",
                "The messages are still there; nothing was changed.",
                "Open the folder again.",
            ),
            What::Part => told(
                "There is no such attachment",
                "The message does not contain what this link names.",
                NOTHING_CHANGED,
                "Open the message again.",
            ),
        }
    }

    /// 429.
    pub fn too_many(&self) -> Told {
        told(
            "One moment",
            "More was asked for at once than is worked on at once, and this page made way.",
            "Nothing is lost, and nothing was changed.",
            "If you no longer need this page, close it.",
        )
    }

    /// 503: waited for the user's other request; seconds.
    pub fn busy(&self, waited: u64) -> Told {
        told(
            "One moment",
            format!(
                "Your other click is still being worked on. This page waited {} for it.",
                self.seconds(waited)
            ),
            "Nothing is lost, and nothing was changed.",
            "Postern does one thing at a time for each person. If you no longer need this page, close it.",
        )
    }

    /// 502 to 504, 401.
    pub fn imap(&self, kind: &Imap) -> Told {
        let what_was_read = "Nothing was changed. What you opened before can still be read.";
        match kind {
            Imap::Unreachable => told(
                "The mail server cannot be reached",
                "No connection to it could be made.",
                what_was_read,
                "It is most likely back in a few minutes.",
            ),
            Imap::Certificate => told(
                "The mail server could not prove who it is",
                "Its certificate is not valid for its name, is out of date, or is signed by nobody known here. Your password was not sent.",
                what_was_read,
                "This has to be put right by those who run the server.",
            ),
            Imap::Refused(said) => told(
                "The mail server said no",
                match said.words() {
                    Some(said) => format!("It refused what this page needs. {}", it_said(said)),
                    None => "It answered, but refused what this page needs.".to_owned(),
                },
                what_was_read,
                "Try again; if it stays so, ask those who run the server.",
            ),
            Imap::Goodbye(said) => told(
                "The mail server ended the connection",
                match said.words() {
                    Some(said) => format!("It did so before it had answered. {}", it_said(said)),
                    None => "It did so before it had answered.".to_owned(),
                },
                what_was_read,
                "Try again in a minute.",
            ),
            Imap::Timeout => told(
                "The mail server does not answer",
                "It was asked, and no answer came in time.",
                what_was_read,
                "It is most likely back in a few minutes.",
            ),
            Imap::Garbled => told(
                "The mail server's answer made no sense",
                "What it sent could not be understood, or was far too much.",
                what_was_read,
                "Try again; if it stays so, tell those who run this site.",
            ),
            Imap::LoginRefused => told(
                "Sign in to go on",
                "The mail server no longer accepts the password of this session.",
                NOTHING_CHANGED,
                "After signing in you are where you wanted to go.",
            ),
            Imap::LoginLater => told(
                "The mail server is busy",
                "It lets nobody in just now, or you have too many connections elsewhere.",
                what_was_read,
                "Try again in a minute.",
            ),
        }
    }

    /// Above the sign-in form when the mail server could not be asked about a password.
    pub fn server_at_sign_in(&self, kind: &Imap) -> String {
        let told = self.imap(kind);
        format!(
            "{}. {} Your password was not checked.",
            told.title, told.happened
        )
    }

    /// Above a page that the cache answered because the mail server could not: lead and rest.
    pub fn away(&self, kind: &Imap) -> (String, String) {
        let told = self.imap(kind);
        let rest = "This is what was known before; messages that you have opened can be read, and nothing was changed.";
        let said = match kind {
            Imap::Refused(said) | Imap::Goodbye(said) => said.words(),
            _ => None,
        };
        let rest = match said {
            Some(said) => format!("{} {rest}", it_said(said)),
            None => rest.to_owned(),
        };
        (format!("{}.", told.title), rest)
    }

    /// 507: the mailbox.
    pub fn over_quota(&self) -> Told {
        told(
            "The mailbox is full",
            "The mail server has no room left for this account.",
            "Nothing was stored, and nothing was deleted.",
            "Delete what you no longer need, then try again.",
        )
    }

    /// 507: the disk.
    pub fn disk_full(&self) -> Told {
        told(
            "This site has no room left",
            "The disk on which it keeps its own files is full, or they may not grow any more.",
            "Your mail is not there, and is safe. Nothing was changed.",
            "Those who run this site have to make room; the log says where.",
        )
    }

    /// 500: set up wrongly.
    pub fn setup(&self) -> Told {
        told(
            "This site is not set up yet",
            "Its configuration or its folder on the server cannot be used as it is.",
            NOTHING_CHANGED,
            "Those who run it find the file and the reason in the log, or by running “postern check” on the server.",
        )
    }

    /// 500: the reader's own settings.
    pub fn profile(&self) -> Told {
        told(
            "Your settings cannot be read",
            "The file that holds them on this site is damaged or cannot be opened.",
            "It was left as it is. Nothing was changed.",
            "Those who run this site find the file and the reason in the log.",
        )
    }

    /// Above a page that was made without the reader's settings, because they cannot be read: lead and rest.
    pub fn without_settings(&self) -> (String, String) {
        let told = self.profile();
        let rest = "The file that holds them is damaged or cannot be opened; it was left as it is. Until it is put right, remote content is held back, whoever sent it.";
        (format!("{}.", told.title), rest.to_owned())
    }

    /// 403: http.
    pub fn insecure(&self) -> Told {
        told(
            "Not without encryption",
            self.https_needed(),
            "Nothing was sent to the mail server.",
            "Open the same address with https in front.",
        )
    }

    /// 500: ours.
    pub fn internal(&self) -> Told {
        told(
            "Something went wrong here",
            "A fault of this program ended the page before it was finished.",
            "Your mail is on the mail server and is safe. If you were changing something, look whether it was done.",
            "Try again; if it stays so, tell those who run this site.",
        )
    }

    /// Stands below a page that the browser asks for again.
    pub fn tries_again_in(&self, seconds: u64) -> String {
        format!(
            "This page tries again by itself in {}.",
            self.seconds(seconds)
        )
    }

    /// Stands below a refused form, which the browser cannot send again by itself.
    pub fn go_back_and_repeat(&self) -> &'static str {
        "Go back and do it again in a moment."
    }

    /// Link to the same page.
    pub fn try_again(&self) -> &'static str {
        "Try again"
    }

    /// Link to the same page, which would come by itself.
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

/// The words of the page that is sent when nothing else can be done any more. Constants, because that page is put
/// together by the compiler.
pub mod hard_deadline {
    /// Its heading.
    pub const TITLE: &str = "This took too long";
    /// What happened.
    pub const HAPPENED: &str = "The work on this page was ended because something that it waited for did not answer in time.";
    /// What is known of what was done.
    pub const KEPT: &str = "Your mail is on the mail server and is safe. If you were changing something, look whether it was done.";
    /// What comes next.
    pub const NEXT: &str = "Load the page again in a moment.";
}
