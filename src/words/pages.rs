//! What pages say when all is well: labels, buttons, hints, in the order of the pages.
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

    /// Compares the list with the server: the link in `checked`.
    pub fn check_now(&self) -> &'static str {
        "Check for new mail"
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

    /// Stands before an unread row, for screen readers.
    pub fn unread_row(&self) -> &'static str {
        "Unread: "
    }

    /// In the place of a subject: a message of which nothing is known, since the mail server could not be asked.
    pub fn not_read_yet(&self) -> &'static str {
        "Not read yet"
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

/// A message.
impl Words {
    /// The way back from a message.
    pub fn back_to(&self, folder: &str) -> String {
        format!("Back to {folder}")
    }

    /// Name of the bar above a message.
    pub fn about_message(&self) -> &'static str {
        "Message actions"
    }

    /// Name of the links to the messages beside this one.
    pub fn other_messages(&self) -> &'static str {
        "Previous and next message"
    }

    /// `4 of 1,034`.
    pub fn place(&self, nth: u32, total: u32) -> String {
        format!(
            "{} of {}",
            self.number(nth.into()),
            self.number(total.into())
        )
    }

    /// The message above in the list.
    pub fn newer_message(&self) -> &'static str {
        "Newer message"
    }

    /// The message below in the list.
    pub fn older_message(&self) -> &'static str {
        "Older message"
    }

    /// The message on a page that is fit for paper.
    pub fn print(&self) -> &'static str {
        "Print"
    }

    /// Above a page that is fit for paper, on the screen only.
    pub fn how_to_print(&self) -> &'static str {
        "To print, press Ctrl+P (⌘P on a Mac). This line will not be printed."
    }

    /// The message as it travelled, as text.
    pub fn show_source(&self) -> &'static str {
        "View source"
    }

    /// The message as it travelled, as a file.
    pub fn download_message(&self) -> &'static str {
        "Download message"
    }

    /// The reader's own address among recipients.
    pub fn me(&self) -> &'static str {
        "me"
    }

    /// The recipients above a text: `to {0}, {1} and 49 others`, with so many of them by name.
    pub fn to_recipients(&self, named: usize, others: usize) -> Sentence {
        if named == 0 {
            return Sentence::new("no recipients listed");
        }
        let names: Vec<String> = (0..named).map(|n| format!("{{{n}}}")).collect();
        let names = names.join(", ");
        Sentence::new(match others {
            0 => format!("to {names}"),
            n => format!("to {names} and {}", self.others(n)),
        })
    }

    /// How many there are beside those that are named; opens the list of them.
    pub fn others(&self, n: usize) -> String {
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        self.count(n, "other", "others")
    }

    /// The recipients in few words, `{0}`, and the sign `{1}` that there is more to open.
    pub fn recipients_and_details(&self) -> Sentence {
        Sentence::new("{0} · {1}")
    }

    /// The sign that opens the full list of addresses and dates.
    pub fn details(&self) -> &'static str {
        "details"
    }

    /// Label of the sender.
    pub fn from_label(&self) -> &'static str {
        "From"
    }

    /// Label of the recipients.
    pub fn to_label(&self) -> &'static str {
        "To"
    }

    /// Label of those who got a copy.
    pub fn cc_label(&self) -> &'static str {
        "Cc"
    }

    /// Label of those who got a copy that the other recipients do not know of.
    pub fn bcc_label(&self) -> &'static str {
        "Bcc"
    }

    /// Label of where a reply goes, where it is not the sender.
    pub fn reply_to_label(&self) -> &'static str {
        "Reply to"
    }

    /// Label of the date that the sender wrote.
    pub fn sent_label(&self) -> &'static str {
        "Sent"
    }

    /// Label of the date at which the server got it.
    pub fn arrived_label(&self) -> &'static str {
        "Received"
    }

    /// Label of the message's size.
    pub fn size_label(&self) -> &'static str {
        "Size"
    }

    /// In the place of a date.
    pub fn no_date(&self) -> &'static str {
        "No date"
    }

    /// Unfolds the letter that was answered, quoted below the answer.
    pub fn quoted_lines(&self, n: usize) -> String {
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        format!("Show quoted text ({})", self.count(n, "line", "lines"))
    }

    /// In the place of a text that is empty.
    pub fn no_text(&self) -> &'static str {
        "This message has no text."
    }

    /// In the place of a text that is only an attachment.
    pub fn only_attachments(&self) -> &'static str {
        "This message has no text, only attachments."
    }

    /// Above a message of which only a part is shown.
    pub fn only_beginning(&self) -> &'static str {
        "This message is too large to show in full. Download it to read the rest."
    }

    /// Title of the frame with the HTML of a mail.
    pub fn as_laid_out(&self, subject: &str) -> String {
        format!("{subject} (HTML version)")
    }

    /// Above a mail whose pictures are not loaded.
    pub fn held_back(&self, images: u32) -> String {
        match images {
            1 => "1 remote image is blocked.".to_owned(),
            n => format!("{} remote images are blocked.", self.number(n.into())),
        }
    }

    /// The same where the images would be shown if it were certain who wrote it.
    pub fn held_back_in_doubt(&self, images: u32) -> String {
        match images {
            1 => "This message may not really come from this sender, so 1 remote image is blocked."
                .to_owned(),
            n => format!(
                "This message may not really come from this sender, so {} remote images are blocked.",
                self.number(n.into())
            ),
        }
    }

    /// Above a mail that loads nothing but images of one pixel.
    pub fn pixels_held_back(&self, images: u32) -> String {
        match images {
            1 => "A tracking pixel is blocked. It would only tell the sender that you opened this message."
                .to_owned(),
            n => format!(
                "{} tracking pixels are blocked. They would only tell the sender that you opened this message.",
                self.number(n.into())
            ),
        }
    }

    /// Loads the pictures for this view only.
    pub fn show_once(&self) -> &'static str {
        "Show images"
    }

    /// Above a mail whose pictures are loaded.
    pub fn remote_shown(&self) -> &'static str {
        "Remote images are shown this time. The sender can tell that you opened the message."
    }

    /// Shows the mail without what it loads from elsewhere.
    pub fn hold_back_again(&self) -> &'static str {
        "Block again"
    }

    /// Loads the pictures of this and of every other mail of its sender.
    pub fn always_for_sender(&self) -> &'static str {
        "Always show for this sender"
    }

    /// Above a mail whose pictures are loaded because of its sender.
    pub fn always_shown(&self) -> &'static str {
        "Remote images from this sender are always shown. The sender can tell when you open a message."
    }

    /// No longer loads the pictures of this sender's mails.
    pub fn no_longer_always(&self) -> &'static str {
        "Stop showing"
    }

    /// Below an HTML mail.
    pub fn you_see_html(&self) -> &'static str {
        "Showing the HTML version."
    }

    /// Below a text that has an HTML version.
    pub fn you_see_text(&self) -> &'static str {
        "Showing plain text."
    }

    /// Link to the text of a mail.
    pub fn plain_text(&self) -> &'static str {
        "Plain text"
    }

    /// Link to the HTML of a mail.
    pub fn html_version(&self) -> &'static str {
        "HTML version"
    }

    /// Link to the HTML of a mail without anything around it.
    pub fn on_its_own_page(&self) -> &'static str {
        "Open in a separate page"
    }

    /// Heading of the list of attachments.
    pub fn attachments(&self, n: usize) -> String {
        let n = u64::try_from(n).unwrap_or(u64::MAX);
        self.count(n, "attachment", "attachments")
    }

    /// In the place of a file's name.
    pub fn unnamed_file(&self) -> &'static str {
        "Unnamed file"
    }

    /// Opens an attachment in the browser.
    pub fn open(&self) -> &'static str {
        "Open"
    }

    /// Saves an attachment.
    pub fn download(&self) -> &'static str {
        "Download"
    }
}

/// Signing in.
impl Words {
    /// Title of the sign-in page and its button.
    pub fn sign_in(&self) -> &'static str {
        "Sign in"
    }

    /// Title of the sign-in page where the place has a name.
    pub fn sign_in_to(&self, place: &str) -> String {
        format!("Sign in to {place}")
    }

    /// Label of the login: an address, or a name where the server wants one.
    pub fn address(&self) -> &'static str {
        "Email or user name"
    }

    /// Label of the password.
    pub fn password(&self) -> &'static str {
        "Password"
    }

    /// Label of the tick box that lengthens the session.
    pub fn keep_me(&self) -> &'static str {
        "Keep me signed in on this device"
    }

    /// Below the form.
    pub fn sealed_password(&self) -> &'static str {
        "Your password is encrypted with a key that only this browser has."
    }

    /// Above the form after signing out.
    pub fn signed_out(&self) -> &'static str {
        "You are signed out."
    }

    /// Above the form when a session is over.
    pub fn session_ended(&self) -> &'static str {
        "Your session has expired. Sign in to continue where you left off."
    }

    /// Above the form when the server no longer takes the session's password.
    pub fn password_changed(&self) -> &'static str {
        "The mail server no longer accepts your password. If you changed it, sign in with the new one to continue."
    }

    /// Above the form: login or password wrong; which of them is not said.
    pub fn wrong_password(&self) -> &'static str {
        "Wrong email address or password. Check both and try again."
    }

    /// Above the form: too many attempts.
    pub fn throttled(&self, seconds: u64) -> String {
        let wait = match seconds {
            0..=90 => self.seconds(seconds.max(1)),
            _ => self.count(seconds.div_ceil(60), "minute", "minutes"),
        };
        format!(
            "Too many failed sign-ins. Try again in {wait}. (Your password was not checked this time.)"
        )
    }

    /// Above the form: more people sign in than can be checked at once.
    pub fn sign_in_busy(&self) -> &'static str {
        "Too many people are signing in right now. Try again in a few seconds."
    }

    /// Above the form: the form was older than a day or came without its cookie.
    pub fn form_too_old(&self) -> &'static str {
        "This page was open too long. Enter your password again."
    }

    /// Above the form: the browser sent no cookie back.
    pub fn cookies_needed(&self) -> &'static str {
        "Signing in needs a cookie, and your browser did not accept it. Allow cookies for this site and try again."
    }

    /// Above the form: login or password is missing.
    pub fn both_needed(&self) -> &'static str {
        "Enter both your email address (or user name) and your password."
    }

    /// In the place of the form on a page without HTTPS.
    pub fn https_needed(&self) -> &'static str {
        "This page was opened over an unencrypted connection (http), where others could read your password. Open it with https:// to sign in."
    }
}
