//! First reading of a mail's HTML: bounds it, gathers its style sheets and what its body tag says, judges its addresses.
//!
//! Works on tags, not on a tree: a tree of hostile markup can take a time that grows with the square of its size, and
//! this reading is what keeps that from the step after it. Safety is not decided here; `html` decides it again.

mod attributes;

use html5ever::tokenizer::{Doctype, Tag};

use crate::characters::{BidiRuns, MOST_MARKS, is_mark};

use attributes::{background, begin, escape, join};

use super::budget::{
    ATTRIBUTES, BODY_STYLE_BYTES, HTML_BYTES, QUOTES, SHEET_BYTES, STEPS, WRITTEN_BYTES,
};
use super::links::base;
use super::mode::Mode;
use super::raw::{RawText, raw_text};
use super::tags::{Reads, walk};
use super::{Judge, Nesting, Show, is_block, is_element};

/// What the first reading found.
#[derive(Default)]
pub(super) struct Reading {
    /// Plain markup, bounded.
    pub(super) markup: String,
    pub(super) sheet: String,
    pub(super) body_style: String,
    pub(super) body_class: String,
    pub(super) dir: Option<&'static str>,
    /// How browsers would lay it out; None where it says nothing, as most letters.
    pub(super) mode: Option<Mode>,
    pub(super) held_back: u32,
    pub(super) on_request: u32,
    pub(super) trackers: u32,
    pub(super) dark: bool,
    /// True where words or grounds have colours of their own.
    pub(super) colours: bool,
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
        judge: Judge::new(how),
        found: Reading {
            cut: parts.iter().any(|html| html.len() > HTML_BYTES),
            ..Reading::default()
        },
        nesting: Nesting::default(),
        raw: None,
        base: None,
        links: String::new(),
        sheets: Vec::new(),
        style_bytes: 0,
        embedded_bytes: 0,
        written: 0,
        spans: 0,
        quotes: 0,
        pending: String::new(),
        marks: 0,
        runs: BidiRuns::default(),
    };
    for (nth, html) in parts.iter().enumerate() {
        if nth > 0 {
            if how.work.is_spent() {
                reader.found.cut = true;
                break;
            }
            reader.end_part();
        }
        how.work.does(html.len().min(HTML_BYTES), STEPS);
        reader = walk(html, reader);
    }
    reader.finish()
}

/// A style element.
#[derive(Default)]
pub(super) struct Sheet {
    /// What it is for; empty for everything.
    pub(super) media: String,
    /// Where its addresses begin.
    pub(super) base: Option<String>,
    /// Its text.
    pub(super) css: String,
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
    /// Where its addresses begin, where it says so.
    pub(super) base: Option<String>,
    /// How its body tag colours links, as a sheet.
    links: String,
    sheets: Vec<Sheet>,
    style_bytes: usize,
    /// Bytes that embedded images have taken so far.
    embedded_bytes: usize,
    /// Bytes of what was passed on, as it will be written out.
    written: usize,
    /// Columns and rows that cells have reached over so far.
    spans: usize,
    quotes: usize,
    /// Text that has been read and not passed on yet: a word may come in pieces.
    pending: String,
    /// Marks that the last letter carries.
    marks: usize,
    runs: BidiRuns,
}

impl Reads for Reader<'_> {
    fn doctype(&mut self, doctype: &Doctype) {
        self.pass_text();
        // Behind anything else it says nothing (WHATWG HTML 13.2.6.4.3 and on).
        if self.found.mode.is_none() && self.found.markup.trim().is_empty() {
            self.found.mode = Some(Mode::of(doctype));
        }
    }

    fn text(&mut self, text: &str) {
        match self.raw {
            Some(Raw::Style) if self.style_bytes < SHEET_BYTES => {
                self.style_bytes = self.style_bytes.saturating_add(text.len());
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.css.push_str(text);
                }
            }
            Some(_) => {}
            None if !self.nesting.text(text) => {}
            None => {
                self.found.words = self
                    .found
                    .words
                    .saturating_add(text.split_whitespace().map(str::len).sum());
                let mut kept = std::mem::take(&mut self.pending);
                kept.reserve(text.len());
                self.letters(text, &mut kept);
                self.pending = kept;
                if self.how.sought.is_nothing() {
                    self.pass_text();
                }
            }
        }
    }

    fn start(&mut self, tag: &Tag) {
        self.pass_text();
        let name = &*tag.name;
        match raw_text(name) {
            Some(RawText::Style) => return self.style(tag),
            Some(RawText::Dropped) => return self.raw = Some(Raw::Dropped),
            Some(RawText::DroppedLoader) => {
                self.count_loads(tag);
                return self.raw = Some(Raw::Dropped);
            }
            Some(RawText::Shown) => return,
            None => {}
        }
        match name {
            "body" | "html" => self.body(tag),
            "meta" => self.meta(tag),
            // The first one counts (WHATWG HTML 4.2.3).
            "base" if self.base.is_none() => {
                let mut attributes = tag.attrs.iter();
                let href = attributes.find(|a| &*a.name.local == "href");
                self.base = href.and_then(|href| base(&href.value));
                self.judge.base = self.base.clone();
            }
            _ if is_element(name) => self.element(tag),
            _ => self.count_loads(tag),
        }
    }

    fn end(&mut self, name: &str) {
        self.pass_text();
        let ends = raw_text(name).is_some_and(|text| text != RawText::Shown);
        if self.raw.is_some() && ends {
            self.raw = None;
            return;
        }
        if let Some(name) = self.nesting.end(name) {
            self.end_tag(name);
        }
    }
}

impl Reader<'_> {
    /// Passes on the text that has been read, with the words marked that are sought.
    fn pass_text(&mut self) {
        let text = std::mem::take(&mut self.pending);
        for (piece, is_sought) in self.how.sought.pieces(&text) {
            if is_sought {
                self.found.markup.push_str("<mark class=\"m-found\">");
            }
            escape(piece, &mut self.found.markup);
            if is_sought {
                self.found.markup.push_str("</mark>");
            }
        }
    }

    fn end_part(&mut self) {
        self.end("style");
        self.base = None;
        self.judge.base = None;
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
        self.pass_text();
        let mut found = self.found;
        let links = Sheet {
            css: self.links,
            ..Sheet::default()
        };
        let all = std::iter::once(links).chain(self.sheets);
        found.sheet = self.judge.sheets(self.nesting.elements(), all);
        let in_style = self.judge.found();
        found.held_back = found.held_back.saturating_add(in_style.held_back);
        found.on_request = found.on_request.saturating_add(in_style.on_request);
        found.dark |= in_style.dark;
        found.colours |= in_style.colours;
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
            if !self.runs.pass(c) || self.written > WRITTEN_BYTES {
                self.found.cut = true;
            } else if self.marks <= MOST_MARKS {
                out.push(c);
            }
        }
    }

    fn element(&mut self, tag: &Tag) {
        let name = &*tag.name;
        self.quotes = self.quotes.saturating_add(usize::from(name == "q"));
        if name == "q" && self.quotes > QUOTES {
            return;
        }
        let embedded = self.embedded_bytes;
        let held_back = (self.found.on_request, self.found.trackers);
        let attributes = match self.nesting.cut {
            true => String::new(),
            false => self.attributes(tag),
        };
        let carried = self.embedded_bytes.saturating_sub(embedded);
        let length = attributes.len().saturating_sub(carried);
        self.judge.count_attributes(length);
        self.written = self.written.saturating_add(length);
        self.nesting.cut |= self.written > WRITTEN_BYTES;
        let Some(name) = self.nesting.start(name) else {
            return;
        };
        let row = is_block(name) || matches!(name, "br" | "tr" | "li");
        self.found.rows = self.found.rows.saturating_add(usize::from(row));
        if name == "img" && self.found.on_request > held_back.0 {
            if self.found.trackers == held_back.1 {
                self.placeholder(tag);
            }
            return;
        }
        self.found.markup.push('<');
        self.found.markup.push_str(name);
        self.found.markup.push_str(&attributes);
        self.found.markup.push('>');
    }

    /// What the body tag says goes to the body of the framed document.
    fn body(&mut self, tag: &Tag) {
        if self.found.body_style.len() > BODY_STYLE_BYTES {
            return;
        }
        let mut style = String::new();
        for attribute in tag.attrs.iter().take(ATTRIBUTES) {
            let value = &*attribute.value;
            let said = match &*attribute.name.local {
                "style" => {
                    style = self.judge.declarations_of_body(value);
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
            self.sheets.push(Sheet {
                media: value("media").to_owned(),
                base: self.base.clone(),
                css: String::new(),
            });
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
