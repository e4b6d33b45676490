//! The files of a message: what is attached, pictures beside its HTML that this does not show, what lies in a winmail.dat
//! or a signed message instead of these, and what stands uuencoded in its text.
//!
//! Not for whether a file may open in a browser (`actions::part`).

use super::Document;
use crate::mail::{NestedPath, Part};
use crate::mailbox::WHOLE_BYTES;
use crate::media::{Media, media};
use crate::mime::containers::Container;
use crate::mime::{codec, structure};

/// Steps of work for each byte of HTML that is searched for the name of a picture. One that is not looked for is listed.
const STEPS: usize = 1;

/// A file of a message.
#[derive(Clone, Debug)]
pub struct File<'a> {
    /// The way to it.
    pub way: NestedPath,
    /// What is known of it.
    pub part: &'a Part,
    /// True for what opens as a page: a message, or a winmail.dat that is not unpacked on the page of its message.
    pub opens_as_message: bool,
    /// True for what holds a signed message: it is not encrypted, whatever its type allows.
    pub is_signed: bool,
    container: Option<&'a Container>,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// At the server, as a part of the message.
    AtServer,
    /// Here: it was taken out of a part.
    Here(Vec<u8>),
}

impl File<'_> {
    /// Its bytes, where they are at hand.
    pub fn content(&self) -> Content {
        match self.container {
            None => Content::AtServer,
            Some(container) => {
                Content::Here(container.content(&self.part.path).unwrap_or_default())
            }
        }
    }
}

impl Document {
    /// The files, those in texts first.
    pub fn files(&self) -> Vec<File<'_>> {
        let mut files = Vec::new();
        for shown in &self.texts {
            if let Some(container) = self.container_in(shown) {
                let parts = container.parts().iter().collect();
                files.extend(self.files_in(&shown.part, container, parts));
            }
        }
        for part in self.listed() {
            let mut holders = self.containers.iter();
            let holder = holders.find(|holder| holder.part.path == part.path);
            let inner = holder.map(|holder| self.files_in(part, &holder.container, holder.files()));
            match inner.filter(|files| !files.is_empty()) {
                Some(inner) => files.extend(inner),
                None => files.push(File {
                    way: self.inside.then(&part.path),
                    part,
                    opens_as_message: opens_as_message(part)
                        && !self.mislabelled.contains(&part.path),
                    is_signed: holder.is_some_and(|holder| holder.is_signed()),
                    container: None,
                }),
            }
        }
        files
    }

    /// The same with all pictures, those that its HTML shows, too: what is forwarded beside its text.
    pub fn files_and_pictures(&self) -> Vec<File<'_>> {
        let mut files = self.files();
        for part in self.leaves.inline() {
            let way = self.inside.then(&part.path);
            if !files.iter().any(|file| file.way == way) {
                files.push(File {
                    way,
                    part,
                    opens_as_message: false,
                    is_signed: false,
                    container: None,
                });
            }
        }
        files
    }

    /// True for a picture that travels inside the document, by its bytes.
    fn is_drawn(&self, part: &Part) -> bool {
        let mut images = self.images.iter();
        let image = images.find(|image| image.part.path == part.path);
        image.is_some_and(|image| {
            structure::sniffed_type(&image.bytes).is_some_and(|kind| kind.starts_with("image/"))
        })
    }

    fn files_in<'a>(
        &self,
        holder: &Part,
        container: &'a Container,
        parts: Vec<&'a Part>,
    ) -> Vec<File<'a>> {
        let way = self.inside.then(&holder.path);
        let file = |part: &'a Part| File {
            way: way.then(&part.path),
            part,
            opens_as_message: opens_as_message(part),
            is_signed: false,
            container: Some(container),
        };
        parts.into_iter().map(file).collect()
    }

    /// What is to be listed: what is attached, and pictures beside the HTML that this does not show.
    fn listed(&self) -> Vec<&Part> {
        let mut listed: Vec<&Part> = self.leaves.attachments().collect();
        let (doubtful, mut beside): (Vec<&Part>, Vec<&Part>) = self
            .leaves
            .inline()
            .partition(|part| self.leaves.is_attachment(part));
        // Pictures that are listed for what their labels say.
        let mislabelled: Vec<&Part> = doubtful
            .into_iter()
            .filter(|part| !structure::is_picture(part) && self.is_drawn(part))
            .collect();
        if beside.is_empty() && mislabelled.is_empty() {
            return listed;
        }
        let htmls = self.texts.iter().filter(|s| s.part.kind == "text/html");
        let said: String = htmls
            .map(|s| letters(&String::from_utf8_lossy(&s.bytes)))
            .collect();
        let is_named = |part: &Part| {
            let last = part.id.rsplit('/').next().unwrap_or_default();
            self.work.does(said.len(), STEPS);
            !self.work.is_spent() && said.contains(&letters(last))
        };
        beside.retain(|part| !is_named(part));
        let shown: Vec<&Part> = mislabelled.into_iter().filter(|p| is_named(p)).collect();
        listed.retain(|part| !shown.contains(part));
        listed.append(&mut beside);
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        listed
    }
}

fn opens_as_message(part: &Part) -> bool {
    (structure::is_message(part) || structure::is_tnef(part)) && part.size <= WHOLE_BYTES
}

/// What of an address is the same however it is escaped.
fn letters(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_hex = piece.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
        kept.push_str(if is_hex {
            piece.get(2..).unwrap_or_default()
        } else {
            piece
        });
    }
    kept.retain(|c| c.is_alphanumeric());
    kept.make_ascii_lowercase();
    kept
}

/// The name under which a part is saved; of one that has none, a word with the ending of its type.
pub fn saved_name(part: &Part) -> String {
    let unnamed = match (media(&part.kind), part.kind.as_str()) {
        (Media::Message, _) => "message.eml",
        (Media::Calendar, _) => "calendar.ics",
        (Media::Card, _) => "card.vcf",
        (Media::Html, _) => "page.html",
        (Media::Image, "image/png") => "image.png",
        (Media::Image, "image/jpeg") => "image.jpg",
        (Media::Image, "image/gif") => "image.gif",
        (Media::Image, "image/webp") => "image.webp",
        (Media::Pdf, _) => "document.pdf",
        (Media::DeliveryReport | Media::Receipt, _) => "report.txt",
        (_, kind) if kind.starts_with("text/") => "text.txt",
        _ => "",
    };
    match part.name.trim() {
        "" => codec::safe_file_name(unnamed),
        // The name of a message may be its subject.
        name if unnamed.ends_with(".eml") && !name.to_ascii_lowercase().ends_with(".eml") => {
            codec::safe_file_name(&format!("{name}.eml"))
        }
        name => codec::safe_file_name(name),
    }
}
