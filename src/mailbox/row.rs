//! From what FETCH says of a message to the row that a list shows and an opened message begins with.
//!
//! The header fields are read here, as the message has them; a server's ENVELOPE is believed only where there are none.

use crate::mail::{Address, Part, Row, Uid};
use crate::mime::codec::Headers;
use crate::mime::{codec, structure};
use crate::remote::{Envelope, EnvelopeAddress, Leaf, Message, Parameters};

/// Addresses of one header that a row keeps.
const RECIPIENTS: usize = 100;
/// Characters of a subject that a row keeps; the page of all header fields has the rest.
const SUBJECT: usize = 1000;

/// The row of a message; None where the server told only its flags.
pub(super) fn of(uid: Uid, message: &Message) -> Option<Row> {
    let header = match (&message.header, &message.envelope) {
        (Some(header), _) => header.clone(),
        (None, Some(envelope)) => as_header(envelope),
        (None, None) if message.size.is_none() => return None,
        // The server did not send its header: a row without names is better than no row, and than asking at each click.
        (None, None) => Vec::new(),
    };
    let charset = message.structure.as_ref().and_then(|body| body.charset());
    let charset = String::from_utf8_lossy(charset.unwrap_or_default()).into_owned();
    let headers = codec::headers(&codec::in_utf8(&header, &charset));
    Some(with(uid, message, headers, &charset))
}

/// The charset that the raw letters of a message's header are most likely in: that of its first text.
pub(super) fn charset(parts: &[Part]) -> &str {
    let said = parts.iter().find(|part| !part.charset.is_empty());
    said.map_or("", |part| &part.charset)
}

fn with(uid: Uid, message: &Message, headers: Headers, charset: &str) -> Row {
    let reply_to = if headers.reply_to == headers.from {
        Vec::new()
    } else {
        headers.reply_to
    };
    Row {
        uid,
        flags: message.flags.unwrap_or_default(),
        arrived: message.arrived.unwrap_or(0),
        dated: headers.date,
        size: message.size.unwrap_or(0),
        subject: headers.subject.chars().take(SUBJECT).collect(),
        from: few(headers.from),
        to: few(headers.to),
        cc: few(headers.cc),
        reply_to: few(reply_to),
        preview: message
            .preview
            .as_deref()
            .map(|said| structure::preview(&codec::text(said, "utf-8"))),
        parts: message
            .structure
            .as_ref()
            .map(|body| body.parts(&|leaf| part_name(leaf, charset)))
            .map(|parts| parts.into_iter().map(structure::judged).collect()),
    }
}

/// The row of a message within a message, from its header.
pub(super) fn of_header(uid: Uid, header: &[u8], size: u32) -> Row {
    let message = Message {
        size: Some(size),
        ..Message::default()
    };
    with(uid, &message, codec::headers(header), "")
}

fn few(mut addresses: Vec<Address>) -> Vec<Address> {
    addresses.truncate(RECIPIENTS);
    addresses
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
