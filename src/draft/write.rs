//! The bytes of a message (RFC 5322, RFC 2045 to 2049, RFC 2231): ASCII only, lines ended by CRLF, written piece by piece, so
//! that no file is held in memory.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_builder::headers::address::{Address as Mailbox, EmailAddress, GroupedAddresses};
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::headers::{Header as _, HeaderType};
use mail_builder::mime::MimePart;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Letter;
use super::flowed::flowed;
use super::rich::rich_part;
use super::whole::{Travels, copy_lines};
use crate::mail::{Address, ForPrograms, Priority};

/// What a line of base64 carries, in bytes (RFC 2045 6.8), and how much of a file is read at once.
const LINE: usize = 57;
const PIECE: usize = LINE * 512;
/// What one encoded word of a file name carries, in bytes: with all around it stays below 75 (RFC 2047 2).
const WORD: usize = 42;
/// The longest name that a file is sent under, in characters.
const LONGEST_NAME: usize = 200;

/// The kind of a message.
const MESSAGE: &str = "message/rfc822";

/// What a message says of itself.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Its Message-ID, without brackets.
    pub id: String,
    /// Its date, as a header has it (RFC 5322 3.3).
    pub date: String,
    /// What divides its parts: letters and digits that are in none of them.
    pub boundary: String,
}

/// A file that goes with a message.
pub struct Attached {
    /// Its name; may be empty.
    pub name: String,
    /// What its sender's browser takes it for.
    pub kind: String,
    /// Its bytes.
    pub bytes: Box<dyn Read>,
    /// How they travel: as they are only those of a message.
    pub travels: Travels,
}

/// Writes a message. With `blind`, who gets it unseen stands in it: only for what its sender keeps.
///
/// # Errors
/// As writing to `out`, and reading the files.
pub fn written(
    letter: &Letter,
    stamp: &Stamp,
    files: Vec<Attached>,
    blind: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut head = Vec::new();
    header(&mut head, "Date", Raw::new(stamp.date.as_str()).into());
    let from = [letter.from.clone()];
    let mut bcc: &[Address] = &[];
    if blind {
        bcc = &letter.bcc;
    }
    let people: [(&str, &[Address]); 5] = [
        ("From", &from),
        ("To", &letter.to),
        ("Cc", &letter.cc),
        ("Bcc", bcc),
        ("Reply-To", &letter.reply_to),
    ];
    for (name, addresses) in people {
        if !addresses.is_empty() {
            header(&mut head, name, mailboxes(addresses));
        }
    }
    // RFC 5322 3.6.3 needs none of them, but some servers take a message with no recipient in it for unwanted.
    if letter.to.is_empty() && letter.cc.is_empty() {
        head.extend_from_slice(b"To: undisclosed-recipients:;\r\n");
    }
    header(
        &mut head,
        "Subject",
        Text::new(letter.subject.as_str()).into(),
    );
    header(
        &mut head,
        "Message-ID",
        MessageId::new(stamp.id.as_str()).into(),
    );
    if !letter.in_reply_to.is_empty() {
        let id = MessageId::new(letter.in_reply_to.as_str());
        header(&mut head, "In-Reply-To", id.into());
    }
    if !letter.references.is_empty() {
        let ids = MessageId::new_list(letter.references.iter().map(String::as_str));
        header(&mut head, "References", ids.into());
    }
    asked(&mut head, letter);
    head.extend_from_slice(b"MIME-Version: 1.0\r\n");
    let text = content(letter, stamp)?;
    if files.is_empty() {
        out.write_all(&head)?;
        out.write_all(&text)?;
        return end_of_line(out, &text);
    }
    let boundary = &stamp.boundary;
    write!(
        head,
        "Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n"
    )?;
    out.write_all(&head)?;
    write!(out, "--{boundary}\r\n")?;
    out.write_all(&text)?;
    for file in files {
        write!(out, "\r\n--{boundary}\r\n")?;
        out.write_all(&file_head(&file))?;
        match file.travels {
            Travels::Encoded => base64_lines(file.bytes, out)?,
            Travels::SevenBit | Travels::EightBit => copy_lines(file.bytes, out)?,
        }
    }
    write!(out, "\r\n--{boundary}--\r\n")
}

pub(super) fn header(head: &mut Vec<u8>, name: &str, value: HeaderType) {
    head.extend_from_slice(name.as_bytes());
    head.extend_from_slice(b": ");
    value.write_header(head, name.len().saturating_add(2));
}

pub(super) fn mailboxes(addresses: &[Address]) -> HeaderType<'_> {
    let mailbox = |address: &'_ Address| {
        // What was typed and is no address, in a draft: a group of nobody under this name (RFC 5322 3.4).
        if address.email.is_empty() {
            let name = Some(Cow::Owned(address.name.replace(char::is_control, " ")));
            let addresses = Vec::new();
            return Mailbox::Group(GroupedAddresses { name, addresses });
        }
        let name = (!address.name.is_empty()).then(|| Cow::Owned(address.name.clone()));
        let email = Cow::Owned(address.email.clone());
        Mailbox::Address(EmailAddress { name, email })
    };
    Mailbox::new_list(addresses.iter().map(mailbox).collect()).into()
}

/// The fields that ask for something.
fn asked(head: &mut Vec<u8>, letter: &Letter) {
    let urgency: &[u8] = match letter.asks.priority {
        Priority::High => b"X-Priority: 1\r\nImportance: high\r\n",
        Priority::Normal => b"",
        Priority::Low => b"X-Priority: 5\r\nImportance: low\r\n",
    };
    head.extend_from_slice(urgency);
    if letter.asks.receipt {
        let from = [Address {
            name: String::new(),
            email: letter.from.email.clone(),
        }];
        header(head, "Disposition-Notification-To", mailboxes(&from));
    }
}

/// The text, with what programs read in it.
fn content(letter: &Letter, stamp: &Stamp) -> io::Result<Vec<u8>> {
    let text = text_part(&letter.text);
    if !letter.html.is_empty() {
        return rich_part(&text, &letter.html, &stamp.id, &stamp.boundary);
    }
    let boundary = &stamp.boundary;
    let mut part = Vec::new();
    let kind = match &letter.for_programs {
        None => return Ok(text),
        Some(ForPrograms::Calendar(calendar)) => {
            // RFC 6047 2.4: the method stands in the type, too.
            part.extend_from_slice(
                b"Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\
                  Content-Transfer-Encoding: base64\r\n\r\n",
            );
            let calendar = calendar.replace('\n', "\r\n").into_bytes();
            base64_lines(Box::new(io::Cursor::new(calendar)), &mut part)?;
            part.extend_from_slice(b"\r\n");
            "alternative"
        }
        Some(ForPrograms::Receipt { reader, original }) => {
            // RFC 8098 3.1
            write!(
                part,
                "Content-Type: message/disposition-notification\r\n\r\n\
                 Final-Recipient: rfc822;{reader}\r\n"
            )?;
            if !original.is_empty() {
                write!(part, "Original-Message-ID: <{original}>\r\n")?;
            }
            part.extend_from_slice(b"Disposition: manual-action/MDN-sent-manually; displayed\r\n");
            "report; report-type=disposition-notification"
        }
    };
    let mut both = Vec::new();
    write!(
        both,
        "Content-Type: multipart/{kind};\r\n boundary=\"{boundary}a\"\r\n\r\n--{boundary}a\r\n"
    )?;
    both.extend_from_slice(&text);
    write!(both, "\r\n--{boundary}a\r\n")?;
    both.extend_from_slice(&part);
    write!(both, "\r\n--{boundary}a--\r\n")?;
    Ok(both)
}

fn text_part(text: &str) -> Vec<u8> {
    let kind = ContentType::new("text/plain")
        .attribute("charset", "utf-8")
        .attribute("format", "flowed");
    let mut part = Vec::new();
    MimePart::new(kind, flowed(text)).write_part(&mut part);
    part
}

fn end_of_line(out: &mut impl Write, written: &[u8]) -> io::Result<()> {
    match written.ends_with(b"\r\n") {
        true => Ok(()),
        false => out.write_all(b"\r\n"),
    }
}

/// The header of a file's part: its name as RFC 2231 says, and again as most programs read it.
fn file_head(file: &Attached) -> Vec<u8> {
    let name = sent_name(&file.name);
    let mut head = b"Content-Type: ".to_vec();
    let (kind, encoding) = match file.travels {
        Travels::Encoded => (sent_kind(&file.kind), "base64"),
        Travels::SevenBit => (MESSAGE.to_owned(), "7bit"),
        Travels::EightBit => (MESSAGE.to_owned(), "8bit"),
    };
    head.extend_from_slice(kind.as_bytes());
    if !name.is_empty() {
        head.extend_from_slice(b";\r\n name=\"");
        head.extend_from_slice(quoted_name(&name).as_bytes());
        head.push(b'"');
    }
    head.extend_from_slice(b"\r\n");
    head.extend_from_slice(&disposition(name));
    head.extend_from_slice(b"Content-Transfer-Encoding: ");
    head.extend_from_slice(encoding.as_bytes());
    head.extend_from_slice(b"\r\n\r\n");
    head
}

/// The field that makes a part a file. A name that looks coded is coded, or readers would decode what was never meant so.
fn disposition(name: String) -> Vec<u8> {
    let mut field = Vec::new();
    if name.is_ascii() && looks_coded(&name) {
        field.extend_from_slice(b"Content-Disposition: attachment;\r\n filename*=utf-8''");
        let coded = utf8_percent_encode(&name, NON_ALPHANUMERIC).to_string();
        field.extend_from_slice(coded.as_bytes());
        field.extend_from_slice(b"\r\n");
        return field;
    }
    let mut disposition = ContentType::new("attachment");
    if !name.is_empty() {
        disposition = disposition.attribute("filename", name);
    }
    header(&mut field, "Content-Disposition", disposition.into());
    field
}

/// True for what readers may take for an encoded word (RFC 2047 2).
fn looks_coded(name: &str) -> bool {
    name.contains("=?")
}

/// A file name without what no system has in one, and not longer than any has; its ending stays.
fn sent_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let plain: Vec<char> = last.chars().filter(|c| !c.is_control()).collect();
    let Some(cut) = plain.len().checked_sub(LONGEST_NAME).filter(|n| *n > 0) else {
        return plain.into_iter().collect();
    };
    let dot = plain.iter().rposition(|c| *c == '.');
    let ending = dot.map_or(plain.len(), |dot| dot).max(cut);
    let kept = plain.len().saturating_sub(ending);
    let begin = plain.iter().take(LONGEST_NAME.saturating_sub(kept));
    begin.chain(plain.iter().skip(ending)).collect()
}

/// A media type that a header can hold, and that a part in base64 may have (RFC 2045 6.4, RFC 2046 5.2.1).
fn sent_kind(kind: &str) -> String {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_token = |text: &str| {
        let of_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b);
        !text.is_empty() && text.len() <= 100 && text.bytes().all(of_token)
    };
    match kind.split_once('/') {
        Some((group @ ("message" | "multipart"), _)) if !group.is_empty() => {
            "application/octet-stream".to_owned()
        }
        Some((group, of)) if is_token(group) && is_token(of) => kind.to_ascii_lowercase(),
        _ => "application/octet-stream".to_owned(),
    }
}

/// A name between quotation marks, over several lines where it is long; as encoded words where it is not ASCII. They have no
/// place there by the letter (RFC 2047 5), but it is how programs that know no RFC 2231 read it.
fn quoted_name(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii() && !c.is_ascii_control() && c != '"' && c != '\\';
    if name.chars().all(is_plain) && name.len() < WORD && !looks_coded(name) {
        return name.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in name.chars() {
        if word.len().saturating_add(c.len_utf8()) > WORD {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let coded = words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
    coded.collect::<Vec<_>>().join("\r\n ")
}

fn base64_lines(mut from: Box<dyn Read>, out: &mut impl Write) -> io::Result<()> {
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        piece.clear();
        (&mut from).take(PIECE as u64).read_to_end(&mut piece)?;
        for (nth, line) in piece.chunks(LINE).enumerate() {
            if nth > 0 {
                out.write_all(b"\r\n")?;
            }
            out.write_all(STANDARD.encode(line).as_bytes())?;
        }
        if piece.len() < PIECE {
            return Ok(());
        }
        out.write_all(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(name: &str, email: &str) -> Address {
        Address {
            name: name.to_owned(),
            email: email.to_owned(),
        }
    }

    fn stamp() -> Stamp {
        Stamp {
            id: "abc@example.org".to_owned(),
            date: "Sun, 29 Nov 2026 20:05:24 +0100".to_owned(),
            boundary: "=_0123456789".to_owned(),
        }
    }

    fn letter() -> Letter {
        Letter {
            from: address("Änn, Smith", "ann@example.org"),
            to: vec![address("", "bo@example.org")],
            cc: Vec::new(),
            bcc: vec![address("", "secret@example.org")],
            reply_to: Vec::new(),
            subject: "Die dritte Geranie für 한국".to_owned(),
            text: "Hëllo\n".to_owned(),
            html: String::new(),
            in_reply_to: "x@y".to_owned(),
            references: vec!["w@y".to_owned(), "x@y".to_owned()],
            asks: crate::mail::Asks::default(),
            for_programs: None,
        }
    }

    fn file(name: &str, kind: &str, bytes: Vec<u8>) -> Attached {
        Attached {
            name: name.to_owned(),
            kind: kind.to_owned(),
            bytes: Box::new(io::Cursor::new(bytes)),
            travels: Travels::Encoded,
        }
    }

    fn message(letter: &Letter, files: Vec<Attached>, blind: bool) -> String {
        let mut out = Vec::new();
        written(letter, &stamp(), files, blind, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.is_ascii() && text.ends_with("\r\n"), "{text}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
        for line in text.split("\r\n") {
            assert!(line.len() <= 78 || line.starts_with(" filename"), "{line}");
        }
        text
    }

    #[test]
    fn whoever_gets_it_unseen_stands_only_in_what_its_sender_keeps() {
        assert!(!message(&letter(), Vec::new(), false).contains("secret"));
        assert!(message(&letter(), Vec::new(), true).contains("\r\nBcc: <secret@example.org>\r\n"));
        let unseen = Letter {
            to: Vec::new(),
            ..letter()
        };
        let sent = message(&unseen, Vec::new(), false);
        assert!(sent.contains("To: undisclosed-recipients:;\r\n"), "{sent}");
    }

    #[test]
    fn what_is_rich_is_there_as_text_too_and_holds_its_pictures() {
        let picture = format!("<img src=\"data:image/png;base64,{}\">", "iVBO".repeat(40));
        let rich = Letter {
            html: format!("<p>Hëllo <b>Bo</b></p>{picture}{picture}<img src=\"https://x.org/y\">"),
            ..letter()
        };
        let sent = message(&rich, vec![file("a.txt", "text/plain", vec![1; 10])], false);
        let at = |what: &str| {
            let found = sent.find(what);
            found.unwrap_or_else(|| panic!("{what}: {sent}"))
        };
        let order = [
            "multipart/mixed; boundary=\"=_0123456789\"",
            "multipart/alternative;\r\n boundary=\"=_0123456789a\"",
            "text/plain; charset=\"utf-8\"; format=\"flowed\"",
            "multipart/related; type=\"text/html\";\r\n boundary=\"=_0123456789r\"",
            "text/html; charset=\"utf-8\"",
            "Content-Type: image/png",
            "--=_0123456789r--",
            "--=_0123456789a--",
            "Content-Disposition: attachment",
            "--=_0123456789--",
        ]
        .map(at);
        assert!(order.is_sorted(), "{order:?} {sent}");
        assert_eq!(sent.matches("Content-Type: image/png").count(), 1, "{sent}");
        assert!(
            sent.contains("Content-ID: <0.0123456789@example.org>\r\n"),
            "{sent}"
        );
        assert!(!sent.contains("data:") && !sent.contains("x.org"), "{sent}");
        // Without pictures and files there is no more around it than needed.
        let words = Letter {
            html: "<p>a</p>".to_owned(),
            ..letter()
        };
        let sent = message(&words, Vec::new(), false);
        assert!(sent.contains("multipart/alternative"), "{sent}");
        assert!(
            !sent.contains("multipart/related") && !sent.contains("mixed"),
            "{sent}"
        );
    }

    #[test]
    fn names_of_files_are_short_lines_whatever_they_are() {
        let long = format!("{}.pdf", "x".repeat(1000));
        let korean = format!("{}.hwp", "가".repeat(60));
        for name in [
            "",
            "a.txt",
            "Übersicht \"neu\".pdf",
            &long,
            &korean,
            "../..\\a\r\nb: c.txt",
        ] {
            let sent = message(
                &letter(),
                vec![file(name, "text/plain", vec![1; 10])],
                false,
            );
            assert!(!sent.contains("\r\nb: c"), "{sent}");
        }
        assert_eq!(sent_name(&long).chars().count(), LONGEST_NAME);
        assert!(sent_name(&long).ends_with("x.pdf"));
        assert_eq!(sent_name("C:\\Users\\ann\\a.txt"), "a.txt");
    }

    #[test]
    fn a_kind_is_one_that_a_header_can_hold() {
        assert_eq!(sent_kind("image/PNG; x=y"), "image/png");
        for odd in [
            "",
            "x",
            "text/plain\r\nX: y",
            "message/rfc822",
            "multipart/mixed",
            "a b/c",
        ] {
            assert_eq!(sent_kind(odd), "application/octet-stream", "{odd}");
        }
    }

    #[test]
    fn a_file_comes_out_byte_by_byte() {
        for length in [0, 1, 56, 57, 58, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let mut out = Vec::new();
            base64_lines(Box::new(io::Cursor::new(bytes.clone())), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.split("\r\n").all(|line| line.len() <= 76));
            assert_eq!(
                STANDARD.decode(text.replace("\r\n", "")).unwrap(),
                bytes,
                "{length}"
            );
        }
    }
}
