//! A message, or one within it, opened and judged once: its text, its HTML made harmless, its files, and what it tells
//! beside these.
//!
//! Everything that reads a message reads it from here: page, frame, paper, archive, part, header fields. Not for finding
//! or fetching it (`mailbox`), nor for what a page makes of it (`actions`, `views`). To know before changing it: `open` is
//! the one way to a message and to one within it, with one set of budgets (`leaves`); containers are read once, when
//! they are opened; what not every page needs (events, verdict, header fields) is read when it is first asked for.

mod extras;
mod files;
mod kept;
mod leaves;
mod people;
mod rich;
mod text;
mod unwrapped;

use std::cell::OnceCell;

use crate::error::{Error, GoneKind, Result};
use crate::mail::{NestedPath, Part, PartPath, Row};
use crate::mailbox::{self, KEPT_BYTES, Mailbox, PartBytes, Standing, WHOLE_BYTES};
use crate::mime::codec::{self, Headers};
use crate::mime::containers::{Container, Wrapping};
use crate::route::MessageRef;
use crate::work::Work;

pub use extras::Extras;
pub use files::{Content, File, saved_name};
pub use leaves::Leaves;
use leaves::Selection;
pub use people::People;
pub use rich::ToWrite;
pub use text::{Purpose, Rendering};
use unwrapped::{Holder, Unwrapped};

/// Which message is opened.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// The message on the server.
    pub message: &'a MessageRef,
    /// The way to a message within it; empty for the message itself.
    pub inside: &'a NestedPath,
    /// Where it was in its list when the link was made.
    pub rank: u32,
    /// True where it is read now, and marked so; never one within another.
    pub read: bool,
}

impl<'a> Opening<'a> {
    /// A look at a message that leaves no mark.
    pub fn look(message: &'a MessageRef, inside: &'a NestedPath) -> Opening<'a> {
        Opening {
            message,
            inside,
            rank: 0,
            read: false,
        }
    }
}

/// One part that is shown, decoded from its way but not from its charset.
#[derive(Clone, Debug)]
struct Shown {
    part: Part,
    bytes: Vec<u8>,
    /// True where only its beginning is here.
    cut: bool,
}

/// A message that is open.
#[derive(Debug)]
pub struct Document {
    message: MessageRef,
    inside: NestedPath,
    row: Row,
    standing: Standing,
    /// As it travelled.
    raw_header: Vec<u8>,
    /// In UTF-8.
    header: Vec<u8>,
    leaves: Leaves,
    /// Texts and HTML that are shown, in the order of the message.
    texts: Vec<Shown>,
    /// Small pictures that the HTML may name.
    images: Vec<Shown>,
    /// What tells something beside the text, containers excepted.
    extras: Vec<Shown>,
    /// Those containers that a page reads.
    containers: Vec<Holder>,
    /// Parts that only their labels call containers.
    mislabelled: Vec<PartPath>,
    /// Those of them that hold certificates alone.
    certificates: Vec<PartPath>,
    /// The files that stand in each of the texts.
    uuencoded: OnceCell<Vec<Option<Container>>>,
    headers: OnceCell<Headers>,
    /// What may still be done for it.
    work: Work,
    read_extras: OnceCell<Extras>,
}

/// Opens a message, or one within it.
///
/// # Errors
/// `Gone`: the message, its folder, the numbering of the link, or what the way inside leads to. `Imap` where the cache
/// does not have it.
pub fn open(mailbox: &mut Mailbox, opening: &Opening) -> Result<Document> {
    match opening.inside.is_empty() {
        true => open_message(mailbox, opening),
        false => open_inside(mailbox, opening),
    }
}

fn open_message(mailbox: &mut Mailbox, opening: &Opening) -> Result<Document> {
    let at = opening.message;
    let mut judged = (Leaves::default(), Selection::default());
    let mut choose = |parts: &[Part]| {
        let leaves = Leaves::of(parts.to_vec());
        let selection = Selection::of(&leaves);
        let wanted = selection.parts();
        judged = (leaves, selection);
        wanted
    };
    let mut fetched = mailbox.message(at, opening.rank, opening.read, &mut choose)?;
    let (leaves, selection) = judged;
    let mut take = |part: Part| {
        let bytes = fetched.texts.remove(&part.path)?;
        let cut = part.size > KEPT_BYTES;
        Some(Shown { part, bytes, cut })
    };
    let work = fetched.work;
    let unwrapped = Unwrapped::of(leaves, selection, &mut take, &work);
    let document = Document::new(opening, fetched.row, fetched.header, unwrapped);
    let mut document = Document {
        standing: fetched.standing,
        work,
        ..document
    };
    let preview = document.preview(fetched.is_new);
    if document.row.preview != preview {
        document.row.preview = preview;
        mailbox.keep_row(at, &document.row);
    }
    Ok(document)
}

/// A message within a message; a winmail.dat too is one, under the header of the message that holds it.
fn open_inside(mailbox: &mut Mailbox, opening: &Opening) -> Result<Document> {
    let gone = || Error::Gone(GoneKind::Part);
    let at = opening.message;
    let work = Work::default();
    let (holder, bytes) = part_by(mailbox, at, opening.inside, WHOLE_BYTES, &work)?;
    let PartBytes::Here(bytes) = bytes else {
        return Err(gone());
    };
    let wrapping = Wrapping::of(&holder);
    let opens = matches!(wrapping, Some(Wrapping::Message | Wrapping::Winmail));
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let container = opens
        .then(|| Container::open(&holder, bytes, &work))
        .flatten();
    let container = container.ok_or_else(gone)?;
    let (row, header) = match container.wrapping() {
        Wrapping::Message => {
            let raw = codec::header_of(container.entity_bytes()).to_vec();
            let header = codec::in_utf8(&raw, mailbox::charset(container.parts()));
            (mailbox::of_header(at.uid, &header, size), raw)
        }
        // One that a message within holds is a message of its own.
        _ if !container.own_header().is_empty() && is_deep(opening.inside) => {
            let header = container.own_header().to_vec();
            (mailbox::of_header(at.uid, &header, size), header)
        }
        _ => {
            let row = mailbox.row(at)?;
            (
                Row { size, ..row },
                mailbox
                    .kept_part(at, &PartPath::header())
                    .unwrap_or_default(),
            )
        }
    };
    let unwrapped = Unwrapped::within(&holder, container, &work);
    let document = Document::new(opening, row, header, unwrapped);
    Ok(Document { work, ..document })
}

/// True for a way into what lies inside a part.
fn is_deep(way: &NestedPath) -> bool {
    way.split().is_some_and(|(_, rest)| !rest.is_empty())
}

/// What a way leads to, decoded, of at most `limit` bytes as it travels. What lies inside a part comes with all of that
/// part, whatever the limit.
///
/// # Errors
/// `Gone`; `Imap`.
pub fn part(
    mailbox: &mut Mailbox,
    at: &MessageRef,
    way: &NestedPath,
    limit: u32,
) -> Result<(Part, PartBytes)> {
    part_by(mailbox, at, way, limit, &Work::default())
}

/// The same with the budget of a page.
fn part_by(
    mailbox: &mut Mailbox,
    at: &MessageRef,
    way: &NestedPath,
    limit: u32,
    work: &Work,
) -> Result<(Part, PartBytes)> {
    let gone = || Error::Gone(GoneKind::Part);
    let (first, rest) = way.split().ok_or_else(gone)?;
    if rest.is_empty() {
        return mailbox.part(at, first, limit);
    }
    let (mut part, PartBytes::Here(mut bytes)) = mailbox.part(at, first, WHOLE_BYTES)? else {
        return Err(gone());
    };
    for path in rest {
        let container = Container::open(&part, bytes, work).ok_or_else(gone)?;
        bytes = container.content(path).ok_or_else(gone)?;
        let found = container.parts().iter().find(|p| p.path == *path);
        part = found.ok_or_else(gone)?.clone();
    }
    Ok((part, PartBytes::Here(bytes)))
}

impl Document {
    fn new(opening: &Opening, row: Row, raw_header: Vec<u8>, unwrapped: Unwrapped) -> Document {
        let header = codec::in_utf8(&raw_header, mailbox::charset(unwrapped.leaves.parts()));
        Document {
            message: opening.message.clone(),
            inside: opening.inside.clone(),
            row,
            standing: Standing::default(),
            raw_header,
            header,
            leaves: unwrapped.leaves,
            texts: unwrapped.texts,
            images: unwrapped.images,
            extras: unwrapped.extras,
            containers: unwrapped.containers,
            mislabelled: unwrapped.mislabelled,
            certificates: unwrapped.certificates,
            uuencoded: OnceCell::new(),
            headers: OnceCell::new(),
            work: Work::default(),
            read_extras: OnceCell::new(),
        }
    }

    /// Which message on the server it is, or lies in.
    pub fn message(&self) -> &MessageRef {
        &self.message
    }

    /// The way to it within that message; empty for the message itself.
    pub fn inside(&self) -> &NestedPath {
        &self.inside
    }

    /// True for one that lies within another.
    pub fn is_inside(&self) -> bool {
        !self.inside.is_empty()
    }

    /// Its row: of a message within another made from its header.
    pub fn row(&self) -> &Row {
        &self.row
    }

    /// Where it stands in its list; of a message within another nowhere.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Names and values of all header fields, in their order, for reading.
    pub fn header_fields(&self) -> Vec<(String, String)> {
        codec::named_fields(&self.header)
    }

    /// The fields of the header that are understood.
    fn headers(&self) -> &Headers {
        self.headers.get_or_init(|| codec::headers(&self.header))
    }

    /// Its Message-ID, and those of its conversation before it, oldest first.
    pub fn conversation_ids(&self) -> (String, Vec<String>) {
        let headers = self.headers();
        let references = match headers.references.is_empty() {
            true => headers.in_reply_to.clone(),
            false => headers.references.clone(),
        };
        (headers.message_id.clone(), references)
    }

    /// True where it has a version in HTML.
    pub fn has_html(&self) -> bool {
        self.leaves.html().next().is_some()
    }

    /// True where it has a version in plain text.
    pub fn has_text(&self) -> bool {
        self.leaves.text().next().is_some()
    }

    /// True where there is more in it than its page shows and lists. Whoever asks has made all else of the page before.
    pub fn has_left_out(&self) -> bool {
        self.work.has_left_out()
    }

    /// True where its header is longer than what is kept of it.
    pub fn is_header_cut(&self) -> bool {
        let kept = self.raw_header.len();
        u32::try_from(kept).is_ok_and(|kept| kept >= mailbox::HEADER_BYTES)
            || codec::has_more_fields(&self.header)
    }

    fn shown(&self, path: &PartPath) -> Option<&Shown> {
        self.texts.iter().find(|shown| shown.part.path == *path)
    }
}
