//! FETCH (RFC 9051 7.5.2): what the server says about one message.
//!
//! Not for putting several answers about one message together beyond `merge`: which message is meant, `answer` decides. To
//! know before changing it: an attribute that is unknown, unreadable or without a value loses itself, never the message.
//! A value of two bytes costs many times as much once it is read, so what is kept of a flight is counted (`Room`).

use super::criteria::Section;
use super::dates;
use super::lexer::{Lexer, Value, number};
use super::structure::Body;
use crate::mail::{Flags, ModSeq, Uid};
use crate::time::Seconds;

/// What is known of one message after a flight. A flight may tell of very many, so what few have is kept small.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Its flags.
    pub flags: Option<Flags>,
    /// When the server got it, seconds since 1970.
    pub arrived: Option<Seconds>,
    /// Its size in bytes.
    pub size: Option<u32>,
    /// When it was changed last.
    pub modseq: Option<ModSeq>,
    /// The header fields that were asked for, as they stand in the message.
    pub header: Option<Box<[u8]>>,
    /// Its structure.
    pub structure: Option<Box<Body>>,
    /// True where the server sent a structure that makes no sense: the message has to be fetched whole.
    pub structure_refused: bool,
    /// The envelope, where a server sends one.
    pub envelope: Option<Box<Envelope>>,
    /// Its first words (RFC 8970), undecoded.
    pub preview: Option<Box<[u8]>>,
    /// The server's own name for its conversation (RFC 8474 5.2).
    pub thread: Option<Box<[u8]>>,
    /// The sections that came.
    pub sections: Vec<Fetched>,
    /// True where an attribute does not end, or is too deep or too large to be read.
    pub is_cut: bool,
    /// True where two answers told different headers of it: one of them is another message's.
    pub is_contradicted: bool,
}

/// The bytes of one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// What stood between the brackets, in upper case: `1.2`, `1.2.MIME`, `HEADER`, or nothing for the whole message.
    pub name: String,
    /// Where in the section the bytes begin; None where all of it came.
    pub origin: Option<u32>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// ENVELOPE, undecoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The Date field.
    pub date: Vec<u8>,
    /// The Subject field.
    pub subject: Vec<u8>,
    /// From.
    pub from: Vec<Mailbox>,
    /// Reply-To.
    pub reply_to: Vec<Mailbox>,
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Message-ID.
    pub message_id: Vec<u8>,
}

/// One address of an envelope, undecoded. Without a host it begins or ends a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name.
    pub name: Vec<u8>,
    /// What stands before the at sign.
    pub local: Vec<u8>,
    /// What stands behind it.
    pub host: Vec<u8>,
}

impl Message {
    /// A section that was asked for; None where the server did not send it.
    pub fn fetched(&self, wanted: &Section) -> Option<&Fetched> {
        let name = wanted.name();
        let origin = wanted.range.map(|(offset, _)| offset);
        let same = |s: &&Fetched| s.name == name && (s.origin == origin || s.origin.is_none());
        self.sections.iter().find(same)
    }

    /// The bytes of a section that was asked for; None where the server did not send them.
    pub fn section(&self, wanted: &Section) -> Option<&[u8]> {
        self.fetched(wanted).map(|s| s.bytes.as_slice())
    }

    /// Adds what a later answer says.
    pub(super) fn merge(&mut self, later: Message) {
        let differs = |(before, later)| before != later;
        let headers = self.header.as_ref().zip(later.header.as_ref());
        self.is_contradicted |= later.is_contradicted || headers.is_some_and(differs);
        self.flags = later.flags.or(self.flags.take());
        self.arrived = later.arrived.or(self.arrived);
        self.size = later.size.or(self.size);
        self.modseq = later.modseq.or(self.modseq);
        self.header = later.header.or(self.header.take());
        self.structure = later.structure.or(self.structure.take());
        self.structure_refused |= later.structure_refused;
        self.is_cut |= later.is_cut;
        self.envelope = later.envelope.or(self.envelope.take());
        self.preview = later.preview.or(self.preview.take());
        self.thread = later.thread.or(self.thread.take());
        self.sections.extend(later.sections);
    }
}

/// How many values of structures, envelopes and sections may still be kept of a flight.
#[derive(Clone, Debug)]
pub(super) struct Room(usize);

impl Default for Room {
    fn default() -> Room {
        Room(300_000)
    }
}

impl Room {
    fn holds(&mut self, values: usize) -> bool {
        let left = self.0.checked_sub(values);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

/// Reads what stands behind `* n FETCH`. None where that is no list.
pub(super) fn read(lexer: &mut Lexer, room: &mut Room) -> Option<(Option<Uid>, Message)> {
    if !lexer.enter() {
        return None;
    }
    let mut uid = None;
    let mut message = Message::default();
    loop {
        let Some(name) = lexer.attribute() else {
            // A list or string where a name should be (Domino): stepped over. A closing parenthesis or the end: done.
            let before = lexer.rest().len();
            lexer.skip_value();
            if lexer.rest().len() == before {
                return Some((uid, message));
            }
            continue;
        };
        let mut ahead = lexer.clone();
        match ahead.value() {
            // The attribute has no value, and the next one's name follows.
            Some(Value::Atom(word)) if is_attribute(word) => continue,
            Some(value) => {
                *lexer = ahead;
                attribute(&name, &value, &mut uid, &mut message, room);
            }
            // Too deep or too large to keep, or not there.
            None => {
                lexer.skip_value();
                message.is_cut = true;
                message.structure_refused |= name == "BODYSTRUCTURE";
            }
        }
    }
}

fn is_attribute(word: &[u8]) -> bool {
    let known: [&[u8]; 11] = [
        b"UID",
        b"FLAGS",
        b"MODSEQ",
        b"INTERNALDATE",
        b"RFC822.SIZE",
        b"ENVELOPE",
        b"BODYSTRUCTURE",
        b"BODY",
        b"PREVIEW",
        b"THREADID",
        b"X-GM-THRID",
    ];
    known.iter().any(|name| word.eq_ignore_ascii_case(name))
        || word
            .get(..5)
            .is_some_and(|head| head.eq_ignore_ascii_case(b"BODY["))
}

fn attribute(
    name: &str,
    value: &Value,
    uid: &mut Option<Uid>,
    message: &mut Message,
    room: &mut Room,
) {
    match name {
        "UID" => *uid = value.number().and_then(Uid::new).or(*uid),
        "FLAGS" if matches!(value, Value::List(_)) => {
            let flags = value.list().iter().filter_map(Value::text);
            message.flags = Some(Flags::read(flags));
        }
        "INTERNALDATE" => message.arrived = value.text().and_then(dates::read),
        "RFC822.SIZE" => {
            let size: Option<u64> = value.number();
            message.size = size.map(|size| u32::try_from(size).unwrap_or(u32::MAX));
        }
        "MODSEQ" => {
            let number = value.list().first().unwrap_or(value).number();
            message.modseq = number.and_then(ModSeq::new);
        }
        "BODYSTRUCTURE" => match Body::read(value).filter(|_| room.holds(value.size())) {
            Some(body) => message.structure = Some(Box::new(body)),
            None => message.structure_refused = true,
        },
        "ENVELOPE" if room.holds(value.size()) => message.envelope = envelope(value).map(Box::new),
        "PREVIEW" if room.holds(1) => {
            // Older servers name the algorithm in a list around it.
            let text = value.text().or_else(|| value.list().last()?.text());
            message.preview = text.map(Box::from);
        }
        "THREADID" if room.holds(1) => {
            let name = value.list().first().and_then(Value::text);
            message.thread = name.map(Box::from);
        }
        "X-GM-THRID" if room.holds(1) => message.thread = value.text().map(Box::from),
        // Three allocations each.
        _ if !room.holds(8) => {}
        "RFC822" => section("", None, value, message),
        "RFC822.HEADER" => section("HEADER", None, value, message),
        "RFC822.TEXT" => section("TEXT", None, value, message),
        _ => {
            let Some((name, origin)) = name.strip_prefix("BODY[").and_then(|s| s.rsplit_once(']'))
            else {
                return;
            };
            if name.starts_with("HEADER.FIELDS") {
                message.header = value.text().map(Box::from).or(message.header.take());
                return;
            }
            let origin = origin.strip_prefix('<').and_then(|o| o.strip_suffix('>'));
            // Some echo the range that was asked for, length and all.
            let origin = origin.and_then(|o| o.split('.').next());
            section(
                name,
                origin.and_then(|o| number(o.as_bytes())),
                value,
                message,
            );
        }
    }
}

fn section(name: &str, origin: Option<u32>, value: &Value, message: &mut Message) {
    if let Some(bytes) = value.text() {
        message.sections.push(Fetched {
            name: name.to_owned(),
            origin,
            bytes: bytes.to_vec(),
        });
    }
}

fn envelope(value: &Value) -> Option<Envelope> {
    let fields = value.list();
    let bytes = |n: usize| {
        fields
            .get(n)
            .and_then(Value::text)
            .unwrap_or_default()
            .to_vec()
    };
    let people = |n: usize| {
        let people = fields.get(n).map(Value::list).unwrap_or_default();
        people.iter().filter_map(mailbox).collect()
    };
    (!fields.is_empty()).then(|| Envelope {
        date: bytes(0),
        subject: bytes(1),
        from: people(2),
        reply_to: people(4),
        to: people(5),
        cc: people(6),
        message_id: bytes(9),
    })
}

fn mailbox(value: &Value) -> Option<Mailbox> {
    let fields = value.list();
    let bytes = |n: usize| {
        fields
            .get(n)
            .and_then(Value::text)
            .unwrap_or_default()
            .to_vec()
    };
    (!fields.is_empty()).then(|| Mailbox {
        name: bytes(0),
        local: bytes(2),
        host: bytes(3),
    })
}

#[cfg(test)]
mod tests {
    use super::super::criteria::SectionKind;
    use super::*;
    use crate::mail::PartPath;

    fn fetched(text: &[u8]) -> (u32, Message) {
        let (uid, message) = read(&mut Lexer::new(text), &mut Room::default()).expect("a list");
        (uid.map_or(0, Uid::get), message)
    }

    #[test]
    fn a_row_is_read_in_any_order() {
        let (uid, message) = fetched(b"(FLAGS (\\Seen $x) BODY[HEADER.FIELDS (DATE \"TO\")] {8}\r\nTo: a\r\n\r\n RFC822.SIZE 756 MODSEQ (12) INTERNALDATE \" 4-Nov-2026 04:47:00 +0100\" UID 9)");
        assert_eq!(uid, 9);
        assert_eq!(
            message
                .flags
                .map_or(Vec::new(), |f| f.written().join(" ").into_bytes()),
            b"\\Seen $x"
        );
        assert_eq!(
            (message.size, message.arrived),
            (Some(756), Some(1_793_764_020))
        );
        assert_eq!(message.modseq, ModSeq::new(12));
        assert_eq!(message.header.as_deref(), Some(b"To: a\r\n\r".as_slice()));
    }

    #[test]
    fn first_words_come_bare_or_with_their_algorithm() {
        for text in [
            &b"(PREVIEW \"Hello.\" UID 9)"[..],
            b"(UID 9 PREVIEW (FUZZY \"Hello.\"))",
        ] {
            let (uid, message) = fetched(text);
            assert_eq!((uid, message.preview.as_deref()), (9, Some(&b"Hello."[..])));
        }
        let (uid, message) = fetched(b"(PREVIEW NIL UID 9)");
        assert_eq!((uid, message.preview), (9, None));
    }

    #[test]
    fn what_is_odd_loses_itself_and_not_the_message() {
        let (uid, message) = fetched(b"(MODSEQ (-5) INTERNALDATE NIL RFC822.SIZE FLAGS (\\Seen) (ENVELOPE (NIL)) X-GM-LABELS (\"a\" NIL) \"?\" BODYSTRUCTURE () PREVIEW {3}\r\n)))UID 9");
        assert_eq!(uid, 9);
        assert_eq!(
            (message.modseq, message.arrived, message.size),
            (None, None, None)
        );
        assert_eq!(message.flags, Some(Flags::SEEN));
        assert!(message.structure_refused && message.structure.is_none());
    }

    #[test]
    fn a_structure_that_is_too_deep_is_refused_and_the_rest_read() {
        let deep = [
            b"(BODYSTRUCTURE ".to_vec(),
            vec![b'('; 5_000],
            vec![b')'; 5_000],
            b" UID 3)".to_vec(),
        ]
        .concat();
        let (uid, message) = fetched(&deep);
        assert_eq!((uid, message.structure_refused), (3, true));
    }

    #[test]
    fn sections_are_found_by_name_and_origin() {
        let (_, message) =
            fetched(b"(BODY[1.2]<4> \"efgh\" BODY[] {2}\r\n\xff\0 BODY[3] NIL BODY[9] \"\")");
        let part = |path: &str, range| Section {
            what: SectionKind::Part(PartPath::parse(path).expect("a path")),
            range,
        };
        assert_eq!(
            message.section(&part("1.2", Some((4, 4)))),
            Some(b"efgh".as_slice())
        );
        assert_eq!(message.section(&part("1.2", None)), None);
        assert_eq!(message.section(&part("", None)), Some(b"\xff\0".as_slice()));
        assert_eq!(message.section(&part("3", None)), None);
        assert_eq!(message.section(&part("9", None)), Some(b"".as_slice()));
    }
}
