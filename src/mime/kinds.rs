//! What the bytes of a part are, where its label may lie.
//!
//! Only for the few types that a browser may show at all; it decides nothing about safety, for each of these is served
//! under a type from a list of our own.

/// The media types whose bytes a browser may show, told by their first bytes (WHATWG MIME sniffing 6.1); None for all
/// others.
pub fn kind_of(bytes: &[u8]) -> Option<&'static str> {
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
pub fn kind_by_name(name: &str) -> Option<&'static str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_they_are() {
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(kind_of(b"RIFF....WEBPVP8 "), Some("image/webp"));
        assert_eq!(kind_of(b"%PDF-1.7"), Some("application/pdf"));
        for other in [&b"<svg xmlns="[..], b"GIF", b"", b"\xff\xd8"] {
            assert_eq!(kind_of(other), None);
        }
        assert_eq!(kind_by_name("a.b.JPG"), Some("image/jpeg"));
        assert_eq!(kind_by_name("page.html"), None);
    }
}
