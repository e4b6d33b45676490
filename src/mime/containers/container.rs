//! Containers: a message within a message (message/rfc822), S/MIME signed data (CMS), winmail.dat (TNEF), and uuencoded
//! files in a text. Lists and gives the parts in them, under stable paths.
//!
//! Not for choosing what is shown of them (`document`). The bytes are read once; an address that was made from one listing
//! leads to the same bytes in the next request, since the paths follow from the bytes alone. To know before changing it:
//! this is the one place that tells the four apart.

use std::ops::Range;

use super::cms::signed_content;
use super::tnef::{Tnef, is_tnef_bytes, tnef};
use crate::mail::{Part, PartPath};
use crate::mime::codec::{decode, file_name, uudecode};
use crate::mime::structure::{
    is_cms, is_message, is_tnef, leaf_places, media_type_by_name, sniffed_type,
    viewable_type_by_name,
};
use crate::work::Work;

/// Steps of work for each byte of a container that is opened.
const STEPS: usize = 2;

/// How a part holds others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// A message (RFC 2046 5.2.1).
    Message,
    /// What was signed as a whole (RFC 8551 3.5.2).
    Signed,
    /// A winmail.dat (MS-OXTNEF).
    Winmail,
    /// Files in a plain text, as mail had them before MIME.
    Uuencoded,
}

impl Wrapping {
    /// What a part may be by its label; its bytes may be something else. None for what holds nothing.
    pub fn of(part: &Part) -> Option<Wrapping> {
        match part.kind.as_str() {
            _ if is_message(part) => Some(Wrapping::Message),
            _ if is_cms(part) => Some(Wrapping::Signed),
            _ if is_tnef(part) => Some(Wrapping::Winmail),
            "text/plain" => Some(Wrapping::Uuencoded),
            _ => None,
        }
    }
}

/// A part that holds others, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    wrapping: Wrapping,
    /// What the parts are cut from.
    bytes: Vec<u8>,
    parts: Vec<Part>,
    /// Where each part lies in the bytes, still encoded.
    places: Vec<Range<usize>>,
    text: Option<(Part, Vec<u8>)>,
    header: Vec<u8>,
}

impl Container {
    /// Reads the decoded bytes of a part; None where it holds nothing, or nothing further is to be begun.
    pub fn open(part: &Part, bytes: Vec<u8>, work: &Work) -> Option<Container> {
        let wrapping = Wrapping::of(part)?;
        if work.is_spent() {
            work.leave_out();
            return None;
        }
        work.does(bytes.len(), STEPS);
        match wrapping {
            Wrapping::Message => Some(Container::entity(Wrapping::Message, bytes, work)),
            Wrapping::Signed => {
                let inner = signed_content(&bytes)?;
                Some(Container::entity(Wrapping::Signed, inner, work))
            }
            Wrapping::Winmail => Container::winmail(&bytes, work),
            Wrapping::Uuencoded => Container::uuencoded(&bytes),
        }
    }

    fn entity(wrapping: Wrapping, bytes: Vec<u8>, work: &Work) -> Container {
        let (parts, places) = leaf_places(&bytes, work).into_iter().unzip();
        Container {
            wrapping,
            bytes,
            parts,
            places,
            text: None,
            header: Vec::new(),
        }
    }

    fn winmail(bytes: &[u8], work: &Work) -> Option<Container> {
        let found = tnef(bytes, work)?;
        let mut container = Container::of_files(Wrapping::Winmail);
        container.header = as_header(&found);
        for own in found.files {
            let kind = safe_kind(&own.kind);
            let part = Part {
                id: own.id,
                ..file(own.name, &kind, own.bytes)
            };
            container.add(part, own.bytes);
        }
        let (kind, text) = match found.html.trim() {
            "" => ("text/plain", found.text),
            _ => ("text/html", found.html),
        };
        container.text = (!text.trim().is_empty()).then(|| {
            let part = Part {
                kind: kind.to_owned(),
                charset: "utf-8".to_owned(),
                ..Part::default()
            };
            (part, text.into_bytes())
        });
        Some(container)
    }

    fn uuencoded(bytes: &[u8]) -> Option<Container> {
        let (rest, files) = uudecode(bytes);
        if files.is_empty() {
            return None;
        }
        let mut container = Container::of_files(Wrapping::Uuencoded);
        for own in files {
            let name = file_name(&[(b"filename", &own.name)]);
            let part = file(name, "application/octet-stream", &own.bytes);
            container.add(part, &own.bytes);
        }
        container.text = Some((Part::default(), rest));
        Some(container)
    }

    fn of_files(wrapping: Wrapping) -> Container {
        Container {
            wrapping,
            bytes: Vec::new(),
            parts: Vec::new(),
            places: Vec::new(),
            text: None,
            header: Vec::new(),
        }
    }

    /// Adds a file; files are counted from 1.
    fn add(&mut self, part: Part, bytes: &[u8]) {
        let number = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        self.parts.push(Part {
            path: PartPath::default().child(number.saturating_add(1)),
            ..part
        });
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.places.push(start..self.bytes.len());
    }

    /// How it holds its parts.
    pub fn wrapping(&self) -> Wrapping {
        self.wrapping
    }

    /// What lies in it: the leaves of an entity, or files.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The decoded bytes of one of its parts.
    pub fn content(&self, path: &PartPath) -> Option<Vec<u8>> {
        let mut all = self.parts.iter().zip(&self.places);
        let (part, place) = all.find(|(part, _)| part.path == *path)?;
        let bytes = self.bytes.get(place.clone())?;
        Some(decode(bytes, part.encoding))
    }

    /// The text of its own, which is no part: the message that a winmail.dat stands for, HTML where there is some, with a
    /// part that tells its type; a plain text without the files that stand in it. In UTF-8 where the part says so.
    pub fn text(&self) -> Option<(&Part, &[u8])> {
        let (part, bytes) = self.text.as_ref()?;
        Some((part, bytes))
    }

    /// The header of the message that a winmail.dat stands for, as far as it tells one: what is read of it reads as a real one.
    pub fn own_header(&self) -> &[u8] {
        &self.header
    }

    /// The entity that it holds: a whole message, or what was signed. Empty where it holds files.
    pub fn entity_bytes(&self) -> &[u8] {
        match self.wrapping {
            Wrapping::Message | Wrapping::Signed => &self.bytes,
            Wrapping::Winmail | Wrapping::Uuencoded => &[],
        }
    }
}

/// A file as a part: its bytes say what it is, then its name, then its label.
fn file(name: String, kind: &str, bytes: &[u8]) -> Part {
    Part {
        kind: sniffed_type(bytes)
            // A message within the message that a winmail.dat holds.
            .or_else(|| is_tnef_bytes(bytes).then_some("application/ms-tnef"))
            .or_else(|| viewable_type_by_name(&name))
            .or_else(|| media_type_by_name(kind, &name))
            .unwrap_or(kind)
            .to_owned(),
        name,
        attached: true,
        size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        ..Part::default()
    }
}

/// Who a winmail.dat is from and what it is about, as fields.
fn as_header(found: &Tnef<'_>) -> Vec<u8> {
    let name = found.from_name.replace(['"', '\\'], "");
    let email = found.from_email.replace(['<', '>', ','], "");
    let from = match (name.is_empty(), email.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("From: \"{name}\"\r\n"),
        (_, false) => format!("From: \"{name}\" <{email}>\r\n"),
    };
    match (found.subject.is_empty(), from.is_empty()) {
        (true, true) => Vec::new(),
        _ => format!("Subject: {}\r\n{from}", found.subject).into_bytes(),
    }
}

/// A media type as a sender wrote it, as far as it has the form of one; else that of any bytes.
fn safe_kind(kind: &str) -> String {
    let token = |t: &str| {
        !t.is_empty()
            && t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.+_".contains(&b))
    };
    match kind.split_once('/') {
        Some((a, b)) if token(a) && token(b) => kind.to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(kind: &str, bytes: &[u8]) -> Option<Container> {
        let kind = kind.to_owned();
        let part = Part {
            kind,
            ..Part::default()
        };
        Container::open(&part, bytes.to_vec(), &Work::default())
    }

    #[test]
    fn what_is_told_can_be_had() {
        let mail = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\r\ntwo\r\n--b--\r\n";
        let message = opened("message/rfc822", mail).unwrap();
        assert_eq!(message.parts().len(), 2);
        let second = &message.parts()[1].path;
        assert_eq!(message.content(second).as_deref(), Some(&b"two"[..]));
        assert_eq!(message.content(&PartPath::default()), None);
        let text = b"Look:\nbegin 644 cat.png\n#0V%T\n`\nend\n";
        let text = opened("text/plain", text).unwrap();
        let cat = &text.parts()[0];
        assert_eq!(cat.kind, "image/png");
        assert_eq!(text.content(&cat.path).as_deref(), Some(&b"Cat"[..]));
        assert_eq!(text.text().unwrap().1, b"Look:\n");
    }

    #[test]
    fn what_holds_nothing_is_no_container() {
        assert_eq!(opened("text/plain", b"begin 644 cat.png\nno end"), None);
        assert_eq!(opened("application/pkcs7-mime", b"encrypted"), None);
        assert_eq!(opened("application/ms-tnef", b"PK"), None);
        assert_eq!(opened("image/png", b"\x89PNG"), None);
    }
}
