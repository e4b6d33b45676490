//! First reading of a mail's HTML: bounds it, gathers its style sheets and what its body tag says, judges its addresses.
//!
//! Works on tags, not on a tree: a tree of hostile markup can take a time that grows with the square of its size, and
//! this reading is what keeps that from the step after it. Safety is not decided here; `html` decides it once more.

use html5ever::tokenizer::states::{Rawtext, Rcdata};
use html5ever::tokenizer::{Tag, TokenSinkResult};

use super::tags::{LONGEST, Reads, walk};
use super::{
    Judge, Load, Nesting, Show, is_attribute, is_block, is_element, is_own, link, load, prefixed,
};

/// Bytes of style that are read.
const MOST_STYLE: usize = 300_000;
/// Embedded images that are told.
const MOST_EMBEDDED: usize = 500;
/// Bytes of embedded images that the document carries, each as often as it is named.
const EMBEDDED_BYTES: usize = 4 * 1024 * 1024;
/// Attributes of one tag.
const MOST_ATTRIBUTES: usize = 200;

/// What the first reading found.
#[derive(Default)]
pub(super) struct Reading {
    /// Plain markup, bounded.
    pub(super) markup: String,
    pub(super) sheet: String,
    pub(super) body_style: String,
    pub(super) body_class: String,
    pub(super) dir: Option<&'static str>,
    pub(super) held_back: u32,
    pub(super) on_request: u32,
    pub(super) trackers: u32,
    pub(super) dark: bool,
    pub(super) cut: bool,
    /// Addresses of embedded images that may stand in the result beside https and data:.
    pub(super) inline: Vec<String>,
    /// Content-IDs of embedded images that it names, each once.
    pub(super) embedded: Vec<String>,
    /// Characters of text, images and line ends, roughly.
    pub(super) words: usize,
    pub(super) rows: usize,
}

/// Reads the HTML parts of a mail, each from a clean beginning: what one leaves open swallows nothing of the next.
pub(super) fn read(parts: &[&str], how: &Show<'_>) -> Reading {
    let mut reader = Reader {
        how,
        judge: Judge {
            remote: how.remote,
            own_origin: how.own_origin,
            inline: Some(how.inline),
            within: how.within,
            ..Judge::default()
        },
        found: Reading {
            cut: parts.iter().any(|html| html.len() > LONGEST),
            ..Reading::default()
        },
        nesting: Nesting::default(),
        raw: None,
        style: String::new(),
        embedded_bytes: 0,
    };
    for (nth, html) in parts.iter().enumerate() {
        if nth > 0 {
            reader.end_part();
        }
        reader = walk(html, reader);
    }
    reader.finish()
}

/// Whose text is read as text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Raw {
    Style,
    Dropped,
}

struct Reader<'a> {
    how: &'a Show<'a>,
    judge: Judge<'a>,
    found: Reading,
    nesting: Nesting,
    raw: Option<Raw>,
    style: String,
    /// Bytes that embedded images have taken so far.
    embedded_bytes: usize,
}

impl Reads for Reader<'_> {
    fn text(&mut self, text: &str) {
        match self.raw {
            Some(Raw::Style) if self.style.len() < MOST_STYLE => self.style.push_str(text),
            Some(_) => {}
            None => {
                self.found.words = self
                    .found
                    .words
                    .saturating_add(text.split_whitespace().map(str::len).sum());
                escape(text, &mut self.found.markup);
            }
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        match name {
            "style" => {
                self.raw = Some(Raw::Style);
                return TokenSinkResult::RawData(Rawtext);
            }
            "script" => {
                // Not as script: `bound` walks over it as over other raw text.
                self.raw = Some(Raw::Dropped);
                return TokenSinkResult::RawData(Rawtext);
            }
            "title" => {
                self.raw = Some(Raw::Dropped);
                return TokenSinkResult::RawData(Rcdata);
            }
            "textarea" => return TokenSinkResult::RawData(Rcdata),
            "iframe" | "noembed" | "noframes" => {
                self.count_loads(tag);
                self.raw = Some(Raw::Dropped);
                return TokenSinkResult::RawData(Rawtext);
            }
            "xmp" => return TokenSinkResult::RawData(Rawtext),
            "body" | "html" => self.body(tag),
            "meta" => self.meta(tag),
            _ if is_element(name) => self.element(tag),
            _ => self.count_loads(tag),
        }
        TokenSinkResult::Continue
    }

    fn end(&mut self, name: &str) {
        if self.raw.is_some()
            && matches!(
                name,
                "style" | "script" | "title" | "iframe" | "noembed" | "noframes"
            )
        {
            if self.raw == Some(Raw::Style) {
                self.style.push('\n');
            }
            self.raw = None;
            return;
        }
        if self.nesting.end(name) {
            self.end_tag(name);
        }
    }
}

impl Reader<'_> {
    fn end_part(&mut self) {
        self.end("style");
        for name in self.nesting.end_all() {
            self.end_tag(&name);
        }
        // The next one begins on a line of its own.
        self.found.markup.push_str("<div></div>");
    }

    fn end_tag(&mut self, name: &str) {
        self.found.markup.push_str("</");
        self.found.markup.push_str(name);
        self.found.markup.push('>');
    }

    fn finish(mut self) -> Reading {
        self.end("style");
        let mut found = self.found;
        found.sheet = self.judge.sheet(&self.style);
        found.held_back = found.held_back.saturating_add(self.judge.held_back);
        found.on_request = found.on_request.saturating_add(self.judge.on_request);
        found.dark |= self.judge.dark;
        found.cut |= self.nesting.cut;
        found
    }

    fn element(&mut self, tag: &Tag) {
        let name = &*tag.name;
        let attributes = self.attributes(tag);
        if !self.nesting.start(name) {
            return;
        }
        let row = is_block(name) || matches!(name, "br" | "tr" | "li");
        self.found.rows = self.found.rows.saturating_add(usize::from(row));
        self.found.markup.push('<');
        self.found.markup.push_str(name);
        self.found.markup.push_str(&attributes);
        self.found.markup.push('>');
    }

    /// The judged attributes of an element, as markup.
    fn attributes(&mut self, tag: &Tag) -> String {
        let name = &*tag.name;
        let mut out = String::new();
        let mut style = String::new();
        for attribute in tag.attrs.iter().take(MOST_ATTRIBUTES) {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            if key == "background" {
                style = join(&style, &self.judge.declarations(&background(value)));
            } else if key == "style" {
                style = join(&self.judge.declarations(value), &style);
            } else if key == "src" && name == "img" {
                self.image(tag, value, &mut out);
            } else if key == "href" && matches!(name, "a" | "area") {
                self.link(value, &mut out);
            } else if is_loader(key) {
                self.count_load(value);
            } else if is_attribute(name, key) {
                match key {
                    "id" | "name" => write(key, &prefixed(value), &mut out),
                    "usemap" => write(
                        key,
                        &format!("#{}", prefixed(value.trim_start_matches('#'))),
                        &mut out,
                    ),
                    _ => write(key, value, &mut out),
                }
            }
        }
        if !style.is_empty() {
            write("style", &style, &mut out);
        }
        out
    }

    fn image(&mut self, tag: &Tag, address: &str, out: &mut String) {
        let what = match load(address) {
            // RFC 2557: a page that was saved with its pictures names them by the address that they had.
            Load::Remote(_) | Load::Nothing if (self.how.inline)(address.trim()).is_some() => {
                Load::Part(address.trim().to_owned())
            }
            what => what,
        };
        let kept = match what {
            Load::Data(data) => Some(data),
            Load::Part(id) => {
                // A mail may name one image ten thousand times.
                let shown = (self.how.inline)(&id).filter(|address| {
                    self.embedded_bytes = self.embedded_bytes.saturating_add(address.len());
                    self.embedded_bytes <= EMBEDDED_BYTES
                });
                if !self.found.embedded.contains(&id) && self.found.embedded.len() < MOST_EMBEDDED {
                    self.found.embedded.push(id);
                }
                if let Some(address) = &shown
                    && !self.found.inline.contains(address)
                {
                    self.found.inline.push(address.clone());
                }
                shown
            }
            Load::Remote(url) if is_own(&url, self.how.own_origin) => None,
            Load::Remote(url) if self.how.remote => Some(url),
            Load::Refused => {
                self.found.held_back = self.found.held_back.saturating_add(1);
                None
            }
            Load::Remote(_) => {
                self.found.held_back = self.found.held_back.saturating_add(1);
                self.found.on_request = self.found.on_request.saturating_add(1);
                let tiny = |key: &str| {
                    let value = tag
                        .attrs
                        .iter()
                        .find(|a| &*a.name.local == key)
                        .map(|a| a.value.trim().to_owned());
                    value.is_some_and(|v| matches!(v.trim_end_matches("px"), "0" | "1"))
                };
                self.found.trackers = self
                    .found
                    .trackers
                    .saturating_add(u32::from(tiny("width") && tiny("height")));
                None
            }
            Load::Nothing => None,
        };
        if let Some(kept) = kept {
            write("src", &kept, out);
        }
    }

    fn link(&mut self, address: &str, out: &mut String) {
        if let Some(place) = address.trim().strip_prefix('#').filter(|p| !p.is_empty()) {
            write("href", &format!("#{}", prefixed(place)), out);
            write("target", "_self", out);
        } else if let Some(href) = link(address).filter(|h| !is_own(h, self.how.own_origin)) {
            write("href", &href, out);
            write("target", "_blank", out);
        }
    }

    /// What the body tag says goes to the body of the framed document.
    fn body(&mut self, tag: &Tag) {
        for attribute in tag.attrs.iter().take(MOST_ATTRIBUTES) {
            let value = &*attribute.value;
            let said = match &*attribute.name.local {
                "style" => value.to_owned(),
                "bgcolor" => format!("background-color:{}", color(value)),
                "text" => format!("color:{}", color(value)),
                "background" => background(value),
                "link" => {
                    self.style
                        .insert_str(0, &format!("a{{color:{}}}\n", color(value)));
                    continue;
                }
                "class" => {
                    self.found.body_class = value.to_owned();
                    continue;
                }
                "dir" => {
                    let dirs = ["rtl", "ltr", "auto"];
                    self.found.dir = dirs
                        .into_iter()
                        .find(|d| value.eq_ignore_ascii_case(d))
                        .or(self.found.dir);
                    continue;
                }
                _ => continue,
            };
            let judged = self.judge.declarations(&said);
            self.found.body_style = join(&self.found.body_style, &judged);
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let value = |key: &str| {
            let found = tag.attrs.iter().find(|a| &*a.name.local == key);
            found.map_or(String::new(), |a| a.value.to_ascii_lowercase())
        };
        let scheme = matches!(
            value("name").as_str(),
            "color-scheme" | "supported-color-schemes"
        );
        self.found.dark |= scheme && value("content").contains("dark");
    }

    fn count_loads(&mut self, tag: &Tag) {
        for attribute in tag.attrs.iter().take(MOST_ATTRIBUTES) {
            let key = &*attribute.name.local;
            if is_loader(key)
                || (key == "href" && matches!(&*tag.name, "link" | "image" | "use"))
                || key == "src"
            {
                self.count_load(&attribute.value);
            }
        }
    }

    fn count_load(&mut self, address: &str) {
        if matches!(load(address), Load::Remote(_) | Load::Refused) {
            self.found.held_back = self.found.held_back.saturating_add(1);
        }
    }
}

/// Attributes that load, and are never kept.
fn is_loader(key: &str) -> bool {
    matches!(
        key,
        "srcset" | "poster" | "lowsrc" | "dynsrc" | "data" | "imagesrcset" | "background"
    )
}

/// An address as the declaration of a background image.
fn background(address: &str) -> String {
    let plain = address.replace('\\', "/").replace(['"', '\n', '\r'], "");
    format!("background-image:url(\"{plain}\")")
}

/// A colour as old HTML writes it: `fff`, `#ffffff`, `white`.
fn color(value: &str) -> String {
    let value = value.trim();
    let hex = matches!(value.len(), 3 | 6) && value.bytes().all(|b| b.is_ascii_hexdigit());
    if hex {
        format!("#{value}")
    } else {
        value.replace([';', '{', '}'], "")
    }
}

fn join(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second.to_owned(),
        (_, true) => first.to_owned(),
        _ => format!("{first};{second}"),
    }
}

fn write(key: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(key);
    out.push_str("=\"");
    escape(value, out);
    out.push('"');
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
}
