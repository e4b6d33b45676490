//! What the page of a message says: its bar, its head, what is to be read, what is attached.
//!
//! Not for what a message states beside its text (`extras`). To know before changing it: as in `pages`, one function a place.

use super::{Sentence, Words};
use crate::time::Calendar;

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

    /// Title of the page of the message as it travelled.
    pub fn source(&self) -> &'static str {
        "Source"
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

    /// Unfolds the rest of many addresses.
    pub fn and_more(&self, n: usize) -> String {
        format!("and {} more", self.number(n.try_into().unwrap_or(u64::MAX)))
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

    /// Label of the recipients of a copy.
    pub fn cc_label(&self) -> &'static str {
        "Cc"
    }

    /// Label of the recipients of a copy that the others do not know of.
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

    /// Beside the time at which a message arrived: its sender's date, which is another day.
    pub fn dated(&self, at: &Calendar) -> String {
        format!("(dated {})", self.when(at))
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

    /// Above a mail whose pictures are loaded because of its sender.
    pub fn always_shown(&self) -> &'static str {
        "Remote images from this sender are always shown. The sender can tell when you open a message."
    }

    /// Link to the text of a mail.
    pub fn plain_text(&self) -> &'static str {
        "Plain text"
    }

    /// Link to the HTML of a mail.
    pub fn html_version(&self) -> &'static str {
        "HTML version"
    }

    /// Link to the same text in letters that are all equally wide, or, where it is shown so, as it was before.
    pub fn fixed_letters(&self, is_fixed: bool) -> &'static str {
        match is_fixed {
            false => "Fixed-width font",
            true => "Usual font",
        }
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

    /// Name of the bar above a picture.
    pub fn about_picture(&self) -> &'static str {
        "Picture actions"
    }

    /// Name of the links to the pictures beside one.
    pub fn other_pictures(&self) -> &'static str {
        "Previous and next picture"
    }

    /// The picture before.
    pub fn previous_picture(&self) -> &'static str {
        "Previous picture"
    }

    /// The picture after.
    pub fn next_picture(&self) -> &'static str {
        "Next picture"
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
