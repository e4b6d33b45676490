//! A message that is passed on as it is: below a block of header fields that says by whom (RFC 5322 3.6.6).
//!
//! To know before changing it: not a byte of it changes below that block, or what its writer signed is no longer theirs.

use std::io::{self, Read, Write};

use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;

use super::Letter;
use super::whole::copy_lines;
use super::write::{Stamp, header, mailboxes};

/// Writes a message that is passed on as it is. Who gets it unseen stands nowhere.
///
/// # Errors
/// As writing to `out`, and reading it.
pub fn redirected(
    letter: &Letter,
    stamp: &Stamp,
    original: Box<dyn Read>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut head = Vec::new();
    header(
        &mut head,
        "Resent-Date",
        Raw::new(stamp.date.as_str()).into(),
    );
    let from = [letter.from.clone()];
    for (name, addresses) in [
        ("Resent-From", from.as_slice()),
        ("Resent-To", &letter.to),
        ("Resent-Cc", &letter.cc),
    ] {
        if !addresses.is_empty() {
            header(&mut head, name, mailboxes(addresses));
        }
    }
    if letter.to.is_empty() && letter.cc.is_empty() {
        head.extend_from_slice(b"Resent-To: undisclosed-recipients:;\r\n");
    }
    let id = MessageId::new(stamp.id.as_str());
    header(&mut head, "Resent-Message-ID", id.into());
    out.write_all(&head)?;
    let mut last = Ending::default();
    let mut both = Both {
        out,
        last: &mut last,
    };
    copy_lines(original, &mut both)?;
    match last.0 {
        Some(b'\n') => Ok(()),
        _ => out.write_all(b"\r\n"),
    }
}

/// The last byte that was written.
#[derive(Default)]
struct Ending(Option<u8>);

/// Writes, and notes the last byte.
struct Both<'b, W> {
    out: &'b mut W,
    last: &'b mut Ending,
}

impl<W: Write> Write for Both<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        let written = bytes.get(..n).unwrap_or_default();
        self.last.0 = written.last().copied().or(self.last.0);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
