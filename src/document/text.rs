//! The words of a message: its HTML made harmless, its plain text, its first words.
//!
//! Not for how any of it looks (`views`), nor for what is harmless (`clean`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Document, Shown};
use crate::clean::{self, Cleaned, Leads};
use crate::mail::{Part, Sought, content_id};
use crate::mime::containers::Container;
use crate::mime::structure;
use crate::plain_text::PlainText;
use crate::route::{Base, Route};

/// What the HTML of a message is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The document in its frame.
    Frame,
    /// A page for paper, in an element with this id.
    Paper(&'static str),
}

/// How the HTML of a message is made harmless.
#[derive(Clone, Copy, Debug)]
pub struct Rendering<'a> {
    /// What for.
    pub purpose: Purpose,
    /// True where images from elsewhere are loaded.
    pub remote: bool,
    /// The charset that the reader chose; empty for the message's own.
    pub charset: &'a str,
    /// Before each of our addresses.
    pub base: &'a Base,
    /// Where its links lead.
    pub leads: &'a Leads,
    /// Words that are marked where they stand.
    pub sought: &'a Sought,
}

impl Document {
    /// The HTML parts, one after the other, made harmless. Images that are too large to travel inside the document are named
    /// by their route.
    pub fn html(&self, how: &Rendering) -> Cleaned {
        let parts = self.html_parts(how.charset);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let inline = |id: &str| self.inline(id, how);
        let mut cleaned = clean::documents(
            &parts,
            &clean::Show {
                work: &self.work,
                remote: how.remote,
                inline: &inline,
                own_origin: Some(&how.leads.own_origin),
                write_to: how.leads.write_to.as_deref(),
                sought: how.sought,
                within: match how.purpose {
                    Purpose::Paper(id) => Some(id),
                    Purpose::Frame => None,
                },
            },
        );
        let has_more = self.is_cut();
        cleaned.cut |= has_more;
        cleaned.is_blank &= !has_more;
        cleaned
    }

    /// The HTML parts as they came, and the plain ones between them as HTML.
    pub(super) fn html_parts(&self, charset: &str) -> Vec<String> {
        let parts = self.leaves.html().filter_map(|part| {
            let text = self.read(self.shown(&part.path)?, charset);
            Some(match part.kind.as_str() {
                "text/html" => text,
                _ => clean::as_html(
                    &structure::plain_text([(text, part.flowed)], &clean::link).blocks,
                ),
            })
        });
        parts.collect()
    }

    /// The address of a picture that the HTML names: small ones travel inside the document, so that a mail with thirty of
    /// them is still two requests.
    fn inline(&self, id: &str, how: &Rendering) -> Option<String> {
        if let Some(image) = self.images.iter().find(|image| is_named(&image.part, id)) {
            return data_address(&image.bytes);
        }
        let part = self.leaves.inline().find(|part| is_named(part, id))?;
        let route = Route::Part {
            message: self.message.clone(),
            nested: self.inside.then(&part.path),
            open: true,
        };
        Some(route.href(how.base))
    }

    /// The plain text as a reader reads it; where there is none, what its events say: an invitation may say everything
    /// itself.
    pub fn plain_text(&self, charset: &str, leads: &Leads) -> PlainText {
        let judge = |address: &str| leads.link(address);
        let texts = self.leaves.text().filter_map(|part| {
            let text = self.read(self.shown(&part.path)?, charset);
            let text = match part.kind.as_str() {
                "text/html" => clean::words(&text),
                _ => text,
            };
            Some((text, part.flowed))
        });
        let mut letter = structure::plain_text(texts, &judge);
        letter.cut |= self.is_cut();
        if letter.blocks.is_empty() {
            let said = self.extras().events.iter().map(|event| (&event.text, None));
            return structure::plain_text(said, &judge);
        }
        letter
    }

    fn is_cut(&self) -> bool {
        self.texts.iter().any(|shown| shown.cut)
    }

    /// The first words of the message for the list, as far as they are better known now than from its row: where nobody
    /// has told them yet, and again when its texts have just come.
    pub(super) fn preview(&self, is_new: bool) -> Option<String> {
        let known = self.row.preview.clone();
        let mut preview = match known.is_none() || is_new {
            true => self.first_words(known.is_none()).or(known),
            false => known,
        };
        let is_unwrapped = !self.containers.is_empty() && preview.as_deref() == Some("");
        if is_unwrapped && let Some(last) = self.texts.last() {
            preview = Some(structure::preview(&self.words_of(last)));
        }
        preview
    }

    /// The first words of the first text; of the HTML where the text only stands in for that. None where others have told
    /// them already and they need not be told again.
    fn first_words(&self, is_unknown: bool) -> Option<String> {
        let words = |part: &Part| Some(self.words_of(self.shown(&part.path)?));
        let text = self.leaves.text().next();
        // What stands in both is one after the other, not one instead of the other.
        let html = self.leaves.html().next().filter(|html| {
            let is_text_too = self.leaves.text().any(|text| text.path == html.path);
            html.kind == "text/html" && !is_text_too
        });
        let (text, html) = (
            text.and_then(words).unwrap_or_default(),
            html.and_then(words),
        );
        match html.filter(|html| structure::is_stub(&text, html)) {
            Some(html) => Some(structure::preview(&html)),
            None => is_unknown.then(|| structure::preview(&text)),
        }
    }

    /// The words of a part that is text or HTML.
    fn words_of(&self, shown: &Shown) -> String {
        let text = self.read(shown, "");
        match shown.part.kind.as_str() {
            "text/html" => clean::words(&text),
            _ => text,
        }
    }

    /// A text without the files that stand in it, in the charset that the reader chose, else in its own.
    fn read(&self, shown: &Shown, charset: &str) -> String {
        let own = self.container_in(shown).and_then(Container::text);
        let bytes = own.map_or(shown.bytes.as_slice(), |(_, bytes)| bytes);
        structure::reading(&shown.part, bytes, charset)
    }

    /// The files that stand in a text.
    pub(super) fn container_in(&self, shown: &Shown) -> Option<&Container> {
        let all = self.uuencoded.get_or_init(|| {
            let open = |shown: &Shown| {
                let has_file = shown.bytes.windows(6).any(|w| w == b"begin ");
                let is_plain = shown.part.kind == "text/plain";
                (is_plain && has_file)
                    .then(|| Container::open(&shown.part, shown.bytes.clone(), &self.work))
                    .flatten()
            };
            self.texts.iter().map(open).collect()
        });
        let mut each = self.texts.iter().zip(all);
        let (_, container) = each.find(|(text, _)| text.part.path == shown.part.path)?;
        container.as_ref()
    }
}

/// True where an HTML means this part. Some write the brackets of the header there too, some another case, and some only
/// the last piece of a Content-Location.
pub(super) fn is_named(part: &Part, id: &str) -> bool {
    let id = content_id(id);
    let below = part.id.strip_suffix(id).filter(|_| !id.is_empty());
    part.id.eq_ignore_ascii_case(id) || below.is_some_and(|base| base.ends_with('/'))
}

pub(super) fn data_address(bytes: &[u8]) -> Option<String> {
    let kind = structure::sniffed_type(bytes).filter(|kind| kind.starts_with("image/"))?;
    Some(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}
