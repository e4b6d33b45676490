//! What is to be read of a message whose words lie in a container: those of a winmail.dat, and of a message that is signed
//! as a whole.
//!
//! Not for telling containers apart (`containers::Container`). What comes out of one joins the leaves of the message below
//! `PartPath::unwrapped`, so that texts, pictures and events are found as if they had travelled beside the others.

use super::Shown;
use super::leaves::{Leaves, Selection, is_small_picture};
use crate::mail::{Encoding, Group, Part, PartPath};
use crate::mailbox::KEPT_BYTES;
use crate::mime::containers::{Container, Wrapping, is_certificates};
use crate::mime::structure;
use crate::work::Work;

/// A container that a page reads, open.
#[derive(Debug)]
pub(super) struct Holder {
    pub part: Part,
    pub container: Container,
    /// What lies in it, judged.
    pub leaves: Leaves,
}

impl Holder {
    fn open(part: Part, bytes: Vec<u8>, work: &Work) -> Option<Holder> {
        let container = Container::open(&part, bytes, work)?;
        let leaves = Leaves::of(container.parts().to_vec());
        Some(Holder {
            part,
            container,
            leaves,
        })
    }

    /// True for a message that is signed as a whole.
    pub fn is_signed(&self) -> bool {
        self.container.wrapping() == Wrapping::Signed
    }

    /// The files in it, in place of itself.
    pub fn files(&self) -> Vec<&Part> {
        match self.container.wrapping() {
            Wrapping::Winmail => self.container.parts().iter().collect(),
            _ => self.leaves.attachments().collect(),
        }
    }

    /// Some of what lies in it, not yet as leaves of the message.
    fn shown(&self, wanted: impl IntoIterator<Item = Part>) -> Vec<Shown> {
        let take = |part: Part| {
            let bytes = self.container.content(&part.path)?;
            Some(Shown::cut_to_size(part, bytes))
        };
        wanted.into_iter().filter_map(take).collect()
    }

    /// The same as further leaves of the message that the holder lies in.
    fn leaves(&self, wanted: impl IntoIterator<Item = Part>) -> Vec<Shown> {
        let as_leaf = |shown: Shown| Shown {
            part: leaf_of(&self.part, shown.part, shown.bytes.len()),
            ..shown
        };
        self.shown(wanted).into_iter().map(as_leaf).collect()
    }
}

/// A leaf of the entity that a holder stands for, as a leaf of the message that the holder lies in.
fn leaf_of(holder: &Part, part: Part, size: usize) -> Part {
    let root = holder.path.unwrapped();
    let groups = part.group.iter().map(|group| Group {
        path: root.join(&group.path),
        kind: group.kind.clone(),
    });
    Part {
        path: root.join(&part.path),
        group: holder.group.iter().cloned().chain(groups).collect(),
        encoding: Encoding::Plain,
        size: u32::try_from(size).unwrap_or(u32::MAX),
        ..part
    }
}

impl Shown {
    /// A part with as much of its bytes as is shown of any.
    fn cut_to_size(part: Part, mut bytes: Vec<u8>) -> Shown {
        let most = usize::try_from(KEPT_BYTES).unwrap_or(usize::MAX);
        let cut = bytes.len() > most;
        bytes.truncate(most);
        Shown { part, bytes, cut }
    }
}

/// What is read of a message, its containers opened.
#[derive(Debug, Default)]
pub(super) struct Unwrapped {
    pub leaves: Leaves,
    pub texts: Vec<Shown>,
    pub images: Vec<Shown>,
    pub extras: Vec<Shown>,
    pub containers: Vec<Holder>,
    /// What its label calls a container, and its bytes do not.
    pub mislabelled: Vec<PartPath>,
    /// Of these, what holds nothing but certificates.
    pub certificates: Vec<PartPath>,
}

impl Unwrapped {
    /// What was selected of a message; `take` gives the bytes of a part, where there are any.
    pub fn of(
        leaves: Leaves,
        selection: Selection,
        take: &mut dyn FnMut(Part) -> Option<Shown>,
        work: &Work,
    ) -> Unwrapped {
        let mut found = Unwrapped::taken(leaves, selection, take, work);
        found.open_containers();
        found
    }

    /// What is read of a message that lies in a container: of a winmail.dat the text that it stands for.
    pub fn within(holder: &Part, container: Container, work: &Work) -> Unwrapped {
        let leaves = Leaves::of(container.parts().to_vec());
        let root = Holder {
            part: holder.clone(),
            leaves: Leaves::default(),
            container,
        };
        let selection = Selection::of(&leaves);
        let mut take = |part: Part| root.shown([part]).pop();
        let mut found = Unwrapped::taken(leaves, selection, &mut take, work);
        if found.is_blank() {
            found.add(&root);
        }
        found.open_containers();
        found
    }

    fn taken(
        leaves: Leaves,
        selection: Selection,
        take: &mut dyn FnMut(Part) -> Option<Shown>,
        work: &Work,
    ) -> Unwrapped {
        let mut all =
            |parts: Vec<Part>| -> Vec<Shown> { parts.into_iter().filter_map(&mut *take).collect() };
        let mut found = Unwrapped {
            leaves,
            texts: all(selection.texts),
            images: all(selection.images),
            ..Unwrapped::default()
        };
        if selection.is_cut
            && let Some(last) = found.texts.last_mut()
        {
            last.cut = true;
        }
        for extra in all(selection.extras) {
            match Wrapping::of(&extra.part) {
                Some(Wrapping::Winmail | Wrapping::Signed) => {
                    let path = extra.part.path.clone();
                    if is_certificates(&extra.bytes) {
                        found.certificates.push(path.clone());
                    }
                    match Holder::open(extra.part, extra.bytes, work) {
                        Some(holder) => found.containers.push(holder),
                        None => found.mislabelled.push(path),
                    }
                }
                _ => found.extras.push(extra),
            }
        }
        found
    }

    fn is_blank(&self) -> bool {
        let is_blank = |shown: &Shown| shown.bytes.trim_ascii().is_empty();
        self.texts.iter().all(is_blank)
    }

    /// Reads what is wrapped, up to the first container that has something to read: a winmail.dat only where there is
    /// nothing to read yet, a message that is signed as a whole always.
    fn open_containers(&mut self) {
        let containers = std::mem::take(&mut self.containers);
        for holder in &containers {
            let is_signed = holder.is_signed();
            if (is_signed || self.is_blank()) && self.add(holder) {
                break;
            }
        }
        self.containers = containers;
    }

    /// Adds what a container stands for to what is read; true where there is a text in it.
    fn add(&mut self, holder: &Holder) -> bool {
        let (texts, images) = match holder.container.wrapping() {
            Wrapping::Winmail => (winmail_text(holder), winmail_pictures(holder)),
            Wrapping::Signed => {
                // What is wrapped again is left as it is.
                let mut extras: Vec<Part> = structure::told_by(holder.leaves.parts())
                    .into_iter()
                    .cloned()
                    .collect();
                extras
                    .retain(|part| matches!(Wrapping::of(part), None | Some(Wrapping::Uuencoded)));
                self.extras.extend(holder.leaves(extras));
                let selection = Selection::of(&holder.leaves);
                let images = holder.shown(selection.images);
                (holder.leaves(selection.texts), images)
            }
            _ => return false,
        };
        if texts.is_empty() {
            return false;
        }
        let leaves = std::mem::take(&mut self.leaves);
        self.leaves = leaves.with(texts.iter().map(|shown| shown.part.clone()));
        self.texts.extend(texts);
        self.images.extend(images);
        true
    }
}

/// The text that a winmail.dat stands for.
fn winmail_text(holder: &Holder) -> Vec<Shown> {
    let Some((part, bytes)) = holder.container.text() else {
        return Vec::new();
    };
    let part = leaf_of(&holder.part, part.clone(), bytes.len());
    vec![Shown::cut_to_size(part, bytes.to_vec())]
}

/// Its pictures that the HTML in it may name.
fn winmail_pictures(holder: &Holder) -> Vec<Shown> {
    let files = holder.container.parts().iter();
    let pictures = files.filter(|part| !part.id.is_empty() && is_small_picture(part));
    holder.shown(pictures.cloned())
}
