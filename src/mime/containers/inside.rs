//! Containers (message/rfc822, S/MIME signed data, TNEF, uuencode): lists and extracts the parts in them, under stable paths.
//!
//! Lists and extracts by the same paths, so that an address made from one listing leads to the same bytes in the next
//! request. To know before changing it: a container's own path with a step 0 behind it is the body that the container
//! stands for (the text of a TNEF, the entity that was signed), whose parts then count as parts of the mail. No server numbers
//! a part 0, so such a path can never mean a part that the server has.

use super::cms::signed_content;
use super::tnef::tnef;
use crate::mail::{Encoding, Group, Part, PartPath};
use crate::mime::codec::{file_name, uudecode};
use crate::mime::structure::{
    body_of, is_cms, is_message, is_tnef, kind_by_name, kind_of, leaves, meant_kind, part_of,
    parts_of, told_by,
};

/// What lies in the decoded bytes of a part; nothing where it holds nothing.
pub fn contents(part: &Part, bytes: &[u8]) -> Vec<Part> {
    if is_message(part) {
        return leaves(bytes);
    }
    if is_cms(part) {
        return signed_content(bytes).map_or(Vec::new(), |inner| leaves(&inner));
    }
    let file = |n: u32, name: String, kind: &str, bytes: &[u8]| Part {
        path: PartPath::default().child(n),
        kind: kind_of(bytes)
            // A message within the message that a winmail.dat holds.
            .or_else(|| tnef(bytes).map(|_| "application/ms-tnef"))
            .or_else(|| kind_by_name(&name))
            .or_else(|| meant_kind(kind, &name))
            .unwrap_or(kind)
            .to_owned(),
        name,
        attached: true,
        size: size_of(bytes),
        ..Part::default()
    };
    if is_tnef(part) {
        let files = tnef(bytes).map(|t| t.files).unwrap_or_default();
        let numbered = files.into_iter().zip(1..);
        return numbered
            .map(|(f, n)| {
                let kind = safe_kind(&f.kind);
                let id = f.id;
                Part {
                    id,
                    ..file(n, f.name, &kind, f.bytes)
                }
            })
            .collect();
    }
    if part.kind == "text/plain" {
        let (_, files) = uudecode(bytes);
        let numbered = files.into_iter().zip(1..);
        return numbered
            .map(|(f, n)| {
                let name = file_name(&[(b"filename", &f.name)]);
                file(n, name, "application/octet-stream", &f.bytes)
            })
            .collect();
    }
    Vec::new()
}

/// The bytes of one thing that `contents` told of.
pub fn content(part: &Part, bytes: &[u8], path: &PartPath) -> Option<Vec<u8>> {
    if is_message(part) {
        return part_of(bytes, path);
    }
    if is_cms(part) {
        return part_of(&signed_content(bytes)?, path);
    }
    let [number] = path.steps() else { return None };
    let at = usize::try_from(*number).ok()?.checked_sub(1)?;
    if is_tnef(part) {
        return Some(tnef(bytes)?.files.get(at)?.bytes.to_vec());
    }
    if part.kind == "text/plain" {
        let (_, files) = uudecode(bytes);
        return Some(files.into_iter().nth(at)?.bytes);
    }
    None
}

/// The bytes of some of the things that `contents` told of.
pub fn pick(part: &Part, bytes: &[u8], wanted: &[&Part]) -> Vec<(Part, Vec<u8>)> {
    if is_message(part) {
        return parts_of(bytes, wanted);
    }
    if is_cms(part) {
        let inner = signed_content(bytes);
        return inner.map_or(Vec::new(), |inner| parts_of(&inner, wanted));
    }
    let chosen = |files: &[&[u8]]| -> Vec<(Part, Vec<u8>)> {
        let one = |w: &&Part| {
            let [number] = w.path.steps() else {
                return None;
            };
            let at = usize::try_from(*number).ok()?.checked_sub(1)?;
            Some(((*w).clone(), files.get(at)?.to_vec()))
        };
        wanted.iter().filter_map(one).collect()
    };
    if is_tnef(part) {
        let files = tnef(bytes).map(|t| t.files).unwrap_or_default();
        return chosen(&files.iter().map(|f| f.bytes).collect::<Vec<_>>());
    }
    if part.kind == "text/plain" {
        let (_, files) = uudecode(bytes);
        return chosen(&files.iter().map(|f| f.bytes.as_slice()).collect::<Vec<_>>());
    }
    Vec::new()
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

fn size_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// What is to be read of a mail that is wrapped in this part: the text of a winmail.dat, HTML where there is some; the texts
/// of a message that is signed as a whole. Each is one more leaf of the mail, under step 0 of this part's path.
pub fn wrapped(part: &Part, bytes: &[u8]) -> Vec<(Part, Vec<u8>)> {
    if let Some(inner) = signed_content(bytes).filter(|_| is_cms(part)) {
        return texts_of(part, &inner);
    }
    wrapped_text(part, bytes).into_iter().collect()
}

fn texts_of(holder: &Part, entity: &[u8]) -> Vec<(Part, Vec<u8>)> {
    let parts = leaves(entity);
    let body = body_of(&parts);
    let mut texts = body.text.clone();
    texts.extend(body.html.iter().filter(|p| !body.text.contains(p)));
    leaves_of(holder, entity, &texts)
}

/// What a message that is signed as a whole tells beside its text, as further leaves of the mail. What is wrapped once more
/// is left as it is.
pub fn wrapped_told(part: &Part, bytes: &[u8]) -> Vec<(Part, Vec<u8>)> {
    let Some(inner) = signed_content(bytes).filter(|_| is_cms(part)) else {
        return Vec::new();
    };
    let parts = leaves(&inner);
    let mut told = told_by(&parts);
    told.retain(|p| !is_cms(p) && !is_tnef(p));
    leaves_of(part, &inner, &told)
}

/// Some leaves of an entity that a part holds, as leaves of the mail.
fn leaves_of(holder: &Part, entity: &[u8], wanted: &[&Part]) -> Vec<(Part, Vec<u8>)> {
    let root = holder.path.child(0);
    let as_leaf = |(part, bytes): (Part, Vec<u8>)| {
        let groups = part.group.iter().map(|group| Group {
            path: root.join(&group.path),
            kind: group.kind.clone(),
        });
        let leaf = Part {
            path: root.join(&part.path),
            group: holder.group.iter().cloned().chain(groups).collect(),
            encoding: Encoding::Plain,
            size: size_of(&bytes),
            ..part
        };
        (leaf, bytes)
    };
    parts_of(entity, wanted).into_iter().map(as_leaf).collect()
}

fn wrapped_text(part: &Part, bytes: &[u8]) -> Option<(Part, Vec<u8>)> {
    let found = tnef(bytes).filter(|_| is_tnef(part))?;
    let (kind, text) = match found.html.trim() {
        "" => ("text/plain", found.text),
        _ => ("text/html", found.html),
    };
    let leaf = Part {
        path: part.path.child(0),
        kind: kind.to_owned(),
        charset: "utf-8".to_owned(),
        size: size_of(text.as_bytes()),
        group: part.group.clone(),
        ..Part::default()
    };
    (!text.trim().is_empty()).then(|| (leaf, text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_can_be_had() {
        let mail = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: image/png; name=a.png\r\n\r\ntwo\r\n--b--\r\n";
        let kind = "message/rfc822".to_owned();
        let part = Part {
            kind,
            ..Part::default()
        };
        let inside = contents(&part, mail);
        assert_eq!(inside.len(), 2);
        assert_eq!(
            content(&part, mail, &inside[1].path).as_deref(),
            Some(&b"two"[..])
        );
        let kind = "text/plain".to_owned();
        let part = Part {
            kind,
            ..Part::default()
        };
        let text = b"begin 644 cat.png\n#0V%T\n`\nend\n";
        let inside = contents(&part, text);
        assert_eq!(inside[0].kind, "image/png");
        assert_eq!(
            content(&part, text, &inside[0].path).as_deref(),
            Some(&b"Cat"[..])
        );
        assert_eq!(content(&part, text, &PartPath::default()), None);
    }
}
