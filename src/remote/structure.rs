//! BODYSTRUCTURE (RFC 9051 7.5.2) to a tree, and the tree to the leaves that a reader can see or save.
//!
//! Not for decoding names or text: parameters stay as the bytes the server sent. To know before changing it: servers get
//! this answer wrong more often than any other, so fields are found by their shape where their place cannot be trusted,
//! and a structure that makes no sense is refused as a whole: the message is then fetched whole and read by MIME.

use super::lexer::Value;
use crate::mail::{Encoding, Flowed, Group, LONGEST_KIND, MOST_GROUPS, Part, PartPath, content_id};

/// Most parts that are read of one message.
const MOST_PARTS: usize = 2_000;

/// Parameters as the server sent them: names in lower case, values as bytes (RFC 2231 and RFC 2047 not undone).
pub type Parameters = Vec<(String, Vec<u8>)>;

/// A message's structure, or a part's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// `multipart/*` and its children.
    Multi {
        /// The subtype, in lower case.
        kind: String,
        /// Of its Content-Type.
        parameters: Parameters,
        /// In order; none in a multipart that is broken.
        children: Vec<Body>,
    },
    /// Anything else.
    Leaf(Box<Leaf>),
}

/// One part without children of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaf {
    /// `text/plain`, in lower case.
    pub kind: String,
    /// Of its Content-Type.
    pub parameters: Parameters,
    /// Content-ID as it came; of a part that has none, its Content-Location.
    pub id: Vec<u8>,
    /// Content-Transfer-Encoding, in lower case.
    pub encoding: String,
    /// Size in bytes as it travels.
    pub size: u32,
    /// The disposition, in lower case; empty where there is none.
    pub disposition: String,
    /// Of its Content-Disposition.
    pub disposition_parameters: Parameters,
    /// The subject of the message that a `message/rfc822` part is, undecoded.
    pub subject: Vec<u8>,
    /// The structure of that message.
    pub embedded: Option<Body>,
}

impl Body {
    /// Reads the value of a BODYSTRUCTURE attribute; None where it makes no sense, or holds nothing at all.
    pub(super) fn read(value: &Value) -> Option<Body> {
        let mut left = MOST_PARTS;
        read(value, &mut left).filter(Body::has_something)
    }

    /// False for a multipart of nothing: servers tell of an empty text where they do not find the boundary.
    fn has_something(&self) -> bool {
        match self {
            Body::Leaf(_) => true,
            Body::Multi { children, .. } => children.iter().any(|child| match child {
                Body::Leaf(leaf) => leaf.size > 0,
                multi => multi.has_something(),
            }),
        }
    }

    /// The charset of the first leaf that has one.
    pub fn charset(&self) -> Option<&[u8]> {
        match self {
            Body::Leaf(leaf) => charset(&leaf.parameters),
            Body::Multi { children, .. } => children.iter().find_map(Body::charset),
        }
    }

    /// The leaves in their order, with the name that `name` finds for each.
    pub fn parts(&self, name: &dyn Fn(&Leaf) -> String) -> Vec<Part> {
        let mut parts = Vec::new();
        match self {
            // RFC 9051 6.4.5.1: a message that is no multipart has one part, 1.
            Body::Leaf(leaf) => parts.push(leaf.part(PartPath::default().child(1), &[], name)),
            Body::Multi { .. } => {
                self.collect(&PartPath::default(), &mut Vec::new(), name, &mut parts)
            }
        }
        parts
    }

    /// The nesting was bounded by the lexer, so this may go down by calling itself.
    fn collect(
        &self,
        path: &PartPath,
        groups: &mut Vec<Group>,
        name: &dyn Fn(&Leaf) -> String,
        parts: &mut Vec<Part>,
    ) {
        match self {
            Body::Leaf(leaf) => parts.push(leaf.part(path.clone(), groups, name)),
            Body::Multi { kind, children, .. } => {
                groups.push(Group {
                    path: path.clone(),
                    kind: kind.chars().take(LONGEST_KIND).collect(),
                });
                for (child, n) in children.iter().zip(1u32..) {
                    child.collect(&path.child(n), groups, name, parts);
                }
                groups.pop();
            }
        }
    }
}

impl Leaf {
    fn part(&self, path: PartPath, groups: &[Group], name: &dyn Fn(&Leaf) -> String) -> Part {
        let says = |key: &str, word: &str| {
            parameter(&self.parameters, key)
                .is_some_and(|v| v.eq_ignore_ascii_case(word.as_bytes()))
        };
        let id = String::from_utf8_lossy(&self.id);
        let id = content_id(&id).to_owned();
        let charset = charset(&self.parameters).unwrap_or_default();
        Part {
            path,
            kind: self.kind.clone(),
            charset: String::from_utf8_lossy(charset).trim().to_ascii_lowercase(),
            name: name(self),
            attached: self.disposition == "attachment",
            id,
            encoding: Encoding::named(&self.encoding),
            size: self.size,
            group: groups.iter().take(MOST_GROUPS).cloned().collect(),
            flowed: says("format", "flowed").then(|| Flowed {
                delete_space: says("delsp", "yes"),
            }),
        }
    }
}

/// The first parameter of this name.
pub fn parameter<'p>(parameters: &'p Parameters, name: &str) -> Option<&'p [u8]> {
    let found = parameters.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_slice())
}

/// A charset; RFC 2231 4 lets it have a charset and a language of its own.
fn charset(parameters: &Parameters) -> Option<&[u8]> {
    let extended = || {
        parameter(parameters, "charset*")?
            .rsplit(|b| *b == b'\'')
            .next()
    };
    parameter(parameters, "charset").or_else(extended)
}

/// A name that needs no decoding: `filename` of the disposition, else `name` of the type.
pub fn plain_name(leaf: &Leaf) -> String {
    let name = parameter(&leaf.disposition_parameters, "filename");
    let name = name.or_else(|| parameter(&leaf.parameters, "name"));
    String::from_utf8_lossy(name.unwrap_or_default()).into_owned()
}

fn read(value: &Value, left: &mut usize) -> Option<Body> {
    *left = left.checked_sub(1)?;
    let Value::List(fields) = value else {
        return None;
    };
    match fields.first()? {
        Value::List(_) | Value::Nil => multi(fields, left),
        _ => leaf(fields, left).map(|leaf| Body::Leaf(Box::new(leaf))),
    }
}

fn multi(fields: &[Value], left: &mut usize) -> Option<Body> {
    let subtype = fields.iter().position(|f| f.text().is_some())?;
    let kind = lower(fields.get(subtype)?)?;
    let before = fields.get(..subtype)?;
    let children: Option<Vec<Body>> = before
        .iter()
        .filter(|child| **child != Value::Nil && **child != Value::List(Vec::new()))
        .map(|child| read(child, left))
        .collect();
    let parameters = fields
        .get(subtype.checked_add(1)?)
        .map(parameters)
        .unwrap_or_default();
    Some(Body::Multi {
        kind,
        parameters,
        children: children?,
    })
}

fn leaf(fields: &[Value], left: &mut usize) -> Option<Leaf> {
    let major = lower(fields.first()?)?;
    let minor = fields.get(1).and_then(lower).unwrap_or_default();
    let kind = match (major.as_str(), minor.as_str()) {
        // It has children, and the server does not see them.
        ("multipart", _) => return None,
        ("application" | "image" | "audio" | "video", "") => "application/octet-stream".to_owned(),
        // RFC 2045 5.2: what has no subtype has no type at all.
        (_, "") => "text/plain".to_owned(),
        _ => format!("{major}/{minor}"),
    };
    let bytes = |n: usize| fields.get(n).and_then(Value::text).unwrap_or_default();
    let size = fields.get(6).and_then(Value::number::<u64>).unwrap_or(0);
    let mut leaf = Leaf {
        parameters: fields.get(2).map(parameters).unwrap_or_default(),
        id: bytes(3).to_vec(),
        encoding: fields.get(5).and_then(lower).unwrap_or_default(),
        size: u32::try_from(size).unwrap_or(u32::MAX),
        kind,
        ..Leaf::default()
    };
    // RFC 9051 7.5.2: only message/rfc822 and message/global carry envelope and structure, and not with every server.
    let carries = matches!(leaf.kind.as_str(), "message/rfc822" | "message/global");
    let mut further: usize = 7;
    if carries && let (Some(Value::List(envelope)), Some(inner)) = (fields.get(7), fields.get(8)) {
        let subject = envelope.get(1).and_then(Value::text);
        leaf.subject = subject.unwrap_or_default().to_vec();
        leaf.embedded = read(inner, left);
        further = 9;
    }
    let lines = usize::from(further == 9 || leaf.kind.starts_with("text/"));
    let location = further.checked_add(lines).and_then(|n| n.checked_add(3));
    if leaf.id.is_empty()
        && let Some(location) = location.and_then(|n| fields.get(n)?.text())
    {
        leaf.id = location.to_vec();
    }
    let further = fields.get(further..).unwrap_or_default();
    if let Some(disposition) = further.iter().find_map(disposition) {
        (leaf.disposition, leaf.disposition_parameters) = disposition;
    }
    Some(leaf)
}

/// `("attachment" ("filename" "a.pdf"))`, told by its shape. A language list (`("en" "de")`) is none.
fn disposition(value: &Value) -> Option<(String, Parameters)> {
    let fields = value.list();
    match fields {
        [kind, rest] if matches!(rest, Value::List(_) | Value::Nil) => {
            Some((lower(kind)?, parameters(rest)))
        }
        _ => None,
    }
}

fn parameters(value: &Value) -> Parameters {
    let pair = |pair: &[Value]| match pair {
        [name, value] => Some((lower(name)?, value.text()?.to_vec())),
        _ => None,
    };
    value.list().chunks_exact(2).filter_map(pair).collect()
}

fn lower(value: &Value) -> Option<String> {
    let text = value.text()?;
    Some(String::from_utf8_lossy(text).trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::super::lexer::Lexer;
    use super::*;

    fn body(text: &str) -> Option<Body> {
        Lexer::new(text.as_bytes())
            .value()
            .as_ref()
            .and_then(Body::read)
    }

    fn listed(text: &str) -> Vec<String> {
        let body = body(text).expect("a structure");
        let parts = body.parts(&plain_name);
        parts
            .iter()
            .map(|p| format!("{} {} {} {}", p.path, p.kind, p.name, p.size))
            .collect()
    }

    #[test]
    fn leaves_come_with_their_paths_and_groups() {
        let text = r#"((("TEXT" "PLAIN" ("CHARSET" "UTF-8" "format" "flowed") NIL NIL "7BIT" 5 1 NIL NIL NIL NIL)("text" "html" NIL NIL NIL "quoted-printable" 9 1) "alternative" ("boundary" "x") NIL NIL)("image" "png" ("name" "a.png") "<i@x>" NIL "base64" 42 NIL ("inline" NIL) NIL) "mixed")"#;
        assert_eq!(
            listed(text),
            [
                "1.1 text/plain  5",
                "1.2 text/html  9",
                "2 image/png a.png 42"
            ]
        );
        let parts = body(text).map(|b| b.parts(&plain_name)).unwrap_or_default();
        let plain = parts.first().expect("a part");
        assert_eq!(plain.charset, "utf-8");
        assert_eq!(
            plain.flowed,
            Some(Flowed {
                delete_space: false
            })
        );
        let groups: Vec<_> = plain.group.iter().map(|g| g.kind.as_str()).collect();
        assert_eq!(groups, ["mixed", "alternative"]);
        assert_eq!(parts.last().map(|p| p.id.as_str()), Some("i@x"));
    }

    #[test]
    fn a_forwarded_message_is_one_leaf_and_keeps_its_structure() {
        let text = r#"("message" "rfc822" NIL NIL NIL "7bit" 70 ("date" "s" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" NIL NIL NIL "7bit" 5 1) 3 NIL ("attachment" ("filename" "f.eml")) NIL)"#;
        assert_eq!(listed(text), ["1 message/rfc822 f.eml 70"]);
        let Some(Body::Leaf(leaf)) = body(text) else {
            panic!("no leaf")
        };
        assert!(leaf.embedded.is_some() && leaf.disposition == "attachment");
        assert_eq!(leaf.subject, b"s");
        // A server that leaves envelope and structure out.
        assert_eq!(
            listed(r#"("message" "rfc822" NIL NIL NIL "7bit" 70 NIL NIL NIL)"#),
            ["1 message/rfc822  70"]
        );
    }

    #[test]
    fn a_part_without_an_id_is_known_by_its_location() {
        let id = |text: &str| {
            let parts = body(text).map(|b| b.parts(&plain_name)).unwrap_or_default();
            parts.first().map(|p| p.id.clone()).unwrap_or_default()
        };
        let location = "NIL (\"inline\" NIL) NIL \"http://a.example/b.png\"";
        let image = |id: &str| format!(r#"("image" "png" NIL {id} NIL "base64" 5 {location})"#);
        assert_eq!(id(&image("NIL")), "http://a.example/b.png");
        assert_eq!(id(&image("\"<c@d>\"")), "c@d");
        let html = format!(r#"("text" "html" NIL NIL NIL "7bit" 5 1 {location})"#);
        assert_eq!(id(&html), "http://a.example/b.png");
    }

    #[test]
    fn a_text_without_a_subtype_is_plain_and_an_encoding_is_known_in_quotes() {
        let body = body(r#"("text" "" NIL NIL NIL "x-uuencode" 5 1)"#);
        let parts = body.map(|b| b.parts(&plain_name)).unwrap_or_default();
        assert_eq!(parts.first().map(|p| p.kind.as_str()), Some("text/plain"));
        assert_eq!(parts.first().map(|p| p.encoding), Some(Encoding::Uu));
        let typed = |text: &str| listed(text).concat();
        assert_eq!(
            typed(r#"("plain" NIL NIL NIL NIL "7bit" 5 1)"#),
            "1 text/plain  5"
        );
        assert!(typed(r#"("image" "" NIL NIL NIL "7bit" 5)"#).contains("octet-stream"));
        let koi8 = r#"("text" "plain" ("charset*" "us-ascii'en'koi8-r") NIL NIL "7bit" 5 1)"#;
        let koi8 = self::body(koi8);
        assert_eq!(
            koi8.as_ref().and_then(|b| b.charset()),
            Some(&b"koi8-r"[..])
        );
    }

    #[test]
    fn nonsense_is_refused_and_so_is_a_multipart_of_nothing() {
        for text in [
            "NIL",
            "()",
            "(())",
            "\"text\"",
            "((NIL) NIL)",
            r#"(NIL "mixed")"#,
            r#"(() "mixed" NIL)"#,
            r#"(("text" "plain" NIL NIL NIL "7bit" 0 0) "mixed")"#,
            r#"("multipart" "" NIL NIL NIL "7bit" 5)"#,
        ] {
            assert_eq!(body(text), None, "{text}");
        }
        assert_eq!(
            listed(r#"(NIL ("text" "plain" NIL NIL NIL "7bit" 5 1) "mixed")"#),
            ["1 text/plain  5"]
        );
    }
}
