//! Files that stand uuencoded in a plain text, as mail had them before MIME.
//!
//! A file is taken out only where it is whole: a `begin` line with a mode and a name, lines that each hold as much as they
//! say, and `end`. Anything else is text.

/// A file in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UuFile {
    /// Its name as it is written.
    pub name: Vec<u8>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Most files that are taken out of a text.
const MOST: usize = 100;

/// The text without its files, and the files.
pub fn uudecode(text: &[u8]) -> (Vec<u8>, Vec<UuFile>) {
    let mut kept = Vec::new();
    let mut files = Vec::new();
    let mut rest = text;
    while let Some(row) = first_line(rest) {
        let after = rest.get(row.len()..).unwrap_or_default();
        if files.len() < MOST
            && let Some((file, tail)) = file(row, after)
        {
            files.push(file);
            rest = tail;
        } else {
            kept.extend_from_slice(row);
            rest = after;
        }
    }
    (kept, files)
}

fn first_line(text: &[u8]) -> Option<&[u8]> {
    text.split_inclusive(|b| *b == b'\n').next()
}

/// The file that begins here, and what follows it.
fn file<'a>(row: &[u8], mut rest: &'a [u8]) -> Option<(UuFile, &'a [u8])> {
    let head = row.trim_ascii_end().strip_prefix(b"begin ")?;
    let (mode, name) = head.split_at_checked(head.iter().position(|b| *b == b' ')?)?;
    let is_mode = matches!(mode.len(), 3 | 4) && mode.iter().all(|b| (b'0'..=b'7').contains(b));
    let name = name.trim_ascii();
    if !is_mode || name.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    loop {
        let row = first_line(rest)?;
        rest = rest.get(row.len()..).unwrap_or_default();
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        if row == b"end" {
            let name = name.to_vec();
            return Some((UuFile { name, bytes }, rest));
        }
        if matches!(row, b"" | b"`" | b" ") {
            continue;
        }
        decode_line(row, &mut bytes)?;
    }
}

/// The bytes of one line; None where it is none.
pub(super) fn decode_line(row: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let value = |b: u8| {
        (0x20..=0x60)
            .contains(&b)
            .then(|| b.wrapping_sub(0x20) & 0x3F)
    };
    let (count, coded) = row.split_first()?;
    let count = usize::from(value(*count)?);
    let mut line = Vec::new();
    for group in coded.chunks(4) {
        let mut bits: u32 = 0;
        for at in 0..4 {
            // Blanks at the end of a line are lost on the way.
            let digit = value(group.get(at).copied().unwrap_or(b' '))?;
            bits = bits << 6 | u32::from(digit);
        }
        let [_, a, b, c] = bits.to_be_bytes();
        line.extend([a, b, c]);
    }
    line.resize(line.len().max(count).min(count.saturating_add(3)), 0);
    out.extend(line.get(..count)?);
    // A line that holds much less than it says is a sentence.
    (coded.len().saturating_add(4) >= count.div_ceil(3).saturating_mul(4)).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_out_of_its_text() {
        let text = b"Hello,\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nBye\r\n";
        let (kept, files) = uudecode(text);
        assert_eq!(kept, b"Hello,\r\nBye\r\n");
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].name, b"cat.txt");
        assert_eq!(files[0].bytes, b"Cat");
    }

    #[test]
    fn prose_stays_prose() {
        for text in [
            &b"begin 644 with me\nand then some words that go on\nend\n"[..],
            b"begin again tomorrow\nend\n",
            b"begin 644 a\n#0V%T\n",
            b"begin 644\n",
            b"",
        ] {
            let (kept, files) = uudecode(text);
            assert_eq!(kept, text);
            assert!(files.is_empty());
        }
    }
}
