//! What the bytes of a part are, where its label may lie.
//!
//! Only for the few types that a browser may show at all; it decides nothing about safety, for each of these is served
//! under a type from a list of our own.

use crate::mail::Part;
use crate::media::{Media, media};

/// The media types whose bytes a browser may show, told by their first bytes (WHATWG MIME sniffing 6.1); None for all
/// others.
pub fn sniffed_type(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..bytes.len().min(16)).unwrap_or_default();
    match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        _ => None,
    }
}

/// The media type that a file's name stands for, of those a browser may show; None for all others.
pub fn viewable_type_by_name(name: &str) -> Option<&'static str> {
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    match extension.as_str() {
        "png" => Some("image/png"),
        "jpg" | "jpeg" | "jpe" | "jfif" => Some("image/jpeg"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        "pdf" => Some("application/pdf"),
        "txt" | "log" | "md" => Some("text/plain"),
        _ => None,
    }
}

/// The media type that a part is read as where its label has an old name for it, or says nothing and its file's name stands
/// for something that is read here: gateways and some programs label everything alike. None where the label stands.
pub fn media_type_by_name(kind: &str, name: &str) -> Option<&'static str> {
    match kind {
        "image/jpg" | "image/pjpeg" => return Some("image/jpeg"),
        "image/x-png" => return Some("image/png"),
        "application/x-pdf" => return Some("application/pdf"),
        "text/x-vcalendar" => return Some("text/calendar"),
        kind if media(kind) != Media::OctetStream => return None,
        _ => {}
    }
    let name = name.trim().to_ascii_lowercase();
    // What else ends so may be a key.
    match name.as_str() {
        "signature.asc" => return Some("application/pgp-signature"),
        "encrypted.asc" => return Some("application/pgp-encrypted"),
        _ => {}
    }
    match name.rsplit_once('.')?.1 {
        "ics" | "vcs" => Some("text/calendar"),
        "vcf" => Some("text/vcard"),
        "p7m" => Some("application/pkcs7-mime"),
        "p7s" => Some("application/pkcs7-signature"),
        "csv" => Some("text/csv"),
        _ => None,
    }
}

/// A part with the kind that is meant.
pub fn judged(part: Part) -> Part {
    match media_type_by_name(&part.kind, &part.name) {
        Some(kind) => Part {
            kind: kind.to_owned(),
            ..part
        },
        None => part,
    }
}

/// True for a part that opens as a message of its own.
pub fn is_message(part: &Part) -> bool {
    media(&part.kind) == Media::Message
        || (part.name.to_ascii_lowercase().ends_with(".eml")
            && part.kind.starts_with("application/"))
}

/// True for a winmail.dat.
pub fn is_tnef(part: &Part) -> bool {
    media(&part.kind) == Media::Tnef || part.name.eq_ignore_ascii_case("winmail.dat")
}

/// True for a part that is a CMS with the message in it.
pub fn is_cms(part: &Part) -> bool {
    media(&part.kind) == Media::Smime
}

/// The name of a charset under which a text may go on to a browser as it is; None where a browser does not know it, or would
/// read other letters where the text has ASCII.
pub fn browser_charset(label: &str) -> Option<&'static str> {
    match label {
        "" | "us-ascii" | "ascii" => Some("utf-8"),
        _ => encoding_rs::Encoding::for_label(label.as_bytes())
            .filter(|encoding| encoding.is_ascii_compatible())
            .map(|encoding| encoding.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_they_are() {
        assert_eq!(sniffed_type(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(sniffed_type(b"RIFF....WEBPVP8 "), Some("image/webp"));
        assert_eq!(sniffed_type(b"%PDF-1.7"), Some("application/pdf"));
        for other in [&b"<svg xmlns="[..], b"GIF", b"", b"\xff\xd8"] {
            assert_eq!(sniffed_type(other), None);
        }
        assert_eq!(viewable_type_by_name("a.b.JPG"), Some("image/jpeg"));
        assert_eq!(viewable_type_by_name("page.html"), None);
    }

    #[test]
    fn a_label_that_says_nothing_leaves_it_to_the_name() {
        let bytes = "application/octet-stream";
        for (kind, name, meant) in [
            (bytes, "Invite.ICS", Some("text/calendar")),
            ("application/x-download", "card.vcf", Some("text/vcard")),
            (bytes, "smime.p7m", Some("application/pkcs7-mime")),
            (bytes, "smime.p7s", Some("application/pkcs7-signature")),
            (bytes, "signature.asc", Some("application/pgp-signature")),
            (bytes, "key.asc", None),
            (bytes, "page.html", None),
            (bytes, "ics", None),
            ("image/jpg", "", Some("image/jpeg")),
            ("image/png", "smime.p7m", None),
            ("text/html", "invite.ics", None),
        ] {
            assert_eq!(media_type_by_name(kind, name), meant, "{kind} {name}");
        }
    }

    #[test]
    fn a_charset_goes_on_where_a_browser_reads_it_as_we_would() {
        assert_eq!(browser_charset("iso-8859-2"), Some("ISO-8859-2"));
        assert_eq!(browser_charset(""), Some("utf-8"));
        for other in ["utf-16", "iso-2022-jp", "utf-7", "nonsense"] {
            assert_eq!(browser_charset(other), None, "{other}");
        }
    }
}
