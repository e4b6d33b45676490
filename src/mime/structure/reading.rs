//! A part that is read, from bytes to the text or the markup that its writer wrote.
//!
//! Not for charsets as such (`text`), nor for making anything of the text (`plain_text`, `clean`).

use crate::mail::Part;
use crate::mime::codec::{text, text_as, uudecode};

/// Bytes at the beginning of an HTML among which its charset is looked for. A browser looks at a quarter of that (WHATWG
/// HTML 13.2.3.2), but the heads of mails are long.
const PRESCANNED: usize = 4096;
/// Longest command of an enriched text, with its slash.
const LONGEST_COMMAND: usize = 61;

/// The text of a part, HTML as it is written; in the charset that the reader chose, else in the one that it says or seems
/// to have. Files that stand in it are left out (`contents` has them).
pub fn reading(part: &Part, bytes: &[u8], chosen: &str) -> String {
    let is_plain = part.kind == "text/plain";
    let kept = (is_plain && bytes.windows(6).any(|w| w == b"begin ")).then(|| uudecode(bytes).0);
    let bytes = kept.as_deref().unwrap_or(bytes);
    let chosen = Some(chosen).filter(|chosen| !chosen.is_empty());
    let read = chosen
        .and_then(|chosen| text_as(bytes, chosen))
        .unwrap_or_else(|| match part.kind.as_str() {
            "text/html" => text(bytes, charset_of_html(bytes, &part.charset).as_str()),
            _ => text(bytes, &part.charset),
        });
    match part.kind.as_str() {
        "text/enriched" | "text/richtext" => unenriched(&read),
        _ => read,
    }
}

/// The charset of an HTML: what its mail says; where that is nothing, or what is put on everything and is not so, what it
/// says itself.
fn charset_of_html(bytes: &[u8], labelled: &str) -> String {
    let is_vague = matches!(labelled, "" | "us-ascii" | "ascii" | "utf-8" | "utf8")
        || encoding_rs::Encoding::for_label(labelled.as_bytes()).is_none();
    if !is_vague || std::str::from_utf8(bytes).is_ok() {
        return labelled.to_owned();
    }
    let head = bytes.get(..bytes.len().min(PRESCANNED)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let mut tags = head.split("<meta").skip(1);
    let said = tags.find_map(|tag| {
        let (_, value) = tag.split('>').next()?.split_once("charset")?;
        let value = value.trim_start().strip_prefix('=')?;
        let value = value.trim_start_matches(['"', '\'', ' ']);
        let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.:".contains(c)));
        value.get(..end.unwrap_or(value.len()))
    });
    // What stands there in ASCII is not in UTF-16.
    let said = said.filter(|said| !said.is_empty() && !said.starts_with("utf-16"));
    said.unwrap_or(labelled).to_owned()
}

/// The words of a text/enriched (RFC 1896) or text/richtext (RFC 1341): commands left out, `<<` for `<`, and single line
/// ends only for the eye.
fn unenriched(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // What a command tells the program stands between its marks.
    let mut hidden = false;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        if let Some(tail) = rest.strip_prefix("<<") {
            out.push('<');
            rest = tail;
        } else if let Some((name, tail)) = command(rest) {
            match name.to_ascii_lowercase().as_str() {
                "param" | "comment" => hidden = true,
                "/param" | "/comment" => hidden = false,
                "nl" | "np" | "/paragraph" => out.push('\n'),
                "lt" => out.push('<'),
                _ => {}
            }
            rest = tail;
        } else if first == '\n' {
            let ends = rest
                .len()
                .saturating_sub(rest.trim_start_matches('\n').len());
            out.push_str(&"\n".repeat(ends.saturating_sub(1)));
            if ends == 1 {
                out.push(' ');
            }
            rest = rest.get(ends..).unwrap_or_default();
        } else {
            if !hidden {
                out.push(first);
            }
            rest = after;
        }
    }
    out
}

/// The command that begins here, and what follows it.
fn command(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('<')?;
    let is_of_command = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/');
    let end = inner
        .bytes()
        .take(LONGEST_COMMAND)
        .take_while(is_of_command)
        .count();
    let (name, tail) = inner.split_at_checked(end)?;
    Some((name, tail.strip_prefix('>')?)).filter(|(name, _)| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, charset: &str, bytes: &[u8]) -> String {
        let part = Part {
            kind: kind.to_owned(),
            charset: charset.to_owned(),
            ..Part::default()
        };
        reading(&part, bytes, "")
    }

    #[test]
    fn an_html_may_say_its_charset_itself() {
        let page = |meta: &str, letters: &[u8]| [meta.as_bytes(), letters].concat();
        let koi8 = page("<meta charset='koi8-r'>", b"\xe4\xc1");
        for label in ["", "us-ascii", "utf-8", "x-nowhere"] {
            assert!(
                read("text/html", label, &koi8).ends_with("\u{414}\u{430}"),
                "{label}"
            );
        }
        let old = "<META http-equiv=Content-Type content=\"text/html; charset=windows-1251\">";
        assert!(read("text/html", "", &page(old, b"\xc4\xe0")).ends_with("\u{414}\u{430}"));
        // What the mail says counts where it says something, and so do the bytes.
        assert!(
            read(
                "text/html",
                "windows-1251",
                &page("<meta charset=koi8-r>", b"\xc4\xe0")
            )
            .ends_with("\u{414}\u{430}")
        );
        assert!(
            read("text/html", "", &page("<meta charset=koi8-r>", b"\xc3\xa9")).ends_with('\u{e9}')
        );
        assert!(read("text/html", "", b"<meta charset=utf-16>\xe9").ends_with('\u{e9}'));
        assert_eq!(
            read("text/plain", "", b"<meta charset=koi8-r>\xe9"),
            "<meta charset=koi8-r>\u{e9}"
        );
    }

    #[test]
    fn an_enriched_text_is_read_without_its_commands() {
        let text =
            "<bold>Now</bold> is the\ntime\n\n<color><param>red</param>a << b</color>, 1 < 2 > 0";
        assert_eq!(
            read("text/enriched", "", text.as_bytes()),
            "Now is the time\na < b, 1 < 2 > 0"
        );
        assert_eq!(read("text/plain", "", b"<bold>"), "<bold>");
        let long = "<".repeat(300_000);
        assert_eq!(read("text/enriched", "", long.as_bytes()).len(), 150_000);
    }
}
