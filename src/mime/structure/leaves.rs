//! The structure of a whole message, for servers whose BODYSTRUCTURE is missing or wrong.
//!
//! Gives the same leaves with the same paths as a right BODYSTRUCTURE would (RFC 9051 6.4.5.1). It walks on slices of the
//! message and copies nothing; depth and number of parts are bounded, and what lies beyond is one leaf.

use std::collections::BTreeSet;
use std::ops::Range;

use super::kinds::{is_message, judged};
use crate::mail::{Encoding, Flowed, Group, LONGEST_KIND, MOST_GROUPS, Part, PartPath, content_id};
use crate::mime::codec::{
    Param, decode, ends_header, fields, file_name, header_of, headers, line, parameter,
    split_parameters, words,
};
use crate::work::Work;

/// Most leaves that are told.
const MOST: usize = 2000;
/// Bytes that one walk looks through for boundaries, each multipart again at every level: what lies deeper then is one leaf. A
/// message of the largest size that servers take has five levels.
const MOST_SOUGHT: usize = 128 * 1024 * 1024;
/// Steps of work for each of them.
const STEPS: usize = 2;

/// The leaves of a message, in the order in which they stand.
pub fn leaves(raw: &[u8], work: &Work) -> Vec<Part> {
    walked(raw, work)
        .into_iter()
        .map(|(part, _)| part)
        .collect()
}

/// The leaves of a message, and where in it the bytes of each lie, still encoded.
pub fn leaf_places(raw: &[u8], work: &Work) -> Vec<(Part, Range<usize>)> {
    let place = |body: &[u8]| {
        let start = match body.is_empty() {
            // It may stand anywhere.
            true => 0,
            false => body.as_ptr().addr().saturating_sub(raw.as_ptr().addr()),
        };
        start..start.saturating_add(body.len())
    };
    let leaves = walked(raw, work).into_iter();
    leaves.map(|(part, body)| (part, place(body))).collect()
}

/// The decoded bytes of some leaves, in the order in which they stand: what one walk through the message finds.
pub fn parts_of(raw: &[u8], wanted: &[&Part], work: &Work) -> Vec<(Part, Vec<u8>)> {
    let wanted: BTreeSet<&PartPath> = wanted.iter().map(|w| &w.path).collect();
    walked(raw, work)
        .into_iter()
        .filter(|(part, _)| wanted.contains(&part.path))
        .map(|(part, body)| {
            let bytes = decode(body, part.encoding);
            (part, bytes)
        })
        .collect()
}

/// The decoded bytes of one leaf; the empty path is the whole message as it is.
pub fn part_of(raw: &[u8], path: &PartPath, work: &Work) -> Option<Vec<u8>> {
    if path.steps().is_empty() {
        return Some(raw.to_vec());
    }
    walked(raw, work)
        .into_iter()
        .find(|(part, _)| part.path == *path)
        .map(|(part, body)| decode(body, part.encoding))
}

fn walked<'a>(raw: &'a [u8], work: &Work) -> Vec<(Part, &'a [u8])> {
    let mut walk = Walk {
        within: Vec::new(),
        found: Vec::new(),
        sought: 0,
        is_cut: false,
    };
    walk.entity(raw, &PartPath::default());
    work.does(walk.sought.saturating_add(raw.len()), STEPS);
    if walk.is_cut {
        work.leave_out();
    }
    walk.found
}

/// A walk through a message.
struct Walk<'a> {
    /// The multiparts around the entity that is looked at, outermost first.
    within: Vec<Group>,
    found: Vec<(Part, &'a [u8])>,
    /// Bytes that were looked through for boundaries.
    sought: usize,
    /// True where there were more leaves than are told.
    is_cut: bool,
}

impl<'a> Walk<'a> {
    /// One entity: a leaf, or a multipart with its children. Recursion ends at `PartPath::DEEPEST`.
    fn entity(&mut self, entity: &'a [u8], path: &PartPath) {
        if self.found.len() >= MOST {
            self.is_cut = true;
            return;
        }
        let (head, body) = split_header(entity, path.steps().is_empty());
        let in_digest = self.within.last().is_some_and(|g| g.kind == "digest");
        let (mut part, boundary) = described(head, in_digest);
        if let Some(kind) = part.kind.strip_prefix("multipart/")
            && path.steps().len() < PartPath::DEEPEST
        {
            let children = self.children(body, boundary.as_deref());
            if !children.is_empty() {
                self.within.push(Group {
                    path: path.clone(),
                    kind: kind.chars().take(LONGEST_KIND).collect(),
                });
                for (child, n) in children.into_iter().zip(1..) {
                    self.entity(child, &path.child(n));
                }
                self.within.pop();
                return;
            }
        }
        if part.kind.starts_with("multipart/") {
            // Nothing in it that its boundary tells: show what is there.
            part.kind = "text/plain".to_owned();
        }
        part.path = if path.steps().is_empty() {
            path.child(1)
        } else {
            path.clone()
        };
        if part.name.is_empty() && is_message(&part) {
            part.name = headers(body).subject;
        }
        part.group = self.within.iter().take(MOST_GROUPS).cloned().collect();
        part.size = u32::try_from(body.len()).unwrap_or(u32::MAX);
        self.found.push((part, body));
    }

    /// The children of a multipart; none where it has none, or too much was looked through.
    fn children(&mut self, body: &'a [u8], boundary: Option<&[u8]>) -> Vec<&'a [u8]> {
        self.sought = self.sought.saturating_add(body.len());
        if self.sought > MOST_SOUGHT {
            return Vec::new();
        }
        let told = boundary.map_or(Vec::new(), |boundary| split_multipart(body, boundary));
        match told.is_empty() {
            true => found_boundary(body).map_or(Vec::new(), |b| split_multipart(body, b)),
            false => told,
        }
    }
}

/// What the header of an entity says of it, and the boundary if it is a multipart.
fn described(head: &[u8], in_digest: bool) -> (Part, Option<Vec<u8>>) {
    let head = fields(head);
    let field = |name: &str| {
        head.iter()
            .find(|(n, _)| n == name)
            .map_or(&b""[..], |(_, v)| v)
    };
    let (kind, kind_params) = split_parameters(field("content-type"));
    let (disposition, params) = split_parameters(field("content-disposition"));
    let all: Vec<Param<'_>> = params
        .iter()
        .chain(&kind_params)
        .map(|(name, value)| (name.as_slice(), value.as_slice()))
        .collect();
    let of_kind = all.get(params.len()..).unwrap_or_default();
    let first_word = |value: String| {
        let word = value.split([' ', ';', '(']).next().unwrap_or_default();
        word.to_ascii_lowercase()
    };
    let kind = first_word(String::from_utf8_lossy(kind).into_owned());
    let whole = kind
        .split_once('/')
        .is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
    let kind = match (whole, in_digest) {
        (true, _) => kind,
        _ if kind == "multipart" => "multipart/mixed".to_owned(),
        // RFC 2046 5.1.5
        (false, true) => "message/rfc822".to_owned(),
        // RFC 2045 5.2; but what has a name and a type that is none is a file.
        (false, false) if kind.is_empty() || file_name(&all).is_empty() => "text/plain".to_owned(),
        (false, false) => "application/octet-stream".to_owned(),
    };
    let flowed = first_word(parameter(of_kind, "format")) == "flowed";
    let part = Part {
        charset: first_word(parameter(of_kind, "charset")),
        name: file_name(&all),
        attached: disposition.eq_ignore_ascii_case(b"attachment"),
        id: ["content-id", "content-location"]
            .map(|name| line(&words(field(name))))
            .map(|id| content_id(&id).to_owned())
            .into_iter()
            .find(|id| !id.is_empty())
            .unwrap_or_default(),
        encoding: Encoding::named(&words(field("content-transfer-encoding"))),
        flowed: flowed.then(|| Flowed {
            delete_space: first_word(parameter(of_kind, "delsp")) == "yes",
        }),
        kind,
        ..Part::default()
    };
    let boundary = of_kind
        .iter()
        .find(|(name, value)| name.eq_ignore_ascii_case(b"boundary") && !value.is_empty())
        .map(|(_, value)| value.trim_ascii_end().to_vec())
        .or_else(|| Some(parameter(of_kind, "boundary").into_bytes()).filter(|b| !b.is_empty()));
    (judged(part), boundary)
}

/// An entity's header, and its body after the line that ends it. A whole message without any field is all body.
fn split_header(entity: &[u8], is_whole: bool) -> (&[u8], &[u8]) {
    let begins_empty = entity.starts_with(b"\n") || entity.starts_with(b"\r\n");
    if is_whole && !begins_empty && header_of(entity).is_empty() {
        return (b"", entity);
    }
    let mut start = 0_usize;
    for row in entity.split_inclusive(|b| *b == b'\n') {
        let end = start.saturating_add(row.len());
        let after = entity.get(end..).unwrap_or_default();
        if ends_header(row, after) {
            return (entity.get(..start).unwrap_or_default(), after);
        }
        start = end;
    }
    (entity, b"")
}

/// The boundary of a multipart that tells a wrong one or none: a line with two dashes, and the field of a header below.
fn found_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut rows = body.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end);
    let mut before: Option<&[u8]> = None;
    rows.by_ref().take(MOST).find_map(|row| {
        let is_field = row
            .get(..8)
            .is_some_and(|head| head.eq_ignore_ascii_case(b"content-"));
        let boundary = std::mem::replace(&mut before, row.strip_prefix(b"--"));
        boundary.filter(|b| is_field && !b.is_empty())
    })
}

/// The children of a multipart's body. The line end before a boundary belongs to the boundary (RFC 2046 5.1.1); a last
/// child without one reaches to the end.
fn split_multipart<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut children = Vec::new();
    let mut open: Option<usize> = None;
    let mut start = 0_usize;
    let close = |from: usize, to: usize| {
        let child = body.get(from..to.max(from)).unwrap_or_default();
        let child = child.strip_suffix(b"\n").unwrap_or(child);
        child.strip_suffix(b"\r").unwrap_or(child)
    };
    for row in body.split_inclusive(|b| *b == b'\n') {
        let end = start.saturating_add(row.len());
        if let Some(after) = row
            .strip_prefix(b"--")
            .and_then(|r| r.strip_prefix(boundary))
        {
            let after = after.trim_ascii_end();
            if after.is_empty() || after == b"--" {
                children.extend(open.take().map(|from| close(from, start)));
                if after == b"--" {
                    return children;
                }
                open = Some(end);
            }
        }
        // One more than there may be leaves, so that it is known that there are more.
        if children.len() > MOST {
            return children;
        }
        start = end;
    }
    children.extend(
        open.and_then(|from| body.get(from..))
            .filter(|c| !c.is_empty()),
    );
    children
}
