//! The leaves of a message, each judged for what it is for, and which of them a page reads.
//!
//! Not for reading them. The budgets here are the only ones: they hold for a message on the server and for one within
//! another.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use crate::mail::Part;
use crate::mailbox::KEPT_BYTES;
use crate::mime::structure;

/// Bytes of all text parts together that are read, as they travel.
const TEXTS_BYTES: u32 = 2 * KEPT_BYTES;
/// Text parts that are read. A command names each of them, and is no line of any length to a server.
const MOST_TEXTS: usize = 100;
/// Bytes of pictures that travel inside the document: of one, and of all.
const IMAGE_BYTES: u32 = 128 * 1024;
const IMAGES_BYTES: u32 = 1024 * 1024;
/// How many of them; all others are fetched when a browser asks for them.
const MOST_IMAGES: usize = 200;

/// The leaves of a message by what they are for, judged once.
#[derive(Clone, Debug, Default)]
pub struct Leaves {
    parts: Vec<Part>,
    // Places in `parts`.
    text: Vec<usize>,
    html: Vec<usize>,
    inline: Vec<usize>,
    attachments: Vec<usize>,
}

impl Leaves {
    /// Judges the leaves of a message.
    pub fn of(parts: Vec<Part>) -> Leaves {
        let body = structure::body_of(&parts);
        let places: BTreeMap<*const Part, usize> =
            parts.iter().map(ptr::from_ref).zip(0..).collect();
        let places = |of: &[&Part]| -> Vec<usize> {
            let places = of
                .iter()
                .map(|part| places.get(&ptr::from_ref::<Part>(part)));
            places.flatten().copied().collect()
        };
        Leaves {
            text: places(&body.text),
            html: places(&body.html),
            inline: places(&body.inline),
            attachments: places(&body.attachments),
            parts,
        }
    }

    fn at<'a>(&'a self, places: &'a [usize]) -> impl Iterator<Item = &'a Part> {
        places.iter().filter_map(|place| self.parts.get(*place))
    }

    /// All leaves, in their order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What is shown, one after the other, where plain text is wanted.
    pub fn text(&self) -> impl Iterator<Item = &Part> {
        self.at(&self.text)
    }

    /// What is shown, one after the other, where HTML is wanted, plain parts among them; nothing where there is no HTML.
    pub fn html(&self) -> impl Iterator<Item = &Part> {
        self.at(&self.html)
    }

    /// Pictures that the HTML may name by Content-ID.
    pub fn inline(&self) -> impl Iterator<Item = &Part> {
        self.at(&self.inline)
    }

    /// What is listed and saved.
    pub fn attachments(&self) -> impl Iterator<Item = &Part> {
        self.at(&self.attachments)
    }

    /// True where this very leaf is listed and saved.
    pub fn is_attachment(&self, part: &Part) -> bool {
        self.attachments().any(|listed| listed.path == part.path)
    }

    /// The same leaves with others, judged together.
    pub fn with(self, more: impl IntoIterator<Item = Part>) -> Leaves {
        let mut parts = self.parts;
        parts.extend(more);
        Leaves::of(parts)
    }
}

/// Which leaves of a message a page reads.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Texts and HTML.
    pub texts: Vec<Part>,
    /// Small pictures that the HTML may name.
    pub images: Vec<Part>,
    /// What tells something beside the text: invitations, cards, reports, and containers.
    pub extras: Vec<Part>,
    /// True where there are texts that are not among these.
    pub is_cut: bool,
}

impl Selection {
    /// Chooses within the budgets.
    pub fn of(leaves: &Leaves) -> Selection {
        let mut known = BTreeSet::new();
        let mut all: Vec<&Part> = leaves.text().chain(leaves.html()).collect();
        all.retain(|part| known.insert(&part.path));
        let mut room = TEXTS_BYTES;
        let fitting = |part: &&&Part| takes(&mut room, part.size.min(KEPT_BYTES));
        let texts: Vec<Part> = all
            .iter()
            .take(MOST_TEXTS)
            .filter(fitting)
            .map(|part| (*part).clone())
            .collect();
        let mut room = IMAGES_BYTES;
        let small = |part: &&Part| part.size <= IMAGE_BYTES && takes(&mut room, part.size);
        let images = leaves.inline().filter(small).take(MOST_IMAGES);
        Selection {
            is_cut: texts.len() < all.len(),
            texts,
            images: images.cloned().collect(),
            extras: structure::told_by(leaves.parts())
                .into_iter()
                .cloned()
                .collect(),
        }
    }

    /// All of them.
    pub fn parts(&self) -> Vec<Part> {
        let all = self.texts.iter().chain(&self.images).chain(&self.extras);
        all.cloned().collect()
    }
}

/// True where so much still fits; then there is less room.
fn takes(room: &mut u32, size: u32) -> bool {
    let left = room.checked_sub(size);
    *room = left.unwrap_or(*room);
    left.is_some()
}

/// True for a picture that travels inside the document.
pub fn is_small_picture(part: &Part) -> bool {
    part.size <= IMAGE_BYTES
}
