//! Reading a message: what its page tells, what is attached, and what of it may open in the browser. By subject:

/// What is odd about a sender, who checked that, and how a mailing list is left.
mod doubts;
/// What is attached: how it is listed, what of it opens in the browser and as what, the archive of all of it.
mod files;
/// What stands inside a message: another one, a winmail.dat, a message that is signed as a whole.
mod inside;
/// How mails of the world look, for people to see.
mod pictures;
/// Messages of any size and depth.
mod size;
/// Which of its texts a message shows, in which charset, and what of it stands in a list.
mod texts;
/// What a message tells, in words: invitations, journeys, reports, cards, and everybody who got it.
mod told;

use crate::support::mails::{Mail, MailBuilder};

/// A mail of this name whose type is `kind`, with this behind its header. It names no reader.
fn odd(subject: &str, kind: &str, body: &str) -> Mail {
    MailBuilder::bare(subject).of_kind(kind, body)
}

/// So many of something, each with its number.
fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

/// A winmail.dat (MS-OXTNEF) with this text and this file.
fn winmail(text: &str, name: &str, file: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
    let mut attribute = |level: u8, id: u32, value: &[u8]| {
        out.push(level);
        out.extend(id.to_le_bytes());
        out.extend(u32::try_from(value.len()).expect("small").to_le_bytes());
        out.extend(value);
        out.extend([0, 0]);
    };
    attribute(1, 0x0002_800c, text.as_bytes());
    attribute(2, 0x0006_9002, &[0; 14]);
    attribute(2, 0x0001_8010, name.as_bytes());
    attribute(2, 0x0006_800f, file);
    out
}

/// The names of the files in a zip, by its directory.
fn names_in(zip: &[u8]) -> Vec<String> {
    let entry = b"PK\x01\x02";
    let starts = (0..zip.len()).filter(|at| zip[*at..].starts_with(entry));
    let name = |at: usize| {
        let length = usize::from(zip[at + 28]) + 256 * usize::from(zip[at + 29]);
        String::from_utf8_lossy(&zip[at + 46..at + 46 + length]).into_owned()
    };
    starts.map(name).collect()
}
