//! Mails for mailboxes: written by a test, field by field, or generated, the same in every run, so that a test can say which
//! one stands where.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::random::Random;

/// A mail as it is put into a mailbox.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The whole message, lines ended by CR LF.
    pub bytes: Vec<u8>,
    /// When the mailbox got it (INTERNALDATE).
    pub received: SystemTime,
    /// Its flags, as on the wire.
    pub flags: Vec<&'static str>,
}

impl Mail {
    /// A short plain mail, unread.
    pub fn plain(from: &str, subject: &str, text: &str) -> Mail {
        Mail::dated(from, subject, text, SystemTime::now())
    }

    /// These bytes and nothing else, unread.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Mail {
        Mail {
            bytes: bytes.into(),
            received: SystemTime::now(),
            flags: Vec::new(),
        }
    }

    /// The whole message as it is written in a test, with LF at the ends of its lines.
    pub fn written(text: &str) -> Mail {
        Mail::raw(text.replace('\n', "\r\n"))
    }

    fn dated(from: &str, subject: &str, text: &str, at: SystemTime) -> Mail {
        let text = text.replace('\n', "\r\n");
        let head = head(from, subject, at);
        Mail {
            bytes: format!("{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n")
                .into(),
            received: at,
            flags: Vec::new(),
        }
    }

    /// The same mail, with these flags.
    pub fn flagged(mut self, flags: &[&'static str]) -> Mail {
        self.flags = flags.to_vec();
        self
    }

    /// The time of arrival as APPEND wants it (RFC 9051 9, date-time).
    pub fn internal_date(&self) -> String {
        let at = zoned(self.received);
        at.strftime("%d-%b-%Y %H:%M:%S +0000").to_string()
    }

    /// The flags as letters of a Maildir file name.
    pub fn maildir_flags(&self) -> String {
        let letter = |flag: &&str| match *flag {
            r"\Draft" => 'D',
            r"\Flagged" => 'F',
            r"\Answered" => 'R',
            r"\Seen" => 'S',
            r"\Deleted" => 'T',
            other => panic!("{other} has no letter; append the mail through a client"),
        };
        let mut letters: Vec<char> = self.flags.iter().map(letter).collect();
        letters.sort_unstable();
        letters.into_iter().collect()
    }
}

/// A mail that is put together: the usual fields of a header, unless a test says otherwise, and then what it holds. Text is
/// written with LF at the ends of lines.
#[derive(Clone, Debug)]
pub struct MailBuilder {
    /// Whole fields, as they stand in the header.
    from: String,
    to: String,
    rest: String,
}

impl MailBuilder {
    /// A mail from Bo to Ann, of 2 November 2026.
    pub fn about(subject: &str) -> MailBuilder {
        let mut mail = MailBuilder::bare(subject);
        mail.to = "To: Ann <ann@example.org>\n".to_owned();
        mail.fields("Date: Mon, 02 Nov 2026 10:00:00 +0100")
    }

    /// A mail from Bo that tells neither to whom it goes nor when it was written.
    pub fn bare(subject: &str) -> MailBuilder {
        MailBuilder {
            from: "From: Bo Lind <bo@example.org>\n".to_owned(),
            to: String::new(),
            rest: format!("Subject: {subject}\nMIME-Version: 1.0\n"),
        }
    }

    /// From somebody else.
    pub fn from(self, sender: &str) -> MailBuilder {
        self.written_by(&format!("From: {sender}"))
    }

    /// With these whole fields in place of the one that names the sender.
    pub fn written_by(mut self, fields: &str) -> MailBuilder {
        self.from = format!("{fields}\n");
        self
    }

    /// To somebody else.
    pub fn to(mut self, people: &str) -> MailBuilder {
        self.to = format!("To: {people}\n");
        self
    }

    /// With further whole fields.
    pub fn fields(mut self, fields: &str) -> MailBuilder {
        self.rest.push_str(&format!("{fields}\n"));
        self
    }

    /// What it holds, below the rest of its header: `Content-Type: text/plain`, an empty line, words.
    pub fn holding(self, fields_and_body: &str) -> Mail {
        let MailBuilder { from, to, rest } = self;
        Mail::written(&format!("{from}{to}{rest}{fields_and_body}\n"))
    }

    /// A body of this type.
    pub fn of_kind(self, kind: &str, body: &str) -> Mail {
        self.holding(&format!("Content-Type: {kind}\n\n{body}"))
    }

    /// A few words, and parts below them, each with its own fields.
    pub fn mixed(self, words: &str, parts: &[String]) -> Mail {
        let parts: String = parts.iter().map(|p| format!("--part\n{p}\n")).collect();
        let words = format!("--part\nContent-Type: text/plain\n\n{words}\n");
        self.of_kind(
            "multipart/mixed; boundary=part",
            &format!("{words}{parts}--part--"),
        )
    }
}

/// A file as a part of a mail; `name` is the parameter that names it: `filename=a.zip`.
pub fn attachment(kind: &str, name: &str, bytes: &[u8]) -> String {
    format!(
        "Content-Type: {kind}\nContent-Transfer-Encoding: base64\n\
         Content-Disposition: attachment; {name}\n\n{}",
        in_base64(bytes)
    )
}

/// Bytes as base64 in lines of 76 letters (RFC 2045 6.8).
pub fn in_base64(bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    let mut lines = String::new();
    for (nth, letter) in encoded.chars().enumerate() {
        if nth > 0 && nth.is_multiple_of(76) {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines
}

/// A mail with a file attached to it.
pub fn attached(subject: &str, file: &str, bytes: &[u8]) -> Mail {
    let kind = format!("application/octet-stream; name=\"{file}\"");
    let file = attachment(&kind, &format!("filename=\"{file}\""), bytes);
    MailBuilder::about(subject)
        .from("Ada <ada@example.org>")
        .mixed("See there.", &[file])
}

/// Mails "Large 1" and so on, of nearly a megabyte each, whose texts do not compress.
pub fn large(count: usize) -> Vec<Mail> {
    let mut random = Random::seeded(11);
    let mut text = || {
        let mut line = || {
            let letters = (0..72).map(|_| char::from(b'!' + random.below(90) as u8));
            letters.collect::<String>()
        };
        let lines: Vec<String> = (0..13_000).map(|_| line()).collect();
        lines.join("\n")
    };
    let mail = |n| Mail::plain("Ada <ada@example.org>", &format!("Large {n}"), &text());
    (1..=count).map(mail).collect()
}

/// Who writes the generated mails, in turn.
const SENDERS: [&str; 6] = [
    "Ada Moreau <ada@example.org>",
    "\"Brandt, Otto\" <otto.brandt@example.com>",
    "=?utf-8?q?Zo=C3=AB_=C3=85kesson?= <zoe@example.net>",
    "cron@build.example.org",
    "The Printing Museum <letters@museum.example>",
    "=?utf-8?b?5bGx55Sw5aSq6YOO?= <taro@example.jp>",
];

/// Their sentences; a mail of number n has 3 + n % 17 of them.
const SENTENCES: [&str; 5] = [
    "The rehearsal moved to the small hall, and the second door stays shut.",
    "Please find the figures of last week below; the last column is new.",
    "We walked along the canal until the bridge was let down again.",
    "Nothing needs to be done about this, it only tells that all went well.",
    "Could you bring the green folder on Thursday, and the key of the shed?",
];

/// When the first of the generated mails was written: 1 March 2025, 08:00 UTC.
const FIRST: u64 = 1_740_816_000;

/// The generated mails 1 to `count`, oldest first: subject "Message n", an hour apart from 1 March 2025 on. Read are all but
/// each third; flagged is each 11th, answered each 13th. Each 7th has HTML beside the text, each 10th an attachment
/// `notes-n.txt`.
pub fn generated(count: usize) -> Vec<Mail> {
    let first = SystemTime::UNIX_EPOCH + Duration::from_secs(FIRST);
    generated_since(first, count)
}

/// The same, the first one written at `first`.
pub fn generated_since(first: SystemTime, count: usize) -> Vec<Mail> {
    (1..=count).map(|n| one(n, first)).collect()
}

fn one(n: usize, first: SystemTime) -> Mail {
    let hours = u64::try_from(n - 1).expect("few mails");
    let at = first + Duration::from_secs(hours * 3600);
    let sentences: Vec<&str> = SENTENCES
        .iter()
        .cycle()
        .skip(n)
        .take(3 + n % 17)
        .copied()
        .collect();
    let text = format!("This is message {n}.\n\n{}", sentences.join("\n"));
    let sender = SENDERS[n % SENDERS.len()];
    let mut mail = Mail::dated(sender, &format!("Message {n}"), &text, at);
    let crlf = text.replace('\n', "\r\n");
    let plain = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{crlf}\r\n");
    let parts = if n.is_multiple_of(10) {
        let file = format!("notes-{n}.txt");
        let notes = format!(
            "Content-Type: text/plain; name=\"{file}\"\r\n\
             Content-Disposition: attachment; filename=\"{file}\"\r\n\r\nNotes on message {n}.\r\n"
        );
        Some(("mixed", [plain, notes]))
    } else if n.is_multiple_of(7) {
        let paragraphs: String = sentences
            .iter()
            .map(|s| format!("<p>{s}</p>\r\n"))
            .collect();
        let html = format!(
            "Content-Type: text/html; charset=utf-8\r\n\r\n\
             <h1>This is message {n}.</h1>\r\n{paragraphs}"
        );
        Some(("alternative", [plain, html]))
    } else {
        None
    };
    if let Some((kind, parts)) = parts {
        let body: String = parts
            .iter()
            .map(|part| format!("--part\r\n{part}\r\n"))
            .collect();
        let head = head(sender, &format!("Message {n}"), at);
        let kind = format!("Content-Type: multipart/{kind}; boundary=part\r\n");
        mail.bytes = format!("{head}{kind}\r\n{body}--part--\r\n").into();
    }
    let flags = [
        (!n.is_multiple_of(3), r"\Seen"),
        (n.is_multiple_of(11), r"\Flagged"),
        (n.is_multiple_of(13), r"\Answered"),
    ];
    mail.flags = flags
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, flag)| *flag)
        .collect();
    mail
}

/// The header of a mail to Ann up to its content type.
fn head(from: &str, subject: &str, at: SystemTime) -> String {
    let date = zoned(at)
        .strftime("%a, %d %b %Y %H:%M:%S +0000")
        .to_string();
    let id: String = format!("{subject}.{date}")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '.' })
        .collect();
    format!(
        "Date: {date}\r\nFrom: {from}\r\nTo: Ann Example <ann@example.org>\r\nSubject: {subject}\r\n\
         Message-ID: <{id}@example.org>\r\nMIME-Version: 1.0\r\n"
    )
}

fn zoned(at: SystemTime) -> jiff::Zoned {
    Timestamp::try_from(at)
        .expect("a time")
        .to_zoned(TimeZone::UTC)
}
