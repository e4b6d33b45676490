//! From what FETCH says of a message to the row that a list shows and an opened message begins with.
//!
//! The header fields are read here, as the message has them; a server's ENVELOPE is believed only where there are none. To
//! know before changing it: each text gets its bound here, where the row is made, whatever anybody sent.

use crate::mail::{Address, Check, Dated, Evidence, Part, PartPath, Row, Uid, Verdict};
use crate::mailbox::ids;
use crate::mime::codec::Headers;
use crate::mime::{codec, statements, structure};
use crate::remote::{Envelope, EnvelopeAddress, Leaf, Message, Parameters, ROW_BYTES};

/// Addresses of one header that a row keeps, and bytes of all of them.
const RECIPIENTS: usize = 100;
const RECIPIENTS_BYTES: usize = 10_000;
/// Characters of a subject that a row keeps; the page of all header fields has the rest.
const SUBJECT: usize = 1000;
/// Characters of a name, of a person or a file, and of an address (RFC 5321 4.5.3.1: 320).
const NAME: usize = 200;
const EMAIL: usize = 320;
/// Bytes of the words of a part: its media type, its charset, its Content-ID. A longer one is none.
const KIND: usize = 100;
const CHARSET: usize = 60;
const CONTENT_ID: usize = 500;
/// Bytes of all parts together; there are a thousand and more in that.
const PARTS_BYTES: usize = 160 * 1024;
/// Checks of a verdict that a row keeps, those that failed before all others, and characters of their words.
const CHECKS: usize = 12;
const CHECK_WORD: usize = 30;

/// The row of a message; None where the server told only its flags.
///
/// `authserv_id` is the name of the user's own server, where the hoster has told it.
pub(super) fn of(uid: Uid, message: &Message, authserv_id: &str) -> Option<Row> {
    let header = match (&message.header, &message.envelope) {
        (Some(header), _) => header.to_vec(),
        (None, Some(envelope)) => as_header(envelope),
        (None, None) if message.size.is_none() => return None,
        // The server did not send its header: a row without names is better than no row, and than asking at each click.
        (None, None) => Vec::new(),
    };
    let charset = message.structure.as_ref().and_then(|body| body.charset());
    let charset = String::from_utf8_lossy(charset.unwrap_or_default()).into_owned();
    let headers = codec::headers(&codec::in_utf8(&header, &charset));
    Some(Row {
        evidence: evidence(&header, &charset, authserv_id),
        ..with(uid, message, headers, &charset)
    })
}

/// True where the server told all that a row is made of. Header fields end with a blank line (RFC 9051 6.4.5) unless they
/// were cut: fields that end otherwise begin or end in the wrong place.
pub(super) fn is_whole(message: &Message) -> bool {
    let header = message.header.as_deref().unwrap_or_default();
    let is_cut = u32::try_from(header.len()).map_or(true, |bytes| bytes >= ROW_BYTES);
    let ends = |end: &[u8]| header.ends_with(end);
    let has_fields = !header.trim_ascii().is_empty();
    let has_header = has_fields && (is_cut || ends(b"\r\n\r\n") || ends(b"\n\n"));
    has_header
        && message.flags.is_some()
        && message.arrived.is_some()
        && message.size.is_some()
        && (message.structure.is_some() || message.structure_refused)
        && !(message.is_cut || message.is_contradicted)
}

/// What a row keeps of what speaks for and against a sender.
fn evidence(header: &[u8], charset: &str, authserv_id: &str) -> Evidence {
    let evidence = statements::evidence(header, charset, authserv_id);
    Evidence {
        verdict: evidence.verdict.map(few_checks),
        ..evidence
    }
}

/// A row with its sender as the whole header has it, which the server may have told in pieces, or read otherwise.
pub(in crate::mailbox) fn with_sender(row: Row, header: &[u8], authserv_id: &str) -> Row {
    let charset = charset(row.parts.as_deref().unwrap_or_default()).to_owned();
    let headers = codec::headers(&codec::in_utf8(header, &charset));
    let evidence = evidence(header, &charset, authserv_id);
    Row {
        sender: other_sender(&headers),
        from: few(headers.from),
        evidence,
        ..row
    }
}

/// The charset that the raw letters of a message's header are most likely in: that of its first text.
pub fn charset(parts: &[Part]) -> &str {
    let said = parts.iter().find(|part| !part.charset.is_empty());
    said.map_or("", |part| &part.charset)
}

fn with(uid: Uid, message: &Message, headers: Headers, charset: &str) -> Row {
    let thread = ids::thread(&headers);
    let sender = other_sender(&headers);
    let reply_to = if headers.reply_to == headers.from {
        Vec::new()
    } else {
        headers.reply_to
    };
    let mut row = Row {
        flags: message.flags.clone().unwrap_or_default(),
        arrived: message.arrived.unwrap_or(0),
        dated: headers.date.map(|(at, offset)| Dated { at, offset }),
        size: message.size.unwrap_or(0),
        subject: headers.subject.chars().take(SUBJECT).collect(),
        from: few(headers.from),
        sender,
        to: few(headers.to),
        cc: few(headers.cc),
        reply_to: few(reply_to),
        thread,
        preview: message
            .preview
            .as_deref()
            .map(|said| structure::preview(&codec::text(said, "utf-8")))
            // A server that does not know a charset leaves marks; the message itself says it better once it is opened.
            .filter(|words| !words.contains(char::REPLACEMENT_CHARACTER)),
        ..Row::empty(uid)
    };
    if let Some(body) = &message.structure {
        let parts = body.parts(&|leaf| part_name(leaf, charset));
        keep_parts(&mut row, parts.into_iter().map(structure::judged));
    }
    row
}

/// Who sent a message for somebody else.
fn other_sender(headers: &Headers) -> Option<Address> {
    let sender = headers
        .sender
        .iter()
        .find(|sender| !sender.email.is_empty())?;
    let mut from = headers.from.iter();
    let wrote = from.any(|from| from.email.eq_ignore_ascii_case(&sender.email));
    (!wrote).then(|| short(sender.clone()))
}

/// The row of a message within a message, from its header.
pub fn of_header(uid: Uid, header: &[u8], size: u32) -> Row {
    let message = Message {
        size: Some(size),
        ..Message::default()
    };
    Row {
        evidence: evidence(header, "", ""),
        ..with(uid, &message, codec::headers(header), "")
    }
}

/// As many addresses of a field as a row keeps.
fn few(addresses: Vec<Address>) -> Vec<Address> {
    let mut room = RECIPIENTS_BYTES;
    let takes = |address: &Address| address.name.len().saturating_add(address.email.len());
    let fits = |address: &Address| {
        let left = room.checked_sub(takes(address));
        room = left.unwrap_or(0);
        left.is_some()
    };
    let few = addresses.into_iter().take(RECIPIENTS).map(short);
    few.take_while(fits).collect()
}

fn short(address: Address) -> Address {
    Address {
        name: cut(address.name, NAME, ""),
        // Cut, it is no address any more, so that nobody writes to another one.
        email: cut(address.email, EMAIL, ""),
    }
}

/// A text of at most so many characters: where some are left out before its `tail`, that is told.
fn cut(text: String, most: usize, tail: &str) -> String {
    if text.chars().nth(most).is_none() {
        return text;
    }
    let room = most.saturating_sub(tail.chars().count().saturating_add(1));
    let beginning: String = text.chars().take(room).collect();
    format!("{beginning}…{tail}")
}

/// Gives a row as many leaves of a structure as it keeps, with the words of each as long as they may be.
pub(in crate::mailbox) fn keep_parts(row: &mut Row, parts: impl IntoIterator<Item = Part>) {
    let mut room = PARTS_BYTES;
    let mut has_more = false;
    let fits = |part: &Part| {
        let left = room.checked_sub(takes(part));
        room = left.unwrap_or(0);
        has_more |= left.is_none();
        left.is_some()
    };
    let few = parts.into_iter().map(|part| {
        let extension = part.name.rsplit_once('.').map_or("", |(_, tail)| tail);
        let tail = match extension.len() {
            1..=16 => format!(".{extension}"),
            _ => String::new(),
        };
        let kind = match part.kind.len() > KIND {
            true => "application/octet-stream".to_owned(),
            false => part.kind,
        };
        Part {
            kind,
            charset: Some(part.charset)
                .filter(|charset| charset.len() <= CHARSET)
                .unwrap_or_default(),
            name: cut(part.name, NAME, &tail),
            id: Some(part.id)
                .filter(|id| id.len() <= CONTENT_ID)
                .unwrap_or_default(),
            ..part
        }
    });
    row.parts = Some(few.take_while(fits).collect());
    row.has_more_parts |= has_more;
}

/// Bytes that a part takes in a row, and a few more.
fn takes(part: &Part) -> usize {
    let path = |path: &PartPath| path.steps().len().saturating_mul(5).saturating_add(1);
    let groups = part.group.iter();
    let groups = groups.map(|group| group.kind.len().saturating_add(path(&group.path)));
    let words = [
        part.kind.len(),
        part.charset.len(),
        part.name.len(),
        part.id.len(),
        path(&part.path),
    ];
    let all = words.into_iter().chain(groups);
    all.fold(30, |sum, more| sum.saturating_add(more).saturating_add(2))
}

/// As much of a verdict as a row keeps; what speaks against the sender first.
fn few_checks(verdict: Verdict) -> Verdict {
    let mut checks = verdict.checks;
    let is_whole = verdict.is_whole && checks.len() <= CHECKS;
    checks.sort_by_key(|check| !check.is_bad());
    checks.truncate(CHECKS);
    let checks = checks.into_iter().map(|check| Check {
        method: cut(check.method, CHECK_WORD, ""),
        result: cut(check.result, CHECK_WORD, ""),
        about: cut(check.about, EMAIL, ""),
    });
    Verdict {
        server: cut(verdict.server, EMAIL, ""),
        checks: checks.collect(),
        is_whole,
    }
}

/// A part's name: from the parameters of its disposition, else of its type; of a message that has none there, its subject.
fn part_name(leaf: &Leaf, charset: &str) -> String {
    let named = |parameters: &Parameters| {
        let pairs: Vec<(&str, Vec<u8>)> = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), codec::in_utf8(value, charset)))
            .collect();
        let pairs: Vec<(&[u8], &[u8])> = pairs
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_slice()))
            .collect();
        codec::file_name(&pairs)
    };
    let names = [&leaf.disposition_parameters, &leaf.parameters].into_iter();
    let mut names = names.map(named).filter(|name| !name.is_empty());
    names
        .next()
        .unwrap_or_else(|| codec::headers(&subject_of(leaf)).subject)
}

fn subject_of(leaf: &Leaf) -> Vec<u8> {
    let subject = leaf.subject.iter().filter(|b| !b"\r\n\0".contains(b));
    b"Subject: ".iter().chain(subject).copied().collect()
}

/// The text of a part's parameters is the sender's; what a header of it would be is read the same way as a real one.
fn as_header(envelope: &Envelope) -> Vec<u8> {
    let mut header = Vec::new();
    let mut field = |name: &str, value: &[u8]| {
        header.extend_from_slice(name.as_bytes());
        header.extend_from_slice(b": ");
        header.extend(
            value
                .iter()
                .map(|b| if b"\r\n\0".contains(b) { b' ' } else { *b }),
        );
        header.extend_from_slice(b"\r\n");
    };
    field("Date", &envelope.date);
    field("Subject", &envelope.subject);
    field("From", &addresses(&envelope.from));
    field("Reply-To", &addresses(&envelope.reply_to));
    field("To", &addresses(&envelope.to));
    field("Cc", &addresses(&envelope.cc));
    header
}

fn addresses(list: &[EnvelopeAddress]) -> Vec<u8> {
    let one = |a: &EnvelopeAddress| -> Vec<u8> {
        let mut out = Vec::new();
        let encoded = a.name.windows(2).any(|w| w == b"=?");
        if encoded {
            // An encoded word loses its meaning inside quotes.
            out.extend_from_slice(&a.name);
        } else if !a.name.is_empty() {
            out.push(b'"');
            out.extend(a.name.iter().flat_map(|b| match b {
                b'"' | b'\\' => vec![b'\\', *b],
                b => vec![*b],
            }));
            out.push(b'"');
        }
        out.extend_from_slice(b" <");
        out.extend_from_slice(&a.local);
        out.push(b'@');
        out.extend_from_slice(&a.host);
        out.push(b'>');
        out
    };
    // Without a host it begins or ends a group (RFC 9051 7.5.2).
    let people = list
        .iter()
        .filter(|a| !a.host.is_empty() && !a.local.is_empty());
    people.map(one).collect::<Vec<_>>().join(&b", "[..])
}

/// True where this is a part that the list of attachments would show.
pub fn has_attachment(parts: &[Part]) -> bool {
    !structure::body_of(parts).attachments.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Encoding, Flags, FromForm, Group, LONGEST_KIND, MOST_GROUPS, Topmost};

    /// Largest row, in bytes before it is sealed; the store takes three times as much.
    const LARGEST: usize = 280 * 1024;

    fn row(header: &str) -> Row {
        let message = Message {
            header: Some(header.as_bytes().into()),
            ..Message::default()
        };
        of(Uid::new(1).unwrap(), &message, "mx.example.org").unwrap()
    }

    /// The largest part that can be, in characters of four bytes.
    fn part(n: u32, letters: usize) -> Part {
        let words = "\u{1f600}".repeat(letters);
        let path = (0..60).fold(PartPath::default(), |path, _| path.child(u32::MAX - n));
        Part {
            path: path.clone(),
            kind: words.clone(),
            charset: words.clone(),
            name: format!("{words}.jpeg"),
            attached: true,
            id: words.clone(),
            encoding: Encoding::Base64,
            size: u32::MAX,
            group: vec![
                Group {
                    path,
                    kind: "\u{1f600}".repeat(LONGEST_KIND)
                };
                MOST_GROUPS
            ],
            flowed: None,
        }
    }

    #[test]
    fn a_row_has_a_largest_size_whatever_a_message_says() {
        let long = "\u{1f600}".repeat(4000);
        let people = format!("\"{long}\" <{}@example.org>, ", "a".repeat(3000)).repeat(30);
        let few = "Ann Example <ann@example.org>, ".repeat(9000);
        let ids = format!("<{}@example.org> ", "i".repeat(300)).repeat(1500);
        let checks = "; x=fail header.d=evil.example".repeat(10_000);
        for value in [&long, &people, &few, &ids] {
            let mut header = format!("Authentication-Results: mx.example.org{checks}\r\n");
            for field in [
                "Subject",
                "From",
                "Sender",
                "To",
                "Cc",
                "Reply-To",
                "Message-ID",
                "In-Reply-To",
                "References",
            ] {
                header.push_str(&format!(
                    "{field}: {}\r\n",
                    value.get(..40_000).unwrap_or(value)
                ));
            }
            let words: Vec<String> = (0..1000).map(|n| format!("k{n:049}")).collect();
            let flags = Flags::read(words.iter().map(|word| word.as_bytes()));
            for letters in [0, 50, 5000] {
                let mut row = Row {
                    flags: flags.clone(),
                    ..row(&header)
                };
                keep_parts(&mut row, (0..2000).map(|n| part(n, letters)));
                assert!(row.has_more_parts);
                let size = postcard::to_stdvec(&row).unwrap().len();
                assert!(size < LARGEST, "{size} bytes");
            }
        }
    }

    #[test]
    fn an_ordinary_row_loses_nothing() {
        let people: Vec<String> = (0..100)
            .map(|n| format!("Ann {n} <a{n}@example.org>"))
            .collect();
        let row = row(&format!(
            "From: a@example.org\r\nTo: {}\r\n",
            people.join(", ")
        ));
        assert_eq!(row.to.len(), 100);
        let parts: Vec<Part> = (1..1000)
            .map(|n| Part {
                path: PartPath::default().child(n),
                kind: "application/pdf".into(),
                name: format!("Invoice for the month number {n}.pdf"),
                ..Part::default()
            })
            .collect();
        let mut kept = Row::empty(row.uid);
        keep_parts(&mut kept, parts.clone());
        assert_eq!((kept.parts, kept.has_more_parts), (Some(parts), false));
        let name = format!("{}.pdf", "long ".repeat(100));
        let mut kept = Row::empty(row.uid);
        let part = Part {
            name,
            ..Part::default()
        };
        keep_parts(&mut kept, [part]);
        let cut = kept.parts.unwrap_or_default();
        let name = cut
            .first()
            .map(|part| part.name.as_str())
            .unwrap_or_default();
        assert!(
            name.ends_with("….pdf") && name.chars().count() == NAME,
            "{name}"
        );
    }

    #[test]
    fn a_row_knows_what_a_sender_is_judged_by() {
        let own = row("From: Ann <ann@example.org>\r\nSender: ANN@example.org\r\n\
             Authentication-Results: mx.example.org; dkim=pass header.d=example.org\r\n");
        assert!(own.evidence.form == FromForm::Plain && own.sender.is_none());
        assert_eq!(own.evidence.verdict.map(|v| v.checks.len()), Some(1));
        let other = row(
            "From: <service@bank.example @evil.example>\r\nSender: list@example.org\r\n\
             Authentication-Results: other.example; dkim=pass header.d=example.org\r\n",
        );
        assert_eq!(other.evidence.topmost, Topmost::Other);
        assert_ne!(other.evidence.form, FromForm::Plain);
        assert_eq!(
            other.sender.map(|s| s.email),
            Some("list@example.org".into())
        );
    }
}
