//! First reading of a mail's HTML: bounds it, gathers its style sheets and what its body tag says, judges its addresses.
//!
//! Works on tags, not on a tree: a tree of hostile markup can take a time that grows with the square of its size, and
//! this reading is what keeps that from the step after it. Safety is not decided here; `html` decides it once more.

use html5ever::tokenizer::Tag;

use crate::characters::{BidiRuns, MOST_MARKS, is_mark};

use super::html::{MOST_SIGNS, is_sign};
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
/// Bytes of style that body tags may leave.
const MOST_BODY_STYLE: usize = 64 * 1024;
/// Columns or rows that one cell may reach over, and all cells of a mail together: a browser makes each of them.
const MOST_SPAN: usize = 200;
const MOST_SPANS: usize = 50_000;
/// Elements around which a browser writes quotation marks: at each it looks through those before.
const MOST_QUOTES: usize = 2_000;
/// Attributes of one tag.
const MOST_ATTRIBUTES: usize = 200;
/// Bytes of an attribute that is neither an address nor a style: each may be searched by every selector.
const LONGEST_ATTRIBUTE: usize = 2_000;
/// Bytes that a mail may come to as it is written out, without the images that it carries: letters that are written as
/// entities make six of one, and of the whole there are three copies for a moment.
const MOST_WRITTEN: usize = 4 * 1024 * 1024;

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
        links: String::new(),
        sheets: Vec::new(),
        style_bytes: 0,
        embedded_bytes: 0,
        written: 0,
        spans: 0,
        quotes: 0,
        marks: 0,
        runs: BidiRuns::default(),
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
    /// How its body tag colours links, as a sheet.
    links: String,
    /// Its style elements: the media that each is for, and its text.
    sheets: Vec<(String, String)>,
    style_bytes: usize,
    /// Bytes that embedded images have taken so far.
    embedded_bytes: usize,
    /// Bytes of what was passed on, as it will be written out.
    written: usize,
    /// Columns and rows that cells have reached over so far.
    spans: usize,
    quotes: usize,
    /// Marks that the last letter carries.
    marks: usize,
    runs: BidiRuns,
}

impl Reads for Reader<'_> {
    fn text(&mut self, text: &str) {
        match self.raw {
            Some(Raw::Style) if self.style_bytes < MOST_STYLE => {
                self.style_bytes = self.style_bytes.saturating_add(text.len());
                if let Some((_, sheet)) = self.sheets.last_mut() {
                    sheet.push_str(text);
                }
            }
            Some(_) => {}
            None => {
                self.found.words = self
                    .found
                    .words
                    .saturating_add(text.split_whitespace().map(str::len).sum());
                let mut kept = String::with_capacity(text.len());
                self.letters(text, &mut kept);
                escape(&kept, &mut self.found.markup);
            }
        }
    }

    fn start(&mut self, tag: &Tag) {
        let name = &*tag.name;
        match name {
            "style" => self.style(tag),
            "script" | "title" => self.raw = Some(Raw::Dropped),
            "iframe" | "noembed" | "noframes" => {
                self.count_loads(tag);
                self.raw = Some(Raw::Dropped);
            }
            "textarea" | "xmp" => {}
            "body" | "html" => self.body(tag),
            "meta" => self.meta(tag),
            _ if is_element(name) => self.element(tag),
            _ => self.count_loads(tag),
        }
    }

    fn end(&mut self, name: &str) {
        if self.raw.is_some()
            && matches!(
                name,
                "style" | "script" | "title" | "iframe" | "noembed" | "noframes"
            )
        {
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
        let mut found = self.found;
        self.judge.elements = self.nesting.elements();
        found.sheet = self.judge.sheet(&self.links, "");
        for (media, css) in &self.sheets {
            // Each by itself: what one leaves open is not closed by the next.
            found.sheet.push_str(&self.judge.sheet(css, media));
        }
        found.held_back = found.held_back.saturating_add(self.judge.held_back);
        found.on_request = found.on_request.saturating_add(self.judge.on_request);
        found.dark |= self.judge.dark;
        found.cut |= self.nesting.cut;
        found
    }

    /// As much of a text as a browser draws in a moment: letters with a hundred marks, and letters that turn back and forth
    /// ten thousands of times, take it minutes.
    fn letters(&mut self, text: &str, out: &mut String) {
        for c in text.chars() {
            self.marks = match is_mark(c) {
                true => self.marks.saturating_add(1),
                false => 0,
            };
            let length = match c {
                '&' | '<' | '>' | '"' | '\u{a0}' => 6,
                c => c.len_utf8(),
            };
            self.written = self.written.saturating_add(length);
            if !self.runs.pass(c) || self.written > MOST_WRITTEN {
                self.found.cut = true;
            } else if self.marks <= MOST_MARKS {
                out.push(c);
            }
        }
    }

    fn element(&mut self, tag: &Tag) {
        let name = &*tag.name;
        self.quotes = self.quotes.saturating_add(usize::from(name == "q"));
        if name == "q" && self.quotes > MOST_QUOTES {
            return;
        }
        let embedded = self.embedded_bytes;
        let attributes = match self.nesting.cut {
            true => String::new(),
            false => self.attributes(tag),
        };
        let carried = self.embedded_bytes.saturating_sub(embedded);
        let length = attributes.len().saturating_sub(carried);
        self.judge.attributes = self.judge.attributes.saturating_add(length);
        self.written = self.written.saturating_add(length);
        self.nesting.cut |= self.written > MOST_WRITTEN;
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
        // A style has the last word, wherever it stands among the attributes.
        let (mut hint, mut style) = (String::new(), String::new());
        for attribute in tag.attrs.iter().take(MOST_ATTRIBUTES) {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            if key == "background" {
                hint = self.judge.declarations(&background(value));
            } else if key == "style" {
                style = self.judge.declarations(value);
            } else if key == "src" && name == "img" {
                self.image(tag, value, &mut out);
            } else if key == "href" && matches!(name, "a" | "area") {
                self.link(value, &mut out);
            } else if is_loader(key) {
                self.count_load(value);
            } else if is_attribute(name, key) {
                match key {
                    "colspan" | "rowspan" | "span" if !self.has_room_for(value) => {}
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
        let style = join(&hint, &style);
        if !style.is_empty() {
            write("style", &style, &mut out);
        }
        out
    }

    /// True where a table may have these columns or rows more.
    fn has_room_for(&mut self, span: &str) -> bool {
        let digits = span.trim().bytes().take_while(u8::is_ascii_digit).count();
        let number = span.trim().get(..digits).map(str::parse::<usize>);
        let Some(Ok(number)) = number.filter(|n| *n != Ok(0)) else {
            return false;
        };
        self.spans = self.spans.saturating_add(number.min(MOST_SPAN));
        number <= MOST_SPAN && self.spans <= MOST_SPANS
    }

    fn image(&mut self, tag: &Tag, address: &str, out: &mut String) {
        let what = match load(address) {
            // RFC 2557: a page that was saved with its pictures names them by the address that they had.
            Load::Remote(_) | Load::Nothing
                if self.embedded_bytes <= EMBEDDED_BYTES
                    && (self.how.inline)(address.trim()).is_some() =>
            {
                Load::Part(address.trim().to_owned())
            }
            what => what,
        };
        let kept = match what {
            Load::Data(data) => Some(data),
            Load::Part(id) => {
                // A mail may name one image ten thousand times, and each time its bytes would be written anew.
                let has_room = self.embedded_bytes <= EMBEDDED_BYTES;
                let address = has_room.then(|| (self.how.inline)(&id)).flatten();
                let shown = address.filter(|address| {
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
        if self.found.body_style.len() > MOST_BODY_STYLE {
            return;
        }
        let mut style = String::new();
        for attribute in tag.attrs.iter().take(MOST_ATTRIBUTES) {
            let value = &*attribute.value;
            let said = match &*attribute.name.local {
                "style" => {
                    style = self.judge.declarations(value);
                    continue;
                }
                "topmargin" | "marginheight" => format!("margin-block:{}", pixels(value)),
                "leftmargin" | "marginwidth" => format!("margin-inline:{}", pixels(value)),
                "bgcolor" => format!("background-color:{}", color(value)),
                "text" => format!("color:{}", color(value)),
                "background" => background(value),
                "link" => {
                    self.links = format!("a{{color:{}}}", color(value));
                    continue;
                }
                "class" => {
                    self.found.body_class = begin(value).to_owned();
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
        self.found.body_style = join(&self.found.body_style, &style);
    }

    /// A style element; one of another language says nothing.
    fn style(&mut self, tag: &Tag) {
        let value = |key: &str| {
            let found = tag.attrs.iter().find(|a| &*a.name.local == key);
            found.map_or("", |a| a.value.trim())
        };
        let is_css = matches!(value("type").to_ascii_lowercase().as_str(), "" | "text/css");
        self.raw = Some(if is_css { Raw::Style } else { Raw::Dropped });
        if is_css {
            self.sheets.push((value("media").to_owned(), String::new()));
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

/// A length as old HTML writes it: `0`.
fn pixels(value: &str) -> String {
    let value = value.trim();
    match (1..=4).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit()) {
        true => format!("{value}px"),
        false => String::new(),
    }
}

fn join(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second.to_owned(),
        (_, true) => first.to_owned(),
        _ => format!("{first};{second}"),
    }
}

/// The beginning of a text, up to `LONGEST_ATTRIBUTE`.
fn begin(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST_ATTRIBUTE))
        .unwrap_or(text)
}

fn write(key: &str, value: &str, out: &mut String) {
    let value = match key {
        "href" | "src" | "style" => value,
        _ => begin(value),
    };
    if value.bytes().filter(|b| is_sign(*b)).count() > MOST_SIGNS {
        return;
    }
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
